
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf_auth.h>
#include <ngx_http_mcp_conf_tool.h>


#define NGX_HTTP_MCP_SCHEMA_MAX   (1024 * 1024)


static char *ngx_http_mcp_tool_word(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_tool_scope(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_tool_annotations(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_tool_arg(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_tool_schema(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


ngx_command_t  ngx_http_mcp_tool_commands[] = {

    { ngx_string("title"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_tool_word,
      0,
      offsetof(ngx_http_mcp_conf_tool_t, title),
      (void *) NGX_HTTP_MCP_TOOL_TITLE },

    { ngx_string("description"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_tool_word,
      0,
      offsetof(ngx_http_mcp_conf_tool_t, description),
      (void *) NGX_HTTP_MCP_TOOL_DESCRIPTION },

    { ngx_string("icon"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_tool_word,
      0,
      offsetof(ngx_http_mcp_conf_tool_t, icon),
      (void *) NGX_HTTP_MCP_TOOL_ICON },

    { ngx_string("scope"),
      NGX_CONF_1MORE,
      ngx_http_mcp_tool_scope,
      0,
      0,
      NULL },

    { ngx_string("annotations"),
      NGX_CONF_1MORE,
      ngx_http_mcp_tool_annotations,
      0,
      0,
      NULL },

    { ngx_string("arg"),
      NGX_CONF_2MORE,
      ngx_http_mcp_tool_arg,
      0,
      0,
      NULL },

    { ngx_string("input"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_tool_schema,
      0,
      offsetof(ngx_http_mcp_conf_tool_t, input),
      (void *) NGX_HTTP_MCP_TOOL_INPUT },

    { ngx_string("output"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_tool_schema,
      0,
      offsetof(ngx_http_mcp_conf_tool_t, output),
      (void *) NGX_HTTP_MCP_TOOL_OUTPUT },

      ngx_null_command
};


static char *
ngx_http_mcp_tool_word(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_conf_tool_t *t = conf;

    if (t->said & (uintptr_t) cmd->post) {
        return "is duplicate";
    }

    t->said |= (uintptr_t) cmd->post;

    *(ngx_str_t *) ((char *) conf + cmd->offset)
        = ((ngx_str_t *) cf->args->elts)[1];

    return (uintptr_t) cmd->post == NGX_HTTP_MCP_TOOL_ICON
           ? ngx_http_mcp_check_icon(&t->icon) : NGX_CONF_OK;
}


static char *
ngx_http_mcp_tool_annotations(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_conf_tool_t *t = conf;

    ngx_str_t   *value;
    ngx_uint_t   i, k;

    static ngx_conf_bitmask_t  hints[] = {
        { ngx_string("read_only"), NGX_HTTP_MCP_READ_ONLY },
        { ngx_string("destructive"), NGX_HTTP_MCP_DESTRUCTIVE },
        { ngx_string("idempotent"), NGX_HTTP_MCP_IDEMPOTENT },
        { ngx_string("open_world"), NGX_HTTP_MCP_OPEN_WORLD },
        { ngx_null_string, 0 }
    };

    if (t->said & NGX_HTTP_MCP_TOOL_ANNOTATIONS) {
        return "is duplicate";
    }

    t->said |= NGX_HTTP_MCP_TOOL_ANNOTATIONS;
    t->annotated = 1;
    t->flags = 0;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        for (k = 0; hints[k].name.len; k++) {
            if (ngx_strcmp(value[i].data, hints[k].name.data) == 0) {
                break;
            }
        }

        if (hints[k].name.len == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "unknown annotation \"%V\", expected "
                               "read_only, idempotent, destructive or "
                               "open_world", &value[i]);
            return NGX_CONF_ERROR;
        }

        if (t->flags & hints[k].mask) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate annotation \"%V\"", &value[i]);
            return NGX_CONF_ERROR;
        }

        t->flags |= hints[k].mask;
    }

    if ((t->flags & NGX_HTTP_MCP_READ_ONLY)
        && (t->flags & NGX_HTTP_MCP_DESTRUCTIVE))
    {
        return "is \"read_only\" and \"destructive\" at once";
    }

    return NGX_CONF_OK;
}


/* in an "override" it stands for all that the document is given */

static char *
ngx_http_mcp_tool_scope(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_conf_tool_t *t = conf;

    if (t->said & NGX_HTTP_MCP_TOOL_SCOPE) {
        return "is duplicate";
    }

    t->said |= NGX_HTTP_MCP_TOOL_SCOPE;

    t->need = ngx_pcalloc(cf->pool, sizeof(mcp_scope_set_t));
    if (t->need == NULL) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_mcp_conf_scopes(cf, 1, t->need);
}


static char *
ngx_http_mcp_tool_arg(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_conf_tool_t *t = conf;

    ngx_int_t            rc;
    ngx_http_mcp_at_t   *at;
    mcp_schema_error_t   err;

    rc = mcp_tool_arg_add(cf->pool, &t->args,
                          (ngx_str_t *) cf->args->elts + 1,
                          cf->args->nelts - 1, &err);

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%V in \"arg\"", &err.text);
    }

    if (rc != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    at = ngx_array_push(&t->places);
    if (at == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_http_mcp_conf_here(cf, at);

    return NGX_CONF_OK;
}


/* "input" and "output" */

static char *
ngx_http_mcp_tool_schema(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_conf_tool_t *t = conf;

    ngx_int_t            rc;
    ngx_str_t           *text, name, schema;
    mcp_schema_error_t   err;

    if (t->said & (uintptr_t) cmd->post) {
        return "is duplicate";
    }

    t->said |= (uintptr_t) cmd->post;

    name = ((ngx_str_t *) cf->args->elts)[1];
    text = (ngx_str_t *) ((char *) conf + cmd->offset);

    if (ngx_http_mcp_read_file(cf, &name, NGX_HTTP_MCP_SCHEMA_MAX, text)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (text == &t->input) {
        ngx_http_mcp_conf_here(cf, &t->input_at);

        if (ngx_http_mcp_tool_try(cf, t, text, NULL, &name) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        rc = mcp_tool_defaults_check(cf->pool, text, &err);

        if (rc == NGX_DECLINED) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\": a \"default\" breaks the schema at "
                               "\"%V\": %V", &name, &err.path, &err.text);
        }

        return rc == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
    }

    ngx_http_mcp_conf_here(cf, &t->output_at);

    ngx_str_set(&schema, "{\"type\":\"object\"}");

    return ngx_http_mcp_tool_try(cf, t, &schema, text, &name) == NGX_OK
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* what is compiled once more with the rest, here for its line */

ngx_int_t
ngx_http_mcp_tool_try(ngx_conf_t *cf, ngx_http_mcp_conf_tool_t *t,
    ngx_str_t *input, ngx_str_t *output, ngx_str_t *what)
{
    ngx_int_t            rc;
    mcp_tool_t           tool;
    mcp_schema_error_t   err;

    ngx_memzero(&tool, sizeof(mcp_tool_t));

    tool.name = t->name;
    tool.input_schema = *input;

    if (output) {
        tool.output_schema = *output;
    }

    rc = mcp_tool_compile(cf->pool, &tool, &err);

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\": %V",
                           what, &err.text);
    }

    return rc == NGX_OK ? NGX_OK : NGX_ERROR;
}
