
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_CALL_H_INCLUDED_
#define _NGX_HTTP_MCP_CALL_H_INCLUDED_


#include <ngx_http_mcp_request.h>
#include <mcp_complete.h>
#include <mcp_result.h>


/*
 * One call of a tool, a resource or a prompt: runs the handler and turns what
 * it leaves behind into the result of the message.
 */


struct ngx_http_mcp_call_s {
    ngx_http_request_t          *request;
    mcp_msg_t                   *msg;
    mcp_result_t                 result;
    mcp_completion_t             completion;

    unsigned                     broken:1;  /* against the output schema */
};


/*
 * Does what the action says, unless that is to answer.  NGX_OK:
 * action->result is the JSON to answer with; NGX_DECLINED: msg->error;
 * NGX_ERROR: out of memory.
 */
ngx_int_t ngx_http_mcp_call(ngx_http_request_t *r, const mcp_server_t *server,
    mcp_msg_t *msg, mcp_action_t *action);


#endif /* _NGX_HTTP_MCP_CALL_H_INCLUDED_ */
