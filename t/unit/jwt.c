
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_jwt: tokens of every algorithm, and what forgers have tried */


#include "jwt.h"


#define JWT_PAYLOAD  "{\"sub\":\"ann\",\"exp\":2000000000}"


typedef struct {
    const char  *alg;
    const char  *key;                /* of jwt_key() */
} jwt_pair_t;


typedef struct {
    const char  *name;
    const char  *token;
} jwt_bad_t;


typedef struct {
    const char  *header;
    const char  *err;                /* NULL: accepted */
} jwt_header_t;


static jwt_pair_t  jwt_pairs[] = {
    { "RS256", "RSA2048" },
    { "RS384", "RSA2048" },
    { "RS512", "RSA3072" },
    { "PS256", "RSA2048" },
    { "PS384", "RSA2048" },
    { "PS512", "RSA3072" },
    { "ES256", "P-256" },
    { "ES384", "P-384" },
    { "ES512", "P-521" },
    { "EdDSA", "ED25519" },
    { "Ed25519", "ED25519" },
    { "EdDSA", "ED448" },
    { "Ed448", "ED448" }
};


/* eyJhbGciOiJSUzI1NiJ9 is {"alg":"RS256"}, e30 {} */

static jwt_bad_t  jwt_bad[] = {
    { "nothing", "" },
    { "one part", "eyJhbGciOiJSUzI1NiJ9" },
    { "two parts", "eyJhbGciOiJSUzI1NiJ9.e30" },
    { "no signature", "eyJhbGciOiJSUzI1NiJ9.e30." },
    { "no payload", "eyJhbGciOiJSUzI1NiJ9..e30" },
    { "no header", ".e30.e30" },
    { "dots", ".." },
    { "four parts", "eyJhbGciOiJSUzI1NiJ9.e30.e30.e30" },
    { "four parts, the last empty", "eyJhbGciOiJSUzI1NiJ9.e30.e30." },
    { "JWE", "eyJhbGciOiJSUzI1NiJ9.e30.e30.e30.e30" },
    { "padding", "eyJhbGciOiJSUzI1NiJ9.e30=.e30" },
    { "padding of a signature", "eyJhbGciOiJSUzI1NiJ9.e30.AAA=" },
    { "padding of none", "eyJhbGciOiJSUzI1NiJ9.e30.AAAA=" },
    { "more behind padding", "eyJhbGciOiJSUzI1NiJ9.e30.AAAA=AAA" },
    { "base64 that is not of URLs", "eyJhbGciOiJSUzI1NiJ9.e30.+/+/" },
    { "a space", "eyJhbGciOiJSUzI1NiJ9.e30.AAA A" },
    { "a line feed", "eyJhbGciOiJSUzI1NiJ9.e30.AAAA\n" },
    { "a byte over 127", "eyJhbGciOiJSUzI1NiJ9.e30.AAA\xc1" },
    { "a length that is none", "eyJhbGciOiJSUzI1NiJ9.e30.AAAAA" },
    { "one digit", "eyJhbGciOiJSUzI1NiJ9.e30.A" },
    { "bits behind two digits", "eyJhbGciOiJSUzI1NiJ9.e30.AB" },
    { "bits behind three digits", "eyJhbGciOiJSUzI1NiJ9.e30.AAB" },
    { "bits behind a payload", "eyJhbGciOiJSUzI1NiJ9.e31.AAA" },
    { NULL, NULL }
};


#define JWT_NO_ALG   "is not signed with an accepted algorithm"
#define JWT_NO_TYP   "is of another type than access tokens are"
#define JWT_NO_KID   "has a kid that names no key"
#define JWT_NO_JSON  "has a header that is not a JSON object"

