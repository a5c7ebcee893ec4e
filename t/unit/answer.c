
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_answer: what comes of an answer of HTTP */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_answer.h>
#include "fixture.h"


#define AUTO       MCP_ANSWER_AUTO
#define JSON       MCP_ANSWER_JSON
#define TEXT       MCP_ANSWER_TEXT
#define BLOB       MCP_ANSWER_BLOB

#define BODY(s)    { sizeof(s) - 1, (u_char *) s }

/* of a result: its content, "|" and the structured result, "|error" */

#define SAYS(s)    "{\"type\":\"text\",\"text\":\"" s "\"}"
#define FAILS(s)   SAYS(s) "|error"


typedef enum {
    TOOL = 0,
    OUTPUT,                      /* a tool with an output schema */
    RESOURCE,
    PROMPT,
    VALUE                        /* one of several passes */
} answer_of_e;


typedef struct {
    const char          *name;
    answer_of_e          of;
    mcp_answer_type_e    type;
    const char          *select;
    ngx_uint_t           status;
    const char          *media;
    ngx_str_t            body;
    const char          *expected;
} answer_row_t;


static answer_row_t  answer_rows[] = {

    /* JSON */

    { "an object", TOOL, AUTO, "", 200, "application/json",
      BODY("{ \"a\" : 1.10 }"), SAYS("{\\\"a\\\":1.10}") "|{\"a\":1.10}" },
    { "with a charset", TOOL, AUTO, "", 200,
      "Application/JSON; charset=utf-8", BODY("{}"), SAYS("{}") "|{}" },
    { "exact numbers", TOOL, AUTO, "", 200, "application/json",
      BODY("[12345678901234567890,1e2,0.10]"),
      SAYS("[12345678901234567890,1e2,0.10]")
      "|[12345678901234567890,1e2,0.10]" },
    { "an array", TOOL, AUTO, "", 200, "application/json", BODY("[1]"),
      SAYS("[1]") "|[1]" },
    { "a number", TOOL, AUTO, "", 200, "application/json", BODY(" 5 "),
      SAYS("5") "|5" },
    { "null", TOOL, AUTO, "", 200, "application/json", BODY("null"),
      SAYS("null") "|null" },
    { "a string is text", TOOL, AUTO, "", 200, "application/json",
      BODY("\"a\\nb\""), SAYS("a\\nb") },
    { "a string as JSON", TOOL, JSON, "", 200, "application/json",
      BODY("\"a\""), SAYS("\\\"a\\\"") "|\"a\"" },
    { "+json", TOOL, AUTO, "", 200, "application/vnd.api+json;v=1",
      BODY("{}"), SAYS("{}") "|{}" },
    { "text/json", TOOL, AUTO, "", 200, "text/json", BODY("{}"),
      SAYS("{}") "|{}" },
    { "with a byte order mark", TOOL, AUTO, "", 200, "application/json",
      BODY("\xef\xbb\xbf{}"), SAYS("{}") "|{}" },
    { "in Latin 1", TOOL, AUTO, "", 200,
      "application/json; charset=\"ISO-8859-1\"", BODY("[\"\xe9\"]"),
      SAYS("[\\\"\xc3\xa9\\\"]") "|[\"\xc3\xa9\"]" },
    { "in UTF-8, whatever it says", TOOL, AUTO, "", 200,
      "application/json;charset=latin1", BODY("[\"\xc3\xa9\"]"),
      SAYS("[\\\"\xc3\xa9\\\"]") "|[\"\xc3\xa9\"]" },
    { "of any type", TOOL, JSON, "", 200, "text/html", BODY("{}"),
      SAYS("{}") "|{}" },
    { "of no type", TOOL, AUTO, "", 200, "", BODY("\n {\"a\":1}"),
      SAYS("{\\\"a\\\":1}") "|{\"a\":1}" },
    { "of no type, and none", TOOL, AUTO, "", 200, "", BODY("[1"),
      SAYS("[1") },
    { "of no type, a number is text", TOOL, AUTO, "", 200, "", BODY("05"),
      SAYS("05") },
    { "of a type that is malformed", TOOL, AUTO, "", 200, "json", BODY("{}"),
      SAYS("{}") "|{}" },

    { "duplicates are left to the reader", TOOL, AUTO, "", 200,
      "application/json", BODY("{\"a\":1, \"a\":2}"),
      SAYS("{\\\"a\\\":1, \\\"a\\\":2}") },
    { "duplicates where JSON is a must", TOOL, JSON, "", 200,
      "application/json", BODY("{\"a\":1,\"a\":2}"),
      FAILS("The answer of the service (HTTP 200) cannot be read as JSON, "
            "duplicate member name at byte 11: {\\\"a\\\":1,\\\"a\\\":2}") },
    { "what says it is JSON", TOOL, AUTO, "", 200, "application/json",
      BODY("<html>Sorry"),
      FAILS("The answer of the service (HTTP 200) cannot be read as JSON, "
            "syntax error at byte 0: <html>Sorry") },
    { "a page where JSON is a must", TOOL, JSON, "", 200, "text/html",
      BODY("<script>x</script>Log <b>in</b>"),
      FAILS("The answer of the service (HTTP 200) cannot be read as JSON, "
            "syntax error at byte 0: Log in") },
    { "JSON that is not UTF-8", TOOL, AUTO, "", 200, "application/json",
      BODY("[\"\xe9\"]"),
      FAILS("The answer of the service (HTTP 200) is not JSON in UTF-8: "
            "[\\\"\xef\xbf\xbd\\\"]") },

    /* an output schema: an object with a number "sum" */

    { "as promised", OUTPUT, AUTO, "", 200, "application/json",
      BODY("{\"sum\":1}"), SAYS("{\\\"sum\\\":1}") "|{\"sum\":1}" },
    { "as promised, of another type", OUTPUT, AUTO, "", 200, "text/plain",
      BODY("{\"sum\":1}"), SAYS("{\\\"sum\\\":1}") "|{\"sum\":1}" },
    { "a promise is broken", OUTPUT, AUTO, "", 200, "application/json",
      BODY("{\"sum\":\"1\"}"), "declined" },
    { "text was not promised", OUTPUT, AUTO, "", 200, "text/plain",
      BODY("one"),
      FAILS("The answer of the service (HTTP 200) cannot be read as JSON, "
            "syntax error at byte 0: one") },
    { "nor nothing", OUTPUT, AUTO, "", 204, "", BODY(""),
      FAILS("The answer of the service (HTTP 204) has no body") },
    { "an error was", OUTPUT, AUTO, "", 404, "", BODY(""),
      FAILS("HTTP 404 Not Found") },

    /* select */

    { "a part", TOOL, AUTO, "/a/1", 200, "application/json",
      BODY("{\"a\":[0,{\"b\":1}]}"), SAYS("{\\\"b\\\":1}") "|{\"b\":1}" },
    { "a part, of any type", TOOL, AUTO, "/a", 200, "text/plain",
      BODY("{\"a\":1}"), SAYS("1") "|1" },
    { "a part is text", TOOL, AUTO, "/a", 200, "application/json",
      BODY("{\"a\":\"x\"}"), SAYS("x") },
    { "a part as text", TOOL, TEXT, "/a", 200, "application/json",
      BODY("{\"a\":[1, 2]}"), SAYS("[1,2]") },
    { "a part as JSON", TOOL, JSON, "/a", 200, "application/json",
      BODY("{\"a\":\"x\"}"), SAYS("\\\"x\\\"") "|\"x\"" },
    { "a part as promised", OUTPUT, AUTO, "/a", 200, "application/json",
      BODY("{\"a\":{\"sum\":2}}"), SAYS("{\\\"sum\\\":2}") "|{\"sum\":2}" },
    { "a part that is missing", TOOL, AUTO, "/b", 200, "application/json",
      BODY("{\"a\":1}"),
      FAILS("The answer of the service has no \\\"/b\\\": {\\\"a\\\":1}") },
    { "a part of nothing", TOOL, AUTO, "/b", 204, "", BODY(""),
      FAILS("The answer of the service (HTTP 204) has no body") },

    /* text */

    { "text", TOOL, AUTO, "", 200, "text/plain", BODY("a\r\n\tb\n"),
      SAYS("a\\r\\n\\tb\\n") },
    { "JSON as text", TOOL, TEXT, "", 200, "application/json",
      BODY("{ \"a\":1}"), SAYS("{ \\\"a\\\":1}") },
    { "HTML", TOOL, AUTO, "", 200, "text/html", BODY("<b>"), SAYS("<b>") },
    { "XML", TOOL, AUTO, "", 200, "application/atom+xml", BODY("<b/>"),
      SAYS("<b/>") },
    { "YAML", TOOL, AUTO, "", 200, "application/yaml", BODY("a: b"),
      SAYS("a: b") },
    { "of no type", TOOL, AUTO, "", 200, "", BODY("a"), SAYS("a") },
    { "without a byte order mark", TOOL, AUTO, "", 200, "text/plain",
      BODY("\xef\xbb\xbf" "a"), SAYS("a") },
    { "windows-1252", TOOL, AUTO, "", 200, "text/plain; charset=iso-8859-1",
      BODY("caf\xe9 \x80 \xff"), SAYS("caf\xc3\xa9 \xe2\x82\xac \xc3\xbf") },
    { "UTF-8 that says windows-1252", TOOL, AUTO, "", 200,
      "text/plain; format=flowed; charset=Windows-1252", BODY("\xc3\xa9"),
      SAYS("\xc3\x83\xc2\xa9") },
    { "another charset, but ASCII", TOOL, AUTO, "", 200,
      "text/plain; charset=koi8-r", BODY("a"), SAYS("a") },
    { "another charset", TOOL, AUTO, "", 200,
      "text/plain; charset=shift_jis", BODY("\x83\x65"),
      FAILS("The answer of the service (HTTP 200) is in a charset that is not "
            "known here: \xef\xbf\xbd" "e") },
    { "another charset of seven bits", TOOL, AUTO, "", 200,
      "text/plain; charset=iso-2022-jp", BODY("\x1b$B!!\x1b(B"),
      FAILS("The answer of the service (HTTP 200) is in a charset that is not "
            "known here: $B!!(B") },
    { "text that is not UTF-8", TOOL, AUTO, "", 200, "text/plain",
      BODY("a\xff" "b"),
      FAILS("The answer of the service (HTTP 200) is not text in UTF-8: "
            "a\xef\xbf\xbd" "b") },
    { "text with NUL", TOOL, AUTO, "", 200, "text/plain", BODY("a\0b"),
      FAILS("The answer of the service (HTTP 200) is not text in UTF-8: "
            "ab") },
    { "empty text", TOOL, TEXT, "", 200, "text/plain", BODY(""), SAYS("") },

    /* no body */

    { "204", TOOL, AUTO, "", 204, "", BODY(""),
      SAYS("The service answered with HTTP 204 and no body.") },
    { "200 with nothing", TOOL, AUTO, "", 200, "application/json", BODY(""),
      SAYS("The service answered with HTTP 200 and no body.") },
    { "201 of JSON", TOOL, JSON, "", 201, "", BODY(""),
      SAYS("The service answered with HTTP 201 and no body.") },

    /* bytes */

    { "an image", TOOL, AUTO, "", 200, "Image/PNG;a=b", BODY("\0\1\xff"),
      "{\"type\":\"image\",\"data\":\"AAH/\",\"mimeType\":\"image/png\"}" },
    { "SVG", TOOL, AUTO, "", 200, "image/svg+xml", BODY("<"),
      "{\"type\":\"image\",\"data\":\"PA==\","
      "\"mimeType\":\"image/svg+xml\"}" },
    { "sound", TOOL, AUTO, "", 200, "audio/wav", BODY("\0\1"),
      "{\"type\":\"audio\",\"data\":\"AAE=\",\"mimeType\":\"audio/wav\"}" },
    { "an image as blob", TOOL, BLOB, "", 200, "image/png", BODY("\0"),
      "{\"type\":\"resource\",\"resource\":{\"uri\":\"content:0\","
      "\"mimeType\":\"image/png\",\"blob\":\"AA==\"}}" },
    { "other types", TOOL, AUTO, "", 200, "application/pdf", BODY("%PDF"),
      "{\"type\":\"resource\",\"resource\":{\"uri\":\"content:0\","
      "\"mimeType\":\"application/pdf\",\"blob\":\"JVBERg==\"}}" },
    { "no type and no text", TOOL, AUTO, "", 200, "", BODY("\xff"),
      "{\"type\":\"resource\",\"resource\":{\"uri\":\"content:0\","
      "\"blob\":\"/w==\"}}" },
    { "no type and no text, though it begins so", TOOL, AUTO, "", 200, "",
      BODY("{\xff"),
      "{\"type\":\"resource\",\"resource\":{\"uri\":\"content:0\","
      "\"blob\":\"e/8=\"}}" },
    { "an image as text", TOOL, TEXT, "", 200, "image/png", BODY("\xff\xd8"),
      FAILS("The answer of the service (HTTP 200) is not text in UTF-8 "
            "(image/png, 2 bytes)") },
    { "an empty blob", TOOL, BLOB, "", 200, "a/b", BODY(""),
      "{\"type\":\"resource\",\"resource\":{\"uri\":\"content:0\","
      "\"mimeType\":\"a/b\",\"blob\":\"\"}}" },

    /* resources, prompts */

    { "JSON", RESOURCE, AUTO, "", 200, "application/json", BODY("{ \"a\":1}"),
      "{\"uri\":\"r:1\",\"mimeType\":\"application/json\","
      "\"text\":\"{ \\\"a\\\":1}\"}" },
    { "text", RESOURCE, AUTO, "", 200, "text/css; charset=utf-8", BODY("a"),
      "{\"uri\":\"r:1\",\"mimeType\":\"text/css\",\"text\":\"a\"}" },
    { "an image", RESOURCE, AUTO, "", 200, "image/gif", BODY("G"),
      "{\"uri\":\"r:1\",\"mimeType\":\"image/gif\",\"blob\":\"Rw==\"}" },
    { "bytes", RESOURCE, AUTO, "", 200, "", BODY("\xff"),
      "{\"uri\":\"r:1\",\"mimeType\":\"own/type\",\"blob\":\"/w==\"}" },
    { "nothing", RESOURCE, AUTO, "", 204, "", BODY(""),
      "{\"uri\":\"r:1\",\"mimeType\":\"own/type\",\"text\":\"\"}" },
    { "a part", RESOURCE, AUTO, "/a", 200, "application/json",
      BODY("{\"a\":\"x\"}"),
      "{\"uri\":\"r:1\",\"mimeType\":\"own/type\",\"text\":\"x\"}" },
    { "JSON", PROMPT, AUTO, "", 200, "application/json", BODY("[1, 2]"),
      "{\"role\":\"user\",\"content\":" SAYS("[1, 2]") "}" },
    { "a part", PROMPT, AUTO, "/a", 200, "application/json",
      BODY("{\"a\":\"x\"}"), "{\"role\":\"user\",\"content\":" SAYS("x") "}" },

    /* one of several */

    { "JSON", VALUE, AUTO, "", 200, "application/json", BODY("{\"a\":1.0}"),
      "{\"a\":1.0}" },
    { "a part", VALUE, AUTO, "/a", 200, "application/json",
      BODY("{\"a\":\"x\"}"), "\"x\"" },
    { "text", VALUE, AUTO, "", 200, "text/plain", BODY("a\"b"), "\"a\\\"b\"" },
    { "JSON as text", VALUE, TEXT, "", 200, "application/json", BODY("[1]"),
      "\"[1]\"" },
    { "a part as text", VALUE, TEXT, "/a", 200, "application/json",
      BODY("{\"a\":[ 1]}"), "\"[1]\"" },
    { "bytes", VALUE, AUTO, "", 200, "image/png", BODY("\xff"),
      "{\"mimeType\":\"image/png\",\"blob\":\"/w==\"}" },
    { "bytes of no type", VALUE, BLOB, "", 200, "", BODY("\xff"),
      "{\"blob\":\"/w==\"}" },
    { "nothing", VALUE, AUTO, "", 204, "", BODY(""), "null" },
    { "no JSON", VALUE, AUTO, "", 200, "application/json", BODY("x"),
      "declined: The answer of the service (HTTP 200) cannot be read as JSON, "
      "syntax error at byte 0: x" }
};


