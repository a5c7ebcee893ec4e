#!/bin/bash
#
# Prints a directory with nginx's files from the Debian archive.
#
#   util/nginx-source.sh         the source of the installed version, with
#                                Debian's patches
#   util/nginx-source.sh SUITE   headers and configure scripts (nginx-dev) of
#                                the version in another suite: trixie, sid
#
# Downloads once, as any user, through package lists of its own under
# build/source; the lists and entries of the system are only read.

set -eu

. "$(dirname "$0")/lib.sh"


# the machine's package entries, which come in two formats, into directory $1;
# with a suite only those of the main suite, renamed
entries() {
    local release

    release=$(. /etc/os-release && echo "$VERSION_CODENAME")

    paragraphs /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
        | perl -ne '
            BEGIN { ($type, $suite, $release) = splice @ARGV, 0, 3 }
            /^\s*deb(?:-src)?\s+(\[.*?\]\s+)?(\w+:\/\S+)\s+(\S+)\s(.*)/ or next;
            next if $suite && $3 ne $release;
            print "$type ", $1 // "", "$2 ", $suite || $3, " $4\n";
        ' "$type" "$suite" "$release" | sort -u >"$1/system.list"

    paragraphs /etc/apt/sources.list.d/*.sources \
        | perl -00 -ne '
            BEGIN { ($type, $suite, $release) = splice @ARGV, 0, 3 }
            s/^#.*\n//mg;
            s/^Types:.*/Types: $type/mi or next;
            next if $suite && !/^Suites:.*\s$release(?:\s|$)/mi;
            s/^Suites:.*/Suites: $suite/mi if $suite;
            print;
        ' "$type" "$suite" "$release" >"$1/system.sources"
}


# what exists of the named files, an empty line after each
paragraphs() {
    local name

    for name in "$@"; do
        [ ! -e "$name" ] || { cat "$name"; echo; }
    done
}


download() {
    local options candidate

    mkdir -p "$dir/entries" "$dir/lists/partial" "$dir/cache" "$dir/files"
    cd "$dir/files"

    entries "$dir/entries"

    options=(-qq
             -o "Dir::Etc::sourcelist=/dev/null"
             -o "Dir::Etc::sourceparts=$dir/entries"
             -o "Dir::State::lists=$dir/lists"
             -o "Dir::Cache=$dir/cache"
             -o "Acquire::Languages=none"
             -o "APT::Sandbox::User=root")

    # fails for an entry that has no sources, which does not matter
    apt-get "${options[@]}" update || :

    if [ -n "$suite" ]; then
        apt-get "${options[@]}" download nginx-dev \
            && dpkg-deb -x nginx-dev_*.deb . \
            && mv usr/share/nginx/src ../tree

    else
        # the installed revision may have left the archive, and the files of
        # a newer one may not have reached every mirror yet
        for candidate in "$version" $(listed "${options[@]}"); do
            if apt-get "${options[@]}" source "nginx=$candidate"; then
                mv nginx-*/ ../tree
                return
            fi
        done

        return 1
    fi
}


# the revisions of the source in the lists, the newest first
listed() {
    apt-cache "$@" showsrc --only-source nginx \
        | sed -n 's/^Version: //p' | sort -Vru
}


suite=${1:-}

if [ -n "$suite" ]; then
    need dpkg-dev perl
    dir=$BUILD_DIR/source/$suite
    type=deb
    version=

else
    need dpkg-dev nginx perl xz-utils
    version=$(dpkg-query -W -f '${source:Version}' nginx)
    dir=$BUILD_DIR/source/$version
    type=deb-src
fi

lock source

if [ ! -d "$dir/tree" ]; then
    say "downloading the source of nginx ${version:-in $suite}"
    rm -rf "$dir"
    mkdir -p "$dir"
    ( download ) >"$dir/log" 2>&1 || die "cannot download it: see $dir/log"
    rm -rf "$dir/entries" "$dir/lists" "$dir/cache" "$dir/files"
fi

echo "$dir/tree"
