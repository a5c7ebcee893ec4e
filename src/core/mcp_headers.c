
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_headers.h>
#include <mcp_number.h>


#define MCP_HEADERS_BASE64_PREFIX  "=?base64?"
#define MCP_HEADERS_BASE64_SUFFIX  "?="

#define MCP_HEADERS_JSON      "application/json"
#define MCP_HEADERS_JSON_LEN  (sizeof(MCP_HEADERS_JSON) - 1)

/* what nearly everybody sends is known at a glance */
#define mcp_headers_is(value, text)                                          \
    ((value)->len == sizeof(text) - 1                                        \
     && ngx_memcmp((value)->data, text, sizeof(text) - 1) == 0)


typedef enum {
    MCP_HEADERS_PLAIN = 0,           /* as it is */
    MCP_HEADERS_TEXT,                /* may be in a base64 sentinel */
    MCP_HEADERS_NUMBER               /* likewise, and compared as a number */
} mcp_headers_e;


static ngx_int_t mcp_headers_check(mcp_msg_t *msg, ngx_array_t *headers,
    const mcp_header_t *header, ngx_str_t *expected, mcp_headers_e kind);
static ngx_int_t mcp_headers_refuse(mcp_msg_t *msg, const char *fmt,
    const mcp_header_t *header);
static ngx_uint_t mcp_headers_is_visible(ngx_str_t *value);
static ngx_int_t mcp_headers_compare(ngx_pool_t *pool, ngx_str_t *value,
    ngx_str_t *expected, mcp_headers_e kind);
static mcp_json_token_t *mcp_headers_argument(mcp_msg_t *msg,
    const mcp_param_t *param);
static void mcp_headers_trim(ngx_str_t *s);
static ngx_uint_t mcp_headers_media_range(u_char *p, u_char *last);
static ngx_uint_t mcp_headers_q_is_zero(u_char *p, u_char *last);
static ngx_uint_t mcp_headers_utf8(u_char *p, u_char *last);


/* what the body is compared with: the name to find, the name to show */

static const mcp_header_t  mcp_headers_version = {
    ngx_string("mcp-protocol-version"),
    ngx_string("MCP-Protocol-Version")
};

static const mcp_header_t  mcp_headers_method = {
    ngx_string("mcp-method"),
    ngx_string("Mcp-Method")
};

static const mcp_header_t  mcp_headers_name = {
    ngx_string("mcp-name"),
    ngx_string("Mcp-Name")
};


ngx_int_t
mcp_headers_find(ngx_array_t *headers, const char *name, size_t len,
    ngx_str_t *value)
{
    ngx_int_t      rc;
    ngx_uint_t     i;
    mcp_header_t  *h;

    rc = NGX_DECLINED;
    h = headers->elts;

    for (i = 0; i < headers->nelts; i++) {

        if (h[i].name.len != len || ngx_memcmp(h[i].name.data, name, len) != 0)
        {
            continue;
        }

        if (rc == NGX_OK) {
            return NGX_ABORT;
        }

        *value = h[i].value;
        mcp_headers_trim(value);
        rc = NGX_OK;
    }

    return rc;
}


