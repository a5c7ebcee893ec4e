
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_REQUEST_H_INCLUDED_
#define _NGX_HTTP_MCP_REQUEST_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_thread_pool.h>
#include <mcp_cors.h>
#include <mcp_dispatch.h>
#include <mcp_peek.h>
#include <mcp_scope.h>
#include <mcp_state.h>
#include <ngx_http_mcp.h>


/*
 * The context of a request and the configuration it reads.  Everything here
 * lives in the pool of the request, in a worker process.
 */


/* where something is written, for mistakes that are found later */
typedef struct {
    u_char                      *file;   /* NULL: nowhere */
    ngx_uint_t                   line;
} ngx_http_mcp_at_t;


typedef struct {
    ngx_array_t                  packs;    /* of ngx_http_mcp_pack_t */
    ngx_array_t                  watches;  /* of ngx_http_mcp_dir_t pointers */
    ngx_array_t                  endpoints;  /* of ngx_http_mcp_endpoint_t
                                                pointers */
    ngx_array_t                  own_tools;  /* of mcp_tool_t pointers: all of
                                                directives */
    ngx_array_t                  owned;    /* of ngx_http_mcp_owned_t */
    ngx_array_t                  passes;   /* of ngx_http_mcp_used_t, for
                                              the check of their locations */
    ngx_array_t                  named;    /* of ngx_http_mcp_named_t, for that
                                              of their variables */
    ngx_uint_t                   enabled;  /* some location has "mcp" */
    ngx_shm_zone_t              *zone;     /* NULL: not enabled */
    mcp_state_keys_t            *keys;     /* NULL: those of the zone */
    mcp_scopes_t                *scopes;
    ngx_array_t                  api_keys; /* of ngx_http_mcp_keys_t
                                              pointers */
    ngx_array_t                  sets;     /* of ngx_http_mcp_jwks_t pointers,
                                              those of a URI */
    ngx_array_t                  tool_scopes;  /* of arrays of
                                                  ngx_http_mcp_tool_scope_t */
    ngx_int_t                    request_id;      /* index of $request_id;
                                                     < 0: nobody asks for it */
    ngx_int_t                    request_method;  /* likewise */
} ngx_http_mcp_main_conf_t;


/* a pack of tools; compiled when a location first switches it on */
typedef struct {
    const ngx_http_mcp_tools_t  *tools;
    ngx_array_t                 *compiled; /* of mcp_tool_t, or NULL */
    ngx_array_t                  resources;  /* of mcp_resource_t pointers */
    ngx_array_t                  prompts;  /* of mcp_prompt_t pointers */
} ngx_http_mcp_pack_t;


#define NGX_HTTP_MCP_SESSIONS_OFF       0
#define NGX_HTTP_MCP_SESSIONS_ON        1
#define NGX_HTTP_MCP_SESSIONS_REQUIRED  2


typedef struct ngx_http_mcp_loc_conf_s  ngx_http_mcp_loc_conf_t;
typedef struct ngx_http_mcp_endpoint_s  ngx_http_mcp_endpoint_t;
typedef struct ngx_http_mcp_views_s  ngx_http_mcp_views_t;
typedef struct ngx_http_mcp_auth_conf_s  ngx_http_mcp_auth_conf_t;


struct ngx_http_mcp_loc_conf_s {
    ngx_flag_t                   enable;
    u_char                      *file;           /* where that is written */
    ngx_uint_t                   line;
    ngx_flag_t                   inspect;        /* for another server */

    mcp_server_info_t           *info;
    ngx_str_t                    instructions;
    ngx_uint_t                   versions;       /* 0: not set */

    ngx_array_t                 *origins;        /* of mcp_origin_t */
    ngx_uint_t                   origin_none;    /* no Origin is fine */
    ngx_uint_t                   server_names;
    mcp_cors_t                  *cors;           /* NULL: no pages of other
                                                    origins */

    ngx_array_t                 *tools;          /* of mcp_tool_t pointers, of
                                                    packs */
    ngx_array_t                 *own_tools;      /* likewise, of directives */
    ngx_array_t                 *packs;          /* of ngx_http_mcp_pack_t
                                                    pointers */
    ngx_array_t                 *resources;      /* of mcp_resource_t pointers,
                                                    of directives */
    ngx_array_t                 *prompts;        /* likewise */

