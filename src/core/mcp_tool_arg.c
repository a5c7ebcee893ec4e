
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_number.h>
#include <mcp_tool_arg.h>


/* types, as bits, for the options that go with them */
#define MCP_TOOL_ARG_STRING   0x01
#define MCP_TOOL_ARG_INTEGER  0x02
#define MCP_TOOL_ARG_NUMBER   0x04
#define MCP_TOOL_ARG_BOOLEAN  0x08
#define MCP_TOOL_ARG_OBJECT   0x10
#define MCP_TOOL_ARG_ARRAY    0x20
#define MCP_TOOL_ARG_NUMERIC  (MCP_TOOL_ARG_INTEGER|MCP_TOOL_ARG_NUMBER)
#define MCP_TOOL_ARG_ANY      0x3f


typedef enum {
    MCP_TOOL_ARG_DEFAULT = 0,
    MCP_TOOL_ARG_ENUM,
    MCP_TOOL_ARG_MIN,
    MCP_TOOL_ARG_MAX,
    MCP_TOOL_ARG_MIN_LENGTH,
    MCP_TOOL_ARG_MAX_LENGTH,
    MCP_TOOL_ARG_PATTERN,
    MCP_TOOL_ARG_HEADER,
    MCP_TOOL_ARG_OPTIONS
} mcp_tool_arg_e;


typedef struct {
    ngx_str_t    name;
    ngx_uint_t   types;
    const char  *with;       /* the types in words */
    const char  *keyword;    /* of a schema, NULL: of the argument */
} mcp_tool_arg_option_t;


typedef struct {
    ngx_pool_t          *pool;
    mcp_tool_arg_t       arg;
    ngx_str_t            type;   /* without "[]" */
    ngx_uint_t           bit;
    ngx_uint_t           array;
    ngx_str_t            options[MCP_TOOL_ARG_OPTIONS];
    ngx_str_t            help;
    mcp_schema_error_t  *err;
} mcp_tool_arg_read_t;


static ngx_int_t mcp_tool_arg_head(mcp_tool_arg_read_t *rd,
    const ngx_array_t *args, ngx_str_t *words);
static ngx_int_t mcp_tool_arg_word(mcp_tool_arg_read_t *rd, ngx_str_t *word,
    ngx_uint_t last);
static ngx_uint_t mcp_tool_arg_looks_set(const ngx_str_t *word);
static ngx_int_t mcp_tool_arg_option(mcp_tool_arg_read_t *rd, ngx_uint_t i,
    ngx_str_t *word);
static ngx_int_t mcp_tool_arg_bounds(mcp_tool_arg_read_t *rd,
    mcp_tool_arg_e low, mcp_tool_arg_e high);
static ngx_int_t mcp_tool_arg_enum(mcp_tool_arg_read_t *rd, mcp_buf_t *b);
static ngx_int_t mcp_tool_arg_value(mcp_tool_arg_read_t *rd, mcp_buf_t *b,
    const ngx_str_t *text);
static ngx_int_t mcp_tool_arg_write(mcp_tool_arg_read_t *rd);
static ngx_int_t mcp_tool_arg_write_items(mcp_tool_arg_read_t *rd,
    mcp_buf_t *b);
static ngx_int_t mcp_tool_arg_check(mcp_tool_arg_read_t *rd);
static ngx_int_t mcp_tool_arg_refuse(mcp_tool_arg_read_t *rd, const char *fmt,
    ...);


