
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_fresh.h>


static void mcp_fresh_directive(mcp_fresh_t *fresh, u_char *p, u_char *last,
    ngx_int_t *seconds);
static ngx_int_t mcp_fresh_seconds(u_char *p, u_char *last);


void
mcp_fresh_read(mcp_fresh_t *fresh, const ngx_str_t *cache_control,
    const ngx_str_t *age)
{
    u_char     *p, *last, *comma;
    ngx_int_t   seconds, old;

    ngx_memzero(fresh, sizeof(mcp_fresh_t));

    seconds = NGX_ERROR;
    p = cache_control->data;
    last = p + cache_control->len;

    while (p < last) {
        comma = ngx_strlchr(p, last, ',');
        comma = comma ? comma : last;

        mcp_fresh_directive(fresh, p, comma, &seconds);

        p = comma + 1;
    }

    if (seconds == NGX_ERROR) {
        return;
    }

    old = mcp_fresh_seconds(age->data, age->data + age->len);

    fresh->said = 1;
    fresh->ttl = (old >= seconds) ? 0
                 : (uint64_t) (seconds - ngx_max(old, 0)) * 1000;
}


/* "no-store" and "no-cache" win, whatever else is there */

static void
mcp_fresh_directive(mcp_fresh_t *fresh, u_char *p, u_char *last,
    ngx_int_t *seconds)
{
    size_t     len;
    ngx_int_t  n;

    while (p < last && (*p == ' ' || *p == '\t')) {
        p++;
    }

    while (last > p && (last[-1] == ' ' || last[-1] == '\t')) {
        last--;
    }

    len = last - p;

    if (len >= 7 && ngx_strncasecmp(p, (u_char *) "private", 7) == 0) {
        fresh->private = 1;
        return;
    }

    if (len >= 8
        && (ngx_strncasecmp(p, (u_char *) "no-store", 8) == 0
            || ngx_strncasecmp(p, (u_char *) "no-cache", 8) == 0))
    {
        *seconds = 0;
        return;
    }

    if (len > 8 && ngx_strncasecmp(p, (u_char *) "max-age=", 8) == 0) {
        n = mcp_fresh_seconds(p + 8, last);

        if (n != NGX_ERROR) {
            *seconds = (*seconds == NGX_ERROR) ? n : ngx_min(n, *seconds);
        }
    }
}


static ngx_int_t
mcp_fresh_seconds(u_char *p, u_char *last)
{
    ngx_int_t  n;

    if (last - p >= 2 && *p == '"' && last[-1] == '"') {
        p++;
        last--;
    }

    if (p == last) {
        return NGX_ERROR;
    }

    for (n = 0; p < last; p++) {

        if (*p < '0' || *p > '9') {
            return NGX_ERROR;
        }

        n = ngx_min(n * 10 + (*p - '0'), MCP_FRESH_MAX);
    }

    return n;
}