static mcp_tool_t     answer_tool;
static mcp_server_t  *answer_server;


static ngx_str_t
answer_str(ngx_pool_t *pool, const char *text)
{
    ngx_str_t  s;

    s.len = ngx_strlen(text);
    s.data = unit_copy(pool, text, s.len);

    return s;
}


static void
answer_init(mcp_result_t *result, ngx_pool_t *pool, answer_of_e of)
{
    static mcp_prompt_t    prompt;
    static mcp_resource_t  resource = { .mime_type = ngx_string("own/type") };

    ngx_str_t  name = ngx_string("Sum.2_a-b");

    mcp_result_init(result, pool, NULL, MCP_VERSION_2026_07_28);

    switch (of) {

    case OUTPUT:
        result->tool = mcp_catalog_find(
                        &answer_server->offers[MCP_OFFER_TOOLS].catalog, &name);
        break;

    case RESOURCE:
        result->resource = &resource;
        ngx_str_set(&result->uri, "r:1");
        break;

    case PROMPT:
        result->prompt = &prompt;
        break;

    default:
        result->tool = &answer_tool;
        break;
    }
}


static ngx_str_t
answer_show(mcp_result_t *result, ngx_int_t rc)
{
    mcp_buf_t  b;
    ngx_str_t  out;

    mcp_buf_init(&b, result->pool, 0);

    if (rc == NGX_OK) {
        mcp_buf_add(&b, result->content.start, mcp_buf_len(&result->content));
        mcp_buf_str(&b, &result->reason);

    } else if (rc == NGX_DECLINED) {
        mcp_buf_lit(&b, "declined");

    } else {
        mcp_buf_lit(&b, "error");
    }

    if (rc == NGX_OK && result->structured.len) {

        if (result->items == 0) {
            b.last = b.start;
            mcp_result_text(result, result->structured.data,
                            result->structured.len);
            mcp_buf_add(&b, result->content.start,
                        mcp_buf_len(&result->content));
        }

        mcp_buf_char(&b, '|');
        mcp_buf_str(&b, &result->structured);
    }

    if (result->error) {
        mcp_buf_lit(&b, "|error");
    }

    (void) mcp_buf_done(&b, &out);

    return out;
}


