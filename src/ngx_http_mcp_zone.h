
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_ZONE_H_INCLUDED_
#define _NGX_HTTP_MCP_ZONE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_state.h>


/*
 * The shared memory of the workers, "mcp_zone": small values that expire, the
 * ring of what was published, the default key.  There is one zone; it is made
 * with 16m if a location has "mcp" and there is no directive, and it outlives
 * reloads.  Keys and values cross processes, pointers never do.
 *
 * A value that does not fit evicts those that have expired, then those that
 * were not used for the longest time; only one that would not fit into the
 * empty zone is refused.  What must not be forgotten does not belong here: a
 * worker that is killed while it writes takes all values with it, though not
 * the ring, the key and the lists.
 *
 * Everything may be called in any worker and in any thread; by the master only
 * from init_module on.  Without a zone, there being no "mcp", values are too
 * large and nothing was ever published.
 */


#define NGX_HTTP_MCP_ZONE_MIN   (256 * 1024)         /* bytes */
#define NGX_HTTP_MCP_ZONE_SIZE  (16 * 1024 * 1024)   /* by default */


/* values are copied; a key is there once */

/* NGX_OK; NGX_DECLINED: too large.  "ttl" is seconds. */
ngx_int_t ngx_http_mcp_zone_put(const u_char *key, const ngx_str_t *value,
    time_t ttl);

/* likewise, if the value is "old", with data NULL: if there is none; NGX_BUSY:
 * it is another one */
ngx_int_t ngx_http_mcp_zone_replace(const u_char *key, const ngx_str_t *old,
    const ngx_str_t *value, time_t ttl);

/* NGX_OK; NGX_DECLINED: no such value; NGX_ERROR: out of memory.  With pool
 * NULL only whether it is there. */
ngx_int_t ngx_http_mcp_zone_get(const u_char *key, ngx_pool_t *pool,
    ngx_str_t *value);

/* likewise, and removes it */
ngx_int_t ngx_http_mcp_zone_take(const u_char *key, ngx_pool_t *pool,
    ngx_str_t *value);

void ngx_http_mcp_zone_remove(const u_char *key);


typedef struct {
    size_t              size;        /* of the zone, bytes */
    size_t              free;        /* of it */
    ngx_uint_t          entries;
    ngx_uint_t          evicted;     /* since the zone was made */
    uint64_t            published;
} ngx_http_mcp_zone_stat_t;

void ngx_http_mcp_zone_stat(ngx_http_mcp_zone_stat_t *stat);


/* of "mcp_state_key", else the random one of the zone; never NULL in a
 * worker */
const mcp_state_keys_t *ngx_http_mcp_zone_keys(void);


/*
 * The ring: appends a key and returns how many were published; reads those
 * from *seq on, up to n, and moves *seq.  NGX_ABORT: the ring has gone round
 * since, *seq is the newest one now.
 */
uint64_t ngx_http_mcp_zone_publish(const u_char *key);
uint64_t ngx_http_mcp_zone_published(void);
ngx_int_t ngx_http_mcp_zone_read(uint64_t *seq, u_char (*keys)[MCP_KEY],
    ngx_uint_t *n);


/*
 * What the endpoints of the newest configuration list, so that workers of
 * older ones know what has changed: MCP_KEY bytes that name an endpoint, a
 * digest of each list, up to NGX_HTTP_MCP_ZONE_LISTS.  If set in init_module,
 * they are there before the old workers are told to go.  NGX_DECLINED: not
 * known, or with another number of lists; the endpoints set last are kept,
 * NGX_HTTP_MCP_ZONE_ENDPOINTS of them.
 */
#define NGX_HTTP_MCP_ZONE_LISTS      4
#define NGX_HTTP_MCP_ZONE_ENDPOINTS  512

void ngx_http_mcp_zone_set_lists(const u_char *endpoint,
    u_char (*digests)[MCP_KEY], ngx_uint_t n);
ngx_int_t ngx_http_mcp_zone_get_lists(const u_char *endpoint,
    u_char (*digests)[MCP_KEY], ngx_uint_t n);


/* while a configuration is read; NULL after an [emerg] line */
ngx_shm_zone_t *ngx_http_mcp_zone_add(ngx_conf_t *cf, ngx_str_t *name,
    size_t size);

/* the configuration is accepted: from now on its zone is the one */
void ngx_http_mcp_zone_init_module(ngx_cycle_t *cycle);


#endif /* _NGX_HTTP_MCP_ZONE_H_INCLUDED_ */
