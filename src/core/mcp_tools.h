
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_TOOLS_H_INCLUDED_
#define _MCP_TOOLS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_schema.h>
#include <mcp_server.h>


/*
 * Tools: descriptors, tools/list and tools/call.
 *
 * Specification: MCP 2026-07-28 server/tools.
 */


#define MCP_TOOL_NAME_MAX     128

/* the same bits as NGX_HTTP_MCP_READ_ONLY and so on */
#define MCP_TOOL_READ_ONLY    0x0001
#define MCP_TOOL_DESTRUCTIVE  0x0002
#define MCP_TOOL_IDEMPOTENT   0x0004
#define MCP_TOOL_OPEN_WORLD   0x0008


struct mcp_tool_s {
    ngx_str_t           name;
    ngx_str_t           title;          /* or empty */
    ngx_str_t           description;
    ngx_str_t           icon;           /* or empty */
    ngx_str_t           input_schema;   /* JSON, on one line */
    ngx_str_t           output_schema;  /* likewise, or empty */
    ngx_uint_t          flags;
    ngx_uint_t          capabilities;   /* MCP_CLIENT_* it cannot do without */

    const mcp_scope_set_t  *need;       /* of its callers; NULL: nothing */

    mcp_schema_t       *input;
    mcp_schema_t       *output;         /* or NULL */
    ngx_array_t         params;         /* of mcp_param_t */

    const void         *data;           /* of whoever runs it */

    unsigned            output_object:1;  /* output schema of type object */
};


/* could a tool be called so */
ngx_uint_t mcp_tool_is_name(const ngx_str_t *name);

/*
 * Checks the name, compiles the schemas, whose texts are in input_schema and
 * output_schema as written, and puts them on one line.  NGX_OK, NGX_DECLINED
 * (err: which part, and why) or NGX_ERROR.
 */
ngx_int_t mcp_tool_compile(ngx_pool_t *pool, mcp_tool_t *tool,
    mcp_schema_error_t *err);

ngx_int_t mcp_tools_render(mcp_server_t *server, ngx_pool_t *pool);

ngx_int_t mcp_tools_list(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);
ngx_int_t mcp_tools_call(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);


#endif /* _MCP_TOOLS_H_INCLUDED_ */
