
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_tools.h>
#include <mcp_resources.h>
#include <mcp_prompts.h>
#include <ngx_http_mcp_conf.h>


/* what of the flags is published */
#define NGX_HTTP_MCP_ANNOTATIONS                                             \
    (NGX_HTTP_MCP_READ_ONLY|NGX_HTTP_MCP_DESTRUCTIVE|NGX_HTTP_MCP_IDEMPOTENT \
     |NGX_HTTP_MCP_OPEN_WORLD)


static ngx_http_mcp_pack_t *ngx_http_mcp_find_pack(ngx_conf_t *cf,
    ngx_str_t *name);
static ngx_int_t ngx_http_mcp_compile_pack(ngx_conf_t *cf,
    ngx_http_mcp_pack_t *pack);
static ngx_int_t ngx_http_mcp_compile_tool(ngx_conf_t *cf,
    ngx_http_mcp_pack_t *pack, const ngx_http_mcp_tool_t *desc);
static ngx_int_t ngx_http_mcp_compile_offers(ngx_conf_t *cf,
    ngx_http_mcp_pack_t *pack);
static ngx_int_t ngx_http_mcp_refuse_offer(ngx_conf_t *cf,
    ngx_http_mcp_pack_t *pack, const char *kind, const char *name,
    const char *err);
static ngx_int_t ngx_http_mcp_switch_on(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *mlcf, ngx_http_mcp_pack_t *pack);
static const char *ngx_http_mcp_owner(ngx_conf_t *cf, const mcp_tool_t *tool);


extern const ngx_http_mcp_tools_t  ngx_http_mcp_demo_tools;
extern const ngx_http_mcp_tools_t  ngx_http_mcp_text_tools;


static const ngx_http_mcp_tools_t  *ngx_http_mcp_builtin_tools[] = {
    &ngx_http_mcp_demo_tools,
    &ngx_http_mcp_text_tools,
    NULL
};


