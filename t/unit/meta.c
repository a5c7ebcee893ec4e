
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_meta: revisions, what a client says of itself */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_meta.h>
#include "unit.h"


#define META_KEY(name)  "\"io.modelcontextprotocol/" name "\""

/* a hundred bytes */
#define META_LONG                                                             \
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"                      \
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"


static struct {
    const char  *name;
    ngx_int_t    version;        /* -1: there is none */
    ngx_uint_t   modern;
} meta_versions[] = {
    { "2024-11-05", MCP_VERSION_2024_11_05, 0 },
    { "2025-03-26", MCP_VERSION_2025_03_26, 0 },
    { "2025-06-18", MCP_VERSION_2025_06_18, 0 },
    { "2025-11-25", MCP_VERSION_2025_11_25, 0 },
    { "2026-07-28", MCP_VERSION_2026_07_28, 1 },
    { "2025-06-1", -1, 0 },
    { "2025-06-180", -1, 0 },
    { "2025-06-17", -1, 0 },
    { "v2025-06-18", -1, 0 },
    { "1.0", -1, 0 },
    { "", -1, 0 }
};


static struct {
    ngx_uint_t   versions;
    const char  *requested;
    const char  *data;
} meta_refusals[] = {
    { MCP_VERSION_MASK_ALL, "v999.0.0",
      "{\"supported\":[\"2026-07-28\",\"2025-11-25\",\"2025-06-18\","
      "\"2025-03-26\",\"2024-11-05\"],\"requested\":\"v999.0.0\"}" },
    { MCP_VERSION_MASK_MODERN, "2025-06-18",
      "{\"supported\":[\"2026-07-28\"],\"requested\":\"2025-06-18\"}" },
    { MCP_VERSION_MASK_LEGACY & ~mcp_version_bit(MCP_VERSION_2025_06_18),
      "a\"\n", "{\"supported\":[\"2025-11-25\",\"2025-03-26\","
      "\"2024-11-05\"],\"requested\":\"a\\\"\\n\"}" },
    { mcp_version_bit(MCP_VERSION_2024_11_05), "",
      "{\"supported\":[\"2024-11-05\"],\"requested\":\"\"}" },
    { MCP_VERSION_MASK_MODERN, META_LONG META_LONG,
      "{\"supported\":[\"2026-07-28\"],\"requested\":\"" META_LONG
      "xxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}" }
};


/* _meta of a modern request */

