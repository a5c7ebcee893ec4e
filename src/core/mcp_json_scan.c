
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json_scan.h>


/* tokens at first, doubled as needed: powers of 2 up to MCP_JSON_MAX_VALUES */
#define MCP_JSON_FIRST_TOKENS  64
#define MCP_JSON_SHORT_TOKENS  32

/* a text this short seldom has more than MCP_JSON_SHORT_TOKENS */
#define MCP_JSON_SHORT_TEXT    320

/* objects of more members are sorted to find duplicate names */
#define MCP_JSON_FEW_KEYS      8

/* a number this short is in range if it has no exponent */
#define MCP_JSON_SHORT_NUMBER  300


typedef struct {
    uint32_t            index;       /* of the token of the container */
    uint32_t            n;           /* members so far */
    u_char              close;       /* the bracket, 0 outside of all */
} mcp_json_frame_t;


typedef struct {
    mcp_json_doc_t     *doc;
    u_char             *start;
    u_char             *end;
    ngx_int_t           rc;

    mcp_json_token_t  **keys;        /* work space of the duplicate check */
    ngx_uint_t          nkeys;
    mcp_json_token_t   *few[MCP_JSON_FEW_KEYS];

    mcp_json_frame_t   *frame;
    mcp_json_frame_t    stack[MCP_JSON_MAX_DEPTH + 1];
} mcp_json_scanner_t;


static u_char *mcp_json_scan_document(mcp_json_scanner_t *s);
static u_char *mcp_json_scan_value(mcp_json_scanner_t *s, u_char *p);
static u_char *mcp_json_scan_key(mcp_json_scanner_t *s, u_char *p);
static u_char *mcp_json_scan_open(mcp_json_scanner_t *s, u_char *p);
static u_char *mcp_json_scan_close(mcp_json_scanner_t *s, u_char *p);
static u_char *mcp_json_scan_string(mcp_json_scanner_t *s, u_char *p,
    mcp_json_token_t *t);
static u_char *mcp_json_scan_escape(mcp_json_scanner_t *s, u_char *p);
static u_char *mcp_json_scan_number(mcp_json_scanner_t *s, u_char *p,
    mcp_json_token_t *t);
static u_char *mcp_json_scan_word(mcp_json_scanner_t *s, u_char *p,
    mcp_json_token_t *t, const char *word, mcp_json_type_e type);
static ngx_int_t mcp_json_grow(mcp_json_scanner_t *s, u_char *p);
static ngx_int_t mcp_json_duplicates(mcp_json_scanner_t *s,
    mcp_json_token_t *object);
static int ngx_libc_cdecl mcp_json_cmp_keys(const void *one, const void *two);
static u_char *mcp_json_fail(mcp_json_scanner_t *s, u_char *p,
    mcp_json_err_e err);
static void mcp_json_refuse(mcp_json_scanner_t *s, u_char *p,
    mcp_json_err_e err);


static const char  *mcp_json_errors[] = {
    "no error",
    "empty document",
    "syntax error",
    "invalid UTF-8",
    "bytes after the document",
    "nesting too deep",
    "too many values",
    "duplicate member name",
    "escaped NUL in a string",
    "lone surrogate in a string",
    "number out of range"
};


static ngx_inline u_char *
mcp_json_space(u_char *p, u_char *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) {
        p++;
    }

    return p;
}


static ngx_inline mcp_json_token_t *
mcp_json_push(mcp_json_scanner_t *s, u_char *p)
{
    mcp_json_doc_t    *doc;
    mcp_json_token_t  *t;

    doc = s->doc;

    if (doc->nelts == doc->nalloc && mcp_json_grow(s, p) != NGX_OK) {
        return NULL;
    }

    t = &doc->tokens[doc->nelts++];

    t->text.data = p;
    t->text.len = 0;
    t->next = doc->nelts;
    t->type = MCP_JSON_NULL;
    t->escaped = 0;
    t->n = 0;

    return t;
}


