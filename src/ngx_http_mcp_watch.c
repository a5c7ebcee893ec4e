
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>
#include <mcp_uri.h>
#include <ngx_http_mcp_dir.h>
#include <ngx_http_mcp_notify.h>
#include <ngx_http_mcp_watch.h>
#include <ngx_http_mcp_zone.h>


#if (NGX_HTTP_MCP_INOTIFY)

#include <sys/inotify.h>


#define NGX_HTTP_MCP_WATCH_EVENTS                                            \
    (IN_CREATE|IN_DELETE|IN_MODIFY|IN_CLOSE_WRITE|IN_MOVED_FROM|IN_MOVED_TO  \
     |IN_ONLYDIR)

/* directories below one root */
#define NGX_HTTP_MCP_WATCH_MAX      10000

/* milliseconds: events are read after that time, those that are the same have
 * become one; the root is looked at */
#define NGX_HTTP_MCP_WATCH_DELAY    50
#define NGX_HTTP_MCP_WATCH_ROOT     1000

/* in one turn of the event loop: entries of directories, buffers of events */
#define NGX_HTTP_MCP_WATCH_ENTRIES  1000
#define NGX_HTTP_MCP_WATCH_READS    16

/* what was published last and is not repeated */
#define NGX_HTTP_MCP_WATCH_RECENT   64


/* a directory that is watched, or that is going to be */
typedef struct {
    ngx_rbtree_node_t          node;      /* key: the watch descriptor */
    ngx_queue_t                queue;
    ngx_str_t                  path;      /* below the root, ends with NUL */
    unsigned                   announce:1; /* what is in it */
} ngx_http_mcp_watch_dir_t;


typedef struct {
    const ngx_http_mcp_dir_t  *dir;
    ngx_connection_t          *connection;
    ngx_event_t                tick;

    ngx_rbtree_t               dirs;
    ngx_rbtree_node_t          sentinel;
    ngx_queue_t                todo;
    ngx_uint_t                 n;         /* of both */

    ngx_file_uniq_t            uniq;      /* of the root */
    dev_t                      dev;

    u_char                     recent[NGX_HTTP_MCP_WATCH_RECENT][MCP_KEY];
    ngx_uint_t                 nrecent;

    unsigned                   full:1;    /* has been logged */
} ngx_http_mcp_watch_t;


static ngx_int_t ngx_http_mcp_watch_start(ngx_http_mcp_watch_t *watch,
    ngx_cycle_t *cycle);
static void ngx_http_mcp_watch_stop(ngx_http_mcp_watch_t *watch);
static void ngx_http_mcp_watch_reset(ngx_http_mcp_watch_t *watch);
static void ngx_http_mcp_watch_handler(ngx_event_t *rev);
static void ngx_http_mcp_watch_read(ngx_http_mcp_watch_t *watch);
static void ngx_http_mcp_watch_event(ngx_http_mcp_watch_t *watch,
    ngx_pool_t *pool, struct inotify_event *ev);
static ngx_http_mcp_watch_dir_t *ngx_http_mcp_watch_find(
    ngx_http_mcp_watch_t *watch, int wd);
static void ngx_http_mcp_watch_remove(ngx_http_mcp_watch_t *watch,
    ngx_http_mcp_watch_dir_t *d);
static void ngx_http_mcp_watch_forget(ngx_http_mcp_watch_t *watch,
    ngx_str_t *path);
static void ngx_http_mcp_watch_tick(ngx_event_t *ev);
static void ngx_http_mcp_watch_root(ngx_http_mcp_watch_t *watch,
    ngx_uint_t announce);
static void ngx_http_mcp_watch_later(ngx_http_mcp_watch_t *watch,
    ngx_str_t *path, ngx_uint_t announce);
static ngx_uint_t ngx_http_mcp_watch_scan(ngx_http_mcp_watch_t *watch,
    ngx_http_mcp_watch_dir_t *d);
static ngx_int_t ngx_http_mcp_watch_add(ngx_http_mcp_watch_t *watch,
    ngx_http_mcp_watch_dir_t *d);
static void ngx_http_mcp_watch_full(ngx_http_mcp_watch_t *watch,
    ngx_err_t err);
