
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
    u_char *last, const char *arg);


ngx_int_t
ngx_http_mcp_script_compile(ngx_http_mcp_script_t *script, ngx_array_t *parts,
    ngx_str_t *text, ngx_str_t *unknown)
{
    u_char              *p, *start, *end, *last;
    ngx_int_t            rc;
    ngx_str_t            name;
    ngx_uint_t           literal;
    ngx_http_mcp_arg_t  *arg;

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
            arg = ngx_http_mcp_script_find(script, name.data, name.len);

            if (arg == NULL) {
                *unknown = name;
                return NGX_DECLINED;
            }

            rc = ngx_http_mcp_script_push(parts, NULL, NULL, arg->name);
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
    const char *arg)
{
    ngx_http_mcp_part_t  *part;

    part = ngx_array_push(parts);
    if (part == NULL) {
        return NGX_ERROR;
    }

    part->arg = arg;
    part->text.data = p;
    part->text.len = last - p;

    return NGX_OK;
}


u_char *
ngx_http_mcp_script_name_end(u_char *p, u_char *last)
{
    while (p < last
           && ((*p >= '0' && *p <= '9')
               || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z')
               || *p == '_' || *p == '-' || *p == '.'))
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
    mcp_buf_t                      b;
    ngx_str_t                      text;
    ngx_uint_t                     i, k;
    const cJSON                   *arg;
    const ngx_http_mcp_part_t     *part;
    const ngx_http_mcp_script_t   *script;
    const ngx_http_mcp_message_t  *message;

    script = call->msg->prompt->data;
    message = script->messages.elts;

    for (i = 0; i < script->messages.nelts; i++) {
        mcp_buf_init(&b, call->request->pool, 256);
        part = message[i].parts.elts;

        for (k = 0; k < message[i].parts.nelts; k++) {

            if (part[k].arg == NULL) {
                mcp_buf_str(&b, &part[k].text);
                continue;
            }

            arg = cJSON_GetObjectItemCaseSensitive(args, part[k].arg);

            if (arg) {
                mcp_buf_add(&b, arg->valuestring,
                            ngx_strlen(arg->valuestring));
            }
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
