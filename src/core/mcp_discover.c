
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_tools.h>
#include <mcp_resources.h>
#include <mcp_prompts.h>


typedef struct {
    ngx_str_t           name;
    ngx_uint_t          bit;
    ngx_uint_t          version;     /* the first that has a word for it */
    const char         *changes;     /* for clients that can be told of them */
} mcp_server_capability_t;


static ngx_int_t mcp_server_render_meta(mcp_server_t *server,
    ngx_pool_t *pool);
static ngx_int_t mcp_server_render_discover(mcp_server_t *server,
    ngx_pool_t *pool);
static ngx_int_t mcp_server_render_initialize(mcp_server_t *server,
    ngx_pool_t *pool, ngx_uint_t version);
static void mcp_server_write_capabilities(mcp_buf_t *b,
    const mcp_server_t *server, ngx_uint_t version);
static void mcp_server_write_info(mcp_buf_t *b, const mcp_server_info_t *info,
    ngx_uint_t version);


/* tools are always there, if only as an empty list */

static const mcp_server_capability_t  mcp_server_capabilities[] = {
    { ngx_string("logging"), MCP_SERVER_LOGGING, MCP_VERSION_2024_11_05,
      "{}" },
    { ngx_string("tools"), MCP_SERVER_TOOLS, MCP_VERSION_2024_11_05,
      "{\"listChanged\":true}" },
    { ngx_string("resources"), MCP_SERVER_RESOURCES, MCP_VERSION_2024_11_05,
      "{\"listChanged\":true,\"subscribe\":true}" },
    { ngx_string("prompts"), MCP_SERVER_PROMPTS, MCP_VERSION_2024_11_05,
      "{\"listChanged\":true}" },
    { ngx_string("completions"), MCP_SERVER_COMPLETIONS,
      MCP_VERSION_2025_03_26, "{}" },
    { ngx_null_string, 0, 0, NULL }
};


