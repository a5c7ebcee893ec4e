
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_REPLAY_H_INCLUDED_
#define _NGX_HTTP_MCP_REPLAY_H_INCLUDED_


#include <ngx_http_mcp_request.h>
#include <mcp_sse.h>


/*
 * The stream of a call, kept in the zone, so that a client that was cut off
 * reads on where it was, in any worker.  Each event is there as it was sent,
 * under the id of its stream and session and its number; beside them what is
 * known of the stream as a whole, a key that is published when something is
 * new.
 *
 * Only for sessions of 2025-11-25: clients of the revisions before do not
 * understand an event without data, which tells them the id to come back with.
 *
 * Specification: MCP 2025-11-25 basic/transports, "Resumability and
 * Redelivery".
 */


/* how long an event can be read again, seconds */
#define NGX_HTTP_MCP_REPLAY_TTL  300


typedef enum {
    NGX_HTTP_MCP_REPLAY_EVENT = 0,
    NGX_HTTP_MCP_REPLAY_POLL,          /* the client is to come back */
    NGX_HTTP_MCP_REPLAY_LAST
} ngx_http_mcp_replay_e;


struct ngx_http_mcp_replay_s {
    mcp_sse_id_t                 id;       /* of the last event */
    uint64_t                     events;   /* so far */
    u_char                       session[MCP_STATE_NONCE];
    u_char                       news[MCP_KEY];      /* what is published */
    u_char                       follower[MCP_KEY];  /* there: is read */
    time_t                       life;     /* of a call, seconds */
    unsigned                     ended:1;
    unsigned                     followed:1;  /* by another request */
};


/* what is known of a stream */
typedef struct {
    uint64_t                     last;     /* number of the last event */
    uint64_t                     poll;     /* of the last that hung up */
    uint64_t                     ended;    /* true: nothing follows */
    ngx_pid_t                    pid;      /* of the worker */
} ngx_http_mcp_replay_state_t;


/* true if the answer of this request, as a stream, is to be kept */
ngx_uint_t ngx_http_mcp_replay_wanted(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);

/* ctx->replay: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_replay_open(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);

/* the id of the next event; the first one is 0 */
mcp_sse_id_t *ngx_http_mcp_replay_next(ngx_http_mcp_replay_t *replay);

/*
 * Keeps an event, the bytes of the stream, under replay->id, and says so to
 * who may be reading.  One that does not fit into the zone is missing there.
 */
void ngx_http_mcp_replay_keep(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_str_t *event, ngx_http_mcp_replay_e type);

/* nothing follows, and there was no last event */
void ngx_http_mcp_replay_end(ngx_http_mcp_ctx_t *ctx);


/* to read: the keys of a stream, by replay->id and a session */
void ngx_http_mcp_replay_find(ngx_http_mcp_replay_t *replay,
    mcp_session_t *session);

/*
 * NGX_OK; NGX_DECLINED: there is no such stream, the last event is no longer
 * kept, or the worker was killed before there was one; NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_replay_state(ngx_http_mcp_replay_t *replay,
    ngx_pool_t *pool, ngx_http_mcp_replay_state_t *state);

/* the event of that number: likewise; NGX_DECLINED: it is no longer kept */
ngx_int_t ngx_http_mcp_replay_event(ngx_http_mcp_replay_t *replay,
    uint64_t seq, ngx_pool_t *pool, ngx_str_t *event);

/* somebody reads, from now on and for NGX_HTTP_MCP_REPLAY_TTL */
void ngx_http_mcp_replay_follow(ngx_http_mcp_replay_t *replay);


#endif /* _NGX_HTTP_MCP_REPLAY_H_INCLUDED_ */
