
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* scopes: names, sets, what implies what */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_scope.h>
#include "unit.h"


typedef struct {
    const char   *implies;           /* "a>b c>d" */
    const char   *has;
    const char   *expected;          /* of a b c d e */
} scope_implies_t;


static void scope_test_names(void);
static void scope_test_bytes(void);
static void scope_test_sets(void);
static void scope_test_implies(void);
static void scope_test_max(void);
static void scope_test_chain(void);
static void scope_test_memory(void);
static void scope_is(mcp_scopes_t *scopes, ngx_pool_t *pool,
    const mcp_scope_set_t *set, const char *expected, const char *name);
static ngx_str_t scope_str(const char *text);
static mcp_scopes_t *scope_make(ngx_pool_t *pool, const char *names);


static scope_implies_t  scope_implies[] = {
    { "", "a", "a" },
    { "", "a c", "a c" },
    { "", "c a", "a c" },
    { "", "a a", "a" },
    { "", "", "" },
    { "", " ", "" },
    { "", "  a   b ", "a b" },
    { "", "x", "" },
    { "", "x a y", "a" },
    { "", "ab", "" },
    { "", "A", "" },
    { "", "a,b", "" },
    { "", "a\tb", "" },
    { "a>b", "a", "a b" },
    { "a>b", "b", "b" },
    { "a>b a>c", "a", "a b c" },
    { "a>b b>c", "a", "a b c" },
    { "b>c a>b", "a", "a b c" },
    { "d>e c>d b>c a>b", "a", "a b c d e" },
    { "a>b b>c c>d d>e", "a", "a b c d e" },
    { "a>b b>c c>d d>e", "c", "c d e" },
    { "a>e e>b b>d d>c", "a", "a b c d e" },
    { "a>b b>a", "a", "a b" },
    { "a>b b>a", "b", "a b" },
    { "a>b b>c c>a", "b", "a b c" },
    { "a>a", "a", "a" },
    { "a>b a>b", "a", "a b" },
    { "a>b c>d", "a d", "a b d" },
    { NULL, NULL, NULL }
};


int
main(void)
{
    scope_test_names();
    scope_test_bytes();
    scope_test_sets();
    scope_test_implies();
    scope_test_max();
    scope_test_chain();
    scope_test_memory();

    return unit_done();
}


static void
scope_test_names(void)
{
    u_char        text[MCP_SCOPE_NAME_MAX + 1];
    ngx_str_t     s;
    const char   *err;
    ngx_pool_t   *pool;
    mcp_scopes_t *scopes;

    pool = unit_pool();
    scopes = scope_make(pool, "");

    s = scope_str("");
    unit_ok(mcp_scope_check(&s) != NULL, "an empty name");

    err = NULL;
    unit_is_int(mcp_scope_add(scopes, &s, NULL, &err), NGX_DECLINED,
                "is not added");
    unit_ok(err != NULL, "and it is said why");

    s = scope_str("https://a.example/read:all?x=1");
    unit_ok(mcp_scope_check(&s) == NULL, "a URI");

    ngx_memset(text, 'a', sizeof(text));
    s.data = text;
    s.len = MCP_SCOPE_NAME_MAX;
    unit_ok(mcp_scope_check(&s) == NULL, "the longest name");

    s.len++;
    unit_ok(mcp_scope_check(&s) != NULL, "one byte more");

    unit_is_int(scopes->names.nelts, 0, "nothing was added");

    s = scope_str("a b");
    unit_is_int(mcp_scope_imply(scopes, &s, &s, &err), NGX_DECLINED,
                "a name with a space implies nothing");

    ngx_destroy_pool(pool);
}


/* RFC 6749, appendix A.4, without the comma */

static void
scope_test_bytes(void)
{
    u_char      c;
    ngx_str_t   s;
    ngx_uint_t  i, ok, bad;

    s.data = &c;
    s.len = 1;
    bad = 0;

    for (i = 0; i < 256; i++) {
        c = (u_char) i;
        ok = (i == 0x21 || (i >= 0x23 && i <= 0x5b) || (i >= 0x5d && i <= 0x7e))
             && i != ',';

        bad += ((mcp_scope_check(&s) == NULL) != ok);
    }

    unit_is_int(bad, 0, "the bytes of a name");
}


