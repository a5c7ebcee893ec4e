
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_rpc: the envelope, whose id is echoed, the table of errors */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_rpc.h>
#include "unit.h"


/* a hundred */
#define RPC_ZEROS                                                             \
    "00000000000000000000000000000000000000000000000000"                      \
    "00000000000000000000000000000000000000000000000000"


typedef struct {
    const char      *body;
    mcp_rpc_kind_e   kind;
    const char      *id;         /* as echoed, NULL: none */
    const char      *method;
    const char      *text;       /* part of the error */
} rpc_envelope_t;


static rpc_envelope_t  rpc_envelopes[] = {

    /* kinds */

    { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}",
      MCP_RPC_REQUEST, "1", "ping", NULL },
    { "{\"method\":\"a\\u002fb\",\"id\":1,\"jsonrpc\":\"\\u0032.0\"}",
      MCP_RPC_REQUEST, "1", "a/b", NULL },
    { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\",\"params\":{}}",
      MCP_RPC_REQUEST, "1", "", NULL },
    { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"other\":[1]}",
      MCP_RPC_REQUEST, "1", "m", NULL },
    { "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}",
      MCP_RPC_NOTIFICATION, NULL, "notifications/x", NULL },
    { "{\"jsonrpc\":\"2.0\",\"method\":\"n\",\"params\":{\"id\":1}}",
      MCP_RPC_NOTIFICATION, NULL, "n", NULL },

    /* the id of a response is one of ours: no answer may carry it */

    { "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
      MCP_RPC_RESPONSE, NULL, NULL, NULL },
    { "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"error\":{\"code\":1}}",
      MCP_RPC_RESPONSE, NULL, NULL, NULL },
    { "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}",
      MCP_RPC_RESPONSE, NULL, NULL, NULL },
    { "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1}}",
      MCP_RPC_RESPONSE, NULL, NULL, NULL },

    /* ids, byte for byte */

    { "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"m\"}",
      MCP_RPC_REQUEST, "0", "m", NULL },
    { "{\"jsonrpc\":\"2.0\",\"id\":-17,\"method\":\"m\"}",
      MCP_RPC_REQUEST, "-17", "m", NULL },
    { "{\"jsonrpc\":\"2.0\",\"id\":-0,\"method\":\"m\"}",
      MCP_RPC_REQUEST, "-0", "m", NULL },
    { "{\"jsonrpc\":\"2.0\",\"id\":9007199254740993,\"method\":\"m\"}",
      MCP_RPC_REQUEST, "9007199254740993", "m", NULL },
    { "{\"jsonrpc\":\"2.0\",\"id\":123456789012345678901234567890,"
      "\"method\":\"m\"}",
      MCP_RPC_REQUEST, "123456789012345678901234567890", "m", NULL },
    { "{\"jsonrpc\":\"2.0\",\"id\" :\t\"\" ,\"method\":\"m\"}",
      MCP_RPC_REQUEST, "\"\"", "m", NULL },
    { "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"method\":\"m\"}",
      MCP_RPC_REQUEST, "\"1\"", "m", NULL },
    { "{\"jsonrpc\":\"2.0\",\"id\":\"a\\\"\\u00e9\\/\",\"method\":\"m\"}",
      MCP_RPC_REQUEST, "\"a\\\"\\u00e9\\/\"", "m", NULL },
    { "{\"jsonrpc\":\"2.0\",\"id\":\"\xe2\x82\xac\",\"method\":\"m\"}",
      MCP_RPC_REQUEST, "\"\xe2\x82\xac\"", "m", NULL },
    { "{\"jsonrpc\":\"2.0\",\"\\u0069d\":5,\"method\":\"m\"}",
      MCP_RPC_REQUEST, "5", "m", NULL },
    { "{\"jsonrpc\":\"2.0\",\"ID\":5,\"method\":\"m\"}",
      MCP_RPC_NOTIFICATION, NULL, "m", NULL },

    { "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"m\"}",
      MCP_RPC_INVALID, NULL, NULL, "\"id\" must be" },
    { "{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"m\"}",
      MCP_RPC_INVALID, NULL, NULL, "\"id\" must be" },
    { "{\"jsonrpc\":\"2.0\",\"id\":1.0,\"method\":\"m\"}",
      MCP_RPC_INVALID, NULL, NULL, "\"id\" must be" },
    { "{\"jsonrpc\":\"2.0\",\"id\":1e2,\"method\":\"m\"}",
      MCP_RPC_INVALID, NULL, NULL, "\"id\" must be" },
    { "{\"jsonrpc\":\"2.0\",\"id\":[1],\"method\":\"m\"}",
      MCP_RPC_INVALID, NULL, NULL, "\"id\" must be" },
    { "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"m\"}",
      MCP_RPC_INVALID, NULL, NULL, "\"id\" must be" },
    { "{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":{}}",
      MCP_RPC_INVALID, NULL, NULL, "\"id\" must be" },

    /* the rest of the envelope */

    { "1", MCP_RPC_INVALID, NULL, NULL, "must be an object" },
    { "\"id\"", MCP_RPC_INVALID, NULL, NULL, "must be an object" },
    { "[]", MCP_RPC_INVALID, NULL, NULL, "must be an object" },
    { "{}", MCP_RPC_INVALID, NULL, NULL, "\"jsonrpc\" must be" },
    { "{\"id\":1,\"method\":\"m\"}",
      MCP_RPC_INVALID, "1", NULL, "\"jsonrpc\" must be" },
    { "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"m\"}",
      MCP_RPC_INVALID, "1", NULL, "\"jsonrpc\" must be" },
    { "{\"jsonrpc\":\"2.00\",\"id\":1,\"method\":\"m\"}",
      MCP_RPC_INVALID, "1", NULL, "\"jsonrpc\" must be" },
    { "{\"jsonrpc\":2.0,\"id\":1,\"method\":\"m\"}",
      MCP_RPC_INVALID, "1", NULL, "\"jsonrpc\" must be" },
    { "{\"jsonrpc\":\"2.0\",\"id\":1}",
      MCP_RPC_INVALID, "1", NULL, "\"method\" must be" },
    { "{\"jsonrpc\":\"2.0\"}",
      MCP_RPC_INVALID, NULL, NULL, "\"method\" must be" },
    { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":1}",
      MCP_RPC_INVALID, "1", NULL, "\"method\" must be" },
    { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":null}",
      MCP_RPC_INVALID, "1", NULL, "\"method\" must be" },
    { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":[]}",
      MCP_RPC_INVALID, "1", "m", "\"params\" must be" },
    { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":null}",
      MCP_RPC_INVALID, "1", "m", "\"params\" must be" },
    { "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":\"\"}",
      MCP_RPC_INVALID, NULL, "m", "\"params\" must be" },
    { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"result\":{}}",
      MCP_RPC_INVALID, "1", NULL, "a response must" },
    { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"error\":{}}",
      MCP_RPC_INVALID, "1", NULL, "a response must" },
    { "{\"jsonrpc\":\"2.0\",\"result\":{}}",
      MCP_RPC_INVALID, NULL, NULL, "a response must" },

    /* pairs of faults: the earlier check speaks */

    { "{\"id\":null,\"method\":1}",
      MCP_RPC_INVALID, NULL, NULL, "\"id\" must be" },
    { "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":1}",
      MCP_RPC_INVALID, "1", NULL, "\"jsonrpc\" must be" },
    { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":1,\"params\":1}",
      MCP_RPC_INVALID, "1", NULL, "\"method\" must be" }
};


