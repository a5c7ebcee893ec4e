
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_pass_stream.h>
#include <ngx_http_mcp_report.h>


static ngx_int_t ngx_http_mcp_pass_stream_begin(
    ngx_http_mcp_pass_stream_t *stream, const mcp_answer_t *answer);
static ngx_int_t ngx_http_mcp_pass_stream_say(
    ngx_http_mcp_pass_stream_t *stream, ngx_str_t *text);
static ngx_int_t ngx_http_mcp_pass_stream_keep(
    ngx_http_mcp_pass_stream_t *stream, u_char *p, size_t len);


ngx_http_mcp_pass_stream_t *
ngx_http_mcp_pass_stream_create(ngx_http_mcp_call_t *call,
    const mcp_answer_conf_t *conf)
{
    ngx_http_mcp_pass_stream_t  *stream;

    stream = ngx_pcalloc(call->request->pool,
                         sizeof(ngx_http_mcp_pass_stream_t));
    if (stream == NULL) {
        return NULL;
    }

    stream->call = call;
    stream->conf = conf;

    mcp_buf_init(&stream->body, call->request->pool, 0);

    return stream;
}


ngx_int_t
ngx_http_mcp_pass_stream_piece(ngx_http_mcp_pass_stream_t *stream,
    const mcp_answer_t *answer, u_char *p, size_t len)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    if (!stream->begun
        && ngx_http_mcp_pass_stream_begin(stream, answer) != NGX_OK)
    {
        stream->failed = 1;
        return NGX_ERROR;
    }

    if (!stream->events_come) {
        return ngx_http_mcp_pass_stream_keep(stream, p, len);
    }

    mcp_events_feed(&stream->events, p, len);

    for ( ;; ) {
        rc = mcp_events_next(&stream->events, &text);

        if (rc == NGX_AGAIN) {
            return NGX_OK;
        }

        if (rc == NGX_DONE) {
            return NGX_ERROR;
        }

        if (rc != NGX_OK
            || ngx_http_mcp_pass_stream_say(stream, &text) != NGX_OK)
        {
            stream->failed = 1;
            return NGX_ERROR;
        }
    }
}


static ngx_int_t
ngx_http_mcp_pass_stream_begin(ngx_http_mcp_pass_stream_t *stream,
    const mcp_answer_t *answer)
{
    ngx_int_t          rc;
    ngx_uint_t         as;
    const mcp_tool_t  *tool;

    tool = stream->call->msg->tool;
    as = MCP_EVENTS_TEXT;

    if (tool && tool->output) {
        as = tool->output_object ? MCP_EVENTS_LAST : MCP_EVENTS_ARRAY;
    }

    rc = mcp_events_init(&stream->events, stream->conf, as,
                         stream->call->request->pool, &answer->type);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_OK) {
        stream->events_come = 1;
        stream->conf = &stream->events.conf;
    }

    stream->begun = 1;

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_pass_stream_say(ngx_http_mcp_pass_stream_t *stream,
    ngx_str_t *text)
{
    return ngx_http_mcp_report_text(stream->call, text, stream->events.line);
}


static ngx_int_t
ngx_http_mcp_pass_stream_keep(ngx_http_mcp_pass_stream_t *stream, u_char *p,
    size_t len)
{
    size_t  room;

    room = stream->conf->max - mcp_buf_len(&stream->body);

    stream->over = (len > room);

    mcp_buf_add(&stream->body, p, ngx_min(len, room));

    stream->failed = stream->body.failed;

    return stream->over || stream->failed ? NGX_ERROR : NGX_OK;
}


ngx_int_t
ngx_http_mcp_pass_stream_end(ngx_http_mcp_pass_stream_t *stream,
    mcp_answer_t *answer, ngx_str_t *why)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    if (stream->failed) {
        return NGX_ERROR;
    }

    if (!stream->begun) {
        return NGX_OK;
    }

    if (!stream->events_come) {
        answer->over = stream->over;
        return mcp_buf_done(&stream->body, &answer->body);
    }

    for ( ;; ) {
        rc = answer->broken ? NGX_DONE
                            : mcp_events_last(&stream->events, &text);

        if (rc == NGX_DONE) {
            return mcp_events_finish(&stream->events, answer, why);
        }

        if (rc != NGX_OK
            || ngx_http_mcp_pass_stream_say(stream, &text) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }
}
