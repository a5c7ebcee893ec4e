
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_text.h>
#include <mcp_rpc.h>


#define MCP_RPC_TEXT_MAX  512


typedef struct {
    ngx_int_t           code;
    ngx_uint_t          modern;
    ngx_uint_t          legacy;
    ngx_str_t           class;
    ngx_str_t           text;
} mcp_error_row_t;


static ngx_int_t mcp_rpc_version(mcp_json_doc_t *doc, mcp_json_token_t *root);
static ngx_int_t mcp_rpc_read_id(mcp_msg_t *msg, mcp_json_token_t *id);
static void mcp_rpc_refused_id(mcp_msg_t *msg, mcp_json_doc_t *doc);
static ngx_int_t mcp_rpc_refuse(mcp_msg_t *msg, const char *text);


#define mcp_error_row(cause, code, modern, legacy, class, text)              \
    { code, modern, legacy, ngx_string(class), ngx_string(text) },

static const mcp_error_row_t  mcp_errors[] = {
    { 0, 200, 200, ngx_null_string, ngx_null_string },
    MCP_ERRORS(mcp_error_row)
    { 0, 200, 200, ngx_string("tool"), ngx_null_string },
    { 0, 200, 200, ngx_string("cancelled"), ngx_null_string }
};


ngx_int_t
mcp_rpc_envelope(mcp_msg_t *msg, mcp_json_doc_t *doc, mcp_json_token_t *root)
{
    ngx_int_t          rc;
    mcp_json_token_t  *id, *method, *params, *result;

    msg->doc = doc;
    msg->root = root;
    msg->kind = MCP_RPC_INVALID;

    if (root->type != MCP_JSON_OBJECT) {
        return mcp_rpc_refuse(msg, "a message must be an object");
    }

    id = mcp_json_get(doc, root, "id");

    if (id && mcp_rpc_read_id(msg, id) != NGX_OK) {
        return mcp_rpc_refuse(msg, "\"id\" must be a string or an integer");
    }

    rc = mcp_rpc_version(doc, root);

    if (rc != NGX_OK) {
        return rc == NGX_ERROR ? NGX_ERROR
                               : mcp_rpc_refuse(msg, "\"jsonrpc\" must be "
                                                     "\"2.0\"");
    }

    method = mcp_json_get(doc, root, "method");

    result = mcp_json_get(doc, root, "result");

    if (result || mcp_json_get(doc, root, "error")) {

        /* an error may be about a message whose id could not be read */

        if (method || (result && id == NULL)) {
            return mcp_rpc_refuse(msg, "a response must not have \"method\", "
                                       "and a result must have \"id\"");
        }

        /* its id is one of ours: no answer may carry it */

        ngx_str_null(&msg->id);
        msg->kind = MCP_RPC_RESPONSE;

        return NGX_OK;
    }

    if (method == NULL || method->type != MCP_JSON_STRING) {
        return mcp_rpc_refuse(msg, "\"method\" must be a string");
    }

    if (mcp_json_string(doc, method, &msg->method) != NGX_OK) {
        return NGX_ERROR;
    }

    params = mcp_json_get(doc, root, "params");

    if (params && params->type != MCP_JSON_OBJECT) {
        return mcp_rpc_refuse(msg, "\"params\" must be an object");
    }

    msg->params = params;
    msg->meta = mcp_json_get(doc, params, "_meta");

    if (msg->meta && msg->meta->type != MCP_JSON_OBJECT) {
        msg->meta = NULL;
    }

    msg->kind = id ? MCP_RPC_REQUEST : MCP_RPC_NOTIFICATION;

    return NGX_OK;
}


void
mcp_rpc_forget(mcp_msg_t *msg)
{
    mcp_json_doc_t  *doc;

    doc = msg->doc;

    (void) ngx_pfree(doc->pool, doc->tokens);

    doc->tokens = NULL;
    doc->nelts = 0;

    msg->root = NULL;
    msg->params = NULL;
    msg->meta = NULL;
}


