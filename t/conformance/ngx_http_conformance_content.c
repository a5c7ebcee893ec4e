
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include "ngx_http_conformance.h"


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


static ngx_int_t ngx_http_conformance_say_progress(ngx_http_mcp_call_t *call,
    ngx_uint_t step);
static ngx_int_t ngx_http_conformance_say_log(ngx_http_mcp_call_t *call,
    ngx_uint_t step);
static ngx_int_t ngx_http_conformance_steps(ngx_http_mcp_call_t *call,
    ngx_int_t (*say)(ngx_http_mcp_call_t *call, ngx_uint_t step));
static void ngx_http_conformance_step(ngx_event_t *ev);
static void ngx_http_conformance_abort(void *data);


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


ngx_int_t
ngx_http_conformance_simple_text(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_conformance_text(call, "Nothing but text.");
}


ngx_int_t
ngx_http_conformance_image(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_mcp_image(call, ngx_http_conformance_png,
                              sizeof(ngx_http_conformance_png), "image/png");
}


ngx_int_t
ngx_http_conformance_audio(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_mcp_audio(call, ngx_http_conformance_wav,
                              sizeof(ngx_http_conformance_wav), "audio/wav");
}


ngx_int_t
ngx_http_conformance_embedded(ngx_http_mcp_call_t *call, const cJSON *args)
{
    static const u_char  text[] = "The text of a resource.";

    return ngx_http_mcp_embed_text(call, "test://embedded-resource",
                                   "text/plain", text, sizeof(text) - 1);
}


ngx_int_t
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


ngx_int_t
ngx_http_conformance_error(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_mcp_error(call, "this tool always fails");
}


ngx_int_t
ngx_http_conformance_schema(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_conformance_text(call, "The arguments fit the schema.");
}


ngx_int_t
ngx_http_conformance_header(ngx_http_mcp_call_t *call, const cJSON *args)
{
    cJSON  *region;

    region = cJSON_GetObjectItemCaseSensitive(args, "region");

    return ngx_http_conformance_text(call, region->valuestring);
}


ngx_int_t
ngx_http_conformance_capability(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_conformance_text(call, "The client can sample its model.");
}


ngx_int_t
ngx_http_conformance_static_text(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_conformance_text(call, "The content of a resource.");
}


ngx_int_t
ngx_http_conformance_static_binary(ngx_http_mcp_call_t *call,
    const cJSON *args)
{
    return ngx_http_mcp_embed_blob(call, NULL, NULL, ngx_http_conformance_png,
                                   sizeof(ngx_http_conformance_png));
}


ngx_int_t
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


ngx_int_t
ngx_http_conformance_prompt(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_conformance_text(call, "Say something simple.");
}


ngx_int_t
ngx_http_conformance_prompt_arguments(ngx_http_mcp_call_t *call,
    const cJSON *args)
{
    u_char  p[NGX_MAX_ERROR_STR], *last;

    last = ngx_snprintf(p, sizeof(p), "The arguments are \"%s\" and \"%s\".",
                        ngx_http_conformance_string(args, "arg1"),
                        ngx_http_conformance_string(args, "arg2"));

    return ngx_http_mcp_text(call, p, last - p);
}


ngx_int_t
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


ngx_int_t
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


const char *
ngx_http_conformance_string(const cJSON *args, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(args, name)->valuestring;
}


ngx_int_t
ngx_http_conformance_progress(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_conformance_steps(call, ngx_http_conformance_say_progress);
}


static ngx_int_t
ngx_http_conformance_say_progress(ngx_http_mcp_call_t *call, ngx_uint_t step)
{
    return ngx_http_mcp_progress(call, 50 * step, 100, NULL);
}


ngx_int_t
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


ngx_int_t
ngx_http_conformance_tool_change(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_http_mcp_changed(NGX_HTTP_MCP_TOOLS);

    return ngx_http_conformance_text(call, "Tools have changed.");
}


ngx_int_t
ngx_http_conformance_prompt_change(ngx_http_mcp_call_t *call,
    const cJSON *args)
{
    ngx_http_mcp_changed(NGX_HTTP_MCP_PROMPTS);

    return ngx_http_conformance_text(call, "Prompts have changed.");
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


ngx_int_t
ngx_http_conformance_text(ngx_http_mcp_call_t *call, const char *text)
{
    return ngx_http_mcp_text(call, (const u_char *) text, ngx_strlen(text));
}
