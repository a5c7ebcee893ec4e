
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_schema_node.h>


/*
 * JSON Schema takes its patterns from ECMA-262 with the flag "u" (2020-12
 * core, section 6.4).  Most of them mean the same to PCRE2; here the rest is
 * put into its words: what \d \w \s \b and the point match, the brackets of
 * a class, the long names of Unicode properties, escapes of surrogate pairs.
 */


#define MCP_SCHEMA_WORD      "_0-9A-Za-z"

/* each ends with a range: a hyphen after it is a hyphen */
#define MCP_SCHEMA_NOT_DIGIT                                                 \
    "\\u{0}-\\u{2f}\\u{3a}-\\u{10ffff}"
#define MCP_SCHEMA_NOT_WORD                                                  \
    "\\u{60}\\u{0}-\\u{2f}\\u{3a}-\\u{40}\\u{5b}-\\u{5e}\\u{7b}-\\u{10ffff}"
#define MCP_SCHEMA_SPACE                                                     \
    " \\u{a0}\\u{1680}\\u{2028}\\u{2029}\\u{202f}\\u{205f}\\u{3000}"         \
    "\\u{feff}\\u{2000}-\\u{200a}\\t-\\r"
#define MCP_SCHEMA_NOT_SPACE                                                 \
    "\\u{0}-\\u{8}\\u{e}-\\u{1f}\\u{21}-\\u{9f}\\u{a1}-\\u{167f}"            \
    "\\u{1681}-\\u{1fff}\\u{200b}-\\u{2027}\\u{202a}-\\u{202e}"              \
    "\\u{2030}-\\u{205e}\\u{2060}-\\u{2fff}\\u{3001}-\\u{fefe}"              \
    "\\u{ff00}-\\u{10ffff}"

#define MCP_SCHEMA_BEHIND    "(?<=[" MCP_SCHEMA_WORD "])"
#define MCP_SCHEMA_AHEAD     "(?=[" MCP_SCHEMA_WORD "])"
#define MCP_SCHEMA_NBEHIND   "(?<![" MCP_SCHEMA_WORD "])"
#define MCP_SCHEMA_NAHEAD    "(?![" MCP_SCHEMA_WORD "])"

#define MCP_SCHEMA_BOUNDARY                                                  \
    "(?:" MCP_SCHEMA_BEHIND MCP_SCHEMA_NAHEAD                                \
    "|" MCP_SCHEMA_NBEHIND MCP_SCHEMA_AHEAD ")"
#define MCP_SCHEMA_NBOUNDARY                                                 \
    "(?:" MCP_SCHEMA_BEHIND MCP_SCHEMA_AHEAD                                 \
    "|" MCP_SCHEMA_NBEHIND MCP_SCHEMA_NAHEAD ")"


/* of a pattern, bytes, and of the repetitions it asks for at least */
#define MCP_SCHEMA_MAX_LIGHT      256
#define MCP_SCHEMA_MAX_REPEATED   64


typedef struct {
    u_char       c;
    const char  *outside;            /* NULL: as it is */
    const char  *inside;             /* in a class */
} mcp_schema_escape_t;


typedef struct {
    const char  *name;
    const char  *pcre;
} mcp_schema_property_name_t;


static u_char *mcp_schema_regex_escape(mcp_buf_t *b, u_char *p, u_char *last,
    ngx_uint_t class);
static u_char *mcp_schema_regex_property(mcp_buf_t *b, u_char *p,
    u_char *last);
static u_char *mcp_schema_regex_unicode(mcp_buf_t *b, u_char *p,
    u_char *last);
static ngx_int_t mcp_schema_regex_hex4(u_char *p, u_char *last);
static ngx_uint_t mcp_schema_regex_is_group(u_char *p, u_char *last);
static ngx_uint_t mcp_schema_regex_is_set(u_char *p, u_char *last);


static const mcp_schema_escape_t  mcp_schema_escapes[] = {
    { 'd', "[0-9]", "0-9" },
    { 'D', "[^0-9]", MCP_SCHEMA_NOT_DIGIT },
    { 'w', "[" MCP_SCHEMA_WORD "]", MCP_SCHEMA_WORD },
    { 'W', "[^" MCP_SCHEMA_WORD "]", MCP_SCHEMA_NOT_WORD },
    { 's', "[" MCP_SCHEMA_SPACE "]", MCP_SCHEMA_SPACE },
    { 'S', "[^" MCP_SCHEMA_SPACE "]", MCP_SCHEMA_NOT_SPACE },
    { 'b', MCP_SCHEMA_BOUNDARY, NULL },
    { 'B', MCP_SCHEMA_NBOUNDARY, NULL },
    { 'v', "\\u{b}", "\\u{b}" },
    { 0, NULL, NULL }
};


