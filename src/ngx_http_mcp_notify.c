
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http_mcp_notify.h>
#include <ngx_http_mcp_zone.h>

#if (NGX_HTTP_MCP_EVENTFD)
#include <sys/eventfd.h>
#endif


#define NGX_HTTP_MCP_NOTIFY_SAFETY  1000     /* milliseconds */
#define NGX_HTTP_MCP_NOTIFY_LOOK    100      /* where nothing rings */
#define NGX_HTTP_MCP_NOTIFY_KEYS    64       /* read at once */


static ngx_int_t ngx_http_mcp_notify_add_event(ngx_connection_t *c);
#if (NGX_HTTP_MCP_EVENTFD)
static void ngx_http_mcp_notify_ring(void);
#else
#define ngx_http_mcp_notify_ring()
#endif
static void ngx_http_mcp_notify_handler(ngx_event_t *rev);
static void ngx_http_mcp_notify_exiting(void);
static void ngx_http_mcp_notify_timer(ngx_event_t *ev);
static void ngx_http_mcp_notify_look(void);
static void ngx_http_mcp_notify_call(const u_char *key, uint64_t n);
static void ngx_http_mcp_notify_call_all(ngx_uint_t exiting);
static void ngx_http_mcp_notify_insert(ngx_rbtree_node_t *temp,
    ngx_rbtree_node_t *node, ngx_rbtree_node_t *sentinel);


#define ngx_http_mcp_notify_cmp(waiter, key)                                 \
    ngx_memcmp(((ngx_http_mcp_waiter_t *) (waiter))->key, key, MCP_KEY)


/* of the master and, inherited, of all its workers */
static int                 ngx_http_mcp_notify_fd = -1;

/* of the process */
static ngx_connection_t   *ngx_http_mcp_notify_connection;
static ngx_event_t         ngx_http_mcp_notify_event;
static ngx_msec_t          ngx_http_mcp_notify_interval;

static uint64_t            ngx_http_mcp_notify_seq;    /* seen in the ring */
static ngx_rbtree_t        ngx_http_mcp_notify_waiters;
static ngx_rbtree_node_t   ngx_http_mcp_notify_sentinel;


ngx_int_t
ngx_http_mcp_notify_init_module(ngx_cycle_t *cycle)
{
    if (ngx_http_mcp_notify_fd != -1 || ngx_http_mcp_zone_keys() == NULL) {
        return NGX_OK;
    }

#if (NGX_HTTP_MCP_EVENTFD)

    ngx_http_mcp_notify_fd = eventfd(0, EFD_NONBLOCK|EFD_CLOEXEC);

    if (ngx_http_mcp_notify_fd == -1) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, ngx_errno,
                      "mcp: eventfd() failed");
        return NGX_ERROR;
    }

#else

    /* never rings, but its connection is told of a shutdown */

    ngx_http_mcp_notify_fd = open("/dev/null", O_RDONLY|O_CLOEXEC);

    if (ngx_http_mcp_notify_fd == -1) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, ngx_errno,
                      "mcp: open(\"/dev/null\") failed");
        return NGX_ERROR;
    }

#endif

    return NGX_OK;
}


