
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_SCHEMA_NODE_H_INCLUDED_
#define _MCP_SCHEMA_NODE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_schema.h>
#include <mcp_number.h>

#define PCRE2_CODE_UNIT_WIDTH  8
#include <pcre2.h>


/*
 * Between the files of mcp_schema_*.c: what a schema is compiled to and the
 * state of a compilation and of a check.
 */


/* schemas entered and not left, in one chain from the root */
#define MCP_SCHEMA_MAX_DEPTH     1000

/* work of one check; a unit is about what a visit of one value costs */
#define MCP_SCHEMA_MAX_STEPS     1000000

/* backtracking points of PCRE2 that are charged as one unit */
#define MCP_SCHEMA_STEP_MATCHES  8

/* bytes of a subject a heavy pattern may go through at one of them */
#define MCP_SCHEMA_STEP_BYTES    128

/* backtracking limits a match is tried with: 8, 64, ... 2097152 */
#define MCP_SCHEMA_LIMITS        7
#define MCP_SCHEMA_LIMIT_FIRST   8
#define MCP_SCHEMA_LIMIT_FACTOR  8

/* KiB of backtracking frames */
#define MCP_SCHEMA_MATCH_HEAP    8192

/* longest pattern, bytes */
#define MCP_SCHEMA_MAX_PATTERN   4096


/*
 * Types in "type": the bits of cJSON, so that an instance is tested by one
 * "and"; a number may be an integer besides.
 */
#define MCP_SCHEMA_BOOLEAN       (cJSON_False|cJSON_True)
#define MCP_SCHEMA_NULL          cJSON_NULL
#define MCP_SCHEMA_NUMBER        cJSON_Number
#define MCP_SCHEMA_STRING        cJSON_String
#define MCP_SCHEMA_ARRAY         cJSON_Array
#define MCP_SCHEMA_OBJECT        cJSON_Object
#define MCP_SCHEMA_INTEGER       0x80
#define MCP_SCHEMA_TYPES         0x7f        /* what an instance can have */


#define MCP_SCHEMA_2020          0x01
#define MCP_SCHEMA_07            0x02
#define MCP_SCHEMA_ANY           0x03


typedef struct mcp_schema_node_s      mcp_schema_node_t;
typedef struct mcp_schema_resource_s  mcp_schema_resource_t;
typedef struct mcp_schema_anchor_s    mcp_schema_anchor_t;


/* subschemas in an array of the schema: allOf, anyOf, oneOf, prefixItems */
typedef struct {
    mcp_schema_node_t       **nodes;
    ngx_uint_t                n;
} mcp_schema_list_t;


typedef struct {
    pcre2_code               *code;
    const char               *text;
    unsigned                  anchored:1;
    unsigned                  heavy:1;
} mcp_schema_pattern_t;


typedef struct {
    const cJSON              *minimum;
    const cJSON              *maximum;
    const cJSON              *exclusive_minimum;
    const cJSON              *exclusive_maximum;
    const cJSON              *multiple_of;
} mcp_schema_number_t;


typedef struct {
    size_t                    min_length;
    size_t                    max_length;
    mcp_schema_pattern_t     *pattern;
} mcp_schema_string_t;


typedef struct {
    mcp_schema_list_t         prefix;
    mcp_schema_node_t        *items;          /* those after the prefix */
    mcp_schema_node_t        *contains;
    mcp_schema_node_t        *unevaluated;
    size_t                    min_items;
    size_t                    max_items;
    size_t                    min_contains;
    size_t                    max_contains;
    unsigned                  unique:1;
} mcp_schema_array_t;


/* a name that "properties" or "required" knows */
typedef struct {
    const char               *name;
    size_t                    len;
    uint32_t                  hash;
    uint32_t                  required;       /* index + 1 in "required" */
    mcp_schema_node_t        *node;           /* NULL if only required */
} mcp_schema_property_t;


typedef struct {
    mcp_schema_pattern_t     *pattern;
    mcp_schema_node_t        *node;
} mcp_schema_pattern_property_t;


/* dependentRequired, dependentSchemas and dependencies */
typedef struct {
    const char               *name;
    const char              **required;
    ngx_uint_t                n;
    mcp_schema_node_t        *node;
} mcp_schema_dependent_t;


