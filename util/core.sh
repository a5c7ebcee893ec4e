# shellcheck shell=bash
#
# What util/unit.sh and util/fuzz.sh share; sourced after lib.sh.
#
# In build/core "mcp" is the checkout, "src" the source of nginx, "objs" what
# its configure script found out, without http, PCRE and OpenSSL: so the
# makefile sees relative paths only, and the core no header it must not see.

CORE_DIR=$BUILD_DIR/core


core_prepare() {
    local name source state

    # shellcheck disable=SC2086
    need $PACKAGES_TEST

    source=$("$TOP/util/nginx-source.sh")
    state=$source$(dpkg-query -W gcc clang libc6-dev 2>/dev/null || :)

    lock core
    mkdir -p "$CORE_DIR" "$BUILD_DIR/unit" "$BUILD_DIR/fuzz"
    cd "$CORE_DIR"

    for name in auto configure src; do
        ln -sfn "$source/$name" $name
    done

    ln -sfn "$TOP" mcp

    if [ "$state" != "$(cat configured 2>/dev/null)" ]; then
        rm -rf configured objs gcc clang fuzzer

        ./configure --builddir=objs --without-http --without-pcre \
            >configure.log || die "configure failed: $CORE_DIR/configure.log"

        printf '%s\n' "$state" >configured
    fi
}


# core_names DIRECTORY OTHER: what t/DIRECTORY has programs of; OTHER is none
core_names() {
    local source name

    for source in "$TOP/t/$1"/*.c; do
        name=$(basename "$source" .c)
        [ "$name" = "$2" ] || echo "$name"
    done
}


# core_make GOAL... [VARIABLE=VALUE...]
core_make() {
    local cc=${CC:-gcc}

    command -v "$cc" >/dev/null || need "$cc"

    make -C "$CORE_DIR" -f mcp/util/core.mk -j"$(nproc)" -s \
        --no-print-directory CC="$cc" OUT="${cc##*/}" \
        CORPUS="$TOP/t/fuzz/corpus" "$@" >&2

    # other runs may build while the tests of this one run
    exec 9>&-
}
