
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_origin.h>
#include <ngx_http_mcp_conf.h>
#include <ngx_http_mcp_conf_auth.h>
#include <ngx_http_mcp_refusal.h>


static ngx_int_t ngx_http_mcp_conf_initial(ngx_conf_t *cf,
    ngx_http_mcp_auth_conf_t *acf, u_char *p, u_char *last);
static ngx_uint_t ngx_http_mcp_conf_listed(const ngx_array_t *list,
    const ngx_str_t *name);


char *
ngx_http_mcp_set_resource_metadata(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_int_t                  rc;
    ngx_str_t                 *value, path, url;
    const char                *err;
    ngx_http_mcp_auth_conf_t  *acf;

    acf = ngx_http_mcp_conf_auth(cf);

    if (acf->resource.len) {
        return "is duplicate";
    }

    value = cf->args->elts;

    rc = mcp_protect_uri(cf->temp_pool, &value[1], &path, &url, &err);

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid URI \"%V\" of a resource: %s, expected "
                           "what clients call it by, as "
                           "\"https://example.com/mcp\"", &value[1], err);
    }

    if (rc != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    acf->resource = value[1];
    acf->at.file = cf->conf_file->file.name.data;
    acf->at.line = cf->conf_file->line;

    if (mcp_protect_issuer(&value[1]) != NULL) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"%V\" is not https: clients that call it by "
                           "https refuse it, and tokens are not secret",
                           &value[1]);
    }

    return NGX_CONF_OK;
}


char *
ngx_http_mcp_set_authorization_servers(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_str_t                 *value, *server;
    ngx_uint_t                 i;
    const char                *err;
    ngx_http_mcp_auth_conf_t  *acf;

    acf = ngx_http_mcp_conf_auth(cf);

    if (acf->servers != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    acf->servers = ngx_array_create(cf->pool, cf->args->nelts - 1,
                                    sizeof(ngx_str_t));
    if (acf->servers == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        err = mcp_protect_issuer(&value[i]);

        if (err) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid URI \"%V\" of an authorization "
                               "server: %s", &value[i], err);
            return NGX_CONF_ERROR;
        }

        server = ngx_array_push(acf->servers);
        *server = value[i];
    }

    return NGX_CONF_OK;
}


/* "mcp_scopes NAME ... [initial=NAME,...]" */

