
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_headers.h>


#define MCP_PARAM_PREFIX  "Mcp-Param-"


/* where a keyword of a schema holds schemas of its own */

typedef enum {
    MCP_KEYWORD_SCHEMA = 0,          /* a schema, or an array of schemas */
    MCP_KEYWORD_MAP                  /* an object of schemas */
} mcp_keyword_e;


typedef struct {
    const char         *name;
    mcp_keyword_e       kind;
} mcp_keyword_t;


typedef struct {
    ngx_pool_t         *pool;
    ngx_array_t        *params;      /* of mcp_param_t */
    ngx_array_t         path;        /* of ngx_str_t, the chain so far */
    mcp_schema_error_t *err;
} mcp_headers_walk_t;


static ngx_int_t mcp_headers_walk(mcp_headers_walk_t *w, const cJSON *schema,
    ngx_uint_t reachable);
static ngx_int_t mcp_headers_walk_list(mcp_headers_walk_t *w,
    const cJSON *list);
static ngx_int_t mcp_headers_walk_properties(mcp_headers_walk_t *w,
    const cJSON *properties, ngx_uint_t reachable);
static ngx_int_t mcp_headers_annotation(mcp_headers_walk_t *w,
    const cJSON *schema, const cJSON *name, ngx_uint_t reachable);
static ngx_int_t mcp_headers_add(mcp_headers_walk_t *w, ngx_str_t *name);
static ngx_int_t mcp_headers_invalid(mcp_headers_walk_t *w, const char *text);
static ngx_uint_t mcp_headers_is_token(ngx_str_t *s);


static const mcp_keyword_t  mcp_keywords[] = {
    { "$defs",                 MCP_KEYWORD_MAP },
    { "definitions",           MCP_KEYWORD_MAP },
    { "patternProperties",     MCP_KEYWORD_MAP },
    { "dependentSchemas",      MCP_KEYWORD_MAP },
    { "dependencies",          MCP_KEYWORD_MAP },
    { "allOf",                 MCP_KEYWORD_SCHEMA },
    { "anyOf",                 MCP_KEYWORD_SCHEMA },
    { "oneOf",                 MCP_KEYWORD_SCHEMA },
    { "prefixItems",           MCP_KEYWORD_SCHEMA },
    { "items",                 MCP_KEYWORD_SCHEMA },
    { "additionalItems",       MCP_KEYWORD_SCHEMA },
    { "additionalProperties",  MCP_KEYWORD_SCHEMA },
    { "unevaluatedItems",      MCP_KEYWORD_SCHEMA },
    { "unevaluatedProperties", MCP_KEYWORD_SCHEMA },
    { "propertyNames",         MCP_KEYWORD_SCHEMA },
    { "contains",              MCP_KEYWORD_SCHEMA },
    { "contentSchema",         MCP_KEYWORD_SCHEMA },
    { "not",                   MCP_KEYWORD_SCHEMA },
    { "if",                    MCP_KEYWORD_SCHEMA },
    { "then",                  MCP_KEYWORD_SCHEMA },
    { "else",                  MCP_KEYWORD_SCHEMA },
    { NULL, 0 }
};


