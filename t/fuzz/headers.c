
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * mcp_headers, mcp_origin: base64 sentinels go round, one text for one value;
 * an origin that is allowed as it is written matches itself, put together
 * again it is the same; media types are found among others.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_headers.h>
#include <mcp_origin.h>
#include "fuzz.h"


static ngx_uint_t
headers_same(ngx_str_t *a, ngx_str_t *b)
{
    return a->len == b->len
           && (a->len == 0 || ngx_memcmp(a->data, b->data, a->len) == 0);
}


/* a text between others, in a copy that ends where it ends */

static ngx_str_t
headers_join(ngx_pool_t *pool, const char *before, ngx_str_t *s,
    const char *after)
{
    u_char     *p;
    ngx_str_t   out;

    out.len = ngx_strlen(before) + s->len + ngx_strlen(after);
    out.data = ngx_pnalloc(pool, out.len);
    fuzz_assert(out.data != NULL);

    p = ngx_cpymem(out.data, before, ngx_strlen(before));
    p = ngx_cpymem(p, s->data, s->len);
    ngx_memcpy(p, after, ngx_strlen(after));

    return out;
}


static ngx_str_t
headers_encode(ngx_pool_t *pool, ngx_str_t *s)
{
    ngx_str_t  b64;

    b64.data = ngx_pnalloc(pool, ngx_base64_encoded_length(s->len) + 1);
    fuzz_assert(b64.data != NULL);

    ngx_encode_base64(&b64, s);

    return headers_join(pool, "=?base64?", &b64, "?=");
}


static void
headers_sentinel(ngx_pool_t *pool, ngx_str_t *s)
{
    ngx_int_t   rc;
    ngx_str_t   value, out;
    ngx_uint_t  sentinel;

    value = headers_encode(pool, s);
    fuzz_assert(mcp_headers_decode(pool, &value, &out) == NGX_OK);
    fuzz_assert(headers_same(&out, s));

    /* the input as a value, and between the marks */

    sentinel = (s->len >= 11
                && ngx_memcmp(s->data, "=?base64?", 9) == 0
                && ngx_memcmp(s->data + s->len - 2, "?=", 2) == 0);

    rc = mcp_headers_decode(pool, s, &out);

    if (!sentinel) {
        fuzz_assert(rc == NGX_OK && headers_same(&out, s));

    } else if (rc == NGX_OK) {
        value = headers_encode(pool, &out);
        fuzz_assert(headers_same(&value, s));

    } else {
        fuzz_assert(rc == NGX_DECLINED);
    }

    value = headers_join(pool, "=?base64?", s, "?=");

    if (mcp_headers_decode(pool, &value, &out) == NGX_OK) {
        out = headers_encode(pool, &out);
        fuzz_assert(headers_same(&out, &value));
    }
}


static void
headers_origin(ngx_pool_t *pool, ngx_str_t *s)
{
    u_char        *p;
    size_t         i;
    ngx_str_t      text;
    ngx_uint_t     match;
    ngx_array_t    allowed;
    mcp_origin_t  *o, again;

    fuzz_assert(ngx_array_init(&allowed, pool, 1, sizeof(mcp_origin_t))
                == NGX_OK);
    o = ngx_array_push(&allowed);

    if (mcp_origin_parse(s, o) != NGX_OK) {
        allowed.nelts = 0;
        fuzz_assert(!mcp_origin_match(&allowed, s));
        return;
    }

    fuzz_assert(o->host.len > 0);
    fuzz_assert(o->host.data >= s->data
                && o->host.data + o->host.len <= s->data + s->len);

    for (i = 0; i < s->len; i++) {
        fuzz_assert(s->data[i] > ' ' && s->data[i] < 0x7f);
        fuzz_assert(s->data[i] != '@' && s->data[i] != '?'
                    && s->data[i] != '#');
    }

    /* it matches itself if it is an origin and no pattern */

    match = (o->scheme.len && !o->wildcard && !o->any_port);
    fuzz_assert(mcp_origin_match(&allowed, s) == match);

    if (o->scheme.len == 0) {
        return;
    }

    /* a copy of what it stands for */

    text.data = ngx_pnalloc(pool, s->len + 16);
    p = ngx_sprintf(text.data, "%V://%s%V", &o->scheme,
                    o->wildcard ? "*." : "", &o->host);

    if (o->any_port) {
        p = ngx_sprintf(p, ":*");

    } else if (o->port) {
        p = ngx_sprintf(p, ":%ui", (ngx_uint_t) o->port);
    }

    text.len = p - text.data;

    fuzz_assert(mcp_origin_parse(&text, &again) == NGX_OK);
    fuzz_assert(headers_same(&again.scheme, &o->scheme)
                && headers_same(&again.host, &o->host)
                && again.wildcard == o->wildcard
                && again.any_port == o->any_port
                && again.port == o->port);

    /* case makes no difference, one more label does */

    ngx_strlow(text.data, text.data, text.len);
    fuzz_assert(mcp_origin_match(&allowed, &text) == match);

    if (!o->any_port && *o->host.data != '[') {
        text.len = ngx_sprintf(text.data, "%V://a.%V:%ui", &o->scheme,
                               &o->host, (ngx_uint_t) o->port)
                   - text.data;

        if (o->port) {
            fuzz_assert(mcp_origin_match(&allowed, &text) == o->wildcard);
        }
    }
}


static void
headers_media(ngx_pool_t *pool, ngx_str_t *s)
{
    ngx_str_t   text, upper;
    ngx_uint_t  i, json, accept;

    json = mcp_headers_json(s);
    accept = mcp_headers_accept(s);

    fuzz_assert(json <= 1);
    fuzz_assert(accept == 0 || accept == MCP_ACCEPT_ANY
                || accept == (MCP_ACCEPT_ANY|MCP_ACCEPT_EVENTS));

    upper.len = s->len;
    upper.data = unit_copy(pool, s->data, s->len);

    for (i = 0; i < upper.len; i++) {
        upper.data[i] = ngx_toupper(upper.data[i]);
    }

    fuzz_assert(mcp_headers_json(&upper) == json);
    fuzz_assert(mcp_headers_accept(&upper) == accept);

    text = headers_join(pool, "text/event-stream,", s, "");
    fuzz_assert(mcp_headers_accept(&text)
                == (MCP_ACCEPT_ANY|MCP_ACCEPT_EVENTS));

    text = headers_join(pool, "", s, ", */* ;q=0.1");
    fuzz_assert(mcp_headers_accept(&text) == (accept|MCP_ACCEPT_ANY));

    text = headers_join(pool, "text/html,\t", s, " ,image/*");
    fuzz_assert(mcp_headers_accept(&text) == accept);

    text = headers_join(pool, " application/JSON\t;", s, "");
    fuzz_assert(mcp_headers_json(&text)
                || ngx_strlcasestrn(text.data, text.data + text.len,
                                    (u_char *) "charset",
                                    sizeof("charset") - 2));

    text = headers_join(pool, "x", s, "");
    fuzz_assert(!mcp_headers_json(&text));
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_str_t    s;
    ngx_pool_t  *pool;

    pool = unit_pool();

    s.len = size;
    s.data = unit_copy(pool, data, size);

    headers_sentinel(pool, &s);
    headers_origin(pool, &s);
    headers_media(pool, &s);

    ngx_destroy_pool(pool);

    return 0;
}