static ngx_str_t
answer_value(ngx_pool_t *pool, mcp_answer_conf_t *conf, mcp_answer_t *answer)
{
    cJSON      *value;
    mcp_buf_t   b;
    ngx_int_t   rc;
    ngx_str_t   out;

    rc = mcp_answer_value(conf, pool, answer, &value, &out);

    mcp_buf_init(&b, pool, 0);

    if (rc == NGX_OK) {
        (void) mcp_json_print(&b, value);

    } else {
        mcp_buf_lit(&b, "declined: ");
        mcp_buf_str(&b, &out);
    }

    (void) mcp_buf_done(&b, &out);

    return out;
}


static void
answer_test_rows(void)
{
    ngx_int_t            rc;
    ngx_str_t            out, expected;
    ngx_uint_t           i;
    ngx_pool_t          *pool;
    mcp_answer_t         answer;
    mcp_result_t         result;
    answer_row_t        *row;
    mcp_answer_conf_t    conf;
    mcp_schema_error_t   err;

    static const char   *of[] = {
        "tool", "tool with output", "resource", "prompt", "value"
    };

    for (i = 0; i < unit_nelts(answer_rows); i++) {
        row = &answer_rows[i];
        pool = unit_pool();

        ngx_memzero(&conf, sizeof(mcp_answer_conf_t));
        conf.type = row->type;
        conf.select = answer_str(pool, row->select);
        conf.max = 1000;

        ngx_memzero(&answer, sizeof(mcp_answer_t));
        answer.status = row->status;
        answer.type = answer_str(pool, row->media);
        answer.body.len = row->body.len;
        answer.body.data = unit_copy(pool, row->body.data, row->body.len);
        answer.uri = answer_str(pool, "/internal");

        if (row->of == VALUE) {
            out = answer_value(pool, &conf, &answer);

        } else {
            answer_init(&result, pool, row->of);
            rc = mcp_answer_result(&conf, &answer, &result, &err);
            out = answer_show(&result, rc);
        }

        expected.data = (u_char *) row->expected;
        expected.len = ngx_strlen(expected.data);

        unit_is(&out, &expected, "%s: %s", of[row->of], row->name);

        ngx_destroy_pool(pool);
    }
}


