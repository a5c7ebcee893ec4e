
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_INFLATE_H_INCLUDED_
#define _MCP_INFLATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <zlib.h>


/*
 * Content-Encoding gzip and deflate, piece by piece (RFC 9110, section 8.4.1).
 * "deflate" is taken without its zlib header too, as some services send it.
 * All memory is in the pool, which frees it.
 */


typedef struct {
    z_stream     stream;
    unsigned     gzip:1;
    unsigned     begun:1;
    unsigned     end:1;      /* all of it was there */
    unsigned     junk:1;     /* what follows is ignored */
} mcp_inflate_t;


/* NULL if there is no memory */
mcp_inflate_t *mcp_inflate_create(ngx_pool_t *pool, ngx_uint_t gzip);

/* more bytes; those before have to be used up */
void mcp_inflate_put(mcp_inflate_t *z, u_char *p, size_t len);

/*
 * Writes up to "size" bytes: their number; 0: more input is needed, or it is
 * the end; NGX_DECLINED: the bytes are not what they were said to be;
 * NGX_ERROR: out of memory.
 */
ssize_t mcp_inflate_get(mcp_inflate_t *z, u_char *p, size_t size);


#endif /* _MCP_INFLATE_H_INCLUDED_ */
