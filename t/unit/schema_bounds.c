
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_schema: bounds on work, depth, quotations and memory */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_schema.h>
#include "unit.h"


static cJSON *schema_json(ngx_pool_t *pool, const char *text);
static mcp_schema_t *schema_compile(ngx_pool_t *pool, const char *text);
static void schema_test_bounds(void);
static void schema_bound(const char *name, const char *schema, cJSON *value,
    const char *text);
static cJSON *schema_string(char c, size_t n);
static cJSON *schema_strings(size_t n, size_t len);
static cJSON *schema_numbers(size_t n);
static cJSON *schema_nested(size_t n);
static cJSON *schema_ten(cJSON *value);
static void schema_test_quoted(void);
static void schema_test_alloc(void);
static void schema_alloc_check(const char *text, ngx_int_t expected,
    ngx_int_t min);


int
main(int argc, char **argv)
{
    schema_test_bounds();
    schema_test_quoted();
    schema_test_alloc();

    return unit_done();
}


static cJSON *
schema_json(ngx_pool_t *pool, const char *text)
{
    cJSON           *json;
    ngx_str_t        s;
    mcp_json_doc_t   doc;

    s.data = (u_char *) text;
    s.len = ngx_strlen(text);

    if (mcp_json_parse(pool, &s, &doc, &json) != NGX_OK) {
        unit_ok(0, "JSON: %s", text);
        exit(1);
    }

    return json;
}


static mcp_schema_t *
schema_compile(ngx_pool_t *pool, const char *text)
{
    mcp_schema_t        *schema;
    mcp_schema_error_t   err;

    if (mcp_schema_compile(pool, schema_json(pool, text), &schema, &err)
        != NGX_OK)
    {
        unit_ok(0, "%s: %.*s", text, (int) err.text.len, err.text.data);
        exit(1);
    }

    return schema;
}


static void
schema_test_bounds(void)
{
    schema_bound("backtracking", "{\"pattern\":\"^(a+)+$\"}",
                 cJSON_CreateString("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"),
                 "takes too much work to match with a pattern");

    schema_bound("many starts", "{\"pattern\":\"[a-z]*[0-9]\"}",
                 schema_string('a', 100000), "takes too much work to check");

    schema_bound("possessive", "{\"pattern\":\"[a-z]*+[0-9]\"}",
                 schema_string('a', 100000), "takes too much work to check");

    schema_bound("atomic", "{\"pattern\":\"^(?:a|(?>[a-z]*)[0-9])*$\"}",
                 schema_string('a', 100000), "takes too much work to check");

    schema_bound("assertion", "{\"pattern\":\"(?=[a-z]*)[0-9]\"}",
                 schema_string('a', 100000), "takes too much work to check");

    schema_bound("backreference", "{\"pattern\":\"^(.*)\\\\1\\\\1b\"}",
                 schema_string('a', 100000), "takes too much work to check");

    schema_bound("repeated", "{\"pattern\":\"[a-z]{9000}!\"}",
                 schema_string('a', 100000), "takes too much work to check");

    schema_bound("a long string that does not match",
                 "{\"not\":{\"pattern\":\"^[a-z]*!$\"}}",
                 schema_string('a', 1000000), NULL);

    schema_bound("many short strings", "{\"items\":{\"pattern\":\"a.*a\"}}",
                 schema_strings(20000, 12), NULL);

    schema_bound("deep groups", "{\"pattern\":\"^(?:a|b)*$\"}",
                 schema_string('a', 1000000),
                 "takes too much work to match with a pattern");

    schema_bound("a long string", "{\"pattern\":\"^[a-z]*$\"}",
                 schema_string('a', 1000000), NULL);

    schema_bound("many matches", "{\"items\":{\"pattern\":\"a\"}}",
                 schema_strings(2000, 1000), "takes too much work to check");

    schema_bound("long unique strings", "{\"uniqueItems\":true}",
                 schema_strings(20000, 100), NULL);

    schema_bound("unique numbers", "{\"uniqueItems\":true,\"items\":"
                 "{\"type\":\"integer\",\"minimum\":0}}",
                 schema_numbers(100000), NULL);

    schema_bound("many values and schemas", "{\"items\":{\"allOf\":["
                 "{\"$ref\":\"#/$defs/a\"},{\"$ref\":\"#/$defs/a\"},"
                 "{\"$ref\":\"#/$defs/a\"},{\"$ref\":\"#/$defs/a\"},"
                 "{\"$ref\":\"#/$defs/a\"},{\"$ref\":\"#/$defs/a\"}]},"
                 "\"$defs\":{\"a\":{\"allOf\":[true,true]}}}",
                 schema_numbers(100000), "takes too much work to check");

    schema_bound("deep, but not too deep", "{\"items\":{\"$ref\":\"#\"}}",
                 schema_nested(490), NULL);

    schema_bound("too deep", "{\"items\":{\"$ref\":\"#\"}}",
                 schema_nested(510), "is nested too deeply to check");

    schema_bound("too deep to compare", "{\"uniqueItems\":true,\"prefixItems\":"
                 "[true]}", schema_ten(schema_nested(1100)),
                 "is nested too deeply to check");

    schema_bound("exponential", "{\"allOf\":[{\"items\":{\"$ref\":\"#\"}},"
                 "{\"items\":{\"$ref\":\"#\"}}]}", schema_nested(64),
                 "takes too much work to check");
}


