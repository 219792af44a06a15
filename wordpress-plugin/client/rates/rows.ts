/** Prices as a table that people type into, and back. Pure. */
import type { Category, Prices, Rates } from './api';

/** All countries that have no row of their own. */
export const ELSEWHERE = '*';

export interface Row {
	/** ISO 3166 or ELSEWHERE. */
	country: string;
	/** What stands in the fields, by category. */
	texts: Partial< Record< Category, string > >;
}

/** One row for each country that has a price, in the order of their names, that of all others at the end. */
export function rowsOf( rates: Rates, categories: Category[], name: ( country: string ) => string ): Row[] {
	const countries = [ ...new Set( categories.flatMap( ( category ) => Object.keys( rates.rates[ category ] ) ) ) ].filter( ( country ) => country !== ELSEWHERE );
	countries.sort( ( a, b ) => name( a ).localeCompare( name( b ) ) );
	return [ ...countries, ELSEWHERE ].map( ( country ) => ( {
		country,
		texts: Object.fromEntries( categories.map( ( category ) => [ category, textOf( rates.rates[ category ][ country ] ) ] ) ),
	} ) );
}

const textOf = ( price: number | undefined ): string => ( price === undefined ? '' : String( price ) );

/** What a person typed as a price: 0.0768 and 0,0768. null = nothing, NaN = no price. */
export function readPrice( text: string ): number | null {
	const plain = text.trim().replace( ',', '.' );
	return plain === '' ? null : /^\d{1,3}(\.\d{0,6})?$|^\.\d{1,6}$/.test( plain ) ? Number( plain ) : NaN;
}

/** The prices of a category as the rows have them; empty fields have none. */
export function pricesOf( rows: Row[], category: Category ): Prices {
	return Object.fromEntries(
		rows.flatMap( ( { country, texts } ) => {
			const price = readPrice( texts[ category ] ?? '' );
			return price === null || Number.isNaN( price ) ? [] : [ [ country, price ] ];
		} )
	);
}

/** Fields that hold no price, as `rates.authentication.DE`. */
export const wrongFields = ( rows: Row[], categories: Category[] ): string[] =>
	rows.flatMap( ( { country, texts } ) => categories.filter( ( category ) => Number.isNaN( readPrice( texts[ category ] ?? '' ) ) ).map( ( category ) => `rates.${ category }.${ country }` ) );
