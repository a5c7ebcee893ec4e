
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_pass_write.h>


static ngx_int_t mcp_pass_body_value(mcp_pass_maker_t *m,
    const cJSON **value, cJSON *rest);
static ngx_int_t mcp_pass_rest(mcp_pass_maker_t *m, cJSON *rest);
static ngx_int_t mcp_pass_form(mcp_pass_maker_t *m, const cJSON *value,
    mcp_buf_t *b);
static ngx_int_t mcp_pass_field(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_field_t *field);
static ngx_int_t mcp_pass_template(mcp_pass_maker_t *m, mcp_buf_t *b);
static void mcp_pass_type(mcp_pass_maker_t *m, mcp_pass_request_t *request,
    mcp_buf_t *b);


ngx_int_t
mcp_pass_body(mcp_pass_maker_t *m, mcp_pass_request_t *request)
{
    cJSON              rest;
    ngx_int_t          rc;
    mcp_buf_t          b, type;
    ngx_str_t          text;
    const cJSON       *value;
    const mcp_pass_t  *pass;

    pass = m->pass;

    if (pass->body == MCP_PASS_BODY_NONE) {
        return NGX_OK;
    }

    if (mcp_pass_body_value(m, &value, &rest) != NGX_OK) {
        return NGX_ERROR;
    }

    mcp_buf_init(&b, m->pool, 256);

    switch (pass->body) {

    case MCP_PASS_BODY_JSON:

        if (value == NULL) {
            return NGX_OK;
        }

        rc = mcp_json_print(&b, value) == NGX_OK ? NGX_OK : NGX_ERROR;
        break;

    case MCP_PASS_BODY_FORM:
        rc = mcp_pass_form(m, value, &b);
        break;

    case MCP_PASS_BODY_MULTIPART:
        rc = mcp_pass_multipart(m, value, &b);
        break;

    case MCP_PASS_BODY_TEMPLATE:
        rc = mcp_pass_template(m, &b);
        break;

    default: /* MCP_PASS_BODY_RAW */

        if (mcp_pass_missing(value)) {
            return NGX_OK;
        }

        rc = mcp_pass_raw(m, value, pass->binary, &pass->from, &text);

        if (rc == NGX_OK) {
            mcp_buf_str(&b, &text);
        }
    }

    if (rc != NGX_OK) {
        return rc;
    }

    mcp_buf_init(&type, m->pool, 96);
    mcp_pass_type(m, request, &type);

    return mcp_buf_done(&type, &request->type) == NGX_OK
           ? mcp_buf_done(&b, &request->body) : NGX_ERROR;
}


/* the value that is the body, or an object of references to what is left */

static ngx_int_t
mcp_pass_body_value(mcp_pass_maker_t *m, const cJSON **value, cJSON *rest)
{
    if (m->pass->from.len) {
        *value = mcp_pass_find(m->values, &m->pass->from);
        return NGX_OK;
    }

    ngx_memzero(rest, sizeof(cJSON));

    rest->type = cJSON_Object;
    *value = rest;

    return mcp_pass_rest(m, rest);
}