ngx_int_t
ngx_http_mcp_notify_init_process(ngx_cycle_t *cycle)
{
    ngx_connection_t  *c;

    ngx_rbtree_init(&ngx_http_mcp_notify_waiters,
                    &ngx_http_mcp_notify_sentinel,
                    ngx_http_mcp_notify_insert);

    /* the cache manager hears nothing; nobody speaks where there is no "mcp" */

    if ((ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
        || ngx_http_mcp_zone_keys() == NULL)
    {
        return NGX_OK;
    }

    c = ngx_get_connection(ngx_http_mcp_notify_fd, cycle->log);
    if (c == NULL) {
        return NGX_ERROR;
    }

    c->idle = 1;
    c->read->handler = ngx_http_mcp_notify_handler;
    c->read->log = cycle->log;
    c->write->log = cycle->log;

    ngx_http_mcp_notify_connection = c;

    ngx_http_mcp_notify_event.handler = ngx_http_mcp_notify_timer;
    ngx_http_mcp_notify_event.data = c;
    ngx_http_mcp_notify_event.log = cycle->log;
    ngx_http_mcp_notify_event.cancelable = 1;

    return ngx_http_mcp_notify_add_event(c);
}


/*
 * The counter is never read, so nothing but an edge ever says that it has
 * grown.
 */

static ngx_int_t
ngx_http_mcp_notify_add_event(ngx_connection_t *c)
{
#if (NGX_HTTP_MCP_EVENTFD)

    if (ngx_event_flags & NGX_USE_EPOLL_EVENT) {
        ngx_http_mcp_notify_interval = NGX_HTTP_MCP_NOTIFY_SAFETY;

        return ngx_add_event(c->read, NGX_READ_EVENT, NGX_CLEAR_EVENT);
    }

#endif

    ngx_http_mcp_notify_interval = NGX_HTTP_MCP_NOTIFY_LOOK;

    return NGX_OK;
}


void
ngx_http_mcp_notify_exit_process(ngx_cycle_t *cycle)
{
    ngx_connection_t  *c;

    c = ngx_http_mcp_notify_connection;

    if (c == NULL) {
        return;
    }

    if (ngx_http_mcp_notify_event.timer_set) {
        ngx_del_timer(&ngx_http_mcp_notify_event);
    }

    ngx_http_mcp_notify_connection = NULL;
    ngx_http_mcp_notify_fd = -1;

    ngx_close_connection(c);
}


void
ngx_http_mcp_notify_wait(ngx_http_mcp_waiter_t *waiter)
{
    waiter->seq = ngx_http_mcp_zone_published();

    if (ngx_http_mcp_notify_waiters.root
        == ngx_http_mcp_notify_waiters.sentinel)
    {
        ngx_http_mcp_notify_seq = waiter->seq;
        ngx_add_timer(&ngx_http_mcp_notify_event, ngx_http_mcp_notify_interval);
    }

    ngx_rbtree_insert(&ngx_http_mcp_notify_waiters, &waiter->node);
}


void
ngx_http_mcp_notify_forget(ngx_http_mcp_waiter_t *waiter)
{
    ngx_rbtree_delete(&ngx_http_mcp_notify_waiters, &waiter->node);

    if (ngx_http_mcp_notify_waiters.root
        == ngx_http_mcp_notify_waiters.sentinel
        && ngx_http_mcp_notify_event.timer_set)
    {
        ngx_del_timer(&ngx_http_mcp_notify_event);
    }
}


uint64_t
ngx_http_mcp_notify_seen(void)
{
    if (ngx_http_mcp_notify_waiters.root
        == ngx_http_mcp_notify_waiters.sentinel)
    {
        return ngx_http_mcp_zone_published();
    }

    return ngx_http_mcp_notify_seq;
}


void
ngx_http_mcp_notify_publish(const u_char *key)
{
    (void) ngx_http_mcp_zone_publish(key);

    ngx_http_mcp_notify_ring();
}


#if (NGX_HTTP_MCP_EVENTFD)

static void
ngx_http_mcp_notify_ring(void)
{
    uint64_t  one;

    one = 1;

    /* a full counter, after 2^64 times, would be left to the timers */

    if (write(ngx_http_mcp_notify_fd, &one, sizeof(uint64_t)) == -1) {
        ngx_log_debug0(NGX_LOG_DEBUG_EVENT, ngx_cycle->log, ngx_errno,
                       "mcp: write() to eventfd failed");
    }
}

#endif


static void
ngx_http_mcp_notify_handler(ngx_event_t *rev)
{
    ngx_connection_t  *c;

    c = rev->data;

    if (!c->close) {
        ngx_http_mcp_notify_look();
        return;
    }

    /* calls may go on and wait until the worker has nothing more to do */

    c->close = 0;

    if (c->idle) {
        c->idle = 0;
        ngx_http_mcp_notify_exiting();
    }
}


/*
 * A worker exits as soon as no timer is left that cannot be cancelled, even if
 * events are posted: those of the waiters are to run first.
 */

static void
ngx_http_mcp_notify_exiting(void)
{
    ngx_event_t  *ev;

    if (ngx_http_mcp_notify_waiters.root
        == ngx_http_mcp_notify_waiters.sentinel)
    {
        return;
    }

    ngx_http_mcp_notify_call_all(1);

    ev = &ngx_http_mcp_notify_event;

    /* one that is set would be left where it is by ngx_add_timer() */

    if (ev->timer_set) {
        ngx_del_timer(ev);
    }

    ev->cancelable = 0;
    ngx_add_timer(ev, 1);
}


static void
ngx_http_mcp_notify_timer(ngx_event_t *ev)
{
    ev->cancelable = 1;
    ngx_add_timer(ev, ngx_http_mcp_notify_interval);

    ngx_http_mcp_notify_look();
}


static void
ngx_http_mcp_notify_look(void)
{
    u_char      keys[NGX_HTTP_MCP_NOTIFY_KEYS][MCP_KEY];
    uint64_t    first;
    ngx_uint_t  i, j, n;

    if (ngx_http_mcp_notify_waiters.root
        == ngx_http_mcp_notify_waiters.sentinel)
    {
        return;
    }

    do {
        n = NGX_HTTP_MCP_NOTIFY_KEYS;
        first = ngx_http_mcp_notify_seq;

        if (ngx_http_mcp_zone_read(&ngx_http_mcp_notify_seq, keys, &n)
            == NGX_ABORT)
        {
            ngx_http_mcp_notify_call_all(0);
            return;
        }

        for (i = 0; i < n; i++) {

            /* the last of those that are the same is enough */

            for (j = i + 1; j < n; j++) {
                if (ngx_memcmp(keys[i], keys[j], MCP_KEY) == 0) {
                    break;
                }
            }

            if (j == n) {
                ngx_http_mcp_notify_call(keys[i], first + i);
            }
        }

    } while (n == NGX_HTTP_MCP_NOTIFY_KEYS);
}


/* those that wait for the key since before it was published as the n-th */

static void
ngx_http_mcp_notify_call(const u_char *key, uint64_t n)
{
    ngx_rbtree_node_t      *node, *first, *sentinel;
    ngx_http_mcp_waiter_t  *waiter;

    first = NULL;
    node = ngx_http_mcp_notify_waiters.root;
    sentinel = ngx_http_mcp_notify_waiters.sentinel;

    while (node != sentinel) {

        if (ngx_http_mcp_notify_cmp(node, key) < 0) {
            node = node->right;

        } else {
            first = node;
            node = node->left;
        }
    }

    for (node = first;
         node && ngx_http_mcp_notify_cmp(node, key) == 0;
         node = ngx_rbtree_next(&ngx_http_mcp_notify_waiters, node))
    {
        waiter = (ngx_http_mcp_waiter_t *) node;

        if (waiter->seq <= n) {
            waiter->handler(waiter, 0);
        }
    }
}


static void
ngx_http_mcp_notify_call_all(ngx_uint_t exiting)
{
    ngx_rbtree_t           *tree;
    ngx_rbtree_node_t      *node;
    ngx_http_mcp_waiter_t  *waiter;

    tree = &ngx_http_mcp_notify_waiters;

    if (tree->root == tree->sentinel) {
        return;
    }

    for (node = ngx_rbtree_min(tree->root, tree->sentinel);
         node;
         node = ngx_rbtree_next(tree, node))
    {
        waiter = (ngx_http_mcp_waiter_t *) node;
        waiter->handler(waiter, exiting);
    }
}


static void
ngx_http_mcp_notify_insert(ngx_rbtree_node_t *temp, ngx_rbtree_node_t *node,
    ngx_rbtree_node_t *sentinel)
{
    u_char             *key;
    ngx_rbtree_node_t  **p;

    key = ((ngx_http_mcp_waiter_t *) node)->key;

    for ( ;; ) {
        p = (ngx_http_mcp_notify_cmp(temp, key) > 0) ? &temp->left
                                                     : &temp->right;

        if (*p == sentinel) {
            break;
        }

        temp = *p;
    }

    *p = node;

    node->parent = temp;
    node->left = sentinel;
    node->right = sentinel;
    ngx_rbt_red(node);
}
