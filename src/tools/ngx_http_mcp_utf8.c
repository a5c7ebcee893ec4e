
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp_utf8.h>


#define NGX_HTTP_MCP_UTF8_REPLACEMENT  "\xef\xbf\xbd"


u_char *
ngx_http_mcp_utf8_clean(ngx_pool_t *pool, const u_char *p, size_t len)
{
    u_char        *text, *dst;
    size_t         n, bad;
    const u_char  *last, *s;

    last = p + len;
    bad = 0;

    for (s = p; s < last; s += n) {
        n = *s ? mcp_utf8_len(s, last) : 0;

        if (n == 0) {
            bad++;
            n = 1;
        }
    }

    text = ngx_pnalloc(pool, len
                       + bad * (sizeof(NGX_HTTP_MCP_UTF8_REPLACEMENT) - 2)
                       + 1);
    if (text == NULL) {
        return NULL;
    }

    if (bad == 0) {
        *ngx_cpymem(text, p, len) = '\0';
        return text;
    }

    dst = text;

    for (s = p; s < last; s += n) {
        n = *s ? mcp_utf8_len(s, last) : 0;

        if (n) {
            dst = ngx_cpymem(dst, s, n);
            continue;
        }

        dst = ngx_cpymem(dst, NGX_HTTP_MCP_UTF8_REPLACEMENT,
                         sizeof(NGX_HTTP_MCP_UTF8_REPLACEMENT) - 1);
        n = 1;
    }

    *dst = '\0';

    return text;
}


size_t
ngx_http_mcp_utf8_tail(const u_char *p, size_t len)
{
    u_char  c;
    size_t  n;

    for (n = 1; n < MCP_UTF8_MAX && n <= len; n++) {
        c = p[len - n];

        if (ngx_http_mcp_utf8_inside(c)) {
            continue;
        }

        /* a lead byte says how long the character is */

        return (n < (size_t) (c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2
                                                                     : 1))
               ? n : 0;
    }

    return 0;
}
