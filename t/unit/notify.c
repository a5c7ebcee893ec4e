
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_notify: progress and log, and what a client says it wants of them */


#include <ngx_config.h>
#include <ngx_core.h>
#include <math.h>
#include <mcp_json_text.h>
#include <mcp_notify.h>
#include "unit.h"


#define NOTIFY_LEVEL(value)  "{\"io.modelcontextprotocol/logLevel\":" value "}"
#define NOTIFY_TOKEN(value)  "{\"progressToken\":" value "}"


/* tokens, and how they are written */

static struct {
    const char  *meta;
    const char  *token;          /* "": none */
} notify_tokens[] = {
    { NOTIFY_TOKEN("7"), "7" },
    { NOTIFY_TOKEN("-12345678901234567890"), "-12345678901234567890" },
    { NOTIFY_TOKEN("1.50"), "1.50" },
    { NOTIFY_TOKEN("\"a\""), "\"a\"" },
    { NOTIFY_TOKEN("\"\""), "\"\"" },
    { NOTIFY_TOKEN("\"\\u00e4\\n\""), "\"\\u00e4\\n\"" },
    { NOTIFY_TOKEN("null"), "" },
    { NOTIFY_TOKEN("true"), "" },
    { NOTIFY_TOKEN("{}"), "" },
    { NOTIFY_TOKEN("[1]"), "" },
    { "{\"progresstoken\":1}", "" },
    { "{}", "" }
};


/* reports one after another; "sent" is what is written, NULL: nothing is due */

static struct {
    double       value;
    double       total;
    const char  *text;
    ngx_msec_t   now;
    ngx_int_t    rc;
    const char  *sent;
} notify_reports[] = {
    { 0, 0, NULL, 1000, NGX_OK, "0" },
    { 0, 0, NULL, 2000, NGX_DECLINED, NULL },
    { -1, 0, NULL, 2000, NGX_DECLINED, NULL },
    { 0.5, 4, "half \"way\"", 2000, NGX_OK,
      "0.5,\"total\":4,\"message\":\"half \\\"way\\\"\"" },
    { 1, 4, NULL, 2000 + MCP_PROGRESS_INTERVAL - 1, NGX_AGAIN, NULL },
    { 1, 4, NULL, 9999, NGX_DECLINED, NULL },
    { 2, 4, NULL, 2000 + MCP_PROGRESS_INTERVAL, NGX_OK, "2,\"total\":4" },
    { 3, -1, "", 3000, NGX_OK, "3" },
    { NAN, 0, NULL, 4000, NGX_DECLINED, NULL },
    { INFINITY, 0, NULL, 4000, NGX_DECLINED, NULL },
    { 4, INFINITY, NULL, 4000, NGX_OK, "4" },
    { 5, NAN, NULL, 5000, NGX_OK, "5" },
    { 1e300, 0, NULL, 6000, NGX_OK, "1e+300" },
    { 1e308, 0, "\xff", 7000, NGX_OK, "1e+308,\"message\":\"\xef\xbf\xbd\"" }
};


static struct {
    const char  *meta;
    ngx_int_t    rc;
    ngx_int_t    level;
} notify_levels[] = {
    { "{}", NGX_OK, NGX_ERROR },
    { NOTIFY_LEVEL("\"emergency\""), NGX_OK, MCP_LOG_EMERGENCY },
    { NOTIFY_LEVEL("\"alert\""), NGX_OK, MCP_LOG_ALERT },
    { NOTIFY_LEVEL("\"critical\""), NGX_OK, MCP_LOG_CRITICAL },
    { NOTIFY_LEVEL("\"error\""), NGX_OK, MCP_LOG_ERROR },
    { NOTIFY_LEVEL("\"warning\""), NGX_OK, MCP_LOG_WARNING },
    { NOTIFY_LEVEL("\"notice\""), NGX_OK, MCP_LOG_NOTICE },
    { NOTIFY_LEVEL("\"info\""), NGX_OK, MCP_LOG_INFO },
    { NOTIFY_LEVEL("\"d\\u0065bug\""), NGX_OK, MCP_LOG_DEBUG },
    { NOTIFY_LEVEL("\"Info\""), NGX_DECLINED, 0 },
    { NOTIFY_LEVEL("\"infos\""), NGX_DECLINED, 0 },
    { NOTIFY_LEVEL("\"\""), NGX_DECLINED, 0 },
    { NOTIFY_LEVEL("6"), NGX_DECLINED, 0 },
    { NOTIFY_LEVEL("null"), NGX_DECLINED, 0 }
};


