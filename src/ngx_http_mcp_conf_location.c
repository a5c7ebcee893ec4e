
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_http_mcp_conf_pass.h>
#include <ngx_http_mcp_handler.h>


/*
 * Where a pass leads to is known when all locations of its server are: the
 * literal beginning of its URI is looked up as nginx will look up the request.
 */


typedef struct {
    ngx_str_t                    prefix;
    ngx_uint_t                   literal;   /* it is the whole path */
    ngx_http_core_loc_conf_t    *best;      /* or NULL */
    ngx_uint_t                   more;      /* others may, values decide */
} ngx_http_mcp_lookup_t;


static ngx_int_t ngx_http_mcp_check_location(ngx_conf_t *cf,
    ngx_http_core_srv_conf_t *cscf, const ngx_http_mcp_passes_t *passes,
    const ngx_http_mcp_pass_t *pass);
static ngx_uint_t ngx_http_mcp_is_literal(const mcp_pass_t *pass);
static ngx_uint_t ngx_http_mcp_lookup(ngx_http_mcp_lookup_t *lu,
    ngx_http_core_loc_conf_t *pclcf);
static ngx_http_core_loc_conf_t *ngx_http_mcp_lookup_tree(
    ngx_http_mcp_lookup_t *lu, ngx_http_location_tree_node_t *node,
    ngx_http_core_loc_conf_t *best);
static ngx_uint_t ngx_http_mcp_lookup_fits(ngx_http_mcp_lookup_t *lu,
    ngx_http_core_loc_conf_t *clcf);
#if (NGX_PCRE)
static ngx_uint_t ngx_http_mcp_lookup_regex(ngx_http_mcp_lookup_t *lu,
    ngx_http_core_loc_conf_t **clcfp);
#endif


ngx_int_t
ngx_http_mcp_conf_passes_used(ngx_conf_t *cf,
    const ngx_http_mcp_passes_t *passes)
{
    ngx_http_mcp_used_t       *used;
    ngx_http_mcp_main_conf_t  *mmcf;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);

    used = ngx_array_push(&mmcf->passes);
    if (used == NULL) {
        return NGX_ERROR;
    }

    used->passes = passes;
    used->cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);

    return NGX_OK;
}


ngx_int_t
ngx_http_mcp_conf_passes_own(ngx_conf_t *cf, const void *data,
    const ngx_http_mcp_passes_t *passes)
{
    ngx_http_mcp_owned_t      *owned;
    ngx_http_mcp_main_conf_t  *mmcf;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);

    owned = ngx_array_push(&mmcf->owned);
    if (owned == NULL) {
        return NGX_ERROR;
    }

    owned->data = data;
    owned->passes = passes;

    return NGX_OK;
}


