
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_uri: templates compiled, expanded, and URIs taken apart again */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_uri.h>
#include "unit.h"
#include "uri.h"


static struct {
    const char  *text;
    const char  *err;            /* a part of it, NULL: accepted */
} uri_templates[] = {
    { "a:b", NULL },
    { "docs://{name}", NULL },
    { "docs://{+path}", NULL },
    { "db://{table}/{row}{?q,limit}", NULL },
    { "a:x?fixed=1{&b,c}", NULL },
    { "a:{b}{/c,d}{.e}{;f,g}{#h}", NULL },
    { "a:{b_1.c}", NULL },
    { "a:%7e{b}", NULL },
    { "a:{b,c}", NULL },
    { "", NULL },
    { "a:{", "has no \"}\"" },
    { "a:{b", "has no \"}\"" },
    { "a:}", "percent-encoded" },
    { "a:b}c", "percent-encoded" },
    { "a:{}", "needs a variable" },
    { "a:{?}", "is empty" },
    { "a:{b,}", "is empty" },
    { "a:{,b}", "is empty" },
    { "a:{b*}", "modifiers" },
    { "a:{b:3}", "modifiers" },
    { "a:{/b*}", "modifiers" },
    { "a:{b c}", "the name" },
    { "a:{.}", "is empty" },
    { "a:{b-c}", "the name" },
    { "a:{!b}", "the name" },
    { "a:{=b}", "the name" },
    { "a:{b}{c}", "between" },
    { "a:{b}{+c}", "between" },
    { "a:{.b}{c}", "between" },
    { "a:{b}/{b}", "twice" },
    { "a:{b,b}", "twice" },
    { "a:{?b}c", "at the end" },
    { "a:{?b}{c}", "at the end" },
    { "a:{?b}{&c}", "at the end" },
    { "a:{&b}{#c}", "at the end" },
    { "a b", "percent-encoded" },
    { "a:%", "percent-encoded" },
    { "a:%4", "percent-encoded" },
    { "a:%4g", "percent-encoded" },
    { "a:\xc3\xa9", "percent-encoded" },
    { "a:\"", "percent-encoded" },
    { "a:{b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q}", NULL },
    { "a:{b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r}", "too many" }
};


/* values are separated by "|", "-" is one that is not there */

