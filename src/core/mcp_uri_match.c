
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_text.h>
#include <mcp_uri.h>
#include <mcp_uri_op.h>


/*
 * Forward over the atoms it is noted at which bytes each may begin, backward
 * from the end the values are cut out.  Both take time proportional to the
 * length of the URI times the number of atoms, whatever the URI is.
 */

typedef struct {
    const mcp_uri_t    *uri;
    u_char             *text;
    size_t              len;
    u_char             *reach;       /* (tail + 1) rows of len + 1 flags */
    u_char             *value;       /* flags: a value goes on here */
    ngx_pool_t         *pool;
} mcp_uri_match_t;


#define mcp_uri_row(m, i)  ((m)->reach + (i) * ((m)->len + 1))


static ngx_int_t mcp_uri_forward(mcp_uri_match_t *m);
static void mcp_uri_step_literal(mcp_uri_match_t *m, ngx_uint_t i);
static void mcp_uri_step_value(mcp_uri_match_t *m, ngx_uint_t i);
static void mcp_uri_step_param(mcp_uri_match_t *m, ngx_uint_t i);
static void mcp_uri_run(mcp_uri_match_t *m, ngx_uint_t i);
static ngx_uint_t mcp_uri_in(const mcp_uri_atom_t *atom, u_char c);
static size_t mcp_uri_lead(mcp_uri_match_t *m, const mcp_uri_atom_t *atom,
    size_t pos);
static size_t mcp_uri_param(mcp_uri_match_t *m, const mcp_uri_atom_t *atom,
    size_t pos);
static ngx_int_t mcp_uri_tail(mcp_uri_match_t *m, size_t pos,
    ngx_str_t *values);
static ngx_int_t mcp_uri_pair(mcp_uri_match_t *m, size_t pos, size_t last,
    ngx_str_t *values);
static void mcp_uri_backward(mcp_uri_match_t *m, size_t end,
    ngx_str_t *values);
static size_t mcp_uri_cut_value(mcp_uri_match_t *m, ngx_uint_t i, size_t end,
    ngx_str_t *value);
static size_t mcp_uri_cut_param(mcp_uri_match_t *m, ngx_uint_t i, size_t end,
    ngx_str_t *value);
static ngx_int_t mcp_uri_decode(ngx_pool_t *pool, ngx_str_t *value);


