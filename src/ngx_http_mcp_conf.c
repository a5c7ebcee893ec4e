
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_origin.h>
#include <mcp_tools.h>
#include <ngx_http_mcp_conf.h>


#define NGX_HTTP_MCP_INSTRUCTIONS_MAX  65536


static char *ngx_http_mcp_set_server_option(ngx_conf_t *cf,
    ngx_str_t *option, mcp_server_info_t *info);


char *
ngx_http_mcp_set_server(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    char        *rv;
    ngx_str_t   *value;
    ngx_uint_t   i;

    if (mlcf->info != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    mlcf->info = ngx_pcalloc(cf->pool, sizeof(mcp_server_info_t));
    if (mlcf->info == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        if (value[i].len == 0
            || mcp_utf8_check(value[i].data, value[i].len) != NGX_OK)
        {
            return "has a parameter that is empty or not UTF-8";
        }
    }

    mlcf->info->name = value[1];
    mlcf->info->version = value[2];

    for (i = 3; i < cf->args->nelts; i++) {
        rv = ngx_http_mcp_set_server_option(cf, &value[i], mlcf->info);

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_mcp_set_server_option(ngx_conf_t *cf, ngx_str_t *option,
    mcp_server_info_t *info)
{
    size_t      len;
    ngx_str_t  *field;

    if (ngx_strncmp(option->data, "title=", 6) == 0) {
        field = &info->title;
        len = 6;

    } else if (ngx_strncmp(option->data, "website=", 8) == 0) {
        field = &info->website;
        len = 8;

    } else if (ngx_strncmp(option->data, "icon=", 5) == 0) {
        field = &info->icon;
        len = 5;

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\", expected title=, "
                           "website= or icon=; one with spaces is quoted as "
                           "a whole: \"title=My server\"", option);
        return NGX_CONF_ERROR;
    }

    if (field->len || option->len == len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "empty or duplicate parameter \"%V\"", option);
        return NGX_CONF_ERROR;
    }

    field->data = option->data + len;
    field->len = option->len - len;

    if (field != &info->title
        && ngx_strncmp(field->data, "https://", 8) != 0
        && ngx_strncmp(field->data, "http://", 7) != 0
        && (field != &info->icon || ngx_strncmp(field->data, "data:", 5) != 0))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid URL in \"%V\", expected https:// or "
                           "http://, or data: of an icon", option);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_mcp_set_instructions(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    ngx_str_t  *value, name;

    if (mlcf->instructions.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    mlcf->instructions = value[1];

    if (ngx_strncmp(value[1].data, "file=", 5) == 0) {
        name.data = value[1].data + 5;
        name.len = value[1].len - 5;

        if (ngx_http_mcp_read_file(cf, &name, NGX_HTTP_MCP_INSTRUCTIONS_MAX,
                                   &mlcf->instructions)
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    if (mcp_utf8_check(mlcf->instructions.data, mlcf->instructions.len)
        != NGX_OK)
    {
        return "is not UTF-8 text";
    }

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_mcp_read_file(ngx_conf_t *cf, ngx_str_t *name, size_t max,
    ngx_str_t *text)
{
    ssize_t      n;
    ngx_int_t    rc;
    ngx_file_t   file;

    if (ngx_conf_full_name(cf->cycle, name, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = NGX_ERROR;

    ngx_memzero(&file, sizeof(ngx_file_t));
    file.name = *name;
    file.log = cf->log;

    file.fd = ngx_open_file(name->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (file.fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", name);
        return NGX_ERROR;
    }

    if (ngx_fd_info(file.fd, &file.info) == NGX_FILE_ERROR
        || !ngx_is_file(&file.info)
        || ngx_file_size(&file.info) > (off_t) max)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is not a file of at most %uz bytes",
                           name, max);
        goto done;
    }

    text->len = (size_t) ngx_file_size(&file.info);

    text->data = ngx_pnalloc(cf->pool, text->len + 1);
    if (text->data == NULL) {
        goto done;
    }

    n = ngx_read_file(&file, text->data, text->len, 0);

    if (n != (ssize_t) text->len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_read_file_n " \"%V\" failed", name);
        goto done;
    }

    rc = NGX_OK;

done:

    if (ngx_close_file(file.fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", name);
    }

    return rc;
}


char *
ngx_http_mcp_set_protocols(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    ngx_str_t   *value;
    ngx_uint_t   i, version;

    if (mlcf->versions) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        if (mcp_version_find(&value[i], &version) != NGX_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "unknown protocol revision \"%V\", expected "
                               "2026-07-28, 2025-11-25, 2025-06-18, "
                               "2025-03-26 or 2024-11-05", &value[i]);
            return NGX_CONF_ERROR;
        }

        if (mlcf->versions & mcp_version_bit(version)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate protocol revision \"%V\"",
                               &value[i]);
            return NGX_CONF_ERROR;
        }

        mlcf->versions |= mcp_version_bit(version);
    }

    return NGX_CONF_OK;
}


char *
ngx_http_mcp_set_origins(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    ngx_str_t     *value;
    ngx_uint_t     i;
    mcp_origin_t  *origin;

    if (mlcf->origins != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    mlcf->origins = ngx_array_create(cf->pool, 4, sizeof(mcp_origin_t));
    if (mlcf->origins == NULL) {
        return NGX_CONF_ERROR;
    }

    mlcf->origin_none = 0;
    mlcf->server_names = 0;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_strcmp(value[i].data, "none") == 0) {
            mlcf->origin_none = 1;
            continue;
        }

        if (ngx_strcmp(value[i].data, "server_names") == 0) {
            mlcf->server_names = 1;
            continue;
        }

        origin = ngx_array_push(mlcf->origins);
        if (origin == NULL) {
            return NGX_CONF_ERROR;
        }

        if (mcp_origin_parse(&value[i], origin) != NGX_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid origin \"%V\", expected \"none\", "
                               "\"server_names\" or "
                               "\"[scheme://]host[:port]\", where the host "
                               "may begin with \"*.\" and the port may be "
                               "\"*\"", &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


char *
ngx_http_mcp_set_list_ttl(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    return ngx_http_mcp_set_ttl(cf, &mlcf->list_ttl, &mlcf->list_public);
}


char *
ngx_http_mcp_set_handler(ngx_conf_t *cf, ngx_http_handler_pt handler)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler == handler) {
        return "is duplicate";
    }

    if (clcf->handler) {
        return "conflicts with another content handler of the location";
    }

    clcf->handler = handler;

    return NGX_CONF_OK;
}
