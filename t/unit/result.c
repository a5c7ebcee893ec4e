
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_result: a tool's result in the words of each revision */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_result.h>
#include "fixture.h"


#define RESULT_META                                                           \
    ",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{\"name\":\"s\","     \
    "\"version\":\"1\"}}}"

#define RESULT_MODERN(content)                                                \
    "{\"resultType\":\"complete\",\"content\":[" content "]" RESULT_META

#define RESULT_LEGACY(content)  "{\"content\":[" content "]}"


typedef void (*result_make_pt)(mcp_result_t *r);


static void result_none(mcp_result_t *r);
static void result_text(mcp_result_t *r);
static void result_texts(mcp_result_t *r);
static void result_bytes(mcp_result_t *r);
static void result_image(mcp_result_t *r);
static void result_audio(mcp_result_t *r);
static void result_link(mcp_result_t *r);
static void result_link_short(mcp_result_t *r);
static void result_embed_text(mcp_result_t *r);
static void result_embed_blob(mcp_result_t *r);
static void result_annotated(mcp_result_t *r);
static void result_annotated_link(mcp_result_t *r);
static void result_error(mcp_result_t *r);
static void result_object(mcp_result_t *r);
static void result_array(mcp_result_t *r);
static void result_null(mcp_result_t *r);
static void result_object_text(mcp_result_t *r);
static void result_object_error(mcp_result_t *r);


