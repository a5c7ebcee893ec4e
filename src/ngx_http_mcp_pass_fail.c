
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_pass_run.h>


/* nginx has no names for these */
#define NGX_HTTP_MCP_GONE           410
#define NGX_HTTP_MCP_UNPROCESSABLE  422


static ngx_uint_t ngx_http_mcp_pass_refused(ngx_http_mcp_pass_step_t *step);
static ngx_int_t ngx_http_mcp_pass_why(ngx_http_mcp_pass_step_t *step,
    ngx_str_t *text);


ngx_int_t
ngx_http_mcp_pass_fail(ngx_http_mcp_pass_step_t *step)
{
    ngx_str_t  text;

    if (ngx_http_mcp_pass_why(step, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_mcp_pass_fail_text(step, &text,
                                       !ngx_http_mcp_pass_refused(step));
}


/* true if the service understood what it was asked for and has no such thing,
 * or takes no such value */

static ngx_uint_t
ngx_http_mcp_pass_refused(ngx_http_mcp_pass_step_t *step)
{
    if (step->timeout.timedout || step->sr.encoding.len) {
        return 0;
    }

    switch (step->sr.answer.status) {

    case NGX_HTTP_BAD_REQUEST:
    case NGX_HTTP_NOT_FOUND:
    case NGX_HTTP_CONFLICT:
    case NGX_HTTP_MCP_GONE:
    case NGX_HTTP_REQUEST_URI_TOO_LARGE:
    case NGX_HTTP_MCP_UNPROCESSABLE:
        return 1;

    default:
        return 0;
    }
}


ngx_int_t
ngx_http_mcp_pass_fail_text(ngx_http_mcp_pass_step_t *step, ngx_str_t *text,
    ngx_uint_t internal)
{
    mcp_buf_t                 b;
    ngx_str_t                 named;
    ngx_http_mcp_call_t      *call;
    ngx_http_mcp_pass_run_t  *run;

    run = step->run;
    call = run->call;

    ngx_http_mcp_pass_log(step, internal);

    if (step->pass->pass.optional && run->passes->combined) {
        run->finished |= step->bit;
        return NGX_AGAIN;
    }

    if (call->msg->resource && call->completion == NULL
        && (step->sr.answer.status == NGX_HTTP_NOT_FOUND
            || step->sr.answer.status == NGX_HTTP_MCP_GONE)
        && !internal)
    {
        return NGX_DECLINED;
    }

    if (run->passes->combined) {
        mcp_buf_init(&b, call->request->pool,
                     step->pass->pass.name.len + 2 + text->len);
        mcp_buf_str(&b, &step->pass->pass.name);
        mcp_buf_lit(&b, ": ");
        mcp_buf_str(&b, text);

        if (mcp_buf_done(&b, &named) != NGX_OK) {
            return NGX_ERROR;
        }

        text = &named;
    }

    call->result.internal = internal;
    mcp_result_error(&call->result, text->data, text->len);

    return NGX_OK;
}


/* an error if an operator has to know: the client is not to blame, and the
 * tool cannot do without */

void
ngx_http_mcp_pass_log(ngx_http_mcp_pass_step_t *step, ngx_uint_t internal)
{
    char          *why;
    ngx_uint_t     level;
    mcp_answer_t  *answer;

    answer = &step->sr.answer;

    level = internal && !step->pass->pass.optional ? NGX_LOG_ERR
                                                   : NGX_LOG_INFO;

    if (step->request.uri.len == 0) {
        why = "it cannot be made of these arguments";

    } else if (step->timeout.timedout) {
        why = "it timed out";

    } else if (answer->status == 0) {
        why = "no answer";

    } else if (answer->over) {
        why = "the answer is longer than \"max_response\"";

    } else if (answer->broken) {
        why = "the answer broke off";

    } else if (answer->status < NGX_HTTP_SPECIAL_RESPONSE) {
        why = "the answer is not what the tool reads";

    } else {
        why = "the answer is an error";
    }

    ngx_log_error(level, step->run->call->request->connection->log, 0,
                  "mcp request \"%V\" of %V failed: %s, status %ui",
                  &step->request.uri, &step->run->passes->name, why,
                  answer->status);
}


/* an operator has to know, and a model can tell its user */

ngx_int_t
ngx_http_mcp_pass_broke(ngx_http_mcp_call_t *call, mcp_schema_error_t *err)
{
    mcp_buf_t  b;
    ngx_str_t  text;

    ngx_log_error(NGX_LOG_ERR, call->request->connection->log, 0,
                  "mcp %s \"%V\": the answer of the service%s%V %V",
                  ngx_http_mcp_call_kind(call), ngx_http_mcp_call_name(call),
                  err->path.len ? " at " : "", &err->path, &err->text);

    mcp_buf_init(&b, call->request->pool, 128 + err->path.len + err->text.len);

    mcp_buf_lit(&b, "The service answered what the output schema of this tool "
                    "does not allow: the result ");

    if (err->path.len) {
        mcp_buf_lit(&b, "at ");
        mcp_buf_str(&b, &err->path);
        mcp_buf_char(&b, ' ');
    }

    mcp_buf_str(&b, &err->text);

    if (mcp_buf_done(&b, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    mcp_result_error(&call->result, text.data, text.len);

    return NGX_OK;
}


/* in the words of the operator, of the service, or of nginx */

static ngx_int_t
ngx_http_mcp_pass_why(ngx_http_mcp_pass_step_t *step, ngx_str_t *text)
{
    u_char                      *p;
    ngx_str_t                    prefix;
    ngx_pool_t                  *pool;
    ngx_uint_t                   status, nobody;
    ngx_http_mcp_subrequest_t   *s;
    const ngx_http_mcp_pass_t   *pass;

    s = &step->sr;
    pass = step->pass;
    pool = step->run->call->request->pool;
    status = s->answer.status;

    nobody = (status == 0
              || (s->own && (status == NGX_HTTP_BAD_GATEWAY
                             || status == NGX_HTTP_GATEWAY_TIME_OUT)));

    if (!step->timeout.timedout && s->encoding.len == 0
        && (!nobody || pass->answer.error.nelts))
    {
        return mcp_answer_error(&pass->answer, pool, &s->answer, text);
    }

    prefix = mcp_pass_prefix(&pass->pass);

    p = ngx_pnalloc(pool, prefix.len + s->encoding.len + NGX_INT_T_LEN + 128);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;
    p = ngx_sprintf(p, "The service at \"%V\" ", &prefix);

    if (s->encoding.len) {
        p = ngx_sprintf(p, "answered in the encoding \"%V\", which is not "
                           "known here.", &s->encoding);

    } else if (step->timeout.timedout) {
        p = (pass->timeout % 1000)
            ? ngx_sprintf(p, "did not answer within %M ms.", pass->timeout)
            : ngx_sprintf(p, "did not answer within %M s.",
                          pass->timeout / 1000);

    } else if (status == NGX_HTTP_GATEWAY_TIME_OUT) {
        p = ngx_sprintf(p, "did not answer in time.");

    } else {
        p = ngx_sprintf(p, "cannot be reached, or broke off.");
    }

    text->len = p - text->data;

    return NGX_OK;
}
