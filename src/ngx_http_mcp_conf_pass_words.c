
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf_pass.h>


static ngx_http_mcp_conf_pass_t *ngx_http_mcp_conf_word(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp, ngx_uint_t word);
static char *ngx_http_mcp_error_pointers(ngx_conf_t *cf, ngx_array_t *atoms);


/* NULL: it is there already */

static ngx_http_mcp_conf_pass_t *
ngx_http_mcp_conf_word(ngx_conf_t *cf, ngx_http_mcp_conf_passes_t *cp,
    ngx_uint_t word)
{
    ngx_http_mcp_conf_pass_t  *p;

    p = ngx_http_mcp_conf_current(cp);

    if (p->said & ((ngx_uint_t) 1 << word)) {
        return NULL;
    }

    p->said |= (ngx_uint_t) 1 << word;
    ngx_http_mcp_conf_here(cf, &p->at[word]);

    return p;
}


char *
ngx_http_mcp_set_pass_body(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_conf_passes_t *cp = conf;

    ngx_str_t                 *value;
    ngx_http_mcp_conf_pass_t  *p;

    p = ngx_http_mcp_conf_word(cf, cp, NGX_HTTP_MCP_WORD_BODY);
    if (p == NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "none") == 0) {
        p->made.pass.body = MCP_PASS_BODY_NONE;

    } else if (ngx_strcmp(value[1].data, "json") == 0) {
        p->made.pass.body = MCP_PASS_BODY_JSON;

    } else if (ngx_strcmp(value[1].data, "form") == 0) {
        p->made.pass.body = MCP_PASS_BODY_FORM;

    } else {
        p->made.pass.body = MCP_PASS_BODY_TEMPLATE;
        p->text = value[1];
    }

    return NGX_CONF_OK;
}


char *
ngx_http_mcp_set_pass_result(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_conf_passes_t *cp = conf;

    ngx_str_t                 *value;
    ngx_uint_t                 i;
    ngx_http_mcp_conf_pass_t  *p;

    static const char  *types[] = { "auto", "json", "text", "blob" };

    p = ngx_http_mcp_conf_word(cf, cp, NGX_HTTP_MCP_WORD_RESULT);
    if (p == NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 0; i < 4; i++) {
        if (ngx_strcmp(value[1].data, types[i]) == 0) {
            p->made.answer.type = (mcp_answer_type_e) i;
            return NGX_CONF_OK;
        }
    }

    return "must be \"auto\", \"json\", \"text\" or \"blob\"";
}


