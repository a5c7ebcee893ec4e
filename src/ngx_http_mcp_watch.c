
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>
#include <ngx_http_mcp_watch.h>
#include <ngx_http_mcp_watch_dirs.h>
#include <ngx_http_mcp_zone.h>


#if (NGX_HTTP_MCP_INOTIFY)

#include <sys/inotify.h>


/* milliseconds: events are read after that time, those that are the same have
 * become one; the root is looked at */
#define NGX_HTTP_MCP_WATCH_DELAY    50
#define NGX_HTTP_MCP_WATCH_ROOT     1000

/* in one turn of the event loop: entries of directories, buffers of events */
#define NGX_HTTP_MCP_WATCH_ENTRIES  1000
#define NGX_HTTP_MCP_WATCH_READS    16


static ngx_int_t ngx_http_mcp_watch_start(ngx_http_mcp_watch_t *watch,
    ngx_cycle_t *cycle);
static void ngx_http_mcp_watch_stop(ngx_http_mcp_watch_t *watch);
static void ngx_http_mcp_watch_handler(ngx_event_t *rev);
static void ngx_http_mcp_watch_read(ngx_http_mcp_watch_t *watch);
static void ngx_http_mcp_watch_event(ngx_http_mcp_watch_t *watch,
    ngx_pool_t *pool, struct inotify_event *ev);
static void ngx_http_mcp_watch_tick(ngx_event_t *ev);
static void ngx_http_mcp_watch_root(ngx_http_mcp_watch_t *watch,
    ngx_uint_t announce);


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

#endif
