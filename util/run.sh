#!/bin/bash
#
# Runs nginx with the module in the foreground, until Ctrl-C.
#
#   util/run.sh [-p PORT]
#
# conf.d/quickstart.conf on 127.0.0.1, port 8080 or PORT, in a directory of
# its own, build/run: an nginx that runs on the machine does not notice.

set -eu

. "$(dirname "$0")/lib.sh"


usage() {
    say "usage: util/run.sh [-p PORT]"
    exit 2
}


listening() {
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}


# once nginx listens
print_usage() {
    until listening; do
        kill -0 $$ 2>/dev/null || return
        sleep 0.1
    done

    cat <<END

MCP server: $url

Call a tool:

curl $url -H 'Content-Type: application/json' -d '$call'

A tool that is a request to an HTTP API, http://127.0.0.1:$port/api/tickets/1:

curl $url -H 'Content-Type: application/json' -d '$http'

One of conf.d/openapi.yaml:

curl $url -H 'Content-Type: application/json' -d '$openapi'

Add it to an MCP client:

{"mcpServers":{"nginx":{"type":"http","url":"$url"}}}

Log: $run/quickstart.log
Ctrl-C stops the server.

END
}


port=8080

while getopts p: option; do
    case $option in
    p) port=$OPTARG ;;
    *) usage ;;
    esac
done

[ $# -lt $OPTIND ] || usage

case $port in
*[!0-9]* | "" | ??????*) usage ;;
esac

if [ "$port" -lt 1 ] || [ "$port" -gt 65535 ]; then
    usage
fi

if listening; then
    die "port $port is in use, another one: util/run.sh -p PORT"
fi

# shellcheck disable=SC2086
need $PACKAGES_RUN
"$TOP/util/build.sh"

run=$BUILD_DIR/run
url=http://127.0.0.1:$port/mcp
call='{"jsonrpc":"2.0","id":1,"method":"tools/call",'
call=$call'"params":{"name":"add","arguments":{"a":2,"b":3}}}'

http='{"jsonrpc":"2.0","id":1,"method":"tools/call",'
http=$http'"params":{"name":"get_ticket","arguments":{"id":1}}}'

openapi='{"jsonrpc":"2.0","id":1,"method":"tools/call",'
openapi=$openapi'"params":{"name":"getProduct","arguments":{"sku":"AB-1"}}}'

mkdir -p "$run"

# paths relative to build/run
sed -e "s,127\.0\.0\.1:8080,127.0.0.1:$port," \
    -e "s,build/ngx_,../ngx_," -e "s,build/,," \
    -e "s,openapi\.yaml,$TOP/conf.d/openapi.yaml," \
    "$TOP/conf.d/quickstart.conf" >"$run/nginx.conf"

# not a child of nginx, which knows its own
(print_usage &)

exec nginx -p "$run" -c nginx.conf -e stderr
