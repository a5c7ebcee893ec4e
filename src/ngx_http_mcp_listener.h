
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_LISTENER_H_INCLUDED_
#define _NGX_HTTP_MCP_LISTENER_H_INCLUDED_


#include <ngx_http_mcp_listen.h>
#include <ngx_http_mcp_notify.h>


/*
 * What the files of streams that listen share: waiters note what was
 * published, slices send it.  Lives in the pool of the request.
 */


typedef enum {
    NGX_HTTP_MCP_NEWS_LIST = 0,
    NGX_HTTP_MCP_NEWS_URI,
    NGX_HTTP_MCP_NEWS_NONE,            /* only hears of a shutdown */

    /* of a session: */
    NGX_HTTP_MCP_NEWS_ENDED,
    NGX_HTTP_MCP_NEWS_STREAM,          /* another stream is the one now */
    NGX_HTTP_MCP_NEWS_SUBSCRIBED       /* to something else */
} ngx_http_mcp_news_e;


typedef struct {
    ngx_http_mcp_waiter_t        waiter;
    ngx_str_t                    uri;
    unsigned                     type:8;   /* ngx_http_mcp_news_e */
    unsigned                     list:8;   /* MCP_SUB_* */
    unsigned                     pending:1;
} ngx_http_mcp_news_t;


/* of a stream of a session */
typedef struct {
    mcp_session_t               *session;
    u_char                       stream[MCP_STATE_NONCE];
    uint64_t                     told;     /* of what was published */
    uint64_t                     read;     /* likewise, when uris was read */
    ngx_pool_t                  *pool;     /* of uris */
} ngx_http_mcp_listen_session_t;


struct ngx_http_mcp_listen_s {
    ngx_http_request_t          *request;

    mcp_msg_t                   *msg;      /* NULL: of a session */
    ngx_http_mcp_listen_session_t  *session;  /* NULL: of a request */

    ngx_http_mcp_news_t         *news;
    ngx_uint_t                   nnews;
    ngx_http_mcp_news_t         *uris;
    ngx_uint_t                   nuris;

    ngx_event_t                  tick;     /* time passes; the reader is no
                                              longer slow */
    ngx_msec_t                   spoke;    /* when something was sent */

    ngx_queue_t                  queue;    /* of those to be served */
    unsigned                     queued:1;
    unsigned                     quiet:1;  /* it is time for a comment */
    unsigned                     exiting:1;
    unsigned                     done:1;
};


/* "lists" are waited for, and there is room for so many news more; NULL if
 * there is no memory */
ngx_http_mcp_listen_t *ngx_http_mcp_listen_create(ngx_http_request_t *r,
    ngx_uint_t lists, ngx_uint_t more);

/* the key is set */
void ngx_http_mcp_listen_wait(ngx_http_mcp_listen_t *listen,
    ngx_http_mcp_news_t *news, ngx_http_mcp_news_e type);

/* makes listen->uris of an array of ngx_str_t, and waits for them; nothing is
 * copied.  NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_listen_uris(ngx_http_mcp_listen_t *listen,
    ngx_pool_t *pool, ngx_array_t *uris);

/* when the first event has been sent: NGX_AGAIN or NGX_ERROR */
ngx_int_t ngx_http_mcp_listen_begin(ngx_http_mcp_listen_t *listen);

/* it will be served, soon */
void ngx_http_mcp_listen_post(ngx_http_mcp_listen_t *listen);

/* waits for nothing any more */
void ngx_http_mcp_listen_stop(ngx_http_mcp_listen_t *listen);

/* until when its credential and its session last, 0: for ever */
time_t ngx_http_mcp_listen_until(ngx_http_mcp_listen_t *listen);

/*
 * Of a session, before its news are sent: NGX_OK; NGX_DONE: the stream is to
 * end; NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_listen_session_look(ngx_http_mcp_listen_t *listen);


#endif /* _NGX_HTTP_MCP_LISTENER_H_INCLUDED_ */
