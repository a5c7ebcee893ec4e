
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_tools.h>
#include <mcp_result.h>
#include <mcp_headers.h>
#include <mcp_params.h>


static ngx_int_t mcp_tool_compile_schema(ngx_pool_t *pool, ngx_str_t *text,
    cJSON **root, mcp_schema_t **schema, mcp_schema_error_t *err);
static ngx_int_t mcp_tool_explain(ngx_pool_t *pool, mcp_schema_error_t *err,
    const char *part);
static ngx_uint_t mcp_tool_is_object(const cJSON *schema);
static void mcp_tool_write(mcp_buf_t *b, const void *data, ngx_uint_t version);
static void mcp_tool_write_annotations(mcp_buf_t *b, ngx_uint_t flags);
static ngx_int_t mcp_tools_refuse_arguments(const mcp_server_t *server,
    mcp_msg_t *msg, mcp_schema_error_t *err, mcp_action_t *action);


ngx_int_t
mcp_tool_compile(ngx_pool_t *pool, mcp_tool_t *tool, mcp_schema_error_t *err)
{
    cJSON      *root;
    ngx_int_t   rc;

    ngx_str_null(&err->path);

    if (!mcp_tool_is_name(&tool->name)) {
        ngx_str_set(&err->text, "the name must be 1 to 128 characters of "
                                "\"A-Z\", \"a-z\", \"0-9\", \"_\", \"-\" "
                                "and \".\"");
        return NGX_DECLINED;
    }

    rc = mcp_tool_compile_schema(pool, &tool->input_schema, &root,
                                 &tool->input, err);
    if (rc == NGX_OK && !mcp_tool_is_object(root)) {
        ngx_str_set(&err->text, "the root must have \"type\": \"object\"");
        rc = NGX_DECLINED;
    }

    if (rc == NGX_OK) {
        if (ngx_array_init(&tool->params, pool, 1, sizeof(mcp_param_t))
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        rc = mcp_headers_compile(pool, root, &tool->params, err);
    }

    if (rc == NGX_DECLINED) {
        return mcp_tool_explain(pool, err, "input schema");
    }

    if (rc != NGX_OK || tool->output_schema.len == 0) {
        return rc;
    }

    rc = mcp_tool_compile_schema(pool, &tool->output_schema, &root,
                                 &tool->output, err);
    if (rc == NGX_DECLINED) {
        return mcp_tool_explain(pool, err, "output schema");
    }

    if (rc == NGX_OK) {
        tool->output_object = mcp_tool_is_object(root);
    }

    return rc;
}


ngx_uint_t
mcp_tool_is_name(const ngx_str_t *name)
{
    u_char  c;
    size_t  i;

    for (i = 0; i < name->len; i++) {
        c = name->data[i];

        if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
            || c == '_' || c == '-' || c == '.')
        {
            continue;
        }

        break;
    }

    return i == name->len && i > 0 && i <= MCP_TOOL_NAME_MAX;
}


static ngx_int_t
mcp_tool_compile_schema(ngx_pool_t *pool, ngx_str_t *text, cJSON **root,
    mcp_schema_t **schema, mcp_schema_error_t *err)
{
    u_char          *p;
    mcp_buf_t        b;
    ngx_int_t        rc;
    const char      *reason;
    mcp_json_doc_t   doc;

    rc = mcp_json_parse(pool, text, &doc, root);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED) {
        reason = mcp_json_strerror(doc.err);

        p = ngx_pnalloc(pool, ngx_strlen(reason) + 64);
        if (p == NULL) {
            return NGX_ERROR;
        }

        err->text.data = p;
        err->text.len = ngx_sprintf(p, "not accepted as JSON: %s at offset "
                                    "%uz", reason, doc.offset)
                        - p;
        return NGX_DECLINED;
    }

    /* of a thousand tools they would take more than the trees */

    mcp_json_free(&doc);

    rc = mcp_schema_compile(pool, *root, schema, err);

    if (rc != NGX_OK) {
        return rc;
    }

    mcp_buf_init(&b, pool, text->len);

    if (mcp_json_print(&b, *root) != NGX_OK) {
        return NGX_ERROR;
    }

    return mcp_buf_done(&b, text);
}


/* "input schema at /properties/x: must be ..." */

