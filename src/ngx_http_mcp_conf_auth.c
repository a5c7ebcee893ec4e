
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf.h>
#include <ngx_http_mcp_conf_auth.h>


#define NGX_HTTP_MCP_KEYS_FILE_MAX  (64 * 1024 * 1024)


ngx_http_mcp_auth_conf_t *
ngx_http_mcp_conf_auth_create(ngx_conf_t *cf)
{
    ngx_http_mcp_auth_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_mcp_auth_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     conf->jwt = NULL;
     *     conf->consumer_claim = { 0, NULL };
     *     conf->scope_claim = { 0, NULL };
     *     conf->resource = { 0, NULL };
     *     conf->initial = { 0, NULL };
     *     conf->url = { 0, NULL };
     */

    conf->keys = NGX_CONF_UNSET_PTR;
    conf->set = NGX_CONF_UNSET_PTR;
    conf->issuers = NGX_CONF_UNSET_PTR;
    conf->audiences = NGX_CONF_UNSET_PTR;
    conf->leeway = NGX_CONF_UNSET;
    conf->access = NGX_CONF_UNSET_UINT;
    conf->hidden = NGX_CONF_UNSET;
    conf->tool_scopes = NGX_CONF_UNSET_PTR;
    conf->servers = NGX_CONF_UNSET_PTR;
    conf->scopes = NGX_CONF_UNSET_PTR;

    return conf;
}


char *
ngx_http_mcp_conf_auth_merge(ngx_conf_t *cf, ngx_http_mcp_auth_conf_t *prev,
    ngx_http_mcp_auth_conf_t *conf)
{
    ngx_conf_merge_ptr_value(conf->keys, prev->keys, NULL);
    ngx_conf_merge_ptr_value(conf->set, prev->set, NULL);
    ngx_conf_merge_ptr_value(conf->issuers, prev->issuers, NULL);
    ngx_conf_merge_ptr_value(conf->audiences, prev->audiences, NULL);
    ngx_conf_merge_str_value(conf->consumer_claim, prev->consumer_claim, "");
    ngx_conf_merge_str_value(conf->scope_claim, prev->scope_claim, "");
    ngx_conf_merge_sec_value(conf->leeway, prev->leeway, 30);
    ngx_conf_merge_uint_value(conf->access, prev->access, 0);
    ngx_conf_merge_value(conf->hidden, prev->hidden, 0);
    ngx_conf_merge_ptr_value(conf->tool_scopes, prev->tool_scopes, NULL);
    ngx_conf_merge_ptr_value(conf->servers, prev->servers, NULL);

    if (conf->scopes == NGX_CONF_UNSET_PTR) {
        conf->initial = prev->initial;
    }

    ngx_conf_merge_ptr_value(conf->scopes, prev->scopes, NULL);

    /* a part of a resource has the metadata of the whole */

    if (conf->resource.len == 0 && prev->url.len) {
        conf->resource = prev->resource;
        conf->url = prev->url;
    }

    return NGX_CONF_OK;
}


ngx_http_mcp_auth_conf_t *
ngx_http_mcp_conf_auth(ngx_conf_t *cf)
{
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_mcp_module);

    return mlcf->auth;
}


char *
ngx_http_mcp_set_api_keys(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_int_t                       rc;
    ngx_str_t                      *value, text;
    ngx_uint_t                      line;
    const char                     *err;
    ngx_http_mcp_keys_t            *keys, **slot;
    ngx_http_mcp_auth_conf_t       *acf;
    ngx_http_mcp_main_conf_t       *mmcf;

    acf = ngx_http_mcp_conf_auth(cf);

    if (acf->keys != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        acf->keys = NULL;
        return NGX_CONF_OK;
    }

    keys = ngx_pcalloc(cf->pool, sizeof(ngx_http_mcp_keys_t));
    if (keys == NULL) {
        return NGX_CONF_ERROR;
    }

    acf->keys = keys;
    keys->file = value[1];

    if (ngx_http_mcp_read_file(cf, &value[1], NGX_HTTP_MCP_KEYS_FILE_MAX, &text)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    rc = mcp_creds_parse(&keys->creds, cf->pool, &text, &err, &line);

    ngx_explicit_memzero(text.data, text.len);

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\", line %ui: %s",
                           &value[1], line, err);
    }

    if (rc != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (keys->creds.n == 0) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"%V\" has no key, so nobody can call: "
                           "\"util/mcp-key.sh new\" makes one", &value[1]);
    }

    ngx_http_mcp_warn_of_mode(cf, &value[1]);

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);

    slot = ngx_array_push(&mmcf->api_keys);
    if (slot == NULL) {
        return NGX_CONF_ERROR;
    }

    *slot = keys;

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_mcp_conf_keys(ngx_conf_t *cf)
{
    ngx_uint_t                      i, k;
    mcp_scopes_t                   *scopes;
    ngx_http_mcp_keys_t           **keys;
    ngx_http_mcp_main_conf_t       *mmcf;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);

    scopes = ngx_http_mcp_conf_known_scopes(cf);
    if (scopes == NULL) {
        return NGX_ERROR;
    }

    mcp_scopes_close(scopes);

    keys = mmcf->api_keys.elts;

    for (i = 0; i < mmcf->api_keys.nelts; i++) {

        keys[i]->sets = ngx_palloc(cf->pool, keys[i]->creds.n
                                             * sizeof(mcp_scope_set_t));
        if (keys[i]->sets == NULL) {
            return NGX_ERROR;
        }

        for (k = 0; k < keys[i]->creds.n; k++) {
            mcp_scope_read(scopes, &keys[i]->creds.keys[k].scope,
                           &keys[i]->sets[k]);
        }
    }

    return NGX_OK;
}


char *
ngx_http_mcp_set_auth_phase(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t                 *value;
    ngx_http_mcp_auth_conf_t  *acf;

    acf = ngx_http_mcp_conf_auth(cf);

    if (acf->access != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "preaccess") == 0) {
        acf->access = 0;

    } else if (ngx_strcmp(value[1].data, "access") == 0) {
        acf->access = 1;

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\", expected preaccess or "
                           "access", &value[1]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_mcp_set_hidden(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_conf_set_flag_slot(cf, cmd, ngx_http_mcp_conf_auth(cf));
}
