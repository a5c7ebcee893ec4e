
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _JWT_H_INCLUDED_
#define _JWT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <mcp_jwt.h>
#include "unit.h"


/*
 * Keys, their JWKs, and tokens signed with them.  Whatever goes wrong here
 * ends the program.
 */


static ngx_inline void
jwt_must(ngx_uint_t ok, const char *what)
{
    if (!ok) {
        ERR_print_errors_fp(stderr);
        fprintf(stderr, "cannot make %s\n", what);
        abort();
    }
}


static ngx_inline ngx_str_t
jwt_text(const char *text, size_t len)
{
    ngx_str_t  s;

    s.data = (u_char *) text;
    s.len = len;

    return s;
}


static ngx_inline ngx_str_t
jwt_printf(ngx_pool_t *pool, const char *fmt, ...)
{
    int         len;
    va_list     args;
    ngx_str_t   s;
    static char buf[65536];

    va_start(args, fmt);
    len = vsnprintf(buf, sizeof(buf), fmt, args);
    va_end(args);

    jwt_must(len >= 0 && len < (int) sizeof(buf), "a text");

    s.data = unit_copy(pool, buf, len + 1);
    s.len = len;

    return s;
}


/* "type" as in "RSA2048", "P-256", "ED25519"; freed by the caller */

static ngx_inline EVP_PKEY *
jwt_key(const char *type)
{
    EVP_PKEY  *pkey;

    if (ngx_strncmp(type, "RSA", 3) == 0) {
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t) atoi(type + 3));

    } else if (type[0] == 'E' || type[0] == 'X') {
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, type);

    } else {
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", type);
    }

    jwt_must(pkey != NULL, type);

    return pkey;
}


static ngx_inline ngx_str_t
jwt_base64url(ngx_pool_t *pool, const void *p, size_t len)
{
    ngx_str_t  in, out;

    in.data = (u_char *) p;
    in.len = len;

    out.data = ngx_pnalloc(pool, ngx_base64_encoded_length(len) + 1);

    jwt_must(out.data != NULL, "base64url");

    ngx_encode_base64url(&out, &in);
    out.data[out.len] = '\0';

    return out;
}


/* a number of a key, in "size" bytes, 0: as few as it takes */

static ngx_inline ngx_str_t
jwt_number(ngx_pool_t *pool, EVP_PKEY *pkey, const char *name, size_t size)
{
    u_char   buf[2048];
    BIGNUM  *bn;

    bn = NULL;
    jwt_must(EVP_PKEY_get_bn_param(pkey, name, &bn), name);

    size = size ? size : (size_t) BN_num_bytes(bn);
    jwt_must(BN_bn2binpad(bn, buf, (int) size) == (int) size, name);

    BN_free(bn);

    return jwt_base64url(pool, buf, size);
}


/* the members of a JWK without the braces; "more" begins with a comma */

static ngx_inline ngx_str_t
jwt_jwk(ngx_pool_t *pool, EVP_PKEY *pkey, const char *more)
{
    size_t      len, size;
    u_char      buf[64];
    ngx_str_t   x, y;
    const char *crv;

    if (EVP_PKEY_is_a(pkey, "RSA")) {
        x = jwt_number(pool, pkey, OSSL_PKEY_PARAM_RSA_N, 0);
        y = jwt_number(pool, pkey, OSSL_PKEY_PARAM_RSA_E, 0);

        return jwt_printf(pool, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\""
                          "%s}", x.data, y.data, more);
    }

    if (EVP_PKEY_is_a(pkey, "EC")) {
        size = (EVP_PKEY_get_bits(pkey) + 7) / 8;
        crv = (size == 32) ? "P-256" : (size == 48) ? "P-384" : "P-521";

        x = jwt_number(pool, pkey, OSSL_PKEY_PARAM_EC_PUB_X, size);
        y = jwt_number(pool, pkey, OSSL_PKEY_PARAM_EC_PUB_Y, size);

        return jwt_printf(pool, "{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%s\","
                          "\"y\":\"%s\"%s}", crv, x.data, y.data, more);
    }

    len = sizeof(buf);
    jwt_must(EVP_PKEY_get_raw_public_key(pkey, buf, &len), "a raw key");

    crv = EVP_PKEY_is_a(pkey, "ED25519") ? "Ed25519"
          : EVP_PKEY_is_a(pkey, "ED448") ? "Ed448" : "X25519";
    x = jwt_base64url(pool, buf, len);

    return jwt_printf(pool, "{\"kty\":\"OKP\",\"crv\":\"%s\",\"x\":\"%s\"%s}",
                      crv, x.data, more);
}


