
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_pass_write.h>


static ngx_int_t mcp_pass_parts(mcp_pass_maker_t *m,
    const mcp_pass_field_t *field, mcp_buf_t *b);
static ngx_int_t mcp_pass_part(mcp_pass_maker_t *m, mcp_buf_t *b,
    const mcp_pass_field_t *field, const ngx_str_t *from, ngx_str_t *text);
static ngx_uint_t mcp_pass_has(const ngx_str_t *text, const ngx_str_t *s);
static void mcp_pass_part_name(mcp_buf_t *b, const ngx_str_t *name);


/* RFC 7578 */

ngx_int_t
mcp_pass_multipart(mcp_pass_maker_t *m, const cJSON *value, mcp_buf_t *b)
{
    ngx_int_t                rc;
    ngx_str_t                text;
    ngx_uint_t               i;
    const cJSON             *child;
    mcp_pass_field_t         plain;
    const mcp_pass_field_t  *field;

    field = m->pass->fields.elts;

    for (i = 0; i < m->pass->fields.nelts; i++) {
        rc = mcp_pass_parts(m, &field[i], b);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    child = (i == 0 && cJSON_IsObject(value)) ? value->child : NULL;

    for ( /* void */ ; child; child = child->next) {

        if (cJSON_IsNull(child)) {
            continue;
        }

        ngx_memzero(&plain, sizeof(mcp_pass_field_t));

        plain.name.data = (u_char *) child->string;
        plain.name.len = ngx_strlen(child->string);

        if (mcp_pass_bytes(m->pool, child, 0, &text) != NGX_OK) {
            return NGX_ERROR;
        }

        rc = mcp_pass_part(m, b, &plain, &plain.name, &text);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    mcp_buf_lit(b, "--");
    mcp_buf_str(b, m->boundary);
    mcp_buf_lit(b, "--" CRLF);

    return NGX_OK;
}


static ngx_int_t
mcp_pass_parts(mcp_pass_maker_t *m, const mcp_pass_field_t *field,
    mcp_buf_t *b)
{
    ngx_int_t               rc;
    ngx_str_t               text;
    const cJSON            *value, *item;
    const mcp_pass_atom_t  *atom;

    atom = field->atoms.elts;
    value = mcp_pass_find(m->values, &atom->from);

    if (mcp_pass_missing(value)) {
        return NGX_OK;
    }

    item = (atom->explode && cJSON_IsArray(value)) ? value->child : value;

    for ( /* void */ ; item; item = item->next) {

        if (atom->json) {
            rc = mcp_pass_bytes(m->pool, item, 1, &text);

        } else {
            rc = mcp_pass_raw(m, item, field->binary, &atom->from, &text);
        }

        if (rc == NGX_OK) {
            rc = mcp_pass_part(m, b, field, &atom->from, &text);
        }

        if (rc != NGX_OK || item == value) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_pass_part(mcp_pass_maker_t *m, mcp_buf_t *b, const mcp_pass_field_t *field,
    const ngx_str_t *from, ngx_str_t *text)
{
    if (mcp_pass_has(text, m->boundary)
        || mcp_pass_has(&field->name, m->boundary))
    {
        return mcp_pass_refuse(m, from, "has what separates the parts of the "
                               "request");
    }

    mcp_buf_lit(b, "--");
    mcp_buf_str(b, m->boundary);
    mcp_buf_lit(b, CRLF "Content-Disposition: form-data; name=\"");
    mcp_pass_part_name(b, &field->name);
    mcp_buf_char(b, '"');

    if (field->binary) {
        /* without one many services take it for text */
        mcp_buf_lit(b, "; filename=\"");
        mcp_pass_part_name(b, &field->name);
        mcp_buf_char(b, '"');
    }

    if (field->type.len) {
        mcp_buf_lit(b, CRLF "Content-Type: ");
        mcp_buf_str(b, &field->type);
    }

    mcp_buf_lit(b, CRLF CRLF);
    mcp_buf_str(b, text);
    mcp_buf_lit(b, CRLF);

    return NGX_OK;
}


static ngx_uint_t
mcp_pass_has(const ngx_str_t *text, const ngx_str_t *s)
{
    u_char  *p, *end;

    end = text->data + text->len;

    for (p = text->data; (size_t) (end - p) >= s->len; p++) {
        if (ngx_memcmp(p, s->data, s->len) == 0) {
            return 1;
        }
    }

    return 0;
}


/* as browsers do, so that "files[]" stays what it is */

static void
mcp_pass_part_name(mcp_buf_t *b, const ngx_str_t *name)
{
    u_char  *p;

    for (p = name->data; p < name->data + name->len; p++) {

        switch (*p) {

        case '"':
            mcp_buf_lit(b, "%22");
            break;

        case CR:
            mcp_buf_lit(b, "%0D");
            break;

        case LF:
            mcp_buf_lit(b, "%0A");
            break;

        default:
            mcp_buf_char(b, *p);
        }
    }
}
