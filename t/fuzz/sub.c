
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * mcp_sub: whatever the filter is, what is granted was asked for and is
 * offered, each once, and all that is written about it is strict JSON on one
 * line that says so.  What is published is read completely or not at all.
 *
 * An input is a byte that picks a server, and a filter; it is a body that
 * publishes too.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_sub.h>
#include <mcp_uri.h>
#include "fuzz.h"
#include "fixture.h"


static const char  *sub_members[] = {
    "toolsListChanged", "promptsListChanged", "resourcesListChanged"
};


static mcp_server_t *
sub_server(ngx_uint_t n)
{
    static ngx_pool_t    *pool;
    static mcp_server_t  *servers[2];

    if (pool == NULL) {
        pool = unit_pool();

        servers[0] = fixture_offers(pool, MCP_VERSION_MASK_ALL, 1);
        servers[1] = fixture_server(pool, MCP_VERSION_MASK_ALL, 1);
    }

    return servers[n % 2];
}


static ngx_uint_t
sub_same(ngx_str_t *a, ngx_str_t *b)
{
    return a->len == b->len
           && (a->len == 0 || ngx_memcmp(a->data, b->data, a->len) == 0);
}


/* a document; its "params" */

static mcp_json_token_t *
sub_scan(mcp_json_doc_t *doc, mcp_buf_t *b, ngx_pool_t *pool)
{
    ngx_str_t  text;

    fuzz_assert(mcp_buf_done(b, &text) == NGX_OK);
    fuzz_assert(memchr(text.data, '\n', text.len) == NULL);
    fuzz_assert(memchr(text.data, '\r', text.len) == NULL);

    fuzz_assert(mcp_json_scan(doc, pool, unit_copy(pool, text.data, text.len),
                              text.len)
                == NGX_OK);

    return mcp_json_get(doc, doc->tokens, "params");
}


/* whether a URI is among those of an array */

static ngx_uint_t
sub_count(mcp_json_doc_t *doc, mcp_json_token_t *array, ngx_str_t *uri)
{
    ngx_str_t          text;
    ngx_uint_t         i, n;
    mcp_json_token_t  *t;

    n = 0;
    t = array + 1;

    for (i = 0; i < array->n; i++) {
        fuzz_assert(mcp_json_string(doc, t, &text) == NGX_OK);
        n += sub_same(&text, uri);
        t = &doc->tokens[t->next];
    }

    return n;
}


static void
sub_uris(mcp_server_t *server, ngx_pool_t *pool, mcp_msg_t *msg,
    mcp_json_doc_t *ack, mcp_json_token_t *granted, mcp_sub_t *sub)
{
    mcp_buf_t              b;
    ngx_str_t             *uri, text;
    ngx_uint_t             i;
    mcp_json_doc_t         doc;
    mcp_json_token_t      *asked, *t;
    const mcp_resource_t  *resource;

    asked = mcp_json_get(msg->doc,
                         mcp_json_get(msg->doc, msg->params, "notifications"),
                         "resourceSubscriptions");

    fuzz_assert((granted != NULL) == (sub->uris.nelts != 0));

    if (granted == NULL) {
        return;
    }

    fuzz_assert(asked && granted->n == sub->uris.nelts);
    fuzz_assert(sub->uris.nelts <= MCP_SUB_URIS_MAX);

    uri = sub->uris.elts;

    for (i = 0; i < sub->uris.nelts; i++) {
        fuzz_assert(sub_count(msg->doc, asked, &uri[i]) >= 1);
        fuzz_assert(sub_count(ack, granted, &uri[i]) == 1);
        fuzz_assert(mcp_resource_known(server, pool, &uri[i], &resource)
                    == NGX_OK);

        mcp_buf_init(&b, pool, 0);
        mcp_sub_write_updated(&b, i % 2 ? NULL : &msg->id, &uri[i]);

        t = mcp_json_get(&doc, sub_scan(&doc, &b, pool), "uri");
        fuzz_assert(mcp_json_string(&doc, t, &text) == NGX_OK);
        fuzz_assert(sub_same(&text, &uri[i]));
    }
}


