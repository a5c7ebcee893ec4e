#!/bin/bash
#
# The core compiles with nothing of nginx but its leaf types, and uses nothing
# else: no request, event, cycle, clock, random source, log or variable.
#
#   util/check-core.sh

set -eu

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/core.sh"

# how the rest of nginx is called
beyond='\b(ngx_(http|event|stream|mail|connection|cycle|log|time|cached|process'
beyond=$beyond'|random|shmtx|slab|pid|worker|exiting)|time|clock|rand|random'
beyond=$beyond'|getenv|gettimeofday|clock_gettime)(_[a-z0-9_]*)?\b'


compiles() {
    gcc -c -O1 -fno-pie -W -Wall -Werror -Wno-unused-parameter \
        -I mcp/src/core -I src/core -I src/os/unix -I objs \
        -o check/"$1.o" "mcp/src/core/$1.c"
}


# tables are constant: nothing in .data and .bss
is_constant() {
    ! nm "check/$1.o" | grep -i ' [bdcg] '
}


includes_leaves() {
    ! grep -nE '^# *include *[<"](ngx_|\.|sys/|time)' "mcp/src/core/$1" \
        | grep -vE '<ngx_(config|core)\.h>'
}


# comments and strings may name what they like, and a type is no clock
names_leaves() {
    ! gcc -fpreprocessed -dD -E "mcp/src/core/$1" \
        | grep -v '^#' | sed -E 's/"([^"\\]|\\.)*"/""/g; s/\btime_t\b//g' \
        | grep -E "$beyond"
}


core_prepare
mkdir -p check

for source in mcp/src/core/*.c; do
    name=$(basename "$source" .c)
    check "$name compiles" compiles "$name"
    check "$name has no variables" is_constant "$name"
done

for source in mcp/src/core/*.[ch]; do
    name=$(basename "$source")
    check "$name includes leaves only" includes_leaves "$name"
    check "$name uses leaves only" names_leaves "$name"
done

checked
