
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_text.h>
#include <mcp_answer_media.h>


/* the longest name of a type that is worth to be passed on */
#define MCP_ANSWER_TYPE_MAX  127


static const u_char *mcp_answer_token(const u_char *p, const u_char *end);
static void mcp_answer_kind(mcp_answer_media_t *media);
static ngx_uint_t mcp_answer_ends(const ngx_str_t *name, const char *end);
static void mcp_answer_charset(mcp_answer_media_t *media, const u_char *p,
    const u_char *end);
static ngx_uint_t mcp_answer_in(const ngx_str_t *name, const ngx_str_t *names);
static ngx_int_t mcp_answer_latin(ngx_pool_t *pool, ngx_str_t *text);
static ngx_uint_t mcp_answer_ascii(const ngx_str_t *text);


static const ngx_str_t  mcp_answer_json_types[] = {
    ngx_string("application/json"),
    ngx_string("application/x-json"),
    ngx_string("text/json"),
    ngx_string("text/x-json"),
    ngx_null_string
};


static const ngx_str_t  mcp_answer_text_types[] = {
    ngx_string("application/ecmascript"),
    ngx_string("application/graphql"),
    ngx_string("application/javascript"),
    ngx_string("application/json-seq"),
    ngx_string("application/jsonl"),
    ngx_string("application/jsonlines"),
    ngx_string("application/ndjson"),
    ngx_string("application/sql"),
    ngx_string("application/toml"),
    ngx_string("application/x-javascript"),
    ngx_string("application/x-jsonlines"),
    ngx_string("application/x-ndjson"),
    ngx_string("application/x-sh"),
    ngx_string("application/x-www-form-urlencoded"),
    ngx_string("application/x-yaml"),
    ngx_string("application/xml"),
    ngx_string("application/xml-dtd"),
    ngx_string("application/yaml"),
    ngx_null_string
};


static const ngx_str_t  mcp_answer_utf8_charsets[] = {
    ngx_string("utf-8"),
    ngx_string("utf8"),
    ngx_string("us-ascii"),
    ngx_string("ascii"),
    ngx_null_string
};


/* as browsers do, https://encoding.spec.whatwg.org/#names-and-labels */

static const ngx_str_t  mcp_answer_latin_charsets[] = {
    ngx_string("iso-8859-1"),
    ngx_string("iso8859-1"),
    ngx_string("iso_8859-1"),
    ngx_string("latin1"),
    ngx_string("l1"),
    ngx_string("windows-1252"),
    ngx_string("cp1252"),
    ngx_string("x-cp1252"),
    ngx_null_string
};


/* 0x80 to 0x9f of windows-1252 */

static const uint16_t  mcp_answer_latin_table[] = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
    0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178
};


ngx_int_t
mcp_answer_media(ngx_pool_t *pool, const ngx_str_t *type,
    mcp_answer_media_t *media)
{
    const u_char  *p, *end, *sub, *last;

    ngx_memzero(media, sizeof(mcp_answer_media_t));

    if (type->len == 0) {
        return NGX_OK;
    }

    p = type->data;
    end = p + type->len;

    while (p < end && (*p == ' ' || *p == '\t')) {
        p++;
    }

    sub = mcp_answer_token(p, end);

    if (sub == p || sub == end || *sub != '/') {
        return NGX_OK;
    }

    last = mcp_answer_token(sub + 1, end);

    if (last == sub + 1
        || last - p > MCP_ANSWER_TYPE_MAX
        || (last < end && *last != ';' && *last != ' ' && *last != '\t'))
    {
        return NGX_OK;
    }

    media->name.len = last - p;
    media->name.data = ngx_pnalloc(pool, media->name.len);

    if (media->name.data == NULL) {
        return NGX_ERROR;
    }

    ngx_strlow(media->name.data, (u_char *) p, media->name.len);

    mcp_answer_kind(media);
    mcp_answer_charset(media, last, end);

    return NGX_OK;
}


static const u_char *
mcp_answer_token(const u_char *p, const u_char *end)
{
    while (p < end
           && ((*p >= '0' && *p <= '9')
               || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z')
               || (*p && ngx_strchr("!#$%&'*+-.^_`|~", *p))))
    {
        p++;
    }

    return p;
}


static void
mcp_answer_kind(mcp_answer_media_t *media)
{
    ngx_str_t  *name;

    name = &media->name;

    if (ngx_strncmp(name->data, "image/", 6) == 0) {
        media->image = 1;

    } else if (ngx_strncmp(name->data, "audio/", 6) == 0) {
        media->audio = 1;

    } else if (mcp_answer_ends(name, "+json")
               || mcp_answer_in(name, mcp_answer_json_types))
    {
        media->json = 1;

    } else {
        media->html = (mcp_answer_ends(name, "/html")
                       || mcp_answer_ends(name, "/xhtml+xml"));

        media->text = (ngx_strncmp(name->data, "text/", 5) == 0
                       || mcp_answer_ends(name, "+xml")
                       || mcp_answer_ends(name, "+yaml")
                       || mcp_answer_in(name, mcp_answer_text_types));
    }
}


