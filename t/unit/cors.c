
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_cors: whom answers and preflights allow what */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_cors.h>
#include <mcp_origin.h>
#include "unit.h"


#define EXPOSED  "Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate, "  \
                 "Retry-After, X-Request-Id"


typedef struct {
    const char   *origins;           /* with spaces between them; "*" */
    ngx_uint_t    credentials;
    const char   *origin;
    ngx_int_t     rc;
    const char   *allowed;
    const char   *with;              /* credentials */
    const char   *vary;
} cors_origin_t;


typedef struct {
    const char   *asked;
    const char   *allowed;
} cors_asked_t;


static cors_origin_t  cors_origins[] = {
    { "https://a.example", 0, "https://a.example", NGX_OK,
      "https://a.example", "", "Origin" },
    { "https://a.example", 1, "https://a.example", NGX_OK,
      "https://a.example", "true", "Origin" },
    { "https://a.example https://b.example:8443", 0,
      "https://b.example:8443", NGX_OK, "https://b.example:8443", "",
      "Origin" },
    { "https://*.example", 1, "https://a.b.example", NGX_OK,
      "https://a.b.example", "true", "Origin" },
    { "http://localhost:*", 0, "http://localhost:6274", NGX_OK,
      "http://localhost:6274", "", "Origin" },
    { "https://a.example", 1, "https://b.example", NGX_DECLINED, "", "",
      "Origin" },
    { "https://a.example", 1, "http://a.example", NGX_DECLINED, "", "",
      "Origin" },
    { "https://a.example", 1, "https://a.example.b.example", NGX_DECLINED,
      "", "", "Origin" },
    { "https://a.example", 1, "https://a.example, https://b.example",
      NGX_DECLINED, "", "", "Origin" },
    { "https://*.example", 1, "https://*.example", NGX_DECLINED, "", "",
      "Origin" },
    { "https://a.example", 1, "null", NGX_DECLINED, "", "", "Origin" },
    { "https://a.example", 1, "*", NGX_DECLINED, "", "", "Origin" },
    { "https://a.example", 1, "", NGX_DECLINED, "", "", "Origin" },
    { "", 1, "https://a.example", NGX_DECLINED, "", "", "Origin" },
    { NULL, 1, "https://a.example", NGX_DECLINED, "", "", "Origin" },

    /* "*" is never told together with credentials */

    { "*", 0, "https://a.example", NGX_OK, "*", "", "" },
    { "*", 1, "https://a.example", NGX_OK, "*", "", "" },
    { "*", 1, "null", NGX_OK, "*", "", "" },
    { "*", 1, "", NGX_DECLINED, "", "", "" },
    { NULL, 0, NULL, 0, NULL, NULL, NULL }
};


static cors_asked_t  cors_asked[] = {
    { "", "" },
    { "content-type", "content-type" },
    { "authorization,content-type,mcp-protocol-version",
      "authorization, content-type, mcp-protocol-version" },
    { " Authorization ,\tMcp-Session-Id,, Last-Event-ID, ",
      "Authorization, Mcp-Session-Id, Last-Event-ID" },
    { "accept,x-api-key,mcp-method,mcp-name,traceparent,tracestate,baggage",
      "accept, x-api-key, mcp-method, mcp-name, traceparent, tracestate, "
      "baggage" },
    { "mcp-param-region", "mcp-param-region" },
    { "MCP-PARAM-Region_1.x~", "MCP-PARAM-Region_1.x~" },
    { "mcp-param-", "" },
    { "mcp-param", "" },
    { "mcp-param-a:b", "" },
    { "mcp-param-a\r\nx: y", "" },
    { "mcp-param-\xc3\xa9", "" },
    { "mcp-param-a\"", "" },
    { "mcp-param-{", "" },
    { "mcp-param-[", "" },
    { "mcp-param-a\x01", "" },
    { "mcp-other", "" },
    { "cookie,content-type,host", "content-type" },
    { "x-forwarded-for, *", "" },
    { "content-typ, content-types, ontent-type", "" },
    { "content-type\r\nset-cookie:a", "" },
    { ", , ,", "" },
    { NULL, NULL }
};


static ngx_str_t
cors_str(ngx_pool_t *pool, const char *text)
{
    ngx_str_t  str;

    str.len = strlen(text);
    str.data = unit_copy(pool, text, str.len);

    return str;
}


