
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_jwt: tokens that look as if they were signed with a key of ours */


#include <openssl/hmac.h>
#include <openssl/pem.h>
#include "jwt.h"


#define FORGED_PAYLOAD  "{\"sub\":\"root\",\"exp\":2000000000}"

/* a digest, or another parameter, that the algorithm does not have */
#define FORGED_OTHER_MD     1
#define FORGED_LONG_SALT    2
#define FORGED_OTHER_MGF    3


typedef struct {
    EVP_PKEY        *rsa;
    EVP_PKEY        *ec;
    EVP_PKEY        *ed;
    EVP_PKEY        *thief;          /* RSA, none of ours */
    mcp_jwt_keys_t   keys;           /* "rsa", "ec", "ed" */
} forged_t;


typedef struct {
    const char      *name;
    const char      *header;         /* "%s" is the JWK of the thief */
    ngx_int_t        rc;
} forged_header_t;


/* signed with RS256 and a key of the thief */

static forged_header_t  forged_headers[] = {
    { "a kid of ours", "{\"alg\":\"RS256\",\"kid\":\"rsa\"}", NGX_DECLINED },
    { "no kid", "{\"alg\":\"RS256\"}", NGX_ABORT },
    { "the kid of a key of another type",
      "{\"alg\":\"RS256\",\"kid\":\"ec\"}", NGX_ABORT },
    { "another algorithm of that key",
      "{\"alg\":\"PS256\",\"kid\":\"rsa\"}", NGX_DECLINED },
    { "an embedded key",
      "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"jwk\":%s}", NGX_DECLINED },
    { "an embedded key without kid", "{\"alg\":\"RS256\",\"jwk\":%s}",
      NGX_ABORT },
    { "the place of a set",
      "{\"alg\":\"RS256\",\"jku\":\"https://thief.example/jwks\"}",
      NGX_ABORT },
    { "the place of a certificate",
      "{\"alg\":\"RS256\",\"x5u\":\"https://thief.example/cert\"}",
      NGX_ABORT },
    { "a certificate", "{\"alg\":\"RS256\",\"x5c\":[\"MIIB\"]}", NGX_ABORT },
    { "a path", "{\"alg\":\"RS256\",\"kid\":\"../../../dev/null\"}",
      NGX_ABORT },
    { "SQL", "{\"alg\":\"RS256\",\"kid\":\"x' UNION SELECT 'key';--\"}",
      NGX_ABORT },
    { "a command", "{\"alg\":\"RS256\",\"kid\":\"rsa|id\"}", NGX_ABORT },
    { "a URI", "{\"alg\":\"RS256\",\"kid\":\"https://thief.example/key\"}",
      NGX_ABORT },
    { "a kid that is ours but for case",
      "{\"alg\":\"RS256\",\"kid\":\"RSA\"}", NGX_ABORT },
    { "a kid that is longer", "{\"alg\":\"RS256\",\"kid\":\"rsa \"}",
      NGX_ABORT },
    { "a kid that is shorter", "{\"alg\":\"RS256\",\"kid\":\"rs\"}",
      NGX_ABORT },
    { NULL, NULL, 0 }
};


static void
forged_init(forged_t *f, ngx_pool_t *pool)
{
    ngx_str_t  jwk[3];

    f->rsa = jwt_key("RSA2048");
    f->ec = jwt_key("P-256");
    f->ed = jwt_key("ED25519");
    f->thief = jwt_key("RSA2048");

    jwk[0] = jwt_jwk(pool, f->rsa, ",\"kid\":\"rsa\"");
    jwk[1] = jwt_jwk(pool, f->ec, ",\"kid\":\"ec\"");
    jwk[2] = jwt_jwk(pool, f->ed, ",\"kid\":\"ed\"");

    jwt_load(&f->keys, pool, jwk, 3);
}


static void
forged_test_headers(forged_t *f, ngx_pool_t *pool)
{
    ngx_str_t         header, token, jwk;
    forged_header_t  *h;

    jwk = jwt_jwk(pool, f->thief, "");

    for (h = forged_headers; h->name; h++) {
        header = jwt_printf(pool, h->header, jwk.data);
        token = jwt_token(pool, f->thief, "RS256", (char *) header.data,
                          FORGED_PAYLOAD);

        unit_is_int(jwt_verified(pool, &token, &f->keys), h->rc, "%s",
                    h->name);
    }
}


/* the public key as the secret of an HMAC, in every form there is */

