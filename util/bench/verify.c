
/*
 * Copyright (C) the ngx_http_mcp_module authors
 *
 * verify SECONDS: how many tokens a core verifies in a second, by algorithm;
 * all of it, from the text of the token to its claims.
 */


#include <time.h>
#include "../../t/unit/jwt.h"


static double
verify_now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);

    return ts.tv_sec + ts.tv_nsec / 1e9;
}


static void
verify_one(const char *alg, const char *type, double seconds)
{
    double             begin;
    ngx_str_t          header, token, jwk, set, audience;
    EVP_PKEY          *pkey;
    mcp_jwt_t          jwt;
    ngx_pool_t        *pool, *temp;
    ngx_uint_t         n;
    const char        *err;
    ngx_array_t        audiences;
    mcp_jwt_keys_t     keys;
    mcp_jwt_rules_t    rules;
    mcp_jwt_claims_t   claims;

    pool = unit_pool();

    pkey = jwt_key(type);
    jwk = jwt_jwk(pool, pkey, ",\"kid\":\"a\"");
    set = jwt_printf(pool, "{\"keys\":[%.*s]}", (int) jwk.len, jwk.data);

    header = jwt_printf(pool, "{\"alg\":\"%s\",\"kid\":\"a\"}", alg);
    token = jwt_token(pool, pkey, alg, (char *) header.data,
                      "{\"iss\":\"https://login.example.com\","
                      "\"aud\":\"https://example.com/mcp\","
                      "\"sub\":\"alice@example.com\",\"exp\":1900000000,"
                      "\"iat\":1800000000,\"scope\":\"read write\"}");

    ngx_str_set(&audience, "https://example.com/mcp");
    audiences.elts = &audience;
    audiences.nelts = 1;

    ngx_memzero(&rules, sizeof(mcp_jwt_rules_t));
    rules.audiences = &audiences;

    jwt_must(mcp_jwt_keys_parse(&keys, pool, &set, &err) == NGX_OK, "keys");

    begin = verify_now();

    for (n = 0; n % 16 || verify_now() - begin < seconds; n++) {
        temp = unit_pool();

        jwt_must(mcp_jwt_parse(&jwt, temp, &token, &err) == NGX_OK
                 && mcp_jwt_verify(&jwt, &keys, &err) == NGX_OK
                 && mcp_jwt_claims(&jwt, temp, &rules, 1850000000, &claims,
                                   &err)
                    == NGX_OK,
                 "a token that is valid");

        ngx_destroy_pool(temp);
    }

    printf("| %s, %s | %.0f |\n", alg, type, n / (verify_now() - begin));

    EVP_PKEY_free(pkey);
    ngx_destroy_pool(pool);
}


int
main(int argc, char **argv)
{
    double      seconds;
    ngx_uint_t  i;

    static const char  *all[][2] = {
        { "RS256", "RSA2048" }, { "RS512", "RSA4096" }, { "PS256", "RSA2048" },
        { "ES256", "P-256" }, { "ES384", "P-384" }, { "ES512", "P-521" },
        { "EdDSA", "ED25519" }
    };

    seconds = argc > 1 ? atof(argv[1]) : 1;

    printf("| Tokens verified | per second of a core |\n|---|---:|\n");

    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        verify_one(all[i][0], all[i][1], seconds);
    }

    return 0;
}
