
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_CRED_H_INCLUDED_
#define _MCP_CRED_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Credentials of a request, and API keys.
 *
 * A file of keys has one key a line:
 *
 *     SHA256HEX NAME [SCOPE,... or -] [not_before=TIME] [expires=TIME]
 *         [tools=PATTERN,...]
 *
 * TIME is ten digits of seconds since the epoch or RFC 3339 in UTC,
 * "2026-11-21T00:00:00Z" or "2026-11-21"; NAME and SCOPE have no "="; PATTERN
 * is a name of a tool with "*" for any characters.  Empty lines and lines that
 * begin with "#" are skipped.  The file has digests only: whoever reads it
 * cannot call anything.
 *
 * A key is found by its digest with the same work whether it is known or not:
 * the number of steps depends on the number of keys only, and no step branches
 * on what is compared.
 *
 * Specification: RFC 6750, section 2.1; RFC 9110, section 11.4.
 */


#define MCP_CRED_DIGEST      32      /* bytes of SHA-256 */
#define MCP_CRED_ORDER       8       /* of them differ from key to key */
#define MCP_CRED_NAME_MAX    128
#define MCP_CRED_TOKEN_MAX   16384   /* bytes of a token */
#define MCP_CRED_KEYS_MAX    100000  /* of a file */


typedef struct {
    u_char              digest[MCP_CRED_DIGEST];
    ngx_str_t           name;
    ngx_str_t           scope;       /* names with spaces between them */
    time_t              not_before;  /* 0: none */
    time_t              expires;     /* 0: never; valid until it is reached */
    ngx_array_t        *tools;       /* of ngx_str_t, patterns; NULL: all */
    ngx_uint_t          line;
} mcp_cred_t;


typedef struct {
    ngx_uint_t          n;
    mcp_cred_t         *keys;        /* by digest */
} mcp_creds_t;


/*
 * The lines of a file; everything is copied into the pool.  NGX_OK;
 * NGX_DECLINED: *err says why and *line where, nothing of the text is quoted;
 * NGX_ERROR: out of memory.  No two digests may have the same first
 * MCP_CRED_ORDER bytes.
 */
ngx_int_t mcp_creds_parse(mcp_creds_t *creds, ngx_pool_t *pool,
    const ngx_str_t *text, const char **err, ngx_uint_t *line);

/* SHA-256 of a key, or of any other token that is kept by its digest */
void mcp_cred_digest(const ngx_str_t *token, u_char *digest);

/* NULL if there is no such key, or it is not valid at "now" */
const mcp_cred_t *mcp_creds_find(const mcp_creds_t *creds,
    const u_char *digest, time_t now);

/*
 * The token of an Authorization header of the scheme Bearer, in any case.
 * NGX_OK; NGX_DECLINED: another scheme; NGX_ABORT: Bearer with something that
 * is no token.
 */
ngx_int_t mcp_cred_bearer(const ngx_str_t *header, ngx_str_t *token);

/* is this what an X-API-Key header may have: NGX_OK or NGX_ABORT */
ngx_int_t mcp_cred_key(const ngx_str_t *header);

/* "get_*": any characters in the place of "*"; in linear space, no recursion */
ngx_uint_t mcp_pattern_match(const ngx_str_t *pattern, const ngx_str_t *name);


#endif /* _MCP_CRED_H_INCLUDED_ */
