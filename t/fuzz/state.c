
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * Tokens: nothing opens that was not sealed, what was sealed comes back, any
 * altered byte is refused, and what a token is bound to has to be the same.
 * Key files: what is read can be written and read again.  Digests: a value and
 * its compact print have the same.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_state.h>
#include "fuzz.h"


static void state_forged(ngx_pool_t *pool, ngx_str_t *input);
static void state_sealed(ngx_pool_t *pool, ngx_str_t *input);
static void state_session(ngx_pool_t *pool, ngx_str_t *input);
static void state_keys(ngx_pool_t *pool, ngx_str_t *input);
static void state_digest(ngx_pool_t *pool, ngx_str_t *input);


/* no fuzzer guesses it */
static const mcp_state_keys_t  state_secret = {
    2,
    { { 0x6a, 0x09, 0xe6, 0x67, 0xbb, 0x67, 0xae, 0x85,
        0x3c, 0x6e, 0xf3, 0x72, 0xa5, 0x4f, 0xf5, 0x3a },
      { 0x51, 0x0e, 0x52, 0x7f, 0x9b, 0x05, 0x68, 0x8c,
        0x1f, 0x83, 0xd9, 0xab, 0x5b, 0xe0, 0xcd, 0x19 } }
};


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_str_t    input;
    ngx_pool_t  *pool;

    pool = unit_pool();

    input.data = unit_copy(pool, data, size);
    input.len = size;

    state_forged(pool, &input);
    state_sealed(pool, &input);
    state_session(pool, &input);
    state_keys(pool, &input);
    state_digest(pool, &input);

    ngx_destroy_pool(pool);

    return 0;
}


static void
state_forged(ngx_pool_t *pool, ngx_str_t *input)
{
    ngx_str_t         payload, principal;
    mcp_session_t     session;
    mcp_state_bind_t  bind;

    ngx_memzero(&bind, sizeof(mcp_state_bind_t));
    ngx_str_null(&principal);

    bind.kind = MCP_STATE_REQUEST;

    fuzz_assert(mcp_state_open(&state_secret, pool, &bind, 0, input, &payload)
                == NGX_DECLINED);
    fuzz_assert(mcp_session_open(&state_secret, pool, &principal, 0, input,
                                 &session)
                == NGX_DECLINED);
}


/* the first two bytes say what is altered and how, the next where it is cut */

static void
state_sealed(ngx_pool_t *pool, ngx_str_t *input)
{
    size_t            n;
    ngx_str_t         payload, token, back;
    mcp_state_bind_t  bind;

    if (input->len < 3) {
        return;
    }

    n = ngx_min(input->data[2], input->len - 3);

    ngx_memzero(&bind, sizeof(mcp_state_bind_t));
    bind.kind = MCP_STATE_REQUEST;
    bind.principal.data = input->data + 3;
    bind.principal.len = n;
    bind.name.data = input->data + 3 + n;
    bind.name.len = input->len - 3 - n;

    payload = *input;

    fuzz_assert(mcp_state_seal(&state_secret, pool, &bind, 1, &payload, &token)
                == NGX_OK);
    fuzz_assert(mcp_state_open(&state_secret, pool, &bind, 0, &token, &back)
                == NGX_OK);
    fuzz_assert(back.len == payload.len
                && memcmp(back.data, payload.data, back.len) == 0);
    fuzz_assert(mcp_state_open(&state_secret, pool, &bind, 1, &token, &back)
                == NGX_DECLINED);

    if (bind.name.len) {
        bind.principal.len++;
        bind.name.data++;
        bind.name.len--;

        fuzz_assert(mcp_state_open(&state_secret, pool, &bind, 0, &token,
                                   &back)
                    == NGX_DECLINED);

        bind.principal.len--;
        bind.name.data--;
        bind.name.len++;
    }

    n = (input->data[0] * 257) % token.len;

    if (input->data[1]) {
        token.data[n] ^= input->data[1];

    } else {
        token.len = n;
    }

    fuzz_assert(mcp_state_open(&state_secret, pool, &bind, 0, &token, &back)
                == NGX_DECLINED);
}


