
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * Numbers: mcp_json_double() takes what the scan accepts as a number, gives
 * what strtod() gives, and the double in print reads back as the same.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include "fuzz.h"


static void
number_print(ngx_pool_t *pool, double d)
{
    cJSON       node;
    double      back;
    mcp_buf_t   b;
    ngx_int_t   rc;
    ngx_str_t   out;

    ngx_memzero(&node, sizeof(cJSON));
    node.type = cJSON_Number;
    node.valuedouble = d;

    mcp_buf_init(&b, pool, 0);
    rc = mcp_json_print(&b, &node);

    if (d != d || d - d != 0) {
        fuzz_assert(rc == NGX_DECLINED);
        return;
    }

    fuzz_assert(rc == NGX_OK);
    fuzz_assert(mcp_buf_done(&b, &out) == NGX_OK);

    /* 17 digits, two signs, a point and an exponent of three */

    fuzz_assert(out.len <= 24);
    fuzz_assert(mcp_json_double(out.data, out.len, &back) == NGX_OK);
    fuzz_assert(ngx_memcmp(&back, &d, sizeof(double)) == 0);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char            *end;
    double           d, expected;
    u_char          *p, *zero;
    ngx_int_t        rc;
    ngx_uint_t       number;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;

    pool = unit_pool();
    p = unit_copy(pool, data, size);

    number = (mcp_json_scan(&doc, pool, p, size) == NGX_OK
              && doc.tokens[0].type == MCP_JSON_NUMBER
              && doc.tokens[0].text.len == size);

    rc = mcp_json_double(p, size, &d);
    fuzz_assert((rc == NGX_OK) == number);

    if (number) {
        zero = ngx_pnalloc(pool, size + 1);
        ngx_memcpy(zero, p, size);
        zero[size] = '\0';

        expected = strtod((char *) zero, &end);

        fuzz_assert(end == (char *) zero + size);
        fuzz_assert(ngx_memcmp(&d, &expected, sizeof(double)) == 0);

        number_print(pool, d);
    }

    if (size == sizeof(double)) {
        ngx_memcpy(&d, p, sizeof(double));
        number_print(pool, d);
    }

    ngx_destroy_pool(pool);

    return 0;
}
