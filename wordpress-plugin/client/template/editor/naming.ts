/** Variables in texts ({{1}}, {{first_name}}) and their examples, in the shapes that Meta has for them. */
import { isObject, objects, omit, str, type Json } from './json';

/** Longest name, characters (crates/core template/scan.rs). */
const NAME_CHARS = 99;

/** Every variable of a text, as often as it appears. */
export function scan( text: string ): string[] {
	return [ ...text.matchAll( /(\{+)([^{}\n]*)(\}+)/g ) ].flatMap( ( [ , open = '', name = '', close = '' ] ) =>
		open.length === 2 && close.length === 2 && /^[a-z0-9_]+$/.test( name ) && name.length <= NAME_CHARS ? name : []
	);
}

const numberOf = ( name: string ): number => ( /^[1-9]\d*$/.test( name ) ? Number( name ) : 0 );

/** Every name once: numbers without a gap by size, everything else as it appears. Examples stand in this order. */
export function names( text: string ): string[] {
	const found = [ ...new Set( scan( text ) ) ];
	const sorted = [ ...found ].sort( ( a, b ) => numberOf( a ) - numberOf( b ) );
	return sorted.every( ( name, index ) => numberOf( name ) === index + 1 ) ? sorted : found;
}

/** The text with other names; those that `rename` does not have stay. */
export const renamed = ( text: string, rename: ReadonlyMap< string, string > ): string =>
	text.replace( /\{\{([a-z0-9_]+)\}\}/g, ( whole, name: string ) => ( rename.has( name ) ? `{{${ rename.get( name ) }}}` : whole ) );

export type TextKey = 'header_text' | 'body_text';

/** The examples of a header or body by name, whichever of Meta's shapes they are in. */
export function readExamples( node: Json, key: TextKey ): Record< string, string > {
	const example = isObject( node.example ) ? node.example : {};
	const out: Record< string, string > = {};
	const given = example[ key ];
	const outer = Array.isArray( given ) ? given : given === undefined ? [] : [ given ];
	const listed: unknown[] = Array.isArray( outer[ 0 ] ) ? outer[ 0 ] : outer;
	names( str( node.text ) ).forEach( ( name, index ) => {
		if ( typeof listed[ index ] === 'string' ) {
			out[ name ] = listed[ index ];
		}
	} );
	objects( example[ `${ key }_named_params` ] ).forEach( ( { param_name, example: value } ) => {
		out[ str( param_name ) ] = str( value );
	} );
	return out;
}

/** The same node with the examples of its variables; what else `example` has stays. */
export function withExamples( node: Json, key: TextKey, isNamed: boolean, values: Record< string, string > ): Json {
	const wanted = names( str( node.text ) );
	const example = omit( isObject( node.example ) ? node.example : {}, key, `${ key }_named_params` );
	if ( wanted.length && isNamed ) {
		example[ `${ key }_named_params` ] = wanted.map( ( name ) => ( { param_name: name, example: values[ name ] ?? '' } ) );
	} else if ( wanted.length ) {
		const list = wanted.map( ( name ) => values[ name ] ?? '' );
		example[ key ] = key === 'body_text' ? [ list ] : list;
	}
	return Object.keys( example ).length ? { ...node, example } : omit( node, 'example' );
}

/** A name as Meta takes it: "Order Number" → "order_number". */
export const toName = ( typed: string ): string =>
	typed
		.normalize( 'NFKD' )
		.replace( /\p{M}/gu, '' )
		.toLowerCase()
		.replace( /ß/g, 'ss' )
		.replace( /[^a-z0-9_]+/g, '_' );
