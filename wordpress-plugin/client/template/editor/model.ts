/**
 * What the editor changes: Meta's own JSON with the bindings of its variables. Every function answers with another form and
 * leaves what it is not about as it was, so parts that are not known here survive.
 *
 * `list` names a list of components: 'components', or of a card 'components[1].cards[0].components'.
 */
import type { Bindings, Component, TemplateBody } from '../types';
import { get, isObject, objects, set, str, word, type Json } from './json';
import { LIMITS } from './limits';
import { names, readExamples, renamed, scan, withExamples, type TextKey } from './naming';

export interface Form {
	template: TemplateBody;
	bindings: Bindings;
	/** Examples by variable, also of those that were taken out of the text: they may come back. */
	kept: Record< string, string >;
	/** Components of the other kind of category, for when somebody changes their mind. */
	parked: Component[] | null;
}

export const ROOT = 'components';

/** The order in which a customer sees them, which is the order of new ones. */
const ORDER = [ 'HEADER', 'LIMITED_TIME_OFFER', 'BODY', 'FOOTER', 'BUTTONS', 'CAROUSEL' ];

export const isAuth = ( form: Form ): boolean => word( form.template.category ) === 'AUTHENTICATION';
export const isNamed = ( form: Form ): boolean => word( form.template.parameter_format ) === 'NAMED';

/** What stands before the keys of values: '' or 'cards.0.' */
export const prefixOf = ( list: string ): string => list.replace( /^components(?:\[\d+\]\.cards\[(\d+)\]\.components)?$/, ( _, card?: string ) => ( card === undefined ? '' : `cards.${ card }.` ) );

/** Place of the first component of a type, '' when there is none. */
export function placeOf( form: Form, list: string, type: string ): string {
	const all = get( form.template, list );
	const at = Array.isArray( all ) ? all.findIndex( ( one ) => isObject( one ) && word( one.type ) === type ) : -1;
	return at < 0 ? '' : `${ list }[${ at }]`;
}

export function node( form: Form, place: string ): Json {
	const found = place ? get( form.template, place ) : null;
	return isObject( found ) ? found : {};
}

export const part = ( form: Form, list: string, type: string ): Json => node( form, placeOf( form, list, type ) );

export const put = ( form: Form, place: string, value: unknown ): Form => ( { ...form, template: set( form.template, place, value ) } );

/** An authentication template as Meta hands it out is made again of what it was made of: its text and address are WhatsApp's. */
function ownAuth( component: Component ): Component {
	const { text, example, ...rest } = component as Json;
	switch ( word( component.type ) ) {
		case 'BODY':
		case 'FOOTER':
			return ( text === undefined && example === undefined ? component : rest ) as Component;
		case 'BUTTONS':
			return { ...component, buttons: objects( component.buttons ).map( ( button ) => ( word( button.type ) === 'URL' ? otpOf( button ) : button ) ) };
		default:
			return component;
	}
}

/** https://www.whatsapp.com/otp/code/?otp_type=ONE_TAP&package_name=…&signature_hash=… */
function otpOf( button: Json ): Json {
	const query = new URLSearchParams( str( button.url ).split( '?', 2 )[ 1 ] ?? '' );
	const type = word( query.get( 'otp_type' ) ) || 'COPY_CODE';
	const app = { package_name: query.get( 'package_name' ) ?? '', signature_hash: query.get( 'signature_hash' ) ?? '' };
	return {
		type: 'OTP',
		otp_type: type,
		text: str( button.text ),
		...( query.get( 'cta_display_name' ) ? { autofill_text: query.get( 'cta_display_name' ) } : {} ),
		...( type === 'COPY_CODE' ? {} : { supported_apps: [ app ] } ),
		...( type === 'ZERO_TAP' ? { zero_tap_terms_accepted: true } : {} ),
	};
}

/** A template to be changed. */
export function open( template: TemplateBody, bindings: Bindings = {} ): Form {
	const isFetchedAuth = word( template.category ) === 'AUTHENTICATION' && template.components.some( ( one ) => word( one.type ) === 'BODY' && str( one.text ) !== '' );
	return {
		template: isFetchedAuth ? { ...template, components: template.components.map( ownAuth ) } : template,
		bindings,
		kept: {},
		parked: null,
	};
}