typedef struct {
    mcp_schema_property_t    *properties;
    ngx_uint_t                nproperties;
    uint32_t                 *hash;           /* index + 1, NULL if few */
    uint32_t                  mask;

    const char              **required;
    ngx_uint_t                nrequired;
    uint64_t                  required_mask;  /* of the first 64 */

    ngx_array_t               patterns;
    ngx_array_t               dependents;     /* mcp_schema_dependent_t */

    mcp_schema_node_t        *additional;
    mcp_schema_node_t        *names;
    mcp_schema_node_t        *unevaluated;
    size_t                    min_properties;
    size_t                    max_properties;
    unsigned                  rare:1;         /* patterns, additional, names */
} mcp_schema_object_t;


/* in-place applicators: they see the same instance */
typedef struct {
    mcp_schema_node_t        *ref;
    mcp_schema_node_t        *dynamic_ref;
    mcp_schema_anchor_t      *dynamic;        /* if dynamic_ref is one */
    mcp_schema_list_t         all_of;
    mcp_schema_list_t         any_of;
    mcp_schema_list_t         one_of;
    mcp_schema_node_t        *not_node;
    mcp_schema_node_t        *if_node;
    mcp_schema_node_t        *then_node;
    mcp_schema_node_t        *else_node;
} mcp_schema_logic_t;


struct mcp_schema_node_s {
    unsigned                  types:8;        /* allowed, 0: all */
    unsigned                  reject:1;       /* the schema "false" */
    unsigned                  simple:1;       /* nothing beside "types" */
    unsigned                  flat:1;         /* leads to no other schema */
    unsigned                  state:2;        /* of the search for cycles */

    mcp_schema_number_t      *number;
    mcp_schema_string_t      *string;
    mcp_schema_array_t       *array;
    mcp_schema_object_t      *object;
    mcp_schema_logic_t       *logic;

    const cJSON             **values;         /* enum and const */
    ngx_uint_t                nvalues;
    const cJSON              *constant;

    mcp_schema_resource_t    *resource;
    const cJSON              *json;
    mcp_schema_node_t        *next;           /* all of a schema */
};


struct mcp_schema_anchor_s {
    ngx_str_t                 name;
    mcp_schema_node_t        *node;
    mcp_schema_anchor_t      *next;
    unsigned                  dynamic:1;
};


/* what a "$id" begins */
struct mcp_schema_resource_s {
    ngx_str_t                 uri;            /* without fragment */
    ngx_uint_t                dialect;
    mcp_schema_node_t        *node;
    mcp_schema_anchor_t      *anchors;
    mcp_schema_resource_t    *next;
};


struct mcp_schema_s {
    mcp_schema_node_t        *root;
    unsigned                  dynamic:1;      /* has a $dynamicRef */

    /* the same for all matches, read-only */
    pcre2_match_context      *limits[MCP_SCHEMA_LIMITS];
};


/* compilation */

typedef struct {
    mcp_schema_node_t        *node;
    const cJSON              *value;          /* of $ref or $dynamicRef */
    unsigned                  dynamic:1;
} mcp_schema_ref_t;


typedef struct {
    ngx_pool_t               *pool;
    mcp_schema_t             *schema;
    const cJSON              *doc;
    mcp_schema_error_t       *err;

    mcp_schema_node_t        *nodes;
    mcp_schema_node_t       **table;          /* nodes by their cJSON */
    size_t                    mask;
    size_t                    nnodes;

    mcp_schema_resource_t    *resources;
    ngx_array_t               refs;           /* mcp_schema_ref_t */
    ngx_uint_t                depth;
} mcp_schema_compile_t;


/* mcp_schema.c: the node of a schema value, compiled at its first use */
ngx_int_t mcp_schema_compile_node(mcp_schema_compile_t *cx,
    const cJSON *json, mcp_schema_resource_t *resource,
    mcp_schema_node_t **node);
mcp_schema_node_t *mcp_schema_find_node(mcp_schema_compile_t *cx,
    const cJSON *json);

/* sets the error, returns NGX_DECLINED or NGX_ERROR */
ngx_int_t mcp_schema_refuse(mcp_schema_compile_t *cx, const cJSON *where,
    const char *fmt, ...);

/* mcp_schema_keyword.c: all keywords of a schema that is an object */
ngx_int_t mcp_schema_compile_keywords(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node);

/* "NAME must be WHAT, got TYPE" */
ngx_int_t mcp_schema_expected(mcp_schema_compile_t *cx, const cJSON *value,
    const char *what);

