
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_tools, mcp_discover: what is refused at start, what is rendered */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_tools.h>
#include "fixture.h"


#define TOOLS_OBJECT  "{\"type\":\"object\"}"

#define TOOLS_META                                                            \
    "\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{\"name\":\"fixture\","\
    "\"version\":\"1.0\",\"title\":\"A \\\"fixture\\\"\","                    \
    "\"websiteUrl\":\"https://example.com/\","                                \
    "\"icons\":[{\"src\":\"https://example.com/icon.png\"}]}}"

#define TOOLS_INITIALIZE(version, info)                                       \
    "{\"protocolVersion\":\"" version "\","                                   \
    "\"capabilities\":{\"logging\":{},\"tools\":{}},"                         \
    "\"serverInfo\":{\"name\":\"fixture\",\"version\":\"1.0\"" info "},"      \
    "\"instructions\":\"Call\\nme.\"}"

#define TOOLS_SUM_INPUT                                                       \
    "\"description\":\"Adds\",\"inputSchema\":{\"type\":\"object\"}"

#define TOOLS_SUM_OUTPUT                                                      \
    ",\"outputSchema\":{\"type\":\"object\",\"properties\":{\"sum\":"         \
    "{\"type\":\"number\"}},\"required\":[\"sum\"]}"

#define TOOLS_SUM_HINTS                                                       \
    ",\"annotations\":{\"readOnlyHint\":true,\"destructiveHint\":false,"      \
    "\"idempotentHint\":true,\"openWorldHint\":false}"

#define TOOLS_LIST  "{\"name\":\"list\",\"description\":\"Lists\","           \
    "\"inputSchema\":{\"type\":\"object\"}"


static struct {
    const char  *name;
    const char  *input;
    const char  *output;         /* or NULL */
    const char  *text;           /* the start of the error, NULL: accepted */
} tools_rows[] = {

    /* names */

    { "a", TOOLS_OBJECT, NULL, NULL },
    { "getUser", TOOLS_OBJECT, NULL, NULL },
    { "DATA_EXPORT-v2.0", TOOLS_OBJECT, NULL, NULL },
    { "", TOOLS_OBJECT, NULL, "the name must be" },
    { "a b", TOOLS_OBJECT, NULL, "the name must be" },
    { "a/b", TOOLS_OBJECT, NULL, "the name must be" },
    { "a,b", TOOLS_OBJECT, NULL, "the name must be" },
    { "a@b", TOOLS_OBJECT, NULL, "the name must be" },
    { "a[b", TOOLS_OBJECT, NULL, "the name must be" },
    { "a`b", TOOLS_OBJECT, NULL, "the name must be" },
    { "a{b", TOOLS_OBJECT, NULL, "the name must be" },
    { "a\xc3\xa9", TOOLS_OBJECT, NULL, "the name must be" },
    { "a\x01", TOOLS_OBJECT, NULL, "the name must be" },

    /* input schemas */

    { "a", "{", NULL, "input schema: not accepted as JSON: " },
    { "a", "", NULL, "input schema: not accepted as JSON: " },
    { "a", "{\"a\":1,\"a\":1}", NULL, "input schema: not accepted as JSON: " },
    { "a", "{\"type\":\"object\"}}", NULL,
      "input schema: not accepted as JSON: " },
    { "a", "[]", NULL, "input schema: " },
    { "a", "1", NULL, "input schema: " },
    { "a", "null", NULL, "input schema: " },
    { "a", "true", NULL, "input schema: the root must have" },
    { "a", "{}", NULL, "input schema: the root must have" },
    { "a", "{\"type\":\"array\"}", NULL, "input schema: the root must have" },
    { "a", "{\"type\":[\"object\"]}", NULL,
      "input schema: the root must have" },
    { "a", "{\"type\":\"object\",\"properties\":{\"b\":{\"type\":1}}}", NULL,
      "input schema at /properties/b" },
    { "a", "{\"type\":\"object\",\"$ref\":\"https://example.com/s\"}", NULL,
      "input schema at /$ref" },
    { "a", "{\"type\":\"object\",\"properties\":{\"b\":{\"type\":\"number\","
           "\"x-mcp-header\":\"B\"}}}", NULL,
      "input schema at /properties/b: \"x-mcp-header\" must be on a property "
      "of type" },
    { "a", "{\"type\":\"object\",\"properties\":{\"b\":{\"type\":\"string\","
           "\"x-mcp-header\":\"B\"}}}", NULL, NULL },

    /* output schemas */

    { "a", TOOLS_OBJECT, TOOLS_OBJECT, NULL },
    { "a", TOOLS_OBJECT, "{\"type\":\"array\"}", NULL },
    { "a", TOOLS_OBJECT, "{}", NULL },
    { "a", TOOLS_OBJECT, "true", NULL },
    { "a", TOOLS_OBJECT, "{\"type\":\"string\",\"x-mcp-header\":\"A\"}", NULL },
    { "a", TOOLS_OBJECT, "nothing", "output schema: not accepted as JSON: " },
    { "a", TOOLS_OBJECT, "{\"minimum\":\"1\"}", "output schema" },

    /* the first that is wrong speaks */

    { "", "{", "{", "the name must be" },
    { "a", "{", "{", "input schema" }
};


