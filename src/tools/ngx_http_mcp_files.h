
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_FILES_H_INCLUDED_
#define _NGX_HTTP_MCP_FILES_H_INCLUDED_


#include <ngx_http_mcp.h>
#include <ngx_http_mcp_tree.h>


/*
 * The pack "files": a module with directives of its own, a table of tools,
 * and the tools, which run in threads.  Beyond the public header it has the
 * walk of "mcp_resources", so that both serve the same files.
 */


#define NGX_HTTP_MCP_FILES_ENTRIES_DEFAULT  1000
#define NGX_HTTP_MCP_FILES_LENGTH_DEFAULT   262144
#define NGX_HTTP_MCP_FILES_LINES_DEFAULT    10000
#define NGX_HTTP_MCP_FILES_MATCHES_DEFAULT  100
#define NGX_HTTP_MCP_FILES_SIZE_DEFAULT     16777216
#define NGX_HTTP_MCP_FILES_SECONDS_DEFAULT  10

/* what is read at once, and the longest line that is searched as a whole */
#define NGX_HTTP_MCP_FILES_BLOCK            65536

/* how long a directory is listed or a line is looked for, milliseconds */
#define NGX_HTTP_MCP_FILES_TIME             10000


typedef struct {
    ngx_str_t              name;
    ngx_http_mcp_tree_t    tree;
} ngx_http_mcp_files_root_t;


typedef struct {
    ngx_array_t           *roots;   /* of ngx_http_mcp_files_root_t */
} ngx_http_mcp_files_conf_t;


typedef struct ngx_http_mcp_files_walk_s  ngx_http_mcp_files_walk_t;

/* NGX_OK: go on; NGX_DONE: enough; NGX_ERROR */
typedef ngx_int_t (*ngx_http_mcp_files_walk_pt)(
    ngx_http_mcp_files_walk_t *walk, ngx_http_mcp_tree_entry_t *entry);

struct ngx_http_mcp_files_walk_s {
    ngx_http_mcp_call_t         *call;
    const ngx_http_mcp_tree_t   *tree;
    const cJSON                 *names;     /* patterns, or NULL */
    ngx_msec_t                   deadline;  /* of ngx_http_mcp_files_now() */
    ngx_http_mcp_files_walk_pt   handler;
    void                        *data;

    /* why not all was seen, NULL if it was: "time", "directory" */
    const char                  *cut;
};


extern ngx_module_t                ngx_http_mcp_files_module;
extern const ngx_http_mcp_tools_t  ngx_http_mcp_files_tools;


ngx_int_t ngx_http_mcp_files_list(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_mcp_files_read(ngx_http_mcp_call_t *call,
    const cJSON *args);
ngx_int_t ngx_http_mcp_files_search(ngx_http_mcp_call_t *call,
    const cJSON *args);


/*
 * What "root" and "path" say.  The only root is taken if none is named; then,
 * if there are several, *root is NULL.  A path has no "./" before and no "/"
 * behind it, ends with NUL, and "" is the root.  NGX_OK; NGX_DECLINED after a
 * tool error; NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_files_where(ngx_http_mcp_call_t *call,
    const cJSON *args, const ngx_http_mcp_files_root_t **root,
    ngx_str_t *path);

/* tool errors: no root was named, there is no such file; always NGX_OK */
ngx_int_t ngx_http_mcp_files_which(ngx_http_mcp_call_t *call);
ngx_int_t ngx_http_mcp_files_missing(ngx_http_mcp_call_t *call,
    const char *what, const ngx_http_mcp_files_root_t *root, ngx_str_t *path);

/* the value of an argument, "value" if there is none */
double ngx_http_mcp_files_number(const cJSON *args, const char *name,
    double value);

/*
 * Runs the handler for what is in a directory, and in those below it, "depth"
 * levels; with "names" only for files one of which fits.  Entries are sorted
 * by name and are gone after the handler has returned.  NGX_OK, also if the
 * handler had enough; NGX_DECLINED: there is no such directory; NGX_ABORT: the
 * call was cancelled; NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_files_walk(ngx_http_mcp_files_walk_t *walk,
    ngx_str_t *path, ngx_uint_t depth);

/* milliseconds that never go back; ngx_current_msec is not for threads */
ngx_msec_t ngx_http_mcp_files_now(void);

/* up to "len" bytes, fewer only at the end of the file; NGX_ERROR after a line
 * in the log */
ssize_t ngx_http_mcp_files_pread(ngx_fd_t fd, ngx_log_t *log, u_char *p,
    size_t len, off_t offset);


#endif /* _NGX_HTTP_MCP_FILES_H_INCLUDED_ */
