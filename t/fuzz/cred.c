
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * Authorization and X-API-Key: what is a token is one by the grammar of RFC
 * 6750, found at the end of the header, and the same in both headers; no other
 * scheme has one.  Its digest is that of another implementation.  Patterns
 * match what a table of all ways to match says.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <openssl/evp.h>
#include <mcp_cred.h>
#include "fuzz.h"


static void cred_header(ngx_str_t *header);
static void cred_key(ngx_pool_t *pool, ngx_str_t *header);
static void cred_pattern(ngx_str_t *input);
static ngx_uint_t cred_match(const ngx_str_t *pattern, const ngx_str_t *name);


#define CRED_PATTERN  64


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_str_t    input;
    ngx_pool_t  *pool;

    pool = unit_pool();

    input.data = unit_copy(pool, data, size);
    input.len = size;

    cred_header(&input);
    cred_key(pool, &input);
    cred_pattern(&input);

    ngx_destroy_pool(pool);

    return 0;
}


static void
cred_header(ngx_str_t *header)
{
    size_t       i, spaces;
    ngx_int_t    rc;
    ngx_str_t    token;
    ngx_uint_t   bearer;

    static const char  scheme[] = "bearer";

    rc = mcp_cred_bearer(header, &token);

    bearer = (header->len >= 6);

    for (i = 0; i < 6 && bearer; i++) {
        bearer = (header->data[i] == scheme[i]
                  || header->data[i] == scheme[i] - 32);
    }

    if (!bearer || (header->len > 6 && header->data[6] != ' ')) {
        fuzz_assert(rc == NGX_DECLINED);
        return;
    }

    fuzz_assert(rc == NGX_OK || rc == NGX_ABORT);

    for (spaces = 0; 6 + spaces < header->len; spaces++) {
        if (header->data[6 + spaces] != ' ') {
            break;
        }
    }

    if (rc == NGX_ABORT) {
        token.data = header->data + 6 + spaces;
        token.len = header->len - 6 - spaces;

        fuzz_assert(mcp_cred_key(&token) == NGX_ABORT);
        return;
    }

    fuzz_assert(spaces > 0);
    fuzz_assert(token.data == header->data + 6 + spaces);
    fuzz_assert(token.data + token.len == header->data + header->len);
    fuzz_assert(mcp_cred_key(&token) == NGX_OK);
}


static void
cred_key(ngx_pool_t *pool, ngx_str_t *header)
{
    u_char      *p, digest[MCP_CRED_DIGEST], other[EVP_MAX_MD_SIZE];
    size_t       i;
    unsigned     n;
    ngx_int_t    rc;
    ngx_str_t    bearer, token;

    static const char  allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        "-._~+/=";

    for (i = 0; i < header->len; i++) {
        if (memchr(allowed, header->data[i], sizeof(allowed) - 1) == NULL) {
            break;
        }
    }

    rc = mcp_cred_key(header);

    fuzz_assert(rc == (header->len && header->len <= MCP_CRED_TOKEN_MAX
                       && i == header->len ? NGX_OK : NGX_ABORT));

    bearer.len = sizeof("Bearer ") - 1 + header->len;
    bearer.data = ngx_pnalloc(pool, bearer.len);

    p = ngx_cpymem(bearer.data, "Bearer ", sizeof("Bearer ") - 1);
    ngx_memcpy(p, header->data, header->len);

    if (rc == NGX_OK) {
        fuzz_assert(mcp_cred_bearer(&bearer, &token) == NGX_OK);
        fuzz_assert(token.len == header->len);
        fuzz_assert(memcmp(token.data, header->data, token.len) == 0);
    }

    mcp_cred_digest(header, digest);

    fuzz_assert(EVP_Digest(header->data, header->len, other, &n, EVP_sha256(),
                           NULL));
    fuzz_assert(n == MCP_CRED_DIGEST && memcmp(digest, other, n) == 0);
}


/* pattern and name, a line feed between them */

static void
cred_pattern(ngx_str_t *input)
{
    u_char     *p;
    ngx_str_t   pattern, name;

    p = ngx_strlchr(input->data, input->data + input->len, LF);

    if (p == NULL) {
        return;
    }

    pattern.data = input->data;
    pattern.len = ngx_min(p - input->data, CRED_PATTERN);
    name.data = p + 1;
    name.len = ngx_min(input->data + input->len - name.data, CRED_PATTERN);

    fuzz_assert(mcp_pattern_match(&pattern, &name)
                == cred_match(&pattern, &name));
}


/* row[k]: do the bytes of the pattern so far match the first k of the name */

static ngx_uint_t
cred_match(const ngx_str_t *pattern, const ngx_str_t *name)
{
    u_char  c, row[CRED_PATTERN + 1];
    size_t  i, k;

    ngx_memzero(row, sizeof(row));
    row[0] = 1;

    for (i = 0; i < pattern->len; i++) {
        c = pattern->data[i];

        if (c == '*') {
            for (k = 1; k <= name->len; k++) {
                row[k] |= row[k - 1];
            }

            continue;
        }

        for (k = name->len; k > 0; k--) {
            row[k] = row[k - 1] && name->data[k - 1] == c;
        }

        row[0] = 0;
    }

    return row[name->len];
}
