
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_prompts.h>
#include <mcp_resources.h>
#include <mcp_tools.h>
#include <ngx_http_mcp_conf.h>
#include <ngx_http_mcp_pass.h>


static ngx_int_t ngx_http_mcp_compile_args(ngx_conf_t *cf,
    const ngx_http_mcp_arg_t *desc, ngx_array_t *args, const char **err);
static ngx_int_t ngx_http_mcp_compile_values(ngx_conf_t *cf,
    const char *const *desc, mcp_arg_t *arg);


mcp_resource_t *
ngx_http_mcp_compile_resource(ngx_conf_t *cf,
    const ngx_http_mcp_resource_t *desc, const char **err)
{
    mcp_resource_t  *resource;

    *err = NULL;

    resource = ngx_pcalloc(cf->pool, sizeof(mcp_resource_t));
    if (resource == NULL) {
        return NULL;
    }

    ngx_http_mcp_str(&resource->uri, desc->uri);
    ngx_http_mcp_str(&resource->name, desc->name);
    ngx_http_mcp_str(&resource->title, desc->title);
    ngx_http_mcp_str(&resource->description, desc->description);
    ngx_http_mcp_str(&resource->icon, desc->icon);
    ngx_http_mcp_str(&resource->mime_type, desc->mime_type);
    ngx_http_mcp_str(&resource->annotations.modified, desc->modified);

    resource->annotations.audience = desc->audience;
    resource->annotations.priority = desc->priority ? desc->priority : -1;
    resource->size = desc->size ? desc->size : -1;
    resource->ttl = desc->ttl;
    resource->public = desc->public ? 1 : 0;
    resource->data = desc;

    if (desc->handler == NULL) {
        *err = "a handler is required";
        return NULL;
    }

    if (!(desc->priority >= 0 && desc->priority <= 1)) {
        *err = "the priority must be from 0 to 1";
        return NULL;
    }

    if (ngx_http_mcp_compile_args(cf, desc->args, &resource->args, err)
        != NGX_OK)
    {
        return NULL;
    }

    return mcp_resource_compile(cf->pool, resource, err) == NGX_OK ? resource
                                                                   : NULL;
}


mcp_prompt_t *
ngx_http_mcp_compile_prompt(ngx_conf_t *cf, const ngx_http_mcp_prompt_t *desc,
    const char **err)
{
    mcp_prompt_t  *prompt;

    *err = NULL;

    prompt = ngx_pcalloc(cf->pool, sizeof(mcp_prompt_t));
    if (prompt == NULL) {
        return NULL;
    }

    ngx_http_mcp_str(&prompt->name, desc->name);
    ngx_http_mcp_str(&prompt->title, desc->title);
    ngx_http_mcp_str(&prompt->description, desc->description);
    ngx_http_mcp_str(&prompt->icon, desc->icon);

    prompt->data = desc;

    if (desc->handler == NULL || prompt->name.len == 0
        || prompt->description.len == 0)
    {
        *err = "a name, a description and a handler are required";
        return NULL;
    }

    return ngx_http_mcp_compile_args(cf, desc->args, &prompt->args, err)
           == NGX_OK ? prompt : NULL;
}


