
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_schema_node.h>


/* from this many on, properties are looked up by hash */
#define MCP_SCHEMA_HASH_PROPERTIES  9


static ngx_int_t mcp_schema_names(mcp_schema_compile_t *cx,
    const cJSON *value, const char ***names, ngx_uint_t *n);
static ngx_int_t mcp_schema_finish_hash(mcp_schema_compile_t *cx,
    mcp_schema_object_t *object);


ngx_int_t
mcp_schema_definition(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    mcp_schema_node_t  *dummy;

    return mcp_schema_compile_node(cx, value, node->resource, &dummy);
}


ngx_int_t
mcp_schema_definitions(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    ngx_int_t     rc;
    const cJSON  *child;

    if (!cJSON_IsObject(value)) {
        return mcp_schema_expected(cx, value, "an object");
    }

    for (child = value->child; child; child = child->next) {

        rc = mcp_schema_definition(cx, node, child, NULL);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


ngx_int_t
mcp_schema_subschema(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    mcp_schema_node_t **subschema = field;

    return mcp_schema_compile_node(cx, value, node->resource, subschema);
}


ngx_int_t
mcp_schema_list(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    mcp_schema_list_t *list = field;

    ngx_int_t     rc;
    ngx_uint_t    n;
    const cJSON  *child;

    if (!cJSON_IsArray(value)) {
        return mcp_schema_expected(cx, value, "an array");
    }

    if (value->child == NULL) {
        return mcp_schema_refuse(cx, value, "\"%s\" must not be empty",
                                 value->string);
    }

    n = 0;

    for (child = value->child; child; child = child->next) {
        n++;
    }

    list->nodes = ngx_palloc(cx->pool, n * sizeof(mcp_schema_node_t *));
    if (list->nodes == NULL) {
        return NGX_ERROR;
    }

    for (child = value->child; child; child = child->next) {

        rc = mcp_schema_compile_node(cx, child, node->resource,
                                     &list->nodes[list->n]);
        if (rc != NGX_OK) {
            return rc;
        }

        list->n++;
    }

    return NGX_OK;
}


ngx_int_t
mcp_schema_items(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    if (!cJSON_IsArray(value)) {
        return mcp_schema_subschema(cx, node, value, field);
    }

    if (node->resource->dialect != MCP_SCHEMA_07) {
        return mcp_schema_refuse(cx, value, "\"items\" must be a schema, "
                                 "an array of schemas is \"prefixItems\"");
    }

    if (value->child == NULL) {
        return NGX_OK;
    }

    return mcp_schema_list(cx, node, value, &node->array->prefix);
}


ngx_int_t
mcp_schema_additional_items(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field)
{
    const cJSON  *items;

    /* draft-07 validation, section 6.4.2: only beside an array of items */

    items = cJSON_GetObjectItemCaseSensitive(node->json, "items");

    if (!cJSON_IsArray(items)) {
        return mcp_schema_definition(cx, node, value, NULL);
    }

    return mcp_schema_subschema(cx, node, value, field);
}


ngx_int_t
mcp_schema_properties(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    ngx_int_t               rc;
    ngx_uint_t              n;
    const cJSON            *child;
    mcp_schema_object_t    *object;
    mcp_schema_property_t  *property;

    if (!cJSON_IsObject(value)) {
        return mcp_schema_expected(cx, value, "an object");
    }

    n = 0;

    for (child = value->child; child; child = child->next) {
        n++;
    }

    object = node->object;

    object->properties = ngx_pcalloc(cx->pool,
                                     (n + 1) * sizeof(mcp_schema_property_t));
    if (object->properties == NULL) {
        return NGX_ERROR;
    }

    for (child = value->child; child; child = child->next) {

        property = &object->properties[object->nproperties++];

        property->name = child->string;
        property->len = ngx_strlen(child->string);

        rc = mcp_schema_compile_node(cx, child, node->resource,
                                     &property->node);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


ngx_int_t
mcp_schema_pattern_properties(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field)
{
    ngx_array_t *patterns = field;

    ngx_int_t                       rc;
    const cJSON                    *child;
    mcp_schema_pattern_property_t  *pattern;

    if (!cJSON_IsObject(value)) {
        return mcp_schema_expected(cx, value, "an object");
    }

    if (ngx_array_init(patterns, cx->pool, 4,
                       sizeof(mcp_schema_pattern_property_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (child = value->child; child; child = child->next) {

        pattern = ngx_array_push(patterns);
        if (pattern == NULL) {
            return NGX_ERROR;
        }

        rc = mcp_schema_pattern_compile(cx, child, child->string,
                                        &pattern->pattern);
        if (rc != NGX_OK) {
            return rc;
        }

        rc = mcp_schema_compile_node(cx, child, node->resource,
                                     &pattern->node);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_schema_names(mcp_schema_compile_t *cx, const cJSON *value,
    const char ***names, ngx_uint_t *n)
{
    const cJSON  *child;

    if (!cJSON_IsArray(value)) {
        return mcp_schema_expected(cx, value, "an array of strings");
    }

    *n = 0;

    for (child = value->child; child; child = child->next) {

        if (!cJSON_IsString(child)) {
            return mcp_schema_expected(cx, child, "a string");
        }

        (*n)++;
    }

    *names = ngx_palloc(cx->pool, (*n + 1) * sizeof(char *));
    if (*names == NULL) {
        return NGX_ERROR;
    }

    *n = 0;

    for (child = value->child; child; child = child->next) {
        (*names)[(*n)++] = child->valuestring;
    }

    return NGX_OK;
}


ngx_int_t
mcp_schema_required(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    return mcp_schema_names(cx, value, &node->object->required,
                            &node->object->nrequired);
}


/* each member of "dependencies" is of one kind or the other */

ngx_int_t
mcp_schema_dependencies(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    ngx_array_t *dependents = field;

    ngx_int_t                rc;
    ngx_uint_t               names, schemas;
    const cJSON             *child;
    mcp_schema_dependent_t  *dependent;

    if (!cJSON_IsObject(value)) {
        return mcp_schema_expected(cx, value, "an object");
    }

    names = ngx_strcmp(value->string, "dependentSchemas") != 0;
    schemas = ngx_strcmp(value->string, "dependentRequired") != 0;

    if (dependents->elts == NULL
        && ngx_array_init(dependents, cx->pool, 4,
                          sizeof(mcp_schema_dependent_t))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (child = value->child; child; child = child->next) {

        dependent = ngx_array_push(dependents);
        if (dependent == NULL) {
            return NGX_ERROR;
        }

        ngx_memzero(dependent, sizeof(mcp_schema_dependent_t));

        dependent->name = child->string;

        if (names && (!schemas || cJSON_IsArray(child))) {
            rc = mcp_schema_names(cx, child, &dependent->required,
                                  &dependent->n);
        } else {
            rc = mcp_schema_compile_node(cx, child, node->resource,
                                         &dependent->node);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


ngx_int_t
mcp_schema_reference(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    mcp_schema_ref_t  *ref;

    if (!cJSON_IsString(value)) {
        return mcp_schema_expected(cx, value, "a string");
    }

    ref = ngx_array_push(&cx->refs);
    if (ref == NULL) {
        return NGX_ERROR;
    }

    ref->node = node;
    ref->value = value;
    ref->dynamic = (field == &node->logic->dynamic_ref);

    return NGX_OK;
}


/* "properties" and "required" become one table */

ngx_int_t
mcp_schema_finish_object(mcp_schema_compile_t *cx,
    mcp_schema_object_t *object)
{
    size_t                  len;
    ngx_uint_t              i, k;
    mcp_schema_property_t  *all, *property;

    if (object->nrequired) {

        all = ngx_pcalloc(cx->pool, (object->nproperties + object->nrequired)
                                    * sizeof(mcp_schema_property_t));
        if (all == NULL) {
            return NGX_ERROR;
        }

        if (object->nproperties) {
            ngx_memcpy(all, object->properties,
                       object->nproperties * sizeof(mcp_schema_property_t));
        }

        object->properties = all;
    }

    for (i = 0; i < object->nrequired; i++) {

        len = ngx_strlen(object->required[i]);

        for (k = 0; k < object->nproperties; k++) {
            property = &object->properties[k];

            if (property->len == len
                && ngx_memcmp(property->name, object->required[i], len) == 0)
            {
                break;
            }
        }

        property = &object->properties[k];

        if (k == object->nproperties) {
            property->name = object->required[i];
            property->len = len;
            object->nproperties++;
        }

        if (property->required == 0) {
            property->required = i + 1;

            if (i < 64) {
                object->required_mask |= (uint64_t) 1 << i;
            }
        }
    }

    object->rare = (object->patterns.nelts || object->additional
                    || object->names);

    if (object->nproperties < MCP_SCHEMA_HASH_PROPERTIES) {
        return NGX_OK;
    }

    return mcp_schema_finish_hash(cx, object);
}


static ngx_int_t
mcp_schema_finish_hash(mcp_schema_compile_t *cx, mcp_schema_object_t *object)
{
    size_t                  n, slot;
    ngx_uint_t              i;
    mcp_schema_property_t  *property;

    for (n = 16; n < object->nproperties * 2; n *= 2) { /* void */ }

    object->mask = n - 1;

    object->hash = ngx_pcalloc(cx->pool, n * sizeof(uint32_t));
    if (object->hash == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < object->nproperties; i++) {

        property = &object->properties[i];
        property->hash = mcp_schema_hash(property->name, property->len);

        slot = property->hash & object->mask;

        while (object->hash[slot]) {
            slot = (slot + 1) & object->mask;
        }

        object->hash[slot] = i + 1;
    }

    return NGX_OK;
}