static void
scope_test_sets(void)
{
    ngx_str_t         s;
    const char       *err;
    ngx_pool_t       *pool;
    mcp_scopes_t     *scopes;
    mcp_scope_set_t   need, set, none;

    pool = unit_pool();
    scopes = scope_make(pool, "read write");

    ngx_memzero(&none, sizeof(mcp_scope_set_t));
    ngx_memzero(&need, sizeof(mcp_scope_set_t));

    unit_ok(mcp_scope_empty(&none), "an empty set");
    unit_ok(mcp_scope_covers(&none, &none), "covers another one");
    scope_is(scopes, pool, &none, "", "has no names");

    s = scope_str("write");
    unit_is_int(mcp_scope_add(scopes, &s, &need, &err), NGX_OK, "a need");
    unit_is_int(scopes->names.nelts, 2, "of a name that is known");
    unit_ok(!mcp_scope_empty(&need), "is not empty");
    unit_ok(!mcp_scope_covers(&none, &need), "and not covered by nothing");

    s = scope_str("read write");
    mcp_scope_read(scopes, &s, &set);
    unit_ok(mcp_scope_covers(&set, &need), "a caller who has more");
    unit_ok(!mcp_scope_covers(&need, &set), "but not the other way round");
    unit_ok(mcp_scope_covers(&set, &none), "no need at all");

    s = scope_str("read");
    mcp_scope_read(scopes, &s, &set);
    scope_is(scopes, pool, &set, "read", "what was in the set is gone");
    unit_ok(!mcp_scope_covers(&set, &need), "a caller who has another one");

    s = scope_str("write");
    mcp_scope_read_name(scopes, &s, &set);
    scope_is(scopes, pool, &set, "read write", "a name is added to a set");

    s = scope_str("unknown");
    mcp_scope_read_name(scopes, &s, &set);
    scope_is(scopes, pool, &set, "read write", "an unknown one is not");

    mcp_scope_join(&none, &need);
    unit_ok(mcp_scope_covers(&none, &need), "sets are joined");

    ngx_destroy_pool(pool);
}


static void
scope_test_implies(void)
{
    u_char           *p;
    ngx_str_t         one, two;
    const char       *err;
    ngx_pool_t       *pool;
    mcp_scopes_t     *scopes;
    mcp_scope_set_t   set;
    scope_implies_t  *row;

    for (row = scope_implies; row->implies; row++) {
        pool = unit_pool();
        scopes = scope_make(pool, "a b c d e");

        for (p = (u_char *) row->implies; *p; p += 3 + (p[3] == ' ')) {
            one.data = p;
            one.len = 1;
            two.data = p + 2;
            two.len = 1;

            unit_is_int(mcp_scope_imply(scopes, &one, &two, &err), NGX_OK,
                        "%c implies %c", p[0], p[2]);
        }

        mcp_scopes_close(scopes);

        one.len = strlen(row->has);
        one.data = unit_copy(pool, row->has, one.len);

        ngx_memset(&set, 0xff, sizeof(mcp_scope_set_t));
        mcp_scope_read(scopes, &one, &set);
        scope_is(scopes, pool, &set, row->expected,
                 unit_show(row->has, one.len));

        ngx_destroy_pool(pool);
    }
}


static void
scope_test_max(void)
{
    u_char           *p;
    ngx_int_t         rc;
    ngx_str_t         s;
    ngx_uint_t        i, bad;
    const char       *err;
    ngx_pool_t       *pool;
    mcp_scopes_t     *scopes;
    mcp_scope_set_t   all, one, read;

    pool = unit_pool();
    scopes = scope_make(pool, "");
    bad = 0;

    ngx_memzero(&all, sizeof(mcp_scope_set_t));

    for (i = 0; i < MCP_SCOPES_MAX; i++) {
        s.data = ngx_pnalloc(pool, NGX_INT_T_LEN);
        s.len = ngx_sprintf(s.data, "%ui", i) - s.data;

        ngx_memzero(&one, sizeof(mcp_scope_set_t));

        bad += (mcp_scope_add(scopes, &s, &one, &err) != NGX_OK);
        bad += mcp_scope_covers(&all, &one);

        mcp_scope_join(&all, &one);
        bad += !mcp_scope_covers(&all, &one);

        mcp_scope_read(scopes, &s, &read);
        bad += (ngx_memcmp(&read, &one, sizeof(mcp_scope_set_t)) != 0);
    }

    unit_is_int(bad, 0, "%d names, each one another", MCP_SCOPES_MAX);

    for (p = (u_char *) &all; p < (u_char *) (&all + 1); p++) {
        bad += (*p != 0xff);
    }

    unit_is_int(bad, 0, "fill the set");

    s = scope_str("more");
    one = all;
    rc = mcp_scope_add(scopes, &s, &one, &err);
    unit_is_int(rc, NGX_DECLINED, "one more: %s", err);
    unit_is_int(scopes->names.nelts, MCP_SCOPES_MAX, "is not added");

    s = scope_str("0");
    unit_is_int(mcp_scope_add(scopes, &s, &one, &err), NGX_OK,
                "one of them again");

    ngx_destroy_pool(pool);
}


