
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_JSON_TEXT_H_INCLUDED_
#define _MCP_JSON_TEXT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * The bytes JSON is made of: UTF-8 (RFC 3629), the insides of strings, and
 * numbers (RFC 8259, sections 6 and 7).  Nothing here allocates.
 */


#define MCP_JSON_MAX_NUMBER   1024       /* bytes of one number */
#define MCP_UTF8_MAX          4          /* bytes of one character */


/* NGX_OK if the bytes are well-formed UTF-8 without NUL, else NGX_DECLINED */
ngx_int_t mcp_utf8_check(u_char *p, size_t len);

/* the length of the well-formed sequence at p < end, 0 if it is ill-formed */
size_t mcp_utf8_len(const u_char *p, const u_char *end);

/* of how many bytes at most "max" are left, without a part of a character */
size_t mcp_utf8_cut(const u_char *p, size_t len, size_t max);

/* the four hexadecimal digits at p, or NGX_ERROR */
ngx_int_t mcp_json_hex4(const u_char *p);

/*
 * The inside of a string whose escapes are well-formed, decoded; never longer
 * than it was.  U+FFFD stands for a lone surrogate.  Returns the end.
 */
u_char *mcp_json_decode(u_char *dst, const u_char *p, const u_char *end);

/*
 * NGX_OK and *pos behind the longest number that begins there; NGX_DECLINED
 * and *pos at the byte that no number has there
 */
ngx_int_t mcp_json_number_end(const u_char **pos, const u_char *end,
    ngx_uint_t *exponent);

/*
 * The double nearest to a number.  NGX_DECLINED if the bytes are not a number
 * of RFC 8259, are more than MCP_JSON_MAX_NUMBER, or if the double would be
 * infinite, or zero where the number is not.
 */
ngx_int_t mcp_json_double(const u_char *p, size_t len, double *d);


#define MCP_JSON_ONES   0x0101010101010101ULL
#define MCP_JSON_HIGHS  0x8080808080808080ULL


/*
 * How many bytes from p on are ASCII that a string has unescaped.
 *
 * Eight at a time: of bytes below 0x80, x - 0x01.. sets the high bit of each
 * that is zero, x - 0x20.. of each below 0x20; the others have it set.  A
 * borrow may set more of them, but only above one that is set rightly.
 */

static ngx_inline size_t
mcp_json_plain(const u_char *p, const u_char *end)
{
    uint64_t       w, quotes, slashes;
    const u_char  *start;

    start = p;

    while (end - p >= 8) {
        ngx_memcpy(&w, p, 8);

        quotes = w ^ (MCP_JSON_ONES * '"');
        slashes = w ^ (MCP_JSON_ONES * '\\');

        w |= (quotes - MCP_JSON_ONES)
             | (slashes - MCP_JSON_ONES)
             | (w - MCP_JSON_ONES * 0x20);
        w &= MCP_JSON_HIGHS;

        if (w) {
#if (NGX_HAVE_LITTLE_ENDIAN)
            return p - start + __builtin_ctzll(w) / 8;
#else
            break;
#endif
        }

        p += 8;
    }

    while (p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\') {
        p++;
    }

    return p - start;
}


#endif /* _MCP_JSON_TEXT_H_INCLUDED_ */
