
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_JSON_SCAN_H_INCLUDED_
#define _MCP_JSON_SCAN_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_text.h>


/*
 * The strict pass over untrusted JSON (RFC 8259, UTF-8 of RFC 3629).
 *
 * mcp_json_scan() reads the text once and leaves a flat list of tokens in
 * document order; every token knows the index of the one that follows its
 * value, so that skipping is O(1).  A container is followed by its members:
 * an array by its values, an object by pairs of a key token (a string) and
 * a value.  The tokens point into the text, which must outlive them; nothing
 * is copied but keys with escapes, which are decoded into the pool.
 *
 * Refused: everything RFC 8259 refuses, a byte order mark, bytes after the
 * document, ill-formed UTF-8, escapes of lone surrogates, the escape \u0000,
 * two members of one object with the same (decoded) name, and whatever
 * exceeds the limits below.
 */


#define MCP_JSON_MAX_DEPTH    64         /* open containers */
#define MCP_JSON_MAX_VALUES   131072     /* tokens of one document */


typedef enum {
    MCP_JSON_NULL = 0,
    MCP_JSON_FALSE,
    MCP_JSON_TRUE,
    MCP_JSON_NUMBER,
    MCP_JSON_STRING,
    MCP_JSON_ARRAY,
    MCP_JSON_OBJECT
} mcp_json_type_e;


typedef enum {
    MCP_JSON_OK = 0,

    /* not JSON: the document has no meaning */
    MCP_JSON_EMPTY,              /* no bytes but white space */
    MCP_JSON_SYNTAX,
    MCP_JSON_UTF8,
    MCP_JSON_TRAILING,           /* bytes after the document */

    /* JSON, but not accepted here */
    MCP_JSON_DEPTH,
    MCP_JSON_VALUES,             /* more than doc->max */
    MCP_JSON_DUPLICATE,
    MCP_JSON_NUL,                /* \u0000 */
    MCP_JSON_SURROGATE,          /* escape of a lone surrogate */
    MCP_JSON_RANGE               /* a number too long or not a finite double */
} mcp_json_err_e;


/* true of the errors after which there is no document at all (-32700) */
#define mcp_json_err_is_syntax(err)                                          \
    ((err) >= MCP_JSON_EMPTY && (err) <= MCP_JSON_TRAILING)


typedef struct {
    /*
     * strings: the bytes between the quotes, as written; keys: decoded;
     * everything else: the exact text, brackets included
     */
    ngx_str_t           text;

    uint32_t            next;        /* index of the token after this value */
    unsigned            type:8;      /* mcp_json_type_e */
    unsigned            escaped:1;   /* a string value with backslashes */
    unsigned            n:23;        /* members of a container */
} mcp_json_token_t;


typedef struct {
    mcp_json_token_t   *tokens;
    ngx_uint_t          nelts;
    ngx_uint_t          nalloc;
    ngx_uint_t          max;         /* tokens: MCP_JSON_MAX_VALUES */
    ngx_pool_t         *pool;

    mcp_json_err_e      err;
    size_t              offset;      /* of the byte that was refused */
} mcp_json_doc_t;


/*
 * NGX_OK        the document is accepted, doc->tokens[0] is its root
 * NGX_DECLINED  refused: doc->err and doc->offset say why and where.  If
 *               !mcp_json_err_is_syntax(doc->err) and the reason is none of
 *               DEPTH and VALUES, the pass went on to the end of the document
 *               and the tokens may be read, for the sake of the id alone
 * NGX_ERROR     out of memory
 */
ngx_int_t mcp_json_scan(mcp_json_doc_t *doc, ngx_pool_t *pool, u_char *p,
    size_t len);

/* the same for files of the operator, which may have more values; "max" is a
 * power of 2 */
ngx_int_t mcp_json_scan_file(mcp_json_doc_t *doc, ngx_pool_t *pool, u_char *p,
    size_t len, ngx_uint_t max);

/* the tokens of an accepted document are not needed any more */
void mcp_json_free(mcp_json_doc_t *doc);

/* a constant text, "duplicate member name" for example */
const char *mcp_json_strerror(mcp_json_err_e err);

/*
 * The value of the member of an object, NULL if there is none or if "object"
 * is NULL or not an object.  Linear in the number of members.
 */
mcp_json_token_t *mcp_json_member(mcp_json_doc_t *doc,
    mcp_json_token_t *object, const char *name, size_t len);

#define mcp_json_get(doc, object, name)                                      \
    mcp_json_member(doc, object, name, sizeof(name) - 1)

/*
 * The decoded bytes of a string token: points into the text if there was
 * nothing to decode, else into the pool.  NGX_OK or NGX_ERROR (memory).
 */
ngx_int_t mcp_json_string(mcp_json_doc_t *doc, mcp_json_token_t *token,
    ngx_str_t *out);


#endif /* _MCP_JSON_SCAN_H_INCLUDED_ */
