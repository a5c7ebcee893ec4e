
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * Schemas: the input is a schema, a zero byte and an instance.  A check says
 * the same twice; a schema around the schema says the same, and "not" the
 * opposite, unless the work is too much; a value equals itself.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_schema.h>
#include "fuzz.h"


/* "%" stands for the schema; with a member the instance is in it */
typedef struct {
    const char  *text;
    const char  *member;
} schema_wrapper_t;


static schema_wrapper_t  schema_wrappers[] = {
    { "{\"allOf\":[%]}", NULL },
    { "{\"allOf\":[true,%,{\"type\":[\"object\",\"array\",\"string\","
      "\"number\",\"boolean\",\"null\"]}]}", NULL },
    { "{\"anyOf\":[false,%]}", NULL },
    { "{\"oneOf\":[%,false]}", NULL },
    { "{\"not\":{\"not\":%}}", NULL },
    { "{\"if\":%,\"else\":false}", NULL },
    { "{\"if\":{\"not\":%},\"then\":false}", NULL },
    { "{\"$ref\":\"#/$defs/x\",\"$defs\":{\"x\":%}}", NULL },
    { "{\"$ref\":\"#/y/0\",\"y\":[%]}", NULL },
    { "{\"allOf\":[{\"unevaluatedProperties\":true,\"unevaluatedItems\":true,"
      "\"anyOf\":[%,false]}]}", NULL },
    { "{\"properties\":{\"p\":%},\"required\":[\"p\"]}", "/p" },
    { "{\"additionalProperties\":%}", "/p" },
    { "{\"patternProperties\":{\"^\":%},\"additionalProperties\":false}",
      "/p" },
    { "{\"unevaluatedProperties\":%}", "/p" },
    { "{\"contains\":%}", "/0" },
    { "{\"items\":%}", "/0" },
    { "{\"prefixItems\":[%],\"items\":false}", "/0" },
    { NULL, NULL }
};


static mcp_schema_t *
schema_compile(ngx_pool_t *pool, cJSON *json, ngx_int_t *rc)
{
    mcp_schema_t        *schema;
    mcp_schema_error_t   err;

    schema = NULL;

    *rc = mcp_schema_compile(pool, json, &schema, &err);

    fuzz_assert(*rc == NGX_OK || *rc == NGX_DECLINED);

    if (*rc == NGX_DECLINED) {
        fuzz_assert(err.text.len);
        fuzz_assert(mcp_utf8_check(err.text.data, err.text.len) == NGX_OK);
        fuzz_assert(err.path.len == 0 || err.path.data[0] == '/');
    }

    return schema;
}


static ngx_int_t
schema_check(ngx_pool_t *pool, mcp_schema_t *schema, cJSON *instance,
    mcp_schema_error_t *err)
{
    ngx_int_t  rc;

    ngx_memzero(err, sizeof(mcp_schema_error_t));

    rc = mcp_schema_check(schema, instance, pool, err);

    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED || rc == NGX_ABORT);

    if (rc != NGX_OK) {
        fuzz_assert(err->text.len);
        fuzz_assert(mcp_utf8_check(err->text.data, err->text.len) == NGX_OK);
        fuzz_assert(mcp_utf8_check(err->path.data, err->path.len) == NGX_OK);
        fuzz_assert(err->path.len == 0 || err->path.data[0] == '/');
    }

    return rc;
}


/*
 * A schema can go into another one if it looks at nothing outside of itself;
 * an "$id" makes a "#" in it lead to it as before.
 */

static ngx_uint_t
schema_is_closed(cJSON *json)
{
    cJSON  *child;

    for (child = json->child; child; child = child->next) {

        if (child->string) {

            if (ngx_strcmp(child->string, "$id") == 0
                || ngx_strcmp(child->string, "$schema") == 0)
            {
                return 0;
            }

            if ((ngx_strcmp(child->string, "$ref") == 0
                 || ngx_strcmp(child->string, "$dynamicRef") == 0)
                && cJSON_IsString(child) && child->valuestring[0] != '#')
            {
                return 0;
            }
        }

        if (!schema_is_closed(child)) {
            return 0;
        }
    }

    return 1;
}


static cJSON *
schema_parse(ngx_pool_t *pool, u_char *p, size_t len)
{
    cJSON           *json;
    ngx_str_t        text;
    mcp_json_doc_t   doc;

    text.data = p;
    text.len = len;

    return mcp_json_parse(pool, &text, &doc, &json) == NGX_OK ? json : NULL;
}


static cJSON *
schema_wrap(ngx_pool_t *pool, const char *wrapper, ngx_str_t *inner)
{
    size_t       n;
    u_char      *text, *p;
    const char  *s;

    s = strchr(wrapper, '%');
    n = s - wrapper;

    text = ngx_pnalloc(pool, ngx_strlen(wrapper) + inner->len);

    p = ngx_cpymem(text, wrapper, n);
    p = ngx_cpymem(p, inner->data, inner->len);
    p = ngx_cpymem(p, s + 1, ngx_strlen(s + 1));

    return schema_parse(pool, text, p - text);
}


/* compact, and with an "$id" where it is an object */

static ngx_str_t
schema_closed_text(ngx_pool_t *pool, cJSON *json)
{
    mcp_buf_t  b, c;
    ngx_str_t  text, closed;

    mcp_buf_init(&b, pool, 0);
    fuzz_assert(mcp_json_print(&b, json) == NGX_OK);
    fuzz_assert(mcp_buf_done(&b, &text) == NGX_OK);

    if (!cJSON_IsObject(json)) {
        return text;
    }

    mcp_buf_init(&c, pool, 0);
    mcp_buf_lit(&c, "{\"$id\":\"urn:fuzz\"");

    if (json->child) {
        mcp_buf_char(&c, ',');
    }

    mcp_buf_add(&c, text.data + 1, text.len - 1);
    fuzz_assert(mcp_buf_done(&c, &closed) == NGX_OK);

    return closed;
}


