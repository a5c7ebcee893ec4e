
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_schema_node.h>


/* what is quoted from an instance is no longer than this, bytes */
#define MCP_SCHEMA_MAX_QUOTE      64
#define MCP_SCHEMA_MAX_NAME       256        /* one name of a path */
#define MCP_SCHEMA_MAX_VALUES     16         /* of an enum */
#define MCP_SCHEMA_MAX_NAMES      12         /* of properties */


static ngx_uint_t mcp_schema_find(mcp_buf_t *b, const cJSON *root,
    const cJSON *value, ngx_uint_t depth);
static void mcp_schema_put_step(mcp_buf_t *b, const cJSON *child, size_t i);
static void mcp_schema_put(mcp_buf_t *b, const char *text);
static ngx_uint_t mcp_schema_put_bound(mcp_buf_t *b, mcp_schema_fail_t *fail);
static ngx_uint_t mcp_schema_put_value(mcp_buf_t *b, mcp_schema_fail_t *fail,
    const cJSON *value);
static ngx_uint_t mcp_schema_put_number(mcp_buf_t *b,
    mcp_schema_fail_t *fail, const cJSON *value);
static ngx_uint_t mcp_schema_put_string(mcp_buf_t *b,
    mcp_schema_fail_t *fail);
static ngx_uint_t mcp_schema_put_array(mcp_buf_t *b, mcp_schema_fail_t *fail);
static ngx_uint_t mcp_schema_put_object(mcp_buf_t *b,
    mcp_schema_fail_t *fail);
static void mcp_schema_put_property(mcp_buf_t *b, mcp_schema_fail_t *fail);
static void mcp_schema_put_types(mcp_buf_t *b, ngx_uint_t types);
static void mcp_schema_put_values(mcp_buf_t *b, const cJSON **values,
    ngx_uint_t n);
static void mcp_schema_put_branches(mcp_buf_t *b,
    const mcp_schema_list_t *list);
static void mcp_schema_put_json(mcp_buf_t *b, const cJSON *value);
static void mcp_schema_put_quoted(mcp_buf_t *b, const char *text);
static void mcp_schema_put_count(mcp_buf_t *b, const char *what, size_t n,
    const char *unit, size_t got);


const mcp_schema_type_t  mcp_schema_types[] = {
    { MCP_SCHEMA_NULL, "null", "null" },
    { MCP_SCHEMA_BOOLEAN, "boolean", "a boolean" },
    { MCP_SCHEMA_INTEGER, "integer", "an integer" },
    { MCP_SCHEMA_NUMBER, "number", "a number" },
    { MCP_SCHEMA_STRING, "string", "a string" },
    { MCP_SCHEMA_ARRAY, "array", "an array" },
    { MCP_SCHEMA_OBJECT, "object", "an object" },
    { 0, NULL, NULL }
};


/*
 * The path is not kept while a value is checked: it is looked for when there
 * is something to say about it.
 */

ngx_int_t
mcp_schema_pointer(ngx_pool_t *pool, const cJSON *root, const cJSON *value,
    ngx_str_t *path)
{
    mcp_buf_t  b;

    mcp_buf_init(&b, pool, 64);

    (void) mcp_schema_find(&b, root, value, 0);

    return mcp_buf_done(&b, path);
}


static ngx_uint_t
mcp_schema_find(mcp_buf_t *b, const cJSON *root, const cJSON *value,
    ngx_uint_t depth)
{
    size_t        i, len;
    const cJSON  *child;

    if (root == value) {
        return 1;
    }

    if (depth == MCP_SCHEMA_MAX_DEPTH || b->failed) {
        return 0;
    }

    i = 0;
    len = mcp_buf_len(b);

    for (child = root->child; child; child = child->next) {

        if (child == value || child->child) {

            mcp_schema_put_step(b, cJSON_IsObject(root) ? child : NULL, i);

            if (mcp_schema_find(b, child, value, depth + 1)) {
                return 1;
            }

            if (b->failed) {
                return 0;
            }

            b->last = b->start + len;
        }

        i++;
    }

    return 0;
}


