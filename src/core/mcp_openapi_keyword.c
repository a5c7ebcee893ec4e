
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_openapi_keyword.h>


typedef struct {
    const char              *name;
    mcp_openapi_keyword_pt   handler;
    ngx_uint_t               bound;
} mcp_openapi_word_t;


static ngx_int_t mcp_openapi_kw_type(mcp_openapi_writer_t *w,
    const cJSON *schema, const cJSON *value);
static ngx_int_t mcp_openapi_kw_enum(mcp_openapi_writer_t *w,
    const cJSON *schema, const cJSON *value);
static ngx_int_t mcp_openapi_kw_value(mcp_openapi_writer_t *w,
    const cJSON *schema, const cJSON *value);
static ngx_int_t mcp_openapi_kw_text(mcp_openapi_writer_t *w,
    const cJSON *schema, const cJSON *value);
static ngx_int_t mcp_openapi_kw_pattern(mcp_openapi_writer_t *w,
    const cJSON *schema, const cJSON *value);
static ngx_int_t mcp_openapi_kw_limit(mcp_openapi_writer_t *w,
    const cJSON *schema, const cJSON *value);
static ngx_int_t mcp_openapi_kw_multiple(mcp_openapi_writer_t *w,
    const cJSON *schema, const cJSON *value);
static ngx_int_t mcp_openapi_kw_count(mcp_openapi_writer_t *w,
    const cJSON *schema, const cJSON *value);
static ngx_int_t mcp_openapi_kw_true(mcp_openapi_writer_t *w,
    const cJSON *schema, const cJSON *value);
static ngx_uint_t mcp_openapi_type_bit(const cJSON *value);
static ngx_uint_t mcp_openapi_depth(mcp_openapi_read_t *o,
    const cJSON *value);
static ngx_int_t mcp_openapi_print(mcp_openapi_writer_t *w,
    const cJSON *value, size_t max, ngx_str_t *text);
static int ngx_libc_cdecl mcp_openapi_cmp_words(const void *one,
    const void *two);


/*
 * Sorted.  Examples, xml, discriminator and extensions help nobody here, and
 * an "$id" would change what the rest means.  Bounds are for who asks: of
 * answers they say little, and one that is not kept would spoil the answer.
 */

static const mcp_openapi_word_t  mcp_openapi_words[] = {
    { "$dynamicRef", mcp_openapi_kw_dynamic, 0 },
    { "$recursiveRef", mcp_openapi_kw_dynamic, 0 },
    { "$ref", mcp_openapi_kw_ref, 0 },
    { "additionalProperties", mcp_openapi_kw_schema, 0 },
    { "allOf", mcp_openapi_kw_schemas, 0 },
    { "anyOf", mcp_openapi_kw_schemas, 0 },
    { "const", mcp_openapi_kw_value, 0 },
    { "contains", mcp_openapi_kw_schema, 0 },
    { "contentEncoding", mcp_openapi_kw_text, 0 },
    { "contentMediaType", mcp_openapi_kw_text, 0 },
    { "default", mcp_openapi_kw_value, 0 },
    { "dependentSchemas", mcp_openapi_kw_members, 0 },
    { "deprecated", mcp_openapi_kw_true, 0 },
    { "description", mcp_openapi_kw_text, 0 },
    { "else", mcp_openapi_kw_schema, 0 },
    { "enum", mcp_openapi_kw_enum, 0 },
    { "exclusiveMaximum", mcp_openapi_kw_limit, 1 },
    { "exclusiveMinimum", mcp_openapi_kw_limit, 1 },
    { "format", mcp_openapi_kw_text, 0 },
    { "if", mcp_openapi_kw_schema, 0 },
    { "items", mcp_openapi_kw_schema, 0 },
    { "maxContains", mcp_openapi_kw_count, 1 },
    { "maxItems", mcp_openapi_kw_count, 1 },
    { "maxLength", mcp_openapi_kw_count, 1 },
    { "maxProperties", mcp_openapi_kw_count, 1 },
    { "maximum", mcp_openapi_kw_limit, 1 },
    { "minContains", mcp_openapi_kw_count, 1 },
    { "minItems", mcp_openapi_kw_count, 1 },
    { "minLength", mcp_openapi_kw_count, 1 },
    { "minProperties", mcp_openapi_kw_count, 1 },
    { "minimum", mcp_openapi_kw_limit, 1 },
    { "multipleOf", mcp_openapi_kw_multiple, 1 },
    { "not", mcp_openapi_kw_schema, 0 },
    { "oneOf", mcp_openapi_kw_schemas, 0 },
    { "pattern", mcp_openapi_kw_pattern, 1 },
    { "patternProperties", mcp_openapi_kw_members, 0 },
    { "prefixItems", mcp_openapi_kw_schemas, 0 },
    { "properties", mcp_openapi_kw_members, 0 },
    { "propertyNames", mcp_openapi_kw_schema, 1 },
    { "required", mcp_openapi_kw_required, 0 },
    { "then", mcp_openapi_kw_schema, 0 },
    { "title", mcp_openapi_kw_text, 0 },
    { "type", mcp_openapi_kw_type, 0 },
    { "unevaluatedItems", mcp_openapi_kw_schema, 1 },
    { "unevaluatedProperties", mcp_openapi_kw_schema, 1 },
    { "uniqueItems", mcp_openapi_kw_true, 1 }
};


