
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_detach.h>
#include <ngx_http_mcp_output.h>
#include <ngx_http_mcp_replay.h>


/* the smallest buffer of an event */
#define NGX_HTTP_MCP_OUTPUT_BUF  256

#define ngx_http_mcp_output_tag  ((ngx_buf_tag_t) &ngx_http_mcp_module)


ngx_chain_t *
ngx_http_mcp_output_get(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
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

        room = ngx_max(2 * room, NGX_HTTP_MCP_OUTPUT_BUF);
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
    b->tag = ngx_http_mcp_output_tag;

    return cl;
}


void
ngx_http_mcp_output_free(ngx_http_mcp_ctx_t *ctx, ngx_chain_t *cl)
{
    cl->next = ctx->free;
    ctx->free = cl;
}


ngx_int_t
ngx_http_mcp_output_put(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_chain_t *cl)
{
    size_t  size;

    if (ctx->detached) {
        ngx_http_mcp_output_free(ctx, cl);
        return NGX_OK;
    }

    size = cl->buf->last - cl->buf->pos;

    if (ctx->queued && ctx->queued + size > NGX_HTTP_MCP_OUTPUT_MAX) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "mcp client reads too slowly, %uz bytes are queued",
                      ctx->queued);

        ngx_http_mcp_output_free(ctx, cl);
        return ngx_http_mcp_detach_cut(r, ctx);
    }

    if (ctx->replay
        && ctx->replay->followed
        && ngx_http_mcp_detach_cut(r, ctx) == NGX_OK)
    {
        /* the client has come back and reads there: events are sent once */
        ngx_http_mcp_output_free(ctx, cl);
        return NGX_OK;
    }

    cl->buf->flush = 1;

    if (ngx_http_mcp_output(r, ctx, cl) != NGX_OK) {
        return ngx_http_mcp_detach_cut(r, ctx);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_mcp_output(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
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
                            ngx_http_mcp_output_tag);

    ctx->queued = 0;

    for (cl = ctx->busy; cl; cl = cl->next) {
        ctx->queued += cl->buf->end - cl->buf->start;
    }

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (!ngx_http_mcp_output_slow(r)) {

        if (wev->timer_set && !wev->delayed) {
            ngx_del_timer(wev);
        }

        return NGX_OK;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    r->write_event_handler = ngx_http_mcp_output_writer;

    if (!wev->delayed && !wev->timer_set) {
        ngx_add_timer(wev, clcf->send_timeout);
    }

    return ngx_handle_write_event(wev, clcf->send_lowat);
}


void
ngx_http_mcp_output_writer(ngx_http_request_t *r)
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

    if (ngx_http_mcp_output(r, ctx, NULL) != NGX_OK) {
        ngx_http_mcp_detach_lose(r, ctx, NGX_ERROR);
        return;
    }

    if (ngx_http_mcp_output_slow(r)) {
        return;
    }

    if (ctx->detached) {
        ngx_http_mcp_detach_hang_up(r, ctx, 0);

    } else if (ctx->drained) {
        ngx_post_event(ctx->drained, &ngx_posted_events);
    }
}
