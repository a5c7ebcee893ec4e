
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_PASS_H_INCLUDED_
#define _MCP_PASS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <cjson/cJSON.h>
#include <mcp_buf.h>


/*
 * A request to a service, made of the arguments of a call.
 *
 * A pass is compiled at configuration time, from the words of "mcp_tool" or
 * from an OpenAPI document, and is read-only afterwards.  Whatever the
 * arguments are, the request has the method, the path segments, the query
 * parameters, the headers and the lines that the pass says, no others:
 * values are percent-encoded, escaped or refused where they stand.
 *
 * A value is found by its "from", a JSON Pointer (RFC 6901) without the first
 * "/" into one object: the arguments of the call and, under their names, the
 * answers of passes that were made before.  "user/id" is the member "id" of
 * "user".
 */


#define MCP_PASS_ATOMS_MAX   256     /* of one template */

/* how a value is written; the first ones are operators of RFC 6570 */
#define MCP_PASS_LITERAL     0
#define MCP_PASS_SIMPLE      '{'     /* {x}   "simple" */
#define MCP_PASS_RESERVED    '+'     /* {+x}  "/" stays, dot segments do not */
#define MCP_PASS_LABEL       '.'     /* {.x}  "label" */
#define MCP_PASS_SEGMENT     '/'     /* {/x} */
#define MCP_PASS_MATRIX      ';'     /* {;x}  "matrix" */
#define MCP_PASS_QUERY       '?'     /* {?x}  "form", and so {&x} */
#define MCP_PASS_SPACE       ' '     /* "spaceDelimited" */
#define MCP_PASS_PIPE        '|'     /* "pipeDelimited" */
#define MCP_PASS_DEEP        '['     /* "deepObject" */
#define MCP_PASS_VARIABLE    '$'     /* a variable of the caller, as it is */


typedef struct {
    ngx_str_t           text;        /* literal, or the name it is sent as */
    ngx_str_t           from;        /* pointer to the value */
    u_char              op;          /* MCP_PASS_* */
    unsigned            explode:1;   /* {x*}: each member on its own */
    unsigned            json:1;      /* the value is sent as JSON */
    unsigned            reserved:1;  /* OpenAPI's "allowReserved" */
    unsigned            more:1;      /* of the same expression as the one
                                        before: {x,y} */
    unsigned            quoted:1;    /* in a string of a text of JSON */
    unsigned            xml:1;       /* in a text of XML */
    unsigned            form:1;      /* in a text of name=value pairs */
    ngx_uint_t          variable;    /* MCP_PASS_VARIABLE: its index */
} mcp_pass_atom_t;


/*
 * A header, a cookie, a field of a form: pieces that are put together; left
 * out if all its values are missing, or if it has none and is empty.
 *
 * In a form an atom of MCP_PASS_QUERY, _SPACE, _PIPE and _DEEP is the only one
 * of its field and writes it as in a query, names included, so that there may
 * be several; in a multipart form "explode" makes each element of an array a
 * part of that name.
 */
typedef struct {
    ngx_str_t           name;
    ngx_array_t         atoms;       /* of mcp_pass_atom_t */
    ngx_str_t           type;        /* of a part of a multipart body, or
                                        empty; likewise: */
    unsigned            binary:1;    /* the value is base64, sent decoded */
} mcp_pass_field_t;


typedef enum {
    MCP_PASS_BODY_NONE = 0,
    MCP_PASS_BODY_JSON,
    MCP_PASS_BODY_FORM,              /* application/x-www-form-urlencoded */
    MCP_PASS_BODY_MULTIPART,         /* multipart/form-data */
    MCP_PASS_BODY_TEMPLATE,          /* text with values in it */
    MCP_PASS_BODY_RAW                /* the value "from", a string */
} mcp_pass_body_e;


