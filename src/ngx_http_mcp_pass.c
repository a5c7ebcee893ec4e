
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <openssl/rand.h>
#include <mcp_json.h>
#include <ngx_http_mcp_pass_run.h>


#define NGX_HTTP_MCP_PASS_BOUNDARY  16   /* random bytes */


static ngx_http_mcp_pass_run_t *ngx_http_mcp_pass_create(
    ngx_http_mcp_call_t *call, const cJSON *args,
    const ngx_http_mcp_passes_t *passes);
static ngx_int_t ngx_http_mcp_pass_values(ngx_http_mcp_pass_run_t *run,
    const cJSON *args);
static ngx_int_t ngx_http_mcp_pass_variables(ngx_http_mcp_pass_run_t *run);
static ngx_int_t ngx_http_mcp_pass_boundary(ngx_http_mcp_pass_run_t *run);
static ngx_int_t ngx_http_mcp_pass_go(ngx_http_mcp_pass_run_t *run);
static ngx_int_t ngx_http_mcp_pass_start(ngx_http_mcp_pass_step_t *step);
static ngx_int_t ngx_http_mcp_pass_piece(ngx_http_mcp_subrequest_t *s,
    u_char *p, size_t len);
static void ngx_http_mcp_pass_done(ngx_http_mcp_subrequest_t *s);
static void ngx_http_mcp_pass_timeout(ngx_event_t *ev);
static void ngx_http_mcp_pass_next(ngx_http_mcp_pass_run_t *run,
    ngx_int_t rc);
static void ngx_http_mcp_pass_abort(void *data);
static cJSON *ngx_http_mcp_pass_object(ngx_pool_t *pool);


ngx_int_t
ngx_http_mcp_pass_tool(ngx_http_mcp_call_t *call, const cJSON *args)
{
    const ngx_http_mcp_pass_tool_t  *tool;

    tool = call->msg->tool->data;

    return ngx_http_mcp_pass_call(call, args, &tool->passes);
}


const ngx_http_mcp_passes_t *
ngx_http_mcp_tool_passes(const mcp_tool_t *tool)
{
    const ngx_http_mcp_pass_tool_t  *made;

    made = tool->data;

    return made->desc.handler == ngx_http_mcp_pass_tool ? &made->passes : NULL;
}


const ngx_http_mcp_passes_t *
ngx_http_mcp_passes(ngx_http_mcp_ctx_t *ctx)
{
    mcp_msg_t  *msg;

    msg = ngx_http_mcp_current(ctx);

    if (ctx->call && ctx->call->passes) {
        return ctx->call->passes;
    }

    return msg && msg->tool ? ngx_http_mcp_tool_passes(msg->tool) : NULL;
}


