
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_catalog.h>


#define mcp_catalog_hash(name)                                               \
    ngx_crc32_short((name)->data, (name)->len)


static uint32_t mcp_catalog_digest(const mcp_catalog_t *catalog,
    const mcp_list_t *list, ngx_pool_t *pool);
static ngx_int_t mcp_catalog_cursor(ngx_pool_t *pool, uint32_t digest,
    ngx_uint_t first, ngx_str_t *cursor);
static void mcp_catalog_write_page(const mcp_catalog_t *catalog,
    const mcp_list_t *list, ngx_uint_t first, ngx_str_t *next, mcp_buf_t *b);


ngx_int_t
mcp_catalog_init(mcp_catalog_t *catalog, ngx_pool_t *pool)
{
    catalog->pool = pool;

    ngx_rbtree_init(&catalog->tree, &catalog->sentinel,
                    ngx_str_rbtree_insert_value);

    return ngx_array_init(&catalog->items, pool, 8,
                          sizeof(mcp_catalog_item_t *));
}


ngx_int_t
mcp_catalog_add(mcp_catalog_t *catalog, const ngx_str_t *name,
    const void *data, const mcp_scope_set_t *need)
{
    mcp_catalog_item_t  *item, **slot;

    if (mcp_catalog_item(catalog, name)) {
        return NGX_DECLINED;
    }

    item = ngx_pcalloc(catalog->pool, sizeof(mcp_catalog_item_t));
    if (item == NULL) {
        return NGX_ERROR;
    }

    slot = ngx_array_push(&catalog->items);
    if (slot == NULL) {
        return NGX_ERROR;
    }

    *slot = item;

    item->data = data;
    item->need = need;
    item->sn.str = *name;
    item->sn.node.key = mcp_catalog_hash(name);

    ngx_rbtree_insert(&catalog->tree, &item->sn.node);

    return NGX_OK;
}


const void *
mcp_catalog_find(const mcp_catalog_t *catalog, const ngx_str_t *name)
{
    const mcp_catalog_item_t  *item;

    item = mcp_catalog_item(catalog, name);

    return item ? item->data : NULL;
}


const mcp_catalog_item_t *
mcp_catalog_item(const mcp_catalog_t *catalog, const ngx_str_t *name)
{
    return (mcp_catalog_item_t *)
               ngx_str_rbtree_lookup((ngx_rbtree_t *) &catalog->tree,
                                     (ngx_str_t *) name,
                                     mcp_catalog_hash(name));
}


ngx_int_t
mcp_catalog_render(const mcp_catalog_t *catalog, ngx_pool_t *pool,
    const mcp_list_t *list, ngx_array_t *pages)
{
    uint32_t     digest;
    mcp_buf_t    b;
    ngx_str_t    next;
    ngx_uint_t   n, first;
    mcp_page_t  *page;

    n = catalog->items.nelts;

    if (ngx_array_init(pages, pool, n / list->page_size + 1,
                       sizeof(mcp_page_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    digest = mcp_catalog_digest(catalog, list, pool);

    ngx_str_null(&next);
    first = 0;

    do {
        page = ngx_array_push(pages);
        if (page == NULL) {
            return NGX_ERROR;
        }

        page->cursor = next;
        ngx_str_null(&next);

        if (n - first > list->page_size
            && mcp_catalog_cursor(pool, digest, first + list->page_size, &next)
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        mcp_buf_init(&b, pool, 0);
        mcp_catalog_write_page(catalog, list, first, &next, &b);
        mcp_buf_char(&b, '}');

        if (mcp_buf_done(&b, &page->body) != NGX_OK) {
            return NGX_ERROR;
        }

        page->body.len--;
        first += list->page_size;

    } while (next.len);

    return NGX_OK;
}


static uint32_t
mcp_catalog_digest(const mcp_catalog_t *catalog, const mcp_list_t *list,
    ngx_pool_t *pool)
{
    uint32_t              crc;
    mcp_buf_t             b;
    ngx_uint_t            i;
    mcp_catalog_item_t  **item;

    mcp_buf_init(&b, pool, 0);
    item = catalog->items.elts;

    ngx_crc32_init(crc);

    for (i = 0; i < catalog->items.nelts; i++) {
        b.last = b.start;
        list->write(&b, item[i]->data, list->version);
        ngx_crc32_update(&crc, b.start, mcp_buf_len(&b));
    }

    ngx_crc32_final(crc);

    return crc;
}


static ngx_int_t
mcp_catalog_cursor(ngx_pool_t *pool, uint32_t digest, ngx_uint_t first,
    ngx_str_t *cursor)
{
    u_char     buf[8 + 1 + NGX_INT_T_LEN];
    ngx_str_t  src;

    src.data = buf;
    src.len = ngx_sprintf(buf, "%08xD.%ui", digest, first) - buf;

    cursor->data = ngx_pnalloc(pool, ngx_base64_encoded_length(src.len));
    if (cursor->data == NULL) {
        return NGX_ERROR;
    }

    ngx_encode_base64url(cursor, &src);

    return NGX_OK;
}


static void
mcp_catalog_write_page(const mcp_catalog_t *catalog, const mcp_list_t *list,
    ngx_uint_t first, ngx_str_t *next, mcp_buf_t *b)
{
    ngx_uint_t            i, last;
    mcp_catalog_item_t  **item;

    item = catalog->items.elts;
    last = ngx_min(first + list->page_size, catalog->items.nelts);

    mcp_buf_char(b, '{');
    mcp_buf_str(b, &list->head);

    mcp_buf_json_string(b, (u_char *) list->member, ngx_strlen(list->member));
    mcp_buf_lit(b, ":[");

    for (i = first; i < last; i++) {
        if (i > first) {
            mcp_buf_char(b, ',');
        }

        list->write(b, item[i]->data, list->version);
    }

    mcp_buf_char(b, ']');

    if (next->len) {
        mcp_buf_lit(b, ",\"nextCursor\":");
        mcp_buf_json_string(b, next->data, next->len);
    }

    mcp_buf_str(b, &list->tail);
    mcp_buf_char(b, '}');
}


const mcp_page_t *
mcp_catalog_page(const ngx_array_t *pages, const ngx_str_t *cursor)
{
    ngx_uint_t         i;
    const mcp_page_t  *page;

    page = pages->elts;

    for (i = 1; i < pages->nelts; i++) {

        if (page[i].cursor.len == cursor->len
            && ngx_memcmp(page[i].cursor.data, cursor->data, cursor->len) == 0)
        {
            return &page[i];
        }
    }

    return NULL;
}
