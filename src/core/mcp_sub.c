
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_params.h>
#include <mcp_resources.h>
#include <mcp_sub.h>


#define mcp_sub_lit(b, s)  mcp_buf_add(b, s, ngx_strlen(s))


typedef struct {
    ngx_uint_t          list;        /* MCP_SUB_* */
    ngx_uint_t          capability;  /* MCP_SERVER_* */
    const char         *member;      /* of the filter */
    const char         *method;      /* of the notification */
} mcp_sub_list_t;


static ngx_int_t mcp_sub_grant_lists(const mcp_server_t *server,
    mcp_msg_t *msg, mcp_json_token_t *filter, mcp_sub_t *sub);
static ngx_int_t mcp_sub_grant_uris(const mcp_server_t *server,
    mcp_msg_t *msg, mcp_json_token_t *filter, mcp_sub_t *sub);
static ngx_int_t mcp_sub_grant(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_json_token_t *uris, mcp_sub_t *sub, ngx_pool_t *temp);
static ngx_int_t mcp_sub_once(ngx_rbtree_t *tree, ngx_pool_t *pool,
    ngx_str_t *uri);
static void mcp_sub_write_head(mcp_buf_t *b, const char *method);
static void mcp_sub_write_id(mcp_buf_t *b, const ngx_str_t *id);


static const mcp_sub_list_t  mcp_sub_lists[] = {

    { MCP_SUB_TOOLS, MCP_SERVER_TOOLS, "toolsListChanged",
      "tools/list_changed" },

    { MCP_SUB_PROMPTS, MCP_SERVER_PROMPTS, "promptsListChanged",
      "prompts/list_changed" },

    { MCP_SUB_RESOURCES, MCP_SERVER_RESOURCES, "resourcesListChanged",
      "resources/list_changed" }
};


ngx_int_t
mcp_sub_listen(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action)
{
    ngx_int_t          rc;
    mcp_sub_t         *sub;
    mcp_json_token_t  *filter;

    filter = mcp_json_get(msg->doc, msg->params, "notifications");

    if (filter == NULL || filter->type != MCP_JSON_OBJECT) {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                             "Invalid params: \"notifications\" must be an "
                             "object");
    }

    sub = ngx_pcalloc(msg->doc->pool, sizeof(mcp_sub_t));
    if (sub == NULL) {
        return NGX_ERROR;
    }

    rc = mcp_sub_grant_lists(server, msg, filter, sub);

    if (rc != NGX_OK) {
        return rc;
    }

    action->type = MCP_ACTION_LISTEN;
    action->sub = sub;

    return mcp_sub_grant_uris(server, msg, filter, sub);
}


static ngx_int_t
mcp_sub_grant_lists(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_json_token_t *filter, mcp_sub_t *sub)
{
    ngx_uint_t             i;
    mcp_json_token_t      *value;
    const mcp_sub_list_t  *list;

    for (i = 0; i < MCP_SUB_LISTS; i++) {
        list = &mcp_sub_lists[i];

        value = mcp_json_member(msg->doc, filter, list->member,
                                ngx_strlen(list->member));

        if (value == NULL || value->type == MCP_JSON_FALSE) {
            continue;
        }

        if (value->type != MCP_JSON_TRUE) {
            return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                                 "Invalid params: \"%s\" must be a boolean",
                                 list->member);
        }

        if (server->capabilities & list->capability) {
            sub->lists |= list->list;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_sub_grant_uris(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_json_token_t *filter, mcp_sub_t *sub)
{
    ngx_int_t          rc;
    ngx_pool_t        *temp;
    mcp_json_token_t  *uris;

    uris = mcp_json_get(msg->doc, filter, "resourceSubscriptions");

    if (uris == NULL) {
        return NGX_OK;
    }

    if (uris->type != MCP_JSON_ARRAY) {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                             "Invalid params: \"resourceSubscriptions\" must "
                             "be an array of strings");
    }

    if (uris->n > MCP_SUB_URIS_MAX) {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                             "Invalid params: \"resourceSubscriptions\" must "
                             "not have more than %d URIs", MCP_SUB_URIS_MAX);
    }

    if (uris->n == 0) {
        return NGX_OK;
    }

    /* the stream lasts, what it takes to find the resources does not */

    temp = ngx_create_pool(4096, msg->doc->pool->log);
    if (temp == NULL) {
        return NGX_ERROR;
    }

    rc = mcp_sub_grant(server, msg, uris, sub, temp);

    ngx_destroy_pool(temp);

    return rc;
}