ngx_int_t
mcp_headers_decode(ngx_pool_t *pool, ngx_str_t *value, ngx_str_t *out)
{
    size_t     prefix, suffix;
    ngx_str_t  src, again;

    prefix = sizeof(MCP_HEADERS_BASE64_PREFIX) - 1;
    suffix = sizeof(MCP_HEADERS_BASE64_SUFFIX) - 1;

    if (value->len < prefix + suffix
        || ngx_memcmp(value->data, MCP_HEADERS_BASE64_PREFIX, prefix) != 0
        || ngx_memcmp(value->data + value->len - suffix,
                      MCP_HEADERS_BASE64_SUFFIX, suffix) != 0)
    {
        *out = *value;
        return NGX_OK;
    }

    src.data = value->data + prefix;
    src.len = value->len - prefix - suffix;

    out->data = ngx_pnalloc(pool, ngx_base64_decoded_length(src.len));
    again.data = ngx_pnalloc(pool, src.len + 4);
    if (out->data == NULL || again.data == NULL) {
        return NGX_ERROR;
    }

    if (ngx_decode_base64(out, &src) != NGX_OK) {
        return NGX_DECLINED;
    }

    /*
     * one text stands for one value: what encodes to another, for it lacks
     * padding, has bits left over or bytes behind the end, is refused
     */

    ngx_encode_base64(&again, out);

    if (again.len != src.len
        || ngx_memcmp(again.data, src.data, src.len) != 0)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


ngx_int_t
mcp_headers_check_version(mcp_msg_t *msg, ngx_array_t *headers,
    ngx_str_t *expected)
{
    return mcp_headers_check(msg, headers, &mcp_headers_version, expected,
                             MCP_HEADERS_PLAIN);
}


ngx_int_t
mcp_headers_check_method(mcp_msg_t *msg, ngx_array_t *headers)
{
    return mcp_headers_check(msg, headers, &mcp_headers_method, &msg->method,
                             MCP_HEADERS_PLAIN);
}


ngx_int_t
mcp_headers_check_name(mcp_msg_t *msg, ngx_array_t *headers,
    ngx_str_t *expected)
{
    return mcp_headers_check(msg, headers, &mcp_headers_name, expected,
                             MCP_HEADERS_TEXT);
}


ngx_int_t
mcp_headers_check_params(mcp_msg_t *msg, ngx_array_t *headers,
    const ngx_array_t *params)
{
    ngx_int_t           rc;
    ngx_str_t           text, *expected;
    ngx_uint_t          i;
    mcp_param_t        *param;
    mcp_headers_e       kind;
    mcp_json_token_t   *arg;

    param = params->elts;

    for (i = 0; i < params->nelts; i++) {
        arg = mcp_headers_argument(msg, &param[i]);
        expected = NULL;
        kind = MCP_HEADERS_TEXT;

        if (arg) {
            text = arg->text;
            expected = &text;

            if (arg->type == MCP_JSON_STRING
                && mcp_json_string(msg->doc, arg, &text) != NGX_OK)
            {
                return NGX_ERROR;
            }

            if (arg->type == MCP_JSON_NUMBER) {
                kind = MCP_HEADERS_NUMBER;
            }
        }

        rc = mcp_headers_check(msg, headers, &param[i].header, expected, kind);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


/* "expected" is NULL if the body has no value: then there is no header */

static ngx_int_t
mcp_headers_check(mcp_msg_t *msg, ngx_array_t *headers,
    const mcp_header_t *header, ngx_str_t *expected, mcp_headers_e kind)
{
    ngx_int_t  rc;
    ngx_str_t  raw, value, got, want;

    rc = mcp_headers_find(headers, (char *) header->name.data,
                          header->name.len, &raw);

    if (rc == NGX_DECLINED && expected == NULL) {
        return NGX_OK;
    }

    if (rc == NGX_DECLINED) {
        return mcp_headers_refuse(msg, "%V header is missing", header);
    }

    if (rc == NGX_ABORT) {
        return mcp_headers_refuse(msg, "duplicate %V header", header);
    }

    got = mcp_rpc_quote(&raw);

    if (expected == NULL) {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_HEADER,
                             "Header mismatch: %V header value '%V' has no "
                             "value in the body", &header->value, &got);
    }

    if (!mcp_headers_is_visible(&raw)) {
        return mcp_headers_refuse(msg, "%V header has invalid characters",
                                  header);
    }

    value = raw;

    if (kind != MCP_HEADERS_PLAIN) {
        rc = mcp_headers_decode(msg->doc->pool, &raw, &value);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_DECLINED) {
            return mcp_headers_refuse(msg, "%V header has invalid base64",
                                      header);
        }
    }

    rc = mcp_headers_compare(msg->doc->pool, &value, expected, kind);

    if (rc != NGX_DECLINED) {
        return rc;
    }

    want = mcp_rpc_quote(expected);

    return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_HEADER,
                         "Header mismatch: %V header value '%V' does not match "
                         "body value '%V'", &header->value, &got, &want);
}


