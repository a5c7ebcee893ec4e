
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * The functions of SHA-256 itself neither allocate nor fail; those of EVP do,
 * and mcp_key() has nobody to tell.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <ngx_config.h>
#include <ngx_core.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <mcp_state.h>


#define MCP_STATE_FORMAT    1

#define MCP_STATE_MAC       SHA256_DIGEST_LENGTH
#define MCP_STATE_HEAD      (1 + 1 + 8)
#define MCP_STATE_OVERHEAD  (MCP_STATE_HEAD + MCP_STATE_MAC)

/* nonce, version, capabilities */
#define MCP_SESSION_SIZE    (MCP_STATE_NONCE + 1 + 4)

#define MCP_HMAC_BLOCK      SHA256_CBLOCK


static void mcp_state_mac(const u_char *key, const mcp_state_bind_t *bind,
    const u_char *p, size_t len, u_char *mac);
static void mcp_state_part(SHA256_CTX *ctx, const u_char *p, size_t len);
static void mcp_hmac_init(SHA256_CTX *ctx, const u_char *key, u_char pad);
static u_char *mcp_state_put(u_char *p, uint64_t n, ngx_uint_t bytes);
static uint64_t mcp_state_get(const u_char *p, ngx_uint_t bytes);
static void mcp_session_bind(mcp_state_bind_t *bind,
    const ngx_str_t *principal);


ngx_int_t
mcp_state_seal(const mcp_state_keys_t *keys, ngx_pool_t *pool,
    const mcp_state_bind_t *bind, time_t expires, const ngx_str_t *payload,
    ngx_str_t *token)
{
    u_char     *p;
    ngx_str_t   raw;

    if (keys->n == 0
        || expires < 0
        || payload->len > MCP_STATE_MAX
        || ngx_base64_encoded_length(payload->len + MCP_STATE_OVERHEAD)
           > MCP_STATE_MAX)
    {
        return NGX_ERROR;
    }

    raw.len = payload->len + MCP_STATE_OVERHEAD;

    raw.data = ngx_pnalloc(pool, raw.len);
    if (raw.data == NULL) {
        return NGX_ERROR;
    }

    token->data = ngx_pnalloc(pool, ngx_base64_encoded_length(raw.len));
    if (token->data == NULL) {
        return NGX_ERROR;
    }

    p = raw.data;
    *p++ = MCP_STATE_FORMAT;
    *p++ = (u_char) bind->kind;
    p = mcp_state_put(p, (uint64_t) expires, 8);

    if (payload->len) {
        p = ngx_cpymem(p, payload->data, payload->len);
    }

    mcp_state_mac(keys->keys[0], bind, raw.data, raw.len - MCP_STATE_MAC, p);

    ngx_encode_base64url(token, &raw);

    return NGX_OK;
}


ngx_int_t
mcp_state_open(const mcp_state_keys_t *keys, ngx_pool_t *pool,
    const mcp_state_bind_t *bind, time_t now, const ngx_str_t *token,
    ngx_str_t *payload)
{
    size_t      len;
    ngx_int_t   valid;
    ngx_str_t   raw, text, sent;
    ngx_uint_t  i;

    if (token->len < (MCP_STATE_OVERHEAD * 4 + 2) / 3
        || token->len > MCP_STATE_MAX)
    {
        return NGX_DECLINED;
    }

    raw.data = ngx_pnalloc(pool, ngx_base64_decoded_length(token->len));
    if (raw.data == NULL) {
        return NGX_ERROR;
    }

    text.data = ngx_pnalloc(pool, ngx_base64_encoded_length(token->len));
    if (text.data == NULL) {
        return NGX_ERROR;
    }

    /*
     * nginx's decoder ends at "=" and takes bits that mean nothing; what such
     * a token is compared with is spelled otherwise
     */

    sent = *token;

    if (ngx_decode_base64url(&raw, &sent) != NGX_OK
        || raw.len < MCP_STATE_OVERHEAD
        || raw.data[0] != MCP_STATE_FORMAT
        || raw.data[1] != (u_char) bind->kind)
    {
        return NGX_DECLINED;
    }

    len = raw.len - MCP_STATE_MAC;
    valid = 0;

    for (i = 0; i < keys->n; i++) {
        mcp_state_mac(keys->keys[i], bind, raw.data, len, raw.data + len);
        ngx_encode_base64url(&text, &raw);

        valid |= (text.len == token->len
                  && CRYPTO_memcmp(text.data, token->data, text.len) == 0);
    }

    if (!valid || (uint64_t) now >= mcp_state_get(raw.data + 2, 8)) {
        return NGX_DECLINED;
    }

    payload->data = raw.data + MCP_STATE_HEAD;
    payload->len = len - MCP_STATE_HEAD;

    return NGX_OK;
}


/* HMAC (RFC 2104) of the bytes and of what they are bound to */

