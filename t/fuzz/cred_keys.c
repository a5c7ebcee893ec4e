
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * A file of keys: what is read can be written and read again, with times of
 * another calendar; each key is found while it is valid and no other digest
 * is.  Scopes of a key are names that can be known, and what is known of them
 * is what the key has.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_cred.h>
#include <mcp_scope.h>
#include "fuzz.h"


static void keys_line(mcp_buf_t *b, const mcp_cred_t *key);
static void keys_time(mcp_buf_t *b, const char *name, time_t seconds);
static void keys_same(const mcp_cred_t *a, const mcp_cred_t *b);
static void keys_find(const mcp_creds_t *creds);
static void keys_scopes(ngx_pool_t *pool, const mcp_creds_t *creds);
static ngx_uint_t keys_is(const ngx_str_t *a, const ngx_str_t *b);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mcp_buf_t     b;
    ngx_int_t     rc;
    ngx_str_t     text;
    ngx_uint_t    i, line, lines;
    const char   *err;
    ngx_pool_t   *pool;
    mcp_creds_t   creds, again;

    pool = unit_pool();

    text.data = unit_copy(pool, data, size);
    text.len = size;
    lines = 1;

    for (i = 0; i < size; i++) {
        lines += (data[i] == LF);
    }

    err = NULL;
    rc = mcp_creds_parse(&creds, pool, &text, &err, &line);

    fuzz_assert(line <= lines);

    if (rc != NGX_OK) {
        fuzz_assert(rc == NGX_DECLINED && err && line > 0);
        ngx_destroy_pool(pool);
        return 0;
    }

    mcp_buf_init(&b, pool, 256);

    for (i = 0; i < creds.n; i++) {
        fuzz_assert(creds.keys[i].line > 0 && creds.keys[i].line <= line);
        fuzz_assert(i == 0 || memcmp(creds.keys[i - 1].digest,
                                     creds.keys[i].digest, MCP_CRED_ORDER)
                              < 0);

        keys_line(&b, &creds.keys[i]);
    }

    fuzz_assert(mcp_buf_done(&b, &text) == NGX_OK);
    fuzz_assert(mcp_creds_parse(&again, pool, &text, &err, &line) == NGX_OK);
    fuzz_assert(again.n == creds.n && line == creds.n);

    for (i = 0; i < creds.n; i++) {
        keys_same(&creds.keys[i], &again.keys[i]);
    }

    keys_find(&creds);
    keys_scopes(pool, &creds);

    ngx_destroy_pool(pool);

    return 0;
}


static void
keys_line(mcp_buf_t *b, const mcp_cred_t *key)
{
    size_t       k;
    u_char       hex[2 * MCP_CRED_DIGEST];
    ngx_str_t   *tool;
    ngx_uint_t   i;

    (void) ngx_hex_dump(hex, (u_char *) key->digest, MCP_CRED_DIGEST);

    mcp_buf_add(b, hex, sizeof(hex));
    mcp_buf_char(b, ' ');
    mcp_buf_str(b, &key->name);
    mcp_buf_char(b, ' ');

    if (key->scope.len == 0) {
        mcp_buf_char(b, '-');
    }

    for (k = 0; k < key->scope.len; k++) {
        mcp_buf_char(b, key->scope.data[k] == ' ' ? ',' : key->scope.data[k]);
    }

    keys_time(b, " expires=", key->expires);
    keys_time(b, " not_before=", key->not_before);

    if (key->tools) {
        tool = key->tools->elts;

        for (i = 0; i < key->tools->nelts; i++) {

            if (i) {
                mcp_buf_char(b, ',');

            } else {
                mcp_buf_lit(b, " tools=");
            }

            mcp_buf_str(b, &tool[i]);
        }
    }

    mcp_buf_char(b, LF);
}


static void
keys_time(mcp_buf_t *b, const char *name, time_t seconds)
{
    char        text[64];
    struct tm   tm;

    if (seconds == 0) {
        return;
    }

    fuzz_assert(seconds > 0 && gmtime_r(&seconds, &tm) != NULL);
    fuzz_assert(timegm(&tm) == seconds);

    mcp_buf_add(b, name, strlen(name));
    mcp_buf_add(b, text, strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ",
                                  &tm));
}


