
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _DISPATCH_H_INCLUDED_
#define _DISPATCH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "fixture.h"


/*
 * Requests as a table: what is sent, what is answered.
 */


#define DISPATCH_VERSION(v)  "MCP-Protocol-Version: " v "\n"
#define DISPATCH_MODERN      DISPATCH_VERSION("2026-07-28")

#define DISPATCH_HEADERS(method)                                              \
    DISPATCH_MODERN "Mcp-Method: " method "\n"

#define DISPATCH_CALLS(name)                                                  \
    DISPATCH_HEADERS("tools/call") "Mcp-Name: " name "\n"

#define DISPATCH_BARE(id, method)                                             \
    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"" method "\"}"

#define DISPATCH_ERROR(id, code, text)                                        \
    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"error\":{\"code\":" code            \
    ",\"message\":\"" text

#define DISPATCH_NO_ID(code, text)                                            \
    "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":" code ",\"message\":\"" text

#define DISPATCH_RESULT(id)                                                   \
    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"result\":"

#define DISPATCH_INITIALIZE(version)                                          \
    FIXTURE_REQUEST("1", "initialize",                                        \
                    "\"protocolVersion\":\"" version "\"")

typedef struct {
    const char   *name;
    const char   *headers;
    const char   *body;
    mcp_error_e   cause;         /* of the first message */
    const char   *answer;        /* the start of it */
} dispatch_row_t;


static ngx_inline ngx_str_t
dispatch_answer(mcp_server_t *server, ngx_pool_t *pool, mcp_body_t *body,
    const char *lines, ngx_str_t *text)
{
    size_t        len;
    mcp_buf_t     b;
    ngx_str_t     out;
    ngx_uint_t    i;
    ngx_array_t   headers;

    fixture_headers(pool, &headers, (u_char *) lines, ngx_strlen(lines));

    if (mcp_dispatch_body(server, pool, text, &headers, body) != NGX_OK) {
        abort();
    }

    mcp_buf_init(&b, pool, 0);
    len = 0;

    for (i = 0; i < body->n; i++) {

        if (body->batch) {
            mcp_buf_char(&b, len ? ',' : '[');
        }

        len = mcp_buf_len(&b);

        if (fixture_answer(server, &body->msgs[i], &b) != NGX_OK) {
            abort();
        }

        /* nothing was said: nothing is to separate */

        if (mcp_buf_len(&b) == len && body->batch) {
            b.last--;
        }

        len = mcp_buf_len(&b);
    }

    if (len && body->batch) {
        mcp_buf_char(&b, ']');
    }

    (void) mcp_buf_done(&b, &out);

    return out;
}


static ngx_inline void
dispatch_test_row(mcp_server_t *server, dispatch_row_t *row)
{
    size_t        len;
    ngx_str_t     text, out;
    ngx_pool_t   *pool;
    mcp_body_t    body;

    pool = unit_pool();

    text.len = ngx_strlen(row->body);
    text.data = unit_copy(pool, row->body, text.len);

    out = dispatch_answer(server, pool, &body, row->headers, &text);
    len = ngx_strlen(row->answer);

    if (!unit_ok(body.msgs->error.cause == row->cause
                 && (len ? out.len >= len
                           && ngx_memcmp(out.data, row->answer, len) == 0
                         : out.len == 0),
                 "%s", row->name))
    {
        unit_diag("cause %d", body.msgs->error.cause);
        unit_diag("got      %s", unit_show(out.data, out.len));
        unit_diag("expected %s", row->answer);
    }

    ngx_destroy_pool(pool);
}


static ngx_inline void
dispatch_test_rows(mcp_server_t *server, dispatch_row_t *row, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        dispatch_test_row(server, &row[i]);
    }
}


/* each row again, with less and less memory */

static ngx_inline void
dispatch_test_row_memory(mcp_server_t *server, dispatch_row_t *row)
{
    ngx_int_t     rc, n;
    mcp_buf_t     b;
    ngx_str_t     text;
    ngx_pool_t   *pool;
    mcp_body_t    body;
    ngx_array_t   headers;

    rc = NGX_ERROR;

    for (n = 0; rc == NGX_ERROR && n < 200; n++) {
        pool = unit_pool();

        text.len = ngx_strlen(row->body);
        text.data = unit_copy(pool, row->body, text.len);

        fixture_headers(pool, &headers, (u_char *) row->headers,
                        ngx_strlen(row->headers));

        mcp_buf_init(&b, pool, 4096);
        (void) mcp_buf_reserve(&b, 4096);

        unit_fail_alloc(n);
        rc = mcp_dispatch_body(server, pool, &text, &headers, &body);

        if (rc == NGX_OK) {
            rc = fixture_answer(server, body.msgs, &b);
        }

        unit_fail_alloc(-1);
        ngx_destroy_pool(pool);
    }

    unit_ok(rc == NGX_OK && n > 1, "%s: %d allocations, each may fail",
            row->name, (int) n - 1);
}


static ngx_inline void
dispatch_test_memory_rows(mcp_server_t *server, dispatch_row_t *row,
    ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        dispatch_test_row_memory(server, &row[i]);
    }
}


#endif /* _DISPATCH_H_INCLUDED_ */
