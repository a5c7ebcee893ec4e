
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_PASS_WRITE_H_INCLUDED_
#define _MCP_PASS_WRITE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_pass.h>


/* what the files of mcp_pass share; nobody else includes this */


typedef struct {
    const mcp_pass_t     *pass;
    ngx_pool_t           *pool;
    const cJSON          *values;
    const ngx_str_t      *variables;
    const ngx_str_t      *boundary;
    ngx_str_t            *err;
} mcp_pass_maker_t;


/* where the pairs of a value are written */
typedef enum {
    MCP_PASS_IN_URI = 0,
    MCP_PASS_IN_FORM,
    MCP_PASS_IN_COOKIE
} mcp_pass_place_e;


typedef struct {
    mcp_buf_t            b;
    mcp_pass_place_e     place;

    /* of a URI */
    unsigned             query:1;    /* its path has ended */
    unsigned             any:1;      /* the expression has a value already */
    unsigned             checked:1;  /* all segments of the path are */
    unsigned             slashed:1;  /* this one begins or ends with a "/" of
                                        {+x} */
    size_t               segment;    /* where the last one begins */
    size_t               begin;      /* where the last atom does */
    const mcp_pass_atom_t  *value;   /* that this segment has, or NULL */
} mcp_pass_writer_t;


/* always NGX_DECLINED, with a sentence that begins with the argument, or
 * NGX_ERROR */
ngx_int_t mcp_pass_refuse(mcp_pass_maker_t *m, const ngx_str_t *from,
    const char *text);

/* null is no value either */
#define mcp_pass_missing(value)  ((value) == NULL || cJSON_IsNull(value))

/* true of an operator that writes name=value */
ngx_uint_t mcp_pass_named(u_char op);

/* true of "." and "..", encoded or not, and with parameters behind */
ngx_uint_t mcp_pass_dots(const u_char *p, const u_char *last);

/* true if the request has a pair of that name anyway; "atom" is not looked
 * at */
ngx_uint_t mcp_pass_has_name(const mcp_pass_t *pass, mcp_pass_place_e place,
    const mcp_pass_atom_t *atom, const ngx_str_t *name);

/* a value of the style of the atom; nothing if it is missing */
ngx_int_t mcp_pass_expand(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_atom_t *atom);

/* name=value, in a form */
ngx_int_t mcp_pass_pair(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const ngx_str_t *name, const cJSON *value);

ngx_int_t mcp_pass_uri(mcp_pass_maker_t *m, mcp_pass_request_t *request);
ngx_int_t mcp_pass_body(mcp_pass_maker_t *m, mcp_pass_request_t *request);
ngx_int_t mcp_pass_multipart(mcp_pass_maker_t *m, const cJSON *value,
    mcp_buf_t *b);

/* the bytes of a value, decoded if it is binary */
ngx_int_t mcp_pass_raw(mcp_pass_maker_t *m, const cJSON *value,
    ngx_uint_t binary, const ngx_str_t *from, ngx_str_t *text);

/* pieces one after another; *any is true if one of the values is not missing,
 * or if there are none of them and some text */
ngx_int_t mcp_pass_pieces(ngx_pool_t *pool, const ngx_array_t *atoms,
    const cJSON *values, const ngx_str_t *variables, mcp_buf_t *b,
    ngx_uint_t *any);


#endif /* _MCP_PASS_WRITE_H_INCLUDED_ */
