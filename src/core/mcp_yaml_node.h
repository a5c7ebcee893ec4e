
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_YAML_NODE_H_INCLUDED_
#define _MCP_YAML_NODE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <yaml.h>
#include <mcp_json.h>
#include <mcp_yaml.h>


/* what the files of mcp_yaml share */


#define MCP_YAML_MAX_NODES   (2 * 1024 * 1024)  /* with copies of aliases */
#define MCP_YAML_MAX_MERGES  16                 /* of one mapping */
#define MCP_YAML_MAX_ERROR   512                /* bytes */


typedef struct {
    ngx_str_node_t   sn;         /* sn.str is the name */
    cJSON           *node;
} mcp_yaml_anchor_t;


/* a mapping while it is read */
typedef struct {
    cJSON           *node;
    cJSON           *last;       /* of its members */
    ngx_uint_t       n;
    cJSON           *merges[MCP_YAML_MAX_MERGES];
    ngx_uint_t       nmerges;
} mcp_yaml_map_t;


typedef struct {
    yaml_parser_t      parser;
    ngx_pool_t        *pool;
    ngx_str_t         *err;
    ngx_uint_t         nodes;    /* made, copied or looked at */
    ngx_uint_t         line;

    ngx_rbtree_t       anchors;  /* of mcp_yaml_anchor_t */
    ngx_rbtree_node_t  sentinel;

    cJSON             *open[MCP_JSON_MAX_DEPTH];
    ngx_uint_t         depth;
} mcp_yaml_t;


/* all return NGX_OK; NGX_DECLINED and y->err; NGX_ERROR: out of memory */

ngx_int_t mcp_yaml_refuse(mcp_yaml_t *y, const char *fmt, ...);

/* a node that is zeroed, counted */
ngx_int_t mcp_yaml_node(mcp_yaml_t *y, cJSON **node);

/* a node that is zeroed but for what a scalar says */
ngx_int_t mcp_yaml_scalar(mcp_yaml_t *y, yaml_event_t *event, cJSON *node);

/* the bytes of a scalar, with NUL behind them */
ngx_int_t mcp_yaml_text(mcp_yaml_t *y, yaml_event_t *event, char **text);

/* the value of a node but not its name, all the way down */
ngx_int_t mcp_yaml_copy(mcp_yaml_t *y, const cJSON *from, cJSON *to);

/* adds what is merged to a mapping that has been read; no two members may
 * have one name */
ngx_int_t mcp_yaml_merge(mcp_yaml_t *y, mcp_yaml_map_t *map);

/* appends a child to a list whose last one is known */
void mcp_yaml_append(cJSON *parent, cJSON **last, cJSON *node);


#endif /* _MCP_YAML_NODE_H_INCLUDED_ */
