
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_call.h>
#include <ngx_http_mcp_stream.h>
#include <ngx_http_mcp_thread.h>


static ngx_int_t ngx_http_mcp_call_create(ngx_http_request_t *r,
    mcp_msg_t *msg, ngx_http_event_handler_pt resume);
static ngx_int_t ngx_http_mcp_call_notify(ngx_http_mcp_call_t *call);
static void ngx_http_mcp_call_wait(ngx_http_mcp_call_t *call);
static void ngx_http_mcp_call_timeout(ngx_event_t *ev);
static void ngx_http_mcp_call_tick(ngx_event_t *ev);
static void ngx_http_mcp_call_schedule(ngx_http_mcp_call_t *call);
static void ngx_http_mcp_call_finish(ngx_event_t *ev);
static void ngx_http_mcp_call_abort(ngx_http_mcp_call_t *call);
static void ngx_http_mcp_call_cleanup(void *data);
static void ngx_http_mcp_call_stop(ngx_http_mcp_call_t *call);
static ngx_int_t ngx_http_mcp_call_flush(ngx_http_mcp_call_t *call);
static ngx_int_t ngx_http_mcp_call_send(ngx_http_mcp_call_t *call,
    mcp_buf_t *b);
static ngx_int_t ngx_http_mcp_call_write(ngx_http_mcp_call_t *call,
    mcp_result_t *result, ngx_str_t *text);
static void ngx_http_mcp_call_late(ngx_http_mcp_call_t *call,
    mcp_result_t *result);
static ngx_int_t ngx_http_mcp_call_fail(ngx_http_mcp_call_t *call,
    const char *reason);


ngx_int_t
ngx_http_mcp_call_start(ngx_http_request_t *r, mcp_msg_t *msg,
    const cJSON *args, ngx_http_event_handler_pt resume)
{
    ngx_http_mcp_ctx_t         *ctx;
    ngx_http_mcp_call_t        *call;
    const ngx_http_mcp_tool_t  *tool;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "mcp call \"%V\"", &msg->tool->name);

    if (ngx_http_mcp_call_create(r, msg, resume) != NGX_OK) {
        return NGX_ERROR;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);
    call = ctx->call;
    tool = msg->tool->data;

    if (tool->flags & NGX_HTTP_MCP_BLOCKING) {

        if (ngx_http_mcp_thread_start(call, args) != NGX_OK) {
            return NGX_ERROR;
        }

        ngx_http_mcp_call_wait(call);
        return NGX_AGAIN;
    }

    call->rc = tool->handler(call, args);

    if (call->rc == NGX_AGAIN && !call->done) {
        ngx_http_mcp_call_wait(call);
        return NGX_AGAIN;
    }

    call->done = 1;
    ngx_http_mcp_call_stop(call);

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_call_create(ngx_http_request_t *r, mcp_msg_t *msg,
    ngx_http_event_handler_pt resume)
{
    ngx_http_cleanup_t   *cln;
    ngx_http_mcp_ctx_t   *ctx;
    ngx_http_mcp_call_t  *call;

    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);

    call = ngx_pcalloc(r->pool, sizeof(ngx_http_mcp_call_t));
    if (call == NULL) {
        return NGX_ERROR;
    }

    ctx->call = call;

    call->request = r;
    call->msg = msg;
    call->resume = resume;
    call->log_level = NGX_ERROR;

    mcp_result_init(&call->result, r->pool, msg->tool, msg->version);

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_mcp_call_cleanup;
    cln->data = call;

    if (ctx->events && !ctx->body.batch) {
        return ngx_http_mcp_call_notify(call);
    }

    return NGX_OK;
}


/* what the client wants to be told while it waits */

static ngx_int_t
ngx_http_mcp_call_notify(ngx_http_mcp_call_t *call)
{
    mcp_msg_t  *msg;

    msg = call->msg;

    call->log_level = mcp_log_level(msg);

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


static void
ngx_http_mcp_call_wait(ngx_http_mcp_call_t *call)
{
    ngx_http_request_t       *r;
    ngx_http_mcp_loc_conf_t  *mlcf;

    r = call->request;
    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    call->running = 1;
    call->spoke = ngx_current_msec;

    call->timeout.handler = ngx_http_mcp_call_timeout;
    call->timeout.data = call;
    call->timeout.log = r->connection->log;

    call->tick.handler = ngx_http_mcp_call_tick;
    call->tick.data = call;
    call->tick.log = r->connection->log;
    call->tick.cancelable = 1;

    ngx_add_timer(&call->timeout, ngx_http_mcp_tool_timeout(mlcf,
                                                           call->msg->tool));
    ngx_http_mcp_call_schedule(call);

    /* a client that closes the connection cancels the call */
    r->read_event_handler = ngx_http_test_reading;
}


static void
ngx_http_mcp_call_timeout(ngx_event_t *ev)
{
    ngx_http_mcp_call_t *call = ev->data;

    ngx_log_error(NGX_LOG_INFO, ev->log, NGX_ETIMEDOUT,
                  "mcp tool \"%V\" timed out", &call->msg->tool->name);

    call->timedout = 1;

    ngx_http_mcp_call_abort(call);
    ngx_http_mcp_call_done(call, NGX_OK);
}


static void
ngx_http_mcp_call_tick(ngx_event_t *ev)
{
    ngx_http_mcp_call_t *call = ev->data;

    ngx_int_t                 rc;
    ngx_connection_t         *c;
    ngx_http_request_t       *r;
    ngx_http_mcp_ctx_t       *ctx;
    ngx_http_mcp_loc_conf_t  *mlcf;

    r = call->request;
    c = r->connection;
    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);
    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    rc = ngx_http_mcp_call_flush(call);

    if (rc == NGX_OK
        && ngx_current_msec - call->spoke >= mlcf->stream_heartbeat)
    {
        call->spoke = ngx_current_msec;
        rc = ngx_http_mcp_stream_comment(r, ctx);
    }

    if (rc == NGX_OK) {
        ngx_http_mcp_call_schedule(call);
        return;
    }

    ngx_http_mcp_finalize(r, NGX_ERROR);
    ngx_http_run_posted_requests(c);
}


