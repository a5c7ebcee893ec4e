
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_CONF_OPENAPI_H_INCLUDED_
#define _NGX_HTTP_MCP_CONF_OPENAPI_H_INCLUDED_


#include <ngx_http_mcp_conf_tool.h>
#include <mcp_openapi.h>


/*
 * "mcp_openapi": a block of words, and a document of whose operations tools
 * are made as if "mcp_tool" had said what they are.
 */


typedef enum {
    NGX_HTTP_MCP_OPENAPI_ID = 0,
    NGX_HTTP_MCP_OPENAPI_TAG,
    NGX_HTTP_MCP_OPENAPI_PATH,
    NGX_HTTP_MCP_OPENAPI_METHOD
} ngx_http_mcp_openapi_of_e;


/* of "include" and "exclude" */
typedef struct {
    ngx_http_mcp_openapi_of_e    of;
    ngx_str_t                    pattern;
    ngx_uint_t                   exclude;
    ngx_uint_t                   used;      /* an operation is like that */
    ngx_http_mcp_at_t            at;
} ngx_http_mcp_openapi_rule_t;


typedef struct {
    ngx_str_t                    name;
    ngx_http_mcp_conf_tool_t    *tool;      /* what its words say */
    ngx_uint_t                   used;
    ngx_http_mcp_at_t            at;
} ngx_http_mcp_openapi_override_t;


typedef struct {
    void                        *ctx;       /* of http, for "override" */
    ngx_str_t                    file;
    ngx_str_t                    pass;
    ngx_str_t                    prefix;
    ngx_flag_t                   strict;
    ngx_flag_t                   output;    /* schemas of results */
    mcp_scope_set_t             *need;      /* of callers; NULL: nothing */
    ngx_array_t                  rules;     /* of the above */
    ngx_uint_t                   includes;
    ngx_array_t                  overrides; /* likewise */
} ngx_http_mcp_openapi_conf_t;


/* NGX_CONF_OK, or what a setter returns */
char *ngx_http_mcp_openapi_tools(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *mlcf, ngx_http_mcp_openapi_conf_t *oc);

/*
 * Arguments that an "override" changes: in the schema and the defaults of the
 * operation.  NGX_OK, or NGX_ERROR after an [emerg] line.
 */
ngx_int_t ngx_http_mcp_openapi_args(ngx_conf_t *cf,
    ngx_http_mcp_openapi_override_t *override,
    mcp_openapi_operation_t *operation);

/* an empty one; NULL if there is no memory */
cJSON *ngx_http_mcp_openapi_object(ngx_conf_t *cf);


#endif /* _NGX_HTTP_MCP_CONF_OPENAPI_H_INCLUDED_ */
