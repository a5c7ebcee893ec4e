
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_buf.h>
#include <ngx_http_mcp_files.h>
#include <ngx_http_mcp_utf8.h>


/* tool "read_file" */


typedef struct {
    ngx_http_mcp_call_t              *call;
    const ngx_http_mcp_files_root_t  *root;
    ngx_str_t                         path;
    ngx_fd_t                          fd;
    off_t                             size;

    off_t                             offset;    /* of data */
    ngx_str_t                         data;

    double                            line;      /* the first one; 0: bytes */
    ngx_uint_t                        max;       /* of lines */
    ngx_uint_t                        lines;     /* in data */

    unsigned                          text:1;
    unsigned                          inside:1;  /* ends inside of a line */
} ngx_http_mcp_files_read_t;


static ngx_int_t ngx_http_mcp_files_read_open(ngx_http_mcp_files_read_t *f,
    const cJSON *args);
static ngx_int_t ngx_http_mcp_files_read_range(ngx_http_mcp_files_read_t *f,
    const cJSON *args);
static ngx_int_t ngx_http_mcp_files_read_seek(ngx_http_mcp_files_read_t *f);
static void ngx_http_mcp_files_read_lines(ngx_http_mcp_files_read_t *f);
static void ngx_http_mcp_files_read_kind(ngx_http_mcp_files_read_t *f,
    const cJSON *args);
static void ngx_http_mcp_files_read_trim(ngx_http_mcp_files_read_t *f);
static ngx_int_t ngx_http_mcp_files_read_result(ngx_http_mcp_files_read_t *f);
static ngx_int_t ngx_http_mcp_files_read_text(ngx_http_mcp_files_read_t *f,
    u_char *content, off_t next);
static u_char *ngx_http_mcp_files_read_base64(ngx_pool_t *pool,
    ngx_str_t *data);


ngx_int_t
ngx_http_mcp_files_read(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_int_t                  rc;
    ngx_http_mcp_files_read_t  f;

    ngx_memzero(&f, sizeof(ngx_http_mcp_files_read_t));

    f.call = call;

    rc = ngx_http_mcp_files_read_open(&f, args);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : rc;
    }

    rc = ngx_http_mcp_files_read_range(&f, args);

    if (ngx_close_file(f.fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, ngx_http_mcp_pool(call)->log, ngx_errno,
                      ngx_close_file_n " of a file failed");
    }

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : rc;
    }

    if (f.line) {
        ngx_http_mcp_files_read_lines(&f);
    }

    ngx_http_mcp_files_read_kind(&f, args);

    return ngx_http_mcp_files_read_result(&f);
}


/* NGX_OK; NGX_DECLINED after a tool error; NGX_ERROR; so the next ones */

static ngx_int_t
ngx_http_mcp_files_read_open(ngx_http_mcp_files_read_t *f, const cJSON *args)
{
    ngx_int_t         rc;
    ngx_pool_t       *pool;
    ngx_file_info_t   fi;

    rc = ngx_http_mcp_files_where(f->call, args, &f->root, &f->path);

    if (rc != NGX_OK) {
        return rc;
    }

    if (f->root == NULL) {
        (void) ngx_http_mcp_files_which(f->call);
        return NGX_DECLINED;
    }

    pool = ngx_http_mcp_pool(f->call);

    rc = ngx_http_mcp_tree_open(&f->root->tree, pool, pool->log, &f->path,
                                &f->fd);

    if (rc == NGX_OK) {

        if (ngx_fd_info(f->fd, &fi) != NGX_FILE_ERROR && ngx_is_file(&fi)) {
            f->size = ngx_file_size(&fi);
            return NGX_OK;
        }

        /* the file has become something else since it was looked at */

        (void) ngx_close_file(f->fd);
        rc = NGX_DECLINED;
    }

    if (rc == NGX_DECLINED) {
        (void) ngx_http_mcp_files_missing(f->call, "file", f->root, &f->path);
    }

    return rc;
}


