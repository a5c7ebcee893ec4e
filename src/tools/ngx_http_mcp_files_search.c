
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp_files.h>
#include <ngx_http_mcp_regex.h>
#include <ngx_http_mcp_utf8.h>


/* tool "search_files" */


/* bytes of a line that are listed, and of these before the match */
#define NGX_HTTP_MCP_FILES_TEXT     1000
#define NGX_HTTP_MCP_FILES_BEFORE   200

/* U+2026 */
#define NGX_HTTP_MCP_FILES_CUT      "\xe2\x80\xa6"

/* lines between two looks at the clock */
#define NGX_HTTP_MCP_FILES_STEP     256


typedef struct {
    ngx_http_mcp_files_walk_t  walk;
    ngx_http_mcp_regex_t       re;

    u_char                    *buf;       /* a block */
    cJSON                     *matches;
    ngx_uint_t                 n;
    ngx_uint_t                 max;
    off_t                      max_size;
    ngx_uint_t                 looked;    /* lines */

    ngx_uint_t                 searched;  /* files */
    ngx_uint_t                 binary;
    ngx_uint_t                 large;
    ngx_uint_t                 unreadable;

    ngx_str_t                  path;      /* of the file */
    ngx_uint_t                 line;

    unsigned                   refused:1; /* a tool error has been set */
} ngx_http_mcp_files_search_t;


static ngx_int_t ngx_http_mcp_files_search_init(
    ngx_http_mcp_files_search_t *search, ngx_http_mcp_call_t *call,
    const cJSON *args, const ngx_http_mcp_files_root_t *root);
static ngx_int_t ngx_http_mcp_files_search_run(
    ngx_http_mcp_files_search_t *search, const cJSON *args,
    const ngx_http_mcp_files_root_t *root, ngx_str_t *path);
static ngx_int_t ngx_http_mcp_files_search_entry(
    ngx_http_mcp_files_walk_t *walk, ngx_http_mcp_tree_entry_t *entry);
static ngx_int_t ngx_http_mcp_files_search_file(
    ngx_http_mcp_files_search_t *search, ngx_pool_t *pool, ngx_str_t *path);
static ngx_int_t ngx_http_mcp_files_search_fd(
    ngx_http_mcp_files_search_t *search, ngx_fd_t fd);
static ngx_int_t ngx_http_mcp_files_search_lines(
    ngx_http_mcp_files_search_t *search, u_char **pos, u_char *last,
    ngx_uint_t *inside);
static ngx_int_t ngx_http_mcp_files_search_line(
    ngx_http_mcp_files_search_t *search, u_char *p, size_t len);
static ngx_int_t ngx_http_mcp_files_search_time(
    ngx_http_mcp_files_search_t *search);
static ngx_int_t ngx_http_mcp_files_search_failed(
    ngx_http_mcp_files_search_t *search, int rc);
static ngx_int_t ngx_http_mcp_files_search_add(
    ngx_http_mcp_files_search_t *search);
static void ngx_http_mcp_files_search_text(ngx_http_mcp_regex_t *re,
    size_t at, u_char *dst);
static ngx_int_t ngx_http_mcp_files_search_result(
    ngx_http_mcp_files_search_t *search, const ngx_http_mcp_files_root_t *root,
    cJSON *out);


