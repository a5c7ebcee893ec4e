
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_cancel.h>
#include <ngx_http_mcp_notify.h>
#include <ngx_http_mcp_session.h>
#include <ngx_http_mcp_zone.h>


/* how long it is remembered what was cancelled, seconds */
#define NGX_HTTP_MCP_CANCEL_TTL  10


struct ngx_http_mcp_cancel_s {
    ngx_http_mcp_waiter_t        request;
    ngx_http_mcp_waiter_t        session;
    ngx_event_t                  event;    /* posted */
    unsigned                     waiting:1;
};


static void ngx_http_mcp_cancel_wake(ngx_http_mcp_waiter_t *waiter,
    ngx_uint_t exiting);
static void ngx_http_mcp_cancel_handler(ngx_event_t *ev);


ngx_int_t
ngx_http_mcp_cancel_start(ngx_http_mcp_call_t *call)
{
    ngx_uint_t              late;
    ngx_http_request_t     *r;
    ngx_http_mcp_ctx_t     *ctx;
    ngx_http_mcp_cancel_t  *cancel;

    r = call->request;
    ctx = call->ctx;
    cancel = call->cancel;

    if (ctx->session == NULL || (cancel && cancel->waiting)) {
        return NGX_OK;
    }

    late = (cancel != NULL || ctx->current > 0);

    if (cancel == NULL) {
        cancel = ngx_pcalloc(r->pool, sizeof(ngx_http_mcp_cancel_t));
        if (cancel == NULL) {
            return NGX_ERROR;
        }

        cancel->event.handler = ngx_http_mcp_cancel_handler;
        cancel->event.data = call;
        cancel->event.log = r->connection->log;

        cancel->request.handler = ngx_http_mcp_cancel_wake;
        cancel->request.data = cancel;

        cancel->session.handler = ngx_http_mcp_cancel_wake;
        cancel->session.data = cancel;

        ngx_http_mcp_session_key(ctx->session, 'c', &call->msg->id,
                                 cancel->request.key);
        ngx_http_mcp_session_key(ctx->session, 's', NULL,
                                 cancel->session.key);

        call->cancel = cancel;
    }

    ngx_http_mcp_notify_wait(&cancel->request);
    ngx_http_mcp_notify_wait(&cancel->session);

    cancel->waiting = 1;

    if (late) {
        /* it may have happened while nobody waited, others of a batch ran */
        ngx_post_event(&cancel->event, &ngx_posted_events);
    }

    return NGX_OK;
}


void
ngx_http_mcp_cancel_stop(ngx_http_mcp_call_t *call)
{
    ngx_http_mcp_cancel_t  *cancel;

    cancel = call->cancel;

    if (cancel == NULL || !cancel->waiting) {
        return;
    }

    cancel->waiting = 0;

    ngx_http_mcp_notify_forget(&cancel->request);
    ngx_http_mcp_notify_forget(&cancel->session);

    if (cancel->event.posted) {
        ngx_delete_posted_event(&cancel->event);
    }
}


static void
ngx_http_mcp_cancel_wake(ngx_http_mcp_waiter_t *waiter, ngx_uint_t exiting)
{
    ngx_http_mcp_cancel_t *cancel = waiter->data;

    if (!exiting) {
        ngx_post_event(&cancel->event, &ngx_posted_events);
    }
}


/* one may also be woken because something was missed */

static void
ngx_http_mcp_cancel_handler(ngx_event_t *ev)
{
    ngx_http_mcp_call_t *call = ev->data;

    ngx_http_mcp_cancel_t  *cancel;

    cancel = call->cancel;

    if (ngx_http_mcp_zone_get(cancel->request.key, NULL, NULL) != NGX_OK
        && ngx_http_mcp_zone_get(cancel->session.key, NULL, NULL) != NGX_OK)
    {
        return;
    }

    ngx_http_set_log_request(ev->log, call->request);

    ngx_http_mcp_call_withdraw(call);
}


void
ngx_http_mcp_cancel_notified(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_msg_t *msg)
{
    u_char             key[MCP_KEY];
    ngx_str_t          id, value;
    mcp_json_token_t  *token;

    if (ctx->session == NULL
        || msg->method.len != sizeof("notifications/cancelled") - 1
        || ngx_memcmp(msg->method.data, "notifications/cancelled",
                      sizeof("notifications/cancelled") - 1)
           != 0)
    {
        return;
    }

    token = mcp_json_get(msg->doc, msg->params, "requestId");

    if (token == NULL) {
        return;
    }

    id = token->text;

    if (token->type == MCP_JSON_STRING) {
        id.data--;
        id.len += 2;
    }

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "mcp request %V is cancelled", &id);

    ngx_http_mcp_session_key(ctx->session, 'c', &id, key);
    ngx_str_set(&value, "1");

    if (ngx_http_mcp_zone_put(key, &value, NGX_HTTP_MCP_CANCEL_TTL) == NGX_OK)
    {
        ngx_http_mcp_notify_publish(key);
    }
}
