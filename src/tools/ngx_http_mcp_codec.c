
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp_codec.h>


static ngx_int_t ngx_http_mcp_base64_encode(ngx_pool_t *pool, ngx_str_t *src,
    ngx_str_t *dst);
static ngx_int_t ngx_http_mcp_base64url_encode(ngx_pool_t *pool,
    ngx_str_t *src, ngx_str_t *dst);
static ngx_int_t ngx_http_mcp_hex_encode(ngx_pool_t *pool, ngx_str_t *src,
    ngx_str_t *dst);
static ngx_int_t ngx_http_mcp_percent_encode(ngx_pool_t *pool,
    ngx_str_t *src, ngx_str_t *dst);

static ngx_int_t ngx_http_mcp_base64_decode(ngx_str_t *src, ngx_str_t *dst,
    ngx_http_mcp_codec_error_t *err);
static ngx_int_t ngx_http_mcp_base64url_decode(ngx_str_t *src,
    ngx_str_t *dst, ngx_http_mcp_codec_error_t *err);
static ngx_int_t ngx_http_mcp_sextets_decode(ngx_str_t *src, ngx_str_t *dst,
    const char *extra, ngx_http_mcp_codec_error_t *err);
static ngx_int_t ngx_http_mcp_sextet(u_char c, const char *extra);
static ngx_int_t ngx_http_mcp_hex_decode(ngx_str_t *src, ngx_str_t *dst,
    ngx_http_mcp_codec_error_t *err);
static ngx_int_t ngx_http_mcp_percent_decode(ngx_str_t *src, ngx_str_t *dst,
    ngx_http_mcp_codec_error_t *err);


static const ngx_http_mcp_codec_t  ngx_http_mcp_codecs[] = {

    { "base64",
      ngx_http_mcp_base64_encode,
      ngx_http_mcp_base64_decode },

    { "base64url",
      ngx_http_mcp_base64url_encode,
      ngx_http_mcp_base64url_decode },

    { "hex",
      ngx_http_mcp_hex_encode,
      ngx_http_mcp_hex_decode },

    { "percent",
      ngx_http_mcp_percent_encode,
      ngx_http_mcp_percent_decode },

    { NULL, NULL, NULL }
};


const ngx_http_mcp_codec_t *
ngx_http_mcp_codec(const char *name)
{
    const ngx_http_mcp_codec_t  *codec;

    for (codec = ngx_http_mcp_codecs; codec->name; codec++) {
        if (ngx_strcmp(codec->name, name) == 0) {
            return codec;
        }
    }

    return NULL;
}


