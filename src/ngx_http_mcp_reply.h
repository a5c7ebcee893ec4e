
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_REPLY_H_INCLUDED_
#define _NGX_HTTP_MCP_REPLY_H_INCLUDED_


#include <ngx_http_mcp_request.h>


/*
 * Answers as one JSON document with Content-Length.  Bytes that are given are
 * sent as they are, not copied: they must live as long as the request.
 */


/* adds a result to the answer: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_reply_result(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_str_t *id, mcp_action_t *action);

/* adds an error to the answer: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_reply_error(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_str_t *id, mcp_error_t *error);

/* after the last of them: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_reply_end(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);

/*
 * Sends the answer, 202 without a body if nothing was added; returns what a
 * content handler returns.
 */
ngx_int_t ngx_http_mcp_reply_send(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_uint_t status);

/*
 * Answers with ctx->error, whatever the messages are; returns what a content
 * handler returns.
 */
ngx_int_t ngx_http_mcp_reply_refusal(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);

/*
 * Adds ctx->challenge to an answer with such a status; of a resource, whoever
 * has refused: NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_reply_challenge(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_uint_t status);


#endif /* _NGX_HTTP_MCP_REPLY_H_INCLUDED_ */
