
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_protect: URIs of resources and issuers, metadata, challenges */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_scan.h>
#include <mcp_protect.h>
#include "unit.h"


#define WELL_KNOWN  "/.well-known/oauth-protected-resource"


typedef struct {
    const char       *resource;
    const char       *metadata;      /* NULL: refused */
    const char       *url;           /* or why it is refused */
} protect_uri_t;


typedef struct {
    const char       *uri;
    const char       *err;
} protect_issuer_t;


typedef struct {
    const char       *resource;
    const char       *name;
    const char       *servers;       /* with spaces between them */
    const char       *scopes;
    const char       *expected;
} protect_metadata_t;


typedef struct {
    mcp_challenge_e   error;
    const char       *url;
    const char       *scope;
    const char       *expected;
} protect_challenge_t;


static protect_uri_t  protect_uris[] = {

    /* the examples of RFC 9728, section 3.1, and of MCP */

    { "https://resource.example.com", WELL_KNOWN,
      "https://resource.example.com" WELL_KNOWN },
    { "https://resource.example.com/resource1", WELL_KNOWN "/resource1",
      "https://resource.example.com" WELL_KNOWN "/resource1" },
    { "https://example.com/public/mcp", WELL_KNOWN "/public/mcp",
      "https://example.com" WELL_KNOWN "/public/mcp" },
    { "https://mcp.example.com:8443", WELL_KNOWN,
      "https://mcp.example.com:8443" WELL_KNOWN },

    { "https://a/", WELL_KNOWN, "https://a" WELL_KNOWN },
    { "https://a/mcp/", WELL_KNOWN "/mcp/", "https://a" WELL_KNOWN "/mcp/" },
    { "http://a/mcp", WELL_KNOWN "/mcp", "http://a" WELL_KNOWN "/mcp" },
    { "HTTPS://A.Example/Mcp", WELL_KNOWN "/Mcp",
      "HTTPS://A.Example" WELL_KNOWN "/Mcp" },
    { "https://[::1]:8443/mcp", WELL_KNOWN "/mcp",
      "https://[::1]:8443" WELL_KNOWN "/mcp" },
    { "https://192.0.2.1/mcp", WELL_KNOWN "/mcp",
      "https://192.0.2.1" WELL_KNOWN "/mcp" },
    { "https://a/x%20y/%c3%A9", WELL_KNOWN "/x y/\xc3\xa9",
      "https://a" WELL_KNOWN "/x%20y/%c3%A9" },
    { "https://a/x@y:z", WELL_KNOWN "/x@y:z",
      "https://a" WELL_KNOWN "/x@y:z" },
    { "https://a/...", WELL_KNOWN "/...", "https://a" WELL_KNOWN "/..." },
    { "https://a/.b", WELL_KNOWN "/.b", "https://a" WELL_KNOWN "/.b" },
    { "https://a/b.", WELL_KNOWN "/b.", "https://a" WELL_KNOWN "/b." },
    { "https://a/b/x://y", NULL, "has an empty segment in its path" },

    { "", NULL, "is not a URI" },
    { "/mcp", NULL, "is not a URI" },
    { "mcp.example.com", NULL, "is not a URI" },
    { "https", NULL, "is not a URI" },
    { "https://a/b c", NULL, "is not a URI" },
    { "https://a/\"", NULL, "is not a URI" },
    { "https://a/\\", NULL, "is not a URI" },
    { "https://a/\n", NULL, "is not a URI" },
    { "https://a/\xc3\xa9", NULL, "is not a URI" },
    { "https://a/%2", NULL, "is not a URI" },
    { "https://a/%gg", NULL, "is not a URI" },
    { "https:", NULL, "is not an absolute URI of http or https" },
    { "https:/mcp", NULL, "is not an absolute URI of http or https" },
    { "urn:mcp:a", NULL, "is not an absolute URI of http or https" },
    { "ftp://a/mcp", NULL, "is not an absolute URI of http or https" },
    { "httpx://a/mcp", NULL, "is not an absolute URI of http or https" },
    { "wss://a/mcp", NULL, "is not an absolute URI of http or https" },
    { "file:///mcp", NULL, "has no valid host and port" },
    { "https://", NULL, "has no valid host and port" },
    { "https:///mcp", NULL, "has no valid host and port" },
    { "https://:8443/mcp", NULL, "has no valid host and port" },
    { "https://a:/mcp", NULL, "has no valid host and port" },
    { "https://a:0/mcp", NULL, "has no valid host and port" },
    { "https://a:65536/mcp", NULL, "has no valid host and port" },
    { "https://a:b/mcp", NULL, "has no valid host and port" },
    { "https://a:*/mcp", NULL, "has no valid host and port" },
    { "https://*.a/mcp", NULL, "has no valid host and port" },
    { "https://.a/mcp", NULL, "has no valid host and port" },
    { "https://a%2eb/mcp", NULL, "has no valid host and port" },
    { "https://a,b/mcp", NULL, "has no valid host and port" },
    { "https://[::1/mcp", NULL, "has no valid host and port" },
    { "https://user@a/mcp", NULL, "has a user" },
    { "https://user:secret@a/mcp", NULL, "has a user" },
    { "https://@a/mcp", NULL, "has a user" },
    { "https://a/mcp?", NULL, "has a query" },
    { "https://a?b", NULL, "has a query" },
    { "https://a/mcp#", NULL, "has a fragment" },
    { "https://a#b?c", NULL, "has a fragment" },
    { "https://a/.", NULL, "has a dot segment in its path" },
    { "https://a/..", NULL, "has a dot segment in its path" },
    { "https://a/./mcp", NULL, "has a dot segment in its path" },
    { "https://a/b/../mcp", NULL, "has a dot segment in its path" },
    { "https://a/b/%2e%2E/mcp", NULL, "has a dot segment in its path" },
    { "https://a/b%2f..%2fmcp", NULL, "has a dot segment in its path" },
    { "https://a//", NULL, "has an empty segment in its path" },
    { "https://a//mcp", NULL, "has an empty segment in its path" },
    { "https://a/b%2F/mcp", NULL, "has an empty segment in its path" },
    { "https://a/b%00", NULL, "has a NUL in its path" },
    { NULL, NULL, NULL }
};


