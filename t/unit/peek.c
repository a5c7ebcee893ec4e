
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_peek: what is found in an answer, however it is cut into pieces */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_peek.h>
#include "unit.h"


#define PEEK_CUTS   32               /* ways to cut at random */

#define OK          "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"
#define BAD         "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":"              \
                    "{\"content\":[],\"isError\":true}}"
#define ERROR       "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":"               \
                    "{\"code\":-32602,\"message\":\"m\"}}"
#define PROGRESS    "{\"jsonrpc\":\"2.0\",\"method\":"                       \
                    "\"notifications/progress\",\"params\":{}}"


typedef struct {
    const char        *text;
    mcp_peek_found_e   found;
    ngx_int_t          code;
} peek_row_t;


static peek_row_t  peek_documents[] = {

    /* one message */

    { OK, MCP_PEEK_RESULT, 0 },
    { BAD, MCP_PEEK_TOOL_ERROR, 0 },
    { ERROR, MCP_PEEK_ERROR, -32602 },
    { " \r\n\t" ERROR " \r\n\t", MCP_PEEK_ERROR, -32602 },
    { "{ \"result\" : { \"isError\" : true } }", MCP_PEEK_TOOL_ERROR, 0 },
    { "{\"result\":{\"isError\":false}}", MCP_PEEK_RESULT, 0 },
    { "{\"result\":{\"isError\":null}}", MCP_PEEK_RESULT, 0 },
    { "{\"result\":{\"isError\":1}}", MCP_PEEK_RESULT, 0 },
    { "{\"result\":{\"isError\":\"true\"}}", MCP_PEEK_RESULT, 0 },
    { "{\"result\":{\"isError\":[true]}}", MCP_PEEK_RESULT, 0 },
    { "{\"result\":{\"isError\":{\"isError\":true}}}", MCP_PEEK_RESULT, 0 },
    { "{\"result\":{\"iserror\":true}}", MCP_PEEK_RESULT, 0 },
    { "{\"result\":{\"isErro\":true}}", MCP_PEEK_RESULT, 0 },
    { "{\"result\":{\"isErrors\":true}}", MCP_PEEK_RESULT, 0 },
    { "{\"result\":null}", MCP_PEEK_RESULT, 0 },
    { "{\"result\":\"x\"}", MCP_PEEK_RESULT, 0 },
    { "{\"result\":[{\"isError\":true}]}", MCP_PEEK_RESULT, 0 },
    { "{\"isError\":true,\"result\":{}}", MCP_PEEK_RESULT, 0 },
    { "{\"isError\":true}", MCP_PEEK_NOTHING, 0 },
    { "{}", MCP_PEEK_NOTHING, 0 },
    { "{\"id\":1}", MCP_PEEK_NOTHING, 0 },

    /* deeper, where it is what somebody says and not what it is */

    { "{\"result\":{\"structuredContent\":{\"isError\":true}}}",
      MCP_PEEK_RESULT, 0 },
    { "{\"result\":{\"content\":[{\"isError\":true}],\"a\":1}}",
      MCP_PEEK_RESULT, 0 },
    { "{\"result\":{\"content\":[[[{}]],{\"a\":[]}],\"isError\":true}}",
      MCP_PEEK_TOOL_ERROR, 0 },
    { "{\"result\":{\"error\":{\"code\":1}}}", MCP_PEEK_RESULT, 0 },
    { "{\"params\":{\"error\":{\"code\":1}},\"result\":{}}",
      MCP_PEEK_RESULT, 0 },
    { "{\"result\":{\"text\":\"\\\",\\\"isError\\\":true,\\\"\"}}",
      MCP_PEEK_RESULT, 0 },
    { "{\"result\":{\"text\":\"}}\",\"isError\":true}}",
      MCP_PEEK_TOOL_ERROR, 0 },
    { "{\"result\":{\"a\":[\"]}\",\"\\\\\"],\"isError\":true}}",
      MCP_PEEK_TOOL_ERROR, 0 },

    /* strings and their ends */

    { "{\"a\":\"\\\\\",\"error\":{\"code\":7}}", MCP_PEEK_ERROR, 7 },
    { "{\"a\":\"\\\\\\\"\",\"error\":{\"code\":7}}", MCP_PEEK_ERROR, 7 },
    { "{\"a\":\"\\\"\\\"x\\\"\",\"error\":{\"code\":7}}",
      MCP_PEEK_ERROR, 7 },
    { "{\"a\":\"\\u0022\\n\\\\\\\\\",\"error\":{\"code\":7}}",
      MCP_PEEK_ERROR, 7 },
    { "{\"a\":\"\xe2\x82\xac\",\"error\":{\"code\":7}}", MCP_PEEK_ERROR, 7 },
    { "{\"a\":\"\",\"\":\"\",\"error\":{\"code\":7}}", MCP_PEEK_ERROR, 7 },

    /* names may be written in other ways */

    { "{\"\\u0065rror\":{\"\\u0063\\u006f\\u0064\\u0065\":7}}",
      MCP_PEEK_ERROR, 7 },
    { "{\"result\":{\"is\\u0045rro\\u0072\":true}}",
      MCP_PEEK_TOOL_ERROR, 0 },
    { "{\"\\u006Dethod\":\"x\",\"error\":{}}", MCP_PEEK_NOTHING, 0 },
    { "{\"err\\u00f6r\":1,\"result\":1}", MCP_PEEK_RESULT, 0 },
    { "{\"error\\u0000\":1,\"result\":1}", MCP_PEEK_RESULT, 0 },
    { "{\"error\\n\":1,\"result\":1}", MCP_PEEK_RESULT, 0 },
    { "{\"\\\"error\":1,\"result\":1}", MCP_PEEK_RESULT, 0 },
    { "{\"0123456789012345678901234567890error\":1,\"result\":1}",
      MCP_PEEK_RESULT, 0 },
    { "{\"012345678901234567890123456789012345error\":1,\"result\":1}",
      MCP_PEEK_RESULT, 0 },

    /* codes */

    { "{\"error\":{\"code\":-32000}}", MCP_PEEK_ERROR, -32000 },
    { "{\"error\":{\"code\" : 0 }}", MCP_PEEK_ERROR, 0 },
    { "{\"error\":{\"code\":123456789012345}}", MCP_PEEK_ERROR,
      123456789012345 },
    { "{\"error\":{\"code\":-1234567890123456}}", MCP_PEEK_ERROR, 0 },
    { "{\"error\":{\"code\":11111111111111111111111111111111111111}}",
      MCP_PEEK_ERROR, 0 },
    { "{\"error\":{\"code\":-32602.5}}", MCP_PEEK_ERROR, 0 },
    { "{\"error\":{\"code\":1e3}}", MCP_PEEK_ERROR, 0 },
    { "{\"error\":{\"code\":\"-32602\"}}", MCP_PEEK_ERROR, 0 },
    { "{\"error\":{\"code\":null}}", MCP_PEEK_ERROR, 0 },
    { "{\"error\":{\"code\":{\"code\":1}}}", MCP_PEEK_ERROR, 0 },
    { "{\"error\":{\"data\":{\"code\":1},\"code\":2}}", MCP_PEEK_ERROR, 2 },
    { "{\"error\":{\"code\":2,\"data\":{\"code\":1}}}", MCP_PEEK_ERROR, 2 },
    { "{\"code\":1,\"error\":{}}", MCP_PEEK_ERROR, 0 },
    { "{\"error\":{\"code\":1},\"code\":2}", MCP_PEEK_ERROR, 1 },
    { "{\"error\":\"text\"}", MCP_PEEK_ERROR, 0 },
    { "{\"error\":[]}", MCP_PEEK_ERROR, 0 },
    { "{\"error\":true}", MCP_PEEK_ERROR, 0 },

    /* "error": null is how some say that there is none */

    { "{\"error\":null}", MCP_PEEK_NOTHING, 0 },
    { "{\"result\":{},\"error\":null}", MCP_PEEK_RESULT, 0 },
    { "{\"error\":null,\"result\":{\"isError\":true}}",
      MCP_PEEK_TOOL_ERROR, 0 },
    { "{\"result\":{},\"error\":{\"code\":3}}", MCP_PEEK_ERROR, 3 },
    { "{\"error\":{\"code\":3},\"result\":{\"isError\":true}}",
      MCP_PEEK_ERROR, 3 },

    /* the last of a name */

    { "{\"error\":{\"code\":3},\"error\":null}", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":{\"code\":3},\"error\":{}}", MCP_PEEK_ERROR, 0 },
    { "{\"error\":{\"code\":3,\"code\":4}}", MCP_PEEK_ERROR, 4 },
    { "{\"result\":{\"isError\":true},\"result\":{}}", MCP_PEEK_RESULT, 0 },
    { "{\"result\":{\"isError\":true,\"isError\":false}}",
      MCP_PEEK_RESULT, 0 },

    /* requests and notifications */

    { PROGRESS, MCP_PEEK_NOTHING, 0 },
    { "{\"method\":\"x\",\"error\":{\"code\":1}}", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":{\"code\":1},\"method\":\"x\"}", MCP_PEEK_NOTHING, 0 },
    { "{\"result\":{\"isError\":true},\"method\":\"x\"}",
      MCP_PEEK_NOTHING, 0 },
    { "{\"result\":{\"method\":\"x\"}}", MCP_PEEK_RESULT, 0 },

    /* batches */

    { "[]", MCP_PEEK_NOTHING, 0 },
    { "[" OK "]", MCP_PEEK_RESULT, 0 },
    { "[" OK "," OK "]", MCP_PEEK_RESULT, 0 },
    { "[" OK "," BAD "," ERROR "]", MCP_PEEK_TOOL_ERROR, 0 },
    { "[" OK "," ERROR "," BAD "]", MCP_PEEK_ERROR, -32602 },
    { "[" ERROR "," OK "]", MCP_PEEK_ERROR, -32602 },
    { " [ " PROGRESS " , " ERROR " ] ", MCP_PEEK_ERROR, -32602 },
    { "[{\"method\":\"x\",\"error\":{\"code\":1}}," OK "]",
      MCP_PEEK_RESULT, 0 },
    { "[1,\"error\",null,true,[" ERROR "]]", MCP_PEEK_NOTHING, 0 },
    { "[{\"error\":null},\"x\",{}]", MCP_PEEK_NOTHING, 0 },
    { "[{\"method\":null},{},1,{\"result\":0}]", MCP_PEEK_RESULT, 0 },
    { "[{\"result\":{\"isError\":true}},1]", MCP_PEEK_TOOL_ERROR, 0 },
    { "[" ERROR, MCP_PEEK_NOTHING, 0 },
    { "[" ERROR ",", MCP_PEEK_NOTHING, 0 },
    { "[" ERROR "}", MCP_PEEK_NOTHING, 0 },
    { "[" ERROR " x]", MCP_PEEK_NOTHING, 0 },

    /* no JSON, no message, or not all of it */

    { "", MCP_PEEK_NOTHING, 0 },
    { " ", MCP_PEEK_NOTHING, 0 },
    { "null", MCP_PEEK_NOTHING, 0 },
    { "\"error\"", MCP_PEEK_NOTHING, 0 },
    { "-32602", MCP_PEEK_NOTHING, 0 },
    { "<html>", MCP_PEEK_NOTHING, 0 },
    { "data: " ERROR "\n\n", MCP_PEEK_NOTHING, 0 },
    { "\xef\xbb\xbf" ERROR, MCP_PEEK_NOTHING, 0 },
    { ERROR "x", MCP_PEEK_NOTHING, 0 },
    { ERROR ERROR, MCP_PEEK_NOTHING, 0 },
    { ERROR "\n" OK, MCP_PEEK_NOTHING, 0 },
    { ERROR "}", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":{\"code\":1}", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":{\"code\":1}]", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":{\"code\":1]}", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":{\"code\":1},}", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":{},\"a\"}", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":{},\"a\":}", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":{} \"a\":1}", MCP_PEEK_NOTHING, 0 },
    { "{\"error\" {}}", MCP_PEEK_NOTHING, 0 },
    { "{error:{}}", MCP_PEEK_NOTHING, 0 },
    { "{'error':{}}", MCP_PEEK_NOTHING, 0 },
    { "{,\"error\":{}}", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":{},,\"a\":1}", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":tru}", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":nul }", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":{},\"a\":falsee}", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":+1}", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":1 2}", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":{},\"\\u00g0\":1}", MCP_PEEK_NOTHING, 0 },
    { "{\"error\":{},\"a\nb\":1}", MCP_PEEK_NOTHING, 0 },
    { NULL, MCP_PEEK_NOTHING, 0 }
};


