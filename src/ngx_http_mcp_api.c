
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_json_text.h>
#include <ngx_http_mcp.h>
#include <ngx_http_mcp_call.h>
#include <ngx_http_mcp_report.h>
#include <ngx_http_mcp_stream.h>


static ngx_int_t ngx_http_mcp_api_done(ngx_http_mcp_call_t *call);


ngx_int_t
ngx_http_mcp_add_tools(ngx_conf_t *cf, const ngx_http_mcp_tools_t *tools)
{
    ngx_uint_t                 i;
    ngx_http_mcp_pack_t       *pack;
    ngx_http_mcp_main_conf_t  *mmcf;

    if (tools->version != NGX_HTTP_MCP_API_VERSION) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "a module of MCP tools was built for version %ui "
                           "of the API, ngx_http_mcp_module has version %d: "
                           "build module \"%s\" again",
                           tools->version, NGX_HTTP_MCP_API_VERSION,
                           tools->name);
        return NGX_ERROR;
    }

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);
    pack = mmcf->packs.elts;

    for (i = 0; i < mmcf->packs.nelts; i++) {

        if (ngx_strcmp(pack[i].tools->name, tools->name) == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate module \"%s\" of MCP tools",
                               tools->name);
            return NGX_ERROR;
        }
    }

    pack = ngx_array_push(&mmcf->packs);
    if (pack == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(pack, sizeof(ngx_http_mcp_pack_t));

    pack->tools = tools;

    return NGX_OK;
}


ngx_pool_t *
ngx_http_mcp_pool(ngx_http_mcp_call_t *call)
{
    return call->result.pool;
}


ngx_http_request_t *
ngx_http_mcp_request(ngx_http_mcp_call_t *call)
{
    return call->request;
}


void *
ngx_http_mcp_loc_conf(ngx_http_mcp_call_t *call, const ngx_module_t *module)
{
    return call->loc_conf[module->ctx_index];
}


