
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_detach.h>


static ngx_uint_t ngx_http_mcp_detach_gone(ngx_http_request_t *r);
static ngx_uint_t ngx_http_mcp_detach_forced(ngx_http_request_t *r);
static void ngx_http_mcp_detach_deaf(ngx_http_request_t *r);
static void ngx_http_mcp_detach_cleanup(void *data);


static ngx_uint_t  ngx_http_mcp_detached;


ngx_uint_t
ngx_http_mcp_detach_full(void)
{
    return ngx_http_mcp_detached >= NGX_HTTP_MCP_DETACHED_MAX;
}


ngx_int_t
ngx_http_mcp_detach(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_http_cleanup_t  *cln;

    if (ctx->detached) {
        return NGX_OK;
    }

    if (ctx->replay == NULL || ctx->finished) {
        return NGX_DECLINED;
    }

    if (ngx_http_mcp_detach_full()) {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "mcp has %ui calls without a client",
                      ngx_http_mcp_detached);
        return NGX_DECLINED;
    }

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_mcp_detach_cleanup;

    ngx_http_mcp_detached++;
    ctx->detached = 1;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "mcp call goes on without a client, %ui of them",
                   ngx_http_mcp_detached);

    return NGX_OK;
}


static void
ngx_http_mcp_detach_cleanup(void *data)
{
    ngx_http_mcp_detached--;
}


void
ngx_http_mcp_detach_hang_up(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_uint_t gone)
{
    ngx_event_t       *wev;
    ngx_connection_t  *c;

    c = r->connection;
    wev = c->write;

    r->read_event_handler = ngx_http_mcp_detach_deaf;
    r->write_event_handler = ngx_http_request_empty_handler;

    if (wev->timer_set) {
        wev->delayed = 0;
        ngx_del_timer(wev);
    }

    /* what was not taken stays with the filters, it is never waited for */

    ctx->busy = NULL;
    ctx->queued = 0;
    ctx->gone = gone;

    /* the call is not over, and neither are subrequests that it waits for */

    c->error = 0;

#if (NGX_HTTP_V2)

    if (r->stream) {
        return;
    }

#endif

#if (NGX_HTTP_V3)

    if (c->quic) {
        return;
    }

#endif

#if (NGX_HTTP_SSL)

    if (c->ssl) {
        c->ssl->no_send_shutdown = 1;
    }

#endif

    if (wev->active && (ngx_event_flags & NGX_USE_LEVEL_EVENT)) {
        (void) ngx_del_event(wev, NGX_WRITE_EVENT, 0);
    }

    /* a client that reads until the end sees it now, not with the call's */

    (void) shutdown(c->fd, gone ? SHUT_RDWR : SHUT_WR);
}


ngx_int_t
ngx_http_mcp_detach_cut(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    if (ngx_http_mcp_detach_forced(r)
        || ngx_http_mcp_detach(r, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "mcp client went away, its call goes on");

    ngx_http_mcp_detach_hang_up(r, ctx, 1);

    return NGX_OK;
}


void
ngx_http_mcp_detach_lose(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_int_t rc)
{
    if (ngx_http_mcp_detach_cut(r, ctx) != NGX_OK) {
        ngx_http_mcp_finalize(r, rc);
    }
}


void
ngx_http_mcp_detach_reading(ngx_http_request_t *r)
{
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_mcp_get_ctx(r);

    if (ctx->replay == NULL || !ngx_http_mcp_detach_gone(r)) {
        ngx_http_test_reading(r);
        return;
    }

    ngx_http_mcp_detach_lose(r, ctx, NGX_HTTP_CLIENT_CLOSED_REQUEST);
}


/* what ngx_http_test_reading() would find, which ends requests itself */

static ngx_uint_t
ngx_http_mcp_detach_gone(ngx_http_request_t *r)
{
    int                n;
    char               buf[1];
    ngx_connection_t  *c;

    c = r->connection;

    if (c->error) {
        return 1;
    }

#if (NGX_HTTP_V2)

    if (r->stream) {
        return 0;
    }

#endif

#if (NGX_HTTP_V3)

    if (c->quic) {
        return c->read->error;
    }

#endif

    if (c->read->pending_eof) {
        return 1;
    }

    n = recv(c->fd, buf, 1, MSG_PEEK);

    return n == 0 || (n == -1 && ngx_socket_errno != NGX_EAGAIN);
}


/*
 * A worker that has to leave, "worker_shutdown_timeout", closes connections
 * and so their streams; it cannot be told apart from a client that does so.
 */

static ngx_uint_t
ngx_http_mcp_detach_forced(ngx_http_request_t *r)
{
#if (NGX_HTTP_V2)

    if (r->stream) {
        return ngx_exiting && r->stream->connection->connection->error;
    }

#endif

    return 0;
}


static void
ngx_http_mcp_detach_deaf(ngx_http_request_t *r)
{
    if (ngx_http_mcp_detach_forced(r)) {
        ngx_http_mcp_finalize(r, NGX_HTTP_CLIENT_CLOSED_REQUEST);
        return;
    }

    r->connection->error = 0;

    ngx_http_block_reading(r);
}

