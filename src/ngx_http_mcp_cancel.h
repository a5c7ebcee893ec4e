
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_CANCEL_H_INCLUDED_
#define _NGX_HTTP_MCP_CANCEL_H_INCLUDED_


#include <ngx_http_mcp_call.h>


/*
 * A call in a session ends when its client says so in another request,
 * "notifications/cancelled" or DELETE, on whichever worker.
 *
 * Specification: MCP 2025-11-25 basic/utilities/cancellation.
 */


/* the call waits, for its handler or for its client; NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_cancel_start(ngx_http_mcp_call_t *call);

/* also if it was not started */
void ngx_http_mcp_cancel_stop(ngx_http_mcp_call_t *call);

/* any notification of a client */
void ngx_http_mcp_cancel_notified(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg);


#endif /* _NGX_HTTP_MCP_CANCEL_H_INCLUDED_ */
