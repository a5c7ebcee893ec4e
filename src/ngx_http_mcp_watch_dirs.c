
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>
#include <mcp_uri.h>
#include <ngx_http_mcp_notify.h>
#include <ngx_http_mcp_watch_dirs.h>


#if (NGX_HTTP_MCP_INOTIFY)

#include <sys/inotify.h>


#define NGX_HTTP_MCP_WATCH_EVENTS                                            \
    (IN_CREATE|IN_DELETE|IN_MODIFY|IN_CLOSE_WRITE|IN_MOVED_FROM|IN_MOVED_TO  \
     |IN_ONLYDIR)

/* directories below one root */
#define NGX_HTTP_MCP_WATCH_MAX      10000


static ngx_uint_t ngx_http_mcp_watch_look(ngx_http_mcp_watch_t *watch,
    ngx_http_mcp_watch_dir_t *d, ngx_array_t *entries);
static ngx_int_t ngx_http_mcp_watch_add(ngx_http_mcp_watch_t *watch,
    ngx_http_mcp_watch_dir_t *d);
static void ngx_http_mcp_watch_full(ngx_http_mcp_watch_t *watch,
    ngx_err_t err);


void
ngx_http_mcp_watch_reset(ngx_http_mcp_watch_t *watch)
{
    ngx_queue_t        *q;
    ngx_rbtree_node_t  *node;

    while (!ngx_queue_empty(&watch->todo)) {
        q = ngx_queue_head(&watch->todo);
        ngx_queue_remove(q);
        watch->n--;
        ngx_free(ngx_queue_data(q, ngx_http_mcp_watch_dir_t, queue));
    }

    while (watch->dirs.root != &watch->sentinel) {
        node = watch->dirs.root;

        (void) inotify_rm_watch(watch->connection->fd, (int) node->key);
        ngx_http_mcp_watch_remove(watch, (ngx_http_mcp_watch_dir_t *) node);
    }
}


ngx_http_mcp_watch_dir_t *
ngx_http_mcp_watch_find(ngx_http_mcp_watch_t *watch, int wd)
{
    ngx_rbtree_key_t    key;
    ngx_rbtree_node_t  *node;

    key = (ngx_rbtree_key_t) wd;
    node = watch->dirs.root;

    while (node != &watch->sentinel) {

        if (key == node->key) {
            return (ngx_http_mcp_watch_dir_t *) node;
        }

        node = (key < node->key) ? node->left : node->right;
    }

    return NULL;
}


void
ngx_http_mcp_watch_remove(ngx_http_mcp_watch_t *watch,
    ngx_http_mcp_watch_dir_t *d)
{
    ngx_rbtree_delete(&watch->dirs, &d->node);
    watch->n--;

    ngx_free(d);
}


void
ngx_http_mcp_watch_forget(ngx_http_mcp_watch_t *watch, ngx_str_t *path)
{
    ngx_rbtree_node_t         *node, *next;
    ngx_http_mcp_watch_dir_t  *d;

    if (watch->dirs.root == &watch->sentinel) {
        return;
    }

    for (node = ngx_rbtree_min(watch->dirs.root, &watch->sentinel);
         node;
         node = next)
    {
        next = ngx_rbtree_next(&watch->dirs, node);
        d = (ngx_http_mcp_watch_dir_t *) node;

        if (d->path.len < path->len
            || ngx_memcmp(d->path.data, path->data, path->len) != 0
            || (d->path.len > path->len && d->path.data[path->len] != '/'))
        {
            continue;
        }

        (void) inotify_rm_watch(watch->connection->fd, (int) node->key);
        ngx_http_mcp_watch_remove(watch, d);
    }
}


void
ngx_http_mcp_watch_later(ngx_http_mcp_watch_t *watch, ngx_str_t *path,
    ngx_uint_t announce)
{
    ngx_http_mcp_watch_dir_t  *d;

    if (ngx_http_mcp_tree_depth(path) >= watch->dir->tree.depth) {
        return;
    }

    if (watch->n >= NGX_HTTP_MCP_WATCH_MAX) {
        ngx_http_mcp_watch_full(watch, 0);
        return;
    }

    d = ngx_calloc(sizeof(ngx_http_mcp_watch_dir_t) + path->len + 1,
                   watch->tick.log);
    if (d == NULL) {
        return;
    }

    d->path.len = path->len;
    d->path.data = (u_char *) d + sizeof(ngx_http_mcp_watch_dir_t);
    ngx_memcpy(d->path.data, path->data ? path->data : (u_char *) "",
               path->len);
    d->announce = announce;

    ngx_queue_insert_tail(&watch->todo, &d->queue);
    watch->n++;

    if (watch->tick.timer_set) {
        ngx_add_timer(&watch->tick, 1);
    }
}


/* first the watch, then a look at what is there, so that nothing is missed */

