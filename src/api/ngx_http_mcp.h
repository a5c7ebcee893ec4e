
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_H_INCLUDED_
#define _NGX_HTTP_MCP_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <cjson/cJSON.h>


/*
 * The C API: tools, resources and prompts of the Model Context Protocol
 * written as nginx modules.
 *
 * A module describes what it has in a ngx_http_mcp_tools_t and hands it over
 * in its preconfiguration handler with ngx_http_mcp_add_tools(); an operator
 * switches it on per location with "mcp_tools NAME".  The module is built
 * as a dynamic module of its own and is loaded after ngx_http_mcp_module.
 * What is written once is served in all revisions of the protocol.
 *
 * Everything here runs in a worker process, on the event loop unless a handler
 * says that it blocks; handlers that take time: see below.  Whatever a handler
 * allocates from ngx_http_mcp_pool() is freed when the request ends.
 *
 * Specification: MCP 2026-07-28, server/tools, server/resources,
 * server/prompts, server/utilities/completion.
 */


#define NGX_HTTP_MCP_API_VERSION  3


typedef struct ngx_http_mcp_call_s  ngx_http_mcp_call_t;


/*
 * A handler.  "args" is an object: the arguments of a tool, already checked
 * against its input schema; those of a prompt, strings, with all that are
 * required; the variables of a resource template, strings.  It is empty if
 * there are none.  It is read-only and belongs to the request: never delete
 * it, never add a part of it to another tree (cJSON_Duplicate() it or use a
 * reference).  Strings are UTF-8 without NUL.  A number that a double does not
 * hold exactly has its exact text in "valuestring".
 *
 * Returns NGX_OK when the result is complete: content, a structured result or
 * an error, set with the functions below.
 * Returns NGX_DECLINED, of a resource only: there is no such resource.
 * Returns NGX_DONE when the client was asked and has to answer first, and
 * NGX_ABORT if the client cannot be asked what the call cannot do without: see
 * "Asking the client".
 * Returns NGX_ERROR if it failed for a reason that is not the caller's: the
 * client gets a JSON-RPC error -32603, the reason belongs in the error log.
 */
typedef ngx_int_t (*ngx_http_mcp_handler_pt)(ngx_http_mcp_call_t *call,
    const cJSON *args);

typedef ngx_http_mcp_handler_pt  ngx_http_mcp_tool_pt;


/* flags: published as "annotations" of the tool, all four hints if any flag is
 * set, none if none is */
#define NGX_HTTP_MCP_READ_ONLY     0x0001   /* readOnlyHint */
#define NGX_HTTP_MCP_DESTRUCTIVE   0x0002   /* destructiveHint */
#define NGX_HTTP_MCP_IDEMPOTENT    0x0004   /* idempotentHint */
#define NGX_HTTP_MCP_OPEN_WORLD    0x0008   /* openWorldHint */

/* not published: the handler may block and is run in a thread, see below */
#define NGX_HTTP_MCP_BLOCKING      0x0100

/* client capabilities a tool cannot do without; elicitation is that of forms */
#define NGX_HTTP_MCP_NEED_SAMPLING          0x0001
#define NGX_HTTP_MCP_NEED_ELICITATION       0x0002
#define NGX_HTTP_MCP_NEED_ROOTS             0x0004
#define NGX_HTTP_MCP_NEED_ELICITATION_URL   0x0008
#define NGX_HTTP_MCP_NEED_SAMPLING_TOOLS    0x0010
#define NGX_HTTP_MCP_NEED_SAMPLING_CONTEXT  0x0020


/*
 * A tool.  Strings are UTF-8, constant and outlive the module; NULL stands
 * for "none" where that is allowed.
 */
