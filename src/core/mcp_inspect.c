
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_dispatch.h>
#include <mcp_headers.h>
#include <mcp_inspect.h>
#include <mcp_params.h>


static ngx_int_t mcp_inspect_members(mcp_msg_t *msg, mcp_json_token_t *object,
    const ngx_str_t *names);
static ngx_uint_t mcp_inspect_alike(ngx_str_t *key, const ngx_str_t *names);
static ngx_int_t mcp_inspect_headers(mcp_msg_t *msg, ngx_array_t *headers);


static const ngx_str_t  mcp_inspect_envelope[] = {
    ngx_string("jsonrpc"),
    ngx_string("id"),
    ngx_string("method"),
    ngx_string("params"),
    ngx_string("result"),
    ngx_string("error"),
    ngx_null_string
};


static const ngx_str_t  mcp_inspect_subjects[] = {
    ngx_string("name"),
    ngx_string("uri"),
    ngx_null_string
};


ngx_int_t
mcp_inspect(mcp_msg_t *msg, ngx_array_t *headers)
{
    ngx_int_t  rc;
    ngx_str_t  name;

    if (msg->kind == MCP_RPC_NOTIFICATION
        && mcp_dispatch_is_method(&msg->method))
    {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_REQUEST,
                             "Invalid request: \"%V\" must have \"id\"",
                             &msg->method);
    }

    rc = mcp_inspect_members(msg, msg->root, mcp_inspect_envelope);

    if (rc != NGX_OK) {
        return rc;
    }

    if (mcp_dispatch_is_call(msg)) {
        rc = mcp_params_string(msg, msg->params, "name", &name);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (msg->name.data) {
        rc = mcp_inspect_members(msg, msg->params, mcp_inspect_subjects);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return mcp_inspect_headers(msg, headers);
}


static ngx_int_t
mcp_inspect_members(mcp_msg_t *msg, mcp_json_token_t *object,
    const ngx_str_t *names)
{
    ngx_str_t          key;
    ngx_uint_t         i;
    mcp_json_token_t  *t;

    t = object + 1;

    for (i = 0; i < object->n; i++) {

        if (mcp_inspect_alike(&t->text, names)) {
            key = mcp_rpc_quote(&t->text);

            return mcp_rpc_error(msg->doc->pool, &msg->error,
                                 MCP_ERROR_REQUEST,
                                 "Invalid request: \"%V\" could be taken for "
                                 "another member", &key);
        }

        t = &msg->doc->tokens[t[1].next];
    }

    return NGX_OK;
}


/* no name that is known has letters beyond ASCII, but some fold to those */

static ngx_uint_t
mcp_inspect_alike(ngx_str_t *key, const ngx_str_t *names)
{
    size_t  i;

    for ( /* void */ ; names->len; names++) {

        if (names->len != key->len) {
            continue;
        }

        if (ngx_memcmp(names->data, key->data, key->len) == 0) {
            return 0;
        }

        if (ngx_strncasecmp(names->data, key->data, key->len) == 0) {
            return 1;
        }
    }

    for (i = 0; i < key->len; i++) {
        if (key->data[i] > 0x7f) {
            return 1;
        }
    }

    return 0;
}


static ngx_int_t
mcp_inspect_headers(mcp_msg_t *msg, ngx_array_t *headers)
{
    ngx_int_t  rc;
    ngx_str_t  value;

    if (msg->kind == MCP_RPC_RESPONSE || mcp_version_modern(msg->version)) {
        /* there is none in the one, and those of the other are checked */
        return NGX_OK;
    }

    if (mcp_headers_get(headers, "mcp-method", &value) != NGX_DECLINED) {
        rc = mcp_headers_check_method(msg, headers);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (msg->name.data == NULL
        || mcp_headers_get(headers, "mcp-name", &value) == NGX_DECLINED)
    {
        return NGX_OK;
    }

    return mcp_headers_check_name(msg, headers, &msg->name);
}
