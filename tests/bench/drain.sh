#!/usr/bin/env bash
# make bench-drain: statuses from the spool into a million messages, beside the same rows by staged INSERT and UPDATE
# JOIN in raw SQL, and sustained. Prints `name: value (target …) ok|short`.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if [ -n "$QUICK" ]; then name=100k messages=100000; else name=1m messages=1000000; fi
bench_site "$name"
bench_data "$name" "$messages"
# With the opcode cache, as the drain behind a webhook has it in php-fpm.
"$BENCH/$name/php" -d opcache.enable_cli=1 "$ROOT/tests/bench/drain.php"
