
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp.h>
#include <netdb.h>


/* a tool that finishes later: what it waits for is a timer */

typedef struct {
    ngx_event_t           timer;
    ngx_http_mcp_call_t  *call;
    ngx_uint_t            seconds;
    ngx_uint_t            passed;
} ngx_http_countdown_t;


static void
ngx_http_countdown_tick(ngx_event_t *ev)
{
    ngx_http_countdown_t *count = ev->data;

    (void) ngx_http_mcp_progress(count->call, ++count->passed, count->seconds,
                                 "waiting");

    if (count->passed < count->seconds) {
        ngx_add_timer(ev, 1000);
        return;
    }

    ngx_http_mcp_done(count->call,
                      ngx_http_mcp_text(count->call, (u_char *) "Go!", 3));
}


static void
ngx_http_countdown_abort(void *data)
{
    ngx_http_countdown_t *count = data;

    if (count->timer.timer_set) {
        ngx_del_timer(&count->timer);
    }
}


static ngx_int_t
ngx_http_countdown(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_http_countdown_t  *count;

    count = ngx_pcalloc(ngx_http_mcp_pool(call), sizeof(ngx_http_countdown_t));
    if (count == NULL) {
        return NGX_ERROR;
    }

    count->call = call;
    count->seconds = cJSON_GetObjectItemCaseSensitive(args, "seconds")
                     ->valueint;

    count->timer.handler = ngx_http_countdown_tick;
    count->timer.data = count;
    count->timer.log = ngx_http_mcp_request(call)->connection->log;

    ngx_http_mcp_on_abort(call, ngx_http_countdown_abort, count);
    ngx_add_timer(&count->timer, 1000);

    return NGX_AGAIN;
}


/* a tool that blocks: its flag lets it run in a thread */

static ngx_int_t
ngx_http_resolve(ngx_http_mcp_call_t *call, const cJSON *args)
{
    int               rc;
    char              text[NI_MAXHOST];
    const char       *name;
    ngx_int_t         done;
    struct addrinfo  *list, *ai;

    name = cJSON_GetObjectItemCaseSensitive(args, "name")->valuestring;

    (void) ngx_http_mcp_log(call, NGX_HTTP_MCP_LOG_DEBUG, "resolve",
                            "looking for %s", name);

    rc = getaddrinfo(name, NULL, NULL, &list);

    if (rc != 0) {
        return ngx_http_mcp_error(call, "%s: %s", name, gai_strerror(rc));
    }

    done = NGX_OK;

    for (ai = list; ai && done == NGX_OK; ai = ai->ai_next) {

        if (ai->ai_socktype == SOCK_STREAM
            && getnameinfo(ai->ai_addr, ai->ai_addrlen, text, sizeof(text),
                           NULL, 0, NI_NUMERICHOST)
               == 0)
        {
            done = ngx_http_mcp_text(call, (u_char *) text, ngx_strlen(text));
        }
    }

    freeaddrinfo(list);

    return done;
}


static const ngx_http_mcp_tool_t  ngx_http_later_list[] = {
    { "countdown", NULL, "Waits, and says how far it is.",
      "{\"type\":\"object\",\"properties\":{\"seconds\":{\"type\":\"integer\","
      "\"minimum\":1,\"maximum\":60}},\"required\":[\"seconds\"]}",
      NULL, NULL, NGX_HTTP_MCP_READ_ONLY, 0, ngx_http_countdown },
    { "resolve", NULL, "Returns the addresses of a host.",
      "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\","
      "\"maxLength\":253}},\"required\":[\"name\"]}",
      NULL, NULL, NGX_HTTP_MCP_READ_ONLY|NGX_HTTP_MCP_BLOCKING, 0,
      ngx_http_resolve },
    ngx_http_mcp_null_tool
};

static const ngx_http_mcp_tools_t  ngx_http_later_tools = {
    NGX_HTTP_MCP_API_VERSION, "later", ngx_http_later_list, NULL, NULL
};


static ngx_int_t
ngx_http_later_add(ngx_conf_t *cf)
{
    return ngx_http_mcp_add_tools(cf, &ngx_http_later_tools);
}


static ngx_http_module_t  ngx_http_later_tools_module_ctx = {
    ngx_http_later_add, NULL, NULL, NULL, NULL, NULL, NULL, NULL
};

ngx_module_t  ngx_http_later_tools_module = {
    NGX_MODULE_V1, &ngx_http_later_tools_module_ctx, NULL, NGX_HTTP_MODULE,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NGX_MODULE_V1_PADDING
};
