
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_pass_write.h>


static void mcp_pass_literal(mcp_pass_writer_t *w, const ngx_str_t *text);
static ngx_int_t mcp_pass_segments(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_atom_t *atom, ngx_uint_t last);
static ngx_int_t mcp_pass_segment(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const u_char *end);


ngx_int_t
mcp_pass_uri(mcp_pass_maker_t *m, mcp_pass_request_t *request)
{
    u_char                 *p, *last;
    ngx_int_t               rc;
    ngx_uint_t              i;
    mcp_pass_writer_t       w;
    const mcp_pass_atom_t  *atom;

    ngx_memzero(&w, sizeof(mcp_pass_writer_t));

    w.place = MCP_PASS_IN_URI;
    mcp_buf_init(&w.b, m->pool, 128);

    atom = m->pass->uri.elts;

    for (i = 0; i < m->pass->uri.nelts; i++) {
        w.begin = mcp_buf_len(&w.b);

        if (atom[i].op == MCP_PASS_LITERAL) {
            mcp_pass_literal(&w, &atom[i].text);
            rc = NGX_OK;

        } else {
            rc = mcp_pass_expand(m, &w, &atom[i]);
        }

        if (rc == NGX_OK) {
            rc = mcp_pass_segments(m, &w, &atom[i],
                                   i + 1 == m->pass->uri.nelts);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (mcp_buf_done(&w.b, &request->uri) != NGX_OK) {
        return NGX_ERROR;
    }

    last = request->uri.data + request->uri.len;
    p = ngx_strlchr(request->uri.data, last, '?');

    if (p) {
        request->uri.len = p - request->uri.data;
        request->args.data = p + 1;
        request->args.len = last - p - 1;
    }

    return NGX_OK;
}


static void
mcp_pass_literal(mcp_pass_writer_t *w, const ngx_str_t *text)
{
    if (ngx_strlchr(text->data, text->data + text->len, '?')) {
        w->query = 1;
    }

    mcp_buf_str(&w->b, text);
}


/* looks at the segments of the path that this atom has ended */

static ngx_int_t
mcp_pass_segments(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_atom_t *atom, ngx_uint_t last)
{
    u_char                 *p, *end;
    ngx_int_t               rc;
    const mcp_pass_atom_t  *value;

    if (w->b.failed) {
        return NGX_ERROR;
    }

    if (w->checked) {
        return NGX_OK;
    }

    value = (atom->op == MCP_PASS_LITERAL
             || (mcp_pass_named(atom->op) && atom->op != MCP_PASS_MATRIX))
            ? NULL : atom;

    if (value && (w->value == NULL || w->begin == w->segment)) {
        w->value = value;
        w->slashed = 0;
    }

    end = w->b.last;

    for (p = w->b.start + w->segment; p < end || last; p++) {

        if (p < end && *p != '/' && *p != '?') {
            continue;
        }

        w->checked = (p == end || *p == '?');

        if (value && value->op == MCP_PASS_RESERVED) {
            w->slashed = 1;
        }

        rc = mcp_pass_segment(m, w, p);

        if (rc != NGX_OK || w->checked) {
            return rc;
        }

        w->segment = p + 1 - w->b.start;
        w->value = value;
    }

    return NGX_OK;
}


/*
 * A service, or whoever is on the way to it, takes "." and ".." for other
 * paths, encoded or not, some of them also with parameters behind (";").  A
 * segment that a value leaves empty is another path, too, unless {+x} says so;
 * but what begins with "//" may be taken for the name of a host.
 */

static ngx_int_t
mcp_pass_segment(mcp_pass_maker_t *m, mcp_pass_writer_t *w, const u_char *end)
{
    const u_char  *start;

    if (w->value == NULL) {
        return NGX_OK;
    }

    start = w->b.start + w->segment;

    if (start == end
        && !(w->value->op == MCP_PASS_RESERVED
             && (w->checked || (w->slashed && w->segment > 1))))
    {
        return mcp_pass_refuse(m, &w->value->from, "leaves a segment of the "
                               "path empty");
    }

    if (mcp_pass_dots(start, end)) {
        return mcp_pass_refuse(m, &w->value->from, "would make a dot segment "
                               "in the path");
    }

    return NGX_OK;
}
