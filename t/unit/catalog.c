
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_catalog: found by name, listed in order, page by page */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_catalog.h>
#include <mcp_json_scan.h>
#include "unit.h"


#define CATALOG_MANY  1000


/* an item is its number, written once for each revision */

static void
catalog_write(mcp_buf_t *b, const void *data, ngx_uint_t version)
{
    mcp_buf_int(b, *(const ngx_int_t *) data * 10 + version);
}


static void
catalog_make(mcp_catalog_t *catalog, ngx_pool_t *pool, const ngx_int_t *items,
    ngx_uint_t n)
{
    ngx_str_t   name;
    ngx_int_t  *item;
    ngx_uint_t  i;

    if (mcp_catalog_init(catalog, pool) != NGX_OK) {
        abort();
    }

    for (i = 0; i < n; i++) {
        item = ngx_palloc(pool, sizeof(ngx_int_t));
        *item = items[i];

        name.data = ngx_pnalloc(pool, NGX_INT_T_LEN);
        name.len = ngx_sprintf(name.data, "n%i", items[i]) - name.data;

        if (mcp_catalog_add(catalog, &name, item, NULL) != NGX_OK) {
            abort();
        }
    }
}


static void
catalog_render(mcp_catalog_t *catalog, ngx_pool_t *pool, ngx_uint_t version,
    ngx_uint_t page_size, ngx_array_t *pages)
{
    mcp_list_t  list;

    ngx_memzero(&list, sizeof(mcp_list_t));

    list.member = "items";
    list.write = catalog_write;
    list.version = version;
    list.page_size = page_size;

    if (version) {
        ngx_str_set(&list.head, "\"head\":0,");
        ngx_str_set(&list.tail, ",\"tail\":1");
    }

    if (mcp_catalog_render(catalog, pool, &list, pages) != NGX_OK) {
        abort();
    }
}


static void
catalog_test_find(void)
{
    ngx_int_t        value;
    ngx_str_t        name;
    ngx_uint_t       i, found;
    u_char           buf[NGX_INT_T_LEN];
    ngx_pool_t      *pool;
    mcp_catalog_t    catalog;

    static ngx_int_t  data[CATALOG_MANY];
    static ngx_str_t  names[] = {
        ngx_string("tool"), ngx_string("Tool"), ngx_string("tools"),
        ngx_string("too"), ngx_string("t"), ngx_string("")
    };
    static ngx_str_t  others[] = {
        ngx_string("TOOL"), ngx_string("tool "), ngx_string("tool\0"),
        ngx_string("x"), ngx_string("\0")
    };

    pool = unit_pool();
    (void) mcp_catalog_init(&catalog, pool);

    unit_ok(mcp_catalog_find(&catalog, &names[0]) == NULL,
            "nothing in an empty catalogue");

    for (i = 0; i < unit_nelts(names); i++) {
        unit_ok(mcp_catalog_add(&catalog, &names[i], &data[i], NULL) == NGX_OK,
                "added: \"%s\"", names[i].data);
        unit_ok(mcp_catalog_add(&catalog, &names[i], &data[9], NULL)
                == NGX_DECLINED,
                "not twice: \"%s\"", names[i].data);
    }

    for (i = 0; i < unit_nelts(names); i++) {
        unit_ok(mcp_catalog_find(&catalog, &names[i]) == &data[i],
                "found: \"%s\"", names[i].data);
    }

    for (i = 0; i < unit_nelts(others); i++) {
        unit_ok(mcp_catalog_find(&catalog, &others[i]) == NULL,
                "not there: \"%s\"",
                unit_show(others[i].data, others[i].len));
    }

    for (i = 0; i < CATALOG_MANY; i++) {
        data[i] = i;
    }

    catalog_make(&catalog, pool, data, CATALOG_MANY);
    found = 0;

    for (i = 0; i < CATALOG_MANY; i++) {
        name.data = buf;
        name.len = ngx_sprintf(buf, "n%ui", i) - buf;
        value = *(const ngx_int_t *) mcp_catalog_find(&catalog, &name);
        found += (value == data[i]);
    }

    unit_is_int(found, CATALOG_MANY, "found: each of many");

    ngx_destroy_pool(pool);
}


/* all items are on the pages, in order; returns the number of pages, or 0 */

