
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_pass_write.h>
#include <mcp_uri_op.h>


/* of reserved characters, those that end neither a segment of a path nor a
 * value of a query */
#define MCP_PASS_PATH_KEEPS   "/:@!$'()*+,="
#define MCP_PASS_QUERY_KEEPS  "/:@!$'()*,?"

/* bytes of a query or a form, behind which no member is written */
#define MCP_PASS_DEEP_MAX     1048576

#define MCP_PASS_TAKEN                                                        \
    "has a member that is another parameter of the request"


static ngx_int_t mcp_pass_members(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_atom_t *atom, const cJSON *value, const char *keeps);
static ngx_int_t mcp_pass_member_name(mcp_pass_maker_t *m,
    mcp_pass_writer_t *w, const mcp_pass_atom_t *atom, const char *name);
static ngx_int_t mcp_pass_list(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_atom_t *atom, const cJSON *value, const char *keeps);
static ngx_int_t mcp_pass_listed(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_atom_t *atom, const ngx_str_t *text, const char *keeps);
static ngx_int_t mcp_pass_deep(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_atom_t *atom, mcp_buf_t *name, const cJSON *value);
static ngx_int_t mcp_pass_deep_pair(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_atom_t *atom, mcp_buf_t *name, const cJSON *value);
static void mcp_pass_lead(mcp_pass_writer_t *w, const mcp_pass_atom_t *atom);
static void mcp_pass_next(mcp_pass_writer_t *w);
static ngx_int_t mcp_pass_value(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const cJSON *value, ngx_uint_t json, const char *keeps);
static void mcp_pass_encode(mcp_buf_t *b, const u_char *p, size_t len,
    const char *keeps);


ngx_int_t
mcp_pass_expand(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_atom_t *atom)
{
    mcp_buf_t     name;
    const char   *keeps;
    const cJSON  *value;

    value = mcp_pass_find(m->values, &atom->from);

    if (!atom->more) {
        w->any = 0;
    }

    if (mcp_pass_missing(value)) {
        return NGX_OK;
    }

    keeps = "";

    if (w->place == MCP_PASS_IN_URI
        && (atom->reserved || atom->op == MCP_PASS_RESERVED))
    {
        keeps = (w->query || (mcp_pass_named(atom->op)
                              && atom->op != MCP_PASS_MATRIX))
                ? MCP_PASS_QUERY_KEEPS : MCP_PASS_PATH_KEEPS;
    }

    if (!atom->json) {

        if (atom->op == MCP_PASS_DEEP) {
            mcp_buf_init(&name, m->pool, atom->text.len + 32);
            mcp_buf_str(&name, &atom->text);

            return mcp_pass_deep(m, w, atom, &name, value);
        }

        if (cJSON_IsArray(value) || cJSON_IsObject(value)) {
            return atom->explode ? mcp_pass_members(m, w, atom, value, keeps)
                                 : mcp_pass_list(m, w, atom, value, keeps);
        }
    }

    mcp_pass_lead(w, atom);

    if (mcp_pass_named(atom->op)) {
        mcp_pass_encode(&w->b, atom->text.data, atom->text.len, "");

        if (atom->op != MCP_PASS_MATRIX || !cJSON_IsString(value)
            || value->valuestring[0])
        {
            mcp_buf_char(&w->b, '=');
        }
    }

    return mcp_pass_value(m, w, value, atom->json, keeps);
}


/* each on its own: RFC 6570, section 3.2.1, "explode" */

