/** From what was sniffed to what the server is told: pure. */
import { __, sprintf } from '@wordpress/i18n';

import type { CsvColumn, CsvSniff } from '../../../crates/wasm/core.mjs';
import type { Field } from '../core/types';

export interface Target {
	value: string;
	label: string;
	/** Heading in the list. */
	group: string;
}

/** What a column may become. */
export function targets( fields: Field[] ): Target[] {
	const person = __( 'The person', 'nxt-cloud-chat' );
	const consent = __( 'Consent', 'nxt-cloud-chat' );
	const custom = __( 'Custom fields', 'nxt-cloud-chat' );
	return [
		{ value: 'phone', label: __( 'Phone number', 'nxt-cloud-chat' ), group: person },
		{ value: 'name', label: __( 'Name', 'nxt-cloud-chat' ), group: person },
		{ value: 'first_name', label: __( 'First name', 'nxt-cloud-chat' ), group: person },
		{ value: 'last_name', label: __( 'Last name', 'nxt-cloud-chat' ), group: person },
		{ value: 'email', label: __( 'Email', 'nxt-cloud-chat' ), group: person },
		{ value: 'country', label: __( 'Country', 'nxt-cloud-chat' ), group: person },
		{ value: 'language', label: __( 'Language', 'nxt-cloud-chat' ), group: person },
		{ value: 'groups', label: __( 'Groups', 'nxt-cloud-chat' ), group: person },
		{ value: 'marketing', label: __( 'Agreed to marketing', 'nxt-cloud-chat' ), group: consent },
		{ value: 'utility', label: __( 'Agreed to order updates', 'nxt-cloud-chat' ), group: consent },
		{ value: 'login', label: __( 'Agreed to login codes', 'nxt-cloud-chat' ), group: consent },
		{ value: 'consent_at', label: __( 'When they agreed', 'nxt-cloud-chat' ), group: consent },
		{ value: 'wording', label: __( 'What they agreed to', 'nxt-cloud-chat' ), group: consent },
		...fields.map( ( { name, label } ) => ( { value: `field:${ name }`, label, group: custom } ) ),
	];
}

/** Name of a column, also where the file has none. @param index From 0. */
export const columnName = ( column: CsvColumn, index: number ): string =>
	/* translators: %d: number of a column of a table */
	column.name || sprintf( __( 'Column %d', 'nxt-cloud-chat' ), index + 1 );

/** What several columns of a file may be. */
const REPEATABLE = [ 'groups' ];

/** The targets that are chosen before a person looks: each at most once, custom fields by their name or label. */
export function guess( sniff: CsvSniff, fields: Field[] ): ( string | null )[] {
	const taken = new Set< string >();
	return sniff.columns.map( ( column ) => {
		const name = column.name.trim().toLocaleLowerCase();
		const field = name && fields.find( ( one ) => one.name.toLocaleLowerCase() === name || one.label.toLocaleLowerCase() === name );
		const target = field ? `field:${ field.name }` : column.guess;
		if ( ! target || ( taken.has( target ) && ! REPEATABLE.includes( target ) ) ) {
			return null;
		}
		taken.add( target );
		return target;
	} );
}

/** Fewest digits of a number that can be one (E.164 has 7 at least; national ones without their area 5). */
const DIGITS_MIN = 5;

const isName = ( cell: string ): boolean => /\p{L}/u.test( cell ) && ! cell.includes( '@' );

const looksLike: Record< string, ( cell: string ) => boolean > = {
	phone: ( cell ) => ( cell.match( /\d/g )?.length ?? 0 ) >= DIGITS_MIN && ! /[\p{L}@]{3}/u.test( cell ),
	email: ( cell ) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test( cell.trim() ),
	name: isName,
	first_name: isName,
	last_name: isName,
};

export interface ColumnProblem {
	/** From 0; null = the table as a whole. */
	column: number | null;
	/** Nothing can be imported so; a warning is only told. */
	isError: boolean;
	message: string;
}

/** What is wrong or looks wrong with a choice of targets. */
export function check( sniff: CsvSniff, columns: ( string | null )[] ): ColumnProblem[] {
	const problems: ColumnProblem[] = [];
	if ( ! columns.includes( 'phone' ) ) {
		problems.push( {
			column: null,
			isError: true,
			message: __( 'No column is the phone number. Choose “Phone number” beside the column that has it: without one nobody can be reached on WhatsApp.', 'nxt-cloud-chat' ),
		} );
	}
	columns.forEach( ( target, index ) => {
		const column = sniff.columns[ index ];
		if ( ! target || ! column ) {
			return;
		}
		const first = columns.indexOf( target );
		const other = sniff.columns[ first ];
		if ( first < index && other && ! REPEATABLE.includes( target ) ) {
			problems.push( {
				column: index,
				isError: true,
				/* translators: %s: name of a column */
				message: sprintf( __( '“%s” is this already. Choose something else for one of the two.', 'nxt-cloud-chat' ), columnName( other, first ) ),
			} );
			return;
		}
		const test = looksLike[ target ];
		const cells = sniff.rows.map( ( row ) => row[ index ] ?? '' ).filter( ( cell ) => cell.trim() !== '' );
		if ( test && cells.length && cells.filter( test ).length * 2 < cells.length ) {
			problems.push( { column: index, isError: false, message: mismatch( target ) } );
		}
	} );
	return problems;
}

function mismatch( target: string ): string {
	switch ( target ) {
		case 'phone':
			return __( 'Most of these do not look like phone numbers. Is it the right column?', 'nxt-cloud-chat' );
		case 'email':
			return __( 'Most of these do not look like email addresses. Is it the right column?', 'nxt-cloud-chat' );
		default:
			return __( 'Most of these do not look like names. Is it the right column?', 'nxt-cloud-chat' );
	}
}

/** Whether numbers of the chosen column lack a country code, so that a country has to be chosen. */
export function needsRegion( sniff: CsvSniff, columns: ( string | null )[] ): boolean {
	const index = columns.indexOf( 'phone' );
	return index >= 0 && sniff.rows.some( ( row ) => /^\s*[(]?[0-9]/.test( row[ index ] ?? '' ) && ! /^\s*00/.test( row[ index ] ?? '' ) );
}

/** What a file is by its first bytes, when it is no table of text. */
export function fileKind( head: Uint8Array ): 'spreadsheet' | 'old-spreadsheet' | 'pdf' | 'packed' | 'image' | null {
	const begins = ( ...bytes: number[] ) => bytes.every( ( byte, i ) => head[ i ] === byte );
	if ( begins( 0x50, 0x4b, 0x03, 0x04 ) ) {
		return 'spreadsheet';
	}
	if ( begins( 0xd0, 0xcf, 0x11, 0xe0 ) ) {
		return 'old-spreadsheet';
	}
	if ( begins( 0x25, 0x50, 0x44, 0x46 ) ) {
		return 'pdf';
	}
	if ( begins( 0x1f, 0x8b ) || begins( 0x37, 0x7a, 0xbc, 0xaf ) || begins( 0x52, 0x61, 0x72, 0x21 ) ) {
		return 'packed';
	}
	return begins( 0x89, 0x50, 0x4e, 0x47 ) || begins( 0xff, 0xd8, 0xff ) || begins( 0x47, 0x49, 0x46, 0x38 ) ? 'image' : null;
}
