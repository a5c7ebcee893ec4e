
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_call.h>
#include <ngx_http_mcp_input.h>
#include <ngx_http_mcp_report.h>


static ngx_int_t ngx_http_mcp_call_judge(ngx_http_mcp_call_t *call,
    ngx_str_t *text);
static ngx_int_t ngx_http_mcp_call_completed(ngx_http_mcp_call_t *call,
    ngx_str_t *text);
static ngx_int_t ngx_http_mcp_call_late(ngx_http_mcp_call_t *call,
    ngx_str_t *text);
static ngx_int_t ngx_http_mcp_call_refuse(ngx_http_mcp_call_t *call);
static ngx_int_t ngx_http_mcp_call_write(ngx_http_mcp_call_t *call,
    mcp_result_t *result, ngx_str_t *text);
static ngx_int_t ngx_http_mcp_call_fail(ngx_http_mcp_call_t *call,
    const char *reason);


/* it is logged later: this may be a thread */

ngx_int_t
ngx_http_mcp_call_broke(ngx_http_mcp_call_t *call, mcp_schema_error_t *err)
{
    u_char  *p;

    p = ngx_pnalloc(call->result.pool, err->path.len + err->text.len + 5);
    if (p == NULL) {
        return NGX_ERROR;
    }

    call->broken.data = p;
    call->broken.len = ngx_sprintf(p, "%s%V %V", err->path.len ? " at " : "",
                                   &err->path, &err->text)
                       - p;

    return NGX_ERROR;
}


ngx_int_t
ngx_http_mcp_call_result(ngx_http_mcp_ctx_t *ctx, ngx_str_t *text)
{
    ngx_http_mcp_call_t  *call;

    call = ctx->call;
    ctx->call = NULL;

    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, call->request->connection->log, 0,
                   "mcp call %s \"%V\" done: %i",
                   ngx_http_mcp_call_kind(call), ngx_http_mcp_call_name(call),
                   call->rc);

    if (call->withdrawn) {
        call->msg->error.cause = MCP_ERROR_CANCELLED;
        return NGX_ABORT;
    }

    if (call->lost || ngx_http_mcp_report_rest(call) != NGX_OK) {
        call->msg->error.cause = MCP_ERROR_CANCELLED;
        return NGX_ERROR;
    }

    return ngx_http_mcp_call_judge(call, text);
}


/* what the handler has left behind, as it is told to the client */

static ngx_int_t
ngx_http_mcp_call_judge(ngx_http_mcp_call_t *call, ngx_str_t *text)
{
    if (call->timedout) {
        /* the result belongs to a handler that may still be running */
        return ngx_http_mcp_call_late(call, text);
    }

    if (call->completion) {
        return ngx_http_mcp_call_completed(call, text);
    }

    if (call->broken.len) {
        ngx_log_error(NGX_LOG_ERR, call->request->connection->log, 0,
                      "mcp tool \"%V\": result%V", &call->msg->tool->name,
                      &call->broken);

        return ngx_http_mcp_call_fail(call, "broke its output schema");
    }

    if (call->rc == NGX_DECLINED && call->msg->resource) {
        return mcp_resource_not_found(call->msg);
    }

    switch (call->rc) {

    case NGX_OK:
        break;

    case NGX_DONE:
        if (call->input.asks.nelts) {
            return ngx_http_mcp_input_write(call, text);
        }

        return ngx_http_mcp_call_fail(call, "wants answers and asked for "
                                            "nothing");

    case NGX_BUSY:
        /* when it went on */
        call->msg->error.cause = MCP_ERROR_UNAVAILABLE;
        return NGX_DECLINED;

    case NGX_ABORT:
        if (call->input.missing) {
            return mcp_meta_need(call->msg, call->input.missing);
        }

        /* fall through */

    default:
        return ngx_http_mcp_call_fail(call, "failed");
    }

    if (call->result.error && call->msg->tool == NULL) {
        return ngx_http_mcp_call_refuse(call);
    }

    return ngx_http_mcp_call_write(call, &call->result, text);
}


/* a value can be typed without being completed, whatever failed */

