
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <limits.h>
#include <mcp_yaml_node.h>


/* integers of this many digits are doubles, and need no text */
#define MCP_YAML_PLAIN_DIGITS  15


typedef struct {
    const char  *text;
    int          type;
} mcp_yaml_word_t;


static ngx_uint_t mcp_yaml_plain(yaml_event_t *event);
static ngx_int_t mcp_yaml_resolve(mcp_yaml_t *y, ngx_str_t *text,
    cJSON *node);
static ngx_int_t mcp_yaml_based(mcp_yaml_t *y, ngx_str_t *text, cJSON *node);
static ngx_int_t mcp_yaml_decimal(mcp_yaml_t *y, ngx_str_t *text,
    cJSON *node);
static u_char *mcp_yaml_digits(u_char *p, u_char *last);
static ngx_int_t mcp_yaml_number(ngx_str_t *text, cJSON *node);


/* the core schema of YAML 1.2, section 10.3.2 */

static const mcp_yaml_word_t  mcp_yaml_words[] = {
    { "", cJSON_NULL },
    { "~", cJSON_NULL },
    { "null", cJSON_NULL },
    { "Null", cJSON_NULL },
    { "NULL", cJSON_NULL },
    { "true", cJSON_True },
    { "True", cJSON_True },
    { "TRUE", cJSON_True },
    { "false", cJSON_False },
    { "False", cJSON_False },
    { "FALSE", cJSON_False },
    { NULL, 0 }
};


/* tags whose scalars are resolved as if they had none */

static const char *const  mcp_yaml_resolved[] = {
    YAML_NULL_TAG, YAML_BOOL_TAG, YAML_INT_TAG, YAML_FLOAT_TAG, NULL
};


/* tags whose scalars are strings */

static const char *const  mcp_yaml_strings[] = {
    "!", YAML_STR_TAG, YAML_TIMESTAMP_TAG, "tag:yaml.org,2002:binary", NULL
};


