
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_dispatch.h>
#include <mcp_headers.h>
#include <mcp_notify.h>
#include <mcp_tools.h>
#include <mcp_resources.h>
#include <mcp_prompts.h>
#include <mcp_complete.h>
#include <mcp_sub.h>


struct mcp_method_s {
    ngx_str_t           name;
    ngx_uint_t          versions;    /* mask of mcp_version_bit() */
    ngx_uint_t          capability;  /* of the server, 0: none is needed */
    const char         *subject;     /* the member that Mcp-Name mirrors */
    mcp_method_pt       handler;
};


static ngx_int_t mcp_dispatch_batch(const mcp_server_t *server,
    ngx_array_t *headers, mcp_body_t *body);
static ngx_int_t mcp_dispatch_check(const mcp_server_t *server,
    mcp_msg_t *msg, ngx_array_t *headers, ngx_uint_t batch);
static ngx_uint_t mcp_dispatch_is_modern(mcp_msg_t *msg,
    ngx_array_t *headers);
static ngx_int_t mcp_dispatch_modern(const mcp_server_t *server,
    mcp_msg_t *msg, ngx_array_t *headers);
static ngx_int_t mcp_dispatch_modern_version(const mcp_server_t *server,
    mcp_msg_t *msg, ngx_array_t *headers);
static ngx_int_t mcp_dispatch_meta_version(mcp_msg_t *msg, ngx_str_t *text);
static ngx_int_t mcp_dispatch_modern_served(const mcp_server_t *server,
    mcp_msg_t *msg, ngx_str_t *version);
static ngx_int_t mcp_dispatch_modern_notification(const mcp_server_t *server,
    mcp_msg_t *msg, ngx_array_t *headers);
static ngx_int_t mcp_dispatch_legacy(const mcp_server_t *server,
    mcp_msg_t *msg, ngx_array_t *headers);
static ngx_int_t mcp_dispatch_refuse_legacy(const mcp_server_t *server,
    mcp_msg_t *msg, ngx_str_t *header);
static ngx_int_t mcp_dispatch_method(const mcp_server_t *server,
    mcp_msg_t *msg);
static ngx_int_t mcp_dispatch_subject(const mcp_server_t *server,
    mcp_msg_t *msg);


static const mcp_method_t  mcp_methods[] = {

    { ngx_string("server/discover"), MCP_VERSION_MASK_MODERN,
      0, NULL, mcp_discover },

    { ngx_string("initialize"), MCP_VERSION_MASK_LEGACY,
      0, NULL, mcp_initialize },

    { ngx_string("ping"), MCP_VERSION_MASK_LEGACY,
      0, NULL, mcp_ping },

    { ngx_string("logging/setLevel"), MCP_VERSION_MASK_LEGACY,
      0, NULL, mcp_log_set_level },

    { ngx_string("tools/list"), MCP_VERSION_MASK_ALL,
      MCP_SERVER_TOOLS, NULL, mcp_tools_list },

    { ngx_string("tools/call"), MCP_VERSION_MASK_ALL,
      MCP_SERVER_TOOLS, "name", mcp_tools_call },

    { ngx_string("resources/list"), MCP_VERSION_MASK_ALL,
      MCP_SERVER_RESOURCES, NULL, mcp_resources_list },

    { ngx_string("resources/templates/list"), MCP_VERSION_MASK_ALL,
      MCP_SERVER_RESOURCES, NULL, mcp_templates_list },

    { ngx_string("resources/read"), MCP_VERSION_MASK_ALL,
      MCP_SERVER_RESOURCES, "uri", mcp_resources_read },

    { ngx_string("resources/subscribe"), MCP_VERSION_MASK_LEGACY,
      MCP_SERVER_SUBSCRIBE, "uri", mcp_sub_subscribe },

    { ngx_string("resources/unsubscribe"), MCP_VERSION_MASK_LEGACY,
      MCP_SERVER_SUBSCRIBE, "uri", mcp_sub_unsubscribe },

    { ngx_string("prompts/list"), MCP_VERSION_MASK_ALL,
      MCP_SERVER_PROMPTS, NULL, mcp_prompts_list },

    { ngx_string("prompts/get"), MCP_VERSION_MASK_ALL,
      MCP_SERVER_PROMPTS, "name", mcp_prompts_get },

    { ngx_string("completion/complete"), MCP_VERSION_MASK_ALL,
      MCP_SERVER_COMPLETIONS, NULL, mcp_complete },

    { ngx_string("subscriptions/listen"), MCP_VERSION_MASK_MODERN,
      0, NULL, mcp_sub_listen },

    { ngx_null_string, 0, 0, NULL, NULL }
};


