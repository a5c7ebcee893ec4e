
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_jwt_key.h>


static ngx_int_t mcp_jwt_claims_read(mcp_json_doc_t *doc, ngx_pool_t *pool,
    const mcp_jwt_rules_t *rules, time_t now, mcp_jwt_claims_t *claims,
    const char **err);
static ngx_int_t mcp_jwt_kind(mcp_json_doc_t *doc, const char **err);
static ngx_int_t mcp_jwt_times(mcp_json_doc_t *doc, time_t now, time_t leeway,
    mcp_jwt_claims_t *claims, const char **err);
static ngx_int_t mcp_jwt_issuer(mcp_json_doc_t *doc,
    const ngx_array_t *issuers, const char **err);
static ngx_int_t mcp_jwt_audience(mcp_json_doc_t *doc,
    const ngx_array_t *audiences, const char **err);
static ngx_int_t mcp_jwt_one_of(mcp_json_doc_t *doc, mcp_json_token_t *token,
    const ngx_array_t *names);
static ngx_int_t mcp_jwt_consumer(mcp_json_doc_t *doc, ngx_pool_t *pool,
    const ngx_str_t *claim, ngx_str_t *consumer, const char **err);


/* what other tokens of the same issuer have, and an access token has not */
static const ngx_str_t  mcp_jwt_others[] = {
    ngx_string("at_hash"),           /* ID tokens: OpenID Connect Core */
    ngx_string("c_hash"),
    ngx_string("events"),            /* RFC 8417; logout tokens */
    ngx_null_string
};


ngx_int_t
mcp_jwt_claims(const mcp_jwt_t *jwt, ngx_pool_t *pool,
    const mcp_jwt_rules_t *rules, time_t now, mcp_jwt_claims_t *claims,
    const char **err)
{
    ngx_int_t       rc;
    mcp_json_doc_t  doc;

    rc = mcp_json_scan(&doc, pool, jwt->payload.data, jwt->payload.len);

    if (rc == NGX_OK && doc.tokens[0].type != MCP_JSON_OBJECT) {
        rc = NGX_DECLINED;
    }

    if (rc == NGX_OK) {
        rc = mcp_jwt_claims_read(&doc, pool, rules, now, claims, err);

    } else if (rc == NGX_DECLINED) {
        *err = "has claims that are not a JSON object";
    }

    mcp_json_free(&doc);

    return rc;
}


static ngx_int_t
mcp_jwt_claims_read(mcp_json_doc_t *doc, ngx_pool_t *pool,
    const mcp_jwt_rules_t *rules, time_t now, mcp_jwt_claims_t *claims,
    const char **err)
{
    ngx_int_t  rc;

    rc = mcp_jwt_kind(doc, err);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_jwt_issuer(doc, rules->issuers, err);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_jwt_audience(doc, rules->audiences, err);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_jwt_times(doc, now, rules->leeway, claims, err);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_jwt_consumer(doc, pool, &rules->consumer, &claims->consumer, err);
    if (rc != NGX_OK) {
        return rc;
    }

    return mcp_jwt_scope(doc, pool, &rules->scope, &claims->scope, err);
}


