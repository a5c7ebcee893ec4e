
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp.h>


/*
 * Tools for the integration tests: the pack "probe" shows every kind of
 * content, result and failure; the pack "odd" has one tool whose parts are
 * given by the test that compiles this file.
 */


#ifndef ODD_NAME
#define ODD_NAME    "odd"
#endif

#ifndef ODD_INPUT
#define ODD_INPUT   "{\"type\":\"object\"}"
#endif

#ifndef ODD_OUTPUT
#define ODD_OUTPUT  NULL
#endif


static ngx_int_t ngx_http_probe_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_probe_content(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_probe_arguments(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_probe_output(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_probe_array(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_probe_error(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_probe_fail(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_probe_done(ngx_http_mcp_call_t *call,
    const cJSON *args);


static const ngx_http_mcp_tool_t  ngx_http_probe_tools[] = {

    { "probe_content", "All contents", "Returns content of every kind.",
      "{\"type\":\"object\"}", NULL, "https://example.com/probe.png",
      NGX_HTTP_MCP_READ_ONLY|NGX_HTTP_MCP_OPEN_WORLD, 0,
      ngx_http_probe_content },

    { "probe_arguments", NULL, "Returns its arguments.",
      "{\"type\":\"object\"}", NULL, NULL,
      NGX_HTTP_MCP_DESTRUCTIVE|NGX_HTTP_MCP_IDEMPOTENT, 0,
      ngx_http_probe_arguments },

    { "probe_headers", NULL, "Has arguments that are mirrored in headers.",
      "{\"type\":\"object\",\"properties\":{"
      "\"region\":{\"type\":\"string\",\"x-mcp-header\":\"Region\"},"
      "\"count\":{\"type\":\"integer\",\"x-mcp-header\":\"Count\"},"
      "\"flag\":{\"type\":\"boolean\",\"x-mcp-header\":\"Flag\"},"
      "\"plain\":{\"type\":\"string\"}}}", NULL, NULL, 0, 0,
      ngx_http_probe_arguments },

    { "probe_output", NULL, "Keeps its output schema or not.",
      "{\"type\":\"object\",\"properties\":{\"n\":true}}",
      "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}},"
      "\"required\":[\"n\"]}", NULL, 0, 0,
      ngx_http_probe_output },

    { "probe_array", NULL, "Returns an array.",
      "{\"type\":\"object\"}",
      "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}", NULL, 0, 0,
      ngx_http_probe_array },

    { "probe_error", NULL, "Fails in a way the caller can correct.",
      "{\"type\":\"object\"}", NULL, NULL, 0, 0,
      ngx_http_probe_error },

    { "probe_fail", NULL, "Fails.",
      "{\"type\":\"object\"}", NULL, NULL, 0, 0,
      ngx_http_probe_fail },

    { "probe_needs", NULL, "Needs two capabilities of the client.",
      "{\"type\":\"object\",\"required\":[\"x\"]}", NULL, NULL, 0,
      NGX_HTTP_MCP_NEED_SAMPLING|NGX_HTTP_MCP_NEED_ROOTS,
      ngx_http_probe_done },

    ngx_http_mcp_null_tool
};


static const ngx_http_mcp_tools_t  ngx_http_probe_pack = {
    NGX_HTTP_MCP_API_VERSION, "probe", ngx_http_probe_tools, NULL, NULL
};


static const ngx_http_mcp_tool_t  ngx_http_odd_tools[] = {

    { ODD_NAME, NULL, "Is as the test wants it.", ODD_INPUT, ODD_OUTPUT, NULL,
      0, 0, ngx_http_probe_done },

    ngx_http_mcp_null_tool
};


static const ngx_http_mcp_tools_t  ngx_http_odd_pack = {
    NGX_HTTP_MCP_API_VERSION, "odd", ngx_http_odd_tools, NULL, NULL
};


static ngx_http_module_t  ngx_http_probe_tools_module_ctx = {
    ngx_http_probe_init,                   /* preconfiguration */
    NULL,                                  /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_probe_tools_module = {
    NGX_MODULE_V1,
    &ngx_http_probe_tools_module_ctx,      /* module context */
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


/* what nginx's configure would write for a dynamic module */

ngx_module_t  *ngx_modules[] = { &ngx_http_probe_tools_module, NULL };

char  *ngx_module_names[] = { "ngx_http_probe_tools_module", NULL };

char  *ngx_module_order[] = { NULL };


static ngx_int_t
ngx_http_probe_init(ngx_conf_t *cf)
{
    if (ngx_http_mcp_add_tools(cf, &ngx_http_probe_pack) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_mcp_add_tools(cf, &ngx_http_odd_pack);
}


static ngx_int_t
ngx_http_probe_content(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_http_mcp_link_t  link;

    ngx_memzero(&link, sizeof(ngx_http_mcp_link_t));

    link.uri = "file:///a%20b";
    link.name = "link";
    link.title = "A \"link\"";
    link.mime_type = "text/plain";
    link.size = 12;

    if (ngx_http_mcp_annotate(call, NGX_HTTP_MCP_FOR_USER, 0.5) != NGX_OK
        || ngx_http_mcp_text(call, (u_char *) "a\nb\t\"\\", 6) != NGX_OK
        || ngx_http_mcp_image(call, (u_char *) "\0\1\2", 3, "image/png")
           != NGX_OK
        || ngx_http_mcp_audio(call, (u_char *) "\0\1", 2, "audio/wav")
           != NGX_OK
        || ngx_http_mcp_link(call, &link) != NGX_OK
        || ngx_http_mcp_embed_text(call, "test://t", NULL, (u_char *) "t", 1)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_mcp_embed_blob(call, "test://b", "x/y", (u_char *) "b", 1);
}


static ngx_int_t
ngx_http_probe_arguments(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_mcp_result(call, cJSON_Duplicate(args, 1));
}


static ngx_int_t
ngx_http_probe_output(ngx_http_mcp_call_t *call, const cJSON *args)
{
    if (cJSON_GetObjectItemCaseSensitive(args, "none")) {
        return ngx_http_mcp_text(call, (u_char *) "text", 4);
    }

    return ngx_http_mcp_result(call, cJSON_Duplicate(args, 1));
}


static ngx_int_t
ngx_http_probe_array(ngx_http_mcp_call_t *call, const cJSON *args)
{
    static const int  numbers[] = { 1, 2, 3 };

    return ngx_http_mcp_result(call, cJSON_CreateIntArray(numbers, 3));
}


static ngx_int_t
ngx_http_probe_error(ngx_http_mcp_call_t *call, const cJSON *args)
{
    if (ngx_http_mcp_text(call, (u_char *) "dropped", 7) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_mcp_error(call, "try \"%s\" %d times", "again", 2);
}


static ngx_int_t
ngx_http_probe_fail(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return NGX_ERROR;
}


static ngx_int_t
ngx_http_probe_done(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_mcp_text(call, (u_char *) "done", 4);
}
