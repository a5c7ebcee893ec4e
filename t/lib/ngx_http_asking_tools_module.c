
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp.h>


/*
 * Tools, resources and prompts that ask the client: on the event loop, later,
 * in a thread.  "what" says for what, one of asking_kinds; the result is a text
 * of the answers in JSON and of the state, which has a letter for each run.
 */


#define FORM                                                                 \
    "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}},"   \
    "\"required\":[\"name\"]}"


typedef ngx_int_t (*asking_pt)(ngx_http_mcp_call_t *call, const char *key,
    const cJSON **answer);

typedef struct {
    const char   *what;
    asking_pt     asks[3];       /* all at once */
    ngx_uint_t    rounds;        /* one after the other instead */
} asking_kind_t;

typedef struct {
    ngx_event_t           timer;
    ngx_http_mcp_call_t  *call;
    const cJSON          *args;
} asking_later_t;


static ngx_int_t
asking_form(ngx_http_mcp_call_t *call, const char *key, const cJSON **answer)
{
    return ngx_http_mcp_elicit(call, key, "Who?", FORM, answer);
}


static ngx_int_t
asking_bad_form(ngx_http_mcp_call_t *call, const char *key,
    const cJSON **answer)
{
    return ngx_http_mcp_elicit(call, key, "Who?", "{\"type\":\"array\"}",
                               answer);
}


static ngx_int_t
asking_url(ngx_http_mcp_call_t *call, const char *key, const cJSON **answer)
{
    return ngx_http_mcp_elicit_url(call, key, "Pay", "https://a.example/pay",
                                   answer);
}


static ngx_int_t
asking_sample(ngx_http_mcp_call_t *call, const char *key,
    const cJSON **answer)
{
    return ngx_http_mcp_sample(call, key,
                               cJSON_Parse("{\"messages\":[],\"maxTokens\":1}"),
                               answer);
}


static ngx_int_t
asking_tools(ngx_http_mcp_call_t *call, const char *key, const cJSON **answer)
{
    return ngx_http_mcp_sample(call, key,
                               cJSON_Parse("{\"messages\":[],\"maxTokens\":1,"
                                           "\"tools\":[]}"),
                               answer);
}


static ngx_int_t
asking_roots(ngx_http_mcp_call_t *call, const char *key, const cJSON **answer)
{
    return ngx_http_mcp_roots(call, key, answer);
}


/* what breaks the rules of the API */

static ngx_int_t
asking_done(ngx_http_mcp_call_t *call, const char *key, const cJSON **answer)
{
    return NGX_DONE;
}


static ngx_int_t
asking_abort(ngx_http_mcp_call_t *call, const char *key, const cJSON **answer)
{
    return NGX_ABORT;
}


static ngx_int_t
asking_big(ngx_http_mcp_call_t *call, const char *key, const cJSON **answer)
{
    u_char  *p;

    p = ngx_pcalloc(ngx_http_mcp_pool(call), 16385);
    if (p == NULL || ngx_http_mcp_set_state(call, p, 16385) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_mcp_roots(call, key, answer);
}


/* says how far it is, before it asks and after */

static ngx_int_t
asking_progress(ngx_http_mcp_call_t *call, const char *key,
    const cJSON **answer)
{
    ngx_int_t  rc;

    rc = ngx_http_mcp_roots(call, key, answer);

    (void) ngx_http_mcp_progress(call, rc == NGX_OK ? 2 : 1, 2, NULL);
    (void) ngx_http_mcp_log(call, NGX_HTTP_MCP_LOG_INFO, NULL, "%s",
                            rc == NGX_OK ? "after" : "before");

    return rc;
}


static const asking_kind_t  asking_kinds[] = {
    { "form", { asking_form, NULL, NULL }, 0 },
    { "url", { asking_url, NULL, NULL }, 0 },
    { "sample", { asking_sample, NULL, NULL }, 0 },
    { "tools", { asking_tools, NULL, NULL }, 0 },
    { "roots", { asking_roots, NULL, NULL }, 0 },
    { "all", { asking_form, asking_sample, asking_roots }, 0 },
    { "rounds", { asking_form, asking_sample, asking_roots }, 1 },
    { "progress", { asking_progress, NULL, NULL }, 0 },
    { "bad", { asking_bad_form, NULL, NULL }, 0 },
    { "done", { asking_done, NULL, NULL }, 0 },
    { "abort", { asking_abort, NULL, NULL }, 0 },
    { "big", { asking_big, NULL, NULL }, 0 },
    { NULL, { NULL, NULL, NULL }, 0 }
};


/* asks the same thing under another key in each run */

static ngx_int_t
asking_endless(ngx_http_mcp_call_t *call, ngx_uint_t runs)
{
    u_char        key[NGX_INT_T_LEN + 2];
    const cJSON  *answer;

    *ngx_sprintf(key, "k%ui", runs) = '\0';

    return ngx_http_mcp_roots(call, (char *) key, &answer);
}


static ngx_int_t
asking_finish(ngx_http_mcp_call_t *call, const cJSON *answers[],
    const u_char *state, size_t len)
{
    u_char      *p, buf[4096];
    char        *text;
    ngx_uint_t   i;

    p = buf;

    for (i = 0; i < 3 && answers[i]; i++) {
        text = cJSON_PrintUnformatted(answers[i]);
        p = ngx_slprintf(p, buf + sizeof(buf), "%s ", text);
        cJSON_free(text);
    }

    p = ngx_slprintf(p, buf + sizeof(buf), "%*s", len, state);

    return ngx_http_mcp_text(call, buf, p - buf);
}


static ngx_int_t
asking_ask(ngx_http_mcp_call_t *call, const cJSON *args)
{
    u_char                state[64];
    ngx_int_t             rc, all;
    ngx_str_t             last;
    ngx_uint_t            i;
    const char           *what;
    const cJSON          *answers[3] = { NULL, NULL, NULL };
    const asking_kind_t  *kind;

    static const char  *keys[] = { "one", "two", "three" };

    what = cJSON_GetObjectItemCaseSensitive(args, "what")->valuestring;

    last = ngx_http_mcp_state(call);

    if (last.len >= sizeof(state)) {
        return NGX_ERROR;
    }

    ngx_memcpy(state, last.data, last.len);
    state[last.len] = 'a' + last.len % 26;

    if (ngx_http_mcp_set_state(call, state, last.len + 1) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_strcmp(what, "capabilities") == 0) {
        i = ngx_http_mcp_capabilities(call);
        return ngx_http_mcp_text(call, state,
                                 ngx_sprintf(state, "%ui", i) - state);
    }

    if (ngx_strcmp(what, "endless") == 0) {
        return asking_endless(call, last.len);
    }

    for (kind = asking_kinds; ngx_strcmp(kind->what, what) != 0; kind++) {
        if (kind[1].what == NULL) {
            return ngx_http_mcp_error(call, "no such kind");
        }
    }

    all = NGX_OK;

    for (i = 0; i < 3 && kind->asks[i]; i++) {
        rc = kind->asks[i](call, keys[i], &answers[i]);

        if (rc == NGX_OK) {
            continue;
        }

        if (rc == NGX_ERROR || kind->rounds) {
            return rc;
        }

        all = (all == NGX_DONE) ? NGX_DONE : rc;
    }

    if (all != NGX_OK) {
        return all;
    }

    return asking_finish(call, answers, state, last.len + 1);
}


static void
asking_timer(ngx_event_t *ev)
{
    asking_later_t *later = ev->data;

    ngx_http_mcp_done(later->call, asking_ask(later->call, later->args));
}


static void
asking_aborted(void *data)
{
    asking_later_t *later = data;

    if (!later->timer.timer_set) {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                      "asking: nothing is running");
        return;
    }

    ngx_del_timer(&later->timer);
}