static void ngx_http_mcp_watch_publish(ngx_http_mcp_watch_t *watch,
    ngx_pool_t *pool, ngx_str_t *path);


/* of the process */
static ngx_http_mcp_watch_t  *ngx_http_mcp_watches;
static ngx_uint_t             ngx_http_mcp_nwatches;


ngx_int_t
ngx_http_mcp_watch_init_process(ngx_cycle_t *cycle)
{
    ngx_uint_t                  i;
    ngx_http_mcp_dir_t        **dir;
    ngx_http_mcp_watch_t       *watch;
    ngx_http_mcp_main_conf_t   *mmcf;

    if ((ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
        || ngx_worker != 0
        || ngx_http_mcp_zone_keys() == NULL)
    {
        return NGX_OK;
    }

    mmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_mcp_module);

    if (mmcf == NULL || mmcf->watches.nelts == 0) {
        return NGX_OK;
    }

    watch = ngx_pcalloc(cycle->pool, mmcf->watches.nelts
                                     * sizeof(ngx_http_mcp_watch_t));
    if (watch == NULL) {
        return NGX_ERROR;
    }

    ngx_http_mcp_watches = watch;
    ngx_http_mcp_nwatches = mmcf->watches.nelts;

    dir = mmcf->watches.elts;

    for (i = 0; i < mmcf->watches.nelts; i++) {
        watch[i].dir = dir[i];

        ngx_rbtree_init(&watch[i].dirs, &watch[i].sentinel,
                        ngx_rbtree_insert_value);
        ngx_queue_init(&watch[i].todo);

        if (ngx_http_mcp_watch_start(&watch[i], cycle) != NGX_OK) {
            ngx_log_error(NGX_LOG_ERR, cycle->log, 0,
                          "mcp cannot watch \"%V\"", &dir[i]->tree.root);
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_watch_start(ngx_http_mcp_watch_t *watch, ngx_cycle_t *cycle)
{
    int                fd;
    ngx_connection_t  *c;

    fd = inotify_init1(IN_NONBLOCK|IN_CLOEXEC);

    if (fd == -1) {
        ngx_log_error(NGX_LOG_ERR, cycle->log, ngx_errno,
                      "inotify_init1() failed, see "
                      "fs.inotify.max_user_instances");
        return NGX_ERROR;
    }

    c = ngx_get_connection(fd, cycle->log);

    if (c == NULL) {
        (void) close(fd);
        return NGX_ERROR;
    }

    c->data = watch;
    c->idle = 1;
    c->log = cycle->log;

    c->read->handler = ngx_http_mcp_watch_handler;
    c->read->log = cycle->log;
    c->read->cancelable = 1;
    c->write->log = cycle->log;

    watch->connection = c;

    watch->tick.handler = ngx_http_mcp_watch_tick;
    watch->tick.data = watch;
    watch->tick.log = cycle->log;
    watch->tick.cancelable = 1;

    if (ngx_add_event(c->read, NGX_READ_EVENT, 0) != NGX_OK) {
        ngx_http_mcp_watch_stop(watch);
        return NGX_ERROR;
    }

    ngx_http_mcp_watch_root(watch, 0);
    ngx_add_timer(&watch->tick, 1);

    return NGX_OK;
}


void
ngx_http_mcp_watch_exit_process(ngx_cycle_t *cycle)
{
    ngx_uint_t  i;

    for (i = 0; i < ngx_http_mcp_nwatches; i++) {
        ngx_http_mcp_watch_stop(&ngx_http_mcp_watches[i]);
    }
}


static void
ngx_http_mcp_watch_stop(ngx_http_mcp_watch_t *watch)
{
    ngx_connection_t  *c;

    c = watch->connection;

    if (c == NULL) {
        return;
    }

    ngx_http_mcp_watch_reset(watch);

    if (watch->tick.timer_set) {
        ngx_del_timer(&watch->tick);
    }

    watch->connection = NULL;

    ngx_close_connection(c);
}


/* nothing is watched any more */

static void
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


/*
 * Whoever writes a file does so in many pieces, so events are left to gather
 * for a while.
 */

static void
ngx_http_mcp_watch_handler(ngx_event_t *rev)
{
    ngx_connection_t      *c;
    ngx_http_mcp_watch_t  *watch;

    c = rev->data;
    watch = c->data;

    if (c->close) {
        ngx_http_mcp_watch_stop(watch);
        return;
    }

    if (!rev->timedout) {

        if (ngx_del_event(rev, NGX_READ_EVENT, 0) != NGX_OK) {
            ngx_http_mcp_watch_stop(watch);
            return;
        }

        ngx_add_timer(rev, NGX_HTTP_MCP_WATCH_DELAY);
        return;
    }

    rev->timedout = 0;

    ngx_http_mcp_watch_read(watch);

    if (ngx_add_event(rev, NGX_READ_EVENT, 0) != NGX_OK) {
        ngx_http_mcp_watch_stop(watch);
    }
}


static void
ngx_http_mcp_watch_read(ngx_http_mcp_watch_t *watch)
{
    u_char                *p;
    ssize_t                n;
    ngx_uint_t             i;
    ngx_pool_t            *pool;
    struct inotify_event  *ev;

    union {
        struct inotify_event  event;
        u_char                bytes[16384];
    } buf;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, watch->tick.log);
    if (pool == NULL) {
        return;
    }

    watch->nrecent = 0;

    for (i = 0; i < NGX_HTTP_MCP_WATCH_READS; i++) {

        n = read(watch->connection->fd, buf.bytes, sizeof(buf.bytes));

        if (n <= 0) {

            if (n == -1 && ngx_errno != NGX_EAGAIN && ngx_errno != NGX_EINTR) {
                ngx_log_error(NGX_LOG_ERR, watch->tick.log, ngx_errno,
                              "read() of inotify failed");
            }

            break;
        }

        for (p = buf.bytes;
             p < buf.bytes + n;
             p += sizeof(struct inotify_event) + ev->len)
        {
            ev = (struct inotify_event *) p;
            ngx_http_mcp_watch_event(watch, pool, ev);
        }

        ngx_reset_pool(pool);
    }

    ngx_destroy_pool(pool);
}


static void
ngx_http_mcp_watch_event(ngx_http_mcp_watch_t *watch, ngx_pool_t *pool,
    struct inotify_event *ev)
{
    u_char                    *p;
    size_t                     len;
    ngx_str_t                  path;
    ngx_http_mcp_watch_dir_t  *d;

    if (ev->mask & IN_Q_OVERFLOW) {
        ngx_log_error(NGX_LOG_WARN, watch->tick.log, 0,
                      "mcp missed changes below \"%V\", see "
                      "fs.inotify.max_queued_events",
                      &watch->dir->tree.root);

        ngx_str_null(&path);
        ngx_http_mcp_watch_reset(watch);
        ngx_http_mcp_watch_later(watch, &path, 1);
        return;
    }

    d = ngx_http_mcp_watch_find(watch, ev->wd);

    if (d == NULL) {
        /* forgotten since */
        return;
    }

    if (ev->mask & (IN_IGNORED|IN_UNMOUNT)) {
        ngx_http_mcp_watch_remove(watch, d);
        return;
    }

    len = ev->len ? ngx_strlen(ev->name) : 0;

    if (!ngx_http_mcp_tree_seen((u_char *) ev->name, len)) {
        return;
    }

    path.data = ngx_pnalloc(pool, d->path.len + 1 + len);
    if (path.data == NULL) {
        return;
    }

    p = path.data;

    if (d->path.len) {
        p = ngx_cpymem(p, d->path.data, d->path.len);
        *p++ = '/';
    }

    path.len = ngx_cpymem(p, ev->name, len) - path.data;

    if ((ev->mask & IN_ISDIR) == 0) {
        ngx_http_mcp_watch_publish(watch, pool, &path);
        return;
    }

    if (ev->mask & (IN_DELETE|IN_MOVED_FROM)) {
        ngx_http_mcp_watch_forget(watch, &path);
    }

    if (ev->mask & (IN_CREATE|IN_MOVED_TO)) {
        ngx_http_mcp_watch_later(watch, &path, 1);
    }
}


static ngx_http_mcp_watch_dir_t *
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


static void
ngx_http_mcp_watch_remove(ngx_http_mcp_watch_t *watch,
    ngx_http_mcp_watch_dir_t *d)
{
    ngx_rbtree_delete(&watch->dirs, &d->node);
    watch->n--;

    ngx_free(d);
}


/* a directory has gone from where it was, and so has all that is below it */

static void
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


/* some directories of those that wait, or a look at the root */

static void
ngx_http_mcp_watch_tick(ngx_event_t *ev)
{
    ngx_uint_t                 n;
    ngx_queue_t               *q;
    ngx_http_mcp_watch_t      *watch;
    ngx_http_mcp_watch_dir_t  *d;

    watch = ev->data;

    if (ngx_queue_empty(&watch->todo)) {
        ngx_http_mcp_watch_root(watch, 1);
    }

    watch->nrecent = 0;

    for (n = 0; n < NGX_HTTP_MCP_WATCH_ENTRIES; /* void */ ) {

        if (ngx_queue_empty(&watch->todo)) {
            break;
        }

        q = ngx_queue_head(&watch->todo);
        ngx_queue_remove(q);

        d = ngx_queue_data(q, ngx_http_mcp_watch_dir_t, queue);

        n += ngx_http_mcp_watch_scan(watch, d);
    }

    ngx_add_timer(ev, ngx_queue_empty(&watch->todo) ? NGX_HTTP_MCP_WATCH_ROOT
                                                    : 1);
}


/*
 * The root may be a link that is turned to another directory, or be made anew:
 * nothing below it would ever tell.
 */

static void
ngx_http_mcp_watch_root(ngx_http_mcp_watch_t *watch, ngx_uint_t announce)
{
    ngx_str_t        path;
    ngx_file_info_t  fi;

    if (ngx_file_info(watch->dir->tree.root.data, &fi) == NGX_FILE_ERROR) {
        ngx_http_mcp_watch_reset(watch);
        return;
    }

    if (watch->dirs.root != &watch->sentinel
        && watch->uniq == ngx_file_uniq(&fi)
        && watch->dev == fi.st_dev)
    {
        return;
    }

    watch->uniq = ngx_file_uniq(&fi);
    watch->dev = fi.st_dev;

    ngx_str_null(&path);
    ngx_http_mcp_watch_reset(watch);
    ngx_http_mcp_watch_later(watch, &path, announce);
}


static void
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


/*
 * First the watch, then a look at what is there already: so nothing is missed
 * in between.  Returns how much there was to do.
 */

static ngx_uint_t
ngx_http_mcp_watch_scan(ngx_http_mcp_watch_t *watch,
    ngx_http_mcp_watch_dir_t *d)
{
    ngx_int_t                   rc;
    ngx_uint_t                  i, n, announce;
    ngx_str_t                   path;
    ngx_pool_t                 *pool;
    ngx_array_t                 entries;
    ngx_http_mcp_tree_entry_t  *entry;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, watch->tick.log);

    if (pool == NULL
        || ngx_array_init(&entries, pool, 32,
                          sizeof(ngx_http_mcp_tree_entry_t))
           != NGX_OK)
    {
        watch->n--;
        ngx_free(d);
        n = 1;
        goto done;
    }

    path = d->path;
    announce = d->announce;

    if (path.len) {
        path.data = ngx_pstrdup(pool, &path);
    }

    if (path.data == NULL || ngx_http_mcp_watch_add(watch, d) != NGX_OK) {
        n = 1;
        goto done;
    }

    rc = ngx_http_mcp_tree_read(&watch->dir->tree, pool, pool->log, &path,
                                &entries);

    if (rc == NGX_ABORT) {
        ngx_log_error(NGX_LOG_WARN, pool->log, 0,
                      "mcp does not see all directories in \"%V\" of \"%V\": "
                      "it has more than %d entries", &path,
                      &watch->dir->tree.root, NGX_HTTP_MCP_TREE_ENTRIES_MAX);
    }

    entry = entries.elts;
    n = entries.nelts + 1;

    for (i = 0; i < entries.nelts; i++) {

        if (entry[i].dir) {
            ngx_http_mcp_watch_later(watch, &entry[i].path, announce);

        } else if (announce) {
            ngx_http_mcp_watch_publish(watch, pool, &entry[i].path);
        }
    }

done:

    if (pool) {
        ngx_destroy_pool(pool);
    }

    return n;
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


static void
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
