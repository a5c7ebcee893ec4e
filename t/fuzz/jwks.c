
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * Sets of keys: what is used is strong enough and has a kind, everything else
 * is counted, and whatever there is in a set, a good key in it works.
 */


#include <mcp_jwt_key.h>
#include "fuzz.h"
#include "jwt.h"


#define JWKS_SIZE_MIN  (2 * 32)
#define JWKS_SIZE_MAX  (MCP_JWT_RSA_MAX / 8)


static void jwks_counted(ngx_pool_t *pool, ngx_str_t *input);
static void jwks_poisoned(ngx_pool_t *pool, ngx_str_t *input);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_str_t    input;
    ngx_pool_t  *pool;

    pool = unit_pool();

    input.data = unit_copy(pool, data, size);
    input.len = size;

    jwks_counted(pool, &input);
    jwks_poisoned(pool, &input);

    ngx_destroy_pool(pool);

    return 0;
}


static void
jwks_counted(ngx_pool_t *pool, ngx_str_t *input)
{
    ngx_int_t          rc;
    ngx_uint_t         i;
    const char        *err;
    mcp_jwt_key_t     *key;
    mcp_jwt_keys_t     keys;
    mcp_json_doc_t     doc;
    mcp_json_token_t  *list;

    err = NULL;
    rc = mcp_jwt_keys_parse(&keys, pool, input, &err);

    fuzz_assert(ERR_peek_error() == 0);
    fuzz_assert(rc == NGX_OK || (rc == NGX_DECLINED && err));

    if (rc != NGX_OK) {
        return;
    }

    fuzz_assert(keys.keys.nelts > 0);
    fuzz_assert(keys.keys.nelts + keys.skipped <= MCP_JWT_KEYS_MAX);

    key = keys.keys.elts;

    for (i = 0; i < keys.keys.nelts; i++) {
        fuzz_assert(key[i].pkey != NULL && key[i].algs != 0);
        fuzz_assert(key[i].size >= JWKS_SIZE_MIN
                    && key[i].size <= JWKS_SIZE_MAX);

        if (key[i].algs & MCP_JWT_RSA) {
            fuzz_assert((key[i].algs & ~MCP_JWT_RSA) == 0);
            fuzz_assert(key[i].size >= MCP_JWT_RSA_MIN / 8);

        } else {
            fuzz_assert((key[i].algs & (key[i].algs - 1)) == 0);
        }
    }

    if (mcp_json_scan(&doc, pool, input->data, input->len) == NGX_OK) {
        list = mcp_json_get(&doc, doc.tokens, "keys");
        fuzz_assert(list != NULL);
        fuzz_assert(list->n == keys.keys.nelts + keys.skipped);
    }
}


/* the keys of the input behind one that is good, and "kid" is taken or not */

static void
jwks_poisoned(ngx_pool_t *pool, ngx_str_t *input)
{
    EVP_PKEY          *pkey;
    ngx_str_t          jwk, text, token;
    ngx_int_t          rc;
    mcp_jwt_t          jwt;
    mcp_buf_t          b;
    const char        *err;
    mcp_jwt_keys_t     keys;
    mcp_json_doc_t     doc;
    mcp_json_token_t  *list;

    static const u_char  seed[32] = { 1, 2, 3 };

    if (mcp_json_scan(&doc, pool, input->data, input->len) != NGX_OK) {
        return;
    }

    list = mcp_json_get(&doc, doc.tokens, "keys");

    if (list == NULL || list->type != MCP_JSON_ARRAY || list->n == 0
        || list->n >= MCP_JWT_KEYS_MAX)
    {
        return;
    }

    pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
    fuzz_assert(pkey != NULL);

    jwk = jwt_jwk(pool, pkey, ",\"kid\":\"a\"");

    mcp_buf_init(&b, pool, 0);
    mcp_buf_lit(&b, "{\"keys\":[");
    mcp_buf_str(&b, &jwk);
    mcp_buf_char(&b, ',');
    mcp_buf_add(&b, list->text.data + 1, list->text.len - 1);
    mcp_buf_char(&b, '}');
    fuzz_assert(mcp_buf_done(&b, &text) == NGX_OK);

    rc = mcp_jwt_keys_parse(&keys, pool, &text, &err);
    fuzz_assert(rc == NGX_OK);

    token = jwt_token(pool, pkey, "EdDSA", "{\"alg\":\"EdDSA\",\"kid\":\"a\"}",
                      "{}");

    fuzz_assert(mcp_jwt_parse(&jwt, pool, &token, &err) == NGX_OK);
    fuzz_assert(mcp_jwt_verify(&jwt, &keys, &err) == NGX_OK);

    jwt.signature.data[0] ^= 1;
    fuzz_assert(mcp_jwt_verify(&jwt, &keys, &err) == NGX_DECLINED);

    EVP_PKEY_free(pkey);
}
