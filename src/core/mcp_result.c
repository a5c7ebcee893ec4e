
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_text.h>
#include <mcp_result.h>


static mcp_buf_t *mcp_result_open(mcp_result_t *result, const char *type);
static void mcp_result_close(mcp_result_t *result);
static void mcp_result_data(mcp_result_t *result, const char *type,
    const u_char *p, size_t len, ngx_str_t *mime_type);
static void mcp_result_member(mcp_buf_t *b, const char *name,
    const u_char *p, size_t len);
static void mcp_result_link_text(mcp_result_t *result,
    mcp_result_link_t *link);
static void mcp_result_contents(mcp_result_t *result, ngx_str_t *uri,
    const ngx_str_t *mime_type, const u_char *p, size_t len, ngx_uint_t blob);
static void mcp_result_write_contents(mcp_buf_t *b, const ngx_str_t *uri,
    const ngx_str_t *mime_type, const ngx_str_t *meta, const u_char *p,
    size_t len, ngx_uint_t blob);
static void mcp_result_write_tool(mcp_result_t *result, mcp_buf_t *b);
static void mcp_result_write_prompt(mcp_result_t *result, mcp_buf_t *b);
static void mcp_result_write_resource(mcp_result_t *result, mcp_buf_t *b);


void
mcp_result_init(mcp_result_t *result, ngx_pool_t *pool,
    const mcp_tool_t *tool, ngx_uint_t version)
{
    ngx_memzero(result, sizeof(mcp_result_t));

    result->pool = pool;
    result->tool = tool;
    result->version = version;

    mcp_buf_init(&result->content, pool, 256);
}


void
mcp_result_init_msg(mcp_result_t *result, ngx_pool_t *pool,
    const mcp_msg_t *msg)
{
    mcp_result_init(result, pool, msg->tool, msg->version);

    result->resource = msg->resource;
    result->prompt = msg->prompt;
    result->uri = msg->name;
}


void
mcp_result_text(mcp_result_t *result, const u_char *p, size_t len)
{
    if (result->resource) {
        mcp_result_contents(result, NULL, NULL, p, len, 0);
        return;
    }

    mcp_result_member(mcp_result_open(result, "text"), "text", p, len);
    mcp_result_close(result);
}


void
mcp_result_image(mcp_result_t *result, const u_char *p, size_t len,
    ngx_str_t *mime_type)
{
    mcp_result_data(result, "image", p, len, mime_type);
}


void
mcp_result_audio(mcp_result_t *result, const u_char *p, size_t len,
    ngx_str_t *mime_type)
{
    u_char     buf[sizeof("content:") + NGX_INT_T_LEN];
    ngx_str_t  uri;

    if (result->resource || result->version >= MCP_VERSION_2025_03_26) {
        mcp_result_data(result, "audio", p, len, mime_type);
        return;
    }

    uri.data = buf;
    uri.len = ngx_sprintf(buf, "content:%ui", result->items) - buf;

    mcp_result_embed(result, &uri, mime_type, p, len, 1);
}


static void
mcp_result_data(mcp_result_t *result, const char *type, const u_char *p,
    size_t len, ngx_str_t *mime_type)
{
    mcp_buf_t  *b;

    if (result->resource) {
        mcp_result_contents(result, NULL, mime_type, p, len, 1);
        return;
    }

    b = mcp_result_open(result, type);

    mcp_buf_lit(b, ",\"data\":\"");
    mcp_buf_base64(b, p, len);
    mcp_buf_char(b, '"');
    mcp_result_member(b, "mimeType", mime_type->data, mime_type->len);

    mcp_result_close(result);
}


void
mcp_result_link(mcp_result_t *result, mcp_result_link_t *link)
{
    mcp_buf_t  *b;

    if (result->version < MCP_VERSION_2025_06_18) {
        mcp_result_link_text(result, link);
        return;
    }

    b = mcp_result_open(result, "resource_link");

    mcp_result_member(b, "uri", link->uri.data, link->uri.len);
    mcp_result_member(b, "name", link->name.data, link->name.len);

    mcp_buf_json_member(b, "title", &link->title);
    mcp_buf_json_member(b, "description", &link->description);
    mcp_buf_json_member(b, "mimeType", &link->mime_type);

    if (link->size >= 0) {
        mcp_buf_lit(b, ",\"size\":");
        mcp_buf_int(b, link->size);
    }

    mcp_result_close(result);
}