static ngx_uint_t
catalog_walk(ngx_array_t *pages, ngx_pool_t *pool, const ngx_int_t *items,
    ngx_uint_t n)
{
    u_char             *p, buf[NGX_INT_T_LEN];
    ngx_uint_t          i, seen;
    mcp_json_doc_t      doc;
    const mcp_page_t   *page;
    mcp_json_token_t   *list, *next, *t;

    i = 0;
    page = pages->elts;

    for (seen = 1; page && seen <= n + 1; seen++) {

        if (mcp_json_scan(&doc, pool, page->body.data, page->body.len)
            != NGX_OK)
        {
            return 0;
        }

        list = mcp_json_get(&doc, doc.tokens, "items");

        for (t = list + 1; t < doc.tokens + list->next; t++) {
            p = ngx_sprintf(buf, "%i", i < n ? items[i] * 10 + 4 : -1);
            i++;

            if (t->text.len != (size_t) (p - buf)
                || ngx_memcmp(t->text.data, buf, p - buf) != 0)
            {
                return 0;
            }
        }

        next = mcp_json_get(&doc, doc.tokens, "nextCursor");

        if (next == NULL) {
            return i == n ? seen : 0;
        }

        page = mcp_catalog_page(pages, &next->text);
    }

    return 0;
}


static void
catalog_test_pages(void)
{
    ngx_uint_t      n, size, seen;
    ngx_pool_t     *pool;
    ngx_array_t     pages;
    mcp_catalog_t   catalog;

    static ngx_int_t  items[] = { 5, 3, 9, 1, 7, 0, 8 };

    for (n = 0; n <= unit_nelts(items); n++) {
        for (size = 1; size <= unit_nelts(items) + 1; size++) {
            pool = unit_pool();
            catalog_make(&catalog, pool, items, n);
            catalog_render(&catalog, pool, 4, size, &pages);

            seen = catalog_walk(&pages, pool, items, n);

            unit_ok(seen == pages.nelts
                    && seen == (n ? (n + size - 1) / size : 1),
                    "%d items, %d a page: %d pages", (int) n, (int) size,
                    (int) pages.nelts);

            ngx_destroy_pool(pool);
        }
    }
}


static void
catalog_test_bodies(void)
{
    ngx_str_t       expected;
    ngx_pool_t     *pool;
    mcp_page_t     *page;
    ngx_array_t     pages;
    mcp_catalog_t   catalog;

    static ngx_int_t  items[] = { 2, 1 };

    pool = unit_pool();
    catalog_make(&catalog, pool, items, 2);

    catalog_render(&catalog, pool, 0, 2, &pages);
    page = pages.elts;
    ngx_str_set(&expected, "{\"items\":[20,10]}");
    unit_is(&page->body, &expected, "a list alone");

    catalog_render(&catalog, pool, 4, 2, &pages);
    page = pages.elts;
    ngx_str_set(&expected, "{\"head\":0,\"items\":[24,14],\"tail\":1}");
    unit_is(&page->body, &expected, "a list between other members");

    catalog_make(&catalog, pool, items, 0);
    catalog_render(&catalog, pool, 0, 1, &pages);
    page = pages.elts;
    ngx_str_set(&expected, "{\"items\":[]}");
    unit_is(&page->body, &expected, "an empty list");

    ngx_destroy_pool(pool);
}


static void
catalog_test_cursors(void)
{
    ngx_uint_t          i;
    ngx_str_t           cursor, other;
    ngx_pool_t         *pool;
    mcp_page_t         *page;
    ngx_array_t         pages;
    mcp_catalog_t       catalog;

    static ngx_int_t  items[] = { 1, 2, 3, 4, 5, 6 };
    static ngx_str_t  bad[] = {
        ngx_string(""), ngx_string("0"), ngx_string("1"), ngx_string("next"),
        ngx_string("\0"), ngx_string("null")
    };

    pool = unit_pool();
    catalog_make(&catalog, pool, items, 6);
    catalog_render(&catalog, pool, 0, 2, &pages);

    page = pages.elts;
    cursor = page[1].cursor;

    unit_ok(mcp_catalog_page(&pages, &cursor) == &page[1]
            && mcp_catalog_page(&pages, &page[2].cursor) == &page[2],
            "a cursor leads to its page");
    unit_ok(page->cursor.len == 0, "the first page has none");

    for (i = 0; i < unit_nelts(bad); i++) {
        unit_ok(mcp_catalog_page(&pages, &bad[i]) == NULL,
                "no cursor: \"%s\"", unit_show(bad[i].data, bad[i].len));
    }

    other = cursor;
    other.len--;
    unit_ok(mcp_catalog_page(&pages, &other) == NULL, "a part of a cursor");

    for (i = 0; i < cursor.len; i++) {
        other.len = cursor.len;
        other.data = unit_copy(pool, cursor.data, cursor.len);
        other.data[i] ^= 1;

        if (mcp_catalog_page(&pages, &other)) {
            break;
        }
    }

    unit_is_int(i, cursor.len, "no byte of a cursor may be another");

    ngx_destroy_pool(pool);
}


