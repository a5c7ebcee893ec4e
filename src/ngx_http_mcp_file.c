
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_file.h>
#include <ngx_http_mcp_thread.h>


#define NGX_HTTP_MCP_EXTEN_MAX  32

/* read at once, between two looks at whether anybody still waits; bytes */
#define NGX_HTTP_MCP_FILE_STEP  (1024 * 1024)


static ngx_int_t ngx_http_mcp_file_size(ngx_http_mcp_call_t *call,
    ngx_fd_t fd, ngx_str_t *name, off_t max, off_t *size);
static ngx_uint_t ngx_http_mcp_file_blocks(ngx_http_mcp_call_t *call,
    off_t size);
static ngx_int_t ngx_http_mcp_file_later(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_mcp_file_read(ngx_http_mcp_call_t *call,
    ngx_fd_t fd, ngx_str_t *name, off_t size, ngx_str_t *data);
static ngx_int_t ngx_http_mcp_file_add(ngx_http_mcp_call_t *call,
    ngx_str_t *name, ngx_str_t *mime_type, ngx_str_t *data);
static ngx_int_t ngx_http_mcp_file_large(ngx_http_mcp_call_t *call,
    ngx_str_t *name, off_t size, off_t max);


ngx_int_t
ngx_http_mcp_file_contents(ngx_http_mcp_call_t *call, const cJSON *args,
    ngx_fd_t fd, ngx_str_t *name, ngx_str_t *mime_type, off_t max)
{
    off_t       size;
    ngx_int_t   rc;
    ngx_str_t   data;
    ngx_uint_t  later;

    ngx_str_null(&data);
    later = 0;

    rc = ngx_http_mcp_file_size(call, fd, name, max, &size);

    if (rc == NGX_OK) {
        later = ngx_http_mcp_file_blocks(call, size);
    }

    if (rc == NGX_OK && !later) {
        rc = ngx_http_mcp_file_read(call, fd, name, size, &data);
    }

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, call->result.pool->log, ngx_errno,
                      ngx_close_file_n " \"%V\" failed", name);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    return later ? ngx_http_mcp_file_later(call, args)
                 : ngx_http_mcp_file_add(call, name, mime_type, &data);
}


static ngx_int_t
ngx_http_mcp_file_size(ngx_http_mcp_call_t *call, ngx_fd_t fd,
    ngx_str_t *name, off_t max, off_t *size)
{
    ngx_file_info_t  fi;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ERR, call->result.pool->log, ngx_errno,
                      ngx_fd_info_n " \"%V\" failed", name);
        return NGX_ERROR;
    }

    if (!ngx_is_file(&fi)) {
        return NGX_DECLINED;
    }

    *size = ngx_file_size(&fi);

    return (*size > max) ? ngx_http_mcp_file_large(call, name, *size, max)
                         : NGX_OK;
}


static ngx_uint_t
ngx_http_mcp_file_blocks(ngx_http_mcp_call_t *call, off_t size)
{
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_mcp_loc_conf(call, &ngx_http_mcp_module);

    return size > NGX_HTTP_MCP_FILE_THREAD
           && call->thread == NULL
           && mlcf->thread_pool != NULL;
}


/*
 * The thread opens the file again: a call that is cancelled before its thread
 * runs leaves nothing open.
 */

static ngx_int_t
ngx_http_mcp_file_later(ngx_http_mcp_call_t *call, const cJSON *args)
{
    const ngx_http_mcp_resource_t  *desc;

    desc = call->msg->resource->data;

    return ngx_http_mcp_thread_start(call, desc->handler, args);
}


static ngx_int_t
ngx_http_mcp_file_read(ngx_http_mcp_call_t *call, ngx_fd_t fd,
    ngx_str_t *name, off_t size, ngx_str_t *data)
{
    size_t       len;
    ssize_t      n;
    ngx_file_t   file;
    ngx_pool_t  *pool;

    pool = call->result.pool;

    data->data = ngx_pnalloc(pool, size + 1);
    if (data->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(&file, sizeof(ngx_file_t));

    file.fd = fd;
    file.name = *name;
    file.log = pool->log;

    /* a file may have become shorter since, then that is what there is */

    for (data->len = 0; (off_t) data->len < size; data->len += n) {

        if (ngx_http_mcp_call_cancelled(call)) {
            return NGX_ERROR;
        }

        len = ngx_min(size - data->len, NGX_HTTP_MCP_FILE_STEP);

        n = ngx_read_file(&file, data->data + data->len, len, data->len);

        if (n == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (n == 0) {
            break;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_file_add(ngx_http_mcp_call_t *call, ngx_str_t *name,
    ngx_str_t *mime_type, ngx_str_t *data)
{
    ngx_str_t                  type, none = ngx_null_string;
    ngx_uint_t                 text;
    ngx_http_core_loc_conf_t  *clcf;

    type = *mime_type;

    if (type.len == 0) {
        clcf = ngx_http_mcp_loc_conf(call, &ngx_http_core_module);
        ngx_http_mcp_file_type(clcf, name, &type);
    }

    text = (mcp_utf8_check(data->data, data->len) == NGX_OK);

    if (type.len) {
        text = text && mcp_resource_is_text(&type);

    } else if (text) {
        ngx_str_set(&type, "text/plain");

    } else {
        ngx_str_set(&type, "application/octet-stream");
    }

    mcp_result_embed(&call->result, &none, &type, data->data, data->len,
                     !text);

    return call->result.content.failed ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_http_mcp_file_large(ngx_http_mcp_call_t *call, ngx_str_t *name,
    off_t size, off_t max)
{
    ngx_log_error(NGX_LOG_ERR, call->result.pool->log, 0,
                  "mcp file \"%V\" of %O bytes is larger than %O",
                  name, size, max);

    /* one that has grown since is left at that: the message is not for threads
     * to write */

    if (call->thread == NULL) {
        (void) mcp_rpc_error(call->request->pool, &call->msg->error,
                             MCP_ERROR_INTERNAL,
                             "Resource too large: %O bytes, up to %O are "
                             "served", size, max);
    }

    return NGX_ERROR;
}


void
ngx_http_mcp_file_type(ngx_http_core_loc_conf_t *clcf, ngx_str_t *name,
    ngx_str_t *mime_type)
{
    size_t       len;
    u_char      *p, exten[NGX_HTTP_MCP_EXTEN_MAX];
    ngx_str_t   *type;
    ngx_uint_t   hash;

    ngx_str_null(mime_type);

    for (p = name->data + name->len; p > name->data; p--) {
        if (p[-1] == '.' || p[-1] == '/') {
            break;
        }
    }

    len = name->data + name->len - p;

    if (p == name->data || p[-1] != '.'
        || len == 0 || len > NGX_HTTP_MCP_EXTEN_MAX)
    {
        return;
    }

    hash = ngx_hash_strlow(exten, p, len);
    type = ngx_hash_find(&clcf->types_hash, hash, exten, len);

    if (type) {
        *mime_type = *type;
    }
}
