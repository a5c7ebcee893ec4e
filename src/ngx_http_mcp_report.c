
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_report.h>
#include <ngx_http_mcp_stream.h>
#include <ngx_http_mcp_thread.h>


static void ngx_http_mcp_report_tick(ngx_event_t *ev);
static void ngx_http_mcp_report_schedule(ngx_http_mcp_call_t *call);
static ngx_int_t ngx_http_mcp_report_flush(ngx_http_mcp_call_t *call);
static ngx_int_t ngx_http_mcp_report_pending(ngx_http_mcp_call_t *call);
static mcp_buf_t *ngx_http_mcp_report_note(ngx_http_mcp_call_t *call);
static ngx_int_t ngx_http_mcp_report_send(ngx_http_mcp_call_t *call,
    mcp_buf_t *b);


ngx_int_t
ngx_http_mcp_report_init(ngx_http_mcp_call_t *call)
{
    mcp_msg_t           *msg;
    ngx_http_mcp_ctx_t  *ctx;

    ctx = call->ctx;
    msg = call->msg;

    call->log_level = NGX_ERROR;

    if (!ctx->events || ctx->body.batch) {
        return NGX_OK;
    }

    call->log_level = msg->log_level;

    mcp_buf_init(&call->note, call->request->pool, 0);

    if (mcp_json_get(msg->doc, msg->meta, "progressToken") == NULL) {
        return NGX_OK;
    }

    call->progress = ngx_palloc(call->request->pool, sizeof(mcp_progress_t));
    if (call->progress == NULL) {
        return NGX_ERROR;
    }

    mcp_progress_init(call->progress, msg);

    return NGX_OK;
}


void
ngx_http_mcp_report_start(ngx_http_mcp_call_t *call)
{
    call->spoke = ngx_current_msec;

    call->tick.handler = ngx_http_mcp_report_tick;
    call->tick.data = call;
    call->tick.log = call->request->connection->log;
    call->tick.cancelable = 1;

    ngx_http_mcp_report_schedule(call);
}


void
ngx_http_mcp_report_stop(ngx_http_mcp_call_t *call)
{
    if (call->tick.timer_set) {
        ngx_del_timer(&call->tick);
    }
}


static void
ngx_http_mcp_report_tick(ngx_event_t *ev)
{
    ngx_http_mcp_call_t *call = ev->data;

    ngx_int_t                 rc;
    ngx_http_request_t       *r;
    ngx_http_mcp_loc_conf_t  *mlcf;

    r = call->request;
    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    if (r->post_action) {
        /* the client is gone, and the request belongs to another location */
        return;
    }

    ngx_http_set_log_request(r->connection->log, r);

    rc = ngx_http_mcp_report_flush(call);

    if (rc == NGX_OK
        && mlcf->stream_heartbeat
        && ngx_current_msec - call->spoke >= mlcf->stream_heartbeat)
    {
        call->spoke = ngx_current_msec;
        rc = ngx_http_mcp_stream_comment(r, call->ctx);
    }

    if (rc != NGX_OK) {
        ngx_http_mcp_call_lose(call);
        return;
    }

    ngx_http_mcp_report_schedule(call);
}


/* the next time there may be something to say */

static void
ngx_http_mcp_report_schedule(ngx_http_mcp_call_t *call)
{
    ngx_msec_t                wait, quiet;
    ngx_http_mcp_ctx_t       *ctx;
    ngx_http_mcp_loc_conf_t  *mlcf;

    ctx = call->ctx;
    mlcf = ngx_http_get_module_loc_conf(call->request, ngx_http_mcp_module);

    if (!ctx->events || ctx->body.batch || call->done) {
        return;
    }

    wait = NGX_TIMER_INFINITE;

    if (mlcf->stream_heartbeat) {
        quiet = ngx_current_msec - call->spoke;
        wait = (quiet < mlcf->stream_heartbeat)
               ? mlcf->stream_heartbeat - quiet : 1;
    }

    /* a thread does not wake the event loop to say something */

    if (call->thread ? (call->progress || call->log_level != NGX_ERROR)
                     : (call->progress && call->progress->pending))
    {
        wait = ngx_min(wait, MCP_PROGRESS_INTERVAL);
    }

    /* a timer that is set is not set again for a small difference */

    if (call->tick.timer_set) {
        ngx_del_timer(&call->tick);
    }

    if (wait != NGX_TIMER_INFINITE) {
        ngx_add_timer(&call->tick, wait);
    }
}


