
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <mcp_jwt_key.h>


#define MCP_JWT_EXPONENT_BITS  32

/* some write one zero too many before a number */
#define MCP_JWT_MODULUS_MAX    (MCP_JWT_RSA_MAX / 8 + 1)
#define MCP_JWT_EXPONENT_MAX   (MCP_JWT_EXPONENT_BITS / 8 + 1)

#define MCP_JWT_POINT_MAX      (1 + 2 * 66)


static ngx_int_t mcp_jwt_jwk_for(mcp_json_doc_t *doc, mcp_json_token_t *jwk);
static ngx_int_t mcp_jwt_jwk_ops(mcp_json_doc_t *doc, mcp_json_token_t *jwk);
static ngx_int_t mcp_jwt_jwk_read(EVP_PKEY **pkey, ngx_pool_t *pool,
    mcp_json_doc_t *doc, mcp_json_token_t *jwk);
static ngx_int_t mcp_jwt_jwk_rsa(EVP_PKEY **pkey, ngx_pool_t *pool,
    mcp_json_doc_t *doc, mcp_json_token_t *jwk);
static EVP_PKEY *mcp_jwt_make_rsa(const ngx_str_t *n, const ngx_str_t *e);
static ngx_int_t mcp_jwt_jwk_point(EVP_PKEY **pkey, ngx_pool_t *pool,
    mcp_json_doc_t *doc, mcp_json_token_t *jwk, const mcp_jwt_curve_t *curve);
static EVP_PKEY *mcp_jwt_make(const char *type, OSSL_PARAM *params);
static ngx_int_t mcp_jwt_jwk_bytes(ngx_pool_t *pool, mcp_json_doc_t *doc,
    mcp_json_token_t *jwk, const char *name, size_t max, ngx_str_t *bytes);
static ngx_uint_t mcp_jwt_is_point(EVP_PKEY *pkey);
static ngx_int_t mcp_jwt_judge_rsa(mcp_jwt_key_t *key);


/* RFC 7518, section 6 */
static const char *const  mcp_jwt_private[] = {
    "d", "p", "q", "dp", "dq", "qi", "oth", "k", NULL
};


ngx_int_t
mcp_jwt_jwk(mcp_jwt_key_t *key, ngx_pool_t *pool, mcp_json_doc_t *doc,
    mcp_json_token_t *jwk)
{
    ngx_int_t  rc;
    ngx_str_t  kid, alg;

    key->pkey = NULL;

    rc = mcp_jwt_jwk_for(doc, jwk);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_jwt_string(doc, jwk, "alg", &alg);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_jwt_string(doc, jwk, "kid", &kid);
    if (rc != NGX_OK) {
        return rc;
    }

    ngx_str_null(&key->kid);

    if (kid.len) {
        key->kid.len = kid.len;

        key->kid.data = ngx_pstrdup(pool, &kid);
        if (key->kid.data == NULL) {
            return NGX_ERROR;
        }
    }

    rc = mcp_jwt_jwk_read(&key->pkey, pool, doc, jwk);
    if (rc != NGX_OK) {
        return rc;
    }

    if (mcp_jwt_key_judge(key) == NGX_OK) {

        if (alg.data) {
            key->algs &= mcp_jwt_alg(&alg);
        }

        if (key->algs) {
            return NGX_OK;
        }
    }

    EVP_PKEY_free(key->pkey);
    key->pkey = NULL;

    return NGX_DECLINED;
}


/* a private key that is published is no secret any more */

static ngx_int_t
mcp_jwt_jwk_for(mcp_json_doc_t *doc, mcp_json_token_t *jwk)
{
    ngx_int_t           rc;
    ngx_str_t           use;
    const char *const  *name;

    if (jwk->type != MCP_JSON_OBJECT) {
        return NGX_DECLINED;
    }

    for (name = mcp_jwt_private; *name; name++) {

        if (mcp_json_member(doc, jwk, *name, ngx_strlen(*name))) {
            return NGX_DECLINED;
        }
    }

    rc = mcp_jwt_string(doc, jwk, "use", &use);
    if (rc != NGX_OK) {
        return rc;
    }

    if (use.data && (use.len != 3 || ngx_memcmp(use.data, "sig", 3) != 0)) {
        return NGX_DECLINED;
    }

    return mcp_jwt_jwk_ops(doc, jwk);
}


