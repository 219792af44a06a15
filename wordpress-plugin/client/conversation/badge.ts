/** The number of unread conversations in the admin menu and in the tab's title. */
import { _n, sprintf } from '@wordpress/i18n';

const bareTitle = typeof document === 'undefined' ? '' : document.title;

export function showUnread( total: number ): void {
	document.title = total > 0 ? `(${ total }) ${ bareTitle }` : bareTitle;
	document.querySelectorAll( '#adminmenu .nxtchat-unread' ).forEach( ( badge ) => {
		badge.className = badge.className.replace( /\bcount-\d+/, `count-${ total }` );
		const [ shown, spoken ] = [ badge.querySelector( '.pending-count' ), badge.querySelector( '.screen-reader-text' ) ];
		if ( shown ) {
			shown.textContent = String( total );
		}
		if ( spoken ) {
			spoken.textContent = sprintf(
				/* translators: %d: number of conversations */
				_n( '%d unread conversation', '%d unread conversations', total, 'nxt-cloud-chat' ),
				total
			);
		}
	} );
}
