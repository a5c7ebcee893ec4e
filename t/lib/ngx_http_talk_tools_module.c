
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp.h>


/*
 * Tools for the integration tests that talk to the client: "ask" asks what its
 * arguments say, in a thread as "ask_blocking"; the resource "ask://name/{x}"
 * and the prompt "ask" ask for a name.  "touch" says that something has
 * changed.
 */


#define NGX_HTTP_TALK_SCHEMA  "{\"type\":\"object\"}"

#define NGX_HTTP_TALK_FORM                                                   \
    "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}},"  \
    "\"required\":[\"name\"]}"


static ngx_int_t ngx_http_talk_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_talk_ask(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_talk_one(ngx_http_mcp_call_t *call,
    const cJSON *item, const cJSON **answer);
static ngx_int_t ngx_http_talk_name(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_talk_touch(ngx_http_mcp_call_t *call,
    const cJSON *args);
static const char *ngx_http_talk_string(const cJSON *args, const char *name);


static const ngx_http_mcp_tool_t  ngx_http_talk_tools[] = {

    { "ask", NULL, "Asks what it is told to ask.",
      NGX_HTTP_TALK_SCHEMA, NULL, NULL, 0, 0, ngx_http_talk_ask },

    { "ask_blocking", NULL, "Asks from a thread.",
      NGX_HTTP_TALK_SCHEMA, NULL, NULL, NGX_HTTP_MCP_BLOCKING, 0,
      ngx_http_talk_ask },

    { "touch", NULL, "Says that lists or a resource have changed.",
      NGX_HTTP_TALK_SCHEMA, NULL, NULL, 0, 0, ngx_http_talk_touch },

    ngx_http_mcp_null_tool
};


static const ngx_http_mcp_resource_t  ngx_http_talk_resources[] = {

    { "ask://name/{x}", "ask", NULL, NULL, NULL, "text/plain", NULL, 0, 0, 0,
      0, 0, NULL, ngx_http_talk_name, 0 },

    ngx_http_mcp_null_resource
};


static const ngx_http_mcp_prompt_t  ngx_http_talk_prompts[] = {

    { "ask", NULL, "Asks for a name.", NULL, NULL, ngx_http_talk_name, 0 },

    ngx_http_mcp_null_prompt
};


static const ngx_http_mcp_tools_t  ngx_http_talk_pack = {
    NGX_HTTP_MCP_API_VERSION, "talk", ngx_http_talk_tools,
    ngx_http_talk_resources, ngx_http_talk_prompts
};


static ngx_http_module_t  ngx_http_talk_tools_module_ctx = {
    ngx_http_talk_init,                    /* preconfiguration */
    NULL,                                  /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_talk_tools_module = {
    NGX_MODULE_V1,
    &ngx_http_talk_tools_module_ctx,       /* module context */
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

ngx_module_t  *ngx_modules[] = { &ngx_http_talk_tools_module, NULL };

char  *ngx_module_names[] = { "ngx_http_talk_tools_module", NULL };

char  *ngx_module_order[] = { NULL };


static ngx_int_t
ngx_http_talk_init(ngx_conf_t *cf)
{
    return ngx_http_mcp_add_tools(cf, &ngx_http_talk_pack);
}


/*
 * rounds  a list of lists of { kind, key, ... }: what is asked together; kind
 *         is "form" (message, schema), "url" (message, url), "sample" (params)
 *         or "roots"; one that is optional is left out if it cannot be asked
 *
 * Returns the answers by their keys and the number of runs, which is kept as
 * state.
 */

static ngx_int_t
ngx_http_talk_ask(ngx_http_mcp_call_t *call, const cJSON *args)
{
    u_char        buf[NGX_INT_T_LEN];
    cJSON        *out;
    ngx_int_t     rc, runs, wait;
    ngx_str_t     state;
    const cJSON  *round, *item, *answer;

    state = ngx_http_mcp_state(call);
    runs = (state.len ? ngx_atoi(state.data, state.len) : 0) + 1;

    if (ngx_http_mcp_set_state(call, buf, ngx_sprintf(buf, "%i", runs) - buf)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    out = cJSON_CreateObject();
    cJSON_AddNumberToObject(out, "runs", runs);

    cJSON_ArrayForEach(round, cJSON_GetObjectItem(args, "rounds")) {
        wait = 0;

        cJSON_ArrayForEach(item, round) {
            answer = NULL;
            rc = ngx_http_talk_one(call, item, &answer);

            if (rc == NGX_DONE) {
                wait = 1;
                continue;
            }

            if (rc == NGX_ABORT && cJSON_GetObjectItem(item, "optional")) {
                continue;
            }

            if (rc != NGX_OK) {
                cJSON_Delete(out);
                return rc;
            }

            cJSON_AddItemToObject(out, ngx_http_talk_string(item, "key"),
                                  cJSON_Duplicate(answer, 1));
        }

        if (wait) {
            cJSON_Delete(out);
            return NGX_DONE;
        }
    }

    return ngx_http_mcp_result(call, out);
}


static ngx_int_t
ngx_http_talk_one(ngx_http_mcp_call_t *call, const cJSON *item,
    const cJSON **answer)
{
    char        *schema;
    ngx_int_t    rc;
    const char  *kind, *key, *message;

    kind = ngx_http_talk_string(item, "kind");
    key = ngx_http_talk_string(item, "key");
    message = ngx_http_talk_string(item, "message");

    if (ngx_strcmp(kind, "url") == 0) {
        return ngx_http_mcp_elicit_url(call, key, message,
                                       ngx_http_talk_string(item, "url"),
                                       answer);
    }

    if (ngx_strcmp(kind, "sample") == 0) {
        return ngx_http_mcp_sample(call, key,
            cJSON_Duplicate(cJSON_GetObjectItem(item, "params"), 1), answer);
    }

    if (ngx_strcmp(kind, "roots") == 0) {
        return ngx_http_mcp_roots(call, key, answer);
    }

    schema = cJSON_PrintUnformatted(cJSON_GetObjectItem(item, "schema"));

    rc = ngx_http_mcp_elicit(call, key, message, schema, answer);

    cJSON_free(schema);

    return rc;
}


static ngx_int_t
ngx_http_talk_name(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_int_t     rc;
    const char   *name;
    const cJSON  *answer;

    rc = ngx_http_mcp_elicit(call, "name", "Who reads this?",
                             NGX_HTTP_TALK_FORM, &answer);
    if (rc != NGX_OK) {
        return rc;
    }

    answer = cJSON_GetObjectItem(answer, "content");

    if (answer == NULL) {
        return ngx_http_mcp_error(call, "No name, no text.");
    }

    name = ngx_http_talk_string(answer, "name");

    return ngx_http_mcp_text(call, (u_char *) name, ngx_strlen(name));
}


/*
 * lists  1 tools, 2 prompts, 4 resources, a sum of them
 * uri    of a resource
 */

static ngx_int_t
ngx_http_talk_touch(ngx_http_mcp_call_t *call, const cJSON *args)
{
    const char   *uri;
    const cJSON  *lists;

    lists = cJSON_GetObjectItem(args, "lists");

    if (lists) {
        ngx_http_mcp_changed(lists->valueint);
    }

    uri = ngx_http_talk_string(args, "uri");

    if (*uri) {
        ngx_http_mcp_updated((u_char *) uri, ngx_strlen(uri));
    }

    return ngx_http_mcp_text(call, (u_char *) "done", 4);
}


static const char *
ngx_http_talk_string(const cJSON *args, const char *name)
{
    const cJSON  *item;

    item = cJSON_GetObjectItem(args, name);

    return cJSON_IsString(item) ? item->valuestring : "";
}
