
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_cors.h>
#include <ngx_http_mcp_metadata.h>


static ngx_int_t ngx_http_mcp_cors_header_filter(ngx_http_request_t *r);
static void ngx_http_mcp_cors_clear(ngx_http_request_t *r);
static ngx_int_t ngx_http_mcp_cors_set(ngx_http_request_t *r,
    mcp_cors_headers_t *headers);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;


ngx_int_t
ngx_http_mcp_cors_preflight(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_str_t            origin, method, asked;
    mcp_cors_headers_t   headers;

    if (ctx->conf->cors == NULL || r->method != NGX_HTTP_OPTIONS) {
        return NGX_DECLINED;
    }

    ngx_http_mcp_header(r, "origin", &origin);
    ngx_http_mcp_header(r, "access-control-request-method", &method);
    ngx_http_mcp_header(r, "access-control-request-headers", &asked);

    if (origin.len == 0 || method.len == 0) {
        return NGX_DECLINED;
    }

    rc = mcp_cors_preflight(ctx->conf->cors, r->pool, &origin, &asked,
                            &headers);

    if (rc == NGX_DECLINED) {
        return NGX_DECLINED;
    }

    if (rc == NGX_ERROR || ngx_http_mcp_cors_set(r, &headers) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    ctx->answered = 1;
    ctx->preflight = 1;

    r->headers_out.status = NGX_HTTP_NO_CONTENT;
    r->header_only = 1;

    ngx_http_mcp_finalize(r, ngx_http_send_header(r));

    return NGX_DONE;
}


ngx_uint_t
ngx_http_mcp_cors_allows(ngx_http_mcp_loc_conf_t *mlcf, ngx_str_t *origin)
{
    mcp_cors_headers_t  headers;

    return mlcf->cors
           && mcp_cors_answer(mlcf->cors, origin, &headers) == NGX_OK;
}


static ngx_int_t
ngx_http_mcp_cors_header_filter(ngx_http_request_t *r)
{
    ngx_str_t                 origin;
    ngx_http_mcp_ctx_t       *ctx;
    mcp_cors_headers_t        headers;
    ngx_http_mcp_loc_conf_t  *mlcf;

    ctx = ngx_http_mcp_get_ctx(r);

    /* "error_page" may have led elsewhere */

    mlcf = (ctx && ctx->conf)
           ? ctx->conf : ngx_http_get_module_loc_conf(r, ngx_http_mcp_module);

    if (mlcf->cors == NULL || (!mlcf->enable && !mlcf->inspect)
        || r != r->main
        || (ctx ? ctx->preflight : ngx_http_mcp_is_metadata(r)))
    {
        return ngx_http_next_header_filter(r);
    }

    ngx_http_mcp_header(r, "origin", &origin);

    if (mlcf->inspect) {
        ngx_http_mcp_cors_clear(r);
    }

    (void) mcp_cors_answer(mlcf->cors, &origin, &headers);

    if (ngx_http_mcp_cors_set(r, &headers) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_next_header_filter(r);
}


/* what the other server says of origins is said here, and must not be twice */

static void
ngx_http_mcp_cors_clear(ngx_http_request_t *r)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    for (part = &r->headers_out.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (h[i].key.len > sizeof("access-control-") - 1
                && ngx_strncasecmp(h[i].key.data, (u_char *) "access-control-",
                                   sizeof("access-control-") - 1)
                   == 0)
            {
                h[i].hash = 0;
            }
        }
    }
}


static ngx_int_t
ngx_http_mcp_cors_set(ngx_http_request_t *r, mcp_cors_headers_t *headers)
{
    ngx_uint_t  i;

    const struct {
        const char  *name;
        ngx_str_t   *value;
    } all[] = {
        { "Access-Control-Allow-Origin", &headers->origin },
        { "Access-Control-Allow-Credentials", &headers->credentials },
        { "Access-Control-Expose-Headers", &headers->exposed },
        { "Access-Control-Allow-Methods", &headers->methods },
        { "Access-Control-Allow-Headers", &headers->headers },
        { "Access-Control-Max-Age", &headers->max_age },
        { "Vary", &headers->vary }
    };

    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {

        if (all[i].value->len
            && ngx_http_mcp_push_header(r, all[i].name, all[i].value) == NULL)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


void
ngx_http_mcp_cors_init(void)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_mcp_cors_header_filter;
}
