
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_tool_arg: lines of words and the schema they make */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_tool_arg.h>
#include "unit.h"


/* words are separated by ";", lines by "\n" */

static struct {
    const char  *lines;
    const char  *schema;         /* of the properties; NULL: refused */
    const char  *rest;           /* of the schema, or why */
    const char  *defaults;       /* NULL: none */
} tool_arg_rows[] = {

    { "", "", "", NULL },
    { "a;string", "\"a\":{\"type\":\"string\"}", "", NULL },
    { "a;integer;required\nb-1.C_;number",
      "\"a\":{\"type\":\"integer\"},\"b-1.C_\":{\"type\":\"number\"}",
      ",\"required\":[\"a\"]", NULL },
    { "a;boolean;required\nb;object\nc;string;required",
      "\"a\":{\"type\":\"boolean\"},\"b\":{\"type\":\"object\"},"
      "\"c\":{\"type\":\"string\"}", ",\"required\":[\"a\",\"c\"]", NULL },
    { "a;string;help \"me\" \\",
      "\"a\":{\"type\":\"string\",\"description\":\"help \\\"me\\\" \\\\\"}",
      "", NULL },
    { "a;string;x = y",
      "\"a\":{\"type\":\"string\",\"description\":\"x = y\"}", "", NULL },
    { "a;string;=",
      "\"a\":{\"type\":\"string\",\"description\":\"=\"}", "", NULL },

    /* bounds keep their bytes */

    { "a;number;min=-0.50;max=1e2",
      "\"a\":{\"type\":\"number\",\"minimum\":-0.50,\"maximum\":1e2}", "",
      NULL },
    { "a;integer;max=123456789012345678901234567890;min=1.0",
      "\"a\":{\"type\":\"integer\",\"minimum\":1.0,"
      "\"maximum\":123456789012345678901234567890}", "", NULL },
    { "a;integer;min=12345678901234567890;max=12345678901234567890",
      "\"a\":{\"type\":\"integer\",\"minimum\":12345678901234567890,"
      "\"maximum\":12345678901234567890}", "", NULL },
    { "a;string;pattern=^\\d+$;max_length=9;min_length=0",
      "\"a\":{\"type\":\"string\",\"minLength\":0,\"maxLength\":9,"
      "\"pattern\":\"^\\\\d+$\"}", "", NULL },
    { "a;string;enum=a|b c|\xc3\xa9",
      "\"a\":{\"type\":\"string\",\"enum\":[\"a\",\"b c\",\"\xc3\xa9\"]}", "",
      NULL },
    { "a;integer;enum=1|12345678901234567890|1e2",
      "\"a\":{\"type\":\"integer\",\"enum\":[1,12345678901234567890,1e2]}",
      "", NULL },
    { "a;string[];enum=a|b;which",
      "\"a\":{\"type\":\"array\",\"items\":{\"type\":\"string\","
      "\"enum\":[\"a\",\"b\"]},\"description\":\"which\"}", "", NULL },
    { "a;object[]",
      "\"a\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}", "", NULL },
    { "a;string;mcp_header=X-A",
      "\"a\":{\"type\":\"string\",\"x-mcp-header\":\"X-A\"}", "", NULL },

    /* defaults */

    { "a;string;default=", "\"a\":{\"type\":\"string\",\"default\":\"\"}", "",
      "{\"a\":\"\"}" },
    { "a;string;default=1", "\"a\":{\"type\":\"string\",\"default\":\"1\"}",
      "", "{\"a\":\"1\"}" },
    { "a;number;default=0.50\nb;string\nc;boolean;default=false",
      "\"a\":{\"type\":\"number\",\"default\":0.50},"
      "\"b\":{\"type\":\"string\"},"
      "\"c\":{\"type\":\"boolean\",\"default\":false}", "",
      "{\"a\":0.50,\"c\":false}" },
    { "a;integer;default=9007199254740993",
      "\"a\":{\"type\":\"integer\",\"default\":9007199254740993}", "",
      "{\"a\":9007199254740993}" },
    { "a;string[];default=[\"x\", \"y\"]",
      "\"a\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},"
      "\"default\":[\"x\",\"y\"]}", "", "{\"a\":[\"x\",\"y\"]}" },
    { "a;object;default={\"b\":[]}",
      "\"a\":{\"type\":\"object\",\"default\":{\"b\":[]}}", "",
      "{\"a\":{\"b\":[]}}" },

    /* mistakes */

    { "a", NULL, "a name and a type are required", NULL },
    { ";string", NULL, "invalid name", NULL },
    { "\xc3\xa9;string", NULL, "invalid name", NULL },
    { "a;", NULL, "unknown type", NULL },
    { "a;String", NULL, "unknown type", NULL },
    { "a;[]", NULL, "unknown type", NULL },
    { "a;null", NULL, "unknown type", NULL },
    { "a;string\na;string", NULL, "duplicate argument \"a\"", NULL },
    { "a;string;required;required", NULL, "duplicate \"required\"", NULL },
    { "a;string;enum=a;enum=b", NULL, "duplicate \"enum=\"", NULL },
    { "a;string;maxlength=3", NULL, "invalid parameter \"maxlength=3\"", NULL },
    { "a;string;help;required", NULL, "invalid parameter \"help\"", NULL },
    { "a;string;enum=", NULL, "empty \"enum=\"", NULL },
    { "a;string;enum=|", NULL, "empty value", NULL },
    { "a;string;enum=a|", NULL, "empty value", NULL },
    { "a;string;enum=a|b|a", NULL, "a value twice", NULL },
    { "a;number;enum=1|1.0", NULL, "a value twice", NULL },
    { "a;integer[];enum=2|2", NULL, "a value twice", NULL },
    { "a;integer;enum=1|1.5", NULL, "\"1.5\" in \"enum=\"", NULL },
    { "a;integer;enum=true", NULL, "\"true\" in \"enum=\"", NULL },
    { "a;number;min=", NULL, "empty \"min=\"", NULL },
    { "a;number;min= 1", NULL, "invalid number", NULL },
    { "a;number;min=01", NULL, "invalid number", NULL },
    { "a;number;min=\"1\"", NULL, "a quote inside", NULL },
    { "a;number;min=1,\"x\":2", NULL, "invalid number", NULL },
    { "a;number;min=1e999", NULL, "invalid number", NULL },
    { "a;integer;max=0.1", NULL, "invalid number", NULL },
    { "a;string;max_length=1.5", NULL, "invalid number", NULL },
    { "a;string;min_length=2;max_length=1", NULL,
      "\"min_length=2\" is over \"max_length=1\"", NULL },
    { "a;number;min=1.0000000000000000001;max=1", NULL, "is over", NULL },
    { "a;string;pattern=[", NULL, "argument \"a\": ", NULL },
    { "a;boolean;min=1", NULL, "\"min=\" goes with", NULL },
    { "a;object;pattern=a", NULL, "\"pattern=\" goes with", NULL },
    { "a;integer;default=1.5", NULL, "is not of type integer", NULL },
    { "a;integer;default=", NULL, "is not of type integer", NULL },
    { "a;boolean;default=1", NULL, "is not of type boolean", NULL },
    { "a;object;default=[]", NULL, "is not of type object", NULL },
    { "a;integer[];default=1", NULL, "breaks the rules", NULL },
    { "a;integer[];default=[1,\"2\"]", NULL, "breaks the rules", NULL },
    { "a;integer[];default=[1", NULL, "JSON array", NULL },
    { "a;string;default=c;enum=a|b", NULL, "breaks the rules", NULL },
    { "a;string;default=ab;max_length=1", NULL, "breaks the rules", NULL },
    { "a;string;default=a;required", NULL, "never used", NULL },
    { "a;string;mcp_header=a b", NULL, "invalid \"mcp_header=a b\"", NULL },
    { "a;number;mcp_header=a", NULL, "\"mcp_header=\" goes with", NULL },
    { "a;string[];mcp_header=a", NULL, "not go with an array", NULL },
    { "a;string;mcp_header=a\nb;string;mcp_header=A", NULL,
      "has the same", NULL },
};


