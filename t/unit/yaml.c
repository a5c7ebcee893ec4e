
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_yaml: documents as values, and what is refused */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_yaml.h>
#include "unit.h"


/* without "json", "err" is the error */
typedef struct {
    ngx_str_t    text;
    const char  *json;
    const char  *err;
} yaml_row_t;


static yaml_row_t  yaml_rows[] = {

    /* plain scalars by the core schema of 1.2 */

    { ngx_string("a"), "\"a\"", NULL },
    { ngx_string("[~, null, Null, NULL, nULL]"),
      "[null,null,null,null,\"nULL\"]", NULL },
    { ngx_string("a:\nb:"), "{\"a\":null,\"b\":null}", NULL },
    { ngx_string("[true, True, TRUE, false, False, FALSE]"),
      "[true,true,true,false,false,false]", NULL },
    { ngx_string("[yes, no, on, off, y, n, tRUE]"),
      "[\"yes\",\"no\",\"on\",\"off\",\"y\",\"n\",\"tRUE\"]", NULL },
    { ngx_string("[0, -0, 12, -12, +12, 007, -007]"),
      "[0,-0,12,-12,12,7,-7]", NULL },
    { ngx_string("[1.5, 1.50, .5, -.5, 1., 1e3, 1.E+3, .5e-3, 00.10]"),
      "[1.5,1.50,0.5,-0.5,1,1e3,1E+3,0.5e-3,0.10]", NULL },
    { ngx_string("[123456789012345, 1234567890123456, 12345678901234567890]"),
      "[123456789012345,1234567890123456,12345678901234567890]", NULL },
    { ngx_string("[0x1F, 0o17, 0xffffffffffffffff, 0x10000000000000000]"),
      "[31,15,18446744073709551615,\"0x10000000000000000\"]", NULL },
    { ngx_string("[0x, 0o, 0o8, 0xg, 017, 0b1, 1_000, 1:30]"),
      "[\"0x\",\"0o\",\"0o8\",\"0xg\",17,\"0b1\",\"1_000\",\"1:30\"]", NULL },
    { ngx_string("[., +, -., e3, 1e, 1e+, 1.2.3, .e1, 1 2]"),
      "[\".\",\"+\",\"-.\",\"e3\",\"1e\",\"1e+\",\"1.2.3\",\".e1\","
      "\"1 2\"]", NULL },
    { ngx_string("[.inf, -.inf, .nan, 61e8749]"),
      "[\".inf\",\"-.inf\",\".nan\",\"61e8749\"]", NULL },
    { ngx_string("[2020-01-02, 2020-01-02T03:04:05Z, 3.0.1]"),
      "[\"2020-01-02\",\"2020-01-02T03:04:05Z\",\"3.0.1\"]", NULL },

    /* other scalars are strings */

    { ngx_string("['1', \"1\", 'true', \"\", '']"),
      "[\"1\",\"1\",\"true\",\"\",\"\"]", NULL },
    { ngx_string("a: |\n  1\n  2\nb: >-\n  3\n  4\n"),
      "{\"a\":\"1\\n2\\n\",\"b\":\"3 4\"}", NULL },
    { ngx_string("\"\\u00e9 \\x41 \\U0001F600\""),
      "\"\xc3\xa9 A \xf0\x9f\x98\x80\"", NULL },
    { ngx_string("\xef\xbb\xbf" "a: b"), "{\"a\":\"b\"}", NULL },
    { ngx_string("\xff\xfe" "a\0:\0 \0b\0"), "{\"a\":\"b\"}", NULL },

    /* tags */

    { ngx_string("[!!str 1, ! 1, !!int 1, !!float 1, !!int x, !!null ~]"),
      "[\"1\",\"1\",1,1,\"x\",null]", NULL },
    { ngx_string("!!map {a: !!seq [!!binary aGk=]}"), "{\"a\":[\"aGk=\"]}",
      NULL },
    { ngx_string("a: 1\nb: !Ref c"), NULL,
      "line 2: the tag \"!Ref\" is not known" },
    { ngx_string("!!set {a, b}"), NULL,
      "line 1: the tag \"tag:yaml.org,2002:set\" is not known" },

    /* keys */

    { ngx_string("200: a\ntrue: b\n~: c\n1.50: d\n'': e"),
      "{\"200\":\"a\",\"true\":\"b\",\"~\":\"c\",\"1.50\":\"d\",\"\":\"e\"}",
      NULL },
    { ngx_string("[a]: b"), NULL, "line 1: a key must be a string" },
    { ngx_string("{a: b}: c"), NULL, "line 1: a key must be a string" },
    { ngx_string("a: 1\nb: 2\n'a': 3\n"), NULL,
      "line 4: the mapping that ends here has the key \"a\" twice" },
    { ngx_string("- {a: 1, b: 2, a: 1}"), NULL,
      "line 1: the mapping that ends here has the key \"a\" twice" },

    /* anchors */

    { ngx_string("a: &x [1, {b: 2}]\nc: *x\nd: [*x]"),
      "{\"a\":[1,{\"b\":2}],\"c\":[1,{\"b\":2}],\"d\":[[1,{\"b\":2}]]}",
      NULL },
    { ngx_string("[&x 1, *x, &x 2, *x]"), "[1,1,2,2]", NULL },
    { ngx_string("{&k a: 1, b: *k, *k : 3}"), NULL,
      "line 1: the mapping that ends here has the key \"a\" twice" },
    { ngx_string("{a: &k b, *k : 3}"), "{\"a\":\"b\",\"b\":3}", NULL },
    { ngx_string("{a: &k 1, *k : 3}"), NULL,
      "line 1: a key must be a string" },
    { ngx_string("a: *x"), NULL, "line 1: there is no anchor \"x\"" },
    { ngx_string("a: &x\n  b: *x"), NULL,
      "line 2: the alias \"x\" stands for what it is a part of" },
    { ngx_string("&x [*x]"), NULL,
      "line 1: the alias \"x\" stands for what it is a part of" },

    /* merge keys */

    { ngx_string("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3"),
      "{\"a\":{\"b\":1,\"c\":2},\"d\":{\"c\":3,\"b\":1}}", NULL },
    { ngx_string("{<<: [{a: 1}, {a: 2, b: 3}], c: 4}"),
      "{\"c\":4,\"a\":1,\"b\":3}", NULL },
    { ngx_string("{<<: {a: 1, b: [1]}}"), "{\"a\":1,\"b\":[1]}", NULL },
    { ngx_string("{<<: {a: 1}, <<: {b: 2}}"), "{\"a\":1,\"b\":2}", NULL },
    { ngx_string("{'<<': {a: 1}}"), "{\"<<\":{\"a\":1}}", NULL },
    { ngx_string("{<<: 1}"), NULL,
      "line 1: \"<<\" must be a mapping or a sequence of mappings" },
    { ngx_string("{<<: [{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}]}"),
      NULL, "line 1: \"<<\" has more than 16 mappings" },

    /* documents */

    { ngx_string("--- a\n...\n"), "\"a\"", NULL },
    { ngx_string("%YAML 1.1\n---\na"), "\"a\"", NULL },
    { ngx_string(""), NULL, "line 1: there is no document" },
    { ngx_string("# nothing\n"), NULL, "line 2: there is no document" },
    { ngx_string("---\n"), "null", NULL },
    { ngx_string("--- a\n--- b\n"), NULL,
      "line 2: there is more than one document" },

    /* not YAML */

    { ngx_string("a: b: c"), NULL,
      "line 1: mapping values are not allowed in this context" },
    { ngx_string("a:\n  - b\n c: d"), NULL,
      "line 3: did not find expected key while parsing a block mapping" },
    { ngx_string("a: [1"), NULL,
      "line 2: did not find expected ',' or ']' while parsing a flow "
      "sequence" },
    { ngx_string("a:\n\tb: c"), NULL,
      "line 2: found character that cannot start any token while scanning "
      "for the next token" },
    { ngx_string("a: b\nc: \xff\n"), NULL,
      "line 2: invalid leading UTF-8 octet" },
    { ngx_string("a\nb\0c"), NULL,
      "line 2: control characters are not allowed" },
    { ngx_string("\"a\\0b\""), NULL, "line 1: escaped NUL in a string" },
    { ngx_string("{\"a\\0\": 1}"), NULL, "line 1: escaped NUL in a string" }
};


