
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_COMPLETE_H_INCLUDED_
#define _MCP_COMPLETE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_server.h>


/*
 * completion/complete: values of arguments of prompts and of variables of
 * resource templates.
 *
 * Specification: MCP 2026-07-28 server/utilities/completion.
 */


#define MCP_COMPLETE_MAX  100        /* values of one answer */


struct mcp_arg_s {
    ngx_str_t           name;        /* of a prompt it ends with NUL */
    ngx_str_t           title;       /* this and the next may be empty */
    ngx_str_t           description;
    ngx_array_t        *values;      /* of ngx_str_t, or NULL */
    unsigned            required:1;
    unsigned            complete:1;  /* by whoever serves it */
};


typedef struct {
    const mcp_arg_t    *arg;         /* what is completed */
    ngx_str_t           typed;       /* so far; behind it there is a NUL */
    mcp_buf_t           values;      /* JSON strings, separated by commas */
    ngx_uint_t          total;
} mcp_completion_t;


/* true if any of these arguments can be completed */
ngx_uint_t mcp_args_completed(const ngx_array_t *args);

/* NULL if there is no such argument */
const mcp_arg_t *mcp_arg_find(const ngx_array_t *args, const ngx_str_t *name);

ngx_int_t mcp_complete(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);

/*
 * The answer: what is added is counted, and sent up to MCP_COMPLETE_MAX.
 * Failed allocations are remembered and reported by the last call.
 */
void mcp_completion_init(mcp_completion_t *completion, ngx_pool_t *pool);
void mcp_completion_add(mcp_completion_t *completion, const u_char *p,
    size_t len);
ngx_int_t mcp_completion_write(mcp_completion_t *completion,
    const mcp_server_t *server, ngx_uint_t version, ngx_str_t *result);

/*
 * True if "value" fits what was typed, without regard to the case of ASCII
 * letters: it begins with it or, if "inside", has it further on.
 */
ngx_uint_t mcp_completion_fits(const ngx_str_t *value, const ngx_str_t *typed,
    ngx_uint_t inside);


#endif /* _MCP_COMPLETE_H_INCLUDED_ */
