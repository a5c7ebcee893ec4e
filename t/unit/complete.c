
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_complete: what is asked for, what fits, how much is sent */


#include <ngx_config.h>
#include <ngx_core.h>
#include "dispatch.h"


#define COMPLETE(params)                                                      \
    FIXTURE_REQUEST("7", "completion/complete", FIXTURE_MODERN params)

#define COMPLETE_PROMPT                                                       \
    ",\"ref\":{\"type\":\"ref/prompt\",\"name\":\"paint\"}"

#define COMPLETE_ARGUMENT(name, value)                                        \
    ",\"argument\":{\"name\":\"" name "\",\"value\":\"" value "\"}"

#define COMPLETE_HEADERS  DISPATCH_HEADERS("completion/complete")

#define COMPLETE_VALUES(values, total)                                        \
    DISPATCH_RESULT("7") "{\"resultType\":\"complete\",\"completion\":{"      \
    "\"values\":[" values "],\"total\":" total ",\"hasMore\":false},"         \
    "\"_meta\":"

#define COMPLETE_INVALID(text)                                                \
    DISPATCH_ERROR("7", "-32602", "Invalid params: " text)


static dispatch_row_t  complete_rows[] = {

    { "all values", COMPLETE_HEADERS,
      COMPLETE(COMPLETE_PROMPT COMPLETE_ARGUMENT("color", "")),
      MCP_ERROR_NONE,
      COMPLETE_VALUES("\"red\",\"green\",\"Dark-Red\"", "3") },

    { "values that fit", COMPLETE_HEADERS,
      COMPLETE(COMPLETE_PROMPT COMPLETE_ARGUMENT("color", "RE")),
      MCP_ERROR_NONE,
      COMPLETE_VALUES("\"red\",\"green\",\"Dark-Red\"", "3") },

    { "none that fits", COMPLETE_HEADERS,
      COMPLETE(COMPLETE_PROMPT COMPLETE_ARGUMENT("color", "reds")),
      MCP_ERROR_NONE, COMPLETE_VALUES("", "0") },

    { "nothing is known", COMPLETE_HEADERS,
      COMPLETE(COMPLETE_PROMPT COMPLETE_ARGUMENT("more", "r")),
      MCP_ERROR_NONE, COMPLETE_VALUES("", "0") },

    { "a template", COMPLETE_HEADERS,
      COMPLETE(",\"ref\":{\"type\":\"ref/resource\","
               "\"uri\":\"fix:{+color}{?shade,more}\"}"
               COMPLETE_ARGUMENT("color", "g")),
      MCP_ERROR_NONE, COMPLETE_VALUES("\"green\"", "1") },

    { "a resource", COMPLETE_HEADERS,
      COMPLETE(",\"ref\":{\"type\":\"ref/resource\",\"uri\":\"fix:bare\"}"
               COMPLETE_ARGUMENT("color", "g")),
      MCP_ERROR_NONE, COMPLETE_VALUES("", "0") },

    { "by whoever serves it", COMPLETE_HEADERS,
      COMPLETE(COMPLETE_PROMPT COMPLETE_ARGUMENT("shade", "\\u0041")
               ",\"context\":{\"arguments\":{\"color\":\"red\"}}"),
      MCP_ERROR_NONE, "COMPLETE shade=A {\"color\":\"red\"}" },

    { "no context", COMPLETE_HEADERS,
      COMPLETE(COMPLETE_PROMPT COMPLETE_ARGUMENT("shade", "")),
      MCP_ERROR_NONE, "COMPLETE shade= {}" },

    { "an unknown argument", COMPLETE_HEADERS,
      COMPLETE(COMPLETE_PROMPT COMPLETE_ARGUMENT("colour", "")),
      MCP_ERROR_PARAMS, DISPATCH_ERROR("7", "-32602", "Unknown argument: ") },

    { "an unknown prompt", COMPLETE_HEADERS,
      COMPLETE(",\"ref\":{\"type\":\"ref/prompt\",\"name\":\"x\"}"
               COMPLETE_ARGUMENT("color", "")),
      MCP_ERROR_PARAMS, DISPATCH_ERROR("7", "-32602", "Unknown prompt: x") },

    { "an unknown template", COMPLETE_HEADERS,
      COMPLETE(",\"ref\":{\"type\":\"ref/resource\",\"uri\":\"fix:x\"}"
               COMPLETE_ARGUMENT("color", "")),
      MCP_ERROR_PARAMS,
      DISPATCH_ERROR("7", "-32602", "Unknown resource template: fix:x") },

    { "no ref", COMPLETE_HEADERS,
      COMPLETE(COMPLETE_ARGUMENT("color", "")), MCP_ERROR_PARAMS,
      COMPLETE_INVALID("\\\"ref\\\" must be an object") },

    { "a ref of another type", COMPLETE_HEADERS,
      COMPLETE(",\"ref\":{\"type\":\"ref/tool\"}"
               COMPLETE_ARGUMENT("color", "")), MCP_ERROR_PARAMS,
      COMPLETE_INVALID("\\\"type\\\" of \\\"ref\\\" must be") },

    { "no argument", COMPLETE_HEADERS, COMPLETE(COMPLETE_PROMPT),
      MCP_ERROR_PARAMS,
      COMPLETE_INVALID("\\\"argument\\\" must be an object") },

    { "no value", COMPLETE_HEADERS,
      COMPLETE(COMPLETE_PROMPT ",\"argument\":{\"name\":\"color\"}"),
      MCP_ERROR_PARAMS, COMPLETE_INVALID("\\\"value\\\" must be a string") }
};


