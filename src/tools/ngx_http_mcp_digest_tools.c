
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp_text_tools.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>


#define NGX_HTTP_MCP_UUID_LEN  36


typedef struct {
    const char  *name;
    const char  *md;         /* as OpenSSL names it */
} ngx_http_mcp_digest_t;


static ngx_int_t ngx_http_mcp_uuid_result(ngx_http_mcp_call_t *call,
    ngx_uint_t version, ngx_uint_t count, u_char *bytes);
static void ngx_http_mcp_uuid_time(u_char *bytes, uint64_t msec,
    ngx_uint_t n);
static void ngx_http_mcp_uuid_print(u_char *text, const u_char *bytes);


static const ngx_http_mcp_digest_t  ngx_http_mcp_digests[] = {
    { "sha224",     "SHA2-224" },
    { "sha256",     "SHA2-256" },
    { "sha384",     "SHA2-384" },
    { "sha512",     "SHA2-512" },
    { "sha512-256", "SHA2-512/256" },
    { "sha3-224",   "SHA3-224" },
    { "sha3-256",   "SHA3-256" },
    { "sha3-384",   "SHA3-384" },
    { "sha3-512",   "SHA3-512" },
    { "blake2s256", "BLAKE2S-256" },
    { "blake2b512", "BLAKE2B-512" },
    { NULL, NULL }
};


ngx_int_t
ngx_http_mcp_text_digest(ngx_http_mcp_call_t *call, const cJSON *args)
{
    cJSON                        *out;
    size_t                        len;
    u_char                        md[EVP_MAX_MD_SIZE];
    ngx_int_t                     rc;
    ngx_str_t                     bytes, digest, text;
    const char                   *name;
    const ngx_http_mcp_digest_t  *d;

    name = ngx_http_mcp_text_option(args, "algorithm", "");

    for (d = ngx_http_mcp_digests; d->name; d++) {
        if (ngx_strcmp(d->name, name) == 0) {
            break;
        }
    }

    rc = ngx_http_mcp_text_input(call, args, &bytes);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : rc;
    }

    if (EVP_Q_digest(NULL, d->md, NULL, bytes.data, bytes.len, md, &len)
        == 0)
    {
        /* a FIPS provider has no BLAKE2; nginx logs what is left behind */

        ERR_clear_error();

        return ngx_http_mcp_error(call, "\"algorithm\": this server's OpenSSL"
                                  " does not provide %s; use sha256", name);
    }

    digest.len = len;
    digest.data = md;

    if (ngx_http_mcp_text_output(call,
                            ngx_http_mcp_text_option(args, "output", "hex"),
                            &digest, &text)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    text.data[text.len] = '\0';

    out = cJSON_CreateObject();

    if (cJSON_AddStringToObject(out, "algorithm", name) == NULL
        || cJSON_AddStringToObject(out, "digest", (char *) text.data) == NULL)
    {
        cJSON_Delete(out);
        return NGX_ERROR;
    }

    return ngx_http_mcp_result(call, out);
}


ngx_int_t
ngx_http_mcp_text_uuid(ngx_http_mcp_call_t *call, const cJSON *args)
{
    u_char        bytes[NGX_HTTP_MCP_UUID_MAX * 16];
    ngx_uint_t    version, count;
    const cJSON  *arg;

    arg = cJSON_GetObjectItemCaseSensitive(args, "version");
    version = arg ? (ngx_uint_t) arg->valuedouble : 4;

    arg = cJSON_GetObjectItemCaseSensitive(args, "count");
    count = arg ? (ngx_uint_t) arg->valuedouble : 1;

    if (count > NGX_HTTP_MCP_UUID_MAX) {
        return NGX_ERROR;
    }

    if (RAND_bytes(bytes, (int) count * 16) != 1) {
        ERR_clear_error();
        ngx_log_error(NGX_LOG_ERR,
                      ngx_http_mcp_request(call)->connection->log, 0,
                      "mcp tool \"uuid\": no random bytes");
        return NGX_ERROR;
    }

    return ngx_http_mcp_uuid_result(call, version, count, bytes);
}


static ngx_int_t
ngx_http_mcp_uuid_result(ngx_http_mcp_call_t *call, ngx_uint_t version,
    ngx_uint_t count, u_char *bytes)
{
    cJSON       *out, *list, *item;
    u_char      *p, text[NGX_HTTP_MCP_UUID_LEN + 1];
    uint64_t     msec;
    ngx_uint_t   i;
    ngx_time_t  *tp;

    tp = ngx_timeofday();
    msec = (uint64_t) tp->sec * 1000 + tp->msec;

    out = cJSON_CreateObject();
    list = cJSON_AddArrayToObject(out, "uuids");

    if (list == NULL) {
        goto failed;
    }

    for (i = 0; i < count; i++) {
        p = bytes + i * 16;

        if (version == 7) {

            /* the first random counter is that of the whole call */

            p[6] = bytes[6];
            p[7] = bytes[7];
            ngx_http_mcp_uuid_time(p, msec, i);
        }

        p[6] = (u_char) ((p[6] & 0x0f) | (version << 4));
        p[8] = (p[8] & 0x3f) | 0x80;

        ngx_http_mcp_uuid_print(text, p);

        item = cJSON_CreateString((char *) text);

        if (!cJSON_AddItemToArray(list, item)) {
            cJSON_Delete(item);
            goto failed;
        }
    }

    return ngx_http_mcp_result(call, out);

failed:

    cJSON_Delete(out);

    return NGX_ERROR;
}


/*
 * RFC 9562, section 6.2, method 1: the 12 bits after the version are a
 * counter, randomly started in the lower half so that it does not roll over
 */

static void
ngx_http_mcp_uuid_time(u_char *bytes, uint64_t msec, ngx_uint_t n)
{
    ngx_uint_t  i, counter;

    for (i = 0; i < 6; i++) {
        bytes[i] = (u_char) (msec >> (40 - 8 * i));
    }

    counter = ((bytes[6] & 0x07) << 8 | bytes[7]) + n;

    bytes[6] = (u_char) (counter >> 8);
    bytes[7] = (u_char) counter;
}


static void
ngx_http_mcp_uuid_print(u_char *text, const u_char *bytes)
{
    u_char      *p;
    ngx_uint_t   i;

    p = text;

    for (i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *p++ = '-';
        }

        p = ngx_sprintf(p, "%02xd", (int) bytes[i]);
    }

    *p = '\0';
}
