
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_PEEK_H_INCLUDED_
#define _MCP_PEEK_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Looks into an answer of another MCP server as it passes, piece by piece,
 * without keeping it: is there an error in it, or a result that is one.  A
 * state machine of fixed size; how the answer is cut makes no difference.
 *
 * The first message with "error" counts, or with a "result" that has
 * "isError": true at its top; requests and notifications do not, also those
 * in a batch or a stream.  "error": null is none.
 *
 * What is no JSON, or was cut off, finds nothing, nor does an event that is
 * not dispatched or has another name than "message".  Inside of values nobody
 * asks about only strings and brackets are looked at: that they are JSON is
 * for their reader to check.
 *
 * Specification: JSON-RPC 2.0; the SSE standard.
 */


typedef enum {
    MCP_PEEK_JSON = 0,
    MCP_PEEK_EVENTS                  /* text/event-stream */
} mcp_peek_kind_e;


typedef enum {
    MCP_PEEK_NOTHING = 0,            /* not yet */
    MCP_PEEK_RESULT,
    MCP_PEEK_TOOL_ERROR,             /* a result with "isError": true */
    MCP_PEEK_ERROR                   /* peek->code */
} mcp_peek_found_e;


typedef struct {
    mcp_peek_kind_e     kind;
    mcp_peek_found_e    found;
    ngx_int_t           code;        /* of JSON-RPC; 0: none was read */

    /* private */

    mcp_peek_found_e    next;        /* in what has not ended yet */
    ngx_int_t           next_code;
    ngx_int_t           error;       /* code of this message */
    ngx_uint_t          state;
    ngx_uint_t          line;
    ngx_uint_t          where;
    ngx_uint_t          member;
    ngx_uint_t          depth;       /* of brackets nobody asks about */
    ngx_uint_t          escape;
    ngx_uint_t          unicode;
    ngx_uint_t          flags;
    size_t              len;
    u_char              text[32];
} mcp_peek_t;


void mcp_peek_init(mcp_peek_t *peek, mcp_peek_kind_e kind);

/* reads on; later messages of a stream may still change what was found */
void mcp_peek(mcp_peek_t *peek, const u_char *p, const u_char *last);


#endif /* _MCP_PEEK_H_INCLUDED_ */
