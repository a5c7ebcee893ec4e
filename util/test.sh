#!/bin/bash
#
# Builds everything and runs every test there is: the checks, the unit tests,
# the corpus of the fuzzers, and t/*.t on nginx as installed and on nginx with
# ASan and UBSan, with one worker and with four.
#
#   util/test.sh
#
# Ends with "N passed, N failed", and with status 0 if all passed.  What was
# skipped is listed.

set -eu

. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2086
need $PACKAGES_TEST
command -v npm >/dev/null || need nodejs npm

"$TOP/util/build.sh"
BUILD=sanitize "$TOP/util/build.sh"

exec perl "$TOP/util/test.pl"
