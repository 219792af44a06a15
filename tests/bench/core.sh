#!/usr/bin/env bash
# make bench-core: how long the rules of templates take, natively and in Chromium, beside an empty call into the WebAssembly and
# serde_json reading the same template. Prints `name: value (target …) ok|short`; exit code 1 when one is short.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../tools/lib.sh"
cd "$ROOT"
export QUICK=${QUICK:-}
mkdir -p build/bench
# Two benchmarks at once would measure each other.
exec 9>build/bench/lock
flock -n 9 || die 'another benchmark is running'
CHROMIUM=$(command -v chromium || command -v google-chrome || command -v chromium-browser) || die 'no Chromium'
export CHROMIUM
exec node tests/bench/core.mjs
