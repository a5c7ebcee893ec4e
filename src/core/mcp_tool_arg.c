
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_tool_arg_read.h>


static ngx_int_t mcp_tool_arg_head(mcp_tool_arg_read_t *rd,
    const ngx_array_t *args, ngx_str_t *words);
static ngx_int_t mcp_tool_arg_word(mcp_tool_arg_read_t *rd, ngx_str_t *word,
    ngx_uint_t last);
static ngx_uint_t mcp_tool_arg_looks_set(const ngx_str_t *word);
static ngx_int_t mcp_tool_arg_option(mcp_tool_arg_read_t *rd, ngx_uint_t i,
    ngx_str_t *word);


const mcp_tool_arg_option_t  mcp_tool_arg_options[] = {
    { ngx_string("default="), MCP_TOOL_ARG_ANY, "", NULL },
    { ngx_string("enum="),
      MCP_TOOL_ARG_STRING|MCP_TOOL_ARG_NUMERIC, "string, integer and number",
      NULL },
    { ngx_string("min="),
      MCP_TOOL_ARG_NUMERIC, "integer and number", "minimum" },
    { ngx_string("max="),
      MCP_TOOL_ARG_NUMERIC, "integer and number", "maximum" },
    { ngx_string("min_length="), MCP_TOOL_ARG_STRING, "string", "minLength" },
    { ngx_string("max_length="), MCP_TOOL_ARG_STRING, "string", "maxLength" },
    { ngx_string("pattern="), MCP_TOOL_ARG_STRING, "string", NULL },
    { ngx_string("mcp_header="),
      MCP_TOOL_ARG_STRING|MCP_TOOL_ARG_INTEGER|MCP_TOOL_ARG_BOOLEAN,
      "string, integer and boolean", NULL }
};


static const ngx_str_t  mcp_tool_arg_types[] = {
    ngx_string("string"),
    ngx_string("integer"),
    ngx_string("number"),
    ngx_string("boolean"),
    ngx_string("object")
};


