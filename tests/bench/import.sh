#!/usr/bin/env bash
# make bench-import: a million rows of a CSV file into empty tables and beside a million other contacts, next to LOAD DATA of
# the same final rows; 100,000 rows on SQLite next to multi-row upserts. Prints `name: value (target …) ok|short`.
#   ONLY=mariadb|sqlite  one half only; ROWS=n  another number of rows
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

rc=0
if [ "${ONLY:-mariadb}" = mariadb ]; then
	rows=${ROWS:-1000000}; [ -z "$QUICK" ] || rows=20000
	bench_site import
	# Two million contacts with their indexes fit, and the log goes with that, as on a server of that size.
	"$ROOT/tools/stack.sh" stop "$BENCH/import" all
	sed -i -e 's/^innodb_buffer_pool_size=.*/innodb_buffer_pool_size=5G/' -e 's/^innodb_log_file_size=.*/innodb_log_file_size=1G/' "$BENCH/import/etc/my.cnf"
	"$ROOT/tools/stack.sh" start "$BENCH/import" db
	"$BENCH/import/php" -d opcache.enable_cli=1 -d mysqli.allow_local_infile=1 "$ROOT/tests/bench/import.php" mariadb "$rows" || rc=1
	"$ROOT/tools/stack.sh" stop "$BENCH/import" all
fi
if [ "${ONLY:-sqlite}" = sqlite ]; then
	rows=${ROWS:-100000}; [ -z "$QUICK" ] || rows=2000
	dir="$BENCH/import-sqlite"
	"$ROOT/tools/site.sh" --dir "$dir" --db sqlite --plugin copy
	sed -i "s/'WP_DEBUG', true/'WP_DEBUG', false/" "$dir/wordpress/wp-config.php"
	"$dir/php" "$ROOT/tests/bench/import.php" activate
	"$dir/php" -d opcache.enable_cli=1 "$ROOT/tests/bench/import.php" sqlite "$rows" || rc=1
fi
exit "$rc"
