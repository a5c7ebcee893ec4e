
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_dispatch: eras, revisions, the order of checks */


#include <ngx_config.h>
#include <ngx_core.h>
#include "dispatch.h"


#define DISPATCH_ALL                                                          \
    "\"data\":{\"supported\":[\"2026-07-28\",\"2025-11-25\",\"2025-06-18\","  \
    "\"2025-03-26\",\"2024-11-05\"],\"requested\":"

#define DISPATCH_TOO_OLD                                                      \
    "\"data\":{\"supported\":[\"2026-07-28\"],\"requested\":"

#define DISPATCH_UNSUPPORTED  "Unsupported protocol version\","

#define DISPATCH_OLD                                                          \
    (mcp_version_bit(MCP_VERSION_2024_11_05)                                  \
     |mcp_version_bit(MCP_VERSION_2025_03_26))


static dispatch_row_t  dispatch_eras[] = {

    /* modern: the key in _meta, or a header that is no handshake revision */

    { "modern by header and _meta", DISPATCH_HEADERS("server/discover"),
      FIXTURE_REQUEST("1", "server/discover", FIXTURE_MODERN),
      MCP_ERROR_NONE, DISPATCH_RESULT("1") "{\"resultType\"" },
    { "modern by _meta alone", "",
      FIXTURE_REQUEST("1", "server/discover", FIXTURE_MODERN),
      MCP_ERROR_HEADER, DISPATCH_ERROR("1", "-32020", "Header mismatch: "
      "MCP-Protocol-Version header is missing") },
    { "modern by header alone", DISPATCH_HEADERS("ping"),
      DISPATCH_BARE("1", "ping"),
      MCP_ERROR_META, DISPATCH_ERROR("1", "-32602", "Invalid params: _meta") },
    { "modern by a header nobody knows", DISPATCH_VERSION("2099-01-01"),
      DISPATCH_BARE("1", "ping"),
      MCP_ERROR_META, DISPATCH_ERROR("1", "-32602", "Invalid params: _meta") },
    { "modern by an empty header", DISPATCH_VERSION(""),
      DISPATCH_BARE("1", "ping"),
      MCP_ERROR_META, DISPATCH_ERROR("1", "-32602", "Invalid params: _meta") },
    { "modern by _meta, though the header is old",
      DISPATCH_VERSION("2025-06-18"),
      FIXTURE_REQUEST("1", "ping", FIXTURE_MODERN),
      MCP_ERROR_HEADER, DISPATCH_ERROR("1", "-32020", "Header mismatch: "
      "MCP-Protocol-Version header value '2025-06-18' does not match body "
      "value '2026-07-28'") },
    { "modern by a key that is no string", "",
      FIXTURE_REQUEST("1", "ping",
          "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":null}"),
      MCP_ERROR_META, DISPATCH_ERROR("1", "-32602", "Invalid params: _meta "
      "must have a string") },

    /* handshake */

    { "no header is 2025-03-26", "", DISPATCH_BARE("1", "ping"),
      MCP_ERROR_NONE, DISPATCH_RESULT("1") "{}}" },
    { "a handshake revision", DISPATCH_VERSION("2025-11-25"),
      DISPATCH_BARE("1", "ping"), MCP_ERROR_NONE,
      DISPATCH_RESULT("1") "{}}" },
    { "other _meta is ignored", DISPATCH_VERSION("2025-06-18"),
      FIXTURE_REQUEST("1", "ping", "\"_meta\":{\"progressToken\":1},\"x\":1"),
      MCP_ERROR_NONE, DISPATCH_RESULT("1") "{}}" },
    { "_meta of another type is ignored", "",
      FIXTURE_REQUEST("1", "ping", "\"_meta\":7"),
      MCP_ERROR_NONE, DISPATCH_RESULT("1") "{}}" },
    { "Mcp-Method is ignored", "Mcp-Method: other\nMcp-Name: other\n",
      DISPATCH_BARE("1", "ping"), MCP_ERROR_NONE,
      DISPATCH_RESULT("1") "{}}" },
    { "a duplicate version is not", DISPATCH_VERSION("2025-06-18")
      DISPATCH_VERSION("2025-06-18"), DISPATCH_BARE("1", "ping"),
      MCP_ERROR_HEADER, DISPATCH_ERROR("1", "-32020", "Header mismatch: "
      "duplicate MCP-Protocol-Version header") },
    { "an old version first, then a new one", DISPATCH_VERSION("2025-06-18")
      DISPATCH_MODERN, DISPATCH_BARE("1", "ping"),
      MCP_ERROR_HEADER, DISPATCH_ERROR("1", "-32020", "Header mismatch: "
      "duplicate") },

    /* what only one of them has */

    { "no initialize in the modern era", DISPATCH_HEADERS("initialize"),
      FIXTURE_REQUEST("1", "initialize", FIXTURE_MODERN),
      MCP_ERROR_METHOD, DISPATCH_ERROR("1", "-32601",
      "Method not found: initialize\"}}") },
    { "no ping in the modern era", DISPATCH_HEADERS("ping"),
      FIXTURE_REQUEST("1", "ping", FIXTURE_MODERN),
      MCP_ERROR_METHOD, DISPATCH_ERROR("1", "-32601", "Method not found") },
    { "no discover before it", DISPATCH_VERSION("2025-11-25"),
      DISPATCH_BARE("1", "server/discover"),
      MCP_ERROR_METHOD, DISPATCH_ERROR("1", "-32601", "Method not found") },
    { "no such method", DISPATCH_HEADERS("unknown/method"),
      FIXTURE_REQUEST("1", "unknown/method", FIXTURE_MODERN),
      MCP_ERROR_METHOD, DISPATCH_ERROR("1", "-32601", "Method not found") },
    { "methods have case", DISPATCH_HEADERS("Tools/List"),
      FIXTURE_REQUEST("1", "Tools/List", FIXTURE_MODERN),
      MCP_ERROR_METHOD, DISPATCH_ERROR("1", "-32601", "Method not found") },
    { "an empty method", "", DISPATCH_BARE("1", ""),
      MCP_ERROR_METHOD, DISPATCH_ERROR("1", "-32601", "Method not found: \"") },

    /* what is not answered */

    { "a modern notification", DISPATCH_HEADERS("notifications/x"),
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}",
      MCP_ERROR_NONE, "" },
    { "a modern notification with a header that lies", DISPATCH_HEADERS("x"),
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}",
      MCP_ERROR_HEADER, DISPATCH_NO_ID("-32020", "Header mismatch: "
      "Mcp-Method header value 'x' does not match") },
    { "a modern notification with two", DISPATCH_HEADERS("n")
      "Mcp-Method: n\n", "{\"jsonrpc\":\"2.0\",\"method\":\"n\"}",
      MCP_ERROR_HEADER, DISPATCH_NO_ID("-32020", "Header mismatch: "
      "duplicate Mcp-Method header") },
    { "a modern notification needs no headers", "",
      "{\"jsonrpc\":\"2.0\",\"method\":\"n\",\"params\":{" FIXTURE_MODERN
      "}}", MCP_ERROR_NONE, "" },
    { "a modern notification with a version that is no string", "",
      "{\"jsonrpc\":\"2.0\",\"method\":\"n\",\"params\":{\"_meta\":{"
      "\"io.modelcontextprotocol/protocolVersion\":true}}}",
      MCP_ERROR_META, DISPATCH_NO_ID("-32602", "Invalid params: _meta must "
      "have a string") },
    { "a modern notification with another version", DISPATCH_MODERN,
      "{\"jsonrpc\":\"2.0\",\"method\":\"n\",\"params\":{"
      FIXTURE_META("v999") "}}", MCP_ERROR_HEADER, DISPATCH_NO_ID("-32020",
      "Header mismatch: MCP-Protocol-Version") },
    { "a modern notification of two versions", DISPATCH_MODERN
      DISPATCH_MODERN, "{\"jsonrpc\":\"2.0\",\"method\":\"n\"}",
      MCP_ERROR_HEADER, DISPATCH_NO_ID("-32020", "Header mismatch: duplicate "
      "MCP-Protocol-Version header") },
    { "a modern notification of an unknown version", DISPATCH_VERSION("v999"),
      "{\"jsonrpc\":\"2.0\",\"method\":\"n\"}",
      MCP_ERROR_VERSION, DISPATCH_NO_ID("-32022", DISPATCH_UNSUPPORTED)
      DISPATCH_ALL "\"v999\"}}}" },
    { "a notification", DISPATCH_VERSION("2025-06-18"),
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
      MCP_ERROR_NONE, "" },
    { "a request as a notification", "",
      "{\"jsonrpc\":\"2.0\",\"method\":\"ping\"}", MCP_ERROR_NONE, "" },
    { "initialize as a notification", "",
      "{\"jsonrpc\":\"2.0\",\"method\":\"initialize\"}", MCP_ERROR_NONE, "" },
    { "a response", DISPATCH_VERSION("2025-11-25"),
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", MCP_ERROR_NONE, "" },
    { "a response without a header", "",
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{}}", MCP_ERROR_NONE, "" },
    { "a response in the modern era, and no id", DISPATCH_MODERN,
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
      MCP_ERROR_REQUEST, DISPATCH_NO_ID("-32600", "Invalid request: a client "
      "must not send responses") }
};