static protect_issuer_t  protect_issuers[] = {
    { "https://auth.example.com", NULL },
    { "https://auth.example.com/", NULL },
    { "https://auth.example.com/tenant1/v2.0", NULL },
    { "https://auth.example.com:8443/realms/a", NULL },
    { "https://localhost", NULL },
    { "http://localhost:9000", NULL },
    { "http://LocalHost:9000/realms/a", NULL },
    { "http://127.0.0.1:9000", NULL },
    { "http://127.1.2.3", NULL },
    { "http://[::1]:9000/a", NULL },
    { "http://auth.example.com", "is not https" },
    { "http://localhost.example.com", "is not https" },
    { "http://localhosa", "is not https" },
    { "http://127.example.com", "is not https" },
    { "http://127.0.0.1.example.com", "is not https" },
    { "http://127", "is not https" },
    { "http://1270.0.0.1", "is not https" },
    { "http://[::2]", "is not https" },
    { "http://[::ffff:127.0.0.1]", "is not https" },
    { "http://10.0.0.1", "is not https" },
    { "http://localhost@auth.example.com", "has a user" },
    { "https://auth.example.com?a=b", "has a query" },
    { "https://auth.example.com/#", "has a fragment" },
    { "ldap://auth.example.com",
      "is not an absolute URI of http or https" },
    { "auth.example.com", "is not a URI" },
    { "auth.example.com:8443", "is not an absolute URI of http or https" },
    { "https://", "has no valid host and port" },
    { "", "is not a URI" },
    { NULL, NULL }
};


