/** Numbers as people of this screen's language write them. */
import { _n, __, sprintf } from '@wordpress/i18n';

import { boot } from './boot';
import { browserLocale } from './text';
import type { Count } from './types';

/** From here an estimate is told in round words, people. */
const COMPACT_FROM = 1_000_000;

export const formatNumber = ( value: number, options: Intl.NumberFormatOptions = {} ): string =>
	new Intl.NumberFormat( browserLocale( boot.locale ), options ).format( value );

/** An estimate claims no more digits than it has: two. */
export const roundEstimate = ( value: number ): number => ( value < 10 ? value : Number( value.toPrecision( 2 ) ) );

/** "12,345" or "about 1.2 million". */
export function formatCount( { value, exact }: Count ): string {
	if ( exact ) {
		return formatNumber( value );
	}
	const round = roundEstimate( value );
	return sprintf(
		/* translators: %s: a number that is an estimate */
		__( 'about %s', 'nxt-cloud-chat' ),
		formatNumber( round, round >= COMPACT_FROM ? { notation: 'compact', compactDisplay: 'long' } : {} )
	);
}

/** "12,345 contacts" or "about 1.2 million contacts". */
export const contactCount = ( count: Count ): string =>
	/* translators: %s: a number */
	sprintf( _n( '%s contact', '%s contacts', count.value, 'nxt-cloud-chat' ), formatCount( count ) );

/** "12,345 people". */
export const peopleCount = ( count: Count ): string =>
	/* translators: %s: a number */
	sprintf( _n( '%s person', '%s people', count.value, 'nxt-cloud-chat' ), formatCount( count ) );

/** What a person typed as a number: 12,345 and 12.345 and 12 345. NaN when it is none. */
export const readNumber = ( text: string ): number => {
	const digits = text.replace( /[\s.,'’\u00a0\u202f]/g, '' );
	return /^\d+$/.test( digits ) ? Number( digits ) : NaN;
};
