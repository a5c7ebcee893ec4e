
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_headers.h>
#include <ngx_http_mcp_listen.h>
#include <ngx_http_mcp_notify.h>
#include <ngx_http_mcp_publish.h>
#include <ngx_http_mcp_reply.h>


static mcp_error_e ngx_http_mcp_publish_check(ngx_http_request_t *r);
static void ngx_http_mcp_publish_body(ngx_http_request_t *r);
static ngx_int_t ngx_http_mcp_publish(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_int_t ngx_http_mcp_publish_refuse(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);


ngx_int_t
ngx_http_mcp_publish_handler(ngx_http_request_t *r)
{
    ngx_int_t            rc;
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_mcp_create_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->error.cause = ngx_http_mcp_publish_check(r);

    if (ctx->error.cause == MCP_ERROR_NONE) {
        rc = ngx_http_read_client_request_body(r, ngx_http_mcp_publish_body);

        return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
    }

    rc = ngx_http_discard_request_body(r);

    return rc == NGX_OK ? ngx_http_mcp_publish_refuse(r, ctx) : rc;
}


static mcp_error_e
ngx_http_mcp_publish_check(ngx_http_request_t *r)
{
    ngx_str_t  *type;

    if (r->method != NGX_HTTP_POST) {
        return MCP_ERROR_HTTP_METHOD;
    }

    type = r->headers_in.content_type ? &r->headers_in.content_type->value
                                      : NULL;

    return (type && mcp_headers_json(type)) ? MCP_ERROR_NONE
                                            : MCP_ERROR_MEDIA_TYPE;
}


static void
ngx_http_mcp_publish_body(ngx_http_request_t *r)
{
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);

    ngx_http_mcp_finalize(r, ngx_http_mcp_publish(r, ctx));
}


static ngx_int_t
ngx_http_mcp_publish(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_int_t      rc;
    ngx_str_t      body;
    ngx_uint_t     i;
    ngx_array_t    changes;
    mcp_change_t  *change;

    if (ngx_http_mcp_body(r, &body) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = mcp_sub_published(r->pool, &body, &changes, &ctx->error);

    if (rc == NGX_DECLINED) {
        return ngx_http_mcp_publish_refuse(r, ctx);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    change = changes.elts;

    for (i = 0; i < changes.nelts; i++) {

        if (change[i].list) {
            ngx_http_mcp_changed(change[i].list);

        } else {
            ngx_http_mcp_updated(change[i].uri.data, change[i].uri.len);
        }
    }

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "mcp published %ui", changes.nelts);

    return ngx_http_mcp_reply_send(r, ctx, NGX_HTTP_ACCEPTED);
}


static ngx_int_t
ngx_http_mcp_publish_refuse(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_str_t  id;

    ngx_str_null(&id);

    if (ngx_http_mcp_reply_error(r, ctx, &id, &ctx->error) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_mcp_reply_send(r, ctx,
                                   mcp_error_status(ctx->error.cause, 1));
}


void
ngx_http_mcp_changed(ngx_uint_t lists)
{
    u_char      key[MCP_KEY];
    ngx_uint_t  list;

    for (list = 1; list & MCP_SUB_ALL; list <<= 1) {

        if (lists & list) {
            ngx_http_mcp_listen_list_key(key, list);
            ngx_http_mcp_notify_publish(key);
        }
    }
}


void
ngx_http_mcp_updated(const u_char *uri, size_t len)
{
    u_char     key[MCP_KEY];
    ngx_str_t  name;

    name.len = len;
    name.data = (u_char *) uri;

    ngx_http_mcp_listen_uri_key(key, &name);
    ngx_http_mcp_notify_publish(key);
}
