
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_detach.h>
#include <ngx_http_mcp_replay.h>
#include <ngx_http_mcp_stream.h>


/* the smallest buffer of an event */
#define NGX_HTTP_MCP_STREAM_BUF  256

#define ngx_http_mcp_stream_tag  ((ngx_buf_tag_t) &ngx_http_mcp_module)


static ngx_int_t ngx_http_mcp_stream_open(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_int_t ngx_http_mcp_stream_prime(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_int_t ngx_http_mcp_stream_event(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_msec_t retry, ngx_chain_t *data,
    ngx_chain_t **event);
static void ngx_http_mcp_stream_keep(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_chain_t *event, ngx_http_mcp_replay_e type);
static ngx_int_t ngx_http_mcp_stream_put(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_chain_t *cl);
static ngx_int_t ngx_http_mcp_stream_close_kept(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_chain_t *ngx_http_mcp_stream_get(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, size_t size);
static void ngx_http_mcp_stream_free(ngx_http_mcp_ctx_t *ctx,
    ngx_chain_t *cl);
static ngx_int_t ngx_http_mcp_stream_output(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_chain_t *out);
static void ngx_http_mcp_stream_writer(ngx_http_request_t *r);


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

    return ngx_http_mcp_stream_put(r, ctx, cl);
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

    cl = ngx_http_mcp_stream_get(r, ctx, bytes->len);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    cl->buf->last = ngx_cpymem(cl->buf->last, bytes->data, bytes->len);

    return ngx_http_mcp_stream_put(r, ctx, cl);
}


ngx_int_t
ngx_http_mcp_stream_poll(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_msec_t retry)
{
    ngx_int_t     rc;
    ngx_uint_t    away;
    ngx_chain_t  *cl;

    if (!ngx_http_mcp_replay_wanted(r, ctx)) {
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
        ngx_http_mcp_stream_free(ctx, cl);
        return NGX_OK;
    }

    cl->buf->last_buf = 1;
    cl->buf->last_in_chain = 1;

    r->read_event_handler = ngx_http_mcp_detach_reading;

    if (ngx_http_mcp_stream_output(r, ctx, cl) != NGX_OK) {
        ngx_http_mcp_detach_hang_up(r, ctx, 1);

    } else if (!ngx_http_mcp_stream_slow(r)) {
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

    return ngx_http_mcp_stream_put(r, ctx, cl);
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

    *event = ngx_http_mcp_stream_get(r, ctx, size);
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


static ngx_int_t
ngx_http_mcp_stream_put(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_chain_t *cl)
{
    size_t  size;

    if (ctx->detached) {
        ngx_http_mcp_stream_free(ctx, cl);
        return NGX_OK;
    }

    size = cl->buf->last - cl->buf->pos;

    if (ctx->queued && ctx->queued + size > NGX_HTTP_MCP_STREAM_MAX) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "mcp client reads too slowly, %uz bytes are queued",
                      ctx->queued);

        ngx_http_mcp_stream_free(ctx, cl);
        return ngx_http_mcp_detach_cut(r, ctx);
    }

    if (ctx->replay
        && ctx->replay->followed
        && ngx_http_mcp_detach_cut(r, ctx) == NGX_OK)
    {
        /* the client has come back and reads there: events are sent once */
        ngx_http_mcp_stream_free(ctx, cl);
        return NGX_OK;
    }

    cl->buf->flush = 1;

    if (ngx_http_mcp_stream_output(r, ctx, cl) != NGX_OK) {
        return ngx_http_mcp_detach_cut(r, ctx);
    }

    return NGX_OK;
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


static void
ngx_http_mcp_stream_free(ngx_http_mcp_ctx_t *ctx, ngx_chain_t *cl)
{
    cl->next = ctx->free;
    ctx->free = cl;
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
        ngx_http_mcp_detach_lose(r, ctx, NGX_HTTP_REQUEST_TIME_OUT);
        return;
    }

    if (c->error) {
        /* HTTP/2 says so here when frames are queued */
        ngx_http_mcp_detach_lose(r, ctx, NGX_HTTP_CLIENT_CLOSED_REQUEST);
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
        ngx_http_mcp_detach_lose(r, ctx, NGX_ERROR);
        return;
    }

    if (ngx_http_mcp_stream_slow(r)) {
        return;
    }

    if (ctx->detached) {
        ngx_http_mcp_detach_hang_up(r, ctx, 0);

    } else if (ctx->drained) {
        ngx_post_event(ctx->drained, &ngx_posted_events);
    }
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
    r->write_event_handler = ngx_http_mcp_stream_writer;

    if (rev->pending_eof) {
        /* it came with the request, there will be no other event */
        ngx_post_event(rev, &ngx_posted_events);
    }

    if (r->header_sent && ngx_http_mcp_stream_output(r, ctx, NULL) != NGX_OK) {
        return ngx_http_mcp_detach_cut(r, ctx);
    }

    return NGX_OK;
}
