
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_pass: values that would be something else in a request */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_pass.h>
#include "unit.h"


static ngx_str_t
pass_str(const char *text)
{
    ngx_str_t  s;

    s.data = (u_char *) text;
    s.len = ngx_strlen(text);

    return s;
}


/* each value in each place; what is made is the template with the encoded value
 * in it, and nothing else */

static struct {
    const char  *value;
    const char  *uri;            /* percent-encoded */
    const char  *path;           /* of {+x}, or NULL: the same */
    ngx_uint_t   segment;        /* refused as a segment of a path */
    ngx_uint_t   reserved;       /* refused as {+x} */
    ngx_uint_t   header;         /* refused in a header */
} pass_injections[] = {

    { "a", "a", NULL, 0, 0, 0 },
    { "../", "..%2F", "../", 0, 1, 0 },
    { "..", "..", NULL, 1, 1, 0 },
    { ".", ".", NULL, 1, 1, 0 },
    { "...", "...", NULL, 0, 0, 0 },
    { "a/../b", "a%2F..%2Fb", NULL, 0, 1, 0 },
    { "..;a", "..%3Ba", NULL, 0, 0, 0 },
    { "..\\a", "..%5Ca", NULL, 0, 0, 0 },
    { "%2e%2e", "%252e%252e", NULL, 0, 0, 0 },
    { "%2F", "%252F", NULL, 0, 0, 0 },
    { "%00", "%2500", NULL, 0, 0, 0 },
    { "%", "%25", NULL, 0, 0, 0 },
    { "?x=1", "%3Fx%3D1", "%3Fx=1", 0, 0, 0 },
    { "&x=1", "%26x%3D1", "%26x=1", 0, 0, 0 },
    { "#x", "%23x", NULL, 0, 0, 0 },
    { ";x=1", "%3Bx%3D1", "%3Bx=1", 0, 0, 0 },
    { "a//b", "a%2F%2Fb", "a//b", 0, 0, 0 },
    { "//b", "%2F%2Fb", "//b", 0, 0, 0 },
    { "a b+c", "a%20b%2Bc", "a%20b+c", 0, 0, 0 },
    { "a\r\nX: y", "a%0D%0AX%3A%20y", "a%0D%0AX:%20y", 0, 0, 1 },
    { "\r", "%0D", NULL, 0, 0, 1 },
    { "\n", "%0A", NULL, 0, 0, 1 },
    { "\t", "%09", NULL, 0, 0, 0 },
    { "\x01\x7f", "%01%7F", NULL, 0, 0, 1 },
    { "{x}", "%7Bx%7D", NULL, 0, 0, 0 },
    { "{{", "%7B%7B", NULL, 0, 0, 0 },
    { "$host${x}", "%24host%24%7Bx%7D", "$host$%7Bx%7D", 0, 0, 0 },
    { "\"'<>", "%22%27%3C%3E", "%22'%3C%3E", 0, 0, 0 },
    { "", "", NULL, 1, 0, 0 },

    /* a full stop, a solidus, a line feed, all of two or three bytes */

    { "\xef\xbc\x8e\xef\xbc\x8e", "%EF%BC%8E%EF%BC%8E", NULL, 0, 0, 0 },
    { "\xe2\x88\x95\xef\xbc\x8f", "%E2%88%95%EF%BC%8F", NULL, 0, 0, 0 },
    { "\xc4\x8a\xe5\x98\x8a", "%C4%8A%E5%98%8A", NULL, 0, 0, 0 },
    { "\xe2\x80\xa8", "%E2%80%A8", NULL, 0, 0, 0 }
};


static cJSON *
pass_injected(ngx_pool_t *pool, const char *value)
{
    cJSON      *root, *x;

    root = ngx_pcalloc(pool, sizeof(cJSON));
    x = ngx_pcalloc(pool, sizeof(cJSON));

    root->type = cJSON_Object;
    root->child = x;

    x->type = cJSON_String;
    x->string = "x";
    x->valuestring = (char *) value;

    return root;
}


static void
pass_inject_uri(const char *template, cJSON *values, const char *value,
    ngx_uint_t refused, const char *name)
{
    u_char              *p;
    ngx_int_t            rc;
    ngx_str_t            text, err, got, expected;
    mcp_pass_t           pass;
    ngx_pool_t          *pool;
    const char          *why;
    mcp_pass_request_t   request;

    pool = unit_pool();

    ngx_memzero(&pass, sizeof(mcp_pass_t));
    text = pass_str(template);

    if (mcp_pass_compile_uri(pool, &text, &pass.uri, &why) != NGX_OK) {
        abort();
    }

    rc = mcp_pass_make(&pass, pool, values, NULL, NULL, &request, &err);

    if (refused) {
        unit_ok(rc == NGX_DECLINED && ngx_strstr(err.data, "\"x\""),
                "%s refuses \"%s\"", template, name);
        goto done;
    }

    got.data = ngx_pnalloc(pool, 4096);
    p = ngx_cpymem(got.data, request.uri.data, request.uri.len);

    if (request.args.len) {
        *p++ = '?';
        p = ngx_cpymem(p, request.args.data, request.args.len);
    }

    got.len = p - got.data;

    /* {x} is the value, {?x} is ?x=value */

    expected.data = ngx_pnalloc(pool, 4096);
    p = expected.data;

    for ( /* void */ ; *template; template++) {

        if (*template != '{') {
            *p++ = *template;
            continue;
        }

        switch (*++template) {

        case '/':
        case '.':
            *p++ = *template;
            break;

        case ';':
        case '?':
        case '&':
            p = ngx_sprintf(p, (*value || *template != ';') ? "%cx=" : "%cx",
                            *template);
        }

        p = ngx_sprintf(p, "%s", value);
        template = ngx_strchr(template, '}');
    }

    expected.len = p - expected.data;

    unit_is(&got, &expected, "\"%s\" stays where it is", name);

done:

    ngx_destroy_pool(pool);
}


