
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_openapi_read.h>


static ngx_int_t mcp_openapi_form_member(mcp_openapi_read_t *o,
    const cJSON *encoding, mcp_openapi_member_t *member,
    ngx_uint_t multipart);
static ngx_int_t mcp_openapi_form_part(mcp_openapi_read_t *o,
    const cJSON *encoding, mcp_openapi_arg_t *arg);
static ngx_int_t mcp_openapi_form_pair(mcp_openapi_read_t *o,
    const cJSON *encoding, mcp_openapi_arg_t *arg);
static ngx_uint_t mcp_openapi_form_type(mcp_openapi_read_t *o,
    const cJSON *schema, const char *type);


ngx_int_t
mcp_openapi_form(mcp_openapi_read_t *o, const cJSON *body,
    const cJSON *media, const cJSON *schema, ngx_uint_t multipart)
{
    ngx_int_t              rc;
    ngx_uint_t             i;
    ngx_array_t            members;
    const cJSON           *encoding;
    mcp_openapi_member_t  *member;

    o->operation->pass.body = multipart ? MCP_PASS_BODY_MULTIPART
                                        : MCP_PASS_BODY_FORM;

    if (ngx_array_init(&members, o->scratch, 8, sizeof(mcp_openapi_member_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = mcp_openapi_members(o, schema, 1, &members);

    if (rc == NGX_ABORT) {
        return mcp_openapi_body_whole(o, body, schema);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    member = members.elts;
    encoding = mcp_openapi_get(o, media, "encoding");

    for (i = 0; i < members.nelts; i++) {

        rc = mcp_openapi_form_member(o, encoding, &member[i], multipart);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_form_member(mcp_openapi_read_t *o, const cJSON *encoding,
    mcp_openapi_member_t *member, ngx_uint_t multipart)
{
    ngx_int_t           rc;
    const cJSON        *items;
    mcp_openapi_arg_t  *arg;

    arg = mcp_openapi_add_member(o, member);
    if (arg == NULL) {
        return o->why.len ? NGX_DECLINED : NGX_ERROR;
    }

    encoding = mcp_openapi_get(o, encoding, (char *) member->name.data);

    if (!multipart) {
        return mcp_openapi_form_pair(o, encoding, arg);
    }

    arg->binary = mcp_openapi_is_binary(o, arg->schema);

    if (mcp_openapi_form_type(o, arg->schema, "array")) {

        items = mcp_openapi_get(o, arg->schema, "items");
        rc = mcp_openapi_deref_schema(o, &items);

        if (rc != NGX_OK) {
            return rc;
        }

        arg->binaries = mcp_openapi_is_binary(o, items);
    }

    return mcp_openapi_form_part(o, encoding, arg);
}


/* OpenAPI 3.0, section 4.8.14.3 and .4 */

static ngx_int_t
mcp_openapi_form_part(mcp_openapi_read_t *o, const cJSON *encoding,
    mcp_openapi_arg_t *arg)
{
    u_char            *p;
    ngx_str_t          type;
    mcp_pass_atom_t   *atom;
    mcp_pass_field_t  *field;

    field = mcp_openapi_field(o, &o->operation->pass.fields, &arg->wire);
    if (field == NULL) {
        return NGX_ERROR;
    }

    atom = mcp_openapi_atom(o, &field->atoms, MCP_PASS_SIMPLE, &arg->wire,
                            &arg->name);
    if (atom == NULL) {
        return NGX_ERROR;
    }

    type = mcp_openapi_string(o, encoding, "contentType");

    field->binary = arg->binary || arg->binaries;
    atom->explode = mcp_openapi_form_type(o, arg->schema, "array");
    atom->json = !field->binary
                 && (mcp_openapi_form_type(o, arg->schema, "object")
                     || (type.len
                         && mcp_openapi_is_json((char *) type.data)));

    if (type.len == 0 || ngx_strlchr(type.data, type.data + type.len, ',')
        || ngx_strlchr(type.data, type.data + type.len, '*'))
    {
        if (field->binary) {
            ngx_str_set(&type, "application/octet-stream");

        } else if (atom->json) {
            ngx_str_set(&type, "application/json");

        } else {
            ngx_str_set(&type, "");
        }
    }

    for (p = type.data; p < type.data + type.len; p++) {
        if (*p < ' ' || *p > '~') {
            return mcp_openapi_refuse(o, "the part \"%V\" has a type that is "
                                      "not valid", &arg->wire);
        }
    }

    field->type.len = type.len;
    field->type.data = ngx_pstrdup(o->conf->pool, &type);

    return field->type.data ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
mcp_openapi_form_pair(mcp_openapi_read_t *o, const cJSON *encoding,
    mcp_openapi_arg_t *arg)
{
    u_char             op;
    ngx_str_t          style, type;
    const cJSON       *explode;
    mcp_pass_atom_t   *atom;
    mcp_pass_field_t  *field;

    field = mcp_openapi_field(o, &o->operation->pass.fields, &arg->wire);
    if (field == NULL) {
        return NGX_ERROR;
    }

    style = mcp_openapi_string(o, encoding, "style");
    type = mcp_openapi_string(o, encoding, "contentType");
    explode = mcp_openapi_get(o, encoding, "explode");

    op = MCP_PASS_QUERY;

    if (style.len) {
        op = ngx_strcmp(style.data, "deepObject") == 0 ? MCP_PASS_DEEP
             : cJSON_IsTrue(explode) ? MCP_PASS_QUERY
             : ngx_strcmp(style.data, "spaceDelimited") == 0 ? MCP_PASS_SPACE
             : ngx_strcmp(style.data, "pipeDelimited") == 0 ? MCP_PASS_PIPE
             : MCP_PASS_QUERY;
    }

    atom = mcp_openapi_atom(o, &field->atoms, op, &arg->wire, &arg->name);
    if (atom == NULL) {
        return NGX_ERROR;
    }

    atom->explode = cJSON_IsBool(explode) ? cJSON_IsTrue(explode)
                                          : op == MCP_PASS_QUERY;
    atom->reserved = mcp_openapi_true(o, encoding, "allowReserved");

    /* where nothing is said of an object, it is JSON */

    atom->json = (type.len && mcp_openapi_is_json((char *) type.data))
                 || (style.len == 0 && explode == NULL
                     && mcp_openapi_form_type(o, arg->schema, "object"));

    if (atom->json) {
        atom->explode = 0;
    }

    return NGX_OK;
}


static ngx_uint_t
mcp_openapi_form_type(mcp_openapi_read_t *o, const cJSON *schema,
    const char *type)
{
    ngx_str_t  s;

    s = mcp_openapi_string(o, schema, "type");

    if (s.len == 0) {
        return type[0] == 'o'
               && (mcp_openapi_get(o, schema, "properties")
                   || mcp_openapi_get(o, schema, "allOf"));
    }

    return ngx_strcmp(s.data, type) == 0;
}


ngx_uint_t
mcp_openapi_is_binary(mcp_openapi_read_t *o, const cJSON *schema)
{
    ngx_str_t  type, format;

    type = mcp_openapi_string(o, schema, "type");
    format = mcp_openapi_string(o, schema, "format");

    if (type.len && ngx_strcmp(type.data, "string") != 0) {
        return 0;
    }

    if (format.len && ngx_strcmp(format.data, "binary") == 0) {
        return 1;
    }

    type = mcp_openapi_string(o, schema, "contentMediaType");

    return type.len && mcp_openapi_get(o, schema, "contentEncoding") == NULL
           && !mcp_openapi_is_json((char *) type.data)
           && ngx_strncasecmp(type.data, (u_char *) "text/", 5) != 0;
}
