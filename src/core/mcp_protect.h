
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_PROTECT_H_INCLUDED_
#define _MCP_PROTECT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_buf.h>


/*
 * What a protected resource says about itself: its metadata, and the
 * challenges that lead to them.
 *
 * Specification: RFC 9728; RFC 6750, section 3; MCP 2026-07-28
 * basic/authorization.
 */


typedef struct {
    ngx_str_t           resource;    /* URI of the endpoint, as configured */
    ngx_str_t           name;        /* title of the server, or empty */
    const ngx_array_t  *servers;     /* of ngx_str_t: URIs of issuers */
    const ngx_array_t  *scopes;      /* of ngx_str_t; NULL: none are told */
} mcp_protect_t;


typedef enum {
    MCP_CHALLENGE_NONE = 0,          /* nothing was sent */
    MCP_CHALLENGE_REQUEST,           /* invalid_request: not a credential */
    MCP_CHALLENGE_TOKEN,             /* invalid_token */
    MCP_CHALLENGE_SCOPE              /* insufficient_scope */
} mcp_challenge_e;


/*
 * Takes the URI of a resource apart: absolute, http or https, a host, neither
 * user, query nor fragment, no dot segment and no empty one.  "metadata"
 * becomes the path of its metadata, "/.well-known/oauth-protected-resource"
 * inserted before its own, decoded as r->uri is, and "url" the whole address,
 * of the same origin; a "/" alone is no path.  NGX_OK, NGX_DECLINED (*err, to
 * be read after the URI: "has a query") or NGX_ERROR.
 */
ngx_int_t mcp_protect_uri(ngx_pool_t *pool, const ngx_str_t *resource,
    ngx_str_t *metadata, ngx_str_t *url, const char **err);

/* is that the URI of an issuer: https, or http of this machine, neither user,
 * query nor fragment; NULL: yes, else as *err above */
const char *mcp_protect_issuer(const ngx_str_t *uri);

/* the JSON document; MCP wants at least one issuer in it; NGX_OK or
 * NGX_ERROR */
ngx_int_t mcp_protect_metadata(const mcp_protect_t *protect, ngx_pool_t *pool,
    ngx_str_t *json);

/*
 * The value of WWW-Authenticate.  "url" may be empty (API keys alone), "scope"
 * is what the operation needs, names with spaces between them, or empty.  What
 * could end the quoted string is not written.
 */
ngx_int_t mcp_protect_challenge(ngx_pool_t *pool, mcp_challenge_e error,
    const ngx_str_t *url, const ngx_str_t *scope, ngx_str_t *value);


#endif /* _MCP_PROTECT_H_INCLUDED_ */
