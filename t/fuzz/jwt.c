
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * Tokens: what was not signed is not taken, a token that is taken apart has
 * one spelling, and whoever changes one byte of a signed one is refused.
 * Claims: what is accepted is plain and bounded, and expires when it says so.
 * Dates: the digits and the double agree.
 */


#include <mcp_jwt_key.h>
#include "fuzz.h"
#include "jwt.h"


static void jwt_forged(ngx_pool_t *pool, ngx_str_t *input,
    const mcp_jwt_keys_t *keys);
static void jwt_changed(ngx_pool_t *pool, ngx_str_t *input, EVP_PKEY *pkey,
    const mcp_jwt_keys_t *keys);
static void jwt_claimed(ngx_pool_t *pool, ngx_str_t *payload);
static void jwt_dated(ngx_pool_t *pool, ngx_str_t *input);


/* no fuzzer guesses it */
static const u_char  jwt_seed[32] = {
    0x6a, 0x09, 0xe6, 0x67, 0xbb, 0x67, 0xae, 0x85,
    0x3c, 0x6e, 0xf3, 0x72, 0xa5, 0x4f, 0xf5, 0x3a,
    0x51, 0x0e, 0x52, 0x7f, 0x9b, 0x05, 0x68, 0x8c,
    0x1f, 0x83, 0xd9, 0xab, 0x5b, 0xe0, 0xcd, 0x19
};


/* a token, or behind two bytes the claims of one, or a number */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    EVP_PKEY        *pkey;
    ngx_str_t        input, jwk[2];
    ngx_pool_t      *pool;
    mcp_jwt_keys_t   keys;

    pool = unit_pool();

    pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, jwt_seed, 32);
    fuzz_assert(pkey != NULL);

    jwk[0] = jwt_jwk(pool, pkey, ",\"kid\":\"a\"");
    jwk[1] = jwt_printf(pool, "{\"kty\":\"EC\",\"crv\":\"P-256\","
                        "\"x\":\"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY\","
                        "\"y\":\"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU\""
                        "}");
    jwt_load(&keys, pool, jwk, 2);

    input.data = unit_copy(pool, data, size);
    input.len = size;

    jwt_forged(pool, &input, &keys);
    jwt_dated(pool, &input);

    if (size > 2 && size < MCP_JWT_HEADER_MAX) {
        jwt_changed(pool, &input, pkey, &keys);

        input.data += 2;
        input.len -= 2;

        jwt_claimed(pool, &input);
    }

    EVP_PKEY_free(pkey);
    ngx_destroy_pool(pool);

    return 0;
}


static void
jwt_forged(ngx_pool_t *pool, ngx_str_t *input, const mcp_jwt_keys_t *keys)
{
    ngx_int_t    rc;
    ngx_str_t    payload, signature;
    mcp_jwt_t    jwt;
    const char  *err;

    err = NULL;
    rc = mcp_jwt_parse(&jwt, pool, input, &err);

    if (rc != NGX_OK) {
        fuzz_assert(rc == NGX_DECLINED && err);
        return;
    }

    fuzz_assert(input->len <= MCP_JWT_TOKEN_MAX);
    fuzz_assert(jwt.alg != 0);
    fuzz_assert(jwt.signed_part.data == input->data);

    payload = jwt_base64url(pool, jwt.payload.data, jwt.payload.len);
    signature = jwt_base64url(pool, jwt.signature.data, jwt.signature.len);

    fuzz_assert(jwt.signed_part.len + 1 + signature.len == input->len);
    fuzz_assert(memcmp(input->data + jwt.signed_part.len + 1, signature.data,
                       signature.len) == 0);
    fuzz_assert(payload.len < jwt.signed_part.len);
    fuzz_assert(memcmp(input->data + jwt.signed_part.len - payload.len,
                       payload.data, payload.len) == 0);

    fuzz_assert(mcp_jwt_verify(&jwt, keys, &err) != NGX_OK);
    fuzz_assert(ERR_peek_error() == 0);
}


/* the first two bytes say what is changed and how */

