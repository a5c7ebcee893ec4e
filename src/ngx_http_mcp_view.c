
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_auth.h>
#include <ngx_http_mcp_view.h>


#define NGX_HTTP_MCP_VIEWS      64       /* of an endpoint, in a worker */
#define NGX_HTTP_MCP_VIEW_POOL  16384


typedef struct {
    ngx_queue_t                  queue;    /* the one used last is first */
    mcp_scope_set_t              set;
    mcp_caller_t                 caller;   /* with this set */
    mcp_server_t                 server;
    ngx_pool_t                  *pool;
    ngx_uint_t                   listed;   /* revisions: mcp_version_bit() */
    ngx_uint_t                   count;    /* of requests */
    ngx_uint_t                   stale;    /* the last of them frees it */
} ngx_http_mcp_view_t;


static ngx_http_mcp_view_t *ngx_http_mcp_view_find(
    ngx_http_mcp_views_t *views, const mcp_caller_t *caller);
static ngx_http_mcp_view_t *ngx_http_mcp_view_create(
    ngx_http_mcp_views_t *views, const mcp_server_t *server,
    const mcp_caller_t *caller, ngx_log_t *log);
static void ngx_http_mcp_view_drop(ngx_http_mcp_view_t *view);
static void ngx_http_mcp_view_release(void *data);
static void ngx_http_mcp_views_cleanup(void *data);


