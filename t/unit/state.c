
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_state: key files, tokens, sessions, digests of JSON, keys of the zone */


#include <ngx_config.h>
#include <ngx_core.h>
#include <openssl/hmac.h>
#include <mcp_state.h>
#include "unit.h"


#define STATE_A  "000102030405060708090a0b0c0d0e0f"                           \
                 "101112131415161718191a1b1c1d1e1f"
#define STATE_B  "F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF"                           \
                 "f0f1f2f3f4f5f6f7f8f9fafbfcfdfef0"
#define STATE_Z  "00000000000000000000000000000000"                           \
                 "00000000000000000000000000000000"


typedef struct {
    const char  *text;
    ngx_int_t    n;                  /* keys, or -1 */
    ngx_uint_t   line;
    const char  *err;                /* the beginning */
} state_keys_t;


typedef struct {
    const char  *a;
    const char  *b;
    ngx_uint_t   same;
} state_json_t;


typedef struct {
    const char  *kind;
    const char  *a;
    const char  *b;
} state_key_t;


static state_keys_t  state_keys[] = {
    { STATE_A, 1, 1, NULL },
    { STATE_A "\n", 1, 1, NULL },
    { "# new\n" STATE_B "\n\n#old\n" STATE_A "\n", 2, 5, NULL },
    { STATE_A "\r\n" STATE_B " \t\r\n\r\n", 2, 3, NULL },
    { "#\n" STATE_Z, 1, 2, NULL },
    { "", -1, 0, "no key" },
    { "\n\n", -1, 2, "no key" },
    { "# only this", -1, 1, "no key" },
    { STATE_A "\n" STATE_B "\n" STATE_A "\n", -1, 3, "the same key" },
    { STATE_A "\n\n0" STATE_B, -1, 3, "not a key" },
    { " " STATE_A, -1, 1, "not a key" },
    { STATE_A STATE_B, -1, 1, "not a key" },
    { "00", -1, 1, "not a key" },
    { "g0" STATE_A, -1, 1, "not a key" },
    { "g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
      -1, 1, "not a key" },
    { "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1\xc3",
      -1, 1, "not a key" },
    { NULL, 0, 0, NULL }
};


static state_json_t  state_json[] = {
    { "{}", " { } ", 1 },
    { "{\"a\":1,\"b\":[1,2]}", "{ \"b\" : [ 1 , 2 ] ,\n\"a\":1}", 1 },
    { "{\"a\":1,\"aa\":2,\"b\":3}", "{\"b\":3,\"aa\":2,\"a\":1}", 1 },
    { "{\"a\":{\"x\":1,\"y\":{}}}", "{\"\\u0061\":{\"y\":{},\"x\":1}}", 1 },
    { "\"\\u00e4/\\n\"", "\"\xc3\xa4\\/\\u000A\"", 1 },
    { "[{\"a\":1,\"b\":2},{\"a\":1}]", "[{\"b\":2,\"a\":1},{\"a\":1}]", 1 },
    { "[1,2]", "[2,1]", 0 },
    { "[1,2]", "[12]", 0 },
    { "[]", "{}", 0 },
    { "[[]]", "[]", 0 },
    { "[[],[]]", "[[[]]]", 0 },
    { "[[1],2]", "[[1,2]]", 0 },
    { "null", "false", 0 },
    { "null", "\"null\"", 0 },
    { "null", "{}", 0 },
    { "1", "\"1\"", 0 },
    { "1", "1.0", 0 },
    { "true", "1", 0 },
    { "\"a\"", "\"A\"", 0 },
    { "[\"a\",\"b\"]", "[\"ab\",\"\"]", 0 },
    { "{\"a\":\"b\"}", "[\"a\",\"b\"]", 0 },
    { "{\"a\":1,\"b\":2}", "{\"a\":2,\"b\":1}", 0 },
    { "{\"a\":1}", "{\"a\":1,\"b\":2}", 0 },
    { "{\"a\":{\"b\":1}}", "{\"a\":{},\"b\":1}", 0 },
    { NULL, NULL, 0 }
};


/* none is the key of another */

