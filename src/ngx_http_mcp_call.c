
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_ask.h>
#include <ngx_http_mcp_call.h>
#include <ngx_http_mcp_cancel.h>
#include <ngx_http_mcp_input.h>
#include <ngx_http_mcp_report.h>
#include <ngx_http_mcp_stream.h>
#include <ngx_http_mcp_thread.h>


static ngx_int_t ngx_http_mcp_call_create(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg, const cJSON *args,
    ngx_http_event_handler_pt resume);
static ngx_int_t ngx_http_mcp_call_first(ngx_http_mcp_ctx_t *ctx);
static ngx_int_t ngx_http_mcp_call_run(ngx_http_mcp_call_t *call);
static ngx_http_mcp_handler_pt ngx_http_mcp_call_handler(
    ngx_http_mcp_call_t *call, ngx_uint_t *flags);
static ngx_int_t ngx_http_mcp_call_wait(ngx_http_mcp_call_t *call,
    ngx_uint_t asks);
static void ngx_http_mcp_call_running(ngx_http_mcp_call_t *call);
static void ngx_http_mcp_call_timeout(ngx_event_t *ev);
static void ngx_http_mcp_call_post(ngx_http_mcp_call_t *call);
static void ngx_http_mcp_call_finish(ngx_event_t *ev);
static void ngx_http_mcp_call_abort(ngx_http_mcp_call_t *call);
static void ngx_http_mcp_call_stop(ngx_http_mcp_call_t *call);
static void ngx_http_mcp_call_cleanup(void *data);


ngx_int_t
ngx_http_mcp_call_start(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_msg_t *msg, const cJSON *args, ngx_http_event_handler_pt resume)
{
    if (ngx_http_mcp_call_create(r, ctx, msg, args, resume) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_mcp_call_first(ctx);
}


ngx_int_t
ngx_http_mcp_call_complete(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_msg_t *msg, mcp_completion_t *completion,
    ngx_http_mcp_handler_pt completer, const cJSON *args,
    ngx_http_event_handler_pt resume)
{
    if (ngx_http_mcp_call_create(r, ctx, msg, args, resume) != NGX_OK) {
        return NGX_ERROR;
    }

    ctx->call->completion = completion;
    ctx->call->completer = completer;

    return ngx_http_mcp_call_first(ctx);
}


static ngx_int_t
ngx_http_mcp_call_first(ngx_http_mcp_ctx_t *ctx)
{
    mcp_msg_t            *msg;
    ngx_int_t             rc;
    ngx_http_mcp_call_t  *call;

    call = ctx->call;
    msg = call->msg;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, call->request->connection->log, 0,
                   "mcp call %s \"%V\"", ngx_http_mcp_call_kind(call),
                   ngx_http_mcp_call_name(call));

    rc = ngx_http_mcp_input_open(call);

    if (rc == NGX_OK) {
        rc = ngx_http_mcp_call_run(call);
    }

    if (rc == NGX_AGAIN) {
        return ngx_http_mcp_call_wait(call, 0);
    }

    if (rc == NGX_OK && ngx_http_mcp_ask_wanted(call)) {
        return ngx_http_mcp_call_wait(call, 1);
    }

    call->done = 1;

    if (rc == NGX_BUSY) {
        msg->error.cause = MCP_ERROR_UNAVAILABLE;
        rc = NGX_DECLINED;
    }

    if (rc == NGX_DECLINED) {
        ctx->call = NULL;
    }

    return rc;
}


static ngx_int_t
ngx_http_mcp_call_create(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_msg_t *msg, const cJSON *args, ngx_http_event_handler_pt resume)
{
    ngx_http_cleanup_t   *cln;
    ngx_http_mcp_call_t  *call;

    call = ngx_pcalloc(r->pool, sizeof(ngx_http_mcp_call_t));
    if (call == NULL) {
        return NGX_ERROR;
    }

    call->request = r;
    call->ctx = ctx;
    call->loc_conf = r->loc_conf;
    call->msg = msg;
    call->args = args;
    call->resume = resume;

    mcp_result_init_msg(&call->result, r->pool, msg);

    if (ngx_http_mcp_report_init(call) != NGX_OK) {
        return NGX_ERROR;
    }

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_mcp_call_cleanup;
    cln->data = call;

    ctx->call = call;

    return NGX_OK;
}


