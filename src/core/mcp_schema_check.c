
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_schema_node.h>


static ngx_int_t mcp_schema_check_deep(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value,
    mcp_schema_seen_t *seen);
static ngx_int_t mcp_schema_check_rest(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const mcp_schema_node_t *unevaluated,
    const cJSON *value, mcp_schema_seen_t *seen);
static ngx_int_t mcp_schema_check_rules(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value,
    mcp_schema_seen_t *seen);
static ngx_int_t mcp_schema_check_values(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value);
static ngx_int_t mcp_schema_check_number(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value);
static ngx_int_t mcp_schema_check_string(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value);
static ngx_int_t mcp_schema_check_logic(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value,
    mcp_schema_seen_t *seen);
static const mcp_schema_node_t *mcp_schema_dynamic(mcp_schema_run_t *run,
    const mcp_schema_logic_t *logic);
static ngx_int_t mcp_schema_try(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value,
    mcp_schema_seen_t *seen);
static ngx_int_t mcp_schema_check_branches(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const mcp_schema_list_t *list,
    const cJSON *value, mcp_schema_seen_t *seen, ngx_uint_t one);
static void mcp_schema_closest(mcp_schema_run_t *run,
    const mcp_schema_list_t *list, const cJSON *value, ngx_uint_t i,
    mcp_schema_fail_t *best);
static ngx_int_t mcp_schema_check_not(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value);
static ngx_int_t mcp_schema_check_if(mcp_schema_run_t *run,
    const mcp_schema_logic_t *logic, const cJSON *value,
    mcp_schema_seen_t *seen);


ngx_int_t
mcp_schema_check(const mcp_schema_t *schema, const cJSON *instance,
    ngx_pool_t *pool, mcp_schema_error_t *err)
{
    ngx_int_t         rc;
    mcp_schema_run_t  run;

    run.schema = schema;
    run.pool = pool;
    run.scope = NULL;
    run.match = NULL;
    run.steps = MCP_SCHEMA_MAX_STEPS;
    run.depth = 0;
    run.level = 0;
    run.key = NULL;

    rc = mcp_schema_check_node(&run, schema->root, instance, NULL);

    if (run.match) {
        pcre2_match_data_free(run.match);
    }

    if (rc == NGX_DECLINED || rc == NGX_ABORT) {

        if (mcp_schema_explain(&run, instance, err) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return rc;
}


ngx_int_t
mcp_schema_check_node(mcp_schema_run_t *run, const mcp_schema_node_t *node,
    const cJSON *value, mcp_schema_seen_t *seen)
{
    if (--run->steps < 0) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_STEPS, node, value, 0);
    }

    if (node->reject) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_FALSE, node, value, 0);
    }

    if (!mcp_schema_is_json(value)) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_VALUE, node, value, 0);
    }

    if (node->types && !(node->types & value->type & MCP_SCHEMA_TYPES)) {

        if (!(node->types & MCP_SCHEMA_INTEGER) || !cJSON_IsNumber(value)
            || !mcp_number_is_integer(value))
        {
            return mcp_schema_fail(run, MCP_SCHEMA_FAIL_TYPE, node, value,
                                   node->types);
        }
    }

    if (node->simple) {
        return NGX_OK;
    }

    if (node->flat) {
        return mcp_schema_check_rules(run, node, value, NULL);
    }

    return mcp_schema_check_deep(run, node, value, seen);
}


ngx_uint_t
mcp_schema_is_json(const cJSON *value)
{
    switch (value->type & 0xff) {

    case cJSON_Number:
        return mcp_number_is_finite(value);

    case cJSON_String:
        return value->valuestring != NULL;

    default:
        return (value->type & MCP_SCHEMA_TYPES) != 0;
    }
}


ngx_int_t
mcp_schema_fail(mcp_schema_run_t *run, mcp_schema_fail_e code,
    const mcp_schema_node_t *node, const cJSON *value, size_t n)
{
    ngx_uint_t          rank;
    mcp_schema_fail_t  *fail;

    /*
     * A constant deep inside is most often the mark of another branch: it
     * counts less than anything wrong in the object it marks.
     */

    rank = run->level * 2;

    if (code == MCP_SCHEMA_FAIL_CONST || code == MCP_SCHEMA_FAIL_ENUM) {
        rank -= run->level ? 2 : 0;

    } else if (code != MCP_SCHEMA_FAIL_TYPE) {
        rank++;
    }

    fail = &run->fail;

    fail->code = code;
    fail->rank = rank;
    fail->node = node;
    fail->value = run->key ? run->key_object : value;
    fail->name = NULL;
    fail->other = NULL;
    fail->key = run->key;
    fail->list = NULL;
    fail->n = n;
    fail->m = 0;

    return code >= MCP_SCHEMA_FAIL_STEPS ? NGX_ABORT : NGX_DECLINED;
}


