
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf_auth.h>
#include <ngx_http_mcp_conf_pass.h>
#include <ngx_http_mcp_handler.h>


/*
 * Mistakes that show when all of the configuration is read.  A scope that is
 * not spelled as elsewhere is no error by itself, but would leave a tool to
 * nobody, without a word.
 */


static ngx_int_t ngx_http_mcp_conf_check_set(ngx_conf_t *cf,
    ngx_http_mcp_jwks_t *set);
static void ngx_http_mcp_conf_check_keys(ngx_conf_t *cf,
    const mcp_scopes_t *scopes, ngx_http_mcp_keys_t *keys);
static ngx_uint_t ngx_http_mcp_conf_unknown(const mcp_scopes_t *scopes,
    const ngx_str_t *text, ngx_str_t *name);


ngx_int_t
ngx_http_mcp_conf_auth_check(ngx_conf_t *cf)
{
    ngx_uint_t                  i;
    ngx_http_mcp_jwks_t       **sets;
    ngx_http_mcp_keys_t       **keys;
    ngx_http_mcp_main_conf_t   *mmcf;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);

    sets = mmcf->sets.elts;

    for (i = 0; i < mmcf->sets.nelts; i++) {
        if (ngx_http_mcp_conf_check_set(cf, sets[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    keys = mmcf->api_keys.elts;

    for (i = 0; i < mmcf->api_keys.nelts; i++) {
        ngx_http_mcp_conf_check_keys(cf, mmcf->scopes, keys[i]);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_conf_check_set(ngx_conf_t *cf, ngx_http_mcp_jwks_t *set)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_mcp_conf_location(set->cscf, &set->uri);

    if (clcf == NULL) {
        ngx_http_mcp_conf_refuse(cf, &set->at, "no location of server \"%V\" "
                                 "matches \"%V\" of \"mcp_jwt_keys\": add "
                                 "one, with \"internal\" and \"proxy_pass\" "
                                 "for example",
                                 &set->cscf->server_name, &set->uri);
        return NGX_ERROR;
    }

    if (clcf->handler == ngx_http_mcp_handler) {
        ngx_http_mcp_conf_refuse(cf, &set->at, "\"%V\" of \"mcp_jwt_keys\" "
                                 "leads to location \"%V\", which is an MCP "
                                 "endpoint: add a location for it",
                                 &set->uri, &clcf->name);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* the first of a file: where there are more it may be that of another server */

static void
ngx_http_mcp_conf_check_keys(ngx_conf_t *cf, const mcp_scopes_t *scopes,
    ngx_http_mcp_keys_t *keys)
{
    ngx_str_t    name;
    ngx_uint_t   i;
    mcp_cred_t  *first;

    if (scopes->names.nelts == 0) {
        return;
    }

    first = NULL;

    for (i = 0; i < keys->creds.n; i++) {

        if ((first == NULL || keys->creds.keys[i].line < first->line)
            && ngx_http_mcp_conf_unknown(scopes, &keys->creds.keys[i].scope,
                                         &name))
        {
            first = &keys->creds.keys[i];
        }
    }

    if (first && ngx_http_mcp_conf_unknown(scopes, &first->scope, &name)) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"%V\", line %ui: nothing needs the scope \"%V\"",
                      &keys->file, first->line, &name);
    }
}


static ngx_uint_t
ngx_http_mcp_conf_unknown(const mcp_scopes_t *scopes, const ngx_str_t *text,
    ngx_str_t *name)
{
    u_char           *p, *last;
    mcp_scope_set_t   set;

    last = text->data + text->len;

    for (p = text->data; p < last; p++) {
        name->data = p;

        while (p < last && *p != ' ') {
            p++;
        }

        name->len = p - name->data;

        ngx_memzero(&set, sizeof(mcp_scope_set_t));

        mcp_scope_read_name(scopes, name, &set);

        if (mcp_scope_empty(&set)) {
            return 1;
        }
    }

    return 0;
}
