
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf_openapi.h>


/* the schema of the document, and of "arg" lines */
typedef struct {
    const cJSON  *document;
    const cJSON  *args;
} ngx_http_mcp_openapi_schemas_t;


static ngx_int_t ngx_http_mcp_openapi_merge(ngx_conf_t *cf,
    ngx_http_mcp_openapi_schemas_t *s, ngx_str_t *text);
static void ngx_http_mcp_openapi_properties(mcp_buf_t *b,
    ngx_http_mcp_openapi_schemas_t *s);
static void ngx_http_mcp_openapi_required(mcp_buf_t *b,
    ngx_http_mcp_openapi_schemas_t *s);
static ngx_int_t ngx_http_mcp_openapi_defaults(ngx_conf_t *cf,
    ngx_http_mcp_openapi_schemas_t *s, mcp_openapi_operation_t *operation);
static ngx_int_t ngx_http_mcp_openapi_add(ngx_conf_t *cf, cJSON *object,
    const cJSON *member);
static ngx_int_t ngx_http_mcp_openapi_known(ngx_conf_t *cf,
    ngx_http_mcp_openapi_override_t *override, const cJSON *schema,
    const cJSON *known, const char *err);
static const cJSON *ngx_http_mcp_openapi_property(const cJSON *schema,
    const char *name);


/*
 * "arg" lines take the place of those arguments of the document, a file of
 * "input" that of all of them; with a "pass" of its own the arguments are
 * those of the block, if it has any.
 */

