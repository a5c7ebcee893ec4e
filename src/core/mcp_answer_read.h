
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_ANSWER_READ_H_INCLUDED_
#define _MCP_ANSWER_READ_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_answer_media.h>


/*
 * What an answer that is mcp_answer_ok() says.
 */


typedef enum {
    MCP_ANSWER_IS_NOTHING = 0,   /* no body */
    MCP_ANSWER_IS_VALUE,
    MCP_ANSWER_IS_JSON,          /* likewise, "text" on one line */
    MCP_ANSWER_IS_TEXT,
    MCP_ANSWER_IS_BYTES          /* the body as it is */
} mcp_answer_is_e;


typedef struct {
    ngx_pool_t                *pool;
    const mcp_answer_conf_t   *conf;
    const mcp_answer_t        *answer;

    unsigned                   tool:1;      /* its JSON is a value, not text */
    unsigned                   promised:1;  /* it must be, for the schema */
    unsigned                   raw:1;       /* nobody looks into it */

    mcp_answer_is_e            is;
    mcp_answer_media_t         media;
    const cJSON               *value;
    ngx_str_t                  text;        /* also: why it is of no use */
} mcp_answer_read_t;


/* the caller has set the first part and zeroed the rest; NGX_OK, NGX_DECLINED:
 * "text" says why not, or NGX_ERROR */
ngx_int_t mcp_answer_read(mcp_answer_read_t *a);


#endif /* _MCP_ANSWER_READ_H_INCLUDED_ */
