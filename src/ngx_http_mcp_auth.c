
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_auth.h>
#include <ngx_http_mcp_view.h>


#define ngx_http_mcp_auth_conf(r)                                            \
    ((ngx_http_mcp_loc_conf_t *)                                              \
         ngx_http_get_module_loc_conf(r, ngx_http_mcp_module))->auth


static ngx_int_t ngx_http_mcp_auth_credential(ngx_http_request_t *r,
    ngx_http_mcp_auth_conf_t *conf, ngx_str_t *token);
static ngx_int_t ngx_http_mcp_auth_key(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_http_mcp_keys_t *keys, const u_char *digest);
static ngx_int_t ngx_http_mcp_auth_refuse(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, mcp_error_e cause, mcp_challenge_e challenge);


ngx_int_t
ngx_http_mcp_auth(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    u_char                     digest[MCP_CRED_DIGEST];
    ngx_int_t                  rc;
    ngx_str_t                  token;
    ngx_http_mcp_auth_conf_t  *conf;

    conf = ngx_http_mcp_auth_conf(r);

    if (!ngx_http_mcp_auth_enabled(conf)) {
        return NGX_OK;
    }

    switch (ngx_http_mcp_auth_credential(r, conf, &token)) {

    case NGX_OK:
        break;

    case NGX_DECLINED:
        return ngx_http_mcp_auth_refuse(r, ctx, MCP_ERROR_UNAUTHORIZED,
                                        MCP_CHALLENGE_NONE);

    default: /* NGX_ABORT */
        return ngx_http_mcp_auth_refuse(r, ctx, MCP_ERROR_CREDENTIALS,
                                        MCP_CHALLENGE_REQUEST);
    }

    mcp_cred_digest(&token, digest);

    rc = ngx_http_mcp_auth_key(r, ctx, conf->keys, digest);

    if (rc == NGX_DECLINED && conf->jwt) {
        rc = ngx_http_mcp_auth_jwt(r, ctx, &token, digest);
    }

    switch (rc) {

    case NGX_DECLINED:
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "mcp credential is unknown or not valid");

        return ngx_http_mcp_auth_refuse(r, ctx, MCP_ERROR_UNAUTHORIZED,
                                        MCP_CHALLENGE_TOKEN);

    case NGX_ABORT:
        ctx->error.cause = MCP_ERROR_UNAVAILABLE;
        return NGX_DECLINED;

    default:
        return rc;
    }
}


/*
 * The credential, a token or a key, for which alone there is a header of its
 * own.  NGX_OK; NGX_DECLINED: there is none; NGX_ABORT: more than one, or
 * something that can be none.
 */

static ngx_int_t
ngx_http_mcp_auth_credential(ngx_http_request_t *r,
    ngx_http_mcp_auth_conf_t *conf, ngx_str_t *token)
{
    ngx_int_t         rc;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    rc = NGX_DECLINED;

    if (r->headers_in.authorization) {
        rc = mcp_cred_bearer(&r->headers_in.authorization->value, token);
    }

    if (conf->keys == NULL) {
        return rc;
    }

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (!ngx_http_mcp_header_is(&h[i], "x-api-key")) {
                continue;
            }

            if (rc != NGX_DECLINED) {
                return NGX_ABORT;
            }

            rc = mcp_cred_key(&h[i].value);
            *token = h[i].value;
        }
    }

    return rc;
}


