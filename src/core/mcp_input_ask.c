
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_input_check.h>


static ngx_int_t mcp_input_find(mcp_input_t *input, const char *key,
    mcp_input_check_pt check, const mcp_schema_t *schema,
    const cJSON **answer);
static ngx_int_t mcp_input_may(mcp_input_t *input, ngx_uint_t need);
static ngx_int_t mcp_input_add(mcp_input_t *input, const char *key,
    const char *method, mcp_buf_t *params, ngx_uint_t url);
static ngx_int_t mcp_input_refuse(mcp_input_t *input, const char *reason);
static ngx_uint_t mcp_input_is_text(const char *s);
static ngx_uint_t mcp_input_is_url(const char *s);
static ngx_uint_t mcp_input_sample_need(mcp_input_t *input,
    const cJSON *params);
static ngx_uint_t mcp_input_uses_tools(const cJSON *content);


ngx_int_t
mcp_input_elicit(mcp_input_t *input, const char *key, const char *message,
    const char *schema, const cJSON **answer)
{
    cJSON         *root;
    mcp_buf_t      b;
    ngx_int_t      rc;
    mcp_schema_t  *compiled;

    *answer = NULL;

    if (!mcp_input_is_text(message)) {
        return mcp_input_refuse(input, "the message must be UTF-8");
    }

    rc = mcp_input_schema(input, schema, &root, &compiled);

    if (rc == NGX_OK) {
        rc = mcp_input_find(input, key, mcp_input_check_form, compiled, answer);
    }

    if (rc == NGX_DECLINED) {
        rc = mcp_input_may(input, MCP_CLIENT_ELICITATION);
    }

    if (rc != NGX_DONE) {
        return rc;
    }

    mcp_buf_init(&b, input->pool, 512);
    mcp_buf_char(&b, '{');

    if (input->version >= MCP_VERSION_2025_11_25) {
        mcp_buf_lit(&b, "\"mode\":\"form\",");
    }

    mcp_buf_lit(&b, "\"message\":");
    mcp_buf_json_string(&b, (u_char *) message, ngx_strlen(message));
    mcp_buf_lit(&b, ",\"requestedSchema\":");

    if (mcp_json_print(&b, root) != NGX_OK) {
        return NGX_ERROR;
    }

    mcp_buf_char(&b, '}');

    return mcp_input_add(input, key, "elicitation/create", &b, 0);
}


ngx_int_t
mcp_input_elicit_url(mcp_input_t *input, const char *key,
    const char *message, const char *url, const cJSON **answer)
{
    mcp_buf_t  b;
    ngx_int_t  rc;

    *answer = NULL;

    if (!mcp_input_is_text(message)) {
        return mcp_input_refuse(input, "the message must be UTF-8");
    }

    if (!mcp_input_is_url(url)) {
        return mcp_input_refuse(input, "the URL must be absolute");
    }

    rc = mcp_input_find(input, key, mcp_input_check_url, NULL, answer);

    if (rc == NGX_DECLINED) {
        rc = mcp_input_may(input, MCP_CLIENT_ELICITATION_URL);
    }

    if (rc != NGX_DONE) {
        return rc;
    }

    mcp_buf_init(&b, input->pool, 256);
    mcp_buf_lit(&b, "{\"mode\":\"url\",\"message\":");
    mcp_buf_json_string(&b, (u_char *) message, ngx_strlen(message));
    mcp_buf_lit(&b, ",\"url\":");
    mcp_buf_json_string(&b, (u_char *) url, ngx_strlen(url));
    mcp_buf_char(&b, '}');

    return mcp_input_add(input, key, "elicitation/create", &b, 1);
}


