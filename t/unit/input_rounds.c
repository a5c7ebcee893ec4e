
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_input: round after round, what is kept, bounds */


#include <ngx_config.h>
#include <ngx_core.h>
#include "input.h"


/* in a round: which keys are asked for, with which answers, what is asked */

static struct {
    const char  *keys;
    const char  *responses;
    const char  *asked;
} input_rounds[] = {
    { "ab", "{}", "ab" },
    { "ab", "{\"a\":{\"roots\":[{\"uri\":\"a:\",\"n\":1.50}]}}", "b" },
    { "ab", "{\"a\":{\"roots\":[]},\"b\":1}", "b" },
    { "abc", "{\"b\":{\"roots\":[]},\"y\":{\"roots\":[]}}", "c" },
    { "xabc", "{\"c\":{\"roots\":[]}}", "x" },
    { "xc", "{\"x\":{\"roots\":[]}}", "" },
    { "abcx", "{}", "" }
};


static struct {
    const char  *member;
    const char  *error;          /* NULL: none */
} input_params[] = {
    { "\"inputResponses\":null",
      "Invalid params: \"inputResponses\" must be an object" },
    { "\"inputResponses\":[]",
      "Invalid params: \"inputResponses\" must be an object" },
    { "\"inputResponses\":{}", NULL },
    { "\"inputresponses\":1", NULL },
    { "\"requestState\":null",
      "Invalid params: \"requestState\" must be a string" },
    { "\"requestState\":{}",
      "Invalid params: \"requestState\" must be a string" },
    { "\"requestState\":\"\"", NULL }
};


/* round after round, through the client or in the memory of a call */

static void
input_test_rounds(ngx_uint_t legacy)
{
    char             key[2], asked[8];
    cJSON           *responses, *item;
    ngx_int_t        rc;
    ngx_str_t        payload, name, text;
    mcp_msg_t        msg;
    ngx_uint_t       i, n;
    ngx_pool_t      *pool;
    mcp_input_t      input;
    const char      *p;
    const cJSON     *answer;
    mcp_json_doc_t   doc;

    pool = unit_pool();
    ngx_str_null(&payload);
    key[1] = '\0';

    for (i = 0; i < unit_nelts(input_rounds); i++) {

        if (legacy && i) {
            mcp_input_again(&input);

        } else {
            input_start(&input, pool, legacy ? 3 : 4, INPUT_ALL,
                        input_rounds[i].responses, &payload);
        }

        text.data = (u_char *) input_rounds[i].responses;
        text.len = ngx_strlen(text.data);

        if (mcp_json_parse(pool, &text, &doc, &responses) != NGX_OK) {
            abort();
        }

        cJSON_ArrayForEach(item, responses) {
            name.data = (u_char *) item->string;
            name.len = ngx_strlen(item->string);

            if (legacy) {
                (void) mcp_input_answer(&input, &name, item);
            }
        }

        unit_ok(i ? input.state.len == 3 && input.state.data[0] == 'a' + i - 1
                    && input.state.data[1] == '\0'
                  : input.state.len == 0,
                "the state of round %d", (int) i);

        n = 0;

        for (p = input_rounds[i].keys; *p; p++) {
            key[0] = *p;
            rc = mcp_input_roots(&input, key, &answer);

            if (rc == NGX_DONE) {
                asked[n++] = *p;
                rc = mcp_input_roots(&input, key, &answer);
            }

            if (rc != NGX_DONE && rc != NGX_OK) {
                n = 7;
            }
        }

        asked[n] = '\0';

        unit_ok(strcmp(asked, input_rounds[i].asked) == 0
                && input.asks.nelts == n,
                "asked in round %d: \"%s\"", (int) i, input_rounds[i].asked);

        key[0] = 'a' + i;
        (void) mcp_input_set_state(&input, (u_char *) key, 2);
        (void) mcp_input_set_state(&input, (u_char *) (char [])
                                   { 'a' + i, '\0', 'z' }, 3);

        if (!legacy && mcp_input_payload(&input, &msg, &payload) != NGX_OK) {
            abort();
        }
    }

    (void) mcp_input_roots(&input, "a", &answer);
    item = cJSON_GetObjectItemCaseSensitive(answer->child, "n");

    unit_ok(item && item->valuedouble == 1.5
            && strcmp(item->valuestring, "1.50") == 0,
            "the first answer in the last round");

    ngx_destroy_pool(pool);
}


