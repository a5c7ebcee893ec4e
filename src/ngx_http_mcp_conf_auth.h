
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_CONF_AUTH_H_INCLUDED_
#define _NGX_HTTP_MCP_CONF_AUTH_H_INCLUDED_


#include <ngx_http_mcp_auth.h>


/*
 * Setters of the directives that say who may call what.
 */


char *ngx_http_mcp_set_api_keys(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_auth_phase(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_hidden(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_tool_scope(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_resource_metadata(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_authorization_servers(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
char *ngx_http_mcp_set_scopes(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_mcp_set_cors(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_mcp_set_inspect(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_jwt_keys(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_jwt_issuer(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_jwt_audience(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_jwt_claim(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_jwt_leeway(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_mcp_set_error(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_mcp_set_limit_as_tool_error(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
char *ngx_http_mcp_set_scope_implies(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* the part of the configuration that these directives set */
ngx_http_mcp_auth_conf_t *ngx_http_mcp_conf_auth(ngx_conf_t *cf);

/* what a location says: NULL if there is no memory; NGX_CONF_OK or an error */
ngx_http_mcp_auth_conf_t *ngx_http_mcp_conf_auth_create(ngx_conf_t *cf);
char *ngx_http_mcp_conf_auth_merge(ngx_conf_t *cf,
    ngx_http_mcp_auth_conf_t *prev, ngx_http_mcp_auth_conf_t *conf);

/*
 * Scopes that a directive names, from its argument "first" on, into a set.
 * NGX_CONF_OK, or what is wrong.
 */
char *ngx_http_mcp_conf_scopes(ngx_conf_t *cf, ngx_uint_t first,
    mcp_scope_set_t *set);

/* one name, into a set or NULL: NGX_OK, or NGX_ERROR after an [emerg] line */
ngx_int_t ngx_http_mcp_conf_scope(ngx_conf_t *cf, ngx_str_t *name,
    mcp_scope_set_t *set);

/* "scope NAME ..." of a block: "conf" has a pointer to a set at cmd->offset */
char *ngx_http_mcp_set_scope(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * What a caller of a tool has to have in a merged location: that of the tool,
 * and what "mcp_tool_scope" says of its name.  NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_conf_need(ngx_conf_t *cf, const mcp_tool_t *tool,
    const mcp_scope_set_t **need);

/*
 * For a merged location whose endpoint is complete but not rendered: views, and
 * whether anybody could have the scopes that are needed; also for one in front
 * of another server.  NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_conf_views(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *conf);

/* does each "mcp_tool_scope" fit a tool, when all locations are known: NGX_OK
 * or NGX_ERROR */
ngx_int_t ngx_http_mcp_conf_tool_scopes(ngx_conf_t *cf);

/* the names that any directive has; NULL if there is no memory */
mcp_scopes_t *ngx_http_mcp_conf_known_scopes(ngx_conf_t *cf);

/* what each key may do, when all scopes are known: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_conf_keys(ngx_conf_t *cf);

/* the last: what is wrong with all of it, NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_conf_auth_check(ngx_conf_t *cf);


#endif /* _NGX_HTTP_MCP_CONF_AUTH_H_INCLUDED_ */
