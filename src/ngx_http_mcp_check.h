
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_CHECK_H_INCLUDED_
#define _NGX_HTTP_MCP_CHECK_H_INCLUDED_


#include <ngx_http_mcp_request.h>


/*
 * What is checked of a request before its body is read: Origin, method, media
 * types.
 *
 * Specification: MCP 2026-07-28 basic/transports/streamable-http.
 */


/* the headers that matter into ctx->headers: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_read_headers(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);

/* what is wrong, MCP_ERROR_NONE if nothing is; sets ctx->events */
mcp_error_e ngx_http_mcp_check_request(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);


#endif /* _NGX_HTTP_MCP_CHECK_H_INCLUDED_ */
