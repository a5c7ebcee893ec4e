
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_cred.h>
#include <mcp_headers.h>
#include <ngx_http_mcp_auth.h>
#include <ngx_http_mcp_reply.h>


/* one buffer is sent faster than more, as long as there is little to copy */
#define NGX_HTTP_MCP_REPLY_COPY  1024


static ngx_int_t ngx_http_mcp_reply_add(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_str_t *s);
static ngx_int_t ngx_http_mcp_reply_resource(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_http_mcp_auth_conf_t *conf);
static const char *ngx_http_mcp_reply_allow(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);


ngx_int_t
ngx_http_mcp_reply_result(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *id, mcp_action_t *action)
{
    size_t            len;
    mcp_buf_t         b;
    ngx_str_t         head, result;
    ngx_uint_t        copy;
    static ngx_str_t  tail = ngx_string("}");

    result = action->result;
    copy = (result.len <= NGX_HTTP_MCP_REPLY_COPY);

    len = sizeof("[{'jsonrpc':'2.0','id':,'result':}") - 1 + id->len;
    mcp_buf_init(&b, r->pool, copy ? len + result.len : len);

    if (ctx->body.batch) {
        mcp_buf_char(&b, ctx->answers ? ',' : '[');
    }

    mcp_rpc_result_head(&b, id);

    if (copy) {
        mcp_buf_str(&b, &result);
        mcp_buf_str(&b, &tail);
    }

    if (mcp_buf_done(&b, &head) != NGX_OK) {
        return NGX_ERROR;
    }

    ctx->answers++;

    if (copy) {
        return ngx_http_mcp_reply_add(r, ctx, &head);
    }

    if (action->closed) {
        result.len++;
    }

    if (ngx_http_mcp_reply_add(r, ctx, &head) != NGX_OK
        || ngx_http_mcp_reply_add(r, ctx, &result) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return action->closed ? NGX_OK : ngx_http_mcp_reply_add(r, ctx, &tail);
}


ngx_int_t
ngx_http_mcp_reply_error(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *id, mcp_error_t *error)
{
    mcp_buf_t  b;
    ngx_str_t  text;

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "mcp request refused: %V", mcp_error_class(error->cause));

    mcp_buf_init(&b, r->pool, 256);

    if (ctx->body.batch) {
        mcp_buf_char(&b, ctx->answers ? ',' : '[');
    }

    mcp_rpc_write_error(&b, id, error);

    if (mcp_buf_done(&b, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    ctx->answers++;

    return ngx_http_mcp_reply_add(r, ctx, &text);
}


static ngx_int_t
ngx_http_mcp_reply_add(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *s)
{
    ngx_chain_t  *cl;

    cl = ngx_http_mcp_chain(r, s);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    *ctx->last_out = cl;
    ctx->last_out = &cl->next;
    ctx->size += s->len;

    return NGX_OK;
}


ngx_int_t
ngx_http_mcp_reply_end(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    static ngx_str_t  end = ngx_string("]");

    if (!ctx->body.batch || ctx->answers == 0) {
        return NGX_OK;
    }

    return ngx_http_mcp_reply_add(r, ctx, &end);
}


ngx_int_t
ngx_http_mcp_reply_send(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_uint_t status)
{
    ngx_int_t     rc;
    ngx_chain_t  *cl;

    if (ctx->answers == 0) {
        ctx->answered = 1;

        r->headers_out.status = NGX_HTTP_ACCEPTED;
        r->headers_out.content_length_n = 0;
        r->header_only = 1;

        return ngx_http_send_header(r);
    }

    if (status == NGX_HTTP_NOT_ALLOWED
        && ngx_http_mcp_add_header(r, "Allow", ngx_http_mcp_reply_allow(r, ctx))
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_mcp_reply_challenge(r, ctx, status) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_mcp_set_type(r, "application/json");

    /* conditional headers are about resources, not about answers */
    r->disable_not_modified = 1;

    r->headers_out.status = status;
    r->headers_out.content_length_n = ctx->size;

    ctx->answered = 1;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    for (cl = ctx->out; cl->next; cl = cl->next) { /* void */ }

    cl->buf->last_buf = 1;
    cl->buf->last_in_chain = 1;

    return ngx_http_output_filter(r, ctx->out);
}


/* without a session there is nothing but POST */

static const char *
ngx_http_mcp_reply_allow(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_str_t                 id;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    if (mlcf->sessions == NGX_HTTP_MCP_SESSIONS_OFF
        || mcp_headers_get(&ctx->headers, "mcp-session-id", &id)
           == NGX_DECLINED)
    {
        return "POST";
    }

    return "GET, POST, DELETE";
}


/*
 * Of two challenges many clients read the first only: what leads to tokens goes
 * before that of an access module, unless that one is about tokens, too.
 */

ngx_int_t
ngx_http_mcp_reply_challenge(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_uint_t status)
{
    ngx_table_elt_t           *h;
    ngx_http_mcp_loc_conf_t   *mlcf;
    ngx_http_mcp_auth_conf_t  *conf;

    mlcf = ctx->conf ? ctx->conf
                     : ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);
    conf = mlcf->auth;

    if (status == NGX_HTTP_UNAUTHORIZED
        && ctx->challenge.len == 0 && ctx->identity == NULL && conf->url.len
        && ngx_http_mcp_reply_resource(r, ctx, conf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ctx->challenge.len == 0
        || (status != NGX_HTTP_UNAUTHORIZED && status != NGX_HTTP_FORBIDDEN
            && status != NGX_HTTP_BAD_REQUEST))
    {
        return NGX_OK;
    }

    h = r->headers_out.www_authenticate;

    if (h == NULL) {
        h = ngx_http_mcp_push_header(r, "WWW-Authenticate", &ctx->challenge);
        r->headers_out.www_authenticate = h;

        return h ? NGX_OK : NGX_ERROR;
    }

    if (conf->url.len == 0
        || ngx_strncasecmp(h->value.data, (u_char *) "Bearer",
                           ngx_min(h->value.len, sizeof("Bearer") - 1))
           == 0)
    {
        return NGX_OK;
    }

    if (ngx_http_mcp_push_header(r, "WWW-Authenticate", &h->value) == NULL) {
        return NGX_ERROR;
    }

    h->value = ctx->challenge;

    return NGX_OK;
}


/* an access module has refused, which knows nothing of the resource */

static ngx_int_t
ngx_http_mcp_reply_resource(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_http_mcp_auth_conf_t *conf)
{
    ngx_str_t         token;
    ngx_table_elt_t  *h;
    mcp_challenge_e   challenge;

    h = r->headers_in.authorization;

    challenge = (h && mcp_cred_bearer(&h->value, &token) != NGX_DECLINED)
                ? MCP_CHALLENGE_TOKEN : MCP_CHALLENGE_NONE;

    return mcp_protect_challenge(r->pool, challenge, &conf->url,
                                 &conf->initial, &ctx->challenge);
}


/* the request as a whole */

ngx_int_t
ngx_http_mcp_reply_refusal(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_int_t   rc;
    ngx_str_t   id;
    mcp_msg_t  *msg;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_str_null(&id);
    msg = ngx_http_mcp_current(ctx);

    if (msg && !ctx->body.batch) {
        id = msg->id;
    }

    ctx->body.batch = 0;

    if (ngx_http_mcp_reply_error(r, ctx, &id, &ctx->error) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_mcp_reply_send(r, ctx,
                                   mcp_error_status(ctx->error.cause, 1));
}
