
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_jwt: which keys of a set are used, for what, and which of them first */


#include <openssl/pem.h>
#include <openssl/x509.h>
#include <mcp_jwt_key.h>
#include "jwt.h"


#define KEYS_PAYLOAD  "{\"sub\":\"ann\",\"exp\":2000000000}"

/* 32 bytes of base64url */
#define KEYS_32       "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


typedef struct {
    const char  *type;               /* of jwt_key() */
    const char  *more;               /* members of the JWK */
    ngx_uint_t   algs;               /* 0: it is skipped */
} keys_row_t;


typedef struct {
    const char  *text;
    const char  *err;
} keys_bad_t;


static keys_row_t  keys_rows[] = {
    { "RSA2048", "", MCP_JWT_RSA },
    { "RSA3072", "", MCP_JWT_RSA },
    { "RSA2047", "", 0 },
    { "RSA1024", "", 0 },
    { "RSA512", "", 0 },
    { "P-256", "", MCP_JWT_ES256 },
    { "P-384", "", MCP_JWT_ES384 },
    { "P-521", "", MCP_JWT_ES512 },
    { "ED25519", "", MCP_JWT_ED25519 },
    { "ED448", "", MCP_JWT_ED448 },
    { "X25519", "", 0 },
    { "secp256k1", "", 0 },          /* which says that it is P-256 */

    { "RSA2048", ",\"alg\":\"RS256\"", MCP_JWT_RS256 },
    { "RSA2048", ",\"alg\":\"PS512\"", MCP_JWT_PS512 },
    { "RSA2048", ",\"alg\":\"ES256\"", 0 },
    { "RSA2048", ",\"alg\":\"RSA-OAEP\"", 0 },
    { "RSA2048", ",\"alg\":\"HS256\"", 0 },
    { "RSA2048", ",\"alg\":\"none\"", 0 },
    { "RSA2048", ",\"alg\":\"\"", 0 },
    { "RSA2048", ",\"alg\":7", 0 },
    { "P-256", ",\"alg\":\"ES256\"", MCP_JWT_ES256 },
    { "P-256", ",\"alg\":\"ES384\"", 0 },
    { "P-256", ",\"alg\":\"ECDH-ES\"", 0 },
    { "ED25519", ",\"alg\":\"EdDSA\"", MCP_JWT_ED25519 },
    { "ED25519", ",\"alg\":\"Ed25519\"", MCP_JWT_ED25519 },
    { "ED25519", ",\"alg\":\"Ed448\"", 0 },

    { "P-256", ",\"use\":\"sig\"", MCP_JWT_ES256 },
    { "P-256", ",\"use\":\"enc\"", 0 },
    { "P-256", ",\"use\":\"\"", 0 },
    { "P-256", ",\"use\":[\"sig\"]", 0 },
    { "P-256", ",\"key_ops\":[\"verify\"]", MCP_JWT_ES256 },
    { "P-256", ",\"key_ops\":[7,\"sign\",\"ver\\u0069fy\"]", MCP_JWT_ES256 },
    { "P-256", ",\"key_ops\":[\"encrypt\"]", 0 },
    { "P-256", ",\"key_ops\":[]", 0 },
    { "P-256", ",\"key_ops\":\"verify\"", 0 },
    { "P-256", ",\"use\":\"enc\",\"key_ops\":[\"verify\"]", 0 },

    { "P-256", ",\"d\":\"" KEYS_32 "\"", 0 },
    { "ED25519", ",\"d\":\"" KEYS_32 "\"", 0 },
    { "RSA2048", ",\"d\":\"AQAB\"", 0 },
    { "RSA2048", ",\"p\":\"AQAB\"", 0 },
    { "RSA2048", ",\"oth\":[]", 0 },
    { "RSA2048", ",\"k\":null", 0 },

    { "P-256", ",\"kid\":\"\"", MCP_JWT_ES256 },
    { "P-256", ",\"kid\":7", 0 },
    { "P-256", ",\"x5c\":[\"junk\"],\"x5u\":7,\"ext\":true", MCP_JWT_ES256 }
};


/* each with a good key beside it */

