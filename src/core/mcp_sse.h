
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_SSE_H_INCLUDED_
#define _MCP_SSE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_buf.h>
#include <mcp_state.h>


/*
 * Server-sent events.  An id names its stream and its place in it, so that a
 * client that was cut off can say where: 32 hexadecimal digits, "-", and a
 * decimal number.
 *
 * Specification: the SSE standard; MCP 2025-11-25 basic/transports,
 * "Resumability and Redelivery".
 */


#define MCP_SSE_ID_MAX    (2 * MCP_STATE_NONCE + 1 + NGX_INT64_LEN)

#define MCP_SSE_HEAD_MAX                                                     \
    (sizeof("id: \nretry: \ndata: ") - 1 + MCP_SSE_ID_MAX + NGX_INT64_LEN)


typedef struct {
    u_char              stream[MCP_STATE_NONCE];
    uint64_t            seq;
} mcp_sse_id_t;


/*
 * What an event has before its data, at most MCP_SSE_HEAD_MAX bytes; returns
 * their end.  The id may be NULL, "retry" is milliseconds, 0: not said.
 */
u_char *mcp_sse_head(u_char *p, const mcp_sse_id_t *id, ngx_msec_t retry);

/* an event with one line of data, which has no line breaks */
void mcp_sse_write(mcp_buf_t *b, const mcp_sse_id_t *id, ngx_msec_t retry,
    const ngx_str_t *data);

/* of a Last-Event-ID: NGX_OK or NGX_DECLINED */
ngx_int_t mcp_sse_parse_id(const ngx_str_t *text, mcp_sse_id_t *id);


#endif /* _MCP_SSE_H_INCLUDED_ */
