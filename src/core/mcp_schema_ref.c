
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_schema_node.h>


typedef struct {
    const char   *uri;
    ngx_uint_t    dialect;
} mcp_schema_dialect_t;


static ngx_int_t mcp_schema_dialect(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, ngx_uint_t embedded,
    ngx_uint_t *dialect);
static ngx_int_t mcp_schema_id(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, ngx_uint_t dialect);
static ngx_int_t mcp_schema_add_resource(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, ngx_str_t *uri);
static ngx_int_t mcp_schema_anchor(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const char *keyword, ngx_uint_t dynamic);
static ngx_int_t mcp_schema_add_anchor(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, ngx_str_t *name,
    ngx_uint_t dynamic);
static ngx_uint_t mcp_schema_is_name(ngx_str_t *name);
static ngx_int_t mcp_schema_resolve_ref(mcp_schema_compile_t *cx,
    mcp_schema_ref_t ref);
static mcp_schema_resource_t *mcp_schema_find_resource(
    mcp_schema_compile_t *cx, ngx_str_t *uri);
static mcp_schema_anchor_t *mcp_schema_find_anchor(
    mcp_schema_resource_t *resource, ngx_str_t *name);
static ngx_int_t mcp_schema_unescape(ngx_pool_t *pool, ngx_str_t *fragment);
static ngx_int_t mcp_schema_follow(mcp_schema_compile_t *cx,
    mcp_schema_resource_t *resource, ngx_str_t *pointer,
    const cJSON *value, mcp_schema_node_t **node);
static const cJSON *mcp_schema_child(const cJSON *json, u_char *p,
    u_char *last);


static const mcp_schema_dialect_t  mcp_schema_dialects[] = {
    { "https://json-schema.org/draft/2020-12/schema", MCP_SCHEMA_2020 },
    { "https://json-schema.org/draft/2020-12/schema#", MCP_SCHEMA_2020 },
    { "http://json-schema.org/draft-07/schema", MCP_SCHEMA_07 },
    { "http://json-schema.org/draft-07/schema#", MCP_SCHEMA_07 },
    { NULL, 0 }
};


