
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp.h>


static ngx_int_t
ngx_http_hello(ngx_http_mcp_call_t *call, const cJSON *args)
{
    u_char        p[NGX_MAX_ERROR_STR], *last;
    const cJSON  *name;

    name = cJSON_GetObjectItemCaseSensitive(args, "name");

    if (ngx_strcasecmp((u_char *) name->valuestring, (u_char *) "world") == 0) {
        return ngx_http_mcp_error(call, "name a person, not the whole world");
    }

    last = ngx_snprintf(p, sizeof(p), "Hello, %s!", name->valuestring);

    return ngx_http_mcp_text(call, p, last - p);
}


static const ngx_http_mcp_tool_t  ngx_http_hello_list[] = {
    { "hello", "Hello", "Greets a person by name.",
      "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\","
      "\"maxLength\":100,\"description\":\"Whom to greet.\"}},"
      "\"required\":[\"name\"],\"additionalProperties\":false}",
      NULL, NULL, NGX_HTTP_MCP_READ_ONLY|NGX_HTTP_MCP_IDEMPOTENT, 0,
      ngx_http_hello },
    ngx_http_mcp_null_tool
};

static const ngx_http_mcp_tools_t  ngx_http_hello_tools = {
    NGX_HTTP_MCP_API_VERSION, "hello", ngx_http_hello_list, NULL, NULL
};


static ngx_int_t
ngx_http_hello_add(ngx_conf_t *cf)
{
    return ngx_http_mcp_add_tools(cf, &ngx_http_hello_tools);
}


static ngx_http_module_t  ngx_http_hello_tools_module_ctx = {
    ngx_http_hello_add, NULL, NULL, NULL, NULL, NULL, NULL, NULL
};

ngx_module_t  ngx_http_hello_tools_module = {
    NGX_MODULE_V1, &ngx_http_hello_tools_module_ctx, NULL, NGX_HTTP_MODULE,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NGX_MODULE_V1_PADDING
};
