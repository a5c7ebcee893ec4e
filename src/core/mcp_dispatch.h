
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_DISPATCH_H_INCLUDED_
#define _MCP_DISPATCH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_server.h>


/*
 * From a body to messages, from a message to an action.
 *
 * The era of a message is that of its "_meta" or of its header: modern if
 * "_meta" has the key io.modelcontextprotocol/protocolVersion or if the header
 * MCP-Protocol-Version is there and is no legacy revision.
 */


typedef struct {
    mcp_json_doc_t      doc;
    mcp_msg_t          *msgs;
    ngx_uint_t          n;
    unsigned            batch:1;
} mcp_body_t;


/*
 * Scans a body and checks every message in it: envelope, era, revision,
 * headers (an array of mcp_header_t), "_meta".  What can be wrong is in the
 * "error" of a message; a body that is no message at all becomes one message
 * that says so.  NGX_OK or NGX_ERROR (out of memory).
 */
ngx_int_t mcp_dispatch_body(const mcp_server_t *server, ngx_pool_t *pool,
    ngx_str_t *text, ngx_array_t *headers, mcp_body_t *body);

/* is it the name of a request of the specification */
ngx_uint_t mcp_dispatch_is_method(const ngx_str_t *name);

/* is it a tools/call, a subscriptions/listen */
ngx_uint_t mcp_dispatch_is_call(const mcp_msg_t *msg);
ngx_uint_t mcp_dispatch_is_listen(const mcp_msg_t *msg);

/* does it ask for a list */
ngx_uint_t mcp_dispatch_is_list(const mcp_msg_t *msg);

/* a message that was read for one endpoint is from now on for another */
void mcp_dispatch_enter(const mcp_server_t *server, mcp_msg_t *msg);

/*
 * Likewise before that: a tool which that endpoint does not have is unknown,
 * and so is what was found wrong with a call of it.
 */
void mcp_dispatch_hide(const mcp_server_t *server, mcp_msg_t *msg);

/*
 * What to do about a message that is a request and has no error.
 * NGX_OK (action), NGX_DECLINED (msg->error) or NGX_ERROR.
 */
ngx_int_t mcp_dispatch(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);


#endif /* _MCP_DISPATCH_H_INCLUDED_ */
