#!/usr/bin/env bash
# Writes php/nxtchat.stub.php from the built extension; with --check only says whether it is current (exit 1 and a diff when not).
set -euo pipefail
cd "$(dirname "$0")/.."
so=$PWD/target/release/libnxtchat.so
[ -f "$so" ] || { echo "stubs: build the extension first (make build)" >&2; exit 2; }
made=$(mktemp)
trap 'rm -f "$made"' EXIT
php -n -d extension="$so" tools/stubs.php > "$made"
php -n -l "$made" > /dev/null
if [ "${1:-}" = --check ]; then
	diff -u php/nxtchat.stub.php "$made" || { echo "stubs: php/nxtchat.stub.php is stale; run tools/stubs.sh" >&2; exit 1; }
	echo "stubs: php/nxtchat.stub.php is current"
else
	cp "$made" php/nxtchat.stub.php
fi
