# shellcheck shell=bash
#
# What the scripts of util/ share; sourced, not run.
#
# TOP is the checkout.  BUILD_DIR is where everything is built, $TOP/build
# unless the caller says otherwise: but for packages, nothing is written
# anywhere else.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
BUILD_DIR=${BUILD_DIR:-$TOP/build}
mkdir -p "$BUILD_DIR"
BUILD_DIR=$(cd "$BUILD_DIR" && pwd -P)

# an ordinary user of Debian does not have nginx on the path
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

export BUILD_DIR PATH LC_ALL=C

PACKAGES_BUILD="gcc libc6-dev make dpkg-dev nginx nginx-dev libcjson-dev
                libpcre2-dev libssl-dev libyaml-dev zlib1g-dev"
PACKAGES_RUN="$PACKAGES_BUILD curl"
PACKAGES_TEST="$PACKAGES_RUN ca-certificates clang libclang-rt-14-dev
               libfcgi-perl openssl perl procps xz-utils"


say() {
    printf '%s\n' "$*" >&2
}


die() {
    say "${0##*/}: $*"
    exit 1
}


# need PACKAGE...: installs those that are missing
need() {
    local installed name missing=()

    installed=" $(dpkg-query -W -f '${Package}=${db:Status-Status} ' "$@" \
                  2>/dev/null || :)"

    for name in "$@"; do
        case $installed in
        *" $name=installed "*) ;;
        *) missing+=("$name") ;;
        esac
    done

    if [ ${#missing[@]} = 0 ]; then
        return
    fi

    if [ "$(id -u)" = 0 ]; then
        say "installing packages: ${missing[*]}"
        apt_install "${missing[@]}"

    elif command -v sudo >/dev/null; then
        say "installing packages with sudo: ${missing[*]}"
        sudo bash -c "$(declare -f apt_install); apt_install \"\$@\"" - \
            "${missing[@]}"

    else
        die "run this as root first: apt-get install ${missing[*]}"
    fi || die "cannot install: ${missing[*]}"
}


# as root; no service is started (the nginx package would take port 80)
apt_install() (
    policy=/usr/sbin/policy-rc.d

    if [ ! -e $policy ]; then
        trap 'rm -f $policy' EXIT
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod 755 $policy
    fi

    export DEBIAN_FRONTEND=noninteractive

    apt-get -qq update >&2
    apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 install "$@" \
        </dev/null >&2
)


# lock NAME: one process at a time, until the script ends
lock() {
    exec 9>"$BUILD_DIR/.$1.lock"
    flock 9
}


checks=0
failures=0


# check NAME COMMAND...: one line of TAP, and what the command said if it failed
check() {
    local name=$1 text

    shift
    checks=$((checks + 1))

    if text=$("$@" 2>&1); then
        echo "ok $checks - $name"

    else
        failures=$((failures + 1))
        echo "not ok $checks - $name"
        printf '%s\n' "$text" | sed 's/^/# /' >&2
    fi
}


# ends a script of checks
checked() {
    echo "1..$checks"
    [ "$checks" -gt 0 ] && [ "$failures" = 0 ]
}
