
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_tools.h>
#include <ngx_http_mcp_conf.h>
#include <ngx_http_mcp_conf_auth.h>
#include <ngx_http_mcp_view.h>


static void ngx_http_mcp_conf_fit(ngx_http_mcp_tool_scope_t *scope,
    const ngx_http_mcp_loc_conf_t *conf);
static ngx_uint_t ngx_http_mcp_conf_patterns(
    const ngx_http_mcp_auth_conf_t *conf);


char *
ngx_http_mcp_set_tool_scope(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t                  *value;
    ngx_array_t               **slot;
    ngx_http_mcp_auth_conf_t   *acf;
    ngx_http_mcp_main_conf_t   *mmcf;
    ngx_http_mcp_tool_scope_t  *scope;

    acf = ngx_http_mcp_conf_auth(cf);

    if (acf->tool_scopes == NGX_CONF_UNSET_PTR) {
        acf->tool_scopes = ngx_array_create(cf->pool, 4,
                                            sizeof(ngx_http_mcp_tool_scope_t));
        if (acf->tool_scopes == NULL) {
            return NGX_CONF_ERROR;
        }

        mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);

        slot = ngx_array_push(&mmcf->tool_scopes);
        if (slot == NULL) {
            return NGX_CONF_ERROR;
        }

        *slot = acf->tool_scopes;
    }

    scope = ngx_array_push(acf->tool_scopes);
    if (scope == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(scope, sizeof(ngx_http_mcp_tool_scope_t));

    value = cf->args->elts;
    scope->pattern = value[1];
    scope->file = cf->conf_file->file.name.data;
    scope->line = cf->conf_file->line;

    return ngx_http_mcp_conf_scopes(cf, 2, &scope->set);
}


