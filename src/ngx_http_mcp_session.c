
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_headers.h>
#include <openssl/rand.h>
#include <ngx_http_mcp_notify.h>
#include <ngx_http_mcp_session.h>
#include <ngx_http_mcp_zone.h>


#define NGX_HTTP_MCP_SESSION_ENDED  's'
#define NGX_HTTP_MCP_SESSION_LEVEL  'v'


static ngx_int_t ngx_http_mcp_session_open(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_str_t *id);
static void ngx_http_mcp_session_tell(ngx_http_mcp_ctx_t *ctx);
static ngx_uint_t ngx_http_mcp_session_applies(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_int_t ngx_http_mcp_session_refuse(ngx_http_mcp_ctx_t *ctx,
    mcp_error_e cause);


ngx_int_t
ngx_http_mcp_session_read(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_str_t                 id;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    if (mlcf->sessions == NGX_HTTP_MCP_SESSIONS_OFF
        || !ngx_http_mcp_session_applies(r, ctx))
    {
        return NGX_OK;
    }

    rc = mcp_headers_get(&ctx->headers, "mcp-session-id", &id);

    if (rc == NGX_ABORT) {
        /* there are several */
        return ngx_http_mcp_session_refuse(ctx, MCP_ERROR_SESSION);
    }

    if (rc == NGX_DECLINED) {

        if (mlcf->sessions == NGX_HTTP_MCP_SESSIONS_REQUIRED
            || r->method != NGX_HTTP_POST)
        {
            return ngx_http_mcp_session_refuse(ctx, MCP_ERROR_NO_SESSION);
        }

        return NGX_OK;
    }

    rc = ngx_http_mcp_session_open(r, ctx, &id);

    if (rc == NGX_DECLINED) {
        return ngx_http_mcp_session_refuse(ctx, MCP_ERROR_SESSION);
    }

    if (rc == NGX_OK) {
        ngx_http_mcp_session_tell(ctx);
    }

    return rc;
}


/* modern clients have no sessions, and with "initialize" a new one begins */

static ngx_uint_t
ngx_http_mcp_session_applies(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    mcp_msg_t  *msg;

    if (r->method != NGX_HTTP_POST) {
        return 1;
    }

    msg = ctx->body.msgs;

    if (ctx->body.batch) {
        return 1;
    }

    return msg->error.cause == MCP_ERROR_NONE
           && !mcp_version_modern(msg->version)
           && !mcp_rpc_is_initialize(msg);
}


static ngx_int_t
ngx_http_mcp_session_open(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *id)
{
    u_char          key[MCP_KEY];
    ngx_int_t       rc;
    ngx_str_t       principal;
    mcp_session_t  *session;

    session = ngx_palloc(r->pool, sizeof(mcp_session_t));
    if (session == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_mcp_principal(r, &principal) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = mcp_session_open(ngx_http_mcp_zone_keys(), r->pool, &principal,
                          ngx_time(), id, session);

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_mcp_session_key(session, NGX_HTTP_MCP_SESSION_ENDED, NULL, key);

    rc = ngx_http_mcp_zone_get(key, NULL, NULL);

    if (rc == NGX_OK) {
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "mcp session has ended");
        return NGX_DECLINED;
    }

    ctx->session = session;

    return NGX_OK;
}


static void
ngx_http_mcp_session_tell(ngx_http_mcp_ctx_t *ctx)
{
    ngx_str_t   version;
    ngx_uint_t  i, said;
    mcp_msg_t  *msg;

    said = (mcp_headers_get(&ctx->headers, "mcp-protocol-version", &version)
            != NGX_DECLINED);

    msg = ctx->body.msgs;

    for (i = 0; i < ctx->body.n; i++) {
        msg[i].capabilities = ctx->session->capabilities;

        if (!said && !ctx->body.batch) {
            msg[i].version = ctx->session->version;
        }
    }
}


static ngx_int_t
ngx_http_mcp_session_refuse(ngx_http_mcp_ctx_t *ctx, mcp_error_e cause)
{
    ctx->error.cause = cause;

    return NGX_DECLINED;
}


ngx_int_t
ngx_http_mcp_session_start(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_msg_t *msg)
{
    ngx_str_t                 id, principal;
    mcp_session_t            *session;
    ngx_table_elt_t          *h;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    if (mlcf->sessions == NGX_HTTP_MCP_SESSIONS_OFF) {
        return NGX_OK;
    }

    session = ngx_palloc(r->pool, sizeof(mcp_session_t));
    if (session == NULL) {
        return NGX_ERROR;
    }

    session->version = msg->version;
    session->capabilities = msg->capabilities;
    session->expires = ngx_time() + mlcf->session_timeout;

    if (RAND_bytes(session->nonce, MCP_STATE_NONCE) != 1) {
        ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0,
                      "mcp RAND_bytes() failed");
        return NGX_ERROR;
    }

    if (ngx_http_mcp_principal(r, &principal) != NGX_OK
        || mcp_session_seal(ngx_http_mcp_zone_keys(), r->pool, &principal,
                            session, &id)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));

    h->hash = 1;
    ngx_str_set(&h->key, "Mcp-Session-Id");
    h->value = id;

    ctx->session = session;

    return NGX_OK;
}


void
ngx_http_mcp_session_set_level(ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg)
{
    u_char     level, key[MCP_KEY];
    ngx_str_t  value;

    if (ctx->session == NULL) {
        return;
    }

    level = (u_char) msg->log_level;

    value.len = 1;
    value.data = &level;

    ngx_http_mcp_session_key(ctx->session, NGX_HTTP_MCP_SESSION_LEVEL, NULL,
                             key);

    (void) ngx_http_mcp_zone_put(key, &value,
                                 ngx_http_mcp_session_rest(ctx->session));
}


void
ngx_http_mcp_session_level(ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg)
{
    u_char     key[MCP_KEY];
    ngx_str_t  value;

    if (ctx->session == NULL) {
        return;
    }

    ngx_http_mcp_session_key(ctx->session, NGX_HTTP_MCP_SESSION_LEVEL, NULL,
                             key);

    if (ngx_http_mcp_zone_get(key, msg->doc->pool, &value) == NGX_OK
        && value.len == 1)
    {
        msg->log_level = value.data[0];
    }
}


ngx_int_t
ngx_http_mcp_session_end(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    u_char     key[MCP_KEY];
    ngx_int_t  rc;
    ngx_str_t  none;

    ngx_str_null(&none);

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_mcp_session_key(ctx->session, NGX_HTTP_MCP_SESSION_ENDED, NULL,
                             key);

    if (ngx_http_mcp_zone_put(key, &none,
                              ngx_http_mcp_session_rest(ctx->session))
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_mcp_notify_publish(key);

    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "mcp session ended");

    ctx->answered = 1;

    r->headers_out.status = NGX_HTTP_NO_CONTENT;
    r->header_only = 1;

    return ngx_http_send_header(r);
}


void
ngx_http_mcp_session_key(mcp_session_t *session, u_char kind,
    const ngx_str_t *name, u_char *key)
{
    ngx_str_t  nonce;

    nonce.len = MCP_STATE_NONCE;
    nonce.data = session->nonce;

    mcp_key(key, kind, &nonce, name);
}


time_t
ngx_http_mcp_session_rest(mcp_session_t *session)
{
    return ngx_max(session->expires - ngx_time(), 1);
}