ngx_int_t
mcp_tool_arg_add(ngx_pool_t *pool, ngx_array_t *args, ngx_str_t *words,
    ngx_uint_t n, mcp_schema_error_t *err)
{
    ngx_int_t             rc;
    ngx_uint_t            i;
    mcp_tool_arg_t       *arg;
    mcp_tool_arg_read_t   rd;

    ngx_memzero(&rd, sizeof(mcp_tool_arg_read_t));

    rd.pool = pool;
    rd.err = err;

    if (n < 2) {
        return mcp_tool_arg_refuse(&rd, "a name and a type are required");
    }

    rc = mcp_tool_arg_head(&rd, args, words);

    for (i = 2; i < n && rc == NGX_OK; i++) {
        rc = mcp_tool_arg_word(&rd, &words[i], i == n - 1);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    arg = args->elts;

    for (i = 0; rd.arg.header.len && i < args->nelts; i++) {

        if (arg[i].header.len == rd.arg.header.len
            && ngx_strncasecmp(arg[i].header.data, rd.arg.header.data,
                               rd.arg.header.len)
               == 0)
        {
            return mcp_tool_arg_refuse(&rd, "argument \"%V\" has the same "
                                       "\"mcp_header=\" as \"%V\"",
                                       &rd.arg.name, &arg[i].name);
        }
    }

    rc = mcp_tool_arg_write(&rd);

    if (rc == NGX_OK) {
        rc = mcp_tool_arg_check(&rd);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    arg = ngx_array_push(args);
    if (arg == NULL) {
        return NGX_ERROR;
    }

    *arg = rd.arg;

    return NGX_OK;
}


static ngx_int_t
mcp_tool_arg_head(mcp_tool_arg_read_t *rd, const ngx_array_t *args,
    ngx_str_t *words)
{
    u_char           c;
    size_t           len;
    ngx_uint_t       i;
    mcp_tool_arg_t  *arg;

    rd->arg.name = words[0];

    for (i = 0; i < words[0].len; i++) {
        c = words[0].data[i];

        if (!(c >= '0' && c <= '9') && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
            && c != '_' && c != '-' && c != '.')
        {
            break;
        }
    }

    if (i == 0 || i < words[0].len || i > MCP_TOOL_ARG_NAME_MAX) {
        return mcp_tool_arg_refuse(rd, "invalid name \"%V\", expected 1 to %d "
                                   "characters of \"A-Z\", \"a-z\", \"0-9\", "
                                   "\"_\", \"-\" and \".\"",
                                   &words[0], MCP_TOOL_ARG_NAME_MAX);
    }

    arg = args->elts;

    for (i = 0; i < args->nelts; i++) {

        if (arg[i].name.len == words[0].len
            && ngx_memcmp(arg[i].name.data, words[0].data, words[0].len) == 0)
        {
            return mcp_tool_arg_refuse(rd, "duplicate argument \"%V\"",
                                       &words[0]);
        }
    }

    len = words[1].len;

    if (len > 2 && ngx_strncmp(words[1].data + len - 2, "[]", 2) == 0) {
        rd->array = 1;
        len -= 2;
    }

    for (i = 0; i < 5; i++) {

        if (mcp_tool_arg_types[i].len == len
            && ngx_memcmp(mcp_tool_arg_types[i].data, words[1].data, len) == 0)
        {
            rd->type = mcp_tool_arg_types[i];
            rd->bit = (ngx_uint_t) 1 << i;
            return NGX_OK;
        }
    }

    return mcp_tool_arg_refuse(rd, "unknown type \"%V\" of argument \"%V\", "
                               "expected string, integer, number, boolean or "
                               "object, with \"[]\" for an array of them",
                               &words[1], &words[0]);
}


static ngx_int_t
mcp_tool_arg_word(mcp_tool_arg_read_t *rd, ngx_str_t *word, ngx_uint_t last)
{
    ngx_uint_t        i;
    const ngx_str_t  *name;

    if (word->len == 8 && ngx_strncmp(word->data, "required", 8) == 0) {

        if (rd->arg.required) {
            return mcp_tool_arg_refuse(rd, "duplicate \"required\"");
        }

        rd->arg.required = 1;
        return NGX_OK;
    }

    for (i = 0; i < MCP_TOOL_ARG_OPTIONS; i++) {
        name = &mcp_tool_arg_options[i].name;

        if (word->len >= name->len
            && ngx_strncmp(word->data, name->data, name->len) == 0)
        {
            return mcp_tool_arg_option(rd, i, word);
        }
    }

    if (!last || mcp_tool_arg_looks_set(word)) {
        return mcp_tool_arg_refuse(rd, "invalid parameter \"%V\", expected "
                                   "required, default=, enum=, min=, max=, "
                                   "min_length=, max_length=, pattern= or "
                                   "mcp_header=, and a help text at the end; "
                                   "one with spaces is quoted as a whole: "
                                   "\"default=a b\"", word);
    }

    rd->help = *word;

    return NGX_OK;
}


/* "maximum=3" is no help text */

static ngx_uint_t
mcp_tool_arg_looks_set(const ngx_str_t *word)
{
    size_t  i;

    for (i = 0; i < word->len; i++) {

        if (word->data[i] == '=') {
            return i > 0;
        }

        if (((word->data[i] | 0x20) < 'a' || (word->data[i] | 0x20) > 'z')
            && word->data[i] != '_' && word->data[i] != '-')
        {
            return 0;
        }
    }

    return 0;
}


static ngx_int_t
mcp_tool_arg_option(mcp_tool_arg_read_t *rd, ngx_uint_t i, ngx_str_t *word)
{
    ngx_str_t                    *value;
    const mcp_tool_arg_option_t  *option;

    option = &mcp_tool_arg_options[i];
    value = &rd->options[i];

    if (value->data) {
        return mcp_tool_arg_refuse(rd, "duplicate \"%V\"", &option->name);
    }

    if (!(option->types & rd->bit)) {
        return mcp_tool_arg_refuse(rd, "\"%V\" goes with %s only",
                                   &option->name, option->with);
    }

    value->data = word->data + option->name.len;
    value->len = word->len - option->name.len;

    if (value->len == 0 && i != MCP_TOOL_ARG_DEFAULT) {
        return mcp_tool_arg_refuse(rd, "empty \"%V\"", &option->name);
    }

    if (value->len && value->data[0] == '"') {
        return mcp_tool_arg_refuse(rd, "a quote inside of \"%V\"; a parameter "
                                   "is quoted as a whole: \"default=a b\"",
                                   &option->name);
    }

    if (i == MCP_TOOL_ARG_HEADER) {

        if (rd->array) {
            return mcp_tool_arg_refuse(rd, "\"mcp_header=\" does not go with "
                                       "an array");
        }

        rd->arg.header = *value;
    }

    return NGX_OK;
}


ngx_int_t
mcp_tool_arg_refuse(mcp_tool_arg_read_t *rd, const char *fmt, ...)
{
    u_char   *p;
    va_list   args;

    p = ngx_pnalloc(rd->pool, NGX_MAX_ERROR_STR / 2);
    if (p == NULL) {
        return NGX_ERROR;
    }

    va_start(args, fmt);
    rd->err->text.len = ngx_vslprintf(p, p + NGX_MAX_ERROR_STR / 2, fmt, args)
                        - p;
    va_end(args);

    rd->err->text.data = p;

    return NGX_DECLINED;
}
