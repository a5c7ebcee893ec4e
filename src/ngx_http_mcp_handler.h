
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_HANDLER_H_INCLUDED_
#define _NGX_HTTP_MCP_HANDLER_H_INCLUDED_


#include <ngx_http_mcp_request.h>


/*
 * PREACCESS: checks method, Origin and media types, reads the body and checks
 * its messages, so that variables are true for limit_req and whatever comes
 * after.  What is refused is answered by the content handler, so that limits
 * and access rules see it too.
 */
ngx_int_t ngx_http_mcp_preaccess_handler(ngx_http_request_t *r);

/*
 * PRECONTENT: sends a batch back to PREACCESS until limits and access rules
 * have seen every message of it.
 */
ngx_int_t ngx_http_mcp_precontent_handler(ngx_http_request_t *r);

/* the content handler of a location with "mcp" */
ngx_int_t ngx_http_mcp_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_MCP_HANDLER_H_INCLUDED_ */
