#!/usr/bin/env bash
# make bench-frontend: an ordinary page with and without the plugin, strictly alternating on one site.
# Prints `name: value (target …) ok|short`.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

bench_site site
"$BENCH/site/php" "$ROOT/tests/bench/frontend.php"
