
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_ENDPOINT_H_INCLUDED_
#define _NGX_HTTP_MCP_ENDPOINT_H_INCLUDED_


#include <ngx_http_mcp_request.h>
#include <mcp_sub.h>


/*
 * What the endpoints of a configuration list.  The master leaves digests of it
 * in the zone, so that the workers of the configuration before know which lists
 * have become others when they are told to go.
 */


/* an endpoint is the same one after a reload if it has the same name: server,
 * location, and where there are several of that name, their order */
struct ngx_http_mcp_endpoint_s {
    ngx_str_t                    server;
    ngx_str_t                    location;
    ngx_uint_t                   ordinal;
    u_char                       key[MCP_KEY];
    u_char                       lists[MCP_SUB_LISTS][MCP_KEY];
};


/* while a configuration is read: conf->endpoint, of conf->server */
ngx_int_t ngx_http_mcp_endpoint_add(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *conf);

/* in the master, when the configuration is accepted, after the zone */
void ngx_http_mcp_endpoint_init_module(ngx_cycle_t *cycle);

/* MCP_SUB_*: which lists are others in the newest configuration */
ngx_uint_t ngx_http_mcp_endpoint_changed(ngx_http_mcp_loc_conf_t *mlcf);


#endif /* _NGX_HTTP_MCP_ENDPOINT_H_INCLUDED_ */
