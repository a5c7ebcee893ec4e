
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp_nginx.h>
#include <mcp_json_text.h>


static ngx_int_t ngx_http_mcp_nginx_preconfiguration(ngx_conf_t *cf);
static void *ngx_http_mcp_nginx_create_conf(ngx_conf_t *cf);
static char *ngx_http_mcp_nginx_merge_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ngx_http_mcp_nginx_set_log(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_int_t ngx_http_mcp_nginx_init_module(ngx_cycle_t *cycle);


static ngx_command_t  ngx_http_mcp_nginx_commands[] = {

    { ngx_string("mcp_nginx_log"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE2,
      ngx_http_mcp_nginx_set_log,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_mcp_nginx_module_ctx = {
    ngx_http_mcp_nginx_preconfiguration,   /* preconfiguration */
    NULL,                                  /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_mcp_nginx_create_conf,        /* create location configuration */
    ngx_http_mcp_nginx_merge_conf          /* merge location configuration */
};


ngx_module_t  ngx_http_mcp_nginx_module = {
    NGX_MODULE_V1,
    &ngx_http_mcp_nginx_module_ctx,        /* module context */
    ngx_http_mcp_nginx_commands,           /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    ngx_http_mcp_nginx_init_module,        /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


/* a reload opens the same module again, before it closes the old one */

ngx_http_mcp_nginx_facts_t  ngx_http_mcp_nginx_facts;


static ngx_int_t
ngx_http_mcp_nginx_preconfiguration(ngx_conf_t *cf)
{
    return ngx_http_mcp_add_tools(cf, &ngx_http_mcp_nginx_tools);
}


static void *
ngx_http_mcp_nginx_create_conf(ngx_conf_t *cf)
{
    ngx_http_mcp_nginx_conf_t  *conf;

    conf = ngx_palloc(cf->pool, sizeof(ngx_http_mcp_nginx_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    conf->logs = NGX_CONF_UNSET_PTR;

    return conf;
}


static char *
ngx_http_mcp_nginx_merge_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_mcp_nginx_conf_t *prev = parent;
    ngx_http_mcp_nginx_conf_t *conf = child;

    ngx_conf_merge_ptr_value(conf->logs, prev->logs, NULL);

    return NGX_CONF_OK;
}


static char *
ngx_http_mcp_nginx_set_log(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_nginx_conf_t *mncf = conf;

    ngx_str_t                 *value;
    ngx_uint_t                 i;
    ngx_http_mcp_nginx_log_t  *log;

    value = cf->args->elts;

    if (value[1].len == 0
        || mcp_utf8_check(value[1].data, value[1].len) != NGX_OK)
    {
        return "needs a name, which is UTF-8";
    }

    if (value[2].len == 0) {
        return "has an empty file name";
    }

    if (mncf->logs == NGX_CONF_UNSET_PTR) {
        mncf->logs = ngx_array_create(cf->pool, 2,
                                      sizeof(ngx_http_mcp_nginx_log_t));
        if (mncf->logs == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    log = mncf->logs->elts;

    for (i = 0; i < mncf->logs->nelts; i++) {
        if (ngx_strcmp(log[i].name.data, value[1].data) == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "duplicate log \"%V\"",
                               &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    /* relative to the prefix, as in "access_log" */

    if (ngx_conf_full_name(cf->cycle, &value[2], 0) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    log = ngx_array_push(mncf->logs);
    if (log == NULL) {
        return NGX_CONF_ERROR;
    }

    log->name = value[1];
    log->file = value[2];

    return NGX_CONF_OK;
}


/*
 * In the master, for each configuration.  The first one is only known as such
 * if the module was there when nginx started.
 */

static ngx_int_t
ngx_http_mcp_nginx_init_module(ngx_cycle_t *cycle)
{
    ngx_http_mcp_nginx_facts_t  *facts;

    facts = &ngx_http_mcp_nginx_facts;

    facts->loaded = ngx_time();

    if (ngx_is_init_cycle(cycle->old_cycle)) {
        facts->started = facts->loaded;
        facts->generation = 1;

    } else if (facts->generation) {
        facts->generation++;
    }

    return NGX_OK;
}
