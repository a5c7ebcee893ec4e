
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_answer_error: why there is no result */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_answer.h>
#include "unit.h"


#define BODY(s)  { sizeof(s) - 1, (u_char *) s }


static struct {
    const char          *name;
    ngx_uint_t           status;
    const char          *media;
    ngx_str_t            body;
    const char          *expected;
} answer_rows[] = {

    { "nobody", 0, "", BODY(""),
      "The service cannot be reached, or broke off." },
    { "a status", 503, "", BODY(""),
      "HTTP 503 Service Unavailable" },
    { "one without words", 599, "text/plain", BODY("x"),
      "HTTP 599: x" },
    { "JSON", 422, "application/problem+json",
      BODY("{\n  \"title\": \"No\",\n  \"detail\": \"Not so\"\n}\n"),
      "HTTP 422 Unprocessable Content: { \"title\": \"No\", "
      "\"detail\": \"Not so\" }" },
    { "text", 500, "text/plain", BODY(" a  b\r\n\r\n c\n"),
      "HTTP 500 Internal Server Error: a b\nc" },
    { "HTML", 404, "text/html",
      BODY("<!DOCTYPE html>\n<title>Error</title><!-- <b> --><style>a{}</style>"
           "<SCRIPT>if (a<b) {}</script ><body>Cannot&nbsp;GET &lt;x&gt; & "
           "&quot;y&quot; &unknown;<br/>now"),
      "HTTP 404 Not Found: Error Cannot GET <x> & \"y\" &unknown; "
      "now" },
    { "nginx's own page", 502, "text/html",
      BODY("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
           "<center><h1>502 Bad Gateway</h1></center>\r\n"
           "<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"),
      "HTTP 502 Bad Gateway" },
    { "HTML that never ends", 500, "text/html",
      BODY("a<script>b"), "HTTP 500 Internal Server Error: a" },
    { "HTML without text", 500, "text/html", BODY("<p>"),
      "HTTP 500 Internal Server Error" },
    { "an image", 500, "image/png", BODY("abc"),
      "HTTP 500 Internal Server Error (image/png, 3 bytes)" },
    { "bytes", 500, "", BODY("\xff\xfe"),
      "HTTP 500 Internal Server Error (2 bytes)" },
    { "what is hidden or turns", 400, "text/plain",
      BODY("a\x1b[31m\xe2\x80\xae" "b\xf3\xa0\x81\x81\xe2\x80\x8b\xc2\x85"
           "c\xef\xbb\xbf\0d\x7f\xc2\xad\xd8\x9c"),
      "HTTP 400 Bad Request: a[31mbcd" },
    { "what is not UTF-8", 400, "text/plain", BODY("\xe9t\xe9"),
      "HTTP 400 Bad Request: \xef\xbf\xbdt\xef\xbf\xbd" },
    { "what is not UTF-8, and says so", 400,
      "text/plain; charset=latin1", BODY("\xe9t\xe9"),
      "HTTP 400 Bad Request: \xc3\xa9t\xc3\xa9" },
    { "304", 304, "", BODY(""),
      "HTTP 304 Not Modified" },
    { "not of HTTP", 199, "", BODY(""), "HTTP 199" }
};


typedef struct {
    const char          *name;
    const char          *template;
    ngx_uint_t           status;
    const char          *media;
    ngx_str_t            body;
    const char          *expected;
} answer_template_t;


static answer_template_t  answer_templates[] = {

    { "a pointer", "No: {error/message}", 400, "application/json",
      BODY("{\"error\":{\"message\":\"a b\"}}"), "No: a b" },
    { "a status", "It said {status}.", 500, "", BODY(""), "It said 500." },
    { "the status is that of HTTP", "{status} {code}", 404,
      "application/json", BODY("{\"status\":\"x\",\"code\":7}"), "404 7" },
    { "a value", "{a}", 400, "application/json", BODY("{\"a\":[1, 2]}"),
      "[1,2]" },
    { "of any type", "{a}", 400, "text/plain", BODY("{\"a\":1}"), "1" },
    { "one of two", "{a}{b}!", 400, "application/json", BODY("{\"a\":1}"),
      "1!" },
    { "none of two", "{a}{b}!", 400, "application/json", BODY("{\"c\":1}"),
      "HTTP 400 Bad Request: {\"c\":1}" },
    { "no JSON", "Said {a}", 500, "text/plain", BODY("Oops"),
      "HTTP 500 Internal Server Error: Oops" },
    { "no pointer", "Try again later.", 503, "text/html", BODY("<b>"),
      "Try again later." },
    { "nobody", "Try again later.", 0, "", BODY(""),
      "The service cannot be reached, or broke off." },
    { "made safe", "Said:\n{a}", 400, "application/json",
      BODY("{\"a\":\"x\\u001b\\u202e\\ny\"}"), "Said:\nx\ny" }
};


static u_char  answer_long[8192];


static ngx_str_t
answer_str(ngx_pool_t *pool, const char *text)
{
    ngx_str_t  s;

    s.len = ngx_strlen(text);
    s.data = unit_copy(pool, text, s.len);

    return s;
}


