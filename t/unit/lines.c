
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_lines: events of bodies that stream, in pieces of any size */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_lines.h>
#include "unit.h"


#define LINES_MAX  12


/* events are written as (name|data); "!" is a line that is too long */

typedef struct {
    const char  *name;
    mcp_lines_e  type;
    ngx_str_t    body;
    ngx_str_t    events;
} lines_row_t;


static lines_row_t  lines_rows[] = {

    { "nothing", MCP_LINES_SSE, ngx_string(""), ngx_string("") },
    { "an event", MCP_LINES_SSE, ngx_string("data: a\n\n"),
      ngx_string("(|a)") },
    { "two events", MCP_LINES_SSE, ngx_string("data: a\n\ndata: b\n\n"),
      ngx_string("(|a)(|b)") },
    { "two lines of data", MCP_LINES_SSE,
      ngx_string("data: a\ndata: b\n\n"), ngx_string("(|a\nb)") },
    { "no space", MCP_LINES_SSE, ngx_string("data:a\n\n"),
      ngx_string("(|a)") },
    { "one space only", MCP_LINES_SSE, ngx_string("data:  a \n\n"),
      ngx_string("(| a )") },
    { "no data", MCP_LINES_SSE, ngx_string("event: x\n\ndata: a\n\n"),
      ngx_string("(|a)") },
    { "empty data", MCP_LINES_SSE, ngx_string("data\n\ndata:\ndata\n\n"),
      ngx_string("(|)(|\n)") },
    { "a name", MCP_LINES_SSE,
      ngx_string("event: x\ndata: a\n\ndata: b\n\n"),
      ngx_string("(x|a)(|b)") },
    { "the last name", MCP_LINES_SSE,
      ngx_string("data: a\nevent: x\nevent:y\n\n"), ngx_string("(y|a)") },
    { "no name in the end", MCP_LINES_SSE,
      ngx_string("event: x\nevent\ndata: a\n\n"), ngx_string("(|a)") },
    { "other fields", MCP_LINES_SSE,
      ngx_string("id: 1\nretry: 9\nData: x\ndatas: y\n data: z\ndata: a\n\n"),
      ngx_string("(|a)") },
    { "comments", MCP_LINES_SSE, ngx_string(":\n: x\n\ndata: a\n:y\n\n:z"),
      ngx_string("(|a)") },
    { "empty lines", MCP_LINES_SSE, ngx_string("\n\n\ndata: a\n\n\n\n"),
      ngx_string("(|a)") },
    { "CRLF", MCP_LINES_SSE,
      ngx_string("data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n"),
      ngx_string("(|a\nb)(|c)") },
    { "CR", MCP_LINES_SSE, ngx_string("data: a\rdata: b\r\rdata: c\r\r"),
      ngx_string("(|a\nb)(|c)") },
    { "all of them", MCP_LINES_SSE,
      ngx_string("data: a\r\rdata: b\n\r\ndata: c\r\n\n"),
      ngx_string("(|a)(|b)(|c)") },
    { "a byte order mark", MCP_LINES_SSE,
      ngx_string("\xef\xbb\xbf" "data: a\n\n\xef\xbb\xbf" "data: b\n\n"),
      ngx_string("(|a)") },
    { "NUL", MCP_LINES_SSE, ngx_string("data: \0\n\n"),
      ngx_string("(|\0)") },
    { "no empty line in the end", MCP_LINES_SSE,
      ngx_string("data: a\n\ndata: b\n"), ngx_string("(|a)(|b)") },
    { "no line end in the end", MCP_LINES_SSE,
      ngx_string("data: a\n\nevent: x\ndata: b"), ngx_string("(|a)(x|b)") },
    { "a line of the limit", MCP_LINES_SSE,
      ngx_string("data: 123456\n\ndata: b"), ngx_string("(|123456)(|b)") },
    { "a longer one", MCP_LINES_SSE,
      ngx_string("data: a\n\ndata: 1234567\n\ndata: b\n\n"),
      ngx_string("(|a)!") },
    { "a longer comment", MCP_LINES_SSE,
      ngx_string("data: a\n\n:12345678901234\n\n"), ngx_string("(|a)!") },
    { "an event of the limit", MCP_LINES_SSE,
      ngx_string("data: 12345\ndata: 123456\n\n"),
      ngx_string("(|12345\n123456)") },
    { "a longer event", MCP_LINES_SSE,
      ngx_string("data: 123456\ndata: 123456\n\n"), ngx_string("!") },
    { "many lines", MCP_LINES_SSE,
      ngx_string("data\ndata\ndata\ndata\ndata\ndata\ndata\ndata\n"
                 "data\ndata\ndata\ndata\ndata\ndata\n\n"),
      ngx_string("!") },

    { "JSON", MCP_LINES_JSON, ngx_string("{\"a\":1}\n2\n"),
      ngx_string("(|{\"a\":1})(|2)") },
    { "JSON, CRLF and empty lines", MCP_LINES_JSON,
      ngx_string("\n1\r\n\r\n2\n\n"), ngx_string("(|1)(|2)") },
    { "JSON, CR is none", MCP_LINES_JSON, ngx_string("1\r2\n"),
      ngx_string("(|1\r2)") },
    { "JSON, no line end in the end", MCP_LINES_JSON, ngx_string("1\n2"),
      ngx_string("(|1)(|2)") },
    { "JSON text sequences", MCP_LINES_JSON,
      ngx_string("\x1e" "1\n\x1e" "2\n\x1e\n"), ngx_string("(|1)(|2)") },
    { "JSON, a byte order mark", MCP_LINES_JSON,
      ngx_string("\xef\xbb\xbf" "1\n"), ngx_string("(|1)") },
    { "JSON, too long", MCP_LINES_JSON, ngx_string("1\n1234567890123\n2"),
      ngx_string("(|1)!") },

    { "text", MCP_LINES_TEXT, ngx_string("a\n\n b \r\nc\rd"),
      ngx_string("(|a)(|)(| b )(|c\rd)") },
    { "text, a byte order mark only", MCP_LINES_TEXT,
      ngx_string("\xef\xbb\xbf"), ngx_string("(|)") },
    { "text of the limit", MCP_LINES_TEXT,
      ngx_string("123456789012\n1"), ngx_string("(|123456789012)(|1)") }
};


