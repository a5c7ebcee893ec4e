
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_answer_media.h>
#include <mcp_events.h>


#define MCP_EVENTS_TEMP  4096


static ngx_int_t mcp_events_take(mcp_events_t *events,
    mcp_lines_event_t *event, ngx_int_t rc, ngx_str_t *text);
static ngx_int_t mcp_events_event(mcp_events_t *events,
    mcp_lines_event_t *event);
static ngx_int_t mcp_events_value(mcp_events_t *events, ngx_str_t *data,
    ngx_pool_t *temp);
static ngx_int_t mcp_events_find(mcp_events_t *events, ngx_str_t *data,
    const cJSON *root, const cJSON **value);
static ngx_int_t mcp_events_add(mcp_events_t *events, ngx_str_t *text);
static ngx_int_t mcp_events_keep(mcp_events_t *events, ngx_str_t *data,
    ngx_str_t *kept);
static ngx_int_t mcp_events_failed(mcp_events_t *events, ngx_str_t *text);
static ngx_int_t mcp_events_why(mcp_events_t *events, const char *why,
    ngx_str_t *data, ngx_str_t *text);
static ngx_uint_t mcp_events_is(const ngx_str_t *s, const char *text);


static const struct {
    const char   *name;
    mcp_lines_e   type;
} mcp_events_types[] = {
    { "text/event-stream", MCP_LINES_SSE },
    { "application/x-ndjson", MCP_LINES_JSON },
    { "application/ndjson", MCP_LINES_JSON },
    { "application/jsonl", MCP_LINES_JSON },
    { "application/x-jsonlines", MCP_LINES_JSON },
    { "application/json-lines", MCP_LINES_JSON },
    { "application/json-seq", MCP_LINES_JSON },
    { "application/stream+json", MCP_LINES_JSON },
    { "text/plain", MCP_LINES_TEXT },
    { NULL, 0 }
};


ngx_int_t
mcp_events_init(mcp_events_t *events, const mcp_answer_conf_t *conf,
    ngx_uint_t as, ngx_pool_t *pool, const ngx_str_t *type)
{
    ngx_uint_t           i;
    mcp_answer_media_t   media;

    if (mcp_answer_media(pool, type, &media) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; mcp_events_types[i].name; i++) {
        if (mcp_events_is(&media.name, mcp_events_types[i].name)) {
            break;
        }
    }

    if (mcp_events_types[i].name == NULL) {
        return NGX_DECLINED;
    }

    ngx_memzero(events, sizeof(mcp_events_t));

    events->pool = pool;
    events->conf = *conf;
    events->select = conf->select;
    events->json = (as != MCP_EVENTS_TEXT || conf->type == MCP_ANSWER_JSON);
    events->one = (as == MCP_EVENTS_LAST);

    ngx_str_null(&events->conf.select);

    if (events->json) {
        events->conf.type = MCP_ANSWER_JSON;
    }

    mcp_lines_init(&events->lines, pool, mcp_events_types[i].type,
                   conf->max);

    mcp_buf_init(&events->body, pool, 0);
    mcp_buf_init(&events->said, pool, 0);

    return NGX_OK;
}


ngx_int_t
mcp_events_next(mcp_events_t *events, ngx_str_t *text)
{
    ngx_int_t          rc;
    mcp_lines_event_t  event;

    do {
        if (events->done) {
            return NGX_DONE;
        }

        rc = mcp_lines_next(&events->lines, &event);
        rc = mcp_events_take(events, &event, rc, text);

    } while (rc == NGX_DECLINED);

    return rc;
}


ngx_int_t
mcp_events_last(mcp_events_t *events, ngx_str_t *text)
{
    ngx_int_t          rc;
    mcp_lines_event_t  event;

    do {
        if (events->done) {
            return NGX_DONE;
        }

        rc = mcp_lines_last(&events->lines, &event);
        rc = mcp_events_take(events, &event, rc, text);

    } while (rc == NGX_DECLINED);

    return rc;
}


