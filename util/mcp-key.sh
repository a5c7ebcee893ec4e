#!/bin/bash
#
# Makes API keys for the file of mcp_api_keys.
#
#   util/mcp-key.sh new NAME [SCOPE...] [not_before=TIME] [expires=TIME]
#                       [tools=PATTERN,...]
#   util/mcp-key.sh digest
#   util/mcp-key.sh --help
#
# "new" makes a key of 256 random bits.  Its line for the file goes to stdout,
# and the key itself, this once, to stderr: it is kept nowhere.
#
#   util/mcp-key.sh new alice read write expires=2027-01-01 >>mcp.keys
#   util/mcp-key.sh new ci 'tools=search_*' >>mcp.keys 2>ci.key
#
# NAME is that of the caller, in logs and limits; several keys may have one, so
# that the next is given out before the last is taken away.  Without SCOPE a
# key has no scope.  TIME is a date, 2027-01-01, or a time, 2027-01-01T08:00:00Z,
# in UTC, or ten digits of seconds since 1970.  PATTERN is a name of a tool with
# "*" for any characters.
#
# "digest" reads a key from stdin and prints its digest, the first word of its
# line: to find the line of a key, or to write one for a key that there is.
# A terminal does not show what is typed.
#
# A key is never an argument of a process, which others could see.  nginx reads
# the file when it starts and when it reloads.

set -euo pipefail

export LC_ALL=C


die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}


help() {
    sed -n '3,/^$/s/^# \{0,1\}//p' "$0"
}


usage() {
    help | sed -n '/new NAME/,/--help/p' >&2
    exit 2
}


# digest KEY: of a function, which is no process
digest() {
    local sum

    sum=$(printf '%s' "$1" | openssl dgst -sha256 -r)
    sum=${sum%% *}

    [[ $sum =~ ^[0-9a-f]{64}$ ]] || die "openssl dgst failed"

    printf '%s\n' "$sum"
}


# seconds TIME: of what nginx accepts too
seconds() {
    local day=$1 time=00:00:00 date

    if [[ $1 =~ ^[1-9][0-9]{9}$ ]]; then
        printf '%s\n' "$1"
        return
    fi

    if [[ $1 =~ ^(.*)T([0-9:]{8})Z$ ]]; then
        day=${BASH_REMATCH[1]}
        time=${BASH_REMATCH[2]}
    fi

    # what date understands in another way comes back as another one

    [[ $day =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ ]] \
        && date=$(date -u -d "$day $time" '+%FT%T %s' 2>/dev/null) \
        && [ "${date% *}" = "${day}T$time" ] \
        && [ "${date#* }" -gt 0 ] \
        || return 1

    printf '%s\n' "${date#* }"
}


new() {
    local name=$1 word scopes='' rest='' key sum from=0 until=''

    shift

    [[ ${#name} -le 128 && $name =~ ^[!-~]+$ && $name != *[\"\\=]* \
       && $name != - ]] \
        || die "invalid name, expected up to 128 ASCII characters without" \
               "spaces, quotes, backslashes and \"=\""

    for word in "$@"; do

        case $word in

        not_before=*)
            [[ " $rest" != *' not_before='* ]] || die "not_before= twice"
            from=$(seconds "${word#*=}") \
                || die "invalid time \"${word#*=}\", expected 2027-01-01," \
                       "2027-01-01T08:00:00Z or ten digits of seconds"
            rest+=" $word"
            ;;

        expires=*)
            [ -z "$until" ] || die "expires= twice"
            until=$(seconds "${word#*=}") \
                || die "invalid time \"${word#*=}\", expected 2027-01-01," \
                       "2027-01-01T08:00:00Z or ten digits of seconds"
            rest+=" $word"
            ;;

        tools=*)
            [[ " $rest" != *' tools='* ]] || die "tools= twice"
            [[ ,${word#*=}, != *,,* && ${word#*=} != *[[:space:][:cntrl:]]* ]] \
                || die "invalid \"$word\", expected names of tools with" \
                       "commas between them"
            rest+=" $word"
            ;;

        *)
            [[ ${#word} -le 128 && $word =~ ^[!-~]+$ \
               && $word != *[\"\\,=]* && $word != - ]] \
                || die "invalid scope \"$word\", expected up to 128 ASCII" \
                       "characters without spaces, commas, quotes," \
                       "backslashes and \"=\""
            scopes+=${scopes:+,}$word
            ;;

        esac
    done

    if [ -n "$until" ]; then
        [ "$until" -gt "$from" ] || die "it expires before it begins"
        [ "$until" -gt "$(date +%s)" ] || die "it has expired already"
    fi

    key=mcp_$(openssl rand 32 | openssl base64 -A | tr '+/' '-_' | tr -d '=')

    [[ $key =~ ^mcp_[A-Za-z0-9_-]{43}$ ]] || die "openssl rand failed"

    sum=$(digest "$key")

    # who has no line gets no key
    printf '%s %s %s%s\n' "$sum" "$name" "${scopes:--}" "$rest"
    printf '%s\n' "$key" >&2
}


read_digest() {
    local key

    if [ -t 0 ]; then
        printf 'Key: ' >&2
        IFS= read -rs key
        printf '\n' >&2

    # it ends where stdin does, or with a byte that is in no key
    elif IFS= read -r -d '' key; then
        key=

    else
        key=${key%$'\n'}
    fi

    [[ ${#key} -le 16384 && $key =~ ^[A-Za-z0-9._~+/=-]+$ ]] \
        || die "this is no key, expected letters, digits and any of ._~+/=-"

    digest "$key"
}


case ${1:-} in

new)
    [ $# -ge 2 ] || usage
    shift
    new "$@"
    ;;

digest)
    [ $# = 1 ] || usage
    read_digest
    ;;

-h | --help | help)
    help
    ;;

*)
    usage
    ;;

esac
