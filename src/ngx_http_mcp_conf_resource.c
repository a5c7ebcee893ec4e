
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf_auth.h>
#include <ngx_http_mcp_conf_served.h>
#include <ngx_http_mcp_file.h>


#define NGX_HTTP_MCP_FILE_MAX  (1024 * 1024)


/* one "mcp_resource" */

typedef struct {
    ngx_http_mcp_resource_t  desc;   /* must be first */
    ngx_str_t                name;
    ngx_str_t                title;
    ngx_str_t                description;
    ngx_str_t                type;
    ngx_str_t                icon;
    ngx_str_t                text;
    ngx_str_t                file;
    size_t                   max;
    ngx_msec_t               ttl;
    ngx_uint_t               public;
    mcp_scope_set_t         *need;   /* of readers; NULL: nothing */
    ngx_http_mcp_served_t    served; /* by services */
} ngx_http_mcp_static_t;


static char *ngx_http_mcp_static_block(ngx_conf_t *cf,
    ngx_http_mcp_static_t *st);
static char *ngx_http_mcp_static_check(ngx_conf_t *cf,
    ngx_http_mcp_static_t *st, ngx_str_t *uri);
static char *ngx_http_mcp_static_file(ngx_conf_t *cf,
    ngx_http_mcp_static_t *st);
static void ngx_http_mcp_static_describe(ngx_http_mcp_static_t *st,
    ngx_str_t *uri);