/* documents that are refused, and what is echoed of them */

static struct {
    const char   *body;
    const char   *id;
    mcp_error_e   cause;
    const char   *text;
} rpc_refused[] = {

    /* no document, no id */

    { "", NULL, MCP_ERROR_PARSE, "Parse error: " },
    { "{\"id\":1", NULL, MCP_ERROR_PARSE, " at offset 7" },
    { "{\"id\":1}x", NULL, MCP_ERROR_PARSE, " at offset 8" },
    { "{\"id\":\"\xff\"}", NULL, MCP_ERROR_PARSE, " at offset 7" },

    /* a document that is not accepted */

    { "{\"id\":1,\"a\":1,\"a\":2}", "1", MCP_ERROR_REQUEST,
      "Invalid request: duplicate" },
    { "{\"a\":\"\\u0000\",\"id\":\"x\"}", "\"x\"", MCP_ERROR_REQUEST,
      "Invalid request: " },
    { "{\"a\":\"\\ud800\",\"id\":-5}", "-5", MCP_ERROR_REQUEST,
      "Invalid request: " },
    { "{\"a\":1e400,\"id\":9007199254740993}", "9007199254740993",
      MCP_ERROR_REQUEST, "Invalid request: " },
    { "{\"a\":1e400,\"id\":null}", NULL, MCP_ERROR_REQUEST, "" },
    { "{\"a\":1e400,\"id\":1.5}", NULL, MCP_ERROR_REQUEST, "" },
    { "{\"a\":1e400,\"params\":{\"id\":1}}", NULL, MCP_ERROR_REQUEST, "" },
    { "[{\"a\":1e400,\"id\":1}]", NULL, MCP_ERROR_REQUEST, "" },
    { "1e400", NULL, MCP_ERROR_REQUEST, "" },

    /* nobody knows which one was meant */

    { "{\"id\":1,\"id\":2}", NULL, MCP_ERROR_REQUEST, "duplicate" },
    { "{\"id\":1,\"id\":1}", NULL, MCP_ERROR_REQUEST, "duplicate" },
    { "{\"id\":1,\"\\u0069d\":2}", NULL, MCP_ERROR_REQUEST, "duplicate" },
    { "{\"a\":\"\\u0000\",\"id\":1,\"b\":2,\"id\":3}", NULL,
      MCP_ERROR_REQUEST, "" },

    /* an id that is itself what is not accepted is not sent either */

    { "{\"id\":\"\\u0000\"}", NULL, MCP_ERROR_REQUEST, "" },
    { "{\"id\":\"\\udc00\"}", NULL, MCP_ERROR_REQUEST, "" },
    { "{\"a\":1e400,\"id\":\"\\ud800x\"}", NULL, MCP_ERROR_REQUEST, "" },
    { "{\"id\":1" RPC_ZEROS RPC_ZEROS RPC_ZEROS RPC_ZEROS "}", NULL,
      MCP_ERROR_REQUEST, "" },
    { "{\"a\":1e400,\"id\":\"\\u00e9\"}", "\"\\u00e9\"",
      MCP_ERROR_REQUEST, "" }
};


