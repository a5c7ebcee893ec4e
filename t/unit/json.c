
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_json: trees as cJSON would have made them, exact numbers, printing */


#include <ngx_config.h>
#include <ngx_core.h>
#include <limits.h>
#include <math.h>
#include <mcp_json.h>
#include "unit.h"


typedef struct {
    const char  *text;
    const char  *valuestring;
    double       valuedouble;
    int          valueint;
} json_number_t;


typedef struct {
    double       d;
    const char  *text;           /* NULL: refused */
} json_double_t;


/* printed they are as they were, but for blanks and escapes */

static const char  *json_same[] = {
    "null", "true", "false", "0", "-0", "17", "-1.50", "1E5", "\"\"",
    "\"text\"", "[]", "{}", "[[],{}]", "[1,2,3]", "{\"\":{\"\":[]}}",
    "{\"b\":1,\"a\":2}", "[9007199254740993,123456789012345,0.10,1e+2]",
    "[-9223372036854775809,18446744073709551616,1.0,100e-2]",
    "{\"a\":[{\"b\":[{\"c\":null}]}],\"d\":\"\xe2\x82\xac\"}",
    "[\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"]",
    "[123456789012345678901234567890123456789012345678901234567890"
    "123456789012345678901234567890.5]"
};


static struct {
    const char  *text;
    const char  *printed;
} json_other[] = {
    { " [ 1 ,\t2\r\n] ", "[1,2]" },
    { "\"\\u0041\\/\\u00e9\\ud83d\\ude00\"",
      "\"A/\xc3\xa9\xf0\x9f\x98\x80\"" },
    { "{\"\\u0061\" : \"\\u000a\\u001F\"}", "{\"a\":\"\\n\\u001f\"}" }
};


static json_number_t  json_numbers[] = {
    { "0", NULL, 0, 0 },
    { "-17", NULL, -17, -17 },
    { "2147483647", NULL, 2147483647.0, INT_MAX },
    { "2147483648", NULL, 2147483648.0, INT_MAX },
    { "-2147483648", NULL, -2147483648.0, INT_MIN },
    { "-2147483649", NULL, -2147483649.0, INT_MIN },
    { "999999999999999", NULL, 999999999999999.0, INT_MAX },
    { "-999999999999999", NULL, -999999999999999.0, INT_MIN },
    { "1000000000000000", "1000000000000000", 1e15, INT_MAX },
    { "9007199254740993", "9007199254740993", 9007199254740992.0, INT_MAX },
    { "1.0", "1.0", 1, 1 },
    { "-1.9", "-1.9", -1.9, -1 },
    { "1e2", "1e2", 100, 100 },
    { "1e300", "1e300", 1e300, INT_MAX },
    { "-1e300", "-1e300", -1e300, INT_MIN },
    { "0.1", "0.1", 0.1, 0 }
};


static json_double_t  json_doubles[] = {
    { 0.0, "0" },
    { -0.0, "-0" },
    { 1.0, "1" },
    { -1.0, "-1" },
    { 100.0, "100" },
    { 1e15, "1000000000000000" },
    { 123456789012345678.0, "1.2345678901234568e+17" },
    { 9007199254740991.0, "9007199254740991" },
    { -9007199254740991.0, "-9007199254740991" },
    { 9007199254740992.0, "9007199254740992" },
    { 9007199254740994.0, "9007199254740994" },
    { 1e22, "1e+22" },
    { 0.1, "0.1" },
    { 0.5, "0.5" },
    { -2.5, "-2.5" },
    { 0.1 + 0.2, "0.30000000000000004" },
    { 1.0 / 3, "0.3333333333333333" },
    { 2.0 / 3, "0.6666666666666666" },
    { 3.141592653589793, "3.141592653589793" },
    { 1e-7, "1e-07" },
    { 5e-324, "4.94065645841247e-324" },
    { 1.7976931348623157e308, "1.7976931348623157e+308" },
    { -1.7976931348623157e308, "-1.7976931348623157e+308" },
    { HUGE_VAL, NULL },
    { -HUGE_VAL, NULL },
    { NAN, NULL }
};


