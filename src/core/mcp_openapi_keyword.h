
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_OPENAPI_KEYWORD_H_INCLUDED_
#define _MCP_OPENAPI_KEYWORD_H_INCLUDED_


#include <mcp_openapi_read.h>


/* what the files that convert schemas share */


typedef struct {
    mcp_openapi_read_t        *o;
    mcp_buf_t                  b;
    ngx_array_t               *holes;
    mcp_openapi_direction_e    direction;
    const cJSON               *whole;    /* whose "allOf" it is a part of, or
                                            NULL */
    ngx_uint_t                 depth;    /* containers that are open */
    ngx_uint_t                 deepest;
} mcp_openapi_writer_t;


/* a schema that is converted and one keyword of it; what is of the wrong kind
 * is left out */
typedef ngx_int_t (*mcp_openapi_keyword_pt)(mcp_openapi_writer_t *w,
    const cJSON *schema, const cJSON *value);

/* NULL: it is left out */
mcp_openapi_keyword_pt mcp_openapi_keyword(const char *name,
    mcp_openapi_direction_e direction);

/* any schema */
ngx_int_t mcp_openapi_any(mcp_openapi_writer_t *w, const cJSON *node);

/* one of an "allOf" */
ngx_int_t mcp_openapi_part(mcp_openapi_writer_t *w, const cJSON *node,
    const cJSON *whole);

/* the hole where the schema of a "$ref" will stand */
ngx_int_t mcp_openapi_reference(mcp_openapi_writer_t *w, const char *ref);

/* ,"name": */
void mcp_openapi_key(mcp_openapi_writer_t *w, const char *name);

void mcp_openapi_open(mcp_openapi_writer_t *w, u_char c);
void mcp_openapi_close(mcp_openapi_writer_t *w, u_char c);

/* "null" is a value of it, too, as 3.0 says so */
ngx_uint_t mcp_openapi_nullable(mcp_openapi_read_t *o, const cJSON *schema);

/* mcp_openapi_nested.c: keywords with schemas in them */

ngx_int_t mcp_openapi_kw_ref(mcp_openapi_writer_t *w,
    const cJSON *schema, const cJSON *value);
ngx_int_t mcp_openapi_kw_dynamic(mcp_openapi_writer_t *w,
    const cJSON *schema, const cJSON *value);
ngx_int_t mcp_openapi_kw_schema(mcp_openapi_writer_t *w,
    const cJSON *schema, const cJSON *value);
ngx_int_t mcp_openapi_kw_schemas(mcp_openapi_writer_t *w,
    const cJSON *schema, const cJSON *value);
ngx_int_t mcp_openapi_kw_members(mcp_openapi_writer_t *w,
    const cJSON *schema, const cJSON *value);
ngx_int_t mcp_openapi_kw_required(mcp_openapi_writer_t *w,
    const cJSON *schema, const cJSON *value);


#endif /* _MCP_OPENAPI_KEYWORD_H_INCLUDED_ */
