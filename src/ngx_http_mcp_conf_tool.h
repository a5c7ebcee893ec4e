
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
    ngx_uint_t                   flags;     /* NGX_HTTP_MCP_READ_ONLY ... */
    ngx_uint_t                   annotated; /* "annotations" has set them */
    ngx_array_t                  args;      /* of mcp_tool_arg_t */
    ngx_array_t                  places;    /* of ngx_http_mcp_at_t: of args */
    ngx_http_mcp_at_t            at;        /* the directive, its end */
    ngx_http_mcp_at_t            input_at;
    ngx_http_mcp_at_t            output_at;
    ngx_uint_t                   said;      /* words of the block */
} ngx_http_mcp_conf_tool_t;


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

/* the passes of a tool of a directive; NULL: it is a handler of a module */
const ngx_http_mcp_passes_t *ngx_http_mcp_tool_passes(const mcp_tool_t *tool);


#endif /* _NGX_HTTP_MCP_CONF_TOOL_H_INCLUDED_ */