ngx_uint_t
ngx_http_mcp_has_tools(ngx_conf_t *cf, const ngx_http_mcp_tools_t *tools)
{
    ngx_uint_t                i;
    ngx_http_mcp_pack_t     **pack;
    ngx_http_mcp_loc_conf_t  *mlcf;

    mlcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_mcp_module);

    if (mlcf->enable != 1 || mlcf->packs == NULL) {
        return 0;
    }

    pack = mlcf->packs->elts;

    for (i = 0; i < mlcf->packs->nelts; i++) {
        if (pack[i]->tools == tools) {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ngx_http_mcp_result(ngx_http_mcp_call_t *call, cJSON *value)
{
    ngx_int_t            rc;
    mcp_schema_error_t   err;

    if (value == NULL) {
        return NGX_ERROR;
    }

    rc = mcp_result_structured(&call->result, value, &err);

    cJSON_Delete(value);

    return rc == NGX_DECLINED ? ngx_http_mcp_call_broke(call, &err) : rc;
}


ngx_int_t
ngx_http_mcp_text(ngx_http_mcp_call_t *call, const u_char *p, size_t len)
{
    mcp_result_text(&call->result, p, len);

    return ngx_http_mcp_api_done(call);
}


ngx_int_t
ngx_http_mcp_image(ngx_http_mcp_call_t *call, const u_char *p, size_t len,
    const char *mime_type)
{
    ngx_str_t  type;

    ngx_http_mcp_str(&type, mime_type);
    mcp_result_image(&call->result, p, len, &type);

    return ngx_http_mcp_api_done(call);
}


ngx_int_t
ngx_http_mcp_audio(ngx_http_mcp_call_t *call, const u_char *p, size_t len,
    const char *mime_type)
{
    ngx_str_t  type;

    ngx_http_mcp_str(&type, mime_type);
    mcp_result_audio(&call->result, p, len, &type);

    return ngx_http_mcp_api_done(call);
}


ngx_int_t
ngx_http_mcp_link(ngx_http_mcp_call_t *call, const ngx_http_mcp_link_t *link)
{
    mcp_result_link_t  l;

    if (call->msg->resource) {
        return NGX_ERROR;
    }

    ngx_http_mcp_str(&l.uri, link->uri);
    ngx_http_mcp_str(&l.name, link->name);
    ngx_http_mcp_str(&l.title, link->title);
    ngx_http_mcp_str(&l.description, link->description);
    ngx_http_mcp_str(&l.mime_type, link->mime_type);
    l.size = link->size;

    mcp_result_link(&call->result, &l);

    return ngx_http_mcp_api_done(call);
}


ngx_int_t
ngx_http_mcp_embed_text(ngx_http_mcp_call_t *call, const char *uri,
    const char *mime_type, const u_char *p, size_t len)
{
    ngx_str_t  u, type;

    ngx_http_mcp_str(&u, uri);
    ngx_http_mcp_str(&type, mime_type);
    mcp_result_embed(&call->result, &u, &type, p, len, 0);

    return ngx_http_mcp_api_done(call);
}


ngx_int_t
ngx_http_mcp_embed_blob(ngx_http_mcp_call_t *call, const char *uri,
    const char *mime_type, const u_char *p, size_t len)
{
    ngx_str_t  u, type;

    ngx_http_mcp_str(&u, uri);
    ngx_http_mcp_str(&type, mime_type);
    mcp_result_embed(&call->result, &u, &type, p, len, 1);

    return ngx_http_mcp_api_done(call);
}


ngx_int_t
ngx_http_mcp_annotate(ngx_http_mcp_call_t *call, ngx_uint_t audience,
    double priority)
{
    return mcp_result_annotate(&call->result, audience, priority);
}


ngx_int_t
ngx_http_mcp_role(ngx_http_mcp_call_t *call, ngx_uint_t role)
{
    call->result.assistant = (role == NGX_HTTP_MCP_ASSISTANT);

    return NGX_OK;
}


ngx_str_t
ngx_http_mcp_uri(ngx_http_mcp_call_t *call)
{
    ngx_str_t  none = ngx_null_string;

    return call->msg->resource ? call->msg->name : none;
}


ngx_int_t
ngx_http_mcp_complete(ngx_http_mcp_call_t *call, const u_char *p, size_t len)
{
    if (call->completion == NULL) {
        return NGX_ERROR;
    }

    mcp_completion_add(call->completion, p, len);

    return call->completion->values.failed ? NGX_ERROR : NGX_OK;
}


ngx_int_t ngx_cdecl
ngx_http_mcp_error(ngx_http_mcp_call_t *call, const char *fmt, ...)
{
    u_char   *p, buf[MCP_RESULT_ERROR_MAX + MCP_UTF8_MAX];
    va_list   args;

    va_start(args, fmt);
    p = ngx_vslprintf(buf, buf + sizeof(buf), fmt, args);
    va_end(args);

    mcp_result_error(&call->result, buf, p - buf);

    return NGX_OK;
}


void
ngx_http_mcp_on_abort(ngx_http_mcp_call_t *call, ngx_http_mcp_abort_pt handler,
    void *data)
{
    call->abort = handler;
    call->data = data;
}


void
ngx_http_mcp_done(ngx_http_mcp_call_t *call, ngx_int_t rc)
{
    ngx_http_mcp_call_done(call, rc);
}


ngx_uint_t
ngx_http_mcp_cancelled(ngx_http_mcp_call_t *call)
{
    return ngx_http_mcp_call_cancelled(call);
}


ngx_int_t
ngx_http_mcp_progress(ngx_http_mcp_call_t *call, double value, double total,
    const char *text)
{
    return ngx_http_mcp_report_progress(call, value, total, text);
}


ngx_int_t ngx_cdecl
ngx_http_mcp_log(ngx_http_mcp_call_t *call, ngx_uint_t level,
    const char *logger, const char *fmt, ...)
{
    u_char   *p, buf[MCP_NOTIFY_TEXT_MAX + MCP_UTF8_MAX];
    va_list   args;

    if (!ngx_http_mcp_report_logs(call, level)) {
        return NGX_OK;
    }

    va_start(args, fmt);
    p = ngx_vslprintf(buf, buf + sizeof(buf), fmt, args);
    va_end(args);

    return ngx_http_mcp_report_log(call, level, logger, buf, p - buf);
}


ngx_int_t
ngx_http_mcp_poll(ngx_http_mcp_call_t *call, ngx_msec_t retry)
{
    ngx_int_t  rc;

    if (call->thread || call->done || call->completion) {
        return NGX_DECLINED;
    }

    rc = ngx_http_mcp_stream_poll(call->request, call->ctx, retry);

    if (rc == NGX_ERROR) {
        ngx_http_mcp_call_lose(call);
    }

    return rc;
}


static ngx_int_t
ngx_http_mcp_api_done(ngx_http_mcp_call_t *call)
{
    return call->result.content.failed ? NGX_ERROR : NGX_OK;
}
