
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_script.h>


static u_char *ngx_http_mcp_script_brace(u_char *p, u_char *last,
    ngx_str_t *name, ngx_uint_t *literal);
static ngx_int_t ngx_http_mcp_script_push(ngx_array_t *parts, u_char *p,
    u_char *last, const ngx_str_t *from);
static ngx_uint_t ngx_http_mcp_script_knows(ngx_http_mcp_script_t *script,
    ngx_str_t *from);
static ngx_int_t ngx_http_mcp_script_write(ngx_http_mcp_call_t *call,
    const cJSON *values);


ngx_int_t
ngx_http_mcp_script_compile(ngx_http_mcp_script_t *script, ngx_array_t *parts,
    ngx_str_t *text, ngx_str_t *unknown)
{
    u_char              *p, *start, *end, *last;
    ngx_int_t            rc;
    ngx_str_t            name;
    ngx_uint_t           literal;

    ngx_str_null(unknown);

    last = text->data + text->len;
    start = text->data;
    rc = NGX_OK;

    for (p = start; p < last && rc == NGX_OK; p++) {

        end = ngx_http_mcp_script_brace(p, last, &name, &literal);

        if (end == NULL) {
            continue;
        }

        rc = ngx_http_mcp_script_push(parts, start, p, NULL);

        if (rc == NGX_OK && literal) {
            rc = ngx_http_mcp_script_push(parts, name.data - 1,
                                          name.data + name.len + 1, NULL);

        } else if (rc == NGX_OK) {

            if (!ngx_http_mcp_script_knows(script, &name)) {
                *unknown = name;
                return NGX_DECLINED;
            }

            rc = ngx_http_mcp_script_push(parts, NULL, NULL, &name);
        }

        start = end;
        p = end - 1;
    }

    return rc == NGX_OK ? ngx_http_mcp_script_push(parts, start, last, NULL)
                        : NGX_ERROR;
}


/* the end of {name} or {{name}} that begins at p, NULL if none does */

static u_char *
ngx_http_mcp_script_brace(u_char *p, u_char *last, ngx_str_t *name,
    ngx_uint_t *literal)
{
    u_char      *end;
    ngx_uint_t   n;

    for (n = 0; n < 2 && p < last && *p == '{'; n++) {
        p++;
    }

    end = ngx_http_mcp_script_name_end(p, last);

    if (n == 0 || end == p || (size_t) (last - end) < n
        || ngx_strncmp(end, "}}", n) != 0)
    {
        return NULL;
    }

    *literal = (n == 2);

    name->data = p;
    name->len = end - p;

    return end + n;
}


static ngx_int_t
ngx_http_mcp_script_push(ngx_array_t *parts, u_char *p, u_char *last,
    const ngx_str_t *from)
{
    ngx_http_mcp_part_t  *part;

    part = ngx_array_push(parts);
    if (part == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(part, sizeof(ngx_http_mcp_part_t));

    if (from) {
        part->from = *from;
    }

    part->text.data = p;
    part->text.len = last - p;

    return NGX_OK;
}


static ngx_uint_t
ngx_http_mcp_script_knows(ngx_http_mcp_script_t *script, ngx_str_t *from)
{
    ngx_str_t                  first;
    ngx_uint_t                 i;
    ngx_http_mcp_conf_pass_t  *pass;

    first = mcp_pass_first(from);

    if (ngx_http_mcp_script_find(script, first.data, first.len)) {
        return first.len == from->len;
    }

    pass = script->words.passes.elts;

    for (i = 0; i < script->words.passes.nelts; i++) {

        if (pass[i].made.pass.name.len == first.len
            && ngx_memcmp(pass[i].made.pass.name.data, first.data, first.len)
               == 0)
        {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
ngx_http_mcp_script_uses(const ngx_http_mcp_script_t *script,
    const ngx_str_t *name)
{
    ngx_uint_t                     i, k;
    const ngx_http_mcp_part_t     *part;
    const ngx_http_mcp_message_t  *message;

    message = script->messages.elts;

    for (i = 0; i < script->messages.nelts; i++) {
        part = message[i].parts.elts;

        for (k = 0; k < message[i].parts.nelts; k++) {

            if (part[k].from.len == name->len
                && ngx_memcmp(part[k].from.data, name->data, name->len) == 0)
            {
                return 1;
            }
        }
    }

    return 0;
}


u_char *
ngx_http_mcp_script_name_end(u_char *p, u_char *last)
{
    while (p < last
           && ((*p >= '0' && *p <= '9')
               || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z')
               || *p == '_' || *p == '-' || *p == '.'
               || *p == '/' || *p == '~'))
    {
        p++;
    }

    return p;
}


ngx_http_mcp_arg_t *
ngx_http_mcp_script_find(ngx_http_mcp_script_t *script, u_char *p, size_t len)
{
    ngx_uint_t           i;
    ngx_http_mcp_arg_t  *arg;

    arg = script->args.elts;

    for (i = 0; i < script->args.nelts; i++) {

        if (ngx_strlen(arg[i].name) == len
            && ngx_memcmp(arg[i].name, p, len) == 0)
        {
            return &arg[i];
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_mcp_script_handler(ngx_http_mcp_call_t *call, const cJSON *args)
{
    const ngx_http_mcp_script_t  *script;

    script = call->msg->prompt->data;

    return script->passes.passes.nelts
           ? ngx_http_mcp_pass_call(call, args, &script->passes)
           : ngx_http_mcp_script_write(call, args);
}


/* when all services have answered */

static ngx_int_t
ngx_http_mcp_script_write(ngx_http_mcp_call_t *call, const cJSON *values)
{
    mcp_buf_t                      b;
    ngx_str_t                      text;
    ngx_uint_t                     i, k;
    const cJSON                   *value;
    const ngx_http_mcp_part_t     *part;
    const ngx_http_mcp_script_t   *script;
    const ngx_http_mcp_message_t  *message;

    script = call->msg->prompt->data;
    message = script->messages.elts;

    for (i = 0; i < script->messages.nelts; i++) {
        mcp_buf_init(&b, call->request->pool, 256);
        part = message[i].parts.elts;

        for (k = 0; k < message[i].parts.nelts; k++) {

            if (part[k].from.len == 0) {
                mcp_buf_str(&b, &part[k].text);
                continue;
            }

            value = mcp_pass_find(values, &part[k].from);

            if (value == NULL || cJSON_IsNull(value)) {
                continue;
            }

            if (mcp_pass_bytes(call->request->pool, value, 0, &text)
                != NGX_OK)
            {
                return NGX_ERROR;
            }

            mcp_buf_str(&b, &text);
        }

        if (mcp_buf_done(&b, &text) != NGX_OK
            || ngx_http_mcp_role(call, message[i].role) != NGX_OK
            || ngx_http_mcp_text(call, text.data, text.len) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


void
ngx_http_mcp_script_combine(ngx_http_mcp_script_t *script)
{
    script->passes.idempotent = 1;

    if (script->messages.nelts) {
        script->passes.combined = 1;
        script->passes.finish = ngx_http_mcp_script_write;
    }
}
