
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_state.h>


static const char *mcp_state_parse_key(u_char *p, u_char *end,
    mcp_state_keys_t *keys);


ngx_int_t
mcp_state_parse_keys(ngx_str_t *text, mcp_state_keys_t *keys,
    const char **err, ngx_uint_t *line)
{
    u_char  *p, *end, *last, *next;

    keys->n = 0;
    *line = 0;

    last = text->data + text->len;

    for (p = text->data; p < last; p = next) {
        (*line)++;

        end = ngx_strlchr(p, last, LF);

        if (end == NULL) {
            end = last;
        }

        next = end + 1;

        while (end > p && (end[-1] == ' ' || end[-1] == '\t'
                           || end[-1] == CR))
        {
            end--;
        }

        if (p == end || *p == '#') {
            continue;
        }

        *err = mcp_state_parse_key(p, end, keys);

        if (*err) {
            return NGX_DECLINED;
        }
    }

    if (keys->n == 0) {
        *err = "no key, expected a line of 64 hexadecimal digits, as"
               " \"openssl rand -hex 32\" prints";
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* NULL, or what is wrong */

static const char *
mcp_state_parse_key(u_char *p, u_char *end, mcp_state_keys_t *keys)
{
    u_char      *key;
    ngx_int_t    n;
    ngx_uint_t   i;

    if (keys->n == MCP_STATE_KEYS_MAX) {
        return "more than 16 keys, remove the oldest";
    }

    if (end - p != 2 * MCP_STATE_KEY) {
        return "not a key, expected 64 hexadecimal digits, as"
               " \"openssl rand -hex 32\" prints";
    }

    key = keys->keys[keys->n];

    for (i = 0; i < MCP_STATE_KEY; i++) {
        n = ngx_hextoi(p + 2 * i, 2);

        if (n == NGX_ERROR) {
            return "not a key, expected 64 hexadecimal digits, as"
                   " \"openssl rand -hex 32\" prints";
        }

        key[i] = (u_char) n;
    }

    for (i = 0; i < keys->n; i++) {

        if (ngx_memcmp(keys->keys[i], key, MCP_STATE_KEY) == 0) {
            return "the same key again, remove one of them";
        }
    }

    keys->n++;

    return NULL;
}