static void
mcp_result_link_text(mcp_result_t *result, mcp_result_link_t *link)
{
    mcp_buf_t  text;

    mcp_buf_init(&text, result->pool, link->name.len + link->uri.len + 3);
    mcp_buf_str(&text, &link->name);
    mcp_buf_lit(&text, " <");
    mcp_buf_str(&text, &link->uri);
    mcp_buf_char(&text, '>');

    result->content.failed |= text.failed;
    mcp_result_text(result, text.start, mcp_buf_len(&text));
}


void
mcp_result_embed(mcp_result_t *result, ngx_str_t *uri, ngx_str_t *mime_type,
    const u_char *p, size_t len, ngx_uint_t blob)
{
    mcp_buf_t  *b;

    if (result->resource) {
        mcp_result_contents(result, uri, mime_type, p, len, blob);
        return;
    }

    b = mcp_result_open(result, "resource");

    mcp_buf_lit(b, ",\"resource\":");
    mcp_result_write_contents(b, uri, mime_type, NULL, p, len, blob);

    mcp_result_close(result);
}


static void
mcp_result_contents(mcp_result_t *result, ngx_str_t *uri,
    const ngx_str_t *mime_type, const u_char *p, size_t len, ngx_uint_t blob)
{
    if (result->items++) {
        mcp_buf_char(&result->content, ',');
    }

    mcp_result_write_contents(&result->content,
                              (uri && uri->len) ? uri : &result->uri,
                              (mime_type && mime_type->len)
                              ? mime_type : &result->resource->mime_type,
                              result->version >= MCP_VERSION_2025_06_18
                              ? &result->contents_meta : NULL,
                              p, len, blob);
}


static void
mcp_result_write_contents(mcp_buf_t *b, const ngx_str_t *uri,
    const ngx_str_t *mime_type, const ngx_str_t *meta, const u_char *p,
    size_t len, ngx_uint_t blob)
{
    mcp_buf_lit(b, "{\"uri\":");
    mcp_buf_json_string(b, uri->data, uri->len);

    mcp_buf_json_member(b, "mimeType", mime_type);

    if (meta && meta->len) {
        mcp_buf_lit(b, ",\"_meta\":");
        mcp_buf_str(b, meta);
    }

    if (blob) {
        mcp_buf_lit(b, ",\"blob\":\"");
        mcp_buf_base64(b, p, len);
        mcp_buf_lit(b, "\"}");

    } else {
        mcp_result_member(b, "text", p, len);
        mcp_buf_char(b, '}');
    }
}


static mcp_buf_t *
mcp_result_open(mcp_result_t *result, const char *type)
{
    mcp_buf_t  *b;

    b = &result->content;

    if (result->items++) {
        mcp_buf_char(b, ',');
    }

    if (result->prompt && result->assistant) {
        mcp_buf_lit(b, "{\"role\":\"assistant\",\"content\":");

    } else if (result->prompt) {
        mcp_buf_lit(b, "{\"role\":\"user\",\"content\":");
    }

    mcp_buf_lit(b, "{\"type\":\"");
    mcp_buf_add(b, type, ngx_strlen(type));
    mcp_buf_char(b, '"');

    return b;
}


static void
mcp_result_close(mcp_result_t *result)
{
    mcp_buf_str(&result->content, &result->annotations);
    mcp_buf_char(&result->content, '}');

    if (result->prompt) {
        mcp_buf_char(&result->content, '}');
    }

    ngx_str_null(&result->annotations);
}


static void
mcp_result_member(mcp_buf_t *b, const char *name, const u_char *p, size_t len)
{
    mcp_buf_lit(b, ",\"");
    mcp_buf_add(b, name, ngx_strlen(name));
    mcp_buf_lit(b, "\":");
    mcp_buf_json_string(b, p, len);
}