static struct {
    const char  *template;
    const char  *uri;
    const char  *values;         /* NULL: no such URI */
    const char  *expanded;       /* NULL: the URI as it was */
} uri_matches[] = {

    /* literals */

    { "a:b", "a:b", "", NULL },
    { "a:b", "a:bc", NULL, NULL },
    { "a:b", "a:", NULL, NULL },
    { "a:b", "A:b", NULL, NULL },
    { "a:b", "", NULL, NULL },

    /* one variable */

    { "a:{b}", "a:c", "c", NULL },
    { "a:{b}", "a:", NULL, NULL },
    { "a:{b}", "a:c/d", NULL, NULL },
    { "a:{b}", "a:c?d", NULL, NULL },
    { "a:{b}", "a:c#d", NULL, NULL },
    { "a:{b}", "a:%63%2F%64", "c/d", "a:c%2Fd" },
    { "a:{b}", "a:c:d@e,f", "c:d@e,f", "a:c%3Ad%40e%2Cf" },
    { "a:{b}", "a:%C3%A9", "\xc3\xa9", NULL },
    { "a:{b}", "a:%c3%a9", "\xc3\xa9", "a:%C3%A9" },
    { "a:{b}", "a:%2525", "%25", NULL },
    { "a:{b}", "a:%", NULL, NULL },
    { "a:{b}", "a:%zz", NULL, NULL },
    { "a:{b}", "a:%6", NULL, NULL },
    { "a:{b}", "a:%00", NULL, NULL },
    { "a:{b}", "a:%FF", NULL, NULL },
    { "a:{b}", "a:%C3", NULL, NULL },
    { "a:{b}", "a:\xc3\xa9", NULL, NULL },
    { "a:{b}", "a:c d", NULL, NULL },
    { "a:{b}/d", "a:c/d", "c", NULL },
    { "a:{b}/d", "a:c/e", NULL, NULL },
    { "a:{b}/d", "a:/d", NULL, NULL },
    { "a:{b}", "a:..", "..", NULL },

    /* the earlier is the longer */

    { "a:{b}-{c}", "a:1-2-3", "1-2|3", NULL },
    { "a:{b}.{c}", "a:x.tar.gz", "x.tar|gz", NULL },
    { "a:{b}aa{c}", "a:aaaa", "a|a", NULL },
    { "a:{b}aa{c}", "a:aaa", NULL, NULL },
    { "a:{+b}/{+c}", "a:x/y/z", "x/y|z", NULL },
    { "a:{b}%41{c}", "a:%41%41%41", "A|A", "a:A%41A" },

    /* several in an expression */

    { "a:{b,c}", "a:1,2", "1|2", NULL },
    { "a:{b,c}", "a:1", NULL, NULL },
    { "a:{b,c}", "a:1,2,3", NULL, NULL },
    { "a:{b,c}", "a:1%2C2,3", "1,2|3", NULL },
    { "a:{+b,c}", "a:1/2,3", "1/2|3", NULL },
    { "a:{+b,c}", "a:1,2,3", "1,2|3", NULL },

    /* reserved characters */

    { "a:{+b}", "a:x/y?z#t", "x/y?z#t", NULL },
    { "a:{+b}", "a:", NULL, NULL },
    { "a:{+b}", "a:x%2Fy", "x/y", "a:x/y" },
    { "a:{+b}", "a:%2525", "%25", NULL },
    { "a:{+b}/end", "a:x/end/end", "x/end", NULL },
    { "a:b{#c}", "a:b#x/y", "x/y", NULL },
    { "a:b{#c}", "a:b", NULL, NULL },

    /* labels and path segments */

    { "a:b{.c,d}", "a:b.x.y", "x|y", NULL },
    { "a:b{.c,d}", "a:b.x", NULL, NULL },
    { "a:b{/c,d}", "a:b/x/y", "x|y", NULL },
    { "a:b{/c,d}", "a:b/x/y/z", NULL, NULL },
    { "a:b{/c,d}", "a:b//y", NULL, NULL },

    /* parameters */

    { "a:b{;c,d}", "a:b;c=1;d=2", "1|2", NULL },
    { "a:b{;c,d}", "a:b;d=2", "-|2", NULL },
    { "a:b{;c,d}", "a:b;c;d", "|", NULL },
    { "a:b{;c,d}", "a:b;c=", "|-", "a:b;c" },
    { "a:b{;c,d}", "a:b", "-|-", NULL },
    { "a:b{;c,d}", "a:b;e=1", NULL, NULL },
    { "a:b{;c,d}", "a:b;cc=1", NULL, NULL },
    { "a:b{;c,d}", "a:b;d=1;c=2", NULL, NULL },
    { "a:b{;c}/d", "a:b;c=1/d", "1", NULL },
    { "a:b{;c}/d", "a:b/d", "-", NULL },
    { "a:{+b}{;c}", "a:x;c=1/2", "x;c=1/2|-", NULL },

    /* queries, in any order */

    { "a:b{?c,d}", "a:b", "-|-", NULL },
    { "a:b{?c,d}", "a:b?c=1", "1|-", NULL },
    { "a:b{?c,d}", "a:b?c=1&d=2", "1|2", NULL },
    { "a:b{?c,d}", "a:b?d=2&c=1", "1|2", "a:b?c=1&d=2" },
    { "a:b{?c,d}", "a:b?d=2", "-|2", NULL },
    { "a:b{?c,d}", "a:b?c=", "|-", NULL },
    { "a:b{?c,d}", "a:b?c", "|-", "a:b?c=" },
    { "a:b{?c,d}", "a:b?c=1=2", "1=2|-", "a:b?c=1%3D2" },
    { "a:b{?c,d}", "a:b?c=x/y?z", "x/y?z|-", "a:b?c=x%2Fy%3Fz" },
    { "a:b{?c,d}", "a:b?c=1%262", "1&2|-", NULL },
    { "a:b{?c,d}", "a:b?c=1&c=2", NULL, NULL },
    { "a:b{?c,d}", "a:b?e=1", NULL, NULL },
    { "a:b{?c,d}", "a:b?c=1&", NULL, NULL },
    { "a:b{?c,d}", "a:b?&c=1", NULL, NULL },
    { "a:b{?c,d}", "a:b?", NULL, NULL },
    { "a:b{?c,d}", "a:b&c=1", NULL, NULL },
    { "a:b{?c,d}", "a:b?c=1#d", NULL, NULL },
    { "a:b{?c,d}", "a:b?c=%FF", NULL, NULL },
    { "a:{+b}{?c}", "a:x/y?c=1", "x/y|1", NULL },
    { "a:{+b}{?c}", "a:x?e=2?c=1", "x?e=2|1", NULL },
    { "a:{+b}{?c}", "a:x?e=2", "x?e=2|-", NULL },
    { "a:b?e=1{&c,d}", "a:b?e=1&d=2", "-|2", NULL },
    { "a:b?e=1{&c,d}", "a:b?e=1", "-|-", NULL },
    { "a:b?e=1{&c,d}", "a:b?e=1?d=2", NULL, NULL },
    { "{?a}", "?a=1", "1", NULL },
    { "{?a}", "", "-", NULL },
    { "", "", "", NULL }
};


