
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * mcp_buf: any bytes make a JSON string that scans; decoded it has the bytes
 * again where they were UTF-8.  Base64 is what nginx decodes to the same.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_scan.h>
#include <mcp_buf.h>
#include "fuzz.h"


static void
buf_string(ngx_pool_t *pool, u_char *p, size_t size)
{
    size_t           i, n;
    mcp_buf_t        b;
    ngx_int_t        rc;
    ngx_str_t        out, back;
    mcp_json_doc_t   doc;

    mcp_buf_init(&b, pool, 1);
    mcp_buf_json_string(&b, p, size);
    fuzz_assert(mcp_buf_done(&b, &out) == NGX_OK);
    fuzz_assert(out.len >= size + 2 && out.len <= size * 6 + 2);

    /* a NUL is written as it must be, but not accepted */

    rc = mcp_json_scan(&doc, pool, unit_copy(pool, out.data, out.len),
                       out.len);
    fuzz_assert(rc == NGX_OK || doc.err == MCP_JSON_NUL);
    fuzz_assert((rc == NGX_OK) == (memchr(p, '\0', size) == NULL));
    fuzz_assert(doc.nelts == 1 && doc.tokens[0].type == MCP_JSON_STRING);
    fuzz_assert(mcp_json_string(&doc, doc.tokens, &back) == NGX_OK);

    for (i = 0; i < size; i += n) {
        n = mcp_utf8_len(p + i, p + size);

        if (n) {
            fuzz_assert(back.len >= n);
            fuzz_assert(ngx_memcmp(back.data, p + i, n) == 0);

            back.data += n;
            back.len -= n;
            continue;
        }

        fuzz_assert(back.len >= 3);
        fuzz_assert(ngx_memcmp(back.data, "\xef\xbf\xbd", 3) == 0);

        back.data += 3;
        back.len -= 3;
        n = 1;
    }

    fuzz_assert(back.len == 0);
}


static void
buf_base64(ngx_pool_t *pool, u_char *p, size_t size)
{
    mcp_buf_t  b;
    ngx_str_t  out, back;

    mcp_buf_init(&b, pool, 0);
    mcp_buf_base64(&b, p, size);
    fuzz_assert(mcp_buf_done(&b, &out) == NGX_OK);
    fuzz_assert(out.len == (size + 2) / 3 * 4);

    if (size == 0) {
        return;
    }

    back.data = ngx_pnalloc(pool, ngx_base64_decoded_length(out.len));
    fuzz_assert(ngx_decode_base64(&back, &out) == NGX_OK);
    fuzz_assert(back.len == size && ngx_memcmp(back.data, p, size) == 0);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char      *p;
    ngx_pool_t  *pool;

    pool = unit_pool();
    p = unit_copy(pool, data, size);

    buf_string(pool, p, size);
    buf_base64(pool, p, size);

    ngx_destroy_pool(pool);

    return 0;
}