ngx_int_t
mcp_schema_charge(mcp_schema_run_t *run, const cJSON *value, size_t steps)
{
    if (steps > (size_t) run->steps) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_STEPS, NULL, value, 0);
    }

    run->steps -= steps;

    return NGX_OK;
}


static ngx_int_t
mcp_schema_check_deep(mcp_schema_run_t *run, const mcp_schema_node_t *node,
    const cJSON *value, mcp_schema_seen_t *seen)
{
    ngx_int_t                 rc;
    mcp_schema_scope_t        scope, *outer;
    const mcp_schema_node_t  *unevaluated;

    if (run->depth == MCP_SCHEMA_MAX_DEPTH) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_DEPTH, node, value, 0);
    }

    run->depth++;

    outer = run->scope;

    if (run->schema->dynamic
        && (outer == NULL || outer->resource != node->resource))
    {
        scope.resource = node->resource;
        scope.outer = outer;
        run->scope = &scope;
    }

    unevaluated = NULL;

    if (node->array && cJSON_IsArray(value)) {
        unevaluated = node->array->unevaluated;

    } else if (node->object && cJSON_IsObject(value)) {
        unevaluated = node->object->unevaluated;
    }

    if (unevaluated) {
        rc = mcp_schema_check_rest(run, node, unevaluated, value, seen);

    } else {
        rc = mcp_schema_check_rules(run, node, value, seen);
    }

    run->scope = outer;
    run->depth--;

    return rc;
}


static ngx_int_t
mcp_schema_check_rest(mcp_schema_run_t *run, const mcp_schema_node_t *node,
    const mcp_schema_node_t *unevaluated, const cJSON *value,
    mcp_schema_seen_t *seen)
{
    ngx_int_t          rc;
    mcp_schema_seen_t  inner;

    /* what the neighbours of this schema have evaluated is not seen here */

    rc = mcp_schema_seen_init(run, &inner, value);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_schema_check_rules(run, node, value, &inner);

    if (rc == NGX_OK) {
        rc = mcp_schema_check_unevaluated(run, unevaluated, value, &inner);
    }

    mcp_schema_seen_done(run, &inner);

    if (rc == NGX_OK && seen) {
        mcp_schema_seen_all(seen);
    }

    return rc;
}


