
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_complete.h>
#include <mcp_params.h>
#include <mcp_prompts.h>
#include <mcp_resources.h>


static ngx_int_t mcp_complete_ref(const mcp_server_t *server, mcp_msg_t *msg,
    const ngx_array_t **args);
static ngx_int_t mcp_complete_prompt(const mcp_server_t *server,
    mcp_msg_t *msg, mcp_json_token_t *ref, const ngx_array_t **args);
static ngx_int_t mcp_complete_resource(const mcp_server_t *server,
    mcp_msg_t *msg, mcp_json_token_t *ref, const ngx_array_t **args);
static ngx_int_t mcp_complete_argument(mcp_msg_t *msg,
    const ngx_array_t *args, mcp_action_t *action);
static ngx_int_t mcp_complete_values(const mcp_server_t *server,
    mcp_msg_t *msg, mcp_action_t *action);


ngx_uint_t
mcp_args_completed(const ngx_array_t *args)
{
    ngx_uint_t        i;
    const mcp_arg_t  *arg;

    arg = args->elts;

    for (i = 0; i < args->nelts; i++) {
        if (arg[i].values || arg[i].complete) {
            return 1;
        }
    }

    return 0;
}


const mcp_arg_t *
mcp_arg_find(const ngx_array_t *args, const ngx_str_t *name)
{
    ngx_uint_t        i;
    const mcp_arg_t  *arg;

    arg = args->elts;

    for (i = 0; i < args->nelts; i++) {

        if (arg[i].name.len == name->len
            && ngx_memcmp(arg[i].name.data, name->data, name->len) == 0)
        {
            return &arg[i];
        }
    }

    return NULL;
}


ngx_int_t
mcp_complete(const mcp_server_t *server, mcp_msg_t *msg, mcp_action_t *action)
{
    ngx_int_t           rc;
    mcp_json_token_t   *context;
    const ngx_array_t  *args;

    args = NULL;
    rc = mcp_complete_ref(server, msg, &args);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_complete_argument(msg, args, action);

    if (rc != NGX_OK) {
        return rc;
    }

    context = mcp_json_get(msg->doc, msg->params, "context");

    rc = mcp_params_object(msg, context, "arguments", 1, &action->args);

    if (rc != NGX_OK) {
        return rc;
    }

    if (action->arg && action->arg->complete) {
        action->type = MCP_ACTION_COMPLETE;
        return NGX_OK;
    }

    return mcp_complete_values(server, msg, action);
}


/* the arguments of what is referred to */

static ngx_int_t
mcp_complete_ref(const mcp_server_t *server, mcp_msg_t *msg,
    const ngx_array_t **args)
{
    ngx_int_t          rc;
    ngx_str_t          type;
    mcp_json_token_t  *ref;

    ref = mcp_json_get(msg->doc, msg->params, "ref");

    if (ref == NULL || ref->type != MCP_JSON_OBJECT) {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                             "Invalid params: \"ref\" must be an object");
    }

    rc = mcp_params_string(msg, ref, "type", &type);

    if (rc != NGX_OK) {
        return rc;
    }

    if (type.len == sizeof("ref/prompt") - 1
        && ngx_memcmp(type.data, "ref/prompt", type.len) == 0)
    {
        return mcp_complete_prompt(server, msg, ref, args);
    }

    if (type.len == sizeof("ref/resource") - 1
        && ngx_memcmp(type.data, "ref/resource", type.len) == 0)
    {
        return mcp_complete_resource(server, msg, ref, args);
    }

    return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                         "Invalid params: \"type\" of \"ref\" must be "
                         "\"ref/prompt\" or \"ref/resource\"");
}


static ngx_int_t
mcp_complete_prompt(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_json_token_t *ref, const ngx_array_t **args)
{
    ngx_int_t  rc;

    rc = mcp_params_string(msg, ref, "name", &msg->name);

    if (rc != NGX_OK) {
        return rc;
    }

    msg->prompt = mcp_server_find(server, MCP_OFFER_PROMPTS, &msg->name);

    if (msg->prompt == NULL) {
        return mcp_params_unknown(msg, "prompt", &msg->name);
    }

    *args = &msg->prompt->args;

    return NGX_OK;
}


/* a resource that is no template has nothing to be completed */

static ngx_int_t
mcp_complete_resource(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_json_token_t *ref, const ngx_array_t **args)
{
    ngx_int_t  rc;

    rc = mcp_params_string(msg, ref, "uri", &msg->name);

    if (rc != NGX_OK) {
        return rc;
    }

    msg->resource = mcp_server_find(server, MCP_OFFER_TEMPLATES, &msg->name);

    if (msg->resource == NULL) {
        msg->resource = mcp_server_find(server, MCP_OFFER_RESOURCES,
                                        &msg->name);
    }

    if (msg->resource == NULL) {
        return mcp_params_unknown(msg, "resource template", &msg->name);
    }

    *args = &msg->resource->args;

    return NGX_OK;
}


