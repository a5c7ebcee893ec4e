
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf_tool.h>


static ngx_int_t ngx_http_mcp_tool_input(ngx_conf_t *cf,
    ngx_http_mcp_conf_tool_t *t, const cJSON **properties);
static ngx_int_t ngx_http_mcp_tool_names(ngx_conf_t *cf,
    ngx_http_mcp_conf_tool_t *t, const cJSON *properties, ngx_array_t *names);
static ngx_int_t ngx_http_mcp_tool_output(ngx_conf_t *cf,
    ngx_http_mcp_conf_tool_t *t);
static ngx_uint_t ngx_http_mcp_tool_idempotent(ngx_http_mcp_conf_tool_t *t);
static ngx_int_t ngx_http_mcp_conf_tool_make(ngx_conf_t *cf,
    ngx_http_mcp_conf_tool_t *t, mcp_tool_t **made);


char *
ngx_http_mcp_set_tool(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    char                      *rv;
    ngx_str_t                 *value, schema;
    ngx_http_mcp_conf_tool_t  *t;

    value = cf->args->elts;

    t = ngx_http_mcp_conf_tool_create(cf, &value[1]);
    if (t == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_str_set(&schema, "{\"type\":\"object\"}");

    if (ngx_http_mcp_tool_try(cf, t, &schema, NULL, &value[1]) != NGX_OK) {
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
        || ngx_http_mcp_conf_passes_init(cf, &t->words, &t->made.passes)
           != NGX_OK)
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
        || ngx_http_mcp_tool_output(cf, t) != NGX_OK
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
    ngx_int_t        rc;
    ngx_str_t        name;
    mcp_json_doc_t   doc;

    if (t->args.nelts && (t->said & NGX_HTTP_MCP_TOOL_INPUT)) {
        ngx_http_mcp_conf_refuse(cf, (ngx_http_mcp_at_t *) t->places.elts,
                                 "\"%s\" and \"input\" do not go together: "
                                 "the schema in the file has all arguments",
                                 "arg");
        return NGX_ERROR;
    }

    if (t->input.len == 0 || (t->args.nelts && t->words.passes.nelts)) {

        if (mcp_tool_args_schema(cf->pool, &t->args, &t->input) != NGX_OK) {
            return NGX_ERROR;
        }

    } else if (t->args.nelts) {

        /* the request stays as it is, so what it needs does too */

        rc = mcp_tool_args_replace(cf->pool, &t->args, &t->input, &name);

        if (rc == NGX_DECLINED) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "unknown argument \"%V\" of tool \"%V\": an "
                               "\"arg\" without a \"pass\" replaces one "
                               "that is there", &name, &t->name);
        }

        if (rc != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (mcp_json_parse(cf->pool, &t->input, &doc, &root) != NGX_OK
        || mcp_tool_defaults(cf->pool, root, &defaults) != NGX_OK)
    {
        return NGX_ERROR;
    }

    mcp_json_free(&doc);

    if (t->words.passes.nelts || t->args.nelts
        || t->made.passes.defaults == NULL)
    {
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
        name->at = (n < t->args.nelts) ? at[n++] : t->input_at;
    }

    return NGX_OK;
}


/* of several answers the result is JSON whatever they are, of one it is not
 * always: then a schema that is not of the block, but of a document, goes */

static ngx_int_t
ngx_http_mcp_tool_output(ngx_conf_t *cf, ngx_http_mcp_conf_tool_t *t)
{
    const char           *with;
    ngx_http_mcp_pass_t  *pass;

    if (t->output.len == 0 || t->made.passes.combined) {
        return NGX_OK;
    }

    pass = t->made.passes.passes.elts;

    if (pass->pass.method.data[0] == 'H') {
        with = "HEAD, which has no answer";

    } else if (pass->answer.type == MCP_ANSWER_TEXT) {
        with = "\"result text\"";

    } else if (pass->answer.type == MCP_ANSWER_BLOB) {
        with = "\"result blob\"";

    } else {
        return NGX_OK;
    }

    if (t->said & NGX_HTTP_MCP_TOOL_OUTPUT) {
        ngx_http_mcp_conf_refuse(cf, &t->output_at,
                                 "\"output\" does not go with %s: it is the "
                                 "schema of JSON", with);
        return NGX_ERROR;
    }

    ngx_str_null(&t->output);

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
    u_char                 *p;
    ngx_int_t               rc;
    mcp_tool_t             *tool;
    mcp_schema_error_t      err;
    ngx_http_mcp_passes_t  *passes;

    passes = &t->made.passes;

    t->made.desc.name = (char *) t->name.data;
    t->made.desc.flags = t->flags;
    t->made.desc.handler = ngx_http_mcp_pass_tool;

    passes->idempotent = ngx_http_mcp_tool_idempotent(t);
    passes->file = t->at.file;
    passes->line = t->at.line;

    p = ngx_pnalloc(cf->pool, t->name.len + sizeof("tool \"\""));
    if (p == NULL) {
        return NGX_ERROR;
    }

    passes->name.data = p;
    passes->name.len = ngx_sprintf(p, "tool \"%V\"", &t->name) - p;

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
    tool->need = t->need;
    tool->data = t;

    rc = mcp_tool_compile(cf->pool, tool, &err);

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "tool \"%V\": %V",
                           &t->name, &err.text);
    }

    *made = tool;

    return rc == NGX_OK ? NGX_OK : NGX_ERROR;
}
