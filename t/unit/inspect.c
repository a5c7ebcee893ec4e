
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_inspect: what another parser could take for another message */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_inspect.h>
#include "fixture.h"


#define MSG(members)  "{\"jsonrpc\":\"2.0\",\"id\":7," members "}"
#define CALL(params)  MSG("\"method\":\"tools/call\",\"params\":{" params "}")
#define ECHO          "\"name\":\"echo\""


typedef struct {
    const char   *body;
    const char   *headers;
    mcp_error_e   cause;
    const char   *text;          /* part of the error */
} inspect_row_t;


static inspect_row_t  inspect_rows[] = {

    /* as they should be */

    { CALL(ECHO), "", MCP_ERROR_NONE, NULL },
    { FIXTURE_CALL("echo", "{}"),
      "MCP-Protocol-Version: 2026-07-28\nMcp-Method: tools/call\n"
      "Mcp-Name: echo\n", MCP_ERROR_NONE, NULL },
    { MSG("\"method\":\"ping\",\"methods\":1,\"metho\":2,\"i\":3"), "",
      MCP_ERROR_NONE, NULL },
    { CALL(ECHO ",\"arguments\":{\"Name\":1,\"URI\":2,\"\xc3\xa4\":3}"), "",
      MCP_ERROR_NONE, NULL },
    { CALL(ECHO ",\"names\":1,\"_META\":{}"), "", MCP_ERROR_NONE, NULL },
    { MSG("\"result\":{\"Method\":1}"), "Mcp-Method: x\n", MCP_ERROR_NONE,
      NULL },
    { MSG("\"method\":\"x/y\",\"params\":{\"Name\":1}"), "Mcp-Name: z\n",
      MCP_ERROR_NONE, NULL },
    { "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}", "",
      MCP_ERROR_NONE, NULL },

    /* names that are alike */

    { MSG("\"method\":\"ping\",\"Method\":\"tools/call\""), "",
      MCP_ERROR_REQUEST, "\"Method\" could be taken for another member" },
    { MSG("\"method\":\"ping\",\"\\u004dethod\":1"), "", MCP_ERROR_REQUEST,
      "\"Method\"" },
    { MSG("\"method\":\"ping\",\"ID\":1"), "", MCP_ERROR_REQUEST, "\"ID\"" },
    { MSG("\"method\":\"ping\",\"JSONRPC\":1"), "", MCP_ERROR_REQUEST, "RPC" },
    { MSG("\"method\":\"ping\",\"pArams\":1"), "", MCP_ERROR_REQUEST, "pA" },
    { MSG("\"method\":\"ping\",\"ERROR\":1"), "", MCP_ERROR_REQUEST, "ERR" },
    { MSG("\"method\":\"ping\",\"resulT\":1"), "", MCP_ERROR_REQUEST, "ulT" },
    { MSG("\"result\":{},\"METHOD\":\"tools/call\""), "", MCP_ERROR_REQUEST,
      "METHOD" },
    { MSG("\"method\":\"ping\",\"param\xc5\xbf\":{}"), "", MCP_ERROR_REQUEST,
      "param\xc5\xbf" },
    { CALL(ECHO ",\"Name\":\"add\""), "", MCP_ERROR_REQUEST, "\"Name\"" },
    { CALL("\"NAME\":\"add\"," ECHO), "", MCP_ERROR_REQUEST, "\"NAME\"" },
    { MSG("\"method\":\"resources/read\",\"params\":{\"uri\":\"a:b\","
          "\"Uri\":\"c:d\"}"), "", MCP_ERROR_REQUEST, "\"Uri\"" },

    /* calls that are none */

    { "{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{" ECHO "}}",
      "", MCP_ERROR_REQUEST, "\"tools/call\" must have \"id\"" },
    { CALL("\"name\":[\"echo\"]"), "", MCP_ERROR_PARAMS, "name" },
    { CALL("\"Name\":\"echo\""), "", MCP_ERROR_PARAMS, "name" },
    { MSG("\"method\":\"tools/call\""), "", MCP_ERROR_PARAMS, "name" },

    /* headers of revisions that have none */

    { CALL(ECHO), "Mcp-Method: tools/call\nMcp-Name: echo\n", MCP_ERROR_NONE,
      NULL },
    { CALL(ECHO), "Mcp-Method: tools/list\n", MCP_ERROR_HEADER, "tools/list" },
    { CALL(ECHO), "Mcp-Name: add\n", MCP_ERROR_HEADER, "'add'" },
    { CALL(ECHO), "Mcp-Name: echo\nMcp-Name: add\n", MCP_ERROR_HEADER,
      "duplicate" },
    { "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}", "Mcp-Method: a\n",
      MCP_ERROR_HEADER, "'a'" }
};


static void
inspect_test_row(mcp_server_t *server, inspect_row_t *row)
{
    ngx_int_t     rc;
    ngx_str_t     text;
    ngx_uint_t    ok;
    mcp_msg_t    *msg;
    ngx_pool_t   *pool;
    mcp_body_t    body;
    ngx_array_t   headers;

    pool = unit_pool();

    fixture_headers(pool, &headers, (u_char *) row->headers,
                    ngx_strlen(row->headers));

    text.len = ngx_strlen(row->body);
    text.data = unit_copy(pool, row->body, text.len);

    if (mcp_dispatch_body(server, pool, &text, &headers, &body) != NGX_OK) {
        abort();
    }

    msg = body.msgs;

    unit_is_int(msg->error.cause, MCP_ERROR_NONE, "a message: %s", row->body);

    rc = mcp_inspect(msg, &headers);

    ok = (msg->error.cause == row->cause
          && rc == (row->text ? NGX_DECLINED : NGX_OK)
          && (row->text == NULL
              || ngx_strnstr(msg->error.text.data, (char *) row->text,
                             msg->error.text.len)
                 != NULL));

    if (!unit_ok(ok, "%s: %s", row->text ? "refused" : "goes on", row->body)) {
        unit_diag("%ld, cause %d, %s", (long) rc, msg->error.cause,
                  unit_show(msg->error.text.data, msg->error.text.len));
    }

    ngx_destroy_pool(pool);
}


int
main(void)
{
    ngx_uint_t     i;
    ngx_pool_t    *pool;
    mcp_server_t  *server;

    pool = unit_pool();
    server = fixture_server(pool, MCP_VERSION_MASK_ALL,
                            unit_nelts(fixture_tools));
    server->capabilities = MCP_SERVER_ALL;

    for (i = 0; i < unit_nelts(inspect_rows); i++) {
        inspect_test_row(server, &inspect_rows[i]);
    }

    ngx_destroy_pool(pool);

    return unit_done();
}
