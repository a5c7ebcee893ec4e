
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_CONFORMANCE_H_INCLUDED_
#define _NGX_HTTP_CONFORMANCE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp.h>


/* what answers */
ngx_int_t ngx_http_conformance_simple_text(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_image(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_audio(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_embedded(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_multiple(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_error(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_schema(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_header(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_capability(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_progress(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_logging(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_static_text(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_static_binary(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_template(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_prompt(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_prompt_arguments(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_prompt_embedded(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_prompt_image(ngx_http_mcp_call_t *call,
    const cJSON *args);

/* what hangs up */
ngx_int_t ngx_http_conformance_reconnection(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_tool_change(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_prompt_change(ngx_http_mcp_call_t *call,
    const cJSON *args);

/* what asks */
ngx_int_t ngx_http_conformance_sampling(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_elicitation(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_defaults(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_enums(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_user_name(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_capital(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_roots(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_state(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_three(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_rounds(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_whatever(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_conformance_ask_prompt(ngx_http_mcp_call_t *call,
    const cJSON *args);

ngx_int_t ngx_http_conformance_text(ngx_http_mcp_call_t *call,
    const char *text);
const char *ngx_http_conformance_string(const cJSON *args, const char *name);


#endif /* _NGX_HTTP_CONFORMANCE_H_INCLUDED_ */
