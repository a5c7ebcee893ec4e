
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_openapi_keyword.h>


#define MCP_OPENAPI_MAX_NESTED  8    /* "$ref" and "allOf" in "allOf" */


static ngx_int_t mcp_openapi_kw_hidden(mcp_openapi_writer_t *w,
    const cJSON *schema, const char *name, ngx_uint_t nested,
    ngx_uint_t *hidden);


ngx_int_t
mcp_openapi_kw_ref(mcp_openapi_writer_t *w, const cJSON *schema,
    const cJSON *value)
{
    ngx_int_t  rc;

    /* beside an "allOf" it is written there */

    if (!cJSON_IsString(value)
        || cJSON_IsArray(mcp_openapi_get(w->o, schema, "allOf")))
    {
        return NGX_OK;
    }

    mcp_openapi_key(w, "allOf");
    mcp_openapi_open(w, '[');

    rc = mcp_openapi_reference(w, value->valuestring);

    mcp_openapi_close(w, ']');

    return rc;
}


ngx_int_t
mcp_openapi_kw_dynamic(mcp_openapi_writer_t *w, const cJSON *schema,
    const cJSON *value)
{
    return mcp_openapi_refuse(w->o, "\"%s\" is not supported", value->string);
}


ngx_int_t
mcp_openapi_kw_schema(mcp_openapi_writer_t *w, const cJSON *schema,
    const cJSON *value)
{
    if (!cJSON_IsObject(value) && !cJSON_IsBool(value)) {
        return NGX_OK;
    }

    /* a service may answer more than it did when that was written */

    if (cJSON_IsFalse(value) && w->direction == MCP_OPENAPI_OUTPUT
        && ngx_strcmp(value->string, "additionalProperties") == 0)
    {
        return NGX_OK;
    }

    mcp_openapi_key(w, value->string);

    return mcp_openapi_any(w, value);
}


ngx_int_t
mcp_openapi_kw_schemas(mcp_openapi_writer_t *w, const cJSON *schema,
    const cJSON *value)
{
    ngx_int_t     rc;
    ngx_uint_t    n;
    const cJSON  *item, *ref, *whole;

    ref = NULL;
    whole = NULL;

    if (ngx_strcmp(value->string, "allOf") == 0) {
        ref = mcp_openapi_get(w->o, schema, "$ref");
        whole = w->whole ? w->whole : schema;
    }

    if (!cJSON_IsArray(value)
        || (value->child == NULL && !cJSON_IsString(ref)))
    {
        return NGX_OK;
    }

    mcp_openapi_key(w, value->string);
    mcp_openapi_open(w, '[');

    n = 0;

    if (cJSON_IsString(ref)) {
        rc = mcp_openapi_reference(w, ref->valuestring);

        if (rc != NGX_OK) {
            return rc;
        }

        n++;
    }

    for (item = value->child; item; item = item->next) {

        if (n++) {
            mcp_buf_char(&w->b, ',');
        }

        rc = mcp_openapi_part(w, item, whole);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    mcp_openapi_close(w, ']');

    return NGX_OK;
}


ngx_int_t
mcp_openapi_kw_members(mcp_openapi_writer_t *w, const cJSON *schema,
    const cJSON *value)
{
    ngx_int_t     rc;
    ngx_uint_t    hidden, patterns;
    const cJSON  *member;

    if (!cJSON_IsObject(value)) {
        return NGX_OK;
    }

    patterns = (ngx_strcmp(value->string, "patternProperties") == 0);

    mcp_openapi_key(w, value->string);
    mcp_openapi_open(w, '{');

    for (member = value->child; member; member = member->next) {

        rc = mcp_openapi_hidden(w->o, member, w->direction, &hidden);

        if (rc != NGX_OK) {
            return rc;
        }

        if (hidden
            || (patterns && !mcp_openapi_pattern_ok(w->o, member->string)))
        {
            continue;
        }

        mcp_openapi_key(w, member->string);

        rc = mcp_openapi_any(w, member);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    mcp_openapi_close(w, '}');

    return NGX_OK;
}


ngx_int_t
mcp_openapi_kw_required(mcp_openapi_writer_t *w, const cJSON *schema,
    const cJSON *value)
{
    u_char        c;
    ngx_int_t     rc;
    ngx_uint_t    hidden;
    const cJSON  *item, *whole;

    if (!cJSON_IsArray(value)) {
        return NGX_OK;
    }

    whole = w->whole ? w->whole : schema;

    c = '[';

    for (item = value->child; item; item = item->next) {

        if (!cJSON_IsString(item)) {
            continue;
        }

        hidden = 0;

        rc = mcp_openapi_kw_hidden(w, whole, item->valuestring, 0, &hidden);
        if (rc != NGX_OK) {
            return rc;
        }

        if (hidden) {
            continue;
        }

        if (c == '[') {
            mcp_openapi_key(w, value->string);
        }

        mcp_buf_char(&w->b, c);
        mcp_buf_json_string(&w->b, (u_char *) item->valuestring,
                            ngx_strlen(item->valuestring));
        c = ',';
    }

    if (c == ',') {
        mcp_buf_char(&w->b, ']');
        w->deepest = ngx_max(w->deepest, w->depth + 1);
    }

    return NGX_OK;
}


/* the member of that name, in whichever part it is; "hidden" is not reset */

static ngx_int_t
mcp_openapi_kw_hidden(mcp_openapi_writer_t *w, const cJSON *schema,
    const char *name, ngx_uint_t nested, ngx_uint_t *hidden)
{
    ngx_int_t     rc;
    const cJSON  *node, *list, *item;

    node = mcp_openapi_get(w->o, mcp_openapi_get(w->o, schema, "properties"),
                           name);
    if (node) {
        rc = mcp_openapi_hidden(w->o, node, w->direction, hidden);
        if (rc != NGX_OK || *hidden) {
            return rc;
        }
    }

    if (nested == MCP_OPENAPI_MAX_NESTED) {
        return NGX_OK;
    }

    list = mcp_openapi_get(w->o, schema, "allOf");
    item = cJSON_IsArray(list) ? list->child : NULL;

    for ( /* void */ ; item; item = item->next) {
        rc = mcp_openapi_kw_hidden(w, item, name, nested + 1, hidden);
        if (rc != NGX_OK || *hidden) {
            return rc;
        }
    }

    node = schema;

    rc = mcp_openapi_deref(w->o, &node);
    if (rc != NGX_OK || node == schema) {
        return rc;
    }

    return mcp_openapi_kw_hidden(w, node, name, nested + 1, hidden);
}
