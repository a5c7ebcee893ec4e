
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_cors.h>
#include <mcp_origin.h>


/* a prefix of names, more of the name has to follow */
#define MCP_CORS_PARAM  "mcp-param-"


static ngx_uint_t mcp_cors_name(const ngx_str_t *name);


static const ngx_str_t  mcp_cors_origin_any = ngx_string("*");
static const ngx_str_t  mcp_cors_true = ngx_string("true");
static const ngx_str_t  mcp_cors_vary = ngx_string("Origin");
static const ngx_str_t  mcp_cors_methods = ngx_string("GET, POST, DELETE");

/* seconds: two hours are the most that browsers keep it */
static const ngx_str_t  mcp_cors_max_age = ngx_string("7200");

static const ngx_str_t  mcp_cors_exposed = ngx_string(
    "Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate, Retry-After, "
    "X-Request-Id");


static const ngx_str_t  mcp_cors_names[] = {
    ngx_string("accept"),
    ngx_string("authorization"),
    ngx_string("baggage"),
    ngx_string("content-type"),
    ngx_string("last-event-id"),
    ngx_string("mcp-method"),
    ngx_string("mcp-name"),
    ngx_string("mcp-protocol-version"),
    ngx_string("mcp-session-id"),
    ngx_string("traceparent"),
    ngx_string("tracestate"),
    ngx_string("x-api-key"),
    ngx_string("x-custom-auth-headers"),
    ngx_null_string
};


ngx_int_t
mcp_cors_answer(const mcp_cors_t *cors, ngx_str_t *origin,
    mcp_cors_headers_t *headers)
{
    ngx_memzero(headers, sizeof(mcp_cors_headers_t));

    if (cors->any) {

        /* the same for all, so that it does not vary either */

        if (origin->len == 0) {
            return NGX_DECLINED;
        }

        headers->origin = mcp_cors_origin_any;
        headers->exposed = mcp_cors_exposed;

        return NGX_OK;
    }

    headers->vary = mcp_cors_vary;

    if (origin->len == 0 || cors->origins == NULL
        || !mcp_origin_match(cors->origins, origin))
    {
        return NGX_DECLINED;
    }

    headers->origin = *origin;
    headers->exposed = mcp_cors_exposed;

    if (cors->credentials) {
        headers->credentials = mcp_cors_true;
    }

    return NGX_OK;
}


ngx_int_t
mcp_cors_preflight(const mcp_cors_t *cors, ngx_pool_t *pool,
    ngx_str_t *origin, const ngx_str_t *asked, mcp_cors_headers_t *headers)
{
    u_char     *p, *last;
    mcp_buf_t   b;
    ngx_str_t   name;

    if (mcp_cors_answer(cors, origin, headers) != NGX_OK) {
        return NGX_DECLINED;
    }

    ngx_str_null(&headers->exposed);

    headers->methods = mcp_cors_methods;
    headers->max_age = mcp_cors_max_age;

    mcp_buf_init(&b, pool, asked->len * 2);

    p = asked->data;
    last = p + asked->len;

    while (p < last) {
        name.data = p;

        while (p < last && *p != ',' && *p != ' ' && *p != '\t') {
            p++;
        }

        name.len = p - name.data;

        if (mcp_cors_name(&name)) {

            if (mcp_buf_len(&b)) {
                mcp_buf_lit(&b, ", ");
            }

            mcp_buf_str(&b, &name);
        }

        if (p < last) {
            p++;
        }
    }

    return mcp_buf_done(&b, &headers->headers);
}


/*
 * What a client sends and the endpoint reads; it is repeated as it is.  The
 * last one the Inspector sends wherever its user gives it a header to send.
 */

static ngx_uint_t
mcp_cors_name(const ngx_str_t *name)
{
    size_t            i, n;
    u_char            c;
    const ngx_str_t  *known;

    for (known = mcp_cors_names; known->len; known++) {
        if (known->len == name->len
            && ngx_strncasecmp(known->data, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    n = sizeof(MCP_CORS_PARAM) - 1;

    if (name->len <= n
        || ngx_strncasecmp(name->data, (u_char *) MCP_CORS_PARAM, n) != 0)
    {
        return 0;
    }

    /* tchar: RFC 9110, section 5.6.2 */

    for (i = n; i < name->len; i++) {
        c = (u_char) (name->data[i] | 0x20);

        if ((c < 'a' || c > 'z')
            && (name->data[i] < '0' || name->data[i] > '9')
            && (name->data[i] == '\0'
                || ngx_strchr("!#$%&'*+-.^_`|~", name->data[i]) == NULL))
        {
            return 0;
        }
    }

    return 1;
}
