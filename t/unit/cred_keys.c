
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* a file of keys: what a line says, and which line is wrong */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_buf.h>
#include <mcp_cred.h>
#include "unit.h"


#define A  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define D  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e20"
#define B  "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
#define C  "5F70BF18A086007016E948B04AED3B82103A36BEA41755B6CDDFAF10ACE3C6EF"


typedef struct {
    const char   *text;
    ngx_uint_t    line;
    const char   *err;               /* a part of it */
} keys_bad_t;


typedef struct {
    const char   *line;              /* after the digest */
    const char   *name;
    const char   *scope;
    const char   *tools;             /* with spaces between them; NULL: all */
} keys_good_t;


typedef struct {
    const char   *text;
    time_t        seconds;           /* 0: refused */
} keys_time_t;


static void keys_test_bad(void);
static void keys_test_good(void);
static void keys_test_times(void);
static void keys_test_range(void);
static void keys_test_order(void);
static void keys_test_max(void);
static void keys_test_memory(void);
static ngx_int_t keys_parse(mcp_creds_t *creds, ngx_pool_t *pool,
    const char *text, const char **err, ngx_uint_t *line);


static keys_bad_t  keys_bad[] = {
    { "x", 1, "expected a SHA-256 digest" },
    { "# one\n\nalice " A "\n", 3, "expected a SHA-256 digest" },
    { "1" A " alice", 1, "expected a SHA-256 digest" },
    { "\xef\xbb\xbf" A " alice", 1, "expected a SHA-256 digest" },
    { "0" A " alice", 1, "expected a SHA-256 digest" },
    { "g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f a",
      1, "expected a SHA-256 digest" },
    { "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g a",
      1, "expected a SHA-256 digest" },
    { "mcp_0123456789012345678901234567890123456789012 alice", 1,
      "expected a SHA-256 digest" },

    { A, 1, "expected a name" },
    { A "   ", 1, "expected a name" },
    { A " a read write", 1, "expected \"not_before=\", \"expires=\" or "
      "\"tools=\", and commas between scopes" },
    { A " expires=2027-01-01", 1, "expected a name" },
    { A " tools=a", 1, "expected a name" },
    { A " a=b", 1, "expected a name" },
    { A " -", 1, "no name" },
    { A " a\"b", 1, "expected a name" },
    { A " a\\b", 1, "expected a name" },
    { A " a\x01", 1, "expected a name" },
    { A " a\x7f", 1, "expected a name" },
    { A " \xc3\xa4", 1, "expected a name" },
    { A " a\rb", 1, "expected a name" },

    { A " alice read write", 1, "expected \"not_before=\"" },
    { A " alice read, write", 1, "expected scopes" },
    { A " alice ,", 1, "expected scopes" },
    { A " alice read,", 1, "expected scopes" },
    { A " alice ,read", 1, "expected scopes" },
    { A " alice a,,b", 1, "expected scopes" },
    { A " alice a\"b", 1, "expected scopes" },
    { A " alice expire=2027-01-01", 1, "expected scopes" },
    { A " alice Expires=2027-01-01", 1, "expected scopes" },
    { A " alice - expire=2027-01-01", 1, "expected \"not_before=\"" },
    { A " alice expires=2027-01-01 read", 1, "expected \"not_before=\"" },
    { A " alice expires =2027-01-01", 1, "expected \"not_before=\"" },
    { A " alice - -", 1, "expected \"not_before=\"" },
    { A " alice read # a comment", 1, "expected \"not_before=\"" },

    { A " alice expires=2027-01-01 expires=2028-01-01", 1, "twice" },
    { A " alice not_before=2027-01-01 not_before=2027-01-01", 1, "twice" },
    { A " alice tools=a tools=b", 1, "twice" },
    { A " alice not_before=2027-01-02 expires=2027-01-01", 1, "before" },
    { A " alice expires=2027-01-01 not_before=2027-01-01", 1, "before" },

    { A " alice tools=", 1, "expected names of tools" },
    { A " alice tools=,a", 1, "expected names of tools" },
    { A " alice tools=a,", 1, "expected names of tools" },
    { A " alice tools=a,,b", 1, "expected names of tools" },
    { A " alice tools=a\r\r\n", 1, "control characters" },
    { A " alice tools=a\x7f", 1, "control characters" },
    { A " alice tools=\x01", 1, "control characters" },
    { A " alice tools=a b", 1, "expected \"not_before=\"" },

    { A " alice\n" B " bob\n" A " eve\n", 3, "twice" },
    { A " alice\n" A " alice", 2, "twice" },
    { B " alice\n\n" C " bob", 3, "twice" },
    { D " alice\n" A " bob", 2, "16 digits" },
    { A " alice\n" B " bob\nx y\n", 3, "expected a SHA-256 digest" },
    { A " alice\r\n" B "\r\n", 2, "expected a name" },
    { NULL, 0, NULL }
};


