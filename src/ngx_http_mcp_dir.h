
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_DIR_H_INCLUDED_
#define _NGX_HTTP_MCP_DIR_H_INCLUDED_


#include <ngx_http_mcp_call.h>
#include <ngx_http_mcp_tree.h>


/*
 * One "mcp_resources": the files of a tree as resources, and what serves them.
 */


typedef struct {
    ngx_http_mcp_resource_t  desc;   /* must be first */
    ngx_http_mcp_arg_t       args[2];
    ngx_http_mcp_tree_t      tree;
    mcp_uri_t                uri;    /* the template */
    ngx_str_t                prefix; /* before the path in a URI */
    off_t                    size;   /* up to which a file is served */

    /* parameters of the directive, empty if they are not there */
    ngx_str_t                type;
    ngx_str_t                name;
    ngx_str_t                title;
    ngx_str_t                description;
    ngx_str_t                list;
    ngx_str_t                depth;
    ngx_str_t                max;
    ngx_str_t                ttl;
    ngx_str_t                watch;
} ngx_http_mcp_dir_t;


ngx_int_t ngx_http_mcp_dir_handler(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_mcp_dir_complete(ngx_http_mcp_call_t *call,
    const char *name, const char *value, const cJSON *args);


#endif /* _NGX_HTTP_MCP_DIR_H_INCLUDED_ */
