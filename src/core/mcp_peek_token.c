
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_text.h>
#include <mcp_peek_json.h>


#define MCP_PEEK_DIGITS  15


static void mcp_peek_escape(mcp_peek_t *peek, u_char c);
static const u_char *mcp_peek_plain(const u_char *p, const u_char *last);


const u_char *
mcp_peek_key(mcp_peek_t *peek, const u_char *p, const u_char *last)
{
    u_char         c;
    const u_char  *end;

    while (p < last) {

        if (peek->escape) {
            c = *p++;

            if (c < ' ') {
                peek->flags |= MCP_PEEK_BAD;
            }

            mcp_peek_escape(peek, c);
            continue;
        }

        for (end = mcp_peek_plain(p, last); p < end; p++) {

            if (*p < ' ') {
                peek->flags |= MCP_PEEK_BAD;
            }

            mcp_peek_text(peek, *p);
        }

        if (p == last) {
            break;
        }

        if (*p++ == '"') {
            return p;
        }

        peek->escape = 1;
    }

    return NULL;
}


/* peek->escape: 1 after a backslash, then one more for each byte */

static void
mcp_peek_escape(mcp_peek_t *peek, u_char c)
{
    u_char  lower;

    if (peek->escape == 1) {
        peek->unicode = 0;

        if (c == 'u') {
            peek->escape = 2;
            return;
        }

        /* no name that is known has any of these */

        mcp_peek_text(peek, '\0');
        peek->escape = 0;

        return;
    }

    lower = (u_char) (c | 0x20);

    if (c >= '0' && c <= '9') {
        peek->unicode = peek->unicode * 16 + (c - '0');

    } else if (lower >= 'a' && lower <= 'f') {
        peek->unicode = peek->unicode * 16 + (lower - 'a' + 10);

    } else {
        peek->flags |= MCP_PEEK_BAD;
    }

    if (++peek->escape == 6) {
        mcp_peek_text(peek, peek->unicode < 0x80 ? (u_char) peek->unicode
                                                 : '\0');
        peek->escape = 0;
    }
}


const u_char *
mcp_peek_word(mcp_peek_t *peek, const u_char *p, const u_char *last)
{
    u_char  c;

    for ( /* void */ ; p < last; p++) {
        c = (u_char) (*p | 0x20);

        if ((c < 'a' || c > 'z') && (*p < '0' || *p > '9')
            && *p != '-' && *p != '+' && *p != '.')
        {
            return p;
        }

        mcp_peek_text(peek, *p);
    }

    return NULL;
}


ngx_int_t
mcp_peek_integer(mcp_peek_t *peek)
{
    size_t     minus;
    ngx_int_t  n;

    minus = (peek->text[0] == '-');

    if (peek->len - minus > MCP_PEEK_DIGITS) {
        return 0;
    }

    n = ngx_atoi(peek->text + minus, peek->len - minus);

    if (n == NGX_ERROR) {
        return 0;
    }

    return minus ? -n : n;
}


/* most of what passes is in strings: nothing but their end is looked for */

const u_char *
mcp_peek_string(mcp_peek_t *peek, const u_char *p, const u_char *last)
{
    p += peek->escape;
    peek->escape = 0;

    for ( ;; ) {
        p = mcp_peek_plain(p, last);

        if (p == last) {
            return NULL;
        }

        if (*p == '"') {
            return p + 1;
        }

        if (last - p < 2) {
            peek->escape = 1;
            return NULL;
        }

        p += 2;
    }
}


/*
 * The first quote or backslash.  Of eight bytes, x - 0x01.. sets the high bit
 * of each that is zero; a borrow may set more of them, but only above one that
 * is set rightly.
 */

static const u_char *
mcp_peek_plain(const u_char *p, const u_char *last)
{
    uint64_t  w, quotes, slashes;

    while (last - p >= 8) {
        ngx_memcpy(&w, p, 8);

        quotes = w ^ (MCP_JSON_ONES * '"');
        slashes = w ^ (MCP_JSON_ONES * '\\');

        w = (((quotes - MCP_JSON_ONES) & ~quotes)
             | ((slashes - MCP_JSON_ONES) & ~slashes))
            & MCP_JSON_HIGHS;

        if (w) {
#if (NGX_HAVE_LITTLE_ENDIAN)
            return p + __builtin_ctzll(w) / 8;
#else
            break;
#endif
        }

        p += 8;
    }

    while (p < last && *p != '"' && *p != '\\') {
        p++;
    }

    return p;
}


const u_char *
mcp_peek_nested(mcp_peek_t *peek, const u_char *p, const u_char *last)
{
    u_char  c;

    while (p < last) {
        c = *p++;

        if (c == '"') {
            return p;
        }

        /* "[" and "{" differ in one bit, "]" and "}" in the same */

        c |= 0x20;

        if (c == '{') {
            peek->depth++;

        } else if (c == '}' && --peek->depth == 0) {
            return p;
        }
    }

    return NULL;
}