/* the value is deleted */

static void
schema_bound(const char *name, const char *schema, cJSON *value,
    const char *text)
{
    ngx_int_t            rc;
    ngx_str_t            expected;
    ngx_pool_t          *pool;
    mcp_schema_error_t   err;

    pool = unit_pool();

    rc = mcp_schema_check(schema_compile(pool, schema), value, pool, &err);

    if (text == NULL) {
        unit_is_int(rc, NGX_OK, "bounds: %s", name);

    } else if (unit_is_int(rc, NGX_ABORT, "bounds: %s", name)) {
        expected.data = (u_char *) text;
        expected.len = ngx_strlen(text);

        unit_is(&err.text, &expected, "bounds: %s, text", name);
    }

    ngx_destroy_pool(pool);
    cJSON_Delete(value);
}


static cJSON *
schema_string(char c, size_t n)
{
    char   *p;
    cJSON  *value;

    p = malloc(n + 1);

    memset(p, c, n);
    p[n] = '\0';

    value = cJSON_CreateString(p);

    free(p);

    return value;
}


static cJSON *
schema_strings(size_t n, size_t len)
{
    size_t   i;
    cJSON   *array, *string;

    array = cJSON_CreateArray();

    for (i = 0; i < n; i++) {
        string = schema_string('a', len);
        (void) sprintf(string->valuestring, "%08u", (unsigned) i);
        string->valuestring[8] = 'a';
        cJSON_AddItemToArray(array, string);
    }

    return array;
}


static cJSON *
schema_numbers(size_t n)
{
    size_t   i;
    cJSON   *array;

    array = cJSON_CreateArray();

    for (i = 0; i < n; i++) {
        cJSON_AddItemToArray(array, cJSON_CreateNumber(i));
    }

    return array;
}


static cJSON *
schema_nested(size_t n)
{
    cJSON  *value, *outer;

    for (value = cJSON_CreateArray(); n > 1; n--) {
        outer = cJSON_CreateArray();
        cJSON_AddItemToArray(outer, value);
        value = outer;
    }

    return value;
}


static cJSON *
schema_ten(cJSON *value)
{
    cJSON  *array;

    array = schema_numbers(9);
    cJSON_AddItemToArray(array, value);

    return array;
}


/* what a client has sent is quoted in small pieces, cut between characters */

