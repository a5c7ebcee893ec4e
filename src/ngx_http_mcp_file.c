
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_file.h>


#define NGX_HTTP_MCP_EXTEN_MAX  32


static ngx_int_t ngx_http_mcp_file_read(ngx_http_mcp_call_t *call,
    ngx_fd_t fd, ngx_str_t *name, off_t max, ngx_str_t *data);
static ngx_int_t ngx_http_mcp_file_large(ngx_http_mcp_call_t *call,
    ngx_str_t *name, off_t size, off_t max);


ngx_int_t
ngx_http_mcp_file_contents(ngx_http_mcp_call_t *call, ngx_fd_t fd,
    ngx_str_t *name, ngx_str_t *mime_type, off_t max)
{
    ngx_int_t                  rc;
    ngx_str_t                  data, type, none = ngx_null_string;
    ngx_uint_t                 text;
    ngx_http_core_loc_conf_t  *clcf;

    ngx_str_null(&data);

    rc = ngx_http_mcp_file_read(call, fd, name, max, &data);

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, call->request->connection->log, ngx_errno,
                      ngx_close_file_n " \"%V\" failed", name);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    type = *mime_type;

    if (type.len == 0) {
        clcf = ngx_http_get_module_loc_conf(call->request,
                                            ngx_http_core_module);
        ngx_http_mcp_file_type(clcf, name, &type);
    }

    text = (mcp_utf8_check(data.data, data.len) == NGX_OK);

    if (type.len) {
        text = text && mcp_resource_is_text(&type);

    } else if (text) {
        ngx_str_set(&type, "text/plain");

    } else {
        ngx_str_set(&type, "application/octet-stream");
    }

    mcp_result_embed(&call->result, &none, &type, data.data, data.len, !text);

    return call->result.content.failed ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_http_mcp_file_read(ngx_http_mcp_call_t *call, ngx_fd_t fd,
    ngx_str_t *name, off_t max, ngx_str_t *data)
{
    off_t            size;
    ssize_t          n;
    ngx_file_t       file;
    ngx_file_info_t  fi;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ERR, call->request->connection->log, ngx_errno,
                      ngx_fd_info_n " \"%V\" failed", name);
        return NGX_ERROR;
    }

    if (!ngx_is_file(&fi)) {
        return NGX_DECLINED;
    }

    size = ngx_file_size(&fi);

    if (size > max) {
        return ngx_http_mcp_file_large(call, name, size, max);
    }

    data->data = ngx_pnalloc(call->request->pool, size + 1);
    if (data->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(&file, sizeof(ngx_file_t));

    file.fd = fd;
    file.name = *name;
    file.log = call->request->connection->log;

    /* a file may have become shorter since, then that is what there is */

    for (data->len = 0; (off_t) data->len < size; data->len += n) {
        n = ngx_read_file(&file, data->data + data->len,
                          size - data->len, data->len);

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
ngx_http_mcp_file_large(ngx_http_mcp_call_t *call, ngx_str_t *name,
    off_t size, off_t max)
{
    ngx_log_error(NGX_LOG_ERR, call->request->connection->log, 0,
                  "mcp file \"%V\" of %O bytes is larger than %O",
                  name, size, max);

    (void) mcp_rpc_error(call->request->pool, &call->msg->error,
                         MCP_ERROR_INTERNAL,
                         "Resource too large: %O bytes, up to %O are served",
                         size, max);
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