ngx_int_t
mcp_dispatch_body(const mcp_server_t *server, ngx_pool_t *pool,
    ngx_str_t *text, ngx_array_t *headers, mcp_body_t *body)
{
    ngx_int_t          rc;
    mcp_json_token_t  *root;

    body->n = 1;
    body->batch = 0;

    rc = mcp_json_scan(&body->doc, pool, text->data, text->len);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    root = body->doc.tokens;

    if (rc == NGX_OK && root->type == MCP_JSON_ARRAY) {
        return mcp_dispatch_batch(server, headers, body);
    }

    body->msgs = ngx_pcalloc(pool, sizeof(mcp_msg_t));
    if (body->msgs == NULL) {
        return NGX_ERROR;
    }

    body->msgs->doc = &body->doc;

    if (rc == NGX_DECLINED) {
        rc = mcp_rpc_scan_error(body->msgs, &body->doc);

    } else {
        rc = mcp_rpc_envelope(body->msgs, &body->doc, root);

        if (rc == NGX_OK) {
            rc = mcp_dispatch_check(server, body->msgs, headers, 0);
        }
    }

    return rc == NGX_ERROR ? NGX_ERROR : NGX_OK;
}


/* JSON-RPC batches: revision 2025-03-26 only */

static ngx_int_t
mcp_dispatch_batch(const mcp_server_t *server, ngx_array_t *headers,
    mcp_body_t *body)
{
    ngx_int_t          rc;
    ngx_str_t          value;
    mcp_msg_t         *msg;
    ngx_uint_t         i, n, version;
    const char        *reason;
    mcp_json_token_t  *tokens, *t;

    tokens = body->doc.tokens;
    n = tokens->n;
    version = MCP_VERSION_2025_03_26;
    reason = NULL;

    rc = mcp_headers_get(headers, "mcp-protocol-version", &value);

    if (rc == NGX_ABORT
        || (rc == NGX_OK && mcp_version_find(&value, &version) != NGX_OK)
        || version != MCP_VERSION_2025_03_26
        || (server->versions & mcp_version_bit(version)) == 0)
    {
        reason = "batches are part of revision 2025-03-26 only";

    } else if (n == 0) {
        reason = "a batch must not be empty";

    } else if (n > MCP_RPC_BATCH_MAX) {
        reason = "a batch must not have more than 50 messages";
    }

    body->msgs = ngx_pcalloc(body->doc.pool,
                             (reason ? 1 : n) * sizeof(mcp_msg_t));
    if (body->msgs == NULL) {
        return NGX_ERROR;
    }

    msg = body->msgs;

    if (reason) {
        msg->kind = MCP_RPC_INVALID;
        msg->doc = &body->doc;

        rc = mcp_rpc_error(body->doc.pool, &msg->error, MCP_ERROR_REQUEST,
                           "Invalid request: %s", reason);

        return rc == NGX_ERROR ? NGX_ERROR : NGX_OK;
    }

    body->batch = 1;
    body->n = n;

    t = &tokens[1];

    for (i = 0; i < n; i++) {
        msg[i].version = MCP_VERSION_2025_03_26;

        rc = mcp_rpc_envelope(&msg[i], &body->doc, t);

        if (rc == NGX_OK) {
            rc = mcp_dispatch_check(server, &msg[i], headers, 1);
        }

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        t = &tokens[t->next];
    }

    return NGX_OK;
}


static ngx_int_t
mcp_dispatch_check(const mcp_server_t *server, mcp_msg_t *msg,
    ngx_array_t *headers, ngx_uint_t batch)
{
    if (batch && mcp_rpc_is_initialize(msg)) {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_REQUEST,
                             "Invalid request: \"initialize\" must not be "
                             "part of a batch");
    }

    if (mcp_dispatch_is_modern(msg, headers)) {

        if (batch) {
            return mcp_rpc_error(msg->doc->pool, &msg->error,
                                 MCP_ERROR_REQUEST,
                                 "Invalid request: batches are part of "
                                 "revision 2025-03-26 only");
        }

        msg->version = MCP_VERSION_2026_07_28;

        return mcp_dispatch_modern(server, msg, headers);
    }

    return mcp_dispatch_legacy(server, msg, headers);
}


static ngx_uint_t
mcp_dispatch_is_modern(mcp_msg_t *msg, ngx_array_t *headers)
{
    ngx_int_t   rc;
    ngx_str_t   value;
    ngx_uint_t  version;

    if (mcp_meta_get(msg, "protocolVersion")) {
        return 1;
    }

    rc = mcp_headers_get(headers, "mcp-protocol-version", &value);

    if (rc == NGX_DECLINED) {
        return 0;
    }

    return mcp_version_find(&value, &version) != NGX_OK
           || mcp_version_modern(version);
}