    ngx_msec_t                   list_ttl;
    ngx_uint_t                   list_public;
    ngx_uint_t                   page_size;

    ngx_http_complex_value_t    *consumer;       /* NULL: nobody is known
                                                    but by a credential */
    ngx_http_complex_value_t    *consumer_scope;  /* or NULL */
    ngx_http_mcp_auth_conf_t    *auth;

    ngx_uint_t                   sessions;       /* NGX_HTTP_MCP_SESSIONS_* */
    time_t                       session_timeout;

    ngx_msec_t                   tool_timeout;
    ngx_array_t                 *tool_timeouts;  /* of the next */
    ngx_msec_t                   input_timeout;
    time_t                       limit_wait;     /* seconds that a call over a
                                                    limit is told; 0: a status
                                                    says it */
    ngx_msec_t                   stream_heartbeat;   /* 0: none */
    ngx_thread_pool_t           *thread_pool;    /* NULL: none is needed */

    mcp_server_t                *server;         /* rendered */
    ngx_http_mcp_endpoint_t     *endpoint;       /* NULL: not enabled */
    ngx_http_mcp_views_t        *views;          /* NULL: all callers see the
                                                    same */
};


typedef struct {
    ngx_str_t                    tool;
    ngx_msec_t                   timeout;
    ngx_http_mcp_loc_conf_t     *mlcf;           /* where it is written */
    u_char                      *file;
    ngx_uint_t                   line;
} ngx_http_mcp_timeout_t;


typedef struct ngx_http_mcp_listen_s  ngx_http_mcp_listen_t;
typedef struct ngx_http_mcp_replay_s  ngx_http_mcp_replay_t;


/* whom a credential stands for */
typedef struct {
    ngx_str_t                    consumer;
    ngx_str_t                    scope;    /* names, as they were given */
    const mcp_scope_set_t       *set;
    const ngx_array_t           *tools;    /* patterns; NULL: all */
    time_t                       expires;  /* 0: never; with leeway */
} ngx_http_mcp_identity_t;


typedef struct {
    mcp_body_t                   body;
    ngx_uint_t                   current;  /* of body.msgs */

    ngx_array_t                  headers;  /* of mcp_header_t */

    mcp_error_t                  error;    /* of the request as a whole */

    ngx_int_t                    phase;    /* where PREACCESS begins */
    void                       **saved_ctxs;
    ngx_http_variable_value_t   *saved_variables;

    ngx_chain_t                 *out;
    ngx_chain_t                **last_out;
    off_t                        size;     /* of out */
    ngx_uint_t                   answers;  /* in out */

    ngx_http_mcp_loc_conf_t     *conf;     /* where it began */
    const ngx_http_mcp_identity_t  *identity;  /* NULL: no credential */
    const mcp_server_t          *server;   /* what the caller sees */
    ngx_str_t                    challenge;  /* WWW-Authenticate, of a
                                                refusal */

    mcp_session_t               *session;  /* legacy; NULL: none */

    ngx_http_mcp_call_t         *call;     /* that is not answered yet */
    ngx_http_mcp_listen_t       *listen;   /* NULL: does not listen */
    ngx_uint_t                   threads;  /* that have not ended */
    ngx_int_t                    rc;       /* to finalize with */

    ngx_chain_t                 *free;     /* buffers of the stream */
    ngx_chain_t                 *busy;
    size_t                       queued;   /* memory of busy */
    ngx_event_t                 *drained;  /* posted when busy is empty */
    ngx_http_mcp_replay_t       *replay;   /* NULL: it is not kept */

    ngx_list_t                   headers_in;   /* with its credential, before it
                                                  went on; no pool: not yet */
    ngx_table_elt_t             *authorization;

    mcp_peek_t                  *peek;     /* into the answer of another
                                              server; NULL: nothing to see */

    unsigned                     parsed:1;
    unsigned                     answered:1;   /* by the content handler */
    unsigned                     replace:1;    /* nginx's own error page */
    unsigned                     events:1;     /* the client takes SSE */
    unsigned                     streaming:1;  /* SSE has begun */
    unsigned                     finished:1;   /* all is answered */
    unsigned                     detached:1;   /* goes on without a client */
    unsigned                     gone:1;       /* likewise: cut off */
    unsigned                     preflight:1;  /* a question of a browser */
    unsigned                     judging:1;    /* its credential */
    unsigned                     stranger:1;   /* it was refused */
    unsigned                     waited:1;     /* for keys of tokens */
    unsigned                     inspected:1;  /* goes on to another server */
    unsigned                     whole:1;      /* its answer has ended */
} ngx_http_mcp_ctx_t;


