
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_INSPECT_H_INCLUDED_
#define _MCP_INSPECT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_rpc.h>


/*
 * What goes on to another server is read by another parser.  Refused is what
 * that one could take for another message than the one that was judged:
 *
 *   - names of members that differ from "method", for example, in case only:
 *     Go and .NET take them for the same, also with letters that are not ASCII
 *     but fold to some that are
 *   - a request of the specification without "id": some answer it
 *   - a tool's name that is no string
 *   - Mcp-Method and Mcp-Name that do not agree with the body, also in
 *     revisions that do not have them: who routes by them may not ask for one
 *
 * NGX_OK, NGX_DECLINED (msg->error) or NGX_ERROR.
 */
ngx_int_t mcp_inspect(mcp_msg_t *msg, ngx_array_t *headers);


#endif /* _MCP_INSPECT_H_INCLUDED_ */