static void
input_test_params(void)
{
    ngx_int_t     rc;
    mcp_msg_t     msg;
    ngx_str_t     token, none;
    ngx_uint_t    i;
    ngx_pool_t   *pool;
    mcp_input_t   input;

    for (i = 0; i < unit_nelts(input_params); i++) {
        pool = unit_pool();
        ngx_str_null(&none);

        input_message_of(&msg, pool, 4, 0, input_params[i].member);

        rc = mcp_input_request_state(&msg, &token);

        if (rc == NGX_OK) {
            rc = mcp_input_init(&input, pool, &msg, &none);
        }

        unit_ok(input_params[i].error
                ? rc == NGX_DECLINED && msg.error.cause == MCP_ERROR_PARAMS
                  && input_same(&msg.error.text, input_params[i].error)
                : rc == NGX_OK
                  && (token.data != NULL)
                     == (strstr(input_params[i].member, "State") != NULL),
                "params: %s", input_params[i].member);

        input_message_of(&msg, pool, 3, 0, input_params[i].member);

        unit_ok(mcp_input_request_state(&msg, &token) == NGX_OK
                && token.data == NULL
                && mcp_input_init(&input, pool, &msg, &none) == NGX_OK
                && input.answers == NULL,
                "legacy params: %s", input_params[i].member);

        ngx_destroy_pool(pool);
    }

    pool = unit_pool();
    input_message_of(&msg, pool, 4, 0, "");

    unit_ok(mcp_input_refuse_state(&msg) == NGX_DECLINED
            && msg.error.cause == MCP_ERROR_PARAMS && msg.error.text.len < 500,
            "a state that is refused");

    ngx_destroy_pool(pool);
}


static void
input_test_bounds(void)
{
    char          key[2];
    cJSON         item;
    u_char       *state;
    ngx_int_t     rc;
    ngx_str_t     payload, name;
    mcp_msg_t     msg;
    ngx_uint_t    i;
    ngx_pool_t   *pool;
    mcp_input_t   input;
    const cJSON  *answer;

    pool = unit_pool();
    ngx_str_null(&payload);
    key[1] = '\0';

    input_start(&input, pool, 4, INPUT_ALL, NULL, &payload);

    for (i = 0, rc = NGX_DONE; i < MCP_INPUT_MAX; i++) {
        key[0] = 'a' + i;
        rc |= (mcp_input_roots(&input, key, &answer) ^ NGX_DONE);
    }

    unit_ok(rc == NGX_DONE && input.asks.nelts == MCP_INPUT_MAX,
            "%d requests", MCP_INPUT_MAX);

    unit_ok(mcp_input_roots(&input, "A", &answer) == NGX_ERROR
            && input_same(&input.reason, "too many requests at once"),
            "and no more");

    unit_ok(mcp_input_elicit(&input, "a", "Who?", INPUT_FORM, &answer)
            == NGX_ERROR
            && input_same(&input.reason, "the key is used twice"),
            "a key for two things");

    state = ngx_pcalloc(pool, MCP_INPUT_KEPT_MAX);

    unit_ok(mcp_input_set_state(&input, state, MCP_INPUT_STATE_MAX + 1)
            == NGX_ERROR && input.reason.len, "a state that is too long");

    unit_ok(mcp_input_set_state(&input, state, MCP_INPUT_STATE_MAX) == NGX_OK,
            "one that just fits");

    /* {"k":"..."} and the length of the state */

    for (i = 0; i < 2; i++) {
        ngx_memzero(&item, sizeof(cJSON));
        ngx_memset(state, 'x', MCP_INPUT_KEPT_MAX);

        item.type = cJSON_String;
        item.valuestring = (char *) state;
        state[MCP_INPUT_KEPT_MAX - MCP_INPUT_STATE_MAX - 12 + i] = '\0';

        ngx_str_set(&name, "k");
        (void) mcp_input_accept(&input, &name, &item);

        input_message_of(&msg, pool, 4, 0, "");

        unit_ok(mcp_input_payload(&input, &msg, &payload)
                == (i ? NGX_DECLINED : NGX_OK)
                && msg.error.cause == (i ? MCP_ERROR_PARAMS : MCP_ERROR_NONE),
                "answers that %s", i ? "do not fit" : "just fit");
    }

    ngx_destroy_pool(pool);
}


