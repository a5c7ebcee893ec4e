
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <openssl/rand.h>
#include <mcp_resources.h>
#include <mcp_sse.h>
#include <ngx_http_mcp_listener.h>
#include <ngx_http_mcp_session.h>
#include <ngx_http_mcp_stream.h>
#include <ngx_http_mcp_subscribe.h>
#include <ngx_http_mcp_zone.h>


/* how long workers have to see that another stream is the one now, seconds */
#define NGX_HTTP_MCP_LISTEN_TTL   60

/* keys of the ring that are looked at in one go */
#define NGX_HTTP_MCP_LISTEN_KEYS  64


static ngx_http_mcp_listen_t *ngx_http_mcp_listen_session_create(
    ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx);
static void ngx_http_mcp_listen_session_wait(ngx_http_mcp_listen_t *listen,
    u_char kind, ngx_http_mcp_news_e type);
static ngx_int_t ngx_http_mcp_listen_session_take(
    ngx_http_mcp_listen_t *listen);
static ngx_int_t ngx_http_mcp_listen_session_place(
    ngx_http_mcp_listen_t *listen, ngx_http_mcp_ctx_t *ctx);
static ngx_uint_t ngx_http_mcp_listen_session_ended(
    ngx_http_mcp_listen_t *listen, ngx_http_mcp_news_t *news);
static ngx_int_t ngx_http_mcp_listen_session_read(
    ngx_http_mcp_listen_t *listen);
static ngx_int_t ngx_http_mcp_listen_session_see(
    ngx_http_mcp_listen_t *listen, ngx_pool_t *pool, ngx_array_t *uris);
static void ngx_http_mcp_listen_session_keep(ngx_http_mcp_news_t *news,
    ngx_uint_t n, ngx_http_mcp_news_t *old, ngx_uint_t nold);
static void ngx_http_mcp_listen_session_past(ngx_http_mcp_listen_t *listen,
    uint64_t seq, ngx_uint_t lists);
static void ngx_http_mcp_listen_session_mark(ngx_http_mcp_news_t *news,
    ngx_uint_t n, const u_char *key);


