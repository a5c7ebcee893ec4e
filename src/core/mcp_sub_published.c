
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_sub.h>
#include <mcp_uri.h>


typedef struct {
    ngx_str_t           method;
    ngx_uint_t          list;        /* MCP_SUB_*, 0: the resource */
} mcp_published_t;


static ngx_int_t mcp_published_read(mcp_json_doc_t *doc,
    mcp_json_token_t *root, mcp_change_t *change, mcp_error_t *error);
static ngx_int_t mcp_published_method(mcp_json_doc_t *doc,
    mcp_json_token_t *root, mcp_change_t *change, mcp_error_t *error);
static ngx_int_t mcp_published_uri(mcp_json_doc_t *doc,
    mcp_json_token_t *root, mcp_change_t *change, mcp_error_t *error);
static ngx_int_t mcp_published_refuse(mcp_json_doc_t *doc,
    mcp_error_t *error, const char *text);


static const mcp_published_t  mcp_published[] = {
    { ngx_string("notifications/resources/updated"), 0 },
    { ngx_string("notifications/resources/list_changed"), MCP_SUB_RESOURCES },
    { ngx_string("notifications/tools/list_changed"), MCP_SUB_TOOLS },
    { ngx_string("notifications/prompts/list_changed"), MCP_SUB_PROMPTS },
    { ngx_null_string, 0 }
};


ngx_int_t
mcp_sub_published(ngx_pool_t *pool, ngx_str_t *body, ngx_array_t *changes,
    mcp_error_t *error)
{
    ngx_int_t          rc;
    mcp_msg_t          msg;
    ngx_uint_t         i, n;
    mcp_change_t      *change;
    mcp_json_doc_t     doc;
    mcp_json_token_t  *t;

    rc = mcp_json_scan(&doc, pool, body->data, body->len);

    if (rc == NGX_DECLINED) {
        ngx_memzero(&msg, sizeof(mcp_msg_t));

        rc = mcp_rpc_scan_error(&msg, &doc);
        *error = msg.error;
    }

    if (rc != NGX_OK) {
        return rc;
    }

    t = doc.tokens;
    n = 1;

    if (t->type == MCP_JSON_ARRAY) {
        n = t->n;
        t++;

        if (n == 0 || n > MCP_RPC_BATCH_MAX) {
            return mcp_published_refuse(&doc, error,
                                        n ? "more than 50 notifications"
                                          : "an empty array");
        }
    }

    if (ngx_array_init(changes, pool, n, sizeof(mcp_change_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        change = ngx_array_push(changes);

        rc = mcp_published_read(&doc, t, change, error);

        if (rc != NGX_OK) {
            return rc;
        }

        t = &doc.tokens[t->next];
    }

    return NGX_OK;
}


static ngx_int_t
mcp_published_read(mcp_json_doc_t *doc, mcp_json_token_t *root,
    mcp_change_t *change, mcp_error_t *error)
{
    ngx_int_t          rc;
    mcp_json_token_t  *t;

    if (root->type != MCP_JSON_OBJECT) {
        return mcp_published_refuse(doc, error,
                                    "a notification must be an object");
    }

    t = mcp_json_get(doc, root, "jsonrpc");

    if (t && (t->type != MCP_JSON_STRING || t->text.len != 3
              || ngx_memcmp(t->text.data, "2.0", 3) != 0))
    {
        return mcp_published_refuse(doc, error,
                                    "\"jsonrpc\" must be \"2.0\"");
    }

    if (mcp_json_get(doc, root, "id")) {
        return mcp_published_refuse(doc, error,
                                    "a notification must not have \"id\"");
    }

    rc = mcp_published_method(doc, root, change, error);

    if (rc != NGX_OK || change->list) {
        return rc;
    }

    return mcp_published_uri(doc, root, change, error);
}


static ngx_int_t
mcp_published_method(mcp_json_doc_t *doc, mcp_json_token_t *root,
    mcp_change_t *change, mcp_error_t *error)
{
    ngx_str_t               method;
    mcp_json_token_t       *t;
    const mcp_published_t  *p;

    t = mcp_json_get(doc, root, "method");

    if (t == NULL || t->type != MCP_JSON_STRING) {
        return mcp_published_refuse(doc, error, "\"method\" must be a string");
    }

    if (mcp_json_string(doc, t, &method) != NGX_OK) {
        return NGX_ERROR;
    }

    for (p = mcp_published; p->method.len; p++) {

        if (p->method.len == method.len
            && ngx_memcmp(p->method.data, method.data, method.len) == 0)
        {
            change->list = p->list;
            ngx_str_null(&change->uri);

            return NGX_OK;
        }
    }

    return mcp_published_refuse(doc, error,
                                "\"method\" must be "
                                "notifications/resources/updated, "
                                "notifications/resources/list_changed, "
                                "notifications/tools/list_changed or "
                                "notifications/prompts/list_changed");
}


static ngx_int_t
mcp_published_uri(mcp_json_doc_t *doc, mcp_json_token_t *root,
    mcp_change_t *change, mcp_error_t *error)
{
    mcp_json_token_t  *t;

    t = mcp_json_get(doc, mcp_json_get(doc, root, "params"), "uri");

    if (t == NULL || t->type != MCP_JSON_STRING) {
        return mcp_published_refuse(doc, error, "\"uri\" in \"params\" must "
                                                "be a string");
    }

    if (mcp_json_string(doc, t, &change->uri) != NGX_OK) {
        return NGX_ERROR;
    }

    return mcp_uri_valid(&change->uri)
           ? NGX_OK
           : mcp_published_refuse(doc, error, "\"uri\" must be a URI with a "
                                              "scheme");
}


static ngx_int_t
mcp_published_refuse(mcp_json_doc_t *doc, mcp_error_t *error,
    const char *text)
{
    return mcp_rpc_error(doc->pool, error, MCP_ERROR_REQUEST,
                         "Invalid request: %s", text);
}