static keys_good_t  keys_good[] = {
    { " alice", "alice", "", NULL },
    { "\talice\t", "alice", "", NULL },
    { "   alice   -   ", "alice", "", NULL },
    { " alice\r", "alice", "", NULL },
    { " alice read", "alice", "read", NULL },
    { " alice read,write", "alice", "read write", NULL },
    { " alice a,a,a", "alice", "a a a", NULL },
    { " alice https://a.example/read,b:c", "alice",
      "https://a.example/read b:c", NULL },
    { " alice@example.com", "alice@example.com", "", NULL },
    { " a,b,c", "a,b,c", "", NULL },
    { " # x", "#", "x", NULL },
    { " alice not_before", "alice", "not_before", NULL },
    { " ci tools=search_*,get", "ci", "", "search_* get" },
    { " ci - tools=*", "ci", "", "*" },
    { " ci read tools=a expires=2999-01-01 not_before=2001-01-01", "ci",
      "read", "a" },
    { " ci tools=a=b", "ci", "", "a=b" },
    { NULL, NULL, NULL, NULL }
};


static keys_time_t  keys_times[] = {
    { "1000000000", 1000000000 },
    { "9999999999", 9999999999LL },
    { "2001-09-09T01:46:40Z", 1000000000 },
    { "2286-11-20T17:46:39Z", 9999999999LL },
    { "1970-01-01T00:00:01Z", 1 },
    { "1970-01-02", 86400 },
    { "1999-12-31T23:59:59Z", 946684799 },
    { "2000-02-29", 951782400 },
    { "2000-03-01", 951868800 },
    { "2026-11-21", 1795219200 },
    { "2026-11-21T00:00:00Z", 1795219200 },
    { "2028-02-29", 1835395200 },
    { "2038-01-19T03:14:08Z", 2147483648LL },
    { "2100-02-28", 4107456000LL },
    { "9999-12-31T23:59:59Z", 253402300799LL },

    { "", 0 },
    { "0", 0 },
    { "1", 0 },
    { "2027", 0 },
    { "20270101", 0 },
    { "202701010000", 0 },
    { "0000000000", 0 },
    { "0999999999", 0 },
    { "999999999", 0 },
    { "10000000000", 0 },
    { "1795219200000", 0 },
    { "1795219200.5", 0 },
    { "-1795219200", 0 },
    { "+179521920", 0 },
    { "1e10000000", 0 },
    { "0x6a5f3b80", 0 },
    { "99999999999999999999", 0 },
    { "1970-01-01", 0 },
    { "1970-01-01T00:00:00Z", 0 },
    { "1969-12-31", 0 },
    { "0000-01-01", 0 },
    { "2026-00-01", 0 },
    { "2026-13-01", 0 },
    { "2026-01-00", 0 },
    { "2026-01-32", 0 },
    { "2026-04-31", 0 },
    { "2026-02-29", 0 },
    { "2100-02-29", 0 },
    { "2000-02-30", 0 },
    { "2026-1-1", 0 },
    { "26-11-21", 0 },
    { "2026-11-2", 0 },
    { "2026-11-211", 0 },
    { "2026/11/21", 0 },
    { "21-11-2026", 0 },
    { "2026-+1-21", 0 },
    { "2026- 1-21", 0 },
    { "2026-11-2x", 0 },
    { "2026-11-21T", 0 },
    { "2026-11-21Z", 0 },
    { "2026-11-21T00:00Z", 0 },
    { "2026-11-21T00:00:00", 0 },
    { "2026-11-21t00:00:00Z", 0 },
    { "2026-11-21T00:00:00z", 0 },
    { "2026-11-21_00:00:00Z", 0 },
    { "2026-11-21T24:00:00Z", 0 },
    { "2026-11-21T00:60:00Z", 0 },
    { "2026-11-21T00:00:60Z", 0 },
    { "2026-11-21T-1:00:00Z", 0 },
    { "2026-11-21T00.00.00Z", 0 },
    { "2026-11-21T00:00:00.5Z", 0 },
    { "2026-11-21T00:00:00+00:00", 0 },
    { "2026-11-21T00:00:00ZZ", 0 },
    { "tomorrow", 0 },
    { "9999999999d", 0 },
    { NULL, 0 }
};


