
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_json_scan: the tokens, members and strings of a document */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_scan.h>
#include "unit.h"


typedef struct {
    const char      *text;
    mcp_json_type_e  type;
    unsigned         escaped;
    unsigned         n;
    uint32_t         next;
} doc_token_t;


typedef struct {
    ngx_str_t        text;
    ngx_str_t        decoded;
} doc_string_t;


/* the tokens of a document with one of each */

static char  doc_text[] =
    "{\"a\": [1.5, \"x\\ty\", {}], \"b\\u0063\" :{\"c\":null,\"d\":[ ]},"
    " \"e\": true , \"f\":false}";

static doc_token_t  doc_tokens[] = {
    { NULL, MCP_JSON_OBJECT, 0, 4, 16 },
    { "a", MCP_JSON_STRING, 0, 0, 2 },
    { "[1.5, \"x\\ty\", {}]", MCP_JSON_ARRAY, 0, 3, 6 },
    { "1.5", MCP_JSON_NUMBER, 0, 0, 4 },
    { "x\\ty", MCP_JSON_STRING, 1, 0, 5 },
    { "{}", MCP_JSON_OBJECT, 0, 0, 6 },
    { "bc", MCP_JSON_STRING, 0, 0, 7 },
    { "{\"c\":null,\"d\":[ ]}", MCP_JSON_OBJECT, 0, 2, 12 },
    { "c", MCP_JSON_STRING, 0, 0, 9 },
    { "null", MCP_JSON_NULL, 0, 0, 10 },
    { "d", MCP_JSON_STRING, 0, 0, 11 },
    { "[ ]", MCP_JSON_ARRAY, 0, 0, 12 },
    { "e", MCP_JSON_STRING, 0, 0, 13 },
    { "true", MCP_JSON_TRUE, 0, 0, 14 },
    { "f", MCP_JSON_STRING, 0, 0, 15 },
    { "false", MCP_JSON_FALSE, 0, 0, 16 }
};


