
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_CONF_H_INCLUDED_
#define _NGX_HTTP_MCP_CONF_H_INCLUDED_


#include <ngx_http_mcp_request.h>


/*
 * Setters of directives that are more than a value, and the endpoint made of
 * them.  All run in the process that reads the configuration.
 */


char *ngx_http_mcp_set_server(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_mcp_set_instructions(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_protocols(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_origins(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_tools(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_mcp_set_list_ttl(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_tool_timeout(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_thread_pool(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* packs of tools that are part of this module */
ngx_int_t ngx_http_mcp_add_builtin_tools(ngx_conf_t *cf);

/* what its tools need, for a merged location: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_check_tools(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *conf);

/* the endpoint of a merged location: NGX_CONF_OK or NGX_CONF_ERROR */
char *ngx_http_mcp_build_server(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *conf);


#endif /* _NGX_HTTP_MCP_CONF_H_INCLUDED_ */
