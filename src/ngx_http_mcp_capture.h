
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_CAPTURE_H_INCLUDED_
#define _NGX_HTTP_MCP_CAPTURE_H_INCLUDED_


#include <mcp_inflate.h>
#include <ngx_http_mcp_subrequest.h>


/*
 * The side of nginx: what its phases and filters do with a subrequest of ours.
 * In the pool of the main request, for as long as that lives: a subrequest
 * that nobody waits for any more may still have to end.
 */


typedef struct {
    ngx_http_mcp_subrequest_t   *s;         /* NULL: nobody waits */
    ngx_http_request_t          *r;         /* the subrequest */
    ngx_http_post_subrequest_t   post;
    ngx_http_cleanup_t          *cln;
    ngx_event_t                  event;     /* "done", and the start */

    ngx_str_t                    uri;       /* as located; empty: not yet */
    ngx_http_handler_pt          handler;   /* of the location */

    mcp_buf_t                    body;
    mcp_inflate_t               *inflate;   /* NULL: it is not compressed */
    ngx_int_t                    failed;    /* status nginx made a page of */
    ngx_uint_t                   changes;   /* r->uri_changes at that time */

    unsigned                     decoded:1; /* the URI is */
    unsigned                     limited:1; /* where limit_req may delay it */
    unsigned                     waited:1;  /* nginx has set a timer for it */
    unsigned                     enough:1;  /* no more of it is wanted */
    unsigned                     corrupt:1; /* what has come is of no use */
    unsigned                     last:1;    /* nginx says it was all */
    unsigned                     ended:1;
} ngx_http_mcp_capture_t;


/* of a subrequest of ours, else NULL */
ngx_http_mcp_capture_t *ngx_http_mcp_capture(ngx_http_request_t *r);

/* makes a request a subrequest of ours */
void ngx_http_mcp_capture_set(ngx_http_mcp_capture_t *capture);

/* what has come is the answer, complete or not; capture->event is posted */
void ngx_http_mcp_capture_end(ngx_http_mcp_capture_t *capture,
    ngx_uint_t broken);

/* an error that gRPC says is one */
void ngx_http_mcp_capture_grpc(ngx_http_request_t *r, mcp_answer_t *answer);

void ngx_http_mcp_capture_init(void);


#endif /* _NGX_HTTP_MCP_CAPTURE_H_INCLUDED_ */
