
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_openapi_read.h>


/* 2^53: from here on all doubles are integers */
#define MCP_OPENAPI_DENSE  9007199254740992.0


static ngx_uint_t mcp_openapi_default_ok(mcp_openapi_read_t *o,
    const cJSON *schema, const cJSON *value);
static ngx_uint_t mcp_openapi_is_type(const cJSON *value, const char *type);


mcp_openapi_arg_t *
mcp_openapi_add_arg(mcp_openapi_read_t *o, const ngx_str_t *wire,
    const char *where)
{
    u_char             *p;
    ngx_int_t           rc;
    ngx_str_t           name, full;
    mcp_openapi_arg_t  *arg;

    if (o->args.nelts == MCP_OPENAPI_MAX_ARGS) {
        (void) mcp_openapi_refuse(o, "it has more than %d parameters",
                                  MCP_OPENAPI_MAX_ARGS);
        return NULL;
    }

    if (mcp_openapi_name_clean(o->conf->pool, wire, MCP_OPENAPI_MAX_ARGUMENT,
                               &name)
        != NGX_OK)
    {
        return NULL;
    }

    rc = mcp_openapi_name_exact(o->scratch, &o->arg_names, &name,
                                MCP_OPENAPI_MAX_ARGUMENT);

    if (rc == NGX_DECLINED) {
        p = ngx_pnalloc(o->scratch, ngx_strlen(where) + 1 + wire->len);
        if (p == NULL) {
            return NULL;
        }

        full.data = p;
        full.len = ngx_sprintf(p, "%s_%V", where, wire) - p;

        rc = mcp_openapi_name(o->scratch, &o->arg_names, &full,
                              MCP_OPENAPI_MAX_ARGUMENT, &name);
    }

    if (rc != NGX_OK) {
        return NULL;
    }

    arg = ngx_array_push(&o->args);
    if (arg == NULL) {
        return NULL;
    }

    ngx_memzero(arg, sizeof(mcp_openapi_arg_t));

    arg->name.len = name.len;
    arg->name.data = ngx_pstrdup(o->conf->pool, &name);
    arg->wire.len = wire->len;
    arg->wire.data = ngx_pstrdup(o->conf->pool, (ngx_str_t *) wire);

    return arg->name.data && arg->wire.data ? arg : NULL;
}


ngx_int_t
mcp_openapi_defaults(mcp_openapi_read_t *o)
{
    u_char              c;
    mcp_buf_t           b;
    ngx_int_t           rc;
    ngx_str_t           text;
    ngx_uint_t          i;
    const cJSON        *schema, *value;
    mcp_json_doc_t      doc;
    mcp_openapi_arg_t  *arg;

    c = '{';
    arg = o->args.elts;

    mcp_buf_init(&b, o->scratch, 0);

    for (i = 0; i < o->args.nelts; i++) {

        schema = arg[i].schema;

        if (!arg[i].fill || mcp_openapi_deref(o, &schema) != NGX_OK) {
            continue;
        }

        value = mcp_openapi_get(o, arg[i].schema, "default");

        if (value == NULL) {
            value = mcp_openapi_get(o, schema, "default");
        }

        if (value == NULL || !mcp_openapi_default_ok(o, schema, value)) {
            continue;
        }

        mcp_buf_char(&b, c);
        mcp_buf_json_string(&b, arg[i].name.data, arg[i].name.len);
        mcp_buf_char(&b, ':');

        if (mcp_json_print(&b, value) != NGX_OK) {
            return NGX_ERROR;
        }

        c = ',';
    }

    if (c == '{') {
        return NGX_OK;
    }

    mcp_buf_char(&b, '}');

    if (mcp_buf_done(&b, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = mcp_json_scan(&doc, o->scratch, text.data, text.len);

    if (rc != NGX_OK) {
        return (rc == NGX_ERROR)
               ? NGX_ERROR
               : mcp_openapi_refuse(o, "its defaults are nested too deeply");
    }

    o->operation->defaults = mcp_json_tree(&doc, doc.tokens, o->conf->pool);

    return o->operation->defaults ? NGX_OK : NGX_ERROR;
}


/* one that is not of the type is a mistake of the document, not to be sent */

static ngx_uint_t
mcp_openapi_default_ok(mcp_openapi_read_t *o, const cJSON *schema,
    const cJSON *value)
{
    const cJSON  *type;

    if (cJSON_IsNull(value)) {
        return 0;
    }

    type = mcp_openapi_get(o, schema, "type");

    if (cJSON_IsArray(type)) {

        for (type = type->child; type; type = type->next) {
            if (cJSON_IsString(type)
                && mcp_openapi_is_type(value, type->valuestring))
            {
                return 1;
            }
        }

        return 0;
    }

    return !cJSON_IsString(type)
           || mcp_openapi_is_type(value, type->valuestring);
}


static ngx_uint_t
mcp_openapi_is_type(const cJSON *value, const char *type)
{
    switch (type[0]) {

    case 's':
        return cJSON_IsString(value);

    case 'b':
        return cJSON_IsBool(value);

    case 'a':
        return cJSON_IsArray(value);

    case 'o':
        return cJSON_IsObject(value);

    case 'n':
        return type[2] == 'm' && cJSON_IsNumber(value);

    case 'i':
        return cJSON_IsNumber(value)
               && (value->valuedouble < -MCP_OPENAPI_DENSE
                   || value->valuedouble > MCP_OPENAPI_DENSE
                   || value->valuedouble
                      == (double) (int64_t) value->valuedouble);

    default:
        return 0;
    }
}


mcp_pass_atom_t *
mcp_openapi_atom(mcp_openapi_read_t *o, ngx_array_t *atoms, u_char op,
    const ngx_str_t *text, const ngx_str_t *from)
{
    mcp_pass_atom_t  *atom;

    if (atoms->elts == NULL
        && ngx_array_init(atoms, o->conf->pool, 2, sizeof(mcp_pass_atom_t))
           != NGX_OK)
    {
        return NULL;
    }

    atom = ngx_array_push(atoms);
    if (atom == NULL) {
        return NULL;
    }

    ngx_memzero(atom, sizeof(mcp_pass_atom_t));

    atom->op = op;

    if (text) {
        atom->text = *text;
    }

    if (from) {
        atom->from = *from;
    }

    return atom;
}


mcp_pass_field_t *
mcp_openapi_field(mcp_openapi_read_t *o, ngx_array_t *fields,
    const ngx_str_t *name)
{
    mcp_pass_field_t  *field;

    if (fields->elts == NULL
        && ngx_array_init(fields, o->conf->pool, 2, sizeof(mcp_pass_field_t))
           != NGX_OK)
    {
        return NULL;
    }

    field = ngx_array_push(fields);
    if (field == NULL) {
        return NULL;
    }

    ngx_memzero(field, sizeof(mcp_pass_field_t));

    field->name = *name;

    return field;
}
