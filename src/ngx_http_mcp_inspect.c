
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_inspect.h>
#include <mcp_params.h>
#include <mcp_tools.h>
#include <ngx_http_mcp_auth.h>
#include <ngx_http_mcp_inspect.h>
#include <ngx_http_mcp_reply.h>
#include <ngx_http_mcp_view.h>


static ngx_int_t ngx_http_mcp_inspect_call(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg);
static ngx_int_t ngx_http_mcp_inspect_headers(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_uint_t ngx_http_mcp_inspect_withholds(
    ngx_http_mcp_auth_conf_t *conf, ngx_table_elt_t *h);


mcp_server_t *
ngx_http_mcp_inspect_server(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *conf)
{
    mcp_server_t  *server;

    server = ngx_pcalloc(cf->pool, sizeof(mcp_server_t));
    if (server == NULL) {
        return NULL;
    }

    server->info = *conf->info;
    server->versions = conf->versions;
    server->sessions = 1;

    if (mcp_server_init(server, cf->pool) != NGX_OK) {
        return NULL;
    }

    /* what it has is its own business */
    server->capabilities = MCP_SERVER_ALL;

    return server;
}


ngx_int_t
ngx_http_mcp_inspect(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_int_t    rc;
    ngx_uint_t   i;
    mcp_msg_t   *msg;

    for (i = 0; i < ctx->body.n && ctx->error.cause == MCP_ERROR_NONE; i++) {
        msg = &ctx->body.msgs[i];

        if (msg->error.cause == MCP_ERROR_NONE) {
            rc = mcp_inspect(msg, &ctx->headers);

            if (rc == NGX_OK && mcp_dispatch_is_call(msg)) {
                rc = ngx_http_mcp_inspect_call(r, ctx, msg);
            }

            if (rc == NGX_ERROR) {
                return NGX_HTTP_INTERNAL_SERVER_ERROR;
            }
        }

        ctx->current = i;
        ctx->error = msg->error;
    }

    if (ctx->error.cause != MCP_ERROR_NONE) {
        ngx_http_mcp_finalize(r, ngx_http_mcp_reply_refusal(r, ctx));
        return NGX_DONE;
    }

    ctx->current = 0;

    if (ngx_http_mcp_inspect_headers(r, ctx) != NGX_OK
        || ngx_http_mcp_inspect_watch(r, ctx) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_DECLINED;
}


/* may the caller call this tool: NGX_OK, NGX_DECLINED (the error) */

static ngx_int_t
ngx_http_mcp_inspect_call(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_msg_t *msg)
{
    mcp_caller_t               caller;
    mcp_scope_set_t            set, need;
    ngx_http_mcp_auth_conf_t  *conf;

    conf = ctx->conf->auth;

    if (ngx_http_mcp_caller(r, ctx, &set, &caller) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_memzero(&need, sizeof(mcp_scope_set_t));

    (void) ngx_http_mcp_tool_need(conf->tool_scopes, &msg->name, &need);

    if (mcp_caller_may(&caller, &msg->name, &need)) {
        return NGX_OK;
    }

    if (conf->hidden) {
        return mcp_params_unknown(msg, "tool", &msg->name);
    }

    return ngx_http_mcp_auth_lacks(r, ctx, msg, &need);
}


/*
 * A credential for this server is none for the other, and what it compresses
 * cannot be seen: nginx does that for clients.
 */

static ngx_int_t
ngx_http_mcp_inspect_headers(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_uint_t        i;
    ngx_list_t        old;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h, *copy;

#if (NGX_HTTP_GZIP)
    if (!ngx_http_mcp_auth_enabled(ctx->conf->auth)
        && r->headers_in.accept_encoding == NULL)
    {
        return NGX_OK;
    }
#endif

    old = r->headers_in.headers;

    ctx->headers_in = old;
    ctx->authorization = r->headers_in.authorization;

    if (ngx_list_init(&r->headers_in.headers, r->pool, 20,
                      sizeof(ngx_table_elt_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (part = &old.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (ngx_http_mcp_inspect_withholds(ctx->conf->auth, &h[i])) {
                continue;
            }

            copy = ngx_list_push(&r->headers_in.headers);
            if (copy == NULL) {
                return NGX_ERROR;
            }

            *copy = h[i];
        }
    }

    if (ngx_http_mcp_auth_enabled(ctx->conf->auth)) {
        r->headers_in.authorization = NULL;
    }

    return NGX_OK;
}


/* "error_page" led from one server to another, which is judged by itself */

void
ngx_http_mcp_inspect_again(ngx_http_request_t *r)
{
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_mcp_get_ctx(r);

    if (ctx && ctx->headers_in.pool) {
        r->headers_in.headers = ctx->headers_in;
        r->headers_in.authorization = ctx->authorization;
    }
}


static ngx_uint_t
ngx_http_mcp_inspect_withholds(ngx_http_mcp_auth_conf_t *conf,
    ngx_table_elt_t *h)
{
    if (ngx_http_mcp_header_is(h, "accept-encoding")) {
        return 1;
    }

    return ngx_http_mcp_auth_enabled(conf)
           && (ngx_http_mcp_header_is(h, "authorization")
               || (conf->keys
                   && ngx_http_mcp_header_is(h, "x-api-key")));
}


ngx_str_t *
ngx_http_mcp_inspect_tool(ngx_http_mcp_ctx_t *ctx)
{
    mcp_msg_t  *msg;

    msg = ngx_http_mcp_current(ctx);

    if (msg == NULL
        || !ctx->conf
        || !ctx->conf->inspect
        || !mcp_dispatch_is_call(msg)
        || !mcp_tool_is_name(&msg->name))
    {
        return NULL;
    }

    return &msg->name;
}