static ngx_int_t
mcp_complete_argument(mcp_msg_t *msg, const ngx_array_t *args,
    mcp_action_t *action)
{
    u_char            *p;
    ngx_int_t          rc;
    ngx_str_t          name, value;
    mcp_json_token_t  *argument;

    argument = mcp_json_get(msg->doc, msg->params, "argument");

    if (argument == NULL || argument->type != MCP_JSON_OBJECT) {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                             "Invalid params: \"argument\" must be an object");
    }

    rc = mcp_params_string(msg, argument, "name", &name);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_params_string(msg, argument, "value", &value);

    if (rc != NGX_OK) {
        return rc;
    }

    action->arg = mcp_arg_find(args, &name);

    if (action->arg == NULL && (msg->prompt || msg->resource->template)) {
        return mcp_params_unknown(msg, "argument", &name);
    }

    p = ngx_pnalloc(msg->doc->pool, value.len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    action->value.data = p;
    action->value.len = value.len;

    *ngx_cpymem(p, value.data, value.len) = '\0';

    return NGX_OK;
}


/* first what begins with the text, then what has it further on */

static ngx_int_t
mcp_complete_values(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action)
{
    ngx_uint_t          i, inside;
    ngx_array_t        *values;
    const ngx_str_t    *value;
    mcp_completion_t    completion;

    mcp_completion_init(&completion, msg->doc->pool);

    values = action->arg ? action->arg->values : NULL;

    for (inside = 0; values && inside < 2; inside++) {
        value = values->elts;

        for (i = 0; i < values->nelts; i++) {

            if (mcp_completion_fits(&value[i], &action->value, inside)) {
                mcp_completion_add(&completion, value[i].data, value[i].len);
            }
        }
    }

    action->type = MCP_ACTION_RESULT;

    return mcp_completion_write(&completion, server, msg->version,
                                &action->result);
}


ngx_uint_t
mcp_completion_fits(const ngx_str_t *value, const ngx_str_t *typed,
    ngx_uint_t inside)
{
    size_t      i;
    ngx_uint_t  begins;

    if (typed->len > value->len) {
        return 0;
    }

    begins = (ngx_strncasecmp(value->data, typed->data, typed->len) == 0);

    if (!inside || begins) {
        return begins && !inside;
    }

    for (i = 1; i <= value->len - typed->len; i++) {

        if (ngx_strncasecmp(value->data + i, typed->data, typed->len) == 0) {
            return 1;
        }
    }

    return 0;
}


void
mcp_completion_init(mcp_completion_t *completion, ngx_pool_t *pool)
{
    mcp_buf_init(&completion->values, pool, 128);
    completion->total = 0;
}


void
mcp_completion_add(mcp_completion_t *completion, const u_char *p, size_t len)
{
    if (completion->total++ >= MCP_COMPLETE_MAX) {
        return;
    }

    if (completion->total > 1) {
        mcp_buf_char(&completion->values, ',');
    }

    mcp_buf_json_string(&completion->values, p, len);
}


ngx_int_t
mcp_completion_write(mcp_completion_t *completion, const mcp_server_t *server,
    ngx_uint_t version, ngx_str_t *result)
{
    mcp_buf_t  b;

    if (completion->values.failed) {
        return NGX_ERROR;
    }

    mcp_buf_init(&b, completion->values.pool,
                 mcp_buf_len(&completion->values) + server->meta.len + 128);

    if (mcp_version_modern(version)) {
        mcp_buf_lit(&b, "{\"resultType\":\"complete\",\"completion\":");

    } else {
        mcp_buf_lit(&b, "{\"completion\":");
    }

    mcp_buf_lit(&b, "{\"values\":[");
    mcp_buf_add(&b, completion->values.start,
                mcp_buf_len(&completion->values));
    mcp_buf_lit(&b, "],\"total\":");
    mcp_buf_int(&b, completion->total);

    if (completion->total > MCP_COMPLETE_MAX) {
        mcp_buf_lit(&b, ",\"hasMore\":true}");

    } else {
        mcp_buf_lit(&b, ",\"hasMore\":false}");
    }

    if (mcp_version_modern(version)) {
        mcp_buf_str(&b, &server->meta);
    }

    mcp_buf_char(&b, '}');

    return mcp_buf_done(&b, result);
}
