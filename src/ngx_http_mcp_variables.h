
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_VARIABLES_H_INCLUDED_
#define _NGX_HTTP_MCP_VARIABLES_H_INCLUDED_


#include <ngx_http_mcp_request.h>


/* $mcp_...: to be called from preconfiguration; NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_add_variables(ngx_conf_t *cf);


#endif /* _NGX_HTTP_MCP_VARIABLES_H_INCLUDED_ */
