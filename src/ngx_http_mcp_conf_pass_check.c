
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf_pass.h>


static ngx_int_t ngx_http_mcp_pass_change(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp);
static void ngx_http_mcp_pass_take(ngx_http_mcp_pass_t *to,
    const ngx_http_mcp_conf_pass_t *from);
static ngx_int_t ngx_http_mcp_pass_check(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp, ngx_uint_t n, ngx_array_t *names);
static ngx_int_t ngx_http_mcp_pass_body(ngx_conf_t *cf,
    ngx_http_mcp_conf_pass_t *p);
static ngx_uint_t ngx_http_mcp_pass_has_body(ngx_str_t *method);
static ngx_uint_t ngx_http_mcp_pass_is_json(ngx_str_t *type, ngx_str_t *text);
static ngx_int_t ngx_http_mcp_pass_refer(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp, ngx_uint_t n, ngx_array_t *names,
    ngx_array_t *atoms, ngx_http_mcp_at_t *at, const char *where);
static ngx_int_t ngx_http_mcp_pass_value(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp, ngx_uint_t n, ngx_array_t *names,
    ngx_str_t *name, ngx_http_mcp_at_t *at, const char *where);
static ngx_int_t ngx_http_mcp_pass_rest(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp, ngx_array_t *names);
static ngx_int_t ngx_http_mcp_pass_add(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp);


