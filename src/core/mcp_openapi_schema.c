
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_openapi_keyword.h>


static ngx_int_t mcp_openapi_schema(mcp_openapi_writer_t *w,
    const cJSON *node, const mcp_openapi_schema_t *schema);
static ngx_int_t mcp_openapi_keywords(mcp_openapi_writer_t *w,
    const cJSON *node, const mcp_openapi_schema_t *schema);
static void mcp_openapi_binary(mcp_openapi_writer_t *w,
    const mcp_openapi_schema_t *schema);
static ngx_uint_t mcp_openapi_composed(mcp_openapi_read_t *o,
    const cJSON *node);


ngx_int_t
mcp_openapi_convert(mcp_openapi_read_t *o, ngx_pool_t *pool,
    const mcp_openapi_schema_t *schema, mcp_openapi_direction_e direction,
    mcp_openapi_part_t *part)
{
    ngx_int_t             rc;
    mcp_openapi_writer_t  w;

    if (ngx_array_init(&part->holes, pool, 4, sizeof(mcp_openapi_hole_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    w.o = o;
    w.holes = &part->holes;
    w.direction = direction;
    w.whole = NULL;
    w.depth = 0;
    w.deepest = 0;

    mcp_buf_init(&w.b, pool, 128);

    rc = mcp_openapi_schema(&w, schema->node, schema);

    if (rc != NGX_OK) {
        return rc;
    }

    part->depth = w.deepest;
    part->made = 1;

    return mcp_buf_done(&w.b, &part->text);
}


ngx_int_t
mcp_openapi_any(mcp_openapi_writer_t *w, const cJSON *node)
{
    return mcp_openapi_part(w, node, NULL);
}


ngx_int_t
mcp_openapi_part(mcp_openapi_writer_t *w, const cJSON *node,
    const cJSON *whole)
{
    ngx_int_t     rc;
    const cJSON  *save;

    save = w->whole;
    w->whole = whole;

    rc = mcp_openapi_schema(w, node, NULL);

    w->whole = save;

    return rc;
}


/* "schema": what the first one has besides its node */

static ngx_int_t
mcp_openapi_schema(mcp_openapi_writer_t *w, const cJSON *node,
    const mcp_openapi_schema_t *schema)
{
    ngx_int_t     rc;
    const cJSON  *ref;

    w->o->work++;

    if (cJSON_IsBool(node)) {

        if (cJSON_IsTrue(node)) {
            mcp_buf_lit(&w->b, "true");

        } else {
            mcp_buf_lit(&w->b, "false");
        }

        return NGX_OK;
    }

    /* beyond the bounds anything goes */

    if ((schema == NULL && !cJSON_IsObject(node))
        || w->depth >= MCP_OPENAPI_MAX_DEPTH
        || mcp_buf_len(&w->b) > MCP_OPENAPI_MAX_PART)
    {
        mcp_buf_lit(&w->b, "{}");
        return NGX_OK;
    }

    ref = mcp_openapi_get(w->o, node, "$ref");

    if (cJSON_IsString(ref)
        && (w->o->v30 || (node->child == ref && ref->next == NULL)))
    {
        return mcp_openapi_reference(w, ref->valuestring);
    }

    if (mcp_openapi_nullable(w->o, node) && mcp_openapi_composed(w->o, node)) {

        /* "type" alone would not let null through */

        mcp_openapi_open(w, '{');
        mcp_openapi_key(w, "anyOf");
        mcp_openapi_open(w, '[');

        rc = mcp_openapi_keywords(w, node, schema);

        if (rc != NGX_OK) {
            return rc;
        }

        mcp_buf_lit(&w->b, ",{\"type\":\"null\"}");
        mcp_openapi_close(w, ']');
        mcp_openapi_close(w, '}');

        return NGX_OK;
    }

    return mcp_openapi_keywords(w, node, schema);
}


ngx_int_t
mcp_openapi_reference(mcp_openapi_writer_t *w, const char *ref)
{
    ngx_int_t            rc;
    mcp_openapi_def_t   *def;
    mcp_openapi_hole_t  *hole;

    rc = mcp_openapi_def(w->o, ref, &def);

    if (rc != NGX_OK) {
        return rc;
    }

    hole = ngx_array_push(w->holes);
    if (hole == NULL) {
        return NGX_ERROR;
    }

    hole->offset = mcp_buf_len(&w->b);
    hole->depth = w->depth;
    hole->def = def;

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_keywords(mcp_openapi_writer_t *w, const cJSON *node,
    const mcp_openapi_schema_t *schema)
{
    ngx_int_t                rc;
    ngx_str_t                help;
    const cJSON             *child;
    mcp_openapi_keyword_pt   handler;

    mcp_openapi_open(w, '{');

    if (schema && (schema->object || schema->binary || schema->binaries
                   || node == NULL))
    {
        mcp_openapi_binary(w, schema);
    }

    if (schema && schema->help && schema->help->len) {

        help = *schema->help;

        if (mcp_openapi_bound(w->b.pool, &help, MCP_OPENAPI_MAX_HELP)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        mcp_openapi_key(w, "description");
        mcp_buf_json_string(&w->b, help.data, help.len);
    }

    for (child = cJSON_IsObject(node) ? node->child : NULL;
         child;
         child = child->next)
    {
        w->o->work++;

        if (schema && schema->help && schema->help->len
            && ngx_strcmp(child->string, "description") == 0)
        {
            continue;
        }

        if (schema && (schema->binary || schema->binaries)
            && ngx_strcmp(child->string, "description") != 0)
        {
            continue;
        }

        if (schema && schema->object && ngx_strcmp(child->string, "type") == 0)
        {
            continue;
        }

        handler = mcp_openapi_keyword(child->string, w->direction);

        if (handler) {
            rc = handler(w, node, child);

            if (rc != NGX_OK) {
                return rc;
            }
        }
    }

    mcp_openapi_close(w, '}');

    return NGX_OK;
}


static void
mcp_openapi_binary(mcp_openapi_writer_t *w,
    const mcp_openapi_schema_t *schema)
{
    mcp_openapi_key(w, "type");

    if (schema->object) {
        mcp_buf_lit(&w->b, "\"object\"");

    } else if (schema->binaries) {
        mcp_buf_lit(&w->b, "\"array\",\"items\":{\"type\":\"string\","
                           "\"contentEncoding\":\"base64\"}");

    } else {
        mcp_buf_lit(&w->b, "\"string\"");

        if (schema->binary) {
            mcp_buf_lit(&w->b, ",\"contentEncoding\":\"base64\"");
        }
    }
}


ngx_uint_t
mcp_openapi_nullable(mcp_openapi_read_t *o, const cJSON *schema)
{
    return mcp_openapi_true(o, schema, "nullable");
}


static ngx_uint_t
mcp_openapi_composed(mcp_openapi_read_t *o, const cJSON *node)
{
    return mcp_openapi_get(o, node, "allOf")
           || mcp_openapi_get(o, node, "anyOf")
           || mcp_openapi_get(o, node, "oneOf")
           || mcp_openapi_get(o, node, "not");
}


void
mcp_openapi_open(mcp_openapi_writer_t *w, u_char c)
{
    mcp_buf_char(&w->b, c);

    w->depth++;
    w->deepest = ngx_max(w->deepest, w->depth);
}


void
mcp_openapi_close(mcp_openapi_writer_t *w, u_char c)
{
    mcp_buf_char(&w->b, c);
    w->depth--;
}


void
mcp_openapi_key(mcp_openapi_writer_t *w, const char *name)
{
    if (w->b.last > w->b.start && w->b.last[-1] != '{') {
        mcp_buf_char(&w->b, ',');
    }

    mcp_buf_json_string(&w->b, (u_char *) name, ngx_strlen(name));
    mcp_buf_char(&w->b, ':');
}


ngx_int_t
mcp_openapi_hidden(mcp_openapi_read_t *o, const cJSON *node,
    mcp_openapi_direction_e direction, ngx_uint_t *hidden)
{
    ngx_int_t    rc;
    const char  *name;

    name = (direction == MCP_OPENAPI_INPUT) ? "readOnly" : "writeOnly";

    *hidden = mcp_openapi_true(o, node, name);

    if (*hidden) {
        return NGX_OK;
    }

    rc = mcp_openapi_deref(o, &node);

    if (rc == NGX_OK) {
        *hidden = mcp_openapi_true(o, node, name);
    }

    return rc;
}
