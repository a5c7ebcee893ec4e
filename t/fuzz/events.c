
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * mcp_events: a byte says how, another one how the body is cut, the first line
 * is a pointer, the rest what a service streams.  However it is cut the same is
 * said, and becomes the same result: text that is all of what was said, or an
 * array of it, and never more than the limit.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_events.h>
#include "fuzz.h"


#define EVENTS_MAX  128


static const char  *events_types[] = {
    "text/event-stream", "application/x-ndjson", "text/plain"
};


/* the rest of the events that have come; true if no more are wanted */

static ngx_uint_t
events_take(mcp_events_t *events, ngx_uint_t last, mcp_buf_t *said)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    for ( ;; ) {
        rc = last ? mcp_events_last(events, &text)
                  : mcp_events_next(events, &text);

        if (rc != NGX_OK) {
            fuzz_assert(rc == NGX_DONE || (rc == NGX_AGAIN && !last));
            return rc == NGX_DONE;
        }

        fuzz_assert(text.len > 0 && text.len <= EVENTS_MAX + 1);

        mcp_buf_str(said, &text);
        mcp_buf_add(said, ",", events->line);
    }
}


static void
events_result(ngx_pool_t *pool, mcp_events_t *events, mcp_buf_t *said,
    mcp_answer_t *answer)
{
    cJSON           *value;
    ngx_int_t        rc;
    ngx_str_t        text;
    mcp_json_doc_t   doc;

    rc = mcp_events_finish(events, answer, &text);

    if (rc == NGX_DECLINED) {
        fuzz_assert(text.len > 0 && text.len <= MCP_RESULT_ERROR_MAX);
        fuzz_assert(mcp_utf8_check(text.data, text.len) == NGX_OK);

        mcp_buf_str(said, &text);
        return;
    }

    fuzz_assert(rc == NGX_OK);
    fuzz_assert(answer->body.len <= EVENTS_MAX || answer->over);
    fuzz_assert(answer->body.len <= EVENTS_MAX + 3);

    if (events->json && !answer->over) {
        fuzz_assert(mcp_json_parse(pool, &answer->body, &doc, &value)
                    == NGX_OK);
        fuzz_assert(cJSON_IsArray(value) || events->one);
    }

    mcp_buf_lit(said, "=");
    mcp_buf_str(said, &answer->body);
    mcp_buf_char(said, '0' + answer->over);
}


static void
events_read(ngx_pool_t *pool, mcp_answer_conf_t *conf, ngx_uint_t how,
    const u_char *p, size_t size, ngx_uint_t seed, ngx_str_t *out)
{
    u_char        *piece;
    size_t         len;
    mcp_buf_t      said;
    ngx_uint_t     done;
    mcp_answer_t   answer;
    mcp_events_t   events;

    ngx_memzero(&answer, sizeof(mcp_answer_t));

    answer.status = 200;
    answer.type.data = (u_char *) events_types[how % 3];
    answer.type.len = ngx_strlen(answer.type.data);

    mcp_buf_init(&said, pool, 256);

    conf->type = (how & 0x80) ? MCP_ANSWER_JSON : MCP_ANSWER_AUTO;

    fuzz_assert(mcp_events_init(&events, conf, (how & 0x40)
                                               ? MCP_EVENTS_LAST
                                               : MCP_EVENTS_TEXT,
                                pool, &answer.type) == NGX_OK);

    done = 0;

    while (size && !done) {
        len = size;

        if (seed) {
            seed = seed * 1103515245 + 12345;
            len = ngx_min(size, (seed >> 16) % 9);
        }

        piece = unit_copy(pool, p, len);

        mcp_events_feed(&events, piece, len);
        done = events_take(&events, 0, &said);

        p += len;
        size -= len;
    }

    if (!done) {
        (void) events_take(&events, 1, &said);
    }

    events_result(pool, &events, &said, &answer);

    fuzz_assert(mcp_buf_done(&said, out) == NGX_OK);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char             *p, *end, *line;
    ngx_str_t           whole, cut;
    ngx_pool_t         *pool;
    mcp_answer_conf_t   conf;

    if (size < 2) {
        return 0;
    }

    pool = unit_pool();

    ngx_memzero(&conf, sizeof(mcp_answer_conf_t));
    conf.max = EVENTS_MAX;

    p = unit_copy(pool, data + 2, size - 2);
    end = p + size - 2;
    line = ngx_strlchr(p, end, '\n');

    if (line) {
        conf.select.len = line - p;
        conf.select.data = unit_copy(pool, p, conf.select.len);
        p = line + 1;
    }

    events_read(pool, &conf, data[0], p, end - p, 0, &whole);
    events_read(pool, &conf, data[0], p, end - p, data[1] + 1, &cut);

    fuzz_assert(whole.len == cut.len);
    fuzz_assert(ngx_memcmp(whole.data, cut.data, cut.len) == 0);

    ngx_destroy_pool(pool);

    return 0;
}
