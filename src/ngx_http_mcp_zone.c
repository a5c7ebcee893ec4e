
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <openssl/rand.h>
#include <ngx_http_mcp_request.h>
#include <ngx_http_mcp_zone_shared.h>


/* the first bytes of a key, which is a digest */
#define ngx_http_mcp_zone_hash(key)                                          \
    ((uint32_t) (key)[0] << 24 | (key)[1] << 16 | (key)[2] << 8 | (key)[3])


typedef struct {
    ngx_str_node_t           sn;         /* by key */
    ngx_rbtree_node_t        node;       /* by expiry, which is its key */
    ngx_queue_t              queue;      /* the one used last is the first */
    size_t                   len;
    u_char                   key[MCP_KEY];
    u_char                   data[1];
} ngx_http_mcp_zone_entry_t;


static ngx_int_t ngx_http_mcp_zone_init_zone(ngx_shm_zone_t *shm_zone,
    void *data);
static void ngx_http_mcp_zone_reset_locked(ngx_slab_pool_t *shpool,
    ngx_http_mcp_zone_shared_t *sh);
static void ngx_http_mcp_zone_lock(void);
static void ngx_http_mcp_zone_unlock(void);
static ngx_http_mcp_zone_entry_t *ngx_http_mcp_zone_find_locked(
    const u_char *key);
static ngx_int_t ngx_http_mcp_zone_expire_locked(void);
static void ngx_http_mcp_zone_delete_locked(ngx_http_mcp_zone_entry_t *e);
static ngx_http_mcp_zone_entry_t *ngx_http_mcp_zone_alloc_locked(size_t size);
static ngx_int_t ngx_http_mcp_zone_write(const u_char *key,
    const ngx_str_t *old, const ngx_str_t *value, time_t ttl);
static ngx_uint_t ngx_http_mcp_zone_is(ngx_http_mcp_zone_entry_t *e,
    const ngx_str_t *value);
static ngx_int_t ngx_http_mcp_zone_value(const u_char *key, ngx_pool_t *pool,
    ngx_str_t *value, ngx_uint_t take);


ngx_slab_pool_t                *ngx_http_mcp_zone_shpool;
ngx_http_mcp_zone_shared_t     *ngx_http_mcp_zone_shared;

static const mcp_state_keys_t  *ngx_http_mcp_zone_signing;


ngx_shm_zone_t *
ngx_http_mcp_zone_add(ngx_conf_t *cf, ngx_str_t *name, size_t size)
{
    ngx_shm_zone_t  *shm_zone;

    shm_zone = ngx_shared_memory_add(cf, name, size, &ngx_http_mcp_module);

    if (shm_zone) {
        shm_zone->init = ngx_http_mcp_zone_init_zone;
    }

    return shm_zone;
}


static ngx_int_t
ngx_http_mcp_zone_init_zone(ngx_shm_zone_t *shm_zone, void *data)
{
    uintptr_t                    end;
    ngx_slab_pool_t             *shpool;
    ngx_http_mcp_zone_shared_t  *sh;

    if (data) {
        shm_zone->data = data;
        return NGX_OK;
    }

    shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    if (shm_zone->shm.exists) {
        shm_zone->data = shpool->data;
        return NGX_OK;
    }

    end = (uintptr_t) shpool->end - sizeof(ngx_http_mcp_zone_shared_t);
    end &= ~(uintptr_t) (ngx_cacheline_size - 1);

    sh = (ngx_http_mcp_zone_shared_t *) end;

    ngx_memzero(sh, sizeof(ngx_http_mcp_zone_shared_t));

    /* of a zone that had another name or size: tokens stay valid */

    if (ngx_http_mcp_zone_shared) {
        sh->signing = ngx_http_mcp_zone_shared->signing;

    } else {
        sh->signing.n = 1;

        if (RAND_bytes(sh->signing.keys[0], MCP_STATE_KEY) != 1) {
            ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, 0,
                          "mcp: RAND_bytes() failed");
            return NGX_ERROR;
        }
    }

    shpool->end = (u_char *) sh;
    shpool->data = sh;
    shm_zone->data = sh;

    ngx_http_mcp_zone_reset_locked(shpool, sh);

    return NGX_OK;
}


