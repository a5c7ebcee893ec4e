
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_OUTGOING_H_INCLUDED_
#define _NGX_HTTP_MCP_OUTGOING_H_INCLUDED_


#include <ngx_http_mcp_subrequest.h>


/*
 * The request that a subrequest is: what it says, and what its variables see.
 * Of the client's request there is nothing but the name of the host.
 */


typedef struct {
    ngx_http_headers_in_t        headers_in;
    ngx_http_request_body_t     *body;          /* NULL: none */
    ngx_http_variable_value_t   *variables;
    ngx_str_t                    request_line;
    ngx_str_t                    unparsed_uri;
    ngx_uint_t                   method;
} ngx_http_mcp_outgoing_t;


/* finds variables that a subrequest must not ask for itself; to be called when
 * the configuration is read */
void ngx_http_mcp_outgoing_init(ngx_conf_t *cf);

/* all that can fail: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_outgoing_prepare(ngx_http_request_t *r,
    ngx_http_mcp_subrequest_t *s, ngx_http_mcp_outgoing_t *out);

/* to be called before the subrequest runs */
void ngx_http_mcp_outgoing_set(ngx_http_request_t *sr,
    ngx_http_mcp_subrequest_t *s, ngx_http_mcp_outgoing_t *out);


#endif /* _NGX_HTTP_MCP_OUTGOING_H_INCLUDED_ */
