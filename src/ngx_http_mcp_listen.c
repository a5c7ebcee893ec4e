
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_headers.h>
#include <mcp_sse.h>
#include <ngx_http_mcp_endpoint.h>
#include <ngx_http_mcp_listen.h>
#include <ngx_http_mcp_notify.h>
#include <ngx_http_mcp_reply.h>
#include <ngx_http_mcp_output.h>
#include <ngx_http_mcp_stream.h>


/* streams that are written to in one turn of the event loop */
#define NGX_HTTP_MCP_LISTEN_SLICE  256

/* bytes of events that are sent in one go */
#define NGX_HTTP_MCP_LISTEN_BUF    16384


typedef struct {
    ngx_http_mcp_waiter_t        waiter;
    ngx_str_t                    uri;
    unsigned                     list:8;   /* MCP_SUB_*, 0: the URI */
    unsigned                     pending:1;
} ngx_http_mcp_listen_item_t;


struct ngx_http_mcp_listen_s {
    ngx_http_request_t          *request;
    mcp_msg_t                   *msg;

    ngx_http_mcp_listen_item_t  *items;
    ngx_uint_t                   n;

    ngx_event_t                  tick;     /* heartbeats; the reader is no
                                              longer slow */
    ngx_msec_t                   spoke;    /* when something was sent */

    ngx_queue_t                  queue;    /* of those with news */
    unsigned                     queued:1;
    unsigned                     quiet:1;  /* it is time for a comment */
    unsigned                     exiting:1;
    unsigned                     done:1;
};


/* buffers of one turn */
typedef struct {
    ngx_pool_t                  *pool;
    mcp_buf_t                    json;
    mcp_buf_t                    events;
    ngx_http_mcp_loc_conf_t     *mlcf;     /* the endpoint looked at last */
    ngx_uint_t                   changed;  /* MCP_SUB_* of it */
} ngx_http_mcp_listen_buf_t;


static ngx_http_mcp_listen_t *ngx_http_mcp_listen_create(
    ngx_http_request_t *r, mcp_msg_t *msg, mcp_sub_t *sub);
static void ngx_http_mcp_listen_wait(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_item_t *item);
static ngx_int_t ngx_http_mcp_listen_ack(ngx_http_mcp_listen_t *listen,
    mcp_sub_t *sub);
static void ngx_http_mcp_listen_wake(ngx_http_mcp_waiter_t *waiter,
    ngx_uint_t exiting);
static void ngx_http_mcp_listen_tick(ngx_event_t *ev);
static void ngx_http_mcp_listen_post(ngx_http_mcp_listen_t *listen);
static void ngx_http_mcp_listen_slice(ngx_event_t *ev);
static void ngx_http_mcp_listen_serve(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_buf_t *buf);
static void ngx_http_mcp_listen_compare(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_buf_t *buf);
static ngx_int_t ngx_http_mcp_listen_news(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_buf_t *buf);
static ngx_int_t ngx_http_mcp_listen_write(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_item_t *item, ngx_http_mcp_listen_buf_t *buf);
static ngx_int_t ngx_http_mcp_listen_flush(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_buf_t *buf);
static ngx_int_t ngx_http_mcp_listen_end(ngx_http_mcp_listen_t *listen);
static void ngx_http_mcp_listen_unread(ngx_http_request_t *r);
static void ngx_http_mcp_listen_stop(ngx_http_mcp_listen_t *listen);
static void ngx_http_mcp_listen_cleanup(void *data);


/* of the worker: who has news, and the event that tells them */
static ngx_queue_t  ngx_http_mcp_listen_queue;
static ngx_event_t  ngx_http_mcp_listen_event;