static ngx_int_t
ngx_http_mcp_call_completed(ngx_http_mcp_call_t *call, ngx_str_t *text)
{
    ngx_http_mcp_loc_conf_t  *mlcf;

    if (call->rc != NGX_OK && call->rc != NGX_DECLINED) {
        return ngx_http_mcp_call_fail(call, "cannot complete a value");
    }

    if (call->result.error) {
        ngx_log_error(NGX_LOG_WARN, call->request->connection->log, 0,
                      "mcp %s \"%V\" cannot complete a value: %V",
                      ngx_http_mcp_call_kind(call),
                      ngx_http_mcp_call_name(call), &call->result.reason);
    }

    mlcf = ngx_http_get_module_loc_conf(call->request, ngx_http_mcp_module);

    return mcp_completion_write(call->completion, mlcf->server,
                                call->msg->version, text);
}


static ngx_int_t
ngx_http_mcp_call_late(ngx_http_mcp_call_t *call, ngx_str_t *text)
{
    u_char                   *p, buf[NGX_INT_T_LEN + 64];
    ngx_msec_t                timeout;
    mcp_result_t              result;
    ngx_http_request_t       *r;
    ngx_http_mcp_loc_conf_t  *mlcf;

    r = call->request;
    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    if (call->unanswered) {
        timeout = mlcf->input_timeout;
        p = ngx_sprintf(buf, "The client did not answer within ");

    } else {
        timeout = ngx_http_mcp_call_time(mlcf, call->ctx);
        p = ngx_sprintf(buf, "The %s did not finish within ",
                        ngx_http_mcp_call_kind(call));
    }

    p = (timeout % 1000) ? ngx_sprintf(p, "%M ms.", timeout)
                         : ngx_sprintf(p, "%M s.", timeout / 1000);

    if (call->msg->tool == NULL) {
        return mcp_rpc_error(r->pool, &call->msg->error, MCP_ERROR_TIMEOUT,
                             "%*s", (size_t) (p - buf), buf);
    }

    mcp_result_init(&result, r->pool, call->msg->tool, call->msg->version);
    mcp_result_error(&result, buf, p - buf);

    return ngx_http_mcp_call_write(call, &result, text);
}


/* prompts and resources have no result that says what is wrong */

static ngx_int_t
ngx_http_mcp_call_refuse(ngx_http_mcp_call_t *call)
{
    if (call->result.content.failed) {
        return NGX_ERROR;
    }

    call->msg->error.cause = call->result.internal ? MCP_ERROR_INTERNAL
                                                   : MCP_ERROR_PARAMS;
    call->msg->error.text = call->result.reason;

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_mcp_call_write(ngx_http_mcp_call_t *call, mcp_result_t *result,
    ngx_str_t *text)
{
    mcp_buf_t                 b;
    ngx_int_t                 rc;
    mcp_server_t             *server;
    ngx_http_request_t       *r;
    ngx_http_mcp_loc_conf_t  *mlcf;

    r = call->request;
    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);
    server = mlcf->server;

    mcp_buf_init(&b, r->pool, mcp_buf_len(&result->content)
                              + 2 * result->structured.len
                              + server->meta.len + 128);

    rc = mcp_result_write(result, server, &b);

    if (rc == NGX_DECLINED) {
        return ngx_http_mcp_call_fail(call, call->msg->tool
                                            ? "has an output schema and gave "
                                              "no structured result"
                                            : "gave no contents");
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    if (result->error) {
        call->msg->error.cause = call->timedout ? MCP_ERROR_TIMEOUT
                                                : MCP_ERROR_TOOL;
    }

    return mcp_buf_done(&b, text);
}


static ngx_int_t
ngx_http_mcp_call_fail(ngx_http_mcp_call_t *call, const char *reason)
{
    ngx_str_t  *why;

    why = &call->input.reason;

    ngx_log_error(NGX_LOG_ERR, call->request->connection->log, 0,
                  "mcp %s \"%V\" %s%s%V", ngx_http_mcp_call_kind(call),
                  ngx_http_mcp_call_name(call), reason, why->len ? ": " : "",
                  why);

    call->msg->error.cause = MCP_ERROR_INTERNAL;

    return NGX_DECLINED;
}