static ngx_int_t
mcp_schema_check_rules(mcp_schema_run_t *run, const mcp_schema_node_t *node,
    const cJSON *value, mcp_schema_seen_t *seen)
{
    ngx_int_t  rc;

    rc = NGX_OK;

    if (node->values || node->constant) {
        rc = mcp_schema_check_values(run, node, value);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    switch (value->type & MCP_SCHEMA_TYPES) {

    case cJSON_String:
        if (node->string) {
            rc = mcp_schema_check_string(run, node, value);
        }

        break;

    case cJSON_Number:
        if (node->number) {
            rc = mcp_schema_check_number(run, node, value);
        }

        break;

    case cJSON_Object:
        if (node->object) {
            rc = mcp_schema_check_object(run, node, value, seen);
        }

        break;

    case cJSON_Array:
        if (node->array) {
            rc = mcp_schema_check_array(run, node, value, seen);
        }
    }

    if (rc == NGX_OK && node->logic) {
        rc = mcp_schema_check_logic(run, node, value, seen);
    }

    return rc;
}


static ngx_int_t
mcp_schema_check_values(mcp_schema_run_t *run, const mcp_schema_node_t *node,
    const cJSON *value)
{
    ngx_int_t   rc;
    ngx_uint_t  i;

    if (node->constant) {
        rc = mcp_schema_equal(run, node->constant, value);

        if (rc == NGX_DECLINED) {
            return mcp_schema_fail(run, MCP_SCHEMA_FAIL_CONST, node, value, 0);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (node->values == NULL) {
        return NGX_OK;
    }

    for (i = 0; i < node->nvalues; i++) {

        rc = mcp_schema_equal(run, node->values[i], value);

        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    return mcp_schema_fail(run, MCP_SCHEMA_FAIL_ENUM, node, value, 0);
}


static ngx_int_t
mcp_schema_check_number(mcp_schema_run_t *run, const mcp_schema_node_t *node,
    const cJSON *value)
{
    ngx_int_t             rc;
    mcp_schema_number_t  *number;

    number = node->number;

    if (number->minimum && mcp_number_cmp(value, number->minimum) < 0) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_MINIMUM, node, value, 0);
    }

    if (number->maximum && mcp_number_cmp(value, number->maximum) > 0) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_MAXIMUM, node, value, 0);
    }

    if (number->exclusive_minimum
        && mcp_number_cmp(value, number->exclusive_minimum) <= 0)
    {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_EXCLUSIVE_MINIMUM, node,
                               value, 0);
    }

    if (number->exclusive_maximum
        && mcp_number_cmp(value, number->exclusive_maximum) >= 0)
    {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_EXCLUSIVE_MAXIMUM, node,
                               value, 0);
    }

    if (number->multiple_of) {

        /* the longer the text, the more a division costs */

        if (value->valuestring
            && mcp_schema_charge(run, value, ngx_strlen(value->valuestring))
               != NGX_OK)
        {
            return NGX_ABORT;
        }

        rc = mcp_number_is_multiple(value, number->multiple_of);

        if (rc == NGX_DECLINED) {
            return mcp_schema_fail(run, MCP_SCHEMA_FAIL_MULTIPLE_OF, node,
                                   value, 0);
        }

        return rc;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_schema_check_string(mcp_schema_run_t *run, const mcp_schema_node_t *node,
    const cJSON *value)
{
    size_t                n, len;
    ngx_int_t             rc;
    const char           *p;
    mcp_schema_string_t  *string;

    string = node->string;
    len = ngx_strlen(value->valuestring);

    if (string->min_length || string->max_length != NGX_MAX_SIZE_T_VALUE) {

        if (mcp_schema_charge(run, value, len / 64) != NGX_OK) {
            return NGX_ABORT;
        }

        for (n = 0, p = value->valuestring; *p; p++) {
            n += ((*p & 0xc0) != 0x80);
        }

        if (n < string->min_length) {
            return mcp_schema_fail(run, MCP_SCHEMA_FAIL_MIN_LENGTH, node,
                                   value, n);
        }

        if (n > string->max_length) {
            return mcp_schema_fail(run, MCP_SCHEMA_FAIL_MAX_LENGTH, node,
                                   value, n);
        }
    }

    if (string->pattern == NULL) {
        return NGX_OK;
    }

    rc = mcp_schema_pattern_match(run, string->pattern, value,
                                  value->valuestring, len);

    if (rc == NGX_DECLINED) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_PATTERN, node, value, 0);
    }

    return rc;
}


static ngx_int_t
mcp_schema_check_logic(mcp_schema_run_t *run, const mcp_schema_node_t *node,
    const cJSON *value, mcp_schema_seen_t *seen)
{
    ngx_int_t            rc;
    ngx_uint_t           i;
    mcp_schema_logic_t  *logic;

    rc = NGX_OK;
    logic = node->logic;

    if (logic->ref) {
        rc = mcp_schema_check_node(run, logic->ref, value, seen);
    }

    if (rc == NGX_OK && logic->dynamic_ref) {
        rc = mcp_schema_check_node(run, mcp_schema_dynamic(run, logic), value,
                                   seen);
    }

    for (i = 0; rc == NGX_OK && i < logic->all_of.n; i++) {
        rc = mcp_schema_check_node(run, logic->all_of.nodes[i], value, seen);
    }

    if (rc == NGX_OK && logic->any_of.n) {
        rc = mcp_schema_check_branches(run, node, &logic->any_of, value, seen,
                                       0);
    }

    if (rc == NGX_OK && logic->one_of.n) {
        rc = mcp_schema_check_branches(run, node, &logic->one_of, value, seen,
                                       1);
    }

    if (rc == NGX_OK && logic->not_node) {
        rc = mcp_schema_check_not(run, node, value);
    }

    if (rc == NGX_OK && logic->if_node) {
        rc = mcp_schema_check_if(run, logic, value, seen);
    }

    return rc;
}


/* the outermost resource that has the anchor (core, section 8.2.3.2) */

static const mcp_schema_node_t *
mcp_schema_dynamic(mcp_schema_run_t *run, const mcp_schema_logic_t *logic)
{
    ngx_str_t                *name;
    mcp_schema_scope_t       *scope;
    mcp_schema_anchor_t      *anchor;
    const mcp_schema_node_t  *node;

    node = logic->dynamic_ref;

    if (logic->dynamic == NULL) {
        return node;
    }

    name = &logic->dynamic->name;

    for (scope = run->scope; scope; scope = scope->outer) {

        run->steps--;

        for (anchor = scope->resource->anchors; anchor; anchor = anchor->next)
        {
            if (anchor->dynamic && anchor->name.len == name->len
                && ngx_memcmp(anchor->name.data, name->data, name->len) == 0)
            {
                node = anchor->node;
                break;
            }
        }
    }

    return node;
}


