
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_stream.h>


/* the smallest buffer of an event */
#define NGX_HTTP_MCP_STREAM_BUF  256

#define ngx_http_mcp_stream_tag  ((ngx_buf_tag_t) &ngx_http_mcp_module)


static ngx_int_t ngx_http_mcp_stream_bytes(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_str_t *head, ngx_str_t *body,
    ngx_str_t *tail);
static ngx_int_t ngx_http_mcp_stream_open(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_chain_t *ngx_http_mcp_stream_get(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, size_t size);
static ngx_int_t ngx_http_mcp_stream_output(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_chain_t *out);
static void ngx_http_mcp_stream_writer(ngx_http_request_t *r);


static ngx_str_t  ngx_http_mcp_stream_none = ngx_string("");
static ngx_str_t  ngx_http_mcp_stream_colon = ngx_string(":");
static ngx_str_t  ngx_http_mcp_stream_data = ngx_string("data: ");
static ngx_str_t  ngx_http_mcp_stream_end = ngx_string("\n\n");


ngx_int_t
ngx_http_mcp_stream_send(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *json)
{
    return ngx_http_mcp_stream_bytes(r, ctx, &ngx_http_mcp_stream_data, json,
                                     &ngx_http_mcp_stream_end);
}


ngx_int_t
ngx_http_mcp_stream_comment(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    return ngx_http_mcp_stream_bytes(r, ctx, &ngx_http_mcp_stream_colon,
                                     &ngx_http_mcp_stream_none,
                                     &ngx_http_mcp_stream_end);
}


ngx_int_t
ngx_http_mcp_stream_raw(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *bytes)
{
    return ngx_http_mcp_stream_bytes(r, ctx, &ngx_http_mcp_stream_none, bytes,
                                     &ngx_http_mcp_stream_none);
}


static ngx_int_t
ngx_http_mcp_stream_bytes(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *head, ngx_str_t *body, ngx_str_t *tail)
{
    size_t        size;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    if (!ctx->streaming && ngx_http_mcp_stream_open(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    size = head->len + body->len + tail->len;

    if (ctx->queued + size > NGX_HTTP_MCP_STREAM_MAX) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "mcp client reads too slowly, %uz bytes are queued",
                      ctx->queued);
        return NGX_ERROR;
    }

    cl = ngx_http_mcp_stream_get(r, ctx, size);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    b = cl->buf;

    b->last = ngx_cpymem(b->last, head->data, head->len);
    b->last = ngx_cpymem(b->last, body->data, body->len);
    b->last = ngx_cpymem(b->last, tail->data, tail->len);

    b->flush = 1;

    return ngx_http_mcp_stream_output(r, ctx, cl);
}


static ngx_int_t
ngx_http_mcp_stream_open(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_int_t  rc;

    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "mcp stream opened");

    ctx->answered = 1;
    ctx->streaming = 1;

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

    return (rc == NGX_ERROR || rc > NGX_OK) ? NGX_ERROR : NGX_OK;
}


/*
 * An empty buffer for "size" bytes, a used one if there is one.  One that is
 * too small is replaced by one at least twice as large, so that what is lost
 * in the pool is less than what is in use.
 */

static ngx_chain_t *
ngx_http_mcp_stream_get(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    size_t size)
{
    size_t        room;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    cl = ngx_chain_get_free_buf(r->pool, &ctx->free);
    if (cl == NULL) {
        return NULL;
    }

    b = cl->buf;
    room = b->end - b->start;

    if (room < size) {

        if (b->start) {
            (void) ngx_pfree(r->pool, b->start);
        }

        room = ngx_max(2 * room, NGX_HTTP_MCP_STREAM_BUF);
        room = ngx_max(room, size);

        b->start = ngx_palloc(r->pool, room);
        if (b->start == NULL) {
            return NULL;
        }

        b->end = b->start + room;
    }

    b->pos = b->start;
    b->last = b->start;
    b->temporary = 1;
    b->tag = ngx_http_mcp_stream_tag;

    return cl;
}


static ngx_int_t
ngx_http_mcp_stream_output(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_chain_t *out)
{
    ngx_int_t                  rc;
    ngx_chain_t               *cl;
    ngx_event_t               *wev;
    ngx_connection_t          *c;
    ngx_http_core_loc_conf_t  *clcf;

    c = r->connection;
    wev = c->write;

    rc = ngx_http_output_filter(r, out);

    ngx_chain_update_chains(r->pool, &ctx->free, &ctx->busy, &out,
                            ngx_http_mcp_stream_tag);

    ctx->queued = 0;

    for (cl = ctx->busy; cl; cl = cl->next) {
        ctx->queued += cl->buf->end - cl->buf->start;
    }

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (!ngx_http_mcp_stream_slow(r)) {

        if (wev->timer_set && !wev->delayed) {
            ngx_del_timer(wev);
        }

        return NGX_OK;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    r->write_event_handler = ngx_http_mcp_stream_writer;

    if (!wev->delayed && !wev->timer_set) {
        ngx_add_timer(wev, clcf->send_timeout);
    }

    return ngx_handle_write_event(wev, clcf->send_lowat);
}


static void
ngx_http_mcp_stream_writer(ngx_http_request_t *r)
{
    ngx_event_t         *wev;
    ngx_connection_t    *c;
    ngx_http_mcp_ctx_t  *ctx;

    c = r->connection;
    wev = c->write;
    ctx = ngx_http_mcp_get_ctx(r);

    if (wev->timedout) {
        ngx_log_error(NGX_LOG_INFO, c->log, NGX_ETIMEDOUT,
                      "mcp client timed out");
        c->timedout = 1;
        ngx_http_mcp_finalize(r, NGX_HTTP_REQUEST_TIME_OUT);
        return;
    }

    if (c->error) {
        /* HTTP/2 says so here when frames are queued */
        ngx_http_mcp_finalize(r, NGX_HTTP_CLIENT_CLOSED_REQUEST);
        return;
    }

    if (!r->header_sent) {
        return;
    }

    /* a reader that is slow and reads is not timed out */

    if (wev->timer_set && !wev->delayed) {
        ngx_del_timer(wev);
    }

    if (ngx_http_mcp_stream_output(r, ctx, NULL) != NGX_OK) {
        ngx_http_mcp_finalize(r, NGX_ERROR);
        return;
    }

    if (ctx->drained && !ngx_http_mcp_stream_slow(r)) {
        ctx->drained(r);
    }
}


ngx_int_t
ngx_http_mcp_stream_wait(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_event_t  *rev;

    rev = r->connection->read;

    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_mcp_stream_writer;

    if (rev->pending_eof) {
        /* it came with the request, there will be no other event */
        ngx_post_event(rev, &ngx_posted_events);
    }

    return r->header_sent ? ngx_http_mcp_stream_output(r, ctx, NULL) : NGX_OK;
}


ngx_int_t
ngx_http_mcp_stream_close(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_chain_t  *head, *tail;

    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "mcp stream closed");

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