/* a message with two faults is told of the earlier one */

#define DISPATCH_BAD_META(v)                                                  \
    "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"" v "\"}"

static dispatch_row_t  dispatch_order[] = {

    { "JSON, then the envelope", "", "{\"id\":1,}",
      MCP_ERROR_PARSE, DISPATCH_NO_ID("-32700", "Parse error: ") },
    { "limits, then the envelope", "", "{\"id\":1,\"a\":1e999}",
      MCP_ERROR_REQUEST, DISPATCH_ERROR("1", "-32600",
      "Invalid request: ") },
    { "the envelope, then the version header", "",
      "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"m\",\"params\":{"
      FIXTURE_META("x") "}}", MCP_ERROR_REQUEST,
      DISPATCH_ERROR("1", "-32600", "Invalid request: \\\"jsonrpc\\\"") },
    { "the version in _meta, then its header", "Mcp-Method: x\n"
      DISPATCH_VERSION("x"), DISPATCH_BARE("1", "ping"),
      MCP_ERROR_META, DISPATCH_ERROR("1", "-32602",
      "Invalid params: _meta must have a string") },
    { "the version header, then clientCapabilities", DISPATCH_MODERN,
      FIXTURE_REQUEST("1", "ping", DISPATCH_BAD_META("v999")),
      MCP_ERROR_HEADER, DISPATCH_ERROR("1", "-32020", "Header mismatch: "
      "MCP-Protocol-Version") },
    { "the version header, then an unknown version", DISPATCH_MODERN,
      FIXTURE_REQUEST("1", "ping", FIXTURE_META("v999")),
      MCP_ERROR_HEADER, DISPATCH_ERROR("1", "-32020", "Header mismatch: "
      "MCP-Protocol-Version header value '2026-07-28' does not match body "
      "value 'v999'") },
    { "clientCapabilities, then an unknown version", DISPATCH_VERSION("v999"),
      FIXTURE_REQUEST("1", "ping", DISPATCH_BAD_META("v999")),
      MCP_ERROR_META, DISPATCH_ERROR("1", "-32602", "Invalid params: _meta "
      "must have an object") },
    { "clientCapabilities, then Mcp-Method", DISPATCH_MODERN,
      FIXTURE_REQUEST("1", "ping", DISPATCH_BAD_META("2026-07-28")),
      MCP_ERROR_META, DISPATCH_ERROR("1", "-32602", "Invalid params: _meta "
      "must have an object") },
    { "an unknown version, then Mcp-Method", DISPATCH_VERSION("v999.0.0"),
      FIXTURE_REQUEST("1", "ping", FIXTURE_META("v999.0.0")),
      MCP_ERROR_VERSION, DISPATCH_ERROR("1", "-32022", DISPATCH_UNSUPPORTED)
      DISPATCH_ALL "\"v999.0.0\"}}}" },
    { "Mcp-Method, then Mcp-Name", DISPATCH_HEADERS("x") "Mcp-Name: x\n",
      FIXTURE_CALL("echo", "{}"), MCP_ERROR_HEADER,
      DISPATCH_ERROR("7", "-32020", "Header mismatch: Mcp-Method") },
    { "Mcp-Method, then the method", DISPATCH_HEADERS("x"),
      FIXTURE_REQUEST("1", "y", FIXTURE_MODERN), MCP_ERROR_HEADER,
      DISPATCH_ERROR("1", "-32020", "Header mismatch: Mcp-Method") },
    { "Mcp-Name, then Mcp-Param", DISPATCH_CALLS("x") "Mcp-Param-Region: x\n",
      FIXTURE_CALL("route", "{\"region\":\"y\"}"), MCP_ERROR_HEADER,
      DISPATCH_ERROR("7", "-32020", "Header mismatch: Mcp-Name") },
    { "Mcp-Name, then the tool", DISPATCH_CALLS("x"),
      FIXTURE_CALL("y", "{}"), MCP_ERROR_HEADER,
      DISPATCH_ERROR("7", "-32020", "Header mismatch: Mcp-Name") },
    { "Mcp-Param, then the arguments", DISPATCH_CALLS("route")
      "Mcp-Param-Count: 1\n",
      FIXTURE_CALL("route", "{\"count\":1.5,\"dry\":1}"), MCP_ERROR_HEADER,
      DISPATCH_ERROR("7", "-32020", "Header mismatch: Mcp-Param-Count") },
    { "the tool, then the arguments", DISPATCH_CALLS("y"),
      FIXTURE_CALL("y", "7"), MCP_ERROR_PARAMS,
      DISPATCH_ERROR("7", "-32602", "Unknown tool: y\"}}") },
    { "capabilities, then the arguments", DISPATCH_CALLS("ask"),
      FIXTURE_CALL("ask", "7"), MCP_ERROR_CAPABILITY,
      DISPATCH_ERROR("7", "-32021", "Missing required client capability\","
      "\"data\":{\"requiredCapabilities\":{\"sampling\":{},"
      "\"elicitation\":{}}}}}") },
    { "the version, then the method", DISPATCH_VERSION("2024-11-05") "",
      FIXTURE_REQUEST("1", "x", "\"_meta\":{}"), MCP_ERROR_METHOD,
      DISPATCH_ERROR("1", "-32601", "Method not found") }
};


