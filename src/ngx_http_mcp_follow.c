
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_follow.h>
#include <ngx_http_mcp_notify.h>
#include <ngx_http_mcp_replay.h>
#include <ngx_http_mcp_session.h>
#include <ngx_http_mcp_stream.h>
#include <ngx_http_mcp_zone.h>


/* how often it is looked whether the call is still there, milliseconds */
#define NGX_HTTP_MCP_FOLLOW_LOOK   15000

/* when to come back to the workers that stay, milliseconds */
#define NGX_HTTP_MCP_FOLLOW_RETRY  500


typedef struct {
    ngx_http_request_t          *request;
    ngx_http_mcp_ctx_t          *ctx;
    ngx_http_mcp_replay_t        replay;    /* at what was sent last */
    ngx_http_mcp_waiter_t        news;
    ngx_http_mcp_waiter_t        session;
    ngx_event_t                  wake;      /* posted */
    ngx_event_t                  tick;
    unsigned                     waiting:1;
    unsigned                     exiting:1;
} ngx_http_mcp_follow_t;


static ngx_http_mcp_follow_t *ngx_http_mcp_follow_create(
    ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx, mcp_sse_id_t *id);
static void ngx_http_mcp_follow_begin(ngx_http_mcp_follow_t *f);
static ngx_int_t ngx_http_mcp_follow_place(ngx_http_mcp_follow_t *f,
    ngx_msec_t retry);
static ngx_int_t ngx_http_mcp_follow_read(ngx_http_mcp_follow_t *f,
    ngx_pool_t *pool);
static ngx_int_t ngx_http_mcp_follow_send(ngx_http_mcp_follow_t *f);
static void ngx_http_mcp_follow_news(ngx_http_mcp_waiter_t *waiter,
    ngx_uint_t exiting);
static void ngx_http_mcp_follow_wake(ngx_event_t *ev);
static void ngx_http_mcp_follow_tick(ngx_event_t *ev);
static ngx_msec_t ngx_http_mcp_follow_interval(ngx_http_mcp_follow_t *f);
static ngx_int_t ngx_http_mcp_follow_end(ngx_http_mcp_follow_t *f);
static void ngx_http_mcp_follow_cleanup(void *data);


