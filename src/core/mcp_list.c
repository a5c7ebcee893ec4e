
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_params.h>
#include <mcp_server.h>


static ngx_int_t mcp_list_digest(mcp_offer_t *offer, ngx_pool_t *pool,
    mcp_catalog_write_pt write, ngx_uint_t version);


ngx_int_t
mcp_list_render(mcp_server_t *server, ngx_pool_t *pool, mcp_offer_e offer,
    const char *member, mcp_catalog_write_pt write)
{
    mcp_buf_t   b;
    ngx_str_t   tail;
    mcp_list_t  list;
    ngx_uint_t  newest;

    mcp_buf_init(&b, pool, 256);
    mcp_server_write_cache(&b, server->ttl, server->public);
    mcp_buf_str(&b, &server->meta);

    if (mcp_buf_done(&b, &tail) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_memzero(&list, sizeof(mcp_list_t));

    list.member = member;
    list.write = write;
    list.page_size = server->page_size;

    newest = 0;

    for (list.version = 0; list.version < MCP_VERSIONS; list.version++) {

        if ((server->versions & mcp_version_bit(list.version)) == 0) {
            continue;
        }

        if (mcp_version_modern(list.version)) {
            ngx_str_set(&list.head, "\"resultType\":\"complete\",");
            list.tail = tail;
        }

        if (mcp_catalog_render(&server->offers[offer].catalog, pool, &list,
                               &server->offers[offer].pages[list.version])
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        newest = list.version;
    }

    /* what changes with a reload are the lists of the whole endpoint */

    return server->whole ? NGX_OK
                         : mcp_list_digest(&server->offers[offer], pool, write,
                                           newest);
}


static ngx_int_t
mcp_list_digest(mcp_offer_t *offer, ngx_pool_t *pool,
    mcp_catalog_write_pt write, ngx_uint_t version)
{
    mcp_buf_t             b;
    ngx_str_t             text;
    ngx_uint_t            i;
    mcp_catalog_item_t  **item;

    mcp_buf_init(&b, pool, 0);
    item = offer->catalog.items.elts;

    for (i = 0; i < offer->catalog.items.nelts; i++) {
        write(&b, item[i]->data, version);
        mcp_buf_char(&b, ',');
    }

    if (mcp_buf_done(&b, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    mcp_key(offer->digest, 'd', &text, NULL);

    (void) ngx_pfree(pool, b.start);

    return NGX_OK;
}


ngx_int_t
mcp_list(const mcp_server_t *server, mcp_msg_t *msg, mcp_action_t *action,
    mcp_offer_e offer)
{
    ngx_int_t           rc;
    ngx_str_t           cursor;
    const mcp_page_t   *page;
    const ngx_array_t  *pages;

    pages = &server->offers[offer].pages[msg->version];
    page = pages->elts;

    if (mcp_json_get(msg->doc, msg->params, "cursor")) {
        rc = mcp_params_string(msg, msg->params, "cursor", &cursor);

        if (rc != NGX_OK) {
            return rc;
        }

        page = mcp_catalog_page(pages, &cursor);

        if (page == NULL) {
            return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                                 "Invalid params: unknown or outdated "
                                 "\"cursor\", start again without one");
        }
    }

    action->type = MCP_ACTION_RESULT;
    action->result = page->body;
    action->closed = 1;

    return NGX_OK;
}


void
mcp_list_write_title(mcp_buf_t *b, const ngx_str_t *title, ngx_uint_t version)
{
    if (version >= MCP_VERSION_2025_06_18) {
        mcp_buf_json_member(b, "title", title);
    }
}


void
mcp_list_write_icon(mcp_buf_t *b, const ngx_str_t *icon, ngx_uint_t version)
{
    if (version >= MCP_VERSION_2025_11_25 && icon->len) {
        mcp_buf_lit(b, ",\"icons\":[{\"src\":");
        mcp_buf_json_string(b, icon->data, icon->len);
        mcp_buf_lit(b, "}]");
    }
}
