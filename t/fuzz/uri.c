
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * mcp_uri: the first line is a template, the rest a URI.  What is taken apart
 * and put together is a URI that the template makes; unless values may have
 * what separates them it gives the same values.  Any values make a URI that
 * can be taken apart.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_text.h>
#include <mcp_uri.h>
#include "fuzz.h"
#include "uri.h"


static ngx_str_t
uri_make(ngx_pool_t *pool, mcp_uri_t *uri, ngx_str_t *values)
{
    mcp_buf_t  b;
    ngx_str_t  out, copy;

    mcp_buf_init(&b, pool, 0);
    uri_expand(uri, values, &b);
    fuzz_assert(mcp_buf_done(&b, &out) == NGX_OK);

    copy.len = out.len;
    copy.data = unit_copy(pool, out.data, out.len);

    return copy;
}


/* whether there is one way only to take a URI apart */

static ngx_uint_t
uri_is_clear(mcp_uri_t *uri)
{
    ngx_uint_t  i, values;

    values = 0;

    for (i = 0; i < uri->tail; i++) {

        if (uri->atoms[i].op == 0) {
            continue;
        }

        if (uri->atoms[i].op == '+' || uri->atoms[i].op == '#'
            || uri->atoms[i].op == ';')
        {
            return uri->nvars == 1;
        }

        values++;
    }

    return values <= 1;
}


static void
uri_same(mcp_uri_t *uri, ngx_str_t *a, ngx_str_t *b)
{
    ngx_uint_t  i;

    for (i = 0; i < uri->nvars; i++) {
        fuzz_assert((a[i].data == NULL) == (b[i].data == NULL));
        fuzz_assert(a[i].len == b[i].len);
        fuzz_assert(a[i].len == 0
                    || ngx_memcmp(a[i].data, b[i].data, a[i].len) == 0);
    }
}


static void
uri_check(ngx_pool_t *pool, mcp_uri_t *uri, ngx_str_t *text)
{
    ngx_int_t   rc;
    ngx_str_t   values[MCP_URI_VARS_MAX], again[MCP_URI_VARS_MAX], out;
    ngx_uint_t  i;

    if (mcp_uri_match(uri, pool, text, values) == NGX_OK) {

        for (i = 0; i < uri->nvars; i++) {
            fuzz_assert(values[i].data == NULL
                        || (values[i].len <= text->len
                            && mcp_utf8_check(values[i].data, values[i].len)
                               == NGX_OK));
        }

        out = uri_make(pool, uri, values);
        rc = mcp_uri_match(uri, pool, &out, again);

        fuzz_assert(rc == NGX_OK || out.len > MCP_URI_MAX);

        if (rc == NGX_OK && uri_is_clear(uri)) {
            uri_same(uri, values, again);
        }
    }

    /* the text as a value of each variable */

    if (text->len == 0
        || mcp_utf8_check(text->data, text->len) != NGX_OK)
    {
        return;
    }

    for (i = 0; i < uri->nvars; i++) {
        values[i] = *text;
    }

    out = uri_make(pool, uri, values);
    rc = mcp_uri_match(uri, pool, &out, again);

    fuzz_assert(rc == NGX_OK || out.len > MCP_URI_MAX);

    if (rc == NGX_OK && uri_is_clear(uri)) {
        uri_same(uri, values, again);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char      *copy, *line;
    mcp_uri_t    uri;
    ngx_str_t    template, text;
    ngx_pool_t  *pool;
    const char  *err;

    pool = unit_pool();
    copy = unit_copy(pool, data, size);

    line = ngx_strlchr(copy, copy + size, '\n');
    line = line ? line : copy + size;

    template.len = line - copy;
    template.data = unit_copy(pool, copy, template.len);

    text.len = (line < copy + size) ? copy + size - line - 1 : 0;
    text.data = unit_copy(pool, line + 1, text.len);

    if (mcp_uri_compile(&uri, &template, &err) == NGX_OK) {
        fuzz_assert(uri.nvars <= uri.natoms && uri.tail <= uri.natoms);
        uri_check(pool, &uri, &text);

    } else {
        fuzz_assert(ngx_strlen(err) > 0);
    }

    (void) mcp_uri_valid(&text);

    ngx_destroy_pool(pool);

    return 0;
}
