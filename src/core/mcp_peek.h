
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
 * state machine of fixed size; what is no JSON or no stream of events finds
 * nothing.
 *
 * The first message with "error" counts, or with a "result" that has
 * "isError": true at its top; requests and notifications in a stream do not.
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
    ngx_uint_t          state;       /* this and the following are private */
    ngx_uint_t          line;
    ngx_uint_t          depth;
    ngx_uint_t          member;
    ngx_uint_t          len;
    ngx_uint_t          flags;
    u_char              text[32];
} mcp_peek_t;


void mcp_peek_init(mcp_peek_t *peek, mcp_peek_kind_e kind);

/* reads on; later messages of a stream may still change what was found */
void mcp_peek(mcp_peek_t *peek, const u_char *p, const u_char *last);


#endif /* _MCP_PEEK_H_INCLUDED_ */