static void
answer_is(mcp_answer_conf_t *conf, mcp_answer_t *answer, const char *expected,
    const char *name)
{
    ngx_str_t    out, e;
    ngx_pool_t  *pool;

    pool = unit_pool();

    if (mcp_answer_error(conf, pool, answer, &out) != NGX_OK) {
        ngx_str_null(&out);
    }

    e.data = (u_char *) expected;
    e.len = ngx_strlen(e.data);

    unit_is(&out, &e, "%s", name);

    ngx_destroy_pool(pool);
}


static void
answer_test_rows(void)
{
    ngx_uint_t          i;
    ngx_pool_t         *pool;
    mcp_answer_t        answer;
    mcp_answer_conf_t   conf;

    ngx_memzero(&conf, sizeof(mcp_answer_conf_t));

    for (i = 0; i < unit_nelts(answer_rows); i++) {
        pool = unit_pool();

        ngx_memzero(&answer, sizeof(mcp_answer_t));
        answer.status = answer_rows[i].status;
        answer.type = answer_str(pool, answer_rows[i].media);
        answer.body.len = answer_rows[i].body.len;
        answer.body.data = unit_copy(pool, answer_rows[i].body.data,
                                     answer.body.len);

        answer_is(&conf, &answer, answer_rows[i].expected,
                  answer_rows[i].name);

        ngx_destroy_pool(pool);
    }
}


/* what comes between braces is a pointer */

static void
answer_compile(ngx_pool_t *pool, const char *text, ngx_array_t *atoms)
{
    ngx_str_t     s;
    const char   *err;

    s = answer_str(pool, text);

    if (mcp_pass_compile_text(pool, &s, 0, atoms, &err) != NGX_OK) {
        abort();
    }
}


static void
answer_test_templates(void)
{
    ngx_str_t            out, expected;
    ngx_uint_t           i;
    ngx_pool_t          *pool;
    mcp_answer_t         answer;
    answer_template_t   *row;
    mcp_answer_conf_t    conf;

    for (i = 0; i < unit_nelts(answer_templates); i++) {
        row = &answer_templates[i];
        pool = unit_pool();

        ngx_memzero(&conf, sizeof(mcp_answer_conf_t));
        answer_compile(pool, row->template, &conf.error);

        ngx_memzero(&answer, sizeof(mcp_answer_t));
        answer.status = row->status;
        answer.type = answer_str(pool, row->media);
        answer.body.len = row->body.len;
        answer.body.data = unit_copy(pool, row->body.data, row->body.len);

        if (mcp_answer_error(&conf, pool, &answer, &out) != NGX_OK) {
            ngx_str_null(&out);
        }

        expected.data = (u_char *) row->expected;
        expected.len = ngx_strlen(expected.data);

        unit_is(&out, &expected, "template: %s", row->name);

        ngx_destroy_pool(pool);
    }
}


static void
answer_test_others(void)
{
    ngx_str_t           out;
    ngx_pool_t         *pool;
    mcp_answer_t        answer;
    mcp_answer_conf_t   conf;

    ngx_memzero(&conf, sizeof(mcp_answer_conf_t));
    ngx_memzero(&answer, sizeof(mcp_answer_t));

    answer.status = 200;
    answer.broken = 1;
    ngx_str_set(&answer.body, "half");

    unit_is_int(mcp_answer_ok(&conf, &answer), 0, "broken: not ok");
    answer_is(&conf, &answer,
              "The answer of the service (HTTP 200) broke off before its end.",
              "broken");

    answer.status = 302;
    answer.broken = 0;
    ngx_str_set(&answer.location, "http://a/\nb");

    unit_is_int(mcp_answer_ok(&conf, &answer), 0, "redirect: not ok");
    answer_is(&conf, &answer, "HTTP 302 Found: a redirect to \"http://a/ b\", "
              "which is not followed", "redirect");

    /* texts are bounded */

    pool = unit_pool();

    answer.status = 400;
    answer.over = 1;
    answer.body.data = answer_long;
    answer.body.len = sizeof(answer_long);
    ngx_memset(answer_long, 'a', sizeof(answer_long));
    ngx_str_set(&answer.type, "text/plain");

    (void) mcp_answer_error(&conf, pool, &answer, &out);

    unit_is_int(out.len, sizeof("HTTP 400 Bad Request: ") - 1
                         + MCP_ANSWER_EXCERPT, "excerpt: length");
    unit_ok(ngx_memcmp(out.data + out.len - 4, "a...", 4) == 0,
            "excerpt: its end");

    ngx_memset(answer_long, '<', sizeof(answer_long));
    ngx_str_set(&answer.type, "text/html");

    (void) mcp_answer_error(&conf, pool, &answer, &out);

    unit_is_int(out.len, sizeof("HTTP 400 Bad Request") - 1,
                "excerpt: of tags only");

    ngx_destroy_pool(pool);
}


int
main(void)
{
    answer_test_rows();
    answer_test_templates();
    answer_test_others();

    return unit_done();
}
