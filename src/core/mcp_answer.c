
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_answer.h>
#include <mcp_uri.h>
#include <mcp_answer_read.h>


static ngx_int_t mcp_answer_put(mcp_answer_read_t *a, mcp_result_t *result,
    mcp_schema_error_t *err);
static ngx_int_t mcp_answer_put_value(mcp_answer_read_t *a,
    mcp_result_t *result, mcp_schema_error_t *err);
static void mcp_answer_put_text(mcp_answer_read_t *a, mcp_result_t *result);
static void mcp_answer_put_bytes(mcp_answer_read_t *a, mcp_result_t *result);
static void mcp_answer_put_nothing(mcp_answer_read_t *a,
    mcp_result_t *result);
static ngx_int_t mcp_answer_print(ngx_pool_t *pool, const cJSON *value,
    ngx_str_t *text);
static cJSON *mcp_answer_node(ngx_pool_t *pool, int type);
static cJSON *mcp_answer_string(ngx_pool_t *pool, const ngx_str_t *text);
static cJSON *mcp_answer_blob(mcp_answer_read_t *a);


ngx_uint_t
mcp_answer_ok(const mcp_answer_conf_t *conf, const mcp_answer_t *answer)
{
    if (answer->status < 200 || answer->status > 299) {
        return 0;
    }

    return answer->over ? conf->cut : !answer->broken;
}


ngx_int_t
mcp_answer_result(const mcp_answer_conf_t *conf, const mcp_answer_t *answer,
    mcp_result_t *result, mcp_schema_error_t *err)
{
    ngx_int_t          rc;
    mcp_answer_read_t  a;

    ngx_memzero(&a, sizeof(mcp_answer_read_t));

    a.pool = result->pool;
    a.conf = conf;
    a.answer = answer;

    if (mcp_answer_ok(conf, answer)) {
        a.tool = (result->tool != NULL);
        a.promised = (result->tool && result->tool->output);
        a.raw = (a.tool && !a.promised && conf->select.len == 0);

        rc = mcp_answer_read(&a);

    } else {
        rc = mcp_answer_error(conf, a.pool, answer, &a.text);
        rc = (rc == NGX_OK) ? NGX_DECLINED : rc;
    }

    switch (rc) {

    case NGX_OK:
        return mcp_answer_put(&a, result, err);

    case NGX_DECLINED:
        mcp_result_error(result, a.text.data, a.text.len);
        return NGX_OK;

    default:
        return NGX_ERROR;
    }
}


