
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_CONF_SERVED_H_INCLUDED_
#define _NGX_HTTP_MCP_CONF_SERVED_H_INCLUDED_


#include <ngx_http_mcp_conf.h>
#include <ngx_http_mcp_conf_pass.h>
#include <mcp_uri.h>


/*
 * A resource that services have: "pass" and "complete" in "mcp_resource".
 */


typedef struct {
    ngx_http_mcp_passes_t        passes;     /* must be first */
    ngx_str_t                    name;       /* of the variable */
    ngx_str_t                    list;       /* where the values are: pointer
                                                to an array, without "/" */
    ngx_str_t                    item;       /* and from there, or empty */
} ngx_http_mcp_completes_t;


typedef struct {
    ngx_http_mcp_passes_t        passes;
    ngx_http_mcp_conf_passes_t   words;
    ngx_array_t                  completes;  /* of ngx_http_mcp_completes_t */
    ngx_array_t                  args;       /* of ngx_http_mcp_arg_t, with a
                                                null one at the end */
    mcp_uri_t                    uri;
} ngx_http_mcp_served_t;


/* "complete"; what is set is a ngx_http_mcp_served_t */
extern ngx_command_t  ngx_http_mcp_served_commands[];

/* before the block is read: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_served_init(ngx_conf_t *cf,
    ngx_http_mcp_served_t *served);

/* after it, "data" is that of the resource: NGX_CONF_OK or an error */
char *ngx_http_mcp_served_finish(ngx_conf_t *cf,
    ngx_http_mcp_served_t *served, ngx_str_t *uri, const void *data,
    ngx_http_mcp_complete_pt complete);

/* for a ngx_http_mcp_complete_pt */
ngx_int_t ngx_http_mcp_served_complete(ngx_http_mcp_call_t *call,
    const ngx_http_mcp_served_t *served, const char *name, const char *value,
    const cJSON *args);


#endif /* _NGX_HTTP_MCP_CONF_SERVED_H_INCLUDED_ */
