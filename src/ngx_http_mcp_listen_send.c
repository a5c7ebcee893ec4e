
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_sse.h>
#include <ngx_http_mcp_endpoint.h>
#include <ngx_http_mcp_listener.h>
#include <ngx_http_mcp_output.h>
#include <ngx_http_mcp_reply.h>
#include <ngx_http_mcp_stream.h>


/* streams that are written to in one turn of the event loop */
#define NGX_HTTP_MCP_LISTEN_SLICE  256

/* bytes of events that are sent in one go */
#define NGX_HTTP_MCP_LISTEN_BUF    16384


/* what the streams of one turn share */
typedef struct {
    ngx_pool_t                  *pool;
    mcp_buf_t                    json;
    mcp_buf_t                    events;
    ngx_http_mcp_loc_conf_t     *mlcf;     /* the endpoint looked at last */
    ngx_uint_t                   changed;  /* MCP_SUB_* of it */
} ngx_http_mcp_listen_turn_t;


static void ngx_http_mcp_listen_slice(ngx_event_t *ev);
static void ngx_http_mcp_listen_turn(ngx_http_mcp_listen_turn_t *turn);
static void ngx_http_mcp_listen_serve(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_turn_t *turn);
static void ngx_http_mcp_listen_compare(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_turn_t *turn);
static ngx_int_t ngx_http_mcp_listen_news(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_turn_t *turn);
static ngx_uint_t ngx_http_mcp_listen_pending(ngx_http_mcp_listen_t *listen);
static ngx_http_mcp_news_t *ngx_http_mcp_listen_next(
    ngx_http_mcp_listen_t *listen, ngx_uint_t *i);
static ngx_int_t ngx_http_mcp_listen_write(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_news_t *news, ngx_http_mcp_listen_turn_t *turn,
    ngx_uint_t last);
static mcp_sse_id_t *ngx_http_mcp_listen_id(ngx_http_mcp_listen_t *listen,
    mcp_sse_id_t *id);
static ngx_int_t ngx_http_mcp_listen_flush(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_turn_t *turn);
static ngx_int_t ngx_http_mcp_listen_end(ngx_http_mcp_listen_t *listen);
static ngx_int_t ngx_http_mcp_listen_result(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_ctx_t *ctx);
static void ngx_http_mcp_listen_unread(ngx_http_request_t *r);


/* of the worker: who is to be served, and the event that does it */
static ngx_queue_t  ngx_http_mcp_listen_queue;
static ngx_event_t  ngx_http_mcp_listen_event;


void
ngx_http_mcp_listen_post(ngx_http_mcp_listen_t *listen)
{
    ngx_event_t  *ev;

    if (listen->queued || listen->done) {
        return;
    }

    ev = &ngx_http_mcp_listen_event;

    if (ev->handler == NULL) {
        ngx_queue_init(&ngx_http_mcp_listen_queue);

        ev->handler = ngx_http_mcp_listen_slice;
        ev->log = ngx_cycle->log;
    }

    listen->queued = 1;
    ngx_queue_insert_tail(&ngx_http_mcp_listen_queue, &listen->queue);

    if (!ev->posted && !ev->timer_set) {
        ngx_post_event(ev, &ngx_posted_events);
    }
}


static void
ngx_http_mcp_listen_slice(ngx_event_t *ev)
{
    ngx_http_mcp_listen_turn_t  turn;

    turn.mlcf = NULL;
    turn.pool = ngx_create_pool(ngx_pagesize, ev->log);

    if (turn.pool) {
        mcp_buf_init(&turn.json, turn.pool, 512);
        mcp_buf_init(&turn.events, turn.pool, 1024);

        ngx_http_mcp_listen_turn(&turn);

        ngx_destroy_pool(turn.pool);
    }

    if (ngx_queue_empty(&ngx_http_mcp_listen_queue)) {
        return;
    }

    /* nothing but a timer keeps a worker that shuts down from leaving */

    if (ngx_exiting || turn.pool == NULL) {
        ngx_add_timer(ev, 1);

    } else if (!ev->posted) {
        ngx_post_event(ev, &ngx_posted_next_events);
    }
}


