
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

#define MCP_PEEK_METHOD      0x01    /* a request or a notification */
#define MCP_PEEK_HAS_RESULT  0x02
#define MCP_PEEK_IS_ERROR    0x04
#define MCP_PEEK_HAS_ERROR   0x08
#define MCP_PEEK_MESSAGE     0x0f

#define MCP_PEEK_BATCH       0x10

#define MCP_PEEK_OTHER       0x20    /* not an event "message" */

#define MCP_PEEK_CR          0x40    /* LF would belong to the line before */
#define MCP_PEEK_BEGUN       0x80    /* no byte order mark any more */


/* a document begins */
void mcp_peek_json_init(mcp_peek_t *peek);

void mcp_peek_json(mcp_peek_t *peek, const u_char *p, const u_char *last);

/* a line of it ends, which no string goes beyond */
void mcp_peek_json_line(mcp_peek_t *peek);

/* the document has come to its end, and more of it would be wrong */
ngx_uint_t mcp_peek_json_whole(mcp_peek_t *peek);

/* what was found in this document counts, if nothing did before */
void mcp_peek_json_commit(mcp_peek_t *peek);


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