ngx_int_t
ngx_http_mcp_files_search(ngx_http_mcp_call_t *call, const cJSON *args)
{
    cJSON                            *out;
    ngx_int_t                         rc;
    ngx_str_t                         path;
    ngx_http_mcp_files_search_t       search;
    const ngx_http_mcp_files_root_t  *root;

    rc = ngx_http_mcp_files_where(call, args, &root, &path);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : rc;
    }

    if (root == NULL) {
        return ngx_http_mcp_files_which(call);
    }

    out = cJSON_CreateObject();

    ngx_memzero(&search, sizeof(ngx_http_mcp_files_search_t));

    search.matches = cJSON_AddArrayToObject(out, "matches");

    rc = ngx_http_mcp_regex_init(call, args, &search.re);

    if (rc == NGX_OK) {
        rc = ngx_http_mcp_files_search_init(&search, call, args, root);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_mcp_files_search_run(&search, args, root, &path);
    }

    ngx_http_mcp_regex_free(&search.re);

    if (rc == NGX_OK && !search.refused) {
        return ngx_http_mcp_files_search_result(&search, root, out);
    }

    cJSON_Delete(out);

    return (rc == NGX_OK || rc == NGX_DECLINED) ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_mcp_files_search_init(ngx_http_mcp_files_search_t *search,
    ngx_http_mcp_call_t *call, const cJSON *args,
    const ngx_http_mcp_files_root_t *root)
{
    ngx_msec_t   time;
    ngx_pool_t  *pool;

    pool = ngx_http_mcp_pool(call);

    search->buf = ngx_pnalloc(pool, NGX_HTTP_MCP_FILES_BLOCK);

    if (search->matches == NULL || search->buf == NULL) {
        return NGX_ERROR;
    }

    search->max = ngx_http_mcp_files_number(args, "max_matches",
                                        NGX_HTTP_MCP_FILES_MATCHES_DEFAULT);
    search->max_size = ngx_http_mcp_files_number(args, "max_file_size",
                                           NGX_HTTP_MCP_FILES_SIZE_DEFAULT);
    time = 1000 * ngx_http_mcp_files_number(args, "max_seconds",
                                        NGX_HTTP_MCP_FILES_SECONDS_DEFAULT);

    ngx_http_mcp_regex_limit(&search->re, time);

    search->walk.call = call;
    search->walk.tree = &root->tree;
    search->walk.names = cJSON_GetObjectItemCaseSensitive(args, "names");
    search->walk.deadline = ngx_http_mcp_files_now() + time;
    search->walk.handler = ngx_http_mcp_files_search_entry;
    search->walk.data = search;

    return NGX_OK;
}


/* NGX_OK; NGX_DECLINED after a tool error; NGX_ABORT; NGX_ERROR */

static ngx_int_t
ngx_http_mcp_files_search_run(ngx_http_mcp_files_search_t *search,
    const cJSON *args, const ngx_http_mcp_files_root_t *root, ngx_str_t *path)
{
    ngx_int_t  rc;

    rc = ngx_http_mcp_files_walk(&search->walk, path,
             ngx_http_mcp_files_number(args, "depth",
                                       NGX_HTTP_MCP_TREE_DEPTH_MAX));

    if (rc != NGX_DECLINED) {
        return rc;
    }

    /* one file is fine too */

    rc = ngx_http_mcp_files_search_file(search,
                                        ngx_http_mcp_pool(search->walk.call),
                                        path);

    if (rc == NGX_DECLINED) {
        (void) ngx_http_mcp_files_missing(search->walk.call,
                                          "directory or file", root, path);
    }

    return (rc == NGX_DONE) ? NGX_OK : rc;
}


static ngx_int_t
ngx_http_mcp_files_search_entry(ngx_http_mcp_files_walk_t *walk,
    ngx_http_mcp_tree_entry_t *entry)
{
    ngx_int_t                     rc;
    ngx_pool_t                   *pool;
    ngx_http_mcp_files_search_t  *search;

    search = walk->data;

    if (entry->dir) {
        return NGX_OK;
    }

    if (entry->size > search->max_size) {
        search->large++;
        return NGX_OK;
    }

    pool = ngx_create_pool(NGX_MIN_POOL_SIZE * 4,
                           ngx_http_mcp_pool(walk->call)->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_mcp_files_search_file(search, pool, &entry->path);

    ngx_destroy_pool(pool);

    if (rc == NGX_DECLINED) {
        search->unreadable++;
        return NGX_OK;
    }

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_mcp_progress(walk->call, search->searched, 0,
                                 "searching files");
}


/* NGX_OK; NGX_DONE: enough; NGX_DECLINED: there is no such file; NGX_ABORT;
 * NGX_ERROR */

static ngx_int_t
ngx_http_mcp_files_search_file(ngx_http_mcp_files_search_t *search,
    ngx_pool_t *pool, ngx_str_t *path)
{
    ngx_fd_t   fd;
    ngx_int_t  rc;

    rc = ngx_http_mcp_tree_open(search->walk.tree, pool, pool->log, path, &fd);

    if (rc != NGX_OK) {
        return rc;
    }

    search->path = *path;
    search->line = 1;

    rc = ngx_http_mcp_files_search_fd(search, fd);

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, pool->log, ngx_errno,
                      ngx_close_file_n " of a file failed");
    }

    return rc;
}


