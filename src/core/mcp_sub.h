
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_SUB_H_INCLUDED_
#define _MCP_SUB_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_server.h>


/*
 * Who wants to hear of which changes, and how they are told.
 *
 * Specification: MCP 2026-07-28 basic/patterns/subscriptions; 2025-11-25
 * server/resources, "Subscriptions".
 */


#define MCP_SUB_TOOLS       0x0001
#define MCP_SUB_PROMPTS     0x0002
#define MCP_SUB_RESOURCES   0x0004
#define MCP_SUB_LISTS       3        /* how many there are */
#define MCP_SUB_ALL         0x0007

#define MCP_SUB_URIS_MAX    1024     /* of one stream */


/* what a stream was granted */
struct mcp_sub_s {
    ngx_uint_t          lists;       /* MCP_SUB_* */
    ngx_array_t         uris;        /* of ngx_str_t */
};


/* something that was published */
typedef struct {
    ngx_uint_t          list;        /* MCP_SUB_*, 0: the resource */
    ngx_str_t           uri;
} mcp_change_t;


/*
 * "subscriptions/listen": MCP_ACTION_LISTEN and action->sub.  Granted are the
 * lists of what the endpoint offers and the URIs it could read, each once.
 * The strings are those of the message, the rest is in its pool.
 */
ngx_int_t mcp_sub_listen(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);

/*
 * Legacy "resources/subscribe" and "resources/unsubscribe": the URI is
 * msg->name; MCP_ACTION_SUBSCRIBE, action->on and the result.  A URI that
 * cannot be read is not found, but is no longer subscribed to either.
 */
ngx_int_t mcp_sub_subscribe(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);
ngx_int_t mcp_sub_unsubscribe(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);

/*
 * Notifications.  "id" is the JSON text of the id of the request that listens,
 * NULL on a stream of a legacy session, which has no such thing.
 */
void mcp_sub_write_ack(mcp_buf_t *b, const ngx_str_t *id,
    const mcp_sub_t *sub);
void mcp_sub_write_changed(mcp_buf_t *b, const ngx_str_t *id,
    ngx_uint_t list);
void mcp_sub_write_updated(mcp_buf_t *b, const ngx_str_t *id,
    const ngx_str_t *uri);

/* the "result" that ends a stream on the server's own initiative */
void mcp_sub_write_end(mcp_buf_t *b, const mcp_server_t *server,
    const ngx_str_t *id);

/* MCP_KEY bytes: what an endpoint has of a list, MCP_SUB_*, in its order */
void mcp_sub_digest(const mcp_server_t *server, ngx_uint_t list,
    u_char *digest);

/*
 * A body that publishes: a notification as a client would get it, "jsonrpc"
 * and "_meta" may be missing, or an array of at most MCP_RPC_BATCH_MAX.
 * NGX_OK and the changes, an array of mcp_change_t that is made here;
 * NGX_DECLINED: *error, and nothing is to be published; NGX_ERROR.
 */
ngx_int_t mcp_sub_published(ngx_pool_t *pool, ngx_str_t *body,
    ngx_array_t *changes, mcp_error_t *error);


#endif /* _MCP_SUB_H_INCLUDED_ */
