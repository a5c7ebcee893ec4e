
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_input.h>
#include <ngx_http_mcp_zone.h>


static ngx_int_t ngx_http_mcp_input_read_state(ngx_http_mcp_call_t *call,
    ngx_str_t *token, ngx_str_t *payload);
static ngx_int_t ngx_http_mcp_input_bind(ngx_http_mcp_call_t *call,
    mcp_state_bind_t *bind);


ngx_int_t
ngx_http_mcp_input_open(ngx_http_mcp_call_t *call)
{
    ngx_int_t   rc;
    ngx_str_t   token, payload;
    mcp_msg_t  *msg;

    msg = call->msg;

    rc = mcp_input_request_state(msg, &token);

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_str_null(&payload);

    if (token.data) {
        rc = ngx_http_mcp_input_read_state(call, &token, &payload);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    rc = mcp_input_init(&call->input, call->request->pool, msg, &payload);

    /* a legacy client is asked in a stream and answers in its session */

    if (!mcp_version_modern(msg->version)
        && (!call->ctx->events || call->ctx->session == NULL))
    {
        call->input.capabilities = 0;
    }

    return rc;
}


static ngx_int_t
ngx_http_mcp_input_read_state(ngx_http_mcp_call_t *call, ngx_str_t *token,
    ngx_str_t *payload)
{
    ngx_int_t            rc;
    mcp_state_bind_t     bind;
    ngx_http_request_t  *r;

    r = call->request;

    if (ngx_http_mcp_input_bind(call, &bind) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = mcp_state_open(ngx_http_mcp_zone_keys(), r->pool, &bind, ngx_time(),
                        token, payload);

    if (rc != NGX_DECLINED) {
        return rc;
    }

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "mcp %s \"%V\": requestState refused",
                  ngx_http_mcp_call_kind(call), ngx_http_mcp_call_name(call));

    return mcp_input_refuse_state(call->msg);
}


static ngx_int_t
ngx_http_mcp_input_bind(ngx_http_mcp_call_t *call, mcp_state_bind_t *bind)
{
    mcp_msg_t  *msg;

    msg = call->msg;

    bind->kind = MCP_STATE_REQUEST;
    bind->method = msg->method;
    bind->name = msg->name;

    if (ngx_http_mcp_principal(call->request, &bind->principal) != NGX_OK) {
        return NGX_ERROR;
    }

    return mcp_state_digest(msg->doc, mcp_json_get(msg->doc, msg->params,
                                                   "arguments"),
                            bind->arguments);
}


ngx_int_t
ngx_http_mcp_input_write(ngx_http_mcp_call_t *call, ngx_str_t *result)
{
    time_t                    expires;
    ngx_int_t                 rc;
    ngx_str_t                 payload, token;
    mcp_state_bind_t          bind;
    ngx_http_request_t       *r;
    ngx_http_mcp_loc_conf_t  *mlcf;

    r = call->request;
    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    rc = mcp_input_payload(&call->input, call->msg, &payload);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_mcp_input_bind(call, &bind) != NGX_OK) {
        return NGX_ERROR;
    }

    expires = ngx_time() + ngx_http_mcp_input_ttl(mlcf);

    if (mcp_state_seal(ngx_http_mcp_zone_keys(), r->pool, &bind, expires,
                       &payload, &token)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return mcp_input_write(&call->input, mlcf->server, &token, result);
}