static struct {
    const char  *value;
    const char  *typed;
    ngx_uint_t   begins;
    ngx_uint_t   inside;
} complete_fits[] = {
    { "abc", "", 1, 0 },
    { "abc", "a", 1, 0 },
    { "abc", "ABC", 1, 0 },
    { "abc", "bc", 0, 1 },
    { "abc", "C", 0, 1 },
    { "aba", "a", 1, 0 },
    { "abc", "abcd", 0, 0 },
    { "abc", "d", 0, 0 },
    { "", "", 1, 0 },
    { "", "a", 0, 0 }
};


static void
complete_test_fits(void)
{
    ngx_str_t    value, typed;
    ngx_uint_t   i;
    ngx_pool_t  *pool;

    pool = unit_pool();

    for (i = 0; i < unit_nelts(complete_fits); i++) {
        value.len = ngx_strlen(complete_fits[i].value);
        value.data = unit_copy(pool, complete_fits[i].value, value.len);
        typed.len = ngx_strlen(complete_fits[i].typed);
        typed.data = unit_copy(pool, complete_fits[i].typed, typed.len);

        unit_ok(mcp_completion_fits(&value, &typed, 0)
                == complete_fits[i].begins
                && mcp_completion_fits(&value, &typed, 1)
                   == complete_fits[i].inside,
                "\"%s\" for \"%s\"", complete_fits[i].value,
                complete_fits[i].typed);
    }

    ngx_destroy_pool(pool);
}


static void
complete_test_many(mcp_server_t *server)
{
    u_char             *p;
    ngx_str_t           result;
    ngx_uint_t          i, n;
    ngx_pool_t         *pool;
    mcp_completion_t    completion;

    for (n = MCP_COMPLETE_MAX - 1; n <= MCP_COMPLETE_MAX + 1; n++) {
        pool = unit_pool();
        mcp_completion_init(&completion, pool);

        for (i = 0; i < n; i++) {
            mcp_completion_add(&completion, (u_char *) "\"", 1);
        }

        (void) mcp_completion_write(&completion, server,
                                    MCP_VERSION_2025_11_25, &result);

        unit_ok(ngx_strnstr(result.data, n > MCP_COMPLETE_MAX
                                         ? "],\"total\":101,\"hasMore\":true}}"
                                         : "\"hasMore\":false}}", result.len)
                != NULL, "%d values", (int) n);

        i = 0;

        for (p = result.data; p < result.data + result.len - 1; p++) {
            i += (p[0] == '\\' && p[1] == '"');
        }

        unit_is_int(i, ngx_min(n, MCP_COMPLETE_MAX), "are sent up to 100");

        ngx_destroy_pool(pool);
    }
}


int
main(void)
{
    ngx_pool_t    *pool;
    mcp_server_t  *server;

    pool = unit_pool();
    server = fixture_offers(pool, MCP_VERSION_MASK_ALL, 0);

    dispatch_test_rows(server, complete_rows, unit_nelts(complete_rows));
    complete_test_fits();
    complete_test_many(server);
    dispatch_test_memory_rows(server, complete_rows,
                              unit_nelts(complete_rows));

    ngx_destroy_pool(pool);

    return unit_done();
}