ngx_int_t
mcp_server_init(mcp_server_t *server, ngx_pool_t *pool)
{
    ngx_uint_t  i;

    for (i = 0; i < MCP_OFFERS; i++) {
        if (mcp_catalog_init(&server->offers[i].catalog, pool) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
mcp_server_render(mcp_server_t *server, ngx_pool_t *pool)
{
    ngx_uint_t  v;

    server->capabilities = MCP_SERVER_TOOLS|MCP_SERVER_LOGGING
                           | mcp_resources_capabilities(server)
                           | mcp_prompts_capabilities(server);

    if (server->sessions && (server->capabilities & MCP_SERVER_RESOURCES)) {
        server->capabilities |= MCP_SERVER_SUBSCRIBE;
    }

    if (mcp_server_render_meta(server, pool) != NGX_OK
        || mcp_server_render_discover(server, pool) != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (v = 0; v <= MCP_VERSION_LEGACY_LAST; v++) {
        if (mcp_server_render_initialize(server, pool, v) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (mcp_tools_render(server, pool) != NGX_OK
        || mcp_resources_render(server, pool) != NGX_OK
        || mcp_prompts_render(server, pool) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_server_render_meta(mcp_server_t *server, ngx_pool_t *pool)
{
    mcp_buf_t  b;

    mcp_buf_init(&b, pool, 256);
    mcp_buf_lit(&b, ",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":");
    mcp_server_write_info(&b, &server->info, MCP_VERSION_2026_07_28);
    mcp_buf_char(&b, '}');

    return mcp_buf_done(&b, &server->meta);
}


static ngx_int_t
mcp_server_render_discover(mcp_server_t *server, ngx_pool_t *pool)
{
    mcp_buf_t         b;
    ngx_uint_t        v, n;
    const ngx_str_t  *name;

    mcp_buf_init(&b, pool, 512);
    mcp_buf_lit(&b, "{\"resultType\":\"complete\",\"supportedVersions\":[");

    n = 0;

    for (v = MCP_VERSIONS; v-- > 0; /* void */ ) {

        if ((server->versions & mcp_version_bit(v)) == 0) {
            continue;
        }

        if (n++) {
            mcp_buf_char(&b, ',');
        }

        name = mcp_version_name(v);
        mcp_buf_json_string(&b, name->data, name->len);
    }

    mcp_buf_lit(&b, "],");
    mcp_server_write_capabilities(&b, server, MCP_VERSION_2026_07_28);
    mcp_buf_json_member(&b, "instructions", &server->instructions);
    mcp_server_write_cache(&b, server->ttl, server->public);
    mcp_buf_str(&b, &server->meta);
    mcp_buf_char(&b, '}');

    return mcp_buf_done(&b, &server->discover);
}


static ngx_int_t
mcp_server_render_initialize(mcp_server_t *server, ngx_pool_t *pool,
    ngx_uint_t version)
{
    mcp_buf_t         b;
    const ngx_str_t  *name;

    name = mcp_version_name(version);

    mcp_buf_init(&b, pool, 512);
    mcp_buf_lit(&b, "{\"protocolVersion\":");
    mcp_buf_json_string(&b, name->data, name->len);
    mcp_buf_char(&b, ',');
    mcp_server_write_capabilities(&b, server, version);
    mcp_buf_lit(&b, ",\"serverInfo\":");
    mcp_server_write_info(&b, &server->info, version);
    mcp_buf_json_member(&b, "instructions", &server->instructions);
    mcp_buf_char(&b, '}');

    return mcp_buf_done(&b, &server->initialize[version]);
}


static void
mcp_server_write_capabilities(mcp_buf_t *b, const mcp_server_t *server,
    ngx_uint_t version)
{
    ngx_uint_t                      n, changes;
    const mcp_server_capability_t  *c;

    /* a legacy client can be told in the stream of its session only */

    changes = mcp_version_modern(version) || server->sessions;

    mcp_buf_lit(b, "\"capabilities\":{");
    n = 0;

    for (c = mcp_server_capabilities; c->name.len; c++) {

        if ((server->capabilities & c->bit) == 0 || version < c->version) {
            continue;
        }

        if (n++) {
            mcp_buf_char(b, ',');
        }

        mcp_buf_json_string(b, c->name.data, c->name.len);
        mcp_buf_char(b, ':');

        if (changes) {
            mcp_buf_add(b, c->changes, ngx_strlen(c->changes));

        } else {
            mcp_buf_lit(b, "{}");
        }
    }

    mcp_buf_char(b, '}');
}


static void
mcp_server_write_info(mcp_buf_t *b, const mcp_server_info_t *info,
    ngx_uint_t version)
{
    mcp_buf_lit(b, "{\"name\":");
    mcp_buf_json_string(b, info->name.data, info->name.len);
    mcp_buf_json_member(b, "version", &info->version);

    mcp_list_write_title(b, &info->title, version);

    if (version >= MCP_VERSION_2025_11_25) {
        mcp_buf_json_member(b, "websiteUrl", &info->website);
    }

    mcp_list_write_icon(b, &info->icon, version);

    mcp_buf_char(b, '}');
}


void
mcp_server_write_cache(mcp_buf_t *b, uint64_t ttl, ngx_uint_t public)
{
    mcp_buf_lit(b, ",\"ttlMs\":");
    mcp_buf_int(b, ttl);

    if (public) {
        mcp_buf_lit(b, ",\"cacheScope\":\"public\"");

    } else {
        mcp_buf_lit(b, ",\"cacheScope\":\"private\"");
    }
}


ngx_int_t
mcp_discover(const mcp_server_t *server, mcp_msg_t *msg, mcp_action_t *action)
{
    action->type = MCP_ACTION_RESULT;
    action->result = server->discover;

    return NGX_OK;
}


ngx_int_t
mcp_initialize(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action)
{
    action->type = MCP_ACTION_INITIALIZE;
    action->result = server->initialize[msg->version];

    return NGX_OK;
}


ngx_int_t
mcp_ping(const mcp_server_t *server, mcp_msg_t *msg, mcp_action_t *action)
{
    action->type = MCP_ACTION_RESULT;
    ngx_str_set(&action->result, "{}");

    return NGX_OK;
}
