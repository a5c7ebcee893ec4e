
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_pass_write.h>


static ngx_uint_t mcp_pass_fields_have(const ngx_array_t *fields,
    const mcp_pass_atom_t *atom, const ngx_str_t *name);
static ngx_uint_t mcp_pass_atom_has(const mcp_pass_atom_t *other,
    const mcp_pass_atom_t *atom, const ngx_str_t *name);
static ngx_uint_t mcp_pass_literal_has(const u_char *p, const u_char *last,
    ngx_uint_t *query, const ngx_str_t *name);
static ngx_uint_t mcp_pass_is_name(const u_char *p, const u_char *last,
    const ngx_str_t *name);


/*
 * What a service makes of two pairs of one name is its own affair: it may take
 * the first, the last or both, so the names of the operator and those that are
 * members of a value have to differ.
 */

ngx_uint_t
mcp_pass_has_name(const mcp_pass_t *pass, mcp_pass_place_e place,
    const mcp_pass_atom_t *atom, const ngx_str_t *name)
{
    ngx_uint_t              i;
    const mcp_pass_atom_t  *other;

    if (place == MCP_PASS_IN_FORM) {
        return mcp_pass_fields_have(&pass->fields, atom, name);
    }

    if (place == MCP_PASS_IN_COOKIE) {
        return mcp_pass_fields_have(&pass->cookies, atom, name);
    }

    if (mcp_pass_written(&pass->uri, name)) {
        return 1;
    }

    other = pass->uri.elts;

    for (i = 0; i < pass->uri.nelts; i++) {
        if (mcp_pass_named(other[i].op)
            && mcp_pass_atom_has(&other[i], atom, name))
        {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
mcp_pass_written(const ngx_array_t *atoms, const ngx_str_t *name)
{
    ngx_uint_t              i, query;
    const mcp_pass_atom_t  *atom;

    query = 0;
    atom = atoms->elts;

    for (i = 0; i < atoms->nelts; i++) {

        if (atom[i].op == MCP_PASS_LITERAL
            && mcp_pass_literal_has(atom[i].text.data,
                                    atom[i].text.data + atom[i].text.len,
                                    &query, name))
        {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
mcp_pass_fields_have(const ngx_array_t *fields, const mcp_pass_atom_t *atom,
    const ngx_str_t *name)
{
    ngx_uint_t               i;
    const mcp_pass_atom_t   *other;
    const mcp_pass_field_t  *field;

    field = fields->elts;

    for (i = 0; i < fields->nelts; i++) {
        other = field[i].atoms.elts;

        if (other == atom) {
            continue;
        }

        if (mcp_pass_is_name(field[i].name.data,
                             field[i].name.data + field[i].name.len, name)
            || mcp_pass_atom_has(other, atom, name))
        {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
mcp_pass_atom_has(const mcp_pass_atom_t *other, const mcp_pass_atom_t *atom,
    const ngx_str_t *name)
{
    return other != atom
           && mcp_pass_is_name(other->text.data,
                               other->text.data + other->text.len, name);
}


/* the names of name=value behind a "?" */

static ngx_uint_t
mcp_pass_literal_has(const u_char *p, const u_char *last, ngx_uint_t *query,
    const ngx_str_t *name)
{
    const u_char  *start;

    for ( /* void */ ; p < last; p++) {

        if ((*p != '?' || *query) && (*p != '&' || !*query)) {
            continue;
        }

        *query = 1;

        start = p + 1;

        while (p + 1 < last && p[1] != '=' && p[1] != '&') {
            p++;
        }

        if (mcp_pass_is_name(start, p + 1, name)) {
            return 1;
        }
    }

    return 0;
}


/* "a" and "a[]" are the same name to some */

static ngx_uint_t
mcp_pass_is_name(const u_char *p, const u_char *last, const ngx_str_t *name)
{
    u_char      c;
    size_t      i;
    ngx_int_t   n;

    if (p == last) {
        return 0;
    }

    for (i = 0; p < last; i++, p++) {
        c = *p;

        if (c == '%' && last - p > 2) {
            n = ngx_hextoi((u_char *) p + 1, 2);

            if (n != NGX_ERROR) {
                c = (u_char) n;
                p += 2;
            }
        }

        if (i == name->len || c != name->data[i]) {
            return 0;
        }
    }

    return i == name->len || name->data[i] == '[';
}
