<?php
/**
 * The demo's contacts: custom fields, a CSV file of invented people brought in by the plugin's own import, two segments.
 *
 * Included by demo-connect.php, whose rest() and say() it uses.
 *
 * @package NxtChat
 */

declare(strict_types=1);

/** People in the file. */
const DEMO_PEOPLE = 400;

/** Steps that the import may take: each works for some seconds at most. */
const DEMO_STEPS = 60;

/** A CSV file of invented people, the same each time. */
function demo_csv(): string {
	// Country, numbers (each # a digit), language, cities, first names, last names.
	$places = array(
		array( '+49 1511 23###56', 'de', array( 'Berlin', 'Köln', 'Leipzig' ), array( 'Anna', 'Jonas', 'Mia', 'Felix', 'Jürgen', 'Käthe' ), array( 'Schäfer', 'Wagner', 'Neumann', 'Groß' ) ),
		array( '+44 7400 123###', 'en_GB', array( 'London', 'Leeds', 'Bristol' ), array( 'Olivia', 'Harry', 'Isla', 'George' ), array( 'Taylor', 'Hughes', 'Walker', "O'Neill" ) ),
		array( '+34 612 345 ###', 'es', array( 'Madrid', 'Sevilla' ), array( 'Lucía', 'Mateo', 'Inés', 'Hugo' ), array( 'García', 'Muñoz', 'Peña' ) ),
		array( '+91 81234 56###', 'en', array( 'Kochi', 'Pune', 'Delhi' ), array( 'Priya', 'Arjun', 'Meera', 'Ravi' ), array( 'Nair', 'Sharma', 'Iyer' ) ),
		array( '+1 201 555 0###', 'en_US', array( 'Austin', 'Boston' ), array( 'Sam', 'Grace', 'Noah', 'Zoe' ), array( 'Lee', 'Johnson', 'Martinez' ) ),
		array( '+55 11 96123 4###', 'pt_BR', array( 'São Paulo' ), array( 'João', 'Beatriz', 'Caio' ), array( 'Souza', 'Araújo' ) ),
	);
	$csv = "Phone,Name,Email,Language,Groups,City,Customer since,VIP,Newsletter\r\n";
	mt_srand( 7 ); // The same people each time.
	for ( $i = 0; $i < DEMO_PEOPLE; $i++ ) {
		list( $number, $language, $cities, $firsts, $lasts ) = $places[ $i % count( $places ) ];
		$first  = $firsts[ mt_rand( 0, count( $firsts ) - 1 ) ];
		$last   = $lasts[ mt_rand( 0, count( $lasts ) - 1 ) ];
		$phone  = str_replace( '###', sprintf( '%03d', 100 + intdiv( $i, count( $places ) ) ), $number );
		$groups = array_filter( array( mt_rand( 0, 2 ) ? 'Customers' : '', mt_rand( 0, 5 ) ? '' : 'Wholesale', mt_rand( 0, 7 ) ? '' : 'Plant club' ) );
		$csv   .= implode(
			',',
			array(
				"\"$phone\"",
				"\"$first $last\"",
				mt_rand( 0, 2 ) ? strtolower( remove_accents( "$first." ) ) . "$i@example.com" : '',
				$language,
				'"' . implode( '; ', $groups ) . '"',
				'"' . $cities[ mt_rand( 0, count( $cities ) - 1 ) ] . '"',
				sprintf( '20%02d-%02d-%02d', mt_rand( 19, 26 ), mt_rand( 1, 12 ), mt_rand( 1, 28 ) ),
				mt_rand( 0, 9 ) ? 'no' : 'yes',
				array( 'yes', 'yes', '', 'no' )[ mt_rand( 0, 3 ) ],
			)
		) . "\r\n";
	}
	return $csv . "+49 30 12,\"A number that is too short\",,de,,Berlin,,,\r\n";
}

/** Brings the sample people in through the plugin's own import, as a shop owner would. */
function demo_contacts(): void {
	$fields = array(
		array( 'name' => 'city', 'label' => 'City', 'type' => NxtChat\Native\FIELD_TEXT ),
		array( 'name' => 'customer_since', 'label' => 'Customer since', 'type' => NxtChat\Native\FIELD_DATE ),
		array( 'name' => 'vip', 'label' => 'VIP', 'type' => NxtChat\Native\FIELD_YES_NO ),
	);
	foreach ( $fields as $field ) {
		rest( 'POST', 'fields', $field );
	}
	$csv     = demo_csv();
	$columns = array( 'phone', 'name', 'email', 'language', 'groups', 'field:city', 'field:customer_since', 'field:vip', 'marketing' );
	$import  = rest(
		'POST',
		'imports',
		array(
			'kind'    => NxtChat\Native\IMPORT_KIND_FILE,
			'name'    => 'newsletter.csv',
			'bytes'   => strlen( $csv ),
			'options' => array(
				'delimiter' => ',',
				'columns'   => array_map( static fn( $to ) => array( 'to' => $to ), $columns ),
				'region'    => 'DE',
				'consent'   => array(
					'wording' => 'Yes, send me news and offers on WhatsApp. I can stop at any time.',
					'source'  => 'Newsletter form in the shop',
				),
			),
		)
	);
	$chunk = new WP_REST_Request( 'POST', "/nxtchat/v1/imports/{$import['id']}/chunk" );
	$chunk->set_query_params( array( 'offset' => 0 ) );
	$chunk->set_header( 'Content-Type', 'application/octet-stream' );
	$chunk->set_body( $csv );
	if ( rest_do_request( $chunk )->is_error() ) {
		fail( 'the sample contacts were not uploaded' );
	}
	$import = rest( 'POST', "imports/{$import['id']}/start", array( 'dry' => false ) );
	for ( $step = 0; NxtChat\Native\IMPORT_DONE !== $import['state'] && $step < DEMO_STEPS; $step++ ) {
		$import = rest( 'POST', "imports/{$import['id']}/step" );
	}
	if ( NxtChat\Native\IMPORT_DONE !== $import['state'] ) {
		fail( "the sample contacts stopped at '{$import['state_name']}': {$import['error']}" );
	}
	$segments = array(
		'Subscribed and in Germany' => array(
			array( 'field' => 'consent.marketing', 'operator' => 'is', 'value' => 'granted' ),
			array( 'field' => 'country', 'operator' => 'is', 'value' => array( 'DE' ) ),
		),
		'VIP customers'             => array( array( 'field' => 'field.vip', 'operator' => 'is', 'value' => true ) ),
		'Wrote in the last 30 days' => array( array( 'field' => 'last_in', 'operator' => 'within_days', 'value' => 30 ) ),
	);
	foreach ( $segments as $name => $conditions ) {
		rest(
			'POST',
			'segments',
			array(
				'name'       => $name,
				'conditions' => array(
					'match'      => 'all',
					'conditions' => $conditions,
				),
			)
		);
	}
	say( sprintf( 'contacts: %d imported, %d rejected, %d segments', $import['added'], $import['rejected'], count( $segments ) ) );
}