static void
jwt_changed(ngx_pool_t *pool, ngx_str_t *input, EVP_PKEY *pkey,
    const mcp_jwt_keys_t *keys)
{
    size_t       n;
    ngx_str_t    text, header, payload, token;
    mcp_jwt_t    jwt;
    const char  *err;

    text = jwt_text("{\"alg\":\"EdDSA\",\"kid\":\"a\"}", 27);
    text.len = ngx_strlen(text.data);

    header = jwt_base64url(pool, text.data, text.len);
    payload = jwt_base64url(pool, input->data + 2, input->len - 2);

    text = jwt_printf(pool, "%s.%s", header.data, payload.data);
    token = jwt_sign(pool, pkey, "EdDSA", &text);
    token = jwt_join(pool, &text, &token);

    fuzz_assert(mcp_jwt_parse(&jwt, pool, &token, &err) == NGX_OK);
    fuzz_assert(mcp_jwt_verify(&jwt, keys, &err) == NGX_OK);
    fuzz_assert(jwt.payload.len == input->len - 2);
    fuzz_assert(memcmp(jwt.payload.data, input->data + 2, jwt.payload.len)
                == 0);

    n = input->data[0] * 257 % token.len;

    if (input->data[1]) {
        token.data[n] ^= input->data[1];

    } else {
        token.len = n;
    }

    fuzz_assert(jwt_verified(pool, &token, keys) != NGX_OK);
}


static void
jwt_claimed(ngx_pool_t *pool, ngx_str_t *payload)
{
    size_t             i;
    u_char             c, before;
    ngx_int_t          rc;
    mcp_jwt_t          jwt;
    const char        *err;
    mcp_jwt_rules_t    rules;
    mcp_jwt_claims_t   claims, again;

    ngx_memzero(&jwt, sizeof(mcp_jwt_t));
    ngx_memzero(&rules, sizeof(mcp_jwt_rules_t));

    jwt.payload = *payload;
    rules.leeway = 30;

    err = NULL;
    rc = mcp_jwt_claims(&jwt, pool, &rules, 1000, &claims, &err);

    if (rc != NGX_OK) {
        fuzz_assert(rc == NGX_DECLINED && err);
        return;
    }

    fuzz_assert(claims.consumer.len > 0
                && claims.consumer.len <= MCP_JWT_CONSUMER_MAX);

    for (i = 0; i < claims.consumer.len; i++) {
        fuzz_assert(claims.consumer.data[i] >= 0x20
                    && claims.consumer.data[i] != 0x7f);
    }

    before = ' ';

    for (i = 0; i < claims.scope.len; i++) {
        c = claims.scope.data[i];

        fuzz_assert(c >= 0x20 && c < 0x7f && c != '"' && c != '\\');
        fuzz_assert(c != ' ' || before != ' ');

        before = c;
    }

    fuzz_assert(claims.scope.len == 0 || before != ' ');

    fuzz_assert(claims.expires > 1000 - rules.leeway
                && claims.expires <= MCP_JWT_TIME_MAX);
    fuzz_assert(mcp_jwt_claims(&jwt, pool, &rules,
                               claims.expires + rules.leeway - 1, &again, &err)
                == NGX_OK);
    fuzz_assert(mcp_jwt_claims(&jwt, pool, &rules,
                               claims.expires + rules.leeway, &again, &err)
                == NGX_DECLINED);
}


/* a double is the nearest one, so it may have been rounded up to the next */

static void
jwt_dated(ngx_pool_t *pool, ngx_str_t *input)
{
    double          d;
    int64_t         date;
    mcp_json_doc_t  doc;

    if (mcp_json_scan(&doc, pool, input->data, input->len) != NGX_OK
        || doc.tokens[0].type != MCP_JSON_NUMBER)
    {
        return;
    }

    fuzz_assert(mcp_json_double(doc.tokens[0].text.data,
                                doc.tokens[0].text.len, &d) == NGX_OK);

    if (mcp_jwt_date(doc.tokens, &date) != NGX_OK) {
        fuzz_assert(*doc.tokens[0].text.data == '-'
                    || d >= (double) MCP_JWT_TIME_MAX + 1);
        return;
    }

    fuzz_assert(date >= 0 && date <= MCP_JWT_TIME_MAX);
    fuzz_assert(d >= (double) date && d - (double) date <= 1);
}
