
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_SESSION_H_INCLUDED_
#define _NGX_HTTP_MCP_SESSION_H_INCLUDED_


#include <ngx_http_mcp_request.h>


/*
 * Sessions of legacy clients.  The id is a token that carries what is to be
 * known of the client, so nothing is stored when a session begins; in the
 * zone there are only marks of those that have ended or that have said which
 * log messages they want.
 *
 * Specification: MCP 2025-11-25 basic/transports, "Session Management".
 */


/*
 * In the content phase, before a message is served: reads Mcp-Session-Id into
 * ctx->session, NULL if there is none, and tells the messages what the client
 * said when the session began.  NGX_OK; NGX_DECLINED: ctx->error; NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_session_read(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);

/* "initialize" was accepted: adds the id to the answer; NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_session_start(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg);

/*
 * "logging/setLevel" has said msg->log_level: remembers it; and what was said,
 * for msg.  Without a session nothing is done.
 */
void ngx_http_mcp_session_set_level(ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg);
void ngx_http_mcp_session_level(ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg);

/* DELETE: what a content handler returns */
ngx_int_t ngx_http_mcp_session_end(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);

/* the key of a kind for the session; published when a session ends: 's' */
void ngx_http_mcp_session_key(mcp_session_t *session, u_char kind,
    const ngx_str_t *name, u_char *key);

/* of its life, seconds, at least 1 */
time_t ngx_http_mcp_session_rest(mcp_session_t *session);


#endif /* _NGX_HTTP_MCP_SESSION_H_INCLUDED_ */