ngx_int_t
mcp_json_scan(mcp_json_doc_t *doc, ngx_pool_t *pool, u_char *p, size_t len)
{
    return mcp_json_scan_file(doc, pool, p, len, MCP_JSON_MAX_VALUES);
}


ngx_int_t
mcp_json_scan_file(mcp_json_doc_t *doc, ngx_pool_t *pool, u_char *p,
    size_t len, ngx_uint_t max)
{
    mcp_json_scanner_t  s;

    doc->max = max;
    doc->nelts = 0;
    doc->pool = pool;
    doc->err = MCP_JSON_OK;
    doc->offset = 0;

    if (len < MCP_JSON_SHORT_TEXT) {
        doc->nalloc = MCP_JSON_SHORT_TOKENS;
        doc->tokens = ngx_palloc(pool, MCP_JSON_SHORT_TOKENS
                                       * sizeof(mcp_json_token_t));

    } else {
        /* so many that it is worth while to free them */

        doc->nalloc = MCP_JSON_FIRST_TOKENS;
        doc->tokens = ngx_pmemalign(pool, MCP_JSON_FIRST_TOKENS
                                          * sizeof(mcp_json_token_t),
                                    NGX_POOL_ALIGNMENT);
    }

    if (doc->tokens == NULL) {
        return NGX_ERROR;
    }

    s.doc = doc;
    s.start = p;
    s.end = p + len;
    s.rc = NGX_OK;
    s.keys = s.few;
    s.nkeys = MCP_JSON_FEW_KEYS;
    s.frame = s.stack;
    s.frame->n = 0;
    s.frame->close = 0;

    if (mcp_json_scan_document(&s) == NULL) {

        /* half a document must not be read */

        doc->tokens = NULL;
        doc->nelts = 0;

        return s.rc;
    }

    return (doc->err == MCP_JSON_OK) ? NGX_OK : NGX_DECLINED;
}


void
mcp_json_free(mcp_json_doc_t *doc)
{
    if (doc->nalloc > MCP_JSON_SHORT_TOKENS) {
        (void) ngx_pfree(doc->pool, doc->tokens);
    }

    doc->tokens = NULL;
    doc->nelts = 0;
}


static u_char *
mcp_json_scan_document(mcp_json_scanner_t *s)
{
    u_char            *p;
    mcp_json_frame_t  *frame;

    p = mcp_json_space(s->start, s->end);

    if (p == s->end) {
        return mcp_json_fail(s, p, MCP_JSON_EMPTY);
    }

    for ( ;; ) {

        frame = s->frame;

        p = mcp_json_scan_value(s, p);
        if (p == NULL) {
            return NULL;
        }

        if (s->frame != frame) {
            continue;
        }

        for ( ;; ) {
            p = mcp_json_space(p, s->end);

            if (s->frame->close == 0) {
                return (p == s->end) ? p
                                     : mcp_json_fail(s, p, MCP_JSON_TRAILING);
            }

            if (p == s->end) {
                return mcp_json_fail(s, p, MCP_JSON_SYNTAX);
            }

            if (*p == ',') {
                p++;
                break;
            }

            if (*p != s->frame->close) {
                return mcp_json_fail(s, p, MCP_JSON_SYNTAX);
            }

            p = mcp_json_scan_close(s, p);
            if (p == NULL) {
                return NULL;
            }
        }
    }
}


/* a value with its name, if it has one; of a container, the bracket */

static u_char *
mcp_json_scan_value(mcp_json_scanner_t *s, u_char *p)
{
    mcp_json_token_t  *t;

    p = mcp_json_space(p, s->end);

    if (s->frame->close == '}') {
        p = mcp_json_scan_key(s, p);
        if (p == NULL) {
            return NULL;
        }
    }

    if (p == s->end) {
        return mcp_json_fail(s, p, MCP_JSON_SYNTAX);
    }

    t = mcp_json_push(s, p);
    if (t == NULL) {
        return NULL;
    }

    s->frame->n++;

    switch (*p) {

    case '"':
        return mcp_json_scan_string(s, p, t);

    case '{':
    case '[':
        return mcp_json_scan_open(s, p);

    case 't':
        return mcp_json_scan_word(s, p, t, "true", MCP_JSON_TRUE);

    case 'f':
        return mcp_json_scan_word(s, p, t, "false", MCP_JSON_FALSE);

    case 'n':
        return mcp_json_scan_word(s, p, t, "null", MCP_JSON_NULL);

    default:
        return mcp_json_scan_number(s, p, t);
    }
}


