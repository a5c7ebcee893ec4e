
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_schema_node.h>


/* up to here comparing all pairs costs less than a table */
#define MCP_SCHEMA_MAX_PAIRS  8


typedef struct {
    uint64_t       hash;
    size_t         index;
    const cJSON   *value;            /* NULL: the slot is free */
} mcp_schema_slot_t;


static ngx_int_t mcp_schema_equal_children(mcp_schema_run_t *run,
    const cJSON *a, const cJSON *b);
static ngx_int_t mcp_schema_equal_members(mcp_schema_run_t *run,
    const cJSON *a, const cJSON *b);
static ngx_int_t mcp_schema_unique_pairs(mcp_schema_run_t *run,
    const cJSON *array, size_t *first, size_t *second);
static ngx_int_t mcp_schema_unique_table(mcp_schema_run_t *run,
    const cJSON *array, mcp_schema_slot_t *table, size_t mask, size_t *first,
    size_t *second);
static ngx_int_t mcp_schema_hash_value(mcp_schema_run_t *run,
    const cJSON *value, uint64_t *hash);
static uint64_t mcp_schema_hash_bytes(uint64_t seed, const char *p,
    size_t len);
static uint64_t mcp_schema_hash_mix(uint64_t hash);


ngx_int_t
mcp_schema_equal(mcp_schema_run_t *run, const cJSON *a, const cJSON *b)
{
    ngx_int_t  rc;

    if (--run->steps < 0) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_STEPS, NULL, b, 0);
    }

    if ((a->type & 0xff) != (b->type & 0xff)) {
        return NGX_DECLINED;
    }

    switch (a->type & 0xff) {

    case cJSON_NULL:
    case cJSON_False:
    case cJSON_True:
        return NGX_OK;

    case cJSON_Number:
        return mcp_number_cmp(a, b) == 0 ? NGX_OK : NGX_DECLINED;

    case cJSON_String:
        return ngx_strcmp(a->valuestring, b->valuestring) == 0 ? NGX_OK
                                                               : NGX_DECLINED;

    case cJSON_Array:
    case cJSON_Object:
        break;

    default:
        return NGX_DECLINED;
    }

    if (run->depth == MCP_SCHEMA_MAX_DEPTH) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_DEPTH, NULL, b, 0);
    }

    run->depth++;

    if (cJSON_IsArray(a)) {
        rc = mcp_schema_equal_children(run, a, b);

    } else {
        rc = mcp_schema_equal_members(run, a, b);
    }

    run->depth--;

    return rc;
}