static void
ngx_http_mcp_listen_turn(ngx_http_mcp_listen_turn_t *turn)
{
    ngx_uint_t              n;
    ngx_queue_t            *q;
    ngx_http_mcp_listen_t  *listen;

    for (n = 0; n < NGX_HTTP_MCP_LISTEN_SLICE; n++) {

        if (ngx_queue_empty(&ngx_http_mcp_listen_queue)) {
            return;
        }

        q = ngx_queue_head(&ngx_http_mcp_listen_queue);
        listen = ngx_queue_data(q, ngx_http_mcp_listen_t, queue);

        ngx_queue_remove(q);
        listen->queued = 0;

        ngx_http_mcp_listen_serve(listen, turn);
    }
}


static void
ngx_http_mcp_listen_serve(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_turn_t *turn)
{
    time_t               until;
    ngx_int_t            rc;
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = listen->request;
    c = r->connection;

    if (r->post_action) {
        /* the client is gone, and the request belongs to another location */
        return;
    }

    ngx_http_set_log_request(c->log, r);

    if (listen->exiting) {
        ngx_http_mcp_listen_compare(listen, turn);
    }

    rc = listen->session ? ngx_http_mcp_listen_session_look(listen) : NGX_OK;

    if (rc == NGX_OK) {
        rc = ngx_http_mcp_listen_news(listen, turn);
    }

    until = ngx_http_mcp_listen_until(listen);

    if (rc == NGX_OK && until && ngx_time() >= until) {
        rc = NGX_DONE;
    }

    if (rc == NGX_DONE || (rc == NGX_OK && listen->exiting)) {
        ngx_http_mcp_finalize(r, ngx_http_mcp_listen_end(listen));

    } else if (rc != NGX_OK) {
        ngx_http_mcp_finalize(r, NGX_ERROR);
    }

    ngx_http_run_posted_requests(c);
}


/* what the endpoint lists from now on is listed by other workers */

static void
ngx_http_mcp_listen_compare(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_turn_t *turn)
{
    ngx_uint_t                i;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_get_module_loc_conf(listen->request, ngx_http_mcp_module);

    if (turn->mlcf != mlcf) {
        turn->mlcf = mlcf;
        turn->changed = ngx_http_mcp_endpoint_changed(mlcf);
    }

    for (i = 0; i < listen->nnews; i++) {

        if (listen->news[i].list & turn->changed) {
            listen->news[i].pending = 1;
        }
    }
}


/* a slow reader has to take what it was told before; then it is drained */

