
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_text.h>
#include <mcp_answer_media.h>


/* of HTML no more is looked at: bytes */
#define MCP_ANSWER_HTML_MAX  65536

#define MCP_ANSWER_CUT       "..."


static uint32_t mcp_answer_char(const u_char *p, size_t n);
static ngx_uint_t mcp_answer_hidden(uint32_t c);
static const u_char *mcp_answer_tag(const u_char *p, const u_char *end);
static const u_char *mcp_answer_behind(const u_char *p, const u_char *end,
    const char *what);
static const u_char *mcp_answer_entity(mcp_buf_t *b, const u_char *p,
    const u_char *end);


static const struct {
    const char  *begin;
    const char  *end;
} mcp_answer_skipped[] = {
    { "<!--", "-->" },
    { "<script", "</script" },
    { "<style", "</style" },
    { NULL, NULL }
};


static const struct {
    ngx_str_t    name;
    u_char       c;
} mcp_answer_entities[] = {
    { ngx_string("&amp;"), '&' },
    { ngx_string("&lt;"), '<' },
    { ngx_string("&gt;"), '>' },
    { ngx_string("&quot;"), '"' },
    { ngx_string("&#34;"), '"' },
    { ngx_string("&#39;"), '\'' },
    { ngx_string("&#x27;"), '\'' },
    { ngx_string("&nbsp;"), ' ' },
    { ngx_null_string, '\0' }
};


void
mcp_answer_plain(mcp_buf_t *b, const ngx_str_t *text, size_t max,
    ngx_uint_t lines)
{
    size_t         n, left, need;
    u_char         space;
    uint32_t       c;
    const u_char  *p, *end;

    if (text->len == 0) {
        return;
    }

    p = text->data;
    end = p + text->len;

    left = max - (sizeof(MCP_ANSWER_CUT) - 1);
    space = '\0';
    need = 0;

    for ( /* void */ ; p < end; p += n) {
        n = mcp_utf8_len(p, end);
        c = n ? mcp_answer_char(p, n) : 0xfffd;

        if (c == ' ' || (c >= '\t' && c <= '\r') || c == 0x2028 || c == 0x2029)
        {
            space = (lines && (c == '\n' || space == '\n')) ? '\n' : ' ';
            continue;
        }

        if (mcp_answer_hidden(c)) {
            continue;
        }

        if (need == 0) {
            /* nothing is written yet, and so nothing before it */
            space = '\0';
        }

        need = (n ? n : 3) + (space ? 1 : 0);

        if (need > left) {
            mcp_buf_lit(b, MCP_ANSWER_CUT);
            return;
        }

        left -= need;

        if (space) {
            mcp_buf_char(b, space);
            space = '\0';
        }

        if (n) {
            mcp_buf_add(b, p, n);

        } else {
            mcp_buf_lit(b, "\xef\xbf\xbd");
            n = 1;
        }
    }
}


/* of a sequence that is well-formed */

static uint32_t
mcp_answer_char(const u_char *p, size_t n)
{
    switch (n) {

    case 1:
        return p[0];

    case 2:
        return ((p[0] & 0x1f) << 6) | (p[1] & 0x3f);

    case 3:
        return ((p[0] & 0x0f) << 12) | ((p[1] & 0x3f) << 6) | (p[2] & 0x3f);

    default: /* 4 */
        return ((p[0] & 0x07) << 18) | ((p[1] & 0x3f) << 12)
               | ((p[2] & 0x3f) << 6) | (p[3] & 0x3f);
    }
}


/* controls, and what turns text or carries some that nobody sees */

static ngx_uint_t
mcp_answer_hidden(uint32_t c)
{
    return c < 0x20
           || (c >= 0x7f && c <= 0x9f)
           || c == 0xad
           || c == 0x61c
           || c == 0x200b || c == 0x200e || c == 0x200f
           || (c >= 0x202a && c <= 0x202e)
           || (c >= 0x2060 && c <= 0x206f)
           || c == 0xfeff
           || (c >= 0xfff9 && c <= 0xfffb)
           || (c >= 0xe0000 && c <= 0xe0fff);
}


void
mcp_answer_plain_html(mcp_buf_t *b, const ngx_str_t *text, size_t max)
{
    mcp_buf_t      inner;
    ngx_str_t      out;
    const u_char  *p, *end;

    if (text->len == 0) {
        return;
    }

    p = text->data;
    end = p + ngx_min(text->len, MCP_ANSWER_HTML_MAX);

    mcp_buf_init(&inner, b->pool, ngx_min(text->len, 2 * max));

    while (p < end && mcp_buf_len(&inner) < 4 * max) {

        if (*p == '<') {
            p = mcp_answer_tag(p, end);
            mcp_buf_char(&inner, ' ');

        } else if (*p == '&') {
            p = mcp_answer_entity(&inner, p, end);

        } else {
            mcp_buf_char(&inner, *p++);
        }
    }

    if (mcp_buf_done(&inner, &out) != NGX_OK) {
        b->failed = 1;
        return;
    }

    mcp_answer_plain(b, &out, max, 0);
}


/* what follows a tag, a comment, or all that nobody reads */

static const u_char *
mcp_answer_tag(const u_char *p, const u_char *end)
{
    size_t       len;
    ngx_uint_t   i;

    for (i = 0; mcp_answer_skipped[i].begin; i++) {
        len = ngx_strlen(mcp_answer_skipped[i].begin);

        if ((size_t) (end - p) >= len
            && ngx_strncasecmp((u_char *) p,
                               (u_char *) mcp_answer_skipped[i].begin, len)
               == 0)
        {
            p = mcp_answer_behind(p + len, end, mcp_answer_skipped[i].end);

            return i ? mcp_answer_behind(p, end, ">") : p;
        }
    }

    return mcp_answer_behind(p, end, ">");
}


static const u_char *
mcp_answer_behind(const u_char *p, const u_char *end, const char *what)
{
    size_t  len;

    len = ngx_strlen(what);

    for ( /* void */ ; (size_t) (end - p) >= len; p++) {
        if (ngx_strncasecmp((u_char *) p, (u_char *) what, len) == 0) {
            return p + len;
        }
    }

    return end;
}


static const u_char *
mcp_answer_entity(mcp_buf_t *b, const u_char *p, const u_char *end)
{
    ngx_uint_t        i;
    const ngx_str_t  *name;

    for (i = 0; mcp_answer_entities[i].name.len; i++) {
        name = &mcp_answer_entities[i].name;

        if ((size_t) (end - p) >= name->len
            && ngx_memcmp(p, name->data, name->len) == 0)
        {
            mcp_buf_char(b, mcp_answer_entities[i].c);
            return p + name->len;
        }
    }

    mcp_buf_char(b, *p);

    return p + 1;
}
