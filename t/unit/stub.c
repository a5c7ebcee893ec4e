
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include "unit.h"


#define UNIT_SHOWN  8
#define UNIT_SHOW   256


void *__wrap_ngx_alloc(size_t size, ngx_log_t *log);
void *__real_ngx_alloc(size_t size, ngx_log_t *log);
void *__wrap_ngx_memalign(size_t alignment, size_t size, ngx_log_t *log);
void *__real_ngx_memalign(size_t alignment, size_t size, ngx_log_t *log);
int __wrap_memcmp(const void *a, const void *b, size_t n);
int __real_memcmp(const void *a, const void *b, size_t n);

static ngx_uint_t unit_alloc_fails(void);
static ngx_uint_t unit_vok(ngx_uint_t ok, const char *fmt, va_list args);


volatile ngx_cycle_t  *ngx_cycle;

ngx_uint_t             unit_allocs;
ngx_uint_t             unit_compares;

static ngx_int_t       unit_fail = -1;
static ngx_uint_t      unit_n;
static ngx_uint_t      unit_failed;
static ngx_log_t       unit_log;


/* nginx logs from its leaf files only what ought not to happen */

void
ngx_log_error_core(ngx_uint_t level, ngx_log_t *log, ngx_err_t err,
    const char *fmt, ...)
{
    if (unit_fail < 0) {
        fprintf(stderr, "nginx logs at level %d: %s\n", (int) level, fmt);
    }
}


void *
__wrap_ngx_alloc(size_t size, ngx_log_t *log)
{
    return unit_alloc_fails() ? NULL : __real_ngx_alloc(size, log);
}


void *
__wrap_ngx_memalign(size_t alignment, size_t size, ngx_log_t *log)
{
    return unit_alloc_fails() ? NULL
                              : __real_ngx_memalign(alignment, size, log);
}


static ngx_uint_t
unit_alloc_fails(void)
{
    unit_allocs++;

    if (unit_fail >= 0 && unit_fail-- == 0) {
        unit_fail = 0;
        return 1;
    }

    return 0;
}


int
__wrap_memcmp(const void *a, const void *b, size_t n)
{
    unit_compares++;

    return __real_memcmp(a, b, n);
}


void
unit_fail_alloc(ngx_int_t n)
{
    unit_fail = n;
}


ngx_pool_t *
unit_pool(void)
{
    ngx_pool_t  *pool;

    ngx_pagesize = 4096;
    ngx_pagesize_shift = 12;
    ngx_cacheline_size = 64;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, &unit_log);
    if (pool == NULL) {
        fprintf(stderr, "no memory for a pool\n");
        abort();
    }

    return pool;
}


u_char *
unit_copy(ngx_pool_t *pool, const void *p, size_t len)
{
    u_char  *copy;

    copy = ngx_pnalloc(pool, len);
    if (copy == NULL) {
        fprintf(stderr, "no memory for a copy\n");
        abort();
    }

    if (len) {
        ngx_memcpy(copy, p, len);
    }

    return copy;
}


const char *
unit_show(const void *bytes, size_t len)
{
    char               *p, *last;
    const u_char       *s, *end;
    static char         shown[UNIT_SHOWN][UNIT_SHOW];
    static ngx_uint_t   n;

    p = shown[n++ % UNIT_SHOWN];
    last = p + UNIT_SHOW - 8;

    s = bytes;
    end = s + len;

    bytes = p;

    for ( /* void */ ; s < end; s++) {

        if (p >= last) {
            p += sprintf(p, "...");
            break;
        }

        /* "#" begins a directive in TAP, "\" escapes it */

        if (*s < 0x20 || *s > 0x7e || *s == '#') {
            p += sprintf(p, "<%02x>", *s);

        } else {
            *p++ = (char) *s;
        }
    }

    *p = '\0';

    return bytes;
}


static ngx_uint_t
unit_vok(ngx_uint_t ok, const char *fmt, va_list args)
{
    char  name[512];

    (void) vsnprintf(name, sizeof(name), fmt, args);

    printf("%s %d - %s\n", ok ? "ok" : "not ok", (int) ++unit_n, name);

    unit_failed += !ok;

    return ok;
}


ngx_uint_t
unit_ok(ngx_uint_t ok, const char *fmt, ...)
{
    va_list  args;

    va_start(args, fmt);
    (void) unit_vok(ok, fmt, args);
    va_end(args);

    return ok;
}


ngx_uint_t
unit_is(ngx_str_t *got, ngx_str_t *expected, const char *fmt, ...)
{
    va_list     args;
    ngx_uint_t  ok;

    ok = (got->len == expected->len
          && (got->len == 0
              || ngx_memcmp(got->data, expected->data, got->len) == 0));

    va_start(args, fmt);
    (void) unit_vok(ok, fmt, args);
    va_end(args);

    if (!ok) {
        unit_diag("got      %s", unit_show(got->data, got->len));
        unit_diag("expected %s", unit_show(expected->data, expected->len));
    }

    return ok;
}


ngx_uint_t
unit_is_int(ngx_int_t got, ngx_int_t expected, const char *fmt, ...)
{
    va_list  args;

    va_start(args, fmt);
    (void) unit_vok(got == expected, fmt, args);
    va_end(args);

    if (got != expected) {
        unit_diag("got %ld, expected %ld", (long) got, (long) expected);
    }

    return got == expected;
}


void
unit_diag(const char *fmt, ...)
{
    char     line[1024];
    va_list  args;

    va_start(args, fmt);
    (void) vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);

    /* a line of stderr is shown by prove without -v */

    fflush(stdout);
    fprintf(stderr, "# %s\n", line);
}


int
unit_done(void)
{
    printf("1..%d\n", (int) unit_n);

    return unit_failed ? 1 : 0;
}
