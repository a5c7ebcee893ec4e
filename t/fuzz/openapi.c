
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * OpenAPI: every operation that is not skipped has a name that is valid and
 * that no other one has, schemas that compile, and a request whose values are
 * all arguments; it says the same twice.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_openapi.h>
#include <mcp_tools.h>
#include "fuzz.h"


static ngx_int_t
openapi_read(mcp_openapi_t *openapi, const uint8_t *data, size_t size)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    ngx_memzero(openapi, sizeof(mcp_openapi_t));

    openapi->pool = unit_pool();
    openapi->temp = unit_pool();

    ngx_str_set(&openapi->prefix, "p_");
    ngx_str_set(&openapi->pass, "/_api");

    text.len = size;
    text.data = unit_copy(openapi->temp, data, size);

    rc = mcp_openapi_read(openapi, &text);

    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);

    /* nothing of the document is needed any more */

    ngx_destroy_pool(openapi->temp);

    return rc;
}


static void
openapi_sentence(ngx_str_t *text)
{
    u_char  *p;

    fuzz_assert(text->len);
    fuzz_assert(mcp_utf8_check(text->data, text->len) == NGX_OK);

    for (p = text->data; p < text->data + text->len; p++) {
        fuzz_assert(*p >= ' ');
    }
}


static void
openapi_argument(const cJSON *properties, ngx_str_t *name)
{
    char    text[256];
    size_t  len;

    fuzz_assert(name->len && name->len < sizeof(text));

    len = ngx_cpymem(text, name->data, name->len) - (u_char *) text;
    text[len] = '\0';

    fuzz_assert(cJSON_GetObjectItemCaseSensitive(properties, text));
}


static void
openapi_atoms(const cJSON *properties, ngx_array_t *atoms)
{
    ngx_uint_t        i;
    mcp_pass_atom_t  *atom;

    atom = atoms->elts;

    for (i = 0; i < atoms->nelts; i++) {

        if (atom[i].op == MCP_PASS_LITERAL) {
            fuzz_assert(ngx_strlchr(atom[i].text.data,
                                    atom[i].text.data + atom[i].text.len, LF)
                        == NULL);
            continue;
        }

        openapi_argument(properties, &atom[i].from);
    }
}


static void
openapi_fields(const cJSON *properties, ngx_array_t *fields)
{
    ngx_uint_t         i;
    mcp_pass_field_t  *field;

    field = fields->elts;

    for (i = 0; i < fields->nelts; i++) {
        openapi_atoms(properties, &field[i].atoms);
    }
}


static void
openapi_operation(ngx_pool_t *pool, mcp_openapi_operation_t *operation)
{
    cJSON               *root;
    ngx_str_t           *rest;
    ngx_uint_t           i;
    mcp_tool_t           tool;
    mcp_pass_t          *pass;
    const cJSON         *properties, *value;
    mcp_json_doc_t       doc;
    mcp_schema_error_t   err;

    ngx_memzero(&tool, sizeof(mcp_tool_t));

    tool.name = operation->name;
    tool.input_schema = operation->input_schema;
    tool.output_schema = operation->output_schema;

    fuzz_assert(mcp_tool_compile(pool, &tool, &err) == NGX_OK);
    fuzz_assert(operation->output_schema.len == 0 || tool.output_object);
    fuzz_assert(operation->description.len);

    fuzz_assert(mcp_json_parse(pool, &operation->input_schema, &doc, &root)
                == NGX_OK);

    properties = cJSON_GetObjectItemCaseSensitive(root, "properties");
    pass = &operation->pass;

    openapi_atoms(properties, &pass->uri);
    openapi_fields(properties, &pass->headers);
    openapi_fields(properties, &pass->cookies);
    openapi_fields(properties, &pass->fields);

    rest = pass->rest.elts;

    for (i = 0; i < pass->rest.nelts; i++) {
        openapi_argument(properties, &rest[i]);
    }

    fuzz_assert(pass->names.nelts == 0
                || pass->names.nelts == pass->rest.nelts);

    if (pass->from.len) {
        openapi_argument(properties, &pass->from);
    }

    if (operation->defaults) {
        cJSON_ArrayForEach(value, operation->defaults) {
            fuzz_assert(cJSON_GetObjectItemCaseSensitive(properties,
                                                         value->string));
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_int_t                 rc;
    ngx_uint_t                i, k;
    ngx_pool_t               *pool;
    mcp_openapi_t             openapi, again;
    mcp_openapi_operation_t  *one, *two;

    rc = openapi_read(&openapi, data, size);
    fuzz_assert(openapi_read(&again, data, size) == rc);

    if (rc == NGX_DECLINED) {
        openapi_sentence(&openapi.err);
    }

    fuzz_assert(openapi.operations.nelts == again.operations.nelts);

    one = openapi.operations.elts;
    two = again.operations.elts;

    for (i = 0; i < openapi.operations.nelts; i++) {

        fuzz_assert(one[i].name.len == two[i].name.len
                    && ngx_memcmp(one[i].name.data, two[i].name.data,
                                  one[i].name.len) == 0);
        fuzz_assert(one[i].input_schema.len == two[i].input_schema.len);
        fuzz_assert(ngx_strncmp(one[i].name.data, "p_", 2) == 0);

        for (k = 0; k < i; k++) {
            fuzz_assert(one[i].name.len != one[k].name.len
                        || ngx_memcmp(one[i].name.data, one[k].name.data,
                                      one[i].name.len) != 0);
        }

        if (one[i].skipped.len) {
            openapi_sentence(&one[i].skipped);
            continue;
        }

        pool = unit_pool();
        openapi_operation(pool, &one[i]);
        ngx_destroy_pool(pool);
    }

    ngx_destroy_pool(openapi.pool);
    ngx_destroy_pool(again.pool);

    return 0;
}
