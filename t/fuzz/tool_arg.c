
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * mcp_tool_arg: each line is an "arg", its words are separated by ";".  What
 * is accepted makes a schema that compiles, with headers and all, and that its
 * own defaults fit; what is not says why.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_headers.h>
#include <mcp_json_text.h>
#include <mcp_tool_arg.h>
#include "fuzz.h"


#define TOOL_ARG_WORDS  16


static void
tool_arg_line(ngx_pool_t *pool, ngx_array_t *args, u_char *p, u_char *end)
{
    u_char              *next;
    ngx_int_t            rc;
    ngx_str_t            words[TOOL_ARG_WORDS];
    ngx_uint_t           n;
    mcp_schema_error_t   err;

    for (n = 0; n < TOOL_ARG_WORDS && p < end; p = next + 1) {

        next = ngx_strlchr(p, end, ';');
        next = next ? next : end;

        /* no directive has others */

        if (next == p || mcp_utf8_check(p, next - p) != NGX_OK) {
            return;
        }

        words[n].len = next - p;
        words[n].data = unit_copy(pool, p, words[n].len);
        n++;
    }

    err.text.len = 0;

    rc = mcp_tool_arg_add(pool, args, words, n, &err);

    fuzz_assert(rc == NGX_OK || (rc == NGX_DECLINED && err.text.len > 0));
}


static void
tool_arg_check(ngx_pool_t *pool, ngx_array_t *args)
{
    cJSON               *root, *defaults;
    ngx_str_t            text, again, unknown;
    ngx_uint_t           i;
    ngx_array_t          params;
    mcp_schema_t        *schema;
    mcp_json_doc_t       doc;
    mcp_tool_arg_t      *arg;
    mcp_schema_error_t   err;

    fuzz_assert(mcp_tool_args_schema(pool, args, &text) == NGX_OK);

    again = text;

    fuzz_assert(mcp_tool_args_replace(pool, args, &again, &unknown) == NGX_OK);
    fuzz_assert(again.len == text.len);

    /* nothing is required of an object of defaults */

    arg = args->elts;

    for (i = 0; i < args->nelts; i++) {
        fuzz_assert(!arg[i].required || arg[i].value.len == 0);
        arg[i].required = 0;
    }

    fuzz_assert(mcp_tool_args_schema(pool, args, &text) == NGX_OK);
    fuzz_assert(mcp_json_parse(pool, &text, &doc, &root) == NGX_OK);
    fuzz_assert(mcp_schema_compile(pool, root, &schema, &err) == NGX_OK);
    fuzz_assert(ngx_array_init(&params, pool, 1, sizeof(mcp_param_t))
                == NGX_OK);
    fuzz_assert(mcp_headers_compile(pool, root, &params, &err) == NGX_OK);
    fuzz_assert(mcp_tool_defaults(pool, root, &defaults) == NGX_OK);
    fuzz_assert(defaults == NULL
                || mcp_schema_check(schema, defaults, pool, &err) == NGX_OK);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char       *p, *end, *next;
    ngx_pool_t   *pool;
    ngx_array_t   args;

    pool = unit_pool();
    p = unit_copy(pool, data, size);
    end = p + size;

    fuzz_assert(ngx_array_init(&args, pool, 2, sizeof(mcp_tool_arg_t))
                == NGX_OK);

    for ( /* void */ ; p < end; p = next + 1) {
        next = ngx_strlchr(p, end, '\n');
        next = next ? next : end;

        tool_arg_line(pool, &args, p, next);
    }

    tool_arg_check(pool, &args);

    ngx_destroy_pool(pool);

    return 0;
}
