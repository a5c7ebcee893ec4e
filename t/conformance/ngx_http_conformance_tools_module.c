
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp.h>


/*
 * The fixture of the official conformance suite: the tools, resources and
 * prompts its scenarios ask for by name.  "test_simple_text" is the first tool
 * on purpose, scenarios take the first listed one for one that needs no
 * arguments.
 */


#define NO_ARGUMENTS  "{\"type\":\"object\",\"additionalProperties\":false}"

/* of a tool that takes time; between two of them, milliseconds */
#define STEPS     3
#define INTERVAL  50


/* a call that says something in steps and then answers */
typedef struct {
    ngx_event_t             timer;
    ngx_http_mcp_call_t    *call;
    ngx_int_t             (*say)(ngx_http_mcp_call_t *call, ngx_uint_t step);
    ngx_uint_t              step;
} ngx_http_conformance_steps_t;


static ngx_int_t ngx_http_conformance_simple_text(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_conformance_image(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_conformance_audio(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_conformance_embedded(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_conformance_multiple(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_conformance_error(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_conformance_schema(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_conformance_header(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_conformance_capability(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_conformance_static_text(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_conformance_static_binary(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_conformance_template(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_conformance_prompt(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_conformance_prompt_arguments(
    ngx_http_mcp_call_t *call, const cJSON *args);
static ngx_int_t ngx_http_conformance_prompt_embedded(
    ngx_http_mcp_call_t *call, const cJSON *args);
static ngx_int_t ngx_http_conformance_prompt_image(ngx_http_mcp_call_t *call,
    const cJSON *args);
static const char *ngx_http_conformance_string(const cJSON *args,
    const char *name);
static ngx_int_t ngx_http_conformance_progress(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_conformance_say_progress(ngx_http_mcp_call_t *call,
    ngx_uint_t step);
static ngx_int_t ngx_http_conformance_logging(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_conformance_say_log(ngx_http_mcp_call_t *call,
    ngx_uint_t step);
static ngx_int_t ngx_http_conformance_steps(ngx_http_mcp_call_t *call,
    ngx_int_t (*say)(ngx_http_mcp_call_t *call, ngx_uint_t step));
static void ngx_http_conformance_step(ngx_event_t *ev);
static void ngx_http_conformance_abort(void *data);
static ngx_int_t ngx_http_conformance_text(ngx_http_mcp_call_t *call,
    const char *text);
static ngx_int_t ngx_http_conformance_init(ngx_conf_t *cf);


/* one pixel */

static const u_char  ngx_http_conformance_png[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00,
    0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x01,
    0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90,
    0x77, 0x53, 0xde, 0x00, 0x00, 0x00, 0x0c, 0x49, 0x44, 0x41,
    0x54, 0x78, 0xda, 0x63, 0xf8, 0xcf, 0xc0, 0x00, 0x00, 0x03,
    0x01, 0x01, 0x00, 0xf7, 0x03, 0x41, 0x43, 0x00, 0x00, 0x00,
    0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82
};


/* one sample of silence, 8 kHz */

static const u_char  ngx_http_conformance_wav[] = {
    0x52, 0x49, 0x46, 0x46, 0x26, 0x00, 0x00, 0x00, 0x57, 0x41,
    0x56, 0x45, 0x66, 0x6d, 0x74, 0x20, 0x10, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x01, 0x00, 0x40, 0x1f, 0x00, 0x00, 0x80, 0x3e,
    0x00, 0x00, 0x02, 0x00, 0x10, 0x00, 0x64, 0x61, 0x74, 0x61,
    0x02, 0x00, 0x00, 0x00, 0x00, 0x00
};


static const char  ngx_http_conformance_2020_12[] =
    "{"
    "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
    "\"type\":\"object\","
    "\"$defs\":{"
        "\"address\":{"
            "\"$anchor\":\"addressDef\","
            "\"type\":\"object\","
            "\"properties\":{"
                "\"street\":{\"type\":\"string\"},"
                "\"city\":{\"type\":\"string\"}"
            "}"
        "}"
    "},"
    "\"properties\":{"
        "\"name\":{\"type\":\"string\"},"
        "\"address\":{\"$ref\":\"#/$defs/address\"},"
        "\"contactMethod\":{"
            "\"type\":\"string\","
            "\"enum\":[\"phone\",\"email\"]"
        "},"
        "\"phone\":{\"type\":\"string\"},"
        "\"email\":{\"type\":\"string\"}"
    "},"
    "\"allOf\":["
        "{\"anyOf\":[{\"required\":[\"phone\"]},{\"required\":[\"email\"]}]}"
    "],"
    "\"if\":{"
        "\"properties\":{\"contactMethod\":{\"const\":\"phone\"}},"
        "\"required\":[\"contactMethod\"]"
    "},"
    "\"then\":{\"required\":[\"phone\"]},"
    "\"else\":{\"required\":[\"email\"]},"
    "\"additionalProperties\":false"
    "}";


static const ngx_http_mcp_tool_t  ngx_http_conformance_tools[] = {

    { "test_simple_text",
      NULL,
      "Returns one text.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_simple_text },

    { "test_image_content",
      NULL,
      "Returns one image.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_image },

    { "test_audio_content",
      NULL,
      "Returns one sound.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_audio },

    { "test_embedded_resource",
      NULL,
      "Returns one embedded resource.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_embedded },

    { "test_multiple_content_types",
      NULL,
      "Returns a text, an image and an embedded resource.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_multiple },

    { "test_error_handling",
      NULL,
      "Returns a tool error.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_error },

    { "json_schema_2020_12_tool",
      NULL,
      "Has an input schema with keywords of JSON Schema 2020-12.",
      ngx_http_conformance_2020_12,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_schema },

    { "test_header_tool",
      NULL,
      "Has an argument that clients repeat in a header.",
      "{\"type\":\"object\",\"properties\":{"
          "\"region\":{\"type\":\"string\",\"x-mcp-header\":\"Region\"}},"
          "\"required\":[\"region\"],\"additionalProperties\":false}",
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_header },

    { "test_missing_capability",
      NULL,
      "Is for clients only that can sample their model.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      NGX_HTTP_MCP_NEED_SAMPLING,
      ngx_http_conformance_capability },

    { "test_tool_with_progress",
      NULL,
      "Reports its progress in three steps.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_progress },

    { "test_tool_with_logging",
      NULL,
      "Sends three log messages.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_logging },

    { "test_logging_tool",
      NULL,
      "Sends log messages to clients that want them.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_logging },

    ngx_http_mcp_null_tool
};


static const ngx_http_mcp_resource_t  ngx_http_conformance_resources[] = {

    { .uri = "test://static-text",
      .name = "static-text",
      .description = "A text.",
      .mime_type = "text/plain",
      .handler = ngx_http_conformance_static_text },

    { .uri = "test://static-binary",
      .name = "static-binary",
      .description = "An image.",
      .mime_type = "image/png",
      .handler = ngx_http_conformance_static_binary },

    { .uri = "test://watched-resource",
      .name = "watched-resource",
      .description = "A text that may change.",
      .mime_type = "text/plain",
      .handler = ngx_http_conformance_static_text },

    { .uri = "test://template/{id}/data",
      .name = "template",
      .description = "The data of an id.",
      .mime_type = "application/json",
      .handler = ngx_http_conformance_template },

    ngx_http_mcp_null_resource
};


static const char *const  ngx_http_conformance_values[] = {
    "test", "testing", "other", NULL
};


static const ngx_http_mcp_arg_t  ngx_http_conformance_two_args[] = {
    { "arg1", NULL, "The first.", 1, ngx_http_conformance_values, NULL },
    { "arg2", NULL, "The second.", 1, NULL, NULL },
    ngx_http_mcp_null_arg
};


static const ngx_http_mcp_arg_t  ngx_http_conformance_uri_arg[] = {
    { "resourceUri", NULL, "The resource to embed.", 1, NULL, NULL },
    ngx_http_mcp_null_arg
};


static const ngx_http_mcp_prompt_t  ngx_http_conformance_prompts[] = {

    { .name = "test_simple_prompt",
      .description = "One message.",
      .handler = ngx_http_conformance_prompt },

    { .name = "test_prompt_with_arguments",
      .description = "One message with both arguments.",
      .args = ngx_http_conformance_two_args,
      .handler = ngx_http_conformance_prompt_arguments },

    { .name = "test_prompt_with_embedded_resource",
      .description = "A resource and what to do with it.",
      .args = ngx_http_conformance_uri_arg,
      .handler = ngx_http_conformance_prompt_embedded },

    { .name = "test_prompt_with_image",
      .description = "An image and what to do with it.",
      .handler = ngx_http_conformance_prompt_image },

    ngx_http_mcp_null_prompt
};


static const ngx_http_mcp_tools_t  ngx_http_conformance_pack = {
    NGX_HTTP_MCP_API_VERSION,
    "conformance",
    ngx_http_conformance_tools,
    ngx_http_conformance_resources,
    ngx_http_conformance_prompts
};


static ngx_http_module_t  ngx_http_conformance_tools_module_ctx = {
    ngx_http_conformance_init,             /* preconfiguration */
    NULL,                                  /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_conformance_tools_module = {
    NGX_MODULE_V1,
    &ngx_http_conformance_tools_module_ctx,/* module context */
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


static ngx_int_t
ngx_http_conformance_simple_text(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_conformance_text(call, "Nothing but text.");
}


static ngx_int_t
ngx_http_conformance_image(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_mcp_image(call, ngx_http_conformance_png,
                              sizeof(ngx_http_conformance_png), "image/png");
}


static ngx_int_t
ngx_http_conformance_audio(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_mcp_audio(call, ngx_http_conformance_wav,
                              sizeof(ngx_http_conformance_wav), "audio/wav");
}


static ngx_int_t
ngx_http_conformance_embedded(ngx_http_mcp_call_t *call, const cJSON *args)
{
    static const u_char  text[] = "The text of a resource.";

    return ngx_http_mcp_embed_text(call, "test://embedded-resource",
                                   "text/plain", text, sizeof(text) - 1);
}


static ngx_int_t
ngx_http_conformance_multiple(ngx_http_mcp_call_t *call, const cJSON *args)
{
    static const u_char  json[] = "{\"items\":[1,2,3]}";

    if (ngx_http_conformance_text(call, "An image and a resource:") != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_mcp_image(call, ngx_http_conformance_png,
                           sizeof(ngx_http_conformance_png), "image/png")
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_mcp_embed_text(call, "test://mixed-content-resource",
                                   "application/json", json,
                                   sizeof(json) - 1);
}


static ngx_int_t
ngx_http_conformance_error(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_mcp_error(call, "this tool always fails");
}


static ngx_int_t
ngx_http_conformance_schema(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_conformance_text(call, "The arguments fit the schema.");
}


static ngx_int_t
ngx_http_conformance_header(ngx_http_mcp_call_t *call, const cJSON *args)
{
    cJSON  *region;

    region = cJSON_GetObjectItemCaseSensitive(args, "region");

    return ngx_http_conformance_text(call, region->valuestring);
}


static ngx_int_t
ngx_http_conformance_capability(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_conformance_text(call, "The client can sample its model.");
}


static ngx_int_t
ngx_http_conformance_static_text(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_conformance_text(call, "The content of a resource.");
}


static ngx_int_t
ngx_http_conformance_static_binary(ngx_http_mcp_call_t *call,
    const cJSON *args)
{
    return ngx_http_mcp_embed_blob(call, NULL, NULL, ngx_http_conformance_png,
                                   sizeof(ngx_http_conformance_png));
}


static ngx_int_t
ngx_http_conformance_template(ngx_http_mcp_call_t *call, const cJSON *args)
{
    cJSON  *out;

    out = cJSON_CreateObject();

    if (cJSON_AddStringToObject(out, "id",
                                ngx_http_conformance_string(args, "id"))
        == NULL)
    {
        cJSON_Delete(out);
        return NGX_ERROR;
    }

    return ngx_http_mcp_result(call, out);
}


static ngx_int_t
ngx_http_conformance_prompt(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_conformance_text(call, "Say something simple.");
}


static ngx_int_t
ngx_http_conformance_prompt_arguments(ngx_http_mcp_call_t *call,
    const cJSON *args)
{
    u_char  p[NGX_MAX_ERROR_STR], *last;

    last = ngx_snprintf(p, sizeof(p), "The arguments are \"%s\" and \"%s\".",
                        ngx_http_conformance_string(args, "arg1"),
                        ngx_http_conformance_string(args, "arg2"));

    return ngx_http_mcp_text(call, p, last - p);
}


static ngx_int_t
ngx_http_conformance_prompt_embedded(ngx_http_mcp_call_t *call,
    const cJSON *args)
{
    static const u_char  text[] = "The text of a resource.";

    if (ngx_http_mcp_embed_text(call,
                                ngx_http_conformance_string(args,
                                                            "resourceUri"),
                                "text/plain", text, sizeof(text) - 1)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_conformance_text(call, "Read the resource.");
}


static ngx_int_t
ngx_http_conformance_prompt_image(ngx_http_mcp_call_t *call,
    const cJSON *args)
{
    if (ngx_http_mcp_image(call, ngx_http_conformance_png,
                           sizeof(ngx_http_conformance_png), "image/png")
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_conformance_text(call, "Look at the image.");
}


static const char *
ngx_http_conformance_string(const cJSON *args, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(args, name)->valuestring;
}


static ngx_int_t
ngx_http_conformance_progress(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_conformance_steps(call, ngx_http_conformance_say_progress);
}


static ngx_int_t
ngx_http_conformance_say_progress(ngx_http_mcp_call_t *call, ngx_uint_t step)
{
    return ngx_http_mcp_progress(call, 50 * step, 100, NULL);
}


static ngx_int_t
ngx_http_conformance_logging(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_conformance_steps(call, ngx_http_conformance_say_log);
}


static ngx_int_t
ngx_http_conformance_say_log(ngx_http_mcp_call_t *call, ngx_uint_t step)
{
    static const char  *text[] = {
        "Tool execution started",
        "Tool processing data",
        "Tool execution completed"
    };

    return ngx_http_mcp_log(call, NGX_HTTP_MCP_LOG_INFO, "conformance", "%s",
                            text[step]);
}


static ngx_int_t
ngx_http_conformance_steps(ngx_http_mcp_call_t *call,
    ngx_int_t (*say)(ngx_http_mcp_call_t *call, ngx_uint_t step))
{
    ngx_http_conformance_steps_t  *steps;

    steps = ngx_pcalloc(ngx_http_mcp_pool(call),
                        sizeof(ngx_http_conformance_steps_t));
    if (steps == NULL) {
        return NGX_ERROR;
    }

    steps->call = call;
    steps->say = say;

    steps->timer.handler = ngx_http_conformance_step;
    steps->timer.data = steps;
    steps->timer.log = ngx_http_mcp_request(call)->connection->log;

    ngx_http_mcp_on_abort(call, ngx_http_conformance_abort, steps);
    ngx_add_timer(&steps->timer, INTERVAL);

    return NGX_AGAIN;
}


static void
ngx_http_conformance_step(ngx_event_t *ev)
{
    ngx_http_conformance_steps_t *steps = ev->data;

    ngx_int_t  rc;

    rc = steps->say(steps->call, steps->step++);

    if (rc == NGX_OK && steps->step < STEPS) {
        ngx_add_timer(ev, INTERVAL);
        return;
    }

    if (rc == NGX_OK) {
        rc = ngx_http_conformance_text(steps->call, "All steps are done.");
    }

    ngx_http_mcp_done(steps->call, rc);
}


static void
ngx_http_conformance_abort(void *data)
{
    ngx_http_conformance_steps_t *steps = data;

    if (steps->timer.timer_set) {
        ngx_del_timer(&steps->timer);
    }
}


static ngx_int_t
ngx_http_conformance_text(ngx_http_mcp_call_t *call, const char *text)
{
    return ngx_http_mcp_text(call, (const u_char *) text, ngx_strlen(text));
}


static ngx_int_t
ngx_http_conformance_init(ngx_conf_t *cf)
{
    return ngx_http_mcp_add_tools(cf, &ngx_http_conformance_pack);
}
