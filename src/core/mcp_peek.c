
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_peek_json.h>


/* of a line of a stream of events */

enum {
    ln_name = 0,                     /* of its field, so far */
    ln_event_space,                  /* one, after the colon, is left out */
    ln_event,
    ln_data_space,
    ln_data,
    ln_other
};


static void mcp_peek_events(mcp_peek_t *peek, const u_char *p,
    const u_char *last);
static void mcp_peek_line(mcp_peek_t *peek, const u_char *p,
    const u_char *last);
static ngx_uint_t mcp_peek_field(mcp_peek_t *peek);
static void mcp_peek_line_end(mcp_peek_t *peek);
static void mcp_peek_event(mcp_peek_t *peek);


void
mcp_peek_init(mcp_peek_t *peek, mcp_peek_kind_e kind)
{
    ngx_memzero(peek, sizeof(mcp_peek_t));

    peek->kind = kind;

    mcp_peek_json_init(peek);
}


void
mcp_peek(mcp_peek_t *peek, const u_char *p, const u_char *last)
{
    if (p == last) {
        return;
    }

    if (peek->kind == MCP_PEEK_EVENTS) {
        mcp_peek_events(peek, p, last);
        return;
    }

    mcp_peek_json(peek, p, last);

    /* bytes after the document make that nothing was found in it */

    peek->found = MCP_PEEK_NOTHING;
    peek->code = 0;

    if (mcp_peek_json_whole(peek)) {
        mcp_peek_json_commit(peek);
    }
}


static void
mcp_peek_events(mcp_peek_t *peek, const u_char *p, const u_char *last)
{
    const u_char  *lf, *cr, *end;

    lf = mcp_peek_find(p, last, LF);
    cr = mcp_peek_find(p, last, CR);

    while (p < last) {

        /* nothing changes it any more */

        if (peek->found >= MCP_PEEK_TOOL_ERROR) {
            return;
        }

        if (peek->flags & MCP_PEEK_CR) {
            peek->flags &= ~MCP_PEEK_CR;

            if (*p == LF) {
                p++;
                continue;
            }
        }

        /* each of them is looked for once, however many the other has */

        if (lf < p) {
            lf = mcp_peek_find(p, last, LF);
        }

        if (cr < p) {
            cr = mcp_peek_find(p, last, CR);
        }

        end = ngx_min(lf, cr);

        mcp_peek_line(peek, p, end);

        if (end == last) {
            return;
        }

        mcp_peek_line_end(peek);

        if (end == cr) {
            peek->flags |= MCP_PEEK_CR;
        }

        p = end + 1;
    }
}


/* a piece of a line, without its end */

static void
mcp_peek_line(mcp_peek_t *peek, const u_char *p, const u_char *last)
{
    while (p < last) {

        switch (peek->line) {

        case ln_name:
            if (*p == ':') {
                peek->line = mcp_peek_field(peek);

            } else {
                mcp_peek_text(peek, *p);
            }

            p++;
            break;

        case ln_event_space:
        case ln_data_space:
            peek->line++;

            if (*p == ' ') {
                p++;
            }

            break;

        case ln_event:
            mcp_peek_text(peek, *p++);
            break;

        case ln_data:
            mcp_peek_json(peek, p, last);
            return;

        default: /* ln_other */
            return;
        }
    }
}


/* the name of a field is complete */

static ngx_uint_t
mcp_peek_field(mcp_peek_t *peek)
{
    if (!(peek->flags & MCP_PEEK_BEGUN) && peek->len > 3
        && ngx_memcmp(peek->text, "\xef\xbb\xbf", 3) == 0)
    {
        peek->len -= 3;
        ngx_memmove(peek->text, peek->text + 3, peek->len);
    }

    if (mcp_peek_text_is(peek, "data")) {
        return ln_data_space;
    }

    if (mcp_peek_text_is(peek, "event")) {
        peek->len = 0;
        return ln_event_space;
    }

    return ln_other;
}


static void
mcp_peek_line_end(mcp_peek_t *peek)
{
    if (peek->line == ln_name) {

        if (peek->len == 0) {
            mcp_peek_event(peek);

        } else {
            peek->line = mcp_peek_field(peek);
        }
    }

    switch (peek->line) {

    case ln_event_space:
    case ln_event:
        peek->flags &= ~MCP_PEEK_OTHER;

        if (peek->len && !mcp_peek_text_is(peek, "message")) {
            peek->flags |= MCP_PEEK_OTHER;
        }

        break;

    case ln_data_space:
    case ln_data:
        mcp_peek_json_line(peek);
    }

    peek->flags |= MCP_PEEK_BEGUN;
    peek->line = ln_name;
    peek->len = 0;
}


static void
mcp_peek_event(mcp_peek_t *peek)
{
    if (!(peek->flags & MCP_PEEK_OTHER) && mcp_peek_json_whole(peek)) {
        mcp_peek_json_commit(peek);
    }

    peek->flags &= ~MCP_PEEK_OTHER;

    mcp_peek_json_init(peek);
}