static void
forged_hmac(forged_t *f, ngx_pool_t *pool, const char *alg, const char *name,
    const void *secret, size_t len)
{
    u_char     md[EVP_MAX_MD_SIZE];
    unsigned   n;
    ngx_str_t  header, text, sig, token;

    header = jwt_printf(pool, "{\"alg\":\"%s\",\"kid\":\"rsa\"}", alg);
    text = jwt_unsigned(pool, (char *) header.data, FORGED_PAYLOAD);

    jwt_must(HMAC(EVP_sha256(), secret, (int) len, text.data, text.len, md, &n)
             != NULL, "an HMAC");

    sig = jwt_text((char *) md, n);
    token = jwt_join(pool, &text, &sig);

    unit_is_int(jwt_verified(pool, &token, &f->keys), NGX_DECLINED,
                "%s, an HMAC with %s", alg, name);
}


static void
forged_test_hmac(forged_t *f, ngx_pool_t *pool)
{
    BIO         *bio;
    int          len;
    char        *pem;
    long         size;
    u_char      *der;
    ngx_str_t    jwk;
    ngx_uint_t   i;

    static const char  *algs[] = { "HS256", "hs256", "none", "RS256" };

    bio = BIO_new(BIO_s_mem());
    jwt_must(PEM_write_bio_PUBKEY(bio, f->rsa) == 1, "PEM");
    size = BIO_get_mem_data(bio, &pem);

    der = NULL;
    len = i2d_PUBKEY(f->rsa, &der);
    jwt_must(len > 0, "DER");

    jwk = jwt_jwk(pool, f->rsa, ",\"kid\":\"rsa\"");

    for (i = 0; i < unit_nelts(algs); i++) {
        forged_hmac(f, pool, algs[i], "the PEM", pem, size);
        forged_hmac(f, pool, algs[i], "the PEM without line feed", pem,
                    size - 1);
        forged_hmac(f, pool, algs[i], "the DER", der, len);
        forged_hmac(f, pool, algs[i], "the JWK", jwk.data, jwk.len);
        forged_hmac(f, pool, algs[i], "nothing", "", 0);
    }

    OPENSSL_free(der);
    BIO_free(bio);
}


static void
forged_test_flip(forged_t *f, ngx_pool_t *pool, EVP_PKEY *pkey,
    const char *alg, const char *kid)
{
    size_t       i;
    u_char       c;
    ngx_str_t    header, token;
    ngx_uint_t   j, taken;
    ngx_pool_t  *temp;

    static const u_char  others[] = "AQgw_.=\0";

    header = jwt_printf(pool, "{\"alg\":\"%s\",\"kid\":\"%s\"}", alg, kid);
    token = jwt_token(pool, pkey, alg, (char *) header.data, FORGED_PAYLOAD);

    unit_is_int(jwt_verified(pool, &token, &f->keys), NGX_OK,
                "%s as it was signed", alg);

    taken = 0;

    for (i = 0; i < token.len; i++) {
        c = token.data[i];
        temp = unit_pool();

        for (j = 0; j < sizeof(others) - 1; j++) {

            if (others[j] == c) {
                continue;
            }

            token.data[i] = others[j];
            taken += (jwt_verified(temp, &token, &f->keys) == NGX_OK);
        }

        token.data[i] = c;
        token.len -= i;
        taken += (i && jwt_verified(temp, &token, &f->keys) == NGX_OK);
        token.len += i;

        ngx_destroy_pool(temp);
    }

    unit_is_int(taken, 0, "%s with any byte another, or cut", alg);
}


static void
forged_raw(forged_t *f, ngx_pool_t *pool, const char *alg, const char *kid,
    const ngx_str_t *sig, const char *name)
{
    ngx_str_t  header, text, token;

    header = jwt_printf(pool, "{\"alg\":\"%s\",\"kid\":\"%s\"}", alg, kid);
    text = jwt_unsigned(pool, (char *) header.data, FORGED_PAYLOAD);
    token = jwt_join(pool, &text, sig);

    unit_is_int(jwt_verified(pool, &token, &f->keys), NGX_DECLINED, "%s: %s",
                alg, name);
}


