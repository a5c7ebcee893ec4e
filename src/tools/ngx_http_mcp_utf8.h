
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_UTF8_H_INCLUDED_
#define _NGX_HTTP_MCP_UTF8_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_text.h>


/*
 * Bytes of files, which may be anything, as text of a result.
 */


#define ngx_http_mcp_utf8_inside(c)  (((c) & 0xc0) == 0x80)


/*
 * The bytes as UTF-8 that ends with NUL: U+FFFD stands for NUL and for each
 * byte that is not part of a character.  NULL if there is no memory.
 */
u_char *ngx_http_mcp_utf8_clean(ngx_pool_t *pool, const u_char *p, size_t len);

/* how many bytes at the end are the beginning of a character */
size_t ngx_http_mcp_utf8_tail(const u_char *p, size_t len);


#endif /* _NGX_HTTP_MCP_UTF8_H_INCLUDED_ */
