
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_stream.h>


#define NGX_HTTP_MCP_STREAM_BUF  1024

#define ngx_http_mcp_stream_tag  ((ngx_buf_tag_t) &ngx_http_mcp_module)


static ngx_int_t ngx_http_mcp_stream_open(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx);
static ngx_int_t ngx_http_mcp_stream_header(ngx_http_request_t *r,
    ngx_str_t *key, ngx_str_t *value);
static ngx_int_t ngx_http_mcp_stream_bytes(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_str_t *head, ngx_str_t *body,
    ngx_str_t *tail);
static ngx_chain_t *ngx_http_mcp_stream_get(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, size_t size);
static ngx_int_t ngx_http_mcp_stream_flush(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_chain_t *out);
static void ngx_http_mcp_stream_writer(ngx_http_request_t *r);


static ngx_str_t  ngx_http_mcp_stream_data = ngx_string("data: ");
static ngx_str_t  ngx_http_mcp_stream_end = ngx_string("\n\n");


ngx_int_t
ngx_http_mcp_stream_send(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *json)
{
    return ngx_http_mcp_stream_bytes(r, ctx, &ngx_http_mcp_stream_data, json,
                                     &ngx_http_mcp_stream_end);
}


ngx_int_t
ngx_http_mcp_stream_comment(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_str_t         none;
    static ngx_str_t  comment = ngx_string(":");

    ngx_str_null(&none);

    return ngx_http_mcp_stream_bytes(r, ctx, &comment, &none,
                                     &ngx_http_mcp_stream_end);
}


static ngx_int_t
ngx_http_mcp_stream_bytes(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_str_t *head, ngx_str_t *body, ngx_str_t *tail)
{
    size_t        size;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    if (!ctx->streaming && ngx_http_mcp_stream_open(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    size = head->len + body->len + tail->len;

    if (ctx->queued + size > NGX_HTTP_MCP_STREAM_MAX) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "mcp client reads too slowly, %uz bytes are queued",
                      ctx->queued);
        return NGX_ERROR;
    }

    cl = ngx_http_mcp_stream_get(r, ctx, size);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    b = cl->buf;

    b->last = ngx_cpymem(b->last, head->data, head->len);
    b->last = ngx_cpymem(b->last, body->data, body->len);
    b->last = ngx_cpymem(b->last, tail->data, tail->len);

    b->flush = 1;

    return ngx_http_mcp_stream_flush(r, ctx, cl);
}


static ngx_int_t
ngx_http_mcp_stream_open(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_int_t         rc;
    static ngx_str_t  cache[] = { ngx_string("Cache-Control"),
                                  ngx_string("no-cache, no-transform") };
    static ngx_str_t  accel[] = { ngx_string("X-Accel-Buffering"),
                                  ngx_string("no") };

    ctx->streaming = 1;

    ngx_str_set(&r->headers_out.content_type, "text/event-stream");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;

    if (ngx_http_mcp_stream_header(r, &cache[0], &cache[1]) != NGX_OK
        || ngx_http_mcp_stream_header(r, &accel[0], &accel[1]) != NGX_OK)
    {
        return NGX_ERROR;
    }

    r->disable_not_modified = 1;
    r->headers_out.status = NGX_HTTP_OK;

    ngx_http_clear_content_length(r);

    rc = ngx_http_send_header(r);

    return (rc == NGX_ERROR || rc > NGX_OK) ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_http_mcp_stream_header(ngx_http_request_t *r, ngx_str_t *key,
    ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));

    h->hash = 1;
    h->key = *key;
    h->value = *value;

    return NGX_OK;
}


/* an empty buffer for "size" bytes, a used one if there is one that large */

static ngx_chain_t *
ngx_http_mcp_stream_get(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    size_t size)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    cl = ngx_chain_get_free_buf(r->pool, &ctx->free);
    if (cl == NULL) {
        return NULL;
    }

    b = cl->buf;

    if ((size_t) (b->end - b->start) < size) {

        if (b->start) {
            (void) ngx_pfree(r->pool, b->start);
        }

        size = ngx_max(size, NGX_HTTP_MCP_STREAM_BUF);

        b->start = ngx_palloc(r->pool, size);
        if (b->start == NULL) {
            return NULL;
        }

        b->end = b->start + size;
    }

    b->pos = b->start;
    b->last = b->start;
    b->temporary = 1;
    b->flush = 0;
    b->last_buf = 0;
    b->tag = ngx_http_mcp_stream_tag;

    cl->next = NULL;

    return cl;
}


static ngx_int_t
ngx_http_mcp_stream_flush(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx,
    ngx_chain_t *out)
{
    ngx_int_t                  rc;
    ngx_chain_t               *cl;
    ngx_event_t               *wev;
    ngx_http_core_loc_conf_t  *clcf;

    rc = ngx_http_output_filter(r, out);

    ngx_chain_update_chains(r->pool, &ctx->free, &ctx->busy, &out,
                            ngx_http_mcp_stream_tag);

    ctx->queued = 0;

    for (cl = ctx->busy; cl; cl = cl->next) {
        ctx->queued += ngx_buf_size(cl->buf);
    }

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    wev = r->connection->write;
    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (ctx->busy == NULL && !r->buffered) {

        if (wev->timer_set && !wev->delayed) {
            ngx_del_timer(wev);
        }

        return NGX_OK;
    }

    r->write_event_handler = ngx_http_mcp_stream_writer;

    if (!wev->delayed && !wev->timer_set) {
        ngx_add_timer(wev, clcf->send_timeout);
    }

    return ngx_handle_write_event(wev, clcf->send_lowat) == NGX_OK ? NGX_OK
                                                                   : NGX_ERROR;
}


static void
ngx_http_mcp_stream_writer(ngx_http_request_t *r)
{
    ngx_event_t         *wev;
    ngx_connection_t    *c;
    ngx_http_mcp_ctx_t  *ctx;

    c = r->connection;
    wev = c->write;
    ctx = ngx_http_get_module_ctx(r, ngx_http_mcp_module);

    if (wev->timedout) {
        ngx_log_error(NGX_LOG_INFO, c->log, NGX_ETIMEDOUT,
                      "mcp client timed out");
        c->timedout = 1;
        ngx_http_mcp_finalize(r, NGX_HTTP_REQUEST_TIME_OUT);
        return;
    }

    if (ngx_http_mcp_stream_flush(r, ctx, NULL) != NGX_OK) {
        ngx_http_mcp_finalize(r, NGX_ERROR);
    }
}


ngx_int_t
ngx_http_mcp_stream_close(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    size_t        size;
    ngx_buf_t    *b;
    ngx_chain_t  *cl, *out;

    size = ngx_http_mcp_stream_data.len + ctx->size
           + ngx_http_mcp_stream_end.len;

    out = ngx_http_mcp_stream_get(r, ctx, size);
    if (out == NULL) {
        return NGX_ERROR;
    }

    b = out->buf;

    b->last = ngx_cpymem(b->last, ngx_http_mcp_stream_data.data,
                         ngx_http_mcp_stream_data.len);

    for (cl = ctx->out; cl; cl = cl->next) {
        b->last = ngx_cpymem(b->last, cl->buf->pos,
                             cl->buf->last - cl->buf->pos);
    }

    b->last = ngx_cpymem(b->last, ngx_http_mcp_stream_end.data,
                         ngx_http_mcp_stream_end.len);

    b->last_buf = 1;
    b->last_in_chain = 1;

    return ngx_http_output_filter(r, out);
}
