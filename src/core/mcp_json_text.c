
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <float.h>
#include <mcp_json_text.h>


/* an unsigned 64-bit integer holds any number of this many digits */
#define MCP_JSON_MAX_DIGITS  19

/* doubles hold integers up to 2^53 and powers of ten up to 10^22 exactly */
#define MCP_JSON_EXACT_INT   9007199254740992ULL
#define MCP_JSON_EXACT_TEN   22

/* beyond any exponent that matters to a number of MCP_JSON_MAX_NUMBER bytes */
#define MCP_JSON_FAR         100000


typedef struct {
    uint64_t    digits;      /* the leading MCP_JSON_MAX_DIGITS of them */
    ngx_int_t   exponent;    /* the value is digits * 10^exponent */
    ngx_uint_t  negative;
    ngx_uint_t  cut;         /* there were more digits */
} mcp_json_decimal_t;


static u_char *mcp_json_decode_unicode(u_char *dst, const u_char **pos,
    const u_char *end);
static const u_char *mcp_json_digits(const u_char *p, const u_char *end);
static void mcp_json_decimal(const u_char *p, const u_char *end,
    mcp_json_decimal_t *dec);


static const double  mcp_json_tens[] = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
};


ngx_int_t
mcp_utf8_check(u_char *p, size_t len)
{
    size_t   n;
    u_char  *end;

    end = p + len;

    while (p < end) {

        n = (*p == '\0') ? 0 : mcp_utf8_len(p, end);

        if (n == 0) {
            return NGX_DECLINED;
        }

        p += n;
    }

    return NGX_OK;
}


/* RFC 3629, section 4: no overlong forms, no surrogates, up to U+10FFFF */

size_t
mcp_utf8_len(const u_char *p, const u_char *end)
{
    u_char  c, min, max;
    size_t  i, n;

    c = *p;
    min = 0x80;
    max = 0xbf;

    if (c < 0x80) {
        return 1;
    }

    if (c < 0xc2) {
        return 0;
    }

    if (c < 0xe0) {
        n = 2;

    } else if (c < 0xf0) {
        n = 3;

        if (c == 0xe0) {
            min = 0xa0;

        } else if (c == 0xed) {
            max = 0x9f;
        }

    } else if (c < 0xf5) {
        n = 4;

        if (c == 0xf0) {
            min = 0x90;

        } else if (c == 0xf4) {
            max = 0x8f;
        }

    } else {
        return 0;
    }

    if ((size_t) (end - p) < n || p[1] < min || p[1] > max) {
        return 0;
    }

    for (i = 2; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }

    return n;
}


size_t
mcp_utf8_cut(const u_char *p, size_t len, size_t max)
{
    if (len > max) {
        len = max;

        while (len && (p[len] & 0xc0) == 0x80) {
            len--;
        }
    }

    return len;
}


ngx_int_t
mcp_json_hex4(const u_char *p)
{
    u_char      c;
    ngx_int_t   n;
    ngx_uint_t  i;

    n = 0;

    for (i = 0; i < 4; i++) {
        c = p[i];

        if (c >= '0' && c <= '9') {
            n = n * 16 + (c - '0');
            continue;
        }

        c |= 0x20;

        if (c < 'a' || c > 'f') {
            return NGX_ERROR;
        }

        n = n * 16 + (c - 'a' + 10);
    }

    return n;
}


u_char *
mcp_json_decode(u_char *dst, const u_char *p, const u_char *end)
{
    while (p < end) {

        if (*p != '\\') {
            *dst++ = *p++;
            continue;
        }

        p += 2;

        switch (p[-1]) {

        case 'b':
            *dst++ = '\b';
            continue;

        case 'f':
            *dst++ = '\f';
            continue;

        case 'n':
            *dst++ = '\n';
            continue;

        case 'r':
            *dst++ = '\r';
            continue;

        case 't':
            *dst++ = '\t';
            continue;

        case 'u':
            dst = mcp_json_decode_unicode(dst, &p, end);
            continue;

        default:
            *dst++ = p[-1];
            continue;
        }
    }

    return dst;
}