ngx_int_t
ngx_http_mcp_listen(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_msg_t *msg, mcp_sub_t *sub)
{
    ngx_str_t               value;
    ngx_http_mcp_listen_t  *listen;

    if (!ctx->events
        && mcp_headers_get(&ctx->headers, "accept", &value) != NGX_DECLINED)
    {
        return mcp_rpc_error(r->pool, &msg->error, MCP_ERROR_ACCEPT,
                             "Not acceptable: the answer is "
                             "text/event-stream");
    }

    listen = ngx_http_mcp_listen_create(r, msg, sub);
    if (listen == NULL) {
        return NGX_ERROR;
    }

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "mcp listen: lists %ui, %ui resources", sub->lists,
                   sub->uris.nelts);

    ctx->listen = listen;
    ctx->drained = &listen->tick;

    if (ngx_http_mcp_listen_ack(listen, sub) != NGX_OK
        || ngx_http_mcp_stream_wait(r, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_exiting) {
        /* nobody tells of that any more */

        listen->exiting = 1;
        ngx_http_mcp_listen_post(listen);
    }

    return NGX_AGAIN;
}


static ngx_http_mcp_listen_t *
ngx_http_mcp_listen_create(ngx_http_request_t *r, mcp_msg_t *msg,
    mcp_sub_t *sub)
{
    ngx_str_t                    *uri;
    ngx_uint_t                    i, list;
    ngx_http_cleanup_t           *cln;
    ngx_http_mcp_listen_t        *listen;
    ngx_http_mcp_loc_conf_t      *mlcf;
    ngx_http_mcp_listen_item_t   *item;

    listen = ngx_pcalloc(r->pool, sizeof(ngx_http_mcp_listen_t));
    if (listen == NULL) {
        return NULL;
    }

    item = ngx_pcalloc(r->pool, (MCP_SUB_LISTS + sub->uris.nelts)
                                * sizeof(ngx_http_mcp_listen_item_t));
    if (item == NULL) {
        return NULL;
    }

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_mcp_listen_cleanup;
    cln->data = listen;

    listen->request = r;
    listen->msg = msg;
    listen->items = item;

    for (list = 1; list & MCP_SUB_ALL; list <<= 1) {

        if (sub->lists & list) {
            item->list = list;
            ngx_http_mcp_listen_list_key(item->waiter.key, list);
            ngx_http_mcp_listen_wait(listen, item++);
        }
    }

    uri = sub->uris.elts;

    for (i = 0; i < sub->uris.nelts; i++) {
        item->uri = uri[i];
        ngx_http_mcp_listen_uri_key(item->waiter.key, &uri[i]);
        ngx_http_mcp_listen_wait(listen, item++);
    }

    if (listen->n == 0) {
        /* it hears of a shutdown */
        ngx_http_mcp_listen_list_key(item->waiter.key, 0);
        ngx_http_mcp_listen_wait(listen, item);
    }

    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    listen->tick.handler = ngx_http_mcp_listen_tick;
    listen->tick.data = listen;
    listen->tick.log = r->connection->log;
    listen->tick.cancelable = 1;

    if (mlcf->stream_heartbeat) {
        ngx_add_timer(&listen->tick, mlcf->stream_heartbeat);
    }

    return listen;
}


static void
ngx_http_mcp_listen_wait(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_item_t *item)
{
    item->waiter.handler = ngx_http_mcp_listen_wake;
    item->waiter.data = listen;

    ngx_http_mcp_notify_wait(&item->waiter);

    listen->n++;
}


void
ngx_http_mcp_listen_list_key(u_char *key, ngx_uint_t list)
{
    u_char     digit;
    ngx_str_t  name;

    digit = (u_char) ('0' + list);

    name.len = 1;
    name.data = &digit;

    mcp_key(key, 'l', &name, NULL);
}


void
ngx_http_mcp_listen_uri_key(u_char *key, const ngx_str_t *uri)
{
    mcp_key(key, 'r', uri, NULL);
}


