
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_inflate.h>


#define MCP_INFLATE_GZIP  (16 + MAX_WBITS)
#define MCP_INFLATE_ZLIB  MAX_WBITS
#define MCP_INFLATE_RAW   (-MAX_WBITS)

/* how a member begins: there may be several, RFC 1952, section 2.2 */
#define MCP_INFLATE_MEMBER  0x1f


static void *mcp_inflate_alloc(void *pool, u_int items, u_int size);
static void mcp_inflate_free(void *pool, void *p);
static ngx_int_t mcp_inflate_follow(mcp_inflate_t *z);


mcp_inflate_t *
mcp_inflate_create(ngx_pool_t *pool, ngx_uint_t gzip)
{
    mcp_inflate_t  *z;

    z = ngx_pcalloc(pool, sizeof(mcp_inflate_t));
    if (z == NULL) {
        return NULL;
    }

    z->stream.zalloc = mcp_inflate_alloc;
    z->stream.zfree = mcp_inflate_free;
    z->stream.opaque = pool;
    z->gzip = gzip;

    return z;
}


static void *
mcp_inflate_alloc(void *pool, u_int items, u_int size)
{
    return ngx_palloc(pool, (size_t) items * size);
}


static void
mcp_inflate_free(void *pool, void *p)
{
    (void) ngx_pfree(pool, p);
}


void
mcp_inflate_put(mcp_inflate_t *z, u_char *p, size_t len)
{
    z->stream.next_in = p;
    z->stream.avail_in = (u_int) len;

    if (z->end && len) {
        (void) mcp_inflate_follow(z);
    }
}


/* after the end: NGX_OK, there is another member; NGX_DECLINED, there is not */

static ngx_int_t
mcp_inflate_follow(mcp_inflate_t *z)
{
    if (!z->gzip || z->junk || z->stream.next_in[0] != MCP_INFLATE_MEMBER
        || inflateReset(&z->stream) != Z_OK)
    {
        z->junk = 1;
        return NGX_DECLINED;
    }

    z->end = 0;

    return NGX_OK;
}


ssize_t
mcp_inflate_get(mcp_inflate_t *z, u_char *p, size_t size)
{
    int        rc, bits;
    z_stream  *s;

    s = &z->stream;

    if (z->end || (!z->begun && s->avail_in == 0)) {
        return 0;
    }

    if (!z->begun) {
        bits = MCP_INFLATE_GZIP;

        if (!z->gzip) {
            /* CM and CINFO of RFC 1950 */
            bits = (s->next_in[0] & 0x8f) == Z_DEFLATED ? MCP_INFLATE_ZLIB
                                                        : MCP_INFLATE_RAW;
        }

        if (inflateInit2(s, bits) != Z_OK) {
            return NGX_ERROR;
        }

        z->begun = 1;
    }

    s->next_out = p;
    s->avail_out = (u_int) size;

    do {
        rc = inflate(s, Z_NO_FLUSH);

        if (rc == Z_STREAM_END) {
            z->end = 1;
        }

    } while (rc == Z_STREAM_END && s->avail_in
             && mcp_inflate_follow(z) == NGX_OK);

    switch (rc) {

    case Z_OK:
    case Z_BUF_ERROR:
    case Z_STREAM_END:
        return size - s->avail_out;

    case Z_MEM_ERROR:
        return NGX_ERROR;

    default:
        return NGX_DECLINED;
    }
}