ngx_int_t
ngx_http_mcp_follow(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *last_event_id)
{
    ngx_int_t                     rc;
    mcp_sse_id_t                  id;
    ngx_http_mcp_follow_t        *f;
    ngx_http_mcp_replay_state_t   state;

    if (mcp_sse_parse_id(last_event_id, &id) != NGX_OK) {
        return NGX_DECLINED;
    }

    f = ngx_http_mcp_follow_create(r, ctx, &id);
    if (f == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_mcp_replay_state(&f->replay, r->pool, &state);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK || id.seq > state.last) {
        return NGX_DECLINED;
    }

    if (state.ended && id.seq == state.last) {
        /* the standard of events: a client that gets this does not return */

        ctx->answered = 1;

        r->headers_out.status = NGX_HTTP_NO_CONTENT;
        r->header_only = 1;

        return ngx_http_send_header(r);
    }

    ngx_http_mcp_follow_begin(f);

    if (ngx_http_mcp_follow_place(f, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_mcp_follow_send(f);

    if (rc != NGX_AGAIN) {
        return rc == NGX_OK ? ngx_http_mcp_follow_end(f) : rc;
    }

    if (ngx_http_mcp_stream_wait(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    r->main->count++;

    return NGX_DONE;
}


static ngx_http_mcp_follow_t *
ngx_http_mcp_follow_create(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_sse_id_t *id)
{
    ngx_http_cleanup_t     *cln;
    ngx_http_mcp_follow_t  *f;

    f = ngx_pcalloc(r->pool, sizeof(ngx_http_mcp_follow_t));
    if (f == NULL) {
        return NULL;
    }

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_mcp_follow_cleanup;
    cln->data = f;

    f->request = r;
    f->ctx = ctx;
    f->replay.id = *id;
    f->exiting = ngx_exiting;

    ngx_http_mcp_replay_find(&f->replay, ctx->session);

    f->wake.handler = ngx_http_mcp_follow_wake;
    f->wake.data = f;
    f->wake.log = r->connection->log;

    f->tick.handler = ngx_http_mcp_follow_tick;
    f->tick.data = f;
    f->tick.log = r->connection->log;
    f->tick.cancelable = 1;

    ctx->drained = &f->wake;

    return f;
}


/* first it is waited, then looked */

static void
ngx_http_mcp_follow_begin(ngx_http_mcp_follow_t *f)
{
    ngx_memcpy(f->news.key, f->replay.news, MCP_KEY);
    ngx_http_mcp_session_key(f->ctx->session, 's', NULL, f->session.key);

    f->news.handler = ngx_http_mcp_follow_news;
    f->news.data = f;

    f->session.handler = ngx_http_mcp_follow_news;
    f->session.data = f;

    ngx_http_mcp_notify_wait(&f->news);
    ngx_http_mcp_notify_wait(&f->session);
    f->waiting = 1;

    ngx_http_mcp_replay_follow(&f->replay);

    ngx_add_timer(&f->tick, ngx_http_mcp_follow_interval(f));
}


/*
 * Where the client is: one that is cut off before it gets another event has
 * the id to come back with from this stream, too.
 */

static ngx_int_t
ngx_http_mcp_follow_place(ngx_http_mcp_follow_t *f, ngx_msec_t retry)
{
    u_char     *p, buf[MCP_SSE_HEAD_MAX + 2];
    ngx_str_t   bytes;

    p = mcp_sse_head(buf, &f->replay.id, retry);

    *p++ = LF;
    *p++ = LF;

    bytes.len = p - buf;
    bytes.data = buf;

    return ngx_http_mcp_stream_raw(f->request, f->ctx, &bytes);
}


/* what there is: NGX_OK: nothing follows; NGX_AGAIN; NGX_ERROR */

static ngx_int_t
ngx_http_mcp_follow_send(ngx_http_mcp_follow_t *f)
{
    ngx_int_t    rc;
    ngx_pool_t  *pool;

    if (f->ctx->busy) {
        return NGX_AGAIN;
    }

    if (ngx_http_mcp_zone_get(f->session.key, NULL, NULL) == NGX_OK) {
        return NGX_OK;
    }

    /* a stream does not grow with its length */

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, f->request->connection->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_mcp_follow_read(f, pool);

    ngx_destroy_pool(pool);

    if (rc == NGX_AGAIN && f->exiting && f->ctx->busy == NULL) {
        rc = ngx_http_mcp_follow_place(f, NGX_HTTP_MCP_FOLLOW_RETRY);
    }

    return rc;
}


/* NGX_OK: nothing follows; NGX_AGAIN; NGX_ERROR */

static ngx_int_t
ngx_http_mcp_follow_read(ngx_http_mcp_follow_t *f, ngx_pool_t *pool)
{
    ngx_int_t                     rc;
    ngx_str_t                     event;
    ngx_http_mcp_replay_state_t   state;

    rc = ngx_http_mcp_replay_state(&f->replay, pool, &state);

    if (rc != NGX_OK) {
        return rc == NGX_DECLINED ? NGX_OK : NGX_ERROR;
    }

    while (f->replay.id.seq < state.last) {

        if (f->ctx->busy) {
            return NGX_AGAIN;
        }

        f->replay.id.seq++;

        rc = ngx_http_mcp_replay_event(&f->replay, f->replay.id.seq, pool,
                                       &event);

        if (rc == NGX_DECLINED) {
            /* expired or evicted; the response may be there */
            continue;
        }

        if (rc != NGX_OK
            || ngx_http_mcp_stream_raw(f->request, f->ctx, &event) != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (f->replay.id.seq == state.poll && state.poll == state.last) {
            return NGX_OK;
        }
    }

    return state.ended ? NGX_OK : NGX_AGAIN;
}


static void
ngx_http_mcp_follow_news(ngx_http_mcp_waiter_t *waiter, ngx_uint_t exiting)
{
    ngx_http_mcp_follow_t *f = waiter->data;

    f->exiting |= exiting;

    ngx_post_event(&f->wake, &ngx_posted_events);
}


static void
ngx_http_mcp_follow_wake(ngx_event_t *ev)
{
    ngx_http_mcp_follow_t *f = ev->data;

    ngx_int_t            rc;
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = f->request;
    c = r->connection;

    if (r->post_action) {
        /* the client is gone, and the request belongs to another location */
        return;
    }

    ngx_http_set_log_request(c->log, r);

    rc = ngx_http_mcp_follow_send(f);

    if (rc == NGX_OK) {
        ngx_http_mcp_finalize(r, ngx_http_mcp_follow_end(f));

    } else if (rc != NGX_AGAIN) {
        ngx_http_mcp_finalize(r, rc);
    }

    ngx_http_run_posted_requests(c);
}


static void
ngx_http_mcp_follow_tick(ngx_event_t *ev)
{
    ngx_http_mcp_follow_t *f = ev->data;

    ngx_connection_t         *c;
    ngx_http_request_t       *r;
    ngx_http_mcp_loc_conf_t  *mlcf;

    r = f->request;
    c = r->connection;
    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    if (r->post_action) {
        return;
    }

    ngx_http_set_log_request(c->log, r);

    ngx_http_mcp_replay_follow(&f->replay);

    if (mlcf->stream_heartbeat
        && f->ctx->busy == NULL
        && ngx_http_mcp_stream_comment(r, f->ctx) != NGX_OK)
    {
        ngx_http_mcp_finalize(r, NGX_ERROR);
        ngx_http_run_posted_requests(c);
        return;
    }

    ngx_add_timer(ev, ngx_http_mcp_follow_interval(f));

    ngx_post_event(&f->wake, &ngx_posted_events);
}


static ngx_msec_t
ngx_http_mcp_follow_interval(ngx_http_mcp_follow_t *f)
{
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_get_module_loc_conf(f->request, ngx_http_mcp_module);

    return mlcf->stream_heartbeat ? mlcf->stream_heartbeat
                                  : NGX_HTTP_MCP_FOLLOW_LOOK;
}


/* once, though a slow reader may take a while: what ends the request */

static ngx_int_t
ngx_http_mcp_follow_end(ngx_http_mcp_follow_t *f)
{
    ngx_http_mcp_follow_cleanup(f);

    return ngx_http_send_special(f->request, NGX_HTTP_LAST);
}


static void
ngx_http_mcp_follow_cleanup(void *data)
{
    ngx_http_mcp_follow_t *f = data;

    if (f->waiting) {
        f->waiting = 0;
        ngx_http_mcp_notify_forget(&f->news);
        ngx_http_mcp_notify_forget(&f->session);
    }

    if (f->tick.timer_set) {
        ngx_del_timer(&f->tick);
    }

    if (f->wake.posted) {
        ngx_delete_posted_event(&f->wake);
    }

    f->ctx->drained = NULL;
}
