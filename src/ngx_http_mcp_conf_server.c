
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_origin.h>
#include <mcp_prompts.h>
#include <mcp_resources.h>
#include <mcp_tools.h>
#include <ngx_http_mcp_conf_auth.h>
#include <ngx_http_mcp_conf_tool.h>
#include <ngx_http_mcp_endpoint.h>


static ngx_int_t ngx_http_mcp_add_server_names(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *conf);
static ngx_int_t ngx_http_mcp_offer_tools(ngx_conf_t *cf,
    mcp_server_t *server, ngx_array_t *tools);
static ngx_int_t ngx_http_mcp_offer_resources(ngx_conf_t *cf,
    mcp_server_t *server, ngx_array_t *resources);
static ngx_int_t ngx_http_mcp_offer_prompts(ngx_conf_t *cf,
    mcp_server_t *server, ngx_array_t *prompts);
static ngx_int_t ngx_http_mcp_offer_files(ngx_conf_t *cf,
    mcp_server_t *server, ngx_array_t *resources);


char *
ngx_http_mcp_build_server(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *conf)
{
    ngx_uint_t             i;
    mcp_server_t          *server;
    ngx_http_mcp_pack_t  **pack;

    if (conf->server_names && ngx_http_mcp_add_server_names(cf, conf) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_mcp_check_tools(cf, conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    server = ngx_pcalloc(cf->pool, sizeof(mcp_server_t));
    if (server == NULL) {
        return NGX_CONF_ERROR;
    }

    conf->server = server;

    server->info = *conf->info;
    server->instructions = conf->instructions;
    server->versions = conf->versions;
    server->page_size = conf->page_size;
    server->ttl = conf->list_ttl;
    server->public = conf->list_public ? 1 : 0;
    server->sessions = (conf->sessions != NGX_HTTP_MCP_SESSIONS_OFF);

    if (mcp_server_init(server, cf->pool) != NGX_OK
        || ngx_http_mcp_offer_tools(cf, server, conf->tools) != NGX_OK
        || ngx_http_mcp_offer_tools(cf, server, conf->own_tools) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    pack = conf->packs ? conf->packs->elts : NULL;

    for (i = 0; pack && i < conf->packs->nelts; i++) {

        if (ngx_http_mcp_offer_resources(cf, server, &pack[i]->resources)
            != NGX_OK
            || ngx_http_mcp_offer_prompts(cf, server, &pack[i]->prompts)
               != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_http_mcp_offer_resources(cf, server, conf->resources) != NGX_OK
        || ngx_http_mcp_offer_prompts(cf, server, conf->prompts) != NGX_OK
        || ngx_http_mcp_offer_files(cf, server, conf->resources) != NGX_OK
        || ngx_http_mcp_check_threads(cf, conf) != NGX_OK
        || ngx_http_mcp_conf_views(cf, conf) != NGX_OK
        || mcp_server_render(server, cf->pool) != NGX_OK
        || ngx_http_mcp_endpoint_add(cf, conf) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_mcp_offer_tools(ngx_conf_t *cf, mcp_server_t *server,
    ngx_array_t *tools)
{
    ngx_int_t                      rc;
    ngx_uint_t                     i;
    mcp_tool_t                   **tool;
    const mcp_scope_set_t         *need;
    const ngx_http_mcp_passes_t   *passes;

    tool = tools ? tools->elts : NULL;

    for (i = 0; tool && i < tools->nelts; i++) {
        if (ngx_http_mcp_conf_need(cf, tool[i], &need) != NGX_OK) {
            return NGX_ERROR;
        }

        rc = mcp_catalog_add(&server->offers[MCP_OFFER_TOOLS].catalog,
                             &tool[i]->name, tool[i], need);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        /* those of packs were compared where the directive stands */

        passes = ngx_http_mcp_tool_passes(tool[i]);

        if (rc == NGX_DECLINED && passes) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "duplicate tool \"%V\" in a location: give it "
                          "another name, or leave out the module that has "
                          "one in %s:%ui",
                          &tool[i]->name, passes->file, passes->line);
        }

        if (rc != NGX_OK) {
            return NGX_ERROR;
        }

        if (passes && ngx_http_mcp_conf_passes_used(cf, passes) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_offer_resources(ngx_conf_t *cf, mcp_server_t *server,
    ngx_array_t *resources)
{
    ngx_int_t         rc;
    ngx_uint_t        i;
    mcp_resource_t  **resource;

    resource = resources ? resources->elts : NULL;

    for (i = 0; resource && i < resources->nelts; i++) {
        rc = mcp_resource_add(server, resource[i]);

        if (rc == NGX_DECLINED) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate resource \"%V\" in a location: "
                               "give one of them another URI, or leave out "
                               "the module that has it",
                               &resource[i]->uri);
        }

        if (rc != NGX_OK
            || ngx_http_mcp_conf_passes_offered(cf, resource[i]->data)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_offer_prompts(ngx_conf_t *cf, mcp_server_t *server,
    ngx_array_t *prompts)
{
    ngx_int_t       rc;
    ngx_uint_t      i;
    mcp_prompt_t  **prompt;

    prompt = prompts ? prompts->elts : NULL;

    for (i = 0; prompt && i < prompts->nelts; i++) {
        rc = mcp_catalog_add(&server->offers[MCP_OFFER_PROMPTS].catalog,
                             &prompt[i]->name, prompt[i],
                             prompt[i]->need);

        if (rc == NGX_DECLINED) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate prompt \"%V\" in a location: "
                               "give one of them another name, or leave out "
                               "the module that has it",
                               &prompt[i]->name);
        }

        if (rc != NGX_OK
            || ngx_http_mcp_conf_passes_offered(cf, prompt[i]->data) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* here and not by the directive, because here the types are known */

static ngx_int_t
ngx_http_mcp_offer_files(ngx_conf_t *cf, mcp_server_t *server,
    ngx_array_t *resources)
{
    ngx_uint_t                  i;
    mcp_resource_t            **resource;
    ngx_http_core_loc_conf_t   *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    resource = resources ? resources->elts : NULL;

    for (i = 0; resource && i < resources->nelts; i++) {
        if (ngx_http_mcp_list_files(cf, server, clcf, resource[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* the inherited array is shared, so the names go into a copy */

static ngx_int_t
ngx_http_mcp_add_server_names(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *conf)
{
    ngx_uint_t                 i, n;
    ngx_str_t                  name;
    ngx_array_t               *origins;
    mcp_origin_t              *origin;
    ngx_http_server_name_t    *sn;
    ngx_http_core_srv_conf_t  *cscf;

    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);
    sn = cscf->server_names.elts;

    n = conf->origins->nelts;

    origins = ngx_array_create(cf->pool, n + cscf->server_names.nelts,
                               sizeof(mcp_origin_t));
    if (origins == NULL) {
        return NGX_ERROR;
    }

    if (n) {
        origin = ngx_array_push_n(origins, n);
        ngx_memcpy(origin, conf->origins->elts, n * sizeof(mcp_origin_t));
    }

    conf->origins = origins;

    for (i = 0; i < cscf->server_names.nelts; i++) {

#if (NGX_PCRE)
        if (sn[i].regex) {
            continue;
        }
#endif

        name = sn[i].name;

        if (name.len == 0) {
            continue;
        }

        origin = ngx_array_push(origins);
        if (origin == NULL) {
            return NGX_ERROR;
        }

        /* "_" and "www.*" name no origin */

        if (mcp_origin_parse(&name, origin) != NGX_OK) {
            origins->nelts--;
        }
    }

    return NGX_OK;
}