static ngx_int_t
mcp_jwt_jwk_ops(mcp_json_doc_t *doc, mcp_json_token_t *jwk)
{
    ngx_str_t          name;
    ngx_uint_t         i;
    mcp_json_token_t  *ops, *op;

    ops = mcp_json_get(doc, jwk, "key_ops");

    if (ops == NULL) {
        return NGX_OK;
    }

    if (ops->type != MCP_JSON_ARRAY) {
        return NGX_DECLINED;
    }

    op = ops + 1;

    for (i = 0; i < ops->n; i++) {

        if (op->type == MCP_JSON_STRING) {

            if (mcp_json_string(doc, op, &name) != NGX_OK) {
                return NGX_ERROR;
            }

            if (name.len == 6 && ngx_memcmp(name.data, "verify", 6) == 0) {
                return NGX_OK;
            }
        }

        op = &doc->tokens[op->next];
    }

    return NGX_DECLINED;
}


static ngx_int_t
mcp_jwt_jwk_read(EVP_PKEY **pkey, ngx_pool_t *pool, mcp_json_doc_t *doc,
    mcp_json_token_t *jwk)
{
    ngx_int_t               rc;
    ngx_str_t               kty, crv;
    const mcp_jwt_curve_t  *curve;

    rc = mcp_jwt_string(doc, jwk, "kty", &kty);
    if (rc != NGX_OK) {
        return rc;
    }

    if (kty.len == 3 && ngx_memcmp(kty.data, "RSA", 3) == 0) {
        return mcp_jwt_jwk_rsa(pkey, pool, doc, jwk);
    }

    rc = mcp_jwt_string(doc, jwk, "crv", &crv);
    if (rc != NGX_OK) {
        return rc;
    }

    for (curve = mcp_jwt_curves; curve->name.len; curve++) {

        if (kty.len == curve->kty.len
            && crv.len == curve->name.len
            && ngx_memcmp(kty.data, curve->kty.data, kty.len) == 0
            && ngx_memcmp(crv.data, curve->name.data, crv.len) == 0)
        {
            return mcp_jwt_jwk_point(pkey, pool, doc, jwk, curve);
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
mcp_jwt_jwk_rsa(EVP_PKEY **pkey, ngx_pool_t *pool, mcp_json_doc_t *doc,
    mcp_json_token_t *jwk)
{
    ngx_int_t  rc;
    ngx_str_t  n, e;

    rc = mcp_jwt_jwk_bytes(pool, doc, jwk, "n", MCP_JWT_MODULUS_MAX, &n);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_jwt_jwk_bytes(pool, doc, jwk, "e", MCP_JWT_EXPONENT_MAX, &e);
    if (rc != NGX_OK) {
        return rc;
    }

    *pkey = mcp_jwt_make_rsa(&n, &e);

    return *pkey ? NGX_OK : NGX_DECLINED;
}


static EVP_PKEY *
mcp_jwt_make_rsa(const ngx_str_t *n, const ngx_str_t *e)
{
    BIGNUM          *bn, *be;
    EVP_PKEY        *pkey;
    OSSL_PARAM      *params;
    OSSL_PARAM_BLD  *bld;

    pkey = NULL;
    params = NULL;

    bn = BN_bin2bn(n->data, (int) n->len, NULL);
    be = BN_bin2bn(e->data, (int) e->len, NULL);
    bld = OSSL_PARAM_BLD_new();

    if (bn && be && bld
        && OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, bn)
        && OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, be))
    {
        params = OSSL_PARAM_BLD_to_param(bld);
    }

    if (params) {
        pkey = mcp_jwt_make("RSA", params);
    }

    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(bld);
    BN_free(be);
    BN_free(bn);

    return pkey;
}


/* OpenSSL refuses a point that is not on the curve */

static ngx_int_t
mcp_jwt_jwk_point(EVP_PKEY **pkey, ngx_pool_t *pool, mcp_json_doc_t *doc,
    mcp_json_token_t *jwk, const mcp_jwt_curve_t *curve)
{
    u_char      *p, point[MCP_JWT_POINT_MAX];
    ngx_int_t    rc;
    ngx_str_t    x, y;
    OSSL_PARAM   params[3];

    rc = mcp_jwt_jwk_bytes(pool, doc, jwk, "x", curve->size, &x);
    if (rc != NGX_OK) {
        return rc;
    }

    if (x.len != curve->size) {
        return NGX_DECLINED;
    }

    if (curve->alg & MCP_JWT_ECDSA) {

        rc = mcp_jwt_jwk_bytes(pool, doc, jwk, "y", curve->size, &y);
        if (rc != NGX_OK) {
            return rc;
        }

        if (y.len != curve->size) {
            return NGX_DECLINED;
        }

        p = point;
        *p++ = POINT_CONVERSION_UNCOMPRESSED;
        p = ngx_cpymem(p, x.data, x.len);
        p = ngx_cpymem(p, y.data, y.len);

        params[0] = OSSL_PARAM_construct_utf8_string(
                                     OSSL_PKEY_PARAM_GROUP_NAME,
                                     (char *) curve->ossl, 0);
        params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                                      point, p - point);
        params[2] = OSSL_PARAM_construct_end();

        *pkey = mcp_jwt_make("EC", params);

    } else {
        params[0] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                                      x.data, x.len);
        params[1] = OSSL_PARAM_construct_end();

        *pkey = mcp_jwt_make(curve->ossl, params);
    }

    return *pkey ? NGX_OK : NGX_DECLINED;
}


