
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_headers: the headers of a request against its body, media types */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_headers.h>
#include "fixture.h"


#define HEADERS_META                                                          \
    "MCP-Protocol-Version: 2026-07-28\n"                                      \
    "Mcp-Method: tools/call\n"

#define HEADERS_CALL     HEADERS_META "Mcp-Name: route\n"
#define HEADERS_ECHO     HEADERS_META "Mcp-Name: echo\n"

#define HEADERS_REGION(value)                                                 \
    FIXTURE_CALL("route", "{\"region\":" value "}")
#define HEADERS_COUNT(value)                                                  \
    FIXTURE_CALL("route", "{\"count\":" value "}")
#define HEADERS_DRY(value)                                                    \
    FIXTURE_CALL("route", "{\"dry\":" value "}")
#define HEADERS_DEEP(value)                                                   \
    FIXTURE_CALL("route", "{\"deep\":" value "}")

#define HEADERS_NAMED(name)                                                   \
    FIXTURE_REQUEST("7", "tools/call", FIXTURE_MODERN ",\"name\":" name)


typedef struct {
    const char  *name;
    const char  *headers;
    const char  *body;
    const char  *text;           /* of the error, NULL: accepted */
} headers_row_t;


static headers_row_t  headers_standard[] = {

    /* MCP-Protocol-Version */

    { "no version",
      "Mcp-Method: tools/call\nMcp-Name: echo\n", FIXTURE_CALL("echo", "{}"),
      "Header mismatch: MCP-Protocol-Version header is missing" },
    { "two versions",
      "MCP-Protocol-Version: 2026-07-28\n" HEADERS_ECHO,
      FIXTURE_CALL("echo", "{}"),
      "Header mismatch: duplicate MCP-Protocol-Version header" },
    { "another version",
      "MCP-Protocol-Version: 2025-11-25\nMcp-Method: tools/call\n"
      "Mcp-Name: echo\n", FIXTURE_CALL("echo", "{}"),
      "Header mismatch: MCP-Protocol-Version header value '2025-11-25' does "
      "not match body value '2026-07-28'" },
    { "a version with white space",
      "MCP-Protocol-Version: \t 2026-07-28 \t \nMcp-Method: tools/call\n"
      "Mcp-Name: echo\n", FIXTURE_CALL("echo", "{}"), NULL },
    { "a version in base64 is not decoded",
      "MCP-Protocol-Version: =?base64?MjAyNi0wNy0yOA==?=\n"
      "Mcp-Method: tools/call\nMcp-Name: echo\n", FIXTURE_CALL("echo", "{}"),
      "does not match body value '2026-07-28'" },

    /* Mcp-Method */

    { "no method",
      "MCP-Protocol-Version: 2026-07-28\nMcp-Name: echo\n",
      FIXTURE_CALL("echo", "{}"),
      "Header mismatch: Mcp-Method header is missing" },
    { "two methods",
      HEADERS_ECHO "Mcp-Method: tools/call\n", FIXTURE_CALL("echo", "{}"),
      "Header mismatch: duplicate Mcp-Method header" },
    { "another method",
      "MCP-Protocol-Version: 2026-07-28\nMcp-Method: prompts/list\n",
      FIXTURE_REQUEST("7", "tools/list", FIXTURE_MODERN),
      "Header mismatch: Mcp-Method header value 'prompts/list' does not match "
      "body value 'tools/list'" },
    { "a method in another case",
      "MCP-Protocol-Version: 2026-07-28\nMcp-Method: TOOLS/LIST\n",
      FIXTURE_REQUEST("7", "tools/list", FIXTURE_MODERN),
      "Mcp-Method header value 'TOOLS/LIST' does not match" },
    { "an empty method",
      "MCP-Protocol-Version: 2026-07-28\nMcp-Method:\n",
      FIXTURE_REQUEST("7", "tools/list", FIXTURE_MODERN),
      "Mcp-Method header value '' does not match" },
    { "a method in base64 is not decoded",
      "MCP-Protocol-Version: 2026-07-28\n"
      "Mcp-Method: =?base64?dG9vbHMvbGlzdA==?=\n",
      FIXTURE_REQUEST("7", "tools/list", FIXTURE_MODERN), "does not match" },
    { "a method with invalid characters, though it matches",
      "MCP-Protocol-Version: 2026-07-28\nMcp-Method: \xc3\xa9\n",
      FIXTURE_REQUEST("7", "\xc3\xa9", FIXTURE_MODERN),
      "Header mismatch: Mcp-Method header has invalid characters" },
    { "a method with white space",
      "MCP-Protocol-Version: 2026-07-28\nMcp-Method: \ttools/list\t\n",
      FIXTURE_REQUEST("7", "tools/list", FIXTURE_MODERN), NULL },
    { "names of headers in any case",
      "mcp-protocol-version: 2026-07-28\nMCP-METHOD: tools/list\n",
      FIXTURE_REQUEST("7", "tools/list", FIXTURE_MODERN), NULL },

    /* Mcp-Name */

    { "no name",
      HEADERS_META, FIXTURE_CALL("echo", "{}"),
      "Header mismatch: Mcp-Name header is missing" },
    { "two names",
      HEADERS_ECHO "Mcp-Name: echo\n", FIXTURE_CALL("echo", "{}"),
      "Header mismatch: duplicate Mcp-Name header" },
    { "two names, one in another case",
      HEADERS_ECHO "MCP-NAME: route\n", FIXTURE_CALL("echo", "{}"),
      "Header mismatch: duplicate Mcp-Name header" },
    { "another name",
      HEADERS_CALL, FIXTURE_CALL("echo", "{}"),
      "Header mismatch: Mcp-Name header value 'route' does not match body "
      "value 'echo'" },
    { "a name in another case",
      HEADERS_META "Mcp-Name: Echo\n", FIXTURE_CALL("echo", "{}"),
      "Mcp-Name header value 'Echo' does not match" },
    { "a name with white space",
      HEADERS_META "Mcp-Name:   echo  \n", FIXTURE_CALL("echo", "{}"), NULL },
    { "a name in base64",
      HEADERS_META "Mcp-Name: =?base64?ZWNobw==?=\n",
      FIXTURE_CALL("echo", "{}"), NULL },
    { "another name in base64",
      HEADERS_META "Mcp-Name: =?base64?cm91dGU=?=\n",
      FIXTURE_CALL("echo", "{}"), "does not match body value 'echo'" },
    { "a name that only base64 can say",
      HEADERS_META "Mcp-Name: =?base64?4oKs?=\n",
      HEADERS_NAMED("\"\xe2\x82\xac\""), NULL },
    { "the same as it is",
      HEADERS_META "Mcp-Name: \xe2\x82\xac\n",
      HEADERS_NAMED("\"\xe2\x82\xac\""),
      "Header mismatch: Mcp-Name header has invalid characters" },
    { "an escaped name in the body",
      HEADERS_ECHO, HEADERS_NAMED("\"\\u0065cho\""), NULL },
    { "no name at all",
      HEADERS_META, FIXTURE_REQUEST("7", "tools/call", FIXTURE_MODERN), NULL },
    { "a name in the header only",
      HEADERS_ECHO, FIXTURE_REQUEST("7", "tools/call", FIXTURE_MODERN),
      "Header mismatch: Mcp-Name header value 'echo' has no value in the "
      "body" },
    { "a name that is no string",
      HEADERS_ECHO, HEADERS_NAMED("7"), "has no value in the body" },
    { "an empty name",
      HEADERS_META "Mcp-Name:\n", HEADERS_NAMED("\"\""), NULL },
    { "an empty name and no header",
      HEADERS_META, HEADERS_NAMED("\"\""), "Mcp-Name header is missing" },
    { "a name where the method has none",
      "MCP-Protocol-Version: 2026-07-28\nMcp-Method: tools/list\n"
      "Mcp-Name: echo\n",
      FIXTURE_REQUEST("7", "tools/list", FIXTURE_MODERN), NULL }
};


