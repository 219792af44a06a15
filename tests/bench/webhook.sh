#!/usr/bin/env bash
# make bench-webhook: webhook.php under nginx and php-fpm (4 workers) beside an empty PHP file, a PHP script with HMAC
# and one UPDATE, WordPress's REST, and the disk itself. Prints `name: value (target …) ok|short`.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

bench_site site
"$BENCH/site/php" "$ROOT/tests/bench/webhook.php"
