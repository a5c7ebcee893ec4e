
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_openapi: documents that are broken, hostile or very large */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_openapi.h>
#include <mcp_tools.h>
#include "unit.h"


typedef struct {
    const char  *document;
    const char  *err;
} bounds_row_t;


static bounds_row_t  bounds_rows[] = {

    { "", "not YAML that can be read: line 1: there is no document" },
    { "{", "not JSON that can be read: line 1: syntax error" },
    { "{\n\"a\":1,\n\"a\":2}",
      "not JSON that can be read: line 3: duplicate member name" },
    { "a: b: c", "not YAML that can be read: line 1: mapping values are not "
                 "allowed in this context" },
    { "[]", "\"openapi\" must be \"3.0.x\" or \"3.1.x\"" },
    { "hello", "\"openapi\" must be \"3.0.x\" or \"3.1.x\"" },
    { "{}", "\"openapi\" must be \"3.0.x\" or \"3.1.x\"" },
    { "openapi: 3", "\"openapi\" must be \"3.0.x\" or \"3.1.x\"" },
    { "openapi: 4.0.0", "\"openapi\" must be \"3.0.x\" or \"3.1.x\"" },
    { "swagger: '2.0'", "this is Swagger 2.0: convert it to OpenAPI 3" },
    { "openapi: 3.0.0", "there are no \"paths\"" },
    { "openapi: 3.1.0\npaths: []", "there are no \"paths\"" },
    { "openapi: 3.0.0\npaths: {}", "" },
    { "openapi: 3.0.0\npaths: {/a: 1, /b: null, /c: {get: null}}", "" }
};


/* a document is made of these, some of them many times; "%" is the number */

typedef struct {
    const char  *name;
    const char  *before;
    const char  *unit;
    ngx_uint_t   n;
    const char  *after;
    ngx_int_t    rc;
    ngx_uint_t   tools;
    const char  *why;                /* the error, or of what is skipped */
} bounds_many_t;


#define BOUNDS_BODY                                                          \
    "openapi: 3.0.0\npaths: {/a: {post: {requestBody: {content: "            \
    "{application/json: {schema: "

#define BOUNDS_LIST  "{type: array, items: {$ref: '#/x/a0'}}}}}}}}\nx:\n"


static bounds_many_t  bounds_many[] = {

    { "operations of one name",
      "openapi: 3.0.0\npaths:\n", "  /a%: {get: {operationId: a/b}}\n", 5000,
      "", NGX_OK, 5000, NULL },

    { "too many operations",
      "openapi: 3.0.0\npaths:\n", "  /a%: {get: {}}\n", 16385,
      "", NGX_DECLINED, 0, "there are more than 16384 operations" },

    { "parameters",
      "openapi: 3.0.0\npaths: {/a: {get: {parameters: [",
      "{name: a%, in: query},", 250, "]}}}", NGX_OK, 1, NULL },

    { "too many parts of a URI",
      "openapi: 3.0.0\npaths: {/a: {get: {parameters: [",
      "{name: a%, in: query},", 300, "]}}}", NGX_OK, 0,
      "its URI has too many parts" },

    { "too many parameters",
      "openapi: 3.0.0\npaths: {/a: {get: {parameters: [",
      "{name: a%, in: header},", 513, "]}}}", NGX_OK, 0,
      "it has more than 512 parameters" },

    { "members that are a body",
      BOUNDS_BODY "{properties: {", "a%: {},", 600, "}}}}}}}}", NGX_OK, 1,
      NULL },

    { "a schema that is too large",
      BOUNDS_BODY "{properties: {", "a%: {type: string},", 20000, "}}}}}}}}",
      NGX_OK, 0, "its schema would be larger than 262144 bytes" },

    { "a long chain of references",
      BOUNDS_BODY BOUNDS_LIST, "  a%: {$ref: '#/x/a+'}\n", 1000,
      "  a1000: {}\n", NGX_OK, 1, NULL },

    { "a long chain of schemas",
      BOUNDS_BODY BOUNDS_LIST, "  a%: {properties: {b: {$ref: '#/x/a+'}}}\n",
      1000, "  a1000: {}\n", NGX_OK, 1, NULL },

    { "a schema that doubles",
      BOUNDS_BODY BOUNDS_LIST,
      "  a%: {properties: {b: {$ref: '#/x/a+'}, c: {$ref: '#/x/a+'}}}\n",
      40, "  a40: {}\n", NGX_OK, 1, NULL },

    { "members that double",
      BOUNDS_BODY "{$ref: '#/x/a0'}}}}}}}\nx:\n",
      "  a%: {allOf: [{$ref: '#/x/a+'}, {$ref: '#/x/a+'}]}\n",
      60, "  a60: {type: object}\n", NGX_OK, 1, NULL },

    { "members that double too often",
      BOUNDS_BODY "{$ref: '#/x/a0'}}}}}}}\nx:\n",
      "  a%: {allOf: [{$ref: '#/x/a+'}, {$ref: '#/x/a+'}, {$ref: '#/x/a+'},"
      "{$ref: '#/x/a+'}, {$ref: '#/x/a+'}, {$ref: '#/x/a+'},"
      "{$ref: '#/x/a+'}, {$ref: '#/x/a+'}, {$ref: '#/x/a+'}]}\n",
      15, "  a15: {type: object}\n", NGX_DECLINED, 0,
      "it would take too long to follow all its references" },

    { "answers that double",
      "openapi: 3.0.0\npaths: {/a: {get: {responses: {200: {content: "
      "{application/json: {schema: {$ref: '#/x/a0'}}}}}}}}\nx:\n",
      "  a%: {oneOf: [{$ref: '#/x/a+'}, {$ref: '#/x/a+'}]}\n",
      60, "  a60: {type: object}\n", NGX_OK, 1, NULL },

    { "a large list of references, one by one in a long list",
      "openapi: 3.0.0\npaths: {}\nx: [", "{$ref: '#/x/a%'},", 20000,
      "]\n", NGX_OK, 0, NULL }
};


