
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_PASS_STREAM_H_INCLUDED_
#define _NGX_HTTP_MCP_PASS_STREAM_H_INCLUDED_


#include <ngx_http_mcp_call.h>
#include <mcp_events.h>


/*
 * "stream on": the answer of a service is taken in pieces.  If its type is one
 * that streams, its events are told to the client as progress of the call; if
 * not it is kept, as without.
 */


typedef struct {
    ngx_http_mcp_call_t        *call;
    const mcp_answer_conf_t    *conf;      /* of what comes of it */
    mcp_events_t                events;
    mcp_buf_t                   body;      /* of an answer that does not
                                              stream */
    unsigned                    begun:1;
    unsigned                    events_come:1;
    unsigned                    over:1;
    unsigned                    failed:1;
} ngx_http_mcp_pass_stream_t;


/* NULL if there is no memory */
ngx_http_mcp_pass_stream_t *ngx_http_mcp_pass_stream_create(
    ngx_http_mcp_call_t *call, const mcp_answer_conf_t *conf);

/* NGX_OK, or NGX_ERROR: no more is wanted */
ngx_int_t ngx_http_mcp_pass_stream_piece(ngx_http_mcp_pass_stream_t *stream,
    const mcp_answer_t *answer, u_char *p, size_t len);

/*
 * The answer is complete, or broken: it gets its body, for stream->conf.
 * NGX_OK; NGX_DECLINED: "why" is why there is no result; NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_pass_stream_end(ngx_http_mcp_pass_stream_t *stream,
    mcp_answer_t *answer, ngx_str_t *why);


#endif /* _NGX_HTTP_MCP_PASS_STREAM_H_INCLUDED_ */