/* a string of the C API, where NULL stands for none */
#define ngx_http_mcp_str(str, text)                                          \
    (str)->data = (u_char *) (text);                                         \
    (str)->len = (text) ? ngx_strlen(text) : 0


/* is it the header of this name, in lower case */
#define ngx_http_mcp_header_is(h, text)                                      \
    ((h)->key.len == sizeof(text) - 1                                        \
     && ngx_memcmp((h)->lowcase_key, text, sizeof(text) - 1) == 0)


extern ngx_module_t  ngx_http_mcp_module;


/*
 * The context, also after an internal redirect has cleared it; NULL if the
 * request is not one of ours.
 */
ngx_http_mcp_ctx_t *ngx_http_mcp_get_ctx(ngx_http_request_t *r);

/* NULL if there is no memory */
ngx_http_mcp_ctx_t *ngx_http_mcp_create_ctx(ngx_http_request_t *r);

/* the message that is being served, NULL before the body is read */
mcp_msg_t *ngx_http_mcp_current(ngx_http_mcp_ctx_t *ctx);

/* why the request, or its current message, failed; MCP_ERROR_NONE if not */
mcp_error_e ngx_http_mcp_cause(ngx_http_mcp_ctx_t *ctx);

/*
 * Reads the body and then "handler" once; returns what a phase handler
 * returns.  The handler must go on with ngx_http_mcp_resume() or
 * ngx_http_mcp_finalize().
 */
ngx_int_t ngx_http_mcp_read_body(ngx_http_request_t *r,
    ngx_http_client_body_handler_pt handler);

/* how long the call of the current message may take */
ngx_msec_t ngx_http_mcp_call_time(ngx_http_mcp_loc_conf_t *mlcf,
    ngx_http_mcp_ctx_t *ctx);

/* was whoever sent it refused, by us or by an access module; not by another
 * server.  NULL: nobody was */
ngx_uint_t ngx_http_mcp_is_stranger(ngx_http_mcp_ctx_t *ctx);

/*
 * Whom state is bound to, "mcp_consumer"; access modules have a say in it, so
 * it is asked for in the content phase.  NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_principal(ngx_http_request_t *r,
    ngx_str_t *principal);

/* the body as one string: NGX_OK or NGX_ERROR */
ngx_int_t ngx_http_mcp_body(ngx_http_request_t *r, ngx_str_t *body);

/* runs the phases from the current one on */
void ngx_http_mcp_resume(ngx_http_request_t *r);

/*
 * Remembers what modules and variables know of the request before limits and
 * access rules see its first message: NGX_OK or NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_save(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx);

/*
 * Brings that back and sends the request through PREACCESS and the phases
 * after it once more, when the phase handler that calls this has declined.
 */
void ngx_http_mcp_rerun(ngx_http_request_t *r, ngx_http_mcp_ctx_t *ctx);

void ngx_http_mcp_finalize(ngx_http_request_t *r, ngx_int_t rc);

/* the header of an answer; the strings are not copied */
void ngx_http_mcp_set_type(ngx_http_request_t *r, const char *type);
ngx_int_t ngx_http_mcp_add_header(ngx_http_request_t *r, const char *key,
    const char *value);

/* likewise; NULL if there is no memory */
ngx_table_elt_t *ngx_http_mcp_push_header(ngx_http_request_t *r,
    const char *key, const ngx_str_t *value);

/* of the request, by its name in lower case; empty if it is not there, or is
 * there more than once */
void ngx_http_mcp_header(ngx_http_request_t *r, const char *name,
    ngx_str_t *value);

/* bytes to be sent as they are, not copied; NULL if there is no memory */
ngx_chain_t *ngx_http_mcp_chain(ngx_http_request_t *r, ngx_str_t *s);


#endif /* _NGX_HTTP_MCP_REQUEST_H_INCLUDED_ */