int
main(void)
{
    keys_test_bad();
    keys_test_good();
    keys_test_times();
    keys_test_range();
    keys_test_order();
    keys_test_max();
    keys_test_memory();

    return unit_done();
}


static void
keys_test_bad(void)
{
    u_char       text[256];
    ngx_int_t    rc;
    ngx_str_t    s;
    const char  *err;
    keys_bad_t  *row;
    ngx_uint_t   line;
    ngx_pool_t  *pool;
    mcp_creds_t  creds;

    pool = unit_pool();

    for (row = keys_bad; row->text; row++) {
        err = "";
        rc = keys_parse(&creds, pool, row->text, &err, &line);

        unit_ok(rc == NGX_DECLINED && line == row->line
                && strstr(err, row->err) != NULL,
                "%s: line %d, %s",
                unit_show(row->text, ngx_min(strlen(row->text), 90)),
                (int) line, err);
    }

    /* a zero byte ends nothing */

    s.data = text;
    s.len = ngx_sprintf(text, "%s alice%Z", A) - text;
    rc = mcp_creds_parse(&creds, pool, &s, &err, &line);
    unit_ok(rc == NGX_DECLINED && strstr(err, "expected a name") != NULL,
            "a name with a zero byte: %s", err);

    s.len = ngx_sprintf(text, "%s alice read%Z expires=1", A) - text;
    rc = mcp_creds_parse(&creds, pool, &s, &err, &line);
    unit_ok(rc == NGX_DECLINED && strstr(err, "expected scopes") != NULL,
            "a scope with a zero byte: %s", err);

    /* the name is limited, the line is not */

    s.len = ngx_sprintf(text, "%s %0128d", A, 0) - text;
    unit_is_int(mcp_creds_parse(&creds, pool, &s, &err, &line), NGX_OK,
                "the longest name");
    s.len = ngx_sprintf(text, "%s %0129d", A, 0) - text;
    unit_is_int(mcp_creds_parse(&creds, pool, &s, &err, &line), NGX_DECLINED,
                "one byte more: %s", err);

    ngx_destroy_pool(pool);
}


