
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_origin.h>
#include <ngx_http_mcp_conf.h>
#include <ngx_http_mcp_conf_auth.h>
#include <ngx_http_mcp_conf_pass.h>
#include <ngx_http_mcp_cors.h>
#include <ngx_http_mcp_endpoint.h>
#include <ngx_http_mcp_handler.h>
#include <ngx_http_mcp_inspect.h>
#include <ngx_http_mcp_metadata.h>
#include <ngx_http_mcp_notify.h>
#include <ngx_http_mcp_publish.h>
#include <ngx_http_mcp_refusal.h>
#include <ngx_http_mcp_subrequest.h>
#include <ngx_http_mcp_variables.h>
#include <ngx_http_mcp_watch.h>
#include <ngx_http_mcp_zone.h>


#define NGX_HTTP_MCP_VERSION  "0.1.0"


static ngx_int_t ngx_http_mcp_preconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_http_mcp_postconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_http_mcp_init_module(ngx_cycle_t *cycle);
static ngx_int_t ngx_http_mcp_init_process(ngx_cycle_t *cycle);
static void ngx_http_mcp_exit_process(ngx_cycle_t *cycle);
static void *ngx_http_mcp_create_main_conf(ngx_conf_t *cf);
static void *ngx_http_mcp_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_mcp_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ngx_http_mcp_merge_enable(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *prev, ngx_http_mcp_loc_conf_t *conf);
static char *ngx_http_mcp_set(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_mcp_set_publish(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_conf_num_bounds_t  ngx_http_mcp_page_size_bounds = {
    ngx_conf_check_num_bounds, 1, 100000
};


static mcp_server_info_t  ngx_http_mcp_default_info = {
    ngx_string("nginx"),
    ngx_string(NGX_HTTP_MCP_VERSION),
    ngx_null_string,
    ngx_null_string,
    ngx_null_string
};


static ngx_command_t  ngx_http_mcp_commands[] = {

    { ngx_string("mcp"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_mcp_set,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_publish"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_mcp_set_publish,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_server"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_2MORE,
      ngx_http_mcp_set_server,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_instructions"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_mcp_set_instructions,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_protocols"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_mcp_set_protocols,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_allowed_origins"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_mcp_set_origins,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_tools"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_mcp_set_tools,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_tool"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_BLOCK
                        |NGX_CONF_TAKE1,
      ngx_http_mcp_set_tool,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_openapi"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_BLOCK
                        |NGX_CONF_TAKE1,
      ngx_http_mcp_set_openapi,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_resource"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_BLOCK
                        |NGX_CONF_TAKE1,
      ngx_http_mcp_set_resource,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_resources"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_2MORE,
      ngx_http_mcp_set_resources,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_prompt"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_BLOCK
                        |NGX_CONF_TAKE1,
      ngx_http_mcp_set_prompt,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_list_ttl"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE12,
      ngx_http_mcp_set_list_ttl,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_page_size"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_mcp_loc_conf_t, page_size),
      &ngx_http_mcp_page_size_bounds },

    { ngx_string("mcp_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_mcp_set_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_state_key"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_mcp_set_state_key,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_consumer"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE12,
      ngx_http_mcp_set_consumer,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_sessions"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE12,
      ngx_http_mcp_set_sessions,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_tool_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_mcp_set_tool_timeout,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("mcp_input_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_mcp_set_input_timeout,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_mcp_loc_conf_t, input_timeout),
      NULL },

    { ngx_string("mcp_stream_heartbeat"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_mcp_loc_conf_t, stream_heartbeat),
      NULL },

    { ngx_string("mcp_thread_pool"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_mcp_set_thread_pool,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_mcp_module_ctx = {
    ngx_http_mcp_preconfiguration,         /* preconfiguration */
    ngx_http_mcp_postconfiguration,        /* postconfiguration */

    ngx_http_mcp_create_main_conf,         /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_mcp_create_loc_conf,          /* create location configuration */
    ngx_http_mcp_merge_loc_conf            /* merge location configuration */
};


ngx_module_t  ngx_http_mcp_module = {
    NGX_MODULE_V1,
    &ngx_http_mcp_module_ctx,              /* module context */
    ngx_http_mcp_commands,                 /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    ngx_http_mcp_init_module,              /* init module */
    ngx_http_mcp_init_process,             /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_mcp_exit_process,             /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_http_mcp_preconfiguration(ngx_conf_t *cf)
{
    if (ngx_http_mcp_add_variables(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_mcp_add_builtin_tools(cf);
}


static ngx_int_t
ngx_http_mcp_postconfiguration(ngx_conf_t *cf)
{
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_PREACCESS_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_mcp_preaccess_handler;

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_PRECONTENT_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_mcp_precontent_handler;

    ngx_http_mcp_cors_init();
    ngx_http_mcp_inspect_init();
    ngx_http_mcp_refusal_init();

    ngx_http_mcp_subrequest_init(cf);

    if (ngx_http_mcp_check_locations(cf) != NGX_OK
        || ngx_http_mcp_check_variables(cf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_mcp_init_zone(cf);
}


static ngx_int_t
ngx_http_mcp_init_module(ngx_cycle_t *cycle)
{
    ngx_http_mcp_zone_init_module(cycle);
    ngx_http_mcp_endpoint_init_module(cycle);

    return ngx_http_mcp_notify_init_module(cycle);
}


static ngx_int_t
ngx_http_mcp_init_process(ngx_cycle_t *cycle)
{
    if (ngx_http_mcp_notify_init_process(cycle) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_mcp_watch_init_process(cycle);
}


static void
ngx_http_mcp_exit_process(ngx_cycle_t *cycle)
{
    ngx_http_mcp_watch_exit_process(cycle);
    ngx_http_mcp_notify_exit_process(cycle);
}


static void *
ngx_http_mcp_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_mcp_main_conf_t  *mmcf;

    mmcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_mcp_main_conf_t));
    if (mmcf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&mmcf->api_keys, cf->pool, 1, sizeof(void *)) != NGX_OK
        || ngx_array_init(&mmcf->sets, cf->pool, 1, sizeof(void *)) != NGX_OK
        || ngx_array_init(&mmcf->tool_scopes, cf->pool, 1, sizeof(void *))
           != NGX_OK
        || ngx_array_init(&mmcf->packs, cf->pool, 4,
                          sizeof(ngx_http_mcp_pack_t))
           != NGX_OK
        || ngx_array_init(&mmcf->watches, cf->pool, 1, sizeof(void *))
           != NGX_OK
        || ngx_array_init(&mmcf->endpoints, cf->pool, 4, sizeof(void *))
           != NGX_OK
        || ngx_array_init(&mmcf->own_tools, cf->pool, 4, sizeof(void *))
           != NGX_OK
        || ngx_array_init(&mmcf->owned, cf->pool, 4,
                          sizeof(ngx_http_mcp_owned_t))
           != NGX_OK
        || ngx_array_init(&mmcf->passes, cf->pool, 4,
                          sizeof(ngx_http_mcp_used_t))
           != NGX_OK
        || ngx_array_init(&mmcf->named, cf->pool, 4,
                          sizeof(ngx_http_mcp_named_t))
           != NGX_OK)
    {
        return NULL;
    }

    return mmcf;
}


static void *
ngx_http_mcp_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_mcp_loc_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_mcp_loc_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     conf->instructions = { 0, NULL };
     *     conf->versions = 0;
     *     conf->file = NULL;
     *     conf->consumer = NULL;
     *     conf->server = NULL;
     */

    conf->auth = ngx_http_mcp_conf_auth_create(cf);
    if (conf->auth == NULL) {
        return NULL;
    }

    conf->enable = NGX_CONF_UNSET;
    conf->inspect = NGX_CONF_UNSET;
    conf->info = NGX_CONF_UNSET_PTR;
    conf->origins = NGX_CONF_UNSET_PTR;
    conf->origin_none = NGX_CONF_UNSET_UINT;
    conf->server_names = NGX_CONF_UNSET_UINT;
    conf->cors = NGX_CONF_UNSET_PTR;
    conf->tools = NGX_CONF_UNSET_PTR;
    conf->own_tools = NGX_CONF_UNSET_PTR;
    conf->packs = NGX_CONF_UNSET_PTR;
    conf->resources = NGX_CONF_UNSET_PTR;
    conf->prompts = NGX_CONF_UNSET_PTR;
    conf->list_ttl = NGX_CONF_UNSET_MSEC;
    conf->list_public = NGX_CONF_UNSET_UINT;
    conf->page_size = NGX_CONF_UNSET_UINT;
    conf->sessions = NGX_CONF_UNSET_UINT;
    conf->session_timeout = NGX_CONF_UNSET;
    conf->tool_timeout = NGX_CONF_UNSET_MSEC;
    conf->tool_timeouts = NGX_CONF_UNSET_PTR;
    conf->input_timeout = NGX_CONF_UNSET_MSEC;
    conf->limit_wait = NGX_CONF_UNSET;
    conf->stream_heartbeat = NGX_CONF_UNSET_MSEC;
    conf->thread_pool = NGX_CONF_UNSET_PTR;

    return conf;
}


static char *
ngx_http_mcp_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_mcp_loc_conf_t *prev = parent;
    ngx_http_mcp_loc_conf_t *conf = child;

    if (ngx_http_mcp_merge_enable(cf, prev, conf) != NGX_CONF_OK
        || ngx_http_mcp_conf_auth_merge(cf, prev->auth, conf->auth)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    ngx_conf_merge_value(conf->inspect, prev->inspect, 0);

    ngx_conf_merge_ptr_value(conf->info, prev->info,
                             &ngx_http_mcp_default_info);
    ngx_conf_merge_str_value(conf->instructions, prev->instructions, "");

    if (conf->versions == 0) {
        conf->versions = prev->versions ? prev->versions
                                        : MCP_VERSION_MASK_ALL;
    }

    ngx_conf_merge_uint_value(conf->origin_none, prev->origin_none, 1);
    ngx_conf_merge_uint_value(conf->server_names, prev->server_names, 1);
    ngx_conf_merge_ptr_value(conf->cors, prev->cors, NULL);
    ngx_conf_merge_ptr_value(conf->tools, prev->tools, NULL);
    ngx_conf_merge_ptr_value(conf->own_tools, prev->own_tools, NULL);
    ngx_conf_merge_ptr_value(conf->packs, prev->packs, NULL);
    ngx_conf_merge_ptr_value(conf->resources, prev->resources, NULL);
    ngx_conf_merge_ptr_value(conf->prompts, prev->prompts, NULL);
    ngx_conf_merge_msec_value(conf->list_ttl, prev->list_ttl, 300000);
    ngx_conf_merge_uint_value(conf->list_public, prev->list_public, 0);
    ngx_conf_merge_uint_value(conf->page_size, prev->page_size, 200);
    ngx_conf_merge_uint_value(conf->sessions, prev->sessions,
                              NGX_HTTP_MCP_SESSIONS_ON);
    ngx_conf_merge_sec_value(conf->session_timeout, prev->session_timeout,
                             86400);
    ngx_conf_merge_msec_value(conf->tool_timeout, prev->tool_timeout, 60000);
    ngx_conf_merge_ptr_value(conf->tool_timeouts, prev->tool_timeouts, NULL);
    ngx_conf_merge_msec_value(conf->input_timeout, prev->input_timeout,
                              300000);
    ngx_conf_merge_sec_value(conf->limit_wait, prev->limit_wait, 0);
    ngx_conf_merge_msec_value(conf->stream_heartbeat, prev->stream_heartbeat,
                              15000);
    ngx_conf_merge_ptr_value(conf->thread_pool, prev->thread_pool, NULL);

    if (conf->consumer == NULL) {
        conf->consumer = prev->consumer;
        conf->consumer_scope = prev->consumer_scope;
    }

    ngx_conf_merge_ptr_value(conf->origins, prev->origins, NULL);

    if (conf->origins == NULL) {
        conf->origins = ngx_array_create(cf->pool, 1, sizeof(mcp_origin_t));
        if (conf->origins == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    if (conf->enable) {
        /* what is inherited is for the locations around it */
        conf->inspect = 0;
    }

    if (conf->inspect) {
        conf->server = ngx_http_mcp_inspect_server(cf, conf);
        if (conf->server == NULL
            || ngx_http_mcp_conf_views(cf, conf) != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    if (!conf->enable && !conf->inspect) {
        return NGX_CONF_OK;
    }

    if (conf->auth->set
        && ngx_http_mcp_auth_jwt_init(cf, conf->auth) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (conf->auth->resource.len
        && conf->auth->url.len == 0
        && ngx_http_mcp_metadata_add(cf, conf) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (conf->consumer == NULL
        && ngx_http_mcp_init_consumer(cf, conf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return conf->enable ? ngx_http_mcp_build_server(cf, conf) : NGX_CONF_OK;
}


/* "if" and "limit_except" are part of their location, others are not */

static char *
ngx_http_mcp_merge_enable(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *prev,
    ngx_http_mcp_loc_conf_t *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (conf->inspect == 1 && clcf->handler == NULL && clcf->name.len
        && clcf->locations == NULL)
    {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"mcp_inspect\" is for what \"proxy_pass\" sends on, "
                      "and location \"%V\" has none in %s:%ui",
                      &clcf->name, conf->file, conf->line);
        return NGX_CONF_ERROR;
    }

    if (conf->enable == 1 && clcf->handler != ngx_http_mcp_handler) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"mcp\" conflicts with another content handler "
                           "of location \"%V\"", &clcf->name);
        return NGX_CONF_ERROR;
    }

    if (conf->enable == NGX_CONF_UNSET) {
        conf->enable = (clcf->noname && prev->enable == 1
                        && clcf->handler == NULL);

        conf->file = prev->file;
        conf->line = prev->line;

        if (conf->enable && clcf->lmt_excpt) {
            clcf->handler = ngx_http_mcp_handler;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_mcp_set(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_mcp_main_conf_t  *mmcf;

    if (mlcf->enable != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler) {
        return "conflicts with another content handler of the location";
    }

    if (mlcf->inspect == 1) {
        return "conflicts with \"mcp_inspect\", which is for what "
               "\"proxy_pass\" sends on";
    }

    clcf->handler = ngx_http_mcp_handler;
    mlcf->enable = 1;
    mlcf->file = cf->conf_file->file.name.data;
    mlcf->line = cf->conf_file->line;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);
    mmcf->enabled = 1;

    return NGX_CONF_OK;
}


static char *
ngx_http_mcp_set_publish(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_http_mcp_set_handler(cf, ngx_http_mcp_publish_handler);
}
