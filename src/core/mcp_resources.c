
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_params.h>
#include <mcp_resources.h>


static ngx_int_t mcp_resource_compile_args(ngx_pool_t *pool,
    mcp_resource_t *resource, const char **err);
static void mcp_resource_write(mcp_buf_t *b, const void *data,
    ngx_uint_t version);
static ngx_int_t mcp_resource_find(const mcp_server_t *server,
    mcp_msg_t *msg, const cJSON **args);
static ngx_int_t mcp_resource_lookup(const mcp_server_t *server,
    ngx_pool_t *pool, ngx_str_t *uri, const mcp_resource_t **resource,
    ngx_str_t *values);


ngx_int_t
mcp_resource_compile(ngx_pool_t *pool, mcp_resource_t *resource,
    const char **err)
{
    mcp_uri_t  *uri;
    ngx_str_t   head;

    if (resource->name.len == 0) {
        *err = "a name is required";
        return NGX_DECLINED;
    }

    if (ngx_strlchr(resource->uri.data, resource->uri.data + resource->uri.len,
                    '{')
        == NULL)
    {
        if (mcp_uri_valid(&resource->uri)) {

            if (resource->args.nelts == 0) {
                return NGX_OK;
            }

            *err = "only a template has arguments";
            return NGX_DECLINED;
        }

        *err = "expected a URI with a scheme, \"docs://readme\" for example; "
               "characters that a URI does not have must be percent-encoded";
        return NGX_DECLINED;
    }

    uri = ngx_palloc(pool, sizeof(mcp_uri_t));
    if (uri == NULL) {
        return NGX_ERROR;
    }

    if (mcp_uri_compile(uri, &resource->uri, err) != NGX_OK) {
        return NGX_DECLINED;
    }

    /* so that no template takes in the resources of all others */

    head = uri->atoms[0].text;

    if (uri->atoms[0].op != 0 || !mcp_uri_valid(&head)) {
        *err = "a template must begin with a scheme, \"docs://{name}\" for "
               "example";
        return NGX_DECLINED;
    }

    resource->template = uri;

    return mcp_resource_compile_args(pool, resource, err);
}


/* every variable is an argument that can be asked for, and nothing else is */

static ngx_int_t
mcp_resource_compile_args(ngx_pool_t *pool, mcp_resource_t *resource,
    const char **err)
{
    mcp_arg_t        *arg;
    ngx_uint_t        i, n;
    const mcp_uri_t  *uri;

    uri = resource->template;
    n = resource->args.nelts;

    if (n == 0
        && ngx_array_init(&resource->args, pool, uri->nvars + 1,
                          sizeof(mcp_arg_t))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < uri->nvars; i++) {

        if (mcp_arg_find(&resource->args, &uri->vars[i])) {
            n--;
            continue;
        }

        arg = ngx_array_push(&resource->args);
        if (arg == NULL) {
            return NGX_ERROR;
        }

        ngx_memzero(arg, sizeof(mcp_arg_t));
        arg->name = uri->vars[i];
    }

    if (n) {
        *err = "an argument is no variable of the template";
        return NGX_DECLINED;
    }

    return NGX_OK;
}


ngx_int_t
mcp_resource_add(mcp_server_t *server, const mcp_resource_t *resource)
{
    mcp_offer_e  offer;

    offer = resource->template ? MCP_OFFER_TEMPLATES : MCP_OFFER_RESOURCES;

    return mcp_catalog_add(&server->offers[offer].catalog, &resource->uri,
                           resource, resource->need);
}


ngx_uint_t
mcp_resources_capabilities(const mcp_server_t *server)
{
    ngx_uint_t             i, mask;
    mcp_catalog_item_t   **item;
    const ngx_array_t     *templates;
    const mcp_resource_t  *resource;

    templates = &server->offers[MCP_OFFER_TEMPLATES].catalog.items;

    mask = (templates->nelts
            || server->offers[MCP_OFFER_RESOURCES].catalog.items.nelts)
           ? MCP_SERVER_RESOURCES : 0;

    item = templates->elts;

    for (i = 0; i < templates->nelts; i++) {
        resource = item[i]->data;

        if (mcp_args_completed(&resource->args)) {
            mask |= MCP_SERVER_COMPLETIONS;
        }
    }

    return mask;
}