static struct {
    ngx_uint_t   level;
    const char  *logger;
    const char  *text;
    const char  *params;
} notify_logs[] = {
    { MCP_LOG_EMERGENCY, NULL, "", "\"level\":\"emergency\",\"data\":\"\"" },
    { MCP_LOG_DEBUG, "a\"b", "c\nd",
      "\"level\":\"debug\",\"logger\":\"a\\\"b\",\"data\":\"c\\nd\"" }
};


/* a request with this _meta */

static void
notify_message(mcp_msg_t *msg, mcp_json_doc_t *doc, ngx_pool_t *pool,
    const char *meta)
{
    u_char  *p, buf[256];

    p = ngx_sprintf(buf, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\","
                    "\"params\":{\"level\":\"alert\",\"_meta\":%s}}", meta);

    ngx_memzero(msg, sizeof(mcp_msg_t));

    if (mcp_json_scan(doc, pool, unit_copy(pool, buf, p - buf), p - buf)
        != NGX_OK
        || mcp_rpc_envelope(msg, doc, doc->tokens) != NGX_OK)
    {
        fprintf(stderr, "bad row: %s\n", meta);
        abort();
    }

    msg->version = MCP_VERSION_2026_07_28;
}


static void
notify_test_tokens(void)
{
    mcp_msg_t        msg;
    ngx_str_t        expected;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;
    mcp_progress_t   progress;

    for (i = 0; i < unit_nelts(notify_tokens); i++) {
        pool = unit_pool();
        notify_message(&msg, &doc, pool, notify_tokens[i].meta);

        mcp_progress_init(&progress, &msg);

        expected.data = (u_char *) notify_tokens[i].token;
        expected.len = ngx_strlen(expected.data);

        unit_is(&progress.token, &expected, "token of %s",
                notify_tokens[i].meta);
        unit_is_int(mcp_progress_report(&progress, 1, 0, NULL, 0),
                    expected.len ? NGX_OK : NGX_DECLINED, "and a report");

        ngx_destroy_pool(pool);
    }
}


static void
notify_test_reports(void)
{
    u_char          *p, buf[256];
    mcp_buf_t        b;
    mcp_msg_t        msg;
    ngx_str_t        got, expected;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;
    mcp_progress_t   progress;

    pool = unit_pool();
    notify_message(&msg, &doc, pool, NOTIFY_TOKEN("\"t\""));
    mcp_progress_init(&progress, &msg);

    for (i = 0; i < unit_nelts(notify_reports); i++) {
        unit_is_int(mcp_progress_report(&progress, notify_reports[i].value,
                                        notify_reports[i].total,
                                        notify_reports[i].text,
                                        notify_reports[i].now),
                    notify_reports[i].rc, "report %d", (int) i);

        if (notify_reports[i].sent == NULL) {
            continue;
        }

        unit_ok(progress.pending, "waits");

        mcp_buf_init(&b, pool, 0);
        mcp_progress_write(&progress, &b, notify_reports[i].now);
        (void) mcp_buf_done(&b, &got);

        p = ngx_sprintf(buf, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/"
                        "progress\",\"params\":{\"progressToken\":\"t\","
                        "\"progress\":%s}}", notify_reports[i].sent);
        expected.data = buf;
        expected.len = p - buf;

        unit_is(&got, &expected, "is written");
        unit_ok(!progress.pending, "and waits no more");
    }

    /* a clock that goes back does not stop it for long */

    unit_is_int(mcp_progress_report(&progress, 1.1e308, 0, NULL, 10), NGX_OK,
                "an earlier time");

    /* what was not sent is replaced */

    (void) mcp_progress_report(&progress, 1.2e308, 0, NULL, 11);
    unit_ok(progress.pending && progress.value == 1.2e308, "the last value");

    ngx_destroy_pool(pool);
}