#define ngx_http_mcp_said(p, word)                                           \
    ((p)->said & ((ngx_uint_t) 1 << NGX_HTTP_MCP_WORD_ ## word))

#define ngx_http_mcp_conf_same(a, b)                                         \
    ((a)->len == (b)->len && ngx_memcmp((a)->data, (b)->data, (a)->len) == 0)


ngx_int_t
ngx_http_mcp_conf_passes_finish(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp, ngx_array_t *names)
{
    ngx_uint_t                 i;
    ngx_http_mcp_conf_pass_t  *p;

    if (cp->passes.nelts == 0) {
        return ngx_http_mcp_pass_change(cf, cp);
    }

    p = cp->passes.elts;

    for (i = 0; i < cp->passes.nelts; i++) {

        if (cp->passes.nelts > 1 && p[i].made.pass.name.len == 0) {
            ngx_http_mcp_conf_refuse(cf, &p[i].at[NGX_HTTP_MCP_WORD_PASS],
                                     "a \"pass\" of several needs a name: "
                                     "\"pass NAME %V ...\"",
                                     &p[i].made.pass.method);
            return NGX_ERROR;
        }

        if (p[i].made.stream && cp->passes.nelts > 1) {
            ngx_http_mcp_conf_refuse(cf, &p[i].at[NGX_HTTP_MCP_WORD_STREAM],
                                     "\"%s\" goes with the only \"pass\", "
                                     "answers of several are put together",
                                     "stream on");
            return NGX_ERROR;
        }

        if (ngx_http_mcp_pass_check(cf, cp, i, names) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (ngx_http_mcp_pass_rest(cf, cp, names) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_mcp_pass_add(cf, cp);
}


/* words without a "pass": they change those that are there */

static ngx_int_t
ngx_http_mcp_pass_change(ngx_conf_t *cf, ngx_http_mcp_conf_passes_t *cp)
{
    ngx_uint_t                   i, k;
    mcp_pass_field_t            *field;
    ngx_http_mcp_pass_t         *pass;
    ngx_http_mcp_conf_header_t  *header;

    if (ngx_http_mcp_said(&cp->all, BODY) || ngx_http_mcp_said(&cp->all, TYPE))
    {
        ngx_http_mcp_conf_refuse(cf,
                                 ngx_http_mcp_said(&cp->all, BODY)
                                 ? &cp->all.at[NGX_HTTP_MCP_WORD_BODY]
                                 : &cp->all.at[NGX_HTTP_MCP_WORD_TYPE],
                                 "\"%s\" needs a \"pass\"", "body");
        return NGX_ERROR;
    }

    pass = cp->made->passes.elts;
    header = cp->all.headers.elts;

    for (i = 0; i < cp->made->passes.nelts; i++) {
        ngx_http_mcp_pass_take(&pass[i], &cp->all);

        for (k = 0; k < cp->all.headers.nelts; k++) {

            if (pass[i].pass.headers.elts == NULL
                && ngx_array_init(&pass[i].pass.headers, cf->pool, 1,
                                  sizeof(mcp_pass_field_t))
                   != NGX_OK)
            {
                return NGX_ERROR;
            }

            field = ngx_array_push(&pass[i].pass.headers);
            if (field == NULL) {
                return NGX_ERROR;
            }

            *field = header[k].field;
        }
    }

    return NGX_OK;
}


static void
ngx_http_mcp_pass_take(ngx_http_mcp_pass_t *to,
    const ngx_http_mcp_conf_pass_t *from)
{
    if (ngx_http_mcp_said(from, RESULT)) {
        to->answer.type = from->made.answer.type;
    }

    if (ngx_http_mcp_said(from, SELECT)) {
        to->answer.select = from->made.answer.select;
    }

    if (ngx_http_mcp_said(from, ERROR)) {
        to->answer.error = from->made.answer.error;
    }

    if (ngx_http_mcp_said(from, MAX)) {
        to->answer.max = from->made.answer.max;
    }

    if (ngx_http_mcp_said(from, OVER)) {
        to->answer.cut = from->made.answer.cut;
    }

    if (ngx_http_mcp_said(from, TIMEOUT)) {
        to->timeout = from->made.timeout;
    }

    if (ngx_http_mcp_said(from, STREAM)) {
        to->stream = from->made.stream;
    }
}


static ngx_int_t
ngx_http_mcp_pass_check(ngx_conf_t *cf, ngx_http_mcp_conf_passes_t *cp,
    ngx_uint_t n, ngx_array_t *names)
{
    ngx_uint_t                   i;
    mcp_pass_field_t            *field;
    ngx_http_mcp_conf_name_t    *name;
    ngx_http_mcp_conf_pass_t    *p;
    ngx_http_mcp_conf_header_t  *header;

    p = (ngx_http_mcp_conf_pass_t *) cp->passes.elts + n;
    name = names->elts;

    for (i = 0; i < names->nelts; i++) {

        if (ngx_http_mcp_conf_same(&name[i].name, &p->made.pass.name)) {
            ngx_http_mcp_conf_refuse(cf, &p->at[NGX_HTTP_MCP_WORD_PASS],
                                     "\"%V\" is the name of a \"pass\" and of "
                                     "an argument, give one of them another",
                                     &name[i].name);
            return NGX_ERROR;
        }
    }

    if (p->made.answer.select.len && p->made.answer.type > MCP_ANSWER_JSON) {
        ngx_http_mcp_conf_refuse(cf, &p->at[NGX_HTTP_MCP_WORD_SELECT],
                                 "\"select\" is of JSON, so it does not go "
                                 "with \"result %s\"",
                                 p->made.answer.type == MCP_ANSWER_TEXT
                                 ? "text" : "blob");
        return NGX_ERROR;
    }

    if (ngx_http_mcp_pass_refer(cf, cp, n, names, &p->made.pass.uri,
                                &p->at[NGX_HTTP_MCP_WORD_PASS], "pass")
        != NGX_OK
        || ngx_http_mcp_pass_body(cf, p) != NGX_OK
        || ngx_http_mcp_pass_refer(cf, cp, n, names, &p->made.pass.text,
                                   &p->at[NGX_HTTP_MCP_WORD_BODY], "body")
           != NGX_OK
        || ngx_array_init(&p->made.pass.headers, cf->pool,
                          p->headers.nelts + 1, sizeof(mcp_pass_field_t))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    header = p->headers.elts;

    for (i = 0; i < p->headers.nelts; i++) {

        if (ngx_http_mcp_pass_refer(cf, cp, n, names, &header[i].field.atoms,
                                    &header[i].at, "header")
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        field = ngx_array_push(&p->made.pass.headers);
        if (field == NULL) {
            return NGX_ERROR;
        }

        *field = header[i].field;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_pass_body(ngx_conf_t *cf, ngx_http_mcp_conf_pass_t *p)
{
    ngx_int_t           rc;
    const char         *err;
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

    if (pass->body == MCP_PASS_BODY_NONE && ngx_http_mcp_said(p, TYPE)) {
        ngx_http_mcp_conf_refuse(cf, &p->at[NGX_HTTP_MCP_WORD_TYPE],
                                 "\"Content-Type\" of a %V request that has "
                                 "no body", &pass->method);
        return NGX_ERROR;
    }

    if (pass->body != MCP_PASS_BODY_TEMPLATE) {
        return NGX_OK;
    }

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

    return rc == NGX_OK ? NGX_OK : NGX_ERROR;
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
        return ngx_strlcasestrn(type->data, type->data + type->len,
                                (u_char *) "json", 4 - 1)
               != NULL;
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


/* all values of a template */

static ngx_int_t
ngx_http_mcp_pass_refer(ngx_conf_t *cf, ngx_http_mcp_conf_passes_t *cp,
    ngx_uint_t n, ngx_array_t *names, ngx_array_t *atoms,
    ngx_http_mcp_at_t *at, const char *where)
{
    ngx_str_t         name;
    ngx_uint_t        i;
    mcp_pass_atom_t  *atom;

    atom = atoms->elts;

    for (i = 0; i < atoms->nelts; i++) {

        if (atom[i].op == MCP_PASS_LITERAL || atom[i].op == MCP_PASS_VARIABLE) {
            continue;
        }

        name = mcp_pass_first(&atom[i].from);

        if (ngx_http_mcp_pass_value(cf, cp, n, names, &name, at, where)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_pass_value(ngx_conf_t *cf, ngx_http_mcp_conf_passes_t *cp,
    ngx_uint_t n, ngx_array_t *names, ngx_str_t *name, ngx_http_mcp_at_t *at,
    const char *where)
{
    ngx_uint_t                 i;
    ngx_http_mcp_conf_pass_t  *p;
    ngx_http_mcp_conf_name_t  *known;

    known = names->elts;

    for (i = 0; i < names->nelts; i++) {
        if (ngx_http_mcp_conf_same(&known[i].name, name)) {
            known[i].used = 1;
            return NGX_OK;
        }
    }

    p = cp->passes.elts;

    for (i = 0; i < cp->passes.nelts; i++) {

        if (!ngx_http_mcp_conf_same(&p[i].made.pass.name, name)) {
            continue;
        }

        if (i < n) {
            p[n].made.after |= (ngx_uint_t) 1 << i;
            return NGX_OK;
        }

        ngx_http_mcp_conf_refuse(cf, at, "\"{%V}\" in \"%s\" is the answer "
                                 "of a \"pass\" that is not made before: "
                                 "write that one first", name, where);
        return NGX_ERROR;
    }

    ngx_http_mcp_conf_refuse(cf, at, "unknown argument \"%V\" in \"%s\": "
                             "neither an argument nor a \"pass\" before has "
                             "that name", name, where);
    return NGX_ERROR;
}


/* what is used nowhere else is the body of those that have one */

static ngx_int_t
ngx_http_mcp_pass_rest(ngx_conf_t *cf, ngx_http_mcp_conf_passes_t *cp,
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


static ngx_int_t
ngx_http_mcp_pass_add(ngx_conf_t *cf, ngx_http_mcp_conf_passes_t *cp)
{
    ngx_uint_t                 i;
    ngx_http_mcp_pass_t       *pass;
    ngx_http_mcp_conf_pass_t  *p;

    /* those of before, if there are any, are replaced */

    cp->made->passes.nelts = 0;

    p = cp->passes.elts;

    for (i = 0; i < cp->passes.nelts; i++) {
        pass = ngx_array_push(&cp->made->passes);
        if (pass == NULL) {
            return NGX_ERROR;
        }

        *pass = p[i].made;

        pass->file = p[i].at[NGX_HTTP_MCP_WORD_PASS].file;
        pass->line = p[i].at[NGX_HTTP_MCP_WORD_PASS].line;
    }

    cp->made->combined = (p[0].made.pass.name.len != 0);

    return NGX_OK;
}
