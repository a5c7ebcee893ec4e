
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_openapi_read.h>


typedef struct {
    ngx_str_node_t  sn;
    ngx_uint_t      next;        /* number of the next one of that name */
} mcp_openapi_named_t;


static ngx_uint_t mcp_openapi_name_char(u_char c);
static ngx_int_t mcp_openapi_name_add(ngx_pool_t *pool, ngx_rbtree_t *names,
    const ngx_str_t *name, mcp_openapi_named_t **taken);


ngx_int_t
mcp_openapi_name_exact(ngx_pool_t *pool, ngx_rbtree_t *names,
    const ngx_str_t *name, size_t max)
{
    size_t                i;
    mcp_openapi_named_t  *taken;

    if (name->len == 0 || name->len > max) {
        return NGX_DECLINED;
    }

    for (i = 0; i < name->len; i++) {
        if (!mcp_openapi_name_char(name->data[i])) {
            return NGX_DECLINED;
        }
    }

    return mcp_openapi_name_add(pool, names, name, &taken);
}


/* "_2" and so on if it is taken */

ngx_int_t
mcp_openapi_name(ngx_pool_t *pool, ngx_rbtree_t *names, const ngx_str_t *from,
    size_t max, ngx_str_t *name)
{
    u_char               *p;
    size_t                len;
    ngx_int_t             rc;
    mcp_openapi_named_t  *first, *taken;

    if (mcp_openapi_name_clean(pool, from, max, name) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = mcp_openapi_name_add(pool, names, name, &first);

    if (rc != NGX_DECLINED) {
        return rc;
    }

    len = ngx_min(name->len, max - NGX_SIZE_T_LEN - 1);

    p = ngx_pnalloc(pool, max);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, name->data, len);
    name->data = p;

    do {
        name->len = ngx_sprintf(p + len, "_%ui", first->next++) - p;

        rc = mcp_openapi_name_add(pool, names, name, &taken);

    } while (rc == NGX_DECLINED);

    return rc;
}


/* what cannot stay becomes "_", but for the ends */

ngx_int_t
mcp_openapi_name_clean(ngx_pool_t *pool, const ngx_str_t *from, size_t max,
    ngx_str_t *name)
{
    u_char  *p;
    size_t   i, len;

    for (i = 0; i < from->len; i++) {
        if (!mcp_openapi_name_char(from->data[i])) {
            break;
        }
    }

    if (i && i == from->len && i <= max) {
        *name = *from;
        return NGX_OK;
    }

    p = ngx_pnalloc(pool, max);
    if (p == NULL) {
        return NGX_ERROR;
    }

    len = 0;

    for (i = 0; i < from->len && len < max; i++) {

        if (mcp_openapi_name_char(from->data[i])) {
            p[len++] = from->data[i];

        } else if (len && p[len - 1] != '_') {
            p[len++] = '_';
        }
    }

    while (len && p[len - 1] == '_') {
        len--;
    }

    if (len == 0) {
        p[len++] = 'x';
    }

    name->data = p;
    name->len = len;

    return NGX_OK;
}


static ngx_uint_t
mcp_openapi_name_char(u_char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
           || c == '_' || c == '-' || c == '.';
}


static ngx_int_t
mcp_openapi_name_add(ngx_pool_t *pool, ngx_rbtree_t *names,
    const ngx_str_t *name, mcp_openapi_named_t **taken)
{
    uint32_t              hash;
    ngx_str_t             s;
    mcp_openapi_named_t  *named;

    s = *name;
    hash = ngx_crc32_long(s.data, s.len);

    *taken = (mcp_openapi_named_t *) ngx_str_rbtree_lookup(names, &s, hash);

    if (*taken) {
        return NGX_DECLINED;
    }

    named = ngx_palloc(pool, sizeof(mcp_openapi_named_t));
    if (named == NULL) {
        return NGX_ERROR;
    }

    named->sn.str = s;
    named->sn.node.key = hash;
    named->next = 2;

    ngx_rbtree_insert(names, &named->sn.node);

    return NGX_OK;
}
