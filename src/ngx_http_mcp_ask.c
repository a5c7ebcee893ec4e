
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <openssl/rand.h>
#include <ngx_http_mcp_ask.h>
#include <ngx_http_mcp_cancel.h>
#include <ngx_http_mcp_input.h>
#include <ngx_http_mcp_notify.h>
#include <ngx_http_mcp_report.h>
#include <ngx_http_mcp_stream.h>
#include <ngx_http_mcp_zone.h>


#define NGX_HTTP_MCP_ASK_RANDOM  16      /* bytes of an id */

/* how long an answer stays in the zone until its worker takes it, seconds */
#define NGX_HTTP_MCP_ASK_TTL     60


/* a request that waits */
typedef struct {
    ngx_http_mcp_waiter_t        waiter;
    u_char                       mark[MCP_KEY];
    ngx_str_t                    key;      /* of the handler */
    unsigned                     waiting:1;
} ngx_http_mcp_ask_item_t;


struct ngx_http_mcp_ask_s {
    ngx_http_mcp_call_t         *call;
    ngx_event_t                  answered; /* posted by waiters */
    ngx_event_t                  timeout;
    ngx_uint_t                   rounds;
    ngx_uint_t                   n;        /* of items */
    ngx_http_mcp_ask_item_t      items[MCP_INPUT_MAX];
};


static ngx_http_mcp_ask_t *ngx_http_mcp_ask_create(ngx_http_mcp_call_t *call);
static ngx_int_t ngx_http_mcp_ask_send(ngx_http_mcp_ask_t *ask,
    mcp_ask_t *request, time_t ttl);
static void ngx_http_mcp_ask_keys(ngx_http_mcp_ctx_t *ctx, ngx_str_t *id,
    u_char *mark, u_char *answer);
static void ngx_http_mcp_ask_wake(ngx_http_mcp_waiter_t *waiter,
    ngx_uint_t exiting);
static void ngx_http_mcp_ask_answered(ngx_event_t *ev);
static ngx_int_t ngx_http_mcp_ask_take(ngx_http_mcp_ask_t *ask,
    ngx_http_mcp_ask_item_t *item);
static void ngx_http_mcp_ask_refused(ngx_http_mcp_call_t *call,
    ngx_str_t *key, const cJSON *error);
static void ngx_http_mcp_ask_timeout(ngx_event_t *ev);


