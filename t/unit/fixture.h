
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _FIXTURE_H_INCLUDED_
#define _FIXTURE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_tools.h>
#include <mcp_result.h>
#include <mcp_headers.h>
#include <mcp_dispatch.h>
#include "unit.h"


/*
 * A server with a few tools, and the requests that tests and fuzz targets of
 * the protocol send to it.
 */


#define FIXTURE_NAME      "io.modelcontextprotocol/"

#define FIXTURE_META(version)                                                 \
    "\"_meta\":{\"" FIXTURE_NAME "protocolVersion\":\"" version "\",\""       \
    FIXTURE_NAME "clientCapabilities\":{}}"

#define FIXTURE_MODERN    FIXTURE_META("2026-07-28")

#define FIXTURE_REQUEST(id, method, params)                                   \
    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"" method "\","           \
    "\"params\":{" params "}}"

#define FIXTURE_CALL(name, arguments)                                         \
    FIXTURE_REQUEST("7", "tools/call", FIXTURE_MODERN ",\"name\":\"" name     \
                    "\",\"arguments\":" arguments)


#define fixture_pages(server, version)                                        \
    (&(server)->offers[MCP_OFFER_TOOLS].pages[version])


static mcp_tool_t  fixture_tools[] = {

    { .name = ngx_string("echo"),
      .description = ngx_string("Says it again"),
      .input_schema = ngx_string(
          "{ \"type\": \"object\",\n  \"properties\": {\"text\":"
          "{\"type\":\"string\",\"maxLength\":8}},\n"
          "  \"required\": [\"text\"] }") },

    { .name = ngx_string("route"),
      .description = ngx_string("Arguments in headers"),
      .input_schema = ngx_string(
          "{\"type\":\"object\",\"properties\":{"
          "\"region\":{\"type\":\"string\",\"x-mcp-header\":\"Region\"},"
          "\"count\":{\"type\":\"integer\",\"x-mcp-header\":\"Count\"},"
          "\"dry\":{\"type\":\"boolean\",\"x-mcp-header\":\"DRY-run\"},"
          "\"deep\":{\"type\":\"object\",\"properties\":{\"er\":{"
          "\"type\":\"object\",\"properties\":{\"x-mcp-header\":{"
          "\"type\":\"string\",\"x-mcp-header\":\"Deep\"}}}}}}}") },

    { .name = ngx_string("ask"),
      .description = ngx_string("Needs the client"),
      .input_schema = ngx_string("{\"type\":\"object\"}"),
      .capabilities = MCP_CLIENT_SAMPLING|MCP_CLIENT_ELICITATION },

    { .name = ngx_string("Sum.2_a-b"),
      .title = ngx_string("Sum \"of\" two"),
      .description = ngx_string("Adds"),
      .icon = ngx_string("https://example.com/sum.png"),
      .input_schema = ngx_string("{\"type\":\"object\"}"),
      .output_schema = ngx_string(
          "{\"type\":\"object\",\"properties\":{\"sum\":"
          "{\"type\":\"number\"}},\"required\":[\"sum\"]}"),
      .flags = MCP_TOOL_READ_ONLY|MCP_TOOL_IDEMPOTENT },

    { .name = ngx_string("list"),
      .description = ngx_string("Lists"),
      .input_schema = ngx_string("{\"type\":\"object\"}"),
      .output_schema = ngx_string("{\"type\":\"array\"}") }
};


/* fewer than all tools if n says so; aborts if that is not possible */

static ngx_inline mcp_server_t *
fixture_server(ngx_pool_t *pool, ngx_uint_t versions, ngx_uint_t n)
{
    mcp_tool_t          *tool;
    ngx_uint_t           i;
    mcp_server_t        *server;
    mcp_schema_error_t   err;

    server = ngx_pcalloc(pool, sizeof(mcp_server_t));

    ngx_str_set(&server->info.name, "fixture");
    ngx_str_set(&server->info.version, "1.0");
    ngx_str_set(&server->info.title, "A \"fixture\"");
    ngx_str_set(&server->info.website, "https://example.com/");
    ngx_str_set(&server->info.icon, "https://example.com/icon.png");
    ngx_str_set(&server->instructions, "Call\nme.");

    server->versions = versions;
    server->page_size = 2;
    server->ttl = 60000;

    if (mcp_server_init(server, pool) != NGX_OK) {
        abort();
    }

    for (i = 0; i < n; i++) {
        tool = ngx_pcalloc(pool, sizeof(mcp_tool_t));
        *tool = fixture_tools[i];

        if (mcp_tool_compile(pool, tool, &err) != NGX_OK
            || mcp_catalog_add(&server->offers[MCP_OFFER_TOOLS].catalog,
                               &tool->name, tool) != NGX_OK)
        {
            fprintf(stderr, "fixture tool %d\n", (int) i);
            abort();
        }
    }

    if (mcp_server_render(server, pool) != NGX_OK) {
        abort();
    }

    return server;
}


/* "Name: value" lines; what is behind the colon and a space is the value */

static ngx_inline void
fixture_headers(ngx_pool_t *pool, ngx_array_t *headers, const u_char *p,
    size_t len)
{
    u_char        *copy, *last, *end, *colon;
    mcp_header_t  *h;

    if (ngx_array_init(headers, pool, 8, sizeof(mcp_header_t)) != NGX_OK) {
        abort();
    }

    copy = unit_copy(pool, p, len);

    for (end = copy + len; copy < end; copy = last + 1) {
        last = ngx_strlchr(copy, end, '\n');
        last = last ? last : end;

        colon = ngx_strlchr(copy, last, ':');
        if (colon == NULL) {
            continue;
        }

        h = ngx_array_push(headers);

        h->name.data = copy;
        h->name.len = colon - copy;
        ngx_strlow(copy, copy, colon - copy);

        colon++;
        colon += (colon < last && *colon == ' ');

        /* of its own, so that a byte too far is seen */

        h->value.len = last - colon;
        h->value.data = unit_copy(pool, colon, last - colon);
    }
}


/* what the module would answer; a call of a tool as CALL name arguments */

static ngx_inline ngx_int_t
fixture_answer(mcp_server_t *server, mcp_msg_t *msg, mcp_buf_t *b)
{
    ngx_int_t     rc;
    mcp_action_t  action;

    rc = NGX_DECLINED;

    if (msg->error.cause == MCP_ERROR_NONE) {

        if (msg->kind != MCP_RPC_REQUEST) {
            return NGX_OK;
        }

        rc = mcp_dispatch(server, msg, &action);
    }

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED) {
        mcp_rpc_write_error(b, &msg->id, &msg->error);
        return NGX_OK;
    }

    if (action.type == MCP_ACTION_CALL) {
        mcp_buf_lit(b, "CALL ");
        mcp_buf_str(b, &msg->tool->name);
        mcp_buf_char(b, ' ');
        return mcp_json_print(b, action.args);
    }

    mcp_rpc_result_head(b, &msg->id);
    mcp_buf_str(b, &action.result);
    mcp_buf_char(b, '}');

    return NGX_OK;
}


#endif /* _FIXTURE_H_INCLUDED_ */
