
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_sub: what is granted, what is written, what is published */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_sub.h>
#include "dispatch.h"


#define SUB_LISTEN(filter)                                                    \
    FIXTURE_REQUEST("7", "subscriptions/listen",                              \
                    FIXTURE_MODERN ",\"notifications\":" filter)

#define SUB_ACK(filter)                                                       \
    "LISTEN {\"jsonrpc\":\"2.0\",\"method\":"                                 \
    "\"notifications/subscriptions/acknowledged\",\"params\":{\"_meta\":{"    \
    "\"io.modelcontextprotocol/subscriptionId\":7},\"notifications\":"        \
    filter "}}"

#define SUB_URIS(text)  "{\"resourceSubscriptions\":" text "}"

#define SUB_LEGACY(method, uri)                                               \
    FIXTURE_REQUEST("7", "resources/" method, uri)

#define SUB_ROW(name, filter, ack)                                            \
    { name, DISPATCH_HEADERS("subscriptions/listen"), SUB_LISTEN(filter),     \
      MCP_ERROR_NONE, SUB_ACK(ack) }

#define SUB_REFUSED(name, filter, text)                                       \
    { name, DISPATCH_HEADERS("subscriptions/listen"), SUB_LISTEN(filter),     \
      MCP_ERROR_PARAMS,                                                       \
      DISPATCH_ERROR("7", "-32602", "Invalid params: \\\"" text) }


#define sub_is(text, name)                                                   \
    (void) mcp_buf_done(&b, &out);                                           \
    ngx_str_set(&expected, text);                                            \
    unit_is(&out, &expected, name)

#define sub_has(text)                                                        \
    (ngx_strnstr(action.result.data, "\"capabilities\":" text ",",           \
                 action.result.len) != NULL)