static void
schema_test_quoted(void)
{
    cJSON               *value, *name;
    size_t               i;
    u_char               text[1000];
    ngx_int_t            rc;
    ngx_pool_t          *pool;
    mcp_schema_t        *schema;
    mcp_schema_error_t   err;

    pool = unit_pool();

    for (i = 0; i < 998; i += 2) {
        text[i] = 0xc3;
        text[i + 1] = 0xa9;
    }

    text[998] = '\0';

    value = cJSON_CreateObject();
    cJSON_AddNumberToObject(value, (char *) text, 1);

    schema = schema_compile(pool, "{\"additionalProperties\":false}");
    rc = mcp_schema_check(schema, value, pool, &err);

    unit_is_int(rc, NGX_DECLINED, "a long name");
    unit_ok(err.text.len < 100, "is cut");
    unit_is_int(mcp_utf8_check(err.text.data, err.text.len), NGX_OK,
                "between characters");

    schema = schema_compile(pool, "{\"additionalProperties\":"
                                  "{\"type\":\"null\"}}");
    rc = mcp_schema_check(schema, value, pool, &err);

    unit_is_int(rc, NGX_DECLINED, "a long name in a path");
    unit_ok(err.path.len < 300, "is cut");
    unit_is_int(mcp_utf8_check(err.path.data, err.path.len), NGX_OK,
                "between characters");

    cJSON_Delete(value);

    /* the same for an operator's schema */

    value = cJSON_CreateObject();
    name = cJSON_AddStringToObject(value, "$ref", (char *) text);
    name->valuestring[0] = 'x';
    name->valuestring[1] = 'x';

    rc = mcp_schema_compile(pool, value, &schema, &err);

    unit_is_int(rc, NGX_DECLINED, "a long reference");
    unit_is_int(mcp_utf8_check(err.text.data, err.text.len), NGX_OK,
                "is cut between characters");

    cJSON_Delete(value);
    ngx_destroy_pool(pool);
}


/* each allocation may fail */

static void
schema_test_alloc(void)
{
    cJSON               *root;
    ngx_int_t            i, rc;
    ngx_pool_t          *pool;
    mcp_schema_t        *schema;
    mcp_schema_error_t   err;

    static const char    text[] =
        "{\"$id\":\"a\",\"$anchor\":\"r\",\"properties\":{\"a\":{\"pattern\":"
        "\"^\\\\d\"},\"b\":{\"uniqueItems\":true},\"c\":{\"$ref\":\"#r\"}},"
        "\"required\":[\"a\",\"z\"],\"patternProperties\":{\"x\":true},"
        "\"dependentRequired\":{\"a\":[\"b\"]},\"enum\":[{}],"
        "\"anyOf\":[{\"type\":\"object\"}],\"$defs\":{\"d\":{\"$id\":\"x\"},"
        "\"e\":{\"$ref\":\"x#\"}},\"unevaluatedProperties\":true}";

    for (i = 0; i < 1000; i++) {

        pool = unit_pool();
        root = schema_json(pool, text);

        unit_fail_alloc(i);
        rc = mcp_schema_compile(pool, root, &schema, &err);
        unit_fail_alloc(-1);

        ngx_destroy_pool(pool);

        if (rc != NGX_ERROR) {
            break;
        }
    }

    unit_is_int(rc, NGX_OK, "compiled after %ld failures", (long) i);
    unit_ok(i > 20, "and not before");

    schema_alloc_check("[0,1,2,3,4,5,6,7,8,9]", NGX_OK, 1);
    schema_alloc_check("[0,1,2,3,4,5,6,7,8,0]", NGX_DECLINED, 3);
}


static void
schema_alloc_check(const char *text, ngx_int_t expected, ngx_int_t min)
{
    cJSON               *instance;
    ngx_int_t            i, rc;
    ngx_pool_t          *pool;
    mcp_schema_t        *schema;
    mcp_schema_error_t   err;

    for (i = 0; i < 1000; i++) {

        pool = unit_pool();
        schema = schema_compile(pool, "{\"uniqueItems\":true}");
        instance = schema_json(pool, text);

        unit_fail_alloc(i);
        rc = mcp_schema_check(schema, instance, pool, &err);
        unit_fail_alloc(-1);

        ngx_destroy_pool(pool);

        if (rc != NGX_ERROR) {
            break;
        }
    }

    unit_is_int(rc, expected, "%s: checked after %ld failures", text,
                (long) i);
    unit_ok(i >= min, "and not before");
}