/* one endpoint serves some revisions only */

static struct {
    ngx_uint_t       versions;
    dispatch_row_t   row;
} dispatch_versions[] = {

    { MCP_VERSION_MASK_MODERN,
      { "modern only: initialize", "", DISPATCH_INITIALIZE("2025-11-25"),
        MCP_ERROR_VERSION, DISPATCH_ERROR("1", "-32022", DISPATCH_UNSUPPORTED)
        DISPATCH_TOO_OLD "\"2025-11-25\"}}}" } },
    { MCP_VERSION_MASK_MODERN,
      { "modern only: initialize without a version", "",
        DISPATCH_BARE("1", "initialize"),
        MCP_ERROR_VERSION, DISPATCH_ERROR("1", "-32022", DISPATCH_UNSUPPORTED)
        DISPATCH_TOO_OLD "\"2025-03-26\"}}}" } },
    { MCP_VERSION_MASK_MODERN,
      { "modern only: no header", "", DISPATCH_BARE("1", "tools/list"),
        MCP_ERROR_HEADER, DISPATCH_ERROR("1", "-32020", "Header mismatch: "
        "MCP-Protocol-Version header is missing") } },
    { mcp_version_bit(MCP_VERSION_2025_06_18),
      { "all have the header: no header", "", DISPATCH_BARE("1", "ping"),
        MCP_ERROR_HEADER, DISPATCH_ERROR("1", "-32020", "Header mismatch: "
        "MCP-Protocol-Version header is missing") } },
    { MCP_VERSION_MASK_MODERN,
      { "modern only: an old header", DISPATCH_VERSION("2025-06-18"),
        DISPATCH_BARE("1", "tools/list"),
        MCP_ERROR_VERSION, DISPATCH_ERROR("1", "-32022", DISPATCH_UNSUPPORTED)
        DISPATCH_TOO_OLD "\"2025-06-18\"}}}" } },
    { MCP_VERSION_MASK_MODERN,
      { "modern only: an old notification", DISPATCH_VERSION("2025-06-18"),
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
        MCP_ERROR_VERSION, DISPATCH_NO_ID("-32022", DISPATCH_UNSUPPORTED)
        DISPATCH_TOO_OLD "\"2025-06-18\"}}}" } },
    { MCP_VERSION_MASK_MODERN,
      { "modern only: an old response", DISPATCH_VERSION("2025-06-18"),
        "{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":{}}",
        MCP_ERROR_VERSION, DISPATCH_NO_ID("-32022", DISPATCH_UNSUPPORTED)
        DISPATCH_TOO_OLD "\"2025-06-18\"}}}" } },
    { MCP_VERSION_MASK_MODERN,
      { "modern only: a batch", "", "[" DISPATCH_BARE("1", "ping") "]",
        MCP_ERROR_REQUEST, DISPATCH_NO_ID("-32600",
        "Invalid request: batches are part of revision 2025-03-26 only") } },

    { MCP_VERSION_MASK_LEGACY,
      { "handshake only: a modern notification", DISPATCH_MODERN,
        "{\"jsonrpc\":\"2.0\",\"method\":\"n\"}",
        MCP_ERROR_VERSION, DISPATCH_NO_ID("-32022", DISPATCH_UNSUPPORTED)
        "\"data\":{\"supported\":[\"2025-11-25\"" } },
    { MCP_VERSION_MASK_LEGACY,
      { "handshake only: a modern request", DISPATCH_HEADERS("tools/list"),
        FIXTURE_REQUEST("1", "tools/list", FIXTURE_MODERN),
        MCP_ERROR_VERSION, DISPATCH_ERROR("1", "-32022", DISPATCH_UNSUPPORTED)
        "\"data\":{\"supported\":[\"2025-11-25\",\"2025-06-18\","
        "\"2025-03-26\",\"2024-11-05\"],\"requested\":\"2026-07-28\"}}}" } },
    { MCP_VERSION_MASK_ALL,
      { "an old version in _meta", DISPATCH_VERSION("2025-06-18"),
        FIXTURE_REQUEST("1", "tools/list", FIXTURE_META("2025-06-18")),
        MCP_ERROR_VERSION, DISPATCH_ERROR("1", "-32022", DISPATCH_UNSUPPORTED)
        DISPATCH_ALL "\"2025-06-18\"}}}" } },

    { MCP_VERSION_MASK_ALL,
      { "negotiation: 2024-11-05", "", DISPATCH_INITIALIZE("2024-11-05"),
        MCP_ERROR_NONE, DISPATCH_RESULT("1")
        "{\"protocolVersion\":\"2024-11-05\"" } },
    { MCP_VERSION_MASK_ALL,
      { "negotiation: another", "", DISPATCH_INITIALIZE("2026-07-28"),
        MCP_ERROR_NONE, DISPATCH_RESULT("1")
        "{\"protocolVersion\":\"2025-11-25\"" } },
    { DISPATCH_OLD,
      { "negotiation: a newer one than is served", "",
        DISPATCH_INITIALIZE("2025-11-25"),
        MCP_ERROR_NONE, DISPATCH_RESULT("1")
        "{\"protocolVersion\":\"2025-03-26\"" } },
    { mcp_version_bit(MCP_VERSION_2024_11_05),
      { "negotiation: no header is no hindrance", "",
        DISPATCH_INITIALIZE("2025-11-25"),
        MCP_ERROR_NONE, DISPATCH_RESULT("1")
        "{\"protocolVersion\":\"2024-11-05\"" } },
    { mcp_version_bit(MCP_VERSION_2024_11_05),
      { "nor is it later", "", DISPATCH_BARE("1", "ping"),
        MCP_ERROR_NONE, DISPATCH_RESULT("1") "{}" } },
    { DISPATCH_OLD,
      { "a header of a revision that is not served",
        DISPATCH_VERSION("2025-06-18"), DISPATCH_BARE("1", "ping"),
        MCP_ERROR_VERSION, DISPATCH_ERROR("1", "-32022", DISPATCH_UNSUPPORTED)
        "\"data\":{\"supported\":[\"2025-03-26\",\"2024-11-05\"],"
        "\"requested\":\"2025-06-18\"}}}" } },
    { MCP_VERSION_MASK_ALL,
      { "negotiation: no version", "", DISPATCH_BARE("1", "initialize"),
        MCP_ERROR_PARAMS, DISPATCH_ERROR("1", "-32602", "Invalid params: "
        "\\\"protocolVersion\\\"") } },
    { MCP_VERSION_MASK_LEGACY
      & ~mcp_version_bit(MCP_VERSION_2025_03_26),
      { "no batches without their revision", "",
        "[" DISPATCH_BARE("1", "ping") "]",
        MCP_ERROR_REQUEST, DISPATCH_NO_ID("-32600",
        "Invalid request: batches are part of revision 2025-03-26 only") } }
};


