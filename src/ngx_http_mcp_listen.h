
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_LISTEN_H_INCLUDED_
#define _NGX_HTTP_MCP_LISTEN_H_INCLUDED_


#include <ngx_http_mcp_request.h>
#include <mcp_sub.h>


/*
 * Requests that stay open to tell their client what has changed.  Each one
 * waits on the bus for what it was granted; what was published is noted at
 * once and sent in slices, so that many streams do not hold up the rest of the
 * worker.  Of what a slow reader has not taken there is one of a kind.
 *
 * A worker that is told to shut down ends its streams at once.
 */


/*
 * "subscriptions/listen", ctx->listen: NGX_AGAIN: the request stays;
 * NGX_DECLINED: msg->error; NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_listen(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_msg_t *msg, mcp_sub_t *sub);

/*
 * The GET stream of a legacy session, of which there is one: a newer one ends
 * the one before.  It tells of all lists and of the resources the session has
 * subscribed to, and ends with the session.  With an id of an event of such a
 * stream, else NULL, also of what was published after it.  What a content
 * handler returns; NGX_DECLINED: it is the id of something else.
 *
 * Specification: MCP 2025-11-25 basic/transports, "Listening for Messages from
 * the Server".
 */
ngx_int_t ngx_http_mcp_listen_session(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_str_t *last_event_id);


/* what is published, and heard by all who listen, in all workers */
void ngx_http_mcp_listen_list_key(u_char *key, ngx_uint_t list);
void ngx_http_mcp_listen_uri_key(u_char *key, const ngx_str_t *uri);


#endif /* _NGX_HTTP_MCP_LISTEN_H_INCLUDED_ */
