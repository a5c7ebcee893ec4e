
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_tools.h>
#include <mcp_trace.h>
#include <ngx_http_mcp_capture.h>
#include <ngx_http_mcp_inspect.h>
#include <ngx_http_mcp_pass.h>
#include <ngx_http_mcp_variables.h>


/* bytes of $mcp_session, hexadecimal digits */
#define NGX_HTTP_MCP_SESSION_NAME  16

#define NGX_HTTP_MCP_KEY_CACHE     'k'


static ngx_int_t ngx_http_mcp_variable_msg(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_mcp_variable_one_line(ngx_http_request_t *r,
    ngx_http_variable_value_t *v);
static ngx_int_t ngx_http_mcp_variable_tool(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_mcp_variable_version(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_mcp_variable_session(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_mcp_variable_error(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static mcp_error_e ngx_http_mcp_variable_cause(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_int_t ngx_http_mcp_variable_consumer(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_mcp_variable_scope(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_mcp_variable_idempotent(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_mcp_variable_traceparent(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_mcp_variable_cache_key(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_mcp_variable_call_key(ngx_http_request_t *r,
    mcp_msg_t *msg, ngx_str_t *consumer, ngx_str_t *key);
static mcp_msg_t *ngx_http_mcp_variable_current(ngx_http_request_t *r);
static ngx_int_t ngx_http_mcp_variable_set(ngx_http_variable_value_t *v,
    const ngx_str_t *s);


/* not cacheable: the messages of a batch take turns */

static ngx_http_variable_t  ngx_http_mcp_vars[] = {

    { ngx_string("mcp_method"), NULL, ngx_http_mcp_variable_msg,
      offsetof(mcp_msg_t, method), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("mcp_tool"), NULL, ngx_http_mcp_variable_tool,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("mcp_name"), NULL, ngx_http_mcp_variable_msg,
      offsetof(mcp_msg_t, name), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("mcp_id"), NULL, ngx_http_mcp_variable_msg,
      offsetof(mcp_msg_t, id), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("mcp_client"), NULL, ngx_http_mcp_variable_msg,
      offsetof(mcp_msg_t, client), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("mcp_protocol_version"), NULL, ngx_http_mcp_variable_version,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("mcp_session"), NULL, ngx_http_mcp_variable_session,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("mcp_consumer"), NULL, ngx_http_mcp_variable_consumer,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("mcp_scope"), NULL, ngx_http_mcp_variable_scope,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("mcp_idempotent"), NULL, ngx_http_mcp_variable_idempotent,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("mcp_cache_key"), NULL, ngx_http_mcp_variable_cache_key,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("mcp_traceparent"), NULL, ngx_http_mcp_variable_traceparent,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("mcp_error"), NULL, ngx_http_mcp_variable_error,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_mcp_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_mcp_vars; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_variable_msg(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    mcp_msg_t           *msg;
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_mcp_get_ctx(r->main);
    msg = ctx ? ngx_http_mcp_current(ctx) : NULL;

    if (msg == NULL) {
        return ngx_http_mcp_variable_set(v, NULL);
    }

    (void) ngx_http_mcp_variable_set(v, (ngx_str_t *) ((char *) msg + data));

    return ngx_http_mcp_variable_one_line(r, v);
}


/*
 * JSON can say any character, also those that would end a header if a client
 * puts them where "add_header" or "proxy_set_header" takes the variable from.
 */

static ngx_int_t
ngx_http_mcp_variable_one_line(ngx_http_request_t *r,
    ngx_http_variable_value_t *v)
{
    u_char      *p;
    ngx_uint_t   i;

    for (i = 0; i < v->len; i++) {
        if (v->data[i] < 0x20 || v->data[i] == 0x7f) {
            break;
        }
    }

    if (i == v->len) {
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, v->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, v->data, v->len);
    v->data = p;

    for ( /* void */ ; i < v->len; i++) {
        if (p[i] < 0x20 || p[i] == 0x7f) {
            p[i] = '?';
        }
    }

    return NGX_OK;
}


/* the name of a configured tool; of another server what could be one */

static ngx_int_t
ngx_http_mcp_variable_tool(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    mcp_msg_t           *msg;
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_mcp_get_ctx(r->main);
    msg = ctx ? ngx_http_mcp_current(ctx) : NULL;

    if (msg && msg->tool) {
        return ngx_http_mcp_variable_set(v, &msg->tool->name);
    }

    return ngx_http_mcp_variable_set(v, ctx ? ngx_http_mcp_inspect_tool(ctx)
                                            : NULL);
}


static ngx_int_t
ngx_http_mcp_variable_version(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    mcp_msg_t           *msg;
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_mcp_get_ctx(r->main);
    msg = ctx ? ngx_http_mcp_current(ctx) : NULL;

    if (msg == NULL
        || msg->kind == MCP_RPC_INVALID
        || msg->error.cause == MCP_ERROR_VERSION)
    {
        return ngx_http_mcp_variable_set(v, NULL);
    }

    return ngx_http_mcp_variable_set(v, mcp_version_name(msg->version));
}


/* tells sessions apart, and does not say the id, which is a secret */

static ngx_int_t
ngx_http_mcp_variable_session(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t            name;
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_mcp_get_ctx(r->main);

    if (ctx == NULL || ctx->session == NULL) {
        return ngx_http_mcp_variable_set(v, NULL);
    }

    name.len = NGX_HTTP_MCP_SESSION_NAME;

    name.data = ngx_pnalloc(r->pool, name.len);
    if (name.data == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_hex_dump(name.data, ctx->session->nonce, name.len / 2);

    return ngx_http_mcp_variable_set(v, &name);
}


static ngx_int_t
ngx_http_mcp_variable_error(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_mcp_get_ctx(r->main);

    return ngx_http_mcp_variable_set(v, ctx ? mcp_error_class(
                                            ngx_http_mcp_variable_cause(r, ctx))
                                            : NULL);
}


/* of what nginx has ended without an answer of ours the status is known only */

static mcp_error_e
ngx_http_mcp_variable_cause(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_uint_t   status;
    mcp_error_e  cause;

    cause = ngx_http_mcp_cause(ctx);

    if (cause != MCP_ERROR_NONE || ctx->answered) {
        return cause;
    }

    status = r->main->err_status ? r->main->err_status
                                 : r->main->headers_out.status;

    if (status == NGX_HTTP_CLIENT_CLOSED_REQUEST) {
        return MCP_ERROR_CANCELLED;
    }

    return status < NGX_HTTP_BAD_REQUEST ? cause : mcp_error_of_status(status);
}


static ngx_int_t
ngx_http_mcp_variable_consumer(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t  consumer;

    if (ngx_http_mcp_principal(r->main, &consumer) != NGX_OK) {
        return NGX_ERROR;
    }

    (void) ngx_http_mcp_variable_set(v, &consumer);

    return ngx_http_mcp_variable_one_line(r, v);
}


static ngx_int_t
ngx_http_mcp_variable_scope(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                 scope;
    ngx_http_mcp_ctx_t       *ctx;
    ngx_http_mcp_loc_conf_t  *mlcf;

    ctx = ngx_http_mcp_get_ctx(r->main);
    mlcf = ngx_http_get_module_loc_conf(r->main, ngx_http_mcp_module);

    ngx_str_null(&scope);

    if (ctx && ctx->identity) {
        scope = ctx->identity->scope;

    } else if (mlcf->consumer_scope
               && !ngx_http_mcp_is_stranger(ctx)
               && ngx_http_complex_value(r->main, mlcf->consumer_scope, &scope)
                  != NGX_OK)
    {
        return NGX_ERROR;
    }

    (void) ngx_http_mcp_variable_set(v, &scope);

    return ngx_http_mcp_variable_one_line(r, v);
}


/* 1 if what is called may be called twice, 0 if not */

static ngx_int_t
ngx_http_mcp_variable_idempotent(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    mcp_msg_t                    *msg;
    ngx_uint_t                    yes;
    const ngx_http_mcp_passes_t  *passes;

    static ngx_str_t  text[] = { ngx_string("0"), ngx_string("1") };

    msg = ngx_http_mcp_variable_current(r);

    if (msg == NULL
        || (msg->tool == NULL && msg->resource == NULL
            && msg->prompt == NULL))
    {
        return ngx_http_mcp_variable_set(v, NULL);
    }

    passes = ngx_http_mcp_passes(ngx_http_mcp_get_ctx(r->main));

    if (passes) {
        yes = passes->idempotent;

    } else {
        yes = msg->tool == NULL
              || (msg->tool->flags
                  & (NGX_HTTP_MCP_IDEMPOTENT|NGX_HTTP_MCP_READ_ONLY));
    }

    return ngx_http_mcp_variable_set(v, &text[yes ? 1 : 0]);
}


static ngx_int_t
ngx_http_mcp_variable_traceparent(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    mcp_msg_t  *msg;
    ngx_str_t   header, parent;

    msg = ngx_http_mcp_variable_current(r);

    if (msg == NULL) {
        return ngx_http_mcp_variable_set(v, NULL);
    }

    ngx_http_mcp_header(r->main, "traceparent", &header);

    if (mcp_trace_parent(msg, &header, &parent) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_mcp_variable_set(v, &parent);
}


/*
 * What is called and with which arguments, however they are written; by whom,
 * unless that makes no difference.
 */

static ngx_int_t
ngx_http_mcp_variable_cache_key(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                     key, consumer;
    mcp_msg_t                    *msg;
    ngx_uint_t                    public;
    const ngx_http_mcp_passes_t  *passes;

    msg = ngx_http_mcp_variable_current(r);

    if (msg == NULL
        || (msg->tool == NULL && msg->resource == NULL
            && msg->prompt == NULL))
    {
        return ngx_http_mcp_variable_set(v, NULL);
    }

    passes = ngx_http_mcp_passes(ngx_http_mcp_get_ctx(r->main));

    public = (passes && passes->public);

    if (!public && ngx_http_mcp_principal(r->main, &consumer) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_mcp_variable_call_key(r, msg, public ? NULL : &consumer, &key)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_mcp_variable_set(v, &key);
}


/* digests have a length, so that no name looks like another with arguments */

static ngx_int_t
ngx_http_mcp_variable_call_key(ngx_http_request_t *r, mcp_msg_t *msg,
    ngx_str_t *consumer, ngx_str_t *key)
{
    u_char                  *p, digest[MCP_STATE_DIGEST], id[MCP_KEY];
    const ngx_str_t         *name;
    ngx_http_mcp_capture_t  *capture;

    name = msg->tool ? &msg->tool->name
                     : msg->prompt ? &msg->prompt->name : NULL;

    p = ngx_pnalloc(r->pool, sizeof("resource::::") + 2 * sizeof(digest)
                             + 4 * sizeof(id) + (name ? name->len : 0));
    if (p == NULL) {
        return NGX_ERROR;
    }

    key->data = p;

    if (name) {

        if (mcp_state_digest(msg->doc, mcp_json_get(msg->doc, msg->params,
                                                    "arguments"),
                             digest)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        p = ngx_sprintf(p, "%s:%V:", msg->tool ? "tool" : "prompt", name);
        p = ngx_hex_dump(p, digest, sizeof(digest));

    } else {
        mcp_key(id, NGX_HTTP_MCP_KEY_CACHE, &msg->name, NULL);

        p = ngx_cpymem(p, "resource:", sizeof("resource:") - 1);
        p = ngx_hex_dump(p, id, sizeof(id));
    }

    if (consumer) {
        mcp_key(id, NGX_HTTP_MCP_KEY_CACHE, consumer, NULL);

        *p++ = ':';
        p = ngx_hex_dump(p, id, sizeof(id));
    }

    /* of several requests of one call each has its own */

    capture = ngx_http_mcp_capture(r);

    if (capture && capture->s) {

        if (mcp_pass_key(capture->s->request, r->pool, id) != NGX_OK) {
            return NGX_ERROR;
        }

        *p++ = ':';
        p = ngx_hex_dump(p, id, sizeof(id));
    }

    key->len = p - key->data;

    return NGX_OK;
}


static mcp_msg_t *
ngx_http_mcp_variable_current(ngx_http_request_t *r)
{
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_mcp_get_ctx(r->main);

    return ctx ? ngx_http_mcp_current(ctx) : NULL;
}


/* empty rather than not found, so that a log has no "-" for "none" */

static ngx_int_t
ngx_http_mcp_variable_set(ngx_http_variable_value_t *v, const ngx_str_t *s)
{
    v->len = s ? s->len : 0;
    v->data = s ? s->data : (u_char *) "";
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}