static void
mcp_schema_put_step(mcp_buf_t *b, const cJSON *child, size_t i)
{
    size_t       len;
    const char  *p;

    mcp_buf_char(b, '/');

    if (child == NULL) {
        mcp_buf_int(b, i);
        return;
    }

    len = 0;

    for (p = child->string; *p; p++) {

        if (++len > MCP_SCHEMA_MAX_NAME && (*p & 0xc0) != 0x80) {
            mcp_buf_lit(b, "...");
            return;
        }

        if (*p == '~') {
            mcp_buf_lit(b, "~0");

        } else if (*p == '/') {
            mcp_buf_lit(b, "~1");

        } else {
            mcp_buf_char(b, *p);
        }
    }
}


ngx_int_t
mcp_schema_explain(mcp_schema_run_t *run, const cJSON *instance,
    mcp_schema_error_t *err)
{
    cJSON               name;
    mcp_buf_t           b;
    const cJSON        *value;
    mcp_schema_fail_t  *fail;

    fail = &run->fail;
    value = fail->value;

    if (mcp_schema_pointer(run->pool, instance, value, &err->path) != NGX_OK) {
        return NGX_ERROR;
    }

    mcp_buf_init(&b, run->pool, 128);

    if (fail->key) {
        ngx_memzero(&name, sizeof(cJSON));

        name.type = cJSON_String;
        name.valuestring = (char *) fail->key;
        value = &name;

        mcp_buf_lit(&b, "the property name ");
        mcp_schema_put_quoted(&b, fail->key);
        mcp_buf_char(&b, ' ');
    }

    if (!mcp_schema_put_bound(&b, fail)
        && !mcp_schema_put_value(&b, fail, value)
        && !mcp_schema_put_number(&b, fail, value)
        && !mcp_schema_put_string(&b, fail)
        && !mcp_schema_put_array(&b, fail))
    {
        (void) mcp_schema_put_object(&b, fail);
    }

    return mcp_buf_done(&b, &err->text);
}


static void
mcp_schema_put(mcp_buf_t *b, const char *text)
{
    mcp_buf_add(b, text, ngx_strlen(text));
}


static ngx_uint_t
mcp_schema_put_bound(mcp_buf_t *b, mcp_schema_fail_t *fail)
{
    switch (fail->code) {

    case MCP_SCHEMA_FAIL_STEPS:
        mcp_buf_lit(b, "takes too much work to check");
        break;

    case MCP_SCHEMA_FAIL_DEPTH:
        mcp_buf_lit(b, "is nested too deeply to check");
        break;

    case MCP_SCHEMA_FAIL_MATCH:
        mcp_buf_lit(b, "takes too much work to match with a pattern");
        break;

    default:
        return 0;
    }

    return 1;
}


static ngx_uint_t
mcp_schema_put_value(mcp_buf_t *b, mcp_schema_fail_t *fail,
    const cJSON *value)
{
    switch (fail->code) {

    case MCP_SCHEMA_FAIL_TYPE:
        mcp_buf_lit(b, "must be ");
        mcp_schema_put_types(b, fail->n);
        mcp_buf_lit(b, ", got ");
        mcp_schema_put(b, mcp_schema_type_name(value));
        break;

    case MCP_SCHEMA_FAIL_VALUE:
        mcp_buf_lit(b, "must be a JSON value");
        break;

    case MCP_SCHEMA_FAIL_UTF8:
        mcp_buf_lit(b, "must be valid UTF-8");
        break;

    case MCP_SCHEMA_FAIL_CONST:
        mcp_buf_lit(b, "must be ");
        mcp_schema_put_json(b, fail->node->constant);
        break;

    case MCP_SCHEMA_FAIL_ENUM:
        mcp_schema_put_values(b, fail->node->values, fail->node->nvalues);
        break;

    case MCP_SCHEMA_FAIL_CONSTS:
        mcp_schema_put_branches(b, fail->list);
        break;

    case MCP_SCHEMA_FAIL_FALSE:
        mcp_buf_lit(b, "is not allowed here");
        break;

    case MCP_SCHEMA_FAIL_NOT:
        mcp_buf_lit(b, "must not match the schema in \"not\"");
        break;

    case MCP_SCHEMA_FAIL_ONE_OF:
        mcp_buf_lit(b, "must match exactly one schema of \"oneOf\", matches "
                       "those at ");
        mcp_buf_int(b, fail->n);
        mcp_buf_lit(b, " and ");
        mcp_buf_int(b, fail->m);
        break;

    default:
        return 0;
    }

    return 1;
}


