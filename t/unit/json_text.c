
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_json_text: UTF-8, plain runs, numbers */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_text.h>
#include "unit.h"


typedef struct {
    ngx_str_t   text;
    size_t      len;         /* of the first sequence, 0: ill-formed */
    ngx_int_t   rc;          /* of the whole */
} text_utf8_t;


typedef struct {
    ngx_str_t   text;
    ngx_int_t   rc;
    size_t      end;
    ngx_uint_t  exponent;
} text_number_t;


static text_utf8_t  text_utf8[] = {
    { ngx_string("a"), 1, NGX_OK },
    { ngx_string("\x7f"), 1, NGX_OK },
    { ngx_string("\0"), 1, NGX_DECLINED },
    { ngx_string("a\0"), 1, NGX_DECLINED },
    { ngx_string("\x80"), 0, NGX_DECLINED },
    { ngx_string("\xbf"), 0, NGX_DECLINED },
    { ngx_string("\xc0\xaf"), 0, NGX_DECLINED },
    { ngx_string("\xc1\xbf"), 0, NGX_DECLINED },
    { ngx_string("\xc2\x7f"), 0, NGX_DECLINED },
    { ngx_string("\xc2\x80"), 2, NGX_OK },
    { ngx_string("\xc2\xc0"), 0, NGX_DECLINED },
    { ngx_string("\xdf\xbf"), 2, NGX_OK },
    { ngx_string("\xdf"), 0, NGX_DECLINED },
    { ngx_string("\xe0\x9f\xbf"), 0, NGX_DECLINED },
    { ngx_string("\xe0\xa0\x80"), 3, NGX_OK },
    { ngx_string("\xe1\x80\x80"), 3, NGX_OK },
    { ngx_string("\xe1\x80"), 0, NGX_DECLINED },
    { ngx_string("\xe1\x80\xc0"), 0, NGX_DECLINED },
    { ngx_string("\xed\x9f\xbf"), 3, NGX_OK },
    { ngx_string("\xed\xa0\x80"), 0, NGX_DECLINED },
    { ngx_string("\xee\x80\x80"), 3, NGX_OK },
    { ngx_string("\xef\xbf\xbf"), 3, NGX_OK },
    { ngx_string("\xf0\x8f\xbf\xbf"), 0, NGX_DECLINED },
    { ngx_string("\xf0\x90\x80\x80"), 4, NGX_OK },
    { ngx_string("\xf0\x90\x80"), 0, NGX_DECLINED },
    { ngx_string("\xf0\x90\x7f\x80"), 0, NGX_DECLINED },
    { ngx_string("\xf0\x90\x80\xff"), 0, NGX_DECLINED },
    { ngx_string("\xf4\x8f\xbf\xbf"), 4, NGX_OK },
    { ngx_string("\xf4\x90\x80\x80"), 0, NGX_DECLINED },
    { ngx_string("\xf5\x80\x80\x80"), 0, NGX_DECLINED },
    { ngx_string("\xff"), 0, NGX_DECLINED },
    { ngx_string("ab\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80."), 1, NGX_OK },
    { ngx_string("\xc3\xa9\xe2\x82"), 2, NGX_DECLINED }
};


static text_number_t  text_numbers[] = {
    { ngx_string("0"), NGX_OK, 1, 0 },
    { ngx_string("-0,"), NGX_OK, 2, 0 },
    { ngx_string("12a"), NGX_OK, 2, 0 },
    { ngx_string("1.25]"), NGX_OK, 4, 0 },
    { ngx_string("1e5"), NGX_OK, 3, 1 },
    { ngx_string("1.0E-05 "), NGX_OK, 7, 1 },
    { ngx_string(""), NGX_DECLINED, 0, 0 },
    { ngx_string("-"), NGX_DECLINED, 1, 0 },
    { ngx_string("x"), NGX_DECLINED, 0, 0 },
    { ngx_string("00"), NGX_DECLINED, 1, 0 },
    { ngx_string("-01"), NGX_DECLINED, 2, 0 },
    { ngx_string("1."), NGX_DECLINED, 2, 0 },
    { ngx_string("1.x"), NGX_DECLINED, 2, 0 },
    { ngx_string("1e"), NGX_DECLINED, 2, 1 },
    { ngx_string("1e-"), NGX_DECLINED, 3, 1 },
    { ngx_string("1ee"), NGX_DECLINED, 2, 1 }
};


/* as strtod() has them, which is right but slow */

static const char  *text_doubles[] = {
    "0", "-0", "0.0", "-0.0e10", "1", "-1", "0.1", "0.2", "0.3", "1.5",
    "3.141592653589793", "2.718281828459045", "1e22", "1e23", "1e-22",
    "1e-23", "123456789e13", "9007199254740991", "9007199254740992",
    "9007199254740993", "9007199254740993.0", "9007199254740992e22",
    "9007199254740993e22", "9007199254740992e-22", "0.30000000000000004",
    "0.1000000000000000055511151231257827021181583404541015625",
    "1.7976931348623157e308", "17976931348623157e292", "5e-324",
    "4.9406564584124654e-324", "2.2250738585072014e-308",
    "2.2250738585072011e-308", "1234567890123456789",
    "12345678901234567890", "123456789012345678901234567890",
    "0.000000000000000000000000000000000000001",
    "1000000000000000000000000000000000000000e-39",
    "0.00000000000000000000000000000000000000123e38",
    "100000000000000000000000", "1e0000000000000000000000000005",
    "1e-0", "4.35", "0.000001", "1.0000000000000002", "8.5e1"
};


