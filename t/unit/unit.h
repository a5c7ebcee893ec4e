
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _UNIT_H_INCLUDED_
#define _UNIT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * What unit tests and fuzz targets need: TAP on stdout, pools, copies whose
 * end ASan guards, and allocations that fail.
 *
 * A test is tables and a main() that returns unit_done().
 */


#define unit_nelts(table)  (sizeof(table) / sizeof(table[0]))


/* one line of TAP; fmt is that of printf(); returns "ok" */
ngx_uint_t unit_ok(ngx_uint_t ok, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* the same for bytes that must be equal, and for numbers */
ngx_uint_t unit_is(ngx_str_t *got, ngx_str_t *expected, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
ngx_uint_t unit_is_int(ngx_int_t got, ngx_int_t expected, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* a line that explains the one before */
void unit_diag(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* the plan; the exit code of the program */
int unit_done(void);

/* bytes in printable form, valid until the next but seven call */
const char *unit_show(const void *p, size_t len);

/* a new pool; the caller destroys it */
ngx_pool_t *unit_pool(void);

/* a copy that is followed by bytes no one may read */
u_char *unit_copy(ngx_pool_t *pool, const void *p, size_t len);

/* lets n allocations pass and then none; < 0: all */
void unit_fail_alloc(ngx_int_t n);

/* calls of ngx_alloc() and of memcmp() so far */
extern ngx_uint_t  unit_allocs;
extern ngx_uint_t  unit_compares;


#endif /* _UNIT_H_INCLUDED_ */
