
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_tools.h>
#include <ngx_http_mcp_pass.h>


static void ngx_http_mcp_cleanup(void *data);
static ngx_int_t ngx_http_mcp_copy_buf(ngx_http_request_t *r, ngx_buf_t *b,
    u_char **p);


ngx_http_mcp_ctx_t *
ngx_http_mcp_get_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;
    ngx_http_mcp_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);

    if (ctx || (!r->internal && !r->filter_finalize)) {
        return ctx;
    }

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_http_mcp_cleanup) {
            return cln->data;
        }
    }

    return NULL;
}


ngx_http_mcp_ctx_t *
ngx_http_mcp_create_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;
    ngx_http_mcp_ctx_t  *ctx;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_mcp_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ngx_http_mcp_ctx_t));

    cln->handler = ngx_http_mcp_cleanup;

    ctx->last_out = &ctx->out;

    ngx_http_set_ctx(r, ctx, ngx_http_mcp_module);

    return ctx;
}


/* marks the context for ngx_http_mcp_get_ctx(); the pool frees it */

static void
ngx_http_mcp_cleanup(void *data)
{
    return;
}


mcp_msg_t *
ngx_http_mcp_current(ngx_http_mcp_ctx_t *ctx)
{
    return ctx->parsed ? &ctx->body.msgs[ctx->current] : NULL;
}


mcp_error_e
ngx_http_mcp_cause(ngx_http_mcp_ctx_t *ctx)
{
    mcp_msg_t  *msg;

    if (ctx->error.cause != MCP_ERROR_NONE) {
        return ctx->error.cause;
    }

    msg = ngx_http_mcp_current(ctx);

    return msg ? msg->error.cause : MCP_ERROR_NONE;
}


ngx_int_t
ngx_http_mcp_read_body(ngx_http_request_t *r,
    ngx_http_client_body_handler_pt handler)
{
    ngx_int_t  rc;

    rc = ngx_http_read_client_request_body(r, handler);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    ngx_http_finalize_request(r, NGX_DONE);

    return NGX_DONE;
}


/* an access module, too, refuses who has only said who he is */

ngx_uint_t
ngx_http_mcp_is_stranger(ngx_http_mcp_ctx_t *ctx)
{
    return ctx
           && (ctx->stranger
               || (ctx->error.cause == MCP_ERROR_UNAUTHORIZED
                   && !ctx->inspected));
}


ngx_int_t
ngx_http_mcp_principal(ngx_http_request_t *r, ngx_str_t *principal)
{
    ngx_http_mcp_ctx_t       *ctx;
    ngx_http_mcp_loc_conf_t  *mlcf;

    ctx = ngx_http_mcp_get_ctx(r);

    if (ctx && ctx->identity) {
        *principal = ctx->identity->consumer;
        return NGX_OK;
    }

    mlcf = ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    if (mlcf->consumer == NULL || ngx_http_mcp_is_stranger(ctx)) {
        ngx_str_null(principal);
        return NGX_OK;
    }

    return ngx_http_complex_value(r, mlcf->consumer, principal);
}


ngx_msec_t
ngx_http_mcp_call_time(ngx_http_mcp_loc_conf_t *mlcf, ngx_http_mcp_ctx_t *ctx)
{
    ngx_uint_t                    i;
    const mcp_tool_t             *tool;
    ngx_http_mcp_timeout_t       *t;
    const ngx_http_mcp_passes_t  *passes;

    tool = ngx_http_mcp_current(ctx)->tool;

    t = (tool && mlcf->tool_timeouts) ? mlcf->tool_timeouts->elts : NULL;

    for (i = 0; t && i < mlcf->tool_timeouts->nelts; i++) {

        if (t[i].tool.len == tool->name.len
            && ngx_memcmp(t[i].tool.data, tool->name.data, tool->name.len) == 0)
        {
            return t[i].timeout;
        }
    }

    /* so that what a block allows is not cut off, and says its own error */

    passes = ngx_http_mcp_passes(ctx);

    if (passes && passes->timeout >= mlcf->tool_timeout) {
        return passes->timeout + 1000;
    }

    return mlcf->tool_timeout;
}