static void
keys_test_good(void)
{
    char          text[256];
    mcp_buf_t     b;
    ngx_str_t     got, expected, *tool;
    ngx_uint_t    i, line;
    ngx_pool_t   *pool;
    const char   *err;
    mcp_cred_t   *key;
    keys_good_t  *row;
    mcp_creds_t   creds;

    pool = unit_pool();

    for (row = keys_good; row->line; row++) {
        (void) snprintf(text, sizeof(text), "# %s\n\n \t" B "%s\n", B,
                        row->line);

        err = "";

        if (!unit_is_int(keys_parse(&creds, pool, text, &err, &line), NGX_OK,
                         "%s", unit_show(row->line, strlen(row->line))))
        {
            unit_diag("%s", err);
            continue;
        }

        key = creds.keys;

        unit_ok(creds.n == 1 && key->line == 3 && key->digest[0] == 0x5f
                && key->digest[MCP_CRED_DIGEST - 1] == 0xef,
                "one key");

        expected.data = (u_char *) row->name;
        expected.len = strlen(row->name);
        unit_is(&key->name, &expected, "the name");

        expected.data = (u_char *) row->scope;
        expected.len = strlen(row->scope);
        unit_is(&key->scope, &expected, "scopes");

        unit_is_int(key->tools != NULL, row->tools != NULL, "tools");

        if (key->tools && row->tools) {
            mcp_buf_init(&b, pool, 0);
            tool = key->tools->elts;

            for (i = 0; i < key->tools->nelts; i++) {
                mcp_buf_str(&b, &tool[i]);

                if (i + 1 < key->tools->nelts) {
                    mcp_buf_char(&b, ' ');
                }
            }

            (void) mcp_buf_done(&b, &got);
            expected.data = (u_char *) row->tools;
            expected.len = strlen(row->tools);
            unit_is(&got, &expected, "their names");
        }
    }

    ngx_destroy_pool(pool);
}


static void
keys_test_times(void)
{
    char          text[256];
    ngx_int_t     rc;
    ngx_uint_t    line;
    ngx_pool_t   *pool;
    const char   *err;
    keys_time_t  *row;
    mcp_creds_t   creds;

    pool = unit_pool();

    for (row = keys_times; row->text; row++) {
        err = "";

        (void) snprintf(text, sizeof(text), A " a expires=%s", row->text);
        rc = keys_parse(&creds, pool, text, &err, &line);

        unit_ok(row->seconds ? rc == NGX_OK
                               && creds.keys->expires == row->seconds
                               && creds.keys->not_before == 0
                             : rc == NGX_DECLINED
                               && strstr(err, "expected a time") != NULL,
                "expires=%s", row->text);

        (void) snprintf(text, sizeof(text), A " a not_before=%s", row->text);
        rc = keys_parse(&creds, pool, text, &err, &line);

        unit_ok(row->seconds ? rc == NGX_OK
                               && creds.keys->not_before == row->seconds
                               && creds.keys->expires == 0
                             : rc == NGX_DECLINED,
                "not_before=%s", row->text);
    }

    ngx_destroy_pool(pool);
}


/* each day of 400 years, one second before midnight, and each day after them */

static void
keys_test_range(void)
{
    char          text[256];
    time_t        seconds, last;
    struct tm    *tm;
    ngx_uint_t    bad, line;
    const char   *err;
    ngx_pool_t   *pool;
    mcp_creds_t   creds;

    bad = 0;
    last = 0;

    for (seconds = 86399; seconds < 400LL * 366 * 86400; seconds += 86400) {
        pool = unit_pool();
        tm = gmtime(&seconds);

        (void) snprintf(text, sizeof(text),
                        A " a expires=%04d-%02d-%02dT%02d:%02d:%02dZ",
                        tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday,
                        tm->tm_hour, tm->tm_min, tm->tm_sec);

        bad += (keys_parse(&creds, pool, text, &err, &line) != NGX_OK
                || creds.keys->expires != seconds);

        if (tm->tm_mon != 0 && tm->tm_mday == 1) {
            (void) snprintf(text, sizeof(text), A " a expires=%04d-%02d-%02d",
                            tm->tm_year + 1900, tm->tm_mon, (int) last + 1);
            bad += (keys_parse(&creds, pool, text, &err, &line) == NGX_OK);
        }

        last = tm->tm_mday;

        ngx_destroy_pool(pool);
    }

    unit_is_int(bad, 0, "the calendar of 400 years");
}


/* several keys of one name; sorted by digest, found, at their lines */

