
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _URI_H_INCLUDED_
#define _URI_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_uri_op.h>


/* the URI made of these values; a variable whose data is NULL is left out */

static void
uri_expand(const mcp_uri_t *uri, const ngx_str_t *values, mcp_buf_t *b)
{
    ngx_uint_t             i, any;
    const ngx_str_t       *value;
    const mcp_uri_op_t    *op;
    const mcp_uri_atom_t  *atom;

    any = 0;
    value = values;

    for (i = 0; i < uri->natoms; i++) {
        atom = &uri->atoms[i];

        if (atom->op == MCP_URI_LITERAL) {
            mcp_buf_str(b, &atom->text);
            continue;
        }

        op = mcp_uri_op(atom->op);
        any = atom->first ? 0 : any;

        if (value->data) {

            if (any || op->lead) {
                mcp_buf_char(b, any ? op->sep : op->lead);
            }

            any = 1;

            if (op->named) {
                mcp_buf_str(b, &atom->text);

                if (value->len || op->op != ';') {
                    mcp_buf_char(b, '=');
                }
            }

            mcp_uri_add(b, value->data, value->len,
                        op->reserved ? MCP_URI_RESERVED : 0);
        }

        value++;
    }
}


#endif /* _URI_H_INCLUDED_ */
