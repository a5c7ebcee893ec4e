#!/bin/bash
#
# Facts about the sources that a machine can see: nginx's layout, the length of
# files and functions, nothing left behind.
#
#   util/check-style.sh

set -eu

. "$(dirname "$0")/lib.sh"

cd "$TOP"


# text files, apart from what is installed or built
files() {
    find . \( -name .git -o -name build -o -name node_modules \
              -o -name corpus \) -prune \
           -o -type f "$@" -print | sort
}


# none FILES PATTERN: no line of the files matches
none() {
    ! printf '%s\n' "$1" | xargs -d '\n' grep -nE "$2"
}


no_slashes() {
    ! printf '%s\n' "$sources" | xargs -d '\n' awk '
        { line = $0; gsub(/"([^"\\]|\\.)*"/, "", line); gsub(/:\/\//, "", line) }
        line ~ /\/\// { print FILENAME ":" FNR ": " $0; bad = 1 }
        END { exit !bad }
    '
}


short_files() {
    ! printf '%s\n' "$sources" | xargs -d '\n' wc -l \
        | awk '$2 != "total" && $1 > 800 { print; bad = 1 } END { exit !bad }'
}


# in nginx's layout a function is what is between a lone "{" and a lone "}"
short_functions() {
    ! printf '%s\n' "$sources" | xargs -d '\n' awk '
        /^\{$/ { start = FNR }
        /^\}$/ && FNR - start - 1 > 100 {
            print FILENAME ":" start ": " FNR - start - 1 " lines"; bad = 1
        }
        END { exit !bad }
    '
}


copyright() {
    ! printf '%s\n' "$sources" | xargs -d '\n' \
        grep -L '^ \* Copyright (C) the ngx_http_mcp_module authors$' | grep .
}


scripts_parse() {
    local name rc=0

    for name in util/*.sh .ci/run; do
        bash -n "$name" || rc=1
    done

    return $rc
}


sources=$(files -name '*.[ch]')
texts=$(files \( -name '*.[ch]' -o -name '*.p[lm]' -o -name '*.t' \
                 -o -name '*.sh' -o -name '*.conf' -o -name '*.md' \
                 -o -name config -o -name run -o -name Dockerfile \))

check "no line over 80 columns" none "$sources" '.{81}'
check "no tab" none "$sources" "$(printf '\t')"
check "no space at the end of a line" none "$texts" ' +$'
check "no // comment" no_slashes
check "nothing left behind" none "$sources" '\b(TO''DO|FIX''ME|XX''X)\b|^#if 0'
check "no file over 800 lines" short_files
check "no function over 100 lines" short_functions
check "each source has its copyright" copyright
check "scripts parse" scripts_parse
checked
