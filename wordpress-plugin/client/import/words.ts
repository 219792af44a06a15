/** What happens to rows and imports, in plain words. */
import { _n, __, sprintf } from '@wordpress/i18n';

import type { CsvProblem } from '../../../crates/wasm/core.mjs';
import { ImportKind, ImportState } from '../core/enums';
import { ApiError } from '../core/error';
import { formatNumber, peopleCount } from '../core/number';
import type { Import } from './api';
import type { fileKind } from './mapping';

/** Why rows are left out, for a list with numbers. Unknown codes are shown as they came. */
export function rejectLabel( code: string ): string {
	const labels: Record< string, string > = {
		no_number: __( 'no phone number', 'nxt-cloud-chat' ),
		not_a_number: __( 'not a phone number', 'nxt-cloud-chat' ),
		too_short: __( 'phone number too short', 'nxt-cloud-chat' ),
		too_long: __( 'text too long', 'nxt-cloud-chat' ),
		invalid: __( 'no such phone number', 'nxt-cloud-chat' ),
		unknown_country: __( 'unknown country', 'nxt-cloud-chat' ),
		bad_email: __( 'not an email address', 'nxt-cloud-chat' ),
		bad_date: __( 'not a date', 'nxt-cloud-chat' ),
		bad_number: __( 'not a number', 'nxt-cloud-chat' ),
		not_a_choice: __( 'not one of the choices', 'nxt-cloud-chat' ),
		bad_yes_no: __( 'neither yes nor no', 'nxt-cloud-chat' ),
		bad_consent: __( 'neither yes nor no', 'nxt-cloud-chat' ),
		number_too_long: __( 'phone number too long', 'nxt-cloud-chat' ),
		too_many_columns: __( 'more columns than the heading', 'nxt-cloud-chat' ),
		bad_encoding: __( 'unreadable characters', 'nxt-cloud-chat' ),
		unknown_language: __( 'unknown language', 'nxt-cloud-chat' ),
		no_country: __( 'phone number without a country code: choose its country', 'nxt-cloud-chat' ),
		country_code: __( 'no such country code', 'nxt-cloud-chat' ),
		length: __( 'phone number of the wrong length', 'nxt-cloud-chat' ),
		local_only: __( 'phone number without its area code', 'nxt-cloud-chat' ),
		rounded: __( 'phone number spoilt by a spreadsheet (as 4.9E+11)', 'nxt-cloud-chat' ),
		suppressed: __( 'erased on their own request, not taken up again', 'nxt-cloud-chat' ),
	};
	return labels[ code ] ?? code.replace( /_/g, ' ' );
}

/** Why undoing an import leaves people. Unknown words are shown as they came. */
export function keptLabel( why: string ): string {
	const labels: Record< string, string > = {
		message: __( 'there are messages with them', 'nxt-cloud-chat' ),
		edit: __( 'they were edited or merged since', 'nxt-cloud-chat' ),
		group: __( 'they were put into another group since', 'nxt-cloud-chat' ),
		consent: __( 'they agreed or refused in another way, too', 'nxt-cloud-chat' ),
		withdrawn: __( 'they are unsubscribed, which must not be forgotten', 'nxt-cloud-chat' ),
	};
	return labels[ why ] ?? why;
}

export function stateLabel( { state }: Import ): string {
	switch ( state ) {
		case ImportState.UPLOADING:
			return __( 'Upload not finished', 'nxt-cloud-chat' );
		case ImportState.READY:
			return __( 'Not checked yet', 'nxt-cloud-chat' );
		case ImportState.CHECKING:
			return __( 'Being checked', 'nxt-cloud-chat' );
		case ImportState.CHECKED:
			return __( 'Waiting for you', 'nxt-cloud-chat' );
		case ImportState.RUNNING:
			return __( 'Running', 'nxt-cloud-chat' );
		case ImportState.DONE:
			return __( 'Done', 'nxt-cloud-chat' );
		case ImportState.CANCELLED:
			return __( 'Stopped', 'nxt-cloud-chat' );
		case ImportState.FAILED:
			return __( 'Failed', 'nxt-cloud-chat' );
		case ImportState.UNDOING:
			return __( 'Being undone', 'nxt-cloud-chat' );
		default:
			return __( 'Undone', 'nxt-cloud-chat' );
	}
}