static headers_row_t  headers_params[] = {

    /* there or not */

    { "a string", HEADERS_CALL "Mcp-Param-Region: eu\n",
      HEADERS_REGION("\"eu\""), NULL },
    { "a header in any case", HEADERS_CALL "MCP-param-REGION: eu\n",
      HEADERS_REGION("\"eu\""), NULL },
    { "a header is missing", HEADERS_CALL,
      HEADERS_REGION("\"eu\""),
      "Header mismatch: Mcp-Param-Region header is missing" },
    { "another value", HEADERS_CALL "Mcp-Param-Region: us\n",
      HEADERS_REGION("\"eu\""),
      "Header mismatch: Mcp-Param-Region header value 'us' does not match "
      "body value 'eu'" },
    { "another case", HEADERS_CALL "Mcp-Param-Region: EU\n",
      HEADERS_REGION("\"eu\""), "does not match body value 'eu'" },
    { "a header twice",
      HEADERS_CALL "Mcp-Param-Region: eu\nmcp-param-region: eu\n",
      HEADERS_REGION("\"eu\""),
      "Header mismatch: duplicate Mcp-Param-Region header" },
    { "null has no header", HEADERS_CALL, HEADERS_REGION("null"), NULL },
    { "null and a header", HEADERS_CALL "Mcp-Param-Region: null\n",
      HEADERS_REGION("null"),
      "Header mismatch: Mcp-Param-Region header value 'null' has no value in "
      "the body" },
    { "an absent argument has no header", HEADERS_CALL,
      FIXTURE_CALL("route", "{}"), NULL },
    { "absent, and a header", HEADERS_CALL "Mcp-Param-Region: eu\n",
      FIXTURE_CALL("route", "{}"), "has no value in the body" },
    { "no arguments at all", HEADERS_CALL, HEADERS_NAMED("\"route\""), NULL },
    { "no arguments, and a header", HEADERS_CALL "Mcp-Param-Region: eu\n",
      HEADERS_NAMED("\"route\""), "has no value in the body" },
    { "arguments of another type", HEADERS_CALL "Mcp-Param-Region: eu\n",
      FIXTURE_CALL("route", "[\"eu\"]"), "has no value in the body" },
    { "an array has no header", HEADERS_CALL, HEADERS_REGION("[]"), NULL },
    { "an object has no header", HEADERS_CALL, HEADERS_REGION("{}"), NULL },
    { "an object, and a header", HEADERS_CALL "Mcp-Param-Region: {}\n",
      HEADERS_REGION("{}"), "has no value in the body" },
    { "a header of no argument", HEADERS_CALL "Mcp-Param-Other: x\n",
      FIXTURE_CALL("route", "{}"), NULL },
    { "a header of another tool", HEADERS_ECHO "Mcp-Param-Region: x\n",
      FIXTURE_CALL("echo", "{}"), NULL },

    /* text */

    { "an empty string", HEADERS_CALL "Mcp-Param-Region:\n",
      HEADERS_REGION("\"\""), NULL },
    { "an empty string in base64",
      HEADERS_CALL "Mcp-Param-Region: =?base64?\?=\n",
      HEADERS_REGION("\"\""), NULL },
    { "white space around", HEADERS_CALL "Mcp-Param-Region: \t eu \t\n",
      HEADERS_REGION("\"eu\""), NULL },
    { "white space within", HEADERS_CALL "Mcp-Param-Region: e\t u\n",
      HEADERS_REGION("\"e\\t u\""), NULL },
    { "padding is not sent as it is", HEADERS_CALL "Mcp-Param-Region:  eu \n",
      HEADERS_REGION("\" eu \""), "does not match body value ' eu '" },
    { "padding in base64",
      HEADERS_CALL "Mcp-Param-Region: =?base64?IHBhZGRlZCA=?=\n",
      HEADERS_REGION("\" padded \""), NULL },
    { "valid base64", HEADERS_CALL "Mcp-Param-Region: =?base64?SGVsbG8=?=\n",
      HEADERS_REGION("\"Hello\""), NULL },
    { "not ASCII in base64",
      HEADERS_CALL "Mcp-Param-Region: =?base64?SGVsbG8sIOS4lueVjA==?=\n",
      HEADERS_REGION("\"Hello, \\u4e16\\u754c\""), NULL },
    { "a new line in base64",
      HEADERS_CALL "Mcp-Param-Region: =?base64?bGluZTEKbGluZTI=?=\n",
      HEADERS_REGION("\"line1\\nline2\""), NULL },
    { "a sentinel in base64",
      HEADERS_CALL "Mcp-Param-Region: "
      "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=\n",
      HEADERS_REGION("\"=?base64?literal?=\""), NULL },
    { "a sentinel as it is",
      HEADERS_CALL "Mcp-Param-Region: =?base64?literal?=\n",
      HEADERS_REGION("\"=?base64?literal?=\""),
      "Header mismatch: Mcp-Param-Region header has invalid base64" },
    { "no padding", HEADERS_CALL "Mcp-Param-Region: =?base64?SGVsbG8?=\n",
      HEADERS_REGION("\"Hello\""), "header has invalid base64" },
    { "bad alphabet",
      HEADERS_CALL "Mcp-Param-Region: =?base64?SGVs!!!bG8=?=\n",
      HEADERS_REGION("\"Hello\""), "header has invalid base64" },
    { "the alphabet of URLs",
      HEADERS_CALL "Mcp-Param-Region: =?base64?Pz8_?=\n",
      HEADERS_REGION("\"???\""), "header has invalid base64" },
    { "the right alphabet", HEADERS_CALL "Mcp-Param-Region: =?base64?Pz8/?=\n",
      HEADERS_REGION("\"???\""), NULL },
    { "bits left over",
      HEADERS_CALL "Mcp-Param-Region: =?base64?SGVsbG9=?=\n",
      HEADERS_REGION("\"Hello\""), "header has invalid base64" },
    { "bytes after the padding",
      HEADERS_CALL "Mcp-Param-Region: =?base64?SGVsbG8=AAAA?=\n",
      HEADERS_REGION("\"Hello\""), "header has invalid base64" },
    { "nothing but padding", HEADERS_CALL "Mcp-Param-Region: =?base64?====?=\n",
      HEADERS_REGION("\"\""), "header has invalid base64" },
    { "a space in base64",
      HEADERS_CALL "Mcp-Param-Region: =?base64?SGVs bG8=?=\n",
      HEADERS_REGION("\"Hello\""), "header has invalid base64" },
    { "no prefix", HEADERS_CALL "Mcp-Param-Region: SGVsbG8=\n",
      HEADERS_REGION("\"SGVsbG8=\""), NULL },
    { "no suffix", HEADERS_CALL "Mcp-Param-Region: =?base64?SGVsbG8=\n",
      HEADERS_REGION("\"=?base64?SGVsbG8=\""), NULL },
    { "a prefix in another case",
      HEADERS_CALL "Mcp-Param-Region: =?BASE64?SGVsbG8=?=\n",
      HEADERS_REGION("\"=?BASE64?SGVsbG8=?=\""), NULL },
    { "prefix and suffix in one",
      HEADERS_CALL "Mcp-Param-Region: =?base64?=\n",
      HEADERS_REGION("\"=?base64?=\""), NULL },
    { "not ASCII as it is", HEADERS_CALL "Mcp-Param-Region: \xc3\xa9\n",
      HEADERS_REGION("\"\xc3\xa9\""),
      "Header mismatch: Mcp-Param-Region header has invalid characters" },
    { "a control character", HEADERS_CALL "Mcp-Param-Region: a\x01\n",
      HEADERS_REGION("\"a\\u0001\""), "header has invalid characters" },
    { "DEL", HEADERS_CALL "Mcp-Param-Region: a\x7f\n",
      HEADERS_REGION("\"a\x7f\""), "header has invalid characters" },

    /* integers, compared as numbers */

    { "an integer", HEADERS_CALL "Mcp-Param-Count: 42\n",
      HEADERS_COUNT("42"), NULL },
    { "a negative integer", HEADERS_CALL "Mcp-Param-Count: -7\n",
      HEADERS_COUNT("-7"), NULL },
    { "42.0 is 42", HEADERS_CALL "Mcp-Param-Count: 42.0\n",
      HEADERS_COUNT("42"), NULL },
    { "42 is 42.0", HEADERS_CALL "Mcp-Param-Count: 42\n",
      HEADERS_COUNT("42.0"), NULL },
    { "4.2e1 is 42", HEADERS_CALL "Mcp-Param-Count: 4.2e1\n",
      HEADERS_COUNT("42"), NULL },
    { "42 is 420e-1", HEADERS_CALL "Mcp-Param-Count: 42\n",
      HEADERS_COUNT("420e-1"), NULL },
    { "-0 is 0", HEADERS_CALL "Mcp-Param-Count: -0\n",
      HEADERS_COUNT("0"), NULL },
    { "43 is not 42", HEADERS_CALL "Mcp-Param-Count: 43\n",
      HEADERS_COUNT("42"), "header value '43' does not match body value '42'" },
    { "-42 is not 42", HEADERS_CALL "Mcp-Param-Count: -42\n",
      HEADERS_COUNT("42"), "does not match body value '42'" },
    { "no double is between them",
      HEADERS_CALL "Mcp-Param-Count: 9007199254740992\n",
      HEADERS_COUNT("9007199254740993"), "does not match" },
    { "a great one, written otherwise",
      HEADERS_CALL "Mcp-Param-Count: 9007199254740993.0\n",
      HEADERS_COUNT("9007199254740993"), NULL },
    { "042 is no number", HEADERS_CALL "Mcp-Param-Count: 042\n",
      HEADERS_COUNT("42"), "does not match" },
    { "+42 is no number", HEADERS_CALL "Mcp-Param-Count: +42\n",
      HEADERS_COUNT("42"), "does not match" },
    { "0x2a is no number", HEADERS_CALL "Mcp-Param-Count: 0x2a\n",
      HEADERS_COUNT("42"), "does not match" },
    { "a string is no number", HEADERS_CALL "Mcp-Param-Count: \"42\"\n",
      HEADERS_COUNT("42"), "does not match" },
    { "two numbers", HEADERS_CALL "Mcp-Param-Count: 42, 42\n",
      HEADERS_COUNT("42"), "does not match" },
    { "an array", HEADERS_CALL "Mcp-Param-Count: [42]\n",
      HEADERS_COUNT("42"), "does not match" },
    { "an empty header", HEADERS_CALL "Mcp-Param-Count:\n",
      HEADERS_COUNT("42"), "does not match" },
    { "1e999 is out of range", HEADERS_CALL "Mcp-Param-Count: 1e999\n",
      HEADERS_COUNT("42"), "does not match" },
    { "an integer in base64",
      HEADERS_CALL "Mcp-Param-Count: =?base64?NDIuMA==?=\n",
      HEADERS_COUNT("42"), NULL },
    { "spaces in base64",
      HEADERS_CALL "Mcp-Param-Count: =?base64?IDQy?=\n",
      HEADERS_COUNT("42"), "does not match" },
    { "a string argument is compared as text",
      HEADERS_CALL "Mcp-Param-Count: 42\n", HEADERS_COUNT("\"42\""), NULL },
    { "so 42.0 is not \"42\"", HEADERS_CALL "Mcp-Param-Count: 42.0\n",
      HEADERS_COUNT("\"42\""), "does not match body value '42'" },

    /* booleans */

    { "true", HEADERS_CALL "Mcp-Param-Dry-Run: true\n",
      HEADERS_DRY("true"), NULL },
    { "false", HEADERS_CALL "Mcp-Param-Dry-Run: false\n",
      HEADERS_DRY("false"), NULL },
    { "True", HEADERS_CALL "Mcp-Param-Dry-Run: True\n",
      HEADERS_DRY("true"), "Mcp-Param-DRY-run header value 'True' does not" },
    { "1 is not true", HEADERS_CALL "Mcp-Param-Dry-Run: 1\n",
      HEADERS_DRY("true"), "does not match body value 'true'" },
    { "false is a value", HEADERS_CALL,
      HEADERS_DRY("false"), "Mcp-Param-DRY-run header is missing" },

    /* nested properties */

    { "nested", HEADERS_CALL "Mcp-Param-Deep: x\n",
      HEADERS_DEEP("{\"er\":{\"x-mcp-header\":\"x\"}}"), NULL },
    { "nested, no header", HEADERS_CALL,
      HEADERS_DEEP("{\"er\":{\"x-mcp-header\":\"x\"}}"),
      "Mcp-Param-Deep header is missing" },
    { "nested, the end is null", HEADERS_CALL,
      HEADERS_DEEP("{\"er\":{\"x-mcp-header\":null}}"), NULL },
    { "nested, the middle is null", HEADERS_CALL,
      HEADERS_DEEP("{\"er\":null}"), NULL },
    { "nested, the middle is no object", HEADERS_CALL "Mcp-Param-Deep: x\n",
      HEADERS_DEEP("{\"er\":\"x-mcp-header\"}"), "has no value in the body" },
    { "nested, elsewhere", HEADERS_CALL,
      HEADERS_DEEP("{\"x-mcp-header\":\"x\"}"), NULL },

    /* the first that is wrong speaks: in the order of the schema */

    { "two are wrong",
      HEADERS_CALL "Mcp-Param-Count: 1\nMcp-Param-Region: x\n",
      FIXTURE_CALL("route", "{\"count\":2,\"region\":\"y\"}"),
      "Mcp-Param-Region" },
    { "all are right",
      HEADERS_CALL "Mcp-Param-Count: 2\nMcp-Param-Region: y\n"
      "Mcp-Param-DRY-run: true\nMcp-Param-Deep: z\n",
      FIXTURE_CALL("route", "{\"count\":2,\"region\":\"y\",\"dry\":true,"
                   "\"deep\":{\"er\":{\"x-mcp-header\":\"z\"}}}"), NULL }
};


