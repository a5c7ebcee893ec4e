
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <signal.h>
#ifdef PROBE_SILENT
#undef NGX_HTTP_MCP_EVENTFD
#include "../../src/ngx_http_mcp_notify.c"
#endif
#include <ngx_http_mcp.h>
#include <ngx_http_mcp_notify.h>
#include <ngx_http_mcp_request.h>
#include <ngx_http_mcp_zone_shared.h>


/*
 * For the integration tests: in a location with "probe_zone", what the query
 * says, "op" and its parameters, is done with the zone and the bus.  The answer
 * is the process, the outcome, and more.  Keys are names, of kind "p".
 *
 *     put key ttl value     or size, of so many bytes "x"
 *     replace key ttl value old  without "old" if there is no value
 *     fill key ttl size n   KEY0, KEY1 ...: the last outcome, how many
 *     get take there remove key
 *     stat
 *     signing               how many keys, the first one
 *     set key value n       the lists of an endpoint
 *     lists key n
 *     publish key n quiet   n times, the first "quiet" ones without a ring: the
 *                           microsecond before
 *     wait key ms stay      "heard", "exiting" unless "stay", or "late", the
 *          idle             microsecond; "idle" keeps no worker from exiting
 *     die writing           with the mutex locked
 *
 * It is linked into one object with the module itself: its functions are not
 * part of the C API.
 */


typedef struct {
    ngx_http_mcp_waiter_t    waiter;
    ngx_http_request_t      *request;
    ngx_event_t              timer;
    ngx_event_t              posted;
    ngx_int_t                stay;
    const char              *what;
    uint64_t                 when;
} ngx_http_probe_wait_t;


typedef struct {
    ngx_str_t                name;
    ngx_int_t              (*handler)(ngx_http_request_t *r, u_char *key);
} ngx_http_probe_op_t;