static jwt_header_t  jwt_headers[] = {
    { "{\"alg\":\"RS256\"}", NULL },
    { " { \"\\u0061lg\" : \"R\\u00532\\u00356\" } ", NULL },
    { "{\"alg\":\"ES256\",\"typ\":\"JWT\"}", NULL },
    { "{\"alg\":\"ES256\",\"typ\":\"jwt\"}", NULL },
    { "{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}", NULL },
    { "{\"alg\":\"ES256\",\"typ\":\"AT+JWT\"}", NULL },
    { "{\"alg\":\"ES256\",\"typ\":\"application/at+jwt\"}", NULL },
    { "{\"alg\":\"ES256\",\"typ\":\"application/jwt\"}", NULL },
    { "{\"alg\":\"ES256\",\"x\":[{}],\"b64\":true}", NULL },

    { "{}", JWT_NO_ALG },
    { "{\"alg\":null}", JWT_NO_ALG },
    { "{\"alg\":[\"RS256\"]}", JWT_NO_ALG },
    { "{\"alg\":\"\"}", JWT_NO_ALG },
    { "{\"alg\":\"none\"}", JWT_NO_ALG },
    { "{\"alg\":\"None\"}", JWT_NO_ALG },
    { "{\"alg\":\"NONE\"}", JWT_NO_ALG },
    { "{\"alg\":\"nOnE\"}", JWT_NO_ALG },
    { "{\"alg\":\"none \"}", JWT_NO_ALG },
    { "{\"alg\":\"HS256\"}", JWT_NO_ALG },
    { "{\"alg\":\"HS384\"}", JWT_NO_ALG },
    { "{\"alg\":\"HS512\"}", JWT_NO_ALG },
    { "{\"alg\":\"rs256\"}", JWT_NO_ALG },
    { "{\"alg\":\"RS256 \"}", JWT_NO_ALG },
    { "{\"alg\":\"RS2560\"}", JWT_NO_ALG },
    { "{\"alg\":\"RS25\"}", JWT_NO_ALG },
    { "{\"alg\":\"RS1\"}", JWT_NO_ALG },
    { "{\"alg\":\"ES256K\"}", JWT_NO_ALG },
    { "{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\"}", JWT_NO_ALG },
    { "{\"Alg\":\"RS256\"}", JWT_NO_ALG },

    { "{\"alg\":\"RS256\",\"typ\":\"\"}", JWT_NO_TYP },
    { "{\"alg\":\"RS256\",\"typ\":null}", JWT_NO_TYP },
    { "{\"alg\":\"RS256\",\"typ\":\"JWS\"}", JWT_NO_TYP },
    { "{\"alg\":\"RS256\",\"typ\":\"logout+jwt\"}", JWT_NO_TYP },
    { "{\"alg\":\"RS256\",\"typ\":\"dpop+jwt\"}", JWT_NO_TYP },
    { "{\"alg\":\"RS256\",\"typ\":\"secevent+jwt\"}", JWT_NO_TYP },
    { "{\"alg\":\"RS256\",\"typ\":\"application/\"}", JWT_NO_TYP },
    { "{\"alg\":\"RS256\",\"typ\":\"text/jwt\"}", JWT_NO_TYP },

    { "{\"alg\":\"RS256\",\"kid\":\"\"}", JWT_NO_KID },
    { "{\"alg\":\"RS256\",\"kid\":1}", JWT_NO_KID },
    { "{\"alg\":\"RS256\",\"kid\":[\"a\"]}", JWT_NO_KID },

    { "{\"alg\":\"RS256\",\"crit\":[]}", "has critical headers" },
    { "{\"alg\":\"RS256\",\"b64\":false,\"crit\":[\"b64\"]}",
      "has critical headers" },

    { "{\"alg\":\"RS256\",\"alg\":\"none\"}", JWT_NO_JSON },
    { "{\"alg\":\"none\",\"al\\u0067\":\"RS256\"}", JWT_NO_JSON },
    { "{\"alg\":\"RS256\",\"kid\":\"a\",\"kid\":\"b\"}", JWT_NO_JSON },
    { "{\"alg\":\"RS256\",\"kid\":\"\\u0000\"}", JWT_NO_JSON },
    { "[\"alg\",\"RS256\"]", JWT_NO_JSON },
    { "\"RS256\"", JWT_NO_JSON },
    { "{\"alg\":\"RS256\"", JWT_NO_JSON },
    { "{\"alg\":\"RS256\"}{}", JWT_NO_JSON },
    { "{'alg':'RS256'}", JWT_NO_JSON },
    { "\xef\xbb\xbf{\"alg\":\"RS256\"}", JWT_NO_JSON },
    { "{\"alg\":\"RS256\",\"x\":\"\xff\"}", JWT_NO_JSON },
    { NULL, NULL }
};


/* every algorithm, each with the keys of all the others too */

static void
jwt_test_pairs(ngx_pool_t *pool)
{
    ngx_str_t        header, token, jwk[unit_nelts(jwt_pairs)];
    EVP_PKEY        *pkey[unit_nelts(jwt_pairs)];
    ngx_uint_t       i, j, right, accepted;
    mcp_jwt_keys_t   keys[unit_nelts(jwt_pairs)], all;

    for (i = 0; i < unit_nelts(jwt_pairs); i++) {
        pkey[i] = jwt_key(jwt_pairs[i].key);
        header = jwt_printf(pool, ",\"kid\":\"%s-%d\"", jwt_pairs[i].key,
                            (int) i);
        jwk[i] = jwt_jwk(pool, pkey[i], (char *) header.data);
        jwt_load(&keys[i], pool, &jwk[i], 1);
    }

    jwt_load(&all, pool, jwk, unit_nelts(jwt_pairs));

    for (i = 0; i < unit_nelts(jwt_pairs); i++) {
        header = jwt_printf(pool, "{\"alg\":\"%s\",\"kid\":\"%s-%d\"}",
                            jwt_pairs[i].alg, jwt_pairs[i].key, (int) i);
        token = jwt_token(pool, pkey[i], jwt_pairs[i].alg,
                          (char *) header.data, JWT_PAYLOAD);

        unit_is_int(jwt_verified(pool, &token, &all), NGX_OK,
                    "%s with %s, of all keys", jwt_pairs[i].alg,
                    jwt_pairs[i].key);

        accepted = 0;

        for (j = 0; j < unit_nelts(jwt_pairs); j++) {
            right = (jwt_verified(pool, &token, &keys[j]) == NGX_OK);
            accepted += right;

            if (right && i != j) {
                unit_diag("%s verified by key %d", jwt_pairs[i].alg, (int) j);
            }
        }

        unit_is_int(accepted, 1, "%s with %s: no other key takes it",
                    jwt_pairs[i].alg, jwt_pairs[i].key);
    }

    for (i = 0; i < unit_nelts(jwt_pairs); i++) {
        EVP_PKEY_free(pkey[i]);
    }
}


