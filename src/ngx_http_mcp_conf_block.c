
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf.h>


typedef struct {
    ngx_http_mcp_words_t  *words;
    ngx_str_t             *block;    /* its name */
} ngx_http_mcp_block_t;


static char *ngx_http_mcp_block_directive(ngx_conf_t *cf, ngx_command_t *dummy,
    void *conf);
static ngx_uint_t ngx_http_mcp_block_arguments(ngx_conf_t *cf,
    ngx_command_t *cmd);


char *
ngx_http_mcp_parse_block(ngx_conf_t *cf, ngx_command_t *commands, void *conf)
{
    ngx_http_mcp_words_t  words[2];

    words[0].commands = commands;
    words[0].conf = conf;
    words[1].commands = NULL;

    return ngx_http_mcp_parse_words(cf, words);
}


char *
ngx_http_mcp_parse_words(ngx_conf_t *cf, ngx_http_mcp_words_t *words)
{
    char                  *rv;
    ngx_str_t             *value;
    ngx_conf_t             save;
    ngx_http_mcp_block_t   block;

    value = cf->args->elts;

    block.words = words;
    block.block = &value[0];

    save = *cf;
    cf->handler = ngx_http_mcp_block_directive;
    cf->handler_conf = (void *) &block;

    /* the arguments of the block are still needed when it has been read */

    cf->args = ngx_array_create(cf->pool, 8, sizeof(ngx_str_t));
    if (cf->args == NULL) {
        *cf = save;
        return NGX_CONF_ERROR;
    }

    rv = ngx_conf_parse(cf, NULL);

    *cf = save;

    return rv;
}


static char *
ngx_http_mcp_block_directive(ngx_conf_t *cf, ngx_command_t *dummy, void *conf)
{
    ngx_http_mcp_block_t *block = conf;

    char                  *rv;
    ngx_str_t             *value;
    ngx_uint_t             i;
    ngx_command_t         *cmd;
    ngx_http_mcp_words_t  *words;

    value = cf->args->elts;

    if (ngx_strcmp(value[0].data, "include") == 0 && cf->args->nelts == 2) {
        return ngx_conf_include(cf, dummy, conf);
    }

    cmd = NULL;

    for (words = block->words; words->commands; words++) {

        for (cmd = words->commands; cmd->name.len; cmd++) {
            if (ngx_strcmp(value[0].data, cmd->name.data) == 0) {
                break;
            }
        }

        if (cmd->name.len) {
            break;
        }
    }

    if (words->commands == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown directive \"%V\" in \"%V\"",
                           &value[0], block->block);
        return NGX_CONF_ERROR;
    }

    if (!ngx_http_mcp_block_arguments(cf, cmd)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid number of arguments in \"%V\" directive",
                           &value[0]);
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        if (value[i].len == 0
            || mcp_utf8_check(value[i].data, value[i].len) != NGX_OK)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" directive has a parameter that is "
                               "empty or not UTF-8", &value[0]);
            return NGX_CONF_ERROR;
        }
    }

    rv = cmd->set(cf, cmd, words->conf);

    if (rv != NGX_CONF_OK && rv != NGX_CONF_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\" directive %s",
                           &value[0], rv);
        return NGX_CONF_ERROR;
    }

    return rv;
}


/* as ngx_conf_handler() does */

static ngx_uint_t
ngx_http_mcp_block_arguments(ngx_conf_t *cf, ngx_command_t *cmd)
{
    ngx_uint_t  n;

    n = cf->args->nelts - 1;

    if ((cmd->type & NGX_CONF_1MORE) && n >= 1) {
        return 1;
    }

    if ((cmd->type & NGX_CONF_2MORE) && n >= 2) {
        return 1;
    }

    return n < NGX_CONF_MAX_ARGS && (cmd->type & (NGX_CONF_NOARGS << n));
}


char *
ngx_http_mcp_set_icon(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *rv;

    rv = ngx_conf_set_str_slot(cf, cmd, conf);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    return ngx_http_mcp_check_icon((ngx_str_t *) ((char *) conf
                                                  + cmd->offset));
}


char *
ngx_http_mcp_check_icon(ngx_str_t *icon)
{
    if (ngx_strncmp(icon->data, "https://", 8) != 0
        && ngx_strncmp(icon->data, "http://", 7) != 0
        && ngx_strncmp(icon->data, "data:", 5) != 0)
    {
        return "has an invalid URL, expected https://, http:// or data:";
    }

    return NGX_CONF_OK;
}


/* "ttl" and "mcp_list_ttl" */

char *
ngx_http_mcp_set_ttl(ngx_conf_t *cf, ngx_msec_t *ttl, ngx_uint_t *public)
{
    ngx_str_t  *value;

    if (*ttl != NGX_CONF_UNSET_MSEC) {
        return "is duplicate";
    }

    value = cf->args->elts;

    *ttl = ngx_parse_time(&value[1], 0);

    if (*ttl == (ngx_msec_t) NGX_ERROR) {
        return "has an invalid time";
    }

    *public = 0;

    if (cf->args->nelts == 2 || ngx_strcmp(value[2].data, "private") == 0) {
        return NGX_CONF_OK;
    }

    if (ngx_strcmp(value[2].data, "public") == 0) {
        *public = 1;
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid scope \"%V\", expected \"public\" or "
                       "\"private\"", &value[2]);
    return NGX_CONF_ERROR;
}
