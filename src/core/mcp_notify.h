
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_NOTIFY_H_INCLUDED_
#define _MCP_NOTIFY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_server.h>


/*
 * Notifications about a request that is being served: progress and log.
 * Texts are cut at MCP_NOTIFY_TEXT_MAX bytes.
 *
 * Specification: MCP 2026-07-28 basic/patterns/progress and
 * server/utilities/logging.
 */


/* between two notifications of progress, milliseconds */
#define MCP_PROGRESS_INTERVAL     25

/* notifications of a stream that may come at once */
#define MCP_PROGRESS_BURST        32

#define MCP_NOTIFY_TEXT_MAX       2048   /* bytes of a message */

/* RFC 5424, as the numbers of NGX_HTTP_MCP_LOG_* */
#define MCP_LOG_EMERGENCY         0
#define MCP_LOG_ALERT             1
#define MCP_LOG_CRITICAL          2
#define MCP_LOG_ERROR             3
#define MCP_LOG_WARNING           4
#define MCP_LOG_NOTICE            5
#define MCP_LOG_INFO              6
#define MCP_LOG_DEBUG             7
#define MCP_LOG_LEVELS            8


/*
 * The last progress reported and whether it was sent.  "token" is the JSON
 * text of _meta.progressToken, empty if the client did not ask for progress.
 */
typedef struct {
    ngx_str_t           token;
    double              value;
    double              total;       /* 0: not known */
    u_char              text[MCP_NOTIFY_TEXT_MAX];
    size_t              len;         /* of text, 0: none */
    ngx_msec_t          sent;        /* when */
    ngx_msec_t          due;         /* when all that was sent could have been
                                        at that interval */
    unsigned            words:1;     /* the revision has a "message" */
    unsigned            started:1;   /* there is a value */
    unsigned            written:1;   /* one was sent */
    unsigned            pending:1;   /* reported and not sent */
} mcp_progress_t;


/* what _meta of a request asks for */
void mcp_progress_init(mcp_progress_t *progress, mcp_msg_t *msg);

/*
 * Remembers a value.  NGX_OK: it may be sent now; NGX_AGAIN: later;
 * NGX_DECLINED: the client did not ask, or the value is not greater than the
 * last one.
 */
ngx_int_t mcp_progress_report(mcp_progress_t *progress, double value,
    double total, const char *text, ngx_msec_t now);

/*
 * The same of something that streams: the value is one more, and the text does
 * not take the place of what waits to be sent, but comes after it, on a line
 * of its own if that is wanted.  mcp_progress_full(): it would be cut.
 */
ngx_int_t mcp_progress_add(mcp_progress_t *progress, const ngx_str_t *text,
    ngx_uint_t line, ngx_msec_t now);

#define mcp_progress_full(progress, text)                                    \
    ((progress)->pending                                                     \
     && (progress)->len + 1 + (text)->len > MCP_NOTIFY_TEXT_MAX)

/* writes the notification, and takes it for sent at "now" */
void mcp_progress_write(mcp_progress_t *progress, mcp_buf_t *b,
    ngx_msec_t now);


/*
 * Modern: the least severe level the client wants, into msg->log_level: none
 * without _meta["io.modelcontextprotocol/logLevel"].  NGX_OK, NGX_DECLINED
 * (msg->error) or NGX_ERROR.
 */
ngx_int_t mcp_log_level(mcp_msg_t *msg);

/* legacy: "logging/setLevel" */
ngx_int_t mcp_log_set_level(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);

/* writes notifications/message; the text is the "data" */
void mcp_log_write(mcp_buf_t *b, ngx_uint_t level, const char *logger,
    const u_char *text, size_t len);


#endif /* _MCP_NOTIFY_H_INCLUDED_ */