static ngx_int_t
ngx_http_mcp_listen_ack(ngx_http_mcp_listen_t *listen, mcp_sub_t *sub)
{
    mcp_buf_t            b;
    ngx_int_t            rc;
    ngx_str_t            json;
    ngx_pool_t          *pool;
    ngx_http_request_t  *r;

    r = listen->request;

    pool = ngx_create_pool(NGX_MIN_POOL_SIZE, r->connection->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    mcp_buf_init(&b, pool, 256);
    mcp_sub_write_ack(&b, &listen->msg->id, sub);

    rc = mcp_buf_done(&b, &json);

    if (rc == NGX_OK) {
        rc = ngx_http_mcp_stream_send(r, ngx_http_mcp_get_ctx(r), &json);
    }

    ngx_destroy_pool(pool);

    listen->spoke = ngx_current_msec;

    return rc;
}


static void
ngx_http_mcp_listen_wake(ngx_http_mcp_waiter_t *waiter, ngx_uint_t exiting)
{
    ngx_http_mcp_listen_t       *listen;
    ngx_http_mcp_listen_item_t  *item;

    item = (ngx_http_mcp_listen_item_t *) waiter;
    listen = waiter->data;

    if (exiting) {
        listen->exiting = 1;

    } else {
        item->pending = 1;
    }

    ngx_http_mcp_listen_post(listen);
}


static void
ngx_http_mcp_listen_tick(ngx_event_t *ev)
{
    ngx_http_mcp_listen_t *listen = ev->data;

    ngx_msec_t                quiet;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_get_module_loc_conf(listen->request, ngx_http_mcp_module);

    if (mlcf->stream_heartbeat == 0) {
        ngx_http_mcp_listen_post(listen);
        return;
    }

    quiet = ngx_current_msec - listen->spoke;

    if (quiet >= mlcf->stream_heartbeat) {
        listen->quiet = 1;
        quiet = 0;
    }

    ngx_add_timer(ev, mlcf->stream_heartbeat - quiet);

    ngx_http_mcp_listen_post(listen);
}


static void
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
    ngx_uint_t                  n;
    ngx_queue_t                *q;
    ngx_http_mcp_listen_t      *listen;
    ngx_http_mcp_listen_buf_t   buf;

    buf.mlcf = NULL;
    buf.pool = ngx_create_pool(ngx_pagesize, ev->log);

    if (buf.pool) {
        mcp_buf_init(&buf.json, buf.pool, 512);
        mcp_buf_init(&buf.events, buf.pool, 1024);
    }

    for (n = 0; buf.pool && n < NGX_HTTP_MCP_LISTEN_SLICE; n++) {

        if (ngx_queue_empty(&ngx_http_mcp_listen_queue)) {
            break;
        }

        q = ngx_queue_head(&ngx_http_mcp_listen_queue);
        listen = ngx_queue_data(q, ngx_http_mcp_listen_t, queue);

        ngx_queue_remove(q);
        listen->queued = 0;

        ngx_http_mcp_listen_serve(listen, &buf);
    }

    if (buf.pool) {
        ngx_destroy_pool(buf.pool);
    }

    if (ngx_queue_empty(&ngx_http_mcp_listen_queue)) {
        return;
    }

    /* nothing but a timer keeps a worker that shuts down from leaving */

    if (ngx_exiting || buf.pool == NULL) {
        ngx_add_timer(ev, 1);

    } else if (!ev->posted) {
        ngx_post_event(ev, &ngx_posted_next_events);
    }
}


static void
ngx_http_mcp_listen_serve(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_buf_t *buf)
{
    ngx_int_t            rc;
    ngx_uint_t           exiting;
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = listen->request;
    c = r->connection;

    if (r->post_action) {
        /* the client is gone, and the request belongs to another location */
        return;
    }

    ngx_http_set_log_request(c->log, r);

    exiting = listen->exiting;

    if (exiting) {
        ngx_http_mcp_listen_compare(listen, buf);
    }

    rc = ngx_http_mcp_listen_news(listen, buf);

    if (rc != NGX_OK) {
        ngx_http_mcp_finalize(r, NGX_ERROR);

    } else if (exiting) {
        ngx_http_mcp_finalize(r, ngx_http_mcp_listen_end(listen));
    }

    ngx_http_run_posted_requests(c);
}


/* what the endpoint lists from now on is listed by other workers */

static void
ngx_http_mcp_listen_compare(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_buf_t *buf)
{
    ngx_uint_t                i;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_get_module_loc_conf(listen->request, ngx_http_mcp_module);

    if (buf->mlcf != mlcf) {
        buf->mlcf = mlcf;
        buf->changed = ngx_http_mcp_endpoint_changed(mlcf);
    }

    for (i = 0; i < listen->n; i++) {

        if (listen->items[i].list & buf->changed) {
            listen->items[i].pending = 1;
        }
    }
}


/* a slow reader has to take what it was told before; then it is drained */