static ngx_int_t
mcp_answer_put(mcp_answer_read_t *a, mcp_result_t *result,
    mcp_schema_error_t *err)
{
    switch (a->is) {

    case MCP_ANSWER_IS_VALUE:
        return mcp_answer_put_value(a, result, err);

    case MCP_ANSWER_IS_JSON:
        mcp_result_json(result, &a->text);
        break;

    case MCP_ANSWER_IS_TEXT:
        mcp_answer_put_text(a, result);
        break;

    case MCP_ANSWER_IS_BYTES:
        mcp_answer_put_bytes(a, result);
        break;

    default: /* MCP_ANSWER_IS_NOTHING */
        mcp_answer_put_nothing(a, result);
        break;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_answer_put_value(mcp_answer_read_t *a, mcp_result_t *result,
    mcp_schema_error_t *err)
{
    const cJSON  *value;

    value = a->value;

    if (a->promised
        || (a->tool && a->conf->type == MCP_ANSWER_JSON)
        || (a->tool && a->conf->type == MCP_ANSWER_AUTO
            && !cJSON_IsString(value)))
    {
        return mcp_result_structured(result, value, err);
    }

    if (cJSON_IsString(value)) {
        a->text.data = (u_char *) value->valuestring;
        a->text.len = ngx_strlen(value->valuestring);

        /* of the part nobody has said what it is */

        ngx_str_null(&a->media.name);

    } else if (mcp_answer_print(a->pool, value, &a->text) != NGX_OK) {
        return NGX_ERROR;
    }

    mcp_answer_put_text(a, result);

    return NGX_OK;
}


static void
mcp_answer_put_text(mcp_answer_read_t *a, mcp_result_t *result)
{
    if (result->resource) {
        mcp_result_embed(result, NULL, &a->media.name, a->text.data,
                         a->text.len, 0);
        return;
    }

    mcp_result_text(result, a->text.data, a->text.len);
}


static void
mcp_answer_put_bytes(mcp_answer_read_t *a, mcp_result_t *result)
{
    u_char                buf[sizeof("content:") + NGX_INT_T_LEN];
    ngx_str_t             uri;
    const mcp_answer_t   *answer;

    answer = a->answer;

    if (a->conf->type == MCP_ANSWER_AUTO && a->media.image) {
        mcp_result_image(result, answer->body.data, answer->body.len,
                         &a->media.name);
        return;
    }

    if (a->conf->type == MCP_ANSWER_AUTO && a->media.audio) {
        mcp_result_audio(result, answer->body.data, answer->body.len,
                         &a->media.name);
        return;
    }

    /* the path of a request is no URI, and clients want one */

    uri = answer->uri;

    if (result->resource) {
        ngx_str_null(&uri);

    } else if (uri.len == 0 || !mcp_uri_valid(&uri)) {
        uri.data = buf;
        uri.len = ngx_sprintf(buf, "content:%ui", result->items) - buf;
    }

    mcp_result_embed(result, &uri, &a->media.name, answer->body.data,
                     answer->body.len, 1);
}


/* models take no content at all for a failure */

static void
mcp_answer_put_nothing(mcp_answer_read_t *a, mcp_result_t *result)
{
    u_char   buf[sizeof("The service answered with HTTP  and no body.")
                 + NGX_INT_T_LEN];
    u_char  *last;

    if (!a->tool) {
        ngx_str_set(&a->text, "");
        mcp_answer_put_text(a, result);
        return;
    }

    last = ngx_sprintf(buf, "The service answered with HTTP %ui and no body.",
                       a->answer->status);

    mcp_result_text(result, buf, last - buf);
}


ngx_int_t
mcp_answer_value(const mcp_answer_conf_t *conf, ngx_pool_t *pool,
    const mcp_answer_t *answer, cJSON **value, ngx_str_t *text)
{
    ngx_int_t          rc;
    mcp_answer_read_t  a;

    ngx_memzero(&a, sizeof(mcp_answer_read_t));

    a.pool = pool;
    a.conf = conf;
    a.answer = answer;
    a.tool = 1;

    rc = mcp_answer_read(&a);

    if (rc != NGX_OK) {
        *text = a.text;
        return rc;
    }

    switch (a.is) {

    case MCP_ANSWER_IS_VALUE:

        if (conf->type != MCP_ANSWER_TEXT || cJSON_IsString(a.value)) {
            *value = (cJSON *) a.value;
            return NGX_OK;
        }

        if (mcp_answer_print(pool, a.value, &a.text) != NGX_OK) {
            return NGX_ERROR;
        }

        *value = mcp_answer_string(pool, &a.text);
        break;

    case MCP_ANSWER_IS_TEXT:
        *value = mcp_answer_string(pool, &a.text);
        break;

    case MCP_ANSWER_IS_BYTES:
        *value = mcp_answer_blob(&a);
        break;

    default: /* MCP_ANSWER_IS_NOTHING */
        *value = mcp_answer_node(pool, cJSON_NULL);
        break;
    }

    return *value ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
mcp_answer_print(ngx_pool_t *pool, const cJSON *value, ngx_str_t *text)
{
    mcp_buf_t  b;

    mcp_buf_init(&b, pool, 128);

    if (mcp_json_print(&b, value) != NGX_OK) {
        return NGX_ERROR;
    }

    return mcp_buf_done(&b, text);
}


static cJSON *
mcp_answer_node(ngx_pool_t *pool, int type)
{
    cJSON  *node;

    node = ngx_pcalloc(pool, sizeof(cJSON));

    if (node) {
        node->type = type;
    }

    return node;
}


static cJSON *
mcp_answer_string(ngx_pool_t *pool, const ngx_str_t *text)
{
    cJSON  *node;

    node = mcp_answer_node(pool, cJSON_String);
    if (node == NULL) {
        return NULL;
    }

    node->valuestring = ngx_pnalloc(pool, text->len + 1);
    if (node->valuestring == NULL) {
        return NULL;
    }

    if (text->len) {
        ngx_memcpy(node->valuestring, text->data, text->len);
    }

    node->valuestring[text->len] = '\0';

    return node;
}


static cJSON *
mcp_answer_blob(mcp_answer_read_t *a)
{
    cJSON      *object, *blob, *type;
    mcp_buf_t   b;
    ngx_str_t   base64;

    mcp_buf_init(&b, a->pool, a->answer->body.len / 3 * 4 + 4);
    mcp_buf_base64(&b, a->answer->body.data, a->answer->body.len);

    if (mcp_buf_done(&b, &base64) != NGX_OK) {
        return NULL;
    }

    object = mcp_answer_node(a->pool, cJSON_Object);
    blob = mcp_answer_string(a->pool, &base64);
    type = mcp_answer_string(a->pool, &a->media.name);

    if (object == NULL || blob == NULL || type == NULL) {
        return NULL;
    }

    blob->string = (char *) "blob";
    blob->type |= cJSON_StringIsConst;
    blob->prev = blob;

    object->child = blob;

    if (a->media.name.len == 0) {
        return object;
    }

    type->string = (char *) "mimeType";
    type->type |= cJSON_StringIsConst;
    type->prev = blob;
    type->next = blob;

    blob->prev = type;
    object->child = type;

    return object;
}