/* a schema, and what lines make of it */

static struct {
    const char  *schema;
    const char  *lines;
    const char  *made;           /* NULL: refused */
} tool_arg_replaced[] = {

    { "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"},"
      "\"b\":{\"type\":\"array\"}},\"required\":[\"b\",\"a\"],\"x\":1.0}",
      "a;integer;min=1",
      "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\","
      "\"minimum\":1},\"b\":{\"type\":\"array\"}},\"required\":[\"b\"],"
      "\"x\":1.0}" },
    { "{\"properties\":{\"a\":true,\"b\":{}},\"required\":[\"b\"]}",
      "a;string;required\nb;string;required",
      "{\"properties\":{\"a\":{\"type\":\"string\"},"
      "\"b\":{\"type\":\"string\"}},\"required\":[\"a\",\"b\"]}" },
    { "{\"properties\":{\"a\":{}}}", "a;string;required",
      "{\"properties\":{\"a\":{\"type\":\"string\"}},"
      "\"required\":[\"a\"]}" },
    { "{\"properties\":{\"a\":{}}}", "a;string",
      "{\"properties\":{\"a\":{\"type\":\"string\"}}}" },
    { "{\"properties\":{\"a\":{}}}", "b;string", NULL },
    { "{\"properties\":{\"a\":{}}}", "A;string", NULL },
    { "{\"type\":\"object\"}", "a;string", NULL },
};