ngx_int_t
mcp_headers_compile(ngx_pool_t *pool, const cJSON *schema,
    ngx_array_t *params, mcp_schema_error_t *err)
{
    mcp_headers_walk_t  w;

    w.pool = pool;
    w.params = params;
    w.err = err;

    if (ngx_array_init(&w.path, pool, 4, sizeof(ngx_str_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    return mcp_headers_walk(&w, schema, 1);
}


/* only a chain of "properties" leads to an annotation */

static ngx_int_t
mcp_headers_walk(mcp_headers_walk_t *w, const cJSON *schema,
    ngx_uint_t reachable)
{
    ngx_int_t             rc;
    const cJSON          *member;
    const mcp_keyword_t  *k;

    if (!cJSON_IsObject(schema)) {
        return NGX_OK;
    }

    for (member = schema->child; member; member = member->next) {

        if (ngx_strcmp(member->string, "x-mcp-header") == 0) {
            rc = mcp_headers_annotation(w, schema, member,
                                        reachable && w->path.nelts);

        } else if (ngx_strcmp(member->string, "properties") == 0) {
            rc = mcp_headers_walk_properties(w, member, reachable);

        } else {
            rc = NGX_OK;

            for (k = mcp_keywords; k->name; k++) {

                if (ngx_strcmp(member->string, k->name) != 0) {
                    continue;
                }

                rc = (k->kind == MCP_KEYWORD_MAP || cJSON_IsArray(member))
                     ? mcp_headers_walk_list(w, member)
                     : mcp_headers_walk(w, member, 0);
                break;
            }
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_headers_walk_list(mcp_headers_walk_t *w, const cJSON *list)
{
    ngx_int_t     rc;
    const cJSON  *schema;

    for (schema = list->child; schema; schema = schema->next) {
        rc = mcp_headers_walk(w, schema, 0);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_headers_walk_properties(mcp_headers_walk_t *w, const cJSON *properties,
    ngx_uint_t reachable)
{
    ngx_int_t     rc;
    ngx_str_t    *name;
    const cJSON  *schema;

    for (schema = properties->child; schema; schema = schema->next) {

        name = ngx_array_push(&w->path);
        if (name == NULL) {
            return NGX_ERROR;
        }

        name->data = (u_char *) schema->string;
        name->len = ngx_strlen(schema->string);

        rc = mcp_headers_walk(w, schema, reachable);

        if (rc != NGX_OK) {
            return rc;
        }

        w->path.nelts--;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_headers_annotation(mcp_headers_walk_t *w, const cJSON *schema,
    const cJSON *value, ngx_uint_t reachable)
{
    ngx_str_t     name;
    ngx_uint_t    i;
    const char   *text;
    mcp_param_t  *param;
    const cJSON  *type;

    if (!reachable) {
        return mcp_headers_invalid(w, "\"x-mcp-header\" must be on a property "
                                      "that only \"properties\" lead to");
    }

    if (!cJSON_IsString(value)) {
        return mcp_headers_invalid(w, "\"x-mcp-header\" must be a string");
    }

    name.data = (u_char *) value->valuestring;
    name.len = ngx_strlen(value->valuestring);

    if (!mcp_headers_is_token(&name)) {
        return mcp_headers_invalid(w, "\"x-mcp-header\" must be a header name "
                                      "token");
    }

    type = cJSON_GetObjectItemCaseSensitive(schema, "type");
    text = cJSON_IsString(type) ? type->valuestring : "";

    if (ngx_strcmp(text, "string") != 0
        && ngx_strcmp(text, "integer") != 0
        && ngx_strcmp(text, "boolean") != 0)
    {
        return mcp_headers_invalid(w, "\"x-mcp-header\" must be on a property "
                                      "of type string, integer or boolean");
    }

    param = w->params->elts;

    for (i = 0; i < w->params->nelts; i++) {

        if (param[i].header.name.len == sizeof(MCP_PARAM_PREFIX) - 1 + name.len
            && ngx_strncasecmp(param[i].header.name.data
                               + sizeof(MCP_PARAM_PREFIX) - 1,
                               name.data, name.len)
               == 0)
        {
            return mcp_headers_invalid(w, "\"x-mcp-header\" must be unique");
        }
    }

    return mcp_headers_add(w, &name);
}


static ngx_int_t
mcp_headers_add(mcp_headers_walk_t *w, ngx_str_t *name)
{
    u_char       *p;
    ngx_str_t    *member;
    ngx_str_t    *header, *lower;
    ngx_uint_t    n;
    mcp_param_t  *param;

    param = ngx_array_push(w->params);
    if (param == NULL) {
        return NGX_ERROR;
    }

    header = &param->header.value;
    lower = &param->header.name;

    header->len = sizeof(MCP_PARAM_PREFIX) - 1 + name->len;
    lower->len = header->len;

    header->data = ngx_pnalloc(w->pool, header->len);
    lower->data = ngx_pnalloc(w->pool, lower->len);
    if (header->data == NULL || lower->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(header->data, MCP_PARAM_PREFIX,
                   sizeof(MCP_PARAM_PREFIX) - 1);
    ngx_memcpy(p, name->data, name->len);
    ngx_strlow(lower->data, header->data, header->len);

    n = w->path.nelts;

    if (ngx_array_init(&param->path, w->pool, n, sizeof(ngx_str_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    member = ngx_array_push_n(&param->path, n);
    ngx_memcpy(member, w->path.elts, n * sizeof(ngx_str_t));

    return NGX_OK;
}


static ngx_int_t
mcp_headers_invalid(mcp_headers_walk_t *w, const char *text)
{
    size_t      len;
    u_char     *p;
    ngx_str_t  *name;
    ngx_uint_t  i;

    name = w->path.elts;
    len = 0;

    for (i = 0; i < w->path.nelts; i++) {
        len += sizeof("/properties/") - 1 + name[i].len;
    }

    p = ngx_pnalloc(w->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    w->err->path.data = p;
    w->err->path.len = len;

    for (i = 0; i < w->path.nelts; i++) {
        p = ngx_sprintf(p, "/properties/%V", &name[i]);
    }

    w->err->text.data = (u_char *) text;
    w->err->text.len = ngx_strlen(text);

    return NGX_DECLINED;
}


/* 1*tchar, RFC 9110, section 5.6.2 */

static ngx_uint_t
mcp_headers_is_token(ngx_str_t *s)
{
    size_t  i;
    u_char  c;

    for (i = 0; i < s->len; i++) {
        c = s->data[i];

        if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
        {
            continue;
        }

        if (c == '\0' || ngx_strchr("!#$%&'*+-.^_`|~", c) == NULL) {
            return 0;
        }
    }

    return s->len > 0;
}