static ngx_int_t
mcp_tool_explain(ngx_pool_t *pool, mcp_schema_error_t *err, const char *part)
{
    u_char  *p, *start;

    start = ngx_pnalloc(pool, ngx_strlen(part) + sizeof(" at : ") - 1
                              + err->path.len + err->text.len);
    if (start == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(start, "%s", part);

    if (err->path.len) {
        p = ngx_sprintf(p, " at %V", &err->path);
    }

    p = ngx_sprintf(p, ": %V", &err->text);

    err->text.len = p - start;
    err->text.data = start;

    return NGX_DECLINED;
}


static ngx_uint_t
mcp_tool_is_object(const cJSON *schema)
{
    const cJSON  *type;

    type = cJSON_GetObjectItemCaseSensitive(schema, "type");

    return cJSON_IsString(type) && ngx_strcmp(type->valuestring, "object") == 0;
}


/* what a revision does not know is left out */

static void
mcp_tool_write(mcp_buf_t *b, const void *data, ngx_uint_t version)
{
    const mcp_tool_t  *tool = data;

    mcp_buf_lit(b, "{\"name\":");
    mcp_buf_json_string(b, tool->name.data, tool->name.len);

    mcp_list_write_title(b, &tool->title, version);
    mcp_buf_json_member(b, "description", &tool->description);

    mcp_buf_lit(b, ",\"inputSchema\":");
    mcp_buf_str(b, &tool->input_schema);

    if (tool->output
        && (mcp_version_modern(version)
            || (version >= MCP_VERSION_2025_06_18 && tool->output_object)))
    {
        mcp_buf_lit(b, ",\"outputSchema\":");
        mcp_buf_str(b, &tool->output_schema);
    }

    if (version >= MCP_VERSION_2025_03_26 && tool->flags) {
        mcp_tool_write_annotations(b, tool->flags);
    }

    mcp_list_write_icon(b, &tool->icon, version);
    mcp_buf_char(b, '}');
}


static void
mcp_tool_write_annotations(mcp_buf_t *b, ngx_uint_t flags)
{
    ngx_uint_t  i;

    static const struct {
        const char  *name;
        ngx_uint_t   flag;
    } hints[] = {
        { "readOnlyHint", MCP_TOOL_READ_ONLY },
        { "destructiveHint", MCP_TOOL_DESTRUCTIVE },
        { "idempotentHint", MCP_TOOL_IDEMPOTENT },
        { "openWorldHint", MCP_TOOL_OPEN_WORLD },
        { NULL, 0 }
    };

    mcp_buf_lit(b, ",\"annotations\":{");

    for (i = 0; hints[i].name; i++) {
        if (i) {
            mcp_buf_char(b, ',');
        }

        mcp_buf_json_string(b, (u_char *) hints[i].name,
                            ngx_strlen(hints[i].name));

        if (flags & hints[i].flag) {
            mcp_buf_lit(b, ":true");

        } else {
            mcp_buf_lit(b, ":false");
        }
    }

    mcp_buf_char(b, '}');
}


ngx_int_t
mcp_tools_render(mcp_server_t *server, ngx_pool_t *pool)
{
    return mcp_list_render(server, pool, MCP_OFFER_TOOLS, "tools",
                           mcp_tool_write);
}


ngx_int_t
mcp_tools_list(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action)
{
    return mcp_list(server, msg, action, MCP_OFFER_TOOLS);
}


ngx_int_t
mcp_tools_call(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action)
{
    ngx_int_t            rc;
    ngx_uint_t           missing;
    mcp_schema_error_t   err;

    rc = mcp_params_subject(msg, "name");

    if (rc != NGX_OK) {
        return rc;
    }

    if (msg->tool == NULL) {
        return mcp_params_unknown(msg, "tool", &msg->name);
    }

    missing = msg->tool->capabilities & ~msg->capabilities;

    if (missing) {
        return mcp_meta_need(msg, missing);
    }

    rc = mcp_params_object(msg, msg->params, "arguments", 0, &action->args);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_schema_check(msg->tool->input, action->args, msg->doc->pool, &err);

    if (rc == NGX_OK) {
        action->type = MCP_ACTION_CALL;
        return NGX_OK;
    }

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    return mcp_tools_refuse_arguments(server, msg, &err, action);
}


/* the model can read what is wrong and call again */

static ngx_int_t
mcp_tools_refuse_arguments(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_schema_error_t *err, mcp_action_t *action)
{
    mcp_buf_t     b, text;
    mcp_result_t  result;

    mcp_buf_init(&text, msg->doc->pool, 256);
    mcp_buf_lit(&text, "Invalid arguments: ");

    if (err->path.len) {
        mcp_buf_str(&text, &err->path);
        mcp_buf_char(&text, ' ');
    }

    mcp_buf_str(&text, &err->text);

    if (text.failed) {
        return NGX_ERROR;
    }

    mcp_result_init(&result, msg->doc->pool, msg->tool, msg->version);
    mcp_result_error(&result, text.start, mcp_buf_len(&text));

    mcp_buf_init(&b, msg->doc->pool, 512);

    if (mcp_result_write(&result, server, &b) != NGX_OK
        || mcp_buf_done(&b, &action->result) != NGX_OK)
    {
        return NGX_ERROR;
    }

    msg->error.cause = MCP_ERROR_TOOL;
    action->type = MCP_ACTION_RESULT;

    return NGX_OK;
}
