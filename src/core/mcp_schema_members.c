
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_schema_node.h>


static ngx_int_t mcp_schema_check_items(mcp_schema_run_t *run,
    const mcp_schema_array_t *array, const cJSON *value,
    mcp_schema_seen_t *seen);
static ngx_int_t mcp_schema_check_contains(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value,
    mcp_schema_seen_t *seen);
static ngx_int_t mcp_schema_check_unique(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value);
static ngx_int_t mcp_schema_check_member(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value, const cJSON *member,
    ngx_uint_t *known);
static ngx_int_t mcp_schema_check_patterns(mcp_schema_run_t *run,
    const mcp_schema_object_t *object, const cJSON *member,
    ngx_uint_t *known);
static ngx_int_t mcp_schema_check_name(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value, const cJSON *member);
static ngx_int_t mcp_schema_check_required(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value, uint64_t found);
static ngx_int_t mcp_schema_check_dependents(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value, size_t n,
    mcp_schema_seen_t *seen);
static mcp_schema_property_t *mcp_schema_find_property(
    const mcp_schema_object_t *object, const char *name, ngx_uint_t hint);
static ngx_int_t mcp_schema_find_member(mcp_schema_run_t *run,
    const cJSON *value, const char *name);
static ngx_int_t mcp_schema_fail_name(mcp_schema_run_t *run,
    mcp_schema_fail_e code, const mcp_schema_node_t *node,
    const cJSON *value, const char *name);


#define mcp_schema_check_child(run, node, child, rc)                         \
    (run)->level++;                                                          \
    rc = mcp_schema_check_node(run, node, child, NULL);                      \
    (run)->level--


ngx_int_t
mcp_schema_check_array(mcp_schema_run_t *run, const mcp_schema_node_t *node,
    const cJSON *value, mcp_schema_seen_t *seen)
{
    size_t                n;
    ngx_int_t             rc;
    const cJSON          *child;
    mcp_schema_array_t   *array;

    n = 0;
    array = node->array;

    for (child = value->child; child; child = child->next) {
        n++;
    }

    if (mcp_schema_charge(run, value, n / 8) != NGX_OK) {
        return NGX_ABORT;
    }

    if (n < array->min_items) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_MIN_ITEMS, node, value, n);
    }

    if (n > array->max_items) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_MAX_ITEMS, node, value, n);
    }

    rc = NGX_OK;

    if (array->prefix.n || array->items) {
        rc = mcp_schema_check_items(run, array, value, seen);
    }

    if (rc == NGX_OK && array->contains) {
        rc = mcp_schema_check_contains(run, node, value, seen);
    }

    if (rc == NGX_OK && array->unique) {
        rc = mcp_schema_check_unique(run, node, value);
    }

    return rc;
}


static ngx_int_t
mcp_schema_check_items(mcp_schema_run_t *run, const mcp_schema_array_t *array,
    const cJSON *value, mcp_schema_seen_t *seen)
{
    size_t                    i;
    ngx_int_t                 rc;
    const cJSON              *child;
    const mcp_schema_node_t  *node;

    i = 0;

    for (child = value->child; child; child = child->next) {

        node = i < array->prefix.n ? array->prefix.nodes[i] : array->items;

        if (node == NULL) {
            break;
        }

        if (node->reject) {
            return mcp_schema_fail(run, MCP_SCHEMA_FAIL_ITEM, node, value, i);
        }

        mcp_schema_check_child(run, node, child, rc);

        if (rc != NGX_OK) {
            return rc;
        }

        if (seen) {
            mcp_schema_seen_set(seen, i);
        }

        i++;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_schema_check_contains(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value,
    mcp_schema_seen_t *seen)
{
    size_t               i, n;
    ngx_int_t            rc;
    const cJSON         *child;
    mcp_schema_array_t  *array;

    n = 0;
    i = 0;
    array = node->array;

    for (child = value->child; child; child = child->next) {

        if (seen == NULL && n >= array->min_contains
            && array->max_contains == NGX_MAX_SIZE_T_VALUE)
        {
            return NGX_OK;
        }

        mcp_schema_check_child(run, array->contains, child, rc);

        if (rc == NGX_OK) {
            n++;

            if (seen) {
                mcp_schema_seen_set(seen, i);
            }

        } else if (rc != NGX_DECLINED) {
            return rc;
        }

        i++;
    }

    if (n < array->min_contains) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_MIN_CONTAINS, node, value,
                               n);
    }

    if (n > array->max_contains) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_MAX_CONTAINS, node, value,
                               n);
    }

    return NGX_OK;
}


static ngx_int_t
mcp_schema_check_unique(mcp_schema_run_t *run, const mcp_schema_node_t *node,
    const cJSON *value)
{
    size_t     first, second;
    ngx_int_t  rc;

    rc = mcp_schema_unique(run, value, &first, &second);

    if (rc == NGX_DECLINED) {
        (void) mcp_schema_fail(run, MCP_SCHEMA_FAIL_UNIQUE, node, value,
                               first);
        run->fail.m = second;
    }

    return rc;
}


