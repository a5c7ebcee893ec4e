
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_dir.h>
#include <ngx_http_mcp_file.h>


static ngx_int_t ngx_http_mcp_dir_path(ngx_http_mcp_call_t *call,
    const cJSON *args, ngx_str_t *path);


ngx_int_t
ngx_http_mcp_dir_handler(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_fd_t                   fd;
    ngx_int_t                  rc;
    ngx_str_t                  path, type;
    ngx_pool_t                *pool;
    const ngx_http_mcp_dir_t  *dir;

    dir = call->msg->resource->data;
    pool = call->result.pool;

    rc = ngx_http_mcp_dir_path(call, args, &path);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_mcp_tree_open(&dir->tree, pool, pool->log, &path, &fd);

    if (rc != NGX_OK) {
        return rc;
    }

    type = dir->type;

    return ngx_http_mcp_file_contents(call, args, fd, &path, &type,
                                      dir->size);
}


/* a file that is listed has no variables, yet its URI is one of the template */

static ngx_int_t
ngx_http_mcp_dir_path(ngx_http_mcp_call_t *call, const cJSON *args,
    ngx_str_t *path)
{
    ngx_int_t                  rc;
    ngx_str_t                  text, value[MCP_URI_VARS_MAX];
    const cJSON               *arg;
    const ngx_http_mcp_dir_t  *dir;

    arg = cJSON_GetObjectItemCaseSensitive(args, "path");

    if (arg) {
        ngx_http_mcp_str(path, arg->valuestring);
        return NGX_OK;
    }

    dir = call->msg->resource->data;
    text = call->msg->name;

    rc = mcp_uri_match(&dir->uri, call->result.pool, &text, value);
    *path = value[0];

    return rc;
}


/* the files and directories of the directory that is being typed */

ngx_int_t
ngx_http_mcp_dir_complete(ngx_http_mcp_call_t *call, const char *name,
    const char *value, const cJSON *args)
{
    size_t                      len;
    u_char                     *p;
    ngx_int_t                   rc;
    ngx_str_t                   typed, path;
    ngx_uint_t                  i;
    ngx_array_t                 entries;
    const ngx_http_mcp_dir_t   *dir;
    ngx_http_mcp_tree_entry_t  *entry;

    dir = call->msg->resource->data;

    ngx_http_mcp_str(&typed, value);

    for (p = typed.data + typed.len; p > typed.data && p[-1] != '/'; p--) {
        /* void */
    }

    path.data = typed.data;
    path.len = (p > typed.data) ? p - typed.data - 1 : 0;

    if (p > typed.data && path.len == 0) {
        return NGX_OK;
    }

    if (ngx_array_init(&entries, call->request->pool, 32,
                       sizeof(ngx_http_mcp_tree_entry_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_mcp_tree_read(&dir->tree, call->request->pool,
                                call->request->connection->log, &path,
                                &entries);
    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    entry = entries.elts;

    for (i = 0; i < entries.nelts; i++) {

        if (!mcp_completion_fits(&entry[i].path, &typed, 0)) {
            continue;
        }

        len = entry[i].path.len;

        if (entry[i].dir) {
            entry[i].path.data[len++] = '/';
        }

        if (ngx_http_mcp_complete(call, entry[i].path.data, len) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
