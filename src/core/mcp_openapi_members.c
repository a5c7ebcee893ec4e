
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_openapi_read.h>


#define MCP_OPENAPI_MAX_NESTED  16   /* "allOf" in "allOf" */


typedef struct {
    mcp_openapi_read_t  *o;
    ngx_uint_t           loose;
    ngx_uint_t           nested;
    ngx_array_t         *members;
    ngx_array_t          required;   /* of const cJSON pointers */
} mcp_openapi_flat_t;


static ngx_int_t mcp_openapi_flatten(mcp_openapi_flat_t *f,
    const cJSON *schema);
static ngx_uint_t mcp_openapi_flat(mcp_openapi_flat_t *f,
    const cJSON *schema);
static ngx_uint_t mcp_openapi_choices(mcp_openapi_flat_t *f,
    const cJSON *list);
static ngx_int_t mcp_openapi_flatten_all(mcp_openapi_flat_t *f,
    const cJSON *list);
static ngx_int_t mcp_openapi_flatten_members(mcp_openapi_flat_t *f,
    const cJSON *members);
static ngx_int_t mcp_openapi_flatten_required(mcp_openapi_flat_t *f,
    const cJSON *list);
static mcp_openapi_member_t *mcp_openapi_member(mcp_openapi_flat_t *f,
    const char *name);


