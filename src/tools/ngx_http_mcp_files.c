
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp_files.h>
#include <time.h>


/* what the tools of the pack "files" share */


static const ngx_http_mcp_files_root_t *ngx_http_mcp_files_find(
    const ngx_array_t *roots, const char *name);
static ngx_int_t ngx_http_mcp_files_path(ngx_pool_t *pool, const cJSON *arg,
    ngx_str_t *path);
static u_char *ngx_http_mcp_files_names(ngx_http_mcp_call_t *call);
static ngx_int_t ngx_http_mcp_files_enter(ngx_http_mcp_files_walk_t *walk,
    ngx_pool_t *pool, ngx_str_t *path, ngx_uint_t depth);
static ngx_int_t ngx_http_mcp_files_visit(ngx_http_mcp_files_walk_t *walk,
    ngx_http_mcp_tree_entry_t *entry, ngx_uint_t depth);
static ngx_uint_t ngx_http_mcp_files_fits(const cJSON *names,
    ngx_str_t *path);
static ngx_uint_t ngx_http_mcp_files_glob(const u_char *pattern,
    const u_char *name);


ngx_int_t
ngx_http_mcp_files_where(ngx_http_mcp_call_t *call, const cJSON *args,
    const ngx_http_mcp_files_root_t **root, ngx_str_t *path)
{
    const cJSON                *arg;
    ngx_http_mcp_files_conf_t  *mfcf;

    mfcf = ngx_http_mcp_loc_conf(call, &ngx_http_mcp_files_module);

    arg = cJSON_GetObjectItemCaseSensitive(args, "path");

    if (ngx_http_mcp_files_path(ngx_http_mcp_pool(call), arg, path)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    arg = cJSON_GetObjectItemCaseSensitive(args, "root");

    if (arg == NULL) {
        *root = (mfcf->roots->nelts == 1) ? mfcf->roots->elts : NULL;
        return NGX_OK;
    }

    *root = ngx_http_mcp_files_find(mfcf->roots, arg->valuestring);

    if (*root) {
        return NGX_OK;
    }

    (void) ngx_http_mcp_error(call, "there is no root \"%s\"; \"root\" is one"
                              " of: %s", arg->valuestring,
                              ngx_http_mcp_files_names(call));
    return NGX_DECLINED;
}


static const ngx_http_mcp_files_root_t *
ngx_http_mcp_files_find(const ngx_array_t *roots, const char *name)
{
    ngx_uint_t                        i;
    const ngx_http_mcp_files_root_t  *root;

    root = roots->elts;

    for (i = 0; i < roots->nelts; i++) {
        if (ngx_strcmp(root[i].name.data, name) == 0) {
            return &root[i];
        }
    }

    return NULL;
}


static ngx_int_t
ngx_http_mcp_files_path(ngx_pool_t *pool, const cJSON *arg, ngx_str_t *path)
{
    size_t  len;

    len = arg ? ngx_strlen(arg->valuestring) : 0;

    path->data = ngx_pnalloc(pool, len + 1);
    if (path->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(path->data, arg ? arg->valuestring : "", len + 1);
    path->len = len;

    while (path->len >= 2 && path->data[0] == '.' && path->data[1] == '/') {
        path->data += 2;
        path->len -= 2;
    }

    if (path->len == 1 && path->data[0] == '.') {
        path->len = 0;
    }

    /* "/" alone is no name of the root: a path is never an absolute one */

    if (path->len > 1 && path->data[path->len - 1] == '/') {
        path->len--;
    }

    path->data[path->len] = '\0';

    return NGX_OK;
}


/* "a, b, c", for an error */

static u_char *
ngx_http_mcp_files_names(ngx_http_mcp_call_t *call)
{
    u_char                           *p, *text;
    size_t                            len;
    ngx_uint_t                        i;
    ngx_http_mcp_files_conf_t        *mfcf;
    const ngx_http_mcp_files_root_t  *root;

    mfcf = ngx_http_mcp_loc_conf(call, &ngx_http_mcp_files_module);
    root = mfcf->roots->elts;
    len = 1;

    for (i = 0; i < mfcf->roots->nelts; i++) {
        len += root[i].name.len + 2;
    }

    text = ngx_pnalloc(ngx_http_mcp_pool(call), len);
    if (text == NULL) {
        return (u_char *) "";
    }

    p = text;

    for (i = 0; i < mfcf->roots->nelts; i++) {
        p = ngx_sprintf(p, "%s%V", i ? ", " : "", &root[i].name);
    }

    *p = '\0';

    return text;
}


ngx_int_t
ngx_http_mcp_files_which(ngx_http_mcp_call_t *call)
{
    return ngx_http_mcp_error(call, "\"root\" is required here, one of: %s",
                              ngx_http_mcp_files_names(call));
}


ngx_int_t
ngx_http_mcp_files_missing(ngx_http_mcp_call_t *call, const char *what,
    const ngx_http_mcp_files_root_t *root, ngx_str_t *path)
{
    return ngx_http_mcp_error(call, "there is no %s \"%V\" in root \"%V\";"
                              " paths are relative to the root, without"
                              " \"..\"; hidden files and links do not exist"
                              " here; list_files shows what there is",
                              what, path, &root->name);
}


double
ngx_http_mcp_files_number(const cJSON *args, const char *name, double value)
{
    const cJSON  *arg;

    arg = cJSON_GetObjectItemCaseSensitive(args, name);

    return arg ? arg->valuedouble : value;
}


ngx_int_t
ngx_http_mcp_files_walk(ngx_http_mcp_files_walk_t *walk, ngx_str_t *path,
    ngx_uint_t depth)
{
    ngx_int_t    rc;
    ngx_pool_t  *pool;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE,
                           ngx_http_mcp_pool(walk->call)->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_mcp_files_enter(walk, pool, path, depth);

    ngx_destroy_pool(pool);

    return (rc == NGX_DONE) ? NGX_OK : rc;
}


/* memory of a directory is freed when it was walked */

static ngx_int_t
ngx_http_mcp_files_enter(ngx_http_mcp_files_walk_t *walk, ngx_pool_t *pool,
    ngx_str_t *path, ngx_uint_t depth)
{
    ngx_int_t                   rc;
    ngx_uint_t                  i;
    ngx_array_t                 entries;
    ngx_http_mcp_tree_entry_t  *entry;

    if (ngx_array_init(&entries, pool, 32, sizeof(ngx_http_mcp_tree_entry_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_mcp_tree_read(walk->tree, pool, pool->log, path, &entries);

    if (rc == NGX_ABORT) {
        walk->cut = "directory";

    } else if (rc != NGX_OK) {
        return rc;
    }

    entry = entries.elts;

    for (i = 0; i < entries.nelts; i++) {
        rc = ngx_http_mcp_files_visit(walk, &entry[i], depth);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_files_visit(ngx_http_mcp_files_walk_t *walk,
    ngx_http_mcp_tree_entry_t *entry, ngx_uint_t depth)
{
    ngx_int_t    rc;
    ngx_pool_t  *pool;

    if (ngx_http_mcp_cancelled(walk->call)) {
        return NGX_ABORT;
    }

    if (ngx_http_mcp_files_now() > walk->deadline) {
        walk->cut = "time";
        return NGX_DONE;
    }

    if (walk->names == NULL
        || (!entry->dir && ngx_http_mcp_files_fits(walk->names, &entry->path)))
    {
        rc = walk->handler(walk, entry);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (!entry->dir || depth == 1) {
        return NGX_OK;
    }

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE,
                           ngx_http_mcp_pool(walk->call)->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_mcp_files_enter(walk, pool, &entry->path, depth - 1);

    ngx_destroy_pool(pool);

    /* one that is gone, or that nginx may not read, is not there */

    return (rc == NGX_DECLINED) ? NGX_OK : rc;
}


/* a pattern with "/" is one of the path, others are of the last name */

static ngx_uint_t
ngx_http_mcp_files_fits(const cJSON *names, ngx_str_t *path)
{
    u_char       *name;
    const cJSON  *item;

    name = path->data + path->len;

    while (name > path->data && name[-1] != '/') {
        name--;
    }

    cJSON_ArrayForEach(item, names) {

        if (ngx_http_mcp_files_glob((u_char *) item->valuestring,
                                    ngx_strchr(item->valuestring, '/')
                                    ? path->data : name))
        {
            return 1;
        }
    }

    return 0;
}


/*
 * "*" stands for anything, "?" for one character.  Only the last "*" is ever
 * tried again: what is before it fits as early as it can.
 */

static ngx_uint_t
ngx_http_mcp_files_glob(const u_char *pattern, const u_char *name)
{
    const u_char  *star, *from;

    star = NULL;
    from = NULL;

    while (*name) {

        if (*pattern == '*') {
            star = ++pattern;
            from = name;
            continue;
        }

        if (*pattern == '?') {
            pattern++;

            do {
                name++;
            } while ((*name & 0xc0) == 0x80);

            continue;
        }

        if (*pattern == *name) {
            pattern++;
            name++;
            continue;
        }

        if (star == NULL) {
            return 0;
        }

        pattern = star;
        name = ++from;
    }

    while (*pattern == '*') {
        pattern++;
    }

    return *pattern == '\0';
}


ngx_msec_t
ngx_http_mcp_files_now(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (ngx_msec_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


ssize_t
ngx_http_mcp_files_pread(ngx_fd_t fd, ngx_log_t *log, u_char *p, size_t len,
    off_t offset)
{
    size_t   done;
    ssize_t  n;

    for (done = 0; done < len; done += n) {
        n = pread(fd, p + done, len - done, offset + done);

        if (n == 0) {
            break;
        }

        if (n == -1) {

            if (ngx_errno == NGX_EINTR) {
                n = 0;
                continue;
            }

            ngx_log_error(NGX_LOG_ERR, log, ngx_errno,
                          "mcp cannot read a file");
            return NGX_ERROR;
        }
    }

    return done;
}