static struct {
    const char  *text;
    ngx_uint_t   valid;
} uri_valid[] = {
    { "a:b", 1 },
    { "docs://x/y?z=1#t", 1 },
    { "a+b-c.9:", 1 },
    { "a:%20", 1 },
    { "", 0 },
    { "a", 0 },
    { ":a", 0 },
    { "1a:b", 0 },
    { "a_b:c", 0 },
    { "a~b:c", 0 },
    { "a b:c", 0 },
    { "a:b c", 0 },
    { "a:%2", 0 },
    { "a:\xc3\xa9", 0 },
    { "a/b:c", 0 },
    { "%61:b", 0 }
};


static ngx_str_t
uri_str(ngx_pool_t *pool, const char *text)
{
    ngx_str_t  s;

    s.len = ngx_strlen(text);
    s.data = unit_copy(pool, text, s.len);

    return s;
}


static void
uri_test_compile(void)
{
    mcp_uri_t    uri;
    ngx_int_t    rc;
    ngx_str_t    text;
    ngx_uint_t   i;
    ngx_pool_t  *pool;
    const char  *err, *expected;

    for (i = 0; i < unit_nelts(uri_templates); i++) {
        pool = unit_pool();
        text = uri_str(pool, uri_templates[i].text);
        expected = uri_templates[i].err;
        err = "";

        rc = mcp_uri_compile(&uri, &text, &err);

        if (!unit_ok(expected ? rc == NGX_DECLINED
                                && ngx_strstr(err, expected) != NULL
                              : rc == NGX_OK,
                     "%s: \"%s\"", expected ? "refused" : "compiled",
                     uri_templates[i].text))
        {
            unit_diag("rc %d, %s", (int) rc, err);
        }

        ngx_destroy_pool(pool);
    }
}


/* the values as the rows of the table have them */

static ngx_str_t
uri_join(ngx_pool_t *pool, mcp_uri_t *uri, ngx_str_t *values)
{
    mcp_buf_t   b;
    ngx_str_t   out;
    ngx_uint_t  i;

    mcp_buf_init(&b, pool, 0);

    for (i = 0; i < uri->nvars; i++) {
        if (i) {
            mcp_buf_char(&b, '|');
        }

        if (values[i].data) {
            mcp_buf_str(&b, &values[i]);

        } else {
            mcp_buf_char(&b, '-');
        }
    }

    (void) mcp_buf_done(&b, &out);

    return out;
}


