
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
char *ngx_http_mcp_set_tool(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_mcp_set_openapi(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_resource(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_resources(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_prompt(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_mcp_set_list_ttl(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_consumer(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_sessions(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_tool_timeout(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_input_timeout(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_mcp_set_state_key(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_thread_pool(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * What the C API describes, checked and ready to be offered; also of
 * directives, which describe what they make in the same way.  NULL: err says
 * why, or is NULL if there is no memory.
 */
mcp_resource_t *ngx_http_mcp_compile_resource(ngx_conf_t *cf,
    const ngx_http_mcp_resource_t *desc, const char **err);
mcp_prompt_t *ngx_http_mcp_compile_prompt(ngx_conf_t *cf,
    const ngx_http_mcp_prompt_t *desc, const char **err);

/* [emerg] resource "a:b": why; nothing if there is no why */
void ngx_http_mcp_refuse(ngx_conf_t *cf, const char *kind, ngx_str_t *name,
    const char *err);

/*
 * Adds what a directive made to those of its level: NGX_CONF_OK, an error if
 * one of that name is there already.
 */
char *ngx_http_mcp_push_tool(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *mlcf,
    mcp_tool_t *tool);
char *ngx_http_mcp_push_resource(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *mlcf, mcp_resource_t *resource);
char *ngx_http_mcp_push_prompt(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *mlcf,
    mcp_prompt_t *prompt);

/*
 * Offers the files of "mcp_resources" with "list=on", of other resources
 * nothing.  NGX_OK, or NGX_ERROR after an [emerg] line.
 */
ngx_int_t ngx_http_mcp_list_files(ngx_conf_t *cf, mcp_server_t *server,
    ngx_http_core_loc_conf_t *clcf, const mcp_resource_t *resource);

/*
 * The inside of a block: each directive is one of these commands, "type" has
 * the number of arguments only, "conf" is what is set.
 */
char *ngx_http_mcp_parse_block(ngx_conf_t *cf, ngx_command_t *commands,
    void *conf);

/* the same with commands of several kinds, up to a null one */
typedef struct {
    ngx_command_t               *commands;
    void                        *conf;
} ngx_http_mcp_words_t;

char *ngx_http_mcp_parse_words(ngx_conf_t *cf, ngx_http_mcp_words_t *words);

/* setters that several directives share */
char *ngx_http_mcp_set_handler(ngx_conf_t *cf, ngx_http_handler_pt handler);
char *ngx_http_mcp_set_icon(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_mcp_check_icon(ngx_str_t *icon);
char *ngx_http_mcp_set_ttl(ngx_conf_t *cf, ngx_msec_t *ttl,
    ngx_uint_t *public);

/*
 * A file of at most "max" bytes, read when nginx starts.  NGX_OK, or NGX_ERROR
 * after an [emerg] line.  "name" becomes an absolute one.
 */
ngx_int_t ngx_http_mcp_read_file(ngx_conf_t *cf, ngx_str_t *name, size_t max,
    ngx_str_t *text);

/* after all locations were merged: the default zone; NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_init_zone(ngx_conf_t *cf);

/* a file of secrets should be nobody else's: [warn] if it is */
void ngx_http_mcp_warn_of_mode(ngx_conf_t *cf, ngx_str_t *name);

/*
 * The default of "mcp_consumer", where there are no credentials of ours:
 * NGX_CONF_OK or NGX_CONF_ERROR.
 */
char *ngx_http_mcp_init_consumer(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *conf);

/* packs of tools that are part of this module */
ngx_int_t ngx_http_mcp_add_builtin_tools(ngx_conf_t *cf);

/* what its tools need, for a merged location: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_check_tools(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *conf);

/* a pool of threads, for an endpoint that is built: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_check_threads(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *conf);

/* the endpoint of a merged location: NGX_CONF_OK or NGX_CONF_ERROR */
char *ngx_http_mcp_build_server(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *conf);


#endif /* _NGX_HTTP_MCP_CONF_H_INCLUDED_ */
