
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _OPENAPI_H_INCLUDED_
#define _OPENAPI_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_openapi.h>
#include <mcp_json.h>
#include "unit.h"


typedef struct {
    const char  *name;
    const char  *document;
    const char  *expected;
} openapi_row_t;


/* what is made of an operation, as one can write it in a table */

static void
openapi_show_atoms(mcp_buf_t *b, ngx_array_t *atoms)
{
    ngx_uint_t        i;
    mcp_pass_atom_t  *atom;

    atom = atoms->elts;

    for (i = 0; i < atoms->nelts; i++) {

        if (atom[i].op == MCP_PASS_LITERAL) {
            mcp_buf_str(b, &atom[i].text);
            continue;
        }

        mcp_buf_char(b, '{');

        if (atom[i].op != MCP_PASS_SIMPLE) {
            mcp_buf_char(b, atom[i].op);
        }

        mcp_buf_str(b, &atom[i].text);

        if (atom[i].text.len != atom[i].from.len
            || ngx_strncmp(atom[i].text.data, atom[i].from.data,
                           atom[i].from.len) != 0)
        {
            mcp_buf_char(b, '=');
            mcp_buf_str(b, &atom[i].from);
        }

        if (atom[i].explode) {
            mcp_buf_char(b, '*');
        }

        if (atom[i].json) {
            mcp_buf_lit(b, " json");
        }

        if (atom[i].reserved) {
            mcp_buf_lit(b, " reserved");
        }

        mcp_buf_char(b, '}');
    }
}


static void
openapi_show_fields(mcp_buf_t *b, const char *kind, ngx_array_t *fields)
{
    ngx_uint_t         i;
    mcp_pass_field_t  *field;

    field = fields->elts;

    for (i = 0; i < fields->nelts; i++) {
        mcp_buf_add(b, kind, ngx_strlen(kind));
        mcp_buf_str(b, &field[i].name);
        mcp_buf_char(b, '=');
        openapi_show_atoms(b, &field[i].atoms);

        if (field[i].type.len) {
            mcp_buf_char(b, ' ');
            mcp_buf_str(b, &field[i].type);
        }

        if (field[i].binary) {
            mcp_buf_lit(b, " binary");
        }
    }
}


static void
openapi_show_body(mcp_buf_t *b, mcp_pass_t *pass)
{
    ngx_str_t   *rest, *name;
    ngx_uint_t   i;

    static const char  *kinds[] = {
        "none", "json", "form", "multipart", "template", "raw"
    };

    mcp_buf_lit(b, "\n body: ");
    mcp_buf_add(b, kinds[pass->body], ngx_strlen(kinds[pass->body]));

    if (pass->type.len) {
        mcp_buf_char(b, ' ');
        mcp_buf_str(b, &pass->type);
    }

    if (pass->binary) {
        mcp_buf_lit(b, " binary");
    }

    if (pass->from.len) {
        mcp_buf_lit(b, " from ");
        mcp_buf_str(b, &pass->from);
    }

    rest = pass->rest.elts;
    name = pass->names.elts;

    for (i = 0; i < pass->rest.nelts; i++) {
        mcp_buf_char(b, ' ');
        mcp_buf_str(b, &rest[i]);

        if (pass->names.nelts) {
            mcp_buf_char(b, ':');
            mcp_buf_str(b, &name[i]);
        }
    }

    openapi_show_fields(b, "\n  ", &pass->fields);
}


static void
openapi_show(mcp_buf_t *b, mcp_openapi_operation_t *operation)
{
    mcp_pass_t  *pass;

    pass = &operation->pass;

    mcp_buf_str(b, &operation->name);

    if (operation->skipped.len) {
        mcp_buf_lit(b, " skipped: ");
        mcp_buf_str(b, &operation->skipped);
        mcp_buf_char(b, '\n');
        return;
    }

    mcp_buf_char(b, ' ');
    mcp_buf_str(b, &pass->method);
    mcp_buf_char(b, ' ');
    openapi_show_atoms(b, &pass->uri);

    openapi_show_fields(b, "\n header: ", &pass->headers);
    openapi_show_fields(b, "\n cookie: ", &pass->cookies);

    if (pass->body != MCP_PASS_BODY_NONE) {
        openapi_show_body(b, pass);
    }

    mcp_buf_lit(b, "\n in: ");
    mcp_buf_str(b, &operation->input_schema);

    if (operation->output_schema.len) {
        mcp_buf_lit(b, "\n out: ");
        mcp_buf_str(b, &operation->output_schema);
    }

    if (operation->defaults) {
        mcp_buf_lit(b, "\n defaults: ");
        (void) mcp_json_print(b, operation->defaults);
    }

    mcp_buf_char(b, '\n');
}


static void
openapi_test_row(openapi_row_t *row)
{
    mcp_buf_t                 b;
    ngx_int_t                 rc;
    ngx_str_t                 text, out, expected;
    ngx_uint_t                i;
    mcp_openapi_t             openapi;
    mcp_openapi_operation_t  *operation;

    ngx_memzero(&openapi, sizeof(mcp_openapi_t));

    openapi.pool = unit_pool();
    openapi.temp = unit_pool();
    ngx_str_set(&openapi.pass, "/_api/");

    text.len = ngx_strlen(row->document);
    text.data = unit_copy(openapi.temp, row->document, text.len);

    rc = mcp_openapi_read(&openapi, &text);

    /* nothing of the document is needed any more */

    ngx_destroy_pool(openapi.temp);

    mcp_buf_init(&b, openapi.pool, 0);

    operation = openapi.operations.elts;

    for (i = 0; rc == NGX_OK && i < openapi.operations.nelts; i++) {
        openapi_show(&b, &operation[i]);
    }

    mcp_buf_str(&b, &openapi.err);
    (void) mcp_buf_done(&b, &out);

    expected.data = (u_char *) row->expected;
    expected.len = ngx_strlen(row->expected);


    unit_is(&out, &expected, "%s", row->name);

    ngx_destroy_pool(openapi.pool);
}


#endif /* _OPENAPI_H_INCLUDED_ */
