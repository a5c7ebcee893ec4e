
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp_files.h>


/* tool "list_files" */


typedef struct {
    cJSON          *entries;
    ngx_uint_t      n;
    ngx_uint_t      max;
    unsigned        full:1;
} ngx_http_mcp_files_list_t;


static ngx_int_t ngx_http_mcp_files_list_roots(ngx_http_mcp_call_t *call);
static ngx_int_t ngx_http_mcp_files_list_entry(
    ngx_http_mcp_files_walk_t *walk, ngx_http_mcp_tree_entry_t *entry);
static cJSON *ngx_http_mcp_files_list_item(cJSON *entries, u_char *path,
    const char *type);


ngx_int_t
ngx_http_mcp_files_list(ngx_http_mcp_call_t *call, const cJSON *args)
{
    cJSON                            *out;
    ngx_int_t                         rc;
    ngx_str_t                         path;
    ngx_http_mcp_files_list_t         list;
    ngx_http_mcp_files_walk_t         walk;
    const ngx_http_mcp_files_root_t  *root;

    rc = ngx_http_mcp_files_where(call, args, &root, &path);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : rc;
    }

    if (root == NULL) {
        return path.len ? ngx_http_mcp_files_which(call)
                        : ngx_http_mcp_files_list_roots(call);
    }

    out = cJSON_CreateObject();

    list.entries = cJSON_AddArrayToObject(out, "entries");
    list.n = 0;
    list.max = ngx_http_mcp_files_number(args, "max_entries",
                                     NGX_HTTP_MCP_FILES_ENTRIES_DEFAULT);
    list.full = 0;

    walk.call = call;
    walk.tree = &root->tree;
    walk.names = cJSON_GetObjectItemCaseSensitive(args, "names");
    walk.deadline = ngx_http_mcp_files_now() + NGX_HTTP_MCP_FILES_TIME;
    walk.handler = ngx_http_mcp_files_list_entry;
    walk.data = &list;
    walk.cut = NULL;

    rc = list.entries
         ? ngx_http_mcp_files_walk(&walk, &path,
                                   ngx_http_mcp_files_number(args, "depth", 1))
         : NGX_ERROR;

    if (rc == NGX_DECLINED) {
        cJSON_Delete(out);
        return ngx_http_mcp_files_missing(call, "directory", root, &path);
    }

    if (list.full) {
        walk.cut = "entries";
    }

    if (rc != NGX_OK
        || cJSON_AddStringToObject(out, "root", (char *) root->name.data)
           == NULL
        || cJSON_AddNumberToObject(out, "count", list.n) == NULL
        || (walk.cut
            && cJSON_AddStringToObject(out, "truncated", walk.cut) == NULL))
    {
        cJSON_Delete(out);
        return NGX_ERROR;
    }

    return ngx_http_mcp_result(call, out);
}


static ngx_int_t
ngx_http_mcp_files_list_roots(ngx_http_mcp_call_t *call)
{
    cJSON                            *out, *entries;
    ngx_uint_t                        i;
    ngx_http_mcp_files_conf_t        *mfcf;
    const ngx_http_mcp_files_root_t  *root;

    mfcf = ngx_http_mcp_loc_conf(call, &ngx_http_mcp_files_module);
    root = mfcf->roots->elts;

    out = cJSON_CreateObject();
    entries = cJSON_AddArrayToObject(out, "entries");

    if (cJSON_AddNumberToObject(out, "count", mfcf->roots->nelts) == NULL
        || entries == NULL)
    {
        goto failed;
    }

    for (i = 0; i < mfcf->roots->nelts; i++) {
        if (ngx_http_mcp_files_list_item(entries, root[i].name.data, "root")
            == NULL)
        {
            goto failed;
        }
    }

    return ngx_http_mcp_result(call, out);

failed:

    cJSON_Delete(out);

    return NGX_ERROR;
}


static ngx_int_t
ngx_http_mcp_files_list_entry(ngx_http_mcp_files_walk_t *walk,
    ngx_http_mcp_tree_entry_t *entry)
{
    cJSON                      *item;
    u_char                      text[sizeof("1970-09-28T12:00:00Z") + 16];
    ngx_tm_t                    tm;
    ngx_http_mcp_files_list_t  *list;

    list = walk->data;

    if (list->n == list->max) {
        list->full = 1;
        return NGX_DONE;
    }

    item = ngx_http_mcp_files_list_item(list->entries, entry->path.data,
                                        entry->dir ? "directory" : "file");
    if (item == NULL) {
        return NGX_ERROR;
    }

    list->n++;

    if (!entry->dir
        && cJSON_AddNumberToObject(item, "size", (double) entry->size) == NULL)
    {
        return NGX_ERROR;
    }

    ngx_gmtime(entry->mtime, &tm);

    (void) ngx_sprintf(text, "%4d-%02d-%02dT%02d:%02d:%02dZ%Z",
                       tm.ngx_tm_year, tm.ngx_tm_mon, tm.ngx_tm_mday,
                       tm.ngx_tm_hour, tm.ngx_tm_min, tm.ngx_tm_sec);

    return cJSON_AddStringToObject(item, "modified", (char *) text)
           ? NGX_OK : NGX_ERROR;
}


static cJSON *
ngx_http_mcp_files_list_item(cJSON *entries, u_char *path, const char *type)
{
    cJSON  *item;

    item = cJSON_CreateObject();

    if (cJSON_AddStringToObject(item, "path", (char *) path) == NULL
        || cJSON_AddStringToObject(item, "type", type) == NULL
        || !cJSON_AddItemToArray(entries, item))
    {
        cJSON_Delete(item);
        return NULL;
    }

    return item;
}