ngx_int_t
ngx_http_mcp_conf_passes_offered(ngx_conf_t *cf, const void *data)
{
    ngx_uint_t                 i;
    ngx_http_mcp_owned_t      *owned;
    ngx_http_mcp_main_conf_t  *mmcf;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);
    owned = mmcf->owned.elts;

    for (i = 0; i < mmcf->owned.nelts; i++) {

        if (owned[i].data == data
            && ngx_http_mcp_conf_passes_used(cf, owned[i].passes) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_mcp_check_locations(ngx_conf_t *cf)
{
    ngx_uint_t                  i, k;
    ngx_http_mcp_used_t        *used;
    ngx_http_mcp_pass_t        *pass;
    ngx_http_mcp_main_conf_t   *mmcf;

    mmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_mcp_module);
    used = mmcf->passes.elts;

    for (i = 0; i < mmcf->passes.nelts; i++) {
        pass = used[i].passes->passes.elts;

        for (k = 0; k < used[i].passes->passes.nelts; k++) {

            if (ngx_http_mcp_check_location(cf, used[i].cscf, used[i].passes,
                                            &pass[k])
                != NGX_OK)
            {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_mcp_check_location(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf,
    const ngx_http_mcp_passes_t *passes, const ngx_http_mcp_pass_t *pass)
{
    ngx_http_mcp_at_t          at;
    ngx_http_mcp_lookup_t      lu;
    ngx_http_core_loc_conf_t  *clcf;

    at.file = pass->file ? pass->file : passes->file;
    at.line = pass->file ? pass->line : passes->line;

    ngx_memzero(&lu, sizeof(ngx_http_mcp_lookup_t));

    lu.prefix = mcp_pass_prefix(&pass->pass);
    lu.literal = ngx_http_mcp_is_literal(&pass->pass);

    clcf = cscf->ctx->loc_conf[ngx_http_core_module.ctx_index];

    (void) ngx_http_mcp_lookup(&lu, clcf);

    if (lu.best == NULL && !lu.more) {
        ngx_http_mcp_conf_refuse(cf, &at, "no location of server \"%V\" "
                                 "matches \"%V\" in the \"pass\" of %V: add "
                                 "one, with \"internal\" and \"proxy_pass\" "
                                 "for example", &cscf->server_name,
                                 &lu.prefix, &passes->name);
        return NGX_ERROR;
    }

    if (!lu.more && lu.best->handler == ngx_http_mcp_handler) {
        ngx_http_mcp_conf_refuse(cf, &at, "\"%V\" in the \"pass\" of %V leads "
                                 "to location \"%V\", which is an MCP "
                                 "endpoint: add a location for it",
                                 &lu.prefix, &passes->name, &lu.best->name);
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_http_core_loc_conf_t *
ngx_http_mcp_conf_location(ngx_http_core_srv_conf_t *cscf,
    const ngx_str_t *path)
{
    ngx_http_mcp_lookup_t  lu;

    ngx_memzero(&lu, sizeof(ngx_http_mcp_lookup_t));

    lu.prefix = *path;
    lu.literal = 1;

    (void) ngx_http_mcp_lookup(&lu,
                           cscf->ctx->loc_conf[ngx_http_core_module.ctx_index]);

    return lu.best;
}


static ngx_uint_t
ngx_http_mcp_is_literal(const mcp_pass_t *pass)
{
    ngx_uint_t        i;
    mcp_pass_atom_t  *atom;

    atom = pass->uri.elts;

    for (i = 0; i < pass->uri.nelts; i++) {

        if (atom[i].op == MCP_PASS_LITERAL) {

            if (ngx_strlchr(atom[i].text.data,
                            atom[i].text.data + atom[i].text.len, '?'))
            {
                return 1;
            }

            continue;
        }

        return atom[i].op == MCP_PASS_QUERY;
    }

    return 1;
}


/* as ngx_http_core_find_location(); true if nothing else can match better */

static ngx_uint_t
ngx_http_mcp_lookup(ngx_http_mcp_lookup_t *lu,
    ngx_http_core_loc_conf_t *pclcf)
{
    ngx_uint_t                 noregex;
    ngx_http_core_loc_conf_t  *clcf;

    noregex = 0;

    clcf = ngx_http_mcp_lookup_tree(lu, pclcf->static_locations, NULL);

    if (clcf) {
        lu->best = clcf;

        if (clcf->exact_match) {
            return 1;
        }

#if (NGX_PCRE)
        noregex = clcf->noregex;
#endif

        if (ngx_http_mcp_lookup(lu, clcf)) {
            return 1;
        }
    }

#if (NGX_PCRE)

    if (!noregex && pclcf->regex_locations) {
        return ngx_http_mcp_lookup_regex(lu, pclcf->regex_locations);
    }

#endif

    return 0;
}


/* the longest one that the path begins with */

static ngx_http_core_loc_conf_t *
ngx_http_mcp_lookup_tree(ngx_http_mcp_lookup_t *lu,
    ngx_http_location_tree_node_t *node, ngx_http_core_loc_conf_t *best)
{
    if (node == NULL) {
        return best;
    }

    if (node->exact && ngx_http_mcp_lookup_fits(lu, node->exact)) {
        best = node->exact;
    }

    if (node->inclusive && ngx_http_mcp_lookup_fits(lu, node->inclusive)
        && (best == NULL
            || (!best->exact_match
                && best->name.len < node->inclusive->name.len)))
    {
        best = node->inclusive;
    }

    best = ngx_http_mcp_lookup_tree(lu, node->left, best);
    best = ngx_http_mcp_lookup_tree(lu, node->tree, best);

    return ngx_http_mcp_lookup_tree(lu, node->right, best);
}


static ngx_uint_t
ngx_http_mcp_lookup_fits(ngx_http_mcp_lookup_t *lu,
    ngx_http_core_loc_conf_t *clcf)
{
    size_t  len;

    len = ngx_min(lu->prefix.len, clcf->name.len);

    if (ngx_filename_cmp(lu->prefix.data, clcf->name.data, len) != 0) {
        return 0;
    }

    if (clcf->name.len > lu->prefix.len) {

        /* "/a/{x}" may lead to "/a/b", the endpoint apart */

        if (!lu->literal && clcf->handler != ngx_http_mcp_handler) {
            lu->more = 1;
        }

        return 0;
    }

    return !clcf->exact_match
           || (lu->literal && clcf->name.len == lu->prefix.len);
}


#if (NGX_PCRE)

static ngx_uint_t
ngx_http_mcp_lookup_regex(ngx_http_mcp_lookup_t *lu,
    ngx_http_core_loc_conf_t **clcfp)
{
    for ( /* void */ ; *clcfp; clcfp++) {

        /* of a path that is not known, none can be excluded */

        if (!lu->literal) {
            lu->more = 1;
            return 0;
        }

        if (ngx_regex_exec((*clcfp)->regex->regex, &lu->prefix, NULL, 0)
            != NGX_REGEX_NO_MATCHED)
        {
            lu->best = *clcfp;
            (void) ngx_http_mcp_lookup(lu, *clcfp);
            return 1;
        }
    }

    return 0;
}

#endif
