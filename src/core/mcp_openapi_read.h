
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_OPENAPI_READ_H_INCLUDED_
#define _MCP_OPENAPI_READ_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>
#include <mcp_openapi.h>
#include <mcp_schema.h>
#include <mcp_tools.h>


/*
 * What the files of mcp_openapi share.
 *
 * Functions return NGX_OK; NGX_DECLINED: the operation is skipped, o->why says
 * why; NGX_ERROR: out of memory.
 *
 * A schema is converted once for each direction it is used in, to a text with
 * holes where it refers to others.  The schemas of an operation are put
 * together of such texts, so that the document is not walked again for each
 * operation.
 */


#define MCP_OPENAPI_MAX_VALUES   (4 * 1024 * 1024)   /* of the document */
#define MCP_OPENAPI_MAX_WORK     (100 * 1000 * 1000)  /* nodes looked at */
#define MCP_OPENAPI_MAX_TOTAL    (128 * 1024 * 1024)  /* bytes of schemas */
#define MCP_OPENAPI_MAX_TOOLS    16384

#define MCP_OPENAPI_MAX_INPUT    (64 * 1024)   /* bytes, with definitions */
#define MCP_OPENAPI_MAX_OUTPUT   (16 * 1024)
#define MCP_OPENAPI_MAX_PART     (64 * 1024)   /* from here on anything goes */
#define MCP_OPENAPI_MAX_SCHEMA   (256 * 1024)  /* or it is skipped */
#define MCP_OPENAPI_MAX_DEPTH    40            /* of a text */
#define MCP_OPENAPI_MAX_VALUE    4096          /* bytes of a default */
#define MCP_OPENAPI_MAX_ENUM     16384         /* bytes */

#define MCP_OPENAPI_MAX_TITLE    128           /* bytes */
#define MCP_OPENAPI_MAX_TEXT     1024          /* description of a tool */
#define MCP_OPENAPI_MAX_HELP     512           /* and of anything else */
#define MCP_OPENAPI_MAX_ARGUMENT 64            /* name of an argument */
#define MCP_OPENAPI_MAX_ARGS     512
#define MCP_OPENAPI_MAX_REFS     32            /* one after the other */
#define MCP_OPENAPI_MAX_WHY      512

#define MCP_OPENAPI_SCRATCH      16384         /* a pool for each operation */


typedef enum {
    MCP_OPENAPI_INPUT = 0,
    MCP_OPENAPI_OUTPUT
} mcp_openapi_direction_e;


typedef struct mcp_openapi_def_s  mcp_openapi_def_t;


/* where in a text another schema stands */
typedef struct {
    size_t                offset;
    ngx_uint_t            depth;     /* containers that are open there */
    mcp_openapi_def_t    *def;
} mcp_openapi_hole_t;


typedef struct {
    ngx_str_t             text;
    ngx_array_t           holes;     /* of mcp_openapi_hole_t */
    ngx_uint_t            depth;     /* of its deepest container */
    ngx_str_t             why;       /* it cannot be converted, or empty */
    unsigned              made:1;
} mcp_openapi_part_t;


/* what a "$ref" of the document stands for */
struct mcp_openapi_def_s {
    ngx_str_node_t        sn;        /* sn.str is the "$ref" */
    const cJSON          *node;
    ngx_str_t             name;      /* in "$defs" */
    mcp_openapi_part_t    part[2];   /* by direction */

    /* in the schema that is put together */
    ngx_uint_t            epoch;
    ngx_uint_t            uses;
    unsigned              cut:1;     /* too large: anything goes */
    unsigned              named:1;   /* is in "$defs" */
};


typedef struct {
    ngx_str_t             name;
    ngx_str_t             wire;      /* as the document calls it */
    ngx_str_t             help;
    const cJSON          *schema;    /* NULL: a string */
    unsigned              required:1;
    unsigned              binary:1;  /* bytes, base64 */
    unsigned              binaries:1;  /* an array of them */
    unsigned              fill:1;    /* its default is sent */
} mcp_openapi_arg_t;


