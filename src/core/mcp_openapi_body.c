
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_openapi_read.h>


/* the higher the better */
typedef enum {
    MCP_OPENAPI_NOT_SUPPORTED = 0,
    MCP_OPENAPI_BINARY,
    MCP_OPENAPI_TEXT,
    MCP_OPENAPI_MULTIPART,
    MCP_OPENAPI_FORM,
    MCP_OPENAPI_JSON
} mcp_openapi_media_e;


static mcp_openapi_media_e mcp_openapi_media(const char *type);
static ngx_int_t mcp_openapi_media_type(mcp_openapi_read_t *o,
    mcp_openapi_media_e kind, const char *name);
static ngx_int_t mcp_openapi_body_json(mcp_openapi_read_t *o,
    const cJSON *body, const cJSON *schema);
static ngx_int_t mcp_openapi_body_raw(mcp_openapi_read_t *o,
    const cJSON *body, const cJSON *schema, ngx_uint_t binary);
static ngx_uint_t mcp_openapi_same(const char *type, const char *name,
    size_t len);


ngx_int_t
mcp_openapi_body(mcp_openapi_read_t *o)
{
    ngx_int_t             rc;
    const cJSON          *body, *content, *media, *best, *schema;
    mcp_openapi_media_e   kind, most;

    body = mcp_openapi_get(o, o->node, "requestBody");

    /* RFC 9110, section 9.3: a body of these means nothing */

    if (body == NULL || ngx_strcmp(o->operation->method.data, "GET") == 0
        || ngx_strcmp(o->operation->method.data, "HEAD") == 0)
    {
        return NGX_OK;
    }

    rc = mcp_openapi_deref(o, &body);

    if (rc != NGX_OK) {
        return rc;
    }

    content = mcp_openapi_get(o, body, "content");

    if (!cJSON_IsObject(content) || content->child == NULL) {
        return NGX_OK;
    }

    best = NULL;
    most = MCP_OPENAPI_NOT_SUPPORTED;

    for (media = content->child; media; media = media->next) {
        o->work++;
        kind = mcp_openapi_media(media->string);

        if (kind > most) {
            most = kind;
            best = media;
        }
    }

    if (best == NULL) {
        return mcp_openapi_refuse(o, "a body of \"%s\" is not supported",
                                  content->child->string);
    }

    schema = mcp_openapi_get(o, best, "schema");

    rc = mcp_openapi_media_type(o, most, best->string);

    if (rc == NGX_OK) {
        rc = mcp_openapi_deref_schema(o, &schema);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    switch (most) {

    case MCP_OPENAPI_JSON:
        return mcp_openapi_body_json(o, body, schema);

    case MCP_OPENAPI_FORM:
    case MCP_OPENAPI_MULTIPART:
        return mcp_openapi_form(o, body, best, schema,
                                most == MCP_OPENAPI_MULTIPART);

    default:
        return mcp_openapi_body_raw(o, body, schema,
                                    most == MCP_OPENAPI_BINARY);
    }
}


static mcp_openapi_media_e
mcp_openapi_media(const char *type)
{
    if (mcp_openapi_is_json(type)) {
        return MCP_OPENAPI_JSON;
    }

    if (mcp_openapi_same(type, "application/x-www-form-urlencoded", 33)) {
        return MCP_OPENAPI_FORM;
    }

    if (ngx_strncasecmp((u_char *) type, (u_char *) "multipart/", 10) == 0) {
        return mcp_openapi_same(type, "multipart/form-data", 19)
               ? MCP_OPENAPI_MULTIPART : MCP_OPENAPI_NOT_SUPPORTED;
    }

    if (ngx_strncasecmp((u_char *) type, (u_char *) "text/", 5) == 0
        || mcp_openapi_same(type, "application/xml", 15)
        || ngx_strstr(type, "+xml"))
    {
        return MCP_OPENAPI_TEXT;
    }

    return ngx_strchr(type, '/') ? MCP_OPENAPI_BINARY
                                 : MCP_OPENAPI_NOT_SUPPORTED;
}


ngx_uint_t
mcp_openapi_is_json(const char *type)
{
    size_t  n;

    if (mcp_openapi_same(type, "application/json", 16)
        || mcp_openapi_same(type, "application/*", 13)
        || mcp_openapi_same(type, "*/*", 3))
    {
        return 1;
    }

    n = strcspn(type, "; \t");

    return n > 5
           && ngx_strncasecmp((u_char *) type + n - 5, (u_char *) "+json", 5)
              == 0;
}


static ngx_uint_t
mcp_openapi_same(const char *type, const char *name, size_t len)
{
    return ngx_strncasecmp((u_char *) type, (u_char *) name, len) == 0
           && (type[len] == '\0' || ngx_strchr("; \t", type[len]));
}


/* Content-Type, where it is not the usual one */

static ngx_int_t
mcp_openapi_media_type(mcp_openapi_read_t *o, mcp_openapi_media_e kind,
    const char *name)
{
    u_char     *p;
    ngx_str_t   type;

    if (kind == MCP_OPENAPI_FORM || kind == MCP_OPENAPI_MULTIPART
        || (kind == MCP_OPENAPI_JSON
            && (ngx_strchr(name, '*')
                || ngx_strcmp(name, "application/json") == 0)))
    {
        return NGX_OK;
    }

    if (ngx_strchr(name, '*')) {
        name = (kind == MCP_OPENAPI_TEXT) ? "text/plain"
                                          : "application/octet-stream";
    }

    type.data = (u_char *) name;
    type.len = ngx_strlen(name);

    for (p = type.data; *p; p++) {
        if (*p < ' ' || *p > '~') {
            return mcp_openapi_refuse(o, "a body of \"%V\" is not supported",
                                      &type);
        }
    }

    o->operation->pass.type.len = type.len;
    o->operation->pass.type.data = ngx_pstrdup(o->conf->pool, &type);

    return o->operation->pass.type.data ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
mcp_openapi_body_json(mcp_openapi_read_t *o, const cJSON *body,
    const cJSON *schema)
{
    ngx_int_t              rc;
    ngx_str_t             *rest, *name;
    ngx_uint_t             i, renamed;
    ngx_array_t            members;
    mcp_openapi_arg_t     *arg;
    mcp_openapi_member_t  *member;

    o->operation->pass.body = MCP_PASS_BODY_JSON;

    if (ngx_array_init(&members, o->scratch, 8, sizeof(mcp_openapi_member_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = mcp_openapi_members(o, schema, 0, &members);

    if (rc == NGX_ABORT) {
        return mcp_openapi_body_whole(o, body, schema);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    renamed = 0;
    member = members.elts;

    for (i = 0; i < members.nelts; i++) {

        arg = mcp_openapi_add_member(o, &member[i]);
        if (arg == NULL) {
            return o->why.len ? NGX_DECLINED : NGX_ERROR;
        }

        rest = ngx_array_push(&o->operation->pass.rest);
        name = ngx_array_push(&o->operation->pass.names);

        if (rest == NULL || name == NULL) {
            return NGX_ERROR;
        }

        *rest = arg->name;
        *name = arg->wire;

        renamed |= (arg->name.len != arg->wire.len
                    || ngx_strncmp(arg->name.data, arg->wire.data,
                                   arg->name.len) != 0);
    }

    if (!renamed) {
        o->operation->pass.names.nelts = 0;
    }

    return NGX_OK;
}


mcp_openapi_arg_t *
mcp_openapi_add_member(mcp_openapi_read_t *o, mcp_openapi_member_t *member)
{
    mcp_openapi_arg_t  *arg;

    arg = mcp_openapi_add_arg(o, &member->name, "body");
    if (arg == NULL) {
        return NULL;
    }

    arg->schema = member->node;
    arg->help = member->help;
    arg->required = member->required;

    /* a PATCH changes what it has, so what is not said must not be there */

    arg->fill = (ngx_strcmp(o->operation->method.data, "PATCH") != 0);

    return arg;
}


ngx_int_t
mcp_openapi_body_whole(mcp_openapi_read_t *o, const cJSON *body,
    const cJSON *schema)
{
    ngx_str_t           name;
    mcp_openapi_arg_t  *arg;

    static const cJSON  any = {
        NULL, NULL, NULL, cJSON_Object, NULL, 0, 0, NULL
    };

    ngx_str_set(&name, "body");

    arg = mcp_openapi_add_arg(o, &name, "request");
    if (arg == NULL) {
        return o->why.len ? NGX_DECLINED : NGX_ERROR;
    }

    arg->schema = schema ? schema : &any;
    arg->required = mcp_openapi_true(o, body, "required");
    arg->help = mcp_openapi_string(o, body, "description");

    o->operation->pass.from = arg->name;

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_body_raw(mcp_openapi_read_t *o, const cJSON *body,
    const cJSON *schema, ngx_uint_t binary)
{
    ngx_int_t           rc;
    ngx_str_t           type;
    mcp_openapi_arg_t  *arg;

    type = mcp_openapi_string(o, schema, "type");

    if (type.len == 0 || ngx_strcmp(type.data, "string") != 0) {
        /* XML of an object, say: text all the same */
        schema = NULL;
    }

    rc = mcp_openapi_body_whole(o, body, schema);

    if (rc != NGX_OK) {
        return rc;
    }

    arg = o->args.elts;
    arg += o->args.nelts - 1;

    arg->schema = schema;
    arg->binary = binary;

    o->operation->pass.body = MCP_PASS_BODY_RAW;
    o->operation->pass.binary = binary;

    return NGX_OK;
}
