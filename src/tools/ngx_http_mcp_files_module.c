
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp_files.h>


#define NGX_HTTP_MCP_FILES_NAME_MAX  64


static ngx_int_t ngx_http_mcp_files_preconfiguration(ngx_conf_t *cf);
static void *ngx_http_mcp_files_create_conf(ngx_conf_t *cf);
static char *ngx_http_mcp_files_merge_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ngx_http_mcp_files_set_root(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_uint_t ngx_http_mcp_files_is_name(ngx_str_t *name);


static ngx_command_t  ngx_http_mcp_files_commands[] = {

    { ngx_string("mcp_files_root"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE2,
      ngx_http_mcp_files_set_root,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_mcp_files_module_ctx = {
    ngx_http_mcp_files_preconfiguration,   /* preconfiguration */
    NULL,                                  /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_mcp_files_create_conf,        /* create location configuration */
    ngx_http_mcp_files_merge_conf          /* merge location configuration */
};


ngx_module_t  ngx_http_mcp_files_module = {
    NGX_MODULE_V1,
    &ngx_http_mcp_files_module_ctx,        /* module context */
    ngx_http_mcp_files_commands,           /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_http_mcp_files_preconfiguration(ngx_conf_t *cf)
{
    return ngx_http_mcp_add_tools(cf, &ngx_http_mcp_files_tools);
}


static void *
ngx_http_mcp_files_create_conf(ngx_conf_t *cf)
{
    ngx_http_mcp_files_conf_t  *conf;

    conf = ngx_palloc(cf->pool, sizeof(ngx_http_mcp_files_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    conf->roots = NGX_CONF_UNSET_PTR;

    return conf;
}


static char *
ngx_http_mcp_files_merge_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_mcp_files_conf_t *prev = parent;
    ngx_http_mcp_files_conf_t *conf = child;

    ngx_http_core_loc_conf_t  *clcf;

    ngx_conf_merge_ptr_value(conf->roots, prev->roots, NULL);

    if (conf->roots == NULL
        && ngx_http_mcp_has_tools(cf, &ngx_http_mcp_files_tools))
    {
        clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"mcp_tools files\" needs an \"mcp_files_root\" in "
                      "location \"%V\"", &clcf->name);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_mcp_files_set_root(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_files_conf_t *mfcf = conf;

    ngx_str_t                  *value;
    ngx_uint_t                  i;
    ngx_file_info_t             fi;
    ngx_http_mcp_files_root_t  *root;

    value = cf->args->elts;

    if (!ngx_http_mcp_files_is_name(&value[1])) {
        return "needs a name of 1 to 64 letters, digits, \"-\", \"_\" and "
               "\".\"";
    }

    if (value[2].len == 0) {
        return "has an empty directory";
    }

    if (mfcf->roots == NGX_CONF_UNSET_PTR) {
        mfcf->roots = ngx_array_create(cf->pool, 4,
                                       sizeof(ngx_http_mcp_files_root_t));
        if (mfcf->roots == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    root = mfcf->roots->elts;

    for (i = 0; i < mfcf->roots->nelts; i++) {
        if (ngx_strcmp(root[i].name.data, value[1].data) == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate root \"%V\"", &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_conf_full_name(cf->cycle, &value[2], 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_file_info(value[2].data, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_file_info_n " \"%V\" failed", &value[2]);
        return NGX_CONF_ERROR;
    }

    if (!ngx_is_dir(&fi)) {
        return "has what is no directory";
    }

    root = ngx_array_push(mfcf->roots);
    if (root == NULL) {
        return NGX_CONF_ERROR;
    }

    root->name = value[1];
    root->tree.root = value[2];
    root->tree.depth = NGX_HTTP_MCP_TREE_DEPTH_MAX;

    return NGX_CONF_OK;
}


static ngx_uint_t
ngx_http_mcp_files_is_name(ngx_str_t *name)
{
    u_char      c;
    ngx_uint_t  i;

    if (name->len == 0 || name->len > NGX_HTTP_MCP_FILES_NAME_MAX) {
        return 0;
    }

    for (i = 0; i < name->len; i++) {
        c = name->data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'))
        {
            return 0;
        }
    }

    return 1;
}
