/** Numbers of people in words. */
import { _n, __, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { browserLocale } from '../core/text';
import type { Count } from '../core/types';

/** "1,234" as this person's language writes it. */
export const formatNumber = ( value: number, locale: string = boot.locale ): string =>
	new Intl.NumberFormat( browserLocale( locale ) ).format( value );

/** "1,234 people", "about 1,200,000 people", "nobody". */
export function people( { value, exact }: Count, locale?: string ): string {
	if ( exact && value === 0 ) {
		return __( 'Nobody', 'nxt-cloud-chat' );
	}
	const number = formatNumber( value, locale );
	return exact
		? /* translators: %s: number of people */
		  sprintf( _n( '%s person', '%s people', value, 'nxt-cloud-chat' ), number )
		: /* translators: %s: estimated number of people */
		  sprintf( __( 'about %s people', 'nxt-cloud-chat' ), number );
}