static struct {
    const char  *id;
    mcp_error_t  error;
    const char  *answer;
} rpc_errors[] = {
    { "", { MCP_ERROR_PARSE, ngx_null_string, ngx_null_string },
      "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32700,"
      "\"message\":\"Parse error\"}}" },
    { "17", { MCP_ERROR_METHOD, ngx_string("a\"b\n\xff"), ngx_null_string },
      "{\"jsonrpc\":\"2.0\",\"id\":17,\"error\":{\"code\":-32601,"
      "\"message\":\"a\\\"b\\n\xef\xbf\xbd\"}}" },
    { "\"x\"", { MCP_ERROR_VERSION, ngx_null_string, ngx_string("{\"a\":1}") },
      "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"error\":{\"code\":-32022,"
      "\"message\":\"Unsupported protocol version\",\"data\":{\"a\":1}}}" }
};


static struct {
    mcp_error_e  cause;
    ngx_int_t    code;
    ngx_uint_t   modern;
    ngx_uint_t   legacy;
    const char  *class;
} rpc_table[] = {
    { MCP_ERROR_PARSE, -32700, 400, 400, "parse" },
    { MCP_ERROR_REQUEST, -32600, 400, 400, "request" },
    { MCP_ERROR_HEADER, -32020, 400, 400, "header" },
    { MCP_ERROR_META, -32602, 400, 400, "params" },
    { MCP_ERROR_VERSION, -32022, 400, 400, "version" },
    { MCP_ERROR_METHOD, -32601, 404, 200, "method" },
    { MCP_ERROR_CAPABILITY, -32021, 400, 200, "capability" },
    { MCP_ERROR_PARAMS, -32602, 200, 200, "params" },
    { MCP_ERROR_NOT_FOUND, -32602, 200, 200, "not_found" },
    { MCP_ERROR_NOT_FOUND_OLD, -32002, 200, 200, "not_found" },
    { MCP_ERROR_INTERNAL, -32603, 200, 200, "internal" },
    { MCP_ERROR_TIMEOUT, -32603, 200, 200, "timeout" },
    { MCP_ERROR_SESSION, -32001, 404, 404, "session" },
    { MCP_ERROR_NO_SESSION, -32600, 400, 400, "session" },
    { MCP_ERROR_EVENT, -32600, 400, 400, "event" },
    { MCP_ERROR_ORIGIN, -32600, 403, 403, "origin" },
    { MCP_ERROR_HTTP_METHOD, -32600, 405, 405, "http_method" },
    { MCP_ERROR_ACCEPT, -32600, 406, 406, "accept" },
    { MCP_ERROR_MEDIA_TYPE, -32600, 415, 415, "media_type" },
    { MCP_ERROR_TOO_LARGE, -32600, 413, 413, "too_large" },
    { MCP_ERROR_UNAUTHORIZED, -32600, 401, 401, "unauthorized" },
    { MCP_ERROR_CREDENTIALS, -32600, 400, 400, "unauthorized" },
    { MCP_ERROR_SCOPE, -32600, 403, 403, "scope" },
    { MCP_ERROR_FORBIDDEN, -32600, 403, 403, "forbidden" },
    { MCP_ERROR_LIMITED, -32600, 429, 429, "limited" },
    { MCP_ERROR_REFUSED, -32600, 400, 400, "refused" },
    { MCP_ERROR_UNAVAILABLE, -32603, 503, 503, "unavailable" },
    { MCP_ERROR_FAILED, -32603, 500, 500, "internal" }
};