ngx_int_t
mcp_openapi_members(mcp_openapi_read_t *o, const cJSON *schema,
    ngx_uint_t loose, ngx_array_t *members)
{
    ngx_int_t              rc;
    ngx_uint_t             i;
    const cJSON          **name;
    mcp_openapi_flat_t     f;
    mcp_openapi_member_t  *member;

    f.o = o;
    f.loose = loose;
    f.nested = 0;
    f.members = members;

    if (ngx_array_init(&f.required, o->scratch, 8, sizeof(cJSON *))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = mcp_openapi_flatten(&f, schema);

    if (rc != NGX_OK) {
        return rc;
    }

    if (members->nelts == 0
        || members->nelts + o->args.nelts > MCP_OPENAPI_MAX_ARGS)
    {
        return NGX_ABORT;
    }

    name = f.required.elts;

    for (i = 0; i < f.required.nelts; i++) {

        member = mcp_openapi_member(&f, name[i]->valuestring);

        if (member) {
            member->required = 1;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_flatten(mcp_openapi_flat_t *f, const cJSON *schema)
{
    ngx_int_t  rc;

    rc = mcp_openapi_deref_schema(f->o, &schema);

    if (rc != NGX_OK) {
        return rc;
    }

    if (!mcp_openapi_flat(f, schema)) {
        return NGX_ABORT;
    }

    rc = mcp_openapi_flatten_all(f, mcp_openapi_get(f->o, schema, "allOf"));

    if (rc == NGX_OK) {
        rc = mcp_openapi_flatten_members(f, mcp_openapi_get(f->o, schema,
                                                            "properties"));
    }

    if (rc == NGX_OK) {
        rc = mcp_openapi_flatten_required(f, mcp_openapi_get(f->o, schema,
                                                             "required"));
    }

    return rc;
}


/* an object that has the members it names, others need not be */

static ngx_uint_t
mcp_openapi_flat(mcp_openapi_flat_t *f, const cJSON *schema)
{
    const cJSON         *more, *type;
    const char *const   *word;

    static const char *const  words[] = {
        "$ref", "$dynamicRef", "enum", "const", "not", "if",
        "patternProperties", NULL
    };

    if (!cJSON_IsObject(schema)) {
        return 0;
    }

    type = mcp_openapi_get(f->o, schema, "type");

    if (cJSON_IsString(type) && ngx_strcmp(type->valuestring, "object") != 0) {
        return 0;
    }

    if (f->loose) {
        return 1;
    }

    for (word = words; *word; word++) {
        if (mcp_openapi_get(f->o, schema, *word)) {
            return 0;
        }
    }

    more = mcp_openapi_get(f->o, schema, "additionalProperties");

    if (cJSON_IsTrue(more) || cJSON_IsObject(more)) {
        return 0;
    }

    return mcp_openapi_choices(f, mcp_openapi_get(f->o, schema, "anyOf"))
           && mcp_openapi_choices(f, mcp_openapi_get(f->o, schema, "oneOf"));
}


/* which of the members must be there is for the service to say */

static ngx_uint_t
mcp_openapi_choices(mcp_openapi_flat_t *f, const cJSON *list)
{
    const cJSON  *item, *word;

    if (!cJSON_IsArray(list)) {
        return 1;
    }

    for (item = list->child; item; item = item->next) {

        if (!cJSON_IsObject(item)) {
            return 0;
        }

        for (word = item->child; word; word = word->next) {
            f->o->work++;

            if (ngx_strcmp(word->string, "required") != 0
                && ngx_strcmp(word->string, "title") != 0
                && ngx_strcmp(word->string, "description") != 0)
            {
                return 0;
            }
        }
    }

    return 1;
}


static ngx_int_t
mcp_openapi_flatten_all(mcp_openapi_flat_t *f, const cJSON *list)
{
    ngx_int_t     rc;
    const cJSON  *item;

    if (!cJSON_IsArray(list)) {
        return NGX_OK;
    }

    if (f->nested == MCP_OPENAPI_MAX_NESTED) {
        return NGX_ABORT;
    }

    f->nested++;

    for (item = list->child; item; item = item->next) {

        rc = mcp_openapi_flatten(f, item);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    f->nested--;

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_flatten_members(mcp_openapi_flat_t *f, const cJSON *members)
{
    ngx_int_t              rc;
    ngx_uint_t             hidden;
    const cJSON           *child, *node;
    mcp_openapi_member_t  *member;

    if (!cJSON_IsObject(members)) {
        return NGX_OK;
    }

    for (child = members->child; child; child = child->next) {

        rc = mcp_openapi_hidden(f->o, child, MCP_OPENAPI_INPUT, &hidden);

        if (rc != NGX_OK) {
            return rc;
        }

        if (hidden) {
            continue;
        }

        node = child;
        rc = mcp_openapi_deref_schema(f->o, &node);

        if (rc != NGX_OK) {
            return rc;
        }

        member = mcp_openapi_member(f, child->string);

        if (member) {

            /* both have to hold, which takes a schema of its own */

            if (member->node != node && !f->loose) {
                return NGX_ABORT;
            }

            continue;
        }

        if (f->members->nelts == MCP_OPENAPI_MAX_ARGS) {
            return NGX_ABORT;
        }

        member = ngx_array_push(f->members);
        if (member == NULL) {
            return NGX_ERROR;
        }

        member->name.data = (u_char *) child->string;
        member->name.len = ngx_strlen(child->string);
        member->node = node;
        member->help = mcp_openapi_string(f->o, child, "description");
        member->required = 0;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_flatten_required(mcp_openapi_flat_t *f, const cJSON *list)
{
    const cJSON  *item, **slot;

    if (!cJSON_IsArray(list)) {
        return NGX_OK;
    }

    for (item = list->child; item; item = item->next) {

        if (!cJSON_IsString(item)) {
            continue;
        }

        slot = ngx_array_push(&f->required);
        if (slot == NULL) {
            return NGX_ERROR;
        }

        *slot = item;
    }

    return NGX_OK;
}


static mcp_openapi_member_t *
mcp_openapi_member(mcp_openapi_flat_t *f, const char *name)
{
    ngx_uint_t             i;
    mcp_openapi_member_t  *member;

    member = f->members->elts;

    for (i = 0; i < f->members->nelts; i++) {
        f->o->work++;

        if (ngx_strcmp(member[i].name.data, name) == 0) {
            return &member[i];
        }
    }

    return NULL;
}