static ngx_int_t
mcp_dispatch_modern(const mcp_server_t *server, mcp_msg_t *msg,
    ngx_array_t *headers)
{
    ngx_int_t   rc;
    ngx_str_t  *subject;

    if (msg->kind == MCP_RPC_RESPONSE) {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_REQUEST,
                             "Invalid request: a client must not send "
                             "responses in this revision");
    }

    if (msg->kind == MCP_RPC_NOTIFICATION) {
        return mcp_dispatch_modern_notification(server, msg, headers);
    }

    rc = mcp_dispatch_modern_version(server, msg, headers);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_log_level(msg);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_headers_check_method(msg, headers);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_dispatch_method(server, msg);

    if (rc != NGX_OK) {
        return rc;
    }

    if (msg->handler && msg->handler->subject) {
        subject = msg->name.data ? &msg->name : NULL;
        rc = mcp_headers_check_name(msg, headers, subject);

        if (rc == NGX_OK && msg->tool) {
            rc = mcp_headers_check_params(msg, headers, &msg->tool->params);
            msg->mirrored = (rc == NGX_DECLINED);
        }
    }

    return rc;
}


static ngx_int_t
mcp_dispatch_modern_version(const mcp_server_t *server, mcp_msg_t *msg,
    ngx_array_t *headers)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    rc = mcp_dispatch_meta_version(msg, &text);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_headers_check_version(msg, headers, &text);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_meta_client(msg);

    if (rc != NGX_OK) {
        return rc;
    }

    return mcp_dispatch_modern_served(server, msg, &text);
}


static ngx_int_t
mcp_dispatch_meta_version(mcp_msg_t *msg, ngx_str_t *text)
{
    mcp_json_token_t  *version;

    version = mcp_meta_get(msg, "protocolVersion");

    if (version == NULL || version->type != MCP_JSON_STRING) {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_META,
                             "Invalid params: _meta must have a string "
                             "\"io.modelcontextprotocol/protocolVersion\"");
    }

    return mcp_json_string(msg->doc, version, text);
}


static ngx_int_t
mcp_dispatch_modern_served(const mcp_server_t *server, mcp_msg_t *msg,
    ngx_str_t *version)
{
    if (mcp_version_find(version, &msg->version) != NGX_OK
        || !mcp_version_modern(msg->version)
        || (server->versions & mcp_version_bit(msg->version)) == 0)
    {
        msg->version = MCP_VERSION_2026_07_28;
        return mcp_version_refuse(msg, server->versions, version);
    }

    return NGX_OK;
}


/* of a notification nothing is required, yet what it says must be true */

static ngx_int_t
mcp_dispatch_modern_notification(const mcp_server_t *server, mcp_msg_t *msg,
    ngx_array_t *headers)
{
    ngx_int_t  rc, found;
    ngx_str_t  header, text;

    found = mcp_headers_get(headers, "mcp-protocol-version", &header);

    if (mcp_meta_get(msg, "protocolVersion")) {
        rc = mcp_dispatch_meta_version(msg, &text);

        if (rc != NGX_OK) {
            return rc;
        }

    } else {
        /* it is modern by its header, so there is one */
        text = header;
    }

    if (found != NGX_DECLINED) {
        rc = mcp_headers_check_version(msg, headers, &text);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    rc = mcp_dispatch_modern_served(server, msg, &text);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_headers_get(headers, "mcp-method", &header);

    return rc == NGX_DECLINED ? NGX_OK
                              : mcp_headers_check_method(msg, headers);
}


static ngx_int_t
mcp_dispatch_legacy(const mcp_server_t *server, mcp_msg_t *msg,
    ngx_array_t *headers)
{
    ngx_int_t  rc, found;
    ngx_str_t  value;

    found = mcp_headers_get(headers, "mcp-protocol-version", &value);

    msg->log_level = MCP_LOG_INFO;

    if (found == NGX_ABORT) {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_HEADER,
                             "Header mismatch: duplicate MCP-Protocol-Version "
                             "header");
    }

    if (found == NGX_DECLINED) {
        /* the revisions without the header: the newest, if it is served */

        value = *mcp_version_name(
                    (server->versions & MCP_VERSION_MASK_NO_HEADER)
                    == mcp_version_bit(MCP_VERSION_2024_11_05)
                    ? MCP_VERSION_2024_11_05 : MCP_VERSION_2025_03_26);
    }

    (void) mcp_version_find(&value, &msg->version);

    if ((server->versions & MCP_VERSION_MASK_LEGACY)
        && mcp_rpc_is_initialize(msg))
    {
        rc = mcp_meta_initialize(msg, server->versions);

        if (rc != NGX_OK) {
            return rc;
        }

    } else if ((server->versions & mcp_version_bit(msg->version)) == 0) {

        /* where all revisions have the header, it has to be there */

        if (found == NGX_DECLINED
            && (server->versions & MCP_VERSION_MASK_NO_HEADER) == 0
            && !mcp_rpc_is_initialize(msg))
        {
            return mcp_headers_check_version(msg, headers, &value);
        }

        return mcp_dispatch_refuse_legacy(server, msg, &value);
    }

    return mcp_dispatch_method(server, msg);
}


