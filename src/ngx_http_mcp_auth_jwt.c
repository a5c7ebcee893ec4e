
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_auth.h>


/* tokens that a worker remembers, of a location; a power of 2 */
#define NGX_HTTP_MCP_TOKENS  1024


/* a token that was verified, by its digest: the next one takes its place */

struct ngx_http_mcp_token_s {
    u_char                       digest[MCP_CRED_DIGEST];
    ngx_uint_t                   generation;   /* of the keys */
    time_t                       expires;      /* with leeway */
    mcp_jwt_claims_t             claims;
    mcp_scope_set_t              set;
};


static ngx_int_t ngx_http_mcp_auth_verify(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_http_mcp_jwt_t *jwt, ngx_str_t *token,
    mcp_jwt_claims_t *claims);
static ngx_int_t ngx_http_mcp_auth_renew(ngx_http_request_t *r,
    ngx_http_mcp_jwks_t *set);
static ngx_int_t ngx_http_mcp_auth_wait(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_http_mcp_jwks_t *set);
static ngx_int_t ngx_http_mcp_auth_claims(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, const mcp_jwt_claims_t *claims,
    const mcp_scope_set_t *set);
static ngx_http_mcp_token_t **ngx_http_mcp_auth_slot(ngx_http_mcp_jwt_t *jwt,
    const u_char *digest);
static void ngx_http_mcp_auth_remember(ngx_http_mcp_jwt_t *jwt,
    const u_char *digest, const mcp_jwt_claims_t *claims,
    const mcp_scope_set_t *set, ngx_log_t *log);
static u_char *ngx_http_mcp_auth_copy(u_char *p, ngx_str_t *to,
    const ngx_str_t *from);
static void ngx_http_mcp_auth_jwt_cleanup(void *data);


ngx_int_t
ngx_http_mcp_auth_jwt(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *token, const u_char *digest)
{
    ngx_int_t                   rc;
    mcp_scope_set_t             set;
    mcp_jwt_claims_t            claims;
    ngx_http_mcp_jwt_t         *jwt;
    ngx_http_mcp_token_t       *known;
    ngx_http_mcp_main_conf_t   *mmcf;

    jwt = ctx->conf->auth->jwt;

    (void) ngx_http_mcp_jwks_read(jwt->set);

    known = *ngx_http_mcp_auth_slot(jwt, digest);

    if (known
        && ngx_memcmp(known->digest, digest, MCP_CRED_DIGEST) == 0
        && known->generation == jwt->set->generation
        && ngx_time() < known->expires)
    {
        rc = ngx_http_mcp_auth_claims(r, ctx, &known->claims, &known->set);

        return rc == NGX_OK ? ngx_http_mcp_auth_renew(r, jwt->set) : rc;
    }

    rc = ngx_http_mcp_auth_verify(r, ctx, jwt, token, &claims);

    if (rc != NGX_OK) {
        return rc;
    }

    mmcf = ngx_http_get_module_main_conf(r, ngx_http_mcp_module);

    mcp_scope_read(mmcf->scopes, &claims.scope, &set);

    ngx_http_mcp_auth_remember(jwt, digest, &claims, &set,
                               r->connection->log);

    return ngx_http_mcp_auth_claims(r, ctx, &claims, &set);
}


static ngx_int_t
ngx_http_mcp_auth_verify(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_http_mcp_jwt_t *jwt, ngx_str_t *token, mcp_jwt_claims_t *claims)
{
    ngx_int_t    rc;
    mcp_jwt_t    parts;
    const char  *err;

    err = "its key is not known";

    rc = mcp_jwt_parse(&parts, r->pool, token, &err);

    if (rc == NGX_OK) {

        if (jwt->set->generation == 0) {
            return ngx_http_mcp_auth_wait(r, ctx, jwt->set);
        }

        rc = mcp_jwt_verify(&parts, &jwt->set->keys, &err);

        if (rc == NGX_ABORT) {
            rc = ngx_http_mcp_auth_wait(r, ctx, jwt->set);

            if (rc != NGX_ABORT) {
                return rc;
            }

            rc = NGX_DECLINED;

        } else if (ngx_http_mcp_auth_renew(r, jwt->set) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (rc == NGX_OK) {
        rc = mcp_jwt_claims(&parts, r->pool, &jwt->rules, ngx_time(), claims,
                            &err);
    }

    if (rc == NGX_DECLINED) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "mcp token refused: %s", err);
    }

    return rc;
}


/* nobody waits for what replaces a set that is old */

static ngx_int_t
ngx_http_mcp_auth_renew(ngx_http_request_t *r, ngx_http_mcp_jwks_t *set)
{
    return ngx_http_mcp_jwks_old(set) ? ngx_http_mcp_jwks_fetch(r, set)
                                      : NGX_OK;
}


/*
 * For a set that is not there, or that lacks a key: NGX_AGAIN; NGX_ABORT: that
 * was tried, or was tried a moment ago; NGX_ERROR.
 */

static ngx_int_t
ngx_http_mcp_auth_wait(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_http_mcp_jwks_t *set)
{
    if (ctx->waited) {
        return NGX_ABORT;
    }

    ctx->waited = 1;

    if (ngx_http_mcp_jwks_due(set)) {

        if (ngx_http_mcp_jwks_fetch(r, set) != NGX_OK) {
            return NGX_ERROR;
        }

    } else if (!ngx_http_mcp_jwks_asked(set)) {
        return NGX_ABORT;
    }

    return ngx_http_mcp_jwks_wait(r, set) == NGX_OK ? NGX_AGAIN : NGX_ERROR;
}