static struct {
    const char  *value;
    ngx_uint_t   accept;         /* 1: MCP_ACCEPT_ANY, 3: events too */
} headers_accepts[] = {
    { "application/json", 1 },
    { "text/event-stream", 3 },
    { "application/json, text/event-stream", 3 },
    { "Application/JSON", 1 },
    { "*/*", 1 },
    { "application/*", 1 },
    { "text/*", 1 },
    { "text/html, application/json", 1 },
    { "text/html,,application/json,", 1 },
    { "text/html;level=1, \tapplication/json ;q=0.5", 1 },
    { "application/json;q=0.001", 1 },
    { "application/json;q=1", 1 },
    { "application/json;charset=utf-8", 1 },
    { "application/json;charset=utf-8;q=0", 0 },
    { "application/json;q=0", 0 },
    { "application/json; Q=0.000", 0 },
    { "application/json;q=0,text/event-stream", 3 },
    { "application/json;q=0, text/event-stream;q=0", 0 },
    { "application/json;qq=0", 1 },
    { "application/json;q=", 1 },
    { "application/json;", 1 },
    { "text/html", 0 },
    { "image/*", 0 },
    { "application/jsonx", 0 },
    { "application/jso", 0 },
    { "application", 0 },
    { "json", 0 },
    { "*", 0 },
    { ",", 0 },
    { ";q=0", 0 },
    { " ", 0 },
    { "", 0 }
};


