
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_headers.h>
#include <ngx_http_mcp_inspect.h>


static void ngx_http_mcp_inspect_end(void *data);
static ngx_uint_t ngx_http_mcp_inspect_listens(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_int_t ngx_http_mcp_inspect_header_filter(ngx_http_request_t *r);
static ngx_uint_t ngx_http_mcp_inspect_kind(ngx_http_request_t *r,
    mcp_peek_kind_e *kind);
static void ngx_http_mcp_inspect_stream(ngx_http_upstream_t *u);
static ngx_int_t ngx_http_mcp_inspect_body_filter(ngx_http_request_t *r,
    ngx_chain_t *in);
static void ngx_http_mcp_inspect_found(ngx_http_mcp_ctx_t *ctx);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


ngx_int_t
ngx_http_mcp_inspect_watch(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_http_cleanup_t  *cln;

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_mcp_inspect_end;
    cln->data = r;

    ctx->inspected = 1;

    return NGX_OK;
}


/* before the log: has the answer come, and if not, who is gone */

static void
ngx_http_mcp_inspect_end(void *data)
{
    ngx_http_request_t *r = data;

    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);

    if (ctx == NULL
        || !ctx->inspected
        || ctx->whole
        || ctx->replace
        || ctx->error.cause != MCP_ERROR_NONE
        || (ctx->peek && ctx->peek->found != MCP_PEEK_NOTHING)
        || (r->header_sent && r->header_only))
    {
        return;
    }

    if (r->connection->error
        || r->connection->timedout
        || r->headers_out.status == NGX_HTTP_CLIENT_CLOSED_REQUEST)
    {
        if (!r->header_sent || !ngx_http_mcp_inspect_listens(r, ctx)) {
            ctx->error.cause = MCP_ERROR_CANCELLED;
        }

        return;
    }

    ctx->error.cause = MCP_ERROR_UNAVAILABLE;
}


/* so that leaving is how it ends */

static ngx_uint_t
ngx_http_mcp_inspect_listens(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    mcp_msg_t  *msg;

    msg = ngx_http_mcp_current(ctx);

    return msg == NULL || mcp_dispatch_is_listen(msg);
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

    if (r->header_only || !ngx_http_mcp_inspect_kind(r, &kind)) {
        return ngx_http_next_header_filter(r);
    }

    if (kind == MCP_PEEK_EVENTS && r->upstream) {
        ngx_http_mcp_inspect_stream(r->upstream);
    }

    if (r->headers_out.content_encoding
        && r->headers_out.content_encoding->value.len)
    {
        return ngx_http_next_header_filter(r);
    }

    ctx->peek = ngx_palloc(r->pool, sizeof(mcp_peek_t));
    if (ctx->peek == NULL) {
        return NGX_ERROR;
    }

    mcp_peek_init(ctx->peek, kind);

    /* what was buffered may be in a file */
    r->filter_need_in_memory = 1;

    return ngx_http_next_header_filter(r);
}


static ngx_uint_t
ngx_http_mcp_inspect_kind(ngx_http_request_t *r, mcp_peek_kind_e *kind)
{
    ngx_str_t  *type;

    type = &r->headers_out.content_type;

    if (mcp_headers_json(type)) {
        *kind = MCP_PEEK_JSON;
        return 1;
    }

    *kind = MCP_PEEK_EVENTS;

    return (mcp_headers_accept(type) & MCP_ACCEPT_EVENTS) != 0;
}


/* an event is for now, not for when a buffer is full */

static void
ngx_http_mcp_inspect_stream(ngx_http_upstream_t *u)
{
    if (!u->store
#if (NGX_HTTP_CACHE)
        && !u->cacheable
#endif
        )
    {
        u->buffering = 0;
    }
}


static ngx_int_t
ngx_http_mcp_inspect_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_chain_t         *cl;
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);

    if (ctx == NULL || !ctx->inspected || r != r->main) {
        return ngx_http_next_body_filter(r, in);
    }

    for (cl = in; cl; cl = cl->next) {

        if (ctx->peek && ngx_buf_in_memory(cl->buf)) {
            mcp_peek(ctx->peek, cl->buf->pos, cl->buf->last);
        }

        if (cl->buf->last_buf) {
            ctx->whole = 1;
        }
    }

    if (ctx->peek) {
        ngx_http_mcp_inspect_found(ctx);
    }

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