static void
forged_test_raw(forged_t *f, ngx_pool_t *pool)
{
    u_char      buf[512];
    BIGNUM     *n;
    ngx_str_t   sig;

    ngx_memzero(buf, sizeof(buf));
    sig = jwt_text((char *) buf, 64);

    forged_raw(f, pool, "ES256", "ec", &sig, "zeroes");
    forged_raw(f, pool, "EdDSA", "ed", &sig, "zeroes");

    buf[63] = 1;
    forged_raw(f, pool, "ES256", "ec", &sig, "r is zero");

    buf[63] = 0;
    buf[31] = 1;
    forged_raw(f, pool, "ES256", "ec", &sig, "s is zero");

    ngx_memset(buf, 0xff, 64);
    forged_raw(f, pool, "ES256", "ec", &sig, "beyond the order");
    forged_raw(f, pool, "EdDSA", "ed", &sig, "beyond the order");

    ngx_memzero(buf, sizeof(buf));
    buf[0] = 1;
    forged_raw(f, pool, "EdDSA", "ed", &sig, "the neutral point");

    ngx_memzero(buf, sizeof(buf));
    sig.len = 256;
    forged_raw(f, pool, "RS256", "rsa", &sig, "zero");
    forged_raw(f, pool, "PS256", "rsa", &sig, "zero");

    buf[255] = 1;
    forged_raw(f, pool, "RS256", "rsa", &sig, "one");
    forged_raw(f, pool, "PS256", "rsa", &sig, "one");

    n = NULL;
    jwt_must(EVP_PKEY_get_bn_param(f->rsa, OSSL_PKEY_PARAM_RSA_N, &n) == 1
             && BN_bn2binpad(n, buf, 256) == 256, "a modulus");
    BN_free(n);

    forged_raw(f, pool, "RS256", "rsa", &sig, "the modulus");

    buf[255] ^= 1;
    forged_raw(f, pool, "RS256", "rsa", &sig, "the modulus but one");
    forged_raw(f, pool, "PS256", "rsa", &sig, "the modulus but one");
}


/* right signatures in another form than that of JWS */

static void
forged_test_form(forged_t *f, ngx_pool_t *pool)
{
    int         len;
    u_char     *der, buf[600];
    ngx_str_t   text, sig, other;
    ECDSA_SIG  *ec;

    text = jwt_unsigned(pool, "{\"alg\":\"ES256\",\"kid\":\"ec\"}",
                        FORGED_PAYLOAD);
    sig = jwt_sign(pool, f->ec, "ES256", &text);

    ec = ECDSA_SIG_new();
    jwt_must(ECDSA_SIG_set0(ec, BN_bin2bn(sig.data, 32, NULL),
                            BN_bin2bn(sig.data + 32, 32, NULL)) == 1, "DER");
    der = NULL;
    len = i2d_ECDSA_SIG(ec, &der);
    jwt_must(len > 0, "DER");
    ECDSA_SIG_free(ec);

    other = jwt_text((char *) der, len);
    other = jwt_join(pool, &text, &other);
    unit_is_int(jwt_verified(pool, &other, &f->keys), NGX_DECLINED,
                "ES256: DER");
    OPENSSL_free(der);

    ngx_memzero(buf, sizeof(buf));
    ngx_memcpy(buf + 1, sig.data, 64);

    other = jwt_text((char *) buf, 65);
    other = jwt_join(pool, &text, &other);
    unit_is_int(jwt_verified(pool, &other, &f->keys), NGX_DECLINED,
                "ES256: a byte before it");

    other = jwt_text((char *) buf + 1, 65);
    other = jwt_join(pool, &text, &other);
    unit_is_int(jwt_verified(pool, &other, &f->keys), NGX_DECLINED,
                "ES256: a byte behind it");

    text = jwt_unsigned(pool, "{\"alg\":\"RS256\",\"kid\":\"rsa\"}",
                        FORGED_PAYLOAD);
    sig = jwt_sign(pool, f->rsa, "RS256", &text);
    ngx_memcpy(buf + 1, sig.data, sig.len);

    other = jwt_text((char *) buf, sig.len + 1);
    other = jwt_join(pool, &text, &other);
    unit_is_int(jwt_verified(pool, &other, &f->keys), NGX_DECLINED,
                "RS256: a zero before it");

    sig = jwt_sign(pool, f->rsa, "PS256", &text);
    other = jwt_join(pool, &text, &sig);
    unit_is_int(jwt_verified(pool, &other, &f->keys), NGX_DECLINED,
                "RS256: signed as PS256 is");

    sig = jwt_sign(pool, f->rsa, "RS512", &text);
    other = jwt_join(pool, &text, &sig);
    unit_is_int(jwt_verified(pool, &other, &f->keys), NGX_DECLINED,
                "RS256: signed as RS512 is");
}


