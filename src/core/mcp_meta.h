
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_META_H_INCLUDED_
#define _MCP_META_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_rpc.h>


/*
 * Revisions of the protocol, and what a client says of itself: in "_meta" of
 * every request in the modern era (MCP 2026-07-28 basic, "_meta"), in the
 * params of "initialize" in the legacy one.
 */


#define MCP_VERSION_2024_11_05   0
#define MCP_VERSION_2025_03_26   1
#define MCP_VERSION_2025_06_18   2
#define MCP_VERSION_2025_11_25   3
#define MCP_VERSION_2026_07_28   4
#define MCP_VERSIONS             5

#define MCP_VERSION_LEGACY_LAST  MCP_VERSION_2025_11_25

#define mcp_version_bit(v)       (1u << (v))
#define mcp_version_modern(v)    ((v) > MCP_VERSION_LEGACY_LAST)

#define MCP_VERSION_MASK_ALL     (mcp_version_bit(MCP_VERSIONS) - 1)
#define MCP_VERSION_MASK_LEGACY                                              \
    (mcp_version_bit(MCP_VERSION_LEGACY_LAST + 1) - 1)
#define MCP_VERSION_MASK_MODERN                                              \
    (MCP_VERSION_MASK_ALL & ~MCP_VERSION_MASK_LEGACY)

/* older than the header MCP-Protocol-Version */
#define MCP_VERSION_MASK_NO_HEADER                                           \
    (mcp_version_bit(MCP_VERSION_2025_06_18) - 1)


/* client capabilities, the same bits as NGX_HTTP_MCP_NEED_*; elicitation is
 * that of forms, which a client that names no mode can show */
#define MCP_CLIENT_SAMPLING      0x0001
#define MCP_CLIENT_ELICITATION   0x0002
#define MCP_CLIENT_ROOTS         0x0004
#define MCP_CLIENT_ELICITATION_URL   0x0008
#define MCP_CLIENT_SAMPLING_TOOLS    0x0010
#define MCP_CLIENT_SAMPLING_CONTEXT  0x0020


/* the date, "2025-06-18" for example */
const ngx_str_t *mcp_version_name(ngx_uint_t version);

/* NGX_OK, or NGX_DECLINED if there is no such revision */
ngx_int_t mcp_version_find(ngx_str_t *name, ngx_uint_t *version);

/*
 * Records an MCP_ERROR_VERSION with "supported" (newest first) and
 * "requested".  NGX_DECLINED or NGX_ERROR.
 */
ngx_int_t mcp_version_refuse(mcp_msg_t *msg, ngx_uint_t versions,
    ngx_str_t *requested);

#define MCP_META_PREFIX  "io.modelcontextprotocol/"

/* the value of _meta["io.modelcontextprotocol/<key>"], NULL if there is none */
#define mcp_meta_get(msg, key)                                               \
    mcp_json_get((msg)->doc, (msg)->meta, MCP_META_PREFIX key)

/*
 * Modern: reads clientCapabilities, which must be there, and clientInfo.
 * NGX_OK, NGX_DECLINED (msg->error) or NGX_ERROR.
 */
ngx_int_t mcp_meta_client(mcp_msg_t *msg);

/*
 * Legacy "initialize": negotiates msg->version, reads capabilities and
 * clientInfo.  NGX_OK, NGX_DECLINED (msg->error) or NGX_ERROR.
 */
ngx_int_t mcp_meta_initialize(mcp_msg_t *msg, ngx_uint_t versions);

/* {"sampling":{},...} for the bits in "mask" */
void mcp_meta_write_capabilities(mcp_buf_t *b, ngx_uint_t mask);

/*
 * Records an MCP_ERROR_CAPABILITY with "requiredCapabilities".  NGX_DECLINED
 * or NGX_ERROR.
 */
ngx_int_t mcp_meta_need(mcp_msg_t *msg, ngx_uint_t missing);


#endif /* _MCP_META_H_INCLUDED_ */
