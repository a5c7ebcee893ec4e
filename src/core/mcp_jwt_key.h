
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_JWT_KEY_H_INCLUDED_
#define _MCP_JWT_KEY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <openssl/evp.h>
#include <mcp_json_scan.h>
#include <mcp_jwt.h>


/*
 * What the files of mcp_jwt share.  An algorithm is a bit: what a key takes
 * and what a token asks for are sets of them, and a key is only ever used for
 * what is in both.
 */


#define MCP_JWT_RS256        0x0001
#define MCP_JWT_RS384        0x0002
#define MCP_JWT_RS512        0x0004
#define MCP_JWT_PS256        0x0008
#define MCP_JWT_PS384        0x0010
#define MCP_JWT_PS512        0x0020
#define MCP_JWT_ES256        0x0040
#define MCP_JWT_ES384        0x0080
#define MCP_JWT_ES512        0x0100
#define MCP_JWT_ED25519      0x0200
#define MCP_JWT_ED448        0x0400

#define MCP_JWT_RSA          0x003f
#define MCP_JWT_PSS          0x0038
#define MCP_JWT_ECDSA        0x01c0


/* "EdDSA" is of both curves (RFC 8037), the others of one (RFC 9864) */
typedef struct {
    ngx_str_t            name;
    ngx_uint_t           algs;
    const char          *digest;     /* NULL: the algorithm has its own */
} mcp_jwt_alg_t;


typedef struct {
    ngx_str_t            name;       /* "crv" */
    ngx_str_t            kty;
    const char          *ossl;       /* of EC the group, of OKP the type */
    ngx_uint_t           alg;
    size_t               size;       /* bytes of a coordinate; a signature has
                                        twice as many, of EdDSA too */
} mcp_jwt_curve_t;


struct mcp_jwt_key_s {
    EVP_PKEY            *pkey;
    ngx_str_t            kid;        /* empty: none */
    ngx_uint_t           algs;
    size_t               size;       /* bytes of a signature */
};


/* both end with a name of no length */
extern const mcp_jwt_alg_t    mcp_jwt_algs[];
extern const mcp_jwt_curve_t  mcp_jwt_curves[];


/* the algorithms of a name, case-sensitive; 0: none that is accepted */
ngx_uint_t mcp_jwt_alg(const ngx_str_t *name);

/*
 * The bytes of base64url without padding (RFC 7515, section 2), of which there
 * is one spelling only: bits that mean nothing are zero.  NGX_OK, NGX_DECLINED
 * or NGX_ERROR.
 */
ngx_int_t mcp_jwt_base64url(ngx_pool_t *pool, const ngx_str_t *text,
    ngx_str_t *bytes);

/*
 * A member that is a string; one that is not there has no data.  NGX_OK,
 * NGX_DECLINED: it is something else; NGX_ERROR.
 */
ngx_int_t mcp_jwt_string(mcp_json_doc_t *doc, mcp_json_token_t *object,
    const char *name, ngx_str_t *value);

/* neither empty nor longer than "max", and without control characters */
ngx_uint_t mcp_jwt_is_plain(const ngx_str_t *text, size_t max);

/*
 * The key of a JWK.  NGX_OK: the caller has to free key->pkey; NGX_DECLINED:
 * it is no use here; NGX_ERROR.  Leaves errors in OpenSSL's queue.
 */
ngx_int_t mcp_jwt_jwk(mcp_jwt_key_t *key, ngx_pool_t *pool,
    mcp_json_doc_t *doc, mcp_json_token_t *jwk);

/*
 * What a key takes by its type, curve and size: sets key->algs and key->size.
 * NGX_OK or NGX_DECLINED.
 */
ngx_int_t mcp_jwt_key_judge(mcp_jwt_key_t *key);

/*
 * Seconds of a claim, which is unchanged if there is no token.  NGX_OK, or
 * NGX_DECLINED: not a number, negative, or after MCP_JWT_TIME_MAX.
 */
ngx_int_t mcp_jwt_date(const mcp_json_token_t *token, int64_t *date);

/* as mcp_jwt_claims(), of the scopes only */
ngx_int_t mcp_jwt_scope(mcp_json_doc_t *doc, ngx_pool_t *pool,
    const ngx_str_t *claim, ngx_str_t *scope, const char **err);


#endif /* _MCP_JWT_KEY_H_INCLUDED_ */
