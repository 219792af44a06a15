/** What the list shows, as the address says it: filters, order, page. Pure. */
import type { Route } from './route';

/** Names of the filters, as the route GET contacts takes them. */
export const FILTERS = [ 'search', 'group', 'segment', 'marketing', 'utility', 'login', 'country', 'language', 'source', 'heard', 'field', 'import' ] as const;
export type Filter = ( typeof FILTERS )[ number ];
export type Filters = Partial< Record< Filter, string > >;

export const SORTS = [ 'added', 'name', 'heard' ] as const;
export type Sort = ( typeof SORTS )[ number ];
export type Order = 'asc' | 'desc';

export interface View {
	filters: Filters;
	sort: Sort;
	order: Order;
	/** '' = the first page */
	cursor: string;
	/** The last page. */
	last: boolean;
}

/** Names from A, times from the newest. */
export const firstOrder = ( sort: Sort ): Order => ( sort === 'name' ? 'asc' : 'desc' );

/** What filters may say; the others are free text. */
const patterns: Partial< Record< Filter, RegExp > > = {
	group: /^[1-9]\d{0,15}$/,
	segment: /^[1-9]\d{0,15}$/,
	import: /^[1-9]\d{0,15}$/,
	marketing: /^(granted|revoked|none)$/,
	utility: /^(granted|revoked|none)$/,
	login: /^(granted|revoked|none)$/,
	country: /^[A-Z]{2}$/,
	language: /^[a-z]{2,3}(_[A-Z]{2})?$/,
	heard: /^(7d|30d|90d|older|never)$/,
	field: /^[a-z][a-z0-9_]{0,63}:/,
};

/** Reads the address. What makes no sense counts as not said. */
export function viewOf( query: Route[ 'query' ] ): View {
	const filters: Filters = {};
	FILTERS.forEach( ( name ) => {
		const value = query[ name ];
		if ( value && ( patterns[ name ]?.test( value ) ?? true ) ) {
			filters[ name ] = value;
		}
	} );
	const sort = SORTS.find( ( one ) => one === query.sort ) ?? 'added';
	const order = query.order === 'asc' || query.order === 'desc' ? query.order : firstOrder( sort );
	return { filters, sort, order, cursor: query.cursor ?? '', last: query.last === '1' };
}

/** The other way round: what is as it is by itself is left out. */
export function queryOf( { filters, sort, order, cursor, last }: View ): Record< string, string > {
	return {
		...filters,
		...( sort === 'added' && order === 'desc' ? {} : { sort } ),
		...( order === firstOrder( sort ) ? {} : { order } ),
		...( cursor ? { cursor } : {} ),
		...( last ? { last: '1' } : {} ),
	};
}

/** With other filters or another order the list begins at its first page. */
export const changed = ( view: View, change: { filters?: Filters; sort?: Sort; order?: Order } ): View => ( {
	sort: change.sort ?? view.sort,
	order: change.order ?? view.order,
	filters: Object.fromEntries( Object.entries( { ...view.filters, ...change.filters } ).filter( ( [ , value ] ) => value !== '' ) ),
	cursor: '',
	last: false,
} );

export const isFiltered = ( { filters }: View ): boolean => Object.keys( filters ).length > 0;

/** 'city:Berlin' → the field's name and the value. */
export function splitField( text: string | undefined ): { name: string; value: string } {
	const at = text?.indexOf( ':' ) ?? -1;
	return text && at > 0 ? { name: text.slice( 0, at ), value: text.slice( at + 1 ) } : { name: '', value: '' };
}