/** An empty one. */
export const blank = ( language: string ): Form =>
	open( { name: '', language, category: 'UTILITY', parameter_format: 'POSITIONAL', components: [ { type: 'BODY', text: '' } ] } );

/** What is saved: bindings of variables that are gone stay behind. @param keys Of the template's variables; null: not known */
export const close = ( form: Form, keys: string[] | null = null ): { template: TemplateBody; bindings: Bindings } => ( {
	template: form.template,
	bindings: keys ? Object.fromEntries( Object.entries( form.bindings ).filter( ( [ key ] ) => keys.includes( key ) ) ) : form.bindings,
} );

/** Adds a component at its place among the others, unless there is one. */
export function ensure( form: Form, list: string, component: Component ): Form {
	if ( placeOf( form, list, component.type ) ) {
		return form;
	}
	const all = objects( get( form.template, list ) );
	const rank = ORDER.indexOf( component.type );
	const after = all.findIndex( ( one ) => ORDER.indexOf( word( one.type ) ) > rank );
	const at = after < 0 ? all.length : after;
	return put( form, list, [ ...all.slice( 0, at ), component, ...all.slice( at ) ] );
}

export function without( form: Form, list: string, type: string ): Form {
	const place = placeOf( form, list, type );
	return place ? put( form, place, undefined ) : form;
}

// Texts -----------------------------------------------------------------------------------------------------------------

const textKey = ( type: string ): TextKey => ( type === 'HEADER' ? 'header_text' : 'body_text' );

/** Examples of a header's or body's variables by name, as far as they are known. */
export function examplesOf( form: Form, list: string, type: 'HEADER' | 'BODY' ): Record< string, string > {
	const kept = Object.entries( form.kept ).flatMap( ( [ key, value ] ) => ( key.startsWith( keyPrefix( list, type ) ) ? [ [ key.slice( keyPrefix( list, type ).length ), value ] ] : [] ) );
	return { ...Object.fromEntries( kept ), ...readExamples( part( form, list, type ), textKey( type ) ) };
}

const keyPrefix = ( list: string, type: string ): string => `${ prefixOf( list ) }${ type === 'HEADER' ? 'header' : 'body' }.`;

/** Writes the text of a header or body; its examples follow its variables. */
export function setText( form: Form, list: string, type: 'HEADER' | 'BODY', text: string ): Form {
	const made = ensure( form, list, type === 'HEADER' ? { type, format: 'TEXT' } : { type } );
	const examples = examplesOf( made, list, type );
	const next = withExamples( { ...part( made, list, type ), text }, textKey( type ), isNamed( form ), examples );
	const kept = { ...made.kept };
	Object.entries( examples ).forEach( ( [ name, example ] ) => ( kept[ keyPrefix( list, type ) + name ] = example ) );
	return { ...put( made, placeOf( made, list, type ), next ), kept };
}

export function setExample( form: Form, list: string, type: 'HEADER' | 'BODY', name: string, example: string ): Form {
	const examples = { ...examplesOf( form, list, type ), [ name ]: example };
	const next = withExamples( part( form, list, type ), textKey( type ), isNamed( form ), examples );
	return { ...put( form, placeOf( form, list, type ), next ), kept: { ...form.kept, [ keyPrefix( list, type ) + name ]: example } };
}

const rekeyed = < T >( map: Record< string, T >, key: ( key: string ) => string | null ): Record< string, T > =>
	Object.fromEntries(
		Object.entries( map ).flatMap( ( [ old, value ] ) => {
			const now = key( old );
			return now === null ? [] : [ [ now, value ] ];
		} )
	);

/** Gives variables of one text other names; examples and bindings go with them. */
export function rename( form: Form, list: string, type: 'HEADER' | 'BODY', map: ReadonlyMap< string, string > ): Form {
	const place = placeOf( form, list, type );
	const before = node( form, place );
	const examples = rekeyed( examplesOf( form, list, type ), ( name ) => map.get( name ) ?? name );
	const text = renamed( str( before.text ), map );
	const prefix = keyPrefix( list, type );
	const key = ( old: string ) => ( old.startsWith( prefix ) && map.has( old.slice( prefix.length ) ) ? prefix + map.get( old.slice( prefix.length ) ) : old );
	const next = withExamples( { ...before, text }, textKey( type ), isNamed( form ), examples );
	return { ...put( form, place, next ), bindings: rekeyed( form.bindings, key ), kept: rekeyed( form.kept, key ) };
}

