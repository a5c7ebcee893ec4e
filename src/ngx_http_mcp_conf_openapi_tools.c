
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf_openapi.h>


#define NGX_HTTP_MCP_OPENAPI_MAX   (128 * 1024 * 1024)
#define NGX_HTTP_MCP_OPENAPI_POOL  (1024 * 1024)


static char *ngx_http_mcp_openapi_offer(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *mlcf, ngx_http_mcp_openapi_conf_t *oc,
    mcp_openapi_t *openapi);
static ngx_uint_t ngx_http_mcp_openapi_select(void *data,
    const mcp_openapi_operation_t *operation);
static ngx_uint_t ngx_http_mcp_openapi_match(
    ngx_http_mcp_openapi_rule_t *rule,
    const mcp_openapi_operation_t *operation);
static ngx_uint_t ngx_http_mcp_openapi_like(const ngx_str_t *pattern,
    const ngx_str_t *text, ngx_uint_t fold);
static ngx_int_t ngx_http_mcp_openapi_skip(ngx_conf_t *cf,
    ngx_http_mcp_openapi_conf_t *oc, mcp_openapi_operation_t *operation);
static char *ngx_http_mcp_openapi_tool(ngx_conf_t *cf,
    ngx_http_mcp_loc_conf_t *mlcf, ngx_http_mcp_openapi_conf_t *oc,
    mcp_openapi_operation_t *operation);
static ngx_http_mcp_openapi_override_t *ngx_http_mcp_openapi_find(
    ngx_http_mcp_openapi_conf_t *oc, const mcp_openapi_operation_t *operation);
static ngx_int_t ngx_http_mcp_openapi_fill(ngx_conf_t *cf,
    ngx_http_mcp_conf_tool_t *t, mcp_openapi_operation_t *operation);
static ngx_int_t ngx_http_mcp_openapi_unused(ngx_conf_t *cf,
    ngx_http_mcp_openapi_conf_t *oc);


char *
ngx_http_mcp_openapi_tools(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *mlcf,
    ngx_http_mcp_openapi_conf_t *oc)
{
    char           *rv;
    ngx_int_t       rc;
    ngx_str_t       text;
    mcp_openapi_t   openapi;

    if (ngx_http_mcp_read_file(cf, &oc->file, NGX_HTTP_MCP_OPENAPI_MAX, &text)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(&openapi, sizeof(mcp_openapi_t));

    openapi.pool = cf->pool;
    openapi.prefix = oc->prefix;
    openapi.pass = oc->pass;
    openapi.select = ngx_http_mcp_openapi_select;
    openapi.data = oc;

    /* large blocks, which go back to the system */

    openapi.temp = ngx_create_pool(NGX_HTTP_MCP_OPENAPI_POOL, cf->log);
    if (openapi.temp == NULL) {
        return NGX_CONF_ERROR;
    }

    rc = mcp_openapi_read(&openapi, &text);

    (void) ngx_pfree(cf->pool, text.data);

    rv = NGX_CONF_ERROR;

    if (rc == NGX_OK) {
        rv = ngx_http_mcp_openapi_offer(cf, mlcf, oc, &openapi);

    } else if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\": %V",
                           &oc->file, &openapi.err);
    }

    ngx_destroy_pool(openapi.temp);

    return rv;
}


