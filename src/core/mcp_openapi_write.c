
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_openapi_read.h>


#define MCP_OPENAPI_SMALL  256       /* bytes that may stand there twice */


/* a schema that is put together */
typedef struct {
    mcp_openapi_read_t        *o;
    mcp_openapi_direction_e    direction;
    mcp_buf_t                  b;
    ngx_array_t                used;     /* of mcp_openapi_def_t pointers, the
                                            near ones first */
    ngx_array_t                named;    /* likewise, those in "$defs" */
} mcp_openapi_schemas_t;


static ngx_int_t mcp_openapi_begin(mcp_openapi_schemas_t *s,
    mcp_openapi_read_t *o, mcp_openapi_direction_e direction);
static ngx_int_t mcp_openapi_use(mcp_openapi_schemas_t *s,
    mcp_openapi_part_t *part);
static ngx_int_t mcp_openapi_use_all(mcp_openapi_schemas_t *s, size_t max);
static ngx_int_t mcp_openapi_make_part(mcp_openapi_schemas_t *s,
    mcp_openapi_def_t *def, mcp_openapi_part_t **part);
static ngx_int_t mcp_openapi_write_args(mcp_openapi_schemas_t *s,
    mcp_openapi_part_t *parts);
static ngx_int_t mcp_openapi_write_part(mcp_openapi_schemas_t *s,
    mcp_openapi_part_t *part, ngx_uint_t depth);
static ngx_int_t mcp_openapi_write_hole(mcp_openapi_schemas_t *s,
    mcp_openapi_hole_t *hole, ngx_uint_t depth);
static ngx_int_t mcp_openapi_write_defs(mcp_openapi_schemas_t *s);
static ngx_int_t mcp_openapi_end(mcp_openapi_schemas_t *s, ngx_str_t *text);