static void
keys_test_order(void)
{
    ngx_uint_t         i, line;
    ngx_pool_t        *pool;
    const char        *err;
    mcp_creds_t        creds;
    const mcp_cred_t  *key;
    u_char             digest[MCP_CRED_DIGEST];

    pool = unit_pool();

    unit_is_int(keys_parse(&creds, pool, "", &err, &line), NGX_OK,
                "an empty file");
    unit_is_int(creds.n, 0, "no keys");

    unit_is_int(keys_parse(&creds, pool, "\n \n#\n#" A " a\n\r\n", &err, &line),
                NGX_OK, "comments and empty lines");
    unit_is_int(creds.n, 0, "no keys either");

    unit_is_int(keys_parse(&creds, pool, C " bob new\n#\n" A " bob old\n",
                           &err, &line),
                NGX_OK, "two keys of one name");
    unit_is_int(creds.n, 2, "are two");
    unit_is_int(creds.keys[0].line, 3, "the first one by digest");
    unit_is_int(creds.keys[1].line, 1, "the last one by digest");

    for (i = 0; i < MCP_CRED_DIGEST; i++) {
        digest[i] = (u_char) i;
    }

    key = mcp_creds_find(&creds, digest, 1);
    unit_ok(key == &creds.keys[0], "is found by it");

    digest[31] ^= 1;
    unit_ok(mcp_creds_find(&creds, digest, 1) == NULL, "and by no other one");

    ngx_destroy_pool(pool);
}


static void
keys_test_max(void)
{
    u_char       *p;
    ngx_int_t     rc;
    ngx_str_t     text;
    ngx_uint_t    i, line;
    const char   *err;
    ngx_pool_t   *pool;
    mcp_creds_t   creds;

    pool = unit_pool();

    text.data = ngx_palloc(pool, (MCP_CRED_KEYS_MAX + 1) * (sizeof(A) + 2));
    p = text.data;

    for (i = 0; i < MCP_CRED_KEYS_MAX; i++) {
        p = ngx_sprintf(p, "%016ui%048ui a\n", i, (ngx_uint_t) 0);
    }

    text.len = p - text.data;
    rc = mcp_creds_parse(&creds, pool, &text, &err, &line);

    unit_is_int(rc, NGX_OK, "%d keys", MCP_CRED_KEYS_MAX);
    unit_is_int(creds.n, MCP_CRED_KEYS_MAX, "all of them");
    unit_is_int(line, MCP_CRED_KEYS_MAX, "of so many lines");

    text.len = ngx_sprintf(p, "%016ui%048ui a\n", i, (ngx_uint_t) 0)
               - text.data;
    rc = mcp_creds_parse(&creds, pool, &text, &err, &line);

    unit_is_int(rc, NGX_DECLINED, "one more: %s", err);
    unit_is_int(line, MCP_CRED_KEYS_MAX + 1, "is the last line");

    ngx_destroy_pool(pool);
}


static void
keys_test_memory(void)
{
    ngx_int_t     i, rc;
    ngx_uint_t    line;
    ngx_pool_t   *pool;
    const char   *err;
    mcp_creds_t   creds;

    for (i = 0; /* void */ ; i++) {
        pool = unit_pool();
        unit_fail_alloc(i);
        rc = keys_parse(&creds, pool, A " a b,c tools=a,b,c,d,e", &err,
                        &line);
        unit_fail_alloc(-1);
        ngx_destroy_pool(pool);

        if (rc != NGX_ERROR) {
            break;
        }
    }

    unit_is_int(rc, NGX_OK, "without memory, %d times", (int) i);
    unit_ok(i >= 5, "is an error");
}


static ngx_int_t
keys_parse(mcp_creds_t *creds, ngx_pool_t *pool, const char *text,
    const char **err, ngx_uint_t *line)
{
    u_char     *p;
    ngx_int_t   rc;
    ngx_str_t   s;

    /* malloc() for the text, since it may be that the pool must fail */

    s.len = strlen(text);
    p = malloc(ngx_max(s.len, 1));
    s.data = p;

    ngx_memcpy(p, text, s.len);

    rc = mcp_creds_parse(creds, pool, &s, err, line);

    /* everything has to be copied */

    free(p);

    return rc;
}