ngx_int_t
ngx_http_mcp_openapi_args(ngx_conf_t *cf,
    ngx_http_mcp_openapi_override_t *override,
    mcp_openapi_operation_t *operation)
{
    cJSON                           *args, *document;
    ngx_str_t                        text;
    mcp_json_doc_t                   doc;
    ngx_http_mcp_conf_tool_t        *t;
    ngx_http_mcp_openapi_schemas_t   s;

    t = override->tool;

    if (t->words.passes.nelts || (t->args.nelts == 0 && t->input.len == 0)) {
        return NGX_OK;
    }

    text = t->input;

    if (t->args.nelts
        && mcp_tool_args_schema(cf->pool, &t->args, &text) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (mcp_json_parse(cf->pool, &text, &doc, &args) != NGX_OK
        || mcp_json_parse(cf->pool, &operation->input_schema, &doc, &document)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (t->input.len) {
        return ngx_http_mcp_openapi_known(cf, override, document, args,
                                          "the request of the document needs "
                                          "\"%s\", which the file of "
                                          "\"input\" does not have");
    }

    if (ngx_http_mcp_openapi_known(cf, override, args, document,
                                   "the operation has no argument \"%s\"")
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    s.document = document;
    s.args = args;

    if (ngx_http_mcp_openapi_merge(cf, &s, &operation->input_schema) != NGX_OK
        || ngx_http_mcp_openapi_defaults(cf, &s, operation) != NGX_OK)
    {
        return NGX_ERROR;
    }

    t->args.nelts = 0;

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_openapi_merge(ngx_conf_t *cf, ngx_http_mcp_openapi_schemas_t *s,
    ngx_str_t *text)
{
    mcp_buf_t     b;
    const cJSON  *word;

    mcp_buf_init(&b, cf->pool, text->len);

    mcp_buf_lit(&b, "{\"type\":\"object\"");

    ngx_http_mcp_openapi_properties(&b, s);
    ngx_http_mcp_openapi_required(&b, s);

    for (word = s->document->child; word; word = word->next) {

        if (ngx_strcmp(word->string, "type") == 0
            || ngx_strcmp(word->string, "properties") == 0
            || ngx_strcmp(word->string, "required") == 0)
        {
            continue;
        }

        mcp_buf_char(&b, ',');
        mcp_buf_json_string(&b, (u_char *) word->string,
                            ngx_strlen(word->string));
        mcp_buf_char(&b, ':');
        (void) mcp_json_print(&b, word);
    }

    mcp_buf_char(&b, '}');

    return mcp_buf_done(&b, text);
}


static void
ngx_http_mcp_openapi_properties(mcp_buf_t *b,
    ngx_http_mcp_openapi_schemas_t *s)
{
    u_char        c;
    const cJSON  *property, *other;

    mcp_buf_lit(b, ",\"properties\":");

    c = '{';
    property = cJSON_GetObjectItemCaseSensitive(s->document, "properties");

    for (property = property->child; property; property = property->next) {

        mcp_buf_char(b, c);
        mcp_buf_json_string(b, (u_char *) property->string,
                            ngx_strlen(property->string));
        mcp_buf_char(b, ':');

        other = ngx_http_mcp_openapi_property(s->args, property->string);

        (void) mcp_json_print(b, other ? other : property);

        c = ',';
    }

    mcp_buf_char(b, '}');
}


static void
ngx_http_mcp_openapi_required(mcp_buf_t *b, ngx_http_mcp_openapi_schemas_t *s)
{
    u_char        c;
    ngx_uint_t    i;
    const cJSON  *list[2], *name;

    list[0] = cJSON_GetObjectItemCaseSensitive(s->document, "required");
    list[1] = cJSON_GetObjectItemCaseSensitive(s->args, "required");

    c = '[';

    for (i = 0; i < 2; i++) {

        name = list[i] ? list[i]->child : NULL;

        for ( /* void */ ; name; name = name->next) {

            if (i == 0
                && ngx_http_mcp_openapi_property(s->args, name->valuestring))
            {
                continue;
            }

            if (c == '[') {
                mcp_buf_lit(b, ",\"required\":");
            }

            mcp_buf_char(b, c);
            mcp_buf_json_string(b, (u_char *) name->valuestring,
                                ngx_strlen(name->valuestring));
            c = ',';
        }
    }

    if (c == ',') {
        mcp_buf_char(b, ']');
    }
}


static ngx_int_t
ngx_http_mcp_openapi_defaults(ngx_conf_t *cf,
    ngx_http_mcp_openapi_schemas_t *s, mcp_openapi_operation_t *operation)
{
    cJSON        *all, *mine;
    const cJSON  *member;

    all = ngx_http_mcp_openapi_object(cf);

    if (all == NULL
        || mcp_tool_defaults(cf->pool, s->args, &mine) != NGX_OK)
    {
        return NGX_ERROR;
    }

    member = operation->defaults ? operation->defaults->child : NULL;

    for ( /* void */ ; member; member = member->next) {

        if (ngx_http_mcp_openapi_property(s->args, member->string) == NULL
            && ngx_http_mcp_openapi_add(cf, all, member) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    member = mine ? mine->child : NULL;

    for ( /* void */ ; member; member = member->next) {
        if (ngx_http_mcp_openapi_add(cf, all, member) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    operation->defaults = all;

    return NGX_OK;
}


cJSON *
ngx_http_mcp_openapi_object(ngx_conf_t *cf)
{
    cJSON  *object;

    object = ngx_pcalloc(cf->pool, sizeof(cJSON));

    if (object) {
        object->type = cJSON_Object;
    }

    return object;
}


static ngx_int_t
ngx_http_mcp_openapi_add(ngx_conf_t *cf, cJSON *object, const cJSON *member)
{
    cJSON  *node;

    node = ngx_palloc(cf->pool, sizeof(cJSON));
    if (node == NULL) {
        return NGX_ERROR;
    }

    *node = *member;
    node->next = NULL;

    if (object->child) {
        node->prev = object->child->prev;
        node->prev->next = node;

    } else {
        object->child = node;
    }

    object->child->prev = node;

    return NGX_OK;
}


/* all properties of one schema are there in the other one */

static ngx_int_t
ngx_http_mcp_openapi_known(ngx_conf_t *cf,
    ngx_http_mcp_openapi_override_t *override, const cJSON *schema,
    const cJSON *known, const char *err)
{
    u_char       *p;
    u_char        text[NGX_MAX_CONF_ERRSTR];
    const cJSON  *property;

    property = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    property = property ? property->child : NULL;

    for ( /* void */ ; property; property = property->next) {

        if (ngx_http_mcp_openapi_property(known, property->string)) {
            continue;
        }

        p = ngx_snprintf(text, sizeof(text) - 1, err, property->string);
        *p = '\0';

        ngx_http_mcp_conf_refuse(cf, &override->at,
                                 "\"override\" of \"%V\": %s",
                                 &override->name, text);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static const cJSON *
ngx_http_mcp_openapi_property(const cJSON *schema, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(
               cJSON_GetObjectItemCaseSensitive(schema, "properties"), name);
}