static cJSON *
json_parse(ngx_pool_t *pool, const char *text)
{
    cJSON           *root;
    ngx_str_t        copy;
    mcp_json_doc_t   doc;

    copy.len = ngx_strlen(text);
    copy.data = unit_copy(pool, text, copy.len);

    if (mcp_json_parse(pool, &copy, &doc, &root) != NGX_OK) {
        unit_ok(0, "parsed: %s", text);
        return NULL;
    }

    /* nothing of the tree is in the text */

    ngx_memset(copy.data, 'x', copy.len);

    return root;
}


static void
json_is_printed(ngx_pool_t *pool, const cJSON *value, const char *text)
{
    mcp_buf_t  b;
    ngx_int_t  rc;
    ngx_str_t  out, expected;

    mcp_buf_init(&b, pool, 0);
    rc = mcp_json_print(&b, value);

    if (text == NULL) {
        unit_is_int(rc, NGX_DECLINED, "not printed");
        return;
    }

    expected.data = (u_char *) text;
    expected.len = ngx_strlen(text);

    if (rc != NGX_OK || mcp_buf_done(&b, &out) != NGX_OK) {
        unit_ok(0, "printed: %s", unit_show(text, expected.len));
        return;
    }

    unit_is(&out, &expected, "printed: %s", unit_show(text, expected.len));
}


/* the links cJSON relies on */

static ngx_uint_t
json_is_linked(const cJSON *parent)
{
    const cJSON  *node, *prev;

    prev = NULL;

    for (node = parent->child; node; node = node->next) {

        if (prev && node->prev != prev) {
            return 0;
        }

        if (((parent->type & 0xff) == cJSON_Object) != (node->string != NULL)
            || !(node->type & cJSON_StringIsConst) != (node->string == NULL)
            || !json_is_linked(node))
        {
            return 0;
        }

        prev = node;
    }

    return parent->child == NULL || parent->child->prev == prev;
}


static void
json_test_trees(void)
{
    cJSON       *root, *twin;
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    for (i = 0; i < unit_nelts(json_same); i++) {
        pool = unit_pool();

        root = json_parse(pool, json_same[i]);

        if (root) {
            json_is_printed(pool, root, json_same[i]);

            unit_ok(json_is_linked(root) && root->next == NULL
                    && root->prev == NULL && root->string == NULL,
                    "links and flags");
        }

        /* cJSON's own parser cuts numbers at 63 bytes */

        if (root && i != unit_nelts(json_same) - 1) {
            twin = cJSON_Parse(json_same[i]);
            unit_ok(cJSON_Compare(root, twin, 1), "the tree is that of cJSON");
            cJSON_Delete(twin);
        }

        ngx_destroy_pool(pool);
    }

    for (i = 0; i < unit_nelts(json_other); i++) {
        pool = unit_pool();

        root = json_parse(pool, json_other[i].text);
        json_is_printed(pool, root, json_other[i].printed);

        ngx_destroy_pool(pool);
    }
}


/* a vector of tokens that is full: nothing is read behind it */

static void
json_test_full(void)
{
    char         text[256], *p;
    cJSON       *root;
    ngx_int_t    i;
    ngx_pool_t  *pool;

    pool = unit_pool();
    p = text;

    for (i = 0; i < 63; i++) {
        p += sprintf(p, "%c%d", i ? ',' : '[', (int) i);
    }

    *p++ = ']';
    *p = '\0';

    root = json_parse(pool, text);
    json_is_printed(pool, root, text);

    ngx_destroy_pool(pool);
}


static void
json_test_numbers(void)
{
    cJSON          *root;
    ngx_uint_t      i;
    ngx_pool_t     *pool;
    json_number_t  *row;

    for (i = 0; i < unit_nelts(json_numbers); i++) {
        row = &json_numbers[i];
        pool = unit_pool();

        root = json_parse(pool, row->text);

        unit_ok(root && cJSON_IsNumber(root)
                && root->valuedouble == row->valuedouble,
                "double of %s", row->text);
        unit_ok(root && root->valueint == row->valueint,
                "int of %s", row->text);
        unit_ok(root && (row->valuestring
                         ? root->valuestring
                           && ngx_strcmp(root->valuestring, row->valuestring)
                              == 0
                         : root->valuestring == NULL),
                "text of %s", row->text);

        json_is_printed(pool, root, row->text);

        ngx_destroy_pool(pool);
    }
}