static void
forged_test_pss(forged_t *f, ngx_pool_t *pool, ngx_uint_t what,
    const char *name)
{
    size_t         len;
    u_char         buf[512];
    ngx_str_t      text, sig;
    EVP_MD_CTX    *ctx;
    EVP_PKEY_CTX  *pctx;

    text = jwt_unsigned(pool, "{\"alg\":\"PS256\",\"kid\":\"rsa\"}",
                        FORGED_PAYLOAD);

    ctx = EVP_MD_CTX_new();
    jwt_must(EVP_DigestSignInit_ex(ctx, &pctx, what == FORGED_OTHER_MD
                                               ? "SHA384" : "SHA256",
                                   NULL, NULL, f->rsa, NULL) == 1
             && EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) == 1
             && EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, what == FORGED_LONG_SALT
                                                 ? RSA_PSS_SALTLEN_MAX
                                                 : RSA_PSS_SALTLEN_DIGEST)
                == 1
             && (what != FORGED_OTHER_MGF
                 || EVP_PKEY_CTX_set_rsa_mgf1_md(pctx, EVP_sha1()) == 1),
             "a signature");

    len = sizeof(buf);
    jwt_must(EVP_DigestSign(ctx, buf, &len, text.data, text.len) == 1,
             "a signature");
    EVP_MD_CTX_free(ctx);

    sig = jwt_text((char *) buf, len);
    text = jwt_join(pool, &text, &sig);

    unit_is_int(jwt_verified(pool, &text, &f->keys),
                what ? NGX_DECLINED : NGX_OK, "PS256: %s", name);
}


/* whoever has a key of a curve does not speak for one of another */

static void
forged_test_curves(forged_t *f, ngx_pool_t *pool)
{
    EVP_PKEY    *pkey;
    ngx_str_t    token;
    ngx_uint_t   i;

    static const char  *curves[] = { "P-384", "P-521", "secp256k1",
                                     "brainpoolP256r1" };

    for (i = 0; i < unit_nelts(curves); i++) {
        pkey = jwt_key(curves[i]);
        token = jwt_token(pool, pkey, "ES256",
                          "{\"alg\":\"ES256\",\"kid\":\"ec\"}",
                          FORGED_PAYLOAD);

        unit_is_int(jwt_verified(pool, &token, &f->keys), NGX_DECLINED,
                    "ES256 with a key of %s", curves[i]);
        EVP_PKEY_free(pkey);
    }

    token = jwt_token(pool, f->ec, "ES384",
                      "{\"alg\":\"ES384\",\"kid\":\"ec\"}", FORGED_PAYLOAD);
    unit_is_int(jwt_verified(pool, &token, &f->keys), NGX_ABORT,
                "ES384 with a key of P-256");

    token = jwt_token(pool, f->ec, "ES384",
                      "{\"alg\":\"ES256\",\"kid\":\"ec\"}", FORGED_PAYLOAD);
    unit_is_int(jwt_verified(pool, &token, &f->keys), NGX_DECLINED,
                "ES256 with the digest of ES384");

    token = jwt_token(pool, f->ed, "EdDSA",
                      "{\"alg\":\"ES256\",\"kid\":\"ec\"}", FORGED_PAYLOAD);
    unit_is_int(jwt_verified(pool, &token, &f->keys), NGX_DECLINED,
                "ES256, signed as EdDSA is");
}


int
main(void)
{
    forged_t     f;
    ngx_pool_t  *pool;

    pool = unit_pool();
    forged_init(&f, pool);

    forged_test_headers(&f, pool);
    forged_test_hmac(&f, pool);
    forged_test_flip(&f, pool, f.rsa, "RS256", "rsa");
    forged_test_flip(&f, pool, f.rsa, "PS256", "rsa");
    forged_test_flip(&f, pool, f.ec, "ES256", "ec");
    forged_test_flip(&f, pool, f.ed, "EdDSA", "ed");
    forged_test_raw(&f, pool);
    forged_test_form(&f, pool);
    forged_test_pss(&f, pool, 0, "as it has to be");
    forged_test_pss(&f, pool, FORGED_OTHER_MD, "another digest");
    forged_test_pss(&f, pool, FORGED_LONG_SALT, "another salt");
    forged_test_pss(&f, pool, FORGED_OTHER_MGF, "another mask");
    forged_test_curves(&f, pool);

    EVP_PKEY_free(f.rsa);
    EVP_PKEY_free(f.ec);
    EVP_PKEY_free(f.ed);
    EVP_PKEY_free(f.thief);
    ngx_destroy_pool(pool);

    return unit_done();
}
