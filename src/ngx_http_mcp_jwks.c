
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_cred.h>
#include <ngx_http_mcp_capture.h>
#include <ngx_http_mcp_jwks.h>
#include <ngx_http_mcp_notify.h>
#include <ngx_http_mcp_subrequest.h>
#include <ngx_http_mcp_zone.h>


#define NGX_HTTP_MCP_JWKS_REFRESH   3600     /* seconds */
#define NGX_HTTP_MCP_JWKS_INTERVAL  10
#define NGX_HTTP_MCP_JWKS_KEEP      604800   /* of a set nobody could renew */
#define NGX_HTTP_MCP_JWKS_LOCK      10
#define NGX_HTTP_MCP_JWKS_WAIT      5000     /* milliseconds */
#define NGX_HTTP_MCP_JWKS_POOL      4096


/* what the workers know of a set, a value in the zone */
typedef struct {
    time_t                       asked;
    time_t                       fetched;  /* 0: not yet */
    ngx_msec_t                   loaded;   /* by which configuration */
    u_char                       digest[MCP_STATE_DIGEST];
} ngx_http_mcp_jwks_state_t;


/* a request that is on its way */
typedef struct {
    ngx_http_mcp_subrequest_t    sr;
    mcp_pass_request_t           request;
    ngx_http_mcp_jwks_t         *set;
    ngx_event_t                  timeout;
    ngx_uint_t                   done;
} ngx_http_mcp_jwks_fetch_t;


typedef struct {
    ngx_http_mcp_waiter_t        waiter;
    ngx_event_t                  event;
    ngx_http_mcp_jwks_t         *set;
    ngx_http_request_t          *r;        /* NULL: it waits no more */
} ngx_http_mcp_jwks_waiter_t;


static void ngx_http_mcp_jwks_name(ngx_conf_t *cf, ngx_http_mcp_jwks_t *set);
static ngx_int_t ngx_http_mcp_jwks_state(ngx_http_mcp_jwks_t *set,
    ngx_http_mcp_jwks_state_t *state);
static void ngx_http_mcp_jwks_set_state(ngx_http_mcp_jwks_t *set,
    ngx_http_mcp_jwks_state_t *state);
static void ngx_http_mcp_jwks_parse(ngx_http_mcp_jwks_t *set,
    ngx_http_mcp_jwks_state_t *state);
static void ngx_http_mcp_jwks_done(ngx_http_mcp_subrequest_t *s);
static const char *ngx_http_mcp_jwks_check(ngx_http_mcp_jwks_fetch_t *fetch);
static void ngx_http_mcp_jwks_timeout(ngx_event_t *ev);
static void ngx_http_mcp_jwks_end(ngx_http_mcp_jwks_fetch_t *fetch);
static void ngx_http_mcp_jwks_gone(void *data);
static void ngx_http_mcp_jwks_told(ngx_http_mcp_waiter_t *waiter,
    ngx_uint_t exiting);
static void ngx_http_mcp_jwks_event(ngx_event_t *ev);
static void ngx_http_mcp_jwks_forget(void *data);
static void ngx_http_mcp_jwks_cleanup(void *data);


ngx_http_mcp_jwks_t *
ngx_http_mcp_jwks_create(ngx_conf_t *cf, ngx_str_t *uri)
{
    ngx_pool_cleanup_t   *cln;
    ngx_http_mcp_jwks_t  *set;

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_http_mcp_jwks_t));
    if (cln == NULL) {
        return NULL;
    }

    set = cln->data;
    ngx_memzero(set, sizeof(ngx_http_mcp_jwks_t));

    cln->handler = ngx_http_mcp_jwks_cleanup;

    set->uri = *uri;
    set->cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);
    set->at.file = cf->conf_file->file.name.data;
    set->at.line = cf->conf_file->line;
    set->refresh = NGX_HTTP_MCP_JWKS_REFRESH;
    set->interval = NGX_HTTP_MCP_JWKS_INTERVAL;
    set->loaded = ngx_current_msec;

    ngx_http_mcp_jwks_name(cf, set);

    return set;
}


/*
 * Servers have locations of the same name, and their own names are not known
 * yet.  A place that is another after a reload is asked for its keys anew.
 */

