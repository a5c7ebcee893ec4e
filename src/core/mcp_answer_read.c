
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_answer_read.h>


static ngx_int_t mcp_answer_read_json(mcp_answer_read_t *a, ngx_uint_t must);
static ngx_int_t mcp_answer_read_raw(mcp_answer_read_t *a);
static ngx_uint_t mcp_answer_escaped(const ngx_str_t *text);
static ngx_int_t mcp_answer_read_text(mcp_answer_read_t *a);
static ngx_int_t mcp_answer_read_bytes(mcp_answer_read_t *a);
static ngx_int_t mcp_answer_select(mcp_answer_read_t *a, const cJSON *root);
static ngx_int_t mcp_answer_cut(mcp_answer_read_t *a);
static ngx_uint_t mcp_answer_looks(const ngx_str_t *body);
static ngx_int_t mcp_answer_refuse(mcp_answer_read_t *a, const char *why,
    const mcp_json_doc_t *doc);


ngx_int_t
mcp_answer_read(mcp_answer_read_t *a)
{
    ngx_uint_t           must;
    mcp_answer_type_e    type;
    const mcp_answer_t  *answer;

    type = a->conf->type;
    answer = a->answer;

    if (mcp_answer_media(a->pool, &answer->type, &a->media) != NGX_OK) {
        return NGX_ERROR;
    }

    if (type == MCP_ANSWER_BLOB && !a->promised) {
        return mcp_answer_read_bytes(a);
    }

    must = (a->promised || type == MCP_ANSWER_JSON || a->conf->select.len);

    if (answer->body.len == 0 && !answer->over && type != MCP_ANSWER_TEXT) {
        a->is = MCP_ANSWER_IS_NOTHING;

        return a->promised || a->conf->select.len
               ? mcp_answer_refuse(a, "has no body", NULL) : NGX_OK;
    }

    if (must) {
        return mcp_answer_read_json(a, 1);
    }

    if (type == MCP_ANSWER_TEXT) {
        return mcp_answer_read_text(a);
    }

    if (a->tool && !answer->over
        && (a->media.json
            || (a->media.name.len == 0 && mcp_answer_looks(&answer->body))))
    {
        return mcp_answer_read_json(a, 0);
    }

    if (a->media.text || a->media.json) {
        return mcp_answer_read_text(a);
    }

    if (a->media.name.len == 0) {
        return mcp_answer_read_text(a);
    }

    return mcp_answer_read_bytes(a);
}


