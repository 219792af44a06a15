#!/usr/bin/env bash
# Fuzzes the core with libFuzzer, on stable Rust; the properties are in src/properties.rs.
#   tests/fuzz/run.sh [SECONDS] [TARGET…]    default: 60 seconds each, all, one after the other
#   tests/fuzz/run.sh --minimise [TARGET…]   takes what earlier runs found into corpus/, as few and as small as possible
# What breaks a property is kept in build/fuzz/<target>/found; give it to the target again with
#   NXTCHAT_TARGET=<target> build/fuzz/run <file>
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../tools/lib.sh"
cd "$ROOT"
export PATH="$HOME/.cargo/bin:$PATH"

# Longest input that is tried, bytes; `long` grows its own.
MAX_BYTES=4096
# An input that takes longer than this has hung, seconds.
HANG_S=10
# Corpus of all targets together, bytes.
CORPUS_BYTES=$((1024 * 1024))
MEMORY_MB=1024
TRIPLE=$(rustc -vV | sed -n 's/^host: //p')

minimise='' seconds=60
case ${1:-} in
	--minimise) minimise=1; shift ;;
	[0-9]*) seconds=$1; shift ;;
esac
mapfile -t targets < <(sed -n 's/^    ("\([a-z_]*\)", .*/\1/p' tests/fuzz/src/properties.rs)
[ $# = 0 ] || targets=("$@")

# The counters that libFuzzer reads are a pass of LLVM's which stable Rust has too, once told that we know what we do.
flags=(--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
	-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
	-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1)
RUSTC_BOOTSTRAP=1 RUSTFLAGS="${flags[*]}" cargo build --quiet --release --locked --manifest-path tests/fuzz/Cargo.toml \
	--target "$TRIPLE" --target-dir target/fuzz
mkdir -p build/fuzz
# In one step: another may be running it.
cp "target/fuzz/$TRIPLE/release/nxtchat-fuzz" "build/fuzz/run.$$"
mv -f "build/fuzz/run.$$" build/fuzz/run

# What the targets begin with beside their corpus: fixtures, and Meta's examples where they are.
seed() { # seed TARGET FOLDER
	local file line at=0
	case $1 in
		template)
			for file in crates/core/tests/fixtures/templates/*.jsonl; do
				while IFS= read -r line; do at=$((at + 1)); printf '%s' "$line" >"$2/seed-$at"; done <"$file"
			done
			build/wasm/native made 200 7 2>/dev/null | sed -n 's/^4 //p' >"$2/../made" || true
			while IFS= read -r line; do at=$((at + 1)); printf '%s' "$line" >"$2/seed-$at"; done <"$2/../made"
			rm -f "$2/../made"
			cp ../shared/cloud-api/requests/template_create.*.json "$2/" 2>/dev/null || true ;;
		message) cp ../shared/cloud-api/requests/*.json "$2/" 2>/dev/null || true; rm -f "$2"/template_create.* ;;
		webhook) cp crates/core/tests/fixtures/*.json "$2/"; cp ../shared/cloud-api/webhooks/*.json "$2/" 2>/dev/null || true ;;
	esac
}

rc=0
for target in "${targets[@]}"; do
	corpus="tests/fuzz/corpus/$target" work="build/fuzz/$target"
	mkdir -p "$corpus" "$work/inputs" "$work/found"
	export NXTCHAT_TARGET="$target" RUST_BACKTRACE=0
	if [ -n "$minimise" ]; then
		# By the places reached alone: how often each is reached would keep ten times as many.
		rm -rf "$work/least"; mkdir "$work/least"
		build/fuzz/run -set_cover_merge=1 -use_counters=0 -max_len=$MAX_BYTES "$work/least" "$corpus" "$work/inputs" 2>"$work/log"
		rm -rf "$corpus"; mv "$work/least" "$corpus"
		say "$target: $(find "$corpus" -type f | wc -l) inputs, $(du -sb "$corpus" | cut -f1) bytes"
		continue
	fi
	[ -f "$work/seeded" ] || { seed "$target" "$work/inputs"; touch "$work/seeded"; }
	failed=''
	build/fuzz/run -max_total_time="$seconds" -max_len=$MAX_BYTES -timeout=$HANG_S -rss_limit_mb=$MEMORY_MB -print_final_stats=1 \
		-dict=tests/fuzz/words.dict -artifact_prefix="$work/found/" "$work/inputs" "$corpus" >"$work/log" 2>&1 || failed=1
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")
	edges=$(grep -oE 'cov: [0-9]+' "$work/log" | tail -n 1 || true)
	if [ -n "$failed" ]; then
		rc=1
		printf '%s: BROKEN\n' "$target"
		grep -A 3 'panicked at\|ERROR: libFuzzer' "$work/log" | head -n 8 | cut -c 1-2000 || true
		grep 'Test unit written' "$work/log" || true
	else
		printf '%s: ok, %s inputs in %s s, %s\n' "$target" "${runs:-0}" "$seconds" "${edges:-cov: 0}"
	fi
done
if [ -n "$minimise" ]; then
	size=$(find tests/fuzz/corpus -type f -printf '%s\n' | awk '{ s += $1 } END { print s + 0 }')
	[ "$size" -le "$CORPUS_BYTES" ] || die "the corpus has $size bytes; $CORPUS_BYTES are allowed"
fi
exit "$rc"