static ngx_int_t
mcp_headers_refuse(mcp_msg_t *msg, const char *fmt, const mcp_header_t *header)
{
    u_char  *p, buf[MCP_RPC_QUOTE_MAX + 128];

    p = ngx_slprintf(buf, buf + sizeof(buf) - 1, fmt, &header->value);
    *p = '\0';

    return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_HEADER,
                         "Header mismatch: %s", buf);
}


/* what a field value may have (RFC 9110, section 5.5, without obs-text) */

static ngx_uint_t
mcp_headers_is_visible(ngx_str_t *value)
{
    size_t  i;
    u_char  c;

    for (i = 0; i < value->len; i++) {
        c = value->data[i];

        if ((c < 0x20 && c != '\t') || c > 0x7e) {
            return 0;
        }
    }

    return 1;
}


/* of numbers 42.0 and 42 are equal; NGX_OK, NGX_DECLINED or NGX_ERROR */

static ngx_int_t
mcp_headers_compare(ngx_pool_t *pool, ngx_str_t *value, ngx_str_t *expected,
    mcp_headers_e kind)
{
    cJSON           *a, *b;
    ngx_int_t        rc;
    mcp_json_doc_t   doc;

    if (value->len == expected->len
        && ngx_memcmp(value->data, expected->data, value->len) == 0)
    {
        return NGX_OK;
    }

    if (kind != MCP_HEADERS_NUMBER) {
        return NGX_DECLINED;
    }

    rc = mcp_json_parse(pool, value, &doc, &a);

    if (rc != NGX_OK) {
        return rc;
    }

    /* nor is it a number with space around it */

    if (!cJSON_IsNumber(a) || doc.tokens->text.len != value->len) {
        return NGX_DECLINED;
    }

    if (mcp_json_parse(pool, expected, &doc, &b) != NGX_OK) {
        return NGX_ERROR;
    }

    return mcp_number_cmp(a, b) == 0 ? NGX_OK : NGX_DECLINED;
}


/*
 * An argument that is null or not there has no header.  Nor is there a text
 * for arrays and objects: the schema is about to refuse them.
 */

static mcp_json_token_t *
mcp_headers_argument(mcp_msg_t *msg, const mcp_param_t *param)
{
    ngx_str_t         *member;
    ngx_uint_t         i;
    mcp_json_token_t  *value;

    value = mcp_json_get(msg->doc, msg->params, "arguments");
    member = param->path.elts;

    for (i = 0; i < param->path.nelts; i++) {
        value = mcp_json_member(msg->doc, value, (char *) member[i].data,
                                member[i].len);
    }

    if (value == NULL || value->type == MCP_JSON_NULL
        || value->type == MCP_JSON_ARRAY || value->type == MCP_JSON_OBJECT)
    {
        return NULL;
    }

    return value;
}


static void
mcp_headers_trim(ngx_str_t *s)
{
    while (s->len && (s->data[0] == ' ' || s->data[0] == '\t')) {
        s->data++;
        s->len--;
    }

    while (s->len && (s->data[s->len - 1] == ' '
                      || s->data[s->len - 1] == '\t'))
    {
        s->len--;
    }
}


ngx_uint_t
mcp_headers_accept(ngx_str_t *value)
{
    u_char      *p, *last, *comma;
    ngx_uint_t   accept;

    if (mcp_headers_is(value, MCP_HEADERS_JSON ", text/event-stream")) {
        return MCP_ACCEPT_ANY|MCP_ACCEPT_EVENTS;
    }

    p = value->data;
    last = p + value->len;
    accept = 0;

    while (p < last) {
        comma = ngx_strlchr(p, last, ',');

        if (comma == NULL) {
            comma = last;
        }

        accept |= mcp_headers_media_range(p, comma);

        p = comma + 1;
    }

    return accept;
}