/*
 * Block by block; what is left of a block, the beginning of a line, moves to
 * the beginning of the next one.  Of a line longer than a block only that much
 * is searched.
 */

static ngx_int_t
ngx_http_mcp_files_search_fd(ngx_http_mcp_files_search_t *search, ngx_fd_t fd)
{
    off_t        offset;
    u_char      *p, *last, *end;
    ssize_t      n;
    ngx_log_t   *log;
    ngx_int_t    rc;
    ngx_uint_t   inside;

    log = ngx_http_mcp_pool(search->walk.call)->log;
    last = search->buf;
    end = search->buf + NGX_HTTP_MCP_FILES_BLOCK;
    inside = 0;

    for (offset = 0; /* void */ ; offset += n) {

        n = ngx_http_mcp_files_pread(fd, log, last, end - last, offset);

        if (n == NGX_ERROR) {
            return NGX_DECLINED;
        }

        if (offset == 0) {

            if (ngx_strlchr(last, last + n, '\0')) {
                search->binary++;
                return NGX_OK;
            }

            search->searched++;
        }

        last += n;
        p = search->buf;

        rc = ngx_http_mcp_files_search_lines(search, &p, last, &inside);

        if (rc != NGX_OK) {
            return rc;
        }

        if (last < end) {
            break;
        }

        if (p == search->buf) {

            /* many of these blocks may follow each other */

            rc = inside ? ngx_http_mcp_files_search_time(search)
                        : ngx_http_mcp_files_search_line(search, p, last - p);
            if (rc != NGX_OK) {
                return rc;
            }

            p = last;
            inside = 1;
        }

        last = ngx_movemem(search->buf, p, last - p);
    }

    return (p < last && !inside)
           ? ngx_http_mcp_files_search_line(search, p, last - p) : NGX_OK;
}


/* the lines that end here; "inside": the first was searched already */

