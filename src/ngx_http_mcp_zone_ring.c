
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http_mcp_zone_shared.h>


static ngx_http_mcp_zone_lists_t *ngx_http_mcp_zone_lists_locked(
    const u_char *endpoint);


uint64_t
ngx_http_mcp_zone_publish(const u_char *key)
{
    uint64_t                     n;
    ngx_http_mcp_zone_shared_t  *sh;

    sh = ngx_http_mcp_zone_shared;

    if (sh == NULL) {
        return 0;
    }

    ngx_shmtx_lock(&ngx_http_mcp_zone_shpool->mutex);

    ngx_memcpy(sh->ring[sh->published % NGX_HTTP_MCP_ZONE_RING], key, MCP_KEY);
    n = ++sh->published;

    ngx_shmtx_unlock(&ngx_http_mcp_zone_shpool->mutex);

    return n;
}


uint64_t
ngx_http_mcp_zone_published(void)
{
    uint64_t  n;

    if (ngx_http_mcp_zone_shared == NULL) {
        return 0;
    }

    ngx_shmtx_lock(&ngx_http_mcp_zone_shpool->mutex);
    n = ngx_http_mcp_zone_shared->published;
    ngx_shmtx_unlock(&ngx_http_mcp_zone_shpool->mutex);

    return n;
}


ngx_int_t
ngx_http_mcp_zone_read(uint64_t *seq, u_char (*keys)[MCP_KEY], ngx_uint_t *n)
{
    uint64_t                     last;
    ngx_int_t                    rc;
    ngx_uint_t                   i, max;
    ngx_http_mcp_zone_shared_t  *sh;

    sh = ngx_http_mcp_zone_shared;

    max = *n;
    *n = 0;

    if (sh == NULL) {
        return NGX_OK;
    }

    ngx_shmtx_lock(&ngx_http_mcp_zone_shpool->mutex);

    last = sh->published;

    if (last - *seq > NGX_HTTP_MCP_ZONE_RING) {
        *seq = last;
        rc = NGX_ABORT;

    } else {

        for (i = 0; i < max && *seq < last; i++) {
            ngx_memcpy(keys[i], sh->ring[*seq % NGX_HTTP_MCP_ZONE_RING],
                       MCP_KEY);
            (*seq)++;
        }

        *n = i;
        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&ngx_http_mcp_zone_shpool->mutex);

    return rc;
}


void
ngx_http_mcp_zone_set_lists(const u_char *endpoint,
    u_char (*digests)[MCP_KEY], ngx_uint_t n)
{
    ngx_http_mcp_zone_lists_t   *lists;
    ngx_http_mcp_zone_shared_t  *sh;

    sh = ngx_http_mcp_zone_shared;

    if (sh == NULL || n > NGX_HTTP_MCP_ZONE_LISTS) {
        return;
    }

    ngx_shmtx_lock(&ngx_http_mcp_zone_shpool->mutex);

    lists = ngx_http_mcp_zone_lists_locked(endpoint);

    if (lists == NULL) {
        lists = &sh->lists[sh->set++ % NGX_HTTP_MCP_ZONE_ENDPOINTS];
        ngx_memcpy(lists->endpoint, endpoint, MCP_KEY);
    }

    lists->n = n;
    ngx_memcpy(lists->digests, digests, n * MCP_KEY);

    ngx_shmtx_unlock(&ngx_http_mcp_zone_shpool->mutex);
}


ngx_int_t
ngx_http_mcp_zone_get_lists(const u_char *endpoint,
    u_char (*digests)[MCP_KEY], ngx_uint_t n)
{
    ngx_int_t                   rc;
    ngx_http_mcp_zone_lists_t  *lists;

    if (ngx_http_mcp_zone_shared == NULL) {
        return NGX_DECLINED;
    }

    rc = NGX_DECLINED;

    ngx_shmtx_lock(&ngx_http_mcp_zone_shpool->mutex);

    lists = ngx_http_mcp_zone_lists_locked(endpoint);

    if (lists && lists->n == n) {
        ngx_memcpy(digests, lists->digests, n * MCP_KEY);
        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&ngx_http_mcp_zone_shpool->mutex);

    return rc;
}


static ngx_http_mcp_zone_lists_t *
ngx_http_mcp_zone_lists_locked(const u_char *endpoint)
{
    ngx_uint_t                   i, n;
    ngx_http_mcp_zone_shared_t  *sh;

    sh = ngx_http_mcp_zone_shared;
    n = ngx_min(sh->set, NGX_HTTP_MCP_ZONE_ENDPOINTS);

    for (i = 0; i < n; i++) {

        if (ngx_memcmp(sh->lists[i].endpoint, endpoint, MCP_KEY) == 0) {
            return &sh->lists[i];
        }
    }

    return NULL;
}
