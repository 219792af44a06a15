#!/usr/bin/env bash
# 100,000 signed webhooks through nginx and php-fpm (4 workers, real drains by them): the workers' memory stays flat,
# every webhook is stored, none twice.   tests/native/life.sh [webhooks]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../tools/lib.sh"
cd "$ROOT"
total=${1:-100000} limit_kb=2048 dir="$ROOT/build/life"
[ ! -f "$dir/site.env" ] || tools/stack.sh stop "$dir"
rm -rf "$dir"
trap 'tools/stack.sh stop "$dir" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM
tools/site.sh --dir "$dir" --db mariadb
tools/stack.sh start "$dir" --workers 4
. "$dir/site.env"
"$dir/php" tests/native/life.php "$URL" "$total" "$limit_kb" "$dir/run/fpm.pid"