/* texts of two bytes a character, one byte out of step */

static void
notify_test_texts(void)
{
    char             text[MCP_NOTIFY_TEXT_MAX + 4];
    mcp_buf_t        b;
    mcp_msg_t        msg;
    ngx_str_t        got;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;
    mcp_progress_t   progress;

    for (i = 0; i < sizeof(text) - 1; i++) {
        text[i] = (i % 2) ? '\xc3' : '\xa4';
    }

    text[0] = 'x';
    text[sizeof(text) - 1] = '\0';

    pool = unit_pool();
    notify_message(&msg, &doc, pool, NOTIFY_TOKEN("1"));

    mcp_progress_init(&progress, &msg);
    (void) mcp_progress_report(&progress, 1, 0, text, 0);
    unit_is_int(progress.len, MCP_NOTIFY_TEXT_MAX - 1, "no half a character");

    mcp_buf_init(&b, pool, 0);
    mcp_log_write(&b, MCP_LOG_INFO, NULL, (u_char *) text, sizeof(text) - 1);
    (void) mcp_buf_done(&b, &got);
    unit_ok(got.len > MCP_NOTIFY_TEXT_MAX
            && got.len < MCP_NOTIFY_TEXT_MAX + 100
            && mcp_utf8_check(got.data, got.len) == NGX_OK,
            "nor in a log message");

    msg.version = MCP_VERSION_2024_11_05;
    mcp_progress_init(&progress, &msg);
    (void) mcp_progress_report(&progress, 1, 0, text, 0);
    unit_is_int(progress.len, 0, "2024-11-05 has no text");

    ngx_destroy_pool(pool);
}


/* what streams: nothing of it is replaced, and there is a bound on how fast */

static ngx_int_t
notify_add(mcp_progress_t *progress, const char *text, ngx_uint_t line,
    ngx_msec_t now)
{
    ngx_str_t  s;

    s.data = (u_char *) text;
    s.len = ngx_strlen(text);

    return mcp_progress_add(progress, &s, line, now);
}


static void
notify_test_streams(void)
{
    mcp_buf_t        b;
    mcp_msg_t        msg;
    ngx_str_t        got, expected, text;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;
    mcp_progress_t   progress;

    pool = unit_pool();
    notify_message(&msg, &doc, pool, NOTIFY_TOKEN("1"));
    mcp_progress_init(&progress, &msg);

    for (i = 0; i < 100; i++) {
        if (notify_add(&progress, "x", 0, 1000) != NGX_OK) {
            break;
        }

        mcp_buf_init(&b, pool, 0);
        mcp_progress_write(&progress, &b, 1000);
    }

    unit_is_int(i, MCP_PROGRESS_BURST, "a burst of so many");
    unit_is_int(notify_add(&progress, "yz", 0, 1001), NGX_AGAIN, "no more");
    unit_is_int(notify_add(&progress, "a", 1, 1002), NGX_AGAIN, "still not");

    mcp_buf_init(&b, pool, 0);
    mcp_progress_write(&progress, &b, 1025);
    (void) mcp_buf_done(&b, &got);

    ngx_str_set(&expected, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/"
                "progress\",\"params\":{\"progressToken\":1,\"progress\":35,"
                "\"message\":\"xyz\\na\"}}");
    unit_is(&got, &expected, "all of it at once, with the value of the last");

    unit_is_int(notify_add(&progress, "b", 1, 1026), NGX_AGAIN,
                "a moment after that");
    unit_is_int(progress.len, 1, "without what was sent");
    unit_is_int(notify_add(&progress, "c", 0, 1100), NGX_OK, "later, again");

    text.len = MCP_NOTIFY_TEXT_MAX - 3;
    unit_ok(!mcp_progress_full(&progress, &text), "there is room");
    text.len++;
    unit_ok(mcp_progress_full(&progress, &text), "there is none");

    for (i = 0; i < MCP_NOTIFY_TEXT_MAX; i++) {
        (void) notify_add(&progress, "\xc3\xa4", 1, 1100);
    }

    unit_ok(progress.len <= MCP_NOTIFY_TEXT_MAX
            && mcp_utf8_check(progress.text, progress.len) == NGX_OK,
            "what has no room is cut");

    msg.version = MCP_VERSION_2024_11_05;
    mcp_progress_init(&progress, &msg);
    unit_is_int(notify_add(&progress, "x", 0, 0), NGX_OK, "2024-11-05");
    unit_is_int(progress.len, 0, "has no text");

    notify_message(&msg, &doc, pool, "{}");
    mcp_progress_init(&progress, &msg);
    unit_is_int(notify_add(&progress, "x", 0, 0), NGX_DECLINED, "no token");

    ngx_destroy_pool(pool);
}


