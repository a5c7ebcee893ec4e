
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_tool_arg.h>


static cJSON *mcp_tool_args_find(const cJSON *properties,
    const ngx_str_t *name);
static ngx_int_t mcp_tool_args_require(ngx_pool_t *pool, cJSON *root,
    const mcp_tool_arg_t *arg);


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


ngx_int_t
mcp_tool_args_replace(ngx_pool_t *pool, const ngx_array_t *args,
    ngx_str_t *schema, ngx_str_t *unknown)
{
    cJSON           *root, *properties, *property, *node;
    mcp_buf_t        b;
    ngx_int_t        rc;
    ngx_uint_t       i;
    mcp_json_doc_t   doc;
    mcp_tool_arg_t  *arg;

    if (mcp_json_parse(pool, schema, &doc, &root) != NGX_OK) {
        return NGX_ERROR;
    }

    properties = cJSON_GetObjectItemCaseSensitive(root, "properties");
    arg = args->elts;

    for (i = 0; i < args->nelts; i++) {
        property = mcp_tool_args_find(properties, &arg[i].name);

        if (property == NULL) {
            *unknown = arg[i].name;
            return NGX_DECLINED;
        }

        if (mcp_json_parse(pool, &arg[i].schema, &doc, &node) != NGX_OK) {
            return NGX_ERROR;
        }

        property->type = node->type | cJSON_StringIsConst;
        property->child = node->child;

        if (mcp_tool_args_require(pool, root, &arg[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    mcp_buf_init(&b, pool, schema->len + 256);

    rc = mcp_json_print(&b, root);

    return rc == NGX_OK ? mcp_buf_done(&b, schema) : NGX_ERROR;
}


static cJSON *
mcp_tool_args_find(const cJSON *properties, const ngx_str_t *name)
{
    cJSON  *node;

    node = cJSON_IsObject(properties) ? properties->child : NULL;

    for ( /* void */ ; node; node = node->next) {

        if (ngx_strlen(node->string) == name->len
            && ngx_memcmp(node->string, name->data, name->len) == 0)
        {
            return node;
        }
    }

    return NULL;
}


/* the list of what is required, made anew */

static ngx_int_t
mcp_tool_args_require(ngx_pool_t *pool, cJSON *root, const mcp_tool_arg_t *arg)
{
    cJSON           *list, *node;
    mcp_buf_t        b;
    ngx_str_t        text, name;
    ngx_uint_t       n;
    mcp_json_doc_t   doc;

    list = cJSON_GetObjectItemCaseSensitive(root, "required");

    mcp_buf_init(&b, pool, 256);
    mcp_buf_char(&b, '[');
    n = 0;

    for (node = list ? list->child : NULL; node; node = node->next) {

        name.data = (u_char *) node->valuestring;
        name.len = ngx_strlen(name.data);

        if (name.len == arg->name.len
            && ngx_memcmp(name.data, arg->name.data, name.len) == 0)
        {
            continue;
        }

        if (n++) {
            mcp_buf_char(&b, ',');
        }

        mcp_buf_json_string(&b, name.data, name.len);
    }

    if (arg->required) {

        if (n) {
            mcp_buf_char(&b, ',');
        }

        mcp_buf_json_string(&b, arg->name.data, arg->name.len);
    }

    mcp_buf_char(&b, ']');

    if (mcp_buf_done(&b, &text) != NGX_OK
        || mcp_json_parse(pool, &text, &doc, &node) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (list) {
        list->child = node->child;
        return NGX_OK;
    }

    if (!arg->required) {
        return NGX_OK;
    }

    /* a root with properties has a child */

    node->string = (char *) "required";
    node->type |= cJSON_StringIsConst;

    for (list = root->child; list->next; list = list->next) { /* void */ }

    list->next = node;
    node->prev = list;
    root->child->prev = node;

    return NGX_OK;
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


/* of a schema what says how each property has to be, and what that refers to:
 * defaults alone lack what is required */

ngx_int_t
mcp_tool_defaults_check(ngx_pool_t *pool, const ngx_str_t *schema,
    mcp_schema_error_t *err)
{
    cJSON           *root, *defaults, *node, *next, **last;
    ngx_int_t        rc;
    ngx_str_t        text;
    ngx_uint_t       i;
    mcp_schema_t    *compiled;
    mcp_json_doc_t   doc;

    static const char *const  kept[] = {
        "properties", "$defs", "definitions", "$schema", "$id", NULL
    };

    text = *schema;

    if (mcp_json_parse(pool, &text, &doc, &root) != NGX_OK
        || mcp_tool_defaults(pool, root, &defaults) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (defaults == NULL) {
        return NGX_OK;
    }

    last = &root->child;

    for (node = root->child; node; node = next) {
        next = node->next;

        for (i = 0; kept[i]; i++) {
            if (ngx_strcmp(node->string, kept[i]) == 0) {
                *last = node;
                last = &node->next;
                break;
            }
        }
    }

    *last = NULL;

    rc = mcp_schema_compile(pool, root, &compiled, err);

    if (rc != NGX_OK) {

        /* it refers to what was left out */

        return rc == NGX_DECLINED ? NGX_OK : NGX_ERROR;
    }

    rc = mcp_schema_check(compiled, defaults, pool, err);

    return rc == NGX_ABORT ? NGX_DECLINED : rc;
}
