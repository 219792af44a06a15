/** Meta's words about a number, in plain ones. Unknown words are shown as they came. */
import { __, sprintf } from '@wordpress/i18n';

export function qualityLabel( quality: string ): string {
	switch ( quality ) {
		case 'GREEN':
			return __( 'High', 'nxt-cloud-chat' );
		case 'YELLOW':
			return __( 'Medium', 'nxt-cloud-chat' );
		case 'RED':
			return __( 'Low', 'nxt-cloud-chat' );
		case '':
		case 'NA':
		case 'UNKNOWN':
			return __( 'Not rated yet', 'nxt-cloud-chat' );
		default:
			return quality;
	}
}

export function throughputLabel( level: string ): string {
	switch ( level ) {
		case 'STANDARD':
			return __( '80 messages a second', 'nxt-cloud-chat' );
		case 'HIGH':
			return __( '1,000 messages a second', 'nxt-cloud-chat' );
		case '':
		case 'NOT_APPLICABLE':
			return '–';
		default:
			return level;
	}
}

/** TIER_1K → "1,000 people a day". */
export function limitLabel( tier: string ): string {
	const match = /^TIER_(\d+)(K?)$/.exec( tier );
	if ( tier === 'TIER_UNLIMITED' || tier === 'UNLIMITED' ) {
		return __( 'No limit', 'nxt-cloud-chat' );
	}
	if ( ! match ) {
		return tier || '–';
	}
	const people = Number( match[ 1 ] ) * ( match[ 2 ] ? 1000 : 1 );
	/* translators: %s: number of people */
	return sprintf( __( '%s people a day', 'nxt-cloud-chat' ), people.toLocaleString( 'en' ) );
}

export function numberStatusLabel( status: string ): string {
	switch ( status ) {
		case 'CONNECTED':
			return __( 'Connected', 'nxt-cloud-chat' );
		case 'DISCONNECTED':
			return __( 'Disconnected', 'nxt-cloud-chat' );
		case 'PENDING':
			return __( 'Pending', 'nxt-cloud-chat' );
		case 'FLAGGED':
			return __( 'Flagged', 'nxt-cloud-chat' );
		case 'RESTRICTED':
			return __( 'Restricted', 'nxt-cloud-chat' );
		case 'BANNED':
			return __( 'Banned', 'nxt-cloud-chat' );
		case '':
			return '–';
		default:
			return status;
	}
}
