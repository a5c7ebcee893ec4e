#!/bin/bash
#
# The module exports what src/ngx_http_mcp.map lists as global, all of it and
# nothing else.
#
#   util/check-symbols.sh [MODULE.so]

set -eu

. "$(dirname "$0")/lib.sh"

module=${1:-$BUILD_DIR/ngx_http_mcp_module.so}


listed() {
    sed -n '/global:/,/local:/s/^ *\([a-z_0-9]*\);.*/\1/p' \
        "$TOP/src/ngx_http_mcp.map" | sort
}


exported() {
    nm -D --defined-only "$module" | awk '{ print $3 }' | sort
}


check "there is a list" test -n "$(listed)"
check "exported symbols are the listed ones" diff <(listed) <(exported)
checked