static const char  *keys_skipped[] = {
    "null",
    "7",
    "\"key\"",
    "[]",
    "{}",
    "{\"kty\":null}",
    "{\"kty\":\"oct\",\"k\":\"AAAA\"}",
    "{\"kty\":\"oct\",\"alg\":\"RS256\",\"n\":\"AAAA\",\"e\":\"AQAB\"}",
    "{\"kty\":\"rsa\",\"n\":\"AAAA\",\"e\":\"AQAB\"}",
    "{\"kty\":\"RSA\"}",
    "{\"kty\":\"RSA\",\"n\":\"AAAA\"}",
    "{\"kty\":\"RSA\",\"n\":\"AAAA\",\"e\":\"AQAB\"}",
    "{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"AQAB\"}",
    "{\"kty\":\"RSA\",\"n\":[1],\"e\":\"AQAB\"}",
    "{\"kty\":\"EC\"}",
    "{\"kty\":\"EC\",\"crv\":\"P-256\"}",
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" KEYS_32 "\"}",
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" KEYS_32 "\",\"y\":\""
        KEYS_32 "\"}",
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}",
    "{\"kty\":\"EC\",\"crv\":\"Ed25519\",\"x\":\"" KEYS_32 "\"}",
    "{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"" KEYS_32 "\",\"y\":\""
        KEYS_32 "\"}",
    "{\"kty\":\"OKP\",\"crv\":\"P-256\",\"x\":\"" KEYS_32 "\"}",
    "{\"kty\":\"OKP\",\"crv\":\"ed25519\",\"x\":\"" KEYS_32 "\"}",
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" KEYS_32 "A\"}",
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" KEYS_32 "=\"}",
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}",
    "{\"kty\":\"OKP\",\"crv\":\"Ed448\",\"x\":\"" KEYS_32 "\"}",
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":null}",
    NULL
};


