
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_LINES_H_INCLUDED_
#define _MCP_LINES_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_buf.h>


/*
 * A body that is a stream of events, split as it comes, however it is cut into
 * pieces: server-sent events (HTML standard, "Parsing an event stream"), JSON
 * text sequences (RFC 7464), and lines, of JSON or of text.
 *
 * An event whose end is missing when the stream ends is one all the same.
 */


typedef enum {
    MCP_LINES_SSE = 0,
    MCP_LINES_JSON,              /* empty lines are none; RS is left out */
    MCP_LINES_TEXT
} mcp_lines_e;


typedef struct {
    ngx_str_t    name;           /* "event" of server-sent events, or empty */
    ngx_str_t    data;           /* without the end of its last line */
} mcp_lines_event_t;


typedef struct {
    mcp_lines_e  type;
    size_t       max;            /* bytes of a line, and of an event */

    u_char      *pos;            /* what is not read yet of a piece */
    u_char      *end;
    mcp_buf_t    line;           /* its beginning */
    mcp_buf_t    data;           /* lines of an event, each with LF */
    mcp_buf_t    name;

    unsigned     first:1;        /* line: a byte order mark may be there */
    unsigned     cr:1;           /* was the last byte: LF belongs to it */
    unsigned     given:1;        /* data is of an event that was returned */
    unsigned     over:1;         /* more than max: nothing comes any more */
} mcp_lines_t;


void mcp_lines_init(mcp_lines_t *lines, ngx_pool_t *pool, mcp_lines_e type,
    size_t max);

/* the next piece, after mcp_lines_next() has returned NGX_AGAIN; it is read
 * where it is */
void mcp_lines_feed(mcp_lines_t *lines, u_char *p, size_t len);

/*
 * NGX_OK: an event, valid until the next call; NGX_AGAIN: the piece has no
 * more; NGX_DECLINED: a line or an event is longer than max, now and
 * ever after; NGX_ERROR.
 */
ngx_int_t mcp_lines_next(mcp_lines_t *lines, mcp_lines_event_t *event);

/*
 * The stream has ended: the last event, NGX_DONE if there is none, and what
 * mcp_lines_next() returns.
 */
ngx_int_t mcp_lines_last(mcp_lines_t *lines, mcp_lines_event_t *event);


#endif /* _MCP_LINES_H_INCLUDED_ */
