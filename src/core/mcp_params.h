
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_PARAMS_H_INCLUDED_
#define _MCP_PARAMS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_rpc.h>


/*
 * Members of "params" that several methods have.  All return NGX_OK,
 * NGX_DECLINED (msg->error is MCP_ERROR_PARAMS) or NGX_ERROR.
 */


/* msg->name, which "params" must have under this name as a string */
ngx_int_t mcp_params_subject(mcp_msg_t *msg, const char *name);

/* a member that must be there and must be a string */
ngx_int_t mcp_params_string(mcp_msg_t *msg, mcp_json_token_t *object,
    const char *name, ngx_str_t *value);

/*
 * An object as a tree, an empty one if it is not there; "strings": each
 * member must be a string.
 */
ngx_int_t mcp_params_object(mcp_msg_t *msg, mcp_json_token_t *parent,
    const char *name, ngx_uint_t strings, const cJSON **object);

/* NGX_DECLINED: "Unknown tool: ...", for example; or NGX_ERROR */
ngx_int_t mcp_params_unknown(mcp_msg_t *msg, const char *what,
    ngx_str_t *name);


/* an object that belongs to a pool, NULL if there is no memory */
cJSON *mcp_params_create(ngx_pool_t *pool);

/* adds an item that has its name */
void mcp_params_append(cJSON *object, cJSON *item);

/* adds a string; name and value are copied */
ngx_int_t mcp_params_add(ngx_pool_t *pool, cJSON *object,
    const ngx_str_t *name, const ngx_str_t *value);


#endif /* _MCP_PARAMS_H_INCLUDED_ */