static protect_metadata_t  protect_documents[] = {
    { "https://a/mcp", "", "https://b", NULL,
      "{\"resource\":\"https://a/mcp\","
      "\"authorization_servers\":[\"https://b\"],"
      "\"bearer_methods_supported\":[\"header\"]}" },
    { "https://a/mcp", "Weather \"now\"", "https://b https://c/d",
      "files:read files:write",
      "{\"resource\":\"https://a/mcp\","
      "\"resource_name\":\"Weather \\\"now\\\"\","
      "\"authorization_servers\":[\"https://b\",\"https://c/d\"],"
      "\"scopes_supported\":[\"files:read\",\"files:write\"],"
      "\"bearer_methods_supported\":[\"header\"]}" },
    { "https://a/", "", "", "",
      "{\"resource\":\"https://a/\","
      "\"bearer_methods_supported\":[\"header\"]}" },
    { NULL, NULL, NULL, NULL, NULL }
};


static protect_challenge_t  protect_challenges[] = {
    { MCP_CHALLENGE_NONE, "https://a" WELL_KNOWN, "files:read",
      "Bearer resource_metadata=\"https://a" WELL_KNOWN "\", "
      "scope=\"files:read\"" },
    { MCP_CHALLENGE_NONE, "https://a" WELL_KNOWN, "",
      "Bearer resource_metadata=\"https://a" WELL_KNOWN "\"" },
    { MCP_CHALLENGE_NONE, "", "a b", "Bearer scope=\"a b\"" },
    { MCP_CHALLENGE_NONE, "", "", "Bearer realm=\"mcp\"" },
    { MCP_CHALLENGE_REQUEST, "https://a/b", "",
      "Bearer error=\"invalid_request\", "
      "resource_metadata=\"https://a/b\"" },
    { MCP_CHALLENGE_TOKEN, "https://a/b", "x",
      "Bearer error=\"invalid_token\", "
      "resource_metadata=\"https://a/b\", scope=\"x\"" },
    { MCP_CHALLENGE_TOKEN, "", "", "Bearer error=\"invalid_token\"" },
    { MCP_CHALLENGE_SCOPE, "https://a/b", "files:read files:write",
      "Bearer error=\"insufficient_scope\", "
      "resource_metadata=\"https://a/b\", "
      "scope=\"files:read files:write\"" },
    { MCP_CHALLENGE_SCOPE, "", "a",
      "Bearer error=\"insufficient_scope\", scope=\"a\"" },

    /* nothing gets out of its quotes or its line */

    { MCP_CHALLENGE_NONE, "https://a/\"\\\r\n\t\x7f\xc3\xa9\x01z", "a\"b\\ c",
      "Bearer resource_metadata=\"https://a/z\", scope=\"ab c\"" },
    { MCP_CHALLENGE_NONE, NULL, NULL, NULL }
};


static ngx_str_t
protect_str(ngx_pool_t *pool, const char *text)
{
    ngx_str_t  str;

    str.len = strlen(text);
    str.data = unit_copy(pool, text, str.len);

    return str;
}


static ngx_array_t *
protect_array(ngx_pool_t *pool, const char *text)
{
    ngx_str_t    *elt;
    const char   *end;
    ngx_array_t  *array;

    if (text == NULL) {
        return NULL;
    }

    array = ngx_array_create(pool, 1, sizeof(ngx_str_t));

    for ( /* void */ ; *text; text = *end ? end + 1 : end) {
        end = text + strcspn(text, " ");
        elt = ngx_array_push(array);
        elt->len = end - text;
        elt->data = unit_copy(pool, text, elt->len);
    }

    return array;
}