/** Numbers the variables of a text in the order in which they appear. */
export function renumber( form: Form, list: string, type: 'HEADER' | 'BODY' ): Form {
	const found = [ ...new Set( scan( str( part( form, list, type ).text ) ) ) ];
	return rename( form, list, type, new Map( found.map( ( name, index ) => [ name, String( index + 1 ) ] ) ) );
}

/** A name that the text does not have yet. */
export function freeName( form: Form, list: string, type: 'HEADER' | 'BODY', wish = 'value' ): string {
	const taken = names( str( part( form, list, type ).text ) );
	if ( ! isNamed( form ) ) {
		return String( 1 + taken.reduce( ( most, name ) => Math.max( most, Number( name ) || 0 ), 0 ) );
	}
	for ( let number = 1; ; number++ ) {
		const name = number === 1 && wish !== 'value' ? wish : `${ wish }_${ number }`;
		if ( ! taken.includes( name ) ) {
			return name;
		}
	}
}

/** All lists of components: the template's and those of its cards. */
export const lists = ( form: Form ): string[] => {
	const carousel = placeOf( form, ROOT, 'CAROUSEL' );
	return [ ROOT, ...objects( node( form, carousel ).cards ).map( ( _, index ) => `${ carousel }.cards[${ index }].components` ) ];
};

/** Named or numbered variables, everywhere; names come from the bindings. */
export function setFormat( form: Form, format: 'NAMED' | 'POSITIONAL' ): Form {
	const target = put( form, 'parameter_format', format );
	return lists( form ).reduce(
		( all, list ) =>
			( [ 'HEADER', 'BODY' ] as const ).reduce( ( now, type ) => {
				const place = placeOf( now, list, type );
				if ( ! place || ( type === 'HEADER' && headerFormat( now, list ) !== 'TEXT' ) ) {
					return now;
				}
				const found = [ ...new Set( scan( str( node( now, place ).text ) ) ) ];
				const taken = new Set< string >();
				const map = found.map( ( name, index ): [ string, string ] => {
					const source = now.bindings[ keyPrefix( list, type ) + name ]?.source.split( '.' )[ 1 ];
					let next = format === 'POSITIONAL' ? String( index + 1 ) : /^\d+$/.test( name ) ? source || `value_${ index + 1 }` : name;
					if ( taken.has( next ) ) {
						next = `${ next }_${ index + 1 }`;
					}
					taken.add( next );
					return [ name, next ];
				} );
				return rename( now, list, type, new Map( map ) );
			}, all ),
		target
	);
}

// Header ----------------------------------------------------------------------------------------------------------------

/** 'NONE', 'TEXT', 'IMAGE' … */
export function headerFormat( form: Form, list: string ): string {
	const place = placeOf( form, list, 'HEADER' );
	const header = node( form, place );
	return place ? word( header.format ) || ( str( header.text ) ? 'TEXT' : '' ) : 'NONE';
}

export function setHeader( form: Form, list: string, format: string ): Form {
	const place = placeOf( form, list, 'HEADER' );
	const before = node( form, place );
	const textAt = `${ prefixOf( list ) }header`;
	const kept = headerFormat( form, list ) === 'TEXT' ? { ...form.kept, [ textAt ]: str( before.text ) } : form.kept;
	const bare = { ...without( form, list, 'HEADER' ), kept };
	if ( format === 'NONE' ) {
		return bare;
	}
	const made = ensure( bare, list, { type: 'HEADER', format } );
	return format === 'TEXT' ? setText( made, list, 'HEADER', kept[ textAt ] ?? '' ) : made;
}

/** Handle of the sample, '' without one. */
export function sampleOf( form: Form, list: string ): string {
	const example = part( form, list, 'HEADER' ).example;
	const handle = isObject( example ) ? example.header_handle : null;
	return str( Array.isArray( handle ) ? handle[ 0 ] : handle );
}

export const setSample = ( form: Form, list: string, handle: string ): Form =>
	put( form, `${ placeOf( form, list, 'HEADER' ) }.example`, handle ? { header_handle: [ handle ] } : undefined );

export const setFooter = ( form: Form, text: string ): Form =>
	text === '' ? without( form, ROOT, 'FOOTER' ) : put( ensure( form, ROOT, { type: 'FOOTER' } ), `${ placeOf( ensure( form, ROOT, { type: 'FOOTER' } ), ROOT, 'FOOTER' ) }.text`, text );

