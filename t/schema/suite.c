
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * Runs files of the official JSON Schema test suite: suite DIALECT FILE...
 *
 * One line for each test: "pass", "fail" or "refused" (the schema was), the
 * file, the numbers of the group and of the test, what they are called and
 * what was said about it, with tabs between.  Each file is an array of groups:
 * "description", "schema" and "tests", of which each has "description", "data"
 * and "valid".
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_schema.h>
#include "unit.h"


static ngx_int_t suite_file(const char *dialect, const char *name);
static ngx_int_t suite_read(ngx_pool_t *pool, const char *name,
    ngx_str_t *text);
static void suite_group(ngx_pool_t *pool, const char *dialect,
    const char *name, ngx_uint_t n, ngx_str_t *text);
static const char *suite_test(ngx_pool_t *pool, mcp_schema_t *schema,
    cJSON *test, mcp_schema_error_t *err);
static void suite_print(ngx_str_t *text);
static const char *suite_text(const cJSON *object, const char *name);


int
main(int argc, char **argv)
{
    int  i;

    if (argc < 3) {
        fprintf(stderr, "usage: %s DIALECT FILE...\n", argv[0]);
        return 2;
    }

    for (i = 2; i < argc; i++) {
        if (suite_file(argv[1], argv[i]) != NGX_OK) {
            fprintf(stderr, "%s: cannot be read\n", argv[i]);
            return 1;
        }
    }

    return 0;
}


static ngx_int_t
suite_file(const char *dialect, const char *name)
{
    uint32_t         i;
    ngx_int_t        rc;
    ngx_str_t        text;
    ngx_uint_t       n;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;

    pool = unit_pool();

    rc = suite_read(pool, name, &text);

    if (rc == NGX_OK) {

        /*
         * A group that is not accepted, for an escaped NUL for example, does
         * not take the others with it.
         */

        rc = mcp_json_scan(&doc, pool, text.data, text.len);

        if (rc == NGX_DECLINED && !mcp_json_err_is_syntax(doc.err)) {
            rc = NGX_OK;
        }
    }

    if (rc == NGX_OK) {
        n = 0;

        for (i = 1; i < doc.tokens[0].next; i = doc.tokens[i].next) {
            suite_group(pool, dialect, name, n++, &doc.tokens[i].text);
        }
    }

    ngx_destroy_pool(pool);

    return rc;
}


static ngx_int_t
suite_read(ngx_pool_t *pool, const char *name, ngx_str_t *text)
{
    long       size;
    FILE      *file;
    ngx_int_t  rc;

    file = fopen(name, "rb");
    if (file == NULL) {
        return NGX_ERROR;
    }

    rc = NGX_ERROR;

    if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) > 0
        && fseek(file, 0, SEEK_SET) == 0)
    {
        text->len = size;
        text->data = ngx_pnalloc(pool, size);

        if (text->data && fread(text->data, 1, size, file) == text->len) {
            rc = NGX_OK;
        }
    }

    fclose(file);

    return rc;
}


static void
suite_group(ngx_pool_t *pool, const char *dialect, const char *name,
    ngx_uint_t n, ngx_str_t *text)
{
    cJSON               *group, *tests, *test, *copy;
    ngx_int_t            rc;
    ngx_uint_t           i;
    const char          *verdict;
    mcp_schema_t        *schema;
    mcp_json_doc_t       doc;
    mcp_schema_error_t   err;

    if (mcp_json_parse(pool, text, &doc, &group) != NGX_OK) {
        printf("refused\t%s\t%d\t0\t\t\t%s\n", name, (int) n,
               mcp_json_strerror(doc.err));
        return;
    }

    copy = cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(group, "schema"),
                           1);

    /* a schema that does not say is one of the directory it is in */

    if (cJSON_IsObject(copy)
        && cJSON_GetObjectItemCaseSensitive(copy, "$schema") == NULL)
    {
        cJSON_AddStringToObject(copy, "$schema", dialect);
    }

    schema = NULL;
    rc = mcp_schema_compile(pool, copy, &schema, &err);

    i = 0;
    tests = cJSON_GetObjectItemCaseSensitive(group, "tests");

    cJSON_ArrayForEach(test, tests) {

        verdict = "refused";

        if (rc == NGX_OK) {
            verdict = suite_test(pool, schema, test, &err);
        }

        printf("%s\t%s\t%d\t%d\t%s\t%s\t", verdict, name, (int) n, (int) i++,
               suite_text(group, "description"),
               suite_text(test, "description"));

        suite_print(&err.path);
        printf(": ");
        suite_print(&err.text);
        printf("\n");
    }

    /* the schema refers to it */

    cJSON_Delete(copy);
}


static const char *
suite_test(ngx_pool_t *pool, mcp_schema_t *schema, cJSON *test,
    mcp_schema_error_t *err)
{
    cJSON      *data;
    ngx_int_t   rc, expected;

    data = cJSON_GetObjectItemCaseSensitive(test, "data");
    expected = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(test, "valid"))
               ? NGX_OK : NGX_DECLINED;

    ngx_memzero(err, sizeof(mcp_schema_error_t));

    rc = mcp_schema_check(schema, data, pool, err);

    return rc == expected ? "pass" : "fail";
}


/* names in a path may have anything in them */

static void
suite_print(ngx_str_t *text)
{
    size_t  i;

    for (i = 0; i < text->len; i++) {
        putchar(text->data[i] < ' ' ? ' ' : text->data[i]);
    }
}


static const char *
suite_text(const cJSON *object, const char *name)
{
    const cJSON  *value;

    value = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsString(value) ? value->valuestring : "";
}
