
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf.h>
#include <ngx_http_mcp_conf_auth.h>


static char *ngx_http_mcp_jwt_file(ngx_conf_t *cf, ngx_http_mcp_jwks_t *set,
    ngx_str_t *name);
static char *ngx_http_mcp_jwt_times(ngx_conf_t *cf, ngx_http_mcp_jwks_t *set);
static char *ngx_http_mcp_jwt_list(ngx_conf_t *cf, ngx_array_t **list);


/* "mcp_jwt_keys FILE" and "mcp_jwt_keys uri=URI [refresh=] [interval=]" */

char *
ngx_http_mcp_set_jwt_keys(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t                 *value, uri;
    ngx_http_mcp_jwks_t       *set, **slot;
    ngx_http_mcp_auth_conf_t  *acf;
    ngx_http_mcp_main_conf_t  *mmcf;

    acf = ngx_http_mcp_conf_auth(cf);

    if (acf->set != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        acf->set = NULL;
        return cf->args->nelts == 2 ? NGX_CONF_OK : "has \"off\" and more";
    }

    ngx_str_null(&uri);

    if (ngx_strncmp(value[1].data, "uri=", sizeof("uri=") - 1) == 0) {
        uri.data = value[1].data + sizeof("uri=") - 1;
        uri.len = value[1].len - (sizeof("uri=") - 1);

        if (uri.len == 0 || uri.data[0] != '/'
            || ngx_strlchr(uri.data, uri.data + uri.len, '?'))
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid URI \"%V\" of keys, expected that of "
                               "a location of this server without arguments, "
                               "as \"/_jwks\"", &uri);
            return NGX_CONF_ERROR;
        }
    }

    set = ngx_http_mcp_jwks_create(cf, &uri);
    if (set == NULL) {
        return NGX_CONF_ERROR;
    }

    acf->set = set;

    if (uri.len == 0) {
        return ngx_http_mcp_jwt_file(cf, set, &value[1]);
    }

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);

    slot = ngx_array_push(&mmcf->sets);
    if (slot == NULL) {
        return NGX_CONF_ERROR;
    }

    *slot = set;

    return ngx_http_mcp_jwt_times(cf, set);
}


static char *
ngx_http_mcp_jwt_file(ngx_conf_t *cf, ngx_http_mcp_jwks_t *set,
    ngx_str_t *name)
{
    ngx_int_t    rc;
    ngx_str_t    text;
    const char  *err;

    if (cf->args->nelts > 2) {
        return "has more than a file";
    }

    if (ngx_http_mcp_read_file(cf, name, MCP_JWT_SET_MAX, &text) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    rc = mcp_jwt_keys_parse(&set->keys, cf->pool, &text, &err);

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\": %s", name, err);
    }

    if (rc != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (set->keys.skipped) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "%ui keys of \"%V\" cannot verify tokens",
                           set->keys.skipped, name);
    }

    set->generation = 1;

    return NGX_CONF_OK;
}


static char *
ngx_http_mcp_jwt_times(ngx_conf_t *cf, ngx_http_mcp_jwks_t *set)
{
    time_t      *time;
    ngx_str_t   *value, text;
    ngx_uint_t   i;

    value = cf->args->elts;

    for (i = 2; i < cf->args->nelts; i++) {

        text = value[i];

        if (ngx_strncmp(text.data, "refresh=", sizeof("refresh=") - 1) == 0) {
            text.data += sizeof("refresh=") - 1;
            text.len -= sizeof("refresh=") - 1;
            time = &set->refresh;

        } else if (ngx_strncmp(text.data, "interval=",
                               sizeof("interval=") - 1)
                   == 0)
        {
            text.data += sizeof("interval=") - 1;
            text.len -= sizeof("interval=") - 1;
            time = &set->interval;

        } else {
            time = NULL;
        }

        if (time) {
            *time = ngx_parse_time(&text, 1);
        }

        if (time == NULL || *time == NGX_ERROR || *time == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\", expected "
                               "refresh=TIME or interval=TIME, 1s at least",
                               &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


char *
ngx_http_mcp_set_jwt_issuer(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_http_mcp_jwt_list(cf, &ngx_http_mcp_conf_auth(cf)->issuers);
}


char *
ngx_http_mcp_set_jwt_audience(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_http_mcp_jwt_list(cf, &ngx_http_mcp_conf_auth(cf)->audiences);
}


static char *
ngx_http_mcp_jwt_list(ngx_conf_t *cf, ngx_array_t **list)
{
    ngx_str_t   *value, *item;
    ngx_uint_t   i;

    if (*list != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    *list = ngx_array_create(cf->pool, cf->args->nelts - 1, sizeof(ngx_str_t));
    if (*list == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        if (value[i].len == 0) {
            return "has an empty value";
        }

        item = ngx_array_push(*list);
        *item = value[i];
    }

    return NGX_CONF_OK;
}


/* "mcp_jwt_consumer" and "mcp_jwt_scope" */

char *
ngx_http_mcp_set_jwt_claim(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_conf_set_str_slot(cf, cmd, ngx_http_mcp_conf_auth(cf));
}


char *
ngx_http_mcp_set_jwt_leeway(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_conf_set_sec_slot(cf, cmd, ngx_http_mcp_conf_auth(cf));
}
