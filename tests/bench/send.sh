#!/usr/bin/env bash
# make bench-send: the broadcast engine beside PHP's curl_multi with 200 connections, a loop of wp_remote_post and wrk, against the simulator at 0 and 100 ms,
# plain and TLS. Prints `name: value (target …) ok|short`.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

simulator=${NXTCHAT_SIMULATOR:-$ROOT/target/release/simulator}
[ -x "$simulator" ] || die "$simulator is missing (make simulator)"
bench_site send
# A certificate that only this run trusts.
tls="$BENCH/send/tls"; mkdir -p "$tls"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=Bench CA' \
	-addext basicConstraints=critical,CA:TRUE -keyout "$tls/ca.key" -out "$tls/ca.pem" 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=localhost' -keyout "$tls/key.pem" -out "$tls/csr.pem" 2>/dev/null
printf 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n' >"$tls/ext"
openssl x509 -req -in "$tls/csr.pem" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial -days 2 -extfile "$tls/ext" -out "$tls/cert.pem" 2>/dev/null
"$BENCH/send/php" "$ROOT/tests/bench/send.php" "$simulator" "$tls"
