#!/usr/bin/env bash
# make bench-send: the broadcast engine beside PHP's curl_multi with 200 connections, a loop of wp_remote_post and wrk, against the simulator at 0 and 100 ms,
# plain and TLS; then a broadcast to a million contacts by the real worker, with journal and tables. Prints `name: value (target …) ok|short`. PART=worker: only that.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

simulator=${NXTCHAT_SIMULATOR:-$ROOT/target/release/simulator}
[ -x "$simulator" ] || die "$simulator is missing (make simulator)"
contacts=${CONTACTS:-1000000}
[ -z "$QUICK" ] || contacts=50000
name=send-$contacts
dir="$BENCH/$name"
bench_site "$name"
# A certificate that only this run trusts.
tls="$dir/tls"; mkdir -p "$tls"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=Bench CA' \
	-addext basicConstraints=critical,CA:TRUE -keyout "$tls/ca.key" -out "$tls/ca.pem" 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=localhost' -keyout "$tls/key.pem" -out "$tls/csr.pem" 2>/dev/null
printf 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n' >"$tls/ext"
openssl x509 -req -in "$tls/csr.pem" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial -days 2 -extfile "$tls/ext" -out "$tls/cert.pem" 2>/dev/null
rc=0
[ "${PART:-}" = worker ] || "$dir/php" "$ROOT/tests/bench/send.php" "$simulator" "$tls" || rc=1

want="$contacts $("$dir/php" "$ROOT/tests/bench/setup.php" tables | cat - "$ROOT/tests/bench/send.sql" | sha256sum)"
if [ "$want" != "$(cat "$dir/data.stamp" 2>/dev/null)" ]; then
	say "$name: loading $contacts contacts (once)"
	rm -f "$dir/data.stamp"
	"$dir/php" "$ROOT/tests/bench/setup.php" fresh
	{ echo "SET @contacts = $contacts;"; cat "$ROOT/tests/bench/send.sql"; } |
		mariadb --no-defaults -uwp -pwp --socket="$dir/run/db.sock" wordpress >/dev/null
	echo "$want" >"$dir/data.stamp"
fi
"$dir/php" "$ROOT/tests/bench/send-work.php" "$simulator" || rc=1
exit "$rc"
