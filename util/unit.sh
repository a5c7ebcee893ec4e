#!/bin/bash
#
# Builds and runs the unit tests of the core.
#
#   util/unit.sh [NAME...]      all, or the named ones
#   util/unit.sh build          only builds, and prints the programs' paths
#
#   CC=clang                    another compiler than gcc
#   BUILD_DIR=DIR               builds in DIR, not in build
#
# Each t/unit/NAME.c is one program, build/unit/NAME, which prints TAP and can
# be given to prove as it is.  It includes unit.h, which has the few functions
# tests need; its rows are tables of input and expectation.  It is linked with
# all of src/core, with nginx's real leaf files of the installed version, and
# with t/unit/stub.c, which stands for the rest of nginx.  ASan and UBSan are
# on, and NGX_DEBUG_PALLOC makes each allocation from a pool one of its own,
# so that a byte too far is seen.
#
# The include path has nginx's src/core and src/os/unix and nothing of http
# or event: a core file that needs more does not compile.

set -eu

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/core.sh"


core_prepare

case ${1:-build} in
build) mapfile -t names < <(core_names unit stub) ;;
*)     names=("$@") ;;
esac

core_make "${names[@]/#/../unit/}"

if [ "${1:-}" = build ]; then
    printf '%s\n' "${names[@]/#/$BUILD_DIR/unit/}"
    exit
fi

cd "$BUILD_DIR/unit"
prove "${names[@]/#/./}"