ngx_int_t
ngx_http_mcp_listen_session(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *last_event_id)
{
    ngx_int_t               rc;
    mcp_sse_id_t            id;
    ngx_http_mcp_listen_t  *listen;

    if (last_event_id
        && (mcp_sse_parse_id(last_event_id, &id) != NGX_OK
            || ngx_memcmp(id.stream, ctx->session->nonce, MCP_STATE_NONCE)
               != 0))
    {
        return NGX_DECLINED;
    }

    listen = ngx_http_mcp_listen_session_create(r, ctx);
    if (listen == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->listen = listen;

    if (ngx_http_mcp_listen_session_take(listen) != NGX_OK
        || ngx_http_mcp_listen_session_read(listen) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (last_event_id) {
        /* more than was published is of another zone, which counted on */

        listen->session->told = ngx_min(id.seq, listen->session->told);
        ngx_http_mcp_listen_session_past(listen, id.seq, 1);
    }

    if (ngx_http_mcp_listen_session_place(listen, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_mcp_listen_begin(listen);

    if (rc != NGX_AGAIN) {
        return rc;
    }

    r->main->count++;

    return NGX_DONE;
}


static ngx_http_mcp_listen_t *
ngx_http_mcp_listen_session_create(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx)
{
    u_char                          key[MCP_KEY];
    ngx_http_mcp_listen_t          *listen;
    ngx_http_mcp_listen_session_t  *s;

    s = ngx_pcalloc(r->pool, sizeof(ngx_http_mcp_listen_session_t));
    if (s == NULL) {
        return NULL;
    }

    s->session = ctx->session;

    listen = ngx_http_mcp_listen_create(r, MCP_SUB_ALL, 3);
    if (listen == NULL) {
        return NULL;
    }

    listen->session = s;

    ngx_http_mcp_listen_session_wait(listen, 's', NGX_HTTP_MCP_NEWS_ENDED);
    ngx_http_mcp_listen_session_wait(listen, 'g', NGX_HTTP_MCP_NEWS_STREAM);
    ngx_http_mcp_listen_session_wait(listen, 'u',
                                     NGX_HTTP_MCP_NEWS_SUBSCRIBED);

    s->told = ngx_http_mcp_notify_seen();
    s->read = s->told;

    /* it may have ended between the look at the request and now */

    ngx_http_mcp_session_key(s->session, 's', NULL, key);

    if (ngx_http_mcp_zone_get(key, NULL, NULL) == NGX_OK) {
        listen->news[MCP_SUB_LISTS].pending = 1;
    }

    return listen;
}


static void
ngx_http_mcp_listen_session_wait(ngx_http_mcp_listen_t *listen, u_char kind,
    ngx_http_mcp_news_e type)
{
    ngx_http_mcp_news_t  *news;

    news = &listen->news[listen->nnews++];

    ngx_http_mcp_session_key(listen->session->session, kind, NULL,
                             news->waiter.key);
    ngx_http_mcp_listen_wait(listen, news, type);
}


/* from now on this is the stream of the session */

static ngx_int_t
ngx_http_mcp_listen_session_take(ngx_http_mcp_listen_t *listen)
{
    u_char                          key[MCP_KEY];
    ngx_str_t                       value;
    ngx_http_mcp_listen_session_t  *s;

    s = listen->session;

    if (RAND_bytes(s->stream, MCP_STATE_NONCE) != 1) {
        ngx_log_error(NGX_LOG_ALERT, listen->request->connection->log, 0,
                      "mcp RAND_bytes() failed");
        return NGX_ERROR;
    }

    value.len = MCP_STATE_NONCE;
    value.data = s->stream;

    ngx_http_mcp_session_key(s->session, 'g', NULL, key);

    if (ngx_http_mcp_zone_put(key, &value, NGX_HTTP_MCP_LISTEN_TTL)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_mcp_notify_publish(key);

    return NGX_OK;
}


/* where the client is; the revisions before have no event without data */

static ngx_int_t
ngx_http_mcp_listen_session_place(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_ctx_t *ctx)
{
    u_char                          *p, buf[MCP_SSE_HEAD_MAX + 2];
    ngx_str_t                        bytes;
    mcp_sse_id_t                     id;
    ngx_http_mcp_listen_session_t   *s;

    s = listen->session;
    p = buf;

    if (s->session->version >= MCP_VERSION_2025_11_25) {
        ngx_memcpy(id.stream, s->session->nonce, MCP_STATE_NONCE);
        id.seq = s->told;

        p = mcp_sse_head(p, &id, 0);

    } else {
        *p++ = ':';
    }

    *p++ = LF;
    *p++ = LF;

    bytes.len = p - buf;
    bytes.data = buf;

    return ngx_http_mcp_stream_raw(listen->request, ctx, &bytes);
}


ngx_int_t
ngx_http_mcp_listen_session_look(ngx_http_mcp_listen_t *listen)
{
    ngx_uint_t            i;
    ngx_http_mcp_news_t  *news;

    if (listen->session->session->expires <= ngx_time()) {
        return NGX_DONE;
    }

    for (i = MCP_SUB_LISTS; i < listen->nnews; i++) {
        news = &listen->news[i];

        if (!news->pending) {
            continue;
        }

        news->pending = 0;

        if (ngx_http_mcp_listen_session_ended(listen, news)) {
            return NGX_DONE;
        }

        if (news->type == NGX_HTTP_MCP_NEWS_SUBSCRIBED
            && ngx_http_mcp_listen_session_read(listen) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_mcp_listen_session_ended(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_news_t *news)
{
    ngx_str_t                       value;
    ngx_http_mcp_listen_session_t  *s;

    s = listen->session;

    if (news->type == NGX_HTTP_MCP_NEWS_SUBSCRIBED) {
        return 0;
    }

    /* who has missed what was published is called, too */

    if (ngx_http_mcp_zone_get(news->waiter.key, listen->request->pool, &value)
        != NGX_OK)
    {
        return 0;
    }

    if (news->type == NGX_HTTP_MCP_NEWS_ENDED) {
        return 1;
    }

    return value.len != MCP_STATE_NONCE
           || ngx_memcmp(value.data, s->stream, MCP_STATE_NONCE) != 0;
}


/* what the session has subscribed to, in a pool of its own */

static ngx_int_t
ngx_http_mcp_listen_session_read(ngx_http_mcp_listen_t *listen)
{
    uint64_t                        seq;
    ngx_uint_t                      i, nold;
    ngx_pool_t                     *pool, *last;
    ngx_array_t                     uris;
    ngx_http_mcp_news_t            *old;
    ngx_http_mcp_listen_session_t  *s;

    s = listen->session;
    last = s->pool;
    old = listen->uris;
    nold = listen->nuris;

    pool = ngx_create_pool(NGX_MIN_POOL_SIZE + 512,
                           listen->request->connection->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_mcp_subscribe_read(s->session, pool, &uris) != NGX_OK
        || ngx_http_mcp_listen_session_see(listen, pool, &uris) != NGX_OK)
    {
        ngx_destroy_pool(pool);
        return NGX_ERROR;
    }

    listen->uris = NULL;
    listen->nuris = 0;

    if (ngx_http_mcp_listen_uris(listen, pool, &uris) != NGX_OK) {
        listen->uris = old;
        listen->nuris = nold;
        ngx_destroy_pool(pool);
        return NGX_ERROR;
    }

    s->pool = pool;

    for (i = 0; i < nold; i++) {
        ngx_http_mcp_notify_forget(&old[i].waiter);
    }

    /*
     * a URI that is new here has been subscribed to since it was read last,
     * and what was published of it since then has not been heard
     */

    seq = s->read;
    s->read = ngx_http_mcp_notify_seen();

    ngx_http_mcp_listen_session_past(listen, seq, 0);
    ngx_http_mcp_listen_session_keep(listen->uris, listen->nuris, old, nold);

    if (last) {
        ngx_destroy_pool(last);
    }

    return NGX_OK;
}


/* another key of the same name may have subscribed to more than this one */

static ngx_int_t
ngx_http_mcp_listen_session_see(ngx_http_mcp_listen_t *listen,
    ngx_pool_t *pool, ngx_array_t *uris)
{
    ngx_int_t              rc;
    ngx_str_t             *uri;
    ngx_uint_t             i, n;
    ngx_http_mcp_ctx_t    *ctx;
    const mcp_resource_t  *resource;

    ctx = ngx_http_mcp_get_ctx(listen->request);

    if (ctx->server->whole == NULL) {
        return NGX_OK;
    }

    uri = uris->elts;
    n = 0;

    for (i = 0; i < uris->nelts; i++) {
        rc = mcp_resource_known(ctx->server, pool, &uri[i], &resource);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_OK) {
            uri[n++] = uri[i];
        }
    }

    uris->nelts = n;

    return NGX_OK;
}


/* what was there before has heard all that was looked at */

static void
ngx_http_mcp_listen_session_keep(ngx_http_mcp_news_t *news, ngx_uint_t n,
    ngx_http_mcp_news_t *old, ngx_uint_t nold)
{
    uint64_t    seen;
    ngx_uint_t  i, j;

    seen = ngx_http_mcp_notify_seen();

    for (i = 0; i < n; i++) {
        news[i].waiter.seq = seen;

        for (j = 0; j < nold; j++) {

            if (ngx_memcmp(news[i].waiter.key, old[j].waiter.key, MCP_KEY)
                == 0)
            {
                news[i].pending = old[j].pending;
                break;
            }
        }
    }
}


/* what was published from "seq" on, of resources and perhaps of lists */

static void
ngx_http_mcp_listen_session_past(ngx_http_mcp_listen_t *listen, uint64_t seq,
    ngx_uint_t lists)
{
    u_char       keys[NGX_HTTP_MCP_LISTEN_KEYS][MCP_KEY];
    ngx_int_t    rc;
    ngx_uint_t   i, n;

    do {
        n = NGX_HTTP_MCP_LISTEN_KEYS;
        rc = ngx_http_mcp_zone_read(&seq, keys, &n);

        if (rc == NGX_ABORT) {
            /* more than is known */
            n = 1;
        }

        for (i = 0; i < n; i++) {

            if (lists) {
                ngx_http_mcp_listen_session_mark(listen->news, MCP_SUB_LISTS,
                                          rc == NGX_ABORT ? NULL : keys[i]);
            }

            ngx_http_mcp_listen_session_mark(listen->uris, listen->nuris,
                                          rc == NGX_ABORT ? NULL : keys[i]);
        }

    } while (n == NGX_HTTP_MCP_LISTEN_KEYS);
}


/* NULL: all of them */

static void
ngx_http_mcp_listen_session_mark(ngx_http_mcp_news_t *news, ngx_uint_t n,
    const u_char *key)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {

        if (key == NULL
            || ngx_memcmp(news[i].waiter.key, key, MCP_KEY) == 0)
        {
            news[i].pending = 1;
        }
    }
}
