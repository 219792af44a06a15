#!/usr/bin/env bash
# make bench-contacts: the list of contacts, its filters, its search, its last page, segments and the export at a million
# contacts: milliseconds of SQL, the plan of every statement, and the list's request beside WordPress's REST no-op.
# Prints `name: value (target …) ok|short`.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

contacts=1000000
[ -z "$QUICK" ] || contacts=50000
name=contacts-$contacts
dir="$BENCH/$name"
bench_site "$name"
want="$contacts $("$dir/php" "$ROOT/tests/bench/setup.php" tables | cat - "$ROOT/tests/bench/contacts.sql" | sha256sum)"
if [ "$want" != "$(cat "$dir/data.stamp" 2>/dev/null)" ]; then
	say "$name: loading $contacts contacts (once)"
	rm -f "$dir/data.stamp"
	"$dir/php" "$ROOT/tests/bench/setup.php" fresh
	{ echo "SET @contacts = $contacts;"; cat "$ROOT/tests/bench/contacts.sql"; } |
		mariadb --no-defaults -uwp -pwp --socket="$dir/run/db.sock" wordpress >/dev/null
	echo "$want" >"$dir/data.stamp"
fi
"$dir/php" "$ROOT/tests/bench/contacts.php"
