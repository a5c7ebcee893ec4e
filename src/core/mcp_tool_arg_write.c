
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_headers.h>
#include <mcp_number.h>
#include <mcp_tool_arg_read.h>


static ngx_int_t mcp_tool_arg_bounds(mcp_tool_arg_read_t *rd,
    mcp_tool_arg_e low, mcp_tool_arg_e high);
static ngx_int_t mcp_tool_arg_enum(mcp_tool_arg_read_t *rd, mcp_buf_t *b);
static ngx_int_t mcp_tool_arg_value(mcp_tool_arg_read_t *rd, mcp_buf_t *b,
    const ngx_str_t *text);
static ngx_int_t mcp_tool_arg_write_items(mcp_tool_arg_read_t *rd,
    mcp_buf_t *b);
static ngx_int_t mcp_tool_arg_check_enum(mcp_tool_arg_read_t *rd,
    const cJSON *root);
static ngx_int_t mcp_tool_arg_check_header(mcp_tool_arg_read_t *rd,
    cJSON *root);


/* "min" and "max", "min_length" and "max_length" */

static ngx_int_t
mcp_tool_arg_bounds(mcp_tool_arg_read_t *rd, mcp_tool_arg_e low,
    mcp_tool_arg_e high)
{
    double                        d;
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

        /* it becomes a part of the schema as it is */

        if (rc != NGX_OK || !cJSON_IsNumber(number[k])
            || mcp_json_double(value->data, value->len, &d) != NGX_OK
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


ngx_int_t
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

ngx_int_t
mcp_tool_arg_check(mcp_tool_arg_read_t *rd)
{
    cJSON           *root, *value;
    ngx_int_t        rc;
    mcp_schema_t    *schema;
    mcp_json_doc_t   doc;

    rc = mcp_json_parse(rd->pool, &rd->arg.schema, &doc, &root);

    if (rc == NGX_OK) {
        rc = mcp_tool_arg_check_enum(rd, root);
    }

    if (rc == NGX_OK) {
        rc = mcp_tool_arg_check_header(rd, root);
    }

    if (rc == NGX_OK) {
        rc = mcp_schema_compile(rd->pool, root, &schema, rd->err);

        if (rc == NGX_DECLINED) {
            return mcp_tool_arg_refuse(rd, "argument \"%V\": %V",
                                       &rd->arg.name, &rd->err->text);
        }
    }

    if (rc != NGX_OK || rd->arg.value.len == 0) {
        return rc;
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
mcp_tool_arg_check_enum(mcp_tool_arg_read_t *rd, const cJSON *root)
{
    ngx_uint_t    same;
    const cJSON  *a, *b, *list;

    if (rd->array) {
        root = cJSON_GetObjectItemCaseSensitive(root, "items");
    }

    list = cJSON_GetObjectItemCaseSensitive(root, "enum");

    for (a = list ? list->child : NULL; a; a = a->next) {
        for (b = list->child; b != a; b = b->next) {

            same = cJSON_IsString(a)
                   ? ngx_strcmp(a->valuestring, b->valuestring) == 0
                   : mcp_number_cmp(a, b) == 0;

            if (same) {
                return mcp_tool_arg_refuse(rd, "a value twice in \"enum=%V\"",
                                           &rd->options[MCP_TOOL_ARG_ENUM]);
            }
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_tool_arg_check_header(mcp_tool_arg_read_t *rd, cJSON *root)
{
    cJSON        schema, properties;
    ngx_int_t    rc;
    ngx_array_t  params;

    if (rd->arg.header.len == 0) {
        return NGX_OK;
    }

    ngx_memzero(&schema, sizeof(cJSON));
    ngx_memzero(&properties, sizeof(cJSON));

    schema.type = cJSON_Object;
    schema.child = &properties;
    properties.type = cJSON_Object;
    properties.string = (char *) "properties";
    properties.child = root;

    root->string = (char *) "a";

    if (ngx_array_init(&params, rd->pool, 1, sizeof(mcp_param_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = mcp_headers_compile(rd->pool, &schema, &params, rd->err);

    if (rc == NGX_DECLINED) {
        return mcp_tool_arg_refuse(rd, "invalid \"mcp_header=%V\", expected "
                                   "a name of a header", &rd->arg.header);
    }

    return rc;
}
