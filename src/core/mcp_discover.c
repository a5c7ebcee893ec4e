
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_server.h>
#include <mcp_tools.h>


#define MCP_SERVER_CAPABILITIES                                              \
    "\"capabilities\":{\"logging\":{},\"tools\":{}}"


static ngx_int_t mcp_server_render_meta(mcp_server_t *server,
    ngx_pool_t *pool);
static ngx_int_t mcp_server_render_discover(mcp_server_t *server,
    ngx_pool_t *pool);
static ngx_int_t mcp_server_render_initialize(mcp_server_t *server,
    ngx_pool_t *pool, ngx_uint_t version);
static void mcp_server_write_info(mcp_buf_t *b, const mcp_server_info_t *info,
    ngx_uint_t version);


ngx_int_t
mcp_server_render(mcp_server_t *server, ngx_pool_t *pool)
{
    ngx_uint_t  v;

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

    return mcp_tools_render(server, pool);
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

    mcp_buf_lit(&b, "]," MCP_SERVER_CAPABILITIES);
    mcp_buf_json_member(&b, "instructions", &server->instructions);
    mcp_server_write_cache(&b, server);
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
    mcp_buf_lit(&b, "," MCP_SERVER_CAPABILITIES ",\"serverInfo\":");
    mcp_server_write_info(&b, &server->info, version);
    mcp_buf_json_member(&b, "instructions", &server->instructions);
    mcp_buf_char(&b, '}');

    return mcp_buf_done(&b, &server->initialize[version]);
}


static void
mcp_server_write_info(mcp_buf_t *b, const mcp_server_info_t *info,
    ngx_uint_t version)
{
    mcp_buf_lit(b, "{\"name\":");
    mcp_buf_json_string(b, info->name.data, info->name.len);
    mcp_buf_json_member(b, "version", &info->version);

    if (version >= MCP_VERSION_2025_06_18) {
        mcp_buf_json_member(b, "title", &info->title);
    }

    if (version >= MCP_VERSION_2025_11_25) {
        mcp_buf_json_member(b, "websiteUrl", &info->website);

        if (info->icon.len) {
            mcp_buf_lit(b, ",\"icons\":[{\"src\":");
            mcp_buf_json_string(b, info->icon.data, info->icon.len);
            mcp_buf_lit(b, "}]");
        }
    }

    mcp_buf_char(b, '}');
}


void
mcp_server_write_cache(mcp_buf_t *b, const mcp_server_t *server)
{
    mcp_buf_lit(b, ",\"ttlMs\":");
    mcp_buf_int(b, server->ttl);

    if (server->public) {
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
    action->type = MCP_ACTION_RESULT;
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
