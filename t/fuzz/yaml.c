
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * YAML: what is accepted is a value that prints as JSON, and JSON is YAML: it
 * reads again as the same value, by either reader.  What is refused is so with
 * a sentence of UTF-8.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_yaml.h>
#include "fuzz.h"


static ngx_int_t
yaml_print(ngx_pool_t *pool, cJSON *root, ngx_str_t *text)
{
    mcp_buf_t  b;

    mcp_buf_init(&b, pool, 0);
    fuzz_assert(mcp_json_print(&b, root) == NGX_OK);

    return mcp_buf_done(&b, text);
}


/* to YAML 1.1 these are ends of lines, which are not kept */

static ngx_uint_t
yaml_breaks(ngx_str_t *text)
{
    return memmem(text->data, text->len, "\xc2\x85", 2)
           || memmem(text->data, text->len, "\xe2\x80\xa8", 3)
           || memmem(text->data, text->len, "\xe2\x80\xa9", 3);
}


/* a key may be too long for YAML */

static void
yaml_again(ngx_pool_t *pool, ngx_str_t *json)
{
    cJSON           *root;
    ngx_str_t        again, err;
    mcp_json_doc_t   doc;

    fuzz_assert(mcp_json_parse(pool, json, &doc, &root) == NGX_OK);
    fuzz_assert(yaml_print(pool, root, &again) == NGX_OK);
    fuzz_assert(again.len == json->len
                && ngx_memcmp(again.data, json->data, json->len) == 0);

    if (!yaml_breaks(json)
        && mcp_yaml_parse(pool, json, &root, &err) == NGX_OK)
    {
        fuzz_assert(yaml_print(pool, root, &again) == NGX_OK);
        fuzz_assert(again.len == json->len
                    && ngx_memcmp(again.data, json->data, json->len) == 0);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cJSON       *root;
    ngx_int_t    rc;
    ngx_str_t    text, err;
    ngx_pool_t  *pool;

    pool = unit_pool();

    text.len = size;
    text.data = unit_copy(pool, data, size);

    rc = mcp_yaml_parse(pool, &text, &root, &err);

    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);

    if (rc == NGX_OK) {
        fuzz_assert(yaml_print(pool, root, &text) == NGX_OK);

        /* of what aliases make there may be more than a text of JSON has */

        if (text.len < 65536) {
            yaml_again(pool, &text);
        }

    } else {
        fuzz_assert(err.len > 6 && ngx_strncmp(err.data, "line ", 5) == 0);
        fuzz_assert(mcp_utf8_check(err.data, err.len) == NGX_OK);
    }

    ngx_destroy_pool(pool);

    return 0;
}
