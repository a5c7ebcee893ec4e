#!/bin/bash
#
# The module builds, without a warning, against a newer nginx than the
# installed one: the newest that the machine's Debian mirror has.
#
#   util/check-mainline.sh

set -eu

. "$(dirname "$0")/lib.sh"


version() {
    sed -n 's/^#define nginx_version *\([0-9]*\)$/\1/p' "$1/src/core/nginx.h"
}


for suite in sid forky trixie; do
    source=$("$TOP/util/nginx-source.sh" $suite) || continue

    if [ "$(version "$source")" -gt "$(version /usr/share/nginx/src)" ]; then
        check "nginx $(version "$source")" \
            env BUILD=$suite "$TOP/util/build.sh"
        checked
        exit
    fi
done

echo "1..0 # SKIP no newer nginx within reach"
