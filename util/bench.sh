#!/bin/bash
#
# How fast the module is, beside what it can be compared with, in one run:
# "return 200" with the same bytes (the limit) and the same tool in Lua.
#
#   util/bench.sh             about 14 minutes and a million requests
#   util/bench.sh quick       about a minute, to see that all is well
#   util/bench.sh peers       with the official TypeScript SDK as well
#   util/bench.sh callgrind   instructions of one request, by function
#   util/bench.sh streams     10,000 streams that listen, on one worker: memory,
#                             time until all are told, calls beside them
#   util/bench.sh upstream    tools of nginx.conf beside a plain proxy_pass, two
#                             passes at once, a large OpenAPI document
#   util/bench.sh auth        what keys, tokens and mcp_inspect cost
#
#   BENCH_CPUS=0,1   the core of the server and the core of wrk
#   BENCH_ROUNDS=N BENCH_SECONDS=N BENCH_REQUESTS=N BENCH_CONNECTIONS=N,...
#   BENCH_STREAMS=N
#
# Prints a table for the README and whether the targets are met.

set -eu

. "$(dirname "$0")/lib.sh"


usage() {
    sed -n 's/^#   \(util.*\)/\1/p' "$0" >&2
    exit 2
}


install_peers() (
    cd "$TOP/util/bench/node"

    if ! cmp -s package-lock.json node_modules/.installed; then
        npm ci --loglevel=error >&2
        cp package-lock.json node_modules/.installed
    fi
)


script=bench.pl

for word in "$@"; do
    case $word in
    quick | peers) ;;
    callgrind) script=callgrind.pl ;;
    streams) script=streams.pl ;;
    upstream) script=upstream.pl ;;
    auth) script=auth.pl ;;
    *) usage ;;
    esac
done

# shellcheck disable=SC2086
need $PACKAGES_BUILD perl util-linux wrk libnginx-mod-http-lua lua-cjson

if [ $script = callgrind.pl ]; then
    need valgrind
fi

if [ "$(nproc)" -lt 2 ]; then
    die "one core for the server and one for wrk are needed"
fi

case " $* " in
*" peers "*)
    command -v npm >/dev/null || need npm
    NODE=$("$TOP/t/npm/setup.sh" node)
    export NODE
    install_peers
    ;;
esac

"$TOP/util/build.sh"
"$TOP/util/build.sh" "$TOP/util/bench/tools"

mkdir -p "$BUILD_DIR/bench"
lock bench
dir=$(mktemp -d "$BUILD_DIR/bench/run.XXXXXX")
trap 'rm -rf "$dir"' EXIT

if [ $script = streams.pl ]; then
    gcc -O2 -Wall -o "$dir/streams" "$TOP/util/bench/streams.c"
    ulimit -n "$(ulimit -Hn)"
fi

# the core is compiled as for the module, without sanitizers
if [ $script = auth.pl ]; then
    . "$TOP/util/core.sh"
    ( core_prepare )
    cd "$CORE_DIR"
    gcc -O2 -w -o "$dir/verify" -I mcp/src/core -I src/core -I src/os/unix \
        -I objs mcp/util/bench/verify.c mcp/t/unit/stub.c \
        mcp/src/core/mcp_jwt*.c mcp/src/core/mcp_json*.c \
        mcp/src/core/mcp_buf.c mcp/src/core/mcp_number.c \
        mcp/src/core/mcp_scope.c src/core/ngx_palloc.c src/core/ngx_string.c \
        src/core/ngx_array.c src/os/unix/ngx_alloc.c \
        -Wl,--wrap=ngx_alloc,--wrap=ngx_memalign,--wrap=memcmp \
        -lcjson -lcrypto -lm
    cd "$TOP"
fi

modules=$BUILD_DIR/ngx_http_mcp_module.so
modules=$modules,$BUILD_DIR/ngx_http_bench_tools_module.so

perl "$TOP/util/bench/$script" "$dir" "$modules" "$@"