static dispatch_row_t  sub_rows[] = {

    SUB_ROW("nothing", "{}", "{}"),

    SUB_ROW("all lists", "{\"resourcesListChanged\":true,"
            "\"toolsListChanged\":true,\"promptsListChanged\":true}",
            "{\"toolsListChanged\":true,\"promptsListChanged\":true,"
            "\"resourcesListChanged\":true}"),

    SUB_ROW("one list", "{\"promptsListChanged\":true,"
            "\"toolsListChanged\":false}", "{\"promptsListChanged\":true}"),

    SUB_ROW("URIs, each once",
            SUB_URIS("[\"fix:full\",\"fix:bare\",\"fix:\\u0062are\"]"),
            SUB_URIS("[\"fix:full\",\"fix:bare\"]")),

    SUB_ROW("a URI of a template", SUB_URIS("[\"fix:a?shade=%20\"]"),
            SUB_URIS("[\"fix:a?shade=%20\"]")),

    SUB_ROW("what cannot be read is left out",
            SUB_URIS("[\"fox:a\",\"fix:bare\",\"\",\"\\\"\"]"),
            SUB_URIS("[\"fix:bare\"]")),

    SUB_ROW("no such URIs", SUB_URIS("[\"fox:a\"]"), "{}"),
    SUB_ROW("no URIs", SUB_URIS("[]"), "{}"),

    SUB_ROW("both", "{\"resourceSubscriptions\":[\"fix:bare\"],"
            "\"toolsListChanged\":true}", "{\"toolsListChanged\":true,"
            "\"resourceSubscriptions\":[\"fix:bare\"]}"),

    SUB_ROW("what is unknown is ignored", "{\"tasksChanged\":7,\"\":{}}", "{}"),

    SUB_REFUSED("a list that is a number", "{\"toolsListChanged\":1}",
                "toolsListChanged\\\" must be a boolean"),
    SUB_REFUSED("a list that is null", "{\"promptsListChanged\":null}",
                "promptsListChanged\\\" must be a boolean"),
    SUB_REFUSED("a list that is a string",
                "{\"resourcesListChanged\":\"true\"}",
                "resourcesListChanged\\\" must be a boolean"),
    SUB_REFUSED("URIs that are a string", SUB_URIS("\"fix:bare\""),
                "resourceSubscriptions\\\" must be an array of strings"),
    SUB_REFUSED("URIs that are null", SUB_URIS("null"),
                "resourceSubscriptions\\\" must be an array of strings"),
    SUB_REFUSED("a URI that is a number", SUB_URIS("[\"fix:bare\",7]"),
                "resourceSubscriptions\\\" must be an array of strings"),
    SUB_REFUSED("a URI that is an array", SUB_URIS("[[\"fix:bare\"]]"),
                "resourceSubscriptions\\\" must be an array of strings"),
    SUB_REFUSED("a filter that is an array", "[]",
                "notifications\\\" must be an object"),
    SUB_REFUSED("a filter that is null", "null",
                "notifications\\\" must be an object"),

    { "no filter", DISPATCH_HEADERS("subscriptions/listen"),
      FIXTURE_REQUEST("7", "subscriptions/listen", FIXTURE_MODERN),
      MCP_ERROR_PARAMS, DISPATCH_ERROR("7", "-32602", "Invalid params: "
                                       "\\\"notifications\\\" must be") },

    { "the id as it is", DISPATCH_HEADERS("subscriptions/listen"),
      FIXTURE_REQUEST("\"\\u0041\\\"\"", "subscriptions/listen",
                      FIXTURE_MODERN ",\"notifications\":{}"), MCP_ERROR_NONE,
      "LISTEN {\"jsonrpc\":\"2.0\",\"method\":"
      "\"notifications/subscriptions/acknowledged\",\"params\":{\"_meta\":{"
      "\"io.modelcontextprotocol/subscriptionId\":\"\\u0041\\\"\"},"
      "\"notifications\":{}}}" },

    { "legacy clients have no such method", "",
      FIXTURE_REQUEST("7", "subscriptions/listen", "\"notifications\":{}"),
      MCP_ERROR_METHOD, DISPATCH_ERROR("7", "-32601", "") },

    { "legacy: subscribe", DISPATCH_VERSION("2025-06-18"),
      SUB_LEGACY("subscribe", "\"uri\":\"fix:bare\""), MCP_ERROR_NONE,
      "SUBSCRIBE fix:bare" },

    { "legacy: subscribe to what is made by a template", "",
      SUB_LEGACY("subscribe", "\"uri\":\"fix:a/b\""), MCP_ERROR_NONE,
      "SUBSCRIBE fix:a/b" },

    { "legacy: subscribe to nothing", "",
      SUB_LEGACY("subscribe", "\"uri\":\"fox:bare\""), MCP_ERROR_NOT_FOUND_OLD,
      DISPATCH_ERROR("7", "-32002", "Resource not found\",\"data\":{"
                     "\"uri\":\"fox:bare\"}") },

    { "legacy: subscribe without a URI", "", SUB_LEGACY("subscribe", ""),
      MCP_ERROR_PARAMS,
      DISPATCH_ERROR("7", "-32602", "Invalid params: \\\"uri\\\" must be a "
                     "string") },

    { "legacy: unsubscribe", "",
      SUB_LEGACY("unsubscribe", "\"uri\":\"fox:bare\""), MCP_ERROR_NONE,
      "UNSUBSCRIBE fox:bare" },

    { "legacy: unsubscribe without a URI", "",
      SUB_LEGACY("unsubscribe", "\"uri\":[]"), MCP_ERROR_PARAMS,
      DISPATCH_ERROR("7", "-32602", "Invalid params: \\\"uri\\\" must be a "
                     "string") },

    { "modern: subscribe", DISPATCH_HEADERS("resources/subscribe"),
      FIXTURE_REQUEST("7", "resources/subscribe",
                      FIXTURE_MODERN ",\"uri\":\"fix:bare\""),
      MCP_ERROR_METHOD, DISPATCH_ERROR("7", "-32601", "") }
};


/* a server that has tools only, and no sessions */

static dispatch_row_t  sub_bare_rows[] = {

    SUB_ROW("what is not offered is not granted",
            "{\"resourcesListChanged\":true,\"toolsListChanged\":true,"
            "\"promptsListChanged\":true,"
            "\"resourceSubscriptions\":[\"fix:bare\"]}",
            "{\"toolsListChanged\":true}"),

    { "no sessions, no subscriptions", "",
      SUB_LEGACY("subscribe", "\"uri\":\"fix:bare\""), MCP_ERROR_METHOD,
      DISPATCH_ERROR("7", "-32601", "") }
};


/* bodies that publish; an answer that begins with '!' is the error */