static struct {
    const char  *value;
    ngx_uint_t   json;
} headers_types[] = {
    { "application/json", 1 },
    { "APPLICATION/JSON", 1 },
    { "application/json;charset=utf-8", 1 },
    { "\tapplication/json \t; charset=utf-8", 1 },
    { "application/json;", 1 },
    { "application/json; charset=\"UTF-8\"", 1 },
    { "application/json; charset=utf-8; charset=utf-8", 1 },
    { "application/json; charset=utf-8;", 1 },
    { "application/json; charset=utf-7", 0 },
    { "application/json; charset=utf-16le", 0 },
    { "application/json; charset=\"utf-7\"", 0 },
    { "application/json; charset=utf-8; charset=utf-7", 0 },
    { "application/json; charset=utf-80", 0 },
    { "application/json; charset=utf-", 0 },
    { "application/json; charset=\"", 0 },
    { "application/json; charset=", 0 },
    { "application/json; charset", 0 },
    { "application/json; charsetxutf-8", 0 },
    { "application/json; charset*=utf-8''utf-7", 0 },
    { "application/json-rpc", 0 },
    { "application/jsonrequest", 0 },
    { "application/vnd.api+json", 0 },
    { "application/json, text/plain", 0 },
    { "text/plain", 0 },
    { "text/plain;application/json", 0 },
    { ";application/json", 0 },
    { "", 0 }
};


