
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_outgoing.h>


typedef struct {
    ngx_str_t    name;
    ngx_uint_t   bit;
} ngx_http_mcp_method_t;


/* headers that variables look for in a place of their own */

typedef struct {
    ngx_str_t    name;                     /* in lower case */
    size_t       offset;
} ngx_http_mcp_slot_t;


static ngx_int_t ngx_http_mcp_outgoing_index(ngx_conf_t *cf,
    ngx_str_t *name);
static ngx_int_t ngx_http_mcp_outgoing_headers(ngx_http_request_t *r,
    mcp_pass_request_t *request, ngx_http_mcp_outgoing_t *out);
static ngx_int_t ngx_http_mcp_outgoing_length(ngx_http_request_t *r,
    mcp_pass_request_t *request, ngx_http_mcp_outgoing_t *out);
static ngx_int_t ngx_http_mcp_outgoing_header(ngx_http_request_t *r,
    ngx_http_mcp_outgoing_t *out, ngx_str_t *key, ngx_str_t *value);
static ngx_int_t ngx_http_mcp_outgoing_slot(ngx_http_request_t *r,
    ngx_http_mcp_outgoing_t *out, ngx_table_elt_t *h);
static ngx_int_t ngx_http_mcp_outgoing_body(ngx_http_request_t *r,
    mcp_pass_request_t *request, ngx_http_mcp_outgoing_t *out);
static ngx_int_t ngx_http_mcp_outgoing_lines(ngx_http_request_t *r,
    mcp_pass_request_t *request, ngx_http_mcp_outgoing_t *out);
static ngx_int_t ngx_http_mcp_outgoing_variables(ngx_http_request_t *r,
    mcp_pass_request_t *request, ngx_http_mcp_outgoing_t *out);
static ngx_uint_t ngx_http_mcp_outgoing_method(ngx_str_t *name);


static ngx_http_mcp_method_t  ngx_http_mcp_methods[] = {
    { ngx_string("GET"), NGX_HTTP_GET },
    { ngx_string("POST"), NGX_HTTP_POST },
    { ngx_string("PUT"), NGX_HTTP_PUT },
    { ngx_string("PATCH"), NGX_HTTP_PATCH },
    { ngx_string("DELETE"), NGX_HTTP_DELETE },
    { ngx_string("HEAD"), NGX_HTTP_HEAD },
    { ngx_string("OPTIONS"), NGX_HTTP_OPTIONS },
    { ngx_null_string, 0 }
};


static ngx_http_mcp_slot_t  ngx_http_mcp_slots[] = {
    { ngx_string("content-type"),
      offsetof(ngx_http_headers_in_t, content_type) },
    { ngx_string("content-length"),
      offsetof(ngx_http_headers_in_t, content_length) },
    { ngx_string("host"), offsetof(ngx_http_headers_in_t, host) },
    { ngx_string("user-agent"), offsetof(ngx_http_headers_in_t, user_agent) },
    { ngx_string("referer"), offsetof(ngx_http_headers_in_t, referer) },
#if (nginx_version >= 1023000)
    { ngx_string("cookie"), offsetof(ngx_http_headers_in_t, cookie) },
#endif
    { ngx_null_string, 0 }
};


static ngx_str_t  ngx_http_mcp_accept = ngx_string("Accept");
static ngx_str_t  ngx_http_mcp_accept_value =
    ngx_string("application/json, text/*;q=0.9, */*;q=0.8");


void
ngx_http_mcp_outgoing_init(ngx_conf_t *cf)
{
    ngx_str_t                  id = ngx_string("request_id");
    ngx_str_t                  method = ngx_string("request_method");
    ngx_http_mcp_main_conf_t  *mmcf;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);

    mmcf->request_id = ngx_http_mcp_outgoing_index(cf, &id);
    mmcf->request_method = ngx_http_mcp_outgoing_index(cf, &method);
}


/* of a variable that something in the configuration asks for, else < 0 */

static ngx_int_t
ngx_http_mcp_outgoing_index(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_uint_t                  i;
    ngx_http_variable_t        *v;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    v = cmcf->variables.elts;

    for (i = 0; i < cmcf->variables.nelts; i++) {

        if (v[i].name.len == name->len
            && ngx_strncmp(v[i].name.data, name->data, name->len) == 0)
        {
            return i;
        }
    }

    return NGX_DECLINED;
}


