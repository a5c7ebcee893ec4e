
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_cred.h>
#include <mcp_dispatch.h>
#include <mcp_prompts.h>
#include <mcp_resources.h>
#include <mcp_tools.h>
#include <mcp_view.h>


static ngx_uint_t mcp_view_shows(const mcp_catalog_item_t *item,
    mcp_offer_e offer, const mcp_caller_t *caller);
static ngx_uint_t mcp_caller_has(const mcp_caller_t *caller,
    const mcp_scope_set_t *need);


ngx_uint_t
mcp_view_scoped(const mcp_server_t *server)
{
    mcp_scope_set_t  set;

    mcp_view_scopes(server, &set);

    return !mcp_scope_empty(&set);
}


void
mcp_view_scopes(const mcp_server_t *server, mcp_scope_set_t *set)
{
    ngx_uint_t            i, offer;
    const ngx_array_t    *items;
    mcp_catalog_item_t  **item;

    ngx_memzero(set, sizeof(mcp_scope_set_t));

    for (offer = 0; offer < MCP_OFFERS; offer++) {
        items = &server->offers[offer].catalog.items;
        item = items->elts;

        for (i = 0; i < items->nelts; i++) {
            if (item[i]->need) {
                mcp_scope_join(set, item[i]->need);
            }
        }
    }
}


ngx_int_t
mcp_view_init(mcp_server_t *view, ngx_pool_t *pool,
    const mcp_server_t *server, const mcp_caller_t *caller)
{
    ngx_uint_t            i, offer;
    const ngx_array_t    *items;
    mcp_catalog_item_t  **item;

    *view = *server;

    view->public = 0;
    view->whole = server;

    if (mcp_server_init(view, pool) != NGX_OK) {
        return NGX_ERROR;
    }

    for (offer = 0; offer < MCP_OFFERS; offer++) {
        ngx_memzero(view->offers[offer].pages,
                    sizeof(view->offers[offer].pages));

        items = &server->offers[offer].catalog.items;
        item = items->elts;

        for (i = 0; i < items->nelts; i++) {

            if (mcp_view_shows(item[i], offer, caller)
                && mcp_catalog_add(&view->offers[offer].catalog,
                                   &item[i]->sn.str, item[i]->data,
                                   item[i]->need)
                   != NGX_OK)
            {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


ngx_int_t
mcp_view_list(mcp_server_t *view, ngx_pool_t *pool, ngx_uint_t version)
{
    ngx_int_t   rc;
    ngx_uint_t  versions;

    versions = view->versions;
    view->versions = mcp_version_bit(version);

    rc = (mcp_tools_render(view, pool) == NGX_OK
          && mcp_resources_render(view, pool) == NGX_OK
          && mcp_prompts_render(view, pool) == NGX_OK)
         ? NGX_OK : NGX_ERROR;

    view->versions = versions;

    return rc;
}


static ngx_uint_t
mcp_view_shows(const mcp_catalog_item_t *item, mcp_offer_e offer,
    const mcp_caller_t *caller)
{
    if (offer == MCP_OFFER_TOOLS) {
        return mcp_caller_may(caller, &item->sn.str, item->need);
    }

    return mcp_caller_has(caller, item->need);
}


ngx_uint_t
mcp_caller_may(const mcp_caller_t *caller, const ngx_str_t *name,
    const mcp_scope_set_t *need)
{
    ngx_str_t   *pattern;
    ngx_uint_t   i;

    if (!mcp_caller_has(caller, need)) {
        return 0;
    }

    if (caller->tools == NULL) {
        return 1;
    }

    pattern = caller->tools->elts;

    for (i = 0; i < caller->tools->nelts; i++) {
        if (mcp_pattern_match(&pattern[i], name)) {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
mcp_caller_same(const mcp_caller_t *one, const mcp_caller_t *two)
{
    ngx_str_t   *a, *b;
    ngx_uint_t   i;

    if (ngx_memcmp(one->set, two->set, sizeof(mcp_scope_set_t)) != 0) {
        return 0;
    }

    if (one->tools == two->tools) {
        return 1;
    }

    if (one->tools == NULL || two->tools == NULL
        || one->tools->nelts != two->tools->nelts)
    {
        return 0;
    }

    a = one->tools->elts;
    b = two->tools->elts;

    for (i = 0; i < one->tools->nelts; i++) {

        if (a[i].len != b[i].len
            || ngx_memcmp(a[i].data, b[i].data, a[i].len) != 0)
        {
            return 0;
        }
    }

    return 1;
}


static ngx_uint_t
mcp_caller_has(const mcp_caller_t *caller, const mcp_scope_set_t *need)
{
    return need == NULL || mcp_scope_covers(caller->set, need);
}


ngx_int_t
mcp_view_need(const mcp_server_t *server, const mcp_msg_t *msg,
    mcp_scope_set_t *need)
{
    mcp_msg_t                  whole;
    mcp_offer_e                offer;
    mcp_action_t               action;
    const ngx_str_t           *name;
    const mcp_catalog_item_t  *item;

    /* what it is about is known when the whole endpoint has read it */

    whole = *msg;
    ngx_memzero(&whole.error, sizeof(mcp_error_t));

    mcp_dispatch_enter(server, &whole);

    if (mcp_dispatch(server, &whole, &action) == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (whole.tool && msg->tool == NULL) {
        offer = MCP_OFFER_TOOLS;
        name = &whole.tool->name;

    } else if (whole.resource && msg->resource == NULL) {
        offer = whole.resource->template ? MCP_OFFER_TEMPLATES
                                         : MCP_OFFER_RESOURCES;
        name = &whole.resource->uri;

    } else if (whole.prompt && msg->prompt == NULL) {
        offer = MCP_OFFER_PROMPTS;
        name = &whole.prompt->name;

    } else {
        return NGX_DECLINED;
    }

    ngx_memzero(need, sizeof(mcp_scope_set_t));

    item = mcp_catalog_item(&server->offers[offer].catalog, name);

    if (item && item->need) {
        *need = *item->need;
    }

    return NGX_OK;
}