static ngx_int_t
mcp_pass_rest(mcp_pass_maker_t *m, cJSON *rest)
{
    u_char       *p;
    cJSON        *copy, *last;
    ngx_str_t    *name, *key;
    ngx_uint_t    i;
    const cJSON  *value;

    last = NULL;
    name = m->pass->rest.elts;
    key = m->pass->names.nelts ? m->pass->names.elts : name;

    for (i = 0; i < m->pass->rest.nelts; i++) {

        for (value = m->values ? m->values->child : NULL;
             value;
             value = value->next)
        {
            if (ngx_strlen(value->string) == name[i].len
                && ngx_memcmp(value->string, name[i].data, name[i].len) == 0)
            {
                break;
            }
        }

        if (value == NULL) {
            continue;
        }

        copy = ngx_palloc(m->pool, sizeof(cJSON));
        p = ngx_pnalloc(m->pool, key[i].len + 1);

        if (copy == NULL || p == NULL) {
            return NGX_ERROR;
        }

        *copy = *value;
        *ngx_cpymem(p, key[i].data, key[i].len) = '\0';

        copy->string = (char *) p;
        copy->next = NULL;
        copy->prev = last;

        if (last) {
            last->next = copy;

        } else {
            rest->child = copy;
        }

        last = copy;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_pass_template(mcp_pass_maker_t *m, mcp_buf_t *b)
{
    ngx_int_t               rc;
    ngx_str_t               text;
    ngx_uint_t              i, any;
    mcp_json_doc_t          doc;
    const mcp_pass_atom_t  *atom;

    if (mcp_pass_pieces(m->pool, &m->pass->text, m->values, m->variables, b,
                        &any)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* in a string a value may be the name of a member, or a part of it */

    atom = m->pass->text.elts;

    for (i = 0; i < m->pass->text.nelts && !atom[i].quoted; i++) {
        /* void */
    }

    if (i == m->pass->text.nelts) {
        return NGX_OK;
    }

    if (mcp_buf_done(b, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = mcp_json_scan(&doc, m->pool, text.data, text.len);

    if (rc == NGX_OK) {
        mcp_json_free(&doc);
        return NGX_OK;
    }

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    return mcp_pass_refuse(m, &atom[i].from,
                           doc.err == MCP_JSON_DUPLICATE
                           ? "would make two members of one name"
                           : "is in a request with too much JSON");
}


static void
mcp_pass_type(mcp_pass_maker_t *m, mcp_pass_request_t *request, mcp_buf_t *b)
{
    const mcp_pass_t  *pass;

    pass = m->pass;

    if (pass->body == MCP_PASS_BODY_MULTIPART) {

        if (pass->type.len) {
            mcp_buf_str(b, &pass->type);

        } else {
            mcp_buf_lit(b, "multipart/form-data");
        }

        mcp_buf_lit(b, "; boundary=");
        mcp_buf_str(b, m->boundary);

        return;
    }

    if (pass->type.len) {
        mcp_buf_str(b, &pass->type);
        return;
    }

    switch (pass->body) {

    case MCP_PASS_BODY_FORM:
        mcp_buf_lit(b, "application/x-www-form-urlencoded");
        break;

    case MCP_PASS_BODY_RAW:
        mcp_buf_lit(b, "application/octet-stream");
        break;

    default:

        if (pass->body == MCP_PASS_BODY_JSON || pass->json_text) {
            mcp_buf_lit(b, "application/json");

        } else {
            mcp_buf_lit(b, "text/plain");
        }
    }
}


static ngx_int_t
mcp_pass_form(mcp_pass_maker_t *m, const cJSON *value, mcp_buf_t *b)
{
    ngx_int_t                rc;
    ngx_str_t                name;
    ngx_uint_t               i;
    const cJSON             *child, *item;
    mcp_pass_writer_t        w;
    const mcp_pass_field_t  *field;

    ngx_memzero(&w, sizeof(mcp_pass_writer_t));

    w.place = MCP_PASS_IN_FORM;
    w.b = *b;

    rc = NGX_OK;
    field = m->pass->fields.elts;

    for (i = 0; i < m->pass->fields.nelts && rc == NGX_OK; i++) {
        rc = mcp_pass_field(m, &w, &field[i]);
    }

    if (i || !cJSON_IsObject(value)) {
        *b = w.b;
        return rc;
    }

    for (child = value->child; child; child = child->next) {

        name.data = (u_char *) child->string;
        name.len = ngx_strlen(child->string);

        item = cJSON_IsArray(child) ? child->child : child;

        for ( /* void */ ; item; item = item->next) {

            if (!cJSON_IsNull(item)
                && mcp_pass_pair(m, &w, &name, item) != NGX_OK)
            {
                return NGX_ERROR;
            }

            if (item == child) {
                break;
            }
        }
    }

    *b = w.b;

    return NGX_OK;
}


static ngx_int_t
mcp_pass_field(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_field_t *field)
{
    cJSON                   text;
    mcp_buf_t               b;
    ngx_str_t               s;
    ngx_uint_t              any;
    const mcp_pass_atom_t  *atom;

    atom = field->atoms.elts;

    if (field->atoms.nelts == 1
        && (atom->op == MCP_PASS_QUERY || atom->op == MCP_PASS_SPACE
            || atom->op == MCP_PASS_PIPE || atom->op == MCP_PASS_DEEP))
    {
        return mcp_pass_expand(m, w, atom);
    }

    mcp_buf_init(&b, m->pool, 64);

    if (mcp_pass_pieces(m->pool, &field->atoms, m->values, m->variables, &b,
                        &any)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    mcp_buf_char(&b, '\0');

    if (mcp_buf_done(&b, &s) != NGX_OK) {
        return NGX_ERROR;
    }

    if (!any) {
        return NGX_OK;
    }

    ngx_memzero(&text, sizeof(cJSON));

    text.type = cJSON_String;
    text.valuestring = (char *) s.data;

    return mcp_pass_pair(m, w, &field->name, &text);
}


ngx_int_t
mcp_pass_raw(mcp_pass_maker_t *m, const cJSON *value, ngx_uint_t binary,
    const ngx_str_t *from, ngx_str_t *text)
{
    u_char     *p, *last;
    ngx_str_t   base64;

    if (mcp_pass_bytes(m->pool, value, 0, &base64) != NGX_OK) {
        return NGX_ERROR;
    }

    if (!binary) {
        *text = base64;
        return NGX_OK;
    }

    /* nginx looks no further than to the first "=" */

    last = base64.data + base64.len;

    for (p = last; p > base64.data && p[-1] == '=' && last - p < 2; p--) {
        /* void */
    }

    if (ngx_strlchr(base64.data, p, '=')) {
        return mcp_pass_refuse(m, from, "must be base64");
    }

    text->data = ngx_pnalloc(m->pool, ngx_base64_decoded_length(base64.len));
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    if (ngx_decode_base64(text, &base64) != NGX_OK) {
        return mcp_pass_refuse(m, from, "must be base64");
    }

    return NGX_OK;
}
