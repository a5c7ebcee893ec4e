
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_openapi_read.h>


static ngx_int_t mcp_openapi_list_item(mcp_openapi_read_t *o,
    const cJSON *path, ngx_array_t *entries);
static mcp_openapi_entry_t *mcp_openapi_list_add(mcp_openapi_read_t *o,
    const cJSON *path, const mcp_openapi_method_t *method,
    ngx_array_t *entries);
static ngx_int_t mcp_openapi_list_names(mcp_openapi_read_t *o,
    ngx_array_t *entries);
static ngx_int_t mcp_openapi_list_name(mcp_openapi_read_t *o,
    mcp_openapi_entry_t *entry, size_t max);


static const mcp_openapi_method_t  mcp_openapi_methods[] = {
    { "get", "GET", MCP_TOOL_READ_ONLY|MCP_TOOL_IDEMPOTENT },
    { "head", "HEAD", MCP_TOOL_READ_ONLY|MCP_TOOL_IDEMPOTENT },
    { "options", "OPTIONS", MCP_TOOL_READ_ONLY|MCP_TOOL_IDEMPOTENT },
    { "post", "POST", 0 },
    { "put", "PUT", MCP_TOOL_DESTRUCTIVE|MCP_TOOL_IDEMPOTENT },
    { "patch", "PATCH", MCP_TOOL_DESTRUCTIVE },
    { "delete", "DELETE", MCP_TOOL_DESTRUCTIVE|MCP_TOOL_IDEMPOTENT },
    { "trace", "TRACE", 0 },
    { NULL, "*", 0 }
};


ngx_int_t
mcp_openapi_list(mcp_openapi_read_t *o, ngx_array_t *entries)
{
    ngx_int_t     rc;
    const cJSON  *paths, *path;

    paths = mcp_openapi_get(o, o->root, "paths");

    if (!cJSON_IsObject(paths)) {
        return mcp_openapi_refuse(o, "there are no \"paths\"");
    }

    for (path = paths->child; path; path = path->next) {

        if (ngx_strncmp(path->string, "x-", 2) == 0) {
            continue;
        }

        rc = mcp_openapi_list_item(o, path, entries);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return mcp_openapi_list_names(o, entries);
}


static ngx_int_t
mcp_openapi_list_item(mcp_openapi_read_t *o, const cJSON *path,
    ngx_array_t *entries)
{
    ngx_int_t                    rc;
    const cJSON                 *item, *child;
    mcp_openapi_entry_t         *entry;
    const mcp_openapi_method_t  *method;

    item = path;
    rc = mcp_openapi_deref(o, &item);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    child = (rc == NGX_OK && cJSON_IsObject(item)) ? item->child : NULL;

    for ( /* void */ ; child; child = child->next) {
        o->work++;

        for (method = mcp_openapi_methods; method->member; method++) {
            if (ngx_strcmp(child->string, method->member) == 0) {
                break;
            }
        }

        if (method->member == NULL) {
            continue;
        }

        entry = mcp_openapi_list_add(o, path, method, entries);
        if (entry == NULL) {
            return o->why.len ? NGX_DECLINED : NGX_ERROR;
        }

        entry->item = item;
        entry->node = child;

        /* the standard has no "$ref" there, documents have */

        switch (mcp_openapi_deref(o, &entry->node)) {

        case NGX_OK:
            break;

        case NGX_DECLINED:
            entry->why = o->why;
            ngx_str_null(&o->why);
            break;

        default:
            return NGX_ERROR;
        }
    }

    if (rc == NGX_DECLINED) {

        /* nobody knows what operations there are */

        for (method = mcp_openapi_methods; method->member; method++) {
            /* void */
        }

        entry = mcp_openapi_list_add(o, path, method, entries);
        if (entry == NULL) {
            return NGX_ERROR;
        }

        entry->why = o->why;
        ngx_str_null(&o->why);
    }

    return NGX_OK;
}


static mcp_openapi_entry_t *
mcp_openapi_list_add(mcp_openapi_read_t *o, const cJSON *path,
    const mcp_openapi_method_t *method, ngx_array_t *entries)
{
    mcp_openapi_entry_t  *entry;

    if (entries->nelts == MCP_OPENAPI_MAX_TOOLS) {
        (void) mcp_openapi_refuse(o, "there are more than %d operations",
                                  MCP_OPENAPI_MAX_TOOLS);
        return NULL;
    }

    entry = ngx_array_push(entries);
    if (entry == NULL) {
        return NULL;
    }

    ngx_memzero(entry, sizeof(mcp_openapi_entry_t));

    entry->method = method;
    entry->path.data = (u_char *) path->string;
    entry->path.len = ngx_strlen(path->string);

    return entry;
}


/*
 * An id that can be a name is the name, wherever in the document it is; the
 * others get what is left.  All operations are named, so that a name does not
 * depend on which ones are wanted.
 */

static ngx_int_t
mcp_openapi_list_names(mcp_openapi_read_t *o, ngx_array_t *entries)
{
    size_t                max;
    ngx_int_t             rc;
    ngx_uint_t            i;
    mcp_openapi_entry_t  *entry;

    if (o->conf->prefix.len > MCP_TOOL_NAME_MAX / 2) {
        return mcp_openapi_refuse(o, "the prefix is longer than %d characters",
                                  MCP_TOOL_NAME_MAX / 2);
    }

    max = MCP_TOOL_NAME_MAX - o->conf->prefix.len;
    entry = entries->elts;

    for (i = 0; i < entries->nelts; i++) {

        entry[i].id = mcp_openapi_string(o, entry[i].node, "operationId");

        rc = mcp_openapi_name_exact(o->temp, &o->names, &entry[i].id, max);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_OK) {
            entry[i].name = entry[i].id;
        }
    }

    for (i = 0; i < entries->nelts; i++) {

        if (entry[i].name.len == 0
            && mcp_openapi_list_name(o, &entry[i], max) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_list_name(mcp_openapi_read_t *o, mcp_openapi_entry_t *entry,
    size_t max)
{
    ngx_str_t    name;
    const char  *method;

    name = entry->id;

    if (name.len == 0) {
        method = entry->method->member ? entry->method->member : "path";

        name.data = ngx_pnalloc(o->temp, ngx_strlen(method) + entry->path.len);
        if (name.data == NULL) {
            return NGX_ERROR;
        }

        name.len = ngx_sprintf(name.data, "%s%V", method, &entry->path)
                   - name.data;
    }

    return mcp_openapi_name(o->temp, &o->names, &name, max, &entry->name);
}