char *
ngx_http_mcp_set_tools(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    ngx_str_t            *value;
    ngx_uint_t            i;
    ngx_http_mcp_pack_t  *pack, **slot;

    if (mlcf->tools == NGX_CONF_UNSET_PTR) {
        mlcf->tools = ngx_array_create(cf->pool, 8, sizeof(mcp_tool_t *));
        if (mlcf->tools == NULL) {
            return NGX_CONF_ERROR;
        }

        mlcf->packs = ngx_array_create(cf->pool, 4,
                                       sizeof(ngx_http_mcp_pack_t *));
        if (mlcf->packs == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        pack = ngx_http_mcp_find_pack(cf, &value[i]);
        if (pack == NULL) {
            return NGX_CONF_ERROR;
        }

        if (pack->compiled == NULL
            && ngx_http_mcp_compile_pack(cf, pack) != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }

        if (ngx_http_mcp_switch_on(cf, mlcf, pack) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        slot = ngx_array_push(mlcf->packs);
        if (slot == NULL) {
            return NGX_CONF_ERROR;
        }

        *slot = pack;
    }

    return NGX_CONF_OK;
}


static ngx_http_mcp_pack_t *
ngx_http_mcp_find_pack(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_uint_t                 i;
    ngx_http_mcp_pack_t       *pack;
    ngx_http_mcp_main_conf_t  *mmcf;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);
    pack = mmcf->packs.elts;

    for (i = 0; i < mmcf->packs.nelts; i++) {
        if (ngx_strcmp(name->data, pack[i].tools->name) == 0) {
            return &pack[i];
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "unknown tools \"%V\": neither built in nor of a "
                       "module that is loaded after ngx_http_mcp_module",
                       name);
    return NULL;
}


static ngx_int_t
ngx_http_mcp_compile_pack(ngx_conf_t *cf, ngx_http_mcp_pack_t *pack)
{
    const ngx_http_mcp_tool_t  *desc;

    pack->compiled = ngx_array_create(cf->pool, 8, sizeof(mcp_tool_t *));
    if (pack->compiled == NULL) {
        return NGX_ERROR;
    }

    for (desc = pack->tools->tools; desc && desc->name; desc++) {
        if (ngx_http_mcp_compile_tool(cf, pack, desc) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ngx_http_mcp_compile_offers(cf, pack);
}


static ngx_int_t
ngx_http_mcp_compile_offers(ngx_conf_t *cf, ngx_http_mcp_pack_t *pack)
{
    void                           **slot;
    const char                      *err;
    const ngx_http_mcp_prompt_t     *prompt;
    const ngx_http_mcp_resource_t   *resource;

    if (ngx_array_init(&pack->resources, cf->pool, 4, sizeof(void *)) != NGX_OK
        || ngx_array_init(&pack->prompts, cf->pool, 4, sizeof(void *))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (resource = pack->tools->resources;
         resource && resource->uri;
         resource++)
    {
        slot = ngx_array_push(&pack->resources);
        if (slot == NULL) {
            return NGX_ERROR;
        }

        *slot = ngx_http_mcp_compile_resource(cf, resource, &err);

        if (*slot == NULL) {
            return ngx_http_mcp_refuse_offer(cf, pack, "resource",
                                             resource->uri, err);
        }
    }

    for (prompt = pack->tools->prompts; prompt && prompt->name; prompt++) {

        slot = ngx_array_push(&pack->prompts);
        if (slot == NULL) {
            return NGX_ERROR;
        }

        *slot = ngx_http_mcp_compile_prompt(cf, prompt, &err);

        if (*slot == NULL) {
            return ngx_http_mcp_refuse_offer(cf, pack, "prompt", prompt->name,
                                             err);
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_refuse_offer(ngx_conf_t *cf, ngx_http_mcp_pack_t *pack,
    const char *kind, const char *name, const char *err)
{
    if (err) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "%s \"%s\" of module \"%s\": %s",
                           kind, name, pack->tools->name, err);
    }

    return NGX_ERROR;
}


static ngx_int_t
ngx_http_mcp_compile_tool(ngx_conf_t *cf, ngx_http_mcp_pack_t *pack,
    const ngx_http_mcp_tool_t *desc)
{
    ngx_int_t            rc;
    mcp_tool_t          *tool, **slot;
    mcp_schema_error_t   err;

    tool = ngx_pcalloc(cf->pool, sizeof(mcp_tool_t));
    if (tool == NULL) {
        return NGX_ERROR;
    }

    ngx_http_mcp_str(&tool->name, desc->name);
    ngx_http_mcp_str(&tool->title, desc->title);
    ngx_http_mcp_str(&tool->description, desc->description);
    ngx_http_mcp_str(&tool->icon, desc->icon);
    ngx_http_mcp_str(&tool->input_schema, desc->input_schema);
    ngx_http_mcp_str(&tool->output_schema, desc->output_schema);

    tool->flags = desc->flags & NGX_HTTP_MCP_ANNOTATIONS;
    tool->capabilities = desc->capabilities;
    tool->data = desc;

    if (desc->handler == NULL || tool->description.len == 0) {
        ngx_str_set(&err.text, "a description and a handler are required");
        rc = NGX_DECLINED;

    } else {
        rc = mcp_tool_compile(cf->pool, tool, &err);
    }

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "tool \"%V\" of module \"%s\": %V",
                           &tool->name, pack->tools->name, &err.text);
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    slot = ngx_array_push(pack->compiled);
    if (slot == NULL) {
        return NGX_ERROR;
    }

    *slot = tool;

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_switch_on(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *mlcf,
    ngx_http_mcp_pack_t *pack)
{
    ngx_uint_t    i, k;
    mcp_tool_t  **tool, **present, **slot;

    tool = pack->compiled->elts;

    for (i = 0; i < pack->compiled->nelts; i++) {
        present = mlcf->tools->elts;

        for (k = 0; k < mlcf->tools->nelts; k++) {

            if (ngx_strcmp(present[k]->name.data, tool[i]->name.data) != 0) {
                continue;
            }

            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate tool \"%V\" of module \"%s\": "
                               "module \"%s\" has one of that name",
                               &tool[i]->name, pack->tools->name,
                               ngx_http_mcp_owner(cf, present[k]));
            return NGX_ERROR;
        }

        slot = ngx_array_push(mlcf->tools);
        if (slot == NULL) {
            return NGX_ERROR;
        }

        *slot = tool[i];
    }

    return NGX_OK;
}


static const char *
ngx_http_mcp_owner(ngx_conf_t *cf, const mcp_tool_t *tool)
{
    ngx_uint_t                   i;
    ngx_http_mcp_pack_t         *pack;
    const ngx_http_mcp_tool_t   *desc;
    ngx_http_mcp_main_conf_t    *mmcf;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);
    pack = mmcf->packs.elts;

    for (i = 0; i < mmcf->packs.nelts; i++) {
        for (desc = pack[i].tools->tools; desc && desc->name; desc++) {
            if (desc == tool->data) {
                return pack[i].tools->name;
            }
        }
    }

    return "";
}


ngx_int_t
ngx_http_mcp_add_builtin_tools(ngx_conf_t *cf)
{
    const ngx_http_mcp_tools_t  **tools;

    for (tools = ngx_http_mcp_builtin_tools; *tools; tools++) {
        if (ngx_http_mcp_add_tools(cf, *tools) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
