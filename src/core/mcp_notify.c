
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_text.h>
#include <mcp_notify.h>


static void mcp_progress_number(mcp_buf_t *b, double value);
static ngx_int_t mcp_log_find(mcp_msg_t *msg, mcp_json_token_t *level,
    mcp_error_e cause);


static const ngx_str_t  mcp_log_levels[] = {
    ngx_string("emergency"),
    ngx_string("alert"),
    ngx_string("critical"),
    ngx_string("error"),
    ngx_string("warning"),
    ngx_string("notice"),
    ngx_string("info"),
    ngx_string("debug")
};


void
mcp_progress_init(mcp_progress_t *progress, mcp_msg_t *msg)
{
    mcp_json_token_t  *token;

    ngx_memzero(progress, sizeof(mcp_progress_t));

    progress->words = (msg->version >= MCP_VERSION_2025_03_26);

    token = mcp_json_get(msg->doc, msg->meta, "progressToken");

    if (token == NULL) {
        return;
    }

    if (token->type == MCP_JSON_NUMBER) {
        progress->token = token->text;

    } else if (token->type == MCP_JSON_STRING) {
        /* the quotes stand around the slice */
        progress->token.data = token->text.data - 1;
        progress->token.len = token->text.len + 2;
    }
}


ngx_int_t
mcp_progress_report(mcp_progress_t *progress, double value, double total,
    const char *text, ngx_msec_t now)
{
    size_t  len;

    if (progress->token.len == 0
        || !(value - value == 0)
        || (progress->started && !(value > progress->value)))
    {
        return NGX_DECLINED;
    }

    len = 0;

    if (text && progress->words) {
        len = mcp_utf8_cut((u_char *) text, ngx_strlen(text),
                           MCP_NOTIFY_TEXT_MAX);
        ngx_memcpy(progress->text, text, len);
    }

    progress->len = len;
    progress->value = value;
    progress->total = (total - total == 0) ? total : 0;
    progress->started = 1;
    progress->pending = 1;

    return (progress->written && now - progress->sent < MCP_PROGRESS_INTERVAL)
           ? NGX_AGAIN : NGX_OK;
}


ngx_int_t
mcp_progress_add(mcp_progress_t *progress, const ngx_str_t *text,
    ngx_uint_t line, ngx_msec_t now)
{
    size_t  len;

    if (progress->token.len == 0) {
        return NGX_DECLINED;
    }

    if (!progress->pending) {
        progress->len = 0;
    }

    if (progress->words) {

        if (line && progress->len && progress->len < MCP_NOTIFY_TEXT_MAX) {
            progress->text[progress->len++] = LF;
        }

        len = mcp_utf8_cut(text->data, text->len,
                           MCP_NOTIFY_TEXT_MAX - progress->len);

        ngx_memcpy(progress->text + progress->len, text->data, len);
        progress->len += len;
    }

    progress->value++;
    progress->total = 0;
    progress->started = 1;
    progress->pending = 1;

    return (progress->written
            && (ngx_msec_int_t) (progress->due - now)
               > (MCP_PROGRESS_BURST - 1) * MCP_PROGRESS_INTERVAL)
           ? NGX_AGAIN : NGX_OK;
}


void
mcp_progress_write(mcp_progress_t *progress, mcp_buf_t *b, ngx_msec_t now)
{
    mcp_buf_lit(b, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\","
                   "\"params\":{\"progressToken\":");
    mcp_buf_str(b, &progress->token);
    mcp_buf_lit(b, ",\"progress\":");
    mcp_progress_number(b, progress->value);

    if (progress->total > 0) {
        mcp_buf_lit(b, ",\"total\":");
        mcp_progress_number(b, progress->total);
    }

    if (progress->len) {
        mcp_buf_lit(b, ",\"message\":");
        mcp_buf_json_string(b, progress->text, progress->len);
    }

    mcp_buf_lit(b, "}}");

    if (!progress->written || (ngx_msec_int_t) (progress->due - now) < 0) {
        progress->due = now;
    }

    progress->due += MCP_PROGRESS_INTERVAL;
    progress->pending = 0;
    progress->written = 1;
    progress->sent = now;
}


static void
mcp_progress_number(mcp_buf_t *b, double value)
{
    cJSON  number;

    ngx_memzero(&number, sizeof(cJSON));
    number.type = cJSON_Number;
    number.valuedouble = value;

    (void) mcp_json_print(b, &number);
}


ngx_int_t
mcp_log_level(mcp_msg_t *msg)
{
    mcp_json_token_t  *level;

    msg->log_level = NGX_ERROR;
    level = mcp_meta_get(msg, "logLevel");

    return level ? mcp_log_find(msg, level, MCP_ERROR_META) : NGX_OK;
}


/* without a session nothing is kept; the client is told yes all the same */

ngx_int_t
mcp_log_set_level(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action)
{
    action->type = MCP_ACTION_LOG_LEVEL;
    ngx_str_set(&action->result, "{}");

    return mcp_log_find(msg, mcp_json_get(msg->doc, msg->params, "level"),
                        MCP_ERROR_PARAMS);
}


static ngx_int_t
mcp_log_find(mcp_msg_t *msg, mcp_json_token_t *level, mcp_error_e cause)
{
    ngx_str_t  name;
    ngx_int_t  i;

    ngx_str_null(&name);

    if (level && level->type == MCP_JSON_STRING
        && mcp_json_string(msg->doc, level, &name) != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < MCP_LOG_LEVELS; i++) {

        if (mcp_log_levels[i].len == name.len
            && ngx_memcmp(mcp_log_levels[i].data, name.data, name.len) == 0)
        {
            msg->log_level = i;
            return NGX_OK;
        }
    }

    return mcp_rpc_error(msg->doc->pool, &msg->error, cause,
                         "Invalid params: the log level must be emergency, "
                         "alert, critical, error, warning, notice, info or "
                         "debug");
}


void
mcp_log_write(mcp_buf_t *b, ngx_uint_t level, const char *logger,
    const u_char *text, size_t len)
{
    mcp_buf_lit(b, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\","
                   "\"params\":{\"level\":\"");
    mcp_buf_str(b, &mcp_log_levels[level]);
    mcp_buf_char(b, '"');

    if (logger) {
        mcp_buf_lit(b, ",\"logger\":");
        mcp_buf_json_string(b, (u_char *) logger, ngx_strlen(logger));
    }

    mcp_buf_lit(b, ",\"data\":");
    mcp_buf_json_string(b, text, mcp_utf8_cut(text, len, MCP_NOTIFY_TEXT_MAX));
    mcp_buf_lit(b, "}}");
}
