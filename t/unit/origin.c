
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_origin: what an operator may write, which origins that allows */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_origin.h>
#include "unit.h"


static struct {
    const char  *text;
    const char  *scheme;         /* NULL: refused */
    const char  *host;
    ngx_uint_t   port;
    ngx_uint_t   any_port;
    ngx_uint_t   wildcard;
} origin_texts[] = {
    { "example.com", "", "example.com", 0, 1, 0 },
    { "example.com:8080", "", "example.com", 8080, 0, 0 },
    { "example.com:*", "", "example.com", 0, 1, 0 },
    { "http://example.com", "http", "example.com", 80, 0, 0 },
    { "https://example.com", "https", "example.com", 443, 0, 0 },
    { "HTTPS://Example.com", "HTTPS", "Example.com", 443, 0, 0 },
    { "https://example.com:8443", "https", "example.com", 8443, 0, 0 },
    { "https://example.com:*", "https", "example.com", 0, 1, 0 },
    { "https://*.example.com", "https", "example.com", 443, 0, 1 },
    { "*.example.com", "", "example.com", 0, 1, 1 },
    { ".example.com", "", "example.com", 0, 1, 1 },
    { "*.example.com:*", "", "example.com", 0, 1, 1 },
    { "http://127.0.0.1:65535", "http", "127.0.0.1", 65535, 0, 0 },
    { "http://[::1]", "http", "[::1]", 80, 0, 0 },
    { "http://[::1]:1", "http", "[::1]", 1, 0, 0 },
    { "[::1]:*", "", "[::1]", 0, 1, 0 },
    { "chrome-extension://abcdef", "chrome-extension", "abcdef", 0, 0, 0 },
    { "a1+-.://x", "a1+-.", "x", 0, 0, 0 },

    { "", NULL, NULL, 0, 0, 0 },
    { "*", NULL, NULL, 0, 0, 0 },
    { "*.", NULL, NULL, 0, 0, 0 },
    { "*:*", NULL, NULL, 0, 0, 0 },
    { ".", NULL, NULL, 0, 0, 0 },
    { "http://.", NULL, NULL, 0, 0, 0 },
    { "..example.com", NULL, NULL, 0, 0, 0 },
    { "*..example.com", NULL, NULL, 0, 0, 0 },
    { "://example.com", NULL, NULL, 0, 0, 0 },
    { "*://example.com", NULL, NULL, 0, 0, 0 },
    { "1http://example.com", NULL, NULL, 0, 0, 0 },
    { "ht tp://example.com", NULL, NULL, 0, 0, 0 },
    { "https://", NULL, NULL, 0, 0, 0 },
    { "https://:443", NULL, NULL, 0, 0, 0 },
    { "https://*", NULL, NULL, 0, 0, 0 },
    { "https://example.*", NULL, NULL, 0, 0, 0 },
    { "https://ex*mple.com", NULL, NULL, 0, 0, 0 },
    { "https://*.*.com", NULL, NULL, 0, 0, 0 },
    { "https://example.com/", NULL, NULL, 0, 0, 0 },
    { "https://example.com/path", NULL, NULL, 0, 0, 0 },
    { "https://example.com?", NULL, NULL, 0, 0, 0 },
    { "https://example.com#a", NULL, NULL, 0, 0, 0 },
    { "https://user@example.com", NULL, NULL, 0, 0, 0 },
    { "https://user:secret@example.com", NULL, NULL, 0, 0, 0 },
    { "https://example.com:", NULL, NULL, 0, 0, 0 },
    { "https://example.com:0", NULL, NULL, 0, 0, 0 },
    { "https://example.com:65536", NULL, NULL, 0, 0, 0 },
    { "https://example.com:99999999999999999999", NULL, NULL, 0, 0, 0 },
    { "https://example.com:-1", NULL, NULL, 0, 0, 0 },
    { "https://example.com:80x", NULL, NULL, 0, 0, 0 },
    { "https://example.com:80:80", NULL, NULL, 0, 0, 0 },
    { "https://example.com:**", NULL, NULL, 0, 0, 0 },
    { "https://[::1", NULL, NULL, 0, 0, 0 },
    { "https://[::1]:", NULL, NULL, 0, 0, 0 },
    { "https://[::1]x", NULL, NULL, 0, 0, 0 },
    { "https://[]", NULL, NULL, 0, 0, 0 },
    { "https://[::1 /*@]", NULL, NULL, 0, 0, 0 },
    { "https://*.[::1]", NULL, NULL, 0, 0, 0 },
    { "https://::1", NULL, NULL, 0, 0, 0 },
    { "https://exam\xc3\xa9ple.com", NULL, NULL, 0, 0, 0 },
    { "https://a b", NULL, NULL, 0, 0, 0 },
    { "https://a\tb", NULL, NULL, 0, 0, 0 },
    { "https://a.com https://b.com", NULL, NULL, 0, 0, 0 }
};