static char *
ngx_http_mcp_openapi_offer(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *mlcf,
    ngx_http_mcp_openapi_conf_t *oc, mcp_openapi_t *openapi)
{
    char                     *rv;
    ngx_uint_t                i;
    mcp_openapi_operation_t  *operation;

    operation = openapi->operations.elts;

    for (i = 0; i < openapi->operations.nelts; i++) {

        if (operation[i].skipped.len) {

            if (ngx_http_mcp_openapi_skip(cf, oc, &operation[i]) != NGX_OK) {
                return NGX_CONF_ERROR;
            }

            continue;
        }

        rv = ngx_http_mcp_openapi_tool(cf, mlcf, oc, &operation[i]);

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    return ngx_http_mcp_openapi_unused(cf, oc) == NGX_OK ? NGX_CONF_OK
                                                         : NGX_CONF_ERROR;
}


/* what is excluded is not included, whatever the order; without any "include"
 * everything is */

static ngx_uint_t
ngx_http_mcp_openapi_select(void *data,
    const mcp_openapi_operation_t *operation)
{
    ngx_http_mcp_openapi_conf_t *oc = data;

    ngx_uint_t                    i, included, excluded;
    ngx_http_mcp_openapi_rule_t  *rule;

    included = (oc->includes == 0);
    excluded = 0;

    rule = oc->rules.elts;

    for (i = 0; i < oc->rules.nelts; i++) {

        if (!ngx_http_mcp_openapi_match(&rule[i], operation)) {
            continue;
        }

        rule[i].used = 1;

        if (rule[i].exclude) {
            excluded = 1;

        } else {
            included = 1;
        }
    }

    return included && !excluded;
}


static ngx_uint_t
ngx_http_mcp_openapi_match(ngx_http_mcp_openapi_rule_t *rule,
    const mcp_openapi_operation_t *operation)
{
    ngx_str_t   *tag;
    ngx_uint_t   i;

    switch (rule->of) {

    case NGX_HTTP_MCP_OPENAPI_ID:
        return ngx_http_mcp_openapi_like(&rule->pattern, &operation->id, 0);

    case NGX_HTTP_MCP_OPENAPI_PATH:
        return ngx_http_mcp_openapi_like(&rule->pattern, &operation->path, 0);

    case NGX_HTTP_MCP_OPENAPI_METHOD:
        return ngx_http_mcp_openapi_like(&rule->pattern, &operation->method,
                                         1);

    default: /* NGX_HTTP_MCP_OPENAPI_TAG */
        break;
    }

    tag = operation->tags.elts;

    for (i = 0; i < operation->tags.nelts; i++) {
        if (ngx_http_mcp_openapi_like(&rule->pattern, &tag[i], 0)) {
            return 1;
        }
    }

    return 0;
}


/* "*" is any number of characters; the last one that was met is all there is
 * to come back to */

static ngx_uint_t
ngx_http_mcp_openapi_like(const ngx_str_t *pattern, const ngx_str_t *text,
    ngx_uint_t fold)
{
    size_t  p, t, star, from;

    p = 0;
    t = 0;
    star = pattern->len;
    from = 0;

    while (t < text->len) {

        if (p < pattern->len && pattern->data[p] == '*') {
            star = p++;
            from = t;

        } else if (p < pattern->len
                   && (pattern->data[p] == text->data[t]
                       || (fold && ngx_toupper(pattern->data[p])
                                   == ngx_toupper(text->data[t]))))
        {
            p++;
            t++;

        } else if (star < pattern->len) {
            p = star + 1;
            t = ++from;

        } else {
            return 0;
        }
    }

    while (p < pattern->len && pattern->data[p] == '*') {
        p++;
    }

    return p == pattern->len;
}


static ngx_int_t
ngx_http_mcp_openapi_skip(ngx_conf_t *cf, ngx_http_mcp_openapi_conf_t *oc,
    mcp_openapi_operation_t *operation)
{
    ngx_http_mcp_openapi_override_t  *override;

    ngx_conf_log_error(oc->strict ? NGX_LOG_EMERG : NGX_LOG_WARN, cf, 0,
                       "operation \"%V %V\" of \"%V\" is %s: %V",
                       &operation->method, &operation->path, &oc->file,
                       oc->strict ? "not possible" : "skipped",
                       &operation->skipped);

    override = ngx_http_mcp_openapi_find(oc, operation);

    if (override) {
        override->used = 1;
    }

    return oc->strict ? NGX_ERROR : NGX_OK;
}


static char *
ngx_http_mcp_openapi_tool(ngx_conf_t *cf, ngx_http_mcp_loc_conf_t *mlcf,
    ngx_http_mcp_openapi_conf_t *oc, mcp_openapi_operation_t *operation)
{
    ngx_http_mcp_conf_tool_t         *t;
    ngx_http_mcp_openapi_override_t  *override;

    if (!oc->output) {
        ngx_str_null(&operation->output_schema);
    }

    override = ngx_http_mcp_openapi_find(oc, operation);

    if (override) {
        override->used = 1;
        t = override->tool;
        t->name = operation->name;

        if (ngx_http_mcp_openapi_args(cf, override, operation) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

    } else {
        t = ngx_http_mcp_conf_tool_create(cf, &operation->name);
        if (t == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_http_mcp_openapi_fill(cf, t, operation) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (t->need == NULL) {
        t->need = oc->need;
    }

    return ngx_http_mcp_conf_tool_finish(cf, mlcf, t);
}


/* by the name of the tool, or the id of the operation */

static ngx_http_mcp_openapi_override_t *
ngx_http_mcp_openapi_find(ngx_http_mcp_openapi_conf_t *oc,
    const mcp_openapi_operation_t *operation)
{
    ngx_uint_t                        i;
    ngx_http_mcp_openapi_override_t  *override;

    override = oc->overrides.elts;

    for (i = 0; i < oc->overrides.nelts; i++) {

        if (ngx_strcmp(override[i].name.data, operation->name.data) == 0
            || (operation->id.len && !override[i].used
                && ngx_strcmp(override[i].name.data, operation->id.data)
                   == 0))
        {
            return &override[i];
        }
    }

    return NULL;
}


/* the words of the document, where there are no others */

static ngx_int_t
ngx_http_mcp_openapi_fill(ngx_conf_t *cf, ngx_http_mcp_conf_tool_t *t,
    mcp_openapi_operation_t *operation)
{
    ngx_http_mcp_pass_t  *pass;

    if (t->title.len == 0) {
        t->title = operation->title;
    }

    if (t->description.len == 0) {
        t->description = operation->description;
    }

    if (t->input.len == 0 && t->args.nelts == 0) {
        t->input = operation->input_schema;
    }

    if (t->output.len == 0) {
        t->output = operation->output_schema;
    }

    if (!t->annotated) {
        t->flags = operation->flags;
    }

    if (t->words.passes.nelts) {
        return NGX_OK;
    }

    pass = ngx_array_push(&t->made.passes.passes);
    if (pass == NULL) {
        return NGX_ERROR;
    }

    *pass = t->words.all.made;
    pass->pass = operation->pass;

    if (t->made.passes.defaults) {
        return NGX_OK;
    }

    t->made.passes.defaults = operation->defaults;

    if (operation->defaults == NULL) {

        /* those of the schema are not meant to be sent */

        t->made.passes.defaults = ngx_http_mcp_openapi_object(cf);
    }

    return t->made.passes.defaults ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_mcp_openapi_unused(ngx_conf_t *cf, ngx_http_mcp_openapi_conf_t *oc)
{
    ngx_uint_t                        i;
    ngx_http_mcp_openapi_rule_t      *rule;
    ngx_http_mcp_openapi_override_t  *override;

    static const char *const  kinds[] = { "id", "tag", "path", "method" };

    override = oc->overrides.elts;

    for (i = 0; i < oc->overrides.nelts; i++) {

        if (!override[i].used) {
            ngx_http_mcp_conf_refuse(cf, &override[i].at,
                                     "\"override\" of \"%V\": no tool of "
                                     "\"%V\" has that name",
                                     &override[i].name, &oc->file);
            return NGX_ERROR;
        }
    }

    rule = oc->rules.elts;

    for (i = 0; i < oc->rules.nelts; i++) {

        if (!rule[i].used) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "no operation of \"%V\" has a %s like \"%V\" "
                          "in %s:%ui", &oc->file, kinds[rule[i].of],
                          &rule[i].pattern, rule[i].at.file, rule[i].at.line);
        }
    }

    return NGX_OK;
}