/* defaults of a schema of a file: the one that is wrong, or NULL */

static const struct {
    const char          *schema;
    const char          *path;
} tool_arg_defaults[] = {
    { "{\"type\":\"object\"}", NULL },
    { "{\"type\":\"object\",\"required\":[\"b\"],\"properties\":{\"a\":"
      "{\"type\":\"integer\",\"default\":1},\"b\":{}}}", NULL },
    { "{\"type\":\"object\",\"properties\":{\"b\":true,\"a\":"
      "{\"type\":\"integer\",\"default\":\"1\"}}}", "/a" },
    { "{\"type\":\"object\",\"properties\":{\"a\":{\"items\":{\"maximum\":2},"
      "\"default\":[2,3]}}}", "/a/1" },
    { "{\"type\":\"object\",\"properties\":{\"a\":{\"default\":{\"b\":0},"
      "\"$ref\":\"#/$defs/n\"}},\"minProperties\":2,\"$defs\":{\"n\":"
      "{\"properties\":{\"b\":{\"minimum\":1}}}}}", "/a/b" },
    { "{\"type\":\"object\",\"properties\":{\"a\":{\"default\":0,"
      "\"$ref\":\"#/definitions/n\"}},\"definitions\":{\"n\":"
      "{\"minimum\":1}}}", "/a" },

    /* what is required of the whole is not of defaults */
    { "{\"$ref\":\"#/$defs/o\",\"properties\":{\"a\":{\"default\":1}},"
      "\"$defs\":{\"o\":{\"required\":[\"b\"]}}}", NULL },
    { "{\"allOf\":[{\"required\":[\"b\"]}],\"properties\":{\"a\":"
      "{\"default\":1}}}", NULL },

    /* a reference to what was left out */
    { "{\"allOf\":[{\"maximum\":1}],\"properties\":{\"a\":{\"default\":2,"
      "\"$ref\":\"#/allOf/0\"}}}", NULL },
};


