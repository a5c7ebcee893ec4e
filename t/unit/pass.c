
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_pass: requests made of templates and values */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_pass.h>
#include "unit.h"


#define PASS_VALUES                                                          \
    "{\"v\":\"value\",\"h\":\"Hello World!\",\"e\":\"\",\"p\":\"/foo/bar\"," \
    "\"x\":1024,\"big\":12345678901234567890,\"t\":true,\"z\":null,"         \
    "\"l\":[\"red\",\"green\",\"b,e\"],\"none\":[],"                         \
    "\"o\":{\"semi\":\";\",\"dot\":\".\"},\"deep\":{\"a\":{\"b\":[1,2]}},"   \
    "\"d\":\"..\",\"q\":\"a\\\"b\\n\",\"u\":{\"id\":7,\"a/b\":{\"~\":8}},"   \
    "\"dot\":\".\",\"nulls\":[null,1,null],\"holes\":{\"a\":null,\"b\":1},"  \
    "\"gap\":[\"a\",\"\"],\"end\":\"a/\",\"url\":\"http://x/\","             \
    "\"wide\":{\"x\":{\"y\":1},\"z\":2},\"ask\":\"a/?\","                     \
    "\"f\":{\"x\":0,\"n%\":1},\"php\":{\"x[]\":0},\"bare\":{\"\":0}}"


#define DEEP_4(l, x, r)   l l l l x r r r r
#define DEEP_16(l, x, r)                                                      \
    DEEP_4(l, DEEP_4(l, DEEP_4(l, DEEP_4(l, x, r), r), r), r)
#define DEEP_64(l, x, r)                                                      \
    DEEP_16(l, DEEP_16(l, DEEP_16(l, DEEP_16(l, x, r), r), r), r)


/* what RFC 6570 says of its examples, as far as they are paths and queries */

