/** What the segments tab does: the store together with the API. */
import { consentLabel, marketingLabel, sourceLabel } from '../contact/words';
import type { Choice } from '../core/Chips';
import { Consent } from '../core/enums';
import { ApiError, toApiError } from '../core/error';
import { countryName, countryOptions, languageName, languageOptions } from '../core/places';
import { createStore } from '../core/store';
import type { Segment } from '../core/types';
import * as api from './api';
import { initialSegments, reduceSegments } from './store';

export const segments = createStore( reduceSegments, initialSegments );

export const asError = ( reason: unknown ): ApiError => ( reason instanceof ApiError ? reason : toApiError( reason ) );

export async function load(): Promise< void > {
	try {
		const [ list, schema ] = await Promise.all( [ api.fetchSegments(), api.fetchSchema() ] );
		segments.dispatch( { type: 'loaded', segments: list.items, fields: schema.fields.map( named ) } );
	} catch ( reason ) {
		segments.dispatch( { type: 'failed', error: asError( reason ) } );
	}
}

/** Choices as the rest of the screen names them; countries and languages to choose beforehand, too. */
function named( field: api.SchemaField ): api.SchemaField {
	const own = ( field.choices ?? [] ).map( ( { value, label } ) => ( { value: String( value ), label } ) );
	const withAll = ( all: Choice[], name: ( code: string ) => string ) => [
		...own.filter( ( { value } ) => ! all.some( ( one ) => one.value === value ) ).map( ( { value } ) => ( { value, label: name( value ) } ) ),
		...all,
	];
	switch ( field.field ) {
		case 'country':
			return { ...field, choices: withAll( countryOptions(), countryName ) };
		case 'language':
			return { ...field, choices: withAll( languageOptions(), languageName ) };
		case 'source':
			return { ...field, choices: own.map( ( { value } ) => ( { value, label: sourceLabel( value ) } ) ) };
		default:
			return field.choices ? { ...field, choices: own.map( ( { value, label } ) => ( { value, label: stateLabel( field.field, value ) ?? label } ) ) } : field;
	}
}

const STATES: Record< string, Consent > = { granted: Consent.GRANTED, revoked: Consent.REVOKED, none: Consent.NONE };

function stateLabel( field: string, value: string ): string | undefined {
	const state = STATES[ value ];
	if ( ! field.startsWith( 'consent.' ) || state === undefined ) {
		return undefined;
	}
	return field === 'consent.marketing' ? marketingLabel( state ) : consentLabel( state );
}

/** @throws {ApiError} with problems per condition */
export async function save( id: number | null, input: api.SegmentInput ): Promise< Segment > {
	try {
		const segment = await api.saveSegment( id, input );
		segments.dispatch( { type: 'saved', segment } );
		return segment;
	} catch ( reason ) {
		throw asError( reason );
	}
}

/** @throws {ApiError} */
export async function remove( id: number ): Promise< void > {
	try {
		await api.removeSegment( id );
		segments.dispatch( { type: 'removed', id } );
	} catch ( reason ) {
		throw asError( reason );
	}
}
