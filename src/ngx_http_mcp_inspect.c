
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_headers.h>
#include <mcp_params.h>
#include <mcp_peek.h>
#include <mcp_tools.h>
#include <ngx_http_mcp_auth.h>
#include <ngx_http_mcp_inspect.h>
#include <ngx_http_mcp_reply.h>
#include <ngx_http_mcp_view.h>


static ngx_int_t ngx_http_mcp_inspect_msg(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg);
static ngx_int_t ngx_http_mcp_inspect_call(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg);
static ngx_int_t ngx_http_mcp_inspect_headers(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_uint_t ngx_http_mcp_inspect_is_credential(
    ngx_http_mcp_auth_conf_t *conf, ngx_table_elt_t *h);
static ngx_int_t ngx_http_mcp_inspect_header_filter(ngx_http_request_t *r);
static ngx_int_t ngx_http_mcp_inspect_body_filter(ngx_http_request_t *r,
    ngx_chain_t *in);
static void ngx_http_mcp_inspect_found(ngx_http_mcp_ctx_t *ctx);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


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
    ngx_uint_t   i;
    mcp_msg_t   *msg;

    for (i = 0; i < ctx->body.n && ctx->error.cause == MCP_ERROR_NONE; i++) {
        msg = &ctx->body.msgs[i];

        if (msg->error.cause == MCP_ERROR_NONE
            && ngx_http_mcp_inspect_msg(r, ctx, msg) == NGX_ERROR)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        ctx->current = i;
        ctx->error = msg->error;
    }

    if (ctx->error.cause != MCP_ERROR_NONE) {
        ngx_http_mcp_finalize(r, ngx_http_mcp_reply_refusal(r, ctx));
        return NGX_DONE;
    }

    ctx->current = 0;

    if (ngx_http_mcp_inspect_headers(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->inspected = 1;

    return NGX_DECLINED;
}


/*
 * Nobody knows what the other server makes of a call that wants no answer, or
 * of a name that is no string: NGX_OK, NGX_DECLINED (the error).
 */

static ngx_int_t
ngx_http_mcp_inspect_msg(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_msg_t *msg)
{
    ngx_str_t  name;

    if (msg->kind == MCP_RPC_NOTIFICATION
        && mcp_dispatch_is_method(&msg->method))
    {
        return mcp_rpc_error(r->pool, &msg->error, MCP_ERROR_REQUEST,
                             "Invalid request: \"%V\" must have \"id\"",
                             &msg->method);
    }

    if (!mcp_dispatch_is_call(msg)) {
        return NGX_OK;
    }

    if (mcp_params_string(msg, msg->params, "name", &name) == NGX_ERROR) {
        return NGX_ERROR;
    }

    return msg->error.cause == MCP_ERROR_NONE
           ? ngx_http_mcp_inspect_call(r, ctx, msg) : NGX_DECLINED;
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


/* a credential for this server is none for the other */

static ngx_int_t
ngx_http_mcp_inspect_headers(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_uint_t                 i;
    ngx_list_t                 old;
    ngx_list_part_t           *part;
    ngx_table_elt_t           *h, *copy;
    ngx_http_mcp_loc_conf_t   *mlcf;

    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    if (!ngx_http_mcp_auth_enabled(mlcf->auth)) {
        return NGX_OK;
    }

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

            if (ngx_http_mcp_inspect_is_credential(mlcf->auth, &h[i])) {
                continue;
            }

            copy = ngx_list_push(&r->headers_in.headers);
            if (copy == NULL) {
                return NGX_ERROR;
            }

            *copy = h[i];
        }
    }

    r->headers_in.authorization = NULL;

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
ngx_http_mcp_inspect_is_credential(ngx_http_mcp_auth_conf_t *conf,
    ngx_table_elt_t *h)
{
    return (h->key.len == sizeof("authorization") - 1
            && ngx_strncmp(h->lowcase_key, "authorization", h->key.len) == 0)
           || (conf->keys
               && h->key.len == sizeof("x-api-key") - 1
               && ngx_strncmp(h->lowcase_key, "x-api-key", h->key.len) == 0);
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


static ngx_int_t
ngx_http_mcp_inspect_header_filter(ngx_http_request_t *r)
{
    mcp_peek_kind_e      kind;
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);

    if (ctx == NULL || !ctx->inspected || ctx->replace || r != r->main) {
        return ngx_http_next_header_filter(r);
    }

    if (r->headers_out.status >= NGX_HTTP_BAD_REQUEST) {
        ctx->error.cause = mcp_error_of_status(r->headers_out.status);
    }

    if (r->header_only
        || (r->headers_out.content_encoding
            && r->headers_out.content_encoding->value.len))
    {
        return ngx_http_next_header_filter(r);
    }

    if (mcp_headers_json(&r->headers_out.content_type)) {
        kind = MCP_PEEK_JSON;

    } else if (mcp_headers_accept(&r->headers_out.content_type)
               & MCP_ACCEPT_EVENTS)
    {
        kind = MCP_PEEK_EVENTS;

    } else {
        return ngx_http_next_header_filter(r);
    }

    ctx->peek = ngx_palloc(r->pool, sizeof(mcp_peek_t));
    if (ctx->peek == NULL) {
        return NGX_ERROR;
    }

    mcp_peek_init(ctx->peek, kind);

    return ngx_http_next_header_filter(r);
}


static ngx_int_t
ngx_http_mcp_inspect_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_chain_t         *cl;
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);

    if (ctx == NULL || ctx->peek == NULL || r != r->main) {
        return ngx_http_next_body_filter(r, in);
    }

    for (cl = in; cl; cl = cl->next) {
        if (ngx_buf_in_memory(cl->buf)) {
            mcp_peek(ctx->peek, cl->buf->pos, cl->buf->last);
        }
    }

    ngx_http_mcp_inspect_found(ctx);

    return ngx_http_next_body_filter(r, in);
}


static void
ngx_http_mcp_inspect_found(ngx_http_mcp_ctx_t *ctx)
{
    switch (ctx->peek->found) {

    case MCP_PEEK_ERROR:
        ctx->error.cause = mcp_error_of_code(ctx->peek->code);
        break;

    case MCP_PEEK_TOOL_ERROR:
        ctx->error.cause = MCP_ERROR_TOOL;
        break;

    default:
        break;
    }
}


void
ngx_http_mcp_inspect_init(void)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_mcp_inspect_header_filter;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_mcp_inspect_body_filter;
}
