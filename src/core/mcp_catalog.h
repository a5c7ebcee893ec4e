
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_CATALOG_H_INCLUDED_
#define _MCP_CATALOG_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_buf.h>
#include <mcp_scope.h>


/*
 * What an endpoint offers of one kind: found by name, listed in the order of
 * configuration.  Filled at configuration time, read-only afterwards.
 *
 * Lists are rendered once, page by page.  A cursor names the first item of a
 * page and a digest of the whole list: it is refused once the list is another
 * or no page begins there.
 *
 * Specification: MCP 2026-07-28 server/utilities/pagination.
 */


typedef struct {
    ngx_array_t         items;       /* of mcp_catalog_item_t pointers */
    ngx_rbtree_t        tree;
    ngx_rbtree_node_t   sentinel;
    ngx_pool_t         *pool;
} mcp_catalog_t;


typedef struct {
    ngx_str_node_t          sn;      /* sn.str is the name */
    const void             *data;
    const mcp_scope_set_t  *need;    /* of a caller; NULL: nothing */
} mcp_catalog_item_t;


typedef struct {
    ngx_str_t           cursor;      /* empty: the first page */
    ngx_str_t           body;        /* the whole "result", behind it a "}" */
} mcp_page_t;


typedef void (*mcp_catalog_write_pt)(mcp_buf_t *b, const void *data,
    ngx_uint_t version);


typedef struct {
    const char            *member;   /* "tools" */
    mcp_catalog_write_pt   write;    /* one item */
    ngx_str_t              head;     /* members before the list, or empty */
    ngx_str_t              tail;     /* members after the list, or empty */
    ngx_uint_t             version;
    ngx_uint_t             page_size;
} mcp_list_t;


ngx_int_t mcp_catalog_init(mcp_catalog_t *catalog, ngx_pool_t *pool);

/*
 * "need" is what a caller has to have, NULL: nothing.  NGX_OK; NGX_DECLINED:
 * there is one of that name; NGX_ERROR.
 */
ngx_int_t mcp_catalog_add(mcp_catalog_t *catalog, const ngx_str_t *name,
    const void *data, const mcp_scope_set_t *need);

/* what was added under that name, or NULL */
const void *mcp_catalog_find(const mcp_catalog_t *catalog,
    const ngx_str_t *name);
const mcp_catalog_item_t *mcp_catalog_item(const mcp_catalog_t *catalog,
    const ngx_str_t *name);

/* renders all pages into "pages", an array of mcp_page_t that is made here */
ngx_int_t mcp_catalog_render(const mcp_catalog_t *catalog, ngx_pool_t *pool,
    const mcp_list_t *list, ngx_array_t *pages);

/* NULL if no page has that cursor */
const mcp_page_t *mcp_catalog_page(const ngx_array_t *pages,
    const ngx_str_t *cursor);


#endif /* _MCP_CATALOG_H_INCLUDED_ */