ngx_int_t
mcp_schema_check_object(mcp_schema_run_t *run, const mcp_schema_node_t *node,
    const cJSON *value, mcp_schema_seen_t *seen)
{
    size_t                  n;
    uint64_t                found;
    ngx_int_t               rc;
    ngx_uint_t              hint, known;
    const cJSON            *child;
    mcp_schema_object_t    *object;
    mcp_schema_property_t  *property;

    n = 0;
    hint = 0;
    found = 0;
    object = node->object;

    for (child = value->child; child; child = child->next) {

        known = 0;
        property = mcp_schema_find_property(object, child->string, hint);

        if (property) {

            /* members tend to come in the order of the schema */
            hint = property - object->properties + 1;

            if (property->required && property->required <= 64) {
                found |= (uint64_t) 1 << (property->required - 1);
            }

            if (property->node) {
                known = 1;

                mcp_schema_check_child(run, property->node, child, rc);

                if (rc != NGX_OK) {
                    return rc;
                }
            }
        }

        if (object->rare) {
            rc = mcp_schema_check_member(run, node, value, child, &known);

            if (rc != NGX_OK) {
                return rc;
            }
        }

        if (seen && known) {
            mcp_schema_seen_set(seen, n);
        }

        n++;
    }

    if (n < object->min_properties) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_MIN_PROPERTIES, node,
                               value, n);
    }

    if (n > object->max_properties) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_MAX_PROPERTIES, node,
                               value, n);
    }

    if (found != object->required_mask || object->nrequired > 64) {
        rc = mcp_schema_check_required(run, node, value, found);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return mcp_schema_check_dependents(run, node, value, n, seen);
}


/* patternProperties, additionalProperties and propertyNames for one member */

static ngx_int_t
mcp_schema_check_member(mcp_schema_run_t *run, const mcp_schema_node_t *node,
    const cJSON *value, const cJSON *member, ngx_uint_t *known)
{
    ngx_int_t             rc;
    mcp_schema_object_t  *object;

    rc = NGX_OK;
    object = node->object;

    if (object->patterns.nelts) {
        rc = mcp_schema_check_patterns(run, object, member, known);
    }

    if (rc == NGX_OK && object->additional && !*known) {

        *known = 1;

        if (object->additional->reject) {
            return mcp_schema_fail_name(run, MCP_SCHEMA_FAIL_PROPERTY, node,
                                        value, member->string);
        }

        mcp_schema_check_child(run, object->additional, member, rc);
    }

    if (rc == NGX_OK && object->names) {
        rc = mcp_schema_check_name(run, object->names, value, member);
    }

    return rc;
}


