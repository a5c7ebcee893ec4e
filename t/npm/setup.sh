#!/bin/sh
#
# Installs the npm packages of the tests and prints the Node to run them with:
# the one on the machine, or npm's Node 22 where it is older than 22.19, which
# the Inspector needs.
#
#   t/npm/setup.sh        packages and Node
#   t/npm/setup.sh node   Node only
#
# Everything goes below t/npm and is checked against the lock files, which
# name no download addresses: npm takes its own.  A second run installs
# nothing and needs no network.

set -eu

cd "$(dirname "$0")"


install()
{
    (
        cd "$1"

        cmp -s package-lock.json node_modules/.installed && exit 0

        command -v npm >/dev/null || {
            echo "t/npm/setup.sh: npm is missing (Debian: apt install npm)" >&2
            exit 1
        }

        npm ci --loglevel=error >&2
        cp package-lock.json node_modules/.installed
    )
}


# tests may run side by side

exec 9<package.json
flock 9

if [ "${1-}" != node ]; then
    install .
fi

if node -e 'const [major, minor] = process.versions.node.split(".");
            process.exit(major * 100 + +minor >= 2219 ? 0 : 1)' 2>/dev/null
then
    command -v node
    exit
fi

install node

for node in "$PWD"/node/node_modules/node-linux-*/bin/node; do
    [ -x "$node" ] && echo "$node" && exit
done

echo "t/npm/setup.sh: npm has no Node 22 for $(uname -m)" >&2
exit 1