void
ngx_http_mcp_zone_init_module(ngx_cycle_t *cycle)
{
    ngx_http_mcp_main_conf_t  *mmcf;

    mmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_mcp_module);

    if (mmcf == NULL || mmcf->zone == NULL) {
        ngx_http_mcp_zone_shpool = NULL;
        ngx_http_mcp_zone_shared = NULL;
        ngx_http_mcp_zone_signing = mmcf ? mmcf->keys : NULL;
        return;
    }

    ngx_http_mcp_zone_shpool = (ngx_slab_pool_t *) mmcf->zone->shm.addr;
    ngx_http_mcp_zone_shared = mmcf->zone->data;
    ngx_http_mcp_zone_signing = mmcf->keys ? mmcf->keys
                                      : &ngx_http_mcp_zone_shared->signing;
}


const mcp_state_keys_t *
ngx_http_mcp_zone_keys(void)
{
    return ngx_http_mcp_zone_signing;
}


/* no values */

static void
ngx_http_mcp_zone_reset_locked(ngx_slab_pool_t *shpool,
    ngx_http_mcp_zone_shared_t *sh)
{
    ngx_slab_init(shpool);

    shpool->log_nomem = 0;

    ngx_rbtree_init(&sh->keys, &sh->keys_sentinel,
                    ngx_str_rbtree_insert_value);
    ngx_rbtree_init(&sh->expiry, &sh->expiry_sentinel,
                    ngx_rbtree_insert_value);
    ngx_queue_init(&sh->used);

    sh->evicted += sh->entries;
    sh->entries = 0;
    sh->writing = 0;
}


/*
 * The master unlocks the mutex of a process that was killed; what that one was
 * changing would lead others astray.
 */

static void
ngx_http_mcp_zone_lock(void)
{
    ngx_shmtx_lock(&ngx_http_mcp_zone_shpool->mutex);

    if (ngx_http_mcp_zone_shared->writing) {
        ngx_http_mcp_zone_reset_locked(ngx_http_mcp_zone_shpool,
                                       ngx_http_mcp_zone_shared);
    }

    ngx_http_mcp_zone_shared->writing = 1;
}


static void
ngx_http_mcp_zone_unlock(void)
{
    ngx_http_mcp_zone_shared->writing = 0;

    ngx_shmtx_unlock(&ngx_http_mcp_zone_shpool->mutex);
}


ngx_int_t
ngx_http_mcp_zone_put(const u_char *key, const ngx_str_t *value, time_t ttl)
{
    return ngx_http_mcp_zone_write(key, NULL, value, ttl);
}


ngx_int_t
ngx_http_mcp_zone_replace(const u_char *key, const ngx_str_t *old,
    const ngx_str_t *value, time_t ttl)
{
    return ngx_http_mcp_zone_write(key, old, value, ttl);
}


