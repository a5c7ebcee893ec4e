
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
#include <mcp_sub.h>
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


static ngx_str_t  fixture_values[] = {
    ngx_string("red"), ngx_string("green"), ngx_string("Dark-Red")
};

static ngx_array_t  fixture_colors = {
    fixture_values, unit_nelts(fixture_values), sizeof(ngx_str_t),
    unit_nelts(fixture_values), NULL
};

static mcp_arg_t  fixture_args[] = {
    { .name = ngx_string("color"),
      .title = ngx_string("Color"),
      .description = ngx_string("Which one"),
      .values = &fixture_colors,
      .required = 1 },
    { .name = ngx_string("shade"), .complete = 1 },
    { .name = ngx_string("more") }
};

static mcp_prompt_t  fixture_prompts[] = {
    { .name = ngx_string("bare") },
    { .name = ngx_string("paint"),
      .title = ngx_string("Paint"),
      .description = ngx_string("Paints"),
      .icon = ngx_string("https://example.com/paint.png"),
      .args = { fixture_args, 3, sizeof(mcp_arg_t), 3, NULL } }
};

static mcp_resource_t  fixture_resources[] = {
    { .uri = ngx_string("fix:bare"),
      .name = ngx_string("bare"),
      .annotations = { 0, -1, ngx_null_string },
      .size = -1 },
    { .uri = ngx_string("fix:full"),
      .name = ngx_string("full"),
      .title = ngx_string("Full"),
      .description = ngx_string("Has all"),
      .icon = ngx_string("https://example.com/full.png"),
      .mime_type = ngx_string("a/b"),
      .annotations = { MCP_FOR_USER, 0, ngx_string("2026-01-01") },
      .size = 0,
      .ttl = 5,
      .public = 1 },
    { .uri = ngx_string("fix:{+color}{?shade,more}"),
      .name = ngx_string("template"),
      .annotations = { 0, -1, ngx_string("2026-01-01") },
      .size = 7 }
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
                               &tool->name, tool, NULL) != NGX_OK)
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


/* a server with resources and prompts too */

static ngx_inline mcp_server_t *
fixture_offers(ngx_pool_t *pool, ngx_uint_t versions, ngx_uint_t n)
{
    mcp_arg_t       *arg;
    ngx_uint_t       i;
    const char      *err;
    mcp_server_t    *server;
    mcp_resource_t  *resource;

    server = fixture_server(pool, versions, n);

    for (i = 0; i < unit_nelts(fixture_resources); i++) {
        resource = ngx_pcalloc(pool, sizeof(mcp_resource_t));
        *resource = fixture_resources[i];

        /* of one variable something is known, of the others nothing */

        if (ngx_strlchr(resource->uri.data,
                        resource->uri.data + resource->uri.len, '{'))
        {
            (void) ngx_array_init(&resource->args, pool, 1, sizeof(mcp_arg_t));
            arg = ngx_array_push(&resource->args);
            *arg = fixture_args[0];
        }

        if (mcp_resource_compile(pool, resource, &err) != NGX_OK
            || mcp_resource_add(server, resource) != NGX_OK)
        {
            abort();
        }
    }

    for (i = 0; i < unit_nelts(fixture_prompts); i++) {
        if (mcp_catalog_add(&server->offers[MCP_OFFER_PROMPTS].catalog,
                            &fixture_prompts[i].name, &fixture_prompts[i],
                            NULL)
            != NGX_OK)
        {
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


/* what the module would answer; a call as CALL name arguments, a completion
 * as COMPLETE argument=value arguments, a stream as LISTEN and what goes before
 * everything else, a subscription as SUBSCRIBE or UNSUBSCRIBE and the URI */

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
        mcp_buf_str(b, msg->tool ? &msg->tool->name
                                 : msg->prompt ? &msg->prompt->name
                                               : &msg->resource->uri);
        mcp_buf_char(b, ' ');
        return mcp_json_print(b, action.args);
    }

    if (action.type == MCP_ACTION_COMPLETE) {
        mcp_buf_lit(b, "COMPLETE ");
        mcp_buf_str(b, &action.arg->name);
        mcp_buf_char(b, '=');
        mcp_buf_str(b, &action.value);
        mcp_buf_char(b, ' ');
        return mcp_json_print(b, action.args);
    }

    if (action.type == MCP_ACTION_LISTEN) {
        mcp_buf_lit(b, "LISTEN ");
        mcp_sub_write_ack(b, &msg->id, action.sub);
        return NGX_OK;
    }

    if (action.type == MCP_ACTION_SUBSCRIBE) {
        action.on ? mcp_buf_lit(b, "SUBSCRIBE ")
                  : mcp_buf_lit(b, "UNSUBSCRIBE ");
        mcp_buf_str(b, &msg->name);
        return NGX_OK;
    }

    mcp_rpc_result_head(b, &msg->id);
    mcp_buf_str(b, &action.result);
    mcp_buf_char(b, '}');

    return NGX_OK;
}


#endif /* _FIXTURE_H_INCLUDED_ */