static ngx_int_t
yaml_parse(ngx_pool_t *pool, ngx_str_t *text, ngx_str_t *out, ngx_str_t *err)
{
    cJSON      *root;
    mcp_buf_t   b;
    ngx_int_t   rc;
    ngx_str_t   copy;

    copy.len = text->len;
    copy.data = unit_copy(pool, text->data, text->len);

    rc = mcp_yaml_parse(pool, &copy, &root, err);

    if (rc != NGX_OK) {
        *out = *err;
        return rc;
    }

    mcp_buf_init(&b, pool, 0);

    if (mcp_json_print(&b, root) != NGX_OK) {
        return NGX_ABORT;
    }

    return mcp_buf_done(&b, out);
}


static void
yaml_test_rows(void)
{
    ngx_int_t     rc;
    ngx_str_t     out, err, expected;
    ngx_uint_t    i;
    ngx_pool_t   *pool;
    yaml_row_t   *row;

    for (i = 0; i < unit_nelts(yaml_rows); i++) {
        row = &yaml_rows[i];
        pool = unit_pool();

        rc = yaml_parse(pool, &row->text, &out, &err);

        expected.data = (u_char *) (row->json ? row->json : row->err);
        expected.len = ngx_strlen(expected.data);

        unit_is_int(rc, row->json ? NGX_OK : NGX_DECLINED, "%s",
                    unit_show(row->text.data, row->text.len));
        unit_is(&out, &expected, "%s, what it is",
                unit_show(row->text.data, row->text.len));

        ngx_destroy_pool(pool);
    }
}