ngx_int_t
ngx_http_mcp_body(ngx_http_request_t *r, ngx_str_t *body)
{
    off_t         size;
    u_char       *p;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    ngx_str_null(body);

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        return NGX_OK;
    }

    cl = r->request_body->bufs;
    b = cl->buf;

    if (cl->next == NULL && ngx_buf_in_memory(b)) {
        body->data = b->pos;
        body->len = b->last - b->pos;
        return NGX_OK;
    }

    size = 0;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        size += ngx_buf_size(cl->buf);
    }

    p = ngx_pnalloc(r->pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    body->data = p;
    body->len = size;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        if (ngx_http_mcp_copy_buf(r, cl->buf, &p) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_copy_buf(ngx_http_request_t *r, ngx_buf_t *b, u_char **p)
{
    size_t   size;
    ssize_t  n;

    if (ngx_buf_in_memory(b)) {
        *p = ngx_cpymem(*p, b->pos, b->last - b->pos);
        return NGX_OK;
    }

    if (!b->in_file) {
        /* the end of a chunked body */
        return NGX_OK;
    }

    size = (size_t) (b->file_last - b->file_pos);

    n = ngx_read_file(b->file, *p, size, b->file_pos);

    if (n != (ssize_t) size) {
        ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0,
                      "mcp read only %z of %uz from \"%V\"",
                      n, size, &b->file->name);
        return NGX_ERROR;
    }

    *p += size;

    return NGX_OK;
}


void
ngx_http_mcp_resume(ngx_http_request_t *r)
{
    r->preserve_body = 1;
    r->write_event_handler = ngx_http_core_run_phases;

    ngx_http_core_run_phases(r);
}


ngx_int_t
ngx_http_mcp_save(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    size_t                      ctxs, variables;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    ctxs = ngx_http_max_module * sizeof(void *);
    variables = cmcf->variables.nelts * sizeof(ngx_http_variable_value_t);

    ctx->saved_ctxs = ngx_palloc(r->pool, ctxs);
    ctx->saved_variables = ngx_palloc(r->pool, variables);
    if (ctx->saved_ctxs == NULL || ctx->saved_variables == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(ctx->saved_ctxs, r->ctx, ctxs);
    ngx_memcpy(ctx->saved_variables, r->variables, variables);

    return NGX_OK;
}


void
ngx_http_mcp_rerun(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    /*
     * auth_request decides once for each context, map looks up once for each
     * request, limit_req accounts once unless it is told otherwise
     */

    ngx_memcpy(r->ctx, ctx->saved_ctxs, ngx_http_max_module * sizeof(void *));
    ngx_memcpy(r->variables, ctx->saved_variables,
               cmcf->variables.nelts * sizeof(ngx_http_variable_value_t));

    r->limit_req_status = 0;
    r->phase_handler = ctx->phase;
}


void
ngx_http_mcp_finalize(ngx_http_request_t *r, ngx_int_t rc)
{
    ngx_http_finalize_request(r, rc);
}


void
ngx_http_mcp_set_type(ngx_http_request_t *r, const char *type)
{
    ngx_http_mcp_str(&r->headers_out.content_type, type);
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;
    ngx_str_null(&r->headers_out.charset);
}


ngx_int_t
ngx_http_mcp_add_header(ngx_http_request_t *r, const char *key,
    const char *value)
{
    ngx_str_t  text;

    ngx_http_mcp_str(&text, value);

    return ngx_http_mcp_push_header(r, key, &text) ? NGX_OK : NGX_ERROR;
}


void
ngx_http_mcp_header(ngx_http_request_t *r, const char *name, ngx_str_t *value)
{
    size_t            len;
    ngx_uint_t        i, n;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    len = ngx_strlen(name);
    n = 0;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (h[i].key.len == len
                && ngx_memcmp(h[i].lowcase_key, name, len) == 0)
            {
                *value = h[i].value;
                n++;
            }
        }
    }

    if (n != 1) {
        ngx_str_null(value);
    }
}


ngx_table_elt_t *
ngx_http_mcp_push_header(ngx_http_request_t *r, const char *key,
    const ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NULL;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));

    h->hash = 1;
    ngx_http_mcp_str(&h->key, key);
    h->value = *value;

    return h;
}


ngx_chain_t *
ngx_http_mcp_chain(ngx_http_request_t *r, ngx_str_t *s)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NULL;
    }

    cl = ngx_alloc_chain_link(r->pool);
    if (cl == NULL) {
        return NULL;
    }

    b->pos = s->data;
    b->last = s->data + s->len;
    b->memory = 1;

    cl->buf = b;
    cl->next = NULL;

    return cl;
}