static ngx_int_t
mcp_jwt_kind(mcp_json_doc_t *doc, const char **err)
{
    const ngx_str_t  *name;

    for (name = mcp_jwt_others; name->len; name++) {

        if (mcp_json_member(doc, &doc->tokens[0], (char *) name->data,
                            name->len))
        {
            *err = "is not an access token";
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_jwt_issuer(mcp_json_doc_t *doc, const ngx_array_t *issuers,
    const char **err)
{
    ngx_int_t          rc;
    mcp_json_token_t  *iss;

    if (issuers == NULL) {
        return NGX_OK;
    }

    iss = mcp_json_get(doc, &doc->tokens[0], "iss");

    rc = iss ? mcp_jwt_one_of(doc, iss, issuers) : NGX_DECLINED;

    if (rc == NGX_DECLINED) {
        *err = "is of another issuer";
    }

    return rc;
}


static ngx_int_t
mcp_jwt_audience(mcp_json_doc_t *doc, const ngx_array_t *audiences,
    const char **err)
{
    ngx_int_t          rc;
    ngx_uint_t         i;
    mcp_json_token_t  *aud, *item;

    if (audiences == NULL) {
        return NGX_OK;
    }

    aud = mcp_json_get(doc, &doc->tokens[0], "aud");

    if (aud == NULL) {
        *err = "has no audience";
        return NGX_DECLINED;
    }

    if (aud->type != MCP_JSON_ARRAY) {
        rc = mcp_jwt_one_of(doc, aud, audiences);

    } else {
        rc = NGX_DECLINED;
        item = aud + 1;

        for (i = 0; i < aud->n; i++) {

            if (item->type != MCP_JSON_STRING) {
                rc = NGX_DECLINED;
                break;
            }

            if (rc == NGX_DECLINED) {
                rc = mcp_jwt_one_of(doc, item, audiences);
            }

            item = &doc->tokens[item->next];
        }
    }

    if (rc == NGX_DECLINED) {
        *err = "is for another audience";
    }

    return rc;
}


static ngx_int_t
mcp_jwt_one_of(mcp_json_doc_t *doc, mcp_json_token_t *token,
    const ngx_array_t *names)
{
    ngx_str_t   value, *name;
    ngx_uint_t  i;

    if (token->type != MCP_JSON_STRING) {
        return NGX_DECLINED;
    }

    if (mcp_json_string(doc, token, &value) != NGX_OK) {
        return NGX_ERROR;
    }

    name = names->elts;

    for (i = 0; i < names->nelts; i++) {

        if (value.len == name[i].len
            && ngx_memcmp(value.data, name[i].data, value.len) == 0)
        {
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
mcp_jwt_times(mcp_json_doc_t *doc, time_t now, time_t leeway,
    mcp_jwt_claims_t *claims, const char **err)
{
    int64_t            exp, nbf, iat, sooner, later;
    mcp_json_token_t  *root;

    root = &doc->tokens[0];

    exp = -1;
    nbf = 0;
    iat = 0;

    if (mcp_jwt_date(mcp_json_get(doc, root, "exp"), &exp) != NGX_OK
        || mcp_jwt_date(mcp_json_get(doc, root, "nbf"), &nbf) != NGX_OK
        || mcp_jwt_date(mcp_json_get(doc, root, "iat"), &iat) != NGX_OK)
    {
        *err = "has a time that is none";
        return NGX_DECLINED;
    }

    if (exp < 0) {
        *err = "has no time of expiry";
        return NGX_DECLINED;
    }

    sooner = (int64_t) now - leeway;
    later = (int64_t) now + leeway;

    if (sooner >= exp) {
        *err = "is expired";
        return NGX_DECLINED;
    }

    if (nbf > later || iat > later) {
        *err = "is not valid yet";
        return NGX_DECLINED;
    }

    claims->expires = (time_t) exp;

    return NGX_OK;
}


static ngx_int_t
mcp_jwt_consumer(mcp_json_doc_t *doc, ngx_pool_t *pool,
    const ngx_str_t *claim, ngx_str_t *consumer, const char **err)
{
    ngx_str_t          value;
    mcp_json_token_t  *token;

    if (claim->len) {
        token = mcp_json_member(doc, &doc->tokens[0], (char *) claim->data,
                                claim->len);

    } else {
        token = mcp_json_get(doc, &doc->tokens[0], "sub");
    }

    if (token == NULL || token->type != MCP_JSON_STRING) {
        *err = "does not say whose it is";
        return NGX_DECLINED;
    }

    if (mcp_json_string(doc, token, &value) != NGX_OK) {
        return NGX_ERROR;
    }

    if (!mcp_jwt_is_plain(&value, MCP_JWT_CONSUMER_MAX)) {
        *err = "is of somebody whose name is empty, too long or not plain";
        return NGX_DECLINED;
    }

    consumer->len = value.len;

    consumer->data = ngx_pstrdup(pool, &value);
    if (consumer->data == NULL) {
        return NGX_ERROR;
    }

    return NGX_OK;
}
