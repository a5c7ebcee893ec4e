
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_REPORT_H_INCLUDED_
#define _NGX_HTTP_MCP_REPORT_H_INCLUDED_


#include <ngx_http_mcp_call.h>


/*
 * What a call says while it runs: progress, log, heartbeats.
 */


/* what the client wants to be told: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_report_init(ngx_http_mcp_call_t *call);

/* from now on the call may be quiet; until ngx_http_mcp_report_stop() */
void ngx_http_mcp_report_start(ngx_http_mcp_call_t *call);
void ngx_http_mcp_report_stop(ngx_http_mcp_call_t *call);

/* by the handler, also in a thread: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_report_progress(ngx_http_mcp_call_t *call,
    double value, double total, const char *text);

/* something that streams: nothing of it is left out unless the client reads
 * too slowly; on the event loop, NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_report_text(ngx_http_mcp_call_t *call,
    const ngx_str_t *text, ngx_uint_t line);

ngx_int_t ngx_http_mcp_report_log(ngx_http_mcp_call_t *call,
    ngx_uint_t level, const char *logger, const u_char *text, size_t len);

/* true if there is a client that wants messages of that level */
#define ngx_http_mcp_report_logs(call, level)                                \
    ((level) < MCP_LOG_LEVELS && (ngx_int_t) (level) <= (call)->log_level)

/* sends what is not sent yet, before the result: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_report_rest(ngx_http_mcp_call_t *call);


#endif /* _NGX_HTTP_MCP_REPORT_H_INCLUDED_ */
