
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_result.h>
#include <mcp_tools.h>
#include <ngx_http_mcp_refusal.h>
#include <ngx_http_mcp_reply.h>


/* as in limit_req and limit_conn, which have no header */
#define NGX_HTTP_MCP_LIMIT_REQ_REJECTED   3
#define NGX_HTTP_MCP_LIMIT_CONN_REJECTED  2


static ngx_int_t ngx_http_mcp_refusal_write(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_uint_t ngx_http_mcp_refusal_limited(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_int_t ngx_http_mcp_refusal_wait(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_int_t ngx_http_mcp_refusal_header(ngx_http_request_t *r);
static ngx_int_t ngx_http_mcp_refusal_body(ngx_http_request_t *r,
    ngx_chain_t *in);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


/*
 * The error pages of nginx and of its access modules are HTML; a client that
 * gets one in the place of JSON-RPC takes the server for another.
 */

static ngx_int_t
ngx_http_mcp_refusal_header(ngx_http_request_t *r)
{
    ngx_http_mcp_ctx_t       *ctx;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    if ((!mlcf->enable && !mlcf->inspect)
        || r != r->main
        || r->err_status < NGX_HTTP_BAD_REQUEST)
    {
        return ngx_http_next_header_filter(r);
    }

    ctx = ngx_http_mcp_get_ctx(r);

    if (ctx && ctx->answered && !r->filter_finalize) {
        /* "error_page" led to the endpoint: the answer is its own */
        return ngx_http_next_header_filter(r);
    }

    if (ctx == NULL) {
        ctx = ngx_http_mcp_create_ctx(r);
        if (ctx == NULL) {
            return NGX_ERROR;
        }
    }

    /* the body filter looks for it here, also after an internal redirect */

    ngx_http_set_ctx(r, ctx, ngx_http_mcp_module);

    if (ngx_http_mcp_refusal_write(r, ctx) != NGX_OK
        || ngx_http_mcp_reply_challenge(r, ctx, r->err_status) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx->replace = 1;

    ngx_http_mcp_set_type(r, "application/json");
    r->headers_out.content_length_n = ctx->size;

    if (r->headers_out.content_length) {
        r->headers_out.content_length->hash = 0;
        r->headers_out.content_length = NULL;
    }

    return ngx_http_next_header_filter(r);
}


/* "mcp_error": where "error_page" leads to */

ngx_int_t
ngx_http_mcp_error_handler(ngx_http_request_t *r)
{
    ngx_int_t            rc;
    ngx_http_mcp_ctx_t  *ctx;

    if (r->err_status < NGX_HTTP_BAD_REQUEST) {
        /* nothing has failed yet: it is asked for by its own address */
        return NGX_HTTP_NOT_FOUND;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    ctx = ngx_http_mcp_get_ctx(r);

    if (ctx == NULL) {
        ctx = ngx_http_mcp_create_ctx(r);
        if (ctx == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    if (ngx_http_mcp_refusal_write(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_mcp_reply_send(r, ctx, r->err_status ? r->err_status
                                                         : NGX_HTTP_OK);
}


/* in the place of whatever was prepared */

static ngx_int_t
ngx_http_mcp_refusal_write(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_str_t   id;
    mcp_msg_t  *msg;

    ctx->out = NULL;
    ctx->last_out = &ctx->out;
    ctx->size = 0;
    ctx->answers = 0;

    ctx->error.cause = mcp_error_of_status(r->err_status);
    ngx_str_null(&ctx->error.text);
    ngx_str_null(&ctx->error.data);

    if (ngx_http_mcp_refusal_limited(r, ctx)) {
        return ngx_http_mcp_refusal_wait(r, ctx);
    }

    ngx_str_null(&id);
    msg = ngx_http_mcp_current(ctx);

    if (msg && !ctx->body.batch) {
        id = msg->id;
    }

    ctx->body.batch = 0;

    return ngx_http_mcp_reply_error(r, ctx, &id, &ctx->error);
}


/* is it a call over a limit, of an endpoint that tells the model */

static ngx_uint_t
ngx_http_mcp_refusal_limited(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    mcp_msg_t  *msg;

    msg = ngx_http_mcp_current(ctx);

    return ctx->conf
           && ctx->conf->limit_wait
           && msg
           && mcp_dispatch_is_call(msg)
           && (msg->tool || ctx->conf->inspect)
           && msg->error.cause == MCP_ERROR_NONE
           && !ctx->body.batch
           && (r->err_status == NGX_HTTP_TOO_MANY_REQUESTS
               || r->limit_req_status == NGX_HTTP_MCP_LIMIT_REQ_REJECTED
               || r->limit_conn_status == NGX_HTTP_MCP_LIMIT_CONN_REJECTED);
}


/* SDKs make exceptions of statuses; of a result a model can make a plan */

static ngx_int_t
ngx_http_mcp_refusal_wait(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    u_char         text[sizeof("Too many calls: wait  seconds, then call "
                               "again.") + NGX_TIME_T_LEN];
    u_char        *p;
    mcp_buf_t      b;
    mcp_msg_t     *msg;
    mcp_result_t   result;
    mcp_action_t   action;

    static const mcp_tool_t  any;

    msg = ngx_http_mcp_current(ctx);

    p = ngx_sprintf(text, "Too many calls: wait %T second%s, then call again.",
                    ctx->conf->limit_wait,
                    ctx->conf->limit_wait == 1 ? "" : "s");

    mcp_result_init_msg(&result, r->pool, msg);

    if (result.tool == NULL) {
        result.tool = &any;
    }

    mcp_result_error(&result, text, p - text);

    mcp_buf_init(&b, r->pool, 256);
    ngx_memzero(&action, sizeof(mcp_action_t));

    if (mcp_result_write(&result, ctx->conf->server, &b) != NGX_OK
        || mcp_buf_done(&b, &action.result) != NGX_OK)
    {
        return NGX_ERROR;
    }

    r->err_status = 0;
    r->headers_out.status = NGX_HTTP_OK;

    return ngx_http_mcp_reply_result(r, ctx, &msg->id, &action);
}


static ngx_int_t
ngx_http_mcp_refusal_body(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_chain_t         *out;
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);

    if (ctx == NULL || !ctx->replace || in == NULL) {
        return ngx_http_next_body_filter(r, in);
    }

    for ( /* void */ ; in; in = in->next) {
        in->buf->pos = in->buf->last;
    }

    out = ctx->out;

    if (out == NULL) {
        return NGX_OK;
    }

    ctx->out = NULL;

    out->buf->last_buf = 1;
    out->buf->last_in_chain = 1;

    return ngx_http_next_body_filter(r, out);
}


void
ngx_http_mcp_refusal_init(void)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_mcp_refusal_header;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_mcp_refusal_body;
}
