
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_CONF_TOOL_H_INCLUDED_
#define _NGX_HTTP_MCP_CONF_TOOL_H_INCLUDED_


#include <mcp_tool_arg.h>
#include <mcp_tools.h>
#include <ngx_http_mcp_conf_pass.h>


/*
 * A tool of nginx.conf while its words are read: by "mcp_tool", or by an
 * "override" of "mcp_openapi", which begins with what the document says.
 */


typedef struct {
    ngx_http_mcp_pass_tool_t     made;      /* must be first */
    ngx_http_mcp_conf_passes_t   words;

    ngx_str_t                    name;
    ngx_str_t                    title;
    ngx_str_t                    description;
    ngx_str_t                    icon;
    ngx_str_t                    input;     /* schema, JSON; empty: of args */
    ngx_str_t                    output;    /* likewise; empty: none */
    mcp_scope_set_t             *need;      /* of callers; NULL: nothing */
    ngx_uint_t                   flags;     /* NGX_HTTP_MCP_READ_ONLY ... */
    ngx_uint_t                   annotated; /* "annotations" has set them */
    ngx_array_t                  args;      /* of mcp_tool_arg_t */
    ngx_array_t                  places;    /* of ngx_http_mcp_at_t: of args */
    ngx_http_mcp_at_t            at;        /* the directive, its end */
    ngx_http_mcp_at_t            input_at;
    ngx_http_mcp_at_t            output_at;
    ngx_uint_t                   said;      /* words of the block */
} ngx_http_mcp_conf_tool_t;


/* words that are not of a pass */
#define NGX_HTTP_MCP_TOOL_TITLE        0x0001
#define NGX_HTTP_MCP_TOOL_DESCRIPTION  0x0002
#define NGX_HTTP_MCP_TOOL_ICON         0x0004
#define NGX_HTTP_MCP_TOOL_INPUT        0x0008
#define NGX_HTTP_MCP_TOOL_OUTPUT       0x0010
#define NGX_HTTP_MCP_TOOL_ANNOTATIONS  0x0020
#define NGX_HTTP_MCP_TOOL_SCOPE        0x0040


extern ngx_command_t  ngx_http_mcp_tool_commands[];

/*
 * A schema, or two, that will be compiled again with the rest, here for its
 * line.  NGX_OK, or NGX_ERROR after an [emerg] line that begins with "what".
 */
ngx_int_t ngx_http_mcp_tool_try(ngx_conf_t *cf,
    ngx_http_mcp_conf_tool_t *t, ngx_str_t *input, ngx_str_t *output,
    ngx_str_t *what);

/* an empty one; NULL if there is no memory */
ngx_http_mcp_conf_tool_t *ngx_http_mcp_conf_tool_create(ngx_conf_t *cf,
    ngx_str_t *name);

/* reads the inside of a block; a word replaces what was set before the block
 * was opened, and cannot be given twice inside of it */
char *ngx_http_mcp_conf_tool_block(ngx_conf_t *cf,
    ngx_http_mcp_conf_tool_t *t);

/* checks, compiles, adds to the tools of the level; errors name the file and
 * the line the configuration is at */
char *ngx_http_mcp_conf_tool_finish(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *mlcf, ngx_http_mcp_conf_tool_t *t);


#endif /* _NGX_HTTP_MCP_CONF_TOOL_H_INCLUDED_ */