/* mcp_schema_apply.c: keywords with subschemas, and what goes with them */
ngx_int_t mcp_schema_subschema(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
ngx_int_t mcp_schema_list(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
ngx_int_t mcp_schema_items(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
ngx_int_t mcp_schema_additional_items(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
ngx_int_t mcp_schema_properties(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
ngx_int_t mcp_schema_pattern_properties(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
ngx_int_t mcp_schema_required(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
ngx_int_t mcp_schema_dependencies(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
ngx_int_t mcp_schema_reference(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
ngx_int_t mcp_schema_definition(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);
ngx_int_t mcp_schema_definitions(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node, const cJSON *value, void *field);

/* after all keywords of an object */
ngx_int_t mcp_schema_finish_object(mcp_schema_compile_t *cx,
    mcp_schema_object_t *object);

/* mcp_schema_ref.c: $schema, $id and anchors of a schema, then references */
ngx_int_t mcp_schema_compile_identity(mcp_schema_compile_t *cx,
    mcp_schema_node_t *node);
ngx_int_t mcp_schema_resolve(mcp_schema_compile_t *cx);

/* mcp_schema_uri.c: RFC 3986, section 5.2; the fragment is cut off */
ngx_int_t mcp_schema_uri_resolve(ngx_pool_t *pool, ngx_str_t *base,
    const char *ref, ngx_str_t *uri, ngx_str_t *fragment);

/* mcp_schema_regex.c: an ECMA-262 pattern in the words of PCRE2 */
ngx_int_t mcp_schema_regex_translate(ngx_pool_t *pool, ngx_str_t *src,
    ngx_str_t *dst);

/* may a match cost more than its backtracking points tell */
ngx_uint_t mcp_schema_regex_is_heavy(ngx_str_t *src);

/* mcp_schema_pattern.c */
ngx_int_t mcp_schema_pattern_compile(mcp_schema_compile_t *cx,
    const cJSON *where, const char *text, mcp_schema_pattern_t **pattern);


/* checking */

typedef enum {
    MCP_SCHEMA_FAIL_TYPE = 0,
    MCP_SCHEMA_FAIL_VALUE,             /* not JSON: raw, infinite, ... */
    MCP_SCHEMA_FAIL_UTF8,
    MCP_SCHEMA_FAIL_ENUM,
    MCP_SCHEMA_FAIL_CONST,
    MCP_SCHEMA_FAIL_CONSTS,            /* none of those of the branches */
    MCP_SCHEMA_FAIL_FALSE,
    MCP_SCHEMA_FAIL_MINIMUM,
    MCP_SCHEMA_FAIL_MAXIMUM,
    MCP_SCHEMA_FAIL_EXCLUSIVE_MINIMUM,
    MCP_SCHEMA_FAIL_EXCLUSIVE_MAXIMUM,
    MCP_SCHEMA_FAIL_MULTIPLE_OF,
    MCP_SCHEMA_FAIL_MIN_LENGTH,
    MCP_SCHEMA_FAIL_MAX_LENGTH,
    MCP_SCHEMA_FAIL_PATTERN,
    MCP_SCHEMA_FAIL_MIN_ITEMS,
    MCP_SCHEMA_FAIL_MAX_ITEMS,
    MCP_SCHEMA_FAIL_ITEM,              /* one more than there may be */
    MCP_SCHEMA_FAIL_UNIQUE,
    MCP_SCHEMA_FAIL_MIN_CONTAINS,
    MCP_SCHEMA_FAIL_MAX_CONTAINS,
    MCP_SCHEMA_FAIL_MIN_PROPERTIES,
    MCP_SCHEMA_FAIL_MAX_PROPERTIES,
    MCP_SCHEMA_FAIL_REQUIRED,
    MCP_SCHEMA_FAIL_DEPENDENT,
    MCP_SCHEMA_FAIL_PROPERTY,          /* no such property allowed */
    MCP_SCHEMA_FAIL_NOT,
    MCP_SCHEMA_FAIL_ONE_OF,
    MCP_SCHEMA_FAIL_STEPS,
    MCP_SCHEMA_FAIL_DEPTH,
    MCP_SCHEMA_FAIL_MATCH
} mcp_schema_fail_e;


/* a reason, made into words only when it is the final one */
typedef struct {
    mcp_schema_fail_e         code;
    ngx_uint_t                rank;           /* the deeper, the higher */
    const mcp_schema_node_t  *node;           /* whose rule it is */
    const cJSON              *value;
    const char               *name;           /* of a property */
    const char               *other;
    const char               *key;            /* the value is this name */
    const mcp_schema_list_t  *list;
    size_t                    n;
    size_t                    m;
} mcp_schema_fail_t;


typedef struct mcp_schema_scope_s  mcp_schema_scope_t;

/* the dynamic scope, innermost first */
struct mcp_schema_scope_s {
    mcp_schema_resource_t    *resource;
    mcp_schema_scope_t       *outer;
};


/* which children of an array or object some keyword has evaluated */
typedef struct {
    uint64_t                 *bits;
    size_t                    n;              /* children */
    uint64_t                  small[2];
} mcp_schema_seen_t;


typedef struct {
    const mcp_schema_t       *schema;
    ngx_pool_t               *pool;
    mcp_schema_scope_t       *scope;
    pcre2_match_data         *match;
    ngx_int_t                 steps;          /* left */
    ngx_uint_t                depth;          /* of schemas */
    ngx_uint_t                level;          /* of the instance */
    const char               *key;            /* in propertyNames */
    const cJSON              *key_object;
    mcp_schema_fail_t         fail;
} mcp_schema_run_t;


#define mcp_schema_seen_set(seen, i)                                         \
    (seen)->bits[(i) / 64] |= (uint64_t) 1 << ((i) % 64)

#define mcp_schema_seen_get(seen, i)                                         \
    ((seen)->bits[(i) / 64] & ((uint64_t) 1 << ((i) % 64)))


/* mcp_schema_check.c; NGX_OK, NGX_DECLINED, NGX_ABORT or NGX_ERROR */
ngx_int_t mcp_schema_check_node(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value,
    mcp_schema_seen_t *seen);

/* is the value JSON at all; handlers can make what is not */
ngx_uint_t mcp_schema_is_json(const cJSON *value);

/* notes the reason and returns NGX_DECLINED, or NGX_ABORT if it is a bound */
ngx_int_t mcp_schema_fail(mcp_schema_run_t *run, mcp_schema_fail_e code,
    const mcp_schema_node_t *node, const cJSON *value, size_t n);

/* NGX_OK, or NGX_ABORT if that was too much */
ngx_int_t mcp_schema_charge(mcp_schema_run_t *run, const cJSON *value,
    size_t steps);

/* mcp_schema_members.c */
ngx_int_t mcp_schema_seen_init(mcp_schema_run_t *run, mcp_schema_seen_t *seen,
    const cJSON *value);
void mcp_schema_seen_done(mcp_schema_run_t *run, mcp_schema_seen_t *seen);
void mcp_schema_seen_merge(mcp_schema_seen_t *to, mcp_schema_seen_t *from);
void mcp_schema_seen_all(mcp_schema_seen_t *seen);

ngx_int_t mcp_schema_check_array(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value,
    mcp_schema_seen_t *seen);
ngx_int_t mcp_schema_check_object(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value,
    mcp_schema_seen_t *seen);
ngx_int_t mcp_schema_check_unevaluated(mcp_schema_run_t *run,
    const mcp_schema_node_t *node, const cJSON *value,
    mcp_schema_seen_t *seen);
uint32_t mcp_schema_hash(const char *name, size_t len);

/* mcp_schema_equal.c: NGX_OK, NGX_DECLINED or NGX_ABORT */
ngx_int_t mcp_schema_equal(mcp_schema_run_t *run, const cJSON *a,
    const cJSON *b);

/* NGX_DECLINED: the indices of the first pair of equals are set */
ngx_int_t mcp_schema_unique(mcp_schema_run_t *run, const cJSON *array,
    size_t *first, size_t *second);

/* mcp_schema_pattern.c: NGX_OK, NGX_DECLINED, NGX_ABORT or NGX_ERROR */
ngx_int_t mcp_schema_pattern_match(mcp_schema_run_t *run,
    const mcp_schema_pattern_t *pattern, const cJSON *value,
    const char *text, size_t len);

/* mcp_schema_text.c */
ngx_int_t mcp_schema_pointer(ngx_pool_t *pool, const cJSON *root,
    const cJSON *value, ngx_str_t *path);
ngx_int_t mcp_schema_explain(mcp_schema_run_t *run, const cJSON *instance,
    mcp_schema_error_t *err);
const char *mcp_schema_type_name(const cJSON *value);


typedef struct {
    ngx_uint_t                bits;
    const char               *name;
    const char               *article;        /* with the name */
} mcp_schema_type_t;


/* by name, the last one has none */
extern const mcp_schema_type_t  mcp_schema_types[];


#endif /* _MCP_SCHEMA_NODE_H_INCLUDED_ */