ngx_int_t
mcp_yaml_scalar(mcp_yaml_t *y, yaml_event_t *event, cJSON *node)
{
    char               *text;
    ngx_int_t           rc;
    ngx_str_t           s;
    ngx_uint_t          plain;
    const char         *tag;
    const char *const  *known;

    tag = (char *) event->data.scalar.tag;
    plain = mcp_yaml_plain(event);

    if (tag && !plain) {

        for (known = mcp_yaml_strings; *known; known++) {
            if (ngx_strcmp(tag, *known) == 0) {
                break;
            }
        }

        if (*known == NULL) {
            return mcp_yaml_refuse(y, "the tag \"%s\" is not known", tag);
        }
    }

    rc = mcp_yaml_text(y, event, &text);

    if (rc != NGX_OK) {
        return rc;
    }

    if (plain) {
        s.data = (u_char *) text;
        s.len = event->data.scalar.length;

        rc = mcp_yaml_resolve(y, &s, node);

        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    node->type |= cJSON_String;
    node->valuestring = text;

    return NGX_OK;
}


static ngx_uint_t
mcp_yaml_plain(yaml_event_t *event)
{
    const char         *tag;
    const char *const  *known;

    tag = (char *) event->data.scalar.tag;

    if (tag == NULL) {
        return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    }

    for (known = mcp_yaml_resolved; *known; known++) {
        if (ngx_strcmp(tag, *known) == 0) {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
mcp_yaml_text(mcp_yaml_t *y, yaml_event_t *event, char **text)
{
    size_t   len;
    u_char  *p;

    len = event->data.scalar.length;

    if (ngx_strlen(event->data.scalar.value) != len) {
        return mcp_yaml_refuse(y, "escaped NUL in a string");
    }

    p = ngx_pnalloc(y->pool, len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, event->data.scalar.value, len + 1);

    *text = (char *) p;

    return NGX_OK;
}


/*
 * NGX_DECLINED: a string.  So are what JSON has no number for (".inf"), and
 * numbers no double can hold: "61e8749" is the beginning of a digest.
 */

static ngx_int_t
mcp_yaml_resolve(mcp_yaml_t *y, ngx_str_t *text, cJSON *node)
{
    const mcp_yaml_word_t  *word;

    for (word = mcp_yaml_words; word->text; word++) {

        if (ngx_strcmp(text->data, word->text) == 0) {
            node->type |= word->type;
            node->valueint = (word->type == cJSON_True);
            return NGX_OK;
        }
    }

    if (text->len > MCP_JSON_MAX_NUMBER) {
        return NGX_DECLINED;
    }

    if (text->len > 2 && text->data[0] == '0'
        && (text->data[1] == 'x' || text->data[1] == 'o'))
    {
        return mcp_yaml_based(y, text, node);
    }

    return mcp_yaml_decimal(y, text, node);
}


/* 0x1f and 0o17, up to 64 bits */

static ngx_int_t
mcp_yaml_based(mcp_yaml_t *y, ngx_str_t *text, cJSON *node)
{
    u_char     *p, *last, c;
    uint64_t    n;
    ngx_str_t   s;
    ngx_uint_t  bits, digit;

    n = 0;
    bits = (text->data[1] == 'x') ? 4 : 3;
    last = text->data + text->len;

    for (p = text->data + 2; p < last; p++) {

        c = *p | 0x20;

        digit = (*p >= '0' && *p <= '9') ? (ngx_uint_t) (*p - '0')
                : (c >= 'a' && c <= 'f') ? (ngx_uint_t) (c - 'a' + 10) : 16;

        if (digit >= (ngx_uint_t) 1 << bits || n >> (64 - bits)) {
            return NGX_DECLINED;
        }

        n = (n << bits) | digit;
    }

    s.data = ngx_pnalloc(y->pool, NGX_INT64_LEN + 1);
    if (s.data == NULL) {
        return NGX_ERROR;
    }

    s.len = ngx_sprintf(s.data, "%uL", n) - s.data;
    s.data[s.len] = '\0';

    return mcp_yaml_number(&s, node);
}


/*
 * [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
 *
 * and of that what JSON writes otherwise: signs, zeros and points.
 */

static ngx_int_t
mcp_yaml_decimal(mcp_yaml_t *y, ngx_str_t *text, cJSON *node)
{
    u_char     *p, *last, *whole, *point, *fraction, *exponent, *dst;
    ngx_str_t   s;

    p = text->data;
    last = p + text->len;

    p += (*p == '-' || *p == '+');

    whole = p;
    point = mcp_yaml_digits(p, last);
    p = point;

    if (p < last && *p == '.') {
        p = mcp_yaml_digits(p + 1, last);
    }

    fraction = p;

    if (fraction - whole <= (*whole == '.')) {
        return NGX_DECLINED;
    }

    if (p < last && (*p == 'e' || *p == 'E')) {
        p++;
        p += (p < last && (*p == '-' || *p == '+'));
        exponent = p;
        p = mcp_yaml_digits(p, last);

        if (p == exponent) {
            return NGX_DECLINED;
        }
    }

    if (p != last) {
        return NGX_DECLINED;
    }

    while (whole < point - 1 && *whole == '0') {
        whole++;
    }

    s.data = ngx_pnalloc(y->pool, text->len + 2);
    if (s.data == NULL) {
        return NGX_ERROR;
    }

    dst = s.data;

    if (*text->data == '-') {
        *dst++ = '-';
    }

    if (whole == point) {
        *dst++ = '0';
    }

    dst = ngx_cpymem(dst, whole, point - whole);

    if (fraction - point > 1) {
        dst = ngx_cpymem(dst, point, fraction - point);
    }

    dst = ngx_cpymem(dst, fraction, last - fraction);
    *dst = '\0';

    s.len = dst - s.data;

    return mcp_yaml_number(&s, node);
}


static u_char *
mcp_yaml_digits(u_char *p, u_char *last)
{
    while (p < last && *p >= '0' && *p <= '9') {
        p++;
    }

    return p;
}


/* the node of a number of JSON, as mcp_json_tree() makes it */

static ngx_int_t
mcp_yaml_number(ngx_str_t *text, cJSON *node)
{
    double   d;
    u_char  *p, *last;

    if (mcp_json_double(text->data, text->len, &d) != NGX_OK) {
        return NGX_DECLINED;
    }

    p = text->data + (text->data[0] == '-');
    last = text->data + text->len;

    if (last - p > MCP_YAML_PLAIN_DIGITS
        || mcp_yaml_digits(p, last) != last)
    {
        node->valuestring = (char *) text->data;
    }

    node->type |= cJSON_Number;
    node->valuedouble = d;
    node->valueint = (d >= INT_MAX) ? INT_MAX
                     : (d <= INT_MIN) ? INT_MIN : (int) d;

    return NGX_OK;
}


ngx_int_t
mcp_yaml_node(mcp_yaml_t *y, cJSON **node)
{
    if (y->nodes++ == MCP_YAML_MAX_NODES) {
        return mcp_yaml_refuse(y, "there are too many values");
    }

    *node = ngx_pcalloc(y->pool, sizeof(cJSON));

    return *node ? NGX_OK : NGX_ERROR;
}


ngx_int_t
mcp_yaml_refuse(mcp_yaml_t *y, const char *fmt, ...)
{
    u_char   *p, *last;
    va_list   args;
    u_char    text[MCP_YAML_MAX_ERROR];

    last = text + MCP_YAML_MAX_ERROR;

    p = ngx_sprintf(text, "line %ui: ", y->line);

    va_start(args, fmt);
    p = ngx_vslprintf(p, last, fmt, args);
    va_end(args);

    y->err->len = mcp_utf8_cut(text, p - text, MCP_YAML_MAX_ERROR - 4);

    y->err->data = ngx_pnalloc(y->pool, y->err->len);
    if (y->err->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(y->err->data, text, y->err->len);

    return NGX_DECLINED;
}