static u_char *
mcp_json_scan_key(mcp_json_scanner_t *s, u_char *p)
{
    u_char            *last, *key;
    mcp_json_token_t  *t;

    if (p == s->end || *p != '"') {
        return mcp_json_fail(s, p, MCP_JSON_SYNTAX);
    }

    t = mcp_json_push(s, p);
    if (t == NULL) {
        return NULL;
    }

    p = mcp_json_scan_string(s, p, t);
    if (p == NULL) {
        return NULL;
    }

    if (t->escaped) {
        key = ngx_pnalloc(s->doc->pool, t->text.len);
        if (key == NULL) {
            s->rc = NGX_ERROR;
            return NULL;
        }

        last = mcp_json_decode(key, t->text.data, t->text.data + t->text.len);

        t->text.data = key;
        t->text.len = last - key;
        t->escaped = 0;
    }

    p = mcp_json_space(p, s->end);

    if (p == s->end || *p != ':') {
        return mcp_json_fail(s, p, MCP_JSON_SYNTAX);
    }

    return mcp_json_space(p + 1, s->end);
}


static u_char *
mcp_json_scan_open(mcp_json_scanner_t *s, u_char *p)
{
    mcp_json_token_t  *t;
    mcp_json_frame_t  *frame;

    frame = s->frame + 1;

    if (frame > &s->stack[MCP_JSON_MAX_DEPTH]) {
        return mcp_json_fail(s, p, MCP_JSON_DEPTH);
    }

    s->frame = frame;

    frame->index = s->doc->nelts - 1;
    frame->n = 0;
    frame->close = (*p == '{') ? '}' : ']';

    t = &s->doc->tokens[frame->index];
    t->type = (*p == '{') ? MCP_JSON_OBJECT : MCP_JSON_ARRAY;

    p = mcp_json_space(p + 1, s->end);

    if (p < s->end && *p == frame->close) {
        return mcp_json_scan_close(s, p);
    }

    return p;
}


static u_char *
mcp_json_scan_close(mcp_json_scanner_t *s, u_char *p)
{
    mcp_json_token_t  *t;

    t = &s->doc->tokens[s->frame->index];

    t->text.len = p + 1 - t->text.data;
    t->next = s->doc->nelts;
    t->n = s->frame->n;

    if (t->type == MCP_JSON_OBJECT
        && t->n > 1
        && mcp_json_duplicates(s, t) != NGX_OK)
    {
        s->rc = NGX_ERROR;
        return NULL;
    }

    s->frame--;

    return p + 1;
}


static u_char *
mcp_json_scan_string(mcp_json_scanner_t *s, u_char *p, mcp_json_token_t *t)
{
    size_t   n;
    u_char  *start;

    start = ++p;

    t->type = MCP_JSON_STRING;

    for ( ;; ) {
        p += mcp_json_plain(p, s->end);

        if (p == s->end) {
            return mcp_json_fail(s, p, MCP_JSON_SYNTAX);
        }

        if (*p == '"') {
            break;
        }

        if (*p == '\\') {
            t->escaped = 1;

            p = mcp_json_scan_escape(s, p);
            if (p == NULL) {
                return NULL;
            }

            continue;
        }

        if (*p < 0x20) {
            return mcp_json_fail(s, p, MCP_JSON_SYNTAX);
        }

        n = mcp_utf8_len(p, s->end);
        if (n == 0) {
            return mcp_json_fail(s, p, MCP_JSON_UTF8);
        }

        p += n;
    }

    t->text.data = start;
    t->text.len = p - start;

    return p + 1;
}


