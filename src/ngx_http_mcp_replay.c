
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <openssl/rand.h>
#include <ngx_http_mcp_notify.h>
#include <ngx_http_mcp_replay.h>
#include <ngx_http_mcp_zone.h>


static void ngx_http_mcp_replay_refuse(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, u_char *key);
static void ngx_http_mcp_replay_cleanup(void *data);
static void ngx_http_mcp_replay_write(ngx_http_mcp_ctx_t *ctx,
    ngx_http_mcp_replay_e type);
static void ngx_http_mcp_replay_key(ngx_http_mcp_replay_t *replay,
    uint64_t seq, u_char *key);


ngx_uint_t
ngx_http_mcp_replay_wanted(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    return r->method == NGX_HTTP_POST
           && ctx->events
           && !ctx->body.batch
           && ctx->session
           && ctx->session->version >= MCP_VERSION_2025_11_25;
}


ngx_int_t
ngx_http_mcp_replay_open(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_msec_t                longest;
    ngx_http_cleanup_t       *cln;
    ngx_http_mcp_replay_t    *replay;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    replay = ngx_pcalloc(r->pool, sizeof(ngx_http_mcp_replay_t));
    if (replay == NULL) {
        return NGX_ERROR;
    }

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    if (RAND_bytes(replay->id.stream, MCP_STATE_NONCE) != 1) {
        ngx_log_error(NGX_LOG_CRIT, r->connection->log, 0,
                      "mcp has no random bytes");
        return NGX_ERROR;
    }

    longest = ngx_http_mcp_call_time(mlcf, ctx);
    longest = ngx_max(longest, mlcf->input_timeout);

    replay->life = (longest + 999) / 1000;

    ngx_http_mcp_replay_find(replay, ctx->session);

    ctx->replay = replay;

    cln->handler = ngx_http_mcp_replay_cleanup;
    cln->data = ctx;

    return NGX_OK;
}


/* whatever the reason, nobody waits for what never comes */

static void
ngx_http_mcp_replay_cleanup(void *data)
{
    ngx_http_mcp_ctx_t *ctx = data;

    if (!ctx->replay->ended) {
        ngx_http_mcp_replay_end(ctx);
    }
}


mcp_sse_id_t *
ngx_http_mcp_replay_next(ngx_http_mcp_replay_t *replay)
{
    replay->id.seq = replay->events++;

    return &replay->id;
}


void
ngx_http_mcp_replay_keep(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *event, ngx_http_mcp_replay_e type)
{
    u_char                  key[MCP_KEY];
    ngx_http_mcp_replay_t  *replay;

    replay = ctx->replay;

    ngx_http_mcp_replay_key(replay, replay->id.seq, key);

    if (ngx_http_mcp_zone_put(key, event, NGX_HTTP_MCP_REPLAY_TTL) != NGX_OK) {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "mcp event of %uz bytes does not fit into the zone",
                      event->len);

        if (type == NGX_HTTP_MCP_REPLAY_LAST) {
            ngx_http_mcp_replay_refuse(r, ctx, key);
        }
    }

    ngx_http_mcp_replay_write(ctx, type);
}


/* a client that comes back waits for a response, and gets one */

static void
ngx_http_mcp_replay_refuse(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    u_char *key)
{
    mcp_buf_t    b, json;
    ngx_str_t    text;
    mcp_error_t  error;

    error.cause = MCP_ERROR_INTERNAL;
    ngx_str_null(&error.data);
    ngx_str_set(&error.text, "The result is too large to be sent again");

    mcp_buf_init(&json, r->pool, 256);
    mcp_rpc_write_error(&json, &ctx->body.msgs->id, &error);

    if (mcp_buf_done(&json, &text) != NGX_OK) {
        return;
    }

    mcp_buf_init(&b, r->pool, text.len + MCP_SSE_HEAD_MAX);
    mcp_sse_write(&b, &ctx->replay->id, 0, &text);

    if (mcp_buf_done(&b, &text) == NGX_OK) {
        (void) ngx_http_mcp_zone_put(key, &text, NGX_HTTP_MCP_REPLAY_TTL);
    }
}


void
ngx_http_mcp_replay_end(ngx_http_mcp_ctx_t *ctx)
{
    ngx_http_mcp_replay_write(ctx, NGX_HTTP_MCP_REPLAY_LAST);
}


