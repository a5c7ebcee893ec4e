
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_NOTIFY_H_INCLUDED_
#define _NGX_HTTP_MCP_NOTIFY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_state.h>


/*
 * The bus between workers.  Whoever has something to say publishes a key of
 * MCP_KEY bytes in the ring of the zone and rings; every worker looks at the
 * ring and calls whoever of its own waits for that key.  What is published is
 * that something has changed, never what: so it may be said twice, and a
 * worker that has missed some (the ring went round) calls all that wait.
 *
 * One eventfd is shared by all workers, of old configurations too; it is made
 * in the master, before the fork.  Each worker has it in its own epoll, edge
 * triggered, and never reads it, so one write wakes them all.
 */


typedef struct ngx_http_mcp_waiter_s  ngx_http_mcp_waiter_t;

typedef void (*ngx_http_mcp_waiter_pt)(ngx_http_mcp_waiter_t *waiter,
    ngx_uint_t exiting);

/*
 * Memory belongs to the caller.  The handler is run on the event loop, when
 * the key was published or, with "exiting", when the worker is told to shut
 * down.  It must not add or remove waiters, nor end requests: it notes and
 * posts an event.
 */
struct ngx_http_mcp_waiter_s {
    ngx_rbtree_node_t        node;
    u_char                   key[MCP_KEY];
    ngx_http_mcp_waiter_pt   handler;
    void                    *data;
    uint64_t                 seq;        /* what was published before */
};


/*
 * The key and the handler are set; until ngx_http_mcp_notify_forget().  What
 * was published before is not heard of: first wait, then look whether it is
 * there.  Who begins to wait when ngx_exiting is set is not told of that.
 */
void ngx_http_mcp_notify_wait(ngx_http_mcp_waiter_t *waiter);
void ngx_http_mcp_notify_forget(ngx_http_mcp_waiter_t *waiter);

/* how many of what was published have been told to those who wait; all, if
 * nobody waits */
uint64_t ngx_http_mcp_notify_seen(void);

/* in any worker and any thread */
void ngx_http_mcp_notify_publish(const u_char *key);

/* of the module: in the master, after the zone; in each worker */
ngx_int_t ngx_http_mcp_notify_init_module(ngx_cycle_t *cycle);
ngx_int_t ngx_http_mcp_notify_init_process(ngx_cycle_t *cycle);
void ngx_http_mcp_notify_exit_process(ngx_cycle_t *cycle);


#endif /* _NGX_HTTP_MCP_NOTIFY_H_INCLUDED_ */
