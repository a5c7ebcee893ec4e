
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_auth.h>
#include <ngx_http_mcp_conf.h>
#include <ngx_http_mcp_zone.h>


#define NGX_HTTP_MCP_KEY_FILE_MAX  65536


static ngx_str_t  ngx_http_mcp_zone_name = ngx_string("ngx_http_mcp");
static ngx_http_complex_value_t *ngx_http_mcp_complex(ngx_conf_t *cf,
    ngx_str_t *value);


static ngx_str_t  ngx_http_mcp_consumer = ngx_string("$remote_user");


char *
ngx_http_mcp_set_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_main_conf_t *mmcf = conf;

    u_char     *p, *last;
    ssize_t     size;
    ngx_str_t  *value, name, s;

    if (mmcf->zone) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strncmp(value[1].data, "zone=", 5) != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\", expected "
                           "zone=NAME:SIZE", &value[1]);
        return NGX_CONF_ERROR;
    }

    name.data = value[1].data + 5;
    last = value[1].data + value[1].len;

    p = ngx_strlchr(name.data, last, ':');

    if (p == NULL || p == name.data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid zone \"%V\", expected zone=NAME:SIZE",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    name.len = p - name.data;

    s.data = p + 1;
    s.len = last - s.data;

    size = ngx_parse_size(&s);

    if (size == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid size \"%V\" of zone \"%V\", expected a "
                           "number of bytes, with \"k\" or \"m\"", &s, &name);
        return NGX_CONF_ERROR;
    }

    if (size < NGX_HTTP_MCP_ZONE_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "zone \"%V\" is too small, it needs at least %dk",
                           &name, NGX_HTTP_MCP_ZONE_MIN / 1024);
        return NGX_CONF_ERROR;
    }

    mmcf->zone = ngx_http_mcp_zone_add(cf, &name, size);

    return mmcf->zone ? NGX_CONF_OK : NGX_CONF_ERROR;
}


ngx_int_t
ngx_http_mcp_init_zone(ngx_conf_t *cf)
{
    ngx_http_mcp_main_conf_t  *mmcf;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);

    if (mmcf->zone || !mmcf->enabled) {
        return NGX_OK;
    }

    mmcf->zone = ngx_http_mcp_zone_add(cf, &ngx_http_mcp_zone_name,
                                       NGX_HTTP_MCP_ZONE_SIZE);

    return mmcf->zone ? NGX_OK : NGX_ERROR;
}


char *
ngx_http_mcp_set_state_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_main_conf_t *mmcf = conf;

    ngx_int_t         rc;
    ngx_str_t        *value, *name, text;
    ngx_uint_t        line;
    const char       *err;

    if (mmcf->keys) {
        return "is duplicate";
    }

    mmcf->keys = ngx_pcalloc(cf->pool, sizeof(mcp_state_keys_t));
    if (mmcf->keys == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;
    name = &value[1];

    if (ngx_http_mcp_read_file(cf, name, NGX_HTTP_MCP_KEY_FILE_MAX, &text)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    rc = mcp_state_parse_keys(&text, mmcf->keys, &err, &line);

    ngx_explicit_memzero(text.data, text.len);

    if (rc != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\", line %ui: %s",
                           name, line, err);
        return NGX_CONF_ERROR;
    }

    ngx_http_mcp_warn_of_mode(cf, name);

    return NGX_CONF_OK;
}


void
ngx_http_mcp_warn_of_mode(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_file_info_t  fi;

    if (ngx_file_info(name->data, &fi) != NGX_FILE_ERROR
        && (fi.st_mode & (S_IROTH|S_IWOTH)))
    {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"%V\" can be read or written by everybody, and "
                           "who knows or sets a key can act for others: "
                           "\"chmod 600\" it", name);
    }
}


/* "mcp_consumer VALUE [scope=VALUE]" */

char *
ngx_http_mcp_set_consumer(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    ngx_str_t  *value, scope;

    if (mlcf->consumer) {
        return "is duplicate";
    }

    value = cf->args->elts;

    mlcf->consumer = ngx_http_mcp_complex(cf, &value[1]);
    if (mlcf->consumer == NULL) {
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts == 2) {
        return NGX_CONF_OK;
    }

    if (ngx_strncmp(value[2].data, "scope=", sizeof("scope=") - 1) != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\", expected scope=VALUE",
                           &value[2]);
        return NGX_CONF_ERROR;
    }

    scope.data = value[2].data + sizeof("scope=") - 1;
    scope.len = value[2].len - (sizeof("scope=") - 1);

    mlcf->consumer_scope = ngx_http_mcp_complex(cf, &scope);

    return mlcf->consumer_scope ? NGX_CONF_OK : NGX_CONF_ERROR;
}


char *
ngx_http_mcp_init_consumer(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *conf)
{
    /* a name in a credential that nobody has checked is nobody's */

    if (ngx_http_mcp_auth_enabled(conf->auth)) {
        return NGX_CONF_OK;
    }

    conf->consumer = ngx_http_mcp_complex(cf, &ngx_http_mcp_consumer);

    return conf->consumer ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static ngx_http_complex_value_t *
ngx_http_mcp_complex(ngx_conf_t *cf, ngx_str_t *value)
{
    ngx_http_complex_value_t          *cv;
    ngx_http_compile_complex_value_t   ccv;

    cv = ngx_palloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (cv == NULL) {
        return NULL;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = value;
    ccv.complex_value = cv;

    return ngx_http_compile_complex_value(&ccv) == NGX_OK ? cv : NULL;
}


char *
ngx_http_mcp_set_sessions(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    ngx_str_t   *value, time;
    ngx_uint_t   i;

    static const ngx_str_t  modes[] = {
        ngx_string("off"),           /* NGX_HTTP_MCP_SESSIONS_OFF */
        ngx_string("on"),
        ngx_string("required")
    };

    if (mlcf->sessions != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 0; i <= NGX_HTTP_MCP_SESSIONS_REQUIRED; i++) {
        if (ngx_strcmp(value[1].data, modes[i].data) == 0) {
            mlcf->sessions = i;
        }
    }

    if (mlcf->sessions == NGX_CONF_UNSET_UINT) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\", expected on, off or "
                           "required", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts == 2) {
        return NGX_CONF_OK;
    }

    if (ngx_strncmp(value[2].data, "timeout=", sizeof("timeout=") - 1) == 0) {
        time.data = value[2].data + sizeof("timeout=") - 1;
        time.len = value[2].len - (sizeof("timeout=") - 1);

        mlcf->session_timeout = ngx_parse_time(&time, 1);
    }

    if (mlcf->session_timeout <= 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\", expected "
                           "timeout=TIME, 1s at least", &value[2]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}
