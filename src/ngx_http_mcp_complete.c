
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_complete.h>


static ngx_http_mcp_complete_pt ngx_http_mcp_completer(mcp_msg_t *msg,
    const mcp_arg_t *arg);


ngx_int_t
ngx_http_mcp_complete_value(ngx_http_request_t *r, const mcp_server_t *server,
    mcp_msg_t *msg, mcp_action_t *action)
{
    mcp_completion_t          completion;
    ngx_http_mcp_call_t       call;
    ngx_http_mcp_complete_pt  complete;

    ngx_memzero(&call, sizeof(ngx_http_mcp_call_t));

    call.request = r;
    call.loc_conf = r->loc_conf;
    call.msg = msg;
    call.log_level = NGX_ERROR;
    call.completion = &completion;

    mcp_result_init_msg(&call.result, r->pool, msg);
    mcp_completion_init(&completion, r->pool);

    complete = ngx_http_mcp_completer(msg, action->arg);

    if (complete(&call, (char *) action->arg->name.data,
                 (char *) action->value.data, action->args)
        != NGX_OK)
    {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "mcp %s \"%V\" cannot complete a value",
                      ngx_http_mcp_call_kind(&call),
                      ngx_http_mcp_call_name(&call));

        msg->error.cause = MCP_ERROR_INTERNAL;

        return NGX_DECLINED;
    }

    return mcp_completion_write(&completion, server, msg->version,
                                &action->result);
}


static ngx_http_mcp_complete_pt
ngx_http_mcp_completer(mcp_msg_t *msg, const mcp_arg_t *arg)
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
