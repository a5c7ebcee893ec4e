
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * The work of finding a key: the compiler calls __sanitizer_cov_trace_pc() in
 * each block of mcp_cred.c, which is a part of this program, so what is run
 * up to the answer of the one comparison can be counted and put in order.  It
 * is the same for all keys of a file and for those that are not in it.
 */


#define OPENSSL_SUPPRESS_DEPRECATED

#include <ngx_config.h>
#include <ngx_core.h>
#include <openssl/crypto.h>
#include <mcp_cred.h>
#include "unit.h"


#define WORK_MAX  1000               /* keys */

#ifdef __clang__
#define work_untraced  __attribute__((no_sanitize("coverage")))
#else
#define work_untraced  __attribute__((no_sanitize_coverage))
#endif


typedef struct {
    ngx_uint_t    on;
    ngx_uint_t    blocks;
    uint64_t      path;              /* of their addresses, in order */
    ngx_uint_t    compares;
    ngx_uint_t    bytes;             /* compared */
} work_t;


typedef const mcp_cred_t *(*work_find_pt)(const mcp_creds_t *creds,
    const u_char *digest, time_t now);


void __sanitizer_cov_trace_pc(void) work_untraced;
static int work_compare(const void *a, const void *b, size_t n) work_untraced;

static void work_test(ngx_uint_t n);
static ngx_uint_t work_probe(work_find_pt find, const mcp_creds_t *creds,
    const u_char *digest, ngx_uint_t *wrong);
static void work_test_tracing(void);
static const mcp_cred_t *work_find_quickly(const mcp_creds_t *creds,
    const u_char *digest, time_t now);
static void work_keys(mcp_creds_t *creds, ngx_uint_t n);
static void work_digest(ngx_uint_t n, u_char *digest);
static int work_order(const void *one, const void *two);


static int         (*work_memcmp)(const void *a, const void *b, size_t n) =
    CRYPTO_memcmp;

static work_t        work, work_first;
static mcp_cred_t    work_key[WORK_MAX];

static ngx_uint_t    work_sizes[] = {
    1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 100, 255, 256, 257, WORK_MAX
};


#define CRYPTO_memcmp  work_compare
#include <mcp_cred.c>
#undef CRYPTO_memcmp


int
main(void)
{
    ngx_uint_t  i;

    for (i = 0; i < unit_nelts(work_sizes); i++) {
        work_test(work_sizes[i]);
    }

    work_test_tracing();

    return unit_done();
}


void
__sanitizer_cov_trace_pc(void)
{
    if (work.on) {
        work.blocks++;
        work.path = work.path * 0x100000001b3
                    + (uintptr_t) __builtin_return_address(0);
    }
}


static int
work_compare(const void *a, const void *b, size_t n)
{
    work.on = 0;
    work.compares++;
    work.bytes += n;

    return work_memcmp(a, b, n);
}


static void
work_test(ngx_uint_t n)
{
    u_char        digest[MCP_CRED_DIGEST];
    ngx_uint_t    i, bit, wrong, other, memcmps;
    mcp_creds_t   creds;

    static ngx_uint_t  last;

    work_keys(&creds, n);

    wrong = 0;
    other = 0;
    memcmps = unit_compares;

    ngx_memzero(&work_first, sizeof(work_t));

    for (i = 0; i < n; i++) {
        other += work_probe(mcp_creds_find, &creds, creds.keys[i].digest,
                            &wrong);

        for (bit = 0; bit < 8 * MCP_CRED_DIGEST; bit += 51) {
            ngx_memcpy(digest, creds.keys[i].digest, MCP_CRED_DIGEST);
            digest[bit / 8] ^= (u_char) (1 << bit % 8);

            other += work_probe(mcp_creds_find, &creds, digest, &wrong);
        }

        work_digest(WORK_MAX + i, digest);
        other += work_probe(mcp_creds_find, &creds, digest, &wrong);
    }

    for (i = 0; i < 256; i += 255) {
        ngx_memset(digest, i, MCP_CRED_DIGEST);
        other += work_probe(mcp_creds_find, &creds, digest, &wrong);
    }

    unit_is_int(wrong, 0, "%d keys: what is there is found, nothing else",
                (int) n);
    unit_is_int(other, 0, "%d keys: the same work for all", (int) n);
    unit_is_int(unit_compares - memcmps, 0, "%d keys: no memcmp()", (int) n);

    /* the number of keys decides, in steps of a factor of 2 */

    unit_ok(work_first.blocks > 0 && work_first.blocks >= last,
            "%d keys: %d blocks", (int) n, (int) work_first.blocks);

    last = work_first.blocks;
}


/* is the work another one than the first time */

static ngx_uint_t
work_probe(work_find_pt find, const mcp_creds_t *creds, const u_char *digest,
    ngx_uint_t *wrong)
{
    ngx_uint_t         i;
    const mcp_cred_t  *key, *expected;

    expected = NULL;

    for (i = 0; i < creds->n; i++) {
        if (work_memcmp(creds->keys[i].digest, digest, MCP_CRED_DIGEST) == 0) {
            expected = &creds->keys[i];
        }
    }

    ngx_memzero(&work, sizeof(work_t));

    work.on = 1;
    key = find(creds, digest, 1);
    work.on = 0;

    *wrong += (key != expected);

    if (work_first.blocks == 0) {
        work_first = work;
    }

    return work.blocks != work_first.blocks || work.path != work_first.path
           || work.compares != 1 || work.bytes != MCP_CRED_DIGEST;
}


/* would a difference be seen */

static void
work_test_tracing(void)
{
    ngx_uint_t   i, wrong, other;
    mcp_creds_t  creds;

    work_keys(&creds, 64);

    wrong = 0;
    other = 0;

    ngx_memzero(&work_first, sizeof(work_t));

    for (i = 0; i < creds.n; i++) {
        other += work_probe(work_find_quickly, &creds, creds.keys[i].digest,
                            &wrong);
    }

    unit_is_int(wrong, 0, "a search that stops when it can finds all");
    unit_is_int(other, creds.n - 1, "and its work is different for each");
}


static const mcp_cred_t *
work_find_quickly(const mcp_creds_t *creds, const u_char *digest, time_t now)
{
    int         rc;
    ngx_uint_t  low, high, middle;

    low = 0;
    high = creds->n;

    while (low < high) {
        middle = (low + high) / 2;

        rc = work_order(&creds->keys[middle], digest);

        if (rc == 0) {
            (void) work_compare(digest, digest, MCP_CRED_DIGEST);
            return &creds->keys[middle];
        }

        if (rc < 0) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return NULL;
}


static void
work_keys(mcp_creds_t *creds, ngx_uint_t n)
{
    ngx_uint_t  i;

    creds->n = n;
    creds->keys = work_key;

    ngx_memzero(work_key, sizeof(work_key));

    for (i = 0; i < n; i++) {
        work_digest(i, work_key[i].digest);
    }

    ngx_qsort(work_key, n, sizeof(mcp_cred_t), work_order);
}


static void
work_digest(ngx_uint_t n, u_char *digest)
{
    ngx_str_t  s;

    s.data = (u_char *) &n;
    s.len = sizeof(ngx_uint_t);

    mcp_cred_digest(&s, digest);
}


/* a key begins with its digest */

static int
work_order(const void *one, const void *two)
{
    return ngx_memcmp(one, two, MCP_CRED_DIGEST);
}