static struct {
    const char  *body;
    const char  *changes;        /* numbers of lists, URIs */
} sub_published[] = {

    { "{\"method\":\"notifications/resources/updated\","
      "\"params\":{\"uri\":\"a:b\"}}", "a:b " },
    { " {\"jsonrpc\":\"2.0\",\"method\":\"notifications\\/resources/updated\","
      "\"params\":{\"_meta\":{},\"uri\":\"a:\\u0062\"}} ", "a:b " },
    { "{\"method\":\"notifications/tools/list_changed\"}", "1 " },
    { "{\"method\":\"notifications/prompts/list_changed\",\"params\":{}}",
      "2 " },
    { "{\"method\":\"notifications/resources/list_changed\",\"params\":7}",
      "4 " },
    { "[{\"method\":\"notifications/tools/list_changed\"},"
      "{\"method\":\"notifications/resources/updated\","
      "\"params\":{\"uri\":\"a:c\"}}]", "1 a:c " },

    { "", "!-32700" },
    { "{", "!-32700" },
    { "[]", "!an empty array" },
    { "7", "!a notification must be an object" },
    { "[[]]", "!a notification must be an object" },
    { "{}", "!\"method\" must be a string" },
    { "{\"method\":7}", "!\"method\" must be a string" },
    { "{\"method\":\"tools/list\"}", "!\"method\" must be notifications/" },
    { "{\"jsonrpc\":\"1.0\",\"method\":\"notifications/tools/list_changed\"}",
      "!\"jsonrpc\" must be" },
    { "{\"jsonrpc\":2.0,\"method\":\"notifications/tools/list_changed\"}",
      "!\"jsonrpc\" must be" },
    { "{\"id\":1,\"method\":\"notifications/tools/list_changed\"}",
      "!a notification must not have \"id\"" },
    { "{\"method\":\"notifications/resources/updated\"}",
      "!\"uri\" in \"params\" must be a string" },
    { "{\"method\":\"notifications/resources/updated\",\"params\":[]}",
      "!\"uri\" in \"params\" must be a string" },
    { "{\"method\":\"notifications/resources/updated\","
      "\"params\":{\"uri\":7}}", "!\"uri\" in \"params\" must be a string" },
    { "{\"method\":\"notifications/resources/updated\","
      "\"params\":{\"uri\":\"a b\"}}", "!\"uri\" must be a URI" },
    { "[{\"method\":\"notifications/tools/list_changed\"},{}]",
      "!\"method\" must be a string" },
    { "{\"method\":\"notifications/tools/list_changed\",\"a\":1,\"a\":1}",
      "!duplicate member name" }
};


static ngx_str_t
sub_publish(ngx_pool_t *pool, const char *body, size_t len)
{
    mcp_buf_t      b;
    ngx_int_t      rc;
    ngx_str_t      text, none;
    ngx_uint_t     i;
    ngx_array_t    changes;
    mcp_error_t    error;
    mcp_change_t  *change;

    text.len = len;
    text.data = unit_copy(pool, body, len);

    ngx_memzero(&error, sizeof(mcp_error_t));
    ngx_str_null(&none);

    rc = mcp_sub_published(pool, &text, &changes, &error);

    mcp_buf_init(&b, pool, 0);

    if (rc == NGX_DECLINED) {
        mcp_rpc_write_error(&b, &none, &error);

    } else if (rc == NGX_OK) {
        change = changes.elts;

        for (i = 0; i < changes.nelts; i++) {

            if (change[i].list) {
                mcp_buf_int(&b, change[i].list);

            } else {
                mcp_buf_str(&b, &change[i].uri);
            }

            mcp_buf_char(&b, ' ');
        }
    }

    (void) mcp_buf_done(&b, &text);

    return text;
}


