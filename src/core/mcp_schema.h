
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_SCHEMA_H_INCLUDED_
#define _MCP_SCHEMA_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>


/*
 * JSON Schema 2020-12 (and draft-07 where "$schema" says so), compiled once
 * at configuration time, checked per call.  A compiled schema is read-only
 * and may be shared by threads; a check keeps all its state in the caller's
 * pool and stack.
 *
 * Specification: json-schema.org/draft/2020-12 core and validation; MCP
 * 2026-07-28 basic, "JSON Schema Usage".
 */


typedef struct mcp_schema_s  mcp_schema_t;


/*
 * What is wrong with a schema or an instance.  "path" is a JSON Pointer
 * (RFC 6901), empty for the root; "text" is a sentence without a final stop
 * that says the rule in words a model or an operator can act on.  Both are
 * allocated from the pool of the call.
 */
typedef struct {
    ngx_str_t   path;
    ngx_str_t   text;
} mcp_schema_error_t;


/*
 * Compiles a schema; "root" must live as long as the schema (same pool or
 * longer).  The pool gets a cleanup that frees the PCRE2 code.
 *
 * NGX_OK; NGX_DECLINED: the schema is invalid or not supported (dialect,
 * vocabulary, remote $ref, pattern), err says what and where; NGX_ERROR: out
 * of memory.
 */
ngx_int_t mcp_schema_compile(ngx_pool_t *pool, const cJSON *root,
    mcp_schema_t **schema, mcp_schema_error_t *err);

/*
 * Checks an instance.  The pool is only used for the error and for work space
 * of rare keywords.
 *
 * NGX_OK; NGX_DECLINED: the instance does not conform, err says where and
 * why (the first, deepest reason); NGX_ABORT: the bounds on depth, total work
 * or match time were exceeded, err says which; NGX_ERROR: out of memory.
 */
ngx_int_t mcp_schema_check(const mcp_schema_t *schema, const cJSON *instance,
    ngx_pool_t *pool, mcp_schema_error_t *err);


#endif /* _MCP_SCHEMA_H_INCLUDED_ */
