/** Values of variables that are more than a text, from and to what people type. */

/** By part: what is typed. */
export type Parts = Record< string, string >;

const COMPOSITE: Record< string, string[] > = {
	location: [ 'latitude', 'longitude', 'name', 'address' ],
	product: [ 'catalog_id', 'product_retailer_id' ],
	products: [ 'title', 'ids' ],
	expires_ms: [ 'at' ],
};
/** May stay empty. */
const OPTIONAL = [ 'name', 'address' ];

export const isComposite = ( kind: string ): boolean => kind in COMPOSITE;

/** What stands in the fields of a value. */
export function partsOf( kind: string, value: unknown ): Parts {
	const known = typeof value === 'object' && value !== null ? ( value as Record< string, unknown > ) : {};
	return Object.fromEntries( ( COMPOSITE[ kind ] ?? [] ).map( ( part ) => [ part, [ 'string', 'number' ].includes( typeof known[ part ] ) ? String( known[ part ] ) : '' ] ) );
}

/** The value as Meta takes it; '' while something of it is missing or no number. */
export function put( kind: string, parts: Parts ): unknown {
	const typed = Object.fromEntries( Object.entries( parts ).map( ( [ part, text ] ) => [ part, text.trim() ] ) );
	if ( Object.entries( typed ).some( ( [ part, text ] ) => text === '' && ! OPTIONAL.includes( part ) ) ) {
		return '';
	}
	const of = ( part: string ): string => typed[ part ] ?? '';
	switch ( kind ) {
		case 'location': {
			const place = { latitude: Number( of( 'latitude' ).replace( ',', '.' ) ), longitude: Number( of( 'longitude' ).replace( ',', '.' ) ) };
			if ( Number.isNaN( place.latitude + place.longitude ) ) {
				return '';
			}
			return { ...place, ...Object.fromEntries( OPTIONAL.filter( of ).map( ( part ) => [ part, of( part ) ] ) ) };
		}
		case 'product':
			return typed;
		case 'products': {
			const ids = of( 'ids' ).split( /[,\s]+/ ).filter( Boolean );
			return ids.length ? { thumbnail_product_retailer_id: ids[ 0 ], sections: [ { title: of( 'title' ), product_items: ids.map( ( id ) => ( { product_retailer_id: id } ) ) } ] } : '';
		}
		case 'expires_ms': {
			const at = Date.parse( of( 'at' ) );
			return Number.isNaN( at ) ? '' : at;
		}
	}
	return '';
}
