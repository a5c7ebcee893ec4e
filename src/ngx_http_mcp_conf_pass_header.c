
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf_pass.h>


static char *ngx_http_mcp_header_type(ngx_conf_t *cf,
    ngx_http_mcp_conf_pass_t *p, ngx_str_t *value);
static ngx_int_t ngx_http_mcp_header_name(ngx_conf_t *cf, ngx_str_t *name);
static mcp_pass_field_t *ngx_http_mcp_header_push(ngx_conf_t *cf,
    ngx_http_mcp_conf_pass_t *p, ngx_str_t *name);
static ngx_int_t ngx_http_mcp_header_value(ngx_conf_t *cf,
    ngx_http_mcp_passes_t *made, ngx_str_t *value, ngx_array_t *atoms);
static ngx_int_t ngx_http_mcp_header_text(ngx_conf_t *cf, ngx_str_t *text,
    ngx_array_t *atoms);
static ngx_int_t ngx_http_mcp_header_variable(ngx_conf_t *cf,
    ngx_http_mcp_passes_t *made, ngx_str_t *text, ngx_array_t *atoms);
static ngx_uint_t ngx_http_mcp_variable_known(
    ngx_http_core_main_conf_t *cmcf, ngx_str_t *name);


/* what nginx and the connection decide */

static const ngx_str_t  ngx_http_mcp_own_headers[] = {
    ngx_string("Host"),
    ngx_string("Content-Length"),
    ngx_string("Transfer-Encoding"),
    ngx_string("Connection"),
    ngx_string("Proxy-Connection"),
    ngx_string("Keep-Alive"),
    ngx_string("Proxy-Authorization"),
    ngx_string("Proxy-Authenticate"),
    ngx_string("TE"),
    ngx_string("Trailer"),
    ngx_string("Upgrade"),
    ngx_string("HTTP2-Settings"),
    ngx_string("Expect"),
    ngx_null_string
};


char *
ngx_http_mcp_set_pass_header(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_conf_passes_t *cp = conf;

    ngx_str_t                 *value;
    mcp_pass_field_t          *field;
    ngx_http_mcp_conf_pass_t  *p;

    value = cf->args->elts;

    p = ngx_http_mcp_conf_current(cp);

    if (ngx_http_mcp_header_name(cf, &value[1]) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_strcasecmp(value[1].data, (u_char *) "Content-Type") == 0) {
        return ngx_http_mcp_header_type(cf, p, &value[2]);
    }

    field = ngx_http_mcp_header_push(cf, p, &value[1]);
    if (field == NULL) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_mcp_header_value(cf, cp->made, &value[2], &field->atoms)
           == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* it says how the body is to be written, so it has no values in it */

static char *
ngx_http_mcp_header_type(ngx_conf_t *cf, ngx_http_mcp_conf_pass_t *p,
    ngx_str_t *value)
{
    ngx_uint_t  bit, i;

    bit = (ngx_uint_t) 1 << NGX_HTTP_MCP_WORD_TYPE;

    if (p->said & bit) {
        return "\"Content-Type\" is duplicate";
    }

    p->said |= bit;
    ngx_http_mcp_conf_here(cf, &p->at[NGX_HTTP_MCP_WORD_TYPE]);

    for (i = 0; i < value->len; i++) {

        if (value->data[i] < ' ' || value->data[i] == '{'
            || value->data[i] == '$')
        {
            return "\"Content-Type\" must be plain text, without variables "
                   "and arguments";
        }
    }

    p->made.pass.type = *value;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_mcp_header_name(ngx_conf_t *cf, ngx_str_t *name)
{
    u_char            c;
    size_t            i;
    const ngx_str_t  *own;

    for (i = 0; i < name->len; i++) {
        c = name->data[i];

        if (!(c >= '0' && c <= '9') && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
            && ngx_strchr("!#$%&'*+-.^_`|~", c) == NULL)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid name \"%V\" of a header", name);
            return NGX_ERROR;
        }
    }

    for (own = ngx_http_mcp_own_headers; own->len; own++) {

        if (ngx_strcasecmp(name->data, own->data) == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "header \"%V\" is made by nginx; use "
                               "\"proxy_set_header\" in the location of the "
                               "\"pass\" if it has to be another one", name);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* one of its own replaces one that was said of all */

static mcp_pass_field_t *
ngx_http_mcp_header_push(ngx_conf_t *cf, ngx_http_mcp_conf_pass_t *p,
    ngx_str_t *name)
{
    ngx_uint_t                   i;
    ngx_http_mcp_conf_header_t  *header;

    header = p->headers.elts;

    for (i = 0; i < p->headers.nelts; i++) {

        if (ngx_strcasecmp(header[i].field.name.data, name->data) != 0) {
            continue;
        }

        if (i >= p->inherited) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate header \"%V\"", name);
            return NULL;
        }

        p->inherited--;
        p->headers.nelts--;
        ngx_memmove(&header[i], &header[i + 1],
                    (p->headers.nelts - i)
                    * sizeof(ngx_http_mcp_conf_header_t));
        break;
    }

    header = ngx_array_push(&p->headers);
    if (header == NULL) {
        return NULL;
    }

    ngx_memzero(header, sizeof(ngx_http_mcp_conf_header_t));

    header->field.name = *name;
    ngx_http_mcp_conf_here(cf, &header->at);

    if (ngx_array_init(&header->field.atoms, cf->pool, 2,
                       sizeof(mcp_pass_atom_t))
        != NGX_OK)
    {
        return NULL;
    }

    return &header->field;
}


