
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf.h>
#include <ngx_http_mcp_conf_auth.h>
#include <ngx_http_mcp_script.h>


#define NGX_HTTP_MCP_MESSAGE_MAX  (1024 * 1024)


static char *ngx_http_mcp_script_init(ngx_conf_t *cf,
    ngx_http_mcp_script_t *script);
static char *ngx_http_mcp_script_block(ngx_conf_t *cf,
    ngx_http_mcp_script_t *script);
static char *ngx_http_mcp_script_pass(ngx_conf_t *cf,
    ngx_http_mcp_script_t *script);
static char *ngx_http_mcp_script_finish(ngx_conf_t *cf,
    ngx_http_mcp_script_t *script);
static char *ngx_http_mcp_script_arg(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_script_arg_option(ngx_conf_t *cf,
    ngx_http_mcp_arg_t *arg, ngx_str_t *option);
static ngx_uint_t ngx_http_mcp_script_arg_other(ngx_str_t *option);
static char *ngx_http_mcp_script_values(ngx_conf_t *cf,
    ngx_http_mcp_arg_t *arg, u_char *p);
static char *ngx_http_mcp_script_message(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_command_t  ngx_http_mcp_script_commands[] = {

    { ngx_string("title"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_mcp_script_t, title),
      NULL },

    { ngx_string("description"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_mcp_script_t, description),
      NULL },

    { ngx_string("icon"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_set_icon,
      0,
      offsetof(ngx_http_mcp_script_t, icon),
      NULL },

    { ngx_string("scope"),
      NGX_CONF_1MORE,
      ngx_http_mcp_set_scope,
      0,
      offsetof(ngx_http_mcp_script_t, need),
      NULL },

    { ngx_string("arg"),
      NGX_CONF_1MORE,
      ngx_http_mcp_script_arg,
      0,
      0,
      NULL },

    { ngx_string("message"),
      NGX_CONF_TAKE2,
      ngx_http_mcp_script_message,
      0,
      0,
      NULL },

      ngx_null_command
};


/* of arguments of tools */

static const ngx_str_t  ngx_http_mcp_script_types[] = {
    ngx_string("string"),
    ngx_string("integer"),
    ngx_string("number"),
    ngx_string("boolean"),
    ngx_string("object"),
    ngx_null_string
};


char *
ngx_http_mcp_set_prompt(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    char                   *rv;
    ngx_str_t              *value;
    const char             *err;
    mcp_prompt_t           *prompt;
    ngx_http_mcp_script_t  *script;

    value = cf->args->elts;

    if (value[1].len == 0
        || mcp_utf8_check(value[1].data, value[1].len) != NGX_OK)
    {
        return "has a name that is empty or not UTF-8";
    }

    script = ngx_pcalloc(cf->pool, sizeof(ngx_http_mcp_script_t));
    if (script == NULL) {
        return NGX_CONF_ERROR;
    }

    rv = ngx_http_mcp_script_init(cf, script);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    rv = ngx_http_mcp_script_block(cf, script);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    script->desc.name = (char *) value[1].data;

    rv = ngx_http_mcp_script_pass(cf, script);

    if (rv == NGX_CONF_OK) {
        rv = ngx_http_mcp_script_finish(cf, script);
    }

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    prompt = ngx_http_mcp_compile_prompt(cf, &script->desc, &err);

    if (prompt == NULL) {
        ngx_http_mcp_refuse(cf, "prompt", &value[1], err);
        return NGX_CONF_ERROR;
    }

    prompt->need = script->need;

    return ngx_http_mcp_push_prompt(cf, mlcf, prompt);
}


static char *
ngx_http_mcp_script_init(ngx_conf_t *cf, ngx_http_mcp_script_t *script)
{
    if (ngx_array_init(&script->args, cf->pool, 4, sizeof(ngx_http_mcp_arg_t))
        != NGX_OK
        || ngx_array_init(&script->messages, cf->pool, 2,
                          sizeof(ngx_http_mcp_message_t))
           != NGX_OK
        || ngx_http_mcp_conf_passes_init(cf, &script->words, &script->passes)
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_mcp_script_block(ngx_conf_t *cf, ngx_http_mcp_script_t *script)
{
    ngx_http_mcp_words_t  words[] = {
        { ngx_http_mcp_script_commands, script },
        { ngx_http_mcp_pass_commands, &script->words },
        { NULL, NULL }
    };

    return ngx_http_mcp_parse_words(cf, words);
}


static char *
ngx_http_mcp_script_pass(ngx_conf_t *cf, ngx_http_mcp_script_t *script)
{
    u_char                    *p;
    ngx_uint_t                 i;
    ngx_array_t                names;
    ngx_http_mcp_arg_t        *arg;
    ngx_http_mcp_conf_name_t  *name;
    ngx_http_mcp_conf_pass_t  *pass;

    if (script->words.passes.nelts == 0) {
        return NGX_CONF_OK;
    }

    if (ngx_array_init(&names, cf->pool, 4, sizeof(ngx_http_mcp_conf_name_t))
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    arg = script->args.elts;

    for (i = 0; i < script->args.nelts; i++) {
        name = ngx_array_push(&names);
        if (name == NULL) {
            return NGX_CONF_ERROR;
        }

        ngx_http_mcp_str(&name->name, arg[i].name);
        name->used = ngx_http_mcp_script_uses(script, &name->name);

        ngx_http_mcp_conf_here(cf, &name->at);
    }

    if (ngx_http_mcp_conf_passes_finish(cf, &script->words, &names) != NGX_OK
        || ngx_http_mcp_conf_passes_own(cf, script, &script->passes) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    pass = script->words.passes.elts;

    if (script->messages.nelts && pass->made.pass.name.len == 0) {
        return "has a \"pass\" without a name, which its messages need: "
               "\"pass NAME GET uri\" and \"{NAME}\"";
    }

    if (script->messages.nelts == 0 && script->words.passes.nelts > 1) {
        return "has several \"pass\", whose answers need a \"message\" to "
               "stand in";
    }

    p = ngx_pnalloc(cf->pool, ngx_strlen(script->desc.name)
                              + sizeof("prompt \"\""));
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    script->passes.name.data = p;
    script->passes.name.len = ngx_sprintf(p, "prompt \"%s\"",
                                          script->desc.name)
                              - p;
    script->passes.file = cf->conf_file->file.name.data;
    script->passes.line = cf->conf_file->line;

    ngx_http_mcp_script_combine(script);

    return NGX_CONF_OK;
}


static char *
ngx_http_mcp_script_finish(ngx_conf_t *cf, ngx_http_mcp_script_t *script)
{
    ngx_http_mcp_arg_t     *arg;
    ngx_http_mcp_prompt_t  *desc;

    if (script->description.data == NULL) {
        return "needs a \"description\"";
    }

    if (script->messages.nelts == 0 && script->words.passes.nelts == 0) {
        return "needs a \"message\" or a \"pass\"";
    }

    arg = ngx_array_push(&script->args);
    if (arg == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(arg, sizeof(ngx_http_mcp_arg_t));

    desc = &script->desc;

    desc->title = (char *) script->title.data;
    desc->description = (char *) script->description.data;
    desc->icon = (char *) script->icon.data;
    desc->args = script->args.elts;
    desc->handler = ngx_http_mcp_script_handler;

    return NGX_CONF_OK;
}


static char *
ngx_http_mcp_script_arg(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_script_t *script = conf;

    char                *rv;
    u_char              *last;
    ngx_str_t           *value;
    ngx_uint_t           i;
    ngx_http_mcp_arg_t  *arg;

    value = cf->args->elts;
    last = value[1].data + value[1].len;

    if (ngx_http_mcp_script_name_end(value[1].data, last) != last
        || ngx_strlchr(value[1].data, last, '/')
        || ngx_strlchr(value[1].data, last, '~'))
    {
        return "has a name that is not of letters, digits, \"_\", \"-\" and "
               "\".\"";
    }

    if (ngx_http_mcp_script_find(script, value[1].data, value[1].len)) {
        return "has a name that is there already";
    }

    arg = ngx_array_push(&script->args);
    if (arg == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(arg, sizeof(ngx_http_mcp_arg_t));

    arg->name = (char *) value[1].data;

    for (i = 2; i < cf->args->nelts; i++) {
        rv = ngx_http_mcp_script_arg_option(cf, arg, &value[i]);

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_mcp_script_arg_option(ngx_conf_t *cf, ngx_http_mcp_arg_t *arg,
    ngx_str_t *option)
{
    ngx_uint_t  other;

    if (ngx_strcmp(option->data, "required") == 0 && !arg->required) {
        arg->required = 1;
        return NGX_CONF_OK;
    }

    if (ngx_strncmp(option->data, "values=", 7) == 0 && arg->values == NULL) {
        return ngx_http_mcp_script_values(cf, arg, option->data + 7);
    }

    if (ngx_strncmp(option->data, "title=", 6) == 0 && option->len > 6
        && arg->title == NULL)
    {
        arg->title = (char *) option->data + 6;
        return NGX_CONF_OK;
    }

    other = ngx_http_mcp_script_arg_other(option);

    if (arg->description == NULL && !other) {
        arg->description = (char *) option->data;
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "%s parameter \"%V\" of \"arg\": expected "
                       "\"required\", values=a|b, title=text and one help "
                       "text, quoted as a whole; arguments of a prompt are "
                       "strings", other ? "invalid" : "duplicate", option);
    return NGX_CONF_ERROR;
}


/* what "arg" of a tool has there is no help text */

static ngx_uint_t
ngx_http_mcp_script_arg_other(ngx_str_t *option)
{
    u_char           *p;
    const ngx_str_t  *type;

    for (type = ngx_http_mcp_script_types; type->len; type++) {

        if (ngx_strcmp(option->data, type->data) == 0) {
            return 1;
        }
    }

    p = option->data;

    while ((*p >= 'a' && *p <= 'z') || *p == '_') {
        p++;
    }

    return p > option->data && *p == '=';
}


static char *
ngx_http_mcp_script_values(ngx_conf_t *cf, ngx_http_mcp_arg_t *arg, u_char *p)
{
    u_char        *bar;
    const char   **value;
    ngx_array_t    values;

    if (ngx_array_init(&values, cf->pool, 8, sizeof(char *)) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    for ( ;; ) {
        bar = (u_char *) ngx_strchr(p, '|');

        if (*p == '\0' || bar == p) {
            return "has an empty value in \"values=\"";
        }

        value = ngx_array_push(&values);
        if (value == NULL) {
            return NGX_CONF_ERROR;
        }

        *value = (char *) p;

        if (bar == NULL) {
            break;
        }

        *bar = '\0';
        p = bar + 1;
    }

    value = ngx_array_push(&values);
    if (value == NULL) {
        return NGX_CONF_ERROR;
    }

    *value = NULL;
    arg->values = values.elts;

    return NGX_CONF_OK;
}


static char *
ngx_http_mcp_script_message(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_script_t *script = conf;

    ngx_str_t               *value, text, name;
    ngx_http_mcp_message_t  *message;

    value = cf->args->elts;

    message = ngx_array_push(&script->messages);
    if (message == NULL) {
        return NGX_CONF_ERROR;
    }

    if (ngx_array_init(&message->parts, cf->pool, 4,
                       sizeof(ngx_http_mcp_part_t))
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (ngx_strcmp(value[1].data, "user") == 0) {
        message->role = NGX_HTTP_MCP_USER;

    } else if (ngx_strcmp(value[1].data, "assistant") == 0) {
        message->role = NGX_HTTP_MCP_ASSISTANT;

    } else {
        return "must be of \"user\" or \"assistant\"";
    }

    text = value[2];

    if (ngx_strncmp(text.data, "file=", 5) == 0) {
        name.data = text.data + 5;
        name.len = text.len - 5;

        if (ngx_http_mcp_read_file(cf, &name, NGX_HTTP_MCP_MESSAGE_MAX, &text)
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }

        if (mcp_utf8_check(text.data, text.len) != NGX_OK) {
            return "has a file that is not UTF-8 text";
        }
    }

    if (ngx_http_mcp_script_compile(script, &message->parts, &text, &name)
        == NGX_OK)
    {
        return NGX_CONF_OK;
    }

    if (name.len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown argument \"%V\" in a message: declare it "
                           "with \"arg\" or \"pass\" before, or write "
                           "\"{{%V}}\" for the text itself", &name, &name);
    }

    return NGX_CONF_ERROR;
}
