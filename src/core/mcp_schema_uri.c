
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_schema_node.h>


/* a component that is not there has no data (RFC 3986, section 5.3) */
typedef struct {
    ngx_str_t   scheme;
    ngx_str_t   authority;
    ngx_str_t   path;
    ngx_str_t   query;
    ngx_str_t   fragment;
} mcp_schema_uri_t;


static void mcp_schema_uri_split(mcp_schema_uri_t *uri, u_char *p,
    u_char *last);
static u_char *mcp_schema_uri_scheme(u_char *p, u_char *last);
static u_char *mcp_schema_uri_until(u_char *p, u_char *last,
    const char *delimiters);
static ngx_int_t mcp_schema_uri_path(ngx_pool_t *pool,
    mcp_schema_uri_t *base, mcp_schema_uri_t *ref, ngx_str_t *path);
static u_char *mcp_schema_uri_dots(u_char *dst, u_char *p, u_char *last);
static ngx_int_t mcp_schema_uri_join(ngx_pool_t *pool, mcp_schema_uri_t *t,
    ngx_str_t *uri);


ngx_int_t
mcp_schema_uri_resolve(ngx_pool_t *pool, ngx_str_t *base, const char *ref,
    ngx_str_t *uri, ngx_str_t *fragment)
{
    mcp_schema_uri_t  b, r, t;

    mcp_schema_uri_split(&b, base->data, base->data + base->len);
    mcp_schema_uri_split(&r, (u_char *) ref,
                         (u_char *) ref + ngx_strlen(ref));

    *fragment = r.fragment;

    if (r.scheme.data == NULL && r.authority.data == NULL
        && r.path.len == 0 && r.query.data == NULL)
    {
        *uri = *base;
        return NGX_OK;
    }

    t = r;

    if (r.scheme.data == NULL) {
        t.scheme = b.scheme;

        if (r.authority.data == NULL) {
            t.authority = b.authority;

            if (r.path.len == 0) {
                t.path = b.path;

            } else if (mcp_schema_uri_path(pool, &b, &r, &t.path) != NGX_OK) {
                return NGX_ERROR;
            }

            return mcp_schema_uri_join(pool, &t, uri);
        }
    }

    b.path.len = 0;

    if (mcp_schema_uri_path(pool, &b, &r, &t.path) != NGX_OK) {
        return NGX_ERROR;
    }

    return mcp_schema_uri_join(pool, &t, uri);
}


static void
mcp_schema_uri_split(mcp_schema_uri_t *uri, u_char *p, u_char *last)
{
    u_char  *s;

    ngx_memzero(uri, sizeof(mcp_schema_uri_t));

    s = mcp_schema_uri_scheme(p, last);

    if (s) {
        uri->scheme.data = p;
        uri->scheme.len = s - p;
        p = s + 1;
    }

    if (last - p >= 2 && p[0] == '/' && p[1] == '/') {
        p += 2;
        s = mcp_schema_uri_until(p, last, "/?#");
        uri->authority.data = p;
        uri->authority.len = s - p;
        p = s;
    }

    s = mcp_schema_uri_until(p, last, "?#");
    uri->path.data = p;
    uri->path.len = s - p;
    p = s;

    if (p < last && *p == '?') {
        p++;
        s = mcp_schema_uri_until(p, last, "#");
        uri->query.data = p;
        uri->query.len = s - p;
        p = s;
    }

    if (p < last) {
        p++;
        uri->fragment.data = p;
        uri->fragment.len = last - p;
    }
}


/* the colon after a scheme, NULL if there is no scheme */

static u_char *
mcp_schema_uri_scheme(u_char *p, u_char *last)
{
    u_char  *s, c;

    for (s = p; s < last; s++) {

        if (*s == ':') {
            return s == p ? NULL : s;
        }

        c = (u_char) (*s | 0x20);

        if (c >= 'a' && c <= 'z') {
            continue;
        }

        if (s > p
            && ((*s >= '0' && *s <= '9')
                || *s == '+' || *s == '-' || *s == '.'))
        {
            continue;
        }

        break;
    }

    return NULL;
}


static u_char *
mcp_schema_uri_until(u_char *p, u_char *last, const char *delimiters)
{
    while (p < last && ngx_strchr(delimiters, *p) == NULL) {
        p++;
    }

    return p;
}


/* the path of the reference, merged with that of the base if relative */

static ngx_int_t
mcp_schema_uri_path(ngx_pool_t *pool, mcp_schema_uri_t *base,
    mcp_schema_uri_t *ref, ngx_str_t *path)
{
    u_char  *p, *dst;
    size_t   n;
    u_char  *merged;

    merged = ngx_pnalloc(pool, (base->path.len + ref->path.len + 1) * 2);
    if (merged == NULL) {
        return NGX_ERROR;
    }

    p = merged;

    if (ref->path.len == 0 || ref->path.data[0] != '/') {

        if (ref->scheme.data == NULL && ref->authority.data == NULL
            && base->authority.data && base->path.len == 0)
        {
            *p++ = '/';
        }

        for (n = base->path.len; n && base->path.data[n - 1] != '/'; n--) {
            /* void */
        }

        p = ngx_cpymem(p, base->path.data, n);
    }

    p = ngx_cpymem(p, ref->path.data, ref->path.len);

    dst = p;
    path->data = dst;
    path->len = mcp_schema_uri_dots(dst, merged, p) - dst;

    return NGX_OK;
}


/* RFC 3986, section 5.2.4 */

static u_char *
mcp_schema_uri_dots(u_char *dst, u_char *p, u_char *last)
{
    size_t   len;
    u_char  *start, *end, *segment;

    start = dst;

    while (p < last) {

        segment = p + (*p == '/');
        end = mcp_schema_uri_until(segment, last, "/");
        len = end - segment;

        if (len == 1 && segment[0] == '.') {

            if (end == last && segment > p) {
                *dst++ = '/';
            }

            /* a leading "./" goes with its slash */
            p = segment > p ? end : ngx_min(end + 1, last);
            continue;
        }

        if (len == 2 && segment[0] == '.' && segment[1] == '.') {

            if (segment == p) {
                p = ngx_min(end + 1, last);
                continue;
            }

            while (dst > start && *--dst != '/') {
                /* void */
            }

            if (end == last) {
                *dst++ = '/';
            }

            p = end;
            continue;
        }

        dst = ngx_cpymem(dst, p, end - p);
        p = end;
    }

    return dst;
}


static ngx_int_t
mcp_schema_uri_join(ngx_pool_t *pool, mcp_schema_uri_t *t, ngx_str_t *uri)
{
    u_char  *p;

    p = ngx_pnalloc(pool, t->scheme.len + t->authority.len + t->path.len
                          + t->query.len + sizeof("://?") - 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    uri->data = p;

    if (t->scheme.data) {
        p = ngx_cpymem(p, t->scheme.data, t->scheme.len);
        *p++ = ':';
    }

    if (t->authority.data) {
        *p++ = '/';
        *p++ = '/';
        p = ngx_cpymem(p, t->authority.data, t->authority.len);
    }

    p = ngx_cpymem(p, t->path.data, t->path.len);

    if (t->query.data) {
        *p++ = '?';
        p = ngx_cpymem(p, t->query.data, t->query.len);
    }

    uri->len = p - uri->data;

    return NGX_OK;
}
