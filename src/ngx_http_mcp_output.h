
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_OUTPUT_H_INCLUDED_
#define _NGX_HTTP_MCP_OUTPUT_H_INCLUDED_


#include <ngx_http_mcp_request.h>


/*
 * The bytes of a stream: buffers that are used again, so that it does not grow
 * with its length; what a slow reader has not taken is bounded.
 */


/* memory of events that the client has not taken yet */
#define NGX_HTTP_MCP_OUTPUT_MAX  1048576


/* not all is with the kernel; ctx->drained is posted when it is */
#define ngx_http_mcp_output_slow(r)                                          \
    ((r)->buffered || (r)->connection->buffered)


/*
 * An empty buffer for "size" bytes, a used one if there is one.  One that is
 * too small is replaced by one at least twice as large, so that what is lost
 * in the pool is less than what is in use.  NULL if there is no memory.
 */
ngx_chain_t *ngx_http_mcp_output_get(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, size_t size);

/* it is not sent */
void ngx_http_mcp_output_free(ngx_http_mcp_ctx_t *ctx, ngx_chain_t *cl);

/*
 * Sends one at once, unless the request is detached.  NGX_OK; NGX_ERROR: the
 * client is gone or too slow, and the request has to be finalized.
 */
ngx_int_t ngx_http_mcp_output_put(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_chain_t *cl);

/* the filters, and what is left for later: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_output(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_chain_t *out);

/* a write event handler: sends what is left */
void ngx_http_mcp_output_writer(ngx_http_request_t *r);


#endif /* _NGX_HTTP_MCP_OUTPUT_H_INCLUDED_ */
