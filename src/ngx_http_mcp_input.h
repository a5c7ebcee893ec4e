
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_INPUT_H_INCLUDED_
#define _NGX_HTTP_MCP_INPUT_H_INCLUDED_


#include <ngx_http_mcp_call.h>


/*
 * What a call asks its client for.  A modern client is answered with what is
 * asked and sends the request again; all there is to know comes with it in
 * "requestState", signed and bound to the request and to whose it is.
 *
 * Specification: MCP 2026-07-28 basic/patterns/mrtr.
 */


/* seconds that hold all of mcp_input_timeout: the one now has begun already */
#define ngx_http_mcp_input_ttl(mlcf)                                         \
    ((time_t) (((mlcf)->input_timeout + 999) / 1000 + 1))

/*
 * Before the first run of a handler: what the client has answered and what it
 * kept.  NGX_OK, NGX_DECLINED (msg->error) or NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_input_open(ngx_http_mcp_call_t *call);

/*
 * The result of a modern call that asks for something.  NGX_OK, NGX_DECLINED
 * (msg->error) or NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_input_write(ngx_http_mcp_call_t *call,
    ngx_str_t *result);


#endif /* _NGX_HTTP_MCP_INPUT_H_INCLUDED_ */
