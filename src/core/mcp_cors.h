
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_CORS_H_INCLUDED_
#define _MCP_CORS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_buf.h>


/*
 * What pages of other origins may do, as headers of answers.
 *
 * Specification: the Fetch standard, "CORS protocol".
 */


typedef struct {
    const ngx_array_t  *origins;     /* of mcp_origin_t; may be NULL */
    unsigned            any:1;       /* "*": without credentials, always */
    unsigned            credentials:1;  /* cookies and the like, of origins */
} mcp_cors_t;


/* values of headers; what is empty is not sent */

typedef struct {
    ngx_str_t           origin;      /* Access-Control-Allow-Origin */
    ngx_str_t           credentials; /* Access-Control-Allow-Credentials */
    ngx_str_t           exposed;     /* Access-Control-Expose-Headers */
    ngx_str_t           methods;     /* Access-Control-Allow-Methods */
    ngx_str_t           headers;     /* Access-Control-Allow-Headers */
    ngx_str_t           max_age;     /* Access-Control-Max-Age */
    ngx_str_t           vary;        /* Vary */
} mcp_cors_headers_t;


/*
 * For any answer, refusals included.  "origin" is the value of Origin, empty
 * if there is none, and has to outlive the headers.  NGX_OK, or NGX_DECLINED:
 * no page may read the answer, which varies all the same.
 */
ngx_int_t mcp_cors_answer(const mcp_cors_t *cors, ngx_str_t *origin,
    mcp_cors_headers_t *headers);

/*
 * For the answer to a preflight, which is OPTIONS with an Origin and an
 * Access-Control-Request-Method.  "asked" is Access-Control-Request-Headers,
 * or empty; of the names in it those are allowed that the endpoint reads.  A
 * browser itself finds out that its method is not among the allowed ones.
 * NGX_OK; NGX_DECLINED: not that origin; NGX_ERROR.
 */
ngx_int_t mcp_cors_preflight(const mcp_cors_t *cors, ngx_pool_t *pool,
    ngx_str_t *origin, const ngx_str_t *asked, mcp_cors_headers_t *headers);


#endif /* _MCP_CORS_H_INCLUDED_ */