static const char *const  mcp_openapi_types[] = {
    "object", "array", "string", "number", "integer", "boolean", "null", NULL
};


#define MCP_OPENAPI_NULL  0x40       /* the bit of the last one */


mcp_openapi_keyword_pt
mcp_openapi_keyword(const char *name, mcp_openapi_direction_e direction)
{
    const mcp_openapi_word_t  *word;

    word = bsearch(name, mcp_openapi_words,
                   sizeof(mcp_openapi_words) / sizeof(mcp_openapi_words[0]),
                   sizeof(mcp_openapi_words[0]), mcp_openapi_cmp_words);

    if (word == NULL || (word->bound && direction == MCP_OPENAPI_OUTPUT)) {
        return NULL;
    }

    return word->handler;
}


static int ngx_libc_cdecl
mcp_openapi_cmp_words(const void *one, const void *two)
{
    const mcp_openapi_word_t  *word = two;

    return ngx_strcmp((const char *) one, word->name);
}


static ngx_int_t
mcp_openapi_kw_type(mcp_openapi_writer_t *w, const cJSON *schema,
    const cJSON *value)
{
    u_char        c;
    ngx_uint_t    i, bits, several;
    const cJSON  *item;

    bits = mcp_openapi_type_bit(value);

    if (cJSON_IsArray(value)) {
        for (item = value->child; item; item = item->next) {
            bits |= mcp_openapi_type_bit(item);
        }
    }

    if (bits && mcp_openapi_nullable(w->o, schema)) {
        bits |= MCP_OPENAPI_NULL;
    }

    if (bits == 0) {
        return NGX_OK;
    }

    several = (bits & (bits - 1)) != 0;
    c = '[';

    mcp_openapi_key(w, "type");

    for (i = 0; bits >> i; i++) {

        if ((bits >> i & 1) == 0) {
            continue;
        }

        if (several) {
            mcp_buf_char(&w->b, c);
            c = ',';
        }

        mcp_buf_json_string(&w->b, (u_char *) mcp_openapi_types[i],
                            ngx_strlen(mcp_openapi_types[i]));
    }

    if (several) {
        mcp_buf_char(&w->b, ']');
        w->deepest = ngx_max(w->deepest, w->depth + 1);
    }

    return NGX_OK;
}


static ngx_uint_t
mcp_openapi_type_bit(const cJSON *value)
{
    ngx_uint_t  i;

    for (i = 0; cJSON_IsString(value) && mcp_openapi_types[i]; i++) {
        if (ngx_strcmp(value->valuestring, mcp_openapi_types[i]) == 0) {
            return (ngx_uint_t) 1 << i;
        }
    }

    return 0;
}


/* one that is longer than some lists of currencies is left out */

static ngx_int_t
mcp_openapi_kw_enum(mcp_openapi_writer_t *w, const cJSON *schema,
    const cJSON *value)
{
    ngx_int_t     rc;
    ngx_str_t     text;
    ngx_uint_t    null;
    const cJSON  *item;

    if (!cJSON_IsArray(value) || value->child == NULL) {
        return NGX_OK;
    }

    rc = mcp_openapi_print(w, value, MCP_OPENAPI_MAX_ENUM, &text);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : rc;
    }

    null = mcp_openapi_nullable(w->o, schema);

    for (item = value->child; item; item = item->next) {
        if (cJSON_IsNull(item)) {
            null = 0;
        }
    }

    mcp_openapi_key(w, "enum");

    if (null) {
        mcp_buf_add(&w->b, text.data, text.len - 1);
        mcp_buf_lit(&w->b, ",null]");

    } else {
        mcp_buf_str(&w->b, &text);
    }

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_kw_value(mcp_openapi_writer_t *w, const cJSON *schema,
    const cJSON *value)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    rc = mcp_openapi_print(w, value, MCP_OPENAPI_MAX_VALUE, &text);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : rc;
    }

    mcp_openapi_key(w, value->string);
    mcp_buf_str(&w->b, &text);

    return NGX_OK;
}


/* NGX_DECLINED: it is too long or too deep to be worth while */

