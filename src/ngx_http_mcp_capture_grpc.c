
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_capture.h>


static ngx_table_elt_t *ngx_http_mcp_grpc_find(ngx_http_request_t *r,
    const char *name, size_t len);
static ngx_table_elt_t *ngx_http_mcp_grpc_in(ngx_list_part_t *part,
    const char *name, size_t len);
static ngx_uint_t ngx_http_mcp_grpc_status(const ngx_str_t *value);


/* by the status of gRPC: what gateways of gRPC make of it */

static const ngx_uint_t  ngx_http_mcp_grpc_statuses[] = {
    200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503,
    500, 401
};


/*
 * The errors of gRPC come with status 200: "grpc-status" is a trailer, or a
 * header where there is no body.
 */

void
ngx_http_mcp_capture_grpc(ngx_http_request_t *r, mcp_answer_t *answer)
{
    u_char           *p, *src;
    size_t            len;
    ngx_uint_t        status;
    ngx_table_elt_t  *h, *message;

    static const u_char  type[] = "application/grpc";

    if (answer->status != NGX_HTTP_OK
        || answer->type.len < sizeof(type) - 1
        || ngx_strncasecmp(answer->type.data, (u_char *) type,
                           sizeof(type) - 1)
           != 0)
    {
        return;
    }

    h = ngx_http_mcp_grpc_find(r, "grpc-status", 11);
    if (h == NULL) {
        return;
    }

    status = ngx_http_mcp_grpc_status(&h->value);
    if (status == NGX_HTTP_OK) {
        return;
    }

    message = ngx_http_mcp_grpc_find(r, "grpc-message", 12);

    len = sizeof("gRPC status : ") - 1 + h->value.len
          + (message ? message->value.len : 0);

    answer->status = status;
    answer->over = 0;
    ngx_str_set(&answer->type, "text/plain; charset=utf-8");
    ngx_str_null(&answer->body);

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return;
    }

    answer->body.data = p;
    p = ngx_sprintf(p, "gRPC status %V", &h->value);

    if (message && message->value.len) {
        *p++ = ':';
        *p++ = ' ';
        src = message->value.data;
        ngx_unescape_uri(&p, &src, message->value.len, 0);
    }

    answer->body.len = p - answer->body.data;
}


static ngx_table_elt_t *
ngx_http_mcp_grpc_find(ngx_http_request_t *r, const char *name, size_t len)
{
    ngx_table_elt_t  *h;

    h = ngx_http_mcp_grpc_in(&r->headers_out.trailers.part, name, len);

    return h ? h : ngx_http_mcp_grpc_in(&r->headers_out.headers.part, name,
                                        len);
}


static ngx_table_elt_t *
ngx_http_mcp_grpc_in(ngx_list_part_t *part, const char *name, size_t len)
{
    ngx_uint_t        i;
    ngx_table_elt_t  *h;

    for ( /* void */ ; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (h[i].hash
                && h[i].key.len == len
                && ngx_strncasecmp(h[i].key.data, (u_char *) name, len) == 0)
            {
                return &h[i];
            }
        }
    }

    return NULL;
}


/* of HTTP; one that is not known is an error too */

static ngx_uint_t
ngx_http_mcp_grpc_status(const ngx_str_t *value)
{
    ngx_int_t   n;
    ngx_uint_t  known;

    known = sizeof(ngx_http_mcp_grpc_statuses) / sizeof(ngx_uint_t);
    n = ngx_atoi(value->data, value->len);

    return (n >= 0 && (ngx_uint_t) n < known) ? ngx_http_mcp_grpc_statuses[n]
                                              : 500;
}
