
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_JWT_H_INCLUDED_
#define _MCP_JWT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>


/*
 * JSON Web Tokens that are signed with a public key: the set of keys, the
 * signature, the claims.
 *
 * What may verify what is fixed by the key and never by the token: an RSA key
 * takes RS* and PS*, a key of P-256 ES256 and so on, "alg" of a key narrows
 * that further.  There is no "none", and no HS*.  A token names no key but by
 * "kid": "jwk", "jku", "x5u" and "x5c" are ignored, "crit" is refused.
 *
 * Specification: RFC 7515, 7517, 7518, 7519, 8037, 8725, 9068.
 */


#define MCP_JWT_TOKEN_MAX    16384   /* bytes of a token */
#define MCP_JWT_HEADER_MAX   4096    /* bytes of its header, decoded */
#define MCP_JWT_KEYS_MAX     64
#define MCP_JWT_SET_MAX      262144  /* bytes of a set of keys */
#define MCP_JWT_RSA_MIN      2048    /* bits */
#define MCP_JWT_RSA_MAX      8192


typedef struct mcp_jwt_key_s  mcp_jwt_key_t;


typedef struct {
    ngx_array_t         keys;        /* of mcp_jwt_key_t */
    ngx_uint_t          skipped;     /* keys that are no use here */
} mcp_jwt_keys_t;


typedef struct {
    ngx_str_t           kid;         /* empty: none */
    ngx_uint_t          alg;
    ngx_str_t           signed_part; /* header and payload as they came */
    ngx_str_t           signature;   /* decoded */
    ngx_str_t           payload;     /* decoded */
} mcp_jwt_t;


/* what a token has to say to be ours */
typedef struct {
    const ngx_array_t  *issuers;     /* of ngx_str_t; NULL: any */
    const ngx_array_t  *audiences;   /* of ngx_str_t, one of them; NULL: any */
    ngx_str_t           consumer;    /* the claim that names the caller, by
                                        default "sub" */
    ngx_str_t           scope;       /* the claim of scopes, by default
                                        "scope", else "scp" */
    time_t              leeway;      /* seconds */
} mcp_jwt_rules_t;


typedef struct {
    ngx_str_t           consumer;    /* never empty; all in the pool */
    ngx_str_t           scope;       /* names with spaces between them */
    time_t              expires;     /* seconds, without leeway */
} mcp_jwt_claims_t;


/*
 * Keys of a JWK Set, or of a PEM file with one or more public keys or
 * certificates.  Keys of other kinds, for encryption or with private parts are
 * skipped and counted.  The keys are freed with the pool.  NGX_OK;
 * NGX_DECLINED: *err says why (no set, or not one key of use); NGX_ERROR: out
 * of memory.
 */
ngx_int_t mcp_jwt_keys_parse(mcp_jwt_keys_t *keys, ngx_pool_t *pool,
    const ngx_str_t *text, const char **err);

/*
 * Takes a token apart.  No cryptography yet: NGX_OK, NGX_DECLINED (*err) or
 * NGX_ERROR.
 */
ngx_int_t mcp_jwt_parse(mcp_jwt_t *jwt, ngx_pool_t *pool,
    const ngx_str_t *token, const char **err);

/*
 * NGX_OK: one of the keys has signed it.  NGX_DECLINED: *err says why.
 * NGX_ABORT: there is no key of that "kid" and kind, another set may have it.
 */
ngx_int_t mcp_jwt_verify(const mcp_jwt_t *jwt, const mcp_jwt_keys_t *keys,
    const char **err);

/*
 * What a token whose signature is right says: NGX_OK, NGX_DECLINED (*err) or
 * NGX_ERROR.  "exp" is required.
 */
ngx_int_t mcp_jwt_claims(const mcp_jwt_t *jwt, ngx_pool_t *pool,
    const mcp_jwt_rules_t *rules, time_t now, mcp_jwt_claims_t *claims,
    const char **err);


#endif /* _MCP_JWT_H_INCLUDED_ */
