
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_peek_json.h>


enum {
    sw_start = 0,                    /* the document */
    sw_first,                        /* after a bracket that is followed */
    sw_next,                         /* after a comma */
    sw_key,
    sw_colon,
    sw_value,
    sw_word,                         /* a number or a literal */
    sw_string,
    sw_nested,                       /* a container nobody asks about */
    sw_after,                        /* a value */
    sw_end,
    sw_dead
};


/* the container that is followed */

enum {
    in_nothing = 0,
    in_batch,
    in_message,
    in_error,
    in_result
};


enum {
    is_other = 0,
    is_method,
    is_error,
    is_result,
    is_code,
    is_is_error
};


static void mcp_peek_dead(mcp_peek_t *peek);
static void mcp_peek_sign(mcp_peek_t *peek, u_char c);
static void mcp_peek_open(mcp_peek_t *peek, u_char c);
static void mcp_peek_close(mcp_peek_t *peek, u_char c);
static void mcp_peek_message(mcp_peek_t *peek);
static void mcp_peek_key_end(mcp_peek_t *peek);
static ngx_uint_t mcp_peek_member(mcp_peek_t *peek);
static void mcp_peek_value(mcp_peek_t *peek, u_char c);
static void mcp_peek_word_end(mcp_peek_t *peek);


void
mcp_peek_json_init(mcp_peek_t *peek)
{
    peek->next = MCP_PEEK_NOTHING;
    peek->next_code = 0;
    peek->state = sw_start;
    peek->where = in_nothing;
    peek->member = is_other;
    peek->depth = 0;
    peek->escape = 0;
    peek->len = 0;
    peek->flags &= ~(MCP_PEEK_MESSAGE|MCP_PEEK_BATCH|MCP_PEEK_BAD);
}


void
mcp_peek_json(mcp_peek_t *peek, const u_char *p, const u_char *last)
{
    while (p && p < last) {

        switch (peek->state) {

        case sw_string:
            p = mcp_peek_string(peek, p, last);

            if (p) {
                peek->state = peek->depth ? sw_nested : sw_after;
            }

            break;

        case sw_nested:
            p = mcp_peek_nested(peek, p, last);

            if (p) {
                peek->state = peek->depth ? sw_string : sw_after;
            }

            break;

        case sw_key:
            p = mcp_peek_key(peek, p, last);

            if (p) {
                mcp_peek_key_end(peek);
            }

            break;

        case sw_word:
            p = mcp_peek_word(peek, p, last);

            if (p) {
                mcp_peek_word_end(peek);
            }

            break;

        case sw_dead:
            return;

        default:
            if (*p != ' ' && *p != '\n' && *p != '\r' && *p != '\t') {
                mcp_peek_sign(peek, *p);
            }

            p++;
        }
    }
}


void
mcp_peek_json_line(mcp_peek_t *peek)
{
    u_char  c;

    if (peek->state == sw_string || peek->state == sw_key) {
        mcp_peek_dead(peek);
        return;
    }

    c = LF;

    mcp_peek_json(peek, &c, &c + 1);
}


ngx_uint_t
mcp_peek_json_whole(mcp_peek_t *peek)
{
    return peek->state == sw_end;
}


void
mcp_peek_json_commit(mcp_peek_t *peek)
{
    if (peek->found < MCP_PEEK_TOOL_ERROR && peek->next > peek->found) {
        peek->found = peek->next;
        peek->code = peek->next_code;
    }
}


/* no JSON: nothing is found in this document */

static void
mcp_peek_dead(mcp_peek_t *peek)
{
    peek->state = sw_dead;
    peek->next = MCP_PEEK_NOTHING;
    peek->next_code = 0;
}


/* between the tokens of a container that is followed */

static void
mcp_peek_sign(mcp_peek_t *peek, u_char c)
{
    switch (peek->state) {

    case sw_start:
        mcp_peek_open(peek, c);
        return;

    case sw_first:
        if (c == ']' || c == '}') {
            mcp_peek_close(peek, c);
            return;
        }

        /* fall through */

    case sw_next:
        if (peek->where == in_batch) {
            mcp_peek_value(peek, c);
            return;
        }

        if (c == '"') {
            peek->state = sw_key;
            peek->len = 0;
            return;
        }

        break;

    case sw_colon:
        if (c == ':') {
            peek->state = sw_value;
            return;
        }

        break;

    case sw_value:
        mcp_peek_value(peek, c);
        return;

    case sw_after:
        if (c == ',') {
            peek->state = sw_next;
            return;
        }

        mcp_peek_close(peek, c);
        return;

    default: /* sw_end */
        break;
    }

    mcp_peek_dead(peek);
}


/* a message or a batch of them; no other document says anything */

static void
mcp_peek_open(mcp_peek_t *peek, u_char c)
{
    switch (c) {

    case '{':
        peek->where = in_message;
        break;

    case '[':
        peek->where = in_batch;
        peek->flags |= MCP_PEEK_BATCH;
        break;

    default:
        mcp_peek_dead(peek);
        return;
    }

    peek->state = sw_first;
}