static void
keys_same(const mcp_cred_t *a, const mcp_cred_t *b)
{
    ngx_str_t   *one, *two;
    ngx_uint_t   i;

    fuzz_assert(memcmp(a->digest, b->digest, MCP_CRED_DIGEST) == 0);
    fuzz_assert(keys_is(&a->name, &b->name) && keys_is(&a->scope, &b->scope));
    fuzz_assert(a->expires == b->expires && a->not_before == b->not_before);
    fuzz_assert((a->tools == NULL) == (b->tools == NULL));

    if (a->tools == NULL) {
        return;
    }

    fuzz_assert(a->tools->nelts == b->tools->nelts && a->tools->nelts > 0);

    one = a->tools->elts;
    two = b->tools->elts;

    for (i = 0; i < a->tools->nelts; i++) {
        fuzz_assert(one[i].len > 0 && keys_is(&one[i], &two[i]));
    }
}


static void
keys_find(const mcp_creds_t *creds)
{
    ngx_uint_t         i, k, found;
    const mcp_cred_t  *key;
    u_char             digest[MCP_CRED_DIGEST];

    for (i = 0; i < creds->n; i++) {
        key = &creds->keys[i];

        fuzz_assert(mcp_creds_find(creds, key->digest, key->not_before)
                    == key);
        fuzz_assert(key->not_before == 0
                    || mcp_creds_find(creds, key->digest, key->not_before - 1)
                       == NULL);
        fuzz_assert(key->expires == 0
                    || mcp_creds_find(creds, key->digest, key->expires)
                       == NULL);
        fuzz_assert(key->expires == 0
                    || mcp_creds_find(creds, key->digest, key->expires - 1)
                       == key);

        ngx_memcpy(digest, key->digest, MCP_CRED_DIGEST);
        digest[(key->line * 7) % MCP_CRED_DIGEST] ^= 1 << key->line % 8;

        found = 0;

        for (k = 0; k < creds->n; k++) {
            found |= (memcmp(creds->keys[k].digest, digest, MCP_CRED_DIGEST)
                      == 0);
        }

        fuzz_assert(found || mcp_creds_find(creds, digest, 1) == NULL);
    }
}


static void
keys_scopes(ngx_pool_t *pool, const mcp_creds_t *creds)
{
    u_char           *p, *last;
    mcp_buf_t         b;
    ngx_str_t         name, text;
    ngx_uint_t        i;
    const char       *err;
    mcp_scopes_t      scopes;
    mcp_scope_set_t   set, read;

    fuzz_assert(mcp_scopes_init(&scopes, pool) == NGX_OK);

    for (i = 0; i < creds->n; i++) {
        ngx_memzero(&set, sizeof(mcp_scope_set_t));

        if (creds->keys[i].scope.len == 0) {
            continue;
        }

        p = creds->keys[i].scope.data;
        last = p + creds->keys[i].scope.len;

        for ( ;; ) {
            name.data = p;

            while (p < last && *p != ' ') {
                p++;
            }

            name.len = p - name.data;

            fuzz_assert(mcp_scope_check(&name) == NULL);

            if (mcp_scope_add(&scopes, &name, &set, &err) != NGX_OK) {
                fuzz_assert(scopes.names.nelts == MCP_SCOPES_MAX);
            }

            if (p++ == last) {
                break;
            }
        }

        mcp_scope_read(&scopes, &creds->keys[i].scope, &read);
        fuzz_assert(memcmp(&set, &read, sizeof(mcp_scope_set_t)) == 0);

        mcp_buf_init(&b, pool, 64);
        mcp_scope_write(&b, &scopes, &set);
        fuzz_assert(mcp_buf_done(&b, &text) == NGX_OK);

        mcp_scope_read(&scopes, &text, &read);
        fuzz_assert(memcmp(&set, &read, sizeof(mcp_scope_set_t)) == 0);
    }
}


static ngx_uint_t
keys_is(const ngx_str_t *a, const ngx_str_t *b)
{
    return a->len == b->len
           && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}
