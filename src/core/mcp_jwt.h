
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_JWT_H_INCLUDED_
#define _MCP_JWT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>


/*
 * JSON Web Tokens that are signed with a private key: the set of public keys,
 * the signature, the claims.
 *
 * What may verify what is fixed by the key and never by the token: an RSA key
 * takes RS* and PS*, a key of P-256 ES256 and so on, one of Ed25519 or Ed448
 * EdDSA; "alg" of a key narrows that further.  There is no "none", and no HS*.
 * A token names no key but by "kid": "jwk", "jku", "x5u" and "x5c" are
 * ignored, "crit" is refused.  "typ", if there is one, is "JWT" or "at+jwt",
 * so that a token made for something else is none (RFC 8725, section 3.11).
 *
 * Each *err is a constant text that goes on after "the token" or "the file":
 * "is expired".  It quotes nothing, and has neither quotes nor backslashes.
 * OpenSSL's queue of errors is left empty.
 *
 * Specification: RFC 7515, 7517, 7518, 7519, 8037, 8725, 9068.
 */


#define MCP_JWT_TOKEN_MAX    16384   /* bytes of a token */
#define MCP_JWT_HEADER_MAX   4096    /* bytes of its header, decoded */
#define MCP_JWT_KEYS_MAX     64
#define MCP_JWT_SET_MAX      262144  /* bytes of a set of keys */
#define MCP_JWT_RSA_MIN      2048    /* bits */
#define MCP_JWT_RSA_MAX      8192
#define MCP_JWT_TRIES        4       /* keys for one token */
#define MCP_JWT_CONSUMER_MAX 255     /* bytes of a name (OpenID Connect) */
#define MCP_JWT_KID_MAX      256     /* bytes of the "kid" of a token */
#define MCP_JWT_SCOPE_MAX    4096    /* bytes of all scopes of a token */
#define MCP_JWT_TIME_MAX     253402300799LL  /* the end of the year 9999 */


typedef struct mcp_jwt_key_s  mcp_jwt_key_t;


typedef struct {
    ngx_array_t         keys;        /* of mcp_jwt_key_t */
    ngx_uint_t          skipped;     /* keys that are no use here */
} mcp_jwt_keys_t;


typedef struct {
    ngx_str_t           kid;         /* empty: none */
    ngx_uint_t          alg;         /* a set, see mcp_jwt_key.h */
    ngx_str_t           signed_part; /* header and payload as they came */
    ngx_str_t           signature;   /* decoded */
    ngx_str_t           payload;     /* decoded */
} mcp_jwt_t;


/* what a token has to say to be ours */
typedef struct {
    const ngx_array_t  *issuers;     /* of ngx_str_t; NULL: any */
    const ngx_array_t  *audiences;   /* of ngx_str_t, one of them; NULL: any */
    ngx_str_t           consumer;    /* the claim that names the caller; empty:
                                        "sub", and nothing in its place */
    ngx_str_t           scope;       /* the claim of scopes; empty: "scope",
                                        else "scp" */
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
 * Tried are the keys that have the "kid" of the token; if there are none,
 * those that have none, as all of a PEM file; if the token has no "kid", any.
 * Only those of the kind count, and MCP_JWT_TRIES of them at most.
 *
 * NGX_OK: one of the keys has signed it.  NGX_DECLINED: the key it names has
 * not, or there was no memory.  NGX_ABORT: it names no key that is here and
 * none of the others has signed it, another set may have the key.  *err says
 * why in both cases.
 */
ngx_int_t mcp_jwt_verify(const mcp_jwt_t *jwt, const mcp_jwt_keys_t *keys,
    const char **err);

/*
 * What a token whose signature is right says: NGX_OK, NGX_DECLINED (*err) or
 * NGX_ERROR.
 *
 * "exp" is required, and the token is expired when it is reached; "nbf" and
 * "iat" must not be in the future.  Fractions of a second are cut off.  The
 * issuer and the audience are compared byte by byte.  The claim of the
 * consumer is a string without control characters.  "client_id" does not take
 * the place of a missing "sub": a client could be called as a user is (RFC
 * 9068, section 5).  Names of different issuers are not told apart.
 *
 * Scopes are a string of names or an array of them; what is no name of RFC
 * 6749 is left out.
 */
ngx_int_t mcp_jwt_claims(const mcp_jwt_t *jwt, ngx_pool_t *pool,
    const mcp_jwt_rules_t *rules, time_t now, mcp_jwt_claims_t *claims,
    const char **err);


#endif /* _MCP_JWT_H_INCLUDED_ */
