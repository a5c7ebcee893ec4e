
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_jwt_key.h>


static ngx_int_t mcp_jwt_split(const ngx_str_t *token, ngx_str_t *parts);
static ngx_int_t mcp_jwt_header(mcp_jwt_t *jwt, ngx_pool_t *pool,
    const ngx_str_t *header, const char **err);
static ngx_int_t mcp_jwt_header_read(mcp_jwt_t *jwt, mcp_json_doc_t *doc,
    const char **err);
static ngx_uint_t mcp_jwt_typ(const ngx_str_t *typ);


const mcp_jwt_alg_t  mcp_jwt_algs[] = {
    { ngx_string("RS256"), MCP_JWT_RS256, "SHA256" },
    { ngx_string("RS384"), MCP_JWT_RS384, "SHA384" },
    { ngx_string("RS512"), MCP_JWT_RS512, "SHA512" },
    { ngx_string("PS256"), MCP_JWT_PS256, "SHA256" },
    { ngx_string("PS384"), MCP_JWT_PS384, "SHA384" },
    { ngx_string("PS512"), MCP_JWT_PS512, "SHA512" },
    { ngx_string("ES256"), MCP_JWT_ES256, "SHA256" },
    { ngx_string("ES384"), MCP_JWT_ES384, "SHA384" },
    { ngx_string("ES512"), MCP_JWT_ES512, "SHA512" },
    { ngx_string("EdDSA"), MCP_JWT_ED25519|MCP_JWT_ED448, NULL },
    { ngx_string("Ed25519"), MCP_JWT_ED25519, NULL },
    { ngx_string("Ed448"), MCP_JWT_ED448, NULL },
    { ngx_null_string, 0, NULL }
};


const mcp_jwt_curve_t  mcp_jwt_curves[] = {
    { ngx_string("P-256"), ngx_string("EC"), "prime256v1",
      MCP_JWT_ES256, 32 },
    { ngx_string("P-384"), ngx_string("EC"), "secp384r1",
      MCP_JWT_ES384, 48 },
    { ngx_string("P-521"), ngx_string("EC"), "secp521r1",
      MCP_JWT_ES512, 66 },
    { ngx_string("Ed25519"), ngx_string("OKP"), "ED25519",
      MCP_JWT_ED25519, 32 },
    { ngx_string("Ed448"), ngx_string("OKP"), "ED448",
      MCP_JWT_ED448, 57 },
    { ngx_null_string, ngx_null_string, NULL, 0, 0 }
};


ngx_int_t
mcp_jwt_parse(mcp_jwt_t *jwt, ngx_pool_t *pool, const ngx_str_t *token,
    const char **err)
{
    ngx_int_t  rc;
    ngx_str_t  header, parts[3];

    ngx_memzero(jwt, sizeof(mcp_jwt_t));

    if (token->len > MCP_JWT_TOKEN_MAX) {
        *err = "is too long";
        return NGX_DECLINED;
    }

    if (mcp_jwt_split(token, parts) != NGX_OK) {
        *err = "does not have the three parts of a signed JWT";
        return NGX_DECLINED;
    }

    if (parts[0].len > ngx_base64_encoded_length(MCP_JWT_HEADER_MAX)) {
        *err = "has a header that is too long";
        return NGX_DECLINED;
    }

    *err = "has a part that is not base64url";

    rc = mcp_jwt_base64url(pool, &parts[0], &header);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_jwt_base64url(pool, &parts[1], &jwt->payload);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_jwt_base64url(pool, &parts[2], &jwt->signature);
    if (rc != NGX_OK) {
        return rc;
    }

    if (header.len > MCP_JWT_HEADER_MAX) {
        *err = "has a header that is too long";
        return NGX_DECLINED;
    }

    jwt->signed_part.data = token->data;
    jwt->signed_part.len = parts[0].len + 1 + parts[1].len;

    return mcp_jwt_header(jwt, pool, &header, err);
}


/* none of the parts may be empty */

