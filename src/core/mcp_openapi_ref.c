
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_openapi_read.h>


static ngx_int_t mcp_openapi_follow(mcp_openapi_read_t *o,
    const cJSON **node, ngx_uint_t siblings);
static ngx_uint_t mcp_openapi_only_ref(const cJSON *node);
static ngx_int_t mcp_openapi_def_create(mcp_openapi_read_t *o,
    ngx_str_t *ref, mcp_openapi_def_t **def);
static ngx_int_t mcp_openapi_find(mcp_openapi_read_t *o, ngx_str_t *ref,
    const cJSON **node);
static ngx_int_t mcp_openapi_decode(ngx_pool_t *pool, u_char *p, u_char *last,
    ngx_str_t *out);
static ngx_int_t mcp_openapi_unescape(ngx_str_t *token);
static const cJSON *mcp_openapi_step(mcp_openapi_read_t *o,
    const cJSON *node, ngx_str_t *token);


const cJSON *
mcp_openapi_get(mcp_openapi_read_t *o, const cJSON *object, const char *name)
{
    const cJSON  *child;

    if (!cJSON_IsObject(object)) {
        return NULL;
    }

    for (child = object->child; child; child = child->next) {
        o->work++;

        if (ngx_strcmp(child->string, name) == 0) {
            return child;
        }
    }

    return NULL;
}


ngx_uint_t
mcp_openapi_true(mcp_openapi_read_t *o, const cJSON *object, const char *name)
{
    return cJSON_IsTrue(mcp_openapi_get(o, object, name));
}


ngx_int_t
mcp_openapi_deref(mcp_openapi_read_t *o, const cJSON **node)
{
    return mcp_openapi_follow(o, node, 0);
}


ngx_int_t
mcp_openapi_deref_schema(mcp_openapi_read_t *o, const cJSON **node)
{
    return mcp_openapi_follow(o, node, !o->v30);
}


/* "siblings": what stands beside a "$ref" counts */

static ngx_int_t
mcp_openapi_follow(mcp_openapi_read_t *o, const cJSON **node,
    ngx_uint_t siblings)
{
    ngx_int_t           rc;
    ngx_uint_t          n;
    const cJSON        *ref;
    mcp_openapi_def_t  *def;

    if (o->work > MCP_OPENAPI_MAX_WORK) {
        return mcp_openapi_refuse(o, "too many references");
    }

    for (n = 0; n < MCP_OPENAPI_MAX_REFS; n++) {

        ref = mcp_openapi_get(o, *node, "$ref");

        if (!cJSON_IsString(ref)
            || (siblings && !mcp_openapi_only_ref(*node)))
        {
            return NGX_OK;
        }

        rc = mcp_openapi_def(o, ref->valuestring, &def);

        if (rc != NGX_OK) {
            return rc;
        }

        *node = def->node;
    }

    return mcp_openapi_refuse(o, "\"$ref\" leads from one to another without "
                              "end");
}


static ngx_uint_t
mcp_openapi_only_ref(const cJSON *node)
{
    const cJSON  *child;

    for (child = node->child; child; child = child->next) {

        if (ngx_strcmp(child->string, "$ref") != 0
            && ngx_strcmp(child->string, "description") != 0
            && ngx_strcmp(child->string, "summary") != 0
            && ngx_strcmp(child->string, "title") != 0)
        {
            return 0;
        }
    }

    return 1;
}