typedef struct {
    const char            *name;           /* 1-128 of A-Z a-z 0-9 _ - . */
    const char            *title;          /* or NULL */
    const char            *description;
    const char            *input_schema;   /* JSON Schema, "type": "object" */
    const char            *output_schema;  /* or NULL */
    const char            *icon;           /* URI, https: or data:, or NULL */
    ngx_uint_t             flags;
    ngx_uint_t             capabilities;   /* NGX_HTTP_MCP_NEED_* */
    ngx_http_mcp_tool_pt   handler;
} ngx_http_mcp_tool_t;

#define ngx_http_mcp_null_tool                                               \
    { NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL }


/*
 * Completes a value a user is typing: ngx_http_mcp_complete() for each value
 * that fits, the best first.  "name" is the argument or variable, "value" what
 * was typed so far, "args" the other ones that are known, strings.
 * Returns NGX_OK or NGX_ERROR.
 */
typedef ngx_int_t (*ngx_http_mcp_complete_pt)(ngx_http_mcp_call_t *call,
    const char *name, const char *value, const cJSON *args);


/* an argument of a prompt, or what is known of a variable of a template */
typedef struct {
    const char                *name;
    const char                *title;        /* or NULL */
    const char                *description;  /* or NULL */
    ngx_uint_t                 required;     /* of prompts only */
    const char *const         *values;       /* up to NULL: to be proposed */
    ngx_http_mcp_complete_pt   complete;     /* or NULL; instead of values */
} ngx_http_mcp_arg_t;

#define ngx_http_mcp_null_arg  { NULL, NULL, NULL, 0, NULL, NULL }


/*
 * A resource, or all resources of a template.  Contents are what the handler
 * adds with ngx_http_mcp_text(), ngx_http_mcp_embed_text() and so on, of this
 * URI and media type unless it says otherwise.
 */
typedef struct {
    const char                *uri;          /* or a template, RFC 6570 level
                                                1 to 3: "db://{table}{?row}" */
    const char                *name;
    const char                *title;        /* or NULL, and so the next 4 */
    const char                *description;
    const char                *icon;
    const char                *mime_type;
    const char                *modified;     /* ISO 8601 */
    off_t                      size;         /* 0: not said */
    ngx_uint_t                 audience;     /* NGX_HTTP_MCP_FOR_*, or 0 */
    double                     priority;     /* up to 1; 0: not said */
    ngx_msec_t                 ttl;          /* how long contents are fresh */
    ngx_uint_t                 public;       /* for everybody the same */
    const ngx_http_mcp_arg_t  *args;         /* or NULL */
    ngx_http_mcp_handler_pt    handler;
    ngx_uint_t                 flags;        /* NGX_HTTP_MCP_BLOCKING, or 0 */
} ngx_http_mcp_resource_t;

#define ngx_http_mcp_null_resource                                           \
    { NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, NULL, NULL, 0 }


/*
 * A prompt.  Each content the handler adds is a message; of the user, unless
 * ngx_http_mcp_role() says otherwise.
 */
typedef struct {
    const char                *name;
    const char                *title;        /* or NULL */
    const char                *description;
    const char                *icon;         /* or NULL */
    const ngx_http_mcp_arg_t  *args;         /* or NULL */
    ngx_http_mcp_handler_pt    handler;
    ngx_uint_t                 flags;        /* NGX_HTTP_MCP_BLOCKING, or 0 */
} ngx_http_mcp_prompt_t;

#define ngx_http_mcp_null_prompt  { NULL, NULL, NULL, NULL, NULL, NULL, 0 }


/* a pack: what one "mcp_tools NAME" switches on; arrays end with their null
 * item and may be NULL */
typedef struct {
    ngx_uint_t                      version;  /* NGX_HTTP_MCP_API_VERSION */
    const char                     *name;     /* as in "mcp_tools NAME" */
    const ngx_http_mcp_tool_t      *tools;
    const ngx_http_mcp_resource_t  *resources;
    const ngx_http_mcp_prompt_t    *prompts;
} ngx_http_mcp_tools_t;