static struct {
    const char  *uri;
    const char  *made;           /* NULL: refused; "!" why: not a template */
} pass_uris[] = {

    { "/", "/" },
    { "/{v}", "/value" },
    { "/{h}", "/Hello%20World%21" },
    { "/{p}", "/%2Ffoo%2Fbar" },
    { "/a{+p}/here", "/a/foo/bar/here" },
    { "/map/{x},{v}", "/map/1024,value" },
    { "/map/{x,v}", "/map/1024,value" },
    { "/map/{z,v,none}", "/map/value" },
    { "/a{.x,v}", "/a.1024.value" },
    { "/a{/v,x}/here", "/a/value/1024/here" },
    { "/a{/z}", "/a" },
    { "/a{;x,e,z}", "/a;x=1024;e" },
    { "/a{?x,e,z,none}", "/a?x=1024&e=" },
    { "/a?fixed=yes{&x}", "/a?fixed=yes&x=1024" },
    { "/a?fixed={h}&t={t}", "/a?fixed=Hello%20World%21&t=true" },
    { "/a?{&x}", "/a?x=1024" },
    { "/a?t={+ask}{&x}", "/a?t=a/?&x=1024" },
    { "/a?t={+ask}&{&x}", "/a?t=a/?&x=1024" },
    { "/a?t=?{&x}", "/a?t=?&x=1024" },
    { "/a{?z}{&big}", "/a?big=12345678901234567890" },

    /* lists and objects */

    { "/{l}", "/red,green,b%2Ce" },
    { "/{l*}", "/red,green,b%2Ce" },
    { "/{o}", "/semi,%3B,dot,." },
    { "/{o*}", "/semi=%3B,dot=." },
    { "/a{/l*}", "/a/red/green/b%2Ce" },
    { "/a{.l*}", "/a.red.green.b%2Ce" },
    { "/a{;l*}", "/a;l=red;l=green;l=b%2Ce" },
    { "/a{?l}", "/a?l=red,green,b%2Ce" },
    { "/a{?l*}", "/a?l=red&l=green&l=b%2Ce" },
    { "/a{?o}", "/a?o=semi,%3B,dot,." },
    { "/a{?o*}", "/a?semi=%3B&dot=." },
    { "/a{?none*}{&v}", "/a?v=value" },
    { "/{nulls}{?nulls}{&nulls*}", "/1?nulls=1&nulls=1" },
    { "/{holes}{;holes*}{?holes}", "/b,1;b=1?holes=b,1" },

    /* names that a value chooses are none that the request has */

    { "/a{?f*}", "/a?x=0&n%25=1" },
    { "/a{?f*}{&v}", "/a?x=0&n%25=1&v=value" },
    { "/a{?f*,x}", NULL },
    { "/a{?x}{&f*}", NULL },
    { "/a?x=1{&f*}", NULL },
    { "/a?y=2&x{&f*}", NULL },
    { "/a?%78=1{&f*}", NULL },
    { "/a?n%25=1{&f*}", NULL },
    { "/a?xx=1&y=x{&f*}", "/a?xx=1&y=x&x=0&n%25=1" },
    { "/a{;f*}{?v}", "/a;x=0;n%25=1?v=value" },
    { "/a{;f*,x}", NULL },
    { "/a{?php*}", "/a?x%5B%5D=0" },
    { "/a?x=1{&php*}", NULL },
    { "/a{?bare*}", NULL },

    /* pointers */

    { "/{u/id}{?u/id}", "/7?id=7" },
    { "/{u/a~1b/~0}", "/8" },
    { "/{l/1}", "/green" },
    { "/a{?l/3,l/01,u/none,v/x}", "/a" },

    /* other paths */

    { "/{d}", NULL },
    { "/a/{d}/b", NULL },
    { "/a/.{o/dot}", NULL },
    { "/a/{o/dot}{o/dot}", NULL },
    { "/a{/d}", NULL },
    { "/a/{+d}", NULL },
    { "/a/x{d}", "/a/x.." },
    { "/a/{e}", NULL },
    { "/a/{z}/b", NULL },
    { "/a/{none}", NULL },
    { "/a/x{e}", "/a/x" },
    { "/a{/e}", NULL },
    { "/a{/gap*}", NULL },
    { "/a/{.z}/b", NULL },
    { "/{e}{+z}", "/" },
    { "/{+z}{e}", NULL },
    { "/a/{+z}", "/a/" },
    { "/a/{+z}/b", NULL },
    { "/a/{+e}/b", NULL },
    { "/a/{+end}", "/a/a/" },
    { "/a/{+end}{v}", "/a/a/value" },
    { "/a/{+end}{e}", NULL },
    { "/a/{+url}", "/a/http://x/" },
    { "/{+p}", NULL },
    { "/a/%2e{dot}", NULL },
    { "/a/{dot}%2E/b", NULL },
    { "/a/{d}{;v}", NULL },
    { "/a/{dot}{+dot}", NULL },
    { "/a/{+end}{d}", NULL },
    { "/a{?d}", "/a?d=.." },

    { "", "!begin with" },
    { "a", "!begin with" },
    { "{v}", "!begin with" },
    { "/a b", "!percent-encoded" },
    { "/%zz", "!percent-encoded" },
    { "/a#b", "!fragment" },
    { "/a{#v}", "!fragment" },
    { "/a/../b", "!dot segment" },
    { "/a/%2E%2e", "!dot segment" },
    { "/a/.;x/b", "!dot segment" },
    { "/.{?x}", "!dot segment" },
    { "/a/%2e%2e%2fb", "!dot segment" },
    { "/a%2F../b", "!dot segment" },
    { "/a/..%5cb/{v}", "!dot segment" },
    { "/a%5C.", "!dot segment" },
    { "/a%2Fb/x..%2f.y/%2f", "/a%2Fb/x..%2f.y/%2f" },
    { "/a?x=%2f..%2f", "/a?x=%2f..%2f" },
    { "/a%00", "!NUL" },
    { "/a/{v}?x=%00&y=1", "!NUL" },
    { "/{v", "!no \"}\"" },
    { "/{}", "!names" },
    { "/{v,}", "!names" },
    { "/{a b}", "!names" },
    { "/{v:3}", "!modifier" },
    { "/a{?v}/b", "!behind" },
    { "/a{?v}{x}", "!behind" }
};


