
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * mcp_pass: the first three lines are a URI template, a header and a text of
 * JSON, the rest is an object of values.  Whatever the values are, the path
 * has the segments and the query the names of the template, each of them once
 * whatever members values have, a header is one line, a body of JSON is JSON,
 * and the parts of a form are as many as there are values.  The same again
 * with the styles that only OpenAPI has, as cookies and as fields of forms.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_pass.h>
#include <mcp_uri_op.h>
#include "fuzz.h"


#define PASS_BOUNDARY  "0123456789abcdef0123456789abcdef"


typedef struct {
    ngx_uint_t  slashes;         /* of the literals */
    ngx_uint_t  plain;           /* values make no segments */
    ngx_uint_t  doubled;         /* the template has empty segments */
    ngx_uint_t  names;           /* the names of the query are known */
} pass_expected_t;


static ngx_uint_t
pass_count(ngx_str_t *s, u_char c)
{
    size_t      i;
    ngx_uint_t  n;

    for (i = 0, n = 0; i < s->len; i++) {
        n += (s->data[i] == c);
    }

    return n;
}


static ngx_uint_t
pass_doubled(ngx_str_t *s)
{
    size_t  i;

    for (i = 1; i < s->len; i++) {
        if (s->data[i] == '/' && s->data[i - 1] == '/') {
            return 1;
        }
    }

    return 0;
}


static void
pass_expect(mcp_pass_t *pass, pass_expected_t *e)
{
    u_char           *p;
    ngx_str_t         path;
    ngx_uint_t        i;
    mcp_pass_atom_t  *atom;

    ngx_memzero(e, sizeof(pass_expected_t));

    e->plain = 1;
    e->names = 1;

    atom = pass->uri.elts;

    for (i = 0; i < pass->uri.nelts; i++) {

        if (atom[i].op == MCP_PASS_LITERAL) {
            path = atom[i].text;
            p = ngx_strlchr(path.data, path.data + path.len, '?');

            if (p) {
                path.len = p - path.data;
                e->names = 0;
            }

            e->slashes += pass_count(&path, '/');
            e->doubled |= pass_doubled(&path);

            if (p) {
                break;
            }

            continue;
        }

        if (atom[i].op == MCP_PASS_QUERY) {
            break;
        }

        if (atom[i].op == MCP_PASS_RESERVED || atom[i].op == MCP_PASS_SEGMENT) {
            e->plain = 0;
        }
    }

    for ( /* void */ ; i < pass->uri.nelts; i++) {
        if (atom[i].op != MCP_PASS_QUERY || atom[i].explode) {
            e->names = 0;
        }
    }
}


/* how often the template has it */

static ngx_uint_t
pass_names(mcp_pass_t *pass, ngx_str_t *name)
{
    u_char           *p, *last;
    ngx_uint_t        i, n;
    mcp_pass_atom_t  *atom;

    n = 0;
    atom = pass->uri.elts;

    for (i = 0; i < pass->uri.nelts; i++) {
        last = atom[i].text.data + atom[i].text.len;

        for (p = atom[i].text.data; last - p >= (ssize_t) name->len; p++) {
            n += ngx_memcmp(p, name->data, name->len) == 0;
        }

        /* what {x}={y} makes a name of is the operator's */

        if (atom[i].op == MCP_PASS_LITERAL && atom[i].text.len
            && ngx_strchr("?&", last[-1]))
        {
            n += 2;
        }
    }

    return n;
}


