
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_headers.h>
#include <ngx_http_mcp_listener.h>
#include <ngx_http_mcp_stream.h>


static ngx_int_t ngx_http_mcp_listen_ack(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_ctx_t *ctx, mcp_sub_t *sub);
static void ngx_http_mcp_listen_wake(ngx_http_mcp_waiter_t *waiter,
    ngx_uint_t exiting);
static void ngx_http_mcp_listen_tick(ngx_event_t *ev);
static void ngx_http_mcp_listen_cleanup(void *data);


ngx_int_t
ngx_http_mcp_listen(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_msg_t *msg, mcp_sub_t *sub)
{
    ngx_str_t               value;
    ngx_uint_t              deaf;
    ngx_http_mcp_listen_t  *listen;

    if (!ctx->events
        && mcp_headers_get(&ctx->headers, "accept", &value) != NGX_DECLINED)
    {
        return mcp_rpc_error(r->pool, &msg->error, MCP_ERROR_ACCEPT,
                             "Not acceptable: the answer is "
                             "text/event-stream");
    }

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "mcp listen: lists %ui, %ui resources", sub->lists,
                   sub->uris.nelts);

    deaf = (sub->lists == 0 && sub->uris.nelts == 0);

    listen = ngx_http_mcp_listen_create(r, sub->lists, deaf);
    if (listen == NULL) {
        return NGX_ERROR;
    }

    listen->msg = msg;
    ctx->listen = listen;

    if (deaf) {
        ngx_http_mcp_listen_list_key(listen->news->waiter.key, 0);
        ngx_http_mcp_listen_wait(listen, listen->news,
                                 NGX_HTTP_MCP_NEWS_NONE);
        listen->nnews++;
    }

    if (ngx_http_mcp_listen_uris(listen, r->pool, &sub->uris) != NGX_OK
        || ngx_http_mcp_listen_ack(listen, ctx, sub) != NGX_OK)
    {
        return NGX_ERROR;
    }

    mcp_rpc_forget(msg);

    return ngx_http_mcp_listen_begin(listen);
}


static ngx_int_t
ngx_http_mcp_listen_ack(ngx_http_mcp_listen_t *listen, ngx_http_mcp_ctx_t *ctx,
    mcp_sub_t *sub)
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
        rc = ngx_http_mcp_stream_send(r, ctx, &json);
    }

    ngx_destroy_pool(pool);

    return rc;
}


ngx_http_mcp_listen_t *
ngx_http_mcp_listen_create(ngx_http_request_t *r, ngx_uint_t lists,
    ngx_uint_t more)
{
    ngx_uint_t              n, list;
    ngx_http_cleanup_t     *cln;
    ngx_http_mcp_news_t    *news;
    ngx_http_mcp_listen_t  *listen;

    n = more;

    for (list = 1; list & MCP_SUB_ALL; list <<= 1) {
        n += (lists & list) ? 1 : 0;
    }

    listen = ngx_pcalloc(r->pool, sizeof(ngx_http_mcp_listen_t));
    if (listen == NULL) {
        return NULL;
    }

    listen->news = ngx_pcalloc(r->pool, n * sizeof(ngx_http_mcp_news_t));
    if (listen->news == NULL) {
        return NULL;
    }

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_mcp_listen_cleanup;
    cln->data = listen;

    listen->request = r;

    listen->tick.handler = ngx_http_mcp_listen_tick;
    listen->tick.data = listen;
    listen->tick.log = r->connection->log;
    listen->tick.cancelable = 1;

    for (list = 1; list & MCP_SUB_ALL; list <<= 1) {

        if (lists & list) {
            news = &listen->news[listen->nnews++];
            news->list = list;

            ngx_http_mcp_listen_list_key(news->waiter.key, list);
            ngx_http_mcp_listen_wait(listen, news, NGX_HTTP_MCP_NEWS_LIST);
        }
    }

    return listen;
}


