
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_capture.h>


/* of the length that is said; more only as it comes */
#define NGX_HTTP_MCP_CAPTURE_BUF      65536
#define NGX_HTTP_MCP_CAPTURE_INFLATE  8192


static ngx_int_t ngx_http_mcp_capture_post(ngx_http_request_t *r, void *data,
    ngx_int_t rc);
static ngx_uint_t ngx_http_mcp_capture_torn(ngx_http_mcp_capture_t *capture);
static ngx_int_t ngx_http_mcp_capture_header_filter(ngx_http_request_t *r);
static void ngx_http_mcp_capture_measure(ngx_http_mcp_capture_t *capture);
static ngx_int_t ngx_http_mcp_capture_headers(ngx_http_request_t *r,
    ngx_http_mcp_subrequest_t *s);
static ngx_int_t ngx_http_mcp_capture_join(ngx_http_request_t *r,
    ngx_str_t *to, ngx_str_t *value);
static ngx_int_t ngx_http_mcp_capture_encoding(ngx_http_mcp_capture_t *capture,
    ngx_str_t *encoding);
static ngx_int_t ngx_http_mcp_capture_body_filter(ngx_http_request_t *r,
    ngx_chain_t *in);
static void ngx_http_mcp_capture_stop(ngx_http_mcp_capture_t *capture);
static ngx_int_t ngx_http_mcp_capture_take(ngx_http_mcp_capture_t *capture,
    u_char *p, size_t len);
static ngx_int_t ngx_http_mcp_capture_inflate(ngx_http_mcp_capture_t *capture,
    u_char *p, size_t len);
static ngx_int_t ngx_http_mcp_capture_keep(ngx_http_mcp_capture_t *capture,
    u_char *p, size_t len);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


/* not a context: internal redirects clear those */

ngx_http_mcp_capture_t *
ngx_http_mcp_capture(ngx_http_request_t *r)
{
    if (r == r->main
        || r->post_subrequest == NULL
        || r->post_subrequest->handler != ngx_http_mcp_capture_post)
    {
        return NULL;
    }

    return r->post_subrequest->data;
}


void
ngx_http_mcp_capture_set(ngx_http_mcp_capture_t *capture)
{
    capture->post.handler = ngx_http_mcp_capture_post;
    capture->post.data = capture;
}


/*
 * What is returned takes the place of rc: nginx makes its error page, follows
 * "error_page" and comes back here, or the subrequest ends.  The main request
 * must not end with it.
 */

static ngx_int_t
ngx_http_mcp_capture_post(ngx_http_request_t *r, void *data, ngx_int_t rc)
{
    ngx_http_mcp_capture_t *capture = data;

    ngx_uint_t  torn;

    if (capture->s
        && !r->header_sent
        && (rc >= NGX_HTTP_SPECIAL_RESPONSE
            || rc == NGX_HTTP_CREATED || rc == NGX_HTTP_NO_CONTENT)
        && rc != NGX_HTTP_REQUEST_TIME_OUT
        && rc != NGX_HTTP_CLIENT_CLOSED_REQUEST
        && rc != NGX_HTTP_CLOSE)
    {
        capture->failed = rc;
        capture->changes = r->uri_changes;

        return rc;
    }

    if (r->buffered || r->postponed) {
        /* a file is read by a thread: nginx waits and comes back */
        capture->waited = 1;
        return NGX_OK;
    }

    if (!capture->ended) {
        torn = (rc < 0 || ngx_http_mcp_capture_torn(capture));
        ngx_http_mcp_capture_end(capture, torn);
    }

    return NGX_OK;
}


/* nginx has logged why, and ends it as if there were a client to see that */

static ngx_uint_t
ngx_http_mcp_capture_torn(ngx_http_mcp_capture_t *capture)
{
    ngx_http_request_t  *r;

    r = capture->r;

    return r->upstream && r->upstream->header_sent
           && !r->header_only && !capture->last;
}


void
ngx_http_mcp_capture_end(ngx_http_mcp_capture_t *capture, ngx_uint_t broken)
{
    ngx_http_mcp_subrequest_t  *s;

    capture->ended = 1;
    capture->limited = 0;

    s = capture->s;

    if (s == NULL) {
        return;
    }

    ngx_log_debug4(NGX_LOG_DEBUG_HTTP, capture->r->connection->log, 0,
                   "mcp subrequest \"%V\" done: %ui, %uz bytes, broken:%ui",
                   &s->answer.uri, s->answer.status,
                   mcp_buf_len(&capture->body), broken);

    s->answer.broken = capture->corrupt || (broken && !capture->enough)
                       || (capture->inflate && capture->inflate->begun
                           && !capture->inflate->end && !capture->enough);

    s->answer.body.data = capture->body.start;
    s->answer.body.len = mcp_buf_len(&capture->body);

    ngx_http_mcp_capture_grpc(capture->r, &s->answer);

    ngx_post_event(&capture->event, &ngx_posted_events);
}


