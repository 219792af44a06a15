/** Meta's JSON by place ('components[2].buttons[0].url'), never changed in itself. What is not touched stays the same object. */
export type Json = Record< string, unknown >;

export const isObject = ( value: unknown ): value is Json => typeof value === 'object' && value !== null && ! Array.isArray( value );
export const objects = ( value: unknown ): Json[] => ( Array.isArray( value ) ? value.filter( isObject ) : [] );
export const str = ( value: unknown ): string => ( typeof value === 'string' ? value : '' );
/** A word of Meta's in capitals: it takes any case. */
export const word = ( value: unknown ): string => str( value ).toUpperCase();

/** An object without some of its keys. */
export const omit = ( node: Json, ...keys: string[] ): Json => Object.fromEntries( Object.entries( node ).filter( ( [ key ] ) => ! keys.includes( key ) ) );

/** 'components[2].text' → [ 'components', 2, 'text' ] */
const steps = ( place: string ): ( string | number )[] => ( place.match( /[^.[\]]+/g ) ?? [] ).map( ( step ) => ( /^\d+$/.test( step ) ? Number( step ) : step ) );

/** What stands there; undefined when nothing does. */
export function get( root: unknown, place: string ): unknown {
	return steps( place ).reduce< unknown >( ( node, step ) => ( typeof node === 'object' && node !== null ? ( node as Record< string | number, unknown > )[ step ] : undefined ), root );
}

/** A copy with another value there; undefined removes it. */
export function set< T >( root: T, place: string, value: unknown ): T {
	const put = ( node: unknown, [ step, ...rest ]: ( string | number )[] ): unknown => {
		if ( step === undefined ) {
			return value;
		}
		const before = typeof node === 'object' && node !== null ? ( node as Record< string | number, unknown > )[ step ] : undefined;
		const after = put( before, rest );
		if ( after === before ) {
			return node;
		}
		if ( typeof step === 'number' ) {
			const list = Array.isArray( node ) ? [ ...node ] : [];
			if ( after === undefined ) {
				list.splice( step, 1 );
			} else {
				list[ step ] = after;
			}
			return list;
		}
		const object = isObject( node ) ? node : {};
		return after === undefined ? omit( object, step ) : { ...object, [ step ]: after };
	};
	return put( root, steps( place ) ) as T;
}
