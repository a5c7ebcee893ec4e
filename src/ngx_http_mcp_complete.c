
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_complete.h>


static ngx_int_t ngx_http_mcp_complete_handler(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_http_mcp_complete_pt ngx_http_mcp_completer(mcp_msg_t *msg,
    const mcp_arg_t *arg);


ngx_int_t
ngx_http_mcp_complete_value(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_msg_t *msg, mcp_action_t *action, ngx_http_event_handler_pt resume)
{
    mcp_completion_t  *completion;

    completion = ngx_palloc(r->pool, sizeof(mcp_completion_t));
    if (completion == NULL) {
        return NGX_ERROR;
    }

    mcp_completion_init(completion, r->pool);

    completion->arg = action->arg;
    completion->typed = action->value;

    return ngx_http_mcp_call_complete(r, ctx, msg, completion,
                                      ngx_http_mcp_complete_handler,
                                      action->args, resume);
}


static ngx_int_t
ngx_http_mcp_complete_handler(ngx_http_mcp_call_t *call, const cJSON *args)
{
    mcp_completion_t          *completion;
    ngx_http_mcp_complete_pt   complete;

    completion = call->completion;
    complete = ngx_http_mcp_completer(call->msg, completion->arg);

    return complete(call, (char *) completion->arg->name.data,
                    (char *) completion->typed.data, args);
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
