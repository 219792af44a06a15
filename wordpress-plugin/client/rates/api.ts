/** The REST routes of prices. */
import { request } from '../core/api';

export type Category = 'authentication' | 'utility' | 'marketing' | 'service';

/** By country (ISO 3166) or '*' for all others. */
export type Prices = Record< string, number >;

export interface Rates {
	/** ISO 4217, '' = none given. */
	currency: string;
	rates: Record< Category, Prices >;
}

export const fetchRates = (): Promise< Rates > => request( 'rates' );

/** A category left out keeps its prices. */
export const saveRates = ( data: { currency: string; rates: Partial< Record< Category, Prices > > } ): Promise< Rates > =>
	request( 'rates', { method: 'PATCH', data } );
