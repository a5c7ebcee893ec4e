
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_schema_uri_resolve: the examples of RFC 3986, section 5.4, and others */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_schema_node.h>
#include "unit.h"


typedef struct {
    const char  *base;
    const char  *ref;
    const char  *uri;
    const char  *fragment;
} uri_row_t;


#define URI_BASE  "http://a/b/c/d;p?q"


static uri_row_t  uri_rows[] = {
    { URI_BASE, "g:h", "g:h", "" },
    { URI_BASE, "g", "http://a/b/c/g", "" },
    { URI_BASE, "./g", "http://a/b/c/g", "" },
    { URI_BASE, "g/", "http://a/b/c/g/", "" },
    { URI_BASE, "/g", "http://a/g", "" },
    { URI_BASE, "//g", "http://g", "" },
    { URI_BASE, "?y", "http://a/b/c/d;p?y", "" },
    { URI_BASE, "g?y", "http://a/b/c/g?y", "" },
    { URI_BASE, "#s", URI_BASE, "s" },
    { URI_BASE, "g#s", "http://a/b/c/g", "s" },
    { URI_BASE, "g?y#s", "http://a/b/c/g?y", "s" },
    { URI_BASE, ";x", "http://a/b/c/;x", "" },
    { URI_BASE, "g;x?y#s", "http://a/b/c/g;x?y", "s" },
    { URI_BASE, "", URI_BASE, "" },
    { URI_BASE, ".", "http://a/b/c/", "" },
    { URI_BASE, "./", "http://a/b/c/", "" },
    { URI_BASE, "..", "http://a/b/", "" },
    { URI_BASE, "../", "http://a/b/", "" },
    { URI_BASE, "../g", "http://a/b/g", "" },
    { URI_BASE, "../..", "http://a/", "" },
    { URI_BASE, "../../", "http://a/", "" },
    { URI_BASE, "../../g", "http://a/g", "" },
    { URI_BASE, "../../../g", "http://a/g", "" },
    { URI_BASE, "../../../../g", "http://a/g", "" },
    { URI_BASE, "/./g", "http://a/g", "" },
    { URI_BASE, "/../g", "http://a/g", "" },
    { URI_BASE, "g.", "http://a/b/c/g.", "" },
    { URI_BASE, ".g", "http://a/b/c/.g", "" },
    { URI_BASE, "g..", "http://a/b/c/g..", "" },
    { URI_BASE, "..g", "http://a/b/c/..g", "" },
    { URI_BASE, "./../g", "http://a/b/g", "" },
    { URI_BASE, "./g/.", "http://a/b/c/g/", "" },
    { URI_BASE, "g/./h", "http://a/b/c/g/h", "" },
    { URI_BASE, "g/../h", "http://a/b/c/h", "" },
    { URI_BASE, "g;x=1/./y", "http://a/b/c/g;x=1/y", "" },
    { URI_BASE, "g;x=1/../y", "http://a/b/c/y", "" },
    { URI_BASE, "g?y/./x", "http://a/b/c/g?y/./x", "" },
    { URI_BASE, "g?y/../x", "http://a/b/c/g?y/../x", "" },
    { URI_BASE, "g#s/./x", "http://a/b/c/g", "s/./x" },
    { URI_BASE, "g#s/../x", "http://a/b/c/g", "s/../x" },
    { URI_BASE, "http:g", "http:g", "" },

    /* a path of the base that is empty, or no scheme, or opaque */

    { "http://a", "g", "http://a/g", "" },
    { "http://a?q", "?y", "http://a?y", "" },
    { "", "", "", "" },
    { "", "#/x", "", "/x" },
    { "", "a", "a", "" },
    { "", "./a", "a", "" },
    { "", "../a", "a", "" },
    { "", "..", "", "" },
    { "", ".", "", "" },
    { "", "//a/b/../c", "//a/c", "" },
    { "", "/a//b", "/a//b", "" },
    { "a/b", "c", "a/c", "" },
    { "a/b", "../c/./d", "/c/d", "" },
    { "urn:x:y", "#z", "urn:x:y", "z" },
    { "urn:x:y", "urn:x:z#", "urn:x:z", "" },
    { "file:///a/b", "c", "file:///a/c", "" },
    { "http://a/b", "1:2", "http://a/1:2", "" },
    { NULL, NULL, NULL, NULL }
};


int
main(int argc, char **argv)
{
    ngx_str_t    base, uri, fragment, expected;
    uri_row_t   *row;
    ngx_pool_t  *pool;

    for (row = uri_rows; row->ref; row++) {

        pool = unit_pool();

        base.len = ngx_strlen(row->base);
        base.data = unit_copy(pool, row->base, base.len);

        unit_is_int(mcp_schema_uri_resolve(pool, &base, row->ref, &uri,
                                           &fragment),
                    NGX_OK, "\"%s\" at \"%s\"", row->ref, row->base);

        expected.data = (u_char *) row->uri;
        expected.len = ngx_strlen(row->uri);
        unit_is(&uri, &expected, "is \"%s\"", row->uri);

        expected.data = (u_char *) row->fragment;
        expected.len = ngx_strlen(row->fragment);
        unit_is(&fragment, &expected, "with \"%s\"", row->fragment);

        ngx_destroy_pool(pool);
    }

    return unit_done();
}
