/** Logins in words. A reason that is not known here is shown as it is. */
import { __, sprintf } from '@wordpress/i18n';

import type { Scope } from './api';
import type { Part } from './bars';

const refusals: Record< string, string > = {
	phone: __( 'Not a phone number', 'nxt-cloud-chat' ),
	landline: __( 'Not a mobile number', 'nxt-cloud-chat' ),
	country: __( 'A country that is not allowed, or its limit', 'nxt-cloud-chat' ),
	number: __( 'Too often for one number', 'nxt-cloud-chat' ),
	ip: __( 'Too often from one visitor', 'nxt-cloud-chat' ),
	network: __( 'Too often from one network', 'nxt-cloud-chat' ),
	site: __( 'Too often on the whole site', 'nxt-cloud-chat' ),
	cap: __( 'The day’s cap was reached', 'nxt-cloud-chat' ),
	resend: __( 'Asked again too soon', 'nxt-cloud-chat' ),
	exhausted: __( 'Asked again with no attempt left', 'nxt-cloud-chat' ),
	guesses: __( 'Too many codes typed in for one number, or by one visitor', 'nxt-cloud-chat' ),
	attempt: __( 'No attempt left for this code', 'nxt-cloud-chat' ),
	code: __( 'Wrong code', 'nxt-cloud-chat' ),
	expired: __( 'The code had run out', 'nxt-cloud-chat' ),
	session: __( 'Another browser than the one that asked', 'nxt-cloud-chat' ),
	role: __( 'A role that must use its password', 'nxt-cloud-chat' ),
	stale: __( 'The number must be verified again', 'nxt-cloud-chat' ),
	unknown: __( 'Nobody has this number', 'nxt-cloud-chat' ),
	trouble: __( 'Codes could not be sent at that moment', 'nxt-cloud-chat' ),
	send: __( 'The message could not be sent', 'nxt-cloud-chat' ),
	unready: __( 'Template or number not ready', 'nxt-cloud-chat' ),
	broken: __( 'Something is broken here: see the log', 'nxt-cloud-chat' ),
	131026: __( 'The number is not on WhatsApp', 'nxt-cloud-chat' ),
	131062: __( 'WhatsApp hides this number, and takes no codes for it', 'nxt-cloud-chat' ),
};

export function refusalLabel( reason: string ): string {
	const key = reason.replace( /^nxtchat_login_/, '' );
	if ( refusals[ key ] ) {
		return refusals[ key ];
	}
	return /^\d+$/.test( key )
		? /* translators: %s: number of an error */ sprintf( __( 'WhatsApp refused it (error %s)', 'nxt-cloud-chat' ), key )
		: /* translators: %s: a word of a program */ sprintf( __( 'WordPress or another plugin refused it (%s)', 'nxt-cloud-chat' ), key );
}

export const scopes: Record< Scope, { label: string; help: string } > = {
	number: { label: __( 'One number', 'nxt-cloud-chat' ), help: __( 'Nobody can be flooded with codes.', 'nxt-cloud-chat' ) },
	ip: { label: __( 'One visitor', 'nxt-cloud-chat' ), help: __( 'By address.', 'nxt-cloud-chat' ) },
	network: { label: __( 'One network', 'nxt-cloud-chat' ), help: __( 'Neighbouring addresses: an office, a data centre.', 'nxt-cloud-chat' ) },
	country: { label: __( 'One country', 'nxt-cloud-chat' ), help: __( 'By the number’s country.', 'nxt-cloud-chat' ) },
	site: { label: __( 'Whole site', 'nxt-cloud-chat' ), help: __( 'All visitors together.', 'nxt-cloud-chat' ) },
};

export const partLabels: Record< Part, string > = {
	success: __( 'Logged in', 'nxt-cloud-chat' ),
	unused: __( 'Asked for a code, not logged in', 'nxt-cloud-chat' ),
	refused: __( 'Refused', 'nxt-cloud-chat' ),
};

export const staleLabel = ( stale: number ): string =>
	stale === 0 ? __( 'In use', 'nxt-cloud-chat' ) : stale === 1 ? __( 'Silent for long: must verify again', 'nxt-cloud-chat' ) : __( 'Changed at WhatsApp: must verify again', 'nxt-cloud-chat' );

/** "5 minutes", "30 seconds". */
export function duration( seconds: number ): string {
	const locale = document.documentElement.lang || 'en';
	const unit = seconds % 60 === 0 ? 'minute' : 'second';
	return new Intl.NumberFormat( locale, { style: 'unit', unit, unitDisplay: 'long' } ).format( unit === 'minute' ? seconds / 60 : seconds );
}
