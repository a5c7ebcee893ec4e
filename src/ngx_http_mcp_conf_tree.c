
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf.h>
#include <ngx_http_mcp_dir.h>
#include <ngx_http_mcp_file.h>


#define NGX_HTTP_MCP_TREE_DEPTH  8
#define NGX_HTTP_MCP_TREE_MAX    (1024 * 1024)


static char *ngx_http_mcp_dir_option(ngx_conf_t *cf, ngx_http_mcp_dir_t *dir,
    ngx_str_t *option);
static char *ngx_http_mcp_dir_values(ngx_conf_t *cf, ngx_http_mcp_dir_t *dir);
static char *ngx_http_mcp_dir_root(ngx_conf_t *cf, ngx_http_mcp_dir_t *dir);
static char *ngx_http_mcp_dir_watch(ngx_conf_t *cf, ngx_http_mcp_dir_t *dir);
static char *ngx_http_mcp_dir_describe(ngx_conf_t *cf,
    ngx_http_mcp_dir_t *dir);
static ngx_int_t ngx_http_mcp_dir_list(ngx_conf_t *cf, mcp_server_t *server,
    ngx_http_core_loc_conf_t *clcf, const mcp_resource_t *template,
    const ngx_http_mcp_dir_t *dir);
static ngx_int_t ngx_http_mcp_dir_read(ngx_conf_t *cf,
    const ngx_http_mcp_dir_t *dir, ngx_str_t *path, ngx_array_t *entries);
static ngx_int_t ngx_http_mcp_dir_offer(ngx_conf_t *cf, mcp_server_t *server,
    ngx_http_core_loc_conf_t *clcf, const mcp_resource_t *template,
    ngx_http_mcp_tree_entry_t *entry);
static ngx_int_t ngx_http_mcp_dir_time(ngx_conf_t *cf, time_t mtime,
    ngx_str_t *text);


static const struct {
    ngx_str_t           name;
    ngx_uint_t          offset;
} ngx_http_mcp_dir_options[] = {
    { ngx_string("uri="), offsetof(ngx_http_mcp_dir_t, prefix) },
    { ngx_string("type="), offsetof(ngx_http_mcp_dir_t, type) },
    { ngx_string("name="), offsetof(ngx_http_mcp_dir_t, name) },
    { ngx_string("title="), offsetof(ngx_http_mcp_dir_t, title) },
    { ngx_string("description="), offsetof(ngx_http_mcp_dir_t, description) },
    { ngx_string("list="), offsetof(ngx_http_mcp_dir_t, list) },
    { ngx_string("depth="), offsetof(ngx_http_mcp_dir_t, depth) },
    { ngx_string("max="), offsetof(ngx_http_mcp_dir_t, max) },
    { ngx_string("ttl="), offsetof(ngx_http_mcp_dir_t, ttl) },
    { ngx_string("watch="), offsetof(ngx_http_mcp_dir_t, watch) },
    { ngx_null_string, 0 }
};