static struct {
    ngx_uint_t   status;
    mcp_error_e  cause;
} rpc_statuses[] = {
    { 400, MCP_ERROR_REFUSED }, { 401, MCP_ERROR_UNAUTHORIZED },
    { 403, MCP_ERROR_FORBIDDEN }, { 404, MCP_ERROR_REFUSED },
    { 405, MCP_ERROR_HTTP_METHOD }, { 413, MCP_ERROR_TOO_LARGE },
    { 415, MCP_ERROR_MEDIA_TYPE }, { 429, MCP_ERROR_LIMITED },
    { 494, MCP_ERROR_REFUSED }, { 500, MCP_ERROR_FAILED },
    { 502, MCP_ERROR_UNAVAILABLE }, { 503, MCP_ERROR_UNAVAILABLE },
    { 504, MCP_ERROR_UNAVAILABLE }
};


/* the class is what the log has of another server's error */

static struct {
    ngx_int_t    code;
    const char  *class;
} rpc_codes[] = {
    { -32700, "parse" }, { -32600, "request" }, { -32601, "method" },
    { -32602, "params" }, { -32603, "internal" }, { -32001, "session" },
    { -32002, "not_found" }, { -32020, "header" }, { -32021, "capability" },
    { -32022, "version" }, { -32099, "internal" }, { 0, "internal" },
    { 1, "internal" }
};


static struct {
    const char  *text;
    size_t       fill;           /* bytes of "x" before it */
    size_t       len;
} rpc_quotes[] = {
    { "abc", 0, 3 },
    { "", MCP_RPC_QUOTE_MAX, 128 },
    { "y", MCP_RPC_QUOTE_MAX, 128 },
    { "\xe2\x82\xac", 125, 128 },
    { "\xe2\x82\xac", 126, 126 },
    { "\xe2\x82\xac", 127, 127 },
    { "\xe2\x82\xac", 128, 128 },
    { "\xf0\x9f\x98\x80zz", 127, 127 }
};


static ngx_uint_t
rpc_has(ngx_str_t *s, const char *part)
{
    return ngx_strlen(part) == 0
           || ngx_strnstr(s->data, (char *) part, s->len) != NULL;
}


static ngx_uint_t
rpc_same(ngx_str_t *s, const char *text)
{
    size_t  len;

    len = text ? ngx_strlen(text) : 0;

    return s->len == len && (len == 0 || ngx_memcmp(s->data, text, len) == 0);
}


static void
rpc_test_envelope(void)
{
    size_t           len;
    ngx_int_t        rc;
    mcp_msg_t        msg;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;
    rpc_envelope_t  *row;

    for (i = 0; i < unit_nelts(rpc_envelopes); i++) {
        row = &rpc_envelopes[i];
        len = ngx_strlen(row->body);
        pool = unit_pool();

        ngx_memzero(&msg, sizeof(mcp_msg_t));

        rc = mcp_json_scan(&doc, pool, unit_copy(pool, row->body, len), len);

        if (rc == NGX_OK) {
            rc = mcp_rpc_envelope(&msg, &doc, doc.tokens);
        }

        if (!unit_ok(rc == (row->text ? NGX_DECLINED : NGX_OK)
                     && msg.kind == row->kind
                     && rpc_same(&msg.id, row->id)
                     && rpc_same(&msg.method, row->method)
                     && msg.error.cause == (row->text ? MCP_ERROR_REQUEST
                                                      : MCP_ERROR_NONE)
                     && (row->text == NULL
                         || rpc_has(&msg.error.text, row->text)),
                     "envelope: %s", unit_show(row->body, len)))
        {
            unit_diag("rc %d, kind %d, id %s, method %s, %s", (int) rc,
                      msg.kind, unit_show(msg.id.data, msg.id.len),
                      unit_show(msg.method.data, msg.method.len),
                      unit_show(msg.error.text.data, msg.error.text.len));
        }

        ngx_destroy_pool(pool);
    }
}


