
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp.h>


/*
 * Tools for the integration tests that take time: "wait" on the event loop,
 * "work" and "work_schema" in a thread, "loop" at once; "wait" and "work" as
 * resources and as prompts.  What happens to them is in the error log:
 * "slow: ...".
 */


#define NGX_HTTP_SLOW_SCHEMA  "{\"type\":\"object\"}"


typedef struct {
    ngx_event_t           timer;
    ngx_http_mcp_call_t  *call;
    const cJSON          *args;
    ngx_int_t             step;
} ngx_http_slow_wait_t;


static ngx_int_t ngx_http_slow_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_slow_wait(ngx_http_mcp_call_t *call,
    const cJSON *args);
static void ngx_http_slow_timer(ngx_event_t *ev);
static void ngx_http_slow_abort(void *data);
static ngx_int_t ngx_http_slow_work(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_slow_work_schema(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_slow_loop(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_slow_say(ngx_http_mcp_call_t *call,
    const cJSON *args, ngx_int_t step);
static ngx_int_t ngx_http_slow_poll(ngx_http_mcp_call_t *call,
    ngx_int_t retry);
static ngx_int_t ngx_http_slow_steps(const cJSON *args);
static ngx_int_t ngx_http_slow_int(const cJSON *args, const char *name,
    ngx_int_t value);
static const char *ngx_http_slow_string(const cJSON *args, const char *name,
    const char *value);
static ngx_int_t ngx_http_slow_text(ngx_http_mcp_call_t *call,
    const cJSON *args);
static void ngx_http_slow_sleep(ngx_int_t ms);


static const ngx_http_mcp_tool_t  ngx_http_slow_tools[] = {

    { "wait", NULL, "Finishes later, on the event loop.",
      NGX_HTTP_SLOW_SCHEMA, NULL, NULL, 0, 0, ngx_http_slow_wait },

    { "work", NULL, "Sleeps in a thread.",
      NGX_HTTP_SLOW_SCHEMA, NULL, NULL, NGX_HTTP_MCP_BLOCKING, 0,
      ngx_http_slow_work },

    { "work_schema", NULL, "Breaks its output schema in a thread.",
      NGX_HTTP_SLOW_SCHEMA,
      "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}}}",
      NULL, NGX_HTTP_MCP_BLOCKING, 0, ngx_http_slow_work_schema },

    { "loop", NULL, "Reports in a tight loop.",
      NGX_HTTP_SLOW_SCHEMA, NULL, NULL, 0, 0, ngx_http_slow_loop },

    ngx_http_mcp_null_tool
};


static const ngx_http_mcp_resource_t  ngx_http_slow_resources[] = {

    { "slow://wait/{text}{?ms,fail,at_once,bare,steps,every,report}", "wait",
      NULL, NULL, NULL, "text/plain", NULL, 0, 0, 0, 0, 0, NULL,
      ngx_http_slow_wait, 0 },

    { "slow://work/{text}{?ms,fail}", "work", NULL, NULL, NULL, "text/plain",
      NULL, 0, 0, 0, 0, 0, NULL, ngx_http_slow_work, NGX_HTTP_MCP_BLOCKING },

    ngx_http_mcp_null_resource
};


static const ngx_http_mcp_arg_t  ngx_http_slow_args[] = {
    { "text", NULL, NULL, 0, NULL, NULL },
    { "ms", NULL, NULL, 0, NULL, NULL },
    { "every", NULL, NULL, 0, NULL, NULL },
    { "report", NULL, NULL, 0, NULL, NULL },
    ngx_http_mcp_null_arg
};


static const ngx_http_mcp_prompt_t  ngx_http_slow_prompts[] = {

    { "wait", NULL, "Finishes later.", NULL, ngx_http_slow_args,
      ngx_http_slow_wait, 0 },

    { "work", NULL, "Sleeps in a thread.", NULL, ngx_http_slow_args,
      ngx_http_slow_work, NGX_HTTP_MCP_BLOCKING },

    ngx_http_mcp_null_prompt
};


static const ngx_http_mcp_tools_t  ngx_http_slow_pack = {
    NGX_HTTP_MCP_API_VERSION, "slow", ngx_http_slow_tools,
    ngx_http_slow_resources, ngx_http_slow_prompts
};


static const char  *ngx_http_slow_levels[] = {
    "emergency", "alert", "critical", "error", "warning", "notice", "info",
    "debug"
};


static ngx_http_module_t  ngx_http_slow_tools_module_ctx = {
    ngx_http_slow_init,                    /* preconfiguration */
    NULL,                                  /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_slow_tools_module = {
    NGX_MODULE_V1,
    &ngx_http_slow_tools_module_ctx,       /* module context */
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

ngx_module_t  *ngx_modules[] = { &ngx_http_slow_tools_module, NULL };

char  *ngx_module_names[] = { "ngx_http_slow_tools_module", NULL };

char  *ngx_module_order[] = { NULL };


static ngx_int_t
ngx_http_slow_init(ngx_conf_t *cf)
{
    return ngx_http_mcp_add_tools(cf, &ngx_http_slow_pack);
}


/*
 * every     says something, "steps" times in this distance of milliseconds
 * ms        then waits that long, and finishes
 * at_once   finishes within the handler
 * never     never finishes
 * fail      fails
 * stubborn  goes on when nothing can be sent any more
 * bare      has no abort handler and does not finish
 * hang_up   lets the client hang up for so many milliseconds, at once
 */

static ngx_int_t
ngx_http_slow_wait(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_http_slow_wait_t  *wait;

    if (ngx_http_slow_int(args, "at_once", 0)) {

        if (ngx_http_slow_text(call, args) != NGX_OK) {
            return NGX_ERROR;
        }

        ngx_http_mcp_done(call, ngx_http_slow_int(args, "fail", 0) ? NGX_ERROR
                                                                 : NGX_OK);
        return NGX_AGAIN;
    }

    if (ngx_http_slow_int(args, "bare", 0)) {
        return NGX_AGAIN;
    }

    wait = ngx_pcalloc(ngx_http_mcp_pool(call), sizeof(ngx_http_slow_wait_t));
    if (wait == NULL) {
        return NGX_ERROR;
    }

    wait->call = call;
    wait->args = args;

    wait->timer.handler = ngx_http_slow_timer;
    wait->timer.data = wait;
    wait->timer.log = ngx_http_mcp_request(call)->connection->log;

    ngx_log_error(NGX_LOG_NOTICE, wait->timer.log, 0, "slow: \"%s\" begins",
                  ngx_http_slow_string(args, "text", ""));

    ngx_http_mcp_on_abort(call, ngx_http_slow_abort, wait);

    if (ngx_http_slow_poll(call, ngx_http_slow_int(args, "hang_up", 0))
        == NGX_ERROR)
    {
        return NGX_ERROR;
    }

    ngx_add_timer(&wait->timer,
                  ngx_http_slow_int(args, ngx_http_slow_steps(args) ? "every"
                                                                  : "ms", 1));
    return NGX_AGAIN;
}


static void
ngx_http_slow_timer(ngx_event_t *ev)
{
    ngx_http_slow_wait_t *wait = ev->data;

    ngx_int_t     rc, steps;
    const cJSON  *args;

    args = wait->args;
    steps = ngx_http_slow_steps(args);

    if (wait->step < steps) {
        rc = ngx_http_slow_say(wait->call, args, wait->step++);

        if (rc != NGX_OK && !ngx_http_slow_int(args, "stubborn", 0)) {
            ngx_http_mcp_done(wait->call, rc);
            return;
        }

        ngx_add_timer(ev, ngx_http_slow_int(args, wait->step < steps ? "every"
                                                                   : "ms", 1));
        return;
    }

    if (ngx_http_slow_int(args, "never", 0)) {
        return;
    }

    rc = ngx_http_slow_int(args, "fail", 0)
         ? NGX_ERROR : ngx_http_slow_text(wait->call, args);

    ngx_http_mcp_done(wait->call, rc);
}


static void
ngx_http_slow_abort(void *data)
{
    ngx_http_slow_wait_t *wait = data;

    ngx_log_error(NGX_LOG_NOTICE, wait->timer.log, 0, "slow: \"%s\" aborted",
                  ngx_http_slow_string(wait->args, "text", ""));

    if (wait->timer.timer_set) {
        ngx_del_timer(&wait->timer);
    }
}


/*
 * every, ms  as above
 * loop       progress as often as this, at first
 * ignore     does not ask whether the call was cancelled
 * again      returns what a thread must not return
 */

static ngx_int_t
ngx_http_slow_work(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_int_t    i, ms, step;
    const char  *text;

    text = ngx_http_slow_string(args, "text", "");

    if (ngx_http_slow_int(args, "again", 0)) {
        return NGX_AGAIN;
    }

    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0, "slow: \"%s\" begins",
                  text);

    if (ngx_http_slow_loop(call, args) != NGX_OK) {
        return NGX_ERROR;
    }

    for (step = 0; step < ngx_http_slow_steps(args); step++) {

        if (ngx_http_mcp_cancelled(call)
            && !ngx_http_slow_int(args, "ignore", 0))
        {
            break;
        }

        ngx_http_slow_sleep(ngx_http_slow_int(args, "every", 1));

        if (ngx_http_slow_say(call, args, step) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    ms = ngx_http_slow_int(args, "ms", 0);

    for (i = 0; i < ms; i += 5) {

        if (ngx_http_mcp_cancelled(call)
            && !ngx_http_slow_int(args, "ignore", 0))
        {
            ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                          "slow: \"%s\" cancelled", text);
            return NGX_ERROR;
        }

        ngx_http_slow_sleep(5);
    }

    if (ngx_http_mcp_cancelled(call)) {
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "slow: \"%s\" is late", text);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_slow_work_schema(ngx_http_mcp_call_t *call, const cJSON *args)
{
    return ngx_http_mcp_result(call, cJSON_Duplicate(args, 1));
}


/*
 * loop  progress as often as this
 * logs  and log messages
 */

static ngx_int_t
ngx_http_slow_loop(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_int_t  i;

    for (i = 1; i <= ngx_http_slow_int(args, "loop", 0); i++) {
        if (ngx_http_mcp_progress(call, i, 0, NULL) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    for (i = 1; i <= ngx_http_slow_int(args, "logs", 0); i++) {
        if (ngx_http_mcp_log(call, NGX_HTTP_MCP_LOG_ERROR, NULL, "%i", i)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return ngx_http_slow_text(call, args);
}


/*
 * progress  a list of values, one for each step
 * report    the number of steps, and their values count from 1
 * total, message
 * log       a list of levels, one for each step
 * burst     as many log messages in each step
 * size      of the message
 * poll      a list of times for which the client may hang up, one for each
 *           step
 */

static ngx_int_t
ngx_http_slow_say(ngx_http_mcp_call_t *call, const cJSON *args, ngx_int_t step)
{
    u_char        text[2048];
    ngx_int_t     i, size;
    const cJSON  *item;

    if (step < ngx_http_slow_int(args, "report", 0)
        && ngx_http_mcp_progress(call, step + 1, 0, NULL) != NGX_OK)
    {
        return NGX_ERROR;
    }

    item = cJSON_GetArrayItem(cJSON_GetObjectItem(args, "poll"), step);

    if (item && ngx_http_slow_poll(call, item->valuedouble) == NGX_ERROR) {
        return NGX_ERROR;
    }

    item = cJSON_GetArrayItem(cJSON_GetObjectItem(args, "progress"), step);

    if (item
        && ngx_http_mcp_progress(call, item->valuedouble,
                                 ngx_http_slow_int(args, "total", 0),
                                 ngx_http_slow_string(args, "message", NULL))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    item = cJSON_GetArrayItem(cJSON_GetObjectItem(args, "log"), step);

    for (i = 0; item && i < 8; i++) {

        if (ngx_strcmp(item->valuestring, ngx_http_slow_levels[i]) != 0) {
            continue;
        }

        if (ngx_http_mcp_log(call, i,
                             ngx_http_slow_string(args, "logger", NULL),
                             "step %i: %s", step,
                             ngx_http_slow_string(args, "message", ""))
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    size = ngx_min(ngx_http_slow_int(args, "size", 1), 2000);
    ngx_memset(text, 'x', size);
    text[size] = '\0';

    for (i = 0; i < ngx_http_slow_int(args, "burst", 0); i++) {
        if (ngx_http_mcp_log(call, NGX_HTTP_MCP_LOG_ERROR, NULL, "%s", text)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_slow_poll(ngx_http_mcp_call_t *call, ngx_int_t retry)
{
    ngx_int_t  rc;

    if (retry == 0) {
        return NGX_OK;
    }

    rc = ngx_http_mcp_poll(call, retry);

    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0, "slow: poll %i", rc);

    return rc;
}


static ngx_int_t
ngx_http_slow_steps(const cJSON *args)
{
    ngx_int_t  n;

    n = ngx_http_slow_int(args, "steps", 0);
    n = ngx_max(n, ngx_http_slow_int(args, "report", 0));
    n = ngx_max(n, cJSON_GetArraySize(cJSON_GetObjectItem(args, "progress")));
    n = ngx_max(n, cJSON_GetArraySize(cJSON_GetObjectItem(args, "poll")));

    return ngx_max(n, cJSON_GetArraySize(cJSON_GetObjectItem(args, "log")));
}


static ngx_int_t
ngx_http_slow_int(const cJSON *args, const char *name, ngx_int_t value)
{
    const cJSON  *item;

    item = cJSON_GetObjectItem(args, name);

    if (cJSON_IsString(item)) {
        return atoi(item->valuestring);
    }

    return item ? (ngx_int_t) item->valuedouble : value;
}


static const char *
ngx_http_slow_string(const cJSON *args, const char *name, const char *value)
{
    const cJSON  *item;

    item = cJSON_GetObjectItem(args, name);

    return item ? item->valuestring : value;
}


static ngx_int_t
ngx_http_slow_text(ngx_http_mcp_call_t *call, const cJSON *args)
{
    const char  *text;

    text = ngx_http_slow_string(args, "text", "done");

    return ngx_http_mcp_text(call, (u_char *) text, ngx_strlen(text));
}


static void
ngx_http_slow_sleep(ngx_int_t ms)
{
    struct timespec  ts;

    ts.tv_sec = ms / 1000;
    ts.tv_nsec = (ms % 1000) * 1000000;

    (void) nanosleep(&ts, NULL);
}
