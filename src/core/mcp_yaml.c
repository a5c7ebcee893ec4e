
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <mcp_yaml_node.h>


static ngx_int_t mcp_yaml_document(mcp_yaml_t *y, cJSON **root);
static ngx_int_t mcp_yaml_next(mcp_yaml_t *y, yaml_event_t *event);
static ngx_int_t mcp_yaml_broken(mcp_yaml_t *y);
static ngx_int_t mcp_yaml_value(mcp_yaml_t *y, yaml_event_t *event,
    cJSON *node);
static ngx_int_t mcp_yaml_collection(mcp_yaml_t *y, yaml_event_t *event,
    cJSON *node);
static ngx_int_t mcp_yaml_sequence(mcp_yaml_t *y, cJSON *node);
static ngx_int_t mcp_yaml_mapping(mcp_yaml_t *y, cJSON *node);
static ngx_int_t mcp_yaml_key(mcp_yaml_t *y, yaml_event_t *event, char **key,
    ngx_uint_t *merge);
static ngx_int_t mcp_yaml_member(mcp_yaml_t *y, mcp_yaml_map_t *map,
    char *key, ngx_uint_t merge);
static ngx_int_t mcp_yaml_add_merge(mcp_yaml_t *y, mcp_yaml_map_t *map,
    cJSON *node);
static ngx_int_t mcp_yaml_anchor(mcp_yaml_t *y, const yaml_char_t *name,
    cJSON *node);
static ngx_int_t mcp_yaml_alias(mcp_yaml_t *y, const yaml_char_t *name,
    cJSON **node);


ngx_int_t
mcp_yaml_parse(ngx_pool_t *pool, ngx_str_t *text, cJSON **root,
    ngx_str_t *err)
{
    ngx_int_t   rc;
    mcp_yaml_t  y;

    ngx_memzero(&y, sizeof(mcp_yaml_t));
    ngx_str_null(err);

    y.pool = pool;
    y.err = err;

    ngx_rbtree_init(&y.anchors, &y.sentinel, ngx_str_rbtree_insert_value);

    if (!yaml_parser_initialize(&y.parser)) {
        return NGX_ERROR;
    }

    yaml_parser_set_input_string(&y.parser, text->data, text->len);

    rc = mcp_yaml_document(&y, root);

    yaml_parser_delete(&y.parser);

    return rc;
}


