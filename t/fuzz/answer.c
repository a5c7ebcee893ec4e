
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * mcp_answer: two bytes say how, the first line is a Content-Type, the second
 * a pointer, the rest a body.  Whatever a service sends, the result is JSON in
 * UTF-8, errors are short and readable, and of a body that is too long no more
 * is passed on than the limit says.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_answer.h>
#include "fixture.h"
#include "fuzz.h"


#define ANSWER_MAX   64

/* what a note has */
#define ANSWER_NOTE  80


static const ngx_uint_t  answer_status[] = {
    200, 204, 206, 0, 302, 304, 404, 500
};


static ngx_str_t
answer_line(ngx_pool_t *pool, u_char **pos, u_char *end)
{
    u_char     *last;
    ngx_str_t   line;

    last = ngx_strlchr(*pos, end, '\n');
    last = last ? last : end;

    line.len = last - *pos;
    line.data = unit_copy(pool, *pos, line.len);

    *pos = (last < end) ? last + 1 : end;

    return line;
}


/* something to be read: no controls but line ends, nothing that turns it */

static void
answer_readable(ngx_str_t *text)
{
    size_t  i;

    fuzz_assert(text->len > 0 && text->len <= MCP_RESULT_ERROR_MAX);
    fuzz_assert(mcp_utf8_check(text->data, text->len) == NGX_OK);

    for (i = 0; i < text->len; i++) {
        fuzz_assert(text->data[i] == '\n' || text->data[i] >= 0x20);
        fuzz_assert(text->data[i] != 0x7f);
        fuzz_assert(i + 3 > text->len
                    || ngx_memcmp(text->data + i, "\xe2\x80\xae", 3) != 0);
    }
}


static void
answer_check_result(ngx_pool_t *pool, mcp_server_t *server,
    mcp_answer_conf_t *conf, mcp_answer_t *answer, ngx_uint_t of)
{
    cJSON               *root, *item, *text;
    mcp_buf_t            b;
    ngx_int_t            rc;
    ngx_str_t            out;
    mcp_result_t         result;
    mcp_json_doc_t       doc;
    mcp_schema_error_t   err;

    static mcp_tool_t      tool;
    static mcp_prompt_t    prompt;
    static mcp_resource_t  resource;
    static ngx_str_t       name = ngx_string("Sum.2_a-b");

    mcp_result_init(&result, pool, NULL, MCP_VERSION_2026_07_28);

    switch (of) {

    case 0:
        result.tool = &tool;
        break;

    case 1:
        result.tool = mcp_catalog_find(
                              &server->offers[MCP_OFFER_TOOLS].catalog, &name);
        break;

    case 2:
        result.prompt = &prompt;
        break;

    default:
        result.resource = &resource;
        ngx_str_set(&result.uri, "r:1");
        break;
    }

    rc = mcp_answer_result(conf, answer, &result, &err);

    fuzz_assert(rc == NGX_OK || (rc == NGX_DECLINED && of == 1));
    fuzz_assert(mcp_answer_ok(conf, answer) || result.error);

    if (rc != NGX_OK) {
        return;
    }

    if (result.error && result.tool == NULL) {
        answer_readable(&result.reason);
        return;
    }

    mcp_buf_init(&b, pool, 0);
    fuzz_assert(mcp_result_write(&result, server, &b) == NGX_OK);
    fuzz_assert(mcp_buf_done(&b, &out) == NGX_OK);

    fuzz_assert(mcp_json_parse(pool, &out, &doc, &root) == NGX_OK
                || doc.err == MCP_JSON_DEPTH || doc.err == MCP_JSON_NUL);

    if (doc.err != MCP_JSON_OK) {
        return;
    }

    item = cJSON_GetObjectItem(root, result.resource ? "contents"
                               : result.prompt ? "messages" : "content");
    fuzz_assert(cJSON_GetArraySize(item) == 1);

    item = item->child;

    if (result.prompt) {
        item = cJSON_GetObjectItem(item, "content");
    }

    text = cJSON_GetObjectItem(item, "text");

    if (result.error) {
        out.data = (u_char *) text->valuestring;
        out.len = ngx_strlen(text->valuestring);
        answer_readable(&out);

    } else if (answer->over) {
        fuzz_assert(text);
        fuzz_assert(ngx_strlen(text->valuestring)
                    <= 3 * ANSWER_MAX + ANSWER_NOTE);
        fuzz_assert(answer->type.len
                    || ngx_strlen(text->valuestring)
                       <= ANSWER_MAX + ANSWER_NOTE);
    }
}


static void
answer_check_value(ngx_pool_t *pool, mcp_answer_conf_t *conf,
    mcp_answer_t *answer)
{
    cJSON           *value, *root;
    mcp_buf_t        b;
    ngx_int_t        rc;
    ngx_str_t        text;
    mcp_json_doc_t   doc;

    rc = mcp_answer_value(conf, pool, answer, &value, &text);

    if (rc == NGX_DECLINED) {
        fuzz_assert(text.len > 0
                    && mcp_utf8_check(text.data, text.len) == NGX_OK);
        return;
    }

    fuzz_assert(rc == NGX_OK);

    mcp_buf_init(&b, pool, 0);
    fuzz_assert(mcp_json_print(&b, value) == NGX_OK);
    fuzz_assert(mcp_buf_done(&b, &text) == NGX_OK);
    fuzz_assert(mcp_json_parse(pool, &text, &doc, &root) == NGX_OK);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char             *p, *end;
    ngx_str_t           template, text;
    ngx_uint_t          how, of;
    ngx_pool_t         *pool;
    const char         *err;
    mcp_answer_t        answer;
    mcp_answer_conf_t   conf;

    static mcp_server_t  *server;

    if (size < 2) {
        return 0;
    }

    if (server == NULL) {
        server = fixture_server(unit_pool(), MCP_VERSION_MASK_ALL,
                                unit_nelts(fixture_tools));
    }

    pool = unit_pool();

    how = data[0];
    of = data[1] & 3;

    p = unit_copy(pool, data + 2, size - 2);
    end = p + size - 2;

    ngx_memzero(&conf, sizeof(mcp_answer_conf_t));
    ngx_memzero(&answer, sizeof(mcp_answer_t));

    conf.type = how & 3;
    conf.cut = (how >> 2) & 1;
    conf.max = ANSWER_MAX;

    answer.over = (how >> 3) & 1;
    answer.broken = (how >> 4) & 1;
    answer.status = answer_status[how >> 5];

    answer.type = answer_line(pool, &p, end);
    conf.select = answer_line(pool, &p, end);
    answer.location = answer.type;

    answer.body.len = end - p;
    answer.body.data = unit_copy(pool, p, answer.body.len);

    if (data[1] & 4) {
        ngx_str_set(&template, "{a/0}: {b} {status}");

        if (mcp_pass_compile_text(pool, &template, 0, &conf.error, &err)
            != NGX_OK)
        {
            abort();
        }
    }

    fuzz_assert(mcp_answer_error(&conf, pool, &answer, &text) == NGX_OK);
    answer_readable(&text);

    answer_check_result(pool, server, &conf, &answer, of);

    if (mcp_answer_ok(&conf, &answer)) {
        answer_check_value(pool, &conf, &answer);
    }

    ngx_destroy_pool(pool);

    return 0;
}