static void
rpc_test_refused(void)
{
    size_t           len;
    ngx_int_t        rc;
    mcp_msg_t        msg;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    const char      *body;
    mcp_json_doc_t   doc;

    for (i = 0; i < unit_nelts(rpc_refused); i++) {
        body = rpc_refused[i].body;
        len = ngx_strlen(body);
        pool = unit_pool();

        ngx_memzero(&msg, sizeof(mcp_msg_t));
        msg.doc = &doc;

        rc = mcp_json_scan(&doc, pool, unit_copy(pool, body, len), len);

        if (rc == NGX_DECLINED) {
            rc = mcp_rpc_scan_error(&msg, &doc);
        }

        if (!unit_ok(rc == NGX_DECLINED && msg.kind == MCP_RPC_INVALID
                     && rpc_same(&msg.id, rpc_refused[i].id)
                     && msg.error.cause == rpc_refused[i].cause
                     && rpc_has(&msg.error.text, rpc_refused[i].text),
                     "refused: %s", unit_show(body, len)))
        {
            unit_diag("id %s, %s", unit_show(msg.id.data, msg.id.len),
                      unit_show(msg.error.text.data, msg.error.text.len));
        }

        ngx_destroy_pool(pool);
    }
}


static void
rpc_test_params(void)
{
    u_char          *p, buf[256];
    mcp_msg_t        msg;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;

    static struct {
        const char  *params;
        ngx_uint_t   meta;
    } rows[] = {
        { "{}", 0 },
        { "{\"_meta\":{}}", 1 },
        { "{\"_meta\":null}", 0 },
        { "{\"_meta\":[]}", 0 },
        { "{\"_meta\":\"x\"}", 0 },
        { "{\"meta\":{},\"x\":{\"_meta\":{}}}", 0 }
    };

    for (i = 0; i < unit_nelts(rows); i++) {
        pool = unit_pool();
        p = ngx_sprintf(buf, "{\"jsonrpc\":\"2.0\",\"method\":\"m\","
                             "\"params\":%s}", rows[i].params);

        ngx_memzero(&msg, sizeof(mcp_msg_t));

        unit_ok(mcp_json_scan(&doc, pool, buf, p - buf) == NGX_OK
                && mcp_rpc_envelope(&msg, &doc, doc.tokens) == NGX_OK
                && msg.params && (msg.meta != NULL) == rows[i].meta,
                "_meta: %s", rows[i].params);

        ngx_destroy_pool(pool);
    }
}


static void
rpc_test_forget(void)
{
    u_char          *p, buf[1024];
    mcp_msg_t        msg;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc;

    /* spaces make it a long one */

    for (i = 0; i < 900; i += 150) {
        pool = unit_pool();

        p = ngx_sprintf(buf, "{\"jsonrpc\":\"2.0\",\"id\":7,");
        ngx_memset(p, ' ', i);
        p = ngx_sprintf(p + i, "\"method\":\"\\u006d\"}");

        ngx_memzero(&msg, sizeof(mcp_msg_t));

        unit_ok(mcp_json_scan(&doc, pool, buf, p - buf) == NGX_OK
                && mcp_rpc_envelope(&msg, &doc, doc.tokens) == NGX_OK,
                "a message of %u bytes", (unsigned) (p - buf));

        mcp_rpc_forget(&msg);

        unit_ok(doc.nelts == 0 && msg.root == NULL && msg.params == NULL
                && msg.id.len == 1 && msg.id.data[0] == '7'
                && msg.method.len == 1 && msg.method.data[0] == 'm',
                "is forgotten but for its strings");

        ngx_destroy_pool(pool);
    }
}