static void
input_test_requests(void)
{
    mcp_buf_t     b;
    ngx_str_t     none, id, text;
    ngx_pool_t   *pool;
    mcp_input_t   input;
    const cJSON  *answer;

    pool = unit_pool();
    ngx_str_null(&none);
    ngx_str_set(&id, "\"0a\"");

    input_start(&input, pool, 3, INPUT_ALL, NULL, &none);
    (void) mcp_input_roots(&input, "r", &answer);
    (void) mcp_input_elicit_url(&input, "u", "Pay", "a:b", &answer);

    mcp_buf_init(&b, pool, 0);
    mcp_input_write_request(&b, input.asks.elts, &id);
    (void) mcp_buf_done(&b, &text);

    unit_ok(input_same(&text, "{\"jsonrpc\":\"2.0\",\"id\":\"0a\",\"method\":"
                       "\"roots/list\",\"params\":{}}"),
            "a request to the client");

    mcp_buf_init(&b, pool, 0);
    mcp_input_write_request(&b, (mcp_ask_t *) input.asks.elts + 1, &id);
    (void) mcp_buf_done(&b, &text);

    unit_ok(input_same(&text, "{\"jsonrpc\":\"2.0\",\"id\":\"0a\",\"method\":"
                       "\"elicitation/create\",\"params\":{\"mode\":\"url\","
                       "\"message\":\"Pay\",\"url\":\"a:b\","
                       "\"elicitationId\":\"0a\"}}"),
            "a URL has an id");

    ngx_destroy_pool(pool);
}


/* memory that runs out anywhere */

static void
input_test_memory(void)
{
    ngx_int_t     rc, i;
    ngx_str_t     payload, result, token;
    mcp_msg_t     msg;
    ngx_pool_t   *pool;
    mcp_input_t   input;
    const cJSON  *answer;

    ngx_str_set(&token, "t");

    for (i = 0, rc = NGX_ERROR; rc != NGX_OK && i < 200; i++) {
        pool = unit_pool();
        ngx_str_null(&payload);

        input_message_of(&msg, pool, 4, INPUT_ALL, "\"inputResponses\":{\"k\":{"
                         "\"action\":\"accept\",\"content\":{\"name\":"
                         "\"ab\"}}}");

        unit_fail_alloc(i);

        rc = mcp_input_init(&input, pool, &msg, &payload);

        if (rc == NGX_OK) {
            rc = mcp_input_elicit(&input, "k", "Who?", INPUT_FORM, &answer);
        }

        if (rc == NGX_OK) {
            rc = mcp_input_elicit(&input, "l", "Who?", INPUT_FORM, &answer);
        }

        if (rc == NGX_DONE) {
            rc = mcp_input_payload(&input, &msg, &payload);
        }

        if (rc == NGX_OK) {
            rc = mcp_input_write(&input, &input_server, &token, &result);
        }

        unit_fail_alloc(-1);

        if (rc != NGX_OK && rc != NGX_ERROR) {
            break;
        }

        ngx_destroy_pool(pool);
    }

    unit_ok(rc == NGX_OK && i > 10, "memory runs out in %d places", (int) i);
}


int
main(void)
{
    ngx_str_set(&input_server.meta, ",\"_meta\":{}");

    input_test_rounds(0);
    input_test_rounds(1);
    input_test_params();
    input_test_bounds();
    input_test_requests();
    input_test_memory();

    return unit_done();
}