static void
json_test_doubles(void)
{
    cJSON       *node;
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    for (i = 0; i < unit_nelts(json_doubles); i++) {
        pool = unit_pool();

        node = cJSON_CreateNumber(json_doubles[i].d);
        json_is_printed(pool, node, json_doubles[i].text);

        if (json_doubles[i].text) {
            unit_ok(strtod(json_doubles[i].text, NULL) == json_doubles[i].d,
                    "and reads back as the same double");
        }

        cJSON_Delete(node);
        ngx_destroy_pool(pool);
    }
}


/* what a handler may do with its arguments, and send */

static void
json_test_handlers(void)
{
    cJSON       *root, *args, *copy;
    ngx_pool_t  *pool;

    pool = unit_pool();

    args = json_parse(pool, "{\"n\":9007199254740993,\"s\":\"x\","
                            "\"l\":[1,2,3],\"o\":{}}");

    unit_ok(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(args, "l"))
            == 3, "cJSON reads a list");

    root = cJSON_CreateObject();
    cJSON_AddItemToObject(root, "copy", cJSON_Duplicate(args, 1));
    cJSON_AddItemReferenceToObject(root, "ref",
                                cJSON_GetObjectItemCaseSensitive(args, "l"));
    cJSON_AddStringToObject(root, "bytes", "a\xff" "b\n");
    cJSON_AddItemToObject(root, "raw", cJSON_CreateRaw("[1.0,  2]"));
    cJSON_AddNumberToObject(root, "sum", 0.1 + 0.2);
    cJSON_AddBoolToObject(root, "yes", 1);

    json_is_printed(pool, root,
        "{\"copy\":{\"n\":9007199254740993,\"s\":\"x\",\"l\":[1,2,3],"
        "\"o\":{}},\"ref\":[1,2,3],\"bytes\":\"a\xef\xbf\xbd" "b\\n\","
        "\"raw\":[1.0,  2],\"sum\":0.30000000000000004,\"yes\":true}");

    cJSON_Delete(root);

    /* a copy that was changed has an old text */

    copy = cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(args, "n"), 1);
    cJSON_SetNumberValue(copy, 5);
    json_is_printed(pool, copy, "5");
    cJSON_SetNumberValue(copy, NAN);
    json_is_printed(pool, copy, NULL);
    cJSON_Delete(copy);

    ngx_destroy_pool(pool);
}


static void
json_test_invalid(void)
{
    cJSON       *root, node;
    ngx_pool_t  *pool;

    pool = unit_pool();

    json_is_printed(pool, NULL, NULL);

    ngx_memzero(&node, sizeof(cJSON));
    json_is_printed(pool, &node, NULL);

    node.type = cJSON_String;
    json_is_printed(pool, &node, NULL);

    node.type = cJSON_Raw;
    json_is_printed(pool, &node, NULL);

    node.type = cJSON_True | cJSON_False;
    json_is_printed(pool, &node, NULL);

    node.type = cJSON_Number;
    node.valuestring = (char *) "0,\"x\":1";
    json_is_printed(pool, &node, "0");

    /* a member without a name */

    root = cJSON_CreateObject();
    cJSON_AddItemToArray(root, cJSON_CreateTrue());
    json_is_printed(pool, root, NULL);
    cJSON_Delete(root);

    ngx_destroy_pool(pool);
}


static void
json_test_depth(void)
{
    char         text[MCP_JSON_MAX_DEPTH * 4 + 1];
    cJSON       *root, *outer;
    ngx_int_t    i, n;
    ngx_pool_t  *pool;

    pool = unit_pool();
    root = cJSON_CreateArray();
    n = MCP_JSON_MAX_DEPTH * 2;

    for (i = 1; i < n; i++) {
        outer = cJSON_CreateArray();
        cJSON_AddItemToArray(outer, root);
        root = outer;
    }

    ngx_memset(text, '[', n);
    ngx_memset(text + n, ']', n);
    text[n * 2] = '\0';

    json_is_printed(pool, root, text);

    outer = cJSON_CreateArray();
    cJSON_AddItemToArray(outer, root);

    json_is_printed(pool, outer, NULL);

    cJSON_Delete(outer);
    ngx_destroy_pool(pool);
}


