
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_prompts: lists, arguments */


#include <ngx_config.h>
#include <ngx_core.h>
#include "dispatch.h"


#define PROMPTS_GET(params)                                                   \
    FIXTURE_REQUEST("7", "prompts/get", FIXTURE_MODERN params)

#define PROMPTS_HEADERS(name)                                                 \
    DISPATCH_HEADERS("prompts/get") "Mcp-Name: " name "\n"


static dispatch_row_t  prompts_rows[] = {

    { "a prompt without arguments", PROMPTS_HEADERS("bare"),
      PROMPTS_GET(",\"name\":\"bare\""), MCP_ERROR_NONE, "CALL bare {}" },

    { "a prompt with arguments", PROMPTS_HEADERS("paint"),
      PROMPTS_GET(",\"name\":\"paint\",\"arguments\":{\"x\":\"\","
                  "\"color\":\"\\u00e9\"}"), MCP_ERROR_NONE,
      "CALL paint {\"x\":\"\",\"color\":\"\xc3\xa9\"}" },

    { "an argument that is missing", PROMPTS_HEADERS("paint"),
      PROMPTS_GET(",\"name\":\"paint\",\"arguments\":{\"Color\":\"\"}"),
      MCP_ERROR_PARAMS,
      DISPATCH_ERROR("7", "-32602", "Invalid params: prompt \\\"paint\\\" "
                     "needs the argument \\\"color\\\"") },

    { "an argument that is a number", PROMPTS_HEADERS("paint"),
      PROMPTS_GET(",\"name\":\"paint\",\"arguments\":{\"color\":\"\","
                  "\"n\":1}"), MCP_ERROR_PARAMS,
      DISPATCH_ERROR("7", "-32602", "Invalid params: \\\"n\\\" in "
                     "\\\"arguments\\\" must be a string") },

    { "arguments that are an array", PROMPTS_HEADERS("bare"),
      PROMPTS_GET(",\"name\":\"bare\",\"arguments\":[]"), MCP_ERROR_PARAMS,
      DISPATCH_ERROR("7", "-32602", "Invalid params: \\\"arguments\\\" must "
                     "be an object") },

    { "an unknown prompt", PROMPTS_HEADERS("Bare"),
      PROMPTS_GET(",\"name\":\"Bare\""), MCP_ERROR_PARAMS,
      DISPATCH_ERROR("7", "-32602", "Unknown prompt: Bare") },

    { "no name", DISPATCH_HEADERS("prompts/get"), PROMPTS_GET(""),
      MCP_ERROR_PARAMS,
      DISPATCH_ERROR("7", "-32602", "Invalid params: \\\"name\\\"") },

    { "another header", PROMPTS_HEADERS("paint"),
      PROMPTS_GET(",\"name\":\"bare\""), MCP_ERROR_HEADER,
      DISPATCH_ERROR("7", "-32020", "") },

    { "the list", DISPATCH_HEADERS("prompts/list"),
      FIXTURE_REQUEST("7", "prompts/list", FIXTURE_MODERN), MCP_ERROR_NONE,
      DISPATCH_RESULT("7") "{\"resultType\":\"complete\",\"prompts\":["
      "{\"name\":\"bare\"},{\"name\":\"paint\",\"title\":\"Paint\","
      "\"description\":\"Paints\",\"arguments\":[{\"name\":\"color\","
      "\"title\":\"Color\",\"description\":\"Which one\",\"required\":true},"
      "{\"name\":\"shade\"},{\"name\":\"more\"}],"
      "\"icons\":[{\"src\":\"https://example.com/paint.png\"}]}],"
      "\"ttlMs\":60000,\"cacheScope\":\"private\",\"_meta\":" },

    { "2024-11-05: the list", DISPATCH_VERSION("2024-11-05"),
      FIXTURE_REQUEST("7", "prompts/list", ""), MCP_ERROR_NONE,
      DISPATCH_RESULT("7") "{\"prompts\":[{\"name\":\"bare\"},"
      "{\"name\":\"paint\",\"description\":\"Paints\",\"arguments\":["
      "{\"name\":\"color\",\"description\":\"Which one\",\"required\":true},"
      "{\"name\":\"shade\"},{\"name\":\"more\"}]}]}}" }
};


/* methods that are there, and those that are not */

static void
prompts_test_capabilities(void)
{
    mcp_msg_t        msg;
    ngx_str_t        expected;
    ngx_pool_t      *pool;
    mcp_action_t     action;
    mcp_server_t    *server;
    dispatch_row_t   row;

    pool = unit_pool();
    server = fixture_offers(pool, MCP_VERSION_MASK_ALL, 0);

    ngx_str_set(&expected,
                "{\"protocolVersion\":\"2025-03-26\",\"capabilities\":{"
                "\"logging\":{},\"tools\":{},\"resources\":{},\"prompts\":{},"
                "\"completions\":{}},\"serverInfo\":{\"name\":\"fixture\","
                "\"version\":\"1.0\"},\"instructions\":\"Call\\nme.\"}");

    msg.version = MCP_VERSION_2025_03_26;
    (void) mcp_initialize(server, &msg, &action);
    unit_is(&action.result, &expected, "initialize");

    msg.version = MCP_VERSION_2024_11_05;
    (void) mcp_initialize(server, &msg, &action);
    unit_ok(ngx_strnstr(action.result.data, "\"prompts\":{}}",
                        action.result.len) != NULL,
            "2024-11-05 has no word for completion");

    server = fixture_server(pool, MCP_VERSION_MASK_ALL, 1);

    row.name = "a server without prompts";
    row.headers = DISPATCH_HEADERS("prompts/list");
    row.body = FIXTURE_REQUEST("7", "prompts/list", FIXTURE_MODERN);
    row.cause = MCP_ERROR_METHOD;
    row.answer = DISPATCH_ERROR("7", "-32601", "Method not found");

    dispatch_test_row(server, &row);

    ngx_destroy_pool(pool);
}


int
main(void)
{
    ngx_pool_t    *pool;
    mcp_server_t  *server;

    pool = unit_pool();
    server = fixture_offers(pool, MCP_VERSION_MASK_ALL, 0);

    dispatch_test_rows(server, prompts_rows, unit_nelts(prompts_rows));
    dispatch_test_memory_rows(server, prompts_rows,
                              unit_nelts(prompts_rows));
    prompts_test_capabilities();

    ngx_destroy_pool(pool);

    return unit_done();
}
