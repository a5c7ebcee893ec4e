
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp.h>


/*
 * The pack "bench": ten small tools, so that tools/list has what to list.
 * Its answer stays under 4096 bytes, the limit of a token of nginx.conf,
 * because "return" has to give the same bytes.
 */


static ngx_int_t ngx_http_bench_tools_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_bench_tools_number(ngx_http_mcp_call_t *call,
    double value);
static double ngx_http_bench_tools_arg(const cJSON *args, const char *name);


#define NGX_HTTP_BENCH_SCHEMA                                                \
    "{\"type\":\"object\",\"properties\":{"                                  \
    "\"a\":{\"type\":\"number\"},\"b\":{\"type\":\"number\"}},"              \
    "\"required\":[\"a\",\"b\"],\"additionalProperties\":false}"

#define ngx_http_bench_handler(name, expression)                             \
    static ngx_int_t                                                         \
    ngx_http_bench_ ## name(ngx_http_mcp_call_t *call, const cJSON *args)    \
    {                                                                        \
        double  a, b;                                                        \
                                                                             \
        a = ngx_http_bench_tools_arg(args, "a");                             \
        b = ngx_http_bench_tools_arg(args, "b");                             \
                                                                             \
        return ngx_http_bench_tools_number(call, (expression));              \
    }

#define ngx_http_bench_tool(name, title, description)                        \
    { #name, title, description, NGX_HTTP_BENCH_SCHEMA, NULL, NULL,          \
      NGX_HTTP_MCP_READ_ONLY, 0, ngx_http_bench_ ## name }


ngx_http_bench_handler(add, a + b)
ngx_http_bench_handler(subtract, a - b)
ngx_http_bench_handler(multiply, a * b)
ngx_http_bench_handler(divide, b != 0 ? a / b : 0)
ngx_http_bench_handler(minimum, a < b ? a : b)
ngx_http_bench_handler(maximum, a > b ? a : b)
ngx_http_bench_handler(mean, (a + b) / 2)
ngx_http_bench_handler(distance, a > b ? a - b : b - a)
ngx_http_bench_handler(square_sum, a * a + b * b)
ngx_http_bench_handler(percent, a * b / 100)


static const ngx_http_mcp_tool_t  ngx_http_bench_tools[] = {

    ngx_http_bench_tool(add, "Add",
                        "Adds two numbers and returns their sum."),

    ngx_http_bench_tool(subtract, "Subtract",
                        "Subtracts the second number from the first."),

    ngx_http_bench_tool(multiply, "Multiply",
                        "Multiplies two numbers and returns the product."),

    ngx_http_bench_tool(divide, "Divide",
                        "Divides the first number by the second, 0 by zero."),

    ngx_http_bench_tool(minimum, "Minimum",
                        "Returns the smaller one of two numbers."),

    ngx_http_bench_tool(maximum, "Maximum",
                        "Returns the greater one of two numbers."),

    ngx_http_bench_tool(mean, "Mean",
                        "Returns the arithmetic mean of two numbers."),

    ngx_http_bench_tool(distance, "Distance",
                        "Returns the distance of two numbers, never negative."),

    ngx_http_bench_tool(square_sum, "Sum of squares",
                        "Squares two numbers and returns the sum."),

    ngx_http_bench_tool(percent, "Percentage",
                        "Returns the given percentage of a number."),

    ngx_http_mcp_null_tool
};


static const ngx_http_mcp_tools_t  ngx_http_bench_pack = {
    NGX_HTTP_MCP_API_VERSION,
    "bench",
    ngx_http_bench_tools,
    NULL,
    NULL
};


static ngx_http_module_t  ngx_http_bench_tools_module_ctx = {
    ngx_http_bench_tools_init,             /* preconfiguration */
    NULL,                                  /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_bench_tools_module = {
    NGX_MODULE_V1,
    &ngx_http_bench_tools_module_ctx,      /* module context */
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
ngx_http_bench_tools_init(ngx_conf_t *cf)
{
    return ngx_http_mcp_add_tools(cf, &ngx_http_bench_pack);
}


static double
ngx_http_bench_tools_arg(const cJSON *args, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(args, name)->valuedouble;
}


static ngx_int_t
ngx_http_bench_tools_number(ngx_http_mcp_call_t *call, double value)
{
    cJSON  *out;

    out = cJSON_CreateObject();
    if (out == NULL) {
        return NGX_ERROR;
    }

    if (cJSON_AddNumberToObject(out, "result", value) == NULL) {
        cJSON_Delete(out);
        return NGX_ERROR;
    }

    return ngx_http_mcp_result(call, out);
}