static keys_bad_t  keys_bad[] = {
    { "", "is empty" },
    { "junk", "is neither a JWK Set nor PEM" },
    { "<html>503</html>", "is neither a JWK Set nor PEM" },
    { "[]", "is neither a JWK Set nor PEM" },
    { "-----BEGIN PUBLIC KEY-----\n", "is neither a JWK Set nor PEM" },
    { "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
      "has no public key that can verify tokens" },
    { "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      "has no public key that can verify tokens" },
    { "{}", "has no array of keys" },
    { "{\"keys\":{}}", "has no array of keys" },
    { "{\"keys\":null}", "has no array of keys" },
    { "{\"keys\":[]}", "has no public key that can verify tokens" },
    { "{\"keys\":[{}]}", "has no public key that can verify tokens" },
    { "{\"keys\":[", "syntax error" },
    { "{\"keys\":[{\"kid\":\"a\",\"kid\":\"b\"}]}", "duplicate member name" },
    { "{\"keys\":[]}\n{}", "bytes after the document" },
    { NULL, NULL }
};


static void
keys_test_rows(ngx_pool_t *pool)
{
    EVP_PKEY        *pkey;
    ngx_str_t        jwk, text;
    ngx_int_t        rc;
    ngx_uint_t       i;
    keys_row_t      *row;
    const char      *err;
    mcp_jwt_key_t   *key;
    mcp_jwt_keys_t   keys;

    for (i = 0; i < unit_nelts(keys_rows); i++) {
        row = &keys_rows[i];

        pkey = jwt_key(row->type);
        jwk = jwt_jwk(pool, pkey, row->more);
        EVP_PKEY_free(pkey);

        text = jwt_printf(pool, " {\"keys\":[%s],\"x\":1}\n", jwk.data);
        rc = mcp_jwt_keys_parse(&keys, pool, &text, &err);

        if (row->algs == 0) {
            unit_ok(rc == NGX_DECLINED && keys.skipped == 1, "%s %s: skipped",
                    row->type, row->more);
            continue;
        }

        key = keys.keys.elts;

        unit_ok(rc == NGX_OK && keys.skipped == 0 && keys.keys.nelts == 1
                && key->algs == row->algs,
                "%s %s: used", row->type, row->more);
    }
}


static void
keys_test_texts(ngx_pool_t *pool)
{
    EVP_PKEY        *pkey;
    ngx_str_t        jwk, text;
    ngx_int_t        rc;
    ngx_uint_t       i;
    keys_bad_t      *bad;
    const char      *err;
    mcp_jwt_keys_t   keys;

    pkey = jwt_key("ED25519");
    jwk = jwt_jwk(pool, pkey, "");
    EVP_PKEY_free(pkey);

    for (i = 0; keys_skipped[i]; i++) {
        text = jwt_printf(pool, "{\"keys\":[%s,%s]}", keys_skipped[i],
                          jwk.data);
        rc = mcp_jwt_keys_parse(&keys, pool, &text, &err);

        unit_ok(rc == NGX_OK && keys.skipped == 1 && keys.keys.nelts == 1
                && ERR_peek_error() == 0,
                "skipped: %s", keys_skipped[i]);
    }

    for (bad = keys_bad; bad->text; bad++) {
        text.len = ngx_strlen(bad->text);
        text.data = unit_copy(pool, bad->text, text.len);

        err = NULL;
        rc = mcp_jwt_keys_parse(&keys, pool, &text, &err);

        unit_ok(rc == NGX_DECLINED && ngx_strcmp(err, bad->err) == 0
                && ERR_peek_error() == 0,
                "%s: %s", unit_show(text.data, text.len), bad->err);
    }

    text = jwt_printf(pool, "{\"keys\":[");

    for (i = 1; i < MCP_JWT_KEYS_MAX; i++) {
        text = jwt_printf(pool, "%s%s,", text.data, jwk.data);
    }

    jwk = jwt_printf(pool, "%s%s", text.data, jwk.data);
    text = jwt_printf(pool, "%s]}", jwk.data);

    unit_is_int(mcp_jwt_keys_parse(&keys, pool, &text, &err), NGX_OK,
                "%d keys", (int) keys.keys.nelts);

    text = jwt_printf(pool, "%s,{}]}", jwk.data);
    unit_is_int(mcp_jwt_keys_parse(&keys, pool, &text, &err), NGX_DECLINED,
                "one more");

    ngx_str_null(&text);

    rc = mcp_jwt_keys_parse(&keys, pool, &text, &err);
    unit_ok(rc == NGX_DECLINED && ngx_strcmp(err, "is empty") == 0,
            "a text that is not there");

    text.len = MCP_JWT_SET_MAX + 1;
    text.data = ngx_pcalloc(pool, text.len);
    ngx_memset(text.data, ' ', text.len);

    rc = mcp_jwt_keys_parse(&keys, pool, &text, &err);
    unit_ok(rc == NGX_DECLINED && ngx_strcmp(err, "is too long") == 0,
            "a text that is too long");
}


/* RSA with numbers that are none of RSA */

static void
keys_test_rsa(ngx_pool_t *pool)
{
    u_char           n[MCP_JWT_RSA_MAX / 8 + 2];
    ngx_int_t        rc;
    ngx_str_t        text, number;
    ngx_uint_t       i;
    const char      *err;
    mcp_jwt_keys_t   keys;

    static struct {
        const char  *e;
        size_t       skip;           /* bytes of 8208 bits */
        u_char       last;
        u_char       first;
        ngx_int_t    rc;
    } rows[] = {
        { "AQAB", 2, 1, 0xff, NGX_OK },
        { "Aw", 2, 1, 0xff, NGX_OK },
        { "AAEAAQ", 2, 1, 0xff, NGX_OK },      /* a zero before 65537 */
        { "_____w", 2, 1, 0xff, NGX_OK },      /* 2^32 - 1 */
        { "AQAAAAE", 2, 1, 0xff, NGX_DECLINED },
        { "AQ", 2, 1, 0xff, NGX_DECLINED },    /* 1: the text is the message */
        { "AA", 2, 1, 0xff, NGX_DECLINED },
        { "Ag", 2, 1, 0xff, NGX_DECLINED },
        { "AQAA", 2, 1, 0xff, NGX_DECLINED },
        { "AQAB", 2, 2, 0xff, NGX_DECLINED },  /* even */
        { "AQAB", 1, 1, 0x01, NGX_DECLINED },  /* 8193 bits */
        { "AQAB", 0, 1, 0xff, NGX_DECLINED },
        { "AQAB", 2 + 768, 1, 0x80, NGX_OK },  /* 2048 bits */
        { "AQAB", 2 + 768, 1, 0x7f, NGX_DECLINED }
    };

    for (i = 0; i < unit_nelts(rows); i++) {
        ngx_memset(n, 0xff, sizeof(n));
        n[rows[i].skip] = rows[i].first;
        n[sizeof(n) - 1] = rows[i].last;

        number = jwt_base64url(pool, n + rows[i].skip,
                               sizeof(n) - rows[i].skip);
        text = jwt_printf(pool, "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"%s\","
                          "\"e\":\"%s\"}]}", number.data, rows[i].e);
        rc = mcp_jwt_keys_parse(&keys, pool, &text, &err);

        unit_is_int(rc, rows[i].rc, "n of %d bytes, %02x...%02x, e %s",
                    (int) (sizeof(n) - rows[i].skip), rows[i].first,
                    rows[i].last, rows[i].e);
    }
}


static void
keys_test_choice(ngx_pool_t *pool)
{
    EVP_PKEY        *pkey[6];
    ngx_str_t        jwk[6], token;
    ngx_uint_t       i;
    mcp_jwt_keys_t   keys;

    for (i = 0; i < 6; i++) {
        pkey[i] = jwt_key(i < 5 ? "ED25519" : "P-256");
        jwk[i] = jwt_jwk(pool, pkey[i], "");
    }

    jwt_load(&keys, pool, jwk, 6);

    for (i = 0; i < 5; i++) {
        token = jwt_token(pool, pkey[i], "EdDSA", "{\"alg\":\"EdDSA\"}",
                          KEYS_PAYLOAD);
        unit_is_int(jwt_verified(pool, &token, &keys),
                    i < MCP_JWT_TRIES ? NGX_OK : NGX_ABORT,
                    "key %d of those without kid", (int) i);
    }

    token = jwt_token(pool, pkey[5], "ES256",
                      "{\"alg\":\"ES256\",\"kid\":\"x\"}", KEYS_PAYLOAD);
    unit_is_int(jwt_verified(pool, &token, &keys), NGX_OK,
                "a kid, and keys without: of its kind only");

    /* the fifth has a name now, and one of another kind has the same */

    jwk[4] = jwt_jwk(pool, pkey[4], ",\"kid\":\"x\"");
    jwk[5] = jwt_jwk(pool, pkey[5], ",\"kid\":\"x\"");
    jwt_load(&keys, pool, jwk, 6);

    token = jwt_token(pool, pkey[4], "EdDSA",
                      "{\"alg\":\"EdDSA\",\"kid\":\"\\u0078\"}",
                      KEYS_PAYLOAD);
    unit_is_int(jwt_verified(pool, &token, &keys), NGX_OK,
                "the key it names, behind others");

    token = jwt_token(pool, pkey[5], "ES256",
                      "{\"alg\":\"ES256\",\"kid\":\"x\"}", KEYS_PAYLOAD);
    unit_is_int(jwt_verified(pool, &token, &keys), NGX_OK,
                "a key of another kind that has the same kid");

    token = jwt_token(pool, pkey[0], "EdDSA",
                      "{\"alg\":\"EdDSA\",\"kid\":\"x\"}", KEYS_PAYLOAD);
    unit_is_int(jwt_verified(pool, &token, &keys), NGX_DECLINED,
                "signed with a key, naming another");

    token = jwt_token(pool, pkey[4], "EdDSA",
                      "{\"alg\":\"EdDSA\",\"kid\":\"y\"}", KEYS_PAYLOAD);
    unit_is_int(jwt_verified(pool, &token, &keys), NGX_ABORT,
                "a kid that is not that of the key");

    /* alone, so that no other key uses up the tries */

    jwt_load(&keys, pool, &jwk[4], 1);
    unit_is_int(jwt_verified(pool, &token, &keys), NGX_ABORT,
                "a kid that is not that of the only key");

    for (i = 0; i < 6; i++) {
        EVP_PKEY_free(pkey[i]);
    }
}


static void
keys_test_pem(ngx_pool_t *pool)
{
    BIO             *bio;
    X509            *cert;
    char            *p;
    EVP_PKEY        *rsa, *ec, *ed, *x;
    ngx_str_t        text, token;
    ngx_int_t        rc;
    const char      *err;
    mcp_jwt_keys_t   keys;

    rsa = jwt_key("RSA2048");
    ec = jwt_key("P-384");
    ed = jwt_key("ED25519");
    x = jwt_key("X25519");

    cert = X509_new();
    jwt_must(X509_set_pubkey(cert, ec) == 1
             && X509_gmtime_adj(X509_getm_notBefore(cert), 0)
             && X509_gmtime_adj(X509_getm_notAfter(cert), 1)
             && X509_sign(cert, ed, NULL) > 0, "a certificate");

    bio = BIO_new(BIO_s_mem());
    jwt_must(BIO_puts(bio, "keys of the issuer\n") > 0
             && PEM_write_bio_PUBKEY(bio, rsa) == 1
             && PEM_write_bio_X509(bio, cert) == 1
             && PEM_write_bio_PrivateKey(bio, ed, NULL, NULL, 0, NULL, NULL)
                == 1
             && PEM_write_bio_PUBKEY(bio, x) == 1
             && PEM_write_bio_PUBKEY(bio, ed) == 1, "PEM");

    text.len = BIO_get_mem_data(bio, &p);
    text.data = unit_copy(pool, p, text.len);
    BIO_free(bio);

    rc = mcp_jwt_keys_parse(&keys, pool, &text, &err);

    unit_is_int(rc, NGX_OK, "PEM");
    unit_is_int(keys.keys.nelts, 3, "PEM: public keys and a certificate");
    unit_is_int(keys.skipped, 2, "PEM: a private key, and one of X25519");
    unit_is_int(ERR_peek_error(), 0, "PEM: no error is left");

    token = jwt_token(pool, rsa, "PS256", "{\"alg\":\"PS256\",\"kid\":\"a\"}",
                      KEYS_PAYLOAD);
    unit_is_int(jwt_verified(pool, &token, &keys), NGX_OK, "PEM: PS256");

    token = jwt_token(pool, ec, "ES384", "{\"alg\":\"ES384\"}", KEYS_PAYLOAD);
    unit_is_int(jwt_verified(pool, &token, &keys), NGX_OK, "PEM: ES384");

    token = jwt_token(pool, ed, "EdDSA", "{\"alg\":\"EdDSA\"}", KEYS_PAYLOAD);
    unit_is_int(jwt_verified(pool, &token, &keys), NGX_OK, "PEM: EdDSA");

    X509_free(cert);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ec);
    EVP_PKEY_free(ed);
    EVP_PKEY_free(x);
}


static void
keys_test_memory(ngx_pool_t *pool)
{
    EVP_PKEY        *pkey;
    ngx_str_t        jwk, text;
    ngx_int_t        i, rc;
    ngx_pool_t      *temp;
    const char      *err;
    mcp_jwt_keys_t   keys;

    pkey = jwt_key("P-256");
    jwk = jwt_jwk(pool, pkey, ",\"kid\":\"\\u0061\"");
    EVP_PKEY_free(pkey);

    text = jwt_printf(pool, "{\"keys\":[%s,%s,%s,%s,%s]}", jwk.data, jwk.data,
                      jwk.data, jwk.data, jwk.data);

    for (i = 0, rc = NGX_ERROR; i < 200 && rc == NGX_ERROR; i++) {
        temp = unit_pool();

        unit_fail_alloc(i);
        rc = mcp_jwt_keys_parse(&keys, temp, &text, &err);
        unit_fail_alloc(-1);

        ngx_destroy_pool(temp);
    }

    unit_ok(rc == NGX_OK && i > 20, "%d allocations fail", (int) i - 1);
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    keys_test_rows(pool);
    keys_test_texts(pool);
    keys_test_rsa(pool);
    keys_test_choice(pool);
    keys_test_pem(pool);
    keys_test_memory(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
