
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_openapi_read.h>


typedef struct {
    ngx_str_t      name;
    ngx_str_t      in;
    const cJSON   *node;
} mcp_openapi_param_t;


typedef struct {
    const char    *in;
    const char    *style;        /* the first one of a kind is its default */
    u_char         op;
    unsigned       explode:1;        /* likewise */
} mcp_openapi_style_t;


static ngx_int_t mcp_openapi_params_collect(mcp_openapi_read_t *o,
    const cJSON *list, ngx_array_t *params);
static ngx_int_t mcp_openapi_param_add(mcp_openapi_read_t *o,
    mcp_openapi_param_t *param);
static ngx_int_t mcp_openapi_param_atom(mcp_openapi_read_t *o,
    mcp_openapi_param_t *param, mcp_openapi_arg_t *arg, ngx_uint_t json,
    mcp_pass_atom_t *atom);
static ngx_int_t mcp_openapi_param_schema(mcp_openapi_read_t *o,
    const cJSON *node, const cJSON **schema, ngx_uint_t *json);
static ngx_uint_t mcp_openapi_param_token(const ngx_str_t *name);
static ngx_uint_t mcp_openapi_param_ignored(mcp_openapi_read_t *o,
    mcp_openapi_param_t *param);


/*
 * OpenAPI 3.1, section 4.8.12.2.1, and what nginx and the connection decide:
 * a length that an argument says would not be that of the body.
 */

static const char  *mcp_openapi_own[] = {
    "Accept",
    "Content-Type",
    "Authorization",
    "Host",
    "Content-Length",
    "Transfer-Encoding",
    "Connection",
    "Proxy-Connection",
    "Keep-Alive",
    "Proxy-Authorization",
    "Proxy-Authenticate",
    "TE",
    "Trailer",
    "Upgrade",
    "HTTP2-Settings",
    "Expect",
    NULL
};


static const mcp_openapi_style_t  mcp_openapi_styles[] = {
    { "path", "simple", MCP_PASS_SIMPLE, 0 },
    { "path", "label", MCP_PASS_LABEL, 0 },
    { "path", "matrix", MCP_PASS_MATRIX, 0 },
    { "query", "form", MCP_PASS_QUERY, 1 },
    { "query", "spaceDelimited", MCP_PASS_SPACE, 0 },
    { "query", "pipeDelimited", MCP_PASS_PIPE, 0 },
    { "query", "deepObject", MCP_PASS_DEEP, 0 },
    { "header", "simple", MCP_PASS_SIMPLE, 0 },
    { "cookie", "form", MCP_PASS_QUERY, 1 },
    { NULL, NULL, 0, 0 }
};