static ngx_uint_t
mcp_schema_put_number(mcp_buf_t *b, mcp_schema_fail_t *fail,
    const cJSON *value)
{
    const mcp_schema_number_t  *number;

    if (fail->code < MCP_SCHEMA_FAIL_MINIMUM
        || fail->code > MCP_SCHEMA_FAIL_MULTIPLE_OF)
    {
        return 0;
    }

    number = fail->node->number;

    switch (fail->code) {

    case MCP_SCHEMA_FAIL_MINIMUM:
        mcp_buf_lit(b, "must be >= ");
        mcp_schema_put_json(b, number->minimum);
        break;

    case MCP_SCHEMA_FAIL_MAXIMUM:
        mcp_buf_lit(b, "must be <= ");
        mcp_schema_put_json(b, number->maximum);
        break;

    case MCP_SCHEMA_FAIL_EXCLUSIVE_MINIMUM:
        mcp_buf_lit(b, "must be > ");
        mcp_schema_put_json(b, number->exclusive_minimum);
        break;

    case MCP_SCHEMA_FAIL_EXCLUSIVE_MAXIMUM:
        mcp_buf_lit(b, "must be < ");
        mcp_schema_put_json(b, number->exclusive_maximum);
        break;

    default: /* MCP_SCHEMA_FAIL_MULTIPLE_OF */
        mcp_buf_lit(b, "must be a multiple of ");
        mcp_schema_put_json(b, number->multiple_of);
    }

    mcp_buf_lit(b, " (got ");
    mcp_schema_put_json(b, value);
    mcp_buf_char(b, ')');

    return 1;
}


static ngx_uint_t
mcp_schema_put_string(mcp_buf_t *b, mcp_schema_fail_t *fail)
{
    const mcp_schema_string_t  *string;

    if (fail->code < MCP_SCHEMA_FAIL_MIN_LENGTH
        || fail->code > MCP_SCHEMA_FAIL_PATTERN)
    {
        return 0;
    }

    string = fail->node->string;

    switch (fail->code) {

    case MCP_SCHEMA_FAIL_MIN_LENGTH:
        mcp_schema_put_count(b, "must have at least ", string->min_length,
                             "character", fail->n);
        break;

    case MCP_SCHEMA_FAIL_MAX_LENGTH:
        mcp_schema_put_count(b, "must have at most ", string->max_length,
                             "character", fail->n);
        break;

    default: /* MCP_SCHEMA_FAIL_PATTERN */
        mcp_buf_lit(b, "must match pattern \"");
        mcp_schema_put(b, string->pattern->text);
        mcp_buf_char(b, '"');
    }

    return 1;
}


