
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_headers.h>
#include <ngx_http_mcp_auth.h>
#include <ngx_http_mcp_check.h>
#include <ngx_http_mcp_cors.h>
#include <ngx_http_mcp_handler.h>
#include <ngx_http_mcp_reply.h>
#include <ngx_http_mcp_ask.h>
#include <ngx_http_mcp_call.h>
#include <ngx_http_mcp_complete.h>
#include <ngx_http_mcp_inspect.h>
#include <ngx_http_mcp_listen.h>
#include <ngx_http_mcp_session.h>
#include <ngx_http_mcp_subrequest.h>
#include <ngx_http_mcp_subscribe.h>
#include <ngx_http_mcp_cancel.h>
#include <ngx_http_mcp_follow.h>
#include <ngx_http_mcp_stream.h>
#include <ngx_http_mcp_view.h>


static ngx_uint_t ngx_http_mcp_fits(ngx_http_request_t *r);
static void ngx_http_mcp_body_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_mcp_get(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_int_t ngx_http_mcp_run(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static void ngx_http_mcp_continue(ngx_http_request_t *r);
static ngx_int_t ngx_http_mcp_serve(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg);
static ngx_int_t ngx_http_mcp_act(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg, mcp_action_t *action);
static ngx_uint_t ngx_http_mcp_status(ngx_http_mcp_ctx_t *ctx);


ngx_int_t
ngx_http_mcp_preaccess_handler(ngx_http_request_t *r)
{
    ngx_int_t                 rc;
    mcp_error_e               cause;
    ngx_http_mcp_ctx_t       *ctx;
    ngx_http_mcp_loc_conf_t  *mlcf;

    if (r != r->main) {
        return ngx_http_mcp_subrequest_preaccess(r);
    }

    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    if (!mlcf->enable && !mlcf->inspect) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);

    if (ctx && !ctx->judging) {
        return NGX_DECLINED;
    }

    if (ctx == NULL) {
        ngx_http_mcp_inspect_again(r);

        ctx = ngx_http_mcp_create_ctx(r);
        if (ctx == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        ctx->conf = mlcf;
        ctx->phase = r->phase_handler;

        rc = ngx_http_mcp_cors_preflight(r, ctx);

        if (rc != NGX_DECLINED) {
            return rc;
        }

        if (ngx_http_mcp_read_headers(r, ctx) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    cause = ngx_http_mcp_check_request(r, ctx);

    rc = ngx_http_mcp_auth(r, ctx);

    ctx->judging = (rc == NGX_AGAIN);

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->stranger = (ctx->error.cause != MCP_ERROR_NONE);

    if (cause != MCP_ERROR_NONE) {
        ctx->error.cause = cause;
        ngx_str_null(&ctx->challenge);
    }

    if (ctx->error.cause != MCP_ERROR_NONE) {
        r->expect_tested = 1;

        /*
         * a stream that is answered before its body has ended is reset,
         * and some clients take that for a failure
         */

        if (r->http_version < NGX_HTTP_VERSION_20
            || (ctx->stranger && !ngx_http_mcp_fits(r)))
        {
            return NGX_DECLINED;
        }

    } else if (r->method != NGX_HTTP_POST) {
        return NGX_DECLINED;
    }

    return ngx_http_mcp_read_body(r, ngx_http_mcp_body_handler);
}


/* into a buffer, from which it is dropped: a stranger gets no file */

static ngx_uint_t
ngx_http_mcp_fits(ngx_http_request_t *r)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    return r->headers_in.content_length_n >= 0
           && r->headers_in.content_length_n
              <= (off_t) clcf->client_body_buffer_size;
}


static void
ngx_http_mcp_body_handler(ngx_http_request_t *r)
{
    ngx_str_t                 body;
    ngx_http_mcp_ctx_t       *ctx;
    ngx_http_mcp_loc_conf_t  *mlcf;

    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);
    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    if (ctx->error.cause != MCP_ERROR_NONE) {
        ngx_http_mcp_resume(r);
        return;
    }

    if (ngx_http_mcp_body(r, &body) != NGX_OK
        || mcp_dispatch_body(mlcf->server, r->pool, &body, &ctx->headers,
                             &ctx->body)
           != NGX_OK)
    {
        ngx_http_mcp_finalize(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (ctx->body.n > 1 && ngx_http_mcp_save(r, ctx) != NGX_OK) {
        ngx_http_mcp_finalize(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    /* what is hidden has no limit of its own either */

    if (mlcf->auth->hidden
        && ctx->identity
        && ngx_http_mcp_view(r, ctx) != NGX_OK)
    {
        ngx_http_mcp_finalize(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ctx->parsed = 1;

    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "mcp body of %uz bytes, %ui messages, error %d",
                   body.len, ctx->body.n, ctx->body.msgs->error.cause);

    ngx_http_mcp_resume(r);
}


ngx_int_t
ngx_http_mcp_precontent_handler(ngx_http_request_t *r)
{
    ngx_http_mcp_ctx_t       *ctx;
    ngx_http_mcp_loc_conf_t  *mlcf;

    if (r != r->main) {
        return ngx_http_mcp_subrequest_precontent(r);
    }

    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    if (!mlcf->enable && !mlcf->inspect) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);

    if (ctx && ctx->current + 1 < ctx->body.n) {
        ctx->current++;
        ngx_http_mcp_rerun(r, ctx);

        return NGX_DECLINED;
    }

    return ctx && mlcf->inspect ? ngx_http_mcp_inspect(r, ctx) : NGX_DECLINED;
}


ngx_int_t
ngx_http_mcp_handler(ngx_http_request_t *r)
{
    ngx_int_t            rc;
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);

    if (ctx == NULL) {
        /* a subrequest: this is not a location to be included */
        return NGX_HTTP_NOT_ALLOWED;
    }

    if (ctx->error.cause != MCP_ERROR_NONE) {
        return ngx_http_mcp_reply_refusal(r, ctx);
    }

    ctx->current = 0;

    if (ngx_http_mcp_view(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_mcp_session_read(r, ctx);

    if (rc == NGX_DECLINED) {
        return ngx_http_mcp_reply_refusal(r, ctx);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (r->method == NGX_HTTP_DELETE) {
        return ngx_http_mcp_session_end(r, ctx);
    }

    if (r->method == NGX_HTTP_GET) {
        return ngx_http_mcp_get(r, ctx);
    }

    rc = ngx_http_mcp_run(r, ctx);

    if (rc == NGX_AGAIN && (ctx->call || ctx->listen)) {
        r->main->count++;
        return NGX_DONE;
    }

    return rc;
}


/* a client that listens, or comes back to a stream it was cut off from */

static ngx_int_t
ngx_http_mcp_get(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_int_t   rc;
    ngx_str_t   id;
    ngx_uint_t  back;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_headers_get(&ctx->headers, "last-event-id", &id);
    back = (rc != NGX_DECLINED);

    if (rc == NGX_OK) {
        rc = ngx_http_mcp_follow(r, ctx, &id);
    }

    if (rc == NGX_DECLINED) {
        rc = ngx_http_mcp_listen_session(r, ctx, back ? &id : NULL);
    }

    if (rc != NGX_DECLINED && rc != NGX_ABORT) {
        return rc;
    }

    ctx->error.cause = MCP_ERROR_EVENT;

    return ngx_http_mcp_reply_refusal(r, ctx);
}


/*
 * Serves the messages one after another, from the current one on: NGX_AGAIN
 * and ctx->call if that is not done yet, else what a content handler returns.
 */

static ngx_int_t
ngx_http_mcp_run(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_int_t   rc;
    ngx_uint_t  i;

    for ( /* void */ ; ctx->current < ctx->body.n; ctx->current++) {
        rc = ngx_http_mcp_serve(r, ctx, &ctx->body.msgs[ctx->current]);

        if (rc == NGX_AGAIN) {
            return NGX_AGAIN;
        }

        if (rc != NGX_OK) {
            return ctx->streaming ? NGX_ERROR : NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    /* the log tells of the first message that failed */

    for (i = 0; i < ctx->body.n; i++) {
        if (ctx->body.msgs[i].error.cause != MCP_ERROR_NONE) {
            break;
        }
    }

    ctx->current = (i < ctx->body.n) ? i : 0;

    if (ngx_http_mcp_reply_end(r, ctx) != NGX_OK) {
        return ctx->streaming ? NGX_ERROR : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx->streaming) {
        return ngx_http_mcp_stream_close(r, ctx);
    }

    return ngx_http_mcp_reply_send(r, ctx, ngx_http_mcp_status(ctx));
}


/* a call is done, or the thread of one that had been given up */

static void
ngx_http_mcp_continue(ngx_http_request_t *r)
{
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_mcp_get_ctx(r);

    if (!ctx->finished) {
        ctx->rc = ngx_http_mcp_run(r, ctx);

        if (ctx->rc == NGX_AGAIN && ctx->call) {
            return;
        }

        ctx->finished = 1;
    }

    if (ctx->threads == 0 || ctx->rc == NGX_ERROR) {
        ngx_http_mcp_finalize(r, ctx->rc);
        return;
    }

    if (ngx_http_mcp_stream_wait(r, ctx) != NGX_OK) {
        ngx_http_mcp_finalize(r, NGX_ERROR);
    }
}


static ngx_int_t
ngx_http_mcp_serve(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_msg_t *msg)
{
    ngx_int_t     rc;
    mcp_action_t  action;

    if (msg->kind == MCP_RPC_NOTIFICATION
        && msg->error.cause == MCP_ERROR_NONE)
    {
        ngx_http_mcp_cancel_notified(r, ctx, msg);
    }

    if (ctx->body.batch && msg->kind == MCP_RPC_NOTIFICATION) {
        /* in a batch there is no status that could say what is wrong */
        return NGX_OK;
    }

    action.closed = 0;

    if (ctx->call) {
        rc = ngx_http_mcp_call_result(ctx, &action.result);

    } else if (msg->error.cause != MCP_ERROR_NONE) {
        rc = NGX_DECLINED;

    } else if (msg->kind == MCP_RPC_RESPONSE) {
        return ngx_http_mcp_ask_answer(r, ctx, msg);

    } else if (msg->kind != MCP_RPC_REQUEST) {
        return NGX_OK;

    } else {
        rc = ngx_http_mcp_act(r, ctx, msg, &action);
    }

    switch (rc) {

    case NGX_OK:
        return ngx_http_mcp_reply_result(r, ctx, &msg->id, &action);

    case NGX_DECLINED:
        return ngx_http_mcp_reply_error(r, ctx, &msg->id, &msg->error);

    case NGX_AGAIN:
        return NGX_AGAIN;

    case NGX_ABORT:
        /* nobody waits for an answer */
        return NGX_OK;

    default:
        return NGX_ERROR;
    }
}


static ngx_int_t
ngx_http_mcp_act(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_msg_t *msg, mcp_action_t *action)
{
    ngx_int_t  rc;

    mcp_dispatch_enter(ctx->server, msg);

    if (ngx_http_mcp_view_list(ctx, msg) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = mcp_dispatch(ctx->server, msg, action);

    if (rc == NGX_DECLINED) {
        return ngx_http_mcp_auth_forbid(r, ctx, msg);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    switch (action->type) {

    case MCP_ACTION_RESULT:
        return NGX_OK;

    case MCP_ACTION_INITIALIZE:
        return ngx_http_mcp_session_start(r, ctx, msg);

    case MCP_ACTION_LOG_LEVEL:
        ngx_http_mcp_session_set_level(ctx, msg);
        return NGX_OK;

    case MCP_ACTION_COMPLETE:
        rc = ngx_http_mcp_complete_value(r, ctx, msg, action,
                                         ngx_http_mcp_continue);

        return rc == NGX_OK ? ngx_http_mcp_call_result(ctx, &action->result)
                            : rc;

    case MCP_ACTION_LISTEN:
        return ngx_http_mcp_listen(r, ctx, msg, action->sub);

    case MCP_ACTION_SUBSCRIBE:
        return ngx_http_mcp_subscribe(ctx, msg, action->on);

    case MCP_ACTION_CALL:
        break;
    }

    ngx_http_mcp_session_level(ctx, msg);

    rc = ngx_http_mcp_call_start(r, ctx, msg, action->args,
                                 ngx_http_mcp_continue);

    return rc == NGX_OK ? ngx_http_mcp_call_result(ctx, &action->result) : rc;
}


static ngx_uint_t
ngx_http_mcp_status(ngx_http_mcp_ctx_t *ctx)
{
    mcp_msg_t  *msg;

    msg = ctx->body.msgs;

    if (ctx->body.batch) {
        return NGX_HTTP_OK;
    }

    return mcp_error_status(msg->error.cause, mcp_version_modern(msg->version));
}