static struct {
    const char      *name;
    result_make_pt   make;
    ngx_uint_t       first;      /* revisions it is so in */
    ngx_uint_t       last;
    const char      *result;     /* what is modern is taken away for legacy */
} result_rows[] = {

    { "nothing", result_none, 0, 4, RESULT_MODERN("") },
    { "text", result_text, 0, 4,
      RESULT_MODERN("{\"type\":\"text\",\"text\":\"a\\\"\\n\"}") },
    { "two texts", result_texts, 0, 4,
      RESULT_MODERN("{\"type\":\"text\",\"text\":\"a\"},"
                    "{\"type\":\"text\",\"text\":\"\"}") },
    { "bytes that are not UTF-8", result_bytes, 0, 4,
      RESULT_MODERN("{\"type\":\"text\",\"text\":\"a\xef\xbf\xbd"
                    "\\u0000\"}") },
    { "image", result_image, 0, 4,
      RESULT_MODERN("{\"type\":\"image\",\"data\":\"AAH/\","
                    "\"mimeType\":\"image/png\"}") },

    { "audio", result_audio, 1, 4,
      RESULT_MODERN("{\"type\":\"text\",\"text\":\"a\"},"
                    "{\"type\":\"audio\",\"data\":\"AAE=\","
                    "\"mimeType\":\"audio/wav\"}") },
    { "audio", result_audio, 0, 0,
      RESULT_MODERN("{\"type\":\"text\",\"text\":\"a\"},"
                    "{\"type\":\"resource\",\"resource\":{"
                    "\"uri\":\"content:1\",\"mimeType\":\"audio/wav\","
                    "\"blob\":\"AAE=\"}}") },

    { "link", result_link, 2, 4,
      RESULT_MODERN("{\"type\":\"resource_link\",\"uri\":\"file:///a\","
                    "\"name\":\"n\",\"title\":\"t\",\"description\":\"d\","
                    "\"mimeType\":\"a/b\",\"size\":5000000000}") },
    { "link", result_link, 0, 1,
      RESULT_MODERN("{\"type\":\"text\",\"text\":\"n <file:///a>\"}") },
    { "short link", result_link_short, 2, 4,
      RESULT_MODERN("{\"type\":\"resource_link\",\"uri\":\"file:///a\","
                    "\"name\":\"n\"}") },

    { "embedded text", result_embed_text, 0, 4,
      RESULT_MODERN("{\"type\":\"resource\",\"resource\":{\"uri\":\"u:1\","
                    "\"mimeType\":\"text/plain\",\"text\":\"x\"}}") },
    { "embedded blob", result_embed_blob, 0, 4,
      RESULT_MODERN("{\"type\":\"resource\",\"resource\":{\"uri\":\"u:1\","
                    "\"blob\":\"\"}}") },

    { "annotations are of the next item", result_annotated, 0, 4,
      RESULT_MODERN("{\"type\":\"text\",\"text\":\"a\",\"annotations\":{"
                    "\"audience\":[\"user\",\"assistant\"],"
                    "\"priority\":0.5}},"
                    "{\"type\":\"text\",\"text\":\"b\"},"
                    "{\"type\":\"image\",\"data\":\"\",\"mimeType\":\"i\","
                    "\"annotations\":{\"audience\":[\"assistant\"],"
                    "\"priority\":1}}") },
    { "annotations of a link", result_annotated_link, 0, 1,
      RESULT_MODERN("{\"type\":\"text\",\"text\":\"n <file:///a>\","
                    "\"annotations\":{\"audience\":[\"user\"],"
                    "\"priority\":0}}") },

    { "error", result_error, 0, 4,
      "{\"resultType\":\"complete\",\"content\":[{\"type\":\"text\","
      "\"text\":\"no\"}],\"isError\":true" RESULT_META },

    { "object", result_object, 4, 4,
      "{\"resultType\":\"complete\",\"content\":[{\"type\":\"text\","
      "\"text\":\"{\\\"a\\\":1}\"}],\"structuredContent\":{\"a\":1}"
      RESULT_META },
    { "object", result_object, 2, 3,
      "{\"content\":[{\"type\":\"text\",\"text\":\"{\\\"a\\\":1}\"}],"
      "\"structuredContent\":{\"a\":1}}" },
    { "object", result_object, 0, 1,
      RESULT_LEGACY("{\"type\":\"text\",\"text\":\"{\\\"a\\\":1}\"}") },

    { "array", result_array, 4, 4,
      "{\"resultType\":\"complete\",\"content\":[{\"type\":\"text\","
      "\"text\":\"[1]\"}],\"structuredContent\":[1]" RESULT_META },
    { "array", result_array, 0, 3,
      RESULT_LEGACY("{\"type\":\"text\",\"text\":\"[1]\"}") },

    { "null", result_null, 4, 4,
      "{\"resultType\":\"complete\",\"content\":[{\"type\":\"text\","
      "\"text\":\"null\"}],\"structuredContent\":null" RESULT_META },

    { "object and text", result_object_text, 4, 4,
      "{\"resultType\":\"complete\",\"content\":[{\"type\":\"text\","
      "\"text\":\"a\"}],\"structuredContent\":{\"a\":1}" RESULT_META },

    { "an error drops all before", result_object_error, 0, 4,
      "{\"resultType\":\"complete\",\"content\":[{\"type\":\"text\","
      "\"text\":\"no\"}],\"isError\":true" RESULT_META }
};


static mcp_tool_t    result_tool;
static mcp_server_t  result_server;


static cJSON *
result_json(ngx_pool_t *pool, const char *text)
{
    cJSON           *value;
    ngx_str_t        s;
    mcp_json_doc_t   doc;

    s.len = ngx_strlen(text);
    s.data = unit_copy(pool, text, s.len);

    if (mcp_json_parse(pool, &s, &doc, &value) != NGX_OK) {
        abort();
    }

    return value;
}


static void
result_none(mcp_result_t *r)
{
}


static void
result_text(mcp_result_t *r)
{
    mcp_result_text(r, (u_char *) "a\"\n", 3);
}


static void
result_texts(mcp_result_t *r)
{
    mcp_result_text(r, (u_char *) "a", 1);
    mcp_result_text(r, (u_char *) "", 0);
}


static void
result_bytes(mcp_result_t *r)
{
    mcp_result_text(r, (u_char *) "a\xff\0", 3);
}


