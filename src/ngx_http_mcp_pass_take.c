
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <mcp_json.h>
#include <ngx_http_mcp_pass_run.h>


static ngx_int_t ngx_http_mcp_pass_fresh(ngx_http_mcp_pass_step_t *step);
static ngx_int_t ngx_http_mcp_pass_take_value(ngx_http_mcp_pass_step_t *step);


ngx_int_t
ngx_http_mcp_pass_take(ngx_http_mcp_pass_step_t *step)
{
    ngx_int_t                   rc;
    ngx_str_t                   why;
    mcp_schema_error_t          err;
    ngx_http_mcp_call_t        *call;
    const mcp_answer_conf_t    *conf;
    ngx_http_mcp_subrequest_t  *s;

    s = &step->sr;
    conf = &step->pass->answer;
    call = step->run->call;

    if (step->stream) {
        rc = ngx_http_mcp_pass_stream_end(step->stream, &s->answer, &why);

        if (rc != NGX_OK) {
            return rc == NGX_DECLINED
                   ? ngx_http_mcp_pass_fail_text(step, &why, 1) : NGX_ERROR;
        }

        conf = step->stream->conf;
    }

    if (s->encoding.len || !mcp_answer_ok(conf, &s->answer)) {
        return ngx_http_mcp_pass_fail(step);
    }

    if (step->run->passes->combined) {
        return ngx_http_mcp_pass_take_value(step);
    }

    if (call->msg->resource && ngx_http_mcp_pass_fresh(step) != NGX_OK) {
        return NGX_ERROR;
    }

    call->result.internal = 1;

    rc = mcp_answer_result(conf, &s->answer, &call->result, &err);

    if (rc == NGX_OK && call->result.error) {
        ngx_http_mcp_pass_log(step, 1);
    }

    return rc == NGX_DECLINED ? ngx_http_mcp_pass_broke(call, &err) : rc;
}


/* what the service says of the contents of a resource */

static ngx_int_t
ngx_http_mcp_pass_fresh(ngx_http_mcp_pass_step_t *step)
{
    u_char                     *p, time[sizeof("1970-09-28T12:00:00Z")];
    ngx_tm_t                    tm;
    mcp_buf_t                   b;
    ngx_str_t                   modified;
    mcp_result_t               *result;
    ngx_http_mcp_subrequest_t  *s;

    s = &step->sr;
    result = &step->run->call->result;

    mcp_fresh_read(&result->fresh, &s->cache_control, &s->age);

    if (s->etag.len == 0 && s->modified == -1) {
        return NGX_OK;
    }

    ngx_str_null(&modified);

    if (s->modified != -1) {
        ngx_gmtime(s->modified, &tm);

        p = ngx_sprintf(time, "%4d-%02d-%02dT%02d:%02d:%02dZ",
                        tm.ngx_tm_year, tm.ngx_tm_mon, tm.ngx_tm_mday,
                        tm.ngx_tm_hour, tm.ngx_tm_min, tm.ngx_tm_sec);

        modified.data = time;
        modified.len = p - time;
    }

    mcp_buf_init(&b, result->pool, 96);
    mcp_buf_char(&b, '{');

    if (s->etag.len) {
        mcp_buf_lit(&b, "\"etag\":");
        mcp_buf_json_string(&b, s->etag.data, s->etag.len);

        mcp_buf_json_member(&b, "lastModified", &modified);

    } else {
        mcp_buf_lit(&b, "\"lastModified\":");
        mcp_buf_json_string(&b, modified.data, modified.len);
    }

    mcp_buf_char(&b, '}');

    return mcp_buf_done(&b, &result->contents_meta);
}


static ngx_int_t
ngx_http_mcp_pass_take_value(ngx_http_mcp_pass_step_t *step)
{
    char                     *name;
    cJSON                    *value;
    ngx_int_t                 rc;
    ngx_str_t                 text;
    ngx_pool_t               *pool;
    ngx_http_mcp_pass_run_t  *run;

    run = step->run;
    pool = run->call->request->pool;

    rc = mcp_answer_value(&step->pass->answer, pool, &step->sr.answer, &value,
                          &text);

    if (rc == NGX_DECLINED) {
        return ngx_http_mcp_pass_fail_text(step, &text, 1);
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    /* strings of the configuration end with NUL */

    name = (char *) step->pass->pass.name.data;

    if (ngx_http_mcp_pass_member(pool, run->values, value, name) != NGX_OK
        || ngx_http_mcp_pass_member(pool, run->result, value, name) != NGX_OK)
    {
        return NGX_ERROR;
    }

    run->finished |= step->bit;

    return NGX_AGAIN;
}


ngx_int_t
ngx_http_mcp_pass_member(ngx_pool_t *pool, cJSON *object, const cJSON *value,
    char *name)
{
    cJSON  *member, *last;

    member = ngx_palloc(pool, sizeof(cJSON));
    if (member == NULL) {
        return NGX_ERROR;
    }

    *member = *value;

    member->type |= cJSON_StringIsConst;
    member->string = name;
    member->next = NULL;

    if (object->child == NULL) {
        object->child = member;
        member->prev = member;

        return NGX_OK;
    }

    last = object->child->prev;

    last->next = member;
    member->prev = last;
    object->child->prev = member;

    return NGX_OK;
}
