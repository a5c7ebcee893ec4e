
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_ANSWER_MEDIA_H_INCLUDED_
#define _MCP_ANSWER_MEDIA_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_answer.h>


/*
 * What a body is, by its Content-Type, and its bytes as text.
 *
 * Specification: RFC 9110, section 8.3; RFC 8259, section 8.1.
 */


typedef struct {
    ngx_str_t           name;        /* "type/subtype" in lower case; empty:
                                        none, or one that is malformed */
    unsigned            json:1;
    unsigned            text:1;      /* and so are those of XML, YAML, ... */
    unsigned            html:1;
    unsigned            image:1;
    unsigned            audio:1;
    unsigned            latin:1;     /* windows-1252, and what is read so */
    unsigned            foreign:1;   /* in a charset not known here */
} mcp_answer_media_t;


/* NGX_OK or NGX_ERROR; in the pool */
ngx_int_t mcp_answer_media(ngx_pool_t *pool, const ngx_str_t *type,
    mcp_answer_media_t *media);

/* how many bytes of a text are left that was cut at "max" or before, without a
 * part of a character at its end */
size_t mcp_answer_whole(const ngx_str_t *text, size_t max);

/*
 * A body as UTF-8 without NUL and without a byte order mark: the same bytes,
 * or in the pool.  NGX_OK; NGX_DECLINED: it is no text; NGX_ERROR.
 */
ngx_int_t mcp_answer_utf8(ngx_pool_t *pool, const mcp_answer_media_t *media,
    const ngx_str_t *body, ngx_str_t *text);

/*
 * Appends at most "max" bytes of a text by somebody else, in one line or with
 * its lines, as something to be read: without tags if it is HTML, without
 * what controls, hides or turns text, U+FFFD for what is not UTF-8, "..." for
 * what is cut.
 */
void mcp_answer_plain(mcp_buf_t *b, const ngx_str_t *text, size_t max,
    ngx_uint_t lines);

/* the same of HTML: what is between its tags */
void mcp_answer_plain_html(mcp_buf_t *b, const ngx_str_t *text, size_t max);

/*
 * ": " and what a body says, at most MCP_ANSWER_EXCERPT bytes, or its type and
 * length, or nothing.  NGX_OK or NGX_ERROR.
 */
ngx_int_t mcp_answer_excerpt(ngx_pool_t *pool, const mcp_answer_t *answer,
    mcp_buf_t *b);

/*
 * The text of an error as the operator wants it.  NGX_OK; NGX_DECLINED: the
 * answer has nothing of what the template wants; NGX_ERROR.
 */
ngx_int_t mcp_answer_template(const mcp_answer_conf_t *conf, ngx_pool_t *pool,
    const mcp_answer_t *answer, ngx_str_t *text);


#endif /* _MCP_ANSWER_MEDIA_H_INCLUDED_ */
