
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_REGEX_H_INCLUDED_
#define _NGX_HTTP_MCP_REGEX_H_INCLUDED_


#include <ngx_http_mcp_text_tools.h>

#define PCRE2_CODE_UNIT_WIDTH  8
#include <pcre2.h>


/*
 * A pattern and a text of a client.  Patterns are hostile: PCRE2's own limits
 * bound the backtracking from one starting point, but not the number of
 * starting points nor the length one item runs over, so that a pattern as
 * simple as a+[bc] is quadratic.  Automatic callouts between the items look
 * at the clock as well, and whether the call was cancelled; hence no JIT.
 */


typedef struct {
    ngx_http_mcp_call_t  *call;

    pcre2_code           *code;
    pcre2_match_data     *md;
    pcre2_match_context  *mctx;

    ngx_str_t             text;
    size_t                offset;     /* where the next match is searched */
    uint32_t              options;    /* and how */

    size_t                counted;    /* bytes whose code points are known */
    size_t                chars;

    PCRE2_SPTR            names;      /* the table of names, sorted */
    uint32_t              nnames;
    uint32_t              name_size;
    uint32_t              ngroups;

    uint64_t              deadline;   /* ms */
    ngx_uint_t            callouts;
    size_t                position;   /* at the last callout */
} ngx_http_mcp_regex_t;


/*
 * Compiles the arguments "pattern" and "flags" and points at "text".  NGX_OK;
 * NGX_DECLINED after a tool error has been set; NGX_ERROR: out of memory.
 * ngx_http_mcp_regex_free() is due in any case.
 */
ngx_int_t ngx_http_mcp_regex_init(ngx_http_mcp_call_t *call,
    const cJSON *args, ngx_http_mcp_regex_t *re);
void ngx_http_mcp_regex_free(ngx_http_mcp_regex_t *re);

/* another text, and how long it may be worked on from now on, milliseconds of
 * processor time */
void ngx_http_mcp_regex_text(ngx_http_mcp_regex_t *re, u_char *p, size_t len);
void ngx_http_mcp_regex_limit(ngx_http_mcp_regex_t *re, ngx_msec_t ms);

/*
 * The next match, 0 or an error of PCRE2.  An empty match is followed by a
 * try for a longer one at the same place, then by a step of one code point.
 */
int ngx_http_mcp_regex_next(ngx_http_mcp_regex_t *re);

/* NGX_DECLINED: the error of PCRE2 has become a tool error; NGX_ERROR */
ngx_int_t ngx_http_mcp_regex_failed(ngx_http_mcp_call_t *call, int rc);

/* the code points that start in the bytes */
size_t ngx_http_mcp_regex_chars(const u_char *p, size_t len);


#endif /* _NGX_HTTP_MCP_REGEX_H_INCLUDED_ */
