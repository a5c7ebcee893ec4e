
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_TRACE_H_INCLUDED_
#define _MCP_TRACE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_rpc.h>


/*
 * Trace context: what a call is a part of.
 *
 * Specification: MCP 2026-07-28 basic, "_meta", and W3C Trace Context, 3.2.
 */


/* true of a "traceparent" that may be passed on */
ngx_uint_t mcp_trace_valid(const ngx_str_t *s);

/*
 * That of "_meta", which says more than a header that a proxy may have set;
 * else the header, which may be empty; else empty.  NGX_OK or NGX_ERROR.
 */
ngx_int_t mcp_trace_parent(const mcp_msg_t *msg, const ngx_str_t *header,
    ngx_str_t *parent);


#endif /* _MCP_TRACE_H_INCLUDED_ */