static ngx_int_t
ngx_http_mcp_listen_news(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_buf_t *buf)
{
    ngx_uint_t                   i;
    ngx_http_request_t          *r;
    ngx_http_mcp_listen_item_t  *item;

    r = listen->request;

    buf->events.last = buf->events.start;

    for (i = 0; i < listen->n; i++) {
        item = &listen->items[i];

        if (!item->pending) {
            continue;
        }

        if (ngx_http_mcp_output_slow(r) && !listen->exiting) {
            return NGX_OK;
        }

        item->pending = 0;
        listen->quiet = 0;

        if (ngx_http_mcp_listen_write(listen, item, buf) != NGX_OK) {
            return NGX_ERROR;
        }

        if (mcp_buf_len(&buf->events) >= NGX_HTTP_MCP_LISTEN_BUF
            && ngx_http_mcp_listen_flush(listen, buf) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (listen->quiet) {
        listen->quiet = 0;

        if (!ngx_http_mcp_output_slow(r) && !listen->exiting) {
            mcp_buf_lit(&buf->events, ":\n\n");
        }
    }

    return ngx_http_mcp_listen_flush(listen, buf);
}


static ngx_int_t
ngx_http_mcp_listen_write(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_item_t *item, ngx_http_mcp_listen_buf_t *buf)
{
    ngx_str_t   json;
    mcp_buf_t  *b;

    b = &buf->json;
    b->last = b->start;

    if (item->list) {
        mcp_sub_write_changed(b, &listen->msg->id, item->list);

    } else {
        mcp_sub_write_updated(b, &listen->msg->id, &item->uri);
    }

    if (mcp_buf_done(b, &json) != NGX_OK) {
        return NGX_ERROR;
    }

    mcp_sse_write(&buf->events, NULL, 0, &json);

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_listen_flush(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_listen_buf_t *buf)
{
    ngx_str_t            bytes;
    ngx_http_request_t  *r;

    if (mcp_buf_done(&buf->events, &bytes) != NGX_OK) {
        return NGX_ERROR;
    }

    if (bytes.len == 0) {
        return NGX_OK;
    }

    r = listen->request;

    buf->events.last = buf->events.start;
    listen->spoke = ngx_current_msec;

    return ngx_http_mcp_stream_raw(r, ngx_http_mcp_get_ctx(r), &bytes);
}


/* on the server's own initiative: what the request is finalized with */

static ngx_int_t
ngx_http_mcp_listen_end(ngx_http_mcp_listen_t *listen)
{
    mcp_buf_t                 b;
    mcp_action_t              action;
    ngx_http_request_t       *r;
    ngx_http_mcp_ctx_t       *ctx;
    ngx_http_mcp_loc_conf_t  *mlcf;

    r = listen->request;
    ctx = ngx_http_mcp_get_ctx(r);
    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    ngx_http_mcp_listen_stop(listen);
    ngx_http_mcp_listen_unread(r);

    ctx->drained = NULL;
    action.closed = 0;

    mcp_buf_init(&b, r->pool, mlcf->server->meta.len + 128);
    mcp_sub_write_end(&b, mlcf->server, &listen->msg->id);

    if (mcp_buf_done(&b, &action.result) != NGX_OK
        || ngx_http_mcp_reply_result(r, ctx, &listen->msg->id, &action)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_mcp_stream_close(r, ctx);
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


static void
ngx_http_mcp_listen_stop(ngx_http_mcp_listen_t *listen)
{
    ngx_uint_t  i;

    if (listen->done) {
        return;
    }

    listen->done = 1;

    for (i = 0; i < listen->n; i++) {
        ngx_http_mcp_notify_forget(&listen->items[i].waiter);
    }

    if (listen->tick.timer_set) {
        ngx_del_timer(&listen->tick);
    }

    if (listen->tick.posted) {
        ngx_delete_posted_event(&listen->tick);
    }

    if (listen->queued) {
        ngx_queue_remove(&listen->queue);
        listen->queued = 0;
    }
}


/* the request ends, whatever the reason */

static void
ngx_http_mcp_listen_cleanup(void *data)
{
    ngx_http_mcp_listen_stop(data);
}