static ngx_int_t
mcp_sub_grant(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_json_token_t *uris, mcp_sub_t *sub, ngx_pool_t *temp)
{
    ngx_int_t              rc;
    ngx_str_t             *uri, text;
    ngx_uint_t             i;
    ngx_rbtree_t           tree;
    mcp_json_token_t      *t, *tokens;
    ngx_rbtree_node_t      sentinel;
    const mcp_resource_t  *resource;

    ngx_rbtree_init(&tree, &sentinel, ngx_str_rbtree_insert_value);

    if (ngx_array_init(&sub->uris, msg->doc->pool, 1, sizeof(ngx_str_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    tokens = msg->doc->tokens;
    t = uris + 1;

    for (i = 0; i < uris->n; i++) {

        if (t->type != MCP_JSON_STRING) {
            return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                                 "Invalid params: \"resourceSubscriptions\" "
                                 "must be an array of strings");
        }

        if (mcp_json_string(msg->doc, t, &text) != NGX_OK) {
            return NGX_ERROR;
        }

        t = &tokens[t->next];

        rc = mcp_resource_known(server, temp, &text, &resource);

        if (rc == NGX_OK) {
            rc = mcp_sub_once(&tree, temp, &text);
        }

        if (rc == NGX_DECLINED) {
            continue;
        }

        uri = (rc == NGX_OK) ? ngx_array_push(&sub->uris) : NULL;
        if (uri == NULL) {
            return NGX_ERROR;
        }

        *uri = text;
    }

    return NGX_OK;
}


/* NGX_DECLINED: it is there already */

static ngx_int_t
mcp_sub_once(ngx_rbtree_t *tree, ngx_pool_t *pool, ngx_str_t *uri)
{
    uint32_t         hash;
    ngx_str_node_t  *node;

    hash = ngx_crc32_long(uri->data, uri->len);

    if (ngx_str_rbtree_lookup(tree, uri, hash)) {
        return NGX_DECLINED;
    }

    node = ngx_palloc(pool, sizeof(ngx_str_node_t));
    if (node == NULL) {
        return NGX_ERROR;
    }

    node->node.key = hash;
    node->str = *uri;

    ngx_rbtree_insert(tree, &node->node);

    return NGX_OK;
}


ngx_int_t
mcp_sub_subscribe(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action)
{
    ngx_int_t  rc;

    rc = mcp_sub_unsubscribe(server, msg, action);

    if (rc != NGX_OK) {
        return rc;
    }

    action->on = 1;

    rc = mcp_resource_known(server, msg->doc->pool, &msg->name,
                            &msg->resource);

    return rc == NGX_DECLINED ? mcp_resource_not_found(msg) : rc;
}


ngx_int_t
mcp_sub_unsubscribe(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action)
{
    action->type = MCP_ACTION_SUBSCRIBE;
    action->on = 0;
    ngx_str_set(&action->result, "{}");

    return mcp_params_subject(msg, "uri");
}


void
mcp_sub_write_ack(mcp_buf_t *b, const ngx_str_t *id, const mcp_sub_t *sub)
{
    u_char       c;
    ngx_str_t   *uri;
    ngx_uint_t   i;

    mcp_sub_write_head(b, "subscriptions/acknowledged");
    mcp_sub_write_id(b, id);
    mcp_buf_lit(b, ",\"notifications\":");

    c = '{';

    for (i = 0; i < MCP_SUB_LISTS; i++) {

        if (sub->lists & mcp_sub_lists[i].list) {
            mcp_buf_char(b, c);
            mcp_buf_char(b, '"');
            mcp_sub_lit(b, mcp_sub_lists[i].member);
            mcp_buf_lit(b, "\":true");
            c = ',';
        }
    }

    if (sub->uris.nelts) {
        mcp_buf_char(b, c);
        mcp_buf_lit(b, "\"resourceSubscriptions\":");

        c = '[';
        uri = sub->uris.elts;

        for (i = 0; i < sub->uris.nelts; i++) {
            mcp_buf_char(b, c);
            mcp_buf_json_string(b, uri[i].data, uri[i].len);
            c = ',';
        }

        mcp_buf_char(b, ']');
    }

    if (c == '{') {
        mcp_buf_char(b, c);
    }

    mcp_buf_lit(b, "}}}");
}


void
mcp_sub_write_changed(mcp_buf_t *b, const ngx_str_t *id, ngx_uint_t list)
{
    ngx_uint_t  i;

    for (i = 0; i < MCP_SUB_LISTS; i++) {

        if (mcp_sub_lists[i].list == list) {
            mcp_sub_write_head(b, mcp_sub_lists[i].method);
        }
    }

    mcp_sub_write_id(b, id);
    mcp_buf_lit(b, "}}");
}


void
mcp_sub_write_updated(mcp_buf_t *b, const ngx_str_t *id, const ngx_str_t *uri)
{
    mcp_sub_write_head(b, "resources/updated");
    mcp_sub_write_id(b, id);

    if (id) {
        mcp_buf_char(b, ',');
    }

    mcp_buf_lit(b, "\"uri\":");
    mcp_buf_json_string(b, uri->data, uri->len);
    mcp_buf_lit(b, "}}");
}


static void
mcp_sub_write_head(mcp_buf_t *b, const char *method)
{
    mcp_buf_lit(b, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/");
    mcp_sub_lit(b, method);
    mcp_buf_lit(b, "\",\"params\":{");
}


static void
mcp_sub_write_id(mcp_buf_t *b, const ngx_str_t *id)
{
    if (id) {
        mcp_buf_lit(b, "\"_meta\":{\"" MCP_META_PREFIX "subscriptionId\":");
        mcp_buf_str(b, id);
        mcp_buf_char(b, '}');
    }
}


void
mcp_sub_write_end(mcp_buf_t *b, const mcp_server_t *server,
    const ngx_str_t *id)
{
    mcp_buf_lit(b, "{\"resultType\":\"complete\"");

    /* among what all results have there */

    mcp_buf_add(b, server->meta.data, server->meta.len - 1);
    mcp_buf_lit(b, ",\"" MCP_META_PREFIX "subscriptionId\":");
    mcp_buf_str(b, id);
    mcp_buf_lit(b, "}}");
}


/* templates are resources that are listed elsewhere */

void
mcp_sub_digest(const mcp_server_t *server, ngx_uint_t list, u_char *digest)
{
    ngx_str_t           a, b;
    const mcp_offer_t  *offers;

    offers = server->offers;

    a.len = MCP_KEY;
    b.len = 0;
    b.data = NULL;

    switch (list) {

    case MCP_SUB_TOOLS:
        a.data = (u_char *) offers[MCP_OFFER_TOOLS].digest;
        break;

    case MCP_SUB_PROMPTS:
        a.data = (u_char *) offers[MCP_OFFER_PROMPTS].digest;
        break;

    default: /* MCP_SUB_RESOURCES */
        a.data = (u_char *) offers[MCP_OFFER_RESOURCES].digest;

        b.len = MCP_KEY;
        b.data = (u_char *) offers[MCP_OFFER_TEMPLATES].digest;
    }

    mcp_key(digest, 'd', &a, &b);
}