static struct {
    ngx_uint_t   version;
    const char  *initialize;
} tools_initializes[] = {
    { MCP_VERSION_2024_11_05, TOOLS_INITIALIZE("2024-11-05", "") },
    { MCP_VERSION_2025_03_26, TOOLS_INITIALIZE("2025-03-26", "") },
    { MCP_VERSION_2025_06_18,
      TOOLS_INITIALIZE("2025-06-18", ",\"title\":\"A \\\"fixture\\\"\"") },
    { MCP_VERSION_2025_11_25,
      TOOLS_INITIALIZE("2025-11-25", ",\"title\":\"A \\\"fixture\\\"\","
          "\"websiteUrl\":\"https://example.com/\","
          "\"icons\":[{\"src\":\"https://example.com/icon.png\"}]") }
};


/* the second page, in each revision */

static struct {
    ngx_uint_t   version;
    const char  *sum;
    const char  *list;           /* on the third page */
} tools_lists[] = {
    { MCP_VERSION_2024_11_05,
      "{\"name\":\"Sum.2_a-b\"," TOOLS_SUM_INPUT "}", TOOLS_LIST "}" },
    { MCP_VERSION_2025_03_26,
      "{\"name\":\"Sum.2_a-b\"," TOOLS_SUM_INPUT TOOLS_SUM_HINTS "}",
      TOOLS_LIST "}" },
    { MCP_VERSION_2025_06_18,
      "{\"name\":\"Sum.2_a-b\",\"title\":\"Sum \\\"of\\\" two\","
      TOOLS_SUM_INPUT TOOLS_SUM_OUTPUT TOOLS_SUM_HINTS "}", TOOLS_LIST "}" },
    { MCP_VERSION_2025_11_25,
      "{\"name\":\"Sum.2_a-b\",\"title\":\"Sum \\\"of\\\" two\","
      TOOLS_SUM_INPUT TOOLS_SUM_OUTPUT TOOLS_SUM_HINTS
      ",\"icons\":[{\"src\":\"https://example.com/sum.png\"}]}",
      TOOLS_LIST "}" },
    { MCP_VERSION_2026_07_28,
      "{\"name\":\"Sum.2_a-b\",\"title\":\"Sum \\\"of\\\" two\","
      TOOLS_SUM_INPUT TOOLS_SUM_OUTPUT TOOLS_SUM_HINTS
      ",\"icons\":[{\"src\":\"https://example.com/sum.png\"}]}",
      TOOLS_LIST ",\"outputSchema\":{\"type\":\"array\"}}" }
};


static ngx_str_t
tools_copy(ngx_pool_t *pool, const char *text)
{
    ngx_str_t  s;

    s.len = text ? ngx_strlen(text) : 0;
    s.data = unit_copy(pool, text, s.len);

    return s;
}


static ngx_uint_t
tools_has(const ngx_str_t *s, const char *part)
{
    return ngx_strnstr(s->data, (char *) part, s->len) != NULL;
}


static void
tools_test_compile(void)
{
    ngx_int_t            rc;
    ngx_uint_t           i;
    mcp_tool_t           tool;
    ngx_pool_t          *pool;
    const char          *text;
    mcp_schema_error_t   err;

    for (i = 0; i < unit_nelts(tools_rows); i++) {
        pool = unit_pool();
        text = tools_rows[i].text;

        ngx_memzero(&tool, sizeof(mcp_tool_t));
        tool.name = tools_copy(pool, tools_rows[i].name);
        tool.input_schema = tools_copy(pool, tools_rows[i].input);
        tool.output_schema = tools_copy(pool, tools_rows[i].output);

        rc = mcp_tool_compile(pool, &tool, &err);

        if (!unit_ok(text ? rc == NGX_DECLINED
                            && err.text.len > ngx_strlen(text)
                            && ngx_strncmp(err.text.data, text,
                                           ngx_strlen(text)) == 0
                          : rc == NGX_OK && tool.input != NULL
                            && (tool.output != NULL)
                               == (tools_rows[i].output != NULL),
                     "%s: %s %s %s", text ? "refused" : "compiled",
                     unit_show(tool.name.data, tool.name.len),
                     tools_rows[i].input,
                     tools_rows[i].output ? tools_rows[i].output : ""))
        {
            unit_diag("rc %d, %s", (int) rc,
                      rc == NGX_OK ? ""
                                   : unit_show(err.text.data, err.text.len));
        }

        ngx_destroy_pool(pool);
    }
}


