
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * Bodies that stream: their events are the same however they are cut into
 * pieces, none is longer than the limit, and what is written as an event is
 * read as one.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_lines.h>
#include "fuzz.h"


static ngx_str_t lines_split(ngx_pool_t *pool, mcp_lines_e type, size_t max,
    const uint8_t *data, size_t size, ngx_uint_t cuts);
static void lines_write(mcp_buf_t *b, mcp_lines_event_t *event, size_t max);
static void lines_round(ngx_pool_t *pool, const uint8_t *data, size_t size);


/* type, limit, how it is cut, body */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t        max;
    ngx_str_t     whole, bytes, pieces;
    ngx_pool_t   *pool;
    mcp_lines_e   type;

    if (size < 3) {
        return 0;
    }

    pool = unit_pool();

    type = data[0] % 3;
    max = data[1] + 1;

    whole = lines_split(pool, type, max, data + 3, size - 3, 0);
    bytes = lines_split(pool, type, max, data + 3, size - 3, 1);
    pieces = lines_split(pool, type, max, data + 3, size - 3, data[2]);

    fuzz_assert(whole.len == bytes.len && whole.len == pieces.len);
    fuzz_assert(memcmp(whole.data, bytes.data, whole.len) == 0);
    fuzz_assert(memcmp(whole.data, pieces.data, whole.len) == 0);

    lines_round(pool, data + 3, size - 3);

    ngx_destroy_pool(pool);

    return 0;
}


static ngx_str_t
lines_split(ngx_pool_t *pool, mcp_lines_e type, size_t max,
    const uint8_t *data, size_t size, ngx_uint_t cuts)
{
    size_t             i, n;
    mcp_buf_t          b;
    ngx_int_t          rc;
    ngx_str_t          out;
    mcp_lines_t        lines;
    mcp_lines_event_t  event;

    mcp_buf_init(&b, pool, 64);
    mcp_lines_init(&lines, pool, type, max);

    for (i = 0; i < size; i += n) {
        n = cuts ? 1 + (i ^ cuts) % cuts : size;
        n = ngx_min(n, size - i);

        mcp_lines_feed(&lines, unit_copy(pool, data + i, n), n);

        for ( ;; ) {
            rc = mcp_lines_next(&lines, &event);

            if (rc != NGX_OK) {
                break;
            }

            lines_write(&b, &event, max);
        }

        fuzz_assert(rc == NGX_AGAIN || rc == NGX_DECLINED);
    }

    while ((rc = mcp_lines_last(&lines, &event)) == NGX_OK) {
        lines_write(&b, &event, max);
    }

    fuzz_assert(rc == NGX_DONE || rc == NGX_DECLINED);
    mcp_buf_char(&b, rc == NGX_DONE ? '.' : '!');

    fuzz_assert(mcp_buf_done(&b, &out) == NGX_OK);

    return out;
}


static void
lines_write(mcp_buf_t *b, mcp_lines_event_t *event, size_t max)
{
    fuzz_assert(event->data.len <= max);
    fuzz_assert(event->name.len <= max);

    mcp_buf_int(b, event->name.len);
    mcp_buf_char(b, ' ');
    mcp_buf_str(b, &event->name);
    mcp_buf_int(b, event->data.len);
    mcp_buf_char(b, ' ');
    mcp_buf_str(b, &event->data);
}


static void
lines_round(ngx_pool_t *pool, const uint8_t *data, size_t size)
{
    size_t             i;
    mcp_buf_t          b;
    ngx_str_t          text;
    mcp_lines_t        lines;
    mcp_lines_event_t  event;

    if (memchr(data, CR, size)) {
        return;
    }

    mcp_buf_init(&b, pool, size + 16);
    mcp_buf_lit(&b, "data: ");

    for (i = 0; i < size; i++) {
        mcp_buf_char(&b, data[i]);

        if (data[i] == LF) {
            mcp_buf_lit(&b, "data: ");
        }
    }

    mcp_buf_lit(&b, "\n\n");

    fuzz_assert(mcp_buf_done(&b, &text) == NGX_OK);

    mcp_lines_init(&lines, pool, MCP_LINES_SSE, text.len);
    mcp_lines_feed(&lines, text.data, text.len);

    fuzz_assert(mcp_lines_next(&lines, &event) == NGX_OK);
    fuzz_assert(event.data.len == size);
    fuzz_assert(memcmp(event.data.data, data, size) == 0);
    fuzz_assert(mcp_lines_next(&lines, &event) == NGX_AGAIN);
    fuzz_assert(mcp_lines_last(&lines, &event) == NGX_DONE);
}