static void
protect_uri(ngx_pool_t *pool, protect_uri_t *row)
{
    ngx_int_t    rc;
    ngx_str_t    resource, metadata, url, expected;
    const char  *err;

    resource = protect_str(pool, row->resource);

    rc = mcp_protect_uri(pool, &resource, &metadata, &url, &err);

    unit_is_int(rc, row->metadata ? NGX_OK : NGX_DECLINED, "resource \"%s\"",
                row->resource);

    if (row->metadata == NULL) {
        unit_ok(rc == NGX_DECLINED && strcmp(err, row->url) == 0, "it %s",
                row->url);
        return;
    }

    unit_ok(err == NULL, "no error");

    if (rc != NGX_OK) {
        return;
    }

    expected = protect_str(pool, row->metadata);
    unit_is(&metadata, &expected, "its path");

    expected = protect_str(pool, row->url);
    unit_is(&url, &expected, "its address");
}


static void
protect_metadata(ngx_pool_t *pool, protect_metadata_t *row)
{
    ngx_str_t       got, expected;
    mcp_protect_t   protect;
    mcp_json_doc_t  doc;

    protect.resource = protect_str(pool, row->resource);
    protect.name = protect_str(pool, row->name);
    protect.servers = protect_array(pool, row->servers);
    protect.scopes = protect_array(pool, row->scopes);

    expected = protect_str(pool, row->expected);

    ngx_str_null(&got);
    unit_is_int(mcp_protect_metadata(&protect, pool, &got), NGX_OK,
                "metadata");
    unit_is(&got, &expected, "%s", row->expected);
    unit_is_int(mcp_json_scan(&doc, pool, got.data, got.len), NGX_OK,
                "is JSON");

    unit_fail_alloc(0);
    unit_is_int(mcp_protect_metadata(&protect, pool, &got), NGX_ERROR,
                "metadata without memory");
    unit_fail_alloc(-1);
}


static void
protect_challenge(ngx_pool_t *pool, protect_challenge_t *row)
{
    ngx_str_t  url, scope, got, expected;

    url = protect_str(pool, row->url);
    scope = protect_str(pool, row->scope);
    expected = protect_str(pool, row->expected);

    ngx_str_null(&got);
    unit_is_int(mcp_protect_challenge(pool, row->error, &url, &scope, &got),
                NGX_OK, "a challenge");
    unit_is(&got, &expected, "%s", row->expected);

    unit_fail_alloc(0);
    unit_is_int(mcp_protect_challenge(pool, row->error, &url, &scope, &got),
                NGX_ERROR, "a challenge without memory");
    unit_fail_alloc(-1);
}


static void
protect_no_memory(ngx_pool_t *pool)
{
    ngx_int_t    i, rc;
    ngx_str_t    resource, metadata, url;
    const char  *err;

    resource = protect_str(pool, "https://a/mcp");

    for (i = 0; i < 8; i++) {
        unit_fail_alloc(i);
        rc = mcp_protect_uri(pool, &resource, &metadata, &url, &err);
        unit_fail_alloc(-1);

        if (rc == NGX_OK) {
            break;
        }

        unit_is_int(rc, NGX_ERROR, "a resource with %d allocations", (int) i);
    }

    unit_ok(i > 0 && i < 8, "and then there is memory enough");
}


int
main(int argc, char **argv)
{
    ngx_str_t             text;
    ngx_pool_t           *pool;
    const char           *err;
    protect_uri_t        *uri;
    protect_issuer_t     *issuer;
    protect_metadata_t   *document;
    protect_challenge_t  *challenge;

    pool = unit_pool();

    for (uri = protect_uris; uri->resource; uri++) {
        protect_uri(pool, uri);
    }

    for (issuer = protect_issuers; issuer->uri; issuer++) {
        text = protect_str(pool, issuer->uri);
        err = mcp_protect_issuer(&text);

        unit_ok((err == NULL) == (issuer->err == NULL)
                && (err == NULL || strcmp(err, issuer->err) == 0),
                "issuer \"%s\" %s", issuer->uri,
                issuer->err ? issuer->err : "is one");
    }

    for (document = protect_documents; document->resource; document++) {
        protect_metadata(pool, document);
    }

    for (challenge = protect_challenges; challenge->url; challenge++) {
        protect_challenge(pool, challenge);
    }

    protect_no_memory(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
