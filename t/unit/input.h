
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _INPUT_H_INCLUDED_
#define _INPUT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_input.h>
#include "fixture.h"


/*
 * Requests that ask and answer.
 */


#define INPUT_FORM                                                            \
    "{ \"type\": \"object\", \"properties\": {\"name\": {\"type\":"           \
    " \"string\", \"minLength\": 2}}, \"required\": [\"name\"] }"

#define INPUT_ALL   0x3f


static mcp_server_t  input_server;


static ngx_inline ngx_uint_t
input_same(ngx_str_t *s, const char *text)
{
    return s->len == ngx_strlen(text)
           && (s->len == 0 || ngx_memcmp(s->data, text, s->len) == 0);
}


static ngx_inline void
input_message_of(mcp_msg_t *msg, ngx_pool_t *pool, ngx_uint_t version,
    ngx_uint_t capabilities, const char *params)
{
    u_char          *p, buf[1024];
    mcp_json_doc_t  *doc;

    p = ngx_sprintf(buf, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\","
                    "\"params\":{%s}}", params);

    doc = ngx_pcalloc(pool, sizeof(mcp_json_doc_t));
    ngx_memzero(msg, sizeof(mcp_msg_t));

    if (mcp_json_scan(doc, pool, unit_copy(pool, buf, p - buf), p - buf)
        != NGX_OK
        || mcp_rpc_envelope(msg, doc, doc->tokens) != NGX_OK)
    {
        fprintf(stderr, "bad row: %s\n", params);
        abort();
    }

    msg->version = version;
    msg->capabilities = capabilities;
}


static ngx_inline void
input_start(mcp_input_t *input, ngx_pool_t *pool, ngx_uint_t version,
    ngx_uint_t capabilities, const char *responses, ngx_str_t *payload)
{
    u_char     buf[1024];
    mcp_msg_t  msg;

    if (responses) {
        *ngx_sprintf(buf, "\"inputResponses\":%s", responses) = '\0';

    } else {
        buf[0] = '\0';
    }

    input_message_of(&msg, pool, version, capabilities, (char *) buf);

    if (mcp_input_init(input, pool, &msg, payload) != NGX_OK) {
        fprintf(stderr, "mcp_input_init()\n");
        abort();
    }
}


#endif /* _INPUT_H_INCLUDED_ */
