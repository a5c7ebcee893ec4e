
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_STATE_H_INCLUDED_
#define _MCP_STATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_scan.h>


/*
 * What a client keeps for the server: signed tokens, so that nothing has to
 * be stored and any worker, any replica with the same keys can read them.
 *
 * A token is base64url without padding of
 *
 *     format, kind, expiry (64 bit, big endian), payload, HMAC-SHA-256
 *
 * The HMAC covers these bytes and what the token is bound to and does not
 * carry, each part with its length.  A token is compared as a whole and in
 * constant time with what it would have to be: no other spelling is accepted.
 * The payload is protected, not secret.
 *
 * Specification: MCP 2026-07-28 basic/patterns/mrtr, "Server Requirements";
 * 2025-11-25 basic/transports, "Session Management".
 */


#define MCP_STATE_KEY       32       /* bytes of a key */
#define MCP_STATE_KEYS_MAX  16
#define MCP_STATE_DIGEST    32       /* bytes of a digest */
#define MCP_STATE_NONCE     16
#define MCP_STATE_MAX       65536    /* bytes of a token */

#define MCP_KEY             16       /* bytes of a key of the zone */


/* the first one signs, all verify */
typedef struct {
    ngx_uint_t          n;
    u_char              keys[MCP_STATE_KEYS_MAX][MCP_STATE_KEY];
} mcp_state_keys_t;


typedef enum {
    MCP_STATE_REQUEST = 'r',         /* requestState */
    MCP_STATE_SESSION = 's'          /* Mcp-Session-Id */
} mcp_state_kind_e;


/* what a token is bound to; empty parts are bound to being empty */
typedef struct {
    mcp_state_kind_e    kind;
    ngx_str_t           principal;
    ngx_str_t           method;
    ngx_str_t           name;
    u_char              arguments[MCP_STATE_DIGEST];
} mcp_state_bind_t;


typedef struct {
    u_char              nonce[MCP_STATE_NONCE];
    ngx_uint_t          version;     /* MCP_VERSION_* */
    ngx_uint_t          capabilities;  /* MCP_CLIENT_* */
    time_t              expires;     /* seconds */
} mcp_session_t;


/*
 * Keys of a file: one a line, 64 hexadecimal digits, the first one signs;
 * empty lines and lines that begin with "#" are skipped, spaces at the end of
 * a line too.  NGX_OK, or NGX_DECLINED: *err says why, *line where.
 */
ngx_int_t mcp_state_parse_keys(ngx_str_t *text, mcp_state_keys_t *keys,
    const char **err, ngx_uint_t *line);

/*
 * "expires" and "now" are seconds; the token is valid until "expires" is
 * reached.  NGX_OK or NGX_ERROR: out of memory or a payload too large for
 * MCP_STATE_MAX.
 */
ngx_int_t mcp_state_seal(const mcp_state_keys_t *keys, ngx_pool_t *pool,
    const mcp_state_bind_t *bind, time_t expires, const ngx_str_t *payload,
    ngx_str_t *token);

/*
 * NGX_OK and the payload, in the pool; NGX_DECLINED: malformed, altered,
 * expired or bound to something else; NGX_ERROR: out of memory.
 */
ngx_int_t mcp_state_open(const mcp_state_keys_t *keys, ngx_pool_t *pool,
    const mcp_state_bind_t *bind, time_t now, const ngx_str_t *token,
    ngx_str_t *payload);

/* likewise, of a session and its principal */
ngx_int_t mcp_session_seal(const mcp_state_keys_t *keys, ngx_pool_t *pool,
    const ngx_str_t *principal, const mcp_session_t *session,
    ngx_str_t *token);
ngx_int_t mcp_session_open(const mcp_state_keys_t *keys, ngx_pool_t *pool,
    const ngx_str_t *principal, time_t now, const ngx_str_t *token,
    mcp_session_t *session);

/*
 * The digest of a JSON value: spaces, escapes and the order of members make no
 * difference, the spelling of a number does.  NULL, for arguments that are
 * absent, has the digest of {}: a call means the same with either.  NGX_OK or
 * NGX_ERROR.
 */
ngx_int_t mcp_state_digest(mcp_json_doc_t *doc, mcp_json_token_t *value,
    u_char *digest);

/*
 * MCP_KEY bytes that stand for something in shared memory and on the bus: of
 * a kind, a letter, and up to two strings, NULL for none.
 */
void mcp_key(u_char *key, u_char kind, const ngx_str_t *a,
    const ngx_str_t *b);


#endif /* _MCP_STATE_H_INCLUDED_ */
