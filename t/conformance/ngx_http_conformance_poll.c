
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include "ngx_http_conformance.h"


/*
 * A tool whose client is told to hang up and to come back for the result.
 */


#define RETRY  200      /* milliseconds */
#define TIME   500


typedef struct {
    ngx_event_t           timer;
    ngx_http_mcp_call_t  *call;
} ngx_http_conformance_poll_t;


static void ngx_http_conformance_done(ngx_event_t *ev);
static void ngx_http_conformance_stop(void *data);


ngx_int_t
ngx_http_conformance_reconnection(ngx_http_mcp_call_t *call,
    const cJSON *args)
{
    ngx_http_conformance_poll_t  *poll;

    poll = ngx_pcalloc(ngx_http_mcp_pool(call),
                       sizeof(ngx_http_conformance_poll_t));
    if (poll == NULL) {
        return NGX_ERROR;
    }

    /* whether the client can do so makes no difference here */

    if (ngx_http_mcp_poll(call, RETRY) == NGX_ERROR) {
        return NGX_ERROR;
    }

    poll->call = call;

    poll->timer.handler = ngx_http_conformance_done;
    poll->timer.data = poll;
    poll->timer.log = ngx_http_mcp_request(call)->connection->log;

    ngx_http_mcp_on_abort(call, ngx_http_conformance_stop, poll);
    ngx_add_timer(&poll->timer, TIME);

    return NGX_AGAIN;
}


static void
ngx_http_conformance_done(ngx_event_t *ev)
{
    ngx_http_conformance_poll_t *poll = ev->data;

    ngx_http_mcp_done(poll->call,
                      ngx_http_conformance_text(poll->call,
                                                "The client came back."));
}


static void
ngx_http_conformance_stop(void *data)
{
    ngx_http_conformance_poll_t *poll = data;

    if (poll->timer.timer_set) {
        ngx_del_timer(&poll->timer);
    }
}
