
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_REFUSAL_H_INCLUDED_
#define _NGX_HTTP_MCP_REFUSAL_H_INCLUDED_


#include <ngx_http_mcp_request.h>


/*
 * What nginx and its modules refuse, said in JSON-RPC: by filters in an
 * endpoint, or by a location that "error_page" leads to.
 */


/* a content handler */
ngx_int_t ngx_http_mcp_error_handler(ngx_http_request_t *r);

/* the filters, before those of the module that are to run after them */
void ngx_http_mcp_refusal_init(void);


#endif /* _NGX_HTTP_MCP_REFUSAL_H_INCLUDED_ */
