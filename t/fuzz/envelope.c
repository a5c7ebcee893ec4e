
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * mcp_dispatch and all below it: whatever the headers and the body are, each
 * message gets an action or an error with a cause; what is answered is strict
 * JSON on one line with the id of the request, byte for byte, or without one.
 *
 * An input is a byte that picks a server, header lines, an empty line, a body.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include "fuzz.h"
#include "fixture.h"


static const ngx_uint_t  envelope_versions[] = {
    MCP_VERSION_MASK_ALL,
    MCP_VERSION_MASK_MODERN,
    MCP_VERSION_MASK_LEGACY,
    mcp_version_bit(MCP_VERSION_2025_03_26)
};


static mcp_server_t *
envelope_server(ngx_uint_t n)
{
    static ngx_pool_t    *pool;
    static mcp_server_t  *servers[unit_nelts(envelope_versions)];

    if (pool == NULL) {
        pool = unit_pool();
    }

    n %= unit_nelts(servers);

    if (servers[n] == NULL) {
        servers[n] = fixture_offers(pool, envelope_versions[n],
                                    unit_nelts(fixture_tools));
    }

    return servers[n];
}


static ngx_uint_t
envelope_same(ngx_str_t *a, ngx_str_t *b)
{
    return a->len == b->len
           && (a->len == 0 || ngx_memcmp(a->data, b->data, a->len) == 0);
}


/* the document of an answer, which must be one */

static void
envelope_scan(mcp_json_doc_t *doc, ngx_pool_t *pool, ngx_str_t *text)
{
    fuzz_assert(memchr(text->data, '\n', text->len) == NULL);
    fuzz_assert(memchr(text->data, '\r', text->len) == NULL);

    fuzz_assert(mcp_json_scan(doc, pool,
                              unit_copy(pool, text->data, text->len),
                              text->len)
                == NGX_OK);

    fuzz_assert(doc->tokens->type == MCP_JSON_OBJECT);
}


static void
envelope_answer(ngx_pool_t *pool, mcp_msg_t *msg, ngx_str_t *text,
    ngx_uint_t failed)
{
    ngx_str_t          id, s;
    mcp_json_doc_t     doc;
    mcp_json_token_t  *root, *error, *result, *t;

    envelope_scan(&doc, pool, text);
    root = doc.tokens;

    t = mcp_json_get(&doc, root, "jsonrpc");
    fuzz_assert(t && mcp_json_string(&doc, t, &s) == NGX_OK);
    fuzz_assert(s.len == 3 && ngx_memcmp(s.data, "2.0", 3) == 0);

    t = mcp_json_get(&doc, root, "id");
    fuzz_assert((t != NULL) == (msg->id.len != 0));

    if (t) {
        id = t->text;

        if (t->type == MCP_JSON_STRING) {
            id.data--;
            id.len += 2;

        } else {
            fuzz_assert(t->type == MCP_JSON_NUMBER);
        }

        fuzz_assert(envelope_same(&id, &msg->id));
    }

    result = mcp_json_get(&doc, root, "result");
    error = mcp_json_get(&doc, root, "error");

    if (failed) {
        fuzz_assert(result == NULL && error->type == MCP_JSON_OBJECT);

        t = mcp_json_get(&doc, error, "code");
        fuzz_assert(t->type == MCP_JSON_NUMBER && t->text.data[0] == '-');

        t = mcp_json_get(&doc, error, "message");
        fuzz_assert(t->type == MCP_JSON_STRING && t->text.len > 0);
        fuzz_assert(t->text.len <= 512 * 6);

        return;
    }

    fuzz_assert(msg->id.len && error == NULL);
    fuzz_assert(result->type == MCP_JSON_OBJECT);

    t = mcp_json_get(&doc, result, "resultType");
    fuzz_assert((t != NULL) == (mcp_version_modern(msg->version) != 0));
}


/* what has no error has headers that agree with it */

