
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_call.h>


static ngx_int_t ngx_http_mcp_call_fail(ngx_http_mcp_call_t *call,
    const char *reason);


ngx_int_t
ngx_http_mcp_call(ngx_http_request_t *r, const mcp_server_t *server,
    mcp_msg_t *msg, const cJSON *args, ngx_str_t *result)
{
    mcp_buf_t                   b;
    ngx_int_t                   rc;
    ngx_http_mcp_call_t         call;
    const ngx_http_mcp_tool_t  *tool;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "mcp call \"%V\"", &msg->tool->name);

    tool = msg->tool->data;

    call.request = r;
    call.msg = msg;
    call.broken = 0;

    mcp_result_init(&call.result, r->pool, msg->tool, msg->version);

    rc = tool->handler(&call, args);

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "mcp call \"%V\" done: %i", &msg->tool->name, rc);

    if (call.broken) {
        return ngx_http_mcp_call_fail(&call, "broke its output schema");
    }

    if (rc != NGX_OK) {
        return ngx_http_mcp_call_fail(&call, "failed");
    }

    mcp_buf_init(&b, r->pool, mcp_buf_len(&call.result.content)
                              + 2 * call.result.structured.len
                              + server->meta.len + 128);

    rc = mcp_result_write(&call.result, server, &b);

    if (rc == NGX_DECLINED) {
        return ngx_http_mcp_call_fail(&call, "has an output schema and gave "
                                             "no structured result");
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    if (call.result.error) {
        msg->error.cause = MCP_ERROR_TOOL;
    }

    return mcp_buf_done(&b, result);
}


static ngx_int_t
ngx_http_mcp_call_fail(ngx_http_mcp_call_t *call, const char *reason)
{
    ngx_log_error(NGX_LOG_ERR, call->request->connection->log, 0,
                  "mcp tool \"%V\" %s", &call->msg->tool->name, reason);

    call->msg->error.cause = MCP_ERROR_INTERNAL;

    return NGX_DECLINED;
}
