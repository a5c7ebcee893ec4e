
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_STREAM_H_INCLUDED_
#define _NGX_HTTP_MCP_STREAM_H_INCLUDED_


#include <ngx_http_mcp_request.h>


/*
 * An answer as a stream of server-sent events: one JSON document per event,
 * each sent at once, comments while there is nothing to say, the response
 * last.  Buffers are used again, so a stream does not grow with its length;
 * what a slow reader has not taken is bounded.
 *
 * The stream of a call in a session of 2025-11-25 begins with an event that
 * has an id and no data; it is kept (ngx_http_mcp_replay.h), and goes on
 * without its client (ngx_http_mcp_detach.h): sending succeeds then.
 *
 * Specification: MCP 2026-07-28 basic/transports/streamable-http.
 */


/*
 * Sends an event; the first one sends the header.  The bytes are copied.
 * NGX_OK; NGX_ERROR: out of memory, the client is gone or too slow, and the
 * request has to be finalized.
 */
ngx_int_t ngx_http_mcp_stream_send(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_str_t *json);

/* sends a comment; likewise */
ngx_int_t ngx_http_mcp_stream_comment(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);

/* sends bytes that are events or comments as they are; likewise */
ngx_int_t ngx_http_mcp_stream_raw(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_str_t *bytes);

/*
 * Tells the client to come back after "retry" milliseconds and ends the
 * answer, not the request.  NGX_OK; NGX_DECLINED: it would not find its stream
 * again; NGX_ERROR as before.
 */
ngx_int_t ngx_http_mcp_stream_poll(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_msec_t retry);

/*
 * Sends the answer that ngx_http_mcp_reply_*() has gathered, if there is one,
 * as the last event and ends the stream; returns what a content handler
 * returns.
 */
ngx_int_t ngx_http_mcp_stream_close(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);

/*
 * While the request waits for something else than its client, streaming or
 * not: output that is left is sent, a client that goes away ends the request
 * or is left behind.
 * NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_stream_wait(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);


#endif /* _NGX_HTTP_MCP_STREAM_H_INCLUDED_ */
