
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_CONF_PASS_H_INCLUDED_
#define _NGX_HTTP_MCP_CONF_PASS_H_INCLUDED_


#include <ngx_http_mcp_conf.h>
#include <ngx_http_mcp_pass.h>


/*
 * The words of a pass, in the blocks of "mcp_tool", "mcp_resource",
 * "mcp_prompt" and "override": "pass", "body", "header", "result", "select",
 * "error", "timeout", "max_response", "over", "stream", "cache".
 *
 * A word after a "pass" belongs to that one, one before the first to all of
 * them, "cache" to the call.
 */


#define NGX_HTTP_MCP_WORD_PASS      0
#define NGX_HTTP_MCP_WORD_BODY      1
#define NGX_HTTP_MCP_WORD_TYPE      2    /* "header Content-Type" */
#define NGX_HTTP_MCP_WORD_RESULT    3
#define NGX_HTTP_MCP_WORD_SELECT    4
#define NGX_HTTP_MCP_WORD_ERROR     5
#define NGX_HTTP_MCP_WORD_MAX       6
#define NGX_HTTP_MCP_WORD_OVER      7
#define NGX_HTTP_MCP_WORD_STREAM    8
#define NGX_HTTP_MCP_WORD_TIMEOUT   9
#define NGX_HTTP_MCP_WORD_CACHE    10
#define NGX_HTTP_MCP_WORDS         11


typedef struct {
    mcp_pass_field_t             field;
    ngx_http_mcp_at_t            at;
} ngx_http_mcp_conf_header_t;


/* a variable of a header, for the check that there is one */
typedef struct {
    ngx_str_t                    name;
    ngx_http_mcp_at_t            at;
} ngx_http_mcp_named_t;


/* one "pass" with its words, or the words before the first one */
typedef struct {
    ngx_http_mcp_pass_t          made;
    ngx_http_mcp_at_t            at[NGX_HTTP_MCP_WORDS];
    ngx_uint_t                   said;       /* bits: words of its own */
    ngx_array_t                  headers;    /* of the above */
    ngx_uint_t                   inherited;  /* headers that may be replaced */
    ngx_str_t                    text;       /* of "body", not compiled yet */
} ngx_http_mcp_conf_pass_t;


/* what a value can be called: an argument, a variable of a URI template */
typedef struct {
    ngx_str_t                    name;
    ngx_http_mcp_at_t            at;
    ngx_uint_t                   used;
} ngx_http_mcp_conf_name_t;


/* passes of a resource or a prompt */
typedef struct {
    const void                  *data;
    const ngx_http_mcp_passes_t *passes;
} ngx_http_mcp_owned_t;


/* passes that an endpoint of a server has */
typedef struct {
    const ngx_http_mcp_passes_t *passes;
    ngx_http_core_srv_conf_t    *cscf;
} ngx_http_mcp_used_t;


typedef struct {
    ngx_http_mcp_passes_t       *made;
    ngx_http_mcp_conf_pass_t     all;
    ngx_array_t                  passes;     /* of ngx_http_mcp_conf_pass_t */
} ngx_http_mcp_conf_passes_t;


/* the commands; what is set is a ngx_http_mcp_conf_passes_t */
extern ngx_command_t  ngx_http_mcp_pass_commands[];

/* what they call */
char *ngx_http_mcp_set_pass_body(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_pass_header(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_pass_result(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_pass_select(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_pass_error(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_pass_max(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_pass_over(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_pass_stream(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_pass_timeout(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_pass_cache(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Before a block is read; what "made" has already, of an OpenAPI document,
 * stays unless words change it.  NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_conf_passes_init(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp, ngx_http_mcp_passes_t *made);

/*
 * After it: all values have to be known, "names" (of
 * ngx_http_mcp_conf_name_t) all used.  NGX_OK, or NGX_ERROR after an [emerg]
 * line.
 */
ngx_int_t ngx_http_mcp_conf_passes_finish(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp, ngx_array_t *names);

/* the body of a pass, and then what is left for it: NGX_OK, or NGX_ERROR after
 * an [emerg] line */
ngx_int_t ngx_http_mcp_conf_body(ngx_conf_t *cf, ngx_http_mcp_conf_pass_t *p);
ngx_int_t ngx_http_mcp_conf_rest(ngx_conf_t *cf,
    ngx_http_mcp_conf_passes_t *cp, ngx_array_t *names);

/* true if a JSON Pointer has a "~" that means nothing */
ngx_uint_t ngx_http_mcp_conf_tilde(const ngx_str_t *pointer);

#define ngx_http_mcp_said(p, word)                                           \
    ((p)->said & ((ngx_uint_t) 1 << NGX_HTTP_MCP_WORD_ ## word))

/* remembers the place the configuration is at */
void ngx_http_mcp_conf_here(ngx_conf_t *cf, ngx_http_mcp_at_t *at);

/* the one that words belong to now */
#define ngx_http_mcp_conf_current(cp)                                        \
    ((cp)->passes.nelts ? (ngx_http_mcp_conf_pass_t *) (cp)->passes.elts     \
                          + (cp)->passes.nelts - 1                           \
                        : &(cp)->all)

/* [emerg] of a place */
#define ngx_http_mcp_conf_refuse(cf, at, fmt, ...)                           \
    ngx_log_error(NGX_LOG_EMERG, (cf)->log, 0, fmt " in %s:%ui",             \
                  __VA_ARGS__, (at)->file, (at)->line)

/*
 * An endpoint of the server that is being merged has these passes: the
 * locations they lead to are looked for when all are known.
 */
ngx_int_t ngx_http_mcp_conf_passes_used(ngx_conf_t *cf,
    const ngx_http_mcp_passes_t *passes);

/* likewise all that a resource or a prompt has, by its "data" */
ngx_int_t ngx_http_mcp_conf_passes_offered(ngx_conf_t *cf, const void *data);

/* says that it has these: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_conf_passes_own(ngx_conf_t *cf, const void *data,
    const ngx_http_mcp_passes_t *passes);

/* from postconfiguration: NGX_OK, or NGX_ERROR after an [emerg] line */
ngx_int_t ngx_http_mcp_check_locations(ngx_conf_t *cf);

/* then: the location of a server that a path leads to, or NULL */
ngx_http_core_loc_conf_t *ngx_http_mcp_conf_location(
    ngx_http_core_srv_conf_t *cscf, const ngx_str_t *path);
ngx_int_t ngx_http_mcp_check_variables(ngx_conf_t *cf);


#endif /* _NGX_HTTP_MCP_CONF_PASS_H_INCLUDED_ */
