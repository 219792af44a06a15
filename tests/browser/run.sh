#!/usr/bin/env bash
# The whole path in a real browser against a fresh site and a simulator; everything is stopped again at the end.
#   tests/browser/run.sh [--db sqlite|mariadb] [--wp 6.8] [--name other]      screenshots: build/screenshots/<name, else db>
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../tools/lib.sh"
db=sqlite wp=6.8 name=
while [ $# -gt 0 ]; do
	case $1 in
		--db) db=$2; shift ;;
		--wp) wp=$2; shift ;;
		--name) name=$2; shift ;;
		*) die "unknown argument: $1" ;;
	esac
	shift
done
cd "$ROOT"
tools/deps.sh test
name=${name:-$db}
dir="$ROOT/build/browser-$name"
[ ! -f "$dir/site.env" ] || { tools/stack.sh stop "$dir"; stop_group "$dir/run/simulator.pid"; }
rm -rf "$dir" "build/screenshots/$name"
mkdir -p "build/screenshots/$name"
finish() { stop_group "$dir/run/simulator.pid"; tools/stack.sh stop "$dir" 2>/dev/null || true; }
trap finish EXIT
trap 'exit 130' INT TERM
tools/site.sh --dir "$dir" --wp "$wp" --db "$db"
tools/stack.sh start "$dir"
: >"$dir/run/simulator.json"
setsid target/release/simulator --listen 127.0.0.1:0 --seed 7 </dev/null >"$dir/run/simulator.json" 2>>"$dir/log/simulator.log" &
echo $! >"$dir/run/simulator.pid"
wait_until "$START_TIMEOUT_S" grep -q '"url"' "$dir/run/simulator.json" || die 'the simulator did not start'
. "$dir/site.env"
chromium=$(command -v chromium || command -v google-chrome || command -v chromium-browser) || die 'no Chromium'
# Each goes on with what the ones before left behind; WALKS='broadcast' alone stands on its own feet.
walk() { local w; for w in ${WALKS:-path contacts imports consent templates editor login-admin login broadcast}; do node "tests/browser/$w.mjs" || return; done; }
rc=0
DB=$db SITE_URL=$URL ADMIN_USER=$ADMIN_USER ADMIN_PASSWORD=$ADMIN_PASSWORD SIMULATOR=$(cat "$dir/run/simulator.json") CHROMIUM=$chromium \
	SHOTS="$ROOT/build/screenshots/$name" walk || rc=$?
if [ "$rc" != 0 ]; then tail -n 15 "$dir/log/debug.log" "$dir/log/php.log" "$dir/log/fpm.out" >&2 2>/dev/null || true; fi
exit "$rc"