static ngx_int_t
ngx_http_mcp_zone_write(const u_char *key, const ngx_str_t *old,
    const ngx_str_t *value, time_t ttl)
{
    size_t                       size, pages;
    ngx_slab_pool_t             *shpool;
    ngx_http_mcp_zone_entry_t   *e;
    ngx_http_mcp_zone_shared_t  *sh;

    sh = ngx_http_mcp_zone_shared;
    shpool = ngx_http_mcp_zone_shpool;

    if (sh == NULL || value->len > (size_t) (shpool->end - shpool->start)) {
        return NGX_DECLINED;
    }

    size = offsetof(ngx_http_mcp_zone_entry_t, data) + value->len;
    pages = (size + ngx_pagesize - 1) >> ngx_pagesize_shift;

    if (pages > (size_t) (shpool->last - shpool->pages)) {
        return NGX_DECLINED;
    }

    ngx_http_mcp_zone_lock();

    e = ngx_http_mcp_zone_find_locked(key);

    if (old && !ngx_http_mcp_zone_is(e, old)) {
        ngx_http_mcp_zone_unlock();
        return NGX_BUSY;
    }

    if (e) {
        ngx_http_mcp_zone_delete_locked(e);
    }

    /* more than what comes goes */

    if (ngx_http_mcp_zone_expire_locked() == NGX_OK) {
        (void) ngx_http_mcp_zone_expire_locked();
    }

    e = ngx_http_mcp_zone_alloc_locked(size);

    if (e == NULL) {
        ngx_http_mcp_zone_unlock();
        return NGX_DECLINED;
    }

    ngx_memcpy(e->key, key, MCP_KEY);
    e->len = value->len;

    if (value->len) {
        ngx_memcpy(e->data, value->data, value->len);
    }

    e->sn.str.data = e->key;
    e->sn.str.len = MCP_KEY;
    e->sn.node.key = ngx_http_mcp_zone_hash(key);
    e->node.key = (ngx_rbtree_key_t) (ngx_time() + ttl);

    ngx_rbtree_insert(&sh->keys, &e->sn.node);
    ngx_rbtree_insert(&sh->expiry, &e->node);
    ngx_queue_insert_head(&sh->used, &e->queue);
    sh->entries++;

    ngx_http_mcp_zone_unlock();

    return NGX_OK;
}


static ngx_uint_t
ngx_http_mcp_zone_is(ngx_http_mcp_zone_entry_t *e, const ngx_str_t *value)
{
    if (e == NULL || value->data == NULL) {
        return e == NULL && value->data == NULL;
    }

    return e->len == value->len
           && ngx_memcmp(e->data, value->data, value->len) == 0;
}


ngx_int_t
ngx_http_mcp_zone_get(const u_char *key, ngx_pool_t *pool, ngx_str_t *value)
{
    return ngx_http_mcp_zone_value(key, pool, value, 0);
}


ngx_int_t
ngx_http_mcp_zone_take(const u_char *key, ngx_pool_t *pool, ngx_str_t *value)
{
    return ngx_http_mcp_zone_value(key, pool, value, 1);
}


static ngx_int_t
ngx_http_mcp_zone_value(const u_char *key, ngx_pool_t *pool, ngx_str_t *value,
    ngx_uint_t take)
{
    size_t                      len, size;
    u_char                     *p;
    ngx_http_mcp_zone_entry_t  *e;

    if (ngx_http_mcp_zone_shared == NULL) {
        return NGX_DECLINED;
    }

    p = NULL;
    size = 0;

    for ( ;; ) {
        ngx_http_mcp_zone_lock();

        e = ngx_http_mcp_zone_find_locked(key);

        if (e == NULL) {
            ngx_http_mcp_zone_unlock();
            return NGX_DECLINED;
        }

        len = e->len;

        if (pool == NULL || (p && len <= size)) {
            break;
        }

        /* pools are not touched under the mutex, so it may change meanwhile */

        ngx_http_mcp_zone_unlock();

        size = ngx_max(len, 1);

        p = ngx_pnalloc(pool, size);
        if (p == NULL) {
            return NGX_ERROR;
        }
    }

    if (pool) {
        ngx_memcpy(p, e->data, len);
    }

    if (take) {
        ngx_http_mcp_zone_delete_locked(e);

    } else {
        ngx_queue_remove(&e->queue);
        ngx_queue_insert_head(&ngx_http_mcp_zone_shared->used, &e->queue);
    }

    ngx_http_mcp_zone_unlock();

    if (pool) {
        value->data = p;
        value->len = len;
    }

    return NGX_OK;
}


void
ngx_http_mcp_zone_remove(const u_char *key)
{
    (void) ngx_http_mcp_zone_value(key, NULL, NULL, 1);
}


