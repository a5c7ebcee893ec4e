
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_fresh: how long an answer of HTTP is fresh */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_fresh.h>
#include "unit.h"


static struct {
    const char  *cache_control;
    const char  *age;
    ngx_int_t    ttl;            /* milliseconds; -1: not said */
    ngx_uint_t   private;
} fresh_rows[] = {

    { "", "", -1, 0 },
    { "max-age=60", "", 60000, 0 },
    { "max-age=60", "15", 45000, 0 },
    { "max-age=60", "60", 0, 0 },
    { "max-age=60", "99999999999999999999", 0, 0 },
    { "max-age=60", "x", 60000, 0 },
    { "max-age=\"60\"", "", 60000, 0 },
    { " , Max-Age=5\t,public", "", 5000, 0 },
    { "max-age=5, max-age=3", "", 3000, 0 },
    { "private, max-age=5", "", 5000, 1 },
    { "private=\"x\"", "", -1, 1 },
    { "no-store", "", 0, 0 },
    { "max-age=60, no-cache", "", 0, 0 },
    { "no-cache, max-age=60", "", 0, 0 },
    { "max-age=", "", -1, 0 },
    { "max-age=-1", "", -1, 0 },
    { "max-age=1x", "", -1, 0 },
    { "max-age=99999999999999999999", "", 31536000000, 0 },
    { "s-maxage=5, must-revalidate", "", -1, 0 }
};


int
main(void)
{
    ngx_str_t     cache_control, age;
    ngx_uint_t    i;
    mcp_fresh_t   fresh;
    const char   *name;

    for (i = 0; i < unit_nelts(fresh_rows); i++) {
        name = fresh_rows[i].cache_control;

        cache_control.data = (u_char *) name;
        cache_control.len = ngx_strlen(name);
        age.data = (u_char *) fresh_rows[i].age;
        age.len = ngx_strlen(fresh_rows[i].age);

        mcp_fresh_read(&fresh, &cache_control, &age);

        unit_is_int(fresh.said ? (ngx_int_t) fresh.ttl : -1,
                    fresh_rows[i].ttl, "%s", name);
        unit_is_int(fresh.private, fresh_rows[i].private, "%s: for whom",
                    name);
    }

    return unit_done();
}