/*
 * Makes a pack known; to be called from the preconfiguration handler of a
 * module.  The pack must outlive the configuration cycle.  NGX_OK, or
 * NGX_ERROR after an [emerg] line: wrong API version, duplicate pack.
 * Schemas are compiled when a location switches the pack on.
 */
ngx_int_t ngx_http_mcp_add_tools(ngx_conf_t *cf,
    const ngx_http_mcp_tools_t *tools);


/* the pool of the request, and the request itself, for variables and logs */
ngx_pool_t *ngx_http_mcp_pool(ngx_http_mcp_call_t *call);
ngx_http_request_t *ngx_http_mcp_request(ngx_http_mcp_call_t *call);

/*
 * What the create_loc_conf handler of a module made for the location of the
 * call: for packs with directives of their own.  Read-only, and so for threads
 * too.
 */
void *ngx_http_mcp_loc_conf(ngx_http_mcp_call_t *call,
    const ngx_module_t *module);

/*
 * True if the location that is being merged, in a merge_loc_conf handler of a
 * module that is loaded after this one, is an endpoint that has the pack: then
 * what the pack cannot do without can be missed when nginx starts.
 */
ngx_uint_t ngx_http_mcp_has_tools(ngx_conf_t *cf,
    const ngx_http_mcp_tools_t *tools);


/*
 * The result.  All return NGX_OK or NGX_ERROR (out of memory, or an argument
 * that cannot be sent), which a handler passes on.  Content items appear in
 * the order of the calls; bytes are copied.
 */

/*
 * The structured result, once per call.  Takes ownership of "value" and
 * deletes it, also on error.  It is checked against the output schema if
 * there is one; unless the handler added content of its own, the serialized
 * value is sent as text too.
 */
ngx_int_t ngx_http_mcp_result(ngx_http_mcp_call_t *call, cJSON *value);

/* "text" content, or the text of a resource; the bytes must be UTF-8 */
ngx_int_t ngx_http_mcp_text(ngx_http_mcp_call_t *call, const u_char *p,
    size_t len);

/* "image" and "audio" content, or a blob of a resource; the bytes are
 * base64-encoded here */
ngx_int_t ngx_http_mcp_image(ngx_http_mcp_call_t *call, const u_char *p,
    size_t len, const char *mime_type);
ngx_int_t ngx_http_mcp_audio(ngx_http_mcp_call_t *call, const u_char *p,
    size_t len, const char *mime_type);

/* "resource_link" content, which a resource does not have; title, description,
 * mime_type may be NULL, size is -1 if it is not known */
typedef struct {
    const char            *uri;
    const char            *name;
    const char            *title;
    const char            *description;
    const char            *mime_type;
    off_t                  size;
} ngx_http_mcp_link_t;

ngx_int_t ngx_http_mcp_link(ngx_http_mcp_call_t *call,
    const ngx_http_mcp_link_t *link);

/* "resource" content, embedded as text or, base64-encoded, as a blob;
 * mime_type may be NULL.  As contents of a resource, where "uri" may be NULL
 * too: the URI that is read and the media type of the resource. */
ngx_int_t ngx_http_mcp_embed_text(ngx_http_mcp_call_t *call, const char *uri,
    const char *mime_type, const u_char *p, size_t len);
ngx_int_t ngx_http_mcp_embed_blob(ngx_http_mcp_call_t *call, const char *uri,
    const char *mime_type, const u_char *p, size_t len);

/* annotations of the content item that is added next; contents of a resource
 * have none */
#define NGX_HTTP_MCP_FOR_USER       0x0001
#define NGX_HTTP_MCP_FOR_ASSISTANT  0x0002

ngx_int_t ngx_http_mcp_annotate(ngx_http_mcp_call_t *call,
    ngx_uint_t audience, double priority);

/* who says the messages of a prompt that are added next */
#define NGX_HTTP_MCP_USER       0
#define NGX_HTTP_MCP_ASSISTANT  1

ngx_int_t ngx_http_mcp_role(ngx_http_mcp_call_t *call, ngx_uint_t role);