static ngx_int_t
ngx_http_mcp_compile_args(ngx_conf_t *cf, const ngx_http_mcp_arg_t *desc,
    ngx_array_t *args, const char **err)
{
    ngx_str_t   name;
    mcp_arg_t  *arg;

    if (ngx_array_init(args, cf->pool, 2, sizeof(mcp_arg_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    for ( /* void */ ; desc && desc->name; desc++) {
        ngx_http_mcp_str(&name, desc->name);

        if (mcp_arg_find(args, &name)) {
            *err = "an argument is named twice";
            return NGX_DECLINED;
        }

        arg = ngx_array_push(args);
        if (arg == NULL) {
            return NGX_ERROR;
        }

        ngx_memzero(arg, sizeof(mcp_arg_t));

        arg->name = name;
        ngx_http_mcp_str(&arg->title, desc->title);
        ngx_http_mcp_str(&arg->description, desc->description);

        arg->required = desc->required ? 1 : 0;
        arg->complete = desc->complete ? 1 : 0;

        if (desc->values
            && ngx_http_mcp_compile_values(cf, desc->values, arg) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_compile_values(ngx_conf_t *cf, const char *const *desc,
    mcp_arg_t *arg)
{
    ngx_str_t  *value;

    arg->values = ngx_array_create(cf->pool, 8, sizeof(ngx_str_t));
    if (arg->values == NULL) {
        return NGX_ERROR;
    }

    for ( /* void */ ; *desc; desc++) {
        value = ngx_array_push(arg->values);
        if (value == NULL) {
            return NGX_ERROR;
        }

        ngx_http_mcp_str(value, *desc);
    }

    return NGX_OK;
}


void
ngx_http_mcp_refuse(ngx_conf_t *cf, const char *kind, ngx_str_t *name,
    const char *err)
{
    if (err) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%s \"%V\": %s",
                           kind, name, err);
    }
}


char *
ngx_http_mcp_push_tool(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *mlcf,
    mcp_tool_t *tool)
{
    ngx_uint_t                     i;
    mcp_tool_t                   **present, **slot;
    ngx_http_mcp_main_conf_t      *mmcf;
    const ngx_http_mcp_passes_t   *passes;

    if (mlcf->own_tools == NGX_CONF_UNSET_PTR) {
        mlcf->own_tools = ngx_array_create(cf->pool, 4, sizeof(mcp_tool_t *));
        if (mlcf->own_tools == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    present = mlcf->own_tools->elts;

    for (i = 0; i < mlcf->own_tools->nelts; i++) {

        if (present[i]->name.len == tool->name.len
            && ngx_memcmp(present[i]->name.data, tool->name.data,
                          tool->name.len)
               == 0)
        {
            passes = ngx_http_mcp_tool_passes(present[i]);

            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "tool \"%V\": there is one of that name "
                               "already, of %s:%ui: give one of them another "
                               "name", &tool->name, passes->file,
                               passes->line);
            return NGX_CONF_ERROR;
        }
    }

    slot = ngx_array_push(mlcf->own_tools);
    if (slot == NULL) {
        return NGX_CONF_ERROR;
    }

    *slot = tool;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);

    slot = ngx_array_push(&mmcf->own_tools);
    if (slot == NULL) {
        return NGX_CONF_ERROR;
    }

    *slot = tool;

    return NGX_CONF_OK;
}


char *
ngx_http_mcp_push_resource(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *mlcf,
    mcp_resource_t *resource)
{
    ngx_uint_t        i;
    mcp_resource_t  **present, **slot;

    if (mlcf->resources == NGX_CONF_UNSET_PTR) {
        mlcf->resources = ngx_array_create(cf->pool, 4,
                                           sizeof(mcp_resource_t *));
        if (mlcf->resources == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    present = mlcf->resources->elts;

    for (i = 0; i < mlcf->resources->nelts; i++) {

        if (present[i]->uri.len == resource->uri.len
            && ngx_memcmp(present[i]->uri.data, resource->uri.data,
                          resource->uri.len)
               == 0)
        {
            ngx_http_mcp_refuse(cf, "resource", &resource->uri,
                                "there is one of that URI already");
            return NGX_CONF_ERROR;
        }
    }

    slot = ngx_array_push(mlcf->resources);
    if (slot == NULL) {
        return NGX_CONF_ERROR;
    }

    *slot = resource;

    return NGX_CONF_OK;
}


char *
ngx_http_mcp_push_prompt(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *mlcf,
    mcp_prompt_t *prompt)
{
    ngx_uint_t      i;
    mcp_prompt_t  **present, **slot;

    if (mlcf->prompts == NGX_CONF_UNSET_PTR) {
        mlcf->prompts = ngx_array_create(cf->pool, 4, sizeof(mcp_prompt_t *));
        if (mlcf->prompts == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    present = mlcf->prompts->elts;

    for (i = 0; i < mlcf->prompts->nelts; i++) {

        if (present[i]->name.len == prompt->name.len
            && ngx_memcmp(present[i]->name.data, prompt->name.data,
                          prompt->name.len)
               == 0)
        {
            ngx_http_mcp_refuse(cf, "prompt", &prompt->name,
                                "there is one of that name already");
            return NGX_CONF_ERROR;
        }
    }

    slot = ngx_array_push(mlcf->prompts);
    if (slot == NULL) {
        return NGX_CONF_ERROR;
    }

    *slot = prompt;

    return NGX_CONF_OK;
}