char *
ngx_http_mcp_set_resources(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_loc_conf_t *mlcf = conf;

    char                *rv;
    ngx_str_t           *value, uri;
    ngx_uint_t           i;
    const char          *err;
    mcp_resource_t      *resource;
    ngx_http_mcp_dir_t  *dir;

    dir = ngx_pcalloc(cf->pool, sizeof(ngx_http_mcp_dir_t));
    if (dir == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;
    dir->tree.root = value[1];

    for (i = 2; i < cf->args->nelts; i++) {
        rv = ngx_http_mcp_dir_option(cf, dir, &value[i]);

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    rv = ngx_http_mcp_dir_values(cf, dir);

    if (rv == NGX_CONF_OK) {
        rv = ngx_http_mcp_dir_root(cf, dir);
    }

    if (rv == NGX_CONF_OK) {
        rv = ngx_http_mcp_dir_watch(cf, dir);
    }

    if (rv == NGX_CONF_OK) {
        rv = ngx_http_mcp_dir_describe(cf, dir);
    }

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    resource = ngx_http_mcp_compile_resource(cf, &dir->desc, &err);

    if (resource == NULL) {
        ngx_http_mcp_str(&uri, dir->desc.uri);
        ngx_http_mcp_refuse(cf, "resource", &uri, err);
        return NGX_CONF_ERROR;
    }

    dir->uri = *resource->template;

    return ngx_http_mcp_push_resource(cf, mlcf, resource);
}


static char *
ngx_http_mcp_dir_option(ngx_conf_t *cf, ngx_http_mcp_dir_t *dir,
    ngx_str_t *option)
{
    ngx_str_t   *field;
    ngx_uint_t   i;
    ngx_str_t    name;

    for (i = 0; ngx_http_mcp_dir_options[i].name.len; i++) {
        name = ngx_http_mcp_dir_options[i].name;

        if (ngx_strncmp(option->data, name.data, name.len) != 0) {
            continue;
        }

        field = (ngx_str_t *) ((char *) dir
                               + ngx_http_mcp_dir_options[i].offset);

        if (field->len || option->len == name.len
            || mcp_utf8_check(option->data, option->len) != NGX_OK)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "empty or duplicate parameter \"%V\", or one "
                               "that is not UTF-8", option);
            return NGX_CONF_ERROR;
        }

        field->data = option->data + name.len;
        field->len = option->len - name.len;

        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid parameter \"%V\", expected uri=, type=, "
                       "list=, depth=, max=, ttl=, watch=, name=, title= "
                       "or description=", option);
    return NGX_CONF_ERROR;
}