static void
notify_test_levels(void)
{
    mcp_msg_t        msg;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    mcp_action_t     action;
    mcp_json_doc_t   doc;

    for (i = 0; i < unit_nelts(notify_levels); i++) {
        pool = unit_pool();
        notify_message(&msg, &doc, pool, notify_levels[i].meta);

        unit_is_int(mcp_log_level(&msg), notify_levels[i].rc, "level of %s",
                    notify_levels[i].meta);

        if (notify_levels[i].rc == NGX_OK) {
            unit_is_int(msg.log_level, notify_levels[i].level, "is known");

        } else {
            unit_is_int(msg.error.cause, MCP_ERROR_META, "is refused");
        }

        ngx_destroy_pool(pool);
    }

    pool = unit_pool();
    notify_message(&msg, &doc, pool, "{}");

    unit_is_int(mcp_log_set_level(NULL, &msg, &action), NGX_OK,
                "logging/setLevel");
    unit_ok(action.type == MCP_ACTION_LOG_LEVEL && action.result.len == 2,
            "has an empty result");

    msg.params = NULL;
    unit_is_int(mcp_log_set_level(NULL, &msg, &action), NGX_DECLINED,
                "without a level");
    unit_is_int(msg.error.cause, MCP_ERROR_PARAMS, "is refused");

    ngx_destroy_pool(pool);
}


static void
notify_test_logs(void)
{
    u_char      *p, buf[256];
    mcp_buf_t    b;
    ngx_str_t    got, expected;
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    pool = unit_pool();

    for (i = 0; i < unit_nelts(notify_logs); i++) {
        mcp_buf_init(&b, pool, 0);
        mcp_log_write(&b, notify_logs[i].level, notify_logs[i].logger,
                      (u_char *) notify_logs[i].text,
                      ngx_strlen(notify_logs[i].text));
        (void) mcp_buf_done(&b, &got);

        p = ngx_sprintf(buf, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/"
                        "message\",\"params\":{%s}}", notify_logs[i].params);
        expected.data = buf;
        expected.len = p - buf;

        unit_is(&got, &expected, "message %d", (int) i);
    }

    unit_fail_alloc(0);
    mcp_buf_init(&b, pool, 0);
    mcp_log_write(&b, MCP_LOG_INFO, NULL, (u_char *) "x", 1);
    unit_is_int(mcp_buf_done(&b, &got), NGX_ERROR, "no memory");
    unit_fail_alloc(-1);

    ngx_destroy_pool(pool);
}


int
main(void)
{
    notify_test_tokens();
    notify_test_reports();
    notify_test_texts();
    notify_test_streams();
    notify_test_levels();
    notify_test_logs();

    return unit_done();
}