/* a schema as it is converted */
typedef struct {
    const cJSON          *node;      /* NULL: a string */
    const ngx_str_t      *help;      /* instead of its description, or NULL */
    unsigned              object:1;  /* "type" is "object" */
    unsigned              binary:1;
    unsigned              binaries:1;
} mcp_openapi_schema_t;


typedef struct {
    mcp_openapi_t            *conf;
    ngx_pool_t               *temp;
    const cJSON              *root;
    ngx_uint_t                work;
    size_t                    total;
    unsigned                  v30:1;     /* else 3.1 */

    ngx_rbtree_t              defs;      /* of mcp_openapi_def_t */
    ngx_rbtree_node_t         defs_sentinel;
    ngx_rbtree_t              def_names; /* of ngx_str_node_t, and so */
    ngx_rbtree_node_t         def_names_sentinel;
    ngx_rbtree_t              names;     /* of tools */
    ngx_rbtree_node_t         names_sentinel;
    ngx_uint_t                epoch;

    /* of the operation at hand */
    mcp_openapi_operation_t  *operation;
    const cJSON              *item;      /* of its path */
    const cJSON              *node;
    ngx_pool_t               *scratch;
    ngx_array_t               args;      /* of mcp_openapi_arg_t */
    ngx_array_t               in_path;   /* of mcp_pass_atom_t, and so */
    ngx_array_t               in_query;
    ngx_rbtree_t              arg_names;
    ngx_rbtree_node_t         arg_names_sentinel;
    ngx_str_t                 why;
} mcp_openapi_read_t;


/* mcp_openapi.c */

ngx_int_t mcp_openapi_refuse(mcp_openapi_read_t *o, const char *fmt, ...);

/* mcp_openapi_list.c: all operations, named; those that are wanted */

typedef struct {
    const char               *member;
    const char               *name;
    ngx_uint_t                flags;     /* MCP_TOOL_* */
} mcp_openapi_method_t;

typedef struct {
    const cJSON                 *item;   /* of "paths" */
    const cJSON                 *node;   /* of the method */
    const mcp_openapi_method_t  *method;
    ngx_str_t                    path;
    ngx_str_t                    id;
    ngx_str_t                    name;
    ngx_str_t                    why;    /* it has none, or empty */
} mcp_openapi_entry_t;

ngx_int_t mcp_openapi_list(mcp_openapi_read_t *o, ngx_array_t *entries);

/* mcp_openapi_name.c */

/* a valid name from bytes of any kind */
ngx_int_t mcp_openapi_name_clean(ngx_pool_t *pool, const ngx_str_t *from,
    size_t max, ngx_str_t *name);

/* one that is in no tree yet; it is in the tree afterwards */
ngx_int_t mcp_openapi_name(ngx_pool_t *pool, ngx_rbtree_t *names,
    const ngx_str_t *from, size_t max, ngx_str_t *name);

/* NGX_OK if it could be kept as it is, and then it is in the tree; else
 * NGX_DECLINED */
ngx_int_t mcp_openapi_name_exact(ngx_pool_t *pool, ngx_rbtree_t *names,
    const ngx_str_t *name, size_t max);

/* mcp_openapi_text.c: texts of the document */

ngx_str_t mcp_openapi_string(mcp_openapi_read_t *o, const cJSON *object,
    const char *name);

/* without space around, cut at a character; in the pool if it is cut */
ngx_int_t mcp_openapi_bound(ngx_pool_t *pool, ngx_str_t *text, size_t max);

/* a copy in the pool; an empty one stays as it is */
ngx_int_t mcp_openapi_keep(ngx_pool_t *pool, ngx_str_t *s);

ngx_int_t mcp_openapi_describe(mcp_openapi_read_t *o,
    mcp_openapi_operation_t *operation);

/* mcp_openapi_ref.c */

/* a member, or NULL; the work is counted */
const cJSON *mcp_openapi_get(mcp_openapi_read_t *o, const cJSON *object,
    const char *name);
ngx_uint_t mcp_openapi_true(mcp_openapi_read_t *o, const cJSON *object,
    const char *name);

