
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_input.h>
#include <mcp_params.h>


/* a payload: the length of the state, big endian, the state, the answers */
#define MCP_INPUT_HEAD  4


static ngx_int_t mcp_input_read_answers(mcp_input_t *input, mcp_msg_t *msg);
static ngx_int_t mcp_input_read_payload(mcp_input_t *input,
    ngx_str_t *payload);
static ngx_int_t mcp_input_put(mcp_input_t *input, cJSON **object,
    const ngx_str_t *key, const cJSON *value);


ngx_int_t
mcp_input_request_state(mcp_msg_t *msg, ngx_str_t *token)
{
    mcp_json_token_t  *value;

    ngx_str_null(token);

    if (!mcp_version_modern(msg->version)) {
        return NGX_OK;
    }

    value = mcp_json_get(msg->doc, msg->params, "requestState");

    if (value == NULL) {
        return NGX_OK;
    }

    if (value->type != MCP_JSON_STRING) {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                             "Invalid params: \"requestState\" must be a "
                             "string");
    }

    return mcp_json_string(msg->doc, value, token);
}


/* whatever is wrong: who has altered it is not told how far that went */

ngx_int_t
mcp_input_refuse_state(mcp_msg_t *msg)
{
    return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                         "Invalid params: \"requestState\" has expired, was "
                         "altered or belongs to another request; send the "
                         "request again without \"requestState\" and "
                         "\"inputResponses\"");
}


ngx_int_t
mcp_input_init(mcp_input_t *input, ngx_pool_t *pool, mcp_msg_t *msg,
    ngx_str_t *payload)
{
    ngx_memzero(input, sizeof(mcp_input_t));

    input->pool = pool;
    input->version = msg->version;
    input->capabilities = msg->capabilities;

    if (msg->version < MCP_VERSION_2025_06_18) {
        input->capabilities &= ~MCP_CLIENT_ELICITATION;
    }

    if (msg->version < MCP_VERSION_2025_11_25) {
        input->capabilities &= ~(MCP_CLIENT_ELICITATION_URL
                                 |MCP_CLIENT_SAMPLING_TOOLS
                                 |MCP_CLIENT_SAMPLING_CONTEXT);
    }

    if (payload->len && mcp_input_read_payload(input, payload) != NGX_OK) {
        return NGX_ERROR;
    }

    return mcp_version_modern(msg->version)
           ? mcp_input_read_answers(input, msg) : NGX_OK;
}


static ngx_int_t
mcp_input_read_answers(mcp_input_t *input, mcp_msg_t *msg)
{
    mcp_json_token_t  *responses;

    responses = mcp_json_get(msg->doc, msg->params, "inputResponses");

    if (responses == NULL) {
        return NGX_OK;
    }

    if (responses->type != MCP_JSON_OBJECT) {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                             "Invalid params: \"inputResponses\" must be an "
                             "object");
    }

    input->answers = mcp_json_tree(msg->doc, responses, input->pool);

    return input->answers ? NGX_OK : NGX_ERROR;
}


/* what was sealed here is well formed */

static ngx_int_t
mcp_input_read_payload(mcp_input_t *input, ngx_str_t *payload)
{
    u_char          *p;
    size_t           len;
    ngx_str_t        text;
    mcp_json_doc_t   doc;

    if (payload->len < MCP_INPUT_HEAD) {
        return NGX_ERROR;
    }

    p = payload->data;
    len = ((size_t) p[0] << 24) | (p[1] << 16) | (p[2] << 8) | p[3];

    if (len > payload->len - MCP_INPUT_HEAD) {
        return NGX_ERROR;
    }

    input->state.len = len;
    input->state.data = p + MCP_INPUT_HEAD;

    text.len = payload->len - MCP_INPUT_HEAD - len;
    text.data = p + MCP_INPUT_HEAD + len;

    if (mcp_json_parse(input->pool, &text, &doc, &input->accepted) != NGX_OK) {
        return NGX_ERROR;
    }

    return cJSON_IsObject(input->accepted) ? NGX_OK : NGX_ERROR;
}


void
mcp_input_again(mcp_input_t *input)
{
    ngx_memzero(&input->asks, sizeof(ngx_array_t));

    input->missing = 0;

    if (input->next.data) {
        input->state = input->next;
        ngx_str_null(&input->next);
    }
}


ngx_int_t
mcp_input_answer(mcp_input_t *input, const ngx_str_t *key, cJSON *result)
{
    return mcp_input_put(input, &input->answers, key, result);
}


ngx_int_t
mcp_input_accept(mcp_input_t *input, const ngx_str_t *key,
    const cJSON *answer)
{
    return mcp_input_put(input, &input->accepted, key, answer);
}


/* the member shares what is below the value */