/* an "initialize" asks for a revision in its params, not in a header */

static ngx_int_t
mcp_dispatch_refuse_legacy(const mcp_server_t *server, mcp_msg_t *msg,
    ngx_str_t *header)
{
    ngx_str_t          requested;
    mcp_json_token_t  *version;

    requested = *header;

    if (mcp_rpc_is_initialize(msg)) {
        version = mcp_json_get(msg->doc, msg->params, "protocolVersion");

        if (version && version->type == MCP_JSON_STRING
            && mcp_json_string(msg->doc, version, &requested) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return mcp_version_refuse(msg, server->versions, &requested);
}


static ngx_int_t
mcp_dispatch_method(const mcp_server_t *server, mcp_msg_t *msg)
{
    const mcp_method_t  *m;

    if (msg->kind != MCP_RPC_REQUEST) {
        return NGX_OK;
    }

    for (m = mcp_methods; m->name.len; m++) {

        if (m->name.len == msg->method.len
            && ngx_memcmp(m->name.data, msg->method.data, m->name.len) == 0
            && (m->versions & mcp_version_bit(msg->version))
            && (m->capability & ~server->capabilities) == 0)
        {
            msg->handler = m;
            return mcp_dispatch_subject(server, msg);
        }
    }

    return NGX_OK;
}


/* what a request is about: a tool, a resource, a prompt */

static ngx_int_t
mcp_dispatch_subject(const mcp_server_t *server, mcp_msg_t *msg)
{
    const char        *subject;
    mcp_json_token_t  *value;

    subject = msg->handler->subject;

    if (subject == NULL) {
        return NGX_OK;
    }

    value = mcp_json_member(msg->doc, msg->params, subject,
                            ngx_strlen(subject));

    if (value == NULL || value->type != MCP_JSON_STRING) {
        return NGX_OK;
    }

    if (mcp_json_string(msg->doc, value, &msg->name) != NGX_OK) {
        return NGX_ERROR;
    }

    mcp_dispatch_enter(server, msg);

    return NGX_OK;
}


ngx_uint_t
mcp_dispatch_is_method(const ngx_str_t *name)
{
    const mcp_method_t  *m;

    for (m = mcp_methods; m->name.len; m++) {

        if (m->name.len == name->len
            && ngx_memcmp(m->name.data, name->data, m->name.len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
mcp_dispatch_is_call(const mcp_msg_t *msg)
{
    return msg->handler && msg->handler->handler == mcp_tools_call;
}


ngx_uint_t
mcp_dispatch_is_listen(const mcp_msg_t *msg)
{
    return msg->handler && msg->handler->handler == mcp_sub_listen;
}


ngx_uint_t
mcp_dispatch_is_list(const mcp_msg_t *msg)
{
    return msg->handler
           && (msg->handler->handler == mcp_tools_list
               || msg->handler->handler == mcp_resources_list
               || msg->handler->handler == mcp_templates_list
               || msg->handler->handler == mcp_prompts_list);
}


void
mcp_dispatch_enter(const mcp_server_t *server, mcp_msg_t *msg)
{
    if (mcp_dispatch_is_call(msg)) {
        msg->tool = mcp_server_find(server, MCP_OFFER_TOOLS, &msg->name);
    }
}


void
mcp_dispatch_hide(const mcp_server_t *server, mcp_msg_t *msg)
{
    mcp_dispatch_enter(server, msg);

    if (msg->mirrored && msg->tool == NULL) {
        msg->mirrored = 0;
        ngx_memzero(&msg->error, sizeof(mcp_error_t));
    }
}


ngx_int_t
mcp_dispatch(const mcp_server_t *server, mcp_msg_t *msg, mcp_action_t *action)
{
    ngx_str_t  method;

    if (msg->handler == NULL) {
        method = mcp_rpc_quote(&msg->method);
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_METHOD,
                             "Method not found: %V", &method);
    }

    action->closed = 0;

    return msg->handler->handler(server, msg, action);
}