static state_key_t  state_zone[] = {
    { "l", NULL, NULL },
    { "l", "0", NULL },
    { "r", "0", NULL },
    { "u", "a", "bc" },
    { "u", "ab", "c" },
    { "u", "abc", NULL },
    { "u", NULL, "abc" },
    { NULL, NULL, NULL }
};


static void state_test_keys(void);
static void state_test_token(void);
static void state_test_bind(void);
static void state_test_rotation(void);
static void state_test_spelling(void);
static void state_test_limits(void);
static void state_test_session(void);
static void state_test_json(void);
static void state_test_zone(void);
static void state_test_memory(void);
static void state_digest(ngx_pool_t *pool, const char *text, u_char *digest);
static ngx_str_t state_str(const char *text);
static mcp_state_keys_t *state_make_keys(const char *text);
static mcp_state_bind_t state_bind(void);


int
main(int argc, char **argv)
{
    state_test_keys();
    state_test_token();
    state_test_bind();
    state_test_rotation();
    state_test_spelling();
    state_test_limits();
    state_test_session();
    state_test_json();
    state_test_zone();
    state_test_memory();

    return unit_done();
}


static void
state_test_keys(void)
{
    u_char             expected[MCP_STATE_KEY];
    ngx_int_t          rc;
    ngx_str_t          text;
    ngx_uint_t         i, line;
    ngx_pool_t        *pool;
    const char        *err;
    state_keys_t      *row;
    mcp_state_keys_t   keys;

    pool = unit_pool();

    for (row = state_keys; row->text; row++) {
        text.len = strlen(row->text);
        text.data = unit_copy(pool, row->text, text.len);
        err = NULL;

        rc = mcp_state_parse_keys(&text, &keys, &err, &line);

        unit_is_int(rc, row->n < 0 ? NGX_DECLINED : NGX_OK, "keys \"%s\"",
                    unit_show(text.data, text.len));
        unit_is_int(line, row->line, "its line");

        if (row->n < 0) {
            unit_ok(err && strncmp(err, row->err, strlen(row->err)) == 0,
                    "says \"%s\"", row->err);

        } else {
            unit_is_int(keys.n, row->n, "so many");
        }
    }

    text.data = ngx_pnalloc(pool, 17 * 65);
    text.len = 17 * 65;

    for (i = 0; i < 17; i++) {
        ngx_memset(text.data + 65 * i, (int) ('0' + i % 10), 64);
        text.data[65 * i + 1] = (u_char) ('0' + i / 10);
        text.data[65 * i + 64] = LF;
    }

    unit_is_int(mcp_state_parse_keys(&text, &keys, &err, &line), NGX_DECLINED,
                "17 keys");
    unit_is_int(line, 17, "are one too many");

    text.len = 16 * 65;
    unit_is_int(mcp_state_parse_keys(&text, &keys, &err, &line), NGX_OK,
                "16 keys");

    for (i = 0; i < MCP_STATE_KEY; i++) {
        expected[i] = (u_char) i;
    }

    unit_ok(memcmp(state_make_keys(STATE_A)->keys[0], expected, MCP_STATE_KEY)
            == 0, "the bytes of a key");

    ngx_destroy_pool(pool);
}


/* what it says in mcp_state.h, with libcrypto's own HMAC */

