
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_lines.h>


#define MCP_LINES_RS  0x1e


static ngx_int_t mcp_lines_event(mcp_lines_t *lines, mcp_lines_event_t *event);
static u_char *mcp_lines_end(mcp_lines_t *lines);
static void mcp_lines_add(mcp_lines_t *lines, mcp_buf_t *b, const u_char *p,
    size_t len);
static ngx_int_t mcp_lines_take(mcp_lines_t *lines, mcp_lines_event_t *event);
static void mcp_lines_plain(mcp_lines_t *lines, ngx_str_t *line);
static void mcp_lines_field(mcp_lines_t *lines, ngx_str_t *line);


void
mcp_lines_init(mcp_lines_t *lines, ngx_pool_t *pool, mcp_lines_e type,
    size_t max)
{
    ngx_memzero(lines, sizeof(mcp_lines_t));

    lines->type = type;
    lines->max = max;
    lines->first = 1;

    mcp_buf_init(&lines->line, pool, 0);
    mcp_buf_init(&lines->data, pool, 0);
    mcp_buf_init(&lines->name, pool, 0);
}


void
mcp_lines_feed(mcp_lines_t *lines, u_char *p, size_t len)
{
    lines->pos = p;
    lines->end = p + len;
}


ngx_int_t
mcp_lines_next(mcp_lines_t *lines, mcp_lines_event_t *event)
{
    u_char     *end;
    ngx_int_t   rc;

    while (lines->pos < lines->end && !lines->over) {

        if (lines->cr && *lines->pos == LF) {
            lines->cr = 0;
            lines->pos++;
            continue;
        }

        lines->cr = 0;
        end = mcp_lines_end(lines);

        mcp_lines_add(lines, &lines->line, lines->pos, end - lines->pos);

        lines->pos = end;

        if (end == lines->end) {
            break;
        }

        lines->cr = (*end == CR);
        lines->pos++;

        rc = mcp_lines_take(lines, event);

        if (rc != NGX_AGAIN) {
            return rc;
        }
    }

    return lines->line.failed ? NGX_ERROR
                              : lines->over ? NGX_DECLINED : NGX_AGAIN;
}


ngx_int_t
mcp_lines_last(mcp_lines_t *lines, mcp_lines_event_t *event)
{
    ngx_int_t  rc;

    if (lines->over) {
        return NGX_DECLINED;
    }

    if (mcp_buf_len(&lines->line)) {
        rc = mcp_lines_take(lines, event);

        if (rc != NGX_AGAIN) {
            return rc;
        }
    }

    rc = mcp_lines_event(lines, event);

    return rc == NGX_AGAIN ? NGX_DONE : rc;
}


/* of a line, or of the piece */

static u_char *
mcp_lines_end(mcp_lines_t *lines)
{
    u_char  *p, *end;

    p = lines->pos;
    end = lines->end;

    if (lines->type != MCP_LINES_SSE) {
        p = memchr(p, LF, end - p);

        return p ? p : end;
    }

    while (p < end && *p != LF && *p != CR) {
        p++;
    }

    return p;
}


static void
mcp_lines_add(mcp_lines_t *lines, mcp_buf_t *b, const u_char *p, size_t len)
{
    if (mcp_buf_len(b) + len > lines->max) {
        lines->over = 1;
        return;
    }

    mcp_buf_add(b, p, len);
}


/* a complete line: NGX_AGAIN if no event ends with it */

static ngx_int_t
mcp_lines_take(mcp_lines_t *lines, mcp_lines_event_t *event)
{
    ngx_int_t  rc;
    ngx_str_t  line;

    if (mcp_buf_done(&lines->line, &line) != NGX_OK) {
        return NGX_ERROR;
    }

    if (lines->given) {
        lines->given = 0;
        lines->data.last = lines->data.start;
        lines->name.last = lines->name.start;
    }

    if (lines->first && line.len >= 3
        && ngx_memcmp(line.data, "\xef\xbb\xbf", 3) == 0)
    {
        line.data += 3;
        line.len -= 3;
    }

    lines->first = 0;

    if (lines->type != MCP_LINES_SSE) {
        mcp_lines_plain(lines, &line);
        rc = mcp_lines_event(lines, event);

    } else if (line.len) {
        mcp_lines_field(lines, &line);
        rc = NGX_AGAIN;

    } else {
        rc = mcp_lines_event(lines, event);
        lines->name.last = (rc == NGX_OK) ? lines->name.last
                                          : lines->name.start;
    }

    lines->line.last = lines->line.start;

    if (lines->data.failed || lines->name.failed) {
        return NGX_ERROR;
    }

    return lines->over ? NGX_DECLINED : rc;
}


static ngx_int_t
mcp_lines_event(mcp_lines_t *lines, mcp_lines_event_t *event)
{
    if (lines->given || mcp_buf_len(&lines->data) == 0) {
        return NGX_AGAIN;
    }

    event->data.data = lines->data.start;
    event->data.len = mcp_buf_len(&lines->data) - 1;
    event->name.data = lines->name.start;
    event->name.len = mcp_buf_len(&lines->name);

    lines->given = 1;

    return NGX_OK;
}


static void
mcp_lines_plain(mcp_lines_t *lines, ngx_str_t *line)
{
    if (line->len && line->data[line->len - 1] == CR) {
        line->len--;
    }

    if (lines->type == MCP_LINES_JSON) {

        if (line->len && line->data[0] == MCP_LINES_RS) {
            line->data++;
            line->len--;
        }

        if (line->len == 0) {
            return;
        }
    }

    mcp_buf_str(&lines->data, line);
    mcp_buf_char(&lines->data, LF);
}


static void
mcp_lines_field(mcp_lines_t *lines, ngx_str_t *line)
{
    u_char     *colon;
    ngx_str_t   value;

    ngx_str_null(&value);

    colon = memchr(line->data, ':', line->len);

    if (colon) {
        value.data = colon + 1;
        value.len = line->data + line->len - value.data;
        line->len = colon - line->data;

        if (value.len && value.data[0] == ' ') {
            value.data++;
            value.len--;
        }
    }

    if (line->len == 4 && ngx_memcmp(line->data, "data", 4) == 0) {
        mcp_lines_add(lines, &lines->data, value.data, value.len);
        mcp_buf_char(&lines->data, LF);
        return;
    }

    if (line->len == 5 && ngx_memcmp(line->data, "event", 5) == 0) {
        lines->name.last = lines->name.start;
        mcp_buf_str(&lines->name, &value);
    }
}
