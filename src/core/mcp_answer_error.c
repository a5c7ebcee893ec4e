
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_answer.h>
#include <mcp_answer_media.h>


#define MCP_ANSWER_LOCATION  256     /* bytes of one in an error */


static ngx_uint_t mcp_answer_is_status(const ngx_str_t *from);
static void mcp_answer_unusable(const mcp_answer_conf_t *conf,
    const mcp_answer_t *answer, mcp_buf_t *b);
static void mcp_answer_status(ngx_uint_t status, mcp_buf_t *b);
static void mcp_answer_redirect(const mcp_answer_t *answer, mcp_buf_t *b);
static ngx_uint_t mcp_answer_has(const ngx_str_t *text, const char *what);


static const struct {
    ngx_uint_t    status;
    const char   *words;
} mcp_answer_words[] = {
    { 300, " Multiple Choices" },
    { 301, " Moved Permanently" },
    { 302, " Found" },
    { 303, " See Other" },
    { 304, " Not Modified" },
    { 307, " Temporary Redirect" },
    { 308, " Permanent Redirect" },
    { 400, " Bad Request" },
    { 401, " Unauthorized" },
    { 402, " Payment Required" },
    { 403, " Forbidden" },
    { 404, " Not Found" },
    { 405, " Method Not Allowed" },
    { 406, " Not Acceptable" },
    { 408, " Request Timeout" },
    { 409, " Conflict" },
    { 410, " Gone" },
    { 411, " Length Required" },
    { 412, " Precondition Failed" },
    { 413, " Content Too Large" },
    { 414, " URI Too Long" },
    { 415, " Unsupported Media Type" },
    { 422, " Unprocessable Content" },
    { 423, " Locked" },
    { 428, " Precondition Required" },
    { 429, " Too Many Requests" },
    { 431, " Request Header Fields Too Large" },
    { 451, " Unavailable For Legal Reasons" },
    { 500, " Internal Server Error" },
    { 501, " Not Implemented" },
    { 502, " Bad Gateway" },
    { 503, " Service Unavailable" },
    { 504, " Gateway Timeout" },
    { 0, NULL }
};


