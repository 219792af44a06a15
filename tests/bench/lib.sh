# Shared by the benchmarks: sites of their own below build/bench, started for one run and stopped after it.
# shellcheck shell=bash

. "$(dirname "${BASH_SOURCE[0]}")/../../tools/lib.sh"

BENCH="$ROOT/build/bench"
# QUICK=1: a few seconds on a small data set, to see that everything still runs; nothing is judged.
export QUICK=${QUICK:-}
export NXTCHAT_EXTENSION=${NXTCHAT_EXTENSION:-$ROOT/target/release/libnxtchat.so}

mkdir -p "$BENCH"
# Two benchmarks at once would measure each other.
exec 9>"$BENCH/lock"
flock -n 9 || die 'another benchmark is running'

for tool in wrk nginx mariadbd php; do
	PATH="$PATH:/usr/sbin" command -v "$tool" >/dev/null || die "$tool is missing"
done
[ -f "$NXTCHAT_EXTENSION" ] || die "$NXTCHAT_EXTENSION is missing (cargo build --release)"

started=()
stop_all() {
	local dir
	for dir in "${started[@]}"; do "$ROOT/tools/stack.sh" stop "$dir" all || true; done
}
trap stop_all EXIT
trap 'exit 130' INT TERM

# bench_site NAME: makes build/bench/NAME when it is not there (MariaDB, a copy of the plugin as a user installs it),
# gives it the settings of a production server, and starts it with four php-fpm workers.
bench_site() {
	local dir="$BENCH/$1"
	"$ROOT/tools/site.sh" --dir "$dir" --db mariadb --plugin copy
	started+=("$dir")
	"$ROOT/tools/stack.sh" stop "$dir" all
	# PHP's default: a file is looked at again every two seconds, not on each request.
	echo 'opcache.revalidate_freq=2' >"$dir/etc/php.d/zz-bench.ini"
	sed -i "s/'WP_DEBUG', true/'WP_DEBUG', false/" "$dir/wordpress/wp-config.php"
	# A commit is a commit: MariaDB's own defaults instead of the test sites' shortcuts. The buffer pool holds a
	# million messages with their indexes, as a server of that size would.
	sed -i -e '/innodb_flush_log_at_trx_commit/d' -e 's/^innodb_buffer_pool_size=.*/innodb_buffer_pool_size=2G/' "$dir/etc/my.cnf"
	mkdir -p "$dir/wordpress/wp-content/mu-plugins"
	cp "$ROOT/tests/bench/mu-plugin.php" "$dir/wordpress/wp-content/mu-plugins/nxtbench.php"
	printf '<?php\n' >"$dir/wordpress/nxtbench-empty.php"
	cp "$ROOT/tests/bench/update-reference.php" "$dir/wordpress/nxtbench-update.php"
	"$ROOT/tools/stack.sh" start "$dir" all --workers 4
	"$dir/php" "$ROOT/tests/bench/setup.php"
}

# bench_data NAME MESSAGES: fills the site's tables (50,000 contacts), once per definition of tables and data.
bench_data() {
	local dir="$BENCH/$1" messages=$2 want have=''
	want="$messages $("$dir/php" "$ROOT/tests/bench/setup.php" tables | cat - "$ROOT/tests/bench/data.sql" | sha256sum)"
	[ ! -f "$dir/data.stamp" ] || have=$(cat "$dir/data.stamp")
	[ "$have" != "$want" ] || return 0
	say "$1: loading $messages messages (once)"
	rm -f "$dir/data.stamp"
	"$dir/php" "$ROOT/tests/bench/setup.php" fresh
	{ echo "SET @messages = $messages;"; cat "$ROOT/tests/bench/data.sql"; } |
		mariadb --no-defaults -uwp -pwp --socket="$dir/run/db.sock" wordpress
	"$dir/php" "$ROOT/tests/bench/setup.php" words
	echo "$want" >"$dir/data.stamp"
}
