
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_thread.h>


/* notifications of one call that wait to be sent; more are dropped */
#define NGX_HTTP_MCP_THREAD_LOGS  64

/* looks again whether the thread is done, milliseconds */
#define NGX_HTTP_MCP_THREAD_HOLD  60000


#if (NGX_THREADS)

struct ngx_http_mcp_thread_s {
    ngx_http_mcp_call_t         *call;
    ngx_http_mcp_handler_pt      handler;
    const cJSON                 *args;
    ngx_pool_t                  *pool;     /* of the thread */
    ngx_int_t                    rc;       /* of the handler */

    /* a worker that shuts down waits for it, as it does for other timers */
    ngx_event_t                  hold;

    ngx_thread_mutex_t           mtx;
    ngx_http_mcp_log_t          *logs[NGX_HTTP_MCP_THREAD_LOGS];
    ngx_uint_t                   first;
    ngx_uint_t                   n;
};


static void ngx_http_mcp_thread_hold(ngx_event_t *ev);
static void ngx_http_mcp_thread_handler(void *data, ngx_log_t *log);
static void ngx_http_mcp_thread_done(ngx_event_t *ev);
static void ngx_http_mcp_thread_cleanup(void *data);


ngx_int_t
ngx_http_mcp_thread_start(ngx_http_mcp_call_t *call,
    ngx_http_mcp_handler_pt handler, const cJSON *args)
{
    ngx_thread_task_t        *task;
    ngx_http_request_t       *r;
    ngx_pool_cleanup_t       *cln;
    ngx_http_mcp_thread_t    *thread;
    ngx_http_mcp_loc_conf_t  *mlcf;

    r = call->request;
    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    task = ngx_thread_task_alloc(r->pool, sizeof(ngx_http_mcp_thread_t));
    if (task == NULL) {
        return NGX_ERROR;
    }

    cln = ngx_pool_cleanup_add(r->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    thread = task->ctx;
    ngx_memzero(thread, sizeof(ngx_http_mcp_thread_t));

    thread->call = call;
    thread->handler = handler;
    thread->args = args;

    if (ngx_thread_mutex_create(&thread->mtx, r->connection->log) != NGX_OK) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_mcp_thread_cleanup;
    cln->data = thread;

    task->handler = ngx_http_mcp_thread_handler;
    task->event.handler = ngx_http_mcp_thread_done;
    task->event.data = thread;

    /* the thread may run before the next function returns */

    call->thread = thread;

    if (ngx_thread_task_post(mlcf->thread_pool, task) != NGX_OK) {
        call->thread = NULL;
        return NGX_BUSY;
    }

    r->main->blocked++;
    call->ctx->threads++;

    thread->hold.handler = ngx_http_mcp_thread_hold;
    thread->hold.data = thread;
    thread->hold.log = ngx_cycle->log;

    ngx_add_timer(&thread->hold, NGX_HTTP_MCP_THREAD_HOLD);

    return NGX_AGAIN;
}


static void
ngx_http_mcp_thread_hold(ngx_event_t *ev)
{
    ngx_add_timer(ev, NGX_HTTP_MCP_THREAD_HOLD);
}


static void
ngx_http_mcp_thread_handler(void *data, ngx_log_t *log)
{
    ngx_http_mcp_thread_t *thread = data;

    ngx_http_mcp_call_t  *call;

    call = thread->call;

    thread->rc = NGX_ERROR;

    if (ngx_http_mcp_call_cancelled(call)) {
        return;
    }

    thread->pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, log);
    if (thread->pool == NULL) {
        return;
    }

    call->input.pool = thread->pool;
    mcp_result_init_msg(&call->result, thread->pool, call->msg);

    thread->rc = thread->handler(call, thread->args);
}


