
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_PASS_H_INCLUDED_
#define _NGX_HTTP_MCP_PASS_H_INCLUDED_


#include <ngx_http_mcp_call.h>
#include <mcp_answer.h>
#include <mcp_pass.h>


/*
 * What "pass" makes: a call of a tool, a resource or a prompt is served by one
 * or more requests to services behind this server.  Made at configuration
 * time, read-only afterwards.
 */


#define NGX_HTTP_MCP_PASSES_MAX  16


typedef struct {
    mcp_pass_t                   pass;
    mcp_answer_conf_t            answer;
    ngx_uint_t                   after;     /* bits: passes whose answers it
                                               uses, all before it */
    ngx_msec_t                   timeout;   /* of the request; 0: that of the
                                               call */
    unsigned                     stream:1;  /* "stream on" */

    /* where it is written, NULL: as all of them */
    u_char                      *file;
    ngx_uint_t                   line;
} ngx_http_mcp_pass_t;


typedef struct {
    ngx_array_t                  passes;    /* of ngx_http_mcp_pass_t */
    ngx_array_t                  variables; /* of ngx_http_complex_value_t:
                                               what MCP_PASS_VARIABLE means,
                                               in the request of the client */
    const cJSON                 *defaults;  /* an object, or NULL */

    /*
     * Makes the result of a combined call of something else than the object
     * of answers, if it is not NULL; "values" has arguments and answers.
     * Returns what a handler returns, but NGX_AGAIN.
     */
    ngx_int_t                  (*finish)(ngx_http_mcp_call_t *call,
                                   const cJSON *values);

    ngx_msec_t                   timeout;   /* of all of them, one after the
                                               other; 0: not limited */
    unsigned                     idempotent:1;  /* $mcp_idempotent */
    unsigned                     public:1;  /* $mcp_cache_key is for all */
    unsigned                     combined:1;    /* the result is an object of
                                                   named answers */

    /* where it is written, for what is checked when all locations are known */
    u_char                      *file;
    ngx_uint_t                   line;
    ngx_str_t                    name;      /* "tool \"x\"" */
} ngx_http_mcp_passes_t;


/* a tool that is nothing but passes: the data of its handler, next */
typedef struct {
    ngx_http_mcp_tool_t          desc;      /* must be first */
    ngx_http_mcp_passes_t        passes;
} ngx_http_mcp_pass_tool_t;

ngx_int_t ngx_http_mcp_pass_tool(ngx_http_mcp_call_t *call,
    const cJSON *args);

/* those of a tool; NULL: it is that of a module */
const ngx_http_mcp_passes_t *ngx_http_mcp_tool_passes(const mcp_tool_t *tool);

/*
 * To be called by the handler of the tool, the resource, the prompt; returns
 * what a handler returns.
 */
ngx_int_t ngx_http_mcp_pass_call(ngx_http_mcp_call_t *call,
    const cJSON *args, const ngx_http_mcp_passes_t *passes);

/* of a message, for variables; NULL: it has none, or its call does not run
 * yet and is not that of a tool */
const ngx_http_mcp_passes_t *ngx_http_mcp_passes(ngx_http_mcp_ctx_t *ctx);


#endif /* _NGX_HTTP_MCP_PASS_H_INCLUDED_ */
