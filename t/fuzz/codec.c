
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * The decoders of the tools "encode" and "decode"; the first byte chooses
 * one.  What is decoded is no longer than its code and encodes to it again,
 * but for what has several forms: padding of base64url, the case of hex,
 * needless percent-encoding.  What is refused has a rule and a place.
 */


#include "../../src/tools/ngx_http_mcp_codec.c"
#include "fuzz.h"


static void
codec_round(ngx_pool_t *pool, const ngx_http_mcp_codec_t *codec,
    ngx_str_t *bytes, ngx_str_t *text)
{
    ngx_str_t                   again;
    ngx_http_mcp_codec_error_t  err;

    fuzz_assert(codec->encode(pool, bytes, text) == NGX_OK);

    again.data = ngx_pnalloc(pool, text->len + 1);
    fuzz_assert(again.data != NULL);

    fuzz_assert(codec->decode(text, &again, &err) == NGX_OK);
    fuzz_assert(again.len == bytes->len);
    fuzz_assert(ngx_memcmp(again.data, bytes->data, bytes->len) == 0);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_str_t                    src, bytes, text;
    ngx_pool_t                  *pool;
    const ngx_http_mcp_codec_t  *codec;
    ngx_http_mcp_codec_error_t   err;

    if (size == 0) {
        return 0;
    }

    codec = &ngx_http_mcp_codecs[data[0] % 4];
    pool = unit_pool();

    src.len = size - 1;
    src.data = unit_copy(pool, data + 1, src.len);

    codec_round(pool, codec, &src, &text);

    bytes.data = ngx_pnalloc(pool, src.len + 1);
    fuzz_assert(bytes.data != NULL);

    if (codec->decode(&src, &bytes, &err) != NGX_OK) {
        fuzz_assert(err.offset <= src.len);
        fuzz_assert(err.rule != NULL);

        ngx_destroy_pool(pool);
        return 0;
    }

    fuzz_assert(bytes.len <= src.len);

    codec_round(pool, codec, &bytes, &text);

    while (codec->encode == ngx_http_mcp_base64url_encode
           && src.len && src.data[src.len - 1] == '=')
    {
        src.len--;
    }

    if (codec->encode != ngx_http_mcp_percent_encode) {
        fuzz_assert(text.len == src.len);
        fuzz_assert(ngx_strncasecmp(text.data, src.data, src.len) == 0);
    }

    if (codec->encode == ngx_http_mcp_base64_encode
        || codec->encode == ngx_http_mcp_base64url_encode)
    {
        fuzz_assert(ngx_memcmp(text.data, src.data, src.len) == 0);
    }

    ngx_destroy_pool(pool);

    return 0;
}
