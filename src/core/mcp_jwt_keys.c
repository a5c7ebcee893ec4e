
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <mcp_jwt_key.h>


static ngx_int_t mcp_jwt_keys_read(mcp_jwt_keys_t *keys, ngx_pool_t *pool,
    const ngx_str_t *text, const char **err);
static ngx_int_t mcp_jwt_keys_jwks(mcp_jwt_keys_t *keys, ngx_pool_t *pool,
    const ngx_str_t *text, const char **err);
static ngx_int_t mcp_jwt_keys_list(mcp_jwt_keys_t *keys, ngx_pool_t *pool,
    mcp_json_doc_t *doc, const char **err);
static ngx_int_t mcp_jwt_keys_pem(mcp_jwt_keys_t *keys, ngx_pool_t *pool,
    const ngx_str_t *text, const char **err);
static EVP_PKEY *mcp_jwt_pem_key(const char *name, const char *header,
    const u_char *p, long len);
static ngx_int_t mcp_jwt_keys_add(mcp_jwt_keys_t *keys, ngx_pool_t *pool,
    const mcp_jwt_key_t *key);
static void mcp_jwt_key_free(void *data);


ngx_int_t
mcp_jwt_keys_parse(mcp_jwt_keys_t *keys, ngx_pool_t *pool,
    const ngx_str_t *text, const char **err)
{
    ngx_int_t  rc;

    keys->skipped = 0;

    if (ngx_array_init(&keys->keys, pool, 4, sizeof(mcp_jwt_key_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (text->len == 0) {
        *err = "is empty";
        return NGX_DECLINED;
    }

    if (text->len > MCP_JWT_SET_MAX) {
        *err = "is too long";
        return NGX_DECLINED;
    }

    rc = mcp_jwt_keys_read(keys, pool, text, err);

    /* nginx would log what is left there as errors of its connections */

    ERR_clear_error();

    if (rc == NGX_OK && keys->keys.nelts == 0) {
        *err = "has no public key that can verify tokens";
        return NGX_DECLINED;
    }

    return rc;
}


static ngx_int_t
mcp_jwt_keys_read(mcp_jwt_keys_t *keys, ngx_pool_t *pool,
    const ngx_str_t *text, const char **err)
{
    u_char  *p, *last;

    p = text->data;
    last = p + text->len;

    while (p < last
           && (*p == ' ' || *p == '\t' || *p == CR || *p == LF))
    {
        p++;
    }

    if (p < last && *p == '{') {
        return mcp_jwt_keys_jwks(keys, pool, text, err);
    }

    return mcp_jwt_keys_pem(keys, pool, text, err);
}


static ngx_int_t
mcp_jwt_keys_jwks(mcp_jwt_keys_t *keys, ngx_pool_t *pool,
    const ngx_str_t *text, const char **err)
{
    ngx_int_t       rc;
    mcp_json_doc_t  doc;

    rc = mcp_json_scan(&doc, pool, text->data, text->len);

    if (rc == NGX_OK) {
        rc = mcp_jwt_keys_list(keys, pool, &doc, err);

    } else if (rc == NGX_DECLINED) {
        *err = mcp_json_strerror(doc.err);
    }

    mcp_json_free(&doc);

    return rc;
}


static ngx_int_t
mcp_jwt_keys_list(mcp_jwt_keys_t *keys, ngx_pool_t *pool, mcp_json_doc_t *doc,
    const char **err)
{
    ngx_int_t          rc;
    ngx_uint_t         i;
    mcp_jwt_key_t      key;
    mcp_json_token_t  *list, *jwk;

    list = mcp_json_get(doc, &doc->tokens[0], "keys");

    if (list == NULL || list->type != MCP_JSON_ARRAY) {
        *err = "has no array of keys";
        return NGX_DECLINED;
    }

    if (list->n > MCP_JWT_KEYS_MAX) {
        *err = "has more than 64 keys";
        return NGX_DECLINED;
    }

    jwk = list + 1;

    for (i = 0; i < list->n; i++) {

        rc = mcp_jwt_jwk(&key, pool, doc, jwk);

        if (rc == NGX_OK) {
            rc = mcp_jwt_keys_add(keys, pool, &key);
        }

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_DECLINED) {
            keys->skipped++;
        }

        jwk = &doc->tokens[jwk->next];
    }

    return NGX_OK;
}


/*
 * What is between the blocks is comment (RFC 7468, section 2).  A block that
 * is damaged ends the reading, so that keys behind it would be missing.
 */

static ngx_int_t
mcp_jwt_keys_pem(mcp_jwt_keys_t *keys, ngx_pool_t *pool,
    const ngx_str_t *text, const char **err)
{
    BIO            *bio;
    char           *name, *header;
    long            len;
    u_char         *p;
    ngx_int_t       rc;
    mcp_jwt_key_t   key;

    bio = BIO_new_mem_buf(text->data, (int) text->len);
    if (bio == NULL) {
        return NGX_ERROR;
    }

    rc = NGX_OK;

    ngx_str_null(&key.kid);

    while (rc == NGX_OK
           && PEM_read_bio(bio, &name, &header, &p, &len) == 1)
    {
        key.pkey = mcp_jwt_pem_key(name, header, p, len);

        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_clear_free(p, len);

        if (key.pkey == NULL || mcp_jwt_key_judge(&key) != NGX_OK) {
            EVP_PKEY_free(key.pkey);
            keys->skipped++;

        } else {
            rc = mcp_jwt_keys_add(keys, pool, &key);
        }

        if (keys->keys.nelts + keys->skipped > MCP_JWT_KEYS_MAX) {
            *err = "has more than 64 keys";
            rc = NGX_DECLINED;
        }
    }

    BIO_free(bio);

    if (rc == NGX_OK && keys->keys.nelts + keys->skipped == 0) {
        *err = "is neither a JWK Set nor PEM";
        return NGX_DECLINED;
    }

    if (rc == NGX_OK
        && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
    {
        *err = "has a block that is not PEM";
        return NGX_DECLINED;
    }

    return rc;
}


/* of a certificate nothing counts but its key: its file is what is trusted */

static EVP_PKEY *
mcp_jwt_pem_key(const char *name, const char *header, const u_char *p,
    long len)
{
    X509      *cert;
    EVP_PKEY  *pkey;

    if (header[0] != '\0') {
        return NULL;
    }

    if (ngx_strcmp(name, PEM_STRING_PUBLIC) == 0) {
        return d2i_PUBKEY(NULL, &p, len);
    }

    if (ngx_strcmp(name, PEM_STRING_RSA_PUBLIC) == 0) {
        return d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, len);
    }

    if (ngx_strcmp(name, PEM_STRING_X509) != 0) {
        return NULL;
    }

    cert = d2i_X509(NULL, &p, len);
    if (cert == NULL) {
        return NULL;
    }

    pkey = X509_get_pubkey(cert);

    X509_free(cert);

    return pkey;
}


/* takes the key over, also if it fails */

static ngx_int_t
mcp_jwt_keys_add(mcp_jwt_keys_t *keys, ngx_pool_t *pool,
    const mcp_jwt_key_t *key)
{
    mcp_jwt_key_t       *k;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(pool, 0);
    if (cln == NULL) {
        EVP_PKEY_free(key->pkey);
        return NGX_ERROR;
    }

    cln->handler = mcp_jwt_key_free;
    cln->data = key->pkey;

    k = ngx_array_push(&keys->keys);
    if (k == NULL) {
        return NGX_ERROR;
    }

    *k = *key;

    return NGX_OK;
}


static void
mcp_jwt_key_free(void *data)
{
    EVP_PKEY_free(data);
}