static void
sub_test_published(void)
{
    u_char      *p, body[8192];
    mcp_buf_t    b;
    ngx_str_t    text, expected;
    ngx_uint_t   i, n;
    ngx_pool_t  *pool;
    const char  *row;

    for (i = 0; i < unit_nelts(sub_published); i++) {
        pool = unit_pool();
        row = sub_published[i].body;
        text = sub_publish(pool, row, ngx_strlen(row));

        expected.data = (u_char *) sub_published[i].changes;
        expected.len = ngx_strlen(expected.data);

        if (expected.data[0] != '!') {
            unit_is(&text, &expected, "publishes: %s", row);

        } else {
            /* as it stands in the answer */

            mcp_buf_init(&b, pool, 0);
            mcp_buf_json_string(&b, expected.data + 1, expected.len - 1);
            mcp_buf_char(&b, '\0');
            b.last[-2] = '\0';

            if (!unit_ok(text.len
                         && ngx_strnstr(text.data, (char *) b.start + 1,
                                        text.len)
                            != NULL,
                         "refused: %s", row))
            {
                unit_diag("%s", unit_show(text.data, text.len));
            }
        }

        ngx_destroy_pool(pool);
    }

    for (n = MCP_RPC_BATCH_MAX; n <= MCP_RPC_BATCH_MAX + 1; n++) {
        pool = unit_pool();
        p = body;

        for (i = 0; i < n; i++) {
            p = ngx_sprintf(p, "%c{\"method\":"
                            "\"notifications/tools/list_changed\"}",
                            i ? ',' : '[');
        }

        *p++ = ']';

        text = sub_publish(pool, (char *) body, p - body);

        unit_ok((text.data[0] == '1') == (n == MCP_RPC_BATCH_MAX),
                "an array of %d", (int) n);

        ngx_destroy_pool(pool);
    }
}


static void
sub_test_many(mcp_server_t *server)
{
    u_char      *p, *body;
    ngx_str_t    text, out;
    ngx_uint_t   i, n;
    ngx_pool_t  *pool;
    mcp_body_t   msgs;

    for (n = MCP_SUB_URIS_MAX; n <= MCP_SUB_URIS_MAX + 1; n++) {
        pool = unit_pool();
        body = ngx_palloc(pool, 32768);

        p = ngx_sprintf(body, "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":"
                        "\"subscriptions/listen\",\"params\":{" FIXTURE_MODERN
                        ",\"notifications\":{\"resourceSubscriptions\":");

        for (i = 0; i < n; i++) {
            p = ngx_sprintf(p, "%c\"fix:%ui\"", i ? ',' : '[', i);
        }

        p = ngx_sprintf(p, "]}}}");

        text.len = p - body;
        text.data = unit_copy(pool, body, text.len);

        out = dispatch_answer(server, pool, &msgs,
                              DISPATCH_HEADERS("subscriptions/listen"), &text);

        if (n == MCP_SUB_URIS_MAX) {
            unit_ok(ngx_strnstr(out.data, "\"fix:1023\"]}}}", out.len) != NULL,
                    "as many URIs as may be");

        } else {
            unit_ok(msgs.msgs->error.cause == MCP_ERROR_PARAMS,
                    "and one more");
        }

        ngx_destroy_pool(pool);
    }
}


static void
sub_test_write(mcp_server_t *server)
{
    mcp_buf_t    b;
    ngx_str_t    id, uri, out, expected;
    ngx_pool_t  *pool;

    pool = unit_pool();

    ngx_str_set(&id, "-12345678901234567890");
    ngx_str_set(&uri, "a:\"\n");

    mcp_buf_init(&b, pool, 0);
    mcp_sub_write_changed(&b, &id, MCP_SUB_PROMPTS);
    sub_is("{\"jsonrpc\":\"2.0\","
           "\"method\":\"notifications/prompts/list_changed\",\"params\":{"
           "\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":"
           "-12345678901234567890}}}", "a list");

    mcp_buf_init(&b, pool, 0);
    mcp_sub_write_changed(&b, NULL, MCP_SUB_TOOLS);
    sub_is("{\"jsonrpc\":\"2.0\","
           "\"method\":\"notifications/tools/list_changed\",\"params\":{}}",
           "a list, to a session");

    mcp_buf_init(&b, pool, 0);
    mcp_sub_write_updated(&b, &id, &uri);
    sub_is("{\"jsonrpc\":\"2.0\","
           "\"method\":\"notifications/resources/updated\",\"params\":{"
           "\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":"
           "-12345678901234567890},\"uri\":\"a:\\\"\\n\"}}", "a resource");

    mcp_buf_init(&b, pool, 0);
    mcp_sub_write_updated(&b, NULL, &uri);
    sub_is("{\"jsonrpc\":\"2.0\","
           "\"method\":\"notifications/resources/updated\",\"params\":{"
           "\"uri\":\"a:\\\"\\n\"}}", "a resource, to a session");

    mcp_buf_init(&b, pool, 0);
    mcp_sub_write_end(&b, server, &id);
    sub_is("{\"resultType\":\"complete\",\"_meta\":{"
           "\"io.modelcontextprotocol/serverInfo\":{\"name\":\"fixture\","
           "\"version\":\"1.0\",\"title\":\"A \\\"fixture\\\"\","
           "\"websiteUrl\":\"https://example.com/\","
           "\"icons\":[{\"src\":\"https://example.com/icon.png\"}]},"
           "\"io.modelcontextprotocol/subscriptionId\":"
           "-12345678901234567890}}", "the end");

    ngx_destroy_pool(pool);
}


