
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_INSPECT_H_INCLUDED_
#define _NGX_HTTP_MCP_INSPECT_H_INCLUDED_


#include <ngx_http_mcp_request.h>


/*
 * "mcp_inspect": what is on its way to another MCP server is checked as if it
 * were for an endpoint, and goes on as it came, without the credential.  The
 * answer is looked at as it passes, for $mcp_error.
 */


/* the server that stands for the other one, of a merged location; or NULL */
mcp_server_t *ngx_http_mcp_inspect_server(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *conf);

/*
 * PRECONTENT, when all messages have been seen by limits and access rules:
 * NGX_DECLINED, the request goes on, or what else a phase handler returns.
 */
ngx_int_t ngx_http_mcp_inspect(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);

/* what is called of the other server, if it could be a name: or NULL */
ngx_str_t *ngx_http_mcp_inspect_tool(ngx_http_mcp_ctx_t *ctx);

/* for $mcp_error: what the answer says, or that it has not come to its end */
ngx_int_t ngx_http_mcp_inspect_watch(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);

/* the filters */
void ngx_http_mcp_inspect_init(void);

/* before a location that error_page has led to judges a request */
void ngx_http_mcp_inspect_again(ngx_http_request_t *r);


#endif /* _NGX_HTTP_MCP_INSPECT_H_INCLUDED_ */