/* each style of OpenAPI that RFC 6570 does not have */

static struct {
    u_char       op;
    ngx_uint_t   explode;
    const char  *from;
    const char  *made;
    ngx_uint_t   reserved;
} pass_styles[] = {

    { MCP_PASS_SPACE, 0, "l", "/a?n%5B%5D=red%20green%20b%2Ce", 0 },
    { MCP_PASS_PIPE, 0, "l", "/a?n%5B%5D=red%7Cgreen%7Cb%2Ce", 0 },
    { MCP_PASS_PIPE, 1, "l", "/a?n%5B%5D=red&n%5B%5D=green&n%5B%5D=b%2Ce", 0 },
    { MCP_PASS_DEEP, 1, "o",
      "/a?n%5B%5D%5Bsemi%5D=%3B&n%5B%5D%5Bdot%5D=.", 0 },
    { MCP_PASS_DEEP, 1, "deep",
      "/a?n%5B%5D%5Ba%5D%5Bb%5D=1&n%5B%5D%5Ba%5D%5Bb%5D=2", 0 },
    { MCP_PASS_DEEP, 1, "wide", "/a?n%5B%5D%5Bx%5D%5By%5D=1&n%5B%5D%5Bz%5D=2",
      0 },
    { MCP_PASS_DEEP, 1, "v", "/a?n%5B%5D=value", 0 },
    { MCP_PASS_DEEP, 1, "z", "/a", 0 },
    { MCP_PASS_QUERY, 0, "ask", "/a?n%5B%5D=a/?", 1 },
    { MCP_PASS_MATRIX, 0, "ask", "/a;n%5B%5D=a/%3F", 1 }
};


static struct {
    mcp_pass_body_e  body;
    const char      *rest;       /* or the template */
    const char      *made;       /* NULL: refused */
    const char      *type;
} pass_bodies[] = {

    { MCP_PASS_BODY_JSON, "v,big,z,missing,u",
      "{\"v\":\"value\",\"big\":12345678901234567890,\"z\":null,"
      "\"u\":{\"id\":7,\"a/b\":{\"~\":8}}}", "application/json" },
    { MCP_PASS_BODY_JSON, "", "{}", "application/json" },
    { MCP_PASS_BODY_FORM, "h,big,z,l,o",
      "h=Hello%20World%21&big=12345678901234567890&l=red&l=green&l=b%2Ce"
      "&o=%7B%22semi%22%3A%22%3B%22%2C%22dot%22%3A%22.%22%7D",
      "application/x-www-form-urlencoded" },
    { MCP_PASS_BODY_FORM, "nulls,e", "nulls=1&e=",
      "application/x-www-form-urlencoded" },
    { MCP_PASS_BODY_MULTIPART, "v,z",
      "--B0UNDARY\r\nContent-Disposition: form-data; name=\"v\"\r\n\r\n"
      "value\r\n--B0UNDARY--\r\n", "multipart/form-data; boundary=B0UNDARY" },

    { MCP_PASS_BODY_TEMPLATE, "{\"a\":\"<{q}>\",\"b\":{q},\"c\":{big},"
      "\"d\":{missing},\"e\":\"{missing}{l}\"}",
      "{\"a\":\"<a\\\"b\\n>\",\"b\":\"a\\\"b\\n\",\"c\":12345678901234567890,"
      "\"d\":null,\"e\":\"[\\\"red\\\",\\\"green\\\",\\\"b,e\\\"]\"}",
      "application/json" },
    { MCP_PASS_BODY_TEMPLATE, "{\"{v}\":{x},\"values\":[{\"value\":1}]}",
      "{\"value\":1024,\"values\":[{\"value\":1}]}", "application/json" },
    { MCP_PASS_BODY_TEMPLATE, "{\"{v}\":{x},\"value\":1}", NULL, NULL },
    { MCP_PASS_BODY_TEMPLATE, "{\"value\":1,\"val{missing}{u/e}ue{z}\":2}",
      NULL, NULL },

    /* so deep that nobody has looked at all names */
    { MCP_PASS_BODY_TEMPLATE, DEEP_64("[", "\"{v}\",{x}", "]"),
      DEEP_64("[", "\"value\",1024", "]"), "application/json" },
    { MCP_PASS_BODY_TEMPLATE, DEEP_64("[", "\"{v}\",{o}", "]"), NULL, NULL }
};


