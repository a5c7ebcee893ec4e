
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_WATCH_H_INCLUDED_
#define _NGX_HTTP_MCP_WATCH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * "mcp_resources ... watch=on": one worker, the first, watches the directories
 * of a tree with inotify and publishes the URIs of files that change.  The
 * watch outlives nothing: a worker that is started again looks anew.
 */


#if (NGX_HTTP_MCP_INOTIFY)

/* of the module, in each worker; NGX_OK, since the endpoint works without */
ngx_int_t ngx_http_mcp_watch_init_process(ngx_cycle_t *cycle);
void ngx_http_mcp_watch_exit_process(ngx_cycle_t *cycle);

#else

#define ngx_http_mcp_watch_init_process(cycle)  NGX_OK
#define ngx_http_mcp_watch_exit_process(cycle)

#endif


#endif /* _NGX_HTTP_MCP_WATCH_H_INCLUDED_ */
