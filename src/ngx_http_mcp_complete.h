
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_COMPLETE_H_INCLUDED_
#define _NGX_HTTP_MCP_COMPLETE_H_INCLUDED_


#include <ngx_http_mcp_call.h>


/*
 * Asks whoever serves an argument for the values that fit: a call like that of
 * a tool, see ngx_http_mcp_call_start().
 */
ngx_int_t ngx_http_mcp_complete_value(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg, mcp_action_t *action,
    ngx_http_event_handler_pt resume);


#endif /* _NGX_HTTP_MCP_COMPLETE_H_INCLUDED_ */
