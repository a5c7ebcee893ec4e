
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_OPENAPI_H_INCLUDED_
#define _MCP_OPENAPI_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <cjson/cJSON.h>
#include <mcp_pass.h>


/*
 * OpenAPI 3.0 and 3.1: what a tool is made of, of each operation of a
 * document.  Everything is read at configuration time.
 *
 * Arguments are the parameters by their names, and the members of a JSON
 * object or form body; where a name is taken twice, the later ones are called
 * "path_NAME", "query_NAME", "header_NAME", "cookie_NAME", "body_NAME".  A
 * body that is not an object, or may be more than its members, is "body".
 *
 * Specification: OpenAPI 3.0.4 and 3.1.1.
 */


typedef struct {
    ngx_str_t           name;        /* of a tool: valid and unique, with the
                                        prefix */
    ngx_str_t           id;          /* operationId as written, or empty */
    ngx_str_t           method;      /* "GET" */
    ngx_str_t           path;        /* as written */
    ngx_array_t         tags;        /* of ngx_str_t, in the temporary pool */

    ngx_str_t           title;       /* or empty; and so the following */
    ngx_str_t           description;
    ngx_uint_t          flags;       /* MCP_TOOL_*, from the method */
    ngx_str_t           input_schema;   /* JSON */
    ngx_str_t           output_schema;  /* JSON, type object, or empty */
    cJSON              *defaults;    /* an object, or NULL: values of
                                        arguments that are not given */
    mcp_pass_t          pass;

    ngx_str_t           skipped;     /* why there is no tool, or empty */
} mcp_openapi_operation_t;


typedef struct {
    ngx_pool_t         *pool;        /* of what is returned */
    ngx_pool_t         *temp;        /* of the document */
    ngx_str_t           prefix;      /* of names, or empty */
    ngx_str_t           pass;        /* put before each path, "/_api" */

    /*
     * Whether an operation is wanted; of the operation name, id, method, path
     * and tags are set.  NULL: all are.
     */
    ngx_uint_t        (*select)(void *data,
                          const mcp_openapi_operation_t *operation);
    void               *data;

    ngx_array_t         operations;  /* of mcp_openapi_operation_t: those that
                                        are wanted, skipped ones too */
    ngx_str_t           err;         /* a sentence, with a place in the
                                        document */
} mcp_openapi_t;


/*
 * JSON, or YAML if it does not begin with "{".  NGX_OK; NGX_DECLINED:
 * openapi->err; NGX_ERROR.
 */
ngx_int_t mcp_openapi_read(mcp_openapi_t *openapi, ngx_str_t *text);


#endif /* _MCP_OPENAPI_H_INCLUDED_ */