static void
ngx_http_mcp_thread_done(ngx_event_t *ev)
{
    ngx_http_mcp_thread_t *thread = ev->data;

    ngx_connection_t     *c;
    ngx_http_request_t   *r;
    ngx_http_mcp_ctx_t   *ctx;
    ngx_http_mcp_call_t  *call;

    call = thread->call;
    ctx = call->ctx;
    r = call->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, c->log, 0,
                   "mcp thread done: %i", thread->rc);

    ngx_del_timer(&thread->hold);

    r->main->blocked--;
    ctx->threads--;

    if (call->gone) {
        /* the request was terminated and waits for this to be freed */
        c->write->handler(c->write);
        return;
    }

    if (!call->done) {
        ngx_http_mcp_call_done(call, thread->rc);
        return;
    }

    /* answered before, by a timeout */

    if (ctx->finished) {
        call->resume(r);
        ngx_http_run_posted_requests(c);
    }
}


static void
ngx_http_mcp_thread_cleanup(void *data)
{
    ngx_http_mcp_thread_t *thread = data;

    ngx_http_mcp_log_t  *log;

    for ( ;; ) {
        log = ngx_http_mcp_thread_next_log(thread);
        if (log == NULL) {
            break;
        }

        ngx_destroy_pool(log->pool);
    }

    (void) ngx_thread_mutex_destroy(&thread->mtx, ngx_cycle->log);

    if (thread->pool) {
        ngx_destroy_pool(thread->pool);
    }
}


void
ngx_http_mcp_thread_lock(ngx_http_mcp_thread_t *thread)
{
    (void) ngx_thread_mutex_lock(&thread->mtx, ngx_cycle->log);
}


void
ngx_http_mcp_thread_unlock(ngx_http_mcp_thread_t *thread)
{
    (void) ngx_thread_mutex_unlock(&thread->mtx, ngx_cycle->log);
}


ngx_int_t
ngx_http_mcp_thread_log(ngx_http_mcp_thread_t *thread, ngx_uint_t level,
    const char *logger, const u_char *text, size_t len)
{
    ngx_pool_t          *pool;
    ngx_uint_t           full;
    ngx_http_mcp_log_t  *log;

    /* only this thread adds to the queue */

    ngx_http_mcp_thread_lock(thread);
    full = (thread->n == NGX_HTTP_MCP_THREAD_LOGS);
    ngx_http_mcp_thread_unlock(thread);

    if (full) {
        return NGX_OK;
    }

    pool = ngx_create_pool(len + 1024, ngx_cycle->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    log = ngx_palloc(pool, sizeof(ngx_http_mcp_log_t));
    if (log == NULL) {
        ngx_destroy_pool(pool);
        return NGX_ERROR;
    }

    log->pool = pool;
    mcp_buf_init(&log->json, pool, len + 256);
    mcp_log_write(&log->json, level, logger, text, len);

    ngx_http_mcp_thread_lock(thread);
    thread->logs[(thread->first + thread->n++) % NGX_HTTP_MCP_THREAD_LOGS]
        = log;
    ngx_http_mcp_thread_unlock(thread);

    return NGX_OK;
}


ngx_http_mcp_log_t *
ngx_http_mcp_thread_next_log(ngx_http_mcp_thread_t *thread)
{
    ngx_http_mcp_log_t  *log;

    log = NULL;

    ngx_http_mcp_thread_lock(thread);

    if (thread->n) {
        log = thread->logs[thread->first];
        thread->first = (thread->first + 1) % NGX_HTTP_MCP_THREAD_LOGS;
        thread->n--;
    }

    ngx_http_mcp_thread_unlock(thread);

    return log;
}

#else

/* nginx -t refuses blocking tools where there are no threads */

ngx_int_t
ngx_http_mcp_thread_start(ngx_http_mcp_call_t *call,
    ngx_http_mcp_handler_pt handler, const cJSON *args)
{
    return NGX_DECLINED;
}


void
ngx_http_mcp_thread_lock(ngx_http_mcp_thread_t *thread)
{
    return;
}


void
ngx_http_mcp_thread_unlock(ngx_http_mcp_thread_t *thread)
{
    return;
}


ngx_int_t
ngx_http_mcp_thread_log(ngx_http_mcp_thread_t *thread, ngx_uint_t level,
    const char *logger, const u_char *text, size_t len)
{
    return NGX_OK;
}


ngx_http_mcp_log_t *
ngx_http_mcp_thread_next_log(ngx_http_mcp_thread_t *thread)
{
    return NULL;
}

#endif