ngx_int_t
mcp_input_sample(mcp_input_t *input, const char *key, const cJSON *params,
    const cJSON **answer)
{
    mcp_buf_t     b;
    ngx_int_t     rc;
    const cJSON  *messages, *tokens;

    *answer = NULL;

    messages = cJSON_GetObjectItemCaseSensitive(params, "messages");
    tokens = cJSON_GetObjectItemCaseSensitive(params, "maxTokens");

    if (!cJSON_IsArray(messages) || !cJSON_IsNumber(tokens)) {
        return mcp_input_refuse(input, "sampling needs \"messages\" and "
                                       "\"maxTokens\"");
    }

    rc = mcp_input_find(input, key, mcp_input_check_message, NULL, answer);

    if (rc == NGX_DECLINED) {
        rc = mcp_input_may(input, mcp_input_sample_need(input, params));
    }

    if (rc != NGX_DONE) {
        return rc;
    }

    mcp_buf_init(&b, input->pool, 512);

    if (mcp_json_print(&b, params) != NGX_OK) {
        return mcp_input_refuse(input, "cannot be written as JSON");
    }

    return mcp_input_add(input, key, "sampling/createMessage", &b, 0);
}


/* before 2025-11-25 there were no tools, and no client declared contexts */

static ngx_uint_t
mcp_input_sample_need(mcp_input_t *input, const cJSON *params)
{
    ngx_uint_t    need;
    const cJSON  *context, *message, *messages;

    need = MCP_CLIENT_SAMPLING;

    if (cJSON_GetObjectItemCaseSensitive(params, "tools")
        || cJSON_GetObjectItemCaseSensitive(params, "toolChoice"))
    {
        need |= MCP_CLIENT_SAMPLING_TOOLS;
    }

    messages = cJSON_GetObjectItemCaseSensitive(params, "messages");

    cJSON_ArrayForEach(message, messages) {
        if (mcp_input_uses_tools(cJSON_GetObjectItemCaseSensitive(message,
                                                                  "content")))
        {
            need |= MCP_CLIENT_SAMPLING_TOOLS;
        }
    }

    context = cJSON_GetObjectItemCaseSensitive(params, "includeContext");

    if (context && input->version >= MCP_VERSION_2025_11_25
        && !(cJSON_IsString(context)
             && ngx_strcmp(context->valuestring, "none") == 0))
    {
        need |= MCP_CLIENT_SAMPLING_CONTEXT;
    }

    return need;
}


static ngx_uint_t
mcp_input_uses_tools(const cJSON *content)
{
    const cJSON  *type, *item;

    if (cJSON_IsArray(content)) {

        cJSON_ArrayForEach(item, content) {
            if (!cJSON_IsArray(item) && mcp_input_uses_tools(item)) {
                return 1;
            }
        }

        return 0;
    }

    type = cJSON_GetObjectItemCaseSensitive(content, "type");

    return cJSON_IsString(type)
           && (ngx_strcmp(type->valuestring, "tool_use") == 0
               || ngx_strcmp(type->valuestring, "tool_result") == 0);
}


ngx_int_t
mcp_input_roots(mcp_input_t *input, const char *key, const cJSON **answer)
{
    mcp_buf_t     b;
    ngx_int_t     rc;
    const cJSON  *result;

    *answer = NULL;

    rc = mcp_input_find(input, key, mcp_input_check_roots, NULL, &result);

    if (rc == NGX_OK) {
        *answer = cJSON_GetObjectItemCaseSensitive(result, "roots");
        return NGX_OK;
    }

    if (rc == NGX_DECLINED) {
        rc = mcp_input_may(input, MCP_CLIENT_ROOTS);
    }

    if (rc != NGX_DONE) {
        return rc;
    }

    mcp_buf_init(&b, input->pool, 2);
    mcp_buf_lit(&b, "{}");

    return mcp_input_add(input, key, "roots/list", &b, 0);
}


/*
 * Answers of earlier rounds first; they are checked again, as the handler may
 * ask for something else under that key now.  NGX_DECLINED: there is none.
 */

