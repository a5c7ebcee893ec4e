
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_openapi_read.h>


#define MCP_OPENAPI_MAX_NESTED  16


static ngx_int_t mcp_openapi_answer_one(mcp_openapi_read_t *o,
    const cJSON *response, const cJSON **schema, const char **type);
static ngx_int_t mcp_openapi_accept(mcp_openapi_read_t *o, const char *type);
static ngx_uint_t mcp_openapi_is_object(mcp_openapi_read_t *o,
    const cJSON *schema, ngx_uint_t nested);
static ngx_uint_t mcp_openapi_are_objects(mcp_openapi_read_t *o,
    const cJSON *list, ngx_uint_t all, ngx_uint_t nested);


/*
 * What all statuses of success answer, if it is the same object.  A tool with
 * an output schema has to have a result of that kind each time.
 */

ngx_int_t
mcp_openapi_answer(mcp_openapi_read_t *o)
{
    ngx_int_t     rc;
    ngx_uint_t    n, same;
    const char   *type, *first;
    const cJSON  *responses, *response, *schema, *found;

    n = 0;
    same = 1;
    found = NULL;
    first = NULL;

    responses = mcp_openapi_get(o, o->node, "responses");

    if (!cJSON_IsObject(responses)) {
        return NGX_OK;
    }

    for (response = responses->child; response; response = response->next) {

        o->work++;

        if (response->string[0] != '2') {
            continue;
        }

        rc = mcp_openapi_answer_one(o, response, &schema, &type);

        if (rc != NGX_OK) {
            return rc;
        }

        if (first == NULL) {
            first = type;
        }

        same &= (n++ == 0 || schema == found);
        found = schema;
    }

    if (first && mcp_openapi_accept(o, first) != NGX_OK) {
        return NGX_ERROR;
    }

    if (!same || found == NULL || !mcp_openapi_is_object(o, found, 0)) {
        return NGX_OK;
    }

    return mcp_openapi_write_output(o, found);
}


/* its schema if it is JSON, and what it is */

static ngx_int_t
mcp_openapi_answer_one(mcp_openapi_read_t *o, const cJSON *response,
    const cJSON **schema, const char **type)
{
    ngx_int_t     rc;
    const cJSON  *content, *media;

    *schema = NULL;
    *type = NULL;

    rc = mcp_openapi_deref(o, &response);

    if (rc != NGX_OK) {
        return rc;
    }

    content = mcp_openapi_get(o, response, "content");

    if (!cJSON_IsObject(content) || content->child == NULL) {
        return NGX_OK;
    }

    *type = content->child->string;

    for (media = content->child; media; media = media->next) {
        o->work++;

        if (mcp_openapi_is_json(media->string)) {
            *type = media->string;
            *schema = mcp_openapi_get(o, media, "schema");

            return mcp_openapi_deref_schema(o, schema);
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_accept(mcp_openapi_read_t *o, const char *type)
{
    ngx_str_t          name, text;
    const char        *p;
    mcp_pass_field_t  *field;

    for (p = type; *p; p++) {
        if (*p < ' ' || *p > '~') {
            return NGX_OK;
        }
    }

    text.len = p - type;
    text.data = ngx_pnalloc(o->conf->pool, text.len + 1);
    if (text.data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(text.data, type, text.len);

    ngx_str_set(&name, "Accept");

    field = mcp_openapi_field(o, &o->operation->pass.headers, &name);

    return field && mcp_openapi_atom(o, &field->atoms, MCP_PASS_LITERAL,
                                     &text, NULL)
           ? NGX_OK : NGX_ERROR;
}


static ngx_uint_t
mcp_openapi_is_object(mcp_openapi_read_t *o, const cJSON *schema,
    ngx_uint_t nested)
{
    const cJSON  *type, *list;

    if (nested == MCP_OPENAPI_MAX_NESTED
        || mcp_openapi_deref(o, &schema) != NGX_OK
        || !cJSON_IsObject(schema)
        || mcp_openapi_true(o, schema, "nullable"))
    {
        return 0;
    }

    type = mcp_openapi_get(o, schema, "type");

    if (type) {
        return cJSON_IsString(type)
               && ngx_strcmp(type->valuestring, "object") == 0;
    }

    if (mcp_openapi_get(o, schema, "properties")) {
        return 1;
    }

    list = mcp_openapi_get(o, schema, "allOf");

    if (list) {
        return mcp_openapi_are_objects(o, list, 0, nested + 1);
    }

    list = mcp_openapi_get(o, schema, "oneOf");

    if (list == NULL) {
        list = mcp_openapi_get(o, schema, "anyOf");
    }

    return mcp_openapi_are_objects(o, list, 1, nested + 1);
}


/* all of them, or one at least */

static ngx_uint_t
mcp_openapi_are_objects(mcp_openapi_read_t *o, const cJSON *list,
    ngx_uint_t all, ngx_uint_t nested)
{
    const cJSON  *item;

    if (!cJSON_IsArray(list) || list->child == NULL) {
        return 0;
    }

    for (item = list->child; item; item = item->next) {

        if (mcp_openapi_is_object(o, item, nested) != all) {
            return !all;
        }
    }

    return all;
}
