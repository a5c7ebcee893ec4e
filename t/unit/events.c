
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_events: what services stream, piece by piece and as a result */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_events.h>
#include "unit.h"


#define SSE     "text/event-stream; charset=utf-8"
#define NDJSON  "application/x-ndjson"
#define PLAIN   "text/plain"

#define DELTA(text)                                                          \
    "data: {\"choices\":[{\"delta\":{\"content\":" text "}}]}\n\n"

#define CONTENT  "/choices/0/delta/content"

#define EVENTS_MAX  160


/* "result" begins with "!" if there is none, and is followed by "+" if it is
 * longer than the limit */

typedef struct {
    const char  *name;
    const char  *type;
    const char  *select;
    ngx_uint_t   as;             /* MCP_EVENTS_* */
    const char  *body;
    const char  *said;           /* separated by "|" */
    const char  *result;
} events_row_t;


static events_row_t  events_rows[] = {

    { "nothing", SSE, "", 0, "", "", "" },
    { "events", SSE, "", 0, "data: one\n\ndata: two\ndata: more\n\n",
      "one|two\nmore", "one\ntwo\nmore" },
    { "an event of nothing", SSE, "", 0,
      "data: a\n\ndata\n\n: ping\n\nevent: b\ndata: b\n\n", "a|b", "a\nb" },
    { "the end", SSE, "", 0, "data: a\n\ndata: [DONE]\n\ndata: b\n\n", "a",
      "a" },
    { "lines", NDJSON, "", 0, "{\"n\":1}\n2\n\n{\"n\":", "{\"n\":1}|2|{\"n\":",
      "{\"n\":1}\n2\n{\"n\":" },
    { "text", PLAIN, "", 0, "a\n\nb\n", "a|b", "a\n\nb" },
    { "an error", SSE, "", 0,
      "data: a\n\nevent: error\ndata: {\"why\":\"sad\"}\n\ndata: b\n\n", "a",
      "!The service ended its stream with an error: {\"why\":\"sad\"}" },
    { "an error of nothing", SSE, "", 0, "event: error\ndata\n\n", "",
      "!The service ended its stream with an error" },

    { "pieces of text", SSE, CONTENT, 0,
      DELTA("\"Hel\"") DELTA("\"lo\\n\"") DELTA("\" \\u00e9\"")
      "data: [DONE]\n\n", "Hel|lo\n| \xc3\xa9", "Hello\n \xc3\xa9" },
    { "what has none", SSE, CONTENT, 0,
      DELTA("null") "event: ping\ndata: ping\n\n" DELTA("\"\"")
      "data: {\"choices\":[]}\n\n" DELTA("\"a\"") "data: {\"usage\":1}\n\n",
      "a", "a" },
    { "none has", SSE, CONTENT, 0, "data: {\"a\":1}\n\ndata: b\n\n", "",
      "!No event of the service has something at the pointer: " CONTENT },
    { "nothing is there", SSE, CONTENT, 0, "", "",
      "!No event of the service has something at the pointer: " CONTENT },
    { "other values", NDJSON, "/n", 0,
      "{\"n\":1.50}\n{\"n\":{\"a\":[]}}\n{\"n\":\"x\"}\n{\"n\":\"y\"}\n"
      "{\"n\":false}\n",
      "1.50|{\"a\":[]}|x|y|false", "1.50\n{\"a\":[]}\nxy\nfalse" },
    { "an error instead", SSE, CONTENT, 0,
      DELTA("\"a\"") "data: {\"error\":{\"message\":\"full\"}}\n\n", "a",
      "!The service ended its stream with an error: "
      "{\"error\":{\"message\":\"full\"}}" },
    { "no error", SSE, "/a", 0,
      "data: {\"error\":null}\n\ndata: {\"a\":\"b\",\"error\":1}\n\n", "b",
      "b" },

    { "an array", NDJSON, "", 1, "{\"a\": 1.0}\n[ ]\n\"x\"\n",
      "{\"a\":1.0}|[]|\"x\"", "[{\"a\":1.0},[],\"x\"]" },
    { "an empty array", NDJSON, "", 1, "", "", "[]" },
    { "an array of parts", SSE, "/n", 1,
      "data: {\"n\":1}\n\ndata: {}\n\ndata: {\"n\":\"x\"}\n\n", "1|\"x\"",
      "[1,\"x\"]" },
    { "no JSON", NDJSON, "", 1, "1\n{\n2\n", "1",
      "!An event of the service is not JSON: {" },

    { "the last one", NDJSON, "", 2, "{\"a\": 1}\nno\n{\"a\": 2}\n\n",
      "{\"a\":1}|{\"a\":2}", "{\"a\":2}" },
    { "the last part", SSE, "/n", 2,
      "data: {\"n\":1}\n\ndata: {\"n\":[2]}\n\ndata: {\"n\":null}\n\n"
      "data: [DONE]\n\n", "1|[2]", "[2]" },
    { "no last one", SSE, "", 2, "data: a\n\n", "",
      "!No event of the service is JSON" },
    { "no end of text", PLAIN, "", 0, "a\n[DONE]\nb\n", "a|[DONE]|b",
      "a\n[DONE]\nb" },

    { "too much", PLAIN, "", 0,
      "0123456789012345678901234567890123456789012345678901234567890123\n"
      "0123456789012345678901234567890123456789012345678901234567890123\n"
      "0123456789012345678901234567890123456789012345678901234567890123\n"
      "x\n",
      "0123456789012345678901234567890123456789012345678901234567890123|"
      "0123456789012345678901234567890123456789012345678901234567890123",
      "0123456789012345678901234567890123456789012345678901234567890123\n"
      "0123456789012345678901234567890123456789012345678901234567890123\n"
      "0123456789012345678901234567890+" },
    { "a line that is too long", NDJSON, "", 0,
      "1\n"
      "0123456789012345678901234567890123456789012345678901234567890123"
      "0123456789012345678901234567890123456789012345678901234567890123"
      "0123456789012345678901234567890123456789012345678901234567890123\n",
      "1", "1+" }
};


