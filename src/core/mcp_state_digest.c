
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#define OPENSSL_SUPPRESS_DEPRECATED

#include <ngx_config.h>
#include <ngx_core.h>
#include <openssl/sha.h>
#include <mcp_state.h>


/*
 * A value is hashed as a letter of its type and what it is: a number as its
 * text, a string as its decoded bytes, a container as its members.  Each has
 * its length before it, so that no two values look the same.
 */


static ngx_int_t mcp_digest_value(SHA256_CTX *ctx, mcp_json_doc_t *doc,
    mcp_json_token_t *token);
static ngx_int_t mcp_digest_object(SHA256_CTX *ctx, mcp_json_doc_t *doc,
    mcp_json_token_t *object);
static int ngx_libc_cdecl mcp_digest_cmp(const void *one, const void *two);
static void mcp_digest_head(SHA256_CTX *ctx, u_char letter, size_t n);
static void mcp_digest_bytes(SHA256_CTX *ctx, u_char letter,
    const ngx_str_t *s);


static const u_char  mcp_digest_letters[] = "nft0s[{";


ngx_int_t
mcp_state_digest(mcp_json_doc_t *doc, mcp_json_token_t *value,
    u_char *digest)
{
    SHA256_CTX  ctx;

    (void) SHA256_Init(&ctx);

    if (value == NULL) {
        mcp_digest_head(&ctx, mcp_digest_letters[MCP_JSON_OBJECT], 0);

    } else if (mcp_digest_value(&ctx, doc, value) != NGX_OK) {
        return NGX_ERROR;
    }

    (void) SHA256_Final(digest, &ctx);

    return NGX_OK;
}


/* the scan has limited the depth */

static ngx_int_t
mcp_digest_value(SHA256_CTX *ctx, mcp_json_doc_t *doc,
    mcp_json_token_t *token)
{
    u_char             letter;
    ngx_str_t          s;
    ngx_uint_t         i;
    mcp_json_token_t  *item;

    letter = mcp_digest_letters[token->type];

    switch (token->type) {

    case MCP_JSON_STRING:

        if (mcp_json_string(doc, token, &s) != NGX_OK) {
            return NGX_ERROR;
        }

        mcp_digest_bytes(ctx, letter, &s);
        return NGX_OK;

    case MCP_JSON_ARRAY:
        mcp_digest_head(ctx, letter, token->n);

        item = token + 1;

        for (i = 0; i < token->n; i++) {

            if (mcp_digest_value(ctx, doc, item) != NGX_OK) {
                return NGX_ERROR;
            }

            item = &doc->tokens[item->next];
        }

        return NGX_OK;

    case MCP_JSON_OBJECT:
        return mcp_digest_object(ctx, doc, token);

    default: /* MCP_JSON_NUMBER, or a literal, which its letter tells */
        mcp_digest_bytes(ctx, letter, &token->text);
        return NGX_OK;
    }
}


static ngx_int_t
mcp_digest_object(SHA256_CTX *ctx, mcp_json_doc_t *doc,
    mcp_json_token_t *object)
{
    ngx_uint_t          i;
    mcp_json_token_t   *key, **keys;

    mcp_digest_head(ctx, mcp_digest_letters[MCP_JSON_OBJECT], object->n);

    if (object->n == 0) {
        return NGX_OK;
    }

    keys = ngx_palloc(doc->pool, object->n * sizeof(mcp_json_token_t *));
    if (keys == NULL) {
        return NGX_ERROR;
    }

    key = object + 1;

    for (i = 0; i < object->n; i++) {
        keys[i] = key;
        key = &doc->tokens[key[1].next];
    }

    ngx_qsort(keys, object->n, sizeof(mcp_json_token_t *), mcp_digest_cmp);

    for (i = 0; i < object->n; i++) {
        mcp_digest_bytes(ctx, mcp_digest_letters[MCP_JSON_STRING],
                         &keys[i]->text);

        if (mcp_digest_value(ctx, doc, keys[i] + 1) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static int ngx_libc_cdecl
mcp_digest_cmp(const void *one, const void *two)
{
    int                 rc;
    mcp_json_token_t   *a, *b;

    a = *(mcp_json_token_t **) one;
    b = *(mcp_json_token_t **) two;

    rc = ngx_memn2cmp(a->text.data, b->text.data, a->text.len, b->text.len);

    return rc;
}


static void
mcp_digest_head(SHA256_CTX *ctx, u_char letter, size_t n)
{
    u_char      head[9];
    ngx_uint_t  i;

    head[0] = letter;

    for (i = 1; i < 9; i++) {
        head[i] = (u_char) ((uint64_t) n >> (64 - 8 * i));
    }

    (void) SHA256_Update(ctx, head, 9);
}


static void
mcp_digest_bytes(SHA256_CTX *ctx, u_char letter, const ngx_str_t *s)
{
    mcp_digest_head(ctx, letter, s->len);

    if (s->len) {
        (void) SHA256_Update(ctx, s->data, s->len);
    }
}
