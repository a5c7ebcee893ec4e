
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <mcp_json.h>


#define MCP_JSON_MAX_PRINT_DEPTH  (MCP_JSON_MAX_DEPTH * 2)

/* integers of this many digits are doubles, and need no text */
#define MCP_JSON_PLAIN_DIGITS     15

/* 2^53: up to here doubles are dense enough to be integers */
#define MCP_JSON_DENSE            9007199254740992.0


typedef struct {
    mcp_json_doc_t  *doc;
    cJSON           *node;       /* the next free one */
    u_char          *text;       /* the next free byte */
} mcp_json_builder_t;


static mcp_json_token_t *mcp_json_build(mcp_json_builder_t *b,
    mcp_json_token_t *t, cJSON *node);
static mcp_json_token_t *mcp_json_build_children(mcp_json_builder_t *b,
    mcp_json_token_t *t, cJSON *parent);
static char *mcp_json_build_string(mcp_json_builder_t *b,
    mcp_json_token_t *t);
static void mcp_json_build_number(mcp_json_builder_t *b, mcp_json_token_t *t,
    cJSON *node);

static ngx_int_t mcp_json_print_value(mcp_buf_t *b, const cJSON *value,
    ngx_uint_t depth);
static ngx_int_t mcp_json_print_children(mcp_buf_t *b, const cJSON *value,
    ngx_uint_t depth);
static ngx_int_t mcp_json_print_number(mcp_buf_t *b, const cJSON *value);


cJSON *
mcp_json_tree(mcp_json_doc_t *doc, mcp_json_token_t *token, ngx_pool_t *pool)
{
    cJSON               *root;
    ngx_uint_t           n;
    mcp_json_token_t    *t, *last;
    mcp_json_builder_t   b;

    n = 1;
    last = &doc->tokens[token->next];

    for (t = token; t < last; t++) {
        n += t->n;
    }

    root = ngx_palloc(pool, n * sizeof(cJSON));
    if (root == NULL) {
        return NULL;
    }

    /*
     * A terminating zero takes the place of a quote or of whatever follows a
     * number, so that all strings fit into the length of the text, and one
     * byte if the value is but a string or a number.
     */

    b.text = ngx_pnalloc(pool, token->text.len + 1);
    if (b.text == NULL) {
        return NULL;
    }

    b.doc = doc;
    b.node = root + 1;

    root->next = NULL;
    root->prev = NULL;
    root->string = NULL;
    root->type = 0;

    (void) mcp_json_build(&b, token, root);

    return root;
}


/* the links, the name and the flags of the node are those of its parent */

static mcp_json_token_t *
mcp_json_build(mcp_json_builder_t *b, mcp_json_token_t *t, cJSON *node)
{
    node->child = NULL;
    node->valuestring = NULL;
    node->valueint = 0;
    node->valuedouble = 0;

    switch (t->type) {

    case MCP_JSON_OBJECT:
        node->type |= cJSON_Object;
        return mcp_json_build_children(b, t, node);

    case MCP_JSON_ARRAY:
        node->type |= cJSON_Array;
        return mcp_json_build_children(b, t, node);

    case MCP_JSON_STRING:
        node->type |= cJSON_String;
        node->valuestring = mcp_json_build_string(b, t);
        break;

    case MCP_JSON_NUMBER:
        node->type |= cJSON_Number;
        mcp_json_build_number(b, t, node);
        break;

    case MCP_JSON_TRUE:
        node->type |= cJSON_True;
        node->valueint = 1;
        break;

    case MCP_JSON_FALSE:
        node->type |= cJSON_False;
        break;

    default: /* MCP_JSON_NULL */
        node->type |= cJSON_NULL;
        break;
    }

    return t + 1;
}


static mcp_json_token_t *
mcp_json_build_children(mcp_json_builder_t *b, mcp_json_token_t *t,
    cJSON *parent)
{
    cJSON       *node, *prev;
    ngx_uint_t   i, n, object;

    n = t->n;
    object = (t->type == MCP_JSON_OBJECT);

    prev = NULL;
    t++;

    for (i = 0; i < n; i++) {

        node = b->node++;

        if (object) {
            node->string = mcp_json_build_string(b, t++);
            node->type = cJSON_StringIsConst;

        } else {
            node->string = NULL;
            node->type = 0;
        }

        node->next = NULL;
        node->prev = prev;

        if (prev) {
            prev->next = node;

        } else {
            parent->child = node;
        }

        t = mcp_json_build(b, t, node);

        prev = node;
    }

    if (prev) {
        /* cJSON appends in O(1) by this link to the last one */
        parent->child->prev = prev;
    }

    return t;
}


static char *
mcp_json_build_string(mcp_json_builder_t *b, mcp_json_token_t *t)
{
    u_char  *p, *last;

    p = b->text;

    if (t->escaped) {
        last = mcp_json_decode(p, t->text.data, t->text.data + t->text.len);

    } else {
        last = ngx_cpymem(p, t->text.data, t->text.len);
    }

    *last++ = '\0';
    b->text = last;

    return (char *) p;
}