static struct {
    const char  *allowed;
    const char  *value;
    ngx_uint_t   match;
} origin_values[] = {

    /* scheme, host and port are those that are allowed */

    { "https://example.com", "https://example.com", 1 },
    { "https://example.com", "HTTPS://EXAMPLE.COM", 1 },
    { "HTTPS://EXAMPLE.COM", "https://example.com", 1 },
    { "https://example.com", "https://example.com:443", 1 },
    { "https://example.com:443", "https://example.com", 1 },
    { "http://example.com", "http://example.com:80", 1 },
    { "https://example.com", "http://example.com", 0 },
    { "https://example.com", "http://example.com:443", 0 },
    { "https://example.com", "https://example.com:8443", 0 },
    { "https://example.com", "https://example.org", 0 },
    { "https://example.com", "https://xexample.com", 0 },
    { "https://example.com", "https://example.comx", 0 },
    { "https://example.com", "https://example.com.", 0 },
    { "https://example.com", "https://example.com.evil.org", 0 },
    { "https://example.com", "https://a.example.com", 0 },
    { "https://example.com:8443", "https://example.com:8443", 1 },
    { "https://example.com:8443", "https://example.com", 0 },

    /* any port, any scheme */

    { "https://example.com:*", "https://example.com", 1 },
    { "https://example.com:*", "https://example.com:1234", 1 },
    { "https://example.com:*", "http://example.com:1234", 0 },
    { "example.com", "http://example.com", 1 },
    { "example.com", "https://example.com:1234", 1 },
    { "example.com", "example.com", 0 },
    { "example.com:8080", "http://example.com:8080", 1 },
    { "example.com:8080", "https://example.com:8080", 1 },
    { "example.com:8080", "https://example.com", 0 },

    /* wildcards */

    { "https://*.example.com", "https://a.example.com", 1 },
    { "https://*.example.com", "https://a.b.example.com", 1 },
    { "https://*.example.com", "https://A.Example.Com", 1 },
    { "https://*.example.com", "https://example.com", 0 },
    { "https://*.example.com", "https://.example.com", 0 },
    { "https://*.example.com", "https://aexample.com", 0 },
    { "https://*.example.com", "https://aaexample.com", 0 },
    { "https://*.example.com", "https://a.example.com:8443", 0 },
    { "https://*.example.com", "http://a.example.com", 0 },
    { "https://*.example.com", "https://a.example.com.evil.org", 0 },
    { "https://*.example.com", "https://evil.org?.example.com", 0 },
    { "https://*.example.com", "https://evil.org/.example.com", 0 },
    { "https://*.example.com", "https://evil.org#.example.com", 0 },
    { "https://*.example.com", "https://evil.org@a.example.com", 0 },
    { "https://*.example.com", "https://*.example.com", 0 },
    { "https://example.com", "https://*.example.com", 0 },
    { "https://.example.com", "https://a.example.com", 1 },
    { "https://.example.com", "https://example.com", 1 },
    { "https://.example.com", "https://.example.com", 0 },
    { "https://.example.com", "https://aexample.com", 0 },
    { ".example.com", "http://example.com:8080", 1 },

    /* addresses */

    { "http://[::1]", "http://[::1]", 1 },
    { "http://[::1]:8080", "http://[::1]:8080", 1 },
    { "http://[::1]", "http://[::1]:8080", 0 },
    { "http://[2001:DB8::1]", "http://[2001:db8::1]", 1 },
    { "http://[::1]", "http://[::2]", 0 },
    { "127.0.0.1", "http://127.0.0.1:8080", 1 },
    { "127.0.0.1", "http://127.0.0.1.evil.org", 0 },

    /* no default port */

    { "chrome-extension://abc", "chrome-extension://abc", 1 },
    { "chrome-extension://abc", "chrome-extension://abcd", 0 },
    { "chrome-extension://abc", "moz-extension://abc", 0 },

    /* no origin at all */

    { "example.com", "null", 0 },
    { "null", "null", 0 },
    { "example.com", "", 0 },
    { "example.com", "http://", 0 },
    { "example.com", "http://example.com/", 0 },
    { "example.com", "http://example.com:*", 0 },
    { "example.com", "http://user@example.com", 0 },
    { "example.com", "http://example.com http://example.com", 0 },
    { "example.com", "http://example.com, http://evil.org", 0 }
};


