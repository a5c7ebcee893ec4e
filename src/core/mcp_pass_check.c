
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_pass.h>


/* a value is null, or nothing in a string: any other fits there as well */

ngx_int_t
mcp_pass_check_json(ngx_pool_t *pool, const ngx_array_t *atoms,
    const char **err)
{
    size_t            k;
    cJSON            *root;
    mcp_buf_t         b;
    ngx_int_t         rc;
    ngx_str_t         text;
    ngx_uint_t        i, string;
    mcp_json_doc_t    doc;
    mcp_pass_atom_t  *atom;

    mcp_buf_init(&b, pool, 256);

    atom = atoms->elts;
    string = 0;

    for (i = 0; i < atoms->nelts; i++) {

        if (atom[i].op != MCP_PASS_LITERAL) {

            if (!string) {
                mcp_buf_lit(&b, "null");
            }

            continue;
        }

        mcp_buf_str(&b, &atom[i].text);

        for (k = 0; k < atom[i].text.len; k++) {

            switch (atom[i].text.data[k]) {

            case '"':
                string = !string;
                break;

            case '\\':
                k += string;
                break;
            }
        }
    }

    if (mcp_buf_done(&b, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = mcp_json_parse(pool, &text, &doc, &root);

    if (rc == NGX_DECLINED) {
        *err = mcp_json_strerror(doc.err);
    }

    return rc;
}
