
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp_files.h>
#include <ngx_http_mcp_nginx.h>
#include <ngx_http_mcp_regex.h>
#include <ngx_http_mcp_utf8.h>


/* tool "nginx_log" */


#define NGX_HTTP_MCP_NGINX_LOG_OPEN                                          \
    (NGX_FILE_RDONLY|NGX_FILE_NONBLOCK|O_CLOEXEC|O_NOCTTY)

/* of a line, of all lines, of the log: bytes; milliseconds */
#define NGX_HTTP_MCP_NGINX_LINE_MAX    4096
#define NGX_HTTP_MCP_NGINX_LINES_MAX   (256 * 1024)
#define NGX_HTTP_MCP_NGINX_LOG_MAX     (1024 * 1024 * 1024)
#define NGX_HTTP_MCP_NGINX_LOG_TIME    10000

/* U+2026 */
#define NGX_HTTP_MCP_NGINX_CUT         "\xe2\x80\xa6"


typedef struct {
    ngx_http_mcp_call_t             *call;
    const ngx_http_mcp_nginx_log_t  *log;
    ngx_http_mcp_regex_t             re;
    ngx_uint_t                       max;
    ngx_uint_t                       n;
    size_t                           bytes;     /* in lines */
    off_t                            size;
    cJSON                           *lines;
    const char                      *cut;

    unsigned                         filter:1;
    unsigned                         refused:1; /* a tool error has been set */
} ngx_http_mcp_nginx_tail_t;


static ngx_int_t ngx_http_mcp_nginx_log_find(ngx_http_mcp_nginx_tail_t *tail,
    const cJSON *args);
static ngx_int_t ngx_http_mcp_nginx_log_which(ngx_http_mcp_nginx_tail_t *tail,
    ngx_array_t *logs);
static ngx_int_t ngx_http_mcp_nginx_log_open(ngx_http_mcp_nginx_tail_t *tail,
    ngx_fd_t *fd);
static ngx_int_t ngx_http_mcp_nginx_log_read(ngx_http_mcp_nginx_tail_t *tail,
    ngx_fd_t fd);
static ngx_int_t ngx_http_mcp_nginx_log_block(ngx_http_mcp_nginx_tail_t *tail,
    u_char *buf, u_char *last, off_t *end);
static ngx_int_t ngx_http_mcp_nginx_log_line(ngx_http_mcp_nginx_tail_t *tail,
    u_char *p, size_t len);
static ngx_int_t ngx_http_mcp_nginx_log_match(ngx_http_mcp_nginx_tail_t *tail,
    u_char *p, size_t len);
static ngx_int_t ngx_http_mcp_nginx_log_add(ngx_http_mcp_nginx_tail_t *tail,
    u_char *p, size_t len);


ngx_int_t
ngx_http_mcp_nginx_log(ngx_http_mcp_call_t *call, const cJSON *args)
{
    cJSON                      *out;
    ngx_fd_t                    fd;
    ngx_int_t                   rc;
    ngx_http_mcp_nginx_tail_t   tail;

    fd = NGX_INVALID_FILE;
    ngx_memzero(&tail, sizeof(ngx_http_mcp_nginx_tail_t));

    tail.call = call;
    tail.max = ngx_http_mcp_files_number(args, "lines",
                                         NGX_HTTP_MCP_NGINX_LINES_DEFAULT);
    tail.filter = cJSON_HasObjectItem(args, "pattern");

    out = cJSON_CreateObject();
    tail.lines = cJSON_AddArrayToObject(out, "lines");

    rc = tail.lines ? ngx_http_mcp_nginx_log_find(&tail, args) : NGX_ERROR;

    if (rc == NGX_OK && tail.filter) {
        rc = ngx_http_mcp_regex_init(call, args, &tail.re);
        ngx_http_mcp_regex_limit(&tail.re, NGX_HTTP_MCP_NGINX_LOG_TIME);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_mcp_nginx_log_open(&tail, &fd);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_mcp_nginx_log_read(&tail, fd);

        if (ngx_close_file(fd) == NGX_FILE_ERROR) {
            ngx_log_error(NGX_LOG_ALERT, ngx_http_mcp_pool(call)->log,
                          ngx_errno, ngx_close_file_n " \"%V\" failed",
                          &tail.log->file);
        }
    }

    ngx_http_mcp_regex_free(&tail.re);

    if (rc == NGX_OK
        && !tail.refused
        && cJSON_AddStringToObject(out, "log", (char *) tail.log->name.data)
        && cJSON_AddNumberToObject(out, "size", (double) tail.size)
        && (tail.cut == NULL
            || cJSON_AddStringToObject(out, "truncated", tail.cut)))
    {
        return ngx_http_mcp_result(call, out);
    }

    cJSON_Delete(out);

    return (rc == NGX_DECLINED || tail.refused) ? NGX_OK : NGX_ERROR;
}


