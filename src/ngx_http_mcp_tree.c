
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_json_text.h>
#include <ngx_http_mcp_tree.h>


#define NGX_HTTP_MCP_TREE_WALK                                               \
    (NGX_FILE_SEARCH|NGX_FILE_NOFOLLOW|O_CLOEXEC)

#define NGX_HTTP_MCP_TREE_FILE                                               \
    (NGX_FILE_RDONLY|NGX_FILE_NONBLOCK|NGX_FILE_NOFOLLOW|O_CLOEXEC|O_NOCTTY)

#define NGX_HTTP_MCP_TREE_DIR                                                \
    (NGX_FILE_RDONLY|NGX_FILE_DIRECTORY|NGX_FILE_NOFOLLOW|O_CLOEXEC)


static ngx_int_t ngx_http_mcp_tree_walk(const ngx_http_mcp_tree_t *tree,
    ngx_log_t *log, u_char *path, u_char **name, ngx_fd_t *dir);
static ngx_int_t ngx_http_mcp_tree_failed(const ngx_http_mcp_tree_t *tree,
    ngx_log_t *log, ngx_err_t err);
static void ngx_http_mcp_tree_close(ngx_fd_t fd, ngx_log_t *log);
static ngx_int_t ngx_http_mcp_tree_scan(DIR *dir,
    const ngx_http_mcp_tree_t *tree, ngx_pool_t *pool, const ngx_str_t *path,
    ngx_array_t *entries);
static ngx_int_t ngx_http_mcp_tree_add(DIR *dir, ngx_pool_t *pool,
    const ngx_str_t *path, const char *name, ngx_uint_t dirs,
    ngx_array_t *entries);
static int ngx_libc_cdecl ngx_http_mcp_tree_compare(const void *one,
    const void *two);


ngx_int_t
ngx_http_mcp_tree_open(const ngx_http_mcp_tree_t *tree, ngx_pool_t *pool,
    ngx_log_t *log, const ngx_str_t *path, ngx_fd_t *fd)
{
    u_char           *copy, *name;
    ngx_fd_t          dir;
    ngx_int_t         rc;
    ngx_err_t         err;
    ngx_file_info_t   fi;

    copy = ngx_pnalloc(pool, path->len + 1);
    if (copy == NULL) {
        return NGX_ERROR;
    }

    ngx_cpystrn(copy, path->data, path->len + 1);

    if (ngx_strlen(copy) != path->len) {
        return NGX_DECLINED;
    }

    rc = ngx_http_mcp_tree_walk(tree, log, copy, &name, &dir);

    if (rc != NGX_OK) {
        return rc;
    }

    /* to open what is no file may do something already */

    err = 0;

    if (ngx_file_at_info(dir, name, &fi, AT_SYMLINK_NOFOLLOW)
        == NGX_FILE_ERROR)
    {
        err = ngx_errno;

    } else if (!ngx_is_file(&fi)) {
        err = NGX_ENOENT;

    } else {
        *fd = ngx_openat_file(dir, name, NGX_HTTP_MCP_TREE_FILE,
                              NGX_FILE_OPEN, 0);

        if (*fd == NGX_INVALID_FILE) {
            err = ngx_errno;
        }
    }

    ngx_http_mcp_tree_close(dir, log);

    return err ? ngx_http_mcp_tree_failed(tree, log, err) : NGX_OK;
}


/* the directory of a path, and the last name of it */

static ngx_int_t
ngx_http_mcp_tree_walk(const ngx_http_mcp_tree_t *tree, ngx_log_t *log,
    u_char *path, u_char **name, ngx_fd_t *dir)
{
    u_char      *p;
    ngx_fd_t     fd, next;
    ngx_err_t    err;
    ngx_uint_t   depth;

    /* the root itself may be a link: the operator made it */

    fd = ngx_open_file(tree->root.data, NGX_FILE_SEARCH|O_CLOEXEC,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        return ngx_http_mcp_tree_failed(tree, log, ngx_errno);
    }

    for (depth = 1; /* void */ ; depth++) {
        p = path;

        while (*p && *p != '/') {
            p++;
        }

        if (depth > tree->depth
            || !ngx_http_mcp_tree_seen(path, p - path))
        {
            ngx_http_mcp_tree_close(fd, log);
            return NGX_DECLINED;
        }

        if (*p == '\0') {
            *name = path;
            *dir = fd;
            return NGX_OK;
        }

        *p++ = '\0';

        next = ngx_openat_file(fd, path, NGX_HTTP_MCP_TREE_WALK,
                               NGX_FILE_OPEN, 0);
        err = ngx_errno;

        ngx_http_mcp_tree_close(fd, log);

        if (next == NGX_INVALID_FILE) {
            return ngx_http_mcp_tree_failed(tree, log, err);
        }

        fd = next;
        path = p;
    }
}


/* not "", "." and "..", and nothing that is hidden */

ngx_uint_t
ngx_http_mcp_tree_seen(const u_char *name, size_t len)
{
    return len > 0 && name[0] != '.'
           && mcp_utf8_check((u_char *) name, len) == NGX_OK;
}


/* what is not there, is a link or is forbidden: there is no such file */

static ngx_int_t
ngx_http_mcp_tree_failed(const ngx_http_mcp_tree_t *tree, ngx_log_t *log,
    ngx_err_t err)
{
    if (err == NGX_ENOENT || err == NGX_ENOTDIR || err == NGX_ELOOP
        || err == NGX_ENAMETOOLONG || err == ENXIO)
    {
        return NGX_DECLINED;
    }

    ngx_log_error(NGX_LOG_ERR, log, err,
                  "mcp cannot open a file below \"%V\"", &tree->root);

    return (err == NGX_EACCES) ? NGX_DECLINED : NGX_ERROR;
}