/* the next time there may be something to say */

static void
ngx_http_mcp_call_schedule(ngx_http_mcp_call_t *call)
{
    ngx_msec_t                wait, quiet;
    ngx_http_mcp_ctx_t       *ctx;
    ngx_http_mcp_loc_conf_t  *mlcf;

    ctx = ngx_http_get_module_ctx(call->request, ngx_http_mcp_module);
    mlcf = ngx_http_get_module_loc_conf(call->request, ngx_http_mcp_module);

    if (!ctx->events || ctx->body.batch || call->done) {
        return;
    }

    quiet = ngx_current_msec - call->spoke;

    wait = (quiet < mlcf->stream_heartbeat) ? mlcf->stream_heartbeat - quiet
                                            : 1;

    /* a thread does not wake the event loop to say something */

    if ((call->thread || (call->progress && call->progress->pending))
        && wait > MCP_PROGRESS_INTERVAL)
    {
        wait = MCP_PROGRESS_INTERVAL;
    }

    ngx_add_timer(&call->tick, wait);
}


void
ngx_http_mcp_call_done(ngx_http_mcp_call_t *call, ngx_int_t rc)
{
    if (call->done) {
        return;
    }

    call->done = 1;
    call->rc = rc;

    if (!call->running) {
        /* inside of the handler, which has yet to return */
        return;
    }

    ngx_http_mcp_call_stop(call);

    call->finish.handler = ngx_http_mcp_call_finish;
    call->finish.data = call;
    call->finish.log = call->request->connection->log;

    ngx_post_event(&call->finish, &ngx_posted_events);
}


static void
ngx_http_mcp_call_finish(ngx_event_t *ev)
{
    ngx_http_mcp_call_t *call = ev->data;

    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = call->request;
    c = r->connection;

    call->resume(r);

    ngx_http_run_posted_requests(c);
}


static void
ngx_http_mcp_call_abort(ngx_http_mcp_call_t *call)
{
    ngx_http_mcp_abort_pt  abort;

    call->cancelled = 1;

    abort = call->abort;
    call->abort = NULL;

    if (abort) {
        abort(call->data);
    }
}


/* the request ends, whatever the reason */

static void
ngx_http_mcp_call_cleanup(void *data)
{
    ngx_http_mcp_call_t *call = data;

    call->gone = 1;

    if (!call->done) {
        ngx_log_debug1(NGX_LOG_DEBUG_HTTP, call->request->connection->log, 0,
                       "mcp call \"%V\" cancelled", &call->msg->tool->name);

        call->msg->error.cause = MCP_ERROR_CANCELLED;
        call->done = 1;

        ngx_http_mcp_call_abort(call);
    }

    ngx_http_mcp_call_stop(call);

    if (call->finish.posted) {
        ngx_delete_posted_event(&call->finish);
    }
}


static void
ngx_http_mcp_call_stop(ngx_http_mcp_call_t *call)
{
    if (call->timeout.timer_set) {
        ngx_del_timer(&call->timeout);
    }

    if (call->tick.timer_set) {
        ngx_del_timer(&call->tick);
    }
}