static void
result_image(mcp_result_t *r)
{
    static ngx_str_t  type = ngx_string("image/png");

    mcp_result_image(r, (u_char *) "\0\1\xff", 3, &type);
}


static void
result_audio(mcp_result_t *r)
{
    static ngx_str_t  type = ngx_string("audio/wav");

    mcp_result_text(r, (u_char *) "a", 1);
    mcp_result_audio(r, (u_char *) "\0\1", 2, &type);
}


static void
result_link(mcp_result_t *r)
{
    mcp_result_link_t  link = {
        ngx_string("file:///a"), ngx_string("n"), ngx_string("t"),
        ngx_string("d"), ngx_string("a/b"), 5000000000
    };

    mcp_result_link(r, &link);
}


static void
result_link_short(mcp_result_t *r)
{
    mcp_result_link_t  link = {
        ngx_string("file:///a"), ngx_string("n"), ngx_null_string,
        ngx_null_string, ngx_null_string, -1
    };

    mcp_result_link(r, &link);
}


static void
result_embed_text(mcp_result_t *r)
{
    static ngx_str_t  uri = ngx_string("u:1");
    static ngx_str_t  type = ngx_string("text/plain");

    mcp_result_embed(r, &uri, &type, (u_char *) "x", 1, 0);
}


static void
result_embed_blob(mcp_result_t *r)
{
    static ngx_str_t  uri = ngx_string("u:1");
    static ngx_str_t  type = ngx_null_string;

    mcp_result_embed(r, &uri, &type, (u_char *) "", 0, 1);
}


static void
result_annotated(mcp_result_t *r)
{
    static ngx_str_t  type = ngx_string("i");

    (void) mcp_result_annotate(r, MCP_RESULT_FOR_USER|MCP_RESULT_FOR_ASSISTANT,
                               0.5);
    mcp_result_text(r, (u_char *) "a", 1);
    mcp_result_text(r, (u_char *) "b", 1);
    (void) mcp_result_annotate(r, MCP_RESULT_FOR_ASSISTANT, 1);
    mcp_result_image(r, (u_char *) "", 0, &type);
}


static void
result_annotated_link(mcp_result_t *r)
{
    (void) mcp_result_annotate(r, MCP_RESULT_FOR_USER, 0);
    result_link(r);
}


static void
result_error(mcp_result_t *r)
{
    mcp_result_error(r, (u_char *) "no", 2);
}


static void
result_object(mcp_result_t *r)
{
    mcp_schema_error_t  err;

    (void) mcp_result_structured(r, result_json(r->pool, "{ \"a\" : 1 }"),
                                 &err);
}


static void
result_array(mcp_result_t *r)
{
    mcp_schema_error_t  err;

    (void) mcp_result_structured(r, result_json(r->pool, "[1]"), &err);
}


static void
result_null(mcp_result_t *r)
{
    mcp_schema_error_t  err;

    (void) mcp_result_structured(r, result_json(r->pool, "null"), &err);
}


static void
result_object_text(mcp_result_t *r)
{
    result_object(r);
    mcp_result_text(r, (u_char *) "a", 1);
}


static void
result_object_error(mcp_result_t *r)
{
    result_annotated(r);
    result_object(r);
    (void) mcp_result_annotate(r, MCP_RESULT_FOR_USER, 1);
    result_error(r);
}


/* without "resultType" and "_meta" */

static ngx_str_t
result_legacy(ngx_pool_t *pool, const char *text)
{
    u_char     *p;
    size_t      len, cut;
    ngx_str_t   s;

    len = ngx_strlen(text);
    cut = sizeof("\"resultType\":\"complete\",") - 1;

    s.data = unit_copy(pool, text, len);
    s.len = len;

    if (ngx_strncmp(text + 1, "\"resultType\"", 12) != 0) {
        return s;
    }

    p = ngx_cpymem(s.data + 1, text + 1 + cut,
                   len - 1 - cut - (sizeof(RESULT_META) - 1));
    *p++ = '}';
    s.len = p - s.data;

    return s;
}