static void
pass_inject_rest(ngx_pool_t *pool, cJSON *values, ngx_uint_t refused,
    const char *value)
{
    cJSON               *root;
    ngx_str_t            text, err, boundary, *name;
    mcp_pass_t           pass;
    const char          *why;
    ngx_keyval_t        *kv;
    mcp_json_doc_t       doc;
    mcp_pass_field_t    *field;
    mcp_pass_request_t   request;

    ngx_memzero(&pass, sizeof(mcp_pass_t));
    text = pass_str("/");

    if (mcp_pass_compile_uri(pool, &text, &pass.uri, &why) != NGX_OK
        || ngx_array_init(&pass.headers, pool, 1, sizeof(mcp_pass_field_t))
           != NGX_OK
        || ngx_array_init(&pass.rest, pool, 1, sizeof(ngx_str_t)) != NGX_OK)
    {
        abort();
    }

    field = ngx_array_push(&pass.headers);
    ngx_memzero(field, sizeof(mcp_pass_field_t));

    field->name = pass_str("X-Value");
    text = pass_str("<{x}>");

    if (mcp_pass_compile_text(pool, &text, 0, &field->atoms, &why) != NGX_OK) {
        abort();
    }

    if (refused) {
        unit_is_int(mcp_pass_make(&pass, pool, values, NULL, NULL, &request,
                                  &err),
                    NGX_DECLINED, "a header refuses it");

    } else {
        unit_is_int(mcp_pass_make(&pass, pool, values, NULL, NULL, &request,
                                  &err),
                    NGX_OK, "a header has it");

        kv = request.headers.elts;
        text.data = ngx_pnalloc(pool, 4096);
        text.len = ngx_sprintf(text.data, "<%s>", value) - text.data;
        unit_is(&kv[0].value, &text, "as it is");
    }

    pass.headers.nelts = 0;

    /* in a body it is what it was */

    name = ngx_array_push(&pass.rest);
    *name = pass_str("x");
    pass.body = MCP_PASS_BODY_JSON;

    unit_ok(mcp_pass_make(&pass, pool, values, NULL, NULL, &request, &err)
            == NGX_OK
            && mcp_json_parse(pool, &request.body, &doc, &root) == NGX_OK
            && ngx_strcmp(root->child->valuestring, value) == 0,
            "JSON has it");

    pass.body = MCP_PASS_BODY_TEMPLATE;
    pass.json_text = 1;
    text = pass_str("{\"a\":\"{x}\",\"b\":{x}}");

    unit_ok(mcp_pass_compile_text(pool, &text, 1, &pass.text, &why) == NGX_OK
            && mcp_pass_make(&pass, pool, values, NULL, NULL, &request, &err)
               == NGX_OK
            && mcp_json_parse(pool, &request.body, &doc, &root) == NGX_OK
            && ngx_strcmp(root->child->valuestring, value) == 0
            && ngx_strcmp(root->child->next->valuestring, value) == 0,
            "a text of JSON has it");

    pass.body = MCP_PASS_BODY_MULTIPART;
    boundary = pass_str("B0UNDARY");
    text.data = ngx_pnalloc(pool, 4096);
    text.len = ngx_sprintf(text.data, "--B0UNDARY\r\nContent-Disposition: "
                           "form-data; name=\"x\"\r\n\r\n%s\r\n--B0UNDARY--"
                           "\r\n", value) - text.data;

    unit_is_int(mcp_pass_make(&pass, pool, values, NULL, &boundary, &request,
                              &err),
                NGX_OK, "a part has it");
    unit_is(&request.body, &text, "as it is");

    pass.body = MCP_PASS_BODY_FORM;

    unit_is_int(mcp_pass_make(&pass, pool, values, NULL, NULL, &request, &err),
                NGX_OK, "a form has it");
}


