import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CsvSniff } from '../../../crates/wasm/core.mjs';
import { ImportKind, ImportState } from '../core/enums';
import type { Field } from '../core/types';
import type { Import } from './api';
import { check, columnName, fileKind, guess, needsRegion } from './mapping';
import { claimsConsent, initialImports, isAtWork, needsWording, percent, reduceImports, toOptions, type Draft } from './store';

const column = ( name: string, target: string | null = null ) => ( { name, guess: target, samples: [] } );
const sniff = ( columns: CsvSniff[ 'columns' ], rows: string[][] ): CsvSniff => ( {
	encoding: 'windows-1252',
	bom: 0,
	delimiter: ';',
	quote: '"',
	header: true,
	columns,
	rows,
	problems: [],
} );

const shop = sniff(
	[ column( 'Name', 'name' ), column( 'Telefon', 'phone' ), column( 'Mobil', 'phone' ), column( 'Ort' ), column( 'Tags', 'groups' ), column( 'Labels', 'groups' ) ],
	[
		[ 'Jürgen Groß', '0151 23456789', '', 'Köln', 'vip', '' ],
		[ 'Ann', '+49 30 123456', '', 'Berlin', '', '' ],
	]
);
const city = { name: 'ort', label: 'Stadt' } as Field;

test( 'each target is guessed once, groups as often as they come, custom fields by name', () => {
	assert.deepEqual( guess( shop, [] ), [ 'name', 'phone', null, null, 'groups', 'groups' ] );
	assert.deepEqual( guess( shop, [ city ] )[ 3 ], 'field:ort' );
	assert.deepEqual( guess( sniff( [ column( 'STADT' ) ], [] ), [ city ] ), [ 'field:ort' ] );
	assert.equal( columnName( column( '' ), 1 ), 'Column 2' );
} );

test( 'a wrong mapping is told where it is', () => {
	assert.deepEqual( check( shop, [ 'name', 'phone', null, null, 'groups', 'groups' ] ), [] );
	const told = ( columns: ( string | null )[] ) => check( shop, columns ).map( ( { column: at, isError } ) => [ at, isError ] );
	assert.deepEqual( told( [ 'name', null, null, null, null, null ] ), [ [ null, true ] ], 'no number: nothing can be imported' );
	assert.deepEqual( told( [ 'phone', null, null, null, null, null ] ), [ [ 0, false ] ], 'names as numbers: only a warning' );
	assert.deepEqual( told( [ null, 'phone', 'phone', null, null, null ] ), [ [ 2, true ] ], 'twice' );
	assert.deepEqual( told( [ 'email', 'phone', null, null, null, null ] ), [ [ 0, false ] ] );
	assert.deepEqual( told( [ null, 'phone', 'email', null, null, null ] ), [], 'an empty column looks like nothing' );
} );

test( 'national numbers ask for their country', () => {
	assert.equal( needsRegion( shop, [ null, 'phone' ] ), true );
	assert.equal( needsRegion( sniff( [ column( 'Tel' ) ], [ [ '+49 30 1' ], [ '0049 30 1' ], [ '' ] ] ), [ 'phone' ] ), false );
	assert.equal( needsRegion( shop, [ 'name' ] ), false );
} );

test( 'files that are no text are known by their first bytes', () => {
	assert.equal( fileKind( Uint8Array.of( 0x50, 0x4b, 3, 4 ) ), 'spreadsheet' );
	assert.equal( fileKind( new TextEncoder().encode( '%PDF-1.7' ) ), 'pdf' );
	assert.equal( fileKind( Uint8Array.of( 0x1f, 0x8b, 8 ) ), 'packed' );
	assert.equal( fileKind( new TextEncoder().encode( 'Name;Telefon' ) ), null );
	assert.equal( fileKind( new Uint8Array( 0 ) ), null );
} );

const draft: Draft = {
	kind: ImportKind.FILE,
	file: null,
	head: null,
	sniff: shop,
	reading: {},
	columns: [ 'name', 'phone', null, null, null, null ],
	region: 'DE',
	existing: 'fill',
	groups: [ 3 ],
	newGroups: [ 'Fair' ],
	consent: { isClaimed: false, source: '', wording: '', day: '' },
	step: 'options',
	importId: null,
};

test( 'the server is told every column, and of consent only what was claimed', () => {
	const options = toOptions( draft, () => 5 );
	assert.deepEqual( options.columns?.map( ( { to } ) => to ), [ 'name', 'phone', null, null, null, null ] );
	assert.deepEqual( [ options.encoding, options.delimiter, options.header, options.region, options.groups, options.new_groups, options.consent ], [ 'windows-1252', ';', true, 'DE', [ 3 ], [ 'Fair' ], null ] );
	const claimed = { ...draft, consent: { isClaimed: true, source: ' fair ', wording: 'Yes ', day: '2026-01-02' } };
	assert.deepEqual( toOptions( claimed, () => 5 ).consent, { marketing: true, source: 'fair', wording: 'Yes', at_ms: 5 } );
	assert.equal( toOptions( { ...draft, kind: ImportKind.USERS, sniff: null }, () => 5 ).columns, undefined );
} );

test( 'consent without its words is asked for', () => {
	assert.equal( claimsConsent( draft ), false );
	const withColumn = { ...draft, columns: [ 'marketing', 'phone' ] };
	assert.deepEqual( [ claimsConsent( withColumn ), needsWording( withColumn ) ], [ true, true ] );
	assert.equal( needsWording( { ...draft, columns: [ 'marketing', 'phone', 'wording' ] } ), false );
	assert.equal( toOptions( withColumn, () => 0 ).consent?.marketing, false, 'the column says who, not the claim' );
} );

const item = ( change: Partial< Import > ) => ( { id: 1, bytes: 1000, position: 0, state: ImportState.RUNNING, ...change } ) as Import;

test( 'how far an import is', () => {
	assert.equal( percent( item( { position: 999 } ) ), 99 );
	assert.equal( percent( item( { position: 1200 } ) ), 100 );
	assert.equal( percent( item( { bytes: 0 } ) ), null );
	assert.equal( percent( item( { state: ImportState.UNDOING } ) ), null );
	assert.equal( isAtWork( item( {} ) ), true );
	assert.equal( isAtWork( item( { state: ImportState.CHECKED } ) ), false );
} );

test( 'what the server answers reaches the list and the open import', () => {
	const listed = reduceImports( initialImports, { type: 'list', isMore: false, page: { items: [ item( { id: 2 } ), item( {} ) ], next: 'x' } } );
	const more = reduceImports( listed, { type: 'list', isMore: true, page: { items: [ item( { id: 9 } ) ], next: null } } );
	assert.deepEqual( more.list?.map( ( { id } ) => id ), [ 2, 1, 9 ] );
	const done = reduceImports( more, { type: 'import', item: item( { state: ImportState.DONE } ) } );
	assert.equal( done.list?.[ 1 ]?.state, ImportState.DONE );
	assert.equal( done.byId[ 1 ]?.state, ImportState.DONE );
	assert.deepEqual( reduceImports( done, { type: 'removed', id: 1 } ).list?.map( ( { id } ) => id ), [ 2, 9 ] );
} );
