
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_PROMPTS_H_INCLUDED_
#define _MCP_PROMPTS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_complete.h>
#include <mcp_server.h>


/*
 * Prompts: prompts/list and prompts/get.
 *
 * Specification: MCP 2026-07-28 server/prompts.
 */


struct mcp_prompt_s {
    ngx_str_t           name;
    ngx_str_t           title;       /* this and the following may be empty */
    ngx_str_t           description;
    ngx_str_t           icon;
    ngx_array_t         args;        /* of mcp_arg_t */
    const mcp_scope_set_t  *need;    /* of its users; NULL: nothing */
    const void         *data;        /* of whoever makes the messages */
};


ngx_uint_t mcp_prompts_capabilities(const mcp_server_t *server);
ngx_int_t mcp_prompts_render(mcp_server_t *server, ngx_pool_t *pool);

ngx_int_t mcp_prompts_list(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);
ngx_int_t mcp_prompts_get(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);


#endif /* _MCP_PROMPTS_H_INCLUDED_ */