static void
tools_test_names(void)
{
    u_char               name[MCP_TOOL_NAME_MAX + 1];
    ngx_uint_t           len;
    mcp_tool_t           tool;
    ngx_pool_t          *pool;
    mcp_schema_error_t   err;

    pool = unit_pool();
    ngx_memset(name, 'n', sizeof(name));

    for (len = MCP_TOOL_NAME_MAX; len <= MCP_TOOL_NAME_MAX + 1; len++) {
        ngx_memzero(&tool, sizeof(mcp_tool_t));
        tool.name.data = name;
        tool.name.len = len;
        ngx_str_set(&tool.input_schema, TOOLS_OBJECT);

        unit_is_int(mcp_tool_compile(pool, &tool, &err),
                    len > MCP_TOOL_NAME_MAX ? NGX_DECLINED : NGX_OK,
                    "a name of %d bytes", (int) len);
    }

    ngx_destroy_pool(pool);
}


/* every keyword as written, in its order, on one line */

static void
tools_test_schema_text(void)
{
    ngx_str_t            expected;
    mcp_tool_t           tool;
    ngx_pool_t          *pool;
    mcp_schema_error_t   err;

    pool = unit_pool();
    ngx_memzero(&tool, sizeof(mcp_tool_t));

    ngx_str_set(&tool.name, "a");
    ngx_str_set(&tool.input_schema,
                "{\n  \"x-own\" : [ 1.50, 9007199254740993, 1E2 ],\r\n"
                "\t\"$schema\": \"https://json-schema.org/draft/2020-12/"
                "schema\", \"type\":\"object\",\"$defs\":{\"b\":{\"$anchor\":"
                "\"c\"}},\"allOf\":[{\"anyOf\":[true]}],\"if\":{},\"then\":"
                "{},\"else\":false,\"additionalProperties\":false }\n");

    ngx_str_set(&expected,
                "{\"x-own\":[1.50,9007199254740993,1E2],"
                "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
                "\"type\":\"object\",\"$defs\":{\"b\":{\"$anchor\":\"c\"}},"
                "\"allOf\":[{\"anyOf\":[true]}],\"if\":{},\"then\":{},"
                "\"else\":false,\"additionalProperties\":false}");

    unit_is_int(mcp_tool_compile(pool, &tool, &err), NGX_OK,
                "a schema of many keywords");
    unit_is(&tool.input_schema, &expected, "is listed as written");

    ngx_destroy_pool(pool);
}


static void
tools_test_rendered(void)
{
    mcp_msg_t       msg;
    ngx_str_t       expected;
    ngx_uint_t      i, v;
    ngx_pool_t     *pool;
    mcp_action_t    action;
    mcp_server_t   *server;

    pool = unit_pool();
    server = fixture_server(pool, MCP_VERSION_MASK_ALL, 0);

    for (i = 0; i < unit_nelts(tools_initializes); i++) {
        v = tools_initializes[i].version;
        expected.data = (u_char *) tools_initializes[i].initialize;
        expected.len = ngx_strlen(expected.data);

        ngx_memzero(&msg, sizeof(mcp_msg_t));
        msg.version = v;

        (void) mcp_initialize(server, &msg, &action);
        unit_is(&action.result, &expected, "initialize of %s",
                mcp_version_name(v)->data);
    }

    ngx_str_set(&expected,
                "{\"resultType\":\"complete\",\"supportedVersions\":["
                "\"2026-07-28\",\"2025-11-25\",\"2025-06-18\",\"2025-03-26\","
                "\"2024-11-05\"],"
                "\"capabilities\":{\"logging\":{},"
                "\"tools\":{\"listChanged\":true}},"
                "\"instructions\":\"Call\\nme.\",\"ttlMs\":60000,"
                "\"cacheScope\":\"private\"," TOOLS_META "}");
    (void) mcp_discover(server, &msg, &action);
    unit_is(&action.result, &expected, "server/discover");

    ngx_str_set(&expected, "{}");
    (void) mcp_ping(server, &msg, &action);
    unit_is(&action.result, &expected, "ping");

    server = fixture_server(pool, MCP_VERSION_MASK_MODERN, 0);

    for (v = 0; v <= MCP_VERSION_LEGACY_LAST; v++) {
        unit_ok(fixture_pages(server, v)->elts == NULL, "%s is not served",
                mcp_version_name(v)->data);
    }

    ngx_str_set(&server->info.version, "0");
    ngx_str_null(&server->info.title);
    ngx_str_null(&server->info.website);
    ngx_str_null(&server->info.icon);
    ngx_str_null(&server->instructions);
    server->public = 1;
    server->ttl = 0;
    (void) mcp_server_render(server, pool);

    ngx_str_set(&expected,
                "{\"resultType\":\"complete\",\"supportedVersions\":["
                "\"2026-07-28\"],"
                "\"capabilities\":{\"logging\":{},"
                "\"tools\":{\"listChanged\":true}},\"ttlMs\":0,"
                "\"cacheScope\":\"public\",\"_meta\":{"
                "\"io.modelcontextprotocol/serverInfo\":{\"name\":\"fixture\","
                "\"version\":\"0\"}}}");
    unit_is(&server->discover, &expected, "what is not set is not said");

    ngx_destroy_pool(pool);
}


