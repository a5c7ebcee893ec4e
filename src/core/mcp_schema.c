
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_schema_node.h>


#define MCP_SCHEMA_MIN_TABLE  64
#define MCP_SCHEMA_MAX_TEXT   512


/* states of a node in the search for cycles */
#define MCP_SCHEMA_NEW        0
#define MCP_SCHEMA_OPEN       1
#define MCP_SCHEMA_DONE       2


static ngx_int_t mcp_schema_add_node(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node);
static ngx_int_t mcp_schema_grow_table(mcp_schema_compile_t *cx);
static size_t mcp_schema_slot(mcp_schema_compile_t *cx, const cJSON *json);
static ngx_int_t mcp_schema_check_cycles(mcp_schema_compile_t *cx);
static ngx_int_t mcp_schema_walk(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, ngx_uint_t depth);
static ngx_int_t mcp_schema_walk_list(mcp_schema_compile_t *cx,
    mcp_schema_list_t *list, ngx_uint_t depth);
static ngx_int_t mcp_schema_walk_logic(mcp_schema_compile_t *cx,
    mcp_schema_logic_t *logic, ngx_uint_t depth);


ngx_int_t
mcp_schema_compile(ngx_pool_t *pool, const cJSON *root,
    mcp_schema_t **schema, mcp_schema_error_t *err)
{
    ngx_int_t               rc;
    mcp_schema_compile_t    cx;
    mcp_schema_resource_t  *resource;

    ngx_memzero(&cx, sizeof(mcp_schema_compile_t));
    ngx_memzero(err, sizeof(mcp_schema_error_t));

    cx.pool = pool;
    cx.doc = root;
    cx.err = err;

    cx.schema = ngx_pcalloc(pool, sizeof(mcp_schema_t));
    if (cx.schema == NULL) {
        return NGX_ERROR;
    }

    resource = ngx_pcalloc(pool, sizeof(mcp_schema_resource_t));
    if (resource == NULL) {
        return NGX_ERROR;
    }

    ngx_str_set(&resource->uri, "");
    resource->dialect = MCP_SCHEMA_2020;
    cx.resources = resource;

    if (ngx_array_init(&cx.refs, pool, 4, sizeof(mcp_schema_ref_t)) != NGX_OK
        || mcp_schema_grow_table(&cx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = mcp_schema_compile_node(&cx, root, resource, &cx.schema->root);

    if (rc == NGX_OK) {
        rc = mcp_schema_resolve(&cx);
    }

    if (rc == NGX_OK) {
        rc = mcp_schema_check_cycles(&cx);
    }

    if (rc == NGX_OK) {
        *schema = cx.schema;
    }

    return rc;
}


ngx_int_t
mcp_schema_compile_node(mcp_schema_compile_t *cx, const cJSON *json,
    mcp_schema_resource_t *resource, mcp_schema_node_t **out)
{
    ngx_int_t           rc;
    mcp_schema_node_t  *node;

    node = mcp_schema_find_node(cx, json);

    if (node) {
        *out = node;
        return NGX_OK;
    }

    if (!cJSON_IsBool(json) && !cJSON_IsObject(json)) {
        return mcp_schema_refuse(cx, json,
                                 "a schema must be an object or a boolean, "
                                 "got %s", mcp_schema_type_name(json));
    }

    if (cx->depth == MCP_SCHEMA_MAX_DEPTH) {
        return mcp_schema_refuse(cx, json, "schemas are nested too deeply");
    }

    node = ngx_pcalloc(cx->pool, sizeof(mcp_schema_node_t));
    if (node == NULL) {
        return NGX_ERROR;
    }

    node->json = json;
    node->resource = resource;

    if (resource->node == NULL) {
        resource->node = node;
    }

    if (mcp_schema_add_node(cx, node) != NGX_OK) {
        return NGX_ERROR;
    }

    *out = node;

    if (cJSON_IsBool(json)) {
        node->reject = cJSON_IsFalse(json);
        node->simple = 1;
        return NGX_OK;
    }

    cx->depth++;

    rc = mcp_schema_compile_identity(cx, node);

    if (rc == NGX_OK) {
        rc = mcp_schema_compile_keywords(cx, node);
    }

    cx->depth--;

    node->flat = (node->array == NULL && node->object == NULL
                  && node->logic == NULL);

    node->simple = (node->flat && node->number == NULL
                    && node->string == NULL && node->values == NULL
                    && node->constant == NULL);

    return rc;
}


mcp_schema_node_t *
mcp_schema_find_node(mcp_schema_compile_t *cx, const cJSON *json)
{
    return cx->table[mcp_schema_slot(cx, json)];
}


ngx_int_t
mcp_schema_refuse(mcp_schema_compile_t *cx, const cJSON *where,
    const char *fmt, ...)
{
    u_char   *p, *last;
    va_list   args;
    u_char    text[MCP_SCHEMA_MAX_TEXT];

    va_start(args, fmt);
    last = ngx_vslprintf(text, text + MCP_SCHEMA_MAX_TEXT, fmt, args);
    va_end(args);

    if (last == text + MCP_SCHEMA_MAX_TEXT) {

        /* cut, which must not leave a part of a character */

        do {
            last--;
        } while (last > text && (*last & 0xc0) == 0x80);
    }

    p = ngx_pnalloc(cx->pool, last - text);
    if (p == NULL) {
        return NGX_ERROR;
    }

    cx->err->text.len = last - text;
    cx->err->text.data = p;
    ngx_memcpy(p, text, last - text);

    if (mcp_schema_pointer(cx->pool, cx->doc, where, &cx->err->path)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_DECLINED;
}


static ngx_int_t
mcp_schema_add_node(mcp_schema_compile_t *cx, mcp_schema_node_t *node)
{
    if (cx->nnodes * 2 > cx->mask && mcp_schema_grow_table(cx) != NGX_OK) {
        return NGX_ERROR;
    }

    cx->table[mcp_schema_slot(cx, node->json)] = node;
    cx->nnodes++;

    node->next = cx->nodes;
    cx->nodes = node;

    return NGX_OK;
}


static ngx_int_t
mcp_schema_grow_table(mcp_schema_compile_t *cx)
{
    size_t               n;
    mcp_schema_node_t   *node;
    mcp_schema_node_t  **old;

    n = cx->table ? (cx->mask + 1) * 2 : MCP_SCHEMA_MIN_TABLE;
    old = cx->table;

    cx->table = ngx_pcalloc(cx->pool, n * sizeof(mcp_schema_node_t *));
    if (cx->table == NULL) {
        return NGX_ERROR;
    }

    cx->mask = n - 1;

    for (node = cx->nodes; node; node = node->next) {
        cx->table[mcp_schema_slot(cx, node->json)] = node;
    }

    if (old) {
        (void) ngx_pfree(cx->pool, old);
    }

    return NGX_OK;
}


static size_t
mcp_schema_slot(mcp_schema_compile_t *cx, const cJSON *json)
{
    size_t  i;

    i = (size_t) (((uint64_t) (uintptr_t) json * 0x9e3779b97f4a7c15ULL)
                  >> 32);

    for (i &= cx->mask; cx->table[i]; i = (i + 1) & cx->mask) {
        if (cx->table[i]->json == json) {
            break;
        }
    }

    return i;
}


/*
 * A schema that comes back to itself without going to a child of the instance
 * would never end (JSON Schema 2020-12 core, section 9.4.1).
 */

static ngx_int_t
mcp_schema_check_cycles(mcp_schema_compile_t *cx)
{
    ngx_int_t           rc;
    mcp_schema_node_t  *node;

    for (node = cx->nodes; node; node = node->next) {

        rc = mcp_schema_walk(cx, node, 0);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_schema_walk(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    ngx_uint_t depth)
{
    ngx_int_t                rc;
    ngx_uint_t               i;
    mcp_schema_dependent_t  *dependents;

    if (node == NULL || node->state == MCP_SCHEMA_DONE) {
        return NGX_OK;
    }

    if (node->state == MCP_SCHEMA_OPEN) {
        return mcp_schema_refuse(cx, node->json,
                                 "the schema refers to itself for the same "
                                 "value, which would never end");
    }

    if (depth == MCP_SCHEMA_MAX_DEPTH) {
        return mcp_schema_refuse(cx, node->json,
                                 "the chain of references is too long");
    }

    node->state = MCP_SCHEMA_OPEN;

    if (node->logic) {
        rc = mcp_schema_walk_logic(cx, node->logic, depth + 1);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (node->object) {
        dependents = node->object->dependents.elts;

        for (i = 0; i < node->object->dependents.nelts; i++) {
            rc = mcp_schema_walk(cx, dependents[i].node, depth + 1);

            if (rc != NGX_OK) {
                return rc;
            }
        }
    }

    node->state = MCP_SCHEMA_DONE;

    return NGX_OK;
}


static ngx_int_t
mcp_schema_walk_list(mcp_schema_compile_t *cx, mcp_schema_list_t *list,
    ngx_uint_t depth)
{
    ngx_int_t   rc;
    ngx_uint_t  i;

    for (i = 0; i < list->n; i++) {

        rc = mcp_schema_walk(cx, list->nodes[i], depth);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_schema_walk_logic(mcp_schema_compile_t *cx, mcp_schema_logic_t *logic,
    ngx_uint_t depth)
{
    ngx_int_t          rc;
    mcp_schema_list_t  single;
    mcp_schema_node_t  *nodes[6];

    nodes[0] = logic->ref;
    nodes[1] = logic->dynamic_ref;
    nodes[2] = logic->not_node;
    nodes[3] = logic->if_node;
    nodes[4] = logic->then_node;
    nodes[5] = logic->else_node;

    single.nodes = nodes;
    single.n = 6;

    rc = mcp_schema_walk_list(cx, &single, depth);

    if (rc == NGX_OK) {
        rc = mcp_schema_walk_list(cx, &logic->all_of, depth);
    }

    if (rc == NGX_OK) {
        rc = mcp_schema_walk_list(cx, &logic->any_of, depth);
    }

    if (rc == NGX_OK) {
        rc = mcp_schema_walk_list(cx, &logic->one_of, depth);
    }

    return rc;
}
