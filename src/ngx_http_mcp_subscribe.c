
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_sub.h>
#include <ngx_http_mcp_notify.h>
#include <ngx_http_mcp_session.h>
#include <ngx_http_mcp_subscribe.h>
#include <ngx_http_mcp_zone.h>


/* how often others of the session may be faster */
#define NGX_HTTP_MCP_SUBSCRIBE_TRIES  1000


static ngx_int_t ngx_http_mcp_subscribe_change(ngx_pool_t *pool,
    ngx_str_t *list, ngx_str_t *uri, ngx_uint_t on, ngx_str_t *changed);
static u_char *ngx_http_mcp_subscribe_find(ngx_str_t *list, ngx_str_t *uri,
    ngx_uint_t *n);


ngx_int_t
ngx_http_mcp_subscribe(ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg, ngx_uint_t on)
{
    u_char       key[MCP_KEY];
    ngx_int_t    rc;
    ngx_str_t    list, changed;
    ngx_uint_t   tries;
    ngx_pool_t  *pool;

    if (ctx->session == NULL) {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                             "Invalid params: to subscribe takes a session, "
                             "the header Mcp-Session-Id");
    }

    ngx_http_mcp_subscribe_key(ctx->session, key);

    pool = msg->doc->pool;

    for (tries = 0; tries < NGX_HTTP_MCP_SUBSCRIBE_TRIES; tries++) {
        ngx_str_null(&list);

        rc = ngx_http_mcp_zone_get(key, pool, &list);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        rc = ngx_http_mcp_subscribe_change(pool, &list, &msg->name, on,
                                           &changed);

        if (rc == NGX_DECLINED) {
            /* nothing is to be done */
            return NGX_OK;
        }

        if (rc == NGX_ABORT) {
            return mcp_rpc_error(pool, &msg->error, MCP_ERROR_PARAMS,
                                 "Invalid params: the session has subscribed "
                                 "to as much as it may");
        }

        if (rc != NGX_OK) {
            return NGX_ERROR;
        }

        rc = ngx_http_mcp_zone_replace(key, &list, &changed,
                                 ngx_http_mcp_session_rest(ctx->session));

        if (rc == NGX_OK) {
            ngx_http_mcp_notify_publish(key);
            return NGX_OK;
        }

        if (rc == NGX_DECLINED) {
            break;
        }

        /* it is another one by now */

        if (list.data) {
            (void) ngx_pfree(pool, list.data);
        }

        (void) ngx_pfree(pool, changed.data);
    }

    msg->error.cause = MCP_ERROR_UNAVAILABLE;

    return NGX_DECLINED;
}


void
ngx_http_mcp_subscribe_key(mcp_session_t *session, u_char *key)
{
    ngx_http_mcp_session_key(session, 'u', NULL, key);
}


/* NGX_OK; NGX_DECLINED: it is as it should be; NGX_ABORT: too many */

static ngx_int_t
ngx_http_mcp_subscribe_change(ngx_pool_t *pool, ngx_str_t *list,
    ngx_str_t *uri, ngx_uint_t on, ngx_str_t *changed)
{
    u_char      *p, *place, *last;
    ngx_uint_t   n;

    place = ngx_http_mcp_subscribe_find(list, uri, &n);

    if ((place != NULL) == (on != 0)) {
        return NGX_DECLINED;
    }

    if (on && (n >= MCP_SUB_URIS_MAX
               || list->len + uri->len >= NGX_HTTP_MCP_SUBSCRIBE_MAX))
    {
        return NGX_ABORT;
    }

    p = ngx_pnalloc(pool, list->len + uri->len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    changed->data = p;

    if (on) {

        if (list->len) {
            p = ngx_cpymem(p, list->data, list->len);
        }

        p = ngx_cpymem(p, uri->data, uri->len);
        *p++ = '\0';

    } else {
        last = list->data + list->len;

        p = ngx_cpymem(p, list->data, place - list->data);
        place += uri->len + 1;
        p = ngx_cpymem(p, place, last - place);
    }

    changed->len = p - changed->data;

    return NGX_OK;
}


/* each URI ends with a NUL, which none of them has */

static u_char *
ngx_http_mcp_subscribe_find(ngx_str_t *list, ngx_str_t *uri, ngx_uint_t *n)
{
    size_t   len;
    u_char  *p, *last, *place;

    *n = 0;
    place = NULL;
    last = list->data + list->len;

    for (p = list->data; p < last; p += len + 1) {
        len = ngx_strlen(p);

        if (len == uri->len && ngx_memcmp(p, uri->data, len) == 0) {
            place = p;
        }

        (*n)++;
    }

    return place;
}


ngx_int_t
ngx_http_mcp_subscribe_read(mcp_session_t *session, ngx_pool_t *pool,
    ngx_array_t *uris)
{
    u_char     *p, *last, key[MCP_KEY];
    ngx_int_t   rc;
    ngx_str_t   list, *uri;

    ngx_http_mcp_subscribe_key(session, key);

    ngx_str_null(&list);

    rc = ngx_http_mcp_zone_get(key, pool, &list);

    if (rc == NGX_ERROR
        || ngx_array_init(uris, pool, 4, sizeof(ngx_str_t)) != NGX_OK)
    {
        return NGX_ERROR;
    }

    last = list.data + list.len;

    for (p = list.data; p < last; p += uri->len + 1) {
        uri = ngx_array_push(uris);
        if (uri == NULL) {
            return NGX_ERROR;
        }

        uri->data = p;
        uri->len = ngx_strlen(p);
    }

    return NGX_OK;
}
