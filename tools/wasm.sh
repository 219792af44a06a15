#!/usr/bin/env bash
# The rules for the browser: build/wasm/core.wasm (templates, messages, markup), csv.wasm (tables; a screen loads the one it needs)
# and, beside them, `native`, all of them for this machine (for tests).
# Usage: tools/wasm.sh [--lock]   --lock makes crates/wasm/wasm.lock anew
#
# Takes rustup's wasm32 target where there is one, otherwise Debian's rustc (1.63) with libstd-rust-dev-wasm32. Debian's cargo
# reads neither today's lock files nor sparse registries, so the two crates are built as a workspace of their own below
# target/wasm, with crates/wasm/wasm.lock (the newest crates that Rust 1.63 builds) and, for Debian, vendored sources.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT"
export PATH="$HOME/.cargo/bin:$PATH"

# Largest size of each that the browser may have to load, compressed.
BUDGET_BYTES=$((120 * 1024))
TRIPLE=wasm32-unknown-unknown
STAGE="$ROOT/target/wasm/stage"
OUT="$ROOT/build/wasm"

has_target() { # has_target RUSTC: whether its libraries for wasm32 are there
	compgen -G "$("$1" --print sysroot)/lib/rustlib/$TRIPLE/lib/libstd-*.rlib" >/dev/null
}

# A workspace of core and wasm only. Their manifests inherit from the root's, of which the needed sections are taken.
stage() {
	mkdir -p "$STAGE/crates"
	rm -rf "$STAGE/crates/core" "$STAGE/crates/wasm"
	cp -a crates/core crates/wasm "$STAGE/crates/"
	{
		printf '[workspace]\nmembers = ["crates/core", "crates/wasm"]\nresolver = "2"\n\n'
		awk '/^\[/ { section = $0 }
			section == "[workspace.package]" || section ~ /^\[workspace\.lints/ { print; next }
			section == "[workspace.dependencies]" && /^(\[|serde|serde_json) *=?/ {
				# The browser has no webhooks, and the crates need less of each other without.
				sub(/, features = \["raw_value"\]/, ""); print
			}
			section == "[workspace.dependencies]" && /^\[/ {
				print "nxtchat-core = { path = \"crates/core\", default-features = false }"
			}' Cargo.toml
		printf '\n[profile.release]\nopt-level = "s"\nlto = true\ncodegen-units = 1\npanic = "abort"\nstrip = true\n'
		# Reading JSON is what an editor waits for; this makes it faster and, as it happens, not larger.
		printf '[profile.release.package.serde_json]\nopt-level = 2\n'
	} >"$STAGE/Cargo.toml"
	if [ -f crates/wasm/wasm.lock ]; then cp crates/wasm/wasm.lock "$STAGE/Cargo.lock"; fi
}

# The newest crates that Rust 1.63 builds; needs a cargo that knows rust-version.
lock() {
	rm -f "$STAGE/Cargo.lock"
	(cd "$STAGE" && CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS=fallback cargo generate-lockfile)
	sed -i 's/^version = 4$/version = 3/' "$STAGE/Cargo.lock"
	cp "$STAGE/Cargo.lock" crates/wasm/wasm.lock
}

# Two at once would take each other's stage away.
mkdir -p "$(dirname "$STAGE")"
exec 9>"$STAGE.lock"
flock 9
stage
if [ "${1:-}" = --lock ]; then lock; fi

# One module for each feature of crates/wasm, by the name of its file.
declare -A MODULES=([core]=message [csv]=csv)
mkdir -p "$OUT"

if has_target rustc; then
	compiler=$(rustc --version)
	build() { (cd "$STAGE" && cargo build "$@" --target-dir ../rustup); }
	built=target/wasm/rustup
elif [ -x /usr/bin/rustc ] && has_target /usr/bin/rustc; then
	compiler=$(/usr/bin/rustc --version)
	vendor="$ROOT/target/wasm/vendor"
	# Fetching needs today's cargo; once per lock.
	if ! cmp -s "$vendor/.lock" crates/wasm/wasm.lock; then
		rm -rf "$vendor"
		(cd "$STAGE" && cargo vendor --quiet --locked --versioned-dirs "$vendor" >/dev/null)
		cp crates/wasm/wasm.lock "$vendor/.lock"
	fi
	# Debian's rustc comes without a linker for WebAssembly, and that of today's Rust does not read its libraries.
	linker=$(command -v wasm-ld-14 wasm-ld | head -n 1 || true)
	[ -n "$linker" ] || die 'no linker for WebAssembly: apt-get install lld'
	printf '[source.crates-io]\nreplace-with = "vendored"\n[source.vendored]\ndirectory = "%s"\n' "$vendor" >target/wasm/vendor.toml
	build() {
		(cd "$STAGE" && env PATH=/usr/bin:/bin RUSTC=/usr/bin/rustc CARGO_HOME="$ROOT/target/wasm/cargo-home" \
			CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$linker" \
			/usr/bin/cargo --config "$ROOT/target/wasm/vendor.toml" build --offline "$@" --target-dir ../debian)
	}
	built=target/wasm/debian
else
	die "no Rust for WebAssembly: rustup target add $TRIPLE, or apt-get install rustc cargo libstd-rust-dev-wasm32 lld"
fi

cargo build --release --locked --quiet -p nxtchat-wasm --example native
cp target/release/examples/native crates/wasm/core.mjs "$OUT/"

for name in "${!MODULES[@]}"; do
	build --release --locked --quiet --target "$TRIPLE" -p nxtchat-wasm --no-default-features --features "${MODULES[$name]}"
	cp "$built/$TRIPLE/release/nxtchat_wasm.wasm" "$OUT/$name.wasm"
	size=$(wc -c <"$OUT/$name.wasm")
	compressed=$(gzip -9 -c "$OUT/$name.wasm" | wc -c)
	say "build/wasm/$name.wasm: $size bytes, $compressed gzipped (of $BUDGET_BYTES), by $compiler"
	[ "$compressed" -le "$BUDGET_BYTES" ] || die "$name.wasm is larger than it may be"
done
