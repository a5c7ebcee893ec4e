
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_WATCH_DIRS_H_INCLUDED_
#define _NGX_HTTP_MCP_WATCH_DIRS_H_INCLUDED_


#include <ngx_http_mcp_dir.h>
#include <mcp_state.h>


/*
 * The directories of one tree that is watched: those that are, by watch
 * descriptor, and those that are going to be, in a queue.
 */


#if (NGX_HTTP_MCP_INOTIFY)

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


/* nothing is watched any more, nothing waits */
void ngx_http_mcp_watch_reset(ngx_http_mcp_watch_t *watch);

/* the directory of a watch descriptor, or NULL */
ngx_http_mcp_watch_dir_t *ngx_http_mcp_watch_find(
    ngx_http_mcp_watch_t *watch, int wd);

/* frees a directory whose watch is gone */
void ngx_http_mcp_watch_remove(ngx_http_mcp_watch_t *watch,
    ngx_http_mcp_watch_dir_t *d);

/* a directory has gone from where it was, and so has all that is below it */
void ngx_http_mcp_watch_forget(ngx_http_mcp_watch_t *watch,
    ngx_str_t *path);

/* puts a directory in the queue */
void ngx_http_mcp_watch_later(ngx_http_mcp_watch_t *watch, ngx_str_t *path,
    ngx_uint_t announce);

/*
 * Watches a directory that was in the queue, puts those in it there, publishes
 * what is in it if that is to be announced.  Returns how much there was to do.
 */
ngx_uint_t ngx_http_mcp_watch_scan(ngx_http_mcp_watch_t *watch,
    ngx_http_mcp_watch_dir_t *d);

/* a file has changed */
void ngx_http_mcp_watch_publish(ngx_http_mcp_watch_t *watch,
    ngx_pool_t *pool, ngx_str_t *path);

#endif


#endif /* _NGX_HTTP_MCP_WATCH_DIRS_H_INCLUDED_ */