static void
jwt_test_bad(ngx_pool_t *pool)
{
    ngx_str_t      token, text;
    mcp_jwt_t      jwt;
    jwt_bad_t     *bad;
    const char    *err;
    jwt_header_t  *h;

    for (bad = jwt_bad; bad->name; bad++) {
        token.len = ngx_strlen(bad->token);
        token.data = unit_copy(pool, bad->token, token.len);

        err = NULL;
        unit_is_int(mcp_jwt_parse(&jwt, pool, &token, &err), NGX_DECLINED,
                    "%s", bad->name);
        unit_ok(err != NULL, "%s: there is a reason", bad->name);
    }

    for (h = jwt_headers; h->header; h++) {
        text = jwt_unsigned(pool, h->header, JWT_PAYLOAD);
        token = jwt_printf(pool, "%s.AAAA", text.data);

        err = NULL;
        unit_is_int(mcp_jwt_parse(&jwt, pool, &token, &err),
                    h->err ? NGX_DECLINED : NGX_OK, "%s",
                    unit_show(h->header, ngx_strlen(h->header)));

        if (h->err) {
            unit_ok(err && ngx_strcmp(err, h->err) == 0, "  %s", h->err);
        }
    }
}


static void
jwt_test_sizes(ngx_pool_t *pool)
{
    ngx_int_t    rc;
    ngx_str_t    token, text;
    mcp_jwt_t    jwt;
    const char  *err;
    char         header[8192];

    (void) snprintf(header, sizeof(header), "{\"alg\":\"RS256\",\"x\":\"%*s\"}",
                    MCP_JWT_HEADER_MAX - 22, "y");

    text = jwt_unsigned(pool, header, JWT_PAYLOAD);
    token = jwt_printf(pool, "%s.AAAA", text.data);

    unit_is_int(ngx_strlen(header), MCP_JWT_HEADER_MAX, "a long header");
    unit_is_int(mcp_jwt_parse(&jwt, pool, &token, &err), NGX_OK,
                "it is accepted");

    (void) snprintf(header, sizeof(header), "{\"alg\":\"RS256\",\"x\":\"%*s\"}",
                    MCP_JWT_HEADER_MAX - 21, "y");

    text = jwt_unsigned(pool, header, JWT_PAYLOAD);
    token = jwt_printf(pool, "%s.AAAA", text.data);

    unit_is_int(mcp_jwt_parse(&jwt, pool, &token, &err), NGX_DECLINED,
                "one byte more is refused");

    text = jwt_unsigned(pool, "{\"alg\":\"RS256\"}", "{}");

    token = jwt_printf(pool, "%s.%0*d", text.data,
                       MCP_JWT_TOKEN_MAX - (int) text.len - 1, 0);
    rc = mcp_jwt_parse(&jwt, pool, &token, &err);
    unit_ok(token.len == MCP_JWT_TOKEN_MAX && rc == NGX_OK,
            "a long token is accepted");

    token = jwt_printf(pool, "%s.%0*d", text.data,
                       MCP_JWT_TOKEN_MAX - (int) text.len, 0);
    rc = mcp_jwt_parse(&jwt, pool, &token, &err);
    unit_ok(rc == NGX_DECLINED && ngx_strcmp(err, "is too long") == 0,
            "one byte more is refused");
}


/* memory that is not there is an error, never a token that is taken */

static void
jwt_test_memory(ngx_pool_t *pool)
{
    ngx_int_t    i, rc;
    ngx_str_t    text;
    mcp_jwt_t    jwt;
    ngx_pool_t  *temp;
    const char  *err;

    text = jwt_unsigned(pool, "{\"alg\":\"RS256\",\"kid\":\"\\u0061\"}", "{}");
    text = jwt_printf(pool, "%s.AAAA", text.data);

    for (i = 0; i < 32; i++) {
        temp = unit_pool();

        unit_fail_alloc(i);
        rc = mcp_jwt_parse(&jwt, temp, &text, &err);
        unit_fail_alloc(-1);

        ngx_destroy_pool(temp);

        if (rc != NGX_ERROR) {
            break;
        }
    }

    unit_ok(rc == NGX_OK && i > 3, "%d allocations of a token fail", (int) i);
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    jwt_test_bad(pool);
    jwt_test_sizes(pool);
    jwt_test_pairs(pool);
    jwt_test_memory(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
