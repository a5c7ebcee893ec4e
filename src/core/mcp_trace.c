
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_trace.h>


/* version "-" trace-id "-" parent-id "-" trace-flags */

#define MCP_TRACE_TRACE   3
#define MCP_TRACE_PARENT  36
#define MCP_TRACE_FLAGS   53
#define MCP_TRACE_LEN     55

/* of a later version, which may say more */
#define MCP_TRACE_MAX     128


static ngx_uint_t mcp_trace_hex(const u_char *p, size_t len);
static ngx_uint_t mcp_trace_zero(const u_char *p, size_t len);


ngx_uint_t
mcp_trace_valid(const ngx_str_t *s)
{
    u_char      *p;
    ngx_uint_t   i;

    p = s->data;

    if (s->len < MCP_TRACE_LEN
        || p[2] != '-' || p[35] != '-' || p[52] != '-'
        || !mcp_trace_hex(p, 2)
        || !mcp_trace_hex(p + MCP_TRACE_TRACE, 32)
        || !mcp_trace_hex(p + MCP_TRACE_PARENT, 16)
        || !mcp_trace_hex(p + MCP_TRACE_FLAGS, 2)
        || mcp_trace_zero(p + MCP_TRACE_TRACE, 32)
        || mcp_trace_zero(p + MCP_TRACE_PARENT, 16)
        || (p[0] == 'f' && p[1] == 'f'))
    {
        return 0;
    }

    if (s->len == MCP_TRACE_LEN) {
        return 1;
    }

    if (mcp_trace_zero(p, 2) || p[MCP_TRACE_LEN] != '-'
        || s->len > MCP_TRACE_MAX)
    {
        return 0;
    }

    for (i = MCP_TRACE_LEN; i < s->len; i++) {
        if (p[i] <= ' ' || p[i] >= 0x7f) {
            return 0;
        }
    }

    return 1;
}


static ngx_uint_t
mcp_trace_hex(const u_char *p, size_t len)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        if (!(p[i] >= '0' && p[i] <= '9') && !(p[i] >= 'a' && p[i] <= 'f')) {
            return 0;
        }
    }

    return 1;
}


static ngx_uint_t
mcp_trace_zero(const u_char *p, size_t len)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        if (p[i] != '0') {
            return 0;
        }
    }

    return 1;
}


ngx_int_t
mcp_trace_parent(const mcp_msg_t *msg, const ngx_str_t *header,
    ngx_str_t *parent)
{
    mcp_json_token_t  *token;

    token = msg->meta ? mcp_json_get(msg->doc, msg->meta, "traceparent")
                      : NULL;

    if (token && token->type == MCP_JSON_STRING) {

        if (mcp_json_string(msg->doc, token, parent) != NGX_OK) {
            return NGX_ERROR;
        }

        if (mcp_trace_valid(parent)) {
            return NGX_OK;
        }
    }

    if (mcp_trace_valid(header)) {
        *parent = *header;

    } else {
        ngx_str_null(parent);
    }

    return NGX_OK;
}
