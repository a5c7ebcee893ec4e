
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_tool_arg.h>


ngx_int_t
mcp_tool_args_schema(ngx_pool_t *pool, const ngx_array_t *args,
    ngx_str_t *schema)
{
    mcp_buf_t        b;
    ngx_uint_t       i, n;
    mcp_tool_arg_t  *arg;

    mcp_buf_init(&b, pool, 512);
    arg = args->elts;

    mcp_buf_lit(&b, "{\"type\":\"object\",\"properties\":{");

    for (i = 0; i < args->nelts; i++) {

        if (i) {
            mcp_buf_char(&b, ',');
        }

        mcp_buf_json_string(&b, arg[i].name.data, arg[i].name.len);
        mcp_buf_char(&b, ':');
        mcp_buf_str(&b, &arg[i].schema);
    }

    mcp_buf_char(&b, '}');

    for (i = 0, n = 0; i < args->nelts; i++) {

        if (!arg[i].required) {
            continue;
        }

        if (n++ == 0) {
            mcp_buf_lit(&b, ",\"required\":[");

        } else {
            mcp_buf_char(&b, ',');
        }

        mcp_buf_json_string(&b, arg[i].name.data, arg[i].name.len);
    }

    if (n) {
        mcp_buf_char(&b, ']');
    }

    mcp_buf_lit(&b, ",\"additionalProperties\":false}");

    return mcp_buf_done(&b, schema);
}


/* nodes of pools cannot be in two lists, so each is copied, but not below */

ngx_int_t
mcp_tool_defaults(ngx_pool_t *pool, const cJSON *schema, cJSON **defaults)
{
    cJSON        *node, *last;
    const cJSON  *property, *value;

    *defaults = NULL;
    last = NULL;

    property = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    property = cJSON_IsObject(property) ? property->child : NULL;

    for ( /* void */ ; property; property = property->next) {

        value = cJSON_GetObjectItemCaseSensitive(property, "default");
        if (value == NULL) {
            continue;
        }

        if (*defaults == NULL) {
            *defaults = ngx_pcalloc(pool, sizeof(cJSON));
            if (*defaults == NULL) {
                return NGX_ERROR;
            }

            (*defaults)->type = cJSON_Object;
        }

        node = ngx_palloc(pool, sizeof(cJSON));
        if (node == NULL) {
            return NGX_ERROR;
        }

        *node = *value;
        node->type |= cJSON_StringIsConst;
        node->string = property->string;
        node->next = NULL;
        node->prev = last;

        if (last) {
            last->next = node;

        } else {
            (*defaults)->child = node;
        }

        last = node;
        (*defaults)->child->prev = node;
    }

    return NGX_OK;
}