static ngx_int_t
mcp_schema_equal_children(mcp_schema_run_t *run, const cJSON *a,
    const cJSON *b)
{
    ngx_int_t  rc;

    a = a->child;
    b = b->child;

    while (a && b) {

        rc = mcp_schema_equal(run, a, b);

        if (rc != NGX_OK) {
            return rc;
        }

        a = a->next;
        b = b->next;
    }

    return a == b ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
mcp_schema_equal_members(mcp_schema_run_t *run, const cJSON *a,
    const cJSON *b)
{
    size_t        n;
    ngx_int_t     rc;
    const cJSON  *x, *y, *z;

    /* names are unique, so that as many as in b, all in b, is equal */

    n = 0;

    for (x = a->child, y = b->child; x && y; x = x->next, y = y->next) {
        n++;
    }

    if (x || y) {
        return NGX_DECLINED;
    }

    z = b->child;

    for (x = a->child; x; x = x->next) {

        /* most often both have the same order */

        if (z == NULL || ngx_strcmp(x->string, z->string) != 0) {

            if (mcp_schema_charge(run, b, n / 4) != NGX_OK) {
                return NGX_ABORT;
            }

            for (z = b->child; z; z = z->next) {
                if (ngx_strcmp(x->string, z->string) == 0) {
                    break;
                }
            }
        }

        if (z == NULL) {
            return NGX_DECLINED;
        }

        rc = mcp_schema_equal(run, x, z);

        if (rc != NGX_OK) {
            return rc;
        }

        z = z->next;
    }

    return NGX_OK;
}


ngx_int_t
mcp_schema_unique(mcp_schema_run_t *run, const cJSON *array, size_t *first,
    size_t *second)
{
    size_t              n, size;
    ngx_int_t           rc;
    const cJSON        *child;
    mcp_schema_slot_t  *table;

    n = 0;

    for (child = array->child; child; child = child->next) {
        n++;
    }

    if (n <= MCP_SCHEMA_MAX_PAIRS) {
        return mcp_schema_unique_pairs(run, array, first, second);
    }

    if (mcp_schema_charge(run, array, n) != NGX_OK) {
        return NGX_ABORT;
    }

    for (size = 32; size < n * 2; size *= 2) { /* void */ }

    table = ngx_pcalloc(run->pool, size * sizeof(mcp_schema_slot_t));
    if (table == NULL) {
        return NGX_ERROR;
    }

    rc = mcp_schema_unique_table(run, array, table, size - 1, first, second);

    (void) ngx_pfree(run->pool, table);

    return rc;
}


static ngx_int_t
mcp_schema_unique_pairs(mcp_schema_run_t *run, const cJSON *array,
    size_t *first, size_t *second)
{
    ngx_int_t     rc;
    const cJSON  *a, *b;

    *second = 0;

    for (b = array->child; b; b = b->next) {

        *first = 0;

        for (a = array->child; a != b; a = a->next) {

            rc = mcp_schema_equal(run, a, b);

            if (rc == NGX_OK) {
                return NGX_DECLINED;
            }

            if (rc != NGX_DECLINED) {
                return rc;
            }

            (*first)++;
        }

        (*second)++;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_schema_unique_table(mcp_schema_run_t *run, const cJSON *array,
    mcp_schema_slot_t *table, size_t mask, size_t *first, size_t *second)
{
    size_t        i;
    uint64_t      hash;
    ngx_int_t     rc;
    const cJSON  *child;

    *second = 0;

    for (child = array->child; child; child = child->next) {

        rc = mcp_schema_hash_value(run, child, &hash);

        if (rc != NGX_OK) {
            return rc;
        }

        for (i = hash & mask; table[i].value; i = (i + 1) & mask) {

            if (--run->steps < 0) {
                return mcp_schema_fail(run, MCP_SCHEMA_FAIL_STEPS, NULL,
                                       child, 0);
            }

            if (table[i].hash != hash) {
                continue;
            }

            rc = mcp_schema_equal(run, table[i].value, child);

            if (rc == NGX_OK) {
                *first = table[i].index;
                return NGX_DECLINED;
            }

            if (rc != NGX_DECLINED) {
                return rc;
            }
        }

        table[i].hash = hash;
        table[i].index = *second;
        table[i].value = child;

        (*second)++;
    }

    return NGX_OK;
}


/* equal values have equal hashes: 1 and 1.0, members in any order */

static ngx_int_t
mcp_schema_hash_value(mcp_schema_run_t *run, const cJSON *value,
    uint64_t *hash)
{
    size_t        len;
    double        d;
    uint64_t      sum, h;
    ngx_int_t     rc;
    const cJSON  *child;

    sum = (value->type & 0xff);
    len = 0;

    if (cJSON_IsNumber(value)) {

        /* both zeros are one number */
        d = value->valuedouble == 0 ? 0 : value->valuedouble;

        sum = mcp_schema_hash_bytes(sum, (char *) &d, sizeof(double));

    } else if (cJSON_IsString(value)) {
        len = ngx_strlen(value->valuestring);
        sum = mcp_schema_hash_bytes(sum, value->valuestring, len);
    }

    if (mcp_schema_charge(run, value, len / 64 + 1) != NGX_OK) {
        return NGX_ABORT;
    }

    if (run->depth == MCP_SCHEMA_MAX_DEPTH) {
        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_DEPTH, NULL, value, 0);
    }

    run->depth++;

    for (child = value->child; child; child = child->next) {

        rc = mcp_schema_hash_value(run, child, &h);

        if (rc != NGX_OK) {
            return rc;
        }

        if (cJSON_IsObject(value)) {
            sum += mcp_schema_hash_bytes(h, child->string,
                                         ngx_strlen(child->string));
        } else {
            sum = mcp_schema_hash_mix(sum + h);
        }
    }

    run->depth--;

    *hash = mcp_schema_hash_mix(sum);

    return NGX_OK;
}


static uint64_t
mcp_schema_hash_bytes(uint64_t seed, const char *p, size_t len)
{
    size_t    i;
    uint64_t  hash;

    hash = seed ^ 0xcbf29ce484222325ULL;

    for (i = 0; i < len; i++) {
        hash = (hash ^ (u_char) p[i]) * 0x100000001b3ULL;
    }

    return mcp_schema_hash_mix(hash);
}


static uint64_t
mcp_schema_hash_mix(uint64_t hash)
{
    hash = (hash ^ (hash >> 32)) * 0x9e3779b97f4a7c15ULL;

    return hash ^ (hash >> 29);
}