export function kindLabel( kind: ImportKind ): string {
	switch ( kind ) {
		case ImportKind.USERS:
			return __( 'WordPress users', 'nxt-cloud-chat' );
		case ImportKind.CUSTOMERS:
			return __( 'WooCommerce customers', 'nxt-cloud-chat' );
		default:
			return __( 'File', 'nxt-cloud-chat' );
	}
}

/** "1,234 people". */
export const people = ( value: number ): string => peopleCount( { value, exact: true } );

/** "1,234 rows". */
export const rowCount = ( count: number ): string =>
	/* translators: %s: number of rows of a table */
	sprintf( _n( '%s row', '%s rows', count, 'nxt-cloud-chat' ), formatNumber( count ) );

/** Why a file cannot be read, with the way out. */
export function wrongFile( kind: NonNullable< ReturnType< typeof fileKind > > ): ApiError {
	const asCsv = __( 'Open it in Excel, LibreOffice or Google Sheets, choose File → Save as (or Download), take “CSV UTF-8”, and choose that file here.', 'nxt-cloud-chat' );
	const of: Record< typeof kind, [ string, string ] > = {
		spreadsheet: [ __( 'This is a spreadsheet (or a packed file), not a CSV file.', 'nxt-cloud-chat' ), asCsv ],
		'old-spreadsheet': [ __( 'This is an old Excel file, not a CSV file.', 'nxt-cloud-chat' ), asCsv ],
		pdf: [
			__( 'This is a PDF, which is a picture of a table and not the table.', 'nxt-cloud-chat' ),
			__( 'Export the list as CSV from the program it comes from.', 'nxt-cloud-chat' ),
		],
		packed: [ __( 'This file is packed.', 'nxt-cloud-chat' ), __( 'Unpack it first, then choose the CSV file inside.', 'nxt-cloud-chat' ) ],
		image: [ __( 'This is an image.', 'nxt-cloud-chat' ), __( 'Choose a CSV file: the list as text, as programs export it.', 'nxt-cloud-chat' ) ],
	};
	const [ message, remedy ] = of[ kind ];
	return new ApiError( 'refused', 'nxtchat_wrong_file', message, remedy );
}

/** "UTF-8", "Windows (Western Europe)". */
export function encodingLabel( encoding: string ): string {
	switch ( encoding ) {
		case 'windows-1252':
			return __( 'Windows, Western Europe (1252)', 'nxt-cloud-chat' );
		case 'utf-16le':
			return __( 'Unicode (UTF-16, as Excel’s “Unicode text”)', 'nxt-cloud-chat' );
		case 'utf-16be':
			return __( 'Unicode (UTF-16, big endian)', 'nxt-cloud-chat' );
		default:
			return 'Unicode (UTF-8)';
	}
}

export function delimiterLabel( delimiter: string ): string {
	switch ( delimiter ) {
		case ',':
			return __( 'Comma ( , )', 'nxt-cloud-chat' );
		case ';':
			return __( 'Semicolon ( ; )', 'nxt-cloud-chat' );
		case '\t':
			return __( 'Tab', 'nxt-cloud-chat' );
		case '|':
			return __( 'Vertical bar ( | )', 'nxt-cloud-chat' );
		default:
			return delimiter;
	}
}

/** What the file itself has wrong. @return [what, what to do] */
export function fileProblem( { code, message, remedy }: CsvProblem ): [ string, string ] {
	switch ( code ) {
		case 'empty':
			return [ __( 'There is nothing in this file.', 'nxt-cloud-chat' ), __( 'Choose another one.', 'nxt-cloud-chat' ) ];
		case 'bad_encoding':
			return [
				__( 'Some characters cannot be read.', 'nxt-cloud-chat' ),
				__( 'Try another encoding below, or save the file as “CSV UTF-8”.', 'nxt-cloud-chat' ),
			];
		case 'duplicate_column':
			return [ __( 'Two columns have the same name.', 'nxt-cloud-chat' ), __( 'Look at the examples, and use the one that is right.', 'nxt-cloud-chat' ) ];
		case 'ragged':
			return [
				__( 'This line does not have as many columns as the others.', 'nxt-cloud-chat' ),
				__( 'Often a text with a comma or a line break stands without quotes there.', 'nxt-cloud-chat' ),
			];
		case 'stray_quote':
			return [ __( 'There is a quotation mark in the middle of a text.', 'nxt-cloud-chat' ), __( 'Look whether the columns below are as you expect.', 'nxt-cloud-chat' ) ];
		default:
			return [ message, remedy ];
	}
}
