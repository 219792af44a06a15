/** What the list shows, as the address says it: filters, order, page. Pure. */

/** Names of the filters, as the route GET templates takes them. */
export const FILTERS = [ 'search', 'status', 'category', 'language', 'quality', 'account' ] as const;
export type Filter = ( typeof FILTERS )[ number ];
export type Filters = Partial< Record< Filter, string > >;

/** Each has one direction: names from A, times from the newest. */
export const SORTS = [ 'name', 'last_used', 'updated' ] as const;
export type Sort = ( typeof SORTS )[ number ];

export interface View {
	filters: Filters;
	sort: Sort;
	/** '' = the first page */
	cursor: string;
}

/** The newest change first: what was just written, or just refused. */
const FIRST_SORT: Sort = 'updated';

/** What filters may say; the search is free text. */
const patterns: Record< Exclude< Filter, 'search' >, RegExp > = {
	status: /^[A-Z_]{1,40}$/,
	category: /^[A-Z_]{1,40}$/,
	quality: /^[A-Z_]{1,40}$/,
	language: /^[a-z]{2,3}(_[A-Z]{2,3})?$/,
	account: /^[1-9]\d{0,15}$/,
};

/** Reads the address. What makes no sense counts as not said. */
export function viewOf( query: Record< string, string > ): View {
	const filters: Filters = {};
	FILTERS.forEach( ( name ) => {
		const value = query[ name ];
		if ( value && ( name === 'search' || patterns[ name ].test( value ) ) ) {
			filters[ name ] = value;
		}
	} );
	return { filters, sort: SORTS.find( ( one ) => one === query.sort ) ?? FIRST_SORT, cursor: query.cursor ?? '' };
}

/** The other way round: what is as it is by itself is left out. */
export const queryOf = ( { filters, sort, cursor }: View ): Record< string, string > => ( {
	...filters,
	...( sort === FIRST_SORT ? {} : { sort } ),
	...( cursor ? { cursor } : {} ),
} );

/** With other filters or another order the list begins at its first page. */
export const changed = ( view: View, change: { filters?: Filters; sort?: Sort } ): View => ( {
	sort: change.sort ?? view.sort,
	filters: Object.fromEntries( Object.entries( { ...view.filters, ...change.filters } ).filter( ( [ , value ] ) => value !== '' ) ),
	cursor: '',
} );

export const isFiltered = ( { filters }: View ): boolean => Object.keys( filters ).length > 0;
