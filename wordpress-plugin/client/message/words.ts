/** The enumerations in words. */
import { __ } from '@wordpress/i18n';

import { MessageType, Origin, State } from '../core/enums';
import { plainText } from '../core/text';

export function stateLabel( state: State ): string {
	switch ( state ) {
		case State.RECEIVED:
			return __( 'Received', 'nxt-cloud-chat' );
		case State.QUEUED:
			return __( 'Queued', 'nxt-cloud-chat' );
		case State.SENDING:
			return __( 'Sending', 'nxt-cloud-chat' );
		case State.UNKNOWN:
			return __( 'Outcome not known', 'nxt-cloud-chat' );
		case State.SENT:
			return __( 'Sent', 'nxt-cloud-chat' );
		case State.DELIVERED:
			return __( 'Delivered', 'nxt-cloud-chat' );
		case State.FAILED:
			return __( 'Failed', 'nxt-cloud-chat' );
		case State.READ:
			return __( 'Read', 'nxt-cloud-chat' );
		case State.PLAYED:
			return __( 'Played', 'nxt-cloud-chat' );
	}
}

export function typeLabel( type: MessageType ): string {
	switch ( type ) {
		case MessageType.TEXT:
			return __( 'Text', 'nxt-cloud-chat' );
		case MessageType.IMAGE:
			return __( 'Photo', 'nxt-cloud-chat' );
		case MessageType.VIDEO:
			return __( 'Video', 'nxt-cloud-chat' );
		case MessageType.AUDIO:
			return __( 'Audio', 'nxt-cloud-chat' );
		case MessageType.DOCUMENT:
			return __( 'Document', 'nxt-cloud-chat' );
		case MessageType.STICKER:
			return __( 'Sticker', 'nxt-cloud-chat' );
		case MessageType.LOCATION:
			return __( 'Location', 'nxt-cloud-chat' );
		case MessageType.CONTACTS:
			return __( 'Contact card', 'nxt-cloud-chat' );
		case MessageType.REACTION:
			return __( 'Reaction', 'nxt-cloud-chat' );
		case MessageType.INTERACTIVE:
			return __( 'Interactive', 'nxt-cloud-chat' );
		case MessageType.TEMPLATE:
			return __( 'Template', 'nxt-cloud-chat' );
		case MessageType.BUTTON:
			return __( 'Button', 'nxt-cloud-chat' );
		case MessageType.ORDER:
			return __( 'Order', 'nxt-cloud-chat' );
		case MessageType.SYSTEM:
			return __( 'System', 'nxt-cloud-chat' );
		case MessageType.EDIT:
			return __( 'Edit', 'nxt-cloud-chat' );
		case MessageType.REVOKE:
			return __( 'Deleted message', 'nxt-cloud-chat' );
		case MessageType.UNSUPPORTED:
			return __( 'Unsupported', 'nxt-cloud-chat' );
		case MessageType.UNKNOWN:
			return __( 'Unknown', 'nxt-cloud-chat' );
	}
}

export function originLabel( origin: Origin ): string {
	switch ( origin ) {
		case Origin.CUSTOMER:
			return __( 'Customer', 'nxt-cloud-chat' );
		case Origin.STAFF:
			return __( 'Inbox', 'nxt-cloud-chat' );
		case Origin.API:
			return __( 'Script or command line', 'nxt-cloud-chat' );
		case Origin.BROADCAST:
			return __( 'Broadcast', 'nxt-cloud-chat' );
		case Origin.LOGIN:
			return __( 'Login code', 'nxt-cloud-chat' );
		case Origin.ECHO:
			return __( 'WhatsApp Business app', 'nxt-cloud-chat' );
		case Origin.HISTORY:
			return __( 'Imported history', 'nxt-cloud-chat' );
	}
}

/** What a message is in one line: its text, the name of its file, or its kind. */
export const summary = ( type: MessageType, text: string, file = '' ): string =>
	plainText( text ) || file || typeLabel( type ) || __( 'Message', 'nxt-cloud-chat' );
