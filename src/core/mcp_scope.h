
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_SCOPE_H_INCLUDED_
#define _MCP_SCOPE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_buf.h>


/*
 * Scopes: names become numbers when the configuration is read, and what a
 * caller has or an operation needs is a set of them.  Names that no directive
 * has are nobody's need and are in no set.
 *
 * Specification: RFC 6749, section 3.3.
 */


#define MCP_SCOPES_MAX       256     /* names of a configuration */
#define MCP_SCOPE_NAME_MAX   128     /* bytes of one */
#define MCP_SCOPE_WORDS      (MCP_SCOPES_MAX / 64)


typedef struct {
    uint64_t            bits[MCP_SCOPE_WORDS];
} mcp_scope_set_t;


typedef struct {
    ngx_array_t         names;       /* of ngx_str_t, by number */
    mcp_scope_set_t     implied[MCP_SCOPES_MAX];  /* by number; itself is in
                                                     it */
} mcp_scopes_t;


/* why that cannot be a name, or NULL */
const char *mcp_scope_check(const ngx_str_t *name);

/* NGX_OK or NGX_ERROR */
ngx_int_t mcp_scopes_init(mcp_scopes_t *scopes, ngx_pool_t *pool);

/*
 * Adds a name, which is not copied, to those known and to a set, NULL for
 * none.  NGX_OK; NGX_DECLINED: *err says why; NGX_ERROR: out of memory.
 */
ngx_int_t mcp_scope_add(mcp_scopes_t *scopes, const ngx_str_t *name,
    mcp_scope_set_t *set, const char **err);

/* who has "name" has "other" too: as mcp_scope_add(), which it does for both */
ngx_int_t mcp_scope_imply(mcp_scopes_t *scopes, const ngx_str_t *name,
    const ngx_str_t *other, const char **err);

/* after the last mcp_scope_imply(): what is implied by what is implied */
void mcp_scopes_close(mcp_scopes_t *scopes);

/* names with spaces between them, as a token has them, and all they imply */
void mcp_scope_read(const mcp_scopes_t *scopes, const ngx_str_t *text,
    mcp_scope_set_t *set);

/* the same of one name, added to what is in the set */
void mcp_scope_read_name(const mcp_scopes_t *scopes, const ngx_str_t *name,
    mcp_scope_set_t *set);

/* is all of "need" in "set" */
ngx_uint_t mcp_scope_covers(const mcp_scope_set_t *set,
    const mcp_scope_set_t *need);

ngx_uint_t mcp_scope_empty(const mcp_scope_set_t *set);
void mcp_scope_join(mcp_scope_set_t *set, const mcp_scope_set_t *other);

/* names in the order of their numbers, spaces between them */
void mcp_scope_write(mcp_buf_t *b, const mcp_scopes_t *scopes,
    const mcp_scope_set_t *set);


#endif /* _MCP_SCOPE_H_INCLUDED_ */
