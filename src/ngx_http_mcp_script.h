
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _NGX_HTTP_MCP_SCRIPT_H_INCLUDED_
#define _NGX_HTTP_MCP_SCRIPT_H_INCLUDED_


#include <ngx_http_mcp_conf_pass.h>


/*
 * One "mcp_prompt": messages with arguments in them, and with answers of
 * services.  Without messages the answer of the only service is the message.
 */


typedef struct {
    ngx_http_mcp_prompt_t    desc;   /* must be first */
    ngx_str_t                title;
    ngx_str_t                description;
    ngx_str_t                icon;
    mcp_scope_set_t         *need;     /* of users; NULL: nothing */
    ngx_array_t              args;   /* of ngx_http_mcp_arg_t */
    ngx_array_t              messages;  /* of ngx_http_mcp_message_t */
    ngx_http_mcp_passes_t    passes;
    ngx_http_mcp_conf_passes_t  words;
} ngx_http_mcp_script_t;


typedef struct {
    ngx_uint_t               role;
    ngx_array_t              parts;  /* of ngx_http_mcp_part_t */
} ngx_http_mcp_message_t;


typedef struct {
    ngx_str_t                text;
    ngx_str_t                from;   /* pointer to the value that stands here,
                                        or empty: a text does */
} ngx_http_mcp_part_t;


/*
 * Cuts a text into parts: {name} is an argument or the answer of a pass, {a/b}
 * a member of it, {{name}} is {name}, other braces are themselves.  NGX_OK;
 * NGX_DECLINED: "unknown" is neither; NGX_ERROR, and "unknown" is empty.
 */
ngx_int_t ngx_http_mcp_script_compile(ngx_http_mcp_script_t *script,
    ngx_array_t *parts, ngx_str_t *text, ngx_str_t *unknown);

/* the end of the name that begins at p */
u_char *ngx_http_mcp_script_name_end(u_char *p, u_char *last);

/* NULL if there is no such argument */
ngx_http_mcp_arg_t *ngx_http_mcp_script_find(ngx_http_mcp_script_t *script,
    u_char *p, size_t len);

/* when all of it is read: what its passes are for */
void ngx_http_mcp_script_combine(ngx_http_mcp_script_t *script);

/* true if a message has it */
ngx_uint_t ngx_http_mcp_script_uses(const ngx_http_mcp_script_t *script,
    const ngx_str_t *name);

ngx_int_t ngx_http_mcp_script_handler(ngx_http_mcp_call_t *call,
    const cJSON *args);


#endif /* _NGX_HTTP_MCP_SCRIPT_H_INCLUDED_ */