/* what a worker remembers may be forgotten while the request lasts */

static ngx_int_t
ngx_http_mcp_auth_claims(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    const mcp_jwt_claims_t *claims, const mcp_scope_set_t *set)
{
    u_char                   *p;
    mcp_scope_set_t          *copy;
    ngx_http_mcp_identity_t  *identity;

    p = ngx_palloc(r->pool, sizeof(ngx_http_mcp_identity_t)
                            + sizeof(mcp_scope_set_t)
                            + claims->consumer.len + claims->scope.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    identity = (ngx_http_mcp_identity_t *) p;
    p += sizeof(ngx_http_mcp_identity_t);

    copy = (mcp_scope_set_t *) p;
    p += sizeof(mcp_scope_set_t);

    *copy = *set;

    p = ngx_http_mcp_auth_copy(p, &identity->consumer, &claims->consumer);
    (void) ngx_http_mcp_auth_copy(p, &identity->scope, &claims->scope);

    identity->set = copy;
    identity->tools = NULL;
    identity->expires = claims->expires
                        + ctx->conf->auth->jwt->rules.leeway;

    ctx->identity = identity;

    return NGX_OK;
}


static ngx_http_mcp_token_t **
ngx_http_mcp_auth_slot(ngx_http_mcp_jwt_t *jwt, const u_char *digest)
{
    ngx_uint_t  n;

    n = digest[0] | (ngx_uint_t) digest[1] << 8;

    return &jwt->cache[n & (NGX_HTTP_MCP_TOKENS - 1)];
}


/* without memory it is verified again the next time */

static void
ngx_http_mcp_auth_remember(ngx_http_mcp_jwt_t *jwt, const u_char *digest,
    const mcp_jwt_claims_t *claims, const mcp_scope_set_t *set,
    ngx_log_t *log)
{
    u_char                 *p;
    ngx_http_mcp_token_t   *token, **slot;

    token = ngx_alloc(sizeof(ngx_http_mcp_token_t) + claims->consumer.len
                      + claims->scope.len, log);
    if (token == NULL) {
        return;
    }

    p = (u_char *) token + sizeof(ngx_http_mcp_token_t);

    ngx_memcpy(token->digest, digest, MCP_CRED_DIGEST);

    token->generation = jwt->set->generation;
    token->expires = claims->expires + jwt->rules.leeway;
    token->claims = *claims;
    token->set = *set;

    p = ngx_http_mcp_auth_copy(p, &token->claims.consumer, &claims->consumer);
    (void) ngx_http_mcp_auth_copy(p, &token->claims.scope, &claims->scope);

    slot = ngx_http_mcp_auth_slot(jwt, digest);

    if (*slot) {
        ngx_free(*slot);
    }

    *slot = token;
}


/* returns the end; a string may be NULL if it is empty */

static u_char *
ngx_http_mcp_auth_copy(u_char *p, ngx_str_t *to, const ngx_str_t *from)
{
    to->data = p;
    to->len = from->len;

    return from->len ? ngx_cpymem(p, from->data, from->len) : p;
}


ngx_int_t
ngx_http_mcp_auth_jwt_init(ngx_conf_t *cf, ngx_http_mcp_auth_conf_t *conf)
{
    ngx_str_t            *audience;
    ngx_array_t          *audiences;
    ngx_pool_cleanup_t   *cln;
    ngx_http_mcp_jwt_t   *jwt;

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_http_mcp_jwt_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    jwt = cln->data;
    ngx_memzero(jwt, sizeof(ngx_http_mcp_jwt_t));

    jwt->cache = ngx_pcalloc(cf->pool, NGX_HTTP_MCP_TOKENS
                                       * sizeof(ngx_http_mcp_token_t *));
    if (jwt->cache == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_mcp_auth_jwt_cleanup;

    jwt->set = conf->set;

    jwt->rules.issuers = conf->issuers ? conf->issuers : conf->servers;
    jwt->rules.audiences = conf->audiences;
    jwt->rules.consumer = conf->consumer_claim;
    jwt->rules.scope = conf->scope_claim;
    jwt->rules.leeway = conf->leeway;

    if (conf->audiences == NULL) {

        if (conf->resource.len == 0) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "\"mcp_jwt_keys\" needs \"mcp_jwt_audience\" or "
                          "\"mcp_resource_metadata\": a token for another "
                          "server is none for this one in %s:%ui",
                          conf->set->at.file, conf->set->at.line);
            return NGX_ERROR;
        }

        /* of this location: another one within it may be another resource */

        audiences = ngx_array_create(cf->pool, 1, sizeof(ngx_str_t));
        if (audiences == NULL) {
            return NGX_ERROR;
        }

        audience = ngx_array_push(audiences);
        *audience = conf->resource;

        jwt->rules.audiences = audiences;
    }

    conf->jwt = jwt;

    return NGX_OK;
}


static void
ngx_http_mcp_auth_jwt_cleanup(void *data)
{
    ngx_http_mcp_jwt_t *jwt = data;

    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_MCP_TOKENS; i++) {
        if (jwt->cache[i]) {
            ngx_free(jwt->cache[i]);
        }
    }
}