static ngx_int_t
ngx_http_mcp_capture_header_filter(ngx_http_request_t *r)
{
    ngx_http_upstream_t        *u;
    ngx_http_mcp_capture_t     *capture;
    ngx_http_mcp_subrequest_t  *s;

    capture = ngx_http_mcp_capture(r);

    if (capture == NULL) {
        return ngx_http_next_header_filter(r);
    }

    /* filters of nginx are for clients */

    r->header_sent = 1;
    r->filter_need_in_memory = 1;

    s = capture->s;

    if (s == NULL) {
        return NGX_ERROR;
    }

    u = r->upstream;

    if (u && !u->store
#if (NGX_HTTP_CACHE)
        && !u->cacheable
#endif
        )
    {
        /*
         * pipes wait for the client's connection, which a subrequest in the
         * background does not have, and put all into a file in the meantime
         */

        u->buffering = 0;
    }

    s->answer.status = r->headers_out.status;
    s->answer.type = r->headers_out.content_type;
    s->modified = r->headers_out.last_modified_time;

    if (capture->failed && capture->changes == r->uri_changes) {
        /* the page that nginx makes of a status says nothing else */
        s->own = 1;
        r->header_only = 1;
        return NGX_OK;
    }

    if (ngx_http_mcp_capture_headers(r, s) != NGX_OK
        || ngx_http_mcp_capture_encoding(capture, &s->encoding) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_mcp_capture_measure(capture);

    if (capture->enough) {
        r->header_only = 1;
        ngx_http_mcp_capture_stop(capture);
    }

    return NGX_OK;
}


/* an answer that says it is too long is not waited for */

static void
ngx_http_mcp_capture_measure(ngx_http_mcp_capture_t *capture)
{
    ngx_http_request_t         *r;
    ngx_http_mcp_subrequest_t  *s;

    r = capture->r;
    s = capture->s;

    if (r->headers_out.content_length_n > (off_t) s->max
        && s->answer.status < NGX_HTTP_SPECIAL_RESPONSE
        && s->piece == NULL
        && !s->cut
        && !(r->method & NGX_HTTP_HEAD))
    {
        s->answer.over = 1;
        capture->enough = 1;
    }
}


static ngx_int_t
ngx_http_mcp_capture_headers(ngx_http_request_t *r,
    ngx_http_mcp_subrequest_t *s)
{
    ngx_str_t        *to;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    part = &r->headers_out.headers.part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                break;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].hash == 0) {
            continue;
        }

        to = NULL;

        switch (h[i].key.len) {

        case 3:
            if (ngx_strncasecmp(h[i].key.data, (u_char *) "Age", 3) == 0) {
                to = &s->age;
            }
            break;

        case 4:
            if (ngx_strncasecmp(h[i].key.data, (u_char *) "ETag", 4) == 0) {
                to = &s->etag;
            }
            break;

        case 8:
            if (ngx_strncasecmp(h[i].key.data, (u_char *) "Location", 8) == 0) {
                to = &s->answer.location;
            }
            break;

        case 13:
            if (ngx_strncasecmp(h[i].key.data, (u_char *) "Cache-Control", 13)
                == 0)
            {
                to = &s->cache_control;

            } else if (ngx_strncasecmp(h[i].key.data,
                                       (u_char *) "Last-Modified", 13)
                       == 0)
            {
                s->modified = ngx_parse_http_time(h[i].value.data,
                                                  h[i].value.len);
            }
            break;

        case 16:
            if (ngx_strncasecmp(h[i].key.data, (u_char *) "Content-Encoding",
                                16)
                == 0)
            {
                to = &s->encoding;
            }
            break;
        }

        if (to && ngx_http_mcp_capture_join(r, to, &h[i].value) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* a header that comes more than once is one with commas */

static ngx_int_t
ngx_http_mcp_capture_join(ngx_http_request_t *r, ngx_str_t *to,
    ngx_str_t *value)
{
    u_char  *p;
    size_t   len;

    if (to->len == 0) {
        *to = *value;
        return NGX_OK;
    }

    len = to->len + sizeof(", ") - 1 + value->len;

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_sprintf(p, "%V, %V", to, value);

    to->data = p;
    to->len = len;

    return NGX_OK;
}


/* what remains in "encoding" is one that is not known */

static ngx_int_t
ngx_http_mcp_capture_encoding(ngx_http_mcp_capture_t *capture,
    ngx_str_t *encoding)
{
    ngx_uint_t  gzip;

    if (encoding->len == 0) {
        return NGX_OK;
    }

    gzip = (encoding->len == 4
            && ngx_strncasecmp(encoding->data, (u_char *) "gzip", 4) == 0)
           || (encoding->len == 6
               && ngx_strncasecmp(encoding->data, (u_char *) "x-gzip", 6)
                  == 0);

    if (gzip
        || (encoding->len == 7
            && ngx_strncasecmp(encoding->data, (u_char *) "deflate", 7) == 0))
    {
        encoding->len = 0;

        capture->inflate = mcp_inflate_create(capture->r->pool, gzip);

        return capture->inflate ? NGX_OK : NGX_ERROR;
    }

    if (encoding->len == 8
        && ngx_strncasecmp(encoding->data, (u_char *) "identity", 8) == 0)
    {
        encoding->len = 0;
        return NGX_OK;
    }

    capture->enough = 1;

    return NGX_OK;
}


/* an error of a filter is one of the client's connection: there is none here */

static ngx_int_t
ngx_http_mcp_capture_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_buf_t               *b;
    ngx_http_mcp_capture_t  *capture;

    capture = ngx_http_mcp_capture(r);

    if (capture == NULL) {
        return ngx_http_next_body_filter(r, in);
    }

    for ( /* void */ ; in; in = in->next) {
        b = in->buf;

        if (capture->s
            && !capture->enough
            && ngx_buf_in_memory(b)
            && b->pos != b->last
            && !(r->method & NGX_HTTP_HEAD)
            && ngx_http_mcp_capture_take(capture, b->pos, b->last - b->pos)
               != NGX_OK)
        {
            capture->corrupt = 1;
            capture->enough = 1;
        }

        if (b->last_buf || b->last_in_chain) {
            capture->last = 1;
        }

        b->pos = b->last;
        b->file_pos = b->file_last;
    }

    if (capture->s && capture->enough && !capture->ended) {
        ngx_http_mcp_capture_stop(capture);
    }

    return NGX_OK;
}


