#!/usr/bin/env bash
# Installs what building, the demo and the tests need on a fresh Debian or Ubuntu; silent and instant when all is there.
#
#   tools/deps.sh [build|demo|test|bench]    each includes the ones before it; default: demo
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

level=${1:-demo}
case $level in build | demo | test | bench) ;; *) die "build, demo, test or bench, not '$level'" ;; esac
# The oldest that builds the extension (std's file locks) and the screens (their bundler).
RUST_MIN=1.89
NODE_MIN=18.18
WASM_TRIPLE=wasm32-unknown-unknown
# A machine that cannot reach Rust's server goes on with Debian's compiler after this, seconds.
TARGET_TIMEOUT_S=120

export PATH="$HOME/.cargo/bin:$PATH"
missing=()
need() { local package=$1; shift; "$@" >/dev/null 2>&1 || missing+=("$package"); }
has() { command -v "$1" || [ -x "/usr/sbin/$1" ]; }
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }
php_has() { php -r "exit( extension_loaded( \"$1\" ) ? 0 : 1 );"; }
php_fpm() { has "php-fpm$(php -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')" || has php-fpm; }
libclang() { ls /usr/lib/llvm-*/lib/libclang.so* /usr/lib/*/libclang*.so*; }
rust_ok() { at_least "$RUST_MIN" "$(cargo --version | cut -d' ' -f2)" && cargo fmt --version && cargo clippy --version; }
wasm_std() { compgen -G "$("$1" --print sysroot)/lib/rustlib/$WASM_TRIPLE/lib/libstd-*.rlib"; }
wasm_ok() { wasm_std rustc || { [ -x /usr/bin/cargo ] && wasm_std /usr/bin/rustc && { has wasm-ld-14 || has wasm-ld; }; }; }
node_ok() { at_least "$NODE_MIN" "$(node --version | tr -d v)" && npm --version; }

need ca-certificates test -f /etc/ssl/certs/ca-certificates.crt
need curl has curl
need build-essential has cc            # links the extension, compiles ring and SQLite
need build-essential has make
need php-cli has php
need php-dev has php-config            # PHP's headers, for the extension
need libclang-dev libclang             # reads those headers (bindgen)
need clang has clang
if ! node_ok >/dev/null 2>&1; then has node >/dev/null 2>&1 || missing+=(nodejs); has npm >/dev/null 2>&1 || missing+=(npm); fi

if [ "$level" != build ]; then
	need php-fpm php_fpm
	need nginx has nginx
	need mariadb-server-core has mariadbd     # without mariadb-server: no service is installed
	need mariadb-client has mariadb
	need php-mysql php_has mysqli             # WordPress on MariaDB
	need php-sqlite3 php_has pdo_sqlite       # WordPress on SQLite
	need php-curl php_has curl
	need php-gd php_has gd
	need php-mbstring php_has mbstring
	need php-xml php_has xml
	need php-zip php_has zip                  # unpacks the SQLite drop-in
fi
if [ "$level" = test ] || [ "$level" = bench ]; then
	need phpunit has phpunit
	need python3-venv python3 -c 'import ensurepip, venv' # libphonenumber's port, to compare numbers with
	need openssl has openssl                  # a certificate for the HTTPS test
	if ! has chromium >/dev/null 2>&1 && ! has google-chrome >/dev/null 2>&1; then missing+=(chromium); fi
	need fonts-dejavu-core test -d /usr/share/fonts/truetype/dejavu
fi
if [ "$level" = bench ]; then
	need wrk has wrk                          # load generator
	need procps has pgrep                     # the workers' processor time
fi

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else die "as root, please: $*"; fi
}

apt_install() { # apt_install PACKAGE…
	command -v apt-get >/dev/null || die "this machine has no apt; please install: $*"
	say "installing with apt: $*"
	# The packages' services must not start: the demo and the tests run servers of their own.
	local policy=/usr/sbin/policy-rc.d
	if [ ! -e "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
		as_root chmod 0755 "$policy"
		trap "as_root rm -f $policy" EXIT
	fi
	as_root apt-get update -qq
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-remove --no-install-recommends "$@" >/dev/null
}

if [ ${#missing[@]} -gt 0 ]; then
	mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
	apt_install "${missing[@]}"
fi

if ! node_ok >/dev/null 2>&1; then die "Node.js $NODE_MIN or newer with npm is needed; this machine offers $(node --version 2>/dev/null || echo none)"; fi

if ! rust_ok >/dev/null 2>&1; then
	# rustup as a package where there is one, else its own installer.
	if command -v rustup >/dev/null || { apt-cache show rustup >/dev/null 2>&1 && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends rustup >/dev/null; }; then
		say "installing Rust with rustup"
		rustup toolchain install stable --profile minimal --component rustfmt --component clippy
		rustup default stable
	else
		say "installing Rust with rustup's installer"
		curl --proto '=https' --tlsv1.2 -fsSL https://sh.rustup.rs | sh -s -- -y --quiet --profile minimal --component rustfmt --component clippy
	fi
	hash -r
	rust_ok >/dev/null 2>&1 || die "Rust $RUST_MIN or newer could not be installed"
fi

# Rust for WebAssembly (tools/wasm.sh): rustup's target where it can be added, else Debian's own compiler beside.
if ! wasm_ok >/dev/null 2>&1; then
	if timeout "$TARGET_TIMEOUT_S" rustup target add "$WASM_TRIPLE" >/dev/null 2>&1 && wasm_ok >/dev/null 2>&1; then
		say "added $WASM_TRIPLE to Rust"
	else
		apt_install rustc cargo libstd-rust-dev-wasm32 lld
		wasm_ok >/dev/null 2>&1 || die "Rust for WebAssembly could not be installed: rustup target add $WASM_TRIPLE, or apt-get install rustc cargo libstd-rust-dev-wasm32 lld"
	fi
fi
