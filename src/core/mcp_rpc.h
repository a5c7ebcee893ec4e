
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_RPC_H_INCLUDED_
#define _MCP_RPC_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_scan.h>
#include <mcp_buf.h>


/*
 * The JSON-RPC 2.0 envelope, in and out, and the one table of errors.
 *
 * Specification: MCP 2026-07-28 basic, "Messages" and "Error Codes".
 */


#define MCP_RPC_BATCH_MAX   50       /* messages of one batch */
#define MCP_RPC_QUOTE_MAX   128      /* bytes of client text in an error */


/*
 * Every error the endpoint can answer with: the cause, the JSON-RPC code, the
 * HTTP status in the modern and in the legacy era, the class in $mcp_error
 * and the text that is sent when there is nothing better to say.
 */

#define MCP_ERRORS(x)                                                         \
    x(PARSE,        -32700, 400, 400, "parse",        "Parse error")          \
    x(REQUEST,      -32600, 400, 400, "request",      "Invalid request")      \
    x(HEADER,       -32020, 400, 400, "header",       "Header mismatch")      \
    x(META,         -32602, 400, 400, "params",       "Invalid params")       \
    x(VERSION,      -32022, 400, 400, "version",                              \
      "Unsupported protocol version")                                         \
    x(METHOD,       -32601, 404, 200, "method",       "Method not found")     \
    x(CAPABILITY,   -32021, 400, 200, "capability",                           \
      "Missing required client capability")                                   \
    x(PARAMS,       -32602, 200, 200, "params",       "Invalid params")       \
    x(NOT_FOUND,    -32602, 200, 200, "not_found",    "Resource not found")   \
    x(NOT_FOUND_OLD, -32002, 200, 200, "not_found",   "Resource not found")   \
    x(INTERNAL,     -32603, 200, 200, "internal",     "Internal error")       \
    x(TIMEOUT,      -32603, 200, 200, "timeout",      "Timed out")            \
    x(ORIGIN,       -32600, 403, 403, "origin",       "Origin not allowed")   \
    x(HTTP_METHOD,  -32600, 405, 405, "http_method",  "Method not allowed")   \
    x(ACCEPT,       -32600, 406, 406, "accept",                               \
      "Not acceptable: the answer is application/json")                       \
    x(MEDIA_TYPE,   -32600, 415, 415, "media_type",                           \
      "Unsupported media type: the body must be application/json")            \
    x(TOO_LARGE,    -32600, 413, 413, "too_large",    "Request too large")    \
    x(SESSION,      -32001, 404, 404, "session",      "Session not found")    \
    x(NO_SESSION,   -32600, 400, 400, "session",                              \
      "Mcp-Session-Id header is required")                                    \
    x(EVENT,        -32600, 400, 400, "event",                                \
      "Last-Event-ID is unknown or no longer kept")                           \
    x(UNAUTHORIZED, -32600, 401, 401, "unauthorized", "Unauthorized")         \
    x(CREDENTIALS,  -32600, 400, 400, "unauthorized",                         \
      "Invalid request: more than one credential, or a malformed one")        \
    x(SCOPE,        -32600, 403, 403, "scope",        "Insufficient scope")   \
    x(FORBIDDEN,    -32600, 403, 403, "forbidden",    "Forbidden")            \
    x(LIMITED,      -32600, 429, 429, "limited",      "Too many requests")    \
    x(REFUSED,      -32600, 400, 400, "refused",      "Request refused")      \
    x(UNAVAILABLE,  -32603, 503, 503, "unavailable",  "Service unavailable")  \
    x(FAILED,       -32603, 500, 500, "internal",     "Internal server error")


#define mcp_error_enum(cause, code, modern, legacy, class, text)             \
    MCP_ERROR_##cause,

typedef enum {
    MCP_ERROR_NONE = 0,
    MCP_ERRORS(mcp_error_enum)
    MCP_ERROR_TOOL,                  /* a result with "isError": true */
    MCP_ERROR_CANCELLED              /* no answer: the client is gone */
} mcp_error_e;


