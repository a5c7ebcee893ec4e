
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_JWKS_H_INCLUDED_
#define _NGX_HTTP_MCP_JWKS_H_INCLUDED_


#include <mcp_jwt.h>
#include <ngx_http_mcp_request.h>


/*
 * A set of public keys that a location of this server answers with: asked for
 * by the request that first needs it, kept in the zone for all workers, asked
 * for again when it is old, or of another configuration, by one worker at a
 * time.  What could not be had, or is no set, leaves the old one as it was.
 */


typedef struct {
    ngx_str_t                    uri;      /* empty: of a file, for ever */
    ngx_http_core_srv_conf_t    *cscf;     /* whose URI that is */
    ngx_http_mcp_at_t            at;       /* where it is written */
    time_t                       refresh;  /* seconds until it is old */
    time_t                       interval; /* at least between two requests */
    ngx_msec_t                   loaded;   /* which configuration this is */
    u_char                       key[MCP_KEY];   /* of what is known of it */
    u_char                       text[MCP_KEY];  /* of the set itself */
    u_char                       lock[MCP_KEY];  /* of who asks for it */

    /* what this worker has of it */
    mcp_jwt_keys_t               keys;
    ngx_pool_t                  *pool;     /* of the keys; NULL: none */
    ngx_uint_t                   generation;  /* of the keys; 0: none yet */
    ngx_uint_t                   foreign;  /* not those of now: of another
                                              configuration, or forgotten */
    time_t                       fetched;
    time_t                       checked;
    u_char                       digest[MCP_STATE_DIGEST];  /* of the text */
} ngx_http_mcp_jwks_t;


/* a set of a URI, empty for a file, of the server that is read; or NULL */
ngx_http_mcp_jwks_t *ngx_http_mcp_jwks_create(ngx_conf_t *cf, ngx_str_t *uri);

/*
 * Takes over what is known of the set: NGX_OK, there are keys, which may be
 * old; NGX_DECLINED: none yet.
 */
ngx_int_t ngx_http_mcp_jwks_read(ngx_http_mcp_jwks_t *set);

/* may the set be asked for again, because it is old or a key is missing */
ngx_uint_t ngx_http_mcp_jwks_old(ngx_http_mcp_jwks_t *set);
ngx_uint_t ngx_http_mcp_jwks_due(ngx_http_mcp_jwks_t *set);

/* is a request for it on its way */
ngx_uint_t ngx_http_mcp_jwks_asked(ngx_http_mcp_jwks_t *set);

/*
 * Asks for it, unless somebody does: NGX_OK or NGX_ERROR.  The request lasts
 * at least until the answer is there.
 */
ngx_int_t ngx_http_mcp_jwks_fetch(ngx_http_request_t *r,
    ngx_http_mcp_jwks_t *set);

/*
 * Runs the phases of the request again when there is something new, or when it
 * has taken too long: NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_jwks_wait(ngx_http_request_t *r,
    ngx_http_mcp_jwks_t *set);


#endif /* _NGX_HTTP_MCP_JWKS_H_INCLUDED_ */