typedef struct {
    ngx_str_t           name;        /* of its answer, or empty */
    ngx_str_t           method;
    ngx_array_t         uri;         /* of mcp_pass_atom_t: path and query */
    ngx_array_t         headers;     /* of mcp_pass_field_t */
    ngx_array_t         cookies;     /* likewise, joined to one header */

    mcp_pass_body_e     body;
    ngx_str_t           type;        /* Content-Type, or empty: as the body */
    ngx_str_t           from;        /* the value that is the body; empty: an
                                        object of all arguments in "rest" */
    ngx_array_t         rest;        /* of ngx_str_t: names of arguments, in
                                        the order they are sent */
    ngx_array_t         names;       /* of ngx_str_t: what those are called in
                                        the body; empty: the same */
    ngx_array_t         fields;      /* of mcp_pass_field_t, of a form; empty:
                                        a field of each member of the value */
    ngx_array_t         text;        /* of mcp_pass_atom_t, of a template */

    unsigned            json_text:1; /* the template is JSON: {x} between
                                        quotes is escaped, elsewhere it is
                                        the JSON of the value */
    unsigned            binary:1;    /* MCP_PASS_BODY_RAW: the value is base64,
                                        sent decoded */
    unsigned            optional:1;  /* a failure does not fail the call */
} mcp_pass_t;


/* what is to be sent; all in the pool */
typedef struct {
    ngx_str_t           method;
    ngx_str_t           uri;         /* path, percent-encoded */
    ngx_str_t           args;        /* query without "?", may be empty */
    ngx_array_t         headers;     /* of ngx_keyval_t */
    ngx_str_t           type;        /* Content-Type; empty: there is no body */
    ngx_str_t           body;
} mcp_pass_request_t;


/*
 * Compiles a URI template, RFC 6570 level 1 to 3 and {x*}: a path that begins
 * with "/" and a query.  Fragments, dot segments, and literal characters that
 * a URI cannot have are refused.  NGX_OK; NGX_DECLINED and why; NGX_ERROR.
 */
ngx_int_t mcp_pass_compile_uri(ngx_pool_t *pool, ngx_str_t *text,
    ngx_array_t *atoms, const char **err);

/*
 * Compiles a text with {x} in it, of a header, a body, an error; "{{" and "}}"
 * stand for "{" and "}".  In a text of JSON a "{" that no name and "}" follows
 * stands for itself.  NGX_OK; NGX_DECLINED and why; NGX_ERROR.
 */
ngx_int_t mcp_pass_compile_text(ngx_pool_t *pool, ngx_str_t *text,
    ngx_uint_t json, ngx_array_t *atoms, const char **err);

/*
 * A compiled text of JSON has to be JSON whatever the values are.  NGX_OK;
 * NGX_DECLINED and why; NGX_ERROR.
 */
ngx_int_t mcp_pass_check_json(ngx_pool_t *pool, const ngx_array_t *atoms,
    const char **err);

/* the first token of a "from", as it is written: an argument, or the name of a
 * pass */
ngx_str_t mcp_pass_first(const ngx_str_t *from);

/* true if the query of a URI has "name=" written out */
ngx_uint_t mcp_pass_written(const ngx_array_t *atoms, const ngx_str_t *name);

/* the literal beginning of the path of a URI */
ngx_str_t mcp_pass_prefix(const mcp_pass_t *pass);

/* the value at a pointer without its first "/", or NULL */
const cJSON *mcp_pass_find(const cJSON *values, const ngx_str_t *from);

/* the bytes of a string, unless "json" is set, and the JSON of all else; NGX_OK
 * or NGX_ERROR */
ngx_int_t mcp_pass_bytes(ngx_pool_t *pool, const cJSON *value,
    ngx_uint_t json, ngx_str_t *text);

/*
 * The request.  "values" is the object described above, with defaults filled
 * in; "variables" those of MCP_PASS_VARIABLE, by index; "boundary" separates
 * the parts of a multipart body, random bytes in hexadecimal.
 * NGX_OK; NGX_DECLINED: a value cannot be sent, err is a sentence for the
 * caller that names the argument; NGX_ERROR.
 */
ngx_int_t mcp_pass_make(const mcp_pass_t *pass, ngx_pool_t *pool,
    const cJSON *values, const ngx_str_t *variables, const ngx_str_t *boundary,
    mcp_pass_request_t *request, ngx_str_t *err);

/*
 * MCP_KEY bytes that stand for all of a request.  NGX_OK or NGX_ERROR.
 */
ngx_int_t mcp_pass_key(const mcp_pass_request_t *request, ngx_pool_t *pool,
    u_char *key);

/*
 * Writes a text: of strings their bytes, of arrays and objects their members
 * separated by commas, unless the atom says "json", of missing values nothing.
 * NGX_OK or NGX_ERROR.
 */
ngx_int_t mcp_pass_text(const ngx_array_t *atoms, const cJSON *values,
    mcp_buf_t *b);


#endif /* _MCP_PASS_H_INCLUDED_ */
