
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_cred.h>
#include <mcp_scope.h>


#define MCP_CRED_HEX      (2 * MCP_CRED_DIGEST)

/* digits of seconds since 1970, from 2001 to 2286: no date without dashes and
 * no milliseconds are taken for them */
#define MCP_CRED_SECONDS  10


static const char *mcp_cred_line(mcp_cred_t *key, ngx_pool_t *pool, u_char *p,
    u_char *last);
static ngx_uint_t mcp_cred_word(u_char **p, u_char *last, ngx_str_t *word);
static ngx_uint_t mcp_cred_is(const ngx_str_t *word, const char *name,
    ngx_str_t *value);
static const char *mcp_cred_hex(const ngx_str_t *text, u_char *digest);
static const char *mcp_cred_name(const ngx_str_t *name);
static const char *mcp_cred_scopes(mcp_cred_t *key, ngx_pool_t *pool,
    const ngx_str_t *list);
static const char *mcp_cred_tools(mcp_cred_t *key, ngx_pool_t *pool,
    const ngx_str_t *list);
static const char *mcp_cred_time(const ngx_str_t *text, time_t *seconds);
static ngx_int_t mcp_cred_digits(const u_char *p, size_t n);
static time_t mcp_cred_days(ngx_int_t year, ngx_int_t month, ngx_int_t day);
static int mcp_cred_compare(const void *one, const void *two);


static const char  mcp_cred_memory[] = "no memory";


