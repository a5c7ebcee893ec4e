
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_params.h>


static ngx_int_t mcp_params_no_string(mcp_msg_t *msg, const char *name);
static ngx_int_t mcp_params_strings(mcp_msg_t *msg, const char *name,
    const cJSON *object);
static u_char *mcp_params_copy(ngx_pool_t *pool, const ngx_str_t *s);


ngx_int_t
mcp_params_subject(mcp_msg_t *msg, const char *name)
{
    return msg->name.data ? NGX_OK : mcp_params_no_string(msg, name);
}


ngx_int_t
mcp_params_string(mcp_msg_t *msg, mcp_json_token_t *object, const char *name,
    ngx_str_t *value)
{
    mcp_json_token_t  *token;

    token = mcp_json_member(msg->doc, object, name, ngx_strlen(name));

    if (token == NULL || token->type != MCP_JSON_STRING) {
        return mcp_params_no_string(msg, name);
    }

    return mcp_json_string(msg->doc, token, value);
}


static ngx_int_t
mcp_params_no_string(mcp_msg_t *msg, const char *name)
{
    return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                         "Invalid params: \"%s\" must be a string", name);
}


ngx_int_t
mcp_params_object(mcp_msg_t *msg, mcp_json_token_t *parent, const char *name,
    ngx_uint_t strings, const cJSON **object)
{
    mcp_json_token_t  *token;

    token = mcp_json_member(msg->doc, parent, name, ngx_strlen(name));

    if (token && token->type != MCP_JSON_OBJECT) {
        return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                             "Invalid params: \"%s\" must be an object", name);
    }

    *object = token ? mcp_json_tree(msg->doc, token, msg->doc->pool)
                    : mcp_params_create(msg->doc->pool);

    if (*object == NULL) {
        return NGX_ERROR;
    }

    return strings ? mcp_params_strings(msg, name, *object) : NGX_OK;
}


static ngx_int_t
mcp_params_strings(mcp_msg_t *msg, const char *name, const cJSON *object)
{
    ngx_str_t     key;
    const cJSON  *member;

    cJSON_ArrayForEach(member, object) {

        if (!cJSON_IsString(member)) {
            key.data = (u_char *) member->string;
            key.len = ngx_strlen(member->string);
            key = mcp_rpc_quote(&key);

            return mcp_rpc_error(msg->doc->pool, &msg->error,
                                 MCP_ERROR_PARAMS,
                                 "Invalid params: \"%V\" in \"%s\" must be a "
                                 "string", &key, name);
        }
    }

    return NGX_OK;
}


ngx_int_t
mcp_params_unknown(mcp_msg_t *msg, const char *what, ngx_str_t *name)
{
    ngx_str_t  quote;

    quote = mcp_rpc_quote(name);

    return mcp_rpc_error(msg->doc->pool, &msg->error, MCP_ERROR_PARAMS,
                         "Unknown %s: %V", what, &quote);
}


cJSON *
mcp_params_create(ngx_pool_t *pool)
{
    cJSON  *object;

    object = ngx_pcalloc(pool, sizeof(cJSON));
    if (object == NULL) {
        return NULL;
    }

    object->type = cJSON_Object;

    return object;
}


/* as cJSON has it: the first child knows the last */

void
mcp_params_append(cJSON *object, cJSON *item)
{
    cJSON  *last;

    if (object->child == NULL) {
        object->child = item;

    } else {
        last = object->child->prev;
        last->next = item;
        item->prev = last;
    }

    object->child->prev = item;
}


ngx_int_t
mcp_params_add(ngx_pool_t *pool, cJSON *object, const ngx_str_t *name,
    const ngx_str_t *value)
{
    cJSON  *item;

    item = ngx_pcalloc(pool, sizeof(cJSON));
    if (item == NULL) {
        return NGX_ERROR;
    }

    item->type = cJSON_String|cJSON_StringIsConst;
    item->string = (char *) mcp_params_copy(pool, name);
    item->valuestring = (char *) mcp_params_copy(pool, value);

    if (item->string == NULL || item->valuestring == NULL) {
        return NGX_ERROR;
    }

    mcp_params_append(object, item);

    return NGX_OK;
}


static u_char *
mcp_params_copy(ngx_pool_t *pool, const ngx_str_t *s)
{
    u_char  *p;

    p = ngx_pnalloc(pool, s->len + 1);
    if (p == NULL) {
        return NULL;
    }

    ngx_memcpy(p, s->data, s->len);
    p[s->len] = '\0';

    return p;
}