static const mcp_tool_arg_option_t  mcp_tool_arg_options[] = {
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


/* "min" and "max", "min_length" and "max_length" */

static ngx_int_t
mcp_tool_arg_bounds(mcp_tool_arg_read_t *rd, mcp_tool_arg_e low,
    mcp_tool_arg_e high)
{
    size_t                        count;
    cJSON                        *number[2];
    ngx_int_t                     rc;
    ngx_str_t                    *value;
    ngx_uint_t                    i, k;
    mcp_json_doc_t                doc;
    const mcp_tool_arg_option_t  *option;

    for (k = 0; k < 2; k++) {
        i = k ? high : low;

        value = &rd->options[i];
        option = &mcp_tool_arg_options[i];
        number[k] = NULL;

        if (value->data == NULL) {
            continue;
        }

        rc = mcp_json_parse(rd->pool, value, &doc, &number[k]);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc != NGX_OK || !cJSON_IsNumber(number[k])
            || (low == MCP_TOOL_ARG_MIN_LENGTH
                && mcp_number_count(number[k], &count) != NGX_OK)
            || (rd->bit == MCP_TOOL_ARG_INTEGER
                && !mcp_number_is_integer(number[k])))
        {
            return mcp_tool_arg_refuse(rd, "invalid number in \"%V%V\"",
                                       &option->name, value);
        }
    }

    if (number[0] && number[1] && mcp_number_cmp(number[0], number[1]) > 0) {
        return mcp_tool_arg_refuse(rd, "\"%V%V\" is over \"%V%V\"",
                                   &mcp_tool_arg_options[low].name,
                                   &rd->options[low],
                                   &mcp_tool_arg_options[high].name,
                                   &rd->options[high]);
    }

    return NGX_OK;
}


static ngx_int_t
mcp_tool_arg_enum(mcp_tool_arg_read_t *rd, mcp_buf_t *b)
{
    u_char      *p, *end;
    ngx_int_t    rc;
    ngx_str_t    item;

    p = rd->options[MCP_TOOL_ARG_ENUM].data;
    end = p + rd->options[MCP_TOOL_ARG_ENUM].len;

    mcp_buf_lit(b, ",\"enum\":[");

    for ( ;; ) {
        item.data = p;
        p = ngx_strlchr(p, end, '|');
        item.len = (p ? p : end) - item.data;

        if (item.len == 0) {
            return mcp_tool_arg_refuse(rd, "empty value in \"enum=\"");
        }

        rc = mcp_tool_arg_value(rd, b, &item);

        if (rc == NGX_DECLINED) {
            return mcp_tool_arg_refuse(rd, "\"%V\" in \"enum=\" is not of "
                                       "type %V", &item, &rd->type);
        }

        if (rc != NGX_OK) {
            return rc;
        }

        if (p == NULL) {
            break;
        }

        p++;
        mcp_buf_char(b, ',');
    }

    mcp_buf_char(b, ']');

    return NGX_OK;
}


/* one value: a string as it is, others are JSON */

static ngx_int_t
mcp_tool_arg_value(mcp_tool_arg_read_t *rd, mcp_buf_t *b,
    const ngx_str_t *text)
{
    cJSON           *node;
    ngx_int_t        rc;
    ngx_str_t        copy;
    ngx_uint_t       ok;
    mcp_json_doc_t   doc;

    if (rd->bit == MCP_TOOL_ARG_STRING) {
        mcp_buf_json_string(b, text->data, text->len);
        return NGX_OK;
    }

    copy = *text;

    rc = mcp_json_parse(rd->pool, &copy, &doc, &node);

    if (rc != NGX_OK) {
        return rc;
    }

    switch (rd->bit) {

    case MCP_TOOL_ARG_INTEGER:
        ok = cJSON_IsNumber(node) && mcp_number_is_integer(node);
        break;

    case MCP_TOOL_ARG_NUMBER:
        ok = cJSON_IsNumber(node);
        break;

    case MCP_TOOL_ARG_BOOLEAN:
        ok = cJSON_IsBool(node);
        break;

    default:
        ok = cJSON_IsObject(node);
    }

    return ok ? mcp_json_print(b, node) : NGX_DECLINED;
}


