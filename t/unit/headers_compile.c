
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_headers_compile: "x-mcp-header" in schemas, where it may be */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_headers.h>
#include "unit.h"


static struct {
    const char  *schema;
    const char  *param;          /* name of the last, NULL: refused */
    const char  *path;           /* of the error, or joined by "." */
    const char  *text;
} headers_schemas[] = {
    { "{}", "", "", NULL },
    { "true", "", "", NULL },
    { "{\"properties\":{\"a\":{\"type\":\"string\","
      "\"x-mcp-header\":\"A\"}}}", "Mcp-Param-A", "a", NULL },
    { "{\"properties\":{\"a\":{\"type\":\"integer\","
      "\"x-mcp-header\":\"a-B_9\"}}}", "Mcp-Param-a-B_9", "a", NULL },
    { "{\"properties\":{\"a\":{\"x-mcp-header\":\"!#$%&'*+-.^_`|~\","
      "\"type\":\"boolean\"}}}", "Mcp-Param-!#$%&'*+-.^_`|~", "a", NULL },
    { "{\"properties\":{\"a\":{\"properties\":{\"b\":{\"properties\":{\"c\":"
      "{\"type\":\"string\",\"x-mcp-header\":\"C\"}}}}}}}",
      "Mcp-Param-C", "a.b.c", NULL },
    { "{\"properties\":{\"a\":{\"type\":\"string\",\"x-mcp-header\":\"A\"},"
      "\"b\":{\"type\":\"string\",\"x-mcp-header\":\"AA\"}}}",
      "Mcp-Param-AA", "b", NULL },

    /* what looks like one */

    { "{\"properties\":{\"x-mcp-header\":{\"type\":\"string\"}}}",
      "", "", NULL },
    { "{\"properties\":{\"properties\":{\"properties\":{\"a\":{\"type\":"
      "\"string\",\"x-mcp-header\":\"A\"}}}}}",
      "Mcp-Param-A", "properties.a", NULL },
    { "{\"default\":{\"x-mcp-header\":\"A\"},\"enum\":[{\"x-mcp-header\":1}],"
      "\"const\":{\"x-mcp-header\":\"\"},\"examples\":[{\"x-mcp-header\":1}]}",
      "", "", NULL },

    /* the name */

    { "{\"properties\":{\"a\":{\"type\":\"string\",\"x-mcp-header\":\"\"}}}",
      NULL, "/properties/a", "token" },
    { "{\"properties\":{\"a\":{\"type\":\"string\","
      "\"x-mcp-header\":\"a b\"}}}", NULL, "/properties/a", "token" },
    { "{\"properties\":{\"a\":{\"type\":\"string\","
      "\"x-mcp-header\":\"a:b\"}}}", NULL, "/properties/a", "token" },
    { "{\"properties\":{\"a\":{\"type\":\"string\","
      "\"x-mcp-header\":\"a\\r\\nb\"}}}", NULL, "/properties/a", "token" },
    { "{\"properties\":{\"a\":{\"type\":\"string\","
      "\"x-mcp-header\":\"\xc3\xa9\"}}}", NULL, "/properties/a", "token" },
    { "{\"properties\":{\"a\":{\"type\":\"string\","
      "\"x-mcp-header\":\"a/b\"}}}", NULL, "/properties/a", "token" },
    { "{\"properties\":{\"a\":{\"type\":\"string\","
      "\"x-mcp-header\":\"a\x7f\"}}}", NULL, "/properties/a", "token" },
    { "{\"properties\":{\"a\":{\"type\":\"string\",\"x-mcp-header\":1}}}",
      NULL, "/properties/a", "must be a string" },
    { "{\"properties\":{\"a\":{\"type\":\"string\",\"x-mcp-header\":null}}}",
      NULL, "/properties/a", "must be a string" },
    { "{\"properties\":{\"a\":{\"type\":\"string\",\"x-mcp-header\":\"A\"},"
      "\"b\":{\"type\":\"string\",\"x-mcp-header\":\"a\"}}}",
      NULL, "/properties/b", "unique" },
    { "{\"properties\":{\"a\":{\"type\":\"string\",\"x-mcp-header\":\"A\"},"
      "\"b\":{\"properties\":{\"c\":{\"type\":\"string\","
      "\"x-mcp-header\":\"A\"}}}}}",
      NULL, "/properties/b/properties/c", "unique" },

    /* the type */

    { "{\"properties\":{\"a\":{\"type\":\"number\",\"x-mcp-header\":\"A\"}}}",
      NULL, "/properties/a", "of type" },
    { "{\"properties\":{\"a\":{\"type\":\"object\",\"x-mcp-header\":\"A\"}}}",
      NULL, "/properties/a", "of type" },
    { "{\"properties\":{\"a\":{\"type\":\"array\",\"x-mcp-header\":\"A\"}}}",
      NULL, "/properties/a", "of type" },
    { "{\"properties\":{\"a\":{\"type\":\"null\",\"x-mcp-header\":\"A\"}}}",
      NULL, "/properties/a", "of type" },
    { "{\"properties\":{\"a\":{\"x-mcp-header\":\"A\"}}}",
      NULL, "/properties/a", "of type" },
    { "{\"properties\":{\"a\":{\"type\":[\"string\",\"null\"],"
      "\"x-mcp-header\":\"A\"}}}", NULL, "/properties/a", "of type" },

    /* the place: %s is the annotated schema */

    { "%s", NULL, "", "only \"properties\"" },
    { "{\"items\":%s}", NULL, "", "only \"properties\"" },
    { "{\"items\":[{},%s]}", NULL, "", "only \"properties\"" },
    { "{\"prefixItems\":[%s]}", NULL, "", "only \"properties\"" },
    { "{\"contains\":%s}", NULL, "", "only \"properties\"" },
    { "{\"additionalItems\":%s}", NULL, "", "only \"properties\"" },
    { "{\"additionalProperties\":%s}", NULL, "", "only \"properties\"" },
    { "{\"unevaluatedItems\":%s}", NULL, "", "only \"properties\"" },
    { "{\"unevaluatedProperties\":%s}", NULL, "", "only \"properties\"" },
    { "{\"patternProperties\":{\"a\":%s}}", NULL, "", "only \"properties\"" },
    { "{\"propertyNames\":%s}", NULL, "", "only \"properties\"" },
    { "{\"contentSchema\":%s}", NULL, "", "only \"properties\"" },
    { "{\"allOf\":[%s]}", NULL, "", "only \"properties\"" },
    { "{\"anyOf\":[{},%s]}", NULL, "", "only \"properties\"" },
    { "{\"oneOf\":[%s]}", NULL, "", "only \"properties\"" },
    { "{\"not\":%s}", NULL, "", "only \"properties\"" },
    { "{\"if\":%s}", NULL, "", "only \"properties\"" },
    { "{\"then\":%s}", NULL, "", "only \"properties\"" },
    { "{\"else\":%s}", NULL, "", "only \"properties\"" },
    { "{\"$defs\":{\"a\":%s}}", NULL, "", "only \"properties\"" },
    { "{\"definitions\":{\"a\":%s}}", NULL, "", "only \"properties\"" },
    { "{\"dependentSchemas\":{\"a\":%s}}", NULL, "", "only \"properties\"" },
    { "{\"dependencies\":{\"b\":[\"c\"],\"a\":%s}}", NULL, "",
      "only \"properties\"" },
    { "{\"properties\":{\"p\":{\"items\":%s}}}", NULL, "/properties/p",
      "only \"properties\"" },
    { "{\"anyOf\":[{\"properties\":{\"p\":%s}}]}", NULL, "/properties/p",
      "only \"properties\"" },
    { "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"properties\":{\"p\":%s}}}}",
      NULL, "/properties/p", "only \"properties\"" }
};


