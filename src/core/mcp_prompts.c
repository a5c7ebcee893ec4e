
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_params.h>
#include <mcp_prompts.h>


static void mcp_prompt_write(mcp_buf_t *b, const void *data,
    ngx_uint_t version);
static ngx_int_t mcp_prompt_check(mcp_msg_t *msg, const cJSON *args);


ngx_uint_t
mcp_prompts_capabilities(const mcp_server_t *server)
{
    ngx_uint_t            i, mask;
    const ngx_array_t    *prompts;
    mcp_catalog_item_t  **item;
    const mcp_prompt_t   *prompt;

    prompts = &server->offers[MCP_OFFER_PROMPTS].catalog.items;
    mask = prompts->nelts ? MCP_SERVER_PROMPTS : 0;
    item = prompts->elts;

    for (i = 0; i < prompts->nelts; i++) {
        prompt = item[i]->data;

        if (mcp_args_completed(&prompt->args)) {
            mask |= MCP_SERVER_COMPLETIONS;
        }
    }

    return mask;
}


ngx_int_t
mcp_prompts_render(mcp_server_t *server, ngx_pool_t *pool)
{
    if ((server->capabilities & MCP_SERVER_PROMPTS) == 0) {
        return NGX_OK;
    }

    return mcp_list_render(server, pool, MCP_OFFER_PROMPTS, "prompts",
                           mcp_prompt_write);
}


static void
mcp_prompt_write(mcp_buf_t *b, const void *data, ngx_uint_t version)
{
    const mcp_prompt_t  *prompt = data;

    ngx_uint_t        i;
    const mcp_arg_t  *arg;

    mcp_buf_lit(b, "{\"name\":");
    mcp_buf_json_string(b, prompt->name.data, prompt->name.len);
    mcp_list_write_title(b, &prompt->title, version);
    mcp_buf_json_member(b, "description", &prompt->description);

    if (prompt->args.nelts) {
        mcp_buf_lit(b, ",\"arguments\":[");
        arg = prompt->args.elts;

        for (i = 0; i < prompt->args.nelts; i++) {
            if (i) {
                mcp_buf_char(b, ',');
            }

            mcp_buf_lit(b, "{\"name\":");
            mcp_buf_json_string(b, arg[i].name.data, arg[i].name.len);
            mcp_list_write_title(b, &arg[i].title, version);
            mcp_buf_json_member(b, "description", &arg[i].description);

            if (arg[i].required) {
                mcp_buf_lit(b, ",\"required\":true");
            }

            mcp_buf_char(b, '}');
        }

        mcp_buf_char(b, ']');
    }

    mcp_list_write_icon(b, &prompt->icon, version);
    mcp_buf_char(b, '}');
}


ngx_int_t
mcp_prompts_list(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action)
{
    return mcp_list(server, msg, action, MCP_OFFER_PROMPTS);
}


ngx_int_t
mcp_prompts_get(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action)
{
    ngx_int_t  rc;

    rc = mcp_params_subject(msg, "name");

    if (rc != NGX_OK) {
        return rc;
    }

    msg->prompt = mcp_server_find(server, MCP_OFFER_PROMPTS, &msg->name);

    if (msg->prompt == NULL) {
        return mcp_params_unknown(msg, "prompt", &msg->name);
    }

    rc = mcp_params_object(msg, msg->params, "arguments", 1, &action->args);

    if (rc != NGX_OK) {
        return rc;
    }

    action->type = MCP_ACTION_CALL;

    return mcp_prompt_check(msg, action->args);
}


static ngx_int_t
mcp_prompt_check(mcp_msg_t *msg, const cJSON *args)
{
    ngx_uint_t        i;
    const mcp_arg_t  *arg;

    arg = msg->prompt->args.elts;

    for (i = 0; i < msg->prompt->args.nelts; i++) {

        if (arg[i].required
            && cJSON_GetObjectItemCaseSensitive(args,
                                                (char *) arg[i].name.data)
               == NULL)
        {
            return mcp_rpc_error(msg->doc->pool, &msg->error,
                                 MCP_ERROR_PARAMS,
                                 "Invalid params: prompt \"%V\" needs the "
                                 "argument \"%V\"",
                                 &msg->prompt->name, &arg[i].name);
        }
    }

    return NGX_OK;
}
