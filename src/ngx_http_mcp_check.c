
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_headers.h>
#include <mcp_origin.h>
#include <ngx_http_mcp_check.h>
#include <ngx_http_mcp_cors.h>


static ngx_uint_t ngx_http_mcp_is_read(ngx_table_elt_t *h);
static mcp_error_e ngx_http_mcp_check_session_method(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_uint_t ngx_http_mcp_has_sessions(ngx_http_mcp_loc_conf_t *mlcf,
    ngx_http_mcp_ctx_t *ctx);
static ngx_uint_t ngx_http_mcp_check_origin(ngx_http_mcp_loc_conf_t *mlcf,
    ngx_array_t *headers);
static ngx_uint_t ngx_http_mcp_check_accept(ngx_http_mcp_ctx_t *ctx,
    ngx_uint_t wanted);


/* a walk over all headers, for only so are duplicates seen */

ngx_int_t
ngx_http_mcp_read_headers(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_uint_t        i;
    mcp_header_t     *header;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    if (ngx_array_init(&ctx->headers, r->pool, 8, sizeof(mcp_header_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (!ngx_http_mcp_is_read(&h[i])) {
                continue;
            }

            header = ngx_array_push(&ctx->headers);
            if (header == NULL) {
                return NGX_ERROR;
            }

            header->name.len = h[i].key.len;
            header->name.data = h[i].lowcase_key;
            header->value = h[i].value;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_mcp_is_read(ngx_table_elt_t *h)
{
    if (h->key.len < sizeof("mcp-") - 1) {
        return 0;
    }

    switch (h->lowcase_key[0]) {

    case 'm':
        return ngx_memcmp(h->lowcase_key, "mcp-", sizeof("mcp-") - 1) == 0;

    case 'o':
        return ngx_http_mcp_header_is(h, "origin");

    case 'a':
        return ngx_http_mcp_header_is(h, "accept");

    case 'l':
        return ngx_http_mcp_header_is(h, "last-event-id");

    case 'c':
        return ngx_http_mcp_header_is(h, "content-type")
               || ngx_http_mcp_header_is(h, "content-encoding");

    default:
        return 0;
    }
}


mcp_error_e
ngx_http_mcp_check_request(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_str_t                 type;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    if (!ngx_http_mcp_check_origin(mlcf, &ctx->headers)) {
        return MCP_ERROR_ORIGIN;
    }

    if (r->method != NGX_HTTP_POST) {
        return ngx_http_mcp_check_session_method(r, ctx);
    }

    if (mcp_headers_get(&ctx->headers, "content-type", &type) != NGX_OK
        || !mcp_headers_json(&type))
    {
        return MCP_ERROR_MEDIA_TYPE;
    }

    /* what is not decoded here must not be decoded behind "mcp_inspect" */

    if (mcp_headers_get(&ctx->headers, "content-encoding", &type)
        != NGX_DECLINED)
    {
        return MCP_ERROR_MEDIA_TYPE;
    }

    if (!ngx_http_mcp_check_accept(ctx, MCP_ACCEPT_ANY)) {
        return MCP_ERROR_ACCEPT;
    }

    return MCP_ERROR_NONE;
}


/* GET listens in a session, DELETE ends it; modern clients have none */

static mcp_error_e
ngx_http_mcp_check_session_method(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_str_t                 value;
    ngx_uint_t                version;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    if ((r->method != NGX_HTTP_GET && r->method != NGX_HTTP_DELETE)
        || (mlcf->server->versions & MCP_VERSION_MASK_LEGACY) == 0
        || !ngx_http_mcp_has_sessions(mlcf, ctx))
    {
        return MCP_ERROR_HTTP_METHOD;
    }

    rc = mcp_headers_get(&ctx->headers, "mcp-protocol-version", &value);

    if (rc == NGX_ABORT) {
        return MCP_ERROR_HEADER;
    }

    if (rc == NGX_OK) {

        if (mcp_version_find(&value, &version) != NGX_OK
            || mcp_version_modern(version))
        {
            return MCP_ERROR_HTTP_METHOD;
        }

        if ((mlcf->server->versions & mcp_version_bit(version)) == 0) {
            return MCP_ERROR_VERSION;
        }
    }

    /* another server might take it for what was not looked at */

    if (mlcf->inspect
        && (r->headers_in.content_length_n > 0 || r->headers_in.chunked))
    {
        return MCP_ERROR_REQUEST;
    }

    if (r->method == NGX_HTTP_GET
        && !ngx_http_mcp_check_accept(ctx, MCP_ACCEPT_EVENTS))
    {
        return MCP_ERROR_ACCEPT;
    }

    return MCP_ERROR_NONE;
}


static ngx_uint_t
ngx_http_mcp_has_sessions(ngx_http_mcp_loc_conf_t *mlcf,
    ngx_http_mcp_ctx_t *ctx)
{
    ngx_str_t  id;

    if (mlcf->inspect || mlcf->sessions == NGX_HTTP_MCP_SESSIONS_REQUIRED) {
        /* those of another server are its own business */
        return 1;
    }

    return mlcf->sessions == NGX_HTTP_MCP_SESSIONS_ON
           && mcp_headers_get(&ctx->headers, "mcp-session-id", &id)
              != NGX_DECLINED;
}


static ngx_uint_t
ngx_http_mcp_check_origin(ngx_http_mcp_loc_conf_t *mlcf, ngx_array_t *headers)
{
    ngx_int_t  rc;
    ngx_str_t  origin;

    rc = mcp_headers_get(headers, "origin", &origin);

    if (rc == NGX_DECLINED) {
        return mlcf->origin_none;
    }

    return rc == NGX_OK
           && (mcp_origin_match(mlcf->origins, &origin)
               || ngx_http_mcp_cors_allows(mlcf, &origin));
}


static ngx_uint_t
ngx_http_mcp_check_accept(ngx_http_mcp_ctx_t *ctx, ngx_uint_t wanted)
{
    ngx_uint_t     i, found, accept;
    mcp_header_t  *h;

    h = ctx->headers.elts;
    found = 0;
    accept = 0;

    for (i = 0; i < ctx->headers.nelts; i++) {

        if (h[i].name.len == sizeof("accept") - 1 && h[i].name.data[0] == 'a') {
            accept |= mcp_headers_accept(&h[i].value);
            found = 1;
        }
    }

    ctx->events = (accept & MCP_ACCEPT_EVENTS) ? 1 : 0;

    return (accept & wanted) || !found;
}