ngx_int_t
ngx_http_mcp_report_progress(ngx_http_mcp_call_t *call, double value,
    double total, const char *text)
{
    ngx_int_t  rc;

    if (call->progress == NULL) {
        return NGX_OK;
    }

    if (call->thread) {
        /* when it may be sent is for the event loop to say */

        ngx_http_mcp_thread_lock(call->thread);
        (void) mcp_progress_report(call->progress, value, total, text, 0);
        ngx_http_mcp_thread_unlock(call->thread);

        return NGX_OK;
    }

    if (call->done) {
        return NGX_OK;
    }

    rc = mcp_progress_report(call->progress, value, total, text,
                             ngx_current_msec);

    if (rc == NGX_OK && call->ctx->busy == NULL) {
        return ngx_http_mcp_report_pending(call);
    }

    if (rc != NGX_DECLINED && call->running) {
        ngx_http_mcp_report_schedule(call);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_mcp_report_text(ngx_http_mcp_call_t *call, const ngx_str_t *text,
    ngx_uint_t line)
{
    ngx_int_t  rc;

    if (call->progress == NULL || call->done) {
        return NGX_OK;
    }

    if (mcp_progress_full(call->progress, text)
        && call->ctx->busy == NULL
        && ngx_http_mcp_report_pending(call) != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = mcp_progress_add(call->progress, text, line, ngx_current_msec);

    if (rc == NGX_OK && call->ctx->busy == NULL) {
        return ngx_http_mcp_report_pending(call);
    }

    if (rc != NGX_DECLINED && call->running) {
        ngx_http_mcp_report_schedule(call);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_mcp_report_log(ngx_http_mcp_call_t *call, ngx_uint_t level,
    const char *logger, const u_char *text, size_t len)
{
    mcp_buf_t  *b;

    if (call->thread) {
        return ngx_http_mcp_thread_log(call->thread, level, logger, text, len);
    }

    if (call->done) {
        return NGX_OK;
    }

    b = ngx_http_mcp_report_note(call);
    mcp_log_write(b, level, logger, text, len);

    return ngx_http_mcp_report_send(call, b);
}


ngx_int_t
ngx_http_mcp_report_rest(ngx_http_mcp_call_t *call)
{
    if (ngx_http_mcp_report_flush(call) != NGX_OK) {
        return NGX_ERROR;
    }

    /* the last value goes out even to a reader that is slow */

    return ngx_http_mcp_report_pending(call);
}


/* what was reported and could not be sent then */

static ngx_int_t
ngx_http_mcp_report_flush(ngx_http_mcp_call_t *call)
{
    ngx_int_t            rc;
    ngx_http_mcp_log_t  *log;

    while (call->thread) {

        log = ngx_http_mcp_thread_next_log(call->thread);
        if (log == NULL) {
            break;
        }

        rc = ngx_http_mcp_report_send(call, &log->json);

        ngx_destroy_pool(log->pool);

        if (rc != NGX_OK) {
            return NGX_ERROR;
        }
    }

    /* values do not queue up for a slow reader, the last one will do */

    return call->ctx->busy ? NGX_OK : ngx_http_mcp_report_pending(call);
}


static ngx_int_t
ngx_http_mcp_report_pending(ngx_http_mcp_call_t *call)
{
    mcp_buf_t   *b;
    ngx_uint_t   pending;

    if (call->progress == NULL) {
        return NGX_OK;
    }

    b = ngx_http_mcp_report_note(call);

    if (call->thread) {
        ngx_http_mcp_thread_lock(call->thread);
    }

    pending = call->progress->pending;

    if (pending) {
        mcp_progress_write(call->progress, b, ngx_current_msec);
    }

    if (call->thread) {
        ngx_http_mcp_thread_unlock(call->thread);
    }

    return pending ? ngx_http_mcp_report_send(call, b) : NGX_OK;
}


/* one buffer for all notifications of a call, for the stream copies */

static mcp_buf_t *
ngx_http_mcp_report_note(ngx_http_mcp_call_t *call)
{
    call->note.last = call->note.start;

    return &call->note;
}


static ngx_int_t
ngx_http_mcp_report_send(ngx_http_mcp_call_t *call, mcp_buf_t *b)
{
    ngx_str_t  json;

    if (call->lost) {
        return NGX_ERROR;
    }

    call->spoke = ngx_current_msec;

    if (mcp_buf_done(b, &json) != NGX_OK
        || ngx_http_mcp_stream_send(call->request, call->ctx, &json) != NGX_OK)
    {
        ngx_http_mcp_call_lose(call);
        return NGX_ERROR;
    }

    return NGX_OK;
}
