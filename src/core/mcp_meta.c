
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_meta.h>


#define MCP_CAPABILITY_PARTS  2


typedef struct {
    ngx_str_t           name;
    ngx_uint_t          bit;
} mcp_capability_part_t;


/* "named": the bit is that of a part too, the first one, and means the part
 * where the client names any; else it means the capability as a whole */
typedef struct {
    ngx_str_t              name;
    ngx_uint_t             bit;
    ngx_uint_t             named;
    mcp_capability_part_t  parts[MCP_CAPABILITY_PARTS];
} mcp_capability_t;


static void mcp_meta_read_capabilities(mcp_msg_t *msg,
    mcp_json_token_t *capabilities);
static ngx_uint_t mcp_meta_read_capability(mcp_msg_t *msg,
    mcp_json_token_t *value, const mcp_capability_t *c);
static ngx_uint_t mcp_meta_has_object(mcp_msg_t *msg,
    mcp_json_token_t *object, const ngx_str_t *name);
static void mcp_meta_write_capability(mcp_buf_t *b, ngx_uint_t mask,
    const mcp_capability_t *c);
static ngx_int_t mcp_meta_read_client(mcp_msg_t *msg, mcp_json_token_t *info);


static const ngx_str_t  mcp_versions[] = {
    ngx_string("2024-11-05"),
    ngx_string("2025-03-26"),
    ngx_string("2025-06-18"),
    ngx_string("2025-11-25"),
    ngx_string("2026-07-28")
};


static const mcp_capability_t  mcp_capabilities[] = {

    { ngx_string("sampling"), MCP_CLIENT_SAMPLING, 0,
      { { ngx_string("tools"), MCP_CLIENT_SAMPLING_TOOLS },
        { ngx_string("context"), MCP_CLIENT_SAMPLING_CONTEXT } } },

    { ngx_string("elicitation"), MCP_CLIENT_ELICITATION, 1,
      { { ngx_string("form"), MCP_CLIENT_ELICITATION },
        { ngx_string("url"), MCP_CLIENT_ELICITATION_URL } } },

    { ngx_string("roots"), MCP_CLIENT_ROOTS, 0,
      { { ngx_null_string, 0 }, { ngx_null_string, 0 } } },

    { ngx_null_string, 0, 0,
      { { ngx_null_string, 0 }, { ngx_null_string, 0 } } }
};


const ngx_str_t *
mcp_version_name(ngx_uint_t version)
{
    return &mcp_versions[version];
}