static void
ngx_http_mcp_jwks_name(ngx_conf_t *cf, ngx_http_mcp_jwks_t *set)
{
    u_char                      place[MCP_KEY], text[2 * NGX_INT_T_LEN + 1];
    ngx_str_t                   name, number;
    ngx_http_core_srv_conf_t   *cscf;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);

    name.data = cscf->file_name;
    name.len = ngx_strlen(cscf->file_name);

    number.data = text;
    number.len = ngx_sprintf(text, "%ui:%ui", cscf->line, cmcf->servers.nelts)
                 - text;

    mcp_key(place, 'J', &name, &number);

    name.data = place;
    name.len = MCP_KEY;

    mcp_key(set->key, 'J', &name, &set->uri);
    mcp_key(set->text, 'j', &name, &set->uri);
    mcp_key(set->lock, 'L', &name, &set->uri);
}


ngx_int_t
ngx_http_mcp_jwks_read(ngx_http_mcp_jwks_t *set)
{
    ngx_http_mcp_jwks_state_t  state;

    if (set->uri.len
        && (set->generation == 0 || set->checked != ngx_time())
        && ngx_http_mcp_jwks_state(set, &state) == NGX_OK
        && state.fetched)
    {
        set->checked = ngx_time();
        set->fetched = state.fetched;
        set->foreign = (state.loaded != set->loaded);

        if (set->generation == 0
            || ngx_memcmp(set->digest, state.digest, MCP_STATE_DIGEST) != 0)
        {
            ngx_http_mcp_jwks_parse(set, &state);
        }
    }

    return set->generation ? NGX_OK : NGX_DECLINED;
}


/*
 * The text was looked at before it was put into the zone, which may have
 * forgotten it: then what there is here is old.
 */

static void
ngx_http_mcp_jwks_parse(ngx_http_mcp_jwks_t *set,
    ngx_http_mcp_jwks_state_t *state)
{
    ngx_str_t        text;
    ngx_pool_t      *pool;
    const char      *err;
    mcp_jwt_keys_t   keys;

    pool = ngx_create_pool(NGX_HTTP_MCP_JWKS_POOL, ngx_cycle->log);
    if (pool == NULL) {
        set->foreign = 1;
        return;
    }

    if (ngx_http_mcp_zone_get(set->text, pool, &text) != NGX_OK
        || mcp_jwt_keys_parse(&keys, pool, &text, &err) != NGX_OK)
    {
        ngx_destroy_pool(pool);
        set->foreign = 1;
        return;
    }

    if (set->pool) {
        ngx_destroy_pool(set->pool);
    }

    set->keys = keys;
    set->pool = pool;
    set->generation++;

    ngx_memcpy(set->digest, state->digest, MCP_STATE_DIGEST);
}


