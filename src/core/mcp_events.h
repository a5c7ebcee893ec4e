
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_EVENTS_H_INCLUDED_
#define _MCP_EVENTS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_answer.h>
#include <mcp_lines.h>


/*
 * What a service streams ("stream on"): each event has something to say while
 * the call runs, and all of them together are its result.
 *
 * Without "select" an event says its data, and the result is their lines.
 * With it an event says what is there in its JSON: strings are put together
 * as they are, other values are lines, and what has nothing there says
 * nothing.  If the result has to be JSON it is an array of these values, or
 * the last of them if an output schema wants an object.
 *
 * "[DONE]" is the end, and no event, but in plain text.  An event of the name
 * "error", and with "select" an object that has an "error" instead, make the
 * call fail.
 */


typedef struct {
    mcp_answer_conf_t   conf;        /* for the answer that it becomes */
    ngx_str_t           select;
    ngx_pool_t         *pool;
    mcp_lines_t         lines;
    mcp_buf_t           body;        /* the result so far */
    mcp_buf_t           said;        /* by the last event */
    ngx_str_t           error;       /* data of an event that is one */
    ngx_str_t           bad;         /* of one that should be JSON */

    unsigned            json:1;      /* the result is an array */
    unsigned            one:1;       /* no, the last value */
    unsigned            some:1;      /* there is a value */
    unsigned            line:1;      /* that was not a selected string */
    unsigned            done:1;      /* nothing more is wanted */
    unsigned            over:1;
} mcp_events_t;


#define MCP_EVENTS_TEXT   0
#define MCP_EVENTS_ARRAY  1
#define MCP_EVENTS_LAST   2


/*
 * For an answer of this Content-Type, which becomes what "as" says, or "result
 * json" does.  NGX_OK; NGX_DECLINED: such an answer does not stream; NGX_ERROR.
 */
ngx_int_t mcp_events_init(mcp_events_t *events, const mcp_answer_conf_t *conf,
    ngx_uint_t as, ngx_pool_t *pool, const ngx_str_t *type);

/* the next piece, after mcp_events_next() has returned NGX_AGAIN */
#define mcp_events_feed(events, p, len)                                      \
    mcp_lines_feed(&(events)->lines, p, len)

/*
 * NGX_OK: something is said, valid until the next call; NGX_AGAIN: that was
 * all of the piece; NGX_DONE: nothing more is wanted; NGX_ERROR.
 */
ngx_int_t mcp_events_next(mcp_events_t *events, ngx_str_t *text);

/* likewise, when the stream has ended; not NGX_AGAIN */
ngx_int_t mcp_events_last(mcp_events_t *events, ngx_str_t *text);

/*
 * What came of it takes the place of the answer's body, for events->conf.
 * NGX_OK; NGX_DECLINED: "text" is why there is no result; NGX_ERROR.
 */
ngx_int_t mcp_events_finish(mcp_events_t *events, mcp_answer_t *answer,
    ngx_str_t *text);


#endif /* _MCP_EVENTS_H_INCLUDED_ */