static ngx_int_t
mcp_rpc_version(mcp_json_doc_t *doc, mcp_json_token_t *root)
{
    ngx_str_t          text;
    mcp_json_token_t  *version;

    version = mcp_json_get(doc, root, "jsonrpc");

    if (version == NULL || version->type != MCP_JSON_STRING) {
        return NGX_DECLINED;
    }

    if (mcp_json_string(doc, version, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    return (text.len == 3 && ngx_memcmp(text.data, "2.0", 3) == 0)
           ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
mcp_rpc_read_id(mcp_msg_t *msg, mcp_json_token_t *id)
{
    u_char  *p, *last;

    p = id->text.data;
    last = p + id->text.len;

    if (id->type == MCP_JSON_STRING) {
        /* the quotes stand around the slice */
        msg->id.data = p - 1;
        msg->id.len = id->text.len + 2;
        return NGX_OK;
    }

    if (id->type != MCP_JSON_NUMBER) {
        return NGX_DECLINED;
    }

    for (p += (*p == '-'); p < last; p++) {
        if (*p < '0' || *p > '9') {
            return NGX_DECLINED;
        }
    }

    msg->id = id->text;

    return NGX_OK;
}


/* the id alone, out of a document that was refused */

static void
mcp_rpc_refused_id(mcp_msg_t *msg, mcp_json_doc_t *doc)
{
    mcp_json_doc_t     again;
    mcp_json_token_t  *id;

    if (mcp_json_err_is_syntax(doc->err)
        || doc->err == MCP_JSON_DEPTH
        || doc->err == MCP_JSON_VALUES)
    {
        return;
    }

    id = mcp_json_get(doc, &doc->tokens[0], "id");

    if (id == NULL || mcp_rpc_read_id(msg, id) != NGX_OK) {
        return;
    }

    /* the id may be the very thing that was refused */

    if (mcp_json_scan(&again, doc->pool, msg->id.data, msg->id.len) != NGX_OK) {
        ngx_str_null(&msg->id);
    }
}


ngx_int_t
mcp_rpc_scan_error(mcp_msg_t *msg, mcp_json_doc_t *doc)
{
    mcp_error_e  cause;

    msg->kind = MCP_RPC_INVALID;
    mcp_rpc_refused_id(msg, doc);

    cause = mcp_json_err_is_syntax(doc->err) ? MCP_ERROR_PARSE
                                             : MCP_ERROR_REQUEST;

    return mcp_rpc_error(doc->pool, &msg->error, cause,
                         "%V: %s at offset %uz", &mcp_errors[cause].text,
                         mcp_json_strerror(doc->err), doc->offset);
}


static ngx_int_t
mcp_rpc_refuse(mcp_msg_t *msg, const char *text)
{
    return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_REQUEST,
                         "Invalid request: %s", text);
}


ngx_uint_t
mcp_rpc_is_initialize(const mcp_msg_t *msg)
{
    return msg->kind == MCP_RPC_REQUEST
           && msg->method.len == sizeof("initialize") - 1
           && ngx_memcmp(msg->method.data, "initialize",
                         sizeof("initialize") - 1)
              == 0;
}


ngx_int_t ngx_cdecl
mcp_rpc_error(ngx_pool_t *pool, mcp_error_t *error, mcp_error_e cause,
    const char *fmt, ...)
{
    u_char   *p, buf[MCP_RPC_TEXT_MAX];
    va_list   args;

    va_start(args, fmt);
    p = ngx_vslprintf(buf, buf + MCP_RPC_TEXT_MAX, fmt, args);
    va_end(args);

    error->cause = cause;
    error->text.len = p - buf;
    error->text.data = ngx_pnalloc(pool, p - buf);
    if (error->text.data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(error->text.data, buf, p - buf);

    return NGX_DECLINED;
}


ngx_str_t
mcp_rpc_quote(ngx_str_t *s)
{
    ngx_str_t  q;

    q.data = s->data;
    q.len = mcp_utf8_cut(s->data, s->len, MCP_RPC_QUOTE_MAX);

    return q;
}


void
mcp_rpc_result_head(mcp_buf_t *b, ngx_str_t *id)
{
    mcp_buf_lit(b, "{\"jsonrpc\":\"2.0\",\"id\":");
    mcp_buf_str(b, id);
    mcp_buf_lit(b, ",\"result\":");
}


void
mcp_rpc_write_error(mcp_buf_t *b, ngx_str_t *id, mcp_error_t *error)
{
    const mcp_error_row_t  *row;

    row = &mcp_errors[error->cause];

    mcp_buf_lit(b, "{\"jsonrpc\":\"2.0\",");

    if (id->len) {
        mcp_buf_lit(b, "\"id\":");
        mcp_buf_str(b, id);
        mcp_buf_char(b, ',');
    }

    mcp_buf_lit(b, "\"error\":{\"code\":");
    mcp_buf_int(b, row->code);
    mcp_buf_lit(b, ",\"message\":");

    if (error->text.len) {
        mcp_buf_json_string(b, error->text.data, error->text.len);

    } else {
        mcp_buf_json_string(b, row->text.data, row->text.len);
    }

    if (error->data.len) {
        mcp_buf_lit(b, ",\"data\":");
        mcp_buf_str(b, &error->data);
    }

    mcp_buf_lit(b, "}}");
}


ngx_uint_t
mcp_error_status(mcp_error_e cause, ngx_uint_t modern)
{
    return modern ? mcp_errors[cause].modern : mcp_errors[cause].legacy;
}


const ngx_str_t *
mcp_error_class(mcp_error_e cause)
{
    return &mcp_errors[cause].class;
}


mcp_error_e
mcp_error_of_status(ngx_uint_t status)
{
    switch (status) {

    case 401:
        return MCP_ERROR_UNAUTHORIZED;

    case 403:
        return MCP_ERROR_FORBIDDEN;

    case 405:
        return MCP_ERROR_HTTP_METHOD;

    case 413:
        return MCP_ERROR_TOO_LARGE;

    case 415:
        return MCP_ERROR_MEDIA_TYPE;

    case 429:
        return MCP_ERROR_LIMITED;

    case 500:
        return MCP_ERROR_FAILED;

    default:
        return status < 500 ? MCP_ERROR_REFUSED : MCP_ERROR_UNAVAILABLE;
    }
}


/* the first of that code, for the same code says the same */

mcp_error_e
mcp_error_of_code(ngx_int_t code)
{
    ngx_uint_t  i;

    for (i = MCP_ERROR_NONE + 1; i < MCP_ERROR_TOOL; i++) {
        if (mcp_errors[i].code == code) {
            return i;
        }
    }

    return MCP_ERROR_INTERNAL;
}
