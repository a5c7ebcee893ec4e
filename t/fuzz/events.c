
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * What services stream: the same is said, and the result is the same, however
 * it is cut into pieces; an array is JSON, and nothing is longer than the
 * limit, nor is an error that is a text for people.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_events.h>
#include <mcp_json.h>
#include "fuzz.h"


static ngx_str_t events_run(ngx_pool_t *pool, ngx_uint_t how, size_t max,
    const uint8_t *data, size_t size, size_t piece);
static ngx_int_t events_said(mcp_buf_t *b, ngx_int_t rc, ngx_str_t *text);
static void events_check(ngx_pool_t *pool, mcp_events_t *events,
    mcp_answer_t *answer, size_t max);


static ngx_str_t  events_types[] = {
    ngx_string("text/event-stream"),
    ngx_string("application/x-ndjson"),
    ngx_string("text/plain"),
    ngx_string("application/json-seq")
};


/* how, limit, length of pieces, body */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t       max;
    ngx_str_t    whole, pieces;
    ngx_pool_t  *pool;

    if (size < 3) {
        return 0;
    }

    pool = unit_pool();
    max = data[1] + 1;

    whole = events_run(pool, data[0], max, data + 3, size - 3, size);
    pieces = events_run(pool, data[0], max, data + 3, size - 3, data[2] + 1);

    fuzz_assert(whole.len == pieces.len);
    fuzz_assert(memcmp(whole.data, pieces.data, whole.len) == 0);

    ngx_destroy_pool(pool);

    return 0;
}


static ngx_str_t
events_run(ngx_pool_t *pool, ngx_uint_t how, size_t max, const uint8_t *data,
    size_t size, size_t piece)
{
    size_t             i, n;
    mcp_buf_t          b;
    ngx_int_t          rc;
    ngx_str_t          text, out;
    mcp_answer_t       answer;
    mcp_events_t       events;
    mcp_answer_conf_t  conf;

    ngx_memzero(&conf, sizeof(mcp_answer_conf_t));

    conf.max = max;
    conf.cut = (how >> 4) & 1;

    if (how & 4) {
        ngx_str_set(&conf.select, "/a/0");
    }

    mcp_buf_init(&b, pool, 64);

    rc = mcp_events_init(&events, &conf, (how >> 3) & 1, pool,
                         &events_types[how % 4]);
    fuzz_assert(rc == NGX_OK);

    for (i = 0; i < size && rc != NGX_DONE; i += n) {
        n = ngx_min(piece, size - i);

        mcp_events_feed(&events, unit_copy(pool, data + i, n), n);

        do {
            rc = events_said(&b, mcp_events_next(&events, &text), &text);
        } while (rc == NGX_OK);

        fuzz_assert(rc == NGX_AGAIN || rc == NGX_DONE);
    }

    do {
        rc = events_said(&b, mcp_events_last(&events, &text), &text);
    } while (rc == NGX_OK);

    fuzz_assert(rc == NGX_DONE);

    ngx_memzero(&answer, sizeof(mcp_answer_t));
    answer.status = 200;

    rc = mcp_events_finish(&events, &answer, &text);
    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);

    if (rc == NGX_OK) {
        events_check(pool, &events, &answer, max);
        text = answer.body;

    } else {
        fuzz_assert(mcp_utf8_check(text.data, text.len) == NGX_OK);
        fuzz_assert(text.len <= MCP_ANSWER_EXCERPT + 128);
    }

    mcp_buf_int(&b, rc);
    mcp_buf_str(&b, &text);

    fuzz_assert(mcp_buf_done(&b, &out) == NGX_OK);

    return out;
}


static ngx_int_t
events_said(mcp_buf_t *b, ngx_int_t rc, ngx_str_t *text)
{
    if (rc == NGX_OK) {
        fuzz_assert(text->len > 0);

        mcp_buf_int(b, text->len);
        mcp_buf_char(b, ' ');
        mcp_buf_str(b, text);
    }

    return rc;
}


static void
events_check(ngx_pool_t *pool, mcp_events_t *events, mcp_answer_t *answer,
    size_t max)
{
    cJSON           *root;
    mcp_json_doc_t   doc;

    /* a byte more tells that it is longer, brackets have to fit */

    fuzz_assert(answer->body.len <= max + 2);
    fuzz_assert(answer->over || answer->body.len <= max + 1);

    if (events->json && !answer->over) {
        fuzz_assert(mcp_json_parse(pool, &answer->body, &doc, &root)
                    == NGX_OK);
        fuzz_assert(cJSON_IsArray(root));
    }
}