static void
state_test_token(void)
{
    u_char             *p, *start, mac[MCP_STATE_DIGEST], raw[256];
    unsigned            len;
    ngx_int_t           rc;
    ngx_str_t           payload, token, expected, s;
    ngx_uint_t          i;
    ngx_pool_t         *pool;
    mcp_state_bind_t    bind;
    mcp_state_keys_t   *keys;

    static const u_char  head[] = { 1, 'r', 0, 0, 0, 0, 0x12, 0x34, 0x56,
                                    0x78 };

    pool = unit_pool();
    keys = state_make_keys(STATE_A);
    bind = state_bind();
    payload = state_str("{\"answers\":{}}");

    rc = mcp_state_seal(keys, pool, &bind, 0x12345678, &payload, &token);
    unit_is_int(rc, NGX_OK, "a token");

    start = ngx_pnalloc(pool, 1024);
    p = start;

#define state_length(n)                                                      \
    ngx_memzero(p, 7);                                                       \
    p[7] = (u_char) (n);                                                     \
    p += 8

    state_length(10 + payload.len);
    p = ngx_cpymem(p, head, 10);
    p = ngx_cpymem(p, payload.data, payload.len);

    for (i = 0; i < 3; i++) {
        s = i == 0 ? bind.principal : i == 1 ? bind.method : bind.name;
        state_length(s.len);
        p = ngx_cpymem(p, s.data, s.len);
    }

    state_length(MCP_STATE_DIGEST);
    p = ngx_cpymem(p, bind.arguments, MCP_STATE_DIGEST);

    len = 0;
    (void) HMAC(EVP_sha256(), keys->keys[0], MCP_STATE_KEY, start, p - start,
                mac, &len);
    unit_is_int(len, MCP_STATE_DIGEST, "HMAC()");

    s.data = raw;
    p = ngx_cpymem(raw, head, 10);
    p = ngx_cpymem(p, payload.data, payload.len);
    p = ngx_cpymem(p, mac, MCP_STATE_DIGEST);
    s.len = p - raw;

    expected.data = ngx_pnalloc(pool, ngx_base64_encoded_length(s.len));
    ngx_encode_base64url(&expected, &s);

    unit_is(&token, &expected, "is what the header says");

    rc = mcp_state_open(keys, pool, &bind, 0x12345677, &token, &s);
    unit_is_int(rc, NGX_OK, "opens before it expires");
    unit_is(&s, &payload, "its payload");

    rc = mcp_state_open(keys, pool, &bind, 0x12345678, &token, &s);
    unit_is_int(rc, NGX_DECLINED, "not when it does");

    rc = mcp_state_open(keys, pool, &bind, 0x7fffffff, &token, &s);
    unit_is_int(rc, NGX_DECLINED, "nor later");

    ngx_destroy_pool(pool);
}


static void
state_test_bind(void)
{
    ngx_str_t          payload, token, s;
    ngx_uint_t         i;
    ngx_pool_t        *pool;
    mcp_state_bind_t   bind, other;
    mcp_state_keys_t  *keys;

    static const char  *names[] = {
        "kind", "principal", "no principal", "method", "name", "no name",
        "arguments", "parts that run into each other"
    };

    pool = unit_pool();
    keys = state_make_keys(STATE_A);
    bind = state_bind();
    payload = state_str("");

    (void) mcp_state_seal(keys, pool, &bind, 100, &payload, &token);
    unit_is_int(mcp_state_open(keys, pool, &bind, 0, &token, &s), NGX_OK,
                "an empty payload");
    unit_is_int(s.len, 0, "is empty");

    for (i = 0; i < unit_nelts(names); i++) {
        other = bind;

        switch (i) {
        case 0: other.kind = MCP_STATE_SESSION; break;
        case 1: other.principal = state_str("Alice"); break;
        case 2: ngx_str_null(&other.principal); break;
        case 3: other.method = state_str("prompts/get"); break;
        case 4: other.name = state_str("boom"); break;
        case 5: ngx_str_null(&other.name); break;
        case 6: other.arguments[31] ^= 1; break;
        case 7: other.principal = state_str("alicet");
                other.method = state_str("ools/call"); break;
        }

        unit_is_int(mcp_state_open(keys, pool, &other, 0, &token, &s),
                    NGX_DECLINED, "another binding: %s", names[i]);
    }

    ngx_destroy_pool(pool);
}


static void
state_test_rotation(void)
{
    ngx_str_t          payload, token, s;
    ngx_pool_t        *pool;
    mcp_state_bind_t   bind;

    pool = unit_pool();
    bind = state_bind();
    payload = state_str("x");

    (void) mcp_state_seal(state_make_keys(STATE_A), pool, &bind, 100, &payload,
                          &token);

    unit_is_int(mcp_state_open(state_make_keys(STATE_B "\n" STATE_A), pool,
                               &bind, 0, &token, &s),
                NGX_OK, "an older key verifies");
    unit_is(&s, &payload, "its payload");
    unit_is_int(mcp_state_open(state_make_keys(STATE_A "\n" STATE_B), pool,
                               &bind, 0, &token, &s),
                NGX_OK, "a failed comparison after it does not matter");
    unit_is_int(mcp_state_open(state_make_keys(STATE_B "\n" STATE_Z), pool,
                               &bind, 0, &token, &s),
                NGX_DECLINED, "one that is gone does not");

    (void) mcp_state_seal(state_make_keys(STATE_B "\n" STATE_A), pool, &bind,
                          100, &payload, &token);
    unit_is_int(mcp_state_open(state_make_keys(STATE_B), pool, &bind, 0,
                               &token, &s),
                NGX_OK, "the first one signs");

    ngx_destroy_pool(pool);
}