/* longer than 8 bytes */

static struct {
    const char          *name;
    mcp_answer_type_e    type;
    ngx_uint_t           cut;
    const char          *media;
    ngx_str_t            body;
    const char          *expected;
} answer_overs[] = {

#define NOTE  "[The answer is longer than 8 bytes and was cut here.]"

    { "text", AUTO, 0, "text/plain", BODY("abcdefgh"),
      FAILS("The answer of the service (HTTP 200) is longer than 8 bytes.") },
    { "text", AUTO, 1, "text/plain", BODY("abcdefgh"),
      SAYS("abcdefgh\\n" NOTE) },
    { "at a line", AUTO, 1, "text/plain", BODY("abcde\nfg"),
      SAYS("abcde\\n" NOTE) },
    { "at a line that would lose most", AUTO, 1, "text/plain",
      BODY("a\ncdefgh"), SAYS("a\\ncdefgh\\n" NOTE) },
    { "in a character", AUTO, 1, "text/plain", BODY("abcdef\xe2\x82"),
      SAYS("abcdef\\n" NOTE) },
    { "behind a character", AUTO, 1, "text/plain", BODY("abcde\xe2\x82\xac"),
      SAYS("abcde\xe2\x82\xac\\n" NOTE) },
    { "more than was asked for", AUTO, 1, "text/plain", BODY("abcdefghij"),
      SAYS("abcdefgh\\n" NOTE) },
    { "JSON", AUTO, 1, "application/json", BODY("{\"a\":1,\n"),
      SAYS("{\\\"a\\\":1,\\n" NOTE) },
    { "JSON that must be", JSON, 1, "application/json", BODY("{\"a\":1,\n"),
      FAILS("The answer of the service (HTTP 200) is too long to be read as "
            "JSON: {\\\"a\\\":1,") },
    { "an image", AUTO, 1, "image/png", BODY("abcdefgh"),
      FAILS("The answer of the service (HTTP 200) is too long, and cannot be "
            "cut (image/png, 8 bytes and more)") },
    { "no type", AUTO, 1, "", BODY("abc\ndefg"),
      SAYS("abc\\ndefg\\n" NOTE) },
    { "nothing came", AUTO, 1, "text/plain", BODY(""), SAYS(NOTE) }
};