/* NGX_DECLINED: it says nothing; what mcp_events_next() returns */

static ngx_int_t
mcp_events_take(mcp_events_t *events, mcp_lines_event_t *event, ngx_int_t rc,
    ngx_str_t *text)
{
    if (rc == NGX_DECLINED) {
        events->over = 1;
        events->done = 1;
        return NGX_DONE;
    }

    if (rc != NGX_OK) {
        return rc;
    }

    events->said.last = events->said.start;

    rc = mcp_events_event(events, event);

    if (rc == NGX_OK) {
        rc = mcp_buf_done(&events->said, text);
    }

    if (rc == NGX_OK) {
        rc = mcp_events_add(events, text);
    }

    if (rc == NGX_OK && text->len == 0) {
        return NGX_DECLINED;
    }

    return rc;
}


static ngx_int_t
mcp_events_event(mcp_events_t *events, mcp_lines_event_t *event)
{
    ngx_int_t    rc;
    ngx_str_t   *data;
    ngx_pool_t  *temp;

    data = &event->data;

    if (mcp_events_is(&event->name, "error")) {
        return mcp_events_keep(events, data, &events->error);
    }

    if (mcp_events_is(data, "[DONE]")
        && events->lines.type != MCP_LINES_TEXT)
    {
        events->done = 1;
        return NGX_DONE;
    }

    if (events->select.len == 0 && !events->json) {
        events->line = 1;
        mcp_buf_str(&events->said, data);

        return NGX_OK;
    }

    /* a stream may be long, and its pool lives until its end */

    temp = ngx_create_pool(MCP_EVENTS_TEMP, events->pool->log);
    if (temp == NULL) {
        return NGX_ERROR;
    }

    rc = mcp_events_value(events, data, temp);

    ngx_destroy_pool(temp);

    return rc;
}