static ngx_int_t
bounds_read(mcp_openapi_t *openapi, ngx_str_t *text)
{
    ngx_memzero(openapi, sizeof(mcp_openapi_t));

    openapi->pool = unit_pool();
    openapi->temp = unit_pool();

    return mcp_openapi_read(openapi, text);
}


static void
bounds_done(mcp_openapi_t *openapi)
{
    ngx_destroy_pool(openapi->pool);
    ngx_destroy_pool(openapi->temp);
}


static void
bounds_test_rows(void)
{
    ngx_int_t      rc;
    ngx_str_t      text, err;
    ngx_uint_t     i;
    mcp_openapi_t  openapi;

    for (i = 0; i < unit_nelts(bounds_rows); i++) {

        text.data = (u_char *) bounds_rows[i].document;
        text.len = ngx_strlen(text.data);

        err.data = (u_char *) bounds_rows[i].err;
        err.len = ngx_strlen(err.data);

        rc = bounds_read(&openapi, &text);

        unit_is_int(rc, err.len ? NGX_DECLINED : NGX_OK, "%s",
                    unit_show(text.data, text.len));
        unit_is(&openapi.err, &err, "%s, why",
                unit_show(text.data, text.len));

        bounds_done(&openapi);
    }
}


static void
bounds_unit(mcp_buf_t *b, const char *unit, ngx_uint_t n)
{
    for ( /* void */ ; *unit; unit++) {

        if (*unit == '%') {
            mcp_buf_int(b, n);

        } else if (*unit == '+') {
            mcp_buf_int(b, n + 1);

        } else {
            mcp_buf_char(b, *unit);
        }
    }
}