/* leaves the loop that reads, so that the event comes to its turn */

static void
ngx_http_mcp_capture_stop(ngx_http_mcp_capture_t *capture)
{
    ngx_http_upstream_t  *u;

    u = capture->r->upstream;

    if (u && u->peer.connection && !u->buffering) {
        u->peer.connection->read->ready = 0;
    }

    ngx_post_event(&capture->event, &ngx_posted_events);
}


static ngx_int_t
ngx_http_mcp_capture_take(ngx_http_mcp_capture_t *capture, u_char *p,
    size_t len)
{
    off_t  size;

    if (capture->inflate) {
        return ngx_http_mcp_capture_inflate(capture, p, len);
    }

    if (capture->body.start == NULL) {
        size = capture->r->headers_out.content_length_n;
        size = ngx_min(size, NGX_HTTP_MCP_CAPTURE_BUF);
        size = ngx_max(size, (off_t) len);
        size = ngx_min(size, (off_t) capture->s->max);

        mcp_buf_init(&capture->body, capture->r->pool, size);
    }

    return ngx_http_mcp_capture_keep(capture, p, len);
}


static ngx_int_t
ngx_http_mcp_capture_inflate(ngx_http_mcp_capture_t *capture, u_char *p,
    size_t len)
{
    u_char   *buf;
    ssize_t   n;

    buf = ngx_palloc(capture->r->pool, NGX_HTTP_MCP_CAPTURE_INFLATE);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    mcp_inflate_put(capture->inflate, p, len);

    do {
        n = mcp_inflate_get(capture->inflate, buf,
                            NGX_HTTP_MCP_CAPTURE_INFLATE);

        if (n > 0 && ngx_http_mcp_capture_keep(capture, buf, n) != NGX_OK) {
            n = NGX_ERROR;
        }

    } while (n > 0 && !capture->enough);

    (void) ngx_pfree(capture->r->pool, buf);

    return n < 0 ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_http_mcp_capture_keep(ngx_http_mcp_capture_t *capture, u_char *p,
    size_t len)
{
    size_t                      room;
    ngx_http_mcp_subrequest_t  *s;

    s = capture->s;

    if (s->piece && s->answer.status < NGX_HTTP_SPECIAL_RESPONSE) {

        if (s->piece(s, p, len) != NGX_OK) {
            capture->enough = 1;
        }

        return NGX_OK;
    }

    if (capture->body.start == NULL) {
        mcp_buf_init(&capture->body, capture->r->pool, 0);
    }

    room = s->max - mcp_buf_len(&capture->body);

    if (len > room) {
        s->answer.over = 1;
        capture->enough = 1;
        len = room;
    }

    mcp_buf_add(&capture->body, p, len);

    return capture->body.failed ? NGX_ERROR : NGX_OK;
}


void
ngx_http_mcp_capture_init(void)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_mcp_capture_header_filter;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_mcp_capture_body_filter;
}
