
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * Server-sent events: an id that is read is written the same, any id that is
 * written can be read, and an event is one however its data looks.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_sse.h>
#include "fuzz.h"


static ngx_str_t sse_write(ngx_pool_t *pool, const mcp_sse_id_t *id,
    ngx_msec_t retry, const ngx_str_t *data);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t         len;
    u_char        *p;
    ngx_str_t      input, event, text;
    ngx_pool_t    *pool;
    mcp_sse_id_t   id, back;

    pool = unit_pool();

    input.data = unit_copy(pool, data, size);
    input.len = size;

    if (mcp_sse_parse_id(&input, &id) == NGX_OK) {
        ngx_str_null(&text);
        event = sse_write(pool, &id, 0, &text);

        fuzz_assert(input.len <= MCP_SSE_ID_MAX);
        fuzz_assert(event.len == 4 + input.len + 1 + 8);
        fuzz_assert(memcmp(event.data + 4, input.data, input.len) == 0);
    }

    if (size >= MCP_STATE_NONCE + sizeof(uint64_t)
        && memchr(data, LF, size) == NULL)
    {
        ngx_memcpy(id.stream, data, MCP_STATE_NONCE);
        ngx_memcpy(&id.seq, data + MCP_STATE_NONCE, sizeof(uint64_t));

        event = sse_write(pool, &id, size % 3, &input);

        p = memchr(event.data, LF, event.len);
        fuzz_assert(memcmp(event.data, "id: ", 4) == 0);

        text.data = event.data + 4;
        text.len = p - text.data;

        fuzz_assert(mcp_sse_parse_id(&text, &back) == NGX_OK);
        fuzz_assert(memcmp(back.stream, id.stream, MCP_STATE_NONCE) == 0);
        fuzz_assert(back.seq == id.seq);

        p++;

        if (size % 3) {
            fuzz_assert(memcmp(p, "retry: ", 7) == 0);
            p = (u_char *) memchr(p, LF, event.data + event.len - p) + 1;
        }

        len = event.data + event.len - p;

        fuzz_assert(len == 6 + size + 2);
        fuzz_assert(memcmp(p, "data: ", 6) == 0);
        fuzz_assert(memcmp(p + 6, data, size) == 0);
        fuzz_assert(p[len - 1] == LF && p[len - 2] == LF);
    }

    ngx_destroy_pool(pool);

    return 0;
}


static ngx_str_t
sse_write(ngx_pool_t *pool, const mcp_sse_id_t *id, ngx_msec_t retry,
    const ngx_str_t *data)
{
    mcp_buf_t  b;
    ngx_str_t  out;

    mcp_buf_init(&b, pool, 0);
    mcp_sse_write(&b, id, retry, data);

    fuzz_assert(mcp_buf_done(&b, &out) == NGX_OK);

    return out;
}
