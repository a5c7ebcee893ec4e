
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_SUBSCRIBE_H_INCLUDED_
#define _NGX_HTTP_MCP_SUBSCRIBE_H_INCLUDED_


#include <ngx_http_mcp_request.h>


/*
 * The resources that a legacy session has subscribed to: one value in the
 * zone, at most MCP_SUB_URIS_MAX URIs and so many bytes, for as long as the
 * session lives.  The key is published when it has changed.
 *
 * Specification: MCP 2025-11-25 server/resources, "Subscriptions".
 */


#define NGX_HTTP_MCP_SUBSCRIBE_MAX  65536    /* bytes */


/*
 * "resources/subscribe" and, without "on", "resources/unsubscribe": NGX_OK;
 * NGX_DECLINED: msg->error; NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_subscribe(ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg,
    ngx_uint_t on);

void ngx_http_mcp_subscribe_key(mcp_session_t *session, u_char *key);

/* an array of ngx_str_t that is made in the pool: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_subscribe_read(mcp_session_t *session,
    ngx_pool_t *pool, ngx_array_t *uris);


#endif /* _NGX_HTTP_MCP_SUBSCRIBE_H_INCLUDED_ */
