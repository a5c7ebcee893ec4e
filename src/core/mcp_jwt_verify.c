
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <mcp_jwt_key.h>


/* SEQUENCE of two INTEGER of 521 bits and a sign */
#define MCP_JWT_DER_MAX  (3 + 2 * (2 + 67))


static ngx_uint_t mcp_jwt_is_named(const mcp_jwt_t *jwt,
    const mcp_jwt_key_t *key);
static ngx_uint_t mcp_jwt_is_signed(const mcp_jwt_t *jwt,
    const mcp_jwt_key_t *key);
static ngx_uint_t mcp_jwt_check(EVP_MD_CTX *ctx, const mcp_jwt_t *jwt,
    const mcp_jwt_key_t *key, ngx_uint_t algs, const ngx_str_t *signature);
static ngx_int_t mcp_jwt_der(const ngx_str_t *raw, u_char *buf,
    ngx_str_t *der);


ngx_int_t
mcp_jwt_verify(const mcp_jwt_t *jwt, const mcp_jwt_keys_t *keys,
    const char **err)
{
    ngx_int_t       rc;
    ngx_uint_t      i, n, named;
    mcp_jwt_key_t  *key;

    key = keys->keys.elts;
    named = 0;

    for (i = 0; i < keys->keys.nelts; i++) {
        named |= (key[i].algs & jwt->alg) && mcp_jwt_is_named(jwt, &key[i]);
    }

    n = 0;
    rc = NGX_DECLINED;

    for (i = 0; i < keys->keys.nelts && n < MCP_JWT_TRIES; i++) {

        if ((key[i].algs & jwt->alg) == 0) {
            continue;
        }

        if (named ? !mcp_jwt_is_named(jwt, &key[i])
                  : jwt->kid.len && key[i].kid.len)
        {
            continue;
        }

        n++;

        if (mcp_jwt_is_signed(jwt, &key[i])) {
            rc = NGX_OK;
            break;
        }
    }

    ERR_clear_error();

    if (rc == NGX_OK) {
        return NGX_OK;
    }

    *err = n ? "has a wrong signature" : "is signed with an unknown key";

    return named ? NGX_DECLINED : NGX_ABORT;
}


static ngx_uint_t
mcp_jwt_is_named(const mcp_jwt_t *jwt, const mcp_jwt_key_t *key)
{
    return jwt->kid.len
           && jwt->kid.len == key->kid.len
           && ngx_memcmp(jwt->kid.data, key->kid.data, jwt->kid.len) == 0;
}


static ngx_uint_t
mcp_jwt_is_signed(const mcp_jwt_t *jwt, const mcp_jwt_key_t *key)
{
    u_char       buf[MCP_JWT_DER_MAX];
    ngx_str_t    signature;
    ngx_uint_t   algs, good;
    EVP_MD_CTX  *ctx;

    algs = jwt->alg & key->algs;
    signature = jwt->signature;

    if (signature.len != key->size) {
        return 0;
    }

    if ((algs & MCP_JWT_ECDSA)
        && mcp_jwt_der(&jwt->signature, buf, &signature) != NGX_OK)
    {
        return 0;
    }

    ctx = EVP_MD_CTX_new();
    if (ctx == NULL) {
        return 0;
    }

    good = mcp_jwt_check(ctx, jwt, key, algs, &signature);

    EVP_MD_CTX_free(ctx);

    return good;
}


/* RFC 7518, section 3.5: the salt is as long as the digest */

static ngx_uint_t
mcp_jwt_check(EVP_MD_CTX *ctx, const mcp_jwt_t *jwt, const mcp_jwt_key_t *key,
    ngx_uint_t algs, const ngx_str_t *signature)
{
    int                   padding;
    EVP_PKEY_CTX         *pctx;
    const mcp_jwt_alg_t  *alg;

    for (alg = mcp_jwt_algs; (alg->algs & algs) == 0; alg++) { /* void */ }

    if (EVP_DigestVerifyInit_ex(ctx, &pctx, alg->digest, NULL, NULL,
                                key->pkey, NULL)
        != 1)
    {
        return 0;
    }

    if (algs & MCP_JWT_RSA) {
        padding = (algs & MCP_JWT_PSS) ? RSA_PKCS1_PSS_PADDING
                                       : RSA_PKCS1_PADDING;

        if (EVP_PKEY_CTX_set_rsa_padding(pctx, padding) != 1) {
            return 0;
        }
    }

    if ((algs & MCP_JWT_PSS)
        && EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST)
           != 1)
    {
        return 0;
    }

    return EVP_DigestVerify(ctx, signature->data, signature->len,
                            jwt->signed_part.data, jwt->signed_part.len)
           == 1;
}


/* r and s of fixed length, as OpenSSL has them; it looks at their range */

static ngx_int_t
mcp_jwt_der(const ngx_str_t *raw, u_char *buf, ngx_str_t *der)
{
    int         len;
    size_t      half;
    BIGNUM     *r, *s;
    ECDSA_SIG  *sig;

    half = raw->len / 2;

    sig = ECDSA_SIG_new();
    r = BN_bin2bn(raw->data, (int) half, NULL);
    s = BN_bin2bn(raw->data + half, (int) half, NULL);

    if (sig == NULL || r == NULL || s == NULL
        || ECDSA_SIG_set0(sig, r, s) != 1)
    {
        ECDSA_SIG_free(sig);
        BN_free(r);
        BN_free(s);

        return NGX_ERROR;
    }

    len = i2d_ECDSA_SIG(sig, NULL);

    if (len > 0 && len <= MCP_JWT_DER_MAX) {
        der->data = buf;
        len = i2d_ECDSA_SIG(sig, &buf);
        der->len = len;

    } else {
        len = 0;
    }

    ECDSA_SIG_free(sig);

    return (len > 0) ? NGX_OK : NGX_ERROR;
}
