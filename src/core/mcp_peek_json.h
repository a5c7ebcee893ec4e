
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_PEEK_JSON_H_INCLUDED_
#define _MCP_PEEK_JSON_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_peek.h>


/*
 * The part of mcp_peek that reads JSON: a body, or the data of an event.
 */


/* peek->flags: of a message, of a document, of an event, of a stream */

#define MCP_PEEK_METHOD      0x001   /* a request or a notification */
#define MCP_PEEK_HAS_RESULT  0x002
#define MCP_PEEK_IS_ERROR    0x004
#define MCP_PEEK_HAS_ERROR   0x008
#define MCP_PEEK_MESSAGE     0x00f

#define MCP_PEEK_BATCH       0x010
#define MCP_PEEK_BAD         0x020   /* a key that is no string */

#define MCP_PEEK_OTHER       0x040   /* not an event "message" */

#define MCP_PEEK_CR          0x080   /* LF would belong to the line before */
#define MCP_PEEK_BEGUN       0x100   /* no byte order mark any more */


/* a document begins */
void mcp_peek_json_init(mcp_peek_t *peek);

void mcp_peek_json(mcp_peek_t *peek, const u_char *p, const u_char *last);

/* a line of it ends, which no string goes beyond */
void mcp_peek_json_line(mcp_peek_t *peek);

/* the document has come to its end, and more of it would be wrong */
ngx_uint_t mcp_peek_json_whole(mcp_peek_t *peek);

/* what was found in this document counts, if nothing did before */
void mcp_peek_json_commit(mcp_peek_t *peek);


/*
 * What is within a token: these return where it ends, or NULL if it goes on in
 * the next piece.
 */

/* of a member; peek->text is its decoded name if it may be one of ours */
const u_char *mcp_peek_key(mcp_peek_t *peek, const u_char *p,
    const u_char *last);

/* a number or a literal; does not go beyond it */
const u_char *mcp_peek_word(mcp_peek_t *peek, const u_char *p,
    const u_char *last);

/* the word as an integer, 0 if it is none or has more than 15 digits */
ngx_int_t mcp_peek_integer(mcp_peek_t *peek);

const u_char *mcp_peek_string(mcp_peek_t *peek, const u_char *p,
    const u_char *last);

/* of a container: up to a string in it, or to its end, peek->depth is 0 */
const u_char *mcp_peek_nested(mcp_peek_t *peek, const u_char *p,
    const u_char *last);


static ngx_inline void
mcp_peek_text(mcp_peek_t *peek, u_char c)
{
    if (peek->len < sizeof(peek->text)) {
        peek->text[peek->len++] = c;
    }
}


/* what is too long is no name that is known: a full text is none either */

#define mcp_peek_text_is(peek, name)                                         \
    ((peek)->len == sizeof(name) - 1                                         \
     && ngx_memcmp((peek)->text, name, sizeof(name) - 1) == 0)


static ngx_inline const u_char *
mcp_peek_find(const u_char *p, const u_char *last, u_char c)
{
    const u_char  *found;

    found = memchr(p, c, last - p);

    return found ? found : last;
}


#endif /* _MCP_PEEK_JSON_H_INCLUDED_ */
