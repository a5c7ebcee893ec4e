
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_sse.h>


#define MCP_SSE_STREAM  (2 * MCP_STATE_NONCE)    /* digits */


u_char *
mcp_sse_head(u_char *p, const mcp_sse_id_t *id, ngx_msec_t retry)
{
    if (id) {
        p = ngx_cpymem(p, "id: ", sizeof("id: ") - 1);
        p = ngx_hex_dump(p, (u_char *) id->stream, MCP_STATE_NONCE);
        p = ngx_sprintf(p, "-%uL\n", id->seq);
    }

    if (retry) {
        p = ngx_sprintf(p, "retry: %M\n", retry);
    }

    return ngx_cpymem(p, "data: ", sizeof("data: ") - 1);
}


void
mcp_sse_write(mcp_buf_t *b, const mcp_sse_id_t *id, ngx_msec_t retry,
    const ngx_str_t *data)
{
    u_char  *p, head[MCP_SSE_HEAD_MAX];

    p = mcp_sse_head(head, id, retry);

    mcp_buf_add(b, head, p - head);
    mcp_buf_str(b, data);
    mcp_buf_lit(b, "\n\n");
}


ngx_int_t
mcp_sse_parse_id(const ngx_str_t *text, mcp_sse_id_t *id)
{
    u_char      *p, *end;
    uint64_t     seq;
    ngx_int_t    n;
    ngx_uint_t   i;

    if (text->len < MCP_SSE_STREAM + 2 || text->len > MCP_SSE_ID_MAX) {
        return NGX_DECLINED;
    }

    p = text->data;
    end = p + text->len;

    for (i = 0; i < MCP_STATE_NONCE; i++) {

        if ((p[0] >= 'A' && p[0] <= 'F') || (p[1] >= 'A' && p[1] <= 'F')) {
            return NGX_DECLINED;
        }

        n = ngx_hextoi(p, 2);

        if (n == NGX_ERROR) {
            return NGX_DECLINED;
        }

        id->stream[i] = (u_char) n;
        p += 2;
    }

    if (*p++ != '-' || (*p == '0' && end - p > 1)) {
        return NGX_DECLINED;
    }

    seq = 0;

    for ( /* void */ ; p < end; p++) {

        if (*p < '0' || *p > '9'
            || seq > (uint64_t) -1 / 10
            || seq * 10 > (uint64_t) -1 - (*p - '0'))
        {
            return NGX_DECLINED;
        }

        seq = seq * 10 + (*p - '0');
    }

    id->seq = seq;

    return NGX_OK;
}
