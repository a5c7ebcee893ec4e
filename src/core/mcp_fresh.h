
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_FRESH_H_INCLUDED_
#define _MCP_FRESH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * How long an answer of HTTP stays fresh, in the words of MCP: "ttlMs" and
 * "cacheScope" (RFC 9111; MCP 2026-07-28 server/utilities/caching).
 */


#define MCP_FRESH_MAX  31536000      /* seconds: a year */


typedef struct {
    uint64_t            ttl;         /* milliseconds */
    unsigned            said:1;      /* the service has said so */
    unsigned            private:1;   /* not for everybody */
} mcp_fresh_t;


/*
 * Of the headers Cache-Control and Age, which may be empty.  What is not
 * understood says nothing.
 */
void mcp_fresh_read(mcp_fresh_t *fresh, const ngx_str_t *cache_control,
    const ngx_str_t *age);


#endif /* _MCP_FRESH_H_INCLUDED_ */
