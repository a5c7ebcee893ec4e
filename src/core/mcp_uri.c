
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_text.h>
#include <mcp_uri.h>
#include <mcp_uri_op.h>


static ngx_int_t mcp_uri_compile_literal(mcp_uri_t *uri, u_char *p,
    u_char *last, const char **err);
static ngx_int_t mcp_uri_compile_expression(mcp_uri_t *uri, u_char *p,
    u_char *last, const char **err);
static ngx_int_t mcp_uri_compile_variable(mcp_uri_t *uri, u_char op,
    u_char *p, u_char *last, const char **err);
static mcp_uri_atom_t *mcp_uri_add_atom(mcp_uri_t *uri, u_char op,
    u_char *p, u_char *last);


/* RFC 6570, appendix A; simple expansion has the brace for an operator */

static const mcp_uri_op_t  mcp_uri_ops[] = {
    { '{', 0,   ',', 0, 0 },
    { '+', 0,   ',', 0, 1 },
    { '#', '#', ',', 0, 1 },
    { '.', '.', '.', 0, 0 },
    { '/', '/', '/', 0, 0 },
    { ';', ';', ';', 1, 0 },
    { '?', '?', '&', 1, 0 },
    { '&', '&', '&', 1, 0 },
    { 0,   0,   0,   0, 0 }
};


const mcp_uri_op_t *
mcp_uri_op(u_char c)
{
    const mcp_uri_op_t  *op;

    for (op = mcp_uri_ops; op->op; op++) {
        if (op->op == c) {
            return op;
        }
    }

    return NULL;
}


