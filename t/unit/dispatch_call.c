
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_dispatch: calls, lists, batches */


#include <ngx_config.h>
#include <ngx_core.h>
#include "dispatch.h"


/* the text of a tool error */
#define DISPATCH_ARGUMENTS(text)                                              \
    DISPATCH_RESULT("7") "{\"resultType\":\"complete\",\"content\":["         \
    "{\"type\":\"text\",\"text\":\"Invalid arguments: " text


static dispatch_row_t  dispatch_calls[] = {

    { "arguments", DISPATCH_CALLS("echo"),
      FIXTURE_CALL("echo", "{ \"text\" : \"a\\u0062\" }"),
      MCP_ERROR_NONE, "CALL echo {\"text\":\"ab\"}" },
    { "no arguments are an empty object", DISPATCH_CALLS("list"),
      FIXTURE_REQUEST("7", "tools/call", FIXTURE_MODERN ",\"name\":\"list\""),
      MCP_ERROR_NONE, "CALL list {}" },
    { "unknown params are ignored", DISPATCH_CALLS("list"),
      FIXTURE_REQUEST("7", "tools/call", FIXTURE_MODERN
                      ",\"name\":\"list\",\"inputResponses\":{},\"x\":null"),
      MCP_ERROR_NONE, "CALL list {}" },
    { "a handshake client", "",
      FIXTURE_REQUEST("7", "tools/call",
                      "\"name\":\"echo\",\"arguments\":{\"text\":\"\"}"),
      MCP_ERROR_NONE, "CALL echo {\"text\":\"\"}" },
    { "a handshake client sends no headers of arguments", "",
      FIXTURE_REQUEST("7", "tools/call",
                      "\"name\":\"route\",\"arguments\":{\"region\":\"a\"}"),
      MCP_ERROR_NONE, "CALL route {\"region\":\"a\"}" },

    /* errors of the protocol */

    { "no name", DISPATCH_HEADERS("tools/call"),
      FIXTURE_REQUEST("7", "tools/call", FIXTURE_MODERN),
      MCP_ERROR_PARAMS, DISPATCH_ERROR("7", "-32602", "Invalid params: "
      "\\\"name\\\" must be a string\"}}") },
    { "no params", "", DISPATCH_BARE("7", "tools/call"),
      MCP_ERROR_PARAMS, DISPATCH_ERROR("7", "-32602", "Invalid params: "
      "\\\"name\\\" must be a string\"}}") },
    { "a name that is no string", "",
      FIXTURE_REQUEST("7", "tools/call", "\"name\":[\"echo\"]"),
      MCP_ERROR_PARAMS, DISPATCH_ERROR("7", "-32602", "Invalid params: "
      "\\\"name\\\" must be a string\"}}") },
    { "an unknown tool", "",
      FIXTURE_REQUEST("7", "tools/call", "\"name\":\"Echo\""),
      MCP_ERROR_PARAMS, DISPATCH_ERROR("7", "-32602",
      "Unknown tool: Echo\"}}") },
    { "a name that JSON escapes", "",
      FIXTURE_REQUEST("7", "tools/call", "\"name\":\"a\\\"\\n\""),
      MCP_ERROR_PARAMS, DISPATCH_ERROR("7", "-32602",
      "Unknown tool: a\\\"\\n\"}}") },
    { "arguments that are an array", "",
      FIXTURE_REQUEST("7", "tools/call", "\"name\":\"list\","
                      "\"arguments\":[]"),
      MCP_ERROR_PARAMS, DISPATCH_ERROR("7", "-32602", "Invalid params: "
      "\\\"arguments\\\" must be an object\"}}") },
    { "arguments that are null", "",
      FIXTURE_REQUEST("7", "tools/call", "\"name\":\"list\","
                      "\"arguments\":null"),
      MCP_ERROR_PARAMS, DISPATCH_ERROR("7", "-32602", "Invalid params: "
      "\\\"arguments\\\" must be an object\"}}") },

    /* capabilities */

    { "one of two capabilities", DISPATCH_CALLS("ask"),
      FIXTURE_REQUEST("7", "tools/call",
          "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":"
          "\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":"
          "{\"sampling\":{}}},\"name\":\"ask\""),
      MCP_ERROR_CAPABILITY, DISPATCH_ERROR("7", "-32021",
      "Missing required client capability\",\"data\":{"
      "\"requiredCapabilities\":{\"elicitation\":{}}}}}") },
    { "both capabilities", DISPATCH_CALLS("ask"),
      FIXTURE_REQUEST("7", "tools/call",
          "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":"
          "\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":"
          "{\"sampling\":{},\"elicitation\":{}}},\"name\":\"ask\""),
      MCP_ERROR_NONE, "CALL ask {}" },

    /* errors a model can read */

    { "a missing argument", DISPATCH_CALLS("echo"),
      FIXTURE_CALL("echo", "{}"), MCP_ERROR_TOOL, DISPATCH_ARGUMENTS("") },
    { "an argument of another type", DISPATCH_CALLS("echo"),
      FIXTURE_CALL("echo", "{\"text\":1}"), MCP_ERROR_TOOL,
      DISPATCH_ARGUMENTS("/text ") },
    { "an argument that is too long", DISPATCH_CALLS("echo"),
      FIXTURE_CALL("echo", "{\"text\":\"123456789\"}"), MCP_ERROR_TOOL,
      DISPATCH_ARGUMENTS("/text ") },
    { "an argument that has no header", DISPATCH_CALLS("route"),
      FIXTURE_CALL("route", "{\"region\":[]}"), MCP_ERROR_TOOL,
      DISPATCH_ARGUMENTS("/region ") },
    { "a missing argument, a handshake client", "",
      FIXTURE_REQUEST("7", "tools/call", "\"name\":\"echo\""),
      MCP_ERROR_TOOL, DISPATCH_RESULT("7") "{\"content\":[{\"type\":\"text\","
      "\"text\":\"Invalid arguments: " },

    /* lists */

    { "a list", DISPATCH_HEADERS("tools/list"),
      FIXTURE_REQUEST("7", "tools/list", FIXTURE_MODERN), MCP_ERROR_NONE,
      DISPATCH_RESULT("7") "{\"resultType\":\"complete\",\"tools\":["
      "{\"name\":\"echo\"" },
    { "a list without params", "", DISPATCH_BARE("7", "tools/list"),
      MCP_ERROR_NONE, DISPATCH_RESULT("7") "{\"tools\":[{\"name\":\"echo\"" },
    { "a bad cursor", "",
      FIXTURE_REQUEST("7", "tools/list", "\"cursor\":\"x\""),
      MCP_ERROR_PARAMS, DISPATCH_ERROR("7", "-32602", "Invalid params: "
      "unknown or outdated \\\"cursor\\\"") },
    { "an empty cursor", "",
      FIXTURE_REQUEST("7", "tools/list", "\"cursor\":\"\""),
      MCP_ERROR_PARAMS, DISPATCH_ERROR("7", "-32602", "Invalid params: "
      "unknown or outdated \\\"cursor\\\"") },
    { "a cursor that is no string", "",
      FIXTURE_REQUEST("7", "tools/list", "\"cursor\":1"),
      MCP_ERROR_PARAMS, DISPATCH_ERROR("7", "-32602", "Invalid params: "
      "\\\"cursor\\\" must be a string\"}}") }
};