ngx_int_t
mcp_creds_parse(mcp_creds_t *creds, ngx_pool_t *pool, const ngx_str_t *text,
    const char **err, ngx_uint_t *line)
{
    u_char       *p, *end, *last, *next;
    mcp_cred_t   *key;
    ngx_uint_t    i;
    ngx_array_t   keys;

    *line = 0;

    if (ngx_array_init(&keys, pool, 16, sizeof(mcp_cred_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    last = text->data + text->len;

    for (p = text->data; p < last; p = next) {
        (*line)++;

        end = ngx_strlchr(p, last, LF);

        if (end == NULL) {
            end = last;
        }

        next = end + 1;

        if (end > p && end[-1] == CR) {
            end--;
        }

        while (p < end && (*p == ' ' || *p == '\t')) {
            p++;
        }

        if (p == end || *p == '#') {
            continue;
        }

        if (keys.nelts == MCP_CRED_KEYS_MAX) {
            *err = "more than 100000 keys";
            return NGX_DECLINED;
        }

        key = ngx_array_push(&keys);
        if (key == NULL) {
            return NGX_ERROR;
        }

        ngx_memzero(key, sizeof(mcp_cred_t));
        key->line = *line;

        *err = mcp_cred_line(key, pool, p, end);

        if (*err) {
            return *err == mcp_cred_memory ? NGX_ERROR : NGX_DECLINED;
        }
    }

    creds->n = keys.nelts;
    creds->keys = keys.elts;

    ngx_qsort(creds->keys, creds->n, sizeof(mcp_cred_t), mcp_cred_compare);

    for (i = 1; i < creds->n; i++) {

        /* keys are told apart by this; no two digests begin alike by chance */

        if (ngx_memcmp(creds->keys[i - 1].digest, creds->keys[i].digest,
                       MCP_CRED_ORDER)
            == 0)
        {
            *line = ngx_max(creds->keys[i - 1].line, creds->keys[i].line);
            *err = "this key, or one with the same first 16 digits, is there "
                   "twice";
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


static const char *
mcp_cred_line(mcp_cred_t *key, ngx_pool_t *pool, u_char *p, u_char *last)
{
    ngx_str_t    word, value;
    ngx_uint_t   scopes;
    const char  *err;

    (void) mcp_cred_word(&p, last, &word);

    err = mcp_cred_hex(&word, key->digest);

    if (err) {
        return err;
    }

    if (!mcp_cred_word(&p, last, &word)) {
        return "expected a name after the digest";
    }

    err = mcp_cred_name(&word);

    if (err) {
        return err;
    }

    key->name = word;
    key->name.data = ngx_pstrdup(pool, &word);
    if (key->name.data == NULL) {
        return mcp_cred_memory;
    }

    for (scopes = 1; mcp_cred_word(&p, last, &word); scopes = 0) {

        if (mcp_cred_is(&word, "not_before=", &value)) {
            err = key->not_before ? "\"not_before=\" is there twice"
                                  : mcp_cred_time(&value, &key->not_before);

        } else if (mcp_cred_is(&word, "expires=", &value)) {
            err = key->expires ? "\"expires=\" is there twice"
                               : mcp_cred_time(&value, &key->expires);

        } else if (mcp_cred_is(&word, "tools=", &value)) {
            err = key->tools ? "\"tools=\" is there twice"
                             : mcp_cred_tools(key, pool, &value);

        } else if (scopes) {
            err = mcp_cred_scopes(key, pool, &word);

        } else {
            err = "expected \"not_before=\", \"expires=\" or \"tools=\", and "
                  "commas between scopes";
        }

        if (err) {
            return err;
        }
    }

    if (key->expires && key->expires <= key->not_before) {
        return "it expires before it begins";
    }

    return NULL;
}


/* the next one, up to a space or a tab */

static ngx_uint_t
mcp_cred_word(u_char **p, u_char *last, ngx_str_t *word)
{
    u_char  *s;

    for (s = *p; s < last && (*s == ' ' || *s == '\t'); s++) { /* void */ }

    word->data = s;

    while (s < last && *s != ' ' && *s != '\t') {
        s++;
    }

    word->len = s - word->data;
    *p = s;

    return word->len > 0;
}


static ngx_uint_t
mcp_cred_is(const ngx_str_t *word, const char *name, ngx_str_t *value)
{
    size_t  len;

    len = ngx_strlen(name);

    if (word->len < len || ngx_memcmp(word->data, name, len) != 0) {
        return 0;
    }

    value->data = word->data + len;
    value->len = word->len - len;

    return 1;
}


static const char *
mcp_cred_hex(const ngx_str_t *text, u_char *digest)
{
    ngx_int_t   n;
    ngx_uint_t  i;

    static const char  expected[] =
        "expected a SHA-256 digest of 64 hexadecimal digits, as "
        "\"util/mcp-key.sh\" prints";

    if (text->len != MCP_CRED_HEX) {
        return expected;
    }

    for (i = 0; i < MCP_CRED_DIGEST; i++) {
        n = ngx_hextoi(text->data + 2 * i, 2);

        if (n == NGX_ERROR) {
            return expected;
        }

        digest[i] = (u_char) n;
    }

    return NULL;
}


/*
 * It is written to logs, where "-" is nobody, and into headers; with a "=" it
 * is what follows a name that was forgotten.
 */

static const char *
mcp_cred_name(const ngx_str_t *name)
{
    size_t  i;

    if (name->len > MCP_CRED_NAME_MAX) {
        return "the name is longer than 128 bytes";
    }

    if (name->len == 1 && name->data[0] == '-') {
        return "\"-\" is no name";
    }

    for (i = 0; i < name->len; i++) {
        if (name->data[i] <= ' ' || name->data[i] >= 0x7f
            || name->data[i] == '"' || name->data[i] == '\\'
            || name->data[i] == '=')
        {
            return "expected a name of ASCII without quotes, backslashes and "
                   "\"=\" after the digest";
        }
    }

    return NULL;
}


/* "a,b" becomes "a b"; a misspelt "expires=" is no scope */

static const char *
mcp_cred_scopes(mcp_cred_t *key, ngx_pool_t *pool, const ngx_str_t *list)
{
    u_char      *p, *last, *end;
    ngx_str_t    name;

    if (list->len == 1 && list->data[0] == '-') {
        return NULL;
    }

    if (ngx_strlchr(list->data, list->data + list->len, '=')) {
        return "expected scopes, \"not_before=\", \"expires=\" or "
               "\"tools=\"";
    }

    p = ngx_pstrdup(pool, (ngx_str_t *) list);
    if (p == NULL) {
        return mcp_cred_memory;
    }

    key->scope.data = p;
    key->scope.len = list->len;

    last = p + list->len;

    for ( ;; ) {
        end = ngx_strlchr(p, last, ',');

        name.data = p;
        name.len = (end ? end : last) - p;

        if (mcp_scope_check(&name) != NULL) {
            return "expected scopes with commas between them, or \"-\"";
        }

        if (end == NULL) {
            return NULL;
        }

        *end = ' ';
        p = end + 1;
    }
}


static const char *
mcp_cred_tools(mcp_cred_t *key, ngx_pool_t *pool, const ngx_str_t *list)
{
    u_char     *p, *last, *end;
    ngx_str_t  *pattern;

    for (p = list->data; p < list->data + list->len; p++) {
        if (*p < ' ' || *p == 0x7f) {
            return "names of tools have control characters";
        }
    }

    p = ngx_pstrdup(pool, (ngx_str_t *) list);
    key->tools = ngx_array_create(pool, 4, sizeof(ngx_str_t));

    if (p == NULL || key->tools == NULL) {
        return mcp_cred_memory;
    }

    last = p + list->len;

    for ( ;; ) {
        end = ngx_strlchr(p, last, ',');

        pattern = ngx_array_push(key->tools);
        if (pattern == NULL) {
            return mcp_cred_memory;
        }

        pattern->data = p;
        pattern->len = (end ? end : last) - p;

        if (pattern->len == 0) {
            return "expected names of tools after \"tools=\", with commas "
                   "between them";
        }

        if (end == NULL) {
            return NULL;
        }

        p = end + 1;
    }
}


/* seconds, "2026-11-21" or "2026-11-21T00:00:00Z" */

static const char *
mcp_cred_time(const ngx_str_t *text, time_t *seconds)
{
    u_char     *p;
    ngx_int_t   year, month, day, hour, minute, second;

    static const char  expected[] =
        "expected a time as 2026-11-21, 2026-11-21T00:00:00Z, or ten digits "
        "of seconds";

    p = text->data;

    if (text->len == MCP_CRED_SECONDS && p[0] != '0'
        && mcp_cred_digits(p, text->len) > 0)
    {
        *seconds = ngx_atotm(p, text->len);
        return NULL;
    }

    if ((text->len != 10 && text->len != 20) || p[4] != '-' || p[7] != '-') {
        return expected;
    }

    year = mcp_cred_digits(p, 4);
    month = mcp_cred_digits(p + 5, 2);
    day = mcp_cred_digits(p + 8, 2);

    hour = 0;
    minute = 0;
    second = 0;

    if (text->len == 20) {

        if (p[10] != 'T' || p[13] != ':' || p[16] != ':' || p[19] != 'Z') {
            return expected;
        }

        hour = mcp_cred_digits(p + 11, 2);
        minute = mcp_cred_digits(p + 14, 2);
        second = mcp_cred_digits(p + 17, 2);
    }

    if (year < 1970 || month < 1 || month > 12 || day < 1
        || mcp_cred_days(year, month, day)
           >= mcp_cred_days(year + month / 12, month % 12 + 1, 1)
        || hour < 0 || hour > 23
        || minute < 0 || minute > 59
        || second < 0 || second > 59)
    {
        return expected;
    }

    *seconds = mcp_cred_days(year, month, day) * 86400
               + hour * 3600 + minute * 60 + second;

    if (*seconds == 0) {
        return expected;
    }

    return NULL;
}


static ngx_int_t
mcp_cred_digits(const u_char *p, size_t n)
{
    return ngx_atoi((u_char *) p, n);
}


/* since 1970; the year begins in March, so that its last day is the odd one */

static time_t
mcp_cred_days(ngx_int_t year, ngx_int_t month, ngx_int_t day)
{
    if (month <= 2) {
        month += 12;
        year--;
    }

    return (time_t) 365 * year + year / 4 - year / 100 + year / 400
           + (153 * (month - 3) + 2) / 5 + day - 1 - 719468;
}


static int
mcp_cred_compare(const void *one, const void *two)
{
    const mcp_cred_t *first = one;
    const mcp_cred_t *second = two;

    return ngx_memcmp(first->digest, second->digest, MCP_CRED_DIGEST);
}