/*
 * Events first, then what is known of them: who reads in between waits for
 * what is published.  What is known outlives the call, however quiet it is.
 */

static void
ngx_http_mcp_replay_write(ngx_http_mcp_ctx_t *ctx, ngx_http_mcp_replay_e type)
{
    time_t                        ttl;
    ngx_str_t                     value;
    ngx_http_mcp_replay_t        *replay;
    ngx_http_mcp_replay_state_t   state;

    ngx_memzero(&state, sizeof(ngx_http_mcp_replay_state_t));

    replay = ctx->replay;
    ttl = NGX_HTTP_MCP_REPLAY_TTL;

    state.last = replay->id.seq;
    state.ended = (type == NGX_HTTP_MCP_REPLAY_LAST);
    state.pid = ngx_pid;
    state.poll = (type == NGX_HTTP_MCP_REPLAY_POLL) ? replay->id.seq : 0;

    replay->ended = (type == NGX_HTTP_MCP_REPLAY_LAST);

    if (!replay->ended) {
        ttl += replay->life;
    }

    value.len = sizeof(ngx_http_mcp_replay_state_t);
    value.data = (u_char *) &state;

    (void) ngx_http_mcp_zone_put(replay->news, &value, ttl);

    /* who was cut off may come back before it is noticed here */

    replay->followed = (ngx_http_mcp_zone_get(replay->follower, NULL, NULL)
                        == NGX_OK);

    if (ctx->detached || replay->followed) {
        ngx_http_mcp_notify_publish(replay->news);
    }
}


void
ngx_http_mcp_replay_find(ngx_http_mcp_replay_t *replay,
    mcp_session_t *session)
{
    ngx_str_t  stream, owner;

    ngx_memcpy(replay->session, session->nonce, MCP_STATE_NONCE);

    stream.len = MCP_STATE_NONCE;
    stream.data = replay->id.stream;

    owner.len = MCP_STATE_NONCE;
    owner.data = replay->session;

    mcp_key(replay->news, 'f', &stream, &owner);
    mcp_key(replay->follower, 'p', &stream, &owner);
}


/* another session's stream has other keys and is not found */

static void
ngx_http_mcp_replay_key(ngx_http_mcp_replay_t *replay, uint64_t seq,
    u_char *key)
{
    u_char     *p, buf[MCP_STATE_NONCE + NGX_INT64_LEN];
    ngx_str_t   stream, place;

    p = ngx_cpymem(buf, replay->session, MCP_STATE_NONCE);
    p = ngx_sprintf(p, "%uL", seq);

    stream.len = MCP_STATE_NONCE;
    stream.data = replay->id.stream;

    place.len = p - buf;
    place.data = buf;

    mcp_key(key, 'e', &stream, &place);
}


ngx_int_t
ngx_http_mcp_replay_state(ngx_http_mcp_replay_t *replay, ngx_pool_t *pool,
    ngx_http_mcp_replay_state_t *state)
{
    ngx_int_t  rc;
    ngx_str_t  value;

    rc = ngx_http_mcp_zone_get(replay->news, pool, &value);

    if (rc != NGX_OK) {
        return rc;
    }

    if (value.len != sizeof(ngx_http_mcp_replay_state_t)) {
        return NGX_DECLINED;
    }

    ngx_memcpy(state, value.data, value.len);

    /* a client that misses the response only would come back for ever */

    if (state->ended) {
        return ngx_http_mcp_replay_event(replay, state->last, NULL, NULL);
    }

    return (kill(state->pid, 0) == -1 && ngx_errno == ESRCH) ? NGX_DECLINED
                                                             : NGX_OK;
}


ngx_int_t
ngx_http_mcp_replay_event(ngx_http_mcp_replay_t *replay, uint64_t seq,
    ngx_pool_t *pool, ngx_str_t *event)
{
    u_char  key[MCP_KEY];

    ngx_http_mcp_replay_key(replay, seq, key);

    return ngx_http_mcp_zone_get(key, pool, event);
}


void
ngx_http_mcp_replay_follow(ngx_http_mcp_replay_t *replay)
{
    ngx_str_t  value;

    ngx_str_set(&value, "1");

    (void) ngx_http_mcp_zone_put(replay->follower, &value,
                                 NGX_HTTP_MCP_REPLAY_TTL);
}
