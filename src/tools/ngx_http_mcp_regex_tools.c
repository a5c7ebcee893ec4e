
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp_regex.h>


/* tools "regex_match" and "regex_replace" */


/* a result may have so much more than the text, in bytes */
#define NGX_HTTP_MCP_REGEX_ROOM         (1024 * 1024)

/* what a match and a group count besides their text, in bytes */
#define NGX_HTTP_MCP_REGEX_MATCH_COST   64
#define NGX_HTTP_MCP_REGEX_GROUP_COST   16


static ngx_int_t ngx_http_mcp_regex_list(ngx_http_mcp_call_t *call,
    const cJSON *args, ngx_http_mcp_regex_t *re);
static ngx_int_t ngx_http_mcp_regex_collect(ngx_http_mcp_call_t *call,
    ngx_http_mcp_regex_t *re, cJSON *matches, ngx_uint_t max,
    ngx_uint_t *truncated);
static size_t ngx_http_mcp_regex_cost(ngx_http_mcp_regex_t *re);
static cJSON *ngx_http_mcp_regex_item(ngx_http_mcp_regex_t *re);
static ngx_int_t ngx_http_mcp_regex_named(ngx_http_mcp_regex_t *re,
    cJSON *item);
static cJSON *ngx_http_mcp_regex_group(ngx_http_mcp_regex_t *re,
    ngx_uint_t n);
static double ngx_http_mcp_regex_char(ngx_http_mcp_regex_t *re,
    size_t offset);
static ngx_int_t ngx_http_mcp_regex_substitute(ngx_http_mcp_call_t *call,
    const cJSON *args, ngx_http_mcp_regex_t *re);
static ngx_int_t ngx_http_mcp_regex_bad_replacement(ngx_http_mcp_call_t *call,
    const char *replacement, int rc, size_t offset);


ngx_int_t
ngx_http_mcp_text_regex_match(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_int_t             rc;
    ngx_http_mcp_regex_t  re;

    rc = ngx_http_mcp_regex_init(call, args, &re);

    if (rc == NGX_OK) {
        rc = ngx_http_mcp_regex_list(call, args, &re);
    }

    ngx_http_mcp_regex_free(&re);

    return (rc == NGX_DECLINED) ? NGX_OK : rc;
}


ngx_int_t
ngx_http_mcp_text_regex_replace(ngx_http_mcp_call_t *call, const cJSON *args)
{
    ngx_int_t             rc;
    ngx_http_mcp_regex_t  re;

    rc = ngx_http_mcp_regex_init(call, args, &re);

    if (rc == NGX_OK) {
        rc = ngx_http_mcp_regex_substitute(call, args, &re);
    }

    ngx_http_mcp_regex_free(&re);

    return (rc == NGX_DECLINED) ? NGX_OK : rc;
}


static ngx_int_t
ngx_http_mcp_regex_list(ngx_http_mcp_call_t *call, const cJSON *args,
    ngx_http_mcp_regex_t *re)
{
    cJSON        *out, *matches;
    ngx_int_t     rc;
    ngx_uint_t    max, truncated;
    const cJSON  *arg;

    arg = cJSON_GetObjectItemCaseSensitive(args, "max_matches");
    max = arg ? (ngx_uint_t) arg->valuedouble
              : NGX_HTTP_MCP_REGEX_MATCHES_DEFAULT;

    out = cJSON_CreateObject();
    matches = cJSON_AddArrayToObject(out, "matches");

    if (matches == NULL) {
        rc = NGX_ERROR;
        goto failed;
    }

    rc = ngx_http_mcp_regex_collect(call, re, matches, max, &truncated);

    if (rc != NGX_OK) {
        goto failed;
    }

    rc = NGX_ERROR;

    if (cJSON_AddNumberToObject(out, "count", cJSON_GetArraySize(matches))
        == NULL
        || cJSON_AddBoolToObject(out, "truncated", truncated) == NULL)
    {
        goto failed;
    }

    return ngx_http_mcp_result(call, out);

failed:

    cJSON_Delete(out);

    return rc;
}


