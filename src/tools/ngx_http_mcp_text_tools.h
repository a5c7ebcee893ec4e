
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_TEXT_TOOLS_H_INCLUDED_
#define _NGX_HTTP_MCP_TEXT_TOOLS_H_INCLUDED_


#include <ngx_http_mcp.h>


/*
 * The pack "text" is one table, ngx_http_mcp_text_tools.c, over handlers in
 * several files.  A handler relies on the schemas of that table: required
 * arguments are there and of the right type, an enum has one of its values.
 */


#define NGX_HTTP_MCP_REGEX_MATCHES_DEFAULT  100
#define NGX_HTTP_MCP_REGEX_MATCHES_MAX      1000     /* as in the schema */
#define NGX_HTTP_MCP_UUID_MAX               100      /* as in the schema */


ngx_int_t ngx_http_mcp_text_digest(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_mcp_text_uuid(ngx_http_mcp_call_t *call,
    const cJSON *args);

ngx_int_t ngx_http_mcp_text_encode(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_mcp_text_decode(ngx_http_mcp_call_t *call,
    const cJSON *args);

ngx_int_t ngx_http_mcp_text_regex_match(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_mcp_text_regex_replace(ngx_http_mcp_call_t *call,
    const cJSON *args);


/* the value of a string argument, "value" if there is none */
const char *ngx_http_mcp_text_option(const cJSON *args, const char *name,
    const char *value);

/*
 * The bytes the argument "data" stands for, "input" says how it is written:
 * "text" (the default), "hex" or "base64".  NGX_OK; NGX_DECLINED after a tool
 * error has been set; NGX_ERROR: out of memory.
 */
ngx_int_t ngx_http_mcp_text_input(ngx_http_mcp_call_t *call,
    const cJSON *args, ngx_str_t *bytes);

/* bytes in "hex", "base64", "base64url" or "percent"; from the call's pool */
ngx_int_t ngx_http_mcp_text_output(ngx_http_mcp_call_t *call,
    const char *encoding, ngx_str_t *bytes, ngx_str_t *text);


#endif /* _NGX_HTTP_MCP_TEXT_TOOLS_H_INCLUDED_ */
