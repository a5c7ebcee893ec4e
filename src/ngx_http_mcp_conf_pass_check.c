
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf_pass.h>


static ngx_int_t ngx_http_mcp_pass_many(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp, ngx_array_t *names);
static ngx_msec_t ngx_http_mcp_pass_longest(
    const ngx_http_mcp_passes_t *passes);
static ngx_int_t ngx_http_mcp_pass_change(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp, ngx_array_t *names);
static ngx_int_t ngx_http_mcp_pass_put(ngx_conf_t *cf, ngx_array_t *headers,
    const mcp_pass_field_t *field);
static ngx_int_t ngx_http_mcp_pass_agree(ngx_conf_t *cf,
    const ngx_http_mcp_pass_t *made, ngx_http_mcp_at_t *at);
static void ngx_http_mcp_pass_apply(ngx_http_mcp_pass_t *to,
    const ngx_http_mcp_conf_pass_t *from);
static ngx_int_t ngx_http_mcp_pass_check(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp, ngx_uint_t n, ngx_array_t *names);
static ngx_int_t ngx_http_mcp_pass_refer(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp, ngx_uint_t n, ngx_array_t *names,
    ngx_array_t *atoms, ngx_http_mcp_at_t *at, const char *where);
static ngx_int_t ngx_http_mcp_pass_value(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp, ngx_uint_t n, ngx_array_t *names,
    ngx_str_t *name, ngx_http_mcp_at_t *at, const char *where);
static ngx_int_t ngx_http_mcp_pass_add(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp);


#define ngx_http_mcp_conf_same(a, b)                                         \
    ((a)->len == (b)->len && ngx_memcmp((a)->data, (b)->data, (a)->len) == 0)


