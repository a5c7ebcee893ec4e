
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_URI_H_INCLUDED_
#define _MCP_URI_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_buf.h>


/*
 * URI templates of level 1 to 3 (RFC 6570, with its errata), backward: a URI
 * into the values it was made of.  The way forward, for requests, is mcp_pass.
 *
 * A template is compiled at configuration time.  So that there is a way back,
 * no variable may be named twice, two variables have something between them,
 * and {?...} or {&...} stands at the end.
 *
 * Values are bytes, never text of a URI: each "%" of a value is encoded, also
 * by {+var} and {#var}, which RFC 6570 lets pass triplets.
 */


#define MCP_URI_MAX       4096       /* bytes of a URI that is matched */
#define MCP_URI_VARS_MAX  16         /* variables of a template */
#define MCP_URI_ATOMS_MAX 33


typedef struct {
    ngx_str_t           text;        /* literal, or the name of the variable */
    u_char              op;          /* MCP_URI_LITERAL, or "{+#./;?&" */
    unsigned            first:1;     /* of its expression */
    unsigned            many:1;      /* the expression has more than one */
} mcp_uri_atom_t;


typedef struct {
    ngx_str_t           text;
    mcp_uri_atom_t      atoms[MCP_URI_ATOMS_MAX];
    ngx_uint_t          natoms;
    ngx_uint_t          tail;        /* the first atom of {?...} or {&...} */
    ngx_str_t           vars[MCP_URI_VARS_MAX];
    ngx_uint_t          nvars;
} mcp_uri_t;


/*
 * NGX_OK, or NGX_DECLINED and why, a sentence without a final stop.  Points
 * into the text, which must outlive the template.
 */
ngx_int_t mcp_uri_compile(mcp_uri_t *uri, ngx_str_t *text, const char **err);

/*
 * The values of a URI, in the order of uri->vars: decoded bytes, UTF-8 without
 * NUL, data is NULL if a variable is not there.  Variables of {;...}, {?...}
 * and {&...} may be absent or empty, those of {?...} and {&...} may come in
 * any order; all others have at least one character.  Where a URI can be read
 * in more than one way, what stands first is as long as possible.
 *
 * NGX_OK; NGX_DECLINED: the template makes no such URI; NGX_ERROR.
 */
ngx_int_t mcp_uri_match(const mcp_uri_t *uri, ngx_pool_t *pool,
    ngx_str_t *text, ngx_str_t *values);

/* everything percent-encoded but unreserved characters and, if asked, "/" */
void mcp_uri_encode(mcp_buf_t *b, const u_char *p, size_t len,
    ngx_uint_t slash);

/* true if it begins with a scheme and has only characters of a URI */
ngx_uint_t mcp_uri_valid(const ngx_str_t *text);


#endif /* _MCP_URI_H_INCLUDED_ */
