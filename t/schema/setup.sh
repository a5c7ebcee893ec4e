#!/bin/bash
#
# Prints two paths: the program that runs the official JSON Schema test suite,
# which it builds, and the directory of the suite, which it fetches once.
#
#   t/schema/setup.sh
#
# The suite is the one that Debian has in libtest-json-schema-acceptance-perl.
# Only its files are needed: they are unpacked below build/, the package and
# what it depends on are not installed, unless that is the only way.

set -eu

. "$(dirname "$0")/../../util/lib.sh"
. "$TOP/util/core.sh"

PACKAGE=libtest-json-schema-acceptance-perl
SHARE=usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance


# the lists of the machine may be old or missing
download() {
    rm -rf "$dir"
    mkdir -p "$dir"
    cd "$dir"

    apt-get -qq -o APT::Sandbox::User=root download "$PACKAGE" >log 2>&1 \
        && dpkg-deb -x "$PACKAGE"_*.deb .
}


core_prepare
core_make ../schema/suite

lock schema
dir=$BUILD_DIR/schema/debian
suite=$dir/$SHARE/tests

if [ ! -d "$suite" ] && ! ( download ); then
    need "$PACKAGE"
    suite=/$SHARE/tests
fi

[ -d "$suite" ] || die "no suite in $suite"

echo "$BUILD_DIR/schema/suite"
echo "$suite"