static struct {
    const char  *meta;
    mcp_error_e  cause;
    ngx_uint_t   capabilities;
    const char  *client;
} meta_clients[] = {
    { "{}", MCP_ERROR_META, 0, "" },
    { "{" META_KEY("clientInfo") ":{\"name\":\"a\"}}", MCP_ERROR_META, 0, "" },
    { "{" META_KEY("clientCapabilities") ":null}", MCP_ERROR_META, 0, "" },
    { "{" META_KEY("clientCapabilities") ":[]}", MCP_ERROR_META, 0, "" },
    { "{" META_KEY("clientCapabilities") ":true}", MCP_ERROR_META, 0, "" },
    { "{\"clientCapabilities\":{}}", MCP_ERROR_META, 0, "" },
    { "{\"io.modelcontextprotocol/clientcapabilities\":{}}",
      MCP_ERROR_META, 0, "" },

    { "{" META_KEY("clientCapabilities") ":{}}", MCP_ERROR_NONE, 0, "" },
    { "{" META_KEY("clientCapabilities") ":{\"sampling\":{}}}",
      MCP_ERROR_NONE, MCP_CLIENT_SAMPLING, "" },
    { "{" META_KEY("clientCapabilities") ":{\"elicitation\":{\"form\":{}},"
      "\"roots\":{\"listChanged\":true},\"experimental\":{},\"x\":1}}",
      MCP_ERROR_NONE, MCP_CLIENT_ELICITATION|MCP_CLIENT_ROOTS, "" },
    { "{" META_KEY("clientCapabilities") ":{\"elicitation\":{}}}",
      MCP_ERROR_NONE, MCP_CLIENT_ELICITATION, "" },
    { "{" META_KEY("clientCapabilities") ":{\"elicitation\":{\"url\":{}}}}",
      MCP_ERROR_NONE, MCP_CLIENT_ELICITATION_URL, "" },
    { "{" META_KEY("clientCapabilities") ":{\"elicitation\":{\"url\":{},"
      "\"form\":{\"applyDefaults\":true}}}}", MCP_ERROR_NONE,
      MCP_CLIENT_ELICITATION|MCP_CLIENT_ELICITATION_URL, "" },
    { "{" META_KEY("clientCapabilities") ":{\"elicitation\":{\"url\":true,"
      "\"\":{}}}}", MCP_ERROR_NONE, MCP_CLIENT_ELICITATION, "" },
    { "{" META_KEY("clientCapabilities") ":{\"sampling\":{\"context\":{},"
      "\"tools\":{}}}}", MCP_ERROR_NONE, MCP_CLIENT_SAMPLING
      |MCP_CLIENT_SAMPLING_TOOLS|MCP_CLIENT_SAMPLING_CONTEXT, "" },
    { "{" META_KEY("clientCapabilities") ":{\"sampling\":null,"
      "\"elicitation\":true,\"roots\":[],\"Sampling\":{}}}",
      MCP_ERROR_NONE, 0, "" },

    /* clientInfo is optional */

    { "{" META_KEY("clientCapabilities") ":{},"
      META_KEY("clientInfo") ":{\"name\":\"a\",\"version\":\"1\"}}",
      MCP_ERROR_NONE, 0, "a/1" },
    { "{" META_KEY("clientCapabilities") ":{},"
      META_KEY("clientInfo") ":{\"name\":\"\\u0061\"}}",
      MCP_ERROR_NONE, 0, "a" },
    { "{" META_KEY("clientCapabilities") ":{},"
      META_KEY("clientInfo") ":{\"name\":\"a\",\"version\":1}}",
      MCP_ERROR_NONE, 0, "a" },
    { "{" META_KEY("clientCapabilities") ":{},"
      META_KEY("clientInfo") ":{\"name\":\"\",\"version\":\"\"}}",
      MCP_ERROR_NONE, 0, "" },
    { "{" META_KEY("clientCapabilities") ":{},"
      META_KEY("clientInfo") ":{\"version\":\"1\"}}",
      MCP_ERROR_NONE, 0, "" },
    { "{" META_KEY("clientCapabilities") ":{},"
      META_KEY("clientInfo") ":{\"name\":7}}", MCP_ERROR_NONE, 0, "" },
    { "{" META_KEY("clientCapabilities") ":{},"
      META_KEY("clientInfo") ":\"a\"}", MCP_ERROR_NONE, 0, "" },
    { "{" META_KEY("clientCapabilities") ":{},"
      META_KEY("clientInfo") ":{\"name\":\"" META_LONG "\",\"version\":\""
      META_LONG "\"}}", MCP_ERROR_NONE, 0,
      META_LONG "/xxxxxxxxxxxxxxxxxxxxxxxxxxx" }
};


/* negotiation */

#define META_OLD  (mcp_version_bit(MCP_VERSION_2024_11_05)                    \
                   |mcp_version_bit(MCP_VERSION_2025_03_26))

static struct {
    const char  *params;
    ngx_uint_t   versions;
    ngx_int_t    version;        /* -1: MCP_ERROR_PARAMS */
} meta_initializes[] = {
    { "{\"protocolVersion\":\"2024-11-05\"}", MCP_VERSION_MASK_ALL,
      MCP_VERSION_2024_11_05 },
    { "{\"protocolVersion\":\"2025-03-26\"}", MCP_VERSION_MASK_ALL,
      MCP_VERSION_2025_03_26 },
    { "{\"protocolVersion\":\"2025-06-18\"}", MCP_VERSION_MASK_ALL,
      MCP_VERSION_2025_06_18 },
    { "{\"protocolVersion\":\"2025\\u002d11-25\"}", MCP_VERSION_MASK_ALL,
      MCP_VERSION_2025_11_25 },

    /* another: the newest of the handshake revisions */

    { "{\"protocolVersion\":\"2026-07-28\"}", MCP_VERSION_MASK_ALL,
      MCP_VERSION_2025_11_25 },
    { "{\"protocolVersion\":\"1999-01-01\"}", MCP_VERSION_MASK_ALL,
      MCP_VERSION_2025_11_25 },
    { "{\"protocolVersion\":\"\"}", MCP_VERSION_MASK_ALL,
      MCP_VERSION_2025_11_25 },
    { "{\"protocolVersion\":\"2025-11-25\"}", META_OLD,
      MCP_VERSION_2025_03_26 },
    { "{\"protocolVersion\":\"2024-11-05\"}", META_OLD,
      MCP_VERSION_2024_11_05 },
    { "{\"protocolVersion\":\"2026-07-28\"}",
      MCP_VERSION_MASK_MODERN|mcp_version_bit(MCP_VERSION_2024_11_05),
      MCP_VERSION_2024_11_05 },

    { "{}", MCP_VERSION_MASK_ALL, -1 },
    { "{\"protocolVersion\":null}", MCP_VERSION_MASK_ALL, -1 },
    { "{\"protocolVersion\":20250618}", MCP_VERSION_MASK_ALL, -1 },
    { "{\"protocolVersion\":[\"2025-06-18\"]}", MCP_VERSION_MASK_ALL, -1 }
};


