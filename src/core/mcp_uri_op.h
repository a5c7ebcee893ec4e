
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_URI_OP_H_INCLUDED_
#define _MCP_URI_OP_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_uri.h>


/* what mcp_uri and mcp_pass share; nobody else includes this */


#define MCP_URI_LITERAL     0

#define MCP_URI_UNRESERVED  0x01     /* RFC 3986, section 2.3 */
#define MCP_URI_RESERVED    0x02     /* section 2.2 */


typedef struct {
    u_char              op;
    u_char              lead;        /* before the first value, 0: nothing */
    u_char              sep;         /* before each other */
    unsigned            named:1;     /* name=value */
    unsigned            reserved:1;  /* values have reserved characters */
} mcp_uri_op_t;


/* NULL if it is no operator */
const mcp_uri_op_t *mcp_uri_op(u_char c);

/* 0 if a URI has this character in no place, "%" included */
ngx_uint_t mcp_uri_class(u_char c);

/* the length of the character or triplet at p < last, 0 if it is neither */
size_t mcp_uri_unit(const u_char *p, const u_char *last);

/* the end of the characters and triplets that begin at p */
u_char *mcp_uri_chars(u_char *p, u_char *last);

/* a value, with everything encoded that is in none of the classes */
void mcp_uri_add(mcp_buf_t *b, const u_char *p, size_t len,
    ngx_uint_t classes);


#endif /* _MCP_URI_OP_H_INCLUDED_ */
