
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf_served.h>


#define NGX_HTTP_MCP_COMPLETES_MAX  (1024 * 1024)     /* bytes of an answer */

/* the name of the answer, which no argument has */
#define NGX_HTTP_MCP_COMPLETES_ANSWER  "\377"


static char *ngx_http_mcp_set_complete(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_mcp_complete_select(ngx_conf_t *cf,
    ngx_http_mcp_completes_t *c, ngx_str_t *word);
static ngx_int_t ngx_http_mcp_served_names(ngx_conf_t *cf,
    ngx_http_mcp_served_t *served, ngx_array_t *names);
static char *ngx_http_mcp_served_complete_check(ngx_conf_t *cf,
    ngx_http_mcp_served_t *served, ngx_http_mcp_completes_t *c);
static ngx_uint_t ngx_http_mcp_served_has(ngx_http_mcp_served_t *served,
    ngx_str_t *name);
static ngx_int_t ngx_http_mcp_served_values(ngx_http_mcp_call_t *call,
    const cJSON *values);


ngx_command_t  ngx_http_mcp_served_commands[] = {

    { ngx_string("complete"),
      NGX_CONF_TAKE3|NGX_CONF_TAKE4,
      ngx_http_mcp_set_complete,
      0,
      0,
      NULL },

      ngx_null_command
};


ngx_int_t
ngx_http_mcp_served_init(ngx_conf_t *cf, ngx_http_mcp_served_t *served)
{
    if (ngx_array_init(&served->completes, cf->pool, 1,
                       sizeof(ngx_http_mcp_completes_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_mcp_conf_passes_init(cf, &served->words, &served->passes);
}


/* complete VAR GET "uri" [select=/pointer] */

static char *
ngx_http_mcp_set_complete(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_mcp_served_t *served = conf;

    char                      *rv;
    ngx_int_t                  rc;
    ngx_str_t                 *value;
    ngx_uint_t                 i;
    const char                *err;
    ngx_http_mcp_pass_t       *pass;
    ngx_http_mcp_completes_t  *c;

    value = cf->args->elts;

    if (ngx_strcmp(value[2].data, "GET") != 0) {
        return "must be \"complete VARIABLE GET uri [select=/pointer]\"";
    }

    c = served->completes.elts;

    for (i = 0; i < served->completes.nelts; i++) {

        if (c[i].name.len == value[1].len
            && ngx_memcmp(c[i].name.data, value[1].data, value[1].len) == 0)
        {
            return "is duplicate";
        }
    }

    c = ngx_array_push(&served->completes);
    if (c == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(c, sizeof(ngx_http_mcp_completes_t));

    c->name = value[1];

    if (cf->args->nelts == 5) {
        rv = ngx_http_mcp_complete_select(cf, c, &value[4]);

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    if (ngx_array_init(&c->passes.passes, cf->pool, 1,
                       sizeof(ngx_http_mcp_pass_t))
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    pass = ngx_array_push(&c->passes.passes);
    if (pass == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(pass, sizeof(ngx_http_mcp_pass_t));

    pass->pass.method = value[2];
    pass->answer.type = MCP_ANSWER_JSON;
    pass->answer.max = NGX_HTTP_MCP_COMPLETES_MAX;

    ngx_str_set(&pass->pass.name, NGX_HTTP_MCP_COMPLETES_ANSWER);

    rc = mcp_pass_compile_uri(cf->pool, &value[3], &pass->pass.uri, &err);

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid URI \"%V\" of \"complete\": %s",
                           &value[3], err);
    }

    if (rc != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    c->passes.idempotent = 1;
    c->passes.combined = 1;
    c->passes.finish = ngx_http_mcp_served_values;
    c->passes.file = cf->conf_file->file.name.data;
    c->passes.line = cf->conf_file->line;
    c->passes.name = value[0];

    return NGX_CONF_OK;
}


/* select=/items, of an array of values, or select=/items/... of objects */

static char *
ngx_http_mcp_complete_select(ngx_conf_t *cf, ngx_http_mcp_completes_t *c,
    ngx_str_t *word)
{
    u_char  *p, *star, *last;

    if (ngx_strncmp(word->data, "select=/", 8) != 0) {
        return "has an invalid parameter, expected select=/pointer";
    }

    p = word->data + 8;
    last = word->data + word->len;

    c->list.data = p;
    c->list.len = last - p;

    if (*p == '*' && (p + 1 == last || p[1] == '/')) {
        c->list.len = 0;
        star = p;

    } else {
        star = ngx_strlcasestrn(p, last, (u_char *) "/*", 2 - 1);

        if (star == NULL) {
            return NGX_CONF_OK;
        }

        c->list.len = star - p;
        star++;
    }

    if (star + 1 < last && star[1] == '/') {
        c->item.data = star + 2;
        c->item.len = last - star - 2;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_mcp_served_finish(ngx_conf_t *cf, ngx_http_mcp_served_t *served,
    ngx_str_t *uri, const void *data, ngx_http_mcp_complete_pt complete)
{
    char                      *rv;
    u_char                    *p;
    ngx_uint_t                 i;
    const char                *err;
    ngx_array_t                names;
    ngx_http_mcp_arg_t        *arg;
    ngx_http_mcp_completes_t  *c;

    if (mcp_uri_compile(&served->uri, uri, &err) != NGX_OK) {
        ngx_http_mcp_refuse(cf, "resource", uri, err);
        return NGX_CONF_ERROR;
    }

    if (ngx_http_mcp_served_names(cf, served, &names) != NGX_OK
        || ngx_http_mcp_conf_passes_finish(cf, &served->words, &names)
           != NGX_OK
        || ngx_http_mcp_conf_passes_own(cf, data, &served->passes) != NGX_OK
        || ngx_array_init(&served->args, cf->pool, 2,
                          sizeof(ngx_http_mcp_arg_t))
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    p = ngx_pnalloc(cf->pool, uri->len + sizeof("resource \"\""));
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    served->passes.name.data = p;
    served->passes.name.len = ngx_sprintf(p, "resource \"%V\"", uri) - p;
    served->passes.file = cf->conf_file->file.name.data;
    served->passes.line = cf->conf_file->line;
    served->passes.idempotent = 1;

    c = served->completes.elts;

    for (i = 0; i <= served->completes.nelts; i++) {
        arg = ngx_array_push(&served->args);
        if (arg == NULL) {
            return NGX_CONF_ERROR;
        }

        ngx_memzero(arg, sizeof(ngx_http_mcp_arg_t));

        if (i == served->completes.nelts) {
            break;
        }

        arg->name = (char *) c[i].name.data;
        arg->complete = complete;

        rv = ngx_http_mcp_served_complete_check(cf, served, &c[i]);

        if (rv != NGX_CONF_OK) {
            return rv;
        }

        if (ngx_http_mcp_conf_passes_own(cf, data, &c[i].passes) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_mcp_served_names(ngx_conf_t *cf, ngx_http_mcp_served_t *served,
    ngx_array_t *names)
{
    ngx_uint_t                 i;
    ngx_http_mcp_conf_name_t  *name;

    if (ngx_array_init(names, cf->pool, 4, sizeof(ngx_http_mcp_conf_name_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < served->uri.nvars; i++) {
        name = ngx_array_push(names);
        if (name == NULL) {
            return NGX_ERROR;
        }

        name->name = served->uri.vars[i];
        name->used = 0;

        ngx_http_mcp_conf_here(cf, &name->at);
    }

    return NGX_OK;
}


static char *
ngx_http_mcp_served_complete_check(ngx_conf_t *cf,
    ngx_http_mcp_served_t *served, ngx_http_mcp_completes_t *c)
{
    ngx_str_t             *unknown, first;
    ngx_uint_t             i;
    mcp_pass_atom_t       *atom;
    ngx_http_mcp_pass_t   *pass;

    unknown = ngx_http_mcp_served_has(served, &c->name) ? NULL : &c->name;

    pass = c->passes.passes.elts;
    atom = pass->pass.uri.elts;

    for (i = 0; i < pass->pass.uri.nelts && unknown == NULL; i++) {

        if (atom[i].op == MCP_PASS_LITERAL) {
            continue;
        }

        first = mcp_pass_first(&atom[i].from);

        if (!ngx_http_mcp_served_has(served, &first)) {
            unknown = &first;
        }
    }

    if (unknown == NULL) {
        return NGX_CONF_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "unknown variable \"%V\" in \"complete\": the URI of the "
                  "resource has no \"{%V}\" in %s:%ui",
                  unknown, unknown, c->passes.file, c->passes.line);

    return NGX_CONF_ERROR;
}


static ngx_uint_t
ngx_http_mcp_served_has(ngx_http_mcp_served_t *served, ngx_str_t *name)
{
    ngx_str_t   *var;
    ngx_uint_t   i;

    var = served->uri.vars;

    for (i = 0; i < served->uri.nvars; i++) {

        if (var[i].len == name->len
            && ngx_memcmp(var[i].data, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ngx_http_mcp_served_complete(ngx_http_mcp_call_t *call,
    const ngx_http_mcp_served_t *served, const char *name, const char *value,
    const cJSON *args)
{
    cJSON                           *values, *typed;
    ngx_pool_t                      *pool;
    const ngx_http_mcp_completes_t  *c;

    c = served->completes.elts;

    while (ngx_strcmp(c->name.data, name) != 0) {
        c++;
    }

    pool = call->request->pool;

    values = ngx_pcalloc(pool, sizeof(cJSON));
    typed = ngx_pcalloc(pool, sizeof(cJSON));

    if (values == NULL || typed == NULL) {
        return NGX_ERROR;
    }

    typed->type = cJSON_String|cJSON_StringIsConst;
    typed->string = (char *) name;
    typed->valuestring = (char *) value;
    typed->next = args ? args->child : NULL;

    values->type = cJSON_Object;
    values->child = typed;

    return ngx_http_mcp_pass_call(call, values, &c->passes);
}


static ngx_int_t
ngx_http_mcp_served_values(ngx_http_mcp_call_t *call, const cJSON *values)
{
    u_char                           buf[NGX_INT64_LEN + 32];
    ngx_str_t                        text;
    const cJSON                     *value, *item;
    const ngx_http_mcp_completes_t  *c;

    c = call->passes;

    values = cJSON_GetObjectItemCaseSensitive(values,
                                              NGX_HTTP_MCP_COMPLETES_ANSWER);
    values = mcp_pass_find(values, &c->list);

    if (!cJSON_IsArray(values)) {
        return NGX_OK;
    }

    cJSON_ArrayForEach(value, values) {
        item = mcp_pass_find(value, &c->item);

        if (cJSON_IsString(item)) {
            ngx_http_mcp_str(&text, item->valuestring);

        } else if (cJSON_IsNumber(item) && item->valuestring) {
            ngx_http_mcp_str(&text, item->valuestring);

        } else if (cJSON_IsNumber(item)) {
            text.data = buf;
            text.len = ngx_sprintf(buf, "%L", (int64_t) item->valuedouble)
                       - buf;

        } else {
            continue;
        }

        if (mcp_completion_fits(&text, &call->completion->typed, 0)) {
            mcp_completion_add(call->completion, text.data, text.len);
        }
    }

    return call->completion->values.failed ? NGX_ERROR : NGX_OK;
}