ngx_int_t
mcp_uri_match(const mcp_uri_t *uri, ngx_pool_t *pool, ngx_str_t *text,
    ngx_str_t *values)
{
    size_t            pos;
    u_char           *last;
    ngx_int_t         rc;
    ngx_uint_t        i;
    mcp_uri_match_t   m;

    last = text->data + text->len;

    if (text->len > MCP_URI_MAX || mcp_uri_chars(text->data, last) != last) {
        return NGX_DECLINED;
    }

    m.uri = uri;
    m.text = text->data;
    m.len = text->len;
    m.pool = pool;

    rc = mcp_uri_forward(&m);

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_memzero(values, uri->nvars * sizeof(ngx_str_t));

    for (pos = 0; pos <= m.len; pos++) {

        if (mcp_uri_row(&m, uri->tail)[pos]
            && mcp_uri_tail(&m, pos, values) == NGX_OK)
        {
            break;
        }
    }

    if (pos > m.len) {
        return NGX_DECLINED;
    }

    mcp_uri_backward(&m, pos, values);

    for (i = 0; i < uri->nvars; i++) {
        rc = mcp_uri_decode(pool, &values[i]);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_uri_forward(mcp_uri_match_t *m)
{
    size_t                 n;
    ngx_uint_t             i;
    const mcp_uri_atom_t  *atom;

    atom = m->uri->atoms;

    /* most URIs are of another template */

    n = atom->text.len;

    if (m->uri->tail
        && atom->op == MCP_URI_LITERAL
        && (m->len < n || ngx_memcmp(m->text, atom->text.data, n) != 0))
    {
        return NGX_DECLINED;
    }

    m->reach = ngx_pcalloc(m->pool, (m->uri->tail + 2) * (m->len + 1));
    if (m->reach == NULL) {
        return NGX_ERROR;
    }

    m->value = mcp_uri_row(m, m->uri->tail + 1);
    m->reach[0] = 1;

    for (i = 0; i < m->uri->tail; i++) {

        switch (atom[i].op) {

        case MCP_URI_LITERAL:
            mcp_uri_step_literal(m, i);
            break;

        case ';':
            mcp_uri_step_param(m, i);
            break;

        default:
            mcp_uri_step_value(m, i);
            break;
        }
    }

    return NGX_OK;
}


static void
mcp_uri_step_literal(mcp_uri_match_t *m, ngx_uint_t i)
{
    size_t            pos;
    u_char           *from, *to;
    const ngx_str_t  *text;

    text = &m->uri->atoms[i].text;
    from = mcp_uri_row(m, i);
    to = mcp_uri_row(m, i + 1);

    for (pos = 0; pos + text->len <= m->len; pos++) {

        if (from[pos]
            && ngx_memcmp(m->text + pos, text->data, text->len) == 0)
        {
            to[pos + text->len] = 1;
        }
    }
}


static void
mcp_uri_step_value(mcp_uri_match_t *m, ngx_uint_t i)
{
    size_t   pos, start;
    u_char  *from;

    from = mcp_uri_row(m, i);
    ngx_memzero(m->value, m->len + 1);

    for (pos = 0; pos <= m->len; pos++) {

        if (from[pos]) {
            start = mcp_uri_lead(m, &m->uri->atoms[i], pos);

            if (start <= m->len) {
                m->value[start] = 1;
            }
        }
    }

    mcp_uri_run(m, i);
}


static void
mcp_uri_step_param(mcp_uri_match_t *m, ngx_uint_t i)
{
    size_t   pos, end;
    u_char  *from, *to;

    from = mcp_uri_row(m, i);
    to = mcp_uri_row(m, i + 1);
    ngx_memzero(m->value, m->len + 1);

    for (pos = 0; pos <= m->len; pos++) {

        if (!from[pos]) {
            continue;
        }

        to[pos] = 1;
        end = mcp_uri_param(m, &m->uri->atoms[i], pos);

        if (end > m->len) {
            continue;
        }

        to[end] = 1;

        if (end < m->len && m->text[end] == '=') {
            to[end + 1] = 1;
            m->value[end + 1] = 1;
        }
    }

    mcp_uri_run(m, i);
}


/* wherever a value has begun it may end after each character of its class */

static void
mcp_uri_run(mcp_uri_match_t *m, ngx_uint_t i)
{
    size_t   pos, n;
    u_char  *to;

    to = mcp_uri_row(m, i + 1);

    for (pos = 0; pos < m->len; pos++) {

        if (m->value[pos] && mcp_uri_in(&m->uri->atoms[i], m->text[pos])) {
            n = mcp_uri_unit(m->text + pos, m->text + m->len);

            m->value[pos + n] = 1;
            to[pos + n] = 1;
        }
    }
}


/* what a client need not encode is taken as it is, if it separates nothing */

static ngx_uint_t
mcp_uri_in(const mcp_uri_atom_t *atom, u_char c)
{
    if (atom->op == '+' || atom->op == '#') {
        return 1;
    }

    switch (c) {

    case '/':
    case '?':
    case '#':
        return 0;

    case ',':
        return !atom->many || mcp_uri_op(atom->op)->sep != ',';

    case ';':
    case '=':
        return atom->op != ';';

    default:
        return 1;
    }
}


/* where the value begins that stands at pos; m->len + 1 if none does */

static size_t
mcp_uri_lead(mcp_uri_match_t *m, const mcp_uri_atom_t *atom, size_t pos)
{
    u_char               c;
    const mcp_uri_op_t  *op;

    op = mcp_uri_op(atom->op);
    c = atom->first ? op->lead : op->sep;

    if (c == 0) {
        return pos;
    }

    return (pos < m->len && m->text[pos] == c) ? pos + 1 : m->len + 1;
}


/* where ";name" ends that stands at pos; m->len + 1 if it does not */

static size_t
mcp_uri_param(mcp_uri_match_t *m, const mcp_uri_atom_t *atom, size_t pos)
{
    size_t  n;

    n = atom->text.len;

    if (m->len - pos < n + 1
        || m->text[pos] != ';'
        || ngx_memcmp(m->text + pos + 1, atom->text.data, n) != 0)
    {
        return m->len + 1;
    }

    return pos + 1 + n;
}


/* pairs in any order, none twice, each of a variable */

static ngx_int_t
mcp_uri_tail(mcp_uri_match_t *m, size_t pos, ngx_str_t *values)
{
    u_char           *p, *end;
    ngx_uint_t        i, vars;
    const mcp_uri_t  *uri;

    uri = m->uri;

    if (pos == m->len) {
        return NGX_OK;
    }

    if (uri->tail == uri->natoms
        || m->text[pos] != mcp_uri_op(uri->atoms[uri->tail].op)->lead)
    {
        return NGX_DECLINED;
    }

    vars = uri->nvars - (uri->natoms - uri->tail);

    for (i = vars; i < uri->nvars; i++) {
        ngx_str_null(&values[i]);
    }

    end = m->text + m->len;

    while (pos < m->len) {
        pos++;
        p = ngx_strlchr(m->text + pos, end, '&');
        p = p ? p : end;

        if (mcp_uri_pair(m, pos, p - m->text, &values[vars]) != NGX_OK) {
            return NGX_DECLINED;
        }

        pos = p - m->text;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_uri_pair(mcp_uri_match_t *m, size_t pos, size_t last, ngx_str_t *values)
{
    u_char           *p, *end, *eq;
    ngx_uint_t        i;
    const ngx_str_t  *name;

    p = m->text + pos;
    end = m->text + last;

    if (ngx_strlchr(p, end, '#')) {
        return NGX_DECLINED;
    }

    eq = ngx_strlchr(p, end, '=');
    eq = eq ? eq : end;

    for (i = m->uri->tail; i < m->uri->natoms; i++, values++) {
        name = &m->uri->atoms[i].text;

        if (name->len != (size_t) (eq - p)
            || ngx_memcmp(name->data, p, name->len) != 0)
        {
            continue;
        }

        if (values->data) {
            return NGX_DECLINED;
        }

        values->data = (eq < end) ? eq + 1 : end;
        values->len = end - values->data;

        return NGX_OK;
    }

    return NGX_DECLINED;
}


static void
mcp_uri_backward(mcp_uri_match_t *m, size_t end, ngx_str_t *values)
{
    ngx_uint_t             i;
    ngx_str_t             *value;
    const mcp_uri_atom_t  *atom;

    atom = m->uri->atoms;
    value = &values[m->uri->nvars - (m->uri->natoms - m->uri->tail)];

    for (i = m->uri->tail; i-- > 0; /* void */ ) {

        switch (atom[i].op) {

        case MCP_URI_LITERAL:
            end -= atom[i].text.len;
            break;

        case ';':
            end = mcp_uri_cut_param(m, i, end, --value);
            break;

        default:
            end = mcp_uri_cut_value(m, i, end, --value);
            break;
        }
    }
}


/* the shortest that fits, so that the ones before it are as long as can be */

static size_t
mcp_uri_cut_value(mcp_uri_match_t *m, ngx_uint_t i, size_t end,
    ngx_str_t *value)
{
    size_t                 pos, before;
    u_char                *from;
    const mcp_uri_atom_t  *atom;

    atom = &m->uri->atoms[i];
    from = mcp_uri_row(m, i);
    pos = end;

    do {
        pos -= (pos >= 3 && m->text[pos - 3] == '%') ? 3 : 1;
        before = pos;

        if (pos && mcp_uri_lead(m, atom, pos - 1) == pos) {
            before = pos - 1;
        }

    } while (!from[before] || mcp_uri_lead(m, atom, before) != pos);

    value->data = m->text + pos;
    value->len = end - pos;

    return before;
}


static size_t
mcp_uri_cut_param(mcp_uri_match_t *m, ngx_uint_t i, size_t end,
    ngx_str_t *value)
{
    size_t                 pos, start;
    u_char                *from;
    const mcp_uri_atom_t  *atom;

    atom = &m->uri->atoms[i];
    from = mcp_uri_row(m, i);

    /* back to the ";", which no name and no value has */

    for (pos = end; pos > 0; pos--) {

        if (m->text[pos - 1] == ';') {
            pos--;
            start = mcp_uri_param(m, atom, pos);

            if (start > end || !from[pos]
                || (start < end && m->text[start] != '='))
            {
                break;
            }

            value->data = m->text + start + (start < end);
            value->len = m->text + end - value->data;

            return pos;
        }

        if (m->text[pos - 1] != '=' && !mcp_uri_in(atom, m->text[pos - 1])) {
            break;
        }
    }

    return end;
}


static ngx_int_t
mcp_uri_decode(ngx_pool_t *pool, ngx_str_t *value)
{
    u_char  *p, *src, *end;

    if (value->data == NULL) {
        return NGX_OK;
    }

    src = value->data;
    end = src + value->len;

    p = ngx_pnalloc(pool, value->len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value->data = p;

    while (src < end) {

        if (*src == '%') {
            *p++ = (u_char) ngx_hextoi(src + 1, 2);
            src += 3;

        } else {
            *p++ = *src++;
        }
    }

    value->len = p - value->data;
    *p = '\0';

    return mcp_utf8_check(value->data, value->len);
}