static ngx_int_t
ngx_http_mcp_auth_key(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_http_mcp_keys_t *keys, const u_char *digest)
{
    const mcp_cred_t         *cred;
    ngx_http_mcp_identity_t  *identity;

    if (keys == NULL) {
        return NGX_DECLINED;
    }

    cred = mcp_creds_find(&keys->creds, digest, ngx_time());

    if (cred == NULL) {
        return NGX_DECLINED;
    }

    identity = ngx_palloc(r->pool, sizeof(ngx_http_mcp_identity_t));
    if (identity == NULL) {
        return NGX_ERROR;
    }

    identity->consumer = cred->name;
    identity->scope = cred->scope;
    identity->set = &keys->sets[cred - keys->creds.keys];
    identity->tools = cred->tools;
    identity->expires = cred->expires;

    ctx->identity = identity;

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_auth_refuse(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_error_e cause, mcp_challenge_e challenge)
{
    ngx_http_mcp_auth_conf_t  *conf;

    conf = ngx_http_mcp_auth_conf(r);

    if (!conf->access) {
        ctx->error.cause = cause;
    }

    if (mcp_protect_challenge(r->pool, challenge, &conf->url, &conf->initial,
                              &ctx->challenge)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_DECLINED;
}


/* with "satisfy any" it is one of those that may let a request pass */

ngx_int_t
ngx_http_mcp_auth_handler(ngx_http_request_t *r)
{
    ngx_http_mcp_ctx_t        *ctx;
    ngx_http_mcp_auth_conf_t  *conf;

    conf = ngx_http_mcp_auth_conf(r);

    if (!conf->access || !ngx_http_mcp_auth_enabled(conf) || r != r->main) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);

    if (ctx == NULL) {
        return NGX_DECLINED;
    }

    return ctx->identity ? NGX_OK : NGX_HTTP_UNAUTHORIZED;
}


ngx_uint_t
ngx_http_mcp_auth_enabled(ngx_http_mcp_auth_conf_t *conf)
{
    return conf->keys || conf->jwt;
}


ngx_int_t
ngx_http_mcp_auth_forbid(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_msg_t *msg)
{
    ngx_int_t                 rc;
    mcp_scope_set_t           need;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    if (ctx->server == mlcf->server || mlcf->auth->hidden) {
        return NGX_DECLINED;
    }

    rc = mcp_view_need(mlcf->server, msg, &need);

    return rc == NGX_OK ? ngx_http_mcp_auth_lacks(r, ctx, msg, &need) : rc;
}


ngx_int_t
ngx_http_mcp_auth_lacks(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_msg_t *msg, const mcp_scope_set_t *need)
{
    mcp_buf_t                  b;
    ngx_str_t                  scope;
    mcp_caller_t               caller;
    mcp_scope_set_t            set;
    ngx_http_mcp_main_conf_t  *mmcf;

    if (ngx_http_mcp_caller(r, ctx, &set, &caller) != NGX_OK) {
        return NGX_ERROR;
    }

    if (mcp_scope_covers(&set, need)) {
        /* it is for other tools */
        return mcp_rpc_error(r->pool, &msg->error, MCP_ERROR_FORBIDDEN,
                             "Forbidden: this credential is not for it");
    }

    mmcf = ngx_http_get_module_main_conf(r, ngx_http_mcp_module);

    mcp_buf_init(&b, r->pool, 128);
    mcp_scope_write(&b, mmcf->scopes, need);

    if (mcp_buf_done(&b, &scope) != NGX_OK) {
        return NGX_ERROR;
    }

    if (mcp_protect_challenge(r->pool, MCP_CHALLENGE_SCOPE,
                              &ctx->conf->auth->url, &scope, &ctx->challenge)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return mcp_rpc_error(r->pool, &msg->error, MCP_ERROR_SCOPE,
                         "Insufficient scope: it takes \"%V\"", &scope);
}


ngx_uint_t
ngx_http_mcp_tool_need(const ngx_array_t *lines, const ngx_str_t *name,
    mcp_scope_set_t *need)
{
    ngx_uint_t                  i, found;
    ngx_http_mcp_tool_scope_t  *scope;

    scope = lines ? lines->elts : NULL;
    found = 0;

    for (i = 0; scope && i < lines->nelts; i++) {

        if (mcp_pattern_match(&scope[i].pattern, name)) {
            mcp_scope_join(need, &scope[i].set);
            found = 1;
        }
    }

    return found;
}
