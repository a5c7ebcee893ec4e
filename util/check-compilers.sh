#!/bin/bash
#
# The module builds with gcc and with clang, and a warning is an error.
#
#   util/check-compilers.sh

set -eu

. "$(dirname "$0")/lib.sh"


builds() {
    CC=$1 BUILD_DIR=$BUILD_DIR/$1 "$TOP/util/build.sh"
}


check "gcc" builds gcc
check "clang" builds clang
check "warnings are errors" \
    grep -q '^CFLAGS = .* -Werror ' "$BUILD_DIR"/{gcc,clang}/objs/Makefile
checked
