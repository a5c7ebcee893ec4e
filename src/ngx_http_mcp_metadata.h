
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_METADATA_H_INCLUDED_
#define _NGX_HTTP_MCP_METADATA_H_INCLUDED_


#include <ngx_http_mcp_auth.h>


/*
 * The metadata of protected resources, at their well-known places: rendered
 * when the configuration is read, answered before any location is looked for,
 * to anybody and to pages of any origin.
 *
 * Specification: RFC 9728, section 3; MCP 2026-07-28 basic/authorization.
 */


typedef struct {
    ngx_array_t                  documents;  /* of the next */
} ngx_http_mcp_auth_srv_conf_t;


typedef struct {
    ngx_str_t                    path;
    ngx_str_t                    json;
} ngx_http_mcp_document_t;


extern ngx_module_t  ngx_http_mcp_auth_module;


/* for a merged location with "mcp_resource_metadata": NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_metadata_add(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *conf);

/* is it one of these that is asked for */
ngx_uint_t ngx_http_mcp_is_metadata(ngx_http_request_t *r);

/* the SERVER_REWRITE phase */
ngx_int_t ngx_http_mcp_metadata_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_MCP_METADATA_H_INCLUDED_ */