static ngx_int_t
tool_arg_read(ngx_pool_t *pool, ngx_str_t *lines, ngx_array_t *args,
    mcp_schema_error_t *err)
{
    u_char      *p, *end, *start;
    ngx_int_t    rc;
    ngx_str_t    words[16];
    ngx_uint_t   n;

    p = lines->data;
    end = p + lines->len;

    if (ngx_array_init(args, pool, 1, sizeof(mcp_tool_arg_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    while (p < end) {

        for (n = 0, start = p; ; p++) {

            if (p == end || *p == ';' || *p == '\n') {
                words[n].data = start;
                words[n++].len = p - start;
                start = p + 1;
            }

            if (p == end || *p == '\n') {
                break;
            }
        }

        p += (p < end);

        rc = mcp_tool_arg_add(pool, args, words, n, err);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
tool_arg_made(ngx_pool_t *pool, ngx_array_t *args, ngx_str_t *schema,
    ngx_str_t *text)
{
    cJSON           *root, *defaults;
    mcp_buf_t        b;
    mcp_json_doc_t   doc;

    if (mcp_tool_args_schema(pool, args, schema) != NGX_OK
        || mcp_json_parse(pool, schema, &doc, &root) != NGX_OK
        || mcp_tool_defaults(pool, root, &defaults) != NGX_OK)
    {
        return NGX_ERROR;
    }

    mcp_buf_init(&b, pool, 0);

    if (defaults && mcp_json_print(&b, defaults) != NGX_OK) {
        return NGX_ERROR;
    }

    return mcp_buf_done(&b, text);
}


static void
tool_arg_row(ngx_uint_t i)
{
    u_char               expected[1024];
    ngx_int_t            rc;
    ngx_str_t            lines, got, defaults, want;
    ngx_pool_t          *pool;
    ngx_array_t          args;
    const char          *name;
    mcp_schema_error_t   err;

    name = unit_show(tool_arg_rows[i].lines,
                     ngx_strlen(tool_arg_rows[i].lines));
    pool = unit_pool();

    lines.len = ngx_strlen(tool_arg_rows[i].lines);
    lines.data = unit_copy(pool, tool_arg_rows[i].lines, lines.len);

    rc = tool_arg_read(pool, &lines, &args, &err);

    if (tool_arg_rows[i].schema == NULL) {
        unit_is_int(rc, NGX_DECLINED, "%s: refused", name);

        if (rc == NGX_DECLINED) {
            unit_ok(ngx_strlcasestrn(err.text.data,
                                     err.text.data + err.text.len,
                                     (u_char *) tool_arg_rows[i].rest,
                                     ngx_strlen(tool_arg_rows[i].rest) - 1)
                    != NULL, "%s: %s", name,
                    unit_show(err.text.data, err.text.len));
        }

        ngx_destroy_pool(pool);
        return;
    }

    if (unit_is_int(rc, NGX_OK, "%s: accepted", name)
        && unit_is_int(tool_arg_made(pool, &args, &got, &defaults), NGX_OK,
                       "%s: made", name))
    {
        want.data = expected;
        want.len = ngx_sprintf(expected, "{\"type\":\"object\",\"properties\":"
                               "{%s}%s,\"additionalProperties\":false}",
                               tool_arg_rows[i].schema, tool_arg_rows[i].rest)
                   - expected;
        unit_is(&got, &want, "%s: schema", name);

        want.data = (u_char *) (tool_arg_rows[i].defaults
                                ? tool_arg_rows[i].defaults : "");
        want.len = ngx_strlen(want.data);
        unit_is(&defaults, &want, "%s: defaults", name);
    }

    ngx_destroy_pool(pool);
}


static void
tool_arg_replace(ngx_uint_t i)
{
    ngx_int_t            rc;
    ngx_str_t            lines, schema, want, unknown;
    ngx_pool_t          *pool;
    ngx_array_t          args;
    mcp_schema_error_t   err;

    pool = unit_pool();

    lines.data = (u_char *) tool_arg_replaced[i].lines;
    lines.len = ngx_strlen(lines.data);
    schema.len = ngx_strlen(tool_arg_replaced[i].schema);
    schema.data = unit_copy(pool, tool_arg_replaced[i].schema, schema.len);

    rc = tool_arg_read(pool, &lines, &args, &err);

    if (rc == NGX_OK) {
        rc = mcp_tool_args_replace(pool, &args, &schema, &unknown);
    }

    if (tool_arg_replaced[i].made == NULL) {
        unit_is_int(rc, NGX_DECLINED, "replaced %d: refused", (int) i);

    } else if (unit_is_int(rc, NGX_OK, "replaced %d: accepted", (int) i)) {
        want.data = (u_char *) tool_arg_replaced[i].made;
        want.len = ngx_strlen(want.data);
        unit_is(&schema, &want, "replaced %d: schema", (int) i);
    }

    ngx_destroy_pool(pool);
}


static void
tool_arg_default(ngx_uint_t i)
{
    ngx_int_t            rc;
    ngx_str_t            schema, want;
    ngx_pool_t          *pool;
    mcp_schema_error_t   err;

    pool = unit_pool();

    schema.len = ngx_strlen(tool_arg_defaults[i].schema);
    schema.data = unit_copy(pool, tool_arg_defaults[i].schema, schema.len);

    rc = mcp_tool_defaults_check(pool, &schema, &err);

    if (tool_arg_defaults[i].path == NULL) {
        unit_is_int(rc, NGX_OK, "default %d: accepted", (int) i);

    } else if (unit_is_int(rc, NGX_DECLINED, "default %d: refused", (int) i)) {
        want.data = (u_char *) tool_arg_defaults[i].path;
        want.len = ngx_strlen(want.data);
        unit_is(&err.path, &want, "default %d: where", (int) i);
    }

    ngx_destroy_pool(pool);
}


/* whatever is not there, nothing is read that was not written */

static void
tool_arg_memory(void)
{
    ngx_int_t            rc, n;
    ngx_str_t            lines, schema, text;
    ngx_pool_t          *pool;
    ngx_array_t          args;
    mcp_schema_error_t   err;

    ngx_str_set(&lines, "a;string;enum=a|b;default=a;mcp_header=b;c\n"
                        "d;integer[];min=1;max=3;default=[2]");

    for (n = 0, rc = NGX_ERROR; rc != NGX_OK && n < 1000; n++) {
        pool = unit_pool();
        unit_fail_alloc(n);

        rc = tool_arg_read(pool, &lines, &args, &err);

        if (rc == NGX_OK) {
            rc = tool_arg_made(pool, &args, &schema, &text);
        }

        if (rc == NGX_OK) {
            rc = mcp_tool_defaults_check(pool, &schema, &err);
        }

        unit_fail_alloc(-1);

        if (rc == NGX_DECLINED) {
            break;
        }

        ngx_destroy_pool(pool);
    }

    unit_ok(rc == NGX_OK && n > 10, "without memory: an error, %d times",
            (int) n);
}


int
main(void)
{
    ngx_uint_t  i;

    for (i = 0; i < unit_nelts(tool_arg_rows); i++) {
        tool_arg_row(i);
    }

    for (i = 0; i < unit_nelts(tool_arg_replaced); i++) {
        tool_arg_replace(i);
    }

    for (i = 0; i < unit_nelts(tool_arg_defaults); i++) {
        tool_arg_default(i);
    }

    tool_arg_memory();

    return unit_done();
}