static void
answer_test_over(void)
{
    ngx_int_t            rc;
    ngx_str_t            out, expected;
    ngx_uint_t           i;
    ngx_pool_t          *pool;
    mcp_answer_t         answer;
    mcp_result_t         result;
    mcp_answer_conf_t    conf;
    mcp_schema_error_t   err;

    for (i = 0; i < unit_nelts(answer_overs); i++) {
        pool = unit_pool();

        ngx_memzero(&conf, sizeof(mcp_answer_conf_t));
        conf.type = answer_overs[i].type;
        conf.cut = answer_overs[i].cut;
        conf.max = 8;

        ngx_memzero(&answer, sizeof(mcp_answer_t));
        answer.status = 200;
        answer.over = 1;
        answer.type = answer_str(pool, answer_overs[i].media);
        answer.body.len = answer_overs[i].body.len;
        answer.body.data = unit_copy(pool, answer_overs[i].body.data,
                                     answer.body.len);

        unit_is_int(mcp_answer_ok(&conf, &answer), answer_overs[i].cut,
                    "over: %s: ok", answer_overs[i].name);

        answer_init(&result, pool, TOOL);
        rc = mcp_answer_result(&conf, &answer, &result, &err);
        out = answer_show(&result, rc);

        expected.data = (u_char *) answer_overs[i].expected;
        expected.len = ngx_strlen(expected.data);

        unit_is(&out, &expected, "over: %s", answer_overs[i].name);

        ngx_destroy_pool(pool);
    }
}