static ngx_uint_t
mcp_headers_media_range(u_char *p, u_char *last)
{
    u_char      *semi;
    ngx_str_t    range;
    ngx_uint_t   i;

    static const struct {
        ngx_str_t   name;
        ngx_uint_t  accept;
    } ranges[] = {
        { ngx_string(MCP_HEADERS_JSON), MCP_ACCEPT_ANY },
        { ngx_string("text/event-stream"), MCP_ACCEPT_ANY|MCP_ACCEPT_EVENTS },
        { ngx_string("*/*"), MCP_ACCEPT_ANY },
        { ngx_string("application/*"), MCP_ACCEPT_ANY },
        { ngx_string("text/*"), MCP_ACCEPT_ANY },
        { ngx_null_string, 0 }
    };

    semi = ngx_strlchr(p, last, ';');

    range.data = p;
    range.len = (semi ? semi : last) - p;
    mcp_headers_trim(&range);

    for (i = 0; ranges[i].name.len; i++) {

        if (range.len != ranges[i].name.len
            || ngx_strncasecmp(range.data, ranges[i].name.data, range.len)
               != 0)
        {
            continue;
        }

        if (semi && mcp_headers_q_is_zero(semi, last)) {
            return 0;
        }

        return ranges[i].accept;
    }

    return 0;
}


/* ";q=0", ";q=0.0": not wanted (RFC 9110, section 12.4.2) */

static ngx_uint_t
mcp_headers_q_is_zero(u_char *p, u_char *last)
{
    ngx_str_t  param;

    while (p && p < last) {
        param.data = p + 1;
        p = ngx_strlchr(p + 1, last, ';');
        param.len = (p ? p : last) - param.data;
        mcp_headers_trim(&param);

        if (param.len < 3 || (param.data[0] | 0x20) != 'q'
            || param.data[1] != '=')
        {
            continue;
        }

        for (param.data += 2, param.len -= 2; param.len; param.len--) {
            if (*param.data != '0' && *param.data != '.') {
                return 0;
            }

            param.data++;
        }

        return 1;
    }

    return 0;
}


ngx_uint_t
mcp_headers_json(ngx_str_t *value)
{
    u_char     *semi;
    ngx_str_t   type;

    if (mcp_headers_is(value, MCP_HEADERS_JSON)) {
        return 1;
    }

    semi = ngx_strlchr(value->data, value->data + value->len, ';');

    type.data = value->data;
    type.len = semi ? (size_t) (semi - value->data) : value->len;
    mcp_headers_trim(&type);

    return type.len == MCP_HEADERS_JSON_LEN
           && ngx_strncasecmp(type.data, (u_char *) MCP_HEADERS_JSON,
                              MCP_HEADERS_JSON_LEN)
              == 0
           && (semi == NULL
               || mcp_headers_utf8(semi, value->data + value->len));
}


/*
 * JSON is UTF-8.  A server that reads it as something else, as UTF-7, reads
 * other names than those that were looked at; and however parameters may be
 * written, this word has to be in them.
 */

static ngx_uint_t
mcp_headers_utf8(u_char *p, u_char *last)
{
    ssize_t  n, len;

    n = sizeof("charset") - 1;
    len = sizeof("utf-8") - 1;

    for ( /* void */ ; last - p >= n; p++) {

        if (ngx_strncasecmp(p, (u_char *) "charset", n) != 0) {
            continue;
        }

        p += n;

        if (p == last || *p++ != '=') {
            return 0;
        }

        if (p < last && *p == '"') {
            p++;
        }

        if (last - p < len
            || ngx_strncasecmp(p, (u_char *) "utf-8", len) != 0)
        {
            return 0;
        }

        p += len;

        if (p < last && ngx_strchr(";\" \t", *p) == NULL) {
            return 0;
        }
    }

    return 1;
}
