
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_ASK_H_INCLUDED_
#define _NGX_HTTP_MCP_ASK_H_INCLUDED_


#include <ngx_http_mcp_call.h>


/*
 * A legacy client is asked by requests in the stream of its call, which is
 * parked meanwhile: no handler runs.  It answers in requests of their own,
 * which any worker may get.  In the zone there is a mark for each request
 * that waits; who takes the mark puts the answer there and says so on the
 * bus.
 *
 * Specification: MCP 2025-11-25 basic/transports, "Streamable HTTP"; client.
 */


/* true if the handler has asked and its client is one of these */
#define ngx_http_mcp_ask_wanted(call)                                        \
    ((call)->rc == NGX_DONE && (call)->input.asks.nelts                      \
     && !(call)->timedout && (call)->broken.len == 0                         \
     && !mcp_version_modern((call)->msg->version))

/*
 * Sends what the handler asks for and waits; ngx_http_mcp_call_again() or
 * ngx_http_mcp_call_done() follows.  NGX_OK; NGX_ERROR: nothing can be sent.
 */
ngx_int_t ngx_http_mcp_ask_start(ngx_http_mcp_call_t *call);

/* forgets what is waited for; also if there is nothing */
void ngx_http_mcp_ask_stop(ngx_http_mcp_call_t *call);

/* a response of the client, to whichever call: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_ask_answer(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg);


#endif /* _NGX_HTTP_MCP_ASK_H_INCLUDED_ */
