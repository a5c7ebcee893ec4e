
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_TREE_H_INCLUDED_
#define _NGX_HTTP_MCP_TREE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * A directory, and what may be seen of it: regular files and directories whose
 * names are UTF-8 and do not begin with a dot, down to "depth" names below the
 * root.  A path is walked name by name, each relative to the directory before
 * and none through a symbolic link: whatever others do to the tree meanwhile,
 * no walk leaves it.
 */


#define NGX_HTTP_MCP_TREE_DEPTH_MAX    64
#define NGX_HTTP_MCP_TREE_ENTRIES_MAX  10000   /* of a directory, of a list */


typedef struct {
    ngx_str_t           root;        /* ends with NUL */
    ngx_uint_t          depth;
} ngx_http_mcp_tree_t;


typedef struct {
    ngx_str_t           path;        /* below the root */
    off_t               size;
    time_t              mtime;
    unsigned            dir:1;
} ngx_http_mcp_tree_entry_t;


/*
 * Opens a file for reading, without waiting for anything.  NGX_OK and *fd;
 * NGX_DECLINED: there is none that may be seen; NGX_ERROR after a line in the
 * log.
 */
ngx_int_t ngx_http_mcp_tree_open(const ngx_http_mcp_tree_t *tree,
    ngx_pool_t *pool, ngx_log_t *log, const ngx_str_t *path, ngx_fd_t *fd);

/*
 * Adds what is in one directory, "" for the root, to an array of
 * ngx_http_mcp_tree_entry_t, sorted by name.  NGX_OK; NGX_DECLINED: there is
 * no such directory; NGX_ABORT: it has more than
 * NGX_HTTP_MCP_TREE_ENTRIES_MAX, not all were added; NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_tree_read(const ngx_http_mcp_tree_t *tree,
    ngx_pool_t *pool, ngx_log_t *log, const ngx_str_t *path,
    ngx_array_t *entries);

/* how many names a path has */
ngx_uint_t ngx_http_mcp_tree_depth(const ngx_str_t *path);

/* true if a directory or a file may have that name */
ngx_uint_t ngx_http_mcp_tree_seen(const u_char *name, size_t len);


#endif /* _NGX_HTTP_MCP_TREE_H_INCLUDED_ */