static dispatch_row_t  dispatch_batches[] = {

    { "a batch", "", "[" DISPATCH_BARE("1", "ping") ","
      DISPATCH_BARE("\"2\"", "ping") "]", MCP_ERROR_NONE,
      "[" DISPATCH_RESULT("1") "{}}," DISPATCH_RESULT("\"2\"") "{}}]" },
    { "a batch of one", DISPATCH_VERSION("2025-03-26"),
      "[" DISPATCH_BARE("1", "ping") "]", MCP_ERROR_NONE,
      "[" DISPATCH_RESULT("1") "{}}]" },
    { "notifications are not answered", "",
      "[{\"jsonrpc\":\"2.0\",\"method\":\"n\"}," DISPATCH_BARE("1", "ping")
      ",{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}]", MCP_ERROR_NONE,
      "[" DISPATCH_RESULT("1") "{}}]" },
    { "nothing but notifications", "",
      "[{\"jsonrpc\":\"2.0\",\"method\":\"n\"},"
      "{\"jsonrpc\":\"2.0\",\"method\":\"n\"}]", MCP_ERROR_NONE, "" },
    { "invalid members", "",
      "[1,[]," DISPATCH_BARE("1", "ping") ",{\"id\":2},"
      DISPATCH_BARE("null", "ping") "]", MCP_ERROR_REQUEST,
      "[" DISPATCH_NO_ID("-32600", "Invalid request: a message must be an "
      "object\"}},") DISPATCH_NO_ID("-32600", "Invalid request: a message "
      "must be an object\"}},") DISPATCH_RESULT("1") "{}},"
      DISPATCH_ERROR("2", "-32600", "Invalid request: \\\"jsonrpc\\\" must be "
      "\\\"2.0\\\"\"}},") DISPATCH_NO_ID("-32600", "Invalid request: "
      "\\\"id\\\" must be a string or an integer\"}}]") },
    { "initialize is not part of a batch", "",
      "[" DISPATCH_INITIALIZE("2025-03-26") "," DISPATCH_BARE("2", "ping")
      "]", MCP_ERROR_REQUEST, "[" DISPATCH_ERROR("1", "-32600",
      "Invalid request: \\\"initialize\\\" must not be part of a batch\"}},")
      DISPATCH_RESULT("2") "{}}]" },
    { "nor without a version", "",
      "[" DISPATCH_BARE("1", "initialize") "]", MCP_ERROR_REQUEST,
      "[" DISPATCH_ERROR("1", "-32600", "Invalid request: "
      "\\\"initialize\\\" must not be part of a batch\"}}]") },
    { "nor is a modern message", "",
      "[" FIXTURE_REQUEST("1", "tools/list", FIXTURE_MODERN) "]",
      MCP_ERROR_REQUEST, "[" DISPATCH_ERROR("1", "-32600",
      "Invalid request: batches are part of revision 2025-03-26 only\"}}]") },
    { "calls and errors", "",
      "[" FIXTURE_REQUEST("1", "tools/call", "\"name\":\"list\"") ","
      DISPATCH_BARE("2", "x") "]", MCP_ERROR_NONE,
      "[CALL list {}," DISPATCH_ERROR("2", "-32601",
      "Method not found: x\"}}]") },

    { "an empty batch", "", "[]", MCP_ERROR_REQUEST,
      DISPATCH_NO_ID("-32600", "Invalid request: a batch must not be empty") },
    { "a batch of 2024-11-05", DISPATCH_VERSION("2024-11-05"),
      "[" DISPATCH_BARE("1", "ping") "]", MCP_ERROR_REQUEST,
      DISPATCH_NO_ID("-32600", "Invalid request: batches are part of revision "
      "2025-03-26 only\"}}") },
    { "a batch of 2025-06-18", DISPATCH_VERSION("2025-06-18"),
      "[" DISPATCH_BARE("1", "ping") "]", MCP_ERROR_REQUEST,
      DISPATCH_NO_ID("-32600", "Invalid request: batches are part of") },
    { "a batch of 2025-11-25", DISPATCH_VERSION("2025-11-25"),
      "[" DISPATCH_BARE("1", "ping") "]", MCP_ERROR_REQUEST,
      DISPATCH_NO_ID("-32600", "Invalid request: batches are part of") },
    { "a batch of 2026-07-28", DISPATCH_MODERN,
      "[" DISPATCH_BARE("1", "ping") "]", MCP_ERROR_REQUEST,
      DISPATCH_NO_ID("-32600", "Invalid request: batches are part of") },
    { "an empty batch of 2025-06-18", DISPATCH_VERSION("2025-06-18"), "[]",
      MCP_ERROR_REQUEST,
      DISPATCH_NO_ID("-32600", "Invalid request: batches are part of") },
    { "a batch of nobody's", DISPATCH_VERSION("x"),
      "[" DISPATCH_BARE("1", "ping") "]", MCP_ERROR_REQUEST,
      DISPATCH_NO_ID("-32600", "Invalid request: batches are part of") },
    { "a batch with two versions", DISPATCH_VERSION("2025-03-26")
      DISPATCH_VERSION("2025-03-26"), "[" DISPATCH_BARE("1", "ping") "]",
      MCP_ERROR_REQUEST,
      DISPATCH_NO_ID("-32600", "Invalid request: batches are part of") },
    { "a batch that is not accepted", "",
      "[" DISPATCH_BARE("1", "ping") ",1e999]", MCP_ERROR_REQUEST,
      DISPATCH_NO_ID("-32600", "Invalid request: ") }
};