static void
events_set(ngx_str_t *s, const char *text)
{
    s->data = (u_char *) text;
    s->len = ngx_strlen(text);
}


static ngx_int_t
events_said(mcp_buf_t *b, ngx_int_t rc, ngx_str_t *text)
{
    if (rc == NGX_OK) {
        if (mcp_buf_len(b)) {
            mcp_buf_char(b, '|');
        }

        mcp_buf_str(b, text);
    }

    return rc;
}


static ngx_int_t
events_run(ngx_pool_t *pool, events_row_t *row, size_t piece,
    mcp_answer_conf_t *conf, ngx_str_t *said, ngx_str_t *result)
{
    size_t         i, n;
    mcp_buf_t      b;
    ngx_int_t      rc;
    ngx_str_t      text, body, type;
    mcp_answer_t   answer;
    mcp_events_t   events;

    events_set(&type, row->type);
    events_set(&body, row->body);

    mcp_buf_init(&b, pool, 0);

    rc = mcp_events_init(&events, conf, row->as, pool, &type);

    for (i = 0; rc != NGX_ERROR && rc != NGX_DONE && i < body.len; i += n) {
        n = ngx_min(piece, body.len - i);

        mcp_events_feed(&events, body.data + i, n);

        do {
            rc = events_said(&b, mcp_events_next(&events, &text), &text);
        } while (rc == NGX_OK);
    }

    if (rc != NGX_ERROR) {
        do {
            rc = events_said(&b, mcp_events_last(&events, &text), &text);
        } while (rc == NGX_OK);
    }

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    ngx_memzero(&answer, sizeof(mcp_answer_t));
    answer.status = 200;
    answer.type = type;

    rc = mcp_events_finish(&events, &answer, result);

    if (mcp_buf_done(&b, said) != NGX_OK || rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    mcp_buf_init(&b, pool, 0);

    if (rc == NGX_DECLINED) {
        mcp_buf_char(&b, '!');
        mcp_buf_str(&b, result);

    } else {
        mcp_buf_str(&b, &answer.body);

        if (answer.over) {
            mcp_buf_char(&b, '+');
        }
    }

    return mcp_buf_done(&b, result);
}


static ngx_uint_t
events_row(events_row_t *row, size_t piece, ngx_int_t allocs)
{
    ngx_int_t          rc;
    ngx_str_t          said, result, expected;
    ngx_pool_t        *pool;
    mcp_answer_conf_t  conf;

    pool = unit_pool();

    ngx_memzero(&conf, sizeof(mcp_answer_conf_t));
    conf.max = EVENTS_MAX;
    events_set(&conf.select, row->select);

    unit_fail_alloc(allocs);
    rc = events_run(pool, row, piece, &conf, &said, &result);
    unit_fail_alloc(-1);

    if (rc == NGX_OK) {
        events_set(&expected, row->said);
        unit_is(&said, &expected, "%s, pieces of %d: said", row->name,
                (int) piece);

        events_set(&expected, row->result);
        unit_is(&result, &expected, "%s, pieces of %d: result", row->name,
                (int) piece);
    }

    ngx_destroy_pool(pool);

    return rc == NGX_OK;
}


static void
events_broken(void)
{
    u_char             data[] = "data: a\n\ndata: [DONE]\n\n";
    ngx_str_t          text, type;
    ngx_uint_t         i;
    ngx_pool_t        *pool;
    mcp_answer_t       answer;
    mcp_events_t       events;
    mcp_answer_conf_t  conf;

    for (i = 0; i < 2; i++) {
        pool = unit_pool();

        ngx_memzero(&conf, sizeof(mcp_answer_conf_t));
        conf.max = EVENTS_MAX;
        events_set(&type, SSE);

        (void) mcp_events_init(&events, &conf, 0, pool, &type);
        mcp_events_feed(&events, data, i ? sizeof(data) - 1 : 9);

        while (mcp_events_next(&events, &text) == NGX_OK) {
            /* void */
        }

        ngx_memzero(&answer, sizeof(mcp_answer_t));
        answer.status = 200;
        answer.broken = 1;

        unit_is_int(mcp_events_finish(&events, &answer, &text), NGX_OK,
                    "a stream that breaks off");
        unit_is_int(mcp_answer_ok(&events.conf, &answer), i,
                    "%s its end", i ? "after" : "before");

        ngx_destroy_pool(pool);
    }
}


static void
events_types(void)
{
    ngx_str_t          type;
    ngx_uint_t         i;
    ngx_pool_t        *pool;
    mcp_events_t       events;
    mcp_answer_conf_t  conf;

    static const char  *types[] = {
        "", "application/json", "text/html", "image/png", "nonsense"
    };

    pool = unit_pool();
    ngx_memzero(&conf, sizeof(mcp_answer_conf_t));

    for (i = 0; i < unit_nelts(types); i++) {
        events_set(&type, types[i]);
        unit_is_int(mcp_events_init(&events, &conf, 0, pool, &type),
                    NGX_DECLINED, "\"%s\" does not stream", types[i]);
    }

    ngx_destroy_pool(pool);
}


int
main(void)
{
    size_t      piece;
    ngx_int_t   n;
    ngx_uint_t  i;

    for (i = 0; i < unit_nelts(events_rows); i++) {
        for (piece = 1; piece < 8; piece += 3) {
            events_row(&events_rows[i], piece == 7 ? 1000 : piece, -1);
        }
    }

    for (i = 0; i < unit_nelts(events_rows); i++) {
        for (n = 0; !events_row(&events_rows[i], 1000, n); n++) {
            /* void */
        }
    }

    events_broken();
    events_types();

    return unit_done();
}