ngx_int_t
ngx_http_mcp_outgoing_prepare(ngx_http_request_t *r,
    ngx_http_mcp_subrequest_t *s, ngx_http_mcp_outgoing_t *out)
{
    mcp_pass_request_t  *request;

    request = s->request;

    ngx_memzero(out, sizeof(ngx_http_mcp_outgoing_t));

    out->method = ngx_http_mcp_outgoing_method(&request->method);

    if (out->method == NGX_HTTP_UNKNOWN && !s->idempotent) {
        /* so that it is not repeated */
        out->method = NGX_HTTP_POST;
    }

    if (ngx_http_mcp_outgoing_lines(r, request, out) != NGX_OK
        || ngx_http_mcp_outgoing_body(r, request, out) != NGX_OK
        || ngx_http_mcp_outgoing_headers(r, request, out) != NGX_OK
        || ngx_http_mcp_outgoing_variables(r, request, out) != NGX_OK)
    {
        return NGX_ERROR;
    }

    s->answer.uri = out->unparsed_uri;

    return NGX_OK;
}


static ngx_uint_t
ngx_http_mcp_outgoing_method(ngx_str_t *name)
{
    ngx_http_mcp_method_t  *m;

    for (m = ngx_http_mcp_methods; m->bit; m++) {

        if (m->name.len == name->len
            && ngx_memcmp(m->name.data, name->data, name->len) == 0)
        {
            return m->bit;
        }
    }

    return NGX_HTTP_UNKNOWN;
}


/* one string, "GET /path?query HTTP/1.1", of which the URI is a part */

