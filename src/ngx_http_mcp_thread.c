
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_thread.h>


#if (NGX_THREADS)

#include <ngx_thread_pool.h>


/* notifications of one call that wait to be sent; more are dropped */
#define NGX_HTTP_MCP_THREAD_LOGS  64


struct ngx_http_mcp_thread_s {
    ngx_http_mcp_call_t         *call;
    const cJSON                 *args;
    ngx_pool_t                  *pool;     /* of the thread */
    ngx_int_t                    rc;       /* of the handler */

    ngx_thread_mutex_t           mtx;
    ngx_str_t                    logs[NGX_HTTP_MCP_THREAD_LOGS];
    ngx_uint_t                   first;
    ngx_uint_t                   n;
};


static void ngx_http_mcp_thread_handler(void *data, ngx_log_t *log);
static void ngx_http_mcp_thread_done(ngx_event_t *ev);
static void ngx_http_mcp_thread_cleanup(void *data);


ngx_int_t
ngx_http_mcp_thread_start(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_thread_task_t        *task;
    ngx_http_request_t       *r;
    ngx_pool_cleanup_t       *cln;
    ngx_http_mcp_ctx_t       *ctx;
    ngx_http_mcp_thread_t    *thread;
    ngx_http_mcp_loc_conf_t  *mlcf;

    r = call->request;
    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    cln = ngx_pool_cleanup_add(r->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    task = ngx_thread_task_alloc(r->pool, sizeof(ngx_http_mcp_thread_t));
    if (task == NULL) {
        return NGX_ERROR;
    }

    thread = task->ctx;
    ngx_memzero(thread, sizeof(ngx_http_mcp_thread_t));

    thread->call = call;
    thread->args = args;

    thread->pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, ngx_cycle->log);
    if (thread->pool == NULL) {
        return NGX_ERROR;
    }

    if (ngx_thread_mutex_create(&thread->mtx, r->connection->log) != NGX_OK) {
        ngx_destroy_pool(thread->pool);
        return NGX_ERROR;
    }

    cln->handler = ngx_http_mcp_thread_cleanup;
    cln->data = thread;

    mcp_result_init(&call->result, thread->pool, call->msg->tool,
                    call->msg->version);

    task->handler = ngx_http_mcp_thread_handler;
    task->event.handler = ngx_http_mcp_thread_done;
    task->event.data = thread;

    if (ngx_thread_task_post(mlcf->thread_pool, task) != NGX_OK) {
        return NGX_ERROR;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);

    call->thread = thread;

    r->main->blocked++;
    ctx->threads++;

    return NGX_OK;
}


static void
ngx_http_mcp_thread_handler(void *data, ngx_log_t *log)
{
    ngx_http_mcp_thread_t *thread = data;

    ngx_http_mcp_call_t        *call;
    const ngx_http_mcp_tool_t  *tool;

    call = thread->call;
    tool = call->msg->tool->data;

    thread->rc = call->cancelled ? NGX_ERROR : tool->handler(call,
                                                             thread->args);
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
    r = call->request;
    c = r->connection;
    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);

    ngx_http_set_log_request(c->log, r);

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, c->log, 0,
                   "mcp thread done: %i", thread->rc);

    r->main->blocked--;
    ctx->threads--;

    if (call->gone) {
        /* the request was terminated and waits for this to be freed */
        c->write->handler(c->write);
        return;
    }

    if (call->done) {
        /* answered before, by a timeout */
        call->resume(r);
        ngx_http_run_posted_requests(c);
        return;
    }

    ngx_http_mcp_call_done(call, thread->rc);
}


static void
ngx_http_mcp_thread_cleanup(void *data)
{
    ngx_http_mcp_thread_t *thread = data;

    (void) ngx_thread_mutex_destroy(&thread->mtx, ngx_cycle->log);

    ngx_destroy_pool(thread->pool);
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
    ngx_int_t  rc;
    mcp_buf_t  b;
    ngx_str_t  json;

    mcp_buf_init(&b, thread->pool, len + 256);
    mcp_log_write(&b, level, logger, text, len);

    rc = mcp_buf_done(&b, &json);

    ngx_http_mcp_thread_lock(thread);

    if (rc == NGX_OK && thread->n < NGX_HTTP_MCP_THREAD_LOGS) {
        thread->logs[(thread->first + thread->n++)
                     % NGX_HTTP_MCP_THREAD_LOGS] = json;
    }

    ngx_http_mcp_thread_unlock(thread);

    return rc;
}


ngx_uint_t
ngx_http_mcp_thread_next_log(ngx_http_mcp_thread_t *thread, ngx_str_t *json)
{
    ngx_uint_t  found;

    ngx_http_mcp_thread_lock(thread);

    found = (thread->n > 0);

    if (found) {
        *json = thread->logs[thread->first];
        thread->first = (thread->first + 1) % NGX_HTTP_MCP_THREAD_LOGS;
        thread->n--;
    }

    ngx_http_mcp_thread_unlock(thread);

    return found;
}

#endif
