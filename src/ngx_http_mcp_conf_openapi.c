
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf_auth.h>
#include <ngx_http_mcp_conf_openapi.h>


/*
 * A block in a block: nginx reads those of its own modules only, not those of
 * a handler.  So the words are commands of a module of a type of its own, as
 * those of "http" and "events" are, in a context where no others are allowed:
 * nginx's "include" has all of its contexts, and not this one.
 */

#define NGX_HTTP_MCP_OPENAPI_MODULE  0x4950414f   /* "OAPI" */
#define NGX_HTTP_MCP_OPENAPI_CONF    0x00020000


extern ngx_module_t  ngx_http_mcp_openapi_module;


static char *ngx_http_mcp_openapi_block(ngx_conf_t *cf,
    ngx_http_mcp_openapi_conf_t *oc);
static char *ngx_http_mcp_openapi_pass(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_openapi_prefix(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_openapi_rule(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_openapi_scope(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_openapi_override(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_command_t  ngx_http_mcp_openapi_commands[] = {

    { ngx_string("pass"),
      NGX_HTTP_MCP_OPENAPI_CONF|NGX_DIRECT_CONF|NGX_CONF_TAKE1,
      ngx_http_mcp_openapi_pass,
      0,
      offsetof(ngx_http_mcp_openapi_conf_t, pass),
      NULL },

    { ngx_string("prefix"),
      NGX_HTTP_MCP_OPENAPI_CONF|NGX_DIRECT_CONF|NGX_CONF_TAKE1,
      ngx_http_mcp_openapi_prefix,
      0,
      offsetof(ngx_http_mcp_openapi_conf_t, prefix),
      NULL },

    { ngx_string("include"),
      NGX_HTTP_MCP_OPENAPI_CONF|NGX_DIRECT_CONF|NGX_CONF_1MORE,
      ngx_http_mcp_openapi_rule,
      0,
      0,
      NULL },

    { ngx_string("exclude"),
      NGX_HTTP_MCP_OPENAPI_CONF|NGX_DIRECT_CONF|NGX_CONF_2MORE,
      ngx_http_mcp_openapi_rule,
      0,
      0,
      (void *) 1 },

    { ngx_string("override"),
      NGX_HTTP_MCP_OPENAPI_CONF|NGX_DIRECT_CONF|NGX_CONF_BLOCK
                               |NGX_CONF_TAKE1,
      ngx_http_mcp_openapi_override,
      0,
      0,
      NULL },

    { ngx_string("scope"),
      NGX_HTTP_MCP_OPENAPI_CONF|NGX_DIRECT_CONF|NGX_CONF_1MORE,
      ngx_http_mcp_openapi_scope,
      0,
      offsetof(ngx_http_mcp_openapi_conf_t, need),
      NULL },

    { ngx_string("output"),
      NGX_HTTP_MCP_OPENAPI_CONF|NGX_DIRECT_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      0,
      offsetof(ngx_http_mcp_openapi_conf_t, output),
      NULL },

    { ngx_string("strict"),
      NGX_HTTP_MCP_OPENAPI_CONF|NGX_DIRECT_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      0,
      offsetof(ngx_http_mcp_openapi_conf_t, strict),
      NULL },

      ngx_null_command
};


ngx_module_t  ngx_http_mcp_openapi_module = {
    NGX_MODULE_V1,
    NULL,                                  /* module context */
    ngx_http_mcp_openapi_commands,         /* module directives */
    NGX_HTTP_MCP_OPENAPI_MODULE,           /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


char *
ngx_http_mcp_set_openapi(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    char                         *rv;
    ngx_str_t                    *value;
    ngx_http_mcp_openapi_conf_t   oc;

    value = cf->args->elts;

    ngx_memzero(&oc, sizeof(ngx_http_mcp_openapi_conf_t));

    oc.file = value[1];
    oc.strict = NGX_CONF_UNSET;
    oc.output = NGX_CONF_UNSET;

    if (ngx_array_init(&oc.rules, cf->temp_pool, 4,
                       sizeof(ngx_http_mcp_openapi_rule_t))
        != NGX_OK
        || ngx_array_init(&oc.overrides, cf->temp_pool, 4,
                          sizeof(ngx_http_mcp_openapi_override_t))
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    rv = ngx_http_mcp_openapi_block(cf, &oc);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    if (oc.pass.data == NULL) {
        return "needs a \"pass\", the location before which the paths of the "
               "document are put";
    }

    ngx_conf_init_value(oc.strict, 0);
    ngx_conf_init_value(oc.output, 1);

    return ngx_http_mcp_openapi_tools(cf, mlcf, &oc);
}


static char *
ngx_http_mcp_openapi_block(ngx_conf_t *cf, ngx_http_mcp_openapi_conf_t *oc)
{
    char        *rv;
    void       **ctx;
    ngx_conf_t   save;

    ctx = ngx_pcalloc(cf->temp_pool, cf->cycle->modules_n * sizeof(void *));
    if (ctx == NULL) {
        return NGX_CONF_ERROR;
    }

    ctx[ngx_http_mcp_openapi_module.index] = oc;

    save = *cf;
    oc->ctx = cf->ctx;

    cf->ctx = ctx;
    cf->module_type = NGX_HTTP_MCP_OPENAPI_MODULE;
    cf->cmd_type = NGX_HTTP_MCP_OPENAPI_CONF;

    /* the name of the block is still needed when it has been read */

    cf->args = ngx_array_create(cf->temp_pool, 8, sizeof(ngx_str_t));
    if (cf->args == NULL) {
        *cf = save;
        return NGX_CONF_ERROR;
    }

    rv = ngx_conf_parse(cf, NULL);

    *cf = save;

    return rv;
}


static char *
ngx_http_mcp_openapi_pass(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char       *rv;
    u_char     *p;
    ngx_str_t  *pass;

    rv = ngx_conf_set_str_slot(cf, cmd, conf);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    pass = (ngx_str_t *) ((char *) conf + cmd->offset);

    if (pass->data[0] != '/') {
        return "must begin with \"/\"";
    }

    for (p = pass->data; *p; p++) {

        if (*p <= ' ' || ngx_strchr("?#{}\\", *p)) {
            return "must be a path without values, query and fragment";
        }

        if (p[0] == '/' && p[1] == '.'
            && (p[2] == '/' || p[2] == '\0'
                || (p[2] == '.' && (p[3] == '/' || p[3] == '\0'))))
        {
            return "must be a path without \".\" and \"..\"";
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_mcp_openapi_prefix(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char       *rv;
    u_char     *p;
    ngx_str_t  *prefix;

    rv = ngx_conf_set_str_slot(cf, cmd, conf);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    prefix = (ngx_str_t *) ((char *) conf + cmd->offset);

    for (p = prefix->data; *p; p++) {

        if (!(*p >= '0' && *p <= '9')
            && !((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z')
            && *p != '_' && *p != '-' && *p != '.')
        {
            return "must be characters of \"A-Z\", \"a-z\", \"0-9\", \"_\", "
                   "\"-\" and \".\"";
        }
    }

    return NGX_CONF_OK;
}


/* "include" and "exclude", and nginx's own "include" */

static char *
ngx_http_mcp_openapi_rule(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_openapi_conf_t *oc = conf;

    ngx_str_t                    *value;
    ngx_uint_t                    i, of;
    ngx_http_mcp_openapi_rule_t  *rule;

    static const char *const  kinds[] = { "id", "tag", "path", "method" };

    value = cf->args->elts;

    if (cf->args->nelts == 2) {
        return ngx_conf_include(cf, cmd, conf);
    }

    for (of = 0; of < 4; of++) {
        if (ngx_strcmp(value[1].data, kinds[of]) == 0) {
            break;
        }
    }

    if (of == 4) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown \"%V\" in \"%V\", expected \"id\", "
                           "\"tag\", \"path\" or \"method\"",
                           &value[1], &value[0]);
        return NGX_CONF_ERROR;
    }

    for (i = 2; i < cf->args->nelts; i++) {

        rule = ngx_array_push(&oc->rules);
        if (rule == NULL) {
            return NGX_CONF_ERROR;
        }

        rule->of = (ngx_http_mcp_openapi_of_e) of;
        rule->pattern = value[i];
        rule->exclude = (cmd->post != NULL);
        rule->used = 0;

        ngx_http_mcp_conf_here(cf, &rule->at);

        oc->includes += !rule->exclude;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_mcp_openapi_scope(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_openapi_conf_t *oc = conf;

    char  *rv;
    void  *ctx;

    ctx = cf->ctx;
    cf->ctx = oc->ctx;

    rv = ngx_http_mcp_set_scope(cf, cmd, conf);

    cf->ctx = ctx;

    return rv;
}


/* its words are put over those of the document when that is read */

static char *
ngx_http_mcp_openapi_override(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_openapi_conf_t *oc = conf;

    char                             *rv;
    void                             *ctx;
    ngx_str_t                        *value;
    ngx_uint_t                        i;
    ngx_http_mcp_openapi_override_t  *override;

    value = cf->args->elts;
    override = oc->overrides.elts;

    for (i = 0; i < oc->overrides.nelts; i++) {
        if (ngx_strcmp(override[i].name.data, value[1].data) == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate \"override\" of \"%V\"", &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    override = ngx_array_push(&oc->overrides);
    if (override == NULL) {
        return NGX_CONF_ERROR;
    }

    override->name = value[1];
    override->used = 0;
    ngx_http_mcp_conf_here(cf, &override->at);

    override->tool = ngx_http_mcp_conf_tool_create(cf, &value[1]);
    if (override->tool == NULL) {
        return NGX_CONF_ERROR;
    }

    ctx = cf->ctx;
    cf->ctx = oc->ctx;

    rv = ngx_http_mcp_conf_tool_block(cf, override->tool);

    cf->ctx = ctx;

    return rv;
}
