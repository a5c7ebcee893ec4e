
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_BUF_H_INCLUDED_
#define _MCP_BUF_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Bytes that grow at the end, in a pool.  A failed allocation is remembered:
 * later calls do nothing and mcp_buf_done() returns NGX_ERROR, so that a
 * writer checks once.
 */


typedef struct {
    u_char      *start;
    u_char      *last;
    u_char      *end;
    ngx_pool_t  *pool;
    unsigned     failed:1;
} mcp_buf_t;


/* "size" is a guess of the final length, 0 if there is none */
void mcp_buf_init(mcp_buf_t *b, ngx_pool_t *pool, size_t size);

/* room for n more bytes at b->last, NULL if there is no memory */
u_char *mcp_buf_reserve(mcp_buf_t *b, size_t n);

/* no room is left after a failure */
#define mcp_buf_has(b, n)  ((size_t) ((b)->end - (b)->last) >= (n))


static ngx_inline void
mcp_buf_add(mcp_buf_t *b, const void *p, size_t n)
{
    if (n && (mcp_buf_has(b, n) || mcp_buf_reserve(b, n))) {
        b->last = ngx_cpymem(b->last, p, n);
    }
}


static ngx_inline void
mcp_buf_char(mcp_buf_t *b, u_char c)
{
    if (mcp_buf_has(b, 1) || mcp_buf_reserve(b, 1)) {
        *b->last++ = c;
    }
}


#define mcp_buf_lit(b, s)       mcp_buf_add(b, s, sizeof(s) - 1)
#define mcp_buf_str(b, s)       mcp_buf_add(b, (s)->data, (s)->len)
#define mcp_buf_len(b)          ((size_t) ((b)->last - (b)->start))

void mcp_buf_int(mcp_buf_t *b, int64_t n);

/* a JSON string with its quotes; the bytes must be UTF-8, else U+FFFD stands
 * for each byte that is not */
void mcp_buf_json_string(mcp_buf_t *b, const u_char *p, size_t len);

/* ,"name":"value", nothing at all if the value is empty */
void mcp_buf_json_member(mcp_buf_t *b, const char *name,
    const ngx_str_t *value);

/* standard base64 with padding, no quotes (RFC 4648, section 4) */
void mcp_buf_base64(mcp_buf_t *b, const u_char *p, size_t len);

/* NGX_OK and the bytes, or NGX_ERROR */
ngx_int_t mcp_buf_done(mcp_buf_t *b, ngx_str_t *out);


#endif /* _MCP_BUF_H_INCLUDED_ */
