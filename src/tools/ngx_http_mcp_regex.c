
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp_regex.h>
#include <time.h>


#define NGX_HTTP_MCP_REGEX_MATCH_LIMIT  1000000
#define NGX_HTTP_MCP_REGEX_DEPTH_LIMIT  250000
#define NGX_HTTP_MCP_REGEX_HEAP_LIMIT   32768        /* KiB */
#define NGX_HTTP_MCP_REGEX_TIME_LIMIT   200          /* ms for one call */

/* how often the clock is read: callouts, and bytes between two callouts */
#define NGX_HTTP_MCP_REGEX_CALLOUTS     32
#define NGX_HTTP_MCP_REGEX_STEP         4096


static ngx_int_t ngx_http_mcp_regex_compile(ngx_http_mcp_call_t *call,
    const cJSON *args, ngx_http_mcp_regex_t *re);
static int ngx_http_mcp_regex_callout(pcre2_callout_block *cb, void *data);
static uint64_t ngx_http_mcp_regex_clock(void);


ngx_int_t
ngx_http_mcp_regex_init(ngx_http_mcp_call_t *call, const cJSON *args,
    ngx_http_mcp_regex_t *re)
{
    ngx_int_t  rc;

    ngx_memzero(re, sizeof(ngx_http_mcp_regex_t));

    re->call = call;
    re->text.data = (u_char *) ngx_http_mcp_text_option(args, "text", "");
    re->text.len = ngx_strlen(re->text.data);

    rc = ngx_http_mcp_regex_compile(call, args, re);

    if (rc != NGX_OK) {
        return rc;
    }

    (void) pcre2_pattern_info(re->code, PCRE2_INFO_NAMETABLE, &re->names);
    (void) pcre2_pattern_info(re->code, PCRE2_INFO_NAMECOUNT, &re->nnames);
    (void) pcre2_pattern_info(re->code, PCRE2_INFO_NAMEENTRYSIZE,
                              &re->name_size);
    (void) pcre2_pattern_info(re->code, PCRE2_INFO_CAPTURECOUNT,
                              &re->ngroups);

    re->md = pcre2_match_data_create_from_pattern(re->code, NULL);
    re->mctx = pcre2_match_context_create(NULL);

    if (re->md == NULL || re->mctx == NULL) {
        return NGX_ERROR;
    }

    (void) pcre2_set_match_limit(re->mctx, NGX_HTTP_MCP_REGEX_MATCH_LIMIT);
    (void) pcre2_set_depth_limit(re->mctx, NGX_HTTP_MCP_REGEX_DEPTH_LIMIT);
    (void) pcre2_set_heap_limit(re->mctx, NGX_HTTP_MCP_REGEX_HEAP_LIMIT);
    (void) pcre2_set_callout(re->mctx, ngx_http_mcp_regex_callout, re);

    ngx_http_mcp_regex_limit(re, NGX_HTTP_MCP_REGEX_TIME_LIMIT);

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_regex_compile(ngx_http_mcp_call_t *call, const cJSON *args,
    ngx_http_mcp_regex_t *re)
{
    int          err;
    u_char       text[256];
    uint32_t     options;
    PCRE2_SIZE   offset;
    const char  *pattern, *flags;

    options = PCRE2_UTF|PCRE2_UCP|PCRE2_NEVER_BACKSLASH_C|PCRE2_AUTO_CALLOUT;

    flags = ngx_http_mcp_text_option(args, "flags", "");

    for ( /* void */ ; *flags; flags++) {
        switch (*flags) {

        case 'i':
            options |= PCRE2_CASELESS;
            break;

        case 'm':
            options |= PCRE2_MULTILINE;
            break;

        case 's':
            options |= PCRE2_DOTALL;
            break;

        case 'x':
            options |= PCRE2_EXTENDED;
            break;
        }
    }

    pattern = ngx_http_mcp_text_option(args, "pattern", "");

    re->code = pcre2_compile((PCRE2_SPTR) pattern, ngx_strlen(pattern),
                             options, &err, &offset, NULL);

    if (re->code) {
        return NGX_OK;
    }

    if (err == PCRE2_ERROR_HEAP_FAILED) {
        return NGX_ERROR;
    }

    (void) pcre2_get_error_message(err, text, sizeof(text));

    (void) ngx_http_mcp_error(call, "\"pattern\" is not a valid regular"
                              " expression: %s, at character offset %uz",
                              text,
                              ngx_http_mcp_regex_chars((u_char *) pattern,
                                                       offset));
    return NGX_DECLINED;
}


static int
ngx_http_mcp_regex_callout(pcre2_callout_block *cb, void *data)
{
    ngx_http_mcp_regex_t *re = data;

    size_t  step;

    step = (cb->current_position > re->position)
           ? cb->current_position - re->position
           : re->position - cb->current_position;

    re->position = cb->current_position;

    if (step < NGX_HTTP_MCP_REGEX_STEP
        && ++re->callouts % NGX_HTTP_MCP_REGEX_CALLOUTS)
    {
        return 0;
    }

    return (ngx_http_mcp_regex_clock() > re->deadline
            || ngx_http_mcp_cancelled(re->call))
           ? PCRE2_ERROR_CALLOUT : 0;
}


/* the time this thread has worked: a busy machine is not the pattern's fault */

static uint64_t
ngx_http_mcp_regex_clock(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);

    return (uint64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


void
ngx_http_mcp_regex_text(ngx_http_mcp_regex_t *re, u_char *p, size_t len)
{
    re->text.data = p;
    re->text.len = len;

    re->offset = 0;
    re->options = 0;
    re->counted = 0;
    re->chars = 0;
}


void
ngx_http_mcp_regex_limit(ngx_http_mcp_regex_t *re, ngx_msec_t ms)
{
    re->deadline = ngx_http_mcp_regex_clock() + ms;
}


void
ngx_http_mcp_regex_free(ngx_http_mcp_regex_t *re)
{
    pcre2_match_context_free(re->mctx);
    pcre2_match_data_free(re->md);
    pcre2_code_free(re->code);
}


int
ngx_http_mcp_regex_next(ngx_http_mcp_regex_t *re)
{
    int          rc;
    PCRE2_SIZE  *ov;

    for ( ;; ) {
        rc = pcre2_match(re->code, re->text.data, re->text.len, re->offset,
                         re->options|PCRE2_NO_UTF_CHECK, re->md, re->mctx);

        if (rc != PCRE2_ERROR_NOMATCH || re->options == 0
            || re->offset == re->text.len)
        {
            break;
        }

        do {
            re->offset++;
        } while (re->offset < re->text.len
                 && (re->text.data[re->offset] & 0xc0) == 0x80);

        re->options = 0;
    }

    if (rc < 0) {
        return rc;
    }

    ov = pcre2_get_ovector_pointer(re->md);

    /* older libraries let \K in a lookaround move the start past the end */

    if (ov[0] > ov[1] || ov[0] < re->offset) {
        return PCRE2_ERROR_BADSUBSPATTERN;
    }

    re->offset = ov[1];
    re->options = (ov[0] == ov[1]) ? PCRE2_NOTEMPTY_ATSTART|PCRE2_ANCHORED
                                   : 0;

    return 0;
}


ngx_int_t
ngx_http_mcp_regex_failed(ngx_http_mcp_call_t *call, int rc)
{
    u_char  text[256];

    switch (rc) {

    case PCRE2_ERROR_NOMEMORY:
        return NGX_ERROR;

    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_CALLOUT:
        (void) ngx_http_mcp_error(call, "\"pattern\" exceeds the match limit"
                                  " on this text; avoid nested or adjacent"
                                  " quantifiers such as (a+)+ or .*.*, anchor"
                                  " the pattern, or pass a shorter text");
        return NGX_DECLINED;

    default:
        (void) pcre2_get_error_message(rc, text, sizeof(text));
        (void) ngx_http_mcp_error(call, "\"pattern\" cannot be matched: %s;"
                                  " change the pattern", text);
        return NGX_DECLINED;
    }
}


size_t
ngx_http_mcp_regex_chars(const u_char *p, size_t len)
{
    size_t         n;
    const u_char  *last;

    n = 0;

    for (last = p + len; p < last; p++) {
        n += ((*p & 0xc0) != 0x80);
    }

    return n;
}
