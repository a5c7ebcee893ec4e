
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_openapi_read.h>


static ngx_int_t mcp_openapi_path_value(mcp_openapi_read_t *o,
    ngx_str_t *name);
static ngx_int_t mcp_openapi_path_literal(mcp_openapi_read_t *o, u_char *p,
    u_char *last);
static ngx_uint_t mcp_openapi_path_dots(const ngx_str_t *path);
static ngx_uint_t mcp_openapi_path_char(u_char c);


/* the URI of the operation, when its parameters are known */

ngx_int_t
mcp_openapi_path(mcp_openapi_read_t *o)
{
    u_char           *p, *last, *next, *end;
    ngx_int_t         rc;
    ngx_str_t         path, name, prefix;
    ngx_uint_t        i;
    mcp_pass_atom_t  *atom, *slot;

    path = o->operation->path;

    /* a fragment keeps operations apart for people, it is never sent */

    p = ngx_strlchr(path.data, path.data + path.len, '#');

    if (p) {
        path.len = p - path.data;
    }

    if (path.len == 0 || path.data[0] != '/') {
        return mcp_openapi_refuse(o, "the path does not begin with \"/\"");
    }

    if (mcp_openapi_path_dots(&path)) {
        return mcp_openapi_refuse(o, "the path has a dot segment");
    }

    prefix = o->conf->pass;

    if (prefix.len && prefix.data[prefix.len - 1] == '/') {
        prefix.len--;
    }

    rc = mcp_openapi_path_literal(o, prefix.data, prefix.data + prefix.len);

    p = path.data;
    last = p + path.len;

    while (rc == NGX_OK && p < last) {

        next = ngx_strlchr(p, last, '{');

        if (next == NULL) {
            next = last;
        }

        rc = mcp_openapi_path_literal(o, p, next);

        if (rc != NGX_OK || next == last) {
            break;
        }

        end = ngx_strlchr(next, last, '}');

        if (end == NULL || end == next + 1) {
            return mcp_openapi_refuse(o, "the path has a \"{\" without a name "
                                      "and \"}\"");
        }

        name.data = next + 1;
        name.len = end - name.data;

        rc = mcp_openapi_path_value(o, &name);

        p = end + 1;
    }

    atom = o->in_query.elts;

    for (i = 0; rc == NGX_OK && i < o->in_query.nelts; i++) {

        slot = ngx_array_push(&o->operation->pass.uri);
        if (slot == NULL) {
            return NGX_ERROR;
        }

        *slot = atom[i];
    }

    if (rc == NGX_OK && o->operation->pass.uri.nelts > MCP_PASS_ATOMS_MAX) {
        return mcp_openapi_refuse(o, "its URI has too many parts");
    }

    return rc;
}


/* one that no parameter describes is a string */

static ngx_int_t
mcp_openapi_path_value(mcp_openapi_read_t *o, ngx_str_t *name)
{
    ngx_uint_t          i;
    mcp_pass_atom_t    *atom, *slot;
    mcp_openapi_arg_t  *arg;

    atom = o->in_path.elts;

    for (i = 0; i < o->in_path.nelts; i++) {
        o->work++;

        if (atom[i].text.len == name->len
            && ngx_strncmp(atom[i].text.data, name->data, name->len) == 0)
        {
            break;
        }
    }

    if (i == o->in_path.nelts) {

        arg = mcp_openapi_add_arg(o, name, "path");
        if (arg == NULL) {
            return o->why.len ? NGX_DECLINED : NGX_ERROR;
        }

        arg->required = 1;

        if (mcp_openapi_atom(o, &o->in_path, MCP_PASS_SIMPLE, &arg->wire,
                             &arg->name)
            == NULL)
        {
            return NGX_ERROR;
        }

        atom = o->in_path.elts;
    }

    slot = ngx_array_push(&o->operation->pass.uri);
    if (slot == NULL) {
        return NGX_ERROR;
    }

    *slot = atom[i];

    return NGX_OK;
}


/* as it goes on the wire */

static ngx_int_t
mcp_openapi_path_literal(mcp_openapi_read_t *o, u_char *p, u_char *last)
{
    u_char           *dst;
    ngx_str_t         text;
    ngx_array_t      *uri;
    mcp_pass_atom_t  *atom;

    static const u_char  hex[] = "0123456789ABCDEF";

    if (p == last) {
        return NGX_OK;
    }

    /* one literal, however many pieces it is of */

    uri = &o->operation->pass.uri;
    atom = uri->elts;
    atom = (uri->nelts && atom[uri->nelts - 1].op == MCP_PASS_LITERAL)
           ? &atom[uri->nelts - 1] : NULL;

    text.len = atom ? atom->text.len : 0;

    text.data = ngx_pnalloc(o->conf->pool, text.len + (last - p) * 3);
    if (text.data == NULL) {
        return NGX_ERROR;
    }

    dst = text.data;

    if (atom) {
        dst = ngx_cpymem(dst, atom->text.data, atom->text.len);
    }

    for ( /* void */ ; p < last; p++) {

        if (mcp_openapi_path_char(*p)
            || (*p == '%' && last - p > 2
                && ngx_hextoi(p + 1, 2) > 0))
        {
            *dst++ = *p;
            continue;
        }

        *dst++ = '%';
        *dst++ = hex[*p >> 4];
        *dst++ = hex[*p & 0xf];
    }

    text.len = dst - text.data;

    if (atom) {
        atom->text = text;
        return NGX_OK;
    }

    return mcp_openapi_atom(o, uri, MCP_PASS_LITERAL, &text, NULL)
           ? NGX_OK : NGX_ERROR;
}


/* pchar, "/" and "?" of RFC 3986 */

static ngx_uint_t
mcp_openapi_path_char(u_char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
           || (c && ngx_strchr("-._~!$&'()*+,;=:@/?", c));
}


/* "." and "..", whether they are encoded or not */

static ngx_uint_t
mcp_openapi_path_dots(const ngx_str_t *path)
{
    u_char      *p, *last;
    ngx_uint_t   dots, others;

    dots = 0;
    others = 1;
    last = path->data + path->len;

    for (p = path->data; p < last && *p != '?'; p++) {

        if (*p == '/') {
            if (!others && dots) {
                return 1;
            }

            dots = 0;
            others = 0;

        } else if (*p == '.') {
            dots++;

        } else if (last - p > 2 && ngx_strncasecmp(p, (u_char *) "%2e", 3)
                                   == 0)
        {
            dots++;
            p += 2;

        } else {
            others = 1;
        }

        if (dots > 2) {
            others = 1;
        }
    }

    return !others && dots;
}