/* whichever allocation fails, it is an error and nothing else */

static void
answer_test_memory(void)
{
    ngx_int_t            rc, n;
    ngx_uint_t           i, wrong;
    ngx_pool_t          *pool;
    mcp_answer_t         answer;
    mcp_result_t         result;
    answer_row_t        *row;
    mcp_answer_conf_t    conf;
    mcp_schema_error_t   err;

    wrong = 0;

    for (i = 0; i < unit_nelts(answer_rows); i++) {
        row = &answer_rows[i];

        if (row->of == VALUE) {
            continue;
        }

        for (n = 0; n < 64; n++) {
            pool = unit_pool();

            ngx_memzero(&conf, sizeof(mcp_answer_conf_t));
            conf.type = row->type;
            conf.select = answer_str(pool, row->select);
            conf.max = 1000;

            ngx_memzero(&answer, sizeof(mcp_answer_t));
            answer.status = row->status;
            answer.type = answer_str(pool, row->media);
            answer.body = row->body;

            answer_init(&result, pool, row->of);

            unit_fail_alloc(n);
            rc = mcp_answer_result(&conf, &answer, &result, &err);
            unit_fail_alloc(-1);

            if (rc != NGX_ERROR && !result.content.failed) {
                ngx_destroy_pool(pool);
                break;
            }

            ngx_destroy_pool(pool);
        }

        wrong += (n == 64);
    }

    unit_is_int(wrong, 0, "without memory");
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();
    answer_server = fixture_server(pool, MCP_VERSION_MASK_ALL,
                                   unit_nelts(fixture_tools));

    answer_test_rows();
    answer_test_over();
    answer_test_memory();

    ngx_destroy_pool(pool);

    return unit_done();
}