static ngx_int_t
ngx_http_mcp_files_read_range(ngx_http_mcp_files_read_t *f, const cJSON *args)
{
    size_t       len;
    ssize_t      n;
    ngx_int_t    rc;
    ngx_pool_t  *pool;

    pool = ngx_http_mcp_pool(f->call);

    f->offset = ngx_http_mcp_files_number(args, "offset", -1);
    f->line = ngx_http_mcp_files_number(args, "first_line", 0);
    f->max = ngx_http_mcp_files_number(args, "lines", 0);

    if (f->offset != -1 && (f->line || f->max)) {
        (void) ngx_http_mcp_error(f->call, "\"offset\" is one of bytes, use"
                                  " \"length\" with it, not \"first_line\" or"
                                  " \"lines\"");
        return NGX_DECLINED;
    }

    f->offset = ngx_max(f->offset, 0);

    if (f->offset > f->size) {
        (void) ngx_http_mcp_error(f->call, "\"offset\" is beyond the end of"
                                  " the file, which has %O bytes", f->size);
        return NGX_DECLINED;
    }

    if (f->line || f->max) {
        f->line = ngx_max(f->line, 1);
        f->max = f->max ? f->max : NGX_HTTP_MCP_FILES_LINES_DEFAULT;

        rc = ngx_http_mcp_files_read_seek(f);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    len = ngx_http_mcp_files_number(args, "length",
                                    NGX_HTTP_MCP_FILES_LENGTH_DEFAULT);

    f->data.data = ngx_pnalloc(pool, len);
    if (f->data.data == NULL) {
        return NGX_ERROR;
    }

    n = ngx_http_mcp_files_pread(f->fd, pool->log, f->data.data, len,
                                 f->offset);
    if (n == NGX_ERROR) {
        return NGX_ERROR;
    }

    f->data.len = n;

    /* files grow and shrink */

    if (f->offset + n > f->size || (size_t) n < len) {
        f->size = f->offset + n;
    }

    return NGX_OK;
}


/* the offset of the first line */

static ngx_int_t
ngx_http_mcp_files_read_seek(ngx_http_mcp_files_read_t *f)
{
    double       line;
    u_char      *p, *last, *buf;
    ssize_t      n;
    ngx_msec_t   deadline;
    ngx_pool_t  *pool;

    if (f->line == 1) {
        return NGX_OK;
    }

    pool = ngx_http_mcp_pool(f->call);

    buf = ngx_pnalloc(pool, NGX_HTTP_MCP_FILES_BLOCK);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    deadline = ngx_http_mcp_files_now() + NGX_HTTP_MCP_FILES_TIME;

    for (line = 1; /* void */ ; f->offset += n) {

        n = ngx_http_mcp_files_pread(f->fd, pool->log, buf,
                                     NGX_HTTP_MCP_FILES_BLOCK, f->offset);

        if (n == NGX_ERROR || ngx_http_mcp_cancelled(f->call)) {
            return NGX_ERROR;
        }

        last = buf + n;

        for (p = buf; p < last; p++) {
            p = ngx_strlchr(p, last, '\n');

            if (p == NULL) {
                break;
            }

            if (++line == f->line && (p + 1 < last
                                      || n == NGX_HTTP_MCP_FILES_BLOCK))
            {
                f->offset += p + 1 - buf;
                return NGX_OK;
            }
        }

        if (n < NGX_HTTP_MCP_FILES_BLOCK) {
            (void) ngx_http_mcp_error(f->call, "\"first_line\" is beyond the"
                                      " end of the file, which has %.0f"
                                      " lines", n && last[-1] == '\n'
                                                ? line - 1 : line);
            return NGX_DECLINED;
        }

        if (ngx_http_mcp_files_now() > deadline) {
            (void) ngx_http_mcp_error(f->call, "\"first_line\" is not reached"
                                      " in time: line %.0f begins around byte"
                                      " %O; use \"offset\"", line, f->offset);
            return NGX_DECLINED;
        }
    }
}


/* of the data, the lines that were asked for, as far as they are complete */

static void
ngx_http_mcp_files_read_lines(ngx_http_mcp_files_read_t *f)
{
    u_char      *p, *last, *end;
    ngx_uint_t   n;

    last = f->data.data + f->data.len;
    end = f->data.data;

    for (n = 0; n < f->max && end < last; n++) {
        p = ngx_strlchr(end, last, '\n');

        if (p == NULL) {
            break;
        }

        end = p + 1;
    }

    if (n < f->max && end < last) {

        if (f->offset + (off_t) f->data.len == f->size) {
            /* the last line does not end with a newline */
            n++;
            end = last;

        } else if (n == 0) {
            n++;
            end = last;
            f->inside = 1;
        }
    }

    f->lines = n;
    f->data.len = end - f->data.data;
}


static void
ngx_http_mcp_files_read_kind(ngx_http_mcp_files_read_t *f, const cJSON *args)
{
    off_t         offset;
    ngx_str_t     data;
    const char   *encoding;
    const cJSON  *arg;

    arg = cJSON_GetObjectItemCaseSensitive(args, "encoding");
    encoding = arg ? arg->valuestring : "auto";

    if (encoding[0] == 'b') {
        return;
    }

    offset = f->offset;
    data = f->data;

    ngx_http_mcp_files_read_trim(f);

    f->text = 1;

    if (encoding[0] == 'a'
        && mcp_utf8_check(f->data.data, f->data.len) != NGX_OK)
    {
        f->offset = offset;
        f->data = data;
        f->text = 0;
    }
}


/* a range of text has no part of a character at its ends */

static void
ngx_http_mcp_files_read_trim(ngx_http_mcp_files_read_t *f)
{
    size_t  n;

    if (f->offset > 0 && f->line == 0) {

        for (n = 0; n < MCP_UTF8_MAX - 1 && n < f->data.len; n++) {
            if (!ngx_http_mcp_utf8_inside(f->data.data[n])) {
                break;
            }
        }

        f->offset += n;
        f->data.data += n;
        f->data.len -= n;
    }

    if (f->offset + (off_t) f->data.len < f->size) {
        n = ngx_http_mcp_utf8_tail(f->data.data, f->data.len);

        /* else nothing would be read of it, again and again */

        if (n < f->data.len) {
            f->data.len -= n;
        }
    }
}


static ngx_int_t
ngx_http_mcp_files_read_result(ngx_http_mcp_files_read_t *f)
{
    off_t        next;
    cJSON       *out;
    u_char      *content;
    ngx_pool_t  *pool;

    pool = ngx_http_mcp_pool(f->call);

    content = f->text ? ngx_http_mcp_utf8_clean(pool, f->data.data,
                                                f->data.len)
                      : ngx_http_mcp_files_read_base64(pool, &f->data);
    if (content == NULL) {
        return NGX_ERROR;
    }

    next = f->offset + f->data.len;

    out = cJSON_CreateObject();

    if (cJSON_AddStringToObject(out, "root", (char *) f->root->name.data)
        == NULL
        || cJSON_AddStringToObject(out, "path", (char *) f->path.data) == NULL
        || cJSON_AddNumberToObject(out, "size", (double) f->size) == NULL
        || cJSON_AddStringToObject(out, "encoding",
                                   f->text ? "text" : "base64")
           == NULL
        || cJSON_AddNumberToObject(out, "offset", (double) f->offset) == NULL
        || cJSON_AddNumberToObject(out, "length", (double) f->data.len)
           == NULL)
    {
        goto failed;
    }

    if (f->line
        && (cJSON_AddNumberToObject(out, "first_line", f->line) == NULL
            || cJSON_AddNumberToObject(out, "lines", (double) f->lines)
               == NULL))
    {
        goto failed;
    }

    if (next < f->size
        && (cJSON_AddNumberToObject(out, "next_offset", (double) next) == NULL
            || (f->line && !f->inside
                && cJSON_AddNumberToObject(out, "next_line",
                                           f->line + f->lines)
                   == NULL)))
    {
        goto failed;
    }

    if (cJSON_AddStringToObject(out, "content", (char *) content) == NULL) {
        goto failed;
    }

    if (f->text
        && ngx_http_mcp_files_read_text(f, content, next) != NGX_OK)
    {
        goto failed;
    }

    return ngx_http_mcp_result(f->call, out);

failed:

    cJSON_Delete(out);

    return NGX_ERROR;
}


/* text as it is, rather than inside of JSON, and where it goes on */

static ngx_int_t
ngx_http_mcp_files_read_text(ngx_http_mcp_files_read_t *f, u_char *content,
    off_t next)
{
    u_char  *p, buf[128];

    if (ngx_http_mcp_text(f->call, content, ngx_strlen(content)) != NGX_OK) {
        return NGX_ERROR;
    }

    if (next >= f->size) {
        return NGX_OK;
    }

    p = ngx_snprintf(buf, sizeof(buf), "[%O bytes of %O; goes on at offset %O",
                     next - f->offset, f->size, next);

    if (f->line && !f->inside) {
        p = ngx_snprintf(p, buf + sizeof(buf) - p, ", line %.0f",
                         f->line + f->lines);
    }

    *p++ = ']';

    return ngx_http_mcp_text(f->call, buf, p - buf);
}


static u_char *
ngx_http_mcp_files_read_base64(ngx_pool_t *pool, ngx_str_t *data)
{
    mcp_buf_t  b;
    ngx_str_t  text;

    mcp_buf_init(&b, pool, ngx_base64_encoded_length(data->len) + 1);
    mcp_buf_base64(&b, data->data, data->len);
    mcp_buf_char(&b, '\0');

    return mcp_buf_done(&b, &text) == NGX_OK ? text.data : NULL;
}