/* NGX_OK; NGX_DECLINED after a tool error; NGX_ERROR; so the next ones */

static ngx_int_t
ngx_http_mcp_nginx_log_find(ngx_http_mcp_nginx_tail_t *tail,
    const cJSON *args)
{
    ngx_uint_t                       i;
    const cJSON                     *arg;
    ngx_http_mcp_nginx_conf_t       *mncf;
    const ngx_http_mcp_nginx_log_t  *log;

    mncf = ngx_http_mcp_loc_conf(tail->call, &ngx_http_mcp_nginx_module);

    if (mncf->logs == NULL) {
        (void) ngx_http_mcp_error(tail->call, "there are no logs here: the"
                                  " operator of this server has not named any"
                                  " with mcp_nginx_log");
        return NGX_DECLINED;
    }

    arg = cJSON_GetObjectItemCaseSensitive(args, "log");
    log = mncf->logs->elts;

    if (arg == NULL && mncf->logs->nelts == 1) {
        tail->log = log;
        return NGX_OK;
    }

    for (i = 0; arg && i < mncf->logs->nelts; i++) {
        if (ngx_strcmp(log[i].name.data, arg->valuestring) == 0) {
            tail->log = &log[i];
            return NGX_OK;
        }
    }

    return ngx_http_mcp_nginx_log_which(tail, mncf->logs);
}


static ngx_int_t
ngx_http_mcp_nginx_log_which(ngx_http_mcp_nginx_tail_t *tail,
    ngx_array_t *logs)
{
    u_char                          *p, *text;
    size_t                           len;
    ngx_uint_t                       i;
    const ngx_http_mcp_nginx_log_t  *log;

    log = logs->elts;
    len = 0;

    for (i = 0; i < logs->nelts; i++) {
        len += log[i].name.len + 2;
    }

    text = ngx_pnalloc(ngx_http_mcp_pool(tail->call), len);
    if (text == NULL) {
        return NGX_ERROR;
    }

    p = text;

    for (i = 0; i < logs->nelts; i++) {
        p = ngx_sprintf(p, "%s%V", i ? ", " : "", &log[i].name);
    }

    (void) ngx_http_mcp_error(tail->call, "\"log\" is one of: %*s",
                              p - text, text);
    return NGX_DECLINED;
}


/* each time anew: logs are rotated */

static ngx_int_t
ngx_http_mcp_nginx_log_open(ngx_http_mcp_nginx_tail_t *tail, ngx_fd_t *fd)
{
    ngx_err_t         err;
    ngx_file_info_t   fi;

    *fd = ngx_open_file(tail->log->file.data, NGX_HTTP_MCP_NGINX_LOG_OPEN,
                        NGX_FILE_OPEN, 0);

    if (*fd == NGX_INVALID_FILE) {
        err = ngx_errno;

        ngx_log_error(NGX_LOG_ERR, ngx_http_mcp_pool(tail->call)->log, err,
                      ngx_open_file_n " \"%V\" failed", &tail->log->file);

        (void) ngx_http_mcp_error(tail->call, "log \"%V\" %s",
                                  &tail->log->name, err == NGX_ENOENT
                                  ? "is not there: nothing was logged yet, or"
                                    " it is being rotated"
                                  : "cannot be read by the workers of nginx");
        return NGX_DECLINED;
    }

    if (ngx_fd_info(*fd, &fi) != NGX_FILE_ERROR && ngx_is_file(&fi)) {
        tail->size = ngx_file_size(&fi);
        return NGX_OK;
    }

    (void) ngx_close_file(*fd);

    (void) ngx_http_mcp_error(tail->call, "log \"%V\" is no regular file",
                              &tail->log->name);
    return NGX_DECLINED;
}


/*
 * Backwards, a block that ends with a line after the other.  A log that has
 * become shorter since was rotated by copying: what was read of it is fine.
 */

static ngx_int_t
ngx_http_mcp_nginx_log_read(ngx_http_mcp_nginx_tail_t *tail, ngx_fd_t fd)
{
    off_t        pos, end;
    size_t       len;
    u_char      *buf;
    ssize_t      n;
    ngx_int_t    rc;
    ngx_msec_t   deadline;
    ngx_pool_t  *pool;

    pool = ngx_http_mcp_pool(tail->call);

    buf = ngx_pnalloc(pool, NGX_HTTP_MCP_FILES_BLOCK);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    deadline = ngx_http_mcp_files_now() + NGX_HTTP_MCP_NGINX_LOG_TIME;

    for (end = tail->size; end > 0; /* void */ ) {

        len = (size_t) ngx_min(end, NGX_HTTP_MCP_FILES_BLOCK);
        pos = end - len;

        n = ngx_http_mcp_files_pread(fd, pool->log, buf, len, pos);

        if (n == NGX_ERROR || ngx_http_mcp_cancelled(tail->call)) {
            return NGX_ERROR;
        }

        if ((size_t) n < len) {
            return NGX_OK;
        }

        if (end == tail->size && buf[len - 1] == '\n') {
            len--;
        }

        rc = ngx_http_mcp_nginx_log_block(tail, buf, buf + len, &end);

        if (rc != NGX_OK) {
            return (rc == NGX_DONE) ? NGX_OK : rc;
        }

        if (tail->size - end > NGX_HTTP_MCP_NGINX_LOG_MAX) {
            tail->cut = "bytes";
            return NGX_OK;
        }

        if (ngx_http_mcp_files_now() > deadline) {
            tail->cut = "time";
            return NGX_OK;
        }
    }

    return NGX_OK;
}


