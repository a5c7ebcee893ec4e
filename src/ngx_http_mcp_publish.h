
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_PUBLISH_H_INCLUDED_
#define _NGX_HTTP_MCP_PUBLISH_H_INCLUDED_


#include <ngx_http_mcp_request.h>


/* the content handler of "mcp_publish": a backend says what has changed */
ngx_int_t ngx_http_mcp_publish_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_MCP_PUBLISH_H_INCLUDED_ */
