<?php
/**
 * The house rules of docs/ARCHITECTURE.md, checked on the sources: who may call whom, and what must not be there.
 *
 * Usage: php tests/house/run.php. Prints each broken rule with file and line, then `N passed, N failed`.
 *
 * @package NxtChat
 */

declare(strict_types=1);

chdir( dirname( __DIR__, 2 ) );
require __DIR__ . '/sources.php';
require __DIR__ . '/rules-php.php';
require __DIR__ . '/rules-rust.php';
require __DIR__ . '/rules-all.php';

$passed = 0;
$failed = 0;
foreach ( array_merge( php_rules(), rust_rules(), general_rules() ) as $rule => $check ) {
	$problems = $check();
	if ( $problems ) {
		++$failed;
		echo "BROKEN  $rule\n";
		foreach ( array_slice( $problems, 0, 20 ) as $problem ) {
			echo "        $problem\n";
		}
		if ( count( $problems ) > 20 ) {
			echo '        … and ' . ( count( $problems ) - 20 ) . " more\n";
		}
	} else {
		++$passed;
		echo "ok      $rule\n";
	}
}
// A rule that looks at nothing proves nothing.
if ( ! plugin_files() || ! files( 'crates/core/src', 'rs' ) || ! files( 'src', 'rs' ) ) {
	++$failed;
	echo "BROKEN  sources were not found\n";
}
echo "$passed passed, $failed failed\n";
exit( $failed ? 1 : 0 );
