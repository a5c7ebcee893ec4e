
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_VIEW_H_INCLUDED_
#define _NGX_HTTP_MCP_VIEW_H_INCLUDED_


#include <mcp_view.h>
#include <ngx_http_mcp_request.h>


/*
 * What a caller sees of an endpoint: made by the first request that has these
 * scopes, kept in the worker for those that follow, and given up when others
 * are wanted more.  Lists are rendered when they are first asked for.
 */


/* those of an endpoint, in a worker */
struct ngx_http_mcp_views_s {
    ngx_queue_t                  queue;
    ngx_uint_t                   n;
    mcp_scope_set_t              scopes;   /* that make a difference */
};


/*
 * Before the endpoint of a merged location is rendered; "patterns": there are
 * keys for some tools only.  NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_view_add(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *conf,
    ngx_uint_t patterns);

/* who calls, as far as it makes a difference: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_caller(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_scope_set_t *set, mcp_caller_t *caller);

/*
 * Sets ctx->server, for as long as the request lives: NGX_OK or NGX_ERROR.
 * Access modules have a say in who calls, so it is asked for in the content
 * phase; before that only of a caller who is known, where what he may not use
 * is hidden from him.
 */
ngx_int_t ngx_http_mcp_view(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx);

/* what a message needs of it before it is dispatched: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_view_list(ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg);


#endif /* _NGX_HTTP_MCP_VIEW_H_INCLUDED_ */