/* there is one spelling of a token, and every bit of it counts */

static void
state_test_spelling(void)
{
    u_char            *p;
    ngx_str_t          payload, token, bad, s;
    ngx_uint_t         i, bit, opened;
    ngx_pool_t        *pool;
    mcp_state_bind_t   bind;
    mcp_state_keys_t  *keys;

    pool = unit_pool();
    keys = state_make_keys(STATE_A);
    bind = state_bind();

    /* 10 + n + 32 bytes: all three lengths of the last group */

    for (i = 0; i < 3; i++) {
        payload = state_str("abc");
        payload.len = 1 + i;

        (void) mcp_state_seal(keys, pool, &bind, 100, &payload, &token);

        bad.data = unit_copy(pool, token.data, token.len);
        bad.len = token.len;
        opened = 0;

        for (bit = 0; bit < 8 * bad.len; bit++) {
            bad.data[bit / 8] ^= (u_char) (1 << bit % 8);
            opened += (mcp_state_open(keys, pool, &bind, 0, &bad, &s)
                       != NGX_DECLINED);
            bad.data[bit / 8] ^= (u_char) (1 << bit % 8);
        }

        unit_is_int(opened, 0, "payload of %d: each bit counts", (int) i + 1);

        opened = 0;

        for (bad.len = 0; bad.len < token.len; bad.len++) {
            p = unit_copy(pool, token.data, bad.len);
            bad.data = p;
            opened += (mcp_state_open(keys, pool, &bind, 0, &bad, &s)
                       != NGX_DECLINED);
        }

        unit_is_int(opened, 0, "so does the end");

        for (bit = 0; bit < 5; bit++) {
            bad.data = ngx_pnalloc(pool, token.len + 2);
            ngx_memcpy(bad.data, token.data, token.len);
            bad.len = token.len + 1;
            bad.data[token.len] = "=A \n."[bit];
            bad.data[token.len + 1] = '=';

            unit_is_int(mcp_state_open(keys, pool, &bind, 0, &bad, &s),
                        NGX_DECLINED, "%s at the end",
                        unit_show(bad.data + token.len, 1));

            bad.len++;
            unit_is_int(mcp_state_open(keys, pool, &bind, 0, &bad, &s),
                        NGX_DECLINED, "and =");
        }
    }

    ngx_destroy_pool(pool);
}


static void
state_test_limits(void)
{
    ngx_str_t          payload, token, s;
    ngx_pool_t        *pool;
    mcp_state_bind_t   bind;
    mcp_state_keys_t  *keys, none;

    pool = unit_pool();
    keys = state_make_keys(STATE_A);
    bind = state_bind();

    payload.len = MCP_STATE_MAX;
    payload.data = ngx_pcalloc(pool, payload.len);

    unit_is_int(mcp_state_seal(keys, pool, &bind, 100, &payload, &token),
                NGX_ERROR, "a payload that is too large");

    payload.len = MCP_STATE_MAX / 4 * 3 - 42;
    unit_is_int(mcp_state_seal(keys, pool, &bind, 100, &payload, &token),
                NGX_OK, "the largest");
    unit_is_int(mcp_state_open(keys, pool, &bind, 0, &token, &s), NGX_OK,
                "opens");
    unit_is(&s, &payload, "its payload");

    payload.len++;
    unit_is_int(mcp_state_seal(keys, pool, &bind, 100, &payload, &token),
                NGX_ERROR, "one byte more");

    token.len = MCP_STATE_MAX + 1;
    token.data = ngx_pnalloc(pool, token.len);
    ngx_memset(token.data, 'A', token.len);
    unit_is_int(mcp_state_open(keys, pool, &bind, 0, &token, &s),
                NGX_DECLINED, "a token that is too large");

    payload = state_str("x");
    unit_is_int(mcp_state_seal(keys, pool, &bind, -1, &payload, &token),
                NGX_ERROR, "before time");

    ngx_memzero(&none, sizeof(mcp_state_keys_t));
    unit_is_int(mcp_state_seal(&none, pool, &bind, 100, &payload, &token),
                NGX_ERROR, "no key signs nothing");

    (void) mcp_state_seal(keys, pool, &bind, 100, &payload, &token);
    unit_is_int(mcp_state_open(&none, pool, &bind, 0, &token, &s),
                NGX_DECLINED, "and verifies nothing");

    ngx_destroy_pool(pool);
}


