#!/usr/bin/env bash
# A Rust panic becomes a PHP Error that can be caught, and the process goes on: shown with a debug build, the only one that has a function
# to panic with; the release must not have it.   tests/native/panic.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo build --locked -q -p nxtchat
php -n -d extension="$PWD/target/debug/libnxtchat.so" -r '
	for ( $i = 0; $i < 1000; $i++ ) {
		try {
			NxtChat\Native\debug_panic( "on purpose" );
			exit( 1 );
		} catch ( \Error $e ) {
			if ( "Rust panic: on purpose" !== $e->getMessage() ) { echo $e; exit( 1 ); }
		}
	}
	echo count( NxtChat\Native\ulids( 2 ) ), " functions work on after 1000 panics\n";
' 2>&1 | tee /dev/stderr | grep -qx '2 functions work on after 1000 panics'
php -n -d extension="$PWD/target/release/libnxtchat.so" -r 'exit( function_exists( "NxtChat\Native\debug_panic" ) ? 1 : 0 );'
echo '2 passed, 0 failed'