static u_char *
mcp_json_decode_unicode(u_char *dst, const u_char **pos, const u_char *end)
{
    ngx_int_t      u, low;
    const u_char  *p;

    p = *pos;

    u = mcp_json_hex4(p);
    p += 4;

    if (u >= 0xd800 && u <= 0xdfff) {
        low = NGX_ERROR;

        if (u < 0xdc00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
            low = mcp_json_hex4(p + 2);
        }

        if (low >= 0xdc00 && low <= 0xdfff) {
            u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
            p += 6;

        } else {
            u = 0xfffd;
        }
    }

    *pos = p;

    if (u < 0x80) {
        *dst++ = (u_char) u;

    } else if (u < 0x800) {
        *dst++ = (u_char) (0xc0 | (u >> 6));
        *dst++ = (u_char) (0x80 | (u & 0x3f));

    } else if (u < 0x10000) {
        *dst++ = (u_char) (0xe0 | (u >> 12));
        *dst++ = (u_char) (0x80 | ((u >> 6) & 0x3f));
        *dst++ = (u_char) (0x80 | (u & 0x3f));

    } else {
        *dst++ = (u_char) (0xf0 | (u >> 18));
        *dst++ = (u_char) (0x80 | ((u >> 12) & 0x3f));
        *dst++ = (u_char) (0x80 | ((u >> 6) & 0x3f));
        *dst++ = (u_char) (0x80 | (u & 0x3f));
    }

    return dst;
}


ngx_int_t
mcp_json_number_end(const u_char **pos, const u_char *end,
    ngx_uint_t *exponent)
{
    const u_char  *p, *digits;

    p = *pos;
    *exponent = 0;

    if (p < end && *p == '-') {
        p++;
    }

    digits = p;
    p = mcp_json_digits(p, end);

    if (p == digits) {
        goto declined;
    }

    if (*digits == '0' && p - digits > 1) {
        p = digits + 1;
        goto declined;
    }

    if (p < end && *p == '.') {
        digits = ++p;
        p = mcp_json_digits(p, end);

        if (p == digits) {
            goto declined;
        }
    }

    if (p < end && (*p == 'e' || *p == 'E')) {
        *exponent = 1;
        p++;

        if (p < end && (*p == '+' || *p == '-')) {
            p++;
        }

        digits = p;
        p = mcp_json_digits(p, end);

        if (p == digits) {
            goto declined;
        }
    }

    *pos = p;

    return NGX_OK;

declined:

    *pos = p;

    return NGX_DECLINED;
}


static const u_char *
mcp_json_digits(const u_char *p, const u_char *end)
{
    while (p < end && *p >= '0' && *p <= '9') {
        p++;
    }

    return p;
}


ngx_int_t
mcp_json_double(const u_char *p, size_t len, double *d)
{
    u_char               buf[MCP_JSON_MAX_NUMBER + 1];
    ngx_uint_t           exponent;
    const u_char        *last;
    mcp_json_decimal_t   dec;

    last = p;

    if (len > MCP_JSON_MAX_NUMBER
        || mcp_json_number_end(&last, p + len, &exponent) != NGX_OK
        || last != p + len)
    {
        return NGX_DECLINED;
    }

    mcp_json_decimal(p, last, &dec);

#if (FLT_EVAL_METHOD == 0)

    /* both operands are exact, so that the one operation rounds correctly */

    if (!dec.cut
        && dec.digits <= MCP_JSON_EXACT_INT
        && dec.exponent >= -MCP_JSON_EXACT_TEN
        && dec.exponent <= MCP_JSON_EXACT_TEN)
    {
        *d = (double) dec.digits;

        if (dec.exponent < 0) {
            *d /= mcp_json_tens[-dec.exponent];

        } else {
            *d *= mcp_json_tens[dec.exponent];
        }

        if (dec.negative) {
            *d = -*d;
        }

        return NGX_OK;
    }

#endif

    ngx_memcpy(buf, p, len);
    buf[len] = '\0';

    *d = strtod((char *) buf, NULL);

    if (*d > DBL_MAX || *d < -DBL_MAX || (*d == 0 && dec.digits)) {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static void
mcp_json_decimal(const u_char *p, const u_char *end, mcp_json_decimal_t *dec)
{
    ngx_int_t   e, shift;
    ngx_uint_t  fraction, negative, significant;

    dec->digits = 0;
    dec->cut = 0;
    dec->negative = (*p == '-');

    shift = 0;
    fraction = 0;
    significant = 0;

    for (p += dec->negative; p < end && *p != 'e' && *p != 'E'; p++) {

        if (*p == '.') {
            fraction = 1;
            continue;
        }

        if (significant == MCP_JSON_MAX_DIGITS) {
            dec->cut = 1;
            continue;
        }

        dec->digits = dec->digits * 10 + (*p - '0');
        significant += (dec->digits != 0);
        shift -= fraction;
    }

    e = 0;

    if (p < end) {
        p++;
        negative = (*p == '-');

        if (*p == '-' || *p == '+') {
            p++;
        }

        for ( /* void */ ; p < end; p++) {
            if (e < MCP_JSON_FAR) {
                e = e * 10 + (*p - '0');
            }
        }

        if (negative) {
            e = -e;
        }
    }

    dec->exponent = shift + e;
}