static void
tools_test_lists(void)
{
    ngx_uint_t      i, v, modern;
    mcp_page_t     *page;
    ngx_pool_t     *pool;
    mcp_server_t   *server;

    pool = unit_pool();
    server = fixture_server(pool, MCP_VERSION_MASK_ALL, 5);

    for (i = 0; i < unit_nelts(tools_lists); i++) {
        v = tools_lists[i].version;
        modern = mcp_version_modern(v);
        page = fixture_pages(server, v)->elts;

        unit_is_int(fixture_pages(server, v)->nelts, 3, "%s: three pages",
                    mcp_version_name(v)->data);

        if (!unit_ok(tools_has(&page[1].body, tools_lists[i].sum),
                     "%s: a tool in the words of the revision",
                     mcp_version_name(v)->data))
        {
            unit_diag("%s", unit_show(page[1].body.data, page[1].body.len));
        }

        if (!unit_ok(tools_has(&page[2].body, tools_lists[i].list),
                     "%s: a tool with a result that is no object",
                     mcp_version_name(v)->data))
        {
            unit_diag("%s", unit_show(page[2].body.data, page[2].body.len));
        }

        unit_ok(tools_has(&page[0].body, "\"resultType\":\"complete\"")
                == modern
                && tools_has(&page[2].body, ",\"ttlMs\":60000,"
                             "\"cacheScope\":\"private\"," TOOLS_META "}")
                   == modern
                && tools_has(&page[2].body, "ttlMs") == modern
                && tools_has(&page[2].body, "_meta") == modern,
                "%s: modern members", mcp_version_name(v)->data);

        unit_ok(tools_has(&page[0].body, "\"nextCursor\"")
                && tools_has(&page[1].body, "\"nextCursor\"")
                && !tools_has(&page[2].body, "\"nextCursor\""),
                "%s: cursors", mcp_version_name(v)->data);
    }

    unit_ok(tools_has(&page[0].body, "{\"name\":\"echo\",\"description\":"
                      "\"Says it again\",\"inputSchema\":{\"type\":\"object\","
                      "\"properties\":{\"text\":{\"type\":\"string\","
                      "\"maxLength\":8}},\"required\":[\"text\"]}}"),
            "a tool without annotations");

    ngx_destroy_pool(pool);
}


static void
tools_test_memory(void)
{
    ngx_int_t            rc, n;
    mcp_tool_t           tool;
    ngx_pool_t          *pool;
    mcp_server_t        *server;
    mcp_schema_error_t   err;

    rc = NGX_ERROR;

    for (n = 0; rc == NGX_ERROR && n < 200; n++) {
        pool = unit_pool();
        tool = fixture_tools[1];

        unit_fail_alloc(n);
        rc = mcp_tool_compile(pool, &tool, &err);
        unit_fail_alloc(-1);

        ngx_destroy_pool(pool);
    }

    unit_ok(rc == NGX_OK && n > 10, "%d allocations of a tool, each may fail",
            (int) n - 1);

    pool = unit_pool();
    server = fixture_server(pool, MCP_VERSION_MASK_ALL, 3);
    rc = NGX_ERROR;

    for (n = 0; rc == NGX_ERROR && n < 500; n++) {
        unit_fail_alloc(n);
        rc = mcp_server_render(server, pool);
        unit_fail_alloc(-1);
    }

    unit_ok(rc == NGX_OK && n > 10, "%d allocations of a server, each may "
            "fail", (int) n - 1);

    ngx_destroy_pool(pool);
}


int
main(void)
{
    tools_test_compile();
    tools_test_names();
    tools_test_schema_text();
    tools_test_rendered();
    tools_test_lists();
    tools_test_memory();

    return unit_done();
}