static ngx_int_t
mcp_yaml_document(mcp_yaml_t *y, cJSON **root)
{
    ngx_int_t          rc;
    ngx_uint_t         i;
    yaml_event_t       event;
    yaml_event_type_t  type;

    static yaml_event_type_t  expected[] = {
        YAML_STREAM_START_EVENT, YAML_DOCUMENT_START_EVENT, YAML_NO_EVENT,
        YAML_DOCUMENT_END_EVENT, YAML_STREAM_END_EVENT
    };

    for (i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {

        rc = mcp_yaml_next(y, &event);

        if (rc != NGX_OK) {
            return rc;
        }

        type = event.type;

        if (expected[i] == YAML_NO_EVENT) {

            rc = mcp_yaml_node(y, root);

            if (rc == NGX_OK) {
                rc = mcp_yaml_value(y, &event, *root);
            }

            if (rc != NGX_OK) {
                yaml_event_delete(&event);
                return rc;
            }
        }

        yaml_event_delete(&event);

        if (expected[i] != YAML_NO_EVENT && type != expected[i]) {
            return mcp_yaml_refuse(y, type == YAML_STREAM_END_EVENT
                                      ? "there is no document"
                                      : "there is more than one document");
        }
    }

    return NGX_OK;
}


static ngx_int_t
mcp_yaml_next(mcp_yaml_t *y, yaml_event_t *event)
{
    if (!yaml_parser_parse(&y->parser, event)) {
        return mcp_yaml_broken(y);
    }

    y->line = event->start_mark.line + 1;

    return NGX_OK;
}


static ngx_int_t
mcp_yaml_broken(mcp_yaml_t *y)
{
    yaml_parser_t        *parser;
    const unsigned char  *p, *last;

    parser = &y->parser;

    if (parser->error == YAML_MEMORY_ERROR) {
        return NGX_ERROR;
    }

    y->line = parser->problem_mark.line + 1;

    if (parser->error == YAML_READER_ERROR) {

        /* a mark is of what has been understood, this is of a byte */

        y->line = 1;

        p = parser->input.string.start;
        last = parser->input.string.end;

        if ((size_t) (last - p) > parser->problem_offset) {
            last = p + parser->problem_offset;
        }

        while (p < last) {
            y->line += (*p++ == LF);
        }
    }

    return mcp_yaml_refuse(y, "%s%s%s",
                           parser->problem ? parser->problem : "not YAML",
                           parser->context ? " " : "",
                           parser->context ? parser->context : "");
}


/* the event stays the caller's */

static ngx_int_t
mcp_yaml_value(mcp_yaml_t *y, yaml_event_t *event, cJSON *node)
{
    cJSON      *target;
    ngx_int_t   rc;

    switch (event->type) {

    case YAML_ALIAS_EVENT:

        rc = mcp_yaml_alias(y, event->data.alias.anchor, &target);

        return (rc == NGX_OK) ? mcp_yaml_copy(y, target, node) : rc;

    case YAML_SCALAR_EVENT:

        rc = mcp_yaml_anchor(y, event->data.scalar.anchor, node);

        return (rc == NGX_OK) ? mcp_yaml_scalar(y, event, node) : rc;

    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return mcp_yaml_collection(y, event, node);

    default:
        return mcp_yaml_refuse(y, "a value is missing");
    }
}


static ngx_int_t
mcp_yaml_collection(mcp_yaml_t *y, yaml_event_t *event, cJSON *node)
{
    ngx_int_t           rc;
    const char         *tag, *known;
    ngx_uint_t          map;
    const yaml_char_t  *anchor;

    map = (event->type == YAML_MAPPING_START_EVENT);

    if (map) {
        tag = (char *) event->data.mapping_start.tag;
        known = YAML_MAP_TAG;
        anchor = event->data.mapping_start.anchor;

    } else {
        tag = (char *) event->data.sequence_start.tag;
        known = YAML_SEQ_TAG;
        anchor = event->data.sequence_start.anchor;
    }

    if (tag && ngx_strcmp(tag, known) != 0 && ngx_strcmp(tag, "!") != 0) {
        return mcp_yaml_refuse(y, "the tag \"%s\" is not known", tag);
    }

    if (y->depth == MCP_JSON_MAX_DEPTH) {
        return mcp_yaml_refuse(y, "values are nested too deeply");
    }

    rc = mcp_yaml_anchor(y, anchor, node);

    if (rc != NGX_OK) {
        return rc;
    }

    y->open[y->depth++] = node;

    if (map) {
        node->type |= cJSON_Object;
        rc = mcp_yaml_mapping(y, node);

    } else {
        node->type |= cJSON_Array;
        rc = mcp_yaml_sequence(y, node);
    }

    y->depth--;

    return rc;
}


static ngx_int_t
mcp_yaml_sequence(mcp_yaml_t *y, cJSON *node)
{
    cJSON         *item, *last;
    ngx_int_t      rc;
    yaml_event_t   event;

    last = NULL;

    for ( ;; ) {

        rc = mcp_yaml_next(y, &event);

        if (rc != NGX_OK) {
            return rc;
        }

        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            return NGX_OK;
        }

        rc = mcp_yaml_node(y, &item);

        if (rc == NGX_OK) {
            rc = mcp_yaml_value(y, &event, item);
        }

        yaml_event_delete(&event);

        if (rc != NGX_OK) {
            return rc;
        }

        mcp_yaml_append(node, &last, item);
    }
}


static ngx_int_t
mcp_yaml_mapping(mcp_yaml_t *y, cJSON *node)
{
    char            *key;
    ngx_int_t        rc;
    ngx_uint_t       merge;
    yaml_event_t     event;
    mcp_yaml_map_t   map;

    map.node = node;
    map.last = NULL;
    map.n = 0;
    map.nmerges = 0;

    for ( ;; ) {

        rc = mcp_yaml_next(y, &event);

        if (rc != NGX_OK) {
            return rc;
        }

        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return mcp_yaml_merge(y, &map);
        }

        rc = mcp_yaml_key(y, &event, &key, &merge);

        yaml_event_delete(&event);

        if (rc == NGX_OK) {
            rc = mcp_yaml_member(y, &map, key, merge);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }
}


