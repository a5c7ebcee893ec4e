
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_CALL_H_INCLUDED_
#define _NGX_HTTP_MCP_CALL_H_INCLUDED_


#include <ngx_http_mcp_request.h>
#include <mcp_complete.h>
#include <mcp_input.h>
#include <mcp_notify.h>
#include <mcp_result.h>


/*
 * One call of a tool, a resource or a prompt, from its start to its result:
 * inline, finished later by an event, or in a thread.  Times out, reports
 * progress, is cancelled when its client goes away.  Lives in the pool of the
 * request.
 */


typedef struct ngx_http_mcp_thread_s  ngx_http_mcp_thread_t;


/* a flag of handlers, inside of this module: it may go on in a thread, if the
 * location has a pool of threads */
#define NGX_HTTP_MCP_MAY_BLOCK  0x0200
typedef struct ngx_http_mcp_ask_s     ngx_http_mcp_ask_t;
typedef struct ngx_http_mcp_cancel_s  ngx_http_mcp_cancel_t;


struct ngx_http_mcp_call_s {
    ngx_http_request_t          *request;
    ngx_http_mcp_ctx_t          *ctx;
    void                       **loc_conf;  /* stays when the request moves */
    mcp_msg_t                   *msg;
    const cJSON                 *args;
    mcp_result_t                 result;
    mcp_completion_t            *completion;  /* of a value, else NULL */
    ngx_http_mcp_handler_pt      completer; /* likewise, who makes it */

    ngx_http_event_handler_pt    resume;    /* run when a wait is over */
    ngx_int_t                    rc;        /* of the handler, when done */

    ngx_event_t                  timeout;
    ngx_event_t                  tick;      /* progress, heartbeat */
    ngx_event_t                  finish;    /* posted by completions */
    ngx_msec_t                   spoke;     /* when something was sent */

    ngx_http_mcp_abort_pt        abort;
    void                        *data;

    ngx_http_mcp_thread_t       *thread;    /* NULL: not a blocking one */
    const void                  *passes;    /* NULL: asks no services */

    mcp_input_t                  input;     /* what the client is asked */
    ngx_http_mcp_ask_t          *ask;       /* legacy; NULL: nothing yet */

    ngx_http_mcp_cancel_t       *cancel;    /* NULL: by going away only */

    ngx_int_t                    log_level; /* MCP_LOG_*, or NGX_ERROR */
    mcp_progress_t              *progress;  /* NULL: none */
    mcp_buf_t                    note;      /* the last notification */

    /*
     * what is written on one side of a thread and read on the other has a
     * word of its own
     */
    ngx_str_t                    broken;    /* how it broke its schema */
    ngx_atomic_t                 cancelled;

    unsigned                     running:1; /* NGX_AGAIN was returned */
    unsigned                     done:1;
    unsigned                     timedout:1;
    unsigned                     unanswered:1;  /* likewise: by the client */
    unsigned                     withdrawn:1;  /* nobody wants the answer */
    unsigned                     lost:1;    /* the client, or its stream */
    unsigned                     gone:1;    /* the request has ended */
};


/*
 * Starts msg->tool, msg->resource or msg->prompt.  NGX_OK:
 * ngx_http_mcp_call_result() has the result; NGX_AGAIN: "resume" is run on the
 * request when it has; NGX_DECLINED: msg->error; NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_call_start(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg, const cJSON *args,
    ngx_http_event_handler_pt resume);

/*
 * Likewise, but what runs is the completer, for completion->values.
 */
ngx_int_t ngx_http_mcp_call_complete(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg, mcp_completion_t *completion,
    ngx_http_mcp_handler_pt completer, const cJSON *args,
    ngx_http_event_handler_pt resume);

/*
 * Of ctx->call, which is done and is no more.  NGX_OK: "result" is the JSON
 * to answer with; NGX_DECLINED: msg->error; NGX_ABORT: there is no answer;
 * NGX_ERROR: out of memory, or there is nobody to answer.
 */
ngx_int_t ngx_http_mcp_call_result(ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *result);

/* "tool", for example, and its name as configured, never as a client says */
const char *ngx_http_mcp_call_kind(ngx_http_mcp_call_t *call);
const ngx_str_t *ngx_http_mcp_call_name(ngx_http_mcp_call_t *call);

/* the result breaks the output schema of the tool: always NGX_ERROR */
ngx_int_t ngx_http_mcp_call_broke(ngx_http_mcp_call_t *call,
    mcp_schema_error_t *err);

/* the handler has finished */
void ngx_http_mcp_call_done(ngx_http_mcp_call_t *call, ngx_int_t rc);

/* the client has taken its request back: there is no answer */
void ngx_http_mcp_call_withdraw(ngx_http_mcp_call_t *call);

/* the client has answered: runs the handler again */
void ngx_http_mcp_call_again(ngx_http_mcp_call_t *call);

/* ends the call with an error that the caller can read */
void ngx_http_mcp_call_fail_text(ngx_http_mcp_call_t *call,
    const char *text);

/* true if nobody waits for the result; also in a thread */
#define ngx_http_mcp_call_cancelled(call)                                    \
    (ngx_atomic_fetch_add(&(call)->cancelled, 0) || ngx_terminate)

/* nothing can be sent: ends the request, not before the caller has returned */
void ngx_http_mcp_call_lose(ngx_http_mcp_call_t *call);


#endif /* _NGX_HTTP_MCP_CALL_H_INCLUDED_ */
