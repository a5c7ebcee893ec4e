
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_json_scan: what is accepted, what is refused and where */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_scan.h>
#include "unit.h"


typedef struct {
    ngx_str_t        text;
    ngx_uint_t       nelts;      /* tokens */
} scan_accept_t;


typedef struct {
    ngx_str_t        text;
    mcp_json_err_e   err;
    size_t           offset;
} scan_refuse_t;


static scan_accept_t  scan_accept[] = {
    { ngx_string("0"), 1 },
    { ngx_string("-0"), 1 },
    { ngx_string(" \t\r\n1\n"), 1 },
    { ngx_string("10"), 1 },
    { ngx_string("-1.5"), 1 },
    { ngx_string("0.0"), 1 },
    { ngx_string("0e0"), 1 },
    { ngx_string("0E-400"), 1 },
    { ngx_string("0.000e99999"), 1 },
    { ngx_string("1E+2"), 1 },
    { ngx_string("1.7976931348623157e308"), 1 },
    { ngx_string("1.7976931348623158e308"), 1 },
    { ngx_string("5e-324"), 1 },
    { ngx_string("2.4703282292062328e-324"), 1 },
    { ngx_string("123456789012345678901234567890"), 1 },
    { ngx_string("true"), 1 },
    { ngx_string("false"), 1 },
    { ngx_string("null"), 1 },
    { ngx_string("\"\""), 1 },
    { ngx_string("\"a\""), 1 },
    { ngx_string("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), 1 },
    { ngx_string("\"\\u0041\\uabCD\""), 1 },
    { ngx_string("\"\\ud83d\\ude00\""), 1 },
    { ngx_string("\"\\uDBFF\\uDFFF\""), 1 },
    { ngx_string("\"\\\\u0000\""), 1 },
    { ngx_string("\"\\uFFFE\\uffff\""), 1 },
    { ngx_string("\"\x7f\""), 1 },
    { ngx_string("\"\xc2\x80\xdf\xbf\""), 1 },
    { ngx_string("\"\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\""), 1 },
    { ngx_string("\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""), 1 },
    { ngx_string("\"\xe2\x80\xa8\xef\xbb\xbf\""), 1 },
    { ngx_string("\"exactly-eight-and-some-more-than-that\""), 1 },
    { ngx_string("[]"), 1 },
    { ngx_string("[ ]"), 1 },
    { ngx_string("{}"), 1 },
    { ngx_string("{\t}"), 1 },
    { ngx_string("[[],[[]],{}]"), 5 },
    { ngx_string("[1 , 2 ,3]"), 4 },
    { ngx_string("{\"a\":1}"), 3 },
    { ngx_string("{\"\":0}"), 3 },
    { ngx_string(" { \"a\" : { \"a\" : [ { \"a\" : 1 } ] } } "), 8 },
    { ngx_string("{\"a\":1,\"A\":2,\"aa\":3,\"\":4}"), 9 },
    { ngx_string("[{\"a\":1},{\"a\":1}]"), 7 },
    { ngx_string("{\"a\\u0062\":1,\"a\":2,\"b\":3}"), 7 },
    { ngx_string("{\"1\":1,\"2\":1,\"3\":1,\"4\":1,\"5\":1,\"6\":1,\"7\":1,"
                 "\"8\":1,\"9\":1,\"10\":1}"), 21 }
};


static scan_refuse_t  scan_refuse[] = {

    /* nothing */

    { ngx_string(""), MCP_JSON_EMPTY, 0 },
    { ngx_string(" \r\n\t"), MCP_JSON_EMPTY, 4 },

    /* literals */

    { ngx_string("nul"), MCP_JSON_SYNTAX, 3 },
    { ngx_string("nulL"), MCP_JSON_SYNTAX, 3 },
    { ngx_string("True"), MCP_JSON_SYNTAX, 0 },
    { ngx_string("truetrue"), MCP_JSON_TRAILING, 4 },
    { ngx_string("[truefalse]"), MCP_JSON_SYNTAX, 5 },
    { ngx_string("NaN"), MCP_JSON_SYNTAX, 0 },
    { ngx_string("Infinity"), MCP_JSON_SYNTAX, 0 },
    { ngx_string("undefined"), MCP_JSON_SYNTAX, 0 },

    /* numbers */

    { ngx_string("01"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("00"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("-01"), MCP_JSON_SYNTAX, 2 },
    { ngx_string("+1"), MCP_JSON_SYNTAX, 0 },
    { ngx_string("-"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("--1"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("- 1"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("-Infinity"), MCP_JSON_SYNTAX, 1 },
    { ngx_string(".5"), MCP_JSON_SYNTAX, 0 },
    { ngx_string("[1.]"), MCP_JSON_SYNTAX, 3 },
    { ngx_string("1."), MCP_JSON_SYNTAX, 2 },
    { ngx_string("1.e1"), MCP_JSON_SYNTAX, 2 },
    { ngx_string("1e"), MCP_JSON_SYNTAX, 2 },
    { ngx_string("1e+"), MCP_JSON_SYNTAX, 3 },
    { ngx_string("[1e-]"), MCP_JSON_SYNTAX, 4 },
    { ngx_string("1e1.5"), MCP_JSON_TRAILING, 3 },
    { ngx_string("[1.2.3]"), MCP_JSON_SYNTAX, 4 },
    { ngx_string("[1,000]"), MCP_JSON_SYNTAX, 4 },
    { ngx_string("0x10"), MCP_JSON_TRAILING, 1 },
    { ngx_string("[1_000]"), MCP_JSON_SYNTAX, 2 },
    { ngx_string("[\xef\xbc\x91]"), MCP_JSON_SYNTAX, 1 },

    { ngx_string("1e400"), MCP_JSON_RANGE, 0 },
    { ngx_string("[-1e400]"), MCP_JSON_RANGE, 1 },
    { ngx_string("[0.1e310]"), MCP_JSON_RANGE, 1 },
    { ngx_string("1.7976931348623159e308"), MCP_JSON_RANGE, 0 },
    { ngx_string("2.4703282292062327e-324"), MCP_JSON_RANGE, 0 },
    { ngx_string("1e-400"), MCP_JSON_RANGE, 0 },
    { ngx_string("1e99999999999999999999"), MCP_JSON_RANGE, 0 },
    { ngx_string("1e-99999999999999999999"), MCP_JSON_RANGE, 0 },
    { ngx_string("[0, 1e400, 1e401]"), MCP_JSON_RANGE, 4 },

    /* strings */

    { ngx_string("\""), MCP_JSON_SYNTAX, 1 },
    { ngx_string("\"abc"), MCP_JSON_SYNTAX, 4 },
    { ngx_string("\"a\\\""), MCP_JSON_SYNTAX, 4 },
    { ngx_string("'a'"), MCP_JSON_SYNTAX, 0 },
    { ngx_string("\"a\nb\""), MCP_JSON_SYNTAX, 2 },
    { ngx_string("\"\t\""), MCP_JSON_SYNTAX, 1 },
    { ngx_string("\"\0\""), MCP_JSON_SYNTAX, 1 },
    { ngx_string("\"01234567\x1f\""), MCP_JSON_SYNTAX, 9 },
    { ngx_string("\"\\x41\""), MCP_JSON_SYNTAX, 2 },
    { ngx_string("\"\\'\""), MCP_JSON_SYNTAX, 2 },
    { ngx_string("\"\\U0041\""), MCP_JSON_SYNTAX, 2 },
    { ngx_string("\"\\\n\""), MCP_JSON_SYNTAX, 2 },
    { ngx_string("\"\\u00g1\""), MCP_JSON_SYNTAX, 1 },
    { ngx_string("\"\\u 041\""), MCP_JSON_SYNTAX, 1 },
    { ngx_string("\"\\u+041\""), MCP_JSON_SYNTAX, 1 },
    { ngx_string("\"\\u04\""), MCP_JSON_SYNTAX, 6 },
    { ngx_string("\"\\"), MCP_JSON_SYNTAX, 2 },
    { ngx_string("\"\\u"), MCP_JSON_SYNTAX, 3 },
    { ngx_string("\"\\ud83d\\u"), MCP_JSON_SYNTAX, 9 },
    { ngx_string("\"\\ud83d\\ude0g\""), MCP_JSON_SYNTAX, 7 },

    { ngx_string("\"\\u0000\""), MCP_JSON_NUL, 1 },
    { ngx_string("[\"a\\u0000b\"]"), MCP_JSON_NUL, 3 },
    { ngx_string("{\"a\\u0000b\":1}"), MCP_JSON_NUL, 3 },

    { ngx_string("\"\\ud800\""), MCP_JSON_SURROGATE, 1 },
    { ngx_string("\"\\udbff\""), MCP_JSON_SURROGATE, 1 },
    { ngx_string("\"\\udc00\""), MCP_JSON_SURROGATE, 1 },
    { ngx_string("\"\\udfff\""), MCP_JSON_SURROGATE, 1 },
    { ngx_string("\"\\udc00\\udc00\""), MCP_JSON_SURROGATE, 1 },
    { ngx_string("\"\\ud800\\udbff\""), MCP_JSON_SURROGATE, 1 },
    { ngx_string("\"\\ud800\\ue000\""), MCP_JSON_SURROGATE, 1 },
    { ngx_string("\"\\ude00\\ud83d\""), MCP_JSON_SURROGATE, 1 },
    { ngx_string("\"\\ud83d\\u0041\""), MCP_JSON_SURROGATE, 1 },
    { ngx_string("\"\\ud83dxx\\ude00\""), MCP_JSON_SURROGATE, 1 },
    { ngx_string("\"\\ud83d\\n\""), MCP_JSON_SURROGATE, 1 },
    { ngx_string("\"\\ud83d\\ud83d\\ude00\""), MCP_JSON_SURROGATE, 1 },
    { ngx_string("\"\\ud83d\\ude00\\ude00\""), MCP_JSON_SURROGATE, 13 },

    /* UTF-8 */

    { ngx_string("\xef\xbb\xbf{}"), MCP_JSON_SYNTAX, 0 },
    { ngx_string("{\xef\xbb\xbf}"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("\xff\xfe[\0]\0"), MCP_JSON_SYNTAX, 0 },
    { ngx_string("[\xc2\xa0]"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("\"\x80\""), MCP_JSON_UTF8, 1 },
    { ngx_string("\"\xbf\""), MCP_JSON_UTF8, 1 },
    { ngx_string("\"a\xff\""), MCP_JSON_UTF8, 2 },
    { ngx_string("\"\xc0\x80\""), MCP_JSON_UTF8, 1 },
    { ngx_string("\"\xc1\xbf\""), MCP_JSON_UTF8, 1 },
    { ngx_string("\"\xe0\x9f\xbf\""), MCP_JSON_UTF8, 1 },
    { ngx_string("\"\xf0\x8f\xbf\xbf\""), MCP_JSON_UTF8, 1 },
    { ngx_string("\"\xed\xa0\x80\""), MCP_JSON_UTF8, 1 },
    { ngx_string("\"\xed\xbf\xbf\""), MCP_JSON_UTF8, 1 },
    { ngx_string("\"\xf4\x90\x80\x80\""), MCP_JSON_UTF8, 1 },
    { ngx_string("\"\xf5\x80\x80\x80\""), MCP_JSON_UTF8, 1 },
    { ngx_string("\"\xf8\x88\x80\x80\x80\""), MCP_JSON_UTF8, 1 },
    { ngx_string("\"\xc3\""), MCP_JSON_UTF8, 1 },
    { ngx_string("\"\xc3"), MCP_JSON_UTF8, 1 },
    { ngx_string("\"\xe2\x82\""), MCP_JSON_UTF8, 1 },
    { ngx_string("\"\xe2\x82"), MCP_JSON_UTF8, 1 },
    { ngx_string("\"\xf0\x9f\x98\""), MCP_JSON_UTF8, 1 },
    { ngx_string("\"\xe2\x28\xa1\""), MCP_JSON_UTF8, 1 },
    { ngx_string("\"\xe2\x82\x28\""), MCP_JSON_UTF8, 1 },
    { ngx_string("{\"\xff\":1}"), MCP_JSON_UTF8, 2 },

    /* arrays */

    { ngx_string("["), MCP_JSON_SYNTAX, 1 },
    { ngx_string("]"), MCP_JSON_SYNTAX, 0 },
    { ngx_string("[1"), MCP_JSON_SYNTAX, 2 },
    { ngx_string("[1,"), MCP_JSON_SYNTAX, 3 },
    { ngx_string("[1,]"), MCP_JSON_SYNTAX, 3 },
    { ngx_string("[,1]"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("[1,,2]"), MCP_JSON_SYNTAX, 3 },
    { ngx_string("[1 2]"), MCP_JSON_SYNTAX, 3 },
    { ngx_string("[1}"), MCP_JSON_SYNTAX, 2 },
    { ngx_string("[}"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("[\"a\":1]"), MCP_JSON_SYNTAX, 4 },
    { ngx_string("[\f]"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("[\v1]"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("[1,2]]"), MCP_JSON_TRAILING, 5 },

    /* objects */

    { ngx_string("{"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("}"), MCP_JSON_SYNTAX, 0 },
    { ngx_string("{\"a\""), MCP_JSON_SYNTAX, 4 },
    { ngx_string("{\"a\":"), MCP_JSON_SYNTAX, 5 },
    { ngx_string("{\"a\":1"), MCP_JSON_SYNTAX, 6 },
    { ngx_string("{\"a\":1,"), MCP_JSON_SYNTAX, 7 },
    { ngx_string("{\"a\":1,}"), MCP_JSON_SYNTAX, 7 },
    { ngx_string("{,}"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("{\"a\"}"), MCP_JSON_SYNTAX, 4 },
    { ngx_string("{\"a\",1}"), MCP_JSON_SYNTAX, 4 },
    { ngx_string("{\"a\":}"), MCP_JSON_SYNTAX, 5 },
    { ngx_string("{\"a\"::1}"), MCP_JSON_SYNTAX, 5 },
    { ngx_string("{\"a\":1 \"b\":2}"), MCP_JSON_SYNTAX, 7 },
    { ngx_string("{\"a\":1]"), MCP_JSON_SYNTAX, 6 },
    { ngx_string("{]"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("{a:1}"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("{'a':1}"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("{1:1}"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("{null:1}"), MCP_JSON_SYNTAX, 1 },
    { ngx_string("{\"a\":1,,\"b\":2}"), MCP_JSON_SYNTAX, 7 },

    /* bytes after the document */

    { ngx_string("1 2"), MCP_JSON_TRAILING, 2 },
    { ngx_string("{}{}"), MCP_JSON_TRAILING, 2 },
    { ngx_string("{}\n\n,"), MCP_JSON_TRAILING, 4 },
    { ngx_string("[]\0"), MCP_JSON_TRAILING, 2 },
    { ngx_string("\"a\"\xff"), MCP_JSON_TRAILING, 3 },
    { ngx_string("{}//"), MCP_JSON_TRAILING, 2 },
    { ngx_string("[/**/1]"), MCP_JSON_SYNTAX, 1 },

    /* names, the offset is that of the second value */

    { ngx_string("{\"a\":1,\"a\":2}"), MCP_JSON_DUPLICATE, 11 },
    { ngx_string("{\"a\":1,\"a\":1}"), MCP_JSON_DUPLICATE, 11 },
    { ngx_string("{\"\":1,\"\":2}"), MCP_JSON_DUPLICATE, 9 },
    { ngx_string("{\"a\":1,\"\\u0061\":2}"), MCP_JSON_DUPLICATE, 16 },
    { ngx_string("{\"\\/\":1,\"/\":2}"), MCP_JSON_DUPLICATE, 12 },
    { ngx_string("{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}"),
      MCP_JSON_DUPLICATE, 25 },
    { ngx_string("[{\"x\":{\"b\":0,\"a\":1,\"b\":2}}]"),
      MCP_JSON_DUPLICATE, 23 },
    { ngx_string("{\"a\":1,\"a\":2,\"a\":3}"), MCP_JSON_DUPLICATE, 11 },
    { ngx_string("{\"1\":1,\"2\":1,\"3\":1,\"4\":1,\"5\":1,\"6\":1,\"7\":1,"
                 "\"1\":1}"), MCP_JSON_DUPLICATE, 47 },
    { ngx_string("{\"1\":1,\"2\":1,\"3\":1,\"4\":1,\"5\":1,\"6\":1,\"7\":1,"
                 "\"8\":1,\"1\":1}"), MCP_JSON_DUPLICATE, 53 },
    { ngx_string("{\"1\":1,\"2\":1,\"3\":1,\"4\":1,\"5\":1,\"6\":1,\"4\":1,"
                 "\"8\":1,\"4\":1,\"4\":1}"), MCP_JSON_DUPLICATE, 41 },

    /* the first reason counts, unless it is no JSON at all */

    { ngx_string("[\"\\u0000\",1e400]"), MCP_JSON_NUL, 2 },
    { ngx_string("[1e400,\"\\u0000\"]"), MCP_JSON_RANGE, 1 },
    { ngx_string("{\"a\":1e400,\"a\":\"\\ud800\"}"), MCP_JSON_RANGE, 5 },
    { ngx_string("{\"a\":1,\"a\":2}x"), MCP_JSON_TRAILING, 13 },
    { ngx_string("[1e400,\"\\u0000\",\"\\ud800\",}"), MCP_JSON_SYNTAX, 25 },
    { ngx_string("[1e400,\"\xff\"]"), MCP_JSON_UTF8, 8 }
};


/* scans a copy that nothing may be read behind */

static ngx_int_t
scan_copy(mcp_json_doc_t *doc, ngx_pool_t *pool, ngx_str_t *text)
{
    return mcp_json_scan(doc, pool, unit_copy(pool, text->data, text->len),
                         text->len);
}


static void
scan_test_accept(void)
{
    ngx_str_t       *text;
    ngx_int_t        rc;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;

    for (i = 0; i < unit_nelts(scan_accept); i++) {
        text = &scan_accept[i].text;
        pool = unit_pool();

        rc = scan_copy(&doc, pool, text);

        if (!unit_ok(rc == NGX_OK && doc.err == MCP_JSON_OK
                     && doc.nelts == scan_accept[i].nelts
                     && doc.tokens[0].next == doc.nelts,
                     "accepted: %s", unit_show(text->data, text->len)))
        {
            unit_diag("rc %d, %s at %d, %d tokens", (int) rc,
                      mcp_json_strerror(doc.err), (int) doc.offset,
                      (int) doc.nelts);
        }

        ngx_destroy_pool(pool);
    }
}


static void
scan_test_refuse(void)
{
    ngx_str_t       *text;
    ngx_int_t        rc;
    ngx_uint_t       i, readable;
    ngx_pool_t      *pool;
    scan_refuse_t   *row;
    mcp_json_doc_t   doc;

    for (i = 0; i < unit_nelts(scan_refuse); i++) {
        row = &scan_refuse[i];
        text = &row->text;
        pool = unit_pool();

        rc = scan_copy(&doc, pool, text);
        readable = !mcp_json_err_is_syntax(row->err);

        if (!unit_ok(rc == NGX_DECLINED && doc.err == row->err
                     && doc.offset == row->offset
                     && (doc.tokens != NULL) == readable,
                     "%s: %s", mcp_json_strerror(row->err),
                     unit_show(text->data, text->len)))
        {
            unit_diag("rc %d, %s at %d, expected at %d", (int) rc,
                      mcp_json_strerror(doc.err), (int) doc.offset,
                      (int) row->offset);
        }

        ngx_destroy_pool(pool);
    }
}


static void
scan_test_numbers(void)
{
    size_t           len;
    u_char          *p;
    ngx_int_t        rc;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;

    static size_t  accepted[] = { 300, 301, 309 };

    pool = unit_pool();
    p = ngx_pnalloc(pool, MCP_JSON_MAX_NUMBER + 1);
    ngx_memset(p, '1', MCP_JSON_MAX_NUMBER + 1);

    for (len = 0; len < unit_nelts(accepted); len++) {
        rc = mcp_json_scan(&doc, pool, p, accepted[len]);
        unit_ok(rc == NGX_OK, "%d digits", (int) accepted[len]);
    }

    rc = mcp_json_scan(&doc, pool, p, 310);
    unit_ok(rc == NGX_DECLINED && doc.err == MCP_JSON_RANGE, "310 digits");

    p[1] = '.';

    rc = mcp_json_scan(&doc, pool, p, MCP_JSON_MAX_NUMBER);
    unit_ok(rc == NGX_OK, "a number of %d bytes", MCP_JSON_MAX_NUMBER);

    rc = mcp_json_scan(&doc, pool, p, MCP_JSON_MAX_NUMBER + 1);
    unit_ok(rc == NGX_DECLINED && doc.err == MCP_JSON_RANGE
            && doc.tokens[0].text.len == MCP_JSON_MAX_NUMBER + 1,
            "a number of %d bytes", MCP_JSON_MAX_NUMBER + 1);

    ngx_destroy_pool(pool);
}


static void
scan_test_depth(void)
{
    u_char          *p, *last;
    ngx_int_t        rc, depth;
    ngx_uint_t       i, k;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;

    static struct {
        const char  *name;
        const char  *open;
        const char  *close;
    } kinds[] = {
        { "arrays", "[", "]" },
        { "objects", "{\"a\":", "}" },
        { "both", "[{\"a\":", "}]" }
    };

    for (i = 0; i < unit_nelts(kinds); i++) {
        for (depth = MCP_JSON_MAX_DEPTH - 1;
             depth <= MCP_JSON_MAX_DEPTH + 1;
             depth++)
        {
            pool = unit_pool();
            p = ngx_pnalloc(pool, 1024);
            last = p;

            k = (i == 2) ? (depth + 1) / 2 : depth;

            while (k--) {
                last = ngx_cpymem(last, kinds[i].open,
                                  ngx_strlen(kinds[i].open));
            }

            *last++ = '0';

            for (k = (i == 2) ? (depth + 1) / 2 : depth; k; k--) {
                last = ngx_cpymem(last, kinds[i].close,
                                  ngx_strlen(kinds[i].close));
            }

            rc = mcp_json_scan(&doc, pool, p, last - p);

            if (depth <= MCP_JSON_MAX_DEPTH) {
                unit_ok(rc == NGX_OK, "%s, %d deep", kinds[i].name,
                        (int) depth);

            } else {
                unit_ok(rc == NGX_DECLINED && doc.err == MCP_JSON_DEPTH
                        && doc.tokens == NULL,
                        "%s, %d deep: refused", kinds[i].name, (int) depth);
            }

            ngx_destroy_pool(pool);
        }
    }

    pool = unit_pool();
    p = ngx_pnalloc(pool, 100000);
    ngx_memset(p, '[', 100000);
    p[0] = ' ';

    rc = mcp_json_scan(&doc, pool, p, 100000);
    unit_ok(rc == NGX_DECLINED && doc.err == MCP_JSON_DEPTH
            && doc.offset == MCP_JSON_MAX_DEPTH + 1,
            "depth is refused at the bracket too many");

    ngx_destroy_pool(pool);
}


static void
scan_test_values(void)
{
    u_char          *p, *last;
    ngx_int_t        rc;
    ngx_uint_t       i, n, more;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;

    for (more = 0; more < 2; more++) {
        pool = unit_pool();
        n = MCP_JSON_MAX_VALUES - 1 + more;

        p = ngx_pnalloc(pool, 2 * n + 1);
        last = p;
        *last++ = '[';

        for (i = 0; i < n; i++) {
            *last++ = '1';
            *last++ = ',';
        }

        last[-1] = ']';

        rc = mcp_json_scan(&doc, pool, p, last - p);

        if (more == 0) {
            unit_ok(rc == NGX_OK && doc.nelts == MCP_JSON_MAX_VALUES
                    && doc.tokens[0].n == n,
                    "as many values as there may be");

        } else {
            unit_ok(rc == NGX_DECLINED && doc.err == MCP_JSON_VALUES
                    && doc.offset == (size_t) (last - p - 2)
                    && doc.tokens == NULL,
                    "one value more");
        }

        ngx_destroy_pool(pool);
    }
}


/* names of one length, so that each comparison looks at bytes */

static void
scan_test_large(void)
{
    u_char          *p, *last;
    ngx_int_t        rc, k, twice;
    ngx_uint_t       i, c, n;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;

    static ngx_int_t  cases[] = { -1, 0, 9999, 19998 };

    n = 20000;

    for (c = 0; c < unit_nelts(cases); c++) {
        twice = cases[c];
        pool = unit_pool();

        p = ngx_pnalloc(pool, 64 + n * 16);
        last = p;
        *last++ = '{';

        for (i = 0; i < n; i++) {
            k = (twice >= 0 && i == n - 1) ? twice : (ngx_int_t) i;
            last = ngx_sprintf(last, "\"k%07i\":1,", (k * 7919) % n);
        }

        last[-1] = '}';

        unit_compares = 0;
        rc = mcp_json_scan(&doc, pool, p, last - p);

        if (twice < 0) {
            unit_ok(rc == NGX_OK && doc.tokens[0].n == n,
                    "%d members", (int) n);

        } else {
            unit_ok(rc == NGX_DECLINED && doc.err == MCP_JSON_DUPLICATE
                    && doc.offset == (size_t) (last - p - 2),
                    "%d members, name %d twice", (int) n, (int) twice);
        }

        /* n log n of the sort, n of the neighbours */

        unit_ok(unit_compares > n / 2 && unit_compares < n * 17,
                "%d members take few comparisons", (int) n);

        ngx_destroy_pool(pool);
    }
}


int
main(void)
{
    scan_test_accept();
    scan_test_refuse();
    scan_test_numbers();
    scan_test_depth();
    scan_test_values();
    scan_test_large();

    return unit_done();
}