static ngx_int_t
mcp_answer_read_json(mcp_answer_read_t *a, ngx_uint_t must)
{
    cJSON           *root;
    ngx_int_t        rc;
    mcp_json_doc_t   doc;

    if (a->answer->over) {
        return mcp_answer_refuse(a, "is too long to be read as JSON", NULL);
    }

    if (a->raw) {
        rc = mcp_answer_read_raw(a);

        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    rc = mcp_answer_utf8(a->pool, &a->media, &a->answer->body, &a->text);

    if (rc == NGX_OK) {
        rc = mcp_json_parse(a->pool, &a->text, &doc, &root);

        if (rc == NGX_OK) {
            return mcp_answer_select(a, root);
        }

        if (rc == NGX_DECLINED && !must
            && (a->media.name.len == 0 || !mcp_json_err_is_syntax(doc.err)))
        {
            a->is = MCP_ANSWER_IS_TEXT;
            return NGX_OK;
        }

        if (rc == NGX_DECLINED) {
            return mcp_answer_refuse(a, "cannot be read as JSON", &doc);
        }
    }

    if (rc == NGX_DECLINED && !must && a->media.name.len == 0) {
        return mcp_answer_read_bytes(a);
    }

    if (rc == NGX_DECLINED) {
        return mcp_answer_refuse(a, "is not JSON in UTF-8", NULL);
    }

    return NGX_ERROR;
}


/*
 * An object or an array goes on as it is written, once the scan has accepted
 * it, but for white space: it may become a part of an event, which is one
 * line.  NGX_DECLINED: it is something else, or has to be written anew.
 */

static ngx_int_t
mcp_answer_read_raw(mcp_answer_read_t *a)
{
    ngx_int_t        rc;
    mcp_buf_t        b;
    mcp_json_doc_t   doc;

    a->text = a->answer->body;

    if (a->media.latin || a->media.foreign || a->text.len == 0
        || mcp_answer_escaped(&a->text))
    {
        return NGX_DECLINED;
    }

    rc = mcp_json_scan(&doc, a->pool, a->text.data, a->text.len);

    if (rc != NGX_OK) {
        return rc;
    }

    if (doc.tokens->type != MCP_JSON_OBJECT
        && doc.tokens->type != MCP_JSON_ARRAY)
    {
        return NGX_DECLINED;
    }

    a->is = MCP_ANSWER_IS_JSON;
    a->text = doc.tokens->text;

    if (memchr(a->text.data, ' ', a->text.len) == NULL
        && memchr(a->text.data, LF, a->text.len) == NULL
        && memchr(a->text.data, CR, a->text.len) == NULL
        && memchr(a->text.data, '\t', a->text.len) == NULL)
    {
        return NGX_OK;
    }

    mcp_buf_init(&b, a->pool, a->text.len);
    mcp_json_compact(&b, &a->text);

    return mcp_buf_done(&b, &a->text);
}


/* characters that need not be: a model reads them better as they are */

static ngx_uint_t
mcp_answer_escaped(const ngx_str_t *text)
{
    u_char  *p, *last;

    p = text->data;
    last = p + text->len;

    for ( ;; ) {
        p = memchr(p, '\\', last - p);

        if (p == NULL || last - p < 2) {
            return 0;
        }

        if (p[1] == 'u' || p[1] == '/') {
            return 1;
        }

        p += 2;
    }
}


/* without a type what is no text is but bytes */

static ngx_int_t
mcp_answer_read_text(mcp_answer_read_t *a)
{
    ngx_int_t  rc;
    ngx_str_t  body;

    body = a->answer->body;

    if (a->answer->over) {
        body.len = mcp_answer_whole(&body, a->conf->max);
    }

    rc = mcp_answer_utf8(a->pool, &a->media, &body, &a->text);

    if (rc == NGX_DECLINED && a->conf->type == MCP_ANSWER_AUTO
        && a->media.name.len == 0)
    {
        return mcp_answer_read_bytes(a);
    }

    if (rc == NGX_DECLINED) {
        return mcp_answer_refuse(a, a->media.foreign
                                    ? "is in a charset that is not known here"
                                    : "is not text in UTF-8", NULL);
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    a->is = MCP_ANSWER_IS_TEXT;

    return a->answer->over ? mcp_answer_cut(a) : NGX_OK;
}


static ngx_int_t
mcp_answer_read_bytes(mcp_answer_read_t *a)
{
    if (a->answer->over) {
        return mcp_answer_refuse(a, "is too long, and cannot be cut", NULL);
    }

    a->is = MCP_ANSWER_IS_BYTES;

    return NGX_OK;
}


static ngx_int_t
mcp_answer_select(mcp_answer_read_t *a, const cJSON *root)
{
    mcp_buf_t  b;
    ngx_str_t  from;

    a->is = MCP_ANSWER_IS_VALUE;
    a->value = root;

    from = a->conf->select;

    if (from.len == 0) {
        return NGX_OK;
    }

    if (*from.data == '/') {
        from.data++;
        from.len--;
    }

    a->value = mcp_pass_find(root, &from);

    if (a->value) {
        return NGX_OK;
    }

    mcp_buf_init(&b, a->pool, 256);
    mcp_buf_lit(&b, "The answer of the service has no \"");
    mcp_answer_plain(&b, &a->conf->select, MCP_ANSWER_EXCERPT, 0);
    mcp_buf_lit(&b, "\"");

    if (mcp_answer_excerpt(a->pool, a->answer, &b) != NGX_OK
        || mcp_buf_done(&b, &a->text) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_DECLINED;
}


static ngx_int_t
mcp_answer_cut(mcp_answer_read_t *a)
{
    size_t     n;
    mcp_buf_t  b;

    /* at a line, if that does not lose most of it */

    n = a->text.len;

    while (n > a->text.len / 2 && a->text.data[n - 1] != '\n') {
        n--;
    }

    if (n > a->text.len / 2) {
        a->text.len = n;
    }

    mcp_buf_init(&b, a->pool, a->text.len + 128);
    mcp_buf_str(&b, &a->text);

    if (a->text.len && a->text.data[a->text.len - 1] != '\n') {
        mcp_buf_char(&b, '\n');
    }

    mcp_buf_lit(&b, "[The answer is longer than ");
    mcp_buf_int(&b, a->conf->max);
    mcp_buf_lit(&b, " bytes and was cut here.]");

    return mcp_buf_done(&b, &a->text);
}


static ngx_uint_t
mcp_answer_looks(const ngx_str_t *body)
{
    size_t  i;

    for (i = 0; i < body->len; i++) {

        switch (body->data[i]) {

        case ' ':
        case '\t':
        case '\r':
        case '\n':
            continue;

        case '{':
        case '[':
            return 1;

        default:
            return 0;
        }
    }

    return 0;
}


static ngx_int_t
mcp_answer_refuse(mcp_answer_read_t *a, const char *why,
    const mcp_json_doc_t *doc)
{
    mcp_buf_t    b;
    const char  *err;

    mcp_buf_init(&b, a->pool, 256);

    mcp_buf_lit(&b, "The answer of the service (HTTP ");
    mcp_buf_int(&b, a->answer->status);
    mcp_buf_lit(&b, ") ");
    mcp_buf_add(&b, why, ngx_strlen(why));

    if (doc) {
        err = mcp_json_strerror(doc->err);

        mcp_buf_lit(&b, ", ");
        mcp_buf_add(&b, err, ngx_strlen(err));
        mcp_buf_lit(&b, " at byte ");
        mcp_buf_int(&b, doc->offset);
    }

    if (mcp_answer_excerpt(a->pool, a->answer, &b) != NGX_OK
        || mcp_buf_done(&b, &a->text) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_DECLINED;
}