static ngx_str_t
headers_copy(ngx_pool_t *pool, const char *text)
{
    ngx_str_t  s;

    s.len = ngx_strlen(text);
    s.data = unit_copy(pool, text, s.len);

    return s;
}


static void
headers_test_rows(mcp_server_t *server, headers_row_t *row, ngx_uint_t n)
{
    ngx_str_t     text;
    ngx_uint_t    i, ok;
    mcp_msg_t    *msg;
    ngx_pool_t   *pool;
    mcp_body_t    body;
    ngx_array_t   headers;

    for (i = 0; i < n; i++, row++) {
        pool = unit_pool();

        fixture_headers(pool, &headers, (u_char *) row->headers,
                        ngx_strlen(row->headers));
        text = headers_copy(pool, row->body);

        if (mcp_dispatch_body(server, pool, &text, &headers, &body) != NGX_OK) {
            abort();
        }

        msg = body.msgs;

        if (row->text == NULL) {
            ok = (msg->error.cause == MCP_ERROR_NONE);

        } else {
            ok = (msg->error.cause == MCP_ERROR_HEADER
                  && ngx_strnstr(msg->error.text.data, (char *) row->text,
                                 msg->error.text.len) != NULL);
        }

        ok &= (msg->id.len == 1 && *msg->id.data == '7');

        if (!unit_ok(ok, "%s: %s", row->text ? "refused" : "accepted",
                     row->name))
        {
            unit_diag("cause %d, %s", msg->error.cause,
                      unit_show(msg->error.text.data, msg->error.text.len));
        }

        ngx_destroy_pool(pool);
    }
}