/* as many messages as there may be, and one more */

static void
dispatch_test_batch_size(mcp_server_t *server)
{
    u_char       *p;
    ngx_str_t     text, out;
    ngx_uint_t    i, n;
    ngx_pool_t   *pool;
    mcp_body_t    body;

    for (n = MCP_RPC_BATCH_MAX; n <= MCP_RPC_BATCH_MAX + 1; n++) {
        pool = unit_pool();

        text.data = ngx_pnalloc(pool, n * 64 + 1);
        p = text.data;
        *p++ = '[';

        for (i = 0; i < n; i++) {
            p = ngx_sprintf(p, "{\"jsonrpc\":\"2.0\",\"id\":%ui,"
                            "\"method\":\"ping\"},", i);
        }

        p[-1] = ']';
        text.len = p - text.data;

        out = dispatch_answer(server, pool, &body, "", &text);

        if (n <= MCP_RPC_BATCH_MAX) {
            unit_ok(body.n == n && body.batch && out.data[0] == '['
                    && ngx_strnstr(out.data, "\"id\":49,", out.len),
                    "a batch of %d", (int) n);

        } else {
            unit_ok(body.n == 1 && !body.batch && out.data[0] == '{'
                    && ngx_strnstr(out.data, "more than 50", out.len)
                    && !ngx_strnstr(out.data, "\"id\"", out.len),
                    "a batch of %d is refused", (int) n);
        }

        ngx_destroy_pool(pool);
    }
}


/* page by page, in each revision */

