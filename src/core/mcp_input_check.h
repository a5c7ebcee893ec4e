
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_INPUT_CHECK_H_INCLUDED_
#define _MCP_INPUT_CHECK_H_INCLUDED_


#include <mcp_input.h>
#include <mcp_schema.h>


/*
 * What a client answers: well formed or not.  NGX_OK; NGX_DECLINED: it has to
 * be asked again; NGX_ERROR.  The schema is that of a form, else NULL.
 */
typedef ngx_int_t (*mcp_input_check_pt)(mcp_input_t *input, cJSON *answer,
    const mcp_schema_t *schema);

ngx_int_t mcp_input_check_form(mcp_input_t *input, cJSON *answer,
    const mcp_schema_t *schema);
ngx_int_t mcp_input_check_url(mcp_input_t *input, cJSON *answer,
    const mcp_schema_t *schema);
ngx_int_t mcp_input_check_message(mcp_input_t *input, cJSON *answer,
    const mcp_schema_t *schema);
ngx_int_t mcp_input_check_roots(mcp_input_t *input, cJSON *answer,
    const mcp_schema_t *schema);

/*
 * The schema of a form, parsed and compiled.  NGX_OK; NGX_ABORT: the revision
 * has no such forms; NGX_ERROR: out of memory, or input->reason.
 */
ngx_int_t mcp_input_schema(mcp_input_t *input, const char *text, cJSON **root,
    mcp_schema_t **schema);


#endif /* _MCP_INPUT_CHECK_H_INCLUDED_ */
