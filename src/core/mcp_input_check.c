
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_input_check.h>
#include <mcp_params.h>


/* content of a message of a model, and the strings it must have */
typedef struct {
    const char         *type;
    const char         *members[2];
} mcp_input_content_t;


static ngx_int_t mcp_input_check_properties(mcp_input_t *input,
    const cJSON *properties);
static ngx_uint_t mcp_input_is(const cJSON *object, const char *name,
    const char *value);
static ngx_uint_t mcp_input_check_action(const cJSON *answer);
static ngx_uint_t mcp_input_check_content(const cJSON *content);


static const mcp_input_content_t  mcp_input_contents[] = {
    { "text", { "text", NULL } },
    { "image", { "data", "mimeType" } },
    { "audio", { "data", "mimeType" } },
    { "tool_use", { "id", "name" } },
    { "tool_result", { "toolUseId", NULL } },
    { NULL, { NULL, NULL } }
};


ngx_int_t
mcp_input_schema(mcp_input_t *input, const char *text, cJSON **root,
    mcp_schema_t **schema)
{
    ngx_int_t            rc;
    ngx_str_t            s;
    const cJSON         *properties;
    mcp_json_doc_t       doc;
    mcp_schema_error_t   err;

    s.data = (u_char *) text;
    s.len = ngx_strlen(text);

    rc = mcp_json_parse(input->pool, &s, &doc, root);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED) {
        input->reason.data = (u_char *) mcp_json_strerror(doc.err);
        input->reason.len = ngx_strlen(input->reason.data);
        return NGX_ERROR;
    }

    properties = cJSON_GetObjectItemCaseSensitive(*root, "properties");

    if (!mcp_input_is(*root, "type", "object") || !cJSON_IsObject(properties)) {
        ngx_str_set(&input->reason, "the schema must be of \"type\": "
                                    "\"object\" and have \"properties\"");
        return NGX_ERROR;
    }

    rc = mcp_schema_compile(input->pool, *root, schema, &err);

    if (rc == NGX_DECLINED) {
        input->reason = err.text;
        return NGX_ERROR;
    }

    return rc == NGX_OK ? mcp_input_check_properties(input, properties) : rc;
}


/* a form has plain fields, and lists only since 2025-11-25 */

static ngx_int_t
mcp_input_check_properties(mcp_input_t *input, const cJSON *properties)
{
    const cJSON  *property;

    cJSON_ArrayForEach(property, properties) {

        if (mcp_input_is(property, "type", "string")
            || mcp_input_is(property, "type", "number")
            || mcp_input_is(property, "type", "integer")
            || mcp_input_is(property, "type", "boolean"))
        {
            continue;
        }

        if (!mcp_input_is(property, "type", "array")) {
            ngx_str_set(&input->reason, "each property of the schema must be "
                                        "a string, a number, an integer, a "
                                        "boolean or an array");
            return NGX_ERROR;
        }

        if (input->version < MCP_VERSION_2025_11_25) {
            input->missing |= MCP_CLIENT_ELICITATION;
            return NGX_ABORT;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
mcp_input_is(const cJSON *object, const char *name, const char *value)
{
    const cJSON  *item;

    item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsString(item) && ngx_strcmp(item->valuestring, value) == 0;
}


/* a form that asks for nothing may be accepted without content */

ngx_int_t
mcp_input_check_form(mcp_input_t *input, cJSON *answer,
    const mcp_schema_t *schema)
{
    cJSON               *content;
    ngx_int_t            rc;
    mcp_schema_error_t   err;

    if (!mcp_input_check_action(answer)) {
        return NGX_DECLINED;
    }

    if (!mcp_input_is(answer, "action", "accept")) {
        return NGX_OK;
    }

    content = cJSON_GetObjectItemCaseSensitive(answer, "content");

    if (content == NULL) {
        content = mcp_params_create(input->pool);
        if (content == NULL) {
            return NGX_ERROR;
        }

        content->type |= cJSON_StringIsConst;
        content->string = "content";

        mcp_params_append(answer, content);
    }

    rc = mcp_schema_check(schema, content, input->pool, &err);

    return rc == NGX_ABORT ? NGX_DECLINED : rc;
}


ngx_int_t
mcp_input_check_url(mcp_input_t *input, cJSON *answer,
    const mcp_schema_t *schema)
{
    return mcp_input_check_action(answer) ? NGX_OK : NGX_DECLINED;
}


static ngx_uint_t
mcp_input_check_action(const cJSON *answer)
{
    return mcp_input_is(answer, "action", "accept")
           || mcp_input_is(answer, "action", "decline")
           || mcp_input_is(answer, "action", "cancel");
}


ngx_int_t
mcp_input_check_message(mcp_input_t *input, cJSON *answer,
    const mcp_schema_t *schema)
{
    const cJSON  *content, *item;

    if (!(mcp_input_is(answer, "role", "assistant")
          || mcp_input_is(answer, "role", "user"))
        || !cJSON_IsString(cJSON_GetObjectItemCaseSensitive(answer, "model")))
    {
        return NGX_DECLINED;
    }

    content = cJSON_GetObjectItemCaseSensitive(answer, "content");

    if (!cJSON_IsArray(content)) {
        return mcp_input_check_content(content) ? NGX_OK : NGX_DECLINED;
    }

    if (input->version < MCP_VERSION_2025_11_25) {
        return NGX_DECLINED;
    }

    cJSON_ArrayForEach(item, content) {
        if (!mcp_input_check_content(item)) {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
mcp_input_check_content(const cJSON *content)
{
    ngx_uint_t                  i;
    const cJSON                *member;
    const mcp_input_content_t  *c;

    for (c = mcp_input_contents; c->type; c++) {

        if (!mcp_input_is(content, "type", c->type)) {
            continue;
        }

        for (i = 0; i < 2 && c->members[i]; i++) {
            member = cJSON_GetObjectItemCaseSensitive(content, c->members[i]);

            if (!cJSON_IsString(member)) {
                return 0;
            }
        }

        return 1;
    }

    return 0;
}


ngx_int_t
mcp_input_check_roots(mcp_input_t *input, cJSON *answer,
    const mcp_schema_t *schema)
{
    const cJSON  *roots, *root;

    roots = cJSON_GetObjectItemCaseSensitive(answer, "roots");

    if (!cJSON_IsArray(roots)) {
        return NGX_DECLINED;
    }

    cJSON_ArrayForEach(root, roots) {
        if (!cJSON_IsString(cJSON_GetObjectItemCaseSensitive(root, "uri"))) {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}