ngx_int_t
mcp_result_annotate(mcp_result_t *result, ngx_uint_t audience,
    double priority)
{
    mcp_buf_t          b;
    mcp_annotations_t  annotations;

    ngx_str_null(&annotations.modified);
    annotations.audience = audience;
    annotations.priority = priority;

    mcp_buf_init(&b, result->pool, 64);

    if (priority < 0
        || mcp_annotations_write(&b, &annotations, result->version) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return mcp_buf_done(&b, &result->annotations);
}


ngx_int_t
mcp_result_structured(mcp_result_t *result, const cJSON *value,
    mcp_schema_error_t *err)
{
    mcp_buf_t  b;
    ngx_int_t  rc;

    static const ngx_str_t  json = ngx_string("application/json");

    if (result->tool && result->tool->output) {
        rc = mcp_schema_check(result->tool->output, value, result->pool, err);

        if (rc != NGX_OK) {
            return rc == NGX_ERROR ? NGX_ERROR : NGX_DECLINED;
        }
    }

    mcp_buf_init(&b, result->pool, 128);

    if (mcp_json_print(&b, value) != NGX_OK) {
        ngx_str_null(&err->path);
        ngx_str_set(&err->text, "cannot be written as JSON");
        return NGX_DECLINED;
    }

    if (mcp_buf_done(&b, &result->structured) != NGX_OK) {
        return NGX_ERROR;
    }

    if (result->resource && result->resource->mime_type.len == 0) {
        mcp_result_contents(result, NULL, &json, result->structured.data,
                            result->structured.len, 0);

    } else if (result->tool == NULL) {
        mcp_result_text(result, result->structured.data,
                        result->structured.len);
    }

    result->object = cJSON_IsObject(value) ? 1 : 0;

    return NGX_OK;
}


void
mcp_result_json(mcp_result_t *result, const ngx_str_t *json)
{
    result->structured = *json;
    result->object = (json->data[0] == '{');
}


void
mcp_result_error(mcp_result_t *result, const u_char *p, size_t len)
{
    ngx_str_t  text;

    result->error = 1;
    result->items = 0;
    result->content.last = result->content.start;

    ngx_str_null(&result->structured);
    ngx_str_null(&result->annotations);

    if (result->tool) {
        mcp_result_text(result, p, mcp_utf8_cut(p, len, MCP_RESULT_ERROR_MAX));
        return;
    }

    text.data = (u_char *) p;
    text.len = mcp_utf8_cut(p, len, MCP_RESULT_ERROR_MAX);

    result->reason = text;
    result->reason.data = ngx_pstrdup(result->pool, &text);

    if (result->reason.data == NULL) {
        result->content.failed = 1;
    }
}


ngx_int_t
mcp_result_write(mcp_result_t *result, const mcp_server_t *server,
    mcp_buf_t *b)
{
    ngx_uint_t  modern;

    if (result->tool && result->structured.len) {

        if (result->items == 0) {
            mcp_result_text(result, result->structured.data,
                            result->structured.len);
        }

    } else if (result->tool && result->tool->output && !result->error) {
        return NGX_DECLINED;
    }

    if (result->content.failed) {
        return NGX_ERROR;
    }

    if (result->resource && result->items == 0) {
        return NGX_DECLINED;
    }

    modern = mcp_version_modern(result->version);

    mcp_buf_char(b, '{');

    if (modern) {
        mcp_buf_lit(b, "\"resultType\":\"complete\",");
    }

    if (result->tool) {
        mcp_result_write_tool(result, b);

    } else if (result->prompt) {
        mcp_result_write_prompt(result, b);

    } else {
        mcp_result_write_resource(result, b);
    }

    if (modern) {
        mcp_buf_str(b, &server->meta);
    }

    mcp_buf_char(b, '}');

    return b->failed ? NGX_ERROR : NGX_OK;
}


static void
mcp_result_write_tool(mcp_result_t *result, mcp_buf_t *b)
{
    mcp_buf_lit(b, "\"content\":[");
    mcp_buf_add(b, result->content.start, mcp_buf_len(&result->content));
    mcp_buf_char(b, ']');

    if (result->structured.len
        && (mcp_version_modern(result->version)
            || (result->version >= MCP_VERSION_2025_06_18 && result->object)))
    {
        mcp_buf_lit(b, ",\"structuredContent\":");
        mcp_buf_str(b, &result->structured);
    }

    if (result->error) {
        mcp_buf_lit(b, ",\"isError\":true");
    }
}


static void
mcp_result_write_prompt(mcp_result_t *result, mcp_buf_t *b)
{
    mcp_buf_lit(b, "\"messages\":[");
    mcp_buf_add(b, result->content.start, mcp_buf_len(&result->content));
    mcp_buf_char(b, ']');
    mcp_buf_json_member(b, "description", &result->prompt->description);
}


static void
mcp_result_write_resource(mcp_result_t *result, mcp_buf_t *b)
{
    mcp_buf_lit(b, "\"contents\":[");
    mcp_buf_add(b, result->content.start, mcp_buf_len(&result->content));
    mcp_buf_char(b, ']');

    if (mcp_version_modern(result->version)) {
        mcp_server_write_cache(b, result->fresh.said ? result->fresh.ttl
                                                     : result->resource->ttl,
                               result->resource->public
                               && result->resource->need == NULL
                               && !result->fresh.private);
    }
}
