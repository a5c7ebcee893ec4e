
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_DETACH_H_INCLUDED_
#define _NGX_HTTP_MCP_DETACH_H_INCLUDED_


#include <ngx_http_mcp_request.h>


/*
 * A request whose client went away, or was told to come back, and whose call
 * goes on: its stream is kept and can be read by another request.  Nothing is
 * sent any more; the request ends, and is logged, when its call does.
 */


/* in a worker; a client that goes away beyond that cancels */
#define NGX_HTTP_MCP_DETACHED_MAX  256


/* true if there are as many as there may be */
ngx_uint_t ngx_http_mcp_detach_full(void);

/*
 * NGX_OK: ctx->detached; NGX_DECLINED: the stream is not kept, the call is
 * over, or there are too many; NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_detach(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx);

/*
 * Of a request that is detached: hears no more of its connection.  With "gone"
 * the connection is cut, else only told that all was said.
 */
void ngx_http_mcp_detach_hang_up(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_uint_t gone);

/* both; NGX_OK or the request has to be finalized */
ngx_int_t ngx_http_mcp_detach_cut(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);

/* likewise, and finalizes it with rc */
void ngx_http_mcp_detach_lose(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_int_t rc);

/* a read event handler: does that when the client goes away */
void ngx_http_mcp_detach_reading(ngx_http_request_t *r);


#endif /* _NGX_HTTP_MCP_DETACH_H_INCLUDED_ */