static ngx_int_t
mcp_input_find(mcp_input_t *input, const char *key, mcp_input_check_pt check,
    const mcp_schema_t *schema, const cJSON **answer)
{
    cJSON      *item;
    ngx_int_t   rc;
    ngx_str_t   name;

    if (*key == '\0' || !mcp_input_is_text(key)) {
        return mcp_input_refuse(input, "the key must be UTF-8, not empty");
    }

    item = cJSON_GetObjectItemCaseSensitive(input->accepted, key);

    if (item) {
        rc = check(input, item, schema);

        if (rc != NGX_DECLINED) {
            *answer = item;
            return rc;
        }
    }

    item = cJSON_GetObjectItemCaseSensitive(input->answers, key);

    if (item == NULL || !cJSON_IsObject(item)) {
        return NGX_DECLINED;
    }

    rc = check(input, item, schema);

    if (rc != NGX_OK) {
        return rc;
    }

    name.data = (u_char *) key;
    name.len = ngx_strlen(key);

    *answer = item;

    return mcp_input_accept(input, &name, item);
}


/* NGX_DONE: the client can be asked; NGX_ABORT: it cannot */

static ngx_int_t
mcp_input_may(mcp_input_t *input, ngx_uint_t need)
{
    need &= ~input->capabilities;
    input->missing |= need;

    return need ? NGX_ABORT : NGX_DONE;
}


/* the same may be asked twice, something else under the same key not */

static ngx_int_t
mcp_input_add(mcp_input_t *input, const char *key, const char *method,
    mcp_buf_t *params, ngx_uint_t url)
{
    size_t       len;
    mcp_ask_t   *ask;
    ngx_str_t    text;
    ngx_uint_t   i;

    if (mcp_buf_done(params, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    len = ngx_strlen(key);
    ask = input->asks.elts;

    for (i = 0; i < input->asks.nelts; i++) {

        if (ask[i].key.len != len || ngx_memcmp(ask[i].key.data, key, len)) {
            continue;
        }

        if (ngx_strcmp(ask[i].method, method) == 0
            && ask[i].params.len == text.len
            && ngx_memcmp(ask[i].params.data, text.data, text.len) == 0)
        {
            return NGX_DONE;
        }

        return mcp_input_refuse(input, "the key is used twice");
    }

    if (input->asks.nelts == MCP_INPUT_MAX) {
        return mcp_input_refuse(input, "too many requests at once");
    }

    if (input->asks.elts == NULL
        && ngx_array_init(&input->asks, input->pool, 2, sizeof(mcp_ask_t))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ask = ngx_array_push(&input->asks);
    if (ask == NULL) {
        return NGX_ERROR;
    }

    ask->key.len = len;
    ask->key.data = ngx_pnalloc(input->pool, len);
    if (ask->key.data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(ask->key.data, key, len);

    ask->method = method;
    ask->params = text;
    ask->url = url;

    return NGX_DONE;
}


static ngx_int_t
mcp_input_refuse(mcp_input_t *input, const char *reason)
{
    input->reason.data = (u_char *) reason;
    input->reason.len = ngx_strlen(reason);

    return NGX_ERROR;
}


static ngx_uint_t
mcp_input_is_text(const char *s)
{
    return mcp_utf8_check((u_char *) s, ngx_strlen(s)) == NGX_OK;
}


/* a scheme and something after it, in visible ASCII (RFC 3986) */

static ngx_uint_t
mcp_input_is_url(const char *s)
{
    u_char       *p;
    const char   *scheme;

    p = (u_char *) ngx_strchr(s, ':');

    if (p == NULL || p == (u_char *) s || p[1] == '\0') {
        return 0;
    }

    for (scheme = s; *scheme != ':'; scheme++) {
        if (!((*scheme | 0x20) >= 'a' && (*scheme | 0x20) <= 'z')
            && (scheme == s || !ngx_strchr("0123456789+-.", *scheme)))
        {
            return 0;
        }
    }

    for ( /* void */ ; *p; p++) {
        if (*p <= 0x20 || *p >= 0x7f) {
            return 0;
        }
    }

    return 1;
}
