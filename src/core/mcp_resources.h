
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_RESOURCES_H_INCLUDED_
#define _MCP_RESOURCES_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_complete.h>
#include <mcp_server.h>
#include <mcp_uri.h>


/*
 * Resources and resource templates: resources/list, resources/templates/list
 * and resources/read.
 *
 * Specification: MCP 2026-07-28 server/resources.
 */


/* annotations, of a resource and of content */

#define MCP_FOR_USER         0x0001
#define MCP_FOR_ASSISTANT    0x0002

typedef struct {
    ngx_uint_t          audience;    /* MCP_FOR_*, 0: not said */
    double              priority;    /* 0 to 1; < 0: not said */
    ngx_str_t           modified;    /* ISO 8601, or empty */
} mcp_annotations_t;


struct mcp_resource_s {
    ngx_str_t           uri;         /* or the text of the template */
    ngx_str_t           name;
    ngx_str_t           title;       /* this and the following may be empty */
    ngx_str_t           description;
    ngx_str_t           icon;
    ngx_str_t           mime_type;
    mcp_annotations_t   annotations;
    off_t               size;        /* -1: unknown */

    uint64_t            ttl;         /* of the contents, milliseconds */
    ngx_array_t         args;        /* of mcp_arg_t: what is known of the
                                        variables of a template */

    const mcp_uri_t    *template;    /* NULL: it is one resource */
    const mcp_scope_set_t  *need;    /* of its readers; NULL: nothing */
    const void         *data;        /* of whoever reads it */

    unsigned            public:1;    /* "cacheScope" of the contents */
};


/*
 * Checks the URI and the name and compiles the template, if "uri" has a "{".
 * NGX_OK, NGX_DECLINED and why, or NGX_ERROR.
 */
ngx_int_t mcp_resource_compile(ngx_pool_t *pool, mcp_resource_t *resource,
    const char **err);

/* adds to the resources or to the templates, as mcp_catalog_add() does */
ngx_int_t mcp_resource_add(mcp_server_t *server,
    const mcp_resource_t *resource);

ngx_uint_t mcp_resources_capabilities(const mcp_server_t *server);
ngx_int_t mcp_resources_render(mcp_server_t *server, ngx_pool_t *pool);

ngx_int_t mcp_resources_list(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);
ngx_int_t mcp_templates_list(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);
ngx_int_t mcp_resources_read(const mcp_server_t *server, mcp_msg_t *msg,
    mcp_action_t *action);

/* NGX_OK: the URI can be read; NGX_DECLINED: it is no resource; NGX_ERROR.  In
 * the pool is what is needed for the answer. */
ngx_int_t mcp_resource_known(const mcp_server_t *server, ngx_pool_t *pool,
    ngx_str_t *uri, const mcp_resource_t **resource);

/* records that msg->name is no resource: NGX_DECLINED or NGX_ERROR */
ngx_int_t mcp_resource_not_found(mcp_msg_t *msg);

/* true if contents of this media type are text, if they are UTF-8 */
ngx_uint_t mcp_resource_is_text(const ngx_str_t *mime_type);

/* ,"annotations":{...}, nothing at all if nothing is said; NGX_DECLINED if
 * the priority cannot be written, else NGX_OK */
ngx_int_t mcp_annotations_write(mcp_buf_t *b,
    const mcp_annotations_t *annotations, ngx_uint_t version);


#endif /* _MCP_RESOURCES_H_INCLUDED_ */