/* pairs of a query, a form or cookies that a member would repeat */

static struct {
    u_char       op;
    const char  *from;           /* of an atom "n", exploded */
    const char  *other;          /* the name of another one */
    ngx_uint_t   refused;
} pass_pairs[] = {
    { MCP_PASS_QUERY, "f", "x", 1 },
    { MCP_PASS_QUERY, "f", "y", 0 },
    { MCP_PASS_QUERY, "f", "n", 0 },
    { MCP_PASS_QUERY, "php", "x", 1 },
    { MCP_PASS_PIPE, "f", "x", 1 },
    { MCP_PASS_SPACE, "l", "x", 0 },
    { MCP_PASS_DEEP, "f", "x", 0 },
    { MCP_PASS_DEEP, "f", "n[x]", 1 },
    { MCP_PASS_DEEP, "deep", "n[a]", 1 },
    { MCP_PASS_DEEP, "deep", "n[a][b]", 1 },
    { MCP_PASS_DEEP, "deep", "n[a][c]", 0 }
};


static ngx_str_t
pass_str(const char *text)
{
    ngx_str_t  s;

    s.data = (u_char *) text;
    s.len = ngx_strlen(text);

    return s;
}


static cJSON *
pass_values(ngx_pool_t *pool)
{
    cJSON           *root;
    ngx_str_t        text;
    mcp_json_doc_t   doc;

    text = pass_str(PASS_VALUES);

    if (mcp_json_parse(pool, &text, &doc, &root) != NGX_OK) {
        abort();
    }

    return root;
}


static void
pass_make(ngx_pool_t *pool, mcp_pass_t *pass, const char *made,
    const char *name)
{
    ngx_int_t           rc;
    mcp_buf_t           b;
    ngx_str_t           got, expected, err;
    mcp_pass_request_t  request;

    static ngx_str_t  boundary = ngx_string("B0UNDARY");

    rc = mcp_pass_make(pass, pool, pass_values(pool), NULL, &boundary,
                       &request, &err);

    if (made == NULL) {
        unit_ok(rc == NGX_DECLINED && err.len, "%s is refused", name);
        return;
    }

    mcp_buf_init(&b, pool, 64);

    if (rc == NGX_OK) {
        mcp_buf_str(&b, &request.uri);

        if (request.args.len) {
            mcp_buf_char(&b, '?');
            mcp_buf_str(&b, &request.args);
        }

    } else {
        mcp_buf_str(&b, &err);
    }

    (void) mcp_buf_done(&b, &got);
    expected = pass_str(made);

    unit_is(&got, &expected, "%s", name);
}


static void
pass_test_uris(void)
{
    ngx_str_t    text;
    mcp_pass_t   pass;
    ngx_uint_t   i;
    ngx_pool_t  *pool;
    const char  *err;

    for (i = 0; i < unit_nelts(pass_uris); i++) {
        pool = unit_pool();

        ngx_memzero(&pass, sizeof(mcp_pass_t));
        text = pass_str(pass_uris[i].uri);

        if (mcp_pass_compile_uri(pool, &text, &pass.uri, &err) != NGX_OK) {
            unit_ok(pass_uris[i].made && pass_uris[i].made[0] == '!'
                    && ngx_strstr(err, pass_uris[i].made + 1),
                    "%s: %s", pass_uris[i].uri, err);

        } else if (pass_uris[i].made && pass_uris[i].made[0] == '!') {
            unit_ok(0, "%s is no template", pass_uris[i].uri);

        } else {
            pass_make(pool, &pass, pass_uris[i].made, pass_uris[i].uri);
        }

        ngx_destroy_pool(pool);
    }
}


