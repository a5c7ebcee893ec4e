
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_number.h>
#include <openssl/bn.h>


/* every integer up to here is a double of its own */
#define MCP_NUMBER_MAX_SAFE     9007199254740992.0

/* digits of which the square of any number fits the wide type */
#if (__SIZEOF_INT128__)
#define MCP_NUMBER_MAX_DIGITS   19
typedef unsigned __int128  mcp_number_wide_t;
#else
#define MCP_NUMBER_MAX_DIGITS   9
typedef uint64_t           mcp_number_wide_t;
#endif

/*
 * The exponent of a text may have as many digits as the text has room for;
 * numbers whose exponents are beyond this are not told apart.  A finite
 * double keeps the exponent of anything but zero and of what vanishes beside
 * the smallest double far below.
 */
#define MCP_NUMBER_MAX_EXP      100000000000000000LL


/* value = +-digits * 10^exp, digits without zeros at either end */
typedef struct {
    u_char    *digits;
    size_t     len;                 /* 0 for zero */
    int64_t    exp;
    unsigned   negative:1;
    u_char     buf[MCP_JSON_MAX_NUMBER + 1];
} mcp_number_t;


static ngx_uint_t mcp_number_is_plain(const cJSON *number);
static void mcp_number_get(mcp_number_t *n, const cJSON *number);
static void mcp_number_parse(mcp_number_t *n, const char *p);
static int64_t mcp_number_parse_exp(const char *p);
static ngx_int_t mcp_number_cmp_exact(mcp_number_t *a, mcp_number_t *b);
static uint64_t mcp_number_digits(mcp_number_t *n);
static ngx_uint_t mcp_number_divides(uint64_t m, uint64_t a, int64_t exp);
static ngx_int_t mcp_number_divides_bn(mcp_number_t *m, mcp_number_t *a,
    int64_t exp);


ngx_uint_t
mcp_number_is_integer(const cJSON *number)
{
    mcp_number_t  n;

    if (mcp_number_is_plain(number)) {
        return 1;
    }

    mcp_number_get(&n, number);

    return n.len == 0 || n.exp >= 0;
}


ngx_int_t
mcp_number_sign(const cJSON *number)
{
    mcp_number_t  n;

    if (number->valuedouble != 0) {
        return number->valuedouble < 0 ? -1 : 1;
    }

    /* 1e-400 is not zero, though its double is */

    mcp_number_get(&n, number);

    return n.len == 0 ? 0 : n.negative ? -1 : 1;
}


ngx_int_t
mcp_number_cmp(const cJSON *a, const cJSON *b)
{
    mcp_number_t  x, y;

    /*
     * Reading a decimal as a double never reverses an order, so that only
     * equal doubles leave a doubt, and none if both are the shortest.
     */

    if (a->valuedouble != b->valuedouble) {
        return a->valuedouble < b->valuedouble ? -1 : 1;
    }

    if (a->valuestring == NULL && b->valuestring == NULL) {
        return 0;
    }

    mcp_number_get(&x, a);
    mcp_number_get(&y, b);

    return mcp_number_cmp_exact(&x, &y);
}


ngx_int_t
mcp_number_is_multiple(const cJSON *number, const cJSON *unit)
{
    int64_t       exp;
    ngx_uint_t    yes;
    mcp_number_t  a, m;

    if (mcp_number_is_plain(number) && mcp_number_is_plain(unit)
        && unit->valuedouble != 0)
    {
        return (int64_t) number->valuedouble % (int64_t) unit->valuedouble
               ? NGX_DECLINED : NGX_OK;
    }

    mcp_number_get(&a, number);
    mcp_number_get(&m, unit);

    if (a.len == 0) {
        return NGX_OK;
    }

    if (m.len == 0) {
        return NGX_DECLINED;
    }

    exp = a.exp - m.exp;

    if (exp < 0) {
        /* the last digit of the number is not a zero */
        return NGX_DECLINED;
    }

    if (a.len <= MCP_NUMBER_MAX_DIGITS && m.len <= MCP_NUMBER_MAX_DIGITS) {
        yes = mcp_number_divides(mcp_number_digits(&m), mcp_number_digits(&a),
                                 exp);
        return yes ? NGX_OK : NGX_DECLINED;
    }

    return mcp_number_divides_bn(&m, &a, exp);
}


ngx_int_t
mcp_number_count(const cJSON *number, size_t *count)
{
    if (!mcp_number_is_finite(number) || number->valuedouble < 0
        || !mcp_number_is_integer(number))
    {
        return NGX_DECLINED;
    }

    *count = number->valuedouble < MCP_NUMBER_MAX_SAFE
             ? (size_t) number->valuedouble : NGX_MAX_SIZE_T_VALUE;

    return NGX_OK;
}


static ngx_uint_t
mcp_number_is_plain(const cJSON *number)
{
    double  d;

    d = number->valuedouble;

    return number->valuestring == NULL
           && d >= -MCP_NUMBER_MAX_SAFE && d <= MCP_NUMBER_MAX_SAFE
           && d == (double) (int64_t) d;
}