static ngx_int_t
mcp_pass_members(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_atom_t *atom, const cJSON *value, const char *keeps)
{
    ngx_int_t     rc;
    const cJSON  *child;

    for (child = value->child; child; child = child->next) {

        if (cJSON_IsNull(child)) {
            continue;
        }

        mcp_pass_lead(w, atom);

        if (cJSON_IsObject(value)) {
            rc = mcp_pass_member_name(m, w, atom, child->string);

            if (rc != NGX_OK) {
                return rc;
            }

            mcp_buf_char(&w->b, '=');

        } else if (mcp_pass_named(atom->op)) {
            mcp_pass_encode(&w->b, atom->text.data, atom->text.len, "");
            mcp_buf_char(&w->b, '=');
        }

        if (mcp_pass_value(m, w, child, 0, keeps) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* the caller chooses it, but what the request says is not for him to say */

static ngx_int_t
mcp_pass_member_name(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_atom_t *atom, const char *name)
{
    ngx_str_t  text;

    text.data = (u_char *) name;
    text.len = ngx_strlen(name);

    if (mcp_pass_named(atom->op)) {

        if (text.len == 0) {
            return mcp_pass_refuse(m, &atom->from, "has a member without a "
                                   "name");
        }

        if (mcp_pass_has_name(m->pass, w->place, atom, &text)) {
            return mcp_pass_refuse(m, &atom->from, MCP_PASS_TAKEN);
        }
    }

    mcp_pass_encode(&w->b, text.data, text.len, "");

    return NGX_OK;
}


/* all in one: a,b or k,v,k,v */

static ngx_int_t
mcp_pass_list(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_atom_t *atom, const cJSON *value, const char *keeps)
{
    ngx_int_t     rc;
    ngx_str_t     text;
    ngx_uint_t    n;
    const char   *sep;
    const cJSON  *child;

    sep = (atom->op == MCP_PASS_SPACE) ? "%20"
          : (atom->op == MCP_PASS_PIPE) ? "%7C" : ",";

    n = 0;

    for (child = value->child; child; child = child->next) {

        if (cJSON_IsNull(child)) {
            continue;
        }

        if (n++) {
            mcp_buf_add(&w->b, sep, ngx_strlen(sep));

        } else {
            mcp_pass_lead(w, atom);

            if (mcp_pass_named(atom->op)) {
                mcp_pass_encode(&w->b, atom->text.data, atom->text.len, "");
                mcp_buf_char(&w->b, '=');
            }
        }

        if (cJSON_IsObject(value)) {
            text.data = (u_char *) child->string;
            text.len = ngx_strlen(child->string);

            rc = mcp_pass_listed(m, w, atom, &text, "");
            if (rc != NGX_OK) {
                return rc;
            }

            mcp_buf_add(&w->b, sep, ngx_strlen(sep));
        }

        if (mcp_pass_bytes(m->pool, child, 0, &text) != NGX_OK) {
            return NGX_ERROR;
        }

        rc = mcp_pass_listed(m, w, atom, &text, keeps);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


/* "%20" and "%7C" say the same in a value as between two */

static ngx_int_t
mcp_pass_listed(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_atom_t *atom, const ngx_str_t *text, const char *keeps)
{
    if ((atom->op == MCP_PASS_SPACE || atom->op == MCP_PASS_PIPE)
        && ngx_strlchr(text->data, text->data + text->len, atom->op))
    {
        return mcp_pass_refuse(m, &atom->from, "has a value with what "
                               "separates its values");
    }

    mcp_pass_encode(&w->b, text->data, text->len, keeps);

    return NGX_OK;
}


/*
 * name[key]=value for each value in it; a long name of many would make much
 * more of the request than has come.
 */

static ngx_int_t
mcp_pass_deep(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_atom_t *atom, mcp_buf_t *name, const cJSON *value)
{
    size_t        len;
    ngx_int_t     rc;
    const cJSON  *child;

    if (mcp_pass_missing(value)) {
        return NGX_OK;
    }

    if (!cJSON_IsArray(value) && !cJSON_IsObject(value)) {
        return mcp_pass_deep_pair(m, w, atom, name, value);
    }

    len = mcp_buf_len(name);

    for (child = value->child; child; child = child->next) {

        if (cJSON_IsObject(value)) {

            /* some read what is between brackets after it is decoded */

            if (child->string[strcspn(child->string, "[]")]
                || child->string[0] == '\0')
            {
                return mcp_pass_refuse(m, &atom->from, "has a member with "
                                       "\"[\", \"]\" or nothing in its name");
            }

            mcp_buf_char(name, '[');
            mcp_buf_add(name, child->string, ngx_strlen(child->string));
            mcp_buf_char(name, ']');

            if (name->failed) {
                return NGX_ERROR;
            }
        }

        rc = mcp_pass_deep(m, w, atom, name, child);
        if (rc != NGX_OK) {
            return rc;
        }

        name->last = name->start + len;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_pass_deep_pair(mcp_pass_maker_t *m, mcp_pass_writer_t *w,
    const mcp_pass_atom_t *atom, mcp_buf_t *name, const cJSON *value)
{
    ngx_str_t  text;

    if (mcp_buf_done(name, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    if (mcp_pass_has_name(m->pass, w->place, atom, &text)) {
        return mcp_pass_refuse(m, &atom->from, MCP_PASS_TAKEN);
    }

    if (mcp_buf_len(&w->b) > MCP_PASS_DEEP_MAX) {
        return mcp_pass_refuse(m, &atom->from, "is too long for a request");
    }

    return mcp_pass_pair(m, w, &text, value);
}


ngx_int_t
mcp_pass_pair(mcp_pass_maker_t *m, mcp_pass_writer_t *w, const ngx_str_t *name,
    const cJSON *value)
{
    mcp_pass_next(w);
    mcp_pass_encode(&w->b, name->data, name->len, "");
    mcp_buf_char(&w->b, '=');

    return mcp_pass_value(m, w, value, 0, "");
}


static void
mcp_pass_lead(mcp_pass_writer_t *w, const mcp_pass_atom_t *atom)
{
    switch (atom->op) {

    case MCP_PASS_SIMPLE:
    case MCP_PASS_RESERVED:

        if (w->any) {
            mcp_buf_char(&w->b, ',');
        }

        break;

    case MCP_PASS_LABEL:
    case MCP_PASS_SEGMENT:
    case MCP_PASS_MATRIX:
        mcp_buf_char(&w->b, atom->op);
        break;

    default:
        mcp_pass_next(w);
    }

    w->any = 1;
}


/* what stands before a pair */

static void
mcp_pass_next(mcp_pass_writer_t *w)
{
    u_char  last, *p;

    last = mcp_buf_len(&w->b) ? w->b.last[-1] : '\0';

    switch (w->place) {

    case MCP_PASS_IN_URI:

        if (!w->query) {
            w->query = 1;
            mcp_buf_char(&w->b, '?');

        } else if (last == '?') {

            /* a value may end with one, too */

            p = ngx_strlchr(w->b.start, w->b.last, '?');

            if (p + 1 != w->b.last) {
                mcp_buf_char(&w->b, '&');
            }

        } else if (last != '&') {
            mcp_buf_char(&w->b, '&');
        }

        break;

    case MCP_PASS_IN_FORM:

        if (last) {
            mcp_buf_char(&w->b, '&');
        }

        break;

    case MCP_PASS_IN_COOKIE:

        if (last) {
            mcp_buf_lit(&w->b, "; ");
        }
    }
}


ngx_uint_t
mcp_pass_named(u_char op)
{
    return op == MCP_PASS_MATRIX || op == MCP_PASS_QUERY
           || op == MCP_PASS_SPACE || op == MCP_PASS_PIPE
           || op == MCP_PASS_DEEP;
}


static ngx_int_t
mcp_pass_value(mcp_pass_maker_t *m, mcp_pass_writer_t *w, const cJSON *value,
    ngx_uint_t json, const char *keeps)
{
    ngx_str_t  text;

    if (mcp_pass_bytes(m->pool, value, json, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    mcp_pass_encode(&w->b, text.data, text.len, keeps);

    return NGX_OK;
}


static void
mcp_pass_encode(mcp_buf_t *b, const u_char *p, size_t len, const char *keeps)
{
    const u_char  *start, *end;

    end = p + len;

    while (p < end) {

        for (start = p; p < end; p++) {
            if (*p && ngx_strchr(keeps, *p)) {
                break;
            }
        }

        mcp_uri_add(b, start, p - start, 0);

        if (p < end) {
            mcp_buf_char(b, *p++);
        }
    }
}
