
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * Compressed bodies: in pieces they give what they give as a whole, whatever
 * room there is for it.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_inflate.h>
#include "fuzz.h"


#define INFLATE_MAX  65536


typedef struct {
    u_char      bytes[INFLATE_MAX];
    size_t      len;
    ngx_int_t   rc;
} inflate_result_t;


static void inflate_run(ngx_pool_t *pool, ngx_uint_t gzip, u_char *p,
    size_t size, size_t piece, size_t room, inflate_result_t *result);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char      *p;
    ngx_uint_t   gzip, piece, room;
    ngx_pool_t  *pool;

    static inflate_result_t  whole, parts;

    if (size < 3) {
        return 0;
    }

    pool = unit_pool();

    gzip = data[0] & 1;
    piece = 1 + (data[0] >> 1);
    room = 1 + data[1];

    p = unit_copy(pool, data + 2, size - 2);

    inflate_run(pool, gzip, p, size - 2, size, INFLATE_MAX, &whole);
    inflate_run(pool, gzip, p, size - 2, piece, room, &parts);

    if (whole.rc == NGX_OK) {
        fuzz_assert(parts.rc == NGX_OK);
        fuzz_assert(parts.len == whole.len);
        fuzz_assert(memcmp(parts.bytes, whole.bytes, whole.len) == 0);

    } else {
        fuzz_assert(parts.rc == whole.rc);
    }

    ngx_destroy_pool(pool);

    return 0;
}


static void
inflate_run(ngx_pool_t *pool, ngx_uint_t gzip, u_char *p, size_t size,
    size_t piece, size_t room, inflate_result_t *result)
{
    size_t          n;
    u_char         *last;
    ssize_t         rc;
    mcp_inflate_t  *z;

    last = p + size;

    result->len = 0;
    result->rc = NGX_OK;

    z = mcp_inflate_create(pool, gzip);

    while (p < last) {
        n = ngx_min(piece, (size_t) (last - p));

        mcp_inflate_put(z, p, n);
        p += n;

        do {
            n = ngx_min(room, INFLATE_MAX - result->len);

            if (n == 0) {
                /* a bomb: nobody reads on */
                return;
            }

            rc = mcp_inflate_get(z, result->bytes + result->len, n);

            fuzz_assert(rc == NGX_DECLINED || (rc >= 0 && (size_t) rc <= n));

            if (rc < 0) {
                result->rc = rc;
                return;
            }

            result->len += rc;

        } while (rc > 0);
    }
}
