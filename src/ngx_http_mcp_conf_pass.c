
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf_pass.h>


#define NGX_HTTP_MCP_RESPONSE_MAX  (1024 * 1024)


static char *ngx_http_mcp_set_pass(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_uint_t ngx_http_mcp_is_method(ngx_str_t *word);
static ngx_http_mcp_conf_pass_t *ngx_http_mcp_conf_pass_push(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp);
static char *ngx_http_mcp_set_pass_name(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp, ngx_http_mcp_conf_pass_t *p,
    ngx_str_t *name);
static ngx_int_t ngx_http_mcp_pass_uri(ngx_conf_t *cf, ngx_str_t *words,
    ngx_uint_t n, ngx_str_t *uri);
static char *ngx_http_mcp_pass_once(ngx_conf_t *cf, const ngx_array_t *atoms);


ngx_command_t  ngx_http_mcp_pass_commands[] = {

    { ngx_string("pass"),
      NGX_CONF_2MORE,
      ngx_http_mcp_set_pass,
      0,
      0,
      NULL },

    { ngx_string("body"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_set_pass_body,
      0,
      0,
      NULL },

    { ngx_string("header"),
      NGX_CONF_TAKE2,
      ngx_http_mcp_set_pass_header,
      0,
      0,
      NULL },

    { ngx_string("result"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_set_pass_result,
      0,
      0,
      NULL },

    { ngx_string("select"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_set_pass_select,
      0,
      0,
      NULL },

    { ngx_string("error"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_set_pass_error,
      0,
      0,
      NULL },

    { ngx_string("max_response"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_set_pass_max,
      0,
      0,
      NULL },

    { ngx_string("over"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_set_pass_over,
      0,
      0,
      NULL },

    { ngx_string("stream"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_set_pass_stream,
      0,
      0,
      NULL },

    { ngx_string("timeout"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_set_pass_timeout,
      0,
      0,
      NULL },

    { ngx_string("cache"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_set_pass_cache,
      0,
      0,
      NULL },

      ngx_null_command
};


static const ngx_str_t  ngx_http_mcp_methods[] = {
    ngx_string("GET"),
    ngx_string("HEAD"),
    ngx_string("POST"),
    ngx_string("PUT"),
    ngx_string("PATCH"),
    ngx_string("DELETE"),
    ngx_string("OPTIONS"),
    ngx_null_string
};


ngx_int_t
ngx_http_mcp_conf_passes_init(ngx_conf_t *cf, ngx_http_mcp_conf_passes_t *cp,
    ngx_http_mcp_passes_t *made)
{
    ngx_memzero(cp, sizeof(ngx_http_mcp_conf_passes_t));

    cp->made = made;
    cp->all.made.answer.max = NGX_HTTP_MCP_RESPONSE_MAX;

    if ((made->passes.elts == NULL
         && ngx_array_init(&made->passes, cf->pool, 1,
                           sizeof(ngx_http_mcp_pass_t))
            != NGX_OK)
        || (made->variables.elts == NULL
            && ngx_array_init(&made->variables, cf->pool, 1,
                              sizeof(ngx_http_complex_value_t))
               != NGX_OK)
        || ngx_array_init(&cp->passes, cf->pool, 1,
                          sizeof(ngx_http_mcp_conf_pass_t))
           != NGX_OK
        || ngx_array_init(&cp->all.headers, cf->pool, 1,
                          sizeof(ngx_http_mcp_conf_header_t))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


void
ngx_http_mcp_conf_here(ngx_conf_t *cf, ngx_http_mcp_at_t *at)
{
    at->file = cf->conf_file->file.name.data;
    at->line = cf->conf_file->line;
}


/* [NAME] METHOD URI [ARGUMENT...] [optional] */

static char *
ngx_http_mcp_set_pass(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_conf_passes_t *cp = conf;

    char                      *rv;
    ngx_int_t                  rc;
    ngx_str_t                 *word, uri;
    ngx_uint_t                 n;
    const char                *err;
    ngx_http_mcp_conf_pass_t  *p;

    word = (ngx_str_t *) cf->args->elts + 1;
    n = cf->args->nelts - 1;

    p = ngx_http_mcp_conf_pass_push(cf, cp);
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    if (!ngx_http_mcp_is_method(&word[0]) && ngx_http_mcp_is_method(&word[1])) {
        rv = ngx_http_mcp_set_pass_name(cf, cp, p, &word[0]);

        if (rv != NGX_CONF_OK) {
            return rv;
        }

        word++;
        n--;
    }

    if (!ngx_http_mcp_is_method(&word[0])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown method \"%V\" in \"pass\", expected GET, "
                           "HEAD, POST, PUT, PATCH, DELETE or OPTIONS",
                           &word[0]);
        return NGX_CONF_ERROR;
    }

    if (n < 2) {
        return "needs a URI after the method";
    }

    p->made.pass.method = word[0];

    if (n > 2 && ngx_strcmp(word[n - 1].data, "optional") == 0) {

        if (p->made.pass.name.len == 0) {
            return "that is \"optional\" needs a name: its answer is one of "
                   "several";
        }

        p->made.pass.optional = 1;
        n--;
    }

    if (ngx_http_mcp_pass_uri(cf, &word[1], n - 1, &uri) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_strnstr(uri.data, "${", uri.len) != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid URI \"%V\" in \"pass\": it has no "
                           "variables of nginx; an argument is \"{name}\", "
                           "without \"$\"", &uri);
        return NGX_CONF_ERROR;
    }

    rc = mcp_pass_compile_uri(cf->pool, &uri, &p->made.pass.uri, &err);

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid URI \"%V\" in \"pass\": %s", &uri, err);
    }

    if (rc != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_mcp_pass_once(cf, &p->made.pass.uri);
}


/* services differ in which one of two parameters of a name they take */

static char *
ngx_http_mcp_pass_once(ngx_conf_t *cf, const ngx_array_t *atoms)
{
    ngx_uint_t        i, k;
    mcp_pass_atom_t  *atom;

    atom = atoms->elts;

    for (i = 0; i < atoms->nelts; i++) {

        if (atom[i].op == MCP_PASS_QUERY
            && mcp_pass_written(atoms, &atom[i].text))
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "argument \"%V\" is in the query of a \"pass\" "
                               "that has \"%V=\" already; leave one of them "
                               "out", &atom[i].from, &atom[i].text);
            return NGX_CONF_ERROR;
        }

        for (k = 0; k < i; k++) {

            if (atom[i].op != MCP_PASS_QUERY || atom[k].op != MCP_PASS_QUERY
                || atom[i].from.len != atom[k].from.len
                || ngx_memcmp(atom[i].from.data, atom[k].from.data,
                              atom[i].from.len)
                   != 0)
            {
                continue;
            }

            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "argument \"%V\" is twice in the query of a "
                               "\"pass\"", &atom[i].from);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_uint_t
ngx_http_mcp_is_method(ngx_str_t *word)
{
    const ngx_str_t  *method;

    for (method = ngx_http_mcp_methods; method->len; method++) {
        if (ngx_strcmp(word->data, method->data) == 0) {
            return 1;
        }
    }

    return 0;
}


/* it begins with what was said of all */

static ngx_http_mcp_conf_pass_t *
ngx_http_mcp_conf_pass_push(ngx_conf_t *cf, ngx_http_mcp_conf_passes_t *cp)
{
    void                      *header;
    ngx_http_mcp_conf_pass_t  *p;

    if (cp->passes.nelts == NGX_HTTP_MCP_PASSES_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "more than %d \"pass\" directives",
                           NGX_HTTP_MCP_PASSES_MAX);
        return NULL;
    }

    p = ngx_array_push(&cp->passes);
    if (p == NULL) {
        return NULL;
    }

    *p = cp->all;

    p->said = 0;
    p->inherited = cp->all.headers.nelts;
    ngx_http_mcp_conf_here(cf, &p->at[NGX_HTTP_MCP_WORD_PASS]);

    if (ngx_array_init(&p->headers, cf->pool, p->inherited + 1,
                       sizeof(ngx_http_mcp_conf_header_t))
        != NGX_OK)
    {
        return NULL;
    }

    if (p->inherited) {
        header = ngx_array_push_n(&p->headers, p->inherited);
        ngx_memcpy(header, cp->all.headers.elts,
                   p->inherited * sizeof(ngx_http_mcp_conf_header_t));
    }

    return p;
}


static char *
ngx_http_mcp_set_pass_name(ngx_conf_t *cf, ngx_http_mcp_conf_passes_t *cp,
    ngx_http_mcp_conf_pass_t *p, ngx_str_t *name)
{
    u_char                     c;
    size_t                     i;
    ngx_http_mcp_conf_pass_t  *other;

    for (i = 0; i < name->len; i++) {
        c = name->data[i];

        if (!(c >= '0' && c <= '9') && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
            && c != '_')
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid name \"%V\" of a \"pass\", expected "
                               "characters of \"A-Z\", \"a-z\", \"0-9\" and "
                               "\"_\"", name);
            return NGX_CONF_ERROR;
        }
    }

    for (other = cp->passes.elts; other < p; other++) {

        if (other->made.pass.name.len == name->len
            && ngx_memcmp(other->made.pass.name.data, name->data, name->len)
               == 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate name \"%V\" of a \"pass\"", name);
            return NGX_CONF_ERROR;
        }
    }

    p->made.pass.name = *name;

    return NGX_CONF_OK;
}


/* the first word, and "{?a,b}" of the others */

static ngx_int_t
ngx_http_mcp_pass_uri(ngx_conf_t *cf, ngx_str_t *words, ngx_uint_t n,
    ngx_str_t *uri)
{
    mcp_buf_t   b;
    ngx_uint_t  i;

    mcp_buf_init(&b, cf->pool, words[0].len + 64);
    mcp_buf_str(&b, &words[0]);

    for (i = 1; i < n; i++) {

        if (i > 1) {
            mcp_buf_char(&b, ',');

        } else if (ngx_strlchr(words[0].data, words[0].data + words[0].len,
                               '?'))
        {
            mcp_buf_lit(&b, "{&");

        } else {
            mcp_buf_lit(&b, "{?");
        }

        mcp_buf_str(&b, &words[i]);
    }

    if (n > 1) {
        mcp_buf_char(&b, '}');
    }

    return mcp_buf_done(&b, uri);
}
