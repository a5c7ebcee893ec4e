
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp_text_tools.h>
#include <ngx_http_mcp_codec.h>


/* tools "encode" and "decode" */


static ngx_int_t ngx_http_mcp_codec_decode(ngx_http_mcp_call_t *call,
    const char *encoding, ngx_str_t *src, ngx_str_t *dst);
static ngx_int_t ngx_http_mcp_codec_is_text(ngx_str_t *bytes);


ngx_int_t
ngx_http_mcp_text_encode(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_int_t  rc;
    ngx_str_t  bytes, text;

    rc = ngx_http_mcp_text_input(call, args, &bytes);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : rc;
    }

    if (ngx_http_mcp_text_output(call,
                            ngx_http_mcp_text_option(args, "encoding", ""),
                            &bytes, &text)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_mcp_text(call, text.data, text.len);
}


ngx_int_t
ngx_http_mcp_text_decode(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_int_t  rc;
    ngx_str_t  src, bytes, hex;

    src.data = (u_char *) ngx_http_mcp_text_option(args, "data", "");
    src.len = ngx_strlen(src.data);

    rc = ngx_http_mcp_codec_decode(call,
                             ngx_http_mcp_text_option(args, "encoding", ""),
                             &src, &bytes);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : rc;
    }

    if (ngx_strcmp(ngx_http_mcp_text_option(args, "output", "auto"), "hex")
        == 0)
    {
        if (ngx_http_mcp_text_output(call, "hex", &bytes, &hex) != NGX_OK) {
            return NGX_ERROR;
        }

        return ngx_http_mcp_text(call, hex.data, hex.len);
    }

    if (ngx_http_mcp_codec_is_text(&bytes) == NGX_OK) {
        return ngx_http_mcp_text(call, bytes.data, bytes.len);
    }

    return ngx_http_mcp_embed_blob(call, "tool://decode/result",
                                   "application/octet-stream",
                                   bytes.data, bytes.len);
}


const char *
ngx_http_mcp_text_option(const cJSON *args, const char *name,
    const char *value)
{
    const cJSON  *arg;

    arg = cJSON_GetObjectItemCaseSensitive(args, name);

    return cJSON_IsString(arg) ? arg->valuestring : value;
}


ngx_int_t
ngx_http_mcp_text_input(ngx_http_mcp_call_t *call, const cJSON *args,
    ngx_str_t *bytes)
{
    ngx_str_t    src;
    const char  *input;

    src.data = (u_char *) ngx_http_mcp_text_option(args, "data", "");
    src.len = ngx_strlen(src.data);

    input = ngx_http_mcp_text_option(args, "input", "text");

    if (ngx_strcmp(input, "text") == 0) {
        *bytes = src;
        return NGX_OK;
    }

    return ngx_http_mcp_codec_decode(call, input, &src, bytes);
}


ngx_int_t
ngx_http_mcp_text_output(ngx_http_mcp_call_t *call, const char *encoding,
    ngx_str_t *bytes, ngx_str_t *text)
{
    const ngx_http_mcp_codec_t  *codec;

    codec = ngx_http_mcp_codec(encoding);

    if (codec == NULL) {
        return NGX_ERROR;
    }

    return codec->encode(ngx_http_mcp_pool(call), bytes, text);
}


static ngx_int_t
ngx_http_mcp_codec_decode(ngx_http_mcp_call_t *call, const char *encoding,
    ngx_str_t *src, ngx_str_t *dst)
{
    const ngx_http_mcp_codec_t  *codec;
    ngx_http_mcp_codec_error_t   err;

    codec = ngx_http_mcp_codec(encoding);

    if (codec == NULL) {
        return NGX_ERROR;
    }

    /* no encoding is shorter than what it encodes */

    dst->data = ngx_pnalloc(ngx_http_mcp_pool(call), src->len + 1);

    if (dst->data == NULL) {
        return NGX_ERROR;
    }

    if (codec->decode(src, dst, &err) == NGX_OK) {
        return NGX_OK;
    }

    (void) ngx_http_mcp_error(call, "\"data\" is not valid %s at character"
                              " offset %uz: %s",
                              codec->name, err.offset, err.rule);

    return NGX_DECLINED;
}


/*
 * RFC 3629 UTF-8, and no NUL: that is a character to JSON, but to most who
 * read it the end of the text
 */

static ngx_int_t
ngx_http_mcp_codec_is_text(ngx_str_t *bytes)
{
    u_char      *p, *last;
    uint32_t     u, least;
    ngx_uint_t   n;

    p = bytes->data;
    last = p + bytes->len;

    while (p < last) {
        u = *p++;

        if (u == 0) {
            return NGX_DECLINED;
        }

        if (u < 0x80) {
            continue;
        }

        if (u < 0xc2 || u > 0xf4) {
            return NGX_DECLINED;
        }

        n = (u >= 0xf0) ? 3 : (u >= 0xe0) ? 2 : 1;
        least = (n == 3) ? 0x10000 : (n == 2) ? 0x800 : 0x80;

        if ((size_t) (last - p) < n) {
            return NGX_DECLINED;
        }

        for (u &= 0x3f >> n; n; n--) {
            if ((*p & 0xc0) != 0x80) {
                return NGX_DECLINED;
            }

            u = (u << 6) | (*p++ & 0x3f);
        }

        if (u < least || u > 0x10ffff || (u >= 0xd800 && u <= 0xdfff)) {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}
