
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_NGINX_H_INCLUDED_
#define _NGX_HTTP_MCP_NGINX_H_INCLUDED_


#include <ngx_http_mcp.h>


/*
 * The pack "nginx": the state of the server it runs in, and the ends of logs
 * that an operator has named.
 */


#define NGX_HTTP_MCP_NGINX_LINES_DEFAULT  50


typedef struct {
    ngx_str_t              name;
    ngx_str_t              file;
} ngx_http_mcp_nginx_log_t;


typedef struct {
    ngx_array_t           *logs;     /* of ngx_http_mcp_nginx_log_t; or NULL */
} ngx_http_mcp_nginx_conf_t;


/* what the master has counted before it made this worker; 0: not known */
typedef struct {
    time_t                 started;  /* the master */
    time_t                 loaded;   /* the configuration */
    ngx_uint_t             generation;
} ngx_http_mcp_nginx_facts_t;


extern ngx_module_t                ngx_http_mcp_nginx_module;
extern const ngx_http_mcp_tools_t  ngx_http_mcp_nginx_tools;
extern ngx_http_mcp_nginx_facts_t  ngx_http_mcp_nginx_facts;


ngx_int_t ngx_http_mcp_nginx_status(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_mcp_nginx_log(ngx_http_mcp_call_t *call,
    const cJSON *args);


#endif /* _NGX_HTTP_MCP_NGINX_H_INCLUDED_ */
