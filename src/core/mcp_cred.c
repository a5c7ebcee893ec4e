
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * The functions of SHA-256 itself neither allocate nor fail; those of EVP do,
 * and a digest that is not written could be that of the last caller.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <ngx_config.h>
#include <ngx_core.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <mcp_cred.h>


static ngx_int_t mcp_cred_token(const ngx_str_t *token);
static ngx_inline ngx_uint_t mcp_cred_not_after(uint64_t a, uint64_t b);
static ngx_inline uint64_t mcp_cred_word(const u_char *p);


/* b64token of RFC 6750; "=" is at its end only, which is not looked for */

static const uint32_t  mcp_cred_b64token[] = {
    0x00000000,

                /* ?>=< ;:98 7654 3210  /.-, +*)( '&%$ #"!  */
    0x23ffe800, /* 0010 0011 1111 1111  1110 1000 0000 0000 */

                /* _^]\ [ZYX WVUT SRQP  ONML KJIH GFED CBA@ */
    0x87fffffe, /* 1000 0111 1111 1111  1111 1111 1111 1110 */

                /*  ~}| {zyx wvut srqp  onml kjih gfed cba` */
    0x47fffffe, /* 0100 0111 1111 1111  1111 1111 1111 1110 */

    0x00000000,
    0x00000000,
    0x00000000,
    0x00000000
};


ngx_int_t
mcp_cred_bearer(const ngx_str_t *header, ngx_str_t *token)
{
    u_char  *p, *last;

    p = header->data;
    last = p + header->len;

    if (header->len < sizeof("Bearer") - 1
        || ngx_strncasecmp(p, (u_char *) "Bearer", sizeof("Bearer") - 1) != 0)
    {
        return NGX_DECLINED;
    }

    p += sizeof("Bearer") - 1;

    if (p < last && *p != ' ') {
        /* a scheme that begins like this one */
        return NGX_DECLINED;
    }

    while (p < last && *p == ' ') {
        p++;
    }

    token->data = p;
    token->len = last - p;

    return mcp_cred_token(token);
}


ngx_int_t
mcp_cred_key(const ngx_str_t *header)
{
    return mcp_cred_token(header);
}


static ngx_int_t
mcp_cred_token(const ngx_str_t *token)
{
    u_char  c;
    size_t  i;

    if (token->len == 0 || token->len > MCP_CRED_TOKEN_MAX) {
        return NGX_ABORT;
    }

    for (i = 0; i < token->len; i++) {
        c = token->data[i];

        if (!(mcp_cred_b64token[c >> 5] & (1U << (c & 0x1f)))) {
            return NGX_ABORT;
        }
    }

    return NGX_OK;
}


void
mcp_cred_digest(const ngx_str_t *token, u_char *digest)
{
    SHA256_CTX  ctx;

    SHA256_Init(&ctx);
    SHA256_Update(&ctx, token->data, token->len);
    SHA256_Final(digest, &ctx);

    OPENSSL_cleanse(&ctx, sizeof(SHA256_CTX));
}


/*
 * Halves the keys as often as their number takes, whatever is found on the
 * way, and compares once; nothing branches on a digest.
 */

const mcp_cred_t *
mcp_creds_find(const mcp_creds_t *creds, const u_char *digest, time_t now)
{
    uint64_t           word;
    ngx_uint_t         n, half;
    const mcp_cred_t  *key;

    if (creds->n == 0) {
        return NULL;
    }

    word = mcp_cred_word(digest);
    key = creds->keys;

    for (n = creds->n; n > 1; n -= half) {
        half = n / 2;
        key += half & -mcp_cred_not_after(mcp_cred_word(key[half].digest),
                                          word);
    }

    if (CRYPTO_memcmp(key->digest, digest, MCP_CRED_DIGEST) != 0) {
        return NULL;
    }

    if (now < key->not_before || (key->expires && now >= key->expires)) {
        return NULL;
    }

    return key;
}


/* is "a" less than or equal to "b": there is no borrow in b - a */

static ngx_inline ngx_uint_t
mcp_cred_not_after(uint64_t a, uint64_t b)
{
    return ((~b & a) | ((~b | a) & (b - a))) >> 63 ^ 1;
}


/* in one expression a compiler knows it for a load */

static ngx_inline uint64_t
mcp_cred_word(const u_char *p)
{
    return (uint64_t) p[0] << 56 | (uint64_t) p[1] << 48
           | (uint64_t) p[2] << 40 | (uint64_t) p[3] << 32
           | (uint64_t) p[4] << 24 | (uint64_t) p[5] << 16
           | (uint64_t) p[6] << 8 | (uint64_t) p[7];
}


/*
 * One star at a time: what stands before the last one is never looked at
 * again, so it is at most the product of both lengths.
 */

ngx_uint_t
mcp_pattern_match(const ngx_str_t *pattern, const ngx_str_t *name)
{
    u_char  *p, *s, *star, *again, *pend, *send;

    p = pattern->data;
    pend = p + pattern->len;
    s = name->data;
    send = s + name->len;
    star = NULL;
    again = NULL;

    while (s < send) {

        if (p < pend && *p == '*') {
            star = ++p;
            again = s;
            continue;
        }

        if (p < pend && *p == *s) {
            p++;
            s++;
            continue;
        }

        if (star == NULL) {
            return 0;
        }

        p = star;
        s = ++again;
    }

    while (p < pend && *p == '*') {
        p++;
    }

    return p == pend;
}