static void
rpc_test_errors(void)
{
    u_char       buf[64];
    mcp_buf_t    b;
    ngx_str_t    id, out, expected, class;
    ngx_uint_t   i;
    ngx_pool_t  *pool;
    mcp_error_t  error;

    pool = unit_pool();

    for (i = 0; i < unit_nelts(rpc_errors); i++) {
        id.data = (u_char *) rpc_errors[i].id;
        id.len = ngx_strlen(id.data);
        expected.data = (u_char *) rpc_errors[i].answer;
        expected.len = ngx_strlen(expected.data);

        mcp_buf_init(&b, pool, 0);
        mcp_rpc_write_error(&b, &id, &rpc_errors[i].error);
        (void) mcp_buf_done(&b, &out);

        unit_is(&out, &expected, "error answer: %s", rpc_errors[i].answer);
    }

    ngx_str_null(&id);

    for (i = 0; i < unit_nelts(rpc_table); i++) {
        ngx_memzero(&error, sizeof(mcp_error_t));
        error.cause = rpc_table[i].cause;

        mcp_buf_init(&b, pool, 0);
        mcp_rpc_write_error(&b, &id, &error);
        (void) mcp_buf_done(&b, &out);

        *ngx_sprintf(buf, "\"code\":%i,\"message\":\"", rpc_table[i].code)
            = '\0';
        class = *mcp_error_class(error.cause);

        unit_ok(rpc_has(&out, (char *) buf)
                && mcp_error_status(error.cause, 1) == rpc_table[i].modern
                && mcp_error_status(error.cause, 0) == rpc_table[i].legacy
                && rpc_same(&class, rpc_table[i].class),
                "cause %d: %s", (int) error.cause, rpc_table[i].class);
    }

    unit_is_int(unit_nelts(rpc_table), MCP_ERROR_TOOL - 1,
                "every cause has a row here");

    class = *mcp_error_class(MCP_ERROR_TOOL);
    unit_ok(rpc_same(&class, "tool")
            && mcp_error_status(MCP_ERROR_TOOL, 1) == 200
            && mcp_error_class(MCP_ERROR_NONE)->len == 0,
            "classes of what is no error of the protocol");

    for (i = 0; i < unit_nelts(rpc_statuses); i++) {
        unit_is_int(mcp_error_of_status(rpc_statuses[i].status),
                    rpc_statuses[i].cause, "the cause of a status %d",
                    (int) rpc_statuses[i].status);
    }

    for (i = 0; i < unit_nelts(rpc_codes); i++) {
        unit_ok(rpc_same((ngx_str_t *) mcp_error_class(
                             mcp_error_of_code(rpc_codes[i].code)),
                         rpc_codes[i].class),
                "code %d", (int) rpc_codes[i].code);
    }

    ngx_destroy_pool(pool);
}


static void
rpc_test_quote(void)
{
    u_char       buf[256];
    size_t       len;
    ngx_str_t    s, q;
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    pool = unit_pool();

    for (i = 0; i < unit_nelts(rpc_quotes); i++) {
        len = ngx_strlen(rpc_quotes[i].text);
        ngx_memset(buf, 'x', rpc_quotes[i].fill);
        ngx_memcpy(buf + rpc_quotes[i].fill, rpc_quotes[i].text, len);

        s.len = rpc_quotes[i].fill + len;
        s.data = unit_copy(pool, buf, s.len);
        q = mcp_rpc_quote(&s);

        unit_ok(q.data == s.data && q.len == rpc_quotes[i].len,
                "quoted: %d bytes of %d", (int) q.len, (int) s.len);
    }

    ngx_memset(buf, 0x80, 256);
    s.data = buf;
    s.len = 256;
    q = mcp_rpc_quote(&s);
    unit_ok(q.len == 0, "quoted: what has no beginning");

    ngx_destroy_pool(pool);
}


static void
rpc_test_error_text(void)
{
    u_char       long_text[1024];
    ngx_int_t    rc;
    ngx_str_t    s;
    ngx_pool_t  *pool;
    mcp_error_t  error;

    pool = unit_pool();
    ngx_memzero(&error, sizeof(mcp_error_t));

    ngx_memset(long_text, 'x', sizeof(long_text));
    s.data = long_text;
    s.len = sizeof(long_text);

    rc = mcp_rpc_error(pool, &error, MCP_ERROR_PARAMS, "%V", &s);
    unit_ok(rc == NGX_DECLINED && error.cause == MCP_ERROR_PARAMS
            && error.text.len == 512, "an error text is cut");

    unit_fail_alloc(0);
    rc = mcp_rpc_error(pool, &error, MCP_ERROR_PARAMS, "%V", &s);
    unit_fail_alloc(-1);
    unit_ok(rc == NGX_ERROR, "no memory for an error text");

    ngx_destroy_pool(pool);
}


int
main(void)
{
    rpc_test_envelope();
    rpc_test_refused();
    rpc_test_params();
    rpc_test_forget();
    rpc_test_errors();
    rpc_test_quote();
    rpc_test_error_text();

    return unit_done();
}
