
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_jwt: files of PEM, damaged, too long, or with unusual blocks */


#include <openssl/pem.h>
#include <mcp_jwt_key.h>
#include "jwt.h"


#define PEM_PAYLOAD  "{\"sub\":\"ann\",\"exp\":2000000000}"


/* the public key, with a zero behind it */

static ngx_str_t
pem_text(ngx_pool_t *pool, EVP_PKEY *pkey)
{
    BIO        *bio;
    char       *p;
    ngx_str_t   text;

    bio = BIO_new(BIO_s_mem());
    jwt_must(PEM_write_bio_PUBKEY(bio, pkey) == 1
             && BIO_write(bio, "", 1) == 1, "PEM");
    (void) BIO_get_mem_data(bio, &p);

    text = jwt_printf(pool, "%s", p);

    BIO_free(bio);

    return text;
}


static void
pem_test_damaged(ngx_pool_t *pool)
{
    EVP_PKEY        *pkey;
    ngx_str_t        good, text;
    ngx_int_t        rc;
    ngx_uint_t       i;
    const char      *err;
    mcp_jwt_keys_t   keys;

    static const char  *blocks[] = {
        "-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEYS-----\n",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n",
        "-----BEGIN PUBLIC KEY-----\n"
    };

    pkey = jwt_key("ED25519");
    good = pem_text(pool, pkey);
    EVP_PKEY_free(pkey);

    for (i = 0; i < unit_nelts(blocks); i++) {
        text = jwt_printf(pool, "%s%s%s", good.data, blocks[i],
                          i < 2 ? (char *) good.data : "");
        rc = mcp_jwt_keys_parse(&keys, pool, &text, &err);

        unit_ok(rc == NGX_DECLINED
                && ngx_strcmp(err, "has a block that is not PEM") == 0
                && ERR_peek_error() == 0,
                "PEM: a good block, and damaged one %d", (int) i);
    }

    text = jwt_printf(pool, "%sthe end -----\n-- BEGIN\n", good.data);
    unit_is_int(mcp_jwt_keys_parse(&keys, pool, &text, &err), NGX_OK,
                "PEM: a comment at the end");

    text = jwt_printf(pool, "%s%s", good.data, "-----BEGIN PUBLIC KEY-----\n"
                      "MBkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDAgAA\n"
                      "-----END PUBLIC KEY-----\n");
    rc = mcp_jwt_keys_parse(&keys, pool, &text, &err);

    unit_ok(rc == NGX_OK && keys.skipped == 1,
            "PEM: the point at infinity, for which anybody can sign");
}


/* PKCS #1, and a block that says it is encrypted */

static void
pem_test_blocks(ngx_pool_t *pool)
{
    BIO             *bio;
    int              len;
    u_char          *der;
    char            *p;
    EVP_PKEY        *pkey;
    ngx_str_t        text, token;
    const char      *err;
    mcp_jwt_keys_t   keys;

    pkey = jwt_key("RSA2048");
    der = NULL;
    len = i2d_PublicKey(pkey, &der);
    jwt_must(len > 0, "DER");

    bio = BIO_new(BIO_s_mem());
    jwt_must(PEM_write_bio(bio, PEM_STRING_RSA_PUBLIC, "", der, len) > 0
             && PEM_write_bio(bio, PEM_STRING_RSA_PUBLIC,
                              "Proc-Type: 4,ENCRYPTED\n", der, len) > 0,
             "PEM");

    text.len = BIO_get_mem_data(bio, &p);
    text.data = unit_copy(pool, p, text.len);

    BIO_free(bio);
    OPENSSL_free(der);

    unit_is_int(mcp_jwt_keys_parse(&keys, pool, &text, &err), NGX_OK,
                "RSA PUBLIC KEY");
    unit_is_int(keys.keys.nelts, 1, "it is used");
    unit_is_int(keys.skipped, 1, "one with a header is not");

    token = jwt_token(pool, pkey, "RS256", "{\"alg\":\"RS256\"}",
                      PEM_PAYLOAD);
    unit_is_int(jwt_verified(pool, &token, &keys), NGX_OK, "it verifies");

    EVP_PKEY_free(pkey);
}


static void
pem_test_many(ngx_pool_t *pool)
{
    EVP_PKEY        *pkey;
    ngx_str_t        one, text;
    ngx_int_t        rc;
    ngx_uint_t       i;
    const char      *err;
    mcp_jwt_keys_t   keys;

    pkey = jwt_key("ED25519");
    one = pem_text(pool, pkey);
    text = one;
    EVP_PKEY_free(pkey);

    for (i = 1; i < MCP_JWT_KEYS_MAX; i++) {
        text = jwt_printf(pool, "%s%s", text.data, one.data);
    }

    rc = mcp_jwt_keys_parse(&keys, pool, &text, &err);
    unit_ok(rc == NGX_OK && keys.keys.nelts == MCP_JWT_KEYS_MAX, "64 keys");

    text = jwt_printf(pool, "%s%s", text.data, one.data);

    err = "";
    rc = mcp_jwt_keys_parse(&keys, pool, &text, &err);
    unit_ok(rc == NGX_DECLINED
            && ngx_strcmp(err, "has more than 64 keys") == 0, "one more");
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    pem_test_damaged(pool);
    pem_test_blocks(pool);
    pem_test_many(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