static void
mcp_peek_close(mcp_peek_t *peek, u_char c)
{
    if (c != (peek->where == in_batch ? ']' : '}')) {
        mcp_peek_dead(peek);
        return;
    }

    peek->state = sw_after;

    switch (peek->where) {

    case in_error:
    case in_result:
        peek->where = in_message;
        return;

    case in_message:
        mcp_peek_message(peek);

        if (peek->flags & MCP_PEEK_BATCH) {
            peek->where = in_batch;
            return;
        }

        /* fall through */

    default: /* in_batch */
        peek->state = sw_end;
        return;
    }
}


static void
mcp_peek_message(mcp_peek_t *peek)
{
    mcp_peek_found_e  found;

    if (peek->flags & MCP_PEEK_METHOD) {
        found = MCP_PEEK_NOTHING;

    } else if (peek->flags & MCP_PEEK_HAS_ERROR) {
        found = MCP_PEEK_ERROR;

    } else if (peek->flags & MCP_PEEK_IS_ERROR) {
        found = MCP_PEEK_TOOL_ERROR;

    } else if (peek->flags & MCP_PEEK_HAS_RESULT) {
        found = MCP_PEEK_RESULT;

    } else {
        found = MCP_PEEK_NOTHING;
    }

    peek->flags &= ~MCP_PEEK_MESSAGE;
    peek->member = is_other;

    if (peek->next < MCP_PEEK_TOOL_ERROR && found > peek->next) {
        peek->next = found;
        peek->next_code = (found == MCP_PEEK_ERROR) ? peek->error : 0;
    }
}


static void
mcp_peek_key_end(mcp_peek_t *peek)
{
    if (peek->flags & MCP_PEEK_BAD) {
        mcp_peek_dead(peek);
        return;
    }

    peek->member = mcp_peek_member(peek);
    peek->state = sw_colon;
}


static ngx_uint_t
mcp_peek_member(mcp_peek_t *peek)
{
    switch (peek->where) {

    case in_message:

        if (mcp_peek_text_is(peek, "result")) {
            return is_result;
        }

        if (mcp_peek_text_is(peek, "error")) {
            return is_error;
        }

        if (mcp_peek_text_is(peek, "method")) {
            return is_method;
        }

        break;

    case in_result:

        if (mcp_peek_text_is(peek, "isError")) {
            return is_is_error;
        }

        break;

    default: /* in_error */

        if (mcp_peek_text_is(peek, "code")) {
            return is_code;
        }
    }

    return is_other;
}


/* a value begins; of two members of one name the last counts */

static void
mcp_peek_value(mcp_peek_t *peek, u_char c)
{
    switch (peek->member) {

    case is_method:
        peek->flags |= MCP_PEEK_METHOD;
        break;

    case is_result:
        peek->flags |= MCP_PEEK_HAS_RESULT;
        peek->flags &= ~MCP_PEEK_IS_ERROR;
        break;

    case is_is_error:
        peek->flags &= ~MCP_PEEK_IS_ERROR;
        break;

    case is_error:
        peek->flags |= MCP_PEEK_HAS_ERROR;
        peek->error = 0;
        break;

    case is_code:
        peek->error = 0;
    }

    if (c == '"') {
        peek->state = sw_string;
        return;
    }

    if (c == '{' && (peek->where == in_batch || peek->member == is_error
                     || peek->member == is_result))
    {
        peek->where = (peek->where == in_batch) ? in_message
                      : (peek->member == is_error) ? in_error : in_result;
        peek->member = is_other;
        peek->state = sw_first;
        return;
    }

    if (c == '{' || c == '[') {
        peek->depth = 1;
        peek->state = sw_nested;
        return;
    }

    if ((c >= '0' && c <= '9') || c == '-' || c == 't' || c == 'f' || c == 'n')
    {
        peek->text[0] = c;
        peek->len = 1;
        peek->state = sw_word;
        return;
    }

    mcp_peek_dead(peek);
}


static void
mcp_peek_word_end(mcp_peek_t *peek)
{
    peek->state = sw_after;

    switch (peek->text[0]) {

    case 't':
        if (!mcp_peek_text_is(peek, "true")) {
            mcp_peek_dead(peek);

        } else if (peek->member == is_is_error) {
            peek->flags |= MCP_PEEK_IS_ERROR;
        }

        return;

    case 'f':
        if (!mcp_peek_text_is(peek, "false")) {
            mcp_peek_dead(peek);
        }

        return;

    case 'n':
        if (!mcp_peek_text_is(peek, "null")) {
            mcp_peek_dead(peek);

        } else if (peek->member == is_error) {
            peek->flags &= ~MCP_PEEK_HAS_ERROR;
        }

        return;

    default:
        if (peek->member == is_code) {
            peek->error = mcp_peek_integer(peek);
        }
    }
}
