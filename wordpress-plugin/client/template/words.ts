/** Templates in words. What Meta may add later is shown as it is. */
import { __, sprintf } from '@wordpress/i18n';

import { boot, serverNow } from '../core/boot';
import { dateTime, dayKey, timeOfDay } from '../core/time';
import type { Template, TemplateBody } from './types';

/** How serious something is: the badge's class. */
export type Tone = 'ok' | 'warn' | 'fail' | 'off';

interface Word {
	label: string;
	tone: Tone;
	/** What it means for somebody who wants to send. */
	help: string;
}

const statuses: Record< string, Word > = {
	DRAFT: { label: __( 'Draft', 'nxt-cloud-chat' ), tone: 'off', help: __( 'Not handed in to WhatsApp yet.', 'nxt-cloud-chat' ) },
	APPROVED: { label: __( 'Approved', 'nxt-cloud-chat' ), tone: 'ok', help: __( 'Can be sent.', 'nxt-cloud-chat' ) },
	PENDING: { label: __( 'In review', 'nxt-cloud-chat' ), tone: 'warn', help: __( 'WhatsApp looks at it: mostly minutes, at most 24 hours. This page changes by itself.', 'nxt-cloud-chat' ) },
	IN_APPEAL: { label: __( 'Being looked at again', 'nxt-cloud-chat' ), tone: 'warn', help: __( 'WhatsApp looks at its refusal again.', 'nxt-cloud-chat' ) },
	REJECTED: { label: __( 'Rejected', 'nxt-cloud-chat' ), tone: 'fail', help: __( 'Change it and hand it in again.', 'nxt-cloud-chat' ) },
	PAUSED: { label: __( 'Paused', 'nxt-cloud-chat' ), tone: 'fail', help: __( 'WhatsApp does not deliver it for now. Send it only to people who expect it, or change its text.', 'nxt-cloud-chat' ) },
	DISABLED: { label: __( 'Disabled', 'nxt-cloud-chat' ), tone: 'fail', help: __( 'WhatsApp does not deliver it any more. Write another one, which customers want to get.', 'nxt-cloud-chat' ) },
	FLAGGED: { label: __( 'About to be disabled', 'nxt-cloud-chat' ), tone: 'warn', help: __( 'Customers complain about it. Send it to fewer people, or change it.', 'nxt-cloud-chat' ) },
	LOCKED: { label: __( 'Locked', 'nxt-cloud-chat' ), tone: 'fail', help: __( 'WhatsApp does not let it be changed.', 'nxt-cloud-chat' ) },
	LIMIT_EXCEEDED: { label: __( 'Too many templates', 'nxt-cloud-chat' ), tone: 'fail', help: __( 'This account has as many templates as WhatsApp allows. Delete one that is not used.', 'nxt-cloud-chat' ) },
	ARCHIVED: { label: __( 'Archived', 'nxt-cloud-chat' ), tone: 'off', help: __( 'Archived at WhatsApp.', 'nxt-cloud-chat' ) },
	PENDING_DELETION: { label: __( 'Being deleted', 'nxt-cloud-chat' ), tone: 'off', help: __( 'WhatsApp deletes it within 30 days.', 'nxt-cloud-chat' ) },
	DELETED: { label: __( 'Deleted', 'nxt-cloud-chat' ), tone: 'off', help: __( 'WhatsApp has it no more.', 'nxt-cloud-chat' ) },
	GONE: { label: __( 'No longer at WhatsApp', 'nxt-cloud-chat' ), tone: 'off', help: __( 'It was deleted there. It stays here because messages were sent with it.', 'nxt-cloud-chat' ) },
};

/** 'SOME_WORD' → "Some word". */
const spoken = ( code: string ): string => {
	const text = code.toLowerCase().replaceAll( '_', ' ' );
	return text && text[ 0 ]?.toUpperCase() + text.slice( 1 );
};

export const statusWord = ( status: string ): Word => statuses[ status ] ?? { label: spoken( status ), tone: 'off', help: '' };