static void
pass_test_styles(void)
{
    ngx_uint_t        i;
    mcp_pass_t        pass;
    ngx_pool_t       *pool;
    mcp_pass_atom_t  *atom;

    for (i = 0; i < unit_nelts(pass_styles); i++) {
        pool = unit_pool();

        ngx_memzero(&pass, sizeof(mcp_pass_t));

        if (ngx_array_init(&pass.uri, pool, 2, sizeof(mcp_pass_atom_t))
            != NGX_OK)
        {
            abort();
        }

        atom = ngx_array_push_n(&pass.uri, 2);
        ngx_memzero(atom, 2 * sizeof(mcp_pass_atom_t));

        atom[0].text = pass_str("/a");
        atom[1].text = pass_str("n[]");
        atom[1].from = pass_str(pass_styles[i].from);
        atom[1].op = pass_styles[i].op;
        atom[1].explode = pass_styles[i].explode;
        atom[1].reserved = pass_styles[i].reserved;

        pass_make(pool, &pass, pass_styles[i].made, pass_styles[i].made);

        ngx_destroy_pool(pool);
    }
}


static void
pass_names(ngx_pool_t *pool, ngx_array_t *names, const char *list)
{
    char       *p;
    ngx_str_t  *name;

    if (ngx_array_init(names, pool, 4, sizeof(ngx_str_t)) != NGX_OK) {
        abort();
    }

    while (*list) {
        p = (char *) ngx_strchr(list, ',');

        name = ngx_array_push(names);
        name->data = (u_char *) list;
        name->len = p ? (size_t) (p - list) : ngx_strlen(list);

        list += name->len + (p ? 1 : 0);
    }
}


static void
pass_test_bodies(void)
{
    ngx_str_t            text, expected, err;
    ngx_uint_t           i;
    mcp_pass_t           pass;
    ngx_pool_t          *pool;
    const char          *why;
    mcp_pass_request_t   request;

    static ngx_str_t  boundary = ngx_string("B0UNDARY");

    for (i = 0; i < unit_nelts(pass_bodies); i++) {
        pool = unit_pool();

        ngx_memzero(&pass, sizeof(mcp_pass_t));
        pass.body = pass_bodies[i].body;

        if (pass.body == MCP_PASS_BODY_TEMPLATE) {
            text = pass_str(pass_bodies[i].rest);
            pass.json_text = 1;

            unit_is_int(mcp_pass_compile_text(pool, &text, 1, &pass.text,
                                              &why),
                        NGX_OK, "body %d compiles", (int) i);

        } else {
            pass_names(pool, &pass.rest, pass_bodies[i].rest);
        }

        unit_is_int(mcp_pass_make(&pass, pool, pass_values(pool), NULL,
                                  &boundary, &request, &err),
                    pass_bodies[i].made ? NGX_OK : NGX_DECLINED,
                    "body %d is %s", (int) i,
                    pass_bodies[i].made ? "made" : "refused");

        if (pass_bodies[i].made == NULL) {
            ngx_destroy_pool(pool);
            continue;
        }

        expected = pass_str(pass_bodies[i].made);
        unit_is(&request.body, &expected, "body %d", (int) i);

        expected = pass_str(pass_bodies[i].type);
        unit_is(&request.type, &expected, "type of body %d", (int) i);

        ngx_destroy_pool(pool);
    }
}


static void
pass_pair(ngx_pool_t *pool, ngx_array_t *atoms, ngx_uint_t row, u_char op)
{
    mcp_pass_atom_t  *atom;

    if (ngx_array_init(atoms, pool, 1, sizeof(mcp_pass_atom_t)) != NGX_OK) {
        abort();
    }

    atom = ngx_array_push(atoms);
    ngx_memzero(atom, sizeof(mcp_pass_atom_t));

    atom->op = op;
    atom->explode = 1;
    atom->text = pass_str(row ? pass_pairs[row - 1].other : "n");
    atom->from = pass_str(row ? "v" : "f");
}