static void
result_test_rows(void)
{
    ngx_int_t      rc;
    mcp_buf_t      b;
    ngx_str_t      out, expected;
    ngx_uint_t     i, v;
    ngx_pool_t    *pool;
    mcp_result_t   r;

    for (i = 0; i < unit_nelts(result_rows); i++) {
        for (v = result_rows[i].first; v <= result_rows[i].last; v++) {
            pool = unit_pool();

            mcp_result_init(&r, pool, &result_tool, v);
            result_rows[i].make(&r);

            mcp_buf_init(&b, pool, 0);
            rc = mcp_result_write(&r, &result_server, &b);
            (void) mcp_buf_done(&b, &out);

            expected.data = (u_char *) result_rows[i].result;
            expected.len = ngx_strlen(expected.data);

            if (!mcp_version_modern(v)) {
                expected = result_legacy(pool, result_rows[i].result);
            }

            if (rc != NGX_OK) {
                ngx_str_null(&out);
            }

            unit_is(&out, &expected, "%s: %s", mcp_version_name(v)->data,
                    result_rows[i].name);

            ngx_destroy_pool(pool);
        }
    }
}


/* a tool that breaks its own contract */

static void
result_test_contract(void)
{
    ngx_int_t            rc;
    mcp_buf_t            b;
    mcp_tool_t           tool;
    ngx_pool_t          *pool;
    mcp_result_t         r;
    mcp_schema_error_t   err;

    pool = unit_pool();
    tool = fixture_tools[3];

    if (mcp_tool_compile(pool, &tool, &err) != NGX_OK) {
        abort();
    }

    mcp_result_init(&r, pool, &tool, MCP_VERSION_2026_07_28);
    rc = mcp_result_structured(&r, result_json(pool, "{\"sum\":\"1\"}"), &err);

    unit_ok(rc == NGX_DECLINED && err.path.len == 4
            && ngx_strncmp(err.path.data, "/sum", 4) == 0 && err.text.len,
            "a value that the output schema refuses");

    rc = mcp_result_structured(&r, result_json(pool, "{}"), &err);
    unit_ok(rc == NGX_DECLINED && err.path.len == 0 && err.text.len,
            "a member that the output schema requires");

    rc = mcp_result_structured(&r, result_json(pool, "[]"), &err);
    unit_is_int(rc, NGX_DECLINED, "an array for an object");

    mcp_buf_init(&b, pool, 0);
    mcp_result_text(&r, (u_char *) "1", 1);
    unit_is_int(mcp_result_write(&r, &result_server, &b), NGX_DECLINED,
                "text is no structured result");

    rc = mcp_result_structured(&r, result_json(pool, "{\"sum\":1}"), &err);
    unit_ok(rc == NGX_OK && mcp_result_write(&r, &result_server, &b) == NGX_OK,
            "a value that conforms");

    mcp_result_init(&r, pool, &tool, MCP_VERSION_2024_11_05);
    unit_is_int(mcp_result_write(&r, &result_server, &b), NGX_DECLINED,
                "the contract holds in old revisions");

    mcp_result_error(&r, (u_char *) "no", 2);
    unit_is_int(mcp_result_write(&r, &result_server, &b), NGX_OK,
                "an error needs no structured result");

    ngx_destroy_pool(pool);
}


/* what a handler may build and JSON cannot say */