/* texts with {x} in them, and between them $name and ${name} */

static ngx_int_t
ngx_http_mcp_header_value(ngx_conf_t *cf, ngx_http_mcp_passes_t *made,
    ngx_str_t *value, ngx_array_t *atoms)
{
    u_char     *p, *end, *start;
    ngx_str_t   piece;

    p = value->data;
    end = p + value->len;

    while (p < end) {
        start = p;

        while (p < end && *p != '$') {

            if (*p < ' ' && *p != '\t') {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "a control character in the value of a "
                                   "header");
                return NGX_ERROR;
            }

            p++;
        }

        piece.data = start;
        piece.len = p - start;

        if (piece.len
            && ngx_http_mcp_header_text(cf, &piece, atoms) != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (p == end) {
            break;
        }

        start = p++;

        if (p < end && *p == '{') {

            while (p < end && *p != '}') {
                p++;
            }

            p += (p < end);

        } else {

            while (p < end
                   && ((*p >= '0' && *p <= '9') || *p == '_'
                       || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z')))
            {
                p++;
            }
        }

        piece.data = start;
        piece.len = p - start;

        if (ngx_http_mcp_header_variable(cf, made, &piece, atoms) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_header_text(ngx_conf_t *cf, ngx_str_t *text, ngx_array_t *atoms)
{
    ngx_int_t         rc;
    const char       *err;
    ngx_array_t       some;
    mcp_pass_atom_t  *atom;

    rc = mcp_pass_compile_text(cf->pool, text, 0, &some, &err);

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value of a header: %s", err);
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    atom = ngx_array_push_n(atoms, some.nelts);
    if (atom == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(atom, some.elts, some.nelts * sizeof(mcp_pass_atom_t));

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_header_variable(ngx_conf_t *cf, ngx_http_mcp_passes_t *made,
    ngx_str_t *text, ngx_array_t *atoms)
{
    mcp_pass_atom_t                   *atom;
    ngx_http_mcp_named_t              *named;
    ngx_http_complex_value_t          *cv;
    ngx_http_mcp_main_conf_t          *mmcf;
    ngx_http_compile_complex_value_t   ccv;

    cv = ngx_array_push(&made->variables);
    atom = ngx_array_push(atoms);
    if (cv == NULL || atom == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = text;
    ccv.complex_value = cv;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_memzero(atom, sizeof(mcp_pass_atom_t));

    atom->op = MCP_PASS_VARIABLE;
    atom->variable = made->variables.nelts - 1;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);

    named = ngx_array_push(&mmcf->named);
    if (named == NULL) {
        return NGX_ERROR;
    }

    ngx_http_mcp_conf_here(cf, &named->at);

    named->name.data = text->data + 1;
    named->name.len = text->len - 1;

    if (named->name.data[0] == '{') {
        named->name.data++;
        named->name.len -= 2;
    }

    return NGX_OK;
}


/* nginx would say the same without a line */

ngx_int_t
ngx_http_mcp_check_variables(ngx_conf_t *cf)
{
    ngx_uint_t                  i;
    ngx_http_mcp_named_t       *named;
    ngx_http_mcp_main_conf_t   *mmcf;
    ngx_http_core_main_conf_t  *cmcf;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);
    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    named = mmcf->named.elts;

    for (i = 0; i < mmcf->named.nelts; i++) {

        if (!ngx_http_mcp_variable_known(cmcf, &named[i].name)) {
            ngx_http_mcp_conf_refuse(cf, &named[i].at,
                                     "unknown variable \"%V\" in \"header\"",
                                     &named[i].name);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_mcp_variable_known(ngx_http_core_main_conf_t *cmcf, ngx_str_t *name)
{
    ngx_uint_t            i;
    ngx_hash_key_t       *key;
    ngx_http_variable_t  *prefix;

    if (name->data[0] >= '1' && name->data[0] <= '9') {
        return 1;
    }

    key = cmcf->variables_keys->keys.elts;

    for (i = 0; i < cmcf->variables_keys->keys.nelts; i++) {

        if (key[i].key.len == name->len
            && ngx_strncasecmp(key[i].key.data, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    prefix = cmcf->prefix_variables.elts;

    for (i = 0; i < cmcf->prefix_variables.nelts; i++) {

        if (name->len >= prefix[i].name.len
            && ngx_strncasecmp(name->data, prefix[i].name.data,
                               prefix[i].name.len)
               == 0)
        {
            return 1;
        }
    }

    return 0;
}