static void
envelope_accepted(mcp_server_t *server, mcp_msg_t *msg, ngx_array_t *headers)
{
    ngx_str_t  value, decoded;

    fuzz_assert(msg->kind != MCP_RPC_INVALID);
    fuzz_assert(msg->version < MCP_VERSIONS);
    fuzz_assert(server->versions & mcp_version_bit(msg->version));

    if (msg->kind != MCP_RPC_REQUEST) {
        return;
    }

    fuzz_assert(msg->id.len > 0);

    if (!mcp_version_modern(msg->version)) {
        return;
    }

    fuzz_assert(mcp_headers_get(headers, "mcp-protocol-version", &value)
                == NGX_OK);
    fuzz_assert(value.len == 10 && ngx_memcmp(value.data, "2026-07-28", 10)
                                   == 0);

    fuzz_assert(mcp_headers_get(headers, "mcp-method", &value) == NGX_OK);
    fuzz_assert(envelope_same(&value, &msg->method));

    if (msg->name.data == NULL) {
        fuzz_assert(msg->tool == NULL);
        return;
    }

    fuzz_assert(mcp_headers_get(headers, "mcp-name", &value) == NGX_OK);
    fuzz_assert(mcp_headers_decode(msg->doc->pool, &value, &decoded)
                == NGX_OK);
    fuzz_assert(envelope_same(&decoded, &msg->name));
}


static void
envelope_message(mcp_server_t *server, ngx_pool_t *pool, mcp_msg_t *msg,
    ngx_array_t *headers)
{
    ngx_int_t     rc;
    mcp_buf_t     b;
    ngx_str_t     text;
    mcp_action_t  action;

    rc = NGX_DECLINED;

    if (msg->error.cause == MCP_ERROR_NONE) {
        envelope_accepted(server, msg, headers);

        if (msg->kind != MCP_RPC_REQUEST) {
            return;
        }

        rc = mcp_dispatch(server, msg, &action);
        fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);
    }

    mcp_buf_init(&b, pool, 0);

    if (rc == NGX_DECLINED) {
        fuzz_assert(msg->error.cause > MCP_ERROR_NONE
                    && msg->error.cause < MCP_ERROR_TOOL);

        mcp_rpc_write_error(&b, &msg->id, &msg->error);

    } else if (action.type == MCP_ACTION_CALL) {
        fuzz_assert((msg->tool != NULL) + (msg->resource != NULL)
                    + (msg->prompt != NULL) == 1);
        fuzz_assert(cJSON_IsObject(action.args));
        fuzz_assert(msg->error.cause == MCP_ERROR_NONE);
        return;

    } else if (action.type == MCP_ACTION_COMPLETE) {
        fuzz_assert((msg->resource != NULL) + (msg->prompt != NULL) == 1);
        fuzz_assert(action.arg->complete && cJSON_IsObject(action.args));
        fuzz_assert(ngx_strlen(action.value.data) == action.value.len);
        fuzz_assert(msg->error.cause == MCP_ERROR_NONE);
        return;

    } else if (action.type == MCP_ACTION_LISTEN) {
        fuzz_assert(mcp_version_modern(msg->version));
        fuzz_assert((action.sub->lists & ~MCP_SUB_ALL) == 0);
        fuzz_assert(msg->error.cause == MCP_ERROR_NONE);
        return;

    } else {
        fuzz_assert(action.type == MCP_ACTION_RESULT);
        fuzz_assert(msg->error.cause == MCP_ERROR_NONE
                    || msg->error.cause == MCP_ERROR_TOOL);

        mcp_rpc_result_head(&b, &msg->id);
        mcp_buf_str(&b, &action.result);
        mcp_buf_char(&b, '}');
    }

    fuzz_assert(mcp_buf_done(&b, &text) == NGX_OK);

    envelope_answer(pool, msg, &text, rc == NGX_DECLINED);
}


/* whatever a handler says, the result is JSON; of a NUL it is an escape */

