
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* credentials of headers, digests, keys and when they are valid, patterns */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_cred.h>
#include "unit.h"


typedef struct {
    const char   *header;
    ngx_int_t     rc;
    const char   *token;
} cred_bearer_t;


typedef struct {
    const char   *header;
    ngx_int_t     rc;
} cred_key_t;


typedef struct {
    const char   *token;
    const char   *hex;
} cred_digest_t;


typedef struct {
    time_t        not_before;
    time_t        expires;
    time_t        now;
    ngx_uint_t    valid;
} cred_time_t;


typedef struct {
    const char   *pattern;
    const char   *name;
    ngx_uint_t    match;
} cred_pattern_t;


static void cred_test_bearer(void);
static void cred_test_bytes(void);
static void cred_test_length(void);
static void cred_test_digest(void);
static void cred_test_find(void);
static void cred_test_pattern(void);
static void cred_test_pattern_time(void);
static ngx_str_t cred_copy(ngx_pool_t *pool, const char *text);


static cred_bearer_t  cred_bearer[] = {
    { "Bearer abc", NGX_OK, "abc" },
    { "bearer abc", NGX_OK, "abc" },
    { "BEARER abc", NGX_OK, "abc" },
    { "bEaReR   abc", NGX_OK, "abc" },
    { "Bearer mcp_Az09-._~+/=", NGX_OK, "mcp_Az09-._~+/=" },
    { "Bearer a.b.c", NGX_OK, "a.b.c" },
    { "Bearer Bearer", NGX_OK, "Bearer" },

    { "", NGX_DECLINED, NULL },
    { "Beare", NGX_DECLINED, NULL },
    { "Basic YTpi", NGX_DECLINED, NULL },
    { "Bearerabc", NGX_DECLINED, NULL },
    { "Bearer2 abc", NGX_DECLINED, NULL },
    { "Bearer=abc", NGX_DECLINED, NULL },
    { "Bearer\tabc", NGX_DECLINED, NULL },
    { " Bearer abc", NGX_DECLINED, NULL },
    { "Token abc", NGX_DECLINED, NULL },
    { "abc", NGX_DECLINED, NULL },

    { "Bearer", NGX_ABORT, NULL },
    { "Bearer ", NGX_ABORT, NULL },
    { "Bearer    ", NGX_ABORT, NULL },
    { "Bearer a b", NGX_ABORT, NULL },
    { "Bearer a ", NGX_ABORT, NULL },
    { "Bearer a,", NGX_ABORT, NULL },
    { "Bearer a, Bearer b", NGX_ABORT, NULL },
    { "Bearer \"a\"", NGX_ABORT, NULL },
    { "Bearer realm=\"a\"", NGX_ABORT, NULL },
    { "Bearer \ta", NGX_ABORT, NULL },
    { "Bearer a\xc3\xa4", NGX_ABORT, NULL },
    { "Bearer a\r\nX: b", NGX_ABORT, NULL },
    { "Bearer a\x7f", NGX_ABORT, NULL },

    { NULL, 0, NULL }
};


/* FIPS 180-4, and RFC 6234, section 8.5 */

