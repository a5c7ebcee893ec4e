
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_openapi_read.h>


static ngx_uint_t mcp_openapi_is_space(u_char c);
static ngx_uint_t mcp_openapi_begins(const ngx_str_t *text,
    const ngx_str_t *with);
static ngx_int_t mcp_openapi_join(ngx_pool_t *pool, ngx_str_t *summary,
    ngx_str_t *text);


ngx_str_t
mcp_openapi_string(mcp_openapi_read_t *o, const cJSON *object,
    const char *name)
{
    ngx_str_t     s;
    const cJSON  *node;

    node = mcp_openapi_get(o, object, name);

    ngx_str_set(&s, "");

    if (cJSON_IsString(node)) {
        s.data = (u_char *) node->valuestring;
        s.len = ngx_strlen(node->valuestring);
    }

    return s;
}


ngx_int_t
mcp_openapi_bound(ngx_pool_t *pool, ngx_str_t *text, size_t max)
{
    u_char  *p;
    size_t   len;

    while (text->len && mcp_openapi_is_space(text->data[0])) {
        text->data++;
        text->len--;
    }

    while (text->len && mcp_openapi_is_space(text->data[text->len - 1])) {
        text->len--;
    }

    if (text->len <= max) {
        return NGX_OK;
    }

    len = mcp_utf8_cut(text->data, text->len, max - sizeof("...") + 1);

    p = ngx_pnalloc(pool, len + sizeof("...") - 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, text->data, len);
    ngx_memcpy(p + len, "...", sizeof("...") - 1);

    text->data = p;
    text->len = len + sizeof("...") - 1;

    return NGX_OK;
}


static ngx_uint_t
mcp_openapi_is_space(u_char c)
{
    return c == ' ' || c == LF || c == CR || c == '\t';
}


/*
 * Clients show the title to people and the description to the model, which
 * needs both: a summary is often all that says what an operation does.
 */

ngx_int_t
mcp_openapi_describe(mcp_openapi_read_t *o,
    mcp_openapi_operation_t *operation)
{
    u_char      *p;
    ngx_str_t    summary, text;
    ngx_pool_t  *pool;

    pool = o->conf->pool;

    summary = mcp_openapi_string(o, o->node, "summary");

    if (summary.len == 0) {
        summary = mcp_openapi_string(o, o->item, "summary");
    }

    text = mcp_openapi_string(o, o->node, "description");

    if (text.len == 0) {
        text = mcp_openapi_string(o, o->item, "description");
    }

    if (mcp_openapi_bound(o->scratch, &summary, MCP_OPENAPI_MAX_TITLE)
        != NGX_OK
        || mcp_openapi_bound(o->scratch, &text, MCP_OPENAPI_MAX_TEXT)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    operation->title.len = summary.len;
    operation->title.data = ngx_pstrdup(pool, &summary);

    if (operation->title.data == NULL) {
        return NGX_ERROR;
    }

    if (summary.len == 0 && text.len == 0) {

        p = ngx_pnalloc(o->scratch, operation->method.len + 1
                                    + operation->path.len);
        if (p == NULL) {
            return NGX_ERROR;
        }

        text.data = p;
        text.len = ngx_sprintf(p, "%V %V", &operation->method,
                               &operation->path)
                   - p;

    } else if (!mcp_openapi_begins(&text, &summary)
               && mcp_openapi_join(o->scratch, &summary, &text) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (mcp_openapi_bound(o->scratch, &text, MCP_OPENAPI_MAX_TEXT)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    operation->description.len = text.len;
    operation->description.data = ngx_pstrdup(pool, &text);

    return operation->description.data ? NGX_OK : NGX_ERROR;
}


static ngx_uint_t
mcp_openapi_begins(const ngx_str_t *text, const ngx_str_t *with)
{
    return text->len >= with->len
           && ngx_strncasecmp(text->data, with->data, with->len) == 0;
}


static ngx_int_t
mcp_openapi_join(ngx_pool_t *pool, ngx_str_t *summary, ngx_str_t *text)
{
    u_char  *p, *start, c;

    start = ngx_pnalloc(pool, summary->len + 2 + text->len);
    if (start == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(start, summary->data, summary->len);

    if (text->len) {
        c = p[-1];

        if (c != '.' && c != '!' && c != '?') {
            *p++ = '.';
        }

        *p++ = ' ';
        p = ngx_cpymem(p, text->data, text->len);
    }

    text->data = start;
    text->len = p - start;

    return NGX_OK;
}


/* with NUL behind it, for whoever reads it as a C string */

ngx_int_t
mcp_openapi_keep(ngx_pool_t *pool, ngx_str_t *s)
{
    ngx_str_t  from;

    from = *s;

    if (from.len == 0) {
        return NGX_OK;
    }

    s->data = ngx_pnalloc(pool, from.len + 1);
    if (s->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(s->data, from.data, from.len);
    s->data[from.len] = '\0';

    return NGX_OK;
}