ngx_int_t
mcp_openapi_params(mcp_openapi_read_t *o)
{
    ngx_int_t             rc;
    ngx_uint_t            i;
    ngx_array_t           params;
    mcp_openapi_param_t  *param;

    if (ngx_array_init(&params, o->scratch, 8, sizeof(mcp_openapi_param_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = mcp_openapi_params_collect(o, mcp_openapi_get(o, o->item,
                                                       "parameters"),
                                    &params);
    if (rc == NGX_OK) {
        rc = mcp_openapi_params_collect(o, mcp_openapi_get(o, o->node,
                                                           "parameters"),
                                        &params);
    }

    param = params.elts;

    for (i = 0; rc == NGX_OK && i < params.nelts; i++) {
        rc = mcp_openapi_param_add(o, &param[i]);
    }

    return (rc == NGX_OK) ? mcp_openapi_path(o) : rc;
}


/* those of the operation take the place of those of the path */

static ngx_int_t
mcp_openapi_params_collect(mcp_openapi_read_t *o, const cJSON *list,
    ngx_array_t *params)
{
    ngx_int_t             rc;
    ngx_uint_t            i;
    const cJSON          *item, *node;
    mcp_openapi_param_t   param, *p;

    if (!cJSON_IsArray(list)) {
        return NGX_OK;
    }

    for (item = list->child; item; item = item->next) {

        node = item;
        rc = mcp_openapi_deref(o, &node);

        if (rc != NGX_OK) {
            return rc;
        }

        param.name = mcp_openapi_string(o, node, "name");
        param.in = mcp_openapi_string(o, node, "in");
        param.node = node;

        if (param.name.len == 0 || param.in.len == 0) {
            return mcp_openapi_refuse(o, "a parameter has no \"name\" or no "
                                      "\"in\"");
        }

        p = params->elts;

        for (i = 0; i < params->nelts; i++) {
            o->work++;

            if (ngx_strcmp(p[i].name.data, param.name.data) == 0
                && ngx_strcmp(p[i].in.data, param.in.data) == 0)
            {
                break;
            }
        }

        if (i < params->nelts) {
            p = &p[i];

        } else {
            p = ngx_array_push(params);
            if (p == NULL) {
                return NGX_ERROR;
            }
        }

        *p = param;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_param_add(mcp_openapi_read_t *o, mcp_openapi_param_t *param)
{
    ngx_int_t            rc;
    ngx_uint_t           json;
    ngx_array_t         *atoms;
    const cJSON         *schema;
    mcp_pass_atom_t     *atom;
    mcp_pass_field_t    *field;
    mcp_openapi_arg_t   *arg;

    if (mcp_openapi_param_ignored(o, param)) {
        return NGX_OK;
    }

    if (ngx_strcmp(param->in.data, "header") == 0
        && !mcp_openapi_param_token(&param->name))
    {
        return mcp_openapi_refuse(o, "the parameter \"%V\" has no name of a "
                                  "header", &param->name);
    }

    rc = mcp_openapi_param_schema(o, param->node, &schema, &json);

    if (rc != NGX_OK) {
        return rc;
    }

    arg = mcp_openapi_add_arg(o, &param->name, (char *) param->in.data);
    if (arg == NULL) {
        return o->why.len ? NGX_DECLINED : NGX_ERROR;
    }

    arg->help = mcp_openapi_string(o, param->node, "description");
    arg->schema = schema;
    arg->required = mcp_openapi_true(o, param->node, "required");
    arg->fill = 1;

    switch (param->in.data[0]) {

    case 'h':
    case 'c':
        field = mcp_openapi_field(o, param->in.data[0] == 'h'
                                     ? &o->operation->pass.headers
                                     : &o->operation->pass.cookies,
                                  &arg->wire);
        if (field == NULL) {
            return NGX_ERROR;
        }

        atoms = &field->atoms;
        break;

    case 'p':
        arg->required = 1;
        atoms = &o->in_path;
        break;

    default:
        atoms = &o->in_query;
        break;
    }

    atom = mcp_openapi_atom(o, atoms, 0, &arg->wire, &arg->name);
    if (atom == NULL) {
        return NGX_ERROR;
    }

    return mcp_openapi_param_atom(o, param, arg, json, atom);
}


static ngx_int_t
mcp_openapi_param_atom(mcp_openapi_read_t *o, mcp_openapi_param_t *param,
    mcp_openapi_arg_t *arg, ngx_uint_t json, mcp_pass_atom_t *atom)
{
    ngx_str_t                   style;
    const cJSON                *explode;
    const mcp_openapi_style_t  *known;

    style = mcp_openapi_string(o, param->node, "style");

    for (known = mcp_openapi_styles; known->in; known++) {

        if (ngx_strcmp(known->in, param->in.data) == 0
            && (style.len == 0
                || ngx_strcmp(known->style, style.data) == 0))
        {
            break;
        }
    }

    if (known->in == NULL) {
        return mcp_openapi_refuse(o, "the parameter \"%V\" is in \"%V\"%s%V, "
                                  "which is not known", &param->name,
                                  &param->in, style.len ? " with the style "
                                                        : "", &style);
    }

    atom->op = known->op;
    atom->json = json;

    /* it is said of queries only, and of a path it would be more than that */

    atom->reserved = (param->in.data[0] == 'q'
                      && mcp_openapi_true(o, param->node, "allowReserved"));

    if (json) {
        return NGX_OK;
    }

    explode = mcp_openapi_get(o, param->node, "explode");

    atom->explode = cJSON_IsBool(explode) ? cJSON_IsTrue(explode)
                                          : known->explode;

    if (atom->explode
        && (atom->op == MCP_PASS_SPACE || atom->op == MCP_PASS_PIPE))
    {
        /* nothing is left to be delimited */
        atom->op = MCP_PASS_QUERY;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_param_schema(mcp_openapi_read_t *o, const cJSON *node,
    const cJSON **schema, ngx_uint_t *json)
{
    ngx_int_t     rc;
    const cJSON  *content;

    *json = 0;
    *schema = mcp_openapi_get(o, node, "schema");

    content = mcp_openapi_get(o, node, "content");

    if (*schema == NULL && cJSON_IsObject(content) && content->child) {

        *json = mcp_openapi_is_json(content->child->string);
        *schema = mcp_openapi_get(o, content->child, "schema");

        if (!*json) {
            return mcp_openapi_refuse(o, "a parameter is to be sent as "
                                      "\"%s\", which is not supported",
                                      content->child->string);
        }
    }

    if (!cJSON_IsObject(*schema)) {
        *schema = NULL;
        return NGX_OK;
    }

    rc = mcp_openapi_deref_schema(o, schema);

    if (rc == NGX_OK && !cJSON_IsObject(*schema)) {
        *schema = NULL;
    }

    return rc;
}


/* RFC 9110, section 5.6.2 */

static ngx_uint_t
mcp_openapi_param_token(const ngx_str_t *name)
{
    u_char  c;
    size_t  i;

    for (i = 0; i < name->len; i++) {
        c = name->data[i];

        if (!(c >= '0' && c <= '9') && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
            && (c == '\0' || ngx_strchr("!#$%&'*+-.^_`|~", c) == NULL))
        {
            return 0;
        }
    }

    return 1;
}


/* of a path: what no "{}" in it stands for */

static ngx_uint_t
mcp_openapi_param_ignored(mcp_openapi_read_t *o, mcp_openapi_param_t *param)
{
    u_char      *p, *last;
    ngx_str_t   *path;
    ngx_uint_t   i;

    if (ngx_strcmp(param->in.data, "header") == 0) {

        for (i = 0; mcp_openapi_own[i]; i++) {
            if (ngx_strcasecmp(param->name.data, (u_char *) mcp_openapi_own[i])
                == 0)
            {
                return 1;
            }
        }

        return 0;
    }

    if (ngx_strcmp(param->in.data, "path") != 0) {
        return 0;
    }

    path = &o->operation->path;
    last = path->data + path->len;

    for (p = path->data; p < last; p++) {

        if (*p == '{' && (size_t) (last - p) > param->name.len + 1
            && ngx_strncmp(p + 1, param->name.data, param->name.len) == 0
            && p[param->name.len + 1] == '}')
        {
            return 0;
        }
    }

    return 1;
}
