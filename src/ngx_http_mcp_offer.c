
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_offer.h>


static ngx_int_t ngx_http_mcp_offer_complete(ngx_http_mcp_call_t *call,
    const mcp_server_t *server, mcp_action_t *action);
static ngx_http_mcp_complete_pt ngx_http_mcp_offer_completer(mcp_msg_t *msg,
    const mcp_arg_t *arg);
static ngx_int_t ngx_http_mcp_offer_run(ngx_http_mcp_call_t *call,
    const mcp_server_t *server, mcp_action_t *action);
static ngx_http_mcp_handler_pt ngx_http_mcp_offer_handler(mcp_msg_t *msg);
static const char *ngx_http_mcp_offer_kind(mcp_msg_t *msg);
static const ngx_str_t *ngx_http_mcp_offer_name(mcp_msg_t *msg);
static ngx_int_t ngx_http_mcp_offer_refuse(ngx_http_mcp_call_t *call);
static ngx_int_t ngx_http_mcp_offer_fail(ngx_http_mcp_call_t *call,
    const char *reason);


ngx_int_t
ngx_http_mcp_offer(ngx_http_request_t *r, const mcp_server_t *server,
    mcp_msg_t *msg, mcp_action_t *action)
{
    ngx_http_mcp_call_t  call;

    ngx_memzero(&call, sizeof(ngx_http_mcp_call_t));

    call.request = r;
    call.msg = msg;
    call.log_level = NGX_ERROR;

    mcp_result_init_msg(&call.result, msg);

    if (action->type == MCP_ACTION_COMPLETE) {
        return ngx_http_mcp_offer_complete(&call, server, action);
    }

    return ngx_http_mcp_offer_run(&call, server, action);
}


static ngx_int_t
ngx_http_mcp_offer_complete(ngx_http_mcp_call_t *call,
    const mcp_server_t *server, mcp_action_t *action)
{
    ngx_http_mcp_complete_pt  complete;

    mcp_completion_init(&call->completion, call->request->pool);

    complete = ngx_http_mcp_offer_completer(call->msg, action->arg);

    if (complete(call, (char *) action->arg->name.data,
                 (char *) action->value.data, action->args)
        != NGX_OK)
    {
        return ngx_http_mcp_offer_fail(call, "cannot complete a value");
    }

    return mcp_completion_write(&call->completion, server, call->msg->version,
                                &action->result);
}


static ngx_http_mcp_complete_pt
ngx_http_mcp_offer_completer(mcp_msg_t *msg, const mcp_arg_t *arg)
{
    const ngx_http_mcp_arg_t  *a;

    a = msg->prompt
        ? ((const ngx_http_mcp_prompt_t *) msg->prompt->data)->args
        : ((const ngx_http_mcp_resource_t *) msg->resource->data)->args;

    while (ngx_strcmp(a->name, arg->name.data) != 0) {
        a++;
    }

    return a->complete;
}


static ngx_int_t
ngx_http_mcp_offer_run(ngx_http_mcp_call_t *call, const mcp_server_t *server,
    mcp_action_t *action)
{
    mcp_buf_t   b;
    ngx_int_t   rc;
    mcp_msg_t  *msg;

    msg = call->msg;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, call->request->connection->log, 0,
                   "mcp call %s \"%V\"", ngx_http_mcp_offer_kind(msg),
                   ngx_http_mcp_offer_name(msg));

    rc = ngx_http_mcp_offer_handler(msg)(call, action->args);

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, call->request->connection->log, 0,
                   "mcp call \"%V\" done: %i", ngx_http_mcp_offer_name(msg),
                   rc);

    if (rc == NGX_DECLINED && msg->resource) {
        return mcp_resource_not_found(msg);
    }

    if (rc != NGX_OK) {
        return ngx_http_mcp_offer_fail(call, "failed");
    }

    if (call->result.error) {
        return ngx_http_mcp_offer_refuse(call);
    }

    mcp_buf_init(&b, call->request->pool,
                 mcp_buf_len(&call->result.content)
                 + 2 * call->result.structured.len + server->meta.len + 128);

    rc = mcp_result_write(&call->result, server, &b);

    if (rc == NGX_DECLINED) {
        return ngx_http_mcp_offer_fail(call, "gave no contents");
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    return mcp_buf_done(&b, &action->result);
}


static ngx_http_mcp_handler_pt
ngx_http_mcp_offer_handler(mcp_msg_t *msg)
{
    if (msg->prompt) {
        return ((const ngx_http_mcp_prompt_t *) msg->prompt->data)->handler;
    }

    return ((const ngx_http_mcp_resource_t *) msg->resource->data)->handler;
}


/* prompts and resources have no result that says what is wrong */

static ngx_int_t
ngx_http_mcp_offer_refuse(ngx_http_mcp_call_t *call)
{
    if (call->result.content.failed) {
        return NGX_ERROR;
    }

    call->msg->error.cause = MCP_ERROR_PARAMS;
    call->msg->error.text = call->result.reason;

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_mcp_offer_fail(ngx_http_mcp_call_t *call, const char *reason)
{
    ngx_log_error(NGX_LOG_ERR, call->request->connection->log, 0,
                  "mcp %s \"%V\" %s", ngx_http_mcp_offer_kind(call->msg),
                  ngx_http_mcp_offer_name(call->msg), reason);

    call->msg->error.cause = MCP_ERROR_INTERNAL;

    return NGX_DECLINED;
}


static const char *
ngx_http_mcp_offer_kind(mcp_msg_t *msg)
{
    return msg->prompt ? "prompt" : "resource";
}


/* as it is configured, never what a client calls it */

static const ngx_str_t *
ngx_http_mcp_offer_name(mcp_msg_t *msg)
{
    return msg->prompt ? &msg->prompt->name : &msg->resource->uri;
}
