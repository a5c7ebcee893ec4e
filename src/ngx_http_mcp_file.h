
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_FILE_H_INCLUDED_
#define _NGX_HTTP_MCP_FILE_H_INCLUDED_


#include <ngx_http_mcp_call.h>


/*
 * Files as contents of resources.
 */


/* larger ones are read in a thread, bytes */
#define NGX_HTTP_MCP_FILE_THREAD  65536


/*
 * Adds what an open file has as contents of the resource that is read, as text
 * or as a blob, and closes it.  Without a media type it has the one that
 * "types" has for its name.  "max" is a number of bytes.
 *
 * Returns what a handler returns: NGX_DECLINED if it is no regular file,
 * NGX_ERROR, after a line in the log, also if it is too large.  NGX_AGAIN: it
 * is large, and the handler of the call is run again with "args", in a thread;
 * so what calls this uses result.pool of the call, and its log, only.
 */
ngx_int_t ngx_http_mcp_file_contents(ngx_http_mcp_call_t *call,
    const cJSON *args, ngx_fd_t fd, ngx_str_t *name, ngx_str_t *mime_type,
    off_t max);

/* the media type that "types" has for a name; empty if there is none */
void ngx_http_mcp_file_type(ngx_http_core_loc_conf_t *clcf, ngx_str_t *name,
    ngx_str_t *mime_type);


#endif /* _NGX_HTTP_MCP_FILE_H_INCLUDED_ */