/* "before", "unit" so many times, "after" */

static void
yaml_test_repeated(const char *before, const char *unit, ngx_uint_t n,
    const char *after, ngx_int_t expected, const char *err)
{
    cJSON       *root;
    mcp_buf_t    b;
    ngx_int_t    rc;
    ngx_str_t    text, out, s;
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    pool = unit_pool();

    mcp_buf_init(&b, pool, 0);
    mcp_buf_add(&b, before, ngx_strlen(before));

    for (i = 0; i < n; i++) {
        mcp_buf_add(&b, unit, ngx_strlen(unit));
    }

    mcp_buf_add(&b, after, ngx_strlen(after));
    (void) mcp_buf_done(&b, &text);

    rc = mcp_yaml_parse(pool, &text, &root, &out);

    unit_is_int(rc, expected, "%d times %s", (int) n, unit);

    if (err) {
        s.data = (u_char *) err;
        s.len = ngx_strlen(err);
        unit_is(&out, &s, "%d times %s, why", (int) n, unit);
    }

    ngx_destroy_pool(pool);
}


static void
yaml_test_bounds(void)
{
    mcp_buf_t    b;
    ngx_str_t    text, out, err;
    ngx_uint_t   i, k;
    ngx_pool_t  *pool;

    yaml_test_repeated("", "[", 64, "1]", NGX_DECLINED, NULL);
    yaml_test_repeated("", "[", 65, "", NGX_DECLINED,
                       "line 1: values are nested too deeply");
    yaml_test_repeated("", "- ", 64, "1", NGX_OK, NULL);
    yaml_test_repeated("", "- ", 65, "1", NGX_DECLINED,
                       "line 1: values are nested too deeply");
    yaml_test_repeated("", "[", 100000, "", NGX_DECLINED,
                       "line 1: values are nested too deeply");
    yaml_test_repeated("[&a [[[[[[[[]]]]]]]]", ", &b [[[[*a]]]], &a [[[[*b]]]]",
                       20, "]", NGX_DECLINED,
                       "line 1: values are nested too deeply");

    /* a billion laughs */

    pool = unit_pool();
    mcp_buf_init(&b, pool, 0);
    mcp_buf_lit(&b, "a0: &a0 lol\n");

    for (i = 1; i < 30; i++) {
        text.data = ngx_pnalloc(pool, 64);
        text.len = ngx_sprintf(text.data, "a%ui: &a%ui [", i, i) - text.data;
        mcp_buf_str(&b, &text);

        for (k = 0; k < 10; k++) {
            text.len = ngx_sprintf(text.data, "*a%ui,", i - 1) - text.data;
            mcp_buf_str(&b, &text);
        }

        mcp_buf_lit(&b, "]\n");
    }

    (void) mcp_buf_done(&b, &text);

    unit_is_int(yaml_parse(pool, &text, &out, &err), NGX_DECLINED,
                "a billion values");
    ngx_str_set(&text, "line 8: there are too many values");
    unit_is(&err, &text, "a billion values, why");

    ngx_destroy_pool(pool);
}


static void
yaml_test_memory(void)
{
    cJSON       *root;
    ngx_int_t    rc, n;
    ngx_str_t    text, err;
    ngx_pool_t  *pool;

    ngx_str_set(&text, "{a: &x {b: 0x10, c: [1.50]}, <<: *x, d: !!str e}");

    for (n = 0; n < 1000; n++) {
        pool = unit_pool();
        unit_fail_alloc(n);

        rc = mcp_yaml_parse(pool, &text, &root, &err);

        unit_fail_alloc(-1);
        ngx_destroy_pool(pool);

        if (rc != NGX_ERROR) {
            break;
        }
    }

    unit_ok(rc == NGX_OK && n > 10, "each of %d allocations may fail",
            (int) n);
}


int
main(void)
{
    yaml_test_rows();
    yaml_test_bounds();
    yaml_test_memory();

    return unit_done();
}