static void
json_test_parse(void)
{
    cJSON             *root;
    ngx_int_t          rc, n;
    ngx_str_t          text;
    ngx_pool_t        *pool;
    mcp_json_doc_t     doc;
    mcp_json_token_t  *t;

    pool = unit_pool();

    ngx_str_set(&text, "{\"a\":1,\"a\":2}");
    rc = mcp_json_parse(pool, &text, &doc, &root);
    unit_ok(rc == NGX_DECLINED && doc.err == MCP_JSON_DUPLICATE
            && doc.offset == 11, "what the scan refuses has no tree");

    /* the tree of a part */

    ngx_str_set(&text, "{\"a\":\"x\",\"b\":{\"c\":\"y\\n\"},\"d\":1.5}");
    rc = mcp_json_scan(&doc, pool, text.data, text.len);
    unit_ok(rc == NGX_OK, "scanned");

    t = mcp_json_get(&doc, doc.tokens, "b");
    root = mcp_json_tree(&doc, t, pool);
    json_is_printed(pool, root, "{\"c\":\"y\\n\"}");
    unit_ok(root->next == NULL && root->prev == NULL && root->string == NULL,
            "a part has no neighbours and no name");

    root = mcp_json_tree(&doc, mcp_json_get(&doc, t, "c"), pool);
    unit_ok(cJSON_IsString(root)
            && ngx_strcmp(root->valuestring, "y\n") == 0,
            "a part that is a string");

    t = mcp_json_get(&doc, doc.tokens, "d");
    root = mcp_json_tree(&doc, t, pool);
    unit_ok(cJSON_IsNumber(root) && ngx_strcmp(root->valuestring, "1.5") == 0,
            "a part that is a number");

    ngx_destroy_pool(pool);

    rc = NGX_ERROR;

    for (n = 0; n < 10 && rc == NGX_ERROR; n++) {
        pool = unit_pool();

        unit_fail_alloc(n);
        rc = mcp_json_parse(pool, &text, &doc, &root);
        unit_fail_alloc(-1);

        ngx_destroy_pool(pool);
    }

    unit_ok(rc == NGX_OK && n == 4, "three allocations suffice");
}


static void
json_test_compact(void)
{
    mcp_buf_t    b;
    ngx_str_t    in, out, expected;
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    static struct {
        const char  *text;
        const char  *expected;
    } rows[] = {
        { "{}", "{}" },
        { " { } ", "{}" },
        { "{\"a b\" : [ 1.10 ,\r\n\t\"c  d\" ]\n}",
          "{\"a b\":[1.10,\"c  d\"]}" },
        { "[\"\\\"  \", \"\\\\\" , \"\\\\\\\" \"]",
          "[\"\\\"  \",\"\\\\\",\"\\\\\\\" \"]" },
        { "\"\"", "\"\"" },
        { "[ true, null, -1e5 ]", "[true,null,-1e5]" }
    };

    pool = unit_pool();

    for (i = 0; i < unit_nelts(rows); i++) {
        in.len = ngx_strlen(rows[i].text);
        in.data = unit_copy(pool, rows[i].text, in.len);

        expected.len = ngx_strlen(rows[i].expected);
        expected.data = (u_char *) rows[i].expected;

        mcp_buf_init(&b, pool, 1);
        mcp_json_compact(&b, &in);

        if (mcp_buf_done(&b, &out) != NGX_OK) {
            ngx_str_null(&out);
        }

        unit_is(&out, &expected, "compact: %s", rows[i].expected);
    }

    ngx_destroy_pool(pool);
}


int
main(void)
{
    json_test_trees();
    json_test_compact();
    json_test_full();
    json_test_numbers();
    json_test_doubles();
    json_test_handlers();
    json_test_invalid();
    json_test_depth();
    json_test_parse();

    return unit_done();
}
