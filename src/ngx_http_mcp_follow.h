
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_FOLLOW_H_INCLUDED_
#define _NGX_HTTP_MCP_FOLLOW_H_INCLUDED_


#include <ngx_http_mcp_request.h>


/*
 * GET with Last-Event-ID, in a session: what the stream of a call has said
 * after that event, and what it goes on to say, in whichever worker.  Ends
 * after the last event, when the client is told to come back, when the session
 * ends and when the worker is to leave.
 *
 * Specification: MCP 2025-11-25 basic/transports, "Resumability and
 * Redelivery".
 */


/* what a content handler returns; NGX_DECLINED: there is no such stream */
ngx_int_t ngx_http_mcp_follow(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *last_event_id);


#endif /* _NGX_HTTP_MCP_FOLLOW_H_INCLUDED_ */
