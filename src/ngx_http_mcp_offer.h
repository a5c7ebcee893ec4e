
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_OFFER_H_INCLUDED_
#define _NGX_HTTP_MCP_OFFER_H_INCLUDED_


#include <ngx_http_mcp_call.h>


/*
 * One call of a resource or a prompt: runs the handler, which finishes at
 * once, and turns what it leaves behind into the result of the message.
 *
 * NGX_OK: action->result is the JSON to answer with; NGX_DECLINED: msg->error;
 * NGX_ERROR: out of memory.
 */
ngx_int_t ngx_http_mcp_offer(ngx_http_request_t *r, const mcp_server_t *server,
    mcp_msg_t *msg, mcp_action_t *action);


#endif /* _NGX_HTTP_MCP_OFFER_H_INCLUDED_ */