static void
state_test_session(void)
{
    u_char            *p;
    ngx_str_t          alice, bob, token, s;
    ngx_pool_t        *pool;
    mcp_session_t      session, got;
    mcp_state_bind_t   bind;
    mcp_state_keys_t  *keys;

    pool = unit_pool();
    keys = state_make_keys(STATE_A);
    alice = state_str("alice");
    bob = state_str("bob");

    ngx_memset(session.nonce, 0xa5, MCP_STATE_NONCE);
    session.version = 3;
    session.capabilities = 0x80000001;
    session.expires = 0x100000000;

    unit_is_int(mcp_session_seal(keys, pool, &alice, &session, &token),
                NGX_OK, "a session");

    for (p = token.data; p < token.data + token.len; p++) {
        if (*p < 0x21 || *p > 0x7e) {
            break;
        }
    }

    unit_ok(p == token.data + token.len, "visible ASCII");

    ngx_memzero(&got, sizeof(mcp_session_t));
    unit_is_int(mcp_session_open(keys, pool, &alice, 0xffffffff, &token, &got),
                NGX_OK, "opens");
    unit_ok(memcmp(&got, &session, sizeof(mcp_session_t)) == 0,
            "as it was");

    unit_is_int(mcp_session_open(keys, pool, &alice, 0x100000000, &token,
                                 &got),
                NGX_DECLINED, "until it expires");
    unit_is_int(mcp_session_open(keys, pool, &bob, 0, &token, &got),
                NGX_DECLINED, "of nobody else");

    ngx_memzero(&bind, sizeof(mcp_state_bind_t));
    bind.principal = alice;
    bind.kind = MCP_STATE_REQUEST;
    unit_is_int(mcp_state_open(keys, pool, &bind, 0, &token, &s),
                NGX_DECLINED, "is no request state");

    s = state_str("too short a session");
    bind.kind = MCP_STATE_SESSION;
    (void) mcp_state_seal(keys, pool, &bind, 100, &s, &token);
    unit_is_int(mcp_session_open(keys, pool, &alice, 0, &token, &got),
                NGX_DECLINED, "another payload");

    ngx_destroy_pool(pool);
}


static void
state_digest(ngx_pool_t *pool, const char *text, u_char *digest)
{
    mcp_json_doc_t  doc;

    if (mcp_json_scan(&doc, pool, (u_char *) text, strlen(text)) != NGX_OK
        || mcp_state_digest(&doc, doc.tokens, digest) != NGX_OK)
    {
        unit_ok(0, "digest of %s", text);
    }
}


static void
state_test_json(void)
{
    u_char         a[MCP_STATE_DIGEST], b[MCP_STATE_DIGEST];
    ngx_pool_t    *pool;
    state_json_t  *row;

    pool = unit_pool();

    for (row = state_json; row->a; row++) {
        state_digest(pool, row->a, a);
        state_digest(pool, row->b, b);

        unit_is_int(memcmp(a, b, MCP_STATE_DIGEST) == 0, row->same,
                    "%s and %s", row->a, row->b);
    }

    state_digest(pool, "{}", a);
    unit_is_int(mcp_state_digest(NULL, NULL, b), NGX_OK, "of nothing");
    unit_ok(memcmp(a, b, MCP_STATE_DIGEST) == 0, "is that of {}");

    ngx_destroy_pool(pool);
}