static void
sub_granted(mcp_server_t *server, ngx_pool_t *pool, mcp_msg_t *msg,
    mcp_sub_t *sub)
{
    mcp_buf_t          b;
    ngx_uint_t         i, bit;
    mcp_json_doc_t     doc;
    mcp_json_token_t  *params, *granted, *asked, *t;

    fuzz_assert((sub->lists & ~MCP_SUB_ALL) == 0);

    mcp_buf_init(&b, pool, 0);
    mcp_sub_write_ack(&b, &msg->id, sub);

    params = sub_scan(&doc, &b, pool);
    granted = mcp_json_get(&doc, params, "notifications");
    asked = mcp_json_get(msg->doc, msg->params, "notifications");

    for (i = 0; i < MCP_SUB_LISTS; i++) {
        bit = 1 << i;

        t = mcp_json_member(&doc, granted, sub_members[i],
                            ngx_strlen(sub_members[i]));

        fuzz_assert((t != NULL) == ((sub->lists & bit) != 0));

        if (t == NULL) {
            continue;
        }

        fuzz_assert(t->type == MCP_JSON_TRUE);

        t = mcp_json_member(msg->doc, asked, sub_members[i],
                            ngx_strlen(sub_members[i]));
        fuzz_assert(t && t->type == MCP_JSON_TRUE);

        fuzz_assert(bit == MCP_SUB_TOOLS
                    || server->capabilities & MCP_SERVER_RESOURCES);
    }

    sub_uris(server, pool, msg, &doc,
             mcp_json_get(&doc, granted, "resourceSubscriptions"), sub);
}


static void
sub_listen(mcp_server_t *server, ngx_pool_t *pool, u_char *p, size_t len)
{
    u_char        *text, *last;
    ngx_int_t      rc;
    ngx_str_t      body;
    mcp_body_t     msgs;
    mcp_action_t   action;
    ngx_array_t    headers;

    static const char  lines[] = "mcp-protocol-version: 2026-07-28\n"
                                 "mcp-method: subscriptions/listen\n";
    static const char  head[] = "{\"jsonrpc\":\"2.0\",\"id\":\"\\u0041\","
                                "\"method\":\"subscriptions/listen\","
                                "\"params\":{" FIXTURE_MODERN
                                ",\"notifications\":";

    text = ngx_palloc(pool, sizeof(head) + len + 2);

    last = ngx_cpymem(text, head, sizeof(head) - 1);
    last = ngx_cpymem(last, p, len);
    last = ngx_cpymem(last, "}}", 2);

    body.len = last - text;
    body.data = unit_copy(pool, text, body.len);

    fixture_headers(pool, &headers, (u_char *) lines, sizeof(lines) - 1);

    fuzz_assert(mcp_dispatch_body(server, pool, &body, &headers, &msgs)
                == NGX_OK);

    if (msgs.msgs->error.cause != MCP_ERROR_NONE || msgs.batch) {
        return;
    }

    rc = mcp_dispatch(server, msgs.msgs, &action);

    if (rc == NGX_DECLINED) {
        fuzz_assert(msgs.msgs->error.cause != MCP_ERROR_NONE);
        return;
    }

    fuzz_assert(rc == NGX_OK);

    if (action.type == MCP_ACTION_LISTEN) {
        sub_granted(server, pool, msgs.msgs, action.sub);
    }
}


static void
sub_published(ngx_pool_t *pool, u_char *p, size_t len)
{
    ngx_int_t      rc;
    ngx_str_t      body;
    ngx_uint_t     i;
    mcp_error_t    error;
    ngx_array_t    changes;
    mcp_change_t  *change;

    body.len = len;
    body.data = unit_copy(pool, p, len);

    ngx_memzero(&error, sizeof(mcp_error_t));

    rc = mcp_sub_published(pool, &body, &changes, &error);

    if (rc == NGX_DECLINED) {
        fuzz_assert(error.cause == MCP_ERROR_PARSE
                    || error.cause == MCP_ERROR_REQUEST);
        return;
    }

    fuzz_assert(rc == NGX_OK);
    fuzz_assert(changes.nelts > 0 && changes.nelts <= MCP_RPC_BATCH_MAX);

    change = changes.elts;

    for (i = 0; i < changes.nelts; i++) {
        fuzz_assert(change[i].list == MCP_SUB_TOOLS
                    || change[i].list == MCP_SUB_PROMPTS
                    || change[i].list == MCP_SUB_RESOURCES
                    || (change[i].list == 0 && mcp_uri_valid(&change[i].uri)));
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char      *p;
    ngx_pool_t  *pool;

    if (size == 0) {
        return 0;
    }

    pool = unit_pool();
    p = unit_copy(pool, data + 1, size - 1);

    sub_listen(sub_server(data[0]), pool, p, size - 1);
    sub_published(pool, p, size - 1);

    ngx_destroy_pool(pool);

    return 0;
}
