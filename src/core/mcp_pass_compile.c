
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_text.h>
#include <mcp_pass_write.h>
#include <mcp_uri_op.h>


static ngx_int_t mcp_pass_compile_expression(ngx_array_t *atoms, u_char *p,
    u_char *last, const char **err);
static ngx_int_t mcp_pass_compile_dots(ngx_str_t *text, const char **err);
static size_t mcp_pass_slash(const u_char *p, const u_char *last);
static ngx_int_t mcp_pass_add_literal(ngx_array_t *atoms, u_char *p,
    u_char *last, const char **err);
static mcp_pass_atom_t *mcp_pass_add(ngx_array_t *atoms, u_char op,
    const char **err);
static ngx_uint_t mcp_pass_name(u_char *p, u_char *last);
static ngx_uint_t mcp_pass_in_string(u_char *p, u_char *last,
    ngx_uint_t inside);


ngx_int_t
mcp_pass_compile_uri(ngx_pool_t *pool, ngx_str_t *text, ngx_array_t *atoms,
    const char **err)
{
    u_char           *p, *last, *end;
    ngx_int_t         rc;
    ngx_uint_t        query;
    mcp_pass_atom_t  *atom;

    *err = NULL;

    if (ngx_array_init(atoms, pool, 4, sizeof(mcp_pass_atom_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    if (text->len == 0 || text->data[0] != '/') {
        *err = "it must begin with \"/\"";
        return NGX_DECLINED;
    }

    if (mcp_pass_compile_dots(text, err) != NGX_OK) {
        return NGX_DECLINED;
    }

    rc = NGX_OK;
    query = 0;
    end = text->data + text->len;

    for (p = text->data; p < end && rc == NGX_OK; p = last) {

        atom = atoms->nelts ? (mcp_pass_atom_t *) atoms->elts
                              + atoms->nelts - 1
                            : NULL;

        if (atom && atom->op == MCP_PASS_QUERY && !query
            && (*p != '{' || p + 1 == end || (p[1] != '?' && p[1] != '&')))
        {
            /* where no value is given, it would be part of the path */
            *err = "behind \"{?...}\" there can be \"{&...}\" only";
            return NGX_DECLINED;
        }

        if (*p == '{') {
            last = ngx_strlchr(p, end, '}');

            if (last == NULL) {
                *err = "\"{\" has no \"}\"";
                return NGX_DECLINED;
            }

            rc = mcp_pass_compile_expression(atoms, p + 1, last++, err);
            continue;
        }

        last = ngx_strlchr(p, end, '{');
        last = last ? last : end;

        if (mcp_uri_chars(p, last) != last) {
            *err = "characters that a URI does not have must be "
                   "percent-encoded";
            return NGX_DECLINED;
        }

        if (ngx_strlcasestrn(p, last, (u_char *) "%00", 3 - 1)) {
            *err = "\"%00\" is NUL, which no service expects";
            return NGX_DECLINED;
        }

        if (ngx_strlchr(p, last, '?')) {
            query = 1;
        }

        if (ngx_strlchr(p, last, '#')) {
            *err = "a fragment is never sent";
            return NGX_DECLINED;
        }

        rc = mcp_pass_add_literal(atoms, p, last, err);
    }

    return rc;
}


static ngx_int_t
mcp_pass_compile_expression(ngx_array_t *atoms, u_char *p, u_char *last,
    const char **err)
{
    u_char           op, *comma, *slash;
    ngx_uint_t       more;
    mcp_pass_atom_t  *atom;

    op = (p < last && mcp_uri_op(*p)) ? *p++ : MCP_PASS_SIMPLE;

    if (op == '#') {
        *err = "a fragment is never sent";
        return NGX_DECLINED;
    }

    if (op == '&') {
        op = MCP_PASS_QUERY;
    }

    for (more = 0; /* void */; more = 1) {
        comma = ngx_strlchr(p, last, ',');
        comma = comma ? comma : last;

        atom = mcp_pass_add(atoms, op, err);
        if (atom == NULL) {
            return *err ? NGX_DECLINED : NGX_ERROR;
        }

        atom->more = more;
        atom->explode = (comma > p && comma[-1] == '*');

        atom->from.data = p;
        atom->from.len = comma - p - atom->explode;

        if (!mcp_pass_name(p, p + atom->from.len)) {
            *err = ngx_strlchr(p, comma, ':')
                   ? "the modifier \":\" is not supported"
                   : "between \"{\" and \"}\" there must be names of letters, "
                     "digits, \"_\", \"-\", \".\" and \"/\"";
            return NGX_DECLINED;
        }

        /* sent as what it is called where it comes from */

        atom->text = atom->from;

        while ((slash = ngx_strlchr(atom->text.data, atom->text.data
                                                     + atom->text.len, '/')))
        {
            atom->text.len -= slash + 1 - atom->text.data;
            atom->text.data = slash + 1;
        }

        if (comma == last) {
            return NGX_OK;
        }

        p = comma + 1;
    }
}


/*
 * What is written; what comes of values is checked when there are any.  Some
 * services take an encoded slash, or the other one, for the end of a segment.
 */

static ngx_int_t
mcp_pass_compile_dots(ngx_str_t *text, const char **err)
{
    size_t   slash;
    u_char  *p, *last, *start;

    last = text->data + text->len;
    start = text->data;

    for (p = start; p <= last; p++) {
        slash = mcp_pass_slash(p, last);

        if (p < last && !slash && *p != '?' && *p != '{') {
            continue;
        }

        if (mcp_pass_dots(start, p)
            && (p == last || *p != '{'
                || (p + 1 < last && (p[1] == '?' || p[1] == '&'))))
        {
            *err = "it has a dot segment";
            return NGX_DECLINED;
        }

        if (p < last && *p == '?') {
            break;
        }

        if (slash) {
            start = p + slash;
        }
    }

    return NGX_OK;
}


/* its bytes, or 0 */

static size_t
mcp_pass_slash(const u_char *p, const u_char *last)
{
    if (p < last && *p == '/') {
        return 1;
    }

    if (last - p >= 3
        && (ngx_strncasecmp((u_char *) p, (u_char *) "%2f", 3) == 0
            || ngx_strncasecmp((u_char *) p, (u_char *) "%5c", 3) == 0))
    {
        return 3;
    }

    return 0;
}


ngx_uint_t
mcp_pass_dots(const u_char *p, const u_char *last)
{
    ngx_uint_t  n;

    for (n = 0; p < last && *p != ';'; n++) {

        if (*p == '.') {
            p++;

        } else if (last - p >= 3 && p[0] == '%' && p[1] == '2'
                   && (p[2] | 0x20) == 'e')
        {
            p += 3;

        } else {
            return 0;
        }
    }

    return n == 1 || n == 2;
}


ngx_int_t
mcp_pass_compile_text(ngx_pool_t *pool, ngx_str_t *text, ngx_uint_t json,
    ngx_array_t *atoms, const char **err)
{
    u_char           *p, *start, *last, *end;
    ngx_uint_t        quoted;
    mcp_pass_atom_t  *atom;

    *err = NULL;

    if (ngx_array_init(atoms, pool, 4, sizeof(mcp_pass_atom_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    quoted = 0;
    start = text->data;
    end = start + text->len;

    for (p = start; p < end; /* void */) {

        if (*p != '{' && *p != '}') {
            p++;
            continue;
        }

        last = (*p == '{') ? ngx_strlchr(p, end, '}') : NULL;

        if (last && mcp_pass_name(p + 1, last)) {
            quoted = mcp_pass_in_string(start, p, quoted);

            if (mcp_pass_add_literal(atoms, start, p, err) != NGX_OK) {
                return *err ? NGX_DECLINED : NGX_ERROR;
            }

            atom = mcp_pass_add(atoms, MCP_PASS_SIMPLE, err);
            if (atom == NULL) {
                return *err ? NGX_DECLINED : NGX_ERROR;
            }

            atom->from.data = p + 1;
            atom->from.len = last - p - 1;
            atom->quoted = json && quoted;
            atom->json = json && !quoted;

            p = last + 1;
            start = p;
            continue;
        }

        if (json) {
            p++;
            continue;
        }

        if (p + 1 == end || p[1] != *p) {
            *err = (*p == '{') ? "\"{\" must be followed by a name and \"}\", "
                                 "or be written as \"{{\""
                               : "\"}\" has no \"{\", or must be written as "
                                 "\"}}\"";
            return NGX_DECLINED;
        }

        /* one of the two is part of the text */

        quoted = mcp_pass_in_string(start, p, quoted);

        if (mcp_pass_add_literal(atoms, start, p + 1, err) != NGX_OK) {
            return *err ? NGX_DECLINED : NGX_ERROR;
        }

        p += 2;
        start = p;
    }

    return mcp_pass_add_literal(atoms, start, end, err);
}


static ngx_int_t
mcp_pass_add_literal(ngx_array_t *atoms, u_char *p, u_char *last,
    const char **err)
{
    mcp_pass_atom_t  *atom;

    if (p == last) {
        return NGX_OK;
    }

    atom = mcp_pass_add(atoms, MCP_PASS_LITERAL, err);
    if (atom == NULL) {
        return *err ? NGX_DECLINED : NGX_ERROR;
    }

    atom->text.data = p;
    atom->text.len = last - p;

    return NGX_OK;
}


/* NULL: *err says why, or there is no memory */

static mcp_pass_atom_t *
mcp_pass_add(ngx_array_t *atoms, u_char op, const char **err)
{
    mcp_pass_atom_t  *atom;

    if (atoms->nelts == MCP_PASS_ATOMS_MAX) {
        *err = "it has too many parts";
        return NULL;
    }

    atom = ngx_array_push(atoms);

    if (atom) {
        ngx_memzero(atom, sizeof(mcp_pass_atom_t));
        atom->op = op;
    }

    return atom;
}


static ngx_uint_t
mcp_pass_name(u_char *p, u_char *last)
{
    if (p == last) {
        return 0;
    }

    for ( /* void */ ; p < last; p++) {

        if ((*p >= '0' && *p <= '9')
            || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z')
            || *p >= 0x80
            || *p == '_' || *p == '-' || *p == '.' || *p == '/' || *p == '~')
        {
            continue;
        }

        return 0;
    }

    return 1;
}


/* whether a string of JSON is open behind these characters */

static ngx_uint_t
mcp_pass_in_string(u_char *p, u_char *last, ngx_uint_t inside)
{
    for ( /* void */ ; p < last; p++) {

        if (*p == '"') {
            inside = !inside;

        } else if (*p == '\\' && inside) {
            p++;
        }
    }

    return inside;
}