static ngx_int_t
ngx_http_mcp_jwks_state(ngx_http_mcp_jwks_t *set,
    ngx_http_mcp_jwks_state_t *state)
{
    ngx_int_t    rc;
    ngx_str_t    value;
    ngx_pool_t  *pool;

    pool = ngx_create_pool(NGX_MIN_POOL_SIZE, ngx_cycle->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_mcp_zone_get(set->key, pool, &value);

    if (rc == NGX_OK) {
        if (value.len == sizeof(ngx_http_mcp_jwks_state_t)) {
            ngx_memcpy(state, value.data, value.len);

        } else {
            rc = NGX_DECLINED;
        }
    }

    ngx_destroy_pool(pool);

    if (rc != NGX_OK) {
        ngx_memzero(state, sizeof(ngx_http_mcp_jwks_state_t));
    }

    return rc;
}


static void
ngx_http_mcp_jwks_set_state(ngx_http_mcp_jwks_t *set,
    ngx_http_mcp_jwks_state_t *state)
{
    ngx_str_t  value;

    value.data = (u_char *) state;
    value.len = sizeof(ngx_http_mcp_jwks_state_t);

    (void) ngx_http_mcp_zone_put(set->key, &value, NGX_HTTP_MCP_JWKS_KEEP);
}


ngx_uint_t
ngx_http_mcp_jwks_old(ngx_http_mcp_jwks_t *set)
{
    return set->uri.len
           && (set->foreign || ngx_time() - set->fetched >= set->refresh)
           && ngx_http_mcp_jwks_due(set);
}


ngx_uint_t
ngx_http_mcp_jwks_due(ngx_http_mcp_jwks_t *set)
{
    ngx_http_mcp_jwks_state_t  state;

    if (set->uri.len == 0) {
        return 0;
    }

    (void) ngx_http_mcp_jwks_state(set, &state);

    return ngx_time() - state.asked >= set->interval;
}


ngx_uint_t
ngx_http_mcp_jwks_asked(ngx_http_mcp_jwks_t *set)
{
    return set->uri.len
           && ngx_http_mcp_zone_get(set->lock, NULL, NULL) == NGX_OK;
}


ngx_int_t
ngx_http_mcp_jwks_fetch(ngx_http_request_t *r, ngx_http_mcp_jwks_t *set)
{
    ngx_str_t                   pid;
    u_char                      text[NGX_INT64_LEN];
    ngx_pool_cleanup_t         *cln;
    ngx_http_mcp_jwks_fetch_t  *fetch;
    ngx_http_mcp_jwks_state_t   state;

    static ngx_str_t  none = ngx_null_string;

    pid.data = text;
    pid.len = ngx_sprintf(text, "%P", ngx_pid) - text;

    if (ngx_http_mcp_zone_replace(set->lock, &none, &pid,
                                  NGX_HTTP_MCP_JWKS_LOCK)
        != NGX_OK)
    {
        /* somebody else asks, or there is no room to say so */
        return NGX_OK;
    }

    (void) ngx_http_mcp_jwks_state(set, &state);
    state.asked = ngx_time();
    ngx_http_mcp_jwks_set_state(set, &state);

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_mcp_jwks_fetch_t));
    if (cln == NULL) {
        ngx_http_mcp_zone_remove(set->lock);
        return NGX_ERROR;
    }

    fetch = cln->data;
    ngx_memzero(fetch, sizeof(ngx_http_mcp_jwks_fetch_t));

    cln->handler = ngx_http_mcp_jwks_gone;

    fetch->set = set;

    ngx_str_set(&fetch->request.method, "GET");
    fetch->request.uri = set->uri;

    fetch->sr.request = &fetch->request;
    fetch->sr.max = MCP_JWT_SET_MAX;
    fetch->sr.idempotent = 1;
    fetch->sr.done = ngx_http_mcp_jwks_done;
    fetch->sr.data = fetch;

    fetch->timeout.handler = ngx_http_mcp_jwks_timeout;
    fetch->timeout.data = fetch;
    fetch->timeout.log = r->connection->log;

    if (ngx_array_init(&fetch->request.headers, r->pool, 1,
                       sizeof(ngx_keyval_t))
        != NGX_OK
        || ngx_http_mcp_subrequest_start(r, &fetch->sr) != NGX_OK)
    {
        ngx_http_mcp_jwks_end(fetch);
        return NGX_ERROR;
    }

    ngx_add_timer(&fetch->timeout, NGX_HTTP_MCP_JWKS_WAIT);

    return NGX_OK;
}


static void
ngx_http_mcp_jwks_done(ngx_http_mcp_subrequest_t *s)
{
    ngx_http_mcp_jwks_fetch_t *fetch = s->data;

    const char                 *err;
    ngx_http_mcp_jwks_t        *set;
    ngx_http_mcp_jwks_state_t   state;

    set = fetch->set;
    err = ngx_http_mcp_jwks_check(fetch);

    if (err) {
        ngx_log_error(NGX_LOG_ERR, fetch->timeout.log, 0,
                      "mcp keys of \"%V\": HTTP %ui, %s", &set->uri,
                      s->answer.status, err);

    } else {
        (void) ngx_http_mcp_jwks_state(set, &state);

        state.fetched = ngx_time();
        state.loaded = set->loaded;
        mcp_cred_digest(&s->answer.body, state.digest);

        if (ngx_http_mcp_zone_put(set->text, &s->answer.body,
                                  NGX_HTTP_MCP_JWKS_KEEP)
            == NGX_OK)
        {
            ngx_http_mcp_jwks_set_state(set, &state);

        } else {
            ngx_log_error(NGX_LOG_ERR, fetch->timeout.log, 0,
                          "mcp keys of \"%V\": no room in \"mcp_zone\"",
                          &set->uri);
        }

        set->checked = 0;
    }

    ngx_http_mcp_jwks_end(fetch);
}


/* what is wrong with an answer, or NULL */

static const char *
ngx_http_mcp_jwks_check(ngx_http_mcp_jwks_fetch_t *fetch)
{
    ngx_pool_t      *pool;
    const char      *err;
    mcp_answer_t    *answer;
    mcp_jwt_keys_t   keys;

    answer = &fetch->sr.answer;

    if (answer->status != NGX_HTTP_OK) {
        return "expected a set of keys";
    }

    if (answer->broken || answer->over) {
        return "the answer is broken off, or too long";
    }

    pool = ngx_create_pool(NGX_HTTP_MCP_JWKS_POOL, fetch->timeout.log);
    if (pool == NULL) {
        return "no memory";
    }

    switch (mcp_jwt_keys_parse(&keys, pool, &answer->body, &err)) {

    case NGX_OK:
        err = NULL;
        break;

    case NGX_DECLINED:
        break;

    default: /* NGX_ERROR */
        err = "no memory";
    }

    ngx_destroy_pool(pool);

    return err;
}


