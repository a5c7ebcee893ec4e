
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_PASS_RUN_H_INCLUDED_
#define _NGX_HTTP_MCP_PASS_RUN_H_INCLUDED_


#include <ngx_http_mcp_pass.h>
#include <ngx_http_mcp_pass_stream.h>
#include <ngx_http_mcp_subrequest.h>


/*
 * A call that is served by requests, while it runs.
 */


typedef struct ngx_http_mcp_pass_run_s  ngx_http_mcp_pass_run_t;


/* one request */

typedef struct {
    ngx_http_mcp_subrequest_t      sr;
    mcp_pass_request_t             request;
    ngx_event_t                    timeout;
    const ngx_http_mcp_pass_t     *pass;
    ngx_http_mcp_pass_run_t       *run;
    ngx_http_mcp_pass_stream_t    *stream;   /* or NULL */
    ngx_uint_t                     bit;
} ngx_http_mcp_pass_step_t;


/* all of a call; bits stand for passes */

struct ngx_http_mcp_pass_run_s {
    ngx_http_mcp_call_t           *call;
    const ngx_http_mcp_passes_t   *passes;
    ngx_str_t                     *variables;
    ngx_str_t                      boundary;

    cJSON                         *values;   /* arguments, then answers */
    cJSON                         *result;   /* answers under their names */

    ngx_uint_t                     started;
    ngx_uint_t                     finished;
    ngx_http_mcp_pass_step_t      *steps;
};


/*
 * A request is done: its answer is the result of the call, or one of several.
 * NGX_AGAIN: go on; NGX_OK: there is a result; what else a handler returns.
 */
ngx_int_t ngx_http_mcp_pass_take(ngx_http_mcp_pass_step_t *step);

/* of a value that stays where it is; trees in a pool are not deleted */
ngx_int_t ngx_http_mcp_pass_member(ngx_pool_t *pool, cJSON *object,
    const cJSON *value, char *name);

/*
 * A request has failed, for what its answer is or for the reason given: that
 * is what the call says, unless it can do without.  "internal": the arguments
 * are not to blame.  NGX_AGAIN: it can; NGX_OK: it has a result, its error;
 * NGX_DECLINED: there is no such resource; NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_pass_fail(ngx_http_mcp_pass_step_t *step);
ngx_int_t ngx_http_mcp_pass_fail_text(ngx_http_mcp_pass_step_t *step,
    ngx_str_t *text, ngx_uint_t internal);

/* says in the log that a request has failed, and why */
void ngx_http_mcp_pass_log(ngx_http_mcp_pass_step_t *step,
    ngx_uint_t internal);

/* the output schema does not allow the answer; NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_pass_broke(ngx_http_mcp_call_t *call,
    mcp_schema_error_t *err);


#endif /* _NGX_HTTP_MCP_PASS_RUN_H_INCLUDED_ */