static void
dispatch_test_versions(void)
{
    ngx_uint_t     i;
    ngx_pool_t    *pool;

    for (i = 0; i < unit_nelts(dispatch_versions); i++) {
        pool = unit_pool();
        dispatch_test_row(fixture_server(pool, dispatch_versions[i].versions,
                                         1),
                          &dispatch_versions[i].row);
        ngx_destroy_pool(pool);
    }
}


/* what logs and variables are made of */

static void
dispatch_test_message(mcp_server_t *server)
{
    mcp_msg_t    *msg;
    ngx_str_t     text, expected;
    ngx_pool_t   *pool;
    mcp_body_t    body;

    pool = unit_pool();

    ngx_str_set(&text, FIXTURE_REQUEST("\"\\u0041\"", "tools/call",
        "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":"
        "\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{},"
        "\"io.modelcontextprotocol/clientInfo\":{\"name\":\"c\","
        "\"version\":\"2\"}},\"name\":\"\\u0065cho\","
        "\"arguments\":{\"text\":\"\"}"));

    (void) dispatch_answer(server, pool, &body, DISPATCH_CALLS("echo"), &text);
    msg = body.msgs;

    ngx_str_set(&expected, "\"\\u0041\"");
    unit_is(&msg->id, &expected, "the id as it was written");
    ngx_str_set(&expected, "tools/call");
    unit_is(&msg->method, &expected, "the method");
    ngx_str_set(&expected, "echo");
    unit_is(&msg->name, &expected, "the name, decoded");
    ngx_str_set(&expected, "c/2");
    unit_is(&msg->client, &expected, "the client");
    unit_is_int(msg->version, MCP_VERSION_2026_07_28, "the revision");
    unit_ok(msg->tool && msg->tool->name.len == 4, "the tool");

    ngx_str_set(&text, FIXTURE_CALL("echo", "{}"));
    (void) dispatch_answer(server, pool, &body, DISPATCH_CALLS("route"),
                           &text);
    unit_is_int(body.msgs->error.cause, MCP_ERROR_HEADER,
                "a header that lies is recorded");

    ngx_destroy_pool(pool);
}


int
main(void)
{
    ngx_pool_t    *pool;
    mcp_server_t  *server;

    pool = unit_pool();
    server = fixture_server(pool, MCP_VERSION_MASK_ALL,
                            unit_nelts(fixture_tools));

    dispatch_test_rows(server, dispatch_eras, unit_nelts(dispatch_eras));
    dispatch_test_rows(server, dispatch_order, unit_nelts(dispatch_order));
    dispatch_test_versions();
    dispatch_test_message(server);

    ngx_destroy_pool(pool);

    return unit_done();
}