static void
uri_test_match(void)
{
    mcp_buf_t    b;
    mcp_uri_t    uri;
    ngx_int_t    rc;
    ngx_str_t    template, text, got, expected, values[MCP_URI_VARS_MAX];
    ngx_uint_t   i;
    ngx_pool_t  *pool;
    const char  *err, *row;

    for (i = 0; i < unit_nelts(uri_matches); i++) {
        pool = unit_pool();
        row = uri_matches[i].values;
        template = uri_str(pool, uri_matches[i].template);
        text = uri_str(pool, uri_matches[i].uri);

        if (mcp_uri_compile(&uri, &template, &err) != NGX_OK) {
            abort();
        }

        rc = mcp_uri_match(&uri, pool, &text, values);

        if (!unit_ok(rc == (row ? NGX_OK : NGX_DECLINED), "%s %s %s",
                     uri_matches[i].template, row ? "makes" : "does not make",
                     uri_matches[i].uri)
            || rc != NGX_OK)
        {
            ngx_destroy_pool(pool);
            continue;
        }

        got = uri_join(pool, &uri, values);
        expected = uri_str(pool, row);
        unit_is(&got, &expected, "of these values");

        mcp_buf_init(&b, pool, 0);
        uri_expand(&uri, values, &b);
        (void) mcp_buf_done(&b, &got);

        expected = uri_str(pool, uri_matches[i].expanded
                                 ? uri_matches[i].expanded
                                 : uri_matches[i].uri);
        unit_is(&got, &expected, "and back");

        ngx_destroy_pool(pool);
    }
}


static void
uri_test_valid(void)
{
    ngx_str_t    text;
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    pool = unit_pool();

    for (i = 0; i < unit_nelts(uri_valid); i++) {
        text = uri_str(pool, uri_valid[i].text);
        unit_is_int(mcp_uri_valid(&text), uri_valid[i].valid,
                    "\"%s\" is %sa URI", uri_valid[i].text,
                    uri_valid[i].valid ? "" : "not ");
    }

    ngx_destroy_pool(pool);
}


static void
uri_test_encode(void)
{
    mcp_buf_t    b;
    ngx_str_t    got, expected;
    ngx_pool_t  *pool;

    pool = unit_pool();

    mcp_buf_init(&b, pool, 0);
    mcp_uri_encode(&b, (u_char *) "a b/%\xc3\xa9~", 8, 1);
    (void) mcp_buf_done(&b, &got);
    ngx_str_set(&expected, "a%20b/%25%C3%A9~");
    unit_is(&got, &expected, "a path");

    mcp_buf_init(&b, pool, 0);
    mcp_uri_encode(&b, (u_char *) "a/b", 3, 0);
    (void) mcp_buf_done(&b, &got);
    ngx_str_set(&expected, "a%2Fb");
    unit_is(&got, &expected, "a segment");

    ngx_destroy_pool(pool);
}


/* the longest URI, of as many parts as can be, is no work to speak of */

static void
uri_test_bounds(void)
{
    mcp_uri_t    uri;
    ngx_str_t    text, values[MCP_URI_VARS_MAX];
    ngx_int_t    rc, n;
    ngx_pool_t  *pool;
    const char  *err;

    pool = unit_pool();

    ngx_str_set(&text, "{a}a{b}a{c}a{d}a{e}a{f}a{g}a{h}a{i}a{j}a{k}a{l}a{m}");

    if (mcp_uri_compile(&uri, &text, &err) != NGX_OK) {
        abort();
    }

    text.len = MCP_URI_MAX;
    text.data = ngx_pnalloc(pool, MCP_URI_MAX + 1);
    ngx_memset(text.data, 'a', MCP_URI_MAX + 1);

    unit_is_int(mcp_uri_match(&uri, pool, &text, values), NGX_OK,
                "the longest URI");
    unit_is_int(values[0].len, MCP_URI_MAX - 24, "the first takes all");

    text.data[MCP_URI_MAX - 1] = '/';
    unit_is_int(mcp_uri_match(&uri, pool, &text, values), NGX_DECLINED,
                "that does not match");

    text.len++;
    unit_is_int(mcp_uri_match(&uri, pool, &text, values), NGX_DECLINED,
                "one byte more");

    ngx_str_set(&text, "1a2a3a4a5a6a7a8a9a0a1a2a3");
    rc = NGX_ERROR;

    for (n = 0; rc == NGX_ERROR && n < 50; n++) {
        unit_fail_alloc(n);
        rc = mcp_uri_match(&uri, pool, &text, values);
        unit_fail_alloc(-1);
    }

    unit_ok(rc == NGX_OK && n > 13, "%d allocations, each may fail",
            (int) n - 1);

    ngx_destroy_pool(pool);
}


int
main(void)
{
    uri_test_compile();
    uri_test_match();
    uri_test_valid();
    uri_test_encode();
    uri_test_bounds();

    return unit_done();
}
