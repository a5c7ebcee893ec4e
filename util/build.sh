#!/bin/bash
#
# Builds the module against the installed nginx.
#
#   util/build.sh                  build/ngx_http_mcp_module.so
#   util/build.sh DIR              the module in DIR, which has a "config",
#                                  into the same directory
#   BUILD=sanitize util/build.sh   build/sanitize/nginx and
#                                  build/sanitize/ngx_http_mcp_module.so:
#                                  nginx of the same version and the module
#                                  with ASan and UBSan, for tests
#   BUILD=sid util/build.sh        build/sid/ngx_http_mcp_module.so, against
#                                  the nginx of another suite of Debian
#
#   CC=clang        another compiler than gcc
#   BUILD_DIR=DIR   builds in DIR, not in build

set -eu

addon=$(cd "${1:-$(dirname "$0")/..}" && pwd -P)

. "$(dirname "$0")/lib.sh"


# nginx's scripts cannot cope with spaces in paths and write where they run:
# so they run in a directory of links and see relative paths only
prepare() {
    local name

    mkdir -p "$tree"
    cd "$tree"

    for name in auto configure src; do
        ln -sfn "$source/$name" $name
    done

    ln -sfn "$addon" addon
}


flags() {
    DEB_BUILD_MAINT_OPTIONS=reproducible=-fixfilepath,-fixdebugpath \
        dpkg-buildflags --get "$1"
}


configure() {
    local args state

    args=("${NGX_CONF_FLAGS[@]}" --builddir=objs --add-dynamic-module=addon
          --with-cc="$cc" --with-cc-opt="$cc_opt" --with-ld-opt="$ld_opt")

    # whatever changes the outcome
    state=$(printf '%s\n' "${args[@]}" "$nginx_cc_opt"; cat addon/config
            head "$source/src/core/nginx.h"; "$cc" --version
            dpkg-query -W nginx-dev libcjson-dev libpcre2-dev libssl-dev \
                libyaml-dev zlib1g-dev)

    if [ "$state" = "$(cat configured 2>/dev/null)" ]; then
        return
    fi

    rm -f configured

    # leaks of its little test programs are no concern
    if ! ASAN_OPTIONS=detect_leaks=0 ./configure "${args[@]}" >configure.log
    then
        tail -n 20 configure.log >&2
        die "configure failed: $tree/configure.log"
    fi

    # nginx copies from NULL and writes unaligned words; the module must not
    printf 'include objs/Makefile\nobjs/src/%%.o: CFLAGS += %s\n' \
           "$nginx_cc_opt" >Makefile

    printf '%s\n' "$state" >configured
}


# an nginx that is not Debian's may come first in the path
check_version() {
    local version

    version=$(sed -n 's/^#define NGINX_VERSION *"\(.*\)"$/\1/p' \
                  $source/src/core/nginx.h)

    case $(nginx -v 2>&1) in
    *nginx/"$version"*) ;;
    *) die "$(command -v nginx) is not nginx $version of Debian's nginx-dev" ;;
    esac
}


# a running nginx keeps the file it has mapped
install_file() {
    if ! cmp -s "$1" "$2"; then
        cp "$1" "$2.new"
        mv "$2.new" "$2"
    fi
}


# shellcheck disable=SC2086
need $PACKAGES_BUILD

cc=${CC:-gcc}
command -v "$cc" >/dev/null || need "$cc"

source=/usr/share/nginx/src
. $source/conf_flags

targets=modules
cc_opt="$(flags CFLAGS) -fPIC $(flags CPPFLAGS)"
ld_opt="$(flags LDFLAGS) -fPIC"
nginx_cc_opt=

case ${BUILD:-plain} in

plain)
    out=$BUILD_DIR
    check_version
    ;;

sanitize)
    out=$BUILD_DIR/sanitize
    targets="binary modules"
    check_version
    source=$("$TOP/util/nginx-source.sh")
    cc_opt="-O1 -fno-omit-frame-pointer -fPIC -DNGX_DEBUG_PALLOC=1"
    cc_opt="$cc_opt -fsanitize=address,undefined"
    cc_opt="$cc_opt -fno-sanitize-recover=undefined"
    ld_opt="-fsanitize=address,undefined -Wl,-E -Wl,-Bsymbolic"
    nginx_cc_opt="-fno-sanitize=alignment,nonnull-attribute,pointer-overflow"

    # every module has a variable ngx_modules, as nginx has: look at the own
    # one, for gcc this is -Bsymbolic
    case $cc in
    *clang*) cc_opt="$cc_opt -mllvm -asan-use-private-alias=1" ;;
    esac
    ;;

*)
    out=$BUILD_DIR/$BUILD
    source=$("$TOP/util/nginx-source.sh" "$BUILD")
    ;;

esac

tree=$out

if [ "$addon" != "$TOP" ]; then
    tree=$out/modules/$(basename "$addon")
    targets=modules
fi

mkdir -p "$out"
lock "${BUILD:-plain}"
prepare
configure

# shellcheck disable=SC2086
make -j"$(nproc)" --no-print-directory $targets >make.log

for name in objs/nginx objs/*.so; do
    [ ! -e "$name" ] || install_file "$name" "$out/$(basename "$name")"
done