static void
headers_test_media_types(void)
{
    ngx_str_t    value;
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    pool = unit_pool();

    for (i = 0; i < unit_nelts(headers_accepts); i++) {
        value = headers_copy(pool, headers_accepts[i].value);
        unit_is_int(mcp_headers_accept(&value), headers_accepts[i].accept,
                    "Accept: %s", headers_accepts[i].value);
    }

    for (i = 0; i < unit_nelts(headers_types); i++) {
        value = headers_copy(pool, headers_types[i].value);
        unit_is_int(mcp_headers_json(&value), headers_types[i].json,
                    "Content-Type: %s", headers_types[i].value);
    }

    ngx_destroy_pool(pool);
}


static void
headers_test_find(void)
{
    ngx_str_t    value, expected;
    ngx_pool_t  *pool;
    ngx_array_t  headers;

    static u_char  lines[] = "A: \t 1 \t\nB: 2\nAB: 3\nb: 2\nC: \t \n";

    pool = unit_pool();
    fixture_headers(pool, &headers, lines, sizeof(lines) - 1);

    unit_ok(mcp_headers_get(&headers, "a", &value) == NGX_OK
            && value.len == 1 && *value.data == '1', "a header is trimmed");
    unit_is_int(mcp_headers_get(&headers, "b", &value), NGX_ABORT,
                "a header is there twice");
    unit_is_int(mcp_headers_get(&headers, "d", &value), NGX_DECLINED,
                "a header is absent");

    ngx_str_null(&expected);
    unit_is_int(mcp_headers_get(&headers, "c", &value), NGX_OK,
                "an empty header is there");
    unit_is(&value, &expected, "and is empty");

    ngx_destroy_pool(pool);
}