static ngx_int_t
mcp_openapi_print(mcp_openapi_writer_t *w, const cJSON *value, size_t max,
    ngx_str_t *text)
{
    mcp_buf_t   b;
    ngx_uint_t  depth;

    depth = w->depth + mcp_openapi_depth(w->o, value);

    if (depth > MCP_OPENAPI_MAX_DEPTH) {
        return NGX_DECLINED;
    }

    mcp_buf_init(&b, w->b.pool, 64);

    if (mcp_json_print(&b, value) != NGX_OK
        || mcp_buf_done(&b, text) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (text->len > max) {
        return NGX_DECLINED;
    }

    w->deepest = ngx_max(w->deepest, depth);

    return NGX_OK;
}


static ngx_uint_t
mcp_openapi_depth(mcp_openapi_read_t *o, const cJSON *value)
{
    ngx_uint_t    depth, n;
    const cJSON  *child;

    if (!cJSON_IsArray(value) && !cJSON_IsObject(value)) {
        return 0;
    }

    depth = 0;

    for (child = value->child; child; child = child->next) {
        o->work++;

        n = mcp_openapi_depth(o, child);
        depth = ngx_max(depth, n);
    }

    return depth + 1;
}


static ngx_int_t
mcp_openapi_kw_text(mcp_openapi_writer_t *w, const cJSON *schema,
    const cJSON *value)
{
    ngx_str_t  text;

    if (!cJSON_IsString(value)) {
        return NGX_OK;
    }

    text.data = (u_char *) value->valuestring;
    text.len = ngx_strlen(value->valuestring);

    if (mcp_openapi_bound(w->b.pool, &text,
                          value->string[0] == 'd' ? MCP_OPENAPI_MAX_HELP
                                                  : MCP_OPENAPI_MAX_TITLE)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (text.len) {
        mcp_openapi_key(w, value->string);
        mcp_buf_json_string(&w->b, text.data, text.len);
    }

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_kw_pattern(mcp_openapi_writer_t *w, const cJSON *schema,
    const cJSON *value)
{
    if (cJSON_IsString(value)
        && mcp_openapi_pattern_ok(w->o, value->valuestring))
    {
        mcp_openapi_key(w, value->string);
        mcp_buf_json_string(&w->b, (u_char *) value->valuestring,
                            ngx_strlen(value->valuestring));
    }

    return NGX_OK;
}


ngx_uint_t
mcp_openapi_pattern_ok(mcp_openapi_read_t *o, const char *pattern)
{
    cJSON                root, child;
    mcp_schema_t        *schema;
    mcp_schema_error_t   err;

    ngx_memzero(&root, sizeof(cJSON));
    ngx_memzero(&child, sizeof(cJSON));

    root.type = cJSON_Object;
    root.child = &child;

    child.type = cJSON_String|cJSON_StringIsConst;
    child.string = "pattern";
    child.valuestring = (char *) pattern;
    child.prev = &child;

    /* out of memory comes back when the schema as a whole is compiled */

    return mcp_schema_compile(o->scratch, &root, &schema, &err) == NGX_OK;
}


/* in 3.0 "exclusiveMinimum" is a boolean and says what "minimum" means */

static ngx_int_t
mcp_openapi_kw_limit(mcp_openapi_writer_t *w, const cJSON *schema,
    const cJSON *value)
{
    const char  *name;

    if (!cJSON_IsNumber(value)) {
        return NGX_OK;
    }

    name = value->string;

    if (ngx_strcmp(name, "minimum") == 0
        && mcp_openapi_true(w->o, schema, "exclusiveMinimum"))
    {
        name = "exclusiveMinimum";

    } else if (ngx_strcmp(name, "maximum") == 0
               && mcp_openapi_true(w->o, schema, "exclusiveMaximum"))
    {
        name = "exclusiveMaximum";
    }

    mcp_openapi_key(w, name);

    return mcp_json_print(&w->b, value) == NGX_OK ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
mcp_openapi_kw_multiple(mcp_openapi_writer_t *w, const cJSON *schema,
    const cJSON *value)
{
    if (!cJSON_IsNumber(value) || value->valuedouble <= 0) {
        return NGX_OK;
    }

    mcp_openapi_key(w, value->string);

    return mcp_json_print(&w->b, value) == NGX_OK ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
mcp_openapi_kw_count(mcp_openapi_writer_t *w, const cJSON *schema,
    const cJSON *value)
{
    if (!cJSON_IsNumber(value) || value->valuedouble < 0
        || value->valuedouble > NGX_MAX_INT32_VALUE
        || value->valuedouble != (double) (int64_t) value->valuedouble)
    {
        return NGX_OK;
    }

    mcp_openapi_key(w, value->string);
    mcp_buf_int(&w->b, (int64_t) value->valuedouble);

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_kw_true(mcp_openapi_writer_t *w, const cJSON *schema,
    const cJSON *value)
{
    if (cJSON_IsTrue(value)) {
        mcp_openapi_key(w, value->string);
        mcp_buf_lit(&w->b, "true");
    }

    return NGX_OK;
}