static ngx_uint_t
pass_has_name(mcp_pass_t *pass, u_char *p, size_t len)
{
    ngx_uint_t        i;
    mcp_pass_atom_t  *atom;

    atom = pass->uri.elts;

    for (i = 0; i < pass->uri.nelts; i++) {

        if (atom[i].op == MCP_PASS_QUERY && atom[i].text.len == len
            && ngx_memcmp(atom[i].text.data, p, len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static void
pass_check_path(ngx_str_t *path, pass_expected_t *e)
{
    u_char      *p, *last, *start;
    ngx_uint_t   dots;

    p = path->data;
    last = p + path->len;

    fuzz_assert(path->len && *p == '/');
    fuzz_assert(mcp_uri_chars(p, last) == last);
    fuzz_assert(pass_count(path, '?') == 0 && pass_count(path, '#') == 0);
    fuzz_assert(!e->plain || pass_count(path, '/') == e->slashes);
    fuzz_assert(path->len < 2 || p[1] != '/' || e->doubled);

    for (start = ++p; p <= last; p++) {

        if (p < last && *p != '/') {
            continue;
        }

        fuzz_assert(start < p || p == last || !e->plain || e->doubled);

        for (dots = 0; start < p && *start == '.'; start++) {
            dots++;
        }

        fuzz_assert(start < p || dots == 0 || dots > 2);

        start = p + 1;
    }
}


static void
pass_check_query(mcp_pass_t *pass, ngx_str_t *args, pass_expected_t *e)
{
    u_char  *p, *last, *end, *eq;

    if (args->len == 0) {
        return;
    }

    p = args->data;
    last = p + args->len;

    fuzz_assert(mcp_uri_chars(p, last) == last);
    fuzz_assert(pass_count(args, '#') == 0);

    while (e->names && p < last) {
        end = ngx_strlchr(p, last, '&');
        end = end ? end : last;
        eq = ngx_strlchr(p, end, '=');

        fuzz_assert(eq && ngx_strlchr(eq + 1, end, '=') == NULL);

        /* a name that has to be encoded is not compared */

        fuzz_assert(ngx_strlchr(p, eq, '%') || pass_has_name(pass, p, eq - p));

        p = end + 1;
    }
}


/* a parameter that is no list is there once at most */

static void
pass_check_once(mcp_pass_t *pass, ngx_str_t *args)
{
    u_char           *p, *last, *end, *eq;
    ngx_uint_t        i, n;
    mcp_pass_atom_t  *atom;

    if (args->len == 0) {
        return;
    }

    last = args->data + args->len;
    atom = pass->uri.elts;

    for (i = 0; i < pass->uri.nelts; i++) {

        if (atom[i].op != MCP_PASS_QUERY || atom[i].explode
            || pass_names(pass, &atom[i].text) > 1)
        {
            continue;
        }

        for (n = 0, p = args->data; p < last; p = end + 1) {
            end = ngx_strlchr(p, last, '&');
            end = end ? end : last;
            eq = ngx_strlchr(p, end, '=');
            eq = eq ? eq : end;

            n += (size_t) (eq - p) == atom[i].text.len
                 && ngx_memcmp(p, atom[i].text.data, eq - p) == 0;
        }

        fuzz_assert(n <= 1);
    }
}


static ngx_uint_t
pass_is(ngx_str_t *s, const char *text)
{
    return s->len == ngx_strlen(text)
           && ngx_memcmp(s->data, text, s->len) == 0;
}


/* pairs with "; " between them, of what a URI has */

static void
pass_check_cookies(ngx_str_t *value)
{
    u_char  *p, *last, *end;

    last = value->data + value->len;

    for (p = value->data; p < last; p = end + 2) {
        end = ngx_strlchr(p, last, ';');
        end = end ? end : last;

        fuzz_assert(mcp_uri_chars(p, end) == end);
        fuzz_assert(ngx_strlchr(p, end, '=') != NULL);
        fuzz_assert(end == last || (last - end > 2 && end[1] == ' '));
    }
}


static void
pass_check_headers(ngx_array_t *headers)
{
    size_t         k;
    ngx_uint_t     i;
    ngx_keyval_t  *kv;

    kv = headers->elts;

    for (i = 0; i < headers->nelts; i++) {
        for (k = 0; k < kv[i].value.len; k++) {
            fuzz_assert(kv[i].value.data[k] >= ' '
                        || kv[i].value.data[k] == '\t');
            fuzz_assert(kv[i].value.data[k] != 0x7f);
        }

        if (pass_is(&kv[i].key, "Cookie")) {
            pass_check_cookies(&kv[i].value);
        }
    }
}


static void
pass_check_json(ngx_pool_t *pool, ngx_str_t *body)
{
    mcp_json_doc_t  doc;

    ngx_memzero(&doc, sizeof(mcp_json_doc_t));

    /* it may be deeper than what came, or more */

    if (mcp_json_scan(&doc, pool, body->data, body->len) != NGX_OK) {
        fuzz_assert(doc.err == MCP_JSON_DEPTH || doc.err == MCP_JSON_VALUES);
    }
}


static void
pass_check_parts(mcp_pass_t *pass, ngx_str_t *body, const cJSON *values)
{
    u_char            *p, *last;
    ngx_int_t          n;
    ngx_uint_t         i;
    const cJSON       *value;
    mcp_pass_atom_t   *atom;
    mcp_pass_field_t  *field;

    n = 1;
    field = pass->fields.elts;

    for (i = 0; i < pass->fields.nelts; i++) {
        atom = field[i].atoms.elts;
        value = mcp_pass_find(values, &atom->from);

        if (value && !cJSON_IsNull(value)) {
            n += (atom->explode && cJSON_IsArray(value))
                 ? cJSON_GetArraySize(value) : 1;
        }
    }

    for (value = i ? NULL : values->child; value; value = value->next) {
        n += !cJSON_IsNull(value);
    }

    last = body->data + body->len;

    for (p = body->data; last - p >= (ssize_t) sizeof(PASS_BOUNDARY) - 1; p++) {
        n -= ngx_memcmp(p, PASS_BOUNDARY, sizeof(PASS_BOUNDARY) - 1) == 0;
    }

    fuzz_assert(n == 0);
}


static void
pass_check(ngx_pool_t *pool, mcp_pass_t *pass, const cJSON *values)
{
    ngx_int_t           rc;
    ngx_str_t           err;
    pass_expected_t     e;
    mcp_pass_request_t  request;

    static ngx_str_t  boundary = ngx_string(PASS_BOUNDARY);

    rc = mcp_pass_make(pass, pool, values, NULL, &boundary, &request, &err);

    if (rc == NGX_DECLINED) {
        fuzz_assert(err.len && err.len < 512);
        return;
    }

    fuzz_assert(rc == NGX_OK);

    pass_expect(pass, &e);
    pass_check_path(&request.uri, &e);
    pass_check_query(pass, &request.args, &e);
    pass_check_once(pass, &request.args);
    pass_check_headers(&request.headers);

    if (pass->body == MCP_PASS_BODY_MULTIPART) {
        pass_check_parts(pass, &request.body, values);

    } else if (pass->body == MCP_PASS_BODY_FORM) {
        fuzz_assert(mcp_uri_chars(request.body.data,
                                  request.body.data + request.body.len)
                    == request.body.data + request.body.len);

    } else {
        pass_check_json(pool, &request.body);
    }
}


static void
pass_run(ngx_pool_t *pool, mcp_pass_t *pass, ngx_str_t *json, cJSON *values)
{
    ngx_str_t         *name;
    const char        *err;
    const cJSON       *value;

    if (ngx_array_init(&pass->rest, pool, 4, sizeof(ngx_str_t)) != NGX_OK) {
        return;
    }

    cJSON_ArrayForEach(value, values) {
        name = ngx_array_push(&pass->rest);
        name->data = (u_char *) value->string;
        name->len = ngx_strlen(value->string);
    }

    pass->body = MCP_PASS_BODY_JSON;
    pass_check(pool, pass, values);

    pass->body = MCP_PASS_BODY_FORM;
    pass_check(pool, pass, values);

    pass->body = MCP_PASS_BODY_MULTIPART;
    pass_check(pool, pass, values);

    if (mcp_pass_compile_text(pool, json, 1, &pass->text, &err) == NGX_OK
        && mcp_pass_check_json(pool, &pass->text, &err) == NGX_OK)
    {
        pass->body = MCP_PASS_BODY_TEMPLATE;
        pass->json_text = 1;
        pass_check(pool, pass, values);
    }
}


/* what the query has, in other styles and in other places */

static void
pass_run_styles(ngx_pool_t *pool, mcp_pass_t *pass, const cJSON *values)
{
    ngx_uint_t         i, n;
    ngx_array_t        one;
    mcp_pass_atom_t   *atom, *copy;
    mcp_pass_field_t  *field;

    static u_char  ops[] = { MCP_PASS_QUERY, MCP_PASS_SPACE, MCP_PASS_PIPE,
                             MCP_PASS_DEEP };

    if (ngx_array_init(&pass->cookies, pool, 4, sizeof(mcp_pass_field_t))
        != NGX_OK
        || ngx_array_init(&pass->fields, pool, 4, sizeof(mcp_pass_field_t))
           != NGX_OK)
    {
        return;
    }

    atom = pass->uri.elts;

    for (i = 0, n = 0; i < pass->uri.nelts; i++) {

        if (atom[i].op != MCP_PASS_QUERY) {
            continue;
        }

        if (ngx_array_init(&one, pool, 1, sizeof(mcp_pass_atom_t)) != NGX_OK) {
            return;
        }

        copy = ngx_array_push(&one);
        *copy = atom[i];

        field = ngx_array_push(&pass->cookies);
        ngx_memzero(field, sizeof(mcp_pass_field_t));

        field->name = copy->text;
        field->atoms = one;

        field = ngx_array_push(&pass->fields);
        ngx_memzero(field, sizeof(mcp_pass_field_t));

        field->name = copy->text;
        field->atoms = one;
        field->binary = n & 1;

        atom[i].op = ops[n++ % 4];
        atom[i].reserved = (n >> 2) & 1;
        atom[i].json = (n >> 1) & 1;
    }

    if (n == 0) {
        return;
    }

    pass->body = MCP_PASS_BODY_FORM;
    pass_check(pool, pass, values);

    pass->body = MCP_PASS_BODY_MULTIPART;
    pass_check(pool, pass, values);
}


static u_char *
pass_line(u_char *p, u_char *last, ngx_str_t *line)
{
    u_char  *end;

    end = ngx_strlchr(p, last, '\n');
    end = end ? end : last;

    line->data = p;
    line->len = end - p;

    return (end < last) ? end + 1 : last;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char            *p, *last;
    cJSON             *values;
    ngx_str_t          uri, header, json, text;
    mcp_pass_t         pass;
    ngx_pool_t        *pool;
    const char        *err;
    mcp_json_doc_t     doc;
    mcp_pass_field_t  *field;

    pool = unit_pool();

    p = unit_copy(pool, data, size);
    last = p + size;

    p = pass_line(p, last, &uri);
    p = pass_line(p, last, &header);
    p = pass_line(p, last, &json);

    text.data = p;
    text.len = last - p;

    ngx_memzero(&pass, sizeof(mcp_pass_t));

    if (mcp_pass_compile_uri(pool, &uri, &pass.uri, &err) == NGX_OK
        && ngx_array_init(&pass.headers, pool, 1, sizeof(mcp_pass_field_t))
           == NGX_OK
        && mcp_json_parse(pool, &text, &doc, &values) == NGX_OK
        && cJSON_IsObject(values))
    {
        field = ngx_array_push(&pass.headers);
        ngx_memzero(field, sizeof(mcp_pass_field_t));

        if (mcp_utf8_check(header.data, header.len) != NGX_OK
            || ngx_strlchr(header.data, header.data + header.len, CR)
            || mcp_pass_compile_text(pool, &header, 0, &field->atoms, &err)
               != NGX_OK)
        {
            pass.headers.nelts = 0;
        }

        pass_run(pool, &pass, &json, values);
        pass_run_styles(pool, &pass, values);
    }

    ngx_destroy_pool(pool);

    return 0;
}