static char *
ngx_http_mcp_dir_values(ngx_conf_t *cf, ngx_http_mcp_dir_t *dir)
{
    u_char     *last;
    ngx_int_t   n;

    if (dir->prefix.len == 0) {
        return "needs a \"uri=\", \"uri=docs://\" for example";
    }

    last = dir->prefix.data + dir->prefix.len;

    if ((last[-1] != '/' && last[-1] != ':')
        || ngx_strlchr(dir->prefix.data, last, '{'))
    {
        return "has a \"uri=\" that is no beginning of URIs, which ends with "
               "\"/\" or \":\", \"uri=docs://\" for example";
    }

    if (dir->list.len
        && ngx_strcmp(dir->list.data, "on") != 0
        && ngx_strcmp(dir->list.data, "off") != 0)
    {
        return "has a \"list=\" that is neither \"on\" nor \"off\"";
    }

    dir->tree.depth = NGX_HTTP_MCP_TREE_DEPTH;

    if (dir->depth.len) {
        n = ngx_atoi(dir->depth.data, dir->depth.len);

        if (n < 1 || n > NGX_HTTP_MCP_TREE_DEPTH_MAX) {
            return "has a \"depth=\" that is not from 1 to 64";
        }

        dir->tree.depth = n;
    }

    dir->size = NGX_HTTP_MCP_TREE_MAX;

    if (dir->max.len) {
        dir->size = ngx_parse_size(&dir->max);

        if (dir->size == NGX_ERROR) {
            return "has an invalid size in \"max=\"";
        }
    }

    if (dir->ttl.len) {
        dir->desc.ttl = ngx_parse_time(&dir->ttl, 0);

        if (dir->desc.ttl == (ngx_msec_t) NGX_ERROR) {
            return "has an invalid time in \"ttl=\"";
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_mcp_dir_root(ngx_conf_t *cf, ngx_http_mcp_dir_t *dir)
{
    ngx_str_t        *root;
    ngx_file_info_t   fi;

    root = &dir->tree.root;

    if (root->len == 0) {
        return "has an empty directory";
    }

    if (ngx_conf_full_name(cf->cycle, root, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_file_info(root->data, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_file_info_n " \"%V\" failed", root);
        return NGX_CONF_ERROR;
    }

    return ngx_is_dir(&fi) ? NGX_CONF_OK : "has what is no directory";
}


static char *
ngx_http_mcp_dir_watch(ngx_conf_t *cf, ngx_http_mcp_dir_t *dir)
{
#if (NGX_HTTP_MCP_INOTIFY)
    ngx_http_mcp_dir_t        **watch;
    ngx_http_mcp_main_conf_t   *mmcf;
#endif

    if (dir->watch.len == 0 || ngx_strcmp(dir->watch.data, "off") == 0) {
        return NGX_CONF_OK;
    }

    if (ngx_strcmp(dir->watch.data, "on") != 0) {
        return "has a \"watch=\" that is neither \"on\" nor \"off\"";
    }

#if (NGX_HTTP_MCP_INOTIFY)

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);

    watch = ngx_array_push(&mmcf->watches);
    if (watch == NULL) {
        return NGX_CONF_ERROR;
    }

    *watch = dir;

    return NGX_CONF_OK;

#else

    return "has \"watch=on\", which needs inotify: there is none here";

#endif
}


static char *
ngx_http_mcp_dir_describe(ngx_conf_t *cf, ngx_http_mcp_dir_t *dir)
{
    u_char                   *p, *last;
    ngx_str_t                *root;
    ngx_http_mcp_resource_t  *desc;

    root = &dir->tree.root;
    last = root->data + root->len;

    /* "/srv/docs/" is named "docs" */

    if (dir->name.len == 0) {

        while (last > root->data + 1 && last[-1] == '/') {
            last--;
        }

        p = last;

        do {
            p--;
        } while (p > root->data && p[-1] != '/');

        dir->name.len = last - p;
        dir->name.data = ngx_pnalloc(cf->pool, dir->name.len + 1);
        if (dir->name.data == NULL) {
            return NGX_CONF_ERROR;
        }

        ngx_cpystrn(dir->name.data, p, dir->name.len + 1);

        if (mcp_utf8_check(dir->name.data, dir->name.len) != NGX_OK) {
            return "needs a \"name=\": that of the directory is not UTF-8";
        }
    }

    p = ngx_pnalloc(cf->pool, dir->prefix.len + sizeof("{+path}"));
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    dir->args[0].name = "path";
    dir->args[0].complete = ngx_http_mcp_dir_complete;

    desc = &dir->desc;

    desc->uri = (char *) p;
    desc->name = (char *) dir->name.data;
    desc->title = (char *) dir->title.data;
    desc->description = (char *) dir->description.data;
    desc->mime_type = (char *) dir->type.data;
    desc->args = dir->args;
    desc->handler = ngx_http_mcp_dir_handler;

    if (dir->size > NGX_HTTP_MCP_FILE_THREAD) {
        desc->flags = NGX_HTTP_MCP_MAY_BLOCK;
    }

    p = ngx_cpymem(p, dir->prefix.data, dir->prefix.len);
    ngx_memcpy(p, "{+path}", sizeof("{+path}"));

    return NGX_CONF_OK;
}


/* one directory after the other, as they are found: that order is kept */

ngx_int_t
ngx_http_mcp_list_files(ngx_conf_t *cf, mcp_server_t *server,
    ngx_http_core_loc_conf_t *clcf, const mcp_resource_t *resource)
{
    const ngx_http_mcp_resource_t  *desc;

    desc = resource->data;

    if (desc->handler != ngx_http_mcp_dir_handler) {
        return NGX_OK;
    }

    return ngx_http_mcp_dir_list(cf, server, clcf, resource,
                                 resource->data);
}


static ngx_int_t
ngx_http_mcp_dir_list(ngx_conf_t *cf, mcp_server_t *server,
    ngx_http_core_loc_conf_t *clcf, const mcp_resource_t *template,
    const ngx_http_mcp_dir_t *dir)
{
    ngx_int_t                   rc;
    ngx_str_t                   path;
    ngx_uint_t                  i;
    ngx_array_t                 entries;
    ngx_http_mcp_tree_entry_t  *entry;

    if (dir->list.len != sizeof("on") - 1) {
        return NGX_OK;
    }

    if (ngx_array_init(&entries, cf->temp_pool, 64,
                       sizeof(ngx_http_mcp_tree_entry_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_str_null(&path);

    rc = ngx_http_mcp_dir_read(cf, dir, &path, &entries);

    for (i = 0; rc == NGX_OK && i < entries.nelts; i++) {

        entry = (ngx_http_mcp_tree_entry_t *) entries.elts + i;

        if (entry->dir) {
            path = entry->path;
            rc = ngx_http_mcp_dir_read(cf, dir, &path, &entries);

        } else {
            rc = ngx_http_mcp_dir_offer(cf, server, clcf, template, entry);
        }
    }

    return rc;
}


static ngx_int_t
ngx_http_mcp_dir_read(ngx_conf_t *cf, const ngx_http_mcp_dir_t *dir,
    ngx_str_t *path, ngx_array_t *entries)
{
    ngx_int_t  rc;

    rc = ngx_http_mcp_tree_read(&dir->tree, cf->temp_pool, cf->log, path,
                                entries);

    if (rc == NGX_ABORT || entries->nelts > NGX_HTTP_MCP_TREE_ENTRIES_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "more than %d files below \"%V\" cannot be "
                           "listed: set \"list=off\" or a smaller "
                           "\"depth=\"", NGX_HTTP_MCP_TREE_ENTRIES_MAX,
                           &dir->tree.root);
        return NGX_ERROR;
    }

    return rc == NGX_ERROR ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_http_mcp_dir_offer(ngx_conf_t *cf, mcp_server_t *server,
    ngx_http_core_loc_conf_t *clcf, const mcp_resource_t *template,
    ngx_http_mcp_tree_entry_t *entry)
{
    u_char                    *p;
    mcp_buf_t                  b;
    ngx_int_t                  rc;
    mcp_resource_t            *resource;
    const ngx_http_mcp_dir_t  *dir;

    dir = template->data;

    resource = ngx_palloc(cf->pool, sizeof(mcp_resource_t));
    if (resource == NULL) {
        return NGX_ERROR;
    }

    *resource = *template;

    resource->template = NULL;
    ngx_memzero(&resource->args, sizeof(ngx_array_t));
    ngx_str_null(&resource->title);
    ngx_str_null(&resource->description);

    mcp_buf_init(&b, cf->pool, 64);
    mcp_buf_str(&b, &dir->prefix);
    mcp_uri_encode(&b, entry->path.data, entry->path.len, 1);

    resource->name.data = ngx_pstrdup(cf->pool, &entry->path);

    if (mcp_buf_done(&b, &resource->uri) != NGX_OK
        || resource->name.data == NULL)
    {
        return NGX_ERROR;
    }

    p = resource->name.data + entry->path.len;

    while (p > resource->name.data && p[-1] != '/') {
        p--;
    }

    resource->name.len = resource->name.data + entry->path.len - p;
    resource->name.data = p;
    resource->size = entry->size;

    if (resource->mime_type.len == 0) {
        ngx_http_mcp_file_type(clcf, &entry->path, &resource->mime_type);
    }

    if (ngx_http_mcp_dir_time(cf, entry->mtime,
                              &resource->annotations.modified)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* a resource of its own stands for the file */

    rc = mcp_resource_add(server, resource);

    return rc == NGX_DECLINED ? NGX_OK : rc;
}


static ngx_int_t
ngx_http_mcp_dir_time(ngx_conf_t *cf, time_t mtime, ngx_str_t *text)
{
    ngx_tm_t  tm;

    ngx_gmtime(mtime, &tm);

    text->data = ngx_pnalloc(cf->pool, sizeof("1970-09-28T12:00:00Z") + 16);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    text->len = ngx_sprintf(text->data, "%4d-%02d-%02dT%02d:%02d:%02dZ",
                            tm.ngx_tm_year, tm.ngx_tm_mon, tm.ngx_tm_mday,
                            tm.ngx_tm_hour, tm.ngx_tm_min, tm.ngx_tm_sec)
                - text->data;

    return NGX_OK;
}