static ngx_int_t
ngx_http_mcp_files_search_lines(ngx_http_mcp_files_search_t *search,
    u_char **pos, u_char *last, ngx_uint_t *inside)
{
    u_char     *p, *end;
    ngx_int_t   rc;

    for (p = *pos; p < last; p = end + 1) {

        end = ngx_strlchr(p, last, '\n');

        if (end == NULL) {
            break;
        }

        rc = *inside ? NGX_OK
                     : ngx_http_mcp_files_search_line(search, p, end - p);
        if (rc != NGX_OK) {
            return rc;
        }

        *inside = 0;
        search->line++;
    }

    *pos = p;

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_files_search_line(ngx_http_mcp_files_search_t *search, u_char *p,
    size_t len)
{
    int          rc;
    ngx_pool_t  *pool;

    if (search->looked++ % NGX_HTTP_MCP_FILES_STEP == 0) {
        rc = ngx_http_mcp_files_search_time(search);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (len && p[len - 1] == '\r') {
        len--;
    }

    pool = NULL;

    if (mcp_utf8_check(p, len) != NGX_OK) {
        pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE,
                               ngx_http_mcp_pool(search->walk.call)->log);
        if (pool == NULL) {
            return NGX_ERROR;
        }

        p = ngx_http_mcp_utf8_clean(pool, p, len);

        if (p == NULL) {
            ngx_destroy_pool(pool);
            return NGX_ERROR;
        }

        len = ngx_strlen(p);
    }

    ngx_http_mcp_regex_text(&search->re, p, len);

    rc = ngx_http_mcp_regex_next(&search->re);

    if (rc == 0) {
        rc = ngx_http_mcp_files_search_add(search);

    } else if (rc == PCRE2_ERROR_NOMATCH) {
        rc = NGX_OK;

    } else {
        rc = ngx_http_mcp_files_search_failed(search, rc);
    }

    if (pool) {
        ngx_destroy_pool(pool);
    }

    return rc;
}


/* NGX_OK; NGX_DONE: the time is up; NGX_ABORT: nobody waits any more */

static ngx_int_t
ngx_http_mcp_files_search_time(ngx_http_mcp_files_search_t *search)
{
    if (ngx_http_mcp_cancelled(search->walk.call)) {
        return NGX_ABORT;
    }

    if (ngx_http_mcp_files_now() > search->walk.deadline) {
        search->walk.cut = "time";
        return NGX_DONE;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_files_search_failed(ngx_http_mcp_files_search_t *search, int rc)
{
    if (ngx_http_mcp_cancelled(search->walk.call)) {
        return NGX_ABORT;
    }

    /* the time is up, maybe because of this line */

    if (rc == PCRE2_ERROR_CALLOUT) {
        search->walk.cut = "time";
        return NGX_DONE;
    }

    rc = ngx_http_mcp_regex_failed(search->walk.call, rc);

    if (rc != NGX_DECLINED) {
        return rc;
    }

    search->refused = 1;

    return NGX_DONE;
}


static ngx_int_t
ngx_http_mcp_files_search_add(ngx_http_mcp_files_search_t *search)
{
    cJSON       *item;
    u_char       text[NGX_HTTP_MCP_FILES_TEXT
                      + 2 * sizeof(NGX_HTTP_MCP_FILES_CUT)];
    PCRE2_SIZE  *ov;

    if (search->n == search->max) {
        search->walk.cut = "matches";
        return NGX_DONE;
    }

    search->n++;

    ov = pcre2_get_ovector_pointer(search->re.md);

    ngx_http_mcp_files_search_text(&search->re, ov[0], text);

    item = cJSON_CreateObject();

    if (cJSON_AddStringToObject(item, "path", (char *) search->path.data)
        == NULL
        || cJSON_AddNumberToObject(item, "line", search->line) == NULL
        || cJSON_AddNumberToObject(item, "column", 1.0
               + ngx_http_mcp_regex_chars(search->re.text.data, ov[0]))
           == NULL
        || cJSON_AddStringToObject(item, "text", (char *) text) == NULL
        || !cJSON_AddItemToArray(search->matches, item))
    {
        cJSON_Delete(item);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* a line, or what is around the match in a long one; whole characters */

static void
ngx_http_mcp_files_search_text(ngx_http_mcp_regex_t *re, size_t at,
    u_char *dst)
{
    u_char  *p, *last, *end;

    p = re->text.data;
    end = p + re->text.len;
    last = end;

    if (re->text.len > NGX_HTTP_MCP_FILES_TEXT) {
        p += ngx_min(at - ngx_min(at, NGX_HTTP_MCP_FILES_BEFORE),
                     re->text.len - NGX_HTTP_MCP_FILES_TEXT);
        last = p + NGX_HTTP_MCP_FILES_TEXT;

        while (ngx_http_mcp_utf8_inside(*p)) {
            p++;
        }

        while (last < end && ngx_http_mcp_utf8_inside(*last)) {
            last--;
        }
    }

    if (p > re->text.data) {
        dst = ngx_cpymem(dst, NGX_HTTP_MCP_FILES_CUT,
                         sizeof(NGX_HTTP_MCP_FILES_CUT) - 1);
    }

    dst = ngx_cpymem(dst, p, last - p);

    if (last < end) {
        dst = ngx_cpymem(dst, NGX_HTTP_MCP_FILES_CUT,
                         sizeof(NGX_HTTP_MCP_FILES_CUT) - 1);
    }

    *dst = '\0';
}


/* takes ownership of "out" */

static ngx_int_t
ngx_http_mcp_files_search_result(ngx_http_mcp_files_search_t *search,
    const ngx_http_mcp_files_root_t *root, cJSON *out)
{
    cJSON  *skipped;

    skipped = cJSON_AddObjectToObject(out, "skipped");

    if (cJSON_AddStringToObject(out, "root", (char *) root->name.data) == NULL
        || cJSON_AddNumberToObject(out, "count", search->n) == NULL
        || cJSON_AddNumberToObject(out, "searched", search->searched) == NULL
        || cJSON_AddNumberToObject(skipped, "binary", search->binary) == NULL
        || cJSON_AddNumberToObject(skipped, "large", search->large) == NULL
        || cJSON_AddNumberToObject(skipped, "unreadable", search->unreadable)
           == NULL
        || (search->walk.cut
            && cJSON_AddStringToObject(out, "truncated", search->walk.cut)
               == NULL))
    {
        cJSON_Delete(out);
        return NGX_ERROR;
    }

    return ngx_http_mcp_result(search->walk.call, out);
}