static u_char *
mcp_json_scan_escape(mcp_json_scanner_t *s, u_char *p)
{
    ngx_int_t  u;

    if (s->end - p < 2) {
        return mcp_json_fail(s, s->end, MCP_JSON_SYNTAX);
    }

    switch (p[1]) {

    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return p + 2;

    case 'u':
        break;

    default:
        return mcp_json_fail(s, p + 1, MCP_JSON_SYNTAX);
    }

    if (s->end - p < 6) {
        return mcp_json_fail(s, s->end, MCP_JSON_SYNTAX);
    }

    u = mcp_json_hex4(p + 2);

    if (u == NGX_ERROR) {
        return mcp_json_fail(s, p, MCP_JSON_SYNTAX);
    }

    if (u == 0) {
        mcp_json_refuse(s, p, MCP_JSON_NUL);
        return p + 6;
    }

    if (u < 0xd800 || u > 0xdfff) {
        return p + 6;
    }

    /* a high surrogate is nothing without the low one */

    if (u < 0xdc00 && s->end - p >= 12 && p[6] == '\\' && p[7] == 'u') {
        u = mcp_json_hex4(p + 8);

        if (u >= 0xdc00 && u <= 0xdfff) {
            return p + 12;
        }
    }

    mcp_json_refuse(s, p, MCP_JSON_SURROGATE);

    return p + 6;
}


static u_char *
mcp_json_scan_number(mcp_json_scanner_t *s, u_char *p, mcp_json_token_t *t)
{
    size_t         len;
    double         d;
    ngx_uint_t     exponent;
    const u_char  *last;

    last = p;

    if (mcp_json_number_end(&last, s->end, &exponent) != NGX_OK) {
        return mcp_json_fail(s, p + (last - p), MCP_JSON_SYNTAX);
    }

    len = last - p;

    t->type = MCP_JSON_NUMBER;
    t->text.data = p;
    t->text.len = len;

    if (exponent || len > MCP_JSON_SHORT_NUMBER) {

        if (len > MCP_JSON_MAX_NUMBER
            || mcp_json_double(p, len, &d) != NGX_OK)
        {
            mcp_json_refuse(s, p, MCP_JSON_RANGE);
        }
    }

    return p + len;
}


static u_char *
mcp_json_scan_word(mcp_json_scanner_t *s, u_char *p, mcp_json_token_t *t,
    const char *word, mcp_json_type_e type)
{
    u_char  *start;

    start = p;

    while (*word) {
        if (p == s->end || *p != (u_char) *word) {
            return mcp_json_fail(s, p, MCP_JSON_SYNTAX);
        }

        p++;
        word++;
    }

    t->type = type;
    t->text.data = start;
    t->text.len = p - start;

    return p;
}


static ngx_int_t
mcp_json_grow(mcp_json_scanner_t *s, u_char *p)
{
    mcp_json_doc_t    *doc;
    mcp_json_token_t  *t;

    doc = s->doc;

    if (doc->nelts == doc->max) {
        (void) mcp_json_fail(s, p, MCP_JSON_VALUES);
        return NGX_DECLINED;
    }

    t = ngx_palloc(doc->pool, 2 * doc->nalloc * sizeof(mcp_json_token_t));
    if (t == NULL) {
        s->rc = NGX_ERROR;
        return NGX_ERROR;
    }

    ngx_memcpy(t, doc->tokens, doc->nelts * sizeof(mcp_json_token_t));
    ngx_pfree(doc->pool, doc->tokens);

    doc->tokens = t;
    doc->nalloc *= 2;

    return NGX_OK;
}


/*
 * Sorting bounds the work at n log n whatever the names are; a hash would
 * need a seed that a client cannot guess.
 */

