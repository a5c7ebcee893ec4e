
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp.h>


/* a counter of this worker, for there to be something to lose */

static ngx_uint_t  ngx_http_ask_count;


static ngx_int_t
ngx_http_ask_say(ngx_http_mcp_call_t *call)
{
    u_char  *p, buf[NGX_INT_T_LEN + sizeof("The counter is at .")];

    p = ngx_sprintf(buf, "The counter is at %ui.", ngx_http_ask_count);

    return ngx_http_mcp_text(call, buf, p - buf);
}


static ngx_int_t
ngx_http_ask_add(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_http_ask_count++;

    return ngx_http_ask_say(call);
}


/*
 * Runs twice: until the question it returns early, with the answer it goes on.
 * What has effects comes after the question.
 */

static ngx_int_t
ngx_http_ask_reset(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_int_t     rc;
    const cJSON  *answer, *content;

    rc = ngx_http_mcp_elicit(call, "sure", "Really set the counter to 0?",
                             "{\"type\":\"object\",\"properties\":{"
                                 "\"sure\":{\"type\":\"boolean\","
                                 "\"title\":\"Yes, to 0\"}},"
                                 "\"required\":[\"sure\"]}",
                             &answer);
    if (rc != NGX_OK) {
        return rc;
    }

    content = cJSON_GetObjectItemCaseSensitive(answer, "content");

    if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(content, "sure"))) {
        return ngx_http_mcp_error(call, "The user does not want that.");
    }

    ngx_http_ask_count = 0;

    return ngx_http_ask_say(call);
}


/* asks the model of the client, and only a client that has one */

static ngx_int_t
ngx_http_ask_comment(ngx_http_mcp_call_t *call, const cJSON *args)
{
    u_char        buf[NGX_INT_T_LEN + 64];
    cJSON        *params, *message, *content;
    ngx_int_t     rc;
    const cJSON  *answer, *text;

    *ngx_sprintf(buf, "Say something kind about the number %ui.",
                 ngx_http_ask_count) = '\0';

    params = cJSON_CreateObject();
    message = cJSON_CreateObject();
    content = cJSON_AddObjectToObject(message, "content");

    cJSON_AddStringToObject(message, "role", "user");
    cJSON_AddStringToObject(content, "type", "text");
    cJSON_AddStringToObject(content, "text", (char *) buf);

    cJSON_AddItemToArray(cJSON_AddArrayToObject(params, "messages"), message);
    cJSON_AddNumberToObject(params, "maxTokens", 100);

    rc = ngx_http_mcp_sample(call, "comment", params, &answer);

    if (rc != NGX_OK) {
        return rc;
    }

    content = cJSON_GetObjectItemCaseSensitive(answer, "content");
    text = cJSON_GetObjectItemCaseSensitive(content, "text");

    return cJSON_IsString(text)
           ? ngx_http_mcp_text(call, (u_char *) text->valuestring,
                               ngx_strlen(text->valuestring))
           : ngx_http_mcp_error(call, "The model said nothing in words.");
}


static const ngx_http_mcp_tool_t  ngx_http_ask_list[] = {
    { "count", NULL, "Adds one to a counter.",
      "{\"type\":\"object\"}", NULL, NULL, 0, 0, ngx_http_ask_add },
    { "reset", NULL, "Sets the counter to 0, if the user wants that.",
      "{\"type\":\"object\"}", NULL, NULL, NGX_HTTP_MCP_DESTRUCTIVE,
      NGX_HTTP_MCP_NEED_ELICITATION, ngx_http_ask_reset },
    { "comment", NULL, "Lets your model comment on the counter.",
      "{\"type\":\"object\"}", NULL, NULL, NGX_HTTP_MCP_READ_ONLY,
      NGX_HTTP_MCP_NEED_SAMPLING, ngx_http_ask_comment },
    ngx_http_mcp_null_tool
};

static const ngx_http_mcp_tools_t  ngx_http_ask_tools = {
    NGX_HTTP_MCP_API_VERSION, "ask", ngx_http_ask_list, NULL, NULL
};


static ngx_int_t
ngx_http_ask_init(ngx_conf_t *cf)
{
    return ngx_http_mcp_add_tools(cf, &ngx_http_ask_tools);
}


static ngx_http_module_t  ngx_http_ask_tools_module_ctx = {
    ngx_http_ask_init, NULL, NULL, NULL, NULL, NULL, NULL, NULL
};

ngx_module_t  ngx_http_ask_tools_module = {
    NGX_MODULE_V1, &ngx_http_ask_tools_module_ctx, NULL, NGX_HTTP_MODULE,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NGX_MODULE_V1_PADDING
};