static ngx_int_t
mcp_input_put(mcp_input_t *input, cJSON **object, const ngx_str_t *key,
    const cJSON *value)
{
    char   *name;
    cJSON  *item;

    if (*object == NULL) {
        *object = mcp_params_create(input->pool);
        if (*object == NULL) {
            return NGX_ERROR;
        }
    }

    name = ngx_pnalloc(input->pool, key->len + 1);
    if (name == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_cpystrn((u_char *) name, key->data, key->len + 1);

    item = cJSON_GetObjectItemCaseSensitive(*object, name);

    if (item == NULL) {
        item = ngx_pcalloc(input->pool, sizeof(cJSON));
        if (item == NULL) {
            return NGX_ERROR;
        }

        item->string = name;
        mcp_params_append(*object, item);
    }

    item->type = (value->type & 0xff) | cJSON_StringIsConst;
    item->child = value->child;
    item->valuestring = value->valuestring;
    item->valueint = value->valueint;
    item->valuedouble = value->valuedouble;

    return NGX_OK;
}


ngx_int_t
mcp_input_set_state(mcp_input_t *input, const u_char *p, size_t len)
{
    u_char  *copy;

    if (len > MCP_INPUT_STATE_MAX) {
        ngx_str_set(&input->reason, "the state is too long");
        return NGX_ERROR;
    }

    copy = ngx_pnalloc(input->pool, len + 1);
    if (copy == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(copy, p, len);

    input->next.len = len;
    input->next.data = copy;

    return NGX_OK;
}


ngx_int_t
mcp_input_payload(mcp_input_t *input, mcp_msg_t *msg, ngx_str_t *payload)
{
    u_char      head[MCP_INPUT_HEAD];
    mcp_buf_t   b;
    ngx_str_t  *state;

    state = input->next.data ? &input->next : &input->state;

    head[0] = (u_char) (state->len >> 24);
    head[1] = (u_char) (state->len >> 16);
    head[2] = (u_char) (state->len >> 8);
    head[3] = (u_char) state->len;

    mcp_buf_init(&b, input->pool, state->len + 256);
    mcp_buf_add(&b, head, MCP_INPUT_HEAD);
    mcp_buf_str(&b, state);

    if (input->accepted == NULL) {
        mcp_buf_lit(&b, "{}");

    } else if (mcp_json_print(&b, input->accepted) != NGX_OK) {
        return NGX_ERROR;
    }

    if (mcp_buf_done(&b, payload) != NGX_OK) {
        return NGX_ERROR;
    }

    if (payload->len <= MCP_INPUT_KEPT_MAX) {
        return NGX_OK;
    }

    return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                         "Invalid params: the answers in \"inputResponses\" "
                         "are too long to be kept for another round");
}


ngx_int_t
mcp_input_write(mcp_input_t *input, const mcp_server_t *server,
    const ngx_str_t *request_state, ngx_str_t *result)
{
    mcp_buf_t    b;
    mcp_ask_t   *ask;
    ngx_uint_t   i;

    mcp_buf_init(&b, input->pool, 512 + request_state->len);

    mcp_buf_lit(&b, "{\"resultType\":\"input_required\",\"inputRequests\":{");

    ask = input->asks.elts;

    for (i = 0; i < input->asks.nelts; i++) {

        if (i) {
            mcp_buf_char(&b, ',');
        }

        mcp_buf_json_string(&b, ask[i].key.data, ask[i].key.len);
        mcp_buf_lit(&b, ":{\"method\":\"");
        mcp_buf_add(&b, ask[i].method, ngx_strlen(ask[i].method));
        mcp_buf_lit(&b, "\",\"params\":");
        mcp_buf_str(&b, &ask[i].params);
        mcp_buf_char(&b, '}');
    }

    mcp_buf_char(&b, '}');
    mcp_buf_json_member(&b, "requestState", request_state);
    mcp_buf_str(&b, &server->meta);
    mcp_buf_char(&b, '}');

    return mcp_buf_done(&b, result);
}


/* what is a URL to the user has an id in 2025-11-25: that of the request */

void
mcp_input_write_request(mcp_buf_t *b, const mcp_ask_t *ask,
    const ngx_str_t *id)
{
    mcp_buf_lit(b, "{\"jsonrpc\":\"2.0\",\"id\":");
    mcp_buf_str(b, id);
    mcp_buf_lit(b, ",\"method\":\"");
    mcp_buf_add(b, ask->method, ngx_strlen(ask->method));
    mcp_buf_lit(b, "\",\"params\":");

    if (ask->url) {
        mcp_buf_add(b, ask->params.data, ask->params.len - 1);
        mcp_buf_lit(b, ",\"elicitationId\":");
        mcp_buf_str(b, id);
        mcp_buf_char(b, '}');

    } else {
        mcp_buf_str(b, &ask->params);
    }

    mcp_buf_char(b, '}');
}


ngx_int_t
mcp_input_response(mcp_msg_t *msg, ngx_str_t *id, ngx_str_t *text)
{
    mcp_json_token_t  *value;

    value = mcp_json_get(msg->doc, msg->root, "id");

    if (value == NULL || value->type != MCP_JSON_STRING) {
        return NGX_DECLINED;
    }

    *text = msg->root->text;

    return mcp_json_string(msg->doc, value, id);
}