static peek_row_t  peek_streams[] = {
    { "data: " OK "\n\n", MCP_PEEK_RESULT, 0 },
    { "data:" BAD "\n\n", MCP_PEEK_TOOL_ERROR, 0 },
    { "data: " ERROR "\n\n", MCP_PEEK_ERROR, -32602 },
    { "data:  " ERROR " \n\n", MCP_PEEK_ERROR, -32602 },
    { "data: " ERROR "\r\n\r\n", MCP_PEEK_ERROR, -32602 },
    { "data: " ERROR "\r\r", MCP_PEEK_ERROR, -32602 },
    { "data: " ERROR "\n\r", MCP_PEEK_ERROR, -32602 },
    { "data: " ERROR "\r\n\n", MCP_PEEK_ERROR, -32602 },
    { "\xef\xbb\xbf" "data: " ERROR "\n\n", MCP_PEEK_ERROR, -32602 },
    { "\n\xef\xbb\xbf" "data: " ERROR "\n\n", MCP_PEEK_NOTHING, 0 },
    { "event: message\nid: 1\ndata: " ERROR "\n\n", MCP_PEEK_ERROR, -32602 },
    { "data: " ERROR "\nid: 1\nretry: 10\nevent: message\n\n",
      MCP_PEEK_ERROR, -32602 },
    { "event\ndata: " ERROR "\n\n", MCP_PEEK_ERROR, -32602 },
    { "event:\ndata: " ERROR "\n\n", MCP_PEEK_ERROR, -32602 },
    { ": comment\n\n:\n\ndata: " ERROR "\n\n", MCP_PEEK_ERROR, -32602 },
    { "id: 1\ndata:\n\ndata: " ERROR "\n\n", MCP_PEEK_ERROR, -32602 },
    { "id: 1\ndata: \nretry: 3000\n\ndata: " OK "\n\n", MCP_PEEK_RESULT, 0 },

    /* several lines of data */

    { "data: {\"error\":\ndata: {\"code\":\rdata:-1\r\ndata\n"
      "data: }}\n\n", MCP_PEEK_ERROR, -1 },
    { "data: {\"error\":{\"code\":-1\nid: error\ndata:,\"a\":\"x\"}}\n\n",
      MCP_PEEK_ERROR, -1 },
    { "data: {\"error\":{\"code\":-1\ndata:2}}\n\n", MCP_PEEK_NOTHING, 0 },
    { "data: {\"err\ndata: or\":{}}\n\n", MCP_PEEK_NOTHING, 0 },
    { "data: {\"error\":{},\"a\":\"\ndata:\"}\n\n", MCP_PEEK_NOTHING, 0 },
    { "data: {\"error\":{},\"a\":\"\\\ndata:\"\"}\n\n",
      MCP_PEEK_NOTHING, 0 },

    /* several events: the first that is an error, else any result */

    { "data: " PROGRESS "\n\ndata: " OK "\n\n", MCP_PEEK_RESULT, 0 },
    { "data: " PROGRESS "\n\ndata: " ERROR "\n\n", MCP_PEEK_ERROR, -32602 },
    { "data: " OK "\n\ndata: " ERROR "\n\n", MCP_PEEK_ERROR, -32602 },
    { "data: " ERROR "\n\ndata: " OK "\n\n", MCP_PEEK_ERROR, -32602 },
    { "data: " BAD "\n\ndata: " ERROR "\n\n", MCP_PEEK_TOOL_ERROR, 0 },
    { "data: " ERROR "\n\ndata: {\"error\":{\"code\":1}}\n\n",
      MCP_PEEK_ERROR, -32602 },
    { "data: [" OK "," ERROR "]\n\n", MCP_PEEK_ERROR, -32602 },
    { "data: {\"method\":\"x\",\"error\":{}}\n\ndata: " OK "\n\n",
      MCP_PEEK_RESULT, 0 },

    /* an event that is of no use does not spoil the next */

    { "data: {\"a\":\"\n\ndata: " ERROR "\n\n", MCP_PEEK_ERROR, -32602 },
    { "data: {\"a\\\n\ndata: " ERROR "\n\n", MCP_PEEK_ERROR, -32602 },
    { "data: [[[\n\ndata: " ERROR "\n\n", MCP_PEEK_ERROR, -32602 },
    { "data: x\n\ndata: " ERROR "\n\n", MCP_PEEK_ERROR, -32602 },
    { "data: [{\"error\":{\n\ndata: " OK "\n\n", MCP_PEEK_RESULT, 0 },
    { "data: {\"method\":\n\ndata: " OK "\n\n", MCP_PEEK_RESULT, 0 },
    { "data: " ERROR "x\n\ndata: " OK "\n\n", MCP_PEEK_RESULT, 0 },
    { "data: " ERROR "\ndata: " OK "\n\n", MCP_PEEK_NOTHING, 0 },

    /* events that are no messages */

    { "event: ping\ndata: " ERROR "\n\n", MCP_PEEK_NOTHING, 0 },
    { "data: " ERROR "\nevent: ping\n\n", MCP_PEEK_NOTHING, 0 },
    { "event:  message\ndata: " ERROR "\n\n", MCP_PEEK_NOTHING, 0 },
    { "event: messages\ndata: " ERROR "\n\n", MCP_PEEK_NOTHING, 0 },
    { "event: ping\nevent: message\ndata: " ERROR "\n\n",
      MCP_PEEK_ERROR, -32602 },
    { "event: ping\n\ndata: " ERROR "\n\n", MCP_PEEK_ERROR, -32602 },
    { "event: ping\ndata: x\n\ndata: " ERROR "\n\n",
      MCP_PEEK_ERROR, -32602 },
    { "event: ping\nevent\ndata: " ERROR "\n\n", MCP_PEEK_ERROR, -32602 },
    { "Data: " ERROR "\n\n", MCP_PEEK_NOTHING, 0 },
    { "data : " ERROR "\n\n", MCP_PEEK_NOTHING, 0 },
    { " data: " ERROR "\n\n", MCP_PEEK_NOTHING, 0 },
    { "datas: " ERROR "\n\n", MCP_PEEK_NOTHING, 0 },
    { ": data: " ERROR "\n\n", MCP_PEEK_NOTHING, 0 },
    { "a-name-of-more-than-thirty-two-bytes-data: " ERROR "\n\n",
      MCP_PEEK_NOTHING, 0 },

    /* what a client would not dispatch either */

    { "", MCP_PEEK_NOTHING, 0 },
    { "\n\n\r\n\r", MCP_PEEK_NOTHING, 0 },
    { "data: " ERROR, MCP_PEEK_NOTHING, 0 },
    { "data: " ERROR "\n", MCP_PEEK_NOTHING, 0 },
    { "data: " ERROR "\r\n", MCP_PEEK_NOTHING, 0 },
    { ERROR, MCP_PEEK_NOTHING, 0 },
    { ERROR "\n\n", MCP_PEEK_NOTHING, 0 },
    { NULL, MCP_PEEK_NOTHING, 0 }
};


