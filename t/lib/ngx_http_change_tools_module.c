
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp.h>


/*
 * Tools for the integration tests that say that something has changed:
 * "change" on the event loop, "change_blocking" in a thread.
 *
 * lists  of these, NGX_HTTP_MCP_*
 * uri    of this resource
 * uris   of "change:/0" and so on, so many
 * times  so often
 *
 * The result is the number of the worker.  The resources are all that begin
 * with "change:/".
 */


#define NGX_HTTP_CHANGE_SCHEMA  "{\"type\":\"object\"}"


static ngx_int_t ngx_http_change_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_change(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_change_int(const cJSON *args, const char *name,
    ngx_int_t value);
static ngx_int_t ngx_http_change_read(ngx_http_mcp_call_t *call,
    const cJSON *args);


static const ngx_http_mcp_tool_t  ngx_http_change_tools[] = {

    { "change", NULL, "Says that something has changed.",
      NGX_HTTP_CHANGE_SCHEMA, NULL, NULL, 0, 0, ngx_http_change },

    { "change_blocking", NULL, "Says so in a thread.",
      NGX_HTTP_CHANGE_SCHEMA, NULL, NULL, NGX_HTTP_MCP_BLOCKING, 0,
      ngx_http_change },

    ngx_http_mcp_null_tool
};


static const ngx_http_mcp_resource_t  ngx_http_change_resources[] = {

    { "change:/{+path}", "change", NULL, NULL, NULL, "text/plain", NULL, 0, 0,
      0, 0, 0, NULL, ngx_http_change_read, 0 },

    ngx_http_mcp_null_resource
};


static const ngx_http_mcp_tools_t  ngx_http_change_pack = {
    NGX_HTTP_MCP_API_VERSION, "change", ngx_http_change_tools,
    ngx_http_change_resources, NULL
};


static ngx_http_module_t  ngx_http_change_tools_module_ctx = {
    ngx_http_change_init,                  /* preconfiguration */
    NULL,                                  /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_change_tools_module = {
    NGX_MODULE_V1,
    &ngx_http_change_tools_module_ctx,     /* module context */
    NULL,                                  /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


ngx_module_t  *ngx_modules[] = {
    &ngx_http_change_tools_module,
    NULL
};


char  *ngx_module_names[] = {
    "ngx_http_change_tools_module",
    NULL
};


char  *ngx_module_order[] = {
    NULL
};


static ngx_int_t
ngx_http_change_init(ngx_conf_t *cf)
{
    return ngx_http_mcp_add_tools(cf, &ngx_http_change_pack);
}


static ngx_int_t
ngx_http_change(ngx_http_mcp_call_t *call, const cJSON *args)
{
    u_char       *p, text[64];
    ngx_int_t     i, n, times;
    const cJSON  *uri;

    uri = cJSON_GetObjectItemCaseSensitive(args, "uri");

    for (times = ngx_http_change_int(args, "times", 1); times; times--) {

        ngx_http_mcp_changed(ngx_http_change_int(args, "lists", 0));

        if (cJSON_IsString(uri)) {
            ngx_http_mcp_updated((u_char *) uri->valuestring,
                                 ngx_strlen(uri->valuestring));
        }

        n = ngx_http_change_int(args, "uris", 0);

        for (i = 0; i < n; i++) {
            p = ngx_sprintf(text, "change:/%i", i);
            ngx_http_mcp_updated(text, p - text);
        }
    }

    p = ngx_sprintf(text, "%ui", ngx_worker);

    return ngx_http_mcp_text(call, text, p - text);
}


static ngx_int_t
ngx_http_change_int(const cJSON *args, const char *name, ngx_int_t value)
{
    const cJSON  *member;

    member = cJSON_GetObjectItemCaseSensitive(args, name);

    return cJSON_IsNumber(member) ? member->valueint : value;
}


static ngx_int_t
ngx_http_change_read(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_mcp_text(call, (u_char *) "x", 1);
}