static ngx_int_t
mcp_events_value(mcp_events_t *events, ngx_str_t *data, ngx_pool_t *temp)
{
    cJSON           *root;
    ngx_int_t        rc;
    const cJSON     *value;
    mcp_json_doc_t   doc;

    rc = mcp_json_parse(temp, data, &doc, &root);

    if (rc == NGX_DECLINED) {
        return events->json && !events->one
               ? mcp_events_keep(events, data, &events->bad) : NGX_DECLINED;
    }

    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_events_find(events, data, root, &value);

    if (rc != NGX_OK) {
        return rc;
    }

    events->line = events->json || !cJSON_IsString(value);

    if (!events->line) {
        mcp_buf_add(&events->said, value->valuestring,
                    ngx_strlen(value->valuestring));
        return NGX_OK;
    }

    return mcp_json_print(&events->said, value) == NGX_OK ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
mcp_events_find(mcp_events_t *events, ngx_str_t *data, const cJSON *root,
    const cJSON **value)
{
    ngx_str_t    from;
    const cJSON  *error;

    *value = root;

    from = events->select;

    if (from.len == 0) {
        return NGX_OK;
    }

    if (from.data[0] == '/') {
        from.data++;
        from.len--;
    }

    *value = mcp_pass_find(root, &from);

    if (*value && !cJSON_IsNull(*value)) {
        return NGX_OK;
    }

    error = cJSON_IsObject(root)
            ? cJSON_GetObjectItemCaseSensitive(root, "error") : NULL;

    if (error && !cJSON_IsNull(error)) {
        return mcp_events_keep(events, data, &events->error);
    }

    return NGX_DECLINED;
}


/* of an array an element, of text a line or a part of one */

static ngx_int_t
mcp_events_add(mcp_events_t *events, ngx_str_t *text)
{
    size_t      len;
    mcp_buf_t  *b;

    b = &events->body;
    len = mcp_buf_len(b);

    if (events->one) {
        b->last = b->start;

    } else if (events->json) {
        mcp_buf_char(b, events->some ? ',' : '[');

    } else if (events->line && len && b->last[-1] != LF) {
        mcp_buf_char(b, LF);
    }

    events->some = 1;

    /* one more byte is kept, by which a longer text is known */

    len = events->conf.max + 1 - ngx_min(mcp_buf_len(b), events->conf.max + 1);

    if (text->len > len) {
        text->len = len;
    }

    mcp_buf_str(b, text);

    if (events->line && !events->json
        && (text->len || events->lines.type == MCP_LINES_TEXT))
    {
        mcp_buf_char(b, LF);
    }

    if (b->failed) {
        return NGX_ERROR;
    }

    if (mcp_buf_len(b) > events->conf.max) {
        events->over = 1;
        events->done = 1;
        return NGX_DONE;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_events_keep(mcp_events_t *events, ngx_str_t *data, ngx_str_t *kept)
{
    kept->data = ngx_pnalloc(events->pool, data->len + 1);
    if (kept->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(kept->data, data->data, data->len);
    kept->len = data->len;

    events->done = 1;

    return NGX_DONE;
}


ngx_int_t
mcp_events_finish(mcp_events_t *events, mcp_answer_t *answer, ngx_str_t *text)
{
    mcp_buf_t  *b;

    if (events->error.data) {
        return mcp_events_failed(events, text);
    }

    if (events->bad.data) {
        return mcp_events_why(events, "An event of the service is not JSON",
                              &events->bad, text);
    }

    if (events->select.len && !events->some && !answer->broken
        && !events->over)
    {
        return mcp_events_why(events, "No event of the service has something "
                              "at the pointer", &events->select, text);
    }

    if (events->one && !events->some && !answer->broken && !events->over) {
        return mcp_events_why(events, "No event of the service is JSON",
                              &events->select, text);
    }

    b = &events->body;

    if (events->json) {
        ngx_str_set(&answer->type, "application/json");
    }

    if (events->json && !events->one) {
        mcp_buf_add(b, events->some ? "]" : "[]", events->some ? 1 : 2);

    } else if (!events->json) {
        if (mcp_buf_len(b) && b->last[-1] == LF) {
            b->last--;
        }

        if (events->lines.type != MCP_LINES_TEXT) {
            ngx_str_set(&answer->type, "text/plain");
        }
    }

    answer->over = events->over;
    answer->broken = answer->broken && !events->done;

    return mcp_buf_done(b, &answer->body);
}


/* in the words of the operator, or with what the service says */

static ngx_int_t
mcp_events_failed(mcp_events_t *events, ngx_str_t *text)
{
    ngx_int_t     rc;
    mcp_answer_t  said;

    if (events->conf.error.nelts) {
        ngx_memzero(&said, sizeof(mcp_answer_t));

        said.status = 200;
        said.body = events->error;

        rc = mcp_answer_template(&events->conf, events->pool, &said, text);

        if (rc != NGX_DECLINED) {
            return rc == NGX_OK ? NGX_DECLINED : NGX_ERROR;
        }
    }

    return mcp_events_why(events, "The service ended its stream with an error",
                          &events->error, text);
}


static ngx_int_t
mcp_events_why(mcp_events_t *events, const char *why, ngx_str_t *data,
    ngx_str_t *text)
{
    mcp_buf_t  b;

    mcp_buf_init(&b, events->pool, 256);
    mcp_buf_add(&b, why, ngx_strlen(why));

    if (data->len) {
        mcp_buf_lit(&b, ": ");
        mcp_answer_plain(&b, data, MCP_ANSWER_EXCERPT, 0);
    }

    return mcp_buf_done(&b, text) == NGX_OK ? NGX_DECLINED : NGX_ERROR;
}


static ngx_uint_t
mcp_events_is(const ngx_str_t *s, const char *text)
{
    return s->len == ngx_strlen(text)
           && ngx_memcmp(s->data, text, s->len) == 0;
}