/* pieces of one byte, "most" bytes, or between; what lies beyond is poison */

static void
peek_feed(mcp_peek_t *peek, mcp_peek_kind_e kind, const char *text,
    size_t most, uint32_t seed)
{
    size_t       n, len;
    u_char      *copy;
    ngx_pool_t  *pool;

    pool = unit_pool();
    len = strlen(text);

    mcp_peek_init(peek, kind);

    for ( /* void */ ; len; text += n, len -= n) {
        seed = seed * 1664525 + 1013904223;
        n = 1 + (seed >> 8) % most;
        n = ngx_min(n, len);

        copy = unit_copy(pool, text, n);
        mcp_peek(peek, copy, copy + n);
    }

    ngx_destroy_pool(pool);
}


static void
peek_row(mcp_peek_kind_e kind, peek_row_t *row)
{
    u_char      *whole;
    size_t       len;
    ngx_uint_t   i, same;
    ngx_pool_t  *pool;
    mcp_peek_t   peek;

    pool = unit_pool();
    len = strlen(row->text);
    whole = unit_copy(pool, row->text, len);

    mcp_peek_init(&peek, kind);
    mcp_peek(&peek, whole, whole + len);

    unit_is_int(peek.found, row->found, "%s", unit_show(row->text, len));
    unit_is_int(peek.code, row->code, "its code");

    mcp_peek(&peek, NULL, NULL);
    unit_ok(peek.found == row->found && peek.code == row->code,
            "nothing more makes no difference");

    ngx_destroy_pool(pool);

    peek_feed(&peek, kind, row->text, 1, 0);
    unit_ok(peek.found == row->found && peek.code == row->code,
            "byte by byte");

    same = 1;

    for (i = 0; i < PEEK_CUTS; i++) {
        peek_feed(&peek, kind, row->text, 2 + i % 16, (uint32_t) i);
        same &= (peek.found == row->found && peek.code == row->code);
    }

    unit_ok(same, "in random cuts");
}


/* a document is the same in an event of one line */

static void
peek_wrapped(peek_row_t *row)
{
    char         text[1024];
    mcp_peek_t   peek;

    if (strpbrk(row->text, "\r\n")) {
        return;
    }

    (void) snprintf(text, sizeof(text), "data: %s\n\n", row->text);

    peek_feed(&peek, MCP_PEEK_EVENTS, text, sizeof(text), 0);
    unit_ok(peek.found == row->found && peek.code == row->code,
            "as an event: %s", unit_show(row->text, strlen(row->text)));
}


int
main(int argc, char **argv)
{
    peek_row_t  *row;

    for (row = peek_documents; row->text; row++) {
        peek_row(MCP_PEEK_JSON, row);
        peek_wrapped(row);
    }

    for (row = peek_streams; row->text; row++) {
        peek_row(MCP_PEEK_EVENTS, row);
    }

    return unit_done();
}