static char *ngx_http_mcp_static_ttl(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_static_audience(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_static_priority(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_int_t ngx_http_mcp_static_pass(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_mcp_static_complete(ngx_http_mcp_call_t *call,
    const char *name, const char *value, const cJSON *args);
static ngx_int_t ngx_http_mcp_static_handler(ngx_http_mcp_call_t *call,
    const cJSON *args);


static ngx_command_t  ngx_http_mcp_static_commands[] = {

    { ngx_string("name"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_mcp_static_t, name),
      NULL },

    { ngx_string("title"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_mcp_static_t, title),
      NULL },

    { ngx_string("description"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_mcp_static_t, description),
      NULL },

    { ngx_string("type"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_mcp_static_t, type),
      NULL },

    { ngx_string("icon"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_set_icon,
      0,
      offsetof(ngx_http_mcp_static_t, icon),
      NULL },

    { ngx_string("scope"),
      NGX_CONF_1MORE,
      ngx_http_mcp_set_scope,
      0,
      offsetof(ngx_http_mcp_static_t, need),
      NULL },

    { ngx_string("audience"),
      NGX_CONF_TAKE12,
      ngx_http_mcp_static_audience,
      0,
      0,
      NULL },

    { ngx_string("priority"),
      NGX_CONF_TAKE1,
      ngx_http_mcp_static_priority,
      0,
      0,
      NULL },

    { ngx_string("ttl"),
      NGX_CONF_TAKE12,
      ngx_http_mcp_static_ttl,
      0,
      0,
      NULL },

    { ngx_string("text"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_mcp_static_t, text),
      NULL },

    { ngx_string("file"),
      NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      0,
      offsetof(ngx_http_mcp_static_t, file),
      NULL },

    { ngx_string("max"),
      NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      0,
      offsetof(ngx_http_mcp_static_t, max),
      NULL },

      ngx_null_command
};


char *
ngx_http_mcp_set_resource(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    char                   *rv;
    ngx_str_t              *value;
    const char             *err;
    mcp_resource_t         *resource;
    ngx_http_mcp_static_t  *st;

    value = cf->args->elts;

    if (value[1].len == 0) {
        return "has a URI that is empty";
    }

    st = ngx_pcalloc(cf->pool, sizeof(ngx_http_mcp_static_t));
    if (st == NULL) {
        return NGX_CONF_ERROR;
    }

    st->max = NGX_CONF_UNSET_SIZE;
    st->ttl = NGX_CONF_UNSET_MSEC;

    rv = ngx_http_mcp_static_block(cf, st);

    if (rv == NGX_CONF_OK) {
        rv = ngx_http_mcp_static_check(cf, st, &value[1]);
    }

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    ngx_http_mcp_static_describe(st, &value[1]);

    resource = ngx_http_mcp_compile_resource(cf, &st->desc, &err);

    if (resource == NULL) {
        ngx_http_mcp_refuse(cf, "resource", &value[1], err);
        return NGX_CONF_ERROR;
    }

    resource->need = st->need;

    return ngx_http_mcp_push_resource(cf, mlcf, resource);
}


static char *
ngx_http_mcp_static_block(ngx_conf_t *cf, ngx_http_mcp_static_t *st)
{
    ngx_http_mcp_words_t  words[] = {
        { ngx_http_mcp_static_commands, st },
        { ngx_http_mcp_served_commands, &st->served },
        { ngx_http_mcp_pass_commands, &st->served.words },
        { NULL, NULL }
    };

    if (ngx_http_mcp_served_init(cf, &st->served) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_mcp_parse_words(cf, words);
}


static char *
ngx_http_mcp_static_check(ngx_conf_t *cf, ngx_http_mcp_static_t *st,
    ngx_str_t *uri)
{
    if (st->served.words.passes.nelts) {

        if (st->text.data || st->file.data || st->max != NGX_CONF_UNSET_SIZE) {
            return "has a \"pass\", which does not go with \"text\", "
                   "\"file\" and \"max\"";
        }

        return ngx_http_mcp_served_finish(cf, &st->served, uri, st,
                                          ngx_http_mcp_static_complete);
    }

    if (st->served.completes.nelts) {
        return "has \"complete\", which goes with \"pass\" only";
    }

    if (ngx_strlchr(uri->data, uri->data + uri->len, '{')) {
        return "must be one URI: templates are served by \"pass\", by "
               "\"mcp_resources\" and by modules";
    }

    if ((st->text.data == NULL) == (st->file.data == NULL)) {
        return "needs one of \"text\", \"file\" and \"pass\"";
    }

    if (st->text.data) {

        if (st->max != NGX_CONF_UNSET_SIZE) {
            return "has \"max\", which goes with \"file\" only";
        }

        return NGX_CONF_OK;
    }

    ngx_conf_init_size_value(st->max, NGX_HTTP_MCP_FILE_MAX);

    return ngx_http_mcp_static_file(cf, st);
}


/* read at request, yet a mistake is to be seen when nginx starts */

static char *
ngx_http_mcp_static_file(ngx_conf_t *cf, ngx_http_mcp_static_t *st)
{
    ngx_str_t  text;

    return ngx_http_mcp_read_file(cf, &st->file, st->max, &text) == NGX_OK
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static void
ngx_http_mcp_static_describe(ngx_http_mcp_static_t *st, ngx_str_t *uri)
{
    u_char                   *p;
    ngx_http_mcp_resource_t  *desc;

    /* strings of the configuration end with NUL */

    if (st->name.data == NULL) {
        p = uri->data + uri->len;

        while (p > uri->data && p[-1] != '/' && p[-1] != ':') {
            p--;
        }

        st->name.data = *p ? p : uri->data;
    }

    desc = &st->desc;

    desc->uri = (char *) uri->data;
    desc->name = (char *) st->name.data;
    desc->title = (char *) st->title.data;
    desc->description = (char *) st->description.data;
    desc->icon = (char *) st->icon.data;
    desc->mime_type = (char *) st->type.data;
    desc->args = st->served.args.elts;
    desc->handler = st->served.words.passes.nelts
                    ? ngx_http_mcp_static_pass : ngx_http_mcp_static_handler;

    desc->ttl = (st->ttl == NGX_CONF_UNSET_MSEC) ? 0 : st->ttl;
    desc->public = st->public;

    if (st->file.data && st->max > NGX_HTTP_MCP_FILE_THREAD) {
        desc->flags = NGX_HTTP_MCP_MAY_BLOCK;
    }

    if (st->text.data) {
        desc->size = st->text.len;

        if (desc->mime_type == NULL) {
            desc->mime_type = "text/plain";
        }
    }
}


static char *
ngx_http_mcp_static_ttl(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_static_t *st = conf;

    return ngx_http_mcp_set_ttl(cf, &st->ttl, &st->public);
}


static char *
ngx_http_mcp_static_audience(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_static_t *st = conf;

    ngx_str_t   *value;
    ngx_uint_t   i, bit;

    if (st->desc.audience) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        bit = ngx_strcmp(value[i].data, "user") == 0
              ? NGX_HTTP_MCP_FOR_USER
              : ngx_strcmp(value[i].data, "assistant") == 0
                ? NGX_HTTP_MCP_FOR_ASSISTANT : 0;

        if (bit == 0 || (st->desc.audience & bit)) {
            return "must be \"user\", \"assistant\" or both";
        }

        st->desc.audience |= bit;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_mcp_static_priority(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_static_t *st = conf;

    ngx_int_t   n;
    ngx_str_t  *value;

    if (st->desc.priority) {
        return "is duplicate";
    }

    value = cf->args->elts;

    n = ngx_atofp(value[1].data, value[1].len, 3);

    if (n <= 0 || n > 1000) {
        return "must be a number over 0 and up to 1, of three decimals";
    }

    st->desc.priority = (double) n / 1000;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_mcp_static_pass(ngx_http_mcp_call_t *call, const cJSON *args)
{
    const ngx_http_mcp_static_t  *st;

    st = call->msg->resource->data;

    return ngx_http_mcp_pass_call(call, args, &st->served.passes);
}


static ngx_int_t
ngx_http_mcp_static_complete(ngx_http_mcp_call_t *call, const char *name,
    const char *value, const cJSON *args)
{
    const ngx_http_mcp_static_t  *st;

    st = call->msg->resource->data;

    return ngx_http_mcp_served_complete(call, &st->served, name, value, args);
}


static ngx_int_t
ngx_http_mcp_static_handler(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_fd_t                      fd;
    ngx_err_t                     err;
    ngx_str_t                     name, type;
    const ngx_http_mcp_static_t  *st;

    st = call->msg->resource->data;

    if (st->text.data) {
        return ngx_http_mcp_text(call, st->text.data, st->text.len);
    }

    fd = ngx_open_file(st->file.data, NGX_FILE_RDONLY|NGX_FILE_NONBLOCK,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        err = ngx_errno;

        ngx_log_error(NGX_LOG_ERR, call->result.pool->log, err,
                      ngx_open_file_n " \"%V\" failed", &st->file);

        return (err == NGX_ENOENT || err == NGX_ENOTDIR) ? NGX_DECLINED
                                                         : NGX_ERROR;
    }

    name = st->file;
    type = st->type;

    return ngx_http_mcp_file_contents(call, args, fd, &name, &type, st->max);
}