char *
ngx_http_mcp_set_pass_select(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_conf_passes_t *cp = conf;

    ngx_str_t                 *value;
    ngx_http_mcp_conf_pass_t  *p;

    p = ngx_http_mcp_conf_word(cf, cp, NGX_HTTP_MCP_WORD_SELECT);
    if (p == NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (value[1].data[0] != '/') {
        return "must be a JSON Pointer that begins with \"/\"";
    }

    if (ngx_http_mcp_conf_tilde(&value[1])) {
        return "has a \"~\" that is neither \"~0\" nor \"~1\"";
    }

    p->made.answer.select = value[1];

    return NGX_CONF_OK;
}


ngx_uint_t
ngx_http_mcp_conf_tilde(const ngx_str_t *pointer)
{
    u_char  *p, *last;

    last = pointer->data + pointer->len;

    for (p = pointer->data; p < last; p++) {

        if (*p == '~' && (p + 1 == last || (p[1] != '0' && p[1] != '1'))) {
            return 1;
        }
    }

    return 0;
}


char *
ngx_http_mcp_set_pass_error(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_conf_passes_t *cp = conf;

    ngx_int_t                  rc;
    ngx_str_t                 *value;
    const char                *err;
    ngx_http_mcp_conf_pass_t  *p;

    p = ngx_http_mcp_conf_word(cf, cp, NGX_HTTP_MCP_WORD_ERROR);
    if (p == NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    rc = mcp_pass_compile_text(cf->pool, &value[1], 0, &p->made.answer.error,
                               &err);
    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid text in \"error\": %s", err);
    }

    if (rc != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_mcp_error_pointers(cf, &p->made.answer.error);
}


/* "select" has a pointer that begins with "/", a template has none */

static char *
ngx_http_mcp_error_pointers(ngx_conf_t *cf, ngx_array_t *atoms)
{
    ngx_uint_t        i;
    mcp_pass_atom_t  *atom;

    atom = atoms->elts;

    for (i = 0; i < atoms->nelts; i++) {

        if (atom[i].op == MCP_PASS_LITERAL
            || (atom[i].from.data[0] != '/'
                && !ngx_http_mcp_conf_tilde(&atom[i].from)))
        {
            continue;
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid pointer \"%V\" in \"error\": expected a "
                           "JSON Pointer without its first \"/\", and no "
                           "\"~\" that is neither \"~0\" nor \"~1\"",
                           &atom[i].from);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_mcp_set_pass_max(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_conf_passes_t *cp = conf;

    ssize_t                    size;
    ngx_str_t                 *value;
    ngx_http_mcp_conf_pass_t  *p;

    p = ngx_http_mcp_conf_word(cf, cp, NGX_HTTP_MCP_WORD_MAX);
    if (p == NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    size = ngx_parse_size(&value[1]);

    if (size == NGX_ERROR || size == 0) {
        return "has an invalid size";
    }

    p->made.answer.max = (size_t) size;

    return NGX_CONF_OK;
}


char *
ngx_http_mcp_set_pass_over(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_conf_passes_t *cp = conf;

    ngx_str_t                 *value;
    ngx_http_mcp_conf_pass_t  *p;

    p = ngx_http_mcp_conf_word(cf, cp, NGX_HTTP_MCP_WORD_OVER);
    if (p == NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "cut") == 0) {
        p->made.answer.cut = 1;
        return NGX_CONF_OK;
    }

    p->made.answer.cut = 0;

    return ngx_strcmp(value[1].data, "error") == 0
           ? NGX_CONF_OK : "must be \"cut\" or \"error\"";
}


char *
ngx_http_mcp_set_pass_stream(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_conf_passes_t *cp = conf;

    ngx_str_t                 *value;
    ngx_http_mcp_conf_pass_t  *p;

    p = ngx_http_mcp_conf_word(cf, cp, NGX_HTTP_MCP_WORD_STREAM);
    if (p == NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "on") == 0) {
        p->made.stream = 1;
        return NGX_CONF_OK;
    }

    p->made.stream = 0;

    return ngx_strcmp(value[1].data, "off") == 0
           ? NGX_CONF_OK : "must be \"on\" or \"off\"";
}


char *
ngx_http_mcp_set_pass_timeout(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_conf_passes_t *cp = conf;

    ngx_str_t                 *value;
    ngx_msec_t                 timeout;
    ngx_http_mcp_conf_pass_t  *p;

    p = ngx_http_mcp_conf_word(cf, cp, NGX_HTTP_MCP_WORD_TIMEOUT);
    if (p == NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    timeout = ngx_parse_time(&value[1], 0);

    if (timeout == (ngx_msec_t) NGX_ERROR || timeout == 0) {
        return "has an invalid time, expected 500ms, 5s or 2m for example";
    }

    p->made.timeout = timeout;

    return NGX_CONF_OK;
}


/* of the call as a whole, wherever it stands */

char *
ngx_http_mcp_set_pass_cache(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_conf_passes_t *cp = conf;

    ngx_str_t  *value;

    if (cp->all.said & ((ngx_uint_t) 1 << NGX_HTTP_MCP_WORD_CACHE)) {
        return "is duplicate";
    }

    cp->all.said |= (ngx_uint_t) 1 << NGX_HTTP_MCP_WORD_CACHE;

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "public") == 0) {
        cp->made->public = 1;
        return NGX_CONF_OK;
    }

    cp->made->public = 0;

    return ngx_strcmp(value[1].data, "private") == 0
           ? NGX_CONF_OK : "must be \"public\" or \"private\"";
}
