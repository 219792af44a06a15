import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { Consent, ContactLog, Direction, FieldType, ImportKind, ImportState, MessageType, Origin, Purpose, State } from './enums';

/** The constants of one stored! block of crates/core/src/enums.rs. */
function rustEnum( source: string, name: string, prefix: string ): Record< string, number > {
	const block = new RegExp( `\\n    ${ name }, "${ prefix }" \\{(.*?)\\n    \\}`, 's' ).exec( source )?.[ 1 ];
	assert.ok( block, `${ name } stands in enums.rs` );
	return Object.fromEntries(
		[ ...block.matchAll( /\w+ = (\d+), "[^"]*", "(\w+)";/g ) ].map( ( [ , value, constant ] ) => [ constant, Number( value ) ] )
	);
}

test( 'enums.ts says what crates/core/src/enums.rs says', () => {
	const source = readFileSync( `${ REPOSITORY }/crates/core/src/enums.rs`, 'utf8' );
	assert.deepEqual( { ...State }, rustEnum( source, 'State', 'STATE' ) );
	assert.deepEqual( { ...Direction }, rustEnum( source, 'Direction', 'DIRECTION' ) );
	assert.deepEqual( { ...Origin }, rustEnum( source, 'Origin', 'ORIGIN' ) );
	assert.deepEqual( { ...MessageType }, rustEnum( source, 'MessageType', 'TYPE' ) );
	assert.deepEqual( { ...Purpose }, rustEnum( source, 'Purpose', 'PURPOSE' ) );
	assert.deepEqual( { ...Consent }, rustEnum( source, 'Consent', 'CONSENT' ) );
	assert.deepEqual( { ...FieldType }, rustEnum( source, 'FieldType', 'FIELD' ) );
	assert.deepEqual( { ...ContactLog }, rustEnum( source, 'ContactLog', 'CONTACT_LOG' ) );
	assert.deepEqual( { ...ImportKind }, rustEnum( source, 'ImportKind', 'IMPORT_KIND' ) );
	assert.deepEqual( { ...ImportState }, rustEnum( source, 'ImportState', 'IMPORT' ) );
} );