static ngx_int_t
mcp_schema_check_patterns(mcp_schema_run_t *run,
    const mcp_schema_object_t *object, const cJSON *member,
    ngx_uint_t *known)
{
    ngx_int_t                       rc;
    ngx_uint_t                      i;
    mcp_schema_pattern_property_t  *patterns;

    patterns = object->patterns.elts;

    for (i = 0; i < object->patterns.nelts; i++) {

        rc = mcp_schema_pattern_match(run, patterns[i].pattern, member,
                                      member->string,
                                      ngx_strlen(member->string));

        if (rc == NGX_DECLINED) {
            continue;
        }

        if (rc == NGX_OK) {
            *known = 1;
            mcp_schema_check_child(run, patterns[i].node, member, rc);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_schema_check_name(mcp_schema_run_t *run, const mcp_schema_node_t *node,
    const cJSON *value, const cJSON *member)
{
    cJSON      name;
    ngx_int_t  rc;

    ngx_memzero(&name, sizeof(cJSON));

    name.type = cJSON_String;
    name.valuestring = member->string;

    run->key = member->string;
    run->key_object = value;

    rc = mcp_schema_check_node(run, node, &name, NULL);

    run->key = NULL;

    return rc;
}


static ngx_int_t
mcp_schema_check_required(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value, uint64_t found)
{
    ngx_int_t             rc;
    ngx_uint_t            i;
    mcp_schema_object_t  *object;

    object = node->object;

    for (i = 0; i < object->nrequired; i++) {

        if (i < 64 && (found & ((uint64_t) 1 << i))) {
            continue;
        }

        /* a name the schema has twice has one bit only */

        rc = mcp_schema_find_member(run, value, object->required[i]);

        if (rc == NGX_DECLINED) {
            return mcp_schema_fail_name(run, MCP_SCHEMA_FAIL_REQUIRED, node,
                                        value, object->required[i]);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_schema_check_dependents(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value, size_t n,
    mcp_schema_seen_t *seen)
{
    ngx_int_t                rc;
    ngx_uint_t               i, k;
    mcp_schema_dependent_t  *dependents;

    dependents = node->object->dependents.elts;

    if (mcp_schema_charge(run, value, n / 8) != NGX_OK) {
        return NGX_ABORT;
    }

    for (i = 0; i < node->object->dependents.nelts; i++) {

        rc = mcp_schema_find_member(run, value, dependents[i].name);

        if (rc == NGX_DECLINED) {
            continue;
        }

        for (k = 0; rc == NGX_OK && k < dependents[i].n; k++) {

            rc = mcp_schema_find_member(run, value, dependents[i].required[k]);

            if (rc == NGX_DECLINED) {
                (void) mcp_schema_fail_name(run, MCP_SCHEMA_FAIL_DEPENDENT,
                                            node, value,
                                            dependents[i].required[k]);
                run->fail.other = dependents[i].name;
            }
        }

        if (rc == NGX_OK && dependents[i].node) {
            rc = mcp_schema_check_node(run, dependents[i].node, value, seen);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static mcp_schema_property_t *
mcp_schema_find_property(const mcp_schema_object_t *object, const char *name,
    ngx_uint_t hint)
{
    size_t                  len, slot;
    uint32_t                hash;
    ngx_uint_t              i;
    mcp_schema_property_t  *property;

    if (hint < object->nproperties) {
        property = &object->properties[hint];

        if (ngx_strcmp(property->name, name) == 0) {
            return property;
        }
    }

    if (object->hash == NULL) {

        for (i = 0; i < object->nproperties; i++) {
            property = &object->properties[i];

            if (property->name[0] == name[0]
                && ngx_strcmp(property->name, name) == 0)
            {
                return property;
            }
        }

        return NULL;
    }

    len = ngx_strlen(name);
    hash = mcp_schema_hash(name, len);

    for (slot = hash & object->mask;
         object->hash[slot];
         slot = (slot + 1) & object->mask)
    {
        property = &object->properties[object->hash[slot] - 1];

        if (property->hash == hash && property->len == len
            && ngx_memcmp(property->name, name, len) == 0)
        {
            return property;
        }
    }

    return NULL;
}


/* FNV-1a; the table is the schema's, a client cannot fill it */

uint32_t
mcp_schema_hash(const char *name, size_t len)
{
    size_t    i;
    uint32_t  hash;

    hash = 2166136261u;

    for (i = 0; i < len; i++) {
        hash = (hash ^ (u_char) name[i]) * 16777619u;
    }

    return hash ^ (hash >> 15);
}


static ngx_int_t
mcp_schema_find_member(mcp_schema_run_t *run, const cJSON *value,
    const char *name)
{
    size_t        n;
    ngx_int_t     rc;
    const cJSON  *child;

    n = 1;
    rc = NGX_DECLINED;

    for (child = value->child; child; child = child->next) {

        if (ngx_strcmp(child->string, name) == 0) {
            rc = NGX_OK;
            break;
        }

        n++;
    }

    return mcp_schema_charge(run, value, n / 4) == NGX_OK ? rc : NGX_ABORT;
}


static ngx_int_t
mcp_schema_fail_name(mcp_schema_run_t *run, mcp_schema_fail_e code,
    const mcp_schema_node_t *node, const cJSON *value, const char *name)
{
    ngx_int_t  rc;

    rc = mcp_schema_fail(run, code, node, value, 0);

    run->fail.name = name;

    return rc;
}


ngx_int_t
mcp_schema_check_unevaluated(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value,
    mcp_schema_seen_t *seen)
{
    size_t        i;
    ngx_int_t     rc;
    const cJSON  *child;

    i = 0;

    for (child = value->child; child; child = child->next, i++) {

        if (mcp_schema_seen_get(seen, i)) {
            continue;
        }

        if (node->reject && cJSON_IsObject(value)) {
            return mcp_schema_fail_name(run, MCP_SCHEMA_FAIL_PROPERTY, node,
                                        value, child->string);
        }

        mcp_schema_check_child(run, node, child, rc);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


ngx_int_t
mcp_schema_seen_init(mcp_schema_run_t *run, mcp_schema_seen_t *seen,
    const cJSON *value)
{
    size_t        words;
    const cJSON  *child;

    seen->n = 0;

    for (child = value->child; child; child = child->next) {
        seen->n++;
    }

    words = (seen->n + 63) / 64;

    if (words <= sizeof(seen->small) / sizeof(seen->small[0])) {
        ngx_memzero(seen->small, sizeof(seen->small));
        seen->bits = seen->small;
        return NGX_OK;
    }

    if (mcp_schema_charge(run, value, seen->n / 8) != NGX_OK) {
        return NGX_ABORT;
    }

    seen->bits = ngx_pcalloc(run->pool, words * sizeof(uint64_t));

    return seen->bits ? NGX_OK : NGX_ERROR;
}


void
mcp_schema_seen_done(mcp_schema_run_t *run, mcp_schema_seen_t *seen)
{
    if (seen->bits != seen->small) {
        (void) ngx_pfree(run->pool, seen->bits);
    }
}


void
mcp_schema_seen_merge(mcp_schema_seen_t *to, mcp_schema_seen_t *from)
{
    size_t  i;

    for (i = 0; i < (to->n + 63) / 64; i++) {
        to->bits[i] |= from->bits[i];
    }
}


void
mcp_schema_seen_all(mcp_schema_seen_t *seen)
{
    if (seen->n) {
        ngx_memset(seen->bits, 0xff, (seen->n + 63) / 64 * sizeof(uint64_t));
    }
}
