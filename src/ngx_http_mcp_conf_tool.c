
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf_tool.h>


#define NGX_HTTP_MCP_SCHEMA_MAX   (1024 * 1024)

/* words that are not of a pass */
#define NGX_HTTP_MCP_TOOL_TITLE        0x0001
#define NGX_HTTP_MCP_TOOL_DESCRIPTION  0x0002
#define NGX_HTTP_MCP_TOOL_ICON         0x0004
#define NGX_HTTP_MCP_TOOL_INPUT        0x0008
#define NGX_HTTP_MCP_TOOL_OUTPUT       0x0010
#define NGX_HTTP_MCP_TOOL_ANNOTATIONS  0x0020


static char *ngx_http_mcp_tool_word(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_tool_annotations(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_tool_arg(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_tool_schema(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_int_t ngx_http_mcp_tool_input(ngx_conf_t *cf,
    ngx_http_mcp_conf_tool_t *t, const cJSON **properties);
static ngx_int_t ngx_http_mcp_tool_names(ngx_conf_t *cf,
    ngx_http_mcp_conf_tool_t *t, const cJSON *properties, ngx_array_t *names);
static ngx_uint_t ngx_http_mcp_tool_idempotent(ngx_http_mcp_conf_tool_t *t);
static ngx_int_t ngx_http_mcp_conf_tool_make(ngx_conf_t *cf,
    ngx_http_mcp_conf_tool_t *t, mcp_tool_t **made);


static ngx_command_t  ngx_http_mcp_tool_commands[] = {

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


char *
ngx_http_mcp_set_tool(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    char                      *rv;
    ngx_str_t                 *value;
    ngx_http_mcp_conf_tool_t  *t;

    value = cf->args->elts;

    t = ngx_http_mcp_conf_tool_create(cf, &value[1]);
    if (t == NULL) {
        return NGX_CONF_ERROR;
    }

    rv = ngx_http_mcp_conf_tool_block(cf, t);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    return ngx_http_mcp_conf_tool_finish(cf, mlcf, t);
}


ngx_http_mcp_conf_tool_t *
ngx_http_mcp_conf_tool_create(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_http_mcp_conf_tool_t  *t;

    t = ngx_pcalloc(cf->pool, sizeof(ngx_http_mcp_conf_tool_t));
    if (t == NULL) {
        return NULL;
    }

    t->name = *name;

    if (ngx_array_init(&t->args, cf->pool, 4, sizeof(mcp_tool_arg_t)) != NGX_OK
        || ngx_array_init(&t->places, cf->pool, 4, sizeof(ngx_http_mcp_at_t))
           != NGX_OK
        || ngx_http_mcp_conf_passes_init(cf, &t->words, &t->made.passes) != NGX_OK)
    {
        return NULL;
    }

    return t;
}


char *
ngx_http_mcp_conf_tool_block(ngx_conf_t *cf, ngx_http_mcp_conf_tool_t *t)
{
    ngx_http_mcp_words_t  words[] = {
        { ngx_http_mcp_tool_commands, t },
        { ngx_http_mcp_pass_commands, &t->words },
        { NULL, NULL }
    };

    t->said = 0;

    return ngx_http_mcp_parse_words(cf, words);
}


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
    ngx_str_t            name, *text;
    mcp_tool_t           tool;
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

    /* compiled once more with the rest; here for its line */

    ngx_memzero(&tool, sizeof(mcp_tool_t));
    tool.name = t->name;

    if (text == &t->input) {
        tool.input_schema = *text;

    } else {
        ngx_str_set(&tool.input_schema, "{\"type\":\"object\"}");
        tool.output_schema = *text;
    }

    rc = mcp_tool_compile(cf->pool, &tool, &err);

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\": %V",
                           &name, &err.text);
    }

    return rc == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}


char *
ngx_http_mcp_conf_tool_finish(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *mlcf,
    ngx_http_mcp_conf_tool_t *t)
{
    mcp_tool_t   *tool;
    ngx_array_t   names;
    const cJSON  *properties;

    ngx_http_mcp_conf_here(cf, &t->at);

    if (t->description.len == 0) {
        return "needs a \"description\", which tells a model when to use it";
    }

    if (t->made.passes.passes.nelts + t->words.passes.nelts == 0) {
        return "needs a \"pass\"";
    }

    if (ngx_array_init(&names, cf->pool, 8, sizeof(ngx_http_mcp_conf_name_t))
        != NGX_OK
        || ngx_http_mcp_tool_input(cf, t, &properties) != NGX_OK
        || ngx_http_mcp_tool_names(cf, t, properties, &names) != NGX_OK
        || ngx_http_mcp_conf_passes_finish(cf, &t->words, &names) != NGX_OK
        || ngx_http_mcp_conf_tool_make(cf, t, &tool) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_mcp_push_tool(cf, mlcf, tool);
}


static ngx_int_t
ngx_http_mcp_tool_input(ngx_conf_t *cf, ngx_http_mcp_conf_tool_t *t,
    const cJSON **properties)
{
    cJSON           *root, *defaults;
    mcp_json_doc_t   doc;

    if (t->args.nelts && (t->said & NGX_HTTP_MCP_TOOL_INPUT)) {
        ngx_http_mcp_conf_refuse(cf, (ngx_http_mcp_at_t *) t->places.elts,
                                 "\"%s\" and \"input\" do not go together: "
                                 "the schema in the file has all arguments",
                                 "arg");
        return NGX_ERROR;
    }

    if (t->args.nelts || t->input.len == 0) {

        if (mcp_tool_args_schema(cf->pool, &t->args, &t->input) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (mcp_json_parse(cf->pool, &t->input, &doc, &root) != NGX_OK
        || mcp_tool_defaults(cf->pool, root, &defaults) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (t->words.passes.nelts || t->made.passes.defaults == NULL) {
        t->made.passes.defaults = defaults;
    }

    *properties = cJSON_GetObjectItemCaseSensitive(root, "properties");

    return NGX_OK;
}


/* of the schema, and the lines they are written in */

static ngx_int_t
ngx_http_mcp_tool_names(ngx_conf_t *cf, ngx_http_mcp_conf_tool_t *t,
    const cJSON *properties, ngx_array_t *names)
{
    ngx_uint_t                 n;
    const cJSON               *property;
    ngx_http_mcp_at_t         *at;
    ngx_http_mcp_conf_name_t  *name;

    at = t->places.elts;
    n = 0;

    property = cJSON_IsObject(properties) ? properties->child : NULL;

    for ( /* void */ ; property; property = property->next) {
        name = ngx_array_push(names);
        if (name == NULL) {
            return NGX_ERROR;
        }

        ngx_http_mcp_str(&name->name, property->string);

        name->used = 0;
        name->at = (n < t->args.nelts) ? at[n++] : t->at;
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_mcp_tool_idempotent(ngx_http_mcp_conf_tool_t *t)
{
    ngx_str_t            *method;
    ngx_uint_t            i;
    ngx_http_mcp_pass_t  *pass;

    if (t->flags & (NGX_HTTP_MCP_READ_ONLY|NGX_HTTP_MCP_IDEMPOTENT)) {
        return 1;
    }

    pass = t->made.passes.passes.elts;

    for (i = 0; i < t->made.passes.passes.nelts; i++) {
        method = &pass[i].pass.method;

        if (ngx_strncmp(method->data, "POST", 4) == 0
            || ngx_strncmp(method->data, "PATCH", 5) == 0)
        {
            return 0;
        }
    }

    return 1;
}


static ngx_int_t
ngx_http_mcp_conf_tool_make(ngx_conf_t *cf, ngx_http_mcp_conf_tool_t *t,
    mcp_tool_t **made)
{
    ngx_int_t            rc;
    mcp_tool_t          *tool;
    mcp_schema_error_t   err;

    t->made.desc.name = (char *) t->name.data;
    t->made.desc.flags = t->flags;
    t->made.desc.handler = ngx_http_mcp_pass_tool;

    t->made.passes.idempotent = ngx_http_mcp_tool_idempotent(t);
    t->made.passes.file = t->at.file;
    t->made.passes.line = t->at.line;

    t->made.passes.name.data = ngx_pnalloc(cf->pool, t->name.len + 8);
    if (t->made.passes.name.data == NULL) {
        return NGX_ERROR;
    }

    t->made.passes.name.len = ngx_sprintf(t->made.passes.name.data, "tool \"%V\"",
                                     &t->name)
                         - t->made.passes.name.data;

    tool = ngx_pcalloc(cf->pool, sizeof(mcp_tool_t));
    if (tool == NULL) {
        return NGX_ERROR;
    }

    tool->name = t->name;
    tool->title = t->title;
    tool->description = t->description;
    tool->icon = t->icon;
    tool->input_schema = t->input;
    tool->output_schema = t->output;
    tool->flags = t->flags;
    tool->data = t;

    rc = mcp_tool_compile(cf->pool, tool, &err);

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "tool \"%V\": %V",
                           &t->name, &err.text);
    }

    *made = tool;

    return rc == NGX_OK ? NGX_OK : NGX_ERROR;
}


const ngx_http_mcp_passes_t *
ngx_http_mcp_tool_passes(const mcp_tool_t *tool)
{
    const ngx_http_mcp_pass_tool_t  *made;

    made = tool->data;

    return made->desc.handler == ngx_http_mcp_pass_tool ? &made->passes : NULL;
}