ngx_int_t
mcp_schema_compile_identity(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node)
{
    ngx_int_t     rc;
    ngx_uint_t    dialect;
    const cJSON  *id, *value;

    dialect = node->resource->dialect;

    id = cJSON_GetObjectItemCaseSensitive(node->json, "$id");
    value = cJSON_GetObjectItemCaseSensitive(node->json, "$schema");

    if (value) {
        rc = mcp_schema_dialect(cx, node, value, id != NULL, &dialect);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (dialect == MCP_SCHEMA_07
        && cJSON_GetObjectItemCaseSensitive(node->json, "$ref"))
    {
        /* draft-07 core, section 8.3: all other members are ignored */
        id = NULL;
    }

    if (id) {
        rc = mcp_schema_id(cx, node, id, dialect);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (node->resource->node == node) {
        node->resource->dialect = dialect;
    }

    if (dialect == MCP_SCHEMA_07) {
        return NGX_OK;
    }

    rc = mcp_schema_anchor(cx, node, "$anchor", 0);

    if (rc != NGX_OK) {
        return rc;
    }

    return mcp_schema_anchor(cx, node, "$dynamicAnchor", 1);
}


static ngx_int_t
mcp_schema_dialect(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, ngx_uint_t embedded, ngx_uint_t *dialect)
{
    const mcp_schema_dialect_t  *d;

    if (!cJSON_IsString(value)) {
        return mcp_schema_refuse(cx, value, "\"$schema\" must be a string, "
                                 "got %s", mcp_schema_type_name(value));
    }

    for (d = mcp_schema_dialects; d->uri; d++) {

        if (ngx_strcmp(d->uri, value->valuestring) != 0) {
            continue;
        }

        if (d->dialect != *dialect && !embedded
            && node->resource->node != node)
        {
            return mcp_schema_refuse(cx, value, "\"$schema\" can only change "
                                     "where an \"$id\" is");
        }

        *dialect = d->dialect;

        return NGX_OK;
    }

    return mcp_schema_refuse(cx, value, "the dialect \"%s\" is not supported, "
                             "JSON Schema 2020-12 and draft-07 are",
                             value->valuestring);
}


static ngx_int_t
mcp_schema_id(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, ngx_uint_t dialect)
{
    ngx_int_t  rc;
    ngx_str_t  uri, fragment;

    if (!cJSON_IsString(value)) {
        return mcp_schema_refuse(cx, value, "\"$id\" must be a string, got %s",
                                 mcp_schema_type_name(value));
    }

    if (mcp_schema_uri_resolve(cx->pool, &node->resource->uri,
                               value->valuestring, &uri, &fragment)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (fragment.len && dialect != MCP_SCHEMA_07) {
        return mcp_schema_refuse(cx, value, "\"$id\" must not have a fragment, "
                                 "use \"$anchor\"");
    }

    if (value->valuestring[0] != '#') {

        rc = mcp_schema_add_resource(cx, node, value, &uri);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (fragment.len == 0 || fragment.data[0] == '/') {
        return NGX_OK;
    }

    return mcp_schema_add_anchor(cx, node, value, &fragment, 0);
}


static ngx_int_t
mcp_schema_add_resource(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, ngx_str_t *uri)
{
    mcp_schema_resource_t  *resource;

    resource = node->resource;

    if (node->json == cx->doc) {
        resource->uri = *uri;
        return NGX_OK;
    }

    if (mcp_schema_find_resource(cx, uri)) {
        return mcp_schema_refuse(cx, value, "\"$id\" \"%V\" is used twice",
                                 uri);
    }

    resource = ngx_pcalloc(cx->pool, sizeof(mcp_schema_resource_t));
    if (resource == NULL) {
        return NGX_ERROR;
    }

    resource->uri = *uri;
    resource->dialect = node->resource->dialect;
    resource->node = node;
    resource->next = cx->resources;

    cx->resources = resource;
    node->resource = resource;

    return NGX_OK;
}


static ngx_int_t
mcp_schema_anchor(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const char *keyword, ngx_uint_t dynamic)
{
    ngx_str_t     name;
    const cJSON  *value;

    value = cJSON_GetObjectItemCaseSensitive(node->json, keyword);

    if (value == NULL) {
        return NGX_OK;
    }

    if (!cJSON_IsString(value)) {
        return mcp_schema_refuse(cx, value, "\"%s\" must be a string, got %s",
                                 keyword, mcp_schema_type_name(value));
    }

    name.data = (u_char *) value->valuestring;
    name.len = ngx_strlen(name.data);

    if (!mcp_schema_is_name(&name)) {
        return mcp_schema_refuse(cx, value, "\"%s\" must begin with a letter "
                                 "or \"_\" and go on with letters, digits, "
                                 "\"-\", \"_\" and \".\"", keyword);
    }

    return mcp_schema_add_anchor(cx, node, value, &name, dynamic);
}


static ngx_int_t
mcp_schema_add_anchor(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, ngx_str_t *name, ngx_uint_t dynamic)
{
    mcp_schema_anchor_t  *anchor;

    if (mcp_schema_find_anchor(node->resource, name)) {
        return mcp_schema_refuse(cx, value, "the anchor \"%V\" is used twice",
                                 name);
    }

    anchor = ngx_palloc(cx->pool, sizeof(mcp_schema_anchor_t));
    if (anchor == NULL) {
        return NGX_ERROR;
    }

    anchor->name = *name;
    anchor->node = node;
    anchor->dynamic = dynamic;
    anchor->next = node->resource->anchors;

    node->resource->anchors = anchor;

    return NGX_OK;
}


static ngx_uint_t
mcp_schema_is_name(ngx_str_t *name)
{
    size_t  i;
    u_char  c, ch;

    for (i = 0; i < name->len; i++) {
        ch = name->data[i];
        c = (u_char) (ch | 0x20);

        if ((c >= 'a' && c <= 'z') || ch == '_') {
            continue;
        }

        if (i && ((ch >= '0' && ch <= '9') || ch == '-' || ch == '.')) {
            continue;
        }

        return 0;
    }

    return name->len != 0;
}


ngx_int_t
mcp_schema_resolve(mcp_schema_compile_t *cx)
{
    ngx_int_t          rc;
    ngx_uint_t         i;
    mcp_schema_ref_t  *refs;

    /* a target outside of the known keywords may add references of its own */

    for (i = 0; i < cx->refs.nelts; i++) {
        refs = cx->refs.elts;

        rc = mcp_schema_resolve_ref(cx, refs[i]);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_schema_resolve_ref(mcp_schema_compile_t *cx, mcp_schema_ref_t ref)
{
    ngx_int_t               rc;
    ngx_str_t               uri, fragment;
    mcp_schema_node_t      *target;
    mcp_schema_anchor_t    *anchor;
    mcp_schema_resource_t  *resource;

    anchor = NULL;

    if (mcp_schema_uri_resolve(cx->pool, &ref.node->resource->uri,
                               ref.value->valuestring, &uri, &fragment)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    resource = mcp_schema_find_resource(cx, &uri);

    if (resource == NULL) {
        return mcp_schema_refuse(cx, ref.value, "the reference \"%s\" leads "
                                 "out of this document and is not followed",
                                 ref.value->valuestring);
    }

    if (mcp_schema_unescape(cx->pool, &fragment) != NGX_OK) {
        return NGX_ERROR;
    }

    if (fragment.len == 0) {
        target = resource->node;

    } else if (fragment.data[0] == '/') {
        rc = mcp_schema_follow(cx, resource, &fragment, ref.value, &target);

        if (rc != NGX_OK) {
            return rc;
        }

    } else {
        anchor = mcp_schema_find_anchor(resource, &fragment);

        if (anchor == NULL) {
            return mcp_schema_refuse(cx, ref.value,
                                     "the reference \"%s\" names an anchor "
                                     "that does not exist",
                                     ref.value->valuestring);
        }

        target = anchor->node;
    }

    if (!ref.dynamic) {
        ref.node->logic->ref = target;
        return NGX_OK;
    }

    ref.node->logic->dynamic_ref = target;

    if (anchor && anchor->dynamic) {
        ref.node->logic->dynamic = anchor;
        cx->schema->dynamic = 1;
    }

    return NGX_OK;
}


static mcp_schema_resource_t *
mcp_schema_find_resource(mcp_schema_compile_t *cx, ngx_str_t *uri)
{
    mcp_schema_resource_t  *resource;

    for (resource = cx->resources; resource; resource = resource->next) {

        if (resource->uri.len == uri->len
            && ngx_strncmp(resource->uri.data, uri->data, uri->len) == 0)
        {
            return resource;
        }
    }

    return NULL;
}


static mcp_schema_anchor_t *
mcp_schema_find_anchor(mcp_schema_resource_t *resource, ngx_str_t *name)
{
    mcp_schema_anchor_t  *anchor;

    for (anchor = resource->anchors; anchor; anchor = anchor->next) {

        if (anchor->name.len == name->len
            && ngx_strncmp(anchor->name.data, name->data, name->len) == 0)
        {
            return anchor;
        }
    }

    return NULL;
}


static ngx_int_t
mcp_schema_unescape(ngx_pool_t *pool, ngx_str_t *fragment)
{
    u_char     *p, *dst, *last;
    ngx_int_t   n;

    if (fragment->len == 0) {
        return NGX_OK;
    }

    p = fragment->data;
    last = p + fragment->len;

    dst = ngx_pnalloc(pool, fragment->len);
    if (dst == NULL) {
        return NGX_ERROR;
    }

    fragment->data = dst;

    while (p < last) {

        if (*p == '%' && last - p >= 3) {
            n = ngx_hextoi(p + 1, 2);

            if (n >= 0) {
                *dst++ = (u_char) n;
                p += 3;
                continue;
            }
        }

        *dst++ = *p++;
    }

    fragment->len = dst - fragment->data;

    return NGX_OK;
}


/* a JSON Pointer from the root of a resource (RFC 6901) */

static ngx_int_t
mcp_schema_follow(mcp_schema_compile_t *cx, mcp_schema_resource_t *resource,
    ngx_str_t *pointer, const cJSON *value, mcp_schema_node_t **target)
{
    u_char             *p, *s, *last;
    const cJSON        *json;
    mcp_schema_node_t  *node;

    json = resource->node->json;

    p = pointer->data;
    last = p + pointer->len;

    while (p < last) {

        for (s = ++p; p < last && *p != '/'; p++) { /* void */ }

        json = mcp_schema_child(json, s, p);

        if (json == NULL) {
            return mcp_schema_refuse(cx, value, "the reference \"%s\" leads "
                                     "to nothing", value->valuestring);
        }

        node = mcp_schema_find_node(cx, json);

        if (node) {
            resource = node->resource;
        }
    }

    return mcp_schema_compile_node(cx, json, resource, target);
}


static const cJSON *
mcp_schema_child(const cJSON *json, u_char *p, u_char *last)
{
    u_char       c, *s;
    ngx_int_t    i;
    const char  *name;
    const cJSON  *child;

    if (cJSON_IsArray(json)) {
        i = ngx_atoi(p, last - p);

        if (i == NGX_ERROR || (*p == '0' && last - p > 1)) {
            return NULL;
        }

        for (child = json->child; child && i; child = child->next) {
            i--;
        }

        return child;
    }

    if (!cJSON_IsObject(json)) {
        return NULL;
    }

    for (child = json->child; child; child = child->next) {

        name = child->string;

        for (s = p; s < last && *name; s++, name++) {
            c = *s;

            if (c == '~' && s + 1 < last && (s[1] == '0' || s[1] == '1')) {
                c = *++s == '0' ? '~' : '/';
            }

            if (c != (u_char) *name) {
                break;
            }
        }

        if (s == last && *name == '\0') {
            return child;
        }
    }

    return NULL;
}