static void
pass_test_pairs(void)
{
    ngx_str_t            err;
    ngx_uint_t           i, k, n;
    mcp_pass_t           pass;
    ngx_pool_t          *pool;
    ngx_array_t          atoms[2], *fields[2];
    mcp_pass_atom_t     *atom;
    mcp_pass_field_t    *field;
    mcp_pass_request_t   request;

    for (i = 0; i < unit_nelts(pass_pairs); i++) {
        pool = unit_pool();

        pass_pair(pool, &atoms[0], 0, pass_pairs[i].op);
        pass_pair(pool, &atoms[1], i + 1, MCP_PASS_QUERY);

        atom = atoms[0].elts;
        atom->from = pass_str(pass_pairs[i].from);

        /* in a query, cookies, a form; first and second */

        for (k = 0; k < 6; k++) {
            ngx_memzero(&pass, sizeof(mcp_pass_t));

            if (ngx_array_init(&pass.uri, pool, 3, sizeof(mcp_pass_atom_t))
                != NGX_OK
                || ngx_array_init(&pass.cookies, pool, 2,
                                  sizeof(mcp_pass_field_t))
                   != NGX_OK
                || ngx_array_init(&pass.fields, pool, 2,
                                  sizeof(mcp_pass_field_t))
                   != NGX_OK)
            {
                abort();
            }

            atom = ngx_array_push(&pass.uri);
            ngx_memzero(atom, sizeof(mcp_pass_atom_t));
            atom->text = pass_str("/a");

            pass.body = MCP_PASS_BODY_FORM;
            fields[0] = &pass.cookies;
            fields[1] = &pass.fields;

            for (n = 0; n < 2; n++) {
                atom = atoms[n ^ (k & 1)].elts;

                if (k < 2) {
                    *(mcp_pass_atom_t *) ngx_array_push(&pass.uri) = *atom;
                    continue;
                }

                field = ngx_array_push(fields[k / 2 - 1]);
                ngx_memzero(field, sizeof(mcp_pass_field_t));

                field->name = atom->text;
                field->atoms = atoms[n ^ (k & 1)];
            }

            unit_is_int(mcp_pass_make(&pass, pool, pass_values(pool), NULL,
                                      NULL, &request, &err),
                        pass_pairs[i].refused ? NGX_DECLINED : NGX_OK,
                        "%s beside %s, place %d", pass_pairs[i].from,
                        pass_pairs[i].other, (int) k);
        }

        ngx_destroy_pool(pool);
    }
}


static void
pass_test_texts(void)
{
    mcp_buf_t     b;
    ngx_str_t     text, got, expected;
    ngx_uint_t    i;
    ngx_array_t   atoms;
    ngx_pool_t   *pool;
    const char   *err;

    static struct {
        const char  *text;
        const char  *made;       /* NULL: refused */
    } rows[] = {
        { "a {v} {{v}} {u/id}{z}{missing}}}", "a value {v} 7}" },
        { "{l} {o} {t}", "red,green,b,e semi,;,dot,. true" },
        { "{", NULL },
        { "}", NULL },
        { "{a b}", NULL },
        { "{v", NULL }
    };

    for (i = 0; i < unit_nelts(rows); i++) {
        pool = unit_pool();
        text = pass_str(rows[i].text);

        if (mcp_pass_compile_text(pool, &text, 0, &atoms, &err) != NGX_OK) {
            unit_ok(rows[i].made == NULL && err, "\"%s\" is refused",
                    rows[i].text);

        } else {
            mcp_buf_init(&b, pool, 0);

            unit_is_int(mcp_pass_text(&atoms, pass_values(pool), &b), NGX_OK,
                        "\"%s\" is written", rows[i].text);

            (void) mcp_buf_done(&b, &got);
            expected = pass_str(rows[i].made ? rows[i].made : "");
            unit_is(&got, &expected, "\"%s\"", rows[i].text);
        }

        ngx_destroy_pool(pool);
    }
}


/* texts of JSON that are none, or are not for some value */