static ngx_int_t
lines_write(mcp_buf_t *b, ngx_int_t rc, mcp_lines_event_t *event)
{
    if (rc == NGX_OK) {
        mcp_buf_char(b, '(');
        mcp_buf_str(b, &event->name);
        mcp_buf_char(b, '|');
        mcp_buf_str(b, &event->data);
        mcp_buf_char(b, ')');
    }

    return rc;
}


static ngx_int_t
lines_split(ngx_pool_t *pool, mcp_lines_e type, ngx_str_t *body, size_t piece,
    ngx_str_t *events)
{
    size_t             i, n;
    u_char            *p;
    mcp_buf_t          b;
    ngx_int_t          rc;
    mcp_lines_t        lines;
    mcp_lines_event_t  event;

    mcp_buf_init(&b, pool, 64);
    mcp_lines_init(&lines, pool, type, LINES_MAX);

    for (i = 0; i < body->len; i += n) {
        n = ngx_min(piece, body->len - i);

        p = malloc(n);
        if (p == NULL) {
            abort();
        }

        ngx_memcpy(p, body->data + i, n);

        mcp_lines_feed(&lines, p, n);

        do {
            rc = lines_write(&b, mcp_lines_next(&lines, &event), &event);
        } while (rc == NGX_OK);

        /* what was fed is not read any more */
        free(p);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }
    }

    do {
        rc = lines_write(&b, mcp_lines_last(&lines, &event), &event);
    } while (rc == NGX_OK);

    if (rc == NGX_DECLINED) {
        mcp_buf_char(&b, '!');
    }

    return rc == NGX_ERROR ? NGX_ERROR : mcp_buf_done(&b, events);
}


int
main(void)
{
    size_t        piece;
    ngx_int_t     n;
    ngx_str_t     events;
    ngx_uint_t    i;
    ngx_pool_t   *pool;
    lines_row_t  *row;

    for (i = 0; i < unit_nelts(lines_rows); i++) {
        row = &lines_rows[i];

        for (piece = 1; piece < 7; piece++) {
            pool = unit_pool();

            if (lines_split(pool, row->type, &row->body,
                            piece == 6 ? 1000 : piece, &events)
                != NGX_OK)
            {
                abort();
            }

            unit_is(&events, &row->events, "%s, pieces of %d", row->name,
                    (int) piece);

            ngx_destroy_pool(pool);
        }
    }

    row = &lines_rows[9];

    for (n = 0; ; n++) {
        pool = unit_pool();

        unit_fail_alloc(n);
        i = lines_split(pool, row->type, &row->body, 2, &events) == NGX_OK;
        unit_fail_alloc(-1);

        if (i) {
            unit_ok(n > 2, "no memory, %d times", (int) n);
            unit_is(&events, &row->events, "but then");
        }

        ngx_destroy_pool(pool);

        if (i) {
            break;
        }
    }

    return unit_done();
}
