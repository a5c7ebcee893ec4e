
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * mcp_input: whatever a client answers, what a handler gets is well formed,
 * what is asked is strict JSON on one line that asks for the rest, and what
 * was accepted comes back from the payload as it was, so that it is not asked
 * for again.
 *
 * An input is a byte of which two bits are the revision and the others the
 * capabilities, a byte that is the length of the state, the state, and the
 * inputResponses.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_input.h>
#include "fuzz.h"
#include "fixture.h"


#define INPUT_FORM                                                            \
    "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"number\"},"       \
    "\"s\":{\"type\":\"string\",\"maxLength\":3}},\"required\":[\"n\"]}"

#define INPUT_SAMPLE  "{\"messages\":[],\"maxTokens\":1}"

#define INPUT_KINDS  4


static const char  *input_keys[] = { "f", "u\"", "s", "r" };


static ngx_int_t
input_ask(mcp_input_t *input, ngx_uint_t i, const cJSON **answer)
{
    cJSON      *params;
    ngx_int_t   rc;

    switch (i) {

    case 0:
        return mcp_input_elicit(input, "f", "Form", INPUT_FORM, answer);

    case 1:
        return mcp_input_elicit_url(input, "u\"", "URL", "a:b", answer);

    case 2:
        params = cJSON_Parse(INPUT_SAMPLE);
        rc = mcp_input_sample(input, "s", params, answer);
        cJSON_Delete(params);
        return rc;

    default:
        return mcp_input_roots(input, "r", answer);
    }
}


static const char *
input_word(const cJSON *object, const char *name)
{
    const cJSON  *item;

    item = cJSON_GetObjectItemCaseSensitive(object, name);
    fuzz_assert(cJSON_IsString(item));

    return item->valuestring;
}


/* what a handler may rely on */

static void
input_answer(ngx_uint_t i, const cJSON *answer)
{
    const char   *action;
    const cJSON  *content, *item;

    if (i == 3) {
        fuzz_assert(cJSON_IsArray(answer));

        cJSON_ArrayForEach(item, answer) {
            (void) input_word(item, "uri");
        }

        return;
    }

    fuzz_assert(cJSON_IsObject(answer));
    content = cJSON_GetObjectItemCaseSensitive(answer, "content");

    if (i == 2) {
        (void) input_word(answer, "role");
        (void) input_word(answer, "model");

        if (cJSON_IsObject(content)) {
            (void) input_word(content, "type");

        } else {
            fuzz_assert(cJSON_IsArray(content));
        }

        return;
    }

    action = input_word(answer, "action");

    if (i == 0 && strcmp(action, "accept") == 0) {
        fuzz_assert(cJSON_IsObject(content));
        fuzz_assert(cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(content,
                                                                    "n")));
    }
}


static ngx_str_t
input_print(ngx_pool_t *pool, const cJSON *value)
{
    mcp_buf_t  b;
    ngx_str_t  text;

    mcp_buf_init(&b, pool, 0);
    fuzz_assert(mcp_json_print(&b, value) == NGX_OK);
    fuzz_assert(mcp_buf_done(&b, &text) == NGX_OK);

    return text;
}


static void
input_result(mcp_input_t *input, ngx_uint_t asked)
{
    u_char            *p;
    ngx_str_t          result, state;
    ngx_uint_t         i;
    mcp_server_t       server;
    mcp_json_doc_t     doc;
    mcp_json_token_t  *requests, *t;

    ngx_memzero(&server, sizeof(mcp_server_t));
    ngx_str_set(&state, "token");

    fuzz_assert(mcp_input_write(input, &server, &state, &result) == NGX_OK);

    p = unit_copy(input->pool, result.data, result.len);
    fuzz_assert(ngx_strlchr(p, p + result.len, '\n') == NULL);
    fuzz_assert(mcp_json_scan(&doc, input->pool, p, result.len) == NGX_OK);

    requests = mcp_json_get(&doc, doc.tokens, "inputRequests");

    for (i = 0; i < INPUT_KINDS; i++) {
        t = mcp_json_member(&doc, requests, input_keys[i],
                            ngx_strlen(input_keys[i]));
        fuzz_assert((t != NULL) == ((asked >> i) & 1));
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t           len;
    ngx_int_t        rc[INPUT_KINDS];
    ngx_str_t        text, again, payload, answers[INPUT_KINDS];
    mcp_msg_t        msg;
    ngx_uint_t       i, asked;
    ngx_pool_t      *pool;
    mcp_input_t      input;
    const cJSON     *answer;
    mcp_json_doc_t   doc;

    if (size < 2 || size < 2 + (len = data[1])) {
        return 0;
    }

    pool = unit_pool();
    ngx_memzero(&msg, sizeof(mcp_msg_t));
    ngx_str_null(&payload);

    msg.doc = &doc;
    msg.version = MCP_VERSION_2025_03_26 + (data[0] & 3);
    msg.capabilities = data[0] >> 2;

    fuzz_assert(mcp_input_init(&input, pool, &msg, &payload) == NGX_OK);

    text.len = size - 2 - len;
    text.data = unit_copy(pool, data + 2 + len, text.len);

    if (mcp_json_scan(&doc, pool, text.data, text.len) != NGX_OK
        || doc.tokens->type != MCP_JSON_OBJECT)
    {
        ngx_destroy_pool(pool);
        return 0;
    }

    input.answers = mcp_json_tree(&doc, doc.tokens, pool);
    asked = 0;

    for (i = 0; i < INPUT_KINDS; i++) {
        rc[i] = input_ask(&input, i, &answer);

        if (rc[i] == NGX_OK) {
            input_answer(i, answer);
            answers[i] = input_print(pool, answer);

        } else {
            fuzz_assert(rc[i] == NGX_DONE || rc[i] == NGX_ABORT);
            fuzz_assert((rc[i] == NGX_DONE) || input.missing);
            asked |= (rc[i] == NGX_DONE) << i;
        }
    }

    input_result(&input, asked);

    fuzz_assert(mcp_input_set_state(&input, data + 2, len) == NGX_OK);
    fuzz_assert(mcp_input_payload(&input, &msg, &payload) == NGX_OK
                || size > MCP_INPUT_KEPT_MAX / 8);

    payload.data = unit_copy(pool, payload.data, payload.len);
    fuzz_assert(mcp_input_init(&input, pool, &msg, &payload) == NGX_OK);

    fuzz_assert(input.state.len == len
                && ngx_memcmp(input.state.data, data + 2, len) == 0);

    for (i = 0; i < INPUT_KINDS; i++) {
        fuzz_assert(input_ask(&input, i, &answer) == rc[i]);

        if (rc[i] == NGX_OK) {
            again = input_print(pool, answer);
            fuzz_assert(again.len == answers[i].len
                        && ngx_memcmp(again.data, answers[i].data, again.len)
                           == 0);
        }
    }

    /* a payload that was not sealed here would be no harm either */

    (void) mcp_input_init(&input, pool, &msg, &text);

    ngx_destroy_pool(pool);

    return 0;
}