// Buttons ---------------------------------------------------------------------------------------------------------------

export const buttonsOf = ( form: Form, list: string ): Json[] => objects( part( form, list, 'BUTTONS' ).buttons );

const newButton = ( type: string ): Json => {
	switch ( type ) {
		case 'URL':
			return { type, text: '', url: '' };
		case 'PHONE_NUMBER':
			return { type, text: '', phone_number: '' };
		case 'COPY_CODE':
			return { type, example: '' };
		case 'REQUEST_CONTACT_INFO':
			return { type };
		case 'FLOW':
			return { type, text: '', flow_id: '', flow_action: 'navigate' };
		case 'CATALOG':
			return { type, text: 'View catalog' };
		case 'MPM':
			return { type, text: 'View items' };
		case 'SPM':
			return { type, text: 'View' };
		default:
			return { type, text: '' };
	}
};

/** Adds a button where WhatsApp wants it: quick replies together, a code before everything else. Answers its index too. */
export function addButton( form: Form, list: string, type: string ): [ Form, number ] {
	const made = ensure( form, list, { type: 'BUTTONS', buttons: [] } );
	const buttons = buttonsOf( made, list );
	const isQuick = ( button: Json | undefined ) => word( button?.type ) === 'QUICK_REPLY';
	const first = buttons.findIndex( isQuick );
	const last = buttons.length - 1 - [ ...buttons ].reverse().findIndex( isQuick );
	let at = buttons.length;
	if ( type === 'QUICK_REPLY' && first >= 0 ) {
		at = last + 1;
	} else if ( type === 'COPY_CODE' && placeOf( form, list, 'LIMITED_TIME_OFFER' ) ) {
		at = 0;
	} else if ( type !== 'QUICK_REPLY' && first > 0 ) {
		at = first;
	}
	const place = `${ placeOf( made, list, 'BUTTONS' ) }.buttons`;
	const next = put( made, place, [ ...buttons.slice( 0, at ), newButton( type ), ...buttons.slice( at ) ] );
	return [ { ...next, bindings: rekeyed( next.bindings, indexed( `${ prefixOf( list ) }buttons.`, ( index ) => ( index >= at ? index + 1 : index ) ) ) }, at ];
}

/** The keys 'buttons.2.url' follow their button. @param move null: it is gone */
const indexed =
	( prefix: string, move: ( index: number ) => number | null ) =>
	( key: string ): string | null => {
		const [ , index = '', rest = '' ] = key.startsWith( prefix ) ? /^(\d+)(\..*)$/.exec( key.slice( prefix.length ) ) ?? [] : [];
		const to = index === '' ? null : move( Number( index ) );
		return index === '' ? key : to === null ? null : `${ prefix }${ to }${ rest }`;
	};

const moved = ( from: number, to: number ) => ( index: number ): number => {
	if ( index === from ) {
		return to;
	}
	return index > from && index <= to ? index - 1 : index < from && index >= to ? index + 1 : index;
};

const shifted = < T >( all: T[], from: number, to: number ): T[] => {
	const rest = all.filter( ( _, index ) => index !== from );
	return [ ...rest.slice( 0, to ), ...all.slice( from, from + 1 ), ...rest.slice( to ) ];
};

export function moveButton( form: Form, list: string, from: number, to: number ): Form {
	const buttons = buttonsOf( form, list );
	if ( to < 0 || to >= buttons.length ) {
		return form;
	}
	const next = put( form, `${ placeOf( form, list, 'BUTTONS' ) }.buttons`, shifted( buttons, from, to ) );
	return { ...next, bindings: rekeyed( form.bindings, indexed( `${ prefixOf( list ) }buttons.`, moved( from, to ) ) ) };
}

export function removeButton( form: Form, list: string, at: number ): Form {
	const buttons = buttonsOf( form, list );
	const next =
		buttons.length === 1
			? without( form, list, 'BUTTONS' )
			: put( form, `${ placeOf( form, list, 'BUTTONS' ) }.buttons`, buttons.filter( ( _, index ) => index !== at ) );
	return { ...next, bindings: rekeyed( form.bindings, indexed( `${ prefixOf( list ) }buttons.`, ( index ) => ( index === at ? null : index > at ? index - 1 : index ) ) ) };
}