static ngx_int_t ngx_http_probe_preconfiguration(ngx_conf_t *cf);
static char *ngx_http_probe_set(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_int_t ngx_http_probe_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_probe_put(ngx_http_request_t *r, u_char *key);
static ngx_int_t ngx_http_probe_replace(ngx_http_request_t *r, u_char *key);
static ngx_int_t ngx_http_probe_fill(ngx_http_request_t *r, u_char *key);
static ngx_int_t ngx_http_probe_get(ngx_http_request_t *r, u_char *key);
static ngx_int_t ngx_http_probe_take(ngx_http_request_t *r, u_char *key);
static ngx_int_t ngx_http_probe_there(ngx_http_request_t *r, u_char *key);
static ngx_int_t ngx_http_probe_remove(ngx_http_request_t *r, u_char *key);
static ngx_int_t ngx_http_probe_stat(ngx_http_request_t *r, u_char *key);
static ngx_int_t ngx_http_probe_signing(ngx_http_request_t *r, u_char *key);
static ngx_int_t ngx_http_probe_set_lists(ngx_http_request_t *r, u_char *key);
static ngx_int_t ngx_http_probe_lists(ngx_http_request_t *r, u_char *key);
static ngx_int_t ngx_http_probe_publish(ngx_http_request_t *r, u_char *key);
static ngx_int_t ngx_http_probe_thread(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_probe_wait(ngx_http_request_t *r, u_char *key);
static void ngx_http_probe_cleanup(void *data);
static void ngx_http_probe_heard(ngx_http_mcp_waiter_t *waiter,
    ngx_uint_t exiting);
static void ngx_http_probe_timer(ngx_event_t *ev);
static void ngx_http_probe_posted(ngx_event_t *ev);
static ngx_int_t ngx_http_probe_die(ngx_http_request_t *r, u_char *key);
static ngx_int_t ngx_http_probe_principal(ngx_http_mcp_call_t *call,
    const cJSON *args);
static ngx_int_t ngx_http_probe_answer(ngx_http_request_t *r, ngx_int_t rc,
    const char *fmt, ...);
static ngx_int_t ngx_http_probe_answer_value(ngx_http_request_t *r,
    ngx_int_t rc, ngx_str_t *value);
static ngx_str_t ngx_http_probe_arg(ngx_http_request_t *r, const char *name);
static ngx_str_t ngx_http_probe_bytes(ngx_http_request_t *r);
static ngx_int_t ngx_http_probe_int(ngx_http_request_t *r, const char *name,
    ngx_int_t value);
static uint64_t ngx_http_probe_now(void);


static const ngx_http_probe_op_t  ngx_http_probe_ops[] = {
    { ngx_string("put"), ngx_http_probe_put },
    { ngx_string("replace"), ngx_http_probe_replace },
    { ngx_string("fill"), ngx_http_probe_fill },
    { ngx_string("get"), ngx_http_probe_get },
    { ngx_string("take"), ngx_http_probe_take },
    { ngx_string("there"), ngx_http_probe_there },
    { ngx_string("remove"), ngx_http_probe_remove },
    { ngx_string("stat"), ngx_http_probe_stat },
    { ngx_string("signing"), ngx_http_probe_signing },
    { ngx_string("set"), ngx_http_probe_set_lists },
    { ngx_string("lists"), ngx_http_probe_lists },
    { ngx_string("publish"), ngx_http_probe_publish },
    { ngx_string("wait"), ngx_http_probe_wait },
    { ngx_string("die"), ngx_http_probe_die },
    { ngx_null_string, NULL }
};


static const ngx_http_mcp_tool_t  ngx_http_probe_tools[] = {

    { "publish", NULL, "Publishes a key in a thread.",
      "{\"type\":\"object\"}", NULL, NULL, NGX_HTTP_MCP_BLOCKING, 0,
      ngx_http_probe_thread },

    { "principal", NULL, "Whom state is bound to.",
      "{\"type\":\"object\"}", NULL, NULL, 0, 0,
      ngx_http_probe_principal },

    ngx_http_mcp_null_tool
};


static const ngx_http_mcp_tools_t  ngx_http_probe_pack = {
    NGX_HTTP_MCP_API_VERSION, "zone", ngx_http_probe_tools, NULL, NULL
};


static ngx_command_t  ngx_http_probe_commands[] = {

    { ngx_string("probe_zone"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_probe_set,
      0,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_probe_zone_module_ctx = {
    ngx_http_probe_preconfiguration,       /* preconfiguration */
    NULL,                                  /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


static ngx_module_t  ngx_http_probe_zone_module = {
    NGX_MODULE_V1,
    &ngx_http_probe_zone_module_ctx,       /* module context */
    ngx_http_probe_commands,               /* module directives */
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


/* what nginx looks for in an object, instead of what the build has made */

#define ngx_modules       ngx_http_probe_built_modules
#define ngx_module_names  ngx_http_probe_built_names
#include PROBE_MODULES
#undef ngx_modules
#undef ngx_module_names

ngx_module_t  *ngx_modules[] = {
    &ngx_http_mcp_module,
    &ngx_http_probe_zone_module,
    NULL
};

char  *ngx_module_names[] = {
    "ngx_http_mcp_module",
    "ngx_http_probe_zone_module",
    NULL
};


static ngx_int_t
ngx_http_probe_preconfiguration(ngx_conf_t *cf)
{
    return ngx_http_mcp_add_tools(cf, &ngx_http_probe_pack);
}


static char *
ngx_http_probe_set(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_probe_handler;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_probe_handler(ngx_http_request_t *r)
{
    u_char                      key[MCP_KEY];
    ngx_str_t                   name;
    const ngx_http_probe_op_t  *op;

    name = ngx_http_probe_arg(r, "key");
    mcp_key(key, 'p', &name, NULL);

    name = ngx_http_probe_arg(r, "op");

    for (op = ngx_http_probe_ops; op->handler; op++) {

        if (op->name.len == name.len
            && ngx_strncmp(op->name.data, name.data, name.len) == 0)
        {
            return op->handler(r, key);
        }
    }

    return NGX_HTTP_NOT_FOUND;
}


static ngx_int_t
ngx_http_probe_put(ngx_http_request_t *r, u_char *key)
{
    ngx_int_t  rc;
    ngx_str_t  value;

    value = ngx_http_probe_bytes(r);
    rc = ngx_http_mcp_zone_put(key, &value, ngx_http_probe_int(r, "ttl", 60));

    return ngx_http_probe_answer(r, rc, "");
}


static ngx_int_t
ngx_http_probe_replace(ngx_http_request_t *r, u_char *key)
{
    ngx_int_t  rc;
    ngx_str_t  value, old;

    value = ngx_http_probe_bytes(r);
    old = ngx_http_probe_arg(r, "old");

    rc = ngx_http_mcp_zone_replace(key, &old, &value,
                                   ngx_http_probe_int(r, "ttl", 60));

    return ngx_http_probe_answer(r, rc, "");
}


static ngx_int_t
ngx_http_probe_fill(ngx_http_request_t *r, u_char *key)
{
    u_char      buf[256];
    ngx_int_t   i, n, rc;
    ngx_str_t   value, prefix, name;

    rc = NGX_OK;
    n = ngx_http_probe_int(r, "n", 1);
    value = ngx_http_probe_bytes(r);
    prefix = ngx_http_probe_arg(r, "key");

    for (i = 0; i < n && rc == NGX_OK; i++) {
        name.data = buf;
        name.len = ngx_sprintf(buf, "%V%i", &prefix, i) - buf;

        mcp_key(key, 'p', &name, NULL);

        rc = ngx_http_mcp_zone_put(key, &value,
                                   ngx_http_probe_int(r, "ttl", 60));
    }

    return ngx_http_probe_answer(r, rc, "%i", i);
}


static ngx_int_t
ngx_http_probe_get(ngx_http_request_t *r, u_char *key)
{
    ngx_int_t  rc;
    ngx_str_t  value;

    ngx_str_null(&value);
    rc = ngx_http_mcp_zone_get(key, r->pool, &value);

    return ngx_http_probe_answer_value(r, rc, &value);
}


static ngx_int_t
ngx_http_probe_take(ngx_http_request_t *r, u_char *key)
{
    ngx_int_t  rc;
    ngx_str_t  value;

    ngx_str_null(&value);
    rc = ngx_http_mcp_zone_take(key, r->pool, &value);

    return ngx_http_probe_answer_value(r, rc, &value);
}


static ngx_int_t
ngx_http_probe_there(ngx_http_request_t *r, u_char *key)
{
    return ngx_http_probe_answer(r, ngx_http_mcp_zone_get(key, NULL, NULL),
                                 "");
}


static ngx_int_t
ngx_http_probe_remove(ngx_http_request_t *r, u_char *key)
{
    ngx_http_mcp_zone_remove(key);

    return ngx_http_probe_answer(r, NGX_OK, "");
}


static ngx_int_t
ngx_http_probe_stat(ngx_http_request_t *r, u_char *key)
{
    ngx_http_mcp_zone_stat_t  stat;

    ngx_http_mcp_zone_stat(&stat);

    return ngx_http_probe_answer(r, NGX_OK, "size=%uz free=%uz entries=%ui "
                                 "evicted=%ui published=%uL", stat.size,
                                 stat.free, stat.entries, stat.evicted,
                                 stat.published);
}


static ngx_int_t
ngx_http_probe_signing(ngx_http_request_t *r, u_char *key)
{
    u_char                   hex[2 * MCP_STATE_KEY];
    ngx_str_t                text;
    const mcp_state_keys_t  *keys;

    keys = ngx_http_mcp_zone_keys();

    text.data = hex;
    text.len = sizeof(hex);
    (void) ngx_hex_dump(hex, (u_char *) keys->keys[0], MCP_STATE_KEY);

    return ngx_http_probe_answer(r, keys->n, "%V", &text);
}


static ngx_int_t
ngx_http_probe_set_lists(ngx_http_request_t *r, u_char *key)
{
    u_char      digests[NGX_HTTP_MCP_ZONE_LISTS][MCP_KEY];
    ngx_int_t   i;
    ngx_str_t   value;

    value = ngx_http_probe_arg(r, "value");

    ngx_memzero(digests, sizeof(digests));

    for (i = 0; i < NGX_HTTP_MCP_ZONE_LISTS; i++) {
        digests[i][0] = (u_char) ('0' + i);
        ngx_memcpy(&digests[i][1], value.data, ngx_min(value.len, 14));
    }

    ngx_http_mcp_zone_set_lists(key, digests, ngx_http_probe_int(r, "n", 3));

    return ngx_http_probe_answer(r, NGX_OK, "");
}


static ngx_int_t
ngx_http_probe_lists(ngx_http_request_t *r, u_char *key)
{
    u_char     digests[NGX_HTTP_MCP_ZONE_LISTS][MCP_KEY];
    ngx_int_t  rc;

    ngx_memzero(digests, sizeof(digests));

    rc = ngx_http_mcp_zone_get_lists(key, digests,
                                     ngx_http_probe_int(r, "n", 3));

    return ngx_http_probe_answer(r, rc, "%s %s %s", digests[0], digests[1],
                                 digests[2]);
}


static ngx_int_t
ngx_http_probe_publish(ngx_http_request_t *r, u_char *key)
{
    uint64_t   now;
    ngx_int_t  i, n, quiet;

    now = ngx_http_probe_now();
    n = ngx_http_probe_int(r, "n", 1);
    quiet = ngx_http_probe_int(r, "quiet", 0);

    for (i = 0; i < n; i++) {

        if (i < quiet) {
            (void) ngx_http_mcp_zone_publish(key);

        } else {
            ngx_http_mcp_notify_publish(key);
        }
    }

    return ngx_http_probe_answer(r, NGX_OK, "%uL", now);
}


static ngx_int_t
ngx_http_probe_thread(ngx_http_mcp_call_t *call, const cJSON *args)
{
    u_char     key[MCP_KEY];
    ngx_str_t  name;

    ngx_str_set(&name, "thread");
    mcp_key(key, 'p', &name, NULL);

    ngx_http_mcp_notify_publish(key);

    return ngx_http_mcp_text(call, (u_char *) "done", 4);
}


static ngx_int_t
ngx_http_probe_wait(ngx_http_request_t *r, u_char *key)
{
    ngx_pool_cleanup_t     *cln;
    ngx_http_probe_wait_t  *w;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_probe_wait_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    w = cln->data;
    ngx_memzero(w, sizeof(ngx_http_probe_wait_t));

    cln->handler = ngx_http_probe_cleanup;

    w->request = r;
    w->stay = ngx_http_probe_int(r, "stay", 0);
    ngx_memcpy(w->waiter.key, key, MCP_KEY);
    w->waiter.handler = ngx_http_probe_heard;
    w->waiter.data = w;

    w->timer.handler = ngx_http_probe_timer;
    w->timer.data = w;
    w->timer.log = r->connection->log;
    w->timer.cancelable = ngx_http_probe_int(r, "idle", 0);

    w->posted.handler = ngx_http_probe_posted;
    w->posted.data = w;
    w->posted.log = r->connection->log;

    ngx_http_mcp_notify_wait(&w->waiter);
    ngx_add_timer(&w->timer, ngx_http_probe_int(r, "ms", 5000));

    ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0, "probe waits %V",
                  &r->args);

    r->main->count++;

    return NGX_DONE;
}


static void
ngx_http_probe_cleanup(void *data)
{
    ngx_http_probe_wait_t  *w = data;

    ngx_http_mcp_notify_forget(&w->waiter);

    if (w->timer.timer_set) {
        ngx_del_timer(&w->timer);
    }

    if (w->posted.posted) {
        ngx_delete_posted_event(&w->posted);
    }
}


static void
ngx_http_probe_heard(ngx_http_mcp_waiter_t *waiter, ngx_uint_t exiting)
{
    ngx_http_probe_wait_t  *w;

    w = waiter->data;

    if (exiting && w->stay) {
        return;
    }

    if (w->what == NULL) {
        w->what = exiting ? "exiting" : "heard";
        w->when = ngx_http_probe_now();
        ngx_post_event(&w->posted, &ngx_posted_events);
    }
}


static void
ngx_http_probe_timer(ngx_event_t *ev)
{
    ngx_http_probe_wait_t  *w;

    w = ev->data;

    w->what = "late";
    w->when = ngx_http_probe_now();
    ngx_http_probe_posted(&w->posted);
}


static void
ngx_http_probe_posted(ngx_event_t *ev)
{
    ngx_connection_t       *c;
    ngx_http_request_t     *r;
    ngx_http_probe_wait_t  *w;

    w = ev->data;
    r = w->request;
    c = r->connection;

    ngx_http_finalize_request(r, ngx_http_probe_answer(r, NGX_OK, "%s %uL",
                                                       w->what, w->when));
    ngx_http_run_posted_requests(c);
}


/* as if it was killed there; with "writing" in the middle of a change */

static ngx_int_t
ngx_http_probe_die(ngx_http_request_t *r, u_char *key)
{
    ngx_shmtx_lock(&ngx_http_mcp_zone_shpool->mutex);

    if (ngx_http_probe_int(r, "writing", 0)) {
        ngx_http_mcp_zone_shared->writing = 1;
        ngx_http_mcp_zone_shared->keys.root = NULL;
        ngx_http_mcp_zone_shared->used.next = NULL;
        ngx_memset(ngx_http_mcp_zone_shpool->start, 0x5a, ngx_pagesize);
    }

    (void) kill(ngx_pid, SIGKILL);

    return NGX_ERROR;
}


static ngx_int_t
ngx_http_probe_principal(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_str_t  value;

    if (ngx_http_mcp_principal(ngx_http_mcp_request(call), &value) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_mcp_text(call, value.data, value.len);
}


static ngx_int_t
ngx_http_probe_answer(ngx_http_request_t *r, ngx_int_t rc, const char *fmt,
    ...)
{
    u_char       *p;
    va_list       args;
    ngx_buf_t    *b;
    ngx_chain_t   out;

    b = ngx_create_temp_buf(r->pool, 512);
    if (b == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(b->last, "%P %i ", ngx_pid, rc);

    va_start(args, fmt);
    b->last = ngx_vslprintf(p, b->end, fmt, args);
    va_end(args);

    b->last_buf = 1;
    out.buf = b;
    out.next = NULL;

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = b->last - b->pos;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_http_output_filter(r, &out);
}


/* a large one is of one byte only */

static ngx_int_t
ngx_http_probe_answer_value(ngx_http_request_t *r, ngx_int_t rc,
    ngx_str_t *value)
{
    size_t      i;
    ngx_str_t   head;

    for (i = 0; value->len > 64 && i < value->len; i++) {

        if (value->data[i] != 'x') {
            return ngx_http_probe_answer(r, rc, "broken at %uz", i);
        }
    }

    head.data = value->data;
    head.len = ngx_min(value->len, 64);

    return ngx_http_probe_answer(r, rc, "%uz \"%V\"", value->len, &head);
}


static ngx_str_t
ngx_http_probe_arg(ngx_http_request_t *r, const char *name)
{
    ngx_str_t  value;

    if (ngx_http_arg(r, (u_char *) name, ngx_strlen(name), &value) != NGX_OK) {
        ngx_str_null(&value);
    }

    return value;
}


static ngx_str_t
ngx_http_probe_bytes(ngx_http_request_t *r)
{
    ngx_int_t  size;
    ngx_str_t  value;

    size = ngx_http_probe_int(r, "size", -1);
    value = ngx_http_probe_arg(r, "value");

    if (size >= 0) {
        value.len = 0;
        value.data = ngx_pnalloc(r->pool, size + 1);

        if (value.data) {
            value.len = size;
            ngx_memset(value.data, 'x', size);
        }
    }

    return value;
}


static ngx_int_t
ngx_http_probe_int(ngx_http_request_t *r, const char *name, ngx_int_t value)
{
    ngx_int_t  n;
    ngx_str_t  text;

    text = ngx_http_probe_arg(r, name);
    n = ngx_atoi(text.data, text.len);

    return n == NGX_ERROR ? value : n;
}


static uint64_t
ngx_http_probe_now(void)
{
    struct timeval  tv;

    ngx_gettimeofday(&tv);

    return (uint64_t) tv.tv_sec * 1000000 + tv.tv_usec;
}