static void
sub_test_capabilities(mcp_server_t *server, mcp_server_t *bare)
{
    mcp_msg_t     msg;
    ngx_uint_t    n;
    mcp_action_t  action;

    for (n = MCP_VERSION_2024_11_05; n < MCP_VERSIONS; n++) {
        msg.version = n;

        if (mcp_version_modern(n)) {
            (void) mcp_discover(bare, &msg, &action);
            unit_ok(sub_has("{\"logging\":{},\"tools\":{\"listChanged\":true}"
                            "}"), "discover");
            continue;
        }

        (void) mcp_initialize(bare, &msg, &action);
        unit_ok(sub_has("{\"logging\":{},\"tools\":{}}"),
                "initialize without sessions");

        (void) mcp_initialize(server, &msg, &action);
        unit_ok(ngx_strnstr(action.result.data, "\"tools\":{"
                            "\"listChanged\":true},\"resources\":{"
                            "\"listChanged\":true,\"subscribe\":true},"
                            "\"prompts\":{\"listChanged\":true}",
                            action.result.len) != NULL,
                "initialize with sessions");
    }
}


/* the same lists have the same digests, whatever else is different */

static void
sub_test_digest(mcp_server_t *server, mcp_server_t *bare)
{
    u_char         a[MCP_KEY], b[MCP_KEY];
    ngx_uint_t     list;
    ngx_pool_t    *pool;
    mcp_server_t  *other;

    pool = unit_pool();
    other = fixture_offers(pool, mcp_version_bit(MCP_VERSION_2026_07_28), 1);

    other->page_size = 1;
    other->ttl = 1;
    ngx_str_set(&other->info.version, "7");
    (void) mcp_server_render(other, pool);

    for (list = 1; list & MCP_SUB_ALL; list <<= 1) {
        mcp_sub_digest(server, list, a);

        mcp_sub_digest(other, list, b);
        unit_ok(ngx_memcmp(a, b, MCP_KEY) == 0, "digest of %d", (int) list);

        mcp_sub_digest(bare, list, b);
        unit_ok((ngx_memcmp(a, b, MCP_KEY) == 0) == (list == MCP_SUB_TOOLS),
                "digest of %d, elsewhere", (int) list);
    }

    other = fixture_server(pool, MCP_VERSION_MASK_ALL, 2);

    mcp_sub_digest(bare, MCP_SUB_TOOLS, a);
    mcp_sub_digest(other, MCP_SUB_TOOLS, b);
    unit_ok(ngx_memcmp(a, b, MCP_KEY) != 0, "digest of more tools");

    ngx_destroy_pool(pool);
}


int
main(void)
{
    ngx_pool_t    *pool;
    mcp_server_t  *server, *bare;

    pool = unit_pool();
    bare = fixture_server(pool, MCP_VERSION_MASK_ALL, 1);
    server = fixture_offers(pool, MCP_VERSION_MASK_ALL, 1);

    server->sessions = 1;

    if (mcp_server_render(server, pool) != NGX_OK) {
        abort();
    }

    dispatch_test_rows(server, sub_rows, unit_nelts(sub_rows));
    dispatch_test_rows(bare, sub_bare_rows, unit_nelts(sub_bare_rows));
    dispatch_test_memory_rows(server, sub_rows, unit_nelts(sub_rows));

    sub_test_many(server);
    sub_test_write(server);
    sub_test_published();
    sub_test_capabilities(server, bare);
    sub_test_digest(server, bare);

    ngx_destroy_pool(pool);

    return unit_done();
}
