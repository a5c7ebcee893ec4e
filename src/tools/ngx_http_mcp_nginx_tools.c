
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp_nginx.h>


static const char  ngx_http_mcp_nginx_status_input[] =
    "{"
      "\"type\":\"object\","
      "\"additionalProperties\":false,"
      "\"examples\":[{}]"
    "}";

static const char  ngx_http_mcp_nginx_status_output[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        "\"version\":{\"type\":\"string\"},"
        "\"requests\":{\"type\":\"integer\","
          "\"description\":\"Since nginx started; not there if nginx does not"
            " count.\"},"
        "\"connections\":{\"type\":\"object\","
          "\"properties\":{"
            "\"accepted\":{\"type\":\"integer\","
              "\"description\":\"Since nginx started.\"},"
            "\"handled\":{\"type\":\"integer\","
              "\"description\":\"Fewer than accepted: some were dropped,"
                " worker_connections is too small.\"},"
            "\"active\":{\"type\":\"integer\","
              "\"description\":\"Now, waiting ones included.\"},"
            "\"reading\":{\"type\":\"integer\"},"
            "\"writing\":{\"type\":\"integer\"},"
            "\"waiting\":{\"type\":\"integer\","
              "\"description\":\"Idle, for a next request.\"}"
          "},"
          "\"additionalProperties\":false,"
          "\"description\":\"Of clients, in all workers; not there if nginx"
            " does not count.\"},"
        "\"workers\":{\"type\":\"integer\","
          "\"description\":\"How many worker processes there are.\"},"
        "\"worker\":{\"type\":\"object\","
          "\"properties\":{"
            "\"pid\":{\"type\":\"integer\"},"
            "\"connections\":{\"type\":\"integer\","
              "\"description\":\"In use, to clients, backends and so on.\"},"
            "\"max_connections\":{\"type\":\"integer\"}"
          "},"
          "\"additionalProperties\":false,"
          "\"description\":\"The one that answers.\"},"
        "\"uptime\":{\"type\":\"integer\","
          "\"description\":\"Seconds since nginx started; not there if it is"
            " not known.\"},"
        "\"configuration\":{\"type\":\"object\","
          "\"properties\":{"
            "\"generation\":{\"type\":\"integer\","
              "\"description\":\"1 when nginx started, one more after each"
                " reload; not there if it is not known.\"},"
            "\"uptime\":{\"type\":\"integer\","
              "\"description\":\"Seconds since it was loaded.\"}"
          "},"
          "\"additionalProperties\":false},"
        "\"zone\":{\"type\":\"object\","
          "\"properties\":{"
            "\"size\":{\"type\":\"integer\",\"description\":\"Bytes.\"},"
            "\"free\":{\"type\":\"integer\",\"description\":\"Bytes.\"},"
            "\"entries\":{\"type\":\"integer\"},"
            "\"evicted\":{\"type\":\"integer\","
              "\"description\":\"Entries that had to go before their time:"
                " mcp_zone is too small.\"},"
            "\"published\":{\"type\":\"integer\","
              "\"description\":\"Changes that workers have told each"
                " other.\"}"
          "},"
          "\"additionalProperties\":false,"
          "\"description\":\"The shared memory of MCP.\"},"
        "\"logs\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},"
          "\"description\":\"Names for nginx_log.\"}"
      "},"
      "\"required\":[\"version\",\"workers\",\"worker\",\"configuration\","
        "\"zone\",\"logs\"],"
      "\"additionalProperties\":false"
    "}";

static const char  ngx_http_mcp_nginx_log_input[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        "\"log\":{"
          "\"type\":\"string\","
          "\"description\":\"The name of the log, one of the logs in"
            " nginx_status. May be left out if there is only one.\"},"
        "\"lines\":{"
          "\"type\":\"integer\",\"minimum\":1,\"maximum\":1000,"
          "\"default\":50,"
          "\"description\":\"How many lines.\"},"
        "\"pattern\":{"
          "\"type\":\"string\",\"minLength\":1,\"maxLength\":4096,"
          "\"description\":\"Only lines that match this Perl-compatible"
            " regular expression, which has no delimiters.\"},"
        "\"flags\":{"
          "\"type\":\"string\",\"pattern\":\"^[ix]*$\",\"default\":\"\","
          "\"description\":\"Any of: i ignore case, x white space and"
            " #comments in the pattern are ignored.\"}"
      "},"
      "\"additionalProperties\":false,"
      "\"examples\":[{\"log\":\"error\",\"lines\":20},"
        "{\"log\":\"access\",\"pattern\":\"\\\" 5\\\\d\\\\d \"}]"
    "}";

static const char  ngx_http_mcp_nginx_log_output[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        "\"log\":{\"type\":\"string\"},"
        "\"size\":{\"type\":\"integer\","
          "\"description\":\"Of the whole log, in bytes.\"},"
        "\"truncated\":{\"type\":\"string\","
          "\"enum\":[\"lines\",\"bytes\",\"time\"],"
          "\"description\":\"There if the log was not read to its beginning:"
            " there were enough lines, enough bytes, or it took too long.\"},"
        "\"lines\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},"
          "\"description\":\"The last one last.\"}"
      "},"
      "\"required\":[\"log\",\"size\",\"lines\"],"
      "\"additionalProperties\":false"
    "}";


static const ngx_http_mcp_tool_t  ngx_http_mcp_nginx_tool_list[] = {

    { "nginx_status", "Status of nginx",
      "Shows what the nginx that serves this endpoint is doing: connections,"
      " requests, workers, uptime, reloads, and which logs can be read.",
      ngx_http_mcp_nginx_status_input,
      ngx_http_mcp_nginx_status_output,
      NULL,
      NGX_HTTP_MCP_READ_ONLY|NGX_HTTP_MCP_IDEMPOTENT,
      0,
      ngx_http_mcp_nginx_status },

    { "nginx_log", "Read a log of nginx",
      "Reads the last lines of an access or error log of nginx, or the last"
      " lines that match a pattern.",
      ngx_http_mcp_nginx_log_input,
      ngx_http_mcp_nginx_log_output,
      NULL,
      NGX_HTTP_MCP_READ_ONLY|NGX_HTTP_MCP_IDEMPOTENT|NGX_HTTP_MCP_BLOCKING,
      0,
      ngx_http_mcp_nginx_log },

    ngx_http_mcp_null_tool
};


const ngx_http_mcp_tools_t  ngx_http_mcp_nginx_tools = {
    NGX_HTTP_MCP_API_VERSION,
    "nginx",
    ngx_http_mcp_nginx_tool_list,
    NULL,
    NULL
};