/* NGX_OK; NGX_AGAIN; NGX_BUSY: there is no thread for it; NGX_ERROR */

static ngx_int_t
ngx_http_mcp_call_run(ngx_http_mcp_call_t *call)
{
    ngx_int_t                rc;
    ngx_uint_t               flags;
    ngx_http_mcp_handler_pt  handler;

    handler = ngx_http_mcp_call_handler(call, &flags);

    if (flags & NGX_HTTP_MCP_BLOCKING) {
        return ngx_http_mcp_thread_start(call, handler, call->args);
    }

    rc = handler(call, call->args);

    if (call->done) {
        /* ngx_http_mcp_done() in the handler has said how it ended */
        return NGX_OK;
    }

    if (rc == NGX_AGAIN || rc == NGX_BUSY) {
        return rc;
    }

    call->rc = rc;

    return NGX_OK;
}


static ngx_http_mcp_handler_pt
ngx_http_mcp_call_handler(ngx_http_mcp_call_t *call, ngx_uint_t *flags)
{
    mcp_msg_t                      *msg;
    const ngx_http_mcp_tool_t      *tool;
    const ngx_http_mcp_prompt_t    *prompt;
    const ngx_http_mcp_resource_t  *resource;

    if (call->completer) {
        *flags = 0;
        return call->completer;
    }

    msg = call->msg;

    if (msg->tool) {
        tool = msg->tool->data;
        *flags = tool->flags;
        return tool->handler;
    }

    if (msg->prompt) {
        prompt = msg->prompt->data;
        *flags = prompt->flags;
        return prompt->handler;
    }

    resource = msg->resource->data;
    *flags = resource->flags;

    return resource->handler;
}


const char *
ngx_http_mcp_call_kind(ngx_http_mcp_call_t *call)
{
    mcp_msg_t  *msg;

    msg = call->msg;

    return msg->tool ? "tool" : msg->prompt ? "prompt" : "resource";
}


const ngx_str_t *
ngx_http_mcp_call_name(ngx_http_mcp_call_t *call)
{
    mcp_msg_t  *msg;

    msg = call->msg;

    return msg->tool ? &msg->tool->name
                     : msg->prompt ? &msg->prompt->name : &msg->resource->uri;
}


/* of the handler, or of the client that it asks */

static ngx_int_t
ngx_http_mcp_call_wait(ngx_http_mcp_call_t *call, ngx_uint_t asks)
{
    ngx_http_request_t  *r;

    r = call->request;

    call->running = 1;

    call->finish.handler = ngx_http_mcp_call_finish;
    call->finish.data = call;
    call->finish.log = r->connection->log;

    call->timeout.handler = ngx_http_mcp_call_timeout;
    call->timeout.data = call;
    call->timeout.log = r->connection->log;

    if (call->lost
        || ngx_http_mcp_cancel_start(call) != NGX_OK
        || ngx_http_mcp_stream_wait(r, call->ctx) != NGX_OK)
    {
        ngx_http_mcp_call_lose(call);
        return NGX_AGAIN;
    }

    if (!asks) {
        ngx_http_mcp_call_running(call);

    } else if (ngx_http_mcp_ask_start(call) != NGX_OK) {
        ngx_http_mcp_call_lose(call);
    }

    return NGX_AGAIN;
}


static void
ngx_http_mcp_call_running(ngx_http_mcp_call_t *call)
{
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_get_module_loc_conf(call->request, ngx_http_mcp_module);

    ngx_add_timer(&call->timeout, ngx_http_mcp_call_time(mlcf, call->ctx));
    ngx_http_mcp_report_start(call);
}


/* what the last run has left behind is of no interest */

void
ngx_http_mcp_call_again(ngx_http_mcp_call_t *call)
{
    ngx_int_t  rc;

    ngx_http_mcp_report_stop(call);

    mcp_input_again(&call->input);
    mcp_result_init_msg(&call->result, call->request->pool, call->msg);

    rc = ngx_http_mcp_call_run(call);

    if (rc == NGX_AGAIN) {
        ngx_http_mcp_call_running(call);
        return;
    }

    ngx_http_mcp_call_done(call, rc == NGX_OK ? call->rc : rc);
}


