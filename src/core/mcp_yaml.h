
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_YAML_H_INCLUDED_
#define _MCP_YAML_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <cjson/cJSON.h>


/*
 * A YAML document as a tree of the kind of mcp_json.h, read with libyaml: one
 * document, plain scalars by the core schema of YAML 1.2 (numbers keep their
 * text), keys are strings.  Duplicate keys, aliases of what contains them, and
 * aliases that make more than a few million nodes are refused.  Merge keys
 * ("<<") are honoured, for people write them.
 *
 * NGX_OK; NGX_DECLINED and err, a sentence with the line; NGX_ERROR.
 */
ngx_int_t mcp_yaml_parse(ngx_pool_t *pool, ngx_str_t *text, cJSON **root,
    ngx_str_t *err);


#endif /* _MCP_YAML_H_INCLUDED_ */
