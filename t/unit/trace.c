
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_trace: which traceparent is passed on */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_trace.h>
#include "unit.h"


#define TRACE_ID      "0af7651916cd43dd8448eb211c80319c"
#define TRACE_PARENT  "b7ad6b7169203331"
#define TRACE_GOOD    "00-" TRACE_ID "-" TRACE_PARENT "-01"
#define TRACE_OTHER   "00-" TRACE_ID "-00f067aa0ba902b7-00"


static struct {
    const char  *text;
    ngx_uint_t   valid;
} trace_values[] = {
    { TRACE_GOOD, 1 },
    { "00-" TRACE_ID "-" TRACE_PARENT "-ff", 1 },
    { "cc-" TRACE_ID "-" TRACE_PARENT "-01", 1 },
    { "cc-" TRACE_ID "-" TRACE_PARENT "-01-what-ever", 1 },
    { "cc-" TRACE_ID "-" TRACE_PARENT "-01-", 1 },
    { "cc-" TRACE_ID "-" TRACE_PARENT "-01.x", 0 },
    { "cc-" TRACE_ID "-" TRACE_PARENT "-01-a b", 0 },
    { "cc-" TRACE_ID "-" TRACE_PARENT "-01-\r\nX: y", 0 },
    { "cc-" TRACE_ID "-" TRACE_PARENT "-01-" TRACE_ID TRACE_ID TRACE_ID, 0 },
    { "", 0 },
    { "00", 0 },
    { "00-" TRACE_ID "-" TRACE_PARENT "-0", 0 },
    { "00-" TRACE_ID "-" TRACE_PARENT "-01-", 0 },
    { "00-" TRACE_ID "-" TRACE_PARENT "-01 ", 0 },
    { "00-" TRACE_ID "-" TRACE_PARENT "-0g", 0 },
    { "ff-" TRACE_ID "-" TRACE_PARENT "-01", 0 },
    { "0x-" TRACE_ID "-" TRACE_PARENT "-01", 0 },
    { "00-0AF7651916cd43dd8448eb211c80319c-" TRACE_PARENT "-01", 0 },
    { "00-00000000000000000000000000000000-" TRACE_PARENT "-01", 0 },
    { "00-" TRACE_ID "-0000000000000000-01", 0 },
    { "00_" TRACE_ID "-" TRACE_PARENT "-01", 0 },
    { "00-" TRACE_ID "_" TRACE_PARENT "-01", 0 },
    { "00-" TRACE_ID "-" TRACE_PARENT "_01", 0 }
};


static struct {
    const char  *meta;
    const char  *header;
    const char  *expected;
} trace_choices[] = {
    { "{}", "", "" },
    { "{}", TRACE_GOOD, TRACE_GOOD },
    { "{}", "garbage", "" },
    { "{\"traceparent\":\"" TRACE_OTHER "\"}", TRACE_GOOD, TRACE_OTHER },
    { "{\"traceparent\":\"" TRACE_OTHER "\"}", "", TRACE_OTHER },
    { "{\"traceparent\":\"\\u0030" "0-" TRACE_ID "-" TRACE_PARENT "-01\"}", "",
      TRACE_GOOD },
    { "{\"traceparent\":\"garbage\"}", TRACE_GOOD, TRACE_GOOD },
    { "{\"traceparent\":\"\\r\\n\"}", "", "" },
    { "{\"traceparent\":1}", TRACE_GOOD, TRACE_GOOD },
    { "{\"io.modelcontextprotocol/traceparent\":\"" TRACE_OTHER "\"}", "", "" }
};


static ngx_str_t
trace_str(ngx_pool_t *pool, const char *text)
{
    ngx_str_t  s;

    s.len = ngx_strlen(text);
    s.data = unit_copy(pool, text, s.len);

    return s;
}


static void
trace_test_valid(void)
{
    ngx_str_t    s;
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    pool = unit_pool();

    for (i = 0; i < unit_nelts(trace_values); i++) {
        s = trace_str(pool, trace_values[i].text);

        unit_ok(mcp_trace_valid(&s) == trace_values[i].valid, "%s \"%s\"",
                trace_values[i].valid ? "good:" : "bad:",
                unit_show(s.data, s.len));
    }

    ngx_destroy_pool(pool);
}


static void
trace_test_choices(void)
{
    mcp_msg_t        msg;
    ngx_str_t        text, header, got, expected;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;

    for (i = 0; i < unit_nelts(trace_choices); i++) {
        pool = unit_pool();

        text = trace_str(pool, trace_choices[i].meta);
        header = trace_str(pool, trace_choices[i].header);
        expected = trace_str(pool, trace_choices[i].expected);

        ngx_memzero(&msg, sizeof(mcp_msg_t));

        if (mcp_json_scan(&doc, pool, text.data, text.len) == NGX_OK) {
            msg.doc = &doc;
            msg.meta = doc.tokens;
        }

        unit_ok(mcp_trace_parent(&msg, &header, &got) == NGX_OK,
                "%s and \"%s\"", trace_choices[i].meta,
                trace_choices[i].header);
        unit_is(&got, &expected, "gives \"%s\"", trace_choices[i].expected);

        ngx_destroy_pool(pool);
    }

    pool = unit_pool();

    ngx_memzero(&msg, sizeof(mcp_msg_t));
    header = trace_str(pool, TRACE_GOOD);

    unit_ok(mcp_trace_parent(&msg, &header, &got) == NGX_OK
            && got.len == header.len,
            "no _meta at all");

    ngx_destroy_pool(pool);
}


int
main(void)
{
    trace_test_valid();
    trace_test_choices();

    return unit_done();
}