void
ngx_http_mcp_call_fail_text(ngx_http_mcp_call_t *call, const char *text)
{
    mcp_result_init_msg(&call->result, call->request->pool, call->msg);
    mcp_result_error(&call->result, (u_char *) text, ngx_strlen(text));

    ngx_http_mcp_call_done(call, NGX_OK);
}


static void
ngx_http_mcp_call_timeout(ngx_event_t *ev)
{
    ngx_http_mcp_call_t *call = ev->data;

    ngx_http_request_t  *r;

    r = call->request;

    ngx_http_set_log_request(r->connection->log, r);

    ngx_log_error(NGX_LOG_INFO, ev->log, 0,
                  "mcp %s \"%V\" timed out", ngx_http_mcp_call_kind(call),
                  ngx_http_mcp_call_name(call));

    call->timedout = 1;

    ngx_http_mcp_call_abort(call);
    ngx_http_mcp_call_done(call, NGX_OK);
}


void
ngx_http_mcp_call_withdraw(ngx_http_mcp_call_t *call)
{
    if (call->done) {
        return;
    }

    ngx_log_error(NGX_LOG_INFO, call->request->connection->log, 0,
                  "mcp %s \"%V\" cancelled by its client",
                  ngx_http_mcp_call_kind(call), ngx_http_mcp_call_name(call));

    call->withdrawn = 1;

    ngx_http_mcp_call_abort(call);
    ngx_http_mcp_call_done(call, NGX_OK);
}


void
ngx_http_mcp_call_done(ngx_http_mcp_call_t *call, ngx_int_t rc)
{
    if (call->done) {
        return;
    }

    call->done = 1;
    call->rc = rc;

    if (call->running) {
        ngx_http_mcp_call_stop(call);
        ngx_http_mcp_call_post(call);
    }
}


void
ngx_http_mcp_call_lose(ngx_http_mcp_call_t *call)
{
    call->lost = 1;

    if (call->running && !call->gone) {
        ngx_http_mcp_call_post(call);
    }
}


static void
ngx_http_mcp_call_post(ngx_http_mcp_call_t *call)
{
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

    if (r->post_action) {
        /* the client is gone, and the request belongs to another location */
        return;
    }

    ngx_http_set_log_request(c->log, r);

    if (call->lost) {
        ngx_http_mcp_finalize(r, NGX_ERROR);

    } else if (!ngx_http_mcp_ask_wanted(call)) {
        call->resume(r);

    } else if (ngx_http_mcp_ask_start(call) != NGX_OK) {
        ngx_http_mcp_finalize(r, NGX_ERROR);
    }

    ngx_http_run_posted_requests(c);
}


static void
ngx_http_mcp_call_abort(ngx_http_mcp_call_t *call)
{
    ngx_http_mcp_abort_pt  abort;

    (void) ngx_atomic_fetch_add(&call->cancelled, 1);

    abort = call->abort;
    call->abort = NULL;

    if (abort) {
        abort(call->data);
    }
}


static void
ngx_http_mcp_call_stop(ngx_http_mcp_call_t *call)
{
    if (call->timeout.timer_set) {
        ngx_del_timer(&call->timeout);
    }

    ngx_http_mcp_ask_stop(call);
    ngx_http_mcp_cancel_stop(call);
    ngx_http_mcp_report_stop(call);
}


/* the request ends, whatever the reason */

static void
ngx_http_mcp_call_cleanup(void *data)
{
    ngx_http_mcp_call_t *call = data;

    call->gone = 1;

    if (call->lost || !call->done) {
        call->msg->error.cause = MCP_ERROR_CANCELLED;
    }

    if (!call->done) {
        ngx_log_error(NGX_LOG_INFO, call->request->connection->log, 0,
                      "mcp %s \"%V\" cancelled",
                      ngx_http_mcp_call_kind(call),
                      ngx_http_mcp_call_name(call));

        call->done = 1;

        ngx_http_mcp_call_abort(call);
    }

    ngx_http_mcp_call_stop(call);

    if (call->finish.posted) {
        ngx_delete_posted_event(&call->finish);
    }
}