static void
state_test_zone(void)
{
    u_char        a[MCP_KEY], b[MCP_KEY];
    ngx_str_t     s[4];
    state_key_t  *row, *other;

    for (row = state_zone; row->kind; row++) {
        s[0] = state_str(row->a ? row->a : "");
        s[1] = state_str(row->b ? row->b : "");

        mcp_key(a, row->kind[0], row->a ? &s[0] : NULL,
                row->b ? &s[1] : NULL);

        for (other = state_zone; other->kind; other++) {
            s[2] = state_str(other->a ? other->a : "");
            s[3] = state_str(other->b ? other->b : "");

            mcp_key(b, other->kind[0], &s[2], &s[3]);

            unit_is_int(memcmp(a, b, MCP_KEY) == 0, row == other,
                        "key %d and key %d", (int) (row - state_zone),
                        (int) (other - state_zone));
        }
    }
}


static void
state_test_memory(void)
{
    u_char             digest[MCP_STATE_DIGEST];
    ngx_int_t          rc, i;
    ngx_str_t          payload, token, s;
    ngx_pool_t        *pool, *small;
    mcp_json_doc_t     doc;
    mcp_state_bind_t   bind;
    mcp_state_keys_t  *keys;

    static u_char  text[] = "{\"b\":\"\\n\",\"a\":{\"c\":1,\"d\":2}}";

    pool = unit_pool();
    keys = state_make_keys(STATE_A);
    bind = state_bind();
    payload = state_str("x");

    for (i = 0; /* void */ ; i++) {
        small = unit_pool();
        unit_fail_alloc(i);
        rc = mcp_state_seal(keys, small, &bind, 100, &payload, &token);
        unit_fail_alloc(-1);
        ngx_destroy_pool(small);

        if (rc != NGX_ERROR) {
            break;
        }
    }

    unit_is_int(rc, NGX_OK, "seal without memory, %d times", (int) i);
    unit_ok(i == 2, "is an error");

    (void) mcp_state_seal(keys, pool, &bind, 100, &payload, &token);

    for (i = 0; /* void */ ; i++) {
        small = unit_pool();
        unit_fail_alloc(i);
        rc = mcp_state_open(keys, small, &bind, 0, &token, &s);
        unit_fail_alloc(-1);
        ngx_destroy_pool(small);

        if (rc != NGX_ERROR) {
            break;
        }
    }

    unit_is_int(rc, NGX_OK, "open without memory, %d times", (int) i);
    unit_ok(i == 2, "is an error");

    (void) mcp_json_scan(&doc, pool, text, sizeof(text) - 1);

    for (i = 0; /* void */ ; i++) {
        doc.pool = unit_pool();
        unit_fail_alloc(i);
        rc = mcp_state_digest(&doc, doc.tokens, digest);
        unit_fail_alloc(-1);
        ngx_destroy_pool(doc.pool);

        if (rc != NGX_ERROR) {
            break;
        }
    }

    unit_is_int(rc, NGX_OK, "digest without memory, %d times", (int) i);
    unit_ok(i == 3, "is an error");

    ngx_destroy_pool(pool);
}


static ngx_str_t
state_str(const char *text)
{
    ngx_str_t  s;

    s.data = (u_char *) text;
    s.len = strlen(text);

    return s;
}


static mcp_state_keys_t *
state_make_keys(const char *text)
{
    ngx_str_t                s;
    ngx_uint_t               line;
    const char              *err;
    static ngx_uint_t        n;
    static mcp_state_keys_t  keys[4];

    n = (n + 1) % unit_nelts(keys);
    s = state_str(text);

    if (mcp_state_parse_keys(&s, &keys[n], &err, &line) != NGX_OK) {
        unit_ok(0, "keys: %s", err);
    }

    return &keys[n];
}


static mcp_state_bind_t
state_bind(void)
{
    ngx_uint_t        i;
    mcp_state_bind_t  bind;

    bind.kind = MCP_STATE_REQUEST;
    bind.principal = state_str("alice");
    bind.method = state_str("tools/call");
    bind.name = state_str("book");

    for (i = 0; i < MCP_STATE_DIGEST; i++) {
        bind.arguments[i] = (u_char) (7 * i);
    }

    return bind;
}
