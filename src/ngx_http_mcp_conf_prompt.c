
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf.h>
#include <ngx_http_mcp_call.h>


#define NGX_HTTP_MCP_MESSAGE_MAX  (1024 * 1024)


/* one "mcp_prompt" */

typedef struct {
    ngx_http_mcp_prompt_t    desc;   /* must be first */
    ngx_str_t                title;
    ngx_str_t                description;
    ngx_str_t                icon;
    ngx_array_t              args;   /* of ngx_http_mcp_arg_t */
    ngx_array_t              messages;  /* of ngx_http_mcp_message_t */
} ngx_http_mcp_script_t;


typedef struct {
    ngx_uint_t               role;
    ngx_array_t              parts;  /* of ngx_http_mcp_part_t */
} ngx_http_mcp_message_t;


typedef struct {
    ngx_str_t                text;
    const char              *arg;    /* its value stands here, not a text */
} ngx_http_mcp_part_t;


static char *ngx_http_mcp_script_init(ngx_conf_t *cf,
    ngx_http_mcp_script_t *script);
static char *ngx_http_mcp_script_finish(ngx_conf_t *cf,
    ngx_http_mcp_script_t *script);
static char *ngx_http_mcp_script_arg(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_script_arg_option(ngx_conf_t *cf,
    ngx_http_mcp_arg_t *arg, ngx_str_t *option);
static char *ngx_http_mcp_script_values(ngx_conf_t *cf,
    ngx_http_mcp_arg_t *arg, u_char *p);
static char *ngx_http_mcp_script_message(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_script_parts(ngx_conf_t *cf,
    ngx_http_mcp_script_t *script, ngx_array_t *parts, ngx_str_t *text);
static u_char *ngx_http_mcp_script_name_end(u_char *p, u_char *last);
static ngx_http_mcp_arg_t *ngx_http_mcp_script_find(
    ngx_http_mcp_script_t *script, u_char *p, size_t len);
static ngx_int_t ngx_http_mcp_script_handler(ngx_http_mcp_call_t *call,
    const cJSON *args);


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

    rv = ngx_http_mcp_parse_block(cf, ngx_http_mcp_script_commands, script);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    script->desc.name = (char *) value[1].data;

    rv = ngx_http_mcp_script_finish(cf, script);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    prompt = ngx_http_mcp_compile_prompt(cf, &script->desc, &err);

    if (prompt == NULL) {
        ngx_http_mcp_refuse(cf, "prompt", &value[1], err);
        return NGX_CONF_ERROR;
    }

    return ngx_http_mcp_push_prompt(cf, mlcf, prompt);
}


static char *
ngx_http_mcp_script_init(ngx_conf_t *cf, ngx_http_mcp_script_t *script)
{
    if (ngx_array_init(&script->args, cf->pool, 4, sizeof(ngx_http_mcp_arg_t))
        != NGX_OK
        || ngx_array_init(&script->messages, cf->pool, 2,
                          sizeof(ngx_http_mcp_message_t))
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

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

    if (script->messages.nelts == 0) {
        return "needs a \"message\"";
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

    if (ngx_http_mcp_script_name_end(value[1].data, last) != last) {
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

    if (arg->description == NULL) {
        arg->description = (char *) option->data;
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "duplicate parameter \"%V\" of \"arg\": expected "
                       "\"required\", values=a|b, title=text and one help "
                       "text, quoted as a whole", option);
    return NGX_CONF_ERROR;
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

    return ngx_http_mcp_script_parts(cf, script, &message->parts, &text);
}


/* {name} is an argument, {{name}} is {name}, other braces are themselves */

static char *
ngx_http_mcp_script_parts(ngx_conf_t *cf, ngx_http_mcp_script_t *script,
    ngx_array_t *parts, ngx_str_t *text)
{
    u_char               *p, *start, *end, *last;
    ngx_str_t             name;
    ngx_http_mcp_arg_t   *arg;
    ngx_http_mcp_part_t  *part;

    last = text->data + text->len;
    start = text->data;

    for (p = start; p < last; p++) {

        if (*p != '{') {
            continue;
        }

        arg = NULL;
        end = ngx_http_mcp_script_name_end(p + 1, last);

        if (end == p + 1 && end < last && *end == '{') {

            /* the text goes on behind the outer brace, up to the other one */

            end = ngx_http_mcp_script_name_end(p + 2, last);

            if (end == p + 2 || last - end < 2 || end[0] != '}'
                || end[1] != '}')
            {
                continue;
            }

        } else if (end == p + 1 || end == last || *end != '}') {
            continue;

        } else {
            name.data = p + 1;
            name.len = end - name.data;

            arg = ngx_http_mcp_script_find(script, name.data, name.len);

            if (arg == NULL) {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "unknown argument \"%V\" in a message: "
                                   "declare it with \"arg\" before, or write "
                                   "\"{{%V}}\" for the text itself",
                                   &name, &name);
                return NGX_CONF_ERROR;
            }
        }

        part = ngx_array_push_n(parts, 2);
        if (part == NULL) {
            return NGX_CONF_ERROR;
        }

        ngx_memzero(part, 2 * sizeof(ngx_http_mcp_part_t));

        part[0].text.data = start;
        part[0].text.len = p - start;

        if (arg) {
            part[1].arg = arg->name;

        } else {
            part[1].text.data = p + 1;
            part[1].text.len = end - p;
            end++;
        }

        p = end;
        start = end + 1;
    }

    part = ngx_array_push(parts);
    if (part == NULL) {
        return NGX_CONF_ERROR;
    }

    part->arg = NULL;
    part->text.data = start;
    part->text.len = last - start;

    return NGX_CONF_OK;
}


static u_char *
ngx_http_mcp_script_name_end(u_char *p, u_char *last)
{
    while (p < last
           && ((*p >= '0' && *p <= '9')
               || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z')
               || *p == '_' || *p == '-' || *p == '.'))
    {
        p++;
    }

    return p;
}


static ngx_http_mcp_arg_t *
ngx_http_mcp_script_find(ngx_http_mcp_script_t *script, u_char *p, size_t len)
{
    ngx_uint_t           i;
    ngx_http_mcp_arg_t  *arg;

    arg = script->args.elts;

    for (i = 0; i < script->args.nelts; i++) {

        if (ngx_strlen(arg[i].name) == len
            && ngx_memcmp(arg[i].name, p, len) == 0)
        {
            return &arg[i];
        }
    }

    return NULL;
}


static ngx_int_t
ngx_http_mcp_script_handler(ngx_http_mcp_call_t *call, const cJSON *args)
{
    mcp_buf_t                      b;
    ngx_str_t                      text;
    ngx_uint_t                     i, k;
    const cJSON                   *arg;
    const ngx_http_mcp_part_t     *part;
    const ngx_http_mcp_script_t   *script;
    const ngx_http_mcp_message_t  *message;

    script = call->msg->prompt->data;
    message = script->messages.elts;

    for (i = 0; i < script->messages.nelts; i++) {
        mcp_buf_init(&b, call->request->pool, 256);
        part = message[i].parts.elts;

        for (k = 0; k < message[i].parts.nelts; k++) {

            if (part[k].arg == NULL) {
                mcp_buf_str(&b, &part[k].text);
                continue;
            }

            arg = cJSON_GetObjectItemCaseSensitive(args, part[k].arg);

            if (arg) {
                mcp_buf_add(&b, arg->valuestring,
                            ngx_strlen(arg->valuestring));
            }
        }

        if (mcp_buf_done(&b, &text) != NGX_OK
            || ngx_http_mcp_role(call, message[i].role) != NGX_OK
            || ngx_http_mcp_text(call, text.data, text.len) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
