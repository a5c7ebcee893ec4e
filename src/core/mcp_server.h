
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
#include <mcp_state.h>


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


/* what an endpoint lists */

typedef enum {
    MCP_OFFER_TOOLS = 0,             /* of mcp_tool_t, by name */
    MCP_OFFER_RESOURCES,             /* of mcp_resource_t, by URI */
    MCP_OFFER_TEMPLATES,             /* of mcp_resource_t, by template */
    MCP_OFFER_PROMPTS,               /* of mcp_prompt_t, by name */
    MCP_OFFERS
} mcp_offer_e;


typedef struct {
    mcp_catalog_t       catalog;
    ngx_array_t         pages[MCP_VERSIONS];
    u_char              digest[MCP_KEY];  /* of all items, as they are listed
                                             in the newest revision */
} mcp_offer_t;


/* what an endpoint says it has, and the methods that go with it */

#define MCP_SERVER_TOOLS        0x0001
#define MCP_SERVER_RESOURCES    0x0002
#define MCP_SERVER_PROMPTS      0x0004
#define MCP_SERVER_COMPLETIONS  0x0008
#define MCP_SERVER_LOGGING      0x0010
#define MCP_SERVER_SUBSCRIBE    0x0020   /* legacy clients to resources */
#define MCP_SERVER_ALL          0x003f


typedef struct mcp_server_s {
    mcp_server_info_t   info;
    ngx_str_t           instructions;
    ngx_uint_t          versions;    /* mask of mcp_version_bit() */
    ngx_uint_t          page_size;
    uint64_t            ttl;         /* of lists, milliseconds */
    unsigned            public:1;    /* "cacheScope" of lists */
    unsigned            sessions:1;  /* of legacy clients */

    mcp_offer_t         offers[MCP_OFFERS];
    ngx_uint_t          capabilities;  /* MCP_SERVER_*, of the rendered one */

    const struct mcp_server_s  *whole; /* of a view; NULL: it is no view */

    ngx_str_t           meta;        /* ,"_meta":{...} of modern results */
    ngx_str_t           discover;
    ngx_str_t           initialize[MCP_VERSIONS];
} mcp_server_t;


typedef struct mcp_arg_s  mcp_arg_t;
typedef struct mcp_sub_s  mcp_sub_t;


/* what the glue has to do about a message that was dispatched */

typedef enum {
    MCP_ACTION_RESULT = 0,           /* answer with action->result */
    MCP_ACTION_CALL,                 /* run msg->tool, msg->resource or
                                        msg->prompt with action->args */
    MCP_ACTION_COMPLETE,             /* complete action->value for
                                        action->arg; action->args are others */
    MCP_ACTION_INITIALIZE,           /* answer with action->result, a session
                                        begins */
    MCP_ACTION_LOG_LEVEL,            /* likewise; msg->log_level is from now
                                        on that of the session */
    MCP_ACTION_LISTEN,               /* a stream of what action->sub grants */
    MCP_ACTION_SUBSCRIBE             /* a session to msg->name, action->on;
                                        then answer with action->result */
} mcp_action_e;


typedef struct {
    mcp_action_e        type;
    ngx_str_t           result;      /* JSON, the whole "result" */
    ngx_uint_t          closed;      /* a "}" stands behind these bytes */
    const cJSON        *args;        /* an object, checked */
    const mcp_arg_t    *arg;
    ngx_str_t           value;       /* ends with NUL */
    mcp_sub_t          *sub;
    ngx_uint_t          on;
} mcp_action_t;


/*
 * A method: NGX_OK (action), NGX_DECLINED (msg->error) or NGX_ERROR.
 */
typedef ngx_int_t (*mcp_method_pt)(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);


/* an endpoint that offers nothing yet: NGX_OK or NGX_ERROR */
ngx_int_t mcp_server_init(mcp_server_t *server, ngx_pool_t *pool);

ngx_int_t mcp_server_render(mcp_server_t *server, ngx_pool_t *pool);

/* ,"ttlMs":...,"cacheScope":... of cacheable results */
void mcp_server_write_cache(mcp_buf_t *b, uint64_t ttl, ngx_uint_t public);

/* what was added to the endpoint under that name, or NULL */
#define mcp_server_find(server, offer, name)                                 \
    mcp_catalog_find(&(server)->offers[offer].catalog, name)

/* lists: all pages at start, and the method that answers with one of them */
ngx_int_t mcp_list_render(mcp_server_t *server, ngx_pool_t *pool,
    mcp_offer_e offer, const char *member, mcp_catalog_write_pt write);
ngx_int_t mcp_list(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action, mcp_offer_e offer);

/* members of a listed item that not every revision has */
void mcp_list_write_title(mcp_buf_t *b, const ngx_str_t *title,
    ngx_uint_t version);
void mcp_list_write_icon(mcp_buf_t *b, const ngx_str_t *icon,
    ngx_uint_t version);

ngx_int_t mcp_discover(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);
ngx_int_t mcp_initialize(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);
ngx_int_t mcp_ping(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);


#endif /* _MCP_SERVER_H_INCLUDED_ */
