
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_CODEC_H_INCLUDED_
#define _NGX_HTTP_MCP_CODEC_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * RFC 4648 base64, base64url and base16, RFC 3986 percent-encoding.  Decoding
 * is strict: a string of bytes has one base64 form, and what does not belong
 * to an encoding is refused, with the offset, rather than skipped.
 *
 * encode() allocates from the pool, with room for a final NUL: NGX_OK or
 * NGX_ERROR.  decode() writes to dst->data, which has room for src->len bytes:
 * NGX_OK, or NGX_DECLINED with the error.
 */


typedef struct {
    const char  *rule;       /* what the text breaks */
    size_t       offset;     /* where; all before it is ASCII */
} ngx_http_mcp_codec_error_t;


typedef struct {
    const char  *name;
    ngx_int_t  (*encode)(ngx_pool_t *pool, ngx_str_t *src, ngx_str_t *dst);
    ngx_int_t  (*decode)(ngx_str_t *src, ngx_str_t *dst,
                         ngx_http_mcp_codec_error_t *err);
} ngx_http_mcp_codec_t;


/* NULL if there is none of this name */
const ngx_http_mcp_codec_t *ngx_http_mcp_codec(const char *name);


#endif /* _NGX_HTTP_MCP_CODEC_H_INCLUDED_ */
