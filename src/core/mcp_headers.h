
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_HEADERS_H_INCLUDED_
#define _MCP_HEADERS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_rpc.h>
#include <mcp_schema.h>


/*
 * HTTP headers of a request against its body.
 *
 * Specification: MCP 2026-07-28 basic/transports/streamable-http, "Request
 * Metadata" and "Server Validation".
 */


/* a request header the module reads */
typedef struct {
    ngx_str_t           name;        /* in lower case */
    ngx_str_t           value;       /* as received */
} mcp_header_t;


/* an argument that is mirrored into Mcp-Param-<name> ("x-mcp-header") */
typedef struct {
    mcp_header_t        header;      /* "mcp-param-x", "Mcp-Param-X" */
    ngx_array_t         path;        /* of ngx_str_t: the chain of members */
} mcp_param_t;


/*
 * Finds the "x-mcp-header" annotations of an input schema; "params" is an
 * initialised array of mcp_param_t.  NGX_OK, NGX_DECLINED (err says which
 * annotation is invalid and why) or NGX_ERROR.
 */
ngx_int_t mcp_headers_compile(ngx_pool_t *pool, const cJSON *schema,
    ngx_array_t *params, mcp_schema_error_t *err);

/*
 * The value of a header with white space trimmed.  NGX_OK; NGX_DECLINED: it
 * is absent; NGX_ABORT: it is there more than once.
 */
ngx_int_t mcp_headers_find(ngx_array_t *headers, const char *name, size_t len,
    ngx_str_t *value);

#define mcp_headers_get(headers, name, value)                                \
    mcp_headers_find(headers, name, sizeof(name) - 1, value)

/*
 * A value out of its base64 sentinel "=?base64?...?=", if it has one.
 * NGX_OK; NGX_DECLINED: not canonical base64; NGX_ERROR.
 */
ngx_int_t mcp_headers_decode(ngx_pool_t *pool, ngx_str_t *value,
    ngx_str_t *out);

/*
 * The checks, in the order in which they are made.  NGX_OK, NGX_DECLINED
 * (msg->error is MCP_ERROR_HEADER) or NGX_ERROR.  "expected" is what the body
 * says; of a "params.name" that the body lacks nothing is expected.
 */
ngx_int_t mcp_headers_check_version(mcp_msg_t *msg, ngx_array_t *headers,
    ngx_str_t *expected);
ngx_int_t mcp_headers_check_method(mcp_msg_t *msg, ngx_array_t *headers);
ngx_int_t mcp_headers_check_name(mcp_msg_t *msg, ngx_array_t *headers,
    ngx_str_t *expected);
ngx_int_t mcp_headers_check_params(mcp_msg_t *msg, ngx_array_t *headers,
    const ngx_array_t *params);

#define MCP_ACCEPT_ANY     0x0001        /* JSON or SSE, a wildcard too */
#define MCP_ACCEPT_EVENTS  0x0002        /* text/event-stream by name */

/* what an Accept value allows, 0 if nothing that could be sent */
ngx_uint_t mcp_headers_accept(ngx_str_t *value);

/* true if a Content-Type value is application/json */
ngx_uint_t mcp_headers_json(ngx_str_t *value);


#endif /* _MCP_HEADERS_H_INCLUDED_ */