static ngx_int_t
mcp_tool_arg_write(mcp_tool_arg_read_t *rd)
{
    cJSON           *node;
    ngx_int_t        rc;
    mcp_buf_t        b, v;
    ngx_str_t       *value;
    mcp_json_doc_t   doc;

    mcp_buf_init(&b, rd->pool, 256);

    value = &rd->options[MCP_TOOL_ARG_DEFAULT];

    if (value->data) {

        if (rd->arg.required) {
            return mcp_tool_arg_refuse(rd, "argument \"%V\" is required, so "
                                       "\"default=\" is never used",
                                       &rd->arg.name);
        }

        mcp_buf_init(&v, rd->pool, value->len + 2);

        if (rd->array) {
            rc = mcp_json_parse(rd->pool, value, &doc, &node);

            if (rc == NGX_OK) {
                rc = mcp_json_print(&v, node);
            }

        } else {
            rc = mcp_tool_arg_value(rd, &v, value);
        }

        if (rc == NGX_DECLINED) {
            return mcp_tool_arg_refuse(rd, "\"default=%V\" is not of type "
                                       "%V%s", value, &rd->type,
                                       rd->array ? "[]: it has to be a JSON "
                                       "array" : "");
        }

        if (rc != NGX_OK || mcp_buf_done(&v, &rd->arg.value) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    mcp_buf_lit(&b, "{\"type\":\"");

    if (rd->array) {
        mcp_buf_lit(&b, "array\",\"items\":{\"type\":\"");
    }

    rc = mcp_tool_arg_write_items(rd, &b);

    if (rc != NGX_OK) {
        return rc;
    }

    if (rd->array) {
        mcp_buf_char(&b, '}');
    }

    mcp_buf_json_member(&b, "description", &rd->help);

    if (rd->arg.value.len) {
        mcp_buf_lit(&b, ",\"default\":");
        mcp_buf_str(&b, &rd->arg.value);
    }

    mcp_buf_json_member(&b, "x-mcp-header", &rd->arg.header);
    mcp_buf_char(&b, '}');

    return mcp_buf_done(&b, &rd->arg.schema);
}


static ngx_int_t
mcp_tool_arg_write_items(mcp_tool_arg_read_t *rd, mcp_buf_t *b)
{
    ngx_int_t                     rc;
    ngx_uint_t                    i;
    const mcp_tool_arg_option_t  *option;

    rc = mcp_tool_arg_bounds(rd, MCP_TOOL_ARG_MIN, MCP_TOOL_ARG_MAX);

    if (rc == NGX_OK) {
        rc = mcp_tool_arg_bounds(rd, MCP_TOOL_ARG_MIN_LENGTH,
                                 MCP_TOOL_ARG_MAX_LENGTH);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    mcp_buf_str(b, &rd->type);
    mcp_buf_char(b, '"');

    for (i = 0; i < MCP_TOOL_ARG_OPTIONS; i++) {
        option = &mcp_tool_arg_options[i];

        if (option->keyword && rd->options[i].data) {
            mcp_buf_lit(b, ",\"");
            mcp_buf_add(b, option->keyword, ngx_strlen(option->keyword));
            mcp_buf_lit(b, "\":");
            mcp_buf_str(b, &rd->options[i]);
        }
    }

    mcp_buf_json_member(b, "pattern", &rd->options[MCP_TOOL_ARG_PATTERN]);

    return rd->options[MCP_TOOL_ARG_ENUM].data ? mcp_tool_arg_enum(rd, b)
                                               : NGX_OK;
}


/* a pattern that is none, two equal values, a default that is out of bounds */

static ngx_int_t
mcp_tool_arg_check(mcp_tool_arg_read_t *rd)
{
    cJSON           *root, *value;
    ngx_int_t        rc;
    mcp_schema_t    *schema;
    mcp_json_doc_t   doc;

    rc = mcp_json_parse(rd->pool, &rd->arg.schema, &doc, &root);

    if (rc == NGX_OK) {
        rc = mcp_schema_compile(rd->pool, root, &schema, rd->err);

        if (rc == NGX_DECLINED) {
            return mcp_tool_arg_refuse(rd, "argument \"%V\": %V",
                                       &rd->arg.name, &rd->err->text);
        }
    }

    if (rc != NGX_OK || rd->arg.value.len == 0) {
        return rc == NGX_OK ? NGX_OK : NGX_ERROR;
    }

    if (mcp_json_parse(rd->pool, &rd->arg.value, &doc, &value) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = mcp_schema_check(schema, value, rd->pool, rd->err);

    if (rc == NGX_DECLINED || rc == NGX_ABORT) {
        return mcp_tool_arg_refuse(rd, "\"default=%V\" breaks the rules of "
                                   "argument \"%V\": %V",
                                   &rd->options[MCP_TOOL_ARG_DEFAULT],
                                   &rd->arg.name, &rd->err->text);
    }

    return rc;
}


static ngx_int_t
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