static ngx_int_t
mcp_jwt_split(const ngx_str_t *token, ngx_str_t *parts)
{
    u_char      *p, *last, *end;
    ngx_uint_t   i;

    p = token->data;
    last = p + token->len;

    for (i = 0; i < 3; i++) {
        end = (p < last) ? ngx_strlchr(p, last, '.') : NULL;

        if ((end == NULL) != (i == 2)) {
            return NGX_DECLINED;
        }

        if (end == NULL) {
            end = last;
        }

        if (end == p) {
            return NGX_DECLINED;
        }

        parts[i].data = p;
        parts[i].len = end - p;

        p = end + 1;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_jwt_header(mcp_jwt_t *jwt, ngx_pool_t *pool, const ngx_str_t *header,
    const char **err)
{
    ngx_int_t       rc;
    mcp_json_doc_t  doc;

    rc = mcp_json_scan(&doc, pool, header->data, header->len);

    if (rc == NGX_OK && doc.tokens[0].type != MCP_JSON_OBJECT) {
        rc = NGX_DECLINED;
    }

    if (rc == NGX_OK) {
        rc = mcp_jwt_header_read(jwt, &doc, err);

    } else if (rc == NGX_DECLINED) {
        *err = "has a header that is not a JSON object";
    }

    mcp_json_free(&doc);

    return rc;
}


/*
 * What a token says of keys but "kid" is not looked at: who forges one would
 * bring the key too.
 */

static ngx_int_t
mcp_jwt_header_read(mcp_jwt_t *jwt, mcp_json_doc_t *doc, const char **err)
{
    ngx_int_t          rc;
    ngx_str_t          alg, typ;
    mcp_json_token_t  *b64, *header;

    header = &doc->tokens[0];

    if (mcp_json_get(doc, header, "crit")) {
        *err = "has critical headers";
        return NGX_DECLINED;
    }

    /* RFC 7797; without "crit" it would be ignored, and mean something else */

    b64 = mcp_json_get(doc, header, "b64");

    if (b64 && b64->type != MCP_JSON_TRUE) {
        *err = "has a payload that is not base64url";
        return NGX_DECLINED;
    }

    rc = mcp_jwt_string(doc, header, "alg", &alg);

    if (rc == NGX_OK) {
        jwt->alg = mcp_jwt_alg(&alg);
    }

    if (jwt->alg == 0) {
        *err = "is not signed with an accepted algorithm";
        return (rc == NGX_ERROR) ? NGX_ERROR : NGX_DECLINED;
    }

    rc = mcp_jwt_string(doc, header, "typ", &typ);

    if (rc != NGX_OK || (typ.data && !mcp_jwt_typ(&typ))) {
        *err = "is of another type than access tokens are";
        return (rc == NGX_ERROR) ? NGX_ERROR : NGX_DECLINED;
    }

    rc = mcp_jwt_string(doc, header, "kid", &jwt->kid);

    if (rc != NGX_OK
        || (jwt->kid.data && !mcp_jwt_is_plain(&jwt->kid, MCP_JWT_KID_MAX)))
    {
        *err = "has a kid that names no key";
        return (rc == NGX_ERROR) ? NGX_ERROR : NGX_DECLINED;
    }

    return NGX_OK;
}


/* a media type, mostly without "application/" (RFC 7515, section 4.1.9) */

static ngx_uint_t
mcp_jwt_typ(const ngx_str_t *typ)
{
    size_t   len;
    u_char  *p;

    p = typ->data;
    len = typ->len;

    if (len > 12 && ngx_strncasecmp(p, (u_char *) "application/", 12) == 0) {
        p += 12;
        len -= 12;
    }

    return (len == 3 && ngx_strncasecmp(p, (u_char *) "JWT", 3) == 0)
           || (len == 6 && ngx_strncasecmp(p, (u_char *) "at+jwt", 6) == 0);
}


ngx_uint_t
mcp_jwt_alg(const ngx_str_t *name)
{
    const mcp_jwt_alg_t  *alg;

    for (alg = mcp_jwt_algs; alg->name.len; alg++) {

        if (name->len == alg->name.len
            && ngx_memcmp(name->data, alg->name.data, name->len) == 0)
        {
            return alg->algs;
        }
    }

    return 0;
}


ngx_int_t
mcp_jwt_base64url(ngx_pool_t *pool, const ngx_str_t *text, ngx_str_t *bytes)
{
    u_char     buf[4];
    ngx_str_t  in, tail, again;

    in = *text;

    /* nginx's decoder ends at "=" */

    if (ngx_strlchr(in.data, in.data + in.len, '=')) {
        return NGX_DECLINED;
    }

    bytes->data = ngx_pnalloc(pool, ngx_base64_decoded_length(in.len));
    if (bytes->data == NULL) {
        return NGX_ERROR;
    }

    if (ngx_decode_base64url(bytes, &in) != NGX_OK) {
        return NGX_DECLINED;
    }

    /* and takes any bits behind the last byte */

    tail.len = bytes->len % 3;
    tail.data = bytes->data + bytes->len - tail.len;
    again.data = buf;

    ngx_encode_base64url(&again, &tail);

    if (ngx_memcmp(in.data + in.len - again.len, buf, again.len) != 0) {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


ngx_int_t
mcp_jwt_string(mcp_json_doc_t *doc, mcp_json_token_t *object,
    const char *name, ngx_str_t *value)
{
    mcp_json_token_t  *token;

    ngx_str_null(value);

    token = mcp_json_member(doc, object, name, ngx_strlen(name));

    if (token == NULL) {
        return NGX_OK;
    }

    if (token->type != MCP_JSON_STRING) {
        return NGX_DECLINED;
    }

    return mcp_json_string(doc, token, value);
}


/* the scan has accepted the UTF-8, C1 is U+0080 to U+009F */

ngx_uint_t
mcp_jwt_is_plain(const ngx_str_t *text, size_t max)
{
    u_char  *p, *last;

    if (text->len == 0 || text->len > max) {
        return 0;
    }

    last = text->data + text->len;

    for (p = text->data; p < last; p++) {

        if (*p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] < 0xa0)) {
            return 0;
        }
    }

    return 1;
}