static doc_string_t  doc_strings[] = {
    { ngx_string("\"\""), ngx_string("") },
    { ngx_string("\"plain\""), ngx_string("plain") },
    { ngx_string("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
      ngx_string("\"\\/\b\f\n\r\t") },
    { ngx_string("\"a\\u0062c\""), ngx_string("abc") },
    { ngx_string("\"\\u007f\\u0080\\u07ff\\u0800\\uFfFf\""),
      ngx_string("\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf") },
    { ngx_string("\"\\ud800\\udc00\\uDBFF\\uDFFF\""),
      ngx_string("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf") },
    { ngx_string("\"\\ud7ff\\ue000\""),
      ngx_string("\xed\x9f\xbf\xee\x80\x80") },
    { ngx_string("\"\\\\u0041\""), ngx_string("\\u0041") },
    { ngx_string("\"\\n\xe2\x82\xac\""), ngx_string("\n\xe2\x82\xac") },

    /* of refused documents */

    { ngx_string("\"a\\u0000b\""), ngx_string("a\0b") },
    { ngx_string("\"\\ud800\""), ngx_string("\xef\xbf\xbd") },
    { ngx_string("\"\\udfff\""), ngx_string("\xef\xbf\xbd") },
    { ngx_string("\"\\udc00\\udc00\""),
      ngx_string("\xef\xbf\xbd\xef\xbf\xbd") },
    { ngx_string("\"\\ud800\\ue000\""),
      ngx_string("\xef\xbf\xbd\xee\x80\x80") },
    { ngx_string("\"\\udc00x\""), ngx_string("\xef\xbf\xbdx") },
    { ngx_string("\"\\ud800\\ud800\\udc00\""),
      ngx_string("\xef\xbf\xbd\xf0\x90\x80\x80") },
    { ngx_string("\"\\ud800\\n\""), ngx_string("\xef\xbf\xbd\n") },
    { ngx_string("\"\\ud800\\u00e9\""), ngx_string("\xef\xbf\xbd\xc3\xa9") }
};


/* scans a copy that nothing may be read behind */

static ngx_int_t
doc_copy(mcp_json_doc_t *doc, ngx_pool_t *pool, ngx_str_t *text)
{
    return mcp_json_scan(doc, pool, unit_copy(pool, text->data, text->len),
                         text->len);
}


static void
doc_test_tokens(void)
{
    ngx_str_t          text, expected;
    ngx_uint_t         i;
    ngx_pool_t        *pool;
    doc_token_t      *row;
    mcp_json_doc_t     doc;
    mcp_json_token_t  *t;

    pool = unit_pool();

    ngx_str_set(&text, doc_text);

    if (!unit_ok(doc_copy(&doc, pool, &text) == NGX_OK
                 && doc.nelts == unit_nelts(doc_tokens), "tokens"))
    {
        ngx_destroy_pool(pool);
        return;
    }

    for (i = 0; i < doc.nelts; i++) {
        t = &doc.tokens[i];
        row = &doc_tokens[i];

        expected = text;

        if (row->text) {
            expected.data = (u_char *) row->text;
            expected.len = ngx_strlen(row->text);
        }

        unit_is(&t->text, &expected, "token %d: text", (int) i);
        unit_ok(t->type == row->type && t->escaped == row->escaped
                && t->n == row->n && t->next == row->next,
                "token %d: type, escaped, n, next", (int) i);
    }

    ngx_destroy_pool(pool);
}


static void
doc_test_strings(void)
{
    ngx_int_t        rc;
    ngx_str_t        out;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    doc_string_t   *row;
    mcp_json_doc_t   doc;

    for (i = 0; i < unit_nelts(doc_strings); i++) {
        row = &doc_strings[i];
        pool = unit_pool();

        ngx_str_null(&out);

        (void) doc_copy(&doc, pool, &row->text);
        rc = mcp_json_string(&doc, doc.tokens, &out);

        unit_ok(rc == NGX_OK, "decoded: %s",
                unit_show(row->text.data, row->text.len));
        unit_is(&out, &row->decoded, "decoded: %s",
                unit_show(row->decoded.data, row->decoded.len));

        ngx_destroy_pool(pool);
    }
}


static void
doc_test_members(void)
{
    ngx_str_t          text;
    ngx_pool_t        *pool;
    mcp_json_doc_t     doc;
    mcp_json_token_t  *t;

    pool = unit_pool();

    ngx_str_set(&text, "{\"x\":{\"id\":1,\"y\":[{\"id\":2}]},"
                       "\"i\\u0064s\":4,\"id\":3,\"\":5,\"z\":[]}");
    (void) doc_copy(&doc, pool, &text);

    t = mcp_json_get(&doc, doc.tokens, "id");
    unit_ok(t && t->text.data[0] == '3', "a member, not that of a member");

    t = mcp_json_get(&doc, mcp_json_get(&doc, doc.tokens, "x"), "id");
    unit_ok(t && t->text.data[0] == '1', "a member of a member");

    t = mcp_json_get(&doc, doc.tokens, "ids");
    unit_ok(t && t->text.data[0] == '4', "a name with an escape");

    t = mcp_json_get(&doc, doc.tokens, "");
    unit_ok(t && t->text.data[0] == '5', "an empty name");

    unit_ok(mcp_json_get(&doc, doc.tokens, "i") == NULL, "no such member");
    unit_ok(mcp_json_get(&doc, mcp_json_get(&doc, doc.tokens, "x"), "ids")
            == NULL, "what follows an object is not in it");
    unit_ok(mcp_json_get(&doc, doc.tokens, "ID") == NULL, "names have case");

    unit_ok(mcp_json_get(&doc, NULL, "id") == NULL, "no object");
    unit_ok(mcp_json_get(&doc, mcp_json_get(&doc, doc.tokens, "z"), "id")
            == NULL, "an array has no members");
    unit_ok(mcp_json_get(&doc, mcp_json_get(&doc, doc.tokens, "id"), "id")
            == NULL, "a number has no members");

    /* refused, but the id may be read */

    ngx_str_set(&text, "{\"id\":7,\"a\":1,\"a\":2,\"b\":\"\\u0000\"}");
    (void) doc_copy(&doc, pool, &text);

    t = mcp_json_get(&doc, doc.tokens, "id");
    unit_ok(t && t->text.data[0] == '7', "the id of a refused document");
    unit_ok(mcp_json_get(&doc, doc.tokens, "a") == NULL, "which a?");

    ngx_str_set(&text, "{\"id\":7,\"a\":1,\"\\u0069d\":8}");
    (void) doc_copy(&doc, pool, &text);

    unit_ok(mcp_json_get(&doc, doc.tokens, "id") == NULL, "which id?");
    unit_ok(mcp_json_get(&doc, doc.tokens, "a") != NULL, "this a");

    ngx_str_set(&text, "{\"id\":7");
    (void) doc_copy(&doc, pool, &text);

    unit_ok(mcp_json_get(&doc, doc.tokens, "id") == NULL,
            "half a document has no members");

    ngx_destroy_pool(pool);
}


static void
doc_test_memory(void)
{
    u_char          *p, *last;
    ngx_int_t        rc, n;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    ngx_str_t        out;
    mcp_json_doc_t   doc;

    rc = NGX_ERROR;

    for (n = 0; n < 100 && rc == NGX_ERROR; n++) {
        pool = unit_pool();

        p = ngx_pnalloc(pool, 4096);
        last = ngx_cpymem(p, "{", 1);

        for (i = 0; i < 100; i++) {
            last = ngx_sprintf(last, "\"a%s%ui\":\"\\n\",",
                               (i % 50) ? "" : "\\n", i);
        }

        last[-1] = '}';

        unit_fail_alloc(n);

        rc = mcp_json_scan(&doc, pool, p, last - p);

        if (rc == NGX_OK) {
            rc = mcp_json_string(&doc, &doc.tokens[2], &out);
        }

        unit_fail_alloc(-1);

        if (rc == NGX_ERROR) {
            unit_ok(doc.err == MCP_JSON_OK, "no memory after %d allocations",
                    (int) n);
        }

        ngx_destroy_pool(pool);
    }

    /* three vectors of tokens, two keys, the keys in order, the string */

    unit_ok(rc == NGX_OK && n == 3 + 2 + 1 + 1 + 1,
            "%d allocations suffice", (int) n - 1);
}


static void
doc_test_errors(void)
{
    ngx_uint_t  i, k, n;

    n = 0;

    for (i = MCP_JSON_OK; i <= MCP_JSON_RANGE; i++) {
        for (k = MCP_JSON_OK; k < i; k++) {
            n += (ngx_strcmp(mcp_json_strerror(i), mcp_json_strerror(k)) == 0);
        }
    }

    unit_ok(n == 0, "each error has a text of its own");
    unit_ok(ngx_strcmp(mcp_json_strerror(MCP_JSON_RANGE),
                       "number out of range") == 0
            && ngx_strcmp(mcp_json_strerror(MCP_JSON_DUPLICATE),
                          "duplicate member name") == 0,
            "the texts belong to the errors");
}


int
main(void)
{
    doc_test_tokens();
    doc_test_strings();
    doc_test_members();
    doc_test_memory();
    doc_test_errors();

    return unit_done();
}