static ngx_int_t
ngx_http_mcp_regex_collect(ngx_http_mcp_call_t *call,
    ngx_http_mcp_regex_t *re, cJSON *matches, ngx_uint_t max,
    ngx_uint_t *truncated)
{
    int          rc;
    cJSON       *item;
    size_t       room, cost;
    ngx_uint_t   n;

    *truncated = 0;
    room = re->text.len + NGX_HTTP_MCP_REGEX_ROOM;

    for (n = 0; /* void */ ; n++) {

        rc = ngx_http_mcp_regex_next(re);

        if (rc == PCRE2_ERROR_NOMATCH) {
            return NGX_OK;
        }

        if (n == max) {
            break;
        }

        if (rc < 0) {
            return ngx_http_mcp_regex_failed(call, rc);
        }

        cost = ngx_http_mcp_regex_cost(re);

        if (cost > room) {

            if (n > 0) {
                break;
            }

            (void) ngx_http_mcp_error(call, "the groups of the first match"
                                      " are longer than %uz bytes together;"
                                      " capture less, use (?:...) where no"
                                      " group is needed", room);
            return NGX_DECLINED;
        }

        room -= cost;

        item = ngx_http_mcp_regex_item(re);

        if (item == NULL || !cJSON_AddItemToArray(matches, item)) {
            cJSON_Delete(item);
            return NGX_ERROR;
        }
    }

    *truncated = 1;

    return NGX_OK;
}


/* what the match will take in the result, roughly */

static size_t
ngx_http_mcp_regex_cost(ngx_http_mcp_regex_t *re)
{
    size_t       cost, len;
    uint32_t     i, n;
    PCRE2_SPTR   name;
    PCRE2_SIZE  *ov;

    ov = pcre2_get_ovector_pointer(re->md);

    cost = NGX_HTTP_MCP_REGEX_MATCH_COST;

    for (i = 0; i <= re->ngroups; i++) {
        len = (ov[2 * i] == PCRE2_UNSET) ? 0 : ov[2 * i + 1] - ov[2 * i];
        cost += NGX_HTTP_MCP_REGEX_GROUP_COST + len;
    }

    for (i = 0, name = re->names; i < re->nnames; i++) {
        n = name[0] << 8 | name[1];
        len = (ov[2 * n] == PCRE2_UNSET) ? 0 : ov[2 * n + 1] - ov[2 * n];
        cost += NGX_HTTP_MCP_REGEX_GROUP_COST + re->name_size + len;
        name += re->name_size;
    }

    return cost;
}


static cJSON *
ngx_http_mcp_regex_item(ngx_http_mcp_regex_t *re)
{
    cJSON       *item, *groups, *group;
    uint32_t     i;
    PCRE2_SIZE  *ov;

    ov = pcre2_get_ovector_pointer(re->md);

    item = cJSON_CreateObject();
    group = ngx_http_mcp_regex_group(re, 0);

    if (!cJSON_AddItemToObjectCS(item, "text", group)) {
        cJSON_Delete(group);
        goto failed;
    }

    if (cJSON_AddNumberToObject(item, "start",
                                ngx_http_mcp_regex_char(re, ov[0])) == NULL
        || cJSON_AddNumberToObject(item, "end",
                                ngx_http_mcp_regex_char(re, ov[1])) == NULL)
    {
        goto failed;
    }

    groups = cJSON_AddArrayToObject(item, "groups");

    if (groups == NULL) {
        goto failed;
    }

    for (i = 1; i <= re->ngroups; i++) {
        group = ngx_http_mcp_regex_group(re, i);

        if (!cJSON_AddItemToArray(groups, group)) {
            cJSON_Delete(group);
            goto failed;
        }
    }

    if (re->nnames && ngx_http_mcp_regex_named(re, item) != NGX_OK) {
        goto failed;
    }

    return item;

failed:

    cJSON_Delete(item);

    return NULL;
}


/*
 * With (?J) or (?|...) a name stands for several groups, next to each other
 * in the table: the one that took part in the match counts.
 */

