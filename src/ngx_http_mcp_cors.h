
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_CORS_H_INCLUDED_
#define _NGX_HTTP_MCP_CORS_H_INCLUDED_


#include <ngx_http_mcp_request.h>


/*
 * "mcp_cors": pages of other origins.  What they ask for beforehand is answered
 * before anybody asks who they are, since browsers ask without credentials;
 * every answer says that they may read it.
 *
 * Specification: the Fetch standard, "CORS protocol".
 */


/*
 * PREACCESS: NGX_DECLINED, it is no such question, or not of such an origin;
 * else what a phase handler returns, the request is answered.
 */
ngx_int_t ngx_http_mcp_cors_preflight(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);

/* is that the origin of a page that may call; "origin" is not empty */
ngx_uint_t ngx_http_mcp_cors_allows(ngx_http_mcp_loc_conf_t *mlcf,
    ngx_str_t *origin);

/* the filter */
void ngx_http_mcp_cors_init(void);


#endif /* _NGX_HTTP_MCP_CORS_H_INCLUDED_ */
