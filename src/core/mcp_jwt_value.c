
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_buf.h>
#include <mcp_jwt_key.h>


/* beyond this many digits before the point no time is sane */
#define MCP_JWT_DIGITS_MAX  100000


static const u_char *mcp_jwt_exponent(const u_char *p, const u_char *end,
    ngx_int_t *exponent);
static void mcp_jwt_scope_add(mcp_buf_t *b, const u_char *p, size_t len);


/*
 * NumericDate (RFC 7519, section 2) of a number the scan has accepted.  The
 * digits are taken as they are, for a double would round 1.9999999999999999
 * up.
 */

ngx_int_t
mcp_jwt_date(const mcp_json_token_t *token, int64_t *date)
{
    int64_t        n;
    ngx_int_t      point, exponent;
    const u_char  *p, *end;

    if (token == NULL) {
        return NGX_OK;
    }

    p = token->text.data;

    if (token->type != MCP_JSON_NUMBER || *p == '-') {
        return NGX_DECLINED;
    }

    end = mcp_jwt_exponent(p, p + token->text.len, &exponent);

    for (point = 0; p + point < end && p[point] != '.'; point++) {
        /* void */
    }

    point += exponent;

    for (n = 0; point > 0 && n <= MCP_JWT_TIME_MAX; point--) {

        if (p < end && *p == '.') {
            p++;
        }

        if (p == end && n == 0) {
            break;
        }

        n = n * 10 + (p < end ? *p++ - '0' : 0);
    }

    if (n > MCP_JWT_TIME_MAX) {
        return NGX_DECLINED;
    }

    *date = n;

    return NGX_OK;
}


/* the end of the digits before it */

static const u_char *
mcp_jwt_exponent(const u_char *p, const u_char *end, ngx_int_t *exponent)
{
    ngx_int_t      n;
    ngx_uint_t     negative;
    const u_char  *last;

    *exponent = 0;

    while (p < end && *p != 'e' && *p != 'E') {
        p++;
    }

    last = p;

    if (p++ == end) {
        return last;
    }

    negative = (*p == '-');

    if (*p == '-' || *p == '+') {
        p++;
    }

    for (n = 0; p < end && n < MCP_JWT_DIGITS_MAX; p++) {
        n = n * 10 + (*p - '0');
    }

    *exponent = negative ? -n : n;

    return last;
}


ngx_int_t
mcp_jwt_scope(mcp_json_doc_t *doc, ngx_pool_t *pool, const ngx_str_t *claim,
    ngx_str_t *scope, const char **err)
{
    u_char            *p, *last, *end;
    mcp_buf_t          b;
    ngx_str_t          value;
    ngx_uint_t         i, n;
    mcp_json_token_t  *root, *token;

    root = &doc->tokens[0];

    if (claim->len) {
        token = mcp_json_member(doc, root, (char *) claim->data, claim->len);

    } else {
        token = mcp_json_get(doc, root, "scope");

        if (token == NULL) {
            token = mcp_json_get(doc, root, "scp");
        }
    }

    ngx_str_null(scope);

    if (token == NULL) {
        return NGX_OK;
    }

    mcp_buf_init(&b, pool, token->text.len);

    n = 1;

    if (token->type == MCP_JSON_ARRAY) {
        n = token->n;
        token++;
    }

    for (i = 0; i < n; i++) {

        if (token->type != MCP_JSON_STRING) {
            *err = "has scopes that are not strings";
            return NGX_DECLINED;
        }

        if (mcp_json_string(doc, token, &value) != NGX_OK) {
            return NGX_ERROR;
        }

        last = value.data + value.len;

        for (p = value.data; p < last; p = end + 1) {
            end = ngx_strlchr(p, last, ' ');
            end = end ? end : last;

            mcp_jwt_scope_add(&b, p, end - p);
        }

        token = &doc->tokens[token->next];
    }

    if (mcp_buf_len(&b) > MCP_JWT_SCOPE_MAX) {
        *err = "has too many scopes";
        return NGX_DECLINED;
    }

    return mcp_buf_done(&b, scope);
}


/* scope-token of RFC 6749, section 3.3 */

static void
mcp_jwt_scope_add(mcp_buf_t *b, const u_char *p, size_t len)
{
    size_t  i;

    if (len == 0) {
        return;
    }

    for (i = 0; i < len; i++) {

        if (p[i] <= 0x20 || p[i] >= 0x7f || p[i] == '"' || p[i] == '\\') {
            return;
        }
    }

    if (mcp_buf_len(b)) {
        mcp_buf_char(b, ' ');
    }

    mcp_buf_add(b, p, len);
}
