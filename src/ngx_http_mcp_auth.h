
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_AUTH_H_INCLUDED_
#define _NGX_HTTP_MCP_AUTH_H_INCLUDED_


#include <mcp_cred.h>
#include <mcp_protect.h>
#include <mcp_scope.h>
#include <mcp_view.h>
#include <ngx_http_mcp_jwks.h>
#include <ngx_http_mcp_request.h>


/*
 * Who calls: the credential of a request, judged before its body is read, or,
 * with "mcp_auth_phase access", among the access modules.  What is refused is
 * recorded, as everything in PREACCESS is, and answered by the content
 * handler.
 *
 * Specification: MCP 2026-07-28 basic/authorization; RFC 6750.
 */


/* a file of keys */
typedef struct {
    ngx_str_t                    file;
    mcp_creds_t                  creds;
    mcp_scope_set_t             *sets;     /* what each key may do */
} ngx_http_mcp_keys_t;


/* "mcp_tool_scope" */
typedef struct {
    ngx_str_t                    pattern;
    mcp_scope_set_t              set;
    u_char                      *file;     /* where it is written */
    ngx_uint_t                   line;
    unsigned                     asked:1;  /* it is of some endpoint */
    unsigned                     fits:1;   /* which has such a tool */
} ngx_http_mcp_tool_scope_t;


typedef struct ngx_http_mcp_token_s  ngx_http_mcp_token_t;


/* tokens of a location */
typedef struct {
    ngx_http_mcp_jwks_t         *set;
    mcp_jwt_rules_t              rules;
    ngx_http_mcp_token_t       **cache;    /* of a worker: those that were
                                              verified */
} ngx_http_mcp_jwt_t;


struct ngx_http_mcp_auth_conf_s {
    ngx_http_mcp_keys_t         *keys;     /* NULL: no API keys */
    ngx_http_mcp_jwt_t          *jwt;      /* NULL: no tokens */
    ngx_http_mcp_jwks_t         *set;      /* of "mcp_jwt_keys", and so on */
    ngx_array_t                 *issuers;
    ngx_array_t                 *audiences;
    ngx_str_t                    consumer_claim;
    ngx_str_t                    scope_claim;
    time_t                       leeway;
    ngx_uint_t                   access;   /* judged in the ACCESS phase */
    ngx_flag_t                   hidden;   /* what is not allowed is unknown */
    ngx_array_t                 *tool_scopes;  /* of
                                                  ngx_http_mcp_tool_scope_t */
    ngx_str_t                    resource; /* its URI, or empty */
    ngx_http_mcp_at_t            at;       /* where that is written */
    ngx_array_t                 *servers;  /* of ngx_str_t: issuers */
    ngx_array_t                 *scopes;   /* of ngx_str_t, to be told */
    ngx_str_t                    initial;  /* those to begin with, spaces
                                              between them, or empty */
    ngx_str_t                    url;      /* of the metadata, or empty */
};


/*
 * Judges the credential of a request.  NGX_OK: ctx->identity is set, or nothing
 * is asked for; NGX_DECLINED: ctx->challenge is set, ctx->error too unless the
 * ACCESS phase has a say in it; NGX_AGAIN: the phases are run again when the
 * keys are there; NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_auth(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx);

/*
 * Judges a token, whose digest is MCP_CRED_DIGEST bytes: NGX_OK, NGX_DECLINED
 * and NGX_ERROR as above; NGX_AGAIN; NGX_ABORT: there are no keys to judge it
 * by.
 */
ngx_int_t ngx_http_mcp_auth_jwt(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, ngx_str_t *token, const u_char *digest);

/* the tokens of a merged location: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_auth_jwt_init(ngx_conf_t *cf,
    ngx_http_mcp_auth_conf_t *conf);

/* is it asked for at all; of a merged location */
ngx_uint_t ngx_http_mcp_auth_enabled(ngx_http_mcp_auth_conf_t *conf);

/*
 * A message was refused by what its caller sees: where the caller may not use
 * what is there that becomes the error, with ctx->challenge.  NGX_DECLINED or
 * NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_auth_forbid(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg);

/* the same, where it is known what the caller lacks */
ngx_int_t ngx_http_mcp_auth_lacks(ngx_http_request_t *r,
    ngx_http_mcp_ctx_t *ctx, mcp_msg_t *msg, const mcp_scope_set_t *need);

/*
 * What "mcp_tool_scope" lines, NULL for none, say of a name is added to the
 * set; true if there is anything.
 */
ngx_uint_t ngx_http_mcp_tool_need(const ngx_array_t *lines,
    const ngx_str_t *name, mcp_scope_set_t *need);

/* the ACCESS phase */
ngx_int_t ngx_http_mcp_auth_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_MCP_AUTH_H_INCLUDED_ */