/* the longest chain, in the order that is the worst for one pass */

static void
scope_test_chain(void)
{
    ngx_int_t         i, k;
    ngx_str_t        *name;
    ngx_uint_t        bad;
    const char       *err;
    ngx_pool_t       *pool;
    mcp_scopes_t     *scopes;
    mcp_scope_set_t   set, one;

    pool = unit_pool();
    scopes = scope_make(pool, "");
    bad = 0;

    name = ngx_palloc(pool, MCP_SCOPES_MAX * sizeof(ngx_str_t));

    for (i = 0; i < MCP_SCOPES_MAX; i++) {
        name[i].data = ngx_pnalloc(pool, NGX_INT_T_LEN);
        name[i].len = ngx_sprintf(name[i].data, "%i", i) - name[i].data;
    }

    for (i = MCP_SCOPES_MAX - 2; i >= 0; i--) {
        bad += (mcp_scope_imply(scopes, &name[i], &name[i + 1], &err)
                != NGX_OK);
    }

    mcp_scopes_close(scopes);

    for (i = 0; i < MCP_SCOPES_MAX; i++) {
        mcp_scope_read(scopes, &name[i], &set);

        /* it has itself and all that come after it */

        for (k = 0; k < MCP_SCOPES_MAX; k++) {
            ngx_memzero(&one, sizeof(mcp_scope_set_t));
            bad += (mcp_scope_add(scopes, &name[k], &one, &err) != NGX_OK);
            bad += (mcp_scope_covers(&set, &one) != (k >= i));
        }
    }

    unit_is_int(bad, 0, "a chain of %d", MCP_SCOPES_MAX);

    ngx_destroy_pool(pool);
}


static void
scope_test_memory(void)
{
    ngx_int_t        i, rc;
    ngx_str_t        s;
    const char      *err;
    ngx_uint_t       n;
    ngx_pool_t      *pool;
    mcp_scopes_t     scopes;

    for (i = 0; /* void */ ; i++) {
        pool = unit_pool();
        unit_fail_alloc(i);

        rc = mcp_scopes_init(&scopes, pool);

        for (n = 0; n < 9 && rc == NGX_OK; n++) {
            s.data = (u_char *) "abcdefghi" + n;
            s.len = 1;

            rc = mcp_scope_imply(&scopes, &s, &s, &err);
        }

        unit_fail_alloc(-1);
        ngx_destroy_pool(pool);

        if (rc != NGX_ERROR) {
            break;
        }
    }

    unit_is_int(rc, NGX_OK, "without memory, %d times", (int) i);
    unit_ok(i >= 2, "is an error");
}


static void
scope_is(mcp_scopes_t *scopes, ngx_pool_t *pool, const mcp_scope_set_t *set,
    const char *expected, const char *name)
{
    mcp_buf_t  b;
    ngx_str_t  got, s;

    mcp_buf_init(&b, pool, 0);
    mcp_scope_write(&b, scopes, set);
    (void) mcp_buf_done(&b, &got);

    s = scope_str(expected);
    unit_is(&got, &s, "%s: %s", name, expected);
}


static ngx_str_t
scope_str(const char *text)
{
    ngx_str_t  s;

    s.data = (u_char *) text;
    s.len = strlen(text);

    return s;
}


/* names with a space between them */

static mcp_scopes_t *
scope_make(ngx_pool_t *pool, const char *names)
{
    ngx_str_t      s;
    const char    *p, *err;
    mcp_scopes_t  *scopes;

    scopes = ngx_palloc(pool, sizeof(mcp_scopes_t));

    if (mcp_scopes_init(scopes, pool) != NGX_OK) {
        unit_ok(0, "scopes");
    }

    for (p = names; *p; p += s.len + (p[s.len] == ' ')) {
        s.data = (u_char *) p;
        s.len = strcspn(p, " ");

        if (mcp_scope_add(scopes, &s, NULL, &err) != NGX_OK) {
            unit_ok(0, "scope: %s", err);
        }
    }

    return scopes;
}