/* a branch whose annotations are lost if it fails */

static ngx_int_t
mcp_schema_try(mcp_schema_run_t *run, const mcp_schema_node_t *node,
    const cJSON *value, mcp_schema_seen_t *seen)
{
    ngx_int_t          rc;
    mcp_schema_seen_t  inner;

    if (seen == NULL) {
        return mcp_schema_check_node(run, node, value, NULL);
    }

    rc = mcp_schema_seen_init(run, &inner, value);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_schema_check_node(run, node, value, &inner);

    if (rc == NGX_OK) {
        mcp_schema_seen_merge(seen, &inner);
    }

    mcp_schema_seen_done(run, &inner);

    return rc;
}


/* anyOf, and oneOf where "one" is set */

static ngx_int_t
mcp_schema_check_branches(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const mcp_schema_list_t *list,
    const cJSON *value, mcp_schema_seen_t *seen, ngx_uint_t one)
{
    ngx_int_t          rc;
    ngx_uint_t         i, first, n;
    mcp_schema_fail_t  best;

    n = 0;
    first = 0;
    best = run->fail;

    for (i = 0; i < list->n; i++) {

        rc = mcp_schema_try(run, list->nodes[i], value, seen);

        if (rc == NGX_DECLINED) {

            if (n == 0) {
                mcp_schema_closest(run, list, value, i, &best);
            }

            continue;
        }

        if (rc != NGX_OK) {
            return rc;
        }

        if (n++ == 0) {
            first = i;

            if (!one && seen == NULL) {
                return NGX_OK;
            }

        } else if (one) {
            (void) mcp_schema_fail(run, MCP_SCHEMA_FAIL_ONE_OF, node, value,
                                   first);
            run->fail.m = i;

            return NGX_DECLINED;
        }
    }

    if (n) {
        return NGX_OK;
    }

    run->fail = best;

    return NGX_DECLINED;
}


/* of the reasons why branches fail: the deepest, or what sums all up */

static void
mcp_schema_closest(mcp_schema_run_t *run, const mcp_schema_list_t *list,
    const cJSON *value, ngx_uint_t i, mcp_schema_fail_t *best)
{
    ngx_uint_t          constant;
    mcp_schema_fail_t  *fail;

    fail = &run->fail;

    constant = (fail->node == list->nodes[i]
                && (fail->code == MCP_SCHEMA_FAIL_CONST
                    || fail->code == MCP_SCHEMA_FAIL_ENUM));

    if (i == 0) {
        *best = *fail;

        if (constant && list->n > 1) {
            best->code = MCP_SCHEMA_FAIL_CONSTS;
            best->list = list;
            best->m = fail->code;
        }

        return;
    }

    if (best->code == MCP_SCHEMA_FAIL_TYPE
        && fail->code == MCP_SCHEMA_FAIL_TYPE
        && best->value == fail->value && best->rank == fail->rank)
    {
        best->n |= fail->n;
        return;
    }

    if (best->code == MCP_SCHEMA_FAIL_CONSTS && best->list == list) {

        if (constant) {
            return;
        }

        best->code = best->m;
    }

    if (fail->rank > best->rank) {
        *best = *fail;
    }
}


static ngx_int_t
mcp_schema_check_not(mcp_schema_run_t *run, const mcp_schema_node_t *node,
    const cJSON *value)
{
    ngx_int_t  rc;

    rc = mcp_schema_check_node(run, node->logic->not_node, value, NULL);

    if (rc == NGX_OK) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_NOT, node, value, 0);
    }

    return rc == NGX_DECLINED ? NGX_OK : rc;
}


static ngx_int_t
mcp_schema_check_if(mcp_schema_run_t *run, const mcp_schema_logic_t *logic,
    const cJSON *value, mcp_schema_seen_t *seen)
{
    ngx_int_t                 rc;
    const mcp_schema_node_t  *node;

    if (seen == NULL && logic->then_node == NULL && logic->else_node == NULL) {
        return NGX_OK;
    }

    rc = mcp_schema_try(run, logic->if_node, value, seen);

    if (rc != NGX_OK && rc != NGX_DECLINED) {
        return rc;
    }

    node = rc == NGX_OK ? logic->then_node : logic->else_node;

    return node ? mcp_schema_check_node(run, node, value, seen) : NGX_OK;
}
