
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf_pass.h>


static ngx_int_t ngx_http_mcp_pass_template(ngx_conf_t *cf,
    ngx_http_mcp_conf_pass_t *p);
static void ngx_http_mcp_pass_escape(mcp_pass_t *pass);
static ngx_uint_t ngx_http_mcp_pass_type_has(ngx_str_t *type, char *word);
static ngx_uint_t ngx_http_mcp_pass_has_body(ngx_str_t *method);
static ngx_uint_t ngx_http_mcp_pass_is_json(ngx_str_t *type, ngx_str_t *text);


ngx_int_t
ngx_http_mcp_conf_body(ngx_conf_t *cf, ngx_http_mcp_conf_pass_t *p)
{
    mcp_pass_t         *pass;
    ngx_http_mcp_at_t  *at;

    pass = &p->made.pass;
    at = &p->at[NGX_HTTP_MCP_WORD_BODY];

    if (at->file == NULL) {

        if (ngx_http_mcp_pass_has_body(&pass->method)) {
            pass->body = MCP_PASS_BODY_JSON;
        }

    } else if (pass->body != MCP_PASS_BODY_NONE
               && (pass->method.data[0] == 'G' || pass->method.data[0] == 'H'))
    {
        if (!ngx_http_mcp_said(p, BODY)) {

            /* it was said of all, and so of those that can have one */

            pass->body = MCP_PASS_BODY_NONE;
            return NGX_OK;
        }

        ngx_http_mcp_conf_refuse(cf, at, "a request with method %V has no "
                                 "body: write \"body none\", or use POST",
                                 &pass->method);
        return NGX_ERROR;
    }

    if (pass->body == MCP_PASS_BODY_NONE) {

        if (ngx_http_mcp_said(p, TYPE)) {
            ngx_http_mcp_conf_refuse(cf, &p->at[NGX_HTTP_MCP_WORD_TYPE],
                                     "\"Content-Type\" of a %V request that "
                                     "has no body", &pass->method);
            return NGX_ERROR;
        }

        ngx_str_null(&pass->type);
        return NGX_OK;
    }

    return pass->body == MCP_PASS_BODY_TEMPLATE
           ? ngx_http_mcp_pass_template(cf, p) : NGX_OK;
}


static ngx_int_t
ngx_http_mcp_pass_template(ngx_conf_t *cf, ngx_http_mcp_conf_pass_t *p)
{
    ngx_int_t           rc;
    const char         *err;
    mcp_pass_t         *pass;
    ngx_http_mcp_at_t  *at;

    pass = &p->made.pass;
    at = &p->at[NGX_HTTP_MCP_WORD_BODY];

    pass->json_text = ngx_http_mcp_pass_is_json(&pass->type, &p->text);

    if (pass->type.len == 0) {

        if (pass->json_text) {
            ngx_str_set(&pass->type, "application/json");

        } else {
            ngx_str_set(&pass->type, "text/plain; charset=utf-8");
        }
    }

    rc = mcp_pass_compile_text(cf->pool, &p->text, pass->json_text,
                               &pass->text, &err);

    if (rc == NGX_DECLINED) {
        ngx_http_mcp_conf_refuse(cf, at, "invalid text in \"body\": %s", err);
    }

    if (rc == NGX_OK && !pass->json_text) {
        ngx_http_mcp_pass_escape(pass);
    }

    if (rc == NGX_OK && pass->json_text) {
        rc = mcp_pass_check_json(cf->pool, &pass->text, &err);

        if (rc == NGX_DECLINED) {
            ngx_http_mcp_conf_refuse(cf, at, "\"body\" is not JSON: %s; "
                                     "values stand for themselves, and those "
                                     "between quotes are strings", err);
        }
    }

    return rc == NGX_OK ? NGX_OK : NGX_ERROR;
}


/* no value becomes an element or another field */

static void
ngx_http_mcp_pass_escape(mcp_pass_t *pass)
{
    ngx_uint_t        i, xml, form;
    mcp_pass_atom_t  *atom;

    xml = ngx_http_mcp_pass_type_has(&pass->type, "xml");
    form = ngx_http_mcp_pass_type_has(&pass->type, "x-www-form-urlencoded");

    atom = pass->text.elts;

    for (i = 0; i < pass->text.nelts; i++) {
        atom[i].xml = xml;
        atom[i].form = form;
    }
}


static ngx_uint_t
ngx_http_mcp_pass_type_has(ngx_str_t *type, char *word)
{
    return ngx_strlcasestrn(type->data, type->data + type->len,
                            (u_char *) word, ngx_strlen(word) - 1)
           != NULL;
}


static ngx_uint_t
ngx_http_mcp_pass_has_body(ngx_str_t *method)
{
    return method->data[0] == 'P';
}


/* by its Content-Type, else "[", or "{" that is not of a value */

static ngx_uint_t
ngx_http_mcp_pass_is_json(ngx_str_t *type, ngx_str_t *text)
{
    u_char  *p, *last;

    if (type->len) {
        return ngx_http_mcp_pass_type_has(type, "json");
    }

    last = text->data + text->len;

    for (p = text->data; p < last && *p <= ' '; p++) { /* void */ }

    if (p == last || *p == '[') {
        return p < last;
    }

    if (*p != '{') {
        return 0;
    }

    for (p++; p < last && *p <= ' '; p++) { /* void */ }

    return p < last && (*p == '"' || *p == '}');
}


/* what is used nowhere else is the body of those that have one */

ngx_int_t
ngx_http_mcp_conf_rest(ngx_conf_t *cf, ngx_http_mcp_conf_passes_t *cp,
    ngx_array_t *names)
{
    ngx_str_t                 *slot;
    ngx_uint_t                 i, k, taken;
    mcp_pass_t                *pass;
    ngx_http_mcp_conf_name_t  *name;
    ngx_http_mcp_conf_pass_t  *p;

    p = cp->passes.elts;
    name = names->elts;
    taken = 0;

    for (i = 0; i < cp->passes.nelts; i++) {
        pass = &p[i].made.pass;

        if (pass->body != MCP_PASS_BODY_JSON
            && pass->body != MCP_PASS_BODY_FORM)
        {
            continue;
        }

        taken = 1;

        if (ngx_array_init(&pass->rest, cf->pool, names->nelts + 1,
                           sizeof(ngx_str_t))
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        for (k = 0; k < names->nelts; k++) {

            if (name[k].used) {
                continue;
            }

            slot = ngx_array_push(&pass->rest);
            if (slot == NULL) {
                return NGX_ERROR;
            }

            *slot = name[k].name;
        }

        /* a POST of nothing that was not asked for has no body */

        if (pass->rest.nelts == 0
            && p[i].at[NGX_HTTP_MCP_WORD_BODY].file == NULL)
        {
            pass->body = MCP_PASS_BODY_NONE;
        }
    }

    for (k = 0; k < names->nelts && !taken; k++) {

        if (!name[k].used) {
            ngx_http_mcp_conf_refuse(cf, &name[k].at,
                                     "argument \"%V\" is never used: write "
                                     "\"{%V}\" in the URI, a header or the "
                                     "body of a \"pass\", or its name after "
                                     "the URI", &name[k].name, &name[k].name);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