/* a request with these params */

static void
meta_message(mcp_msg_t *msg, mcp_json_doc_t *doc, ngx_pool_t *pool,
    const char *head, const char *params)
{
    u_char  *p, buf[2048];

    p = ngx_sprintf(buf, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\","
                    "\"params\":%s%s%s}", head, params, *head ? "}" : "");

    ngx_memzero(msg, sizeof(mcp_msg_t));

    if (mcp_json_scan(doc, pool, unit_copy(pool, buf, p - buf), p - buf)
        != NGX_OK
        || mcp_rpc_envelope(msg, doc, doc->tokens) != NGX_OK)
    {
        fprintf(stderr, "bad row: %s\n", params);
        abort();
    }
}


static ngx_uint_t
meta_same(ngx_str_t *s, const char *text)
{
    return s->len == ngx_strlen(text)
           && (s->len == 0 || ngx_memcmp(s->data, text, s->len) == 0);
}


static void
meta_test_versions(void)
{
    ngx_int_t         rc;
    ngx_str_t         name;
    ngx_uint_t        i, version;
    const ngx_str_t  *found;

    for (i = 0; i < unit_nelts(meta_versions); i++) {
        name.data = (u_char *) meta_versions[i].name;
        name.len = ngx_strlen(name.data);
        version = 99;

        rc = mcp_version_find(&name, &version);

        if (meta_versions[i].version == -1) {
            unit_ok(rc == NGX_DECLINED && version == 99,
                    "no revision: \"%s\"", meta_versions[i].name);
            continue;
        }

        found = mcp_version_name(version);

        unit_ok(rc == NGX_OK
                && (ngx_int_t) version == meta_versions[i].version
                && meta_same((ngx_str_t *) found, meta_versions[i].name)
                && mcp_version_modern(version) == meta_versions[i].modern
                && ((mcp_version_bit(version) & MCP_VERSION_MASK_MODERN) != 0)
                   == meta_versions[i].modern,
                "revision %s", meta_versions[i].name);
    }
}


static void
meta_test_refusals(void)
{
    ngx_int_t        rc;
    ngx_str_t        requested;
    mcp_msg_t        msg;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;

    for (i = 0; i < unit_nelts(meta_refusals); i++) {
        pool = unit_pool();
        meta_message(&msg, &doc, pool, "", "{}");

        requested.len = ngx_strlen(meta_refusals[i].requested);
        requested.data = unit_copy(pool, meta_refusals[i].requested,
                                   requested.len);

        rc = mcp_version_refuse(&msg, meta_refusals[i].versions, &requested);

        if (!unit_ok(rc == NGX_DECLINED && msg.error.cause == MCP_ERROR_VERSION
                     && meta_same(&msg.error.data, meta_refusals[i].data),
                     "refused: \"%s\"",
                     unit_show(requested.data, requested.len)))
        {
            unit_diag("%s", unit_show(msg.error.data.data,
                                      msg.error.data.len));
        }

        ngx_destroy_pool(pool);
    }
}