static void
bounds_test_many(bounds_many_t *row)
{
    mcp_buf_t                 b;
    ngx_int_t                 rc;
    ngx_str_t                 text, why, expected;
    ngx_uint_t                i, n;
    ngx_pool_t               *pool;
    mcp_openapi_t             openapi;
    mcp_openapi_operation_t  *operation;

    pool = unit_pool();

    mcp_buf_init(&b, pool, 0);
    mcp_buf_add(&b, row->before, ngx_strlen(row->before));

    for (i = 0; i < row->n; i++) {
        bounds_unit(&b, row->unit, i);
    }

    mcp_buf_add(&b, row->after, ngx_strlen(row->after));
    (void) mcp_buf_done(&b, &text);

    rc = bounds_read(&openapi, &text);

    n = 0;
    why = openapi.err;
    operation = openapi.operations.elts;

    for (i = 0; rc == NGX_OK && i < openapi.operations.nelts; i++) {

        if (operation[i].skipped.len) {
            why = operation[i].skipped;

        } else {
            n++;
        }
    }

    unit_is_int(rc, row->rc, "%s", row->name);
    unit_is_int(n, row->tools, "%s, tools", row->name);

    expected.data = (u_char *) (row->why ? row->why : "");
    expected.len = ngx_strlen(expected.data);

    unit_is(&why, &expected, "%s, why", row->name);

    bounds_done(&openapi);
    ngx_destroy_pool(pool);
}


static ngx_uint_t
bounds_select(void *data, const mcp_openapi_operation_t *operation)
{
    ngx_str_t  *tag;

    tag = operation->tags.elts;

    return operation->tags.nelts == 1
           && ngx_strncmp(tag->data, "yes", tag->len) == 0;
}


static void
bounds_test_select(void)
{
    ngx_str_t                 text, expected;
    mcp_openapi_t             openapi;
    mcp_openapi_operation_t  *operation;

    ngx_memzero(&openapi, sizeof(mcp_openapi_t));

    openapi.pool = unit_pool();
    openapi.temp = unit_pool();
    openapi.select = bounds_select;
    ngx_str_set(&openapi.prefix, "api.");

    ngx_str_set(&text, "openapi: 3.0.0\npaths: {/a: {get: {tags: ['no']}, "
                       "put: {operationId: a, tags: ['yes']}, post: "
                       "{operationId: a, tags: ['yes']}}}");

    unit_ok(mcp_openapi_read(&openapi, &text) == NGX_OK
            && openapi.operations.nelts == 2, "select");

    operation = openapi.operations.elts;

    ngx_str_set(&expected, "api.a");
    unit_is(&operation[0].name, &expected, "a name with a prefix");
    ngx_str_set(&expected, "api.a_2");
    unit_is(&operation[1].name, &expected, "the second one of that name");
    ngx_str_set(&expected, "PUT /a");
    unit_is(&operation[0].description, &expected, "a description");

    unit_ok(operation[0].flags == (MCP_TOOL_DESTRUCTIVE|MCP_TOOL_IDEMPOTENT)
            && operation[1].flags == 0, "annotations");

    bounds_done(&openapi);
}


static void
bounds_test_memory(void)
{
    ngx_int_t      rc, n;
    ngx_str_t      text;
    mcp_openapi_t  openapi;

    ngx_str_set(&text,
        "openapi: 3.0.0\n"
        "paths:\n"
        "  /a/{id}:\n"
        "    post:\n"
        "      operationId: a/b\n"
        "      summary: s\n"
        "      tags: [t]\n"
        "      parameters: [{name: q, in: query, schema: {type: integer, "
        "default: 1}}, {name: h, in: header}, {name: c, in: cookie}]\n"
        "      requestBody: {content: {application/json: {schema: {$ref: "
        "'#/x/A'}}}}\n"
        "      responses: {200: {content: {application/json: {schema: {$ref: "
        "'#/x/A'}}}}}\n"
        "x: {A: {type: object, properties: {id: {type: string, pattern: a+},"
        "b: {$ref: '#/x/A'}, c: {type: string, default: d}}}}\n");

    for (n = 0; n < 100000; n++) {
        ngx_memzero(&openapi, sizeof(mcp_openapi_t));

        openapi.pool = unit_pool();
        openapi.temp = unit_pool();

        unit_fail_alloc(n);
        rc = mcp_openapi_read(&openapi, &text);
        unit_fail_alloc(-1);

        bounds_done(&openapi);

        if (rc != NGX_ERROR) {
            break;
        }
    }

    unit_ok(rc == NGX_OK && n > 10, "each of %d allocations may fail",
            (int) n);
}


int
main(void)
{
    ngx_uint_t  i;

    bounds_test_rows();

    for (i = 0; i < unit_nelts(bounds_many); i++) {
        bounds_test_many(&bounds_many[i]);
    }

    bounds_test_select();
    bounds_test_memory();

    return unit_done();
}