ngx_uint_t
ngx_http_mcp_watch_scan(ngx_http_mcp_watch_t *watch,
    ngx_http_mcp_watch_dir_t *d)
{
    ngx_uint_t    n;
    ngx_pool_t   *pool;
    ngx_array_t   entries;

    if (ngx_http_mcp_watch_add(watch, d) != NGX_OK) {
        return 1;
    }

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, watch->tick.log);
    if (pool == NULL) {
        return 1;
    }

    n = 1;

    if (ngx_array_init(&entries, pool, 32, sizeof(ngx_http_mcp_tree_entry_t))
        == NGX_OK)
    {
        n += ngx_http_mcp_watch_look(watch, d, &entries);
    }

    ngx_destroy_pool(pool);

    return n;
}


static ngx_uint_t
ngx_http_mcp_watch_look(ngx_http_mcp_watch_t *watch,
    ngx_http_mcp_watch_dir_t *d, ngx_array_t *entries)
{
    ngx_int_t                   rc;
    ngx_uint_t                  i;
    ngx_pool_t                 *pool;
    ngx_http_mcp_tree_entry_t  *entry;

    pool = entries->pool;

    rc = ngx_http_mcp_tree_read(&watch->dir->tree, pool, pool->log, &d->path,
                                entries);

    if (rc == NGX_ABORT) {
        ngx_log_error(NGX_LOG_WARN, pool->log, 0,
                      "mcp does not see all directories in \"%V\" of \"%V\": "
                      "it has more than %d entries", &d->path,
                      &watch->dir->tree.root, NGX_HTTP_MCP_TREE_ENTRIES_MAX);
    }

    entry = entries->elts;

    for (i = 0; i < entries->nelts; i++) {

        if (entry[i].dir) {
            ngx_http_mcp_watch_later(watch, &entry[i].path, d->announce);

        } else if (d->announce) {
            ngx_http_mcp_watch_publish(watch, pool, &entry[i].path);
        }
    }

    return entries->nelts;
}


/* takes ownership of "d" */

static ngx_int_t
ngx_http_mcp_watch_add(ngx_http_mcp_watch_t *watch,
    ngx_http_mcp_watch_dir_t *d)
{
    int                        wd;
    u_char                     name[NGX_MAX_PATH];
    uint32_t                   mask;
    const ngx_str_t           *root;
    ngx_http_mcp_watch_dir_t  *old;

    root = &watch->dir->tree.root;
    mask = NGX_HTTP_MCP_WATCH_EVENTS;

    /* only the root may be a link; what a watch that was led astray hears are
     * names, and what they stand for is read by the usual walk */

    if (d->path.len) {
        mask |= IN_DONT_FOLLOW;
    }

    wd = -1;
    ngx_set_errno(NGX_ENAMETOOLONG);

    if (root->len + 1 + d->path.len < sizeof(name)) {
        (void) ngx_sprintf(name, "%V/%V%Z", root, &d->path);
        wd = inotify_add_watch(watch->connection->fd, (char *) name, mask);
    }

    if (wd == -1) {

        /* one below may be gone, or may be forbidden; the root is tried again,
         * silently */

        if (ngx_errno == NGX_ENOSPC || d->path.len == 0) {
            ngx_http_mcp_watch_full(watch, ngx_errno);
        }

        watch->n--;
        ngx_free(d);

        return NGX_DECLINED;
    }

    /* a directory that has moved has the descriptor it had */

    old = ngx_http_mcp_watch_find(watch, wd);

    if (old) {
        ngx_http_mcp_watch_remove(watch, old);
    }

    d->node.key = wd;
    ngx_rbtree_insert(&watch->dirs, &d->node);

    return NGX_OK;
}


static void
ngx_http_mcp_watch_full(ngx_http_mcp_watch_t *watch, ngx_err_t err)
{
    if (watch->full) {
        return;
    }

    watch->full = 1;

    ngx_log_error(NGX_LOG_ERR, watch->tick.log, err,
                  "mcp watches %ui directories below \"%V\" and no more%s",
                  watch->n, &watch->dir->tree.root,
                  (err == NGX_ENOSPC) ? ", see fs.inotify.max_user_watches"
                                      : "");
}


void
ngx_http_mcp_watch_publish(ngx_http_mcp_watch_t *watch, ngx_pool_t *pool,
    ngx_str_t *path)
{
    u_char      key[MCP_KEY];
    mcp_buf_t   b;
    ngx_str_t   uri;
    ngx_uint_t  i, n;

    mcp_buf_init(&b, pool, 64);
    mcp_buf_str(&b, &watch->dir->prefix);
    mcp_uri_encode(&b, path->data, path->len, 1);

    if (mcp_buf_done(&b, &uri) != NGX_OK) {
        return;
    }

    mcp_key(key, 'r', &uri, NULL);

    n = ngx_min(watch->nrecent, NGX_HTTP_MCP_WATCH_RECENT);

    for (i = 0; i < n; i++) {
        if (ngx_memcmp(watch->recent[i], key, MCP_KEY) == 0) {
            return;
        }
    }

    ngx_memcpy(watch->recent[watch->nrecent++ % NGX_HTTP_MCP_WATCH_RECENT],
               key, MCP_KEY);

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, pool->log, 0,
                   "mcp updated \"%V\"", &uri);

    ngx_http_mcp_notify_publish(key);
}

#endif
