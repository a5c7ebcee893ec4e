
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_endpoint.h>
#include <ngx_http_mcp_zone.h>


static void ngx_http_mcp_endpoint_name(ngx_http_mcp_endpoint_t *endpoint);


ngx_int_t
ngx_http_mcp_endpoint_add(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *conf)
{
    ngx_uint_t                  i;
    ngx_http_server_name_t     *name;
    ngx_http_mcp_endpoint_t    *endpoint, **other, **item;
    ngx_http_core_loc_conf_t   *clcf;
    ngx_http_core_srv_conf_t   *cscf;
    ngx_http_mcp_main_conf_t   *mmcf;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);
    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);
    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    endpoint = ngx_pcalloc(cf->pool, sizeof(ngx_http_mcp_endpoint_t));
    if (endpoint == NULL) {
        return NGX_ERROR;
    }

    name = cscf->server_names.elts;

    endpoint->server = name[0].name;
    endpoint->location = clcf->name;

    other = mmcf->endpoints.elts;

    for (i = 0; i < mmcf->endpoints.nelts; i++) {

        if (other[i]->server.len == endpoint->server.len
            && other[i]->location.len == endpoint->location.len
            && ngx_strncmp(other[i]->server.data, endpoint->server.data,
                           endpoint->server.len)
               == 0
            && ngx_strncmp(other[i]->location.data, endpoint->location.data,
                           endpoint->location.len)
               == 0)
        {
            endpoint->ordinal++;
        }
    }

    item = ngx_array_push(&mmcf->endpoints);
    if (item == NULL) {
        return NGX_ERROR;
    }

    *item = endpoint;
    conf->endpoint = endpoint;

    ngx_http_mcp_endpoint_name(endpoint);

    for (i = 0; i < MCP_SUB_LISTS; i++) {
        mcp_sub_digest(conf->server, 1 << i, endpoint->lists[i]);
    }

    return NGX_OK;
}


static void
ngx_http_mcp_endpoint_name(ngx_http_mcp_endpoint_t *endpoint)
{
    u_char     digest[MCP_KEY], text[NGX_INT_T_LEN];
    ngx_str_t  place, ordinal;

    mcp_key(digest, 'n', &endpoint->server, &endpoint->location);

    place.len = MCP_KEY;
    place.data = digest;

    ordinal.len = ngx_sprintf(text, "%ui", endpoint->ordinal) - text;
    ordinal.data = text;

    mcp_key(endpoint->key, 'n', &place, &ordinal);
}


void
ngx_http_mcp_endpoint_init_module(ngx_cycle_t *cycle)
{
    ngx_uint_t                  i;
    ngx_http_mcp_endpoint_t   **endpoint;
    ngx_http_mcp_main_conf_t   *mmcf;

    mmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_mcp_module);

    if (mmcf == NULL) {
        return;
    }

    endpoint = mmcf->endpoints.elts;

    for (i = 0; i < mmcf->endpoints.nelts; i++) {
        ngx_http_mcp_zone_set_lists(endpoint[i]->key, endpoint[i]->lists,
                                    MCP_SUB_LISTS);
    }
}


ngx_uint_t
ngx_http_mcp_endpoint_changed(ngx_http_mcp_loc_conf_t *mlcf)
{
    u_char      lists[MCP_SUB_LISTS][MCP_KEY];
    ngx_uint_t  i, changed;

    if (ngx_http_mcp_zone_get_lists(mlcf->endpoint->key, lists, MCP_SUB_LISTS)
        != NGX_OK)
    {
        return 0;
    }

    changed = 0;

    for (i = 0; i < MCP_SUB_LISTS; i++) {

        if (ngx_memcmp(lists[i], mlcf->endpoint->lists[i], MCP_KEY) != 0) {
            changed |= 1 << i;
        }
    }

    return changed;
}
