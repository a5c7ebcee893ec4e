
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_input: what is asked, what counts as an answer, what is kept */


#include <ngx_config.h>
#include <ngx_core.h>
#include "input.h"


#define INPUT_ASK_FORM(mode)                                                  \
    "{\"k\":{\"method\":\"elicitation/create\",\"params\":{" mode             \
    "\"message\":\"Who?\",\"requestedSchema\":{\"type\":\"object\","          \
    "\"properties\":{\"name\":{\"type\":\"string\",\"minLength\":2}},"        \
    "\"required\":[\"name\"]}}}}"

#define INPUT_ASK_URL                                                         \
    "{\"k\":{\"method\":\"elicitation/create\",\"params\":{"                  \
    "\"mode\":\"url\",\"message\":\"Pay\",\"url\":\"https://a.example/?b\"}}}"

#define INPUT_SAMPLE(more)                                                    \
    "{\"messages\":[{\"role\":\"user\",\"content\":{\"type\":\"text\","       \
    "\"text\":\"Hi\"}}],\"maxTokens\":9" more "}"

#define INPUT_ASK_SAMPLE(more)                                                \
    "{\"k\":{\"method\":\"sampling/createMessage\",\"params\":"               \
    INPUT_SAMPLE(more) "}}"

#define INPUT_TOOLS                                                           \
    ",\"tools\":[{\"name\":\"a\",\"inputSchema\":{\"type\":\"object\"}}]"

#define INPUT_ASK_ROOTS                                                       \
    "{\"k\":{\"method\":\"roots/list\",\"params\":{}}}"

#define INPUT_SAID(content)                                                   \
    "{\"role\":\"assistant\",\"model\":\"m\",\"content\":" content "}"

#define FORM      MCP_CLIENT_ELICITATION
#define URL       MCP_CLIENT_ELICITATION_URL
#define SAMPLING  MCP_CLIENT_SAMPLING
#define TOOLS     MCP_CLIENT_SAMPLING_TOOLS
#define CONTEXT   MCP_CLIENT_SAMPLING_CONTEXT
#define ROOTS     MCP_CLIENT_ROOTS
#define ALL       INPUT_ALL


typedef ngx_int_t (*input_ask_pt)(mcp_input_t *input, const char *text,
    const cJSON **answer);


static ngx_int_t
input_form(mcp_input_t *input, const char *text, const cJSON **answer)
{
    return mcp_input_elicit(input, "k", "Who?", text ? text : INPUT_FORM,
                            answer);
}


static ngx_int_t
input_message(mcp_input_t *input, const char *text, const cJSON **answer)
{
    return mcp_input_elicit(input, "k", text, INPUT_FORM, answer);
}


static ngx_int_t
input_key(mcp_input_t *input, const char *text, const cJSON **answer)
{
    return mcp_input_roots(input, text, answer);
}


static ngx_int_t
input_url(mcp_input_t *input, const char *text, const cJSON **answer)
{
    return mcp_input_elicit_url(input, "k", "Pay",
                                text ? text : "https://a.example/?b", answer);
}


static ngx_int_t
input_sample(mcp_input_t *input, const char *text, const cJSON **answer)
{
    cJSON      *params;
    ngx_int_t   rc;

    params = cJSON_Parse(text ? text : INPUT_SAMPLE(""));
    rc = mcp_input_sample(input, "k", params, answer);
    cJSON_Delete(params);

    return rc;
}


static ngx_int_t
input_roots(mcp_input_t *input, const char *text, const cJSON **answer)
{
    return mcp_input_roots(input, "k", answer);
}


/*
 * "is": of NGX_OK the answer, of NGX_DONE what is asked, of NGX_ABORT the
 * capabilities, of NGX_ERROR the reason
 */

