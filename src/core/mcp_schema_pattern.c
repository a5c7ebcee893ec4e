
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_schema_node.h>


#define MCP_SCHEMA_PCRE2_OPTIONS                                             \
    (PCRE2_UTF|PCRE2_UCP|PCRE2_DOLLAR_ENDONLY|PCRE2_ALT_BSUX                 \
     |PCRE2_MATCH_UNSET_BACKREF|PCRE2_ALLOW_EMPTY_CLASS                      \
     |PCRE2_NEVER_BACKSLASH_C|PCRE2_NO_AUTO_POSSESS)


static ngx_int_t mcp_schema_pattern_limits(mcp_schema_compile_t *cx);
static void mcp_schema_pattern_limits_free(void *data);
static pcre2_code *mcp_schema_pattern_code(ngx_str_t *text,
    pcre2_compile_context *ctx, int *error, PCRE2_SIZE *offset);
static ngx_int_t mcp_schema_pattern_refuse(mcp_schema_compile_t *cx,
    const cJSON *where, const char *text, int error, size_t offset);
static void mcp_schema_pattern_free(void *data);


ngx_int_t
mcp_schema_pattern_compile(mcp_schema_compile_t *cx, const cJSON *where,
    const char *text, mcp_schema_pattern_t **out)
{
    int                     error;
    uint32_t                options;
    ngx_str_t               source, pcre;
    PCRE2_SIZE              offset;
    ngx_pool_cleanup_t     *cln;
    mcp_schema_pattern_t   *pattern;
    pcre2_compile_context  *ctx;

    source.data = (u_char *) text;
    source.len = ngx_strlen(text);

    if (source.len > MCP_SCHEMA_MAX_PATTERN) {
        return mcp_schema_refuse(cx, where, "the pattern is longer than %d "
                                 "bytes", MCP_SCHEMA_MAX_PATTERN);
    }

    if (cx->schema->limits[0] == NULL
        && mcp_schema_pattern_limits(cx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    pattern = ngx_pcalloc(cx->pool, sizeof(mcp_schema_pattern_t));
    cln = ngx_pool_cleanup_add(cx->pool, 0);

    if (pattern == NULL || cln == NULL
        || mcp_schema_regex_translate(cx->pool, &source, &pcre) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx = pcre2_compile_context_create(NULL);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    pattern->text = text;
    pattern->code = mcp_schema_pattern_code(&pcre, ctx, &error, &offset);

    if (pattern->code == NULL) {

        /* an offset in what the author has written is of more use */

        pattern->code = mcp_schema_pattern_code(&source, ctx, &error, &offset);

        if (pattern->code) {
            pcre2_code_free(pattern->code);
            (void) mcp_schema_pattern_code(&pcre, ctx, &error, &offset);
        }

        pcre2_compile_context_free(ctx);

        return mcp_schema_pattern_refuse(cx, where, text, error, offset);
    }

    pcre2_compile_context_free(ctx);

    cln->handler = mcp_schema_pattern_free;
    cln->data = pattern->code;

    (void) pcre2_pattern_info(pattern->code, PCRE2_INFO_ALLOPTIONS, &options);
    pattern->anchored = (options & PCRE2_ANCHORED) != 0;
    pattern->heavy = mcp_schema_regex_is_heavy(&source);

    *out = pattern;

    return NGX_OK;
}


static ngx_int_t
mcp_schema_pattern_limits(mcp_schema_compile_t *cx)
{
    uint32_t               limit;
    ngx_uint_t             i;
    ngx_pool_cleanup_t    *cln;
    pcre2_match_context  **limits;

    limits = cx->schema->limits;

    cln = ngx_pool_cleanup_add(cx->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = mcp_schema_pattern_limits_free;
    cln->data = cx->schema;

    limit = MCP_SCHEMA_LIMIT_FIRST;

    for (i = 0; i < MCP_SCHEMA_LIMITS; i++) {

        limits[i] = pcre2_match_context_create(NULL);
        if (limits[i] == NULL) {
            return NGX_ERROR;
        }

        (void) pcre2_set_match_limit(limits[i], limit);
        (void) pcre2_set_heap_limit(limits[i], MCP_SCHEMA_MATCH_HEAP);

        limit *= MCP_SCHEMA_LIMIT_FACTOR;
    }

    return NGX_OK;
}


static void
mcp_schema_pattern_limits_free(void *data)
{
    mcp_schema_t *schema = data;

    ngx_uint_t  i;

    for (i = 0; i < MCP_SCHEMA_LIMITS; i++) {
        pcre2_match_context_free(schema->limits[i]);
    }
}


static pcre2_code *
mcp_schema_pattern_code(ngx_str_t *text, pcre2_compile_context *ctx,
    int *error, PCRE2_SIZE *offset)
{
    (void) pcre2_set_newline(ctx, PCRE2_NEWLINE_LF);
    (void) pcre2_set_compile_extra_options(ctx, PCRE2_EXTRA_ALT_BSUX);

    return pcre2_compile(text->data, text->len, MCP_SCHEMA_PCRE2_OPTIONS,
                         error, offset, ctx);
}


static ngx_int_t
mcp_schema_pattern_refuse(mcp_schema_compile_t *cx, const cJSON *where,
    const char *text, int error, size_t offset)
{
    u_char  message[128];

    if (pcre2_get_error_message(error, message, sizeof(message)) < 0) {
        message[0] = '\0';
    }

    return mcp_schema_refuse(cx, where, "the pattern \"%s\" is not a valid "
                             "regular expression: %s at offset %uz",
                             text, message, offset);
}


static void
mcp_schema_pattern_free(void *data)
{
    pcre2_code_free(data);
}


/*
 * PCRE2 does not tell how much work a match was, only that it was more than
 * allowed, and it counts anew from each start in the subject.  So a match is
 * tried with a low limit, then with higher ones, and each try is charged in
 * advance for as much as it may cost.
 */

ngx_int_t
mcp_schema_pattern_match(mcp_schema_run_t *run,
    const mcp_schema_pattern_t *pattern, const cJSON *value,
    const char *text, size_t len)
{
    int         rc;
    size_t      points;
    uint32_t    limit;
    ngx_uint_t  i;

    if (mcp_utf8_check((u_char *) text, len) != NGX_OK) {

        /* nothing a client can send, but a handler can */

        return mcp_schema_fail(run, MCP_SCHEMA_FAIL_UTF8, NULL, value, 0);
    }

    if (run->match == NULL) {

        run->match = pcre2_match_data_create(1, NULL);
        if (run->match == NULL) {
            return NGX_ERROR;
        }
    }

    points = pattern->anchored ? 1 : len + 1;

    if (pattern->heavy) {
        points *= 1 + len / MCP_SCHEMA_STEP_BYTES;
    }

    limit = MCP_SCHEMA_LIMIT_FIRST;

    for (i = 0; i < MCP_SCHEMA_LIMITS; i++) {

        if (mcp_schema_charge(run, value,
                              points * limit / MCP_SCHEMA_STEP_MATCHES
                              + len / 64 + 1)
            != NGX_OK)
        {
            return NGX_ABORT;
        }

        rc = pcre2_match(pattern->code, (PCRE2_SPTR) text, len, 0,
                         PCRE2_NO_UTF_CHECK, run->match,
                         run->schema->limits[i]);

        if (rc >= 0) {
            return NGX_OK;
        }

        if (rc == PCRE2_ERROR_NOMATCH) {
            return NGX_DECLINED;
        }

        if (rc == PCRE2_ERROR_NOMEMORY) {
            return NGX_ERROR;
        }

        if (rc != PCRE2_ERROR_MATCHLIMIT) {
            break;
        }

        limit *= MCP_SCHEMA_LIMIT_FACTOR;
    }

    return mcp_schema_fail(run, MCP_SCHEMA_FAIL_MATCH, NULL, value, 0);
}
