
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_sse: events as they are written, ids as they come back */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_sse.h>
#include "unit.h"


#define SSE_STREAM  "00ff00112233445566778899aabbccdd"


typedef struct {
    ngx_uint_t   id;
    uint64_t     seq;
    ngx_msec_t   retry;
    const char  *data;
    const char  *expected;
} sse_event_t;


typedef struct {
    const char  *text;
    ngx_int_t    rc;
    uint64_t     seq;
} sse_id_t;


static sse_event_t  sse_events[] = {
    { 0, 0, 0, "{}", "data: {}\n\n" },
    { 1, 0, 0, "", "id: " SSE_STREAM "-0\ndata: \n\n" },
    { 1, 12, 3000, "", "id: " SSE_STREAM "-12\nretry: 3000\ndata: \n\n" },
    { 1, (uint64_t) -1, 0, "[1]",
      "id: " SSE_STREAM "-18446744073709551615\ndata: [1]\n\n" },
    { 0, 0, 1, "x", "retry: 1\ndata: x\n\n" },
    { 0, 0, 0, NULL, NULL }
};


static sse_id_t  sse_ids[] = {
    { SSE_STREAM "-0", NGX_OK, 0 },
    { SSE_STREAM "-1", NGX_OK, 1 },
    { SSE_STREAM "-1234567890", NGX_OK, 1234567890 },
    { SSE_STREAM "-18446744073709551615", NGX_OK, (uint64_t) -1 },
    { SSE_STREAM "-18446744073709551616", NGX_DECLINED, 0 },
    { SSE_STREAM "-99999999999999999999", NGX_DECLINED, 0 },
    { SSE_STREAM "-184467440737095516150", NGX_DECLINED, 0 },
    { SSE_STREAM "-", NGX_DECLINED, 0 },
    { SSE_STREAM, NGX_DECLINED, 0 },
    { "", NGX_DECLINED, 0 },
    { SSE_STREAM "-00", NGX_DECLINED, 0 },
    { SSE_STREAM "-01", NGX_DECLINED, 0 },
    { SSE_STREAM "--1", NGX_DECLINED, 0 },
    { SSE_STREAM "-+1", NGX_DECLINED, 0 },
    { SSE_STREAM "-1 ", NGX_DECLINED, 0 },
    { SSE_STREAM "-1a", NGX_DECLINED, 0 },
    { SSE_STREAM "_1", NGX_DECLINED, 0 },
    { " " SSE_STREAM "-1", NGX_DECLINED, 0 },
    { "0" SSE_STREAM "-1", NGX_DECLINED, 0 },
    { "00FF00112233445566778899aabbccdd-1", NGX_DECLINED, 0 },
    { "00fF00112233445566778899aabbccdd-1", NGX_DECLINED, 0 },
    { "00fg00112233445566778899aabbccdd-1", NGX_DECLINED, 0 },
    { "0ff00112233445566778899aabbccdd-11", NGX_DECLINED, 0 },
    { NULL, 0, 0 }
};


static u_char  sse_stream[] = {
    0x00, 0xff, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55,
    0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd
};


int
main(int argc, char **argv)
{
    mcp_buf_t      b;
    ngx_str_t      data, got, expected, text;
    sse_id_t      *row;
    ngx_pool_t    *pool;
    sse_event_t   *event;
    mcp_sse_id_t   id;

    pool = unit_pool();

    for (event = sse_events; event->data; event++) {
        ngx_memcpy(id.stream, sse_stream, MCP_STATE_NONCE);
        id.seq = event->seq;

        data.data = (u_char *) event->data;
        data.len = strlen(event->data);
        expected.data = (u_char *) event->expected;
        expected.len = strlen(event->expected);

        mcp_buf_init(&b, pool, 0);
        mcp_sse_write(&b, event->id ? &id : NULL, event->retry, &data);

        ngx_str_null(&got);
        unit_is_int(mcp_buf_done(&b, &got), NGX_OK, "an event");
        unit_is(&got, &expected, "%s",
                unit_show(expected.data, expected.len));
    }

    for (row = sse_ids; row->text; row++) {
        text.len = strlen(row->text);
        text.data = unit_copy(pool, row->text, text.len);

        unit_is_int(mcp_sse_parse_id(&text, &id), row->rc, "id \"%s\"",
                    row->text);

        if (row->rc == NGX_OK) {
            unit_ok(id.seq == row->seq, "its number");
            unit_ok(memcmp(id.stream, sse_stream, MCP_STATE_NONCE) == 0,
                    "its stream");
        }
    }

    mcp_buf_init(&b, pool, 0);
    unit_fail_alloc(0);
    mcp_sse_write(&b, &id, 1, &data);
    unit_fail_alloc(-1);
    unit_is_int(mcp_buf_done(&b, &got), NGX_ERROR, "no memory");

    ngx_destroy_pool(pool);

    return unit_done();
}