static void
pass_test_injections(void)
{
    cJSON       *values;
    ngx_uint_t   i;
    ngx_pool_t  *pool;
    const char  *value, *uri, *path;

    for (i = 0; i < unit_nelts(pass_injections); i++) {
        pool = unit_pool();

        value = pass_injections[i].value;
        uri = pass_injections[i].uri;
        path = pass_injections[i].path ? pass_injections[i].path : uri;
        values = pass_injected(pool, value);

        pass_inject_uri("/a/{x}", values, uri, pass_injections[i].segment,
                        value);
        pass_inject_uri("/a/{x}/b", values, uri, pass_injections[i].segment,
                        value);
        pass_inject_uri("/a{/x}", values, uri, pass_injections[i].segment,
                        value);
        pass_inject_uri("/a-{x}-b", values, uri, 0, value);
        pass_inject_uri("/a{.x}", values, uri, 0, value);
        pass_inject_uri("/a{;x}", values, uri, 0, value);
        pass_inject_uri("/a{?x}", values, uri, 0, value);
        pass_inject_uri("/a?y=1{&x}", values, uri, 0, value);
        pass_inject_uri("/a?y={x}&z=1", values, uri, 0, value);

        pass_inject_uri("/a/{+x}", values, path, pass_injections[i].reserved,
                        value);

        pass_inject_rest(pool, values, pass_injections[i].header, value);

        ngx_destroy_pool(pool);
    }
}


/* what separates the parts cannot be known; if it were, it would be refused */

static void
pass_test_boundary(void)
{
    ngx_str_t            text, err, boundary, *name;
    mcp_pass_t           pass;
    ngx_pool_t          *pool;
    const char          *why;
    mcp_pass_request_t   request;

    pool = unit_pool();

    ngx_memzero(&pass, sizeof(mcp_pass_t));
    text = pass_str("/");
    boundary = pass_str("B0UNDARY");

    if (mcp_pass_compile_uri(pool, &text, &pass.uri, &why) != NGX_OK
        || ngx_array_init(&pass.rest, pool, 1, sizeof(ngx_str_t)) != NGX_OK)
    {
        abort();
    }

    name = ngx_array_push(&pass.rest);
    *name = pass_str("x");
    pass.body = MCP_PASS_BODY_MULTIPART;

    unit_is_int(mcp_pass_make(&pass, pool, pass_injected(pool, "-B0UNDARY"),
                              NULL, &boundary, &request, &err),
                NGX_DECLINED, "a value with the boundary");
    unit_is_int(mcp_pass_make(&pass, pool, pass_injected(pool, "-BOUNDARY"),
                              NULL, &boundary, &request, &err),
                NGX_OK, "another boundary");

    ngx_destroy_pool(pool);
}


/* a name of "len" bytes, of an array of "n" numbers */

static void
pass_test_deep(void)
{
    u_char              *p;
    cJSON               *values;
    ngx_str_t            text, err;
    ngx_uint_t           i, k;
    mcp_pass_t           pass;
    ngx_pool_t          *pool;
    mcp_json_doc_t       doc;
    mcp_pass_atom_t     *atom;
    mcp_pass_request_t   request;

    static const struct {
        ngx_uint_t  len;
        ngx_uint_t  n;
        ngx_int_t   rc;
    } rows[] = {
        { 1024, 1000, NGX_OK },
        { 1024, 1030, NGX_DECLINED },
        { 400000, 2, NGX_OK },
        { 400000, 100000, NGX_DECLINED },
        { 8, 30000, NGX_OK }
    };

    for (i = 0; i < unit_nelts(rows); i++) {
        pool = unit_pool();

        text.data = ngx_palloc(pool, rows[i].len + 2 * rows[i].n + 32);

        p = ngx_cpymem(text.data, "{\"v\":{\"", 7);
        ngx_memset(p, 'x', rows[i].len);
        p = ngx_cpymem(p + rows[i].len, "\":[1", 4);

        for (k = 1; k < rows[i].n; k++) {
            p = ngx_cpymem(p, ",1", 2);
        }

        text.len = ngx_cpymem(p, "]}}", 3) - text.data;

        if (mcp_json_parse(pool, &text, &doc, &values) != NGX_OK) {
            abort();
        }

        ngx_memzero(&pass, sizeof(mcp_pass_t));

        if (ngx_array_init(&pass.uri, pool, 2, sizeof(mcp_pass_atom_t))
            != NGX_OK)
        {
            abort();
        }

        atom = ngx_array_push_n(&pass.uri, 2);
        ngx_memzero(atom, 2 * sizeof(mcp_pass_atom_t));

        atom[0].text = pass_str("/a");
        atom[1].text = pass_str("n");
        atom[1].from = pass_str("v");
        atom[1].op = MCP_PASS_DEEP;
        atom[1].explode = 1;

        unit_is_int(mcp_pass_make(&pass, pool, values, NULL, NULL, &request,
                                  &err),
                    rows[i].rc, "a name of %d bytes, %d times",
                    (int) rows[i].len, (int) rows[i].n);

        ngx_destroy_pool(pool);
    }
}


int
main(void)
{
    pass_test_injections();
    pass_test_boundary();
    pass_test_deep();

    return unit_done();
}