/* general categories by their long names; PCRE2 knows the short ones */
static const mcp_schema_property_name_t  mcp_schema_property_names[] = {
    { "Letter", "L" },
    { "Cased_Letter", "L&" },
    { "LC", "L&" },
    { "Uppercase_Letter", "Lu" },
    { "Lowercase_Letter", "Ll" },
    { "Titlecase_Letter", "Lt" },
    { "Modifier_Letter", "Lm" },
    { "Other_Letter", "Lo" },
    { "Mark", "M" },
    { "Combining_Mark", "M" },
    { "Nonspacing_Mark", "Mn" },
    { "Spacing_Mark", "Mc" },
    { "Enclosing_Mark", "Me" },
    { "Number", "N" },
    { "Decimal_Number", "Nd" },
    { "digit", "Nd" },
    { "Letter_Number", "Nl" },
    { "Other_Number", "No" },
    { "Punctuation", "P" },
    { "punct", "P" },
    { "Connector_Punctuation", "Pc" },
    { "Dash_Punctuation", "Pd" },
    { "Open_Punctuation", "Ps" },
    { "Close_Punctuation", "Pe" },
    { "Initial_Punctuation", "Pi" },
    { "Final_Punctuation", "Pf" },
    { "Other_Punctuation", "Po" },
    { "Symbol", "S" },
    { "Math_Symbol", "Sm" },
    { "Currency_Symbol", "Sc" },
    { "Modifier_Symbol", "Sk" },
    { "Other_Symbol", "So" },
    { "Separator", "Z" },
    { "Space_Separator", "Zs" },
    { "Line_Separator", "Zl" },
    { "Paragraph_Separator", "Zp" },
    { "Other", "C" },
    { "Control", "Cc" },
    { "cntrl", "Cc" },
    { "Format", "Cf" },
    { "Surrogate", "Cs" },
    { "Private_Use", "Co" },
    { "Unassigned", "Cn" },
    { NULL, NULL }
};


ngx_int_t
mcp_schema_regex_translate(ngx_pool_t *pool, ngx_str_t *src, ngx_str_t *dst)
{
    u_char      *p, *last;
    mcp_buf_t    b;
    ngx_uint_t   class;

    mcp_buf_init(&b, pool, src->len + 16);

    class = 0;
    p = src->data;
    last = p + src->len;

    while (p < last) {

        if (*p == '\\' && p + 1 < last) {
            p = mcp_schema_regex_escape(&b, p + 1, last, class);
            continue;
        }

        switch (*p) {

        case '.':
            if (class) {
                mcp_buf_char(&b, *p);

            } else {
                mcp_buf_lit(&b, "[^\\n\\r\\u{2028}\\u{2029}]");
            }

            break;

        case '[':
            if (class) {
                /* not the beginning of a POSIX class */
                mcp_buf_char(&b, '\\');
            }

            class = 1;
            mcp_buf_char(&b, *p);
            break;

        case ']':
            class = 0;
            mcp_buf_char(&b, *p);
            break;

        case '-':
            if (class && mcp_schema_regex_is_set(p + 1, last)) {
                mcp_buf_char(&b, '\\');
            }

            /* fall through */

        default:
            mcp_buf_char(&b, *p);
        }

        p++;
    }

    return mcp_buf_done(&b, dst);
}


/* p is behind the backslash; returns what follows the escape */

static u_char *
mcp_schema_regex_escape(mcp_buf_t *b, u_char *p, u_char *last,
    ngx_uint_t class)
{
    const char                 *text;
    const mcp_schema_escape_t  *escape;

    for (escape = mcp_schema_escapes; escape->c; escape++) {

        if (escape->c != *p) {
            continue;
        }

        text = class ? escape->inside : escape->outside;

        if (text) {
            mcp_buf_add(b, text, ngx_strlen(text));
            return p + 1;
        }
    }

    if ((*p == 'p' || *p == 'P') && p + 1 < last && p[1] == '{') {
        return mcp_schema_regex_property(b, p, last);
    }

    if (*p == 'u') {
        return mcp_schema_regex_unicode(b, p, last);
    }

    mcp_buf_char(b, '\\');
    mcp_buf_char(b, *p);

    return p + 1;
}


