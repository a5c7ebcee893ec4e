
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_COMPLETE_H_INCLUDED_
#define _NGX_HTTP_MCP_COMPLETE_H_INCLUDED_


#include <ngx_http_mcp_call.h>


/*
 * Asks whoever serves an argument for the values that fit; it answers at
 * once.  NGX_OK: action->result is the JSON to answer with; NGX_DECLINED:
 * msg->error; NGX_ERROR: out of memory.
 */
ngx_int_t ngx_http_mcp_complete_value(ngx_http_request_t *r,
    const mcp_server_t *server, mcp_msg_t *msg, mcp_action_t *action);


#endif /* _NGX_HTTP_MCP_COMPLETE_H_INCLUDED_ */
