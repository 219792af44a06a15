/** What can be said about the form before it is sent. The server and Meta have the last word. */
import { __ } from '@wordpress/i18n';

import type { AccountInput } from './api';

export type FieldErrors = Partial< Record< keyof AccountInput, string > >;

/** @param isNew A new account needs its secrets; an old one keeps them when the field stays empty. */
export function validate( input: AccountInput, isNew: boolean ): FieldErrors {
	const errors: FieldErrors = {};
	const needed = __( 'Please fill this in.', 'nxt-cloud-chat' );
	const digits = __( 'This is a number of 5 to 30 digits, without spaces.', 'nxt-cloud-chat' );

	for ( const field of [ 'app_id', 'waba_id', 'phone_number_id' ] as const ) {
		if ( input[ field ] === '' ) {
			errors[ field ] = needed;
		} else if ( ! /^\d{5,30}$/.test( input[ field ] ) ) {
			errors[ field ] = digits;
		}
	}
	if ( /^(\+|0)|[\s()-]/.test( input.phone_number_id ) ) {
		errors.phone_number_id = __( 'This is the ID that Meta gave the number, not the number itself.', 'nxt-cloud-chat' );
	}
	if ( ! errors.waba_id && input.waba_id !== '' && input.waba_id === input.phone_number_id ) {
		errors.phone_number_id = __( 'This is the same as the WhatsApp Business Account ID; Meta shows both side by side.', 'nxt-cloud-chat' );
	}
	if ( isNew && ! input.token ) {
		errors.token = needed;
	} else if ( input.token && /\s/.test( input.token ) ) {
		errors.token = __( 'A token has no spaces or line breaks.', 'nxt-cloud-chat' );
	}
	if ( isNew && ! input.app_secret ) {
		errors.app_secret = needed;
	} else if ( input.app_secret && ! /^[0-9a-f]{32}$/i.test( input.app_secret ) ) {
		errors.app_secret = __( 'An app secret is 32 characters, 0 to 9 and a to f.', 'nxt-cloud-chat' );
	}
	if ( input.default_country !== '' && ! /^[A-Z]{2}$/.test( input.default_country ) ) {
		errors.default_country = __( 'Two letters, for example DE.', 'nxt-cloud-chat' );
	}
	if ( input.graph_version !== '' && ! /^v\d{1,3}\.\d$/.test( input.graph_version ) ) {
		errors.graph_version = __( 'As Meta writes it, for example v25.0.', 'nxt-cloud-chat' );
	}
	if ( input.graph_base !== '' && ! /^https?:\/\/[^\s\u002f]+$/.test( input.graph_base ) ) {
		errors.graph_base = __( 'An address without a path, for example https://graph.facebook.com.', 'nxt-cloud-chat' );
	}
	return errors;
}