static u_char *
mcp_schema_regex_property(mcp_buf_t *b, u_char *p, u_char *last)
{
    size_t                             len;
    u_char                            *s, *end;
    const mcp_schema_property_name_t  *name;

    s = p + 2;

    for (end = s; end < last && *end != '}'; end++) { /* void */ }

    len = end - s;

    if (len > 17 && ngx_strncmp(s, "General_Category=", 17) == 0) {
        s += 17;

    } else if (len > 3 && ngx_strncmp(s, "gc=", 3) == 0) {
        s += 3;
    }

    len = end - s;

    for (name = mcp_schema_property_names; name->name; name++) {

        if (ngx_strlen(name->name) == len
            && ngx_strncmp(name->name, s, len) == 0)
        {
            s = (u_char *) name->pcre;
            len = ngx_strlen(name->pcre);
            break;
        }
    }

    mcp_buf_char(b, '\\');
    mcp_buf_add(b, p, 2);
    mcp_buf_add(b, s, len);

    return end;
}


static u_char *
mcp_schema_regex_unicode(mcp_buf_t *b, u_char *p, u_char *last)
{
    u_char     *end, text[sizeof("\\u{10ffff}")];
    ngx_int_t   high, low;

    high = mcp_schema_regex_hex4(p + 1, last);

    if (high >= 0xd800 && high <= 0xdbff
        && last - p > 6 && p[5] == '\\' && p[6] == 'u')
    {
        low = mcp_schema_regex_hex4(p + 7, last);

        if (low >= 0xdc00 && low <= 0xdfff) {
            high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            end = ngx_snprintf(text, sizeof(text), "\\u{%xi}", high);
            mcp_buf_add(b, text, end - text);

            return p + 11;
        }
    }

    mcp_buf_lit(b, "\\u");

    return p + 1;
}


static ngx_int_t
mcp_schema_regex_hex4(u_char *p, u_char *last)
{
    return last - p >= 4 ? ngx_hextoi(p, 4) : NGX_ERROR;
}


/* an escape that stands for a set and cannot be the end of a range */

static ngx_uint_t
mcp_schema_regex_is_set(u_char *p, u_char *last)
{
    return last - p >= 2 && p[0] == '\\' && ngx_strchr("dDwWsSpP", p[1]);
}


/*
 * PCRE2 counts backtracking points only.  Most patterns leave one wherever
 * they have gone on in the subject; others can go far without: references,
 * atomic groups, possessive quantifiers and assertions, which forget theirs,
 * and what is repeated a fixed number of times.
 */

ngx_uint_t
mcp_schema_regex_is_heavy(ngx_str_t *src)
{
    u_char      *p, *last;
    ngx_uint_t   n, class, quantifier, repeated;

    class = 0;
    repeated = 0;
    quantifier = 0;
    last = src->data + src->len;

    if (src->len > MCP_SCHEMA_MAX_LIGHT) {
        return 1;
    }

    for (p = src->data; p < last; p++) {

        if (*p == '\\' && p + 1 < last) {
            p++;
            quantifier = 0;

            if (!class && ngx_strchr("123456789kg", *p)) {
                return 1;
            }

            continue;
        }

        if (class || *p == '[') {
            class = (*p != ']');
            quantifier = 0;
            continue;
        }

        if (*p == '(' && !mcp_schema_regex_is_group(p + 1, last)) {
            return 1;
        }

        if (*p == '+' && quantifier) {
            return 1;
        }

        if (*p == '{') {
            n = 0;

            while (p + 1 < last && p[1] >= '0' && p[1] <= '9'
                   && n <= MCP_SCHEMA_MAX_REPEATED)
            {
                n = n * 10 + (*++p - '0');
            }

            repeated += n;
        }

        quantifier = (*p == '*' || *p == '+' || *p == '?' || *p == '}');
    }

    return repeated > MCP_SCHEMA_MAX_REPEATED;
}


/* p is behind the parenthesis: a group with a name, a number or neither */

static ngx_uint_t
mcp_schema_regex_is_group(u_char *p, u_char *last)
{
    if (p < last && *p == '*') {
        return 0;
    }

    if (last - p < 3 || *p != '?') {
        return 1;
    }

    return p[1] == ':' || (p[1] == '<' && p[2] != '=' && p[2] != '!');
}
