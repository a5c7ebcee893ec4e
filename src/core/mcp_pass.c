
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_json_text.h>
#include <mcp_pass_write.h>
#include <mcp_state.h>


#define MCP_PASS_KEY  'p'


static ngx_int_t mcp_pass_headers(mcp_pass_maker_t *m,
    mcp_pass_request_t *request);
static ngx_int_t mcp_pass_cookies(mcp_pass_maker_t *m,
    mcp_pass_request_t *request);
static ngx_int_t mcp_pass_header(mcp_pass_request_t *request,
    const ngx_str_t *name, const ngx_str_t *value);
static const cJSON *mcp_pass_member(const cJSON *value, const u_char *p,
    const u_char *last);
static ngx_uint_t mcp_pass_is_key(const char *key, const u_char *p,
    const u_char *last);


ngx_int_t
mcp_pass_make(const mcp_pass_t *pass, ngx_pool_t *pool, const cJSON *values,
    const ngx_str_t *variables, const ngx_str_t *boundary,
    mcp_pass_request_t *request, ngx_str_t *err)
{
    ngx_int_t         rc;
    mcp_pass_maker_t  m;

    m.pass = pass;
    m.pool = pool;
    m.values = values;
    m.variables = variables;
    m.boundary = boundary;
    m.err = err;

    ngx_memzero(request, sizeof(mcp_pass_request_t));

    request->method = pass->method;

    if (ngx_array_init(&request->headers, pool, 4, sizeof(ngx_keyval_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = mcp_pass_uri(&m, request);

    if (rc == NGX_OK) {
        rc = mcp_pass_headers(&m, request);
    }

    if (rc == NGX_OK) {
        rc = mcp_pass_cookies(&m, request);
    }

    if (rc == NGX_OK) {
        rc = mcp_pass_body(&m, request);
    }

    return rc;
}


ngx_int_t
mcp_pass_key(const mcp_pass_request_t *request, ngx_pool_t *pool, u_char *key)
{
    mcp_buf_t            b;
    ngx_str_t            head;
    ngx_uint_t           i;
    const ngx_keyval_t  *header;

    mcp_buf_init(&b, pool, request->uri.len + request->args.len + 256);

    mcp_buf_str(&b, &request->method);
    mcp_buf_char(&b, ' ');
    mcp_buf_str(&b, &request->uri);
    mcp_buf_char(&b, '?');
    mcp_buf_str(&b, &request->args);
    mcp_buf_char(&b, LF);
    mcp_buf_str(&b, &request->type);

    header = request->headers.elts;

    for (i = 0; i < request->headers.nelts; i++) {
        mcp_buf_char(&b, LF);
        mcp_buf_str(&b, &header[i].key);
        mcp_buf_char(&b, ':');
        mcp_buf_str(&b, &header[i].value);
    }

    if (mcp_buf_done(&b, &head) != NGX_OK) {
        return NGX_ERROR;
    }

    mcp_key(key, MCP_PASS_KEY, &head, &request->body);

    return NGX_OK;
}


static ngx_int_t
mcp_pass_headers(mcp_pass_maker_t *m, mcp_pass_request_t *request)
{
    u_char                  *p;
    mcp_buf_t                b;
    ngx_str_t                value;
    ngx_uint_t               i, k, any;
    const mcp_pass_atom_t   *atom;
    const mcp_pass_field_t  *field;

    field = m->pass->headers.elts;

    for (i = 0; i < m->pass->headers.nelts; i++) {
        mcp_buf_init(&b, m->pool, 64);

        if (mcp_pass_pieces(m->pool, &field[i].atoms, m->values,
                            m->variables, &b, &any)
            != NGX_OK
            || mcp_buf_done(&b, &value) != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (!any) {
            continue;
        }

        for (p = value.data; p < value.data + value.len; p++) {

            if ((*p >= ' ' && *p != 0x7f) || *p == '\t') {
                continue;
            }

            atom = field[i].atoms.elts;

            for (k = 0; k + 1 < field[i].atoms.nelts; k++) {
                if (atom[k].from.len) {
                    break;
                }
            }

            return mcp_pass_refuse(m, &atom[k].from, "has a character that a "
                                   "header cannot have");
        }

        if (mcp_pass_header(request, &field[i].name, &value) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_pass_cookies(mcp_pass_maker_t *m, mcp_pass_request_t *request)
{
    ngx_int_t                rc;
    ngx_str_t                name, value;
    ngx_uint_t               i;
    mcp_pass_writer_t        w;
    const mcp_pass_field_t  *field;

    if (m->pass->cookies.nelts == 0) {
        return NGX_OK;
    }

    ngx_memzero(&w, sizeof(mcp_pass_writer_t));

    w.place = MCP_PASS_IN_COOKIE;
    mcp_buf_init(&w.b, m->pool, 64);

    field = m->pass->cookies.elts;

    for (i = 0; i < m->pass->cookies.nelts; i++) {
        rc = mcp_pass_expand(m, &w, field[i].atoms.elts);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (mcp_buf_done(&w.b, &value) != NGX_OK) {
        return NGX_ERROR;
    }

    if (value.len == 0) {
        return NGX_OK;
    }

    ngx_str_set(&name, "Cookie");

    return mcp_pass_header(request, &name, &value);
}


static ngx_int_t
mcp_pass_header(mcp_pass_request_t *request, const ngx_str_t *name,
    const ngx_str_t *value)
{
    ngx_keyval_t  *kv;

    kv = ngx_array_push(&request->headers);
    if (kv == NULL) {
        return NGX_ERROR;
    }

    kv->key = *name;
    kv->value = *value;

    return NGX_OK;
}


ngx_int_t
mcp_pass_refuse(mcp_pass_maker_t *m, const ngx_str_t *from, const char *text)
{
    size_t     len;
    mcp_buf_t  b;

    mcp_buf_init(&b, m->pool, 128);

    len = mcp_utf8_cut(from->data, from->len, 128);

    mcp_buf_lit(&b, "The argument \"");
    mcp_buf_add(&b, from->data, len);
    mcp_buf_lit(&b, "\" ");
    mcp_buf_add(&b, text, ngx_strlen(text));
    mcp_buf_char(&b, '.');

    return mcp_buf_done(&b, m->err) == NGX_OK ? NGX_DECLINED : NGX_ERROR;
}


ngx_str_t
mcp_pass_first(const ngx_str_t *from)
{
    u_char     *p;
    ngx_str_t   first;

    first = *from;

    p = ngx_strlchr(from->data, from->data + from->len, '/');

    if (p) {
        first.len = p - from->data;
    }

    return first;
}


ngx_str_t
mcp_pass_prefix(const mcp_pass_t *pass)
{
    u_char                 *p, *last;
    ngx_str_t               prefix;
    const mcp_pass_atom_t  *atom;

    ngx_str_null(&prefix);

    atom = pass->uri.elts;

    if (pass->uri.nelts && atom->op == MCP_PASS_LITERAL) {
        prefix = atom->text;
        last = prefix.data + prefix.len;

        p = ngx_strlchr(prefix.data, last, '?');

        if (p) {
            prefix.len = p - prefix.data;
        }
    }

    return prefix;
}


const cJSON *
mcp_pass_find(const cJSON *values, const ngx_str_t *from)
{
    const u_char  *p, *last, *end;

    p = from->data;
    end = p + from->len;

    if (p == end) {
        return values;
    }

    while (values) {
        last = ngx_strlchr((u_char *) p, (u_char *) end, '/');
        last = last ? last : end;

        values = mcp_pass_member(values, p, last);

        if (last == end) {
            break;
        }

        p = last + 1;
    }

    return values;
}


static const cJSON *
mcp_pass_member(const cJSON *value, const u_char *p, const u_char *last)
{
    ngx_int_t     n;
    const cJSON  *child;

    if (cJSON_IsArray(value)) {

        if (last - p > 1 && *p == '0') {
            return NULL;
        }

        n = ngx_atoi((u_char *) p, last - p);

        for (child = (n == NGX_ERROR) ? NULL : value->child;
             child && n;
             child = child->next)
        {
            n--;
        }

        return child;
    }

    if (!cJSON_IsObject(value)) {
        return NULL;
    }

    for (child = value->child; child; child = child->next) {
        if (mcp_pass_is_key(child->string, p, last)) {
            return child;
        }
    }

    return NULL;
}


/* RFC 6901: "~1" is a "/", "~0" a "~" */

static ngx_uint_t
mcp_pass_is_key(const char *key, const u_char *p, const u_char *last)
{
    u_char  c;

    for ( /* void */ ; p < last; p++) {
        c = *p;

        if (c == '~' && last - p > 1 && (p[1] == '0' || p[1] == '1')) {
            c = (*++p == '0') ? '~' : '/';
        }

        if ((u_char) *key++ != c) {
            return 0;
        }
    }

    return *key == '\0';
}
