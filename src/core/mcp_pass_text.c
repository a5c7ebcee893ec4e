
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_uri_op.h>
#include <mcp_pass_write.h>


static ngx_int_t mcp_pass_comma(ngx_pool_t *pool, const mcp_pass_atom_t *atom,
    const cJSON *value, mcp_buf_t *b);
static ngx_int_t mcp_pass_piece(ngx_pool_t *pool, const mcp_pass_atom_t *atom,
    const cJSON *value, mcp_buf_t *b);
static ngx_int_t mcp_pass_plain(ngx_pool_t *pool, const mcp_pass_atom_t *atom,
    const cJSON *value, mcp_buf_t *b);
static void mcp_pass_xml(const ngx_str_t *text, mcp_buf_t *b);
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
    size_t                  len;
    ngx_uint_t              i, n;
    const cJSON            *value;
    const mcp_pass_atom_t  *atom;

    n = 0;
    len = 0;
    *any = 0;
    atom = atoms->elts;

    for (i = 0; i < atoms->nelts; i++) {

        if (atom[i].op == MCP_PASS_LITERAL) {
            mcp_buf_str(b, &atom[i].text);
            len += atom[i].text.len;
            continue;
        }

        if (atom[i].op == MCP_PASS_VARIABLE) {
            mcp_buf_str(b, &variables[atom[i].variable]);
            len += variables[atom[i].variable].len;
            continue;
        }

        n++;
        value = mcp_pass_find(values, &atom[i].from);

        *any |= !mcp_pass_missing(value);

        if (mcp_pass_piece(pool, &atom[i], value, b) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    *any |= (n == 0 && len);

    return NGX_OK;
}


static ngx_int_t
mcp_pass_piece(ngx_pool_t *pool, const mcp_pass_atom_t *atom,
    const cJSON *value, mcp_buf_t *b)
{
    mcp_buf_t  plain;
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

    if (!atom->xml && !atom->form) {
        return mcp_pass_plain(pool, atom, value, b);
    }

    mcp_buf_init(&plain, pool, 64);

    if (mcp_pass_plain(pool, atom, value, &plain) != NGX_OK
        || mcp_buf_done(&plain, &text) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (atom->xml) {
        mcp_pass_xml(&text, b);

    } else {
        mcp_uri_add(b, text.data, text.len, 0);
    }

    return NGX_OK;
}


static ngx_int_t
mcp_pass_plain(ngx_pool_t *pool, const mcp_pass_atom_t *atom,
    const cJSON *value, mcp_buf_t *b)
{
    ngx_str_t  text;

    if (cJSON_IsArray(value) || cJSON_IsObject(value)) {
        return mcp_pass_comma(pool, atom, value, b);
    }

    if (mcp_pass_bytes(pool, value, 0, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    mcp_buf_str(b, &text);

    return NGX_OK;
}


/*
 * In an element or in an attribute, whose white space would be spaces.  XML
 * has no other controls, nor references to them.
 */

static void
mcp_pass_xml(const ngx_str_t *text, mcp_buf_t *b)
{
    u_char  *p, *last;

    last = text->data + text->len;

    for (p = text->data; p < last; p++) {

        switch (*p) {

        case '&':
            mcp_buf_lit(b, "&amp;");
            break;

        case '<':
            mcp_buf_lit(b, "&lt;");
            break;

        case '>':
            mcp_buf_lit(b, "&gt;");
            break;

        case '"':
            mcp_buf_lit(b, "&quot;");
            break;

        case '\'':
            mcp_buf_lit(b, "&#39;");
            break;

        case '\t':
            mcp_buf_lit(b, "&#9;");
            break;

        case LF:
            mcp_buf_lit(b, "&#10;");
            break;

        case CR:
            mcp_buf_lit(b, "&#13;");
            break;

        default:

            if (*p < ' ') {
                mcp_buf_lit(b, "\xEF\xBF\xBD");

            } else {
                mcp_buf_char(b, *p);
            }
        }
    }
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