/* no step goes wrong without memory, and each says so */

static void
headers_test_memory(mcp_server_t *server)
{
    ngx_int_t     rc, n;
    ngx_str_t     text;
    ngx_pool_t   *pool;
    mcp_body_t    body;
    ngx_array_t   headers;
    static char   lines[] =
        HEADERS_META "Mcp-Name: =?base64?cm91dGU=?=\n"
        "Mcp-Param-Count: 42.0\nMcp-Param-Region: =?base64?eA==?=\n";

    rc = NGX_ERROR;

    for (n = 0; rc != NGX_OK && n < 1000; n++) {
        pool = unit_pool();
        fixture_headers(pool, &headers, (u_char *) lines, sizeof(lines) - 1);
        text = headers_copy(pool, FIXTURE_CALL("route", "{\"count\":42,"
                                               "\"region\":\"\\u0078\"}"));

        unit_fail_alloc(n);
        rc = mcp_dispatch_body(server, pool, &text, &headers, &body);
        unit_fail_alloc(-1);

        if (rc == NGX_OK && body.msgs->error.cause != MCP_ERROR_NONE) {
            break;
        }

        ngx_destroy_pool(pool);
    }

    unit_ok(rc == NGX_OK && n > 3 && n < 1000,
            "%d allocations, each may fail", (int) n - 1);
}


int
main(void)
{
    ngx_pool_t    *pool;
    mcp_server_t  *server;

    pool = unit_pool();
    server = fixture_server(pool, MCP_VERSION_MASK_ALL,
                            unit_nelts(fixture_tools));

    headers_test_rows(server, headers_standard, unit_nelts(headers_standard));
    headers_test_rows(server, headers_params, unit_nelts(headers_params));
    headers_test_media_types();
    headers_test_find();
    headers_test_memory(server);

    ngx_destroy_pool(pool);

    return unit_done();
}