static void
result_test_values(void)
{
    cJSON               *value;
    ngx_uint_t           i;
    ngx_pool_t          *pool;
    mcp_result_t         r;
    mcp_schema_error_t   err;

    static double  bad[] = { -0.001, 1.001, 1e300, -1e300 };

    pool = unit_pool();
    mcp_result_init(&r, pool, &result_tool, MCP_VERSION_2026_07_28);

    value = cJSON_CreateNumber(0);
    value->valuedouble = 1e308 * 10;

    unit_ok(mcp_result_structured(&r, value, &err) == NGX_DECLINED
            && err.path.len == 0 && err.text.len,
            "a number that is not finite");

    cJSON_Delete(value);

    for (i = 0; i < unit_nelts(bad); i++) {
        unit_is_int(mcp_result_annotate(&r, MCP_RESULT_FOR_USER, bad[i]),
                    NGX_ERROR, "no priority: %g", bad[i]);
    }

    unit_is_int(mcp_result_annotate(&r, MCP_RESULT_FOR_USER,
                                    strtod("nan", NULL)),
                NGX_ERROR, "no priority: NaN");

    ngx_destroy_pool(pool);
}


static void
result_test_error_text(void)
{
    u_char        text[MCP_RESULT_ERROR_MAX + 8];
    mcp_buf_t     b;
    ngx_str_t     out;
    ngx_uint_t    i;
    ngx_pool_t   *pool;
    mcp_result_t  r;

    static struct {
        size_t  fill;
        size_t  len;
    } rows[] = {
        { MCP_RESULT_ERROR_MAX - 3, MCP_RESULT_ERROR_MAX },
        { MCP_RESULT_ERROR_MAX - 2, MCP_RESULT_ERROR_MAX - 2 },
        { MCP_RESULT_ERROR_MAX - 1, MCP_RESULT_ERROR_MAX - 1 },
        { MCP_RESULT_ERROR_MAX, MCP_RESULT_ERROR_MAX },
        { 0, 3 }
    };

    for (i = 0; i < unit_nelts(rows); i++) {
        pool = unit_pool();
        ngx_memset(text, 'x', sizeof(text));
        ngx_memcpy(text + rows[i].fill, "\xe2\x82\xac", 3);

        mcp_result_init(&r, pool, &result_tool, MCP_VERSION_2024_11_05);
        mcp_result_error(&r, unit_copy(pool, text, rows[i].fill + 3),
                         rows[i].fill + 3);

        mcp_buf_init(&b, pool, 0);
        (void) mcp_result_write(&r, &result_server, &b);
        (void) mcp_buf_done(&b, &out);

        unit_is_int(out.len, rows[i].len
                    + sizeof("{\"content\":[{\"type\":\"text\",\"text\":\"\"}]"
                             ",\"isError\":true}") - 1,
                    "an error of %d bytes", (int) rows[i].fill + 3);

        ngx_destroy_pool(pool);
    }
}


/* a failed allocation is remembered, whatever it was for */

static void
result_test_memory(void)
{
    u_char         text[1024];
    ngx_int_t      rc, n;
    mcp_buf_t      b;
    ngx_pool_t    *pool;
    mcp_result_t   r;

    ngx_memset(text, 'x', sizeof(text));
    rc = NGX_ERROR;

    for (n = 0; rc == NGX_ERROR && n < 200; n++) {
        pool = unit_pool();

        unit_fail_alloc(n);

        mcp_result_init(&r, pool, &result_tool, MCP_VERSION_2025_03_26);
        mcp_result_text(&r, text, sizeof(text));
        result_image(&r);
        result_link(&r);
        result_annotated_link(&r);

        mcp_buf_init(&b, pool, 0);
        rc = mcp_result_write(&r, &result_server, &b);

        unit_fail_alloc(-1);

        ngx_destroy_pool(pool);
    }

    unit_ok(rc == NGX_OK && n > 3, "%d allocations, each may fail",
            (int) n - 1);
}


int
main(void)
{
    ngx_str_set(&result_tool.name, "tool");
    ngx_str_set(&result_server.meta,
                ",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":"
                "{\"name\":\"s\",\"version\":\"1\"}}");

    result_test_rows();
    result_test_contract();
    result_test_values();
    result_test_error_text();
    result_test_memory();

    return unit_done();
}
