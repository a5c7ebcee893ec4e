
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_scope.h>


static ngx_int_t mcp_scope_number(const mcp_scopes_t *scopes,
    const ngx_str_t *name);


#define mcp_scope_set(set, n)                                                \
    (set)->bits[(n) / 64] |= (uint64_t) 1 << (n) % 64

#define mcp_scope_is_set(set, n)                                             \
    ((set)->bits[(n) / 64] >> (n) % 64 & 1)


ngx_int_t
mcp_scopes_init(mcp_scopes_t *scopes, ngx_pool_t *pool)
{
    ngx_memzero(scopes->implied, sizeof(scopes->implied));

    return ngx_array_init(&scopes->names, pool, 8, sizeof(ngx_str_t));
}


ngx_int_t
mcp_scope_add(mcp_scopes_t *scopes, const ngx_str_t *name,
    mcp_scope_set_t *set, const char **err)
{
    ngx_int_t   n;
    ngx_str_t  *known;

    n = mcp_scope_number(scopes, name);

    if (n == NGX_DECLINED) {
        *err = mcp_scope_check(name);

        if (*err) {
            return NGX_DECLINED;
        }

        n = scopes->names.nelts;

        if (n == MCP_SCOPES_MAX) {
            *err = "there are more than 256 different ones";
            return NGX_DECLINED;
        }

        known = ngx_array_push(&scopes->names);
        if (known == NULL) {
            return NGX_ERROR;
        }

        *known = *name;
        mcp_scope_set(&scopes->implied[n], n);
    }

    if (set) {
        mcp_scope_set(set, n);
    }

    return NGX_OK;
}


ngx_int_t
mcp_scope_imply(mcp_scopes_t *scopes, const ngx_str_t *name,
    const ngx_str_t *other, const char **err)
{
    ngx_int_t        rc;
    mcp_scope_set_t  set;

    ngx_memzero(&set, sizeof(mcp_scope_set_t));

    rc = mcp_scope_add(scopes, name, NULL, err);

    if (rc == NGX_OK) {
        rc = mcp_scope_add(scopes, other, &set, err);
    }

    if (rc == NGX_OK) {
        mcp_scope_join(&scopes->implied[mcp_scope_number(scopes, name)], &set);
    }

    return rc;
}


/* Warshall's algorithm: whoever implies i has all that i implies */

void
mcp_scopes_close(mcp_scopes_t *scopes)
{
    ngx_uint_t  i, k;

    for (i = 0; i < scopes->names.nelts; i++) {
        for (k = 0; k < scopes->names.nelts; k++) {
            if (mcp_scope_is_set(&scopes->implied[k], i)) {
                mcp_scope_join(&scopes->implied[k], &scopes->implied[i]);
            }
        }
    }
}


void
mcp_scope_read(const mcp_scopes_t *scopes, const ngx_str_t *text,
    mcp_scope_set_t *set)
{
    u_char     *p, *last;
    ngx_str_t   name;

    ngx_memzero(set, sizeof(mcp_scope_set_t));

    last = text->data + text->len;

    for (p = text->data; p < last; p++) {
        name.data = p;

        while (p < last && *p != ' ') {
            p++;
        }

        name.len = p - name.data;

        mcp_scope_read_name(scopes, &name, set);
    }
}


void
mcp_scope_read_name(const mcp_scopes_t *scopes, const ngx_str_t *name,
    mcp_scope_set_t *set)
{
    ngx_int_t  n;

    n = mcp_scope_number(scopes, name);

    if (n != NGX_DECLINED) {
        mcp_scope_join(set, &scopes->implied[n]);
    }
}


static ngx_int_t
mcp_scope_number(const mcp_scopes_t *scopes, const ngx_str_t *name)
{
    ngx_uint_t  i;
    ngx_str_t  *known;

    known = scopes->names.elts;

    for (i = 0; i < scopes->names.nelts; i++) {

        if (known[i].len == name->len
            && ngx_memcmp(known[i].data, name->data, name->len) == 0)
        {
            return i;
        }
    }

    return NGX_DECLINED;
}


/* commas stand between names in files of keys */

const char *
mcp_scope_check(const ngx_str_t *name)
{
    u_char  c;
    size_t  i;

    if (name->len == 0) {
        return "it is empty";
    }

    if (name->len > MCP_SCOPE_NAME_MAX) {
        return "it is longer than 128 bytes";
    }

    for (i = 0; i < name->len; i++) {
        c = name->data[i];

        if (c <= ' ' || c >= 0x7f || c == '"' || c == '\\' || c == ',') {
            return "expected ASCII without spaces, commas, quotes and "
                   "backslashes";
        }
    }

    return NULL;
}


ngx_uint_t
mcp_scope_covers(const mcp_scope_set_t *set, const mcp_scope_set_t *need)
{
    ngx_uint_t  i;

    for (i = 0; i < MCP_SCOPE_WORDS; i++) {
        if (need->bits[i] & ~set->bits[i]) {
            return 0;
        }
    }

    return 1;
}


ngx_uint_t
mcp_scope_empty(const mcp_scope_set_t *set)
{
    static const mcp_scope_set_t  none;

    return mcp_scope_covers(&none, set);
}


void
mcp_scope_join(mcp_scope_set_t *set, const mcp_scope_set_t *other)
{
    ngx_uint_t  i;

    for (i = 0; i < MCP_SCOPE_WORDS; i++) {
        set->bits[i] |= other->bits[i];
    }
}


void
mcp_scope_write(mcp_buf_t *b, const mcp_scopes_t *scopes,
    const mcp_scope_set_t *set)
{
    ngx_uint_t  i, n;
    ngx_str_t  *name;

    name = scopes->names.elts;
    n = 0;

    for (i = 0; i < scopes->names.nelts; i++) {

        if (!mcp_scope_is_set(set, i)) {
            continue;
        }

        if (n++) {
            mcp_buf_char(b, ' ');
        }

        mcp_buf_str(b, &name[i]);
    }
}