/* a copy that nothing may be read behind */

static ngx_str_t
origin_copy(ngx_pool_t *pool, const char *text)
{
    ngx_str_t  s;

    s.len = ngx_strlen(text);
    s.data = unit_copy(pool, text, s.len);

    return s;
}


static ngx_uint_t
origin_same(ngx_str_t *s, const char *text)
{
    return s->len == ngx_strlen(text)
           && ngx_strncmp(s->data, text, s->len) == 0;
}


static void
origin_test_parse(void)
{
    ngx_int_t      rc;
    ngx_str_t      text;
    ngx_uint_t     i, same;
    ngx_pool_t    *pool;
    mcp_origin_t   o;

    for (i = 0; i < unit_nelts(origin_texts); i++) {
        pool = unit_pool();
        text = origin_copy(pool, origin_texts[i].text);

        rc = mcp_origin_parse(&text, &o);

        if (origin_texts[i].scheme == NULL) {
            unit_ok(rc == NGX_DECLINED, "refused: %s",
                    unit_show(text.data, text.len));

        } else {
            same = (rc == NGX_OK
                    && (o.scheme.len == 0 ? *origin_texts[i].scheme == '\0'
                        : origin_same(&o.scheme, origin_texts[i].scheme))
                    && origin_same(&o.host, origin_texts[i].host)
                    && o.port == origin_texts[i].port
                    && o.any_port == origin_texts[i].any_port
                    && o.wildcard == origin_texts[i].wildcard);

            if (!unit_ok(same, "parsed: %s", origin_texts[i].text)) {
                unit_diag("rc %d, port %d, any %d, wildcard %d", (int) rc,
                          o.port, o.any_port, o.wildcard);
            }
        }

        ngx_destroy_pool(pool);
    }
}


static void
origin_test_match(void)
{
    ngx_str_t      text, value;
    ngx_uint_t     i;
    ngx_pool_t    *pool;
    ngx_array_t    allowed;
    mcp_origin_t  *o;

    for (i = 0; i < unit_nelts(origin_values); i++) {
        pool = unit_pool();

        (void) ngx_array_init(&allowed, pool, 2, sizeof(mcp_origin_t));

        /* one that does not match comes first */

        ngx_str_set(&text, "gopher://127.0.0.2:70");
        (void) mcp_origin_parse(&text, ngx_array_push(&allowed));

        text = origin_copy(pool, origin_values[i].allowed);
        o = ngx_array_push(&allowed);

        value = origin_copy(pool, origin_values[i].value);

        unit_ok(mcp_origin_parse(&text, o) == NGX_OK
                && mcp_origin_match(&allowed, &value)
                   == origin_values[i].match,
                "%s %s %s", origin_values[i].allowed,
                origin_values[i].match ? "allows" : "does not allow",
                unit_show(value.data, value.len));

        ngx_destroy_pool(pool);
    }

    pool = unit_pool();
    (void) ngx_array_init(&allowed, pool, 1, sizeof(mcp_origin_t));
    ngx_str_set(&value, "https://example.com");

    unit_ok(!mcp_origin_match(&allowed, &value), "nothing is allowed");

    ngx_destroy_pool(pool);
}


int
main(void)
{
    origin_test_parse();
    origin_test_match();

    return unit_done();
}