static void
mcp_number_get(mcp_number_t *n, const cJSON *number)
{
    int   precision;
    char  text[32];

    if (number->valuestring) {
        mcp_number_parse(n, number->valuestring);
        return;
    }

    for (precision = 15; precision <= 17; precision++) {
        (void) snprintf(text, sizeof(text), "%.*e", precision - 1,
                        number->valuedouble);

        if (strtod(text, NULL) == number->valuedouble) {
            break;
        }
    }

    mcp_number_parse(n, text);
}


static void
mcp_number_parse(mcp_number_t *n, const char *p)
{
    u_char      *d, *last;
    int64_t      exp;
    ngx_uint_t   fraction;

    n->negative = 0;
    n->len = 0;
    n->exp = 0;

    if (*p == '-') {
        n->negative = 1;
        p++;
    }

    exp = 0;
    fraction = 0;
    d = n->buf;
    last = n->buf + MCP_JSON_MAX_NUMBER;

    for ( /* void */ ; *p && *p != 'e' && *p != 'E' && d < last; p++) {

        if (*p < '0' || *p > '9') {
            /* the point, whatever the locale makes of it */
            fraction = 1;
            continue;
        }

        exp -= fraction;

        if (*p != '0' || d != n->buf) {
            *d++ = (u_char) *p;
        }
    }

    if (*p == 'e' || *p == 'E') {
        exp += mcp_number_parse_exp(p + 1);
    }

    while (d > n->buf && d[-1] == '0') {
        d--;
        exp++;
    }

    n->digits = n->buf;
    n->len = d - n->buf;
    n->exp = n->len ? exp : 0;
    n->negative &= (n->len != 0);
}


static int64_t
mcp_number_parse_exp(const char *p)
{
    int64_t     exp;
    ngx_uint_t  negative;

    exp = 0;
    negative = (*p == '-');

    if (*p == '-' || *p == '+') {
        p++;
    }

    for ( /* void */ ; *p >= '0' && *p <= '9'; p++) {
        if (exp < MCP_NUMBER_MAX_EXP) {
            exp = exp * 10 + (*p - '0');
        }
    }

    exp = ngx_min(exp, MCP_NUMBER_MAX_EXP);

    return negative ? -exp : exp;
}


static ngx_int_t
mcp_number_cmp_exact(mcp_number_t *a, mcp_number_t *b)
{
    ngx_int_t  rc, sign;
    int64_t    x, y;

    if (a->len == 0 || b->len == 0 || a->negative != b->negative) {
        x = a->len == 0 ? 0 : a->negative ? -1 : 1;
        y = b->len == 0 ? 0 : b->negative ? -1 : 1;

        return (x > y) - (x < y);
    }

    sign = a->negative ? -1 : 1;

    x = a->exp + (int64_t) a->len;
    y = b->exp + (int64_t) b->len;

    if (x != y) {
        return x < y ? -sign : sign;
    }

    rc = ngx_memcmp(a->digits, b->digits, ngx_min(a->len, b->len));

    if (rc == 0) {
        rc = (a->len > b->len) - (a->len < b->len);
    }

    return rc < 0 ? -sign : rc > 0 ? sign : 0;
}


static uint64_t
mcp_number_digits(mcp_number_t *n)
{
    size_t    i;
    uint64_t  value;

    value = 0;

    for (i = 0; i < n->len; i++) {
        value = value * 10 + (n->digits[i] - '0');
    }

    return value;
}


/* does m divide a * 10^exp */

static ngx_uint_t
mcp_number_divides(uint64_t m, uint64_t a, int64_t exp)
{
    mcp_number_wide_t  base, rest;

    rest = a % m;
    base = 10 % m;

    for ( /* void */ ; exp && rest; exp >>= 1) {

        if (exp & 1) {
            rest = rest * base % m;
        }

        base = base * base % m;
    }

    return rest == 0;
}


static ngx_int_t
mcp_number_divides_bn(mcp_number_t *m, mcp_number_t *a, int64_t exp)
{
    char        text[NGX_INT64_LEN + 1];
    BN_CTX     *ctx;
    BIGNUM     *x, *y, *power, *ten;
    ngx_int_t   rc;

    x = NULL;
    y = NULL;
    power = NULL;
    rc = NGX_ERROR;

    m->digits[m->len] = '\0';
    a->digits[a->len] = '\0';
    *ngx_sprintf((u_char *) text, "%L", exp) = '\0';

    ctx = BN_CTX_new();
    ten = BN_new();

    if (ctx == NULL || ten == NULL
        || BN_dec2bn(&x, (char *) a->digits) == 0
        || BN_dec2bn(&y, (char *) m->digits) == 0
        || BN_dec2bn(&power, text) == 0
        || !BN_set_word(ten, 10)
        || !BN_mod_exp(ten, ten, power, y, ctx)
        || !BN_mod_mul(x, x, ten, y, ctx))
    {
        goto done;
    }

    rc = BN_is_zero(x) ? NGX_OK : NGX_DECLINED;

done:

    BN_free(x);
    BN_free(y);
    BN_free(power);
    BN_free(ten);
    BN_CTX_free(ctx);

    return rc;
}