ngx_int_t
mcp_openapi_def(mcp_openapi_read_t *o, const char *ref,
    mcp_openapi_def_t **def)
{
    ngx_int_t           rc;
    ngx_str_t           text;
    mcp_openapi_def_t  *found;

    text.data = (u_char *) ref;
    text.len = ngx_strlen(ref);

    found = (mcp_openapi_def_t *) ngx_str_rbtree_lookup(&o->defs, &text,
                                      ngx_crc32_long(text.data, text.len));

    if (found == NULL) {
        rc = mcp_openapi_def_create(o, &text, &found);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (found->node) {
        *def = found;
        return NGX_OK;
    }

    if (text.len && text.data[0] != '#') {
        return mcp_openapi_refuse(o, "\"$ref\" leads out of the document, to "
                                  "\"%V\"", &text);
    }

    return mcp_openapi_refuse(o, "\"$ref\" leads to \"%V\", which is not "
                              "there", &text);
}


static ngx_int_t
mcp_openapi_def_create(mcp_openapi_read_t *o, ngx_str_t *ref,
    mcp_openapi_def_t **out)
{
    ngx_int_t           rc;
    ngx_str_t           name;
    mcp_openapi_def_t  *def;

    def = ngx_pcalloc(o->temp, sizeof(mcp_openapi_def_t));
    if (def == NULL) {
        return NGX_ERROR;
    }

    def->sn.str = *ref;
    def->sn.node.key = ngx_crc32_long(ref->data, ref->len);

    ngx_rbtree_insert(&o->defs, &def->sn.node);

    rc = mcp_openapi_find(o, ref, &def->node);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (def->node) {
        name.data = ref->data + ref->len;

        while (name.data > ref->data && name.data[-1] != '/') {
            name.data--;
        }

        name.len = ref->data + ref->len - name.data;

        rc = mcp_openapi_name(o->temp, &o->def_names, &name,
                              MCP_OPENAPI_MAX_ARGUMENT, &def->name);

        if (rc != NGX_OK) {
            return NGX_ERROR;
        }
    }

    *out = def;

    return NGX_OK;
}


/* a JSON Pointer in a fragment (RFC 6901, section 6) */

static ngx_int_t
mcp_openapi_find(mcp_openapi_read_t *o, ngx_str_t *ref, const cJSON **node)
{
    u_char     *p, *last, *next;
    ngx_str_t   token;

    *node = NULL;

    if (ref->len == 0 || ref->data[0] != '#') {
        return NGX_DECLINED;
    }

    p = ref->data + 1;
    last = ref->data + ref->len;

    if (p < last && *p != '/') {
        return NGX_DECLINED;
    }

    *node = o->root;

    while (p < last && *node) {

        next = ngx_strlchr(p + 1, last, '/');

        if (next == NULL) {
            next = last;
        }

        if (mcp_openapi_decode(o->temp, p + 1, next, &token) != NGX_OK) {
            return NGX_ERROR;
        }

        *node = mcp_openapi_unescape(&token) == NGX_OK
                ? mcp_openapi_step(o, *node, &token) : NULL;
        p = next;
    }

    return NGX_OK;
}


/* "%7E1" is "~1" */

static ngx_int_t
mcp_openapi_decode(ngx_pool_t *pool, u_char *p, u_char *last, ngx_str_t *out)
{
    u_char     *dst;
    ngx_int_t   n;

    dst = ngx_pnalloc(pool, last - p + 1);
    if (dst == NULL) {
        return NGX_ERROR;
    }

    out->data = dst;

    while (p < last) {

        n = (*p == '%' && last - p > 2) ? ngx_hextoi(p + 1, 2) : NGX_ERROR;

        if (n > 0) {
            *dst++ = (u_char) n;
            p += 3;

        } else {
            *dst++ = *p++;
        }
    }

    *dst = '\0';
    out->len = dst - out->data;

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_unescape(ngx_str_t *token)
{
    u_char  *p, *last, *dst;

    dst = token->data;
    last = token->data + token->len;

    for (p = token->data; p < last; p++) {

        if (*p != '~') {
            *dst++ = *p;
            continue;
        }

        p++;

        if (p == last || (*p != '0' && *p != '1')) {
            return NGX_DECLINED;
        }

        *dst++ = (*p == '0') ? '~' : '/';
    }

    *dst = '\0';
    token->len = dst - token->data;

    return NGX_OK;
}


static const cJSON *
mcp_openapi_step(mcp_openapi_read_t *o, const cJSON *node, ngx_str_t *token)
{
    ngx_int_t     n;
    const cJSON  *child;

    if (!cJSON_IsArray(node)) {
        return mcp_openapi_get(o, node, (char *) token->data);
    }

    n = ngx_atoi(token->data, token->len);

    if (n == NGX_ERROR) {
        return NULL;
    }

    for (child = node->child; child && n; child = child->next) {
        o->work++;
        n--;
    }

    return child;
}