static cJSON *
schema_in_member(const char *member, cJSON *instance)
{
    cJSON  *outer, *copy;

    copy = cJSON_Duplicate(instance, 1);

    if (ngx_strcmp(member, "/p") == 0) {
        outer = cJSON_CreateObject();
        cJSON_AddItemToObject(outer, "p", copy);

    } else {
        outer = cJSON_CreateArray();
        cJSON_AddItemToArray(outer, copy);
    }

    return outer;
}


static void
schema_wrapped(ngx_pool_t *pool, cJSON *json, cJSON *instance, ngx_int_t rc)
{
    cJSON               *outer;
    ngx_int_t            rv;
    ngx_str_t            text;
    mcp_schema_t        *schema;
    schema_wrapper_t    *w;
    mcp_schema_error_t   err;

    text = schema_closed_text(pool, json);

    for (w = schema_wrappers; w->text; w++) {

        outer = schema_wrap(pool, w->text, &text);

        if (outer == NULL) {
            /* it was as deep as can be */
            continue;
        }

        schema = schema_compile(pool, outer, &rv);
        fuzz_assert(rv == NGX_OK);

        if (w->member == NULL) {
            rv = schema_check(pool, schema, instance, &err);

        } else {
            outer = schema_in_member(w->member, instance);
            rv = schema_check(pool, schema, outer, &err);
            cJSON_Delete(outer);
        }

        fuzz_assert(rv == rc || rv == NGX_ABORT);
    }

    outer = schema_wrap(pool, "{\"not\":%}", &text);

    if (outer) {
        schema = schema_compile(pool, outer, &rv);
        fuzz_assert(rv == NGX_OK);

        rv = schema_check(pool, schema, instance, &err);
        fuzz_assert(rv == NGX_ABORT
                    || rv == (rc == NGX_OK ? NGX_DECLINED : NGX_OK));
    }
}


/* members in the opposite order, all the way down */

static cJSON *
schema_reversed(cJSON *json)
{
    cJSON  *copy, *child, *item;

    if (!cJSON_IsObject(json) && !cJSON_IsArray(json)) {
        return cJSON_Duplicate(json, 1);
    }

    copy = cJSON_IsObject(json) ? cJSON_CreateObject() : cJSON_CreateArray();

    for (child = json->child; child; child = child->next) {
        item = schema_reversed(child);

        if (cJSON_IsArray(json)) {
            cJSON_AddItemToArray(copy, item);

        } else {
            item->string = child->string;
            item->type |= cJSON_StringIsConst;
            cJSON_InsertItemInArray(copy, 0, item);
        }
    }

    return copy;
}


static void
schema_equality(ngx_pool_t *pool, cJSON *instance)
{
    int                  i;
    cJSON               *outer, *array;
    ngx_int_t            rc;
    mcp_schema_t        *schema;
    mcp_schema_error_t   err;

    array = schema_reversed(instance);

    outer = cJSON_CreateObject();
    cJSON_AddItemToObject(outer, "const", cJSON_Duplicate(instance, 1));

    schema = schema_compile(pool, outer, &rc);
    fuzz_assert(rc == NGX_OK);

    rc = schema_check(pool, schema, array, &err);
    fuzz_assert(rc == NGX_OK || rc == NGX_ABORT);

    cJSON_Delete(outer);
    cJSON_Delete(array);

    outer = cJSON_CreateObject();
    cJSON_AddTrueToObject(outer, "uniqueItems");

    schema = schema_compile(pool, outer, &rc);
    fuzz_assert(rc == NGX_OK);

    array = cJSON_CreateArray();
    cJSON_AddItemToArray(array, cJSON_Duplicate(instance, 1));

    rc = schema_check(pool, schema, array, &err);
    fuzz_assert(rc == NGX_OK);

    for (i = 0; i < 2; i++) {
        cJSON_AddItemToArray(array, schema_reversed(instance));

        rc = schema_check(pool, schema, array, &err);
        fuzz_assert(rc == NGX_DECLINED || rc == NGX_ABORT);

        /* and by hash */

        while (i == 0 && cJSON_GetArraySize(array) < 20) {
            cJSON_AddItemToArray(array, cJSON_CreateNumber(
                                            cJSON_GetArraySize(array) + 0.5));
        }
    }

    cJSON_Delete(array);
    cJSON_Delete(outer);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cJSON               *json, *instance;
    u_char              *p, *zero;
    ngx_int_t            rc, rv;
    ngx_pool_t          *pool;
    mcp_schema_t        *schema;
    mcp_schema_error_t   err, again;

    zero = memchr(data, '\0', size);

    if (zero == NULL) {
        return 0;
    }

    pool = unit_pool();

    p = unit_copy(pool, data, size);
    zero = p + (zero - data);

    json = schema_parse(pool, p, zero - p);
    instance = schema_parse(pool, zero + 1, p + size - zero - 1);

    if (json && instance) {
        schema = schema_compile(pool, json, &rc);

        if (rc == NGX_OK) {
            rc = schema_check(pool, schema, instance, &err);
            rv = schema_check(pool, schema, instance, &again);

            fuzz_assert(rc == rv);
            fuzz_assert(err.text.len == again.text.len);
            fuzz_assert(rc == NGX_OK
                        || ngx_memcmp(err.text.data, again.text.data,
                                      err.text.len) == 0);

            if (rc != NGX_ABORT && schema_is_closed(json)) {
                schema_wrapped(pool, json, instance, rc);
            }
        }

        schema_equality(pool, instance);
    }

    ngx_destroy_pool(pool);

    return 0;
}