ngx_int_t
mcp_openapi_write_input(mcp_openapi_read_t *o)
{
    ngx_int_t               rc;
    ngx_uint_t              i;
    mcp_openapi_arg_t      *arg;
    mcp_openapi_part_t     *parts;
    mcp_openapi_schema_t    schema;
    mcp_openapi_schemas_t   s;

    parts = ngx_pcalloc(o->scratch,
                        (o->args.nelts + 1) * sizeof(mcp_openapi_part_t));
    if (parts == NULL
        || mcp_openapi_begin(&s, o, MCP_OPENAPI_INPUT) != NGX_OK)
    {
        return NGX_ERROR;
    }

    arg = o->args.elts;

    for (i = 0; i < o->args.nelts; i++) {
        ngx_memzero(&schema, sizeof(mcp_openapi_schema_t));

        schema.node = arg[i].schema;
        schema.help = &arg[i].help;
        schema.binary = arg[i].binary;
        schema.binaries = arg[i].binaries;

        rc = mcp_openapi_convert(o, o->scratch, &schema, MCP_OPENAPI_INPUT,
                                 &parts[i]);

        if (rc == NGX_OK) {
            rc = mcp_openapi_use(&s, &parts[i]);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    rc = mcp_openapi_use_all(&s, MCP_OPENAPI_MAX_INPUT);

    if (rc == NGX_OK) {
        rc = mcp_openapi_write_args(&s, parts);
    }

    return (rc == NGX_OK) ? mcp_openapi_end(&s, &o->operation->input_schema)
                          : rc;
}


static ngx_int_t
mcp_openapi_write_args(mcp_openapi_schemas_t *s, mcp_openapi_part_t *parts)
{
    u_char              c;
    mcp_buf_t          *b;
    ngx_int_t           rc;
    ngx_uint_t          i;
    ngx_array_t        *args;
    mcp_openapi_arg_t  *arg;

    b = &s->b;
    args = &s->o->args;
    arg = args->elts;

    mcp_buf_lit(b, "{\"type\":\"object\",\"properties\":{");

    for (i = 0; i < args->nelts; i++) {

        if (i) {
            mcp_buf_char(b, ',');
        }

        mcp_buf_json_string(b, arg[i].name.data, arg[i].name.len);
        mcp_buf_char(b, ':');

        rc = mcp_openapi_write_part(s, &parts[i], 2);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    mcp_buf_char(b, '}');

    c = '[';

    for (i = 0; i < args->nelts; i++) {

        if (arg[i].required) {

            if (c == '[') {
                mcp_buf_lit(b, ",\"required\":");
            }

            mcp_buf_char(b, c);
            mcp_buf_json_string(b, arg[i].name.data, arg[i].name.len);
            c = ',';
        }
    }

    if (c == ',') {
        mcp_buf_char(b, ']');
    }

    mcp_buf_lit(b, ",\"additionalProperties\":false");

    return mcp_openapi_write_defs(s);
}


ngx_int_t
mcp_openapi_write_output(mcp_openapi_read_t *o, const cJSON *node)
{
    ngx_int_t               rc;
    mcp_openapi_part_t      part;
    mcp_openapi_schema_t    schema;
    mcp_openapi_schemas_t   s;

    ngx_memzero(&part, sizeof(mcp_openapi_part_t));
    ngx_memzero(&schema, sizeof(mcp_openapi_schema_t));

    schema.node = node;
    schema.object = 1;

    if (mcp_openapi_begin(&s, o, MCP_OPENAPI_OUTPUT) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = mcp_openapi_convert(o, o->scratch, &schema, MCP_OPENAPI_OUTPUT,
                             &part);

    if (rc == NGX_OK) {
        rc = mcp_openapi_use(&s, &part);
    }

    if (rc == NGX_OK) {
        rc = mcp_openapi_use_all(&s, MCP_OPENAPI_MAX_OUTPUT);
    }

    if (rc == NGX_OK) {
        /* "$defs" come before the last bracket */
        part.text.len--;

        rc = mcp_openapi_write_part(&s, &part, 0);
    }

    if (rc == NGX_OK) {
        rc = mcp_openapi_write_defs(&s);
    }

    return (rc == NGX_OK) ? mcp_openapi_end(&s, &o->operation->output_schema)
                          : rc;
}


static ngx_int_t
mcp_openapi_begin(mcp_openapi_schemas_t *s, mcp_openapi_read_t *o,
    mcp_openapi_direction_e direction)
{
    s->o = o;
    s->direction = direction;

    o->epoch++;

    mcp_buf_init(&s->b, o->scratch, 1024);

    if (ngx_array_init(&s->used, o->scratch, 16, sizeof(void *)) != NGX_OK
        || ngx_array_init(&s->named, o->scratch, 16, sizeof(void *))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_use(mcp_openapi_schemas_t *s, mcp_openapi_part_t *part)
{
    ngx_uint_t           i;
    mcp_openapi_def_t   *def, **slot;
    mcp_openapi_hole_t  *hole;

    hole = part->holes.elts;

    for (i = 0; i < part->holes.nelts; i++) {

        def = hole[i].def;
        s->o->work++;

        if (def->epoch != s->o->epoch) {
            def->epoch = s->o->epoch;
            def->uses = 0;
            def->cut = 0;
            def->named = 0;

            slot = ngx_array_push(&s->used);
            if (slot == NULL) {
                return NGX_ERROR;
            }

            *slot = def;
        }

        def->uses++;
    }

    return NGX_OK;
}


/* what is far from the root is left out first */

static ngx_int_t
mcp_openapi_use_all(mcp_openapi_schemas_t *s, size_t max)
{
    size_t                len;
    ngx_int_t             rc;
    ngx_uint_t            i;
    mcp_openapi_def_t    *def;
    mcp_openapi_part_t   *part;

    len = 0;

    for (i = 0; i < s->used.nelts; i++) {

        def = ((mcp_openapi_def_t **) s->used.elts)[i];

        rc = mcp_openapi_make_part(s, def, &part);

        if (rc != NGX_OK) {
            return rc;
        }

        if (len + part->text.len > max) {
            def->cut = 1;
            continue;
        }

        len += part->text.len;

        if (mcp_openapi_use(s, part) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_make_part(mcp_openapi_schemas_t *s, mcp_openapi_def_t *def,
    mcp_openapi_part_t **out)
{
    ngx_int_t              rc;
    mcp_openapi_part_t    *part;
    mcp_openapi_schema_t   schema;

    part = &def->part[s->direction];
    *out = part;

    if (!part->made && part->why.len == 0) {

        ngx_memzero(&schema, sizeof(mcp_openapi_schema_t));
        schema.node = def->node;

        rc = mcp_openapi_convert(s->o, s->o->temp, &schema, s->direction,
                                 part);

        if (rc != NGX_DECLINED) {
            return rc;
        }

        part->why = s->o->why;
    }

    if (part->why.len) {
        s->o->why = part->why;
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_write_part(mcp_openapi_schemas_t *s, mcp_openapi_part_t *part,
    ngx_uint_t depth)
{
    size_t               from;
    ngx_int_t            rc;
    ngx_uint_t           i;
    mcp_openapi_hole_t  *hole;

    from = 0;
    hole = part->holes.elts;

    for (i = 0; i < part->holes.nelts; i++) {

        mcp_buf_add(&s->b, part->text.data + from, hole[i].offset - from);
        from = hole[i].offset;

        rc = mcp_openapi_write_hole(s, &hole[i], depth);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    mcp_buf_add(&s->b, part->text.data + from, part->text.len - from);

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_write_hole(mcp_openapi_schemas_t *s, mcp_openapi_hole_t *hole,
    ngx_uint_t depth)
{
    mcp_openapi_def_t    *def, **slot;
    mcp_openapi_part_t   *part;

    def = hole->def;
    part = &def->part[s->direction];

    if (def->cut) {
        mcp_buf_lit(&s->b, "{}");
        return NGX_OK;
    }

    if (mcp_buf_len(&s->b) > MCP_OPENAPI_MAX_SCHEMA) {
        return mcp_openapi_refuse(s->o, "its schema would be larger than %d "
                                  "bytes", MCP_OPENAPI_MAX_SCHEMA);
    }

    /* where it stands once, or is small, it needs no name; one that leads
     * back to itself is used twice */

    depth += hole->depth + 1;

    if ((def->uses == 1
         || (part->holes.nelts == 0 && part->text.len <= MCP_OPENAPI_SMALL))
        && depth + part->depth <= MCP_OPENAPI_MAX_DEPTH)
    {
        return mcp_openapi_write_part(s, part, depth);
    }

    if (!def->named) {
        def->named = 1;

        slot = ngx_array_push(&s->named);
        if (slot == NULL) {
            return NGX_ERROR;
        }

        *slot = def;
    }

    mcp_buf_lit(&s->b, "{\"$ref\":\"#/$defs/");
    mcp_buf_str(&s->b, &def->name);
    mcp_buf_lit(&s->b, "\"}");

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_write_defs(mcp_openapi_schemas_t *s)
{
    u_char              c;
    ngx_int_t           rc;
    ngx_uint_t          i;
    mcp_openapi_def_t  *def;

    c = '{';

    for (i = 0; i < s->named.nelts; i++) {

        def = ((mcp_openapi_def_t **) s->named.elts)[i];

        if (i == 0) {
            mcp_buf_lit(&s->b, ",\"$defs\":");
        }

        mcp_buf_char(&s->b, c);
        mcp_buf_json_string(&s->b, def->name.data, def->name.len);
        mcp_buf_char(&s->b, ':');

        rc = mcp_openapi_write_part(s, &def->part[s->direction], 2);

        if (rc != NGX_OK) {
            return rc;
        }

        c = ',';
    }

    if (i) {
        mcp_buf_char(&s->b, '}');
    }

    mcp_buf_char(&s->b, '}');

    return NGX_OK;
}


static ngx_int_t
mcp_openapi_end(mcp_openapi_schemas_t *s, ngx_str_t *text)
{
    ngx_str_t  all;

    if (mcp_buf_done(&s->b, &all) != NGX_OK) {
        return NGX_ERROR;
    }

    if (all.len > MCP_OPENAPI_MAX_SCHEMA) {
        return mcp_openapi_refuse(s->o, "its schema would be larger than %d "
                                  "bytes", MCP_OPENAPI_MAX_SCHEMA);
    }

    s->o->total += all.len;

    text->len = all.len;
    text->data = ngx_pstrdup(s->o->conf->pool, &all);

    return text->data ? NGX_OK : NGX_ERROR;
}
