/** Which control a problem belongs to. */
import type { Problem } from '../types';
import { get, isObject, objects, word, type Json } from './json';

/** What the editor has controls for, per kind of component and button. */
const COMPONENT: Record< string, string[] > = {
	HEADER: [ 'format', 'text', 'example' ],
	BODY: [ 'text', 'example', 'add_security_recommendation' ],
	FOOTER: [ 'text', 'code_expiration_minutes' ],
	LIMITED_TIME_OFFER: [ 'limited_time_offer' ],
	BUTTONS: [ 'buttons' ],
	CAROUSEL: [ 'cards' ],
};
const BUTTON = [ 'text', 'url', 'phone_number', 'example', 'flow_id', 'flow_action', 'otp_type', 'autofill_text', 'supported_apps', 'zero_tap_terms_accepted' ];

/** Places of all controls that a template has on the screen. */
export function controlPlaces( template: object ): string[] {
	const found = [ 'name', 'language', 'category', 'parameter_format', 'message_send_ttl_seconds', 'components' ];
	const walk = ( list: string ) => {
		const all = get( template, list );
		( Array.isArray( all ) ? all : [] ).forEach( ( component: unknown, index ) => {
			const place = `${ list }[${ index }]`;
			found.push( place );
			if ( ! isObject( component ) ) {
				return;
			}
			( COMPONENT[ word( component.type ) ] ?? [] ).forEach( ( key ) => found.push( `${ place }.${ key }` ) );
			objects( component.buttons ).forEach( ( button: Json, at ) => {
				found.push( `${ place }.buttons[${ at }]` );
				BUTTON.forEach( ( key ) => found.push( `${ place }.buttons[${ at }].${ key }` ) );
				objects( button.supported_apps ).forEach( ( _, app ) => {
					const one = `${ place }.buttons[${ at }].supported_apps[${ app }]`;
					found.push( one, `${ one }.package_name`, `${ one }.signature_hash` );
				} );
			} );
			objects( component.cards ).forEach( ( _, at ) => {
				found.push( `${ place }.cards[${ at }]` );
				walk( `${ place }.cards[${ at }].components` );
			} );
		} );
	};
	walk( 'components' );
	return found;
}

/** The control that stands for a place: itself or what it is in. '' when only the template as a whole does. */
export function controlOf( place: string, controls: string[] ): string {
	return controls.reduce( ( best, control ) => ( ( place === control || ( place.startsWith( control ) && /[.[]/.test( place[ control.length ] ?? '' ) ) ) && control.length > best.length ? control : best ), '' );
}

/** Problems by the control they belong to. */
export function byControl( problems: Problem[], template: object ): Map< string, Problem[] > {
	const controls = controlPlaces( template );
	const out = new Map< string, Problem[] >();
	problems.forEach( ( problem ) => {
		const control = controlOf( problem.place, controls );
		out.set( control, [ ...( out.get( control ) ?? [] ), problem ] );
	} );
	return out;
}

/** The card and the button that a place is in, counted from 1; 0 = in none. */
export const within = ( place: string ): { card: number; button: number } => ( {
	card: 1 + Number( /\.cards\[(\d+)\]/.exec( place )?.[ 1 ] ?? -1 ),
	button: 1 + Number( /\.buttons\[(\d+)\]/.exec( place )?.[ 1 ] ?? -1 ),
} );
