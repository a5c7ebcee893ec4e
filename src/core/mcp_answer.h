
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_ANSWER_H_INCLUDED_
#define _MCP_ANSWER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_pass.h>
#include <mcp_result.h>


/*
 * The answer of a service becomes the result of a call.
 *
 * auto: JSON is the structured result and text, text/... and other types that
 * are text stay text, image/... and audio/... are content of their kind,
 * everything else an embedded blob; a type that is not said is guessed.  Of
 * prompts and resources JSON is text too.  JSON that is but a string is the
 * text of that string, unless the tool has an output schema.  An answer
 * without a body, 204 for example, is a text that says so.
 *
 * What says it is JSON and is not, and text that is neither UTF-8 nor in the
 * charset it says, windows-1252 that is and what browsers take for it, is an
 * error the model can read.  JSON that is well-formed, but beyond the limits of
 * mcp_json_scan.h, is text unless the result has to be JSON.
 */


#define MCP_ANSWER_EXCERPT   1024    /* bytes of a body in an error */


typedef enum {
    MCP_ANSWER_AUTO = 0,
    MCP_ANSWER_JSON,
    MCP_ANSWER_TEXT,
    MCP_ANSWER_BLOB
} mcp_answer_type_e;


/* how, of one pass; read-only */
typedef struct {
    mcp_answer_type_e   type;
    ngx_str_t           select;      /* JSON Pointer into the answer, or
                                        empty: all of it; not of a blob */
    ngx_array_t         error;       /* of mcp_pass_atom_t, the text of an
                                        error: values are pointers into the
                                        JSON of the answer, and {status};
                                        empty, or none of them is there: the
                                        usual one */
    unsigned            cut:1;       /* text over the limit: cut at a line,
                                        with a note; else an error */
    size_t              max;         /* bytes, for the note */
} mcp_answer_conf_t;


/* what has come */
typedef struct {
    ngx_uint_t          status;      /* of HTTP; 0: nobody answered */
    ngx_str_t           type;        /* Content-Type with its parameters, or
                                        empty */
    ngx_str_t           body;
    ngx_str_t           location;    /* header of the answer, or empty */
    ngx_str_t           uri;         /* that was asked for, for a blob */
    unsigned            over:1;      /* longer than that */
    unsigned            broken:1;    /* ended before its end */
} mcp_answer_t;


/*
 * True if there is an answer to be used: 2xx, complete or to be cut.
 */
ngx_uint_t mcp_answer_ok(const mcp_answer_conf_t *conf,
    const mcp_answer_t *answer);

/*
 * Of the only pass of a call: content of the result, or its error.  NGX_OK;
 * NGX_DECLINED: the service breaks the output schema of the tool, err says
 * how; NGX_ERROR.
 */
ngx_int_t mcp_answer_result(const mcp_answer_conf_t *conf,
    const mcp_answer_t *answer, mcp_result_t *result, mcp_schema_error_t *err);

/*
 * Of one of several passes, which has to be mcp_answer_ok(): JSON as it is,
 * text as a string, a blob as an object of "mimeType" and "blob".  NGX_OK;
 * NGX_DECLINED: "text" is why not; NGX_ERROR.  In the pool.
 */
ngx_int_t mcp_answer_value(const mcp_answer_conf_t *conf, ngx_pool_t *pool,
    const mcp_answer_t *answer, cJSON **value, ngx_str_t *text);

/*
 * Why there is no result: status and a bounded excerpt of the body, which is
 * made safe to read, or the template.  NGX_OK or NGX_ERROR.
 */
ngx_int_t mcp_answer_error(const mcp_answer_conf_t *conf, ngx_pool_t *pool,
    const mcp_answer_t *answer, ngx_str_t *text);


#endif /* _MCP_ANSWER_H_INCLUDED_ */
