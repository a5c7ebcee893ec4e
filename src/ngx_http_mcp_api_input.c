
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp.h>
#include <ngx_http_mcp_call.h>


/* while a value is completed nobody can be asked */
#define ngx_http_mcp_api_may_ask(call)  ((call)->completion == NULL)


ngx_int_t
ngx_http_mcp_elicit(ngx_http_mcp_call_t *call, const char *key,
    const char *message, const char *schema, const cJSON **answer)
{
    *answer = NULL;

    if (!ngx_http_mcp_api_may_ask(call)) {
        return NGX_ABORT;
    }

    return mcp_input_elicit(&call->input, key, message, schema, answer);
}


ngx_int_t
ngx_http_mcp_elicit_url(ngx_http_mcp_call_t *call, const char *key,
    const char *message, const char *url, const cJSON **answer)
{
    *answer = NULL;

    if (!ngx_http_mcp_api_may_ask(call)) {
        return NGX_ABORT;
    }

    return mcp_input_elicit_url(&call->input, key, message, url, answer);
}


ngx_int_t
ngx_http_mcp_sample(ngx_http_mcp_call_t *call, const char *key, cJSON *params,
    const cJSON **answer)
{
    ngx_int_t  rc;

    *answer = NULL;

    if (params == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_mcp_api_may_ask(call)
         ? mcp_input_sample(&call->input, key, params, answer) : NGX_ABORT;

    cJSON_Delete(params);

    return rc;
}


ngx_int_t
ngx_http_mcp_roots(ngx_http_mcp_call_t *call, const char *key,
    const cJSON **answer)
{
    *answer = NULL;

    if (!ngx_http_mcp_api_may_ask(call)) {
        return NGX_ABORT;
    }

    return mcp_input_roots(&call->input, key, answer);
}


ngx_uint_t
ngx_http_mcp_capabilities(ngx_http_mcp_call_t *call)
{
    return call->input.capabilities;
}


ngx_int_t
ngx_http_mcp_set_state(ngx_http_mcp_call_t *call, const u_char *p, size_t len)
{
    if (!ngx_http_mcp_api_may_ask(call)) {
        return NGX_ERROR;
    }

    return mcp_input_set_state(&call->input, p, len);
}


ngx_str_t
ngx_http_mcp_state(ngx_http_mcp_call_t *call)
{
    return call->input.state;
}
