
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_VIEW_H_INCLUDED_
#define _MCP_VIEW_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_scope.h>
#include <mcp_server.h>


/*
 * What a caller may use of an endpoint, as an endpoint of its own: what is not
 * in it is neither listed nor found.  It announces what the whole one has, so
 * that a client whose rights grow need not connect again.
 */


typedef struct {
    const mcp_scope_set_t  *set;
    const ngx_array_t      *tools;   /* of ngx_str_t: patterns of the names
                                        that may be called; NULL: all */
} mcp_caller_t;


/* may a caller call the tool of that name, which needs these scopes */
ngx_uint_t mcp_caller_may(const mcp_caller_t *caller, const ngx_str_t *name,
    const mcp_scope_set_t *need);

/* do both see the same: the same scopes, and patterns of the same text */
ngx_uint_t mcp_caller_same(const mcp_caller_t *one, const mcp_caller_t *two);

/* does what is listed depend on scopes */
ngx_uint_t mcp_view_scoped(const mcp_server_t *server);

/* the sets of scopes that are needed for anything, joined */
void mcp_view_scopes(const mcp_server_t *server, mcp_scope_set_t *set);

/* into "view", in the pool, without its lists: NGX_OK or NGX_ERROR */
ngx_int_t mcp_view_init(mcp_server_t *view, ngx_pool_t *pool,
    const mcp_server_t *server, const mcp_caller_t *caller);

/*
 * Its lists in one revision, which have to be there before a method that lists
 * is dispatched: most callers never ask, or in the words of one revision.
 * NGX_OK or NGX_ERROR.
 */
ngx_int_t mcp_view_list(mcp_server_t *view, ngx_pool_t *pool,
    ngx_uint_t version);

/*
 * A view has refused a message: is that because the caller may not use what it
 * is about?  NGX_OK: that is so, and "need" is what it takes, nothing if no
 * scope would help; NGX_DECLINED: that is not the reason; NGX_ERROR.
 */
ngx_int_t mcp_view_need(const mcp_server_t *server, const mcp_msg_t *msg,
    mcp_scope_set_t *need);


#endif /* _MCP_VIEW_H_INCLUDED_ */
