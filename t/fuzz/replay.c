
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/*
 * Runs a fuzz target on files: those named, or its corpus; TAP on stdout.
 * A property that does not hold ends the program before its plan.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include "fuzz.h"


static ngx_int_t
replay_file(const char *name)
{
    char         *data;
    FILE         *file;
    size_t        size;
    struct stat   sb;

    file = fopen(name, "rb");
    if (file == NULL || fstat(fileno(file), &sb) != 0) {
        return NGX_ERROR;
    }

    data = malloc(sb.st_size);
    if (data == NULL) {
        return NGX_ERROR;
    }

    size = fread(data, 1, sb.st_size, file);
    fclose(file);

    if (size != (size_t) sb.st_size) {
        return NGX_ERROR;
    }

    /* on the way down nothing else tells which one it was */

    printf("# %s\n", name);
    fflush(stdout);

    (void) LLVMFuzzerTestOneInput((uint8_t *) data, size);

    free(data);

    return NGX_OK;
}


int
main(int argc, char **argv)
{
    int          i;
    char         pattern[4096];
    size_t       n;
    glob_t       g;
    const char  *name;

    if (argc > 1) {
        for (i = 1; i < argc; i++) {
            unit_ok(replay_file(argv[i]) == NGX_OK, "%s", argv[i]);
        }

        return unit_done();
    }

    name = strrchr(argv[0], '/');
    name = name ? name + 1 : argv[0];

    (void) snprintf(pattern, sizeof(pattern), "%s/%s/*", FUZZ_CORPUS, name);

    if (glob(pattern, 0, NULL, &g) != 0) {
        unit_ok(0, "there are inputs: %s", pattern);
        return unit_done();
    }

    for (n = 0; n < g.gl_pathc; n++) {
        unit_ok(replay_file(g.gl_pathv[n]) == NGX_OK, "%s",
                strrchr(g.gl_pathv[n], '/') + 1);
    }

    globfree(&g);

    return unit_done();
}
