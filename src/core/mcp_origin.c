
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_origin.h>


static ngx_uint_t mcp_origin_is_scheme(ngx_str_t *scheme);
static u_char *mcp_origin_host_end(u_char *p, u_char *last);
static u_char *mcp_origin_address_end(u_char *p, u_char *last);
static ngx_int_t mcp_origin_parse_port(u_char *p, u_char *last,
    mcp_origin_t *origin);
static in_port_t mcp_origin_default_port(ngx_str_t *scheme);
static ngx_uint_t mcp_origin_equal(const ngx_str_t *a, const ngx_str_t *b);
static ngx_uint_t mcp_origin_match_host(const mcp_origin_t *allowed,
    ngx_str_t *host);


ngx_int_t
mcp_origin_parse(ngx_str_t *text, mcp_origin_t *origin)
{
    u_char  *p, *last, *sep;

    ngx_memzero(origin, sizeof(mcp_origin_t));

    p = text->data;
    last = p + text->len;

    sep = ngx_strnstr(p, "://", text->len);

    if (sep) {
        origin->scheme.data = p;
        origin->scheme.len = sep - p;
        p = sep + 3;

        if (!mcp_origin_is_scheme(&origin->scheme)) {
            return NGX_DECLINED;
        }
    }

    if (last - p > 2 && p[0] == '*' && p[1] == '.') {
        origin->wildcard = 1;
        p += 2;

    } else if (last - p > 1 && p[0] == '.') {
        origin->wildcard = 1;
        origin->itself = 1;
        p++;
    }

    origin->host.data = p;

    if (p < last && *p == '[' && !origin->wildcard) {
        p = mcp_origin_address_end(p, last);

    } else {
        p = mcp_origin_host_end(p, last);
    }

    origin->host.len = p - origin->host.data;

    if (origin->host.len == 0 || origin->host.data[0] == '.') {
        return NGX_DECLINED;
    }

    return mcp_origin_parse_port(p, last, origin);
}


/* RFC 3986, section 3.1 */

static ngx_uint_t
mcp_origin_is_scheme(ngx_str_t *scheme)
{
    size_t  i;
    u_char  c;

    for (i = 0; i < scheme->len; i++) {
        c = scheme->data[i] | 0x20;

        if (c >= 'a' && c <= 'z') {
            continue;
        }

        c = scheme->data[i];

        if (i && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.')) {
            continue;
        }

        return 0;
    }

    return scheme->len > 0;
}


/* a name or an IPv4 address, as browsers write it */

static u_char *
mcp_origin_host_end(u_char *p, u_char *last)
{
    u_char  c;

    for ( /* void */ ; p < last; p++) {
        c = *p | 0x20;

        if ((c < 'a' || c > 'z') && (*p < '0' || *p > '9')
            && *p != '-' && *p != '.' && *p != '_')
        {
            break;
        }
    }

    return p;
}


/* an IPv6 address in brackets; returns "p" if it is none */

static u_char *
mcp_origin_address_end(u_char *p, u_char *last)
{
    u_char  c, *start;

    start = p;

    for (p++; p < last; p++) {
        c = *p | 0x20;

        if ((c < 'a' || c > 'f') && (*p < '0' || *p > ':') && *p != '.') {
            break;
        }
    }

    return (p < last && *p == ']' && p - start > 2) ? p + 1 : start;
}


static ngx_int_t
mcp_origin_parse_port(u_char *p, u_char *last, mcp_origin_t *origin)
{
    ngx_int_t  port;

    if (p == last) {
        origin->port = mcp_origin_default_port(&origin->scheme);
        origin->any_port = (origin->scheme.len == 0);
        return NGX_OK;
    }

    if (*p++ != ':') {
        return NGX_DECLINED;
    }

    if (last - p == 1 && *p == '*') {
        origin->any_port = 1;
        return NGX_OK;
    }

    port = ngx_atoi(p, last - p);

    if (port < 1 || port > 65535) {
        return NGX_DECLINED;
    }

    origin->port = (in_port_t) port;

    return NGX_OK;
}


static in_port_t
mcp_origin_default_port(ngx_str_t *scheme)
{
    if (scheme->len == 4 && ngx_strncasecmp(scheme->data, (u_char *) "http", 4)
                            == 0)
    {
        return 80;
    }

    if (scheme->len == 5 && ngx_strncasecmp(scheme->data, (u_char *) "https", 5)
                            == 0)
    {
        return 443;
    }

    return 0;
}


ngx_uint_t
mcp_origin_match(const ngx_array_t *allowed, ngx_str_t *value)
{
    ngx_uint_t           i;
    mcp_origin_t         origin;
    const mcp_origin_t  *a;

    /* an origin is a scheme, a host and a port: no pattern, nothing opaque */

    if (mcp_origin_parse(value, &origin) != NGX_OK
        || origin.scheme.len == 0 || origin.wildcard || origin.any_port)
    {
        return 0;
    }

    a = allowed->elts;

    for (i = 0; i < allowed->nelts; i++) {

        if ((a[i].scheme.len == 0
             || mcp_origin_equal(&a[i].scheme, &origin.scheme))
            && (a[i].any_port || a[i].port == origin.port)
            && mcp_origin_match_host(&a[i], &origin.host))
        {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
mcp_origin_match_host(const mcp_origin_t *allowed, ngx_str_t *host)
{
    ngx_str_t  tail;

    if (!allowed->wildcard || allowed->itself) {

        if (mcp_origin_equal(&allowed->host, host)) {
            return 1;
        }

        if (!allowed->wildcard) {
            return 0;
        }
    }

    if (host->len < allowed->host.len + 2) {
        return 0;
    }

    tail.len = allowed->host.len;
    tail.data = host->data + host->len - tail.len;

    return tail.data[-1] == '.' && mcp_origin_equal(&allowed->host, &tail);
}


static ngx_uint_t
mcp_origin_equal(const ngx_str_t *a, const ngx_str_t *b)
{
    return a->len == b->len && ngx_strncasecmp(a->data, b->data, a->len) == 0;
}
