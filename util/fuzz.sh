#!/bin/bash
#
# Fuzzes the core, or replays what fuzzing has found.
#
#   util/fuzz.sh                     replays the corpus of all targets: TAP
#   util/fuzz.sh build               only builds that, and prints the paths
#   util/fuzz.sh SECONDS [NAME...]   libFuzzer, each target so many seconds
#
#   BUILD_DIR=DIR                    builds in DIR, not in build
#
# Each t/fuzz/NAME.c is one target: LLVMFuzzerTestOneInput(), which includes
# fuzz.h and states properties with fuzz_assert().  A property is more than
# "does not crash": what goes round comes back the same, results lie within
# the input, two ways agree.  The inputs in t/fuzz/corpus/NAME are few and made
# by hand, or are what a bug was found with; every test run replays them
# with build/fuzz/NAME, which any compiler builds and prove can run as it is.
# t/fuzz/NAME.dict, if there is one, is a dictionary for libFuzzer.
#
# What libFuzzer finds interesting is kept in build/fuzz/corpus/NAME.  An input
# that breaks a property is left in build/fuzz/NAME-*: fix the bug, and add the
# input to the corpus.

set -eu

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/core.sh"


fuzz() {
    local name=$1 corpus=$BUILD_DIR/fuzz/corpus/$1 options

    options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048
             -max_len=4096 -print_final_stats=1 -verbosity=1
             -artifact_prefix="$BUILD_DIR/fuzz/$name-")

    if [ -e "$TOP/t/fuzz/$name.dict" ]; then
        options+=(-dict="$TOP/t/fuzz/$name.dict")
    fi

    mkdir -p "$corpus"

    say "$name: $seconds seconds"

    if ! "$CORE_DIR/fuzzer/$name" "${options[@]}" "$corpus" \
        "$TOP/t/fuzz/corpus/$name" >"$BUILD_DIR/fuzz/$name.log" 2>&1
    then
        tail -n 60 "$BUILD_DIR/fuzz/$name.log" >&2
        die "$name: failed, see $BUILD_DIR/fuzz/$name.log"
    fi

    sed -n 's/^stat::\(number_of_executed_units\)/  \1/p' \
        "$BUILD_DIR/fuzz/$name.log"
}


core_prepare

mapfile -t names < <(core_names fuzz replay)

case ${1:-} in

[0-9]*)
    seconds=$1
    shift
    [ $# = 0 ] || names=("$@")

    CC=clang core_make "${names[@]/#/fuzzer/}" OUT=fuzzer \
        SANITIZE=fuzzer-no-link,address,undefined

    for name in "${names[@]}"; do
        fuzz "$name"
    done
    ;;

build)
    core_make "${names[@]/#/../fuzz/}"
    printf '%s\n' "${names[@]/#/$BUILD_DIR/fuzz/}"
    ;;

"")
    core_make "${names[@]/#/../fuzz/}"
    cd "$BUILD_DIR/fuzz"
    prove "${names[@]/#/./}"
    ;;

*)
    die "usage: util/fuzz.sh [build | SECONDS [NAME...]]"
    ;;

esac