typedef struct {
    mcp_error_e         cause;
    ngx_str_t           text;        /* empty: the text of the table */
    ngx_str_t           data;        /* JSON, empty: no "data" */
} mcp_error_t;


typedef enum {
    MCP_RPC_REQUEST = 0,
    MCP_RPC_NOTIFICATION,
    MCP_RPC_RESPONSE,
    MCP_RPC_INVALID
} mcp_rpc_kind_e;


typedef struct mcp_method_s    mcp_method_t;
typedef struct mcp_tool_s      mcp_tool_t;
typedef struct mcp_resource_s  mcp_resource_t;
typedef struct mcp_prompt_s    mcp_prompt_t;


/*
 * One message.  Slices point into the body or into the pool and live as long
 * as the request.
 */
typedef struct {
    mcp_rpc_kind_e      kind;
    mcp_json_doc_t     *doc;
    mcp_json_token_t   *root;        /* the message itself */
    mcp_json_token_t   *params;      /* an object or NULL */
    mcp_json_token_t   *meta;        /* an object or NULL */

    ngx_str_t           id;          /* JSON text as it is; empty: none */
    ngx_str_t           method;
    ngx_str_t           name;        /* params.name or params.uri */
    ngx_str_t           client;      /* "name/version" */

    ngx_uint_t          version;     /* MCP_VERSION_* */
    ngx_uint_t          capabilities;  /* MCP_CLIENT_* */
    ngx_int_t           log_level;   /* MCP_LOG_*, NGX_ERROR: no log */

    const mcp_method_t *handler;     /* NULL: no such method */

    /* what it is about; NULL: something else, or unknown */
    const mcp_tool_t     *tool;
    const mcp_resource_t *resource;
    const mcp_prompt_t   *prompt;

    mcp_error_t         error;
    ngx_uint_t          mirrored;    /* it is about an argument in a header */
} mcp_msg_t;


/*
 * Reads the envelope of one message.  NGX_OK; NGX_DECLINED: msg->error says
 * why, msg->id is set if it could be read; NGX_ERROR: out of memory.
 */
ngx_int_t mcp_rpc_envelope(mcp_msg_t *msg, mcp_json_doc_t *doc,
    mcp_json_token_t *root);

/*
 * For a message that is the only one of its body and stays for long: frees what
 * it was read into, if that was more than a little.  The strings stay.
 */
void mcp_rpc_forget(mcp_msg_t *msg);

ngx_uint_t mcp_rpc_is_initialize(const mcp_msg_t *msg);

/* records why a scan failed, and the id; NGX_DECLINED or NGX_ERROR */
ngx_int_t mcp_rpc_scan_error(mcp_msg_t *msg, mcp_json_doc_t *doc);

/*
 * Records an error with a text in the format of ngx_sprintf(), cut at 512
 * bytes.  Returns NGX_DECLINED, NGX_ERROR if out of memory.
 */
ngx_int_t ngx_cdecl mcp_rpc_error(ngx_pool_t *pool, mcp_error_t *error,
    mcp_error_e cause, const char *fmt, ...);

/* client text for an error: at most MCP_RPC_QUOTE_MAX bytes, whole UTF-8 */
ngx_str_t mcp_rpc_quote(ngx_str_t *s);

/* an answer: {"jsonrpc":"2.0","id":...,"result": and }, around the result */
void mcp_rpc_result_head(mcp_buf_t *b, ngx_str_t *id);

/* a whole error answer; no "id" if it is empty */
void mcp_rpc_write_error(mcp_buf_t *b, ngx_str_t *id, mcp_error_t *error);

ngx_uint_t mcp_error_status(mcp_error_e cause, ngx_uint_t modern);
const ngx_str_t *mcp_error_class(mcp_error_e cause);

/* the cause that stands for an error nginx itself answers with */
mcp_error_e mcp_error_of_status(ngx_uint_t status);

/* likewise, for a code that another server answers with */
mcp_error_e mcp_error_of_code(ngx_int_t code);


#endif /* _MCP_RPC_H_INCLUDED_ */
