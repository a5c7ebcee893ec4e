
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_metadata.h>


static ngx_http_mcp_document_t *ngx_http_mcp_metadata_find(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_mcp_metadata_headers(ngx_http_request_t *r);


/* clients in a browser ask first, since they send a header of MCP */

static const ngx_keyval_t  ngx_http_mcp_metadata_any[] = {
    { ngx_string("Access-Control-Allow-Origin"), ngx_string("*") },
    { ngx_string("Access-Control-Allow-Methods"), ngx_string("GET, HEAD") },
    { ngx_string("Access-Control-Allow-Headers"), ngx_string("*") },
    { ngx_string("Cache-Control"), ngx_string("max-age=3600") },
    { ngx_null_string, ngx_null_string }
};


ngx_int_t
ngx_http_mcp_metadata_add(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *conf)
{
    ngx_uint_t                     i;
    const char                    *err;
    mcp_protect_t                  protect;
    ngx_http_mcp_document_t       *document, *other;
    ngx_http_mcp_auth_conf_t      *acf;
    ngx_http_mcp_auth_srv_conf_t  *ascf;

    acf = conf->auth;

    if (acf->servers == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"mcp_resource_metadata %V\" needs "
                      "\"mcp_authorization_servers\" in %s:%ui",
                      &acf->resource, acf->at.file, acf->at.line);
        return NGX_ERROR;
    }

    if (!ngx_http_mcp_auth_enabled(acf) && conf->consumer == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"mcp_resource_metadata %V\" tells clients to get "
                      "tokens, and nobody looks at them: add "
                      "\"mcp_jwt_keys\", or \"mcp_consumer\" for what "
                      "\"auth_request\" says of them in %s:%ui",
                      &acf->resource, acf->at.file, acf->at.line);
        return NGX_ERROR;
    }

    ascf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_mcp_auth_module);

    document = ngx_array_push(&ascf->documents);
    if (document == NULL) {
        return NGX_ERROR;
    }

    /* it was looked at where the directive stands */

    if (mcp_protect_uri(cf->pool, &acf->resource, &document->path, &acf->url,
                        &err)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_memzero(&protect, sizeof(mcp_protect_t));

    protect.resource = acf->resource;
    protect.name = conf->info->title;
    protect.servers = acf->servers;
    protect.scopes = acf->scopes;

    if (mcp_protect_metadata(&protect, cf->pool, &document->json) != NGX_OK) {
        return NGX_ERROR;
    }

    other = ascf->documents.elts;

    for (i = 0; i < ascf->documents.nelts - 1; i++) {

        if (other[i].path.len == document->path.len
            && ngx_memcmp(other[i].path.data, document->path.data,
                          document->path.len)
               == 0)
        {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "two locations of a server have the path of "
                          "\"mcp_resource_metadata %V\" in %s:%ui",
                          &acf->resource, acf->at.file, acf->at.line);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_mcp_metadata_handler(ngx_http_request_t *r)
{
    ngx_int_t                  rc;
    ngx_http_mcp_document_t   *document;
    ngx_http_complex_value_t   cv;
    static ngx_str_t           type = ngx_string("application/json");

    document = ngx_http_mcp_metadata_find(r);

    if (document == NULL) {
        return NGX_DECLINED;
    }

    if ((r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_OPTIONS)) == 0) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_mcp_metadata_headers(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (r->method == NGX_HTTP_OPTIONS) {
        r->headers_out.status = NGX_HTTP_NO_CONTENT;
        r->header_only = 1;

        return ngx_http_send_header(r);
    }

    ngx_memzero(&cv, sizeof(ngx_http_complex_value_t));

    cv.value = document->json;

    return ngx_http_send_response(r, NGX_HTTP_OK, &type, &cv);
}


ngx_uint_t
ngx_http_mcp_is_metadata(ngx_http_request_t *r)
{
    return ngx_http_mcp_metadata_find(r) != NULL;
}


static ngx_http_mcp_document_t *
ngx_http_mcp_metadata_find(ngx_http_request_t *r)
{
    ngx_uint_t                     i;
    ngx_http_mcp_document_t       *document;
    ngx_http_mcp_auth_srv_conf_t  *ascf;

    ascf = ngx_http_get_module_srv_conf(r, ngx_http_mcp_auth_module);

    document = ascf->documents.elts;

    for (i = 0; i < ascf->documents.nelts; i++) {

        if (r->uri.len == document[i].path.len
            && ngx_memcmp(r->uri.data, document[i].path.data, r->uri.len) == 0)
        {
            return &document[i];
        }
    }

    return NULL;
}


static ngx_int_t
ngx_http_mcp_metadata_headers(ngx_http_request_t *r)
{
    const ngx_keyval_t  *header;

    for (header = ngx_http_mcp_metadata_any; header->key.len; header++) {

        if (ngx_http_mcp_push_header(r, (char *) header->key.data,
                                     &header->value)
            == NULL)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
