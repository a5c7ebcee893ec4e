
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_prompts.h>
#include <mcp_resources.h>
#include <mcp_tools.h>
#include <ngx_http_mcp_call.h>
#include <ngx_http_mcp_conf.h>


static ngx_int_t ngx_http_mcp_check_timeouts(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *conf);
static ngx_uint_t ngx_http_mcp_has_tool(ngx_http_mcp_loc_conf_t *conf,
    ngx_str_t *name);
static ngx_uint_t ngx_http_mcp_find_tool(ngx_array_t *tools,
    ngx_str_t *name);
static ngx_uint_t ngx_http_mcp_knows_tool(ngx_conf_t *cf, ngx_str_t *name);
static ngx_uint_t ngx_http_mcp_flags(mcp_offer_e offer, const void *data);


char *
ngx_http_mcp_set_tool_timeout(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    ngx_str_t               *value;
    ngx_msec_t               timeout;
    ngx_uint_t               i, k;
    ngx_http_mcp_timeout_t  *t;

    value = cf->args->elts;

    timeout = ngx_parse_time(&value[1], 0);

    if (timeout == (ngx_msec_t) NGX_ERROR || timeout == 0) {
        return "has an invalid time";
    }

    if (cf->args->nelts == 2) {

        if (mlcf->tool_timeout != NGX_CONF_UNSET_MSEC) {
            return "is duplicate";
        }

        mlcf->tool_timeout = timeout;
        return NGX_CONF_OK;
    }

    if (mlcf->tool_timeouts == NGX_CONF_UNSET_PTR) {
        mlcf->tool_timeouts = ngx_array_create(cf->pool, 4,
                                               sizeof(ngx_http_mcp_timeout_t));
        if (mlcf->tool_timeouts == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    for (i = 2; i < cf->args->nelts; i++) {
        t = mlcf->tool_timeouts->elts;

        for (k = 0; k < mlcf->tool_timeouts->nelts; k++) {

            if (ngx_strcmp(t[k].tool.data, value[i].data) == 0) {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "duplicate tool \"%V\"", &value[i]);
                return NGX_CONF_ERROR;
            }
        }

        t = ngx_array_push(mlcf->tool_timeouts);
        if (t == NULL) {
            return NGX_CONF_ERROR;
        }

        t->tool = value[i];
        t->timeout = timeout;
        t->mlcf = mlcf;
        t->file = cf->conf_file->file.name.data;
        t->line = cf->conf_file->line;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_mcp_set_input_timeout(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    char  *rv;

    rv = ngx_conf_set_msec_slot(cf, cmd, conf);

    if (rv == NGX_CONF_OK && mlcf->input_timeout == 0) {
        return "has an invalid time";
    }

    return rv;
}


char *
ngx_http_mcp_set_thread_pool(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    ngx_str_t  *value;

    if (mlcf->thread_pool != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (value[1].len == 0) {
        return "has an empty name";
    }

#if (NGX_THREADS)

    mlcf->thread_pool = ngx_thread_pool_add(cf, &value[1]);

    return mlcf->thread_pool ? NGX_CONF_OK : NGX_CONF_ERROR;

#else

    return "needs an nginx that was built with threads";

#endif
}


ngx_int_t
ngx_http_mcp_check_tools(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *conf)
{
    return conf->tool_timeouts ? ngx_http_mcp_check_timeouts(cf, conf) : NGX_OK;
}


/*
 * The tool of a timeout has to be there; if the timeout is inherited, other
 * locations may have the tool.
 */

static ngx_int_t
ngx_http_mcp_check_timeouts(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *conf)
{
    ngx_uint_t               i;
    ngx_http_mcp_timeout_t  *t;

    t = conf->tool_timeouts->elts;

    for (i = 0; i < conf->tool_timeouts->nelts; i++) {

        if (ngx_http_mcp_has_tool(conf, &t[i].tool)
            || (t[i].mlcf != conf && ngx_http_mcp_knows_tool(cf, &t[i].tool)))
        {
            continue;
        }

        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "unknown tool \"%V\" in \"mcp_tool_timeout\" in %s:%ui",
                      &t[i].tool, t[i].file, t[i].line);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_mcp_has_tool(ngx_http_mcp_loc_conf_t *conf, ngx_str_t *name)
{
    return ngx_http_mcp_find_tool(conf->tools, name)
           || ngx_http_mcp_find_tool(conf->own_tools, name);
}


static ngx_uint_t
ngx_http_mcp_find_tool(ngx_array_t *tools, ngx_str_t *name)
{
    ngx_uint_t    i;
    mcp_tool_t  **tool;

    tool = tools ? tools->elts : NULL;

    for (i = 0; tool && i < tools->nelts; i++) {
        if (ngx_strcmp(tool[i]->name.data, name->data) == 0) {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
ngx_http_mcp_knows_tool(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_uint_t                  i;
    ngx_http_mcp_pack_t        *pack;
    ngx_http_mcp_main_conf_t   *mmcf;
    const ngx_http_mcp_tool_t  *tool;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);
    pack = mmcf->packs.elts;

    for (i = 0; i < mmcf->packs.nelts; i++) {
        tool = pack[i].tools->tools;

        for ( /* void */ ; tool && tool->name; tool++) {
            if (ngx_strcmp(tool->name, name->data) == 0) {
                return 1;
            }
        }
    }

    return ngx_http_mcp_find_tool(&mmcf->own_tools, name);
}


/* the default pool of threads for what blocks, if there is any */

ngx_int_t
ngx_http_mcp_check_threads(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *conf)
{
    ngx_uint_t            i, k, flags;
    ngx_array_t          *items;
    mcp_catalog_item_t  **item;

    if (conf->thread_pool) {
        return NGX_OK;
    }

    for (i = 0; i < MCP_OFFERS; i++) {
        items = &conf->server->offers[i].catalog.items;
        item = items->elts;

        for (k = 0; k < items->nelts; k++) {

            flags = ngx_http_mcp_flags(i, item[k]->data);

#if (NGX_THREADS)

            if ((flags & (NGX_HTTP_MCP_BLOCKING|NGX_HTTP_MCP_MAY_BLOCK)) == 0)
            {
                continue;
            }

            conf->thread_pool = ngx_thread_pool_add(cf, NULL);

            return conf->thread_pool ? NGX_OK : NGX_ERROR;

#else

            if ((flags & NGX_HTTP_MCP_BLOCKING) == 0) {
                continue;
            }

            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" blocks, and nginx was built without "
                               "threads", &item[k]->sn.str);
            return NGX_ERROR;

#endif
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_mcp_flags(mcp_offer_e offer, const void *data)
{
    const mcp_tool_t      *tool;
    const mcp_prompt_t    *prompt;
    const mcp_resource_t  *resource;

    switch (offer) {

    case MCP_OFFER_TOOLS:
        tool = data;
        return ((const ngx_http_mcp_tool_t *) tool->data)->flags;

    case MCP_OFFER_PROMPTS:
        prompt = data;
        return ((const ngx_http_mcp_prompt_t *) prompt->data)->flags;

    default:
        resource = data;
        return ((const ngx_http_mcp_resource_t *) resource->data)->flags;
    }
}