static void
ngx_http_mcp_jwks_timeout(ngx_event_t *ev)
{
    ngx_http_mcp_jwks_fetch_t *fetch = ev->data;

    ngx_log_error(NGX_LOG_ERR, ev->log, 0,
                  "mcp keys of \"%V\": no answer in time", &fetch->set->uri);

    ngx_http_mcp_jwks_end(fetch);

    /* the request may have had its answer, and ends with this */

    ngx_http_mcp_subrequest_abort(&fetch->sr);
}


/* whatever came of it, those who wait look again, and another may ask */

static void
ngx_http_mcp_jwks_end(ngx_http_mcp_jwks_fetch_t *fetch)
{
    if (fetch->done) {
        return;
    }

    fetch->done = 1;

    if (fetch->timeout.timer_set) {
        ngx_del_timer(&fetch->timeout);
    }

    ngx_http_mcp_zone_remove(fetch->set->lock);
    ngx_http_mcp_notify_publish(fetch->set->key);
}


/*
 * With the request that it was for: the client has left, or it has had its
 * answer, and then the last thing it lasts for is this one.
 */

static void
ngx_http_mcp_jwks_gone(void *data)
{
    ngx_http_mcp_jwks_fetch_t *fetch = data;

    ngx_http_mcp_capture_t  *capture;

    capture = fetch->sr.capture;

    if (!fetch->done && capture && capture->ended) {
        ngx_http_mcp_jwks_done(&fetch->sr);
        return;
    }

    ngx_http_mcp_jwks_end(fetch);
}


ngx_int_t
ngx_http_mcp_jwks_wait(ngx_http_request_t *r, ngx_http_mcp_jwks_t *set)
{
    ngx_pool_cleanup_t          *cln;
    ngx_http_mcp_jwks_state_t    state;
    ngx_http_mcp_jwks_waiter_t  *w;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_mcp_jwks_waiter_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    w = cln->data;
    ngx_memzero(w, sizeof(ngx_http_mcp_jwks_waiter_t));

    cln->handler = ngx_http_mcp_jwks_forget;

    w->r = r;
    w->set = set;

    ngx_memcpy(w->waiter.key, set->key, MCP_KEY);
    w->waiter.handler = ngx_http_mcp_jwks_told;
    w->waiter.data = w;

    w->event.handler = ngx_http_mcp_jwks_event;
    w->event.data = w;
    w->event.log = r->connection->log;

    /* a subrequest wakes the main request, too */
    r->write_event_handler = ngx_http_request_empty_handler;

    ngx_http_mcp_notify_wait(&w->waiter);
    ngx_add_timer(&w->event, NGX_HTTP_MCP_JWKS_WAIT);

    /* what was published before is not heard of, nor that nobody asks */

    (void) ngx_http_mcp_jwks_state(set, &state);

    if (state.fetched != set->fetched || !ngx_http_mcp_jwks_asked(set)) {
        ngx_post_event(&w->event, &ngx_posted_events);
    }

    return NGX_OK;
}


static void
ngx_http_mcp_jwks_told(ngx_http_mcp_waiter_t *waiter, ngx_uint_t exiting)
{
    ngx_http_mcp_jwks_waiter_t *w = waiter->data;

    if (!exiting) {
        ngx_post_event(&w->event, &ngx_posted_events);
    }
}


static void
ngx_http_mcp_jwks_event(ngx_event_t *ev)
{
    ngx_http_mcp_jwks_waiter_t *w = ev->data;

    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = w->r;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    ngx_http_mcp_jwks_forget(w);

    w->set->checked = 0;

    r->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(r);
    ngx_http_run_posted_requests(c);
}


static void
ngx_http_mcp_jwks_forget(void *data)
{
    ngx_http_mcp_jwks_waiter_t *w = data;

    if (w->r == NULL) {
        return;
    }

    w->r = NULL;

    ngx_http_mcp_notify_forget(&w->waiter);

    if (w->event.timer_set) {
        ngx_del_timer(&w->event);
    }

    if (w->event.posted) {
        ngx_delete_posted_event(&w->event);
    }
}


static void
ngx_http_mcp_jwks_cleanup(void *data)
{
    ngx_http_mcp_jwks_t *set = data;

    if (set->pool) {
        ngx_destroy_pool(set->pool);
    }
}