static void
envelope_result(mcp_server_t *server, ngx_pool_t *pool, ngx_str_t *text,
    mcp_result_t *result, const char *member)
{
    mcp_buf_t           b;
    ngx_int_t           rc;
    ngx_str_t           out;
    mcp_json_doc_t      doc;
    mcp_result_link_t   link;

    link.uri = *text;
    link.name = *text;
    link.title = *text;
    link.description = *text;
    link.mime_type = *text;
    link.size = text->len;

    mcp_result_text(result, text->data, text->len);
    mcp_result_image(result, text->data, text->len, text);
    mcp_result_audio(result, text->data, text->len, text);
    mcp_result_embed(result, text, text, text->data, text->len, 0);
    mcp_result_embed(result, text, text, text->data, text->len, 1);

    if (result->resource == NULL) {
        mcp_result_link(result, &link);
    }

    mcp_buf_init(&b, pool, 0);
    fuzz_assert(mcp_result_write(result, server, &b) == NGX_OK);
    fuzz_assert(mcp_buf_done(&b, &out) == NGX_OK);

    rc = mcp_json_scan(&doc, pool, unit_copy(pool, out.data, out.len),
                       out.len);

    if (rc != NGX_OK) {
        fuzz_assert(rc == NGX_DECLINED && doc.err == MCP_JSON_NUL);
        fuzz_assert(memchr(text->data, '\0', text->len) != NULL);
        return;
    }

    fuzz_assert(mcp_json_member(&doc, doc.tokens, member,
                                ngx_strlen(member))->n
                == (result->resource ? 5 : 6));

    mcp_result_error(result, text->data, text->len);

    if (result->tool == NULL) {
        fuzz_assert(result->error && result->items == 0);
        return;
    }

    mcp_buf_init(&b, pool, 0);
    fuzz_assert(mcp_result_write(result, server, &b) == NGX_OK);
    fuzz_assert(mcp_buf_done(&b, &out) == NGX_OK);

    envelope_scan(&doc, pool, &out);
    fuzz_assert(mcp_json_get(&doc, doc.tokens, "content")->n == 1);
}


static void
envelope_results(mcp_server_t *server, ngx_pool_t *pool, ngx_str_t *text,
    ngx_uint_t version)
{
    mcp_result_t  result;

    mcp_result_init(&result, pool, fixture_tools, version);
    envelope_result(server, pool, text, &result, "content");

    mcp_result_init(&result, pool, NULL, version);
    result.prompt = fixture_prompts;
    result.assistant = text->len & 1;
    envelope_result(server, pool, text, &result, "messages");

    mcp_result_init(&result, pool, NULL, version);
    result.resource = fixture_resources;
    result.uri = *text;
    envelope_result(server, pool, text, &result, "contents");
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char        *p, *last, *end;
    ngx_str_t      text;
    ngx_uint_t     i;
    mcp_body_t     body;
    ngx_pool_t    *pool;
    ngx_array_t    headers;
    mcp_server_t  *server;

    if (size == 0) {
        return 0;
    }

    server = envelope_server(data[0]);
    pool = unit_pool();

    p = unit_copy(pool, data + 1, size - 1);
    last = p + size - 1;

    for (end = p; end < last && (end[0] != '\n' || end == p
                                 || end[-1] != '\n'); end++)
    {
        /* nginx lets none through */

        if (*end == '\0') {
            *end = 'x';
        }
    }

    fixture_headers(pool, &headers, p, end - p);

    end += (end < last);
    text.len = last - end;
    text.data = unit_copy(pool, end, text.len);

    fuzz_assert(mcp_dispatch_body(server, pool, &text, &headers, &body)
                == NGX_OK);
    fuzz_assert(body.n >= 1 && body.n <= MCP_RPC_BATCH_MAX);
    fuzz_assert(body.batch || body.n == 1);

    for (i = 0; i < body.n; i++) {
        envelope_message(server, pool, &body.msgs[i], &headers);
    }

    if (text.len < 256) {
        envelope_results(server, pool, &text, text.len % MCP_VERSIONS);
    }

    ngx_destroy_pool(pool);

    return 0;
}