ngx_int_t
ngx_http_mcp_conf_passes_finish(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp, ngx_array_t *names)
{
    if ((cp->passes.nelts ? ngx_http_mcp_pass_many(cf, cp, names)
                          : ngx_http_mcp_pass_change(cf, cp, names))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    cp->made->timeout = ngx_http_mcp_pass_longest(cp->made);

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_pass_many(ngx_conf_t *cf, ngx_http_mcp_conf_passes_t *cp,
    ngx_array_t *names)
{
    ngx_uint_t                 i;
    ngx_http_mcp_conf_pass_t  *p;

    p = cp->passes.elts;

    for (i = 0; i < cp->passes.nelts; i++) {

        if (cp->passes.nelts > 1 && p[i].made.pass.name.len == 0) {
            ngx_http_mcp_conf_refuse(cf, &p[i].at[NGX_HTTP_MCP_WORD_PASS],
                                     "a \"pass\" of several needs a name: "
                                     "\"pass NAME %V ...\"",
                                     &p[i].made.pass.method);
            return NGX_ERROR;
        }

        if (ngx_http_mcp_pass_agree(cf, &p[i].made, p[i].at) != NGX_OK
            || ngx_http_mcp_pass_check(cf, cp, i, names) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (ngx_http_mcp_conf_rest(cf, cp, names) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_mcp_pass_add(cf, cp);
}


/* of passes that all have a timeout */

static ngx_msec_t
ngx_http_mcp_pass_longest(const ngx_http_mcp_passes_t *passes)
{
    ngx_uint_t                  i;
    ngx_msec_t                  longest;
    const ngx_http_mcp_pass_t  *pass;

    pass = passes->passes.elts;
    longest = 0;

    for (i = 0; i < passes->passes.nelts; i++) {

        if (pass[i].timeout == 0) {
            return 0;
        }

        longest += pass[i].timeout;
    }

    return longest;
}


/* words that exclude each other; what is not as it is by default was said, so
 * there is a place */

static ngx_int_t
ngx_http_mcp_pass_agree(ngx_conf_t *cf, const ngx_http_mcp_pass_t *made,
    ngx_http_mcp_at_t *at)
{
    mcp_answer_type_e  type;

    type = made->answer.type;

    if (made->stream && made->pass.name.len) {
        ngx_http_mcp_conf_refuse(cf, &at[NGX_HTTP_MCP_WORD_STREAM],
                                 "\"%s\" goes with the only \"pass\", which "
                                 "has no name: answers of several are put "
                                 "together", "stream on");
        return NGX_ERROR;
    }

    if (made->stream && type == MCP_ANSWER_BLOB) {
        ngx_http_mcp_conf_refuse(cf, &at[NGX_HTTP_MCP_WORD_STREAM],
                                 "\"%s\" does not go with \"result blob\": "
                                 "events are text or JSON", "stream on");
        return NGX_ERROR;
    }

    if (made->answer.cut
        && (type == MCP_ANSWER_JSON || made->answer.select.len))
    {
        ngx_http_mcp_conf_refuse(cf, &at[NGX_HTTP_MCP_WORD_OVER],
                                 "\"%s\" does not go with \"result json\" "
                                 "and \"select\": a part of JSON is none",
                                 "over cut");
        return NGX_ERROR;
    }

    if (made->answer.select.len && type > MCP_ANSWER_JSON) {
        ngx_http_mcp_conf_refuse(cf, &at[NGX_HTTP_MCP_WORD_SELECT],
                                 "\"select\" is of JSON, so it does not go "
                                 "with \"result %s\"",
                                 type == MCP_ANSWER_TEXT ? "text" : "blob");
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* words without a "pass": they change those that are there */

static ngx_int_t
ngx_http_mcp_pass_change(ngx_conf_t *cf, ngx_http_mcp_conf_passes_t *cp,
    ngx_array_t *names)
{
    ngx_uint_t                   i, k;
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

    for (k = 0; k < cp->all.headers.nelts; k++) {

        if (ngx_http_mcp_pass_refer(cf, cp, 0, names, &header[k].field.atoms,
                                    &header[k].at, "header")
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    for (i = 0; i < cp->made->passes.nelts; i++) {
        ngx_http_mcp_pass_apply(&pass[i], &cp->all);

        if (ngx_http_mcp_pass_agree(cf, &pass[i], cp->all.at) != NGX_OK) {
            return NGX_ERROR;
        }

        for (k = 0; k < cp->all.headers.nelts; k++) {

            if (ngx_http_mcp_pass_put(cf, &pass[i].pass.headers,
                                      &header[k].field)
                != NGX_OK)
            {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


/* one of that name is replaced */

static ngx_int_t
ngx_http_mcp_pass_put(ngx_conf_t *cf, ngx_array_t *headers,
    const mcp_pass_field_t *field)
{
    ngx_uint_t         i;
    mcp_pass_field_t  *slot;

    if (headers->elts == NULL
        && ngx_array_init(headers, cf->pool, 1, sizeof(mcp_pass_field_t))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    slot = headers->elts;

    for (i = 0; i < headers->nelts; i++) {

        if (slot[i].name.len == field->name.len
            && ngx_strncasecmp(slot[i].name.data, field->name.data,
                               field->name.len)
               == 0)
        {
            slot[i] = *field;
            return NGX_OK;
        }
    }

    slot = ngx_array_push(headers);
    if (slot == NULL) {
        return NGX_ERROR;
    }

    *slot = *field;

    return NGX_OK;
}


static void
ngx_http_mcp_pass_apply(ngx_http_mcp_pass_t *to,
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

    if (ngx_http_mcp_pass_refer(cf, cp, n, names, &p->made.pass.uri,
                                &p->at[NGX_HTTP_MCP_WORD_PASS], "pass")
        != NGX_OK
        || ngx_http_mcp_conf_body(cf, p) != NGX_OK
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

        if (ngx_http_mcp_conf_tilde(&atom[i].from)) {
            ngx_http_mcp_conf_refuse(cf, at, "invalid pointer \"%V\" in "
                                     "\"%s\": it has a \"~\" that is neither "
                                     "\"~0\" nor \"~1\"",
                                     &atom[i].from, where);
            return NGX_ERROR;
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
