
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * mcp_json_scan, mcp_json_tree, mcp_json_print: an accepted document is UTF-8,
 * its tokens lie within it and in order; its tree is that of cJSON where that
 * is exact; printed and scanned again it is the same.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include "fuzz.h"


/* returns the index of the token after the value */

static ngx_uint_t
scan_walk(mcp_json_doc_t *doc, ngx_uint_t i, u_char *start, u_char *end,
    ngx_uint_t depth)
{
    u_char            *p, *last;
    ngx_str_t          name;
    ngx_uint_t         k, next;
    mcp_json_token_t  *t, *key;

    fuzz_assert(i < doc->nelts);
    fuzz_assert(depth <= MCP_JSON_MAX_DEPTH);

    t = &doc->tokens[i];
    p = t->text.data;
    last = p + t->text.len;

    fuzz_assert(p >= start && p <= last && last <= end);
    fuzz_assert(t->next > i && t->next <= doc->nelts);

    if (t->type != MCP_JSON_OBJECT && t->type != MCP_JSON_ARRAY) {
        fuzz_assert(t->next == i + 1 && t->n == 0);
        fuzz_assert(t->type == MCP_JSON_STRING || p < last);
        fuzz_assert(t->type != MCP_JSON_STRING
                    || (p[-1] == '"' && *last == '"'));
        fuzz_assert(t->type != MCP_JSON_NUMBER
                    || t->text.len <= MCP_JSON_MAX_NUMBER || doc->err);

        return t->next;
    }

    fuzz_assert(*p == (t->type == MCP_JSON_OBJECT ? '{' : '['));
    fuzz_assert(last[-1] == (t->type == MCP_JSON_OBJECT ? '}' : ']'));

    next = i + 1;

    for (k = 0; k < t->n; k++) {

        if (t->type == MCP_JSON_OBJECT) {
            key = &doc->tokens[next++];

            fuzz_assert(next < t->next);
            fuzz_assert(key->type == MCP_JSON_STRING && !key->escaped);
            fuzz_assert(key->next == next);

            name = key->text;

            if (doc->err == MCP_JSON_OK) {
                fuzz_assert(mcp_json_member(doc, t, (char *) name.data,
                                            name.len)
                            == &doc->tokens[next]);
            }
        }

        start = doc->tokens[next].text.data;
        next = scan_walk(doc, next, p, last, depth + 1);

        fuzz_assert(next <= t->next);
        fuzz_assert(start >= p);
        p = start;
    }

    fuzz_assert(next == t->next);

    return next;
}


static ngx_uint_t
scan_same_string(mcp_json_doc_t *da, mcp_json_token_t *a, mcp_json_doc_t *db,
    mcp_json_token_t *b)
{
    ngx_str_t  x, y;

    fuzz_assert(mcp_json_string(da, a, &x) == NGX_OK);
    fuzz_assert(mcp_json_string(db, b, &y) == NGX_OK);

    return x.len == y.len && ngx_memcmp(x.data, y.data, x.len) == 0;
}


/* documents whose tokens are one by one the same, but for how they look */

static void
scan_same(ngx_pool_t *pool, mcp_json_doc_t *a, mcp_json_doc_t *b)
{
    double             x, y;
    ngx_uint_t         i;
    mcp_json_token_t  *s, *t;

    fuzz_assert(a->nelts == b->nelts);

    for (i = 0; i < a->nelts; i++) {
        s = &a->tokens[i];
        t = &b->tokens[i];

        fuzz_assert(s->type == t->type);
        fuzz_assert(s->n == t->n && s->next == t->next);

        if (s->type == MCP_JSON_STRING) {
            fuzz_assert(scan_same_string(a, s, b, t));
        }

        if (s->type == MCP_JSON_NUMBER) {
            fuzz_assert(s->text.len == t->text.len
                        && ngx_memcmp(s->text.data, t->text.data, s->text.len)
                           == 0);

            fuzz_assert(mcp_json_double(s->text.data, s->text.len, &x)
                        == NGX_OK);

            y = strtod((char *) unit_copy(pool, t->text.data, t->text.len + 1),
                       NULL);
            fuzz_assert(x == y);
        }
    }
}


/* cJSON reads no more than 63 bytes of a number */

static ngx_uint_t
scan_is_for_cjson(mcp_json_doc_t *doc)
{
    ngx_uint_t  i;

    for (i = 0; i < doc->nelts; i++) {
        if (doc->tokens[i].type == MCP_JSON_NUMBER
            && doc->tokens[i].text.len > 63)
        {
            return 0;
        }
    }

    return 1;
}


/* the tree in print, which a zero follows */

static cJSON *
scan_print(ngx_pool_t *pool, mcp_json_doc_t *doc, ngx_str_t *out)
{
    cJSON      *tree;
    mcp_buf_t   buf;

    tree = mcp_json_tree(doc, doc->tokens, pool);
    fuzz_assert(tree);

    mcp_buf_init(&buf, pool, 0);
    fuzz_assert(mcp_json_print(&buf, tree) == NGX_OK);

    mcp_buf_char(&buf, '\0');
    fuzz_assert(mcp_buf_done(&buf, out) == NGX_OK);
    out->len--;

    return tree;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cJSON           *tree, *twin;
    u_char          *p;
    ngx_int_t        rc;
    ngx_str_t        first, second;
    ngx_pool_t      *pool;
    mcp_json_doc_t   doc, again;

    pool = unit_pool();
    p = unit_copy(pool, data, size);

    rc = mcp_json_scan(&doc, pool, p, size);

    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);
    fuzz_assert((rc == NGX_OK) == (doc.err == MCP_JSON_OK));
    fuzz_assert(doc.offset <= size);

    if (doc.tokens) {
        fuzz_assert(!mcp_json_err_is_syntax(doc.err));
        fuzz_assert(mcp_utf8_check(p, size) == NGX_OK);
        fuzz_assert(scan_walk(&doc, 0, p, p + size, 0) == doc.nelts);
    }

    if (rc == NGX_OK) {
        tree = scan_print(pool, &doc, &first);

        fuzz_assert(mcp_json_scan(&again, pool, first.data, first.len)
                    == NGX_OK);
        scan_same(pool, &doc, &again);

        if (scan_is_for_cjson(&doc)) {
            twin = cJSON_Parse((char *) first.data);

            fuzz_assert(twin);
            fuzz_assert(cJSON_Compare(tree, twin, 1));

            cJSON_Delete(twin);
        }

        (void) scan_print(pool, &again, &second);

        fuzz_assert(first.len == second.len);
        fuzz_assert(ngx_memcmp(first.data, second.data, first.len) == 0);
    }

    ngx_destroy_pool(pool);

    return 0;
}
