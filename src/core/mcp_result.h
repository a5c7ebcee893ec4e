
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_RESULT_H_INCLUDED_
#define _MCP_RESULT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_fresh.h>
#include <mcp_tools.h>
#include <mcp_resources.h>
#include <mcp_prompts.h>


/*
 * The result of a call, built item by item in the words of the client's
 * revision: content of a tool, messages of a prompt, contents of a resource.
 * What an old revision has no word for is said in one it has: audio as an
 * embedded blob, a link as text.
 *
 * Specification: MCP 2026-07-28 server/tools, "Tool Result", server/prompts,
 * "PromptMessage", and server/resources, "Resource Contents".
 */


#define MCP_RESULT_ERROR_MAX     2048    /* bytes of an error */

#define MCP_RESULT_FOR_USER      MCP_FOR_USER
#define MCP_RESULT_FOR_ASSISTANT MCP_FOR_ASSISTANT


typedef struct {
    ngx_pool_t         *pool;
    ngx_uint_t          version;

    /* what it is the result of; the others are NULL */
    const mcp_tool_t     *tool;
    const mcp_resource_t *resource;
    const mcp_prompt_t   *prompt;

    ngx_str_t           uri;         /* of the resource that is read */

    mcp_buf_t           content;     /* the items, separated by commas */
    ngx_uint_t          items;
    ngx_str_t           annotations; /* of the next item, JSON or empty */
    ngx_str_t           structured;  /* JSON or empty */

    unsigned            object:1;    /* structured is an object */
    unsigned            error:1;     /* "isError", or result->reason */
    unsigned            internal:1;  /* which is no fault of the caller */
    unsigned            assistant:1; /* says the messages that come next */

    ngx_str_t           reason;      /* why there is no other result */

    /* of contents that come next, set by whoever has read them */
    ngx_str_t           contents_meta;  /* "_meta", JSON or empty */
    mcp_fresh_t         fresh;       /* instead of what the resource says */
} mcp_result_t;


typedef struct {
    ngx_str_t           uri;
    ngx_str_t           name;
    ngx_str_t           title;       /* this and the following may be empty */
    ngx_str_t           description;
    ngx_str_t           mime_type;
    off_t               size;        /* -1: unknown */
} mcp_result_link_t;


void mcp_result_init(mcp_result_t *result, ngx_pool_t *pool,
    const mcp_tool_t *tool, ngx_uint_t version);

/* of the tool, resource or prompt that the message is about */
void mcp_result_init_msg(mcp_result_t *result, ngx_pool_t *pool,
    const mcp_msg_t *msg);

/*
 * Content.  Failed allocations are remembered by result->content and reported
 * by mcp_result_write().  Of a resource everything is contents, text or blob,
 * but for links, which it cannot have; an empty URI and an empty media type
 * are its own.
 */
void mcp_result_text(mcp_result_t *result, const u_char *p, size_t len);
void mcp_result_image(mcp_result_t *result, const u_char *p, size_t len,
    ngx_str_t *mime_type);
void mcp_result_audio(mcp_result_t *result, const u_char *p, size_t len,
    ngx_str_t *mime_type);
void mcp_result_link(mcp_result_t *result, mcp_result_link_t *link);
void mcp_result_embed(mcp_result_t *result, ngx_str_t *uri,
    ngx_str_t *mime_type, const u_char *p, size_t len, ngx_uint_t blob);

/*
 * Annotations of the item that comes next, which contents of a resource do not
 * have; NGX_OK or NGX_ERROR.
 */
ngx_int_t mcp_result_annotate(mcp_result_t *result, ngx_uint_t audience,
    double priority);

/*
 * The structured result, checked against the output schema; of a prompt and of
 * a resource, text.  NGX_OK; NGX_DECLINED: the tool breaks its contract, err
 * says how; NGX_ERROR.
 */
ngx_int_t mcp_result_structured(mcp_result_t *result, const cJSON *value,
    mcp_schema_error_t *err);

/* likewise, of a tool without output schema: an object or an array, JSON on
 * one line, which has been scanned and is not copied */
void mcp_result_json(mcp_result_t *result, const ngx_str_t *json);

/*
 * Drops what there is: the result is a tool error with this text.  Prompts and
 * resources have no such result, theirs is result->reason.
 */
void mcp_result_error(mcp_result_t *result, const u_char *p, size_t len);

/*
 * Writes the "result".  NGX_OK; NGX_DECLINED: a tool with an output schema
 * gave no structured result, a resource no contents; NGX_ERROR: out of memory
 * at any time before.
 */
ngx_int_t mcp_result_write(mcp_result_t *result, const mcp_server_t *server,
    mcp_buf_t *b);


#endif /* _MCP_RESULT_H_INCLUDED_ */