/* a signature by the rules of "alg", whatever the header says; r and s */

static ngx_inline ngx_str_t
jwt_sign(ngx_pool_t *pool, EVP_PKEY *pkey, const char *alg,
    const ngx_str_t *text)
{
    char            md[8];
    size_t          len, half;
    u_char          buf[2048], raw[256];
    ngx_str_t       sig;
    ECDSA_SIG      *ec;
    EVP_MD_CTX     *ctx;
    const u_char   *p;
    EVP_PKEY_CTX   *pctx;

    (void) snprintf(md, sizeof(md), "SHA%s", alg + 2);

    ctx = EVP_MD_CTX_new();
    jwt_must(EVP_DigestSignInit_ex(ctx, &pctx, alg[0] == 'E' && alg[1] == 'd'
                                               ? NULL : md,
                                   NULL, NULL, pkey, NULL) == 1, alg);

    if (alg[0] == 'P') {
        jwt_must(EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) == 1
                 && EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx,
                                                     RSA_PSS_SALTLEN_DIGEST)
                    == 1, alg);
    }

    len = sizeof(buf);
    jwt_must(EVP_DigestSign(ctx, buf, &len, text->data, text->len) == 1, alg);

    EVP_MD_CTX_free(ctx);

    if (EVP_PKEY_is_a(pkey, "EC")) {
        p = buf;
        ec = d2i_ECDSA_SIG(NULL, &p, (long) len);
        half = (EVP_PKEY_get_bits(pkey) + 7) / 8;

        jwt_must(BN_bn2binpad(ECDSA_SIG_get0_r(ec), raw, (int) half) > 0
                 && BN_bn2binpad(ECDSA_SIG_get0_s(ec), raw + half, (int) half)
                    > 0, alg);

        ECDSA_SIG_free(ec);

        return jwt_text((char *) unit_copy(pool, raw, 2 * half), 2 * half);
    }

    sig.data = unit_copy(pool, buf, len);
    sig.len = len;

    return sig;
}


/* header and payload with the dot between them */

static ngx_inline ngx_str_t
jwt_unsigned(ngx_pool_t *pool, const char *header, const char *payload)
{
    ngx_str_t  h, p;

    h = jwt_base64url(pool, header, ngx_strlen(header));
    p = jwt_base64url(pool, payload, ngx_strlen(payload));

    return jwt_printf(pool, "%s.%s", h.data, p.data);
}


static ngx_inline ngx_str_t
jwt_join(ngx_pool_t *pool, const ngx_str_t *text, const ngx_str_t *sig)
{
    ngx_str_t  s;

    s = jwt_base64url(pool, sig->data, sig->len);

    return jwt_printf(pool, "%s.%s", text->data, s.data);
}


static ngx_inline ngx_str_t
jwt_token(ngx_pool_t *pool, EVP_PKEY *pkey, const char *alg,
    const char *header, const char *payload)
{
    ngx_str_t  text, sig;

    text = jwt_unsigned(pool, header, payload);
    sig = jwt_sign(pool, pkey, alg, &text);

    return jwt_join(pool, &text, &sig);
}


/* NGX_OK, or why not; a reason is given and OpenSSL has no error left */

static ngx_inline ngx_int_t
jwt_verified(ngx_pool_t *pool, const ngx_str_t *token,
    const mcp_jwt_keys_t *keys)
{
    ngx_int_t    rc;
    mcp_jwt_t    jwt;
    const char  *err;

    err = NULL;
    rc = mcp_jwt_parse(&jwt, pool, token, &err);

    if (rc == NGX_OK) {
        rc = mcp_jwt_verify(&jwt, keys, &err);
    }

    jwt_must(rc == NGX_OK || err, "a reason");
    jwt_must(ERR_peek_error() == 0, "an empty queue of errors");

    return rc;
}


static ngx_inline void
jwt_load(mcp_jwt_keys_t *keys, ngx_pool_t *pool, ngx_str_t *jwk, ngx_uint_t n)
{
    ngx_str_t    text;
    ngx_uint_t   i;
    const char  *err;

    text = jwt_printf(pool, "{\"keys\":[%s", jwk[0].data);

    for (i = 1; i < n; i++) {
        text = jwt_printf(pool, "%s,%s", text.data, jwk[i].data);
    }

    text = jwt_printf(pool, "%s]}", text.data);

    err = "no reason";
    jwt_must(mcp_jwt_keys_parse(keys, pool, &text, &err) == NGX_OK, err);
}


#endif /* _JWT_H_INCLUDED_ */
