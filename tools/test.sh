#!/usr/bin/env bash
# Everything `make test` runs, one step after the other: goes on after a failure, counts, and fails when one failed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT"
export PATH="$HOME/.cargo/bin:$PATH"

passed=0 failed=0 report=() broken=()
mkdir -p build/log

# counts FILE: passed and failed tests by the closing lines of cargo, node, PHPUnit and our own runners.
counts() {
	sed -e 's/\x1b\[[0-9;]*m//g' "$1" | awk '
		/^test result: / { for (i = 1; i <= NF; i++) { if ($(i+1) ~ /^passed/) p += $i; if ($(i+1) ~ /^failed/) f += $i } }
		/^(ℹ|#) pass [0-9]+/ { p += $3 }
		/^(ℹ|#) fail [0-9]+/ { f += $3 }
		/^OK, but/ { next }
		/^OK \([0-9]+ test/ { gsub(/[(]/, "", $2); p += $2 }
		/^Tests: [0-9]+, Assertions/ {
			bad = 0; t = $2 + 0; s = 0
			for (i = 3; i < NF; i++) { if ($i ~ /^(Errors|Failures|Warnings|Risky):/) bad += $(i+1) + 0; if ($i ~ /^(Skipped|Incomplete):/) s += $(i+1) + 0 }
			f += bad; p += t - bad - s
		}
		/^[0-9]+ passed, [0-9]+ failed/ { p += $1; f += $3 }
		END { print p + 0, f + 0 }'
}

# faults FILE: what failed and why, by the words of PHPUnit, cargo, node and our own runners; else its last lines.
faults() {
	local found
	found=$(sed -e 's/\x1b\[[0-9;]*m//g' "$1" | awk '
		/^There (was|were) [0-9]+ (skipped|risky|incomplete)/ { phpunit = 0; next }
		/^There (was|were) [0-9]+ (failure|error|warning)/ { phpunit = 1; next }
		phpunit && /^(--|FAILURES!|ERRORS!)/ { left = 0; next }
		phpunit && /^[0-9]+\) / { left = 14 }
		/^FAIL|^not ok|^✖|^---- .* stdout ----|panicked at|^error(\[|:)/ { if (left < 4) left = 4 }
		left > 0 && NF { print "  " substr($0, 1, 240); left-- }' | head -n 60)
	printf '%s\n' "${found:-$(tail -n 8 "$1" | cut -c 1-240)}"
}

# run NAME COMMAND…: its output also into build/log/NAME.log, its exit code and seconds into NAME.rc. It may run in the background.
run() {
	local name=$1 begun=$SECONDS rc=0; shift
	"$@" 2>&1 | tee "build/log/$name.log" || rc=$?
	echo "$rc $((SECONDS - begun))" >"build/log/$name.rc"
}

# told NAME: counts what run() did.
told() {
	local name=$1 rc took p f
	read -r rc took <"build/log/$name.rc"
	read -r p f < <(counts "build/log/$name.log")
	# A step without tests of its own (a lint, a build) counts as one.
	if [ $((p + f)) -eq 0 ]; then if [ "$rc" = 0 ]; then p=1; else f=1; fi; fi
	if [ "$rc" != 0 ] && [ "$f" = 0 ]; then f=1; fi
	passed=$((passed + p)) failed=$((failed + f))
	[ "$rc" = 0 ] || broken+=("$name")
	report+=("$(printf '%-23s %6d passed %4d failed  %4d s%s' "$name" "$p" "$f" "$took" "$([ "$rc" = 0 ] || echo '  FAILED')")")
}

step() { # step NAME COMMAND…
	printf '\n=== %s: %s\n' "$1" "${*:2}"
	run "$@"
	told "$1"
}

# shown NAME…: what ran beside other steps.
shown() { local name; for name; do printf '\n=== %s (ran beside)\n' "$name"; cat "build/log/$name.log"; told "$name"; done; }

extension="$ROOT/target/release/libnxtchat.so"
tools/deps.sh test
step build make build
# cargo's compiling, and beside it what looks at no clock.
{ run check-rust make check-rust; run build-tests cargo test --locked --workspace --no-default-features --quiet --no-run; run build-debug cargo build --locked -q -p nxtchat; } >/dev/null & lane=$!
step check-php make check-php
step check-client make check-client
step check-house make check-house
step test-client make test-client
# Without php.ini: what the extension alone does, not what other extensions leave behind.
step native-fork php -n -d extension="$extension" tests/native/fork.php
step native-kill php -d extension="$extension" -d memory_limit=512M tests/native/kill.php
step native-leaks php -n -d extension="$extension" tests/native/leaks.php
step native-phones tests/native/phones.py
wait "$lane"
shown check-rust build-tests build-debug
step test-rust make test-rust
step test-wasm make test-wasm
for durability in full normal; do
	step "native-send-kill-$durability" php -d extension="$extension" tests/native/send-kill.php "$ROOT/target/release/simulator" "$durability"
done
step native-send-life php -d extension="$extension" tests/native/send-life.php "$ROOT/target/release/simulator"
step native-send-pace php -d extension="$extension" tests/native/send-pace.php "$ROOT/target/release/simulator"
step native-panic tests/native/panic.sh
step native-tls tests/native/tls.sh
step native-life tests/native/life.sh
# Both databases at once: they mostly wait, for the database, for processes, for the clock. Each has a copy of the plugin, because one
# test updates it. What measures rates or times runs alone.
for part in php php-long; do
	run $part-sqlite make test-$part DB=sqlite PLUGIN=copy >/dev/null & lane=$!
	step $part-mariadb make test-$part DB=mariadb PLUGIN=copy
	wait "$lane"
	shown $part-sqlite
done
for db in mariadb sqlite; do step php-alone-$db make test-php-alone DB=$db; done
step smoke-mariadb make test-smoke DB=mariadb
step smoke-sqlite make test-smoke DB=sqlite
step browser-sqlite make test-browser DB=sqlite
step browser-mariadb make test-browser DB=mariadb

printf '\n'; printf '%s\n' "${report[@]}"
# Last, because who reads only the end of a long log wants to know this.
for name in "${broken[@]}"; do printf '\n--- %s (build/log/%s.log)\n' "$name" "$name"; faults "build/log/$name.log"; done
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