static ngx_uint_t
mcp_answer_ends(const ngx_str_t *name, const char *end)
{
    size_t  len;

    len = ngx_strlen(end);

    return name->len > len
           && ngx_memcmp(name->data + name->len - len, end, len) == 0;
}


static void
mcp_answer_charset(mcp_answer_media_t *media, const u_char *p,
    const u_char *end)
{
    u_char        low[32];
    ngx_str_t     value;
    const u_char  *name, *last;

    while (p < end) {

        if (*p == ';' || *p == ' ' || *p == '\t' || *p == '"') {
            p++;
            continue;
        }

        name = p;
        p = mcp_answer_token(p, end);

        if (p == end || *p != '=') {
            p = (p == name) ? p + 1 : p;
            continue;
        }

        last = p++;

        if (p < end && *p == '"') {
            p++;
        }

        value.data = (u_char *) p;
        p = mcp_answer_token(p, end);
        value.len = p - value.data;

        if (last - name != 7
            || ngx_strncasecmp((u_char *) name, (u_char *) "charset", 7) != 0)
        {
            continue;
        }

        if (value.len < sizeof(low)) {
            ngx_strlow(low, value.data, value.len);
            value.data = low;
            media->latin = mcp_answer_in(&value, mcp_answer_latin_charsets);
        }

        media->foreign = (value.len && !media->latin
                          && !mcp_answer_in(&value, mcp_answer_utf8_charsets));
        return;
    }
}


static ngx_uint_t
mcp_answer_in(const ngx_str_t *name, const ngx_str_t *names)
{
    for ( /* void */ ; names->len; names++) {
        if (names->len == name->len
            && ngx_memcmp(names->data, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


size_t
mcp_answer_whole(const ngx_str_t *text, size_t max)
{
    size_t   n, len;
    u_char  *p;

    len = ngx_min(text->len, max);

    if (len == 0) {
        return 0;
    }

    p = text->data + len;

    for (n = 1; n < MCP_UTF8_MAX && n <= len; n++) {

        if ((*(p - n) & 0xc0) != 0x80) {
            return (*(p - n) >= 0xc0 && mcp_utf8_len(p - n, p) == 0)
                   ? len - n : len;
        }
    }

    return len;
}


ngx_int_t
mcp_answer_utf8(ngx_pool_t *pool, const mcp_answer_media_t *media,
    const ngx_str_t *body, ngx_str_t *text)
{
    ngx_int_t  rc;

    *text = *body;

    if (text->len == 0) {
        ngx_str_set(text, "");
        return NGX_OK;
    }

    if (text->len >= 3 && ngx_memcmp(text->data, "\xef\xbb\xbf", 3) == 0) {
        text->data += 3;
        text->len -= 3;
    }

    rc = mcp_utf8_check(text->data, text->len);

    /* of JSON a charset says nothing, but some send theirs in one */

    if (rc == NGX_OK && media->json) {
        return NGX_OK;
    }

    if (media->latin) {
        return mcp_answer_latin(pool, text);
    }

    if (media->foreign && !mcp_answer_ascii(text)) {
        return NGX_DECLINED;
    }

    return rc;
}


static ngx_int_t
mcp_answer_latin(ngx_pool_t *pool, ngx_str_t *text)
{
    u_char     *p, *last;
    size_t      n;
    uint32_t    c;

    n = text->len;

    for (p = text->data; p < text->data + text->len; p++) {

        if (*p == '\0') {
            return NGX_DECLINED;
        }

        n += (*p >= 0x80) ? 2 : 0;
    }

    if (n == text->len) {
        return NGX_OK;
    }

    last = ngx_pnalloc(pool, n);
    if (last == NULL) {
        return NGX_ERROR;
    }

    p = text->data;
    n = text->len;
    text->data = last;

    while (n--) {
        c = *p++;

        if (c < 0x80) {
            *last++ = (u_char) c;
            continue;
        }

        if (c < 0xa0) {
            c = mcp_answer_latin_table[c - 0x80];
        }

        if (c < 0x800) {
            *last++ = (u_char) (0xc0 | (c >> 6));

        } else {
            *last++ = (u_char) (0xe0 | (c >> 12));
            *last++ = (u_char) (0x80 | ((c >> 6) & 0x3f));
        }

        *last++ = (u_char) (0x80 | (c & 0x3f));
    }

    text->len = last - text->data;

    return NGX_OK;
}


/* what is in many charsets the same; ESC is where some leave ASCII */

static ngx_uint_t
mcp_answer_ascii(const ngx_str_t *text)
{
    size_t  i;

    for (i = 0; i < text->len; i++) {
        if (text->data[i] >= 0x80 || text->data[i] == 0x1b) {
            return 0;
        }
    }

    return 1;
}