/* the URI that is read, of a resource only; else an empty string */
ngx_str_t ngx_http_mcp_uri(ngx_http_mcp_call_t *call);

/* a value that fits, for ngx_http_mcp_complete_pt; UTF-8.  All are counted,
 * up to 100 are sent */
ngx_int_t ngx_http_mcp_complete(ngx_http_mcp_call_t *call, const u_char *p,
    size_t len);

/*
 * An error the caller can correct: of a tool, one the model can read
 * ("isError": true); of a prompt or a resource, a JSON-RPC error -32602.
 * The format is that of ngx_sprintf(), the text is cut at 2048 bytes.  What
 * was added before is dropped.  Always returns NGX_OK, so that a handler
 * may "return ngx_http_mcp_error(call, ...)".
 */
ngx_int_t ngx_cdecl ngx_http_mcp_error(ngx_http_mcp_call_t *call,
    const char *fmt, ...);


/*
 * Handlers that take time.
 *
 * A handler that cannot finish at once starts what it waits for (a timer,
 * a connection, any event of nginx), keeps "call", and returns NGX_AGAIN.
 * When it has added its result it calls ngx_http_mcp_done() with what it would
 * have returned; after that the call must not be touched.  If the client goes
 * away or "mcp_tool_timeout" passes first, the abort handler is run instead,
 * once: it ends what was started, and ngx_http_mcp_done() must not be called
 * any more.  Nothing may be pending of an abandoned call: its memory is freed
 * with the request.
 *
 * A handler with NGX_HTTP_MCP_BLOCKING runs in a thread of "mcp_thread_pool"
 * and returns anything but NGX_AGAIN when it has finished.
 * There it may use "args", this API but for ngx_http_mcp_request(),
 * ngx_http_mcp_on_abort() and ngx_http_mcp_done(), and memory of
 * ngx_http_mcp_pool(), which then belongs to the thread; nothing else of
 * nginx.  It should look at ngx_http_mcp_cancelled() now and then.
 */

typedef void (*ngx_http_mcp_abort_pt)(void *data);

void ngx_http_mcp_on_abort(ngx_http_mcp_call_t *call,
    ngx_http_mcp_abort_pt handler, void *data);

void ngx_http_mcp_done(ngx_http_mcp_call_t *call, ngx_int_t rc);

/* true if nobody waits for the result any more */
ngx_uint_t ngx_http_mcp_cancelled(ngx_http_mcp_call_t *call);

/*
 * Tells a client that asked for it how far the call is.  Values increase; the
 * total is 0 if it is not known, the text may be NULL.  Values that come too
 * fast are left out but for the last one.  NGX_OK, also if nobody listens, or
 * NGX_ERROR: nothing can be sent any more.
 */
ngx_int_t ngx_http_mcp_progress(ngx_http_mcp_call_t *call, double value,
    double total, const char *text);

/*
 * Sends a log message to a client that wants messages of that level; the
 * format is that of ngx_sprintf(), the text is cut at 2048 bytes, the name of
 * the logger may be NULL.  NGX_OK, also if nobody listens, or NGX_ERROR:
 * nothing can be sent any more.
 */
#define NGX_HTTP_MCP_LOG_EMERGENCY  0
#define NGX_HTTP_MCP_LOG_ALERT      1
#define NGX_HTTP_MCP_LOG_CRITICAL   2
#define NGX_HTTP_MCP_LOG_ERROR      3
#define NGX_HTTP_MCP_LOG_WARNING    4
#define NGX_HTTP_MCP_LOG_NOTICE     5
#define NGX_HTTP_MCP_LOG_INFO       6
#define NGX_HTTP_MCP_LOG_DEBUG      7

ngx_int_t ngx_cdecl ngx_http_mcp_log(ngx_http_mcp_call_t *call,
    ngx_uint_t level, const char *logger, const char *fmt, ...);