static ngx_int_t
mcp_yaml_key(mcp_yaml_t *y, yaml_event_t *event, char **key,
    ngx_uint_t *merge)
{
    cJSON      *node;
    ngx_int_t   rc;

    *merge = 0;

    if (event->type == YAML_ALIAS_EVENT) {

        rc = mcp_yaml_alias(y, event->data.alias.anchor, &node);

        if (rc != NGX_OK) {
            return rc;
        }

        if (cJSON_IsString(node)) {
            *key = node->valuestring;
            return NGX_OK;
        }
    }

    if (event->type != YAML_SCALAR_EVENT) {
        return mcp_yaml_refuse(y, "a key must be a string");
    }

    rc = mcp_yaml_text(y, event, key);

    if (rc != NGX_OK) {
        return rc;
    }

    *merge = (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE
              && ngx_strcmp(*key, "<<") == 0);

    if (event->data.scalar.anchor == NULL) {
        return NGX_OK;
    }

    rc = mcp_yaml_node(y, &node);

    if (rc != NGX_OK) {
        return rc;
    }

    node->type = cJSON_String;
    node->valuestring = *key;

    return mcp_yaml_anchor(y, event->data.scalar.anchor, node);
}


static ngx_int_t
mcp_yaml_member(mcp_yaml_t *y, mcp_yaml_map_t *map, char *key,
    ngx_uint_t merge)
{
    cJSON         *node;
    ngx_int_t      rc;
    yaml_event_t   event;

    rc = mcp_yaml_next(y, &event);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = mcp_yaml_node(y, &node);

    if (rc == NGX_OK) {
        rc = mcp_yaml_value(y, &event, node);
    }

    yaml_event_delete(&event);

    if (rc != NGX_OK) {
        return rc;
    }

    if (merge) {
        return mcp_yaml_add_merge(y, map, node);
    }

    node->string = key;
    node->type |= cJSON_StringIsConst;

    mcp_yaml_append(map->node, &map->last, node);
    map->n++;

    return NGX_OK;
}


static ngx_int_t
mcp_yaml_add_merge(mcp_yaml_t *y, mcp_yaml_map_t *map, cJSON *node)
{
    cJSON  *item, *last;

    if (cJSON_IsArray(node)) {
        item = node->child;
        last = NULL;

    } else {
        item = node;
        last = node->next;
    }

    for ( /* void */ ; item != last; item = item->next) {

        if (!cJSON_IsObject(item)) {
            return mcp_yaml_refuse(y, "\"<<\" must be a mapping or a sequence "
                                   "of mappings");
        }

        if (map->nmerges == MCP_YAML_MAX_MERGES) {
            return mcp_yaml_refuse(y, "\"<<\" has more than %d mappings",
                                   MCP_YAML_MAX_MERGES);
        }

        map->merges[map->nmerges++] = item;
    }

    return NGX_OK;
}


/* an anchor may be used again, for something else from there on */

static ngx_int_t
mcp_yaml_anchor(mcp_yaml_t *y, const yaml_char_t *name, cJSON *node)
{
    uint32_t            hash;
    ngx_str_t           text;
    mcp_yaml_anchor_t  *anchor;

    if (name == NULL) {
        return NGX_OK;
    }

    text.data = (u_char *) name;
    text.len = ngx_strlen(name);

    hash = ngx_crc32_long(text.data, text.len);

    anchor = (mcp_yaml_anchor_t *) ngx_str_rbtree_lookup(&y->anchors, &text,
                                                         hash);
    if (anchor == NULL) {

        anchor = ngx_palloc(y->pool, sizeof(mcp_yaml_anchor_t));
        if (anchor == NULL) {
            return NGX_ERROR;
        }

        anchor->sn.str.len = text.len;
        anchor->sn.str.data = ngx_pstrdup(y->pool, &text);
        if (anchor->sn.str.data == NULL) {
            return NGX_ERROR;
        }

        anchor->sn.node.key = hash;

        ngx_rbtree_insert(&y->anchors, &anchor->sn.node);
    }

    anchor->node = node;

    return NGX_OK;
}


static ngx_int_t
mcp_yaml_alias(mcp_yaml_t *y, const yaml_char_t *name, cJSON **node)
{
    ngx_str_t           text;
    ngx_uint_t          i;
    mcp_yaml_anchor_t  *anchor;

    text.data = (u_char *) name;
    text.len = ngx_strlen(name);

    anchor = (mcp_yaml_anchor_t *) ngx_str_rbtree_lookup(&y->anchors, &text,
                                      ngx_crc32_long(text.data, text.len));

    if (anchor == NULL) {
        return mcp_yaml_refuse(y, "there is no anchor \"%V\"", &text);
    }

    for (i = 0; i < y->depth; i++) {

        if (y->open[i] == anchor->node) {
            return mcp_yaml_refuse(y, "the alias \"%V\" stands for what it is "
                                   "a part of", &text);
        }
    }

    *node = anchor->node;

    return NGX_OK;
}
