
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_protect.h>
#include <mcp_origin.h>
#include <mcp_uri.h>


#define MCP_PROTECT_WELL_KNOWN  "/.well-known/oauth-protected-resource"


typedef struct {
    mcp_origin_t        origin;
    ngx_str_t           base;        /* "https://example.com:8443" */
    ngx_str_t           path;        /* with what follows it, or empty */
    unsigned            https:1;
} mcp_protect_uri_t;


static const char *mcp_protect_parse(const ngx_str_t *text,
    mcp_protect_uri_t *uri);
static const char *mcp_protect_path(u_char *p, u_char *last);
static ngx_uint_t mcp_protect_local(const ngx_str_t *host);
static void mcp_protect_list(mcp_buf_t *b, const char *name,
    const ngx_array_t *list);
static ngx_uint_t mcp_protect_param(mcp_buf_t *b, const char *name,
    const ngx_str_t *value, ngx_uint_t n);


/* RFC 6750, section 3.1 */

static const ngx_str_t  mcp_protect_errors[] = {
    ngx_null_string,
    ngx_string("invalid_request"),
    ngx_string("invalid_token"),
    ngx_string("insufficient_scope")
};


ngx_int_t
mcp_protect_uri(ngx_pool_t *pool, const ngx_str_t *resource,
    ngx_str_t *metadata, ngx_str_t *url, const char **err)
{
    u_char             *p, *src, *dst;
    mcp_buf_t           b;
    mcp_protect_uri_t   uri;

    *err = mcp_protect_parse(resource, &uri);

    if (*err) {
        return NGX_DECLINED;
    }

    /* RFC 9728, section 3.1 */

    if (uri.path.len == 1) {
        uri.path.len = 0;
    }

    mcp_buf_init(&b, pool, resource->len + sizeof(MCP_PROTECT_WELL_KNOWN));
    mcp_buf_str(&b, &uri.base);
    mcp_buf_lit(&b, MCP_PROTECT_WELL_KNOWN);
    mcp_buf_str(&b, &uri.path);

    if (mcp_buf_done(&b, url) != NGX_OK) {
        return NGX_ERROR;
    }

    metadata->len = sizeof(MCP_PROTECT_WELL_KNOWN) - 1 + uri.path.len;
    metadata->data = ngx_pnalloc(pool, metadata->len);

    if (metadata->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(metadata->data, MCP_PROTECT_WELL_KNOWN,
                   sizeof(MCP_PROTECT_WELL_KNOWN) - 1);

    src = uri.path.data;
    dst = p;

    ngx_unescape_uri(&dst, &src, uri.path.len, 0);

    metadata->len = dst - metadata->data;
    *err = mcp_protect_path(p, dst);

    return *err ? NGX_DECLINED : NGX_OK;
}


const char *
mcp_protect_issuer(const ngx_str_t *text)
{
    const char         *err;
    mcp_protect_uri_t   uri;

    err = mcp_protect_parse(text, &uri);

    if (err) {
        return err;
    }

    if (!uri.https && !mcp_protect_local(&uri.origin.host)) {
        return "is not https";
    }

    return NULL;
}


static const char *
mcp_protect_parse(const ngx_str_t *text, mcp_protect_uri_t *uri)
{
    u_char     *p, *last;
    ngx_str_t  *scheme;

    if (!mcp_uri_valid(text)) {
        return "is not a URI";
    }

    p = text->data;
    last = p + text->len;

    if (ngx_strlchr(p, last, '#')) {
        return "has a fragment";
    }

    if (ngx_strlchr(p, last, '?')) {
        return "has a query";
    }

    p = ngx_strnstr(p, "://", text->len);

    if (p == NULL) {
        return "is not an absolute URI of http or https";
    }

    uri->path.data = ngx_strlchr(p + 3, last, '/');

    if (uri->path.data == NULL) {
        uri->path.data = last;
    }

    uri->path.len = last - uri->path.data;
    uri->base.data = text->data;
    uri->base.len = uri->path.data - text->data;

    if (ngx_strlchr(p, uri->path.data, '@')) {
        return "has a user";
    }

    if (mcp_origin_parse(&uri->base, &uri->origin) != NGX_OK
        || uri->origin.wildcard || uri->origin.any_port)
    {
        return "has no valid host and port";
    }

    scheme = &uri->origin.scheme;
    uri->https = (scheme->len == 5);

    if ((scheme->len != 4 && scheme->len != 5)
        || ngx_strncasecmp(scheme->data, (u_char *) "https", scheme->len) != 0)
    {
        return "is not an absolute URI of http or https";
    }

    return NULL;
}


/* a path that no server in between, and not nginx either, makes another of */

static const char *
mcp_protect_path(u_char *p, u_char *last)
{
    size_t   len;
    u_char  *segment;

    if (ngx_strlchr(p, last, '\0')) {
        return "has a NUL in its path";
    }

    while (p < last) {
        segment = ++p;

        while (p < last && *p != '/') {
            p++;
        }

        len = p - segment;

        if (len == 0 && p < last) {
            return "has an empty segment in its path";
        }

        if (len && len <= 2 && segment[0] == '.' && segment[len - 1] == '.') {
            return "has a dot segment in its path";
        }
    }

    return NULL;
}


/* names that others could own, "127.example.com", are not this machine */

static ngx_uint_t
mcp_protect_local(const ngx_str_t *host)
{
    size_t  i;

    if ((host->len == 9
         && ngx_strncasecmp(host->data, (u_char *) "localhost", 9) == 0)
        || (host->len == 5 && ngx_strncmp(host->data, "[::1]", 5) == 0))
    {
        return 1;
    }

    if (host->len < 4 || ngx_strncmp(host->data, "127.", 4) != 0) {
        return 0;
    }

    for (i = 4; i < host->len; i++) {
        if (host->data[i] != '.'
            && (host->data[i] < '0' || host->data[i] > '9'))
        {
            return 0;
        }
    }

    return 1;
}


ngx_int_t
mcp_protect_metadata(const mcp_protect_t *protect, ngx_pool_t *pool,
    ngx_str_t *json)
{
    mcp_buf_t  b;

    mcp_buf_init(&b, pool, 256);

    mcp_buf_lit(&b, "{\"resource\":");
    mcp_buf_json_string(&b, protect->resource.data, protect->resource.len);
    mcp_buf_json_member(&b, "resource_name", &protect->name);

    mcp_protect_list(&b, "authorization_servers", protect->servers);
    mcp_protect_list(&b, "scopes_supported", protect->scopes);

    /* a token in a query or a body is never looked for */

    mcp_buf_lit(&b, ",\"bearer_methods_supported\":[\"header\"]}");

    return mcp_buf_done(&b, json);
}


/* what has no elements must not be there: RFC 9728, section 3.2 */

static void
mcp_protect_list(mcp_buf_t *b, const char *name, const ngx_array_t *list)
{
    ngx_str_t   *elts;
    ngx_uint_t   i;

    if (list == NULL || list->nelts == 0) {
        return;
    }

    elts = list->elts;

    mcp_buf_lit(b, ",\"");
    mcp_buf_add(b, name, ngx_strlen(name));
    mcp_buf_lit(b, "\":");

    for (i = 0; i < list->nelts; i++) {
        mcp_buf_char(b, i ? ',' : '[');
        mcp_buf_json_string(b, elts[i].data, elts[i].len);
    }

    mcp_buf_char(b, ']');
}


ngx_int_t
mcp_protect_challenge(ngx_pool_t *pool, mcp_challenge_e error,
    const ngx_str_t *url, const ngx_str_t *scope, ngx_str_t *value)
{
    mcp_buf_t   b;
    ngx_uint_t  n;

    mcp_buf_init(&b, pool, 128 + url->len + scope->len);
    mcp_buf_lit(&b, "Bearer");

    n = mcp_protect_param(&b, "error", &mcp_protect_errors[error], 0);
    n = mcp_protect_param(&b, "resource_metadata", url, n);
    n = mcp_protect_param(&b, "scope", scope, n);

    if (n == 0) {

        /* there must be a parameter: RFC 6750, section 3 */

        mcp_buf_lit(&b, " realm=\"mcp\"");
    }

    return mcp_buf_done(&b, value);
}


/* returns how many parameters there are with this one */

static ngx_uint_t
mcp_protect_param(mcp_buf_t *b, const char *name, const ngx_str_t *value,
    ngx_uint_t n)
{
    u_char  *p, *last;

    if (value->len == 0) {
        return n;
    }

    if (n) {
        mcp_buf_char(b, ',');
    }

    mcp_buf_char(b, ' ');
    mcp_buf_add(b, name, ngx_strlen(name));
    mcp_buf_lit(b, "=\"");

    last = value->data + value->len;

    for (p = value->data; p < last; p++) {
        if (*p >= ' ' && *p < 0x7f && *p != '"' && *p != '\\') {
            mcp_buf_char(b, *p);
        }
    }

    mcp_buf_char(b, '"');

    return n + 1;
}