static ngx_uint_t
mcp_schema_put_array(mcp_buf_t *b, mcp_schema_fail_t *fail)
{
    const mcp_schema_array_t  *array;

    array = fail->node->array;

    switch (fail->code) {

    case MCP_SCHEMA_FAIL_MIN_ITEMS:
        mcp_schema_put_count(b, "must have at least ", array->min_items,
                             "item", fail->n);
        break;

    case MCP_SCHEMA_FAIL_MAX_ITEMS:
        mcp_schema_put_count(b, "must have at most ", array->max_items,
                             "item", fail->n);
        break;

    case MCP_SCHEMA_FAIL_ITEM:
        mcp_buf_lit(b, "must not have an item at ");
        mcp_buf_int(b, fail->n);
        break;

    case MCP_SCHEMA_FAIL_UNIQUE:
        mcp_buf_lit(b, "must have unique items, those at ");
        mcp_buf_int(b, fail->n);
        mcp_buf_lit(b, " and ");
        mcp_buf_int(b, fail->m);
        mcp_buf_lit(b, " are equal");
        break;

    case MCP_SCHEMA_FAIL_MIN_CONTAINS:
        mcp_schema_put_count(b, "must contain at least ", array->min_contains,
                             "item that matches \"contains\"", fail->n);
        break;

    case MCP_SCHEMA_FAIL_MAX_CONTAINS:
        mcp_schema_put_count(b, "must contain at most ", array->max_contains,
                             "item that matches \"contains\"", fail->n);
        break;

    default:
        return 0;
    }

    return 1;
}


static ngx_uint_t
mcp_schema_put_object(mcp_buf_t *b, mcp_schema_fail_t *fail)
{
    const mcp_schema_object_t  *object;

    object = fail->node->object;

    switch (fail->code) {

    case MCP_SCHEMA_FAIL_MIN_PROPERTIES:
        mcp_schema_put_count(b, "must have at least ", object->min_properties,
                             "property", fail->n);
        break;

    case MCP_SCHEMA_FAIL_MAX_PROPERTIES:
        mcp_schema_put_count(b, "must have at most ", object->max_properties,
                             "property", fail->n);
        break;

    case MCP_SCHEMA_FAIL_REQUIRED:
        mcp_buf_lit(b, "missing required property ");
        mcp_schema_put_quoted(b, fail->name);
        break;

    case MCP_SCHEMA_FAIL_DEPENDENT:
        mcp_buf_lit(b, "missing property ");
        mcp_schema_put_quoted(b, fail->name);
        mcp_buf_lit(b, ", required where there is ");
        mcp_schema_put_quoted(b, fail->other);
        break;

    case MCP_SCHEMA_FAIL_PROPERTY:
        mcp_schema_put_property(b, fail);
        break;

    default:
        return 0;
    }

    return 1;
}


static void
mcp_schema_put_property(mcp_buf_t *b, mcp_schema_fail_t *fail)
{
    ngx_uint_t              i, n;
    mcp_schema_object_t    *object;
    mcp_schema_property_t  *property;

    mcp_buf_lit(b, "unknown property ");
    mcp_schema_put_quoted(b, fail->name);

    object = fail->node->object;

    if (object == NULL || object->nproperties > MCP_SCHEMA_MAX_NAMES) {
        return;
    }

    n = 0;

    for (i = 0; i < object->nproperties; i++) {
        property = &object->properties[i];

        if (property->node == NULL || property->node->reject) {
            continue;
        }

        mcp_schema_put(b, n++ ? ", " : ", known are ");
        mcp_schema_put_quoted(b, property->name);
    }
}


static void
mcp_schema_put_types(mcp_buf_t *b, ngx_uint_t types)
{
    ngx_uint_t                n;
    const mcp_schema_type_t  *type;

    if (types & MCP_SCHEMA_NUMBER) {
        types &= ~MCP_SCHEMA_INTEGER;
    }

    n = 0;

    for (type = mcp_schema_types; type->name; type++) {

        if (!(types & type->bits)) {
            continue;
        }

        types &= ~type->bits;

        if (n++) {
            mcp_schema_put(b, types ? ", " : " or ");
        }

        mcp_schema_put(b, type->article);
    }
}