static void
cors_is(ngx_pool_t *pool, ngx_str_t *got, const char *expected,
    const char *name)
{
    ngx_str_t  str;

    str = cors_str(pool, expected);
    unit_is(got, &str, "%s: \"%s\"", name,
            unit_show(expected, strlen(expected)));
}


static void
cors_conf(mcp_cors_t *cors, ngx_pool_t *pool, const char *origins,
    ngx_uint_t credentials)
{
    size_t        len;
    ngx_str_t     text;
    ngx_array_t  *array;

    ngx_memzero(cors, sizeof(mcp_cors_t));

    cors->credentials = credentials;

    if (origins == NULL) {
        return;
    }

    if (strcmp(origins, "*") == 0) {
        cors->any = 1;
        return;
    }

    array = ngx_array_create(pool, 1, sizeof(mcp_origin_t));
    cors->origins = array;

    for ( /* void */ ; *origins; origins += len + (origins[len] == ' ')) {
        len = strcspn(origins, " ");
        text.data = unit_copy(pool, origins, len);
        text.len = len;

        unit_is_int(mcp_origin_parse(&text, ngx_array_push(array)), NGX_OK,
                    "an origin");
    }
}


static void
cors_origin(ngx_pool_t *pool, cors_origin_t *row)
{
    ngx_str_t           origin, asked;
    mcp_cors_t          cors;
    mcp_cors_headers_t  headers;

    cors_conf(&cors, pool, row->origins, row->credentials);

    origin = cors_str(pool, row->origin);
    asked = cors_str(pool, "content-type");

    unit_is_int(mcp_cors_answer(&cors, &origin, &headers), row->rc,
                "answer: \"%s\" from \"%s\"",
                row->origins ? row->origins : "", row->origin);

    cors_is(pool, &headers.origin, row->allowed, "origin");
    cors_is(pool, &headers.credentials, row->with, "credentials");
    cors_is(pool, &headers.vary, row->vary, "vary");
    cors_is(pool, &headers.exposed, row->rc == NGX_OK ? EXPOSED : "",
            "exposed");
    cors_is(pool, &headers.methods, "", "methods");
    cors_is(pool, &headers.headers, "", "headers");
    cors_is(pool, &headers.max_age, "", "max age");

    unit_is_int(mcp_cors_preflight(&cors, pool, &origin, &asked, &headers),
                row->rc, "and a preflight");

    cors_is(pool, &headers.origin, row->allowed, "origin");
    cors_is(pool, &headers.credentials, row->with, "credentials");
    cors_is(pool, &headers.vary, row->vary, "vary");
    cors_is(pool, &headers.exposed, "", "exposed");
    cors_is(pool, &headers.methods,
            row->rc == NGX_OK ? "GET, POST, DELETE" : "", "methods");
    cors_is(pool, &headers.headers,
            row->rc == NGX_OK ? "content-type" : "", "headers");
    cors_is(pool, &headers.max_age, row->rc == NGX_OK ? "7200" : "",
            "max age");
}


int
main(int argc, char **argv)
{
    ngx_str_t            origin, asked;
    ngx_pool_t          *pool;
    mcp_cors_t           cors;
    cors_asked_t        *row;
    cors_origin_t       *from;
    mcp_cors_headers_t   headers;

    pool = unit_pool();

    for (from = cors_origins; from->origin; from++) {
        cors_origin(pool, from);
    }

    cors_conf(&cors, pool, "https://a.example", 0);
    origin = cors_str(pool, "https://a.example");

    for (row = cors_asked; row->asked; row++) {
        asked = cors_str(pool, row->asked);

        unit_is_int(mcp_cors_preflight(&cors, pool, &origin, &asked,
                                       &headers),
                    NGX_OK, "a preflight");
        cors_is(pool, &headers.headers, row->allowed, "allowed");
    }

    asked = cors_str(pool, "content-type");

    unit_fail_alloc(0);
    unit_is_int(mcp_cors_preflight(&cors, pool, &origin, &asked, &headers),
                NGX_ERROR, "no memory");
    unit_fail_alloc(-1);

    ngx_destroy_pool(pool);

    return unit_done();
}