ngx_int_t
ngx_http_mcp_listen_uris(ngx_http_mcp_listen_t *listen, ngx_pool_t *pool,
    ngx_array_t *uris)
{
    ngx_str_t            *uri;
    ngx_uint_t            i;
    ngx_http_mcp_news_t  *news;

    if (uris->nelts == 0) {
        return NGX_OK;
    }

    news = ngx_pcalloc(pool, uris->nelts * sizeof(ngx_http_mcp_news_t));
    if (news == NULL) {
        return NGX_ERROR;
    }

    uri = uris->elts;

    for (i = 0; i < uris->nelts; i++) {
        news[i].uri = uri[i];

        ngx_http_mcp_listen_uri_key(news[i].waiter.key, &uri[i]);
        ngx_http_mcp_listen_wait(listen, &news[i], NGX_HTTP_MCP_NEWS_URI);
    }

    listen->uris = news;
    listen->nuris = uris->nelts;

    return NGX_OK;
}


void
ngx_http_mcp_listen_wait(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_news_t *news, ngx_http_mcp_news_e type)
{
    news->type = type;
    news->waiter.handler = ngx_http_mcp_listen_wake;
    news->waiter.data = listen;

    ngx_http_mcp_notify_wait(&news->waiter);
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


ngx_int_t
ngx_http_mcp_listen_begin(ngx_http_mcp_listen_t *listen)
{
    ngx_http_request_t  *r;
    ngx_http_mcp_ctx_t  *ctx;

    r = listen->request;
    ctx = ngx_http_mcp_get_ctx(r);

    ctx->drained = &listen->tick;
    listen->spoke = ngx_current_msec;

    if (ngx_http_mcp_stream_wait(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_mcp_listen_tick(&listen->tick);

    if (ngx_exiting) {
        /* nobody tells of that any more */
        listen->exiting = 1;
    }

    return NGX_AGAIN;
}


static void
ngx_http_mcp_listen_wake(ngx_http_mcp_waiter_t *waiter, ngx_uint_t exiting)
{
    ngx_http_mcp_news_t    *news;
    ngx_http_mcp_listen_t  *listen;

    news = (ngx_http_mcp_news_t *) waiter;
    listen = waiter->data;

    if (exiting) {
        listen->exiting = 1;

    } else {
        news->pending = 1;
    }

    ngx_http_mcp_listen_post(listen);
}


static void
ngx_http_mcp_listen_tick(ngx_event_t *ev)
{
    ngx_http_mcp_listen_t *listen = ev->data;

    time_t                    rest, until;
    ngx_msec_t                wait, quiet;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_get_module_loc_conf(listen->request, ngx_http_mcp_module);

    wait = mlcf->stream_heartbeat;

    if (wait) {
        quiet = ngx_current_msec - listen->spoke;

        if (quiet < wait) {
            wait -= quiet;

        } else {
            listen->quiet = 1;
        }
    }

    until = ngx_http_mcp_listen_until(listen);

    if (until) {
        rest = until - ngx_time();
        rest = ngx_max(rest, 1);

        if (wait == 0 || rest < (time_t) (wait / 1000)) {
            wait = ngx_min(rest, 86400) * 1000;
        }
    }

    if (wait) {
        ngx_add_timer(ev, wait);
    }

    ngx_http_mcp_listen_post(listen);
}


time_t
ngx_http_mcp_listen_until(ngx_http_mcp_listen_t *listen)
{
    time_t               until, session;
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_mcp_get_ctx(listen->request);

    until = ctx->identity ? ctx->identity->expires : 0;

    if (listen->session) {
        session = listen->session->session->expires;

        if (until == 0 || session < until) {
            until = session;
        }
    }

    return until;
}


void
ngx_http_mcp_listen_stop(ngx_http_mcp_listen_t *listen)
{
    ngx_uint_t  i;

    if (listen->done) {
        return;
    }

    listen->done = 1;

    for (i = 0; i < listen->nnews; i++) {
        ngx_http_mcp_notify_forget(&listen->news[i].waiter);
    }

    for (i = 0; i < listen->nuris; i++) {
        ngx_http_mcp_notify_forget(&listen->uris[i].waiter);
    }

    if (listen->session && listen->session->pool) {
        ngx_destroy_pool(listen->session->pool);
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