static void
pass_test_json(void)
{
    ngx_str_t     text;
    ngx_int_t     rc;
    ngx_uint_t    i;
    ngx_array_t   atoms;
    ngx_pool_t   *pool;
    const char   *err;

    static struct {
        const char  *text;
        ngx_uint_t   good;
    } rows[] = {
        { "{\"a\":{x},\"b\":[\"{x}\",\"{x}{x}\"]}", 1 },
        { "{x}", 1 },
        { "\"\\\\{x}\"", 1 },
        { "\"\\n{x}\\u0041{x}\"", 1 },
        { "{\"{x}\":1}", 1 },
        { "{}", 1 },
        { "", 0 },
        { "{\"a\":{x}", 0 },
        { "{x}{x}", 0 },
        { "-{x}", 0 },
        { "1{x}", 0 },
        { "\"{x}", 0 },
        { "\"\\{x}\"", 0 },
        { "{\"a\":\"\\{x}\\\",\"b\":\"{x}\"}", 0 },
        { "\"\\u{x}\"", 0 },
        { "\"\\u00{x}41\"", 0 },
        { "{{x}:1}", 0 }
    };

    for (i = 0; i < unit_nelts(rows); i++) {
        pool = unit_pool();
        text = pass_str(rows[i].text);

        rc = mcp_pass_compile_text(pool, &text, 1, &atoms, &err);

        if (rc == NGX_OK) {
            rc = mcp_pass_check_json(pool, &atoms, &err);
        }

        unit_is_int(rc, rows[i].good ? NGX_OK : NGX_DECLINED,
                    "JSON with values: %s", rows[i].text);

        ngx_destroy_pool(pool);
    }
}


/* each allocation fails once */

static void
pass_test_memory(void)
{
    cJSON               *values;
    ngx_int_t            n, rc;
    ngx_str_t            uri, err, boundary, text, *name;
    ngx_uint_t           i;
    mcp_pass_t           pass;
    ngx_pool_t          *pool, *temp;
    const char          *why;
    mcp_pass_field_t    *field;
    mcp_pass_request_t   request;

    pool = unit_pool();
    values = pass_values(pool);
    boundary = pass_str("B0UNDARY");
    uri = pass_str("/a/{v,l}{/l*}{?o,deep,big}{&o*}");
    text = pass_str("{\"a\":\"{q}{l}\",\"b\":{deep}}");

    for (i = MCP_PASS_BODY_JSON; i <= MCP_PASS_BODY_TEMPLATE; i++) {
        rc = NGX_ERROR;

        for (n = 0; rc == NGX_ERROR && n < 500; n++) {
            temp = unit_pool();
            ngx_memzero(&pass, sizeof(mcp_pass_t));

            pass.body = i;
            pass.json_text = 1;

            unit_fail_alloc(n);

            rc = mcp_pass_compile_uri(temp, &uri, &pass.uri, &why);

            if (rc == NGX_OK) {
                rc = mcp_pass_compile_text(temp, &text, 1, &pass.text, &why);
            }

            if (rc == NGX_OK) {
                rc = mcp_pass_check_json(temp, &pass.text, &why);
            }

            if (rc == NGX_OK
                && (ngx_array_init(&pass.rest, temp, 1, sizeof(ngx_str_t))
                    != NGX_OK
                    || ngx_array_init(&pass.headers, temp, 1,
                                      sizeof(mcp_pass_field_t))
                       != NGX_OK))
            {
                rc = NGX_ERROR;
            }

            if (rc == NGX_OK) {
                name = ngx_array_push(&pass.rest);
                *name = pass_str("l");

                field = ngx_array_push(&pass.headers);
                field->atoms = pass.text;
                field->name = pass_str("X");

                /* a string of JSON has no line feed */
                rc = mcp_pass_make(&pass, temp, values, NULL, &boundary,
                                   &request, &err);
            }

            unit_fail_alloc(-1);
            ngx_destroy_pool(temp);
        }

        unit_ok(rc == NGX_OK && n > 10, "body %d, memory for %d allocations",
                (int) i, (int) n);
    }

    ngx_destroy_pool(pool);
}


int
main(void)
{
    pass_test_uris();
    pass_test_styles();
    pass_test_bodies();
    pass_test_pairs();
    pass_test_texts();
    pass_test_json();
    pass_test_memory();

    return unit_done();
}
