# Shared by the scripts in tools/: naming, free ports, and servers that live in process groups of their own.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# How long a server may take to answer after its start, and to go after its stop.
START_TIMEOUT_S=60
STOP_TIMEOUT_S=20

say() { printf '  %s\n' "$*" >&2; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# A port on loopback that nobody listens on now.
free_port() {
	php -r '$s = stream_socket_server( "tcp://127.0.0.1:0" ); echo substr( strrchr( stream_socket_get_name( $s, false ), ":" ), 1 );'
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# wait_until SECONDS COMMAND…: until the command succeeds; fails when the time is over.
wait_until() {
	local end=$((SECONDS + $1)); shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

# start_group PIDFILE LOG COMMAND…: a server in a process group of its own; the group's id is the pid in the file.
start_group() {
	local pidfile=$1 log=$2; shift 2
	setsid "$@" </dev/null >>"$log" 2>&1 9>&- &
	echo $! >"$pidfile"
}

group_alive() { [ -s "$1" ] && kill -0 -- "-$(cat "$1")" 2>/dev/null; }

# stop_group PIDFILE [SIGNAL]: ends the whole group, by force when it does not go by itself.
stop_group() {
	[ -s "$1" ] || return 0
	local pgid; pgid=$(cat "$1")
	kill -"${2:-TERM}" -- "-$pgid" 2>/dev/null || true
	gone() { ! kill -0 -- "-$pgid" 2>/dev/null; }
	wait_until "$STOP_TIMEOUT_S" gone || kill -KILL -- "-$pgid" 2>/dev/null || true
	rm -f "$1"
}