static void
mcp_json_build_number(mcp_json_builder_t *b, mcp_json_token_t *t, cJSON *node)
{
    double    d;
    u_char   *p, *last;
    int64_t   n;

    n = 0;
    p = t->text.data;
    last = p + t->text.len;

    if (*p == '-') {
        p++;
    }

    if (last - p <= MCP_JSON_PLAIN_DIGITS) {
        while (p < last && *p >= '0' && *p <= '9') {
            n = n * 10 + (*p++ - '0');
        }
    }

    if (p == last) {
        d = (*t->text.data == '-') ? -(double) n : (double) n;

    } else {
        d = 0;
        (void) mcp_json_double(t->text.data, t->text.len, &d);
        node->valuestring = mcp_json_build_string(b, t);
    }

    node->valuedouble = d;

    if (d >= INT_MAX) {
        node->valueint = INT_MAX;

    } else if (d <= INT_MIN) {
        node->valueint = INT_MIN;

    } else {
        node->valueint = (int) d;
    }
}


ngx_int_t
mcp_json_parse(ngx_pool_t *pool, ngx_str_t *text, mcp_json_doc_t *doc,
    cJSON **root)
{
    ngx_int_t  rc;

    rc = mcp_json_scan(doc, pool, text->data, text->len);
    if (rc != NGX_OK) {
        return rc;
    }

    *root = mcp_json_tree(doc, doc->tokens, pool);

    return (*root == NULL) ? NGX_ERROR : NGX_OK;
}


ngx_int_t
mcp_json_print(mcp_buf_t *b, const cJSON *value)
{
    if (value == NULL) {
        return NGX_DECLINED;
    }

    return mcp_json_print_value(b, value, 0);
}


static ngx_int_t
mcp_json_print_value(mcp_buf_t *b, const cJSON *value, ngx_uint_t depth)
{
    switch (value->type & 0xff) {

    case cJSON_Object:
    case cJSON_Array:
        return mcp_json_print_children(b, value, depth);

    case cJSON_String:
        if (value->valuestring == NULL) {
            return NGX_DECLINED;
        }

        mcp_buf_json_string(b, (u_char *) value->valuestring,
                            ngx_strlen(value->valuestring));
        return NGX_OK;

    case cJSON_Number:
        return mcp_json_print_number(b, value);

    case cJSON_True:
        mcp_buf_lit(b, "true");
        return NGX_OK;

    case cJSON_False:
        mcp_buf_lit(b, "false");
        return NGX_OK;

    case cJSON_NULL:
        mcp_buf_lit(b, "null");
        return NGX_OK;

    case cJSON_Raw:
        if (value->valuestring == NULL) {
            return NGX_DECLINED;
        }

        mcp_buf_add(b, value->valuestring, ngx_strlen(value->valuestring));
        return NGX_OK;

    default:
        return NGX_DECLINED;
    }
}


static ngx_int_t
mcp_json_print_children(mcp_buf_t *b, const cJSON *value, ngx_uint_t depth)
{
    cJSON       *node;
    ngx_int_t    rc;
    ngx_uint_t   object;

    if (depth == MCP_JSON_MAX_PRINT_DEPTH) {
        return NGX_DECLINED;
    }

    object = ((value->type & 0xff) == cJSON_Object);

    mcp_buf_char(b, object ? '{' : '[');

    for (node = value->child; node; node = node->next) {

        if (node != value->child) {
            mcp_buf_char(b, ',');
        }

        if (object) {
            if (node->string == NULL) {
                return NGX_DECLINED;
            }

            mcp_buf_json_string(b, (u_char *) node->string,
                                ngx_strlen(node->string));
            mcp_buf_char(b, ':');
        }

        rc = mcp_json_print_value(b, node, depth + 1);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    mcp_buf_char(b, object ? '}' : ']');

    return NGX_OK;
}


static ngx_int_t
mcp_json_print_number(mcp_buf_t *b, const cJSON *value)
{
    int     digits;
    char    buf[32];
    double  d, text;
    size_t  len;

    d = value->valuedouble;

    /* cJSON_SetNumberValue() of a copy leaves a text that is no longer true */

    if (value->valuestring) {
        len = ngx_strlen(value->valuestring);

        if (mcp_json_double((u_char *) value->valuestring, len, &text)
            == NGX_OK
            && text == d)
        {
            mcp_buf_add(b, value->valuestring, len);
            return NGX_OK;
        }
    }

    if (!(d <= DBL_MAX && d >= -DBL_MAX)) {
        return NGX_DECLINED;
    }

    if (d > -MCP_JSON_DENSE && d < MCP_JSON_DENSE && d == (int64_t) d) {

        if (d == 0 && signbit(d)) {
            mcp_buf_char(b, '-');
        }

        mcp_buf_int(b, (int64_t) d);
        return NGX_OK;
    }

    /* 17 digits always suffice */

    for (digits = 15; digits <= 17; digits++) {
        (void) snprintf(buf, sizeof(buf), "%.*g", digits, d);

        if (strtod(buf, NULL) == d) {
            break;
        }
    }

    mcp_buf_add(b, buf, ngx_strlen(buf));

    return NGX_OK;
}


void
mcp_json_compact(mcp_buf_t *b, const ngx_str_t *text)
{
    u_char  *p, *run, *last;

    run = text->data;
    last = run + text->len;

    for (p = run; p < last; p++) {

        switch (*p) {

        case '"':
            for (p++; *p != '"'; p++) {
                if (*p == '\\') {
                    p++;
                }
            }
            break;

        case ' ':
        case '\t':
        case CR:
        case LF:
            mcp_buf_add(b, run, p - run);
            run = p + 1;
            break;
        }
    }

    mcp_buf_add(b, run, p - run);
}