static void
mcp_state_mac(const u_char *key, const mcp_state_bind_t *bind,
    const u_char *p, size_t len, u_char *mac)
{
    SHA256_CTX  ctx;

    mcp_hmac_init(&ctx, key, 0x36);

    mcp_state_part(&ctx, p, len);
    mcp_state_part(&ctx, bind->principal.data, bind->principal.len);
    mcp_state_part(&ctx, bind->method.data, bind->method.len);
    mcp_state_part(&ctx, bind->name.data, bind->name.len);
    mcp_state_part(&ctx, bind->arguments, MCP_STATE_DIGEST);

    (void) SHA256_Final(mac, &ctx);

    mcp_hmac_init(&ctx, key, 0x5c);

    (void) SHA256_Update(&ctx, mac, MCP_STATE_MAC);
    (void) SHA256_Final(mac, &ctx);

    OPENSSL_cleanse(&ctx, sizeof(SHA256_CTX));
}


static void
mcp_state_part(SHA256_CTX *ctx, const u_char *p, size_t len)
{
    u_char  n[8];

    (void) mcp_state_put(n, len, 8);
    (void) SHA256_Update(ctx, n, 8);

    if (len) {
        (void) SHA256_Update(ctx, p, len);
    }
}


static void
mcp_hmac_init(SHA256_CTX *ctx, const u_char *key, u_char pad)
{
    u_char      block[MCP_HMAC_BLOCK];
    ngx_uint_t  i;

    ngx_memset(block, pad, MCP_HMAC_BLOCK);

    for (i = 0; i < MCP_STATE_KEY; i++) {
        block[i] ^= key[i];
    }

    (void) SHA256_Init(ctx);
    (void) SHA256_Update(ctx, block, MCP_HMAC_BLOCK);

    OPENSSL_cleanse(block, MCP_HMAC_BLOCK);
}


/* big endian */

static u_char *
mcp_state_put(u_char *p, uint64_t n, ngx_uint_t bytes)
{
    while (bytes--) {
        *p++ = (u_char) (n >> (8 * bytes));
    }

    return p;
}


static uint64_t
mcp_state_get(const u_char *p, ngx_uint_t bytes)
{
    uint64_t  n;

    n = 0;

    while (bytes--) {
        n = n << 8 | *p++;
    }

    return n;
}


ngx_int_t
mcp_session_seal(const mcp_state_keys_t *keys, ngx_pool_t *pool,
    const ngx_str_t *principal, const mcp_session_t *session,
    ngx_str_t *token)
{
    u_char            *p, buf[MCP_SESSION_SIZE];
    ngx_str_t          payload;
    mcp_state_bind_t   bind;

    p = ngx_cpymem(buf, session->nonce, MCP_STATE_NONCE);
    p = mcp_state_put(p, session->version, 1);
    (void) mcp_state_put(p, session->capabilities, 4);

    payload.data = buf;
    payload.len = MCP_SESSION_SIZE;

    mcp_session_bind(&bind, principal);

    return mcp_state_seal(keys, pool, &bind, session->expires, &payload,
                          token);
}


ngx_int_t
mcp_session_open(const mcp_state_keys_t *keys, ngx_pool_t *pool,
    const ngx_str_t *principal, time_t now, const ngx_str_t *token,
    mcp_session_t *session)
{
    u_char            *p;
    ngx_int_t          rc;
    ngx_str_t          payload;
    mcp_state_bind_t   bind;

    mcp_session_bind(&bind, principal);

    rc = mcp_state_open(keys, pool, &bind, now, token, &payload);

    if (rc != NGX_OK) {
        return rc;
    }

    if (payload.len != MCP_SESSION_SIZE) {
        return NGX_DECLINED;
    }

    p = payload.data;

    ngx_memcpy(session->nonce, p, MCP_STATE_NONCE);
    p += MCP_STATE_NONCE;

    session->version = (ngx_uint_t) mcp_state_get(p, 1);
    session->capabilities = (ngx_uint_t) mcp_state_get(p + 1, 4);

    /* the expiry stands right before the payload */
    session->expires = (time_t) mcp_state_get(payload.data - 8, 8);

    return NGX_OK;
}


static void
mcp_session_bind(mcp_state_bind_t *bind, const ngx_str_t *principal)
{
    ngx_memzero(bind, sizeof(mcp_state_bind_t));

    bind->kind = MCP_STATE_SESSION;
    bind->principal = *principal;
}


void
mcp_key(u_char *key, u_char kind, const ngx_str_t *a, const ngx_str_t *b)
{
    u_char      digest[SHA256_DIGEST_LENGTH];
    SHA256_CTX  ctx;

    (void) SHA256_Init(&ctx);
    (void) SHA256_Update(&ctx, &kind, 1);

    mcp_state_part(&ctx, a ? a->data : NULL, a ? a->len : 0);
    mcp_state_part(&ctx, b ? b->data : NULL, b ? b->len : 0);

    (void) SHA256_Final(digest, &ctx);

    ngx_memcpy(key, digest, MCP_KEY);
}
