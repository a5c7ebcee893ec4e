
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_schema_node.h>


/* where a keyword leaves what it was compiled to */
typedef enum {
    MCP_SCHEMA_GROUP_NONE = 0,
    MCP_SCHEMA_GROUP_NUMBER,
    MCP_SCHEMA_GROUP_STRING,
    MCP_SCHEMA_GROUP_ARRAY,
    MCP_SCHEMA_GROUP_OBJECT,
    MCP_SCHEMA_GROUP_LOGIC
} mcp_schema_group_e;


typedef ngx_int_t (*mcp_schema_keyword_pt)(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);


typedef struct {
    const char             *name;
    ngx_uint_t              dialects;
    mcp_schema_keyword_pt   handler;
    mcp_schema_group_e      group;
    size_t                  offset;
} mcp_schema_keyword_t;


static void *mcp_schema_field(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const mcp_schema_keyword_t *keyword);
static void mcp_schema_group_limits(mcp_schema_node_t *node,
    mcp_schema_group_e group);

static ngx_int_t mcp_schema_note_string(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
static ngx_int_t mcp_schema_note_boolean(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
static ngx_int_t mcp_schema_note_array(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);

static ngx_int_t mcp_schema_type(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
static ngx_uint_t mcp_schema_type_bits(const cJSON *value);
static ngx_int_t mcp_schema_enum(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
static ngx_int_t mcp_schema_const(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
static ngx_int_t mcp_schema_limit(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
static ngx_int_t mcp_schema_multiple_of(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
static ngx_int_t mcp_schema_count(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
static ngx_int_t mcp_schema_pattern(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
static ngx_int_t mcp_schema_unique_items(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);


#define mcp_schema_at(group, type, field)                                    \
    MCP_SCHEMA_GROUP_##group, offsetof(mcp_schema_##type##_t, field)

#define mcp_schema_nowhere  MCP_SCHEMA_GROUP_NONE, 0


static const mcp_schema_keyword_t  mcp_schema_keywords[] = {

    { "$ref", MCP_SCHEMA_ANY, mcp_schema_reference,
      mcp_schema_at(LOGIC, logic, ref) },
    { "$dynamicRef", MCP_SCHEMA_2020, mcp_schema_reference,
      mcp_schema_at(LOGIC, logic, dynamic_ref) },
    { "$defs", MCP_SCHEMA_2020, mcp_schema_definitions, mcp_schema_nowhere },
    { "definitions", MCP_SCHEMA_ANY, mcp_schema_definitions,
      mcp_schema_nowhere },

    { "type", MCP_SCHEMA_ANY, mcp_schema_type, mcp_schema_nowhere },
    { "enum", MCP_SCHEMA_ANY, mcp_schema_enum, mcp_schema_nowhere },
    { "const", MCP_SCHEMA_ANY, mcp_schema_const, mcp_schema_nowhere },

    { "multipleOf", MCP_SCHEMA_ANY, mcp_schema_multiple_of,
      mcp_schema_at(NUMBER, number, multiple_of) },
    { "maximum", MCP_SCHEMA_ANY, mcp_schema_limit,
      mcp_schema_at(NUMBER, number, maximum) },
    { "exclusiveMaximum", MCP_SCHEMA_ANY, mcp_schema_limit,
      mcp_schema_at(NUMBER, number, exclusive_maximum) },
    { "minimum", MCP_SCHEMA_ANY, mcp_schema_limit,
      mcp_schema_at(NUMBER, number, minimum) },
    { "exclusiveMinimum", MCP_SCHEMA_ANY, mcp_schema_limit,
      mcp_schema_at(NUMBER, number, exclusive_minimum) },

    { "maxLength", MCP_SCHEMA_ANY, mcp_schema_count,
      mcp_schema_at(STRING, string, max_length) },
    { "minLength", MCP_SCHEMA_ANY, mcp_schema_count,
      mcp_schema_at(STRING, string, min_length) },
    { "pattern", MCP_SCHEMA_ANY, mcp_schema_pattern,
      mcp_schema_at(STRING, string, pattern) },

    { "maxItems", MCP_SCHEMA_ANY, mcp_schema_count,
      mcp_schema_at(ARRAY, array, max_items) },
    { "minItems", MCP_SCHEMA_ANY, mcp_schema_count,
      mcp_schema_at(ARRAY, array, min_items) },
    { "uniqueItems", MCP_SCHEMA_ANY, mcp_schema_unique_items,
      mcp_schema_at(ARRAY, array, items) },
    { "maxContains", MCP_SCHEMA_2020, mcp_schema_count,
      mcp_schema_at(ARRAY, array, max_contains) },
    { "minContains", MCP_SCHEMA_2020, mcp_schema_count,
      mcp_schema_at(ARRAY, array, min_contains) },
    { "contains", MCP_SCHEMA_ANY, mcp_schema_subschema,
      mcp_schema_at(ARRAY, array, contains) },
    { "prefixItems", MCP_SCHEMA_2020, mcp_schema_list,
      mcp_schema_at(ARRAY, array, prefix) },
    { "items", MCP_SCHEMA_ANY, mcp_schema_items,
      mcp_schema_at(ARRAY, array, items) },
    { "additionalItems", MCP_SCHEMA_07, mcp_schema_additional_items,
      mcp_schema_at(ARRAY, array, items) },
    { "unevaluatedItems", MCP_SCHEMA_2020, mcp_schema_subschema,
      mcp_schema_at(ARRAY, array, unevaluated) },

    { "maxProperties", MCP_SCHEMA_ANY, mcp_schema_count,
      mcp_schema_at(OBJECT, object, max_properties) },
    { "minProperties", MCP_SCHEMA_ANY, mcp_schema_count,
      mcp_schema_at(OBJECT, object, min_properties) },
    { "properties", MCP_SCHEMA_ANY, mcp_schema_properties,
      mcp_schema_at(OBJECT, object, properties) },
    { "patternProperties", MCP_SCHEMA_ANY, mcp_schema_pattern_properties,
      mcp_schema_at(OBJECT, object, patterns) },
    { "additionalProperties", MCP_SCHEMA_ANY, mcp_schema_subschema,
      mcp_schema_at(OBJECT, object, additional) },
    { "propertyNames", MCP_SCHEMA_ANY, mcp_schema_subschema,
      mcp_schema_at(OBJECT, object, names) },
    { "required", MCP_SCHEMA_ANY, mcp_schema_required,
      mcp_schema_at(OBJECT, object, required) },
    { "dependentRequired", MCP_SCHEMA_2020, mcp_schema_dependencies,
      mcp_schema_at(OBJECT, object, dependents) },
    { "dependentSchemas", MCP_SCHEMA_2020, mcp_schema_dependencies,
      mcp_schema_at(OBJECT, object, dependents) },
    { "dependencies", MCP_SCHEMA_ANY, mcp_schema_dependencies,
      mcp_schema_at(OBJECT, object, dependents) },
    { "unevaluatedProperties", MCP_SCHEMA_2020, mcp_schema_subschema,
      mcp_schema_at(OBJECT, object, unevaluated) },

    { "allOf", MCP_SCHEMA_ANY, mcp_schema_list,
      mcp_schema_at(LOGIC, logic, all_of) },
    { "anyOf", MCP_SCHEMA_ANY, mcp_schema_list,
      mcp_schema_at(LOGIC, logic, any_of) },
    { "oneOf", MCP_SCHEMA_ANY, mcp_schema_list,
      mcp_schema_at(LOGIC, logic, one_of) },
    { "not", MCP_SCHEMA_ANY, mcp_schema_subschema,
      mcp_schema_at(LOGIC, logic, not_node) },
    { "if", MCP_SCHEMA_ANY, mcp_schema_subschema,
      mcp_schema_at(LOGIC, logic, if_node) },
    { "then", MCP_SCHEMA_ANY, mcp_schema_subschema,
      mcp_schema_at(LOGIC, logic, then_node) },
    { "else", MCP_SCHEMA_ANY, mcp_schema_subschema,
      mcp_schema_at(LOGIC, logic, else_node) },

    { "$comment", MCP_SCHEMA_ANY, mcp_schema_note_string,
      mcp_schema_nowhere },
    { "title", MCP_SCHEMA_ANY, mcp_schema_note_string, mcp_schema_nowhere },
    { "description", MCP_SCHEMA_ANY, mcp_schema_note_string,
      mcp_schema_nowhere },
    { "format", MCP_SCHEMA_ANY, mcp_schema_note_string, mcp_schema_nowhere },
    { "contentEncoding", MCP_SCHEMA_ANY, mcp_schema_note_string,
      mcp_schema_nowhere },
    { "contentMediaType", MCP_SCHEMA_ANY, mcp_schema_note_string,
      mcp_schema_nowhere },
    { "contentSchema", MCP_SCHEMA_2020, mcp_schema_definition,
      mcp_schema_nowhere },
    { "readOnly", MCP_SCHEMA_ANY, mcp_schema_note_boolean,
      mcp_schema_nowhere },
    { "writeOnly", MCP_SCHEMA_ANY, mcp_schema_note_boolean,
      mcp_schema_nowhere },
    { "deprecated", MCP_SCHEMA_2020, mcp_schema_note_boolean,
      mcp_schema_nowhere },
    { "examples", MCP_SCHEMA_ANY, mcp_schema_note_array, mcp_schema_nowhere },

    { NULL, 0, NULL, mcp_schema_nowhere }
};


ngx_int_t
mcp_schema_compile_keywords(mcp_schema_compile_t *cx, mcp_schema_node_t *node)
{
    void                        *field;
    ngx_int_t                    rc;
    ngx_uint_t                   alone, dialect;
    const cJSON                 *value;
    const mcp_schema_keyword_t  *keyword;

    dialect = node->resource->dialect;

    alone = (dialect == MCP_SCHEMA_07
             && cJSON_GetObjectItemCaseSensitive(node->json, "$ref"));

    for (value = node->json->child; value; value = value->next) {

        for (keyword = mcp_schema_keywords; keyword->name; keyword++) {
            if (ngx_strcmp(keyword->name, value->string) == 0) {
                break;
            }
        }

        if (keyword->name == NULL || !(keyword->dialects & dialect)) {
            continue;
        }

        if (alone && keyword->handler != mcp_schema_reference
            && keyword->handler != mcp_schema_definitions)
        {
            continue;
        }

        field = mcp_schema_field(cx, node, keyword);

        if (field == NULL) {
            return NGX_ERROR;
        }

        rc = keyword->handler(cx, node, value, field);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return node->object ? mcp_schema_finish_object(cx, node->object) : NGX_OK;
}


static void *
mcp_schema_field(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const mcp_schema_keyword_t *keyword)
{
    void    **group;
    size_t    size;
    u_char   *p;

    switch (keyword->group) {

    case MCP_SCHEMA_GROUP_NUMBER:
        group = (void **) &node->number;
        size = sizeof(mcp_schema_number_t);
        break;

    case MCP_SCHEMA_GROUP_STRING:
        group = (void **) &node->string;
        size = sizeof(mcp_schema_string_t);
        break;

    case MCP_SCHEMA_GROUP_ARRAY:
        group = (void **) &node->array;
        size = sizeof(mcp_schema_array_t);
        break;

    case MCP_SCHEMA_GROUP_OBJECT:
        group = (void **) &node->object;
        size = sizeof(mcp_schema_object_t);
        break;

    case MCP_SCHEMA_GROUP_LOGIC:
        group = (void **) &node->logic;
        size = sizeof(mcp_schema_logic_t);
        break;

    default: /* MCP_SCHEMA_GROUP_NONE */
        return node;
    }

    if (*group == NULL) {

        *group = ngx_pcalloc(cx->pool, size);
        if (*group == NULL) {
            return NULL;
        }

        mcp_schema_group_limits(node, keyword->group);
    }

    p = *group;

    return p + keyword->offset;
}


static void
mcp_schema_group_limits(mcp_schema_node_t *node, mcp_schema_group_e group)
{
    if (group == MCP_SCHEMA_GROUP_STRING) {
        node->string->max_length = NGX_MAX_SIZE_T_VALUE;
    }

    if (group == MCP_SCHEMA_GROUP_ARRAY) {
        node->array->max_items = NGX_MAX_SIZE_T_VALUE;
        node->array->min_contains = 1;
        node->array->max_contains = NGX_MAX_SIZE_T_VALUE;
    }

    if (group == MCP_SCHEMA_GROUP_OBJECT) {
        node->object->max_properties = NGX_MAX_SIZE_T_VALUE;
    }
}


ngx_int_t
mcp_schema_expected(mcp_schema_compile_t *cx, const cJSON *value,
    const char *what)
{
    if (value->string) {
        return mcp_schema_refuse(cx, value, "\"%s\" must be %s, got %s",
                                 value->string, what,
                                 mcp_schema_type_name(value));
    }

    return mcp_schema_refuse(cx, value, "an element must be %s, got %s", what,
                             mcp_schema_type_name(value));
}


/* annotations: of the right type, and of no effect */

static ngx_int_t
mcp_schema_note_string(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    if (!cJSON_IsString(value)) {
        return mcp_schema_expected(cx, value, "a string");
    }

    return NGX_OK;
}


static ngx_int_t
mcp_schema_note_boolean(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    if (!cJSON_IsBool(value)) {
        return mcp_schema_expected(cx, value, "a boolean");
    }

    return NGX_OK;
}


static ngx_int_t
mcp_schema_note_array(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    if (!cJSON_IsArray(value)) {
        return mcp_schema_expected(cx, value, "an array");
    }

    return NGX_OK;
}


static ngx_int_t
mcp_schema_type(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    ngx_uint_t    bits;
    const cJSON  *type;

    if (!cJSON_IsArray(value) && !cJSON_IsString(value)) {
        return mcp_schema_expected(cx, value, "a string or an array");
    }

    type = cJSON_IsArray(value) ? value->child : value;

    if (type == NULL) {
        return mcp_schema_refuse(cx, value, "\"type\" must not be empty");
    }

    do {
        bits = mcp_schema_type_bits(type);

        if (bits == 0) {
            return mcp_schema_refuse(cx, type, "\"type\" must be one of "
                                     "\"null\", \"boolean\", \"integer\", "
                                     "\"number\", \"string\", \"array\" "
                                     "and \"object\"");
        }

        if (node->types & bits) {
            return mcp_schema_refuse(cx, type, "the type \"%s\" is named "
                                     "twice", type->valuestring);
        }

        node->types |= bits;

        type = type == value ? NULL : type->next;

    } while (type);

    return NGX_OK;
}


static ngx_uint_t
mcp_schema_type_bits(const cJSON *value)
{
    const mcp_schema_type_t  *type;

    if (!cJSON_IsString(value)) {
        return 0;
    }

    for (type = mcp_schema_types; type->name; type++) {
        if (ngx_strcmp(type->name, value->valuestring) == 0) {
            return type->bits;
        }
    }

    return 0;
}


static ngx_int_t
mcp_schema_enum(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    ngx_uint_t    n;
    const cJSON  *child;

    if (!cJSON_IsArray(value)) {
        return mcp_schema_expected(cx, value, "an array");
    }

    n = 0;

    for (child = value->child; child; child = child->next) {
        n++;
    }

    node->values = ngx_palloc(cx->pool, (n + 1) * sizeof(cJSON *));
    if (node->values == NULL) {
        return NGX_ERROR;
    }

    for (child = value->child; child; child = child->next) {
        node->values[node->nvalues++] = child;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_schema_const(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    node->constant = value;

    return NGX_OK;
}


static ngx_int_t
mcp_schema_limit(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    const cJSON **number = field;

    if (!cJSON_IsNumber(value) || !mcp_number_is_finite(value)) {
        return mcp_schema_expected(cx, value, "a number");
    }

    *number = value;

    return NGX_OK;
}


static ngx_int_t
mcp_schema_multiple_of(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    if (!cJSON_IsNumber(value) || !mcp_number_is_finite(value)
        || mcp_number_sign(value) <= 0)
    {
        return mcp_schema_expected(cx, value, "a number above zero");
    }

    return mcp_schema_limit(cx, node, value, field);
}


static ngx_int_t
mcp_schema_count(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    size_t *count = field;

    if (!cJSON_IsNumber(value) || mcp_number_count(value, count) != NGX_OK) {
        return mcp_schema_expected(cx, value, "a non-negative integer");
    }

    return NGX_OK;
}


static ngx_int_t
mcp_schema_pattern(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    mcp_schema_pattern_t **pattern = field;

    if (!cJSON_IsString(value)) {
        return mcp_schema_expected(cx, value, "a string");
    }

    return mcp_schema_pattern_compile(cx, value, value->valuestring, pattern);
}


static ngx_int_t
mcp_schema_unique_items(mcp_schema_compile_t *cx, mcp_schema_node_t *node,
    const cJSON *value, void *field)
{
    if (!cJSON_IsBool(value)) {
        return mcp_schema_expected(cx, value, "a boolean");
    }

    node->array->unique = cJSON_IsTrue(value);

    return NGX_OK;
}
