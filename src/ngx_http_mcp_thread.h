
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_THREAD_H_INCLUDED_
#define _NGX_HTTP_MCP_THREAD_H_INCLUDED_


#include <ngx_http_mcp_call.h>


/*
 * A handler in a thread of a pool.  The thread has memory of its own and
 * shares only what is under its lock: the progress of the call and its log.
 * The request stays until the thread is done, also when the call has timed
 * out or its client is gone.
 */


/* a notification with a pool of its own, which whoever takes it destroys */
typedef struct {
    ngx_pool_t                  *pool;
    mcp_buf_t                    json;
} ngx_http_mcp_log_t;


/*
 * Runs a handler, that of the call or one that it goes on with;
 * ngx_http_mcp_call_done() follows on the event loop.  NGX_AGAIN; NGX_BUSY: the
 * queue of the pool is full; NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_thread_start(ngx_http_mcp_call_t *call,
    ngx_http_mcp_handler_pt handler, const cJSON *args);

void ngx_http_mcp_thread_lock(ngx_http_mcp_thread_t *thread);
void ngx_http_mcp_thread_unlock(ngx_http_mcp_thread_t *thread);

/* in the thread: queues a notification, unless there are many; NGX_OK or
 * NGX_ERROR */
ngx_int_t ngx_http_mcp_thread_log(ngx_http_mcp_thread_t *thread,
    ngx_uint_t level, const char *logger, const u_char *text, size_t len);

/* on the event loop: the oldest one in the queue or NULL */
ngx_http_mcp_log_t *ngx_http_mcp_thread_next_log(
    ngx_http_mcp_thread_t *thread);


#endif /* _NGX_HTTP_MCP_THREAD_H_INCLUDED_ */