ngx_int_t
ngx_http_mcp_ask_start(ngx_http_mcp_call_t *call)
{
    time_t                    ttl;
    mcp_ask_t                *request;
    ngx_uint_t                i;
    ngx_http_mcp_ask_t       *ask;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_get_module_loc_conf(call->request, ngx_http_mcp_module);

    if (call->ask == NULL) {
        call->ask = ngx_http_mcp_ask_create(call);
        if (call->ask == NULL) {
            return NGX_ERROR;
        }
    }

    ask = call->ask;

    /* what the handler has said comes before what it asks */

    if (call->lost
        || ngx_http_mcp_report_rest(call) != NGX_OK
        || ngx_http_mcp_cancel_start(call) != NGX_OK)
    {
        return NGX_ERROR;
    }

    call->done = 0;
    call->abort = NULL;
    call->thread = NULL;
    call->input.pool = call->request->pool;

    if (ask->rounds++ == MCP_INPUT_ROUNDS) {
        ngx_http_mcp_call_fail_text(call, "The client was asked too often.");
        return NGX_OK;
    }

    ttl = ngx_http_mcp_input_ttl(mlcf);
    request = call->input.asks.elts;

    for (i = 0; i < call->input.asks.nelts; i++) {
        if (ngx_http_mcp_ask_send(ask, &request[i], ttl) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    ngx_add_timer(&ask->timeout, mlcf->input_timeout);
    ngx_http_mcp_report_start(call);

    return NGX_OK;
}


static ngx_http_mcp_ask_t *
ngx_http_mcp_ask_create(ngx_http_mcp_call_t *call)
{
    ngx_http_request_t  *r;
    ngx_http_mcp_ask_t  *ask;

    r = call->request;

    ask = ngx_pcalloc(r->pool, sizeof(ngx_http_mcp_ask_t));
    if (ask == NULL) {
        return NULL;
    }

    ask->call = call;

    ask->answered.handler = ngx_http_mcp_ask_answered;
    ask->answered.data = ask;
    ask->answered.log = r->connection->log;

    ask->timeout.handler = ngx_http_mcp_ask_timeout;
    ask->timeout.data = ask;
    ask->timeout.log = r->connection->log;

    return ask;
}


static ngx_int_t
ngx_http_mcp_ask_send(ngx_http_mcp_ask_t *ask, mcp_ask_t *request, time_t ttl)
{
    u_char                   *p;
    u_char                    random[NGX_HTTP_MCP_ASK_RANDOM];
    u_char                    id[2 * NGX_HTTP_MCP_ASK_RANDOM + 2];
    mcp_buf_t                 b;
    ngx_str_t                 text, value, json;
    ngx_http_request_t       *r;
    ngx_http_mcp_call_t      *call;
    ngx_http_mcp_ask_item_t  *item;

    call = ask->call;
    r = call->request;

    if (RAND_bytes(random, NGX_HTTP_MCP_ASK_RANDOM) != 1) {
        ngx_log_error(NGX_LOG_CRIT, r->connection->log, 0,
                      "mcp has no random bytes");
        return NGX_ERROR;
    }

    p = id;
    *p++ = '"';
    p = ngx_hex_dump(p, random, NGX_HTTP_MCP_ASK_RANDOM);
    *p++ = '"';

    json.len = p - id;
    json.data = id;

    text.len = json.len - 2;
    text.data = id + 1;

    item = &ask->items[ask->n];

    ngx_http_mcp_ask_keys(call->ctx, &text, item->mark, item->waiter.key);

    item->key = request->key;
    item->waiter.handler = ngx_http_mcp_ask_wake;
    item->waiter.data = ask;

    ngx_str_set(&value, "1");

    if (ngx_http_mcp_zone_put(item->mark, &value, ttl) != NGX_OK) {
        return NGX_ERROR;
    }

    ask->n++;
    item->waiting = 1;
    ngx_http_mcp_notify_wait(&item->waiter);

    mcp_buf_init(&b, r->pool, request->params.len + 128);
    mcp_input_write_request(&b, request, &json);

    if (mcp_buf_done(&b, &value) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "mcp asks the client: %s, id %V", request->method, &json);

    return ngx_http_mcp_stream_send(r, call->ctx, &value);
}


static void
ngx_http_mcp_ask_keys(ngx_http_mcp_ctx_t *ctx, ngx_str_t *id, u_char *mark,
    u_char *answer)
{
    ngx_str_t  nonce;

    nonce.len = MCP_STATE_NONCE;
    nonce.data = ctx->session->nonce;

    mcp_key(mark, 'w', &nonce, id);
    mcp_key(answer, 'a', &nonce, id);
}


/* a worker that is told to go stays for what it has begun */

static void
ngx_http_mcp_ask_wake(ngx_http_mcp_waiter_t *waiter, ngx_uint_t exiting)
{
    ngx_http_mcp_ask_t *ask = waiter->data;

    if (!exiting) {
        ngx_post_event(&ask->answered, &ngx_posted_events);
    }
}


static void
ngx_http_mcp_ask_answered(ngx_event_t *ev)
{
    ngx_http_mcp_ask_t *ask = ev->data;

    ngx_int_t             rc;
    ngx_uint_t            i, waiting;
    ngx_connection_t     *c;
    ngx_http_mcp_call_t  *call;

    call = ask->call;
    c = call->request->connection;

    ngx_http_set_log_request(c->log, call->request);

    waiting = 0;

    for (i = 0; i < ask->n; i++) {

        if (!ask->items[i].waiting) {
            continue;
        }

        rc = ngx_http_mcp_ask_take(ask, &ask->items[i]);

        if (rc == NGX_ERROR) {
            ngx_http_mcp_ask_stop(call);
            ngx_http_mcp_call_lose(call);
            return;
        }

        if (call->done) {
            return;
        }

        waiting += ask->items[i].waiting;
    }

    if (waiting) {
        return;
    }

    ngx_http_mcp_ask_stop(call);
    ngx_http_mcp_call_again(call);

    ngx_http_run_posted_requests(c);
}


static ngx_int_t
ngx_http_mcp_ask_take(ngx_http_mcp_ask_t *ask, ngx_http_mcp_ask_item_t *item)
{
    cJSON                *root, *error, *result;
    ngx_int_t             rc;
    ngx_str_t             text;
    ngx_pool_t           *pool;
    mcp_json_doc_t        doc;
    ngx_http_mcp_call_t  *call;

    call = ask->call;
    pool = call->request->pool;

    rc = ngx_http_mcp_zone_take(item->waiter.key, pool, &text);

    if (rc != NGX_OK) {
        return rc;
    }

    item->waiting = 0;
    ngx_http_mcp_notify_forget(&item->waiter);

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, call->request->connection->log, 0,
                   "mcp answer of %uz bytes", text.len);

    if (mcp_json_parse(pool, &text, &doc, &root) != NGX_OK) {
        return NGX_ERROR;
    }

    error = cJSON_GetObjectItemCaseSensitive(root, "error");

    if (error) {
        ngx_http_mcp_ask_refused(call, &item->key, error);
        return NGX_OK;
    }

    result = cJSON_GetObjectItemCaseSensitive(root, "result");

    return mcp_input_answer(&call->input, &item->key, result);
}


static void
ngx_http_mcp_ask_refused(ngx_http_mcp_call_t *call, ngx_str_t *key,
    const cJSON *error)
{
    u_char       *p, buf[MCP_RESULT_ERROR_MAX];
    ngx_str_t     text;
    const cJSON  *message;

    ngx_str_set(&text, "no reason given");

    message = cJSON_GetObjectItemCaseSensitive(error, "message");

    if (cJSON_IsString(message)) {
        text.data = (u_char *) message->valuestring;
        text.len = ngx_strlen(text.data);
    }

    p = ngx_slprintf(buf, buf + sizeof(buf) - 1,
                     "The client did not answer \"%V\": %V", key, &text);
    *p = '\0';

    ngx_http_mcp_call_fail_text(call, (char *) buf);
}


static void
ngx_http_mcp_ask_timeout(ngx_event_t *ev)
{
    ngx_http_mcp_ask_t *ask = ev->data;

    ngx_http_mcp_call_t  *call;

    call = ask->call;

    ngx_http_set_log_request(call->request->connection->log, call->request);

    ngx_log_error(NGX_LOG_INFO, ev->log, 0,
                  "mcp %s \"%V\": the client did not answer in time",
                  ngx_http_mcp_call_kind(call), ngx_http_mcp_call_name(call));

    call->timedout = 1;
    call->unanswered = 1;

    ngx_http_mcp_call_done(call, NGX_OK);
}


void
ngx_http_mcp_ask_stop(ngx_http_mcp_call_t *call)
{
    ngx_uint_t                i;
    ngx_http_mcp_ask_t       *ask;
    ngx_http_mcp_ask_item_t  *item;

    ask = call->ask;

    if (ask == NULL) {
        return;
    }

    for (i = 0; i < ask->n; i++) {
        item = &ask->items[i];

        if (item->waiting) {
            item->waiting = 0;
            ngx_http_mcp_notify_forget(&item->waiter);
            ngx_http_mcp_zone_remove(item->mark);
        }
    }

    ask->n = 0;

    if (ask->timeout.timer_set) {
        ngx_del_timer(&ask->timeout);
    }

    if (ask->answered.posted) {
        ngx_delete_posted_event(&ask->answered);
    }
}


/* late, twice or to nothing that was asked: dropped */

ngx_int_t
ngx_http_mcp_ask_answer(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    mcp_msg_t *msg)
{
    u_char      mark[MCP_KEY], answer[MCP_KEY];
    ngx_int_t   rc;
    ngx_str_t   id, value;

    if (ctx->session == NULL || mcp_input_response(msg, &id, &value) != NGX_OK)
    {
        return NGX_OK;
    }

    ngx_http_mcp_ask_keys(ctx, &id, mark, answer);

    rc = ngx_http_mcp_zone_take(mark, NULL, NULL);

    if (rc != NGX_OK) {
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "mcp answer that nobody waits for");
        return rc == NGX_DECLINED ? NGX_OK : NGX_ERROR;
    }

    if (ngx_http_mcp_zone_put(answer, &value, NGX_HTTP_MCP_ASK_TTL) != NGX_OK) {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "mcp answer of %uz bytes does not fit into the zone",
                      value.len);

        ngx_str_set(&value, "{\"error\":{\"message\":\"the answer is too "
                            "large\"}}");

        if (ngx_http_mcp_zone_put(answer, &value, NGX_HTTP_MCP_ASK_TTL)
            != NGX_OK)
        {
            return NGX_OK;
        }
    }

    ngx_http_mcp_notify_publish(answer);

    return NGX_OK;
}