const char *
mcp_schema_type_name(const cJSON *value)
{
    const mcp_schema_type_t  *type;

    for (type = mcp_schema_types; type->name; type++) {
        if (type->bits & value->type & MCP_SCHEMA_TYPES) {
            return type->name;
        }
    }

    return "no JSON value";
}


static void
mcp_schema_put_values(mcp_buf_t *b, const cJSON **values, ngx_uint_t n)
{
    ngx_uint_t  i;

    mcp_schema_put(b, n == 0 ? "can have no value at all"
                             : n == 1 ? "must be " : "must be one of ");

    for (i = 0; i < n; i++) {

        if (i) {
            mcp_buf_lit(b, ", ");
        }

        if (i == MCP_SCHEMA_MAX_VALUES) {
            mcp_buf_int(b, n - i);
            mcp_buf_lit(b, " more");
            break;
        }

        mcp_schema_put_json(b, values[i]);
    }
}


/* anyOf or oneOf of which each branch is a const or an enum */

static void
mcp_schema_put_branches(mcp_buf_t *b, const mcp_schema_list_t *list)
{
    ngx_uint_t          i, k, n;
    mcp_schema_node_t  *node;

    n = 0;

    for (i = 0; i < list->n && n < MCP_SCHEMA_MAX_VALUES; i++) {
        node = list->nodes[i];

        if (node->constant) {
            mcp_schema_put(b, n++ ? ", " : "must be one of ");
            mcp_schema_put_json(b, node->constant);
            continue;
        }

        for (k = 0; k < node->nvalues && n < MCP_SCHEMA_MAX_VALUES; k++) {
            mcp_schema_put(b, n++ ? ", " : "must be one of ");
            mcp_schema_put_json(b, node->values[k]);
        }
    }

    if (n == 0) {
        mcp_buf_lit(b, "can have no value at all");

    } else if (n == MCP_SCHEMA_MAX_VALUES) {
        mcp_buf_lit(b, ", ...");
    }
}


static void
mcp_schema_put_json(mcp_buf_t *b, const cJSON *value)
{
    size_t  start;

    if (cJSON_IsString(value)) {
        mcp_schema_put_quoted(b, value->valuestring);
        return;
    }

    start = mcp_buf_len(b);

    (void) mcp_json_print(b, value);

    if (!b->failed && mcp_buf_len(b) - start > MCP_SCHEMA_MAX_QUOTE) {

        b->last = b->start + start + MCP_SCHEMA_MAX_QUOTE;

        while ((*b->last & 0xc0) == 0x80) {
            b->last--;
        }

        mcp_buf_lit(b, "...");
    }
}


static void
mcp_schema_put_quoted(mcp_buf_t *b, const char *text)
{
    size_t  len;

    len = ngx_strlen(text);

    if (len <= MCP_SCHEMA_MAX_QUOTE) {
        mcp_buf_json_string(b, (u_char *) text, len);
        return;
    }

    for (len = MCP_SCHEMA_MAX_QUOTE; len; len--) {
        if ((text[len] & 0xc0) != 0x80) {
            break;
        }
    }

    mcp_buf_json_string(b, (u_char *) text, len);
    mcp_buf_lit(b, "...");
}


static void
mcp_schema_put_count(mcp_buf_t *b, const char *what, size_t n,
    const char *unit, size_t got)
{
    mcp_schema_put(b, what);
    mcp_buf_int(b, n);
    mcp_buf_char(b, ' ');
    mcp_schema_put(b, unit);

    if (n != 1 && ngx_strcmp(unit, "property") == 0) {
        b->last -= b->failed ? 0 : 1;
        mcp_buf_lit(b, "ies");

    } else if (n != 1 && ngx_strchr(unit, ' ') == NULL) {
        mcp_buf_char(b, 's');
    }

    mcp_buf_lit(b, " (got ");
    mcp_buf_int(b, got);
    mcp_buf_char(b, ')');
}