static ngx_int_t
ngx_http_mcp_base64_encode(ngx_pool_t *pool, ngx_str_t *src, ngx_str_t *dst)
{
    dst->data = ngx_pnalloc(pool, ngx_base64_encoded_length(src->len) + 1);

    if (dst->data == NULL) {
        return NGX_ERROR;
    }

    ngx_encode_base64(dst, src);

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_base64url_encode(ngx_pool_t *pool, ngx_str_t *src,
    ngx_str_t *dst)
{
    dst->data = ngx_pnalloc(pool, ngx_base64_encoded_length(src->len) + 1);

    if (dst->data == NULL) {
        return NGX_ERROR;
    }

    ngx_encode_base64url(dst, src);

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_hex_encode(ngx_pool_t *pool, ngx_str_t *src, ngx_str_t *dst)
{
    dst->len = src->len * 2;
    dst->data = ngx_pnalloc(pool, dst->len + 1);

    if (dst->data == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_hex_dump(dst->data, src->data, src->len);

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_percent_encode(ngx_pool_t *pool, ngx_str_t *src, ngx_str_t *dst)
{
    dst->len = src->len
               + 2 * ngx_escape_uri(NULL, src->data, src->len,
                                    NGX_ESCAPE_URI_COMPONENT);
    dst->data = ngx_pnalloc(pool, dst->len + 1);

    if (dst->data == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_escape_uri(dst->data, src->data, src->len,
                          NGX_ESCAPE_URI_COMPONENT);

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_base64_decode(ngx_str_t *src, ngx_str_t *dst,
    ngx_http_mcp_codec_error_t *err)
{
    if (ngx_http_mcp_sextets_decode(src, dst, "+/", err) != NGX_OK) {
        return NGX_DECLINED;
    }

    if (src->len % 4) {
        err->offset = src->len;
        err->rule = "the length is not a multiple of 4; complete the data or"
                    " pad it with \"=\"";
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_base64url_decode(ngx_str_t *src, ngx_str_t *dst,
    ngx_http_mcp_codec_error_t *err)
{
    return ngx_http_mcp_sextets_decode(src, dst, "-_", err);
}


/* "extra" are the digits 62 and 63; padding is complete if there is any */

static ngx_int_t
ngx_http_mcp_sextets_decode(ngx_str_t *src, ngx_str_t *dst,
    const char *extra, ngx_http_mcp_codec_error_t *err)
{
    u_char      *p, *d, *last;
    size_t       pad;
    uint32_t     bits;
    ngx_int_t    digit;
    ngx_uint_t   n;

    p = src->data;
    last = p + src->len;

    for (pad = 0; pad < 2 && last > p && last[-1] == '='; pad++) {
        last--;
    }

    d = dst->data;
    bits = 0;
    n = 0;

    for ( /* void */ ; p < last; p++) {
        digit = ngx_http_mcp_sextet(*p, extra);

        if (digit == NGX_DECLINED) {
            err->offset = p - src->data;
            err->rule = "a character is not in the alphabet; remove white space"
                        " and line breaks, \"+\" and \"/\" belong to base64,"
                        " \"-\" and \"_\" to base64url, \"=\" to the end";
            return NGX_DECLINED;
        }

        bits = (bits << 6) | (uint32_t) digit;
        n += 6;

        if (n >= 8) {
            n -= 8;
            *d++ = (u_char) (bits >> n);
        }
    }

    err->offset = last - src->data;

    if (n == 6 || (pad && src->len % 4)) {
        err->rule = "the number of characters is wrong; complete the data or"
                    " correct the padding";
        return NGX_DECLINED;
    }

    if (bits & ((1 << n) - 1)) {
        err->rule = "the last character carries bits that belong to no byte;"
                    " the data was cut or altered";
        return NGX_DECLINED;
    }

    dst->len = d - dst->data;

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_sextet(u_char c, const char *extra)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }

    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }

    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }

    if (c == (u_char) extra[0]) {
        return 62;
    }

    return (c == (u_char) extra[1]) ? 63 : NGX_DECLINED;
}


static ngx_int_t
ngx_http_mcp_hex_decode(ngx_str_t *src, ngx_str_t *dst,
    ngx_http_mcp_codec_error_t *err)
{
    size_t     i;
    u_char    *d;
    ngx_int_t  n;

    for (i = 0; i < src->len; i++) {
        if (ngx_hextoi(&src->data[i], 1) == NGX_ERROR) {
            err->offset = i;
            err->rule = "a character is not a hexadecimal digit; use 0-9 and"
                        " a-f only, without white space or \"0x\"";
            return NGX_DECLINED;
        }
    }

    if (src->len % 2) {
        err->offset = src->len;
        err->rule = "the number of digits is odd; write two digits for each"
                    " byte";
        return NGX_DECLINED;
    }

    d = dst->data;

    for (i = 0; i < src->len; i += 2) {
        n = ngx_hextoi(&src->data[i], 2);
        *d++ = (u_char) n;
    }

    dst->len = d - dst->data;

    return NGX_OK;
}


/* RFC 3986, section 2: unreserved, reserved and %XX, nothing else */

static ngx_int_t
ngx_http_mcp_percent_decode(ngx_str_t *src, ngx_str_t *dst,
    ngx_http_mcp_codec_error_t *err)
{
    u_char     *p, *d, *last;
    ngx_int_t   n;

    d = dst->data;
    last = src->data + src->len;

    for (p = src->data; p < last; p++) {

        if (*p == '%') {
            n = (last - p > 2) ? ngx_hextoi(p + 1, 2) : NGX_ERROR;

            if (n == NGX_ERROR) {
                err->offset = p - src->data;
                err->rule = "\"%\" is not followed by two hexadecimal digits;"
                            " write a percent sign as %25";
                return NGX_DECLINED;
            }

            *d++ = (u_char) n;
            p += 2;
            continue;
        }

        if (*p <= ' ' || *p >= 0x7f || ngx_strchr("\"<>\\^`{|}", *p)) {
            err->offset = p - src->data;
            err->rule = "a character is not allowed there; percent-encode it, a"
                        " space is %20";
            return NGX_DECLINED;
        }

        *d++ = *p;
    }

    dst->len = d - dst->data;

    return NGX_OK;
}
