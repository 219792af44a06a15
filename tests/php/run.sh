#!/usr/bin/env bash
# PHPUnit against a fresh site with its servers running; everything is stopped again at the end.
#   tests/php/run.sh [--db sqlite|mariadb] [--wp 6.8] [--name N] [--plugin link|copy] [--data-dir inside|outside] [-- phpunit arguments]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../tools/lib.sh"
db=sqlite wp=6.8 name=test options=()
while [ $# -gt 0 ]; do
	case $1 in
		--db) db=$2; shift ;;
		--wp) wp=$2; shift ;;
		--name) name=$2; shift ;;
		--plugin | --data-dir) options+=("$1" "$2"); shift ;;
		--) shift; break ;;
		*) die "unknown argument: $1" ;;
	esac
	shift
done
cd "$ROOT"
tools/deps.sh test
dir="$ROOT/build/$name-$db"
# An earlier run that was killed may have left its servers.
[ ! -f "$dir/site.env" ] || tools/stack.sh stop "$dir"
rm -rf "$dir"
finish() { tools/stack.sh stop "$dir" 2>/dev/null || true; }
trap finish EXIT
trap 'exit 130' INT TERM
tools/site.sh --dir "$dir" --wp "$wp" --db "$db" "${options[@]}"
tools/stack.sh start "$dir"
rc=0
"$dir/php" -d opcache.enable_cli=0 -d zend.assertions=1 -d memory_limit=1G "$(command -v phpunit)" --colors=never "$@" || rc=$?
if [ "$rc" != 0 ] && [ -s "$dir/log/debug.log" ]; then
	say "debug.log of the site, its last lines:"; tail -n 15 "$dir/log/debug.log" >&2
fi
exit "$rc"