static const char  *text_no_doubles[] = {
    "", "-", "+1", "01", "1.", ".5", "1e", "0x10", "inf", "nan", " 1", "1 ",
    "1x", "1e400", "-1e400", "1e-400", "1e999999999999999999999", "2e-324"
};


static void
text_test_utf8(void)
{
    u_char       *p;
    ngx_str_t    *text;
    ngx_uint_t    i;
    ngx_pool_t   *pool;

    for (i = 0; i < unit_nelts(text_utf8); i++) {
        text = &text_utf8[i].text;
        pool = unit_pool();
        p = unit_copy(pool, text->data, text->len);

        unit_is_int(mcp_utf8_len(p, p + text->len), text_utf8[i].len,
                    "length of the sequence %s",
                    unit_show(text->data, text->len));

        unit_is_int(mcp_utf8_check(p, text->len), text_utf8[i].rc,
                    "UTF-8 without NUL: %s",
                    unit_show(text->data, text->len));

        ngx_destroy_pool(pool);
    }

    unit_ok(mcp_utf8_check(NULL, 0) == NGX_OK, "no bytes are UTF-8");
}


/* each byte at each place of a run, which is looked at by eights */

static void
text_test_plain(void)
{
    u_char       *p;
    ngx_uint_t    c, i, len, bad, plain;
    ngx_pool_t   *pool;

    for (len = 0; len < 20; len++) {
        pool = unit_pool();
        p = unit_copy(pool, "abcdefghijklmnopqrst", len);
        bad = 0;

        for (i = 0; i < len; i++) {
            for (c = 0; c < 256; c++) {
                p[i] = (u_char) c;
                plain = (c >= 0x20 && c < 0x80 && c != '"' && c != '\\');

                if (mcp_json_plain(p, p + len) != (plain ? len : i)) {
                    bad++;
                }
            }

            p[i] = '!';
        }

        unit_ok(bad == 0 && mcp_json_plain(p, p + len) == len,
                "%d plain bytes and one that may not be", (int) len);

        ngx_destroy_pool(pool);
    }
}


static void
text_test_numbers(void)
{
    u_char         *p;
    ngx_int_t       rc;
    ngx_uint_t      i, exponent;
    ngx_pool_t     *pool;
    const u_char   *last;
    text_number_t  *row;

    for (i = 0; i < unit_nelts(text_numbers); i++) {
        row = &text_numbers[i];
        pool = unit_pool();

        p = unit_copy(pool, row->text.data, row->text.len);
        last = p;

        rc = mcp_json_number_end(&last, p + row->text.len, &exponent);

        unit_ok(rc == row->rc && (size_t) (last - p) == row->end
                && exponent == row->exponent,
                "the end of a number: %s",
                unit_show(row->text.data, row->text.len));

        ngx_destroy_pool(pool);
    }
}


static void
text_test_doubles(void)
{
    size_t        len;
    double        got, expected;
    u_char       *p;
    ngx_int_t     rc;
    ngx_uint_t    i;
    ngx_pool_t   *pool;

    for (i = 0; i < unit_nelts(text_doubles); i++) {
        pool = unit_pool();
        len = ngx_strlen(text_doubles[i]);
        p = unit_copy(pool, text_doubles[i], len);

        expected = strtod(text_doubles[i], NULL);

        rc = mcp_json_double(p, len, &got);

        if (!unit_ok(rc == NGX_OK
                     && ngx_memcmp(&got, &expected, sizeof(double)) == 0,
                     "the double of %s", text_doubles[i]))
        {
            unit_diag("rc %d, %.17g", (int) rc, got);
        }

        ngx_destroy_pool(pool);
    }

    for (i = 0; i < unit_nelts(text_no_doubles); i++) {
        pool = unit_pool();
        len = ngx_strlen(text_no_doubles[i]);
        p = unit_copy(pool, text_no_doubles[i], len);

        unit_is_int(mcp_json_double(p, len, &got), NGX_DECLINED,
                    "no double: %s", text_no_doubles[i]);

        ngx_destroy_pool(pool);
    }
}


static void
text_test_long(void)
{
    u_char       *p;
    double        d;
    ngx_pool_t   *pool;

    pool = unit_pool();

    p = ngx_pnalloc(pool, MCP_JSON_MAX_NUMBER + 1);
    ngx_memset(p, '0', MCP_JSON_MAX_NUMBER + 1);
    p[1] = '.';
    p[MCP_JSON_MAX_NUMBER - 5] = '1';
    p[MCP_JSON_MAX_NUMBER - 4] = 'e';
    p[MCP_JSON_MAX_NUMBER - 3] = '9';
    p[MCP_JSON_MAX_NUMBER - 2] = '9';
    p[MCP_JSON_MAX_NUMBER - 1] = '9';

    /* 1e-1018 and 1e999 together are nothing special */

    unit_ok(mcp_json_double(p, MCP_JSON_MAX_NUMBER, &d) == NGX_OK
            && d == 1e-19,
            "a small fraction with a great exponent");
    unit_ok(mcp_json_double(p, MCP_JSON_MAX_NUMBER + 1, &d) == NGX_DECLINED,
            "a number that is too long");

    p[0] = '1';
    ngx_memset(p + 1, '1', MCP_JSON_MAX_NUMBER);
    p[1020] = 'e';
    p[1021] = '-';
    p[1022] = '9';
    p[1023] = '9';

    unit_ok(mcp_json_double(p, MCP_JSON_MAX_NUMBER, &d) == NGX_DECLINED,
            "a great number with a small exponent is still too great");

    ngx_destroy_pool(pool);
}


int
main(void)
{
    text_test_utf8();
    text_test_plain();
    text_test_numbers();
    text_test_doubles();
    text_test_long();

    return unit_done();
}