static cred_digest_t  cred_digests[] = {
    { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { "abc",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    { NULL, NULL }
};


static cred_time_t  cred_times[] = {
    { 0, 0, 1, 1 },
    { 0, 0, 4000000000LL, 1 },
    { 100, 0, 99, 0 },
    { 100, 0, 100, 1 },
    { 100, 0, 101, 1 },
    { 0, 100, 99, 1 },
    { 0, 100, 100, 0 },
    { 0, 100, 101, 0 },
    { 50, 100, 49, 0 },
    { 50, 100, 50, 1 },
    { 50, 100, 99, 1 },
    { 50, 100, 100, 0 },
    { 0, 0, 0, 0 }
};


static cred_pattern_t  cred_patterns[] = {
    { "add", "add", 1 },
    { "add", "adds", 0 },
    { "add", "ad", 0 },
    { "add", "Add", 0 },
    { "add", "", 0 },
    { "", "", 1 },
    { "", "a", 0 },
    { "*", "", 1 },
    { "*", "anything", 1 },
    { "**", "", 1 },
    { "get_*", "get_", 1 },
    { "get_*", "get_forecast", 1 },
    { "get_*", "get", 0 },
    { "get_*", "forget_it", 0 },
    { "*_read", "file_read", 1 },
    { "*_read", "file_read_all", 0 },
    { "*_read", "_read", 1 },
    { "a*b*c", "abc", 1 },
    { "a*b*c", "a1b2c", 1 },
    { "a*b*c", "abcbc", 1 },
    { "a*b*c", "abcb", 0 },
    { "a*b*c", "acb", 0 },
    { "*a*", "bab", 1 },
    { "*a*", "bbb", 0 },
    { "*ab", "aab", 1 },
    { "*aab", "aaab", 1 },
    { "*abab*", "abaabab", 1 },
    { "a**b", "ab", 1 },
    { "a*", "*", 0 },
    { "a?", "ab", 0 },
    { "a.", "ab", 0 },
    { "[a]", "a", 0 },
    { NULL, NULL, 0 }
};


int
main(void)
{
    cred_test_bearer();
    cred_test_bytes();
    cred_test_length();
    cred_test_digest();
    cred_test_find();
    cred_test_pattern();
    cred_test_pattern_time();

    return unit_done();
}


static void
cred_test_bearer(void)
{
    ngx_int_t       rc;
    ngx_str_t       header, token, expected;
    ngx_pool_t     *pool;
    cred_bearer_t  *row;

    pool = unit_pool();

    for (row = cred_bearer; row->header; row++) {
        header = cred_copy(pool, row->header);
        ngx_str_null(&token);

        rc = mcp_cred_bearer(&header, &token);

        unit_is_int(rc, row->rc, "Authorization: %s",
                    unit_show(header.data, header.len));

        if (rc == NGX_OK && row->token) {
            expected = cred_copy(pool, row->token);
            unit_is(&token, &expected, "its token");

            unit_is_int(mcp_cred_key(&token), NGX_OK,
                        "X-API-Key may have it too");
        }
    }

    ngx_destroy_pool(pool);
}


/* what is allowed, of all 256: RFC 6750, section 2.1 */

static void
cred_test_bytes(void)
{
    u_char       c[3];
    ngx_str_t    s, token;
    ngx_uint_t   i, ok, bad;
    u_char       text[sizeof("Bearer aXa") - 1];

    static const char  allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        "-._~+/=";

    bad = 0;
    ngx_memcpy(text, "Bearer aXa", sizeof(text));

    for (i = 0; i < 256; i++) {
        ok = (memchr(allowed, (int) i, sizeof(allowed) - 1) != NULL);

        c[0] = 'a';
        c[1] = (u_char) i;
        c[2] = 'a';

        s.data = c;
        s.len = 3;

        bad += (mcp_cred_key(&s) != (ok ? NGX_OK : NGX_ABORT));

        text[sizeof(text) - 2] = (u_char) i;
        s.data = text;
        s.len = sizeof(text);

        bad += (mcp_cred_bearer(&s, &token) != (ok ? NGX_OK : NGX_ABORT));
    }

    unit_is_int(bad, 0, "the bytes of a token");
}


static void
cred_test_length(void)
{
    size_t       n;
    ngx_str_t    s, token;
    ngx_pool_t  *pool;

    pool = unit_pool();

    n = sizeof("Bearer ") - 1;

    s.len = n + MCP_CRED_TOKEN_MAX;
    s.data = ngx_pnalloc(pool, s.len + 1);

    ngx_memset(s.data, 'a', s.len + 1);
    ngx_memcpy(s.data, "Bearer ", n);

    unit_is_int(mcp_cred_bearer(&s, &token), NGX_OK, "the longest token");
    unit_is_int(token.len, MCP_CRED_TOKEN_MAX, "all of it");
    unit_is_int(mcp_cred_key(&token), NGX_OK, "the longest key");

    s.len++;
    unit_is_int(mcp_cred_bearer(&s, &token), NGX_ABORT, "one byte more");

    s.data += n;
    s.len -= n;
    unit_is_int(mcp_cred_key(&s), NGX_ABORT, "of a key too");

    s.len = 0;
    unit_is_int(mcp_cred_key(&s), NGX_ABORT, "no byte at all");

    ngx_destroy_pool(pool);
}


static void
cred_test_digest(void)
{
    u_char          digest[MCP_CRED_DIGEST], hex[2 * MCP_CRED_DIGEST];
    ngx_str_t       token, got, expected;
    ngx_uint_t      allocs;
    ngx_pool_t     *pool;
    cred_digest_t  *row;

    pool = unit_pool();

    for (row = cred_digests; row->token; row++) {
        token = cred_copy(pool, row->token);
        allocs = unit_allocs;

        mcp_cred_digest(&token, digest);

        unit_is_int(unit_allocs - allocs, 0, "no memory is needed");

        got.data = hex;
        got.len = ngx_hex_dump(hex, digest, MCP_CRED_DIGEST) - hex;
        expected = cred_copy(pool, row->hex);

        unit_is(&got, &expected, "digest of \"%s\"", row->token);
    }

    ngx_destroy_pool(pool);
}


static void
cred_test_find(void)
{
    mcp_cred_t         key;
    cred_time_t       *row;
    mcp_creds_t        creds;
    const mcp_cred_t  *found;

    ngx_memzero(&key, sizeof(mcp_cred_t));
    ngx_memset(key.digest, 0x5a, MCP_CRED_DIGEST);

    creds.n = 0;
    creds.keys = NULL;

    unit_ok(mcp_creds_find(&creds, key.digest, 1) == NULL, "of no keys");

    creds.n = 1;
    creds.keys = &key;

    for (row = cred_times; row->now; row++) {
        key.not_before = row->not_before;
        key.expires = row->expires;

        found = mcp_creds_find(&creds, key.digest, row->now);

        unit_ok(found == (row->valid ? &key : NULL),
                "from %ld until %ld, at %ld: %s", (long) row->not_before,
                (long) row->expires, (long) row->now,
                row->valid ? "valid" : "not valid");
    }
}


static void
cred_test_pattern(void)
{
    ngx_str_t        pattern, name;
    ngx_pool_t      *pool;
    cred_pattern_t  *row;

    pool = unit_pool();

    for (row = cred_patterns; row->pattern; row++) {
        pattern = cred_copy(pool, row->pattern);
        name = cred_copy(pool, row->name);

        unit_is_int(mcp_pattern_match(&pattern, &name), row->match,
                    "\"%s\" and \"%s\"", row->pattern, row->name);
    }

    ngx_destroy_pool(pool);
}


/* a search that tried all ways would not come back */

static void
cred_test_pattern_time(void)
{
    ngx_uint_t   i;
    u_char       text[64], stars[128];
    ngx_str_t    name, pattern;

    ngx_memset(text, 'a', sizeof(text));

    for (i = 0; i < sizeof(stars); i += 2) {
        stars[i] = '*';
        stars[i + 1] = 'a';
    }

    name.data = text;
    name.len = sizeof(text);
    pattern.data = stars;
    pattern.len = sizeof(stars);

    unit_is_int(mcp_pattern_match(&pattern, &name), 1, "64 stars");

    stars[sizeof(stars) - 1] = 'b';
    unit_is_int(mcp_pattern_match(&pattern, &name), 0, "in vain");
}


static ngx_str_t
cred_copy(ngx_pool_t *pool, const char *text)
{
    ngx_str_t  s;

    s.len = strlen(text);
    s.data = unit_copy(pool, text, s.len);

    return s;
}
