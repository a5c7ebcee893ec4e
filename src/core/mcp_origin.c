
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_origin.h>


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

        if (origin->scheme.len == 0) {
            return NGX_DECLINED;
        }
    }

    if (last - p > 2 && p[0] == '*' && p[1] == '.') {
        origin->wildcard = 1;
        p += 2;
    }

    origin->host.data = p;

    if (p < last && *p == '[') {
        p = ngx_strlchr(p, last, ']');
        if (p == NULL) {
            return NGX_DECLINED;
        }
    }

    while (p < last && *p != ':') {
        if (*p <= ' ' || *p == '/' || *p == '*' || *p == '?' || *p == '#'
            || *p == '@' || *p >= 0x7f)
        {
            return NGX_DECLINED;
        }

        p++;
    }

    origin->host.len = p - origin->host.data;

    if (origin->host.len == 0) {
        return NGX_DECLINED;
    }

    return mcp_origin_parse_port(p, last, origin);
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

    p++;

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

    if (!allowed->wildcard) {
        return mcp_origin_equal(&allowed->host, host);
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
