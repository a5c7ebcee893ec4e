
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp.h>


/*
 * Resources and prompts for the integration tests: the pack "offers" has all
 * kinds of contents, messages and failures; the pack "odder" has one resource
 * and one prompt whose parts are given by the test that compiles this file.
 */


#ifndef ODD_URI
#define ODD_URI     "odd:resource"
#endif

#ifndef ODD_PROMPT
#define ODD_PROMPT  "odd"
#endif

#ifndef ODD_ARG
#define ODD_ARG     NULL
#endif


static ngx_int_t ngx_http_probe_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_probe_text(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_probe_many(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_probe_row(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_probe_outcome(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_probe_talk(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_probe_greet(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_probe_numbers(ngx_http_mcp_call_t *call,
    const char *name, const char *value, const cJSON *args);
static ngx_int_t ngx_http_probe_say(ngx_http_mcp_call_t *call,
    const char *text);


static const char *const  ngx_http_probe_tables[] = {
    "orders", "customers", "Old-Orders", NULL
};


static const ngx_http_mcp_arg_t  ngx_http_probe_row_args[] = {
    { .name = "table", .values = ngx_http_probe_tables },
    { .name = "id", .complete = ngx_http_probe_numbers },
    ngx_http_mcp_null_arg
};


static const ngx_http_mcp_resource_t  ngx_http_probe_resources[] = {

    { .uri = "probe://text",
      .name = "text",
      .title = "A \"text\"",
      .description = "Says what it is.",
      .icon = "https://example.com/text.png",
      .mime_type = "text/plain",
      .modified = "2026-01-02T03:04:05Z",
      .size = 9,
      .audience = NGX_HTTP_MCP_FOR_USER|NGX_HTTP_MCP_FOR_ASSISTANT,
      .priority = 0.5,
      .ttl = 60000,
      .public = 1,
      .handler = ngx_http_probe_text },

    { .uri = "probe://many",
      .name = "many",
      .handler = ngx_http_probe_many },

    { .uri = "probe://none",
      .name = "none",
      .audience = NGX_HTTP_MCP_FOR_ASSISTANT,
      .handler = ngx_http_probe_outcome },

    { .uri = "probe://{table}/{id}{?fields,as}",
      .name = "row",
      .title = "A row",
      .description = "One row of a table.",
      .mime_type = "application/json",
      .size = 5,
      .priority = 1,
      .args = ngx_http_probe_row_args,
      .handler = ngx_http_probe_row },

    { .uri = "outcome:{how}",
      .name = "outcome",
      .handler = ngx_http_probe_outcome },

    ngx_http_mcp_null_resource
};


static const ngx_http_mcp_arg_t  ngx_http_probe_greet_args[] = {
    { "name", "Name", "Whom to greet.", 1, NULL, NULL },
    { "language", NULL, NULL, 0, ngx_http_probe_tables, NULL },
    { "count", NULL, NULL, 0, NULL, ngx_http_probe_numbers },
    ngx_http_mcp_null_arg
};


static const ngx_http_mcp_prompt_t  ngx_http_probe_prompts[] = {

    { "talk", "All \"contents\"", "Has messages of every kind.",
      "https://example.com/talk.png", NULL, ngx_http_probe_talk },

    { "greet", NULL, "Greets.", NULL, ngx_http_probe_greet_args,
      ngx_http_probe_greet },

    ngx_http_mcp_null_prompt
};


static const ngx_http_mcp_tools_t  ngx_http_probe_pack = {
    NGX_HTTP_MCP_API_VERSION, "offers", NULL, ngx_http_probe_resources,
    ngx_http_probe_prompts
};


static const ngx_http_mcp_arg_t  ngx_http_probe_odd_args[] = {
    { .name = ODD_ARG },
    ngx_http_mcp_null_arg
};


static const ngx_http_mcp_resource_t  ngx_http_probe_odd_resources[] = {

    { .uri = ODD_URI,
      .name = "odd",
      .args = ngx_http_probe_odd_args,
      .handler = ngx_http_probe_text },

    ngx_http_mcp_null_resource
};


static const ngx_http_mcp_prompt_t  ngx_http_probe_odd_prompts[] = {
    { ODD_PROMPT, NULL, "Is odd.", NULL, NULL, ngx_http_probe_talk },
    ngx_http_mcp_null_prompt
};


static const ngx_http_mcp_tools_t  ngx_http_probe_odd_pack = {
    NGX_HTTP_MCP_API_VERSION, "odder", NULL, ngx_http_probe_odd_resources,
    ngx_http_probe_odd_prompts
};


static ngx_http_module_t  ngx_http_probe_offers_module_ctx = {
    ngx_http_probe_init,                   /* preconfiguration */
    NULL,                                  /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_probe_offers_module = {
    NGX_MODULE_V1,
    &ngx_http_probe_offers_module_ctx,     /* module context */
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
    &ngx_http_probe_offers_module,
    NULL
};


char  *ngx_module_names[] = {
    "ngx_http_probe_offers_module",
    NULL
};


char  *ngx_module_order[] = {
    NULL
};


static ngx_int_t
ngx_http_probe_text(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_probe_say(call, "some text");
}


static ngx_int_t
ngx_http_probe_many(ngx_http_mcp_call_t *call, const cJSON *args)
{
    static u_char  bytes[] = { 0x00, 0xff, 0x10 };

    if (ngx_http_mcp_annotate(call, NGX_HTTP_MCP_FOR_USER, 1) != NGX_OK
        || ngx_http_probe_say(call, "first") != NGX_OK
        || ngx_http_mcp_embed_text(call, "probe://second", "text/x-second",
                                   (u_char *) "two", 3)
           != NGX_OK
        || ngx_http_mcp_embed_blob(call, NULL, NULL, bytes, 3) != NGX_OK
        || ngx_http_mcp_embed_blob(call, "probe://fourth", "a/b", bytes, 2)
           != NGX_OK
        || ngx_http_mcp_image(call, bytes, 1, "image/png") != NGX_OK
        || ngx_http_mcp_audio(call, bytes, 1, "audio/wav") != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_probe_row(ngx_http_mcp_call_t *call, const cJSON *args)
{
    cJSON  *out;

    out = cJSON_Duplicate(args, 1);
    if (out == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_mcp_result(call, out);
}


static ngx_int_t
ngx_http_probe_outcome(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_str_t            uri;
    const cJSON         *how;
    ngx_http_mcp_link_t  link = { "a:b", "link", NULL, NULL, NULL, -1 };

    how = cJSON_GetObjectItemCaseSensitive(args, "how");

    if (how == NULL) {
        return NGX_OK;
    }

    if (ngx_strcmp(how->valuestring, "absent") == 0) {
        return NGX_DECLINED;
    }

    if (ngx_strcmp(how->valuestring, "error") == 0) {
        (void) ngx_http_probe_say(call, "dropped");
        return ngx_http_mcp_error(call, "say \"%s\" instead", "text");
    }

    if (ngx_strcmp(how->valuestring, "link") == 0) {
        return ngx_http_mcp_link(call, &link);
    }

    if (ngx_strcmp(how->valuestring, "fail") == 0) {
        return NGX_ERROR;
    }

    uri = ngx_http_mcp_uri(call);

    return ngx_http_mcp_text(call, uri.data, uri.len);
}


static ngx_int_t
ngx_http_probe_talk(ngx_http_mcp_call_t *call, const cJSON *args)
{
    static u_char        bytes[] = { 0x00, 0xff, 0x10 };
    ngx_http_mcp_link_t  link = { "a:b", "link", "A link", NULL, "a/b", 7 };

    if (ngx_http_probe_say(call, "Begin.") != NGX_OK
        || ngx_http_mcp_role(call, NGX_HTTP_MCP_ASSISTANT) != NGX_OK
        || ngx_http_mcp_annotate(call, NGX_HTTP_MCP_FOR_USER, 0.25) != NGX_OK
        || ngx_http_mcp_image(call, bytes, 3, "image/png") != NGX_OK
        || ngx_http_mcp_audio(call, bytes, 3, "audio/wav") != NGX_OK
        || ngx_http_mcp_role(call, NGX_HTTP_MCP_USER) != NGX_OK
        || ngx_http_mcp_embed_text(call, "a:text", NULL, (u_char *) "t", 1)
           != NGX_OK
        || ngx_http_mcp_embed_blob(call, "a:blob", "a/b", bytes, 3) != NGX_OK
        || ngx_http_mcp_link(call, &link) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_mcp_result(call, cJSON_CreateObject());
}


static ngx_int_t
ngx_http_probe_greet(ngx_http_mcp_call_t *call, const cJSON *args)
{
    char         *p;
    ngx_int_t     rc;
    const cJSON  *name;

    name = cJSON_GetObjectItemCaseSensitive(args, "name");

    if (ngx_strcmp(name->valuestring, "nobody") == 0) {
        return ngx_http_mcp_error(call, "greet somebody, not %s",
                                  name->valuestring);
    }

    if (ngx_strcmp(name->valuestring, "fail") == 0) {
        return NGX_ERROR;
    }

    if (ngx_strcmp(name->valuestring, "decline") == 0) {
        return NGX_DECLINED;
    }

    p = cJSON_PrintUnformatted(args);
    rc = ngx_http_probe_say(call, p);
    cJSON_free(p);

    return rc;
}


/* a thousand numbers that begin with what is there */

static ngx_int_t
ngx_http_probe_numbers(ngx_http_mcp_call_t *call, const char *name,
    const char *value, const cJSON *args)
{
    u_char        buf[256], *p;
    ngx_uint_t    i, n;
    const cJSON  *other;

    if (ngx_strcmp(value, "fail") == 0
        || ngx_http_mcp_poll(call, 1) != NGX_DECLINED)
    {
        return NGX_ERROR;
    }

    n = ngx_strlen(value) < 3 ? 1000 : 3;
    other = args->child;

    for (i = 0; i < n; i++) {
        p = ngx_snprintf(buf, sizeof(buf), "%s%ui:%s:%s", value, i, name,
                         other ? other->valuestring : "");

        if (ngx_http_mcp_complete(call, buf, p - buf) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_probe_say(ngx_http_mcp_call_t *call, const char *text)
{
    return ngx_http_mcp_text(call, (const u_char *) text, ngx_strlen(text));
}


static ngx_int_t
ngx_http_probe_init(ngx_conf_t *cf)
{
    if (ngx_http_mcp_add_tools(cf, &ngx_http_probe_odd_pack) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_mcp_add_tools(cf, &ngx_http_probe_pack);
}
