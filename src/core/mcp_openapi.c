
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_openapi_read.h>
#include <mcp_yaml.h>


static ngx_int_t mcp_openapi_parse(mcp_openapi_read_t *o, ngx_str_t *text);
static ngx_int_t mcp_openapi_parse_json(mcp_openapi_read_t *o,
    ngx_str_t *text);
static ngx_int_t mcp_openapi_version(mcp_openapi_read_t *o);
static ngx_int_t mcp_openapi_operations(mcp_openapi_read_t *o);
static ngx_int_t mcp_openapi_select(mcp_openapi_read_t *o,
    mcp_openapi_entry_t *entry, mcp_openapi_operation_t *operation);
static ngx_int_t mcp_openapi_tags(mcp_openapi_read_t *o,
    mcp_openapi_entry_t *entry, ngx_array_t *tags);
static ngx_int_t mcp_openapi_compile(mcp_openapi_read_t *o,
    mcp_openapi_entry_t *entry, mcp_openapi_operation_t *operation);
static ngx_int_t mcp_openapi_prepare(mcp_openapi_read_t *o);
static ngx_int_t mcp_openapi_make(mcp_openapi_read_t *o);
static ngx_int_t mcp_openapi_check(mcp_openapi_read_t *o);


ngx_int_t
mcp_openapi_read(mcp_openapi_t *openapi, ngx_str_t *text)
{
    ngx_int_t           rc;
    mcp_openapi_read_t  o;

    ngx_memzero(&o, sizeof(mcp_openapi_read_t));
    ngx_str_null(&openapi->err);

    o.conf = openapi;
    o.temp = openapi->temp;

    ngx_rbtree_init(&o.defs, &o.defs_sentinel, ngx_str_rbtree_insert_value);
    ngx_rbtree_init(&o.def_names, &o.def_names_sentinel,
                    ngx_str_rbtree_insert_value);
    ngx_rbtree_init(&o.names, &o.names_sentinel, ngx_str_rbtree_insert_value);

    if (ngx_array_init(&openapi->operations, openapi->pool, 16,
                       sizeof(mcp_openapi_operation_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = mcp_openapi_parse(&o, text);

    if (rc == NGX_OK) {
        rc = mcp_openapi_version(&o);
    }

    if (rc == NGX_OK) {
        rc = mcp_openapi_operations(&o);
    }

    if (rc == NGX_DECLINED) {
        openapi->err = o.why;
    }

    return rc;
}


static ngx_int_t
mcp_openapi_parse(mcp_openapi_read_t *o, ngx_str_t *text)
{
    u_char     *p, *last;
    cJSON      *root;
    ngx_int_t   rc;
    ngx_str_t   json;

    p = text->data;
    last = text->data + text->len;

    /* YAML knows the byte order mark, JSON does not */

    if (text->len > 2 && ngx_memcmp(p, "\xef\xbb\xbf", 3) == 0) {
        p += 3;
    }

    json.data = p;
    json.len = last - p;

    while (p < last && (*p == ' ' || *p == LF || *p == CR || *p == '\t')) {
        p++;
    }

    if (p < last && *p == '{') {
        return mcp_openapi_parse_json(o, &json);
    }

    rc = mcp_yaml_parse(o->temp, text, &root, &o->why);

    if (rc == NGX_DECLINED) {
        return mcp_openapi_refuse(o, "not YAML that can be read: %V", &o->why);
    }

    o->root = root;

    return rc;
}


static ngx_int_t
mcp_openapi_parse_json(mcp_openapi_read_t *o, ngx_str_t *text)
{
    size_t           i;
    ngx_int_t        rc;
    ngx_uint_t       line;
    mcp_json_doc_t   doc;

    rc = mcp_json_scan_file(&doc, o->temp, text->data, text->len,
                            MCP_OPENAPI_MAX_VALUES);

    if (rc == NGX_DECLINED) {
        line = 1;

        for (i = 0; i < doc.offset && i < text->len; i++) {
            line += (text->data[i] == LF);
        }

        return mcp_openapi_refuse(o, "not JSON that can be read: line %ui: %s",
                                  line, mcp_json_strerror(doc.err));
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    o->root = mcp_json_tree(&doc, doc.tokens, o->temp);

    mcp_json_free(&doc);

    return o->root ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
mcp_openapi_version(mcp_openapi_read_t *o)
{
    ngx_str_t  version;

    if (mcp_openapi_get(o, o->root, "swagger")) {
        return mcp_openapi_refuse(o, "this is Swagger 2.0: convert it to "
                                  "OpenAPI 3");
    }

    version = mcp_openapi_string(o, o->root, "openapi");

    if (version.len < 3 || ngx_strncmp(version.data, "3.", 2) != 0) {
        return mcp_openapi_refuse(o, "\"openapi\" must be \"3.0.x\" or "
                                  "\"3.1.x\"");
    }

    o->v30 = (version.data[2] == '0');

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_operations(mcp_openapi_read_t *o)
{
    ngx_int_t                 rc;
    ngx_uint_t                i;
    ngx_array_t               entries;
    mcp_openapi_entry_t      *entry;
    mcp_openapi_operation_t   operation, *slot;

    if (ngx_array_init(&entries, o->temp, 64, sizeof(mcp_openapi_entry_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = mcp_openapi_list(o, &entries);

    if (rc != NGX_OK) {
        return rc;
    }

    entry = entries.elts;

    for (i = 0; i < entries.nelts; i++) {

        rc = mcp_openapi_select(o, &entry[i], &operation);

        if (rc == NGX_DONE) {
            continue;
        }

        if (rc == NGX_OK) {
            rc = mcp_openapi_compile(o, &entry[i], &operation);
        }

        if (rc != NGX_OK) {
            return rc;
        }

        slot = ngx_array_push(&o->conf->operations);
        if (slot == NULL) {
            return NGX_ERROR;
        }

        *slot = operation;
    }

    return NGX_OK;
}


/* NGX_DONE: it is not wanted */

static ngx_int_t
mcp_openapi_select(mcp_openapi_read_t *o, mcp_openapi_entry_t *entry,
    mcp_openapi_operation_t *operation)
{
    u_char      *p;
    ngx_str_t    name;
    ngx_pool_t  *pool;

    ngx_memzero(operation, sizeof(mcp_openapi_operation_t));

    name.len = o->conf->prefix.len + entry->name.len;
    name.data = ngx_pnalloc(o->temp, name.len);
    if (name.data == NULL) {
        return NGX_ERROR;
    }

    p = name.data;

    if (o->conf->prefix.len) {
        p = ngx_cpymem(p, o->conf->prefix.data, o->conf->prefix.len);
    }

    ngx_memcpy(p, entry->name.data, entry->name.len);

    operation->name = name;
    operation->id = entry->id;
    operation->path = entry->path;
    operation->flags = entry->method->flags;

    operation->method.data = (u_char *) entry->method->name;
    operation->method.len = ngx_strlen(entry->method->name);

    if (mcp_openapi_tags(o, entry, &operation->tags) != NGX_OK) {
        return NGX_ERROR;
    }

    if (o->conf->select && !o->conf->select(o->conf->data, operation)) {
        return NGX_DONE;
    }

    pool = o->conf->pool;

    return mcp_openapi_keep(pool, &operation->name) == NGX_OK
           && mcp_openapi_keep(pool, &operation->id) == NGX_OK
           && mcp_openapi_keep(pool, &operation->path) == NGX_OK
           ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
mcp_openapi_tags(mcp_openapi_read_t *o, mcp_openapi_entry_t *entry,
    ngx_array_t *tags)
{
    ngx_str_t    *tag;
    const cJSON  *list, *item;

    if (ngx_array_init(tags, o->temp, 2, sizeof(ngx_str_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    list = mcp_openapi_get(o, entry->node, "tags");

    if (!cJSON_IsArray(list)) {
        return NGX_OK;
    }

    for (item = list->child; item; item = item->next) {

        if (!cJSON_IsString(item)) {
            continue;
        }

        tag = ngx_array_push(tags);
        if (tag == NULL) {
            return NGX_ERROR;
        }

        tag->data = (u_char *) item->valuestring;
        tag->len = ngx_strlen(item->valuestring);
    }

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_compile(mcp_openapi_read_t *o, mcp_openapi_entry_t *entry,
    mcp_openapi_operation_t *operation)
{
    ngx_int_t  rc;

    o->operation = operation;
    o->item = entry->item;
    o->node = entry->node;
    o->why = entry->why;

    rc = NGX_DECLINED;

    if (entry->why.len == 0) {

        o->scratch = ngx_create_pool(MCP_OPENAPI_SCRATCH, o->temp->log);
        if (o->scratch == NULL) {
            return NGX_ERROR;
        }

        rc = mcp_openapi_prepare(o);

        if (rc == NGX_OK) {
            rc = mcp_openapi_make(o);
        }

        ngx_destroy_pool(o->scratch);
    }

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED) {
        operation->skipped = o->why;
    }

    if (o->work > MCP_OPENAPI_MAX_WORK) {
        return mcp_openapi_refuse(o, "it would take too long to follow all "
                                  "its references");
    }

    if (o->total > MCP_OPENAPI_MAX_TOTAL) {
        return mcp_openapi_refuse(o, "its schemas would take more than %d "
                                  "bytes", MCP_OPENAPI_MAX_TOTAL);
    }

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_prepare(mcp_openapi_read_t *o)
{
    ngx_pool_t  *pool;
    mcp_pass_t  *pass;

    pool = o->conf->pool;
    pass = &o->operation->pass;

    pass->method = o->operation->method;

    ngx_rbtree_init(&o->arg_names, &o->arg_names_sentinel,
                    ngx_str_rbtree_insert_value);

    if (ngx_array_init(&o->args, o->scratch, 8, sizeof(mcp_openapi_arg_t))
        != NGX_OK
        || ngx_array_init(&o->in_path, o->scratch, 4, sizeof(mcp_pass_atom_t))
           != NGX_OK
        || ngx_array_init(&o->in_query, o->scratch, 4,
                          sizeof(mcp_pass_atom_t))
           != NGX_OK
        || ngx_array_init(&pass->uri, pool, 4, sizeof(mcp_pass_atom_t))
           != NGX_OK
        || ngx_array_init(&pass->headers, pool, 1, sizeof(mcp_pass_field_t))
           != NGX_OK
        || ngx_array_init(&pass->cookies, pool, 1, sizeof(mcp_pass_field_t))
           != NGX_OK
        || ngx_array_init(&pass->rest, pool, 2, sizeof(ngx_str_t)) != NGX_OK
        || ngx_array_init(&pass->names, pool, 2, sizeof(ngx_str_t)) != NGX_OK
        || ngx_array_init(&pass->fields, pool, 1, sizeof(mcp_pass_field_t))
           != NGX_OK
        || ngx_array_init(&pass->text, pool, 1, sizeof(mcp_pass_atom_t))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_make(mcp_openapi_read_t *o)
{
    ngx_int_t  rc;

    if (!cJSON_IsObject(o->node)) {
        return mcp_openapi_refuse(o, "it is not an object");
    }

    if (ngx_strcmp(o->operation->method.data, "TRACE") == 0) {
        return mcp_openapi_refuse(o, "TRACE is not a method of a tool");
    }

    if (mcp_openapi_describe(o, o->operation) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = mcp_openapi_params(o);

    if (rc == NGX_OK) {
        rc = mcp_openapi_body(o);
    }

    if (rc == NGX_OK) {
        rc = mcp_openapi_defaults(o);
    }

    if (rc == NGX_OK) {
        rc = mcp_openapi_write_input(o);
    }

    if (rc == NGX_OK) {
        rc = mcp_openapi_answer(o);
    }

    return (rc == NGX_OK) ? mcp_openapi_check(o) : rc;
}


/* what cannot be checked is not offered; a tool can do without an output
 * schema */

static ngx_int_t
mcp_openapi_check(mcp_openapi_read_t *o)
{
    ngx_int_t                 rc;
    mcp_tool_t                tool;
    mcp_schema_error_t        err;
    mcp_openapi_operation_t  *operation;

    operation = o->operation;

    ngx_memzero(&tool, sizeof(mcp_tool_t));

    tool.name = operation->name;
    tool.input_schema = operation->input_schema;

    rc = mcp_tool_compile(o->scratch, &tool, &err);

    if (rc == NGX_DECLINED) {
        return mcp_openapi_refuse(o, "%V", &err.text);
    }

    if (rc != NGX_OK || operation->output_schema.len == 0) {
        return rc;
    }

    tool.input_schema = operation->input_schema;
    tool.output_schema = operation->output_schema;

    rc = mcp_tool_compile(o->scratch, &tool, &err);

    if (rc == NGX_DECLINED) {
        ngx_str_null(&operation->output_schema);
        return NGX_OK;
    }

    return rc;
}


ngx_int_t
mcp_openapi_refuse(mcp_openapi_read_t *o, const char *fmt, ...)
{
    size_t    i, len;
    u_char   *p, *last;
    va_list   args;
    u_char    text[MCP_OPENAPI_MAX_WHY];

    last = text + MCP_OPENAPI_MAX_WHY;

    va_start(args, fmt);
    p = ngx_vslprintf(text, last, fmt, args);
    va_end(args);

    len = mcp_utf8_cut(text, p - text, MCP_OPENAPI_MAX_WHY - 4);

    p = ngx_pnalloc(o->conf->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    /* it becomes a line of a log */

    for (i = 0; i < len; i++) {
        p[i] = (text[i] < ' ' || text[i] == 0x7f) ? ' ' : text[i];
    }

    o->why.len = len;
    o->why.data = p;

    return NGX_DECLINED;
}