static ngx_int_t
ngx_http_mcp_listen_news(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_turn_t *turn)
{
    ngx_uint_t            i, n;
    ngx_http_request_t   *r;
    ngx_http_mcp_news_t  *news;

    r = listen->request;

    turn->events.last = turn->events.start;

    i = 0;

    for (n = ngx_http_mcp_listen_pending(listen); n; n--) {

        if (ngx_http_mcp_output_slow(r) && !listen->exiting) {
            return NGX_OK;
        }

        news = ngx_http_mcp_listen_next(listen, &i);

        news->pending = 0;
        listen->quiet = 0;

        if (ngx_http_mcp_listen_write(listen, news, turn, n == 1) != NGX_OK) {
            return NGX_ERROR;
        }

        if (mcp_buf_len(&turn->events) >= NGX_HTTP_MCP_LISTEN_BUF
            && ngx_http_mcp_listen_flush(listen, turn) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (listen->quiet) {
        listen->quiet = 0;

        if (!ngx_http_mcp_output_slow(r) && !listen->exiting) {
            mcp_buf_lit(&turn->events, ":\n\n");
        }
    }

    return ngx_http_mcp_listen_flush(listen, turn);
}


static ngx_uint_t
ngx_http_mcp_listen_pending(ngx_http_mcp_listen_t *listen)
{
    ngx_uint_t  i, n;

    n = 0;
    i = 0;

    while (ngx_http_mcp_listen_next(listen, &i)) {
        n++;
        i++;
    }

    return n;
}


/* what is to be told, from the i-th on; NULL if there is no more */

static ngx_http_mcp_news_t *
ngx_http_mcp_listen_next(ngx_http_mcp_listen_t *listen, ngx_uint_t *i)
{
    ngx_uint_t            n;
    ngx_http_mcp_news_t  *news;

    n = listen->nnews + listen->nuris;

    for ( /* void */ ; *i < n; (*i)++) {
        news = (*i < listen->nnews) ? &listen->news[*i]
                                    : &listen->uris[*i - listen->nnews];

        if (news->pending && news->type <= NGX_HTTP_MCP_NEWS_URI) {
            return news;
        }
    }

    return NULL;
}


static ngx_int_t
ngx_http_mcp_listen_write(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_news_t *news, ngx_http_mcp_listen_turn_t *turn,
    ngx_uint_t last)
{
    mcp_buf_t    *b;
    ngx_str_t     json, *id;
    mcp_sse_id_t  event;

    b = &turn->json;
    b->last = b->start;

    id = listen->msg ? &listen->msg->id : NULL;

    if (news->list) {
        mcp_sub_write_changed(b, id, news->list);

    } else {
        mcp_sub_write_updated(b, id, &news->uri);
    }

    if (mcp_buf_done(b, &json) != NGX_OK) {
        return NGX_ERROR;
    }

    mcp_sse_write(&turn->events,
                  last ? ngx_http_mcp_listen_id(listen, &event) : NULL, 0,
                  &json);

    return NGX_OK;
}


/*
 * With the last of what was published until then, so that a client that comes
 * back with it is told nothing twice but what it may have missed.  NULL if the
 * event needs none.
 */

static mcp_sse_id_t *
ngx_http_mcp_listen_id(ngx_http_mcp_listen_t *listen, mcp_sse_id_t *id)
{
    uint64_t                        seen;
    ngx_http_mcp_listen_session_t  *s;

    s = listen->session;

    if (s == NULL) {
        return NULL;
    }

    seen = ngx_http_mcp_notify_seen();

    if (seen <= s->told) {
        return NULL;
    }

    s->told = seen;

    ngx_memcpy(id->stream, s->session->nonce, MCP_STATE_NONCE);
    id->seq = seen;

    return id;
}


static ngx_int_t
ngx_http_mcp_listen_flush(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_turn_t *turn)
{
    ngx_str_t            bytes;
    ngx_http_request_t  *r;

    if (mcp_buf_done(&turn->events, &bytes) != NGX_OK) {
        return NGX_ERROR;
    }

    if (bytes.len == 0) {
        return NGX_OK;
    }

    r = listen->request;

    turn->events.last = turn->events.start;
    listen->spoke = ngx_current_msec;

    return ngx_http_mcp_stream_raw(r, ngx_http_mcp_get_ctx(r), &bytes);
}


/* on the server's own initiative: what the request is finalized with */

static ngx_int_t
ngx_http_mcp_listen_end(ngx_http_mcp_listen_t *listen)
{
    ngx_http_request_t  *r;
    ngx_http_mcp_ctx_t  *ctx;

    r = listen->request;
    ctx = ngx_http_mcp_get_ctx(r);

    ctx->drained = NULL;

    ngx_http_mcp_listen_stop(listen);
    ngx_http_mcp_listen_unread(r);

    if (listen->msg && ngx_http_mcp_listen_result(listen, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_mcp_stream_close(r, ctx);
}


static ngx_int_t
ngx_http_mcp_listen_result(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_ctx_t *ctx)
{
    mcp_buf_t                 b;
    mcp_action_t              action;
    ngx_http_request_t       *r;
    ngx_http_mcp_loc_conf_t  *mlcf;

    r = listen->request;
    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    action.closed = 0;

    mcp_buf_init(&b, r->pool, mlcf->server->meta.len + 128);
    mcp_sub_write_end(&b, mlcf->server, &listen->msg->id);

    if (mcp_buf_done(&b, &action.result) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_mcp_reply_result(r, ctx, &listen->msg->id, &action);
}


/*
 * Where something may be left to read, nginx waits until the client closes the
 * connection, "lingering_timeout"; a worker that has to leave should know that
 * there is nothing.
 */

static void
ngx_http_mcp_listen_unread(ngx_http_request_t *r)
{
    char               buf[1];
    ngx_connection_t  *c;

    c = r->connection;

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

    if (c->ssl && SSL_pending(c->ssl->connection)) {
        return;
    }

#endif

    if (recv(c->fd, buf, 1, MSG_PEEK) == -1
        && ngx_socket_errno == NGX_EAGAIN)
    {
        r->lingering_close = 0;
        c->read->ready = 0;
    }
}
