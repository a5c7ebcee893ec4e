
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * Answers of other servers: what is found is the same however they are cut
 * into pieces; in a document that the strict scan accepts it is what is
 * there, also if its lines are those of an event.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_buf.h>
#include <mcp_json_scan.h>
#include <mcp_peek.h>
#include "fuzz.h"


static mcp_peek_t peek_whole(mcp_peek_kind_e kind, u_char *p, size_t size);
static void peek_cuts(ngx_pool_t *pool, mcp_peek_t *expected,
    const uint8_t *data, size_t size, ngx_uint_t cuts);
static void peek_document(ngx_pool_t *pool, const uint8_t *data, size_t size);
static void peek_message(mcp_json_doc_t *doc, mcp_json_token_t *message,
    mcp_peek_t *peek);
static ngx_int_t peek_code(mcp_json_token_t *token);
static void peek_event(ngx_pool_t *pool, mcp_peek_t *expected,
    const uint8_t *data, size_t size);


/* kind, how it is cut, answer */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char           *p;
    ngx_pool_t       *pool;
    mcp_peek_t        peek;
    mcp_peek_kind_e   kind;

    if (size < 2) {
        return 0;
    }

    pool = unit_pool();

    kind = (data[0] % 2) ? MCP_PEEK_EVENTS : MCP_PEEK_JSON;

    p = unit_copy(pool, data + 2, size - 2);
    peek = peek_whole(kind, p, size - 2);

    fuzz_assert(peek.found == MCP_PEEK_ERROR || peek.code == 0);

    peek_cuts(pool, &peek, data + 2, size - 2, 1);
    peek_cuts(pool, &peek, data + 2, size - 2, data[1]);

    peek_document(pool, data + 2, size - 2);

    ngx_destroy_pool(pool);

    return 0;
}


static mcp_peek_t
peek_whole(mcp_peek_kind_e kind, u_char *p, size_t size)
{
    mcp_peek_t  peek;

    mcp_peek_init(&peek, kind);
    mcp_peek(&peek, p, p + size);

    return peek;
}


static void
peek_cuts(ngx_pool_t *pool, mcp_peek_t *expected, const uint8_t *data,
    size_t size, ngx_uint_t cuts)
{
    size_t       i, n;
    u_char      *p;
    mcp_peek_t   peek;

    mcp_peek_init(&peek, expected->kind);

    for (i = 0; i < size; i += n) {
        n = cuts ? 1 + (i ^ cuts) % cuts : size;
        n = ngx_min(n, size - i);

        p = unit_copy(pool, data + i, n);
        mcp_peek(&peek, p, p + n);
    }

    fuzz_assert(peek.found == expected->found);
    fuzz_assert(peek.code == expected->code);
}


static void
peek_document(ngx_pool_t *pool, const uint8_t *data, size_t size)
{
    u_char            *p;
    ngx_int_t          rc;
    ngx_uint_t         i;
    mcp_peek_t         peek, expected;
    mcp_json_doc_t     doc;
    mcp_json_token_t  *root, *t;

    p = unit_copy(pool, data, size);

    rc = mcp_json_scan(&doc, pool, p, size);

    if (rc != NGX_OK) {
        return;
    }

    mcp_peek_init(&expected, MCP_PEEK_JSON);

    root = doc.tokens;

    if (root->type == MCP_JSON_OBJECT) {
        peek_message(&doc, root, &expected);

    } else if (root->type == MCP_JSON_ARRAY) {
        t = root + 1;

        for (i = 0; i < root->n; i++) {
            peek_message(&doc, t, &expected);
            t = &doc.tokens[t->next];
        }
    }

    peek = peek_whole(MCP_PEEK_JSON, p, size);

    fuzz_assert(peek.found == expected.found);
    fuzz_assert(peek.code == expected.code);

    peek_event(pool, &expected, data, size);
}


static void
peek_message(mcp_json_doc_t *doc, mcp_json_token_t *message, mcp_peek_t *peek)
{
    mcp_json_token_t  *error, *result, *member;

    error = mcp_json_get(doc, message, "error");
    result = mcp_json_get(doc, message, "result");

    if (mcp_json_get(doc, message, "method")
        || peek->found >= MCP_PEEK_TOOL_ERROR)
    {
        return;
    }

    if (error && error->type != MCP_JSON_NULL) {
        peek->found = MCP_PEEK_ERROR;
        peek->code = peek_code(mcp_json_get(doc, error, "code"));

    } else if (result) {
        member = mcp_json_get(doc, result, "isError");
        peek->found = (member && member->type == MCP_JSON_TRUE)
                      ? MCP_PEEK_TOOL_ERROR : MCP_PEEK_RESULT;
    }
}


/* an integer of at most 15 digits */

static ngx_int_t
peek_code(mcp_json_token_t *token)
{
    char       *end, text[17];
    long long   code;

    if (token == NULL || token->type != MCP_JSON_NUMBER
        || token->text.len > sizeof(text) - 1)
    {
        return 0;
    }

    ngx_memcpy(text, token->text.data, token->text.len);
    text[token->text.len] = '\0';

    code = strtoll(text, &end, 10);

    return (*end || code >= 1000000000000000LL) ? 0 : (ngx_int_t) code;
}


static void
peek_event(ngx_pool_t *pool, mcp_peek_t *expected, const uint8_t *data,
    size_t size)
{
    size_t      i;
    mcp_buf_t   b;
    ngx_str_t   text;
    mcp_peek_t  peek;

    mcp_buf_init(&b, pool, size + 16);
    mcp_buf_lit(&b, ": one\n\ndata:");

    /* a space that is left out is white space, too */

    for (i = 0; i < size; i++) {
        mcp_buf_char(&b, data[i]);

        if (data[i] == LF || data[i] == CR) {
            mcp_buf_lit(&b, "data:");
        }
    }

    mcp_buf_lit(&b, "\r\n\r\n");

    fuzz_assert(mcp_buf_done(&b, &text) == NGX_OK);

    peek = peek_whole(MCP_PEEK_EVENTS, text.data, text.len);

    fuzz_assert(peek.found == expected->found);
    fuzz_assert(peek.code == expected->code);
}
