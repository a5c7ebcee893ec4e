
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp_nginx.h>
#include <ngx_http_mcp_zone.h>


/* tool "nginx_status" */


#if (NGX_STAT_STUB)
static ngx_int_t ngx_http_mcp_nginx_connections(cJSON *out);
#endif
static ngx_int_t ngx_http_mcp_nginx_worker(cJSON *out);
static ngx_int_t ngx_http_mcp_nginx_times(cJSON *out);
static ngx_int_t ngx_http_mcp_nginx_zone(cJSON *out);
static ngx_int_t ngx_http_mcp_nginx_logs(ngx_http_mcp_call_t *call,
    cJSON *out);


ngx_int_t
ngx_http_mcp_nginx_status(ngx_http_mcp_call_t *call, const cJSON *args)
{
    cJSON  *out;

    out = cJSON_CreateObject();

    if (cJSON_AddStringToObject(out, "version", NGINX_VERSION) == NULL
#if (NGX_STAT_STUB)
        || ngx_http_mcp_nginx_connections(out) != NGX_OK
#endif
        || ngx_http_mcp_nginx_worker(out) != NGX_OK
        || ngx_http_mcp_nginx_times(out) != NGX_OK
        || ngx_http_mcp_nginx_zone(out) != NGX_OK
        || ngx_http_mcp_nginx_logs(call, out) != NGX_OK)
    {
        cJSON_Delete(out);
        return NGX_ERROR;
    }

    return ngx_http_mcp_result(call, out);
}


#if (NGX_STAT_STUB)

static ngx_int_t
ngx_http_mcp_nginx_connections(cJSON *out)
{
    cJSON       *item;
    ngx_uint_t   i;

    struct {
        const char         *name;
        ngx_atomic_uint_t   value;
    } values[] = {
        { "accepted", *ngx_stat_accepted },
        { "handled", *ngx_stat_handled },
        { "active", *ngx_stat_active },
        { "reading", *ngx_stat_reading },
        { "writing", *ngx_stat_writing },
        { "waiting", *ngx_stat_waiting }
    };

    if (cJSON_AddNumberToObject(out, "requests", *ngx_stat_requests) == NULL) {
        return NGX_ERROR;
    }

    item = cJSON_AddObjectToObject(out, "connections");

    for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        if (cJSON_AddNumberToObject(item, values[i].name, values[i].value)
            == NULL)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}

#endif


static ngx_int_t
ngx_http_mcp_nginx_worker(cJSON *out)
{
    cJSON            *item;
    ngx_uint_t        n;
    ngx_core_conf_t  *ccf;

    ccf = (ngx_core_conf_t *) ngx_get_conf(ngx_cycle->conf_ctx,
                                           ngx_core_module);

    n = (ngx_process == NGX_PROCESS_SINGLE) ? 1 : ccf->worker_processes;

    if (cJSON_AddNumberToObject(out, "workers", n) == NULL) {
        return NGX_ERROR;
    }

    item = cJSON_AddObjectToObject(out, "worker");
    n = ngx_cycle->connection_n - ngx_cycle->free_connection_n;

    if (cJSON_AddNumberToObject(item, "pid", ngx_pid) == NULL
        || cJSON_AddNumberToObject(item, "connections", n) == NULL
        || cJSON_AddNumberToObject(item, "max_connections",
                                   ngx_cycle->connection_n)
           == NULL)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_nginx_times(cJSON *out)
{
    cJSON                       *item;
    time_t                       now;
    ngx_http_mcp_nginx_facts_t  *facts;

    now = ngx_time();
    facts = &ngx_http_mcp_nginx_facts;

    if (facts->started
        && cJSON_AddNumberToObject(out, "uptime", now - facts->started)
           == NULL)
    {
        return NGX_ERROR;
    }

    item = cJSON_AddObjectToObject(out, "configuration");

    if (facts->generation
        && cJSON_AddNumberToObject(item, "generation", facts->generation)
           == NULL)
    {
        return NGX_ERROR;
    }

    return cJSON_AddNumberToObject(item, "uptime", now - facts->loaded)
           ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_mcp_nginx_zone(cJSON *out)
{
    cJSON                    *item;
    ngx_http_mcp_zone_stat_t  stat;

    ngx_http_mcp_zone_stat(&stat);

    item = cJSON_AddObjectToObject(out, "zone");

    if (cJSON_AddNumberToObject(item, "size", stat.size) == NULL
        || cJSON_AddNumberToObject(item, "free", stat.free) == NULL
        || cJSON_AddNumberToObject(item, "entries", stat.entries) == NULL
        || cJSON_AddNumberToObject(item, "evicted", stat.evicted) == NULL
        || cJSON_AddNumberToObject(item, "published", stat.published) == NULL)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_nginx_logs(ngx_http_mcp_call_t *call, cJSON *out)
{
    cJSON                      *names, *name;
    ngx_uint_t                  i;
    ngx_http_mcp_nginx_log_t   *log;
    ngx_http_mcp_nginx_conf_t  *mncf;

    mncf = ngx_http_mcp_loc_conf(call, &ngx_http_mcp_nginx_module);

    names = cJSON_AddArrayToObject(out, "logs");

    if (names == NULL) {
        return NGX_ERROR;
    }

    if (mncf->logs == NULL) {
        return NGX_OK;
    }

    log = mncf->logs->elts;

    for (i = 0; i < mncf->logs->nelts; i++) {
        name = cJSON_CreateString((char *) log[i].name.data);

        if (!cJSON_AddItemToArray(names, name)) {
            cJSON_Delete(name);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