ngx_int_t
mcp_answer_error(const mcp_answer_conf_t *conf, ngx_pool_t *pool,
    const mcp_answer_t *answer, ngx_str_t *text)
{
    mcp_buf_t  b;
    ngx_int_t  rc;

    if (answer->status >= 300 && conf->error.nelts) {
        rc = mcp_answer_template(conf, pool, answer, text);

        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    mcp_buf_init(&b, pool, 256);

    if (answer->status == 0) {
        mcp_buf_lit(&b, "The service cannot be reached, or broke off.");

    } else if (answer->status >= 200 && answer->status < 300) {
        mcp_answer_unusable(conf, answer, &b);

    } else {
        mcp_answer_status(answer->status, &b);

        if (answer->status < 400) {
            mcp_answer_redirect(answer, &b);

        } else if (mcp_answer_excerpt(pool, answer, &b) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return mcp_buf_done(&b, text);
}


ngx_int_t
mcp_answer_template(const mcp_answer_conf_t *conf, ngx_pool_t *pool,
    const mcp_answer_t *answer, ngx_str_t *text)
{
    cJSON               *root;
    mcp_buf_t            b;
    ngx_int_t            rc;
    ngx_str_t            body, whole;
    ngx_uint_t           i, wanted, found;
    ngx_array_t          one;
    const cJSON         *value;
    mcp_json_doc_t       doc;
    mcp_pass_atom_t     *atom, piece;
    mcp_answer_media_t   media;

    root = NULL;

    if (mcp_answer_media(pool, &answer->type, &media) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = mcp_answer_utf8(pool, &media, &answer->body, &body);

    if (rc == NGX_OK && !answer->over) {
        rc = mcp_json_parse(pool, &body, &doc, &root);
    }

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    mcp_buf_init(&b, pool, 256);

    wanted = 0;
    found = 0;
    one = conf->error;
    one.elts = &piece;
    one.nelts = 1;
    atom = conf->error.elts;

    for (i = 0; i < conf->error.nelts; i++) {
        piece = atom[i];

        if (piece.op != MCP_PASS_LITERAL) {

            if (mcp_answer_is_status(&piece.from)) {
                mcp_buf_int(&b, answer->status);
                continue;
            }

            value = mcp_pass_find(root, &piece.from);

            wanted++;
            found += (value && !cJSON_IsNull(value));

            piece.json = (cJSON_IsArray(value) || cJSON_IsObject(value));
        }

        if (mcp_pass_text(&one, root, &b) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (wanted && !found) {
        return NGX_DECLINED;
    }

    if (mcp_buf_done(&b, &whole) != NGX_OK) {
        return NGX_ERROR;
    }

    mcp_buf_init(&b, pool, ngx_min(whole.len, MCP_RESULT_ERROR_MAX));
    mcp_answer_plain(&b, &whole, MCP_RESULT_ERROR_MAX, 1);

    return mcp_buf_done(&b, text);
}


static ngx_uint_t
mcp_answer_is_status(const ngx_str_t *from)
{
    return from->len == 6 && ngx_memcmp(from->data, "status", 6) == 0;
}


/* what would have been a result */

static void
mcp_answer_unusable(const mcp_answer_conf_t *conf, const mcp_answer_t *answer,
    mcp_buf_t *b)
{
    mcp_buf_lit(b, "The answer of the service (");
    mcp_answer_status(answer->status, b);

    if (answer->over) {
        mcp_buf_lit(b, ") is longer than ");
        mcp_buf_int(b, conf->max);
        mcp_buf_lit(b, " bytes.");

    } else {
        mcp_buf_lit(b, ") broke off before its end.");
    }
}


static void
mcp_answer_status(ngx_uint_t status, mcp_buf_t *b)
{
    ngx_uint_t   i;

    mcp_buf_lit(b, "HTTP ");
    mcp_buf_int(b, status);

    for (i = 0; mcp_answer_words[i].status; i++) {
        if (mcp_answer_words[i].status == status) {
            mcp_buf_add(b, mcp_answer_words[i].words,
                        ngx_strlen(mcp_answer_words[i].words));
            return;
        }
    }
}


static void
mcp_answer_redirect(const mcp_answer_t *answer, mcp_buf_t *b)
{
    if (answer->location.len == 0) {
        return;
    }

    mcp_buf_lit(b, ": a redirect to \"");
    mcp_answer_plain(b, &answer->location, MCP_ANSWER_LOCATION, 0);
    mcp_buf_lit(b, "\", which is not followed");
}


ngx_int_t
mcp_answer_excerpt(ngx_pool_t *pool, const mcp_answer_t *answer, mcp_buf_t *b)
{
    size_t               before;
    ngx_int_t            rc;
    ngx_str_t            text;
    mcp_answer_media_t   media;

    if (answer->body.len == 0) {
        return NGX_OK;
    }

    if (mcp_answer_media(pool, &answer->type, &media) != NGX_OK) {
        return NGX_ERROR;
    }

    /* a page that nginx makes says no more than the status does */

    if (media.html && mcp_answer_has(&answer->body, "<hr><center>nginx")) {
        return NGX_OK;
    }

    text = answer->body;

    if (!media.image && !media.audio) {
        rc = mcp_answer_utf8(pool, &media, &answer->body, &text);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_OK || media.text || media.json) {
            mcp_buf_lit(b, ": ");
            before = mcp_buf_len(b);

            if (media.html) {
                mcp_answer_plain_html(b, &text, MCP_ANSWER_EXCERPT);

            } else {
                mcp_answer_plain(b, &text, MCP_ANSWER_EXCERPT, !media.json);
            }

            if (mcp_buf_len(b) == before && !b->failed) {
                b->last -= 2;
            }

            return NGX_OK;
        }
    }

    mcp_buf_lit(b, " (");
    mcp_buf_str(b, &media.name);
    mcp_buf_add(b, ", ", media.name.len ? 2 : 0);
    mcp_buf_int(b, answer->body.len);
    mcp_buf_lit(b, " bytes");

    if (answer->over) {
        mcp_buf_lit(b, " and more");
    }

    mcp_buf_char(b, ')');

    return NGX_OK;
}


static ngx_uint_t
mcp_answer_has(const ngx_str_t *text, const char *what)
{
    size_t   len;
    u_char  *p, *last;

    len = ngx_strlen(what);

    if (text->len < len) {
        return 0;
    }

    last = text->data + text->len - len;

    for (p = text->data; p <= last; p++) {
        if (*p == (u_char) *what && ngx_memcmp(p, what, len) == 0) {
            return 1;
        }
    }

    return 0;
}