/* a client may come back after a reload */

static void
catalog_test_reload(void)
{
    ngx_str_t       cursor, last;
    ngx_pool_t     *pool;
    mcp_page_t     *page;
    ngx_array_t     pages, again;
    mcp_catalog_t   catalog;

    static ngx_int_t  items[] = { 1, 2, 3, 4, 5, 6 };
    static ngx_int_t  another[] = { 1, 2, 3, 4, 5, 7 };
    static ngx_int_t  order[] = { 1, 2, 3, 4, 6, 5 };

    pool = unit_pool();
    catalog_make(&catalog, pool, items, 6);
    catalog_render(&catalog, pool, 0, 2, &pages);

    page = pages.elts;
    cursor = page[1].cursor;
    last = page[2].cursor;

    catalog_render(&catalog, pool, 0, 2, &again);
    unit_ok(mcp_catalog_page(&again, &cursor) != NULL,
            "the same list has the same cursors");

    catalog_render(&catalog, pool, 1, 2, &again);
    unit_ok(mcp_catalog_page(&again, &cursor) == NULL,
            "another revision has others");

    catalog_make(&catalog, pool, another, 6);
    catalog_render(&catalog, pool, 0, 2, &again);
    unit_ok(mcp_catalog_page(&again, &cursor) == NULL,
            "another item, even on another page, makes others");

    catalog_make(&catalog, pool, items, 5);
    catalog_render(&catalog, pool, 0, 2, &again);
    unit_ok(mcp_catalog_page(&again, &cursor) == NULL,
            "an item less makes others");

    catalog_make(&catalog, pool, order, 6);
    catalog_render(&catalog, pool, 0, 2, &again);
    unit_ok(mcp_catalog_page(&again, &cursor) == NULL,
            "another order makes others");

    /* with pages of another size */

    catalog_make(&catalog, pool, items, 6);
    catalog_render(&catalog, pool, 0, 3, &again);
    unit_ok(mcp_catalog_page(&again, &cursor) == NULL,
            "a cursor is refused where no page begins");

    catalog_render(&catalog, pool, 0, 4, &again);
    page = again.elts;
    unit_ok(mcp_catalog_page(&again, &last) == &page[1],
            "it is good where one does");

    ngx_destroy_pool(pool);
}


static void
catalog_test_memory(void)
{
    ngx_int_t       rc, n;
    mcp_list_t      list;
    ngx_pool_t     *pool;
    ngx_array_t     pages;
    mcp_catalog_t   catalog;

    static ngx_int_t  items[] = { 1, 2, 3 };
    static ngx_str_t  name = ngx_string("name");

    pool = unit_pool();
    catalog_make(&catalog, pool, items, 3);

    ngx_memzero(&list, sizeof(mcp_list_t));
    list.member = "items";
    list.write = catalog_write;
    list.page_size = 1;

    rc = NGX_ERROR;

    for (n = 0; rc == NGX_ERROR && n < 100; n++) {
        unit_fail_alloc(n);
        rc = mcp_catalog_render(&catalog, pool, &list, &pages);
        unit_fail_alloc(-1);
    }

    unit_ok(rc == NGX_OK && n > 5, "%d allocations, each may fail",
            (int) n - 1);

    unit_fail_alloc(0);
    rc = mcp_catalog_add(&catalog, &name, items, NULL);
    unit_fail_alloc(-1);

    unit_ok(rc == NGX_ERROR && mcp_catalog_find(&catalog, &name) == NULL
            && mcp_catalog_add(&catalog, &name, items, NULL) == NGX_OK,
            "an item that could not be added");

    ngx_destroy_pool(pool);
}


int
main(void)
{
    catalog_test_find();
    catalog_test_pages();
    catalog_test_bodies();
    catalog_test_cursors();
    catalog_test_reload();
    catalog_test_memory();

    return unit_done();
}