/** The address of a button, with `{{1}}` behind it where every customer has their own. Its example comes and goes with it. */
export function setUrl( form: Form, place: string, url: string ): Form {
	const { example, ...button } = node( form, place );
	return put( form, place, { ...button, url, ...( url.includes( '{{' ) ? { example: example ?? [ '' ] } : {} ) } );
}

/** The first example of a button, whichever shape it has. */
export const buttonExample = ( button: Json ): string => str( Array.isArray( button.example ) ? button.example[ 0 ] : button.example );

// Category, offer, carousel -----------------------------------------------------------------------------------------------

const AUTH: Component[] = [
	{ type: 'BODY', add_security_recommendation: true },
	{ type: 'FOOTER', code_expiration_minutes: 10 },
	{ type: 'BUTTONS', buttons: [ { type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy code' } ] },
];

/** Login codes are built of other parts than everything else: those that don't fit wait until somebody changes their mind. */
export function setCategory( form: Form, category: string ): Form {
	const next = put( form, 'category', category );
	if ( ( category === 'AUTHENTICATION' ) === isAuth( form ) ) {
		return next;
	}
	const other: Component[] = category === 'AUTHENTICATION' ? AUTH : [ { type: 'BODY', text: '' } ];
	return { ...put( next, ROOT, form.parked ?? other ), parked: form.template.components };
}

export function setOffer( form: Form, isOn: boolean ): Form {
	return isOn ? ensure( form, ROOT, { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: '', has_expiration: true } } ) : without( form, ROOT, 'LIMITED_TIME_OFFER' );
}

const newCard = (): Json => ( { components: [ { type: 'HEADER', format: 'IMAGE' }, { type: 'BODY', text: '' }, { type: 'BUTTONS', buttons: [ newButton( 'URL' ) ] } ] } );

/** With a carousel there are a body and cards, nothing else. */
export function setCarousel( form: Form, isOn: boolean ): Form {
	if ( ! isOn ) {
		return without( form, ROOT, 'CAROUSEL' );
	}
	const bare = [ 'HEADER', 'FOOTER', 'BUTTONS', 'LIMITED_TIME_OFFER' ].reduce( ( now, type ) => without( now, ROOT, type ), form );
	return ensure( bare, ROOT, { type: 'CAROUSEL', cards: [ newCard(), newCard() ] } );
}

export const cardsOf = ( form: Form ): Json[] => objects( part( form, ROOT, 'CAROUSEL' ).cards );

/** The shape of a part without its texts, files and addresses. */
function emptied( value: unknown, key = '' ): unknown {
	if ( Array.isArray( value ) ) {
		return key === 'example' ? value.map( () => '' ) : value.map( ( one ) => emptied( one ) );
	}
	if ( isObject( value ) ) {
		return Object.fromEntries( Object.entries( value ).flatMap( ( [ name, inner ] ) => ( name === 'example' ? [] : [ [ name, emptied( inner, name ) ] ] ) ) );
	}
	return [ 'text', 'url', 'phone_number' ].includes( key ) ? '' : value;
}

/** One more card, built like the first: WhatsApp wants them alike. */
export function addCard( form: Form ): Form {
	const cards = cardsOf( form );
	return cards.length >= LIMITS.CAROUSEL_CARDS ? form : put( form, `${ placeOf( form, ROOT, 'CAROUSEL' ) }.cards`, [ ...cards, cards[ 0 ] ? emptied( cards[ 0 ] ) : newCard() ] );
}

export function moveCard( form: Form, from: number, to: number ): Form {
	const cards = cardsOf( form );
	if ( to < 0 || to >= cards.length ) {
		return form;
	}
	const next = put( form, `${ placeOf( form, ROOT, 'CAROUSEL' ) }.cards`, shifted( cards, from, to ) );
	const key = indexed( 'cards.', moved( from, to ) );
	return { ...next, bindings: rekeyed( form.bindings, key ), kept: rekeyed( form.kept, key ) };
}

export function removeCard( form: Form, at: number ): Form {
	const next = put( form, `${ placeOf( form, ROOT, 'CAROUSEL' ) }.cards`, cardsOf( form ).filter( ( _, index ) => index !== at ) );
	const key = indexed( 'cards.', ( index ) => ( index === at ? null : index > at ? index - 1 : index ) );
	return { ...next, bindings: rekeyed( form.bindings, key ), kept: rekeyed( form.kept, key ) };
}