static void
state_session(ngx_pool_t *pool, ngx_str_t *input)
{
    ngx_str_t       token, principal;
    mcp_session_t   session, back;

    if (input->len < MCP_STATE_NONCE + 5) {
        return;
    }

    principal = *input;

    ngx_memcpy(session.nonce, input->data, MCP_STATE_NONCE);
    session.version = input->data[MCP_STATE_NONCE];
    session.capabilities = ((ngx_uint_t) input->data[MCP_STATE_NONCE + 1] << 24)
                           + input->data[MCP_STATE_NONCE + 2];
    session.expires = 1 + ((time_t) input->data[MCP_STATE_NONCE + 3] << 32)
                      + input->data[MCP_STATE_NONCE + 4];

    fuzz_assert(mcp_session_seal(&state_secret, pool, &principal, &session,
                                 &token)
                == NGX_OK);
    fuzz_assert(mcp_session_open(&state_secret, pool, &principal,
                                 session.expires - 1, &token, &back)
                == NGX_OK);
    fuzz_assert(memcmp(back.nonce, session.nonce, MCP_STATE_NONCE) == 0
                && back.version == session.version
                && back.capabilities == session.capabilities
                && back.expires == session.expires);
    fuzz_assert(mcp_session_open(&state_secret, pool, &principal,
                                 session.expires, &token, &back)
                == NGX_DECLINED);

    principal.len--;

    fuzz_assert(mcp_session_open(&state_secret, pool, &principal, 0, &token,
                                 &back)
                == NGX_DECLINED);
}


static void
state_keys(ngx_pool_t *pool, ngx_str_t *input)
{
    u_char            *p;
    ngx_str_t          text;
    ngx_int_t          rc;
    ngx_uint_t         i, line, lines;
    const char        *err;
    mcp_state_keys_t   keys, again;

    lines = 1;

    for (i = 0; i < input->len; i++) {
        lines += (input->data[i] == LF);
    }

    err = NULL;
    rc = mcp_state_parse_keys(input, &keys, &err, &line);

    fuzz_assert(line <= lines);
    fuzz_assert(keys.n <= MCP_STATE_KEYS_MAX);

    if (rc != NGX_OK) {
        fuzz_assert(rc == NGX_DECLINED && err);
        return;
    }

    fuzz_assert(keys.n > 0);

    text.len = keys.n * (2 * MCP_STATE_KEY + 1);
    text.data = ngx_pnalloc(pool, text.len);

    p = text.data;

    for (i = 0; i < keys.n; i++) {
        p = ngx_hex_dump(p, keys.keys[i], MCP_STATE_KEY);
        *p++ = LF;
    }

    fuzz_assert(mcp_state_parse_keys(&text, &again, &err, &line) == NGX_OK);
    fuzz_assert(again.n == keys.n && line == keys.n);
    fuzz_assert(memcmp(again.keys, keys.keys, keys.n * MCP_STATE_KEY) == 0);
}


static void
state_digest(ngx_pool_t *pool, ngx_str_t *input)
{
    cJSON           *root;
    u_char           a[MCP_STATE_DIGEST], b[MCP_STATE_DIGEST];
    mcp_buf_t        buf;
    ngx_str_t        text;
    mcp_json_doc_t   doc, again;

    if (mcp_json_scan(&doc, pool, input->data, input->len) != NGX_OK) {
        return;
    }

    fuzz_assert(mcp_state_digest(&doc, doc.tokens, a) == NGX_OK);

    root = mcp_json_tree(&doc, doc.tokens, pool);
    fuzz_assert(root != NULL);

    mcp_buf_init(&buf, pool, 0);
    fuzz_assert(mcp_json_print(&buf, root) == NGX_OK);
    fuzz_assert(mcp_buf_done(&buf, &text) == NGX_OK);

    fuzz_assert(mcp_json_scan(&again, pool, text.data, text.len) == NGX_OK);
    fuzz_assert(mcp_state_digest(&again, again.tokens, b) == NGX_OK);
    fuzz_assert(memcmp(a, b, MCP_STATE_DIGEST) == 0);
}