static ngx_int_t
mcp_json_duplicates(mcp_json_scanner_t *s, mcp_json_token_t *object)
{
    ngx_uint_t         i, k, n;
    mcp_json_token_t  *tokens, *t, **keys;

    n = object->n;

    if (n > s->nkeys) {
        s->keys = ngx_palloc(s->doc->pool, 2 * n * sizeof(mcp_json_token_t *));
        if (s->keys == NULL) {
            return NGX_ERROR;
        }

        s->nkeys = 2 * n;
    }

    keys = s->keys;
    tokens = s->doc->tokens;
    t = object + 1;

    for (i = 0; i < n; i++) {
        keys[i] = t;
        t = &tokens[t[1].next];
    }

    if (n <= MCP_JSON_FEW_KEYS) {

        for (i = 1; i < n; i++) {
            for (k = 0; k < i; k++) {
                if (keys[k]->text.len == keys[i]->text.len
                    && ngx_memcmp(keys[k]->text.data, keys[i]->text.data,
                                  keys[i]->text.len)
                       == 0)
                {
                    mcp_json_refuse(s, keys[i][1].text.data,
                                    MCP_JSON_DUPLICATE);
                    return NGX_OK;
                }
            }
        }

        return NGX_OK;
    }

    ngx_qsort(keys, n, sizeof(mcp_json_token_t *), mcp_json_cmp_keys);

    for (i = 1; i < n; i++) {
        if (keys[i - 1]->text.len == keys[i]->text.len
            && ngx_memcmp(keys[i - 1]->text.data, keys[i]->text.data,
                          keys[i]->text.len)
               == 0)
        {
            mcp_json_refuse(s, keys[i][1].text.data, MCP_JSON_DUPLICATE);
        }
    }

    return NGX_OK;
}


static int ngx_libc_cdecl
mcp_json_cmp_keys(const void *one, const void *two)
{
    int                rc;
    mcp_json_token_t  *a, *b;

    a = *(mcp_json_token_t **) one;
    b = *(mcp_json_token_t **) two;

    if (a->text.len != b->text.len) {
        return (a->text.len < b->text.len) ? -1 : 1;
    }

    rc = ngx_memcmp(a->text.data, b->text.data, a->text.len);
    if (rc) {
        return rc;
    }

    return (a < b) ? -1 : (a > b);
}


static u_char *
mcp_json_fail(mcp_json_scanner_t *s, u_char *p, mcp_json_err_e err)
{
    s->doc->err = err;
    s->doc->offset = p - s->start;
    s->rc = NGX_DECLINED;

    return NULL;
}


/* not accepted, but the rest may still turn out to be no JSON at all */

static void
mcp_json_refuse(mcp_json_scanner_t *s, u_char *p, mcp_json_err_e err)
{
    size_t  offset;

    offset = p - s->start;

    if (s->doc->err == MCP_JSON_OK || offset < s->doc->offset) {
        s->doc->err = err;
        s->doc->offset = offset;
    }
}


const char *
mcp_json_strerror(mcp_json_err_e err)
{
    return mcp_json_errors[err];
}


mcp_json_token_t *
mcp_json_member(mcp_json_doc_t *doc, mcp_json_token_t *object,
    const char *name, size_t len)
{
    ngx_uint_t         i;
    mcp_json_token_t  *t, *found;

    if (object == NULL || object->type != MCP_JSON_OBJECT) {
        return NULL;
    }

    found = NULL;
    t = object + 1;

    for (i = 0; i < object->n; i++) {

        if (t->text.len == len && ngx_memcmp(t->text.data, name, len) == 0) {

            if (doc->err == MCP_JSON_OK) {
                return t + 1;
            }

            /* of two members neither is the one that was meant */

            if (found) {
                return NULL;
            }

            found = t + 1;
        }

        t = &doc->tokens[t[1].next];
    }

    return found;
}


ngx_int_t
mcp_json_string(mcp_json_doc_t *doc, mcp_json_token_t *token, ngx_str_t *out)
{
    u_char  *p, *last;

    if (!token->escaped) {
        *out = token->text;
        return NGX_OK;
    }

    p = ngx_pnalloc(doc->pool, token->text.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    last = mcp_json_decode(p, token->text.data,
                           token->text.data + token->text.len);

    out->data = p;
    out->len = last - p;

    return NGX_OK;
}
