
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_buf: growth, numbers, strings, base64, allocations that fail */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_buf.h>
#include "unit.h"


typedef struct {
    ngx_str_t   bytes;
    ngx_str_t   text;
} buf_pair_t;


typedef struct {
    int64_t     n;
    ngx_str_t   text;
} buf_int_t;


static buf_int_t  buf_ints[] = {
    { 0, ngx_string("0") },
    { 7, ngx_string("7") },
    { -1, ngx_string("-1") },
    { 10, ngx_string("10") },
    { -32603, ngx_string("-32603") },
    { 9007199254740993LL, ngx_string("9007199254740993") },
    { INT64_MAX, ngx_string("9223372036854775807") },
    { INT64_MIN, ngx_string("-9223372036854775808") }
};


static buf_pair_t  buf_strings[] = {
    { ngx_string(""), ngx_string("\"\"") },
    { ngx_string("a"), ngx_string("\"a\"") },
    { ngx_string("\"\\/"), ngx_string("\"\\\"\\\\/\"") },
    { ngx_string("\b\f\n\r\t"), ngx_string("\"\\b\\f\\n\\r\\t\"") },
    { ngx_string("\0\x01\x0b\x1f\x7f"),
      ngx_string("\"\\u0000\\u0001\\u000b\\u001f\x7f\"") },
    { ngx_string("long enough to be looked at by eights\n"),
      ngx_string("\"long enough to be looked at by eights\\n\"") },
    { ngx_string("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
      ngx_string("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"") },
    { ngx_string("\xe2\x80\xa8\xe2\x80\xa9"),
      ngx_string("\"\xe2\x80\xa8\xe2\x80\xa9\"") },

    /* not UTF-8 */

    { ngx_string("\xff"), ngx_string("\"\xef\xbf\xbd\"") },
    { ngx_string("a\x80\x80z"), ngx_string("\"a\xef\xbf\xbd\xef\xbf\xbdz\"") },
    { ngx_string("\xe2\x82"), ngx_string("\"\xef\xbf\xbd\xef\xbf\xbd\"") },
    { ngx_string("\xc3\""), ngx_string("\"\xef\xbf\xbd\\\"\"") },
    { ngx_string("\xc3\xa9\xed\xa0\x80."),
      ngx_string("\"\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd.\"") },
    { ngx_string("\xc0\xaf"), ngx_string("\"\xef\xbf\xbd\xef\xbf\xbd\"") }
};


/* RFC 4648, section 10, and the two letters that differ between alphabets */

static buf_pair_t  buf_base64[] = {
    { ngx_string(""), ngx_string("") },
    { ngx_string("f"), ngx_string("Zg==") },
    { ngx_string("fo"), ngx_string("Zm8=") },
    { ngx_string("foo"), ngx_string("Zm9v") },
    { ngx_string("foob"), ngx_string("Zm9vYg==") },
    { ngx_string("fooba"), ngx_string("Zm9vYmE=") },
    { ngx_string("foobar"), ngx_string("Zm9vYmFy") },
    { ngx_string("\xfb\xef\xbe\xff\xff\xff"), ngx_string("++++////") },
    { ngx_string("\0"), ngx_string("AA==") }
};


static void
buf_test_ints(void)
{
    mcp_buf_t     b;
    ngx_str_t     out;
    ngx_uint_t    i;
    ngx_pool_t   *pool;

    for (i = 0; i < unit_nelts(buf_ints); i++) {
        pool = unit_pool();

        mcp_buf_init(&b, pool, 0);
        mcp_buf_int(&b, buf_ints[i].n);

        unit_ok(mcp_buf_done(&b, &out) == NGX_OK, "done");
        unit_is(&out, &buf_ints[i].text, "integer %s", buf_ints[i].text.data);

        ngx_destroy_pool(pool);
    }
}


static void
buf_test_pairs(const char *name, buf_pair_t *pairs, ngx_uint_t n,
    void (*add)(mcp_buf_t *b, const u_char *p, size_t len))
{
    mcp_buf_t     b;
    ngx_str_t     out, *bytes;
    ngx_uint_t    i;
    ngx_pool_t   *pool;

    for (i = 0; i < n; i++) {
        bytes = &pairs[i].bytes;
        pool = unit_pool();

        mcp_buf_init(&b, pool, 1);
        mcp_buf_lit(&b, "<");
        add(&b, unit_copy(pool, bytes->data, bytes->len), bytes->len);
        mcp_buf_lit(&b, ">");

        if (!unit_ok(mcp_buf_done(&b, &out) == NGX_OK && out.len >= 2
                     && out.data[0] == '<' && out.data[out.len - 1] == '>',
                     "%s stays within its bounds", name))
        {
            ngx_destroy_pool(pool);
            continue;
        }

        out.data++;
        out.len -= 2;

        unit_is(&out, &pairs[i].text, "%s of %s", name,
                unit_show(bytes->data, bytes->len));

        ngx_destroy_pool(pool);
    }
}


static void
buf_test_growth(void)
{
    u_char       *p;
    mcp_buf_t     b;
    ngx_str_t     out, text;
    ngx_uint_t    i, n, bad;
    ngx_pool_t   *pool;

    pool = unit_pool();

    mcp_buf_init(&b, pool, 0);
    unit_ok(mcp_buf_done(&b, &out) == NGX_OK && out.len == 0, "nothing");

    mcp_buf_add(&b, NULL, 0);
    unit_ok(mcp_buf_done(&b, &out) == NGX_OK && out.len == 0,
            "nothing added to nothing");

    unit_allocs = 0;

    for (i = 0; i < 100000; i++) {
        mcp_buf_char(&b, (u_char) (i % 251));
    }

    unit_ok(mcp_buf_done(&b, &out) == NGX_OK && out.len == 100000,
            "a byte at a time");
    unit_ok(unit_allocs <= 10, "%d allocations for 100000 bytes",
            (int) unit_allocs);

    bad = 0;

    for (i = 0; i < out.len; i++) {
        bad += (out.data[i] != i % 251);
    }

    unit_ok(bad == 0, "growth moves the bytes");

    for (n = 1; n < 600; n += 13) {
        mcp_buf_init(&b, pool, n);

        unit_allocs = 0;
        p = mcp_buf_reserve(&b, n);
        ngx_memset(p, 'x', n);
        b.last += n;

        bad += (unit_allocs != 0);

        mcp_buf_lit(&b, "yz");
        ngx_str_set(&text, "zz");
        mcp_buf_str(&b, &text);

        bad += (mcp_buf_len(&b) != n + 4 || b.start[0] != 'x'
                || ngx_memcmp(b.start + n, "yzzz", 4) != 0);
    }

    unit_ok(bad == 0, "a right guess takes one allocation");

    ngx_destroy_pool(pool);
}


static void
buf_test_failure(void)
{
    mcp_buf_t     b;
    ngx_str_t     out;
    ngx_uint_t    grow;
    ngx_pool_t   *pool;

    for (grow = 0; grow < 2; grow++) {
        pool = unit_pool();

        mcp_buf_init(&b, pool, grow ? 4 : 0);

        if (grow) {
            mcp_buf_lit(&b, "ab");
        }

        unit_fail_alloc(0);
        mcp_buf_lit(&b, "cdefg");
        unit_fail_alloc(-1);

        unit_ok(b.failed && mcp_buf_done(&b, &out) == NGX_ERROR,
                "a failed allocation");

        /* would fit, but the bytes before are missing */

        mcp_buf_char(&b, 'c');
        mcp_buf_lit(&b, "c");
        mcp_buf_int(&b, 1);
        mcp_buf_json_string(&b, (u_char *) "", 0);
        mcp_buf_base64(&b, (u_char *) "f", 1);

        unit_ok(mcp_buf_reserve(&b, 1) == NULL
                && mcp_buf_done(&b, &out) == NGX_ERROR
                && mcp_buf_len(&b) == (grow ? 2 : 0),
                "nothing is added after it");

        ngx_destroy_pool(pool);
    }

    pool = unit_pool();

    unit_fail_alloc(0);
    mcp_buf_init(&b, pool, 16);
    unit_fail_alloc(-1);

    mcp_buf_char(&b, 'c');
    unit_ok(mcp_buf_done(&b, &out) == NGX_ERROR, "the first one fails");

    mcp_buf_init(&b, pool, 16);
    mcp_buf_char(&b, 'c');
    unit_ok(mcp_buf_reserve(&b, (size_t) -1) == NULL
            && mcp_buf_done(&b, &out) == NGX_ERROR,
            "more than there can be");

    ngx_destroy_pool(pool);
}


int
main(void)
{
    buf_test_ints();
    buf_test_pairs("string", buf_strings, unit_nelts(buf_strings),
                   mcp_buf_json_string);
    buf_test_pairs("base64", buf_base64, unit_nelts(buf_base64),
                   mcp_buf_base64);
    buf_test_growth();
    buf_test_failure();

    return unit_done();
}