ngx_int_t
ngx_http_mcp_call_progress(ngx_http_mcp_call_t *call, double value,
    double total, const char *text)
{
    mcp_buf_t  b;
    ngx_int_t  rc;

    if (call->progress == NULL || call->done) {
        return NGX_OK;
    }

    if (call->thread) {
        ngx_http_mcp_thread_lock(call->thread);
        (void) mcp_progress_report(call->progress, value, total, text,
                                   ngx_current_msec);
        ngx_http_mcp_thread_unlock(call->thread);

        return NGX_OK;
    }

    rc = mcp_progress_report(call->progress, value, total, text,
                             ngx_current_msec);

    if (rc == NGX_OK) {
        mcp_buf_init(&b, call->request->pool, 256);
        mcp_progress_write(call->progress, &b, ngx_current_msec);

        return ngx_http_mcp_call_send(call, &b);
    }

    if (rc == NGX_AGAIN && call->running) {
        ngx_http_mcp_call_schedule(call);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_mcp_call_log(ngx_http_mcp_call_t *call, ngx_uint_t level,
    const char *logger, const u_char *text, size_t len)
{
    mcp_buf_t  b;

    if ((ngx_int_t) level > call->log_level || call->done) {
        return NGX_OK;
    }

    if (call->thread) {
        return ngx_http_mcp_thread_log(call->thread, level, logger, text, len);
    }

    mcp_buf_init(&b, call->request->pool, len + 256);
    mcp_log_write(&b, level, logger, text, len);

    return ngx_http_mcp_call_send(call, &b);
}


/* what was reported and could not be sent then */

static ngx_int_t
ngx_http_mcp_call_flush(ngx_http_mcp_call_t *call)
{
    mcp_buf_t            b;
    ngx_str_t            json;
    ngx_http_mcp_ctx_t  *ctx;

    if (call->thread) {
        ctx = ngx_http_get_module_ctx(call->request, ngx_http_mcp_module);

        while (ngx_http_mcp_thread_next_log(call->thread, &json)) {
            if (ngx_http_mcp_stream_send(call->request, ctx, &json) != NGX_OK) {
                return NGX_ERROR;
            }
        }

        ngx_http_mcp_thread_lock(call->thread);
    }

    mcp_buf_init(&b, call->request->pool, 0);

    if (call->progress && call->progress->pending) {
        mcp_progress_write(call->progress, &b, ngx_current_msec);
    }

    if (call->thread) {
        ngx_http_mcp_thread_unlock(call->thread);
    }

    return (b.start || b.failed) ? ngx_http_mcp_call_send(call, &b) : NGX_OK;
}


static ngx_int_t
ngx_http_mcp_call_send(ngx_http_mcp_call_t *call, mcp_buf_t *b)
{
    ngx_int_t            rc;
    ngx_str_t            json;
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(call->request, ngx_http_mcp_module);

    if (mcp_buf_done(b, &json) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_mcp_stream_send(call->request, ctx, &json);

    (void) ngx_pfree(call->request->pool, b->start);

    call->spoke = ngx_current_msec;

    return rc;
}


ngx_int_t
ngx_http_mcp_call_result(ngx_http_request_t *r, ngx_str_t *text)
{
    mcp_result_t          late, *result;
    ngx_http_mcp_ctx_t   *ctx;
    ngx_http_mcp_call_t  *call;

    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);

    call = ctx->call;
    result = &call->result;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "mcp call \"%V\" done: %i", &call->msg->tool->name,
                   call->rc);

    if (ngx_http_mcp_call_flush(call) != NGX_OK) {
        return NGX_ERROR;
    }

    if (call->timedout) {
        /* the result belongs to a handler that may still be running */
        ngx_http_mcp_call_late(call, &late);
        result = &late;

    } else if (call->broken) {
        return ngx_http_mcp_call_fail(call, "broke its output schema");

    } else if (call->rc != NGX_OK) {
        return ngx_http_mcp_call_fail(call, "failed");
    }

    return ngx_http_mcp_call_write(call, result, text);
}


static void
ngx_http_mcp_call_late(ngx_http_mcp_call_t *call, mcp_result_t *result)
{
    u_char                   *p, buf[NGX_INT_T_LEN + 64];
    ngx_http_request_t       *r;
    ngx_http_mcp_loc_conf_t  *mlcf;

    r = call->request;
    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    p = ngx_sprintf(buf, "The tool did not finish within %M ms.",
                    ngx_http_mcp_tool_timeout(mlcf, call->msg->tool));

    mcp_result_init(result, r->pool, call->msg->tool, call->msg->version);
    mcp_result_error(result, buf, p - buf);
}


static ngx_int_t
ngx_http_mcp_call_write(ngx_http_mcp_call_t *call, mcp_result_t *result,
    ngx_str_t *text)
{
    mcp_buf_t                 b;
    ngx_int_t                 rc;
    mcp_msg_t                *msg;
    mcp_server_t             *server;
    ngx_http_request_t       *r;
    ngx_http_mcp_loc_conf_t  *mlcf;

    r = call->request;
    msg = call->msg;
    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);
    server = mlcf->server;

    mcp_buf_init(&b, r->pool, mcp_buf_len(&result->content)
                              + 2 * result->structured.len
                              + server->meta.len + 128);

    rc = mcp_result_write(result, server, &b);

    if (rc == NGX_DECLINED) {
        return ngx_http_mcp_call_fail(call, "has an output schema and gave no "
                                            "structured result");
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    if (result->error) {
        msg->error.cause = call->timedout ? MCP_ERROR_TIMEOUT : MCP_ERROR_TOOL;
    }

    return mcp_buf_done(&b, text);
}


static ngx_int_t
ngx_http_mcp_call_fail(ngx_http_mcp_call_t *call, const char *reason)
{
    ngx_log_error(NGX_LOG_ERR, call->request->connection->log, 0,
                  "mcp tool \"%V\" %s", &call->msg->tool->name, reason);

    call->msg->error.cause = MCP_ERROR_INTERNAL;

    return NGX_DECLINED;
}
