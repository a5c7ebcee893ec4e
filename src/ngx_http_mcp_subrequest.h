
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_SUBREQUEST_H_INCLUDED_
#define _NGX_HTTP_MCP_SUBREQUEST_H_INCLUDED_


#include <ngx_http_mcp_request.h>
#include <mcp_answer.h>
#include <mcp_pass.h>


/*
 * One background subrequest to a location of this server, with a request of
 * its own: nothing of the client's headers goes with it.  Its answer is
 * captured up to a limit and never reaches the client.  Lives in the pool of
 * the main request.
 */


typedef struct ngx_http_mcp_subrequest_s  ngx_http_mcp_subrequest_t;

/*
 * Run once, on the event loop, when the answer is complete or will not come;
 * never before ngx_http_mcp_subrequest_start() has returned, never after
 * ngx_http_mcp_subrequest_abort().
 */
typedef void (*ngx_http_mcp_subrequest_done_pt)(
    ngx_http_mcp_subrequest_t *s);

/*
 * Run with each piece of the body of a 2xx answer as it comes, instead of
 * keeping it: NGX_OK, or NGX_ERROR: no more is wanted, the service is left.
 */
typedef ngx_int_t (*ngx_http_mcp_subrequest_piece_pt)(
    ngx_http_mcp_subrequest_t *s, u_char *p, size_t len);


struct ngx_http_mcp_subrequest_s {
    mcp_pass_request_t                *request;
    size_t                             max;      /* bytes that are kept */
    ngx_uint_t                         cut;      /* those of a longer answer
                                                    are wanted */
    ngx_uint_t                         idempotent;  /* may be sent twice */
    ngx_http_mcp_subrequest_done_pt    done;
    ngx_http_mcp_subrequest_piece_pt   piece;    /* or NULL */
    void                              *data;     /* of the caller */

    mcp_answer_t                       answer;   /* when it is done */
    ngx_uint_t                         own;      /* the status is of nginx, no
                                                    service has said it */
    ngx_str_t                          encoding; /* of the body, one that is
                                                    not known here, or empty */
    ngx_str_t                          etag;     /* headers of the answer, or
                                                    empty */
    ngx_str_t                          cache_control;
    ngx_str_t                          age;
    time_t                             modified; /* Last-Modified, or -1 */

    ngx_http_request_t                *r;        /* NULL: not running */
    void                              *capture;  /* of this mechanism */
};


/*
 * The caller has set the first part and zeroed the rest.  NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_subrequest_start(ngx_http_request_t *r,
    ngx_http_mcp_subrequest_t *s);

/*
 * Nobody waits any more: the connection to the service is closed at once.
 * Does nothing if it is done.
 */
void ngx_http_mcp_subrequest_abort(ngx_http_mcp_subrequest_t *s);

/* what the phases have to know of subrequests: NGX_DECLINED, or a status of
 * HTTP */
ngx_int_t ngx_http_mcp_subrequest_preaccess(ngx_http_request_t *r);
ngx_int_t ngx_http_mcp_subrequest_precontent(ngx_http_request_t *r);

/* installs the filters; to be called when the configuration is read */
void ngx_http_mcp_subrequest_init(ngx_conf_t *cf);


#endif /* _NGX_HTTP_MCP_SUBREQUEST_H_INCLUDED_ */