static void
dispatch_test_pages(mcp_server_t *server)
{
    u_char         *p, buf[512];
    ngx_str_t       text, out;
    ngx_uint_t      v;
    ngx_pool_t     *pool;
    mcp_body_t      body;
    mcp_page_t     *page;
    const u_char   *name;

    pool = unit_pool();

    for (v = 0; v < MCP_VERSIONS; v++) {
        name = mcp_version_name(v)->data;
        page = fixture_pages(server, v)->elts;

        p = ngx_sprintf(buf, "MCP-Protocol-Version: %s\n"
                        "Mcp-Method: tools/list\n", name);
        *p++ = '\0';

        text.data = p;
        p = ngx_sprintf(p, "{\"jsonrpc\":\"2.0\",\"id\":1,"
                        "\"method\":\"tools/list\",\"params\":{%s"
                        "\"cursor\":\"%V\"}}",
                        mcp_version_modern(v) ? FIXTURE_MODERN "," : "",
                        &page[2].cursor);
        text.len = p - text.data;

        out = dispatch_answer(server, pool, &body, (char *) buf, &text);

        unit_ok(body.msgs->error.cause == MCP_ERROR_NONE
                && ngx_strnstr(out.data, "{\"name\":\"list\"", out.len)
                && !ngx_strnstr(out.data, "{\"name\":\"echo\"", out.len),
                "%s: the last page", name);

        /* the cursor of another revision is another list's */

        page = fixture_pages(server, (v + 2) % MCP_VERSIONS)->elts;
        ngx_memcpy(p - page[2].cursor.len - 3, page[2].cursor.data,
                   page[2].cursor.len);

        out = dispatch_answer(server, pool, &body, (char *) buf, &text);

        unit_ok(body.msgs->error.cause == MCP_ERROR_PARAMS,
                "%s: the cursor of another revision", name);
    }

    ngx_destroy_pool(pool);
}


static void
dispatch_test_memory(mcp_server_t *server)
{
    ngx_int_t     rc, n;
    mcp_buf_t     b;
    ngx_uint_t    i, k;
    ngx_str_t     text;
    ngx_pool_t   *pool;
    mcp_body_t    body;
    ngx_array_t   headers;

    static struct {
        const char  *headers;
        const char  *body;
    } rows[] = {
        { DISPATCH_CALLS("echo"), FIXTURE_CALL("echo", "{\"te\\u0078t\":1}") },
        { DISPATCH_CALLS("ask"), FIXTURE_CALL("ask", "{}") },
        { "", "[" FIXTURE_REQUEST("1", "tools/call", "\"name\":\"list\"")
          "," FIXTURE_REQUEST("2", "x", "\"cursor\":\"\\u0078\"")
          "," FIXTURE_REQUEST("3", "tools/list", "\"cursor\":\"\\u0078\"")
          ",1]" },
        { "", "[]" },
        { "", "{\"id\":\"\\u0000\"}" },
        { "", DISPATCH_INITIALIZE("2025\\u002d06-18") }
    };

    for (i = 0; i < unit_nelts(rows); i++) {
        rc = NGX_ERROR;

        for (n = 0; rc != NGX_OK && n < 200; n++) {
            pool = unit_pool();
            fixture_headers(pool, &headers, (u_char *) rows[i].headers,
                            ngx_strlen(rows[i].headers));
            text.len = ngx_strlen(rows[i].body);
            text.data = unit_copy(pool, rows[i].body, text.len);

            unit_fail_alloc(n);

            rc = mcp_dispatch_body(server, pool, &text, &headers, &body);
            mcp_buf_init(&b, pool, 0);

            for (k = 0; rc == NGX_OK && k < body.n; k++) {
                rc = fixture_answer(server, &body.msgs[k], &b);
            }

            rc = (rc == NGX_OK && b.failed) ? NGX_ERROR : rc;

            unit_fail_alloc(-1);
            ngx_destroy_pool(pool);
        }

        unit_ok(rc == NGX_OK && n > 2, "%d allocations, each may fail: %s",
                (int) n - 1, unit_show(rows[i].body, 40 < ngx_strlen(
                    rows[i].body) ? 40 : ngx_strlen(rows[i].body)));
    }
}


int
main(void)
{
    ngx_pool_t    *pool;
    mcp_server_t  *server;

    pool = unit_pool();
    server = fixture_server(pool, MCP_VERSION_MASK_ALL,
                            unit_nelts(fixture_tools));

    dispatch_test_rows(server, dispatch_calls, unit_nelts(dispatch_calls));
    dispatch_test_rows(server, dispatch_batches,
                       unit_nelts(dispatch_batches));
    dispatch_test_batch_size(server);
    dispatch_test_pages(server);
    dispatch_test_memory(server);

    ngx_destroy_pool(pool);

    return unit_done();
}
