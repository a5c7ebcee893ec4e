
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp.h>
#include <math.h>


#define NGX_HTTP_MCP_DEMO_EXACT   9007199254740992.0     /* 2^53 */
#define NGX_HTTP_MCP_DEMO_DIGITS  18                     /* fit in an int64_t */


static ngx_int_t ngx_http_mcp_demo_add(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_mcp_demo_integer(const cJSON *number, int64_t *n);
static cJSON *ngx_http_mcp_demo_exact_number(int64_t n);
static ngx_int_t ngx_http_mcp_demo_echo(ngx_http_mcp_call_t *call,
    const cJSON *args);


static const char  ngx_http_mcp_demo_add_input[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        "\"a\":{\"type\":\"number\",\"description\":\"First summand.\"},"
        "\"b\":{\"type\":\"number\",\"description\":\"Second summand.\"}"
      "},"
      "\"required\":[\"a\",\"b\"],"
      "\"additionalProperties\":false,"
      "\"examples\":[{\"a\":2,\"b\":3.5}]"
    "}";

static const char  ngx_http_mcp_demo_add_output[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        "\"sum\":{\"type\":\"number\",\"description\":\"a + b\"}"
      "},"
      "\"required\":[\"sum\"],"
      "\"additionalProperties\":false"
    "}";

static const char  ngx_http_mcp_demo_echo_input[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        "\"text\":{\"type\":\"string\","
          "\"description\":\"The text to send back, unchanged.\"}"
      "},"
      "\"required\":[\"text\"],"
      "\"additionalProperties\":false,"
      "\"examples\":[{\"text\":\"hello\"}]"
    "}";


static const ngx_http_mcp_tool_t  ngx_http_mcp_demo_tool_list[] = {

    { "add", "Add two numbers",
      "Adds two numbers. The sum of two integers of up to 18 digits is exact;"
      " any other sum is rounded to a double.",
      ngx_http_mcp_demo_add_input,
      ngx_http_mcp_demo_add_output,
      NULL,
      NGX_HTTP_MCP_READ_ONLY|NGX_HTTP_MCP_IDEMPOTENT,
      0,
      ngx_http_mcp_demo_add },

    { "echo", "Echo",
      "Sends the given text back, byte for byte.",
      ngx_http_mcp_demo_echo_input,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY|NGX_HTTP_MCP_IDEMPOTENT,
      0,
      ngx_http_mcp_demo_echo },

    ngx_http_mcp_null_tool
};


const ngx_http_mcp_tools_t  ngx_http_mcp_demo_tools = {
    NGX_HTTP_MCP_API_VERSION,
    "demo",
    ngx_http_mcp_demo_tool_list,
    NULL,
    NULL
};


static ngx_int_t
ngx_http_mcp_demo_add(ngx_http_mcp_call_t *call, const cJSON *args)
{
    cJSON        *out, *sum;
    double        x;
    int64_t       n, m;
    const cJSON  *a, *b;

    a = cJSON_GetObjectItemCaseSensitive(args, "a");
    b = cJSON_GetObjectItemCaseSensitive(args, "b");

    if (ngx_http_mcp_demo_integer(a, &n) == NGX_OK
        && ngx_http_mcp_demo_integer(b, &m) == NGX_OK)
    {
        sum = ngx_http_mcp_demo_exact_number(n + m);

    } else {
        x = a->valuedouble + b->valuedouble;

        if (!isfinite(x)) {
            return ngx_http_mcp_error(call, "the sum is out of the range of"
                                      " a double; use smaller numbers");
        }

        sum = cJSON_CreateNumber(x);
    }

    out = cJSON_CreateObject();

    if (sum == NULL || out == NULL
        || !cJSON_AddItemToObject(out, "sum", sum))
    {
        cJSON_Delete(sum);
        cJSON_Delete(out);
        return NGX_ERROR;
    }

    return ngx_http_mcp_result(call, out);
}


/*
 * NGX_OK if the number is an integer whose sum with another such integer is
 * an int64_t.  An integer that a double may have rounded is read from its
 * text; one of more digits is added as a double.
 */

static ngx_int_t
ngx_http_mcp_demo_integer(const cJSON *number, int64_t *n)
{
    size_t       len;
    ngx_int_t    value;
    const char  *p;

    p = number->valuestring;

    if (p == NULL) {
        if (number->valuedouble != floor(number->valuedouble)
            || fabs(number->valuedouble) > NGX_HTTP_MCP_DEMO_EXACT)
        {
            return NGX_DECLINED;
        }

        *n = (int64_t) number->valuedouble;
        return NGX_OK;
    }

    if (*p == '-') {
        p++;
    }

    len = ngx_strlen(p);

    if (len > NGX_HTTP_MCP_DEMO_DIGITS) {
        return NGX_DECLINED;
    }

    /* ngx_atoi() refuses fractions and exponents */

    value = ngx_atoi((u_char *) p, len);

    if (value == NGX_ERROR) {
        return NGX_DECLINED;
    }

    *n = (p == number->valuestring) ? value : -(int64_t) value;

    return NGX_OK;
}


/* like an argument, a number that a double does not hold carries its text */

static cJSON *
ngx_http_mcp_demo_exact_number(int64_t n)
{
    cJSON  *number;

    number = cJSON_CreateNumber((double) n);

    if (number == NULL || fabs((double) n) < NGX_HTTP_MCP_DEMO_EXACT) {
        return number;
    }

    number->valuestring = cJSON_malloc(NGX_INT64_LEN + 1);

    if (number->valuestring == NULL) {
        cJSON_Delete(number);
        return NULL;
    }

    (void) ngx_sprintf((u_char *) number->valuestring, "%L%Z", n);

    return number;
}


static ngx_int_t
ngx_http_mcp_demo_echo(ngx_http_mcp_call_t *call, const cJSON *args)
{
    const cJSON  *text;

    text = cJSON_GetObjectItemCaseSensitive(args, "text");

    return ngx_http_mcp_text(call, (u_char *) text->valuestring,
                             ngx_strlen(text->valuestring));
}