ngx_int_t
ngx_http_mcp_pass_call(ngx_http_mcp_call_t *call, const cJSON *args,
    const ngx_http_mcp_passes_t *passes)
{
    ngx_int_t                 rc;
    ngx_http_mcp_pass_run_t  *run;

    call->passes = passes;

    run = ngx_http_mcp_pass_create(call, args, passes);
    if (run == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_mcp_pass_go(run);

    if (rc == NGX_AGAIN) {
        ngx_http_mcp_on_abort(call, ngx_http_mcp_pass_abort, run);

    } else {
        ngx_http_mcp_pass_abort(run);
    }

    return rc;
}


static ngx_http_mcp_pass_run_t *
ngx_http_mcp_pass_create(ngx_http_mcp_call_t *call, const cJSON *args,
    const ngx_http_mcp_passes_t *passes)
{
    ngx_uint_t                  i;
    ngx_pool_t                 *pool;
    ngx_http_mcp_pass_t        *pass;
    ngx_http_mcp_pass_run_t    *run;
    ngx_http_mcp_pass_step_t   *step;

    pool = call->request->pool;

    run = ngx_pcalloc(pool, sizeof(ngx_http_mcp_pass_run_t));
    step = ngx_pcalloc(pool, passes->passes.nelts
                             * sizeof(ngx_http_mcp_pass_step_t));

    if (run == NULL || step == NULL) {
        return NULL;
    }

    run->call = call;
    run->passes = passes;
    run->steps = step;

    pass = passes->passes.elts;

    for (i = 0; i < passes->passes.nelts; i++) {
        step[i].pass = &pass[i];
        step[i].run = run;
        step[i].bit = (ngx_uint_t) 1 << i;
    }

    run->values = ngx_http_mcp_pass_object(pool);
    run->result = ngx_http_mcp_pass_object(pool);

    if (run->values == NULL || run->result == NULL
        || ngx_http_mcp_pass_values(run, args) != NGX_OK
        || ngx_http_mcp_pass_variables(run) != NGX_OK
        || ngx_http_mcp_pass_boundary(run) != NGX_OK)
    {
        return NULL;
    }

    return run;
}


/* the arguments, and what the others are by default */

static ngx_int_t
ngx_http_mcp_pass_values(ngx_http_mcp_pass_run_t *run, const cJSON *args)
{
    ngx_pool_t   *pool;
    const cJSON  *value;

    pool = run->call->request->pool;

    cJSON_ArrayForEach(value, args) {

        if (ngx_http_mcp_pass_member(pool, run->values, value, value->string)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    cJSON_ArrayForEach(value, run->passes->defaults) {

        if (cJSON_GetObjectItemCaseSensitive(args, value->string) == NULL
            && ngx_http_mcp_pass_member(pool, run->values, value,
                                        value->string)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_pass_variables(ngx_http_mcp_pass_run_t *run)
{
    ngx_uint_t                 i;
    ngx_http_request_t        *r;
    ngx_http_complex_value_t  *cv;

    r = run->call->request;
    cv = run->passes->variables.elts;

    if (run->passes->variables.nelts == 0) {
        return NGX_OK;
    }

    run->variables = ngx_palloc(r->pool, run->passes->variables.nelts
                                         * sizeof(ngx_str_t));
    if (run->variables == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < run->passes->variables.nelts; i++) {
        if (ngx_http_complex_value(r, &cv[i], &run->variables[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_pass_boundary(ngx_http_mcp_pass_run_t *run)
{
    u_char                *p, bytes[NGX_HTTP_MCP_PASS_BOUNDARY];
    ngx_uint_t             i;
    ngx_http_mcp_pass_t   *pass;

    pass = run->passes->passes.elts;

    for (i = 0; i < run->passes->passes.nelts; i++) {
        if (pass[i].pass.body == MCP_PASS_BODY_MULTIPART) {
            break;
        }
    }

    if (i == run->passes->passes.nelts) {
        return NGX_OK;
    }

    p = ngx_pnalloc(run->call->request->pool, 2 * sizeof(bytes));

    if (p == NULL || RAND_bytes(bytes, sizeof(bytes)) != 1) {
        return NGX_ERROR;
    }

    run->boundary.data = p;
    run->boundary.len = ngx_hex_dump(p, bytes, sizeof(bytes)) - p;

    return NGX_OK;
}


/*
 * Starts what can be started.  NGX_AGAIN; NGX_OK: there is a result; what else
 * a handler returns.
 */

static ngx_int_t
ngx_http_mcp_pass_go(ngx_http_mcp_pass_run_t *run)
{
    ngx_int_t                  rc;
    ngx_uint_t                 i, n, before;
    mcp_schema_error_t         err;
    ngx_http_mcp_pass_step_t  *step;

    n = run->passes->passes.nelts;

    do {
        before = run->finished;

        for (i = 0; i < n; i++) {
            step = &run->steps[i];

            if ((run->started & step->bit)
                || (run->finished & step->pass->after) != step->pass->after)
            {
                continue;
            }

            run->started |= step->bit;

            rc = ngx_http_mcp_pass_start(step);

            if (rc != NGX_AGAIN) {
                return rc;
            }
        }

        /* one that is optional may have failed at once */

    } while (before != run->finished);

    if (run->finished != run->started || !run->passes->combined) {
        return NGX_AGAIN;
    }

    if (run->passes->finish) {
        return run->passes->finish(run->call, run->values);
    }

    rc = mcp_result_structured(&run->call->result, run->result, &err);

    return rc == NGX_DECLINED ? ngx_http_mcp_pass_broke(run->call, &err) : rc;
}


/* NGX_AGAIN; NGX_OK: it has failed, and the call with it; NGX_ERROR */

static ngx_int_t
ngx_http_mcp_pass_start(ngx_http_mcp_pass_step_t *step)
{
    ngx_int_t                     rc;
    ngx_str_t                     why;
    ngx_http_request_t           *r;
    ngx_http_mcp_pass_run_t      *run;
    const ngx_http_mcp_pass_t    *pass;

    run = step->run;
    pass = step->pass;
    r = run->call->request;

    rc = mcp_pass_make(&pass->pass, r->pool, run->values, run->variables,
                       &run->boundary, &step->request, &why);

    if (rc == NGX_DECLINED) {
        return ngx_http_mcp_pass_fail_text(step, &why, 0);
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    step->sr.request = &step->request;
    step->sr.max = pass->answer.max;
    step->sr.cut = pass->answer.cut;
    step->sr.idempotent = run->passes->idempotent;
    step->sr.done = ngx_http_mcp_pass_done;
    step->sr.data = step;

    if (pass->stream) {
        step->stream = ngx_http_mcp_pass_stream_create(run->call,
                                                       &pass->answer);
        if (step->stream == NULL) {
            return NGX_ERROR;
        }

        step->sr.piece = ngx_http_mcp_pass_piece;
    }

    if (ngx_http_mcp_subrequest_start(r, &step->sr) != NGX_OK) {
        return NGX_ERROR;
    }

    if (pass->timeout) {
        step->timeout.handler = ngx_http_mcp_pass_timeout;
        step->timeout.data = step;
        step->timeout.log = r->connection->log;

        ngx_add_timer(&step->timeout, pass->timeout);
    }

    return NGX_AGAIN;
}


static ngx_int_t
ngx_http_mcp_pass_piece(ngx_http_mcp_subrequest_t *s, u_char *p, size_t len)
{
    ngx_http_mcp_pass_step_t *step = s->data;

    return ngx_http_mcp_pass_stream_piece(step->stream, &s->answer, p, len);
}


static void
ngx_http_mcp_pass_done(ngx_http_mcp_subrequest_t *s)
{
    ngx_http_mcp_pass_step_t *step = s->data;

    if (step->timeout.timer_set) {
        ngx_del_timer(&step->timeout);
    }

    ngx_http_mcp_pass_next(step->run, ngx_http_mcp_pass_take(step));
}


static void
ngx_http_mcp_pass_timeout(ngx_event_t *ev)
{
    ngx_http_mcp_pass_step_t *step = ev->data;

    ngx_http_request_t  *r;

    r = step->run->call->request;

    ngx_http_set_log_request(r->connection->log, r);

    ngx_http_mcp_subrequest_abort(&step->sr);

    ngx_http_mcp_pass_next(step->run, ngx_http_mcp_pass_fail(step));
}


/* rc is that of a pass */

static void
ngx_http_mcp_pass_next(ngx_http_mcp_pass_run_t *run, ngx_int_t rc)
{
    if (rc == NGX_AGAIN) {
        rc = ngx_http_mcp_pass_go(run);
    }

    if (rc == NGX_AGAIN) {
        return;
    }

    ngx_http_mcp_pass_abort(run);
    ngx_http_mcp_done(run->call, rc);
}


/* whatever still runs is of no use */

static void
ngx_http_mcp_pass_abort(void *data)
{
    ngx_http_mcp_pass_run_t *run = data;

    ngx_uint_t                 i;
    ngx_http_mcp_pass_step_t  *step;

    for (i = 0; i < run->passes->passes.nelts; i++) {
        step = &run->steps[i];

        ngx_http_mcp_subrequest_abort(&step->sr);

        if (step->timeout.timer_set) {
            ngx_del_timer(&step->timeout);
        }
    }
}


static cJSON *
ngx_http_mcp_pass_object(ngx_pool_t *pool)
{
    cJSON  *object;

    object = ngx_pcalloc(pool, sizeof(cJSON));

    if (object) {
        object->type = cJSON_Object;
    }

    return object;
}