/* one that has not expired, or NULL */

static ngx_http_mcp_zone_entry_t *
ngx_http_mcp_zone_find_locked(const u_char *key)
{
    ngx_str_t                   name;
    ngx_str_node_t             *sn;
    ngx_http_mcp_zone_entry_t  *e;

    name.data = (u_char *) key;
    name.len = MCP_KEY;

    sn = ngx_str_rbtree_lookup(&ngx_http_mcp_zone_shared->keys, &name,
                               ngx_http_mcp_zone_hash(key));
    if (sn == NULL) {
        return NULL;
    }

    e = (ngx_http_mcp_zone_entry_t *) sn;

    if ((time_t) e->node.key <= ngx_time()) {
        ngx_http_mcp_zone_delete_locked(e);
        return NULL;
    }

    return e;
}


/* removes the one that expires first: NGX_OK, NGX_DECLINED if it has not */

static ngx_int_t
ngx_http_mcp_zone_expire_locked(void)
{
    ngx_rbtree_t               *expiry;
    ngx_rbtree_node_t          *node;
    ngx_http_mcp_zone_entry_t  *e;

    expiry = &ngx_http_mcp_zone_shared->expiry;

    if (expiry->root == expiry->sentinel) {
        return NGX_DECLINED;
    }

    node = ngx_rbtree_min(expiry->root, expiry->sentinel);

    if ((time_t) node->key > ngx_time()) {
        return NGX_DECLINED;
    }

    e = ngx_rbtree_data(node, ngx_http_mcp_zone_entry_t, node);
    ngx_http_mcp_zone_delete_locked(e);

    return NGX_OK;
}


static void
ngx_http_mcp_zone_delete_locked(ngx_http_mcp_zone_entry_t *e)
{
    ngx_http_mcp_zone_shared_t  *sh;

    sh = ngx_http_mcp_zone_shared;

    ngx_rbtree_delete(&sh->keys, &e->sn.node);
    ngx_rbtree_delete(&sh->expiry, &e->node);
    ngx_queue_remove(&e->queue);
    sh->entries--;

    ngx_slab_free_locked(ngx_http_mcp_zone_shpool, e);
}


static ngx_http_mcp_zone_entry_t *
ngx_http_mcp_zone_alloc_locked(size_t size)
{
    ngx_queue_t                 *q;
    ngx_http_mcp_zone_entry_t   *e;
    ngx_http_mcp_zone_shared_t  *sh;

    sh = ngx_http_mcp_zone_shared;

    for ( ;; ) {
        e = ngx_slab_alloc_locked(ngx_http_mcp_zone_shpool, size);

        if (e || sh->entries == 0) {
            return e;
        }

        if (ngx_http_mcp_zone_expire_locked() == NGX_OK) {
            continue;
        }

        q = ngx_queue_last(&sh->used);
        e = ngx_queue_data(q, ngx_http_mcp_zone_entry_t, queue);

        ngx_http_mcp_zone_delete_locked(e);
        sh->evicted++;
    }
}


void
ngx_http_mcp_zone_stat(ngx_http_mcp_zone_stat_t *stat)
{
    ngx_slab_pool_t             *shpool;
    ngx_http_mcp_zone_shared_t  *sh;

    sh = ngx_http_mcp_zone_shared;
    shpool = ngx_http_mcp_zone_shpool;

    ngx_memzero(stat, sizeof(ngx_http_mcp_zone_stat_t));

    if (sh == NULL) {
        return;
    }

    ngx_shmtx_lock(&shpool->mutex);

    stat->size = (u_char *) (sh + 1) - (u_char *) shpool->addr;
    stat->free = shpool->pfree * ngx_pagesize;
    stat->entries = sh->entries;
    stat->evicted = sh->evicted;
    stat->published = sh->published;

    ngx_shmtx_unlock(&shpool->mutex);
}