/*
 * The lines that begin in a block, the last one first; *end moves to the end
 * of the first that does not.  A line longer than a block is taken in pieces.
 */

static ngx_int_t
ngx_http_mcp_nginx_log_block(ngx_http_mcp_nginx_tail_t *tail, u_char *buf,
    u_char *last, off_t *end)
{
    off_t      pos;
    u_char    *p, *start;
    ngx_int_t  rc;

    pos = *end - ngx_min(*end, NGX_HTTP_MCP_FILES_BLOCK);

    for (p = last; /* void */ ; p = start - 1) {

        for (start = p; start > buf && start[-1] != '\n'; start--) {
            /* void */
        }

        if (start == buf && pos > 0 && p < last) {
            *end = pos + (p - buf);
            return NGX_OK;
        }

        rc = ngx_http_mcp_nginx_log_line(tail, start, p - start);

        if (rc != NGX_OK) {
            return rc;
        }

        if (start == buf) {
            *end = pos;
            return NGX_OK;
        }
    }
}


/* NGX_OK; NGX_DONE: enough; NGX_ERROR */

static ngx_int_t
ngx_http_mcp_nginx_log_line(ngx_http_mcp_nginx_tail_t *tail, u_char *p,
    size_t len)
{
    u_char      *text;
    ngx_int_t    rc;
    ngx_pool_t  *pool;

    if (tail->n == tail->max) {
        tail->cut = "lines";
        return NGX_DONE;
    }

    if (mcp_utf8_check(p, len) == NGX_OK) {
        return ngx_http_mcp_nginx_log_match(tail, p, len);
    }

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE,
                           ngx_http_mcp_pool(tail->call)->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    text = ngx_http_mcp_utf8_clean(pool, p, len);

    rc = text ? ngx_http_mcp_nginx_log_match(tail, text, ngx_strlen(text))
              : NGX_ERROR;

    ngx_destroy_pool(pool);

    return rc;
}


static ngx_int_t
ngx_http_mcp_nginx_log_match(ngx_http_mcp_nginx_tail_t *tail, u_char *p,
    size_t len)
{
    int  rc;

    if (!tail->filter) {
        return ngx_http_mcp_nginx_log_add(tail, p, len);
    }

    ngx_http_mcp_regex_text(&tail->re, p, len);

    rc = ngx_http_mcp_regex_next(&tail->re);

    if (rc == 0) {
        return ngx_http_mcp_nginx_log_add(tail, p, len);
    }

    if (rc == PCRE2_ERROR_NOMATCH) {
        return NGX_OK;
    }

    if (rc == PCRE2_ERROR_CALLOUT) {
        tail->cut = "time";
        return NGX_DONE;
    }

    if (ngx_http_mcp_regex_failed(tail->call, rc) == NGX_ERROR) {
        return NGX_ERROR;
    }

    tail->refused = 1;

    return NGX_DONE;
}


static ngx_int_t
ngx_http_mcp_nginx_log_add(ngx_http_mcp_nginx_tail_t *tail, u_char *p,
    size_t len)
{
    cJSON   *item;
    size_t   n;
    u_char   text[NGX_HTTP_MCP_NGINX_LINE_MAX
                  + sizeof(NGX_HTTP_MCP_NGINX_CUT)];

    n = mcp_utf8_cut(p, len, NGX_HTTP_MCP_NGINX_LINE_MAX);

    if (tail->bytes + n > NGX_HTTP_MCP_NGINX_LINES_MAX) {
        tail->cut = "bytes";
        return NGX_DONE;
    }

    tail->bytes += n;
    tail->n++;

    ngx_cpystrn(ngx_cpymem(text, p, n),
                (u_char *) (n < len ? NGX_HTTP_MCP_NGINX_CUT : ""),
                sizeof(NGX_HTTP_MCP_NGINX_CUT));

    item = cJSON_CreateString((char *) text);

    if (item == NULL) {
        return NGX_ERROR;
    }

    return cJSON_InsertItemInArray(tail->lines, 0, item) ? NGX_OK : NGX_ERROR;
}