ngx_int_t
ngx_http_mcp_view(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_uint_t                i;
    mcp_caller_t              caller;
    mcp_scope_set_t           set;
    ngx_pool_cleanup_t       *cln;
    ngx_http_mcp_view_t      *view;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    ctx->server = mlcf->server;

    if (mlcf->views == NULL) {
        return NGX_OK;
    }

    if (ngx_http_mcp_caller(r, ctx, &set, &caller) != NGX_OK) {
        return NGX_ERROR;
    }

    cln = ngx_pool_cleanup_add(r->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    view = ngx_http_mcp_view_find(mlcf->views, &caller);

    if (view == NULL) {
        view = ngx_http_mcp_view_create(mlcf->views, mlcf->server, &caller,
                                        ngx_cycle->log);
        if (view == NULL) {
            return NGX_ERROR;
        }
    }

    view->count++;

    cln->handler = ngx_http_mcp_view_release;
    cln->data = view;

    ctx->server = &view->server;

    for (i = 0; i < ctx->body.n; i++) {
        mcp_dispatch_hide(ctx->server, &ctx->body.msgs[i]);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_mcp_view_list(ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg)
{
    ngx_uint_t            bit;
    ngx_http_mcp_view_t  *view;

    if (ctx->server->whole == NULL || !mcp_dispatch_is_list(msg)) {
        return NGX_OK;
    }

    view = (ngx_http_mcp_view_t *)
               ((u_char *) ctx->server - offsetof(ngx_http_mcp_view_t, server));

    bit = mcp_version_bit(msg->version);

    if (view->listed & bit) {
        return NGX_OK;
    }

    if (mcp_view_list(&view->server, view->pool, msg->version) != NGX_OK) {
        return NGX_ERROR;
    }

    view->listed |= bit;

    return NGX_OK;
}


/* scopes that make no difference would only make more views */

ngx_int_t
ngx_http_mcp_caller(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_scope_set_t *set, mcp_caller_t *caller)
{
    ngx_str_t                       scope;
    ngx_uint_t                      i;
    ngx_http_mcp_loc_conf_t        *mlcf;
    ngx_http_mcp_main_conf_t       *mmcf;
    const ngx_http_mcp_identity_t  *identity;

    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);
    mmcf = ngx_http_get_module_main_conf(r, ngx_http_mcp_module);

    ngx_memzero(set, sizeof(mcp_scope_set_t));

    caller->set = set;
    caller->tools = NULL;

    identity = ctx->identity;

    if (identity) {
        *set = *identity->set;
        caller->tools = identity->tools;

    } else if (mlcf->consumer_scope) {

        if (ngx_http_complex_value(r, mlcf->consumer_scope, &scope)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        mcp_scope_read(mmcf->scopes, &scope, set);
    }

    for (i = 0; mlcf->views && i < MCP_SCOPE_WORDS; i++) {
        set->bits[i] &= mlcf->views->scopes.bits[i];
    }

    return NGX_OK;
}


static ngx_http_mcp_view_t *
ngx_http_mcp_view_find(ngx_http_mcp_views_t *views, const mcp_caller_t *caller)
{
    ngx_queue_t          *q;
    ngx_http_mcp_view_t  *view;

    for (q = ngx_queue_head(&views->queue);
         q != ngx_queue_sentinel(&views->queue);
         q = ngx_queue_next(q))
    {
        view = ngx_queue_data(q, ngx_http_mcp_view_t, queue);

        if (mcp_caller_same(&view->caller, caller)) {
            ngx_queue_remove(q);
            ngx_queue_insert_head(&views->queue, q);

            return view;
        }
    }

    return NULL;
}


static ngx_http_mcp_view_t *
ngx_http_mcp_view_create(ngx_http_mcp_views_t *views,
    const mcp_server_t *server, const mcp_caller_t *caller, ngx_log_t *log)
{
    ngx_pool_t           *pool;
    ngx_queue_t          *q;
    ngx_http_mcp_view_t  *view;

    pool = ngx_create_pool(NGX_HTTP_MCP_VIEW_POOL, log);
    if (pool == NULL) {
        return NULL;
    }

    view = ngx_pcalloc(pool, sizeof(ngx_http_mcp_view_t));

    if (view == NULL
        || mcp_view_init(&view->server, pool, server, caller) != NGX_OK)
    {
        ngx_destroy_pool(pool);
        return NULL;
    }

    view->pool = pool;
    view->set = *caller->set;
    view->caller.set = &view->set;
    view->caller.tools = caller->tools;

    if (views->n == NGX_HTTP_MCP_VIEWS) {
        q = ngx_queue_last(&views->queue);
        ngx_queue_remove(q);
        views->n--;

        ngx_http_mcp_view_drop(ngx_queue_data(q, ngx_http_mcp_view_t, queue));
    }

    ngx_queue_insert_head(&views->queue, &view->queue);
    views->n++;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, log, 0,
                   "mcp view made: %p, %ui kept", view, views->n);

    return view;
}


/* a stream may last longer than the place of its view */

static void
ngx_http_mcp_view_drop(ngx_http_mcp_view_t *view)
{
    view->stale = 1;

    if (view->count == 0) {
        ngx_destroy_pool(view->pool);
    }
}


static void
ngx_http_mcp_view_release(void *data)
{
    ngx_http_mcp_view_t *view = data;

    view->count--;

    if (view->stale && view->count == 0) {
        ngx_destroy_pool(view->pool);
    }
}


ngx_int_t
ngx_http_mcp_view_add(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *conf,
    ngx_uint_t patterns)
{
    ngx_pool_cleanup_t    *cln;
    ngx_http_mcp_views_t  *views;

    if (!patterns && !mcp_view_scoped(conf->server)) {
        return NGX_OK;
    }

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_http_mcp_views_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    views = cln->data;
    cln->handler = ngx_http_mcp_views_cleanup;

    ngx_queue_init(&views->queue);
    views->n = 0;

    mcp_view_scopes(conf->server, &views->scopes);

    conf->views = views;
    conf->server->public = 0;

    return NGX_OK;
}


/* the requests are gone before the configuration is */

static void
ngx_http_mcp_views_cleanup(void *data)
{
    ngx_http_mcp_views_t *views = data;

    ngx_queue_t          *q;
    ngx_http_mcp_view_t  *view;

    while (!ngx_queue_empty(&views->queue)) {
        q = ngx_queue_head(&views->queue);
        ngx_queue_remove(q);

        view = ngx_queue_data(q, ngx_http_mcp_view_t, queue);
        ngx_destroy_pool(view->pool);
    }
}
