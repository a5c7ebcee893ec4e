
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_capture.h>
#include <ngx_http_mcp_outgoing.h>
#include <ngx_http_mcp_output.h>


static ngx_int_t ngx_http_mcp_subrequest_capture(ngx_http_request_t *r,
    ngx_http_mcp_subrequest_t *s);
static void ngx_http_mcp_subrequest_event(ngx_event_t *ev);
static void ngx_http_mcp_subrequest_limited(ngx_http_mcp_capture_t *capture);
static void ngx_http_mcp_subrequest_drop(ngx_http_mcp_capture_t *capture);
static void ngx_http_mcp_subrequest_release(ngx_http_mcp_capture_t *capture);
static void ngx_http_mcp_subrequest_dropped(ngx_http_request_t *r);
static void ngx_http_mcp_subrequest_forget(ngx_http_mcp_capture_t *capture);
static void ngx_http_mcp_subrequest_gone(void *data);
static ngx_int_t ngx_http_mcp_subrequest_content(ngx_http_request_t *r);
static ngx_int_t ngx_http_mcp_subrequest_decode(ngx_http_request_t *r);
static ngx_uint_t ngx_http_mcp_subrequest_bad_segment(u_char *p, size_t len);


ngx_int_t
ngx_http_mcp_subrequest_start(ngx_http_request_t *r,
    ngx_http_mcp_subrequest_t *s)
{
    ngx_http_request_t       *sr;
    ngx_http_mcp_capture_t   *capture;
    ngx_http_mcp_outgoing_t   out;

    if (ngx_http_mcp_subrequest_capture(r, s) != NGX_OK
        || ngx_http_mcp_outgoing_prepare(r, s, &out) != NGX_OK)
    {
        return NGX_ERROR;
    }

    capture = s->capture;

    if (ngx_http_subrequest(r, &s->request->uri, &s->request->args, &sr,
                            &capture->post, NGX_HTTP_SUBREQUEST_BACKGROUND)
        != NGX_OK)
    {
        capture->s = NULL;
        return NGX_ERROR;
    }

    ngx_http_mcp_outgoing_set(sr, s, &out);

    capture->r = sr;
    s->r = sr;

    /* not everybody who runs handlers runs posted requests after that */

    ngx_post_event(&capture->event, &ngx_posted_events);

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_subrequest_capture(ngx_http_request_t *r,
    ngx_http_mcp_subrequest_t *s)
{
    ngx_http_cleanup_t      *cln;
    ngx_http_mcp_capture_t  *capture;

    capture = ngx_pcalloc(r->pool, sizeof(ngx_http_mcp_capture_t));
    if (capture == NULL) {
        return NGX_ERROR;
    }

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_mcp_subrequest_gone;
    cln->data = capture;

    capture->s = s;
    capture->cln = cln;

    capture->event.handler = ngx_http_mcp_subrequest_event;
    capture->event.data = capture;
    capture->event.log = r->connection->log;

    ngx_http_mcp_capture_set(capture);

    s->capture = capture;

    return NGX_OK;
}


/* what is to be done when nothing else of the subrequest is on the stack */

static void
ngx_http_mcp_subrequest_event(ngx_event_t *ev)
{
    ngx_http_mcp_capture_t *capture = ev->data;

    ngx_connection_t           *c;
    ngx_http_request_t         *r;
    ngx_http_mcp_subrequest_t  *s;

    r = capture->r->main;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    if (capture->enough && !capture->ended) {
        ngx_http_mcp_capture_end(capture, 0);
        ngx_http_mcp_subrequest_drop(capture);
    }

    if (capture->ended) {
        s = capture->s;

        ngx_http_mcp_subrequest_forget(capture);
        ngx_http_mcp_subrequest_release(capture);

        if (s) {
            s->done(s);
        }

    } else if (capture->limited) {
        ngx_http_mcp_subrequest_limited(capture);
    }

    ngx_http_run_posted_requests(c);
}


/*
 * limit_req delays with the timer of the connection, which wakes the main
 * request only.
 */

static void
ngx_http_mcp_subrequest_limited(ngx_http_mcp_capture_t *capture)
{
    ngx_event_t         *wev;
    ngx_msec_int_t       delay;
    ngx_http_request_t  *r;

    r = capture->r;
    wev = r->connection->write;

    if (wev->delayed && wev->timer_set) {
        delay = (ngx_msec_int_t) (wev->timer.key - ngx_current_msec);
        ngx_add_timer(&capture->event, (ngx_msec_t) ngx_max(delay, 0) + 1);
        return;
    }

    if (capture->event.timedout) {
        capture->event.timedout = 0;
        r->write_event_handler(r);
    }
}


void
ngx_http_mcp_subrequest_abort(ngx_http_mcp_subrequest_t *s)
{
    ngx_http_mcp_capture_t  *capture;

    capture = s->capture;

    if (s->r == NULL) {
        return;
    }

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, s->r->connection->log, 0,
                   "mcp subrequest \"%V\" aborted", &s->request->uri);

    ngx_http_mcp_subrequest_forget(capture);

    if (capture->ended) {
        ngx_http_mcp_subrequest_release(capture);

    } else {
        ngx_http_mcp_subrequest_drop(capture);
    }
}