static void
meta_test_clients(void)
{
    ngx_int_t        rc;
    mcp_msg_t        msg;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;

    for (i = 0; i < unit_nelts(meta_clients); i++) {
        pool = unit_pool();
        meta_message(&msg, &doc, pool, "{\"_meta\":", meta_clients[i].meta);

        rc = mcp_meta_client(&msg);

        if (!unit_ok(rc == (meta_clients[i].cause ? NGX_DECLINED : NGX_OK)
                     && msg.error.cause == meta_clients[i].cause
                     && msg.capabilities == meta_clients[i].capabilities
                     && meta_same(&msg.client, meta_clients[i].client),
                     "modern: %s", meta_clients[i].meta))
        {
            unit_diag("rc %d, capabilities %d, client %s", (int) rc,
                      (int) msg.capabilities,
                      unit_show(msg.client.data, msg.client.len));
        }

        ngx_destroy_pool(pool);
    }
}


static void
meta_test_initialize(void)
{
    ngx_int_t        rc;
    mcp_msg_t        msg;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;

    for (i = 0; i < unit_nelts(meta_initializes); i++) {
        pool = unit_pool();
        meta_message(&msg, &doc, pool, "", meta_initializes[i].params);

        rc = mcp_meta_initialize(&msg, meta_initializes[i].versions);

        if (meta_initializes[i].version == -1) {
            unit_ok(rc == NGX_DECLINED && msg.error.cause == MCP_ERROR_PARAMS,
                    "no version: %s", meta_initializes[i].params);

        } else {
            unit_ok(rc == NGX_OK
                    && (ngx_int_t) msg.version == meta_initializes[i].version,
                    "initialize: %s, of revisions %02x: %d",
                    meta_initializes[i].params,
                    (int) meta_initializes[i].versions,
                    (int) meta_initializes[i].version);
        }

        ngx_destroy_pool(pool);
    }

    pool = unit_pool();
    meta_message(&msg, &doc, pool, "",
                 "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":"
                 "{\"roots\":{},\"sampling\":{}},\"clientInfo\":"
                 "{\"name\":\"c\",\"version\":\"2\"},\"x\":null}");

    unit_ok(mcp_meta_initialize(&msg, MCP_VERSION_MASK_ALL) == NGX_OK
            && msg.capabilities == (MCP_CLIENT_ROOTS|MCP_CLIENT_SAMPLING)
            && meta_same(&msg.client, "c/2"),
            "initialize: capabilities and name");

    meta_message(&msg, &doc, pool, "", "{\"protocolVersion\":\"2025-06-18\","
                 "\"capabilities\":null,\"clientInfo\":[1]}");

    unit_ok(mcp_meta_initialize(&msg, MCP_VERSION_MASK_ALL) == NGX_OK
            && msg.capabilities == 0 && msg.client.len == 0,
            "initialize: neither");

    ngx_destroy_pool(pool);
}


static void
meta_test_capabilities(void)
{
    mcp_buf_t    b;
    ngx_str_t    out;
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    static struct {
        ngx_uint_t   mask;
        const char  *text;
    } rows[] = {
        { 0, "{}" },
        { MCP_CLIENT_SAMPLING, "{\"sampling\":{}}" },
        { MCP_CLIENT_ROOTS, "{\"roots\":{}}" },
        { MCP_CLIENT_ELICITATION, "{\"elicitation\":{}}" },
        { MCP_CLIENT_ELICITATION_URL|MCP_CLIENT_SAMPLING_CONTEXT,
          "{\"sampling\":{\"context\":{}},\"elicitation\":{\"url\":{}}}" },
        { MCP_CLIENT_ELICITATION|MCP_CLIENT_ELICITATION_URL,
          "{\"elicitation\":{\"form\":{},\"url\":{}}}" },
        { MCP_CLIENT_SAMPLING|MCP_CLIENT_ELICITATION|MCP_CLIENT_ROOTS,
          "{\"sampling\":{},\"elicitation\":{},\"roots\":{}}" }
    };

    pool = unit_pool();

    for (i = 0; i < unit_nelts(rows); i++) {
        mcp_buf_init(&b, pool, 0);
        mcp_meta_write_capabilities(&b, rows[i].mask);

        unit_ok(mcp_buf_done(&b, &out) == NGX_OK
                && meta_same(&out, rows[i].text),
                "capabilities: %s", rows[i].text);
    }

    ngx_destroy_pool(pool);
}


int
main(void)
{
    meta_test_versions();
    meta_test_refusals();
    meta_test_clients();
    meta_test_initialize();
    meta_test_capabilities();

    return unit_done();
}