/* the schema of a row, the annotated one in it */

static cJSON *
headers_schema(ngx_pool_t *pool, const char *format)
{
    cJSON           *schema;
    char             buf[1024];
    ngx_str_t        text;
    mcp_json_doc_t   doc;

    static const char  annotated[] =
        "{\"type\":\"string\",\"x-mcp-header\":\"A\"}";

    if (ngx_strstr(format, "%s")) {
        (void) snprintf(buf, sizeof(buf), format, annotated);
        format = buf;
    }

    text.len = ngx_strlen(format);
    text.data = unit_copy(pool, format, text.len);

    if (mcp_json_parse(pool, &text, &doc, &schema) != NGX_OK) {
        fprintf(stderr, "bad row: %s\n", format);
        abort();
    }

    return schema;
}


/* its name in both forms, its path joined by dots */

static ngx_uint_t
headers_is_param(mcp_param_t *param, const char *name, const char *path)
{
    size_t       len;
    ngx_str_t   *member;
    ngx_uint_t   i;

    len = ngx_strlen(name);

    if (param->header.value.len != len || param->header.name.len != len
        || ngx_memcmp(param->header.value.data, name, len) != 0)
    {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if (param->header.name.data[i] != ngx_tolower(name[i])) {
            return 0;
        }
    }

    member = param->path.elts;

    for (i = 0; i < param->path.nelts; i++) {

        if (i && *path++ != '.') {
            return 0;
        }

        if (ngx_strncmp(path, member[i].data, member[i].len) != 0) {
            return 0;
        }

        path += member[i].len;
    }

    return *path == '\0';
}


static void
headers_test_schemas(void)
{
    ngx_int_t            rc;
    ngx_uint_t           i, ok;
    ngx_pool_t          *pool;
    mcp_param_t         *param;
    ngx_array_t          params;
    const char          *name, *path;
    mcp_schema_error_t   err;

    for (i = 0; i < unit_nelts(headers_schemas); i++) {
        pool = unit_pool();
        name = headers_schemas[i].param;
        path = headers_schemas[i].path;

        (void) ngx_array_init(&params, pool, 1, sizeof(mcp_param_t));
        ngx_str_null(&err.path);

        rc = mcp_headers_compile(pool,
                                 headers_schema(pool,
                                                headers_schemas[i].schema),
                                 &params, &err);

        if (name == NULL) {
            ok = (rc == NGX_DECLINED
                  && err.path.len == ngx_strlen(path)
                  && ngx_strncmp(err.path.data, path, err.path.len) == 0
                  && ngx_strnstr(err.text.data,
                                 (char *) headers_schemas[i].text,
                                 err.text.len) != NULL);

        } else if (*name == '\0') {
            ok = (rc == NGX_OK && params.nelts == 0);

        } else {
            param = (mcp_param_t *) params.elts + params.nelts - 1;
            ok = (rc == NGX_OK && params.nelts
                  && headers_is_param(param, name, path));
        }

        if (!unit_ok(ok, "schema: %s",
                     unit_show(headers_schemas[i].schema,
                               ngx_strlen(headers_schemas[i].schema))))
        {
            unit_diag("rc %d, %d headers, at %s", (int) rc, (int) params.nelts,
                      unit_show(err.path.data, err.path.len));
        }

        ngx_destroy_pool(pool);
    }
}


int
main(void)
{
    headers_test_schemas();

    return unit_done();
}
