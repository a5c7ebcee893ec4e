
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_ZONE_SHARED_H_INCLUDED_
#define _NGX_HTTP_MCP_ZONE_SHARED_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http_mcp_zone.h>


/*
 * What the zone is made of, for the files that implement it.  All of it, but
 * for the key, is read and written under the mutex of the slab pool.
 */


#define NGX_HTTP_MCP_ZONE_RING  4096     /* a power of 2 */


typedef struct {
    u_char                   endpoint[MCP_KEY];
    ngx_uint_t               n;
    u_char                   digests[NGX_HTTP_MCP_ZONE_LISTS][MCP_KEY];
} ngx_http_mcp_zone_lists_t;


/*
 * Lies at the end of the zone, beyond the slab pool, so that the pool can be
 * made anew.  The functions of the trees are nginx's own, which are at the same
 * place in all processes, as this module need not be after a reload.
 */
typedef struct {
    ngx_atomic_t             writing;    /* the values are being changed */

    ngx_rbtree_t             keys;
    ngx_rbtree_node_t        keys_sentinel;
    ngx_rbtree_t             expiry;
    ngx_rbtree_node_t        expiry_sentinel;
    ngx_queue_t              used;
    ngx_uint_t               entries;
    ngx_uint_t               evicted;

    uint64_t                 published;
    u_char                   ring[NGX_HTTP_MCP_ZONE_RING][MCP_KEY];

    ngx_uint_t               set;        /* endpoints, ever */
    ngx_http_mcp_zone_lists_t  lists[NGX_HTTP_MCP_ZONE_ENDPOINTS];

    mcp_state_keys_t         signing;
} ngx_http_mcp_zone_shared_t;


/* of the accepted configuration; NULL if it has no zone */
extern ngx_slab_pool_t             *ngx_http_mcp_zone_shpool;
extern ngx_http_mcp_zone_shared_t  *ngx_http_mcp_zone_shared;


#endif /* _NGX_HTTP_MCP_ZONE_SHARED_H_INCLUDED_ */