static struct {
    const char    *name;
    ngx_uint_t     version;
    ngx_uint_t     capabilities;
    input_ask_pt   ask;
    const char    *text;
    const char    *responses;    /* NULL: none */
    ngx_int_t      rc;
    const char    *is;
} input_rows[] = {

    /* what is asked, in the words of a revision */

    { "form", 4, FORM, input_form, NULL, NULL, NGX_DONE,
      INPUT_ASK_FORM("\"mode\":\"form\",") },
    { "form", 3, FORM, input_form, NULL, NULL, NGX_DONE,
      INPUT_ASK_FORM("\"mode\":\"form\",") },
    { "form", 2, FORM, input_form, NULL, NULL, NGX_DONE, INPUT_ASK_FORM("") },
    { "form, before there were any", 1, ALL, input_form, NULL, NULL,
      NGX_ABORT, "{\"elicitation\":{}}" },
    { "form, not declared", 4, URL|SAMPLING, input_form, NULL, NULL,
      NGX_ABORT, "{\"elicitation\":{}}" },

    { "URL", 4, URL, input_url, NULL, NULL, NGX_DONE, INPUT_ASK_URL },
    { "URL", 3, URL, input_url, NULL, NULL, NGX_DONE, INPUT_ASK_URL },
    { "URL, before there were any", 2, ALL, input_url, NULL, NULL, NGX_ABORT,
      "{\"elicitation\":{\"url\":{}}}" },
    { "URL, not declared", 4, FORM, input_url, NULL, NULL, NGX_ABORT,
      "{\"elicitation\":{\"url\":{}}}" },

    { "sampling", 4, SAMPLING, input_sample, NULL, NULL, NGX_DONE,
      INPUT_ASK_SAMPLE("") },
    { "sampling", 0, SAMPLING, input_sample, NULL, NULL, NGX_DONE,
      INPUT_ASK_SAMPLE("") },
    { "sampling, not declared", 4, FORM|ROOTS, input_sample, NULL, NULL,
      NGX_ABORT, "{\"sampling\":{}}" },
    { "sampling with tools", 4, SAMPLING|TOOLS, input_sample,
      INPUT_SAMPLE(INPUT_TOOLS), NULL, NGX_DONE,
      INPUT_ASK_SAMPLE(INPUT_TOOLS) },
    { "sampling with tools, not declared", 4, SAMPLING|CONTEXT, input_sample,
      INPUT_SAMPLE(INPUT_TOOLS), NULL, NGX_ABORT,
      "{\"sampling\":{\"tools\":{}}}" },
    { "sampling with tools, before there were any", 2, ALL, input_sample,
      INPUT_SAMPLE(INPUT_TOOLS), NULL, NGX_ABORT,
      "{\"sampling\":{\"tools\":{}}}" },
    { "sampling with a choice", 4, SAMPLING, input_sample,
      INPUT_SAMPLE(",\"toolChoice\":{}"), NULL, NGX_ABORT,
      "{\"sampling\":{\"tools\":{}}}" },
    { "sampling with results of tools", 4, SAMPLING, input_sample,
      "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":"
      "\"tool_result\"}]}],\"maxTokens\":1}", NULL, NGX_ABORT,
      "{\"sampling\":{\"tools\":{}}}" },
    { "sampling, nothing declared", 4, 0, input_sample,
      INPUT_SAMPLE(INPUT_TOOLS ",\"includeContext\":\"thisServer\""), NULL,
      NGX_ABORT, "{\"sampling\":{\"tools\":{},\"context\":{}}}" },
    { "sampling with a context", 4, SAMPLING|TOOLS, input_sample,
      INPUT_SAMPLE(",\"includeContext\":\"allServers\""), NULL, NGX_ABORT,
      "{\"sampling\":{\"context\":{}}}" },
    { "sampling with a context", 3, SAMPLING|CONTEXT, input_sample,
      INPUT_SAMPLE(",\"includeContext\":\"allServers\""), NULL, NGX_DONE,
      INPUT_ASK_SAMPLE(",\"includeContext\":\"allServers\"") },
    { "sampling with a context, before it was declared", 2, SAMPLING,
      input_sample, INPUT_SAMPLE(",\"includeContext\":\"allServers\""), NULL,
      NGX_DONE, INPUT_ASK_SAMPLE(",\"includeContext\":\"allServers\"") },
    { "sampling without a context", 4, SAMPLING, input_sample,
      INPUT_SAMPLE(",\"includeContext\":\"none\""), NULL, NGX_DONE,
      INPUT_ASK_SAMPLE(",\"includeContext\":\"none\"") },

    { "roots", 4, ROOTS, input_roots, NULL, NULL, NGX_DONE, INPUT_ASK_ROOTS },
    { "roots", 0, ROOTS, input_roots, NULL, NULL, NGX_DONE, INPUT_ASK_ROOTS },
    { "roots, not declared", 4, FORM, input_roots, NULL, NULL, NGX_ABORT,
      "{\"roots\":{}}" },

    /* what cannot be asked at all */

    { "no schema", 4, ALL, input_form, "{", NULL, NGX_ERROR,
      "" },
    { "a schema that is no object", 4, ALL, input_form,
      "{\"type\":\"string\",\"properties\":{}}", NULL, NGX_ERROR,
      "the schema must be of \"type\": \"object\" and have \"properties\"" },
    { "a schema without properties", 4, ALL, input_form,
      "{\"type\":\"object\"}", NULL, NGX_ERROR,
      "the schema must be of \"type\": \"object\" and have \"properties\"" },
    { "an object in a form", 4, ALL, input_form,
      "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"object\"}}}",
      NULL, NGX_ERROR, "each property of the schema must be a string, a "
      "number, an integer, a boolean or an array" },
    { "a list in a form", 3, ALL, input_form,
      "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\"}}}",
      NULL, NGX_DONE,
      "{\"k\":{\"method\":\"elicitation/create\",\"params\":{\"mode\":"
      "\"form\",\"message\":\"Who?\",\"requestedSchema\":{\"type\":"
      "\"object\",\"properties\":{\"a\":{\"type\":\"array\"}}}}}}" },
    { "a list in a form, before there were any", 2, ALL, input_form,
      "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\"}}}",
      NULL, NGX_ABORT, "{\"elicitation\":{}}" },
    { "a schema that does not compile", 4, ALL, input_form,
      "{\"type\":\"object\",\"properties\":{},\"required\":1}", NULL,
      NGX_ERROR, "" },
    { "a message that is not UTF-8", 4, ALL, input_message, "\xff", NULL,
      NGX_ERROR, "the message must be UTF-8" },
    { "an empty key", 4, ALL, input_key, "", NULL, NGX_ERROR,
      "the key must be UTF-8, not empty" },
    { "a key that is not UTF-8", 4, ALL, input_key, "a\x80", NULL, NGX_ERROR,
      "the key must be UTF-8, not empty" },
    { "a key that has to be escaped", 4, ALL, input_key, "a\"\n", NULL,
      NGX_DONE, "{\"a\\\"\\n\":{\"method\":\"roots/list\",\"params\":{}}}" },
    { "a relative URL", 4, ALL, input_url, "/a:b", NULL, NGX_ERROR,
      "the URL must be absolute" },
    { "a URL with a space", 4, ALL, input_url, "https://a b", NULL, NGX_ERROR,
      "the URL must be absolute" },
    { "half a URL", 4, ALL, input_url, "https:", NULL, NGX_ERROR,
      "the URL must be absolute" },
    { "half a URL", 4, ALL, input_url, "://a", NULL, NGX_ERROR,
      "the URL must be absolute" },
    { "sampling without messages", 4, ALL, input_sample,
      "{\"maxTokens\":1}", NULL, NGX_ERROR,
      "sampling needs \"messages\" and \"maxTokens\"" },
    { "sampling without a limit", 4, ALL, input_sample,
      "{\"messages\":[]}", NULL, NGX_ERROR,
      "sampling needs \"messages\" and \"maxTokens\"" },

    /* answers to a form */

    { "accepted", 4, FORM, input_form, NULL,
      "{\"x\":{},\"k\":{\"action\":\"accept\",\"content\":{\"name\":"
      "\"\\u00e9l\"},\"_meta\":{}}}", NGX_OK,
      "{\"action\":\"accept\",\"content\":{\"name\":\"\xc3\xa9l\"},"
      "\"_meta\":{}}" },
    { "declined", 4, FORM, input_form, NULL,
      "{\"k\":{\"action\":\"decline\"}}", NGX_OK, "{\"action\":\"decline\"}" },
    { "cancelled, with content of no interest", 4, FORM, input_form, NULL,
      "{\"k\":{\"action\":\"cancel\",\"content\":{\"name\":1}}}", NGX_OK,
      "{\"action\":\"cancel\",\"content\":{\"name\":1}}" },
    { "accepted without content", 4, FORM, input_form,
      "{\"type\":\"object\",\"properties\":{}}",
      "{\"k\":{\"action\":\"accept\"}}", NGX_OK,
      "{\"action\":\"accept\",\"content\":{}}" },
    { "accepted without content that is required", 4, FORM, input_form, NULL,
      "{\"k\":{\"action\":\"accept\"}}", NGX_DONE,
      INPUT_ASK_FORM("\"mode\":\"form\",") },
    { "content that does not fit", 4, FORM, input_form, NULL,
      "{\"k\":{\"action\":\"accept\",\"content\":{\"name\":\"x\"}}}",
      NGX_DONE, INPUT_ASK_FORM("\"mode\":\"form\",") },
    { "content that is an array", 4, FORM, input_form, NULL,
      "{\"k\":{\"action\":\"accept\",\"content\":[]}}",
      NGX_DONE, INPUT_ASK_FORM("\"mode\":\"form\",") },
    { "another action", 4, FORM, input_form, NULL,
      "{\"k\":{\"action\":\"accepted\",\"content\":{\"name\":\"xy\"}}}",
      NGX_DONE, INPUT_ASK_FORM("\"mode\":\"form\",") },
    { "no action", 4, FORM, input_form, NULL,
      "{\"k\":{\"content\":{\"name\":\"xy\"}}}", NGX_DONE,
      INPUT_ASK_FORM("\"mode\":\"form\",") },
    { "a number", 4, FORM, input_form, NULL, "{\"k\":12345}", NGX_DONE,
      INPUT_ASK_FORM("\"mode\":\"form\",") },
    { "null", 4, FORM, input_form, NULL, "{\"k\":null}", NGX_DONE,
      INPUT_ASK_FORM("\"mode\":\"form\",") },
    { "another key", 4, FORM, input_form, NULL,
      "{\"K\":{\"action\":\"cancel\"}}", NGX_DONE,
      INPUT_ASK_FORM("\"mode\":\"form\",") },
    { "an answer nobody asked for", 4, 0, input_form, NULL,
      "{\"k\":{\"action\":\"cancel\"}}", NGX_OK, "{\"action\":\"cancel\"}" },

    /* to the others */

    { "URL: accepted", 4, URL, input_url, NULL,
      "{\"k\":{\"action\":\"accept\"}}", NGX_OK, "{\"action\":\"accept\"}" },
    { "URL: no answer", 4, URL, input_url, NULL,
      "{\"k\":{\"action\":true}}", NGX_DONE, INPUT_ASK_URL },

    { "text", 4, SAMPLING, input_sample, NULL,
      "{\"k\":" INPUT_SAID("{\"type\":\"text\",\"text\":\"Hello\"}") "}",
      NGX_OK, INPUT_SAID("{\"type\":\"text\",\"text\":\"Hello\"}") },
    { "several", 4, SAMPLING, input_sample, NULL,
      "{\"k\":" INPUT_SAID("[{\"type\":\"tool_use\",\"id\":\"1\",\"name\":"
                           "\"n\",\"input\":{}},{\"type\":\"image\",\"data\":"
                           "\"\",\"mimeType\":\"\"}]") "}", NGX_OK,
      INPUT_SAID("[{\"type\":\"tool_use\",\"id\":\"1\",\"name\":"
                 "\"n\",\"input\":{}},{\"type\":\"image\",\"data\":"
                 "\"\",\"mimeType\":\"\"}]") },
    { "one that is unknown", 4, SAMPLING, input_sample, NULL,
      "{\"k\":" INPUT_SAID("{\"type\":\"Text\",\"text\":\"Hello\"}") "}",
      NGX_DONE, INPUT_ASK_SAMPLE("") },
    { "one of several that is unknown", 4, SAMPLING, input_sample, NULL,
      "{\"k\":" INPUT_SAID("[{\"type\":\"text\",\"text\":\"\"},1]") "}",
      NGX_DONE, INPUT_ASK_SAMPLE("") },
    { "text without text", 4, SAMPLING, input_sample, NULL,
      "{\"k\":" INPUT_SAID("{\"type\":\"text\"}") "}", NGX_DONE,
      INPUT_ASK_SAMPLE("") },
    { "audio without a type", 4, SAMPLING, input_sample, NULL,
      "{\"k\":" INPUT_SAID("{\"type\":\"audio\",\"data\":\"\"}") "}",
      NGX_DONE, INPUT_ASK_SAMPLE("") },
    { "no content", 4, SAMPLING, input_sample, NULL,
      "{\"k\":{\"role\":\"assistant\",\"model\":\"m\"}}", NGX_DONE,
      INPUT_ASK_SAMPLE("") },
    { "no model", 4, SAMPLING, input_sample, NULL,
      "{\"k\":{\"role\":\"assistant\",\"content\":{\"type\":\"text\","
      "\"text\":\"\"}}}", NGX_DONE, INPUT_ASK_SAMPLE("") },
    { "another role", 4, SAMPLING, input_sample, NULL,
      "{\"k\":{\"role\":\"system\",\"model\":\"m\",\"content\":{\"type\":"
      "\"text\",\"text\":\"\"}}}", NGX_DONE, INPUT_ASK_SAMPLE("") },

    { "roots", 4, ROOTS, input_roots, NULL,
      "{\"k\":{\"roots\":[{\"uri\":\"file:///a\",\"name\":\"a\"}]}}", NGX_OK,
      "[{\"uri\":\"file:///a\",\"name\":\"a\"}]" },
    { "no roots", 4, ROOTS, input_roots, NULL, "{\"k\":{\"roots\":[]}}",
      NGX_OK, "[]" },
    { "a root without a URI", 4, ROOTS, input_roots, NULL,
      "{\"k\":{\"roots\":[{\"uri\":\"file:///a\"},{\"name\":\"a\"}]}}",
      NGX_DONE, INPUT_ASK_ROOTS },
    { "a root that is a string", 4, ROOTS, input_roots, NULL,
      "{\"k\":{\"roots\":[\"file:///a\"]}}", NGX_DONE, INPUT_ASK_ROOTS },
    { "roots that are an object", 4, ROOTS, input_roots, NULL,
      "{\"k\":{\"roots\":{}}}", NGX_DONE, INPUT_ASK_ROOTS },

    /* legacy clients answer elsewhere */

    { "a legacy request with answers", 3, FORM, input_form, NULL,
      "{\"k\":{\"action\":\"decline\"}}", NGX_DONE,
      INPUT_ASK_FORM("\"mode\":\"form\",") }
};


