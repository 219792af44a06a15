#!/usr/bin/env bash
# make bench-login: asking for a code and checking one, beside WordPress's REST no-op, strictly mixed on one site; the simulated
# WhatsApp answers at once. Prints `name: value (target …) ok|short`.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

simulator=${NXTCHAT_SIMULATOR:-$ROOT/target/release/simulator}
[ -x "$simulator" ] || die "$simulator is missing (make simulator)"
bench_site site
: >"$BENCH/site/log/simulator.out"
start_group "$BENCH/site/run/simulator.pid" "$BENCH/site/log/simulator.out" "$simulator" --listen 127.0.0.1:0
trap 'stop_group "$BENCH/site/run/simulator.pid"; stop_all' EXIT
wait_until 20 grep -q phone_number_ids "$BENCH/site/log/simulator.out"
NXTBENCH_SIMULATOR=$(grep phone_number_ids "$BENCH/site/log/simulator.out" | tail -n 1) "$BENCH/site/php" "$ROOT/tests/bench/login.php"
