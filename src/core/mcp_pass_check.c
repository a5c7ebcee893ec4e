
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_pass.h>


/*
 * Where null is JSON any value is; in a string a letter that no escape has, so
 * that nothing of the template reaches into a value.
 */

ngx_int_t
mcp_pass_check_json(ngx_pool_t *pool, const ngx_array_t *atoms,
    const char **err)
{
    cJSON            *root;
    mcp_buf_t         b;
    ngx_int_t         rc;
    ngx_str_t         text;
    ngx_uint_t        i;
    mcp_json_doc_t    doc;
    mcp_pass_atom_t  *atom;

    mcp_buf_init(&b, pool, 256);

    atom = atoms->elts;

    for (i = 0; i < atoms->nelts; i++) {

        if (atom[i].op != MCP_PASS_LITERAL) {

            if (atom[i].quoted) {
                mcp_buf_char(&b, 'x');

            } else {
                mcp_buf_lit(&b, "null");
            }

            continue;
        }

        mcp_buf_str(&b, &atom[i].text);
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