/* ends a subrequest that nobody waits for, unless a thread works for it */

static void
ngx_http_mcp_subrequest_drop(ngx_http_mcp_capture_t *capture)
{
    ngx_http_request_t   *r;
    ngx_http_upstream_t  *u;

    r = capture->r;

    if (r->aio) {
        r->write_event_handler = ngx_http_mcp_subrequest_dropped;
        return;
    }

    ngx_http_mcp_subrequest_release(capture);

    u = r->upstream;

    if (u && u->cleanup) {
        /* it closes its connection and finalizes with NGX_DONE */
        r->main->count++;
        (*u->cleanup)(r);
    }

    if (!r->header_sent) {
        r->headers_out.status = NGX_HTTP_CLIENT_CLOSED_REQUEST;
    }

    r->buffered = 0;
    r->read_event_handler = ngx_http_request_empty_handler;
    r->write_event_handler = ngx_http_request_empty_handler;

    ngx_http_finalize_request(r, NGX_OK);
}


/* what it has of others while it waits: for a thread, limits, a cache */

static void
ngx_http_mcp_subrequest_release(ngx_http_mcp_capture_t *capture)
{
    ngx_event_t         *wev;
    ngx_http_request_t  *r;

    r = capture->r;
    wev = r->connection->write;

    if (capture->waited
        && wev->timer_set && !wev->delayed
        && !ngx_http_mcp_output_slow(r->main))
    {
        /* nginx takes what a thread reads for a slow client */
        ngx_del_timer(wev);
    }

    if (capture->limited && wev->delayed) {
        wev->delayed = 0;

        if (wev->timer_set) {
            ngx_del_timer(wev);
        }

        ngx_post_event(wev, &ngx_posted_events);
    }

#if (NGX_HTTP_CACHE)

    if (r->cache && r->cache->waiting) {
        r->cache->waiting = 0;
        r->main->blocked--;

        if (r->cache->wait_event.timer_set) {
            ngx_del_timer(&r->cache->wait_event);
        }
    }

#endif
}


static void
ngx_http_mcp_subrequest_dropped(ngx_http_request_t *r)
{
    ngx_http_mcp_subrequest_drop(ngx_http_mcp_capture(r));
}


/* nobody waits any more */

static void
ngx_http_mcp_subrequest_forget(ngx_http_mcp_capture_t *capture)
{
    capture->cln->handler = NULL;

    if (capture->s) {
        capture->s->r = NULL;
        capture->s = NULL;
    }

    if (capture->event.timer_set) {
        ngx_del_timer(&capture->event);
    }

    if (capture->event.posted) {
        ngx_delete_posted_event(&capture->event);
    }
}


/* the main request ends, and all with it */

