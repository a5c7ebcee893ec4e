
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_JSON_H_INCLUDED_
#define _MCP_JSON_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <cjson/cJSON.h>
#include <mcp_json_scan.h>
#include <mcp_buf.h>


/*
 * Values: cJSON trees.
 *
 * Trees made here live in a pool and are read-only: never cJSON_Delete()
 * them or a part of them; cJSON_Duplicate() and references are fine.  Keys
 * are flagged cJSON_StringIsConst.  Trees made by handlers with cJSON's own
 * functions are on the heap and are deleted by whoever owns them.
 *
 * A number node made here carries its exact text in "valuestring", unless
 * the text is an integer of at most 15 digits, which a double holds; number
 * nodes made by cJSON_CreateNumber() have no text.  mcp_json_print() writes
 * the text where there is one.
 */


/*
 * The tree of one value of an accepted document, NULL if out of memory.
 */
cJSON *mcp_json_tree(mcp_json_doc_t *doc, mcp_json_token_t *token,
    ngx_pool_t *pool);

/*
 * Scan and tree in one, for configuration: schemas, files.
 * NGX_OK, NGX_DECLINED (doc->err, doc->offset) or NGX_ERROR.  The text is
 * copied where needed and need not outlive the tree.
 */
ngx_int_t mcp_json_parse(ngx_pool_t *pool, ngx_str_t *text,
    mcp_json_doc_t *doc, cJSON **root);

/* an accepted document without the white space between its values */
void mcp_json_compact(mcp_buf_t *b, const ngx_str_t *text);

/*
 * Compact, on one line.  A double is written with the fewest of 15, 16 or 17
 * digits that read back as the same double, an integral one below 2^53
 * without fraction or exponent.  cJSON_Raw is written as it is.  Depth over
 * MCP_JSON_MAX_DEPTH * 2, a number that is not finite and an invalid node
 * give NGX_DECLINED; NGX_OK otherwise (b remembers failed allocations).
 */
ngx_int_t mcp_json_print(mcp_buf_t *b, const cJSON *value);


#endif /* _MCP_JSON_H_INCLUDED_ */