ngx_int_t mcp_openapi_def(mcp_openapi_read_t *o, const char *ref,
    mcp_openapi_def_t **def);

/* follows "$ref" to what is none; "node" may be NULL */
ngx_int_t mcp_openapi_deref(mcp_openapi_read_t *o, const cJSON **node);

/* the same of a schema, but not if it says more than the "$ref" */
ngx_int_t mcp_openapi_deref_schema(mcp_openapi_read_t *o, const cJSON **node);

/* mcp_openapi_schema.c */

ngx_int_t mcp_openapi_convert(mcp_openapi_read_t *o, ngx_pool_t *pool,
    const mcp_openapi_schema_t *schema, mcp_openapi_direction_e direction,
    mcp_openapi_part_t *part);

/* true of what is left out: readOnly of input, writeOnly of output */
ngx_int_t mcp_openapi_hidden(mcp_openapi_read_t *o, const cJSON *node,
    mcp_openapi_direction_e direction, ngx_uint_t *hidden);

ngx_uint_t mcp_openapi_pattern_ok(mcp_openapi_read_t *o, const char *pattern);

/* mcp_openapi_write.c: puts a schema together */

ngx_int_t mcp_openapi_write_input(mcp_openapi_read_t *o);
ngx_int_t mcp_openapi_write_output(mcp_openapi_read_t *o, const cJSON *node);

/* mcp_openapi_arg.c */

/* NULL if there is no memory or there are too many: the caller returns
 * NGX_DECLINED if o->why is set, else NGX_ERROR */
mcp_openapi_arg_t *mcp_openapi_add_arg(mcp_openapi_read_t *o,
    const ngx_str_t *wire, const char *where);

ngx_int_t mcp_openapi_defaults(mcp_openapi_read_t *o);

/* the only atom or one more of an array */
mcp_pass_atom_t *mcp_openapi_atom(mcp_openapi_read_t *o, ngx_array_t *atoms,
    u_char op, const ngx_str_t *text, const ngx_str_t *from);
mcp_pass_field_t *mcp_openapi_field(mcp_openapi_read_t *o,
    ngx_array_t *fields, const ngx_str_t *name);

/* mcp_openapi_param.c, _path.c, _body.c, _form.c, _members.c, _answer.c */

ngx_int_t mcp_openapi_params(mcp_openapi_read_t *o);
ngx_int_t mcp_openapi_path(mcp_openapi_read_t *o);
ngx_int_t mcp_openapi_body(mcp_openapi_read_t *o);
ngx_int_t mcp_openapi_form(mcp_openapi_read_t *o, const cJSON *body,
    const cJSON *media, const cJSON *schema, ngx_uint_t multipart);
ngx_int_t mcp_openapi_answer(mcp_openapi_read_t *o);

/* a member of an object */
typedef struct {
    ngx_str_t                 name;
    ngx_str_t                 help;
    const cJSON              *node;
    unsigned                  required:1;
} mcp_openapi_member_t;

/* an argument for one; as mcp_openapi_add_arg() */
mcp_openapi_arg_t *mcp_openapi_add_member(mcp_openapi_read_t *o,
    mcp_openapi_member_t *member);

/* an argument for a body that is not taken apart */
ngx_int_t mcp_openapi_body_whole(mcp_openapi_read_t *o, const cJSON *body,
    const cJSON *schema);

/* NGX_ABORT: it is more than an object of these members; likewise NGX_OK,
 * NGX_DECLINED, NGX_ERROR.  What cannot be sent is left out.  "loose": what
 * more it may be is ignored */
ngx_int_t mcp_openapi_members(mcp_openapi_read_t *o, const cJSON *schema,
    ngx_uint_t loose, ngx_array_t *members);

/* of types of media, with parameters or not */
ngx_uint_t mcp_openapi_is_json(const char *type);

/* a string of bytes, which JSON can only have as base64 */
ngx_uint_t mcp_openapi_is_binary(mcp_openapi_read_t *o, const cJSON *schema);


#endif /* _MCP_OPENAPI_READ_H_INCLUDED_ */
