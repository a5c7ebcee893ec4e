
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_resources: what is refused at start, lists, reads */


#include <ngx_config.h>
#include <ngx_core.h>
#include "dispatch.h"


#define RESOURCES_READ(uri)                                                   \
    FIXTURE_REQUEST("7", "resources/read", FIXTURE_MODERN ",\"uri\":" uri)

#define RESOURCES_LEGACY(method, params)                                      \
    FIXTURE_REQUEST("7", method, params)

#define RESOURCES_HEADERS(uri)                                                \
    DISPATCH_HEADERS("resources/read") "Mcp-Name: " uri "\n"

#define RESOURCES_BARE  "{\"uri\":\"fix:bare\",\"name\":\"bare\"}"


static struct {
    const char  *uri;
    const char  *name;
    const char  *arg;            /* or NULL */
    const char  *err;            /* a part of it, NULL: accepted */
} resources_compiled[] = {
    { "a:b", "n", NULL, NULL },
    { "a:{b}", "n", NULL, NULL },
    { "a:{b}{?c}", "n", "c", NULL },
    { "a:b", "", NULL, "a name is required" },
    { "b", "n", NULL, "expected a URI with a scheme" },
    { "", "n", NULL, "expected a URI with a scheme" },
    { "a:b c", "n", NULL, "expected a URI with a scheme" },
    { "a:\xc3\xa9", "n", NULL, "expected a URI with a scheme" },
    { "{a}", "n", NULL, "must begin with a scheme" },
    { "a{b}:", "n", NULL, "must begin with a scheme" },
    { "/a/{b}", "n", NULL, "must begin with a scheme" },
    { "a:{b", "n", NULL, "has no" },
    { "a:{b}{c}", "n", NULL, "between them" },
    { "a:{b}", "n", "c", "no variable of the template" },
    { "a:b", "n", "c", "only a template" }
};


static dispatch_row_t  resources_rows[] = {

    { "a resource", RESOURCES_HEADERS("fix:bare"),
      RESOURCES_READ("\"fix:bare\""), MCP_ERROR_NONE, "CALL fix:bare {}" },

    { "a resource goes before a template", RESOURCES_HEADERS("fix:full"),
      RESOURCES_READ("\"fix:full\""), MCP_ERROR_NONE, "CALL fix:full {}" },

    { "a template", RESOURCES_HEADERS("fix:a/b%20c?more=%41&shade="),
      RESOURCES_READ("\"fix:a/b%20c?more=%41&shade=\""), MCP_ERROR_NONE,
      "CALL fix:{+color}{?shade,more} {\"color\":\"a/b c\","
      "\"shade\":\"\",\"more\":\"A\"}" },

    { "not found", RESOURCES_HEADERS("fox:\\u0041"),
      RESOURCES_READ("\"fox:\\\\u0041\""), MCP_ERROR_NOT_FOUND,
      "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32602,"
      "\"message\":\"Resource not found\",\"data\":{"
      "\"uri\":\"fox:\\\\u0041\"}}}" },

    { "legacy: not found", "", RESOURCES_LEGACY("resources/read",
                                                "\"uri\":\"fox:\""),
      MCP_ERROR_NOT_FOUND_OLD,
      "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32002,"
      "\"message\":\"Resource not found\",\"data\":{\"uri\":\"fox:\"}}}" },

    { "no URI", DISPATCH_HEADERS("resources/read"),
      FIXTURE_REQUEST("7", "resources/read", FIXTURE_MODERN), MCP_ERROR_PARAMS,
      DISPATCH_ERROR("7", "-32602", "Invalid params: \\\"uri\\\" must be a "
                     "string") },

    { "a URI that is a number", DISPATCH_HEADERS("resources/read"),
      RESOURCES_READ("1"), MCP_ERROR_PARAMS,
      DISPATCH_ERROR("7", "-32602", "Invalid params: \\\"uri\\\"") },

    { "the header is not there", DISPATCH_HEADERS("resources/read"),
      RESOURCES_READ("\"fix:bare\""), MCP_ERROR_HEADER,
      DISPATCH_ERROR("7", "-32020", "") },

    { "the list", DISPATCH_HEADERS("resources/list"),
      FIXTURE_REQUEST("7", "resources/list", FIXTURE_MODERN), MCP_ERROR_NONE,
      DISPATCH_RESULT("7") "{\"resultType\":\"complete\",\"resources\":["
      RESOURCES_BARE ",{\"uri\":\"fix:full\",\"name\":\"full\","
      "\"title\":\"Full\",\"description\":\"Has all\",\"mimeType\":\"a/b\","
      "\"size\":0,\"annotations\":{\"audience\":[\"user\"],\"priority\":0,"
      "\"lastModified\":\"2026-01-01\"},"
      "\"icons\":[{\"src\":\"https://example.com/full.png\"}]}],"
      "\"ttlMs\":60000,\"cacheScope\":\"private\",\"_meta\":" },

    { "2025-03-26: the list", DISPATCH_VERSION("2025-03-26"),
      RESOURCES_LEGACY("resources/list", ""), MCP_ERROR_NONE,
      DISPATCH_RESULT("7") "{\"resources\":[" RESOURCES_BARE ","
      "{\"uri\":\"fix:full\",\"name\":\"full\",\"description\":\"Has all\","
      "\"mimeType\":\"a/b\",\"size\":0,\"annotations\":{"
      "\"audience\":[\"user\"],\"priority\":0}}]}}" },

    { "templates", DISPATCH_HEADERS("resources/templates/list"),
      FIXTURE_REQUEST("7", "resources/templates/list", FIXTURE_MODERN),
      MCP_ERROR_NONE,
      DISPATCH_RESULT("7") "{\"resultType\":\"complete\","
      "\"resourceTemplates\":[{\"uriTemplate\":\"fix:{+color}{?shade,more}\","
      "\"name\":\"template\",\"annotations\":{"
      "\"lastModified\":\"2026-01-01\"}}],\"ttlMs\":" },

    { "2024-11-05: templates", DISPATCH_VERSION("2024-11-05"),
      RESOURCES_LEGACY("resources/templates/list", ""), MCP_ERROR_NONE,
      DISPATCH_RESULT("7") "{\"resourceTemplates\":[{\"uriTemplate\":"
      "\"fix:{+color}{?shade,more}\",\"name\":\"template\"}]}}" },

    { "a cursor that is none", DISPATCH_HEADERS("resources/templates/list"),
      FIXTURE_REQUEST("7", "resources/templates/list",
                      FIXTURE_MODERN ",\"cursor\":\"x\""), MCP_ERROR_PARAMS,
      DISPATCH_ERROR("7", "-32602", "Invalid params: unknown or outdated") }
};


