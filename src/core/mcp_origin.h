
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_ORIGIN_H_INCLUDED_
#define _MCP_ORIGIN_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Origins (RFC 6454) against what an operator allows.
 *
 * Specification: MCP 2026-07-28 basic/transports/streamable-http, "Security".
 */


typedef struct {
    ngx_str_t           scheme;      /* empty: any */
    ngx_str_t           host;        /* after "*." if it is a wildcard */
    in_port_t           port;        /* 0: the scheme has no default */
    unsigned            any_port:1;
    unsigned            wildcard:1;  /* one or more labels before the host */
    unsigned            itself:1;    /* the host too: ".example.com" */
} mcp_origin_t;


/*
 * [scheme://]host[:port|:*], where host may begin with "*." or ".".  Without a
 * scheme, any scheme and, unless there is a port, any port.  NGX_OK or
 * NGX_DECLINED.
 */
ngx_int_t mcp_origin_parse(ngx_str_t *text, mcp_origin_t *origin);

/* true if the value of an Origin header is one of an array of mcp_origin_t */
ngx_uint_t mcp_origin_match(const ngx_array_t *allowed, ngx_str_t *value);


#endif /* _MCP_ORIGIN_H_INCLUDED_ */
