
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_TOOL_ARG_H_INCLUDED_
#define _MCP_TOOL_ARG_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_schema.h>


/*
 * Arguments of a tool in the words of a configuration file:
 *
 *     NAME TYPE [required] [default=] [enum=a|b] [min=] [max=] [min_length=]
 *          [max_length=] [pattern=] [mcp_header=] [HELP]
 *
 * become properties of a JSON Schema.  A type is string, integer, number,
 * boolean, object or, of arrays, one of them and "[]"; then everything but
 * "default", which is JSON, is said of the elements.
 */


#define MCP_TOOL_ARG_NAME_MAX  64


typedef struct {
    ngx_str_t   name;
    ngx_str_t   schema;      /* JSON */
    ngx_str_t   value;       /* the default, JSON, or empty */
    ngx_str_t   header;      /* x-mcp-header, or empty */
    unsigned    required:1;
} mcp_tool_arg_t;


/*
 * Adds one to an array of mcp_tool_arg_t.  NGX_OK; NGX_DECLINED: err->text
 * says which word is wrong and what is right; NGX_ERROR.
 */
ngx_int_t mcp_tool_arg_add(ngx_pool_t *pool, ngx_array_t *args,
    ngx_str_t *words, ngx_uint_t n, mcp_schema_error_t *err);

/* the schema of an object of them: NGX_OK or NGX_ERROR */
ngx_int_t mcp_tool_args_schema(ngx_pool_t *pool, const ngx_array_t *args,
    ngx_str_t *schema);

/*
 * A schema whose properties of those names are replaced, all others stay.
 * NGX_OK; NGX_DECLINED: it has no property of the name in "unknown"; NGX_ERROR.
 */
ngx_int_t mcp_tool_args_replace(ngx_pool_t *pool, const ngx_array_t *args,
    ngx_str_t *schema, ngx_str_t *unknown);

/*
 * The defaults that the properties of a schema have, as one object; NULL if
 * there are none.  Nodes are shared with the schema.  NGX_OK or NGX_ERROR.
 */
ngx_int_t mcp_tool_defaults(ngx_pool_t *pool, const cJSON *schema,
    cJSON **defaults);

/*
 * What is sent in place of an argument has to be what a client could have
 * sent.  NGX_OK; NGX_DECLINED: a default does not fit, err says which;
 * NGX_ERROR.
 */
ngx_int_t mcp_tool_defaults_check(ngx_pool_t *pool, const ngx_str_t *schema,
    mcp_schema_error_t *err);


#endif /* _MCP_TOOL_ARG_H_INCLUDED_ */
