#!/usr/bin/env bash
# The demo: WordPress with the plugin, connected to a simulated WhatsApp, with sample conversations. Ctrl-C ends it.
#
#   tools/demo.sh [--db sqlite|mariadb] [--wp VERSION|DIR] [--once]
#
# State lives in build/demo/<db>; remove it to begin anew. --once: set everything up, print, stop (tests use it).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
db=sqlite wp=newest once=''
while [ $# -gt 0 ]; do
	case $1 in
		--db) db=$2; shift ;;
		--wp) wp=$2; shift ;;
		--once) once=1 ;;
		*) die "unknown argument: $1" ;;
	esac
	shift
done
cd "$ROOT"
export PATH="$HOME/.cargo/bin:$PATH"
dir="$ROOT/build/demo/$db"
begun=$SECONDS
heading() { printf '\n%s\n' "$*" >&2; }

heading '1/4 What the machine needs'
tools/deps.sh demo

heading '2/4 Extension, simulator, screens (the first time takes some minutes)'
make build

heading '3/4 WordPress'
mkdir -p "$dir"
# One demo a database at a time: they would share one state.
exec 8>"$dir.lock"; flock -n 8 || die "a demo on $db is running already"
finish() {
	trap '' INT TERM
	stop_group "$dir/run/simulator.pid"
	[ ! -f "$dir/site.env" ] || tools/stack.sh stop "$dir" || true
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
# What a killed run left behind.
[ ! -f "$dir/site.env" ] || tools/stack.sh stop "$dir"
[ ! -d "$dir/run" ] || stop_group "$dir/run/simulator.pid"

tools/site.sh --dir "$dir" --db "$db" --wp "$wp" 8>&-
. "$dir/site.env"
if port_taken "$PORT"; then
	old=$URL PORT=$(free_port) URL="http://127.0.0.1:$PORT"
	say "the port of $old is taken: the site moves to $URL"
	sed -i -e "s|^URL=.*|URL=$URL|" -e "s|^PORT=.*|PORT=$PORT|" "$dir/site.env"
fi
tools/stack.sh start "$dir" 8>&-

heading '4/4 A simulated WhatsApp'
sim_port=$(cat "$dir/simulator.port" 2>/dev/null || true)
if [ -z "$sim_port" ] || port_taken "$sim_port"; then sim_port=$(free_port); echo "$sim_port" >"$dir/simulator.port"; fi
# Another seed each time: identifiers of messages must not repeat over the runs of one site.
: >"$dir/run/simulator.json"
setsid "$ROOT/target/release/simulator" --listen "127.0.0.1:$sim_port" --seed "$(date +%s)" </dev/null >"$dir/run/simulator.json" 2>>"$dir/log/simulator.log" 8>&- &
echo $! >"$dir/run/simulator.pid"
wait_until "$START_TIMEOUT_S" grep -q '"url"' "$dir/run/simulator.json" || { tail -n 5 "$dir/log/simulator.log" >&2; die 'the simulator did not start'; }
NXTCHAT_DEMO_URL=$URL "$dir/php" "$ROOT/tools/demo-connect.php" "$dir/wordpress" "$dir/run/simulator.json"

phone=$(php -r 'echo json_decode( file_get_contents( $argv[1] ), true )["phone_page"];' "$dir/run/simulator.json")
cat <<TEXT

  NXT Cloud Chat is up ($((SECONDS - begun)) s, WordPress $WP_VERSION on $db)

  Inbox             $URL/wp-admin/admin.php?page=nxtchat-inbox
  Log in with       $ADMIN_USER / $ADMIN_PASSWORD
  A customer's phone $phone

  Try this: open both side by side. Write as the customer, see it in the inbox, answer, and watch the ticks turn blue.
  Contacts          $URL/wp-admin/admin.php?page=nxtchat-contact
  Templates         $URL/wp-admin/admin.php?page=nxtchat-template
  Broadcasts        $URL/wp-admin/admin.php?page=nxtchat-broadcast
  Login             $URL/wp-admin/admin.php?page=nxtchat-login
  … as a visitor    $URL/?pagename=log-in (Anna is +49 151 12345601; the code arrives on the customer's phone)
  Accounts          $URL/wp-admin/admin.php?page=nxtchat-account
  History           $URL/wp-admin/admin.php?page=nxtchat-history
  On the shell      NXTCHAT_SITE=$dir tools/wp nxtchat doctor
  Logs              $dir/log
TEXT
[ -z "$once" ] || exit 0
printf '\n  Ctrl-C ends everything.\n'
while group_alive "$dir/run/simulator.pid" && group_alive "$dir/run/nginx.pid" && group_alive "$dir/run/fpm.pid"; do
	sleep 1 &
	wait $! || true
done
die "a server ended by itself; see $dir/log"