static void
ngx_http_mcp_subrequest_gone(void *data)
{
    ngx_http_mcp_capture_t *capture = data;

    ngx_http_mcp_subrequest_forget(capture);

    if (capture->r == NULL || capture->ended) {
        return;
    }

    ngx_http_mcp_subrequest_release(capture);

    if (capture->r->aio) {
        capture->r->write_event_handler = ngx_http_mcp_subrequest_dropped;
    }
}


/*
 * The location was found by the URI as it is sent.  A service gets just that:
 * nginx escapes the URI of an internal request, and this one is escaped.  A
 * location of files needs it decoded.
 */

ngx_int_t
ngx_http_mcp_subrequest_preaccess(ngx_http_request_t *r)
{
    ngx_http_mcp_capture_t  *capture;

    capture = ngx_http_mcp_capture(r);

    if (capture == NULL) {
        return NGX_DECLINED;
    }

    if (capture->s && !capture->event.timer_set) {
        capture->limited = 1;
        ngx_post_event(&capture->event, &ngx_posted_events);
    }

    if (capture->uri.data == NULL) {
        capture->uri = r->uri;
    }

    if (capture->decoded || r->uri.data != capture->uri.data) {
        /* nginx has sent it elsewhere */
        return NGX_DECLINED;
    }

    if (r->content_handler == NULL) {
        capture->decoded = 1;
        return ngx_http_mcp_subrequest_decode(r);
    }

    r->internal = 0;
    r->quoted_uri = 0;
    r->plus_in_uri = 0;

    if (capture->s && capture->s->idempotent
        && (r->method & (NGX_HTTP_POST|NGX_HTTP_PATCH)))
    {
        capture->handler = r->content_handler;
        r->content_handler = ngx_http_mcp_subrequest_content;
    }

    return NGX_DECLINED;
}


ngx_int_t
ngx_http_mcp_subrequest_precontent(ngx_http_request_t *r)
{
    ngx_http_mcp_capture_t  *capture;

    capture = ngx_http_mcp_capture(r);

    if (capture) {
        capture->limited = 0;
    }

    return NGX_DECLINED;
}


/*
 * proxy_next_upstream repeats what is not POST; proxy_cache_methods, which has
 * been asked by then, knows the method as it is.
 */

static ngx_int_t
ngx_http_mcp_subrequest_content(ngx_http_request_t *r)
{
    ngx_int_t                rc;
    ngx_http_mcp_capture_t  *capture;

    capture = ngx_http_mcp_capture(r);

    r->content_handler = capture->handler;

    rc = r->content_handler(r);

    if (r->method & (NGX_HTTP_POST|NGX_HTTP_PATCH)) {
        r->method = NGX_HTTP_PUT;
    }

    return rc;
}


/* what decoding would make another path is refused */

static ngx_int_t
ngx_http_mcp_subrequest_decode(ngx_http_request_t *r)
{
    u_char  *p, *dst, *src, *last, *next, *segment;

    src = r->uri.data;
    last = src + r->uri.len;

    if (ngx_strlchr(src, last, '%') == NULL) {
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(r->pool, r->uri.len);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    dst = p;

    while (src < last) {
        *dst++ = *src++;          /* "/" */
        segment = dst;

        next = ngx_strlchr(src, last, '/');
        next = next ? next : last;

        ngx_unescape_uri(&dst, &src, next - src, 0);
        src = next;

        if (ngx_http_mcp_subrequest_bad_segment(segment, dst - segment)) {
            return NGX_HTTP_BAD_REQUEST;
        }
    }

    r->uri.data = p;
    r->uri.len = dst - p;

    ngx_http_set_exten(r);

    return NGX_DECLINED;
}


static ngx_uint_t
ngx_http_mcp_subrequest_bad_segment(u_char *p, size_t len)
{
    return (len == 1 && p[0] == '.')
           || (len == 2 && p[0] == '.' && p[1] == '.')
           || ngx_strlchr(p, p + len, '/')
           || ngx_strlchr(p, p + len, '\0');
}


void
ngx_http_mcp_subrequest_init(ngx_conf_t *cf)
{
    ngx_http_mcp_capture_init();
    ngx_http_mcp_outgoing_init(cf);
}
