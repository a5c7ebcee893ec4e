
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_yaml_node.h>


static ngx_int_t mcp_yaml_duplicates(mcp_yaml_t *y, cJSON **keys,
    ngx_uint_t n);
static ngx_int_t mcp_yaml_merge_one(mcp_yaml_t *y, mcp_yaml_map_t *map,
    cJSON *from);
static ngx_int_t mcp_yaml_keys(mcp_yaml_t *y, mcp_yaml_map_t *map,
    cJSON ***keys);
static int ngx_libc_cdecl mcp_yaml_cmp_keys(const void *one,
    const void *two);


ngx_int_t
mcp_yaml_merge(mcp_yaml_t *y, mcp_yaml_map_t *map)
{
    cJSON       **keys;
    ngx_int_t     rc;
    ngx_uint_t    i;

    if (map->n > 1) {

        if (mcp_yaml_keys(y, map, &keys) != NGX_OK) {
            return NGX_ERROR;
        }

        rc = mcp_yaml_duplicates(y, keys, map->n);

        ngx_free(keys);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    for (i = 0; i < map->nmerges; i++) {

        rc = mcp_yaml_merge_one(y, map, map->merges[i]);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_yaml_duplicates(mcp_yaml_t *y, cJSON **keys, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 1; i < n; i++) {

        if (ngx_strcmp(keys[i - 1]->string, keys[i]->string) == 0) {
            return mcp_yaml_refuse(y, "the mapping that ends here has the key "
                                   "\"%s\" twice", keys[i]->string);
        }
    }

    return NGX_OK;
}


/* what the mapping has itself, or has from an earlier one, stays */

static ngx_int_t
mcp_yaml_merge_one(mcp_yaml_t *y, mcp_yaml_map_t *map, cJSON *from)
{
    cJSON       *child, *node, **keys, **found;
    ngx_int_t    rc;
    ngx_uint_t   n;

    if (mcp_yaml_keys(y, map, &keys) != NGX_OK) {
        return NGX_ERROR;
    }

    n = map->n;
    rc = NGX_OK;

    for (child = from->child; child; child = child->next) {

        found = bsearch(&child, keys, n, sizeof(cJSON *), mcp_yaml_cmp_keys);

        if (found) {
            continue;
        }

        rc = mcp_yaml_node(y, &node);

        if (rc != NGX_OK) {
            break;
        }

        /* "from" is a copy already, or was written here */

        *node = *child;

        mcp_yaml_append(map->node, &map->last, node);
        map->n++;
    }

    ngx_free(keys);

    return rc;
}


static ngx_int_t
mcp_yaml_keys(mcp_yaml_t *y, mcp_yaml_map_t *map, cJSON ***keys)
{
    cJSON       *child;
    ngx_uint_t   i;

    *keys = ngx_alloc((map->n + 1) * sizeof(cJSON *), y->pool->log);
    if (*keys == NULL) {
        return NGX_ERROR;
    }

    i = 0;

    for (child = map->node->child; child; child = child->next) {
        (*keys)[i++] = child;
    }

    ngx_qsort(*keys, i, sizeof(cJSON *), mcp_yaml_cmp_keys);

    return NGX_OK;
}


static int ngx_libc_cdecl
mcp_yaml_cmp_keys(const void *one, const void *two)
{
    const cJSON *const *a = one;
    const cJSON *const *b = two;

    return ngx_strcmp((*a)->string, (*b)->string);
}


ngx_int_t
mcp_yaml_copy(mcp_yaml_t *y, const cJSON *from, cJSON *to)
{
    cJSON        *node, *last;
    ngx_int_t     rc;
    const cJSON  *child;

    to->type = from->type & ~cJSON_StringIsConst;
    to->valuestring = from->valuestring;
    to->valueint = from->valueint;
    to->valuedouble = from->valuedouble;

    if (from->child == NULL) {
        return NGX_OK;
    }

    if (y->depth == MCP_JSON_MAX_DEPTH) {
        return mcp_yaml_refuse(y, "values are nested too deeply");
    }

    y->depth++;
    last = NULL;

    for (child = from->child; child; child = child->next) {

        rc = mcp_yaml_node(y, &node);

        if (rc == NGX_OK) {
            rc = mcp_yaml_copy(y, child, node);
        }

        if (rc != NGX_OK) {
            return rc;
        }

        if (child->string) {
            node->string = child->string;
            node->type |= cJSON_StringIsConst;
        }

        mcp_yaml_append(to, &last, node);
    }

    y->depth--;

    return NGX_OK;
}


void
mcp_yaml_append(cJSON *parent, cJSON **last, cJSON *node)
{
    node->next = NULL;
    node->prev = *last;

    if (*last) {
        (*last)->next = node;

    } else {
        parent->child = node;
    }

    /* cJSON appends in O(1) by this link to the last one */
    parent->child->prev = node;

    *last = node;
}