static ngx_int_t
asking_later(ngx_http_mcp_call_t *call, const cJSON *args)
{
    asking_later_t  *later;

    later = ngx_pcalloc(ngx_http_mcp_pool(call), sizeof(asking_later_t));
    if (later == NULL) {
        return NGX_ERROR;
    }

    later->call = call;
    later->args = args;
    later->timer.handler = asking_timer;
    later->timer.data = later;
    later->timer.log = ngx_http_mcp_request(call)->connection->log;

    ngx_http_mcp_on_abort(call, asking_aborted, later);
    ngx_add_timer(&later->timer, 2);

    return NGX_AGAIN;
}


#define SCHEMA                                                               \
    "{\"type\":\"object\",\"properties\":{\"what\":{\"type\":\"string\"}},"   \
    "\"required\":[\"what\"]}"

static const ngx_http_mcp_tool_t  asking_tool_list[] = {
    { "ask", NULL, "Asks.", SCHEMA, NULL, NULL, 0, 0, asking_ask },
    { "later", NULL, "Asks later.", SCHEMA, NULL, NULL, 0, 0, asking_later },
    { "work", NULL, "Asks in a thread.", SCHEMA, NULL, NULL,
      NGX_HTTP_MCP_BLOCKING, 0, asking_ask },
    ngx_http_mcp_null_tool
};

static const ngx_http_mcp_resource_t  asking_resources[] = {
    { .uri = "ask://ask/{what}", .name = "ask", .handler = asking_ask },
    { .uri = "ask://later/{what}", .name = "later", .handler = asking_later },
    { .uri = "ask://work/{what}", .name = "work", .handler = asking_ask,
      .flags = NGX_HTTP_MCP_BLOCKING },
    ngx_http_mcp_null_resource
};

static const ngx_http_mcp_arg_t  asking_args[] = {
    { .name = "what", .required = 1 },
    ngx_http_mcp_null_arg
};

static const ngx_http_mcp_prompt_t  asking_prompts[] = {
    { .name = "ask", .description = "Asks.", .args = asking_args,
      .handler = asking_ask },
    { .name = "later", .description = "Asks.", .args = asking_args,
      .handler = asking_later },
    { .name = "work", .description = "Asks.", .args = asking_args,
      .handler = asking_ask,
      .flags = NGX_HTTP_MCP_BLOCKING },
    ngx_http_mcp_null_prompt
};

static const ngx_http_mcp_tools_t  asking_pack = {
    NGX_HTTP_MCP_API_VERSION, "asking", asking_tool_list, asking_resources,
    asking_prompts
};


static ngx_int_t
asking_init(ngx_conf_t *cf)
{
    return ngx_http_mcp_add_tools(cf, &asking_pack);
}


static ngx_http_module_t  ngx_http_asking_tools_module_ctx = {
    asking_init, NULL, NULL, NULL, NULL, NULL, NULL, NULL
};

ngx_module_t  ngx_http_asking_tools_module = {
    NGX_MODULE_V1, &ngx_http_asking_tools_module_ctx, NULL, NGX_HTTP_MODULE,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NGX_MODULE_V1_PADDING
};


/* what nginx's configure would write for a dynamic module */

ngx_module_t  *ngx_modules[] = { &ngx_http_asking_tools_module, NULL };

char  *ngx_module_names[] = { "ngx_http_asking_tools_module", NULL };

char  *ngx_module_order[] = { NULL };