static ngx_int_t
ngx_http_mcp_regex_named(ngx_http_mcp_regex_t *re, cJSON *item)
{
    cJSON       *named, *group;
    uint32_t     i, n;
    PCRE2_SPTR   name, next;
    PCRE2_SIZE  *ov;

    ov = pcre2_get_ovector_pointer(re->md);

    named = cJSON_AddObjectToObject(item, "named");

    if (named == NULL) {
        return NGX_ERROR;
    }

    n = 0;

    for (i = 0, name = re->names; i < re->nnames; i++, name = next) {
        next = name + re->name_size;

        if (n == 0 || ov[2 * n] == PCRE2_UNSET) {
            n = name[0] << 8 | name[1];
        }

        if (i + 1 < re->nnames
            && ngx_strcmp((char *) name + 2, (char *) next + 2) == 0)
        {
            continue;
        }

        group = ngx_http_mcp_regex_group(re, n);
        n = 0;

        if (!cJSON_AddItemToObject(named, (char *) name + 2, group)) {
            cJSON_Delete(group);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* a string, or null for a group that took no part in the match */

static cJSON *
ngx_http_mcp_regex_group(ngx_http_mcp_regex_t *re, ngx_uint_t n)
{
    cJSON       *group;
    size_t       len;
    PCRE2_SIZE  *ov;

    ov = pcre2_get_ovector_pointer(re->md);

    group = cJSON_CreateNull();

    if (group == NULL || ov[2 * n] == PCRE2_UNSET) {
        return group;
    }

    len = ov[2 * n + 1] - ov[2 * n];

    group->valuestring = cJSON_malloc(len + 1);

    if (group->valuestring == NULL) {
        cJSON_Delete(group);
        return NULL;
    }

    *ngx_cpymem(group->valuestring, re->text.data + ov[2 * n], len) = '\0';
    group->type = cJSON_String;

    return group;
}


/* code points before a byte; asked for in ascending order */

static double
ngx_http_mcp_regex_char(ngx_http_mcp_regex_t *re, size_t offset)
{
    re->chars += ngx_http_mcp_regex_chars(re->text.data + re->counted,
                                          offset - re->counted);
    re->counted = offset;

    return (double) re->chars;
}


static ngx_int_t
ngx_http_mcp_regex_substitute(ngx_http_mcp_call_t *call, const cJSON *args,
    ngx_http_mcp_regex_t *re)
{
    int          rc;
    cJSON       *out, *text;
    uint32_t     options;
    ngx_int_t    failed;
    PCRE2_SIZE   len;
    const char  *replacement;

    options = PCRE2_SUBSTITUTE_UNSET_EMPTY|PCRE2_NO_UTF_CHECK;

    if (!cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(args, "global"))) {
        options |= PCRE2_SUBSTITUTE_GLOBAL;
    }

    replacement = ngx_http_mcp_text_option(args, "replacement", "");

    failed = NGX_ERROR;
    len = re->text.len + NGX_HTTP_MCP_REGEX_ROOM;

    out = cJSON_CreateObject();
    text = cJSON_AddNullToObject(out, "text");

    if (text == NULL) {
        goto failed;
    }

    text->valuestring = cJSON_malloc(len);

    if (text->valuestring == NULL) {
        goto failed;
    }

    text->type = cJSON_String;

    rc = pcre2_substitute(re->code, re->text.data, re->text.len, 0, options,
                          re->md, re->mctx, (PCRE2_SPTR) replacement,
                          ngx_strlen(replacement),
                          (PCRE2_UCHAR *) text->valuestring, &len);

    if (rc < 0) {
        failed = ngx_http_mcp_regex_bad_replacement(call, replacement, rc,
                                                    len);
        goto failed;
    }

    if (cJSON_AddNumberToObject(out, "replacements", (double) rc) == NULL) {
        goto failed;
    }

    return ngx_http_mcp_result(call, out);

failed:

    cJSON_Delete(out);

    return failed;
}


static ngx_int_t
ngx_http_mcp_regex_bad_replacement(ngx_http_mcp_call_t *call,
    const char *replacement, int rc, size_t offset)
{
    switch (rc) {

    case PCRE2_ERROR_NOMEMORY:
        (void) ngx_http_mcp_error(call, "the result would be over 1 MiB longer"
                                  " than \"text\"; use a shorter"
                                  " \"replacement\" or replace less at once");
        return NGX_DECLINED;

    case PCRE2_ERROR_NOSUBSTRING:
        (void) ngx_http_mcp_error(call, "\"replacement\" refers to a group"
                                  " that \"pattern\" does not have; write $$"
                                  " for a dollar sign");
        return NGX_DECLINED;

    case PCRE2_ERROR_BADREPLACEMENT:
    case PCRE2_ERROR_REPMISSINGBRACE:
        offset = ngx_min(offset, ngx_strlen(replacement));
        (void) ngx_http_mcp_error(call, "\"replacement\" is not valid at"
                                  " character offset %uz: a group is $1, ${1}"
                                  " or ${name}, a dollar sign is $$",
                                  ngx_http_mcp_regex_chars(
                                      (u_char *) replacement, offset));
        return NGX_DECLINED;

    default:
        return ngx_http_mcp_regex_failed(call, rc);
    }
}