/** Those that a list can be filtered by, in their order. */
export const STATUSES = [ 'APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED', 'DRAFT', 'GONE' ] as const;

/** The status of a template as a badge says it: "Paused until 14:30". */
export function statusLabel( template: Pick< Template, 'status' | 'gone' | 'paused_until_ms' > ): string {
	const until = template.paused_until_ms ?? 0;
	if ( ! template.gone && template.status === 'PAUSED' && until > serverNow() ) {
		/* translators: %s: a time today, or a date with its time */
		return sprintf( __( 'Paused until %s', 'nxt-cloud-chat' ), soon( until ) );
	}
	return statusWord( template.gone ? 'GONE' : template.status ).label;
}

/** The time today, else date and time. */
export const soon = ( ms: number ): string => ( dayKey( ms ) === dayKey( serverNow() ) ? timeOfDay( ms ) : dateTime( ms ) );

export const CATEGORIES = [ 'MARKETING', 'UTILITY', 'AUTHENTICATION' ] as const;

export function categoryLabel( category: string ): string {
	switch ( category ) {
		case 'MARKETING':
			return __( 'Marketing', 'nxt-cloud-chat' );
		case 'UTILITY':
			return __( 'Service', 'nxt-cloud-chat' );
		case 'AUTHENTICATION':
			return __( 'Login code', 'nxt-cloud-chat' );
		default:
			return spoken( category );
	}
}

export function categoryHelp( category: string ): string {
	switch ( category ) {
		case 'MARKETING':
			return __( 'Offers, news, reminders to buy. Only to people who agreed.', 'nxt-cloud-chat' );
		case 'UTILITY':
			return __( 'About an order, a delivery, an appointment that the customer knows of. WhatsApp calls it “utility”.', 'nxt-cloud-chat' );
		case 'AUTHENTICATION':
			return __( 'One-time codes. WhatsApp writes the text and calls it “authentication”.', 'nxt-cloud-chat' );
		default:
			return '';
	}
}

export const QUALITIES = [ 'GREEN', 'YELLOW', 'RED', 'UNKNOWN' ] as const;

/** What customers think of it: WhatsApp's rating. `level`: bars of three; 0 = none yet. */
export function qualityWord( quality: string ): { label: string; level: 0 | 1 | 2 | 3; help: string } {
	switch ( quality ) {
		case 'GREEN':
			return { label: __( 'High', 'nxt-cloud-chat' ), level: 3, help: __( 'Customers rarely block or report it.', 'nxt-cloud-chat' ) };
		case 'YELLOW':
			return { label: __( 'Medium', 'nxt-cloud-chat' ), level: 2, help: __( 'Some customers block or report it. It may be paused soon.', 'nxt-cloud-chat' ) };
		case 'RED':
			return { label: __( 'Low', 'nxt-cloud-chat' ), level: 1, help: __( 'Many customers block or report it. Send it only to people who expect it.', 'nxt-cloud-chat' ) };
		default:
			return { label: __( 'Not rated', 'nxt-cloud-chat' ), level: 0, help: __( 'WhatsApp rates a template once enough people got it.', 'nxt-cloud-chat' ) };
	}
}

/** What is shown and sent: the unsent changes where there are some and `draft` is wanted, else what WhatsApp has. */
export const bodyOf = ( template: Template, { draft = true } = {} ): TemplateBody =>
	( draft && template.draft ) || {
		name: template.name,
		language: template.language,
		category: template.category,
		parameter_format: template.parameter_format,
		components: template.components,
	};

/** Name for people: one may be missing while it is a draft. */
export const nameOf = ( { name }: Pick< Template, 'name' > ): string => name || __( '(no name yet)', 'nxt-cloud-chat' );

/** The account that sends it, as the customer's phone names it. */
export const senderOf = ( { account_id }: Pick< Template, 'account_id' > ): string | undefined => boot.accounts.find( ( { id } ) => id === account_id )?.name;