ngx_int_t
mcp_resources_render(mcp_server_t *server, ngx_pool_t *pool)
{
    if ((server->capabilities & MCP_SERVER_RESOURCES) == 0) {
        return NGX_OK;
    }

    if (mcp_list_render(server, pool, MCP_OFFER_RESOURCES, "resources",
                        mcp_resource_write)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return mcp_list_render(server, pool, MCP_OFFER_TEMPLATES,
                           "resourceTemplates", mcp_resource_write);
}


static void
mcp_resource_write(mcp_buf_t *b, const void *data, ngx_uint_t version)
{
    const mcp_resource_t  *resource = data;

    if (resource->template) {
        mcp_buf_lit(b, "{\"uriTemplate\":");

    } else {
        mcp_buf_lit(b, "{\"uri\":");
    }

    mcp_buf_json_string(b, resource->uri.data, resource->uri.len);
    mcp_buf_json_member(b, "name", &resource->name);
    mcp_list_write_title(b, &resource->title, version);
    mcp_buf_json_member(b, "description", &resource->description);
    mcp_buf_json_member(b, "mimeType", &resource->mime_type);

    if (resource->size >= 0 && resource->template == NULL) {
        mcp_buf_lit(b, ",\"size\":");
        mcp_buf_int(b, resource->size);
    }

    (void) mcp_annotations_write(b, &resource->annotations, version);
    mcp_list_write_icon(b, &resource->icon, version);

    mcp_buf_char(b, '}');
}


ngx_int_t
mcp_annotations_write(mcp_buf_t *b, const mcp_annotations_t *annotations,
    ngx_uint_t version)
{
    cJSON       number;
    u_char      c;
    ngx_uint_t  modified;

    modified = (annotations->modified.len
                && version >= MCP_VERSION_2025_06_18);

    if (annotations->audience == 0 && annotations->priority < 0 && !modified) {
        return NGX_OK;
    }

    mcp_buf_lit(b, ",\"annotations\":");
    c = '{';

    if (annotations->audience) {
        mcp_buf_lit(b, "{\"audience\":[");
        c = ',';

        if (annotations->audience & MCP_FOR_USER) {
            mcp_buf_lit(b, "\"user\"");
        }

        if (annotations->audience == (MCP_FOR_USER|MCP_FOR_ASSISTANT)) {
            mcp_buf_char(b, ',');
        }

        if (annotations->audience & MCP_FOR_ASSISTANT) {
            mcp_buf_lit(b, "\"assistant\"");
        }

        mcp_buf_char(b, ']');
    }

    if (!(annotations->priority < 0)) {
        ngx_memzero(&number, sizeof(cJSON));
        number.type = cJSON_Number;
        number.valuedouble = annotations->priority;

        mcp_buf_char(b, c);
        mcp_buf_lit(b, "\"priority\":");
        c = ',';

        if (!(annotations->priority <= 1)
            || mcp_json_print(b, &number) != NGX_OK)
        {
            return NGX_DECLINED;
        }
    }

    if (modified) {
        mcp_buf_char(b, c);
        mcp_buf_lit(b, "\"lastModified\":");
        mcp_buf_json_string(b, annotations->modified.data,
                            annotations->modified.len);
    }

    mcp_buf_char(b, '}');

    return NGX_OK;
}


ngx_int_t
mcp_resources_list(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action)
{
    return mcp_list(server, msg, action, MCP_OFFER_RESOURCES);
}


ngx_int_t
mcp_templates_list(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action)
{
    return mcp_list(server, msg, action, MCP_OFFER_TEMPLATES);
}


ngx_int_t
mcp_resources_read(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action)
{
    ngx_int_t  rc;

    rc = mcp_params_subject(msg, "uri");

    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_resource_find(server, msg, &action->args);

    if (rc == NGX_DECLINED) {
        return mcp_resource_not_found(msg);
    }

    action->type = MCP_ACTION_CALL;

    return rc;
}


static ngx_int_t
mcp_resource_find(const mcp_server_t *server, mcp_msg_t *msg,
    const cJSON **args)
{
    cJSON            *object;
    ngx_int_t         rc;
    ngx_str_t         values[MCP_URI_VARS_MAX];
    ngx_uint_t        i;
    const mcp_uri_t  *uri;

    rc = mcp_resource_lookup(server, msg->doc->pool, &msg->name,
                             &msg->resource, values);

    if (rc != NGX_OK) {
        return rc;
    }

    object = mcp_params_create(msg->doc->pool);
    if (object == NULL) {
        return NGX_ERROR;
    }

    uri = msg->resource->template;

    for (i = 0; uri && i < uri->nvars; i++) {

        if (values[i].data
            && mcp_params_add(msg->doc->pool, object, &uri->vars[i],
                              &values[i])
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    *args = object;

    return NGX_OK;
}


/*
 * A resource of its own goes before the templates, and they in their order.
 * What a URI is does not depend on the caller: where that is hidden, a template
 * that would take the URI as well does not stand in for it.
 */

static ngx_int_t
mcp_resource_lookup(const mcp_server_t *server, ngx_pool_t *pool,
    ngx_str_t *uri, const mcp_resource_t **resource, ngx_str_t *values)
{
    ngx_int_t              rc;
    ngx_uint_t             i;
    mcp_offer_e            offer;
    const mcp_server_t    *whole;
    mcp_catalog_item_t   **item;
    const ngx_array_t     *templates;
    const mcp_resource_t  *found;

    whole = server->whole ? server->whole : server;

    offer = MCP_OFFER_RESOURCES;
    found = mcp_server_find(whole, offer, uri);

    templates = &whole->offers[MCP_OFFER_TEMPLATES].catalog.items;
    item = templates->elts;

    for (i = 0; found == NULL && i < templates->nelts; i++) {
        offer = MCP_OFFER_TEMPLATES;
        found = item[i]->data;

        rc = mcp_uri_match(found->template, pool, uri, values);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc != NGX_OK) {
            found = NULL;
        }
    }

    if (found == NULL
        || (server->whole
            && mcp_server_find(server, offer, &found->uri) == NULL))
    {
        return NGX_DECLINED;
    }

    *resource = found;

    return NGX_OK;
}


ngx_int_t
mcp_resource_known(const mcp_server_t *server, ngx_pool_t *pool,
    ngx_str_t *uri, const mcp_resource_t **resource)
{
    ngx_str_t  values[MCP_URI_VARS_MAX];

    return mcp_resource_lookup(server, pool, uri, resource, values);
}


ngx_int_t
mcp_resource_not_found(mcp_msg_t *msg)
{
    mcp_buf_t  b;

    mcp_buf_init(&b, msg->doc->pool, msg->name.len + 16);
    mcp_buf_lit(&b, "{\"uri\":");
    mcp_buf_json_string(&b, msg->name.data, msg->name.len);
    mcp_buf_char(&b, '}');

    msg->error.cause = mcp_version_modern(msg->version)
                       ? MCP_ERROR_NOT_FOUND : MCP_ERROR_NOT_FOUND_OLD;
    ngx_str_null(&msg->error.text);

    return mcp_buf_done(&b, &msg->error.data) == NGX_OK ? NGX_DECLINED
                                                        : NGX_ERROR;
}


/* RFC 6839: "+json" is JSON, "+xml" is XML */

ngx_uint_t
mcp_resource_is_text(const ngx_str_t *mime_type)
{
    size_t            len;
    u_char           *p, *last;
    const ngx_str_t  *t;

    static const ngx_str_t  types[] = {
        ngx_string("json"),
        ngx_string("xml"),
        ngx_string("yaml"),
        ngx_string("x-yaml"),
        ngx_string("toml"),
        ngx_string("sql"),
        ngx_string("graphql"),
        ngx_string("javascript"),
        ngx_string("x-javascript"),
        ngx_string("x-ndjson"),
        ngx_string("x-sh"),
        ngx_string("x-perl"),
        ngx_null_string
    };

    if (mime_type->len >= 5
        && ngx_strncasecmp(mime_type->data, (u_char *) "text/", 5) == 0)
    {
        return 1;
    }

    /* the subtype, without parameters, or its suffix */

    last = ngx_strlchr(mime_type->data, mime_type->data + mime_type->len, ';');
    last = last ? last : mime_type->data + mime_type->len;

    while (last > mime_type->data && last[-1] == ' ') {
        last--;
    }

    for (p = last; p > mime_type->data; p--) {
        if (p[-1] == '/' || p[-1] == '+') {
            break;
        }
    }

    len = last - p;

    for (t = types; t->len; t++) {

        if (t->len == len && ngx_strncasecmp(p, t->data, len) == 0) {
            return 1;
        }
    }

    return 0;
}