static void
resources_test_compile(void)
{
    ngx_int_t        rc;
    mcp_arg_t       *arg;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    const char      *err, *expected;
    mcp_resource_t   resource;

    for (i = 0; i < unit_nelts(resources_compiled); i++) {
        pool = unit_pool();
        err = "";
        expected = resources_compiled[i].err;

        ngx_memzero(&resource, sizeof(mcp_resource_t));

        resource.uri.len = ngx_strlen(resources_compiled[i].uri);
        resource.uri.data = unit_copy(pool, resources_compiled[i].uri,
                                      resource.uri.len);
        resource.name.len = ngx_strlen(resources_compiled[i].name);
        resource.name.data = (u_char *) resources_compiled[i].name;

        if (resources_compiled[i].arg) {
            (void) ngx_array_init(&resource.args, pool, 1, sizeof(mcp_arg_t));
            arg = ngx_array_push(&resource.args);

            ngx_memzero(arg, sizeof(mcp_arg_t));
            arg->name.len = ngx_strlen(resources_compiled[i].arg);
            arg->name.data = (u_char *) resources_compiled[i].arg;
        }

        rc = mcp_resource_compile(pool, &resource, &err);

        if (!unit_ok(expected ? rc == NGX_DECLINED
                                && ngx_strstr(err, expected) != NULL
                              : rc == NGX_OK
                                && (resource.template == NULL
                                    || resource.template->nvars
                                       == resource.args.nelts),
                     "%s: \"%s\"", expected ? "refused" : "compiled",
                     resources_compiled[i].uri))
        {
            unit_diag("rc %d, %s", (int) rc, err);
        }

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

    resources_test_compile();
    dispatch_test_rows(server, resources_rows, unit_nelts(resources_rows));
    dispatch_test_memory_rows(server, resources_rows,
                              unit_nelts(resources_rows));

    ngx_destroy_pool(pool);

    return unit_done();
}
