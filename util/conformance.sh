#!/bin/bash
#
# Runs the official conformance suite against the module: every scenario for a
# server, in every revision, a warning is a failure.
#
#   util/conformance.sh                  with 1 and with 4 workers
#   util/conformance.sh WORKERS...
#   BUILD=sanitize util/conformance.sh   on nginx with ASan and UBSan
#
# The suite comes from npm (t/npm), the tools it calls are t/conformance, what
# is known to fail is t/conformance/expected-failures.

set -eu

. "$(dirname "$0")/lib.sh"

command -v npm >/dev/null || need npm

"$TOP/util/build.sh"

out=$BUILD_DIR

if [ "${BUILD:-plain}" = sanitize ]; then
    out=$BUILD_DIR/sanitize
    export TEST_NGINX_BINARY="$out/nginx" TEST_NGINX_SANITIZE=1
fi

export TEST_NGINX_MODULE="$out"/ngx_http_mcp_module.so

[ $# -gt 0 ] || set -- 1 4

rc=0

for workers in "$@"; do
    say "$workers worker(s)"
    TEST_WORKERS=$workers prove -v "$TOP/t/conformance.t" || rc=1
done

exit $rc