ngx_int_t
mcp_version_find(ngx_str_t *name, ngx_uint_t *version)
{
    ngx_uint_t  i;

    for (i = MCP_VERSIONS; i-- > 0; /* void */ ) {

        if (name->len == mcp_versions[i].len
            && ngx_memcmp(name->data, mcp_versions[i].data, name->len) == 0)
        {
            *version = i;
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


ngx_int_t
mcp_version_refuse(mcp_msg_t *msg, ngx_uint_t versions, ngx_str_t *requested)
{
    u_char      *sep;
    mcp_buf_t    b;
    ngx_str_t    quote;
    ngx_uint_t   i;

    mcp_buf_init(&b, msg->doc->pool, 128);

    mcp_buf_lit(&b, "{\"supported\":[");
    sep = (u_char *) "";

    for (i = MCP_VERSIONS; i-- > 0; /* void */ ) {
        if (versions & mcp_version_bit(i)) {
            mcp_buf_add(&b, sep, ngx_strlen(sep));
            mcp_buf_json_string(&b, mcp_versions[i].data, mcp_versions[i].len);
            sep = (u_char *) ",";
        }
    }

    quote = mcp_rpc_quote(requested);

    mcp_buf_lit(&b, "],\"requested\":");
    mcp_buf_json_string(&b, quote.data, quote.len);
    mcp_buf_char(&b, '}');

    msg->error.cause = MCP_ERROR_VERSION;
    ngx_str_null(&msg->error.text);

    return mcp_buf_done(&b, &msg->error.data) == NGX_OK ? NGX_DECLINED
                                                        : NGX_ERROR;
}


ngx_int_t
mcp_meta_client(mcp_msg_t *msg)
{
    mcp_json_token_t  *capabilities;

    capabilities = mcp_meta_get(msg, "clientCapabilities");

    if (capabilities == NULL || capabilities->type != MCP_JSON_OBJECT) {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_META,
                             "Invalid params: _meta must have an object "
                             "\"" MCP_META_PREFIX "clientCapabilities\"");
    }

    mcp_meta_read_capabilities(msg, capabilities);

    return mcp_meta_read_client(msg, mcp_meta_get(msg, "clientInfo"));
}


ngx_int_t
mcp_meta_initialize(mcp_msg_t *msg, ngx_uint_t versions)
{
    ngx_str_t          requested;
    ngx_uint_t         i;
    mcp_json_token_t  *version;

    version = mcp_json_get(msg->doc, msg->params, "protocolVersion");

    if (version == NULL || version->type != MCP_JSON_STRING) {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                             "Invalid params: \"protocolVersion\" must be "
                             "a string");
    }

    if (mcp_json_string(msg->doc, version, &requested) != NGX_OK) {
        return NGX_ERROR;
    }

    versions &= MCP_VERSION_MASK_LEGACY;

    if (mcp_version_find(&requested, &i) != NGX_OK
        || (versions & mcp_version_bit(i)) == 0)
    {
        i = MCP_VERSION_LEGACY_LAST;

        while ((versions & mcp_version_bit(i)) == 0) {
            i--;
        }
    }

    msg->version = i;

    mcp_meta_read_capabilities(msg, mcp_json_get(msg->doc, msg->params,
                                                 "capabilities"));

    return mcp_meta_read_client(msg, mcp_json_get(msg->doc, msg->params,
                                                  "clientInfo"));
}


static void
mcp_meta_read_capabilities(mcp_msg_t *msg, mcp_json_token_t *capabilities)
{
    mcp_json_token_t        *value;
    const mcp_capability_t  *c;

    for (c = mcp_capabilities; c->name.len; c++) {
        value = mcp_json_member(msg->doc, capabilities,
                                (char *) c->name.data, c->name.len);

        if (value && value->type == MCP_JSON_OBJECT) {
            msg->capabilities |= mcp_meta_read_capability(msg, value, c);
        }
    }
}


static ngx_uint_t
mcp_meta_read_capability(mcp_msg_t *msg, mcp_json_token_t *value,
    const mcp_capability_t *c)
{
    ngx_uint_t  i, bits;

    bits = 0;

    for (i = 0; i < MCP_CAPABILITY_PARTS; i++) {
        if (c->parts[i].bit
            && mcp_meta_has_object(msg, value, &c->parts[i].name))
        {
            bits |= c->parts[i].bit;
        }
    }

    return (bits && c->named) ? bits : bits | c->bit;
}


static ngx_uint_t
mcp_meta_has_object(mcp_msg_t *msg, mcp_json_token_t *object,
    const ngx_str_t *name)
{
    mcp_json_token_t  *value;

    value = mcp_json_member(msg->doc, object, (char *) name->data, name->len);

    return value && value->type == MCP_JSON_OBJECT;
}


/* a client that does not name itself well is served all the same */

static ngx_int_t
mcp_meta_read_client(mcp_msg_t *msg, mcp_json_token_t *info)
{
    u_char            *p;
    ngx_str_t          name, version;
    mcp_json_token_t  *value;

    value = mcp_json_get(msg->doc, info, "name");

    if (value == NULL || value->type != MCP_JSON_STRING) {
        return NGX_OK;
    }

    if (mcp_json_string(msg->doc, value, &name) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_str_null(&version);
    value = mcp_json_get(msg->doc, info, "version");

    if (value && value->type == MCP_JSON_STRING
        && mcp_json_string(msg->doc, value, &version) != NGX_OK)
    {
        return NGX_ERROR;
    }

    name = mcp_rpc_quote(&name);
    version = mcp_rpc_quote(&version);

    p = ngx_pnalloc(msg->doc->pool, name.len + 1 + version.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    msg->client.data = p;
    p = ngx_cpymem(p, name.data, name.len);

    if (version.len) {
        *p++ = '/';
        p = ngx_cpymem(p, version.data, version.len);
    }

    msg->client.len = p - msg->client.data;
    msg->client = mcp_rpc_quote(&msg->client);

    return NGX_OK;
}


void
mcp_meta_write_capabilities(mcp_buf_t *b, ngx_uint_t mask)
{
    ngx_uint_t               n, bits;
    const mcp_capability_t  *c;

    mcp_buf_char(b, '{');
    n = 0;

    for (c = mcp_capabilities; c->name.len; c++) {
        bits = mask & (c->bit | c->parts[0].bit | c->parts[1].bit);

        if (bits == 0) {
            continue;
        }

        if (n++) {
            mcp_buf_char(b, ',');
        }

        mcp_meta_write_capability(b, bits, c);
    }

    mcp_buf_char(b, '}');
}


/* the bit of the capability alone is written in the words of all revisions */

static void
mcp_meta_write_capability(mcp_buf_t *b, ngx_uint_t mask,
    const mcp_capability_t *c)
{
    ngx_uint_t                    i, n;
    const mcp_capability_part_t  *part;

    mcp_buf_json_string(b, c->name.data, c->name.len);
    mcp_buf_lit(b, ":{");

    n = 0;

    for (i = 0; i < MCP_CAPABILITY_PARTS && mask != c->bit; i++) {
        part = &c->parts[i];

        if ((mask & part->bit) == 0) {
            continue;
        }

        if (n++) {
            mcp_buf_char(b, ',');
        }

        mcp_buf_json_string(b, part->name.data, part->name.len);
        mcp_buf_lit(b, ":{}");
    }

    mcp_buf_char(b, '}');
}


ngx_int_t
mcp_meta_need(mcp_msg_t *msg, ngx_uint_t missing)
{
    mcp_buf_t  b;

    mcp_buf_init(&b, msg->doc->pool, 128);
    mcp_buf_lit(&b, "{\"requiredCapabilities\":");
    mcp_meta_write_capabilities(&b, missing);
    mcp_buf_char(&b, '}');

    msg->error.cause = MCP_ERROR_CAPABILITY;
    ngx_str_null(&msg->error.text);

    return mcp_buf_done(&b, &msg->error.data) == NGX_OK ? NGX_DECLINED
                                                        : NGX_ERROR;
}