char *
ngx_http_mcp_set_scopes(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t                 *value, *scope;
    ngx_uint_t                 i, n;
    ngx_http_mcp_auth_conf_t  *acf;

    acf = ngx_http_mcp_conf_auth(cf);

    if (acf->scopes != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;
    n = cf->args->nelts;

    if (ngx_strncmp(value[n - 1].data, "initial=", sizeof("initial=") - 1)
        == 0)
    {
        n--;
    }

    acf->scopes = ngx_array_create(cf->pool, n, sizeof(ngx_str_t));
    if (acf->scopes == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < n; i++) {

        if (ngx_strncmp(value[i].data, "initial=", sizeof("initial=") - 1)
            == 0)
        {
            return "has something after \"initial=\", whose scopes have "
                   "commas between them";
        }

        if (ngx_http_mcp_conf_scope(cf, &value[i], NULL) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        scope = ngx_array_push(acf->scopes);
        *scope = value[i];
    }

    if (n < cf->args->nelts
        && ngx_http_mcp_conf_initial(cf, acf,
                                     value[n].data + sizeof("initial=") - 1,
                                     value[n].data + value[n].len)
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* "a,b" becomes "a b" */

static ngx_int_t
ngx_http_mcp_conf_initial(ngx_conf_t *cf, ngx_http_mcp_auth_conf_t *acf,
    u_char *p, u_char *last)
{
    u_char     *end;
    ngx_str_t   name;

    acf->initial.data = p;
    acf->initial.len = last - p;

    for ( ;; ) {
        end = ngx_strlchr(p, last, ',');

        name.data = p;
        name.len = (end ? end : last) - p;

        if (!ngx_http_mcp_conf_listed(acf->scopes, &name)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid scope \"%V\" of \"initial\": it is "
                               "none of the others", &name);
            return NGX_ERROR;
        }

        if (end == NULL) {
            return NGX_OK;
        }

        *end = ' ';
        p = end + 1;
    }
}


static ngx_uint_t
ngx_http_mcp_conf_listed(const ngx_array_t *list, const ngx_str_t *name)
{
    ngx_str_t   *listed;
    ngx_uint_t   i;

    listed = list->elts;

    for (i = 0; i < list->nelts; i++) {

        if (listed[i].len == name->len
            && ngx_memcmp(listed[i].data, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


char *
ngx_http_mcp_set_error(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_http_mcp_set_handler(cf, ngx_http_mcp_error_handler);
}


/* "mcp_limit_as_tool_error on|off [wait=TIME]" */

char *
ngx_http_mcp_set_limit_as_tool_error(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_str_t                *value, time;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_mcp_module);

    if (mlcf->limit_wait != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        mlcf->limit_wait = 0;

    } else if (ngx_strcmp(value[1].data, "on") == 0) {
        mlcf->limit_wait = 1;

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\", expected on or off",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts == 2) {
        return NGX_CONF_OK;
    }

    if (mlcf->limit_wait == 0) {
        return "has \"off\" and more";
    }

    if (ngx_strncmp(value[2].data, "wait=", sizeof("wait=") - 1) == 0) {
        time.data = value[2].data + sizeof("wait=") - 1;
        time.len = value[2].len - (sizeof("wait=") - 1);

        mlcf->limit_wait = ngx_parse_time(&time, 1);

        if (mlcf->limit_wait > 0) {
            return NGX_CONF_OK;
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid parameter \"%V\", expected wait=TIME, 1s at "
                       "least", &value[2]);

    return NGX_CONF_ERROR;
}


/* "mcp_cors ORIGIN ... | * [credentials]", "mcp_cors off" */

char *
ngx_http_mcp_set_cors(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t                *value;
    ngx_uint_t                i;
    mcp_cors_t               *cors;
    ngx_array_t              *origins;
    mcp_origin_t             *origin;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_mcp_module);

    if (mlcf->cors != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        mlcf->cors = NULL;
        return NGX_CONF_OK;
    }

    cors = ngx_pcalloc(cf->pool, sizeof(mcp_cors_t));
    origins = ngx_array_create(cf->pool, cf->args->nelts,
                               sizeof(mcp_origin_t));

    if (cors == NULL || origins == NULL) {
        return NGX_CONF_ERROR;
    }

    cors->origins = origins;
    mlcf->cors = cors;

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_strcmp(value[i].data, "*") == 0) {
            cors->any = 1;
            continue;
        }

        if (ngx_strcmp(value[i].data, "credentials") == 0) {
            cors->credentials = 1;
            continue;
        }

        origin = ngx_array_push(origins);

        if (mcp_origin_parse(&value[i], origin) != NGX_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid origin \"%V\", expected \"*\" or "
                               "\"[scheme://]host[:port]\"", &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    if (cors->any && (origins->nelts || cors->credentials)) {
        return "has \"*\", which goes with nothing else";
    }

    return (cors->any || origins->nelts) ? NGX_CONF_OK : "needs an origin";
}


char *
ngx_http_mcp_set_inspect(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t   *mlcf;
    ngx_http_mcp_main_conf_t  *mmcf;

    mlcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_mcp_module);
    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);

    if (mlcf->enable == 1) {
        return "conflicts with \"mcp\": it is for what \"proxy_pass\" "
               "sends on";
    }

    mmcf->enabled = 1;
    mlcf->file = cf->conf_file->file.name.data;
    mlcf->line = cf->conf_file->line;

    return ngx_conf_set_flag_slot(cf, cmd, mlcf);
}