/*
 * Asking the client, its user or its model.
 *
 * A handler that needs something asks for it under a key of its choosing.  If
 * the answer is there, NGX_OK and *answer, which is read-only like "args".
 * NGX_DONE: the client has to be asked, so the handler asks what else it wants
 * to know and returns NGX_DONE; it is run again, from its beginning and maybe
 * in another worker, with the answers of this and of earlier rounds.  An
 * answer that is missing or malformed is asked for again.  NGX_ABORT: this
 * client cannot be asked; a handler that cannot do without returns NGX_ABORT,
 * and the client is told which capability is missing.  NGX_ERROR: out of
 * memory, or an argument that cannot be sent.
 *
 *     rc = ngx_http_mcp_elicit(call, "name", "What is your name?", schema,
 *                              &answer);
 *     if (rc != NGX_OK) {
 *         return rc;
 *     }
 *
 * Nothing of a call is kept while it waits, but for the answers and for what
 * ngx_http_mcp_set_state() has set: a client carries both, signed, so they are
 * true, but not secret.
 *
 * Specification: MCP 2026-07-28 basic/patterns/mrtr.
 */

/*
 * A form for the user; the schema is JSON, an object of plain properties.  The
 * answer is the whole result: "action", which is "accept", "decline" or
 * "cancel", and if accepted "content", which fits the schema.
 */
ngx_int_t ngx_http_mcp_elicit(ngx_http_mcp_call_t *call, const char *key,
    const char *message, const char *schema, const cJSON **answer);

/* the user is sent to a URL, for what must not pass through the client */
ngx_int_t ngx_http_mcp_elicit_url(ngx_http_mcp_call_t *call, const char *key,
    const char *message, const char *url, const cJSON **answer);

/*
 * A message of the client's model: "params" are those of
 * sampling/createMessage, with "messages" and "maxTokens".  Tools, and contexts
 * of servers, are for a client that has declared them.  Takes ownership of
 * "params" and deletes it, also on error.
 */
ngx_int_t ngx_http_mcp_sample(ngx_http_mcp_call_t *call, const char *key,
    cJSON *params, const cJSON **answer);

/* the directories and files the client works in: "roots", an array */
ngx_int_t ngx_http_mcp_roots(ngx_http_mcp_call_t *call, const char *key,
    const cJSON **answer);

/* NGX_HTTP_MCP_NEED_*: what this client can be asked for */
ngx_uint_t ngx_http_mcp_capabilities(ngx_http_mcp_call_t *call);

/*
 * What the handler wants to know when it is run again: set before NGX_DONE is
 * returned, copied, up to 16 KiB; read at the next run, empty at the first one.
 * It stays until it is set again.
 */
ngx_int_t ngx_http_mcp_set_state(ngx_http_mcp_call_t *call, const u_char *p,
    size_t len);
ngx_str_t ngx_http_mcp_state(ngx_http_mcp_call_t *call);


/*
 * Lets a client that can do so (2025-11-25, with a session) hang up and come
 * back for the result after "retry" milliseconds, again and again until the
 * call has finished; nothing else changes for the handler.  NGX_OK;
 * NGX_DECLINED: this client waits on the line, as it does for a handler in a
 * thread; NGX_ERROR.
 */
ngx_int_t ngx_http_mcp_poll(ngx_http_mcp_call_t *call, ngx_msec_t retry);


/*
 * Tells all clients that listen, in all workers, that something has changed:
 * lists, or the contents of a resource.  To be called in a worker, with or
 * without a call, also in a thread.  It may be said too often, never too late.
 */
#define NGX_HTTP_MCP_TOOLS      0x0001
#define NGX_HTTP_MCP_PROMPTS    0x0002
#define NGX_HTTP_MCP_RESOURCES  0x0004

void ngx_http_mcp_changed(ngx_uint_t lists);
void ngx_http_mcp_updated(const u_char *uri, size_t len);


#endif /* _NGX_HTTP_MCP_H_INCLUDED_ */