/* what stands between two texts of the result that asks */

static ngx_str_t
input_asked(mcp_input_t *input)
{
    u_char     *p;
    ngx_str_t   result, state, asked;

    ngx_str_set(&state, "s");

    if (mcp_input_write(input, &input_server, &state, &result) != NGX_OK) {
        abort();
    }

    p = (u_char *) "{\"resultType\":\"input_required\",\"inputRequests\":";
    asked.data = result.data + ngx_strlen(p);

    unit_ok(ngx_strncmp(result.data, p, ngx_strlen(p)) == 0,
            "a result that asks");

    p = (u_char *) ",\"requestState\":\"s\",\"_meta\":{}}";
    asked.len = result.len - (asked.data - result.data) - ngx_strlen(p);

    unit_ok(ngx_memcmp(asked.data + asked.len, p, ngx_strlen(p)) == 0,
            "with its state");

    return asked;
}


static ngx_str_t
input_says(mcp_input_t *input, ngx_int_t rc, const cJSON *answer)
{
    mcp_buf_t  b;
    ngx_str_t  s;

    mcp_buf_init(&b, input->pool, 0);

    switch (rc) {

    case NGX_OK:
        (void) mcp_json_print(&b, answer);
        break;

    case NGX_DONE:
        return input_asked(input);

    case NGX_ABORT:
        mcp_meta_write_capabilities(&b, input->missing);
        break;

    default:
        return input->reason;
    }

    (void) mcp_buf_done(&b, &s);

    return s;
}


static void
input_test_rows(void)
{
    ngx_int_t     rc;
    ngx_str_t     none, says;
    ngx_uint_t    i;
    ngx_pool_t   *pool;
    mcp_input_t   input;
    const cJSON  *answer;

    for (i = 0; i < unit_nelts(input_rows); i++) {
        pool = unit_pool();
        ngx_str_null(&none);

        input_start(&input, pool, input_rows[i].version,
                    input_rows[i].capabilities, input_rows[i].responses,
                    &none);

        rc = input_rows[i].ask(&input, input_rows[i].text, &answer);
        says = input_says(&input, rc, answer);

        if (!unit_ok(rc == input_rows[i].rc
                     && (rc == NGX_OK) == (answer != NULL)
                     && (input_same(&says, input_rows[i].is)
                         || (rc == NGX_ERROR && *input_rows[i].is == '\0'
                             && says.len)),
                     "%s: %s", mcp_version_name(input.version)->data,
                     input_rows[i].name))
        {
            unit_diag("rc %d, %s", (int) rc, unit_show(says.data, says.len));
        }

        ngx_destroy_pool(pool);
    }
}


int
main(void)
{
    ngx_str_set(&input_server.meta, ",\"_meta\":{}");

    input_test_rows();

    return unit_done();
}
