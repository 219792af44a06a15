#!/usr/bin/env bash
# make bench-inbox: list, thread and poll at 100,000 and at 1,000,000 messages of 50,000 contacts, beside WordPress's
# REST no-op with the same login and an empty PHP file. Prints `name: value (target …) ok|short`.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

large=1000000
[ -z "$QUICK" ] || large=100000
bench_site 100k
bench_data 100k 100000
if [ "$large" = 1000000 ]; then
	bench_site 1m
	bench_data 1m 1000000
	export NXTBENCH_LARGE="$BENCH/1m"
fi
"$BENCH/100k/php" "$ROOT/tests/bench/inbox.php"
