
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * mcp_inspect: what goes on to another server is the same message for a reader
 * to whom case makes no difference, and for whom a string ends with NUL,
 * whether it takes the first of two members or the last.  cJSON is one.
 *
 * An input is a body.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_inspect.h>
#include "fuzz.h"
#include "fixture.h"


static cJSON *
inspect_first(cJSON *object, const char *name)
{
    return cJSON_GetObjectItem(object, name);
}


static cJSON *
inspect_last(cJSON *object, const char *name)
{
    cJSON  *item, *last;

    last = NULL;

    cJSON_ArrayForEach(item, object) {
        if (strcasecmp(item->string, name) == 0) {
            last = item;
        }
    }

    return last;
}


static void
inspect_read(mcp_msg_t *msg, cJSON *json,
    cJSON *(*member)(cJSON *object, const char *name))
{
    char   *s;
    cJSON  *name;

    s = cJSON_GetStringValue(member(json, "method"));

    if (msg->kind == MCP_RPC_RESPONSE) {
        fuzz_assert(member(json, "method") == NULL);
        return;
    }

    fuzz_assert(s && ngx_strlen(s) == msg->method.len
                && ngx_memcmp(s, msg->method.data, msg->method.len) == 0);

    fuzz_assert((member(json, "id") != NULL)
                == (msg->kind == MCP_RPC_REQUEST));

    if (!mcp_dispatch_is_call(msg)) {
        return;
    }

    name = member(member(json, "params"), "name");
    s = cJSON_GetStringValue(name);

    fuzz_assert(s && ngx_strlen(s) == msg->name.len
                && ngx_memcmp(s, msg->name.data, msg->name.len) == 0);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cJSON         *json, *item;
    ngx_int_t      rc;
    ngx_str_t      text;
    mcp_msg_t     *msg;
    ngx_pool_t    *pool;
    mcp_body_t     body;
    ngx_uint_t     i;
    ngx_array_t    headers;

    static ngx_pool_t    *always;
    static mcp_server_t  *server;

    if (server == NULL) {
        always = unit_pool();
        server = fixture_server(always, MCP_VERSION_MASK_ALL,
                                unit_nelts(fixture_tools));
        server->capabilities = MCP_SERVER_ALL;
    }

    json = cJSON_ParseWithLength((const char *) data, size);

    if (json == NULL) {
        return 0;
    }

    pool = unit_pool();

    fixture_headers(pool, &headers, (u_char *) "", 0);

    text.len = size;
    text.data = unit_copy(pool, data, size);

    fuzz_assert(mcp_dispatch_body(server, pool, &text, &headers, &body)
                == NGX_OK);

    for (i = 0; i < body.n; i++) {
        msg = &body.msgs[i];

        if (msg->error.cause != MCP_ERROR_NONE) {
            continue;
        }

        rc = mcp_inspect(msg, &headers);

        fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);
        fuzz_assert((rc == NGX_OK) == (msg->error.cause == MCP_ERROR_NONE));

        if (rc == NGX_OK) {
            item = cJSON_IsArray(json) ? cJSON_GetArrayItem(json, i) : json;

            inspect_read(msg, item, inspect_first);
            inspect_read(msg, item, inspect_last);
        }
    }

    cJSON_Delete(json);
    ngx_destroy_pool(pool);

    return 0;
}
