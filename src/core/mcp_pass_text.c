
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_pass_write.h>


static ngx_int_t mcp_pass_comma(ngx_pool_t *pool, const mcp_pass_atom_t *atom,
    const cJSON *value, mcp_buf_t *b);
static ngx_int_t mcp_pass_piece(ngx_pool_t *pool, const mcp_pass_atom_t *atom,
    const cJSON *value, mcp_buf_t *b);
static ngx_int_t mcp_pass_quoted(ngx_pool_t *pool, const cJSON *value,
    mcp_buf_t *b);


ngx_int_t
mcp_pass_text(const ngx_array_t *atoms, const cJSON *values, mcp_buf_t *b)
{
    ngx_uint_t  any;

    return mcp_pass_pieces(b->pool, atoms, values, NULL, b, &any);
}


ngx_int_t
mcp_pass_pieces(ngx_pool_t *pool, const ngx_array_t *atoms,
    const cJSON *values, const ngx_str_t *variables, mcp_buf_t *b,
    ngx_uint_t *any)
{
    ngx_uint_t              i, n;
    const cJSON            *value;
    const mcp_pass_atom_t  *atom;

    n = 0;
    *any = 0;
    atom = atoms->elts;

    for (i = 0; i < atoms->nelts; i++) {

        if (atom[i].op == MCP_PASS_LITERAL) {
            mcp_buf_str(b, &atom[i].text);
            continue;
        }

        if (atom[i].op == MCP_PASS_VARIABLE) {
            mcp_buf_str(b, &variables[atom[i].variable]);
            continue;
        }

        n++;
        value = mcp_pass_find(values, &atom[i].from);

        *any |= !mcp_pass_missing(value);

        if (mcp_pass_piece(pool, &atom[i], value, b) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    *any |= (n == 0);

    return NGX_OK;
}


static ngx_int_t
mcp_pass_piece(ngx_pool_t *pool, const mcp_pass_atom_t *atom,
    const cJSON *value, mcp_buf_t *b)
{
    ngx_str_t  text;

    if (atom->quoted) {
        return mcp_pass_quoted(pool, value, b);
    }

    if (atom->json) {

        if (value == NULL) {
            mcp_buf_lit(b, "null");
            return NGX_OK;
        }

        return mcp_json_print(b, value) == NGX_OK ? NGX_OK : NGX_ERROR;
    }

    if (mcp_pass_missing(value)) {
        return NGX_OK;
    }

    if (cJSON_IsArray(value) || cJSON_IsObject(value)) {
        return mcp_pass_comma(pool, atom, value, b);
    }

    if (mcp_pass_bytes(pool, value, 0, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    mcp_buf_str(b, &text);

    return NGX_OK;
}


/* the style "simple" without its encoding */

static ngx_int_t
mcp_pass_comma(ngx_pool_t *pool, const mcp_pass_atom_t *atom,
    const cJSON *value, mcp_buf_t *b)
{
    ngx_str_t     text;
    ngx_uint_t    n;
    const cJSON  *child;

    n = 0;

    for (child = value->child; child; child = child->next) {

        if (cJSON_IsNull(child)) {
            continue;
        }

        if (n++) {
            mcp_buf_char(b, ',');
        }

        if (cJSON_IsObject(value)) {
            mcp_buf_add(b, child->string, ngx_strlen(child->string));
            mcp_buf_char(b, atom->explode ? '=' : ',');
        }

        if (mcp_pass_bytes(pool, child, 0, &text) != NGX_OK) {
            return NGX_ERROR;
        }

        mcp_buf_str(b, &text);
    }

    return NGX_OK;
}


static ngx_int_t
mcp_pass_quoted(ngx_pool_t *pool, const cJSON *value, mcp_buf_t *b)
{
    mcp_buf_t  quoted;
    ngx_str_t  text;

    if (mcp_pass_missing(value)) {
        return NGX_OK;
    }

    if (mcp_pass_bytes(pool, value, 0, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    mcp_buf_init(&quoted, pool, text.len + 2);
    mcp_buf_json_string(&quoted, text.data, text.len);

    if (mcp_buf_done(&quoted, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    mcp_buf_add(b, text.data + 1, text.len - 2);

    return NGX_OK;
}


ngx_int_t
mcp_pass_bytes(ngx_pool_t *pool, const cJSON *value, ngx_uint_t json,
    ngx_str_t *text)
{
    mcp_buf_t  b;

    if (cJSON_IsString(value) && !json) {
        text->data = (u_char *) value->valuestring;
        text->len = ngx_strlen(value->valuestring);
        return NGX_OK;
    }

    mcp_buf_init(&b, pool, 32);

    if (mcp_json_print(&b, value) != NGX_OK) {
        return NGX_ERROR;
    }

    return mcp_buf_done(&b, text);
}
