
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_SERVER_H_INCLUDED_
#define _MCP_SERVER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_meta.h>
#include <mcp_catalog.h>


/*
 * An endpoint: what it is called, what it serves, and every answer that does
 * not depend on the request, rendered once.  Read-only after
 * mcp_server_render().
 */


typedef struct {
    ngx_str_t           name;
    ngx_str_t           version;
    ngx_str_t           title;       /* this and the following may be empty */
    ngx_str_t           website;
    ngx_str_t           icon;
} mcp_server_info_t;


typedef struct {
    mcp_server_info_t   info;
    ngx_str_t           instructions;
    ngx_uint_t          versions;    /* mask of mcp_version_bit() */
    ngx_uint_t          page_size;
    uint64_t            ttl;         /* of lists, milliseconds */
    unsigned            public:1;    /* "cacheScope" of lists */

    mcp_catalog_t       tools;       /* of mcp_tool_t */

    ngx_str_t           meta;        /* ,"_meta":{...} of modern results */
    ngx_str_t           discover;
    ngx_str_t           initialize[MCP_VERSIONS];
    ngx_array_t         tools_pages[MCP_VERSIONS];
} mcp_server_t;


/* what the glue has to do about a message that was dispatched */

typedef enum {
    MCP_ACTION_RESULT = 0,           /* answer with action->result */
    MCP_ACTION_CALL                  /* run msg->tool with action->args */
} mcp_action_e;


typedef struct {
    mcp_action_e        type;
    ngx_str_t           result;      /* JSON, the whole "result" */
    ngx_uint_t          closed;      /* a "}" stands behind these bytes */
    const cJSON        *args;        /* an object, checked */
} mcp_action_t;


/*
 * A method: NGX_OK (action), NGX_DECLINED (msg->error) or NGX_ERROR.
 */
typedef ngx_int_t (*mcp_method_pt)(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);


ngx_int_t mcp_server_render(mcp_server_t *server, ngx_pool_t *pool);

/* ,"ttlMs":...,"cacheScope":... of cacheable results */
void mcp_server_write_cache(mcp_buf_t *b, const mcp_server_t *server);

ngx_int_t mcp_discover(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);
ngx_int_t mcp_initialize(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);
ngx_int_t mcp_ping(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);


#endif /* _MCP_SERVER_H_INCLUDED_ */