static void
ngx_http_mcp_tree_close(ngx_fd_t fd, ngx_log_t *log)
{
    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_errno,
                      ngx_close_file_n " of a directory failed");
    }
}


ngx_int_t
ngx_http_mcp_tree_read(const ngx_http_mcp_tree_t *tree, ngx_pool_t *pool,
    ngx_log_t *log, const ngx_str_t *path, ngx_array_t *entries)
{
    DIR        *dir;
    u_char     *copy, *name;
    ngx_fd_t    fd, at;
    ngx_int_t   rc;
    ngx_err_t   err;
    ngx_uint_t  first;

    if (ngx_http_mcp_tree_depth(path) >= tree->depth) {
        return NGX_DECLINED;
    }

    if (path->len) {
        copy = ngx_pnalloc(pool, path->len + 1);
        if (copy == NULL) {
            return NGX_ERROR;
        }

        ngx_cpystrn(copy, path->data, path->len + 1);

        rc = ngx_http_mcp_tree_walk(tree, log, copy, &name, &at);

        if (rc != NGX_OK) {
            return rc;
        }

        fd = ngx_openat_file(at, name, NGX_HTTP_MCP_TREE_DIR, NGX_FILE_OPEN,
                             0);
        err = ngx_errno;

        ngx_http_mcp_tree_close(at, log);

    } else {
        fd = ngx_open_file(tree->root.data,
                           NGX_FILE_RDONLY|NGX_FILE_DIRECTORY|O_CLOEXEC,
                           NGX_FILE_OPEN, 0);
        err = ngx_errno;
    }

    if (fd == NGX_INVALID_FILE) {
        return ngx_http_mcp_tree_failed(tree, log, err);
    }

    dir = fdopendir(fd);

    if (dir == NULL) {
        err = ngx_errno;
        ngx_http_mcp_tree_close(fd, log);
        return ngx_http_mcp_tree_failed(tree, log, err);
    }

    first = entries->nelts;

    rc = ngx_http_mcp_tree_scan(dir, tree, pool, path, entries);

    if (closedir(dir) == -1) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_errno,
                      "closedir() of a directory failed");
    }

    ngx_qsort((ngx_http_mcp_tree_entry_t *) entries->elts + first,
              entries->nelts - first, sizeof(ngx_http_mcp_tree_entry_t),
              ngx_http_mcp_tree_compare);

    return rc;
}


static ngx_int_t
ngx_http_mcp_tree_scan(DIR *dir, const ngx_http_mcp_tree_t *tree,
    ngx_pool_t *pool, const ngx_str_t *path, ngx_array_t *entries)
{
    size_t          len;
    ngx_int_t       rc;
    ngx_uint_t      n, dirs;
    struct dirent  *de;

    dirs = ngx_http_mcp_tree_depth(path) + 1 < tree->depth;

    for (n = 0; /* void */ ; n++) {
        de = readdir(dir);

        if (de == NULL) {
            return NGX_OK;
        }

        if (n == NGX_HTTP_MCP_TREE_ENTRIES_MAX) {
            return NGX_ABORT;
        }

        len = ngx_strlen(de->d_name);

        if (!ngx_http_mcp_tree_seen((u_char *) de->d_name, len)) {
            continue;
        }

        rc = ngx_http_mcp_tree_add(dir, pool, path, de->d_name, dirs, entries);

        if (rc != NGX_OK) {
            return rc;
        }
    }
}


static ngx_int_t
ngx_http_mcp_tree_add(DIR *dir, ngx_pool_t *pool, const ngx_str_t *path,
    const char *name, ngx_uint_t dirs, ngx_array_t *entries)
{
    u_char                     *p;
    size_t                      len;
    ngx_file_info_t             fi;
    ngx_http_mcp_tree_entry_t  *entry;

    if (ngx_file_at_info(dirfd(dir), name, &fi, AT_SYMLINK_NOFOLLOW)
        == NGX_FILE_ERROR)
    {
        /* gone since */
        return NGX_OK;
    }

    if (!ngx_is_file(&fi) && !(ngx_is_dir(&fi) && dirs)) {
        return NGX_OK;
    }

    entry = ngx_array_push(entries);
    if (entry == NULL) {
        return NGX_ERROR;
    }

    len = ngx_strlen(name);

    p = ngx_pnalloc(pool, path->len + 1 + len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    entry->path.data = p;
    entry->dir = ngx_is_dir(&fi) ? 1 : 0;
    entry->size = ngx_file_size(&fi);
    entry->mtime = ngx_file_mtime(&fi);

    if (path->len) {
        p = ngx_cpymem(p, path->data, path->len);
        *p++ = '/';
    }

    p = ngx_cpymem(p, name, len);
    *p = '\0';

    entry->path.len = p - entry->path.data;

    return NGX_OK;
}


ngx_uint_t
ngx_http_mcp_tree_depth(const ngx_str_t *path)
{
    size_t      i;
    ngx_uint_t  depth;

    depth = path->len ? 1 : 0;

    for (i = 0; i < path->len; i++) {
        depth += (path->data[i] == '/');
    }

    return depth;
}


static int ngx_libc_cdecl
ngx_http_mcp_tree_compare(const void *one, const void *two)
{
    const ngx_http_mcp_tree_entry_t *first = one;
    const ngx_http_mcp_tree_entry_t *second = two;

    return (int) ngx_strcmp(first->path.data, second->path.data);
}