static EVP_PKEY *
mcp_jwt_make(const char *type, OSSL_PARAM *params)
{
    EVP_PKEY      *pkey;
    EVP_PKEY_CTX  *ctx;

    pkey = NULL;

    ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (ctx == NULL) {
        return NULL;
    }

    if (EVP_PKEY_fromdata_init(ctx) != 1
        || EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
    {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }

    EVP_PKEY_CTX_free(ctx);

    return pkey;
}


static ngx_int_t
mcp_jwt_jwk_bytes(ngx_pool_t *pool, mcp_json_doc_t *doc,
    mcp_json_token_t *jwk, const char *name, size_t max, ngx_str_t *bytes)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    rc = mcp_jwt_string(doc, jwk, name, &text);
    if (rc != NGX_OK) {
        return rc;
    }

    if (text.len == 0 || text.len > ngx_base64_encoded_length(max)) {
        return NGX_DECLINED;
    }

    return mcp_jwt_base64url(pool, &text, bytes);
}


ngx_int_t
mcp_jwt_key_judge(mcp_jwt_key_t *key)
{
    char                    group[32];
    size_t                  len;
    const mcp_jwt_curve_t  *curve;

    if (EVP_PKEY_is_a(key->pkey, "RSA")) {
        return mcp_jwt_judge_rsa(key);
    }

    group[0] = '\0';

    if (EVP_PKEY_is_a(key->pkey, "EC")
        && (EVP_PKEY_get_group_name(key->pkey, group, sizeof(group), &len)
            != 1
            || !mcp_jwt_is_point(key->pkey)))
    {
        return NGX_DECLINED;
    }

    for (curve = mcp_jwt_curves; curve->name.len; curve++) {

        if ((curve->alg & MCP_JWT_ECDSA)
            ? ngx_strcmp(group, curve->ossl) == 0
            : EVP_PKEY_is_a(key->pkey, curve->ossl))
        {
            key->algs = curve->alg;
            key->size = 2 * curve->size;

            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


/* for the point at infinity, which PEM may have, anybody can sign */

static ngx_uint_t
mcp_jwt_is_point(EVP_PKEY *pkey)
{
    ngx_uint_t     good;
    EVP_PKEY_CTX  *ctx;

    ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    if (ctx == NULL) {
        return 0;
    }

    good = (EVP_PKEY_public_check_quick(ctx) == 1);

    EVP_PKEY_CTX_free(ctx);

    return good;
}


/*
 * A modulus or an exponent that is even, or 1, is none of RSA; a long exponent
 * makes verification slow.
 */

static ngx_int_t
mcp_jwt_judge_rsa(mcp_jwt_key_t *key)
{
    int         bits;
    BIGNUM     *n, *e;
    ngx_uint_t  sane;

    n = NULL;
    e = NULL;
    sane = 0;

    if (EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_N, &n) == 1
        && EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_E, &e) == 1)
    {
        bits = BN_num_bits(n);

        sane = (bits >= MCP_JWT_RSA_MIN && bits <= MCP_JWT_RSA_MAX
                && BN_is_odd(n) && BN_is_odd(e) && !BN_is_one(e)
                && BN_num_bits(e) <= MCP_JWT_EXPONENT_BITS);

        key->algs = MCP_JWT_RSA;
        key->size = (bits + 7) / 8;
    }

    BN_free(e);
    BN_free(n);

    return sane ? NGX_OK : NGX_DECLINED;
}
