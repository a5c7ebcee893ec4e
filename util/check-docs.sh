#!/bin/bash
#
# Each directive and each variable of the module has its section in README.md,
# "### mcp_server" or "### $mcp_tool", and each such section has its directive
# or variable.
#
#   util/check-docs.sh

set -eu

. "$(dirname "$0")/lib.sh"


# the names in the tables of a type
names() {
    sed -n "/^static ngx_$1_t .*\[\] *= *{/,/^};/p" \
        "$TOP"/src/*.c "$TOP"/src/tools/*.c \
        | sed -n 's/.*ngx_string("\(mcp[a-z_]*\)").*/\1/p' | sort
}


sections() {
    sed -n 's/^###* *`\{0,1\}\('"$1"'mcp[a-z_]*\)`\{0,1\} *$/\1/p' \
        "$TOP/README.md" | sort
}


check "there are directives" test -n "$(names command)"
check "there are variables" test -n "$(names http_variable)"
check "directives and sections" diff <(names command) <(sections '')
check "variables and sections" \
    diff <(names http_variable) <(sections '\$' | tr -d '$')
checked
