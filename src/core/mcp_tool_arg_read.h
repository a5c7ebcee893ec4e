
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_TOOL_ARG_READ_H_INCLUDED_
#define _MCP_TOOL_ARG_READ_H_INCLUDED_


#include <mcp_tool_arg.h>


/* an argument while its words are read, inside of mcp_tool_arg */


/* types, as bits, for the options that go with them */
#define MCP_TOOL_ARG_STRING   0x01
#define MCP_TOOL_ARG_INTEGER  0x02
#define MCP_TOOL_ARG_NUMBER   0x04
#define MCP_TOOL_ARG_BOOLEAN  0x08
#define MCP_TOOL_ARG_OBJECT   0x10
#define MCP_TOOL_ARG_ARRAY    0x20
#define MCP_TOOL_ARG_NUMERIC  (MCP_TOOL_ARG_INTEGER|MCP_TOOL_ARG_NUMBER)
#define MCP_TOOL_ARG_ANY      0x3f


typedef enum {
    MCP_TOOL_ARG_DEFAULT = 0,
    MCP_TOOL_ARG_ENUM,
    MCP_TOOL_ARG_MIN,
    MCP_TOOL_ARG_MAX,
    MCP_TOOL_ARG_MIN_LENGTH,
    MCP_TOOL_ARG_MAX_LENGTH,
    MCP_TOOL_ARG_PATTERN,
    MCP_TOOL_ARG_HEADER,
    MCP_TOOL_ARG_OPTIONS
} mcp_tool_arg_e;


typedef struct {
    ngx_str_t    name;
    ngx_uint_t   types;
    const char  *with;       /* the types in words */
    const char  *keyword;    /* of a schema, NULL: of the argument */
} mcp_tool_arg_option_t;


typedef struct {
    ngx_pool_t          *pool;
    mcp_tool_arg_t       arg;
    ngx_str_t            type;   /* without "[]" */
    ngx_uint_t           bit;
    ngx_uint_t           array;
    ngx_str_t            options[MCP_TOOL_ARG_OPTIONS];
    ngx_str_t            help;
    mcp_schema_error_t  *err;
} mcp_tool_arg_read_t;


extern const mcp_tool_arg_option_t  mcp_tool_arg_options[];

/* the schema, and then what of it is wrong: NGX_OK, NGX_DECLINED, NGX_ERROR */
ngx_int_t mcp_tool_arg_write(mcp_tool_arg_read_t *rd);
ngx_int_t mcp_tool_arg_check(mcp_tool_arg_read_t *rd);

/* NGX_DECLINED, or NGX_ERROR */
ngx_int_t mcp_tool_arg_refuse(mcp_tool_arg_read_t *rd, const char *fmt,
    ...);


#endif /* _MCP_TOOL_ARG_READ_H_INCLUDED_ */
