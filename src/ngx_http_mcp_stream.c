
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_detach.h>
#include <ngx_http_mcp_output.h>
#include <ngx_http_mcp_replay.h>
#include <ngx_http_mcp_stream.h>


static ngx_int_t ngx_http_mcp_stream_open(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_int_t ngx_http_mcp_stream_prime(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_int_t ngx_http_mcp_stream_event(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_msec_t retry, ngx_chain_t *data,
    ngx_chain_t **event);
static void ngx_http_mcp_stream_keep(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_chain_t *event, ngx_http_mcp_replay_e type);
static ngx_int_t ngx_http_mcp_stream_close_kept(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);


static ngx_str_t  ngx_http_mcp_stream_data = ngx_string("data: ");
static ngx_str_t  ngx_http_mcp_stream_end = ngx_string("\n\n");
static ngx_str_t  ngx_http_mcp_stream_quiet = ngx_string(":\n\n");


ngx_int_t
ngx_http_mcp_stream_send(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *json)
{
    ngx_buf_t     b;
    ngx_chain_t   data, *cl;

    if (!ctx->streaming && ngx_http_mcp_stream_open(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_memzero(&b, sizeof(ngx_buf_t));

    b.pos = json->data;
    b.last = json->data + json->len;

    data.buf = &b;
    data.next = NULL;

    if (ngx_http_mcp_stream_event(r, ctx, 0, &data, &cl) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_mcp_stream_keep(r, ctx, cl, NGX_HTTP_MCP_REPLAY_EVENT);

    return ngx_http_mcp_output_put(r, ctx, cl);
}


ngx_int_t
ngx_http_mcp_stream_comment(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    return ngx_http_mcp_stream_raw(r, ctx, &ngx_http_mcp_stream_quiet);
}


ngx_int_t
ngx_http_mcp_stream_raw(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *bytes)
{
    ngx_chain_t  *cl;

    if (!ctx->streaming && ngx_http_mcp_stream_open(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    cl = ngx_http_mcp_output_get(r, ctx, bytes->len);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    cl->buf->last = ngx_cpymem(cl->buf->last, bytes->data, bytes->len);

    return ngx_http_mcp_output_put(r, ctx, cl);
}


ngx_int_t
ngx_http_mcp_stream_poll(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_msec_t retry)
{
    ngx_int_t     rc;
    ngx_uint_t    away;
    ngx_chain_t  *cl;

    /* there is no need for a stream where this cannot be */

    if (!ngx_http_mcp_replay_wanted(r, ctx)
        || (!ctx->detached && ngx_http_mcp_detach_full()))
    {
        return NGX_DECLINED;
    }

    if (!ctx->streaming && ngx_http_mcp_stream_open(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    away = ctx->detached;
    rc = ngx_http_mcp_detach(r, ctx);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_mcp_stream_event(r, ctx, retry, NULL, &cl) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_mcp_stream_keep(r, ctx, cl, NGX_HTTP_MCP_REPLAY_POLL);

    if (away) {
        ngx_http_mcp_output_free(ctx, cl);
        return NGX_OK;
    }

    cl->buf->last_buf = 1;
    cl->buf->last_in_chain = 1;

    r->read_event_handler = ngx_http_mcp_detach_reading;

    if (ngx_http_mcp_output(r, ctx, cl) != NGX_OK) {
        ngx_http_mcp_detach_hang_up(r, ctx, 1);

    } else if (!ngx_http_mcp_output_slow(r)) {
        ngx_http_mcp_detach_hang_up(r, ctx, 0);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_stream_open(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_int_t   rc;
    ngx_uint_t  kept;

    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "mcp stream opened");

    ctx->answered = 1;
    ctx->streaming = 1;

    kept = ngx_http_mcp_replay_wanted(r, ctx);

    if (kept) {
        /* HTTP/1.x: the connection may be given up before the request ends */
        r->keepalive = 0;
    }

    ngx_http_mcp_set_type(r, "text/event-stream");

    if (ngx_http_mcp_add_header(r, "Cache-Control", "no-cache, no-transform")
        != NGX_OK
        || ngx_http_mcp_add_header(r, "X-Accel-Buffering", "no") != NGX_OK)
    {
        return NGX_ERROR;
    }

    r->disable_not_modified = 1;
    r->headers_out.status = NGX_HTTP_OK;

    ngx_http_clear_content_length(r);

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK) {
        return NGX_ERROR;
    }

    return kept ? ngx_http_mcp_stream_prime(r, ctx) : NGX_OK;
}


/* the client is told at once what to come back with */

static ngx_int_t
ngx_http_mcp_stream_prime(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_chain_t  *cl;

    if (ngx_http_mcp_replay_open(r, ctx) != NGX_OK
        || ngx_http_mcp_stream_event(r, ctx, 0, NULL, &cl) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_mcp_stream_keep(r, ctx, cl, NGX_HTTP_MCP_REPLAY_EVENT);

    return ngx_http_mcp_output_put(r, ctx, cl);
}


/* one that is kept has the next id; data may be NULL */

static ngx_int_t
ngx_http_mcp_stream_event(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_msec_t retry, ngx_chain_t *data, ngx_chain_t **event)
{
    u_char        *p, head[MCP_SSE_HEAD_MAX];
    size_t         size;
    ngx_buf_t     *b;
    ngx_chain_t   *cl;
    mcp_sse_id_t  *id;

    id = ctx->replay ? ngx_http_mcp_replay_next(ctx->replay) : NULL;
    p = mcp_sse_head(head, id, retry);

    size = p - head + ngx_http_mcp_stream_end.len;

    for (cl = data; cl; cl = cl->next) {
        size += cl->buf->last - cl->buf->pos;
    }

    *event = ngx_http_mcp_output_get(r, ctx, size);
    if (*event == NULL) {
        return NGX_ERROR;
    }

    b = (*event)->buf;

    b->last = ngx_cpymem(b->last, head, p - head);

    for (cl = data; cl; cl = cl->next) {
        b->last = ngx_cpymem(b->last, cl->buf->pos,
                             cl->buf->last - cl->buf->pos);
    }

    b->last = ngx_cpymem(b->last, ngx_http_mcp_stream_end.data,
                         ngx_http_mcp_stream_end.len);

    return NGX_OK;
}


/* a client that stays does not miss what cannot be kept */

static void
ngx_http_mcp_stream_keep(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_chain_t *event, ngx_http_mcp_replay_e type)
{
    ngx_str_t  bytes;

    if (ctx->replay) {
        bytes.data = event->buf->pos;
        bytes.len = event->buf->last - event->buf->pos;

        ngx_http_mcp_replay_keep(r, ctx, &bytes, type);
    }
}


ngx_int_t
ngx_http_mcp_stream_close(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_chain_t  *head, *tail;

    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "mcp stream closed");

    if (ctx->replay) {
        return ngx_http_mcp_stream_close_kept(r, ctx);
    }

    if (ctx->out == NULL) {
        return ngx_http_send_special(r, NGX_HTTP_LAST);
    }

    head = ngx_http_mcp_chain(r, &ngx_http_mcp_stream_data);
    tail = ngx_http_mcp_chain(r, &ngx_http_mcp_stream_end);

    if (head == NULL || tail == NULL) {
        return NGX_ERROR;
    }

    head->next = ctx->out;
    *ctx->last_out = tail;

    tail->buf->last_buf = 1;
    tail->buf->last_in_chain = 1;

    return ngx_http_output_filter(r, head);
}


static ngx_int_t
ngx_http_mcp_stream_close_kept(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_chain_t  *cl;

    cl = NULL;

    if (ctx->out == NULL) {
        ngx_http_mcp_replay_end(ctx);

    } else {
        if (ngx_http_mcp_stream_event(r, ctx, 0, ctx->out, &cl) != NGX_OK) {
            return NGX_ERROR;
        }

        ngx_http_mcp_stream_keep(r, ctx, cl, NGX_HTTP_MCP_REPLAY_LAST);
    }

    if (ctx->detached) {
        return ctx->gone ? NGX_ERROR : NGX_OK;
    }

    if (cl == NULL || ctx->replay->followed) {
        return ngx_http_send_special(r, NGX_HTTP_LAST);
    }

    cl->buf->last_buf = 1;
    cl->buf->last_in_chain = 1;

    return ngx_http_output_filter(r, cl);
}


ngx_int_t
ngx_http_mcp_stream_wait(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_event_t  *rev;

    if (ctx->detached) {
        return NGX_OK;
    }

    rev = r->connection->read;

    r->read_event_handler = ngx_http_mcp_detach_reading;
    r->write_event_handler = ngx_http_mcp_output_writer;

    if (rev->pending_eof) {
        /* it came with the request, there will be no other event */
        ngx_post_event(rev, &ngx_posted_events);
    }

    if (r->header_sent && ngx_http_mcp_output(r, ctx, NULL) != NGX_OK) {
        return ngx_http_mcp_detach_cut(r, ctx);
    }

    return NGX_OK;
}
