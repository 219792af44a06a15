/** Contacts in words. */
import { dateI18n, getSettings } from '@wordpress/date';
import { __ } from '@wordpress/i18n';

import { Consent, FieldType, Purpose } from '../core/enums';
import { formatNumber } from '../core/number';
import type { ContactItem, Field } from '../core/types';

/** What a person is called: their name, else what is known of them. */
export const contactName = ( contact: Pick< ContactItem, 'name' | 'phone_display' | 'phone' | 'username' > ): string =>
	contact.name ||
	contact.phone_display ||
	contact.phone ||
	( contact.username && `@${ contact.username }` ) ||
	__( 'Unknown contact', 'nxt-cloud-chat' );

/** The state of an agreement to newsletters and offers, as a shop says it. */
export function marketingLabel( state: Consent ): string {
	switch ( state ) {
		case Consent.GRANTED:
			return __( 'Subscribed', 'nxt-cloud-chat' );
		case Consent.REVOKED:
			return __( 'Unsubscribed', 'nxt-cloud-chat' );
		case Consent.NONE:
			return __( 'Not asked', 'nxt-cloud-chat' );
	}
}

export function consentLabel( state: Consent ): string {
	switch ( state ) {
		case Consent.GRANTED:
			return __( 'Agreed', 'nxt-cloud-chat' );
		case Consent.REVOKED:
			return __( 'Withdrawn', 'nxt-cloud-chat' );
		case Consent.NONE:
			return __( 'Not asked', 'nxt-cloud-chat' );
	}
}

export function purposeLabel( purpose: Purpose ): string {
	switch ( purpose ) {
		case Purpose.MARKETING:
			return __( 'Marketing', 'nxt-cloud-chat' );
		case Purpose.UTILITY:
			return __( 'Service', 'nxt-cloud-chat' );
		case Purpose.LOGIN:
			return __( 'Login codes', 'nxt-cloud-chat' );
	}
}

export function purposeHelp( purpose: Purpose ): string {
	switch ( purpose ) {
		case Purpose.MARKETING:
			return __( 'Newsletters, offers, reminders to buy. Needs an agreement.', 'nxt-cloud-chat' );
		case Purpose.UTILITY:
			return __( 'Orders, deliveries, appointments: what the person expects anyway.', 'nxt-cloud-chat' );
		case Purpose.LOGIN:
			return __( 'One-time codes that the person asks for themself.', 'nxt-cloud-chat' );
	}
}

/** Where a contact, or an agreement, came from. What is not known here is shown as it is. */
export function sourceLabel( source: string ): string {
	const labels: Record< string, string > = {
		whatsapp: __( 'WhatsApp', 'nxt-cloud-chat' ),
		message: __( 'WhatsApp message', 'nxt-cloud-chat' ),
		inbound: __( 'Wrote to us', 'nxt-cloud-chat' ),
		webhook: __( 'WhatsApp', 'nxt-cloud-chat' ),
		staff: __( 'Staff', 'nxt-cloud-chat' ),
		manual: __( 'Staff', 'nxt-cloud-chat' ),
		admin: __( 'Staff', 'nxt-cloud-chat' ),
		import: __( 'Import', 'nxt-cloud-chat' ),
		rest: __( 'REST API', 'nxt-cloud-chat' ),
		api: __( 'REST API', 'nxt-cloud-chat' ),
		cli: __( 'Command line', 'nxt-cloud-chat' ),
		sync: __( 'WordPress users', 'nxt-cloud-chat' ),
		user: __( 'WordPress users', 'nxt-cloud-chat' ),
		wordpress: __( 'WordPress users', 'nxt-cloud-chat' ),
		users: __( 'WordPress users', 'nxt-cloud-chat' ),
		customers: __( 'WooCommerce', 'nxt-cloud-chat' ),
		woocommerce: __( 'WooCommerce', 'nxt-cloud-chat' ),
		checkout: __( 'Checkout', 'nxt-cloud-chat' ),
		registration: __( 'Registration', 'nxt-cloud-chat' ),
		comment: __( 'Comment form', 'nxt-cloud-chat' ),
		comments: __( 'Comment form', 'nxt-cloud-chat' ),
		form: __( 'Form', 'nxt-cloud-chat' ),
		word: __( 'Stop or start word', 'nxt-cloud-chat' ),
		button: __( 'Button in a message', 'nxt-cloud-chat' ),
		preference: __( 'WhatsApp’s own settings', 'nxt-cloud-chat' ),
		error: __( 'WhatsApp refused a message', 'nxt-cloud-chat' ),
		erased: __( 'Was deleted before', 'nxt-cloud-chat' ),
		merge: __( 'Merge', 'nxt-cloud-chat' ),
	};
	return labels[ source ] ?? source;
}

/** The value of a custom field as people read it. @param text Canonical. */
export function fieldValue( field: Field | undefined, text: string ): string {
	if ( text === '' || ! field ) {
		return text;
	}
	switch ( field.type ) {
		case FieldType.YES_NO:
			return text === '1' ? __( 'Yes', 'nxt-cloud-chat' ) : __( 'No', 'nxt-cloud-chat' );
		case FieldType.NUMBER:
			return Number.isFinite( Number( text ) ) ? formatNumber( Number( text ), { maximumFractionDigits: 10 } ) : text;
		case FieldType.DATE:
			return /^\d{4}-\d\d-\d\d$/.test( text ) ? dateI18n( getSettings().formats.date, `${ text }T12:00:00`, undefined ) : text;
		case FieldType.TEXT:
		case FieldType.CHOICE:
			return text;
	}
}
