
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_buf.h>
#include <mcp_json_text.h>


#define MCP_BUF_MIN_SIZE  256


static void mcp_buf_escape(mcp_buf_t *b, u_char c);


void
mcp_buf_init(mcp_buf_t *b, ngx_pool_t *pool, size_t size)
{
    b->start = NULL;
    b->end = NULL;
    b->pool = pool;
    b->failed = 0;

    if (size) {
        b->start = ngx_pnalloc(pool, size);

        if (b->start) {
            b->end = b->start + size;

        } else {
            b->failed = 1;
        }
    }

    b->last = b->start;
}


u_char *
mcp_buf_reserve(mcp_buf_t *b, size_t n)
{
    size_t   len, size;
    u_char  *p;

    if (b->failed) {
        return NULL;
    }

    if (b->start && mcp_buf_has(b, n)) {
        return b->last;
    }

    len = b->start ? mcp_buf_len(b) : 0;

    if (n > NGX_MAX_SIZE_T_VALUE / 4 - len) {
        b->failed = 1;
        b->end = b->last;
        return NULL;
    }

    size = ngx_max(2 * (len + n), MCP_BUF_MIN_SIZE);

    p = ngx_pnalloc(b->pool, size);
    if (p == NULL) {
        b->failed = 1;
        b->end = b->last;
        return NULL;
    }

    if (len) {
        ngx_memcpy(p, b->start, len);
        ngx_pfree(b->pool, b->start);
    }

    b->start = p;
    b->last = p + len;
    b->end = p + size;

    return b->last;
}


void
mcp_buf_int(mcp_buf_t *b, int64_t n)
{
    u_char    *p, buf[NGX_INT64_LEN];
    uint64_t   u;

    p = buf + NGX_INT64_LEN;
    u = (n < 0) ? 0 - (uint64_t) n : (uint64_t) n;

    do {
        *--p = (u_char) ('0' + u % 10);
        u /= 10;
    } while (u);

    if (n < 0) {
        *--p = '-';
    }

    mcp_buf_add(b, p, buf + NGX_INT64_LEN - p);
}


void
mcp_buf_json_string(mcp_buf_t *b, const u_char *p, size_t len)
{
    size_t         n;
    const u_char  *end, *run;

    /* nearly always enough: escapes are rare */

    if (mcp_buf_reserve(b, len + 2) == NULL) {
        return;
    }

    *b->last++ = '"';

    end = p + len;
    run = p;

    for ( ;; ) {
        p += mcp_json_plain(p, end);

        if (p == end) {
            break;
        }

        if (*p >= 0x80) {
            n = mcp_utf8_len(p, end);

            if (n) {
                p += n;
                continue;
            }
        }

        mcp_buf_add(b, run, p - run);
        mcp_buf_escape(b, *p);

        run = ++p;
    }

    mcp_buf_add(b, run, p - run);
    mcp_buf_char(b, '"');
}


static void
mcp_buf_escape(mcp_buf_t *b, u_char c)
{
    u_char               esc[6];
    static const u_char  hex[] = "0123456789abcdef";

    if (c >= 0x80) {
        mcp_buf_lit(b, "\xef\xbf\xbd");
        return;
    }

    esc[0] = '\\';

    switch (c) {

    case '"':
    case '\\':
        esc[1] = c;
        break;

    case '\b':
        esc[1] = 'b';
        break;

    case '\f':
        esc[1] = 'f';
        break;

    case '\n':
        esc[1] = 'n';
        break;

    case '\r':
        esc[1] = 'r';
        break;

    case '\t':
        esc[1] = 't';
        break;

    default:
        esc[1] = 'u';
        esc[2] = '0';
        esc[3] = '0';
        esc[4] = hex[c >> 4];
        esc[5] = hex[c & 0xf];

        mcp_buf_add(b, esc, 6);
        return;
    }

    mcp_buf_add(b, esc, 2);
}


void
mcp_buf_json_member(mcp_buf_t *b, const char *name, const ngx_str_t *value)
{
    if (value->len == 0) {
        return;
    }

    mcp_buf_char(b, ',');
    mcp_buf_json_string(b, (u_char *) name, ngx_strlen(name));
    mcp_buf_char(b, ':');
    mcp_buf_json_string(b, value->data, value->len);
}


void
mcp_buf_base64(mcp_buf_t *b, const u_char *p, size_t len)
{
    ngx_str_t  src, dst;

    src.data = (u_char *) p;
    src.len = len;

    dst.data = mcp_buf_reserve(b, ngx_base64_encoded_length(len));
    if (dst.data == NULL) {
        return;
    }

    ngx_encode_base64(&dst, &src);

    b->last += dst.len;
}


ngx_int_t
mcp_buf_done(mcp_buf_t *b, ngx_str_t *out)
{
    if (b->failed) {
        return NGX_ERROR;
    }

    out->data = b->start;
    out->len = b->start ? mcp_buf_len(b) : 0;

    return NGX_OK;
}