static ngx_int_t
ngx_http_mcp_outgoing_lines(ngx_http_request_t *r, mcp_pass_request_t *request,
    ngx_http_mcp_outgoing_t *out)
{
    u_char  *p;

    out->unparsed_uri.len = request->uri.len
                            + (request->args.len ? 1 + request->args.len : 0);

    p = ngx_pnalloc(r->pool, request->method.len + 1 + out->unparsed_uri.len
                             + sizeof(" HTTP/1.1") - 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    out->request_line.data = p;

    p = ngx_cpymem(p, request->method.data, request->method.len);
    *p++ = ' ';

    out->unparsed_uri.data = p;

    p = ngx_cpymem(p, request->uri.data, request->uri.len);

    if (request->args.len) {
        *p++ = '?';
        p = ngx_cpymem(p, request->args.data, request->args.len);
    }

    p = ngx_cpymem(p, " HTTP/1.1", sizeof(" HTTP/1.1") - 1);

    out->request_line.len = p - out->request_line.data;

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_outgoing_body(ngx_http_request_t *r, mcp_pass_request_t *request,
    ngx_http_mcp_outgoing_t *out)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    out->headers_in.content_length_n = -1;

    if (request->type.len == 0
        && (out->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_DELETE
                           |NGX_HTTP_OPTIONS)))
    {
        return NGX_OK;
    }

    out->headers_in.content_length_n = request->body.len;

    if (request->body.len == 0) {
        return NGX_OK;
    }

    out->body = ngx_pcalloc(r->pool, sizeof(ngx_http_request_body_t));
    if (out->body == NULL) {
        return NGX_ERROR;
    }

    cl = ngx_http_mcp_chain(r, &request->body);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    /* what is sent again begins at "start" */

    b = cl->buf;
    b->start = b->pos;
    b->end = b->last;
    b->last_buf = 1;

    out->body->bufs = cl;
    out->body->buf = b;

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_outgoing_headers(ngx_http_request_t *r,
    mcp_pass_request_t *request, ngx_http_mcp_outgoing_t *out)
{
    ngx_str_t      host = ngx_string("Host");
    ngx_str_t      type = ngx_string("Content-Type");
    ngx_uint_t     i, accept, hosted;
    ngx_keyval_t  *h;

    out->headers_in.server = r->headers_in.server;
    out->headers_in.keep_alive_n = -1;

    if (ngx_list_init(&out->headers_in.headers, r->pool,
                      request->headers.nelts + 4, sizeof(ngx_table_elt_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    accept = 0;
    hosted = 0;

    h = request->headers.elts;

    for (i = 0; i < request->headers.nelts; i++) {

        if (ngx_http_mcp_outgoing_header(r, out, &h[i].key, &h[i].value)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        accept |= (h[i].key.len == 6
                   && ngx_strncasecmp(h[i].key.data, (u_char *) "Accept", 6)
                      == 0);
        hosted |= (h[i].key.len == 4
                   && ngx_strncasecmp(h[i].key.data, (u_char *) "Host", 4)
                      == 0);
    }

    if ((!hosted && r->headers_in.server.len
         && ngx_http_mcp_outgoing_header(r, out, &host, &r->headers_in.server)
            != NGX_OK)
        || (!accept
            && ngx_http_mcp_outgoing_header(r, out, &ngx_http_mcp_accept,
                                            &ngx_http_mcp_accept_value)
               != NGX_OK)
        || (request->type.len
            && ngx_http_mcp_outgoing_header(r, out, &type, &request->type)
               != NGX_OK))
    {
        return NGX_ERROR;
    }

    return ngx_http_mcp_outgoing_length(r, request, out);
}


static ngx_int_t
ngx_http_mcp_outgoing_length(ngx_http_request_t *r,
    mcp_pass_request_t *request, ngx_http_mcp_outgoing_t *out)
{
    ngx_str_t  length = ngx_string("Content-Length");
    ngx_str_t  value;

    if (out->headers_in.content_length_n < 0) {
        return NGX_OK;
    }

    value.data = ngx_pnalloc(r->pool, NGX_SIZE_T_LEN);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = ngx_sprintf(value.data, "%uz", request->body.len) - value.data;

    return ngx_http_mcp_outgoing_header(r, out, &length, &value);
}


static ngx_int_t
ngx_http_mcp_outgoing_header(ngx_http_request_t *r,
    ngx_http_mcp_outgoing_t *out, ngx_str_t *key, ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&out->headers_in.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));

    h->key = *key;
    h->value = *value;

    h->lowcase_key = ngx_pnalloc(r->pool, key->len);
    if (h->lowcase_key == NULL) {
        return NGX_ERROR;
    }

    h->hash = ngx_hash_strlow(h->lowcase_key, key->data, key->len);

    return ngx_http_mcp_outgoing_slot(r, out, h);
}


static ngx_int_t
ngx_http_mcp_outgoing_slot(ngx_http_request_t *r,
    ngx_http_mcp_outgoing_t *out, ngx_table_elt_t *h)
{
    ngx_table_elt_t      **slot;
    ngx_http_mcp_slot_t   *sl;

    for (sl = ngx_http_mcp_slots; sl->name.len; sl++) {

        if (sl->name.len != h->key.len
            || ngx_memcmp(sl->name.data, h->lowcase_key, h->key.len) != 0)
        {
            continue;
        }

        slot = (ngx_table_elt_t **) ((char *) &out->headers_in + sl->offset);

        if (*slot == NULL) {
            *slot = h;
        }

        return NGX_OK;
    }

#if (nginx_version < 1023000)

    if (h->key.len == 6 && ngx_memcmp(h->lowcase_key, "cookie", 6) == 0) {

        if (out->headers_in.cookies.elts == NULL
            && ngx_array_init(&out->headers_in.cookies, r->pool, 1,
                              sizeof(ngx_table_elt_t *))
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        slot = ngx_array_push(&out->headers_in.cookies);
        if (slot == NULL) {
            return NGX_ERROR;
        }

        *slot = h;
    }

#endif

    return NGX_OK;
}


/*
 * What variables have said of the client's request, $request_uri for one, is
 * not for the subrequest; but a request has one id, and nginx's $request_method
 * is that of the main request.
 */

static ngx_int_t
ngx_http_mcp_outgoing_variables(ngx_http_request_t *r,
    mcp_pass_request_t *request, ngx_http_mcp_outgoing_t *out)
{
    ngx_http_mcp_main_conf_t   *mmcf;
    ngx_http_core_main_conf_t  *cmcf;
    ngx_http_variable_value_t  *v;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);
    mmcf = ngx_http_get_module_main_conf(r, ngx_http_mcp_module);

    out->variables = ngx_pcalloc(r->pool,
                                 cmcf->variables.nelts
                                 * sizeof(ngx_http_variable_value_t));
    if (out->variables == NULL) {
        return NGX_ERROR;
    }

    if (mmcf->request_id >= 0) {
        v = ngx_http_get_indexed_variable(r, mmcf->request_id);
        if (v == NULL) {
            return NGX_ERROR;
        }

        out->variables[mmcf->request_id] = *v;
    }

    if (mmcf->request_method >= 0) {
        v = &out->variables[mmcf->request_method];

        v->valid = 1;
        v->data = request->method.data;
        v->len = request->method.len;
    }

    return NGX_OK;
}


void
ngx_http_mcp_outgoing_set(ngx_http_request_t *sr,
    ngx_http_mcp_subrequest_t *s, ngx_http_mcp_outgoing_t *out)
{
    sr->headers_in = out->headers_in;

    if (out->headers_in.headers.last == &out->headers_in.headers.part) {
        sr->headers_in.headers.last = &sr->headers_in.headers.part;
    }

    sr->request_body = out->body;
    sr->variables = out->variables;

    sr->method = out->method;
    sr->method_name = s->request->method;

    sr->request_line = out->request_line;
    sr->unparsed_uri = out->unparsed_uri;
    sr->valid_unparsed_uri = 1;
}
