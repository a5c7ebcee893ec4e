
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_inflate: compressed bodies in pieces of any size */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_inflate.h>
#include "unit.h"


#define INFLATE_MAX  100000

#define INFLATE_GZIP  (16 + MAX_WBITS)
#define INFLATE_ZLIB  MAX_WBITS
#define INFLATE_RAW   (-MAX_WBITS)


static struct {
    const char  *name;
    ngx_uint_t   gzip;
    int          bits;
} inflate_kinds[] = {
    { "gzip", 1, INFLATE_GZIP },
    { "deflate", 0, INFLATE_ZLIB },
    { "deflate without a header", 0, INFLATE_RAW }
};


static struct {
    const char  *name;
    ngx_uint_t   gzip;
    const char  *bytes;
    size_t       len;
} inflate_bad[] = {
    { "text as gzip", 1, "hello, hello", 12 },
    { "text as deflate", 0, "hello, hello", 12 },
    { "zlib as gzip", 1, "\x78\x9c\x03\x00\x00\x00\x00\x01", 8 },
    { "a wrong checksum", 0, "\x78\x9c\x03\x00\x00\x00\x00\x02", 8 },
    { "gzip with an unknown method", 1, "\x1f\x8b\x07\x00\x00\x00\x00\x00"
      "\x00\x03", 10 }
};


static u_char  inflate_text[INFLATE_MAX];
static u_char  inflate_out[2 * INFLATE_MAX];


static ngx_str_t
inflate_pack(ngx_pool_t *pool, const u_char *p, size_t len, int bits)
{
    z_stream   s;
    ngx_str_t  out;

    out.data = ngx_pnalloc(pool, len + 1000);

    ngx_memzero(&s, sizeof(z_stream));

    (void) deflateInit2(&s, 6, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY);

    s.next_in = (u_char *) p;
    s.avail_in = len;
    s.next_out = out.data;
    s.avail_out = len + 1000;

    (void) deflate(&s, Z_FINISH);

    out.len = len + 1000 - s.avail_out;

    (void) deflateEnd(&s);

    return out;
}


/* the length, or what went wrong */

static ssize_t
inflate_all(mcp_inflate_t *z, ngx_str_t *in, size_t piece, size_t room)
{
    u_char   *p, *last;
    size_t    n, len;
    ssize_t   rc;

    p = in->data;
    last = p + in->len;
    len = 0;

    while (p < last) {
        n = ngx_min(piece, (size_t) (last - p));

        mcp_inflate_put(z, p, n);
        p += n;

        do {
            rc = mcp_inflate_get(z, inflate_out + len,
                                 ngx_min(room, sizeof(inflate_out) - len));
            if (rc < 0) {
                return rc;
            }

            len += rc;

        } while (rc > 0);
    }

    return len;
}


static void
inflate_test_round_trip(void)
{
    size_t           len;
    ssize_t          n;
    ngx_str_t        in;
    ngx_uint_t       i, k, l;
    ngx_pool_t      *pool;
    mcp_inflate_t   *z;

    static size_t  lens[] = { 0, 1, 100, INFLATE_MAX };
    static size_t  pieces[] = { 1, 7, 4096, INFLATE_MAX };
    static size_t  rooms[] = { 1, 1000, 2 * INFLATE_MAX, 100 };

    for (i = 0; i < unit_nelts(inflate_kinds); i++) {
        for (k = 0; k < unit_nelts(lens); k++) {
            for (l = 0; l < unit_nelts(pieces); l++) {
                pool = unit_pool();
                len = lens[k];

                in = inflate_pack(pool, inflate_text, len,
                                  inflate_kinds[i].bits);
                z = mcp_inflate_create(pool, inflate_kinds[i].gzip);

                n = inflate_all(z, &in, pieces[l], rooms[l]);

                unit_ok(n == (ssize_t) len && z->end
                        && memcmp(inflate_out, inflate_text, len) == 0,
                        "%s of %zu bytes, %zu by %zu", inflate_kinds[i].name,
                        len, pieces[l], rooms[l]);

                ngx_destroy_pool(pool);
            }
        }
    }
}


static void
inflate_test_ends(void)
{
    ssize_t          n;
    u_char          *p;
    ngx_str_t        one, in;
    ngx_uint_t       i, piece;
    ngx_pool_t      *pool;
    mcp_inflate_t   *z;

    pool = unit_pool();

    one = inflate_pack(pool, inflate_text, 1000, INFLATE_GZIP);

    in.data = ngx_pnalloc(pool, 2 * one.len + 4);
    p = ngx_cpymem(in.data, one.data, one.len);
    p = ngx_cpymem(p, one.data, one.len);
    in.len = p - in.data;

    for (piece = 1; piece <= in.len; piece += one.len - 1) {
        z = mcp_inflate_create(pool, 1);
        n = inflate_all(z, &in, piece, sizeof(inflate_out));

        unit_ok(n == 2000 && z->end
                && memcmp(inflate_out + 1000, inflate_text, 1000) == 0,
                "two members, by %d", (int) piece);
    }

    ngx_memcpy(p, "junk", 4);
    in.len += 4;

    z = mcp_inflate_create(pool, 1);

    unit_ok(inflate_all(z, &in, in.len, sizeof(inflate_out)) == 2000 && z->end,
            "what follows is ignored");

    z = mcp_inflate_create(pool, 1);
    one.len -= 1;

    unit_ok(inflate_all(z, &one, one.len, sizeof(inflate_out)) == 1000
            && !z->end, "an end that is missing");

    for (i = 0; i < unit_nelts(inflate_bad); i++) {
        z = mcp_inflate_create(pool, inflate_bad[i].gzip);

        in.len = inflate_bad[i].len;
        in.data = unit_copy(pool, inflate_bad[i].bytes, in.len);

        unit_ok(inflate_all(z, &in, in.len, sizeof(inflate_out))
                == NGX_DECLINED, "%s", inflate_bad[i].name);
    }

    z = mcp_inflate_create(pool, 1);
    mcp_inflate_put(z, in.data, 0);

    unit_ok(mcp_inflate_get(z, inflate_out, 1) == 0 && !z->begun, "nothing");

    ngx_destroy_pool(pool);
}


static void
inflate_test_memory(void)
{
    ssize_t          n;
    ngx_str_t        in;
    ngx_uint_t       i, bad;
    ngx_pool_t      *pool;
    mcp_inflate_t   *z;

    bad = 0;

    for (i = 0; i < 20; i++) {
        pool = unit_pool();
        in = inflate_pack(pool, inflate_text, 1000, INFLATE_GZIP);

        unit_fail_alloc(i);

        z = mcp_inflate_create(pool, 1);
        n = z ? inflate_all(z, &in, in.len, sizeof(inflate_out)) : NGX_ERROR;

        unit_fail_alloc(-1);

        if (n != NGX_ERROR && n != 1000) {
            bad++;
        }

        ngx_destroy_pool(pool);
    }

    unit_ok(bad == 0, "without memory it fails");
}


int
main(void)
{
    ngx_uint_t  i, n;

    for (i = 0, n = 1; i < INFLATE_MAX; i++) {
        n = n * 1103515245 + 12345;
        inflate_text[i] = "abcdefgh"[(n >> 16) & 7] + (i % 997 == 0);
    }

    inflate_test_round_trip();
    inflate_test_ends();
    inflate_test_memory();

    return unit_done();
}
