
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_INPUT_H_INCLUDED_
#define _MCP_INPUT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_server.h>
#include <mcp_state.h>


/*
 * What a handler asks the client for, and what it was answered.  A handler
 * asks under keys of its choosing and is run again with the answers; those of
 * earlier rounds come with it, in "requestState" or, for a legacy client, in
 * memory.  One interaction model for all revisions.
 *
 * Specification: MCP 2026-07-28 basic/patterns/mrtr, client/elicitation,
 * client/sampling, client/roots.
 */


#define MCP_INPUT_MAX         16     /* requests of one round */
#define MCP_INPUT_ROUNDS      32     /* of one legacy call */
#define MCP_INPUT_STATE_MAX   16384  /* bytes of the handler's state */
#define MCP_INPUT_KEPT_MAX    32768  /* of that and the answers */


/* a request to the client */
typedef struct {
    ngx_str_t           key;
    const char         *method;      /* "elicitation/create", ... */
    ngx_str_t           params;      /* JSON text, an object */
    unsigned            url:1;       /* elicitation by URL */
} mcp_ask_t;


typedef struct {
    ngx_pool_t         *pool;
    ngx_uint_t          version;
    ngx_uint_t          capabilities;  /* MCP_CLIENT_* that may be asked */

    cJSON              *answers;     /* by key, not yet checked */
    cJSON              *accepted;    /* by key: what the handler has seen */
    ngx_array_t         asks;        /* of mcp_ask_t, of this run */
    ngx_uint_t          missing;     /* MCP_CLIENT_* asked for in vain */

    ngx_str_t           state;       /* of the handler, from the last run */
    ngx_str_t           next;        /* likewise, for the next one */
    ngx_str_t           reason;      /* why it cannot be asked, or kept */
} mcp_input_t;


/*
 * params.requestState of a modern request, with no data if there is none.
 * NGX_OK, NGX_DECLINED (msg->error) or NGX_ERROR.
 */
ngx_int_t mcp_input_request_state(mcp_msg_t *msg, ngx_str_t *token);

/* a token that was refused: NGX_DECLINED (msg->error) or NGX_ERROR */
ngx_int_t mcp_input_refuse_state(mcp_msg_t *msg);

/*
 * For a run of msg, with the answers in params.inputResponses and with what
 * "payload" (of an accepted requestState, empty: none) has kept.
 * NGX_OK, NGX_DECLINED (msg->error) or NGX_ERROR.
 */
ngx_int_t mcp_input_init(mcp_input_t *input, ngx_pool_t *pool, mcp_msg_t *msg,
    ngx_str_t *payload);

/* before the handler is run again in the same call: forgets what was asked */
void mcp_input_again(mcp_input_t *input);

/* a legacy answer: the "result" under a key; NGX_OK or NGX_ERROR */
ngx_int_t mcp_input_answer(mcp_input_t *input, const ngx_str_t *key,
    cJSON *result);

/* what the handler wants to know in its next run, copied; it stays until it
 * is set again.  NGX_OK or NGX_ERROR */
ngx_int_t mcp_input_set_state(mcp_input_t *input, const u_char *p,
    size_t len);

/*
 * By handlers.  NGX_OK: *answer is there and well formed; NGX_DONE: it was not,
 * so the client is asked; NGX_ABORT: this client cannot be asked; NGX_ERROR:
 * out of memory, or input->reason.  Schemas are those of elicitation; texts are
 * UTF-8.  The answer of roots is the array.
 */
ngx_int_t mcp_input_elicit(mcp_input_t *input, const char *key,
    const char *message, const char *schema, const cJSON **answer);
ngx_int_t mcp_input_elicit_url(mcp_input_t *input, const char *key,
    const char *message, const char *url, const cJSON **answer);
ngx_int_t mcp_input_sample(mcp_input_t *input, const char *key,
    const cJSON *params, const cJSON **answer);
ngx_int_t mcp_input_roots(mcp_input_t *input, const char *key,
    const cJSON **answer);

/* an answer that is well formed stays; NGX_OK or NGX_ERROR */
ngx_int_t mcp_input_accept(mcp_input_t *input, const ngx_str_t *key,
    const cJSON *answer);

/* what has to be kept for the next run: NGX_OK; NGX_DECLINED: the answers are
 * too long (msg->error); NGX_ERROR */
ngx_int_t mcp_input_payload(mcp_input_t *input, mcp_msg_t *msg,
    ngx_str_t *payload);

/* modern: the "result" that asks; NGX_OK or NGX_ERROR */
ngx_int_t mcp_input_write(mcp_input_t *input, const mcp_server_t *server,
    const ngx_str_t *request_state, ngx_str_t *result);

/*
 * legacy: a response of the client, as it is, and the id of the request it is
 * to.  NGX_OK; NGX_DECLINED: to none of ours; NGX_ERROR.
 */
ngx_int_t mcp_input_response(mcp_msg_t *msg, ngx_str_t *id, ngx_str_t *text);

/* legacy: a request to the client; id is JSON text */
void mcp_input_write_request(mcp_buf_t *b, const mcp_ask_t *ask,
    const ngx_str_t *id);


#endif /* _MCP_INPUT_H_INCLUDED_ */