ngx_int_t
mcp_uri_compile(mcp_uri_t *uri, ngx_str_t *text, const char **err)
{
    u_char     *p, *last, *end;
    ngx_int_t   rc;

    ngx_memzero(uri, sizeof(mcp_uri_t));

    uri->text = *text;
    uri->tail = MCP_URI_ATOMS_MAX;

    end = text->data + text->len;

    for (p = text->data; p < end; p = last) {

        if (*p == '{') {
            last = ngx_strlchr(p, end, '}');

            if (last == NULL) {
                *err = "\"{\" has no \"}\"";
                return NGX_DECLINED;
            }

            rc = mcp_uri_compile_expression(uri, p + 1, last++, err);

        } else {
            last = ngx_strlchr(p, end, '{');
            last = last ? last : end;

            rc = mcp_uri_compile_literal(uri, p, last, err);
        }

        if (rc != NGX_OK) {
            return NGX_DECLINED;
        }
    }

    if (uri->tail == MCP_URI_ATOMS_MAX) {
        uri->tail = uri->natoms;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_uri_compile_literal(mcp_uri_t *uri, u_char *p, u_char *last,
    const char **err)
{
    if (mcp_uri_chars(p, last) != last) {
        *err = "characters that a URI does not have must be percent-encoded";
        return NGX_DECLINED;
    }

    if (uri->tail != MCP_URI_ATOMS_MAX) {
        *err = "\"{?...}\" and \"{&...}\" must stand at the end";
        return NGX_DECLINED;
    }

    if (mcp_uri_add_atom(uri, MCP_URI_LITERAL, p, last) == NULL) {
        *err = "it has too many parts";
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_uri_compile_expression(mcp_uri_t *uri, u_char *p, u_char *last,
    const char **err)
{
    u_char           op, *comma;
    ngx_uint_t       i, first;
    mcp_uri_atom_t  *atom;

    first = uri->natoms;

    if (p == last) {
        *err = "an expression needs a variable";
        return NGX_DECLINED;
    }

    if (uri->tail != MCP_URI_ATOMS_MAX) {
        *err = "\"{?...}\" and \"{&...}\" must stand at the end";
        return NGX_DECLINED;
    }

    atom = uri->atoms;
    op = mcp_uri_op(*p) ? *p++ : '{';

    if (first && atom[first - 1].op != MCP_URI_LITERAL
        && mcp_uri_op(op)->lead == 0)
    {
        *err = "two variables must have something between them";
        return NGX_DECLINED;
    }

    for ( ;; ) {
        comma = ngx_strlchr(p, last, ',');

        if (mcp_uri_compile_variable(uri, op, p, comma ? comma : last, err)
            != NGX_OK)
        {
            return NGX_DECLINED;
        }

        if (comma == NULL) {
            break;
        }

        p = comma + 1;
    }

    for (i = first; i < uri->natoms; i++) {
        atom[i].first = (i == first);
        atom[i].many = (uri->natoms - first > 1);
    }

    if (atom[first].op == '?' || atom[first].op == '&') {
        uri->tail = first;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_uri_compile_variable(mcp_uri_t *uri, u_char op, u_char *p, u_char *last,
    const char **err)
{
    u_char      *name;
    ngx_str_t   *var;
    ngx_uint_t   i;

    for (name = p; p < last; p++) {

        if ((*p >= '0' && *p <= '9')
            || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z')
            || *p == '_' || (*p == '.' && p > name))
        {
            continue;
        }

        *err = (*p == '*' || *p == ':')
               ? "the modifiers \"*\" and \":\" are not supported"
               : "the name of a variable must be letters, digits, \"_\" and "
                 "\".\"";
        return NGX_DECLINED;
    }

    if (p == name) {
        *err = "the name of a variable is empty";
        return NGX_DECLINED;
    }

    for (i = 0; i < uri->nvars; i++) {
        var = &uri->vars[i];

        if (var->len == (size_t) (last - name)
            && ngx_memcmp(var->data, name, var->len) == 0)
        {
            *err = "a variable is named twice";
            return NGX_DECLINED;
        }
    }

    if (uri->nvars == MCP_URI_VARS_MAX
        || mcp_uri_add_atom(uri, op, name, last) == NULL)
    {
        *err = "it has too many parts";
        return NGX_DECLINED;
    }

    var = &uri->vars[uri->nvars++];
    var->data = name;
    var->len = last - name;

    return NGX_OK;
}


static mcp_uri_atom_t *
mcp_uri_add_atom(mcp_uri_t *uri, u_char op, u_char *p, u_char *last)
{
    mcp_uri_atom_t  *atom;

    if (uri->natoms == MCP_URI_ATOMS_MAX) {
        return NULL;
    }

    atom = &uri->atoms[uri->natoms++];

    atom->op = op;
    atom->text.data = p;
    atom->text.len = last - p;

    return atom;
}


void
mcp_uri_encode(mcp_buf_t *b, const u_char *p, size_t len, ngx_uint_t slash)
{
    ngx_uint_t  i;

    for (i = 0; i < len; i++) {

        if (slash && p[i] == '/') {
            mcp_buf_char(b, '/');

        } else {
            mcp_uri_add(b, &p[i], 1, 0);
        }
    }
}


void
mcp_uri_add(mcp_buf_t *b, const u_char *p, size_t len, ngx_uint_t classes)
{
    const u_char  *end;

    static const u_char  hex[] = "0123456789ABCDEF";

    for (end = p + len; p < end; p++) {

        if (mcp_uri_class(*p) & (MCP_URI_UNRESERVED|classes)) {
            mcp_buf_char(b, *p);
            continue;
        }

        mcp_buf_char(b, '%');
        mcp_buf_char(b, hex[*p >> 4]);
        mcp_buf_char(b, hex[*p & 0xf]);
    }
}


ngx_uint_t
mcp_uri_class(u_char c)
{
    if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
        || (c && ngx_strchr("-._~", c)))
    {
        return MCP_URI_UNRESERVED;
    }

    return (c && ngx_strchr(":/?#[]@!$&'()*+,;=", c)) ? MCP_URI_RESERVED : 0;
}


u_char *
mcp_uri_chars(u_char *p, u_char *last)
{
    size_t  n;

    while (p < last) {
        n = mcp_uri_unit(p, last);

        if (n == 0) {
            break;
        }

        p += n;
    }

    return p;
}


size_t
mcp_uri_unit(const u_char *p, const u_char *last)
{
    if (*p != '%') {
        return mcp_uri_class(*p) ? 1 : 0;
    }

    return (last - p >= 3
            && ngx_hextoi((u_char *) p + 1, 2) != NGX_ERROR) ? 3 : 0;
}


ngx_uint_t
mcp_uri_valid(const ngx_str_t *text)
{
    u_char  *p, *last;

    p = text->data;
    last = p + text->len;

    if (p == last || (*p | 0x20) < 'a' || (*p | 0x20) > 'z') {
        return 0;
    }

    while (p < last && *p != ':') {

        if ((mcp_uri_class(*p) != MCP_URI_UNRESERVED && *p != '+')
            || *p == '_' || *p == '~')
        {
            return 0;
        }

        p++;
    }

    return p < last && mcp_uri_chars(p, last) == last;
}