char *
ngx_http_mcp_set_scope_implies(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t     *value;
    ngx_uint_t     i;
    const char    *err;
    mcp_scopes_t  *scopes;

    scopes = ngx_http_mcp_conf_known_scopes(cf);
    if (scopes == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 2; i < cf->args->nelts; i++) {

        switch (mcp_scope_imply(scopes, &value[1], &value[i], &err)) {

        case NGX_OK:
            break;

        case NGX_DECLINED:
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid scope \"%V\" or \"%V\": %s",
                               &value[1], &value[i], err);
            return NGX_CONF_ERROR;

        default: /* NGX_ERROR */
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


mcp_scopes_t *
ngx_http_mcp_conf_known_scopes(ngx_conf_t *cf)
{
    ngx_http_mcp_main_conf_t  *mmcf;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);

    if (mmcf->scopes) {
        return mmcf->scopes;
    }

    mmcf->scopes = ngx_pcalloc(cf->pool, sizeof(mcp_scopes_t));

    if (mmcf->scopes == NULL
        || mcp_scopes_init(mmcf->scopes, cf->pool) != NGX_OK)
    {
        return NULL;
    }

    return mmcf->scopes;
}


char *
ngx_http_mcp_conf_scopes(ngx_conf_t *cf, ngx_uint_t first,
    mcp_scope_set_t *set)
{
    ngx_str_t   *value;
    ngx_uint_t   i;

    value = cf->args->elts;

    for (i = first; i < cf->args->nelts; i++) {
        if (ngx_http_mcp_conf_scope(cf, &value[i], set) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_mcp_conf_scope(ngx_conf_t *cf, ngx_str_t *name, mcp_scope_set_t *set)
{
    ngx_int_t      rc;
    const char    *err;
    mcp_scopes_t  *scopes;

    scopes = ngx_http_mcp_conf_known_scopes(cf);
    if (scopes == NULL) {
        return NGX_ERROR;
    }

    rc = mcp_scope_add(scopes, name, set, &err);

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid scope \"%V\": %s",
                           name, err);
    }

    return rc == NGX_OK ? NGX_OK : NGX_ERROR;
}


char *
ngx_http_mcp_set_scope(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char *p = conf;

    mcp_scope_set_t  **set;

    set = (mcp_scope_set_t **) (p + cmd->offset);

    if (*set) {
        return "is duplicate";
    }

    *set = ngx_pcalloc(cf->pool, sizeof(mcp_scope_set_t));
    if (*set == NULL) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_mcp_conf_scopes(cf, 1, *set);
}


ngx_int_t
ngx_http_mcp_conf_need(ngx_conf_t *cf, const mcp_tool_t *tool,
    const mcp_scope_set_t **need)
{
    mcp_scope_set_t            set, *joined;
    ngx_http_mcp_auth_conf_t  *conf;

    *need = tool->need;

    conf = ngx_http_mcp_conf_auth(cf);

    ngx_memzero(&set, sizeof(mcp_scope_set_t));

    if (!ngx_http_mcp_tool_need(conf->tool_scopes, &tool->name, &set)) {
        return NGX_OK;
    }

    joined = ngx_palloc(cf->pool, sizeof(mcp_scope_set_t));
    if (joined == NULL) {
        return NGX_ERROR;
    }

    *joined = set;

    if (tool->need) {
        mcp_scope_join(joined, tool->need);
    }

    *need = joined;

    return NGX_OK;
}


ngx_int_t
ngx_http_mcp_conf_views(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *conf)
{
    ngx_uint_t                  i;
    ngx_http_core_loc_conf_t   *clcf;
    ngx_http_mcp_auth_conf_t   *acf;
    ngx_http_mcp_tool_scope_t  *scope;

    acf = conf->auth;

    if (mcp_view_scoped(conf->server)
        && !ngx_http_mcp_auth_enabled(acf)
        && conf->consumer_scope == NULL)
    {
        clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "scopes are needed in location \"%V\" and nobody can "
                      "have one: add \"mcp_api_keys\", \"mcp_jwt_keys\", or "
                      "\"scope=\" to \"mcp_consumer\", or leave out \"scope\" "
                      "and \"mcp_tool_scope\" in %s:%ui",
                      &clcf->name, conf->file, conf->line);
        return NGX_ERROR;
    }

    scope = acf->tool_scopes ? acf->tool_scopes->elts : NULL;

    for (i = 0; scope && i < acf->tool_scopes->nelts; i++) {
        ngx_http_mcp_conf_fit(&scope[i], conf);
    }

    return conf->inspect ? NGX_OK
                         : ngx_http_mcp_view_add(cf, conf,
                                              ngx_http_mcp_conf_patterns(acf));
}


/* the tools of another server are not known here */

static void
ngx_http_mcp_conf_fit(ngx_http_mcp_tool_scope_t *scope,
    const ngx_http_mcp_loc_conf_t *conf)
{
    ngx_uint_t            i;
    const ngx_array_t    *tools;
    mcp_catalog_item_t  **item;

    tools = &conf->server->offers[MCP_OFFER_TOOLS].catalog.items;
    item = tools->elts;

    scope->asked = 1;

    if (conf->inspect) {
        scope->fits = 1;
    }

    for (i = 0; !scope->fits && i < tools->nelts; i++) {
        scope->fits = mcp_pattern_match(&scope->pattern, &item[i]->sn.str);
    }
}


/* a tool whose name was misspelt would be everybody's */

ngx_int_t
ngx_http_mcp_conf_tool_scopes(ngx_conf_t *cf)
{
    ngx_uint_t                   i, k, level;
    ngx_array_t                **lines;
    ngx_http_mcp_main_conf_t    *mmcf;
    ngx_http_mcp_tool_scope_t   *scope;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);
    lines = mmcf->tool_scopes.elts;

    for (i = 0; i < mmcf->tool_scopes.nelts; i++) {
        scope = lines[i]->elts;

        for (k = 0; k < lines[i]->nelts; k++) {

            if (!scope[k].asked || scope[k].fits) {
                continue;
            }

            level = ngx_strchr(scope[k].pattern.data, '*') ? NGX_LOG_WARN
                                                           : NGX_LOG_EMERG;

            ngx_log_error(level, cf->log, 0,
                          "no tool is called \"%V\" in \"mcp_tool_scope\" in "
                          "%s:%ui",
                          &scope[k].pattern, scope[k].file, scope[k].line);

            if (level == NGX_LOG_EMERG) {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_mcp_conf_patterns(const ngx_http_mcp_auth_conf_t *conf)
{
    ngx_uint_t  i;

    for (i = 0; conf->keys && i < conf->keys->creds.n; i++) {
        if (conf->keys->creds.keys[i].tools) {
            return 1;
        }
    }

    return 0;
}
