
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include "ngx_http_conformance.h"


/*
 * The fixture of the official conformance suite: the tools, resources and
 * prompts its scenarios ask for by name.  "test_simple_text" is the first tool
 * on purpose, scenarios take the first listed one for one that needs no
 * arguments.
 */


#define NO_ARGUMENTS  "{\"type\":\"object\",\"additionalProperties\":false}"


static ngx_int_t ngx_http_conformance_init(ngx_conf_t *cf);


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

    { "test_reconnection",
      NULL,
      "Tells the client to hang up, and to come back for the result.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_reconnection },

    { "test_trigger_tool_change",
      NULL,
      "Says that tools have changed.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_tool_change },

    { "test_trigger_prompt_change",
      NULL,
      "Says that prompts have changed.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_prompt_change },

    { "test_sampling",
      NULL,
      "Asks the model of the client.",
      "{\"type\":\"object\",\"properties\":{\"prompt\":{"
          "\"type\":\"string\"}},\"required\":[\"prompt\"]}",
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      NGX_HTTP_MCP_NEED_SAMPLING,
      ngx_http_conformance_sampling },

    { "test_elicitation",
      NULL,
      "Asks the user who he is.",
      "{\"type\":\"object\",\"properties\":{\"message\":{"
          "\"type\":\"string\"}},\"required\":[\"message\"]}",
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      NGX_HTTP_MCP_NEED_ELICITATION,
      ngx_http_conformance_elicitation },

    { "test_elicitation_sep1034_defaults",
      NULL,
      "Asks with a form that has defaults.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      NGX_HTTP_MCP_NEED_ELICITATION,
      ngx_http_conformance_defaults },

    { "test_elicitation_sep1330_enums",
      NULL,
      "Asks with a form that has enumerations.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      NGX_HTTP_MCP_NEED_ELICITATION,
      ngx_http_conformance_enums },

    { "test_streaming_elicitation",
      NULL,
      "Asks for a name.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      NGX_HTTP_MCP_NEED_ELICITATION,
      ngx_http_conformance_user_name },

    { "test_input_required_result_elicitation",
      NULL,
      "Asks for a name.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_user_name },

    { "test_input_required_result_sampling",
      NULL,
      "Asks the model for a capital.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_capital },

    { "test_input_required_result_list_roots",
      NULL,
      "Asks for the roots.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_roots },

    { "test_input_required_result_request_state",
      NULL,
      "Asks and remembers that it did.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_state },

    { "test_input_required_result_multiple_inputs",
      NULL,
      "Asks for three things at once.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_three },

    { "test_input_required_result_multi_round",
      NULL,
      "Asks for one thing after another.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_rounds },

    { "test_input_required_result_tampered_state",
      NULL,
      "Asks and trusts nobody.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_state },

    { "test_input_required_result_capabilities",
      NULL,
      "Asks for what the client can answer.",
      NO_ARGUMENTS,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_conformance_whatever },

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

    { .name = "test_input_required_result_prompt",
      .description = "One message, about what the user says.",
      .handler = ngx_http_conformance_ask_prompt },

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
ngx_http_conformance_init(ngx_conf_t *cf)
{
    return ngx_http_mcp_add_tools(cf, &ngx_http_conformance_pack);
}
